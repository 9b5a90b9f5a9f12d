"""Voyages into derived flows: deadweight times load factor, with the range that draughts allow."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from tracks_cases import EAST, call, table, voyage

from geo import check, package, page, scaffold
from geo.errors import DataError
from geo.maps.flowtables import flow_scene, flow_table
from geo.tracks import cargo

LOAD = cargo.LoadFactor(value=0.9, low=0.7, high=0.98, source="example", note="assumed")
A, B, C = "790000001", "790000002", "790000003"
VESSELS = pd.DataFrame({"vessel": [A, B], "dwt_t": [3000.0, 5000.0]})
RISES, FALLS, SAME, NONE = (6.0, 9.0), (9.0, 6.0), (9.0, 9.2), (None, None)


def sailed(*ships):
    """One voyage from port_a to port_b for each (vessel, draughts there, draughts here)."""
    calls, voyages = [], []
    for n, (vessel, first, last) in enumerate(ships):
        start = n * 48
        calls.append(call(vessel, "port_a", start, start + 8, 0.0, 0.0, first))
        calls.append(call(vessel, "port_b", start + 20, start + 30, 1.0, 1.0, last))
        voyages.append(voyage(vessel, n, "port_a", "port_b", start + 8, start + 20, EAST))
    return cargo.evidence(table("voyages", voyages), table("calls", calls))


def flows(voyages, **changes):
    given = {"vessels": VESSELS, "load": LOAD, "corridor": "example", "commodity": "all_goods"}
    return cargo.flows(voyages, **(given | changes))


def only(voyages, **changes):
    (row,) = flows(voyages, **changes).flows.to_dict("records")
    return row


@pytest.mark.parametrize(
    ("first", "last", "load"),
    [
        (RISES, FALLS, "laden"),
        (RISES, NONE, "laden"),
        (NONE, FALLS, "laden"),
        (FALLS, NONE, "ballast"),
        (SAME, RISES, "ballast"),
        (RISES, RISES, "conflicting"),
        (SAME, SAME, "none"),
        (NONE, NONE, "none"),
    ],
)
def test_draughts_are_evidence_of_loading(first, last, load):
    assert sailed((A, first, last))["load"].tolist() == [load]


def test_changes_are_in_metres_and_unknown_stays_unknown():
    found = sailed((A, RISES, NONE))
    assert found["origin_change_m"].tolist() == [3.0]
    assert found["destination_change_m"].isna().all()


def test_a_call_that_has_not_ended_is_no_evidence():
    ends = [call(A, "port_a", 0, 8, 0, 0), call(A, "port_b", 20, None, 1, 1, (9.0, None))]
    trip = voyage(A, 1, "port_a", "port_b", 8, 20, EAST)
    found = cargo.evidence(table("voyages", [trip]), table("calls", ends))
    assert found["load"].tolist() == ["none"]


def test_the_quantity_is_deadweight_times_load_factor_with_its_range():
    row = only(sailed((A, RISES, FALLS), (B, RISES, FALLS), (A, NONE, NONE)))
    assert row["quantity"] == pytest.approx((2 * 3000 + 5000) * 0.9)
    assert row["quantity_low"] == pytest.approx((3000 + 5000) * 0.7)
    assert row["quantity_high"] == pytest.approx((2 * 3000 + 5000) * 0.98)
    assert (row["basis"], row["unit"], row["source"]) == ("derived", "t", "example")
    assert (row["period_start"], row["period_end"]) == ("2025-01-01", "2025-01-31")
    assert check.evaluate(row["formula"], {}) == pytest.approx(row["quantity"])
    for words in ("3 voyage(s)", "2 laden by draught", "1 without clear evidence", "assumed"):
        assert words in row["note"]


def test_the_range_of_a_deadweight_goes_into_the_range_of_the_flow():
    vessels = VESSELS.assign(dwt_low_t=[2500.0, np.nan], dwt_high_t=[3500.0, np.nan])
    row = only(sailed((A, RISES, FALLS)), vessels=vessels)
    assert row["quantity_low"] == pytest.approx(2500 * 0.7)
    assert row["quantity_high"] == pytest.approx(3500 * 0.98)


def test_a_voyage_in_ballast_carries_nothing_and_is_named():
    found = flows(sailed((A, RISES, FALLS), (B, FALLS, RISES)))
    assert found.flows["quantity"].tolist() == [pytest.approx(2700)]
    assert found.flows["quantity_high"].notna().all()
    assert found.left_out[["vessel", "reason"]].to_numpy().tolist() == [
        [B, "in ballast by draught"]
    ]


def test_unknown_deadweight_opens_the_high_end_and_is_never_zero():
    found = flows(sailed((A, RISES, FALLS), (C, RISES, FALLS)))
    (row,) = found.flows.to_dict("records")
    assert row["quantity"] == pytest.approx(2700)
    assert row["quantity_high"] is None
    assert "1 deadweight unknown, left out" in row["note"]
    assert found.left_out["reason"].tolist() == ["deadweight unknown"]


def test_without_the_assumption_only_evidence_counts():
    found = flows(sailed((A, RISES, FALLS), (B, NONE, NONE)), assume_laden=False)
    (row,) = found.flows.to_dict("records")
    assert row["quantity"] == pytest.approx(2700)
    assert row["quantity_high"] is None
    assert found.left_out["vessel"].tolist() == [B]


def test_nothing_countable_gives_no_row():
    found = flows(sailed((C, RISES, FALLS)))
    assert found.flows.empty
    assert found.flows.columns.tolist() == list(cargo.COLUMNS)
    assert len(found.left_out) == 1


def test_a_year_is_one_period_when_asked():
    voyages = sailed(*[(A, RISES, FALLS)] * 20)  # 40 days
    assert len(flows(voyages).flows) == 2
    row = only(voyages, per="year")
    assert (row["period_start"], row["period_end"]) == ("2025-01-01", "2025-12-31")
    assert row["quantity"] == pytest.approx(20 * 2700)


def test_a_formula_of_many_ships_stays_short():
    names = [f"79{n:07}" for n in range(90)]
    vessels = pd.DataFrame({"vessel": names, "dwt_t": 1000.0 + np.arange(90)})
    row = only(sailed(*[(n, RISES, FALLS) for n in names]), vessels=vessels, per="year")
    assert check.evaluate(row["formula"], {}) == pytest.approx(row["quantity"])


def test_every_fault_of_what_is_given_is_named():
    wrong = pd.DataFrame({"vessel": [A, A, B], "dwt_t": [1.0, 2.0, -5.0]})
    load = cargo.LoadFactor(value=0.9, low=0.95, high=1.2, source="")
    with pytest.raises(DataError) as caught:
        flows(sailed((A, RISES, FALLS)), vessels=wrong, load=load)
    said = str(caught.value)
    for words in ("0.95, 0.9, 1.2", "without a source", "stands twice", "-5.0", "not above zero"):
        assert words in said
    with pytest.raises(DataError, match="dwt_t: the column is missing"):
        flows(sailed((A, RISES, FALLS)), vessels=wrong[["vessel"]])


# --- into a data folder ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A new data folder whose table of flows holds the derived rows too."""
    path = tmp_path / "case"
    scaffold.new(path)
    rows = flows(sailed((A, RISES, FALLS), (B, NONE, NONE))).flows
    with (path / "flows.csv").open("a", encoding="utf-8", newline="") as file:
        rows.to_csv(file, header=False, index=False, lineterminator="\n")
    return path


def test_the_rows_stand_in_a_data_folder_that_is_sound(folder):
    with (folder / "flows.csv").open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == cargo.COLUMNS
    found = package.examine(folder)
    assert [str(f) for f in found.faults] == []
    assert found.counts["flows"] == 3


@pytest.mark.browser
def test_the_flow_map_draws_them(folder, tmp_path, open_page):
    rows = flows(sailed((A, RISES, FALLS), (B, NONE, NONE))).flows
    path = tmp_path / "derived.csv"
    rows.to_csv(path, index=False)
    table = flow_table.read(path, places=folder / "places.geojson")
    opened = open_page(page.save(flow_scene.scene(table), tmp_path / "flows.html"))
    assert opened.complaints == []
    drawn = opened.page.evaluate("JSON.parse(document.querySelector('[id^=pipes]').textContent)")
    (line,) = json.loads(json.dumps(drawn))["pipes"]
    assert line["figures"][0]["quantity"] == pytest.approx(7200)
    assert line["basis"] == "derived"
    assert opened.page.locator(".tumen-core, path.leaflet-interactive").count() > 0
