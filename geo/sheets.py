"""Tables as text: CSV and the values of a spreadsheet, every cell as it stands, every row counted.

Nothing is guessed: a cell stays text, an empty cell is "", a leading zero stays. Of a workbook only
values are read; its formulas, links and macros are not followed.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geo import intake
from geo.errors import DataError, Fault, GeoError

DELIMITERS = (",", ";", "\t", "|")
ENDINGS = (".csv", ".xlsx")
LONGEST = 100_000_000  # characters of a cell, what the memory ceiling leaves room for
_BROKEN = (
    InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError,
    EOFError, ParseError, SyntaxError, zipfile.BadZipFile, NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet counts, its cells, and its text as it stands."""

    number: int
    cells: list[str]
    raw: str


@dataclass(frozen=True)
class Sheet:
    """A table as text. Empty lines are left out but counted; `faults` are cells without a value."""

    file: str
    header: list[str]
    rows: list[Row]
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
    content = intake.read(path, memory_bytes=memory_bytes)
    intake.unpackable(content, path, memory_bytes=memory_bytes)
    try:
        values, formulas = (_opened(content, data_only) for data_only in (True, False))
        name = _chosen(values.sheetnames, sheet, path)
        pairs = zip(values[name].iter_rows(), formulas[name].iter_rows(), strict=False)
        return _sheet(path.name, list(_rows(pairs)))
    except _BROKEN as error:
        raise GeoError(f"{path}: not a whole xlsx file: {error}") from error


def _opened(content: bytes, data_only: bool) -> Any:
    return openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False
    )


def _chosen(names: Sequence[str], asked: str, path: Path) -> str:
    if asked and asked not in names:
        raise GeoError(f"{path}: no sheet {asked!r}; there are {', '.join(names)}")
    if not asked and len(names) > 1:
        raise GeoError(f"{path}: name one of its sheets: --layer {', '.join(map(repr, names))}")
    if not names:
        raise GeoError(f"{path}: no sheet with cells")
    return asked or names[0]


Read = tuple[int, list[str], list[tuple[int, str, str]]]


def _rows(pairs: Any) -> Iterator[Read]:
    """Number, cells and (column, value, problem) of what has no value, for each row with any."""
    for number, (values, formulas) in enumerate(pairs, 1):
        cells = [_text(cell) for cell in values]
        wrong = [
            (n, str(formula.value)[:60] if formula.data_type == "f" else text, problem)
            for n, (value, formula, text) in enumerate(zip(values, formulas, cells, strict=False))
            if (problem := _without_value(value, formula))
        ]
        if any(cells) or wrong:
            yield number, cells, wrong


def _without_value(value: Any, formula: Any) -> str:
    if value.data_type == "e":
        return "the cell holds an error"
    return "a formula without a value" if formula.data_type == "f" and value.value is None else ""


def _sheet(file: str, rows: list[Read]) -> Sheet:
    if not rows:
        raise GeoError(f"{file}: an empty sheet; give a table with a header")
    width = max((n + 1 for n, cell in enumerate(rows[0][1]) if cell), default=0)
    header = rows[0][1][:width]
    made = [Row(n, _fitted(cells, width), _joined(_fitted(cells, width))) for n, cells, _ in rows]
    remedy = "open the file in a spreadsheet, mend the cell and save"
    faults = [
        Fault(file, f"row {n}", header[at] if at < width else "", value, problem, remedy)
        for n, _, wrong in rows
        for at, value, problem in wrong
    ]
    return Sheet(file, header, made[1:], tuple(faults))


def _fitted(cells: list[str], width: int) -> list[str]:
    """The row as wide as the header, or as far as it has anything."""
    filled = max((n + 1 for n, cell in enumerate(cells) if cell), default=0)
    return (cells + [""] * width)[: max(width, filled)]


def _joined(cells: list[str]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(cells)
    return made.getvalue()


def _text(cell: Any) -> str:
    """A cell as it is read: 5 for 5.0, days as yyyy-mm-dd, zeros that its format asks for."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        whole = value.time() == datetime.time()
        return value.date().isoformat() if whole else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, int) and re.fullmatch("0{2,}", str(cell.number_format)):
        return str(value).zfill(len(cell.number_format))
    return str(value)
