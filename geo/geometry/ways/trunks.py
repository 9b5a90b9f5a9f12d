"""Ways laid together: the stretches that they share, each once, with who uses it and which way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Stretch", "stretches"]

Floats: TypeAlias = NDArray[np.float64]
Point: TypeAlias = tuple[float, float]
Step: TypeAlias = tuple[Point, Point]
Users: TypeAlias = frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Stretch:
    """Points (n, 2) from where the first user comes; users: name and 1, or −1 for the other way."""

    xy: Floats
    users: tuple[tuple[str, int], ...]


def stretches(ways: Mapping[str, Floats]) -> list[Stretch]:
    """Return the stretches of ways by name, in the order of the first way that uses each.

    Two ways share a step where both have its two points, to the last digit. What a stretch carries
    does not change along it: every user uses the whole of it.
    """
    users = _users(ways)
    found: dict[frozenset[Step], Stretch] = {}
    for xy in ways.values():
        steps = [*pairwise(map(tuple, xy.tolist()))]
        for own, group in groupby(steps, key=lambda step: _seen(step, users)):
            run = list(group)
            line = np.array([run[0][0], *(step[1] for step in run)])
            found.setdefault(frozenset(map(_key, run)), Stretch(line, tuple(sorted(own))))
    return list(found.values())


def _users(ways: Mapping[str, Floats]) -> dict[Step, set[tuple[str, int]]]:
    """Who uses each step, and whether from its lesser end."""
    found: dict[Step, set[tuple[str, int]]] = {}
    for name, xy in ways.items():
        for step in pairwise(map(tuple, xy.tolist())):
            found.setdefault(_key(step), set()).add((name, 1 if step == _key(step) else -1))
    return found


def _seen(step: Step, users: Mapping[Step, set[tuple[str, int]]]) -> Users:
    """The users of a step, 1 for those that go the way it is written."""
    turn = 1 if step == _key(step) else -1
    return frozenset((name, turn * way) for name, way in users[_key(step)])


def _key(step: Step) -> Step:
    return min(step, step[::-1])
