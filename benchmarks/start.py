"""How long the command takes to start, and a small page to be made, in processor time.

    python benchmarks/start.py [--rounds 7] [--json]

Every contender is a process of its own; they take turns in every round, and medians of the rounds
are compared. Time is that of the processor, user and system together, so that a slow disk or a busy
machine count less. What is measured:

- python: an interpreter that does nothing; no command written in Python starts faster.
- peers: `import geopandas, folium`, what any page of this kind needs; and a page made with them
  from the same three features, without a base map.
- ours: `import geo`, `geo --version`, `geo --help`, `geo map` of three features near each other,
  with the detailed base map where the extra `basemap` is installed, and of three far apart.

Nothing is written into the project.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

NEAR_DEG, FAR_DEG = 1.0, 40.0
PYTHON, PEER, PEER_PAGE = "python", "geopandas and folium", "folium, a page"
IMPORT, VERSION, HELP = "import geo", "geo --version", "geo --help"
NEAR, FAR = "geo map, near", "geo map, far"
COMMAND = "from geo.cli import main; main()"
FOLIUM_PAGE = """
import sys, folium, geopandas
features = geopandas.read_file(sys.argv[1])
made = folium.Map()
folium.GeoJson(features).add_to(made)
made.save(sys.argv[2])
"""
# Whose processor time is at most how many times whose.
LIMITS = (
    (IMPORT, 2.0, PYTHON),
    (VERSION, 0.35, PEER),
    (HELP, 0.45, PEER),
    (FAR, 2.2, PEER),
    (NEAR, 4.0, PEER),
)


def _features(step_deg: float) -> str:
    """Three features, each so far from the last."""
    corners = [[10 + n * step_deg, 45 + n * step_deg / 4] for n in range(4)]
    shapes = [
        {"type": "Point", "coordinates": corners[0]},
        {"type": "LineString", "coordinates": corners[1:3]},
        {"type": "Polygon", "coordinates": [[corners[0], corners[2], corners[3], corners[0]]]},
    ]
    rows = [
        {"type": "Feature", "properties": {"name": f"Feature {n}"}, "geometry": shape}
        for n, shape in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows})


def _contenders(folder: Path) -> dict[str, list[str]]:
    """What stands behind `python -c` for each, by name."""
    files = {NEAR: folder / "near.geojson", FAR: folder / "far.geojson"}
    files[NEAR].write_text(_features(NEAR_DEG), encoding="utf-8")
    files[FAR].write_text(_features(FAR_DEG), encoding="utf-8")
    page = str(folder / "page.html")
    maps = {name: [COMMAND, "map", str(file), "-o", page] for name, file in files.items()}
    return {
        PYTHON: ["pass"],
        PEER: ["import geopandas, folium"],
        PEER_PAGE: [FOLIUM_PAGE, str(files[NEAR]), page],
        IMPORT: ["import geo"],
        VERSION: [COMMAND, "--version"],
        HELP: [COMMAND, "--help"],
        **maps,
    }


def _processor_s(arguments: list[str]) -> float:
    """Seconds of the processor that one process takes. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"PYTHONHASHSEED": "0"}}
    subprocess.run([sys.executable, "-c", *arguments], check=True, **quiet)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(rounds: int) -> dict[str, float]:
    """Median seconds of the processor for each contender, by name."""
    with tempfile.TemporaryDirectory() as folder:
        contenders = _contenders(Path(folder))
        taken: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(rounds + (rounds > 1)):  # the first of several warms up
            for name, arguments in contenders.items():
                taken[name].append(_processor_s(arguments))
    return {name: statistics.median(times[-rounds:]) for name, times in taken.items()}


def verdicts(medians: Mapping[str, float]) -> Iterator[str]:
    """A line for each limit."""
    for ours, most, theirs in LIMITS:
        ratio = medians[ours] / medians[theirs]
        word = "held" if ratio <= most else "NOT HELD"
        yield f"{ours}: {ratio:.2f} × {theirs}, at most {most}: {word}"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    medians = measured(options.rounds)
    lines = list(verdicts(medians))
    if options.json:
        print(json.dumps({"processor_s": medians, "verdicts": lines}))
        return
    for name, seconds in medians.items():
        print(f"{name:24}{seconds:8.2f} s{seconds / medians[PYTHON]:8.1f} × {PYTHON}")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
