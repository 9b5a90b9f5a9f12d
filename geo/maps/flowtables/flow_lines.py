"""The lines of a user's table of flows: what is known of each, by period and way, on one scale.

One line is one leg, or one way from a place to another: the opposite way is a line of its own.
What is known of one line, period and way is added up, a lane for each commodity; rows of rank 2
and more stand beside it in the table and are not added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo.account import flows as amounts
from geo.account import words
from geo.maps.flowtables.flow_capacities import Capacities
from geo.maps.flowtables.flow_sums import (
    Line,
    Record,
    hours,
    moment,
    rounded,
    span_of,
    summed,
)
from geo.maps.flowtables.flow_table import FlowTable
from geo.scene import style
from geo.scene.model import Figure, Lane, Source

__all__ = ["Lines"]


@dataclass
class Lines:
    """The lines of a table with their figures; sources are numbered at first use."""

    table: FlowTable
    stretches: list[Line] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    # --- rows ---------------------------------------------------------------------------------

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The rows of the table, each with its id on the page."""
        table = self.table.flows
        nth = table.groupby("row").cumcount()
        ids = [
            f"row-{n}" + (f"-{m + 1}" if m else "") for n, m in zip(table["row"], nth, strict=True)
        ]
        made = table.assign(id=ids).to_dict("records")
        return [{str(k): v for k, v in row.items()} for row in made]

    @cached_property
    def inner(self) -> list[dict[str, Any]]:
        """Rows that begin and end at one place: a ring beside it."""
        return [row for row in self.records if _inner(row)]

    @cached_property
    def dated(self) -> bool:
        """Whether any row has a period of known length."""
        return bool(self.table.flows["years"].notna().any())

    @cached_property
    def paced(self) -> bool:
        """Whether widths are per year: nothing shorter than 28 days is turned into a year's pace.

        Where no row is longer, widths are amounts as they are stated.
        """
        return self.dated and not self.only_short

    @cached_property
    def periods(self) -> int:
        """How many different periods the table has."""
        return len(self.table.flows[["period_start", "period_end"]].drop_duplicates())

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit each kind is worded in: the one the table has most often."""
        found = Counter(zip(self.table.flows["kind"], self.table.flows["unit"], strict=True))
        units: dict[str, str] = {}
        for (kind, unit), _ in found.most_common():
            if kind:
                units.setdefault(kind, unit)
        return units

    @cached_property
    def main(self) -> str:
        """The kind of unit of most rows: what the headline counts in, '' if none is known."""
        known = self.table.flows[self.table.flows["base"].notna()]
        return str(known["kind"].mode().iloc[0]) if len(known) else ""

    @cached_property
    def only_counts(self) -> bool:
        """Whether the table holds counts of movements alone: then these have widths."""
        return set(self.table.flows["unit"]) - {""} <= amounts.COUNTS

    @cached_property
    def only_short(self) -> bool:
        """Whether every period is shorter than a shipment's: then these are comparable."""
        return bool((self.table.flows["years"].dropna() < amounts.MIN_DAYS / 366).all())

    def rate(self, row: Record) -> float:
        """The row's amount per year, or as it is where no row has a pace; NaN: no width."""
        if row["unit"] in amounts.COUNTS and not self.only_counts:
            return float("nan")
        if not self.paced:
            return float(row["base"])
        short = row["years"] < amounts.MIN_DAYS / 366
        span = row["years"] if row["years"] > 0 and not short else float("nan")
        return float(row["base"] / span)

    def cargo(self, row: Record) -> str:
        """What was moved; a table without commodities speaks of flows."""
        named = "commodity" in self.table.stated
        return str(row["commodity"]).replace("_", " ") or ("cargo not stated" if named else "flow")

    @cached_property
    def names(self) -> dict[str, str]:
        """The English or only name of every place by its id."""
        table = self.table.places
        columns = [c for c in ("name_en", "name", "title", "label", "place") if c in table]
        filled = table[columns].replace("", np.nan).bfill(axis=1)
        return dict(zip(table["place"], filled.iloc[:, 0].astype(str), strict=True))

    def route(self, origin: str, destination: str) -> str:
        """'A → B', '?' for an end not stated."""
        ends = (self.names.get(name, name) or "?" for name in (origin, destination))
        return " → ".join(ends)

    def when(self, row: Record) -> str:
        """The period in words; '' where the table has none at all."""
        stated = {"period", "period_start", "period_end"} & self.table.stated
        start, end = row["period_start"], row["period_end"]
        if row["timed"] and pd.notna(start) and pd.notna(end):
            return hours(start, end)
        return words.period(start, end) if stated else ""

    # --- sources ------------------------------------------------------------------------------

    def number(self, source: str, role: str = "table") -> int:
        """The page's number of a source; what names none is of its file."""
        name = source or self.table.files[role]
        return self._numbers.setdefault(name, len(self._numbers) + 1)

    def sources(self) -> Iterator[Source]:
        """Every source used, in the order of first use."""
        roles = {name: role for role, name in self.table.files.items()}
        for name, number in self._numbers.items():
            address = name if name.lower().startswith(("http://", "https://")) else ""
            text = f"{name} ({roles[name]} given for this map)" if name in roles else name
            yield Source(number, name, "" if address else text, address)

    # --- lines --------------------------------------------------------------------------------

    def lay(self, title: str, number: int, rows: Sequence[Record]) -> Line:
        """A stretch of way with what all of these rows move over it; widths take note of it."""
        first = rows[0]
        line = Line(f"stretch-{number}", "", first["origin"], first["destination"], laid=title)
        line.rows.extend(rows)
        line.figures = tuple(self._figures(line))
        line.shown = tuple(self._shown(line))
        self.stretches.append(line)
        return line

    def only(self, rows: Sequence[Record]) -> Lines:
        """The same with some of the rows alone: words, colours and numbers of sources stay."""
        ids = {row["id"] for row in rows}
        kept = [row["id"] in ids for row in self.records]
        part = replace(self.table, flows=self.table.flows[kept], lost=(), apart={})
        made = Lines(part, _numbers=self._numbers)
        same = ("colours", "units", "names", "dated", "paced", "only_counts", "periods")
        vars(made).update({name: getattr(self, name) for name in same}, records=list(rows))
        return made

    def of(self, line: Line, rows: Sequence[Record]) -> Line:
        """A line with some of its rows alone, and their figures."""
        made = replace(line, rows=list(rows), figures=(), shown=())
        made.figures = tuple(self._figures(made))
        made.shown = tuple(self._shown(made))
        return made

    @cached_property
    def ranked(self) -> list[Line]:
        """Every line with its figures and those shown at first, the widest first."""
        for line in self.measured:
            line.shown = tuple(self._shown(line))
        return sorted(self.measured, key=lambda line: (-self.size(line), line.id))

    @cached_property
    def measured(self) -> list[Line]:
        """Every line with its figures, in the order of the table."""
        return self._gathered([row for row in self.records if not _inner(row)])

    @cached_property
    def within(self) -> list[Line]:
        """What is moved within one place, the widest first."""
        for line in self.rounds:
            line.shown = tuple(self._shown(line))
        return sorted(self.rounds, key=lambda line: (-self.size(line), line.id))

    @cached_property
    def rounds(self) -> list[Line]:
        """What is moved within one place with its figures, in the order of the table."""
        return self._gathered(self.inner)

    @cached_property
    def every(self) -> list[Line]:
        """Every line between places and within one, the widest first."""
        return sorted((*self.ranked, *self.within), key=lambda line: (-self.size(line), line.id))

    def _gathered(self, rows: Sequence[Record]) -> list[Line]:
        """Rows by their line, with the figures of each."""
        made: dict[str, Line] = {}
        for row in rows:
            line = self._line(row)
            made.setdefault(line.id, line).rows.append(row)
        for line in made.values():
            line.figures = tuple(self._figures(line))
        return list(made.values())

    @cached_property
    def account(self) -> dict[str, int]:
        """What became of each row that was read; the counts add up to the rows read."""
        found = Counter(self._fate(row) for row in self.records)
        fates = ("drawn", "within one place", "unknown", "without a width", "beside")
        return {fate: found[fate] for fate in fates} | {
            "kept apart": sum(map(len, self.table.apart.values())),
            "left out": len(self.table.lost),
        }

    def _fate(self, row: Record) -> str:
        if row["rank"] > 1:
            return "beside"
        if pd.isna(row["base"]):
            return "unknown"
        if pd.isna(self.rate(row)):
            return "without a width"
        return "within one place" if _inner(row) else "drawn"

    @cached_property
    def sums(self) -> list[tuple[int, ...]]:
        """Rows of the table that are added up as nothing that is read tells them apart."""
        found: dict[tuple[Any, ...], list[int]] = {}
        for row in self.records:
            if row["rank"] == 1 and pd.notna(row["base"]):
                key = (self._line(row).id, *span_of(row), row["kind"], row["commodity"])
                found.setdefault(key, []).append(row["row"])
        return [tuple(rows) for rows in found.values() if len(rows) > 1]

    def _line(self, row: Record) -> Line:
        if row["leg"]:
            start, end = self._ends[row["leg"]]
            return Line(row["leg"], row["leg"], start, end)
        mode, via = (str(row[column]).strip().lower() for column in ("mode", "via"))
        by = f" by {mode}" * bool(mode) + f" via {via}" * bool(via)
        name = f"{row['origin']} → {row['destination']}{by}"
        return Line(name, "", row["origin"], row["destination"], mode, via)

    @cached_property
    def _ends(self) -> dict[str, tuple[str, str]]:
        legs = self.table.legs
        pairs = zip(legs["origin"], legs["destination"], strict=True)
        return dict(zip(legs["leg"], pairs, strict=True))

    def size(self, line: Line) -> float:
        """The width of a line in pixels; unknown comes last."""
        sizes = [f.rate * self.scale.get(f.kind, 0.0) for f in line.shown if f.rate is not None]
        return max(sizes, default=-1.0)

    def _figures(self, line: Line) -> Iterator[Figure]:
        """What is known of a line: first-ranked amounts by period, kind and way, added up."""
        groups: dict[tuple[Any, ...], list[Record]] = {}
        first = [row for row in line.rows if row["rank"] == 1]
        for row in first:
            if pd.notna(row["base"]):
                groups.setdefault((*span_of(row), row["kind"]), []).append(row)
        for key in sorted(groups, key=str):
            rest = [r for r in first if pd.isna(r["base"]) and r["kind"] in ("", key[-1])]
            open_ = [r for r in rest if span_of(r) == key[:-1]]
            yield self._figure(line, [*groups[key], *open_])

    def _figure(self, line: Line, rows: Sequence[Record]) -> Figure:
        first = max(rows, key=lambda row: row["base"] if pd.notna(row["base"]) else -1.0)
        lanes, told = self._lanes(rows), summed(rows)
        rate, wide = sum(lane.rate for lane in lanes), bool(lanes)
        weakest = max((row["basis"] for row in rows), key=style.WEAKNESS.index)
        held = self.could.held(line, first, len(lanes)) if wide else None
        share = words.percent(rate / held.capacity) if held and held.capacity else ""
        when, moved = self.when(first), words.quantity(told)
        of = f" of {held.could} · {share}" if held else ""
        short = words.quantity({**told, **rounded(told)})
        return Figure(
            id="+".join(row["id"] for row in rows),
            flows=tuple(row["id"] for row in rows),
            start=moment(first, "period_start"),
            end=moment(first, "period_end"),
            kind=first["kind"] if wide else "",
            rate=float(rate) if wide else None,
            quantity=float(sum(row["base"] for row in rows if pd.notna(row["base"])))
            if wide
            else None,
            capacity=held.capacity if held else None,
            full=held.capacity * float(first["years"]) if held else None,
            years=float(first["years"]) if self.paced and pd.notna(first["years"]) else 0.0,
            rank=1,
            basis=weakest,
            direction=int(first["direction"]),
            label=f"{short}{of}" + (f" ({when})" if self.periods > 1 else ""),
            what=words.joined([lane.word for lane in lanes]) or self.cargo(first),
            period=when or words.period(None, None),
            moved=moved,
            could=held.could if held else "",
            share=share,
            source=self.number(first["source"]),
            lanes=lanes,
            hollow=style.is_hollow(weakest),
            unit=told["unit"],
            unit_size=amounts.convert(1.0, told["unit"], first["kind"]),
            added=len(rows),
        )

    def _lanes(self, rows: Sequence[Record]) -> tuple[Lane, ...]:
        """The rate of each commodity, the largest first; none where no rate is known."""
        rates: dict[str, float] = {}
        for row in rows:
            rate = self.rate(row)
            if pd.notna(rate):
                rates[self.cargo(row)] = rates.get(self.cargo(row), 0.0) + rate
        made = [Lane(cargo, self.colours[cargo], rate) for cargo, rate in rates.items()]
        return tuple(sorted(made, key=lambda lane: (-lane.rate, lane.word)))

    @cached_property
    def colours(self) -> dict[str, str]:
        """A colour for each commodity, those of most rows first."""
        found = Counter(self.cargo(row) for row in self.records)
        return style.colours([cargo for cargo, _ in sorted(found.items(), key=_often)])

    @cached_property
    def common(self) -> tuple[str, str] | None:
        """The period most lines have, the latest of equals; None if under half of them have it."""
        spans = [
            {(f.start, f.end) for f in x.figures if f.rate is not None}
            for x in (*self.measured, *self.rounds)
        ]
        found = Counter(span for own in spans for span in own)
        most = max(found.items(), key=lambda item: (item[1], item[0]), default=None)
        enough = most is not None and 2 * most[1] >= sum(1 for own in spans if own)
        return most[0] if most is not None and enough else None

    def _shown(self, line: Line) -> Iterator[Figure]:
        """The figure drawn for each way while no period is chosen: of its fullest period, in the
        kind of unit that most rows have.
        """
        known = [f for f in line.figures if f.rate is not None]
        known.sort(key=self._fullness(known), reverse=True)
        kind = known[0].kind if known else ""
        for way in (1, -1, 0):
            yield from [f for f in known if f.direction == way and f.kind == kind][:1]

    def _fullness(self, known: Sequence[Figure]) -> Callable[[Figure], tuple[Any, ...]]:
        """By share of what could move, where that is known of each figure, else by what moved."""
        held = all(f.capacity for f in known)

        def key(f: Figure) -> tuple[Any, ...]:
            full = (f.rate or 0.0) / (f.capacity or 1.0) if held else f.rate
            return f.kind == self.main, full, f.end, f.start

        return key

    @cached_property
    def could(self) -> Capacities:
        """What could move on the lines."""
        return Capacities(self.table.capacities, self.number, yearly=self.paced)

    @cached_property
    def scale(self) -> dict[str, float]:
        """Pixels per unit and year (per unit where no row has a yearly pace), by kind."""
        most: dict[str, float] = {}
        for line in (*self.measured, *self.rounds, *self.stretches):
            told = [(f.kind, max(f.rate or 0.0, f.capacity or 0.0)) for f in line.figures]
            told += [(c.kind, c.capacity) for c in self.could.casings(line)]
            for kind, value in told:
                most[kind] = max(most.get(kind, 0.0), value)
        return {kind: style.MAX_PX / value for kind, value in most.items() if kind and value > 0}


def _inner(row: Record) -> bool:
    return not row["leg"] and row["origin"] == row["destination"]


def _often(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
