"""Events an analyst can use: silence to the end, facts of vessels, definitions from the command."""

import csv
import json
import re

import geopandas as gpd
import pandas as pd
import pytest
from cases import Parsed
from shapely.geometry import Point
from typer.testing import CliRunner

from geo import package, scaffold
from geo.cli import app
from geo.errors import GeoError
from geo.tracks import definitions, facts, job, ports
from geo.tracks.layout import Written

HEAD = (
    "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,vessel_type"
)
HEAD += ",status,length,width,draft"


def sailing(vessel, name, imo, hours, *, lon=24.0, step=0.02, sog=4.0):
    """A position every ten minutes of those hours, on 1 June and after."""
    rows = []
    for n in hours:
        for tenth in range(0, 60, 10):
            day, hour = 1 + n // 24, n % 24
            x = lon + step * (n + tenth / 60)
            when = f"2025-06-{day:02} {hour:02}:{tenth:02}:00"
            rows.append(f"{vessel},{when},{x:.5f},58.0,{sog},90,90,"
                        f"{name},{imo},X1,80,0,180,30,8.0")  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    rows = [
        *sailing("273000404", "SYNTHETIC SILENT", "IMO9074729", range(10)),
        *sailing("211000001", "SYNTHETIC BROKEN", "", [*range(5), *range(25, 40)], lon=26.0),
        *sailing("992190001", "SYNTHETIC BUOY", "", range(40), lon=24.2, step=0.0, sog=0.0),
    ]
    (folder / "a.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    frame = gpd.GeoDataFrame({"place": ["a"]}, geometry=[Point(30, 60)], crs=4326)
    frame.to_file(folder / "places.geojson")
    return folder


def run(folder, name, *options, places="places.geojson"):
    output = folder / name
    given = ["--places", folder / places] if places else []
    arguments = ["tracks", folder / "a.csv", *given, "-o", output, *options]
    done = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=True)
    if isinstance(done.exception, GeoError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return output


@pytest.fixture(scope="module")
def plain(folder):
    return run(folder, "plain")


@pytest.fixture(scope="module")
def own(folder):
    options = ("--also", "aton", "--gap-hours", "25", "--encounter-m", "50")
    return run(folder, "own", *options, "--encounter-off-km", "5", "--kind", "vehicle")


def rows(output, kind):
    with (output / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_ship_that_is_not_heard_again_is_an_open_gap_to_the_end_of_the_data(plain):
    gaps = {row["vessel"]: row for row in rows(plain, "gaps")}
    assert set(gaps) == {"273000404", "211000001"}
    silent, broken = gaps["273000404"], gaps["211000001"]
    assert (silent["open"], silent["end_utc"], silent["end_lon"]) == ("True", "", "")
    assert silent["start_utc"] == "2025-06-01T09:50:00Z"
    assert float(silent["duration_hours"]) == 30.0  # to the last position of the other
    assert (broken["open"], broken["end_utc"]) == ("False", "2025-06-02T01:00:00Z")
    page = (plain / "page.html").read_text(encoding="utf-8")
    assert "not heard again" in page
    assert "It proves nothing" in page


def test_every_event_says_what_is_known_of_its_vessel(plain):
    output = plain
    told = {row["vessel"]: row for row in rows(output, "gaps")}["273000404"]
    kept = ("name", "imo", "callsign", "flag", "ship_type", "length_m", "draught_m")
    said = ("SYNTHETIC SILENT", "9074729", "X1", "RU", "80", "180.0", "8.0")
    assert tuple(told[k] for k in kept) == said
    assert told["definitions"] == "gfw"
    collection = json.loads((output / "tracks.geojson").read_text(encoding="utf-8"))
    names = {one["properties"]["name"] for one in collection["features"]}
    assert names == {"SYNTHETIC SILENT", "SYNTHETIC BROKEN"}
    assert gpd.read_parquet(output / "gaps.parquet")["flag"].tolist() == ["DE", "RU"]


def test_what_is_no_ship_has_a_track_when_asked_for_and_no_other_event(plain, own):
    assert "992190001" in {row["vessel"] for row in rows(own, "tracks")}
    assert "992190001" not in {row["vessel"] for row in rows(plain, "tracks")}
    for kind in ("calls", "voyages", "encounters", "loitering"):
        assert "992190001" not in {row["vessel"] for row in rows(own, kind)}
    report = json.loads((plain / "report.json").read_text(encoding="utf-8"))
    assert report["sources"][0]["apart"] == {"aton": 240}


def test_definitions_from_the_command_are_written_in_every_result(own):
    assert {row["vessel"] for row in rows(own, "gaps")} == {"273000404"}
    name = "gfw, limits for vehicle with encounter_m 50, encounter_off_km 5, gap_hours 25"
    assert rows(own, "gaps")[0]["definitions"] == name
    for kind in ("gaps", "tracks"):
        said = json.loads((own / f"{kind}.geojson").read_text(encoding="utf-8"))["tumen"]
        assert said["definitions"]["gap_hours"] == 25
        assert said["definitions"]["encounters"] == [{"distance_m": 50.0, "hours": 2.0}]
    with pytest.raises(GeoError, match="gap_hours 0: give a number above zero"):
        definitions.load("gfw").changed(gap_hours=0)


def test_the_same_file_read_otherwise_is_read_anew(folder):
    """What an earlier run has kept is of its own reading."""
    store = job.Store.at(folder / "store")
    also = job.Reading(written=Written(also=("aton",)))
    counts = []
    for reading in (job.Reading(), also, job.Reading()):
        (one,), new = job.ingest([folder / "a.csv"], store, reading=reading)
        counts.append((one.rows, new))
    assert counts == [(180, 1), (420, 1), (180, 0)]
    with pytest.raises(GeoError, match="was read with other options before"):
        job.ingest([folder / "a.csv"], store, reading=also, once=True)


def test_what_is_no_ship_is_called_by_its_own_name(own, folder):
    page = (own / "page.html").read_text(encoding="utf-8")
    for word in ("Vehicle tracks", "3 vehicles;", "voyage: from one visit to the next"):
        assert word in page
    for word in ("Ship tracks", "AIS gap:", "port call"):
        assert word not in page
    with pytest.raises(GeoError, match="--kind 'boat': known are ship, vehicle"):
        run(folder, "boats", "--kind", "boat")


@pytest.mark.parametrize("kind", [k for k in definitions.kinds() if k != "ship"])
def test_no_page_of_what_is_no_ship_speaks_of_ships_or_ports(kind, tmp_path):
    rows = [
        f"truck {n},2024-03-01T{h:02d}:00:00Z,{10 + h / 9},{50 + n}"
        for n in (1, 2)
        for h in range(20)
    ]
    path = tmp_path / "moves.csv"
    path.write_text("\n".join(["id,timestamp,lon,lat", *rows]), encoding="utf-8")
    options = ["--kind", kind, "--column", "vessel=id"]
    for verb in ("map", "tracks"):
        target = tmp_path / ("map.html" if verb == "map" else "run")
        done = CliRunner().invoke(app, [verb, str(path), "-o", str(target), *options])
        assert done.exit_code == 0, done.output
    for page in (
        tmp_path / "map.html",
        tmp_path / "run" / "page.html",
        tmp_path / "run" / "report.html",
    ):
        parsed = Parsed(page.read_text(encoding="utf-8"))
        shown = re.sub(r"id as vessel|--column vessel=\S+", "", " ".join(parsed.words))
        assert re.findall(r"(?i)\b(?:ships?|vessels?|ports?|AIS|port calls?)\b", shown) == []
        for value in tracks_of(parsed):
            assert value["heads"]["vessel"] == definitions.said("Vessel", kind) != "Vessel"
            assert "ship" not in value["moves"].values()


def tracks_of(parsed):
    blocks = [
        json.loads(text) for key, text in parsed.blocks.items() if "json" in key and "tracks" in key
    ]
    return [one for one in blocks if "moves" in one]


def test_with_a_kind_a_table_without_a_name_asks_for_its_column(tmp_path):
    path = tmp_path / "moves.csv"
    path.write_text("id,timestamp,lon,lat\na,2024-03-01T00:00:00Z,1,2\n", encoding="utf-8")
    done = CliRunner().invoke(
        app, ["map", str(path), "-o", str(tmp_path / "m.html"), "--kind", "vehicle"]
    )
    assert done.exit_code
    assert "no column for vessel; it has id" in str(done.exception)
    assert "--column vessel=" in str(done.exception)


@pytest.mark.parametrize("kind", definitions.kinds())
def test_a_kind_has_limits_and_words(kind):
    own = definitions.load("gfw", kind=kind)
    assert own.kind == kind
    assert own.max_speed_kn <= definitions.words(kind)["fastest_kn"] or kind == "ship"
    ship = definitions.said("An AIS gap of two ships at a port call", kind)
    assert ("ship" in ship) == (kind == "ship")


def test_a_flag_is_that_of_the_digits_of_a_number():
    counted = {"vessel": ["273000404", "9999", "002190001"], "positions": [1, 1, 1]}
    sent = ("name", "imo", "callsign", "ship_type", "length_m", "width_m", "draught_m", "mobile")
    frame = pd.DataFrame(counted | dict.fromkeys(sent, ""))
    table = facts.known(frame)
    assert dict(zip(table["vessel"].to_pylist(), table["flag"].to_pylist(), strict=True)) == {
        "002190001": None, "273000404": "RU", "9999": None,
    }  # fmt: skip
    assert facts.ships(table) == {"273000404", "9999"}


def test_without_places_calls_are_at_ports_by_un_locode(tmp_path):
    known, said = ports.ports()
    assert len(known) > 3000
    assert known["place"].str.fullmatch("[A-Z]{2}[A-Z2-9]{3}").all()
    spread = known.dissolve("place").bounds
    assert (spread["maxy"] - spread["miny"]).max() < 1.0
    port = known.sort_values("place").iloc[7]
    x, y = port.geometry.x, port.geometry.y
    stay = [f"211000001,2025-06-01 {n // 6:02}:{n % 6}0:00,{x},{y},0.0,0,0,A,,X1,80,0,180,30,8.0"
            for n in range(30)]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join([HEAD, *stay]) + "\n", encoding="utf-8")
    output = run(tmp_path, "out", places="")
    assert {row["place"] for row in rows(output, "calls")} == {port["place"]}
    for name in ("calls.geojson", "report.json"):
        text = (output / name).read_text(encoding="utf-8")
        assert f'"places": "{said}"' in text
    assert re.search(r"searoute \d", said)


def test_without_places_and_without_ports_the_run_is_refused(folder, monkeypatch):
    monkeypatch.setattr(ports, "PACKAGE", "no_such_package")
    with pytest.raises(GeoError, match="give --places, or pip install"):
        run(folder, "none", places="")


def test_events_are_joined_to_the_vessels_of_a_data_folder(folder, tmp_path):
    data = tmp_path / "data"
    scaffold.new(data)
    table = data / "vessels.csv"
    head = table.read_text(encoding="utf-8").splitlines()[0].split(",")
    own = {"vessel": "silent_one", "imo": "9074729", "name": "Silent One", "source": "example"}
    line = ",".join(own.get(name, "") for name in head)
    table.write_text(f"{','.join(head)}\n{line}\n", encoding="utf-8")
    text = package.update_hashes(data)
    (data / "datapackage.json").write_text(text, encoding="utf-8")
    output = run(folder, "joined", "--folder", str(data))
    named = {row["vessel"]: row["vessel_id"] for row in rows(output, "gaps")}
    assert named == {"273000404": "silent_one", "211000001": ""}
