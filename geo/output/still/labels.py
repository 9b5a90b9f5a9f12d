"""Words on the still map: the most important first, none on another, on a symbol or off the map."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from matplotlib.patheffects import withStroke

from geo.output.still.camera import Floats
from geo.output.still.text import PX_PT, face, width

PAPER, INK = "#ffffff", "#1d2329"
GAP_PX = 3.0
HINTED = 1.06  # letters fitted to few pixels are wider than they are in print
CLOSE = 15.0  # pixels between words and their line that need no leader
STOPS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
LEADS_PX = (0, 8, 24, 44, 70)  # how far from its point a label may stand, the nearest first
BEND_PX = 5.0
WIDE_PX = 5.0  # a line this wide is an obstacle to words
LINE_PX = 1.45  # height of a line of text by its size


@dataclass(frozen=True)
class Label:
    """Words for a point, or for a line they stand beside; sizes in pixels.

    `reach` is the room the symbol or the line itself takes. A `frame` colour sets them in a box.
    """

    text: str
    points: Floats
    size: float = 12.0
    reach: float = 6.0
    frame: str = ""
    colour: str = INK
    bold: bool = False
    along: bool = False
    on: bool = False
    leads: tuple[float, ...] = (0.0,)
    gid: str = ""
    line: str = ""


@dataclass
class Desk:
    """What is taken of a map of so many pixels: boxes (left, top, right, bottom)."""

    width: float
    height: float
    taken: list[Floats] = field(default_factory=list)
    lines: dict[str, Floats] = field(default_factory=dict)

    def take(self, boxes: Any) -> None:
        """Keep boxes free of words."""
        self.taken.append(np.asarray(boxes, dtype=float).reshape(-1, 4))

    def cover(self, name: str, parts: Sequence[Floats], wide: float) -> None:
        """Keep a wide line free of words that are not its own."""
        if wide > WIDE_PX and parts:
            points = shapely.get_coordinates(
                shapely.segmentize(shapely.linestrings(max(parts, key=len)), wide * 0.75)
            )
            self.lines[name] = np.hstack([points - wide / 2, points + wide / 2])

    def free(self, boxes: Floats, *, own: str = "") -> bool:
        """Whether boxes lie on the map and on nothing else."""
        inside = (boxes[:, :2] >= 2).all() and (boxes[:, 2] <= self.width - 2).all()
        if not inside or not (boxes[:, 3] <= self.height - 2).all():
            return False
        others = [*self.taken, *[line for name, line in self.lines.items() if name != own]]
        return not any(_clash(boxes, other) for other in others)


def _clash(boxes: Floats, others: Floats) -> bool:
    a, b = boxes[:, None], others[None]
    apart = (a[..., :2] >= b[..., 2:] + GAP_PX) | (a[..., 2:] <= b[..., :2] - GAP_PX)
    return bool((~apart.any(axis=-1)).any())


@dataclass(frozen=True)
class _Spot:
    x: float
    y: float
    angle: float
    boxes: Floats


def place(axes: Any, desk: Desk, labels: Sequence[Label]) -> list[str]:
    """Write the labels that find room, in the order given; returns their texts."""
    written = []
    for label in labels:
        spot = next((s for s in _spots(label) if desk.free(s.boxes, own=_own(label, s))), None)
        if spot is not None:
            desk.take(spot.boxes)
            _write(axes, label, spot)
            written.append(label.text)
    return written


def _own(label: Label, spot: _Spot) -> str:
    """The line that words may lie on: their own, where they run along it or stand on it."""
    return label.line if spot.angle or label.on else ""


def _write(axes: Any, label: Label, spot: _Spot) -> None:
    box = {"boxstyle": "round,pad=0.25", "fc": PAPER, "ec": label.frame, "lw": PX_PT}
    text = axes.text(
        spot.x,
        spot.y,
        label.text,
        ha="center",
        va="center",
        rotation=-math.degrees(spot.angle),
        rotation_mode="anchor",
        fontsize=label.size * PX_PT,
        **face(label.text, bold=label.bold),
        color=label.colour,
        bbox=box if label.frame else None,
        zorder=30,
        parse_math=False,
        gid=label.gid or None,
    )
    if not label.frame:
        text.set_path_effects([withStroke(linewidth=2.4, foreground=PAPER)])


def _spots(label: Label) -> Iterator[_Spot]:
    """Places to try, the best first."""
    pad = 4.0 if label.frame else 0.0
    wide = width(label.text, label.size, bold=label.bold) * HINTED + 2 * pad
    high = label.size * LINE_PX + pad
    points = _stops(label.points) if label.along else label.points
    if label.on:
        yield from (_upright(x, y, wide, high) for x, y in points)
        return
    for leads in ([x for x in label.leads if x <= CLOSE], [x for x in label.leads if x > CLOSE]):
        for x, y in points:
            for lead in leads:
                yield from _around(x, y, wide, high, label.reach + lead)
        if label.along and leads and leads[0] <= CLOSE:
            yield from _beside(label, wide, high)


def _upright(x: float, y: float, w: float, h: float) -> _Spot:
    return _Spot(x, y, 0.0, np.array([[x - w / 2, y - h / 2, x + w / 2, y + h / 2]]))


def _around(x: float, y: float, w: float, h: float, r: float) -> Iterator[_Spot]:
    sides = ((1, 0), (-1, 0), (0, -1), (0, 1))
    for a, b in sides:
        yield _upright(x + a * (r + w / 2), y + b * (r + h / 2), w, h)
    for a in (1, -1):
        for b in (-1, 1):
            yield _upright(x + a * (r * 0.8 + w / 2), y + b * (r * 0.4 + h / 2), w, h)


def _stops(points: Floats) -> Floats:
    line = shapely.linestrings(points)
    return shapely.get_coordinates(shapely.line_interpolate_point(line, STOPS, normalized=True))


def _beside(label: Label, w: float, h: float) -> Iterator[_Spot]:
    """Words parallel to the line where it is straight enough, on either side."""
    line = shapely.linestrings(label.points)
    length = float(shapely.length(line))
    at = _walker(line)
    for stop in STOPS if length >= w + 24 else ():
        start = stop * length - w / 2
        if start < 8 or start + w > length - 8:
            continue
        stretch = np.array([at(start + w * k / 8) for k in range(9)])
        a, b = stretch[0], stretch[-1]
        if np.hypot(*(b - a)) < w * 0.9 or _bend(stretch) > BEND_PX:
            continue
        angle = math.atan2(b[1] - a[1], b[0] - a[0])
        angle = angle - math.copysign(math.pi, angle) if abs(angle) > math.pi / 2 else angle
        for side in (-1, 1):
            off = side * (label.reach + h / 2)
            x, y = (a + b) / 2 + np.array([-math.sin(angle), math.cos(angle)]) * off
            yield _Spot(float(x), float(y), angle, _tiles(float(x), float(y), angle, w, h))


def _walker(line: Any) -> Callable[[float], Floats]:
    return lambda px: shapely.get_coordinates(shapely.line_interpolate_point(line, px))[0]


def _bend(stretch: Floats) -> float:
    """How far a stretch strays from its chord."""
    chord = shapely.linestrings(stretch[[0, -1]])
    return float(shapely.distance(chord, shapely.points(stretch)).max())


def _tiles(x: float, y: float, angle: float, w: float, h: float) -> Floats:
    """Small boxes that cover turned words."""
    count = math.ceil(w / h)
    along = np.linspace(-(w - h) / 2, (w - h) / 2, count)
    middle = np.column_stack([x + math.cos(angle) * along, y + math.sin(angle) * along])
    return np.hstack([middle - h * 0.62, middle + h * 0.62])
