"""Which figure is drawn for a period: the rules in Python, and the same choice in the browser."""

import random
from dataclasses import asdict

import pytest

from geo.scene import state
from geo.scene.model import Casing, Figure, Lane, Pipe

YEAR = ("2015-01-01", "2015-12-31")


def figure(name, start, end, **other):
    values = {
        "kind": "t", "rate": 1e6, "quantity": 1e6, "capacity": 4e6, "years": 1.0, "rank": 1,
        "basis": "reported", "direction": 1, "label": name, "what": "coal", "period": name,
        "moved": "1 Mt", "could": "4 Mt/year", "share": "25 %", "source": 1,
        "lanes": (Lane("coal", "#0072B2", 1e6),), "flows": (name,), "unit": "Mt", "unit_size": 1e6,
    }  # fmt: skip
    return Figure(id=name, start=start, end=end, **(values | other))


def pipe(*figures, **other):
    values = {"casings": (), "shown": ()} | other
    return Pipe(
        id="p", corridor="c", corridor_title="C", title="C", parts=(), colour="#0072B2",
        tint="#ffffff", casing_px=None, core_px=None, dash=(), core_dash=(), label="",
        status="operating", geometry_basis="surveyed", basis="", length="",
        figures=figures, **values,
    )  # fmt: skip


def ids(found):
    return [core.id for core in found.cores]


def test_a_figure_of_the_very_period_comes_before_longer_and_shorter_ones():
    exact, longer = figure("exact", *YEAR), figure("longer", "2014-01-01", "2015-12-31")
    inside = figure("inside", "2015-03-01", "2015-05-31")
    assert ids(state.state(pipe(longer, inside, exact), *YEAR)) == ["exact"]


def test_a_year_is_not_split_into_months_and_keeps_its_own_words():
    year = figure("year", *YEAR)
    (core,) = state.state(pipe(year), "2015-06-01", "2015-06-30").cores
    assert core == year


def test_of_two_longer_figures_the_shorter_is_drawn():
    year, quarter = figure("year", *YEAR), figure("q1", "2015-01-01", "2015-03-31", rank=2)
    assert ids(state.state(pipe(year, quarter), "2015-02-01", "2015-02-28")) == ["q1"]


def test_what_can_be_held_against_a_capacity_comes_first():
    free = figure("free", *YEAR, capacity=None)
    held = figure("held", "2015-04-01", "2015-05-31")
    assert ids(state.state(pipe(free, held), *YEAR)) == ["held"]


def test_a_claim_is_drawn_only_where_nothing_better_covers_the_period():
    claim, report = figure("claim", *YEAR, basis="claimed"), figure("report", *YEAR)
    assert ids(state.state(pipe(claim, report), *YEAR)) == ["report"]
    assert ids(state.state(pipe(claim), *YEAR)) == ["claim"]


def three_years(**other):
    return [figure(f"y{y}", f"{y}-01-01", f"{y}-12-31", **other) for y in (2014, 2015, 2016)]


def test_years_inside_a_range_are_added_up_and_say_so():
    (core,) = state.state(pipe(*three_years()), "2014-01-01", "2016-12-31").cores
    assert (core.quantity, core.years, core.rate, core.capacity) == (3e6, 3.0, 1e6, 4e6)
    assert core.label == "3 of 12 Mt · 25 % (y2014, y2015 and y2016, added up)"
    assert (core.added, core.flows) == (3, ("y2014", "y2015", "y2016"))


@pytest.mark.parametrize(
    "other", [{"basis": "claimed"}, {"rank": 2}, {"moved": "over 1 Mt"}, {"moved": "under 1 Mt"}]
)
def test_claims_parts_and_bounds_are_never_added_up(other):
    (core,) = state.state(pipe(*three_years(**other)), "2014-01-01", "2016-12-31").cores
    assert core.added == 1


def test_figures_that_overlap_are_not_added_up():
    overlapping = [figure("a", *YEAR), figure("b", "2015-06-01", "2016-05-31")]
    (core,) = state.state(pipe(*overlapping), "2014-01-01", "2016-12-31").cores
    assert core.added == 1


def test_both_ways_are_drawn_where_both_are_known():
    there, back = figure("there", *YEAR), figure("back", *YEAR, direction=-1)
    assert sorted(ids(state.state(pipe(there, back), *YEAR))) == ["back", "there"]
    unsaid = figure("unsaid", *YEAR, direction=0)
    assert len(state.state(pipe(unsaid), *YEAR).cores) == 1


def test_where_no_flow_is_known_the_capacity_in_force_is_left():
    casings = (
        Casing("2013-01-01", "2014-12-31", "t", 1e6, "1 Mt/year", 1),
        Casing("2015-01-01", "", "t", 4e6, "4 Mt/year", 1),
    )
    found = state.state(pipe(casings=casings), *YEAR)
    assert found.cores == ()
    assert found.casing == casings[1]
    assert state.state(pipe(casings=casings), "2010-01-01", "2010-12-31").casing is None


def test_counts_are_said_where_no_amount_is_known():
    count = figure("count", *YEAR, kind="", rate=None, quantity=None, capacity=None, lanes=())
    assert state.state(pipe(count), *YEAR).said == (count,)
    assert state.state(pipe(count, figure("amount", *YEAR)), *YEAR).said == ()


def test_without_a_period_the_figures_the_page_opens_with_are_drawn():
    made = pipe(*three_years(), shown=("y2015",))
    assert ids(state.state(made)) == ["y2015"]


# --- the browser chooses the same ----------------------------------------------------------------


def windows(clock, count):
    chance = random.Random(20)
    years = range(int(clock.start[:4]), int(clock.end[:4]) + 1)
    for _ in range(count):
        first, last = sorted(chance.choices(years, k=2))
        start, end = chance.choice([(1, 12), (1, 3), (4, 6), (7, 9), (10, 12), (3, 3), (8, 8)])
        last = first if (start, end) != (1, 12) else last
        day = 31 if end in (1, 3, 8, 12) else 30
        yield f"{first}-{start:02d}-01", f"{last}-{end:02d}-{day}"


STATES = """([pipes, windows]) => windows.map(([start, end]) => pipes.map(pipe => {
  const s = Tumen.state(pipe, start ? {start, end} : null);
  const words = f => [f.id, f.rate, f.capacity, f.label, f.moved, f.could, f.share, f.period,
                      f.basis, f.added];
  return [s.cores.map(words), s.casing && s.casing.could, s.said.map(words)];
}))"""


def said(figures):
    return [
        [f.id, f.rate, f.capacity, f.label, f.moved, f.could, f.share, f.period, f.basis, f.added]
        for f in figures
    ]


@pytest.mark.browser
def test_browser_and_python_choose_the_same_for_any_period(scenes, built, open_page):
    page = open_page(built["flows"]).page
    scene = scenes["flows"]
    pipes = [p for p in (*scene.pipes, *scene.totals) if p.figures or p.casings]
    periods = [("", ""), *windows(scene.clock, 150)]
    found = page.evaluate(STATES, [[asdict(p) for p in pipes], periods])
    wanted = []
    for start, end in periods:
        states = [state.state(p, start, end) for p in pipes]
        wanted.append(
            [[said(s.cores), s.casing.could if s.casing else None, said(s.said)] for s in states]
        )
    assert found == wanted
    assert sum(len(s[0]) for moment in found for s in moment) > 30
