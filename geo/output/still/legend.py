"""The legend of a still picture, on its map: what is drawn, in the few words of the page's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle

from geo.account.units import RULES
from geo.output.still import symbols
from geo.output.still.placement import Box, Desk
from geo.output.still.text import PX_PT, face, width
from geo.scene.model import LegendItem, Pipe, Sample, Scene
from geo.scene.strokes import Stroke, is_active, shown
from geo.scene.style import RIM, tint

INK, QUIET, GREY = "#1d2329", "#59626b", "#cfd6dd"
_ROUND: dict[str, dict[str, Any]] = {
    "ring": {"mfc": "none", "mec": QUIET, "mew": 0.7},
    "loop": {"mfc": "none", "mec": INK, "mew": 2.2},
}
PAPER = "#ffffff"
MOST: int = RULES["legend"]["most"]
WORDS: Mapping[str, str] = RULES["legend"]["words"]
SIZE = 11.0
LINE = 17.0
SWATCH, GAP = 34.0, 8.0
BAR = 22.0  # of a sample width
PAD, AWAY, BELOW = 8.0, 8.0, 52.0  # in the box, from the sides, from the scale bar
ORDER = 27  # over lines and places, under their words


@dataclass(frozen=True)
class Row:
    """A symbol with its word, or the sample widths of a unit."""

    word: str
    item: LegendItem | None = None
    samples: tuple[Sample, ...] = ()

    @property
    def cells(self) -> list[tuple[Sample, str]]:
        """Sample widths with their numbers; the unit stands at the last."""
        bare = [sample.word.split(" ")[0] for sample in self.samples[:-1]]
        return list(zip(self.samples, [*bare, self.samples[-1].word], strict=True))

    @property
    def width_px(self) -> float:
        """What the row takes from left to right."""
        if self.item is not None:
            return SWATCH + GAP + width(self.word, SIZE)
        return sum(BAR + GAP + width(word, SIZE) + GAP for _, word in self.cells)

    @property
    def height_px(self) -> float:
        """What the row takes from top to bottom."""
        return max([LINE, *(sample.width_px + 4 for sample in self.samples)])


def rows(
    scene: Scene, looks: Mapping[str, Sequence[Stroke]], start: str = "", end: str = ""
) -> list[Row]:
    """What the legend on the page's map holds, in its order: what is drawn in a period."""
    now = set(_drawn(scene, looks, start, end))
    kinds = set(_kinds(scene, start, end))
    wide = [Row(unit, samples=s) for unit, s in scene.samples.items() if s and s[0].kind in kinds]
    if all(pipe.context for pipe in scene.pipes):  # not of figures: features, tracks
        return [Row(item.word, item) for item in scene.legend]
    items = [item for item in scene.legend if (item.colour if _swatch(item) else _key(item)) in now]
    own = [Row(_words_of(item), item) for item in items]
    return [*own[: max(0, MOST - len(wide))], *wide]


def _words_of(item: LegendItem) -> str:
    """The few words of a symbol; a line of its own colour has its own name."""
    if item.colour and not _swatch(item):
        return item.word
    return WORDS.get(_key(item), item.word)


def _swatch(item: LegendItem) -> bool:
    return item.symbol == "swatch"


def _key(item: LegendItem) -> str:
    return "dashed" if item.symbol == "line" and item.dash else item.symbol


def _kinds(scene: Scene, start: str, end: str) -> Iterator[str]:
    for pipe in scene.pipes:
        own = shown(pipe, start, end)
        yield from (figure.kind for figure in own.cores)
        if own.casing:
            yield own.casing.kind


def _drawn(
    scene: Scene, looks: Mapping[str, Sequence[Stroke]], start: str, end: str
) -> Iterator[str]:
    """Colours and symbols of what is drawn."""
    for pipe in scene.pipes:
        if is_active(pipe, start, end):
            cores = shown(pipe, start, end).cores
            yield "context" if pipe.context and not cores else pipe.colour
            yield from ("conflict" for figure in cores if figure.key)
            for one in looks[pipe.id]:
                yield from _signs(pipe, one)


def _signs(pipe: Pipe, one: Stroke) -> Iterator[str]:
    yield from (lane.colour for lane in one.lanes)
    if one.core_px is not None:
        yield "hollow" if one.hollow else "core"
    elif one.casing_px is None and not pipe.context:
        yield "dashed" if pipe.dash else "line"
    if pipe.geometry_basis == "ring":
        yield "loop"
    if one.rim_px is not None:
        yield "rim"
    if one.casing_px is not None:
        yield "casing"
    if one.over:
        yield "over"


def draw(axes: Any, found: Sequence[Row], desk: Desk) -> None:
    """Write rows into the corner of the map that has the least of its lines; the box is taken."""
    if not found:
        return
    size = (max(row.width_px for row in found) + 2 * PAD, sum(r.height_px for r in found) + 2 * PAD)
    box = min(_corners(desk, *size), key=desk.hidden_by)
    left, top, _, _ = box
    axes.add_patch(
        FancyBboxPatch(
            (left, top), *size, boxstyle="round,pad=0,rounding_size=4", fc=PAPER, ec="none",
            alpha=0.92, zorder=ORDER,
        )
    )  # fmt: skip
    y = top + PAD
    for row in found:
        _row(axes, row, left + PAD, y + row.height_px / 2)
        y += row.height_px
    desk.take(box)


def _corners(desk: Desk, wide: float, high: float) -> Iterator[Box]:
    right, low = desk.width - AWAY - wide, desk.height - BELOW - high
    for x, y in ((AWAY, low), (AWAY, AWAY), (right, low), (right, AWAY)):
        yield x, y, x + wide, y + high


def _row(axes: Any, row: Row, x: float, y: float) -> None:
    if row.item is not None:
        _symbol(axes, row.item, x, y)
        _words(axes, x + SWATCH + GAP, y, row.word)
        return
    for sample, word in row.cells:
        _box(axes, x, y, sample.width_px, GREY, INK, wide=BAR, gid=f"sample:{sample.word}")
        _words(axes, x + BAR + GAP, y, word)
        x += BAR + GAP + width(word, SIZE) + GAP


def _words(axes: Any, x: float, y: float, word: str) -> None:
    axes.text(
        x, y, word, va="center", fontsize=SIZE * PX_PT, **face(word), color=INK,
        parse_math=False, gid=f"legend:{word}", zorder=ORDER + 0.5,
    )  # fmt: skip


def _symbol(axes: Any, item: LegendItem, x: float, y: float) -> None:
    if item.symbol == "swatch":
        _box(axes, x, y, 9.0, item.colour, "none")
    elif item.symbol == "casing":
        _box(axes, x, y, 9.0, GREY, INK)
    elif item.symbol == "hollow":
        _box(axes, x, y, 6.0, "white", INK, edge_px=2.0)
    elif item.symbol == "rim":
        _box(axes, x, y, 10.0, tint(INK, strength=RIM), "none")
        _box(axes, x, y, 5.0, INK, "none")
    elif item.symbol.startswith("place-") or item.symbol in ("ring", "loop"):
        _mark(axes, x + SWATCH / 2, y, item.symbol)
    elif item.symbol == "conflict":
        _sign(axes, x + SWATCH / 2, y, "ᵃ")
    else:
        _line(axes, x, y, item)


def _box(
    axes: Any,
    x: float,
    y: float,
    height: float,
    fill: str,
    edge: str,
    *,
    gid: str = "",
    edge_px: float = 0.9,
    wide: float = SWATCH,
) -> None:
    own: dict[str, Any] = {"fc": fill, "ec": edge, "lw": edge_px * PX_PT, "gid": gid or None}
    axes.add_patch(Rectangle((x, y - height / 2), wide, height, zorder=ORDER + 0.5, **own))


def _mark(axes: Any, x: float, y: float, symbol: str) -> None:
    marker, size = ("o", 9.0) if symbol in _ROUND else symbols.marker(symbol.removeprefix("place-"))
    own: dict[str, Any] = _ROUND.get(symbol, {"mfc": "white", "mec": INK, "mew": 1.2})
    axes.plot([x], [y], ls="none", marker=marker, ms=size * PX_PT, zorder=ORDER + 0.5, **own)


def _line(axes: Any, x: float, y: float, item: LegendItem) -> None:
    wide = 8.0 if item.symbol == "core" else 3.0
    dash: Any = (0, [max(1.0, d) * PX_PT for d in item.dash]) if item.dash else "-"
    own: dict[str, Any] = {"color": item.colour or INK, "lw": wide * PX_PT, "dash_capstyle": "butt"}
    own["zorder"] = ORDER + 0.5
    axes.add_line(Line2D([x, x + SWATCH], [y, y], linestyle=dash, gid=f"key:{item.word}", **own))


def _sign(axes: Any, x: float, y: float, sign: str) -> None:
    axes.text(
        x,
        y,
        sign,
        ha="center",
        va="center",
        fontsize=SIZE * PX_PT,
        color=INK,
        zorder=ORDER + 0.5,
        **face(sign, bold=True),
    )
