"""The snippet of `geo embed` at work: in pages of other origins, in slides, without scripts."""

import functools
import http.server
import re
import threading

import pytest
from conftest import DESKTOP, PHONE, ROOT
from test_page import Parsed

import geo

REVEAL = ROOT / "tests" / "web" / "node_modules" / "reveal.js" / "dist"
HOST = "<!doctype html><meta charset=utf-8><title>host</title><p>Before.</p>{}<p>After.</p>"
DECK = """<!doctype html><meta charset=utf-8><title>deck</title>
<link rel=stylesheet href="{dist}/reveal.css">
<div class=reveal><div class=slides><section><h2>First</h2></section>
<section id=map>{snippet}</section></div></div>
<script src="{dist}/reveal.js"></script><script>Reveal.initialize()</script>"""


@pytest.fixture(scope="module")
def page(built):
    return built["rail"]


@pytest.fixture
def served():
    """Folders as servers on loopback: each is an origin of its own."""
    servers = []

    def serve(folder):
        handler = functools.partial(Quiet, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves and says nothing."""

    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture
def tab(browser):
    contexts = []

    def make(size=DESKTOP, **options):
        viewport = {"width": size[0], "height": size[1]}
        contexts.append(browser.new_context(viewport=viewport, **options))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


def drawn(tab):
    """Lines drawn inside the frame, once it says that it is ready."""
    frame = tab.frame_locator("iframe[sandbox]")
    frame.locator('html[data-ready="1"]').wait_for(state="attached", timeout=20_000)
    return frame.locator("path.tumen-core, path.tumen-casing").count()


@pytest.mark.browser
@pytest.mark.parametrize("inline", [False, True], ids=["by address", "inline"])
def test_the_map_is_drawn_in_a_page_of_another_origin(page, tmp_path, served, tab, inline):
    maps = served(page.parent)
    snippet = geo.page.embed(page, inline=inline, at=maps)
    (tmp_path / "host.html").write_text(HOST.format(snippet), encoding="utf-8")
    host, asked = tab(), []
    host.on("request", lambda request: asked.append(request.url))
    host.goto(f"{served(tmp_path)}/host.html")
    assert drawn(host) > 1
    loaded = [url for url in asked if url.startswith(maps)]
    assert loaded == ([] if inline else [f"{maps}/rail.html"])


@pytest.mark.browser
def test_the_page_round_the_frame_is_out_of_its_reach(page, tmp_path, tab):
    (tmp_path / "host.html").write_text(HOST.format(geo.page.embed(page, inline=True)))
    host = tab()
    host.goto((tmp_path / "host.html").as_uri())
    drawn(host)
    reach = "() => { try { return parent.document.title } catch (error) { return error.name } }"
    assert host.frames[1].evaluate(reach) == "SecurityError"


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_frame_is_as_wide_as_its_column(page, tmp_path, tab, size):
    (tmp_path / "host.html").write_text(HOST.format(geo.page.embed(page, inline=True)))
    host = tab(size)
    host.goto((tmp_path / "host.html").as_uri())
    drawn(host)
    box = host.locator("iframe").bounding_box()
    assert box["width"] == pytest.approx(size[0] - 16, abs=1)
    assert 360 <= box["height"] <= 0.9 * size[1] + 1


@pytest.mark.browser
def test_the_map_is_drawn_on_a_slide_of_reveal_js(page, tmp_path, tab):
    assert REVEAL.exists(), "run `make test` once, or `npm ci` in tests/web"
    snippet = geo.page.embed(page, inline=True, height_px=500)
    deck = DECK.format(dist=REVEAL.as_uri(), snippet=snippet)
    (tmp_path / "deck.html").write_text(deck, encoding="utf-8")
    show = tab()
    show.context.set_offline(True)
    show.goto((tmp_path / "deck.html").as_uri())
    show.locator(".reveal.ready").wait_for()
    show.keyboard.press("ArrowRight")
    show.locator("section#map.present").wait_for()
    assert drawn(show) > 1
    box = show.locator("iframe").bounding_box()
    assert box["width"] > 600
    assert box["height"] > 250


@pytest.mark.browser
def test_a_reader_without_scripts_sees_the_picture_in_the_frame(page, tmp_path, tab):
    """A frame that may run no scripts stands for a browser that runs none."""
    snippet = geo.page.embed(page, inline=True, picture=False)
    bare = snippet.replace('sandbox="allow-scripts"', 'sandbox=""')
    assert bare != snippet
    (tmp_path / "host.html").write_text(HOST.format(bare))
    host = tab()
    host.goto((tmp_path / "host.html").as_uri())
    shown = host.frame_locator("iframe").locator("img.still")
    shown.wait_for()
    assert shown.bounding_box()["width"] > 300
    assert "Still picture" in shown.get_attribute("alt")


@pytest.mark.browser
def test_the_page_itself_shows_the_picture_where_no_script_runs(page, tab):
    alone = tab(java_script_enabled=False)
    alone.goto(page.as_uri())
    assert alone.locator("img.still").bounding_box()["width"] > 300
    assert alone.locator(".drawn-list li").count() >= 1
    assert not alone.locator(".every-figure").is_visible()


@pytest.mark.browser
def test_where_frames_are_taken_out_the_picture_is_left(page, tmp_path, tab):
    bare = re.sub(r"<iframe\b.*?</iframe>", "", geo.page.embed(page), flags=re.DOTALL)
    (tmp_path / "host.html").write_text(HOST.format(bare), encoding="utf-8")
    host = tab()
    host.goto((tmp_path / "host.html").as_uri())
    seen = host.locator("img").evaluate("i => [i.complete, i.naturalWidth > 600, i.offsetWidth]")
    assert seen[:2] == [True, True]
    assert seen[2] > 300


def test_a_snippet_without_a_picture_is_short(page):
    short = geo.page.embed(page, picture=False)
    assert [tag for tag, _ in Parsed(short).tags] == ["div", "iframe"]
    assert len(short) < 1000
    assert len(geo.page.embed(page)) < 200_000
