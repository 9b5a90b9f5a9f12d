"""`GeoDataFrame.explore()` with each of its documented options, on data made here."""

import copy
from collections.abc import Callable

import branca.colormap
import folium
import geopandas
import numpy as np
from shapely.geometry import LineString, Point, box

FRAME = geopandas.GeoDataFrame(
    {
        "name": ["a", "b", "c"],
        "value": [1.0, 2.0, 3.0],
        "kind": ["x", "y", "x"],
        "holey": [1.0, np.nan, 3.0],
        "yes": [True, False, True],
    },
    geometry=[box(130, 42, 130.4, 42.4), box(130.5, 42, 131, 42.4), box(131, 42, 131.4, 42.4)],
    crs=4326,
)
POINTS = FRAME.set_geometry([Point(130, 42), Point(130.5, 42), Point(131, 42.2)])
LINES = FRAME.set_geometry([LineString([(130, 42), (131, 43 + n)]) for n in range(3)])


def of(frame: geopandas.GeoDataFrame, **options: object) -> Callable[[], folium.Map]:
    """What makes a map with options; `m` is a function that makes the map to draw on."""

    def made() -> folium.Map:
        given = copy.deepcopy(options)  # explore() takes things out of what it is given
        return frame.explore(**{k: v() if k == "m" else v for k, v in given.items()})

    made.options = options  # type: ignore[attr-defined]
    return made


EXPLORED: dict[str, Callable[[], folium.Map]] = {
    "nothing": of(FRAME),
    "a series": lambda: FRAME.geometry.explore(color="purple"),
    "column": of(FRAME, column="value"),
    "column of numbers": of(FRAME, column=np.array([3, 1, 2])),
    "column of truths": of(FRAME, column="yes"),
    "cmap by name": of(FRAME, column="value", cmap="Set1"),
    "cmap of colours": of(FRAME, column="kind", cmap=["red", "blue"]),
    "cmap of branca": of(
        FRAME, column="value", cmap=branca.colormap.LinearColormap(["white", "navy"], vmax=3)
    ),
    "cmap as function": of(
        FRAME, column="value", cmap=lambda v: "green" if v > 1 else "red", legend=False
    ),
    "color": of(FRAME, color="red"),
    "color by row": of(FRAME, color=["red", "green", "blue"]),
    "m": of(LINES, m=lambda: FRAME.explore(column="value", legend=False), color="black"),
    "tiles": of(FRAME, tiles="CartoDB positron"),
    "attr": of(FRAME, tiles="https://tiles.invalid/{z}/{x}/{y}", attr="somebody"),
    "no tiles": of(FRAME, tiles=None),
    "tooltip": of(FRAME, tooltip=["name", "value"]),
    "tooltip of two": of(FRAME, tooltip=2),
    "no tooltip": of(FRAME, tooltip=False),
    "tooltip_kwds": of(
        FRAME,
        tooltip="name",
        tooltip_kwds={"labels": False, "sticky": False, "style": "background: yellow;"},
    ),
    "popup": of(FRAME, popup=True),
    "popup_kwds": of(FRAME, popup=["value"], popup_kwds={"labels": False, "max_width": 120}),
    "highlight": of(FRAME, highlight=False),
    "highlight_kwds": of(FRAME, highlight_kwds={"weight": 8, "fillOpacity": 0.9}),
    "categorical": of(FRAME, column="value", categorical=True, legend=True),
    "categories": of(FRAME, column="kind", categories=["y", "x"]),
    "no legend": of(FRAME, column="value", legend=False),
    "scheme": of(FRAME, column="value", scheme="quantiles", k=2, cmap="viridis"),
    "classification_kwds": of(
        FRAME, column="value", scheme="userdefined", classification_kwds={"bins": [1.5, 2.5, 4]}
    ),
    "vmin, vmax": of(FRAME, column="value", vmin=0, vmax=5),
    "width, height": of(FRAME, width="80%", height=400),
    "control_scale": of(FRAME, control_scale=False),
    "marker_type circle": of(POINTS, marker_type="circle", marker_kwds={"radius": 9000}),
    "marker_type circle_marker": of(
        POINTS, marker_type="circle_marker", marker_kwds={"radius": 9, "fill": True}
    ),
    "marker_type marker": of(POINTS, marker_type="marker"),
    "marker_type with icon": of(
        POINTS, marker_type="marker", marker_kwds={"icon": folium.Icon(color="red", icon="star")}
    ),
    "a marker": of(POINTS, marker_type=folium.CircleMarker(radius=11)),
    "draggable": of(POINTS, marker_type="marker", marker_kwds={"draggable": True}),
    "style_kwds": of(FRAME, style_kwds={"fillOpacity": 0.1, "weight": 5, "color": "black"}),
    "no stroke, no fill": of(FRAME, style_kwds={"stroke": False, "fill": True, "opacity": 0.5}),
    "style_function": of(
        FRAME,
        style_kwds={
            "style_function": lambda f: {
                "color": "red" if f["properties"]["value"] > 1 else "blue",
                "dashArray": "4",
            }
        },
    ),
    "missing_kwds": of(FRAME, column="holey", missing_kwds={"color": "grey", "label": "no value"}),
    "missing among classes": of(
        FRAME, column="holey", scheme="equalinterval", k=2, legend_kwds={"colorbar": False}
    ),
    "legend caption": of(FRAME, column="value", legend_kwds={"caption": "Value (t)"}),
    "legend labels": of(FRAME, column="kind", legend_kwds={"labels": ["one", "two"]}),
    "legend fmt": of(
        FRAME,
        column="value",
        scheme="equalinterval",
        legend_kwds={"colorbar": False, "fmt": "{:.0f}", "interval": True},
    ),
    "legend scale": of(
        FRAME, column="value", scheme="quantiles", k=3, legend_kwds={"scale": False}
    ),
    "legend max_labels": of(FRAME, column="value", legend_kwds={"max_labels": 3}),
    "map_kwds": of(FRAME, map_kwds={"dragging": False, "scrollWheelZoom": False}),
    "name and control": of(FRAME, name="areas", show=True, overlay=True, control=True),
    "map options": of(FRAME, prefer_canvas=False, min_zoom=2, max_zoom=9, zoom_start=7),
    "lines": of(LINES, column="kind", style_kwds={"weight": 6}),
}
