"""What the first screen is given to, measured in the browser: map, chart, header, legend, type."""

import pytest
from conftest import DESKTOP
from playwright.sync_api import Error

pytestmark = pytest.mark.browser

PAGES = ("overview", "rail", "ferry", "tankers", "flows")
SIZES = (24, 17, 14, 13, 12)  # pixels of letters on the first screen
MEASURED = """() => {
  const box = s => document.querySelector(s).getBoundingClientRect();
  const seen = b => Math.max(0, Math.min(b.right, innerWidth) - Math.max(b.left, 0)) *
    Math.max(0, Math.min(b.bottom, innerHeight) - Math.max(b.top, 0)) / (innerWidth * innerHeight);
  return { header: box('header').height, map: seen(box('.map-frame')), chart: seen(box('.clock')),
    legend: document.querySelectorAll('.tumen-legend .legend > li').length };
}"""
LETTERS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility()) continue;
    if (parent.closest('script, style, .leaflet-bar')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.top > innerHeight || !box.width) continue;
    found.add(parseFloat(getComputedStyle(parent).fontSize));
  }
  return [...found];
}"""
COVERED = """() => {
  const box = document.querySelector('.tumen-legend').getBoundingClientRect();
  return [...document.querySelectorAll('path.tumen-core, path.tumen-casing')].filter(path => {
    for (let at = 0; at < path.getTotalLength(); at += 5) {
      const p = path.getPointAtLength(at).matrixTransform(path.getScreenCTM());
      if (p.x > box.left && p.x < box.right && p.y > box.top && p.y < box.bottom) return true;
    }
    return false;
  }).map(path => path.dataset.pipe);
}"""
# How far each figure is from its own line and the nearest other one, and whether it is led.
FIGURES = """() => {
  const lines = [...document.querySelectorAll('path.tumen-hit')].map(path => {
    const points = [], long = path.getTotalLength();
    for (let at = 0; at <= long; at += 4) {
      const p = path.getPointAtLength(at).matrixTransform(path.getScreenCTM());
      points.push([p.x, p.y]);
    }
    return [path.dataset.pipe, points];
  });
  const away = (box, points) => Math.min(...points.map(([x, y]) => Math.hypot(
    Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom))), 1e6);
  const led = new Set([...document.querySelectorAll('.tumen-leader')].map(n => n.dataset.pipe));
  return [...document.querySelectorAll('.tumen-label[data-pipe]')].map(node => {
    const box = node.getBoundingClientRect(), own = node.dataset.pipe;
    const of = mine => Math.min(1e6, ...lines.filter(l => (l[0] === own) === mine)
      .map(l => away(box, l[1])));
    return [own, of(true), of(false), led.has(own)];
  });
}"""
ALONE = """() => ({
  map: document.querySelector('.map-frame').getBoundingClientRect().height / innerHeight,
  rest: [...document.querySelectorAll('header, .clock, aside, main > section, footer')]
    .filter(node => node.checkVisibility()).length })"""


def first_screen(page):
    """Names and descriptions in the accessibility tree of what stands on the first screen."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    height, said = page.viewport_size["height"], []
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        texts = [node.get(key, {}).get("value", "") for key in ("name", "description")]
        if node.get("ignored") or not any(texts) or "backendDOMNodeId" not in node:
            continue
        try:
            quads = session.send("DOM.getContentQuads", {"backendNodeId": node["backendDOMNodeId"]})
        except Error:  # what has no box is not on the screen
            continue
        if any(min(quad[1::2]) < height for quad in quads["quads"]):
            said += filter(None, texts)
    return " ".join(said[1:]).replace("\u00a0", " ")  # the first is the name of the page


@pytest.mark.parametrize("name", ["rail", "ferry", "tankers"])
def test_the_first_screen_alone_answers_what_how_much_when_and_who_says_so(
    name, built, open_page, scenes
):
    page = open_page(built[name]).page
    page.wait_for_timeout(300)
    said, scene = first_screen(page), scenes[name]
    sources = {source.number: source.text for source in scene.sources}
    leads = [row for row in scene.rows if row.lead]
    assert leads
    for row in leads:
        bare = row.could.removeprefix("limit ").removesuffix("/year")
        for words in (row.what, row.key_moved.split(" ")[0], bare.split(" ")[0], row.period):
            assert words in said, words
        assert (row.key_share or row.share).removesuffix(" of limit") in said
        assert ("sources differ" if row.conflict else row.basis) in said
    assert sources[leads[0].source] in said or sources[leads[-1].source] in said


@pytest.mark.parametrize("width", [360, 800, 1280, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_a_figure_stands_by_its_own_line_or_is_led_to_it(name, width, built, open_page):
    page = open_page(built[name]).page
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(200)
    for pipe, own, other, led in page.evaluate(FIGURES):
        assert led or (own <= 40 and own < other), (pipe, own, other)


def test_an_address_with_map_shows_the_map_alone(built, open_page):
    page = open_page(built["rail"]).page
    page.evaluate("location.hash = '#map'")
    page.wait_for_timeout(200)
    assert page.evaluate(ALONE) == {"map": 1, "rest": 0}
    page.evaluate("location.hash = ''")
    assert page.evaluate(ALONE)["rest"] > 3


def test_a_map_that_opens_hidden_shows_what_it_is_of_when_it_is_seen(built, open_page):
    page = open_page(built["rail"]).page
    page.add_init_script("document.documentElement.style.display = 'none'")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("document.documentElement.style.display = ''")
    page.wait_for_timeout(400)
    assert page.evaluate("Object.values(window).find(v => v instanceof L.Map).getZoom()") >= 9


@pytest.mark.parametrize("name", PAGES)
def test_map_and_chart_take_the_first_screen(name, built, open_page):
    page = open_page(built[name]).page
    page.set_viewport_size(dict(zip(("width", "height"), DESKTOP, strict=True)))
    page.wait_for_timeout(200)
    found = page.evaluate(MEASURED)
    assert found["header"] <= 110
    assert found["map"] >= 0.45
    assert found["map"] + found["chart"] >= 0.8
    assert 0 < found["legend"] <= 8
    assert set(page.evaluate(LETTERS)) <= set(SIZES)


@pytest.mark.parametrize("name", PAGES)
def test_the_legend_lies_on_no_line_with_a_figure(name, built, open_page):
    page = open_page(built[name]).page
    assert page.evaluate(COVERED) == []


def test_the_legend_on_the_map_is_of_what_is_drawn_now(built, open_page):
    """The ferry did not run in 2015: neither its cargo nor its scale is in the legend then."""
    page = open_page(built["flows"]).page
    words = lambda: page.locator(".tumen-legend").inner_text()  # noqa: E731
    assert "passengers/year" in words()
    page.focus(".clock input[type=range]")
    page.keyboard.press("Home")
    assert "passengers/year" not in words()
    assert "Mt/year" in words()
    page.click("text=Fullest periods")
    assert "passengers/year" in words()


def test_a_long_headline_is_set_smaller_and_the_map_stays(built, open_page):
    """All corridors have a figure in 2017: three findings in one headline."""
    page = open_page(built["flows"]).page
    before = page.locator(".map-frame").bounding_box()
    page.locator(".clock-columns").first.click(position={"x": 215, "y": 100})
    assert page.text_content(".clock-now") == "2017"
    assert page.locator("h1").evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.locator(".map-frame").bounding_box() == before
