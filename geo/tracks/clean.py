"""Positions of whole vessels to tracks: duplicates, spikes, and two ships under one number.

Multi-track segmentation after Global Fishing Watch's published segmenter: a position joins the
open track that it fits best, so that the points of one ship never break up those of another. Runs
of positions that fit are found for all vessels at once; only vessels with a step that no ship
could have sailed are looked at run by run.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.tracks.arrays import (
    KN,
    SHORT_M,
    US,
    Bools,
    Floats,
    Ints,
    apart_m,
    ends,
    near_m,
    runs,
    since,
    sphere,
)  # fmt: skip
from geo.tracks.definitions import Definitions

__all__ = ["REASONS", "Cleaned", "Positions", "cleaned", "reach_m"]

REASONS = ("duplicates", "spikes", "bad_first", "isolated")
_EARTH_M = 6_371_008.8  # mean radius
_SPIKE = 5  # positions: more together are called isolated, wherever they lie

_Point: TypeAlias = tuple[float, float, float, float]  # seconds, and a point on the unit sphere


@dataclass(frozen=True)
class Positions:
    """Positions as columns: vessel (codes), time in microseconds, degrees, knots, metres."""

    vessel: Ints
    time: Ints
    lon: Floats
    lat: Floats
    speed: NDArray[np.float32]
    draught: NDArray[np.float32]

    def rows(self, rows: Ints) -> Positions:
        """Return some rows of every column."""
        return Positions(*(column.take(rows) for column in vars(self).values()))

    def __len__(self) -> int:
        """How many positions."""
        return len(self.vessel)


@dataclass(frozen=True)
class Cleaned:
    """Positions that are left, ship by ship in order of time.

    ship: number of the ship, 0 upwards, rising with the vessel. step_m: geodesic metres from the
    position before, 0 at the first of a ship. reason: for each position that came in, in order of
    vessel and time, the number of its reason in REASONS, -1 if it is left; whose, when: its vessel
    and time. row: the number of each position that is left among those. torn: vessels (codes) that
    were looked at run by run.
    """

    positions: Positions
    ship: Ints
    step_m: Floats
    reason: Ints
    whose: Ints
    when: Ints
    row: Ints
    torn: Ints


def cleaned(positions: Positions, definitions: Definitions) -> Cleaned:
    """Return whole vessels cleaned: every position is kept or has its reason.

    Order: vessel, time, lon, lat, speed, draught. Of positions at one instant within `slack_m` of
    the one before, the first is kept; those farther off may be another ship's.
    """
    ordered = _ordered(positions)
    reason = np.full(len(ordered), -1, np.int64)
    again = _again(ordered, definitions.slack_m)
    reason[again] = 0
    left = np.flatnonzero(~again)
    single = ordered.rows(left) if again.any() else ordered
    step_m = _steps(single)
    ship, noise, torn = _ships(single, step_m, definitions)
    reason[left] = noise
    kept = np.flatnonzero(ship >= 0)
    changed = bool((np.diff(ship[kept]) < 0).any()) if len(kept) else False
    if changed:
        kept = kept[np.lexsort((kept, ship[kept]))]
    final, own = single.rows(kept), ship[kept]
    return Cleaned(
        final,
        own,
        _again_m(final, own, kept, step_m),
        reason,
        ordered.vessel,
        ordered.time,
        left[kept],
        torn,
    )


def _ordered(p: Positions) -> Positions:
    """Return the rows in the total order; only rows at one instant are sorted if the rest is."""
    if len(p) < 2:
        return p
    same, later = p.vessel[1:] == p.vessel[:-1], np.diff(p.time)
    if not ((p.vessel[1:] > p.vessel[:-1]) | (same & (later >= 0))).all():
        p = p.rows(np.lexsort((p.time, p.vessel)))
        same, later = p.vessel[1:] == p.vessel[:-1], np.diff(p.time)
    tied = np.flatnonzero(same & (later == 0))
    rows = np.union1d(tied, tied + 1)
    if not len(rows):
        return p
    t = p.rows(rows)
    order = np.lexsort((t.draught, t.speed, t.lat, t.lon, t.time, t.vessel))
    if (order[1:] > order[:-1]).all():
        return p
    columns = [column.copy() for column in vars(p).values()]
    for column, tied_ones in zip(columns, vars(t).values(), strict=True):
        column[rows] = tied_ones[order]
    return Positions(*columns)


def _again(p: Positions, slack_m: float) -> Bools:
    """Whether a position stands where the one before it, at the same instant, stands."""
    again = np.zeros(len(p), bool)
    tied = np.flatnonzero((p.vessel[1:] == p.vessel[:-1]) & (p.time[1:] == p.time[:-1])) + 1
    far = near_m(p.lon[tied - 1], p.lat[tied - 1], p.lon[tied], p.lat[tied])
    again[tied] = far <= slack_m
    return again


def _steps(p: Positions) -> Floats:
    step = np.zeros(len(p))
    step[1:] = near_m(p.lon[:-1], p.lat[:-1], p.lon[1:], p.lat[1:])
    step[runs(p.vessel)] = 0.0
    return step


def _again_m(p: Positions, ship: Ints, kept: Ints, step_m: Floats) -> Floats:
    """Steps after rows have gone: measured anew if long, or if the row before is another."""
    step = step_m[kept]
    if len(kept):
        anew = np.flatnonzero((np.diff(kept) != 1) | (step[1:] > SHORT_M)) + 1
        step[anew] = apart_m(p.lon[anew - 1], p.lat[anew - 1], p.lon[anew], p.lat[anew])
        step[runs(ship)] = 0.0
    return step


# --- ships ----------------------------------------------------------------------------------------


def _ships(p: Positions, step_m: Floats, definitions: Definitions) -> tuple[Ints, Ints, Ints]:
    """Return the ship of every position, -1 for noise; the reason, -1 for none; torn vessels."""
    first = runs(p.vessel)
    number = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(p)]))
    seconds = since(p.time) / US
    inside = np.ones(len(p), bool)
    inside[first] = False
    jump = inside & (step_m > reach_m(seconds, definitions))
    far = inside & ~jump & (seconds > definitions.isolated_hours * 3600.0)
    wild = np.zeros(len(first), bool)
    wild[number[jump | far]] = True
    reason = np.full(len(p), -1, np.int64)
    if not wild.any():
        return number, reason, p.vessel[:0]
    torn = wild[number]
    cut = ~inside | jump | (inside & (seconds > definitions.close_hours * 3600.0))
    chains = _Chains.of(p, number, np.flatnonzero(cut & torn), definitions)
    own, why = _told_apart(chains, definitions)
    # A vessel without an impossible step is one ship; more ships make room behind their vessel.
    ships = np.ones(len(first), np.int64)
    np.maximum.at(ships, number[chains.starts], own[chains.chain] + 1)
    ship = (np.cumsum(ships) - ships)[number]
    of_row = np.repeat(chains.chain, chains.length)
    ship[torn] = np.where(own[of_row] >= 0, ship[torn] + own[of_row], -1)
    reason[torn] = why[of_row]
    return ship, reason, p.vessel[first[wild]]


@dataclass(frozen=True)
class _Chains:
    """Runs of rows that fit, and chains of them: a run, the next but one, the next but one of that.

    A run does not fit the one before it; where it fits the run before that one, soon enough for
    any track to wait, no other run can come between them. Ships that alternate under one number,
    and a ship with strays between its positions, are so put together at once.
    """

    starts: Ints  # first row of each run, in order
    length: Ints  # rows of each run
    chain: Ints  # of each run; numbered by their first runs
    whose: Ints  # the vessel of each chain, rising
    count: Ints  # positions of each chain
    begin: list[_Point]  # where each chain begins, and where it ends
    end: list[_Point]

    @classmethod
    def of(cls, p: Positions, number: Ints, starts: Ints, definitions: Definitions) -> _Chains:
        """Return the chains of all vessels that the runs belong to; `number` is the vessel's."""
        last = np.r_[starts[1:], len(p)][: len(starts)] - 1
        size = np.searchsorted(number, number[starts], side="right")
        last = np.minimum(last, size - 1)
        length = last - starts + 1
        chain = _joined(p, number, starts, last, definitions)
        _, first = np.unique(chain, return_index=True)
        latest = np.zeros(len(first), np.int64)
        latest[chain] = last  # of several runs the last one stays
        count = np.bincount(chain, weights=length).astype(np.int64)
        begin, end = _points(p, starts[first]), _points(p, latest)
        return cls(starts, length, chain, number[starts[first]], count, begin, end)


def _joined(p: Positions, number: Ints, starts: Ints, last: Ints, definitions: Definitions) -> Ints:
    """The chain of each run."""
    fits = np.zeros(len(starts), bool)
    before, after = last[:-2], starts[2:]
    seconds = (p.time[after] - p.time[before]) / US
    far = near_m(p.lon[before], p.lat[before], p.lon[after], p.lat[after])
    soon = seconds <= definitions.young_hours * 3600.0
    same = number[before] == number[after]
    fits[2:] = same & soon & (far <= reach_m(seconds, definitions))
    by_turn = np.r_[0 : len(starts) : 2, 1 : len(starts) : 2]
    group = np.cumsum(~fits[by_turn]) - 1
    head = by_turn[~fits[by_turn]]  # the first run of each group
    rank = np.empty(len(head), np.int64)
    rank[np.argsort(head)] = np.arange(len(head))
    chain = np.empty(len(starts), np.int64)
    chain[by_turn] = rank[group]
    return chain


def _points(p: Positions, rows: Ints) -> list[_Point]:
    places = np.column_stack([p.time[rows] / US, sphere(p.lon[rows], p.lat[rows])])
    return [*map(tuple, places.tolist())]


@dataclass
class _Track:
    """Chains put together: their numbers, positions, and where the track begins and ends."""

    chains: list[int]
    count: int
    start: _Point
    end: _Point


def _told_apart(chains: _Chains, definitions: Definitions) -> tuple[Ints, Ints]:
    """Return the ship of every chain among those of its vessel, -1 for none, and its reason."""
    ship, size = np.full(len(chains.count), -1, np.int64), np.zeros(len(chains.count), np.int64)
    begins = runs(chains.whose)
    past = ends(begins, len(ship)) + 1
    counts = chains.count.tolist()
    for a, b in zip(begins.tolist(), past.tolist(), strict=True):
        tracks = _tracks(range(a, b), chains, counts, definitions)
        for track in tracks:
            size[track.chains] = track.count
        for number, own in enumerate(_sailed_by(tracks, definitions)):
            for track in own:
                ship[track.chains] = number
    kept = np.flatnonzero(ship >= 0)
    first_kept = np.append(kept, len(ship))[np.searchsorted(kept, begins)]
    early = np.arange(len(ship)) < np.repeat(first_kept, past - begins)
    why = np.select([ship >= 0, early, size <= _SPIKE], [-1, 2, 1], 3)
    return ship, why.astype(np.int64)


def _sailed_by(tracks: list[_Track], definitions: Definitions) -> list[list[_Track]]:
    """The tracks of one vessel as ships, in order of their beginnings."""
    large, small = _sized(tracks, definitions.least_positions)
    ships = _chained(large, definitions)
    _placed(small, ships, definitions)
    return sorted(ships, key=lambda one: min(track.start for track in one))


def _tracks(
    own: range, chains: _Chains, counts: list[int], definitions: Definitions
) -> list[_Track]:
    """Chains of one vessel to tracks, each to the nearest open track that could have sailed there.

    Nearest by the chord, of which the arc is no less: most tracks are told apart without it.
    """
    done: list[_Track] = []
    open_: list[_Track] = []
    least, most = definitions.least_positions, definitions.open_tracks
    young_s, close_s = definitions.young_hours * 3600.0, definitions.close_hours * 3600.0
    for chain in own:
        best, nearest = None, np.inf
        begin = now, x, y, z = chains.begin[chain]
        for track in open_:
            then, x0, y0, z0 = track.end
            seconds = now - then
            # One still short waits less, or strays far apart would make a ship.
            if not 0 <= seconds <= (young_s if track.count < least else close_s):
                continue
            square = (x - x0) * (x - x0) + (y - y0) * (y - y0) + (z - z0) * (z - z0)
            if square < nearest and _arc_m(square) <= reach_m(seconds, definitions):
                best, nearest = track, square
        if best is None:
            if len(open_) == most:
                open_.remove(min(open_, key=lambda one: one.end))
            best = _Track([], 0, begin, begin)
            done.append(best)
            open_.append(best)
        best.chains.append(chain)
        best.count += counts[chain]
        best.end = chains.end[chain]
    return done


def reach_m(seconds: Any, definitions: Definitions) -> Any:
    """Metres that one ship can have sailed."""
    return definitions.max_speed_kn * KN * seconds + definitions.slack_m


def _arc_m(square: float) -> float:
    """Metres on the mean sphere from the square of a chord."""
    return 2.0 * _EARTH_M * asin(min(1.0, sqrt(square) / 2.0))


def _near_m(one: _Point, other: _Point) -> float:
    """Metres on the mean sphere: enough to choose between tracks, and quick for one pair."""
    (_, x1, y1, z1), (_, x2, y2, z2) = one, other
    return _arc_m((x2 - x1) ** 2 + (y2 - y1) ** 2 + (z2 - z1) ** 2)


def _sized(tracks: list[_Track], least: int) -> tuple[list[_Track], list[_Track]]:
    """Tracks that stand for themselves, and those too short for it."""
    enough = min(least, max(track.count for track in tracks))
    large = [track for track in tracks if track.count >= enough]
    return large, [track for track in tracks if track.count < enough]


def _chained(tracks: list[_Track], definitions: Definitions) -> list[list[_Track]]:
    """Tracks after one another to ships: each follows the nearest that it could have come from."""
    ships: list[list[_Track]] = []
    for track in sorted(tracks, key=lambda one: one.start):
        fitting = [ship for ship in ships if _follows(ship[-1], track, definitions)]
        if fitting:
            min(fitting, key=lambda ship: _near_m(ship[-1].end, track.start)).append(track)
        else:
            ships.append([track])
    return ships


def _follows(one: _Track, other: _Track, definitions: Definitions) -> bool:
    seconds = other.start[0] - one.end[0]
    return seconds >= 0 and _near_m(one.end, other.start) <= reach_m(seconds, definitions)


def _placed(small: list[_Track], ships: list[list[_Track]], definitions: Definitions) -> None:
    """Put short tracks into the silences of ships, where they fit before and after."""
    for track in sorted(small, key=lambda one: one.start):
        for ship in ships:
            place = sum(one.end[0] <= track.start[0] for one in ship)
            beside = ship[max(0, place - 1) : place + 1]
            if _fits(track, ship[:place], ship[place:], definitions) and _by(
                track, beside, definitions
            ):
                ship.insert(place, track)
                break


def _fits(
    track: _Track, before: list[_Track], after: list[_Track], definitions: Definitions
) -> bool:
    return (not before or _follows(before[-1], track, definitions)) and (
        not after or _follows(track, after[0], definitions)
    )


def _by(track: _Track, beside: list[_Track], definitions: Definitions) -> bool:
    """Whether a track is near enough in time to one beside it."""
    most_s = definitions.isolated_hours * 3600.0
    apart = (max(track.start[0] - b.end[0], b.start[0] - track.end[0]) for b in beside)
    return any(seconds <= most_s for seconds in apart)
