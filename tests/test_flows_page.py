"""The flows page in a browser whose network is cut, held against the tables of data/ themselves."""

import csv
import io
import json
from datetime import date

import matplotlib.image
import numpy as np
import pypdfium2
import pytest
from conftest import DESKTOP, ROOT
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLIDER = ".clock input[type=range]"
RAIL = "rail_khasan_friendship_bridge"
NOMINAL = "rail_line_4mt"
TRAINS = '[data-factor="rail_trains_per_day"]'
HIDDEN = ("Figures on lines", "Places", "Base map names", "Borders (not authoritative)")
SHOWN = "nodes => nodes.filter(n => !n.hidden).map(n => n.id.replace(/^figure-/, ''))"
# The copied text is awaited: polling evaluates a string, which the page's own policy refuses.
KEEP = """() => { window.copied = new Promise(resolve =>
  Object.defineProperty(navigator, 'clipboard', {
    value: { writeText: text => { resolve(text); return Promise.resolve(); } } })); }"""
NEAR = """([pipe, zoom]) => {
  const map = Object.values(window).find(v => v instanceof L.Map);
  const line = map._tumenLines.byId[pipe].parts[0], k = Math.floor(line.length / 2);
  const middle = n => (line[k - 1][n] + line[k][n]) / 2;
  map.setView([middle(1), middle(0)], zoom, { animate: false });
}"""
# Points of a path in the middle of the map, each with the unit vector across the line.
ACROSS = """path => {
  const length = path.getTotalLength(), to = path.getScreenCTM(), found = [];
  const frame = path.closest('.leaflet-container').getBoundingClientRect();
  for (let s = 2; s < length - 2; s += 1.7) {
    const [a, at, b] = [s - 1, s, s + 1].map(n => path.getPointAtLength(n).matrixTransform(to));
    const inside = at.x > frame.left + 120 && at.x < frame.right - 120 &&
      at.y > frame.top + 100 && at.y < frame.bottom - 100;
    if (inside) found.push([at.x, at.y, (a.y - b.y) / 2, (b.x - a.x) / 2]);
  }
  return found;
}"""


def table(name):
    """A table of data/ by its first column, as the file has it."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {next(iter(row.values())): row for row in csv.DictReader(file)}


FLOWS, CAPACITIES, FACTORS = table("flows"), table("capacities"), table("factors")
NAMES = {
    feature["properties"]["place"]: feature["properties"]
    for feature in json.loads((ROOT / "data" / "places.geojson").read_text("utf-8"))["features"]
}
SOURCES = {
    record["id"]: record
    for record in json.loads((ROOT / "data" / "sources.json").read_text("utf-8"))
}


def share(flow):
    """How full the line was: what moved over what could move in the days of the period."""
    row = FLOWS[flow]
    start, end = (date.fromisoformat(row[f"period_{n}"]) for n in ("start", "end"))
    years = ((end - start).days + 1) / (366 if start.year % 4 == 0 else 365)
    return float(row["quantity"]) / years / float(CAPACITIES[NOMINAL]["quantity"])


@pytest.fixture
def opened(built, open_page):
    """The page, and at the end the proof that it asked for nothing and complained of nothing."""
    opened = open_page(built["flows"])
    yield opened
    assert opened.requests == [built["flows"].as_uri()]
    assert opened.complaints == []


@pytest.fixture
def page(opened):
    return opened.page


def go(page, year, scenes):
    page.focus(SLIDER)
    page.keyboard.press("Home")
    for _ in range(year - int(scenes["flows"].clock.start[:4])):
        page.keyboard.press("ArrowRight")
    assert page.text_content(".clock-now") == str(year)


def widths(page, kind, pipe=RAIL):
    return page.eval_on_selector_all(
        f'path.tumen-{kind}[data-pipe="{pipe}"]',
        "nodes => nodes.map(n => parseFloat(getComputedStyle(n).strokeWidth))",
    )


def px_per_mt(page):
    """Pixels of a million tonnes a year, as the legend draws it."""
    height, tonnes = page.eval_on_selector(
        'rect[data-kind="t"]', "n => [Number(n.getAttribute('height')), Number(n.dataset.sample)]"
    )
    return height / tonnes * 1e6


def ranked(page, line="Rajin–Khasan railway"):
    return page.locator(".ranking tbody", has_text=line).first.text_content()


# --- widths --------------------------------------------------------------------------------------


YEARS = [
    row
    for row in FLOWS.values()
    if (row["corridor"], row["rank"], row["unit"]) == ("rail", "1", "Mt")
    and row["basis"] == "reported"
    and row["quantity"]
    and (row["period_start"][5:], row["period_end"][5:]) == ("01-01", "12-31")
]


@pytest.mark.parametrize("row", YEARS, ids=lambda row: row["flow"])
def test_core_and_casing_are_the_figures_of_the_year(row, page, scenes):
    go(page, int(row["period_start"][:4]), scenes)
    scale, capacity = px_per_mt(page), CAPACITIES[NOMINAL]
    known = capacity["valid_from"] <= row["period_end"]
    assert sum(widths(page, "core")) == pytest.approx(float(row["quantity"]) * scale, abs=0.05)
    casing = [float(capacity["quantity"]) * scale] if known else []
    assert widths(page, "casing") == pytest.approx(casing, abs=0.02)


def test_the_years_are_those_of_the_question():
    assert {"rail_2015", "rail_2016", "rail_1988"} <= {row["flow"] for row in YEARS}
    assert share("rail_2015") == pytest.approx(0.3)
    assert share("rail_2024_apr_may") == pytest.approx(0.198)


@pytest.fixture
def sharp(built, browser):
    """The page at two device pixels to a CSS pixel, with nothing but lines on the map."""
    width, height = DESKTOP
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        offline=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(built["flows"].as_uri())
    page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    page.click(".tumen-layers summary")
    for words in HIDDEN:
        page.get_by_label(words, exact=True).uncheck()
    for title in ("Vladivostok–Rajin ferry", "Tanker tracks Primorye–North Korea"):
        page.get_by_label(title, exact=True).uncheck()
    page.click(".tumen-layers summary")
    yield page
    context.close()


def colours(page, kind):
    """Colours of a kind of path, as the browser paints them, up to 255."""
    found = page.eval_on_selector_all(
        f'path.tumen-{kind}[data-pipe="{RAIL}"]',
        """nodes => nodes.map(n => {
          const pen = document.createElement('canvas').getContext('2d');
          pen.fillStyle = getComputedStyle(n).stroke;
          pen.fillRect(0, 0, 1, 1);
          return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
        })""",
    )
    return np.array(found, dtype=float)


def across(page, half_px=24, step_px=0.25):
    """Which of core, casing and anything else lies across the line, at many of its points."""
    paints = [colours(page, "core"), colours(page, "casing")]
    image = matplotlib.image.imread(io.BytesIO(page.screenshot()))[..., :3] * 255.0
    points = np.array(page.eval_on_selector(f'path.tumen-casing[data-pipe="{RAIL}"]', ACROSS))
    offsets = np.arange(-half_px, half_px, step_px)
    spots = points[:, None, :2] + offsets[None, :, None] * points[:, None, 2:]
    x, y = np.floor(spots * 2).astype(int).transpose(2, 0, 1)
    seen = image[y, x]
    near = [np.min([np.abs(seen - c).max(axis=-1) for c in paint], axis=0) for paint in paints]
    return near, offsets


def outward(core, casing, offsets):
    """How far core and casing reach from the middle of the line to one side, in device pixels."""
    pure = casing < 30
    ends = [n + line[n:].argmin() for n, line in zip(pure.argmax(axis=1), pure, strict=True)]
    return 2 * offsets[(casing < core).argmax(axis=1)], 2 * offsets[ends]


def measured(page):
    """(core, casing) in device pixels: usual across the line, gaps of dashes left out."""
    (core, casing), offsets = across(page)
    half = len(offsets) // 2
    right = outward(core[:, half:], casing[:, half:], offsets[half:])
    left = outward(core[:, half::-1], casing[:, half::-1], -offsets[half::-1])
    (wide, whole) = (one + other for one, other in zip(right, left, strict=True))
    return float(np.median(wide[wide > 0])), float(np.median(whole))


@pytest.mark.parametrize("flow", ["rail_2015", "rail_2016", "rail_2024_apr_may"])
def test_the_pixels_of_the_core_are_its_share_of_the_pixels_of_the_casing(flow, sharp, scenes):
    go(sharp, int(FLOWS[flow]["period_start"][:4]), scenes)
    sharp.evaluate(NEAR, [RAIL, 13])
    sharp.mouse.move(2, 2)
    core, casing = measured(sharp)
    assert casing == pytest.approx(2 * widths(sharp, "casing")[0], abs=1)
    assert core == pytest.approx(share(flow) * casing, abs=1)


# --- time ----------------------------------------------------------------------------------------


def test_a_year_and_a_quarter_have_their_own_figures_and_a_month_is_not_split(page, scenes):
    go(page, 2015, scenes)
    assert "1.2 of 4–5 Mt/year" in ranked(page)
    page.select_option(".clock select", "quarter")
    assert page.text_content(".clock-now") == "Q1 2015"
    assert "Jul 2015, not split" in ranked(page)
    assert "not split" not in ranked(page)
    page.focus(SLIDER)
    page.keyboard.press("ArrowRight")
    assert page.text_content(".clock-now") == "Q2 2015"
    assert "1.2 of 4–5 Mt/year" in ranked(page)
    assert "all of 2015, not split" in ranked(page)
    page.select_option(".clock select", "month")
    assert page.text_content(".clock-now") == "Apr 2015"
    assert "all of 2015, not split" in ranked(page)


def test_a_range_play_and_steps_move_map_headline_and_table_together(page, scenes):
    go(page, 2014, scenes)
    page.fill(".clock input[type=number]", "2")
    page.keyboard.press("Enter")
    moved = sum(float(FLOWS[f"rail_{year}"]["quantity"]) for year in (2014, 2015))
    assert f"{moved:g} of 8 Mt" in page.text_content("h1")
    assert sum(widths(page, "core")) == pytest.approx(moved / 2 * px_per_mt(page), abs=0.05)
    page.get_by_label("Next period with a figure").click()
    assert page.text_content(".clock-now") == "2015–2016"
    marked = set(page.eval_on_selector_all("table.figures tr.now", SHOWN))
    assert {"rail_2015", "rail_2016"} <= marked
    assert "rail_2014" not in marked
    page.click(".clock .play")
    expect(page.locator(".clock-now")).not_to_have_text("2015–2016", timeout=20_000)
    assert "Pause" in page.text_content(".clock .play")
    page.click(".clock .play")


@pytest.mark.parametrize(
    ("year", "flow", "full"), [(2015, "rail_2015", "30 %"), (2024, "rail_2024_apr_may", "20 %")]
)
def test_a_reader_sees_how_full_the_railway_was_and_who_says_so(year, flow, full, page, scenes):
    go(page, year, scenes)
    for place in ("h1", ".ranking", ".label-flow >> nth=0"):
        assert full in page.text_content(place)
    source = SOURCES[FLOWS[flow]["source"]]
    assert FLOWS[flow]["basis"] in ranked(page)
    assert source["note"] in ranked(page)
    assert page.locator(".ranking").bounding_box()["y"] < DESKTOP[1] / 2


PAINT = "nodes => nodes.map(n => n.getAttribute('{}'))"


def test_at_every_time_the_legend_has_the_colours_of_the_map(page, scenes):
    known = set(page.eval_on_selector_all(".legend-box rect[fill]", PAINT.format("fill")))
    seen = set()
    for row in YEARS:
        go(page, int(row["period_start"][:4]), scenes)
        seen |= set(page.eval_on_selector_all("path.tumen-core", PAINT.format("stroke")))
    assert len(seen) >= 2
    assert seen <= known


# --- what if -------------------------------------------------------------------------------------


def test_fewer_trains_narrow_the_casing_and_fill_it_more(page, scenes):
    go(page, 2015, scenes)
    page.locator(TRAINS).focus()
    page.keyboard.press("Home")
    trains = float(FACTORS["rail_trains_per_day"]["low"])
    wagons, load = (
        float(FACTORS[f"rail_{name}"]["value"]) for name in ("wagons_per_train", "net_t_per_wagon")
    )
    could = trains * wagons * load * 365 / 1e6
    expect(page.locator(".label-flow").first).to_contain_text("what if", timeout=20_000)
    assert widths(page, "casing") == pytest.approx([could * px_per_mt(page)], abs=0.02)
    full = f"{float(FLOWS['rail_2015']['quantity']) / could:.0%}".replace("%", " %")
    assert full in page.text_content(".label-flow >> nth=0")
    assert full in ranked(page)
    said = page.locator("[data-product]", has=page.locator(TRAINS)).locator(".said").text_content()
    assert f"{could:.2f}" in said or f"{could:.3g}" in said


# --- the table -----------------------------------------------------------------------------------


def test_the_table_is_sorted_and_copied_with_its_sources(page):
    page.evaluate(KEEP)
    page.get_by_role("combobox", name="Kind").select_option("moved")
    page.locator('table.figures th[data-sort="period"]').get_by_role("button").click()
    page.get_by_role("button", name="Copy as CSV").click()
    copied = list(csv.DictReader(io.StringIO(page.evaluate("window.copied"), newline="")))
    assert [row["id"] for row in copied] == page.eval_on_selector_all(
        "table.figures tbody tr", SHOWN
    )
    starts = [row["start_date"] for row in copied if row["start_date"]]
    assert starts == sorted(starts, reverse=True)
    assert {row["id"] for row in copied} >= set(FLOWS) - {"jet_fuel_claim"}
    for row in copied:
        flow = FLOWS[row["id"]]
        assert row["quantity"] == "" or float(row["quantity"]) == float(flow["quantity"])
        assert SOURCES[flow["source"]]["title"] in row["source"]


def test_rows_and_lines_light_and_select_each_other(page):
    lit = f'path.lit[data-pipe="{RAIL}"]'
    page.hover("#figure-rail_2015 th")
    assert page.locator(lit).count() > 0
    page.hover("h1")
    assert page.locator(lit).count() == 0
    find = page.locator("#figure-rail_2015 button.find")
    find.focus()
    assert page.locator(lit).count() > 0
    find.press("Enter")
    page.wait_for_selector(".tumen-popup")
    assert "selected" in page.get_attribute("#figure-rail_2015", "class").split()
    page.keyboard.press("Escape")
    page.focus(f'path.tumen-hit[data-pipe="{RAIL}"]')
    assert "lit" in page.get_attribute("#figure-rail_2015", "class").split()


# --- keyboard ------------------------------------------------------------------------------------

FOCUSED = """() => {
  const n = document.activeElement;
  return [n.dataset.pipe || '', n.matches('.tumen-place'), n.getAttribute('aria-label') || ''];
}"""


def test_tab_goes_through_every_line_and_place_and_enter_opens_them(page, scenes):
    go(page, 2015, scenes)
    page.focus(".leaflet-container")
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    lines = [(pipe, said) for pipe, _, said in reached if pipe]
    places = [said for _, place, said in reached if place]
    assert {pipe for pipe, _ in lines} == {pipe.id for pipe in scenes["flows"].pipes}
    assert len(places) == page.locator(".tumen-place").count()
    way = "Khasan → Korea–Russia Friendship Bridge"
    said = f"{way}, 2015, 1.2 of 4–5 Mt/year, 24–30 %, reported, operating"
    assert (RAIL, said) in lines
    assert "port Vladivostok" in places
    where = [n for n, (pipe, place, _) in enumerate(reached) if pipe or place]
    assert where == list(range(where[0], where[0] + len(where)))


@pytest.mark.parametrize("target", [f'path.tumen-hit[data-pipe="{RAIL}"]', ".tumen-place >> nth=0"])
def test_enter_opens_and_escape_gives_the_focus_back(target, page):
    page.focus(target)
    page.keyboard.press("Enter")
    popup = page.wait_for_selector(".leaflet-popup[role=dialog]")
    assert popup.evaluate("n => n === document.activeElement")
    page.keyboard.press("Escape")
    popup.wait_for_element_state("hidden")
    assert page.locator(target).evaluate("n => n === document.activeElement")


def test_the_popup_tells_the_drawn_claim_first_and_why(page, scenes):
    go(page, 2017, scenes)
    page.focus(f'path.tumen-hit[data-pipe="{RAIL}"]')
    page.keyboard.press("Enter")
    claims = page.eval_on_selector_all(
        ".tumen-popup li", "n => n.map(x => [x.className, x.textContent])"
    )
    drawn = [n for n, (kind, _) in enumerate(claims) if kind == "drawn"]
    assert drawn[0] == 0
    assert all(FLOWS["rail_2017"][k].split(".")[0] in claims[0][1] for k in ("quantity", "basis"))
    assert "first of 2 answers" in claims[0][1]


# --- language ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ko", "ru"])
def test_names_are_said_in_the_language_or_else_in_english(lang, page):
    page.click(".tumen-layers summary")
    page.select_option(".tumen-layers select", lang)
    page.click(".tumen-layers summary")
    expect(page.locator(".label-place").nth(3)).to_be_attached()
    labels = dict(
        page.eval_on_selector_all(".label-place", "n => n.map(x => [x.textContent, x.lang])")
    )
    own = {row[f"name_{lang}"] or row["name_en"] for row in NAMES.values()}
    tongues = {
        row[f"name_{lang}"] or row["name_en"]: lang if row[f"name_{lang}"] else "en"
        for row in NAMES.values()
    }
    assert set(labels) <= own
    assert labels == {name: tongues[name] for name in labels}
    said = page.eval_on_selector_all(".tumen-place", "n => n.map(x => x.ariaLabel)")
    assert all(text.split(" ", 1)[1] in own for text in said)
    assert page.evaluate("document.documentElement.lang") == "en"


# --- paper ---------------------------------------------------------------------------------------


def test_on_paper_stand_the_map_and_the_figures_of_the_chosen_year(page, scenes):
    go(page, 2015, scenes)
    before = widths(page, "core"), widths(page, "casing")
    page.emulate_media(media="print")
    for control in (".clock", ".leaflet-control-zoom", ".tumen-layers"):
        assert not page.locator(control).first.is_visible()
    for part in ("h1", "canvas.tumen-basemap", ".ranking", ".legend-box", "table.figures"):
        assert page.locator(part).first.is_visible()
    assert (widths(page, "core"), widths(page, "casing")) == before
    sheet = pypdfium2.PdfDocument(page.pdf(format="A4"))[0].get_textpage().get_text_range()
    assert "30 %" in sheet
    assert "TASS" in sheet
