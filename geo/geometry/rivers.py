"""Names of great rivers for the ground of a map: on their own line, where the view is.

`assets/rivers.json` says which towns a river passes: the line of a base map that passes them too is
the river's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.geometry import packing
from geo.geometry.seas import AROUND, TURNS, Sea, View

__all__ = ["named"]

NEAR_DEG = 0.1  # between a town and the line of its river, which is drawn along the middle
WITHIN, MORE = 1.4, 4  # half views that points are spread over: a screen shows more than a view
FAR_DEG = 1.5  # from a town, beyond which a line may be another river's


def named(view: View, packs: Sequence[bytes]) -> tuple[Sea, ...]:
    """The rivers that base maps draw in a view (west, south, east, north, degrees) or round it.

    Each once, with the point of its line that is nearest to the middle of the view, and others.
    """
    found: dict[str, Sea] = {}
    for river, line in (one for data in packs for one in _lines(data)):
        points = _points(line, view)
        if points and river["id"] not in found:
            found[river["id"]] = Sea(river["names"], *points[0], river["zoom"], tuple(points[1:]))
    return tuple(found.values())


def _points(line: NDArray[np.float64], view: View) -> list[tuple[float, float]]:
    """The point of a line nearest to the middle of a view, and some along what the view shows.

    None where the line is not even round the view.
    """
    west, south, east, north = view
    half = np.array([east - west, north - south]) / 2
    turned = np.concatenate([line + np.array([turn, 0.0]) for turn in TURNS])
    apart = (np.abs(turned - np.array([west, south]) - half) / half).max(axis=1)
    if apart.min() > 1 + 2 * AROUND:
        return []
    shown = np.flatnonzero(apart < WITHIN)
    along = [shown[len(shown) * n // (MORE + 1)] for n in range(1, MORE + 1) if len(shown)]
    chosen = turned[[int(apart.argmin()), *along]].round(3).tolist()
    return [(lon, lat) for lon, lat in dict.fromkeys(map(tuple, chosen))]


@lru_cache(maxsize=4)
def _lines(data: bytes) -> list[tuple[dict[str, Any], NDArray[np.float64]]]:
    """The points of every great river that a pack draws, near the towns by which it is known."""
    layers = (layer for layer in packing.decode(data) if layer.name.endswith("river"))
    parts = [np.asarray(part, dtype=float) for layer in layers for part in layer.parts]
    if not parts:
        return []
    boxes = np.array([part.min(axis=0) for part in parts]), np.array([p.max(axis=0) for p in parts])
    found = ((river, _sure(np.vstack(own), river)) for river in _known()
             if (own := list(_of(river, parts, boxes))))  # fmt: skip
    return [(river, line) for river, line in found if len(line)]


def _of(
    river: dict[str, Any],
    parts: Sequence[NDArray[np.float64]],
    boxes: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Iterator[NDArray[np.float64]]:
    """The lines that pass a town of a river, for each town the nearest."""
    low, high = boxes
    used: set[int] = set()
    for town in (np.add(town, (turn, 0)) for town in river["towns"] for turn in TURNS):
        by = np.flatnonzero(((low - NEAR_DEG <= town) & (town <= high + NEAR_DEG)).all(axis=1))
        apart = {n: float(np.hypot(*(parts[n] - town).T).min()) for n in by.tolist()}
        nearest = min(apart, key=apart.__getitem__, default=-1)
        if nearest >= 0 and apart[nearest] <= NEAR_DEG and nearest not in used:
            used.add(nearest)
            yield parts[nearest]


def _sure(line: NDArray[np.float64], river: dict[str, Any]) -> NDArray[np.float64]:
    """The points of a line that are of this river: one line may go on as that it flows into."""
    own = _to_towns(line, [river])
    other = _to_towns(line, [one for one in _known() if one is not river])
    return line[(own <= FAR_DEG) & (own < other / 2)]


def _to_towns(line: NDArray[np.float64], known: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """Degrees from each point of a line to the nearest town of some rivers."""
    towns = np.array([town for river in known for town in river["towns"]], dtype=float)
    gap = line[:, None] - towns[None]
    gap[..., 0] -= 360 * np.round(gap[..., 0] / 360)
    least: NDArray[np.float64] = np.hypot(gap[..., 0], gap[..., 1]).min(axis=1)
    return least


@cache
def _known() -> list[dict[str, Any]]:
    text = (files("geo.geometry") / "assets" / "rivers.json").read_text(encoding="utf-8")
    known: list[dict[str, Any]] = json.loads(text)["rivers"]
    return known
