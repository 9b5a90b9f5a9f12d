"""What the page of a table of flows says: headline, deck, legend and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from geo.account import flows as amounts
from geo.account import words
from geo.maps.flowtables import flow_sums, flow_ways
from geo.maps.flowtables.flow_faults import rows_said
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.flowtables.flow_pipes import Drawing
from geo.maps.flowtables.flow_sums import Line
from geo.scene import style
from geo.scene.build import evidence_legend
from geo.scene.model import (
    Figure,
    LegendItem,
)

__all__ = ["Words", "added_up", "counted"]

NAMED = 8  # places that a note names before it only counts them
FATES = {
    "within one place": "within one place, as rings",
    "unknown": "of unknown amount",
    "without a width": "without a width",
    "beside": "of rank 2 or more",
    "kept apart": "kept apart as totals",
    "left out": "left out",
}
RULES = (
    "Schematic lines are curved, as only their ends are known: longer ones more, to the right of "
    "travel, clear of places they do not serve where that can be had (after Jenny et al., doi "
    "10.1080/15230406.2016.1262280)."
)


@dataclass
class Words:
    """The words of a drawing of flows."""

    drawing: Drawing

    @property
    def lines(self) -> Lines:
        """The lines that are spoken of."""
        return self.drawing.lines

    @property
    def ways(self) -> flow_ways.Courses:
        """The ways that they take."""
        return self.drawing.ways

    @cached_property
    def told(self) -> list[tuple[Figure, Line]]:
        """The figures of the common period, else of each line's fullest, in the main kind of unit;
        the largest first.
        """
        own = [
            (f, line)
            for line in self.lines.every
            for f in (line.figures if self.lines.common else line.shown)
            if f.rate is not None and f.kind == self.lines.main
        ]
        common = self.lines.common
        own = [pair for pair in own if common in (None, (pair[0].start, pair[0].end))]
        return sorted(own, key=lambda pair: -(pair[0].quantity or 0.0))

    def headline(self) -> str:
        """The finding: the largest flow, and the total it is part of where that can be added up."""
        if not self.told:
            return f"No quantity is known {_between(self.lines.ranked, self.lines.within)}"
        first, line = self.told[0]
        row = next(r for r in line.rows if r["id"] in first.flows)
        cargo = f" of {first.what}" if first.what != "flow" and len(first.lanes) == 1 else ""
        way = self.lines.route(row["origin"], row["destination"])
        way = f"within {self.lines.names[row['origin']]}" if line in self.lines.within else way
        said = f"Largest flow{_when(first)}: {way}, {_short(first)}{cargo}"
        said += f" (sum of {first.added} rows)" if first.added > 1 else ""
        if not self.lines.common:
            return said
        held = [line for _, line in self.told]
        pairs = [one for one in held if one not in self.lines.within]
        inner = [one for one in held if one in self.lines.within]
        return f"{said}, {self._of_total(first)} {_between(pairs, inner)}"

    def _of_total(self, first: Figure) -> str:
        """'14 % of 8.4 Mt'; of at least so much where some of it is not known."""
        total = sum(f.quantity or 0.0 for f, _ in self.told)
        unit = self.lines.units[self.lines.main]
        amount = f"{words.rounded(amounts.convert(total, self.lines.main, unit))} {unit}"
        open_ = any(f.moved.startswith("over") for f, _ in self.told) or self._open
        share = words.percent((first.quantity or 0.0) / total) if total else ""
        if open_ or not share:
            return f"of at least {amount} in all"
        return f"{share} of {amount}"

    @property
    def _open(self) -> bool:
        """Whether a row of the common period has no known amount."""
        ends = ("period_start", "period_end")
        return any(
            r["rank"] == 1
            and pd.isna(r["base"])
            and tuple(flow_sums.moment(r, end) for end in ends) == self.lines.common
            for r in self.lines.records
        )

    @property
    def _unknown(self) -> int:
        """Lines of which no figure is drawn at first."""
        return sum(1 for line in self.lines.every if not line.shown)

    def deck(self) -> str:
        """What the widths show, of when, in which unit, and how many lines are schematic."""
        curved, count = len(self.drawing.curved), len(self.lines.ranked)
        known = self.lines.units
        units = words.joined([known[kind] for kind in self.lines.scale if kind in known])
        per = " a year" if self.lines.paced else ""
        when = self._when_shown()
        said = f"Widths show {units}{per}{when}. " if self.lines.scale else "No width is known. "
        said += f"{counted(self.lines)}"
        said += (
            f"; {curved:,} of {count:,} schematic: curved, as their course is not known."
            if curved
            else "."
        )
        none = f" Lines without a figure: {self._unknown:,}."
        return said + (none if self._unknown else "")

    def _when_shown(self) -> str:
        """The period of what is drawn at first, where it is one."""
        if not self.lines.dated:
            return ""
        shown = {f.period: _when(f) for line in self.lines.every for f in line.shown}
        return (
            next(iter(shown.values()))
            if len(shown) == 1
            else ", of each line in its fullest period"
        )

    def legend(self) -> Iterator[LegendItem]:
        """An entry for everything that is drawn, and for nothing else."""
        yield from self._cargoes()
        if self.drawing.curved:
            yield LegendItem("line", "curved: schematic, only its ends are known")
        courses = dict.fromkeys(p.geometry_basis for p in self.drawing.pipes)
        if given := [basis for basis in courses if basis not in ("schematic", "ring")]:
            yield LegendItem("line", f"{' or '.join(given)} course")
        if self.ways.laid:
            yield LegendItem("line", "modelled: flows that share a way are added")
        if self.lines.within:
            yield LegendItem("loop", "moved within one place")
        yield from evidence_legend(
            f.basis for x in self.lines.every for f in x.figures if f.rate is not None
        )
        if any(p.casing_px is not None for p in self.drawing.pipes):
            yield LegendItem("casing", "capacity")
        if any(p.over for p in self.drawing.pipes):
            yield LegendItem("over", "over capacity")
        yield LegendItem("place-circle", "place")

    def _cargoes(self) -> Iterator[LegendItem]:
        used = {lane.word for x in self.lines.every for f in x.figures for lane in f.lanes}
        coloured = [
            c for c, colour in self.lines.colours.items() if colour != style.CONTEXT and c in used
        ]
        for cargo in coloured if len(used) > 1 or "flow" not in used else []:
            yield LegendItem("swatch", f"cargo: {cargo}", colour=self.lines.colours[cargo])
        rest = len(used) - len(coloured)
        if rest:
            yield LegendItem("swatch", f"cargo: {rest} others", colour=style.CONTEXT)

    def notes(self) -> Iterator[str]:
        """What a reader must know of the drawing."""
        if self.drawing.curved:
            yield RULES
        yield from self.ways.notes()
        near = sum(1 for _, clear in self.drawing.schematic.values() if not clear)
        if near:
            yield f"Schematic lines that pass near a place they do not serve: {near:,}."
        if self.lines.scale:
            yearly = "per year, a shorter period at its yearly rate,"
            whole = "of each row's own period, not of a year," if self.lines.dated else "as stated,"
            per = yearly if self.lines.paced else whole
            least = f"cores are at least {style.MIN_CORE_PX:g} px."
            yield f"Widths are {per} on one linear scale for each kind of unit; {least}"
        yield from added_up(self.lines)
        yield from self._left_out()
        yield from self.lines.table.said

    def _left_out(self) -> Iterator[str]:
        """What stands in the table and has no line or width, with the reason."""
        if self.lines.within:
            names = [self.lines.names[line.origin] for line in self.lines.within]
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            count = f"{len(self.lines.inner):,} in {', '.join(names[:NAMED])}{more}"
            yield f"Rows that begin and end at one place are a ring beside it: {count}."
        without = self.lines.account["without a width"]
        if self.lines.dated and not self.lines.paced:
            yield (
                f"No period has {amounts.MIN_DAYS} days or more, so nothing is turned into a pace "
                "of a year; every period is in the table."
            )
        if without:
            yield (
                f"Rows without a width: {without:,}, as they have no yearly rate: no full period, "
                f"one shorter than {amounts.MIN_DAYS} days, or a count of movements."
            )
        if "basis" not in self.lines.table.stated:
            yield "The table does not say how its figures are known; they are taken as reported."
        idle = set(self.lines.could.by_leg) - {line.leg for line in self.lines.ranked}
        if idle:
            yield f"Capacities of legs that carry no flow of the table: {len(idle):,}, not drawn."


def counted(lines: Lines) -> str:
    """What became of every row read: '40 flows on 10 lines, 3 within one place; 43 rows read'."""
    said = lines.account
    fates = [f"{count:,} {FATES[fate]}" for fate, count in said.items() if count and fate in FATES]
    number = sum(1 for x in lines.ranked if x.shown)
    on = f"{words.many(said['drawn'], 'flow')} on {words.many(number, 'line')}"
    read = f"; {words.many(sum(said.values()), 'row')} read" if fates else ""
    return ", ".join([on, *fates]) + read


def added_up(lines: Lines) -> Iterator[str]:
    """How many rows are added up, as nothing that is read tells them apart; what differs."""
    sums = lines.sums
    if sums:
        rows = [row for own in sums for row in own]
        yield (
            f"Sums: {len(rows):,} rows are added up to {words.many(len(sums), 'figure')}, as they "
            f"have one line, period and cargo ({rows_said(sorted(rows))}). Where they report the "
            "same flow twice, give all but one of them rank 2."
        )
    every = [f for x in lines.every for f in x.figures]
    if any(len(f.flows) > 1 and len(f.lanes) > 1 for f in every):
        yield "A figure of several cargoes is their sum; each has its own lane or row."


def _when(figure: Figure) -> str:
    """' in' a year or month, ' on' a day; '' where no period is stated."""
    if not (figure.start and figure.end):
        return ""
    return f" {'on' if figure.start[:10] == figure.end[:10] else 'in'} {figure.period}"


def _among(pairs: Sequence[Line], inner: Sequence[Line]) -> str:
    """'3 pairs of places and within 2 places'."""
    count = len({frozenset((x.origin, x.destination)) for x in pairs})
    places = len({x.origin for x in inner})
    said = [f"{count:,} pairs of places" if count != 1 else "one pair of places"] * bool(count)
    said += [f"within {places:,} places" if places > 1 else "within one place"] * bool(places)
    return words.joined(said)


def _between(pairs: Sequence[Line], inner: Sequence[Line]) -> str:
    return f"between {_among(pairs, inner)}" if pairs else _among(pairs, inner)


def _short(figure: Figure) -> str:
    """A figure to three digits that count; a range or a bound as it is."""
    if not figure.moved[0].isdigit() or "–" in figure.moved:
        return figure.moved
    return f"{words.rounded((figure.quantity or 0.0) / figure.unit_size)} {figure.unit}"
