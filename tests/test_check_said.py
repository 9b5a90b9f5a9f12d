"""What `check` says, to the letter: the file, the place, the field, the value, the code.

What is said of a code stands in the list of faults; here are the values that stand in it.
"""

import math
import warnings
from dataclasses import replace

import pandas as pd
import pytest
import shapely
from test_check import DATE, ISLAND, NUMBER, POINT, collection, feature, legs, places, table

from geo import check, rail
from geo.checking.check import Table
from geo.errors import Fault, wording


def same(found, *wanted):
    """Whether faults are those: a problem of three dots is in a library's words."""
    found = list(found)
    assert all(fault.problem for fault in found)
    free = ["..." in w[4] for w in wanted] + [False] * len(found)
    plain = [replace(f, problem="...") if any_ else f for f, any_ in zip(found, free, strict=False)]
    hoped = [Fault(*w) for w in wanted]
    assert plain == [replace(f, problem="...") if "..." in f.problem else f for f in hoped]
    return True


# --- GeoJSON --------------------------------------------------------------------------------------


def rfc(reason):
    return wording("geojson.not-rfc7946", reason=reason)


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        ([], [("", "", "[]", "not an object")]),
        ({"type": "FeatureCollection"}, [("", "features", '{"type": "FeatureCollection"}', "...")]),
        ({"type": "Feature", "features": [feature(POINT)]}, [("", "type", '"Feature"', "...")]),
        (
            {"type": "Feature", "features": [3]},
            [("", "type", '"Feature"', "..."), ("feature 1", "", "3", "not an object")],
        ),
        (
            collection(feature(POINT), feature({"type": "Point", "coordinates": [1]}, id="b")),
            [
                ("feature 2 (b)", "geometry.coordinates.1", "[1]", "..."),
                ("feature 2 (b)", "geometry.coordinates.2", "[1]", "..."),
            ],
        ),
        (
            {**collection(feature(POINT)), "bbox": [1, 2]},
            [("", f"bbox.{n}", "[1, 2]", "...") for n in (2, 3, 4, 5)],
        ),
    ],
)
def test_a_fault_of_structure(document, wanted):
    found = check.geojson(document, "a.geojson")
    assert same(found, *(("a.geojson", *place, *rfc(reason)) for *place, reason in wanted))


def test_coordinates_that_a_model_would_take_for_numbers_are_named_at_any_depth():
    inner = {"type": "LineString", "coordinates": [[1.5, 2], [3, "4"]]}
    both = {"type": "GeometryCollection", "geometries": [POINT, inner]}
    document = collection(feature({"type": "Point", "coordinates": ["1.5", True]}), feature(both))
    advice = wording("geojson.coordinate-not-number")
    assert same(
        check.geojson(document, "a"),
        ("a", "feature 1", "geometry.coordinates.0", '"1.5"', *advice),
        ("a", "feature 1", "geometry.coordinates.1", "true", *advice),
        ("a", "feature 2", "geometry.geometries.1.coordinates.1.1", '"4"', *advice),
    )


def test_a_text_before_numbers_is_named_too():
    line = {"type": "LineString", "coordinates": [["1", 2], [3, 4]]}
    (fault,) = check.geojson(collection(feature(line)), "a")
    assert fault.field == "geometry.coordinates.0.0"


def test_of_many_texts_for_numbers_in_one_feature_twenty_are_named():
    line = {"type": "LineString", "coordinates": [["1", "2"]] * 15}
    assert len(check.geojson(collection(feature(line)), "a")) == 20


def test_what_the_standard_only_advises_against_is_neither_a_fault_nor_a_warning():
    alone = {"type": "GeometryCollection", "geometries": [POINT]}
    with warnings.catch_warnings(action="error"):
        assert check.geojson(collection(feature(alone)), "a") == []


def test_of_many_faults_in_one_feature_twenty_are_named_and_the_rest_counted():
    def line(count):
        return collection(feature({"type": "LineString", "coordinates": [[0]] * count}))

    assert len(check.geojson(line(10), "a")) == 20
    one_more = line(10)
    one_more["features"][0]["type"] = "Else"
    said = wording("geojson.more-faults", count=1)
    assert check.geojson(one_more, "a")[-1].problem == said.problem
    *named, last = check.geojson(line(14), "a")
    assert [f.field for f in named] == [
        f"geometry.coordinates.{n}.{i}" for n in range(10) for i in (1, 2)
    ]
    assert same([last], ("a", "feature 1", "", "", *wording("geojson.more-faults", count=8)))


@pytest.mark.parametrize(
    ("crs", "value"),
    [
        ({"type": "name", "properties": {"name": "EPSG:3857"}}, '"EPSG:3857"'),
        ({"properties": {"name": "XEPSG:4326"}}, '"XEPSG:4326"'),
        ({"properties": {"name": "EPSG:43260"}}, '"EPSG:43260"'),
        ({"properties": {"name": 3}}, "3"),
        ({"properties": {}}, '{"properties": {}}'),
        ({"properties": []}, '{"properties": []}'),
        ("EPSG:4326", '"EPSG:4326"'),
    ],
)
def test_another_reference_system(crs, value):
    found = check.geojson({**collection(feature(POINT)), "crs": crs}, "a.geojson")
    assert same(found, ("a.geojson", "", "crs", value, *wording("geojson.crs-not-wgs84")))


@pytest.mark.parametrize(
    "name",
    ["EPSG:4326", "epsg:4326", "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:OGC:1.3:CRS84"],
)
def test_degrees_by_any_name_are_no_fault(name):
    document = {**collection(feature(POINT)), "crs": {"properties": {"name": name}}}
    assert check.geojson(document, "a") == []
    assert check.geojson({**document, "crs": None}, "a") == []


def test_a_feature_or_a_geometry_is_a_collection_of_it():
    whole = collection(feature(POINT))
    assert check.as_collection(POINT) == whole
    assert check.as_collection(feature(POINT)) == whole
    nested = {"type": "GeometryCollection", "geometries": []}
    assert check.as_collection(nested) == collection(feature(nested))


@pytest.mark.parametrize(
    "document", [None, [], {}, {"type": "Topology"}, {"type": ["Point"]}, {"type": None}]
)
def test_what_is_neither_stays_as_it_is(document):
    assert check.as_collection(document) is document


def test_features_are_a_table_of_text_with_the_columns_of_the_schema_first():
    first = {**feature(POINT, id="a"), "properties": {"more": "ü", "b": 2, "list": ["ü"]}}
    second = {"type": "Feature", "properties": None, "geometry": None}
    third = {**feature(None), "properties": {"a": None, "late": True}}
    rows = check.features_table(
        collection(first, second, third),
        schema={"fields": [{"name": "a"}, {"name": "b"}]},
        file="a.geojson",
        role="places",
        name="n",
    )
    assert list(rows.raw) == ["a", "b", "more", "list", "late"]
    assert rows.raw.to_numpy().tolist() == [
        ["", "2", "ü", '["ü"]', ""],
        ["", "", "", "", ""],
        ["", "", "", "", "true"],
    ]
    assert set(map(str, rows.raw.dtypes)) == {"object"}
    assert rows.where == ["feature 1 (a)", "feature 2", "feature 3"]
    assert rows.geometry == [shapely.Point(1, 2), None, None]
    assert (rows.file, rows.role, rows.name) == ("a.geojson", "places", "n")


def test_a_table_without_a_schema_has_the_columns_of_its_features():
    rows = check.features_table(
        collection({**feature(POINT), "properties": {"a": "1"}}),
        schema={}, file="a", role="", name="",
    )  # fmt: skip
    assert list(rows.raw) == ["a"]
    assert rows.fields == []


NO_TEXT = wording("text.control-character")


def test_texts_with_control_characters_are_named_by_their_path_in_order():
    document = {
        "a": ["x\x00", {"b": "\x1f"}],
        ".c": "\x07",
        "d": 3,
        "e": "fine\t\n\r",
        "f": "\uffff",
    }
    assert same(
        check.words(document, "w.json"),
        ("w.json", "", "a.0", '"x\\u0000"', *NO_TEXT),
        ("w.json", "", "a.1.b", '"\\u001f"', *NO_TEXT),
        ("w.json", "", ".c", '"\\u0007"', *NO_TEXT),
        ("w.json", "", "f", '"\uffff"', *NO_TEXT),
    )
    assert same(check.words("\x08", "w.json"), ("w.json", "", "", '"\\b"', *NO_TEXT))


def test_cells_with_control_characters_are_named():
    rows = table([{"a": "x\x0b", "b": "fine\t\n\r"}, {"a": "", "b": "\ufffe"}])
    assert same(
        check.characters(rows),
        ("flows.csv", "row 2", "a", "x\x0b", *NO_TEXT),
        ("flows.csv", "row 3", "b", "\ufffe", *NO_TEXT),
    )


# --- tables ---------------------------------------------------------------------------------------

PLAIN = wording("number.not-plain")


def judged(code, kind, reason):
    return wording(code, kind=kind, reason=reason)


def cell(text, **described):
    return check.table(table([{"key": "k", "a": text}], fields={"a": described}))


def test_a_cell_of_another_type():
    assert same(
        cell("many", **NUMBER),
        (
            "flows.csv", "row 2", "a", "many",
            *judged("cell.wrong-type", "type error", 'type is "number/default"'),
        ),
    )  # fmt: skip


def test_a_cell_that_is_missing_or_not_allowed():
    said = judged("cell.not-allowed", "constraint error", 'constraint "required" is "True"')
    assert same(
        cell("", type="string", constraints={"required": True}),
        ("flows.csv", "row 2", "a", "", *said),
    )
    said = judged("cell.not-allowed", "constraint error", 'constraint "enum" is "[\'x\']"')
    assert same(
        cell("z", type="string", constraints={"enum": ["x"]}),
        ("flows.csv", "row 2", "a", "z", *said),
    )


def test_a_value_or_a_key_that_stands_twice():
    unique = {"type": "string", "constraints": {"unique": True}}
    rows = table([{"a": "x"}, {"a": "x"}], fields={"a": unique})
    said = judged("cell.not-unique", "unique error", "the same as in the row at position 2")
    assert same(check.table(rows), ("flows.csv", "row 3", "a", "x", *said))
    rows = table([{"a": "x", "b": "1"}, {"a": "x", "b": "2"}], primaryKey="a")
    said = judged("row.key-not-unique", "primary key", "the same as in the row at position 2")
    assert same(check.table(rows), ("flows.csv", "row 3", "", "", *said))


def test_a_key_that_is_empty_is_named_once():
    required = {"type": "string", "constraints": {"required": True}}
    rows = table(
        [{"a": "", "b": "1"}, {"a": "x", "b": "2"}], fields={"a": required}, primaryKey="a"
    )
    assert [(f.where, f.field) for f in check.table(rows)] == [("row 2", "a")]


def test_an_empty_key_is_named_where_no_cell_says_so():
    """What else is wrong with another row does not hide it."""
    required = {"type": "string", "constraints": {"required": True}}
    rows = table([{"a": "", "b": "1"}, {"a": "x", "b": ""}], fields={"b": required}, primaryKey="a")
    found = [(f.where, f.field, f.code) for f in check.table(rows)]
    assert ("row 2", "", "row.key-not-unique") in found
    assert len(found) == 2


def test_a_key_that_is_there_already_is_named_beside_another_fault_of_its_row():
    required = {"type": "string", "constraints": {"required": True}}
    rows = table(
        [{"a": "x", "b": "1"}, {"a": "x", "b": ""}], fields={"b": required}, primaryKey="a"
    )
    found = {(f.where, f.field, f.code) for f in check.table(rows)}
    assert ("row 3", "", "row.key-not-unique") in found
    assert {(where, field) for where, field, _ in found} == {("row 3", ""), ("row 3", "b")}


def test_an_empty_row():
    said = judged("row.is-empty", "blank row", 'Row at position "2" is completely blank')
    assert same(
        check.table(table([{"a": "", "b": ""}, {"a": "1", "b": ""}])),
        ("flows.csv", "row 2", "", "", *said),
    )


def test_numbers_that_no_spreadsheet_writes():
    pairs = [
        ("1_000", "5"), ("INF", "05"), ("1e400", "-5"), ("1e5", "0"), ("", ""), ("+1.", "10"),
        ("１", "１"), ("5 ", "x"), ("-.5e-300", "00"),
    ]  # fmt: skip
    rows = table(
        [{"key": "k", "a": a, "b": b} for a, b in pairs],
        fields={"a": NUMBER, "b": {"type": "integer"}},
    )
    assert same(
        check.table(rows),
        (
            "flows.csv", "row 9", "b", "x",
            *judged("cell.wrong-type", "type error", 'type is "integer/default"'),
        ),
        ("flows.csv", "row 2", "a", "1_000", *PLAIN),
        ("flows.csv", "row 3", "a", "INF", *PLAIN),
        ("flows.csv", "row 4", "a", "1e400", *PLAIN),
        ("flows.csv", "row 8", "a", "１", *PLAIN),
        ("flows.csv", "row 9", "a", "5 ", *PLAIN),
        ("flows.csv", "row 3", "b", "05", *PLAIN),
        ("flows.csv", "row 4", "b", "-5", *PLAIN),
        ("flows.csv", "row 8", "b", "１", *PLAIN),
        ("flows.csv", "row 10", "b", "00", *PLAIN),
    )  # fmt: skip


def test_a_year_is_a_whole_number():
    assert [f.field for f in cell("02020", type="year")] == ["a"]
    assert cell("2020", type="year") == []
    for text in ("２０２０", "+202", "2_20"):
        assert same(cell(text, type="year"), ("flows.csv", "row 2", "a", text, *PLAIN))


def test_columns_of_the_schema_and_of_the_file():
    whole = table([{"a": "x", "b": "1", "c": "1"}], fields={"b": NUMBER})
    missing = Table("t.csv", "t", "t", whole.schema, whole.raw.drop(columns="b"), whole.where)
    extra = Table("t.csv", "t", "t", {"fields": whole.schema["fields"][:2]}, whole.raw, whole.where)
    lacks = ("", *wording("column.not-in-file"))
    more = ("", *wording("column.not-in-schema"))
    assert same(check.table(missing), ("t.csv", "header", "b", *lacks))
    assert same(check.table(extra), ("t.csv", "header", "c", *more))
    none = whole.raw.rename(columns={"a": "x", "b": "y", "c": "z"})
    assert same(
        check.table(Table("t.csv", "t", "t", whole.schema, none, whole.where)),
        *(("t.csv", "header", name, *lacks) for name in "abc"),
        *(("t.csv", "header", name, *more) for name in "xyz"),
    )


def test_a_column_without_a_name():
    reason = 'Label in the header in field at position "2" is blank'
    assert same(
        check.table(table([{"a": "x", "": "y"}])),
        ("flows.csv", "header", "", "", *judged("table.unlike-schema", "blank label", reason)),
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"fields": {"a": {"type": "strange"}}}, 'field type "strange" is not supported'),
        (
            {"primaryKey": "nope"},
            "primary key \"['nope']\" does not match the fields \"['a', 'b']\"",
        ),
        (
            {"missingValues": 3, "primaryKey": 3},
            "3 is not valid under any of the given schemas at property 'missingValues'; "
            "3 is not of type 'string' at property 'primaryKey/0'",
        ),
    ],
)
def test_a_schema_that_cannot_be_used(more, reason):
    found = check.table(table([{"a": "x", "b": "1"}], **more))
    said = wording("schema.not-usable", reason=reason)
    assert same(found, ("flows.csv", "", "schema", "", *said))


def test_keys_to_other_tables_are_no_business_of_one_table():
    assert check.table(table([{"a": "x"}], foreignKeys=3)) == []


def test_a_fault_in_a_column_the_file_does_not_have_has_no_value():
    rows = table([{"a": "x"}, {"a": "y"}])
    said = ("problem", "remedy", "code")
    assert rows.fault(1, "a", *said) == Fault("flows.csv", "row 3", "a", "y", *said)
    assert rows.fault(0, "b", *said) == Fault("flows.csv", "row 2", "b", "", *said)


def test_a_frame_has_the_types_of_the_schema_in_its_order():
    kinds = {"n": NUMBER, "i": {"type": "integer"}, "y": {"type": "year"}, "d": DATE}
    rows = table(
        [{"n": "1.5", "i": "2", "y": "2020", "d": "2020-02-01", "t": "x", "own": "1"}], fields=kinds
    )
    schema = {"fields": [*rows.schema["fields"][:4], {"name": "t"}, {"name": "gone"}]}
    frame = replace(rows, schema=schema).frame
    assert list(frame) == ["n", "i", "y", "d", "t"]
    assert [dtype.kind for dtype in frame.dtypes] == ["f", "f", "f", "M", "O"]
    assert frame.iloc[0].tolist() == [1.5, 2.0, 2020.0, pd.Timestamp(2020, 2, 1), "x"]
    wrong = table([{"n": "x", "d": "1.2.2020"}], fields=kinds).frame
    assert wrong.isna().all(axis=None)


# --- descriptor and sources -----------------------------------------------------------------------

ONE = {"name": "a", "path": "a.csv"}


def described(*resources, **more):
    return check.descriptor({"resources": [*resources], **more}, "d.json")


@pytest.mark.parametrize("document", [[], {}, {"resources": {}}])
def test_no_list_of_resources(document):
    assert same(
        check.descriptor(document, "d.json"),
        ("d.json", "", "resources", "", *wording("resource.no-list")),
    )


def test_resources_without_name_or_path():
    assert same(
        described(ONE, {"name": "", "path": "b"}, {"name": "c", "path": 3}, "text"),
        ("d.json", "resource 2", "name", "", *wording("resource.key-missing", key="name")),
        ("d.json", "resource 3", "path", "", *wording("resource.key-missing", key="path")),
        ("d.json", "resource 4", "name", "", *wording("resource.key-missing", key="name")),
        ("d.json", "resource 4", "path", "", *wording("resource.key-missing", key="path")),
    )


@pytest.mark.parametrize(
    ("resource", "more", "wanted"),
    [
        ({"schema": []}, {}, ("resource 2", "schema", "[]", "not an object")),
        ({"schema": {"fields": [{"name": 3}]}}, {}, ("resource 2", "name", "3", "...")),
        ({"schema": {"fields": []}}, {}, ("resource 2", "fields", "[]", "...")),
        ({}, {"tumen:bounds": [1, 2, 3, "x"]}, ("", "tumen:bounds", '"x"', "...")),
        ({}, {"tumen:bounds": [1, "x", 3, 4]}, ("", "tumen:bounds", '"x"', "...")),
        ({}, {"title": 3}, ("", "title", "3", "Input should be a valid string")),
        ({}, {"licenses": ["x"]}, ("", "licenses", '"x"', "...")),
    ],
)
def test_a_descriptor_of_another_shape(resource, more, wanted):
    found = described(ONE, {**ONE, **resource}, **more)
    *place, reason = wanted
    assert same(found, ("d.json", *place, *wording("resource.wrong-form", reason=reason)))


def test_a_path_outside_and_a_table_for_geometry():
    outside = wording("resource.path-leaves-folder")
    assert same(
        described(ONE, {"name": "b", "path": "../b.csv"}),
        ("d.json", "resource 2", "path", "../b.csv", *outside),
    )
    read = wording("resource.not-geojson", role="places")
    assert same(
        described(ONE, {**ONE, "tumen:role": "places"}),
        ("d.json", "resource 2", "path", "a.csv", *read),
    )
    assert described({"name": "a", "path": "A.GeoJSON", "tumen:role": "places"}) == []


def test_columns_that_are_calculated_with():
    columns = [
        {"name": "other"},
        {"name": "quantity"},
        {"name": "rank", "type": "integer"},
        {"name": "low", "type": "number"},
        {"name": "valid_to", "type": "date"},
        {"name": "valid_from", "type": "integer"},
    ]
    resource = {**ONE, "schema": {"fields": columns}}
    assert described(resource) == []
    assert same(
        described(ONE, {**resource, "tumen:role": "flows"}),
        (
            "d.json", "resource 2", "quantity", "string",
            *wording("schema.wrong-type", wanted="number", column="quantity"),
        ),
        (
            "d.json", "resource 2", "valid_from", "integer",
            *wording("schema.wrong-type", wanted="date", column="valid_from"),
        ),
    )  # fmt: skip


def test_roles_and_columns_that_pages_need():
    roles = ("sources", "places", "legs", "flows")
    resources = [{**ONE, "tumen:role": role} for role in roles]
    found = list(check.needed(resources, "d.json"))
    assert same(
        found[:1],
        (
            "d.json", "", "resources", "", *wording("resource.role-missing", role="corridors"),
        ),
    )  # fmt: skip
    named = [("resource 2", name) for name in check.descriptors.NEEDED["places"]]
    named += [("resource 3", name) for name in check.descriptors.NEEDED["legs"]]
    named += [("resource 4", name) for name in check.descriptors.NEEDED["flows"]]
    assert found[1:] == [
        Fault("d.json", where, "schema", name, *wording("schema.column-missing", column=name))
        for where, name in named
    ]
    fields = [{"name": name} for name in check.descriptors.NEEDED["corridors"][1:]]
    corridors = {**ONE, "tumen:role": "corridors", "schema": {"fields": fields}}
    more = list(check.needed([{**ONE}, corridors, *resources], "d.json"))
    assert [(f.where, f.value) for f in more[:1]] == [("resource 2", "corridor")]
    assert len(more) == len(named) + 1


def test_records_that_are_no_sources():
    assert same(
        check.sources({}, "s.json"),
        ("s.json", "", "", "", *wording("source.no-list")),
    )
    book = {"id": "a", "type": "book", "title": "A"}
    assert same(
        check.sources([book, {"id": "x"}], "s.json"),
        ("s.json", "record 2", "type", "", *wording("source.key-missing", key="type")),
        ("s.json", "record 2", "title", "", *wording("source.key-missing", key="title")),
    )
    other = {**book, "id": "b"}
    assert same(
        check.sources([book, other, book, book], "s.json"),
        ("s.json", "record 3", "id", "a", *wording("source.id-twice")),
        ("s.json", "record 4", "id", "a", *wording("source.id-twice")),
    )
    odd = {**other, "issued": {"date-parts": [[2020], ["x"]]}}
    assert same(
        check.sources([book, odd], "s.json"),
        ("s.json", "record 2", "date-parts", '"x"', *wording("source.wrong-form", reason="...")),
    )


# --- meaning --------------------------------------------------------------------------------------


def test_keys_that_point_nowhere():
    several = {"fields": ["leg"], "reference": {"resource": ["rail", "sea"], "fields": ["leg"]}}
    itself = {"fields": "part_of", "reference": {"resource": "", "fields": "flow"}}
    absent = {"fields": "gone", "reference": {"resource": "rail", "fields": "leg"}}
    keys = {"foreignKeys": [absent, several], "tumen:foreignKeys": [itself]}
    rows = table(
        [
            {"flow": "f", "leg": "a", "part_of": ""},
            {"flow": "g", "leg": "b", "part_of": "f"},
            {"flow": "h", "leg": "c", "part_of": "x"},
        ],
        **keys,
    )
    rail = table([{"leg": "a"}], name="rail", role="legs")
    unnamed = table([{"flow": "x", "leg": "c"}], name="other", role="")
    sea = table([{"leg": "b"}], name="sea", role="legs")
    assert same(
        check.foreign_keys([rows, rail, unnamed, sea]),
        (
            "flows.csv", "row 4", "leg", "c",
            *wording("key.no-such-row", target="leg", tables="rail, sea"),
        ),
        (
            "flows.csv", "row 4", "part_of", "x",
            *wording("key.no-such-row", target="flow", tables="flows"),
        ),
    )  # fmt: skip


def test_a_number_that_is_no_imo_number():
    rows = table([{"imo": imo} for imo in ("", "9074729", "9074728")])
    assert same(
        check.imo_numbers(rows),
        (
            "flows.csv", "row 4", "imo", "9074728", *wording("vessel.imo-check-digit"),
        ),
    )  # fmt: skip
    assert list(check.imo_numbers(table([{"a": "1"}]))) == []


def test_figures_that_run_backwards():
    rows = table(
        [{"low": "1", "value": "1"}, {"low": "2", "value": "1"}],
        fields={"low": NUMBER, "value": NUMBER},
    )
    assert same(
        check.order(rows),
        (
            "flows.csv", "row 3", "value", "1",
            *wording("range.order-reversed", first="low", second="value", value=2),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("kinds", [{}, {"low": NUMBER}, {"low": NUMBER, "value": DATE}])
def test_texts_and_days_are_not_held_against_numbers(kinds):
    rows = table([{"low": "9", "value": "10"}], fields=kinds)
    assert list(check.order(rows)) == []


def test_the_first_position_outside_is_the_one_that_is_shown():
    line = shapely.LineString([(101, 31), (139, 49), (50, 60), (51, 61)])
    rows = table([{"leg": "a"}, {"leg": "b"}], geometry=[shapely.Point(101, 31), line])
    assert same(
        check.coordinates(rows, (100, 30, 140, 50)),
        (
            "flows.csv", "row 3", "geometry.coordinates", "50, 60",
            *wording("position.outside-bounds"),
        ),
    )  # fmt: skip
    turned = table([{"a": "1"}], geometry=[shapely.Point(42, 131)])
    (fault,) = check.coordinates(turned, (100, 30, 140, 50))
    assert fault.remedy == wording("position.outside-bounds", case="swapped").remedy


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ((100, 30), True), ((140, 50), True), ((99.99, 40), False), ((140.01, 40), False),
        ((120, 29.99), False), ((120, 50.01), False), ((460, 40), True), ((-240, 40), True),
    ],
)  # fmt: skip
def test_bounds_hold_to_their_edge_and_round_the_globe(point, inside):
    rows = places(point)
    assert (list(check.coordinates(rows, (100, 30, 140, 50))) == []) is inside


@pytest.mark.parametrize(
    "column",
    ["corridor", "leg", "place", "vessel", "property", "text", "origin", "destination",
     "period_start", "period_end", "commodity", "unit", "per", "kind"],
)  # fmt: skip
def test_figures_that_differ_in_what_they_answer_are_both_first(column):
    assert list(check.ranks(table([{column: "a", "rank": "1"}, {column: "b", "rank": "1"}]))) == []
    rows = table([{column: "a", "rank": "1"}] * 2 + [{column: "a", "rank": "2"}] * 2)
    assert same(
        check.ranks(rows),
        (
            "flows.csv", "row 3", "rank", "1", *wording("figure.rank-one-twice"),
        ),
    )  # fmt: skip


def test_rows_without_a_rank_or_a_question_are_not_held_against_each_other():
    assert list(check.ranks(table([{"leg": "a"}, {"leg": "a"}]))) == []
    assert list(check.ranks(table([{"rank": "1"}, {"rank": "1"}]))) == []
    assert list(check.ranks(table([{"leg": "a", "rank": ""}, {"leg": "a", "rank": "x"}]))) == []


def formula(**columns):
    base = {"flow": "", "quantity": "", "quantity_low": "", "basis": "derived", "formula": ""}
    return {**base, **columns}


def test_formulas_against_their_figures():
    rows = table(
        [
            formula(flow="a", quantity="20", basis="reported"),
            formula(flow="b"),
            formula(flow="c", quantity="20.2", quantity_low="1", formula="a"),
            formula(flow="d", quantity_low="3", formula="a * 2"),
            formula(flow="e", quantity="1", basis="reported", formula="a +"),
            formula(flow="f", quantity="0", basis="", formula="a - a"),
            formula(flow="g", formula="a"),
            formula(flow="h", quantity="-20.2", formula="-a"),
            formula(flow="i", quantity="20.1", formula="a"),
            formula(flow="j", quantity="0", formula="a - a + 1"),
        ],
        fields={"quantity": NUMBER, "quantity_low": NUMBER},
    )

    def gives(value, column):
        return wording("figure.formula-disagrees", value=value, column=column)

    assert same(
        check.formulas([table([{"a": "1"}]), rows]),
        (
            "flows.csv", "row 3", "formula", "", *wording("figure.formula-missing"),
        ),
        ("flows.csv", "row 4", "quantity", "20.2", *gives(20, "quantity")),
        ("flows.csv", "row 5", "quantity_low", "3", *gives(40, "quantity_low")),
        (
            "flows.csv", "row 6", "formula", "a +",
            *wording("figure.formula-not-arithmetic", reason="not arithmetic: invalid syntax"),
        ),
        ("flows.csv", "row 9", "quantity", "-20.2", *gives(-20, "quantity")),
        ("flows.csv", "row 11", "quantity", "0", *gives(1, "quantity")),
    )  # fmt: skip


def test_a_figure_may_be_half_a_percent_off_however_small_it_is():
    rows = table(
        [{"flow": "a", "quantity": "200", "formula": "201"},
         {"flow": "b", "quantity": "0.001", "formula": "0.002"}],
        fields={"quantity": NUMBER},
    )  # fmt: skip
    said = wording("figure.formula-disagrees", value=0.002, column="quantity")
    assert same(check.formulas([rows]), ("flows.csv", "row 3", "quantity", "0.001", *said))


def test_a_value_is_held_against_its_formula_too():
    rows = table([{"factor": "f", "value": "3", "formula": "2"}], fields={"value": NUMBER})
    said = wording("figure.formula-disagrees", value=2, column="value")
    assert same(check.formulas([rows]), ("flows.csv", "row 2", "value", "3", *said))


def test_figures_that_are_texts_are_no_inputs():
    rows = table([{"own": "a", "quantity": "5"}, {"own": "b", "quantity": "lots"}])
    asks = table([{"flow": "x", "quantity": "5", "formula": "a"}], fields={"quantity": NUMBER})
    (fault,) = check.formulas([rows, asks])
    assert fault.code == "figure.formula-not-arithmetic"
    assert "'a' is not defined" in fault.problem


def test_figures_without_their_ids_are_no_inputs():
    rows = table([{"flow": "a", "quantity": "5"}], fields={"quantity": NUMBER})
    bare = replace(rows, raw=rows.raw.drop(columns="flow"))
    asks = table([{"flow": "x", "quantity": "5", "formula": "a"}], fields={"quantity": NUMBER})
    (fault,) = check.formulas([bare, asks])
    assert fault.code == "figure.formula-not-arithmetic"
    assert "'a' is not defined" in fault.problem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a +", "not arithmetic: invalid syntax"),
        ("1j", "Constant is not arithmetic"),
        ("True", "Constant is not arithmetic"),
        ("a ** 2", "Pow is not arithmetic"),
        ("+a", "UAdd is not arithmetic"),
        ("1" * 1001, "longer than 1000 characters"),
        ("9" * 1000, "int too large to convert to float"),
        ("a / 0", "division by zero"),
        ("rand", "'rand' is not defined for expression 'rand'"),
        ("a + \ud800", "not arithmetic: 'utf-8' codec can't encode character"),
    ],
)
def test_the_reason_why_a_formula_is_refused(text, reason):
    with pytest.raises(ValueError, match=rf"^{reason}|{reason}$") as caught:
        check.evaluate(text, {"a": 1.0})
    assert reason in str(caught.value)


def test_the_longest_formula_is_computed():
    text = " " * (check.MAX_FORMULA - 5) + "a + a"
    assert check.evaluate(text, {"a": 1.5}) == 3.0
    assert math.isclose(check.evaluate("a\n", {"a": 0.1}), 0.1)


def test_places_and_legs_of_another_kind():
    shapes = [None, shapely.Point(1, 2), None, shapely.LineString([(0, 0), (1, 1)])]
    shapes.append(shapely.LineString())
    modes = ("sea", "sea", "road", "rail", "sea")
    rows = table([{"leg": "l", "mode": mode} for mode in modes], role="legs", geometry=shapes)
    said = wording("geometry.wrong-kind", wanted="LineString")
    assert same(
        check.kinds(rows),
        ("flows.csv", "row 3", "geometry", "Point", *said),
        ("flows.csv", "row 4", "geometry", "nothing", *said),
        ("flows.csv", "row 6", "geometry", "nothing", *said),
    )
    said = wording("geometry.wrong-kind", wanted="Point")
    assert same(
        check.kinds(places((1, 2), None, mode="sea")),
        ("places.csv", "row 3", "geometry", "nothing", *said),
    )
    assert list(check.kinds(table([{"a": "1"}], geometry=[None]))) == []
    bare = table([{"leg": "l"}], role="legs", geometry=[None])
    assert [f.value for f in check.kinds(bare)] == ["nothing"]


@pytest.mark.parametrize("installed", [True, False])
def test_a_railway_may_leave_its_line_to_us_where_its_extra_is(monkeypatch, installed):
    monkeypatch.setattr(rail, "installed", lambda: installed)
    rows = table([{"leg": "l", "mode": "rail"}], role="legs", geometry=[None])
    said = wording("geometry.wrong-kind", case="rail", wanted="LineString", extra=rail.REMEDY)
    found = () if installed else (("flows.csv", "row 2", "geometry", "nothing", *said),)
    assert same(check.kinds(rows), *found)


def test_a_leg_that_ends_elsewhere():
    known = places((0, 0), (1, 0), accuracy_m="1000")
    said = wording("leg.end-off-place", away=2.2, allowed=1.0)
    found = check.leg_ends(legs([(0.02, 0), (1, 0)], mode="rail"), known)
    assert same(found, ("legs.csv", "row 2", "origin", "p0", *said))
    found = check.leg_ends(legs([(0, 0), (1, 0.02)], mode="rail"), known)
    assert same(found, ("legs.csv", "row 2", "destination", "p1", *said))
    sea = check.leg_ends(legs([(0, 0), (1, 0.06)]), known)
    said = wording("leg.end-off-place", away=6.6, allowed=6.0)
    assert [f.problem for f in sea] == [said.problem]


@pytest.mark.parametrize("column", ["mode", "origin", "destination"])
def test_legs_without_their_columns_end_nowhere(column):
    known = places((0, 0), (1, 0), accuracy_m="1")
    drawn = legs([(9, 9), (8, 8)])
    bare = replace(drawn, raw=drawn.raw.drop(columns=column))
    assert list(check.leg_ends(bare, known)) == []
    assert list(check.loose_ends(replace(bare, geometry=[None]), [known])) == []
    assert list(check.leg_ends(drawn, table([{"a": "1"}], geometry=[None]))) == []


def test_legs_to_be_routed_from_and_to_places_of_any_file():
    first, second = places((0, 0)), places(None, (1, 0))
    rows = [("sea", "p0", "p1"), ("sea", "nowhere", "p1"), ("rail", "x", "y"), ("sea", "p0", "")]
    columns = ("mode", "origin", "destination")
    loose = table(
        [dict(zip(columns, row, strict=True)) for row in [*rows, rows[1]]],
        role="legs", name="legs", geometry=[None] * 4 + [shapely.LineString([(0, 0), (1, 1)])],
    )  # fmt: skip
    said = wording("key.no-such-row", target="place", tables="places")
    assert same(
        check.loose_ends(loose, [first, second]),
        ("legs.csv", "row 3", "origin", "nowhere", *said),
        ("legs.csv", "row 4", "origin", "x", *said),
        ("legs.csv", "row 4", "destination", "y", *said),
        ("legs.csv", "row 5", "destination", "", *said),
    )


def test_lengths_under_the_geodesic():
    stated = [
        ("length", "km", "l", "100"), ("length", "km", "l", "109.1"),
        ("length", "m", "l", "109100"),
        ("length", "nmi", "l", "58"), ("length", "nmi", "l", "59"), ("length", "mi", "l", "1"),
        ("width", "km", "l", "1"), ("length", "km", "x", "1"), ("length", "km", "l", ""),
        ("length", "m", "l", "100000"),
    ]  # fmt: skip
    columns = ("property", "unit", "leg", "quantity")
    rows = table(
        [dict(zip(columns, row, strict=True)) for row in stated],
        fields={"quantity": NUMBER}, role="attributes", name="attributes",
    )  # fmt: skip
    said = wording("leg.length-under-geodesic", least=111.3)
    drawn = legs([(0, 0), (1, 0)])
    assert same(
        check.lengths(rows, drawn),
        ("attributes.csv", "row 2", "quantity", "100", *said),
        ("attributes.csv", "row 5", "quantity", "58", *said),
        ("attributes.csv", "row 11", "quantity", "100000", *said),
    )
    for shape in (None, shapely.Point(1, 2)):
        assert list(check.lengths(rows, replace(drawn, geometry=[shape]))) == []
    for column in columns:
        schema = {"fields": [f for f in rows.schema["fields"] if f["name"] != column]}
        assert list(check.lengths(replace(rows, schema=schema), drawn)) == []
    bare = replace(drawn, schema={"fields": drawn.schema["fields"][1:]})
    assert list(check.lengths(rows, bare)) == []


def test_a_length_is_held_against_the_first_and_the_last_point_of_its_leg():
    drawn = {
        "none": [None],
        "high": [
            shapely.LineString([(0, 0, 5), (3, 3, 5), (1, 0, 5)]),
            shapely.LineString([(0, 0), (9, 0)]),
        ],
        "ring": [shapely.LineString([(0, 0), (1, 1), (0, 0)])],
    }
    pairs = [(leg, line) for leg, lines in drawn.items() for line in lines]
    known = table(
        [{"leg": leg} for leg, _ in pairs], role="legs", geometry=[line for _, line in pairs]
    )
    stated = [("none", "1"), ("ring", "0"), ("high", "112"), ("high", "100")]
    rows = table(
        [{"property": "length", "unit": "km", "leg": leg, "quantity": km} for leg, km in stated],
        fields={"quantity": NUMBER}, role="attributes",
    )  # fmt: skip
    assert [(f.where, f.value) for f in check.lengths(rows, known)] == [("row 5", "100")]


def test_legs_on_the_wrong_element():
    dry, wet = legs([(9, 10.5), (12, 10.5)]), legs([(10.1, 10.5), (12, 10.5)], mode="rail")
    said = wording("leg.crosses-land", dry=109.47)
    assert same(check.ground(dry, ISLAND), ("legs.csv", "row 2", "leg", "l", *said))
    said = wording("leg.crosses-water", wet=109.5)
    assert same(check.ground(wet, ISLAND), ("legs.csv", "row 2", "leg", "l", *said))
    straight = legs([(10.1, 10.5), (12, 10.5)], mode="rail", basis="schematic")
    other = replace(straight, role="places")
    assert same(
        check.remarks([other, straight], land=ISLAND), ("legs.csv", "row 2", "leg", "l", *said)
    )
    assert list(check.ground(dry, ISLAND, straight=True)) == []


def test_half_a_kilometre_of_land_is_too_much_whatever_else_a_leg_says():
    line = shapely.LineString([(9, 10.5), (10.0046, 10.5)])
    rows = table([{"mode": "sea", "geometry_basis": ""}], geometry=[line])
    (fault,) = check.ground(rows, ISLAND)
    assert (fault.where, fault.value) == ("row 2", "")
    assert fault.problem.startswith("0.5")


def test_places_without_names_are_known_to_no_leg():
    row = {"mode": "sea", "origin": "a", "destination": "b"}
    loose = table([row], role="legs", geometry=[None])
    found = check.loose_ends(loose, [table([{"kind": "port"}], role="places")])
    assert [f.field for f in found] == ["origin", "destination"]


def test_legs_that_have_no_line_or_no_mode_lie_nowhere():
    dry = legs([(9, 10.5), (12, 10.5)])
    two = table(
        [{"leg": "k", "mode": "sea", "geometry_basis": ""}] * 2 + [dict(dry.raw.iloc[0])],
        role="legs", name="legs", geometry=[None, shapely.LineString(), dry.geometry[0]],
    )  # fmt: skip
    assert [f.where for f in check.ground(two, ISLAND)] == ["row 4"]
    for column in ("mode", "geometry_basis"):
        bare = replace(dry, raw=dry.raw.drop(columns=column))
        assert list(check.ground(bare, ISLAND)) == []


def test_every_kind_of_fault_of_meaning_is_looked_for():
    key = {"fields": "leg", "reference": {"resource": "legs", "fields": "leg"}}
    figures = {"quantity": "5", "quantity_low": "6", "formula": "1"}
    columns = ("flow", "leg", "rank", *figures)
    flows = table(
        [
            {**dict.fromkeys(columns, ""), "flow": "a", "leg": "x", "rank": "1", **figures},
            {**dict.fromkeys(columns, ""), "flow": "b", "leg": "x", "rank": "1"},
        ],
        fields={"quantity": NUMBER, "quantity_low": NUMBER}, foreignKeys=[key],
    )  # fmt: skip
    vessels = table([{"imo": "1"}], role="vessels", name="vessels")
    known = places((0, 50), None, accuracy_m="1")
    drawn = legs([(9, 10.5), (12, 10.5)])
    loose = replace(legs([(0, 0), (1, 1)], ends=("p0", "no")), geometry=[None], file="loose")
    row = {"property": "length", "unit": "km", "leg": "l", "quantity": "1"}
    attributes = table(
        [row], fields={"quantity": NUMBER}, role="attributes", name="attributes"
    )  # fmt: skip
    tables = [flows, vessels, known, drawn, loose, attributes]
    found = check.meaning(tables, bounds=(-180, -40, 180, 40), land=ISLAND)
    shown = [(f.file, f.field, f.code) for f in found]
    assert shown == [
        ("flows.csv", "leg", "key.no-such-row"),
        ("flows.csv", "leg", "key.no-such-row"),
        ("flows.csv", "quantity", "figure.formula-disagrees"),
        ("flows.csv", "quantity", "range.order-reversed"),
        ("flows.csv", "rank", "figure.rank-one-twice"),
        ("vessels.csv", "imo", "vessel.imo-check-digit"),
        ("places.csv", "geometry.coordinates", "position.outside-bounds"),
        ("places.csv", "geometry", "geometry.wrong-kind"),
        ("legs.csv", "origin", "leg.end-off-place"),
        ("legs.csv", "leg", "leg.crosses-land"),
        ("attributes.csv", "quantity", "leg.length-under-geodesic"),
        ("loose", "destination", "key.no-such-row"),
    ]
    dry = check.meaning(tables, bounds=(-180, -40, 180, 40), land=None)
    assert len(dry) == len(found) - 1
