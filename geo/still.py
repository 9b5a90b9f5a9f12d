"""Scene → matplotlib figure: the same lines, widths, colours and labels, without a browser."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from shapely.geometry import LineString

from geo import pack
from geo.scene.model import Pipe, Place, Scene

COLOURS = {
    "sea": "#dbe4ea",
    "land": "#f3f1ec",
    "lake": "#dbe4ea",
    "river": "#b3c5d1",
    "border": "#8f89a0",
    "ink": "#1d2329",
    "quiet": "#59626b",
    "paper": "#ffffff",
}
SIZE_IN = (10.0, 6.6)
PX_PT = 0.75  # one CSS pixel in points
HEADLINE_CHARS = 108
APART_PX = 13
ORDER = {"port": 0, "crossing": 1, "station": 2, "junction": 3, "anchorage": 4, "town": 5}
MARKERS = {"port": "s", "anchorage": "s", "crossing": "|"}


def figure(scene: Scene) -> Figure:
    """Draw a scene in Web Mercator, the page's projection, with its headline above the map."""
    with rc_context({"lines.scale_dashes": False}):  # dashes in pixels, whatever the width
        return _figure(scene)


def _figure(scene: Scene) -> Figure:
    drawn = Figure(figsize=SIZE_IN, facecolor=COLOURS["paper"])
    axes = drawn.add_axes((0.01, 0.075, 0.98, 0.80))
    _window(axes, scene)
    for number, data in enumerate(scene.packs):
        _base(axes, data, number)
    for pipe in reversed(scene.pipes):
        _pipe(axes, pipe)
    _places(axes, scene.places)
    drawn.text(
        0.012, 0.965, scene.title, color=COLOURS["quiet"], fontsize=9, va="top", parse_math=False
    )
    drawn.text(
        0.012,
        0.938,
        textwrap.fill(scene.headline, HEADLINE_CHARS),
        color=COLOURS["ink"],
        fontsize=11.5,
        weight="bold",
        va="top",
        parse_math=False,
    )
    notes = textwrap.fill(" ".join(scene.notes), 185)
    drawn.text(
        0.012, 0.008, notes, color=COLOURS["quiet"], fontsize=6.5, va="bottom", parse_math=False
    )
    return drawn


def png(scene: Scene, *, dpi: int = 150) -> bytes:
    """The still picture as PNG; the same scene gives the same bytes."""
    drawn = figure(scene)
    FigureCanvasAgg(drawn)
    target = io.BytesIO()
    drawn.savefig(target, format="png", dpi=dpi, metadata={"Software": None})
    return target.getvalue()


def _mercator(points: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    xy = np.asarray(points, dtype=float).reshape(-1, 2)
    lat = np.radians(np.clip(xy[:, 1], -85.05, 85.05))
    return np.column_stack([xy[:, 0], np.degrees(np.arctanh(np.sin(lat)))])


def _window(axes: Any, scene: Scene) -> None:
    west, south, east, north = scene.view
    corners = _mercator([[west, south], [east, north]])
    (x0, y0), (x1, y1) = corners
    ratio = (SIZE_IN[0] * 0.98) / (SIZE_IN[1] * 0.80)
    height, width = max(y1 - y0, (x1 - x0) / ratio), max(x1 - x0, (y1 - y0) * ratio)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    axes.set_xlim(x - width / 2, x + width / 2)
    axes.set_ylim(y - height / 2, y + height / 2)
    axes.set_facecolor(COLOURS["sea"])
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])


@cache
def _layers(data: bytes) -> list[pack.Layer]:
    return pack.decode(data)


def _base(axes: Any, data: bytes, order: float) -> None:
    """One pack: its coarser rim, then its detail, each on a sea of its own extent."""
    for step, prefix in enumerate(("around_", "")):
        sheet = [x for x in _layers(data) if x.name.removeprefix(prefix) in COLOURS]
        for layer in sheet:
            _layer(axes, layer, layer.name.removeprefix(prefix), order + step / 2)


def _layer(axes: Any, layer: pack.Layer, name: str, order: float) -> None:
    parts = [_mercator(part) for part in layer.parts]
    if name == "land" and layer.meta.get("extent"):
        west, south, east, north = layer.meta["extent"]
        (x0, y0), (x1, y1) = _mercator([[west, south], [east, north]])
        sea = Rectangle((x0, y0), x1 - x0, y1 - y0, fc=COLOURS["sea"], ec="none", zorder=order)
        axes.add_patch(sea)
    style: dict[str, Any] = {"zorder": order + (0.1 if name == "land" else 0.2)}
    if layer.kind == "polygon":
        axes.add_collection(
            PolyCollection(parts, facecolors=COLOURS[name], edgecolors="none", **style)
        )
    elif layer.kind == "line":
        dashes: Any = (0, (4, 3)) if name == "border" else "-"
        axes.add_collection(
            LineCollection(parts, colors=COLOURS[name], linewidths=0.8, linestyles=dashes, **style)
        )


def _halo(width: float = 2.5) -> list[Any]:
    return [withStroke(linewidth=width, foreground=COLOURS["paper"])]


def _dash(pattern: Sequence[float]) -> Any:
    return (0, tuple(d * PX_PT for d in pattern)) if pattern else "-"


def _line(
    axes: Any, pipe: Pipe, width_px: float, colour: str, pattern: Sequence[float], order: float
) -> None:
    parts = [_mercator(part) for part in pipe.parts]
    axes.add_collection(
        LineCollection(
            parts,
            colors=colour,
            linewidths=width_px * PX_PT,
            linestyles=_dash(pattern),
            capstyle="butt",
            zorder=order,
        )
    )


def _pipe(axes: Any, pipe: Pipe) -> None:
    if pipe.casing_px is not None:
        _line(axes, pipe, pipe.casing_px + 3, pipe.colour, pipe.dash, 14)
        _line(axes, pipe, pipe.casing_px, pipe.tint, (), 14.1)
    elif pipe.core_px is None:
        _line(axes, pipe, pipe.width_px, pipe.colour, pipe.dash, 13.5)
    if pipe.core_px is not None:
        _line(axes, pipe, pipe.core_px, pipe.colour, pipe.core_dash, 15)
    if pipe.label and pipe.label != "?" and pipe.parts:
        _label(axes, pipe)


def _label(axes: Any, pipe: Pipe) -> None:
    """The label of a line, beside the middle of its longest part."""
    line = LineString(_mercator(max(pipe.parts, key=len)))
    before, middle, after = (line.interpolate(k, normalized=True) for k in (0.45, 0.5, 0.55))
    dx, dy = after.x - before.x, after.y - before.y
    aside = (12 + (pipe.casing_px or 4) * PX_PT / 2) / (np.hypot(dx, dy) or 1)
    side = 1 if dy >= 0 else -1  # to the right of the line, whichever way it runs
    axes.annotate(
        pipe.label,
        (middle.x, middle.y),
        (dy * aside * side, -dx * aside * side),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=8,
        weight="bold",
        bbox={"boxstyle": "round,pad=0.3", "fc": COLOURS["paper"], "ec": pipe.colour, "lw": 1},
        zorder=19,
        color=COLOURS["ink"],
        parse_math=False,
    )


def _places(axes: Any, places: Sequence[Place]) -> None:
    """Symbols and names, ports first; what would lie on another is left out, as on the page."""
    height_px = SIZE_IN[1] * 0.8 * 72 / PX_PT
    per_px = np.ptp(axes.get_ylim()) / height_px
    taken: list[tuple[float, float, float, float]] = []
    spots: list[tuple[float, float]] = []
    for place in sorted(places, key=lambda p: ORDER.get(p.kind, len(ORDER))):
        x, y = (float(v) / per_px for v in _mercator([[place.lon, place.lat]])[0])
        if any(np.hypot(x - a, y - b) < APART_PX for a, b in spots):
            continue
        spots.append((x, y))
        name = place.names.get("en", place.id)
        box = (x + 6, y - 7, x + 10 + 6 * len(name), y + 7)
        free = all(box[0] > t[2] or t[0] > box[2] or box[1] > t[3] or t[1] > box[3] for t in taken)
        _place(axes, place, name if free else "")
        taken += [box] if free else []


def _place(axes: Any, place: Place, name: str) -> None:
    x, y = _mercator([[place.lon, place.lat]])[0]
    look = {"mfc": COLOURS["paper"], "mec": COLOURS["ink"], "mew": 1.3}
    axes.plot([x], [y], MARKERS.get(place.kind, "o"), ms=5, zorder=17, clip_on=True, **look)
    axes.annotate(
        name,
        (x, y),
        (5, -3),
        textcoords="offset points",
        fontsize=7,
        zorder=18,
        path_effects=_halo(),
        annotation_clip=True,
        color=COLOURS["ink"],
        parse_math=False,
    )
