"""Positions that could be read wrongly without a word: each is read right or refused by name."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from geo.cli import main
from geo.errors import DataError, GeoError
from geo.maps.tracks import trackmap
from geo.tracks import clock, nmea, read
from geo.tracks.duck import connect
from geo.tracks.layout import Written

MMSI, OTHER = "276000001", "276000002"
WHEN = datetime(2025, 6, 21, 6, 5, 4, tzinfo=UTC)
SECONDS = int(WHEN.timestamp())
HEAD = "mmsi,timestamp,lon,lat,sog"


def put(folder, *lines, name="a.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def row(number, *, vessel=MMSI, time="", lon=None, lat="59.5"):
    when = WHEN + timedelta(minutes=number)
    east = f"{24.7 + number / 1000:.3f}" if lon is None else lon
    return f"{vessel},{time or f'{when:%Y-%m-%d %H:%M:%S}'},{east},{lat},2.0"


def by_tracks(path, on_error="stop", **said):
    with connect(threads=1) as con:
        scanned = read.scan(con, [path], written=Written(**said), on_error=on_error)
        table = scanned.relation.to_arrow_table()
    return sorted((r["vessel"], r["time_utc"], r["lon"], r["lat"]) for r in table.to_pylist())


def by_map(path, on_error="stop", **said):
    asked = trackmap.Asked(written=Written(**said), reading={"on_error": on_error})
    made = trackmap.read(path, asked)
    times = [datetime.fromtimestamp(second, UTC) for second in made.time_s]
    names = made.table["vessel"].tolist()
    own = [names[track] for track, n in zip(made.track, np.diff(made.starts), strict=True)
           for _ in range(n)]  # fmt: skip
    return sorted(zip(own, times, made.lon, made.lat, strict=True))


WAYS = (by_tracks, by_map)


def codes(error):
    return {fault.code for fault in getattr(error, "faults", ())}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "time",
    [f"{SECONDS}000", "0", "315964800", f"{SECONDS + 10 * 366 * 86_400}", f"{SECONDS}000000"],
)
def test_single_times_that_no_position_has_stop_or_are_left_out(way, time, tmp_path):
    good = [row(n, time=str(SECONDS + n)) for n in range(5)]
    path = put(tmp_path, HEAD, *good, row(9, time=time))
    with pytest.raises(DataError) as caught:
        way(path)
    assert codes(caught.value) <= {"position.time-outside", "position.time-not-readable"}
    assert len(way(path, on_error="skip")) == 5


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize(
    "cells",
    [f"{MMSI},2025-06-21 06:09:04,24,7,59,5", f"{MMSI},2025-06-21 06:09:04,24.7,5", MMSI],
)
def test_a_row_of_another_width_is_no_position(way, encoding, cells, tmp_path):
    head = HEAD.replace("sog", "Länge m")
    path = put(tmp_path, head, *map(row, range(3)), cells, encoding=encoding)
    with pytest.raises(DataError) as caught:
        way(path)
    assert codes(caught.value) == {"row.wrong-width"}
    assert len(way(path, on_error="skip")) == 3


@pytest.mark.parametrize("way", WAYS)
def test_empty_cells_and_one_more_delimiter_are_no_fault(way, tmp_path):
    path = put(tmp_path, HEAD, *(f"{row(n).removesuffix('2.0')}," for n in range(3)), "")
    assert len(way(path)) == 3


TWO = [  # columns of a day and an hour, and how they are written
    ("date", "time", "%Y-%m-%d", "%H:%M:%S", {}),
    ("Dato", "Tid", "%d.%m.%Y", "%H:%M:%S", {}),
    ("Date", "Time", "%d/%m/%Y", "%I:%M:%S %p", {}),
    ("date", "time", "%Y%m%d", "%H%M%S", {}),
    ("UTC date", "UTC time", "%Y/%m/%d", "%H:%M:%SZ", {}),
    ("date", "time", "%m-%d-%y", "%H:%M:%S", {"date_format": "%m-%d-%y %H:%M:%S"}),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", range(len(TWO)))
def test_a_day_and_an_hour_in_two_columns_are_one_time(way, number, tmp_path):
    day, hour, form, clocked, said = TWO[number]
    times = [WHEN + timedelta(minutes=n) for n in range(4)]
    lines = [f"{MMSI},12:00,{t.strftime(clocked)},{t.strftime(form)},24.7,59.5" for t in times]
    path = put(tmp_path, f"mmsi,ETA,{hour},{day},lon,lat", *lines)
    assert [one[1] for one in way(path, **said)] == times


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("head", "cells", "said"),
    [
        ("mmsi,date,ETA,lon,lat", "2025-06-21,12:00,24.7,59.5", "date: holds days alone"),
        ("mmsi,date,time,lon,lat", "2025-06-21,060504,24.7,59.5", "2025-06-21 060504.*not a time"),
        ("mmsi,date,time,lon,lat", "21/06/25,06:05,24.7,59.5", "21/06/25 06:05.*not a time"),
        ("mmsi,time,lat,ns,lon,ew", "2025-06-21,59.5,N,24.7,W", "column ew says E or W"),
        ("mmsi,time,lat,ns,lon,ew", "2025-06-21,59.5,s,24.7,E", "column ns says N or S"),
        ("mmsi,time,lon,lat", "2025-06-21 06:05:60,24.7,59.5", "is not a time"),
        ("mmsi,time,lon,lat", "2025-06-21 24:00:00,24.7,59.5", "is not a time"),
    ],
)
def test_a_time_or_a_place_in_parts_that_cannot_be_joined_is_refused(
    way, head, cells, said, tmp_path
):
    path = put(tmp_path, head, f"{MMSI},{cells}", f"{OTHER},{cells}")
    with pytest.raises(GeoError, match=said):
        way(path)


@pytest.mark.parametrize("way", WAYS)
def test_days_alone_and_sides_that_change_no_sign_are_read(way, tmp_path):
    lines = [f"{MMSI},2025-06-{n:02},59.5,N,24.7,E" for n in range(1, 4)]
    found = way(put(tmp_path, "mmsi,date,lat,ns,lon,ew", *lines))
    assert [(one[1].day, one[2], one[3]) for one in found] == [(n, 24.7, 59.5) for n in (1, 2, 3)]
    found = way(put(tmp_path, "mmsi,date,lat,ns,lon,ew", f"{MMSI},2025-06-01,59.5,N,-24.7,W"))
    assert found[0][2] == pytest.approx(-24.7)


@pytest.mark.parametrize("way", WAYS)
def test_a_number_that_a_spreadsheet_rounded_names_no_vessel(way, tmp_path):
    path = put(tmp_path, HEAD, row(0), row(1), row(2, vessel="2.76E+08"))
    with pytest.raises(DataError) as caught:
        way(path)
    assert codes(caught.value) == {"vessel.number-rounded"}
    kept = put(tmp_path, HEAD.replace("mmsi", "vessel"), row(0, vessel="3e1234"))
    assert [one[0] for one in way(kept)] == ["3e1234"]


@pytest.mark.parametrize("way", WAYS)
def test_a_delimiter_of_one_s_own(way, tmp_path):
    path = put(tmp_path, HEAD.replace(",", "^"), row(0).replace(",", "^"))
    assert len(way(path, delimiter="^")) == 1
    assert trackmap.recognised(path, trackmap.Asked(written=Written(delimiter="^")))


@pytest.mark.parametrize("text", ["2025-06-21 23:59:59", "2025-06-21 24:00:00",
                                  "2025-06-21 06:60:00", "2025-06-21 06:05:60"])  # fmt: skip
def test_what_no_clock_shows_is_no_time_in_duckdb_and_in_pandas(text):
    own = clock.clock(["2025-06-21 00:00:00"], column="t")
    good = text.endswith("59:59")
    assert own.frame(pd.Series([text], dtype="string")).notna().tolist() == [good]
    with connect(threads=1) as con:
        ((made,),) = con.sql(f"SELECT {own.sql(f'{text!r}')} IS NOT NULL").fetchall()
    assert made == good


@pytest.mark.parametrize("way", WAYS)
def test_moving_features_that_are_no_ships_are_kept_apart(way, tmp_path):
    def moving(vessel):
        path = {"type": "MovingPoint", "datetimes": [SECONDS * 1000], "coordinates": [[24.7, 59.5]]}
        return {"type": "Feature", "id": vessel, "temporalGeometry": path, "properties": {}}

    document = {"type": "FeatureCollection", "features": [moving("992190001"), moving(MMSI)]}
    path = put(tmp_path, json.dumps(document), name="a.mfjson")
    assert [one[0] for one in way(path)] == [MMSI]
    assert [one[0] for one in way(path, also=("aton",))] == [MMSI, "992190001"]


@pytest.mark.parametrize("way", WAYS)
def test_a_transponder_without_a_number_is_no_ship_and_no_reason_to_stop(way, tmp_path):
    path = put(tmp_path, HEAD, row(0), row(1, vessel="0"), row(2, vessel="000000000"))
    assert [one[0] for one in way(path)] == [MMSI]
    own = put(tmp_path, HEAD.replace("mmsi", "track_id"), row(0, vessel="0"), row(1, vessel="1"))
    assert [one[0] for one in way(own)] == ["0", "1"]


@pytest.mark.parametrize("way", WAYS)
def test_one_vessel_is_not_said_of_rows_that_name_several(way, tmp_path):
    path = put(tmp_path, HEAD, row(0), row(1, vessel=OTHER))
    with pytest.raises(GeoError, match=f"--vessel MINE: column mmsi names several, {MMSI}"):
        way(path, vessel="MINE")
    assert [one[0] for one in way(put(tmp_path, HEAD, row(0)), vessel="MINE")] == ["MINE"]


@pytest.mark.parametrize("way", WAYS)
def test_a_header_alone_is_told_from_columns_that_are_not_known(way, tmp_path):
    with pytest.raises(GeoError, match=f"holds the header {HEAD.replace(',', ', ')} and no row"):
        way(put(tmp_path, HEAD))


REPORT = "!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C"


@pytest.mark.parametrize(
    "lines",
    [
        (f"2016-07-28 00:00:01 EST {REPORT}",),
        (f"{REPORT}{REPORT},1469664001",),
        ("$GPRMC,000001.00,A,5927.300,N,02445.600,E,0.1,344.0,280715,,,A*57", REPORT),
        ("$GPRMC,000001.00,V,,,,,,,280716,,,N", REPORT),
        ("$GPZDA,000002.00,28,07,2016,00,00*65", REPORT),
    ],
)
def test_a_clock_that_cannot_be_believed_gives_no_time(lines):
    log = nmea.Log()
    assert sum(table.num_rows for table in nmea.read(lines, log)) == 0
    reason = log.rejected[-1][2]
    assert reason.startswith("no time") or reason == "not a whole sentence"


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_packed_texts_are_checked_and_drawn_as_they_are_ingested(packing, tmp_path, capsys):
    path = tmp_path / f"ships.csv.{packing}"
    text = "\n".join([HEAD, row(0), row(1), row(2, vessel="992190001")]) + "\n"
    codec = {"gz": "gzip", "zst": "zstd"}[packing]
    with pa.output_stream(path, compression=codec) as stream:
        stream.write(text.replace(",", "^").encode())
    said = {"delimiter": "^", "units": {"speed_kn": "0.1kn"}}
    assert by_map(path, **said) == by_tracks(path, **said)
    for arguments in (("check", path), ("map", path, "-o", tmp_path / "page.html")):
        with pytest.raises(SystemExit) as left:
            main([*map(str, arguments), "--delimiter", "^"])
        told = " ".join("".join(capsys.readouterr()).split())
        assert (left.value.code, "ships: 2 positions of 1 track" in told) == (0, True), told
    path.write_bytes(path.read_bytes()[:-9])
    for way in WAYS:
        with pytest.raises(GeoError, match=r"ships\.csv"):
            way(path, **said)
