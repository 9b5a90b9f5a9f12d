import json
import math

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import basemap, check
from geo.errors import DataError, Fault
from geo.folder.reading import WORLD
from geo.geometry import passages


def table(rows, *, fields=None, role="flows", name="flows", geometry=None, **schema):
    """A table of text cells; columns without a stated type hold text."""
    columns = list(rows[0])
    types = fields or {}
    described = [{"name": c, **types.get(c, {"type": "string"})} for c in columns]
    return check.Table(
        file=f"{name}.csv",
        role=role,
        name=name,
        schema={"fields": described, "missingValues": [""], **schema},
        raw=pd.DataFrame(rows, columns=columns, dtype="object"),
        where=[f"row {n + 2}" for n in range(len(rows))],
        geometry=geometry,
    )


NUMBER, DATE = {"type": "number"}, {"type": "date"}


# --- JSON ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "[1e999, NaN]"])
def test_numbers_that_json_does_not_have_are_refused(text):
    value, faults = check.strict_json(text, "a.json")
    assert value is None
    assert faults[0].code == "json.number-not-finite"


def test_a_syntax_error_names_line_and_column():
    value, faults = check.strict_json('{\n "a": 1,\n}', "a.json")
    assert value is None
    assert faults[0].where.startswith("line 3, column ")


def test_json_that_nests_without_end_is_a_fault():
    value, faults = check.strict_json("[" * 100_000, "a.json")
    assert value is None
    assert len(faults) == 1


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_sound_json_is_read_as_it_is(value):
    assert check.strict_json(json.dumps(value), "a.json") == (value, [])


def feature(geometry, **more):
    return {"type": "Feature", "properties": {}, "geometry": geometry, **more}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


POINT = {"type": "Point", "coordinates": [1, 2]}


@pytest.mark.parametrize(
    ("document", "where", "field"),
    [
        ([], "", ""),
        ({"type": "FeatureCollection"}, "", "features"),
        ({"type": "Feature", "features": []}, "", "type"),
        (collection("text"), "feature 1", ""),
        (collection(feature(POINT), feature({"type": "Point"}, id="b")), "feature 2 (b)", None),
        (collection(feature({"type": "Point", "coordinates": [1]})), "feature 1", None),
        (collection(feature({"type": "LineString", "coordinates": [[1, 2]]})), "feature 1", None),
        (collection(feature({"type": "Blob", "coordinates": []})), "feature 1", "geometry"),
        (
            collection(feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]})),
            "feature 1",
            None,
        ),
    ],
)
def test_geojson_of_the_wrong_structure_names_its_feature(document, where, field):
    faults = check.geojson(document, "a.geojson")
    assert faults
    assert {f.where for f in faults} == {where}
    if field is not None:
        assert field in {f.field for f in faults}
    assert all(f.remedy for f in faults)


def test_geojson_after_the_standard_has_no_fault():
    line = {"type": "LineString", "coordinates": [[1, 2, 5], [3, 4, 6]]}
    assert check.geojson(collection(feature(POINT), feature(None), feature(line)), "a") == []


@pytest.mark.parametrize(
    ("given", "name"),
    [({"id": "a"}, "feature 3 (a)"), ({}, "feature 3"), ("x", "feature 3"), (None, "feature 3")],
)
def test_a_feature_is_named_by_number_and_id(given, name):
    assert check.feature_name(given, 2) == name


# --- descriptor and sources -----------------------------------------------------------------------


@pytest.mark.parametrize("document", [None, 3, [], {}, {"resources": {}}, {"resources": None}])
def test_a_descriptor_without_resources_is_one_fault(document):
    assert [f.field for f in check.descriptor(document, "d")] == ["resources"]


@pytest.mark.parametrize(
    ("resource", "fields"),
    [
        ({"name": "a", "path": "a.csv"}, []),
        ({"name": "a", "path": "sub/a.csv"}, []),
        ({"name": "a", "path": "a..b.csv"}, []),
        ({"name": "a"}, ["path"]),
        ({"path": "a.csv"}, ["name"]),
        ({"name": 1, "path": ["a.csv"]}, ["name", "path"]),
        ("text", ["name", "path"]),
        ({"name": "a", "path": "../a.csv"}, ["path"]),
        ({"name": "a", "path": "b/../../a.csv"}, ["path"]),
        ({"name": "a", "path": "/a.csv"}, ["path"]),
        ({"name": "a", "path": "C:/a.csv"}, ["path"]),
        ({"name": "a", "path": "..\\a.csv"}, ["path"]),
        ({"name": "a", "path": "\\a.csv"}, ["path"]),
        ({"name": "a", "path": "http://example.org/a.csv"}, ["path"]),
    ],
)
def test_a_resource_has_a_name_and_a_path_inside_the_folder(resource, fields):
    assert [f.field for f in check.descriptor({"resources": [resource]}, "d")] == fields


@pytest.mark.parametrize(
    ("records", "fields"),
    [
        ([{"id": "a", "type": "book", "title": "A"}], []),
        ({"id": "a"}, [""]),
        ([{"id": "a", "type": "book"}], ["title"]),
        ([{"id": "a", "type": "b", "title": "A"}] * 2, ["id"]),
        ([{}], ["id", "type", "title"]),
        (["text"], ["id", "type", "title"]),
        (["text", "text"], ["id", "type", "title"] * 2),
    ],
)
def test_a_source_has_an_id_of_its_own_a_type_and_a_title(records, fields):
    assert [f.field for f in check.sources(records, "s")] == fields


# --- tables ---------------------------------------------------------------------------------------


def test_types_are_those_of_the_schema_and_unknown_is_never_zero():
    rows = table(
        [{"a": "1.5", "b": "2020-02-01", "c": "x"}, {"a": "", "b": "", "c": ""}],
        fields={"a": NUMBER, "b": DATE},
    )
    frame = rows.frame
    assert frame["a"].dtype == "float64"
    assert frame["a"].isna().tolist() == [False, True]
    assert frame["b"].iloc[0] == pd.Timestamp(2020, 2, 1)
    assert pd.isna(frame["b"].iloc[1])
    assert frame["c"].tolist() == ["x", ""]


def kept(text, described):
    """The value a cell arrives as, or None where the check refuses it."""
    rows = table([{"key": "k", "a": text}], fields={"a": described})
    return None if check.table(rows) else rows.frame["a"].iloc[0]


NUMBERS = ["5", " 5", "5 ", "+5", "-5", "1e3", "1.", ".5", "1_000", "١٢", "５", "INF", "-INF"]
NUMBERS += ["NaN", "inf", "nan", "1e400", "0x10", "1,5", "1 000", "5 t", "½", "１e3"]


@pytest.mark.parametrize("described", [NUMBER, {"type": "integer"}], ids=["number", "integer"])
@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_refused_or_kept_as_written(text, described):
    """What passes the check arrives as that number: never as unknown, never as infinity."""
    found = kept(text, described)
    assert found is None or (math.isfinite(found) and found == float(text))


@given(st.floats(0, 1e12) | st.integers(0, 10**12))
def test_a_plain_number_is_kept(value):
    assert kept(repr(value), NUMBER) == value


@pytest.mark.parametrize("text", ["2020-02-01", "2020-2-1", "２０２０-02-01", "2020-02-01 "])
def test_a_date_is_refused_or_kept_as_written(text):
    found = kept(text, DATE)
    assert found is None or found == pd.Timestamp(2020, 2, 1)


@pytest.mark.parametrize(
    "text", ["20200101", "2020-02-30", "01.01.2020", "02/01/2020", "2020", "2020-01-01T00:00:00"]
)
def test_anything_but_a_day_is_no_date(text):
    assert kept(text, DATE) is None


@given(st.dates(pd.Timestamp(1700, 1, 1).date(), pd.Timestamp(2200, 1, 1).date()))
def test_a_plain_date_is_kept(date):
    assert kept(date.isoformat(), DATE) == pd.Timestamp(date)


@pytest.mark.parametrize(
    ("fields", "value", "problem"),
    [
        (NUMBER, "many", "type error"),
        (DATE, "1.2.2020", "type error"),
        ({"type": "integer"}, "1.5", "type error"),
        ({"type": "string", "constraints": {"required": True}}, "", "required"),
        ({"type": "string", "constraints": {"enum": ["x", "y"]}}, "z", "enum"),
        ({"type": "string", "constraints": {"pattern": "^[a-z]+$"}}, "A", "pattern"),
        ({"type": "number", "constraints": {"minimum": 0}}, "-1", "minimum"),
        ({"type": "number", "constraints": {"maximum": 9}}, "10", "maximum"),
    ],
)
def test_a_cell_the_schema_forbids_is_named(fields, value, problem):
    (fault,) = check.table(table([{"key": "k", "a": value}], fields={"a": fields}))
    assert (fault.where, fault.field, fault.value) == ("row 2", "a", value)
    assert problem in fault.problem
    assert fault.remedy


def test_a_repeated_key_is_named_in_its_second_row():
    unique = {"type": "string", "constraints": {"unique": True}}
    faults = check.table(table([{"a": "x"}, {"a": "y"}, {"a": "x"}], fields={"a": unique}))
    assert [(f.where, f.field, f.value) for f in faults] == [("row 4", "a", "x")]


@pytest.mark.parametrize("missing", ["a", "b", "c"])
def test_a_missing_column_is_the_only_one_named(missing):
    whole = table([{"a": "x", "b": "1", "c": "2020-01-01"}], fields={"b": NUMBER, "c": DATE})
    raw = whole.raw.drop(columns=missing)
    rows = check.Table("t.csv", "t", "t", whole.schema, raw, whole.where)
    assert [(f.where, f.field) for f in check.table(rows)] == [("header", missing)]


def test_columns_may_stand_in_any_order():
    whole = table([{"a": "x", "b": "1"}], fields={"b": NUMBER})
    rows = check.Table("t.csv", "t", "t", whole.schema, whole.raw[["b", "a"]], whole.where)
    assert check.table(rows) == []


def test_a_column_the_schema_does_not_have_is_named():
    whole = table([{"a": "x", "b": "1"}])
    schema = {"fields": whole.schema["fields"][:1]}
    (fault,) = check.table(check.Table("t.csv", "t", "t", schema, whole.raw, whole.where))
    assert fault.where == "header"
    assert "b" in fault.value + fault.field + fault.problem


# --- meaning --------------------------------------------------------------------------------------


@given(st.text("0123456789", min_size=6, max_size=6))
def test_one_check_digit_in_ten_fits(six):
    assert sum(check.imo_ok(f"{six}{digit}") for digit in range(10)) == 1


@given(st.text("0123456789", min_size=6, max_size=6), st.integers(0, 5), st.integers(1, 9))
def test_a_wrong_digit_is_found_unless_its_weight_hides_it(six, position, change):
    right = next(f"{six}{d}" for d in range(10) if check.imo_ok(f"{six}{d}"))
    wrong = str((int(right[position]) + change) % 10)
    difference = (int(wrong) - int(right[position])) * (7 - position)
    other = right[:position] + wrong + right[position + 1 :]
    assert check.imo_ok(other) == (difference % 10 == 0)


@pytest.mark.parametrize(
    ("imo", "right"),
    [
        ("9074729", True),  # the example of the IMO
        ("9074728", False),
        ("8712362", True),
        ("907472", False),
        ("90747290", False),
        ("IMO9074729", False),
        ("9074729\n", False),
        ("９０７４７２９", False),
        ("٩٠٧٤٧٢٩", False),
        ("", False),
    ],
)
def test_imo_numbers(imo, right):
    assert check.imo_ok(imo) is right


@pytest.mark.parametrize(
    ("first", "second"),
    [("period_start", "period_end"), ("valid_from", "valid_to")],
)
def test_dates_must_not_run_backwards(first, second):
    rows = table(
        [
            {first: "2020-01-02", second: "2020-01-01"},
            {first: "2020-01-01", second: "2020-01-01"},
            {first: "", second: "2020-01-01"},
        ],
        fields={first: DATE, second: DATE},
    )
    assert [(f.where, f.field) for f in check.order(rows)] == [("row 2", second)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("quantity_low", "quantity"),
        ("quantity", "quantity_high"),
        ("quantity_low", "quantity_high"),
        ("low", "value"),
        ("value", "high"),
        ("low", "high"),
    ],
)
def test_a_low_figure_must_not_exceed_a_high_one(first, second):
    rows = table(
        [{first: "2", second: "1"}, {first: "1", second: "1"}, {first: "2", second: ""}],
        fields={first: NUMBER, second: NUMBER},
    )
    assert [(f.where, f.field, f.value) for f in check.order(rows)] == [("row 2", second, "1")]


def places(*points, role="places", **columns):
    rows = [{"place": f"p{n}", **columns} for n in range(len(points))]
    fields = {"accuracy_m": NUMBER}
    shapes = [None if p is None else shapely.Point(p) for p in points]
    return table(rows, fields=fields, role=role, name=role, geometry=shapes)


@pytest.mark.parametrize(
    ("bounds", "point", "hint"),
    [
        ((100, 30, 140, 50), (42, 131), "longitude first"),
        ((100, 30, 140, 50), (0, 0), "tumen:bounds"),
        ((100, 30, 140, 50), (120, 51), "tumen:bounds"),
        ((170, -30, 190, 0), (0, -10), "tumen:bounds"),
        (WORLD, (0, 91), "tumen:bounds"),
        (WORLD, (91, 131), "tumen:bounds"),
    ],
)
def test_a_place_outside_the_bounds_is_named_with_a_hint(bounds, point, hint):
    (fault,) = check.coordinates(places(point), bounds)
    assert fault.where == "row 2"
    assert fault.value == f"{point[0]:g}, {point[1]:g}"
    assert hint in fault.remedy


@pytest.mark.parametrize(
    ("bounds", "point"),
    [
        ((100, 30, 140, 50), (120, 40)),
        ((100, 30, 140, 50), (100, 30)),
        ((170, -30, 190, 0), (-175, -10)),
        ((170, -30, 190, 0), (185, -10)),
        (WORLD, (-180, -90)),
        (WORLD, (180, 90)),
        (WORLD, (190, 0)),
        ((100, 30, 140, 50), None),
    ],
)
def test_a_place_inside_the_bounds_is_no_fault(bounds, point):
    assert list(check.coordinates(places(point), bounds)) == []


def ranked(**columns):
    base = {"corridor": "a", "period_start": "2020-01-01", "commodity": "coal", "unit": "t"}
    return {**base, "quantity": "1", "rank": "1", **columns}


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"quantity": "2"}, ["row 3"]),
        ({"rank": "2"}, []),
        ({"unit": "Mt"}, []),
        ({"commodity": "ore"}, []),
        ({"period_start": "2021-01-01"}, []),
        ({"rank": "01"}, ["row 3"]),
    ],
)
def test_one_question_has_one_first_answer(other, found):
    rows = table(
        [ranked(), ranked(**other)], fields={"quantity": NUMBER, "rank": {"type": "integer"}}
    )
    assert [f.where for f in check.ranks(rows)] == found


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("a + b * 2", 7.0),
        ("(a + b) * 2", 8.0),
        ("-a", -1.0),
        ("b / (a + a)", 1.5),
        ("2.5e3", 2500.0),
    ],
)
def test_arithmetic_over_figures_is_computed(formula, value):
    assert check.evaluate(formula, {"a": 1.0, "b": 3.0}) == value


REFUSED = [
    "",
    "a +",
    "unheard_of",
    "1 / 0",
    "a ** 2",
    "a % 2",
    "a // 2",
    "a < 2",
    "abs(a)",
    "int('3')",
    "a.real",
    "a.__class__",
    "a.hex()",
    "().__class__.__bases__",
    "__import__('os').system('true')",
    "[1, 2]",
    "[1][0]",
    "{'a': 1}['a']",
    "'a' * 9",
    "'3'",
    "f'{a}'",
    "1 if a else 2",
    "a and 2",
    "not a",
    "True",
    "None",
    "lambda: 1",
    "[x for x in (1, 2)]",
    "a; 2",
    "a, 2",
    "a = 2",
    "1j * 1j",
    "1e999",
    "1e999 - 1e999",
    "a\x00",
    "9" * 5000,
    "(" * 300 + "a" + ")" * 300,
    "-" * 3000 + "a",
    "-" * 999 + "a",
    "+".join(["a"] * 5000),
]


@pytest.mark.parametrize("formula", REFUSED, ids=lambda formula: formula.replace("\x00", "")[:24])
def test_anything_but_arithmetic_is_refused_with_a_reason(formula):
    with pytest.raises(ValueError, match=r"\S"):
        check.evaluate(formula, {"a": 1.0})


def outcome(formula):
    """The value of a formula, or the reason why it has none."""
    try:
        return check.evaluate(formula, {"a": 1.0})
    except ValueError as error:
        return str(error)


@given(st.text("a1.+-*/() _'[]{}:=", max_size=12) | st.text(max_size=20))
def test_a_formula_gives_a_number_or_a_reason(formula):
    found = outcome(formula)
    assert isinstance(found, float) or found


def derived(**columns):
    return {"flow": "x", "quantity": "", "basis": "derived", "formula": "", **columns}


def test_a_formula_is_held_against_the_figure_within_its_tolerance():
    given_rows = [
        derived(flow="input", quantity="10", basis="reported"),
        derived(flow="right", quantity="20", formula="input * 2"),
        derived(flow="rounded", quantity="20.09", formula="input * 2"),
        derived(flow="wrong", quantity="20.2", formula="input * 2"),
        derived(flow="missing", quantity="20"),
        derived(flow="unreadable", quantity="20", formula="input *"),
        derived(flow="unknown", quantity="", formula="input * 2"),
        derived(flow="of_unknown", quantity="1", formula="unknown * 2"),
    ]
    rows = table(given_rows, fields={"quantity": NUMBER})
    found = [(f.where, f.field) for f in check.formulas([rows])]
    assert found == [
        ("row 5", "quantity"),
        ("row 6", "formula"),
        ("row 7", "formula"),
        ("row 9", "formula"),
    ]


def test_a_formula_may_name_figures_of_any_table():
    flows = table([derived(quantity="6", formula="factor * 2")], fields={"quantity": NUMBER})
    factors = table([{"factor": "factor", "value": "3"}], fields={"value": NUMBER}, role="factors")
    assert list(check.formulas([flows, factors])) == []
    assert list(check.formulas([factors, flows])) == []


def test_a_figure_of_which_only_the_low_end_is_known_gives_the_low_end():
    flows = table([derived(quantity="6", formula="factor * 2")], fields={"quantity": NUMBER})
    row = {"factor": "factor", "value": "", "low": "3", "high": "4"}
    fields = {"value": NUMBER, "low": NUMBER, "high": NUMBER}
    assert list(check.formulas([flows, table([row], fields=fields, role="factors")])) == []


def test_a_key_points_to_a_resource_or_to_every_file_of_a_role():
    key = {"fields": "leg", "reference": {"resource": "legs", "fields": "leg"}}
    flows = table([{"leg": "a"}, {"leg": "b"}, {"leg": "c"}, {"leg": ""}], foreignKeys=[key])
    one = table([{"leg": "a"}], role="legs", name="rail")
    other = table([{"leg": "b"}], role="legs", name="sea")
    found = list(check.foreign_keys([flows, one, other]))
    assert [(f.where, f.field, f.value) for f in found] == [("row 4", "leg", "c")]


def legs(line, *, mode="sea", basis="modelled", ends=("p0", "p1")):
    row = {"leg": "l", "mode": mode, "geometry_basis": basis}
    row |= {"origin": ends[0], "destination": ends[1]}
    return table([row], role="legs", name="legs", geometry=[shapely.LineString(line)])


@pytest.mark.parametrize(
    ("mode", "accuracy", "away_deg", "found"),
    [
        ("rail", "1000", 0.005, []),  # a degree of the equator is 111.3 km
        ("rail", "1000", 0.01, ["origin"]),
        ("rail", "100000", 0.898, []),
        ("rail", "", 0.001, ["origin"]),
        ("rail", "", 0.000015, ["origin"]),
        ("sea", "", 0.04, []),
        ("sea", "", 0.05, ["origin"]),
        ("sea", "1000", 0.05, []),
    ],
)
def test_a_leg_ends_at_its_places(mode, accuracy, away_deg, found):
    known = places((0, 0), (1, 0), accuracy_m=accuracy)
    line = legs([(away_deg, 0), (1, 0)], mode=mode)
    assert [f.field for f in check.leg_ends(line, known)] == found


def test_a_leg_ends_at_a_place_beyond_the_antimeridian():
    known = places((179, 0), (-179, 0), accuracy_m="100")
    assert list(check.leg_ends(legs([(179, 0), (181, 0)], mode="rail"), known)) == []


def test_every_leg_with_a_line_is_held_against_its_places():
    row = {"mode": "rail", "origin": "p0", "destination": "p1"}
    drawn = [
        None,
        shapely.LineString(),
        shapely.MultiLineString([[(0, 0), (1, 0)], [(1, 0), (9, 9)]]),
        shapely.LineString([(0, 0), (5, 5), (1, 0)]),
        shapely.LineString([(0, 0), (1, 0), (5, 5)]),
    ]
    rows = table([row] * len(drawn), role="legs", geometry=drawn)
    found = check.leg_ends(rows, places((0, 0), (1, 0)))
    assert [(f.where, f.field) for f in found] == [("row 6", "destination")]


def test_of_two_places_with_one_name_the_first_is_the_end():
    rows = [{"place": name} for name in ("p0", "p1", "p0")]
    points = [shapely.Point(x, 0) for x in (0, 1, 9)]
    known = table(rows, role="places", geometry=points)
    assert list(check.leg_ends(legs([(0, 0), (1, 0)]), known)) == []
    assert [f.field for f in check.leg_ends(legs([(9, 0), (1, 0)]), known)] == ["origin"]


ISLAND = shapely.box(10, 10, 11, 11)


def test_a_folder_without_an_extent_has_no_place_beyond_it():
    far = table([{"place": "p0"}], role="places", name="places", geometry=[shapely.Point(0, 80)])
    assert list(check.beyond([far], None)) == []
    assert [f.value for f in check.beyond([far], (-1, -1, 1, 1))] == ["0, 80"]


def test_a_leg_that_no_way_can_be_found_for_is_named():
    """A passage is named, and the land is not that of the network."""
    row = {"leg": "l", "mode": "sea", "geometry_basis": "", "origin": "p0", "destination": "p1"}
    drawn = table([row | {"via": "suez"}], role="legs", name="legs", geometry=[None])
    ends = [shapely.Point(9, 9), shapely.Point(12, 9)]
    known = table([{"place": "p0"}, {"place": "p1"}], role="places", name="places", geometry=ends)
    (found,) = check.ways(drawn, known, ISLAND)
    assert (found.field, found.value) == ("leg", "l")


@pytest.mark.parametrize(
    ("mode", "basis", "line", "fault", "note"),
    [
        ("sea", "modelled", [(9, 10.5), (12, 10.5)], True, False),
        ("sea", "modelled", [(9, 9), (12, 9)], False, False),
        ("sea", "modelled", [(9, 9), (9, 9)], False, False),
        ("sea", "modelled", [(9, 70), (50, 88), (90, 70)], True, False),  # by the pole
        ("sea", "observed", [(9, 70), (50, 88), (90, 70)], False, False),
        ("rail", "surveyed", [(10.1, 10.5), (10.9, 10.5)], False, False),
        ("rail", "surveyed", [(10.1, 10.5), (12, 10.5)], True, False),
        ("road", "observed", [(10.1, 10.5), (11.005, 10.5)], False, False),  # 0.5 km of shore
        ("rail", "schematic", [(10.1, 10.5), (12, 10.5)], False, True),
    ],
)
def test_legs_keep_to_their_element(mode, basis, line, fault, note):
    drawn = legs(line, mode=mode, basis=basis)
    assert bool(list(check.ground(drawn, ISLAND))) is fault
    assert bool(check.remarks([drawn], land=ISLAND)) is note


@pytest.mark.parametrize(
    ("line", "passage"),
    [
        ([(-30, -55), (-30, -62), (-20, -62), (-20, -55)], "antarctic"),
        (None, "northeast-passage"),
    ],
)
def test_a_modelled_leg_by_a_passage_closed_by_ice_names_it(line, passage):
    land = basemap.land()
    line = line or passages.named([passage])[0].axis.coords
    drawn = [legs(line), legs(line), legs(line), legs(line, basis="observed")]
    for one, via in zip(drawn, ("", passage, "nowhere", ""), strict=True):
        one.raw["via"] = via
    ice, named, unknown, observed = (list(check.ground(one, land)) for one in drawn)
    assert ["closed by ice" in fault.problem for fault in ice] == [True]
    assert named == []
    assert ["no passage is named" in fault.problem for fault in unknown] == [True]
    assert observed == []


def test_counts_add_up_over_files_of_one_role():
    tables = [places((0, 0)), places((1, 1), (2, 2)), table([{"a": "1"}])]
    assert check.counts(tables) == {"places": 3, "flows": 1}


def test_a_report_with_notes_only_is_sound():
    fault = Fault("a", "", "", "", "b", "c", "a.b-c")
    assert check.Report(notes=(fault,)).sound
    assert not check.Report(faults=(fault,)).sound


def test_a_data_error_reads_as_its_message_and_a_line_for_each_fault():
    fault = Fault("a.csv", "row 2", "b", "x", "wrong", "correct it", "cell.is-wrong")
    assert str(fault) == "a.csv: row 2, b: wrong (found x) → correct it [cell.is-wrong]"
    assert str(DataError("two", faults=[fault, fault])).splitlines() == ["two", *[str(fault)] * 2]
