"""Every format gives the same position; every row is kept or rejected with its reason."""

import gzip
import json
import math
from datetime import UTC, datetime

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.geometry import Point

from geo.errors import DataError, GeoError
from geo.tracks import read
from geo.tracks.columns import POSITIONS
from geo.tracks.duck import connect

WHEN = datetime(2018, 2, 8, 23, 59, 58, tzinfo=UTC)
# One position, 8 February, as each publisher writes it.
TABLES = {
    "marinecadastre": (
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,"
        "Length,Width,Draft,Cargo,TransceiverClass",
        "012345678,2018-02-08T23:59:58,42.5,130.25,9.5,181.0,180,SYNTHETIC 01,IMO0000001,X1,80,0,"
        "100,20,6.5,80,A",
    ),
    "marinecadastre-2025": (
        "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,"
        "vessel_type,status,length,width,draft,cargo,transceiver",
        "012345678,2018-02-08 23:59:58,130.25,42.5,9.5,181.0,180,SYNTHETIC 01,IMO0000001,X1,80,0,"
        "100,20,6.5,80,A",
    ),
    "danish": (
        "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,"
        "Heading,IMO,Callsign,Name,Ship type,Cargo type,Width,Length,"
        "Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D",
        "08/02/2018 23:59:58,Class A,012345678,42.5,130.25,Under way using engine,0,9.5,181.0,180,"
        "0000001,X1,SYNTHETIC 01,Tanker,,20,100,GPS,6.5,NOWHERE,,AIS,50,50,10,10",
    ),
    "norwegian": (
        "mmsi;lon;lat;date_time_utc;sog;cog;true_heading;nav_status;rot;message_nr;source",
        "012345678;130.25;42.5;2018-02-08 23:59:58;9.5;181.0;180;0;0;1;g",
    ),
    "aishub": (
        "MMSI,TIME,LONGITUDE,LATITUDE,COG,SOG,HEADING,ROT,NAVSTAT,IMO,NAME,CALLSIGN,TYPE,A,B,C,D,"
        "DRAUGHT,DEST,ETA",
        "012345678,2018-02-08 23:59:58 GMT,130.25,42.5,181.0,9.5,180,0,0,0000001,SYNTHETIC 01,X1,"
        "80,50,50,10,10,6.5,NOWHERE,00-00 00:00",
    ),
    "spire": (
        "mmsi,timestamp,longitude,latitude,speed,course,heading,status,imo,name",
        "012345678,2018-02-08T23:59:58Z,130.25,42.5,9.5,181.0,180,0,0000001,SYNTHETIC 01",
    ),
    "exactearth": (
        "MMSI,Message_ID,Time,Vessel_Name,Call_sign,IMO,Ship_Type,Draught,Destination,"
        "Navigational_status,ROT,SOG,Accuracy,Longitude,Latitude,COG,Heading",
        "012345678,1,20180208_235958,SYNTHETIC 01,X1,0000001,80,6.5,NOWHERE,0,0,9.5,0,130.25,42.5,"
        "181.0,180",
    ),
    "gfw": (
        "mmsi,timestamp,distance_from_shore,distance_from_port,speed,course,lat,lon,is_fishing,"
        "source",
        f"012345678,{WHEN.timestamp()},0.0,0.0,9.5,181.0,42.5,130.25,-1,x",
    ),
    "tumen": (
        "vessel,time_utc,lon,lat,speed_kn,course_deg",
        "012345678,2018-02-08T23:59:58Z,130.25,42.5,9.5,181.0",
    ),
}
SENTENCE = "15M67FC000G?ufbE`FepT@3n00Sa"


@pytest.fixture
def con():
    with connect(threads=1) as con:
        yield con


def rows(con, *paths, **options):
    return read.scan(con, paths, **options).relation.to_arrow_table().to_pylist()


def put(folder, name, *lines):
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", TABLES)
def test_a_dialect_is_known_by_its_header_and_its_dates_are_not_guessed(name, con, tmp_path):
    path = put(tmp_path, "a.csv", *TABLES[name])
    (row,) = rows(con, path)
    assert known_by(con, path) == name
    assert (row["vessel"], row["time_utc"]) == ("012345678", WHEN)
    assert (row["lon"], row["lat"], row["speed_kn"], row["course_deg"]) == (130.25, 42.5, 9.5, 181)
    assert row["imo"] in {"0000001", None}
    assert row["name"] in {"SYNTHETIC 01", None}


def known_by(con, path):
    (counts,) = read.scan(con, [path]).counts().values()
    return counts["reading"].partition(": ")[0].removeprefix("dialect ")


def test_columns_are_named_by_the_user(con, tmp_path):
    path = put(tmp_path, "a.csv", "Ship,When,X,Y", "7,2018-02-08T23:59:58Z,130.25,42.5")
    named = {"vessel": "Ship", "time_utc": "When", "lon": "X", "lat": "Y"}
    (row,) = rows(con, path, columns=named)
    assert (row["vessel"], row["time_utc"], row["lon"]) == ("7", WHEN, 130.25)
    with pytest.raises(GeoError, match="no column for vessel, time_utc; it has Ship, When, X, Y"):
        rows(con, path)
    with pytest.raises(GeoError, match="no column Y2; it has Ship, When, X, Y"):
        rows(con, path, columns=named | {"lat": "Y2"})


def test_sentinels_become_null_and_a_position_without_a_place_is_counted(con, tmp_path):
    head, line = TABLES["marinecadastre"]
    unknown = line.replace(",9.5,181.0,180,", ",102.3,360.0,511,").replace(",6.5,", ",0.0,")
    nowhere = line.replace("42.5,130.25", "91.0,181.0")
    path = put(tmp_path, "a.csv", head, line, unknown, nowhere)
    scanned = read.scan(con, [path])
    _, blank = sorted(
        scanned.relation.to_arrow_table().to_pylist(), key=lambda row: row["speed_kn"] is None
    )
    assert [blank[k] for k in ("speed_kn", "course_deg", "heading_deg", "draught_m")] == [None] * 4
    counts = scanned.counts()[str(path)]
    assert (counts["read"], counts["kept"]) == (3, 2)
    assert counts["rejected"] == {read.SENTINEL: 1}
    assert counts["sentinels"] == {
        "position": 1, "speed_kn": 1, "course_deg": 1, "heading_deg": 1, "draught_m": 1,
    }  # fmt: skip


def test_faults_stop_with_every_reason_or_are_skipped_and_told(con, tmp_path):
    head, line = TABLES["tumen"]
    bad = [
        "1,08/02/2018,130,42,9,1",
        "1,2018-02-08T23:59:58Z,x,42,9,1",
        ",2018-02-08T23:59:58Z,1,2,3,4",
    ]
    path = put(tmp_path, "a.csv", head, line, *bad, "1,2018-02-08T23:59:58Z,200,42,9,1")
    with pytest.raises(DataError) as caught:
        read.scan(con, [path])
    reasons = {"time not understood", "not a number: lon", "no vessel", "off the globe"}
    assert {(fault.field, fault.code) for fault in caught.value.faults} == {
        ("", "position.time-not-readable"), ("lon", "number.not-readable"),
        ("", "position.without-vessel"), ("", "position.off-globe"),
    }  # fmt: skip
    scanned = read.scan(con, [path], on_error="skip")
    counts = scanned.counts()[str(path)]
    assert counts["rejected"] == dict.fromkeys(sorted(reasons), 1)
    assert counts["read"] == counts["kept"] + sum(counts["rejected"].values()) == 5
    told = scanned.rejected.to_arrow_table().to_pylist()
    assert {(row["reason"], row["row"]) for row in told} >= {("time not understood", bad[0])}
    assert {row["file"] for row in told} == {path.name}


@pytest.fixture
def table():
    row = {"vessel": "012345678", "time_utc": WHEN, "lon": 130.25, "lat": 42.5, "speed_kn": 9.5}
    return pa.Table.from_pylist([row], schema=POSITIONS)


def test_parquet_is_read_in_place(con, tmp_path, table):
    pq.write_table(table, tmp_path / "a.parquet")
    assert rows(con, tmp_path / "a.parquet") == table.to_pylist()
    pq.write_table(table.rename_columns(["Ship", *table.column_names[1:]]), tmp_path / "b.parquet")
    with pytest.raises(GeoError, match="no column for vessel"):
        rows(con, tmp_path / "b.parquet")
    named = {"vessel": "Ship", "time_utc": "time_utc", "lon": "lon", "lat": "lat"}
    assert rows(con, tmp_path / "b.parquet", columns=named)[0]["vessel"] == "012345678"


def test_geoparquet_and_geojson_points(con, tmp_path):
    frame = gpd.GeoDataFrame(
        {"vessel": ["012345678"], "time_utc": [WHEN]}, geometry=[Point(130.25, 42.5)], crs=4326
    )
    frame.to_parquet(tmp_path / "a.geoparquet")
    point = {"type": "Point", "coordinates": [130.25, 42.5]}
    said = {"mmsi": "012345678", "timestamp": "2018-02-08T23:59:58Z"}
    features = [{"type": "Feature", "properties": said, "geometry": point}]
    collection = {"type": "FeatureCollection", "features": features}
    put(tmp_path, "b.geojson", json.dumps(collection))
    for name in ("a.geoparquet", "b.geojson"):
        (row,) = rows(con, tmp_path / name)
        assert (row["vessel"], row["time_utc"]) == ("012345678", WHEN)
        assert (row["lon"], row["lat"]) == (130.25, 42.5)


def test_moving_features(con, tmp_path):
    times = ["2018-02-08T23:59:58Z", "2018-02-09T00:04:58"]
    places = [[130.25, 42.5], [130.3, 42.5]]
    path = {"type": "MovingPoint", "datetimes": times, "coordinates": places}
    feature = {"type": "Feature", "id": "012345678", "temporalGeometry": path, "properties": {}}
    put(tmp_path, "a.mfjson", json.dumps(feature))
    found = rows(con, tmp_path / "a.mfjson")
    assert [(r["vessel"], r["lon"]) for r in found] == [("012345678", 130.25), ("012345678", 130.3)]
    assert found[0]["time_utc"] == WHEN
    put(tmp_path, "b.mfjson", "[]")
    with pytest.raises(GeoError, match=r"b\.mfjson: holds no list of objects"):
        rows(con, tmp_path / "b.mfjson")


def test_nmea_wrong_checksums_are_rejected_absent_ones_kept(con, tmp_path):
    time = WHEN.timestamp()
    lines = [f"!AIVDM,1,1,,B,{SENTENCE},0{end},{time:.0f}" for end in ("*5C", "*5D", "")]
    path = put(tmp_path, "a.nmea", "# a log", *lines)
    scanned = read.scan(con, [path])
    found = scanned.relation.to_arrow_table().to_pylist()
    assert len(found) == 2
    assert all(row["time_utc"] == WHEN and row["vessel"] == "366053209" for row in found)
    assert math.isclose(found[0]["lon"], -122.341618)
    counts = scanned.counts()[str(path)]
    assert counts["checksums"] == {"right": 1, "wrong": 1, "absent": 1}
    assert counts["rejected"] == {"wrong checksum": 1}
    assert counts["read"] == 3


def test_folders_globs_and_packed_files_are_read_once(con, tmp_path):
    head, line = TABLES["tumen"]
    with gzip.open(tmp_path / "a.csv.gz", "wt", encoding="utf-8") as file:
        file.write(f"{head}\n{line}\n")
    with pa.output_stream(tmp_path / "b.csv.zst", compression="zstd") as stream:
        stream.write(f"{head}\n{line}\n".encode())
    put(tmp_path, "notes.md", "not positions")
    assert [p.name for p in read.expand([tmp_path, tmp_path / "*.gz"])] == ["a.csv.gz", "b.csv.zst"]
    assert len(rows(con, tmp_path)) == 2
    with pytest.raises(GeoError, match=r"no positions at .*notes\.md"):
        read.expand([tmp_path / "notes.md"])
