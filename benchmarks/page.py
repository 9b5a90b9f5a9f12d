"""A page of many track vertices: ours, folium's GeoJson layer, Leaflet's canvas, in one run.

    python benchmarks/page.py [--vertices 10000 100000 1000000 5000000] [--rounds 5] [--json]

Every contender makes a page of the same synthetic tracks of 2,000 positions, 300 s apart, each some
ten metres off its course as receivers are. None has a base map. All draw the lines alone, ours with
legend and list of vessels; a page of ours that also carries the time and speed of every position,
and has the clock, is looked at beside them. Contenders take turns in every round, each page in a
browser of its own and each export in a process of its own; medians of the rounds are compared. What
is measured:

- size: bytes of a vertex inside the page. For ours of the lines alone at 1e-5°, as folium rounds
  nothing but has no times; the entropy is that of their second differences, before base64.
- ready: from the start of navigation until the page is drawn and two frames have passed.
- memory: unique memory of the renderer, after garbage is collected.
- pan: the longest frame of a pan out of the view and back, as in pan.py.
- clock: the median frame while the clock is dragged through all times, for the usual length of
  the window and for the largest, the slower of both.
- export: seconds and peak memory of Python, everything it imports included, from lines in a frame
  to the file. No process imports what its own contender does not need.
- small page: a base map, three routes and twenty points, against folium's page of the same without
  a base map: its tiles get no answer.

The network is stubbed as in pan.py: each file that a page asks for is handed over at once, which
takes some milliseconds. A browser has a second to finish its own start before it is given a page.
Nothing is written into the project.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import page_export
import pandas as pd
import psutil
import shapely
from page_export import EACH, FOLIUM, OURS, WRITERS
from pan import FRAMES, PAN, PATIENCE_MS, SIZE, STEP_PX, STILL, _stub
from playwright.sync_api import Browser, Page, sync_playwright

import geo
from geo import basemap, draw, trackset

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import find_browser

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
STEP_S = 300
NOISE_DEG = 9e-5  # some ten metres
QUANTUM = 1e-5
DRAG = 120  # frames
TIMED = "ours, with times"
SMALL, SMALL_PEER = "ours, small page", "folium, small page"
START_S = 1.0  # of a browser's own, in which it loads pages of its own

# Milliseconds of each frame while the clock is dragged from its beginning to its end.
CLOCK = """([frames, largest]) => new Promise(done => {
  const slider = document.querySelector('.tracks-clock input[type=range]');
  const length = document.querySelector('.tracks-clock select');
  if (largest) length.value = String(length.options.length - 1);
  const times = [];
  const frame = now => {
    times.push(now);
    if (times.length > frames + 1) return done(times.slice(1).map((t, n) => t - times[n]).slice(1));
    slider.value = String(Math.round(Number(slider.max) * times.length / (frames + 2)));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
# Notes when our page says that it is drawn; of other pages, when their map is there and two frames
# have passed since the page was loaded.
WATCH = """window.drawn = new Promise(done => {
  const frames = n => n ? requestAnimationFrame(() => frames(n - 1)) : done(performance.now());
  addEventListener('load', () => {
    if ('Tumen' in window) return;
    const look = () => document.querySelector('.leaflet-map-pane')
      ? frames(2) : requestAnimationFrame(look);
    look();
  });
  new MutationObserver(() => {
    if (document.documentElement?.dataset.ready === '1') done(performance.now());
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-ready'] });
})"""
DRAWN = (
    "() => Object.values(window).find(v => v instanceof L.Map)._tumenTracks"
    ".reduce((sum, t) => sum + t.base.drawn, 0)"
)


# --- data ----------------------------------------------------------------------------------------


@cache
def positions(count: int, *, seed: int = 1) -> pd.DataFrame:
    """`count` synthetic positions: wandering courses, changing speeds, a receiver's noise."""
    rng = np.random.default_rng(seed)
    each = min(EACH, count)
    tracks = count // each
    speed = rng.uniform(5, 18, (tracks, 1)) + rng.normal(0, 0.1, (tracks, each)).cumsum(1)
    speed = np.abs(speed).clip(0.2, 25)
    heading = rng.uniform(0, 2 * np.pi, (tracks, 1)) + rng.normal(0, 0.03, (tracks, each)).cumsum(1)
    step = speed * 1.852 / 3600 * STEP_S / 111.195
    start = rng.uniform((110, -30), (170, 45), (tracks, 2))
    lon = start[:, :1] + (step * np.cos(heading)).cumsum(1) + rng.normal(0, NOISE_DEG, step.shape)
    lat = start[:, 1:] + (step * np.sin(heading)).cumsum(1) + rng.normal(0, NOISE_DEG, step.shape)
    seconds = rng.integers(0, 10 * 86400, (tracks, 1)) + STEP_S * np.arange(each)
    return pd.DataFrame(
        {
            "vessel": np.repeat([f"synthetic {n}" for n in range(tracks)], each),
            "time_utc": pd.Timestamp("2024-01-01", tz="UTC")
            + pd.to_timedelta(seconds.ravel(), "s"),
            "lon": ((lon + 180) % 360 - 180).ravel().round(5),
            "lat": lat.clip(-84, 84).ravel().round(5),
            "speed_kn": speed.ravel(),
        }
    )


def lines(count: int) -> gpd.GeoDataFrame:
    """The same tracks as lines, which is all that the peers draw."""
    return page_export.as_lines(positions(count)[["lon", "lat"]].to_numpy())


# --- contenders ----------------------------------------------------------------------------------


def write_timed(count: int, path: Path) -> None:
    """Our page of positions, with times and speeds: what is opened in the browser."""
    page_export.save(trackset.of_positions(positions(count)), path)


def _small() -> gpd.GeoDataFrame:
    """Three routes and twenty points."""
    rng = np.random.default_rng(3)
    starts = rng.uniform((118, 33), (134, 44), (23, 2))
    ways = [starts[n] + rng.normal(0, 0.2, (60, 2)).cumsum(0) for n in range(3)]
    shapes = [*shapely.linestrings(np.array(ways)), *shapely.points(starts[3:])]
    return gpd.GeoDataFrame({"name": [f"n{n}" for n in range(23)]}, geometry=shapes, crs=4326)


def write_small(path: Path) -> None:
    """Our small page."""
    frame = _small()
    drawing = draw.Map(tuple(frame.total_bounds))
    draw.Basemap([basemap.world()]).add_to(drawing)
    draw.Features(
        {"id": "n", "colour": "#0072B2", "collection": json.loads(frame.to_json())}
    ).add_to(drawing)
    draw.Ready().add_to(drawing)
    geo.page.save(drawing, path)


def write_small_folium(path: Path) -> None:
    """Folium's page of the same, with its usual tiles, which the stub does not answer."""
    drawing = folium.Map()
    drawing.fit_bounds(page_export.bounds_of(_small()))
    folium.GeoJson(_small(), tooltip=folium.GeoJsonTooltip(["name"])).add_to(drawing)
    drawing.save(path)


# --- measuring: export ---------------------------------------------------------------------------


def export(name: str, count: int, path: Path) -> dict[str, float]:
    """Seconds and peak memory of one export, in a process of its own."""
    course = path.with_name(f"lines-{count}.npy")
    if not course.exists():
        np.save(course, positions(count)[["lon", "lat"]].to_numpy())
    done = subprocess.run(
        [sys.executable, page_export.__file__, name, str(course), str(path)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def entropy_bytes(tracks: trackset.TrackSet) -> float:
    """Order-0 entropy of the second differences on the quantum, in bytes a vertex."""
    bits = 0.0
    for values in (tracks.lon, tracks.lat):
        units = np.rint(values / QUANTUM).astype(np.int64)
        second = np.diff(units, n=2)
        inside = np.ones(len(second), bool)
        for start in tracks.starts[1:-1]:
            inside[max(0, start - 2) : start] = False
        _, counts = np.unique(second[inside], return_counts=True)
        share = counts / counts.sum()
        bits -= float((share * np.log2(share)).sum())
    return bits / 8


def sizes(count: int) -> dict[str, float]:
    """Bytes a vertex: packed, in the page, with times and speeds, and the entropy."""
    plain = trackset.of_lines(lines(count), vessel="vessel")
    packed, timed = len(plain.packed()), len(trackset.of_positions(positions(count)).packed())
    return {
        "packed": packed / len(plain),
        "in_page": len(draw.Tracks(plain).pack) / len(plain),
        "timed_in_page": timed * 4 / 3 / len(plain),
        "entropy": entropy_bytes(plain),
    }


# --- measuring: the browser ----------------------------------------------------------------------


def opened(browser: Browser, path: Path) -> tuple[Page, float]:
    """A page with its map drawn, and the milliseconds that took.

    The page is asked over the protocol of its tools: what drives the browser would put a large
    script of its own into it first.
    """
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(WATCH)
    page.route(lambda url: url.startswith("http"), _stub)
    page.goto(path.as_uri(), wait_until="load", timeout=PATIENCE_MS)
    asked = {"expression": "drawn", "awaitPromise": True, "returnByValue": True}
    found = page.context.new_cdp_session(page).send("Runtime.evaluate", asked)
    return page, float(found["result"]["value"])


def renderer_mb(page: Page) -> float:
    """Memory that the page's renderer shares with nobody, after garbage is collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    own = psutil.Process().children(recursive=True)
    renderers = [p for p in own if "--type=renderer" in p.cmdline()]
    return max(p.memory_full_info().uss for p in renderers) / 1e6


def look(browser: Browser, path: Path) -> dict[str, float]:
    """Everything that is measured of one page in one browser."""
    page, ready = opened(browser, path)
    found = {"ready_ms": ready, "renderer_mb": renderer_mb(page)}
    for _ in range(3):
        page.evaluate(STILL)
    if page.query_selector(".tracks-clock"):
        found["drawn"] = page.evaluate(DRAWN)
        runs = [page.evaluate(CLOCK, [DRAG, largest]) for largest in (False, True)]
        found["clock_ms"] = max(statistics.median(times) for times in runs)
        page.evaluate("document.querySelector('.tracks-clock button[aria-label^=Show]').click()")
        page.evaluate(STILL)
    found["pan_ms"] = max(page.evaluate(PAN, [FRAMES, STEP_PX]))
    return found


def measure(count: int, rounds: int, folder: Path) -> dict[str, Any]:
    """Medians of all rounds, by contender; our sizes."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in (*WRITERS, TIMED)}
    shown = {name: folder / f"{n}.html" for n, name in enumerate(WRITERS)}
    timed = folder / "timed.html"
    write_timed(count, timed)
    with sync_playwright() as playwright:
        for _ in range(rounds):
            for name, path in shown.items():
                took = export(name, count, path)
                took["page_bytes"] = path.stat().st_size / count
                browser = _launch(playwright)
                runs[name].append(took | look(browser, path))
                browser.close()
            browser = _launch(playwright)
            runs[TIMED].append(look(browser, timed) | {"page_bytes": timed.stat().st_size / count})
            browser.close()
    found: dict[str, Any] = {name: _medians(own) for name, own in runs.items()}
    return found | {"sizes": sizes(count)}


def _launch(playwright: Any) -> Browser:
    browser: Browser = playwright.chromium.launch(
        executable_path=find_browser.find(), args=list(find_browser.QUIET)
    )
    time.sleep(START_S)
    return browser


def _medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def measure_small(rounds: int, folder: Path) -> dict[str, float]:
    """Milliseconds until the small pages are drawn."""
    pages = {SMALL: folder / "small.html", SMALL_PEER: folder / "small-folium.html"}
    write_small(pages[SMALL])
    write_small_folium(pages[SMALL_PEER])
    times: dict[str, list[float]] = {name: [] for name in pages}
    with sync_playwright() as playwright:
        for _ in range(rounds):
            for name, path in pages.items():
                browser = _launch(playwright)
                times[name].append(opened(browser, path)[1])
                browser.close()
    return {name: statistics.median(own) for name, own in times.items()}


# --- reporting -----------------------------------------------------------------------------------

COLUMNS = {
    "ready_ms": "ready ms", "renderer_mb": "memory MB", "pan_ms": "pan ms",
    "export_s": "export s", "export_gb": "peak GB", "page_bytes": "bytes each",
}  # fmt: skip


def report(count: int, found: Mapping[str, Any]) -> Iterator[str]:
    """A table of one size; ratios to folium's layer."""
    yield f"{count:,} vertices; ratios to {FOLIUM}"
    yield f"  {'':16}" + "".join(f"{title:>12}{'ratio':>8}" for title in COLUMNS.values())
    for name in (*WRITERS, TIMED):
        cells = [
            f"{found[name][key]:12.2f}{found[name][key] / found[FOLIUM][key]:8.2f}"
            if key in found[name]
            else f"{'–':>12}{'':8}"
            for key in COLUMNS
        ]
        yield f"  {name:16}{''.join(cells)}"
    own, mine = found["sizes"], found[TIMED]
    yield (f"  clock drag {mine['clock_ms']:.1f} ms a frame, {mine['drawn']:,.0f} segments in view")
    yield (
        f"  {own['in_page']:.2f} bytes a vertex in the page, {own['packed']:.2f} before base64, "
        f"entropy {own['entropy']:.2f}; with times and speeds {own['timed_in_page']:.2f}"
    )


def limits(
    results: Mapping[int, Any], small: Mapping[str, float]
) -> Iterator[tuple[str, float, float]]:
    """What was promised: words, the value, what it is at most."""
    for count, found in results.items():
        mine, timed, peer, own = found[OURS], found[TIMED], found[FOLIUM], found["sizes"]
        longest = max(mine["pan_ms"], timed["pan_ms"])
        yield f"{count:,}: bytes a vertex in the page", own["in_page"], 2.8
        yield f"{count:,}: packed ÷ entropy", own["packed"] / own["entropy"], 1.1
        frames = round(longest, 1) / round(peer["pan_ms"], 1)  # frames come a tenth apart by clock
        yield f"{count:,}: longest pan frame ÷ folium's", frames, 1.0
        yield f"{count:,}: ms of a frame of a clock drag", timed["clock_ms"], 33.0
        if count == 1_000_000:
            yield f"{count:,}: ready ÷ folium's", mine["ready_ms"] / peer["ready_ms"], 0.30
            memory = mine["renderer_mb"] / peer["renderer_mb"]
            yield f"{count:,}: memory of the renderer ÷ folium's", memory, 0.55
            yield f"{count:,}: export time ÷ folium's", mine["export_s"] / peer["export_s"], 0.15
            yield f"{count:,}: export memory ÷ folium's", mine["export_gb"] / peer["export_gb"], 0.5
    yield "small page: ready ÷ folium's", small[SMALL] / small[SMALL_PEER], 0.5
    if {1_000_000, 5_000_000} <= results.keys():
        few, many = results[1_000_000][OURS], results[5_000_000][OURS]
        for key in ("ready_ms", "renderer_mb", "export_s", "export_gb"):
            yield f"growth of {COLUMNS[key]} from one to five million", many[key] / few[key], 5.0


def verdicts(results: Mapping[int, Any], small: Mapping[str, float]) -> Iterator[str]:
    """A line for each promise."""
    for words, value, limit in limits(results, small):
        yield f"{words}: {value:.3f}, at most {limit:g}: {'held' if value <= limit else 'NOT HELD'}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vertices", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON for a program to read")
    options = parser.parse_args(arguments)
    results: dict[int, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        small = measure_small(options.rounds, Path(name))
        for count in options.vertices:
            results[count] = measure(count, options.rounds, Path(name))
            if not options.json:
                print("\n".join(report(count, results[count])), end="\n\n", flush=True)
    if options.json:
        judged = list(verdicts(results, small))
        print(json.dumps({"sizes": results, "small": small, "verdicts": judged}, indent=2))
    else:
        print("\n".join(f"{name}: ready in {ms:.0f} ms" for name, ms in small.items()))
        print("\n".join(verdicts(results, small)))


if __name__ == "__main__":
    main()
