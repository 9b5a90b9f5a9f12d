"""A synthetic fleet: AIS positions as archives hold them, and the truth they were made from.

Nothing here was sailed. Ships are named plainly ("Synthetic 01"), the word synthetic stands in
every name and in the metadata of every file, no IMO number is given. Numbers begin with 79:
Recommendation ITU-R M.585 gives ships the form MIDXXXXXX, and the ITU's Table of Maritime
Identification Digits allocates 201 to 775 only; forms of other stations begin with 0, 1, 8 or 9.

Two ways to move: great circles, anywhere in the world, and paths over water. Ships call at places,
wait off them, meet at sea and fall silent; then noise is laid on and labelled. The same arguments
give the same fleet: NumPy promises its streams within a release (NEP 19), and coordinates are
rounded to 1e-5 degrees, so other machines agree but for a last digit.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.files import writing
from geo.geometry import measure, water
from geo.tracks.columns import POSITIONS
from geo.tracks.columns import UTC as UTC_MICROSECONDS

__all__ = ["Fleet", "Noise", "fleet", "great_circle", "invented_places", "over_water", "positions"]

LonLat: TypeAlias = tuple[float, float]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Mover: TypeAlias = Callable[[LonLat, LonLat], Floats]
Rows: TypeAlias = NDArray[Any]  # structured: KNOT or REPORT

FIRST_MMSI = 790_000_000
METADATA = {
    "synthetic": "true",
    "note": "Synthetic positions: every ship, number and voyage in this file is invented.",
}
START = datetime.fromtimestamp(1_735_689_600, UTC)
INTERVAL_S = 300.0
LABELS = ("good", "duplicate", "spike", "run", "bad_first", "sentinel", "clock")
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

_HOUR_S, _DAY_S = 3600.0, 86_400.0
_ANCHORAGE_KM = 7.0  # off the berth, along the way
_OPEN_SEA_KM = 30.0  # a meeting is this far from every place
_STEP_KM = 50.0
_IDLE_KN = 0.1
_ALONGSIDE_M = 120.0
_M_PER_DEG = 111_195.0  # of latitude, mean; only to scatter points
_UNDER_WAY, _MOORED, _AT_ANCHOR = range(len(STATES))
_SCATTER_M = (10.0, 15.0, 60.0)  # under way (receiver noise), moored, swinging at anchor
_BATCH_ROWS = 1_000_000
_ROLLOVER_S = 1024 * 7 * _DAY_S  # a receiver whose GPS week number has begun anew
_APART = 10
_NO_LON = 181.0
_NOT_AVAILABLE = {"lon": _NO_LON, "lat": 91.0, "speed": 102.3, "course": 360.0, "heading": 511.0}

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
REPORT = np.dtype(
    [*KNOT.descr, ("course", "f8"), ("heading", "f8"), ("ship", "i8"), ("noise", "i8")]
)


@dataclass(frozen=True, kw_only=True)
class Noise:
    """How often something is wrong: shares of all positions, or of all ships where it says so."""

    lost: float = 0.03
    duplicates: float = 0.01  # exact copies
    twins: float = 0.003  # the same second, some 30 m away; labelled duplicate
    spikes: float = 0.001  # one position, 2 to 20 degrees off
    runs: float = 0.0005  # 2 to 5 positions together, 5 to 20 degrees off
    sentinels: float = 0.0005  # 181, 91, 102.3, 360 and 511: "not available"
    clocks: float = 0.0001  # days early, or 1024 weeks
    bad_first: float = 0.05  # of ships: the first position is 30 degrees off
    shared: float = 0.0  # of ships: sails under the number of the ship before it

    @classmethod
    def none(cls) -> Noise:
        """Nothing wrong anywhere."""
        return cls(**{one.name: 0.0 for one in fields(cls)})


@dataclass(frozen=True)
class Fleet:
    """Positions and the truth behind them.

    positions: POSITIONS of geo.tracks.columns, in order of receipt. labels: row for row, `ship`
    (the number of the true ship) and `noise` (one of LABELS). calls: vessel, ship, place,
    arrival_utc, departure_utc (null where the time ends first). voyages: vessel, ship, origin,
    destination, departure_utc, arrival_utc. encounters: vessel, other, start_utc, end_utc, lon,
    lat. silences: vessel, ship, start_utc, end_utc, when nothing was sent.
    """

    positions: pa.Table
    labels: pa.Table
    calls: pa.Table
    voyages: pa.Table
    encounters: pa.Table
    silences: pa.Table

    def write(self, path: str | Path) -> Path:
        """Write the positions as one Parquet file, marked synthetic."""
        sink = io.BytesIO()
        pq.write_table(self.positions, sink, compression="zstd")
        return writing.write(path, sink.getvalue())


def fleet(
    places: gpd.GeoDataFrame,
    *,
    vessels: int,
    start: datetime,
    days: float,
    seed: int,
    mover: Mover | None = None,
    noise: Noise | None = None,
    interval_s: float = INTERVAL_S,
    berth_m: float = 1000.0,
    lane_m: float = 3000.0,
    neighbours: int = 6,
) -> Fleet:
    """Return the positions of some ships that trade between places, with the truth.

    places: points with a column `place`, at least two. start: with a time zone. mover: how to get
    from one point to another, `great_circle` by default. interval_s: mean time between the
    positions of a ship. berth_m, lane_m: how far berths lie from the place, and lanes from the
    path; keep both small over water. neighbours: how many of the nearest places a ship may choose
    next. GeoError if an argument cannot be used.
    """
    _check(places, vessels, days, start)
    sea = _Sea(places, mover or great_circle, berth_m, lane_m, neighbours)
    trade = _trade(sea, vessels=vessels, days=days, seed=seed)
    sampler = _Sampler(trade, noise or Noise(), start, interval_s, seed)
    rows = sampler.rows(0, sampler.slots)
    return Fleet(sampler.table(rows), _labels(rows), **sampler.truth())


def positions(
    n: int,
    path: str | Path,
    seed: int,
    *,
    places: gpd.GeoDataFrame | None = None,
    start: datetime = START,
    days: float = 30.0,
    noise: Noise | None = None,
) -> int:
    """Write about `n` positions as Parquet in order of receipt; return how many.

    Ships sail great circles between `invented_places()`, 300 s between positions; one MMSI in
    a hundred is two ships. Row groups hold about a million rows, one at a time is in memory.
    """
    where = invented_places() if places is None else places
    wrong = noise or Noise(shared=0.01)
    vessels = max(1, round(n * INTERVAL_S / (days * _DAY_S) / (1 - wrong.lost)))
    _check(where, vessels, days, start)
    sea = _Sea(where, great_circle, 1000.0, 3000.0, 6)
    trade = _trade(sea, vessels=vessels, days=days, seed=seed)
    sampler = _Sampler(trade, wrong, start, INTERVAL_S, seed)
    step = max(1, _BATCH_ROWS // vessels)
    stretches = ((a, min(a + step, sampler.slots)) for a in range(0, sampler.slots, step))
    return _stream(path, (sampler.table(sampler.rows(*stretch)) for stretch in stretches))


def invented_places(count: int = 200, *, seed: int = 7) -> gpd.GeoDataFrame:
    """Return points all round the world, land or sea, the antimeridian included: `place`."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-180, 180, count), rng.uniform(-50, 65, count)
    names = [f"synthetic_{n:03}" for n in range(count)]
    points = gpd.points_from_xy(np.round(lon, 5), np.round(lat, 5))
    return gpd.GeoDataFrame({"place": names}, geometry=points, crs="EPSG:4326")


def great_circle(origin: LonLat, destination: LonLat) -> Floats:
    """Return the geodesic between two points: (n, 2) lon, lat, a vertex every 50 km or less."""
    return _vertices(LineString([origin, destination]))


def over_water(land: BaseGeometry, *, max_snap_km: float = 5.0) -> Mover:
    """Return a mover that keeps to water, by `geo.water.route`; its ends are moved to water."""

    def move(origin: LonLat, destination: LonLat) -> Floats:
        found = water.route(origin, destination, land=land, max_snap_km=max_snap_km)
        return _vertices(found.line)

    return move


def _vertices(line: LineString) -> Floats:
    return np.asarray(measure.densify(line, max_km=_STEP_KM).coords, dtype=np.float64)


def _check(places: gpd.GeoDataFrame, vessels: int, days: float, start: datetime) -> None:
    faults = [
        text
        for wrong, text in (
            ("place" not in places.columns, "places has no column `place`; name the points"),
            (len(places) < 2, f"places has {len(places)} rows; give at least two points"),
            (not (places.geom_type == "Point").all(), "places holds more than points; give points"),
            (vessels < 1, f"vessels is {vessels}; give one or more"),
            (not days > 0, f"days is {days}; give a number above zero"),
            (start.tzinfo is None, f"start is {start}, without a time zone; add UTC"),
        )
        if wrong
    ]
    if faults:
        raise GeoError("no fleet can be made: " + "; ".join(faults))


# --- ways ----------------------------------------------------------------------------------------


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


class _Sea:
    """The places, who is near whom, and the ways between them, each found once."""

    def __init__(
        self,
        places: gpd.GeoDataFrame,
        mover: Mover,
        berth_m: float,
        lane_m: float,
        neighbours: int,
    ) -> None:
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
    angle, far = rng.uniform(0, 2 * np.pi), radius_m * np.sqrt(rng.uniform()) / _M_PER_DEG
    offset: Floats = np.array([np.cos(angle) / np.cos(np.radians(lat)), np.sin(angle)]) * far
    return offset


# --- trade ---------------------------------------------------------------------------------------

_Pause: TypeAlias = tuple[int, float, int]  # vertex, seconds, state

# What is known of each kind of event, in the order of the rows of a log; `_utc` in seconds.
_TRUTH = {
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
class _Trade:
    """Every ship's knots, ship after ship, and the log of what they did."""

    knots: Rows
    ship: Ints  # of each knot
    places: list[str]
    vessels: int
    end_s: float
    log: _Log


def _trade(sea: _Sea, *, vessels: int, days: float, seed: int) -> _Trade:
    log: _Log = {kind: [] for kind in _TRUTH}
    waiting: list[_Meeting] = []
    courses = []
    for ship in range(vessels):
        rng = np.random.default_rng([seed, 0, ship])
        captain = _Captain(rng, sea, ship, days * _DAY_S, log)
        if ship % 3 == 2 and waiting:
            captain.tend(waiting.pop(0))
        waiting += captain.trade()
        courses.append(np.concatenate(captain.blocks))
    number = np.repeat(np.arange(vessels), [len(course) for course in courses])
    return _Trade(np.concatenate(courses), number, sea.names, vessels, days * _DAY_S, log)


class _Captain:
    """One ship from its first berth to the end of the time; `at` is when it moored, in seconds."""

    def __init__(
        self, rng: np.random.Generator, sea: _Sea, ship: int, end_s: float, log: _Log
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


# --- sampling ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sampler:
    """Draws what the ships send: any stretch of time by itself, so that no more is in memory."""

    trade: _Trade
    noise: Noise
    start: datetime
    interval_s: float
    seed: int

    @cached_property
    def slots(self) -> int:
        """How many positions a ship sends, lost ones included."""
        return int(self.trade.end_s / self.interval_s)

    def rows(self, first: int, last: int) -> Rows:
        """Return what is received in slots [first, last), in order of receipt, noise included."""
        rng = np.random.default_rng([self.seed, 1, first])
        rows = self._observed(rng, *self._sent(rng, first, last))
        if first == 0:
            _spoil_first(rng, rows, self.noise)
        _throw_off(rng, rows, self.noise)
        _blank(rng, rows, self.noise)
        rows = _doubled(rng, rows, self.noise)
        rows = rows[np.argsort(rows["time"], kind="stable")]
        _turn_back_clocks(rng, rows, self.noise)
        return rows

    def _sent(self, rng: np.random.Generator, first: int, last: int) -> tuple[Ints, Floats]:
        """Return ship and second of every report, ship by ship in order of time."""
        shape = (self.trade.vessels, last - first)
        at = np.arange(first, last) * self.interval_s
        time = np.floor(at + rng.uniform(0, 0.93 * self.interval_s, shape))
        sent = rng.random(shape) >= self.noise.lost
        for ship, begins, ends in self.trade.log["silences"]:
            sent[int(ship)] &= (time[int(ship)] < begins) | (time[int(ship)] > ends)
        ships = np.broadcast_to(np.arange(shape[0])[:, None], shape)
        return ships[sent], time[sent]

    @property
    def _span(self) -> float:
        return self.trade.end_s + _DAY_S

    @cached_property
    def _key(self) -> Floats:
        """Ship and time of every knot as one growing number: one search serves all ships."""
        key: Floats = self.trade.ship * self._span + self.trade.knots["time"]
        return key

    @cached_property
    def _course(self) -> Floats:
        """Bearing from every knot to the next; NaN where a ship does not move."""
        lon, lat = self.trade.knots["lon"], self.trade.knots["lat"]
        return np.asarray(measure.bearing_deg(lon, lat, np.roll(lon, -1), np.roll(lat, -1)))

    def _observed(self, rng: np.random.Generator, ship: Ints, time: Floats) -> Rows:
        key = ship * self._span + time
        at = np.searchsorted(self._key, key, side="right") - 1
        here, there = self.trade.knots[at], self.trade.knots[at + 1]
        part = (time - here["time"]) / (there["time"] - here["time"])
        rows = np.zeros(len(time), REPORT)
        for name in ("goal", "state", "draught"):
            rows[name] = here[name]
        rows["ship"], rows["time"] = ship, time
        sigma = np.array(_SCATTER_M)[here["state"]] / _M_PER_DEG
        lat = here["lat"] + part * (there["lat"] - here["lat"])
        ahead = _wrapped(there["lon"] - here["lon"])  # between legs the longitude may turn by 360
        east = rng.normal(0, sigma) / np.cos(np.radians(lat))
        rows["lon"] = here["lon"] + part * ahead + east
        rows["lat"] = lat + rng.normal(0, sigma)
        rows["speed"] = np.abs(here["speed"] + rng.normal(0, 0.05 + 0.02 * here["speed"]))
        course = self._course[at] + rng.normal(0, 1.5, len(at))
        rows["course"] = np.where(np.isnan(course), rng.uniform(0, 360, len(at)), course) % 360
        rows["heading"] = np.floor(rows["course"])
        return rows

    # --- as a table ---

    @cached_property
    def _numbers(self) -> pa.Array:
        """The MMSI of every ship: its own, or that of the ship before it."""
        rng = np.random.default_rng([self.seed, 2])
        number = np.arange(self.trade.vessels)
        shares = rng.random(len(number)) < self.noise.shared
        shares[0] = False
        shares[1:] &= ~shares[:-1]  # two on one number, not three
        return pa.array([str(FIRST_MMSI + n) for n in (number - shares).tolist()])

    @cached_property
    def _names(self) -> pa.Array:
        return pa.array([f"Synthetic {n + 1:02}" for n in range(self.trade.vessels)])

    def mmsi(self, ship: Ints) -> pa.Array:
        """Return the number each ship sails under."""
        return self._numbers.take(pa.array(ship))

    def instants(self, seconds: Floats) -> pa.Array:
        """Return times UTC; null where unknown."""
        unknown = np.isnan(seconds)
        since = np.where(unknown, 0.0, seconds).round(6) * 1e6
        begin = int(self.start.timestamp() * 1e6)
        return pa.array(begin + since.astype(np.int64), UTC_MICROSECONDS, mask=unknown)

    def table(self, rows: Rows) -> pa.Table:
        """Return rows as POSITIONS, with metadata that says synthetic."""
        goals = pa.array([name.upper() for name in self.trade.places])
        columns = {
            "vessel": self.mmsi(rows["ship"]),
            "time_utc": self.instants(rows["time"]),
            "lon": np.where(rows["lon"] == _NO_LON, _NO_LON, _wrapped(rows["lon"])).round(5),
            "lat": rows["lat"].round(5),
            "speed_kn": rows["speed"].round(1),
            "course_deg": rows["course"].round(1),
            "heading_deg": rows["heading"],
            "status": pa.array(STATES).take(pa.array(rows["state"])),
            "name": self._names.take(pa.array(rows["ship"])),
            "draught_m": rows["draught"].round(1),
            "destination": goals.take(pa.array(rows["goal"])),
        }
        arrays = [
            pa.array(columns[f.name]).cast(f.type)
            if f.name in columns
            else pa.nulls(len(rows), f.type)
            for f in POSITIONS
        ]
        return pa.table(arrays, schema=POSITIONS.with_metadata(METADATA))

    def truth(self) -> dict[str, pa.Table]:
        """Return a table for each kind of event."""
        return {kind: self._truth(kind) for kind in _TRUTH}

    def _truth(self, kind: str) -> pa.Table:
        names = _TRUTH[kind]
        values = np.array(self.trade.log[kind], dtype=np.float64).reshape(-1, len(names)).T
        columns = {"vessel": self.mmsi(values[0].astype(np.int64))}
        for name, value in zip(names, values, strict=True):
            columns[name] = self._typed(name, value)
        return pa.table(columns)

    def _typed(self, name: str, value: Floats) -> pa.Array:
        if name.endswith("_utc"):
            return self.instants(value)
        if name in ("lon", "lat"):
            return pa.array(_wrapped(value) if name == "lon" else value)
        number = value.astype(np.int64)
        if name == "ship":
            return pa.array(number)
        return self.mmsi(number) if name == "other" else pa.array(self.trade.places).take(number)


def _labels(rows: Rows) -> pa.Table:
    return pa.table({"ship": rows["ship"], "noise": pa.array(LABELS).take(pa.array(rows["noise"]))})


def _wrapped(lon: Floats) -> Floats:
    return np.asarray((lon + 180) % 360 - 180)


# --- noise ---------------------------------------------------------------------------------------


def _mark(rows: Rows, at: Ints | Bools, label: str) -> None:
    rows["noise"][at] = LABELS.index(label)


def _spoil_first(rng: np.random.Generator, rows: Rows, noise: Noise) -> None:
    first = np.unique(rows["ship"], return_index=True)[1]
    first = first[rng.random(len(first)) < noise.bad_first]
    rows["lon"][first] += 30.0
    _mark(rows, first, "bad_first")


def _throw_off(rng: np.random.Generator, rows: Rows, noise: Noise) -> None:
    """Move single positions, and runs of 2 to 5, far away; at least _APART good ones between."""
    chance = rng.random(len(rows))
    starts = np.flatnonzero(chance < noise.spikes + noise.runs)
    starts = starts[(starts > _APART) & (starts < len(rows) - 2 * _APART)]
    alone = np.diff(starts, prepend=-_APART) > 2 * _APART
    same_ship = rows["ship"][starts - _APART] == rows["ship"][starts + 2 * _APART]
    starts = starts[alone & same_ship]
    single = chance[starts] < noise.spikes
    width = np.where(single, 1, rng.integers(2, 6, len(starts)))
    least = np.where(single, 2.0, 5.0)
    off = rng.uniform(least, 20.0) * rng.choice([-1.0, 1.0], len(starts))
    index = (
        np.repeat(starts, width) + np.arange(width.sum()) - np.repeat(width.cumsum() - width, width)
    )
    rows["lon"][index] += np.repeat(off, width)
    _mark(rows, index, "run")
    _mark(rows, starts[single], "spike")


def _blank(rng: np.random.Generator, rows: Rows, noise: Noise) -> None:
    """Put the values that mean "not available" (Recommendation ITU-R M.1371, message 1)."""
    at = rng.random(len(rows)) < noise.sentinels
    for name, value in _NOT_AVAILABLE.items():
        rows[name][at] = value
    _mark(rows, at, "sentinel")


def _doubled(rng: np.random.Generator, rows: Rows, noise: Noise) -> Rows:
    """Return the rows with exact copies, and with second positions of the same second."""
    copies = rows[rng.random(len(rows)) < noise.duplicates]
    twins = rows[(rng.random(len(rows)) < noise.twins) & (rows["noise"] == 0)]
    twins["lat"] += rng.normal(0, 30 / _M_PER_DEG, len(twins))
    for more in (copies, twins):
        _mark(more, more["noise"] == 0, "duplicate")
    return np.concatenate([rows, copies, twins])


def _turn_back_clocks(rng: np.random.Generator, rows: Rows, noise: Noise) -> None:
    at = np.flatnonzero((rng.random(len(rows)) < noise.clocks) & (rows["noise"] == 0))
    days = rng.integers(1, 6, len(at)) * _DAY_S
    rows["time"][at] -= np.where(rng.random(len(at)) < 0.5, _ROLLOVER_S, days)
    _mark(rows, at, "clock")


# --- a file larger than memory -------------------------------------------------------------------


def _stream(path: str | Path, tables: Iterable[pa.Table]) -> int:
    """Write tables as row groups beside the target, then take its place; return the rows."""
    schema, count = POSITIONS.with_metadata(METADATA), 0
    with (
        writing.replacing(path) as file,
        pq.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        for table in tables:
            writer.write_table(table, row_group_size=max(1, len(table)))
            count += len(table)
    return count
