"""Where ships stay: stops round an anchor position, and calls at places."""

from __future__ import annotations

import numpy as np

from geo.tracks.arrays import US, Bools, Floats, Ints, apart_m, ends, runs
from geo.tracks.definitions import Definitions

__all__ = ["calls", "stops"]

_LOOK = 32  # rows looked ahead at first


def stops(
    segment: Ints, time: Ints, lon: Floats, lat: Floats, definitions: Definitions
) -> tuple[Ints, Ints]:
    """Return first and last row of every stay within a radius of its first position.

    segment: rising, alike for positions that belong together. Anchor stay-points:
    the longest run of rows from an anchor, of `stop_hours` or more; then on after its end.
    """
    least = round(definitions.stop_hours * 3600 * US)
    end = ends_of(segment)
    after = _at_or_after(segment, time, least)
    rows = np.flatnonzero(after <= end)
    near = apart_m(lon[rows], lat[rows], lon[after[rows]], lat[after[rows]])
    anchors = rows[near <= definitions.stop_radius_m]
    first, last, at = [], [], 0
    while at < len(anchors):
        row = int(anchors[at])
        stay = _left(row, int(end[row]), lon, lat, definitions.stop_radius_m) - 1
        if time[stay] - time[row] >= least:
            first.append(row)
            last.append(stay)
            at = int(np.searchsorted(anchors, stay + 1))
        else:
            at += 1
    return np.array(first, np.int64), np.array(last, np.int64)


def ends_of(segment: Ints) -> Ints:
    """Return for every row the last row of its segment."""
    first = runs(segment)
    last = ends(first, len(segment))
    return np.repeat(last, last - first + 1)


def _at_or_after(segment: Ints, time: Ints, least: int) -> Ints:
    """The first row of the same segment so much later; past the segment's end if there is none."""
    if not len(time):
        return np.zeros(0, np.int64)
    since = time // 1000 - int(time.min()) // 1000  # milliseconds: many years times many segments
    key = segment * (int(since.max()) + least // 1000 + 1) + since
    later: Ints = np.searchsorted(key, key + least // 1000)
    return later


def _left(row: int, end: int, lon: Floats, lat: Floats, radius_m: float) -> int:
    """The first row after `row` that is out of the radius, or the one after `end`."""
    begin, look = row + 1, _LOOK
    while begin <= end:
        stop = min(end + 1, begin + look)
        anchor = np.full(stop - begin, lon[row]), np.full(stop - begin, lat[row])
        out = apart_m(*anchor, lon[begin:stop], lat[begin:stop]) > radius_m
        if out.any():
            return begin + int(out.argmax())
        begin, look = stop, look * 4
    return end + 1


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
