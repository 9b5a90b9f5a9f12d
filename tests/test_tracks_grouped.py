"""Positions grouped in memory are those that a sort gives; stays are those of a plain reading."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from geo.tracks import arrays, definitions, engine, grouped, places, stays, synthetic

PLACES = synthetic.invented_places(20)
WHERE = places.from_frame(PLACES)
GFW = definitions.load("gfw")
COLUMNS = ["vessel", "time_utc", "lon", "lat", "speed_kn", "draught_m"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("positions") / "synthetic.parquet"
    noise = synthetic.Noise(shared=0.1)
    synthetic.positions(40_000, path, 4, days=10, places=PLACES, noise=noise)
    return pq.read_table(path)


def shuffled(table):
    return table.take(np.random.default_rng(1).permutation(len(table)))


def lettered(table):
    return table.set_column(0, "vessel", pc.binary_join_element_wise("N", table["vessel"], " "))


def holed(table):
    """Some rows without a vessel, a time or a place."""
    rng = np.random.default_rng(2)
    for name in ("vessel", "time_utc", "lon", "speed_kn"):
        mask = pa.array(rng.random(len(table)) < 0.02)
        column = pc.if_else(mask, pa.scalar(None, table[name].type), table[name])
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def fewer(table):
    return table.select(COLUMNS[:4])


CHANGES = [lambda table: table, shuffled, lettered, holed, fewer]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("most", [10**9, 9_000])
def test_grouped_in_memory_gives_what_a_sort_gives(whole, tmp_path, monkeypatch, change, most):
    table = change(whole)
    paths = [tmp_path / f"{n}.parquet" for n in range(3)]
    for n, path in enumerate(paths):
        pq.write_table(table.slice(n * len(table) // 3, len(table) // 3 + 1), path)
    monkeypatch.setattr(engine, "_PASS_ROWS", most)
    monkeypatch.setattr(engine, "_TABLE_ROWS", 5_000)
    assert grouped.known(paths)
    given = {"places": WHERE, "definitions": GFW}
    found = engine.run(paths, **given)
    assert found.events["tracks"].num_rows
    assert engine.digest(found) == engine.digest(engine.run(paths, memory="1GB", **given))


def test_vessels_come_whole_and_in_order(whole, tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(shuffled(whole), path)
    with engine.connect(threads=1) as con:
        counts = engine._countable(engine._files(con, [path]), [path])
    seen, rows = set(), 0
    for table in grouped.tables([path], counts, rows=5_000, most=15_000):
        vessel, time = (table[name].to_numpy() for name in ("vessel", "time_utc"))
        assert (np.diff(vessel) >= 0).all()
        assert (np.diff(time.astype("int64"))[np.diff(vessel) == 0] >= 0).all()
        own = set(vessel.tolist())
        assert not own & seen
        seen |= own
        rows += len(table)
    assert rows == len(whole)


def test_other_columns_are_left_to_the_sort(whole, tmp_path):
    path = tmp_path / "a.parquet"
    numbers = pc.cast(whole["vessel"], pa.int64())
    pq.write_table(whole.set_column(0, "vessel", numbers), path)
    assert not grouped.known([path])
    assert not grouped.known([tmp_path / "nowhere.parquet"])
    given = {"places": WHERE, "definitions": GFW}
    plain = tmp_path / "b.parquet"
    pq.write_table(whole, plain)
    one, other = (engine.digest(engine.run([p], **given)) for p in (path, plain))
    assert one == other


def plainly(time, lon, lat, segment, hours, radius_m):
    """Stays by the words of their definition, row by row."""
    found, row, least = [], 0, hours * 3600 * arrays.US
    while row < len(time):
        last = row
        while last + 1 < len(time) and segment[last + 1] == segment[row]:
            far = arrays.near_m(
                *(np.array([v]) for v in (lon[row], lat[row], lon[last + 1], lat[last + 1]))
            )
            if far[0] > radius_m:
                break
            last += 1
        if time[last] - time[row] >= least:
            found.append((row, last))
            row = last + 1
        else:
            row += 1
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("middle", [(10.0, 50.0), (180.0, 5.0), (-30.0, 79.99), (40.0, 86.0)])
def test_stays_are_those_of_their_definition(seed, middle):
    rng = np.random.default_rng(seed)
    rows = 700
    pace = rng.choice([0.0, 20.0, 60.0, 400.0], rows, p=[0.5, 0.3, 0.15, 0.05])
    east, north = np.cumsum(rng.normal(0, pace)), np.cumsum(rng.normal(0, pace))
    lat = middle[1] + north / 111_195
    lon = middle[0] + east / 111_195 / np.cos(np.radians(middle[1]))
    lon = (lon + 180) % 360 - 180
    time = np.cumsum(rng.integers(30, 900, rows)) * arrays.US
    segment = np.cumsum(rng.random(rows) < 0.01)
    step = np.zeros(rows)
    step[1:] = arrays.near_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    radius_m = float(rng.choice([100.0, 500.0, 3000.0]))
    rules = dataclasses.replace(GFW, stop_radius_m=radius_m)
    first, last = stays.stops(segment, time, lon, lat, step, rules)
    assert [*zip(first.tolist(), last.tolist(), strict=True)] == plainly(
        time, lon, lat, segment, rules.stop_hours, radius_m
    )
