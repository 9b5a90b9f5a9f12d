"""Where a line leaves the map, the place it goes to, named at the edge.

`geo/web/edges.js` says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.account.units import RULES
from geo.output.still import placement
from geo.output.still.camera import Camera
from geo.output.still.labels import LEADS, Label
from geo.output.still.placement import Floats
from geo.scene.model import Scene

_ARROWS = "←↑→↓"
_R = RULES["labels"]


@dataclass
class Edge:
    """Lines that leave close by each other at a side (0 left, 1 top, 2 right, 3 bottom)."""

    side: int
    at: Floats
    places: list[str]


def labels(
    scene: Scene, parts: Mapping[str, Sequence[Floats]], camera: Camera, lang: str
) -> Iterator[Label]:
    """The words at the edges of a map, for its lines (parts in pixels) that end at known places."""
    spots = {p.id: camera.px([[p.lon, p.lat]])[0] for p in scene.places}
    size = np.array([camera.width, camera.height])
    seen = {p for p, at in spots.items() if (at >= 0).all() and (at <= size).all()}
    known = {p.id: p.names.get(lang) or p.names.get("en", p.id) for p in scene.places}
    lines = [(parts[pipe.id], pipe.ends) for pipe in scene.pipes]
    for edge in edges(lines, seen, camera.width, camera.height):
        at, text = edge.at[None, :], words(edge, known)
        yield Label(text, at, 12.0, leads=LEADS[:4], gid="edge", keep=True)


def edges(
    lines: Iterable[tuple[Sequence[Floats], Sequence[str]]],
    seen: Collection[str],
    width: float,
    height: float,
) -> list[Edge]:
    """The gates of lines (parts in pixels, ids of both ends) through which they leave the map.

    A line that leaves goes to where it ends; one that comes in is named by where it began, unless
    that is among the places `seen`.
    """
    found: list[Edge] = []
    for parts, ends in lines:
        for at, place in _named(parts, ends, seen, width, height):
            side = _side(at, width, height)
            along = 0 if side % 2 else 1
            near = (
                e
                for e in found
                if e.side == side and abs(e.at[along] - at[along]) <= _R["edge_apart"]
            )
            edge = next(near, None)
            if edge is None:
                found.append(Edge(side, at, [place]))
            elif place not in edge.places:
                edge.places.append(place)
    return found


def _named(
    parts: Sequence[Floats],
    ends: Sequence[str],
    seen: Collection[str],
    width: float,
    height: float,
) -> Iterator[tuple[Floats, str]]:
    if len(ends) != 2:
        return
    for at, out in placement.gates(parts, width, height):
        place = ends[1] if out else ends[0]
        if place and (out or place not in seen):
            yield at, place


def _side(at: Floats, width: float, height: float) -> int:
    return int(np.argmin([at[0], at[1], width - at[0], height - at[1]]))


def words(edge: Edge, names: Mapping[str, str]) -> str:
    """The places at an edge, the first few by name, with an arrow outward."""
    known, most = [names.get(p, p) for p in edge.places], _R["edge_names"]
    text = ", ".join(known[:most]) + (f" +{len(known) - most}" if len(known) > most else "")
    arrow = _ARROWS[edge.side]
    return f"{arrow} {text}" if edge.side == 0 else f"{text} {arrow}"
