"""What the ships of a synthetic fleet send: reports drawn from their ways, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.geometry import measure
from geo.tracks.columns import POSITIONS
from geo.tracks.columns import UTC as UTC_MICROSECONDS
from geo.tracks.fleet_trade import DAY_S, KNOT, M_PER_DEG, STATES, TRUTH, Floats, Ints, Rows, Trade

__all__ = ["FIRST_MMSI", "LABELS", "METADATA", "REPORT", "Bools", "Noise", "Sampler"]

Bools: TypeAlias = NDArray[np.bool_]
FIRST_MMSI = 790_000_000
METADATA = {
    "synthetic": "true",
    "note": "Synthetic positions: every ship, number and voyage in this file is invented.",
}
LABELS = ("good", "duplicate", "spike", "run", "bad_first", "sentinel", "clock")
_SCATTER_M = (10.0, 15.0, 60.0)  # under way (receiver noise), moored, swinging at anchor
_ROLLOVER_S = 1024 * 7 * DAY_S  # a receiver whose GPS week number has begun anew
_APART = 10
_NO_LON = 181.0
_NOT_AVAILABLE = {"lon": _NO_LON, "lat": 91.0, "speed": 102.3, "course": 360.0, "heading": 511.0}
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
class Sampler:
    """Draws what the ships send: any stretch of time by itself, so that no more is in memory."""

    trade: Trade
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
        return self.trade.end_s + DAY_S

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
        sigma = np.array(_SCATTER_M)[here["state"]] / M_PER_DEG
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
        return {kind: self._truth(kind) for kind in TRUTH}

    def _truth(self, kind: str) -> pa.Table:
        names = TRUTH[kind]
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


def labels_of(rows: Rows) -> pa.Table:
    """The true ship of each row, and what is wrong with it."""
    return pa.table({"ship": rows["ship"], "noise": pa.array(LABELS).take(pa.array(rows["noise"]))})


def _wrapped(lon: Floats) -> Floats:
    return np.asarray((lon + 180) % 360 - 180)


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
    twins["lat"] += rng.normal(0, 30 / M_PER_DEG, len(twins))
    for more in (copies, twins):
        _mark(more, more["noise"] == 0, "duplicate")
    return np.concatenate([rows, copies, twins])


def _turn_back_clocks(rng: np.random.Generator, rows: Rows, noise: Noise) -> None:
    at = np.flatnonzero((rng.random(len(rows)) < noise.clocks) & (rows["noise"] == 0))
    days = rng.integers(1, 6, len(at)) * DAY_S
    rows["time"][at] -= np.where(rng.random(len(at)) < 0.5, _ROLLOVER_S, days)
    _mark(rows, at, "clock")
