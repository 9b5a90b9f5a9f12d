"""`geo new`: a folder that is sound and builds as it stands."""

import json
from types import SimpleNamespace

import jsonschema
import pytest
from cases import DATA, digest
from shapely.geometry import LineString

from geo import package, rail, scaffold, scene
from geo.cli import main
from geo.errors import GeoError
from geo.folder import schemas


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


# --- corridors beside each other, languages -------------------------------------------------------

BESIDE = [
    "Ore by rail; rail; Mine,47.56,7.59; Works,51.95,4.45",
    "Ore by sea; sea; Quay,51.95,4.05; Bay,38.6,-9.4; Far port,36.1,-5.4",
]


def test_corridors_beside_each_other_build(tmp_path, monkeypatch):
    monkeypatch.setattr(rail, "route", tracked)
    folder = tmp_path / "mine"
    scaffold.new(folder, corridors=BESIDE)
    assert package.examine(folder).faults == ()
    found = package.load(folder)
    assert dict(zip(found.corridors["name_en"], found.corridors["mode"], strict=True)) == {
        "Ore by rail": "rail", "Ore by sea": "sea",
    }  # fmt: skip
    assert found.legs.groupby("corridor").size().to_dict() == {"example": 1, "example_2": 2}
    assert found.places.set_index("name_en")["kind"].to_dict() == {
        "Mine": "station", "Works": "station", "Quay": "port", "Bay": "port", "Far port": "port",
    }  # fmt: skip
    assert "Ore by sea" in scene.pages(found)["overview"].headline


@pytest.mark.parametrize(
    "text",
    [
        "Ore",
        "Ore; sea; A,1,2",
        "Ore; air; A,1,2; B,3,4",
        "; sea; A,1,2; B,3,4",
        "Ore; sea; A,1,2; ",
    ],
)
def test_a_corridor_that_is_not_whole_leaves_no_folder(tmp_path, text):
    with pytest.raises(GeoError, match="write for example"):
        scaffold.new(tmp_path / "mine", corridors=[text])
    assert not (tmp_path / "mine").exists()


def test_one_route_and_corridors_are_not_mixed(tmp_path):
    with pytest.raises(GeoError, match="leave out --from"):
        scaffold.new(tmp_path / "mine", origin="A,1,2", corridors=BESIDE)


def test_names_are_in_the_languages_that_are_chosen(tmp_path, capsys):
    folder = tmp_path / "mine"
    with pytest.raises(SystemExit):
        main(["new", str(folder), "--languages", "zh-Hans,ko,en,pt-BR,ko"])
    said = capsys.readouterr().out
    assert "zh-Hans: names of places are yours; seas and countries stand in English" in said
    assert "pt-BR:" in said
    assert "ko:" not in said
    text = (
        (folder / "places.geojson")
        .read_text()
        .replace('"name_zh-Hans": null', '"name_zh-Hans": "甲港"')
    )
    (folder / "places.geojson").write_text(text)
    found = package.load(folder)
    own = [c for c in found.places if c.startswith("name_")]
    assert own == ["name_en", "name_zh-Hans", "name_ko", "name_pt-BR"]
    assert [c for c in found.corridors if c.startswith("name_")] == own
    pages = scene.pages(found, lang="zh-Hans")
    assert pages["overview"].places[0].names == {"en": "Port A", "zh-Hans": "甲港"}
    with pytest.raises(GeoError, match="the places have names in en, zh-Hans, ko, pt-BR"):
        scene.pages(found, lang="ru")


def test_a_new_folder_has_english_names_alone_unless_told(tmp_path):
    scaffold.new(tmp_path / "mine")
    columns = (tmp_path / "mine" / "corridors.csv").read_text().splitlines()[0]
    assert columns == "corridor,name_en,mode,layout,role,note,working,source"


@pytest.mark.parametrize("code", ["English", "k", "ko_KR", "zh-", "1", "name ko"])
def test_what_is_no_language_leaves_no_folder(tmp_path, code):
    with pytest.raises(GeoError, match="BCP 47"):
        scaffold.new(tmp_path / "mine", languages=[code])
    assert not (tmp_path / "mine").exists()


# --- what explains a folder -----------------------------------------------------------------------


def test_the_dictionary_has_every_file_and_every_column(tmp_path):
    folder = tmp_path / "mine"
    scaffold.new(folder, languages=["ja"])
    text = (folder / "dictionary.md").read_text()
    for resource in json.loads((folder / "datapackage.json").read_text())["resources"]:
        assert f"| `{resource['path']}` | {resource['description']} |" in text
        part = text.partition(f"### {resource['path']}")[2].partition("###")[0]
        for column in resource.get("schema", {}).get("fields", []):
            assert f"| `{column['name']}` | {column['type']} |" in part
    assert package.dictionary(folder) in text


def schema(folder, name):
    found = json.loads((folder / "schemas" / f"{name}.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(found)
    return jsonschema.Draft7Validator(found)


def test_editors_complete_a_new_folder_from_schemas_it_names(tmp_path):
    folder = tmp_path / "mine"
    scaffold.new(folder)
    for name in ("places", "legs"):
        value = json.loads((folder / f"{name}.geojson").read_text())
        assert (folder / value["$schema"]).samefile(folder / "schemas" / f"{name}.schema.json")
        assert list(schema(folder, name).iter_errors(value)) == []
    settings = json.loads((folder / ".vscode" / "settings.json").read_text())["json.schemas"]
    joined = {one["fileMatch"][0]: one["url"] for one in settings}
    assert joined["/sources.json"] == "./schemas/sources.schema.json"
    assert all((folder / url).is_file() for url in joined.values())
    sources = json.loads((folder / "sources.json").read_text())
    assert list(schema(folder, "sources").iter_errors(sources)) == []


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [("kind", "harbour", True), ("kind", None, True), ("accuracy_m", -1, True),
     ("accuracy_m", "5000", True), ("country", "nowhere", True), ("colour", "red", True),
     ("country", None, False), ("country", "FJ", False), ("accuracy_m", 10.5, False)],
)  # fmt: skip
def test_a_schema_knows_the_rules_of_its_columns(tmp_path, column, value, wrong):
    folder = tmp_path / "mine"
    scaffold.new(folder)
    places = json.loads((folder / "places.geojson").read_text())
    places["features"][0]["properties"][column] = value
    found = [list(e.absolute_path)[-1] for e in schema(folder, "places").iter_errors(places)]
    assert bool(found) == wrong
    assert set(found) <= {column, "properties"}


def test_the_shipped_data_fit_the_schemas_made_of_their_descriptor():
    descriptor = json.loads((DATA / "datapackage.json").read_text())
    drawn = [r for r in descriptor["resources"] if r.get("tumen:role") in schemas.SHAPES]
    for resource in drawn:
        value = json.loads((DATA / resource["path"]).read_text())
        made = schemas.of_features(resource)
        assert list(jsonschema.Draft7Validator(made).iter_errors(value)) == []
    sources = json.loads((DATA / "sources.json").read_text())
    assert list(jsonschema.Draft7Validator(schemas.of_sources()).iter_errors(sources)) == []


# --- a folder that begins with a table ------------------------------------------------------------

HEAD = "corridor,origin,destination,period,quantity,unit,source,mode\n"
TOWNS = ["Bay,38.6,-9.4", "Far port,36.1,-5.4", "Mine,47.56,7.59"]


def begin(folder, *rows, places=TOWNS, head=HEAD, **more):
    table = folder.parent / "table.csv"
    table.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    scaffold.new(folder, flows=table, places=places, **more)
    return package.examine(folder)


def test_a_table_of_flows_is_enough_to_begin_with(tmp_path, monkeypatch):
    monkeypatch.setattr(rail, "route", tracked)
    folder = tmp_path / "mine"
    report = begin(
        folder,
        "Ore,bay,Far port,2020,1.5,Mt,Yearbook,",
        "Coal,Mine,Bay,2020,0.5,Mt,Yearbook,rail",
        "Coal,Mine,Bay,2021,0.6,Mt,Yearbook,rail",
    )
    assert report.faults == ()
    found = package.load(folder)
    kinds = found.places.set_index("name_en")["kind"].to_dict()
    assert kinds == {"Bay": "port", "Far port": "port", "Mine": "station"}
    assert found.corridors.set_index("name_en")["mode"].to_dict() == {"Coal": "rail", "Ore": "sea"}
    assert len(found.flows) == 3
    assert found.title == "Ore, Coal"
    assert [one["id"] for one in found.sources] == ["positions", "yearbook"]
    assert "Ore" in scene.pages(found)["overview"].headline


def test_every_place_that_is_not_known_is_named_and_nothing_is_written(tmp_path):
    with pytest.raises(GeoError, match="no position is known of Qqnowhere, Zznoport; say each as"):
        begin(tmp_path / "mine", "Ore,Qqnowhere,Zznoport,2020,1,t,Yearbook,", places=TOWNS[:1])
    assert not (tmp_path / "mine").exists()


def test_a_name_that_differs_from_that_of_the_port_is_kept_as_another(tmp_path, monkeypatch):
    known = SimpleNamespace(name="Bay", lon=-9.4, lat=38.6)
    monkeypatch.setattr(scaffold.ports, "find", lambda _: known)
    folder = tmp_path / "mine"
    begin(folder, "Ore,XXBAY,Far port,2020,1,t,Yearbook,", places=TOWNS[1:2])
    row = package.load(folder).places.iloc[0]
    assert (row["name_en"], row["aliases"]) == ("Bay", "XXBAY")


@pytest.mark.parametrize(
    ("head", "said"),
    [("corridor,origin,quantity,unit\n", "has no column destination, period, source"),
     (HEAD, "no row names a place")],
)  # fmt: skip
def test_a_table_that_is_no_short_form_leaves_no_folder(tmp_path, head, said):
    with pytest.raises(GeoError, match=said):
        begin(tmp_path / "mine", head=head)
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [({"flows": "a.csv", "origin": "A,1,2"}, "--flows names its own corridors"),
     ({"flows": "a.csv", "corridors": BESIDE}, "--flows names its own corridors"),
     ({"places": TOWNS}, "--place: only with --flows")],
)  # fmt: skip
def test_a_folder_begins_in_one_way(tmp_path, more, said):
    with pytest.raises(GeoError, match=said):
        scaffold.new(tmp_path / "mine", **more)
