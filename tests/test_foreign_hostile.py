"""Foreign maps, the whole corpus of hostile strings in every channel: inert and shown as typed.

Expensive channels (colour scales) take the strings of a class as one text, the others each string
by itself. Saved files are read one string at a time; what is taken is shown together.
"""

import branca.colormap
import folium
import folium_cases as cases
import pytest
from cases import Parsed
from folium import plugins
from hostile import AWAY, CLASSES, strings
from test_hostile import flat, unharmed, watched

import geo
from geo.errors import GeoError
from geo.output.foreign import assets, markup

pytestmark = pytest.mark.browser

SPOT = [42.3, 130.6]


def joined():
    """The strings of each class as one text."""
    return [" ¦ ".join(dict.fromkeys(made())) for made in CLASSES.values()]


def words(tree):
    """What a tree of allowed elements says."""
    return tree if isinstance(tree, str) else "".join(map(words, tree[3]))


def shown(text):
    """What is to be read of a text that may hold markup: allowed markup is, all else as typed."""
    return flat("".join(map(words, markup.tree(text))))


def either(text):
    """Folium puts a backslash before a backtick, so one that stands there cannot be told."""
    return {text, text.replace("\\`", "`")}


def point(text, number):
    at = [130 + number % 20 / 20, 42 + number // 20 / 20]
    geometry = {"type": "Point", "coordinates": at}
    return {"type": "Feature", "id": text, "properties": {"said": text}, "geometry": geometry}


def collection(texts):
    return {"type": "FeatureCollection", "features": [point(t, n) for n, t in enumerate(texts)]}


# --- channels: each puts every text into a map ----------------------------------------------------


def markers(made, texts):
    for text in texts:
        folium.Marker(
            SPOT, popup=text, tooltip=text, title=text, alt=text,
            icon=folium.DivIcon(html=text, class_name=text),
        ).add_to(made)  # fmt: skip


def styled_tooltips(made, texts):
    for text in texts:
        tip = folium.Tooltip(text, style=text, permanent=True)
        folium.CircleMarker(SPOT, color=text, fill_color=text, tooltip=tip).add_to(made)


def html_elements(made, texts):
    for text in texts:
        for inner in (folium.Html(text), folium.Html(text, script=True), folium.IFrame(text)):
            folium.CircleMarker(SPOT, popup=folium.Popup(inner)).add_to(made)


def icons(made, texts):
    for text in texts:
        icon = folium.Icon(icon=text, prefix=text, icon_color=text, extraClasses=text)
        folium.Marker(SPOT, icon=icon).add_to(made)
        icon = plugins.BeautifyIcon(
            icon=text, number=text, border_color=text, background_color=text, text_color=text,
            inner_icon_style=text,
        )  # fmt: skip
        folium.Marker(SPOT, icon=icon).add_to(made)


def layer_names(made, texts):
    for text in texts:
        folium.FeatureGroup(text).add_to(made)
        folium.TileLayer("https://x.invalid/{z}", name=text, attr=text).add_to(made)
    folium.LayerControl(collapsed=False).add_to(made)


def grouped_names(made, texts):
    layers = [folium.FeatureGroup(text).add_to(made) for text in texts]
    plugins.GroupedLayerControl(
        {text: [layer] for text, layer in zip(texts, layers, strict=True)}, collapsed=False
    ).add_to(made)


def tree_names(made, texts):
    leaves = [{"label": t, "layer": folium.CircleMarker(SPOT).add_to(made)} for t in texts]
    branches = [{"label": t, "select_all_checkbox": t, "children": leaves[:1]} for t in texts]
    plugins.TreeLayerControl(overlay_tree=[*leaves, *branches], collapsed=False).add_to(made)


def features(made, texts):
    data = collection(texts)
    many = data["features"][0]
    many["properties"] |= dict.fromkeys(texts, "x") | {text: text for text in texts}
    folium.GeoJson(
        data,
        name="by value",
        marker=folium.CircleMarker(),
        style_function=lambda f: {"color": f["properties"]["said"], "weight": 3},
        highlight_function=lambda f: {"color": f["properties"]["said"]},
        tooltip=folium.GeoJsonTooltip(["said"], aliases=[texts[0]], style=texts[0]),
        popup=folium.GeoJsonPopup(["said"], localize=True),
    ).add_to(made)
    folium.GeoJson(
        {"type": "FeatureCollection", "features": [many]},
        name="by field",
        popup=folium.GeoJsonPopup(list(texts), aliases=list(texts)),
        tooltip=folium.GeoJsonTooltip(list(texts), aliases=list(texts), labels=True),
    ).add_to(made)


def clusters(made, texts):
    options = {"spiderLegPolylineOptions": {text: text for text in texts}}
    at = [SPOT] * len(texts)
    plugins.MarkerCluster(at, popups=list(texts), name=texts[0], options=options).add_to(made)
    plugins.FastMarkerCluster(at, name=texts[1], **{"text": texts[2]}).add_to(made)


def scales(made, _):
    for text in joined():
        scale = branca.colormap.LinearColormap(["red", "blue"], caption=text)
        scale.add_to(made)


def time(made, texts):
    data = collection(texts)
    for feature in data["features"]:
        text = feature["properties"]["said"]
        feature["properties"].update(
            time="2021-01-01", popup=text, tooltip=text, icon=text, style={"color": text},
            iconstyle={"color": text, "iconUrl": text},
        )  # fmt: skip
    plugins.TimestampedGeoJson(data, date_options=texts[0]).add_to(made)


def heat_in_time(made, texts):
    steps = [[[*SPOT, 1]]] * len(texts)
    plugins.HeatMapWithTime(steps, index=list(texts), name=texts[0]).add_to(made)


def controls(made, texts):
    for text in texts:
        plugins.Fullscreen(title=text, title_cancel=text).add_to(made)
        plugins.MousePosition(separator=text, prefix=text, empty_string=text).add_to(made)
        line = folium.PolyLine(cases.LINE).add_to(made)
        plugins.PolyLineTextPath(line, text, attributes={"fill": text}).add_to(made)
    places = folium.GeoJson(collection(texts), name="places").add_to(made)
    plugins.Search(places, search_label="said", placeholder=texts[0]).add_to(made)


def panes(made, texts):
    for text in texts:
        folium.map.CustomPane(text).add_to(made)


# Every channel, and whether its texts may hold markup; None where they show nowhere as text.
CHANNELS = {
    markers: "markup",
    styled_tooltips: "markup",
    html_elements: "markup",
    icons: None,
    layer_names: "markup",
    grouped_names: "markup",
    tree_names: "markup",
    features: "text",
    clusters: "markup",
    scales: "text",
    time: "markup",
    heat_in_time: None,
    controls: None,
    panes: None,
}
# Opens everything that shows on demand, and gives every text of the page.
OPENED = """() => {
    const said = [], F = Tumen.foreign, add = node => {
        const walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
        said.push(node.textContent);
        node.querySelectorAll('*').forEach(n => said.push(n.textContent)); };
    const of = (layer, what) => { const bound = what && what.getContent && what.getContent();
        const node = typeof bound === 'function' ? bound(layer) : bound;
        if (node instanceof Element) add(node); else if (node) said.push(String(node)); };
    const visit = layer => { of(layer, layer.getPopup && layer.getPopup());
        of(layer, layer.getTooltip && layer.getTooltip());
        if (layer.eachLayer && !(layer instanceof L.Map)) layer.eachLayer(visit);
        if (layer._icon) { layer.fire('click'); } };
    Object.values(F.things).forEach(t => { if (t && (t.getPopup || t.eachLayer)) visit(t); });
    add(document.body);
    return said;
}"""


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda c: c.__name__)
def test_no_text_of_a_foreign_map_runs_and_each_shows_as_typed(channel, open_page, tmp_path):
    texts = [text for text in strings() if text.strip()]
    made = folium.Map(SPOT, zoom_start=9, tiles=None)
    channel(made, texts)
    path = geo.page.save(made, tmp_path / "page.html")
    opened = watched(open_page, path)
    opened.page.wait_for_selector('html[data-ready="1"]', timeout=60_000)
    assert opened.page.evaluate("document.documentElement.dataset.fault") is None
    said = {flat(t) for t in opened.page.evaluate(OPENED)}
    unharmed(opened, path)
    assert opened.complaints == []
    assert opened.page.locator(f'[src*="{AWAY}"], [href*="javascript"], [onclick]').count() == 0
    assert "42" not in said
    how = CHANNELS[channel]
    if channel is scales:
        texts = joined()
    if how:
        wanted = {text: shown(text) if how == "markup" else flat(text) for text in texts}
        assert [text for text, one in wanted.items() if one and not said & either(one)] == []


# --- files that folium has saved ------------------------------------------------------------------


def small(text):
    """A map in which one text stands in the places that most maps have."""
    made = folium.Map(SPOT, zoom_start=9, tiles=None)
    folium.Marker(SPOT, popup=text, tooltip=text, title=text).add_to(made)
    folium.FeatureGroup(text).add_to(made)
    folium.GeoJson(collection([text]), tooltip=folium.GeoJsonTooltip(["said"])).add_to(made)
    folium.LayerControl(collapsed=False).add_to(made)
    return made


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """By string: the page made of the file that folium saved, or the refusal."""
    folder, found = tmp_path_factory.mktemp("packed"), {}
    for number, text in enumerate(strings()):
        saved = folder / "saved.html"
        saved.write_text(cases.saved(small(text)), encoding="utf-8", errors="surrogatepass")
        try:
            found[text] = geo.page.pack(saved, folder / f"{number}.html")
        except GeoError as error:
            found[text] = str(error)
    return found


def test_of_a_saved_file_only_values_reach_the_page(packed):
    pages = {t: Parsed(p.read_text()) for t, p in packed.items() if not isinstance(p, str)}
    plain = pages["abc\u200bdef"]
    assert len(pages) > 0.8 * len(packed)
    assert all(page.scripts == plain.scripts for page in pages.values())
    assert all(page.policy == plain.policy for page in pages.values())
    tags = [name for name, _ in plain.tags]
    assert all([name for name, _ in page.tags] == tags for page in pages.values())
    assert all(isinstance(p, str) is (t not in pages) for t, p in packed.items())


def test_a_saved_file_that_is_refused_names_the_reason(packed):
    said = [error for error in packed.values() if isinstance(error, str)]
    assert all(len(error) > 20 for error in said)


@pytest.mark.parametrize("name", CLASSES)
def test_pages_of_saved_files_run_nothing(packed, name, open_page):
    taken = [text for text in CLASSES[name]() if not isinstance(packed[text], str)]
    for text in (taken[0], taken[-1]):
        opened = watched(open_page, packed[text])
        opened.page.wait_for_selector('html[data-ready="1"]')
        opened.page.evaluate(OPENED)
        unharmed(opened, packed[text])


# --- the second wall ------------------------------------------------------------------------------

# Texts become markup, and every text that shows on demand is laid into the page.
OPEN = """
  const range = document.createRange(), el = T.el;
  const loose = text => range.createContextualFragment(text);
  T.el = function (name, values, inner) {
    const node = el(name, values, typeof inner === 'string' ? undefined : inner);
    if (typeof inner === 'string') node.append(loose(inner));
    return node;
  };
"""


@pytest.mark.parametrize("channel", [markers, features, layer_names], ids=lambda c: c.__name__)
@pytest.mark.parametrize("name", ["markup", "attributes", "scripts", "addresses", "styles"])
def test_with_our_escaping_off_the_policy_alone_lets_nothing_run(
    name, channel, monkeypatch, open_page, tmp_path
):
    start = "const T = window.Tumen;"
    texts = dict(assets._texts())
    assert start in texts["text.js"]
    opened_up = texts["text.js"].replace(start, start + OPEN, 1)
    texts["text.js"] = opened_up.replace("document.createTextNode(", "loose(")
    monkeypatch.setattr(assets, "_texts", lambda: texts)
    monkeypatch.setattr(markup, "tree", lambda text, **_: [text])
    said = [text for text in CLASSES[name]() if text.strip() and not text.startswith("<plain")]
    made = folium.Map(SPOT, zoom_start=9, tiles=None)
    channel(made, said)
    path = geo.page.save(made, tmp_path / "page.html")
    opened = watched(open_page, path)
    opened.page.wait_for_timeout(500)
    laid = "if (!node.contains(document.body)) document.body.append(node);"
    opened.page.evaluate(OPENED.replace("said.push(node.textContent);", laid, 1))
    opened.page.wait_for_timeout(500)
    assert opened.page.evaluate("window.__ran") is None
    assert opened.dialogs == []
    assert {url for url in opened.finished if not url.startswith(("data:", path.as_uri()))} == set()
    if name == "markup":
        assert opened.page.locator("img[onerror], svg[onload]").count() > 5
        assert any("Content Security Policy" in said for said in opened.complaints)
