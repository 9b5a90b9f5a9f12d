"""The legend of a still picture: the page's entries and sample widths, in columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from geo.output.still.text import PX_PT, face, wrapped
from geo.scene.model import LegendItem, Sample, Scene
from geo.scene.strokes import shown
from geo.scene.style import RIM, tint

INK, QUIET, GREY = "#1d2329", "#59626b", "#cfd6dd"
SIZE = 11.0
LINE = 15.0
SWATCH = 34.0
GAP = 8.0


@dataclass(frozen=True)
class Entry:
    """A symbol with its word, or a heading."""

    word: str
    item: LegendItem | Sample | None = None

    def lines(self, room: float) -> list[str]:
        """The words, broken to the room beside the symbol."""
        if self.item is None:
            return wrapped(self.word, room, SIZE, bold=True)
        return wrapped(self.word, room - SWATCH - GAP, SIZE)

    def height(self, room: float) -> float:
        """Pixels the entry takes."""
        tall = self.item.width_px if isinstance(self.item, Sample) else 0.0
        above = GAP if self.item is None else 0.0
        return max(LINE * len(self.lines(room)), tall + 5) + above + 2


def entries(scene: Scene, *, start: str = "", end: str = "") -> list[Entry]:
    """What the page's legend holds, in its order; samples of the units that are drawn."""
    kinds = _drawn(scene, start, end)
    found = [Entry("Legend"), *[Entry(item.word, item) for item in scene.legend]]
    for unit, samples in scene.samples.items():
        if samples and samples[0].kind in kinds:
            found.append(Entry(f"Width of lines, {unit}"))
            found += [Entry(sample.word, sample) for sample in samples]
    return found


def _drawn(scene: Scene, start: str, end: str) -> set[str]:
    kinds = set()
    for pipe in scene.pipes:
        own = shown(pipe, start, end)
        kinds |= {figure.kind for figure in own.cores}
        kinds |= {own.casing.kind} if own.casing else set()
    return kinds


def draw(axes: Any, found: list[Entry], box: tuple[float, float, float, float]) -> float:
    """Write entries into a box (left, top, right, bottom), column by column; returns its end."""
    left, top, right, bottom = box
    columns = _columns(found, right - left, bottom - top)
    room = (right - left - 16 * (len(columns) - 1)) / len(columns)
    lowest = top
    for n, column in enumerate(columns):
        y = top
        for entry in column:
            _entry(axes, entry, left + n * (room + 16), y, room)
            y += entry.height(room)
        lowest = max(lowest, y)
    return lowest


def _columns(found: list[Entry], width: float, height: float) -> list[list[Entry]]:
    """As few columns as the height allows, at most four."""
    for count in (1, 2, 3, 4):
        room = (width - 16 * (count - 1)) / count
        columns = list(_filled(found, room, height))
        if len(columns) <= count:
            return columns
    return columns


def _filled(found: list[Entry], room: float, height: float) -> Iterator[list[Entry]]:
    column: list[Entry] = []
    used = 0.0
    for entry in found:
        need = entry.height(room)
        if column and used + need > height:
            yield column
            column, used = [], 0.0
        column.append(entry)
        used += need
    yield column


def _entry(axes: Any, entry: Entry, x: float, y: float, room: float) -> None:
    words = entry.lines(room)
    tall = entry.height(room) - 2
    heading = entry.item is None
    middle = y + tall / 2
    if entry.item is not None:
        _symbol(axes, entry.item, x, middle)
    axes.text(
        x if heading else x + SWATCH + GAP,
        y + GAP if heading else middle,
        "\n".join(words),
        va="top" if heading else "center",
        fontsize=SIZE * PX_PT,
        **face(entry.word, bold=heading),
        color=INK,
        linespacing=1.25,
        parse_math=False,
        gid=f"legend:{entry.word}",
    )


def _symbol(axes: Any, item: LegendItem | Sample, x: float, y: float) -> None:
    if isinstance(item, Sample):
        _box(axes, x, y, item.width_px, GREY, INK, gid=f"sample:{item.word}")
        return
    marks = {"place-square": "s", "place-circle": "o", "place-dot": "o", "place-bar": "|"}
    marks |= {"place-diamond": "D", "place-triangle": "^", "place-cross": "x"}
    if item.symbol == "swatch":
        _box(axes, x, y, 9.0, item.colour, "none")
    elif item.symbol == "casing":
        _box(axes, x, y, 9.0, GREY, INK)
    elif item.symbol == "hollow":
        _box(axes, x, y, 6.0, "white", INK, edge_px=2.0)
    elif item.symbol == "rim":
        _box(axes, x, y, 10.0, tint(INK, strength=RIM), "none")
        _box(axes, x, y, 5.0, INK, "none")
    elif item.symbol in marks or item.symbol == "ring":
        _mark(axes, x + SWATCH / 2, y, item.symbol, marks.get(item.symbol, "o"))
    elif item.symbol == "conflict":
        _sign(axes, x + SWATCH / 2, y, "ᵇ")
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
) -> None:
    own: dict[str, Any] = {"fc": fill, "ec": edge, "lw": edge_px * PX_PT, "gid": gid or None}
    axes.add_patch(Rectangle((x, y - height / 2), SWATCH, height, **own))


def _mark(axes: Any, x: float, y: float, symbol: str, marker: str) -> None:
    size = {"place-dot": 4.0, "ring": 9.0}.get(symbol, 7.0)
    ring: dict[str, Any] = {"ls": "none", "mfc": "none", "mec": QUIET, "mew": 0.7}
    own = ring if symbol == "ring" else {"mfc": "white", "mec": INK, "mew": 1.2}
    axes.plot([x], [y], marker, ms=size * PX_PT, **own)


def _line(axes: Any, x: float, y: float, item: LegendItem) -> None:
    wide = 8.0 if item.symbol == "core" else 3.0
    dash: Any = (0, [max(1.0, d) * PX_PT for d in item.dash]) if item.dash else "-"
    own: dict[str, Any] = {"color": item.colour or INK, "lw": wide * PX_PT, "dash_capstyle": "butt"}
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
        bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none"},
        **face(sign, bold=True),
    )
