"""Rings for what is moved within one place: on the side where the fewest of its lines leave.

Coordinates are (lon, lat); a ring is a circle of the Mercator map that touches its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from geo.geometry import curves

__all__ = ["rings"]

WIDE, NARROW = 0.1, 0.04  # across, of the larger side of the box round all places
BESIDE = 0.5  # of the way to the next place a ring may be across
ALONE = 0.05 / 360  # the side of the box round one place, in widths of the world
VERTICES = 33
UP = np.array([0.0, 1.0])

Position = tuple[float, float]


def rings(
    inner: Iterable[str], positions: Mapping[str, Position], pairs: Iterable[tuple[str, str]]
) -> dict[str, curves.Floats]:
    """A closed line of degrees for each place of `inner`; `pairs` are ends of the other lines."""
    names = list(positions)
    points = curves.project(np.array([*positions.values()], dtype=float).reshape(-1, 2))
    at = {name: points[n] for n, name in enumerate(names)}
    side = float(max(np.ptp(points, axis=0), default=0.0)) or ALONE
    ways: dict[str, list[curves.Floats]] = {}
    for one, other in pairs:
        ways.setdefault(one, []).append(at[other] - at[one])
        ways.setdefault(other, []).append(at[one] - at[other])
    made = {}
    for name in inner:
        across = np.clip(BESIDE * _next(points, at[name]), NARROW * side, WIDE * side)
        middle = at[name] + _free(ways.get(name, [])) * across / 2
        made[name] = curves.unproject(_circle(middle, at[name]))
    return made


def _next(points: curves.Floats, own: curves.Floats) -> float:
    """How far the nearest other place is."""
    away = np.hypot(*(points - own).T)
    return float(min(away[away > 0], default=np.inf))


def _free(ways: list[curves.Floats]) -> curves.Floats:
    """The direction, as a unit, in the middle of the widest angle that no way leaves in."""
    angles = np.sort([np.arctan2(y, x) for x, y in ways if x or y])
    if not len(angles):
        return UP
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    n = int(np.argmax(np.round(gaps, 9)))
    middle = angles[n] + gaps[n] / 2
    return np.array([np.cos(middle), np.sin(middle)])


def _circle(middle: curves.Floats, start: curves.Floats) -> curves.Floats:
    x, y = start - middle
    turn = np.linspace(0.0, 2 * np.pi, VERTICES)
    ring = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1)
    return np.asarray(middle + ring)
