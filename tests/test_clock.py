"""The axis of time in a real browser: period, range, play, keyboard, events; widths follow."""

from dataclasses import replace
from itertools import pairwise

import pytest
from playwright.sync_api import expect

import geo
from geo.scene import strokes

pytestmark = pytest.mark.browser

DATES = ("2015", "2018", "2024", "1988")
SLIDER = ".clock input[type=range]"


@pytest.fixture(scope="module")
def shared(built, open_once):
    return open_once(built["flows"]).page


@pytest.fixture
def page(shared):
    """The page as it opened: what is held below of "Fullest periods" is how it comes back."""
    yield shared
    shared.select_option(".clock select", "year")  # of one year again
    shared.click("text=Fullest periods")


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


def test_a_page_without_periods_has_no_axis(scenes, tmp_path, open_page):
    bare = replace(scenes["ferry"], clock=None)
    page = open_page(geo.page.save(bare, tmp_path / "bare.html")).page
    assert page.locator(".clock").count() == 0


def test_a_column_pressed_is_the_period_shown(page, scenes):
    """A column stands where its year lies on the axis: press each of the railway's."""
    columns = page.locator(".clock-columns").first
    at = columns.evaluate(
        "node => [...node.querySelectorAll('.column')].map(c => c.getBoundingClientRect())"
        ".map(b => b.left + b.width / 2)"
    )
    box = columns.bounding_box()
    seen = set()
    for x in at:
        columns.click(position={"x": x - box["x"], "y": box["height"] - 3})
        seen.add(page.text_content(".clock-now"))
    own = [f for p in scenes["flows"].pipes if p.corridor == "rail" for f in p.figures]
    assert len(seen) >= 8
    for word in seen:
        assert any(f.start <= f"{word}-12-31" and f.end >= f"{word}-01-01" for f in own), word


def test_while_it_plays_nothing_moves_but_the_figures(page):
    boxes = """() => ['header', '.map-frame', '.clock', '.clock-bar', '.clock-rows', '.clock-marks']
      .map(s => document.querySelector(s).getBoundingClientRect())
      .map(b => [b.left, b.top, b.width, b.height])"""
    before = page.evaluate(boxes)
    for _ in range(12):
        page.get_by_label("Next period with a figure").click()
        assert page.evaluate(boxes) == before


def test_the_columns_are_the_figures_of_their_periods(page, scenes):
    """Height by yearly rate on one scale: each column of the railway against its own figure."""
    own = {f.id: f for p in scenes["flows"].pipes if p.corridor == "rail" for f in p.figures}
    drawn = page.evaluate(
        """() => {
          const map = Object.values(window).find(v => v instanceof L.Map), T = window.Tumen;
          const clock = map._tumenClock, rail = clock.corridors.find(c => c.corridor === 'rail');
          const chart = T.columns(rail, clock.periods, false);
          const svg = document.querySelector('.clock-columns'), base = svg.clientHeight - 1;
          const tops = [...svg.querySelectorAll('.column')].map(n => n.getBBox())
            .map(b => [b.x, base - b.y]);
          return chart.columns.map(c => {
            const x = T.placed(clock.stretches, c.start) * svg.clientWidth;
            const to = T.placed(clock.stretches, c.end) * svg.clientWidth;
            const own = tops.filter(t => t[0] >= x - 1 && t[0] <= Math.max(to, x + 2));
            return [c.figure.id, Math.max(0, ...own.map(t => t[1]))];
          });
        }"""
    )
    heights = {}
    for name, height in drawn:
        figure = own[name]
        ends = [figure.quantity, figure.quantity_low, figure.quantity_high]
        if figure.quantity_low is None or figure.quantity_high is not None:
            heights[name] = (height, max(x for x in ends if x is not None) / figure.years)
    tall, rate = max(heights.values())
    assert len(heights) >= 6
    for name, (height, own_rate) in heights.items():
        assert height == pytest.approx(own_rate / rate * tall, abs=2.5), name
