import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import DATA, GIVEN, SPARE, Folder, digest

from geo import measure, package, scene
from geo.errors import DataError, Fault, GeoError, wording

NAN = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"x": NaN}}]}'


@pytest.fixture
def unrouted(tmp_path):
    """The example folder with only the files that pages need: quick to read."""
    return Folder.new(tmp_path / "folder").less(SPARE | {"capacities"})


@pytest.fixture
def folder(tmp_path):
    """The same with a given line for its leg: quick to load."""
    return Folder.drawn(tmp_path / "folder", without=SPARE | {"capacities"})


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The shipped data with a fault of every kind: its report, and where each fault was put."""
    folder = Folder.copy(tmp_path_factory.mktemp("broken") / "data")
    trace = folder.path.parent / "evaluated"
    call = f"__import__('os').system('touch {trace}')"
    faults = []

    def cell(file, key, column, value, code, **others):
        row = folder.cell(file, key, **{column: value}, **others)
        faults.append((file, f"row {row}", column, value, code))

    cell("flows.csv", "rail_1988", "quantity", "lots", "cell.wrong-type")
    cell("flows.csv", "rail_2002", "unit", "tons", "cell.not-allowed")
    cell("flows.csv", "rail_2014", "corridor", "railway", "key.no-such-row")
    cell("flows.csv", "rail_2015", "source", "", "cell.not-allowed")
    cell("flows.csv", "rail_2016", "period_end", "2015-12-31", "range.order-reversed")
    cell("flows.csv", "rail_2019", "quantity_high", "0.01", "range.order-reversed")
    cell("flows.csv", "rail_2017_ambassador", "rank", "1", "figure.rank-one-twice")
    cell(
        "flows.csv",
        "tankers_2017_bbl",
        "formula",
        "tankers_2017 +",
        "figure.formula-not-arithmetic",
    )
    cell("flows.csv", "tankers_vladivostok_2016_bbl", "formula", "", "figure.formula-missing")
    row = folder.cell("flows.csv", "rail_2015_from_share", formula="rail_2015_coal / 0.5")
    faults.append(("flows.csv", f"row {row}", "quantity", "1.191", "figure.formula-disagrees"))
    cell("attributes.csv", "rail_length_sum", "formula", call, "figure.formula-not-arithmetic")
    cell("attributes.csv", "rail_works", "period_end", "22.09.2013", "cell.wrong-type")
    cell("capacities.csv", "rail_line_5mt", "source", "nobody", "key.no-such-row")
    cell("capacities.csv", "ferry_containers", "quantity", "-24", "cell.not-allowed")
    cell(
        "capacities.csv",
        "rail_pilot_train",
        "formula",
        "rail_line_4mt.real",
        "figure.formula-not-arithmetic",
    )
    cell("corridors.csv", "ferry", "name_en", "", "cell.not-allowed")
    cell("vessels.csv", "an_san_1", "imo", "7303804", "vessel.imo-check-digit")

    row = folder.add("commodities.csv", commodity="coal", name_en="coal", group="bulk", source="x")
    faults.append(("commodities.csv", f"row {row}", "commodity", "", "cell.not-unique"))
    faults.append(("commodities.csv", f"row {row}", "source", "x", "key.no-such-row"))
    table = folder.table("events.csv")
    gone = table[0].index("date_precision")
    folder.put("events.csv", [row[:gone] + row[gone + 1 :] for row in table])
    faults.append(("events.csv", "header", "date_precision", "", "column.not-in-file"))
    table = folder.table("limits.csv")
    folder.put("limits.csv", [*table[:2], [*table[2], "surplus"], *table[3:]])
    faults.append(("limits.csv", "row 3", "", f"{len(table[0]) + 1} cells", "row.wrong-width"))

    def feature(file, key, field, value, code, how):
        faults.append((file, folder.feature(file, key, how), field, value, code))

    at = "geometry.coordinates"
    feature(
        "places.geojson",
        "zarubino",
        at,
        "42.6167, 131.133",
        "position.outside-bounds",
        lambda f: f["geometry"]["coordinates"].reverse(),
    )
    feature(
        "places.geojson",
        "posyet",
        at,
        "10, 11",
        "position.outside-bounds",
        lambda f: f["geometry"].update(coordinates=[10, 11]),
    )
    feature(
        "places.geojson",
        "nampo",
        "locode",
        "nampo",
        "cell.not-allowed",
        lambda f: f["properties"].update(locode="nampo"),
    )
    feature(
        "rail.geojson",
        "rail_khasan_friendship_bridge",
        "origin",
        "khasan",
        "leg.end-off-place",
        lambda f: f["geometry"]["coordinates"].__setitem__(0, [130.64528, 42.458]),
    )
    feature(
        "rail.geojson",
        "approach_primorskiy_kraskino",
        "leg",
        "approach_primorskiy_kraskino",
        "leg.crosses-water",
        lambda f: (
            f["properties"].update(geometry_basis="surveyed"),
            f["geometry"]["coordinates"].insert(1, [131.6, 42.6]),
        ),
    )
    feature(
        "ferry.geojson",
        "ferry_vladivostok_rajin",
        "leg",
        "ferry_vladivostok_rajin",
        "leg.crosses-land",
        lambda f: f["geometry"].update(coordinates=[[131.884, 43.112], [130.3, 42.2333]]),
    )
    feature(
        "ferry.geojson",
        "ferry_vladivostok_wonsan",
        "destination",
        "wonsen",
        "key.no-such-row",
        lambda f: f["properties"].update(destination="wonsen"),
    )
    feature(
        "tankers.geojson",
        "tankers_vladivostok_kimchaek",
        at,
        "[[129.2, 40.6]]",
        "geojson.not-rfc7946",
        lambda f: f["geometry"].update(coordinates=[[129.2, 40.6]]),
    )

    def extra(path, text, where, code, field=""):
        if text:
            folder.write(path, text)
        folder.descriptor(
            lambda d: d["resources"].append({"name": f"extra_{path.split('.')[0]}", "path": path})
        )
        faults.append((path, where, field, "", code))

    extra("nan.geojson", NAN, "feature 1", "json.number-not-finite", "properties.x")
    extra("comma.geojson", '{"type": ,}', "line 1, column 10", "json.not-json")
    extra("quotes.csv", 'a,b\n1,"2"3\n', "line 2", "table.not-csv")
    extra("gone.csv", "", "", "resource.file-missing")
    report = package.examine(folder.path)
    return SimpleNamespace(folder=folder.path, report=report, put=faults, trace=trace)


def names(fault, put):
    file, where, field, value, code = put
    return (fault.file, fault.where, fault.field, fault.code) == (
        file,
        where,
        field,
        code,
    ) and value in fault.value


def test_every_fault_is_named_in_one_report(broken):
    assert len(broken.put) >= 30
    found = broken.report.faults
    missed = [put for put in broken.put if not any(names(fault, put) for fault in found)]
    assert not missed, "\n".join(map(str, [*missed, "found:", *found]))


def test_nothing_else_is_called_a_fault(broken):
    others = [f for f in broken.report.faults if not any(names(f, put) for put in broken.put)]
    # A key used twice is named twice; legs of the file that could not be read are not there; the
    # leg that was moved is longer than its stated track.
    follow = ("row.key-not-unique", "key.no-such-row", "leg.length-under-geodesic")
    surplus = [f for f in others if f.code not in follow]
    assert not surplus, "\n".join(map(str, surplus[:20]))


def test_every_fault_has_a_remedy_and_reads_as_one_line(broken):
    for fault in broken.report.faults:
        assert fault.remedy
        assert str(fault).startswith(fault.file)
        assert str(fault).count("\n") == 0
        for part in (
            fault.where,
            fault.field,
            fault.value,
            fault.problem,
            fault.remedy,
            fault.code,
        ):
            assert part in str(fault)


def test_swapped_coordinates_get_their_own_remedy(broken):
    remedies = {f.where: f.remedy for f in broken.report.faults if f.file == "places.geojson"}
    assert "longitude first" in remedies["feature 27 (zarubino)"]
    assert "tumen:bounds" in remedies["feature 26 (posyet)"]


def test_a_formula_is_never_executed(broken):
    assert not broken.trace.exists()


def test_load_raises_with_the_faults_the_report_has(broken):
    with pytest.raises(DataError) as caught:
        package.load(broken.folder)
    assert caught.value.faults == broken.report.faults
    assert str(caught.value).count("\n") == len(broken.report.faults)


def test_the_shipped_data_is_sound_and_left_alone():
    before = digest(DATA)
    report = package.examine(DATA)
    assert report.sound, "\n".join(map(str, report.faults))
    assert report.counts["flows"] > 0
    assert not any("hash" in note.problem for note in report.notes)
    assert digest(DATA) == before


def test_examining_and_loading_write_nothing(folder):
    before = digest(folder.path)
    package.examine(folder.path)
    loaded = package.load(folder.path)
    assert repr(loaded) == f"<Package {str(folder.path)!r}: {len(loaded.places)} places, " + (
        f"{len(loaded.legs)} legs, {len(loaded.flows)} flows>"
    )
    assert digest(folder.path) == before


# --- single faults ------------------------------------------------------------------------------


def faults(folder):
    return package.examine(folder.path).faults


@pytest.mark.parametrize(
    "path", ["../outside.csv", "/etc/passwd", "a/../../b.csv", "C:\\x", "..\\x"]
)
def test_a_path_that_leaves_the_folder_is_refused(folder, path):
    folder.resource("flows", lambda resource: resource.update(path=path))
    found = [f for f in faults(folder) if f.code == "resource.path-leaves-folder"]
    assert [(f.file, f.where, f.field, f.value) for f in found] == [
        ("datapackage.json", "resource 5", "path", path)
    ]


def test_a_path_that_leaves_the_folder_hides_no_other_fault(folder):
    folder.descriptor(lambda d: d["resources"].append({"name": "x", "path": "../x.csv"}))
    folder.cell("flows.csv", "example_flow", unit="")
    assert {f.file for f in faults(folder)} == {"datapackage.json", "flows.csv"}


def test_a_changed_file_is_a_note_with_its_remedy(folder):
    folder.write("datapackage.json", package.update_hashes(folder.path))
    assert package.examine(folder.path).notes == ()
    folder.cell("flows.csv", "example_flow", note="changed")
    report = package.examine(folder.path)
    assert report.sound
    assert [(n.file, n.code) for n in report.notes] == [("flows.csv", "resource.hash-differs")]
    assert "geo check --update-hashes" in report.notes[0].remedy


def test_updated_hashes_change_nothing_but_hashes(folder):
    before = json.loads(folder.text("datapackage.json"))
    after = json.loads(package.update_hashes(folder.path))
    for resource in after["resources"]:
        assert resource.pop("hash", "sha256:").startswith("sha256:")
    assert after == before


def test_a_source_nobody_knows_is_named_where_it_is_cited(folder):
    folder.cell("flows.csv", "example_flow", source="nobody")
    assert [(f.where, f.field, f.value) for f in faults(folder)] == [("row 2", "source", "nobody")]


@pytest.mark.parametrize(
    ("record", "field", "code"),
    [
        ({"id": "example", "type": "book", "title": "again"}, "id", "source.id-twice"),
        ({"id": "c", "type": "book"}, "title", "source.key-missing"),
        ({"type": "book", "title": "no id"}, "id", "source.key-missing"),
        ({"id": ["c"], "type": "book", "title": "a list"}, "id", "source.key-missing"),
        ({"id": 3, "type": "book", "title": "a number"}, "id", "source.key-missing"),
        ("not a record", "id", "source.key-missing"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_source_without_its_own_id_or_title_is_named(folder, record, field, code):
    folder.change("sources.json", lambda records: [*records, record])
    found = [f for f in faults(folder) if f.file == "sources.json"]
    assert any(f.where.startswith("record 3") and f.field == field for f in found)
    assert any(f.code == code for f in found)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("issued", {"date-parts": []}),
        ("issued", {"date-parts": [[]]}),
        ("issued", "2020"),
        ("accessed", {"date-parts": [["soon"]]}),
        ("accessed", {"date-parts": []}),
    ],
)
def test_a_source_with_an_odd_date_is_a_fault_or_still_builds(folder, key, value):
    folder.change("sources.json", lambda records: records[0].update({key: value}))
    if package.examine(folder.path).sound:
        sources = scene.overview(package.load(folder.path)).sources
        assert any("“Invented example" in source.text for source in sources)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update({"tumen:bounds": [1, 2, 3]}),
        lambda d: d.update({"tumen:bounds": "world"}),
        lambda d: d.update({"tumen:extent": [1, 2, 3]}),
        lambda d: d.update({"tumen:extent": ["a", "b", "c", "d"]}),
        lambda d: d.update({"tumen:view": [1, 2]}),
        lambda d: d.update({"licenses": "CC-BY-4.0"}),
        lambda d: d["resources"][2].update(schema="places.schema.json"),
        lambda d: d["resources"][2].update(schema=[]),
        lambda d: d["resources"][2]["schema"]["fields"].append({"type": "string"}),
        lambda d: d["resources"][2]["schema"]["fields"][0].update(type="strange"),
        lambda d: d["resources"][2]["schema"].update(foreignKeys=[{"fields": "source"}]),
        lambda d: d["resources"].append("a text"),
        lambda d: d["resources"][2].update(name=3),
        lambda d: d["resources"][2].update({"tumen:role": ["places"]}),
        lambda d: d["resources"][2].update({"tumen:role": None}),
        lambda d: d["resources"][2].update(title=3),
        lambda d: d.update(title=["a"]),
        lambda d: d.update(description=None),
        lambda d: d["resources"][2]["schema"].update(
            foreignKeys=[{"fields": [], "reference": {"resource": "places", "fields": []}}]
        ),
        lambda d: d.update(resources={}),
        lambda _: [],
        lambda _: 3,
    ],
    ids=[
        "bounds of three",
        "bounds in words",
        "extent of three",
        "extent in words",
        "view of two",
        "licence as text",
        "schema elsewhere",
        "schema a list",
        "column without name",
        "column of no known type",
        "key to nowhere",
        "resource a text",
        "name a number",
        "role a list",
        "role null",
        "title a number",
        "title of all a list",
        "description null",
        "key of no column",
        "resources no list",
        "a list",
        "a number",
    ],
)
def test_a_descriptor_of_the_wrong_shape_is_a_fault(folder, change):
    folder.descriptor(change)
    found = faults(folder)
    assert any(f.file == "datapackage.json" or f.field == "schema" for f in found)


@pytest.mark.parametrize("name", ["places", "legs", "corridors", "flows"])
def test_a_folder_without_a_file_the_pages_need_is_a_fault(folder, name):
    folder.descriptor(
        lambda d: d.update(resources=[r for r in d["resources"] if r["name"] != name])
    )
    assert faults(folder)


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("con.geojson", "resource.page-name-unfit", "some systems keep this name for a device"),
        ("deep/overview.geojson", "resource.page-name-taken", "the page overview "),
        ("deep/Legs.geojson", "resource.page-name-taken", "the page Legs "),
    ],
)
def test_a_file_of_legs_that_gives_no_page_of_its_own_is_a_fault(folder, path, code, said):
    legs = next(r for r in json.loads(folder.text("datapackage.json"))["resources"]
                if r["name"] == "legs")  # fmt: skip
    folder.descriptor(lambda d: d["resources"].append({**legs, "name": "more", "path": path}))
    (found,) = [f for f in faults(folder) if f.field == "path"]
    assert (found.file, found.value, found.code) == ("datapackage.json", path, code)
    assert said in found.problem


def test_a_name_that_no_file_can_have_is_that_of_a_missing_one(folder):
    long = f"{'x' * 300}.csv"
    folder.resource("flows", lambda resource: resource.update(path=long))
    assert ("resource.file-missing", long) in {(f.code, f.file) for f in faults(folder)}


def without(column):
    """How to take a column out of a resource's schema."""

    def change(resource):
        fields = resource["schema"]["fields"]
        resource["schema"]["fields"] = [f for f in fields if f["name"] != column]

    return change


@pytest.mark.parametrize(
    ("file", "key", "column"),
    [
        *(
            ("legs.geojson", "port_a_port_b", column)
            for column in ("leg", "mode", "origin", "destination", "geometry_basis")
        ),
        ("places.geojson", "port_a", "place"),
        ("places.geojson", "port_a", "accuracy_m"),
    ],
)
def test_a_schema_without_a_column_the_pages_need_is_a_fault(folder, file, key, column):
    folder.resource(file.split(".")[0], without(column))
    folder.feature(file, key, lambda f: f["properties"].pop(column))
    found = [f for f in faults(folder) if f.file == "datapackage.json"]
    assert [(f.value, f.code) for f in found] == [(column, "schema.column-missing")]


@pytest.mark.parametrize("column", ["attribute", "leg", "property", "unit", "quantity"])
def test_attributes_may_lack_what_their_lengths_are_judged_by(tmp_path, column):
    folder = Folder.drawn(tmp_path / "folder", without=SPARE - {"attributes"})
    folder.resource("attributes", without(column))
    folder.put(
        "attributes.csv",
        [
            [cell for cell, name in zip(row, folder.table("attributes.csv")[0], strict=True)
             if name != column]
            for row in folder.table("attributes.csv")
        ],
    )  # fmt: skip
    assert not [f for f in faults(folder) if f.file == "datapackage.json"]


@pytest.mark.parametrize(
    ("name", "column", "kind", "wanted"),
    [
        ("flows", "quantity", "string", "number"),
        ("flows", "period_start", "string", "date"),
        ("flows", "period_end", "year", "date"),
        ("places", "accuracy_m", "string", "number"),
    ],
)
def test_a_column_that_is_calculated_with_has_its_type(folder, name, column, kind, wanted):
    def change(resource):
        next(f for f in resource["schema"]["fields"] if f["name"] == column).update(type=kind)

    folder.resource(name, change)
    (fault,) = faults(folder)
    number = next(
        n
        for n, r in enumerate(json.loads(folder.text("datapackage.json"))["resources"], 1)
        if r["name"] == name
    )
    assert fault == Fault(
        "datapackage.json",
        f"resource {number}",
        column,
        kind,
        *wording("schema.wrong-type", wanted=wanted, column=column),
    )


def test_places_and_legs_are_geojson(folder):
    folder.write("places.csv", "place\nport_a\n")
    folder.resource("places", lambda resource: resource.update(path="places.csv"))
    (fault,) = faults(folder)
    assert (fault.file, fault.where, fault.field) == ("datapackage.json", "resource 3", "path")
    assert (fault.value, fault.code) == ("places.csv", "resource.not-geojson")


def test_a_table_of_the_users_own_may_hold_anything(folder):
    """No role: its columns mean what its schema says, whatever the kit calls by those names."""
    fields = [{"name": n, "type": "string"} for n in ("key", "low", "value", "high", "quantity")]
    folder.descriptor(
        lambda d: d["resources"].append(
            {"name": "own", "path": "own.csv", "schema": {"fields": fields}}
        )
    )
    folder.write("own.csv", "key,low,value,high,quantity\na,some,9,10,lots\n")
    assert faults(folder) == ()


def test_a_table_without_a_schema_is_read_and_not_judged(folder):
    folder.descriptor(lambda d: d["resources"].append({"name": "own", "path": "own.csv"}))
    folder.write("own.csv", "a,b\n1,2\n3,4\n")
    report = package.examine(folder.path)
    assert report.sound
    assert report.counts[""] == 2


@pytest.mark.parametrize("end", ["origin", "destination"])
def test_a_leg_to_be_routed_needs_places_that_are_known(unrouted, end):
    """Also where the schema holds no key from one to the other."""
    unrouted.resource("legs", lambda resource: resource["schema"].pop("tumen:foreignKeys"))
    where = unrouted.feature(
        "legs.geojson", "port_a_port_b", lambda f: f["properties"].update({end: "nowhere"})
    )
    assert faults(unrouted) == (
        Fault(
            "legs.geojson",
            where,
            end,
            "nowhere",
            *wording("key.no-such-row", target="place", tables="places"),
        ),
    )


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder, tmp_path):
    other = tmp_path / "other.csv"
    other.write_bytes((folder.path / "flows.csv").read_bytes())
    (folder.path / "flows.csv").unlink()
    (folder.path / "flows.csv").symlink_to(other)
    report = package.examine(folder.path)
    assert report.faults == (
        Fault("flows.csv", "", "", "", *wording("resource.link-leaves-folder")),
    )
    assert "flows" not in report.counts


def test_characters_that_no_document_can_hold_are_faults_where_they_stand(folder):
    row = folder.cell("flows.csv", "example_flow", note="a\x0bb")
    folder.change("sources.json", lambda records: records[0].update(title="a\x1b[31m"))
    folder.descriptor(lambda d: d.update(title="a\x00b"))
    said = wording("text.control-character")
    assert set(faults(folder)) == {
        Fault("datapackage.json", "", "title", '"a\\u0000b"', *said),
    }
    folder.descriptor(lambda d: d.update(title="ab"))
    assert set(faults(folder)) == {
        Fault("flows.csv", f"row {row}", "note", "a\x0bb", *said),
        Fault("sources.json", "", "0.title", '"a\\u001b[31m"', *said),
    }


POINT = {"type": "Point", "coordinates": [178.4, -18.2]}
RING = {"type": "Polygon", "coordinates": [[[178, -19], [178.4, -19], [178, -19.5], [178, -19]]]}
EMPTY = {"type": "GeometryCollection", "geometries": []}
WAY = {"type": "LineString", "coordinates": [[178, -18], [178.4, -18.2]]}


@pytest.mark.parametrize(
    ("file", "key", "geometry"),
    [
        ("places.geojson", "port_a", None),
        ("places.geojson", "port_a", WAY),
        ("places.geojson", "port_a", RING),
        ("legs.geojson", "port_a_port_b", POINT),
        ("legs.geojson", "port_a_port_b", RING),
        ("legs.geojson", "port_a_port_b", EMPTY),
    ],
    ids=["place null", "place line", "place area", "leg point", "leg area", "leg nothing"],
)
def test_a_place_is_a_point_and_a_leg_is_a_line(folder, file, key, geometry):
    where = folder.feature(file, key, lambda f: f.update(geometry=geometry))
    assert (file, where) in {(f.file, f.where) for f in faults(folder)}


def test_unknown_stays_unknown(folder):
    folder.cell("flows.csv", "example_flow", quantity="", period_end="")
    row = package.load(folder.path).flows.iloc[0]
    assert pd.isna(row["quantity"])
    assert pd.isna(row["period_end"])
    assert row["leg"] == ""


@pytest.mark.parametrize(
    "content",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
    ],
    ids=["byte order mark", "CRLF", "no last newline"],
)
def test_how_an_editor_saves_a_table_makes_no_difference(folder, content):
    plain = package.load(folder.path).flows
    folder.write("flows.csv", content(folder.text("flows.csv")))
    pd.testing.assert_frame_equal(package.load(folder.path).flows, plain)


def test_two_columns_of_one_name_are_a_fault(folder):
    folder.write("flows.csv", folder.text("flows.csv").replace(",note,", ",unit,", 1))
    found = faults(folder)
    assert ("flows.csv", "header") in {(f.file, f.where) for f in found}
    assert any(f.code == "column.named-twice" for f in found)


@pytest.mark.parametrize("name", ["corridors.csv", "flows.csv", "sources.json", "legs.geojson"])
def test_an_empty_file_is_a_fault(folder, name):
    folder.write(name, "")
    assert name in {f.file for f in faults(folder)}


# --- what cannot be read --------------------------------------------------------------------------


def test_a_file_that_is_not_utf8_names_file_and_byte(folder):
    folder.write("flows.csv", folder.text("flows.csv").encode() + b"\xe9")
    with pytest.raises(GeoError, match=r"flows\.csv: byte \d+ is not UTF-8"):
        package.examine(folder.path)


@pytest.mark.parametrize("reader", [package.load, package.examine])
def test_no_folder_names_the_command_that_makes_one(reader, tmp_path):
    with pytest.raises(GeoError, match="no such folder; `geo new"):
        reader(tmp_path / "nowhere")


def test_a_folder_without_descriptor_cannot_be_read(tmp_path):
    with pytest.raises(GeoError, match=r"datapackage\.json: no such file"):
        package.examine(tmp_path)


# --- single files ---------------------------------------------------------------------------------


def test_a_single_geojson_is_checked_for_structure_and_range(tmp_path):
    path = tmp_path / "a.geojson"
    features = [
        {"type": "Feature", "id": "fine", "properties": {}, "geometry": POINT},
        {
            "type": "Feature",
            "id": "far",
            "properties": {},
            "geometry": {"type": "Point", "coordinates": [0, 95]},
        },
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    report = package.examine_file(path)
    assert [(f.file, f.where) for f in report.faults] == [("a.geojson", "feature 2 (far)")]
    assert report.counts == {"file": 2}
    features.pop()
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert package.examine_file(path).sound


def test_a_single_geojson_of_the_wrong_structure_is_named_by_feature(tmp_path):
    path = tmp_path / "a.geojson"
    broken = {"type": "Feature", "properties": {}, "geometry": {"type": "Point"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [broken]}))
    (fault, *_) = package.examine_file(path).faults
    assert fault.where == "feature 1"
    assert fault.field == "geometry.coordinates"


def test_a_single_table_is_checked_for_its_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("lon,lat\n1,2\n")
    assert package.examine_file(path).sound
    path.write_text("lon,lat\n1,2\n1,2,3\n")
    assert [(f.where, f.value) for f in package.examine_file(path).faults] == [("row 3", "3 cells")]
    path.write_text('a,b\n"1"x,2\n')
    assert package.examine_file(path).faults[0].code == "table.not-csv"


@pytest.mark.parametrize("name", ["a.dat", "a.mif", "a"])
def test_a_file_of_another_kind_cannot_be_checked(tmp_path, name):
    (tmp_path / name).write_text("x")
    with pytest.raises(GeoError, match="cannot check"):
        package.examine_file(tmp_path / name)


# --- loading --------------------------------------------------------------------------------------


def test_a_sea_leg_without_geometry_is_routed_between_its_places(unrouted):
    assert json.loads(unrouted.text("legs.geojson"))["features"][0]["geometry"] is None
    loaded = package.load(unrouted.path)
    line = loaded.legs.geometry.iloc[0]
    ends = loaded.places.set_index("place").geometry
    for place, at in (("port_a", line.coords[0]), ("port_b", line.coords[-1])):
        assert measure.geodesic_km(*at[:2], ends[place].x, ends[place].y) <= 5.0
    assert measure.line_km(line) >= measure.geodesic_km(178.4, -18.2, -175.2, -21.1) - 10.1


def test_routing_changes_no_other_frame_and_no_given_leg(unrouted):
    routed = package.load(unrouted.path)
    unrouted.feature("legs.geojson", "port_a_port_b", lambda f: f.update(geometry=GIVEN))
    loaded = package.load(unrouted.path)
    assert [list(p) for p in loaded.legs.geometry.iloc[0].coords] == GIVEN["coordinates"]
    for name in ("places", *package.TABLES):
        pd.testing.assert_frame_equal(getattr(routed, name), getattr(loaded, name))
    left = [frame.drop(columns="geometry") for frame in (routed.legs, loaded.legs)]
    pd.testing.assert_frame_equal(*left)


def test_two_loads_give_equal_frames(folder):
    one, other = package.load(folder.path), package.load(folder.path)
    for name in ("places", "legs", *package.TABLES):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.hashes == other.hashes


def test_hashes_are_of_the_bytes_that_were_read(folder):
    loaded, files = package.load(folder.path), digest(folder.path)
    assert set(loaded.hashes) >= {"flows.csv", "sources.json", "places.geojson"}
    assert all(files[name] == value for name, value in loaded.hashes.items())


def test_extent_is_what_the_folder_declares(folder):
    assert package.extent(folder.path) == (177.4, -22.1, 185.8, -17.2)
    folder.descriptor(lambda d: d.pop("tumen:extent") and None)
    with pytest.raises(GeoError, match="declares no extent"):
        package.extent(folder.path)


def test_the_dictionary_has_a_line_for_every_column(folder):
    text = package.dictionary(folder.path)
    for resource in json.loads(folder.text("datapackage.json"))["resources"]:
        for field in (resource.get("schema") or {}).get("fields", []):
            assert f"| `{field['name']}` | {field['type']} |" in text


def test_contents_change_with_every_file_and_hold_nothing_from_outside(folder, tmp_path):
    before = package.contents(folder.path)
    assert package.contents(folder.path) == before
    for name in ("flows.csv", "sources.json", "datapackage.json"):
        text = (folder.path / name).read_text(encoding="utf-8")
        folder.write(name, text + " ")
        assert package.contents(folder.path) != before
        folder.write(name, text)
    assert package.contents(folder.path) == before
    secret = tmp_path / "secret.csv"
    secret.write_text("nobody's business", encoding="utf-8")
    (folder.path / "flows.csv").unlink()
    (folder.path / "flows.csv").symlink_to(secret)
    assert not any(b"nobody" in part for part in package.contents(folder.path))


@pytest.mark.parametrize(
    "asked", [package.dictionary, package.update_hashes, package.extent, package.contents]
)
@pytest.mark.parametrize("text", ["{", "{}", '{"resources": [{"name": "a"}]}'])
def test_what_is_asked_of_an_unsound_descriptor_is_answered_with_its_faults(folder, asked, text):
    folder.write("datapackage.json", text)
    with pytest.raises(DataError) as caught:
        asked(folder.path)
    assert str(caught.value).startswith(f"{folder.path}: 1 fault(s)\ndatapackage.json")
    assert [f.file for f in caught.value.faults] == ["datapackage.json"]


def test_the_dictionary_says_the_rules_of_a_column(folder):
    rules = {"required": True, "minimum": 0, "maximum": 9, "enum": ["a", "b"]}
    column = {"name": "c", "type": "number", "constraints": rules, "description": "one | other"}
    fields = [column, {"name": "plain"}]
    folder.descriptor(
        lambda d: d.update(
            resources=[{"name": "t", "path": "t.csv", "schema": {"fields": fields}},
                       {"name": "u", "path": "u.csv"}]
        )
    )  # fmt: skip
    assert package.dictionary(folder.path).splitlines() == [
        "### t.csv",
        "",
        "| column | type | rule | meaning |",
        "|---|---|---|---|",
        "| `c` | number | required; a, b; ≥ 0; ≤ 9 | one \\| other |",
        "| `plain` | string |  |  |",
    ]


def test_a_file_is_read_once(folder, monkeypatch):
    """What is judged is what the hash is of, also where a file changes meanwhile."""
    opened = Counter()
    read = package.intake.read

    def counted(path, **more):
        opened[Path(path).name] += 1
        return read(path, **more)

    monkeypatch.setattr(package.intake, "read", counted)
    hashes = package.load(folder.path).hashes
    assert set(hashes) < set(opened)
    assert set(opened.values()) == {1}


# --- flows in the short form ----------------------------------------------------------------------

SHORT = "corridor,origin,destination,period,quantity,unit,source\n"


def test_flows_in_the_short_form_are_written_out_as_they_are_read(tmp_path):
    folder = Folder.drawn(tmp_path / "mine")
    rows = "Example corridor,Port A,Port B,2021,1,Mt,Yearbook\n"
    (folder.path / "flows.csv").write_text(SHORT + rows, encoding="utf-8")
    found = package.load(folder.path)
    assert found.flows["origin"].tolist() == ["port_a"]
    assert [one["id"] for one in found.sources] == ["example", "example_other", "yearbook"]
    (folder.path / "flows.csv").write_text(SHORT + rows.replace("Yearbook", "example"))
    assert len(package.load(folder.path).sources) == 2


def test_the_short_form_without_a_list_of_sources_lacks_the_list_alone(tmp_path):
    folder = Folder.drawn(tmp_path / "mine", without=("sources",))
    rows = "Example corridor,Port A,Port B,2021,1,Mt,Yearbook\n"
    (folder.path / "flows.csv").write_text(SHORT + rows, encoding="utf-8")
    codes = {fault.code for fault in package.examine(folder.path).faults}
    assert codes == {"resource.role-missing", "key.no-such-row"}
