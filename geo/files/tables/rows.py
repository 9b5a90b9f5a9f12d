"""What a table and its rows must have to be drawn, and the word where they do not."""

from __future__ import annotations

import re

from geo.errors import DataError, Fault, Wording, wording
from geo.files import headings
from geo.files.sheets import Row, Sheet

__all__ = ["header", "no_position", "ragged", "whole", "wrong_width"]


def header(sheet: Sheet) -> list[str]:
    """The names of columns. Raises DataError where two have one."""
    twice = sorted({name for name in sheet.header if sheet.header.count(name) > 1})
    faults = [
        Fault(sheet.file, "header", name, "", *wording("column.named-twice")) for name in twice
    ]
    if faults:
        raise DataError(f"{sheet.file}: {len(faults)} fault(s)", faults=faults)
    return sheet.header


def no_position(sheet: Sheet) -> Fault:
    """Which columns a table lacks to be drawn, and what to do about it."""
    axes = {own[0] for name in sheet.header if (own := headings.axis(name))}
    missing = " or ".join(axis for axis in ("lon", "lat") if axis not in axes) or "lon"
    said = wording("table.no-position", missing=missing)
    return Fault(sheet.file, "header", "", ", ".join(sheet.header), *said)


_MARKS = {";": "a semicolon", "\t": "a tab", "|": "a bar", ",": "a comma"}


def ragged(row: Row, sheet: Sheet) -> list[Fault]:
    """The fault of a row that has more or fewer cells than the header."""
    if len(row.cells) == len(sheet.header):
        return []
    said = wrong_width(len(sheet.header), sheet.delimiter)
    return [Fault(sheet.file, f"row {row.number}", "", f"{len(row.cells)} cells", *said)]


def wrong_width(columns: int, delimiter: str) -> Wording:
    """What is said of a row that is not as wide as its header."""
    return wording("row.wrong-width", columns=columns, mark=_MARKS.get(delimiter, "a comma"))


_WIDEST_M = 21_000_000.0  # half the equator: what no grid goes beyond


def whole(fault: Fault) -> Fault:
    """A fault that every row has, once; of coordinates in metres with what to say of them."""
    said = Wording(fault.problem, fault.remedy, fault.code)
    if fault.code == "position.in-metres":
        numbers = re.findall(r"-?[0-9.]+(?:e[+-]?[0-9]+)?", fault.value)
        lost = max(abs(float(text)) for text in numbers) > _WIDEST_M
        said = wording("position.point-lost") if lost else wording(fault.code, case="table")
    return Fault(fault.file, "every row", fault.field, fault.value, *said)
