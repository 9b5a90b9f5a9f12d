"""The pages folium itself saves, opened with files of this machine in the place of the network's.

Scripts and styles come from packages of the tests (`tests/web/package-lock.json`, XStatic, folium);
tiles are left out. What two pages draw is compared picture by picture.
"""

from __future__ import annotations

import io
import mimetypes
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import folium_cases as cases
import matplotlib.image
import numpy as np
from branca.element import Element
from conftest import DESKTOP, ROOT
from playwright.sync_api import Browser, BrowserContext, Page, Route
from xstatic.pkg import bootstrap_scss, font_awesome
from xstatic.pkg import leaflet as xstatic_leaflet

import geo

MODULES = ROOT / "tests" / "web" / "node_modules"
LEAFLET, AWESOME = Path(xstatic_leaflet.BASE_DIR), Path(font_awesome.BASE_DIR)
FOLIUM = Path(str(files("folium"))) / "templates"
NOON = "2024-03-20T12:00:00Z"
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
# Asked for, and used by nothing of folium's.
IDLE = {"jquery-ui.min.js"}
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


def missing(text: str) -> list[str]:
    """The scripts a page of folium asks for that no package of this machine holds."""
    asked = re.findall(r'<script src="([^"]+)"', text)
    names = {a.rsplit("/", 1)[-1] for a in asked if not answer(a)[0]}
    return sorted(names - IDLE)


class Viewer:
    """One page of a browser in which originals and ours are opened one after the other."""

    def __init__(self, browser: Browser, size: tuple[int, int] = DESKTOP) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            timezone_id="UTC",
        )
        self.context.route("**/*", self._answer)
        self.page: Page = self.context.new_page()
        self.page.clock.set_fixed_time(NOON)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _answer(self, route: Route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
            return
        content, kind = answer(route.request.url)
        route.fulfill(body=content, content_type=kind)

    def open(self, path: Path) -> None:
        """Open a file and wait until it is drawn."""
        self.faults.clear()
        self.page.mouse.move(2, 2)
        self.page.goto(path.as_uri())
        self.page.evaluate(SETTLED)

    def act(self, name: str) -> None:
        """Do what shows more of a class: point at something, or click it."""
        if name in ACTS:
            x, y, click = ACTS[name]
            self.page.mouse.move(x, y)
            if click:
                self.page.mouse.click(x, y)
            self.page.evaluate(SETTLED)

    def shoot(self) -> Picture:
        """The page as it looks without ground and attribution, and where its controls stand."""
        boxes = self.page.evaluate(BARE)
        return Picture(pixels(self.page.screenshot(animations="disabled")), boxes)


SETTLED = """async () => {
    if (window.Tumen) while (document.documentElement.dataset.ready !== '1')
        await new Promise(done => requestAnimationFrame(done));
    await document.fonts.ready;
    await Promise.all(Array.from(document.images, i => i.decode().catch(() => 0)));
    for (let n = 0; n < 3; n++) await new Promise(done => requestAnimationFrame(done));
}"""
# What is done to a page before it is looked at: where the pointer goes, and whether it clicks.
ACTS = {
    "GeoJson": (567, 425, True),
    "GeoJsonTooltip": (567, 425, False),
    "GeoJsonPopup": (567, 400, False),
    "Choropleth": (567, 425, False),
    "Marker": (640, 380, True),
    "Icon": (640, 385, False),
    "IFrame": (640, 380, True),
    "Polygon": (640, 380, True),
    "PolyLine": (640, 400, False),
    "LatLngPopup": (700, 300, True),
    "ClickForMarker": (700, 300, True),
    "TimestampedGeoJson": (567, 436, False),
}
GROUND = (221, 221, 221)
BARE = """() => {
    const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
    const set = (name, value) => n => n.style.setProperty(name, value, 'important');
    each('.leaflet-tile-pane, .leaflet-tile-pane *, .leaflet-tumen-basemap-pane,' +
         ' .leaflet-tumen-labels-pane, .leaflet-tumen-labels-pane *,' +
         ' .leaflet-control-attribution', set('visibility', 'hidden'));
    each('.leaflet-container', set('background', 'rgb(221, 221, 221)'));
    return Array.from(document.querySelectorAll('.leaflet-control'), n => {
        const box = n.getBoundingClientRect();
        return [box.left, box.top, box.right, box.bottom].map(Math.round); });
}"""


@dataclass
class Picture:
    """A page as pixels, and the boxes of its controls as (left, top, right, bottom)."""

    rgb: np.ndarray
    controls: list[list[int]]


def pixels(png: bytes) -> np.ndarray:
    shares = matplotlib.image.imread(io.BytesIO(png), format="png")[:, :, :3]
    return np.rint(shares * 255).astype(np.uint8)


NEAR_PX, NEAR_COLOUR, SEEN = 2, 48, 8


def drawn(rgb: np.ndarray) -> np.ndarray:
    """Where a picture shows more than the bare ground."""
    return np.any(np.abs(rgb.astype(np.int16) - np.asarray(GROUND)) > SEEN, axis=2)


def unmatched(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> int:
    """How many points of a picture the other shows nowhere within NEAR_PX."""
    here, there = one.astype(np.int16), other.astype(np.int16)
    apart = np.max(np.abs(here - there), axis=2) > NEAR_COLOUR
    rows, columns = np.nonzero(apart & where)
    height, width = apart.shape
    for dy in range(-NEAR_PX, NEAR_PX + 1):
        for dx in range(-NEAR_PX, NEAR_PX + 1):
            near = there[np.clip(rows + dy, 0, height - 1), np.clip(columns + dx, 0, width - 1)]
            left = np.max(np.abs(here[rows, columns] - near), axis=1) > NEAR_COLOUR
            rows, columns = rows[left], columns[left]
    return len(rows)


def differences(original: Picture, ours: Picture) -> tuple[float, float]:
    """The share of what either draws that the other does not, in percent: of all, of the map alone.

    A point is the same where the other picture has its colour (no channel more than NEAR_COLOUR
    of 255 apart) within NEAR_PX. The map alone leaves out where either has a control.
    """
    either = drawn(original.rgb) | drawn(ours.rgb)
    bare = either.copy()
    for left, top, right, bottom in (*original.controls, *ours.controls):
        bare[max(0, top - 6) : bottom + 6, max(0, left - 6) : right + 6] = False
    return _share(original, ours, either), _share(original, ours, bare)


def _share(original: Picture, ours: Picture, where: np.ndarray) -> float:
    one, other = original.rgb, ours.rgb
    apart = max(unmatched(one, other, where), unmatched(other, one, where))
    return 100 * apart / max(1, int(where.sum()))


def compared(
    viewer: Viewer,
    folder: Path,
    name: str,
    make: Callable[[], Element],
    ours: Callable[[], Element] | None = None,
) -> tuple[float, float]:
    """How much the page of a map differs from folium's own, in percent: all of it, and the map.

    `ours` makes another map for our page. Pictures stay in the folder that TUMEN_SCREENSHOTS names.
    """
    text = cases.saved(make())
    absent = missing(text)
    assert absent == [], f"{name}: no package of the tests holds {absent}"
    pages = {"original": folder / "original.html", "ours": folder / "ours.html"}
    pages["original"].write_text(text, encoding="utf-8")
    geo.page.save((ours or make)(), pages["ours"])
    pictures = []
    for who, path in pages.items():
        viewer.open(path)
        viewer.act(name)
        assert viewer.faults == [], f"{name}, {who}: {viewer.faults}"
        pictures.append(viewer.shoot())
        kept = os.environ.get("TUMEN_SCREENSHOTS")
        if kept:
            matplotlib.image.imsave(Path(kept) / f"{name}-{who}.png", pictures[-1].rgb)
    return differences(*pictures)
