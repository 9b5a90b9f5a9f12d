"""What all track steps stand on: columns as arrays, geodesic steps, runs of rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.geometry import measure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "KN", "SHORT_M", "US", "Bools", "Floats", "Ints", "apart_m", "continuous", "degree_m", "ends",
    "near_m", "ranges", "runs", "since", "sphere", "times",
]  # fmt: skip

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

KN = 1852.0 / 3600.0  # metres a second
US = 1_000_000
_A = 6_378_137.0  # WGS 84, semi-major axis in metres
_E2 = 0.006_694_379_990_141_316  # and the square of its eccentricity
SHORT_M = 100_000.0
_BLOCK = 1 << 15  # rows whose columns a processor keeps at hand; three times as fast as all at once
_POLAR = 0.985  # the sine of some 80 degrees


def apart_m(x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Floats:
    """Return geodesic metres between positions in degrees, element by element.

    Up to SHORT_M as `near_m`, within 1e-4 of the geodesic; beyond by `measure.geodesic_km`.
    """
    metres = near_m(x1, y1, x2, y2)
    return _geodesic(metres, np.flatnonzero(metres > SHORT_M), x1, y1, x2, y2)


def near_m(x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Floats:
    """Return metres between positions, for judging whether they are near each other.

    By the radii of curvature at the middle latitude (Bowring's mid-latitude case), near the poles
    by `measure.geodesic_km`. Within 1e-4 up to SHORT_M; what is farther gets more than that.
    """
    if len(x2) <= _BLOCK:
        return _near_m(x1, y1, x2, y2)
    columns = np.broadcast_arrays(x1, y1, x2, y2)
    metres = np.empty(columns[0].shape)
    for begin in range(0, len(metres), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        metres[block] = _near_m(*(column[block] for column in columns))
    return metres


def _near_m(x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Floats:
    dx = x2 - x1
    wide = np.abs(dx) > 180.0
    if wide.any():
        dx = np.where(wide, dx - np.round(dx / 360.0) * 360.0, dx)
    sin = np.sin((y1 + y2) * (np.pi / 360.0))
    square = sin * sin
    w = 1.0 - _E2 * square
    normal = _A / np.sqrt(w)
    east = normal * dx
    north = normal * ((1.0 - _E2) / w) * (y2 - y1)
    metres: Floats = np.sqrt(east * east * (1.0 - square) + north * north) * (np.pi / 180.0)
    return _geodesic(metres, np.flatnonzero(square > _POLAR**2), x1, y1, x2, y2)


def degree_m(lat: float) -> tuple[float, float]:
    """Return metres of a degree to the east and to the north, at a latitude."""
    sin = math.sin(math.radians(lat))
    w = 1.0 - _E2 * sin * sin
    normal = math.radians(_A / math.sqrt(w))
    return normal * math.cos(math.radians(lat)), normal * (1.0 - _E2) / w


def _geodesic(metres: Floats, rows: Ints, x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Floats:
    """Measure some rows anew, in place."""
    if len(rows):
        x1, y1, x2, y2 = np.broadcast_arrays(x1, y1, x2, y2)
        metres[rows] = 1000.0 * measure.geodesic_km(x1[rows], y1[rows], x2[rows], y2[rows])
    return metres


def sphere(x: Floats, y: Floats) -> Floats:
    """Return (n, 3) points on the unit sphere."""
    lon, lat = np.radians(x), np.radians(y)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def runs(*keys: NDArray[Any]) -> Ints:
    """Return the first row of every run of rows that are alike in all keys."""
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    new = np.zeros(len(keys[0]), bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def continuous(lon: Floats, first: Ints) -> Floats:
    """Return longitudes without a jump of more than half a turn along a track.

    first: the first row of each track, ascending from 0. Of tracks without a jump the same array.
    """
    step = np.diff(lon)
    jumps = np.flatnonzero((step > 180.0) | (step < -180.0))
    jumps = np.setdiff1d(jumps + 1, first)
    if not len(jumps):
        return np.ascontiguousarray(lon)
    begins = np.union1d(first, jumps)
    turns = np.where(np.isin(begins, jumps), -np.rint(step[begins - 1] / 360.0), 0.0)
    whole = np.cumsum(turns)
    own = np.searchsorted(first, begins, side="right") - 1
    whole -= whole[np.searchsorted(begins, first)][own]
    moved: Floats = np.repeat(360.0 * whole, np.diff(np.append(begins, len(lon))))
    moved += lon
    return moved


def since(values: Ints) -> Ints:
    """Return the difference of every row from the row before, 0 at the first."""
    found = np.zeros_like(values)
    np.subtract(values[1:], values[:-1], out=found[1:])
    return found


def ends(starts: Ints, rows: int) -> Ints:
    """Return the last row of every run, from the first rows of all."""
    last: Ints = np.r_[starts[1:], rows][: len(starts)] - 1
    return last


def ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return all rows first..last of many ranges in order, and where each range begins."""
    length = last - first + 1
    offset = np.r_[0, np.cumsum(length)]
    rows = np.arange(offset[-1]) + np.repeat(first - offset[:-1], length)
    return rows, offset[:-1]


def times(us: Ints) -> pa.Array:
    """Return microseconds as instants in UTC."""
    import pyarrow  # readers of tables take the rest without it

    return pyarrow.array(us, pyarrow.int64()).cast(pyarrow.timestamp("us", tz="UTC"))
