"""The pages folium itself saves, opened with files of this machine in the place of the network's.

Tiles are left out. What two pages draw is compared picture by picture.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import folium_cases as cases
import matplotlib.image
import numpy as np
from branca.element import Element
from conftest import DESKTOP
from playwright.sync_api import Browser, BrowserContext, Page, Route
from stand_ins import answer

import geo

NOON = "2024-03-20T12:00:00Z"
# Asked for, and used by nothing of folium's.
IDLE = {"jquery-ui.min.js"}


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
