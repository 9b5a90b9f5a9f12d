"""The land and borders of a whole region round a spot, on a square with the spot in its middle.

Equal-area (Lambert) about the spot: there is no edge of the map in it, neither antimeridian nor
pole. The square is from −1 to 1, x to the east and y to the north.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.geometry import packing

__all__ = ["MOST_DEG", "Region", "Square"]

Floats = NDArray[np.float64]
MOST_DEG = 80.0  # wider, the opposite side of the globe would come into what is cut out
_STEP_DEG = 1.0  # edges are bent at least so often
_ROOM = 1.04  # what is cut out, of the square: its own edges stay out of sight
_SEAM = 1e-3  # of the square: closes the seams along which areas were cut
_LEAST = 1e-4  # the area of an islet, of the square's
_GRID_DEG = 1e-6
_FINE = 1e-3  # of the square: what its outlines may be off by
_TURNS = (-360.0, 0.0, 360.0)


@dataclass(frozen=True)
class Square:
    """A square of so many degrees from side to side, with its middle at (lon, lat)."""

    lon: float
    lat: float
    wide_deg: float

    @property
    def _half(self) -> float:
        """Half a side on a globe of radius 1."""
        return 2 * math.sin(math.radians(self.wide_deg) / 4)

    def at(self, lonlat: ArrayLike) -> Floats:
        """Positions (n, 2) in degrees on the square; those beyond it lie beyond −1 or 1."""
        lon, lat = np.radians(np.asarray(lonlat, dtype=float).reshape(-1, 2)).T
        turn, own = lon - math.radians(self.lon), math.radians(self.lat)
        up = math.sin(own) * np.sin(lat) + math.cos(own) * np.cos(lat) * np.cos(turn)
        north = math.cos(own) * np.sin(lat) - math.sin(own) * np.cos(lat) * np.cos(turn)
        flat = np.column_stack([np.cos(lat) * np.sin(turn), north])
        scale = np.sqrt(2 / np.maximum(1 + up, 1e-12))[:, None]
        return np.asarray(flat * scale / self._half)

    def box(self) -> tuple[float, float, float, float]:
        """Degrees within which the square lies: west, south, east, north."""
        reach = math.degrees(2 * math.asin(min(1.0, self._half * math.sqrt(0.5) * _ROOM)))
        south, north = max(-90.0, self.lat - reach), min(90.0, self.lat + reach)
        wide = 180.0
        if abs(self.lat) + reach < 90:
            share = math.sin(math.radians(reach)) / math.cos(math.radians(self.lat))
            wide = math.degrees(math.asin(min(1.0, share)))
        return self.lon - wide, south, self.lon + wide, north


@dataclass(frozen=True)
class Region:
    """What is seen on a square: areas of land, lakes open, and lines of borders."""

    land: BaseGeometry
    borders: BaseGeometry

    @property
    def dry(self) -> float:
        """The part of the square that is land."""
        return float(self.land.area) / 4

    @staticmethod
    def of(pack: bytes, square: Square) -> Region:
        """Cut a square out of a packed map of the world. DataError for what is no pack."""
        shapes = _shapes(pack)
        land, lakes = (_areas(shapes[name], square) for name in ("land", "lake"))
        dry = _apart(_polygons(shapely.difference(land, shapely.multipolygons(_apart(lakes)))))
        lines = shapely.multilinestrings(_flat(_near(shapes["border"], square), square))
        return Region(MultiPolygon([*dry]), _shown(lines))


def _areas(shapes: NDArray[np.object_], square: Square) -> NDArray[np.object_]:
    """Areas on the square, grown together where they were cut."""
    near = _near(shapes, square)
    cut = np.isin(np.rint(shapely.bounds(near)[:, [0, 2]] / _GRID_DEG), _seams(square)).any(axis=1)
    grown = shapely.buffer(_valid(near[cut], square), _SEAM, join_style="bevel")
    joined = shapely.get_parts(shapely.union_all(grown))
    return _polygons(_shown(np.concatenate([joined, _valid(near[~cut], square)])))


def _valid(shapes: NDArray[np.object_], square: Square) -> NDArray[np.object_]:
    return np.asarray(shapely.make_valid(_flat(shapes, square)), dtype=object)


def _seams(square: Square) -> NDArray[np.float64]:
    """Longitudes along which areas are cut: those of the map of the world, and of what is near."""
    west, _, east, _ = square.box()
    own = [west, east] if east - west >= 360 else []
    return np.rint(np.array([-540.0, -180.0, 180.0, 540.0, *own]) / _GRID_DEG)


def _apart(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Areas of which none meets another: coarse shores may have run into each other."""
    one, other = shapely.STRtree(areas).query(areas, predicate="intersects")
    met = np.unique(one[one != other])
    joined = _polygons(np.array([shapely.union_all(areas[met])]))
    return np.concatenate([np.delete(areas, met), joined])


def _polygons(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The single areas among shapes, those too small to see left out."""
    parts = shapely.get_parts(shapes)
    return np.asarray(parts[shapely.area(parts) > _LEAST], dtype=object)


def _near(shapes: NDArray[np.object_], square: Square) -> NDArray[np.object_]:
    """What of shapes lies in the box of a square, by every turn of the globe."""
    west, south, east, north = square.box()
    found = []
    for turn in _TURNS:
        frame = (west - turn, south, east - turn, north)
        low_x, low_y, high_x, high_y = shapely.bounds(shapes).T
        meets = (low_x <= frame[2]) & (high_x >= frame[0]) & (low_y <= north) & (high_y >= south)
        cut = shapely.clip_by_rect(shapes[meets], *frame)
        found.append(shapely.transform(cut, partial(np.add, (turn, 0.0))))
    return shapely.get_parts(np.concatenate(found))


def _flat(shapes: NDArray[np.object_], square: Square) -> NDArray[np.object_]:
    """Shapes in degrees on the square, those that are too small to see left out."""
    coarse = shapely.simplify(shapes, square.wide_deg * _FINE)
    bent = shapely.segmentize(coarse[~shapely.is_empty(coarse)], _STEP_DEG)
    return np.asarray(shapely.transform(bent, square.at), dtype=object)


def _shown(shape: Any) -> Any:
    return shapely.intersection(shape, shapely.box(-_ROOM, -_ROOM, _ROOM, _ROOM))


@lru_cache(maxsize=2)
def _shapes(pack: bytes) -> dict[str, NDArray[np.object_]]:
    """Rings of land and lakes as areas, and borders as lines, in degrees."""
    parts = {layer.name: layer.parts for layer in packing.decode(pack)}
    rings = {n: [shapely.Polygon(p) for p in parts.get(n, ())] for n in ("land", "lake")}
    lines = [shapely.LineString(p) for p in parts.get("border", ())]
    return {
        **{name: shapely.make_valid(np.array(own, dtype=object)) for name, own in rings.items()},
        "border": np.array(lines, dtype=object),
    }
