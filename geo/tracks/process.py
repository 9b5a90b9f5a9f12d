"""Positions of whole vessels to events: one pure function, the same on every engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo.tracks import clean, stays
from geo.tracks import marks as mark
from geo.tracks.arrays import (
    KN,
    US,
    Bools,
    Floats,
    Ints,
    continuous,
    ends,
    ranges,
    runs,
    since,
    times,
)
from geo.tracks.columns import EVENTS
from geo.tracks.columns import UTC as INSTANT
from geo.tracks.definitions import Definitions
from geo.tracks.places import Places
from geo.tracks.ships import HOUR, Columns, Ships

__all__ = ["SLOW", "VESSELS", "Result", "coded", "joined", "process", "sailed"]

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
_M_PER_DEG = 111_195.0
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
    positions, words = coded(table)
    found = clean.cleaned(positions, definitions)
    tracks = sailed(found, words, places, definitions)
    first, last = _calls(tracks, definitions)
    p = tracks.p
    stop = stays.stops(tracks.segments, p.time, p.lon, p.lat, tracks.step_m, definitions)
    x = continuous(p.lon, tracks.first)
    after = np.flatnonzero(tracks.gap)
    days = mark.days(tracks, first)
    shown = _shown(tracks, x, stop, np.r_[first, last, after - 1, after, days], definitions)
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


# --- in -------------------------------------------------------------------------------------------


def coded(table: pa.Table) -> tuple[clean.Positions, list[str]]:
    """Return the positions of a table that have vessel, time and place, and the vessels' names."""
    table = table.combine_chunks()
    usable = _usable(table)
    if not usable.all():
        table = table.filter(pa.array(usable))
    codes, words = _codes(_column(table, "vessel"))
    time = _column(table, "time_utc").cast(INSTANT).cast(pa.int64())
    plain = (_numbers(table, name) for name in ("lon", "lat", "speed_kn", "draught_m"))
    lon, lat, speed, draught = plain
    columns = clean.Positions(
        codes,
        time.to_numpy(zero_copy_only=False),
        lon.astype(np.float64, copy=False),
        lat.astype(np.float64, copy=False),
        speed.astype(np.float32, copy=False),
        draught.astype(np.float32, copy=False),
    )
    return columns, words


def _usable(table: pa.Table) -> Bools:
    lon, lat = _numbers(table, "lon"), _numbers(table, "lat")
    known = (np.abs(lat) <= 90.0) & (np.abs(lon) <= 180.0)
    for name in ("vessel", "time_utc"):
        column = _column(table, name)
        if column.null_count:
            known = known & column.is_valid().to_numpy(zero_copy_only=False)
    return np.asarray(known)


def _column(table: pa.Table, name: str) -> Any:
    column = table.column(name)
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _numbers(table: pa.Table, name: str) -> NDArray[Any]:
    if name not in table.schema.names:
        return np.full(len(table), np.nan)
    values = np.asarray(_column(table, name).to_numpy(zero_copy_only=False))
    return values if values.dtype.kind == "f" else values.astype(float)


def _codes(vessel: Any) -> tuple[Ints, list[str]]:
    if pa.types.is_integer(vessel.type):
        numbers = vessel.to_numpy(zero_copy_only=False)
        if (np.diff(numbers) >= 0).all():  # as the engine sorts them
            first = runs(numbers)
            codes = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(numbers)]))
            return codes, [str(one) for one in numbers[first].tolist()]
        known, codes = np.unique(numbers, return_inverse=True)
        return codes.astype(np.int64), [str(one) for one in known.tolist()]
    coded = vessel if pa.types.is_dictionary(vessel.type) else vessel.dictionary_encode()
    words = [str(one) for one in coded.dictionary.to_pylist()]
    order = np.argsort(np.array(words, dtype=object), kind="stable")
    rank = np.empty(len(words), np.int64)
    rank[order] = np.arange(len(words))
    codes = coded.indices.to_numpy(zero_copy_only=False)
    return rank[codes], [words[n] for n in order.tolist()]


def sailed(
    found: clean.Cleaned, words: list[str], places: Places, definitions: Definitions
) -> Ships:
    """Return cleaned positions, ship by ship, by the names of their vessels."""
    p, ship = found.positions, found.ship
    first = runs(ship)
    hours = since(p.time) / HOUR
    hours[first] = 0.0
    kn = p.speed.astype(np.float64)
    silent = np.flatnonzero(~np.isfinite(p.speed))
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = found.step_m[silent] / (hours[silent] * 3600.0 * KN)
    kn[silent] = np.where(hours[silent] > 0, implied, np.nan)
    vessel = p.vessel[first]
    began = runs(vessel)
    number = np.arange(len(first)) - np.repeat(began, np.diff(np.r_[began, len(first)])) + 1
    own = [words[code] for code in vessel.tolist()]
    return Ships(
        p,
        _compact(ship, first),
        found.step_m,
        hours,
        hours >= definitions.gap_hours,
        places.within(p.lon, p.lat),
        kn,
        first,
        ends(first, len(p)),
        [f"{name}-{n}" for name, n in zip(own, number.tolist(), strict=True)],
        own,
    )


def _compact(ship: Ints, first: Ints) -> Ints:
    """Ships by their number in order, without those that have no position."""
    return np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(ship)]))


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
        "geometry": _lines(tracks, x, rows, tracks.ship[rows], len(first)),
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
        "geometry": _lines(tracks, x, points[shown[points]], line, len(begins)),
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


# --- lines ----------------------------------------------------------------------------------------


def _shown(
    tracks: Ships, x: Floats, stop: tuple[Ints, Ints], kept: Ints, definitions: Definitions
) -> Bools:
    """Rows that lines are drawn through: Douglas-Peucker between `kept` rows, stays left out.

    In metres on the plane that is true at the middle latitude of each piece.
    """
    rows = len(x)
    shown = np.zeros(rows, bool)
    if not rows:
        return shown
    inside = np.zeros(rows + 1, np.int64)
    np.add.at(inside, stop[0] + 1, 1)
    np.add.at(inside, stop[1], -1)
    moving = np.cumsum(inside)[:rows] <= 0
    bounds = np.zeros(rows, bool)
    bounds[np.r_[tracks.first, tracks.last, kept]] = True
    moving |= bounds
    at = np.flatnonzero(moving)
    piece = np.cumsum(bounds)[at]
    shown[at[_simple(x[at], tracks.p.lat[at], tracks.ship[at], piece, definitions)]] = True
    shown[bounds] = True
    return shown


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


def _lines(tracks: Ships, x: Floats, rows: Ints, line: Ints, count: int) -> NDArray[np.object_]:
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
