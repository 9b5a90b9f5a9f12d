"""Thousands of flows in Chromium: what is drawn, what is summed, and what comes back on zoom."""

import re

import pytest
from conftest import DESKTOP, PHONE
from od import amounts, pairs, places, write_flows, write_places

from geo import page
from geo.maps.flowtables import flow_scene, flow_table

pytestmark = pytest.mark.browser

FLOWS, YEARS = 5000, (2021, 2022, 2023)
MANY = "() => Object.values(window).find(v => v instanceof L.Map)._tumenMany"
STATE = f"""() => {{
  const many = ({MANY})(), total = lines => lines.reduce((sum, n) => sum +
    many.index.amounts[n].reduce((own, a) => own + a.quantity, 0), 0);
  return {{drawn: many.drawn.length, amount: total([...many.drawn]), rest: many.rest,
           lines: many.index.count, canvas: document.querySelectorAll('canvas.tumen-many').length}};
}}"""
INK = """() => { const c = document.querySelector('canvas.tumen-many');
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n; }"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("many")


@pytest.fixture(scope="module")
def table(folder):
    found = places(120)
    rows = [
        (*pair, amount, "t")
        for pair, amount in zip(pairs(found, FLOWS), amounts(FLOWS), strict=True)
    ]
    return flow_table.read(write_flows(folder, rows), places=write_places(folder, found))


@pytest.fixture(scope="module")
def large(table, folder):
    return page.save(flow_scene.scene(table), folder / "large.html")


@pytest.fixture(scope="module")
def dated(folder):
    """2,000 pairs in three years, the amounts of each year its own."""
    found = places(80)
    chosen = pairs(found, 2000)
    rows = [
        (*pair, year, amount, "t")
        for year in YEARS
        for pair, amount in zip(chosen, amounts(2000, seed=year), strict=True)
    ]
    path = write_flows(
        folder, rows, header="origin,destination,period,quantity,unit", name="dated.csv"
    )
    table = flow_table.read(path, places=write_places(folder, found))
    return page.save(flow_scene.scene(table), folder / "dated.html")


def settled(opened):
    opened.page.wait_for_timeout(400)
    return opened.page.evaluate(STATE)


def test_the_largest_are_drawn_and_the_rest_stands_as_its_sum(large, table, open_page):
    opened = open_page(large)
    state = settled(opened)
    assert state["lines"] == FLOWS
    assert state["canvas"] == 1
    assert state["drawn"] == 300
    assert state["rest"]["count"] == FLOWS - 300
    total = state["amount"] + state["rest"]["totals"]["t"]["quantity"]
    assert total == pytest.approx(table.flows["base"].sum())
    said = opened.page.get_by_text(re.compile(r"other: 4,700 flows")).first
    assert said.is_visible()
    assert opened.page.evaluate(INK) > 5000
    assert opened.complaints == []
    assert {url.split(":")[0] for url in opened.requests} <= {"file", "data", "blob"}


def test_small_ones_come_back_on_zoom(large, open_page):
    opened = open_page(large)
    before = settled(opened)
    opened.page.evaluate(f"({MANY})().map.setZoom(({MANY})().map.getZoom() + 3)")
    after = settled(opened)
    assert after["rest"]["count"] < before["rest"]["count"]
    least = f"Math.min(...[...({MANY})().drawn].map(n => ({MANY})().index.amounts[n][0].quantity))"
    near = opened.page.evaluate(least)
    opened.page.evaluate(f"({MANY})().map.setZoom(({MANY})().map.getZoom() - 3)")
    settled(opened)
    assert near < opened.page.evaluate(least)


def test_the_clock_changes_widths_and_sum(dated, open_page):
    opened = open_page(dated)
    opening = settled(opened)
    sums = {}
    for year in YEARS:
        window = {"start": f"{year}-01-01", "end": f"{year}-12-31"}
        opened.page.evaluate(f"w => ({MANY})().lines.setWindow(w)", window)
        state = settled(opened)
        sums[year] = state["amount"] + state["rest"]["totals"]["t"]["quantity"]
    assert sums == {year: pytest.approx(sum(amounts(2000, seed=year))) for year in YEARS}
    assert opening["lines"] == 2000
    assert opened.complaints == []


def test_the_clock_of_the_page_drives_it(dated, open_page):
    opened = open_page(dated)
    before = settled(opened)
    opened.page.get_by_role("button", name="Next period with a figure").click()
    first = settled(opened)
    opened.page.get_by_role("button", name="Next period with a figure").click()
    second = settled(opened)
    assert len({state["amount"] for state in (before, first, second)}) >= 2
    for state, year in ((first, YEARS[0]), (second, YEARS[1])):
        total = state["amount"] + state["rest"]["totals"]["t"]["quantity"]
        assert total == pytest.approx(sum(amounts(2000, seed=year)))


def test_a_line_is_reached_by_tab_named_and_opened_by_enter(large, open_page):
    opened = open_page(large)
    settled(opened)
    lines = opened.page.locator(".tumen-proxies button")
    assert 10 <= lines.count() <= 40
    lines.first.focus()
    name = lines.first.get_attribute("aria-label")
    assert re.search(r"P\d{3}.*P\d{3}", name)
    opened.page.keyboard.press("Enter")
    popup = opened.page.locator(".leaflet-popup")
    popup.wait_for()
    assert re.search(r"\d", popup.text_content())


def test_a_row_of_the_table_opens_a_line_that_was_not_drawn(large, open_page):
    opened = open_page(large)
    settled(opened)
    drawn = opened.page.evaluate(
        f"() => {{ const m = ({MANY})(); return [...m.drawn].map(n => m.lines.pipes[n].id) }}"
    )
    pipes = opened.page.evaluate(f"({MANY})().lines.pipes.map(p => p.id)")
    hidden = next(name for name in reversed(pipes) if name not in set(drawn))
    opened.page.evaluate(f"id => ({MANY})().map.fire('tumen:open', {{pipe: id}})", hidden)
    state = settled(opened)
    assert opened.page.locator(".leaflet-popup").is_visible()
    now = opened.page.evaluate(
        f"() => {{ const m = ({MANY})(); return [...m.drawn].map(n => m.lines.pipes[n].id) }}"
    )
    assert hidden in now
    assert state["drawn"] <= 301


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_sum_lies_on_the_map_and_nothing_overflows(large, open_page, size):
    opened = open_page(large, size)
    settled(opened)
    box = opened.page.get_by_text(re.compile(r"other: [\d,]+ flows")).first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    wide = opened.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size[0]
