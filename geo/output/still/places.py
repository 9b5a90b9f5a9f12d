"""Places on the still map: symbol, name in a language, ring of uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Polygon

from geo.geometry import measure
from geo.output.still import symbols
from geo.output.still.camera import Camera, Floats
from geo.output.still.labels import Desk, Label
from geo.output.still.placement import NAME_LEADS
from geo.output.still.text import PX_PT
from geo.scene import style
from geo.scene.model import Place

PAPER, INK, QUIET = "#ffffff", "#1d2329", "#59626b"
APART_PX = 16.0
RING_PX = 9.0  # a smaller ring would lie under the symbol
ROUND = 48


def draw(axes: Any, places: Sequence[Place], camera: Camera, desk: Desk, lang: str) -> list[Label]:
    """Draw symbols and rings, as the page orders them, none on another; returns the names."""
    kept: list[Floats] = []
    names = []
    for place in sorted(places, key=lambda p: style.place_order(p.kind, p.rank), reverse=True):
        at = camera.px([[place.lon, place.lat]])[0]
        inside = (at > 0).all() and at[0] < camera.width and at[1] < camera.height
        if not inside or any(np.abs(at - other).max() < APART_PX for other in kept):
            continue
        kept.append(at)
        names.append(_place(axes, place, at, camera, lang))
        desk.take([[*(at - 8), *(at + 8)]])
        desk.symbols.append(at)
    return names


def _place(axes: Any, place: Place, at: Floats, camera: Camera, lang: str) -> Label:
    marker, size = symbols.marker(style.place_symbol(place.kind))
    look: dict[str, Any] = {"mfc": PAPER, "mec": INK, "mew": 1.5, "gid": f"place:{place.id}"}
    axes.plot(*at, ls="none", marker=marker, ms=size * PX_PT, zorder=25, **look)
    for ring in _rings(place, camera):
        axes.add_patch(Polygon(ring, fill=False, ec=QUIET, lw=0.8, ls=(0, (2, 2)), zorder=24))
    name = place.names.get(lang) or place.names.get("en", place.id)
    return Label(name, at[None, :], 13.0, 10.0, bold=True, leads=NAME_LEADS, gid="name",
                 keep=True, end=style.is_end(place.rank))  # fmt: skip


def _rings(place: Place, camera: Camera) -> Iterator[Floats]:
    if not place.accuracy_m:
        return
    east, north = measure.offset(place.lon, place.lat, np.linspace(0, 360, ROUND), place.accuracy_m)
    ring = camera.px(np.column_stack([east, north]))
    if np.ptp(ring[:, 0]) / 2 > RING_PX:
        yield ring
