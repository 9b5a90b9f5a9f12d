"""Faults that figures once had, each as its kind, on small folders made for it.

On folders made at random they are looked for in tests/test_account.py (figures, widths, headlines),
in tests/test_outputs_reckoned.py (what if, and no word of the keeper on a page, picture or in
Markdown) and in tests/test_flowtables.py (tables of flows).
"""

import itertools
import re

import pytest
from test_account import Page

from geo.account import words
from geo.scene import headlines, strokes, table

PLACES = ("p1", "p2", "p3", "p4")


def leg(n, origin, destination, **more):
    own = {"leg": f"leg{n}", "corridor": "way", "mode": "rail", "status": "operating",
           "geometry_basis": "surveyed", "origin": origin, "destination": destination,
           "source": "s1"}  # fmt: skip
    return own | more


def flow(name, **more):
    own = {"flow": name, "corridor": "way", "period_start": "2020-01-01",
           "period_end": "2020-12-31", "commodity": "coal", "quantity": 1.0, "unit": "Mt",
           "basis": "reported", "rank": 1, "source": name}  # fmt: skip
    return own | more


def capacity(name, **more):
    own = {"capacity": name, "corridor": "way", "commodity": "", "quantity": 4.0, "unit": "Mt"}
    own |= {"per": "year", "kind": "nameplate", "basis": "reported", "rank": 1, "source": name}
    return own | more


LEGS = [leg(1, "p1", "p2"), leg(2, "p2", "p3"), leg(3, "p3", "p4")]


def page(flows, capacities=(), *, legs=LEGS, limits=(), commodities=("coal", "ore", "grain")):
    corridor = {"corridor": "way", "name_en": "Way", "mode": "rail", "layout": "series",
                "role": "main", "source": "s1"}  # fmt: skip
    place = {"kind": "station", "source": "s1"}
    return Page({
        "corridors": [corridor],
        "legs": list(legs),
        "places": [{"place": p, "name_en": p.upper(), **place} for p in PLACES],
        "commodities": [{"commodity": c, "name_en": c, "group": c, "source": "s1"}
                        for c in commodities],
        "flows": list(flows), "capacities": list(capacities), "limits": list(limits),
    })  # fmt: skip


def drawn(made):
    """{leg: {figure: direction}} of everything that is drawn."""
    found = {}
    for line in made.facts.account.lines("way"):
        pipe = made.pipes[line.id]
        for name in line.legs:
            found[name] = {f.id: f.direction for f in pipe.figures if f.rate is not None}
    return found


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ({"origin": "p1", "destination": "p2"}, {"leg1": 1}),
        ({"origin": "p3", "destination": "p1"}, {"leg1": -1, "leg2": -1}),
        ({"origin": "p1"}, {"leg1": 1}),
        ({"destination": "p4"}, {"leg3": 1}),
        ({"origin": "p2"}, {}),
        ({}, {"leg1": 0, "leg2": 0, "leg3": 0}),
        ({"origin": "p1", "destination": "p2", "direction": "both_ways"}, {"leg1": 0}),
    ],
)
def test_a_flow_is_drawn_over_the_legs_it_used_and_no_further(ends, expected):
    found = drawn(page([flow("f", **ends)]))
    assert {name: own["f"] for name, own in found.items() if own} == expected


def said_of(facts):
    """The findings of each main corridor, in a sentence each."""
    every = headlines.corridors(facts)
    return [f"{facts.name(c)}: {'; '.join(one.words for one in told)}" for c, told in every]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_lower_rank_never_speaks_in_place_of_rank_1(order):
    rows = [
        flow("first", quantity=1.0),
        flow("second", quantity=9.0, rank=2, scope="others"),
        flow("third", quantity=7.0, rank=3, unit="bbl"),
    ]
    (said,) = said_of(page([rows[n] for n in order]).facts)
    assert said.startswith("Way: 1 Mt of coal in 2020")
    assert "9" not in said
    assert "7" not in said


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_rank_goes_before_the_unit_a_line_mostly_tells(order):
    """In 2020 tonnes, which the line tells elsewhere, have rank 2 and barrels rank 1."""
    rows = [
        flow("usual", period_start="2018-01-01", period_end="2018-12-31"),
        flow("low", quantity=9.0, rank=2),
        flow("first", quantity=7.0, unit="bbl"),
    ]
    made = page([rows[n] for n in order], [capacity("c")])
    shown = strokes.state(made.pipes["leg1"], "2020-01-01", "2020-12-31").cores
    assert [figure.id for figure in shown] == ["first"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_capacity_of_the_cargo_itself_goes_before_one_of_any_cargo(order):
    every = [capacity("any", quantity=10.0), capacity("own", commodity="coal", quantity=4.0)]
    (said,) = said_of(page([flow("f")], [every[n] for n in order]).facts)
    assert "25 % of 4 Mt/year" in said


@pytest.mark.parametrize("size", [1234567.0, 4.0, 98765.5])
def test_what_could_move_in_a_year_stands_as_its_source_has_it(size):
    made = page([flow("f", quantity=size / 2, unit="t")], [capacity("c", quantity=size, unit="t")])
    (said,) = said_of(made.facts)
    assert f"50 % of {words.number(size)} t/year" in said


def test_a_range_adds_only_figures_that_follow_each_other():
    years = [(2017, "01-01", "12-31"), (2018, "01-01", "12-31"), (2021, "01-01", "03-31")]
    rows = [
        flow(f"f{y}", period_start=f"{y}-{a}", period_end=f"{y}-{b}", quantity=float(n + 1))
        for n, (y, a, b) in enumerate(years)
    ]
    made = page(rows, [capacity("c")])
    shown = strokes.state(made.pipes["leg1"], "2017-01-01", "2021-12-31").cores
    assert [(f.flows, f.moved, f.could) for f in shown] == [(("f2017", "f2018"), "3 Mt", "8 Mt")]


@pytest.mark.parametrize("different", ["geometry_basis", "mode", "status"])
def test_every_leg_is_on_one_line_and_no_two_lines_share_an_id(different):
    values = {"geometry_basis": "schematic", "mode": "sea", "status": "suspended"}
    legs = [LEGS[0], LEGS[1] | {different: values[different]}, LEGS[2]]
    made = page([flow("f")], legs=legs)
    lines = made.facts.account.lines("way")
    assert [name for line in lines for name in line.legs] == ["leg1", "leg2", "leg3"]
    assert len({line.id for line in lines}) == len(lines) == 3
    assert all(drawn(made)[name] for name in ("leg1", "leg2", "leg3"))


def test_a_share_of_a_limit_is_never_one_of_a_capacity():
    limit = {"limit": "cap", "commodity": "coal", "quantity": 2.0, "unit": "Mt", "per": "year",
             "source": "decree"}  # fmt: skip
    made = page([flow("f", quantity=2.9)], [capacity("c", quantity=10.0)], limits=[limit])
    (said,) = said_of(made.facts)
    assert "29 % of 10 Mt/year and 145 % of the yearly limit of 2 Mt" in said


def test_units_of_one_kind_are_compared_as_amounts():
    made = page([flow("a", quantity=2900.0, unit="kt"), flow("b", quantity=1.5)])
    (said,) = said_of(made.facts)
    assert "1,500–2,900 kt of coal in 2020 (sources differ)" in said
    same = page([flow("a", quantity=1500.0, unit="kt"), flow("b", quantity=1.5)])
    assert "1,500 kt of coal in 2020 (reported)" in said_of(same.facts)[0]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_changes_no_share_and_the_narrowest_leg_is_named(order):
    rows = [capacity("whole", quantity=10.0), capacity("narrow", quantity=3.0, leg="leg2")]
    made = page([flow("f", quantity=1.8)], rows[::order])
    (said,) = said_of(made.facts)
    assert "60 % of 3 Mt/year at P2–P3" in said


def test_a_row_of_a_leg_bears_its_name_wherever_it_stands():
    made = page([flow("whole"), flow("part", leg="leg2", quantity=0.5)])
    rows = {row.id: row.corridor for row in table.flows(made.facts)}
    assert rows == {"whole": "Way", "part": "Way, P2–P3"}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_lanes_are_never_wider_than_the_core_they_stand_in(count):
    rows = [flow(f"f{n}", commodity=c, quantity=0.001 * (n + 1))
            for n, c in enumerate(("coal", "ore", "grain")[:count])]  # fmt: skip
    made = page(rows, [capacity("c", quantity=400.0)])
    pipe = made.pipes["leg1"]
    state = strokes.state(pipe, "2020-01-01", "2020-12-31")
    for one in strokes._strokes(pipe, state, made.lines.scale):
        assert sum(lane.px for lane in one.lanes) <= max(one.core_px or 0, 1) + 1e-9


@pytest.mark.parametrize("amount", [0.408, 1.0, 3.7])
def test_the_two_numbers_of_a_share_are_those_that_were_divided(amount):
    quarter = {"period_start": "2020-01-01", "period_end": "2020-03-31", "quantity": amount}
    made = page([flow("f", **quarter)], [capacity("c")])
    (figure,) = made.pipes["leg1"].figures
    moved, could, share = re.match(r"([\d.]+) of ([\d.]+) Mt · ([\d.]+) %", figure.label).groups()
    assert float(could) == 1.0
    assert float(share) == round(100 * float(moved) / float(could))


# --- the key figure says what the headline says ---------------------------------------------------


@pytest.mark.parametrize("rival", [None, 2.0, 2.5, 3.9])
@pytest.mark.parametrize("ceiling", [None, 4.0, 5.0])
def test_a_key_figure_says_amount_and_share_of_its_headline(rival, ceiling):
    rows = [flow("f", quantity=2.2), *([flow("g", quantity=rival, rank=2)] if rival else [])]
    made = page(rows, [capacity("c", quantity=ceiling)] if ceiling else [])
    (said,) = said_of(made.facts)
    (lead,) = [row for row in table.flows(made.facts) if row.lead]
    assert f"Way: {lead.key_moved} of coal" in said
    assert (f", {lead.key_share} of {lead.could} (" in said) == bool(ceiling)
    assert lead.key_share or not ceiling


def test_a_figure_that_no_capacity_is_held_to_is_never_held_to_another_by_what_if():
    rows = [flow("whole"), flow("lost", origin="p1", destination="elsewhere"),
            flow("theirs", quantity=9.0, scope="others"), flow("part", leg="leg1")]  # fmt: skip
    made = page(rows, [capacity("c")])
    assert {row.id: row.apart for row in table.flows(made.facts)} == {
        "whole": False, "lost": True, "theirs": True, "part": False,
    }  # fmt: skip


@pytest.mark.parametrize("scope", ["others", "context"])
def test_a_figure_of_other_corridors_is_compared_with_nothing(scope):
    limit = {"limit": "cap", "commodity": "coal", "quantity": 2.0, "unit": "Mt", "per": "year",
             "source": "decree"}  # fmt: skip
    made = page([flow("f", scope=scope), flow("g")], [capacity("c")], limits=[limit])
    told = {row.id: (row.could, row.share) for row in table.flows(made.facts)}
    assert told == {"f": ("unknown", ""), "g": ("4 Mt/year", "25 %")}


# --- parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("leg_of_part", ["", "leg2"])
def test_a_part_is_a_lane_of_its_whole_only_over_the_same_legs(leg_of_part):
    rows = [flow("whole", commodity="ore"), flow("part", quantity=0.25, part_of="whole",
            leg=leg_of_part)]  # fmt: skip
    pipe = page(rows, legs=LEGS).pipes["leg1"]
    (figure,) = [f for f in pipe.figures if f.id == "whole"]
    rates = [750_000, 250_000] if not leg_of_part else [1_000_000]
    assert [lane.rate for lane in figure.lanes] == rates


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_part_never_stands_beside_what_it_is_in_by_however_many_steps(steps):
    cargoes = ("coal", "ore", "grain")
    rows = [flow(f"f{n}", commodity=cargoes[n % 3], quantity=2.0 / (n + 1),
                 part_of=f"f{n - 1}" if n else "") for n in range(steps + 1)]  # fmt: skip
    made = page(rows)
    shown = strokes.state(made.pipes["leg1"], "2020-01-01", "2020-12-31").cores
    assert [f.id for f in shown] == ["f0"]


def test_a_sum_is_shown_beside_a_longer_figure_that_adds_to_nothing():
    months = [("2020-01-01", "2020-01-31"), ("2020-02-01", "2020-02-29")]
    rows = [flow(f"f{n}", leg="leg1", period_start=a, period_end=b)
            for n, (a, b) in enumerate(months)]  # fmt: skip
    made = page([*rows, flow("year", basis="derived")])
    shown = strokes.state(made.pipes["leg1"], "2020-01-01", "2021-12-31").cores
    assert [(f.id, f.added) for f in shown] == [("f0+f1", 2)]


def months(*numbers):
    last = {1: 31, 2: 29, 5: 31, 6: 30, 7: 31}
    return [flow(f"m{n}", period_start=f"2020-{n:02}-01", period_end=f"2020-{n:02}-{last[n]}")
            for n in numbers]  # fmt: skip


def shown_in_2020(rows):
    made = page(rows)
    return [f.id for f in strokes.state(made.pipes["leg1"], "2020-01-01", "2020-12-31").cores]


def test_of_two_sums_the_one_of_more_days_is_shown():
    assert shown_in_2020(months(1, 2, 5, 6, 7)) == ["m5+m6+m7"]


def test_a_sum_of_fewer_days_does_not_stand_before_one_longer_figure():
    half = flow("half", period_start="2020-07-01", period_end="2020-12-31")
    assert shown_in_2020([*months(1, 2), half]) == ["half"]


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "one"),
    [("passengers", "passenger"), ("train_pairs", "train pair"), ("trips", "trip"), ("t", "t"),
     ("lorries", "lorry"), ("boxes", "box"), ("TEU", "TEU"), ("gas", "gas"), ("bus", "bus"),
     ("tonnes of fish", "tonne of fish"), ("coaches", "coach")],
)  # fmt: skip
def test_one_is_singular_in_every_unit_that_is_a_plural(unit, one):
    stated = {"quantity": 1.0, "quantity_low": None, "quantity_high": None}
    assert words.quantity(stated, unit=unit) == f"1 {one}"
    assert words.quantity(stated | {"quantity": 2.0}, unit=unit) == f"2 {unit.replace('_', ' ')}"
    ranged = stated | {"quantity_low": 0.0, "quantity_high": 1.0}
    assert words.quantity(ranged, unit=unit) == f"0–1 {unit.replace('_', ' ')}"
    assert words.could((1.0, 1.0), unit, 1) == f"1 {one}/year"
    assert words.bare(f"1 {one}", unit) == "1"


def test_a_stated_number_is_rounded_as_it_is_written():
    assert [words.number(x) for x in (0.5055, 1.0005, 2.6745, 1e22)] == [
        "0.506", "1.001", "2.675", "10,000,000,000,000,000,000,000",
    ]  # fmt: skip
