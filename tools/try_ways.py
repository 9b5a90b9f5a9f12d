"""Try ways between random points of the world's coasts, and draw some of them on one sheet.

    python tools/try_ways.py 5000 --seed 1 --sheet ways.png

Points lie about 3 km round shores up to 72° N, as many to a coast as it is long, between 60° S and
there or, with --south, from 78° S. Says how many ways were found, and of how many a promise is
broken: on land, under the geodesic, beyond the latitudes, through ice, a step too long, an end
that was moved farther than it may be. Exit code 1 where a promise is broken.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np
import shapely
from matplotlib import pyplot as plt

from geo import basemap, measure, water
from geo.errors import GeoError
from geo.geometry import passages
from geo.geometry.ways import network
from geo.geometry.ways.search import Planner, joined

MAX_SNAP_KM = 5.0
BATCH = 1000
SOUTH = -60.0  # Antarctic waters begin
ALONE = 50  # pairs whose way is found once more, by the command's own road
LonLat = tuple[float, float]
Ends = tuple[LonLat, LonLat]
Way = shapely.LineString


def coastal(seed: int, south: float) -> Iterator[LonLat]:
    """Points round shores north of a latitude, drawn by length of shore."""
    rng = np.random.default_rng(seed)
    shores = [part.exterior for part in basemap.land().geoms]
    lengths = np.array([shore.length for shore in shores])
    shares = np.cumsum(lengths / lengths.sum())
    while True:
        shore = shores[min(int(np.searchsorted(shares, rng.random())), len(shores) - 1)]
        at = shore.interpolate(rng.random() * shore.length)
        lon, lat = at.x + rng.normal(0, 0.03), at.y + rng.normal(0, 0.03)
        if south < lat < 72 and abs(lon) <= 180:
            yield float(lon), float(lat)


def broken(line: shapely.LineString, ends: Ends) -> list[str]:
    """The promises that a way breaks, reckoned here and not by the kit's own proof."""
    xy = np.asarray(line.coords)
    wrong = []
    for turn in (-360, 0, 360):
        part = shapely.LineString(np.add(xy, (turn, 0)))
        if shapely.intersects(basemap.land(), part):
            wrong.append(f"on land for {measure.line_km(part & basemap.land()):.3f} km")
    steps = measure.geodesic_km(*xy[:-1].T, *xy[1:].T)
    least = float(measure.geodesic_km(*xy[0], *xy[-1]))
    if steps.sum() < least * (1 - 1e-9):
        wrong.append(f"under the geodesic by {least - steps.sum():.3f} km")
    if steps.max() > water.MAX_STEP_KM + 1e-6 or np.abs(np.diff(xy[:, 0])).max() > 180:
        wrong.append("a step too long")
    if xy[:, 1].max() > max(network.MAX_LAT, *(end[1] for end in ends)):
        wrong.append(f"latitude {xy[:, 1].max():.2f}")
    for end, at in zip(ends, (xy[0], xy[-1]), strict=True):
        if measure.geodesic_km(*end, *at) > MAX_SNAP_KM + 0.01:
            wrong.append("an end moved too far")
    if any(one.closed and not any(map(one.holds, ends)) for one in passages.crossed(line)):
        wrong.append("through ice")
    if xy[:, 1].min() < SOUTH < min(end[1] for end in ends):
        wrong.append(f"latitude {xy[:, 1].min():.2f}")
    return wrong


def on_water(points: int, seed: int, south: float) -> tuple[list[LonLat], Counter[str]]:
    """Points with water that ships reach, and why others have none."""
    plan = water.planner(basemap.land(), max_snap_km=MAX_SNAP_KM)
    found, none = [], Counter[str]()
    for point in islice(coastal(seed, south), points):
        try:
            plan.joined(point, passages.closed([point]))
            found.append(point)
        except GeoError as error:
            none[re.sub(r"-?\d+(\.\d+)?", "#", str(error).split(" of ")[0])] += 1
    return found, none


def tried(points: list[LonLat], count: int, seed: int) -> tuple[list[Way], int, list[str]]:
    """Ways found, how many pairs have none, and promises broken."""
    plan = water.planner(basemap.land(), max_snap_km=MAX_SNAP_KM)
    rng, ways, none, wrong = np.random.default_rng(seed), [], 0, []
    drawn = [rng.choice(len(points), size=2, replace=False) for _ in range(count)]
    pairs = [(points[a], points[b]) for a, b in drawn]
    for low in range(0, count, BATCH):
        own = pairs[low : low + BATCH]
        for ends, course in zip(own, plan.courses(own), strict=True):
            if course is None:
                none += 1
                continue
            ways.append(joined(course.xy))
            found = [f"{ends}: {text}" for text in broken(ways[-1], ends)]
            print(*found, sep="\n", end="\n" * bool(found), flush=True)
            wrong += found
        print(low + len(own), len(ways), len(wrong), f"{time.process_time():.0f} s", flush=True)
    for ends in pairs[:ALONE]:
        found = [f"{ends}: {text}" for text in alone(ends, plan)]
        print(*found, sep="\n", end="\n" * bool(found), flush=True)
        wrong += found
    return ways, none, wrong


def alone(ends: Ends, plan: Planner) -> list[str]:
    """Whether the command's own way is the same as that of the batch."""
    (course,) = plan.courses([ends])
    try:
        found = water.route(*ends, land=basemap.land(), max_snap_km=MAX_SNAP_KM)
    except GeoError as error:
        return [] if course is None else [str(error)]
    if course is None or abs(measure.line_km(joined(course.xy)) - found.length_km) > 0.001:
        return ["another way alone"]
    return []


def draw(ways: list[Way], path: str) -> None:
    """A sheet of ways, a colour each, with rings at their ends."""
    figure, axes = plt.subplots(figsize=(28, 15), layout="constrained")
    for part in basemap.land().geoms:
        axes.fill(*part.exterior.xy, color="#d8d4c8", linewidth=0)
    for number, way in enumerate(ways):
        colour = plt.cm.turbo((number * 0.618) % 1)
        for part in shapely.get_parts(measure.cut_antimeridian(way)):
            axes.plot(*part.xy, color=colour, linewidth=1)
        ends = np.asarray(way.coords)[[0, -1]]
        axes.plot((ends[:, 0] + 180) % 360 - 180, ends[:, 1], "o", color=colour, markersize=5)
    axes.set(xlim=(-180, 180), ylim=(-75, 85), aspect=1.25)
    figure.savefig(path, dpi=80)


def main() -> None:
    """Try, draw and say."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("count", type=int)
    options.add_argument("--points", type=int, default=1000, help="how many to draw pairs from")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--south", action="store_true", help="Antarctic shores too")
    options.add_argument("--sheet", help="a picture to write")
    options.add_argument("--drawn", type=int, default=100, help="ways on the sheet")
    asked = options.parse_args()
    points, reasons = on_water(asked.points, asked.seed, -78.0 if asked.south else SOUTH)
    ways, none, wrong = tried(points, asked.count, asked.seed)
    if asked.sheet:
        draw(ways[: asked.drawn], asked.sheet)
    for reason, times in reasons.most_common():
        print(f"{times:5d} of {asked.points} points: {reason}")
    print(
        f"{len(ways)} ways of {asked.count} pairs, {none} have none; {len(wrong)} promises broken"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
