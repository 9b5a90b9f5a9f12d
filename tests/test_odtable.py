"""A user's table of flows: what is read, and every fault with its row and remedy."""

import json

import pytest
from od import places, write_flows, write_places

from geo import errors
from geo.files import headings
from geo.maps.flowtables import flow_table

HEADER = "origin,destination,period,quantity,unit,basis"


@pytest.fixture
def points(tmp_path):
    return write_places(tmp_path, places(5))


def read(folder, points, rows, header=HEADER, **options):
    return flow_table.read(write_flows(folder, rows, header=header), places=points, **options)


def faults(folder, points, rows, header=HEADER, **options):
    with pytest.raises(errors.DataError) as caught:
        read(folder, points, rows, header, **options)
    return caught.value.faults


def test_a_table_is_read_with_its_periods_and_base_units(tmp_path, points):
    rows = [
        ("P000", "P001", 2015, 1.5, "Mt", "reported"),
        ("P001", "P002", "2015-Q2", 300, "kt", ""),
    ]
    table = read(tmp_path, points, rows)
    assert list(table.flows["base"]) == [1.5e6, 3e5]
    assert list(table.flows["kind"]) == ["t", "t"]
    assert [str(d.date()) for d in table.flows["period_start"]] == ["2015-01-01", "2015-04-01"]
    assert [str(d.date()) for d in table.flows["period_end"]] == ["2015-12-31", "2015-06-30"]
    assert list(table.flows["row"]) == [2, 3]


def test_unknown_is_not_zero(tmp_path, points):
    rows = [("P000", "P001", 2015, "", "t", ""), ("P001", "P002", 2015, 0, "t", "")]
    base = read(tmp_path, points, rows).flows["base"]
    assert base.isna().tolist() == [True, False]
    assert base.iloc[1] == 0


def test_own_columns_are_named_and_one_unit_may_hold_for_all(tmp_path, points):
    rows = [("P000", "P001", 7)]
    columns = headings.columns_given(["origin=from", "destination=to", "quantity=tons"])
    table = read(tmp_path, points, rows, "from,to,tons", columns=columns, unit="t")
    assert list(table.flows["base"]) == [7.0]


def test_dates_are_read_as_the_format_says_and_never_guessed(tmp_path, points):
    rows = [("P000", "P001", "08/02/2018", "09/02/2018", 1, "t")]
    header = "origin,destination,period_start,period_end,quantity,unit"
    table = read(tmp_path, points, rows, header, date_format="%d/%m/%Y")
    assert str(table.flows["period_start"].iloc[0].date()) == "2018-02-08"
    found = faults(tmp_path, points, rows, header)
    assert {fault.value for fault in found} == {"08/02/2018", "09/02/2018"}


def test_every_fault_of_a_table_is_named_at_once(tmp_path, points):
    rows = [
        ("P000", "P009", 2015, 1, "t", "reported"),
        ("P000", "P001", 2015, "many", "t", "reported"),
        ("P000", "P001", "soon", 1, "t", "reported"),
        ("P000", "P001", 2015, 1, "", "reported"),
        ("P000", "P001", 2015, 1, "t", "rumoured"),
        ("", "P001", 2015, 1, "t", "reported"),
    ]
    found = faults(tmp_path, points, rows)
    said = {(fault.field, fault.value) for fault in found}
    assert said >= {
        ("quantity", "many"), ("period", "soon"), ("unit", ""), ("basis", "rumoured"),
    }  # fmt: skip
    assert any(fault.field == "origin" for fault in found), found
    for fault in found:
        assert fault.file == "flows.csv"
        assert fault.problem
        assert fault.remedy
    rows_named = " ".join(fault.where for fault in found)
    assert all(str(n) in rows_named for n in (3, 4, 5, 6, 7))


def test_a_place_that_is_not_among_the_places_is_named_with_its_row(tmp_path, points):
    (fault,) = faults(tmp_path, points, [("P000", "P009", 2015, 1, "t", "")])
    assert fault.value == "P009"
    assert "2" in fault.where


def test_a_column_that_is_not_there_is_a_fault_with_the_columns_there_are(tmp_path, points):
    found = faults(tmp_path, points, [("P000", "P001", 1)], "start,stop,much")
    assert {"origin", "destination"} <= {fault.field for fault in found}
    assert any("start" in f"{fault.problem} {fault.remedy} {fault.value}" for fault in found)


def test_a_flow_of_a_leg_follows_it_and_a_leg_unknown_is_named(tmp_path, points):
    found = places(5)
    leg = {
        "type": "Feature",
        "properties": {"leg": "l1", "origin": "P000", "destination": "P001"},
        "geometry": {
            "type": "LineString",
            "coordinates": [found[0][1:], [120.0, 30.0], found[1][1:]],
        },
    }
    legs = tmp_path / "legs.geojson"
    legs.write_text(json.dumps({"type": "FeatureCollection", "features": [leg]}))
    header = "origin,destination,leg,quantity,unit"
    table = read(tmp_path, points, [("P000", "P001", "l1", 1, "t")], header, legs=legs)
    assert list(table.flows["leg"]) == ["l1"]
    (fault,) = faults(tmp_path, points, [("P000", "P001", "l9", 1, "t")], header, legs=legs)
    assert fault.value == "l9"


@pytest.mark.parametrize("text", ["origin", "=from", "origin="])
def test_a_mapping_that_names_no_field_is_refused(text):
    with pytest.raises(errors.GeoError):
        headings.columns_given([text])


def test_a_mapping_of_a_field_there_is_not_is_a_fault(tmp_path, points):
    columns = headings.columns_given(["nonsense=origin"])
    found = faults(tmp_path, points, [("P000", "P001", 2015, 1, "t", "")], columns=columns)
    assert any("nonsense" in f"{fault.field} {fault.value}" for fault in found)
