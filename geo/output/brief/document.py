"""A briefing as a document: headings, captions, cross-references, native tables, footnotes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt
from lxml import etree

from geo.errors import GeoError
from geo.files.zipped import stable
from geo.output.brief import theme
from geo.output.brief.model import CITE, Section, Story, Table
from geo.scene.model import Source

FIRST_NOTE = 1  # −1 and 0 are the two separators
BRACKETS = "Numbers in brackets are those of the list of sources."
CELL_PT, NOTE_PT, WIDE_IN = 8, 8, 6.5


def write(story: Story, pictures: Mapping[str, bytes], *, template: Path | None = None) -> bytes:
    """The document as .docx; `pictures` are PNG by section id, `template` a document of one's own.

    A source is a footnote where it is first cited and a reference to that footnote after. The same
    story and pictures give the same bytes.
    """
    made = _Writer(story, template)
    made.opening()
    for section in story.sections:
        made.section(section, pictures.get(section.id))
    made.closing()
    target = io.BytesIO()
    made.document.save(target)
    return stable(target.getvalue())


class _Writer:
    """A document in the making."""

    def __init__(self, story: Story, template: Path | None) -> None:
        self.story = story
        self.document: Any = _opened(template)
        self.known = {source.number: source for source in story.sources}
        self.notes: dict[int, int] = {}
        self.counts = {"Figure": 0, "Table": 0}
        core = self.document.core_properties
        core.title, core.author, core.last_modified_by, core.comments = (
            story.title[:255],
            "",
            "",
            "",
        )
        core.language = story.lang
        if template is None:
            theme.lettered(self.document.part.package)
        self.list_style = _style(self.document, "List Bullet")

    # --- parts ------------------------------------------------------------------------------------

    def opening(self) -> None:
        """Title, finding, deck, table of contents."""
        self.document.add_heading(self.story.title, 0)
        self.said(self.paragraph(), self.story.headline, bold=True)
        self.said(self.paragraph(), self.story.deck)
        contents = self.paragraph()
        titles = [section.title for section in self.story.sections] + [
            "Method and limits",
            "Sources",
        ]
        _field(contents, 'TOC \\o "1-2" \\h \\z \\u', "\n".join(titles), dirty=True)

    def section(self, section: Section, picture: bytes | None) -> None:
        """The finding, its picture with caption, its tables."""
        self.document.add_heading(section.title, 1)
        self.said(self.paragraph(), section.headline, bold=True)
        if section.deck:
            self.said(self.paragraph(), section.deck)
        if picture is not None:
            line = self.paragraph()
            line.add_run("See ")
            _field(line, f"REF map_{section.id} \\h", f"Figure {self.counts['Figure'] + 1}")
            line.add_run(".")
            drawn = self.document.add_picture(io.BytesIO(picture), width=Inches(WIDE_IN))
            drawn._inline.docPr.set("descr", section.alt)
            shown = section.cites(self.story.start, self.story.end)
            self.caption("Figure", f"{section.title} {shown}. {BRACKETS}", f"map_{section.id}")
        for word, text in section.argument:
            line = self.paragraph()
            self.said(line, f"{word}. ", bold=True)
            self.said(line, text)
        for table in section.tables:
            self.caption("Table", table.title, "")
            self.table(table)
        for point in section.points:
            self.said(self.document.add_paragraph(style=self.list_style), point)

    def closing(self) -> None:
        """Method, sources, footnotes."""
        self.document.add_heading("Method and limits", 1)
        for line in self.story.method:
            self.said(self.document.add_paragraph(style=self.list_style), line)
        self.document.add_heading("Sources", 1)
        for source in self.story.sources:
            self.paragraph().add_run(f"[{source.number}] {source.text} {source.url}".strip())
        self.paragraph().add_run(f"Data: {self.story.version}, {self.story.licence}.")
        _footnotes(self.document, [self.known[number] for number in self.notes])

    # --- pieces -----------------------------------------------------------------------------------

    def paragraph(self) -> Any:
        """An empty paragraph at the end."""
        return self.document.add_paragraph()

    def caption(self, kind: str, words: str, mark: str) -> None:
        """A caption with a number that Word counts; `mark` is what references point to."""
        line = self.document.add_paragraph(style=_style(self.document, "Caption"))
        number = sum(self.counts.values()) + 1
        if mark:
            _bookmark(line, mark, number)
        line.add_run(f"{kind} ")
        count = self.counts[kind] = self.counts[kind] + 1
        _field(line, f"SEQ {kind} \\* ARABIC", str(count))
        if mark:
            _end_bookmark(line, number)
        self.said(line, f": {words}")

    def said(self, paragraph: Any, text: str, *, bold: bool = False, size: float = 0) -> None:
        """Words with their footnotes."""
        pieces = CITE.split(text)
        for n, piece in enumerate(pieces):
            if n % 2:
                self.cite(paragraph, int(piece))
            elif not piece and 0 < n < len(pieces) - 1:  # two numbers side by side
                paragraph.add_run(", ").font.superscript = True
            elif piece:
                run = paragraph.add_run(piece)
                run.bold = bold
                if size:
                    run.font.size = Pt(size)

    def cite(self, paragraph: Any, number: int) -> None:
        """A footnote at the first citation of a source, a reference to it later."""
        if number not in self.known:
            paragraph.add_run(f"[{number}]")
            return
        first = number not in self.notes
        note = self.notes.setdefault(number, FIRST_NOTE + len(self.notes))
        run = paragraph.add_run()
        run.font.superscript = True
        if first:
            _bookmark(paragraph, f"source_{number}", 10_000 + number, before=run)
            reference = OxmlElement("w:footnoteReference")
            reference.set(qn("w:id"), str(note))
            run._r.append(reference)
            _end_bookmark(paragraph, 10_000 + number)
        else:
            paragraph._p.remove(run._r)
            _field(paragraph, f"NOTEREF source_{number} \\f \\h", str(note), superscript=True)

    def table(self, table: Table) -> None:
        """A native table whose first row repeats on every page."""
        shown = self.document.add_table(rows=1, cols=len(table.columns))
        shown.autofit = False
        shown._tbl.tblPr.append(_margins())
        shown.style = _style(self.document, "Table Grid")
        for cell, word in zip(shown.rows[0].cells, table.columns, strict=True):
            self.said(cell.paragraphs[0], word, bold=True, size=CELL_PT)
        head = OxmlElement("w:tblHeader")
        shown.rows[0]._tr.get_or_add_trPr().append(head)
        for row in table.rows:
            cells = shown.add_row().cells
            for cell, words in zip(cells, row, strict=True):
                self.said(cell.paragraphs[0], words, size=CELL_PT)
        for column, share in zip(shown.columns, table.shares(), strict=True):
            column.width = Inches(WIDE_IN * share)
            for cell in column.cells:
                cell.width = Inches(WIDE_IN * share)
        self.paragraph()


def _opened(template: Path | None) -> Any:
    try:
        document = Document(str(template) if template else None)
    except Exception as error:  # the package raises many kinds on a file that is none
        raise GeoError(f"{template}: not a document that can be opened: {error}") from error
    if template is None:
        section = document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Inches(8.27), Inches(11.69)
        section.left_margin = section.right_margin = Inches(0.88)
    return document


def _style(document: Any, name: str) -> Any:
    """A style by its name, or None where a template has it not."""
    return next((style for style in document.styles if style.name == name), None)


def _field(
    paragraph: Any, code: str, shown: str, *, dirty: bool = False, superscript: bool = False
) -> None:
    """A field that Word computes, with what it shows until then."""
    for kind in ("begin", "code", "separate", "shown", "end"):
        run = paragraph.add_run(shown if kind == "shown" else "")
        run.font.superscript = superscript or None
        if kind == "code":
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {code} "
            run._r.append(text)
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            if dirty and kind == "begin":
                mark.set(qn("w:dirty"), "true")
            run._r.append(mark)


def _bookmark(paragraph: Any, name: str, number: int, *, before: Any = None) -> None:
    start = OxmlElement("w:bookmarkStart")
    start.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    if before is None:
        paragraph._p.append(start)
    else:
        before._r.addprevious(start)


def _end_bookmark(paragraph: Any, number: int) -> None:
    end = OxmlElement("w:bookmarkEnd")
    end.set(qn("w:id"), str(number))
    paragraph._p.append(end)


def _footnotes(document: Any, sources: list[Source]) -> None:
    """The part that holds the footnotes; the library has none of its own."""
    root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        root.append(_note(number, kind, []))
    for number, source in enumerate(sources, FIRST_NOTE):
        root.append(_note(number, "", [f" {source.text} {source.url}".rstrip()]))
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    part = Part(
        PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, data, document.part.package
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _note(number: int, kind: str, words: list[str]) -> Any:
    note = OxmlElement("w:footnote")
    note.set(qn("w:id"), str(number))
    if kind:
        note.set(qn("w:type"), kind)
    line = OxmlElement("w:p")
    spacing = OxmlElement("w:spacing")
    for name in ("before", "after"):
        spacing.set(qn(f"w:{name}"), "0")
    line.get_or_add_pPr().append(spacing)
    first = OxmlElement("w:r")
    first.get_or_add_rPr().append(_size(NOTE_PT))
    first.append(OxmlElement(f"w:{kind}" if kind else "w:footnoteRef"))
    line.append(first)
    for text in words:
        run, holder = OxmlElement("w:r"), OxmlElement("w:t")
        run.get_or_add_rPr().append(_size(NOTE_PT))
        holder.set(qn("xml:space"), "preserve")
        holder.text = text
        run.append(holder)
        line.append(run)
    note.append(line)
    return note


def _margins() -> Any:
    """Narrow sides of cells, so that words stay whole."""
    sides = (f'<w:{side} w:w="50" w:type="dxa"/>' for side in ("left", "right"))
    return parse_xml(f"<w:tblCellMar {nsdecls('w')}>{''.join(sides)}</w:tblCellMar>")


def _size(points: int) -> Any:
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), str(2 * points))
    return size
