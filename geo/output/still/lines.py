"""The lines of a still picture: the strokes of the page, in the page's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon

from geo.output.still.camera import Floats
from geo.output.still.text import PX_PT
from geo.scene import style
from geo.scene.model import Pipe
from geo.scene.strokes import EDGE_PX, SHORT_PX, Stroke

PAPER, INK = "#ffffff", "#1d2329"
HEAD_PX, HEAD_PER_CORE = 11.0, 1.1  # an arrowhead's length, at least and by its core
HALF_PX, HALF_PER_CORE = 6.0, 0.75
LEAST_HEADS = 2.5  # a line shorter than this many heads has none
MITRE = 2.5
STRAIGHT_PX = 1.2
HATCH = (1.0, 6.0)
FAINT, HATCHED = 0.45, 0.6


def draw(
    axes: Any, pipe: Pipe, strokes: Sequence[Stroke], parts: list[Floats], order: float
) -> None:
    """Draw one line, its parts in pixels; every artist is named `kind:line` (casing, core, …)."""
    for one in strokes:
        _Way(axes, pipe, one, order).draw(parts)


class _Way:
    """One way of a line on its way to the axes."""

    def __init__(self, axes: Any, pipe: Pipe, stroke: Stroke, order: float) -> None:
        self.axes, self.pipe, self.stroke, self.order = axes, pipe, stroke, order
        self.head = max(HEAD_PX, (stroke.core_px or 0.0) * HEAD_PER_CORE)

    def draw(self, parts: list[Floats]) -> None:
        one, pipe = self.stroke, self.pipe
        if one.reverse:
            parts = [part[::-1] for part in reversed(parts)]
        if one.casing_px is not None:
            dash = pipe.dash if one.core_px is None else ()
            self._line("edge", parts, one.casing_px + 2 * EDGE_PX, pipe.colour, dash)
            self._line("casing", parts, one.casing_px, pipe.tint)
        elif one.plain_px is not None:
            self._plain(parts, one.plain_px)
        if one.core_px is not None:
            self._core(parts, one.core_px)
        if one.arrow and parts:
            self._arrow(parts[-1])

    def _plain(self, parts: list[Floats], px: float) -> None:
        if not self.stroke.faint:
            self._line("halo", parts, px + 3, PAPER)
        alpha = FAINT if self.stroke.faint else 1.0
        self._line("plain", parts, px, self.pipe.colour, self.pipe.dash, alpha=alpha)
        own = style.ORNAMENTS.get(self.pipe.mode)
        if own and not self.stroke.faint and not self.pipe.dash:
            colour = PAPER if own.light else self.pipe.colour
            self._line("ornament", parts, own.width, colour, own.dash, cap=own.cap)

    def _core(self, parts: list[Floats], px: float) -> None:
        one, cut = self.stroke, SHORT_PX + self.head * 0.8 if self.stroke.arrow else 0.0
        at = -px / 2
        if one.rim_px is not None:
            rim = style.tint(one.lanes[0].colour, strength=style.RIM)
            self._line("rim", parts, one.rim_px, rim, cut=cut)
        for lane in one.lanes:
            middle = at + lane.px / 2 if len(one.lanes) > 1 else 0.0
            self._line("core", parts, lane.px, lane.colour, cut=cut, aside=middle)
            at += lane.px
        if one.hollow:
            self._line("hollow", parts, px - 2 * style.hollow_edge_px(px), PAPER, cut=cut)
        if one.over:
            self._line("over", parts, px, INK, HATCH, cut=cut, alpha=HATCHED)

    def _line(
        self,
        kind: str,
        parts: list[Floats],
        px: float,
        colour: str,
        dash: Sequence[float] = (),
        *,
        cut: float = 0.0,
        aside: float = 0.0,
        alpha: float = 1.0,
        cap: Literal["butt", "round"] = "butt",
    ) -> None:
        moved = [shifted(part, self.stroke.shift_px + aside) for part in parts]
        least = 1.0 if cap == "butt" else 0.0  # a round cap makes a dot of nothing
        if cut and moved and _length(moved[-1]) > cut * LEAST_HEADS:
            moved[-1] = _shortened(moved[-1], cut)
        self.axes.add_collection(
            LineCollection(
                moved,
                colors=colour,
                linewidths=px * PX_PT,
                linestyles=(0, [max(least, d) * PX_PT for d in dash]) if dash else "-",
                capstyle=cap,
                joinstyle="round",
                alpha=alpha,
                zorder=self.order,
                gid=f"{kind}:{self.pipe.id}",
            )
        )

    def _arrow(self, part: Floats) -> None:
        one = self.stroke
        if _length(part) < (SHORT_PX + self.head * 0.8) * LEAST_HEADS:
            return
        tip = _shortened(shifted(part, one.shift_px), SHORT_PX)
        base = _shortened(tip, self.head)[-1]
        way = tip[-1] - base
        half = max(HALF_PX, (one.core_px or 0.0) * HALF_PER_CORE) / (np.hypot(*way) or 1.0)
        across = np.array([-way[1], way[0]]) * half
        self.axes.add_patch(
            Polygon(
                [base + across, tip[-1], base - across],
                facecolor=one.lanes[0].colour,
                edgecolor=PAPER,
                linewidth=PX_PT,
                zorder=self.order,
                gid=f"arrow:{self.pipe.id}",
            )
        )


def shifted(points: Floats, px: float) -> Floats:
    """Points moved to the right of travel, in pixels (y downward), with mitres at the corners."""
    if not px or len(points) < 2:
        return points
    line = shapely.get_coordinates(shapely.simplify(shapely.linestrings(points), STRAIGHT_PX))
    steps = np.diff(line, axis=0)
    length = np.hypot(*steps.T)
    normal = np.column_stack([-steps[:, 1], steps[:, 0]]) / np.where(length, length, 1.0)[:, None]
    both = np.vstack([normal[:1], normal]) + np.vstack([normal, normal[-1:]])
    size = np.hypot(*both.T)
    turned = size < 1e-6
    mitre = np.minimum(MITRE, 2 / np.where(turned, 1.0, size)) * px / np.where(turned, 1.0, size)
    moved = line + both * mitre[:, None]
    moved[turned] = (line + np.vstack([normal, normal[-1:]]) * px)[turned]
    return np.asarray(moved, dtype=float)


def _length(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _shortened(points: Floats, px: float) -> Floats:
    """The line without its last pixels; whole where it has no more than those."""
    whole = shapely.linestrings(points)
    rest = shapely.length(whole) - px
    if rest <= 0:
        return points
    walked = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    end = shapely.get_coordinates(shapely.line_interpolate_point(whole, rest))
    return np.vstack([points[walked < rest], end])
