"""The lines of a table of flows as they are drawn: their courses, widths and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from geo.account import words
from geo.geometry import curves, measure
from geo.maps.flowtables import flow_rings, flow_sums, flow_ways
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.flowtables.flow_sums import Line, Record
from geo.output import draw
from geo.scene import style
from geo.scene.model import (
    Claim,
    Coordinates,
    Pipe,
)

__all__ = ["Drawing"]

MOST_CORRIDORS = 12  # more would make the list of layers unreadable
LABELS = 25  # lines of a small map that have their figure beside them; a large one chooses by view
SEGMENT_KM = 40.0
DIGITS = 5  # of degrees: about a metre
COURSES = {
    "known": "known legs",
    "modelled": "modelled ways over water",
    "rail": "modelled ways along railways",
    "schematic": "schematic lines",
    "within": "within one place",
}


@dataclass
class Drawing:
    """The lines of a table on their courses."""

    lines: Lines
    ways: flow_ways.Courses

    @cached_property
    def positions(self) -> dict[str, tuple[float, float]]:
        """(lon, lat) of every place a row names; longitudes run on from the widest empty gap."""
        table = self.lines.table.places
        used = {row[end] for row in self.lines.records for end in ("origin", "destination")}
        own = table[table["place"].isin(used)]
        lons = np.sort(own.geometry.x.to_numpy() % 360)
        gaps = np.diff(np.append(lons, lons[:1] + 360))
        west = float(lons[(int(np.argmax(gaps)) + 1) % len(lons)]) if len(lons) else 0.0
        west -= 360.0 if west >= 180 else 0.0
        east = [west + round(x - west, 9) % 360 for x in own.geometry.x]  # -1e-15 % 360 is 360
        ends = zip(east, own.geometry.y, strict=True)
        return {p: (round(x, 6), round(y, 6)) for p, (x, y) in zip(own["place"], ends, strict=True)}

    @cached_property
    def schematic(self) -> dict[str, tuple[tuple[Coordinates, ...], bool]]:
        """The parts of every curved line, and whether it keeps clear of foreign places."""
        own = self.curved
        ends = [[self.positions[p] for p in (x.origin, x.destination)] for x in own]
        pairs = np.array(ends, dtype=float).reshape(-1, 2, 2)
        made = curves.curves(pairs[:, 0], pairs[:, 1], np.array([*self.positions.values()]))
        shapes = np.round(made.lines, DIGITS)
        turns = np.round((pairs[:, 1, 0] - shapes[:, -1, 0]) / 360)
        return {
            x.id: (_twice(shape, turn), bool(clear))
            for x, shape, turn, clear in zip(own, shapes, turns, made.clear, strict=True)
        }

    @cached_property
    def courses(self) -> dict[str, Record]:
        """The known legs by id, with their shape and whatever else their file says."""
        legs = self.lines.table.legs
        return {row["leg"]: row for row in flow_sums.mappings(legs)}

    @cached_property
    def pipes(self) -> tuple[Pipe, ...]:
        """Every line as it is drawn, the wide first, so that the narrow lie on top."""
        lengths = self._lengths()
        made = [
            (line, self._drawn(line, lengths)) for line in self.lines.ranked if self.is_whole(line)
        ]
        made += [(laid.line, self._stretch(laid)) for laid in self.ways.laid]
        made += [(line, self._ring(line)) for line in self.lines.within]
        made.sort(key=lambda pair: (-self.lines.size(pair[0]), pair[0].id))
        return tuple(pipe for _, pipe in made)

    @cached_property
    def rings(self) -> dict[str, np.ndarray[Any, Any]]:
        """The ring of every place within which something is moved."""
        inner = [line.origin for line in self.lines.within]
        pairs = [(x.origin, x.destination) for x in self.lines.ranked]
        known = [one for one in pairs if set(one) <= set(self.positions)]
        return flow_rings.rings(inner, self.positions, known)

    def is_whole(self, line: Line) -> bool:
        """Whether a line is drawn as one, not as stretches that it shares."""
        return line.id not in self.ways.home

    def _drawn(self, line: Line, lengths: Mapping[str, float]) -> Pipe:
        if line.leg:
            return self._leg(line)
        known = line.id in self.ways.routed
        return self._way(line) if known else self._curve(line, lengths[line.id])

    @cached_property
    def curved(self) -> list[Line]:
        """The lines whose course is not known."""
        return [x for x in self.lines.ranked if not x.leg and x.id not in self.ways.routed]

    def _lengths(self) -> dict[str, float]:
        """Geodesic lengths of the curved lines, in km."""
        own = self.curved
        ends = [(*self.positions[x.origin], *self.positions[x.destination]) for x in own]
        table = np.array(ends, dtype=float).reshape(-1, 4)
        found = measure.geodesic_km(*table.T)
        return dict(zip([x.id for x in own], found, strict=True))

    def _curve(self, line: Line, length_km: float) -> Pipe:
        parts, clear = self.schematic[line.id]
        near = (
            "" if clear else "no curve was found that keeps clear of every place it does not serve"
        )
        return replace(
            self._pipe(line, "schematic"),
            parts=parts,
            dash=(),
            status="course not known",
            geometry_basis="schematic",
            length=f"{words.kilometres(length_km)} as the crow flies",
            note=near,
        )

    def _way(self, line: Line) -> Pipe:
        sea = self.ways.found.get(line.id)
        shape = np.asarray((sea.line if sea else self.ways.railway(line)).coords)
        shape[:, 0] += 360 * round((self.positions[line.origin][0] - shape[0, 0]) / 360)
        turn = round((self.positions[line.destination][0] - shape[-1, 0]) / 360)
        return replace(
            self._pipe(line, "modelled" if sea else "rail"),
            parts=_twice(np.round(shape, DIGITS), turn),
            dash=(),
            status="modelled way",
            geometry_basis="modelled",
            length=self.ways.whole(line.id),
        )

    def _stretch(self, laid: flow_ways.Laid) -> Pipe:
        lons = [x for x, _ in self.positions.values()]
        course = "rail" if laid.names[0] in self.ways.tracks else "modelled"
        return replace(
            self._pipe(laid.line, course),
            parts=_within_reach(laid.shape, (min(lons) + max(lons)) / 2),
            dash=(),
            status="modelled way",
            geometry_basis="modelled",
            length=self.ways.length(laid),
        )

    def _leg(self, line: Line) -> Pipe:
        row = self.courses[line.leg]
        basis, lons = str(row.get("geometry_basis") or ""), [x for x, _ in self.positions.values()]
        middle = (min(lons) + max(lons)) / 2 if lons else 0.0
        said = f"{basis} line" if basis else "line as given"
        return replace(
            self._pipe(line, "known"),
            parts=_course(row["geometry"], middle),
            dash=style.dash(str(row.get("status") or "")),
            status=str(row.get("status") or "known leg"),
            geometry_basis=basis or "given",
            length=f"{words.kilometres(measure.line_km(row['geometry']))}, {said}",
            note=str(row.get("note") or ""),
            sources=(self.lines.number(str(row.get("source") or ""), "legs"),),
        )

    def _pipe(self, line: Line, course: str) -> Pipe:
        """A line without its course."""
        first = max(line.shown, key=lambda f: f.rate or 0.0, default=None)
        cargo = first.lanes[0].word if first else self.lines.cargo(line.rows[0])
        colour, title = self.lines.colours[cargo], self._title(line)
        corridor, name = self._corridor(line, course)
        held = self.lines.could.casings(line)
        full = [f.capacity * self.lines.scale[f.kind] for f in line.shown if f.capacity is not None]
        full += [c.capacity * self.lines.scale[c.kind] for c in held[:1] if not line.shown]
        core = first.rate * self.lines.scale.get(first.kind, 0.0) if first and first.rate else 0.0
        return Pipe(
            id=line.id,
            corridor=corridor,
            corridor_title=name,
            title=title,
            parts=(),
            colour=colour,
            tint=style.tint(colour),
            casing_px=round(max(full), 2) if full else None,
            core_px=max(style.MIN_CORE_PX, round(core, 2)) if first else None,
            dash=(),
            hollow=first.hollow if first else False,
            label=("; ".join(f.label for f in line.shown) or "?")
            if line.id in self.labelled
            else "",
            status="",
            geometry_basis="",
            basis=first.basis if first else "",
            length="",
            arrow=any(f.direction for f in line.shown),
            over=any(f.capacity and (f.rate or 0.0) > f.capacity for f in line.shown),
            claims=tuple(self.claims(line)),
            figures=line.figures,
            casings=held,
            shown=tuple(f.id for f in line.shown),
            ends=() if line.laid or line.leg else (line.origin, line.destination),
        )

    @cached_property
    def labelled(self) -> set[str]:
        """Lines with their figure on the map: all where the map chooses by view, or the widest."""
        lines = [x for x in self.lines.every if self.is_whole(x)]
        # What several stretches carry alike is said on the longest of them.
        laid = sorted(self.ways.laid, key=lambda one: measure.line_km(one.shape))
        lines += {tuple(f.id for f in one.line.shown): one.line for one in laid}.values()
        lines.sort(key=lambda line: (-self.lines.size(line), line.id))
        return {x.id for x in lines[: len(lines) if len(lines) > draw.SVG_MOST else LABELS]}

    def _ring(self, line: Line) -> Pipe:
        """What moved within one place: a ring beside it."""
        shape = np.round(self.rings[line.origin], DIGITS)
        return replace(
            self._pipe(line, "within"),
            parts=_twice(shape, 0.0),
            arrow=False,
            status="within one place",
            geometry_basis="ring",
            length="a ring, no way",
            ends=(),
        )

    def _title(self, line: Line) -> str:
        if line.laid:
            return line.laid
        if not line.leg and line.origin == line.destination:
            return f"within {self.lines.names[line.origin]}"
        name = str(self.courses[line.leg].get("name_en") or "") if line.leg else ""
        if name or not line.leg:
            by = f", by {line.mode}" * bool(line.mode) + f", via {line.via}" * bool(line.via)
            return name or self.lines.route(line.origin, line.destination) + by
        ends = [self.lines.names.get(p, p) for p in (line.origin, line.destination) if p]
        return " – ".join(ends) if len(ends) == 2 else line.leg

    def _corridor(self, line: Line, course: str) -> tuple[str, str]:
        """What a line is listed under: its own corridor, else how its course is known."""
        corridors = {str(row["corridor"]) for row in line.rows}
        own = corridors.pop() if len(corridors) == 1 or not line.laid else ""
        if own and self.lines.table.flows["corridor"].nunique() <= MOST_CORRIDORS:
            return own, own.replace("_", " ")
        return course, COURSES[course]

    def claims(self, line: Line) -> Iterator[Claim]:
        """Every figure of a line: what is drawn first, then by rank and time; then capacities."""
        ordered = sorted(
            line.rows, key=lambda r: (r["id"] not in line.drawn, r["rank"], str(r["period_start"]))
        )
        for row in ordered:
            told = bool(line.leg or line.laid)
            way = f", {self.lines.route(row['origin'], row['destination'])}" if told else ""
            yield Claim(
                figure=words.quantity(row),
                what=f"{self.lines.cargo(row)}{way}",
                period=self.lines.when(row),
                basis=row["basis"],
                source=self.lines.number(row["source"]),
                note=row["note"],
                drawn=row["id"] in line.drawn,
                id=row["id"],
            )
        for row in self.lines.could.rows(line):
            yield Claim(
                figure=f"{words.quantity(row)} per {row['per']}",
                what=row["commodity"] or "any cargo",
                period=row["kind"],
                basis=row["basis"],
                source=self.lines.number(row["source"], "capacities"),
                note=row["note"],
                group="capacity",
            )


def _twice(shape: np.ndarray[Any, Any], turn: float) -> tuple[Coordinates, ...]:
    """A curve, and where it leaves the map at one side, once more where it enters at the other."""
    line = tuple(map(tuple, shape.tolist()))
    if not turn:
        return (line,)
    return line, tuple((round(x + 360 * turn, DIGITS), y) for x, y in line)


def _within_reach(shape: shapely.LineString, middle: float) -> tuple[Coordinates, ...]:
    """A line within half a turn of a meridian; twice where it goes on beyond the map's edge."""
    west, _, east, _ = shape.bounds
    turn = 360.0 * round((middle - (west + east) / 2) / 360)
    xy = np.round(np.add(shape.coords, (turn, 0.0)), DIGITS)
    beyond = (east + turn > middle + 180) - (west + turn < middle - 180)
    return _twice(xy, -float(beyond))


def _course(shape: Any, middle: float) -> tuple[Coordinates, ...]:
    """The lines of a leg within half a turn of a meridian, dense enough to show geodesics."""
    made: list[Coordinates] = []
    whole = measure.unwrap(shape)
    for piece in getattr(whole, "geoms", [whole]):
        dense = measure.densify(piece, max_km=SEGMENT_KM)
        west, _, east, _ = dense.bounds
        turn = 360.0 * round((middle - (west + east) / 2) / 360)
        made.append(tuple((round(x + turn, 6), round(y, 6)) for x, y in dense.coords))
    return tuple(made)
