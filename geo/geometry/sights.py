"""What of each country a view shows: where its name stands on the land of a detailed base map.

Land is cut along the borders of the pack. A piece is of the country whose spots of the world, or
whose name in the pack, stand in it; where none or several do, it is left unnamed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, Polygon, box

from geo.geometry import packing
from geo.geometry.gshhg import polygons_of
from geo.geometry.packing import Layer
from geo.geometry.seas import TURNS, View

__all__ = ["Spots", "seen"]

LonLat: TypeAlias = tuple[float, float]
Spots: TypeAlias = tuple[tuple[str, tuple[LonLat, ...]], ...]  # by the name of a country

# The least room for a name: the radius of a circle on its land, in widths of the view. At 1,280
# pixels it is half as wide as a name of ten letters.
LEAST = 0.03
_FENCE_DEG = 0.012  # a border may end some hundred metres short of the coast
_PRECISE = 60.0  # of the width of a view, for the middle of a piece
_SMALLEST_DEG2 = 1e-4


def seen(view: View, packs: Sequence[bytes], spots: Spots) -> dict[str, tuple[LonLat, ...]]:
    """Points (lon, lat) for the name of each country, by its name; the roomiest of a view first.

    `spots` are points on the land of every country. One point is in the middle of what the whole
    view shows, others in its quarters, for who zooms in; none where there is less room than a name
    takes.
    """
    west, south, east, north = view
    found: dict[str, list[LonLat]] = {}
    for name, piece in (one for data in packs for one in _pieces(data, spots)):
        for turn in TURNS:
            frame = west + turn, south, east + turn, north
            if shapely.intersects(piece, box(*frame)):
                here = [(round(lon - turn, 3), lat) for lon, lat in _middles(piece, frame)]
                found.setdefault(name, []).extend(here)
    return {name: tuple(dict.fromkeys(points)) for name, points in found.items() if points}


def _middles(piece: Polygon, view: View) -> Iterator[LonLat]:
    """The roomiest points of a piece in a view and in its quarters, as the map is drawn."""
    west, south, east, north = view
    x, y = (west + east) / 2, (south + north) / 2
    tall = 1 / max(math.cos(math.radians(y)), 0.01)
    quarters = [(west, y, x, north), (x, y, east, north), (west, south, x, y), (x, south, east, y)]
    for frame in (view, *quarters):
        inside = polygons_of(shapely.intersection(piece, box(*frame)))
        if not inside:
            continue
        largest = max(inside, key=lambda one: one.area)
        drawn = shapely.transform(largest, lambda xy: xy * [1, tall])
        wide = east - west
        spoke = shapely.maximum_inscribed_circle(drawn, tolerance=wide / _PRECISE)
        if spoke.length >= LEAST * wide:
            lon, lat = shapely.get_coordinates(spoke)[0]
            yield round(float(lon), 3), round(float(lat / tall), 3)


@lru_cache(maxsize=4)
def _pieces(data: bytes, spots: Spots) -> list[tuple[str, Polygon]]:
    """The land of a detailed pack cut along its borders, each piece with its country's name."""
    layers = {layer.name: layer for layer in packing.decode(data)}
    if "land" not in layers or _whole(layers["land"]):
        return []
    own = _names(layers.get("country"))
    known = [(name, at) for name, points in spots for at in (*points, *own.get(name, ()))]
    names, xy = np.array([name for name, _ in known]), np.array([at for _, at in known])
    pieces = _cut(layers["land"], layers.get("border"))
    held = ((set(names[_inside(piece, xy)].tolist()), piece) for piece in pieces)
    return [(name.pop(), piece) for name, piece in held if len(name) == 1]


def _cut(land: Layer, border: Layer | None) -> list[Polygon]:
    rings = [LineString(np.vstack([part, part[:1]])) for part in land.parts if len(part) > 2]
    areas = polygons_of(shapely.build_area(MultiLineString(rings)))
    dry = np.array([one for one in areas if one.area > _SMALLEST_DEG2], dtype=object)
    lines = [LineString(part) for part in (border.parts if border else []) if len(part) > 1]
    fence = shapely.union_all(lines).buffer(_FENCE_DEG) if lines else Polygon()
    pieces = polygons_of(shapely.difference(dry, fence)) if len(dry) else []
    return [one for one in pieces if one.area > _SMALLEST_DEG2]


def _inside(piece: Polygon, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points stand on a piece, whatever turn its longitudes are of."""
    west, south, east, north = piece.bounds
    found = np.zeros(len(xy), dtype=bool)
    for turn in TURNS:
        x, y = xy[:, 0] + turn, xy[:, 1]
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        found[near] |= shapely.contains_xy(piece, x[near], y[near])
    return found


def _names(layer: Layer | None) -> dict[str, list[LonLat]]:
    """Where a pack itself names countries, by their names."""
    if layer is None or not layer.labels or not layer.parts:
        return {}
    points = np.vstack(layer.parts).tolist()
    return {name: [(x, y)] for name, (x, y) in zip(layer.labels, points, strict=True)}


def _whole(land: Layer) -> bool:
    """Whether a pack is of the whole world: its land is too coarse for a name to stand on."""
    extent = land.meta.get("extent") or (-180, 0, 180, 0)
    return bool(extent[2] - extent[0] >= 350)
