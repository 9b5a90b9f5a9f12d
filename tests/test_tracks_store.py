"""The store: by bucket and day, appendable, idempotent, read in place by others."""

import json

import dask.dataframe as dd
import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import s3fs
from tracks_cases import at

from geo.errors import GeoError
from geo.tracks.columns import POSITIONS
from geo.tracks.store import Store, digest

SHIPS = [f"79000000{n}" for n in range(8)]


def positions(hours, ships=SHIPS):
    rows = [
        {"vessel": ship, "time_utc": at(hour), "lon": 130.0, "lat": 42.0 + hour / 100}
        for hour in hours
        for ship in ships
    ]
    return pa.Table.from_pylist(rows, schema=POSITIONS)


@pytest.fixture
def con():
    with duckdb.connect() as connection:
        yield connection


def add(store, con, table, name="a.csv", sha="0a" * 32, **more):
    return store.add(con.from_arrow(table), name=name, sha256=sha, **more)


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_positions_stand_by_bucket_and_day_and_none_is_lost(tmp_path, con):
    store = Store.at(tmp_path / "s", buckets=4)
    record = add(store, con, positions(range(0, 48, 6)), counts=lambda: {"read": 64})
    assert record.rows == 64
    assert store.days([record]) == ["2025-01-01", "2025-01-02"]
    assert record.counts == {"read": 64}
    parts = store.parts(store.inputs())
    assert 1 < len(parts) <= 4
    tables = {bucket: store.positions(paths) for bucket, paths in parts.items()}
    assert sum(t.num_rows for t in tables.values()) == 64
    ships = [set(t["vessel"].to_pylist()) for t in tables.values()]
    assert sum(map(len, ships)) == len(set.union(*ships)) == len(SHIPS)
    assert all(t.schema == POSITIONS for t in tables.values())


def test_positions_of_many_days_in_no_order_stand_in_whole_groups(tmp_path, con):
    """Else every batch leaves a group in every file, and what is noted of them fills the memory."""
    store = Store.at(tmp_path / "s", buckets=1)
    rows = con.sql(
        "SELECT '790000001' AS vessel, TIMESTAMPTZ '2025-01-01 00:00:00+00' + to_days(n % 28::INT)"
        " + to_seconds(n // 28) AS time_utc, 130.0 AS lon, 42.0 AS lat FROM range(300000) r(n)"
    ).arrow()
    table = pa.table(rows) if not isinstance(rows, pa.Table) else rows
    empty = {name: pa.nulls(len(table), POSITIONS.field(name).type)
             for name in POSITIONS.names if name not in table.column_names}  # fmt: skip
    whole = pa.table({**{c: table[c] for c in table.column_names}, **empty}).select(POSITIONS.names)
    add(store, con, whole.cast(POSITIONS))
    found = [pq.ParquetFile(path).metadata for path in (tmp_path / "s").rglob("*.parquet")]
    assert len(found) == 28
    assert {one.num_row_groups for one in found} <= {1, 2, 3}


def test_the_same_file_twice_adds_nothing(tmp_path, con):
    store = Store.at(tmp_path / "s")
    add(store, con, positions(range(24)))
    before = files(tmp_path / "s" / "positions")
    assert store.has("0a" * 32)
    add(store, con, positions(range(24)))
    assert files(tmp_path / "s" / "positions") == before
    assert len(store.inputs()) == 1


def test_a_new_file_is_added_beside_and_old_parts_stay_as_they_are(tmp_path, con):
    store = Store.at(tmp_path / "s")
    first = add(store, con, positions(range(24)))
    old = {p: (tmp_path / "s" / p).read_bytes() for p in first.parts}
    second = add(store, con, positions(range(24, 48)), "b.csv", "0b" * 32)
    assert store.days([second]) == ["2025-01-02"]
    assert [one.name for one in Store.at(tmp_path / "s").inputs()] == ["a.csv", "b.csv"]
    assert {p: (tmp_path / "s" / p).read_bytes() for p in old} == old
    assert not set(first.parts) & set(second.parts)


def test_work_cut_off_before_its_record_is_done_again_to_the_same_names(tmp_path, con):
    store = Store.at(tmp_path / "s")
    add(store, con, positions(range(24)))
    whole = files(tmp_path / "s")
    (tmp_path / "s" / "inputs" / f"{'0a' * 32}.json").unlink()
    leftover = tmp_path / "s" / "staging" / ("0a" * 8)
    leftover.mkdir(parents=True)
    (leftover / "half.parquet").write_bytes(b"PAR1")
    assert not store.has("0a" * 32)
    add(store, con, positions(range(24)))
    store.clean()
    assert files(tmp_path / "s") == whole


def test_duckdb_dask_and_arrow_read_it_in_place(tmp_path, con):
    add(Store.at(tmp_path / "s"), con, positions(range(48)))
    where = tmp_path / "s" / "positions"
    ((count, days),) = con.sql(
        f"SELECT count(*), count(DISTINCT day) FROM read_parquet('{where}/**/*.parquet')"
    ).fetchall()
    assert (count, days) == (48 * len(SHIPS), 2)
    frame = dd.read_parquet(where, columns=["vessel", "lat"])
    assert len(frame.compute(scheduler="synchronous")) == count
    opened = ds.dataset(where, partitioning="hive")
    assert {"bucket", "day"} <= set(opened.schema.names)
    assert opened.count_rows() == count


def test_the_number_of_buckets_is_the_stores_own(tmp_path):
    Store.at(tmp_path / "s", buckets=4)
    assert Store.at(tmp_path / "s", buckets=99).buckets == 4
    assert json.loads((tmp_path / "s" / "store.json").read_text())["buckets"] == 4


def test_a_folder_of_other_things_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(GeoError, match="holds other things; name a new one"):
        Store.at(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_address_nobody_knows_is_refused_with_its_reason():
    with pytest.raises(GeoError, match="nowhere://x: not a store"):
        Store.at("nowhere://x")


def test_a_file_is_known_by_its_content(tmp_path):
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"same")
    two.write_bytes(b"same")
    assert digest(one) == digest(two)
    with pytest.raises(GeoError, match="cannot be read"):
        digest(tmp_path / "none")


# --- on a server ----------------------------------------------------------------------------------


def test_the_store_works_the_same_on_a_server(s3, con, tmp_path):
    s3fs.S3FileSystem(**s3).mkdir("ais")
    here, there = Store.at(tmp_path / "s"), Store.at("s3://ais/store", **s3)
    for store in (here, there):
        first = add(store, con, positions(range(24)))
        add(store, con, positions(range(24)))
        add(store, con, positions(range(24, 48)), "b.csv", "0b" * 32)
        store.clean()
        assert store.days([first]) == ["2025-01-01"]
    again = Store.at("s3://ais/store", **s3)
    assert again.inputs() == here.inputs()
    parts = again.parts(again.inputs())
    assert parts == here.parts(here.inputs())
    for paths in parts.values():
        key = [("vessel", "ascending"), ("time_utc", "ascending")]
        assert again.positions(paths).sort_by(key) == here.positions(paths).sort_by(key)
