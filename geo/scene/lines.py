"""Legs and figures → pipes: which lines, how wide, how dashed, with which label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from geo import flows as figures
from geo import measure
from geo.scene import style, words
from geo.scene.facts import Facts, Record, records
from geo.scene.model import Coordinates, Pipe, Sample

SEGMENT_KM = 40.0
DOUBTFUL = ("claimed", "planned")


@dataclass
class Lines:
    """The lines of a page on one scale for each kind of unit."""

    facts: Facts

    @cached_property
    def scale(self) -> dict[str, float]:
        """Pixels per unit and year, by kind of unit; the widest line of each kind is 18 px."""
        most: dict[str, float] = {}
        for row in self.facts.drawn.values() if self.facts.widths else ():
            kind = figures.unit_kind(row["unit"])
            most[kind] = max([most.get(kind, 0.0), *(x for x in _rates(row) if pd.notna(x))])
        for corridor in self.facts.corridors if self.facts.widths else ():
            idle = self._idle(corridor)
            if idle is not None:
                most[idle[0]] = max(most.get(idle[0], 0.0), idle[1])
        return {kind: style.MAX_PX / value for kind, value in most.items() if value > 0}

    def _idle(self, corridor: str) -> tuple[str, float] | None:
        """(kind of unit, capacity per year) of a corridor in series whose flow is unknown."""
        facts = self.facts
        if facts.parallel(corridor) or corridor in facts.drawn:
            return None
        row = facts.idle(corridor)
        if row is None:
            return None
        kind = figures.unit_kind(row["unit"])
        yearly = figures.convert(row["quantity"], row["unit"], kind) * figures.PER_YEAR[row["per"]]
        return kind, yearly

    def samples(self) -> dict[str, tuple[Sample, ...]]:
        """Three sample widths for each unit drawn."""
        made: dict[str, tuple[Sample, ...]] = {}
        for kind, scale in self.scale.items():
            units = (str(row["unit"]) for row in self.facts.drawn.values())
            unit = next((u for u in units if figures.unit_kind(u) == kind), kind)
            most = figures.convert(style.MAX_PX / scale, kind, unit)
            made[unit] = tuple(
                Sample(
                    round(figures.convert(value, unit, kind) * scale, 2),
                    f"{words.number(value)} {unit}/year",
                )
                for value in style.samples(most)
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
        return tuple(sorted(made, key=lambda p: (not p.context, -(p.casing_px or p.width_px))))

    def _alternative(self, corridor: str, leg: gpd.GeoDataFrame) -> Pipe:
        """One leg of a corridor whose legs are alternatives: it shows its own flow only."""
        name = str(leg["leg"].iloc[0])
        row = self.facts.drawn.get(name)
        label = self._label(row) if row is not None else self._count(name)
        return self._pipe(corridor, leg, row, name, _ends(leg, self.facts), label, name)

    def _stretch(self, corridor: str, legs: gpd.GeoDataFrame, *, carries: bool) -> Pipe:
        """Legs in a row with one state; the first stretch carries the corridor's flow."""
        row = self.facts.drawn.get(corridor) if carries else None
        title = self.facts.name(corridor) if carries else _ends(legs, self.facts)
        label = self._label(row) if row is not None else "?"
        name = f"{corridor}-{legs['status'].iloc[0]}"
        return self._pipe(corridor, legs, row, name, title, label, None)

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
        )

    def _widths(self, row: Record | None) -> tuple[float | None, float | None]:
        """(casing, core) in pixels; None where unknown or where the page shows no widths."""
        scale = self.scale.get(figures.unit_kind(row["unit"])) if row is not None else None
        if row is None or scale is None:
            return None, None
        core, casing = (rate * scale for rate in _rates(row))
        return (
            round(casing, 2) if pd.notna(casing) else None,
            max(style.MIN_CORE_PX, round(core, 2)) if pd.notna(core) else None,
        )

    def _label(self, row: Record) -> str:
        """'2–2.5 of 4 Mt/year · 50–63 % ', with the key of its conflict."""
        spread, key = self.facts.spread(row), self.facts.key(row)
        when = words.period(row["period_start"], row["period_end"])
        if pd.isna(row["capacity_quantity"]):
            return f"{words.quantity(spread)} ({when}){key}"
        full = words.number(float(f"{row['capacity_quantity']:.3g}"))
        year = "/year" if row["years"] == 1 else ""
        said = f"{words.quantity(spread, unit='')} of {full} {row['unit']}{year}"
        return f"{said} · {words.share(spread)} ({when}){key}"

    def _count(self, leg: str) -> str:
        """How often a leg was sailed, where no amount is known; '?' where that is not either."""
        own = self.facts.flows[self.facts.flows["leg"] == leg]
        known = own["unit"].isin(figures.COUNTS) & own["best"].notna() & (own["rank"] == 1)
        counted = records(own[known].sort_values("period_start", kind="stable"))
        if not counted:
            return "?"
        row = counted[-1]
        said = words.quantity(row)
        said = said.removesuffix("s") if row["quantity"] == 1 else said
        return f"{said} ({words.period(row['period_start'], row['period_end'])}), amount unknown"


def _rates(row: Record) -> tuple[float, float]:
    """(flow, capacity) per year in the base unit of the flow's kind; NaN when unknown."""
    kind, unit = figures.unit_kind(row["unit"]), row["unit"]
    span = row["years"] if row["years"] > 0 else float("nan")
    flow = figures.convert(row["best"], unit, kind) / span
    return flow, figures.convert(row["capacity_quantity"], unit, kind) / span


def _ends(legs: gpd.GeoDataFrame, facts: Facts) -> str:
    first: Mapping[str, str] = {
        "origin": legs["origin"].iloc[0],
        "destination": legs["destination"].iloc[-1],
    }
    return facts.route(first)


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
