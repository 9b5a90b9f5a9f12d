"""Tables as text: CSV and the values of a spreadsheet, every cell as it stands, every row counted.

Nothing is guessed: a cell stays text, an empty cell is "", a leading zero stays. Of a workbook only
values are read; its formulas, links and macros are not followed.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

from geo import intake
from geo.errors import DataError, Fault, GeoError

if TYPE_CHECKING:
    from geo import workbook

DELIMITERS = (",", ";", "\t", "|")
ENDINGS = (".csv", ".xlsx")
LONGEST = 100_000_000  # characters of a cell, what the memory ceiling leaves room for
_MEND = "open the file in a spreadsheet, mend the cell and save"


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
    """A table as text. Empty lines are left out but counted; `faults` are cells without a value."""

    file: str
    header: list[str]
    rows: Sequence[Row]
    faults: tuple[Fault, ...] = ()


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
    csv.field_size_limit(LONGEST)
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(iter(lines), delimiter=mark, strict=True)
    rows: list[Row] = []
    done = number = 0
    try:
        for cells in reader:
            number += 1
            raw = "".join(lines[done : reader.line_num])
            done = reader.line_num
            if cells:
                rows.append(Row(number, cells, raw))
    except csv.Error as error:
        remedy = 'quote cells with " and close every quote'
        fault = Fault(file, f"line {reader.line_num}", "", "", f"not CSV: {error}", remedy)
        raise DataError(f"{file}: not CSV", faults=[fault]) from error
    if not rows:
        raise GeoError(f"{file}: not CSV: an empty file; give a table with a header")
    return Sheet(file, rows[0].cells, rows[1:])


# --- spreadsheets ---------------------------------------------------------------------------------


def _workbook(path: Path, sheet: str, memory_bytes: int) -> Sheet:
    from geo import workbook  # with openpyxl, which other tables do not wait for

    content = intake.read(path, memory_bytes=memory_bytes)
    with intake.whole(path):
        intake.unpackable(content, path, memory_bytes=memory_bytes)
        book = workbook.Book(content, path, memory_bytes)
        return _sheet(path.name, book.rows(_chosen(list(book.parts), sheet, path)))


def _chosen(names: Sequence[str], asked: str, path: Path) -> str:
    if asked and asked not in names:
        raise GeoError(f"{path}: no sheet {asked!r}; there are {', '.join(names)}")
    if not asked and len(names) > 1:
        raise GeoError(f"{path}: name one of its sheets: --layer {', '.join(map(repr, names))}")
    if not names:
        raise GeoError(f"{path}: no sheet with cells")
    return asked or names[0]


def _sheet(file: str, rows: Iterator[workbook.Read]) -> Sheet:
    first = next(rows, None)
    if first is None:
        raise GeoError(f"{file}: an empty sheet; give a table with a header")
    width = max((n + 1 for n, cell in enumerate(first.cells) if cell), default=0)
    header = first.cells[:width]
    from geo import workbook

    packed, faults = workbook.Packed(), []
    for number, cells, wrong in itertools.chain([first], rows):
        if number != first.number:
            packed.add(number, _fitted(cells, width))
        faults += [
            Fault(file, f"row {number}", header[at] if at < width else "", value, problem, _MEND)
            for at, value, problem in wrong
        ]
    return Sheet(file, header, _Rows(packed), tuple(faults))


class _Rows(Sequence[Row]):
    """The rows of a sheet, each made of what is packed when it is asked for."""

    def __init__(self, packed: workbook.Packed) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed.numbers)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        cells = self._packed.cells(at)
        return Row(self._packed.numbers[at], cells)


def _fitted(cells: list[str], width: int) -> list[str]:
    """The row as wide as the header, or as far as it has anything."""
    if len(cells) == width:
        return cells
    filled = max((n + 1 for n, cell in enumerate(cells) if cell), default=0)
    return (cells + [""] * width)[: max(width, filled)]


def _joined(cells: list[str]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(cells)
    return made.getvalue()
