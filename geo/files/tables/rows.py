"""What a table and its rows must have to be drawn, and the word where they do not."""

from __future__ import annotations

import re
from dataclasses import replace

from geo.errors import DataError, Fault
from geo.files import headings
from geo.files.sheets import Row, Sheet
from geo.files.tables.placed import GRID

__all__ = ["header", "no_position", "ragged", "whole"]


def header(sheet: Sheet) -> list[str]:
    """The names of columns. Raises DataError where two have one."""
    twice = sorted({name for name in sheet.header if sheet.header.count(name) > 1})
    faults = [
        Fault(sheet.file, "header", name, "", "two columns have one name", "rename one")
        for name in twice
    ]
    if faults:
        raise DataError(f"{sheet.file}: {len(faults)} fault(s)", faults=faults)
    return sheet.header


def no_position(sheet: Sheet) -> Fault:
    """Which columns a table lacks to be drawn, and what to do about it."""
    axes = {own[0] for name in sheet.header if (own := headings.axis(name))}
    missing = " or ".join(axis for axis in ("lon", "lat") if axis not in axes) or "lon"
    problem = f"no column named {missing}, nor another that says where its rows lie"
    remedy = "rename one, or say which: --column lon=… --column lat=…; of flows between places: "
    remedy += "--places FILE, a table or GeoJSON of those places"
    return Fault(sheet.file, "header", "", ", ".join(sheet.header), problem, remedy)


_MARKS = {";": "a semicolon", "\t": "a tab", "|": "a bar", ",": "a comma"}


def ragged(row: Row, sheet: Sheet) -> list[Fault]:
    """The fault of a row that has more or fewer cells than the header."""
    if len(row.cells) == len(sheet.header):
        return []
    said = f"the header has {len(sheet.header)} columns"
    remedy = f"quote texts that hold {_MARKS.get(sheet.delimiter, 'a comma')}"
    return [Fault(sheet.file, f"row {row.number}", "", f"{len(row.cells)} cells", said, remedy)]


_WIDEST_M = 21_000_000.0  # half the equator: what no grid goes beyond


def whole(fault: Fault) -> Fault:
    """A fault that every row has, once; of coordinates in metres with what to say of them."""
    one = replace(fault, where="every row")
    numbers = [float(text) for text in re.findall(r"-?[0-9.]+(?:e[+-]?[0-9]+)?", fault.value)]
    if "metres" not in fault.problem or not numbers:
        return one
    if max(map(abs, numbers)) > _WIDEST_M:
        problem = "neither degrees nor metres: the decimal point was lost, most likely in a copy"
        remedy = "take the file again from its source; 42239200 may stand for 42.239200"
        return replace(one, problem=problem, remedy=remedy)
    return replace(one, remedy=GRID)
