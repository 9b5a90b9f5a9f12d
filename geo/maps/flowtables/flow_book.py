"""A table of flows as a workbook for Flowmap.blue: sheets properties, locations and flows.

Flowmap.blue reads `origin`, `dest`, `count` and `time`; columns beside them are ours, and with them
the workbook read again is the same table. It adds up `count` whatever its unit is.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geo.errors import GeoError
from geo.files import days, zipped
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.flowtables.flow_table import FlowTable

NAMES = {"destination": "dest", "quantity": "count"}  # as Flowmap.blue has them
FIELDS = (
    "origin", "destination", "quantity", "period_start", "period_end", "unit", "commodity",
    "quantity_low", "quantity_high", "basis", "rank", "mode", "via", "note", "source",
)  # fmt: skip
ALWAYS = ("origin", "destination", "quantity")
MOST_ROWS = 1_048_575  # of a sheet, beside its header
Cells = Sequence[Any]


def workbook(table: FlowTable, title: str) -> bytes:
    """The workbook of a table; the same table gives the same bytes. GeoError for too many rows."""
    if len(table.flows) > MOST_ROWS:
        raise GeoError(f"{len(table.flows):,} flows, and a sheet holds {MOST_ROWS:,}; write CSV")
    book = openpyxl.Workbook(write_only=True)
    sheets = {
        "properties": _properties(table, title),
        "locations": _locations(table),
        "flows": _flows(table),
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    made = io.BytesIO()
    book.save(made)
    return zipped.stable(made.getvalue())


def _cell(sheet: Any, value: Any) -> Any:
    """A cell that is never a formula, whatever its text begins with; no control characters."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    own = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", value))
    own.data_type = "s"
    return own


def _properties(table: FlowTable, title: str) -> Iterator[Cells]:
    yield "property", "value"
    yield "title", title or table.file
    sources = dict.fromkeys(text for text in table.flows["source"] if text)
    yield "source.name", "; ".join(sources) or table.file


def _locations(table: FlowTable) -> Iterator[Cells]:
    """Every place by the id that flows name, with its names."""
    places = table.places
    names = [str(c) for c in places.columns if str(c).startswith("name_") and str(c) != "name_en"]
    yield "id", "name", "lat", "lon", *names
    shown = Lines(table).names
    for place, shape, *more in zip(
        places["place"], places.geometry, *(places[n] for n in names), strict=True
    ):
        at = shape.representative_point()
        yield str(place), shown[place], at.y, at.x, *map(_known, more)


def _flows(table: FlowTable) -> Iterator[Cells]:
    flows = table.flows
    stated = [name for name in FIELDS if name in ALWAYS or _told(flows[name])]
    times = _times(flows) if "period_start" in stated else None
    if times is not None:
        stated = [name for name in stated if not name.startswith("period_")]
    yield [*(NAMES.get(name, name) for name in stated), *(["time"] if times is not None else [])]
    columns: list[Iterable[Any]] = [flows[name] for name in stated]
    for row in zip(*columns, *([times] if times is not None else []), strict=True):
        yield [_known(value) for value in row]


def _told(column: pd.Series[Any]) -> bool:
    return bool((column.notna() & (column.astype(object) != "")).any())


def _times(flows: pd.DataFrame) -> list[str] | None:
    """Each period as one text that is read as the same one; None where one has no such text."""
    ends = zip(flows["period_start"], flows["period_end"], flows["timed"], strict=True)
    texts = [_time(start, end, timed) for start, end, timed in ends]
    return None if any(text is None for text in texts) else [str(text) for text in texts]


def _time(start: Any, end: Any, timed: bool) -> str | None:
    if pd.isna(start) and pd.isna(end):
        return ""
    if pd.isna(start) or pd.isna(end):
        return None
    forms = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S") if timed else ("%Y", "%Y-%m", "%Y-%m-%d")
    texts = (start.strftime(form) for form in forms)
    return next((text for text in texts if days.days_of(text) == (start, end)), None)


def _known(value: Any) -> Any:
    """A value of a cell; unknown is empty, a whole number has no point."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value.item() if hasattr(value, "item") else value
