"""What columns stand against over time: what the figures themselves are held to."""

from datetime import date
from itertools import pairwise

import pytest
from folders import tables
from hypothesis import given, settings
from test_account import Page

from geo.account import periods
from geo.scene import axis, figures


def told(page, corridor):
    """The figure that speaks for a corridor, and its answer; None where nothing is charted."""
    own = figures.corridor_figures(page.facts, corridor)
    like = [f for f in own if f.kind == next(iter(periods.kinds(own)), "") and f.rate is not None]
    one = periods.peak(like) or next(iter(like), None)
    return None if one is None else page.facts.answer(one.id)


@settings(max_examples=150)
@given(made=tables())
def test_each_bound_is_what_a_figure_of_that_time_is_held_to(made):
    """Of figures like the one that speaks, over the same legs, whose period lies within a bound."""
    page = Page(made)
    for corridor in page.facts.main:
        speaker = told(page, corridor)
        found = list(axis.bounds(page.facts, corridor, date(1990, 1, 1), date(2035, 12, 31)))
        if speaker is None:
            assert found == []
            continue
        for one, other in pairwise(found):
            assert one.end < other.start
        for answer in page.facts.account.answers_of(corridor):
            same = answer.flow.series == speaker.flow.series and answer.steps == speaker.steps
            if not same or not answer.flow.days:
                continue
            days = str(answer.flow.start), str(answer.flow.end)
            over = [b for b in found if b.start <= days[0] and days[1] <= b.end]
            if answer.comparison is not None and over:
                assert [(b.low, b.high, b.limit) for b in over] == [
                    (*answer.comparison.ceiling.amount.ends, False)
                ]
            if answer.comparison is None and answer.limit is not None and over:
                assert [(b.low, b.limit) for b in over] == [(answer.limit.yearly, True)]


def test_bounds_say_the_words_of_the_shipped_limits_and_capacities(scenes):
    said = {(b.corridor, b.word) for b in scenes["overview"].clock.bounds}
    assert ("rail", "could move: 4–5 Mt/year") in said
    assert ("tankers", "limit 500,000 bbl/year") in said
    for scene in scenes.values():
        known = {p.corridor for p in (*scene.pipes, *scene.totals)}
        assert {b.corridor for b in scene.clock.bounds} <= known


@pytest.mark.parametrize("name", ["rail", "ferry", "tankers", "overview", "flows"])
def test_the_axis_ends_with_the_figures_whatever_events_there_are(scenes, name):
    scene = scenes[name]
    own = [f for p in (*scene.pipes, *scene.totals) for f in p.figures if f.start]
    assert scene.clock.start[:4] == min(f.start for f in own)[:4]
    assert scene.clock.end[:4] == max(f.end for f in own)[:4]
