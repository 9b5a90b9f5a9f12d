"""Where the ships of a synthetic fleet go: ways, stays, meetings, silences, and the log of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.geometry import measure

__all__ = [
    "DAY_S",
    "KNOT",
    "M_PER_DEG",
    "STATES",
    "TRUTH",
    "Floats",
    "Ints",
    "LonLat",
    "Mover",
    "Rows",
    "Sea",
    "Trade",
    "simulate",
]

LonLat: TypeAlias = tuple[float, float]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Mover: TypeAlias = Callable[[LonLat, LonLat], Floats]
Rows: TypeAlias = NDArray[Any]  # structured: KNOT or REPORT
STATES = ("under way using engine", "moored", "at anchor")
# Habits of the invented ships; (low, high) of a uniform draw.
_STAY_HOURS = (6.0, 40.0)
_SPEED_KN = (9.0, 18.0)
_TENDER_KN = 11.0
_MEETING_HOURS = (3.0, 8.0)
_ANCHOR_HOURS = (2.0, 20.0)
_DARK_HOURS = (4.0, 30.0)
_DRAUGHT_M = (6.5, 11.5)
_MEETS, _ANCHORS, _GOES_DARK = 0.12, 0.25, 0.15  # share of voyages
_HOUR_S, DAY_S = 3600.0, 86_400.0
_ANCHORAGE_KM = 7.0  # off the berth, along the way
_OPEN_SEA_KM = 30.0  # a meeting is this far from every place
_IDLE_KN = 0.1
_ALONGSIDE_M = 120.0
M_PER_DEG = 111_195.0  # of latitude, mean; only to scatter points
_UNDER_WAY, _MOORED, _AT_ANCHOR = range(len(STATES))
KNOT = np.dtype(
    [
        ("time", "f8"),  # seconds since the start
        ("lon", "f8"),  # continuous along a leg
        ("lat", "f8"),
        ("speed", "f8"),  # knots, from this knot to the next
        ("draught", "f8"),
        ("goal", "i8"),  # number of the place ahead, or of the berth
        ("state", "i8"),
    ]
)


@dataclass(frozen=True)
class _Way:
    """A path between two places, with its distance from the first and where ships may meet."""

    xy: Floats
    km: Floats
    open_sea: Ints  # vertices
    has_anchorages: bool = False  # the second vertex and the last but one

    def back(self) -> _Way:
        """Return the way from the end to the start."""
        last = len(self.km) - 1
        sea = last - self.open_sea[::-1]
        return replace(self, xy=self.xy[::-1], km=self.km[-1] - self.km[::-1], open_sea=sea)

    def out_and_back(self, vertex: int) -> _Way:
        """Return the way from the start to a vertex and home again."""
        xy, km = self.xy[: vertex + 1], self.km[: vertex + 1]
        there_and_back = np.r_[km, 2 * km[-1] - km[-2::-1]]
        return _Way(np.vstack([xy, xy[-2::-1]]), there_and_back, self.open_sea[:0])

    def moved(self, offset: Floats) -> _Way:
        """Return the way with every vertex moved, in degrees; distances stay."""
        return replace(self, xy=self.xy + offset)


class Sea:
    """The places, who is near whom, and the ways between them, each found once."""

    def __init__(
        self,
        places: gpd.GeoDataFrame,
        mover: Mover,
        berth_m: float,
        lane_m: float,
        neighbours: int,
    ) -> None:
        """Keep the places; ways are found when they are asked for."""
        self.names = [str(name) for name in places["place"]]
        self.xy: Floats = np.column_stack([places.geometry.x, places.geometry.y])
        self.berth_m, self.lane_m, self.neighbours = berth_m, lane_m, neighbours
        self._mover = mover
        self._ways: dict[tuple[int, int], _Way] = {}

    @cached_property
    def near(self) -> Ints:
        """(places, k) numbers of the nearest others."""
        apart = np.array([self._from(point) for point in self.xy])
        return np.argsort(apart, axis=1, kind="stable")[:, 1 : self.neighbours + 1]

    def way(self, origin: int, goal: int) -> _Way:
        """The way from a place to another, by their numbers."""
        low, high = min(origin, goal), max(origin, goal)
        if (low, high) not in self._ways:
            self._ways[low, high] = self._found(low, high)
        way = self._ways[low, high]
        return way if origin == low else way.back()

    def _found(self, origin: int, goal: int) -> _Way:
        xy, km = _measured(self._mover(tuple(self.xy[origin]), tuple(self.xy[goal])))
        anchorages = bool(km[-1] > 3 * _ANCHORAGE_KM)
        if anchorages:
            xy, km = _measured(_with_anchorages(xy, km))
        far = np.array([self._from(point).min() > _OPEN_SEA_KM for point in xy])
        middle = (km > 0.2 * km[-1]) & (km < 0.8 * km[-1])
        return _Way(xy, km, np.flatnonzero(far & middle), anchorages)

    def _from(self, point: Sequence[float]) -> Floats:
        lon, lat = np.broadcast_to(point, self.xy.shape).T
        return np.asarray(measure.geodesic_km(lon, lat, self.xy[:, 0], self.xy[:, 1]))


def _measured(xy: Floats) -> tuple[Floats, Floats]:
    lon, lat = xy.T
    return xy, np.r_[0.0, measure.geodesic_km(lon[:-1], lat[:-1], lon[1:], lat[1:]).cumsum()]


def _with_anchorages(xy: Floats, km: Floats) -> Floats:
    """Return the vertices with one 7 km from either end, and none between it and the end."""
    at = np.array([_ANCHORAGE_KM, km[-1] - _ANCHORAGE_KM])
    first, last = np.column_stack([np.interp(at, km, axis) for axis in xy.T])
    return np.vstack([xy[0], first, xy[(km > at[0]) & (km < at[1])], last, xy[-1]])


def _scatter(rng: np.random.Generator, lat: float, radius_m: float) -> Floats:
    """Return a (lon, lat) offset in degrees, evenly spread over a disc."""
    angle, far = rng.uniform(0, 2 * np.pi), radius_m * np.sqrt(rng.uniform()) / M_PER_DEG
    offset: Floats = np.array([np.cos(angle) / np.cos(np.radians(lat)), np.sin(angle)]) * far
    return offset


_Pause: TypeAlias = tuple[int, float, int]  # vertex, seconds, state
# What is known of each kind of event, in the order of the rows of a log; `_utc` in seconds.
TRUTH = {
    "calls": ("ship", "place", "arrival_utc", "departure_utc"),
    "voyages": ("ship", "origin", "destination", "departure_utc", "arrival_utc"),
    "encounters": ("ship", "other", "start_utc", "end_utc", "lon", "lat"),
    "silences": ("ship", "start_utc", "end_utc"),
}
_Log: TypeAlias = dict[str, list[tuple[float, ...]]]


@dataclass(frozen=True)
class _Meeting:
    """Where and when a ship waits for another, which comes from the port the first one left."""

    ship: int
    port: int
    way: _Way
    vertex: int
    point: Floats
    begins: float
    ends: float

    @property
    def leave(self) -> float:
        """When the other ship has to leave the port, in seconds."""
        return self.begins - float(self.way.km[self.vertex]) * _s_per_km(_TENDER_KN)

    @property
    def home(self) -> float:
        """When the other ship is back, in seconds."""
        return self.ends + self.begins - self.leave


@dataclass(frozen=True)
class Trade:
    """Every ship's knots, ship after ship, and the log of what they did."""

    knots: Rows
    ship: Ints  # of each knot
    places: list[str]
    vessels: int
    end_s: float
    log: _Log


def simulate(sea: Sea, *, vessels: int, days: float, seed: int) -> Trade:
    """What some ships do in so many days."""
    log: _Log = {kind: [] for kind in TRUTH}
    waiting: list[_Meeting] = []
    courses = []
    for ship in range(vessels):
        rng = np.random.default_rng([seed, 0, ship])
        captain = _Captain(rng, sea, ship, days * DAY_S, log)
        if ship % 3 == 2 and waiting:
            captain.tend(waiting.pop(0))
        waiting += captain.trade()
        courses.append(np.concatenate(captain.blocks))
    number = np.repeat(np.arange(vessels), [len(course) for course in courses])
    return Trade(np.concatenate(courses), number, sea.names, vessels, days * DAY_S, log)


class _Captain:
    """One ship from its first berth to the end of the time; `at` is when it moored, in seconds."""

    def __init__(
        self, rng: np.random.Generator, sea: Sea, ship: int, end_s: float, log: _Log
    ) -> None:
        self.rng, self.sea, self.ship, self.end_s, self.log = rng, sea, ship, end_s, log
        self.draught = rng.uniform(*_DRAUGHT_M)
        self.berth: Floats
        self.blocks: list[Rows] = []
        self.meetings: list[_Meeting] = []
        self._moor(int(rng.integers(len(sea.names))), 0.0)

    def trade(self) -> list[_Meeting]:
        """Sail from place to place while there is time; return the first meeting to be kept."""
        while self._sets_out():
            pass
        self._stays(self.sea.xy[self.place])
        self.blocks.append(self.blocks[-1][-1:].copy())
        self.blocks[-1]["time"] = self.end_s + 1
        self.log["calls"].append((self.ship, self.place, self.at, np.nan))
        return [m for m in self.meetings if self._can_be_kept(m)][:1]

    def tend(self, meeting: _Meeting) -> None:
        """Go out from the port of the other ship, lie beside it, and come home."""
        self._moor(meeting.port, 0.0)
        way = meeting.way.out_and_back(meeting.vertex)
        there = (1 - np.abs(1 - 2 * way.km / way.km[-1]))[:, None]
        beside = meeting.point + _scatter(self.rng, meeting.point[1], _ALONGSIDE_M)
        offset = (1 - there) * self.berth + there * (beside - meeting.way.xy[meeting.vertex])
        pause = (meeting.vertex, meeting.ends - meeting.begins, _UNDER_WAY)
        self._sail(way.moved(offset), meeting.port, meeting.leave, _TENDER_KN, pause)
        self.log["encounters"].append(
            (meeting.ship, self.ship, meeting.begins, meeting.ends, *meeting.point)
        )

    def _can_be_kept(self, meeting: _Meeting) -> bool:
        least_s = _STAY_HOURS[0] * _HOUR_S
        return meeting.leave > least_s and meeting.home + least_s < self.end_s

    def _sets_out(self) -> bool:
        leave, kn = self.at + self._seconds(_STAY_HOURS), self.rng.uniform(*_SPEED_KN)
        goal = int(self.rng.choice(self.sea.near[self.place]))
        way = self.sea.way(self.place, goal)
        pause = self._pause(way)
        sailing_s = way.km[-1] * _s_per_km(kn)
        arrive = leave + sailing_s + (pause[1] if pause else 0.0)
        if arrive + _STAY_HOURS[0] * _HOUR_S > self.end_s:
            return False
        if pause is None and self.rng.random() < _GOES_DARK:
            self._falls_silent(leave, sailing_s)
        port, moved = self.place, way.moved(self._offset(way))
        rows = self._sail(moved, goal, leave, kn, pause)
        if pause and pause[2] == _UNDER_WAY:
            vertex, begins = pause[0], float(rows["time"][pause[0]])
            meeting = (vertex, moved.xy[vertex], begins, begins + pause[1])
            self.meetings.append(_Meeting(self.ship, port, way, *meeting))
        return True

    def _pause(self, way: _Way) -> _Pause | None:
        """Draw what happens on the way: a meeting at sea, a wait off the port, or nothing."""
        chance = self.rng.random()
        if chance < _MEETS and len(way.open_sea):
            vertex = int(self.rng.choice(way.open_sea))
            return vertex, self._seconds(_MEETING_HOURS), _UNDER_WAY
        if chance > 1 - _ANCHORS and way.has_anchorages:
            return len(way.km) - 2, self._seconds(_ANCHOR_HOURS), _AT_ANCHOR
        return None

    def _falls_silent(self, leave: float, sailing_s: float) -> None:
        silent_s = self._seconds(_DARK_HOURS)
        if silent_s < 0.7 * sailing_s:
            begins = leave + self.rng.uniform(0.1, 0.9 - silent_s / sailing_s) * sailing_s
            self.log["silences"].append((self.ship, begins, begins + silent_s))

    def _offset(self, way: _Way) -> Floats:
        """From this berth to the next, swinging out to a lane between: degrees at each vertex."""
        part = (way.km / way.km[-1])[:, None]
        leaves, self.berth = self.berth, _scatter(self.rng, way.xy[-1, 1], self.sea.berth_m)
        lane = _scatter(self.rng, way.xy[0, 1], self.sea.lane_m)
        offset: Floats = (1 - part) * leaves + part * self.berth + np.sin(np.pi * part) * lane
        return offset

    def _sail(self, way: _Way, goal: int, leave: float, kn: float, pause: _Pause | None) -> Rows:
        self._stays(way.xy[0])
        self.draught = self.rng.uniform(*_DRAUGHT_M)  # loaded or discharged while it lay
        rows = np.zeros(len(way.km), KNOT)
        rows["time"], rows["speed"] = leave + way.km * _s_per_km(kn), kn
        rows["lon"], rows["lat"] = way.xy.T
        rows["goal"], rows["draught"] = goal, self.draught
        if pause is not None:
            vertex, wait_s, state = pause
            rows = np.insert(rows, vertex + 1, rows[vertex])
            rows["time"][vertex + 1 :] += wait_s
            rows["speed"][vertex], rows["state"][vertex] = _IDLE_KN, state
        self.blocks.append(rows)
        arrive = float(rows["time"][-1])
        self.log["calls"].append((self.ship, self.place, self.at, leave))
        self.log["voyages"].append((self.ship, self.place, goal, leave, arrive))
        self._moor(goal, arrive, berth=self.berth)
        return rows

    def _moor(self, place: int, at: float, *, berth: Floats | None = None) -> None:
        self.place, self.at = place, at
        lat = float(self.sea.xy[place, 1])
        self.berth = _scatter(self.rng, lat, self.sea.berth_m) if berth is None else berth

    def _stays(self, point: Floats) -> None:
        """Turn the last knot into a stay; a ship that has not sailed yet stays at the point."""
        if not self.blocks:
            self.blocks.append(np.zeros(1, KNOT))
            self.blocks[0]["lon"], self.blocks[0]["lat"] = point
        last = self.blocks[-1][-1:]
        last["goal"], last["draught"] = self.place, self.draught
        last["speed"], last["state"] = _IDLE_KN, _MOORED

    def _seconds(self, hours: tuple[float, float]) -> float:
        return float(self.rng.uniform(*hours)) * _HOUR_S


def _s_per_km(kn: float) -> float:
    return _HOUR_S / (kn * measure.KM_PER_NMI)
