"""Tables as text: CSV and the values of a spreadsheet, every cell as it stands, every row counted.

Nothing is guessed: a cell stays text, an empty cell is "", a leading zero stays. Of a workbook only
values are read; its formulas, links and macros are not followed.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, overload

from geo.errors import DataError, Fault, GeoError, wording
from geo.files import intake

if TYPE_CHECKING:
    from geo.files import workbook

DELIMITERS = (",", ";", "\t", "|")
ENDINGS = (".csv", ".xlsx")
LONGEST = 100_000_000  # characters of a cell, what the memory ceiling leaves room for


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet counts, its cells, and its text where it has any."""

    number: int
    cells: list[str]
    text: str = ""

    @property
    def raw(self) -> str:
        """The row as it stands; of a spreadsheet, its cells as CSV."""
        return self.text or _joined(self.cells)


@dataclass(frozen=True)
class Sheet:
    """A table as text. Empty lines are left out but counted; `faults` are cells without a value.

    `said` is what was found and not stated: the encoding, the row of the header. `delimiter` is
    "" of a spreadsheet.
    """

    file: str
    header: list[str]
    rows: Sequence[Row]
    faults: tuple[Fault, ...] = ()
    said: tuple[str, ...] = ()
    delimiter: str = ""


def read(
    path: Path, *, delimiter: str = ",", sheet: str = "", memory_bytes: int = intake.CEILING
) -> Sheet:
    """Read a .csv or .xlsx, by its ending. Raises GeoError, and DataError for broken quotes.

    `delimiter` "" is whichever of DELIMITERS the header has most; `sheet` names one of several.
    """
    if path.suffix.lower() == ".xlsx":
        return _workbook(path, sheet, memory_bytes)
    if sheet:
        raise GeoError(f"{path}: has no sheets; leave out --layer")
    return parse(intake.text(path, memory_bytes=memory_bytes), path.name, delimiter=delimiter)


def parse(text: str, file: str, *, delimiter: str = ",") -> Sheet:
    """A CSV text as a table. Raises DataError with the line where quotes are broken."""
    mark = delimiter or max(DELIMITERS, key=text.split("\n", 1)[0].count)
    rows = lines(text, file, delimiter=mark)
    if not rows:
        raise GeoError(f"{file}: not CSV: an empty file; give a table with a header")
    return Sheet(file, rows[0].cells, rows[1:], delimiter=mark)


def lines(text: str, file: str, *, delimiter: str) -> list[Row]:
    """The rows of a CSV text, the header among them, none for an empty line.

    Raises DataError with the line where quotes are broken.
    """
    csv.field_size_limit(LONGEST)
    own = io.StringIO(text, newline="").readlines()
    reader = csv.reader(iter(own), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    done = number = 0
    try:
        for cells in reader:
            number += 1
            raw = "".join(own[done : reader.line_num])
            done = reader.line_num
            if cells:
                rows.append(Row(number, cells, raw))
    except csv.Error as error:
        said = wording("table.not-csv", reason=error)
        fault = Fault(file, f"line {reader.line_num}", "", "", *said)
        raise DataError(f"{file}: not CSV", faults=[fault]) from error
    return rows


# --- spreadsheets ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Book:
    """An opened workbook whose sheets are read when they are asked for."""

    path: Path
    content: bytes
    memory_bytes: int

    @property
    def names(self) -> list[str]:
        """The sheets that hold cells. Raises GeoError."""
        with intake.whole(self.path):
            return list(self._opened().parts)

    def top(self, name: str, count: int) -> list[Row]:
        """The first rows of a sheet that hold anything. Raises GeoError."""
        with intake.whole(self.path):
            first = itertools.islice(self._opened().rows(name), count)
            return [Row(number, cells) for number, cells, _ in first]

    def rows(self, name: str) -> tuple[Sequence[Row], list[Wrong]]:
        """Every row of a sheet that holds anything, packed, and its cells without a value."""
        from geo.files import workbook

        with intake.whole(self.path):
            packed, wrong = workbook.Packed(), []
            for number, cells, own in self._opened().rows(name):
                packed.add(number, cells)
                wrong += [Wrong(number, *one) for one in own]
            return _Rows(packed), wrong

    def _opened(self) -> workbook.Book:
        from geo.files import workbook  # with openpyxl, which other tables do not wait for

        return workbook.Book(self.content, self.path, self.memory_bytes)


class Wrong(NamedTuple):
    """A cell without a value: its row and column, what stands there, and why it has none."""

    number: int
    column: int
    value: str
    code: str


def book(path: Path, *, memory_bytes: int = intake.CEILING) -> Book:
    """A workbook that was judged before it is unpacked. Raises GeoError."""
    content = intake.read(path, memory_bytes=memory_bytes)
    with intake.whole(path):
        intake.unpackable(content, path, memory_bytes=memory_bytes)
    return Book(path, content, memory_bytes)


def chosen(names: Sequence[str], asked: str, path: Path) -> str:
    """The one sheet of a workbook, or the one that is asked for. Raises GeoError."""
    if asked and asked not in names:
        raise GeoError(f"{path}: no sheet {asked!r}; there are {', '.join(names)}")
    if not asked and len(names) > 1:
        raise GeoError(f"{path}: name one of its sheets: --layer {', '.join(map(repr, names))}")
    if not names:
        raise GeoError(f"{path}: no sheet with cells")
    return asked or names[0]


def _workbook(path: Path, sheet: str, memory_bytes: int) -> Sheet:
    own = book(path, memory_bytes=memory_bytes)
    rows, wrong = own.rows(chosen(own.names, sheet, path))
    if not len(rows):
        raise GeoError(f"{path.name}: an empty sheet; give a table with a header")
    first = rows[0].cells
    width = max((n + 1 for n, cell in enumerate(first) if cell), default=0)
    return headed(path.name, first[:width], rows, 1, wrong)


def headed(
    file: str, header: list[str], rows: Sequence[Row], below: int, wrong: Sequence[Wrong]
) -> Sheet:
    """A sheet under its header; `below` is which of the rows is the first of the table."""
    faults = [
        Fault(
            file, f"row {one.number}", header[one.column] if one.column < len(header) else "",
            one.value, *wording(one.code),
        )
        for one in wrong
    ]  # fmt: skip
    return Sheet(file, header, _Fitted(rows, below, len(header)), tuple(faults))


class _Made(Sequence[Row]):
    """Rows that are each made when they are asked for, by their place from 0."""

    def _row(self, at: int) -> Row:
        raise NotImplementedError

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self._row(n) for n in range(*at.indices(len(self)))]
        return self._row(range(len(self))[at])


class _Rows(_Made):
    """The rows of a sheet, of what is packed."""

    def __init__(self, packed: workbook.Packed) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed.numbers)

    def _row(self, at: int) -> Row:
        return Row(self._packed.numbers[at], self._packed.cells(at))


class _Fitted(_Made):
    """Rows from one on, each as wide as the header, or as far as it has anything."""

    def __init__(self, rows: Sequence[Row], below: int, width: int) -> None:
        self._rows, self._below, self._width = rows, below, width

    def __len__(self) -> int:
        return max(len(self._rows) - self._below, 0)

    def _row(self, at: int) -> Row:
        row = self._rows[at + self._below]
        return Row(row.number, _as_wide(row.cells, self._width), row.text)


def _as_wide(cells: list[str], width: int) -> list[str]:
    """The row as wide as the header, or as far as it has anything."""
    if len(cells) == width:
        return cells
    filled = max((n + 1 for n, cell in enumerate(cells) if cell), default=0)
    return (cells + [""] * width)[: max(width, filled)]


def _joined(cells: list[str]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(cells)
    return made.getvalue()
