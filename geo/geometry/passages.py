"""Canals, straits and capes as data: where they lie, what may pass, which line counts as passing.

`assets/passages.geojson` has a feature a passage: its axis and its gate (a line from shore to
shore that whatever passes must cross), drawn for the kit over GSHHG 2.3.6; length, largest ship and
ice where they are published, with the source. Features of the kind "approach" are rivers to ports;
one of the kind "limit" is a parallel that ice makes a limit, with an axis on its open side; points
of the kind "inland sea" say which lakes count as water for ships. `assets/inlets.geojson` has
approaches that the network of ways is made without: the way out of a port finds them by itself.
The place of a gated passage among the others is its bit in the network of ways: new ones are added
behind them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.errors import AssetError, GeoError

__all__ = [
    "Passage",
    "channels",
    "closed",
    "crossed",
    "every",
    "inland_seas",
    "inlet_channels",
    "inlets",
    "named",
    "titles",
]

LonLat: TypeAlias = tuple[float, float]

_ASSET = Path(__file__).parent / "assets" / "passages.geojson"
_INLETS = Path(__file__).parent / "assets" / "inlets.geojson"
_KM_PER_DEG = 111.2
CHANNEL_KM = 0.4  # half the width of the water that an axis stands for
NAVIGABLE = {"canal", "strait", "approach"}


@dataclass(frozen=True)
class Passage:
    """One passage.

    id: the word for it on the command line. kind: canal, strait, cape, route, limit or approach.
    ice: "closed" where no way leads unless it is allowed, "seasonal", or "". area: the waters
    (west, south, east, north) that stand behind it; an end within them needs no allowance.
    length_km and largest_ship as published, None and "" where they are not.
    """

    id: str
    name: str
    kind: Literal["canal", "strait", "cape", "route", "limit", "approach"]
    axis: LineString
    gate: LineString | None
    ice: str
    area: tuple[float, float, float, float] | None
    length_km: float | None
    largest_ship: str
    source: str
    note: str

    @property
    def closed(self) -> bool:
        """Whether ice closes it to ways that do not name it."""
        return self.ice == "closed"

    def holds(self, point: LonLat) -> bool:
        """Whether a point lies in the waters that stand behind it."""
        if self.area is None:
            return False
        west, south, east, north = self.area
        return west <= (point[0] + 180) % 360 - 180 <= east and south <= point[1] <= north


@cache
def every() -> tuple[Passage, ...]:
    """Every passage the kit knows, approaches included, in the order of the file."""
    return tuple(_passage(f) for f in _features() if f["geometry"]["type"] == "LineString")


@cache
def gated() -> tuple[Passage, ...]:
    """The passages that can be named, avoided and allowed."""
    return tuple(one for one in every() if one.gate is not None)


def named(words: Iterable[str]) -> tuple[Passage, ...]:
    """Return the passages of these ids or names. GeoError lists the known ones for any other."""
    known = {one.id: one for one in gated()} | {one.name.lower(): one for one in gated()}
    asked = [word.strip().lower() for word in words if word.strip()]
    wrong = [word for word in asked if _key(word) not in known and word not in known]
    if wrong:
        ids = ", ".join(one.id for one in gated())
        raise GeoError(f"no passage is named {', '.join(map(repr, wrong))}; known are: {ids}")
    return tuple(dict.fromkeys(known.get(word) or known[_key(word)] for word in asked))


def closed(ends: Iterable[LonLat], allowed: Collection[Passage] = ()) -> tuple[Passage, ...]:
    """Return what ice closes to a way between ends, (lon, lat): not what is allowed.

    Nor the waters that an end itself lies in.
    """
    points = tuple(ends)
    return tuple(
        one
        for one in gated()
        if one.closed and one not in allowed and not any(map(one.holds, points))
    )


def titles(ids: Iterable[str]) -> list[str]:
    """Return the names of passages, in the order of their ids."""
    known = {one.id: one.name for one in gated()}
    return [known[name] for name in ids]


def crossed(line: BaseGeometry, of: Iterable[Passage] | None = None) -> tuple[Passage, ...]:
    """Return the passages whose gate a line crosses, in the order in which it first does.

    The line's longitudes may run beyond ±180. of: look at these alone.
    """
    found: dict[float, Passage] = {}
    for one in gated() if of is None else of:
        assert one.gate is not None
        for turn in (-360.0, 0.0, 360.0):
            gate = translate(one.gate, turn)
            if line.intersects(gate):
                met = shapely.get_parts(line.intersection(gate))
                found[min(float(line.project(part.centroid)) for part in met)] = one
    return tuple(dict.fromkeys(found[where] for where in sorted(found)))


@cache
def inlets() -> tuple[Passage, ...]:
    """Every approach that the network of ways is made without."""
    return tuple(_passage(f) for f in _features(_INLETS))


@cache
def channels() -> MultiPolygon:
    """Return the water of canals, narrow straits and approaches: a strip along each axis."""
    return _strips(one for one in every() if one.kind in NAVIGABLE)


@cache
def inlet_channels() -> MultiPolygon:
    """Return the water of inlets: a strip along each axis."""
    return _strips(inlets())


@cache
def inland_seas() -> tuple[Point, ...]:
    """Return a point in each lake that counts as water for ships."""
    return tuple(
        Point(f["geometry"]["coordinates"]) for f in _features() if f["geometry"]["type"] == "Point"
    )


def _key(word: str) -> str:
    return word.replace(" ", "-").replace("_", "-")


def _strips(of: Iterable[Passage]) -> MultiPolygon:
    whole = shapely.union_all([_strip(one.axis) for one in of])
    return MultiPolygon(list(shapely.get_parts(whole)))


def _strip(axis: LineString) -> BaseGeometry:
    """A strip along an axis, `CHANNEL_KM` to either side."""
    squeeze = float(np.cos(np.radians(axis.centroid.y)))
    narrow = shapely.transform(axis, lambda xy: xy * [squeeze, 1])
    grown = shapely.buffer(narrow, CHANNEL_KM / _KM_PER_DEG, quad_segs=2)
    return shapely.transform(grown, lambda xy: xy / [squeeze, 1])


@cache
def _features(path: Path = _ASSET) -> tuple[dict[str, Any], ...]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AssetError(f"passages are missing ({error.filename}); reinstall tumen") from error
    return tuple(json.loads(text)["features"])


def _passage(feature: dict[str, Any]) -> Passage:
    row = feature["properties"]
    return Passage(
        id=row["passage"],
        name=row["name_en"],
        kind=row["kind"],
        axis=LineString(feature["geometry"]["coordinates"]),
        gate=LineString(row["gate"]) if "gate" in row else None,
        ice=row.get("ice", ""),
        area=tuple(row["area"]) if "area" in row else None,
        length_km=row.get("length_km"),
        largest_ship=row.get("largest_ship", ""),
        source=row["source"],
        note=row.get("note", ""),
    )
