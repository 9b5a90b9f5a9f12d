"""Faults that figures once had, each as its kind, on small folders made for it."""

import itertools
import re

import pytest
from test_account import Page

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


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_lower_rank_never_speaks_in_place_of_rank_1(order):
    rows = [
        flow("first", quantity=1.0),
        flow("second", quantity=9.0, rank=2, scope="others"),
        flow("third", quantity=7.0, rank=3, unit="bbl"),
    ]
    (said,) = headlines.headlines(page([rows[n] for n in order]).facts)
    assert said.startswith("Way: 1 Mt of coal in 2020")
    assert "9" not in said
    assert "7" not in said


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
    (said,) = headlines.headlines(made.facts)
    assert "29 % of 10 Mt/year and 145 % of the yearly limit of 2 Mt" in said


def test_units_of_one_kind_are_compared_as_amounts():
    made = page([flow("a", quantity=2900.0, unit="kt"), flow("b", quantity=1.5)])
    (said,) = headlines.headlines(made.facts)
    assert "1,500–2,900 kt of coal in 2020 (sources differ)" in said
    same = page([flow("a", quantity=1500.0, unit="kt"), flow("b", quantity=1.5)])
    assert "1,500 kt of coal in 2020 (reported)" in headlines.headlines(same.facts)[0]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_changes_no_share_and_the_narrowest_leg_is_named(order):
    rows = [capacity("whole", quantity=10.0), capacity("narrow", quantity=3.0, leg="leg2")]
    made = page([flow("f", quantity=1.8)], rows[::order])
    (said,) = headlines.headlines(made.facts)
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
