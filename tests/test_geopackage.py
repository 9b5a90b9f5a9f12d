"""GeoPackages are judged before they are opened: blobs, views that do not end, other contents."""

import random
import sqlite3
import struct
from functools import cache

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from files_corpus import _geo
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from geo import package
from geo.checking import userfile
from geo.errors import DataError, GeoError
from geo.files import intake

HEAD = bytes.fromhex("47500001e6100000")
SMALL = "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('{0}', '{1}', '{0}')"


@cache
def made():
    """A layer `a` of three rows: a point, a line, none. As bytes, without the triggers of GDAL."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        shapes = [Point(1, 2), LineString([(3, 4), (5, 6)]), None]
        gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=shapes, crs=4326).to_file(path, layer="a")
        base = sqlite3.connect(path)
        for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        base.commit()
        base.close()
        return path.read_bytes()


def changed(folder, *statements):
    path = folder / "a.gpkg"
    path.write_bytes(made())
    base = sqlite3.connect(path)
    for statement in statements:
        base.execute(*statement) if isinstance(statement, tuple) else base.executescript(statement)
    base.commit()
    base.close()
    return path


def put(folder, blob):
    return changed(folder, ("UPDATE a SET geom = ? WHERE fid = 2", (blob,)))


# --- blobs --------------------------------------------------------------------------------------


def wkb(kind, *inner, count=None, order="<"):
    body = b"".join(inner)
    return struct.pack(f"{order}BI", order == "<", kind) + (
        b"" if count is None else struct.pack(f"{order}I", count)
    ) + body  # fmt: skip


NONE = {
    "two_bytes": b"\xff\xff",
    "empty": b"",
    "text": "POINT (1 2)",
    "number": 12,
    "head_only": HEAD,
    "no_head": Point(1, 2).wkb,
    "many_vertices": HEAD + wkb(2, count=2**31 - 1),
    "many_parts": HEAD + wkb(5, count=2**32 - 1),
    "cut": (HEAD + LineString([(1, 2), (3, 4)]).wkb)[:-4],
    "odd_envelope": b"GP\x00\x0f" + HEAD[4:] + Point(1, 2).wkb,
    "unknown_kind": HEAD + wkb(99, count=0),
    "order": HEAD + b"\x07" + Point(1, 2).wkb[1:],
    "nested": HEAD + wkb(7, count=1) * 5_000 + Point(1, 2).wkb,
}


@pytest.mark.parametrize("name", NONE)
def test_a_blob_that_is_no_geometry_is_named_and_the_other_rows_stay(name, tmp_path):
    path = put(tmp_path, NONE[name])
    report = package.examine_file(path)
    assert [(f.where, f.code) for f in report.faults] == [
        ("row 2", "geometry.blob-without-geometry")
    ]
    found = userfile.read(path)
    assert list(found.frame["n"]) == [1, 3]
    assert [one.where for one in found.lost] == ["row 2"]
    assert '"n": "2"' in found.lost[0].raw


@pytest.mark.parametrize("kind", [15, 16, 17, 1016])
def test_a_solid_is_named_as_what_it_is(kind, tmp_path):
    (fault,) = package.examine_file(put(tmp_path, HEAD + wkb(kind, count=0))).faults
    assert fault.where == "row 2"
    assert fault.code == "geometry.solid-not-drawn"


def test_curves_and_measures_and_empty_geometries_are_sound(tmp_path):
    arc = wkb(8, struct.pack("<6d", 0, 1, 1, 2, 2, 1), count=3)
    point_zm = wkb(3001, struct.pack("<4d", 1, 2, 3, 4))
    empty = b"GP\x00\x11" + HEAD[4:] + wkb(1, struct.pack("<2d", *[float("nan")] * 2))
    for blob in (HEAD + arc, HEAD + point_zm, empty, HEAD + Point(1, 2).wkb, None):
        assert package.examine_file(put(tmp_path, blob)).sound
    read = userfile.read(put(tmp_path, HEAD + arc)).frame.geometry.iloc[1]
    assert len(read.coords) > 3


@given(st.binary(max_size=60), st.booleans())
def test_any_blob_is_a_geometry_or_named(tmp_path_factory, blob, headed):
    path = put(tmp_path_factory.mktemp("any"), HEAD + blob if headed else blob)
    found = userfile.read(path)
    assert found.read == 3
    kept = dict(zip(found.frame["n"], found.frame.geometry, strict=True))
    assert 2 not in kept or shapely.is_geometry(kept[2])


# --- views and tables that are none -------------------------------------------------------------

COUNTING = (
    "WITH RECURSIVE t(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM t{}) "
    "SELECT fid, {} AS geom, fid AS n FROM t"
)
ENDLESS = {
    "rows": COUNTING.format("", "NULL"),
    "zeros": COUNTING.format(" WHERE fid < 1000", "zeroblob(50000000)"),
    "random": COUNTING.format("", "randomblob(1000000)"),
    "product": "SELECT NULL AS geom, 1 AS n FROM " + ", ".join(f"b AS b{n}" for n in range(40)),
    "nothing": COUNTING.format("", "NULL") + " WHERE fid < 0",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_view_without_end_is_refused_within_bounds(name, tmp_path, monkeypatch):
    monkeypatch.setattr("geo.files.geopackage.STEPS", 3_000_000)
    view = f"ALTER TABLE a RENAME TO b; CREATE VIEW a AS {ENDLESS[name]}"
    path = changed(tmp_path, view)
    with pytest.raises(GeoError, match="does not end within"):
        package.examine_file(path, memory_bytes=intake.amount("400MB"))


def test_a_view_and_a_generated_column_that_end_are_read(tmp_path):
    view = "ALTER TABLE a RENAME TO b; CREATE VIEW a AS SELECT fid, geom, n * 2 AS n FROM b"
    assert list(userfile.read(changed(tmp_path, view)).frame["n"]) == [2, 4, 6]
    column = "ALTER TABLE a ADD COLUMN more INTEGER AS (n + 1)"
    assert list(userfile.read(changed(tmp_path, column)).frame["more"]) == [2, 3, 4]


def test_blobs_of_a_view_are_judged_too(tmp_path):
    view = "ALTER TABLE a RENAME TO b; CREATE VIEW a AS SELECT fid, X'FFFF' AS geom, n FROM b"
    faults = package.examine_file(changed(tmp_path, view)).faults
    assert [f.where for f in faults if f.where] == ["every row"]


@pytest.mark.parametrize("table", ["gpkg_contents", "gpkg_geometry_columns"])
def test_a_list_of_contents_that_is_a_view_is_refused(table, tmp_path):
    trick = f"ALTER TABLE {table} RENAME TO old; CREATE VIEW {table} AS SELECT * FROM old"
    with pytest.raises(GeoError, match="not a GeoPackage"):
        package.examine_file(changed(tmp_path, trick))


def test_a_view_beside_the_layer_is_never_opened(tmp_path):
    more = f"CREATE VIEW other AS {ENDLESS['rows']}; " + SMALL.format("other", "attributes")
    assert package.examine_file(changed(tmp_path, more)).sound


# --- other contents -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["tiles", "attributes", "2d-gridded-coverage"])
def test_a_geopackage_without_features_says_what_it_holds(kind, tmp_path):
    path = changed(
        tmp_path,
        f"DELETE FROM gpkg_geometry_columns; UPDATE gpkg_contents SET data_type = '{kind}'",
    )
    with pytest.raises(GeoError, match=f"holds no geometry \\({kind} only\\)") as caught:
        package.examine_file(path)
    assert "vsimem" not in str(caught.value)


def test_one_layer_of_features_is_read_beside_tables_and_tiles(tmp_path):
    more = f"CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT); {SMALL.format('b', 'attributes')}"
    assert userfile.read(changed(tmp_path, more)).read == 3
    with pytest.raises(GeoError, match="no layer 'c'"):
        userfile.read(changed(tmp_path, more), layer="c")


# --- damage -------------------------------------------------------------------------------------


def test_any_flipped_bit_is_read_or_refused_with_the_file_named(tmp_path):
    chance = random.Random(3)
    path = tmp_path / "a.gpkg"
    for _ in range(400):
        content = bytearray(made())
        at = chance.randrange(len(content) * 8)
        content[at // 8] ^= 1 << at % 8
        path.write_bytes(content)
        assert "a.gpkg" in answer(path)


def answer(path):
    try:
        return package.examine_file(path).counts and "a.gpkg"
    except GeoError as error:
        assert "vsimem" not in str(error)  # noqa: PT017 - what is said of it is what is asked
        return str(error)


def test_pages_that_name_each_other_do_not_go_on_for_ever(tmp_path):
    """A page of a table that is its own child, at every place where a page begins one."""
    base = made()
    size = int.from_bytes(base[16:18], "big")
    for number in range(1, len(base) // size):
        content = bytearray(base)
        page = number * size
        content[page : page + 12] = b"\x05\x00\x00\x00\x00\x00\x00\x00" + (number + 1).to_bytes(
            4, "big"
        )
        (tmp_path / "a.gpkg").write_bytes(content)
        assert "a.gpkg" in answer(tmp_path / "a.gpkg")


# --- the same blobs in GeoParquet ---------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [7, 1007, 0x80000007])
def test_collections_inside_collections_without_end_are_named(kind, order, tmp_path):
    """What reads them calls itself for each, until the process ends."""
    deep = wkb(kind, count=1, order=order) * 100_000 + Point(1, 2).wkb
    table = pa.table({"geometry": pa.array([Point(1, 2).wkb, deep], pa.binary())})
    path = tmp_path / "a.parquet"
    pq.write_table(table.replace_schema_metadata({b"geo": _geo("geometry", "WKB")}), path)
    with pytest.raises(DataError) as caught:
        userfile.read(path)
    assert [fault.where for fault in caught.value.faults] == ["row 2"]
