"""The lines of tracks: which positions they are drawn through, and their well-known binary."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.tracks.arrays import Bools, Floats, Ints, ends, ranges, runs
from geo.tracks.definitions import Definitions
from geo.tracks.ships import Ships

__all__ = ["binary", "shown"]

_M_PER_DEG = 111_195.0


def shown(
    tracks: Ships, x: Floats, stop: tuple[Ints, Ints], kept: Ints, definitions: Definitions
) -> Bools:
    """Rows that lines are drawn through: Douglas-Peucker between `kept` rows, stays left out.

    In metres on the plane that is true at the middle latitude of each piece.
    """
    rows = len(x)
    drawn = np.zeros(rows, bool)
    if not rows:
        return drawn
    inside = np.zeros(rows + 1, np.int64)
    np.add.at(inside, stop[0] + 1, 1)
    np.add.at(inside, stop[1], -1)
    moving = np.cumsum(inside)[:rows] <= 0
    bounds = np.zeros(rows, bool)
    bounds[np.r_[tracks.first, tracks.last, kept]] = True
    moving |= bounds
    at = np.flatnonzero(moving)
    piece = np.cumsum(bounds)[at]
    drawn[at[_simple(x[at], tracks.p.lat[at], tracks.ship[at], piece, definitions)]] = True
    drawn[bounds] = True
    return drawn


def _simple(x: Floats, y: Floats, ship: Ints, piece: Ints, definitions: Definitions) -> Ints:
    """The rows that are left of lines, one a piece; a piece begins where the last one ends."""
    first = runs(ship, piece)
    last = ends(first, len(x))
    more = (last + 1 < len(x)) & (ship[np.minimum(last + 1, len(x) - 1)] == ship[first])
    rows, _ = ranges(first, last + more)
    length = last + more - first + 1
    rows, line = rows[np.repeat(length > 1, length)], np.repeat(np.arange(len(length)), length)
    line = line[np.repeat(length > 1, length)]
    if not len(rows):
        return np.zeros(0, np.int64)
    middle = np.add.reduceat(y, first) / (last - first + 1)
    scale = np.cos(np.radians(middle))[line] * _M_PER_DEG
    plane = np.column_stack([(x[rows] - x[first][line]) * scale, y[rows] * _M_PER_DEG, rows])
    drawn = shapely.linestrings(plane, indices=_dense(line))
    left = shapely.simplify(drawn, definitions.tolerance_m, preserve_topology=False)
    rows_left: Ints = shapely.get_coordinates(left, include_z=True)[:, 2].astype(np.int64)
    return rows_left


def _dense(line: Ints) -> Ints:
    dense: Ints = np.cumsum(np.diff(line, prepend=line[:1]) != 0)
    return dense


def binary(tracks: Ships, x: Floats, rows: Ints, line: Ints, count: int) -> NDArray[np.object_]:
    """Well-known binary of `count` lines, in parts where there are gaps: nothing is drawn in them.

    A single position gives a part of two like points.
    """
    begins = (np.diff(line, prepend=-1) != 0) | tracks.gap[rows]
    part = np.cumsum(begins) - 1
    whole = line[begins]
    many = np.bincount(part)
    again = np.repeat(np.where(many == 1, 2, 1), many)
    rows, part = np.repeat(rows, again), np.repeat(part, again)
    xy = np.column_stack([x[rows], tracks.p.lat[rows]])
    parts: Any = shapely.linestrings(xy, indices=part)
    drawn: Any = shapely.multilinestrings(parts, indices=whole)
    alone = np.bincount(whole, minlength=count) == 1
    drawn[alone] = parts[np.isin(whole, np.flatnonzero(alone))]
    return np.asarray(shapely.to_wkb(drawn))
