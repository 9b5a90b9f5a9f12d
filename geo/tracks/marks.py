"""From where the tracks of a vessel may be taken up again, when later positions come in.

At a mark the history of a vessel falls in two that do not know of each other: no event, no track
and no doubt of cleaning goes over it. What was found before it stands, whatever comes after; what
comes after it is found from the positions from the mark on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from geo.tracks.arrays import SHORT_M, Bools, Floats, Ints, ends, near_m, ranges, runs
from geo.tracks.clean import REASONS, Cleaned, reach_m
from geo.tracks.columns import UTC
from geo.tracks.definitions import Definitions
from geo.tracks.ships import HOUR, Ships

__all__ = ["MARKS", "Seen", "days", "find"]

# `since_utc` is the mark, null where there is none; counts are of what lies before it.
MARKS = pa.schema(
    [
        pa.field("vessel", pa.string()),
        pa.field("last_utc", UTC),  # of all positions that came in
        pa.field("torn", pa.bool_()),  # the vessel was untangled
        pa.field("cut", pa.bool_()),  # it has a silence after which a track takes no position
        pa.field("since_utc", UTC),
        pa.field("noise_utc", UTC),  # the last position that was left out as no ship's
        pa.field("positions", pa.int64()),
        *(pa.field(reason, pa.int64()) for reason in REASONS),
        pa.field("track_positions", pa.int64()),
        pa.field("track_mm", pa.int64()),
        pa.field("calls", pa.int64()),
        pa.field("vertices", pa.int64()),  # of the track's line
        pa.field("longest_hours", pa.float64()),
    ]
)
_DAY = 24 * HOUR
_NEAR = 0.99  # a step this near to impossible counts as one: sphere and ellipsoid differ by less


@dataclass(frozen=True)
class Seen:
    """What `process` found: `stop` and `call` as first and last rows; `x` goes on over 180°."""

    found: Cleaned
    ships: Ships
    stop: tuple[Ints, Ints]
    call: tuple[Ints, Ints]
    days: Ints
    shown: Bools
    x: Floats
    words: list[str]


def days(ships: Ships, call: Ints) -> Ints:
    """Return the first row of each day of a ship that has not called anywhere yet.

    call: first rows of calls. Lines are drawn through these rows, as through those of calls, so
    that a ship that never calls can be taken up again as well.
    """
    if not len(ships.first):
        return np.zeros(0, np.int64)
    next_call = np.append(call, len(ships.p))[np.searchsorted(call, ships.first)]
    rows, begin = ranges(ships.first, np.minimum(next_call - 1, ships.last))
    day = ships.p.time[rows] // _DAY
    new = np.diff(day, prepend=day[:1]) != 0
    new[begin[begin < len(new)]] = False
    found: Ints = rows[new]
    return found


def find(seen: Seen, definitions: Definitions) -> pa.Table:
    """Return the latest mark of every vessel: MARKS, a row for each vessel that came in."""
    rows = np.sort(np.r_[_at_calls(seen, definitions), _at_days(seen, definitions)])
    for fits in (_alone, _first_of_its_instant, _quiet, _sound, _not_in_a_stop):
        rows = rows[fits(seen, rows, definitions)]
    code = seen.ships.p.vessel[rows]
    latest = np.flatnonzero(np.diff(code, append=-1) != 0)
    return _table(seen, code[latest], rows[latest], definitions)


# --- where a mark may be --------------------------------------------------------------------------


def _at_calls(seen: Seen, definitions: Definitions) -> Ints:
    """Arrivals; the call must be one without the silence or the speed by which it is reached."""
    ships, (first, last) = seen.ships, seen.call
    quiet = ((ships.kn < definitions.slow_kn) | ships.gap) & (ships.place >= 0)
    count = np.r_[0, np.cumsum(quiet)]
    found: Ints = first[count[last + 1] > count[first + 1]] if len(first) else first
    return found


def _at_days(seen: Seen, definitions: Definitions) -> Ints:
    """First rows of days under way: no slow sailing goes over them, no place is near in time."""
    ships, rows = seen.ships, seen.days
    slow = (ships.kn < definitions.slow_kn) & (ships.place < 0)
    inside = np.flatnonzero(ships.place >= 0)
    before = np.append(inside, -1)[np.searchsorted(inside, rows) - 1]
    other = (before < 0) | (ships.ship[before] != ships.ship[rows])
    merge = definitions.call_merge_hours * HOUR
    away = other | (ships.p.time[rows] - ships.p.time[before] > merge)
    known = np.isfinite(ships.p.speed[rows]) | ~slow[rows]
    under_way = ~(slow[rows] & slow[rows - 1])
    found: Ints = rows[(ships.place[rows] < 0) & away & known & under_way]
    return found


def _alone(seen: Seen, rows: Ints, _definitions: Definitions) -> Bools:
    """Whether the vessel is one ship up to a row, on the side of the globe where it began."""
    ships = seen.ships
    ship = ships.ship[rows]
    vessel = ships.p.vessel[ships.first]
    begins = np.r_[True, vessel[1:] != vessel[:-1]]
    after = np.minimum(ship + 1, len(vessel) - 1)
    more = (after > ship) & (vessel[after] == vessel[ship])
    later = ships.p.time[ships.first[after]] > ships.p.time[rows]
    turned = np.abs(seen.x[rows] - ships.p.lon[rows]) > 1.0
    first = rows == ships.first[ship]
    return np.asarray(begins[ship] & (~more | later) & ~turned & ~first & ~ships.gap[rows])


def _first_of_its_instant(seen: Seen, rows: Ints, _definitions: Definitions) -> Bools:
    came = seen.found.row[rows]
    return np.asarray(seen.found.when[came - 1] < seen.found.when[came])


def _quiet(seen: Seen, rows: Ints, definitions: Definitions) -> Bools:
    """Whether only one track could be open: no noise and no jump for as long as one waits."""
    found, ships = seen.found, seen.ships
    wait = max(definitions.close_hours, definitions.young_hours) * HOUR
    noise = _noise_before(seen, rows)
    jumps = _jumps(seen, definitions)
    jump = np.append(jumps, -1)[np.searchsorted(jumps, rows, side="right") - 1]
    near = (jump >= 0) & (ships.ship[jump] == ships.ship[rows])
    recent = ships.p.time[rows] - ships.p.time[jump] <= wait
    loud = (noise >= 0) & (found.when[found.row[rows]] - found.when[noise] <= wait)
    return np.asarray(~(near & recent) & ~loud)


def _noise_before(seen: Seen, rows: Ints) -> Ints:
    """The last position of each vessel before a row that is no ship's, -1 for none."""
    noise = np.flatnonzero(seen.found.reason > 0)
    came = seen.found.row[rows]
    last = np.append(noise, -1)[np.searchsorted(noise, came) - 1]
    return np.where(seen.found.whose[last] == seen.found.whose[came], last, -1)


def _jumps(seen: Seen, definitions: Definitions) -> Ints:
    """Rows that a ship could hardly have reached from the row before."""
    p, step_m = seen.ships.p, seen.ships.step_m.copy()
    long = np.flatnonzero(step_m > SHORT_M)  # measured here as cleaning does
    step_m[long] = near_m(p.lon[long - 1], p.lat[long - 1], p.lon[long], p.lat[long])
    reach = reach_m(seen.ships.hours * 3600.0, definitions)
    return np.flatnonzero(step_m > _NEAR * reach)


def _sound(seen: Seen, rows: Ints, definitions: Definitions) -> Bools:
    """Whether the rows from a row on are one run of one track, long enough, without an AIS gap."""
    ships, found = seen.ships, seen.found
    until = rows + definitions.least_positions - 1
    inside = until <= ships.last[ships.ship[rows]]
    until = np.minimum(until, len(ships.p) - 1)
    broken = np.unique(np.r_[_jumps(seen, definitions), np.flatnonzero(ships.gap)])
    whole = _none_in(broken, rows, until)
    again = np.cumsum(found.reason == 0)
    came, last = found.row[rows], found.row[until]
    in_a_row = last - came - (again[last] - again[came]) == until - rows  # but for duplicates
    close = ships.p.time[until] - ships.p.time[rows] <= definitions.close_hours * HOUR
    return np.asarray(inside & whole & in_a_row & close)


def _none_in(sorted_rows: Ints, first: Ints, last: Ints) -> Bools:
    """Whether no one of some rows lies in first < row <= last."""
    low, high = (np.searchsorted(sorted_rows, one, side="right") for one in (first, last))
    return np.asarray(low == high)


def _not_in_a_stop(seen: Seen, rows: Ints, definitions: Definitions) -> Bools:
    """Whether no stay goes over a row: none that was found, and none that may yet become one.

    A stay from before the row is over once the ship was two radii from the row, or silent. Some
    later rows are looked at, each twice as far on as the one before.
    """
    ships, (first, last) = seen.ships, seen.stop
    before = np.searchsorted(first, rows) - 1
    known = (before >= 0) & (np.append(last, -1)[before] >= rows)
    until = ships.last[ships.ship[rows]]
    over = ~_none_in(np.flatnonzero(ships.gap), rows, until)
    step, lon, lat = 1, ships.p.lon, ships.p.lat
    while len(rows) and step <= int((until - rows).max()):
        later = np.minimum(rows + step, until)
        far_m = near_m(lon[rows], lat[rows], lon[later], lat[later])
        over |= far_m > 2.001 * definitions.stop_radius_m
        step *= 2
    return np.asarray(over & ~known)


# --- what lies before it --------------------------------------------------------------------------


def _table(seen: Seen, code: Ints, rows: Ints, definitions: Definitions) -> pa.Table:
    found, ships = seen.found, seen.ships
    began = runs(found.whose)
    codes = found.whose[began]
    at = np.searchsorted(codes, code)
    columns = {
        "vessel": pa.array([seen.words[n] for n in codes.tolist()], pa.string()),
        "last_utc": found.when[ends(began, len(found.whose))],
        "torn": np.isin(codes, found.torn),
        "cut": _cut(seen, codes, definitions),
        "since_utc": _spread(ships.p.time[rows], at, len(codes)),
    }
    noise = _noise_before(seen, rows)
    columns["noise_utc"] = _spread(found.when[noise], at, len(codes), noise >= 0)
    for name, values in _before(seen, rows, began[at]).items():
        columns[name] = _spread(values, at, len(codes))
    arrays = [_array(columns[one.name], one.type) for one in MARKS]
    return pa.Table.from_arrays(arrays, schema=MARKS)


def _array(values: Ints | pa.Array, kind: pa.DataType) -> pa.Array:
    found = values if isinstance(values, pa.Array) else pa.array(values)
    return found.cast(pa.int64()).cast(kind) if pa.types.is_timestamp(kind) else found.cast(kind)


def _spread(values: Ints | Floats, at: Ints, size: int, known: Bools | None = None) -> pa.Array:
    """Values of some vessels as a column of all, null for the others."""
    whole = np.zeros(size, values.dtype)
    empty = np.ones(size, bool)
    whole[at] = values
    empty[at] = False if known is None else ~known
    return pa.array(whole, mask=empty)


def _cut(seen: Seen, codes: Ints, definitions: Definitions) -> Bools:
    silent = np.flatnonzero(seen.ships.hours > definitions.close_hours)
    return np.isin(codes, seen.ships.p.vessel[silent])


def _before(seen: Seen, rows: Ints, began: Ints) -> dict[str, Ints | Floats]:
    """Counts of what lies before each row; `began` is the first position of its vessel."""
    found, ships = seen.found, seen.ships
    came, ship = found.row[rows], ships.ship[rows]
    first = ships.first[ship]
    counts: dict[str, Ints | Floats] = {"positions": came - began}
    for number, reason in enumerate(REASONS):
        dropped = np.flatnonzero(found.reason == number)
        counts[reason] = np.searchsorted(dropped, came) - np.searchsorted(dropped, began)
    sailed = np.cumsum(ships.step_mm())
    calls = seen.call[0]
    hours = [float(ships.hours[a : b + 1].max()) for a, b in zip(first, rows, strict=True)]
    return counts | {
        "track_positions": rows - first,
        "track_mm": sailed[rows] - sailed[first],
        "calls": np.searchsorted(calls, rows) - np.searchsorted(calls, first),
        "vertices": _vertices(seen, first, rows),
        "longest_hours": np.array(hours, np.float64),
    }


def _vertices(seen: Seen, first: Ints, rows: Ints) -> Ints:
    """Vertices of lines before rows: one alone between two gaps is drawn as two."""
    ships, drawn = seen.ships, np.flatnonzero(seen.shown)
    begins = np.flatnonzero((np.diff(ships.ship[drawn], prepend=-1) != 0) | ships.gap[drawn])
    alone = drawn[begins[np.diff(begins, append=len(drawn)) == 1]]
    low, high = (np.searchsorted(drawn, one) + np.searchsorted(alone, one) for one in (first, rows))
    found: Ints = high - low
    return found
