"""A briefing as slides: titles that say the finding, native tables and chart, footnotes, notes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from geo.errors import GeoError
from geo.files.zipped import stable
from geo.output.brief.story import MOVED, Section, Story, Table

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN, FOOT = Inches(0.5), Inches(0.85)
TOP = Inches(1.45)
ROWS = 12  # of a table on a slide
LINES = 10  # of a list
BARS = 8
KEY = 8  # figures beside a map
SMALL = 640  # characters of footnotes, beyond which they are set smaller
INK, QUIET = RGBColor(0x1D, 0x23, 0x29), RGBColor(0x59, 0x62, 0x6B)
BLUE, PALE = RGBColor(0x56, 0xB4, 0xE9), RGBColor(0xCF, 0xD6, 0xDD)
TITLE_ONLY, BLANK = 5, 6


def write(story: Story, pictures: Mapping[str, bytes], *, template: Path | None = None) -> bytes:
    """The slides as .pptx; `pictures` are PNG by section id, `template` one of one's own.

    The same story and pictures give the same bytes.
    """
    deck = _Deck(story, template)
    deck.opening()
    for section in story.sections:
        deck.section(section, pictures.get(section.id))
    deck.sources()
    target = io.BytesIO()
    deck.show.save(target)
    return stable(target.getvalue())


class _Deck:
    """Slides in the making."""

    def __init__(self, story: Story, template: Path | None) -> None:
        self.story = story
        self.show: Any = _opened(template)
        self.plain = template is None
        if self.plain:
            self.show.slide_width, self.show.slide_height = WIDE, HIGH
        self.wide, self.high = self.show.slide_width, self.show.slide_height
        layouts = self.show.slide_layouts
        self.layout = next(
            (x for x in layouts if x.name == "Title Only"), layouts[min(5, len(layouts) - 1)]
        )
        core = self.show.core_properties
        core.title, core.author, core.last_modified_by = story.title[:255], "", ""

    def slide(self, title: str, texts: Sequence[str]) -> Any:
        """A slide with its title, footnotes of what it cites, and notes."""
        slide = self.show.slides.add_slide(self.layout)
        box = slide.shapes.title
        if box is None:
            box = slide.shapes.add_textbox(MARGIN, Inches(0.3), self.wide - 2 * MARGIN, Inches(1))
        _place(box, MARGIN, Inches(0.3), self.wide - 2 * MARGIN, Inches(1.05))
        _write(box.text_frame, [title], _fitting(title), bold=True)
        if self.plain:
            box.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        notes, cited = self.story.noted([title, *texts]), self.story.cited([title, *texts])
        if notes:
            foot = slide.shapes.add_textbox(
                MARGIN, self.high - FOOT, self.wide - 2 * MARGIN, FOOT - Inches(0.1)
            )
            said = "   ".join(note.replace(" ", "\u00a0", 1) for note in notes)
            _write(foot.text_frame, [said], 8 if len(said) < SMALL else 7, colour=QUIET)
        slide.notes_slide.notes_text_frame.text = "\n".join(
            [*self.story.method, *[f"[{s.number}] {s.text} {s.url}".strip() for s in cited]]
        )
        return slide

    def opening(self) -> None:
        story = self.story
        slide = self.slide(story.headline, [story.deck])
        box = slide.shapes.add_textbox(MARGIN, Inches(1.6), self.wide - 2 * MARGIN, Inches(3))
        said = f"Data: {story.version}, {story.licence}. Times are UTC."
        _write(box.text_frame, [story.title, *story.deck.split(" · "), said], 18, colour=QUIET)

    def section(self, section: Section, picture: bytes | None) -> None:
        if picture is not None:
            self.picture(section, picture)
        if section.bars:
            self.chart(section)
        for table in section.tables if not section.bars else ():
            self.table(section, table)
        for part, points in _pages(section.points, LINES):
            slide = self.slide(section.headline + part, points)
            box = slide.shapes.add_textbox(
                MARGIN, TOP, self.wide - 2 * MARGIN, self.high - TOP - FOOT
            )
            _write(box.text_frame, points, 13)

    def picture(self, section: Section, picture: bytes) -> None:
        """The finding, its map, a link to the page the map is of."""
        key = _key(section)
        cites = [cell for row in key.rows for cell in row]
        shown = section.cites(self.story.start, self.story.end)
        slide = self.slide(section.headline, [shown, section.deck, *cites])
        room = (int(self.wide * 0.6), self.high - TOP - FOOT - Inches(0.3))
        drawn = slide.shapes.add_picture(io.BytesIO(picture), MARGIN, TOP)
        scale = min(room[0] / drawn.width, room[1] / drawn.height)
        _place(drawn, MARGIN, TOP, Emu(int(drawn.width * scale)), Emu(int(drawn.height * scale)))
        drawn._element.nvPicPr.cNvPr.set("descr", section.alt)
        drawn._element.nvPicPr.cNvPr.set("name", f"map {section.id}")
        link = slide.shapes.add_textbox(
            MARGIN, self.high - FOOT - Inches(0.32), self.wide - 2 * MARGIN, Inches(0.3)
        )
        _write(link.text_frame, [f"Interactive map: {section.id}.html"], 10, colour=QUIET)
        link.text_frame.paragraphs[0].runs[0].hyperlink.address = f"{section.id}.html"
        if key.rows:
            left = MARGIN + drawn.width + Inches(0.2)
            self.grid(slide, section, key, key.rows, (left, self.wide - MARGIN - left))

    def table(self, section: Section, table: Table) -> None:
        """A native table, over as many slides as it needs."""
        for part, rows in _pages(table.rows, ROWS):
            slide = self.slide(table.title + part, [cell for row in rows for cell in row])
            self.grid(slide, section, table, rows, (MARGIN, self.wide - 2 * MARGIN))

    def grid(
        self,
        slide: Any,
        section: Section,
        table: Table,
        rows: Sequence[Sequence[str]],
        place: tuple[int, int],
    ) -> None:
        """A native table at a place (left, width)."""
        left, width = place
        height = Inches(0.3) * (len(rows) + 1)
        frame = slide.shapes.add_table(len(rows) + 1, len(table.columns), left, TOP, width, height)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", f"{section.headline}. {table.title}")
        _fill(frame.table, table, rows, width)

    def chart(self, section: Section) -> None:
        """How full each line was, as a native chart whose figures can be edited."""
        for part, bars in _pages(section.bars, BARS):
            cites = " ".join(bar.cites for bar in bars)
            slide = self.slide(section.headline + part, [cites])
            data = CategoryChartData(number_format="0%")
            data.categories = [f"{bar.word} {bar.cites}" for bar in reversed(bars)]
            data.add_series("what moved, of what could", [bar.low for bar in reversed(bars)])
            data.add_series("up to, where sources differ or give a range",
                            [bar.high - bar.low for bar in reversed(bars)])  # fmt: skip
            frame = slide.shapes.add_chart(
                XL_CHART_TYPE.BAR_STACKED, MARGIN, TOP, self.wide - 2 * MARGIN,
                self.high - TOP - FOOT, data,
            )  # fmt: skip
            said = "; ".join(f"{bar.word}: {bar.said}" for bar in bars)
            frame._element.nvGraphicFramePr.cNvPr.set("descr", f"Bar chart. {said}")
            _dress(frame.chart)

    def sources(self) -> None:
        """Every source with its number and address."""
        for part, found in _pages(self.story.sources, 18):
            slide = self.slide(f"Sources{part}", [])
            box = slide.shapes.add_textbox(MARGIN, TOP, self.wide - 2 * MARGIN, self.high - TOP)
            _write(box.text_frame, [f"[{s.number}] {s.text}" for s in found], 11)
            for source, line in zip(found, box.text_frame.paragraphs, strict=True):
                if source.url:
                    line.runs[0].hyperlink.address = source.url


def _opened(template: Path | None) -> Any:
    try:
        return Presentation(str(template) if template else None)
    except Exception as error:  # the package raises many kinds on a file that is none
        raise GeoError(f"{template}: not a presentation that can be opened: {error}") from error


def _key(section: Section) -> Table:
    """The first figures of a corridor, short enough to stand beside its map."""
    if section.bars:
        bars = tuple((bar.word, bar.share, bar.cites) for bar in section.bars[:KEY])
        return Table("Key figures", ("Line and period", "Full", "Source"), bars)
    first = section.tables[0] if section.tables else Table("", (), ())
    if len(first.columns) != len(MOVED):
        return Table("", (), ())
    rows = sorted(first.rows, key=lambda row: (not row[4], "limit" in row[4]))[:KEY]
    told = tuple((r[0], _of(r[2], r[3]) if r[4] else r[2], r[4], r[6]) for r in rows)
    return Table("Key figures", ("Period", "Moved", "Full", "Source"), told)


def _of(moved: str, could: str) -> str:
    """'1.2 Mt of 4 Mt/year', '277,365 bbl, limit 500,000 bbl/year'."""
    return f"{moved}, {could}" if could.startswith("limit") else f"{moved} of {could}"


def _pages(items: Sequence[Any], most: int) -> Iterator[tuple[str, Sequence[Any]]]:
    """Pieces of a list with what their titles add: ' (2 of 3)'."""
    count = -(-len(items) // most)
    for n in range(count):
        yield f" ({n + 1} of {count})" if count > 1 else "", items[n * most : (n + 1) * most]


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _fitting(title: str) -> int:
    """A size in points at which a title takes at most two lines."""
    return 28 if len(title) < 75 else 24 if len(title) < 120 else 20 if len(title) < 160 else 16


def _write(
    frame: Any, lines: Sequence[str], size: float, *, colour: Any = INK, bold: bool = False
) -> None:
    frame.word_wrap = True
    for n, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour


def _fill(table: Any, words: Table, rows: Sequence[Sequence[str]], width: int) -> None:
    shares = words.shares()
    for n, share in enumerate(shares):
        table.columns[n].width = Emu(int(width * share))
    for y, row in enumerate([words.columns, *rows]):
        table.rows[y].height = Inches(0.3)
        for x, cell in enumerate(row):
            box = table.cell(y, x)
            box.margin_top = box.margin_bottom = Inches(0.02)
            box.margin_left = box.margin_right = Inches(0.06)
            _write(
                box.text_frame,
                [cell],
                10,
                bold=y == 0,
                colour=RGBColor(255, 255, 255) if y == 0 else INK,
            )


def _dress(chart: Any) -> None:
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.font.size = Pt(11)
    chart.value_axis.minimum_scale = 0
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
