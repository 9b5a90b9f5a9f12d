"""Positions of whole vessels to events: one pure function, the same on every engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from geo.tracks import clean, coding, linework, stays
from geo.tracks import marks as mark
from geo.tracks.arrays import (
    US,
    Bools,
    Floats,
    Ints,
    continuous,
    ends,
    ranges,
    runs,
    times,
)
from geo.tracks.columns import EVENTS
from geo.tracks.columns import UTC as INSTANT
from geo.tracks.definitions import Definitions
from geo.tracks.places import Places
from geo.tracks.ships import HOUR, Columns, Ships

__all__ = ["SLOW", "VESSELS", "Result", "joined", "process"]

SLOW = pa.schema(
    [
        pa.field("vessel", pa.string()),
        pa.field("step", pa.int64()),  # number of the instant, every `encounter_step_min`
        pa.field("lon", pa.float64()),
        pa.field("lat", pa.float64()),
        pa.field("speed_kn", pa.float32()),
    ]
)
VESSELS = pa.schema(
    [
        pa.field("vessel", pa.string()),
        pa.field("positions", pa.int64()),
        *(pa.field(reason, pa.int64()) for reason in clean.REASONS),
        pa.field("first_utc", INSTANT),
        pa.field("last_utc", INSTANT),
        pa.field("longest_gap_hours", pa.float64()),
    ]
)

_SLOW_STEPS = 6  # of an encounter's clock: further apart, a ship is not known to have been slow


@dataclass(frozen=True)
class Result:
    """What was found.

    events: tables by columns.EVENTS, all kinds but encounters until they are looked for. slow:
    SLOW. dropped: positions by reason. vessels: VESSELS, where `positions` counts all that came in.
    marks: marks.MARKS, where they were asked for.
    """

    events: dict[str, pa.Table]
    slow: pa.Table
    dropped: dict[str, int]
    vessels: pa.Table
    marks: pa.Table = field(default_factory=mark.MARKS.empty_table)


def process(
    table: pa.Table, *, places: Places, definitions: Definitions, marks: bool = False
) -> Result:
    """Return the events of whole vessels.

    table: vessel (text or whole numbers), time_utc, lon, lat and, where known, speed_kn and
    draught_m, in any order; every position of a vessel that is in it at all. Positions without
    vessel, time or a place on the globe are not taken. marks: find from where each vessel may be
    taken up again.
    """
    positions, words = coding.coded(table)
    found = clean.cleaned(positions, definitions)
    tracks = coding.sailed(found, words, places, definitions)
    first, last = _calls(tracks, definitions)
    p = tracks.p
    stop = stays.stops(tracks.segments, p.time, p.lon, p.lat, tracks.step_m, definitions)
    x = continuous(p.lon, tracks.first)
    after = np.flatnonzero(tracks.gap)
    days = mark.days(tracks, first)
    shown = linework.shown(tracks, x, stop, np.r_[first, last, after - 1, after, days], definitions)
    events = {
        "tracks": _track_rows(tracks, x, shown),
        "gaps": _gap_rows(tracks),
        "stops": _stop_rows(tracks, *stop),
        "calls": _call_rows(tracks, first, last, places),
        "voyages": _voyage_rows(tracks, first, last, places, x, shown),
        "encounters": {},
        "loitering": _loiter_rows(tracks, places, definitions),
    }
    tables = {kind: _table(columns, EVENTS[kind]) for kind, columns in events.items()}
    counts = np.bincount(found.reason[found.reason >= 0], minlength=len(clean.REASONS))
    dropped = dict(zip(clean.REASONS, counts.tolist(), strict=True))
    seen = mark.Seen(found, tracks, stop, (first, last), days, shown, x, words)
    return Result(
        tables,
        _slow(tracks, definitions),
        dropped,
        _vessels(found, tracks, words),
        mark.find(seen, definitions) if marks else mark.MARKS.empty_table(),
    )


def joined(results: list[Result]) -> Result:
    """Return the results of different vessels as one."""
    kinds = {
        k: pa.concat_tables([r.events[k] for r in results] or [EVENTS[k].empty_table()])
        for k in EVENTS
    }
    return Result(
        kinds,
        pa.concat_tables([r.slow for r in results] or [SLOW.empty_table()]),
        {reason: sum(r.dropped[reason] for r in results) for reason in clean.REASONS},
        pa.concat_tables([r.vessels for r in results] or [VESSELS.empty_table()]),
        pa.concat_tables([r.marks for r in results] or [mark.MARKS.empty_table()]),
    )


def _table(columns: Columns, schema: pa.Schema) -> pa.Table:
    if not columns:
        return schema.empty_table()
    arrays = [_array(columns[one.name]).cast(one.type) for one in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Any) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    return pa.array(values, from_pandas=True) if len(values) else pa.nulls(0)


# --- events ---------------------------------------------------------------------------------------


def _calls(tracks: Ships, definitions: Definitions) -> tuple[Ints, Ints]:
    quiet = (tracks.kn < definitions.slow_kn) | tracks.gap
    return stays.calls(tracks.ship, tracks.p.time, tracks.place, quiet, definitions)


def _track_rows(tracks: Ships, x: Floats, shown: Bools) -> Columns:
    first, last = tracks.first, tracks.last
    if not len(first):
        return {}
    rows = np.flatnonzero(shown)
    return tracks.span(first, last) | {
        "positions": last - first + 1,
        "length_km": np.add.reduceat(tracks.step_mm(), first) / 1e6,
        "geometry": linework.binary(tracks, x, rows, tracks.ship[rows], len(first)),
    }


def _gap_rows(tracks: Ships) -> Columns:
    end = np.flatnonzero(tracks.gap)
    return tracks.span(end - 1, end) | {
        "length_km": tracks.step_m[end] / 1000.0,
        "lon": tracks.p.lon[end - 1],
        "lat": tracks.p.lat[end - 1],
        "end_lon": tracks.p.lon[end],
        "end_lat": tracks.p.lat[end],
        "open": np.zeros(len(end), bool),
    }


def _stop_rows(tracks: Ships, first: Ints, last: Ints) -> Columns:
    return tracks.span(first, last) | {
        "positions": last - first + 1,
        "lon": tracks.p.lon[first],
        "lat": tracks.p.lat[first],
    }


def _call_rows(tracks: Ships, first: Ints, last: Ints, places: Places) -> Columns:
    """A call that lasts to the end of the track has no departure."""
    known = np.flatnonzero(np.isfinite(tracks.p.draught))
    draught = np.r_[tracks.p.draught[known], np.nan].astype(np.float64)
    at, until = np.searchsorted(known, first), np.searchsorted(known, last, side="right") - 1
    some = until >= at
    over = last < tracks.last[tracks.ship[first]]
    span = tracks.span(first, last)
    return {
        "vessel": span["vessel"],
        "track": span["track"],
        "place": [places.ids[n] for n in tracks.place[first].tolist()],
        "arrival_utc": span["start_utc"],
        "departure_utc": _where(over, span["end_utc"]),
        "duration_hours": np.where(over, span["duration_hours"], np.nan),
        "positions": last - first + 1,
        "lon": tracks.p.lon[first],
        "lat": tracks.p.lat[first],
        "draught_arrival_m": np.where(some, draught[at], np.nan),
        "draught_departure_m": np.where(some & over, draught[until], np.nan),
    }


def _where(known: Bools, values: pa.Array) -> pa.Array:
    return values.filter(pa.array(known)).take(pa.array(_position(known)))


def _position(known: Bools) -> Any:
    number = np.cumsum(known) - 1
    return np.ma.masked_array(number, ~known)


def _voyage_rows(
    tracks: Ships, first: Ints, last: Ints, places: Places, x: Floats, shown: Bools
) -> Columns:
    """From every call to the next of the same ship."""
    ship = tracks.ship[first]
    here = np.flatnonzero(ship[1:] == ship[:-1])
    if not len(here):
        return {}
    leave, arrive = last[here], first[here + 1]
    rows, offset = ranges(leave + 1, arrive)
    km = np.add.reduceat(tracks.step_m[rows], offset) / 1000.0
    span = tracks.span(leave, arrive)
    number = here - np.searchsorted(ship, ship[here]) + 1
    points, begins = ranges(leave, arrive)
    line = np.repeat(np.arange(len(here)), arrive - leave + 1)[shown[points]]
    return {
        "vessel": span["vessel"],
        "track": span["track"],
        "voyage": [f"{t}-{n}" for t, n in zip(span["track"], number.tolist(), strict=True)],
        "origin": [places.ids[n] for n in tracks.place[leave].tolist()],
        "destination": [places.ids[n] for n in tracks.place[arrive].tolist()],
        "departure_utc": span["start_utc"],
        "arrival_utc": span["end_utc"],
        "duration_hours": span["duration_hours"],
        "positions": arrive - leave + 1,
        "length_km": km,
        "speed_kn": km / 1.852 / span["duration_hours"],
        "gap_hours": np.add.reduceat(np.where(tracks.gap, tracks.hours, 0.0)[rows], offset),
        "geometry": linework.binary(tracks, x, points[shown[points]], line, len(begins)),
    }


def _loiter_rows(tracks: Ships, places: Places, definitions: Definitions) -> Columns:
    """Runs of slow positions without a gap, long enough and far enough from every place."""
    slow = (tracks.kn < definitions.slow_kn) & (tracks.place < 0)
    rows = np.flatnonzero(slow)
    begins = runs(tracks.ship[rows], rows - np.arange(len(rows)), tracks.segments[rows])
    first, last = rows[begins], rows[ends(begins, len(rows))]
    long = tracks.p.time[last] - tracks.p.time[first] >= definitions.loiter_hours * HOUR
    first, last = first[long], last[long]
    off = definitions.loiter_off_km
    away = places.off_km(tracks.p.lon[first], tracks.p.lat[first], at_most_km=off) >= off
    first, last = first[away], last[away]
    if not len(first):
        return {}
    inside, offset = ranges(first + 1, last)
    km = np.add.reduceat(tracks.step_m[inside], offset) / 1000.0
    span = tracks.span(first, last)
    return span | {
        "length_km": km,
        "speed_kn": km / 1.852 / span["duration_hours"],
        "lon": tracks.p.lon[first],
        "lat": tracks.p.lat[first],
    }


# --- what encounters and the report need ----------------------------------------------------------


def _slow(tracks: Ships, definitions: Definitions) -> pa.Table:
    """Where slow ships were at common instants, between positions that are both slow."""
    every = definitions.encounter_step_min * 60 * US
    slow = (tracks.kn < definitions.slow_kn) & (tracks.place < 0)
    near = tracks.hours * HOUR <= _SLOW_STEPS * every
    near[tracks.first] = False
    to = np.flatnonzero(slow & near & np.r_[False, slow[:-1]]) if len(slow) else np.zeros(0, int)
    t0, t1 = tracks.p.time[to - 1], tracks.p.time[to]
    low, high = -(-t0 // int(every)), (t1 - 1) // int(every)
    some = high >= low
    to, t0, t1 = to[some], t0[some], t1[some]
    step, _ = ranges(low[some], high[some])
    row = np.repeat(to, high[some] - low[some] + 1)
    part = (step * every - tracks.p.time[row - 1]) / (tracks.p.time[row] - tracks.p.time[row - 1])
    east = tracks.p.lon[row] - tracks.p.lon[row - 1]
    lon = tracks.p.lon[row - 1] + part * (east - 360.0 * np.round(east / 360.0))
    lat = tracks.p.lat[row - 1] + part * (tracks.p.lat[row] - tracks.p.lat[row - 1])
    ships = tracks.ship[row].astype(np.int32)
    return pa.Table.from_arrays(
        [
            pa.DictionaryArray.from_arrays(ships, pa.array(tracks.vessels, pa.string())).cast(
                pa.string()
            ),
            pa.array(step, pa.int64()),
            pa.array((lon + 540.0) % 360.0 - 180.0),
            pa.array(lat),
            pa.array(tracks.kn[row].astype(np.float32)),
        ],
        schema=SLOW,
    )


def _vessels(found: clean.Cleaned, tracks: Ships, words: list[str]) -> pa.Table:
    """A row for each vessel that came in, with what it lost and why."""
    code = found.whose[runs(found.whose)]
    size = len(words)
    counts = {"positions": np.bincount(found.whose, minlength=size)[code]}
    dropped = np.flatnonzero(found.reason >= 0)
    for number, reason in enumerate(clean.REASONS):
        rows = dropped[found.reason[dropped] == number]
        counts[reason] = np.bincount(found.whose[rows], minlength=size)[code]
    longest, whose = np.zeros(size), tracks.p.vessel[tracks.first]
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    if len(whose):  # a vessel may be several ships
        np.maximum.at(longest, whose, np.maximum.reduceat(tracks.hours, tracks.first))
        np.minimum.at(first, whose, tracks.p.time[tracks.first])
        np.maximum.at(last, whose, tracks.p.time[tracks.last])
    some = last[code] >= first[code]
    columns: Columns = {"vessel": [words[n] for n in code.tolist()], **counts}
    columns |= {
        "first_utc": _where(some, times(first[code])),
        "last_utc": _where(some, times(last[code])),
    }
    columns["longest_gap_hours"] = np.where(some, longest[code], np.nan)
    return _table(columns, VESSELS)
