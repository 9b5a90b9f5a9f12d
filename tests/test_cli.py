"""The command: exit codes, JSON, and never a traceback for a user's mistake."""

import json
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from cases import SPARE, Folder, Parsed, digest
from shapely.geometry import LineString, Point

import geo
from geo import cli, pack, userdata
from geo.cli import console
from geo.errors import GeoError
from geo.folder import railways

REGION = (Path(__file__).parent.parent / "data" / "basemap.pack").read_bytes()
RAILWAY = pack.Layer(
    "railway", "line", 1e-3, [np.array([(130.0, 42.0), (130.1, 42.0)])],
    meta={"licence": "ODbL-1.0", "attribution": "© Somebody", "to_zoom": 12, "tolerance_deg": 1e-3},
)  # fmt: skip


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
    return Folder.drawn(tmp_path / "demo", without=SPARE)


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


def test_check_counts_in_words_of_their_number(run, tmp_path):
    run("new", tmp_path / "mine", "--from", "Left,1.2,103.8", "--to", "Right,-6.0,106.9")
    _, out, _ = run("check", tmp_path / "mine")
    assert "(1 corridor, 2 commodities, 2 places, 1 leg, 2 flows, 1 capacity, " in out


def test_new_knows_ports_by_name_and_by_code(run, tmp_path):
    ends = ("--from", "Santos", "--via", "Mindelo,16.87,-25.02", "--to", "NLRTM")
    assert run("new", tmp_path / "mine", *ends)[0] == 0
    places = geo.package.load(tmp_path / "mine").places
    assert list(places["name_en"]) == ["Santos", "Mindelo", "Rotterdam"]
    assert [round(p.x) for p in places.geometry] == [-46, -25, 4]


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
        ("map", "nowhere"),
        ("map", "nowhere.geojson"),
        ("embed", "nowhere.html"),
        ("pack", "nowhere.html"),
        ("brief", "nowhere"),
        ("audit", "page.html", "--folder", "nowhere"),
        ("tracks", "nowhere.csv", "-o", "out"),
        ("basemap", "nowhere"),
        ("route", "a", "b", "--folder", "nowhere"),
        ("route", "--matrix", "nowhere.csv"),
    ],
)
def test_what_is_not_there_is_said_alike_by_every_verb(run, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments)
    assert code == 2
    assert re.match(r"nowhere(\.\w+)?: no such (file|folder)", err), err


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


def test_ways_are_compared_and_a_matrix_is_a_table(run, tmp_path):
    ends = ("51.9,2.5", "1.22,103.8", "--compare", "suez,good-hope")
    code, out, _ = run("route", *ends, "-o", tmp_path / "ways.geojson")
    assert code == 0
    assert "Suez Canal" in out
    drawn = json.loads((tmp_path / "ways.geojson").read_text())["features"]
    assert ["good-hope" in f["properties"]["passages"] for f in drawn] == [False, True]
    code, out, _ = run("route", *ends, "--json")
    assert json.loads(out)["features"] == drawn
    (tmp_path / "ports.csv").write_text("name,lat,lon\nWest,51.9,2.5\nEast,1.22,103.8\n")
    code, out, _ = run("route", "--matrix", tmp_path / "ports.csv")
    nmi = f"{drawn[0]['properties']['length_nmi']:.1f}"
    assert out.splitlines() == ["nmi,West,East", f"West,0.0,{nmi}", f"East,{nmi},0.0"]


def test_a_matrix_names_every_place_that_no_ship_reaches(run, tmp_path):
    (tmp_path / "ports.csv").write_text(
        "name,lat,lon\nDesert,24.0,10.0\nSea,51.9,2.5\nSteppe,48.0,68.0\n"
    )
    code, out, err = run("route", "--matrix", tmp_path / "ports.csv")
    assert (code, out) == (2, "")
    assert [line.split(":")[0] for line in err.splitlines()] == ["Desert", "Steppe"]


def test_embed_prints_the_snippet(run, demo, tmp_path):
    run("build", demo.path, "-o", tmp_path / "maps")
    code, out, _ = run("embed", tmp_path / "maps" / "flows.html")
    assert code == 0
    assert [tag for tag, _ in Parsed(out).tags] == ["div", "img", "iframe"]


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
        ("lon,lat\n1,2\nx,3\n,4\n", "row 4, lon: without a number"),
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
    west, _, east, _ = userdata.view(line)
    assert 170 < west < 178
    assert 185 < east < 190


def test_without_a_word_the_help_is_shown(run):
    code, out, err = run()
    assert code == 2
    for command in ("build", "check", "map", "embed", "new", "route", "basemap"):
        assert command in out + err


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["--version"]])
def test_what_is_asked_for_exits_0(run, arguments):
    code, out, _ = run(*arguments)
    assert code == 0
    assert out.strip()


@pytest.mark.parametrize("arguments", [["zzz"], ["build", "--zzz"], ["route", "a"], ["check"]])
def test_what_is_no_command_exits_2(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2
    assert err.strip()


def test_several_paths_are_checked_one_by_one(run, demo, tmp_path):
    point = {"type": "Point", "coordinates": [1, 2]}
    feature = {"type": "Feature", "properties": {}, "geometry": point}
    good, bad = tmp_path / "good.geojson", tmp_path / "bad.geojson"
    good.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    bad.write_text(json.dumps({"type": "FeatureCollection", "features": [{}]}))
    assert run("check", good)[0] == 0
    code, out, _ = run("check", demo.path, good, bad)
    assert code == 1
    assert f"{good}: sound" in out
    assert f"{bad}: " in out
    assert "feature 1" in out


def test_check_as_json_is_one_document_a_path(run, demo):
    code, out, err = run("check", demo.path, "--json")
    found = json.loads(out)
    assert code == 0
    assert err == ""
    assert found["sound"] is True
    assert (found["faults"], found["notes"]) == ([], [])
    assert found["counts"]["flows"] == 2


def test_check_as_json_of_several_paths_can_be_read(run, demo):
    _, out, _ = run("check", demo.path, demo.path, "--json")
    decoder, found = json.JSONDecoder(), []
    while out.strip():
        value, end = decoder.raw_decode(out.lstrip())
        found.append(value["sound"])
        out = out.lstrip()[end:]
    assert found == [True, True]


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"resources": 3}', "NaN"])
@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "--update-hashes"], ["build"], ["basemap"]],
    ids=" ".join,
)
def test_a_broken_descriptor_is_a_message_and_stays_as_it_is(run, demo, arguments, text):
    demo.write("datapackage.json", text)
    code, out, err = run(*arguments, demo.path)
    assert code in (1, 2)
    assert "datapackage.json" in out + err
    assert demo.text("datapackage.json") == text


@pytest.mark.parametrize(
    "command",
    [
        lambda folder, page: ["build", folder, "-o", page.parent],
        lambda folder, page: ["map", folder / "places.geojson", "-o", page],
    ],
    ids=["build", "map"],
)
def test_where_nothing_can_be_written_a_message_says_so(run, demo, tmp_path, command, monkeypatch):
    monkeypatch.setattr(userdata, "DETAIL_DEG", 0.0)
    (tmp_path / "file").write_text("in the way")
    code, _, err = run(*command(demo.path, tmp_path / "file" / "page.html"))
    assert code == 2
    assert "cannot be written" in err


def test_a_folder_that_cannot_be_made_is_a_message(run, tmp_path):
    (tmp_path / "file").write_text("in the way")
    code, _, err = run("new", tmp_path / "file" / "mine")
    assert code == 2
    assert "cannot be written" in err


def test_a_built_page_is_what_the_scene_renders_to(run, demo, tmp_path):
    run("build", demo.path, "-o", tmp_path / "maps")
    for name, scene in geo.scene.pages(geo.package.load(demo.path)).items():
        text = (tmp_path / "maps" / f"{name}.html").read_text(encoding="utf-8")
        assert text == geo.page.render(scene, picture=geo.still.webp(scene))


def test_building_again_gives_the_same_bytes(run, demo, tmp_path):
    for name in ("one", "other"):
        assert run("build", demo.path, "-o", tmp_path / name)[0] == 0
    assert digest(tmp_path / "one") == digest(tmp_path / "other")


def test_the_frame_can_hold_the_page_itself(run, demo, tmp_path):
    page = geo.page.save(geo.scene.flows(geo.package.load(demo.path)), tmp_path / "p.html")
    code, out, _ = run("embed", page, "--inline", "--height", "500")
    assert code == 0
    (_, box), *_, (tag, attributes) = Parsed(out).tags
    assert tag == "iframe"
    assert attributes["srcdoc"] == page.read_text(encoding="utf-8")
    assert "height:500px" in box["style"]


def test_route_takes_coordinates_and_says_where_it_went(run, demo):
    code, out, _ = run("route", "-18.2,178.4", "port_b", "--folder", demo.path)
    assert code == 0
    for word in ("over water", "geodesic", "moved to water", "nmi"):
        assert word in out


def test_a_route_across_the_antimeridian_is_geojson_in_two_parts(run, demo):
    code, out, _ = run("route", "port_a", "port_b", "--folder", demo.path, "--json")
    feature = json.loads(out)
    assert code == 0
    assert feature["geometry"]["type"] == "MultiLineString"
    lons = [lon for part in feature["geometry"]["coordinates"] for lon, _ in part]
    assert min(lons) >= -180
    assert max(lons) <= 180
    properties = feature["properties"]
    assert properties["length_nmi"] == pytest.approx(properties["length_km"] / 1.852)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (("port_a", "nowhere"), "no place named 'nowhere'"),
        (("port_a", "port_a"), "one point"),
        (("131.9,43.1", "port_a"), "latitude is first"),
        (("23,25", "port_a"), "no water within"),
    ],
)
def test_a_route_that_cannot_be_found_is_explained(run, demo, ends, said):
    code, _, err = run("route", *ends, "--folder", demo.path)
    assert code == 2
    assert said in err


def test_a_base_map_is_cut_for_the_folders_extent(run, demo, monkeypatch):
    asked = {}

    def cut(extent, **options):
        asked.update(extent=extent, **options)
        return REGION

    monkeypatch.setattr(geo.basemap, "cut", cut)
    code, out, _ = run("basemap", demo.path, "--no-borders")
    assert code == 0
    assert "basemap.pack" in out
    expected = {"extent": geo.package.extent(demo.path), "borders": False, "relief": True}
    assert asked == expected
    assert (demo.path / "basemap.pack").read_bytes() == REGION


def test_railways_go_into_a_file_of_their_own_that_the_folder_names(run, demo, monkeypatch):
    made = pack.encode([RAILWAY])
    monkeypatch.setattr(geo.basemap, "cut", lambda *_, **__: REGION)
    monkeypatch.setattr(railways, "cut", lambda *_, **__: made)
    demo.less({"railways", "basemap"})
    code, out, _ = run("basemap", demo.path)
    assert code == 0
    assert "now names basemap.pack, railways.pack" in " ".join(out.split())
    assert geo.package.load(demo.path).railways == made
    before = demo.text("datapackage.json")
    assert "now names" not in run("basemap", demo.path)[1]
    assert demo.text("datapackage.json") == before


def test_a_folder_may_do_without_railways(run, demo, monkeypatch):
    monkeypatch.setattr(geo.basemap, "cut", lambda *_, **__: REGION)
    monkeypatch.setattr(railways, "cut", lambda *_, **__: None)
    assert run("basemap", demo.path, "--no-railways")[0] == 0
    assert "no railway is known" in run("basemap", demo.path)[1]
    monkeypatch.setattr(geo.rail, "find_spec", lambda _: None)
    code, out, _ = run("basemap", demo.path)
    assert code == 0
    assert "railways are left out: install the extra: pip install 'tumen[rail]'" in out
    assert not (demo.path / "railways.pack").exists()


def test_without_the_extra_a_base_map_is_refused_with_what_to_install(run, demo, monkeypatch):
    monkeypatch.setattr("geo.geometry.gshhg.find_spec", lambda _: None)
    code, _, err = run("basemap", demo.path)
    assert code == 2
    assert "basemap" in err
    assert not (demo.path / "basemap.pack").exists()


def test_square_brackets_of_the_data_are_no_markup(run, demo):
    demo.cell("flows.csv", "example_flow", basis="[red]kg[/red]")
    _, out, _ = run("check", demo.path)
    assert "(found [red]kg[/red])" in out


def test_the_installed_command_runs(tmp_path):
    geo_command = Path(sys.executable).with_name("geo")
    done = subprocess.run(
        [geo_command, "check", tmp_path / "nowhere.csv"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "nowhere.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_layer_is_named_as_it_is_written_and_not_as_a_picture():
    with console.out.capture() as said:
        console.out.print(console.plain("a.gpkg:two :smile:"))
    assert said.get() == "a.gpkg:two :smile:\n"
