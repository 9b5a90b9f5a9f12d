"""Foreign maps, the whole corpus of hostile strings in every channel: inert and shown as typed.

Expensive channels (colour scales) take the strings of a class as one text, the others each string
by itself. Saved files are read one string at a time; what is taken is shown together.
"""

import json

import branca.colormap
import folium
import folium_cases as cases
import pytest
from cases import Parsed
from folium import plugins
from hostile import AWAY, CLASSES, strings
from test_hostile import flat, unharmed, watched

import geo
from geo import draw
from geo.errors import GeoError
from geo.foreign import assets, markup

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
    assert not any("42" == text for text in said)
    how = CHANNELS[channel]
    if channel is scales:
        texts = joined()
    if how:
        wanted = {text: shown(text) if how == "markup" else flat(text) for text in texts}
        assert [text for text, one in wanted.items() if one and one not in said] == []
