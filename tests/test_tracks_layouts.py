"""Positions as publishers, receivers and users write them: read right, or refused with a word."""

import json
import os
from datetime import UTC, datetime, timedelta

import layouts
import pandas as pd
import pytest

from geo.cli import main
from geo.errors import DataError, GeoError
from geo.maps.tracks import trackmap
from geo.tracks import clock, dialects, mobiles, read, units
from geo.tracks.duck import connect
from geo.tracks.layout import Written

WHEN = datetime(2025, 6, 1, 6, 5, 4, tzinfo=UTC)
SECONDS = int(WHEN.timestamp())
LON, LAT, KN = 24.76, 59.455, 7.5
MMSI = "276000001"
# One position as each publisher writes it: header, row. Those of `test_tracks_read` are not again.
TABLES = {
    "marinetraffic": (
        "MMSI,STATUS,SPEED,LON,LAT,COURSE,HEADING,TIMESTAMP,SHIP_ID",
        "276000001,0,75,24.76,59.455,90,90,2025-06-01T06:05:04,371681",
    ),
    "vesselfinder": (
        "MMSI,TIMESTAMP,LATITUDE,LONGITUDE,COURSE,SPEED,HEADING,NAVSTAT,IMO,NAME,A,B,C,D",
        "276000001,2025-06-01 06:05:04 UTC,59.455,24.76,90,7.5,90,0,9000001,SYNTHETIC,20,180,10,18",
    ),
    "aishub-raw": (
        "MMSI,TIME,LONGITUDE,LATITUDE,COG,SOG,HEADING,ROT,NAVSTAT,IMO,NAME,CALLSIGN,TYPE,A,B,C,D,"
        "DRAUGHT,DEST,ETA",
        f"276000001,{SECONDS},14856000,35673000,900,75,90,0,0,9000001,SYNTHETIC,X1,60,20,180,10,18,"
        "65,NOWHERE,393088",
    ),
    "aisstream": (
        "MessageType,MetaData.MMSI,MetaData.ShipName,MetaData.latitude,MetaData.longitude,"
        "MetaData.time_utc,Message.PositionReport.Sog",
        "PositionReport,276000001,SYNTHETIC,59.455,24.76,"
        "2025-06-01 06:05:04.207576423 +0000 UTC,7.5",
    ),
    "digitraffic": (
        "timestamp,timestampExternal,mmsi,lon,lat,sog,cog,navStat,rot,posAcc,raim,heading",
        f"4,{SECONDS}123,276000001,24.76,59.455,7.5,90.0,0,0,True,False,90",
    ),
    "piraeus": (
        "t,shipid,lon,lat,heading,course,speed",
        f"{SECONDS}000,276000001,24.76,59.455,90,90,7.5",
    ),
    "brest": (
        "sourcemmsi,navigationalstatus,rateofturn,speedoverground,courseoverground,trueheading,"
        "lon,lat,t",
        f"276000001,0,0,7.5,90,90,24.76,59.455,{SECONDS}",
    ),
    "opensky": (
        "time,icao24,lat,lon,velocity,heading,callsign,onground",
        f"{SECONDS},276000001,59.455,24.76,{KN * 1852 / 3600},90,INV1,False",
    ),
    "movebank": (
        "event-id,visible,timestamp,location-long,location-lat,tag-local-identifier,"
        "individual-local-identifier",
        '1,true,2025-06-01 06:05:04.000,24.76,59.455,"0001",276000001',
    ),
}
KINDS = {"opensky": "aircraft", "movebank": "animal"}


@pytest.fixture
def con():
    with connect(threads=1) as con:
        yield con


def put(folder, name, *lines):
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def scanned(con, path, **written):
    found = read.scan(con, [path], written=Written(**written))
    (counts,) = found.counts().values()
    return found.relation.to_arrow_table().to_pylist(), counts


@pytest.mark.parametrize("name", TABLES)
def test_a_publisher_s_table_is_known_by_its_header(name, con, tmp_path):
    path = put(tmp_path, "a.csv", *TABLES[name])
    (row,), counts = scanned(con, path)
    assert counts["reading"].startswith(f"dialect {name}: ")
    assert counts["kind"] == KINDS.get(name, "ship")
    assert (row["vessel"], row["lon"], row["lat"]) == (MMSI, LON, LAT)
    assert abs(row["time_utc"] - WHEN) < timedelta(seconds=1)
    assert row["speed_kn"] == pytest.approx(KN) or name == "movebank"
    if name in {"aishub-raw", "vesselfinder"}:
        assert (row["length_m"], row["width_m"]) == (200, 28)
    drawn = trackmap.read(path, trackmap.Asked())
    assert abs(drawn.time_s[0] - SECONDS) < 1
    assert drawn.kind == counts["kind"]


def test_every_dialect_is_data_with_a_source():
    for name in dialects.names():
        one = dialects.by_name(name)
        assert one.source
        assert one.title


def test_a_dialect_of_one_s_own_is_a_file(con, tmp_path):
    own = put(
        tmp_path, "harbour.toml", 'title = "Harbour"', 'source = "me"', 'order = "mdy"',
        "[columns]", 'vessel = "Boot"', 'time_utc = { join = ["Tag", "Uhr"] }', 'lon = "O"',
        'lat = "N"', 'speed_kn = "v"', "[units]", 'speed_kn = "km/h"',
    )  # fmt: skip
    path = put(
        tmp_path, "a.csv", "Boot,Tag,Uhr,O,N,v", f"B1,06/01/2025,06:05:04,24.76,59.455,{13.89}"
    )
    (row,), _ = scanned(con, path, dialect=str(own))
    assert (row["vessel"], row["time_utc"]) == ("B1", WHEN)
    assert row["speed_kn"] == pytest.approx(KN)
    put(tmp_path, "bad.toml", 'colour = "red"', "[columns]", 'ship = "Boot"', 'lon = "O"')
    with pytest.raises(GeoError, match=r"bad\.toml: not a dialect: unknown keys colour.*unknown "
                       r"columns ship.*no column for vessel, time_utc, lat"):  # fmt: skip
        dialects.by_name(str(tmp_path / "bad.toml"))
    with pytest.raises(GeoError, match="known are aiscatcher"):
        dialects.by_name("nobody")


def test_tables_without_a_header_and_tracks_of_receivers(con, tmp_path):
    plt = ["Geolife trajectory", "WGS 84", "Altitude is in Feet", "Reserved 3", "0,2,255", "0"]
    row = "59.455,24.76,0,492,45809.25,2025-06-01,06:05:04"
    gpx = (
        '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>Crossing</name><trkseg>'
        '<trkpt lat="59.455" lon="24.76"><time>2025-06-01T06:05:04Z</time></trkpt>'
        "</trkseg></trk></gpx>"
    )
    files = {
        put(tmp_path, "walk.plt", *plt, row): "walk",
        put(tmp_path, "t.txt", "7,2025-06-01 06:05:04,24.76000,59.45500"): "7",
        put(tmp_path, "a.gpx", gpx): "Crossing",
    }
    for path, vessel in files.items():
        (found,), _ = scanned(con, path)
        assert (found["vessel"], found["time_utc"]) == (vessel, WHEN)
        assert (found["lon"], found["lat"]) == (LON, LAT)
        assert len(trackmap.read(path, trackmap.Asked())) == 1


def test_objects_of_json(con, tmp_path):
    own = {"mmsi": int(MMSI), "lon": LON, "lat": LAT, "speed": KN, "type": 1}
    aishub = [{"ERROR": False, "RECORDS": 1},
              [{"MMSI": int(MMSI), "TIME": "2025-06-01 06:05:04 GMT", "LONGITUDE": LON,
                "LATITUDE": LAT, "SOG": KN, "COG": 0, "HEADING": 511, "NAVSTAT": 0}]]  # fmt: skip
    raw = own | {"lon": 14856000, "lat": 35673000, "speed": 75, "scaled": False, "class": "AIS"}
    clock_ = {"class": "TPV", "time": "2025-06-01T06:05:04.000Z"}
    files = [
        put(tmp_path, "hub.json", json.dumps(aishub)),
        put(
            tmp_path, "catcher.json", json.dumps({"class": "AIS", "rxuxtime": SECONDS + 0.5} | own)
        ),
        put(tmp_path, "gpsd.json", json.dumps(clock_), json.dumps(raw)),
    ]
    for path in files:
        (row,), _ = scanned(con, path)
        assert abs(row["time_utc"] - WHEN) < timedelta(seconds=1)
        assert (row["vessel"], row["lon"], row["lat"], row["speed_kn"]) == (MMSI, LON, LAT, KN)
    nothing = put(tmp_path, "no.json", json.dumps(raw), json.dumps(raw))
    with pytest.raises(GeoError, match=r"no\.json: gpsd.*have no time"):
        scanned(con, nothing)
    broken = put(
        tmp_path, "b.jsonl", json.dumps(own | {"time": SECONDS}), '{"mmsi": "\\uDFAA"}', "{"
    )
    with pytest.raises(DataError, match="not JSON"):
        scanned(con, broken)


EPOCHS = {"s": SECONDS, "ms": SECONDS * 1000, "us": SECONDS * 1_000_000}


@pytest.mark.parametrize("unit", EPOCHS)
@pytest.mark.parametrize("ending", [".csv", ".geojson"])
@pytest.mark.parametrize("form", ["", "%s"])
def test_unix_time_is_told_apart_by_what_it_gives(con, tmp_path, unit, ending, form):
    value = EPOCHS[unit]
    path = put(tmp_path, "a.csv", "mmsi,timestamp,lon,lat", f"{MMSI},{value},{LON},{LAT}")
    if ending == ".geojson":
        point = {"type": "Point", "coordinates": [LON, LAT]}
        said = {"mmsi": int(MMSI), "timestamp": value}
        feature = {"type": "Feature", "properties": said, "geometry": point}
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        path = put(tmp_path, "a.geojson", text)
    (row,), _ = scanned(con, path, date_format=form)
    assert row["time_utc"] == WHEN
    drawn = trackmap.read(path, trackmap.Asked(date_format=form))
    assert drawn.time_s.tolist() == [SECONDS]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("mmsi,timestamp,lon,lat", f"{MMSI},17,1,2", f"{MMSI},34,1,2"), "17 is no Unix time"),
        (("mmsi,timestamp,lon,lat", f"{MMSI},1950-06-01 00:00:00,1,2"), "outside 1990 to tomorrow"),
        (("mmsi,timestamp,lon,lat", f"{MMSI},2999-06-01 00:00:00,1,2"), "outside 1990 to tomorrow"),
        (("mmsi,timestamp,lon,lat", f"{MMSI},01/06/2025 00:00,1,2"), "day or the month first"),
        (("mmsi,time,lon,lat,sog", *(f"{MMSI},2025-06-01T0{n}:00:00Z,1,2,150" for n in range(5))),
         "sends 150 kn.*--unit speed=0.1kn"),
        (("mmsi,time,lon,lat", *(f"{MMSI},2025-06-01T00:0{n}:00Z,{n * 9},2" for n in range(9))),
         "moves at .* kn for most of its positions"),
        (("mmsi,time,lon,lat", *(f"{MMSI},2025-06-01T00:0{n}:00Z,1856000,2" for n in range(9))),
         "'1856000' as lon is not on the globe"),
        (("mmsi,time,lon,lat,sog", *(f"{MMSI},2025-06-01T00:{n:02}:00Z,{n / 600},0,{11.12}"
                                     for n in range(20))), "1.85 times .*--unit speed=km/h"),
    ],
)  # fmt: skip
def test_a_reading_that_cannot_be_true_is_refused_with_its_name(con, tmp_path, lines, said):
    path = put(tmp_path, "a.csv", *lines)
    with pytest.raises(GeoError, match=f"(?s){said}"):
        scanned(con, path)
    with pytest.raises(GeoError, match=f"(?s){said}"):
        trackmap.read(path, trackmap.Asked())


def test_two_ships_of_one_number_are_not_refused(con, tmp_path):
    rows = [f"{MMSI},2025-06-01T{n // 60:02}:{n % 60:02}:00Z,{(n % 2) * 90},{n / 1e4}"
            for n in range(100)]  # fmt: skip
    path = put(tmp_path, "a.csv", "mmsi,time,lon,lat", *rows)
    found, _ = scanned(con, path)
    assert len(found) == 100


PLAIN = ("mmsi,timestamp,lon,lat,sog", f"{MMSI},2025-06-01 06:05:04,{LON},{LAT},{KN}")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"units": {"draught_m": "ft"}}, "--unit draught_m: there is no such column"),
        ({"timezone": "Europe/Oslo"}, None),
        ({"delimiter": ";"}, "no column for"),
        ({"dialect": "danish"}, "no column for"),
        ({"columns": {"speed_kn": "v"}}, "no column v; it has"),
    ],
)
def test_what_the_user_says_is_used_or_refused(con, tmp_path, written, said):
    path = put(tmp_path, "a.csv", *PLAIN)
    if said is None:
        (row,), _ = scanned(con, path, **written)
        assert row["time_utc"] == WHEN - timedelta(hours=2)
        return
    with pytest.raises(GeoError, match=said):
        scanned(con, path, **written)


def test_options_without_effect_are_refused(con, tmp_path):
    zoned = put(tmp_path, "z.csv", PLAIN[0], PLAIN[1].replace("04,", "04Z,"))
    with pytest.raises(GeoError, match="--timezone: no effect"):
        scanned(con, zoned, timezone="Europe/Oslo")
    line = "!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C,1469664001"
    log = put(tmp_path, "a.nmea", line)
    for written in ({"delimiter": ";"}, {"dialect": "gfw"}, {"timezone": "Asia/Tokyo"}):
        with pytest.raises(GeoError, match=r"no effect on a\.nmea; leave it out"):
            scanned(con, log, **written)


def test_words_for_unknown_are_unknown_and_no_fault(con, tmp_path):
    head = (
        "MMSI,Message_ID,Time,Vessel_Name,Call_sign,IMO,Ship_Type,Draught,Destination,"
        "Navigational_status,ROT,SOG,Accuracy,Longitude,Latitude,COG,Heading"
    )
    good = f"{MMSI},1,20250601_060504,None,NULL,NaN,\\N,None,None,None,None,None,0,"
    good += f"{LON},{LAT},null,nan"
    static = f"{MMSI},5,20250601_060504,SYNTHETIC,X,1,80,6.5,NOWHERE,None,None,None,0,"
    static += "None,None,None,None"
    path = put(tmp_path, "a.csv", head, good, static)
    (row,), counts = scanned(con, path)
    assert [row[k] for k in ("name", "callsign", "imo", "speed_kn", "course_deg")] == [None] * 5
    assert counts["rejected"] == {"no position": 1}
    drawn = trackmap.read(path, trackmap.Asked())
    assert (len(drawn), drawn.left_out) == (1, 1)


FORMS = {
    "002190001": "base", "2190001": "base", "992190001": "aton", "111219001": "sar",
    "970123456": "sart", "972123456": "sart", "974123456": "sart", "982190001": "craft",
    "219000001": None, "12": None, "SYNTHETIC 7": None,
}  # fmt: skip


@pytest.mark.parametrize("vessel", FORMS)
def test_a_number_says_what_it_is(vessel):
    assert mobiles.of_vessel(vessel) == FORMS[vessel]


def test_what_is_no_ship_is_kept_apart_counted_and_switched_on(con, tmp_path):
    head = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,SOG"
    rows = [
        f"01/06/2025 06:05:04,{kind},{vessel},56.2,11.6,0.0"
        for kind, vessel in (("Class A", "219000001"), ("Base Station", "219000002"),
                             ("AtoN", "992190001"), ("Class B", "111219501"))
    ]  # fmt: skip
    path = put(tmp_path, "a.csv", head, *rows)
    found, counts = scanned(con, path)
    assert [row["vessel"] for row in found] == ["219000001"]
    assert counts["apart"] == {"aton": 1, "base": 1, "sar": 1}
    assert counts["read"] == counts["kept"] + sum(counts["apart"].values())
    found, counts = scanned(con, path, also=("aton", "base"))
    assert {row["vessel"]: row["mobile"] for row in found} == {
        "219000001": None, "219000002": "base", "992190001": "aton",
    }  # fmt: skip
    drawn = trackmap.read(path, trackmap.Asked())
    assert drawn.apart == {"base": 1, "aton": 1, "sar": 1}
    assert "1 position of base stations" in " ".join(trackmap.words({"a": drawn}))
    with pytest.raises(GeoError, match="--also buoys: known are base, aton"):
        mobiles.chosen("buoys")


def test_spreadsheets_of_other_encodings(con, tmp_path):
    text = "sep=;\r\nMMSI;Zeit;Längengrad;Breitengrad\r\n"
    text += "276000001;01.06.2025 06:05:04;24,76;59,455\r\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        (row,), _ = scanned(con, path)
        assert (row["lon"], row["lat"], row["time_utc"]) == (LON, LAT, WHEN)
        assert len(trackmap.read(path, trackmap.Asked())) == 1


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (["2025-06-01T00:00:00Z", "2025-06-01 9:00:00+09:00", "2025-02-30 00:00", "2025-06-01"],
         {}),
        (["01/06/2025 00:05", "13/06/2025 1:05:06 PM", "12/06/2025 12:05:06 am",
          "12/06/2025 13:05:06 am"], {}),
        (["1748736000123", "1748736000124.5", "x"], {}),
        (["20250601_235959", "20250601T1200Z", "20250601"], {}),
        (["30.03.2025 02:30", "26.10.2025 02:30", "30.03.2025 03:30"], {"zone": "Europe/Berlin"}),
        (["1 June 25 3:04 pm", "31 Feb 25 3:04 am"],
         {"date_format": "%d %B %y %I:%M %p", "zone": "-03:30"}),
    ],
)  # fmt: skip
def test_a_clock_reads_the_same_in_duckdb_and_in_pandas(con, texts, options):
    own = clock.clock(texts, column="t", **options)
    frame = own.frame(pd.Series(texts, dtype="string"))
    ours = [None if pd.isna(one) else one.to_pydatetime() for one in frame]
    listed = con.sql(f"SELECT {own.sql('t')} AS t FROM (SELECT unnest(?) AS t)", params=[texts])
    assert [row[0] for row in listed.fetchall()] == ours
    assert any(one is not None for one in ours)


@pytest.mark.parametrize("form", ["%Q", "%H:%M", "%Y-%m-%d %Y"])
def test_a_form_of_dates_that_is_none_is_refused(form):
    with pytest.raises(GeoError, match="--date-format"):
        clock.written(form)


def test_units():
    assert units.given(["speed=0.1kn", "lon=1/600000deg"]) == {
        "speed_kn": "0.1kn",
        "lon": "1/600000deg",
    }
    assert units.given(["km/h"]) == {"speed_kn": "km/h"}
    assert float(units.factor("speed_kn", "m/s")) == pytest.approx(1.9438, abs=1e-4)
    for wrong in ("speed=furlongs", "status=kn", "speed=0kn"):
        with pytest.raises(GeoError, match="--unit"):
            units.given([wrong])


def test_a_log_without_any_time_and_a_table_without_a_vessel_are_refused_with_what_to_do(tmp_path):
    bare = {"class": "AIS", "type": 1, "mmsi": 276000001, "scaled": False, "lon": 14856000,
            "lat": 35673000, "speed": 75}  # fmt: skip
    log = put(tmp_path, "gpsd.json", *[json.dumps(bare)] * 3)
    own = put(tmp_path, "own.txt", "DateTime\tLatitude\tLongitude", "2025-06-01\t59.4\t24.7")
    for path, said in ((log, "gpspipe -w"), (own, "--vessel NAME")):
        with pytest.raises(GeoError, match=said):
            trackmap.sorted_out([path], trackmap.Asked())


# Two ways of reading each, `geo tracks` and `geo map`: 1000 tries 2,000 readings (make layouts).
LAYOUTS = int(os.environ.get("TUMEN_LAYOUTS", layouts.COMBINATIONS))


@pytest.mark.parametrize("number", range(LAYOUTS))
def test_generated_layouts_are_read_right_or_refused(number, tmp_path):
    for verdict, said in layouts.judged(number, tmp_path):
        assert verdict != "wrong", said
        assert verdict == "right" or "day or the month first" in said, said


# --- what `geo check` says beforehand -------------------------------------------------------------


def ended(*arguments):
    with pytest.raises(SystemExit) as left:
        main([*map(str, arguments)])
    return left.value.code


def both(path, folder, capsys, *options):
    """How `geo check` and `geo map` end for a file, and what they say."""
    said = []
    for arguments in (("check", path), ("map", path, "-o", folder / "page.html")):
        code = ended(*arguments, *options)
        out, err = capsys.readouterr()
        said.append((code, " ".join((out + err).split())))
    return said


def written_as(folder, ending):
    """One position that every form can have."""
    row = {"mmsi": int(MMSI), "timestamp": SECONDS, "sog": KN}
    place = {"type": "Point", "coordinates": [LON, LAT]}
    feature = {"type": "Feature", "properties": row, "geometry": place}
    whole = row | {"lon": LON, "lat": LAT}
    texts = {
        ".csv": ",".join(whole) + "\n" + ",".join(map(str, whole.values())),
        ".geojson": json.dumps({"type": "FeatureCollection", "features": [feature]}),
        ".json": json.dumps([whole]),
        ".jsonl": json.dumps(whole),
        ".gpx": f'<gpx><trk><name>{MMSI}</name><trkseg><trkpt lat="{LAT}" lon="{LON}">'
        "<time>2025-06-01T06:05:04Z</time></trkpt></trkseg></trk></gpx>",
        ".plt": "Geolife trajectory\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2\n0\n"
        f"{LAT},{LON},0,492,45809.25,2025-06-01,06:05:04",
        ".log": SENTENCE,
        ".txt": f"received,raw\n{SENTENCE}",
    }
    return put(folder, f"a{ending}", texts[ending])


FORMS_OF_FILES = (".csv", ".geojson", ".json", ".jsonl", ".gpx", ".plt", ".log", ".txt")
SENTENCE = "!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C,1469664001"


@pytest.mark.parametrize("name", [*TABLES, *FORMS_OF_FILES])
def test_check_says_of_every_form_what_the_map_will_do(name, tmp_path, capsys):
    plain = TABLES.get(name)
    path = put(tmp_path, "a.csv", *plain) if plain else written_as(tmp_path, name)
    (code, said), (drawn, told) = both(path, tmp_path, capsys)
    assert (code, drawn) == (0, 0), (said, told)
    what = f"{path.name}: positions, as "
    assert what in said
    why = said.partition(what)[2].partition(" Reading: ")[0]
    assert why
    assert what + why in told
    assert "1 position of 1 track" in said
    assert f"dialect {name}" in said or name not in TABLES
    assert "Reading: " in said


@pytest.mark.parametrize("ending", [".csv", ".geojson", ".jsonl"])
def test_check_refuses_the_reading_that_the_map_refuses(ending, tmp_path, capsys):
    path = written_as(tmp_path, ending)
    path.write_text(path.read_text().replace(str(SECONDS), "17"))
    (code, said), (drawn, told) = both(path, tmp_path, capsys)
    assert (code, drawn) == (2, 2)
    assert "17 is no Unix time of 1990 to tomorrow" in said
    assert said == told


def test_check_takes_what_the_map_takes_of_positions(tmp_path, capsys):
    path = put(tmp_path, "a.csv", "Boot,Uhr,lon,lat", f"B1,01/06/2025 06:05,{LON},{LAT}")
    options = ("--column", "vessel=Boot", "--column", "time_utc=Uhr", "--date-format")
    (code, said), (drawn, told) = both(path, tmp_path, capsys, *options, "%d/%m/%Y %H:%M")
    assert (code, drawn) == (0, 0), (said, told)
    assert "Boot as vessel" in said
    (code, said), (drawn, told) = both(path, tmp_path, capsys, *options, "%Y-%m-%d")
    assert code == drawn != 0
    assert said
    assert told


def test_words_for_unknown_are_no_fault_of_check(tmp_path, capsys):
    rows = [f"{MMSI},{SECONDS + n},None,NULL" for n in range(2)]
    path = put(tmp_path, "a.csv", "mmsi,time,lon,lat", f"{MMSI},{SECONDS},{LON},{LAT}", *rows)
    (code, said), (drawn, told) = both(path, tmp_path, capsys)
    assert (code, drawn) == (0, 0), (said, told)
    assert "(3 rows, 1 position)" in said


@pytest.mark.parametrize(
    "options",
    [("--kind", "animal"), ("--timezone", "+09:00"), ("--also", "aton"), ("--unit", "speed=kn")],
)
def test_options_of_positions_are_refused_where_there_are_none(options, tmp_path, capsys):
    path = put(tmp_path, "a.csv", "name,lon,lat", f"A,{LON},{LAT}")
    for code, said in both(path, tmp_path, capsys, *options):
        assert code == 2
        assert f"{options[0]}: only for positions of what moves" in said


@pytest.mark.parametrize("option", ["--encoding", "--decimal", "--header-row", "--crs"])
def test_options_of_tables_are_refused_where_they_change_no_position(option, tmp_path, capsys):
    path = put(tmp_path, "a.csv", *PLAIN)
    value = {"--header-row": "1", "--decimal": "comma"}.get(option, "utf-8")
    code = ended("map", path, "-o", tmp_path / "page.html", option, value)
    assert code == 2
    assert "no effect on positions" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_a_data_folder_takes_no_option_of_single_files(tmp_path, capsys):
    assert ended("check", tmp_path, "--dialect", "danish", "--crs", "EPSG:3857") == 2
    assert "--dialect, --crs: only for a single file" in capsys.readouterr().err
