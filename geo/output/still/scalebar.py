"""A bar of round kilometres and one of nautical miles, true along the middle of the view."""

from __future__ import annotations

from typing import Any

from geo.geometry import measure
from geo.output.still.camera import Camera
from geo.output.still.labels import Desk
from geo.output.still.text import PX_PT, face
from geo.scene.style import nice

PAPER, INK = "#ffffff", "#1d2329"
MOST_PX, ROW_PX, SIZE = 110.0, 18.0, 10.5


def draw(axes: Any, view: Camera, km_per_px: float, desk: Desk) -> None:
    """Draw the bars in the lower corner that hides less, the left one where both hide nothing."""
    top = view.height - 2 * ROW_PX - 10
    corners = [
        (left - 6, top - 6, left + MOST_PX + 10, view.height)
        for left in (12.0, view.width - MOST_PX - 16)
    ]
    box = min(corners, key=desk.hidden_by)
    desk.take([box])
    left = box[0] + 6
    for row, (unit, km) in enumerate((("km", 1.0), ("nmi", measure.KM_PER_NMI))):
        most = MOST_PX * km_per_px / km
        _bar(axes, left, top + ROW_PX * (row + 1), nice(most), unit, nice(most) * km / km_per_px)


def _bar(axes: Any, x: float, y: float, value: float, unit: str, px: float) -> None:
    ends = ([x, x, x + px, x + px], [y - 7, y, y, y - 7])
    for width, colour in ((4.0, PAPER), (1.2, INK)):
        axes.plot(*ends, color=colour, lw=width * PX_PT, solid_capstyle="butt", zorder=26)
    axes.text(
        x + 5, y - 3, f"{value:g} {unit}", fontsize=SIZE * PX_PT, **face(""), color=INK,
        va="bottom", zorder=27, gid=f"scale:{value:g} {unit}",
    )  # fmt: skip
