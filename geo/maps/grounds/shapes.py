"""Areas and lines by style, cut to an extent and packed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from geo.geometry import ground, packing
from geo.geometry.ground import Bounds

COARSER = 4.0  # of a course that only carries a name
SHORTEST = 200  # units of a tile, a twentieth of its side: a shorter street carries none


@dataclass(frozen=True)
class Place:
    """A name on the ground, and how many live there, 0 where that is unknown."""

    text: str
    lon: float
    lat: float
    rank: int = 0


def pack(
    parts: Mapping[str, Sequence[Any]],
    places: Sequence[Place],
    extent: Bounds,
    quantum: float,
    streets: Mapping[str, Sequence[Any]] | None = None,
) -> bytes:
    """Layers by style from the lowest up, and the names; what lies beyond the extent is cut off.

    streets: the courses of each name, as tiles have them, in pieces.
    """
    layers = [
        layer
        for style in ground.styles()
        for layer in _layer(style, parts.get(style["name"], ()), extent, quantum)
    ]
    layers += _streets(streets or {}, extent, quantum * COARSER)
    layers += _named(_once(places, extent), quantum)
    return packing.encode(layers)


def _layer(
    style: Mapping[str, Any], shapes: Iterable[Any], extent: Bounds, quantum: float
) -> Iterator[packing.Layer]:
    own = np.array([one for one in shapes if one is not None], dtype=object)
    sound = shapely.make_valid(own)
    found = [
        np.add(part, (turn, 0.0))
        for turn in turns(extent)
        for part in _parts(_cut(sound, extent, turn), style["kind"], quantum)
    ]
    if found:
        yield packing.with_reach(packing.Layer(style["name"], style["kind"], quantum, found))


def turns(extent: Bounds) -> list[float]:
    """By how many degrees the world is turned to meet an extent, which may go beyond its edge."""
    west, _, east, _ = extent
    return [turn for turn in (-360.0, 0.0, 360.0) if west < 180 + turn and east > turn - 180]


def _cut(shapes: Any, extent: Bounds, turn: float) -> Any:
    west, south, east, north = extent
    return shapely.clip_by_rect(shapes, west - turn, south, east - turn, north)


def _parts(shapes: Any, kind: str, quantum: float) -> Iterator[Any]:
    """Rings of areas or lines as positions, without points that the pack does not tell apart."""
    bare = shapely.get_parts(shapely.simplify(shapes, quantum))
    wanted = bare[shapely.get_dimensions(bare) == (2 if kind == "polygon" else 1)]
    # Rings one way round and holes the other: areas of one style that overlap are filled once.
    turned = shapely.get_rings(shapely.orient_polygons(wanted)) if kind == "polygon" else wanted
    for line in turned:
        xy = shapely.get_coordinates(line)
        if len(xy) > 1 and np.isfinite(xy).all():
            yield xy


def _streets(
    streets: Mapping[str, Sequence[Any]], extent: Bounds, quantum: float
) -> Iterator[packing.Layer]:
    """The courses of streets with their names, whole again where tiles cut them."""
    found: list[tuple[str, Any]] = []
    for name, lines in sorted(streets.items()):
        own = np.array(lines, dtype=object)
        cut = [np.add(xy, (turn, 0.0)) for turn in turns(extent)
               for xy in _parts(_cut(own, extent, turn), "line", quantum)]  # fmt: skip
        lines = [shapely.LineString(xy) for xy in cut]
        # Pieces of neighbouring tiles overlap: on one grid they lie on each other.
        whole = shapely.line_merge(shapely.union_all(lines, grid_size=quantum))
        bare = shapely.simplify(shapely.get_parts(whole), quantum)
        long = shapely.length(bare) > SHORTEST / COARSER * quantum
        found += [(name, shapely.get_coordinates(line)) for line in bare[long]]
    if found:
        courses = packing.Layer(
            ground.STREETS, "line", quantum, [xy for _, xy in found], labels=[n for n, _ in found]
        )
        yield packing.with_reach(courses)


def _once(places: Sequence[Place], extent: Bounds) -> list[Place]:
    """Names within the extent, the most people first, each once."""
    west, south, east, north = extent
    every = [replace(p, lon=p.lon + turn) for turn in turns(extent) for p in places]
    here = [p for p in every if west <= p.lon <= east and south <= p.lat <= north]
    found: dict[tuple[str, float, float], Place] = {}
    for place in sorted(here, key=lambda p: (-p.rank, p.text)):
        found.setdefault((place.text, round(place.lon, 2), round(place.lat, 2)), place)
    return list(found.values())


def _named(places: Sequence[Place], quantum: float) -> Iterator[packing.Layer]:
    if places:
        yield packing.Layer(
            "place",
            "point",
            quantum,
            [np.array([[p.lon, p.lat] for p in places])],
            labels=[p.text for p in places],
            ranks=[p.rank for p in places],
        )
