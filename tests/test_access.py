"""Every page of data/ by the rules of WCAG 2.2 A and AA: by axe-core, enlarged, without motion."""

import functools

import pytest
from conftest import DESKTOP, PHONE, ROOT

pytestmark = pytest.mark.browser

PAGES = ("overview", "rail", "ferry", "tankers", "flows")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = ROOT / "tests" / "web" / "node_modules" / "axe-core" / "axe.min.js"
ENLARGED = (640, 400)  # a window of 1280 by 800 at 200 %
LEAST_MAP_PX = 200


@pytest.fixture(params=PAGES)
def name(request):
    return request.param


# --- axe-core ------------------------------------------------------------------------------------


@functools.cache
def axe():
    assert AXE.exists(), "axe-core is missing: run `make test` once, or `npm ci` in tests/web"
    return AXE.read_text(encoding="utf-8")


RUN = """async ([tags, where]) => {
  const found = await axe.run(where, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
  });
  return [found.passes.length, found.violations.flatMap(rule => rule.nodes.map(node => [
    rule.id, node.target.flat().join(' '), node.html.slice(0, 160), node.failureSummary,
  ]))];
}"""


def violations(page, where="html"):
    """What axe-core finds wrong, one text each: rule, target, markup, and what would mend it."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe())
    passed, found = page.evaluate(RUN, [TAGS, where])
    assert passed >= 10, "axe-core saw next to nothing of the page"
    return [
        "\n  ".join([f"{rule}: {target}", markup, *how.splitlines()])
        for rule, target, markup, how in found
    ]


def shown(open_page, path, size=DESKTOP, *, dark=False):
    """A page, drawn; dark from its first pixel where asked."""
    page = open_page(path, size).page
    if dark:
        page.emulate_media(color_scheme="dark")
        page.reload()
        page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    return page


def open_popup(page):
    page.locator("path.tumen-hit[data-pipe]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".tumen-popup")


# Places that the popup or a control lies on, once the map has moved to show the popup: closing it
# or moving the map is the way to them.
COVERED = """() => {
  const box = node => node.getBoundingClientRect();
  const over = [...document.querySelectorAll('.leaflet-popup, .leaflet-control')].map(box);
  const meet = (a, b) =>
    a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
  return [...document.querySelectorAll('.tumen-place')]
    .filter(place => over.some(other => meet(box(place), other)))
    .map(place => place.getAttribute('aria-label'));
}"""


def is_covered(said, under):
    """Whether a finding is about the size of a place that something lies on."""
    return said.startswith("target-size") and any(f'aria-label="{name}"' in said for name in under)


def open_layers(page):
    page.locator(".tumen-layers summary").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".tumen-layers label")


# Each page large and small, light and dark; each pair of these on some page. All four on every page
# would look at the same style sheets again, at the price of the largest test there is.
LOOKED_AT = [
    (name, *look)
    for n, name in enumerate(PAGES)
    for look in ((DESKTOP, n % 2 == 0), (PHONE, n % 2 == 1))
]


@pytest.mark.parametrize(("name", "size", "dark"), LOOKED_AT)
def test_a_page_breaks_no_rule_nor_does_its_popup_or_its_list_of_layers(
    name, size, dark, built, open_page
):
    page = shown(open_page, built[name], size, dark=dark)
    found = violations(page)
    for act in (open_popup, open_layers):
        act(page)
        page.wait_for_timeout(400)  # the map moves to show what opened
        broken, under = violations(page, ".map-frame"), page.evaluate(COVERED)
        broken = [text for text in broken if not is_covered(text, under)]
        found += [f"{act.__name__}: {text}" for text in broken]
    assert not found, "\n" + "\n".join(found)


def test_the_rules_are_really_applied(built, open_page):
    page = shown(open_page, built["rail"])
    page.eval_on_selector("footer p", "node => { node.style.color = '#cccccc'; }")
    page.eval_on_selector(
        ".tumen-full", "n => { n.title = n.textContent = ''; n.removeAttribute('aria-label'); }"
    )
    broken = {text.split(":")[0] for text in violations(page)}
    assert {"color-contrast", "button-name"} <= broken


# Text that axe-core cannot judge, because it stands on a picture or changes place: its colours.
TEXT = {
    "ink": ("paper", "panel", "lit", "halo", "casing", "land", "sea"),
    "quiet": ("paper", "panel"),
    "accent": ("paper", "panel"),
    "base-label": ("halo", "land", "sea"),
    "country": ("halo", "land", "sea"),
}
LINES = {"accent": ("paper", "panel", "lit"), "quiet": ("paper", "panel", "sea", "land")}


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def faint(page, pairs, least):
    """Pairs of the page's colours that are closer than `least`."""
    style = "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
    both = [(front, back) for front, backs in pairs.items() for back in backs]
    found = {name: page.evaluate(style, f"--{name}") for pair in both for name in pair}
    measured = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in both}
    return {pair: round(value, 2) for pair, value in measured.items() if value < least}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_colours_of_the_page_stand_out(dark, built, open_page):
    page = shown(open_page, built["rail"], dark=dark)
    assert faint(page, TEXT, 4.5) == {}
    assert faint(page, LINES, 3) == {}


# --- by keyboard ---------------------------------------------------------------------------------

FOCUSED = """() => {
  const node = document.activeElement, style = getComputedStyle(node);
  if (node === document.body) return null;
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const stroked = node instanceof SVGElement && parseFloat(style.strokeOpacity) >= 0.25;
  return [node.outerHTML.slice(0, 120), outlined || stroked];
}"""


def test_what_has_the_focus_is_seen(name, built, open_page):
    page = shown(open_page, built[name])
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    reached = [found for found in seen if found]
    assert len({markup for markup, _ in reached}) >= 10
    assert [markup for markup, visible in reached if not visible] == []


# --- enlarged ------------------------------------------------------------------------------------

CUT = """() => [...document.querySelectorAll('body *')].filter(node => {
  const style = getComputedStyle(node);
  if (node.matches('.leaflet-container') || !node.textContent.trim()) return false;
  if (node.closest('.leaflet-pane, svg')) return false;
  if (style.display === 'none' || style.visibility === 'hidden') return false;
  const wide = node.clientWidth, high = node.clientHeight;
  if (wide <= 1 || !/hidden|clip/.test(style.overflowX + style.overflowY)) return false;
  return node.scrollWidth > wide + 1 || node.scrollHeight > high + 1;
}).map(node => node.outerHTML.slice(0, 120))"""

OUTSIDE = """() => [...document.querySelectorAll('body *')].filter(node => {
  const box = node.getBoundingClientRect();
  if (!box.width || !box.height || node.closest('.leaflet-pane, svg')) return false;
  for (let up = node.parentElement; up !== document.documentElement; up = up.parentElement) {
    if (/auto|scroll|hidden/.test(getComputedStyle(up).overflowX)) return false;
  }
  return box.right > innerWidth + 1 || box.left < -1;
}).map(node => node.outerHTML.slice(0, 120))"""


@pytest.fixture
def enlarged(name, built, browser):
    """A page at 200 %: half the CSS pixels, each twice as large."""
    width, height = ENLARGED
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2, offline=True
    )
    page = context.new_page()
    page.goto(built[name].as_uri())
    page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    yield page
    context.close()


def test_at_200_percent_a_page_is_whole(enlarged):
    assert enlarged.evaluate("document.documentElement.scrollWidth") <= ENLARGED[0]
    assert enlarged.evaluate(OUTSIDE) == []
    assert enlarged.evaluate(CUT) == []
    height = enlarged.eval_on_selector(".leaflet-container", "node => node.clientHeight")
    assert height >= LEAST_MAP_PX
    assert enlarged.locator("path[data-pipe]").count() > 0


def test_at_200_percent_the_controls_of_the_map_lie_on_it_and_apart(enlarged):
    boxes = enlarged.eval_on_selector_all(
        ".leaflet-control", "nodes => nodes.map(n => n.getBoundingClientRect().toJSON())"
    )
    frame = enlarged.eval_on_selector(
        ".leaflet-container", "node => node.getBoundingClientRect().toJSON()"
    )
    assert len(boxes) >= 4
    for n, box in enumerate(boxes):
        assert frame["left"] <= box["left"] <= box["right"] <= frame["right"]
        assert frame["top"] <= box["top"] <= box["bottom"] <= frame["bottom"]
        for other in boxes[n + 1 :]:
            apart = box["right"] <= other["left"] or other["right"] <= box["left"]
            assert apart or box["bottom"] <= other["top"] or other["bottom"] <= box["top"]


# --- motion --------------------------------------------------------------------------------------

# Every animation of the style sheets that runs, as the browser lists them, until it is stopped.
WATCH = """() => {
  window.seen = new Set();
  const look = () => {
    if (!window.seen) return;
    document.getAnimations().forEach(a => window.seen.add(
      a.constructor.name + ' ' + (a.transitionProperty || a.animationName) + ' of ' +
      (a.effect.target.getAttribute('class') || a.effect.target.tagName)));
    requestAnimationFrame(look);
  };
  look();
}"""


def moved_by(page, act):
    """What ran while something was done, and half a second longer."""
    page.evaluate(WATCH)
    act(page)
    page.wait_for_timeout(500)
    return page.evaluate("() => { const all = [...window.seen]; window.seen = null; return all; }")


@pytest.fixture
def moving(built, open_page):
    """A page for a reader who has nothing against motion."""
    page = open_page(built["rail"]).page
    page.emulate_media(reduced_motion="no-preference")
    page.reload()
    page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    return page


def zoom_in(page):
    page.click(".leaflet-control-zoom-in")


def test_with_reduced_motion_nothing_is_animated(name, built, open_page):
    page = open_page(built[name]).page
    for act in (zoom_in, open_popup, open_layers):
        assert moved_by(page, act) == []


def test_without_that_wish_zooming_is_animated(moving):
    assert moved_by(moving, zoom_in) != []


def test_nothing_moves_by_itself(moving):
    moving.wait_for_timeout(1000)  # a busy machine still paints what is ready
    before = moving.screenshot()
    assert moved_by(moving, lambda _: None) == []
    moving.wait_for_timeout(1000)
    assert moving.screenshot() == before
