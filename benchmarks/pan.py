"""Panning a map of many lines: ours against folium's own GeoJson layer, in one run in Chromium.

    python benchmarks/pan.py [--lines 5000 20000] [--rounds 3] [--json]

Each contender draws the same lines of 20 vertices, without tiles. In every frame the map is moved
on by a step, as Leaflet moves it (`panBy` without animation: the layers are told that the move has
ended, and draw what came into view); a frame is the time from one animation frame to the next. The
way leads out of the view and back, so that nobody is spared drawing. The limit is an empty map of
the same size. Contenders take turns, and medians over the rounds are compared. Nothing leaves the
machine: folium's page asks for its scripts and style sheets by address and is handed them from
packages; tiles get no answer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import Browser, Page, Route, sync_playwright

import geo
from geo import draw
from geo.maps.flowtables import flow_scene, flow_table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import find_browser
import stand_ins

BOUNDS = (118.0, 33.0, 138.0, 46.0)
VERTICES = 20
SIZE = {"width": 1280, "height": 800}
FRAMES, STEP_PX = 48, 60
LIMITS = {5_000: 1 / 2, 20_000: 1 / 10}  # of folium's frame, for ours as shipped
PATIENCE_MS = 180_000

# Milliseconds of each frame of a pan to the right and back.
PAN = """([frames, step]) => new Promise(done => {
  const map = Object.values(window).find(value => value instanceof L.Map);
  const times = [];
  const frame = now => {
    times.push(now);
    if (times.length > frames + 1) return done(times.slice(1).map((t, n) => t - times[n]).slice(1));
    map.panBy([times.length <= frames / 2 ? step : -step, 0], { animate: false });
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
STILL = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True)
class Contender:
    """A way to draw the lines: its name, and what writes its page."""

    name: str
    write: Callable[[int, Path], Path]


@cache
def lines(count: int, *, seed: int = 1) -> gpd.GeoDataFrame:
    """`count` lines of 20 vertices: a wandering course each, with an amount in tonnes."""
    rng = np.random.default_rng(seed)
    west, south, east, north = BOUNDS
    start = rng.uniform((west + 2, south + 2), (east - 2, north - 2), (count, 1, 2))
    turns = rng.normal(0, 0.25, (count, VERTICES)).cumsum(1)
    heading = rng.uniform(0, 2 * np.pi, (count, 1)) + turns
    steps = 0.1 * np.stack([np.cos(heading), np.sin(heading)], axis=2)
    steps[:, 0] = 0
    flow_t = np.round(rng.pareto(1.2, count) * 1_000 + 10)
    courses = shapely.linestrings(np.round(start + steps.cumsum(1), 5))
    return gpd.GeoDataFrame({"flow_t": flow_t}, geometry=courses, crs="EPSG:4326")


# --- contenders ----------------------------------------------------------------------------------


def ours(*, every_line: bool) -> Callable[[int, Path], Path]:
    """Our page of a flow table; `every_line` turns off the sum of the small ones."""

    def write(count: int, folder: Path) -> Path:
        drawing = draw.Map(BOUNDS)
        layer = draw.Many(_scene(count))
        if every_line:
            layer.value = {**layer.value, "limit": None}
        layer.add_to(drawing)
        draw.Ready().add_to(drawing)
        return geo.page.save(drawing, folder / "page.html")

    return write


@cache
def _scene(count: int) -> geo.scene.Scene:
    with tempfile.TemporaryDirectory() as folder:
        return flow_scene.scene(_table(lines(count), Path(folder)))


def _table(frame: gpd.GeoDataFrame, folder: Path) -> flow_table.FlowTable:
    ends = shapely.get_point(frame.geometry, [[0], [-1]])
    names = [[f"{side}{n}" for n in range(len(frame))] for side in "ab"]
    places = gpd.GeoDataFrame(
        {"place": names[0] + names[1]}, geometry=[*ends[0], *ends[1]], crs=frame.crs
    )
    ends_of = {"origin": names[0], "destination": names[1], "leg": frame.index}
    legs = frame[["geometry"]].assign(**ends_of)
    table = frame[["flow_t"]].assign(**ends_of, unit="t")
    places.to_file(folder / "places.geojson")
    legs.to_file(folder / "legs.geojson")
    table.rename(columns={"flow_t": "quantity"}).to_csv(folder / "flows.csv", index=False)
    return flow_table.read(
        folder / "flows.csv", places=folder / "places.geojson", legs=folder / "legs.geojson"
    )


def folium_layer(*, canvas: bool) -> Callable[[int, Path], Path]:
    """Folium's page, as its own documentation makes it."""

    def write(count: int, folder: Path) -> Path:
        drawing = _folium_map(canvas=canvas)
        folium.GeoJson(lines(count).to_json()).add_to(drawing)
        drawing.save(folder / "page.html")
        return folder / "page.html"

    return write


def empty(_: int, folder: Path) -> Path:
    """A map that draws nothing: what the browser itself takes."""
    _folium_map(canvas=False).save(folder / "page.html")
    return folder / "page.html"


def _folium_map(*, canvas: bool) -> folium.Map:
    drawing = folium.Map(tiles=None, prefer_canvas=canvas)
    west, south, east, north = BOUNDS
    drawing.fit_bounds([[south, west], [north, east]])
    return drawing


CONTENDERS = (
    Contender("ours", ours(every_line=False)),
    Contender("ours, no sum", ours(every_line=True)),
    Contender("folium, SVG", folium_layer(canvas=False)),
    Contender("folium, canvas", folium_layer(canvas=True)),
    Contender("empty map", empty),
)


# --- measuring -----------------------------------------------------------------------------------


def opened(browser: Browser, path: Path) -> Page:
    """A page with its map drawn and still."""
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(PATIENCE_MS)
    page.route(lambda url: url.startswith("http"), _stub)
    page.goto(path.as_uri(), wait_until="load", timeout=PATIENCE_MS)
    page.wait_for_selector(".leaflet-map-pane", state="attached")
    for _ in range(5):
        page.evaluate(STILL)
    return page


def _stub(route: Route) -> None:
    content, kind = stand_ins.answer(route.request.url)
    if content:
        route.fulfill(body=content, content_type=kind)
    else:
        route.abort()


def frames_ms(page: Page) -> list[float]:
    """The time of each frame while the map is panned out of the view and back."""
    return page.evaluate(PAN, [FRAMES, STEP_PX])


def measure(count: int, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of the mean and of the longest frame, and the lines drawn, by contender."""
    found: dict[str, list[tuple[float, float]]] = {c.name: [] for c in CONTENDERS}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        pages = {c.name: c.write(count, _folder(Path(name), c.name)) for c in CONTENDERS}
        for _ in range(rounds):
            for contender, path in pages.items():
                browser = playwright.chromium.launch(
                    executable_path=find_browser.find(), args=list(find_browser.QUIET)
                )
                times = frames_ms(opened(browser, path))
                browser.close()
                found[contender].append((statistics.fmean(times), max(times)))
    return {
        contender: {
            "mean_ms": statistics.median(mean for mean, _ in runs),
            "longest_ms": statistics.median(longest for _, longest in runs),
        }
        for contender, runs in found.items()
    }


def _folder(root: Path, name: str) -> Path:
    folder = root / name.replace(" ", "-").replace(",", "")
    folder.mkdir()
    return folder


def report(count: int, found: dict[str, dict[str, float]]) -> Iterator[str]:
    """A table of ratios to the faster of folium's two."""
    peer = min((n for n in found if n.startswith("folium")), key=lambda n: found[n]["mean_ms"])
    yield f"{count:,} lines of {VERTICES} vertices; ratios to {peer}"
    yield f"  {'':16}{'mean frame':>12}{'ratio':>8}{'longest':>12}{'ratio':>8}"
    for name, times in found.items():
        cells = [
            f"{times[key]:9.1f} ms{times[key] / found[peer][key]:8.3f}"
            for key in ("mean_ms", "longest_ms")
        ]
        yield f"  {name:16}{''.join(cells)}"
    if count in LIMITS:
        ratio = found["ours"]["mean_ms"] / found[peer]["mean_ms"]
        verdict = "held" if ratio <= LIMITS[count] else "NOT HELD"
        yield f"  at most {LIMITS[count]:.2f} of folium's mean frame: {ratio:.3f}, {verdict}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, nargs="+", default=list(LIMITS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON for a program to read")
    options = parser.parse_args(arguments)
    found = {count: measure(count, options.rounds) for count in options.lines}
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for count, times in found.items():
        print("\n".join(report(count, times)), end="\n\n")


if __name__ == "__main__":
    main()
