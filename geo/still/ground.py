"""The base map of a still picture: each pack its coarser rim, then its detail."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from geo import pack
from geo.still.camera import Camera, Floats
from geo.still.text import PX_PT

COLOURS = {
    "sea": "#dbe4ea",
    "land": "#f3f1ec",
    "lake": "#dbe4ea",
    "river": "#b3c5d1",
    "border": "#8f89a0",
}
BORDER_DASH = (4.0, 3.0)
CORNER_STEPS = 40


def draw(axes: Any, packs: tuple[bytes, ...], camera: Camera) -> None:
    """Draw every pack, the world first."""
    for number, data in enumerate(packs):
        for step, prefix in enumerate(("around_", "")):
            for layer in _layers(data):
                if layer.name.removeprefix(prefix) in COLOURS:
                    _layer(axes, layer, layer.name.removeprefix(prefix), camera, number + step / 2)


@cache
def _layers(data: bytes) -> list[pack.Layer]:
    return pack.decode(data)


def _layer(axes: Any, layer: pack.Layer, name: str, camera: Camera, order: float) -> None:
    parts = [part for part in map(camera.px, layer.parts) if _near(part, camera)]
    if name == "land" and layer.meta.get("extent"):
        sea = camera.px(_outline(layer.meta["extent"]))
        axes.add_collection(PolyCollection([sea], facecolors=COLOURS["sea"], zorder=order))
    style: dict[str, Any] = {"zorder": order + (0.1 if name == "land" else 0.2)}
    if layer.kind == "polygon":
        axes.add_collection(
            PolyCollection(parts, facecolors=COLOURS[name], edgecolors="none", **style)
        )
    elif layer.kind == "line":
        dashes: Any = (0, [d * PX_PT for d in BORDER_DASH]) if name == "border" else "-"
        axes.add_collection(
            LineCollection(parts, colors=COLOURS[name], linewidths=0.8, linestyles=dashes, **style)
        )


def _near(part: Floats, camera: Camera) -> bool:
    """Whether the box of a part meets the map: the rest of the world need not be written out."""
    low, high = part.min(axis=0), part.max(axis=0)
    return bool(
        high[0] >= 0 and high[1] >= 0 and low[0] <= camera.width and low[1] <= camera.height
    )


def _outline(extent: list[float]) -> Floats:
    west, south, east, north = extent
    x, y = np.linspace(west, east, CORNER_STEPS), np.linspace(south, north, CORNER_STEPS)
    flat, upright = np.ones_like(x), np.ones_like(y)
    sides = [(x, south * flat), (east * upright, y), (x[::-1], north * flat)]
    sides.append((west * upright, y[::-1]))
    return np.vstack([np.column_stack(side) for side in sides])
