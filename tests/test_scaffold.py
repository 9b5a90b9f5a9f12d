"""`geo new`: a folder that is sound and builds as it stands."""

import json
from types import SimpleNamespace

import pytest
from cases import digest
from shapely.geometry import LineString

from geo import package, rail, scaffold, scene
from geo.errors import GeoError


def test_the_example_is_sound_and_makes_its_pages(tmp_path):
    scaffold.new(tmp_path / "mine")
    report = package.examine(tmp_path / "mine")
    assert report.faults == ()
    pages = scene.pages(package.load(tmp_path / "mine"))
    assert list(pages) == ["overview", "legs", "flows"]
    assert "30–38 % full" in pages["legs"].headline
    assert "1.2–1.5 Mt of all goods in 2020 (sources differ)" in pages["legs"].deck


def test_two_examples_are_the_same(tmp_path):
    for name in ("one", "other"):
        scaffold.new(tmp_path / name)
    assert digest(tmp_path / "one") == digest(tmp_path / "other")


def test_an_empty_folder_is_filled(tmp_path):
    scaffold.new(tmp_path)
    assert (tmp_path / "datapackage.json").is_file()
    assert (tmp_path / "README.md").is_file()


@pytest.mark.parametrize("kind", ["file", "folder in use"])
def test_nothing_of_the_users_is_touched(tmp_path, kind):
    target = tmp_path / "mine"
    if kind == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "notes.txt").write_text("mine")
    before = digest(tmp_path)
    with pytest.raises(GeoError, match="not empty"):
        scaffold.new(target)
    assert digest(tmp_path) == before


@pytest.mark.parametrize(
    ("origin", "destination", "extent"),
    [
        ("A,1.2,103.8", "C,10.2,107", [102.8, 0.2, 108, 11.2]),
        ("A,10.2,107", "C,1.2,103.8", [102.8, 0.2, 108, 11.2]),
        ("A,-18,179", "C,-20,-179", [178, -21, 182, -17]),
        ("A,-20,-179", "C,-18,179", [178, -21, 182, -17]),
        ("A,79,2", "C,60,4", [1, 59, 5, 80]),
        ("A,10,-180", "C,12,-178", [-180, 9, -177, 13]),
    ],
)
def test_the_extent_holds_both_ends_the_short_way_round(tmp_path, origin, destination, extent):
    scaffold.new(tmp_path / "mine", origin=origin, destination=destination)
    assert package.extent(tmp_path / "mine") == tuple(extent)


def test_ends_keep_their_names_and_positions(tmp_path):
    scaffold.new(tmp_path / "mine", origin="St. John's, Antigua,17.12,-61.85")
    features = json.loads((tmp_path / "mine" / "places.geojson").read_text())["features"]
    assert features[0]["properties"]["name_en"] == "St. John's, Antigua"
    assert features[0]["geometry"]["coordinates"] == [-61.85, 17.12]
    assert features[1]["properties"]["name_en"] == "Port B"


@pytest.mark.parametrize(
    "end", ["A", "A,1", "A,one,two", "A,nan,1", "A,1,inf", "A,86,1", "A,1,181"]
)
def test_an_end_that_cannot_be_read_leaves_no_folder(tmp_path, end):
    with pytest.raises(GeoError, match=r"write for example|latitude comes first"):
        scaffold.new(tmp_path / "mine", destination=end)
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("end", ["A,47,8", "A,84.5,0"])  # inland, and in the ice
def test_ends_that_no_way_joins_leave_no_folder(tmp_path, end):
    with pytest.raises(GeoError, match=r"A – C: no (way over )?water"):
        scaffold.new(tmp_path / "mine", origin=end, destination="C,60,4")
    assert not (tmp_path / "mine").exists()


def tracked(*ends, land):
    assert land.is_valid
    return SimpleNamespace(line=LineString(ends), track_km=1.0)


THREE = {"origin": "A,53.9,8.8", "via": ["B,51.95,4.05"], "destination": "C,47.56,7.59"}


def test_a_route_of_two_modes_is_two_corridors(tmp_path, monkeypatch):
    monkeypatch.setattr(rail, "route", tracked)
    folder = tmp_path / "mine"
    scaffold.new(folder, **THREE, modes=["sea", "rail"])
    assert package.examine(folder).faults == ()
    found = package.load(folder)
    assert dict(zip(found.legs["leg"], found.legs["mode"], strict=True)) == {
        "port_a_port_via_1": "sea",
        "port_via_1_port_b": "rail",
    }
    assert dict(zip(found.corridors["corridor"], found.corridors["mode"], strict=True)) == {
        "example": "sea",
        "example_2": "rail",
    }
    assert set(found.flows["destination"]) == {"port_via_1"}
    assert package.extent(folder) == (3.05, 46.56, 9.8, 54.9)
    assert list(scene.pages(found)) == ["overview", "legs", "flows"]


def test_a_route_by_sea_over_a_third_place_is_one_corridor(tmp_path):
    folder = tmp_path / "mine"
    scaffold.new(folder, **THREE | {"destination": "C,38.6,-9.4"})
    assert package.examine(folder).faults == ()
    found = package.load(folder)
    assert list(found.corridors["corridor"]) == ["example"]
    assert list(found.legs["mode"]) == ["sea", "sea"]
    assert set(found.flows["destination"]) == {"port_b"}


@pytest.mark.parametrize("modes", [["sea"], ["sea", "air"], ["sea"] * 3])
def test_a_mode_is_said_for_each_leg(tmp_path, modes):
    with pytest.raises(GeoError, match="say sea or rail for each leg, 2 in all"):
        scaffold.new(tmp_path / "mine", **THREE, modes=modes)
    assert not (tmp_path / "mine").exists()


def test_a_leg_without_a_way_leaves_no_folder(tmp_path):
    with pytest.raises(GeoError, match="B – C: no water"):
        scaffold.new(tmp_path / "mine", **THREE)
    assert not (tmp_path / "mine").exists()


def test_a_place_outside_the_extent_is_noted(tmp_path):
    folder = tmp_path / "mine"
    scaffold.new(folder, origin="A,1.2,103.8", destination="C,10.2,107.5")
    assert not any(n.code == "place.outside-extent" for n in package.examine(folder).notes)
    text = (folder / "datapackage.json").read_text()
    found = json.loads(text)
    found["tumen:extent"] = [102.8, 0.2, 105, 11.2]
    (folder / "datapackage.json").write_text(json.dumps(found))
    (note,) = [n for n in package.examine(folder).notes if n.code == "place.outside-extent"]
    assert note.value == "107.5, 10.2"


def test_an_end_without_a_name_is_refused(tmp_path):
    with pytest.raises(GeoError):
        scaffold.new(tmp_path / "mine", origin=",1.2,103.8")
