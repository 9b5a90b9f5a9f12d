"""The shipped data holds what it promises."""

import json
from dataclasses import replace
from pathlib import Path

import frictionless
import numpy as np
import pandas as pd
import pytest
import rail_course
import write_dictionary

from geo import measure, package, page, scene, water

DATA = Path(__file__).resolve().parent.parent / "data"
ARTICLE = "founding_article_2017"
PROMISED = {
    "places": 20,
    "legs": 12,
    "flows": 40,
    "capacities": 10,
    "events": 15,
    "vessels": 25,
    "sources": 60,
}
TABLES = ["flows", "capacities", "limits", "events", "vessels", "attributes", "places", "legs"]


@pytest.fixture(scope="module")
def report():
    return package.examine(DATA)


@pytest.fixture(scope="module")
def data():
    return package.load(DATA)


@pytest.fixture(scope="module")
def points(data):
    return {r.place: (r.geometry.x, r.geometry.y) for r in data.places.itertuples()}


@pytest.fixture(scope="module")
def descriptor():
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def sea_legs():
    """The id of every modelled sea leg, read without the kit."""
    for name in ("ferry", "tankers"):
        document = json.loads((DATA / f"{name}.geojson").read_text(encoding="utf-8"))
        for feature in document["features"]:
            row = feature["properties"]
            if row["geometry_basis"] == "modelled":
                yield row["leg"]


def leg(data, name):
    return data.legs.set_index("leg").loc[name]


# --- the folder ----------------------------------------------------------------------------------


def test_folder_is_sound_and_its_hashes_are_up_to_date(report):
    assert report.faults == ()
    assert [n for n in report.notes if n.code == "resource.hash-differs"] == []


@pytest.mark.parametrize(("role", "least"), PROMISED.items())
def test_there_is_as_much_as_promised(report, role, least):
    assert report.counts[role] >= least


def test_descriptor_and_every_resource_are_valid_for_frictionless():
    report = frictionless.Package(DATA / "datapackage.json").validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "message"]) == []
    assert report.valid


def test_every_file_is_declared_and_every_declared_file_is_there(descriptor):
    declared = {r["path"] for r in descriptor["resources"]}
    assert declared | {"README.md", "datapackage.json"} == {p.name for p in DATA.iterdir()}


def test_every_column_says_what_it_means(descriptor):
    resources = [r for r in descriptor["resources"] if "schema" in r]
    assert len(resources) >= 10
    fields = [(r["path"], f) for r in resources for f in r["schema"]["fields"]]
    assert [(path, f["name"]) for path, f in fields if not f.get("description")] == []


@pytest.mark.parametrize(
    "path", [p for p in DATA.iterdir() if p.suffix != ".pack"], ids=lambda p: p.name
)
def test_lines_end_in_one_way(path):
    content = path.read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert not content.startswith(b"\xef\xbb\xbf")


def test_dictionary_in_the_readme_is_up_to_date():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert write_dictionary.filled(text, package.dictionary(DATA)) == text


# --- rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_every_row_names_a_source_that_exists(data, table):
    known = {record["id"] for record in data.sources}
    frame = getattr(data, table)
    assert set(frame["source"]) <= known


def test_every_source_is_used_and_says_when_it_was_read(data):
    used = {s for table in [*TABLES, "factors", "corridors", "commodities"]
            for s in getattr(data, table)["source"]}  # fmt: skip
    kept = [p for p in DATA.iterdir() if p.suffix in {".csv", ".geojson"}]
    text = "".join(p.read_text(encoding="utf-8") for p in kept)
    unused = [r["id"] for r in data.sources if r["id"] not in used and r["id"] not in text]
    assert set(unused) <= {"gshhg", "wdbii"}  # the base map's
    assert [r["id"] for r in data.sources if not (r.get("accessed") or r.get("note"))] == []


def test_derived_figures_name_a_formula_and_nothing_else_does(data):
    for table in (data.flows, data.capacities, data.attributes):
        assert (table["formula"].ne("") == table["basis"].eq("derived")).all()


def test_vessel_numbers_pass_their_check_digit(data):
    numbers = data.vessels["imo"][data.vessels["imo"] != ""]
    assert len(numbers) >= 25
    for number in numbers:
        digits = [int(d) for d in number]
        weighed = sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=False))
        assert weighed % 10 == digits[6], number


def test_a_question_has_one_first_answer(data):
    first = data.flows[data.flows["rank"] == 1]
    question = ["corridor", "leg", "origin", "destination", "period_start", "period_end",
                "commodity", "unit"]  # fmt: skip
    assert not first.duplicated(question).any()


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("flows", {"corridor": "rail", "commodity": "coal"}),
        ("flows", {"corridor": "rail", "commodity": "metals"}),
        ("flows", {"corridor": "rail", "commodity": "petroleum_products"}),
        ("flows", {"corridor": "tankers", "quantity": 5.0, "unit": "vessels"}),
        ("flows", {"commodity": "jet_fuel"}),
        ("capacities", {"corridor": "ferry", "quantity": 200.0, "unit": "passengers"}),
        ("capacities", {"corridor": "ferry", "quantity": 1000.0, "unit": "t"}),
        ("attributes", {"corridor": "ferry", "text": "Pyongyang"}),
        ("attributes", {"place": "khasan", "text": "Kashan"}),
        ("attributes", {"property": "only_supplier"}),
        ("events", {"kind": "claim", "date": pd.Timestamp("2017-01-01")}),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else value,
)
def test_the_founding_article_is_there_as_claims(data, table, wanted):
    rows = getattr(data, table)
    rows = rows[rows["source"] == ARTICLE]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    if "basis" in rows:
        assert rows["basis"].item() == "claimed"


def test_whatever_the_founding_article_says_is_a_claim(data):
    for table in (data.flows, data.capacities, data.attributes):
        assert set(table.loc[table["source"] == ARTICLE, "basis"]) == {"claimed"}


@pytest.mark.parametrize(("unit", "figures"), [("passengers", {193, 200}), ("t", {1000, 1500})])
def test_contradictions_stand_beside_the_claims(data, unit, figures):
    table = data.capacities
    said = table[(table["corridor"] == "ferry") & (table["unit"] == unit)
                 & (table["per"] == "voyage")]  # fmt: skip
    assert set(said["quantity"]) == figures
    assert said.loc[said["rank"] == 1, "source"].item() != ARTICLE


# --- lines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(sea_legs()))
def test_sea_legs_are_wet_and_not_under_the_geodesic(data, name):
    line = leg(data, name).geometry
    assert water.land_km(line, data.land) == pytest.approx(0, abs=0.001)  # a metre, by rounding
    ends = np.array(line.coords)[[0, -1]].ravel()
    assert measure.line_km(line) >= measure.geodesic_km(*ends)


@pytest.mark.parametrize("name", list(sea_legs()))
def test_modelled_legs_can_be_found_anew(data, points, name):
    row = leg(data, name)
    found = water.route(points[row["origin"]], points[row["destination"]], land=data.land)
    assert found.length_km == pytest.approx(measure.line_km(row.geometry), rel=0.01)


def test_vladivostok_rajin_is_a_little_over_its_geodesic(data, points):
    geodesic_km = measure.geodesic_km(*points["vladivostok"], *points["rajin"])
    assert 161 < geodesic_km < 163
    length_km = measure.line_km(leg(data, "ferry_vladivostok_rajin").geometry)
    assert 1.0 < length_km / geodesic_km < 1.15


def track_km(data, corridor):
    """Stated length of track of every leg of a corridor that OpenStreetMap gives, by leg."""
    facts = data.attributes
    own = facts[(facts["corridor"] == corridor) & (facts["property"] == "length")
                & (facts["leg"] != "") & (facts["source"] == "osm_railways")]  # fmt: skip
    assert set(own["unit"]) == {"km"}
    return own.set_index("leg")["quantity"]


def test_the_track_is_as_long_as_published_and_longer_than_its_drawn_line(data):
    legs = data.legs[data.legs["corridor"] == "rail"]
    assert set(legs["geometry_basis"]) == {"simplified"}
    facts = data.attributes
    published = facts[(facts["corridor"] == "rail") & (facts["property"] == "length")
                      & (facts["leg"] == "") & (facts["rank"] == 1)]  # fmt: skip
    assert (published["quantity"].item(), published["unit"].item()) == (54, "km")
    track = track_km(data, "rail")
    assert list(track.index) == list(legs["leg"])
    assert track.sum() == pytest.approx(54, rel=0.03)
    assert track.sum() == pytest.approx(53.1, rel=0.03)  # what scgraph-data gives, ends cut
    drawn = measure.length_km(legs)
    assert (drawn.to_numpy() <= track.to_numpy() + 0.001).all()


def test_no_rail_leg_crosses_water(data):
    rails = data.legs[data.legs["mode"] == "rail"]
    assert len(rails) == 13
    assert [water.water_km(line, data.land) for line in rails.geometry] == [0.0] * 13


def test_distances_published_along_the_approach_agree_with_the_track(data):
    """Kilometres from Baranovsky: 87 at Primorskiy and 238 at Khasan, within 4 %."""
    track = track_km(data, "approach").drop("approach_ussuriysk_baranovsky")
    assert track.iloc[:2].sum() == pytest.approx(87, rel=0.04)
    assert track.sum() == pytest.approx(238, rel=0.04)


def test_the_railway_has_a_licence_and_an_attribution_of_its_own(data, descriptor):
    (rail,) = (r for r in descriptor["resources"] if r["name"] == "rail")
    assert [licence["name"] for licence in rail["licenses"]] == ["ODbL-1.0"]
    rails = data.legs[data.legs["mode"] == "rail"]
    assert rails["note"].str.contains("© OpenStreetMap contributors").all()
    (source,) = (s for s in data.sources if s["id"] == "osm_railways")
    assert set(rails["source"]) == {source["id"]}
    assert "ODbL" in source["note"]


def test_the_tool_lays_the_same_course_again(tmp_path, capsys):
    for name in ("rail.geojson", "places.geojson", "basemap.pack"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    rail_course.main(tmp_path, "rail.geojson")
    assert (tmp_path / "rail.geojson").read_bytes() == (DATA / "rail.geojson").read_bytes()
    assert "rail_rajin_station_rajin: track 1.353 km" in capsys.readouterr().out


def test_rail_legs_join_end_to_end(data):
    legs = data.legs[data.legs["corridor"] == "rail"]
    assert list(legs["origin"])[1:] == list(legs["destination"])[:-1]
    assert (legs["origin"].iloc[0], legs["destination"].iloc[-1]) == ("khasan", "rajin")


@pytest.mark.parametrize("ground", [True, False])
@pytest.mark.parametrize("name", ["rail", "ferry"])
def test_a_map_that_shows_railways_says_to_whom_they_are_owed(data, name, ground):
    """The course of its own line, and the railways of the ground under any line."""
    owed = "© OpenStreetMap contributors"
    shown = data if ground else replace(data, railways=None)
    text = page.render(scene.legs_page(shown, name))
    assert (f'"attribution":"{owed}"' in text) == (ground or name == "rail")
    assert (f"Rajin–Khasan railway: ODbL-1.0, {owed}" in text) == (name == "rail")
    assert (f"Railways: ODbL-1.0, {owed}" in text) == ground


def test_a_line_drawn_through_few_points_says_the_length_that_is_stated(data):
    lengths = {p.id: p.length for p in scene.legs_page(data, "rail").pipes}
    assert lengths["rail_tumangang_hongui"] == (
        "42.5 km (22.9 nmi) as drawn; 49.3 km (26.6 nmi) stated, simplified line"
    )
    assert all(" stated, " in said for said in lengths.values())
