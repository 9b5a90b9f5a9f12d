"""A data folder as it grows: what checking, building and opening it cost, as ratios to the first.

    python benchmarks/folder.py [--sizes 1 10 100 1000] [--rounds 1] [--json] [--keep FOLDER]

Folders are made by corridors.py: ten flows a corridor. Time is that of the processor, user and
system together, of a process of its own; memory its largest resident size; ready the time from
opening the overview in an offline headless Chromium until it says that it is drawn. What the first
size costs is the start; a corridor costs what the largest takes beyond it, divided by the corridors
beyond it. Sizes take turns in every round, and medians of the rounds are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import corridors
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import find_browser

SIZES = (1, 10, 100, 1000)
COMMAND = "from geo.cli import main; main()"
PAGE = "overview.html"
READY = 'html[data-ready="1"]'
CHECK, BUILD, MEMORY, BYTES, OPEN = "check s", "build s", "memory MB", "page kB", "ready s"
MEASURES = (CHECK, BUILD, MEMORY, BYTES, OPEN)
# At the largest size: a corridor, a flow row, the memory, the page.
MOST_CORRIDOR_S, MOST_ROW_KB, MOST_MB, MOST_READY_S = 0.05, 2.0, 1000.0, 2.0


def _run(*arguments: str) -> tuple[float, float]:
    """Seconds of the processor and megabytes that the command takes. Raises SystemExit."""
    started = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONHASHSEED": "0", "TUMEN_CACHE": "off"},
    )
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"geo {' '.join(arguments)} ended with code {started.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6


def _ready_s(page: Path, browser: Browser) -> float:
    """Seconds until a page says that it is drawn, with no network."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    tab = context.new_page()
    began = time.perf_counter()
    tab.goto(page.as_uri())
    tab.wait_for_selector(READY, state="attached")
    taken = time.perf_counter() - began
    context.close()
    return taken


def _measure(folder: Path, browser: Browser) -> dict[str, float]:
    """Every measure of one folder."""
    pages = folder / "pages"
    check_s, _ = _run("check", str(folder))
    build_s, memory_mb = _run("build", str(folder), "-o", str(pages))
    page = pages / PAGE
    kilobytes = page.stat().st_size / 1000
    values = (check_s, build_s, memory_mb, kilobytes, _ready_s(page, browser))
    return dict(zip(MEASURES, values, strict=True))


def measured(sizes: Sequence[int], rounds: int, place: Path) -> dict[int, dict[str, float]]:
    """Medians of every measure by the number of corridors."""
    found: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    for size in sizes:
        corridors.write(place / str(size), corridors=size)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(), args=list(find_browser.QUIET)
        )
        for _ in range(rounds):
            for size in sizes:
                found[size].append(_measure(place / str(size), browser))
        browser.close()
    return {
        size: {name: statistics.median(one[name] for one in own) for name in MEASURES}
        for size, own in found.items()
    }


def verdicts(found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """A line for each limit."""
    first, last = min(found), max(found)
    beyond = max(last - first, 1)
    more = {name: (found[last][name] - found[first][name]) / beyond for name in MEASURES}
    told = (
        ("build, a corridor", more[BUILD], MOST_CORRIDOR_S, "s"),
        ("page, a flow row", more[BYTES] / corridors.YEARS, MOST_ROW_KB, "kB"),
        ("memory", found[last][MEMORY], MOST_MB, "MB"),
        ("ready", found[last][OPEN], MOST_READY_S, "s"),
    )
    for what, value, most, unit in told:
        word = "held" if value <= most else "NOT HELD"
        yield f"{what}: {value:.3g} {unit} at {last:,} corridors, at most {most:g} {unit}: {word}"


def _table(found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """A row for each size: every measure, and its ratio to the first."""
    yield f"{'corridors':>9}" + "".join(f"{name:>12}{'ratio':>8}" for name in MEASURES)
    first = found[min(found)]
    for size, own in found.items():
        cells = (f"{own[name]:>12,.1f}{own[name] / first[name]:>8.2f}" for name in MEASURES)
        yield f"{size:>9,}" + "".join(cells)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where folders and pages are kept")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        found = measured(sorted(options.sizes), options.rounds, options.keep or Path(own))
    lines = list(verdicts(found))
    if options.json:
        print(json.dumps({"sizes": found, "verdicts": lines}))
        return
    print(*_table(found), *lines, sep="\n")


if __name__ == "__main__":
    main()
