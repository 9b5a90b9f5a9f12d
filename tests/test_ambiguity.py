"""What makes an answer ambiguous is named at its row: as a fault, or as a note."""

import pytest
from cases import Folder

from geo import package

FLOW = {
    "flow": "second", "corridor": "example", "origin": "port_a", "destination": "port_b",
    "period_start": "2020-01-01", "period_end": "2020-12-31", "commodity": "all_goods",
    "quantity": "900", "unit": "kt", "basis": "reported", "rank": "1", "source": "example",
}  # fmt: skip
CAPACITY = {
    "capacity": "second", "corridor": "example", "commodity": "all_goods", "quantity": "5000",
    "unit": "kt", "per": "year", "kind": "nameplate", "basis": "reported", "rank": "1",
    "source": "example",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return Folder.drawn(tmp_path / "data")


def said(folder):
    found = package.examine(folder.path)
    return [str(f) for f in found.faults], [str(f) for f in found.notes]


def test_the_example_is_ambiguous_in_nothing(folder):
    assert said(folder) == ([], [])


def test_two_capacities_of_rank_1_in_force_are_a_fault_whatever_their_unit(folder):
    row = folder.add("capacities.csv", **CAPACITY)
    ((fault,), notes) = said(folder)
    assert fault.startswith(f"capacities.csv: row {row}, rank: example_capacity is of rank 1")
    assert notes == []


@pytest.mark.parametrize(
    "cells",
    [
        {"rank": "2"},
        {"kind": "planned"},
        {"quantity": "4000"},
        {"leg": "port_a_port_b"},
        {"unit": "TEU"},
    ],
)
def test_capacities_that_do_not_compete_are_none(folder, cells):
    folder.add("capacities.csv", **CAPACITY | cells)
    assert said(folder) == ([], [])


def test_capacities_that_follow_each_other_are_none(folder):
    folder.cell("capacities.csv", "example_capacity", valid_to="2020-12-31")
    folder.add("capacities.csv", **CAPACITY, valid_from="2021-01-01")
    assert said(folder) == ([], [])


def test_rivals_in_like_units_are_noted(folder):
    row = folder.add("flows.csv", **FLOW)
    faults, (note,) = said(folder)
    assert faults == []
    assert note.startswith(f"flows.csv: row {row}, rank: example_flow_first answers the same")
    folder.cell("flows.csv", "second", quantity="1500")  # 1.5 Mt in other words
    assert said(folder) == ([], [])


def test_overlapping_periods_are_noted_unless_one_is_part_of_the_other(folder):
    row = folder.add("flows.csv", **FLOW | {"period_end": "2020-06-30"})
    faults, (note,) = said(folder)
    assert faults == []
    assert note.startswith(f"flows.csv: row {row}, period_start: its period overlaps")
    folder.cell("flows.csv", "second", part_of="example_flow_first")
    assert said(folder) == ([], [])


def test_a_destination_that_no_leg_reaches_is_noted(folder):
    folder.change("places.geojson", lambda d: d["features"].append(third(d["features"][0])))
    row = folder.add("flows.csv", **FLOW | {"destination": "port_c"})
    faults, (note,) = said(folder)
    assert faults == []
    assert note.startswith(f"flows.csv: row {row}, destination: no legs of its corridor join")


def third(feature):
    properties = {**feature["properties"], "place": "port_c", "name_en": "Port C"}
    return {**feature, "id": "port_c", "properties": properties}


def test_an_id_of_two_tables_is_noted(folder):
    row = folder.add("flows.csv", **FLOW | {"flow": "example_capacity", "rank": "2"})
    faults, notes = said(folder)
    assert faults == []
    assert [
        n for n in notes if n.startswith("capacities.csv: row 2, capacity: flows.csv uses")
    ] or [n for n in notes if n.startswith(f"flows.csv: row {row}, flow: capacities.csv uses")]
