"""A table on a slide: native, in the style of the kit, its rows as high as their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree
from pptx.dml.color import RGBColor
from pptx.oxml.ns import qn
from pptx.util import Emu, Length, Pt

from geo.output.brief.fitting import lines_of
from geo.output.brief.model import Table

__all__ = ["INK", "PALE", "draw", "heights"]

SIZE = 10.0
ACROSS, DOWN = 4.5, 2.0  # points between the words of a cell and its edges
INK, PALE = RGBColor(0x1D, 0x23, 0x29), RGBColor(0xCF, 0xD6, 0xDD)
HEAD = RGBColor(0xEE, 0xF1, 0xF3)
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's "No Style, No Grid"


def heights(table: Table, width: float) -> list[float]:
    """How high the head and each row are, in points."""
    return _heights([table.columns, *table.rows], table.shares(), width)


def _heights(rows: Sequence[Sequence[str]], shares: Sequence[float], width: float) -> list[float]:
    rooms = [share * width - 2 * ACROSS for share in shares]
    return [
        max(lines_of([(cell, SIZE, n == 0)], room) for cell, room in zip(row, rooms, strict=True))
        + 2 * DOWN
        for n, row in enumerate(rows)
    ]


def draw(
    slide: Any,
    table: Table,
    rows: Sequence[Sequence[str]],
    place: tuple[int, int, int],
    alone: str,
) -> None:
    """Draw some rows under the head, at (left, top, width); `alone` is the text for the blind."""
    left, top, width = place
    shown, shares = [table.columns, *rows], table.shares()
    tall = _heights(shown, shares, Length(width).pt)
    frame = slide.shapes.add_table(
        len(rows) + 1, len(table.columns), left, top, width, Pt(sum(tall))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alone)
    drawn = frame.table
    drawn.horz_banding = False
    drawn._tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN
    for n, share in enumerate(shares):
        drawn.columns[n].width = Emu(int(width * share))
    for y, row in enumerate(shown):
        drawn.rows[y].height = Pt(tall[y])
        for x, words in enumerate(row):
            _cell(drawn.cell(y, x), words, head=y == 0)


def _cell(cell: Any, words: str, *, head: bool) -> None:
    cell.margin_top = cell.margin_bottom = Pt(DOWN)
    cell.margin_left = cell.margin_right = Pt(ACROSS)
    frame = cell.text_frame
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph._p.get_or_add_endParaRPr().set("sz", str(int(100 * SIZE)))  # or 18 where it is empty
    run = paragraph.add_run()
    run.text = words
    run.font.size, run.font.bold, run.font.color.rgb = Pt(SIZE), head, INK
    _ruled(cell)
    if head:
        cell.fill.solid()
        cell.fill.fore_color.rgb = HEAD


def _ruled(cell: Any) -> None:
    """A hair line under a cell."""
    line = etree.SubElement(cell._tc.get_or_add_tcPr(), qn("a:lnB"), w=str(Pt(0.75)))
    fill = etree.SubElement(line, qn("a:solidFill"))
    etree.SubElement(fill, qn("a:srgbClr"), val=str(PALE))
