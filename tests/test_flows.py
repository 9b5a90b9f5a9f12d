import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import flows
from geo.errors import GeoError

NAN = float("nan")
TEXT = ("flow", "corridor", "leg", "origin", "destination", "commodity", "unit", "basis")


def day(text):
    return pd.Timestamp(text) if text else pd.NaT


def moved(*rows, index=None):
    """Flows: 1 Mt of coal on corridor a in 2020 unless said otherwise."""
    base = dict.fromkeys(TEXT, "") | {
        "corridor": "a",
        "commodity": "coal",
        "unit": "Mt",
        "basis": "reported",
        "period_start": "2020-01-01",
        "period_end": "2020-12-31",
        "quantity": 1.0,
        "quantity_low": NAN,
        "quantity_high": NAN,
        "rank": 1.0,
        "scope": "",
    }
    made = [{**base, "flow": f"f{n}", **row} for n, row in enumerate(rows)]
    table = pd.DataFrame(made, columns=list(base), index=index)
    for column in ("period_start", "period_end"):
        table[column] = pd.to_datetime(table[column].map(day))
    return table


def could(*rows):
    """Capacities: 4 Mt a year of corridor a unless said otherwise."""
    base = {
        "capacity": "",
        "corridor": "a",
        "leg": "",
        "commodity": "",
        "quantity": 4.0,
        "unit": "Mt",
        "per": "year",
        "kind": "nameplate",
        "valid_from": "",
        "valid_to": "",
        "rank": 1.0,
    }
    made = [{**base, "capacity": f"c{n}", **row} for n, row in enumerate(rows)]
    table = pd.DataFrame(made, columns=list(base))
    for column in ("valid_from", "valid_to"):
        table[column] = pd.to_datetime(table[column].map(day))
    return table


def limits(*rows):
    base = {
        "limit": "",
        "commodity": "coal",
        "quantity": 2.0,
        "unit": "Mt",
        "per": "year",
        "valid_from": "2018-01-01",
        "valid_to": "",
    }
    made = [{**base, "limit": f"l{n}", **row} for n, row in enumerate(rows)]
    table = pd.DataFrame(made, columns=list(base))
    for column in ("valid_from", "valid_to"):
        table[column] = pd.to_datetime(table[column].map(day))
    return table


def factors():
    return pd.DataFrame(
        {
            "factor": ["trains", "wagons", "load"],
            "value": [12.0, 65.0, 69.2],
            "low": [NAN, 60.0, NAN],
            "high": [NAN, 71.0, 75.0],
            "unit": ["trains/day", "wagons/train", "t/wagon"],
        }
    )


def product(formula, values=None, *, table=None, rows=(), others=()):
    """What if of the first capacity, whose formula is given; `rows` are further capacities."""
    capacity = could({}, *rows).assign(formula=[formula, *[""] * len(rows)])
    table = factors() if table is None else table
    return flows.what_if("c0", capacities=capacity, factors=table, others=others, values=values)


def share(flow, *capacities):
    """Capacity and utilisation of one flow."""
    row = flows.utilisation(moved(flow), could(*capacities)).iloc[0]
    return row["capacity"], row["utilisation"]


Q1 = {"period_start": "2020-01-01", "period_end": "2020-03-31"}


# --- units and periods ----------------------------------------------------------------------------


@given(st.floats(0, 1e9), st.sampled_from(["t", "kt", "Mt"]), st.sampled_from(["t", "kt", "Mt"]))
def test_a_quantity_survives_the_way_to_a_like_unit_and_back(quantity, unit, other):
    there = flows.convert(quantity, unit, other)
    assert flows.convert(there, other, unit) == pytest.approx(quantity, rel=1e-12)


@pytest.mark.parametrize(
    ("quantity", "unit", "to", "expected"),
    [(2.5, "Mt", "t", 2.5e6), (3, "kt", "Mt", 0.003), (7, "bbl", "bbl", 7), (0, "t", "Mt", 0)],
)
def test_conversion_is_exact(quantity, unit, to, expected):
    assert flows.convert(quantity, unit, to) == expected


@pytest.mark.parametrize(("unit", "to"), [("t", "bbl"), ("TEU", "t"), ("passengers", "t")])
def test_unlike_units_never_meet(unit, to):
    assert math.isnan(flows.convert(1.0, unit, to))


@pytest.mark.parametrize(
    ("start", "end", "days", "years"),
    [
        ("2020-01-01", "2020-12-31", 366, 1),
        ("2019-01-01", "2019-12-31", 365, 1),
        ("2019-04-01", "2020-03-31", 366, 1),
        ("2020-01-01", "2022-12-31", 1096, 3),
        ("2020-01-01", "2020-03-31", 91, 0.25),
        ("2020-02-01", "2020-02-29", 29, 1 / 12),
        ("2019-05-18", "2019-05-18", 1, 1 / 365),
        ("2020-05-18", "2020-05-18", 1, 1 / 366),
        ("2019-11-15", "2020-01-14", 61, 61 / 365),
        ("", "2020-01-01", NAN, NAN),
        ("2020-01-01", "", NAN, NAN),
        ("", "", NAN, NAN),
    ],
)
def test_periods_count_both_ends_and_calendar_years_are_whole(start, end, days, years):
    table = moved({"period_start": start, "period_end": end})
    assert flows.days(table).tolist() == pytest.approx([days], nan_ok=True)
    assert flows.years(table).tolist() == pytest.approx([years], nan_ok=True)


dates = st.dates(pd.Timestamp(1950, 1, 1).date(), pd.Timestamp(2100, 1, 1).date())


@given(dates, st.integers(0, 4000))
def test_years_are_days_over_the_length_of_a_year(start, more):
    end = pd.Timestamp(start) + pd.Timedelta(days=more)
    table = moved({"period_start": str(start), "period_end": str(end.date())})
    assert flows.days(table).iloc[0] == more + 1
    # A month is a twelfth, so a February counts for more days than it has.
    assert flows.years(table).iloc[0] == pytest.approx((more + 1) / 365.25, abs=0.0068, rel=0.003)


def test_a_year_and_its_quarters_cover_the_same_time():
    quarters = [("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31")]
    table = moved(*({"period_start": f"2020-{a}", "period_end": f"2020-{b}"} for a, b in quarters))
    assert flows.years(table).sum() == 1


def test_tables_without_rows_give_columns_without_rows():
    none = moved()
    assert flows.days(none).empty
    assert flows.years(none).empty
    assert flows.best(none).empty
    assert flows.conflicts(none).empty
    assert flows.utilisation(none, could()).empty
    assert flows.against_limits(none, limits()).empty
    assert flows.peak(none, could()) is None
    assert flows.matrix(none, unit="t").empty


# --- utilisation ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "capacity", "expected"),
    [
        ({}, {}, 0.25),
        (Q1, {}, 1.0),
        ({"quantity": 8.0}, {}, 2.0),
        ({"quantity": 0.0}, {}, 0.0),
        ({"quantity": 1000.0, "unit": "kt"}, {}, 0.25),
        ({"quantity": 1e6, "unit": "t"}, {}, 0.25),
        ({}, {"quantity": 4000.0, "unit": "kt"}, 0.25),
        ({}, {"quantity": 1.0, "per": "month"}, 1 / 12),
        ({}, {"quantity": 1.0, "per": "week"}, 7 / 365.25),
        ({}, {"quantity": 1.0, "per": "day"}, 1 / 365.25),
        ({"period_end": "2021-12-31"}, {}, 0.125),
    ],
)
def test_a_flow_is_held_against_the_capacity_of_its_own_period(flow, capacity, expected):
    assert share(flow, capacity) == ("c0", pytest.approx(expected))


@pytest.mark.parametrize(
    ("flow", "capacity"),
    [
        ({}, {"corridor": "b"}),
        ({}, {"unit": "bbl"}),
        ({"unit": "passengers"}, {}),
        ({}, {"per": "voyage"}),
        ({}, {"per": "train"}),
        ({}, {"leg": "l"}),
        ({"leg": "l"}, {"leg": "m"}),
        ({}, {"commodity": "ore", "kind": "derived"}),
        ({}, {"commodity": "ore", "kind": "nameplate"}),
        ({}, {"kind": "planned"}),
        ({}, {"quantity": NAN}),
        ({}, {"quantity": 0.0}),  # nothing can be a share of nothing
        ({}, {"valid_from": "2020-01-02"}),
        ({}, {"valid_to": "2019-12-31"}),
        ({}, {"valid_to": "2020-12-30"}),  # it must have held over the whole period
        ({"period_start": "", "period_end": "2020-12-31"}, {}),
    ],
)
def test_a_capacity_that_does_not_apply_leaves_utilisation_unknown(flow, capacity):
    row = flows.utilisation(moved(flow), could(capacity)).iloc[0]
    assert row["capacity"] == ""
    assert row.drop(["capacity", "narrowest"]).isna().all()


@pytest.mark.parametrize(
    ("flow", "capacity"),
    [
        ({"leg": "l"}, {}),
        ({"leg": "l"}, {"leg": "l"}),
        ({}, {"commodity": "coal", "kind": "derived"}),
        ({}, {"commodity": "", "kind": "derived"}),
        ({}, {"valid_from": "2020-01-01", "valid_to": "2020-12-31"}),
    ],
)
def test_a_capacity_that_applies_is_named(flow, capacity):
    assert share(flow, capacity)[0] == "c0"


def test_the_capacity_ranked_first_is_used():
    capacities = ({"rank": 2.0}, {"rank": 1.0, "quantity": 2.0}, {"rank": 3.0})
    assert share({}, *capacities) == ("c1", 0.5)


def test_where_the_first_capacity_is_unknown_the_next_is_used():
    assert share({}, {"quantity": NAN}, {"rank": 2.0}) == ("c1", 0.25)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"quantity": NAN}, (NAN, NAN, NAN)),
        ({"quantity": NAN, "quantity_low": 1.0}, (NAN, 0.25, NAN)),
        ({"quantity": NAN, "quantity_high": 1.0}, (NAN, NAN, 0.25)),
        ({"quantity": 2.0, "quantity_low": 1.0, "quantity_high": 3.0}, (0.5, 0.25, 0.75)),
    ],
)
def test_unknown_stays_unknown_and_bounds_stay_bounds(figures, expected):
    row = flows.utilisation(moved(figures), could({})).iloc[0]
    found = [row[c] for c in ("utilisation", "utilisation_low", "utilisation_high")]
    assert found == pytest.approx(expected, nan_ok=True)
    assert row["capacity_quantity"] == 4.0


def test_a_flow_of_no_stated_period_has_no_share():
    row = flows.utilisation(moved({"period_start": "", "period_end": ""}), could({})).iloc[0]
    assert math.isnan(row["utilisation"])


@pytest.mark.parametrize(
    ("end", "held"), [("2021-01-01", False), ("2021-01-27", False), ("2021-01-28", True)]
)
def test_a_single_shipment_is_held_against_nothing(end, held):
    assert (share({"period_start": "2021-01-01", "period_end": end}, {})[0] == "c0") is held


@pytest.mark.parametrize("end", ["2021-02-28", "2020-02-29"])
def test_a_february_is_long_enough_to_be_held_against_its_share(end):
    assert share({"period_start": f"{end[:7]}-01", "period_end": end}, {})[0] == "c0"


def test_a_capacity_of_all_cargo_is_one_for_each():
    cargo = pd.DataFrame({"commodity": ["all", "coal"], "aggregate": ["yes", ""]})
    capacity = could({"commodity": "all"})
    assert flows.utilisation(moved({}), capacity).iloc[0]["capacity"] == ""
    row = flows.utilisation(moved({}), capacity, commodities=cargo).iloc[0]
    assert (row["capacity"], row["utilisation"]) == ("c0", 0.25)


def test_no_capacities_at_all_leave_everything_unknown():
    for none in (could(), pd.DataFrame()):
        row = flows.utilisation(moved({}), none).iloc[0]
        assert row["capacity"] == ""
        assert math.isnan(row["utilisation"])


def calls(table):
    limit = limits({})
    capacity = could({})
    return {
        "days": lambda: flows.days(table),
        "years": lambda: flows.years(table),
        "best": lambda: flows.best(table),
        "covers_year": lambda: flows.covers_year(table),
        "conflicts": lambda: flows.conflicts(table),
        "utilisation": lambda: flows.utilisation(table, capacity),
        "against_limits": lambda: flows.against_limits(table, limit),
    }


@pytest.mark.parametrize("name", list(calls(moved())))
def test_results_are_aligned_with_the_callers_rows(name):
    rows = ({"quantity": 1.0}, {"quantity": 2.0}, {"quantity": 3.0})
    table = moved(*rows, index=[30, 10, 20])
    result = calls(table)[name]()
    assert result.index.tolist() == [30, 10, 20]
    if name == "utilisation":
        assert result["utilisation"].tolist() == [0.25, 0.5, 0.75]
    shuffled = calls(table.loc[[10, 20, 30]])[name]()
    compare = pd.testing.assert_frame_equal
    if isinstance(result, pd.Series):
        compare = pd.testing.assert_series_equal
    compare(shuffled, result.loc[[10, 20, 30]])


@pytest.mark.parametrize("name", [*calls(moved()), "matrix", "peak", "what_if"])
def test_the_callers_tables_are_not_changed(name):
    table, factor = moved({}, {"rank": 2.0}), factors()
    capacity = could({}).assign(formula="trains * wagons")
    copies = [frame.copy() for frame in (table, capacity, factor)]
    extra = {
        "matrix": lambda: flows.matrix(table, unit="t"),
        "peak": lambda: flows.peak(table, capacity),
        "what_if": lambda: flows.what_if(
            "c0", capacities=capacity, factors=factor, others=[table], values={"wagons": 61}
        ),
    }
    (calls(table) | extra)[name]()
    for frame, copy in zip((table, capacity, factor), copies, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


@settings(max_examples=30)
@given(
    st.floats(0.001, 1e6),
    st.floats(0.001, 1e6),
    st.sampled_from(["t", "kt", "Mt"]),
    st.sampled_from(["t", "kt", "Mt"]),
)
def test_utilisation_does_not_depend_on_the_unit_it_is_told_in(flow, full, unit, other):
    plain = share({"quantity": flow}, {"quantity": full})[1]
    told = share(
        {"quantity": flows.convert(flow, "Mt", unit), "unit": unit},
        {"quantity": flows.convert(full, "Mt", other), "unit": other},
    )[1]
    assert told == pytest.approx(plain, rel=1e-9)


# --- best, conflicts, peak ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ((5, 1, 9), 5),
        ((NAN, 1, 3), 2),
        ((NAN, 1, NAN), 1),
        ((NAN, NAN, 3), 3),
        ((NAN, NAN, NAN), NAN),
        ((0, NAN, NAN), 0),
    ],
)
def test_the_best_figure_is_the_stated_one_or_the_middle_or_the_bound(figures, expected):
    quantity, low, high = figures
    table = moved({"quantity": quantity, "quantity_low": low, "quantity_high": high})
    assert flows.best(table).tolist() == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"quantity": 2.0}, 1),
        ({"quantity": 1.0}, 0),
        ({"quantity": 1.009}, 0),  # one figure, rounded
        ({"quantity": 1.02}, 1),
        ({"quantity": 2.0, "rank": 1.0}, 1),
        ({"quantity": 2.0, "commodity": "ore"}, 0),
        ({"quantity": 2.0, "period_end": "2020-11-30"}, 0),
        ({"quantity": 2.0, "unit": "t"}, 1),  # like units are converted first
        ({"quantity": 1e6, "unit": "t"}, 0),
        ({"quantity": 2.0, "unit": "bbl"}, 0),
        ({"quantity": 2.0, "scope": "others"}, 0),  # not a figure of the corridor
        ({"quantity": 2.0, "leg": "l"}, 0),
        ({"quantity": 2.0, "origin": "p"}, 0),
        ({"quantity": NAN, "quantity_low": 2.0}, 1),
        ({"quantity": NAN}, 0),  # who gives no figure contradicts nobody
    ],
)
def test_two_figures_for_one_question_are_a_conflict(other, expected):
    second = {"rank": 2.0, **other}
    assert flows.conflicts(moved({}, second)).tolist() == [expected, expected]


def test_separate_figures_of_one_lower_rank_are_no_rivals():
    two = ({"rank": 2.0}, {"rank": 2.0, "quantity": 5.0})
    assert flows.conflicts(moved(*two)).tolist() == [0, 0]


def test_conflicts_count_the_rows_that_say_otherwise():
    figures = (1.0, 2.0, 2.0, 3.0)
    table = moved(*({"quantity": q, "rank": n + 1.0} for n, q in enumerate(figures)))
    assert flows.conflicts(table).tolist() == [3, 2, 2, 3]


YEAR_2021 = {"period_start": "2021-01-01", "period_end": "2021-12-31"}
HALF = {"period_start": "2021-01-01", "period_end": "2021-06-30"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"quantity": 1.0}, {"quantity": 3.0, **YEAR_2021}], "f1"),
        ([{"quantity": 1.0}, {"quantity": 3.0, **HALF}], "f0"),  # a full year goes before
        ([{"quantity": 9.0, "unit": "bbl"}, {"quantity": 1.0, **HALF}], "f1"),  # held goes before
        ([{"quantity": 2.0, "unit": "bbl"}, {"quantity": 1.0, "unit": "bbl", **HALF}], "f0"),
        ([{"quantity": 1.0, "unit": "bbl", **HALF}], "f0"),
        ([{"quantity": 1.0}, {"quantity": 9.0, "rank": 2.0}], "f0"),
        ([{"quantity": 1.0}, {"quantity": 9.0, "basis": "claimed", **YEAR_2021}], "f0"),
        ([{"quantity": 1.0}, {"quantity": 99.0, "unit": "voyages", **YEAR_2021}], "f0"),
        ([{"quantity": 0.0}], None),
        ([{"quantity": NAN}], None),
        ([{"basis": "claimed"}], None),
        ([{"unit": "calls"}], None),
        ([{"rank": 2.0}], None),
        ([], None),
    ],
)
def test_the_peak_is_the_fullest_year_that_can_be_held_against_something(rows, expected):
    assert flows.peak(moved(*rows), could({})) == expected


@pytest.mark.parametrize("unit", sorted(flows.COUNTS))
def test_counts_of_movements_have_no_width(unit):
    assert flows.peak(moved({"unit": unit}), could({"unit": unit})) is None


def test_years_cover_a_year_give_or_take_days():
    table = moved({}, {"period_end": "2020-12-20"}, {"period_end": "2020-12-29"}, HALF, Q1)
    assert flows.covers_year(table).tolist() == [True, False, True, False, False]


# --- limits ---------------------------------------------------------------------------------------


def limited(flow, *rows):
    found = flows.against_limits(moved(flow), limits(*rows)).iloc[0]
    return found["limit"], found["limit_quantity"], found["share"]


@pytest.mark.parametrize(
    ("flow", "limit", "expected"),
    [
        ({}, {}, ("l0", 2.0, 0.5)),
        (Q1, {}, ("l0", 2.0, 0.5)),  # of the yearly limit, whatever the period
        ({"quantity": 500.0, "unit": "kt"}, {}, ("l0", 2000.0, 0.25)),
        ({"quantity": NAN, "quantity_low": 3.0}, {}, ("l0", 2.0, 1.5)),
        ({"quantity": NAN, "quantity_high": 1.0}, {}, ("l0", 2.0, 0.5)),
        ({"quantity": NAN}, {}, ("l0", 2.0, NAN)),
        ({}, {"commodity": "ore"}, ("", NAN, NAN)),
        ({}, {"unit": "bbl"}, ("", NAN, NAN)),
        ({}, {"per": "month"}, ("", NAN, NAN)),
        ({}, {"valid_from": "2020-01-02"}, ("", NAN, NAN)),
        ({}, {"valid_to": "2019-12-31"}, ("", NAN, NAN)),
        ({}, {"quantity": 0.0}, ("l0", 0.0, NAN)),
    ],
)
def test_a_flow_is_held_against_the_limit_in_force(flow, limit, expected):
    name, quantity, found = limited(flow, limit)
    assert name == expected[0]
    assert (quantity, found) == pytest.approx(expected[1:], nan_ok=True)


def test_the_latest_limit_in_force_counts():
    rows = ({"valid_from": "2019-01-01", "quantity": 5.0}, {}, {"valid_from": "2020-06-01"})
    assert limited({}, *rows)[0] == "l0"


# --- matrix and products --------------------------------------------------------------------------


def test_a_matrix_sums_first_ranked_like_units_and_leaves_unknown_pairs_unknown():
    table = moved(
        {"origin": "p", "destination": "q", "quantity": 1.0},
        {"origin": "p", "destination": "q", "quantity": 500.0, "unit": "kt"},
        {"origin": "q", "destination": "p", "quantity": NAN, "quantity_low": 1, "quantity_high": 3},
        {"origin": "p", "destination": "r", "quantity": NAN},
        {"origin": "p", "destination": "q", "quantity": 9.0, "rank": 2.0},
        {"origin": "p", "destination": "q", "quantity": 9.0, "unit": "bbl"},
        {"origin": "p", "destination": "", "quantity": 9.0},
        {"origin": "", "destination": "q", "quantity": 9.0},
    )
    made = flows.matrix(table, unit="t")
    assert made.loc["p", "q"] == 1_500_000
    assert made.loc["q", "p"] == 2_000_000
    assert np.isnan(made.to_numpy()).sum() == made.size - 2
    assert "" not in made.index
    assert "" not in made.columns


def test_a_product_has_the_range_its_factors_allow():
    made = product("trains * wagons * load * 365 * 1e-6")
    scale = 1.0 * 365 * 1e-6
    assert made.constant == scale
    assert made.value == scale * 12.0 * 65.0 * 69.2
    assert made.low == scale * 12.0 * 60.0 * 69.2
    assert made.high == scale * 12.0 * 71.0 * 75.0
    assert (made.capacity, made.unit, made.per, made.at_least) == ("c0", "Mt", "year", False)
    assert [f.name for f in made.factors] == ["trains", "wagons", "load"]


def test_a_factor_set_by_name_counts_and_the_others_stay():
    made = product("trains * wagons * load", {"wagons": 62})
    assert made.value == 12.0 * 62.0 * 69.2
    assert (made.low, made.high) == (12.0 * 60.0 * 69.2, 12.0 * 71.0 * 75.0)
    assert made.factors[1].value == 65.0


def test_a_bound_no_source_gives_is_the_value():
    bounds = {f.name: (f.low, f.high) for f in product("trains * wagons * load").factors}
    assert bounds == {"trains": (12, 12), "wagons": (60, 71), "load": (69.2, 75)}


def test_a_factor_may_divide_and_its_bounds_change_sides():
    made = product("wagons / (load * 2)")
    assert made.value == 0.5 * 65.0 / 69.2
    assert (made.low, made.high) == (0.5 * 60.0 / 75.0, 0.5 * 71.0 / 69.2)
    assert [f.divides for f in made.factors] == [False, True]


def test_a_capacity_in_a_formula_lies_between_the_answers_to_its_question():
    rows = [
        {"quantity": 193.0, "unit": "passengers", "per": "voyage"},
        {"quantity": 200.0, "unit": "passengers", "per": "voyage", "rank": 2.0},
        {"quantity": 900.0, "unit": "passengers", "per": "voyage", "corridor": "b"},
        {"quantity": 500.0, "unit": "passengers", "per": "month"},
    ]
    made = product("c1 * 52", rows=rows)
    assert (made.value, made.low, made.high) == (52 * 193, 52 * 193, 52 * 200)
    assert product("c1 * 52", {"c1": 200}, rows=rows).value == 52 * 200


def test_ids_of_other_tables_count_as_they_stand():
    others = [moved({"quantity": 9000.0, "unit": "t"})]
    assert product("f0 / 2", others=others).value == 4500
    with pytest.raises(GeoError, match="names f0, which no table holds"):
        product("f0 / 2")


def test_a_factor_without_a_value_counts_with_what_makes_the_product_least():
    ranged = {"value": [NAN, NAN, 69.2], "low": [3, 60, NAN], "high": [6, 71, NAN]}
    made = product("trains / wagons", table=factors().assign(**ranged))
    assert made.at_least
    assert made.value == made.low == 3 / 71
    assert made.high == 6 / 60
    assert product("trains / wagons", {"trains": 4}, table=factors().assign(**ranged)).at_least
    both = product("trains / wagons", {"trains": 4, "wagons": 64}, table=factors().assign(**ranged))
    assert (both.value, both.at_least) == (4 / 64, False)


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (NAN, NAN, NAN, (NAN, NAN, NAN)),
        (NAN, 2.0, NAN, (2, 2, NAN)),
        (NAN, NAN, 5.0, (NAN, NAN, 5)),
    ],
)
def test_what_no_source_gives_stays_unknown(value, low, high, expected):
    table = factors().assign(value=[value, 1, 1], low=[low, 1, 1], high=[high, 1, 1])
    made = product("trains * wagons * load", table=table)
    assert (made.value, made.low, made.high) == pytest.approx(expected, nan_ok=True)
    with pytest.raises(GeoError, match="trains \\(found 3\\): no source gives its bounds"):
        product("trains * wagons * load", {"trains": 3}, table=table)


def test_values_no_source_allows_are_refused_all_at_once():
    with pytest.raises(GeoError) as found:
        product("trains * wagons * load", {"wagons": 72, "load": 69.1, "boats": 2})
    said = str(found.value)
    assert said.startswith("capacity c0: boats is none of its factors, which are load, trains, wag")
    assert "wagons (found 72): its sources allow 60 to 71 wagons/train" in said
    assert "load (found 69.1): its sources allow 69.2 to 75 t/wagon" in said


@pytest.mark.parametrize(
    "value", [NAN, math.inf, -1.0, math.nextafter(71, 72), math.nextafter(60, 0)]
)
def test_a_value_just_beyond_a_bound_is_refused(value):
    with pytest.raises(GeoError, match="its sources allow 60 to 71"):
        product("trains * wagons", {"wagons": value})
    assert product("trains * wagons", {"wagons": 71}).value == 12.0 * 71


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("trains + wagons", "found trains \\+ wagons"),
        ("trains * -1", "found -1"),
        ("trains ** 2", "found trains \\*\\* 2"),
        ("trains * max(1, 2)", "found max"),
        ("trains * True", "found True"),
        ("trains * 'a'", "found 'a'"),
        ("trains / 0", "divides by zero"),
        ("trains * 1e400", "no finite figure"),
        ("trains * 1" + "0" * 400, "too large"),
        ("trains * trains", "trains stands in it twice"),
        ("trains * ", "cannot be read as arithmetic"),
        ("*".join(["2"] * 5000), "product"),
    ],
)
def test_a_formula_that_is_no_product_is_refused(formula, reason):
    with pytest.raises(GeoError, match=reason) as found:
        product(formula)
    assert "capacity c0: formula (found " in str(found.value)
    assert "write it as names and numbers joined by * and /" in str(found.value)


def test_a_capacity_without_formula_or_of_no_table_is_named():
    with pytest.raises(GeoError, match="capacity c0: formula: empty"):
        product("")
    with pytest.raises(GeoError, match="no capacity 'x'; the table has c0"):
        flows.what_if("x", capacities=could({}), factors=factors())
    with pytest.raises(GeoError, match="no capacity 'x'; the table has none"):
        flows.what_if("x", capacities=pd.DataFrame(), factors=pd.DataFrame())


@pytest.mark.parametrize(("formula", "low"), [("trains / wagons", 0.0), ("wagons * trains", -1.0)])
def test_a_factor_is_not_negative_and_not_zero_where_it_divides(formula, low):
    with pytest.raises(GeoError, match=f"wagons \\(found {low:g}\\)"):
        product(formula, table=factors().assign(low=[NAN, low, NAN]))


@given(st.lists(st.tuples(st.floats(0.1, 10), st.booleans()), min_size=1, max_size=6), st.data())
def test_whatever_is_set_the_value_lies_in_the_range(parts, data):
    signs = {f"f{n}": "/" if divides else "*" for n, (_, divides) in enumerate(parts)}
    formula = "1" + "".join(f" {sign} {name}" for name, sign in signs.items())
    table = pd.DataFrame({"factor": list(signs), "value": [v for v, _ in parts], "unit": ""})
    table = table.assign(low=table["value"] / 2, high=table["value"] * 2)
    bounds = table.set_index("factor")[["low", "high"]].to_dict("index")
    values = {n: data.draw(st.floats(b["low"], b["high"])) for n, b in bounds.items()}
    made = product(formula, values, table=table)
    assert made.low <= made.value <= made.high
    expected = 1.0
    for name, sign in signs.items():
        expected = expected / values[name] if sign == "/" else expected * values[name]
    assert made.value == expected
