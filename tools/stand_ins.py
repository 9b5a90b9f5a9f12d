"""Files of this machine in the place of the network's, for the pages that folium itself saves.

Scripts and styles come from packages: those of `tests/web/package-lock.json`, XStatic's, folium.
"""

from __future__ import annotations

import mimetypes
from functools import cache
from importlib.resources import files
from pathlib import Path

from xstatic.pkg import bootstrap_scss, font_awesome
from xstatic.pkg import leaflet as xstatic_leaflet

MODULES = Path(__file__).resolve().parent.parent / "tests" / "web" / "node_modules"
LEAFLET, AWESOME = Path(xstatic_leaflet.BASE_DIR), Path(font_awesome.BASE_DIR)
FOLIUM = Path(str(files("folium"))) / "templates"
# What an address ends with → the file that answers it; all else is answered with nothing.
NAMED = {
    "leaflet.js": LEAFLET / "leaflet.js",
    "leaflet.css": LEAFLET / "leaflet.css",
    "all.min.css": AWESOME / "css" / "all.min.css",
    "leaflet_heat.min.js": FOLIUM / "leaflet_heat.min.js",
    "pa7_hm.min.js": FOLIUM / "pa7_hm.min.js",
    "pa7_leaflet_hm.min.js": FOLIUM / "pa7_leaflet_hm.min.js",
} | {
    name: MODULES / path
    for name, path in {
        "jquery-3.7.1.min.js": "jquery/dist/jquery.min.js",
        "jquery.min.js": "jquery/dist/jquery.min.js",
        "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
        "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
        "leaflet.awesome-markers.js": "leaflet.awesome-markers/dist/leaflet.awesome-markers.js",
        "leaflet.awesome-markers.css": "leaflet.awesome-markers/dist/leaflet.awesome-markers.css",
        "leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
        "MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
        "MarkerCluster.Default.css": "leaflet.markercluster/dist/MarkerCluster.Default.css",
        "leaflet-ant-path.min.js": "leaflet-ant-path/dist/leaflet-ant-path.js",
        "leaflet.polylineoffset.min.js": "leaflet-polylineoffset/leaflet.polylineoffset.js",
        "leaflet-search.min.js": "leaflet-search/dist/leaflet-search.min.js",
        "leaflet-search.min.css": "leaflet-search/dist/leaflet-search.min.css",
        "Semicircle.min.js": "leaflet-semicircle/Semicircle.js",
        "leaflet.textpath.min.js": "leaflet-textpath/leaflet.textpath.js",
        "leaflet.timedimension.min.js":
            "leaflet-timedimension/dist/leaflet.timedimension.min.js",
        "leaflet.timedimension.control.css":
            "leaflet-timedimension/dist/leaflet.timedimension.control.css",
        "iso8601.min.js": "iso8601-js-period/iso8601.js",
        "L.Control.Layers.Tree.min.js": "leaflet.control.layers.tree/L.Control.Layers.Tree.js",
        "L.Control.Layers.Tree.min.css": "leaflet.control.layers.tree/L.Control.Layers.Tree.css",
        "Control.FullScreen.min.js": "leaflet.fullscreen/Control.FullScreen.js",
        "Control.FullScreen.css": "leaflet.fullscreen/Control.FullScreen.css",
        "leaflet.timeline.min.js": "leaflet.timeline/dist/leaflet.timeline.js",
        "Polyline.encoded.js": "polyline-encoded/Polyline.encoded.js",
        "moment.min.js": "moment/min/moment.min.js",
        "topojson.min.js": "topojson-client/dist/topojson-client.min.js",
        "d3.min.js": "d3/d3.min.js",
        "d3.v4.min.js": "d3-selection/dist/d3-selection.min.js",
        "Control.MiniMap.js": "leaflet-minimap/dist/Control.MiniMap.min.js",
        "Control.MiniMap.css": "leaflet-minimap/dist/Control.MiniMap.min.css",
        "leaflet.groupedlayercontrol.min.js":
            "leaflet-groupedlayercontrol/dist/leaflet.groupedlayercontrol.min.js",
        "leaflet.groupedlayercontrol.min.css":
            "leaflet-groupedlayercontrol/dist/leaflet.groupedlayercontrol.min.css",
        "leaflet-dvf.markers.min.js": "leaflet-dvf/dist/leaflet-dvf.markers.min.js",
        "leaflet.boatmarker.min.js": "leaflet.boatmarker/leaflet.boatmarker.min.js",
        "leaflet.featuregroup.subgroup.js":
            "leaflet.featuregroup.subgroup/dist/leaflet.featuregroup.subgroup.js",
        "leaflet.terminator": "@joergdietrich/leaflet.terminator/L.Terminator.js",
        "L.Map.Sync.min.js": "leaflet.sync/L.Map.Sync.js",
        "L.Control.MousePosition.min.js":
            "leaflet-mouse-position/src/L.Control.MousePosition.js",
        "L.Control.MousePosition.min.css":
            "leaflet-mouse-position/src/L.Control.MousePosition.css",
        "leaflet-beautify-marker-icon.min.js": "beautifymarker/leaflet-beautify-marker-icon.js",
        "leaflet-beautify-marker-icon.min.css":
            "beautifymarker/leaflet-beautify-marker-icon.css",
        "leaflet.pattern.js": "leaflet.pattern/dist/leaflet.pattern.js",
        "leaflet-measure.min.js": "leaflet-measure/dist/leaflet-measure.js",
        "leaflet-measure.min.css": "leaflet-measure/dist/leaflet-measure.css",
    }.items()
}  # fmt: skip
# The legends of explore() can be dragged by it; here they stay.
STILL = {"jquery-ui.js": b"jQuery.fn.draggable = function () { return this; };"}
# Where pictures and fonts of those style sheets lie.
FOLDERS = (
    LEAFLET,
    AWESOME,
    *(
        MODULES / name
        for name in (
            "leaflet.awesome-markers/dist", "leaflet-search", "leaflet-minimap/dist",
            "leaflet.fullscreen", "leaflet-measure/dist", "leaflet.control.layers.tree",
        )
    ),
)  # fmt: skip


@cache
def glyphicons() -> str:
    """The style sheet of Glyphicons, from the package that pages take the icons from."""
    folder = Path(bootstrap_scss.BASE_DIR)
    text = (folder / "scss/bootstrap/_glyphicons.scss").read_text(encoding="utf-8")
    rules = text[text.index(".glyphicon {") :]
    return (
        "@font-face { font-family: 'Glyphicons Halflings';"
        " src: url(fonts/glyphicons-halflings-regular.woff2); }\n" + rules
    )


def answer(address: str) -> tuple[bytes, str]:
    """What stands for a file of the network: its content and its type."""
    path = address.split("?")[0].split("#")[0]
    name = path.rsplit("/", 1)[-1]
    if name == "bootstrap-glyphicons.css":
        return glyphicons().encode(), "text/css"
    if name in STILL:
        return STILL[name], "text/javascript"
    if name.startswith("glyphicons-halflings"):
        font = Path(bootstrap_scss.BASE_DIR) / "fonts" / "bootstrap" / name
        return font.read_bytes(), "font/woff2"
    end = "/".join(path.split("/")[-2:])
    found = [f for f in (NAMED.get(name), *(d / e for d in FOLDERS for e in (end, name))) if f]
    for one in found:
        if one.is_file():
            return one.read_bytes(), mimetypes.guess_type(one.name)[0] or "text/javascript"
    return b"", mimetypes.guess_type(name)[0] or "text/plain"
