"""A still picture against a screenshot of the same scene, and what a whole briefing costs.

    python benchmarks/still.py [--folder data] [--page NAME] [--rounds 3] [--json]

Contenders take turns in one run; medians of the rounds are compared. All start from a scene in
memory and end with a PNG in memory:

- picture: `geo.still.png`, no browser.
- screenshot: the page is rendered and saved, a headless Chromium is started, opens it offline,
  waits until the page says that it is drawn, and takes a screenshot. The peer of a picture here
  and there.
- screenshot, browser open: the same in a Chromium that already runs.

Then `geo brief` on the folder, every format, in a process of its own: its time, and the largest
resident memory of it and its children together, looked at every 50 ms.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, sync_playwright

import geo
from geo import still

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import find_browser

SIZE = {"width": 1280, "height": 720}
DPI = 96
READY = 'html[data-ready="1"]'
SAMPLE_S = 0.05
LIMIT_S, LIMIT_MB = 30.0, 500.0


def picture(scene: geo.scene.Scene) -> bytes:
    """Ours, without a browser."""
    return still.png(scene, sheet="slide", dpi=DPI)


def screenshot(scene: geo.scene.Scene, browser: Browser) -> bytes:
    """The page of the scene in a browser that runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(geo.page.render(scene), encoding="utf-8")
        context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
        context.set_offline(True)
        tab = context.new_page()
        tab.goto(path.as_uri())
        tab.wait_for_selector(READY, state="attached")
        shown = tab.screenshot()
        context.close()
    return shown


def timed(work: Callable[[], bytes]) -> float:
    """Seconds that it took to make a PNG."""
    began = time.perf_counter()
    if not work().startswith(b"\x89PNG"):
        raise SystemExit("a contender made no PNG")
    return time.perf_counter() - began


def rounds_of(scene: geo.scene.Scene, rounds: int) -> dict[str, float]:
    """Median seconds of each contender."""
    path = find_browser.find()
    with sync_playwright() as playwright:

        def start() -> Browser:
            return playwright.chromium.launch(executable_path=path, args=list(find_browser.QUIET))

        def cold() -> bytes:
            browser = start()
            shown = screenshot(scene, browser)
            browser.close()
            return shown

        warm = start()
        work: dict[str, Callable[[], bytes]] = {
            "picture": lambda: picture(scene),
            "screenshot": cold,
            "screenshot, browser open": lambda: screenshot(scene, warm),
        }
        found: dict[str, list[float]] = {name: [] for name in work}
        for _ in range(rounds):
            for name, make in work.items():
                found[name].append(timed(make))
        warm.close()
    return {name: statistics.median(times) for name, times in found.items()}


def briefing(folder: Path) -> dict[str, float]:
    """Seconds and megabytes of `geo brief` with every format."""
    with tempfile.TemporaryDirectory() as output:
        command = [str(Path(sys.executable).with_name("geo")), "brief", str(folder), "-o", output]
        began = time.perf_counter()
        child = psutil.Popen(command, stdout=subprocess.DEVNULL)
        peak = 0
        while child.poll() is None:
            peak = max(peak, _resident(child))
            time.sleep(SAMPLE_S)
        if child.returncode:
            raise SystemExit(f"geo brief ended with code {child.returncode}")
        return {"seconds": time.perf_counter() - began, "megabytes": peak / 1e6}


def _resident(process: psutil.Process) -> int:
    try:
        family = [process, *process.children(recursive=True)]
        return sum(int(one.memory_info().rss) for one in family)
    except psutil.NoSuchProcess:  # it ended while it was looked at
        return 0


def report(found: dict[str, Any]) -> Iterator[str]:
    """The figures with their ratios and limits."""
    mine = found["stills"]["picture"]
    for name, seconds in found["stills"].items():
        yield f"  {name:26}{seconds:8.2f} s{mine / seconds:8.2f} picture ÷ this"
    brief = found["brief"]
    for name, limit in (("seconds", LIMIT_S), ("megabytes", LIMIT_MB)):
        held = "held" if brief[name] <= limit else "NOT HELD"
        yield f"  geo brief, every format: {brief[name]:.1f} {name}, at most {limit:g}: {held}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("data"))
    parser.add_argument("--page", default="rail")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON for a program to read")
    options = parser.parse_args(arguments)
    scene = geo.scene.pages(geo.package.load(options.folder))[options.page]
    found = {"stills": rounds_of(scene, options.rounds), "brief": briefing(options.folder)}
    print(json.dumps(found, indent=2) if options.json else "\n".join(report(found)))


if __name__ == "__main__":
    main()
