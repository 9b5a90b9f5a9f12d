"""A table of flows as the rows of its page: each figure that is drawn, then what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from geo.account import words
from geo.maps.flowtables import flow_sums, flow_ways
from geo.maps.flowtables.flow_faults import rows_said
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.flowtables.flow_sums import Line, Record
from geo.scene.model import (
    Figure,
    Row,
)

__all__ = ["Rows"]

KEY_FIGURES = 5


@dataclass
class Rows:
    """The rows of a table, and the sums of its lines as rows of their own."""

    lines: Lines
    ways: flow_ways.Courses

    def every(self) -> Iterator[Row]:
        """Every row of the table: those of the widest line first."""
        for record in self.lines.records:
            self.lines.number(record["source"])  # sources count as the table has them
        leading = {line.id for line in self.lines.every[:KEY_FIGURES]}
        for line in self.lines.every:
            for made in self._line_rows(line):
                yield replace(made, lead=made.drawn and line.id in leading)
        for laid in self.ways.laid:
            yield from self._sums(laid.line)

    def _line_rows(self, line: Line) -> Iterator[Row]:
        """The figures of a line that are sums of rows, those drawn first; then its rows."""
        alone = {f.flows[0]: f for f in line.figures if len(f.flows) == 1}
        yield from self._sums(line)

        def order(row: Record) -> tuple[bool, float, int]:
            base = flow_sums.known(row["base"])
            return row["id"] not in line.drawn, 1.0 if base is None else -base, row["row"]

        for row in sorted(line.rows, key=order):
            own = alone.get(row["id"])
            pipe = self.ways.home.get(line.id, line.id)
            yield replace(self._row(row, pipe, own), drawn=own in line.shown)

    def _sums(self, line: Line) -> Iterator[Row]:
        sums = [f for f in line.figures if len(f.flows) > 1]
        for figure in sorted(sums, key=lambda f: f not in line.shown):
            yield self._sum(line, figure)

    def _sum(self, line: Line, figure: Figure) -> Row:
        """A figure of several rows as a row of its own: what the map draws stands in the table."""
        rows = {row["id"]: row for row in line.rows}
        parts = [rows[name] for name in figure.flows]
        unknown = dict.fromkeys(("quantity", "quantity_low", "quantity_high"))
        whole = {**parts[0], **unknown, **flow_sums.summed(parts), "id": f"sum-{parts[0]['row']}"}
        made = self._row(whole, self.ways.home.get(line.id, line.id), figure)
        if line.laid:
            made = replace(made, id=f"{line.id}-{made.id}", corridor=line.laid)
        return replace(
            made,
            what=figure.what,
            moved=figure.moved,
            basis=figure.basis,
            base=figure.quantity,
            note=f"added up from {rows_said([r['row'] for r in parts])}",
            drawn=figure in line.shown,
        )

    def _row(self, row: Record, pipe: str, figure: Figure | None) -> Row:
        return Row(
            id=row["id"],
            pipe=pipe,
            corridor=self.lines.route(row["origin"], row["destination"]),
            period=self.lines.when(row),
            what=self.lines.cargo(row),
            moved=words.quantity(row),
            could=figure.could if figure and figure.could else words.UNKNOWN,
            share=figure.share if figure else "",
            basis=row["basis"],
            source=self.lines.number(row["source"]),
            note=row["note"],
            start=flow_sums.day(row["period_start"]),
            end=flow_sums.day(row["period_end"]),
            quantity=flow_sums.known(row.get("quantity")),
            quantity_low=flow_sums.known(row.get("quantity_low")),
            quantity_high=flow_sums.known(row.get("quantity_high")),
            unit=row["unit"],
            base=flow_sums.known(row["base"]),
            base_unit=row["kind"],
        )
