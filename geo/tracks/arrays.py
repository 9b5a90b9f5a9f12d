"""What all track steps stand on: columns as arrays, geodesic steps, runs of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo import measure

__all__ = ["KN", "Bools", "Floats", "Ints", "apart_m", "ends", "ranges", "runs", "take", "times"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

KN = 1852.0 / 3600.0  # metres a second
US = 1_000_000
_A = 6_378_137.0  # WGS 84, semi-major axis in metres
_E2 = 0.006_694_379_990_141_316  # and the square of its eccentricity
_SHORT_M, _POLAR = 100_000.0, 0.985  # the sine of some 80 degrees


def apart_m(x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Floats:
    """Return geodesic metres between positions in degrees, element by element.

    Up to 100 km by the radii of curvature at the middle latitude (Bowring's mid-latitude case;
    within 1e-4 of the geodesic), beyond that and near the poles by `measure.geodesic_km`.
    """
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
    far = np.flatnonzero((metres > _SHORT_M) | (square > _POLAR**2))
    if len(far):
        metres[far] = 1000.0 * measure.geodesic_km(x1[far], y1[far], x2[far], y2[far])
    return metres


def runs(*keys: NDArray[Any]) -> Ints:
    """Return the first row of every run of rows that are alike in all keys."""
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    new = np.zeros(len(keys[0]), bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


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
    return pa.array(us, pa.int64()).cast(pa.timestamp("us", tz="UTC"))


def take(words: Sequence[str] | NDArray[Any], rows: Ints) -> pa.Array:
    """Return the words of some rows as Arrow text."""
    return pa.array([words[row] for row in rows.tolist()], pa.string())
