"""Write what the kit knows of folium: the shapes of its templates, and the files it asks for.

    python tools/list_forms.py

Renders maps with the installed folium in every variant its templates have, takes the values out
of each statement that is no plain call, and names what is left by the rules below: forms.json, by
digest. assets.json lists every script and style that folium's elements name. Run it when
folium or tree-sitter changes; tests/test_foreign.py says when that is.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import branca.colormap
import folium
import geopandas
from folium import plugins

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from geo.output.foreign import code, recognise, saved, tree  # noqa: E402 - found by the line above

OUT = ROOT / "geo" / "output" / "foreign"
AREA = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "a",
            "properties": {"name": "a"},
            "geometry": {"type": "Point", "coordinates": [1, 2]},
        }
    ],
}
TOPOLOGY = {
    "type": "Topology",
    "arcs": [],
    "objects": {
        "o": {
            "type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [1, 2], "properties": {"name": "a"}}],
        }
    },
}


def _point(text: str) -> dict[str, Any] | None:
    if not text.startswith("function @_pointToLayer"):
        return None
    maker = re.search(r"return new L \. (\w+) \( latlng opts \)", text)
    if maker is None:
        return None
    icon = re.search(r"new iconRootAlias \. (\w+)", text)
    return {
        "form": "point",
        "maker": maker[1],
        "icon": icon[1] if icon else "",
        "style": "_styler" in text,
    }


def _each(text: str) -> dict[str, Any] | None:
    if not text.startswith("function @_onEachFeature"):
        return None
    return {
        "form": "each",
        "highlight": "mouseover" in text,
        "keep": "popupopen" in text,
        "zoom": "click :" in text,
    }


def _detail(text: str) -> dict[str, Any] | None:
    found = re.match(r"@ \. bind(Tooltip|Popup) \( function \( layer \)", text)
    if found is None:
        return None
    return {
        "form": "detail",
        "method": f"detail{found[1]}",
        "labels": "<th>" in text,
        "localize": "toLocaleString" in text,
    }


def _search(text: str) -> dict[str, Any] | None:
    if not text.startswith("var @searchControl = new L . Control . Search ("):
        return None
    keys = re.findall(r"(\w+) : [#@]", text)
    return {"form": "search", "keys": keys, "zoom": "var zoom = #" in text}


def _slider(text: str) -> dict[str, Any] | None:
    if "let styledict = #" not in text or not text.startswith("{ let timestamps"):
        return None
    made = {"form": "slider", "highlight": "mouseout" in text, "show": "@ . addTo ( @ )" in text}
    return {**made, "date": "ddd MMM DD YYYY"} if "toDateString" in text else made


def _click(text: str) -> dict[str, Any] | None:
    if text.startswith("function getLatLng"):
        return {"form": "clickCopy", "alert": "alert (" in text}
    return {"form": "clickMarker"} if text.startswith("function newMarker") else None


def _fit(text: str) -> dict[str, Any] | None:
    found = re.search(r"@ \. (fitBounds|flyToBounds) \( bounds", text)
    fits = text.startswith("function customFlyToBounds") and found
    return {"form": "fit", "method": found[1]} if fits and found else None


# A statement that starts so has this form.
STARTS = {
    "function @_add ( data ) { @ . addData": "add",
    "@ . setStyle ( function ( feature ) { return feature . properties . style": "own-style",
    "var @ = $ ( # ) [ # ]": "markup",
    "@ . once ( # function ( ) { @ . setContent ( $": "lazy",
    "new L . Draggable ( @ . getContainer ( ) ) . enable": "drag",
    "@ . style . zIndex = #": "pane-order",
    "@ . style . pointerEvents = #": "pane-pointer",
    "function latLngPop ( e )": "click-text",
    "$ ( function ( ) { $ ( # ) . draggable": "legend-drag",
    "@ . color = d3": "scale-colours",
    "@ . x = d3": "scale-x",
    "@ . legend = L . control": "scale-skip",
    "@ . legend . onAdd = function": "scale-skip",
    "@ . legend . addTo ( @ )": "scale-on",
    "@ . xAxis = d3": "scale-ticks",
    "@ . svg = d3": "scale-size",
    "@ . g = @ . svg": "scale-skip",
    "@ . g . selectAll": "scale-skip",
    "@ . g . call": "scale-words",
    "L . Control . Measure . include": "measure-icon",
    "var TDHeatmap = L . TimeDimension": "heat-time-layer",
    "L . Control . TimeDimensionCustom = L . Control . TimeDimension . extend ( { initialize": (
        "heat-time-control"
    ),
    "@ . timeDimension = L . timeDimension ( { times": "heat-time-control",
    "var @ = new TDHeatmap ( # # )": "heat-time",
    "L . Control . TimeDimensionCustom = L . Control . TimeDimension . extend ( { _get": (
        "time-format"
    ),
    "@ . timeDimension = L . timeDimension ( # )": "time-period",
    "@ . addControl ( this . timeDimensionControl": "time-control",
    "var geoJsonLayer = L . geoJson": "time-data",
    "@searchControl . on ( # function ( e ) { @ . setStyle ( function ( feature ) { return "
    "feature . properties . style } ) e . layer": "search-found",
    "@searchControl . on ( # function ( e ) { @ . setStyle ( function ( feature ) { return "
    "feature . properties . style } ) if": "search-found",
    "@searchControl . on ( # function ( e ) { @ . setStyle ( function ( feature ) { return "
    "feature . properties . style } ) } )": "scale-skip",
    "@ . scrollEnabled = #": "scale-skip",
    "@ . toggleScroll = function": "scale-skip",
    "@ . toggleScroll ( )": "zoom-toggle",
    "var @ = ( function ( ) { var callback = function ( row )": "fast-cluster",
    "function ( date ) { var newdate = new moment ( date ) return newdate . format ( # )": (
        "format-date"
    ),
    "function ( date ) { var newdate = new moment ( date ) console . log ( newdate ) return": (
        "format-date"
    ),
}
RULES: tuple[Callable[[str], dict[str, Any] | None], ...] = (
    _point,
    _each,
    _detail,
    _search,
    _slider,
    _click,
    _fit,
)


def named(text: str) -> dict[str, Any] | None:
    """The form of a shape by the rules, None for what is refused."""
    for rule in RULES:
        found = rule(text)
        if found:
            return found
    form = next((f for start, f in STARTS.items() if text.startswith(start)), None)
    return {"form": form} if form else None


def on_map(*elements: Any, **options: Any) -> folium.Map:
    """A map with elements on it."""
    made = folium.Map(**options)
    for element in elements:
        element.add_to(made)
    return made


def geojsons() -> Iterator[folium.Map]:
    """GeoJson in every variant."""
    bold = {"highlight_function": lambda _: {"weight": 3}}
    for style, light, keep, zoom in itertools.product((False, True), repeat=4):
        options: dict[str, Any] = {"zoom_on_click": zoom}
        if style:
            options["style_function"] = lambda _: {"color": "red"}
        if light:
            options |= bold
        if light and keep:
            options |= {"popup_keep_highlighted": True, "popup": folium.GeoJsonPopup(["name"])}
        yield on_map(folium.GeoJson(AREA, **options))
    icons = (None, folium.Icon(), folium.DivIcon("x"))
    markers = [folium.Marker(icon=icon) for icon in icons]
    markers += [folium.Circle(radius=4), folium.CircleMarker(radius=4)]
    for marker, style in itertools.product(markers, (False, True)):
        options = {"style_function": lambda _: {"color": "red"}} if style else {}
        yield on_map(folium.GeoJson(AREA, marker=marker, **options))


def details() -> Iterator[folium.Map]:
    """Tooltips and popups of features in every variant."""
    for labels, localize in itertools.product((False, True), repeat=2):
        for kind in (folium.GeoJsonTooltip, folium.GeoJsonPopup):
            made = folium.GeoJson(AREA)
            kind(["name"], labels=labels, localize=localize).add_to(made)
            yield on_map(made)


def clicks() -> Iterator[folium.Map]:
    """What a click does."""
    for alert in (False, True):
        yield on_map(folium.ClickForLatLng(alert=alert))
    yield on_map(folium.ClickForMarker(), folium.LatLngPopup())
    for fly in (False, True):
        yield on_map(folium.FitOverlays(fly=fly))


def searches() -> Iterator[folium.Map]:
    """Search in every variant."""
    for kind, zoom, label, style in itertools.product(
        ("Point", "Polygon"), (None, 7), (None, "name"), ({}, {"weight": 3})
    ):
        areas = folium.GeoJson(AREA)
        made = on_map(areas)
        plugins.Search(areas, geom_type=kind, search_zoom=zoom, search_label=label, **style).add_to(
            made
        )
        yield made


def in_time() -> Iterator[folium.Map]:
    """Maps with an axis of time."""
    for light, show in itertools.product((False, True), repeat=2):
        styles = {"a": {"1": {"color": "red", "opacity": 1}}}
        yield on_map(
            plugins.TimeSliderChoropleth(json.dumps(AREA), styles, highlight=light, show=show)
        )
    yield on_map(plugins.TimestampedGeoJson(AREA))
    yield on_map(plugins.HeatMapWithTime([[[1, 2, 1]]]))
    yield on_map(plugins.HeatMapWithTime([[[1, 2, 1]]], gradient={0.4: "blue"}))
    line = plugins.Timeline(AREA)
    made = on_map(line)
    plugins.TimelineSlider().add_timelines(line).add_to(made)
    yield made


def others() -> Iterator[folium.Map]:
    """The rest."""
    yield on_map(folium.TopoJson(TOPOLOGY, "objects.o"))
    yield on_map(folium.Marker([1, 2], popup="p"), folium.LayerControl(draggable=True))
    yield on_map(folium.Marker([1, 2], popup=folium.Popup("p", lazy=True)))
    yield on_map(branca.colormap.LinearColormap(["red", "blue"]))
    yield on_map(folium.map.CustomPane("p"), folium.map.CustomPane("q", pointer_events=True))
    yield on_map(plugins.MeasureControl(), plugins.ScrollZoomToggler())
    yield on_map(plugins.FastMarkerCluster([[1, 2]]))
    frame = geopandas.GeoDataFrame.from_features(AREA, crs=4326)
    yield frame.explore(column="name")
    yield frame.geometry.explore()


def shapes() -> Iterator[code.Shape]:
    """Every shape that is no plain call."""
    for made in itertools.chain(geojsons(), details(), clicks(), searches(), in_time(), others()):
        source = tree.read(made.get_root())
        reading = recognise.Reading(reveal=source.reveal, collecting=True)
        scripts = [s for t in source.head for s in saved.SCRIPT.findall(t)]
        for text in [*scripts, *source.script]:
            reading.read(text)
            yield from _functions(text, reading.values)
            if earlier(text) != text:
                yield from _functions(earlier(text), reading.values)
                reading.read(earlier(text))
        yield from reading.unknown


# How folium 0.15 to 0.18 wrote what later versions write otherwise: what is replaced, and by what.
EARLIER = (
    (
        r"let handleObject = feature\s*=>\s*\{.*?\}\s*(?=let fields)",
        "let handleObject = feature => typeof(feature)=='object'"
        " ? JSON.stringify(feature) : feature;",
    ),
    (r"function formatDate\(date\) *\{.*?\}", ""),
    (r"(var newdate = new moment\(date\);)(?! *console)", r"\1 console.log(newdate);"),
    (r"formatDate\((parseInt\(current_timestamp\)\*1000)\)", r"new Date(\1).toDateString()"),
    (r"(\bdatestring = .*?)let datestring", r"\1var datestring"),
)


def earlier(text: str) -> str:
    """A script as an earlier folium would have written it."""
    for pattern, other in EARLIER:
        text = re.sub(pattern, other, text, flags=re.DOTALL)
    return text


def _functions(text: str, values: code.Values) -> Iterator[code.Shape]:
    """Functions that are options of a control."""
    waiting = code.statements(text)
    while waiting:
        node = waiting.pop()
        if node.type == "function_expression":
            shape = code.shape(node, values)
            if shape.text.startswith("function ( date )"):
                yield shape
        waiting += node.named_children


def found() -> dict[str, dict[str, Any]]:
    """Form by digest, in the order of forms."""
    made = {s.digest: named(s.text) for s in shapes()}
    kept = {digest: form for digest, form in made.items() if form}
    return dict(sorted(kept.items(), key=lambda item: (json.dumps(item[1]), item[0])))


def files() -> dict[str, str]:
    """Every script and style that an element of folium names: end of its address → name."""
    kinds = [*vars(folium).values(), *vars(plugins).values(), folium.elements.JSCSSMixin]
    pairs = [
        pair
        for kind in kinds
        if isinstance(kind, type)
        for base in kind.__mro__
        for name in ("default_js", "default_css")
        for pair in vars(base).get(name, [])
    ]
    pairs.append(("d3", "d3.min.js"))  # named by branca's colour scales
    pairs.append(("jquery-ui", "jquery-ui.js"))  # named by the legends of explore()
    return dict(sorted((address.split("?")[0].rsplit("/", 1)[-1], name) for name, address in pairs))


def texts() -> dict[str, str]:
    """The two files by name, as they must be."""
    written = {}
    for name, rows in (("forms.json", found()), ("assets.json", files())):
        lines = [f"{json.dumps(key)}: {json.dumps(row)}" for key, row in rows.items()]
        written[name] = "{\n  " + ",\n  ".join(lines) + "\n}\n"
    return written


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for name, text in texts().items():
        (OUT / name).write_text(text, encoding="utf-8")
        print(f"{(OUT / name).relative_to(ROOT)}: {text.count(chr(10)) - 2} rows")
