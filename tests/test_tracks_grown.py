"""Results that grow: after any new positions they are what all positions at once give."""

from dataclasses import replace

import duckdb
import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from shapely.geometry import Point

from geo.tracks import definitions, engine, growth, job, places, synthetic
from geo.tracks.columns import EVENTS, POSITIONS
from geo.tracks.process import joined, process
from geo.tracks.store import Store

GFW = definitions.load("gfw")
SPOTS = np.array([(0.0, 0.0), (0.15, 0.05), (0.1, 0.2)])
HARBOURS = gpd.GeoDataFrame(
    {"place": ["a", "b", "c"]}, geometry=[Point(spot) for spot in SPOTS], crs=4326
)
MINUTE = 60_000_000


# --- ships that do all that is hard, in little time -----------------------------------------------


def wandering(rng, vessel, *, speeds, away=0.0):
    """Rows of one invented ship: it calls, waits, falls silent, and is disturbed."""
    minute, here = int(rng.integers(0, 2000 if away else 200)), rng.normal(size=2) * 0.2 + away
    calls, goal, rows = rng.random() < 0.7, None, []
    for _ in range(int(rng.integers(20, 300))):
        if goal is None or rng.random() < 0.04:
            port = calls and rng.random() < 0.7
            goal = SPOTS[rng.integers(3)] + away if port else here + rng.normal(size=2) * 0.3
        speed = rng.choice([0.0, 0.0, 1.0, 8.0, 14.0])
        silent = rng.random() < 0.02
        wait = int(rng.choice([70, 130, 200, 400] if silent else [1, 2, 5, 5, 5, 10, 10, 30]))
        minute += wait
        far = max(float(np.hypot(*(goal - here))), 1e-12)
        here = here + (goal - here) / far * min(far, speed * wait / 3600.0)
        lon, lat = here + rng.normal(size=2) * (0.02 if rng.random() < 0.1 else 1e-4)
        sent = speed if rng.random() < speeds else None
        rows.append((vessel, minute, lon, lat, sent, rng.choice([5.0, 8.0])))
        if rng.random() < 0.01:
            off = rng.choice([0.3, 3.0, 8.0])
            for _ in range(int(rng.integers(1, 6))):
                near = minute + int(rng.integers(-3, 4))
                rows.append((vessel, near, lon + off, lat + 1.0, sent, 8.0))
        if rng.random() < 0.02:
            rows.append((vessel, minute, lon + rng.choice([0.0, 3e-4, 0.02]), lat, sent, 8.0))
    return rows


def hard(seed):
    """Positions of a few ships, some of two under one number, some over the antimeridian."""
    rng = np.random.default_rng(seed)
    speeds, rows = rng.choice([0.0, 0.8]), []
    for number in range(int(rng.integers(1, 5))):
        vessel = f"79000000{number}"
        rows += wandering(rng, vessel, speeds=speeds)
        if rng.random() < 0.15:
            rows += wandering(rng, vessel, speeds=speeds, away=40.0)
    vessel, minute, lon, lat, speed, draught = zip(*rows, strict=True)
    east = 180.0 * (rng.random() < 0.15)
    return pa.table(
        {
            "vessel": pa.array(vessel),
            "time_utc": times(np.array(minute)),
            "lon": (np.array(lon) + east + 540.0) % 360.0 - 180.0,
            "lat": np.array(lat),
            "speed_kn": pa.array(speed, pa.float32()),
            "draught_m": pa.array(draught, pa.float32()),
        }
    )


def times(minutes):
    return pa.array((minutes * MINUTE).astype("int64")).cast(pa.timestamp("us", "UTC"))


def strict(seed):
    """Definitions under which little time is much, drawn at random."""
    rng = np.random.default_rng(seed)
    one_of = {
        "close_hours": (1.5, 3.0),
        "young_hours": (0.3, 1.0),
        "least_positions": (3, 5),
        "isolated_hours": (2.0, 4.0),
        "gap_hours": (1.0, 2.0, 4.0),
        "call_hours": (0.1, 0.3),
        "call_merge_hours": (0.2, 1.0),
        "call_radius_m": (500.0, 2000.0),
        "stop_hours": (0.2, 0.5),
        "stop_radius_m": (100.0, 500.0),
        "slow_kn": (2.0, 9.0),
    }
    drawn = {name: values[rng.integers(len(values))] for name, values in one_of.items()}
    return replace(GFW, **drawn, loiter_hours=0.3, loiter_off_km=1.0, tolerance_m=20.0)


def taken_in(table, seed):
    """In which of some instalments each position comes: by time, in some fleets a few late."""
    rng = np.random.default_rng(seed)
    us = table["time_utc"].cast(pa.int64()).to_numpy()
    turn = np.searchsorted(np.sort(rng.choice(us, 6, replace=False)), us, side="right")
    if seed % 4 == 0:
        late = rng.random(len(us)) < 0.002
        turn[late] = rng.integers(0, 7, int(late.sum()))
    return turn


def listed(result):
    """All rows of a result, whatever their order."""
    tables = {kind: result.events[kind] for kind in EVENTS}
    tables |= {"slow": result.slow, "vessels": result.vessels}
    return {name: sorted(map(repr, table.to_pylist())) for name, table in tables.items()}


def more(base, so_far, new, where, chosen):
    """The base with new positions, and how many positions were read for it."""
    first = new.group_by("vessel").aggregate([("time_utc", "min")])
    came = pa.table({"vessel": first["vessel"], "first_us": first["time_utc_min"].cast("int64")})
    asked = growth.plan(base.marks, came)
    found = work(from_instants(so_far, asked), where, chosen)
    wrong = growth.consistent(asked, base.marks, found, chosen)
    if wrong:
        again = from_instants(so_far, growth.Plan({}, wrong, frozenset()))
        found = joined([growth.without(found, wrong), work(again, where, chosen)])
        asked = asked.without(wrong)
    return growth.grown(asked, base, found, chosen), pc.sum(found.vessels["positions"]).as_py()


def from_instants(table, asked):
    since = dict(asked.since) | dict.fromkeys(asked.anew, np.iinfo(np.int64).min)
    us = table["time_utc"].cast(pa.int64()).to_pylist()
    rows = zip(table["vessel"].to_pylist(), us, strict=True)
    return table.filter(pa.array([name in since and at >= since[name] for name, at in rows]))


def work(table, where, chosen):
    return process(table, places=where, definitions=chosen, marks=True)


@pytest.mark.parametrize("part", range(8))
def test_instalments_give_what_all_positions_at_once_give(part):
    read, of = 0, 0
    for seed in range(10 * part, 10 * part + 10):
        chosen = strict(seed)
        where = places.from_frame(HARBOURS, radius_m=chosen.call_radius_m)
        table = hard(seed)
        turn = taken_in(table, seed)
        base = work(table.filter(pa.array(turn == 0)), where, chosen)
        for number in range(1, 7):
            new = table.filter(pa.array(turn == number))
            so_far = table.filter(pa.array(turn <= number))
            base, positions = more(base, so_far, new, where, chosen)
            whole = process(so_far, places=where, definitions=chosen)
            assert listed(base) == listed(whole), f"fleet {seed}, instalment {number}"
            assert base.dropped == whole.dropped
            read, of = read + positions, of + len(so_far)
    assert 0 < read < of


# --- in a store -----------------------------------------------------------------------------------

PORTS = synthetic.invented_places(40)
DAY_US = 24 * 60 * MINUTE


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """Positions of forty days."""
    path = tmp_path_factory.mktemp("fleet") / "synthetic.parquet"
    synthetic.positions(150_000, path, 5, days=40, places=PORTS)
    with duckdb.connect() as con:
        return con.read_parquet(str(path)).to_arrow_table().select(POSITIONS.names)


def added(store, table, name):
    with duckdb.connect() as con:
        store.add(con.from_arrow(table), name=f"{name}-synthetic", sha256=f"{name:>064}")


def found(store):
    settings = job.Settings(definitions=GFW, places=PORTS)
    return job.run(store, store.inputs(), settings=settings)


def until(table, day, first=0):
    us = pc.cast(table["time_utc"], pa.int64())
    start = pc.min(us).as_py() if first == 0 else 0
    begin = 1_735_689_600_000_000 + first * DAY_US if first else start
    return table.filter(
        pc.and_(
            pc.greater_equal(us, begin),
            pc.less(us, 1_735_689_600_000_000 + day * DAY_US),
        )
    )


def same(one, other):
    assert engine.digest(as_result(one)) == engine.digest(as_result(other))
    assert one.report(GFW)["vessels"] == other.report(GFW)["vessels"]
    for key in ("positions", "dropped", "span", "hours", "reception"):
        assert one.report(GFW)[key] == other.report(GFW)[key]


def as_result(one):
    return engine.Result(one.events, pa.table({}), one.dropped, one.vessels)


def test_new_days_are_worked_on_and_what_was_before_them_is_not(fleet, tmp_path):
    store = Store.at(tmp_path / "store")
    added(store, until(fleet, 36), "a")
    first = found(store)
    assert first.worked == first.report(GFW)["positions"]
    for number, day in enumerate((37, 38, 39)):
        added(store, until(fleet, day, day - 1), f"b{number}")
        after = found(store)
        assert 0 < after.worked < after.report(GFW)["positions"] / 2
    at_once = Store.at(tmp_path / "at-once")
    added(at_once, until(fleet, 39), "a")
    same(after, found(at_once))
    results = list((tmp_path / "store" / "results").glob("*/*.zip"))
    assert len(results) == len(store.parts(store.inputs()))  # the ones before are gone


def test_days_that_come_late_are_put_into_their_place(fleet, tmp_path):
    store, at_once = Store.at(tmp_path / "store"), Store.at(tmp_path / "at-once")
    for name, table in (
        ("a", until(fleet, 20)),
        ("b", until(fleet, 40, 25)),
        ("c", until(fleet, 25, 20)),
    ):
        added(store, table, name)
        after = found(store)
    added(at_once, until(fleet, 40), "a")
    same(after, found(at_once))


def test_nothing_new_is_nothing_to_do(fleet, tmp_path):
    store = Store.at(tmp_path / "store")
    added(store, until(fleet, 10), "a")
    one = found(store)
    again = found(store)
    assert again.worked == 0
    same(one, again)
