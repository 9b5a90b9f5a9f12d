"""The briefing as a web page, in a browser with the network cut."""

import base64
import html
import re

import pytest
from conftest import DESKTOP, PHONE
from test_access import violations
from test_page import Parsed

import geo
from geo import brief
from geo.output.brief.model import CITE

pytestmark = pytest.mark.browser

MAPS = ["rail", "ferry", "tankers", "flows"]
READY = 'html[data-ready="1"]'


@pytest.fixture(scope="module")
def told(package):
    return brief.story(package)


@pytest.fixture(scope="module")
def text(told):
    pictures = {s.id: geo.still.webp(s.scene) for s in told.sections if s.scene}
    return geo.page.story(told, pictures)


@pytest.fixture(scope="module")
def path(text, tmp_path_factory):
    path = tmp_path_factory.mktemp("story") / "briefing.html"
    path.write_text(text, encoding="utf-8")
    return path


def open_map(page, name):
    """The frame of a map, drawn."""
    box = page.locator(f'[data-map="{name}"]')
    frame = page.frame_locator(f'[data-map="{name}"] iframe')
    for _ in range(150):  # maps above may still take their height, and one out of sight waits
        box.scroll_into_view_if_needed()
        if box.locator("iframe").count() and frame.locator(READY).count():
            break
        page.wait_for_timeout(200)
    assert frame.locator(READY).count() == 1
    return frame


def test_the_story_goes_from_findings_to_sources(path, open_page):
    page = open_page(path, ready=False).page
    heads = page.locator("main h2").all_inner_texts()
    assert heads[0] == "Findings"
    assert heads[1:5] == page.locator(".story-map").evaluate_all(
        "boxes => boxes.map(b => b.dataset.title.replace('Map: ', ''))"
    )
    last = [
        "Timeline",
        "Claims and the record",
        "Tables",
        "Where sources differ",
        "Method and limits",
        "Sources",
    ]
    assert heads[5:] == last


def test_maps_open_as_they_are_scrolled_to_and_ask_for_nothing(path, open_page):
    opened = open_page(path, ready=False)
    page = opened.page
    assert page.locator(".story-map").count() == len(MAPS)
    page.wait_for_selector(".story-map iframe")
    assert page.locator(".story-map iframe").count() == 1
    for count, name in enumerate(MAPS, 1):
        frame = open_map(page, name)
        drawn = frame.locator("path.tumen-hit[data-pipe]").count()
        assert drawn >= 1, name
        assert frame.locator("canvas").count() >= 1
        assert page.locator(".story-map iframe").count() >= count
    assert opened.requests == [path.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_map_is_as_high_as_what_it_holds(path, open_page, size):
    page = open_page(path, size, ready=False).page
    frame = open_map(page, "ferry")
    page.wait_for_selector('[data-map="ferry"].live')
    page.wait_for_timeout(300)
    inner = frame.locator("body").evaluate(
        "b => [b.offsetHeight, innerHeight, b.scrollWidth, innerWidth]"
    )
    assert abs(inner[0] - inner[1]) <= 1
    assert inner[2] <= inner[3]
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


def test_a_citation_inside_a_map_leads_to_the_source_of_the_story(path, open_page):
    page = open_page(path, ready=False).page
    link = open_map(page, "rail").locator(".ranking a.cite").first
    number = link.inner_text().strip("[]")
    link.click()
    page.wait_for_function(f"location.hash === '#source-{number}'")
    box = page.locator(f"#source-{number}").bounding_box()
    assert 0 <= round(box["y"]) <= DESKTOP[1]  # a browser scrolls by whole pixels of the screen


def test_only_its_own_maps_move_a_story(path, open_page):
    page = open_page(path, ready=False).page
    page.evaluate("postMessage({ tumen: 'map', source: 1, height: 9 }, '*')")
    page.wait_for_timeout(200)
    assert page.evaluate("location.hash") == ""


def test_every_citation_leads_to_a_source_and_every_table_row_is_there(told, text):
    page = Parsed(text)
    ids = {at["id"] for _, at in page.tags if "id" in at}
    links = {at["href"][1:] for _, at in page.tags if at.get("href", "").startswith("#")}
    assert links <= ids
    assert len([x for x in links if x.startswith("source-")]) > 50
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))
    for section in told.sections:
        for table in section.tables:
            for row in table.rows:
                assert all(" ".join(part.split()) in shown for part in CITE.split(row[0])[::2])
    assert text.count('<tr><th scope="row"') == sum(
        len(t.rows) for s in told.sections for t in s.tables
    )


def test_the_policy_is_that_of_a_map_page(told, text):
    policy, own = (_policy(page) for page in (text, geo.page.render(told.sections[0].scene)))
    assert HASHES.sub("H", policy) == HASHES.sub("H", own)
    assert "unsafe" not in policy
    assert len(HASHES.findall(policy)) == 2


HASHES = re.compile(r"(?:'sha256-[^']*' ?)+")


def _policy(page):
    return html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])


def test_what_maps_share_is_in_the_story_once(told, text):
    alone = [len(geo.page.render(s.scene)) for s in told.sections if s.scene]
    assert len(text) < 0.8 * sum(alone)
    packs = [base64.b64encode(pack).decode() for pack in told.sections[0].scene.packs]
    assert [text.count(pack) for pack in packs] == [1] * len(packs)


def test_paper_and_readers_without_scripts_get_the_pictures(path, open_page, browser):
    page = open_page(path, ready=False).page
    open_map(page, "rail")
    page.wait_for_selector('[data-map="rail"].live')
    page.emulate_media(media="print")
    assert page.locator(".story-map img:visible").count() == len(MAPS)
    assert page.locator(".story-map iframe:visible").count() == 0
    context = browser.new_context(java_script_enabled=False)
    bare = context.new_page()
    bare.goto(path.as_uri())
    seen = [box.bounding_box()["width"] > 300 for box in bare.locator(".story-map img").all()]
    context.close()
    assert seen == [True] * len(MAPS)


def test_a_map_opens_with_the_period_of_the_briefing(package, tmp_path, open_page):
    told = brief.story(package, start="2015-01-01", end="2016-12-31", corridors=["rail"])
    path = tmp_path / "story.html"
    path.write_text(geo.page.story(told, {s.id: b"x" for s in told.sections}), encoding="utf-8")
    page = open_page(path, ready=False).page
    frame = open_map(page, "rail")
    assert frame.locator(".clock-now").inner_text() == "2015–2016"
    assert frame.locator(".ranking caption").inner_text() == "2015–2016"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_story_breaks_no_rule_of_access(path, open_page, size):
    page = open_page(path, size, ready=False).page
    assert violations(page) == []


def test_names_in_a_story_are_text(package, tmp_path, open_page):
    hostile = "<img src=x onerror=document.title='ran'>"
    told = brief.story(
        package, words={"title": hostile, "rail": {"headline": hostile, "deck": hostile}}
    )
    path = tmp_path / "story.html"
    path.write_text(geo.page.story(told, {s.id: b"x" for s in told.sections}), encoding="utf-8")
    opened = open_page(path, ready=False)
    open_map(opened.page, "rail")
    assert opened.page.locator("h1").inner_text() == hostile
    assert opened.page.title() == hostile
    assert opened.page.locator(".findings li").first.inner_text().startswith(hostile)
