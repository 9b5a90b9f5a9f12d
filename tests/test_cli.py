"""The command: exit codes, JSON, and never a traceback for a user's mistake."""

import json

import geopandas as gpd
import pytest
from cases import Folder
from shapely.geometry import LineString, Point

import geo
from geo import cli, userdata
from geo.errors import GeoError


@pytest.fixture
def run(capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(a) for a in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return stopped.value.code or 0, said.out, said.err

    return call


@pytest.fixture
def demo(tmp_path):
    return Folder.new(tmp_path / "demo")


def test_a_new_folder_is_sound_and_builds(run, demo, tmp_path):
    assert run("check", demo.path)[0] == 0
    code, out, _ = run("build", demo.path, "-o", tmp_path / "maps")
    assert code == 0
    names = sorted(p.name for p in (tmp_path / "maps").iterdir())
    assert names == ["flows.html", "legs.html", "overview.html"]
    assert all(name in out for name in names)


def test_new_takes_the_users_own_ends_and_refuses_a_folder_in_use(run, tmp_path):
    ends = ("--from", "Left,1.2,103.8", "--to", "Right,-6.0,106.9")
    assert run("new", tmp_path / "mine", *ends)[0] == 0
    places = geo.package.load(tmp_path / "mine").places
    assert list(places["name_en"]) == ["Left", "Right"]
    code, _, err = run("new", tmp_path / "mine")
    assert code == 2
    assert "not empty" in err


@pytest.mark.parametrize("end", ["Left", "Left,95,10", "Left,north,10"])
def test_an_end_that_cannot_be_read_is_explained(run, tmp_path, end):
    code, _, err = run("new", tmp_path / "mine", "--from", end)
    assert code == 2
    assert end in err
    assert not (tmp_path / "mine").exists()


def test_check_says_every_fault_and_exits_1(run, demo):
    row = demo.cell("flows.csv", "example_flow", quantity="many", corridor="nowhere")
    code, out, _ = run("check", demo.path)
    assert code == 1
    assert f"flows.csv: row {row}, quantity" in out
    assert f"flows.csv: row {row}, corridor" in out
    code, out, _ = run("check", demo.path, "--json")
    found = json.loads(out)
    assert code == 1
    assert not found["sound"]
    assert {f["field"] for f in found["faults"]} >= {"quantity", "corridor"}


def test_build_refuses_unsound_data_and_writes_nothing(run, demo, tmp_path):
    demo.cell("flows.csv", "example_flow", quantity="many")
    code, _, err = run("build", demo.path, "-o", tmp_path / "maps")
    assert code == 1
    assert "many" in err
    assert not (tmp_path / "maps").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "nowhere"),
        ("build", "nowhere"),
        ("map", "nowhere.geojson"),
        ("map", "page.xyz"),
        ("embed", "nowhere.html"),
        ("basemap", "nowhere"),
        ("route", "a", "b", "--folder", "nowhere"),
    ],
)
def test_what_cannot_be_read_exits_2(run, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments)
    assert code == 2
    assert err.strip()


def test_hashes_are_notes_until_updated(run, demo):
    demo.descriptor(lambda d: d["resources"][0].update(hash="sha256:" + "0" * 64))
    code, out, _ = run("check", demo.path)
    assert code == 0
    assert "note: corridors.csv: changed since its hash" in out
    code, out, _ = run("check", demo.path, "--update-hashes")
    assert code == 0
    assert "note:" not in out


def test_control_characters_are_shown_not_obeyed(run, demo):
    demo.cell("flows.csv", "example_flow", basis="\x1b[2Jx")
    _, out, _ = run("check", demo.path)
    assert "\x1b" not in out
    assert "\\x1b[2Jx" in out


def test_route_gives_its_length_and_geojson(run):
    code, out, _ = run("route", "vladivostok", "Rajin port", "--json")
    found = json.loads(out)["properties"]
    assert code == 0
    assert found["geodesic_km"] <= found["length_km"] <= 1.15 * found["geodesic_km"]


def test_embed_prints_the_snippet(run, demo, tmp_path):
    run("build", demo.path, "-o", tmp_path / "maps")
    code, out, _ = run("embed", tmp_path / "maps" / "flows.html")
    assert code == 0
    assert out.startswith("<iframe ")


SHAPES = gpd.GeoDataFrame(
    {"name": ["a", "b"]},
    geometry=[Point(103.8, 1.2), LineString([(103.8, 1.2), (106.9, -6.0)])],
    crs="EPSG:4326",
)


def written(path, kind):
    target = path / f"shapes.{kind}"
    if kind == "csv":
        target.write_text("name,Lon,Lat\na,103.8,1.2\nb,106.9,-6.0\n")
    elif kind == "parquet":
        SHAPES.to_parquet(target)
    else:
        SHAPES.to_file(target, driver={"geojson": "GeoJSON", "gpkg": "GPKG"}[kind])
    return target


@pytest.mark.parametrize("kind", ["geojson", "csv", "parquet", "gpkg"])
def test_any_file_becomes_one_page(run, tmp_path, kind, monkeypatch):
    monkeypatch.setattr(userdata, "DETAIL_DEG", 0.0)  # the coarse world is enough here
    page = tmp_path / "page.html"
    code, out, _ = run("map", written(tmp_path, kind), "-o", page, "--label", "name")
    assert code == 0
    assert "2 features" in out
    assert "Content-Security-Policy" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,east\na,1\n", "no column named lon"),
        ("lon,lat\n1,2\nx,3\n,\n", "2 row(s) without a number in lon or lat (row 3, 4)"),
        ("lon,lat\n500000,4600000\n", "not degrees"),
        ("lon,lat\n", "holds no features"),
    ],
)
def test_a_table_that_cannot_be_placed_is_explained(tmp_path, text, said):
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(GeoError) as error:
        userdata.read(path)
    assert said in str(error.value)


def test_a_view_across_the_antimeridian_takes_the_short_way():
    line = gpd.GeoSeries([LineString([(178, -18), (-175, -21)])], crs="EPSG:4326")
    west, _, east, _ = userdata._view(line)
    assert 170 < west < 178
    assert 185 < east < 190
