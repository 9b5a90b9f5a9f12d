"""Which place a position lies in: polygons, and circles of a radius round points."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.errors import GeoError
from geo.tracks.arrays import Bools, Floats, Ints, apart_m, sphere

__all__ = ["Places", "from_frame"]

_CELLS = 10  # to a degree
_NORTH, _EAST = 180 * _CELLS, 360 * _CELLS
_KM_PER_DEG = 110.57  # of latitude, where it is shortest
_EARTH_KM = 6378.137


@dataclass(frozen=True)
class Places:
    """Places in the order given; a polygon has the radius 0.

    ids: names. shapes: lon/lat. lon, lat: the point, or a point inside the polygon. radius_m:
    of each circle.
    """

    ids: tuple[str, ...]
    shapes: tuple[Any, ...]
    lon: Floats
    lat: Floats
    radius_m: Floats

    @cached_property
    def _index(self) -> _Cells:
        return _index([_box(s, r) for s, r in zip(self.shapes, self.radius_m, strict=True)])

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields alone: what is looked up by is large and quickly made anew."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def within(self, x: Floats, y: Floats) -> Ints:
        """Return for each position the number of its place, -1 where there is none.

        The first polygon that covers it, else the nearest circle.
        """
        found = np.full(len(x), -1, np.int64)
        if not len(self.ids) or not len(x):
            return found
        near = self._index.of(x, y)
        rows = np.flatnonzero(near)
        found[rows] = self._among(self._index.listed[near[rows]], x[rows], y[rows])
        return found

    def _among(self, listed: Ints, x: Floats, y: Floats) -> Ints:
        """listed: (positions, places that are near), filled up with -1."""
        best, least = np.full(len(x), -1, np.int64), np.full(len(x), np.inf)
        for place in listed.T:
            rows = np.flatnonzero(place >= 0)
            if not len(rows):
                break
            far = self._far_m(place[rows], x[rows], y[rows])
            better = far < least[rows]
            best[rows[better]], least[rows[better]] = place[rows[better]], far[better]
        return best

    def _far_m(self, place: Ints, x: Floats, y: Floats) -> Floats:
        """Metres from the middle of a circle, -1 in a polygon, infinite outside."""
        far = apart_m(self.lon[place], self.lat[place], x, y)
        far[far > self.radius_m[place]] = np.inf
        for one in np.unique(place[self.radius_m[place] == 0.0]):
            rows = np.flatnonzero(place == one)
            far[rows] = np.where(_covers(self.shapes[one], x[rows], y[rows]), -1.0, np.inf)
        return far

    def off_km(self, x: Floats, y: Floats, *, at_most_km: float) -> Floats:
        """Return how far positions are from the nearest place, infinite beyond `at_most_km`.

        From the middle of a circle or from a point of a polygon's outline.
        """
        if not len(self.ids) or not len(x):
            return np.full(len(x), np.inf)
        outline, tree = self._outline
        chord = 2 * np.sin(min(1.01 * at_most_km / _EARTH_KM, np.pi) / 2)
        _, nearest = tree.query(sphere(x, y), distance_upper_bound=chord)
        lon, lat = (np.append(one, np.nan)[nearest] for one in outline)
        known = np.isfinite(lon)
        km = np.full(len(x), np.inf)
        km[known] = apart_m(lon[known], lat[known], x[known], y[known]) / 1000.0
        km[self.within(x, y) >= 0] = 0.0
        return km

    @cached_property
    def _outline(self) -> tuple[Floats, Any]:
        """Lon and lat of points on all outlines, and a tree of them."""
        xy = np.vstack([shapely.get_coordinates(shapely.segmentize(s, 0.02)) for s in self.shapes])
        return xy.T, cKDTree(sphere(*xy.T))


def _covers(shape: Any, x: Floats, y: Floats) -> Bools:
    """Whether a polygon, continuous over the antimeridian or not, covers positions."""
    west, _, east, _ = shape.bounds
    turns = [0.0] + [360.0] * (east > 180.0) + [-360.0] * (west < -180.0)
    inside = [shapely.intersects_xy(shape, x + turn, y) for turn in turns]
    return np.asarray(np.logical_or.reduce(inside))


def from_frame(places: gpd.GeoDataFrame, *, radius_m: float = 3000.0) -> Places:
    """Return the places of a frame with the columns `place` and geometry, in lon/lat.

    Points stand for circles of `radius_m`, or of the column `radius_m` where it has a value.
    GeoError names every geometry that is neither point nor polygon.
    """
    _check(places)
    if places.crs is not None and places.crs.to_epsg() != 4326:
        places = places.to_crs(4326)
    shapes = np.array(places.geometry, dtype=object)
    areas = shapely.get_dimensions(shapes) == 2
    points = shapes.copy()
    points[areas] = shapely.point_on_surface(shapes[areas])
    own = places["radius_m"].astype(float) if "radius_m" in places.columns else np.nan
    radius = np.where(np.isfinite(own), own, radius_m) * np.ones(len(shapes))
    radius[areas] = 0.0
    shapely.prepare(shapes[areas])
    ids = tuple(str(one) for one in places["place"])
    return Places(ids, tuple(shapes), shapely.get_x(points), shapely.get_y(points), radius)


def _check(places: gpd.GeoDataFrame) -> None:
    if "place" not in places.columns:
        raise GeoError("places have no column `place`; name every one of them")
    kinds = {"Point", "Polygon", "MultiPolygon"}
    wrong = places[~places.geom_type.isin(kinds) | places.geometry.is_empty]
    if len(wrong):
        named = ", ".join(
            f"{p} ({k})" for p, k in zip(wrong["place"], wrong.geom_type, strict=True)
        )
        raise GeoError(f"places must be points or polygons; these are not: {named}")


def _box(shape: Any, radius_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north that hold a place and its circle, with a little more."""
    west, south, east, north = shape.bounds
    up = 1.01 * radius_m / 1000.0 / _KM_PER_DEG
    widest = min(89.9, max(abs(south), abs(north)) + up)
    side = up / np.cos(np.radians(widest))
    return west - side, south - up, east + side, north + up


@dataclass(frozen=True)
class _Cells:
    """Which places are near: of the globe's rows and columns only those that have any.

    lines, files: those of each row and column, 0 where no place is near. grid: (lines, files),
    the number of a list. listed: places in order, filled up by -1.
    """

    lines: Ints
    files: Ints
    grid: Ints
    listed: Ints

    def of(self, x: Floats, y: Floats) -> Ints:
        """Return the number of each position's list, 0 where it is empty."""
        row = np.minimum(((y + 90.0) * _CELLS).astype(np.int32), _NORTH - 1)
        column = ((x + 180.0) * _CELLS).astype(np.int32)
        return self.grid[self.lines[row], self.files[column]]


def _index(boxes: list[tuple[float, float, float, float]]) -> _Cells:
    inside: dict[tuple[int, int], list[int]] = {}
    for place, (west, south, east, north) in enumerate(boxes):
        rows = range(max(0, _cell(south + 90)), min(_NORTH - 1, _cell(north + 90)) + 1)
        columns = range(_cell(west + 180), min(_cell(east + 180), _cell(west + 180) + _EAST) + 1)
        for row in rows:
            for column in columns:
                inside.setdefault((row, column % _EAST), []).append(place)
    lists = [(), *sorted({tuple(own) for own in inside.values()})]
    number = {own: n for n, own in enumerate(lists)}
    listed = np.full((len(lists), max(map(len, lists)) + 1), -1, np.int64)
    for n, one in enumerate(lists):
        listed[n, : len(one)] = one
    lines, line_count = _numbered({row for row, _ in inside}, _NORTH)
    files, file_count = _numbered({column for _, column in inside}, _EAST + 1)
    files[_EAST] = files[0]  # 180 degrees east is 180 west
    grid = np.zeros((line_count, file_count), np.int64)
    for (row, column), places in inside.items():
        grid[lines[row], files[column]] = number[tuple(places)]
    return _Cells(lines, files, grid, listed)


def _numbered(some: set[int], length: int) -> tuple[Ints, int]:
    """Numbers from 1 for some of so many, 0 for the others; and how many numbers there are."""
    numbers = np.zeros(length, np.int64)
    numbers[sorted(some)] = np.arange(1, len(some) + 1)
    return numbers, len(some) + 1


def _cell(degrees: float) -> int:
    return int(np.floor(degrees * _CELLS))
