"""Legs and figures → pipes: which lines, how wide, how dashed, with which label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo import flows as amounts
from geo import measure
from geo.scene import figures, style, words
from geo.scene.facts import Facts, Record, records
from geo.scene.model import Coordinates, Pipe, Sample

SEGMENT_KM = 40.0
SHARED = 0.8  # of a line's length near another: they are drawn side by side
SHARED_DEG = 0.01
DOUBTFUL = ("claimed", "planned")


@dataclass
class Lines:
    """The lines of a page on one scale for each kind of unit."""

    facts: Facts

    @cached_property
    def scale(self) -> dict[str, float]:
        """Pixels per unit and year, by kind of unit, the same at every time.

        The widest figure or capacity of each kind is 18 px.
        """
        most: dict[str, float] = {}
        for row in self._wide() if self.facts.widths else ():
            kind = amounts.unit_kind(row["unit"])
            most[kind] = max([most.get(kind, 0.0), *(x for x in _rates(row) if pd.notna(x))])
        for corridor in self.facts.corridors if self.facts.widths else ():
            idle = self._idle(corridor)
            if idle is not None:
                most[idle[0]] = max(most.get(idle[0], 0.0), idle[1])
        return {kind: style.MAX_PX / value for kind, value in most.items() if value > 0}

    def _wide(self) -> list[Record]:
        """Flows that can be drawn on a line of the page: amounts over a month or longer."""
        table = self.facts.flows
        long = table["years"] >= amounts.MIN_DAYS / 366
        rows = records(table[long & table["best"].notna() & ~table["unit"].isin(amounts.COUNTS)])
        return [row for row in rows if bool(row["leg"]) == self.facts.parallel(row["corridor"])]

    @property
    def units(self) -> dict[str, str]:
        """The unit each kind is worded in: the one its figures come in most often."""
        found: dict[str, list[str]] = {}
        for row in self._wide():
            found.setdefault(amounts.unit_kind(row["unit"]), []).append(row["unit"])
        return {
            kind: max(units, key=lambda u: (units.count(u), amounts.convert(1.0, u, kind)))
            for kind, units in found.items()
        }

    def _idle(self, corridor: str) -> tuple[str, float] | None:
        """(kind of unit, capacity per year) of a corridor in series whose flow is unknown."""
        facts = self.facts
        if facts.parallel(corridor) or corridor in facts.drawn:
            return None
        row = facts.idle(corridor)
        if row is None:
            return None
        kind = amounts.unit_kind(row["unit"])
        yearly = amounts.convert(row["quantity"], row["unit"], kind) * amounts.PER_YEAR[row["per"]]
        return kind, yearly

    def samples(self) -> dict[str, tuple[Sample, ...]]:
        """Three sample widths for each unit drawn."""
        made: dict[str, tuple[Sample, ...]] = {}
        for kind, scale in self.scale.items():
            unit = self.units.get(kind, kind)
            size = amounts.convert(1.0, unit, kind)
            values = style.samples(style.MAX_PX / scale / size)
            made[unit] = tuple(
                Sample(round(v * size * scale, 2), f"{words.number(v)} {unit}/year", v * size, kind)
                for v in values
            )
        return made

    def pipes(self) -> tuple[Pipe, ...]:
        """Every line of the page, the wide first, so that the narrow lie on top."""
        made: list[Pipe] = []
        for corridor in self.facts.corridors:
            legs = self.facts.legs[self.facts.legs["corridor"] == corridor]
            if self.facts.parallel(corridor):
                made += [self._alternative(corridor, legs.loc[[i]]) for i in legs.index]
            else:
                stretches = legs.groupby(["status", "geometry_basis"], sort=False)
                for n, (_, stretch) in enumerate(stretches):
                    made.append(self._stretch(corridor, stretch, carries=n == 0))
        ordered = sorted(made, key=lambda p: (not p.context, -(p.casing_px or p.width_px)))
        return tuple(_side_by_side(ordered))

    def _alternative(self, corridor: str, leg: gpd.GeoDataFrame) -> Pipe:
        """One leg of a corridor whose legs are alternatives: it shows its own flow only."""
        name = str(leg["leg"].iloc[0])
        row = self.facts.drawn.get(name)
        label = figures.label(self.facts, row) if row is not None else self._count(name)
        pipe = self._pipe(corridor, leg, row, name, _ends(leg, self.facts), label, name)
        return self._through_time(pipe, leg, self.facts.of(corridor, name))

    def _stretch(self, corridor: str, legs: gpd.GeoDataFrame, *, carries: bool) -> Pipe:
        """Legs in a row with one state; the first stretch carries the corridor's flow."""
        row = self.facts.drawn.get(corridor) if carries else None
        title = self.facts.name(corridor) if carries else _ends(legs, self.facts)
        label = figures.label(self.facts, row) if row is not None else "?"
        name = f"{corridor}-{legs['status'].iloc[0]}"
        pipe = self._pipe(corridor, legs, row, name, title, label, None)
        return self._through_time(pipe, legs, self.facts.of(corridor, "")) if carries else pipe

    def _through_time(self, pipe: Pipe, legs: gpd.GeoDataFrame, rows: pd.DataFrame) -> Pipe:
        """The pipe with every figure that can be drawn on it, and what could move when."""
        facts, leg = self.facts, str(legs["leg"].iloc[0]) if len(legs) == 1 else ""
        if pipe.context or not facts.widths:
            return pipe
        found = figures.figures(facts, rows, [legs["origin"].iloc[0], *legs["destination"]])
        drawn = facts.drawn.get(leg if facts.parallel(pipe.corridor) else pipe.corridor)
        own = [f for f in found if drawn is not None and drawn["flow"] in f.flows]
        shown = tuple(f for one in own for f in (one, *figures.opposite(one, found)))
        kinds = list(dict.fromkeys(f.kind for f in (*shown, *found) if f.capacity is not None))
        return replace(
            pipe,
            figures=found,
            casings=figures.casings(facts, pipe.corridor, leg, kinds),
            shown=tuple(f.id for f in shown),
            label="; ".join(f.label for f in shown) or pipe.label,
            arrow=pipe.arrow and any(f.direction for f in shown),
        )

    def totals(self) -> tuple[Pipe, ...]:
        """Corridors whose legs are alternatives, as pipes without a line: their figures stand in
        the tables only, since no source says which leg they took. No popup, so no claims.
        """
        return tuple(
            self._total(corridor)
            for corridor in self.facts.main
            if self.facts.parallel(corridor) and self.facts.widths
        )

    def _total(self, corridor: str) -> Pipe:
        facts, title = self.facts, self.facts.name(corridor)
        found = figures.figures(facts, facts.of(corridor, ""), [])
        peak = facts.peak(corridor, "")
        shown = [f for f in found if peak is not None and peak["flow"] in f.flows]
        colour = facts.colour(corridor, peak)
        return Pipe(
            id=corridor,
            corridor=corridor,
            corridor_title=title,
            title=title,
            parts=(),
            colour=colour,
            tint=style.tint(colour),
            casing_px=None,
            core_px=None,
            dash=(),
            core_dash=(),
            label=shown[0].label if shown else "",
            status="",
            geometry_basis="",
            basis=shown[0].basis if shown else "",
            length="",
            figures=found,
            shown=tuple(f.id for f in shown),
        )

    def _pipe(
        self,
        corridor: str,
        legs: gpd.GeoDataFrame,
        row: Record | None,
        name: str,
        title: str,
        label: str,
        leg: str | None,
    ) -> Pipe:
        facts = self.facts
        context = facts.corridors[corridor]["role"] == "context"
        colour, (casing, core) = facts.colour(corridor, row), self._widths(row)
        idle = self._idle(corridor) if leg is None and label == "?" and facts.widths else None
        if idle is not None and title == facts.name(corridor):
            casing = round(idle[1] * self.scale[idle[0]], 2)
        status, basis = str(legs["status"].iloc[0]), str(legs["geometry_basis"].iloc[0])
        evidence = str(row["basis"]) if row is not None else ""
        length_km = measure.length_km(legs).sum(min_count=1)
        return Pipe(
            id=name,
            corridor=corridor,
            corridor_title=facts.name(corridor),
            title=title,
            parts=_parts(legs, facts.meridian),
            colour=colour,
            tint=style.tint(colour),
            casing_px=casing,
            core_px=core,
            dash=style.dash("claimed" if status in DOUBTFUL else basis),
            core_dash=style.dash(evidence) if evidence else (),
            label=label if facts.widths and not context else "",
            status=status,
            geometry_basis=basis,
            basis=evidence,
            length=f"{words.kilometres(length_km)}, {basis} line",
            arrow=core is not None,
            over=bool(row is not None and row["utilisation"] > 1),
            context=context,
            width_px=style.CONTEXT_PX if context else style.PLAIN_PX,
            note="; ".join(dict.fromkeys(p for n in legs["note"] if n for p in n.split("; "))),
            claims=facts.claims(corridor, leg),
            sources=tuple(facts.number(s) for s in dict.fromkeys(legs["source"])),
            since=_bound(legs, "valid_from", "min"),
            until=_bound(legs, "valid_to", "max"),
        )

    def _widths(self, row: Record | None) -> tuple[float | None, float | None]:
        """(casing, core) in pixels; None where unknown or where the page shows no widths."""
        scale = self.scale.get(amounts.unit_kind(row["unit"])) if row is not None else None
        if row is None or scale is None:
            return None, None
        core, casing = (rate * scale for rate in _rates(row))
        return (
            round(casing, 2) if pd.notna(casing) else None,
            max(style.MIN_CORE_PX, round(core, 2)) if pd.notna(core) else None,
        )

    def _count(self, leg: str) -> str:
        """How often a leg was sailed, where no amount is known; '?' where that is not either."""
        own = self.facts.flows[self.facts.flows["leg"] == leg]
        known = own["unit"].isin(amounts.COUNTS) & own["best"].notna() & (own["rank"] == 1)
        counted = records(own[known].sort_values("period_start", kind="stable"))
        if not counted:
            return "?"
        row = counted[-1]
        when = words.period(row["period_start"], row["period_end"])
        return f"{figures.counted(row)} ({when}), amount unknown"


def _rates(row: Record) -> tuple[float, float]:
    """(flow, capacity) per year in the base unit of the flow's kind; NaN when unknown."""
    kind, unit = amounts.unit_kind(row["unit"]), row["unit"]
    span = row["years"] if row["years"] > 0 else float("nan")
    flow = amounts.convert(row["best"], unit, kind) / span
    return flow, amounts.convert(row["capacity_quantity"], unit, kind) / span


def _ends(legs: gpd.GeoDataFrame, facts: Facts) -> str:
    first: Mapping[str, str] = {
        "origin": legs["origin"].iloc[0],
        "destination": legs["destination"].iloc[-1],
    }
    return facts.route(first)


def _bound(legs: gpd.GeoDataFrame, column: str, which: str) -> str:
    """First or last day that legs were in being; '' where one of them does not say."""
    if column not in legs or legs[column].isna().any() or legs.empty:
        return ""
    return str(getattr(legs[column], which)().date())


def _side_by_side(pipes: Sequence[Pipe]) -> Iterator[Pipe]:
    """Lines that share most of their way with one before them keep to its right."""
    shapes = {p.id: shapely.MultiLineString(p.parts) for p in pipes}
    wide = {name: shape.buffer(SHARED_DEG) for name, shape in shapes.items()}
    for n, pipe in enumerate(pipes):
        own = shapes[pipe.id]
        before = [q for q in pipes[:n] if not q.context and not pipe.context and own.length]
        beside = [q.id for q in before if _shared(own, wide[q.id])]
        yield replace(pipe, beside=tuple(beside))


def _shared(line: BaseGeometry, way: BaseGeometry) -> bool:
    return bool(line.intersection(way).length > SHARED * line.length)


def _parts(legs: gpd.GeoDataFrame, meridian: float) -> tuple[Coordinates, ...]:
    """Lines of a pipe, joined where they meet, dense enough that the map shows geodesics.

    All lie within half a turn of the page's meridian, so that no line runs round the globe.
    """
    chains: list[list[tuple[float, float]]] = []
    for line in legs.geometry:
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
