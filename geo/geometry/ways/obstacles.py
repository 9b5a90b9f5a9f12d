"""Land as an obstacle to lines, and the strip beside it that is kept clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.geometry import measure

LonLat: TypeAlias = tuple[float, float]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

# Between vertices; a straight lon/lat step this long stays within 60 m of its geodesic at 50°.
MAX_STEP_KM = 50.0
KM_PER_DEG = 111.2  # of latitude, mean; only to size grids, never to measure
_HARBOUR_KM = 15.0  # no clearance is asked this near an end


def leg(xy: Floats | Sequence[Floats]) -> LineString:
    """Return the geodesics between points."""
    return measure.densify(LineString(xy), max_km=MAX_STEP_KM)


@dataclass(frozen=True)
class Obstacles:
    """Land in a frame (`hard`), and the strip beside it that is kept clear (`soft`)."""

    hard: MultiPolygon
    soft: BaseGeometry

    def clear(self, ends: Floats) -> Bools:
        """Return which straight segments, (n, 2, 2), meet neither."""
        lines = np.asarray(shapely.linestrings(ends), dtype=object).reshape(-1)
        ok = ~shapely.intersects(self.hard, lines)
        ok[ok] = ~shapely.intersects(self.soft, lines[ok])
        return np.asarray(ok)

    def wet(self, xy: Floats) -> Bools:
        """Return which points, (n, 2), lie in neither."""
        dry = shapely.intersects_xy(self.hard, xy[:, 0], xy[:, 1])
        return np.asarray(~(dry | shapely.intersects_xy(self.soft, xy[:, 0], xy[:, 1])))

    def sees(self, a: Floats, b: Floats) -> bool:
        """Return whether the geodesic between two points meets neither."""
        line = leg([a, b])
        return not (self.hard.intersects(line) or self.soft.intersects(line))


def obstacles(
    land: BaseGeometry, frame: Polygon, ends: Sequence[LonLat], clearance_km: float
) -> Obstacles:
    """Return the land in a frame, and the strip kept clear except near the ends."""
    hard = _within(land, frame)
    soft: BaseGeometry = Polygon()
    if clearance_km > 0 and not hard.is_empty:
        soft = shapely.difference(strip(hard, clearance_km), _discs(ends, _HARBOUR_KM))
    shapely.prepare(hard)
    shapely.prepare(soft)
    return Obstacles(hard, soft)


def _within(land: BaseGeometry, frame: Polygon) -> MultiPolygon:
    """Return the land inside the frame, also where the frame reaches beyond ±180."""
    west, south, east, north = frame.bounds
    parts = np.array(shapely.get_parts(land), dtype=object)
    low, bottom, high, top = shapely.bounds(parts).reshape(-1, 4).T
    pieces: list[BaseGeometry] = []
    for turn in (-360.0, 0.0, 360.0):
        near = (low + turn < east) & (high + turn > west) & (bottom < north) & (top > south)
        pieces += [translate(part, turn).intersection(frame) for part in parts[near]]
    areas = [p for piece in pieces for p in shapely.get_parts(piece) if isinstance(p, Polygon)]
    return MultiPolygon(areas)


def squeeze(lat: float) -> float:
    """Return km per degree of longitude over km per degree of latitude."""
    return max(0.05, float(np.cos(np.radians(lat))))


def strip(areas: BaseGeometry, km: float) -> BaseGeometry:
    """Return areas grown by about `km`, within a fifth; round in km at their middle latitude."""
    narrower = squeeze((areas.bounds[1] + areas.bounds[3]) / 2)
    width = km / KM_PER_DEG
    narrow = shapely.transform(areas, lambda xy: xy * [narrower, 1])
    grown = shapely.buffer(shapely.simplify(narrow, width / 5), width, quad_segs=4)
    return shapely.transform(grown, lambda xy: xy / [narrower, 1])


def _discs(points: Sequence[LonLat], km: float) -> BaseGeometry:
    return shapely.union_all([strip(Point(point), km) for point in points])
