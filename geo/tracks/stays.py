"""Where ships stay: stops round an anchor position, and calls at places."""

from __future__ import annotations

import numpy as np

from geo.tracks.arrays import US, Bools, Floats, Ints, ends, near_m, ranges, runs
from geo.tracks.definitions import Definitions

__all__ = ["calls", "stops"]


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
    radius_m = definitions.stop_radius_m
    if not len(time):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    rows, bound = _quiet(segment, time, step_m, least, 2.001 * radius_m)
    after = _at_or_after(rows, bound, time, least)
    some = after < bound
    rows, bound, after = rows[some], bound[some], after[some]
    near = near_m(lon[rows], lat[rows], lon[after], lat[after]) <= radius_m
    anchors, until = rows[near], bound[near]
    first, last, at = [], [], 0
    while at < len(anchors):
        row, end = int(anchors[at]), int(until[at])
        out = near_m(lon[row], lat[row], lon[row + 1 : end], lat[row + 1 : end]) > radius_m
        stay = row + int(out.argmax()) if out.any() else end - 1
        if time[stay] - time[row] >= least:
            first.append(row)
            last.append(stay)
            at = int(np.searchsorted(anchors, stay + 1))
        else:
            at += 1
    return np.array(first, np.int64), np.array(last, np.int64)


def _quiet(
    segment: Ints, time: Ints, step_m: Floats, least: int, across_m: float
) -> tuple[Ints, Ints]:
    """Rows of stretches that may hold a stay, and the first row past the stretch of each.

    No step in a stay is longer than its diameter, and no stay goes past its segment.
    """
    leaves = (step_m > across_m) | (np.diff(segment, prepend=-1) != 0)
    begin = np.flatnonzero(leaves)
    past = np.append(begin[1:], len(time))
    long = time[past - 1] - time[begin] >= least
    rows, _ = ranges(begin[long], past[long] - 1)
    return rows, np.repeat(past[long], (past - begin)[long])


def _at_or_after(rows: Ints, bound: Ints, time: Ints, least: int) -> Ints:
    """The first row so much later than each of some rows, of those before its bound, or that."""
    if not len(rows):
        return rows
    since = time[rows] // 1000 - int(time[rows].min()) // 1000  # milliseconds: many years
    stretch = np.cumsum(np.diff(bound, prepend=bound[0]) != 0)  # times many stretches
    key = stretch * (int(since.max()) + least // 1000 + 1) + since
    later = np.searchsorted(key, key + least // 1000)
    found: Ints = np.minimum(np.append(rows, bound[-1])[later], bound)
    return found


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
