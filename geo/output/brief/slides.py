"""A briefing as slides: eight at most to show, and an appendix with every figure and source.

A slide to show has one sentence, a map and at most three numbers. Text is measured before it is
written, so that none is cut off; what finds no room stands in the notes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Length, Pt

from geo.errors import GeoError
from geo.files.zipped import stable
from geo.output.brief import grid, theme
from geo.output.brief.fitting import LINE, fitting, lines_of, paged, within
from geo.output.brief.grid import INK, PALE
from geo.output.brief.model import Bar, Number, Section, Story, Table

Box: TypeAlias = tuple[int, int, int, int]  # left, top, width, height

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN, GAP = Inches(0.35), Inches(0.15)
TOP, FOOT = Inches(1.1), Inches(0.8)
SIDE = Inches(2.75)  # beside a map
BELOW = Inches(0.95)  # under a map, on a slide as high as it is wide, or nearly so
SHOWN_MAPS = 5  # with the opening, a chart and what differs: eight slides to show
BARS = 8
TITLES = (28, 24, 20, 18, 16, 14)
VALUES = (28, 24, 20, 16)
LEAST = 10  # points of the smallest text
APART = 8  # points above a number
QUIET, BLUE = RGBColor(0x59, 0x62, 0x6B), RGBColor(0x56, 0xB4, 0xE9)
APPENDIX = "Appendix: every figure, the timeline and the sources"


def write(story: Story, pictures: Mapping[str, bytes], *, template: Path | None = None) -> bytes:
    """The slides as .pptx; `pictures` are PNG by section id, `template` one of one's own.

    The same story and pictures give the same bytes.
    """
    deck = _Deck(story, pictures, template)
    deck.shown()
    deck.appendix()
    target = io.BytesIO()
    deck.show.save(target)
    return stable(target.getvalue())


class _Deck:
    """Slides in the making."""

    def __init__(self, story: Story, pictures: Mapping[str, bytes], template: Path | None) -> None:
        self.story, self.pictures = story, pictures
        self.show: Any = _opened(template)
        self.plain = template is None
        if self.plain:
            self.show.slide_width, self.show.slide_height = WIDE, HIGH
            theme.lettered(self.show.part.package)
        self.wide, self.high = int(self.show.slide_width), int(self.show.slide_height)
        self.room = self.wide - 2 * MARGIN
        layouts = self.show.slide_layouts
        self.layout = next(
            (x for x in layouts if x.name == "Title Only"), layouts[min(5, len(layouts) - 1)]
        )
        core = self.show.core_properties
        core.title, core.author, core.last_modified_by = story.title[:255], "", ""
        mapped = [s for s in story.sections if s.id in pictures]
        self.maps = sorted(mapped, key=lambda s: bool(s.bars))  # what has a chart is shown as one
        self.most = min(SHOWN_MAPS, sum(1 for s in mapped if not s.bars))

    # --- what is shown ---

    def shown(self) -> None:
        """The opening, the maps, how full each line was, what sources differ about."""
        self.opening()
        for section in self.maps[: self.most]:
            self.picture(section, section.short or section.headline, section.numbers)
        for section in self.story.sections:
            for bars in [*_pieces(section.bars)][:1]:
                self.chart(section, bars, "")
            if section.points:
                self.points(section, *next(iter(self.listed(section))))

    def opening(self) -> None:
        """The whole briefing in a sentence, a map and three numbers."""
        front = self.story.front
        self.picture(front, self.story.short, _firsts(front.numbers), opening=True)

    def about(self) -> list[str]:
        """What the briefing is of, and of when."""
        return [self.story.title, f"Data: {self.story.version}, {self.story.licence}."]

    def picture(
        self, section: Section, title: str, numbers: Sequence[Number], *, opening: bool = False
    ) -> None:
        """The finding, its map, the numbers behind it, a link to the page the map is of."""
        shown = section.cites(self.story.start, self.story.end)
        slide = self.slide(title, [shown, section.deck, section.headline], foot=False)
        drawn = slide.shapes.add_picture(io.BytesIO(self.pictures[section.id]), MARGIN, TOP)
        beside = self.wide > 1.5 * self.high
        side, below = (SIDE, 0) if beside else (0, BELOW)
        room = self.room - side - (GAP if beside else 0), self.high - TOP - GAP - below
        scale = min(room[0] / drawn.width, room[1] / drawn.height)
        wide, high = int(drawn.width * scale), int(drawn.height * scale)
        _place(drawn, (MARGIN, TOP, wide, high))
        drawn._element.nvPicPr.cNvPr.set("descr", section.alt)
        drawn._element.nvPicPr.cNvPr.set("name", f"map {section.id}")
        left = MARGIN + wide + GAP
        box = (left, TOP, self.wide - MARGIN - left, high) if beside else (
            MARGIN, TOP + high, self.room, self.high - TOP - high - GAP
        )  # fmt: skip
        self.column(slide, box, section, numbers[:3], opening=opening)

    def column(
        self, slide: Any, box: Box, section: Section, numbers: Sequence[Number], *, opening: bool
    ) -> None:
        """At most three numbers, each over what it is of; the link at the end."""
        left, top, wide, high = box
        shape = slide.shapes.add_textbox(left, top, wide, high)
        frame, width = shape.text_frame, Length(wide).pt - 15
        frame.vertical_anchor = MSO_ANCHOR.TOP
        room = Length(high).pt - 8 - LINE * LEAST
        lines: list[tuple[str, float, bool]] = []
        for number in numbers:
            size = fitting(number.value, width, VALUES, most=1)
            told = [(number.value, size, True), (number.label, 12.0, False)]
            if lines_of([*lines, *told], width) + APART * len(lines) <= room:
                lines += told
        more = [*(self.about() if opening else ()), "" if numbers else section.deck]
        for text in filter(None, more):
            if lines_of([*lines, (text, LEAST, False)], width) + APART * len(lines) <= room:
                lines.append((text, LEAST, False))
        for n, (text, size, strong) in enumerate(lines):
            _line(frame, n, text, size, bold=strong, colour=INK if strong else QUIET)
            frame.paragraphs[n].space_before = Pt(APART if n and (strong or size == LEAST) else 0)
        link = _line(frame, len(lines), f"Interactive map: {section.id}.html", LEAST, colour=QUIET)
        link.hyperlink.address = f"{section.id}.html"

    def chart(self, section: Section, bars: Sequence[Bar], part: str) -> None:
        """How full each line was, as a native chart whose figures can be edited."""
        cites = " ".join(bar.cites for bar in bars)
        slide = self.slide(section.title + part, [cites])
        data = CategoryChartData(number_format="0%")
        data.categories = [f"{bar.word} {bar.cites}" for bar in reversed(bars)]
        data.add_series("what moved, of what could", [bar.low for bar in reversed(bars)])
        data.add_series("up to, where sources differ or give a range",
                        [bar.high - bar.low for bar in reversed(bars)])  # fmt: skip
        frame = slide.shapes.add_chart(
            XL_CHART_TYPE.BAR_STACKED, MARGIN, TOP, self.room, self.high - TOP - FOOT, data
        )
        said = "; ".join(f"{bar.word}: {bar.said}" for bar in bars)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", f"Bar chart. {said}")
        _dress(frame.chart, most=max(bar.high for bar in section.bars))

    # --- the appendix ---

    def appendix(self) -> None:
        """What is too much to show: tables, the rest of what was shown in part, sources."""
        slide = self.slide(APPENDIX, [])
        self.words(slide, (MARGIN, TOP, self.room, Inches(3)), [*self.about(),
                   *self.story.method], 12)  # fmt: skip
        for section in self.maps[self.most :]:
            self.picture(section, section.short or section.headline, section.numbers)
        for section in self.story.sections:
            pieces = [*_pieces(section.bars)]
            for n, bars in enumerate(pieces[1:], 2):
                self.chart(section, bars, f" ({n} of {len(pieces)})")
            for table in section.tables if not section.bars else ():
                self.table(section, table)
            for points, part in [*self.listed(section)][1:]:
                self.points(section, points, part)
        self.sources()

    def table(self, section: Section, table: Table) -> None:
        """A native table, over as many slides as it needs."""
        room = Length(self.high - TOP - FOOT).pt - 4
        tall = grid.heights(table, Length(self.room).pt)
        for part, rows in paged(tall[1:], room - tall[0]):
            cells = [table.rows[n] for n in rows]
            slide = self.slide(table.title + part, [cell for row in cells for cell in row])
            alone = f"{section.headline}. {table.title}"
            grid.draw(slide, table, cells, (MARGIN, TOP, self.room), alone)

    def listed(self, section: Section) -> Iterator[tuple[Sequence[str], str]]:
        """Sentences, as many as a slide holds, and what the slide's title adds."""
        width, room = Length(self.room).pt - 15, Length(self.high - TOP - FOOT).pt - 8
        tall = [lines_of([(point, 13.0, False)], width) + APART for point in section.points]
        for part, rows in paged(tall, room):
            yield [section.points[n] for n in rows], part

    def points(self, section: Section, points: Sequence[str], part: str) -> None:
        slide = self.slide(section.headline + part, points)
        frame = self.words(slide, (MARGIN, TOP, self.room, self.high - TOP - FOOT), points, 13)
        for paragraph in frame.paragraphs:
            paragraph.space_after = Pt(APART)

    def sources(self) -> None:
        """Every source with its number and address."""
        found = self.story.sources
        texts = [f"[{s.number}] {s.text}" for s in found]
        width, room = Length(self.room).pt - 15, Length(self.high - TOP).pt - 12
        tall = [lines_of([(text, 11.0, False)], width) for text in texts]
        for part, rows in paged(tall, room):
            slide = self.slide(f"Sources{part}", [])
            box = (MARGIN, TOP, self.room, self.high - TOP - GAP)
            frame = self.words(slide, box, [texts[n] for n in rows], 11)
            for n, line in zip(rows, frame.paragraphs, strict=True):
                if found[n].url:
                    line.runs[0].hyperlink.address = found[n].url

    # --- parts of a slide ---

    def slide(self, title: str, texts: Sequence[str], *, foot: bool = True) -> Any:
        """A slide with its title, notes with every source that it cites, and a foot of them."""
        slide = self.show.slides.add_slide(self.layout)
        box = slide.shapes.title
        if box is None:
            box = slide.shapes.add_textbox(MARGIN, GAP, self.room, TOP - 2 * GAP)
        _place(box, (MARGIN, GAP, self.room, TOP - 2 * GAP))
        shown, size = within(title, Length(self.room).pt - 15, TITLES, Length(TOP - 2 * GAP).pt - 8)
        _line(box.text_frame, 0, shown, size, bold=True)
        box.text_frame.word_wrap = True
        if self.plain:
            box.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        if foot:
            self.foot(slide, [title, *texts])
        cited = self.story.cited([title, *texts])
        listed = [f"[{s.number}] {s.text} {s.url}".strip() for s in cited]
        said = list(dict.fromkeys([title, *texts])) if not foot else []
        slide.notes_slide.notes_text_frame.text = "\n".join(
            [*filter(None, said), *self.story.method, *listed]
        )
        return slide

    def foot(self, slide: Any, texts: Sequence[str]) -> None:
        """Whose word the numbers stand for, as many as find room; the notes have all."""
        notes = [note.replace(" ", "\u00a0", 1) for note in self.story.noted(texts)]
        width, room = Length(self.room).pt - 15, Length(FOOT - GAP).pt - 8
        said = "   ".join(notes)
        while notes and lines_of([(said, LEAST, False)], width) > room:
            notes.pop()
            said = "   ".join([*notes, "more in the notes"])
        if said:
            box = (MARGIN, self.high - FOOT, self.room, FOOT - GAP)
            self.words(slide, box, [said], LEAST, colour=QUIET)

    def words(
        self, slide: Any, box: Box, texts: Sequence[str], size: float, *, colour: Any = INK
    ) -> Any:
        """A box of sentences, one a paragraph."""
        frame = slide.shapes.add_textbox(*box).text_frame
        for n, text in enumerate(texts):
            _line(frame, n, text, size, colour=colour)
        return frame


def _opened(template: Path | None) -> Any:
    try:
        return Presentation(str(template) if template else None)
    except Exception as error:  # the package raises many kinds on a file that is none
        raise GeoError(f"{template}: not a presentation that can be opened: {error}") from error


def _firsts(numbers: Sequence[Number]) -> list[Number]:
    """The first number of each corridor, by the corridor's name."""
    first: dict[str, Number] = {}
    for number in numbers:
        first.setdefault(number.corridor, number)
    return [one.named() for one in first.values()]


def _pieces(bars: Sequence[Bar]) -> Iterator[Sequence[Bar]]:
    for n in range(0, len(bars), BARS):
        yield bars[n : n + BARS]


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Emu, box)


def _line(
    frame: Any, n: int, text: str, size: float, *, colour: Any = INK, bold: bool = False
) -> Any:
    """Write the nth paragraph of a frame; returns its run."""
    frame.word_wrap = True
    paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour
    return run


def _dress(chart: Any, *, most: float) -> None:
    """Colours, sizes, and the same axis on every chart of a section."""
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.font.size = Pt(11)
    chart.value_axis.minimum_scale = 0
    chart.value_axis.maximum_scale = max(0.1, -(-most * 10 // 1) / 10)
    chart.value_axis.has_major_gridlines = True
    chart.value_axis.major_gridlines.format.line.color.rgb = PALE
    chart.value_axis.tick_labels.number_format = "0%"
    chart.value_axis.tick_labels.number_format_is_linked = False
    chart.plots[0].gap_width, chart.plots[0].overlap = 60, 100
    for series, colour in zip(chart.series, (BLUE, PALE), strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour
    first = chart.plots[0].series[0]
    first.data_labels.show_value, first.data_labels.number_format = True, "0.0%"
    first.data_labels.number_format_is_linked = False
    first.data_labels.position = XL_LABEL_POSITION.INSIDE_BASE
    first.data_labels.font.size, first.data_labels.font.bold = Pt(11), True
