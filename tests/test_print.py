"""Pages on paper, as Chromium prints them: A4 upright and lying, and a slide of 16:9."""

import io
import re
from dataclasses import dataclass

import geopandas as gpd
import matplotlib.image
import numpy as np
import pypdfium2
import pytest
from conftest import DESKTOP, PHONE
from shapely.geometry import LineString

from geo import page as pages
from geo import userdata

pytestmark = pytest.mark.browser

PAGES = ("overview", "rail", "ferry", "tankers", "flows")
SHEETS = {
    "a4": {"format": "A4"},
    "a4-lying": {"format": "A4", "landscape": True},
    "slide": {"width": "13.333in", "height": "7.5in"},
}
SIZES_PX = {"a4": (794, 1123), "a4-lying": (1123, 794), "slide": (1280, 720)}
CSS_PX = 96 / 72  # of a PDF's point
MARGIN_PX = 30
WHITE = (255, 255, 255)

# What the map is while it is printed, said by a listener that comes after the page's own.
PROBE = """() => {
  window.theMap = Object.values(window).find(value => value instanceof L.Map);
  const state = () => ({
    bounds: theMap.getBounds().toBBoxString().split(',').map(Number),
    centre: [theMap.getCenter().lat, theMap.getCenter().lng],
    zoom: theMap.getZoom(), size: [theMap.getSize().x, theMap.getSize().y],
    lines: [...new Set([...document.querySelectorAll('path[data-pipe]')].map(p => p.dataset.pipe))],
    labels: document.querySelectorAll('.tumen-label').length,
    canvas: document.querySelector('canvas.tumen-basemap').width,
    printing: document.documentElement.classList.contains('printing'),
  });
  window.screenState = state();
  window.addEventListener('beforeprint', () => { window.paperState = state(); });
  window.state = state;
}"""


@dataclass
class Printed:
    """A page on every sheet, and what its map was on the screen, on paper and again."""

    name: str
    sheets: dict[str, pypdfium2.PdfDocument]
    screen: dict
    paper: dict
    after: dict


def open_offline(browser, path, size=DESKTOP, scheme="light"):
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    page.evaluate("() => Tumen.settled.then(() => null)")  # the base map is drawn round the view
    page.evaluate(PROBE)
    return page


def on_paper(page, sheet):
    return pypdfium2.PdfDocument(page.pdf(**SHEETS[sheet]))


@pytest.fixture(scope="module", params=PAGES)
def printed(request, built, browser):
    """A page of data/, printed on every sheet."""
    page = open_offline(browser, built[request.param])
    sheets = {sheet: on_paper(page, sheet) for sheet in SHEETS}
    states = [page.evaluate(code) for code in ("screenState", "paperState", "state()")]
    page.context.close()
    return Printed(request.param, sheets, *states)


@pytest.fixture(params=SHEETS)
def sheet(request):
    return request.param


@pytest.fixture
def scene(printed, scenes):
    return scenes[printed.name]


def picture(document, number=0, scale=1):
    """A page as an array of RGB, `scale` pixels a CSS pixel."""
    image = document[number].render(scale=CSS_PX * scale, rev_byteorder=True)
    return image.to_numpy()[..., :3].astype(int)


def squeezed(words):
    """Text without white space and hyphens: lines break differently on paper."""
    return re.sub(r"[\s\-\u00ad\u2010\ufffe\x02]+", "", words)


def text(document, number=None):
    """The text of a page, or of all pages, squeezed."""
    pages = document if number is None else [document[number]]
    return squeezed("".join(page.get_textpage().get_text_range() for page in pages))


def like(image, colour, within=6):
    return (np.abs(image - np.array(colour)) <= within).all(axis=-1)


def rgb(colour):
    """'#dbe4ea', 'rgb(1, 2, 3)' or 'color(srgb 0.1 0.2 0.3)' as three numbers up to 255."""
    if colour.startswith("#"):
        return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))
    scale = 255 if colour.startswith("color(") else 1
    return tuple(round(float(v) * scale) for v in re.findall(r"[\d.]+", colour)[:3])


SEA, LAND = rgb("#dbe4ea"), rgb("#f3f1ec")


def box_of(mask):
    """(left, top, right, bottom) of the pixels of a mask."""
    ys, xs = np.nonzero(mask)
    return xs.min(), ys.min(), xs.max() + 1, ys.max() + 1


def map_box(image):
    """The map on a sheet: where the colours of land and sea lie."""
    return box_of(like(image, SEA, 2) | like(image, LAND, 2))


# --- the map -------------------------------------------------------------------------------------


def test_a_sheet_has_its_size(printed, sheet):
    height, width = picture(printed.sheets[sheet]).shape[:2]
    assert (width, height) == pytest.approx(SIZES_PX[sheet], abs=2)


def test_the_map_lies_whole_on_the_first_sheet(printed, sheet):
    image = picture(printed.sheets[sheet])
    left, top, right, bottom = map_box(image)
    width, height = SIZES_PX[sheet]
    assert MARGIN_PX <= left < right <= width - MARGIN_PX
    assert MARGIN_PX <= top < bottom <= height - MARGIN_PX
    assert (right - left) / (bottom - top) == pytest.approx(680 / 440, rel=0.02)
    assert right - left >= 660


def grounds(image):
    """What each pixel of a light page is: relief and depth tint both, and keep their hue."""
    bluer = image[..., 2].astype(int) - image[..., 0].astype(int)
    bright = image[..., 0] > 150
    kinds = [bright & (bluer > 10), bright & (bluer < -2) & (bluer > -25)]
    return np.select(kinds, ["sea", "land"], "other")


def test_land_and_sea_fill_it(printed, sheet):
    image = picture(printed.sheets[sheet])
    left, top, right, bottom = map_box(image)
    inside = image[top:bottom, left:right]
    land, sea = (grounds(inside) == kind for kind in ("land", "sea"))
    land, sea = land.mean(), sea.mean()
    assert land > 0.1
    assert sea > 0.1
    assert land + sea > 0.7


def test_the_map_shows_at_least_what_the_screen_showed(printed):
    west, south, east, north = printed.screen["bounds"]
    paper = printed.paper["bounds"]
    assert paper[0] <= west < east <= paper[2]
    assert paper[1] <= south < north <= paper[3]
    assert paper[2] - paper[0] < 1.1 * (east - west) or paper[3] - paper[1] < 1.1 * (north - south)
    assert printed.paper["lines"] == printed.screen["lines"]
    assert printed.paper["labels"] >= 3


def test_on_a_phone_too(built, browser):
    page = open_offline(browser, built["flows"], PHONE)
    document = on_paper(page, "a4")
    screen, paper = page.evaluate("screenState"), page.evaluate("paperState")
    page.context.close()
    assert paper["size"] == [680, 440]
    assert paper["bounds"][0] <= screen["bounds"][0]
    assert paper["bounds"][1] <= screen["bounds"][1]
    assert paper["bounds"][2] >= screen["bounds"][2]
    assert paper["bounds"][3] >= screen["bounds"][3]
    left, top, right, bottom = map_box(picture(document))
    assert (right - left) / (bottom - top) == pytest.approx(680 / 440, rel=0.02)


# Colours of the lines of a kind that cross the middle of the printed map.
STROKES = """kind => [...document.querySelectorAll('path.tumen-' + kind)]
  .map(path => [path.dataset.pipe, getComputedStyle(path).stroke])"""


@pytest.mark.parametrize("name", ["rail", "ferry"])
def test_casing_and_core_are_printed_in_their_colours(name, built, browser):
    page = open_offline(browser, built[name])
    image = picture(on_paper(page, "a4"), scale=2)
    strokes = {kind: page.evaluate(STROKES, kind) for kind in ("casing", "core")}
    page.context.close()
    left, top, right, bottom = map_box(image)
    inside = image[top:bottom, left:right]
    for kind, found in strokes.items():
        assert found, kind
        for pipe, colour in found:
            assert like(inside, rgb(colour)).sum() > 100, (kind, pipe)


def test_the_base_map_is_sharp(printed, sheet):
    """Chromium prints the canvas as shapes; others print its pixels, of which there are enough."""
    page = printed.sheets[sheet][0]
    for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
        left, _, right, _ = image.get_bounds()
        assert image.get_px_size()[0] / ((right - left) * CSS_PX) >= 2
    shapes = sum(1 for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]))
    assert shapes >= 50  # as pictures the lines and labels would be no shapes
    assert printed.paper["canvas"] >= 2 * 680 * 2  # twice as wide as the map, two for each pixel


# --- the rest of the page ------------------------------------------------------------------------


def test_headline_and_legend_stand_on_the_first_sheet(printed, scene, sheet):
    said = text(printed.sheets[sheet], 0)
    assert squeezed(scene.headline) in said
    assert squeezed(scene.title) in said
    missing = [item.word for item in scene.legend if squeezed(item.word) not in said]
    assert missing == []
    assert "Legend" in said


def test_no_text_runs_over_the_edge(printed, sheet):
    for page in printed.sheets[sheet]:
        width, height = page.get_size()
        words = page.get_textpage()
        for n in range(words.count_rects()):
            left, bottom, right, top = words.get_rect(n)
            assert left >= MARGIN_PX / CSS_PX, words.get_text_bounded(left, bottom, right, top)
            assert right <= width - MARGIN_PX / CSS_PX
            assert 0 <= bottom < top <= height


def test_every_row_of_the_table_is_printed_with_its_head_on_every_sheet(printed, scene, sheet):
    document = printed.sheets[sheet]
    said = text(document)
    missing = [row.id for row in scene.rows if squeezed(row.moved) not in said]
    assert missing == []
    heads = [n for n in range(len(document)) if "Comparedwith" in text(document, n)]
    assert heads == list(range(heads[0], heads[-1] + 1))
    assert len(heads) >= 2


def test_sources_are_numbered_as_they_are_cited(printed, scene, sheet):
    said = text(printed.sheets[sheet])
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", said)}
    assert cited <= {source.number for source in scene.sources}
    listed = [f"{s.number}.{squeezed(s.text)}" for s in scene.sources]
    assert [entry[:40] for entry in listed if entry[:40] not in said] == []
    assert [s.url for s in scene.sources if squeezed(s.url) not in said] == []


PRESSED = """() => [...document.querySelectorAll(
  'button, input, select, textarea, summary, dialog, [role=slider], .leaflet-control-zoom')]
  .filter(node => node.checkVisibility() && node.getClientRects().length)
  .map(node => node.outerHTML.slice(0, 100))"""


def test_what_can_only_be_pressed_is_left_out(printed, built, browser):
    page = open_offline(browser, built[printed.name])
    on_screen = page.evaluate(PRESSED)
    page.emulate_media(media="print")
    on_sheet = page.evaluate(PRESSED)
    page.context.close()
    assert len(on_screen) > 5
    assert [markup for markup in on_sheet if 'class="link"' not in markup] == []


# --- light, and back again -----------------------------------------------------------------------


def test_a_dark_page_is_printed_like_a_light_one(built, browser):
    pictures = []
    for scheme in ("light", "dark"):
        page = open_offline(browser, built["rail"], scheme=scheme)
        pictures.append(picture(on_paper(page, "a4")))
        page.context.close()
    assert (np.abs(pictures[0] - pictures[1]).max(axis=-1) > 8).mean() < 0.001
    assert like(pictures[1], WHITE).mean() > 0.3


def test_the_screen_is_as_it_was(printed):
    assert printed.paper["printing"]
    assert printed.paper["size"] == [680, 440]
    assert printed.paper["canvas"] > printed.screen["canvas"]
    assert printed.after == printed.screen


def shot(page):
    """What the screen shows, as an array of RGB from 0 to 1."""
    return matplotlib.image.imread(io.BytesIO(page.screenshot()))[..., :3]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screen_looks_as_it_did(scheme, built, browser):
    page = open_offline(browser, built["overview"], scheme=scheme)
    before = shot(page)
    on_paper(page, "a4")
    page.wait_for_timeout(300)
    difference = np.abs(shot(page) - before).max(axis=-1)
    page.context.close()
    assert (difference > 0.03).mean() < 0.03  # lines may lie a fraction of a pixel beside
    assert (difference > 0.5).mean() < 0.001


def test_printing_twice_gives_the_same_picture(built, browser):
    page = open_offline(browser, built["rail"])
    first, second = (picture(on_paper(page, "slide")) for _ in range(2))
    page.context.close()
    assert (first == second).all()


def test_a_map_without_a_frame_is_printed_whole(tmp_path, browser):
    line = gpd.GeoDataFrame(
        {"name": ["way"]}, geometry=[LineString([(120, 30), (140, 45)])], crs="EPSG:4326"
    )
    drawing = userdata.draw_layers([userdata.Layer("mine", line)])
    page = open_offline(browser, pages.save(drawing, tmp_path / "own.html"))
    document = on_paper(page, "a4")
    page.context.close()
    left, top, right, bottom = map_box(picture(document))
    assert len(document) == 1
    assert MARGIN_PX <= left < right <= SIZES_PX["a4"][0] - MARGIN_PX
    assert (right - left) / (bottom - top) == pytest.approx(680 / 440, rel=0.02)
