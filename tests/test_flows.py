"""Flow, capacity, utilisation: figures meet only their like, and unknown stays unknown."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import flows

NAT = pd.NaT


def table(**columns):
    return pd.DataFrame(columns)


def flow(**values):
    row = {
        "flow": "f",
        "corridor": "c",
        "leg": "",
        "origin": "",
        "destination": "",
        "period_start": pd.Timestamp("2001-01-01"),
        "period_end": pd.Timestamp("2001-12-31"),
        "commodity": "coal",
        "quantity": 1.2,
        "quantity_low": math.nan,
        "quantity_high": math.nan,
        "unit": "Mt",
        "basis": "reported",
        "rank": 1.0,
    }
    return row | values


def capacity(**values):
    row = {
        "capacity": "k",
        "corridor": "c",
        "leg": "",
        "commodity": "",
        "quantity": 4.0,
        "unit": "Mt",
        "per": "year",
        "kind": "nameplate",
        "valid_from": NAT,
        "valid_to": NAT,
        "rank": 1.0,
    }
    return row | values


def share(one, *capacities):
    return flows.utilisation(pd.DataFrame([one]), pd.DataFrame(list(capacities))).iloc[0]


def test_a_year_is_held_against_a_year():
    assert share(flow(), capacity())["utilisation"] == pytest.approx(0.3)


def test_a_quarter_is_held_against_a_quarter_of_the_year():
    quarter = flow(period_end=pd.Timestamp("2001-03-31"), quantity=0.5)
    found = share(quarter, capacity())
    assert found["capacity_quantity"] == pytest.approx(1.0)
    assert found["utilisation"] == pytest.approx(0.5)


def test_a_single_day_is_held_against_nothing():
    day = flow(period_end=pd.Timestamp("2001-01-01"))
    assert math.isnan(share(day, capacity())["utilisation"])


@pytest.mark.parametrize(("unit", "quantity"), [("t", 1.2e6), ("kt", 1200.0), ("Mt", 1.2)])
def test_multiples_of_one_unit_meet(unit, quantity):
    found = share(flow(unit=unit, quantity=quantity), capacity())
    assert found["utilisation"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    "other",
    [
        {"unit": "bbl"},
        {"corridor": "d"},
        {"leg": "elsewhere"},
        {"per": "voyage"},
        {"quantity": math.nan},
        {"commodity": "oil", "kind": "planned"},
        {"valid_from": pd.Timestamp("2002-01-01")},
        {"valid_to": pd.Timestamp("2000-12-31")},
    ],
)
def test_what_does_not_apply_leaves_the_share_unknown(other):
    found = share(flow(), capacity(**other))
    assert found["capacity"] == ""
    assert math.isnan(found["utilisation"])


def test_the_capacity_ranked_first_is_used():
    found = share(flow(), capacity(rank=2.0, quantity=5.0), capacity(capacity="first"))
    assert found["capacity"] == "first"


def test_unknown_is_never_zero():
    found = share(flow(quantity=math.nan, quantity_low=0.4), capacity())
    assert math.isnan(found["utilisation"])
    assert found["utilisation_low"] == pytest.approx(0.1)


def test_the_result_is_aligned_and_the_callers_frame_is_left_alone():
    frame = pd.DataFrame([flow(flow="a"), flow(flow="b", quantity=2.0)], index=[7, 3])
    before = frame.copy(deep=True)
    found = flows.utilisation(frame, pd.DataFrame([capacity()]))
    assert list(found.index) == [7, 3]
    assert found.loc[3, "utilisation"] == pytest.approx(0.5)
    pd.testing.assert_frame_equal(frame, before)


def test_two_answers_to_one_question_are_a_conflict_and_a_part_is_not():
    frame = pd.DataFrame(
        [flow(), flow(flow="g", quantity=2.0, rank=2.0), flow(flow="h", commodity="oil")]
    )
    assert list(flows.conflicts(frame)) == [1, 1, 0]


def peak(*rows, capacities=()):
    return flows.peak(pd.DataFrame(list(rows)), pd.DataFrame(list(capacities)))


def test_the_peak_prefers_a_full_year_with_a_capacity():
    half = flow(flow="half", period_end=pd.Timestamp("2001-06-30"), quantity=1.9)
    year = flow(flow="year", quantity=2.0)
    bigger = flow(flow="bigger", corridor="d", quantity=9.0)
    assert peak(half, year, bigger, capacities=[capacity()]) == "year"


@pytest.mark.parametrize(
    "other",
    [{"basis": "claimed"}, {"quantity": 0.0}, {"unit": "voyages"}, {"rank": 2.0}],
)
def test_the_peak_is_no_claim_no_zero_no_count_and_ranked_first(other):
    assert peak(flow(**other)) is None
    assert peak(flow(**other), flow(flow="good", quantity=0.1)) == "good"


def test_a_limit_is_the_one_in_force_when_the_period_began():
    limits = pd.DataFrame(
        [
            {
                "limit": name,
                "commodity": "coal",
                "quantity": quantity,
                "unit": "Mt",
                "per": "year",
                "valid_from": pd.Timestamp(start),
                "valid_to": NAT,
            }
            for name, quantity, start in (("old", 2.0, "1999-01-01"), ("new", 0.6, "2001-01-01"))
        ]
    )
    rows = pd.DataFrame([flow(), flow(commodity="oil")])
    found = flows.against_limits(rows, limits)
    assert list(found["limit"]) == ["new", ""]
    assert found["share"].iloc[0] == pytest.approx(2.0)
    assert math.isnan(found["share"].iloc[1])


def test_the_matrix_adds_first_ranked_flows_of_like_unit_and_keeps_unknown_pairs_unknown():
    rows = [
        flow(flow="a", origin="x", destination="y", quantity=1.0),
        flow(flow="b", origin="x", destination="y", quantity=500.0, unit="kt"),
        flow(flow="c", origin="x", destination="z", quantity=math.nan),
        flow(flow="d", origin="y", destination="z", quantity=9.0, rank=2.0),
    ]
    found = flows.matrix(pd.DataFrame(rows), unit="Mt")
    assert found.loc["x", "y"] == pytest.approx(1.5)
    assert "z" not in found.columns or math.isnan(found.loc["x", "z"])


factors = st.lists(st.floats(0.01, 1e3), min_size=1, max_size=5)


@given(factors)
def test_what_if_is_the_product_of_its_factors(values):
    names = [f"f{n}" for n in range(len(values))]
    nan = [math.nan] * len(values)
    frame = table(factor=names, value=values, low=nan, high=nan)
    assert flows.what_if(frame).value == pytest.approx(math.prod(values))
    changed = flows.what_if(frame, f0=2.0)
    assert changed.value == pytest.approx(2.0 * math.prod(values[1:]))


def test_what_if_knows_its_range_and_refuses_an_unknown_name():
    frame = table(factor=["a", "b"], value=[2.0, 3.0], low=[1.0, math.nan], high=[4.0, math.nan])
    found = flows.what_if(frame)
    assert (found.low, found.value, found.high) == (3.0, 6.0, 12.0)
    with pytest.raises(KeyError, match="no such factor: z"):
        flows.what_if(frame, z=1.0)


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("2001-01-01", "2001-12-31", 1.0),
        ("2000-01-01", "2000-12-31", 1.0),
        ("2001-01-01", "2001-03-31", 0.25),
        ("2000-02-01", "2000-02-29", 1 / 12),
        ("2001-01-01", "2001-01-01", 1 / 365),
    ],
)
def test_a_calendar_year_is_exactly_one(start, end, span):
    frame = table(period_start=[pd.Timestamp(start)], period_end=[pd.Timestamp(end)])
    assert flows.years(frame).iloc[0] == pytest.approx(span)
