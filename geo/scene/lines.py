"""Lines of the account → pipes: where they run, how wide, how dashed, with which label."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.account import periods, units, ways, words
from geo.account.book import Line
from geo.geometry import measure
from geo.scene import figures, lengths, style
from geo.scene.facts import Facts, Record, records
from geo.scene.model import Casing, Coordinates, Figure, Pipe, Sample

SEGMENT_KM = 40.0
SHARED = 0.8  # of a line's length near another: they are drawn side by side
SHARED_DEG = 0.01
DOUBTFUL = ("claimed", "planned", "suspended")
UNKNOWN = "?"


@dataclass
class Lines:
    """The lines of a page on one scale for each kind of unit."""

    facts: Facts

    @cached_property
    def scale(self) -> dict[str, float]:
        """Pixels per unit and year, by kind of unit, the same at every time.

        The largest rate, capacity or casing of each kind is 18 px.
        """
        most: dict[str, float] = {}
        for line in self._lines:
            told = [(f.kind, x) for f in self._figures[line.id] for x in _rates(f)]
            told += [(c.kind, c.capacity) for c in self._casings[line.id]]
            for kind, value in told:
                most[kind] = max(most.get(kind, 0.0), value)
        return {kind: style.MAX_PX / value for kind, value in most.items() if value > 0}

    @cached_property
    def _lines(self) -> list[Line]:
        """Every line of the page's corridors."""
        facts = self.facts
        return [
            line
            for corridor in facts.corridors
            for line in facts.account.lines(corridor, facts.shown)
        ]

    @cached_property
    def _figures(self) -> dict[str, tuple[Figure, ...]]:
        """The figures of each line; none of what is drawn for orientation."""
        return {
            line.id: figures.figures(self.facts, line.carried) if self._wide(line) else ()
            for line in self._lines
        }

    @cached_property
    def _casings(self) -> dict[str, tuple[Casing, ...]]:
        return {
            line.id: figures.casings(
                self.facts, line.corridor, line.legs[0], periods.kinds(self._figures[line.id])
            )
            if self._wide(line) and str(self._rows(line)[0]["status"]) != ways.PLANNED
            else ()
            for line in self._lines
        }

    def _wide(self, line: Line) -> bool:
        return not self._context(line)

    def _context(self, line: Line) -> bool:
        return bool(self.facts.corridors[line.corridor]["role"] == "context")

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit each kind is worded in: the one its figures come in most often."""
        found: dict[str, list[str]] = {}
        told = (f for own in self._figures.values() for f in own)
        for figure in {f.id: f for f in told if f.rate is not None}.values():
            found.setdefault(figure.kind, []).append(figure.unit)
        return {
            kind: max(own, key=lambda u: (own.count(u), units.unit_size(u)))
            for kind, own in found.items()
        }

    def samples(self) -> dict[str, tuple[Sample, ...]]:
        """Three sample widths for each unit drawn."""
        made: dict[str, tuple[Sample, ...]] = {}
        for kind, scale in self.scale.items():
            unit = self.units.get(kind, kind)
            size = units.unit_size(unit)
            values = style.samples(style.MAX_PX / scale / size)
            made[unit] = tuple(
                Sample(round(v * size * scale, 2), f"{words.number(v)} {unit}/year", v * size, kind)
                for v in values
            )
        return made

    @cached_property
    def pipes(self) -> tuple[Pipe, ...]:
        """Every line of the page, the wide first, so that the narrow lie on top."""
        made = [self._pipe(line) for line in self._lines]
        ordered = sorted(made, key=lambda p: (not p.context, -(p.casing_px or p.width_px)))
        return tuple(_side_by_side(ordered))

    @cached_property
    def totals(self) -> tuple[Pipe, ...]:
        """Corridors with figures that run over no leg for certain, as pipes without a line.

        These figures stand in key figures and tables only. No popup, so no claims.
        """
        made = (self._total(corridor) for corridor in self.facts.main)
        return tuple(pipe for pipe in made if pipe.figures)

    def _total(self, corridor: str) -> Pipe:
        facts, title = self.facts, self.facts.name(corridor)
        found = figures.figures(facts, facts.account.total(corridor).carried)
        shown = periods.opening(found)
        first = facts.answer(shown[0].id).flow.commodity if shown else None
        colour = facts.colour(corridor, first)
        return Pipe(
            id=f"total-{corridor}",
            corridor=corridor,
            corridor_title=title,
            title=title,
            parts=(),
            colour=colour,
            tint=style.tint(colour),
            casing_px=None,
            core_px=None,
            dash=(),
            hollow=False,
            label="; ".join(f.label for f in shown),
            status="",
            geometry_basis="",
            basis=shown[0].basis if shown else "",
            length="",
            figures=found,
            shown=tuple(f.id for f in shown),
        )

    def _pipe(self, line: Line) -> Pipe:
        facts, legs = self.facts, self._rows(line)
        own, held = self._figures[line.id], self._casings[line.id]
        shown = periods.opening(own)
        first = shown[0] if shown else None
        commodity = facts.answer(first.id).flow.commodity if first else None
        colour = facts.colour(line.corridor, commodity)
        status, basis = str(legs[0]["status"]), str(legs[0]["geometry_basis"])
        length_km = self._length_km(line)
        return Pipe(
            id=line.id,
            corridor=line.corridor,
            corridor_title=facts.name(line.corridor),
            title=self._title(line),
            parts=_parts(legs, facts.meridian),
            colour=colour,
            tint=style.tint(colour),
            casing_px=self._casing_px(shown, held),
            core_px=self._core_px(shown),
            dash=style.dash(status),
            hollow=first.hollow if first else False,
            label=self._label(line, own, shown),
            status=status,
            geometry_basis=basis,
            basis=first.basis if first else "",
            length=lengths.said(facts, line, length_km, basis, self._stated_km),
            arrow=any(f.direction for f in shown),
            over=any(f.full and (f.quantity or 0.0) > f.full for f in shown),
            context=self._context(line),
            width_px=style.CONTEXT_PX if self._context(line) else style.PLAIN_PX,
            note="; ".join(dict.fromkeys(_notes(legs))),
            claims=facts.claims(line.corridor, line.legs, first.id if first else ""),
            sources=tuple(facts.number(s) for s in dict.fromkeys(leg["source"] for leg in legs)),
            figures=own,
            casings=held,
            shown=tuple(f.id for f in shown),
            since=_bound(legs, "valid_from", min),
            until=_bound(legs, "valid_to", max),
            legs=line.legs,
            length_km=round(length_km, 3) if length_km == length_km else 0.0,
            series=not facts.parallel(line.corridor),
            mode=str(legs[0]["mode"]),
            ends=(str(legs[0]["origin"]), str(legs[-1]["destination"])),
        )

    @cached_property
    def _legs(self) -> dict[str, tuple[int, Record]]:
        """The rows of legs with their place in the table, by id."""
        return {row["leg"]: (at, row) for at, row in enumerate(records(self.facts.legs))}

    @cached_property
    def _lengths_km(self) -> list[float]:
        return [float(km) for km in measure.length_km(self.facts.legs)]

    @cached_property
    def _stated_km(self) -> lengths.Known:
        return lengths.known(self.facts.package.attributes)

    def _rows(self, line: Line) -> list[Record]:
        """The legs of a line in the order of the table."""
        return [row for _, row in sorted(map(self._legs.__getitem__, line.legs), key=itemgetter(0))]

    def _length_km(self, line: Line) -> float:
        """What its legs with a course measure together; not a number where none has one."""
        each = [self._lengths_km[self._legs[leg][0]] for leg in line.legs]
        known = [km for km in each if km == km]
        return math.fsum(known) if known else math.nan

    def _title(self, line: Line) -> str:
        """The corridor where the line is all of it, else the ends of the line."""
        facts, legs = self.facts, self._rows(line)
        whole = facts.account.built[line.corridor] <= set(line.legs)
        if not facts.parallel(line.corridor) and whole:
            return facts.name(line.corridor)
        ends = {"origin": legs[0]["origin"], "destination": legs[-1]["destination"]}
        return facts.route(ends)

    def _label(self, line: Line, own: Sequence[Figure], shown: Sequence[Figure]) -> str:
        """What stands beside a line as the page opens; '?' where nothing is known."""
        if not self._wide(line):
            return ""
        if shown:
            return "; ".join(f.label for f in shown)
        counts = [f for f in own if f.rate is None and f.rank == 1]
        return f"{counts[-1].label}, amount unknown" if counts else UNKNOWN

    def _core_px(self, shown: Sequence[Figure]) -> float | None:
        widths = [(f.rate or 0.0) * self.scale.get(f.kind, 0.0) for f in shown]
        return max(style.MIN_CORE_PX, round(max(widths), 2)) if widths else None

    def _casing_px(self, shown: Sequence[Figure], held: Sequence[Casing]) -> float | None:
        full = [f.capacity * self.scale[f.kind] for f in shown if f.capacity is not None]
        if not shown:
            full = [c.capacity * self.scale[c.kind] for c in held[:1]]
        return round(max(full), 2) if full else None


def _rates(figure: Figure) -> tuple[float, ...]:
    """What a figure needs room for: its rate and its casing, per year."""
    if figure.rate is None:
        return ()
    return figure.rate, figure.capacity or 0.0


def _notes(legs: Sequence[Record]) -> Iterator[str]:
    for leg in legs:
        if leg["note"]:
            yield from leg["note"].split("; ")


def _bound(
    legs: Sequence[Record], column: str, which: Callable[[Iterable[pd.Timestamp]], pd.Timestamp]
) -> str:
    """First or last day that legs were in being; '' where one of them does not say."""
    days = [day for leg in legs if pd.notna(day := leg.get(column))]
    return str(which(days).date()) if len(days) == len(legs) else ""


def _side_by_side(pipes: Sequence[Pipe]) -> Iterator[Pipe]:
    """Lines that share most of their way with one before them keep to its right."""
    shapes = [shapely.MultiLineString(p.parts) for p in pipes]
    wide = [shape.buffer(SHARED_DEG) for shape in shapes]
    near = shapely.STRtree(wide)
    for n, (pipe, own) in enumerate(zip(pipes, shapes, strict=True)):
        found = sorted(near.query(own)) if own.length and not pipe.context else []
        before = [(pipes[at], wide[at]) for at in found if at < n and not pipes[at].context]
        other = [(q, way) for q, way in before if not (q.series and q.corridor == pipe.corridor)]
        yield replace(pipe, beside=tuple(q.id for q, way in other if _shared(own, way)))


def _shared(line: BaseGeometry, way: BaseGeometry) -> bool:
    return bool(line.intersection(way).length > SHARED * line.length)


def _parts(legs: Sequence[Record], meridian: float) -> tuple[Coordinates, ...]:
    """Lines of a pipe, joined where they meet, dense enough that the map shows geodesics.

    All lie within half a turn of the page's meridian, so that no line runs round the globe.
    """
    chains: list[list[tuple[float, float]]] = []
    for line in (leg["geometry"] for leg in legs):
        if line is None or line.is_empty:
            continue
        whole = measure.unwrap(line)
        for piece in getattr(whole, "geoms", [whole]):
            dense = measure.densify(piece, max_km=SEGMENT_KM)
            west, _, east, _ = dense.bounds
            turn = 360.0 * round((meridian - (west + east) / 2) / 360)
            points = [(round(x + turn, 6), round(y, 6)) for x, y in dense.coords]
            if chains and chains[-1][-1] == points[0]:
                chains[-1].extend(points[1:])
            else:
                chains.append(points)
    return tuple(tuple(chain) for chain in chains)
