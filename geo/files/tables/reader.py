"""A file of a table → its header and rows, every cell as text, every row with its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from geo.errors import GeoError
from geo.files import headings, intake, live, sheets
from geo.files.sheets import Row, Sheet
from geo.files.tables import dialect, encoding, header
from geo.files.tables.form import Form

__all__ = ["ENDINGS", "TEXTS", "columns", "read", "several", "sheet_names", "top"]

TEXTS = (".csv", ".tsv", ".tab", ".txt")
ENDINGS = (*TEXTS, ".xlsx")
_HEAD = 1 << 16  # bytes by which the columns of a text are told
_PEEK = 40  # rows by which it is told what a sheet holds


@intake.guarded
def read(path: Path, form: Form | None = None, *, memory_bytes: int = intake.CEILING) -> Sheet:
    """Read a table by its ending: a text of cells, or one sheet of a workbook.

    Rows without any cell are left out but counted. Raises GeoError, and DataError for broken
    quotes.
    """
    form = Form.of(form)
    if path.suffix.lower() == ".xlsx":
        return _workbook(path, form, memory_bytes)
    if form.sheet:
        raise GeoError(f"{path}: has no sheets; leave out --layer")
    return _text(intake.read(path, memory_bytes=memory_bytes), path, form)


def columns(path: Path, form: Form | None = None) -> list[str]:
    """The names of a table's columns, of a text by its first rows alone. Raises GeoError."""
    return top(path, form).header


@intake.guarded
def top(path: Path, form: Form | None = None) -> Sheet:
    """The first rows of a table under their header. Raises GeoError."""
    form = Form.of(form)
    if path.suffix.lower() != ".xlsx":
        return _text(_head(path), path, form)
    book = sheets.book(path)
    rows = book.top(_chosen(path, book, form)[0], _PEEK)
    own = header.found(rows, str(path), stated=form.header_row)
    return sheets.headed(path.name, own.names, rows, own.below, ())


def _head(path: Path) -> bytes:
    """The first whole lines of a text, or all of a short one. Raises GeoError."""
    start = intake.start(path, _HEAD)
    if len(start) < _HEAD:
        return start
    wide = b"\0" in start  # UTF-16 or UTF-32: of signs of two or four bytes
    return start[: len(start) // 4 * 4] if wide else start[: start.rfind(b"\n") + 1]


def _text(content: bytes, path: Path, form: Form) -> Sheet:
    """A text of cells under its header."""
    text, said = encoding.decoded(content, path, stated=form.encoding)
    stated, skip = dialect.stated(text)
    body = text.split("\n", 1)[1] if skip and "\n" in text else "" if skip else text
    mark = form.mark or stated or dialect.delimiter(body)
    rows = [
        replace(row, number=row.number + skip, cells=[live.unguarded(c) for c in row.cells])
        for row in sheets.lines(body, path.name, delimiter=mark)
        if any(cell.strip() for cell in row.cells)
    ]
    if not rows:
        raise GeoError(f"{path.name}: not CSV: an empty file; give a table with a header")
    top = header.found(rows, str(path), stated=form.header_row)
    body_rows = [_trimmed(row, len(top.names)) for row in rows[top.below :]]
    return Sheet(path.name, top.names, body_rows, (), (*said, *top.said), mark)


def _trimmed(row: Row, width: int) -> Row:
    """The row without empty cells beyond the header; a short one stays short, and is a fault."""
    if len(row.cells) > width and not any(cell.strip() for cell in row.cells[width:]):
        return replace(row, cells=row.cells[:width])
    return row


@intake.guarded
def several(path: Path, *, memory_bytes: int = intake.CEILING) -> dict[str, Sheet]:
    """Every sheet of a workbook under its header, by its name in lower case. Raises GeoError."""
    book = sheets.book(path, memory_bytes=memory_bytes)
    return {name.casefold(): _sheet(path, book, name, Form()) for name in book.names}


def _workbook(path: Path, form: Form, memory_bytes: int) -> Sheet:
    book = sheets.book(path, memory_bytes=memory_bytes)
    name, said = _chosen(path, book, form)
    found = _sheet(path, book, name, form)
    return replace(found, said=(*said, *found.said))


def _chosen(path: Path, book: sheets.Book, form: Form) -> tuple[str, tuple[str, ...]]:
    """The sheet to read, and what must be said of the choice. Raises GeoError."""
    names, name = book.names, form.sheet
    said: tuple[str, ...] = ()
    if not name and len(names) > 1:
        name, said = _telling(path, {one: book.top(one, _PEEK) for one in names})
    return sheets.chosen(names, name, path), said


def _sheet(path: Path, book: sheets.Book, name: str, form: Form) -> Sheet:
    rows, wrong = book.rows(name)
    if not len(rows):
        raise GeoError(f"{path.name}: an empty sheet; give a table with a header")
    top = header.found(rows, str(path), stated=form.header_row)
    below = rows[top.below].number if top.below < len(rows) else 0
    own = [one for one in wrong if one.number >= below]
    return replace(sheets.headed(path.name, top.names, rows, top.below, own), said=top.said)


def _telling(path: Path, tops: Mapping[str, Sequence[Row]]) -> tuple[str, tuple[str, ...]]:
    """The one sheet whose header tells of places or flows; "" where none or several do."""
    fitting = [name for name, rows in tops.items() if rows and _tells(path, rows)]
    if len(fitting) != 1:
        return "", ()
    others = ", ".join(name for name in tops if name != fitting[0])
    return fitting[0], (f"Sheet {fitting[0]} is read; not read: {others} (--layer for another).",)


def _tells(path: Path, rows: Sequence[Row]) -> bool:
    names = header.found(rows, str(path)).names
    axes = {own[0] for name in names if (own := headings.axis(name))}
    return len(axes) == 2 or any(_whole(names))


def _whole(names: Sequence[str]) -> Iterator[bool]:
    """Whether columns name both ends of a flow, or a position in one column."""
    yield all(headings.ranked(field, names) for field in ("origin", "destination"))
    for field in ("wkt", "geojson", "mgrs", "latlon", "lonlat"):
        yield bool(headings.ranked(field, names))


def sheet_names(path: Path, *, memory_bytes: int = intake.CEILING) -> list[str]:
    """The sheets of a workbook that hold cells. Raises GeoError."""
    return sheets.book(path, memory_bytes=memory_bytes).names
