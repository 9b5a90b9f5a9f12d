"""Positions of whole vessels to tracks: duplicates, spikes, and two ships under one number.

Multi-track segmentation after Global Fishing Watch's published segmenter: a position joins the
open track that it fits best, so that the points of one ship never break up those of another. Runs
of positions that fit are found for all vessels at once; only vessels with a step that no ship
could have sailed are looked at run by run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.tracks.arrays import KN, US, Bools, Floats, Ints, apart_m, ends, runs
from geo.tracks.definitions import Definitions

__all__ = ["REASONS", "Positions", "cleaned"]

REASONS = ("duplicates", "spikes", "bad_first", "isolated")
EARTH_KM = 6371.0088  # mean radius
_SPIKE = 5  # positions: more together are called isolated, wherever they lie


@dataclass(frozen=True)
class Positions:
    """Positions as columns: vessel (codes), time in microseconds, degrees, knots, metres."""

    vessel: Ints
    time: Ints
    lon: Floats
    lat: Floats
    speed: NDArray[np.float32]
    draught: NDArray[np.float32]

    def rows(self, rows: Any) -> Positions:
        """Return some rows of every column."""
        return Positions(*(column[rows] for column in vars(self).values()))

    def __len__(self) -> int:
        """How many positions."""
        return len(self.vessel)


@dataclass(frozen=True)
class Cleaned:
    """Positions that are left, ship by ship in order of time.

    ship: number of the ship, 0 upwards, rising with the vessel. step_m: geodesic metres from the
    position before, 0 at the first of a ship. reason: for each position that came in, in order of
    vessel and time, the number of its reason in REASONS, -1 if it is left; whose: its vessel.
    """

    positions: Positions
    ship: Ints
    step_m: Floats
    reason: Ints
    whose: Ints


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
    ship, noise = _ships(single, step_m, definitions)
    reason[left] = noise
    kept = np.flatnonzero(ship >= 0)
    changed = bool((np.diff(ship[kept]) < 0).any()) if len(kept) else False
    if changed:
        kept = kept[np.lexsort((kept, ship[kept]))]
    final, own = single.rows(kept), ship[kept]
    return Cleaned(final, own, _again_m(final, own, kept, step_m), reason, ordered.vessel)


def _ordered(p: Positions) -> Positions:
    """Return the rows in the total order; only rows at one instant are sorted if the rest is."""
    if len(p) < 2:
        return p
    same, later = p.vessel[1:] == p.vessel[:-1], np.diff(p.time)
    if not ((p.vessel[1:] > p.vessel[:-1]) | (same & (later >= 0))).all():
        p = p.rows(np.lexsort((p.time, p.vessel)))
        same, later = p.vessel[1:] == p.vessel[:-1], np.diff(p.time)
    tied = same & (later == 0)
    rows = np.flatnonzero(np.r_[tied, False] | np.r_[False, tied])
    if not len(rows):
        return p
    t = p.rows(rows)
    order = np.arange(len(p))
    order[rows] = rows[np.lexsort((t.draught, t.speed, t.lat, t.lon, t.time, t.vessel))]
    return p.rows(order)


def _again(p: Positions, slack_m: float) -> Bools:
    """Whether a position stands where the one before it, at the same instant, stands."""
    again = np.zeros(len(p), bool)
    tied = np.flatnonzero((p.vessel[1:] == p.vessel[:-1]) & (p.time[1:] == p.time[:-1])) + 1
    far = apart_m(p.lon[tied - 1], p.lat[tied - 1], p.lon[tied], p.lat[tied])
    again[tied] = far <= slack_m
    return again


def _steps(p: Positions) -> Floats:
    step = np.zeros(len(p))
    step[1:] = apart_m(p.lon[:-1], p.lat[:-1], p.lon[1:], p.lat[1:])
    step[runs(p.vessel)] = 0.0
    return step


def _again_m(p: Positions, ship: Ints, kept: Ints, step_m: Floats) -> Floats:
    """Steps after rows have gone: measured anew only where the row before is another."""
    step = step_m[kept]
    if len(kept):
        anew = np.flatnonzero(np.diff(kept) != 1) + 1
        step[anew] = apart_m(p.lon[anew - 1], p.lat[anew - 1], p.lon[anew], p.lat[anew])
        step[runs(ship)] = 0.0
    return step


# --- ships ----------------------------------------------------------------------------------------


def _ships(p: Positions, step_m: Floats, definitions: Definitions) -> tuple[Ints, Ints]:
    """Return the ship of every position, -1 for noise, and the reason, -1 for none."""
    first = runs(p.vessel)
    number = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(p)]))
    seconds = np.diff(p.time, prepend=p.time[:1]) / US
    reach = definitions.max_speed_kn * KN * seconds + definitions.slack_m
    inside = np.diff(number, prepend=-1) == 0
    jump = inside & (step_m > reach)
    reason = np.full(len(p), -1, np.int64)
    far = inside & ~jump & (seconds > definitions.isolated_hours * 3600.0)
    torn = np.unique(number[jump | far])
    # A vessel without an impossible step is one ship; more ships make room behind their vessel.
    ships = np.ones(len(first), np.int64)
    found = {}
    cut = ~inside | jump | (inside & (seconds > definitions.close_hours * 3600.0))
    last = ends(first, len(p))
    for vessel in torn.tolist():
        a, b = int(first[vessel]), int(last[vessel]) + 1
        own, why = _untangled(p, np.flatnonzero(cut[a:b]) + a, b, definitions)
        found[vessel] = (a, b, own, why)
        ships[vessel] = max(1, int(own.max(initial=-1)) + 1)
    base = np.r_[0, np.cumsum(ships)[:-1]]
    ship = base[number] if len(first) else number
    for vessel, (a, b, own, why) in found.items():
        ship[a:b] = np.where(own >= 0, base[vessel] + own, -1)
        reason[a:b] = why
    return ship, reason


@dataclass
class _Track:
    """Runs put together: rows first and last, positions, and where it begins and ends."""

    runs: list[int]
    count: int
    start: tuple[float, float, float]
    end: tuple[float, float, float]


def _untangled(p: Positions, starts: Ints, b: int, definitions: Definitions) -> tuple[Ints, Ints]:
    """Return ship and reason of the rows of one vessel up to b, from the first rows of its runs."""
    last = np.r_[starts[1:], b] - 1
    tracks = _tracks(p, starts, last, definitions)
    large, small = _sized(tracks, definitions.least_positions)
    ships = _chained(large, definitions)
    _placed(small, ships, definitions)
    whose = np.full(len(starts), -1, np.int64)
    for number, ship in enumerate(sorted(ships, key=lambda one: min(t.start for t in one))):
        for track in ship:
            whose[track.runs] = number
    length = last - starts + 1
    why = np.where(whose >= 0, -1, _reasons(whose, tracks))
    return np.repeat(whose, length), np.repeat(why, length)


def _tracks(p: Positions, starts: Ints, last: Ints, definitions: Definitions) -> list[_Track]:
    """Runs to tracks, each to the nearest open track that could have sailed there."""
    done: list[_Track] = []
    open_: list[_Track] = []
    for run, (begin, end, count) in enumerate(_run_ends(p, starts, last)):
        best, least = None, np.inf
        for track in open_:
            seconds = begin[0] - track.end[0]
            if seconds <= _open_s(track, definitions):
                far = _near_m(track.end, begin)
                if far < least and far <= _reach_m(seconds, definitions):
                    best, least = track, far
        if best is None:
            if len(open_) == definitions.open_tracks:
                open_.remove(min(open_, key=lambda one: one.end))
            best = _Track([], 0, begin, end)
            done.append(best)
            open_.append(best)
        best.runs.append(run)
        best.count += count
        best.end = end
    return done


def _open_s(track: _Track, definitions: Definitions) -> float:
    """How long a track waits; one still short does not, or strays far apart would make a ship."""
    young = track.count < definitions.least_positions
    return 3600.0 * (definitions.young_hours if young else definitions.close_hours)


def _run_ends(p: Positions, starts: Ints, last: Ints) -> Iterator[tuple[Any, Any, int]]:
    begin = zip(*(c[starts].tolist() for c in (p.time / US, p.lon, p.lat)), strict=True)
    end = zip(*(c[last].tolist() for c in (p.time / US, p.lon, p.lat)), strict=True)
    return zip(begin, end, (last - starts + 1).tolist(), strict=True)


def _reach_m(seconds: float, definitions: Definitions) -> float:
    return definitions.max_speed_kn * KN * seconds + definitions.slack_m


def _near_m(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Metres on the mean sphere: enough to choose between tracks, and quick for one pair."""
    (_, x1, y1), (_, x2, y2) = one, other
    east, north = sin(radians(x2 - x1) / 2), sin(radians(y2 - y1) / 2)
    part = north * north + cos(radians(y1)) * cos(radians(y2)) * east * east
    return 2000.0 * EARTH_KM * asin(sqrt(min(1.0, part)))


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
    return seconds >= 0 and _near_m(one.end, other.start) <= _reach_m(seconds, definitions)


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


def _reasons(whose: Ints, tracks: list[_Track]) -> Ints:
    """The reason of runs that belong to no ship."""
    size = np.zeros_like(whose)
    for track in tracks:
        size[track.runs] = track.count
    kept = np.flatnonzero(whose >= 0)
    early = np.arange(len(whose)) < (kept[0] if len(kept) else len(whose))
    return np.select([early, size <= _SPIKE], [2, 1], 3).astype(np.int64)
