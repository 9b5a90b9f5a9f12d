"""A sheet of an .xlsx as rows of text, read in a stream; its size as stated is not asked for.

The parts that describe a workbook are read by openpyxl; a sheet and the shared texts are read event
by event and kept packed. A row or column that no spreadsheet has ends the reading at its place, as
does more text than the memory ceiling leaves room for.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import datetime as moments
from openpyxl.utils.cell import column_index_from_string
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from geo.errors import DataError, Fault, GeoError, Wording, wording
from geo.files import intake

ROWS, COLUMNS = 1_048_576, 16_384  # ECMA-376, as every spreadsheet program has it
ABOUT_BYTES = 20_000_000  # of the parts that describe a workbook, together
_CHUNK = 1 << 15  # few rows wait at a time: a short one may end in the last column
_SPACES = (SHEET_MAIN_NS, "http://purl.oclc.org/ooxml/spreadsheetml/main")
_NAMES = ("row", "c", "v", "f", "is", "t", "rPh", "si", "sheetData")
_KNOWN = {f"{space}}}{name}": name for space in _SPACES for name in _NAMES}
_TEXTUAL = frozenset({"v", "t", "f"})
_SHARED = "/sharedstrings.xml"
_APART = "\x1f"  # XML 1.0 has no such character, so that no cell does
_ZEROS = re.compile("0{2,}")
# Bytes of memory for each byte of text that is kept, and for each cell, with the empty ones before
# it: the table made of it holds every cell.
_GROWN, _CELL = 8, 100


class Read(NamedTuple):
    """A row: its number, its cells, and (column, value, code) of each without a value."""

    number: int
    cells: list[str]
    wrong: list[tuple[int, str, str]]


@dataclass
class Packed:
    """Rows of cells, packed: a tenth of what lists of texts take."""

    numbers: array[int] = field(default_factory=lambda: array("L"))
    ends: array[int] = field(default_factory=lambda: array("Q"))
    text: bytearray = field(default_factory=bytearray)

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Put a row behind the others."""
        self.text += _APART.join(cells).encode("utf-8")
        self.numbers.append(number)
        self.ends.append(len(self.text))

    def cells(self, at: int) -> list[str]:
        """The cells of a row, counted from 0."""
        start = self.ends[at - 1] if at else 0
        return self.text[start : self.ends[at]].decode("utf-8").split(_APART)


class Book:
    """An opened workbook. What openpyxl or zlib raises is for the caller to turn into an error."""

    def __init__(self, content: bytes, path: Path, memory_bytes: int) -> None:
        """Read what describes the workbook: its sheets, their styles, the first day it counts."""
        self.path, self._most = path, memory_bytes
        self._reader = ExcelReader(io.BytesIO(content), read_only=True, keep_links=False)
        self._describe(self._reader.archive)
        with warnings.catch_warnings(action="ignore"):  # advice on parts that are not read
            self._reader.read_manifest()
            self._reader.read_workbook()
            apply_stylesheet(self._reader.archive, self._reader.wb)
            found = list(self._reader.parser.find_sheets())
        held = {name.lstrip("/") for name in self._reader.valid_files}
        self.parts: Mapping[str, str] = {
            sheet.name: rel.target
            for sheet, rel in found
            if rel.target.lstrip("/") in held and "chartsheet" not in rel.Type
        }

    def _describe(self, archive: zipfile.ZipFile) -> None:
        """Refuse descriptions too long to be any: styles and names are read as a whole."""
        large = ("/worksheets/", "/media/", _SHARED, "/pivotcache/", "/drawings/", "/charts/")
        size = sum(
            item.file_size
            for item in archive.infolist()
            if not any(name in f"/{item.filename}".lower() for name in large)
        )
        if size > ABOUT_BYTES:
            raise GeoError(
                f"{self.path}: styles, names and properties of {size:,} bytes, at most "
                f"{ABOUT_BYTES:,} are read; save it as CSV"
            )

    def rows(self, sheet: str) -> Iterator[Read]:
        """The rows of a sheet that hold anything, in their order."""
        reader = _Rows(self.path.name, self._texts(), self._values())
        part = self._reader.archive.open(self.parts[sheet].lstrip("/"))
        size = cells = 0
        for row in reader.read(part):
            size += len("".join(row.cells))
            cells += len(row.cells)
            if (need := size * _GROWN + cells * _CELL) > self._most:
                intake.judge(self.path, size + cells, need, self._most)
            yield row

    def _values(self) -> _Values:
        book: Any = self._reader.wb
        return _Values(book.epoch, book._date_formats, book._timedelta_formats, _padded(book))

    def _texts(self) -> list[str]:
        """The shared texts, which the list of parts names; some writers leave them out of it."""
        listed: Any = self._reader.package
        stated = listed.find(SHARED_STRINGS)
        names = [stated.PartName.lstrip("/")] if stated is not None else []
        names += [n for n in self._reader.valid_files if n.lower().endswith(_SHARED)]
        return _Texts().read(self._reader.archive.open(names[0])) if names else []


def _padded(book: Any) -> dict[int, int]:
    """Styles whose format asks for leading zeros, and how many digits that makes."""
    found = {}
    for number, style in enumerate(book._cell_styles):
        own = style.numFmtId - BUILTIN_FORMATS_MAX_SIZE
        named = book._number_formats
        code = named[own] if 0 <= own < len(named) else BUILTIN_FORMATS.get(style.numFmtId, "")
        if _ZEROS.fullmatch(code):
            found[number] = len(code)
    return found


# --- values ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Values:
    """What a cell's text is: 5 for 5.0, days as yyyy-mm-dd, zeros that its format asks for."""

    epoch: Any
    dates: set[int]
    spans: set[int]
    padded: Mapping[int, int]

    def number(self, text: str, style: int) -> str:
        value = float(text) if any(sign in text for sign in ".eEnN") else int(text)
        if style in self.dates:
            return _said(moments.from_excel(value, self.epoch, timedelta=style in self.spans))
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        return str(value).zfill(
            self.padded[style] if type(value) is int and style in self.padded else 0
        )


def _moment(text: str) -> Any:
    return moments.from_ISO8601(text)  # type: ignore[no-untyped-call]


def _said(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)


# --- parts, event by event ------------------------------------------------------------------------


def _parser(start: Callable[..., None], end: Callable[..., None]) -> tuple[Any, list[str]]:
    """A parser that tells elements by their local names, and the text since it was last emptied."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text, parser.buffer_size = True, 1 << 16
    text: list[str] = []
    parser.CharacterDataHandler = text.append
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = _entity
    return parser, text


def _entity(*_: Any) -> None:
    raise ValueError("it defines entities")


class _Texts:
    """The shared texts of a workbook; what says how to pronounce them is left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text: list[str] = []
        self._kept: list[str] = []
        self._aside = 0

    def read(self, part: Any) -> list[str]:
        parser, self._text = _parser(self._start, self._end)
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)
        return self.found

    def _start(self, full: str, _: Any) -> None:
        self._text.clear()
        self._aside += _KNOWN.get(full) == "rPh"

    def _end(self, full: str) -> None:
        name = _KNOWN.get(full)
        if name == "t" and not self._aside:
            self._kept += self._text
        elif name == "rPh":
            self._aside -= 1
        elif name == "si":
            self.found.append("".join(self._kept))
            self._kept = []


class _Rows:
    """The rows of one sheet as they come."""

    def __init__(self, file: str, texts: Sequence[str], values: _Values) -> None:
        self._file, self._texts, self._values = file, texts, values
        self._ready: list[Read] = []
        self._number = self._aside = 0
        self._cells: list[str] = []
        self._wrong: list[tuple[int, str, str]] = []
        self._column = 0
        self._kind, self._style = "n", 0
        self._value: str | None = None
        self._formula: str | None = None
        self._inline: list[str] = []
        self._letters: dict[str, int] = {}
        self._text: list[str] = []
        self._over = False

    def read(self, part: Any) -> Iterator[Read]:
        parser, self._text = _parser(self._start, self._end)
        while (chunk := part.read(_CHUNK)) and not self._over:
            parser.Parse(chunk)
            yield from self._ready
            self._ready.clear()
        if not self._over:
            parser.Parse(b"", True)
            yield from self._ready

    def _start(self, full: str, more: Mapping[str, str]) -> None:
        name = _KNOWN.get(full)
        if name == "c":
            self._kind, self._style = more.get("t", "n"), int(more.get("s", 0))
            self._value = self._formula = None
            self._column = self._at(more.get("r"))
        elif name in _TEXTUAL:
            self._text.clear()
        elif name == "row":
            self._row(more.get("r"))
        elif name == "rPh":
            self._aside += 1

    def _end(self, full: str) -> None:
        name = _KNOWN.get(full)
        if name == "v":
            self._value = "".join(self._text)
        elif name == "c":
            self._cell()
        elif name == "row":
            if any(self._cells) or self._wrong:
                self._ready.append(Read(self._number, self._cells, self._wrong))
        elif name == "f":
            self._formula = "=" + "".join(self._text)
        elif name == "t" and not self._aside:
            self._inline += self._text
        elif name == "rPh":
            self._aside -= 1
        elif name == "sheetData":
            self._over = True

    def _row(self, said: str | None) -> None:
        before, self._number = self._number, int(said) if said else self._number + 1
        if not before < self._number <= ROWS:
            why = wording("workbook.row-out-of-order", before=before, rows=ROWS)
            self._refuse(f"row {self._number}", str(said), why)
        self._cells, self._wrong, self._column = [], [], 0

    def _at(self, said: str | None) -> int:
        """The column of a cell, counted from 1."""
        letters = said.rstrip("0123456789") if said is not None else ""
        if letters in self._letters:
            return self._letters[letters]
        column = self._column + 1 if said is None else column_index_from_string(letters)
        if said is not None and column <= COLUMNS:
            self._letters[letters] = column
        if column > COLUMNS:
            why = wording("workbook.column-beyond-last", column=column, columns=COLUMNS)
            self._refuse(f"row {self._number}", str(said or ""), why)
        return column

    def _refuse(self, where: str, value: str, why: Wording) -> None:
        fault = Fault(self._file, where, "", value[:60], *why)
        raise DataError(f"{self._file}: no sheet", faults=[fault])

    def _cell(self) -> None:
        text, code = self._said()
        self._inline.clear()
        cells, at = self._cells, self._column - 1
        if at == len(cells):
            cells.append(text)
        elif at > len(cells):
            cells += [""] * (at - len(cells))
            cells.append(text)
        else:
            code = "workbook.cell-twice"
        if code:
            self._wrong.append((at, (self._formula or text)[:60], code))

    def _said(self) -> tuple[str, str]:
        """The text of the cell that ends, and the code of why it has no value."""
        value, kind = self._value, self._kind
        if kind == "inlineStr":
            return "".join(self._inline), ""
        if kind == "e":
            return value or "", "workbook.cell-error"
        if not value:
            empty = self._formula is not None and (value is None or kind != "str")
            return "", "workbook.formula-without-value" if empty else ""
        try:
            return self._converted(value, kind), ""
        except (ValueError, OverflowError, IndexError, TypeError):
            return value, "workbook.cell-not-of-type"

    def _converted(self, value: str, kind: str) -> str:
        if kind == "n":
            plain = value.isascii() and value.isdigit() and value[0] != "0" and not self._style
            return value if plain and len(value) < 16 else self._values.number(value, self._style)
        if kind == "s":
            at = int(value)
            return self._texts[at if at >= 0 else len(self._texts)]
        if kind == "b":
            return "true" if int(value) else "false"
        return _said(_moment(value)) if kind == "d" else value
