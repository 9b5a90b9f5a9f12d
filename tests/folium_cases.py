"""One small map for every class of folium and its plugins, and what each must draw."""

import base64
import io
import json
import struct
import zlib
from collections.abc import Callable

import branca.colormap
import folium
import pandas as pd
from folium import plugins

HERE = [42.3, 130.6]
LINE = [[42.1, 130.2], [42.3, 130.6], [42.6, 130.9]]
AREA = [[42.1, 130.2], [42.6, 130.4], [42.3, 131.0]]


def square(name: str, west: float, south: float, *, size: float = 0.4, **more: object) -> dict:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size]]
    return {
        "type": "Feature",
        "id": name,
        "properties": {"name": name, "value": west - 129, **more},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }


AREAS = {
    "type": "FeatureCollection",
    "features": [square("A", 130.0, 42.0), square("B", 130.5, 42.0), square("C", 131.0, 42.0)],
}
POINTS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": f"P{n}", "n": n},
            "geometry": {"type": "Point", "coordinates": [130.2 + 0.2 * n, 42.3]},
        }
        for n in range(3)
    ],
}
TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.1, 0.1], "translate": [130, 42]},
    "arcs": [[[0, 0], [4, 0], [0, 4], [-4, 0], [0, -4]], [[6, 0], [4, 0], [0, 4], [-10, -4]]],
    "objects": {
        "areas": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "a", "properties": {"name": "a"}, "arcs": [[0]]},
                {"type": "MultiPolygon", "id": "b", "properties": {"name": "b"}, "arcs": [[[1]]]},
            ],
        }
    },
}
TIMED = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [[130.2, 42.1], [130.6, 42.3], [131, 42.6]],
            },
            "properties": {
                "times": ["2021-01-01T00:00:00", "2021-01-02T00:00:00", "2021-01-03T00:00:00"],
                "style": {"color": "red", "weight": 5},
                "popup": "<b>way</b>",
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [130.5, 42.2]},
            "properties": {
                "time": "2021-01-02T00:00:00",
                "icon": "circle",
                "iconstyle": {
                    "fillColor": "green",
                    "fillOpacity": 0.8,
                    "stroke": "false",
                    "radius": 9,
                },
                "popup": "stop",
            },
        },
    ],
}


def png(red: int = 200, green: int = 40, blue: int = 40, *, side: int = 8) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes((red, green, blue)) * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


PICTURE = "data:image/png;base64," + base64.b64encode(png()).decode("ascii")


def base(**options: object) -> folium.Map:
    return folium.Map(HERE, zoom_start=8, **options)


def with_(*elements: object) -> Callable[[], folium.Map]:
    """A map with elements; each is made when the map is."""

    def made() -> folium.Map:
        result = base()
        for element in elements:
            element().add_to(result)
        return result

    return made


def layers() -> folium.Map:
    result = base()
    group = folium.FeatureGroup("First <b>bold</b>").add_to(result)
    folium.CircleMarker(HERE, radius=8).add_to(group)
    other = folium.FeatureGroup("Second", show=False).add_to(result)
    folium.PolyLine(LINE).add_to(other)
    folium.TileLayer("CartoDB positron", name="Light", show=False).add_to(result)
    folium.LayerControl(collapsed=False).add_to(result)
    return result


def choropleth() -> folium.Map:
    result = base()
    table = pd.DataFrame({"name": ["A", "B", "C"], "value": [1.0, 2.0, None]})
    folium.Choropleth(
        AREAS,
        data=table,
        columns=["name", "value"],
        key_on="feature.properties.name",
        fill_color="YlGn",
        legend_name="Value (t)",
        highlight=True,
        bins=3,
    ).add_to(result)
    return result


def geojson(**options: object) -> folium.Map:
    result = base()
    chosen = {
        "style_function": lambda f: {
            "fillColor": "#ff0000" if f["id"] == "A" else "#00ff00",
            "weight": 2,
        },
        "highlight_function": lambda _: {"weight": 6},
        "tooltip": folium.GeoJsonTooltip(
            ["name", "value"], aliases=["Name:", "Value:"], localize=True
        ),
        "popup": folium.GeoJsonPopup(["name"], labels=False),
        "zoom_on_click": False,
    }
    folium.GeoJson(AREAS, **(chosen | options)).add_to(result)
    return result


def geojson_points() -> folium.Map:
    result = base()
    folium.GeoJson(
        POINTS,
        marker=folium.CircleMarker(radius=6, fill=True, fill_opacity=0.7),
        style_function=lambda f: {"color": "purple" if f["properties"]["n"] else "black"},
        tooltip=folium.GeoJsonTooltip(["name"]),
    ).add_to(result)
    return result


def grouped() -> folium.Map:
    result = base()
    one, two = folium.FeatureGroup("One"), folium.FeatureGroup("Two")
    for group, at in ((one, LINE[0]), (two, LINE[1])):
        folium.CircleMarker(at, radius=9).add_to(group)
        result.add_child(group)
    plugins.GroupedLayerControl(
        {"Groups": [one, two]}, exclusive_groups=True, collapsed=False
    ).add_to(result)
    return result


def tree() -> folium.Map:
    result = base()
    one = folium.CircleMarker(LINE[0], radius=9).add_to(result)
    two = folium.CircleMarker(LINE[1], radius=9).add_to(result)
    overlay = {
        "label": "Places",
        "select_all_checkbox": "All",
        "children": [{"label": "One", "layer": one}, {"label": "Two", "layer": two}],
    }
    plugins.TreeLayerControl(overlay_tree=overlay, collapsed=False).add_to(result)
    return result


def dual() -> folium.Map:
    result = plugins.DualMap(location=HERE, zoom_start=8)
    folium.CircleMarker(HERE, radius=9).add_to(result.m1)
    folium.PolyLine(LINE).add_to(result.m2)
    return result


def text_path() -> folium.Map:
    result = base()
    line = folium.PolyLine(LINE, weight=3).add_to(result)
    plugins.PolyLineTextPath(
        line,
        " ► north & <b>",
        repeat=True,
        offset=8,
        attributes={"fill": "#333", "font-size": "20"},
    ).add_to(result)
    return result


def timeline() -> folium.Map:
    result = base()
    data = {
        "type": "FeatureCollection",
        "features": [
            square(n, 130 + 0.5 * k, 42.0, start=f"2021-0{k + 1}-01", end=f"2021-0{k + 2}-01")
            for k, n in enumerate("AB")
        ],
    }
    line = plugins.Timeline(data)
    line.add_to(result)
    plugins.TimelineSlider(
        auto_play=False, show_ticks=True, enable_keyboard_controls=True
    ).add_timelines(line).add_to(result)
    return result


def sub_group() -> folium.Map:
    result = base()
    cluster = plugins.MarkerCluster(control=False).add_to(result)
    one = plugins.FeatureGroupSubGroup(cluster, "One").add_to(result)
    folium.Marker(LINE[0]).add_to(one)
    folium.Marker(LINE[2]).add_to(one)
    folium.LayerControl(collapsed=False).add_to(result)
    return result


def side_by_side() -> folium.Map:
    result = folium.Map(HERE, zoom_start=8, tiles=None)
    left = folium.TileLayer("OpenStreetMap").add_to(result)
    right = folium.TileLayer("CartoDB positron").add_to(result)
    plugins.SideBySideLayers(left, right).add_to(result)
    return result


def pattern(kind: type) -> Callable[[], folium.Map]:
    def made() -> folium.Map:
        result = base()
        stripes = kind()
        stripes.add_to(result)
        folium.GeoJson(
            AREAS,
            style_function=lambda f: (
                {"fillPattern": stripes, "fillOpacity": 1.0} if f["id"] == "A" else {}
            ),
        ).add_to(result)
        return result

    return made


def search() -> folium.Map:
    result = base()
    areas = folium.GeoJson(AREAS, name="areas").add_to(result)
    plugins.Search(
        areas, geom_type="Polygon", search_label="name", placeholder="Find an area", weight=3
    ).add_to(result)
    return result


def slider() -> folium.Map:
    result = base()
    stamps = ["1609459200", "1612137600"]
    styles = {
        n: {
            s: {"color": "#ff0000" if k else "#0000ff", "opacity": 0.7}
            for k, s in enumerate(stamps)
        }
        for n in "ABC"
    }
    plugins.TimeSliderChoropleth(json.dumps(AREAS), styles).add_to(result)
    return result


def spider() -> folium.Map:
    result = base()
    for _ in range(3):
        folium.Marker(HERE).add_to(result)
    plugins.OverlappingMarkerSpiderfier().add_to(result)
    return result


def scale() -> folium.Map:
    result = base()
    branca.colormap.LinearColormap(
        ["green", "yellow", "red"], vmin=0, vmax=10, caption="Speed (kn)"
    ).add_to(result)
    return result


def colour_line() -> folium.Map:
    result = base()
    folium.ColorLine(
        LINE, colors=[0, 1], colormap=["b", "g", "y", "r"], nb_steps=4, weight=6
    ).add_to(result)
    return result


def vega() -> folium.Map:
    result = base()
    popup = folium.Popup()
    folium.VegaLite({"mark": "bar"}, width=100, height=100).add_to(popup)
    folium.Marker(HERE, popup=popup).add_to(result)
    return result


def control() -> folium.Map:
    result = base()
    folium.Control("Zoom", position="bottomleft").add_to(result)
    return result


def encoded(kind: type) -> Callable[[], folium.Map]:
    return with_(lambda: kind(encoded="_p~iF~ps|U_ulLnnqC_mqNvxq`@"))


def pane() -> folium.Map:
    result = base()
    folium.map.CustomPane("low", z_index=250).add_to(result)
    folium.PolyLine(LINE, pane="low").add_to(result)
    return result


def markup() -> folium.Map:
    result = base()
    folium.Marker(
        HERE, popup=folium.Popup(folium.IFrame("<b>frame</b>", width=200, height=80))
    ).add_to(result)
    result.get_root().html.add_child(
        folium.Element('<h3 style="text-align:center">A <i>title</i></h3>')
    )
    return result


def image() -> folium.Map:
    result = base()
    folium.raster_layers.ImageOverlay(
        PICTURE, [[42, 130], [42.5, 131]], opacity=0.6, name="picture"
    ).add_to(result)
    return result


# By class: a map of it.
CASES: dict[str, Callable[[], object]] = {
    # folium
    "Map": base,
    "TileLayer": layers,
    "WmsTileLayer": with_(lambda: folium.WmsTileLayer("https://example.org/wms", layers="x")),
    "Marker": with_(lambda: folium.Marker(HERE, popup="A <b>bold</b> place", tooltip="here")),
    "Icon": with_(lambda: folium.Marker(HERE, icon=folium.Icon(color="red", icon="cloud"))),
    "DivIcon": with_(
        lambda: folium.Marker(
            HERE, icon=folium.DivIcon('<div style="font-size: 20pt; color: red">text</div>')
        )
    ),
    "CustomIcon": with_(
        lambda: folium.Marker(HERE, icon=folium.CustomIcon(PICTURE, icon_size=(30, 30)))
    ),
    "Popup": with_(
        lambda: folium.Marker(HERE, popup=folium.Popup("<i>shown</i>", show=True, max_width=300))
    ),
    "Tooltip": with_(
        lambda: folium.Marker(
            HERE, tooltip=folium.Tooltip("tip", style="color: red;", permanent=True)
        )
    ),
    "Html": with_(
        lambda: folium.Marker(HERE, popup=folium.Popup(folium.Html("<b>as text</b>"), show=True))
    ),
    "IFrame": markup,
    "PolyLine": with_(
        lambda: folium.PolyLine(LINE, color="red", weight=4, dash_array="5, 5", tooltip="line")
    ),
    "Polygon": with_(lambda: folium.Polygon(AREA, fill=True, popup="area")),
    "Rectangle": with_(lambda: folium.Rectangle([[42, 130], [42.4, 130.5]], fill=True)),
    "Circle": with_(lambda: folium.Circle(HERE, radius=20000, fill=True)),
    "CircleMarker": with_(lambda: folium.CircleMarker(HERE, radius=12, fill=True)),
    "RegularPolygonMarker": with_(
        lambda: folium.RegularPolygonMarker(HERE, number_of_sides=5, radius=14)
    ),
    "FeatureGroup": layers,
    "LayerControl": layers,
    "FitBounds": with_(lambda: folium.FitBounds([[42, 130], [43, 131]])),
    "FitOverlays": with_(lambda: folium.PolyLine(LINE), lambda: folium.FitOverlays()),
    "GeoJson": geojson,
    "GeoJsonTooltip": geojson,
    "GeoJsonPopup": geojson_points,
    "TopoJson": with_(
        lambda: folium.TopoJson(
            TOPOLOGY, "objects.areas", style_function=lambda _: {"color": "red"}
        )
    ),
    "Choropleth": choropleth,
    "ColorLine": colour_line,
    "ColorMap": scale,
    "LinearColormap": scale,
    "StepColormap": choropleth,
    "Control": control,
    "ClickForLatLng": with_(lambda: folium.ClickForLatLng()),
    "ClickForMarker": with_(lambda: folium.ClickForMarker()),
    "LatLngPopup": with_(lambda: folium.LatLngPopup()),
    "Vega": vega,
    "VegaLite": vega,
    "CustomPane": pane,
    "ImageOverlay": image,
    # folium.plugins
    "AntPath": with_(lambda: plugins.AntPath(LINE, delay=800)),
    "BeautifyIcon": with_(
        lambda: folium.Marker(HERE, icon=plugins.BeautifyIcon(number=7, border_color="red"))
    ),
    "BoatMarker": with_(
        lambda: plugins.BoatMarker(HERE, heading=45, wind_heading=150, wind_speed=45, color="#8f8")
    ),
    "CirclePattern": pattern(plugins.CirclePattern),
    "Draw": with_(lambda: plugins.Draw()),
    "DualMap": dual,
    "FastMarkerCluster": with_(
        lambda: plugins.FastMarkerCluster([[42.3 + 0.01 * n, 130.6] for n in range(20)])
    ),
    "FeatureGroupSubGroup": sub_group,
    "FloatImage": with_(lambda: plugins.FloatImage(PICTURE, bottom=10, left=10)),
    "Fullscreen": with_(lambda: plugins.Fullscreen()),
    "GeoMan": with_(lambda: plugins.GeoMan()),
    "Geocoder": with_(lambda: plugins.Geocoder()),
    "GroupedLayerControl": grouped,
    "HeatMap": with_(lambda: plugins.HeatMap([[42.3, 130.6, 1], [42.4, 130.7, 0.5]])),
    "HeatMapWithTime": with_(
        lambda: plugins.HeatMapWithTime(
            [[[42.3, 130.6, 1]], [[42.4, 130.7, 1]]], index=["one", "two"]
        )
    ),
    "LocateControl": with_(lambda: plugins.LocateControl()),
    "MarkerCluster": with_(
        lambda: plugins.MarkerCluster(
            [[42.3 + 0.01 * n, 130.6] for n in range(20)], popups=[f"<b>{n}</b>" for n in range(20)]
        )
    ),
    "MeasureControl": with_(lambda: plugins.MeasureControl()),
    "MiniMap": with_(lambda: plugins.MiniMap(toggle_display=True)),
    "MousePosition": with_(
        lambda: plugins.MousePosition(
            separator=" | ",
            prefix="At:",
            lat_formatter="function(num) {return L.Util.formatNum(num, 3) + ' &deg; ';};",
        )
    ),
    "OverlappingMarkerSpiderfier": spider,
    "PolyLineFromEncoded": encoded(plugins.PolyLineFromEncoded),
    "PolyLineOffset": with_(
        lambda: plugins.PolyLineOffset(LINE, offset=8, color="red"),
        lambda: plugins.PolyLineOffset(LINE, offset=-8),
    ),
    "PolyLineTextPath": text_path,
    "PolygonFromEncoded": encoded(plugins.PolygonFromEncoded),
    "Realtime": with_(lambda: plugins.Realtime("https://example.org/x.json")),
    "ScrollZoomToggler": with_(lambda: plugins.ScrollZoomToggler()),
    "Search": search,
    "SemiCircle": with_(lambda: plugins.SemiCircle(HERE, radius=20000, direction=90, arc=120)),
    "SideBySideLayers": side_by_side,
    "StripePattern": pattern(plugins.StripePattern),
    "TagFilterButton": with_(
        lambda: folium.Marker(HERE, tags=["a"]), lambda: plugins.TagFilterButton(["a"])
    ),
    "Terminator": with_(lambda: plugins.Terminator()),
    "TimeSliderChoropleth": slider,
    "Timeline": timeline,
    "TimelineSlider": timeline,
    "TimestampedGeoJson": with_(
        lambda: plugins.TimestampedGeoJson(
            TIMED, period="P1D", add_last_point=True, auto_play=False, loop=False
        )
    ),
    "TimestampedWmsTileLayers": with_(
        lambda: plugins.TimestampedWmsTileLayers(
            folium.WmsTileLayer("https://example.org/wms", layers="x")
        )
    ),
    "TreeLayerControl": tree,
    "VectorGridProtobuf": with_(
        lambda: plugins.VectorGridProtobuf("https://example.org/{z}/{x}/{y}.pbf")
    ),
}


# By class: what its page must draw, counted in the browser.
DRAWN: dict[str, dict[str, int]] = {
    "Map": {"control": 2, "canvas": 1},
    "TileLayer": {"path": 1, "control": 3, "canvas": 1},
    "WmsTileLayer": {"control": 2, "canvas": 1},
    "Marker": {"marker": 1, "control": 2, "canvas": 1},
    "Icon": {"marker": 1, "control": 2, "canvas": 1},
    "DivIcon": {"marker": 1, "control": 2, "canvas": 1},
    "CustomIcon": {"marker": 1, "control": 2, "canvas": 1},
    "Popup": {"marker": 1, "popup": 1, "control": 2, "canvas": 1},
    "Tooltip": {"marker": 1, "tooltip": 1, "control": 2, "canvas": 1},
    "Html": {"marker": 1, "popup": 1, "control": 2, "canvas": 1},
    "IFrame": {"marker": 1, "control": 2, "canvas": 1},
    "PolyLine": {"path": 1, "control": 2, "canvas": 1},
    "Polygon": {"path": 1, "control": 2, "canvas": 1},
    "Rectangle": {"path": 1, "control": 2, "canvas": 1},
    "Circle": {"path": 1, "control": 2, "canvas": 1},
    "CircleMarker": {"path": 1, "control": 2, "canvas": 1},
    "RegularPolygonMarker": {"path": 1, "control": 2, "canvas": 1},
    "FeatureGroup": {"path": 1, "control": 3, "canvas": 1},
    "LayerControl": {"path": 1, "control": 3, "canvas": 1},
    "FitBounds": {"control": 2, "canvas": 1},
    "FitOverlays": {"path": 1, "control": 2, "canvas": 1},
    "GeoJson": {"path": 3, "control": 2, "canvas": 1},
    "GeoJsonTooltip": {"path": 3, "control": 2, "canvas": 1},
    "GeoJsonPopup": {"path": 3, "control": 2, "canvas": 1},
    "TopoJson": {"path": 2, "control": 2, "canvas": 1},
    "Choropleth": {"path": 3, "control": 3, "canvas": 1},
    "ColorLine": {"path": 2, "control": 2, "canvas": 1},
    "ColorMap": {"control": 3, "canvas": 1},
    "LinearColormap": {"control": 3, "canvas": 1},
    "StepColormap": {"path": 3, "control": 3, "canvas": 1},
    "Control": {"control": 3, "canvas": 1},
    "ClickForLatLng": {"control": 2, "canvas": 1},
    "ClickForMarker": {"control": 2, "canvas": 1},
    "LatLngPopup": {"control": 2, "canvas": 1},
    "CustomPane": {"path": 1, "control": 2, "canvas": 1},
    "ImageOverlay": {"control": 2, "canvas": 1},
    "AntPath": {"path": 2, "control": 2, "canvas": 1},
    "BeautifyIcon": {"marker": 1, "control": 2, "canvas": 1},
    "BoatMarker": {"marker": 1, "control": 2, "canvas": 1},
    "CirclePattern": {"path": 3, "control": 2, "canvas": 1},
    "DualMap": {"path": 2, "control": 4, "canvas": 2},
    "FastMarkerCluster": {"marker": 1, "control": 2, "canvas": 1},
    "FeatureGroupSubGroup": {"marker": 2, "control": 3, "canvas": 1},
    "FloatImage": {"control": 2, "canvas": 1},
    "Fullscreen": {"control": 3, "canvas": 1},
    "GroupedLayerControl": {"path": 1, "control": 3, "canvas": 1},
    "HeatMap": {"control": 2, "canvas": 2},
    "HeatMapWithTime": {"control": 3, "canvas": 2},
    "MarkerCluster": {"marker": 1, "control": 2, "canvas": 1},
    "MeasureControl": {"control": 3, "canvas": 1},
    "MiniMap": {"path": 1, "control": 3, "canvas": 2},
    "MousePosition": {"control": 3, "canvas": 1},
    "PolyLineFromEncoded": {"path": 1, "control": 2, "canvas": 1},
    "PolyLineOffset": {"path": 2, "control": 2, "canvas": 1},
    "PolyLineTextPath": {"path": 1, "control": 2, "canvas": 1},
    "PolygonFromEncoded": {"path": 1, "control": 2, "canvas": 1},
    "ScrollZoomToggler": {"control": 3, "canvas": 1},
    "Search": {"path": 3, "control": 3, "canvas": 1},
    "SemiCircle": {"path": 1, "control": 2, "canvas": 1},
    "SideBySideLayers": {"control": 2, "canvas": 1},
    "StripePattern": {"path": 3, "control": 2, "canvas": 1},
    "Terminator": {"path": 1, "control": 2, "canvas": 1},
    "TimeSliderChoropleth": {"path": 3, "control": 2, "canvas": 1},
    "Timeline": {"path": 1, "control": 3, "canvas": 1},
    "TimelineSlider": {"path": 1, "control": 3, "canvas": 1},
    "TimestampedGeoJson": {"path": 1, "marker": 1, "control": 3, "canvas": 1},
    "TreeLayerControl": {"path": 2, "control": 3, "canvas": 1},
}
# Carried, but with a change to what is seen or allowed.
CHANGED = {
    "AntPath": "stands still where reduced motion is asked for",
    "BeautifyIcon": "our own drawing",
    "BoatMarker": "our own drawing",
    "CirclePattern": "our own drawing",
    "ClickForLatLng": "simple formulas",
    "ClickForMarker": "simple formulas",
    "ColorMap": "our own drawing",
    "Control": "Zoom and Scale; others are refused",
    "CustomIcon": "the picture must be inside the map",
    "FastMarkerCluster": "our own clustering; the callback is the default one",
    "FloatImage": "the picture must be inside the map",
    "Fullscreen": "our own control",
    "GeoJson": "style functions of Python are; functions in JavaScript are refused",
    "GeoJsonPopup": "values are text",
    "GeoJsonTooltip": "values are text",
    "GroupedLayerControl": "our own list",
    "HeatMap": "our own drawing",
    "HeatMapWithTime": "our own drawing and axis",
    "Html": "allowed markup, else the text as typed",
    "IFrame": "what is in the frame takes its place",
    "Icon": "pin and icon are drawings",
    "ImageOverlay": "the picture must be inside the map",
    "LinearColormap": "our own drawing",
    "Map": "online tiles become the embedded base map",
    "MarkerCluster": "our own clustering; simple formulas as icons",
    "MeasureControl": "our own control",
    "MiniMap": "on the embedded base map",
    "MousePosition": "our own control; simple formulas",
    "Popup": "allowed markup, else the text as typed",
    "RegularPolygonMarker": "our own drawing",
    "ScrollZoomToggler": "our own button",
    "Search": "our own control",
    "SemiCircle": "our own drawing",
    "SideBySideLayers": "both sides show the embedded base map",
    "StepColormap": "our own drawing",
    "StripePattern": "our own drawing",
    "Terminator": "our own drawing, of the moment the page is opened",
    "TileLayer": "the embedded base map, and a word",
    "TimeSliderChoropleth": "our own axis",
    "Timeline": "our own axis",
    "TimelineSlider": "our own axis",
    "TimestampedGeoJson": "our own axis",
    "Tooltip": "allowed markup, else the text as typed",
    "TreeLayerControl": "our own list",
    "WmsTileLayer": "not drawn, and a word",
}
# Drawn, but folium's own page cannot be had here to compare it with.
NOT_COMPARED = {
    "ScrollZoomToggler": "its picture comes from the network",
    "SideBySideLayers": "its plugin is in no package that installs; both sides show one base map",
}
# Refused, with the reason.
REFUSED = {
    "Vega": "its library makes functions of text, which the policy forbids",
    "VegaLite": "its library makes functions of text, which the policy forbids",
    "Draw": "edits through functions of its own; no package carries it",
    "GeoMan": "edits through functions of its own; no package carries it",
    "Geocoder": "asks a server",
    "LocateControl": "carried with --assets and leaflet.locatecontrol",
    "OverlappingMarkerSpiderfier": "a function of its own; MarkerCluster spreads markers",
    "Realtime": "asks a server",
    "TagFilterButton": "carried with --assets and its npm packages",
    "TimestampedWmsTileLayers": "asks a server",
    "VectorGridProtobuf": "asks a server",
}
# No drawing of its own.
PLUMBING = {
    "JsCode": "a function of its own cannot be checked",
    "Element": "markup of allowed elements; scripts are refused",
    "Figure": "the frame of a map",
    "Div": "a box for markup",
    "Link": "a file that no element of folium names comes from --assets",
    "CssLink": "a file that no element of folium names comes from --assets",
    "JavascriptLink": "a file that no element of folium names comes from --assets",
    "MacroElement": "base of the others; a template of its own is refused",
}


def saved(made: object) -> str:
    """The map as folium itself saves it."""
    out = io.BytesIO()
    made.get_root().save(out, close_file=False)
    return out.getvalue().decode("utf-8")
