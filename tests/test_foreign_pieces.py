"""What strangers write round their maps: what no page can have is left out and named, no more."""

import html
import json
import re
import sys

import folium
import folium_cases as cases
import pytest
from branca.element import Element
from conftest import DESKTOP, ROOT, _offline
from faults import ended
from folium import plugins
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo.output.foreign import assets, markup, recognise

sys.path.insert(0, str(ROOT / "tools"))

import list_forms

AWAY = "https://example.org/x"
# A piece that no page can have, and what it is called; what it would show stays.
PIECES = {
    "picture": (f'<img src="{AWAY}.png" alt="logo">', f"a picture from {AWAY}.png"),
    "call": ('<b onclick="go()">close</b>', "the attribute onclick"),
    "style": (f'<i style="background:url({AWAY});color:red">k</i>', "the style background:url"),
    "link": ('<a href="javascript:go()">go</a>', "a link to javascript:go()"),
    "form": ('<input type="password">', "<input>"),
    "film": (f'<video src="{AWAY}.mp4"></video>', f"<video> {AWAY}.mp4"),
    "frame": (f'<iframe src="{AWAY}"></iframe>', f"<iframe> {AWAY}"),
    "plug-in": ("<object>old</object>", "<object>"),
    "drawing": (f'<svg><use href="{AWAY}"/></svg>', f"<use> {AWAY}"),
}
BOX = '<div id="legend" style="position: fixed; left: 9px"><b>Cargo</b> {}<span>coal</span></div>'


def words(tree):
    if isinstance(tree, str):
        return tree
    return "" if tree[0] == markup.LEFT else "".join(map(words, tree[3]))


def block(text):
    """What a page was told: its steps and notices."""
    found = re.search(r'<script type="application/json" id="foreign">(.*?)</script>', text, re.S)
    return json.loads(found[1])


def boxed(inner, *, head=""):
    made = folium.Map(cases.HERE, zoom_start=8)
    if head:
        made.get_root().header.add_child(Element(head))
    made.get_root().html.add_child(Element(inner))
    return made


def both(make, folder):
    """The page of a map from its tree and from the file that folium saved."""
    (folder / "m.html").write_text(cases.saved(make()), encoding="utf-8")
    packed = geo.page.pack(folder / "m.html", folder / "p.html").read_text(encoding="utf-8")
    return geo.page.render(make()), packed


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_of_a_box_is_left_out_and_named_and_the_rest_stays(name, tmp_path):
    piece, called = PIECES[name]
    pages = both(lambda: boxed(BOX.format(piece)), tmp_path)
    told = [block(page) for page in pages]
    for one in told:
        said = html.unescape(" ".join(one["notices"]))
        assert called in said
        trees = next(step["args"][1] for step in one["steps"] if step.get("make") == "markup")
        assert "Cargo" in words(trees[0])
        assert "coal" in words(trees[0])
        assert "<" not in words(trees[0])
    assert told[0] == told[1]
    assert AWAY not in re.sub(r'"notices":\[.*?\]', "", pages[0])


@given(st.lists(st.sampled_from([*PIECES]), min_size=1, max_size=5), st.booleans())
def test_any_pieces_among_markup_leave_it_whole(names, inside):
    pieces = "".join(PIECES[name][0] for name in names)
    text = f"<p>one{pieces}</p><p>two</p>" if inside else f"<p>one</p>{pieces}<p>two</p>"
    said = words(["", {}, [], markup.tree(text)])
    assert said.startswith("one")
    assert said.endswith("two")
    assert all(PIECES[name][1] in markup.refused(text) for name in names)


@pytest.mark.parametrize("name", PIECES)
def test_a_text_of_such_pieces_alone_is_no_markup(name):
    assert markup.tree(f"Port {PIECES[name][0]}") == [f"Port {PIECES[name][0]}"]


TYPED = [
    "</b>",
    "a </i> b",
    "<!-- x -->",
    "ROCK <![1",
    "<![>",
    "x <![CDATA[y]]> z",
    "<!>",
    "<?x?>",
    "<input type=password>",
    f'see <a href="{AWAY}">this</a>',
    "a <!foo [ b",
    "<![if a]>",
]


@pytest.mark.parametrize("text", TYPED)
def test_a_name_from_the_data_stays_as_typed(text, tmp_path):
    assert "".join(markup.tree(text)) == text

    def made():
        result = folium.Map(cases.HERE, zoom_start=8)
        marker = folium.Marker(cases.HERE, popup=text, tooltip=text, title=text)
        marker.add_to(folium.FeatureGroup(text).add_to(result))
        folium.LayerControl().add_to(result)
        return result

    for page in both(made, tmp_path):
        found = list(strings(block(page)["steps"]))
        assert found.count(text) >= 3  # popup, tooltip, the list of layers


def strings(value):
    """Every string of a value, of pairs and trees too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


@given(st.text("<>![]-/?ab1 &;=\"'", max_size=24))
def test_any_signs_are_read_and_nothing_is_lost_that_is_no_markup(text):
    trees = markup.tree(text)
    if all(isinstance(one, str) for one in trees):
        assert "".join(trees) == html.unescape(text) or trees == [text]


def test_styles_in_a_box_are_those_of_the_page(tmp_path):
    style = (
        "<style>#legend:hover { color: red } @media (max-width: 9px) { #legend { left: 1px } }"
        f" @import url({AWAY}.css); #legend {{ background: url({AWAY}.png) }}</style>"
    )
    letters = '<link href="https://fonts.googleapis.com/css?family=A" rel="stylesheet">'
    pages = both(lambda: boxed(style + letters + BOX.format("")), tmp_path)
    for page in pages:
        assert "#legend:hover { color: red }" in page
        assert "@media (max-width: 9px)" in page
        assert AWAY not in page.split('"notices"')[0]
        assert "googleapis" not in page.split('"notices"')[0]
        said = html.unescape(" ".join(block(page)["notices"]))
        for left in (f"@import url({AWAY}.css)", f"url({AWAY}.png)", "fonts.googleapis.com"):
            assert left in said
    assert block(pages[0]) == block(pages[1])


IDLE = [
    "https://code.jquery.com/jquery-1.9.1.min.js",
    "https://code.jquery.com/jquery-3.6.0.slim.min.js",
    "https://maxcdn.bootstrapcdn.com/bootstrap/3.3.5/js/bootstrap.min.js",
    "https://cdn.jsdelivr.net/npm/bootstrap@4.6.0/dist/js/bootstrap.bundle.min.js",
    "https://cdn.jsdelivr.net/npm/popper.js@1.16.1/dist/umd/popper.min.js",
    "https://code.jquery.com/ui/1.11.2/jquery-ui.js",
    "https://unpkg.com/leaflet@1.5.1/dist/leaflet-src.js",
]


@pytest.mark.parametrize("address", IDLE)
def test_a_library_that_a_map_never_uses_is_left_out_with_a_word(address, tmp_path):
    script = f'<script src="{address}"></script>'
    for head, box in ((script, ""), ("", script)):
        told = [
            block(page)
            for page in both(lambda h=head, b=box: boxed(b + BOX.format(""), head=h), tmp_path)
        ]
        assert told[0] == told[1]
        name = address.rsplit("/", 1)[-1]
        assert name in assets.known() or name in told[0]["notices"][-1]  # folium's own need no word


def test_a_library_that_is_called_is_still_refused(tmp_path):
    script = f'<script src="{IDLE[0]}"></script><script>$("#x").hide();</script>'
    with pytest.raises(geo.errors.AssetError):
        geo.page.render(boxed(script))
    (tmp_path / "m.html").write_text(cases.saved(boxed(script)), encoding="utf-8")
    with pytest.raises(geo.errors.AssetError):
        geo.page.pack(tmp_path / "m.html", tmp_path / "p.html")


def test_a_map_too_big_to_be_read_is_refused_before_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.files.intake.CEILING", 2_000_000)
    made = boxed("x" * 50_000)
    with pytest.raises(geo.errors.GeoError, match="at most 0 MB are read"):
        geo.page.render(made)
    (tmp_path / "m.html").write_text(cases.saved(made), encoding="utf-8")
    with pytest.raises(geo.errors.GeoError, match="the map holds"):
        geo.page.pack(tmp_path / "m.html", tmp_path / "p.html")
    assert "x" * 50_000 in geo.page.render(made, memory_bytes=10_000_000)
    more = ["pack", str(tmp_path / "m.html"), "-o", str(tmp_path / "p.html"), "--memory", "10MB"]
    assert ended(more) == 0


# --- earlier folium -----------------------------------------------------------------------------

EARLIER = ["GeoJsonTooltip", "GeoJsonPopup", "TimeSliderChoropleth", "Timeline", "Choropleth"]


@pytest.mark.parametrize("name", EARLIER)
def test_a_page_that_an_earlier_folium_saved_is_the_same_page(name, tmp_path):
    now = cases.saved(cases.CASES[name]())
    before = list_forms.earlier(now)
    pages = []
    for n, text in enumerate((now, before)):
        (tmp_path / f"{n}.html").write_text(text, encoding="utf-8")
        pages.append(geo.page.pack(tmp_path / f"{n}.html", tmp_path / f"p{n}.html").read_text())
    assert block(pages[0]) == block(pages[1])
    assert (before != now) == (name != "Choropleth" or "handleObject" in now)


def test_options_that_are_added_by_name_are_those_of_the_object():
    name = "timeline_slider_" + "0" * 32
    one = 'var {0}_o = {{"a": 1}}; {0}_o["b"] = 2; var {0} = L.control.scale({0}_o);'
    reading = recognise.Reading()
    reading.read(one.format(name))
    assert reading.steps[-1]["args"] == [{"a": 1, "b": 2}]


# --- in a browser -------------------------------------------------------------------------------


def counted(function):
    made = folium.Map(cases.HERE, zoom_start=5)
    group = plugins.MarkerCluster(icon_create_function=function).add_to(made)
    for n in range(3):
        folium.Marker([42 + n / 100, 130]).add_to(group)
    return made


ICON = "function(c) {{ return L.divIcon({{html: {}}}) }}"
COUNTS = {
    "text": ICON.format("'<b>' + c.getChildCount() + '</b> ships'"),
    "template": ICON.format('`<div style="color: red"><b>${c.getChildCount()}</b></div>`'),
    "attribute": ICON.format("'<i title=\"' + c.getChildCount() + '\">3</i>'"),
}


@pytest.mark.browser
@pytest.mark.parametrize("name", COUNTS)
def test_markup_round_the_count_of_a_cluster_is_markup(browser, tmp_path, name):
    contexts = []
    opened = _offline(browser, DESKTOP, contexts)
    opened.page.goto(geo.page.save(counted(COUNTS[name]), tmp_path / "a.html").as_uri())
    opened.page.wait_for_selector('html[data-ready="1"]')
    icon = opened.page.locator(".leaflet-marker-icon")
    assert icon.count() == 1
    assert "<" not in icon.inner_text()
    assert "3" in icon.inner_text()
    assert icon.locator("b, i").count() == 1
    contexts[0].close()


@pytest.mark.browser
@pytest.mark.parametrize("icon", [False, True])
def test_a_map_without_attribution_is_drawn_and_licences_are_still_said(browser, tmp_path, icon):
    made = folium.Map(cases.HERE, zoom_start=8, attribution_control=False)
    folium.Marker(
        cases.HERE, icon=folium.Icon(icon="anchor", prefix="fa") if icon else None
    ).add_to(made)
    contexts = []
    opened = _offline(browser, DESKTOP, contexts)
    opened.page.goto(geo.page.save(made, tmp_path / "a.html").as_uri())
    opened.page.wait_for_selector('html[data-ready="1"]')
    assert opened.page.locator(".leaflet-marker-icon").count() == 1
    assert opened.page.locator(".leaflet-control-attribution").count() == int(icon)
    assert opened.page.evaluate("document.documentElement.dataset.fault") is None
    contexts[0].close()


@pytest.mark.browser
def test_what_fails_in_the_browser_says_so_on_the_page(browser, tmp_path):
    """A map whose very first step fails has no map to say it on."""
    text = geo.page.render(folium.Map(cases.HERE))
    broken = re.sub(r'("make": ?)"map"', r'\1"nothing"', text)
    assert broken != text
    (tmp_path / "a.html").write_text(broken, encoding="utf-8")
    contexts = []
    opened = _offline(browser, DESKTOP, contexts)
    opened.page.goto((tmp_path / "a.html").as_uri())
    opened.page.wait_for_selector('html[data-ready="1"]')
    assert "could not be drawn" in opened.page.locator('[role="alert"]').first.inner_text()
    contexts[0].close()
