"""Try ways between random points of the world's coasts, and draw some of them on one sheet.

    python tools/try_ways.py 5000 --seed 1 --sheet ways.png

Points lie about 3 km round shores between 60° S and 72° N, as many to a coast as it is long. Says
how many ways were found, and of how many a promise is broken: on land, under the geodesic, beyond
the latitudes, a step that is no geodesic, an end that was moved farther than it may be. What has no
way is counted by its reason. Exit code 1 where a promise is broken.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np
import shapely
from matplotlib import pyplot as plt

from geo import basemap, measure, water
from geo.errors import GeoError
from geo.ways import network

MAX_SNAP_KM = 5.0
LonLat = tuple[float, float]


def coastal(seed: int) -> Iterator[LonLat]:
    """Points round shores, drawn by length of shore."""
    rng = np.random.default_rng(seed)
    shores = [part.exterior for part in basemap.land().geoms]
    lengths = np.array([shore.length for shore in shores])
    shares = np.cumsum(lengths / lengths.sum())
    while True:
        shore = shores[min(int(np.searchsorted(shares, rng.random())), len(shores) - 1)]
        at = shore.interpolate(rng.random() * shore.length)
        lon, lat = at.x + rng.normal(0, 0.03), at.y + rng.normal(0, 0.03)
        if -60 < lat < 72 and abs(lon) <= 180:
            yield float(lon), float(lat)


def broken(found: water.Route, ends: tuple[LonLat, LonLat]) -> list[str]:
    """The promises that a way breaks, reckoned here and not by the kit's own proof."""
    xy = np.asarray(found.line.coords)
    wrong = []
    for turn in (-360, 0, 360):
        part = shapely.LineString(np.add(xy, (turn, 0)))
        if shapely.intersects(basemap.land(), part):
            wrong.append(f"on land for {measure.line_km(part & basemap.land()):.3f} km")
    steps = measure.geodesic_km(*xy[:-1].T, *xy[1:].T)
    least = float(measure.geodesic_km(*xy[0], *xy[-1]))
    if steps.sum() < least * (1 - 1e-9):
        wrong.append(f"under the geodesic by {least - steps.sum():.3f} km")
    if abs(steps.sum() - found.length_km) > 0.001:
        wrong.append(f"length {found.length_km:.3f}, steps {steps.sum():.3f} km")
    if steps.max() > water.MAX_STEP_KM + 1e-6 or np.abs(np.diff(xy[:, 0])).max() > 180:
        wrong.append("a step too long")
    if xy[:, 1].max() > max(network.MAX_LAT, *(end[1] for end in ends)):
        wrong.append(f"latitude {xy[:, 1].max():.2f}")
    for end, at in zip(ends, (xy[0], xy[-1]), strict=True):
        if measure.geodesic_km(*end, *at) > MAX_SNAP_KM + 0.01:
            wrong.append("an end moved too far")
    return wrong


def pairs(count: int, points: int, seed: int) -> list[tuple[LonLat, LonLat]]:
    """Pairs of different points out of so many."""
    own = list(islice(coastal(seed), points))
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(points, size=2, replace=False) for _ in range(count)]
    return [(own[a], own[b]) for a, b in drawn]


def tried(count: int, points: int, seed: int) -> tuple[list[water.Route], Counter[str], list[str]]:
    """Ways found, reasons for none, and promises broken."""
    ways, none, wrong = [], Counter[str](), []
    said = 0
    for number, ends in enumerate(pairs(count, points, seed)):
        try:
            found = water.route(*ends, land=basemap.land(), max_snap_km=MAX_SNAP_KM)
        except GeoError as error:
            none[re.sub(r"-?\d+(\.\d+)?", "#", str(error).split(" of ")[0].split(" from ")[0])] += 1
            if "does not hold" in str(error):
                wrong.append(f"{ends}: {error}")
        except Exception:
            wrong.append(f"{ends}: {traceback.format_exc()}")
        else:
            ways.append(found)
            wrong += [f"{ends}: {text}" for text in broken(found, ends)]
        for text in wrong[said:]:
            print(text, flush=True)
        said = len(wrong)
        if number % 50 == 49:
            print(number + 1, len(ways), said, f"{time.process_time():.0f} s", flush=True)
    return ways, none, wrong


def draw(ways: list[water.Route], path: str) -> None:
    """A sheet of ways, a colour each, with rings at their ends."""
    figure, axes = plt.subplots(figsize=(28, 15), layout="constrained")
    for part in basemap.land().geoms:
        axes.fill(*part.exterior.xy, color="#d8d4c8", linewidth=0)
    for number, way in enumerate(ways):
        colour = plt.cm.turbo((number * 0.618) % 1)
        for part in shapely.get_parts(measure.cut_antimeridian(way.line)):
            axes.plot(*part.xy, color=colour, linewidth=1)
        ends = np.asarray(way.line.coords)[[0, -1]]
        axes.plot((ends[:, 0] + 180) % 360 - 180, ends[:, 1], "o", color=colour, markersize=5)
    axes.set(xlim=(-180, 180), ylim=(-75, 85), aspect=1.25)
    figure.savefig(path, dpi=80)


def main() -> None:
    """Try, draw and say."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("count", type=int)
    options.add_argument("--points", type=int, default=1000, help="how many to draw pairs from")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--sheet", help="a picture to write")
    options.add_argument("--drawn", type=int, default=100, help="ways on the sheet")
    asked = options.parse_args()
    ways, none, wrong = tried(asked.count, asked.points, asked.seed)
    if asked.sheet:
        draw(ways[: asked.drawn], asked.sheet)
    print(f"{len(ways)} ways of {asked.count} pairs, {len(wrong)} promises broken")
    for reason, times in none.most_common():
        print(f"{times:5d}  {reason}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
