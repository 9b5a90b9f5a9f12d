"""Two ships that stay together at sea: pairs at common instants, day by day, then joined."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from scipy.spatial import cKDTree

from geo.tracks.arrays import US, Bools, Floats, Ints, apart_m, ends, runs, sphere, times
from geo.tracks.columns import EVENTS
from geo.tracks.definitions import Definitions, Meeting
from geo.tracks.places import Places

__all__ = ["find", "pairs"]

_EARTH_M = 6_356_752.0  # the least radius, so that no pair is missed
PAIRS = pa.schema(
    [
        pa.field("vessel", pa.string()),
        pa.field("other", pa.string()),
        pa.field("step", pa.int64()),
        pa.field("lon", pa.float64()),
        pa.field("lat", pa.float64()),
        pa.field("distance_m", pa.float64()),
        pa.field("speed_kn", pa.float64()),
    ]
)


def find(slow: pa.Table, *, definitions: Definitions, places: Places) -> pa.Table:
    """Return encounters of slow ships: columns.EVENTS["encounters"], in order.

    slow: as `process` gives it, of any number of vessels. Instants are looked at in days, so that
    little is in memory; an encounter over midnight is one.
    """
    return together(
        [pairs(day, definitions=definitions) for day in _days(slow, definitions)],
        definitions=definitions,
        places=places,
    )


def _days(slow: pa.Table, definitions: Definitions) -> Iterator[pa.Table]:
    if not len(slow):
        return
    per_day = max(1, round(24 * 60 / definitions.encounter_step_min))
    ordered = slow.sort_by([("step", "ascending")])
    day = ordered["step"].to_numpy() // per_day
    first = runs(day)
    for begin, end in zip(first, ends(first, len(day)), strict=True):
        yield ordered.slice(begin, end - begin + 1)


def pairs(slow: pa.Table, *, definitions: Definitions) -> pa.Table:
    """Return every two vessels within the widest distance at one instant: PAIRS."""
    reach = max((one.distance_m for one in definitions.encounters), default=0.0)
    lon, lat, step = (slow[name].to_numpy() for name in ("lon", "lat", "step"))
    # The instant is a fourth axis along which no two are within reach.
    points = np.column_stack([sphere(lon, lat) * _EARTH_M, (step - step.min()) * 4.0 * reach])
    found = cKDTree(points).query_pairs(1.01 * reach, output_type="ndarray").astype(np.int64)
    coded = slow["vessel"].combine_chunks().dictionary_encode()
    code = coded.indices.to_numpy()
    metres = apart_m(lon[found[:, 0]], lat[found[:, 0]], lon[found[:, 1]], lat[found[:, 1]])
    two = found[(metres <= reach) & (code[found[:, 0]] != code[found[:, 1]])]
    words = np.array(coded.dictionary.to_pylist(), dtype=object)
    one, other = two.T
    swap = words[code[one]] > words[code[other]]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    return _pairs(slow, words[code], one, other)


def _pairs(slow: pa.Table, words: Floats, one: Ints, other: Ints) -> pa.Table:
    lon, lat, speed = (slow[name].to_numpy() for name in ("lon", "lat", "speed_kn"))
    columns = {
        "vessel": words[one],
        "other": words[other],
        "step": slow["step"].to_numpy()[one],
        "lon": lon[one],
        "lat": lat[one],
        "distance_m": apart_m(lon[one], lat[one], lon[other], lat[other]),
        "speed_kn": np.maximum(speed[one], speed[other]).astype(np.float64),
    }
    return pa.table({k: pa.array(v) for k, v in columns.items()}).cast(PAIRS)


def together(found: list[pa.Table], *, definitions: Definitions, places: Places) -> pa.Table:
    """Return encounters from pairs at instants, in any order."""
    every = pa.concat_tables([one for one in found if len(one)] or [PAIRS.empty_table()])
    keys = ("vessel", "other", "step", "distance_m", "lon", "lat", "speed_kn")
    ordered = every.sort_by([(key, "ascending") for key in keys]).combine_chunks()
    away = places.off_km(
        ordered["lon"].to_numpy(),
        ordered["lat"].to_numpy(),
        at_most_km=definitions.encounter_off_km,
    )
    ordered = ordered.filter(pa.array(away >= definitions.encounter_off_km))
    kept = [_lasting(ordered, meeting, definitions) for meeting in definitions.encounters]
    return _widest(pa.concat_tables(kept or [EVENTS["encounters"].empty_table()]))


def _lasting(ordered: pa.Table, meeting: Meeting, definitions: Definitions) -> pa.Table:
    """Encounters by one rule: instants in a row within its distance, for its hours or more."""
    rows = ordered.filter(pa.array(ordered["distance_m"].to_numpy() <= meeting.distance_m))
    if not len(rows):
        return EVENTS["encounters"].empty_table()
    rows = rows.combine_chunks()
    step = rows["step"].to_numpy()
    names = [
        rows[k].combine_chunks().dictionary_encode().indices.to_numpy() for k in ("vessel", "other")
    ]
    most = definitions.encounter_merge_min / definitions.encounter_step_min
    breaks = np.r_[0, np.cumsum(np.diff(step) > most)]
    first = runs(*names, breaks)
    last = ends(first, len(step))
    hours = (step[last] - step[first]) * definitions.encounter_step_min / 60.0
    slow = _medians(rows["speed_kn"].to_numpy(), first, last)
    kept = (hours >= meeting.hours - 1e-9) & (slow < definitions.slow_kn)
    return _events(rows, first[kept], last[kept], hours[kept], slow[kept], definitions)


def _events(
    rows: pa.Table, first: Ints, last: Ints, hours: Floats, slow: Floats, definitions: Definitions
) -> pa.Table:
    every = round(definitions.encounter_step_min * 60 * US)
    begin = rows.take(pa.array(first))
    columns = {
        "vessel": begin["vessel"],
        "other": begin["other"],
        "start_utc": times(rows["step"].to_numpy()[first] * every),
        "end_utc": times(rows["step"].to_numpy()[last] * every),
        "duration_hours": hours,
        "lon": begin["lon"],
        "lat": begin["lat"],
        "distance_m": _medians(rows["distance_m"].to_numpy(), first, last),
        "speed_kn": slow,
    }
    return pa.table({name: columns[name] for name in EVENTS["encounters"].names}).cast(
        EVENTS["encounters"]
    )


def _medians(values: Floats, first: Ints, last: Ints) -> Floats:
    spans = zip(first.tolist(), last.tolist(), strict=True)
    return np.array([np.median(values[a : b + 1]) for a, b in spans], dtype=np.float64)


def _widest(found: pa.Table) -> pa.Table:
    """Of encounters of one pair at one time by several rules, keep the longest."""
    order = [("vessel", "ascending"), ("other", "ascending"), ("start_utc", "ascending")]
    ordered = found.sort_by([*order, ("duration_hours", "descending")])
    return ordered.filter(pa.array(_leading(ordered)))


def _leading(ordered: pa.Table) -> Bools:
    keep, before = np.ones(len(ordered), bool), None
    for row, one in enumerate(
        ordered.select(["vessel", "other", "start_utc", "end_utc"]).to_pylist()
    ):
        pair = (one["vessel"], one["other"])
        if before and before[0] == pair and one["end_utc"] <= before[1]:
            keep[row] = False
        else:
            before = (pair, one["end_utc"])
    return keep
