"""Every page of data/ by the rules of WCAG 2.2 A and AA: as axe-core sees it, enlarged, and still."""

import functools

import pytest
from conftest import DESKTOP, PHONE, ROOT

import geo

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


RUN = """async tags => {
  const found = await axe.run(document, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations', 'incomplete'],
  });
  return [found.passes.length, found.violations.flatMap(rule => rule.nodes.map(node => [
    rule.id, node.target.flat().join(' '), node.html.slice(0, 160), node.failureSummary,
  ]))];
}"""


def violations(page):
    """What axe-core finds wrong, one text each: rule, target, markup, and what would mend it."""
    page.evaluate(axe())
    passed, found = page.evaluate(RUN, TAGS)
    assert passed >= 10, "axe-core saw next to nothing of the page"
    return ["\n  ".join([f"{rule}: {target}", markup, *how.splitlines()]) for rule, target, markup, how in found]


def sound(page):
    found = violations(page)
    assert not found, "\n" + "\n".join(found)


def shown(open_page, path, size=DESKTOP, *, dark=False):
    """A page, drawn; dark from its first pixel where asked."""
    page = open_page(path, size).page
    if dark:
        page.emulate_media(color_scheme="dark")
        page.reload()
        page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_page_breaks_no_rule(name, size, dark, built, open_page):
    sound(shown(open_page, built[name], size, dark=dark))
