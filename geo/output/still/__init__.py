"""Scene → matplotlib figure, SVG, PNG or PDF: the page's drawing without a browser."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from matplotlib import rc_context, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from geo.errors import GeoError, check_type
from geo.geometry.ground import named
from geo.output.still import (
    beneath,
    edges,
    ground,
    labels,
    legend,
    lines,
    locator,
    placement,
    places,
    scalebar,
)
from geo.output.still.camera import PROJECTIONS, Camera, Floats, Projection, fit, km_per_px
from geo.output.still.marks import Mark, Marks
from geo.output.still.text import PX_PT, face, wrapped
from geo.scene import locator as locators
from geo.scene import now
from geo.scene.model import Figure as Fact
from geo.scene.model import Pipe, Scene
from geo.scene.strokes import Stroke, spoken, strokes

__all__ = [
    "PROJECTIONS",
    "PX_PT",
    "SHEETS",
    "Mark",
    "Marks",
    "figure",
    "pdf",
    "pictures",
    "png",
    "said",
    "svg",
    "webp",
]

PX_IN = 96.0
SHEETS = {
    "slide": (1280.0, 720.0),
    "a4": (1123.0, 794.0),
    "a4-upright": (794.0, 1123.0),
    "picture": (960.0, 620.0),
}
MARGIN = 24.0
EDGE, GAP, LINE = 4.0, 6.0, 13.0  # round a picture without a frame, about the foot, of its lines
LEAST_MAP, SMALLEST_MAP = 0.7, 0.55  # the part of a sheet that is map, if sources are many
LENGTHS = (400, 100, 70, 45)  # signs of a source
INK, QUIET, PAPER = "#1d2329", "#59626b", "#ffffff"
NOTE = 9.5
EQUATOR_KM, TILE_PX = 40_075.017, 256  # zoom 0 of a web map: the equator on one tile
QUALITY, WEBP_DPI = 50, 80  # of the small picture: words stay sharp
CANVASES = {
    "png": FigureCanvasAgg, "webp": FigureCanvasAgg, "svg": FigureCanvasSVG,
    "pdf": FigureCanvasPdf,
}  # fmt: skip
# Lines in hundredths of a point and ids from a fixed salt: the same scene, the same bytes.
SETTINGS = {
    "lines.scale_dashes": False, "svg.fonttype": "none", "svg.hashsalt": "tumen",
    "pdf.fonttype": 42, "path.simplify": False,
}  # fmt: skip
# From 3.11 on, matplotlib takes letters in the forms of a language: unless told, the machine's.
SETTINGS |= {name: "en" for name in ("text.language",) if name in rcParams}


@dataclass(frozen=True)
class _Sheet:
    """The boxes of a sheet in pixels (left, top, right, bottom), and its words."""

    size: tuple[float, float]
    map: tuple[float, float, float, float]
    head: tuple[str, list[str], list[str]]
    foot: list[str]
    margin: float


def figure(
    scene: Scene,
    *,
    sheet: str = "slide",
    projection: Projection = "mercator",
    start: str = "",
    end: str = "",
    lang: str = "",
    framed: bool = True,
    marks: Marks | None = None,
) -> Figure:
    """Draw a scene with its headline, legend, notes and sources.

    `sheet` is one of SHEETS, `projection` the page's Web Mercator, "conic" or "orthographic";
    `start` and `end` (ISO, both included) choose a period, `lang` the language of names; `framed`
    False leaves headline, notes and sources to the document the picture stands in. Every artist
    of a line has a gid `kind:line`, every word of the legend `legend:word`. `marks` are drawn over
    the ground.
    """
    check_type(scene, Scene, "a scene of geo.scene")
    if projection not in PROJECTIONS:
        raise GeoError(f"projection {projection!r} is not one of {', '.join(PROJECTIONS)}")
    if sheet not in SHEETS:
        raise GeoError(f"sheet {sheet!r} is not one of {', '.join(SHEETS)}")
    with rc_context(SETTINGS):
        made = _sheet(scene, SHEETS[sheet], (start, end), framed=framed)
        width, height = made.size
        drawn = Figure(figsize=(width / PX_IN, height / PX_IN), facecolor=PAPER)
        left, top, right, bottom = made.map
        view = fit(scene.view, right - left, bottom - top, projection)
        on_map = _axes(drawn, made.map, made.size)
        _map(on_map, scene, view, (start, end), lang or scene.lang, marks or Marks(()))
        _frame(_axes(drawn, (0, 0, width, height), made.size), made)
    return drawn


def png(scene: Scene, *, dpi: int = 150, **options: Any) -> bytes:
    """The picture as PNG; the same scene gives the same bytes. Options are those of `figure`."""
    return pictures(scene, ["png"], dpi=dpi, **options)["png"]


def webp(scene: Scene, **options: Any) -> bytes:
    """A small picture for a page, as WebP without headline, notes and sources."""
    return pictures(scene, ["webp"], **{"sheet": "picture", "framed": False, **options})["webp"]


def svg(scene: Scene, **options: Any) -> bytes:
    """The picture as SVG with its text as text."""
    return pictures(scene, ["svg"], **options)["svg"]


def pdf(scene: Scene, **options: Any) -> bytes:
    """The picture as PDF: lines as lines, fonts embedded."""
    return pictures(scene, ["pdf"], **options)["pdf"]


def pictures(
    scene: Scene, forms: Iterable[str], *, dpi: int = 150, **options: Any
) -> dict[str, bytes]:
    """One picture in several forms (png, webp, svg, pdf), laid out once; `dpi` is that of PNG."""
    drawn = figure(scene, **options)
    made = {form: _saved(drawn, form, **_options(form, dpi, scene.title)) for form in forms}
    drawn.clear()  # its parts know each other, and would wait for the collector
    return made


def _options(form: str, dpi: int, title: str) -> dict[str, Any]:
    """What matplotlib is told of a form: nothing of a date, a machine or a program."""
    if form == "png":
        return {"dpi": dpi, "metadata": {"Software": None}}
    if form == "webp":
        return {"dpi": WEBP_DPI, "pil_kwargs": {"quality": QUALITY, "method": 6}}
    unsaid = ("Date", "Creator") if form == "svg" else ("CreationDate", "Creator", "Producer")
    return {"metadata": {**dict.fromkeys(unsaid), "Title": title}}


def _saved(drawn: Figure, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    CANVASES[form](drawn)
    with rc_context(SETTINGS):
        drawn.savefig(target, format=form, **options)
    return target.getvalue()


# --- the sheet -----------------------------------------------------------------------------------


def _sheet(
    scene: Scene, size: tuple[float, float], period: tuple[str, str], *, framed: bool
) -> _Sheet:
    width, height = size
    room = width - 2 * MARGIN
    if not framed:
        foot = [_strip(scene, width - 2 * EDGE, period)]
        box = (EDGE, EDGE, width - EDGE, height - 2 * EDGE - LINE)
        return _Sheet(size, box, ("", [], []), foot, EDGE)
    title = now.headline(scene, *period) if period[0] else scene.headline
    head = wrapped(title, room, 21, bold=True)
    deck = [] if period[0] else wrapped(scene.deck, room, 12)
    top = 50.0 + 27 * len(head) + 17 * len(deck)
    lines = (
        int((height * (1 - part) - top - 2 * GAP) / LINE) for part in (LEAST_MAP, SMALLEST_MAP)
    )
    foot = _foot(scene, room, period, *lines)
    bottom = height - GAP - LINE * len(foot) - GAP
    return _Sheet(size, (0.0, top, width, bottom), (scene.title, head, deck), foot, MARGIN)


def _foot(scene: Scene, room: float, period: tuple[str, str], lines: int, most: int) -> list[str]:
    """Notes, the sources of the figures on the map by their number, date and licence of the data.

    Sources are worded shorter until `lines` are enough; of those that `most` lines do not hold the
    number is said.
    """
    cited = _cited(scene, period)
    sources = [s for s in scene.sources if s.number in cited]
    for length in LENGTHS:
        words = [f"[{s.number}] {shorten(s.text, length, placeholder='…')}" for s in sources]
        foot = _wrapped_notes(scene, words, room)
        if len(foot) <= lines:
            return foot
    kept = len(words)
    while len(foot) > most and kept:
        kept -= 1
        more = f"and {len(words) - kept:,} more sources, listed with the data"
        foot = _wrapped_notes(scene, [*words[:kept], more], room)
    return foot


def _wrapped_notes(scene: Scene, sources: Sequence[str], room: float) -> list[str]:
    return [
        line
        for note in (" ".join(scene.notes), " ".join(sources), _dated(scene))
        for line in wrapped(note, room, NOTE)
    ]


def _dated(scene: Scene) -> str:
    """Of when the data are, and under which licences."""
    owed = "; ".join(filter(None, map(str, (scene.licence, *scene.credits))))
    when = f"Data of {scene.version}" if scene.version else "Data" if owed else ""
    return ": ".join(filter(None, (when, owed))) + "." * bool(when)


def _strip(scene: Scene, room: float, period: tuple[str, str]) -> str:
    """One line under a picture without a frame, so that it can be cut out of what it stands in."""
    span = " to ".join(dict.fromkeys(filter(None, period)))
    cited = sorted(_cited(scene, period))
    sources = f"sources {' '.join(f'[{n}]' for n in cited)}" if cited else ""
    when = f"data of {scene.version}" if scene.version else ""
    borders = "borders not authoritative" if scene.packs else ""
    parts = [*filter(None, (scene.title, span, sources, when, borders))]
    return next(iter(wrapped(" · ".join(parts), room, NOTE)), "")


def _axes(drawn: Figure, box: tuple[float, float, float, float], size: tuple[float, float]) -> Any:
    """Axes over a box, in its own pixels, y downward."""
    (left, top, right, bottom), (width, height) = box, size
    share = (left / width, 1 - bottom / height, (right - left) / width, (bottom - top) / height)
    axes = drawn.add_axes(share)
    axes.set_xlim(0, right - left)
    axes.set_ylim(bottom - top, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    return axes


def _frame(axes: Any, sheet: _Sheet) -> None:
    axes.patch.set_alpha(0)
    title, head, deck = sheet.head
    _text(axes, MARGIN, 18, [title], 12, colour=QUIET, bold=True)
    _text(axes, MARGIN, 36, head, 21, bold=True)
    _text(axes, MARGIN, 40 + 27 * len(head), deck, 12, colour=QUIET)
    _text(axes, sheet.margin, sheet.map[3] + GAP, sheet.foot, NOTE, colour=QUIET)


def _text(
    axes: Any,
    x: float,
    y: float,
    words: Sequence[str],
    size: float,
    *,
    colour: str = INK,
    bold: bool = False,
) -> None:
    for n, line in enumerate(words):
        axes.text(
            x,
            y + n * size * 1.3,
            line,
            va="top",
            fontsize=size * PX_PT,
            **face(line, bold=bold),
            color=colour,
            parse_math=False,
        )


# --- the map -------------------------------------------------------------------------------------


def _map(
    axes: Any, scene: Scene, view: Camera, period: tuple[str, str], lang: str, marks: Marks
) -> None:
    axes.set_facecolor(ground.COLOURS["sea"])
    zoom = math.log2(EQUATOR_KM * _narrowing(scene.view) / (TILE_PX * km_per_px(view, scene.view)))
    ground.draw(axes, scene.packs, view, zoom)
    beneath.draw(axes, scene.grounds, view, zoom)
    looks = strokes(scene, start=period[0], end=period[1])
    wide = {key: sum(one.width_px for one in own) for key, own in looks.items()}
    order = sorted(scene.pipes, key=lambda p: (not p.context, -wide[p.id]))
    desk = labels.Desk(view.width, view.height)
    parts = {pipe.id: [view.px(part) for part in pipe.parts] for pipe in scene.pipes}
    for n, pipe in enumerate(order):
        lines.draw(axes, pipe, looks[pipe.id], parts[pipe.id], 10 + n / len(order))
        desk.cover(pipe.id, parts[pipe.id], wide[pipe.id] / 2 + 1)
    names = [*marks.draw(axes, view, desk), *places.draw(axes, scene.places, view, desk, lang)]
    told = _written(scene, spoken(scene, *period))
    texts = {p.id: _words(p, period, told) for p in order}
    words = [
        _label(p, looks[p.id], placement.in_view(parts[p.id], view.width, view.height), texts[p.id])
        for p in order
        if p.parts and texts[p.id] not in ("", "?")
    ]
    scalebar.draw(axes, view, km_per_px(view, scene.view), desk)
    legend.draw(axes, legend.rows(scene, looks, *period), desk)
    labels.place(axes, desk, [*words, *names, *edges.labels(scene, parts, view, lang)])
    locator.draw(axes, locators.of(scene.view, scene.packs), desk, lang)
    own = [name for place in scene.places for name in place.names.values()]
    own += named(scene.grounds, scene.packs)
    ground_names = ground.names(scene.packs, view, zoom, own)
    over = (*ground.countries_of(scene.view, view, zoom, lang, scene.packs),
            *ground.seas_of(scene.view, view, zoom, lang, scene.grounds, scene.packs))  # fmt: skip
    streets = beneath.street_names(scene.grounds, view, zoom)
    labels.place(axes, desk, [*over, *beneath.names(scene.grounds, view), *ground_names, *streets])


def _narrowing(view: Sequence[float]) -> float:
    """How much shorter a parallel is than the equator, in the middle of a view."""
    return math.cos(math.radians((view[1] + view[3]) / 2))


def _label(pipe: Pipe, looks: Sequence[Stroke], seen: Floats, words: str) -> labels.Label:
    """The figure of a line beside what is seen of it, with the numbers of its sources."""
    return labels.Label(
        words,
        placement.stops(seen),
        size=12.0,
        reach=6 + sum(one.width_px for one in looks) / 2,
        frame=pipe.colour,
        bold=True,
        leads=labels.LEADS,
        gid=f"label:{pipe.id}",
        line=pipe.id,
        keep=any(one.core_px is not None for one in looks),
    )


def _written(scene: Scene, told: Mapping[str, tuple[Fact, ...]]) -> dict[str, tuple[Fact, ...]]:
    """What stands on the map: no counts beside the amounts of other corridors, they would crowd."""
    corridor = {pipe.id: pipe.corridor for pipe in scene.pipes}
    amounts = {corridor[p] for p, own in told.items() if any(f.rate is not None for f in own)}

    def counts(pipe: str) -> bool:
        own = told[pipe]
        return bool(own and own[0].rate is None and amounts - {corridor[pipe]})

    return {pipe: own for pipe, own in told.items() if not counts(pipe)}


def _words(pipe: Pipe, period: tuple[str, str], told: Mapping[str, tuple[Fact, ...]]) -> str:
    """What stands beside a line, with its sources; '' where another line says it."""
    if pipe.id not in told:
        return ""
    figures = told[pipe.id]
    if not figures:
        return "?" if period[0] else pipe.label
    numbers = dict.fromkeys(n for f in figures for n in _cites(f))
    cites = "".join(f" [{n}]" for n in numbers)
    unknown = "" if figures[0].rate is not None else ", amount unknown"
    return " · ".join(f.label for f in figures) + unknown + cites


def _cites(figure: Fact) -> tuple[int, ...]:
    """Numbers of the sources of a figure and of what it is compared with."""
    return figure.cites or ((figure.source,) if figure.source else ())


def _cited(scene: Scene, period: tuple[str, str]) -> set[int]:
    """Numbers of the sources of the figures that stand on the map."""
    return {n for figure in said(scene, *period) for n in _cites(figure)}


def said(scene: Scene, start: str = "", end: str = "") -> Sequence[Fact]:
    """The figures that stand on the map in a period: those drawn, or else one without a width."""
    told = _written(scene, spoken(scene, start, end))
    return [figure for own in told.values() for figure in own]
