"""A path pulled taut: as short as it gets between the same obstacles, on geodesic legs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString

from geo.geometry import measure
from geo.geometry.ways.obstacles import Bools, Floats, Obstacles, leg

_STEP_DEG = 0.25
_SAMPLES = 150  # points of a found path that the pulling looks at
_FILL = 60
_ROUNDS = 3
_HALVINGS = 7


def taut(path: Floats, obstacles: Obstacles) -> LineString:
    """Return the path as short as it gets between the same obstacles, on geodesic legs."""
    steps = shapely.get_coordinates(shapely.segmentize(LineString(_distinct(path)), _STEP_DEG))
    xy = _skipped(_resampled(steps), obstacles)
    if obstacles.hard.intersects(leg(xy)):
        # A long grid step can be clear where its geodesic is not; then keep to the steps.
        return LineString(steps)
    for pull in (_from_the_end, _from_the_start, _corners_cut, _tightened) * _ROUNDS:
        xy = _better(pull(xy, obstacles), xy, obstacles)
    return leg(xy)


def _better(pulled: Floats, xy: Floats, obstacles: Obstacles) -> Floats:
    shorter = measure.line_km(LineString(pulled)) < measure.line_km(LineString(xy))
    return pulled if shorter and not obstacles.hard.intersects(leg(pulled)) else xy


def _distinct(xy: Floats) -> Floats:
    """Drop repeats: one point on two grids."""
    moved: Bools = np.append(True, np.abs(np.diff(xy, axis=0)).max(axis=1) > 1e-9)
    return np.asarray(xy[moved])


def _resampled(xy: Floats) -> Floats:
    """Return the path with at most about `_SAMPLES` points, every turn among them."""
    step = np.diff(xy, axis=0)
    turn = np.abs(step[1:, 0] * step[:-1, 1] - step[1:, 1] * step[:-1, 0]) > 1e-12
    every = max(1, len(xy) // _SAMPLES)
    keep = np.concatenate([[True], turn, [True]]) | (np.arange(len(xy)) % every == 0)
    return np.asarray(xy[keep])


def _filled(xy: Floats) -> Floats:
    """Add points on the geodesic legs, about `_FILL` in all."""
    line = LineString(xy)
    each_km = max(measure.line_km(line) / _FILL, 0.1)
    return np.asarray(measure.densify(line, max_km=each_km).coords, dtype=np.float64)


def _skipped(xy: Floats, obstacles: Obstacles) -> Floats:
    """Go from each point straight to the farthest later one in sight."""
    kept = [0]
    while kept[-1] < len(xy) - 1:
        here = kept[-1]
        legs = (there for there in range(len(xy) - 1, here + 1, -1))
        kept.append(next((t for t in legs if obstacles.sees(xy[here], xy[t])), here + 1))
    return xy[kept]


def _from_the_start(xy: Floats, obstacles: Obstacles) -> Floats:
    return _skipped(_filled(xy), obstacles)


def _from_the_end(xy: Floats, obstacles: Obstacles) -> Floats:
    return _from_the_start(xy[::-1], obstacles)[::-1]


def _tightened(xy: Floats, obstacles: Obstacles) -> Floats:
    """Move each corner towards the line between its neighbours, as far as the view allows."""
    out = [xy[0]]
    for corner, after in pairwise(xy[1:]):
        toward = _abreast(corner, out[-1], after) - corner
        share = _most(partial(_corner_sees, obstacles, out[-1], corner, toward, after))
        out.append(corner + share * toward)
    return np.array([*out, xy[-1]])


def _corner_sees(
    obstacles: Obstacles,
    before: Floats,
    corner: Floats,
    toward: Floats,
    after: Floats,
    share: float,
) -> bool:
    moved = corner + share * toward
    return obstacles.sees(before, moved) and obstacles.sees(moved, after)


def _corners_cut(xy: Floats, obstacles: Obstacles) -> Floats:
    """Replace each corner by two points, one on either leg, as far apart as the view allows."""
    out = [xy[0]]
    for corner, after in pairwise(xy[1:]):
        share = _most(partial(_cut_sees, obstacles, out[-1], corner, after))
        out += _cut(out[-1], corner, after, share)
    return _distinct(np.array([*out, xy[-1]]))


def _cut(before: Floats, corner: Floats, after: Floats, share: float) -> list[Floats]:
    return [corner + share / 2 * (before - corner), corner + share / 2 * (after - corner)]


def _cut_sees(
    obstacles: Obstacles, before: Floats, corner: Floats, after: Floats, share: float
) -> bool:
    points = [before, *_cut(before, corner, after, share), after]
    return all(obstacles.sees(a, b) for a, b in pairwise(points))


def _abreast(corner: Floats, before: Floats, after: Floats) -> Floats:
    """Return the point on the geodesic between the neighbours that lies abreast of the corner."""
    to, on = measure.geodesic_km(*before, *corner), measure.geodesic_km(*corner, *after)
    at = measure.interpolate(LineString([before, after]), to / (to + on), normalized=True)
    return np.array([at.x, at.y])


def _most(clear: Callable[[float], bool]) -> float:
    """Return the largest share found clear, by bisection; 0 is clear."""
    low, high = 0.0, 1.0
    if clear(high):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if clear(middle) else (low, middle)
    return low
