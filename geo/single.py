"""A single file of a user → what is sound of it, and what is not, row by row. Nothing is lost.

read = kept + lost for every file. What is lost keeps its text, untouched, and every reason.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely

from geo import check, columnar, headings, intake, sense, sheets, vectors
from geo.check import Table
from geo.errors import DataError, Fault, GeoError, Lost
from geo.vectors import Single as Single
from geo.vectors import Sorted

LONGITUDE, LATITUDE = headings.names("lon"), headings.names("lat")
PARQUET = (".parquet", ".geoparquet")
FORMATS = (*vectors.FORMATS, *PARQUET, *sheets.ENDINGS)
# Signs that begin a formula, unless a letter, a digit or what belongs to a word stands before them.
_LIVE = re.compile(r"(?<![0-9A-Za-z_.])[=+@-]|(?<=\\[nrt])[=+@-]")
_MEND = "mend it, or leave it out: --on-error skip"


def read(
    path: str | Path, *, layer: str = "", placed: bool = True, memory_bytes: int = intake.CEILING
) -> Single:
    """Read the only layer of a file, or the one that is named, as `read_all` does."""
    found = read_all(path, layer=layer, placed=placed, memory_bytes=memory_bytes)
    if len(found) > 1:
        names = ", ".join(one.layer for one in found)
        raise GeoError(f"{path}: name one of its layers: --layer {names}")
    return found[0]


def read_all(
    path: str | Path, *, layer: str = "", placed: bool = True, memory_bytes: int = intake.CEILING
) -> list[Single]:
    """Read every layer of a file by its ending. `layer`, or `file:layer`, names one of several.

    `placed`: every row of a table must have a position. Raises GeoError where the file cannot be
    read, DataError with its faults where nothing in it can be told apart.
    """
    file, own = vectors.split(path)
    kind = file.suffix.lower()
    if kind not in FORMATS:
        raise GeoError(
            f"{path}: cannot read {kind or 'a file without an ending'}; known are "
            f"{', '.join(FORMATS)}"
        )
    found = intake.named(file)
    if kind in vectors.FORMATS:
        return vectors.read(found, layer=layer or own, memory_bytes=memory_bytes)
    return [_rows(found, kind, str(path), layer, placed=placed, memory_bytes=memory_bytes)]


def _rows(
    found: Path, kind: str, path: str, layer: str, *, placed: bool, memory_bytes: int
) -> Single:
    """A table, of text or in Parquet."""
    if kind in sheets.ENDINGS:
        table = sheets.read(found, delimiter="", sheet=layer, memory_bytes=memory_bytes)
        return _table(table, path, placed=placed)
    content = intake.read(found, memory_bytes=memory_bytes)
    return _parquet(content, found, placed, memory_bytes)


# --- tables ---------------------------------------------------------------------------------------


def _table(sheet: sheets.Sheet, path: str, *, placed: bool) -> Single:
    header = _header(sheet)
    at = _position(header, path, needed=placed)
    valueless: dict[str, list[Fault]] = {}
    for fault in sheet.faults:
        valueless.setdefault(fault.where, []).append(fault)
    parts, shapes = Sorted(), []
    for number, row in enumerate(sheet.rows):
        where = f"row {row.number}"
        shape, faults = _point(row.cells, header, at, sheet.file, where, placed=placed)
        faults = [*_ragged(row, header, sheet.file), *valueless.get(where, []), *faults]
        parts.put(number, where, row.raw, faults)
        shapes += [] if faults else [shape]
    cells = [sheet.rows[number].cells for number in parts.kept]
    rows = [dict(zip(header, one, strict=True)) for one in cells]
    frame = vectors.frame_of(rows, shapes)
    if not rows:
        frame = gpd.GeoDataFrame({name: [] for name in header}, geometry=[], crs="EPSG:4326")
    return Single(sheet.file, frame, parts.where, tuple(parts.lost))


def _header(sheet: sheets.Sheet) -> list[str]:
    twice = sorted({name for name in sheet.header if sheet.header.count(name) > 1})
    faults = [
        Fault(sheet.file, "header", name, "", "two columns have one name", "rename one")
        for name in twice
    ]
    if faults:
        raise DataError(f"{sheet.file}: {len(faults)} fault(s)", faults=faults)
    return sheet.header


def _position(header: Sequence[str], path: str, *, needed: bool) -> tuple[int, int] | None:
    found = []
    for names in (LONGITUDE, LATITUDE):
        own = [n for n, column in enumerate(header) if column.strip().lower() in names]
        if not own and needed:
            raise GeoError(
                f"{path}: no column named {', '.join(names)} (found {', '.join(header)}); "
                "rename one, or give --places for flows between places"
            )
        found += own[:1]
    return (found[0], found[1]) if len(found) == 2 else None


def _ragged(row: sheets.Row, header: Sequence[str], file: str) -> list[Fault]:
    if len(row.cells) == len(header):
        return []
    said = f"the header has {len(header)} columns"
    remedy = "quote texts that hold a comma"
    return [Fault(file, f"row {row.number}", "", f"{len(row.cells)} cells", said, remedy)]


def _point(
    cells: Sequence[str],
    header: Sequence[str],
    at: tuple[int, int] | None,
    file: str,
    where: str,
    *,
    placed: bool,
) -> tuple[Any, list[Fault]]:
    """The point of a row; None, without a fault, where it has none and need not have one."""
    if at is None or max(at) >= len(cells):
        return None, []
    texts = [cells[n].strip() for n in at]
    if not any(texts) and not placed:
        return None, []
    faults = [
        Fault(file, where, header[n], text, "without a number", _MEND)
        for n, text in zip(at, texts, strict=True)
        if not sense.plain_number(text)
    ]
    if faults:
        return None, faults
    point = shapely.Point(float(texts[0]), float(texts[1]))
    said = sense.misplaced(point)
    return point, [Fault(file, where, "geometry.coordinates", *said)] if said else []


# --- Parquet, GeoPackage --------------------------------------------------------------------------


def _parquet(content: bytes, path: Path, placed: bool, memory_bytes: int) -> Single:
    with intake.whole(path, "GeoParquet"):
        columnar.allow(content, path, memory_bytes=memory_bytes)
        own = pq.read_metadata(io.BytesIO(content)).metadata or {}
        described = b"geo" in own
        columnar.shallow(
            content, path, list(json.loads(own[b"geo"])["columns"]) if described else []
        )
        if not (placed or described):
            table = pq.read_table(io.BytesIO(content))
            rows = vectors.frame_of(table.to_pylist(), [None] * len(table))
            return Single(path.name, rows, [f"row {n + 1}" for n in range(len(rows))])
        whole = {"integer_object_nulls": True}  # else they lose digits beside an unknown one
        frame = gpd.read_parquet(io.BytesIO(content), to_pandas_kwargs=whole)
    return vectors.framed(frame, path)


# --- judging --------------------------------------------------------------------------------------


def examine(
    path: str | Path, *, layer: str = "", memory_bytes: int = intake.CEILING
) -> check.Report:
    """Every fault of a file, of structure and of meaning, and the rows read. Raises GeoError."""
    try:
        every = read_all(path, layer=layer, placed=False, memory_bytes=memory_bytes)
    except DataError as error:
        return check.Report(error.faults, (), {"file": 0})
    reports = [_judged(found) for found in every]
    faults = dict.fromkeys(fault for one in reports for fault in one.faults)
    notes = dict.fromkeys(note for one in reports for note in one.notes)
    return check.Report(tuple(faults), tuple(notes), {"file": sum(one.read for one in every)})


def _judged(found: Single) -> check.Report:
    frame = found.frame
    raw = frame.drop(columns=frame.geometry.name).map(text_of).astype("object")
    table = Table(
        file=found.file,
        role="file",
        name=found.file,
        schema={"fields": []},
        raw=raw,
        where=found.where,
        geometry=list(frame.geometry),
    )
    faults = [*found.every_fault, *sense.judge(table)]
    said = [Fault(found.file, found.layer, "", "", words, "") for words in found.said]
    return check.Report(tuple(faults), (*said, *found.notes, *sense.notes(table)), {})


def text_of(value: Any) -> str:
    """A value as a table would hold it: "" for unknown, JSON for what is nested."""
    if value is None or (not isinstance(value, list | dict | np.ndarray) and pd.isna(value)):
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value if isinstance(value, str) else str(value)


def rejects(lost: Iterable[tuple[str, Lost]]) -> str:
    """JSON Lines: the file, the place, every reason and the untouched text of what was left out.

    The text is to the letter what stood in the file, once a program has read the JSON. Where a
    spreadsheet would find a formula, if someone opens the lines as a table, the sign that begins it
    is escaped (`\\u003d` for `=`), so that no cell of it is live.
    """
    return "".join(
        _LIVE.sub(
            lambda sign: f"\\u{ord(sign[0]):04x}",
            json.dumps(
                {
                    "file": file,
                    "where": one.where,
                    "reasons": [str(fault) for fault in one.faults],
                    "raw": one.raw,
                }
            ),
        )
        + "\n"
        for file, one in lost
    )
