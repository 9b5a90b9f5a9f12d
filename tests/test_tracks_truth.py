"""Events of a synthetic fleet, held against what its ships truly did."""

from collections import defaultdict
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from geo.tracks import definitions, encounters, places, process, synthetic
from geo.tracks.columns import EVENTS

PLACES = synthetic.invented_places(60)
GFW = definitions.load("gfw")
WHERE = places.from_frame(PLACES, radius_m=GFW.call_radius_m)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def fleet():
    return synthetic.fleet(PLACES, vessels=45, start=synthetic.START, days=50, seed=5)


@pytest.fixture(scope="module")
def found(fleet):
    return process.process(fleet.positions, places=WHERE, definitions=GFW)


@pytest.fixture(scope="module")
def met(found):
    return encounters.find(found.slow, definitions=GFW, places=WHERE)


def matched(true, ours, keys, start, end):
    """How many true rows have a row of ours of their own, alike and within an hour."""
    open_ = defaultdict(list)
    for row in ours:
        open_[tuple(row[k] for k in keys)].append(row)
    hits = 0
    for row in true:
        rows = open_[tuple(row[k] for k in keys)]
        near = [
            r for r in rows if abs(r[start] - row[start]) < HOUR and abs(r[end] - row[end]) < HOUR
        ]
        if near:
            rows.remove(near[0])
            hits += 1
    return hits


def test_every_kind_follows_its_schema(found):
    assert {kind: table.schema for kind, table in found.events.items()} == EVENTS


def test_voyages_are_those_that_were_sailed(fleet, found):
    true, ours = fleet.voyages.to_pylist(), found.events["voyages"].to_pylist()
    keys = ("vessel", "origin", "destination")
    hits = matched(true, ours, keys, "departure_utc", "arrival_utc")
    assert len(true) > 200
    assert hits / len(true) >= 0.99
    assert hits / len(ours) >= 0.99


def test_calls_are_those_that_were_made_and_the_last_is_open(fleet, found):
    ours = found.events["calls"]
    assert len(ours) == pytest.approx(len(fleet.calls), rel=0.01)
    last = ours.filter(pc.is_null(ours["departure_utc"]))
    assert 0 < len(last) <= 45
    assert last["duration_hours"].null_count == len(last) == last["draught_departure_m"].null_count


def test_encounters_are_those_that_were_held(fleet, met):
    true, ours = fleet.encounters.to_pylist(), met.to_pylist()
    assert len(true) > 5
    hits = matched(true, ours, ("vessel", "other"), "start_utc", "end_utc")
    assert hits == len(true) == len(ours)


def test_encounters_by_day_are_those_of_the_whole(found, met):
    per_day = 24 * 60 // round(GFW.encounter_step_min)
    step = found.slow["step"].to_numpy()
    days = [
        found.slow.filter(pa.array(step // per_day == day)) for day in sorted(set(step // per_day))
    ]
    assert len(days) > 30
    shards = [encounters.pairs(day, definitions=GFW) for day in reversed(days)]
    whole = encounters.pairs(found.slow, definitions=GFW)
    assert sum(map(len, shards)) == len(whole)
    for parts in (shards, [whole]):
        assert encounters.together(parts, definitions=GFW, places=WHERE).equals(met)


def test_gaps_are_the_silences_of_twelve_hours():
    """Without wrong clocks: a position sent at another time may fall into a silence."""
    noise = synthetic.Noise(clocks=0.0)
    fleet = synthetic.fleet(PLACES, vessels=45, start=synthetic.START, days=50, seed=5, noise=noise)
    found = process.process(fleet.positions, places=WHERE, definitions=GFW)
    silences = fleet.silences.to_pylist()
    true = [row for row in silences if row["end_utc"] - row["start_utc"] > 12 * HOUR]
    ours = found.events["gaps"].to_pylist()
    assert len(true) > 5
    assert matched(true, ours, ("vessel",), "start_utc", "end_utc") == len(true)
    assert all(row["duration_hours"] >= 12 for row in ours)


def test_lengths_are_those_of_the_way(found):
    voyages = found.events["voyages"].to_pandas()
    assert (voyages["speed_kn"] < 19).all()
    assert (voyages["length_km"] > 0).all()
    lines = shapely.from_wkb(voyages["geometry"])
    assert (shapely.get_num_coordinates(lines) < voyages["positions"]).mean() > 0.9
    wide = shapely.bounds(lines)
    assert (wide[:, 2] - wide[:, 0] < 190).all()
    assert (wide[:, 2] > 180).any() or (wide[:, 0] < -180).any()


def test_counts_add_up(fleet, found):
    taken = int((pc.less_equal(pc.abs(fleet.positions["lat"]), 90)).to_numpy().sum())
    vessels = found.vessels.to_pandas()
    assert vessels["positions"].sum() == taken
    dropped = {reason: int(vessels[reason].sum()) for reason in found.dropped}
    assert dropped == found.dropped
    assert taken - sum(dropped.values()) == sum(found.events["tracks"]["positions"].to_pylist())


def test_nothing_gives_empty_tables_of_every_kind():
    nothing = synthetic.POSITIONS.empty_table()
    found = process.process(nothing, places=WHERE, definitions=GFW)
    assert {kind: table.schema for kind, table in found.events.items()} == EVENTS
    assert len(found.vessels) == len(found.slow) == 0
