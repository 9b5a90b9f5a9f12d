"""Where ships stay: stops round an anchor position, and calls at places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.tracks.arrays import US, Bools, Floats, Ints, degree_m, ends, near_m, runs
from geo.tracks.definitions import Definitions

__all__ = ["calls", "stops"]


_SURE = 0.01  # the part by which a distance on the plane may be wrong, many times over
_PLAIN_M, _PLAIN_LAT, _PLAIN_LON = 2_000.0, 80.0, 179.0  # where it is no more wrong than that
_BLOCK = 512  # positions looked at together


def stops(
    segment: Ints,
    time: Ints,
    lon: Floats,
    lat: Floats,
    step_m: Floats,
    definitions: Definitions,
) -> tuple[Ints, Ints]:
    """Return first and last row of every stay within a radius of its first position.

    segment: rising, alike for positions that belong together. step_m: from the row before. Anchor
    stay-points: the longest run of rows from an anchor, of `stop_hours` or more; then on after its
    end.
    """
    least = round(definitions.stop_hours * 3600 * US)
    near = _Near(lon, lat, definitions.stop_radius_m)
    first: list[int] = []
    last: list[int] = []
    if not len(time):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    for begin, past in _quiet(segment, time, step_m, least, 2.001 * definitions.stop_radius_m):
        for row, stay in _stays(near, time, begin, past, least):
            first.append(row)
            last.append(stay)
    return np.array(first, np.int64), np.array(last, np.int64)


def _stays(near: _Near, time: Ints, row: int, past: int, least: int) -> Iterator[tuple[int, int]]:
    """The stays of one stretch; where an anchor has none, the next that may is looked for."""
    until = time[past - 1] - least
    while row < past and time[row] <= until:
        stay = near.last(row, past)
        if time[stay] - time[row] >= least:
            yield row, stay
            row = stay + 1
        else:
            row = _next(near, time, row + 1, past, least)


def _next(near: _Near, time: Ints, row: int, past: int, least: int) -> int:
    """The first row from one on that is near where the ship is when a stay would be long enough."""
    while row < past:
        rows = np.arange(row, min(row + _BLOCK, past))
        after = row + np.searchsorted(time[row:past], time[rows] + least)
        rows, after = rows[after < past], after[after < past]
        if not len(rows):
            return past
        fits = near.apart(rows, after) <= near.radius_m
        if fits.any():
            return int(rows[fits.argmax()])
        row = int(rows[-1]) + 1
    return past


@dataclass(frozen=True)
class _Near:
    """Positions, and how far from one of them others are."""

    lon: Floats
    lat: Floats
    radius_m: float

    def apart(self, one: Any, other: Any) -> Floats:
        """Return metres between rows."""
        return near_m(self.lon[one], self.lat[one], self.lon[other], self.lat[other])

    def last(self, row: int, past: int) -> int:
        """Return the last row of those from one on, before another, that are all near it."""
        x, y = float(self.lon[row]), float(self.lat[row])
        if self.radius_m > _PLAIN_M or abs(y) > _PLAIN_LAT or abs(x) > _PLAIN_LON:
            return self._last(row, row + 1, past)
        degree, begin, size = degree_m(y), row + 1, _BLOCK
        least, most = ((self.radius_m * (1.0 + part)) ** 2 for part in (-_SURE, _SURE))
        while begin < past:
            end = min(begin + size, past)
            square = self._square(x, y, degree, begin, end)
            far = square > least
            at = int(far.argmax())
            if not far[at]:
                begin, size = end, size * 4
            elif square[at] > most:
                return begin + at - 1
            else:  # too near the radius to tell on the plane
                return self._last(row, begin + at, past)
        return past - 1

    def _last(self, row: int, begin: int, past: int) -> int:
        """The same on the ellipsoid, of rows from `begin` on."""
        far = self.apart(row, slice(begin, past)) > self.radius_m
        return begin + int(far.argmax()) - 1 if far.any() else past - 1

    def _square(
        self, x: float, y: float, degree: tuple[float, float], begin: int, end: int
    ) -> Floats:
        """Square metres from a point on the plane that is true there."""
        east, north = self.lon[begin:end] - x, self.lat[begin:end] - y
        east *= degree[0]
        north *= degree[1]
        east *= east
        north *= north
        east += north
        return east


def _quiet(
    segment: Ints, time: Ints, step_m: Floats, least: int, across_m: float
) -> Iterator[tuple[int, int]]:
    """First row, and the one past the last, of stretches that may hold a stay.

    No step in a stay is longer than its diameter, and no stay goes past its segment.
    """
    leaves = step_m > across_m
    leaves[0] = True
    leaves[1:] |= segment[1:] != segment[:-1]
    begin = np.flatnonzero(leaves)
    past = np.append(begin[1:], len(time))
    long = time[past - 1] - time[begin] >= least
    return zip(begin[long].tolist(), past[long].tolist(), strict=True)


def calls(
    ship: Ints, time: Ints, place: Ints, quiet: Bools, definitions: Definitions
) -> tuple[Ints, Ints]:
    """Return first and last row of every port call: a run of rows in one place.

    place: number of the place of each row, -1 for none. quiet: rows that are slow, or come after
    a gap. Runs at the same place are one call if less than `call_merge_hours` lie between them and
    no other place. A call lasts `call_hours` or more and has a quiet row.
    """
    start = runs(ship, place)
    start = start[place[start] >= 0]
    if not len(start):
        return start, start
    whole = runs(ship, place)
    last = ends(whole, len(ship))[place[whole] >= 0]
    pause = (time[start[1:]] - time[last[:-1]]) / US / 3600
    same = (ship[start[1:]] == ship[start[:-1]]) & (place[start[1:]] == place[start[:-1]])
    new = np.r_[True, ~(same & (pause <= definitions.call_merge_hours))]
    first, last = start[new], last[np.r_[new[1:], True]]
    slow = np.r_[0, np.cumsum(quiet & (place >= 0))]
    long = time[last] - time[first] >= definitions.call_hours * 3600 * US
    kept = long & (slow[last + 1] > slow[first])
    return first[kept], last[kept]
