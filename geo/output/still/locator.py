"""The locator on the still map: the same small map as on the page, in a corner that it may have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from geo.output.still.ground import COLOURS, COUNTRY
from geo.output.still.placement import Box, Desk
from geo.output.still.text import PX_PT, face
from geo.scene.locator import PER_PX, RULES, Line, Locator

EDGE, HERE, PAPER = "#59626b", "#b3261e", "#ffffff"
SIZE: float = RULES["size"]
AWAY = 8.0  # from the sides
LOW = 60.0  # from the lower side, over a scale bar
ORDER = 27.0
LETTERS_PX = 12.0


def draw(axes: Any, found: Locator | None, desk: Desk, lang: str) -> None:
    """Draw a locator into the first corner in which it lies on nothing; the box is taken."""
    box = next((b for b in _corners(desk) if found and _is_free(b, desk)), None)
    if found is None or box is None:
        return
    desk.take(box)
    frame = Rectangle(box[:2], SIZE, SIZE, fc=COLOURS["sea"], ec="none", zorder=ORDER)
    frame.set_gid("locator")
    axes.add_patch(frame)
    for artist in _ground(found, box):
        axes.add_artist(artist)
        artist.set_clip_path(frame)
    axes.add_patch(
        Rectangle(box[:2], SIZE, SIZE, fill=False, ec=EDGE, lw=PX_PT, zorder=ORDER + 0.5)
    )
    axes.add_patch(_mark(found.mark, box))
    for name in found.names:
        text = name.names.get(lang) or name.names["en"]
        written = axes.text(
            box[0] + name.x, box[1] + name.y, text, ha="center", va="center", color=COUNTRY,
            fontsize=LETTERS_PX * PX_PT, **face(text, bold=True), parse_math=False,
            zorder=ORDER + 0.4, gid="locator:name",
        )  # fmt: skip
        written.set_path_effects([withStroke(linewidth=1.9, foreground=COLOURS["land"])])


def _corners(desk: Desk) -> Iterator[Box]:
    """The boxes of the corners in their order; the lower ones beside a scale bar, then over it."""
    for name in RULES["corners"]:
        x = AWAY if name.endswith("left") else desk.width - AWAY - SIZE
        low = (desk.height - AWAY - SIZE, desk.height - LOW - SIZE)
        for y in (AWAY,) if name.startswith("top") else low:
            yield x, y, x + SIZE, y + SIZE


def _is_free(box: Box, desk: Desk) -> bool:
    room = float(RULES["clear"])
    left, top, right, bottom = box[0] - room, box[1] - room, box[2] + room, box[3] + room
    if left < 0 or top < 0 or right > desk.width or bottom > desk.height:
        return False
    taken = np.array(desk.taken).reshape(-1, 4)
    over = (taken[:, :2] < (right, bottom)) & (taken[:, 2:] > (left, top))
    shape = shapely.box(left, top, right, bottom)
    lines = (
        shape.dwithin(line, half) for line, half in zip(desk.courses, desk.halves, strict=True)
    )
    drawn = shapely.intersects(shape, desk.drawn).any() if desk.drawn else False
    return not (over.all(axis=1).any() or any(lines) or drawn)


def _ground(found: Locator, box: Box) -> Iterator[Any]:
    rings = [_placed(ring, box) for ring in found.land]
    codes = [np.full(len(ring) + 1, Path.LINETO, np.uint8) for ring in rings]
    for own in codes:
        own[0], own[-1] = Path.MOVETO, Path.CLOSEPOLY
    if rings:
        closed = [np.vstack([ring, ring[:1]]) for ring in rings]
        yield PathPatch(
            Path(np.vstack(closed), np.concatenate(codes)), fc=COLOURS["land"],
            ec=COLOURS["river"], lw=0.8 * PX_PT, zorder=ORDER + 0.1,
        )  # fmt: skip
    lines: Sequence[Any] = [_placed(line, box) for line in found.borders]
    yield LineCollection(
        lines, colors=COLOURS["border"], linewidths=0.6 * PX_PT, zorder=ORDER + 0.2
    )


def _placed(line: Line, box: Box) -> Any:
    return np.array(line) / PER_PX + box[:2]


def _mark(mark: Sequence[float], box: Box) -> Any:
    x, y = box[0] + mark[0], box[1] + mark[1]
    own: dict[str, Any] = {"zorder": ORDER + 0.6, "gid": "locator:here"}
    if len(mark) == 2:
        return Circle((x, y), RULES["dot_px"], fc=HERE, ec=PAPER, lw=1.5 * PX_PT, **own)
    look: dict[str, Any] = {"fc": f"{HERE}33", "ec": HERE, "lw": 2 * PX_PT}
    return Rectangle((x, y), mark[2], mark[3], **look, **own)
