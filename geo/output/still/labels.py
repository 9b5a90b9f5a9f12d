"""Words on the still map: the most important first, none on another, on a symbol or off the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from geo.output.still import placement
from geo.output.still.placement import LEADS, Desk, Floats, Words
from geo.output.still.text import PX_PT, face, width

__all__ = ["LEADS", "Desk", "Label", "place"]

PAPER, INK = "#ffffff", "#1d2329"
HINTED = 1.06  # letters fitted to few pixels are wider than they are in print
LINE_PX = 1.45  # height of a line of text by its size
PAD_PX = 4.0
LEADER_PX = 1.5
DOT_PX = 5.0


@dataclass(frozen=True)
class Label:
    """Words for points in pixels, tried in their order; sizes in pixels.

    `reach` is the room the symbol or the line itself takes. A `frame` colour sets them in a box.
    `line` is the course they are of, `on` sets them over their point, `keep` rather on a thin line
    than nowhere. `end` names where something ends: figures make room for it, if they have other.
    """

    text: str
    points: Floats
    size: float = 12.0
    reach: float = 6.0
    frame: str = ""
    colour: str = INK
    bold: bool = False
    italic: bool = False
    on: bool = False
    leads: Sequence[float] = (0.0,)
    gid: str = ""
    line: str = ""
    keep: bool = False
    end: bool = False

    def words(self) -> Words:
        """What is placed: the room that the words take."""
        pad = PAD_PX if self.frame else 0.0
        wide = width(self.text, self.size, bold=self.bold) * HINTED + 2 * pad
        return Words(
            wide,
            self.size * LINE_PX + pad,
            self.reach,
            self.points,
            self.on,
            self.line,
            self.leads,
            self.keep,
        )


def place(axes: Any, desk: Desk, labels: Sequence[Label]) -> list[str]:
    """Write the labels that find room, in the order given; returns their texts.

    Where an end's name finds none it goes first, if no figure is lost by that.
    """
    spots = _planned(desk, labels)
    lost = [n for n, label in enumerate(labels) if label.end and n not in spots]
    if lost:
        others = [n for n in range(len(labels)) if n not in lost]
        again = _planned(desk, labels, [*lost, *others])
        if all(n in again for n in spots if labels[n].line or labels[n].end):
            spots = again
    for n in sorted(spots):
        desk.take(placement.covered(spots[n]))
        _write(axes, labels[n], spots[n])
    return [labels[n].text for n in sorted(spots)]


def _planned(
    desk: Desk, labels: Sequence[Label], order: Sequence[int] | None = None
) -> dict[int, placement.Spot]:
    """Where labels go, by their number, taken in an order; the desk stays as it is."""
    held, found = len(desk.taken), dict[int, placement.Spot]()
    for n in range(len(labels)) if order is None else order:
        spot = placement.spot(labels[n].words(), desk)
        if spot is not None:
            desk.take(placement.covered(spot))
            found[n] = spot
    del desk.taken[held:]
    return found


def _write(axes: Any, label: Label, spot: placement.Spot) -> None:
    left, top, right, bottom = spot.box
    if spot.leader is not None:
        _lead(axes, label, spot.leader)
    box = {"boxstyle": "round,pad=0.25", "fc": PAPER, "ec": label.frame, "lw": PX_PT}
    text = axes.text(
        (left + right) / 2,
        (top + bottom) / 2,
        label.text,
        ha="center",
        va="center",
        fontsize=label.size * PX_PT,
        **face(label.text, bold=label.bold, italic=label.italic),
        color=label.colour,
        bbox=box if label.frame else None,
        zorder=30,
        parse_math=False,
        gid=label.gid or None,
    )
    if not label.frame:
        text.set_path_effects([withStroke(linewidth=2.4, foreground=PAPER)])


def _lead(axes: Any, label: Label, leader: Floats) -> None:
    """A thin line from words to the line they are of, with a dot where it ends."""
    drawn = Line2D(
        leader[:, 0],
        leader[:, 1],
        color=label.frame or label.colour,
        linewidth=LEADER_PX * PX_PT,
        marker="o",
        markersize=DOT_PX * PX_PT,
        markevery=[1],
        zorder=29,
    )
    drawn.set_gid(label.gid.replace("label:", "leader:"))
    axes.add_line(drawn)
