"""The reckoning itself, by examples small enough to be worked out by hand.

The cases of corridors with three rail legs and a sea leg are made after folders that once led to
false figures: a share of the wrong capacity, a capacity's share called a limit's, a conflict missed
because its units were written differently.
"""

from fractions import Fraction

import folders
import pytest
from hypothesis import HealthCheck, given, settings
from reckoning import Reckoning
from reckoning import date as day
from reckoning_figures import FIELDS
from reckoning_words import number, percent, period_words, share_words

YEAR = {"period_start": "2023-01-01", "period_end": "2023-12-31"}


def year(n):
    return {"period_start": f"{n}-01-01", "period_end": f"{n}-12-31"}


def period(start, end):
    return {"period_start": start, "period_end": end}


def flow(name, quantity=None, unit="Mt", **more):
    row = {"flow": name, "corridor": "way", "commodity": "coal", "quantity": quantity, "unit": unit}
    return row | {"basis": "reported", "rank": 1, "source": f"of_{name}"} | YEAR | more


def cap(name, quantity, unit="Mt", **more):
    row = {"capacity": name, "corridor": "way", "quantity": quantity, "unit": unit, "per": "year"}
    return row | {"kind": "nameplate", "rank": 1, "source": f"of_{name}"} | more


def limit(name, quantity, unit="Mt", **more):
    row = {"limit": name, "commodity": "coal", "quantity": quantity, "unit": unit, "per": "year"}
    return row | {"source": f"of_{name}"} | more


def leg(ends, **more):
    row = {
        "leg": ends,
        "corridor": "way",
        "mode": "rail",
        "origin": ends[0],
        "destination": ends[1],
    }
    return row | {"status": "operating", "geometry_basis": "modelled"} | more


def reckon(flows, capacities=(), limits=(), legs=("ab", "bc", "cd"), layout="series"):
    return Reckoning({
        "corridors": [{"corridor": "way", "name_en": "Way", "layout": layout, "role": "main"}],
        "legs": [leg(x) if isinstance(x, str) else x for x in legs],
        "places": [{"place": p, "name_en": p.upper()} for p in "abcdefgh"],
        "commodities": [
            {"commodity": "coal", "name_en": "coal"},
            {"commodity": "grain", "name_en": "grain"},
            {"commodity": "passengers", "name_en": "passengers"},
            {"commodity": "all", "name_en": "all goods", "aggregate": "yes"},
        ],
        "flows": flows, "capacities": list(capacities), "limits": list(limits),
    })  # fmt: skip


def label(*flows, capacities=(), **more):
    (figure,) = reckon(list(flows), capacities, **more).shown("ab", "2023-01-01", "2023-12-31")
    return figure.label


def way(row, **more):
    found = reckon([row], **more)
    return {line["id"]: line["figures"][0].direction for line in found.lines() if line["figures"]}


# --- 1 amounts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"quantity_low": 2, "quantity_high": 2.5}, "2–2.5 Mt"),
        ({"quantity_low": 2, "quantity_high": 2}, "2 Mt"),
        ({"quantity": 2, "quantity_low": 1}, "2 Mt"),
        ({"quantity_low": 2}, "at least 2 Mt"),
        ({"quantity_high": 2}, "at most 2 Mt"),
        ({}, "unknown"),
    ],
)
def test_an_amount_is_worded_as_it_was_stated(stated, words):
    assert reckon([flow("f", **stated)]).row("f")["moved"] == words


def test_the_size_is_the_quantity_else_the_middle_else_the_one_bound():
    rows = [
        flow("all", 2.4, quantity_low=2, quantity_high=2.5, origin="a", destination="b"),
        flow("range", quantity_low=2, quantity_high=3, origin="b", destination="c"),
        flow("low", quantity_low=2, origin="c", destination="d"),
    ]
    figures = [f for line in reckon(rows).lines() for f in line["figures"]]
    assert [f.quantity for f in figures] == [2.4, 2.5, 2]
    assert [f.rate for f in figures] == [2.4e6, 2.5e6, 2e6]  # whole year, in tonnes


# --- 2 questions and answers ----------------------------------------------------------------------


def test_like_units_are_converted_before_they_are_compared():
    # 2,900 kt against 1.5 Mt = 1,500 kt: the range is 1,500 to 2,900 kt, the size stays 2,900.
    found = reckon([flow("f", 2900, "kt"), flow("g", 1.5, "Mt")])
    (figure,) = found.lines()[0]["figures"]
    assert (figure.moved, figure.quantity) == ("1,500–2,900 kt", 2900)
    assert (found.conflicts(), found.faults()) == (["f"], {("flow-tie", "g")})
    assert figure.sources == ("of_f", "of_g")


@pytest.mark.parametrize(("other", "differs"), [(2.02, False), (2.021, True), (1.98, False)])
def test_rivals_within_one_per_cent_of_the_speaker_agree(other, differs):
    # 1 % of 2 is 0.02.
    assert bool(reckon([flow("f", 2), flow("g", other, rank=2)]).conflicts()) is differs


def test_evidence_then_the_table_decides_between_rows_of_rank_1():
    rows = [flow("f", 1, basis="claimed"), flow("g", 2), flow("h", 3)]
    assert [f.id for f in reckon(rows).lines()[0]["figures"]] == ["g"]


def test_rows_of_rank_2_are_answers_of_their_own_and_unknown_rank_1_stays_in_front():
    rows = [flow("f", 1, rank=2), flow("g", 2, rank=2), flow("h", 3, rank=3)]
    assert [f.id for f in reckon(rows).lines()[0]["figures"]] == ["f", "g"]
    assert reckon([*rows, flow("i")]).lines()[0]["figures"] == []


def test_figures_of_others_answer_nothing():
    found = reckon([flow("f", 9, scope="others"), flow("g", 2)], [cap("c", 4)])
    assert [f.id for f in found.lines()[0]["figures"]] == ["g"]
    assert found.row("f")["could"] == ""


@pytest.mark.parametrize(
    ("row", "drawn"),
    [
        (flow("f", 1, **period("2023-02-01", "2023-02-28")), True),  # 28 days
        (flow("f", 1, **period("2023-03-01", "2023-03-27")), False),  # 27 days
        (flow("f", 1, period_end=None), False),
        (flow("f", 3, "voyages"), False),
    ],
)
def test_counts_short_and_unstated_periods_are_not_drawn(row, drawn):
    assert bool(reckon([row]).lines()[0]["figures"]) is drawn


# --- 3 where it runs ------------------------------------------------------------------------------


def test_a_flow_runs_from_its_origin_to_its_destination_and_no_further():
    assert way(flow("f", 1, origin="c", destination="a")) == {"ab": -1}  # ab and bc, one line
    found = reckon([flow("f", 1, origin="c", destination="a")])
    assert [line["legs"] for line in found.lines()] == [["ab", "bc"], ["cd"]]


def test_only_what_every_way_uses_is_drawn():
    # a–b, then b–c twice (bc and its twin), then c–d: both ways use ab and cd.
    legs = ("ab", "bc", leg("bc", leg="twin"), "cd")
    assert way(flow("f", 1, origin="a", destination="d"), legs=legs) == {"ab": 1, "cd": 1}


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ({"origin": "a"}, {"ab": 1}),
        ({"destination": "a"}, {"ab": -1}),
        ({"origin": "b"}, {}),  # ab or bc: not known
        ({"origin": "a", "destination": "h"}, {}),
        ({"origin": "a", "destination": "a"}, {}),
        ({}, {"ab": 0}),  # every leg, one line
        ({"leg": "bc"}, {"bc": 0}),
        ({"leg": "bc", "origin": "c"}, {"bc": -1}),
        ({"leg": "bc", "origin": "b", "direction": "both_ways"}, {"bc": 0}),
    ],
)
def test_open_ends_and_named_legs(ends, found):
    assert way(flow("f", 1, **ends)) == found


def test_planned_and_expired_legs_are_used_only_by_a_row_that_names_them():
    legs = ("ab", leg("bc", status="planned"), leg("cd", valid_to="2022-12-31"))
    assert way(flow("f", 1), legs=legs) == {"ab": 0}
    assert way(flow("f", 1, leg="bc"), legs=legs) == {"bc": 0}


def test_of_alternatives_the_one_that_joins_both_ends():
    rows = {"layout": "parallel", "legs": ("ab", "ac")}
    assert way(flow("f", 1, origin="c", destination="a"), **rows) == {"ac": -1}
    assert way(flow("f", 1, origin="a"), **rows) == way(flow("f", 1), **rows) == {}
    assert [t["figures"][0].id for t in reckon([flow("f", 1)], **rows).totals()] == ["f"]


# --- 4 compared with what could move, 5 with a limit ----------------------------------------------


@pytest.mark.parametrize("turned", [False, True])
def test_a_flow_is_held_against_its_narrowest_leg_whatever_the_order_of_rows(turned):
    # 10 Mt on ab and bc, 3 Mt on cd: 2.9 ÷ 3 = 96.7 %.
    capacities = [cap("rail", 10), cap("port", 3, leg="cd")]
    found = reckon([flow("f", 2900, "kt")], capacities[::-1] if turned else capacities)
    labels = {f.label for line in found.lines() for f in line["figures"]}
    assert labels == {"2,900 of 3,000 kt/year · 97 % at C–D (2023)"}
    casings = {line["id"]: line["figures"][0].ceiling for line in found.lines()}
    assert casings == {"ab": (1e7, 1e7, 1e7), "cd": (3e6, 3e6, 3e6)}
    assert found.faults() == set()


def test_a_leg_without_a_ceiling_makes_the_narrowest_be_named():
    assert label(flow("f", 1), capacities=[cap("c", 2, leg="bc")]).endswith("50 % at B–C (2023)")


def test_a_share_is_of_the_capacity_of_its_own_period():
    # A quarter of 4 Mt/year is 1 Mt: 0.408 ÷ 1 = 40.8 %.
    row = flow("f", 0.408, **period("2023-01-01", "2023-03-31"))
    assert label(row, capacities=[cap("c", 4)]) == "0.408 of 1 Mt · 41 % (Q1 2023)"
    # 106 days of 20,072 a year: 20,072 × 106 ÷ 365 = 5,829.1; 370 ÷ 5,829.1 = 6.35 %.
    row = flow("f", 370, "passengers", **period("2023-05-18", "2023-08-31"))
    capacity = cap("c", 20072, "passengers")
    assert (
        label(row, capacities=[capacity]) == "370 of 5,829 passengers · 6.3 % (18 May–31 Aug 2023)"
    )


def test_sources_that_differ_make_ranges_of_ceiling_and_share():
    # 2–2.5 of 4–5: 2 ÷ 5 = 40 %, 2.5 ÷ 4 = 62.5 %, halves up.
    rows = [flow("f", 2), flow("g", 2.5, rank=2)]
    found = label(*rows, capacities=[cap("c", 4), cap("d", 5, rank=2)])
    assert found == "2–2.5 of 4–5 Mt/year · 40–63 % (2023)"


@pytest.mark.parametrize(
    ("changed", "held"),
    [
        ({}, True), ({"kind": "planned"}, False), ({"per": "voyage"}, False),
        ({"quantity": 0}, False), ({"valid_from": "2023-01-02"}, False),
        ({"valid_to": "2023-12-31"}, True), ({"commodity": "grain"}, False),
        ({"commodity": "all"}, True), ({"unit": "bbl"}, False),
    ],
)  # fmt: skip
def test_which_capacities_can_be_held_against_a_flow(changed, held):
    assert bool(reckon([flow("f", 1)], [cap("c", 4) | changed]).row("f")["could"]) is held


def test_capacities_per_month_and_day_are_read_per_year():
    # 0.5 Mt a month is 6 Mt a year; 0.01 Mt a day is 3.6525, a year having 365.25 days.
    assert reckon([flow("f", 3)], [cap("c", 0.5, per="month")]).row("f")["share"] == "50 %"
    assert reckon([flow("f", 3)], [cap("c", 0.01, per="day")]).row("f")["could"] == "3.653 Mt/year"


def test_the_lowest_rank_goes_before_the_own_commodity():
    rows = [
        cap("own", 5, commodity="coal", rank=2),
        cap("any", 4),
        cap("own1", 2, commodity="coal"),
    ]
    assert reckon([flow("f", 1)], rows).row("f")["could"] == "2–5 Mt/year"  # own1, its rival own
    assert reckon([flow("f", 1)], rows[:2]).row("f")["could"] == "4 Mt/year"


@pytest.mark.parametrize(
    ("stated", "could", "share"),
    [
        ({"quantity_low": 1}, {"quantity": 4}, "at least 25 %"),
        ({"quantity_high": 1}, {"quantity": 4}, "at most 25 %"),
        ({"quantity": 1}, {"quantity_low": 4, "quantity": None}, "at most 25 %"),
        ({"quantity": 1}, {"quantity_high": 4, "quantity": None}, "at least 25 %"),
        ({"quantity_low": 1}, {"quantity_low": 4, "quantity": None}, ""),
    ],
)
def test_open_amounts_give_open_shares(stated, could, share):
    assert reckon([flow("f", **stated)], [cap("c", 4) | could]).row("f")["share"] == share


def test_a_limit_is_a_limit_and_cites_its_own_source():
    # 2,900 ÷ 2,000 = 145 % of the limit; 2,900 ÷ 10,000 = 29 % of the capacity.
    found = reckon([flow("f", 2900, "kt")], [cap("c", 10)], [limit("decree", 2000, "kt")])
    share = "29 % of 10,000 kt/year and 145 % of the yearly limit of 2,000 kt"
    assert found.headline("way") == f"Way: 2,900 kt of coal in 2023, {share} (reported)"
    assert found.headline_sources("way") == ("of_f", "of_c", "of_decree")
    assert found.row("f")["limit_share"] == "145 %"


def test_the_latest_limit_in_force_counts_and_none_for_more_than_a_year():
    limits = [limit("old", 1), limit("new", 2, valid_from="2022-01-01"), limit("next", 3)]
    assert reckon([flow("f", 1)], limits=limits).row("f")["limit"] == "2 Mt"
    two = flow("f", 1, period_end="2024-12-31")
    assert reckon([two], limits=limits).row("f")["limit"] == ""


# --- 6 what a line shows --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, 1), ({"note": "single track"}, 1), ({"mode": "sea"}, 2), ({"status": "suspended"}, 2),
        ({"geometry_basis": "schematic"}, 2), ({"valid_from": "2020-01-01"}, 2),
    ],
)  # fmt: skip
def test_legs_alike_are_one_line(changed, lines):
    assert len(reckon([flow("f", 1)], legs=("ab", leg("bc", **changed))).lines()) == lines


def test_every_leg_is_on_one_line_though_their_courses_differ():
    legs = ("ab", leg("bc", geometry_basis="schematic"), "cd")
    found = reckon([flow("f", 1)], legs=legs)
    assert [line["id"] for line in found.lines()] == ["ab", "bc", "cd"]
    assert all(f.id == "f" for line in found.lines() for f in line["figures"])


def test_a_page_opens_with_the_peak_and_what_goes_the_other_way():
    # Of full years with a ceiling the largest share: 3 ÷ 4 = 75 %.
    rows = [
        flow("f", 2, **year(2022), origin="a", destination="d"),
        flow("g", 3, **year(2021), origin="a", destination="d"),
        flow("h", 1, **year(2021), origin="d", destination="a"),
        flow("i", 9, **year(2020), origin="a", destination="d", basis="claimed"),
    ]
    found = reckon(rows, [cap("c", 4)])
    assert [(f.id, f.direction) for f in found.shown("ab")] == [("g", 1), ("h", -1)]
    assert sorted(found.listed("ab")) == ["f", "i"]


def test_rank_goes_before_fit_and_the_rest_is_listed():
    rows = [
        flow("half", 1, **period("2023-01-01", "2023-06-30")),
        flow("whole", 3, rank=2),
        flow("over", 9, **period("2022-01-01", "2023-12-31"), rank=3),
    ]
    found = reckon(rows)
    assert [f.id for f in found.shown("ab", "2023-01-01", "2023-12-31")] == ["half"]
    assert found.listed("ab", "2023-01-01", "2023-12-31") == ["whole", "over"]


def test_a_sum_is_of_figures_that_follow_each_other():
    # 1 + 2 Mt over two years of 4 Mt: 3 of 8, 37.5 %; 2019 stands apart, for 2020 is missing.
    rows = [flow(f"f{n}", q, **year(n)) for n, q in ((2019, 9), (2021, 1), (2022, 2))]
    found = reckon(rows, [cap("c", 4)])
    (figure,) = found.shown("ab", "2018-01-01", "2022-12-31")
    assert figure.label == "3 of 8 Mt · 38 % (2021 and 2022, sum of 2 figures)"
    assert (figure.id, figure.rate, figure.added) == ("f2021+f2022", 1.5e6, 2)
    assert found.listed("ab", "2018-01-01", "2022-12-31") == ["f2019"]


def test_figures_at_least_so_much_or_claimed_are_not_added():
    for changed in ({"quantity": None, "quantity_low": 2}, {"basis": "claimed"}):
        rows = [flow("f", 1, **year(2021)), flow("g", 2, **year(2022)) | changed]
        shown = reckon(rows).shown("ab", "2021-01-01", "2022-12-31")
        assert [f.added for f in shown] == [1]


def test_four_figures_in_a_sum_are_said_as_a_span():
    rows = [flow(f"f{n}", 1, **year(n)) for n in range(2019, 2023)]
    (figure,) = reckon(rows).shown("ab", "2018-01-01", "2022-12-31")
    assert figure.label == "4 Mt (2019–2022, sum of 4 figures)"


def test_other_cargo_stands_beside_unless_it_is_part_or_aggregate():
    rows = [flow("f", 2), flow("g", 1, commodity="grain")]
    asked = ("ab", "2023-01-01", "2023-12-31")
    assert [f.id for f in reckon(rows).shown(*asked)] == ["f", "g"]
    rows[1]["part_of"] = "f"
    assert [f.id for f in reckon(rows).shown(*asked)] == ["f"]
    assert [f.id for f in reckon([*rows, flow("h", 3, commodity="all")]).shown(*asked)] == ["h"]


# --- 7 widths -------------------------------------------------------------------------------------


def test_one_scale_and_lanes_within_the_core():
    # 18 px are 4 Mt a year: 2 Mt are 9 px, 1 Mt 4.5 px, 0.1 Mt 0.45 px, which is no lane.
    rows = [flow("f", 2), flow("g", 1, commodity="grain")]
    found = reckon(rows, [cap("c", 4)])
    assert found.scale() == {"t": 18 / 4e6}
    (stroke,) = found.strokes("ab", "2023-01-01", "2023-12-31")
    assert (stroke["px"], stroke["casing_px"], stroke["lanes"]) == (13.5, 18, [9, 4.5])
    rows[1]["quantity"] = 0.1
    (stroke,) = reckon(rows, [cap("c", 4)]).strokes("ab", "2023-01-01", "2023-12-31")
    assert (stroke["px"], stroke["lanes"]) == (pytest.approx(9.45), [pytest.approx(9.45)])


def test_a_core_is_never_thinner_than_one_pixel():
    (stroke,) = reckon([flow("f", 0.01)], [cap("c", 4)]).strokes("ab")
    assert (stroke["px"], stroke["lanes"]) == (1, [1])


def test_a_line_without_a_figure_shows_the_capacity_then_in_force():
    found = reckon([], [cap("c", 4, valid_from="2022-01-01"), cap("d", 2, rank=2)])
    assert found.strokes("ab", "2022-01-01", "2022-12-31")[0]["casing_px"] == 18
    assert found.strokes("ab", "2021-01-01", "2021-12-31")[0]["casing_px"] == 9
    assert reckon([]).strokes("ab")[0] == {"px": 0, "casing_px": 0, "lanes": [], "direction": 0}


# --- 8 words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ("1234567.5", "1,234,567.5"), ("0.0005", "0.0005"), ("0.00012345", "0.0001235"),
        ("2.0005", "2.001"), ("0", "0"), ("100", "100"),
    ],
)  # fmt: skip
def test_numbers(x, words):
    assert number(Fraction(x)) == words


@pytest.mark.parametrize(
    ("x", "words"),
    [("0.095", "10"), ("0.0949", "9.5"), ("0.05", "5"), ("0.625", "63"), ("14.5", "1,450")],
)
def test_percent_is_whole_from_nine_and_a_half_and_rounds_halves_up(x, words):
    assert percent(Fraction(x)) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("0.0005", "0.0005", "under 0.1 %"), ("0.0005", "0.05", "0–5 %"),
        ("0.0005", None, "at least 0 %"), (None, "0.0005", "under 0.1 %"), ("0.3", "0.301", "30 %"),
        ("0.5", "0.625", "50–63 %"), (None, None, ""),
    ],
)  # fmt: skip
def test_shares(low, high, words):
    assert share_words(low and Fraction(low), high and Fraction(high)) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2017-01-01", "2017-12-31", "2017"), ("2015-01-01", "2017-12-31", "2015–2017"),
        ("2024-01-01", "2024-03-31", "Q1 2024"), ("2024-04-01", "2024-05-31", "Apr–May 2024"),
        ("2023-11-01", "2024-02-29", "Nov 2023–Feb 2024"), ("2024-05-01", "2024-05-31", "May 2024"),
        ("2017-10-10", "2017-10-10", "10 Oct 2017"), ("2024-04-01", "2024-04-10", "1–10 Apr 2024"),
        ("2017-05-18", "2017-08-31", "18 May–31 Aug 2017"),
        ("2017-10-13", "2018-05-07", "13 Oct 2017–7 May 2018"),
    ],
)  # fmt: skip
def test_periods(start, end, words):
    assert period_words(day.fromisoformat(start), day.fromisoformat(end)) == words


def test_one_movement_is_singular_and_a_cargo_is_not_said_twice():
    assert reckon([flow("f", 1, "voyages")]).row("f")["moved"] == "1 voyage"
    found = reckon([flow("f", 370, "passengers", commodity="passengers")])
    assert found.headline("way") == "Way: 370 passengers in 2023 (reported)"


def test_could_of_part_of_a_year_has_four_significant_digits():
    # 4 Mt × 4 ÷ 12 = 1.3333… Mt; 123,456 t × 1 ÷ 12 = 10,288 t → 10,290.
    rows = [flow("f", 1, **period("2023-01-01", "2023-04-30"))]
    assert reckon(rows, [cap("c", 4)]).row("f")["could"] == "1.333 Mt"
    rows = [flow("f", 1, "t", **period("2023-01-01", "2023-01-31"))]
    assert reckon(rows, [cap("c", 123456, "t")]).row("f")["could"] == "10,290 t"


def test_the_headline_says_peak_and_latest_with_their_stretch():
    rows = [flow("f", 3, **year(2021)), flow("g", 1, origin="b", destination="c")]
    words = "3 Mt of coal in 2021, 75 % of 4 Mt/year (reported)"
    latest = "1 Mt of coal (B–C) in 2023, 25 % of 4 Mt/year (reported)"
    found = reckon(rows, [cap("c", 4)])
    assert found.headline("way") == f"Way: {words}; latest: {latest}"
    assert found.headline_sources("way") == ("of_f", "of_c", "of_g")
    assert reckon([flow("f", 3, basis="claimed")]).headline("way") == ""


def test_only_rivals_that_make_a_range_are_cited_and_in_the_order_of_their_rank():
    rows = [flow("f", 2), flow("g", 2, rank=3), flow("h", 2.01, rank=2)]
    assert reckon(rows).lines()[0]["figures"][0].sources == ("of_f",)
    rows[1]["quantity"] = 3
    assert reckon(rows).lines()[0]["figures"][0].sources == ("of_f", "of_h", "of_g")


# --- what makes an answer ambiguous ---------------------------------------------------------------


def test_faults():
    half = period("2023-01-01", "2023-06-30")
    assert reckon([flow("f", 1), flow("g", 1, **half)]).faults() == {("overlap", "g")}
    assert reckon([flow("f", 1, origin="a", destination="h")]).faults() == {("unreachable", "f")}
    assert reckon([flow("f", 1), flow("f", 2, **year(2020))]).faults() == {("twice", "f")}
    assert reckon([], [cap("c", 4), cap("d", 5)]).faults() == {("capacity-tie", "d")}
    apart = [cap("c", 4, valid_to="2020-12-31"), cap("d", 5, valid_from="2021-01-01")]
    assert reckon([], [*apart, cap("e", 3, leg="ab")]).faults() == set()


# --- on tables made at random ---------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(folders.tables(), folders.asked())
def test_what_holds_for_all_tables(made, asked):
    found = Reckoning(made)
    lines = found.lines()
    main = [c["corridor"] for c in made["corridors"] if c["role"] == "main"]
    legs = [g["leg"] for g in made["legs"] if g["corridor"] in main]
    assert sorted(x for line in lines for x in line["legs"]) == sorted(legs)
    for line in [*lines, *found.totals()]:
        shown, listed = found.shown(line["id"], *asked), found.listed(line["id"], *asked)
        assert {a.row["flow"] for f in shown for a in f.answers}.isdisjoint(listed)
        assert all(set(f.facts()) == set(FIELDS) for f in shown)
        for stroke in found.strokes(line["id"], *asked):
            assert sum(stroke["lanes"]) == pytest.approx(stroke["px"])
    assert (
        max((f.rate * found.scale().get(f.kind, 0) for x in lines for f in x["figures"]), default=0)
        <= 18.001
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(folders.tables(twice=True))
def test_sound_tables_have_no_fault(made):
    assert Reckoning(folders.sound(made)).faults() == set()


def test_a_folder_is_written_whole(tmp_path):
    made = folders.sound({
        "corridors": [], "legs": [], "places": [], "commodities": [], "capacities": [],
        "flows": [], "limits": [],
    })  # fmt: skip
    folders.write(made, tmp_path / "made")
    names = {path.name for path in (tmp_path / "made").iterdir()}
    assert {"datapackage.json", "flows.csv", "legs.geojson", "sources.json"} <= names
