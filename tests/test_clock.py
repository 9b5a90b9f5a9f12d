"""The axis of time in a real browser: period, range, play, keyboard, events; widths follow."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from geo.scene import strokes

pytestmark = pytest.mark.browser

DATES = ("2015", "2018", "2024", "1988")
SLIDER = ".clock input[type=range]"


@pytest.fixture
def page(built, open_page):
    return open_page(built["flows"]).page


def go(page, year, scene):
    """Move the slider by keyboard: Home, then right to the year."""
    page.focus(SLIDER)
    page.keyboard.press("Home")
    for _ in range(int(year) - int(scene.clock.start[:4])):
        page.keyboard.press("ArrowRight")


def widths(page, kind):
    found = page.eval_on_selector_all(
        f"path.tumen-{kind}",
        "nodes => nodes.map(n => [n.dataset.pipe, parseFloat(getComputedStyle(n).strokeWidth)])",
    )
    sums = {}
    for name, width in found:
        sums[name] = sums.get(name, 0) + width
    return sums


@pytest.mark.parametrize("year", DATES)
def test_widths_are_the_figures_of_the_chosen_year(year, page, scenes):
    scene = scenes["flows"]
    go(page, year, scene)
    assert page.text_content(".clock-now") == year
    cores, casings = widths(page, "core"), widths(page, "casing")
    drawn = 0
    for pipe in scene.pipes:
        found = strokes.state(pipe, f"{year}-01-01", f"{year}-12-31")
        assert (pipe.id in cores) == bool(found.cores)
        for core in found.cores:
            scale = scene.scale[core.kind]
            assert cores[pipe.id] == pytest.approx(max(1.0, core.rate * scale), abs=0.6)
            if core.capacity is not None:
                assert casings[pipe.id] == pytest.approx(core.capacity * scale, abs=0.05)
            drawn += 1
    assert bool(drawn) == (year != "2018")


def test_how_full_the_line_was_is_said_in_headline_ranking_label_and_for_the_ear(page, scenes):
    go(page, "2015", scenes["flows"])
    figure = next(f for p in scenes["flows"].pipes for f in p.figures if f.id == "rail_2015")
    assert figure.share == "24–30 %"
    for place in ("h1", ".ranking"):
        assert "24–30 %" in page.text_content(place), place
        assert "1.2 of 4–5 Mt" in page.text_content(place), place
    hit = 'path.tumen-hit[data-pipe="rail_khasan_friendship_bridge"]'
    said = page.get_attribute(hit, "aria-label")
    assert said.endswith("2015, 1.2 of 4–5 Mt/year, 24–30 %, reported, operating")
    assert f"[{figure.source}]" in page.text_content(".ranking")


def test_a_year_shown_for_a_month_says_that_it_is_not_split(page):
    page.select_option(".clock select", "month")
    page.focus(SLIDER)
    page.keyboard.press("Home")
    assert page.text_content(".clock-now") == "Jan 1988"
    assert "all of 1988, not split" in page.text_content(".ranking")


def test_a_range_adds_up_what_can_be_added_and_says_so(page, scenes):
    go(page, "2014", scenes["flows"])
    page.fill(".clock input[type=number]", "2")
    page.keyboard.press("Enter")
    assert page.text_content(".clock-now") == "2014–2015"
    assert "1.48 of 8–10 Mt" in page.text_content("h1")
    assert "sum of 2 figures" in page.text_content(".ranking")


def test_unknown_flow_leaves_an_empty_casing_with_a_question_mark(page, scenes):
    go(page, "2018", scenes["flows"])
    assert "rail_tumangang_hongui" in widths(page, "casing")
    assert "rail_tumangang_hongui" not in widths(page, "core")
    assert "unknown, of 4 Mt/year" in page.text_content(".ranking")


def test_steps_go_from_one_period_with_a_figure_to_the_next(page, scenes):
    go(page, "1988", scenes["flows"])
    page.get_by_label("Next period with a figure").click()
    assert page.text_content(".clock-now") == "2002"
    page.get_by_label("Previous period with a figure").click()
    assert page.text_content(".clock-now") == "1988"


def test_play_moves_on_and_pauses(page, scenes):
    go(page, "1988", scenes["flows"])
    page.click(".clock .play")
    expect(page.locator(".clock-now")).to_have_text("2014", timeout=10_000)
    assert "Pause" in page.text_content(".clock .play")
    page.click(".clock .play")
    before = page.text_content(".clock-now")
    page.wait_for_timeout(2000)
    assert page.text_content(".clock-now") == before


def test_back_to_the_fullest_periods_the_page_is_as_it_opened(page, scenes):
    first = page.text_content("h1"), widths(page, "core"), page.text_content(".ranking")
    go(page, "2015", scenes["flows"])
    assert page.text_content("h1") != first[0]
    page.click("text=Fullest periods")
    assert (page.text_content("h1"), widths(page, "core"), page.text_content(".ranking")) == first


def test_every_event_stands_on_the_axis_and_opens_its_source(page, scenes):
    told = []
    for mark in page.query_selector_all(".clock-event"):
        mark.click()
        items = page.eval_on_selector_all(
            ".clock-panel li", "n => n.map(x => [x.textContent, x.querySelector('a.cite').hash])"
        )
        told += items
        mark.click()
    events = scenes["flows"].events
    assert len(told) == len(events)
    for event, (text, source) in zip(events, told, strict=True):
        assert event.title in text
        assert event.date in text
        assert source == f"#source-{event.source}"


def test_marks_of_events_can_each_be_hit(page):
    boxes = page.eval_on_selector_all(
        ".clock-event",
        "n => n.map(x => x.getBoundingClientRect()).map(b => [b.left, b.right, b.height])",
    )
    assert all(right - left >= 24 and height >= 24 for left, right, height in boxes)
    assert all(a[1] <= b[0] + 1 for a, b in pairwise(boxes))


def test_a_page_without_periods_has_no_axis(built, open_page):
    assert open_page(built["overview"]).page.locator(".clock").count() == 0
