"""A single file of a user → what is sound of it, and what is not, row by row. Nothing is lost.

read = kept + lost for every file. What is lost keeps its text, untouched, and every reason.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.checking import check, namesakes, plausibility, vectors
from geo.checking.check import Table
from geo.checking.vectors import Single as Single
from geo.checking.vectors import Sorted
from geo.errors import DataError, Fault, GeoError, Lost, wording
from geo.files import columnar, intake, sheets
from geo.files.tables import Form, gtfs, positions, reader, rows

PARQUET = (".parquet", ".geoparquet")
FORMATS = (*vectors.FORMATS, *PARQUET, *reader.ENDINGS)
# Signs that begin a formula, unless a letter, a digit or what belongs to a word stands before them.
_LIVE = re.compile(r"(?<![0-9A-Za-z_.])[=+@-]|(?<=\\[nrt])[=+@-]")


def read(
    path: str | Path,
    *,
    layer: str = "",
    placed: bool = True,
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> Single:
    """Read the only layer of a file, or the one that is named, as `read_all` does."""
    found = read_all(path, layer=layer, placed=placed, form=form, memory_bytes=memory_bytes)
    return vectors.only(found, path)


@intake.guarded
def read_all(
    path: str | Path,
    *,
    layer: str = "",
    placed: bool = True,
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> list[Single]:
    """Read every layer of a file by its ending. `layer`, or `file:layer`, names one of several.

    `placed`: a table must have columns of a position. `form` is how the user says it is written.
    Raises GeoError where the file cannot be read, DataError with its faults where nothing in it can
    be told apart.
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
        crs = form.crs if form else ""
        return vectors.read(found, layer=layer or own, crs=crs, memory_bytes=memory_bytes)
    if kind in reader.ENDINGS:
        stated = Form.of(form, layer)
        sheet = reader.read(found, stated, memory_bytes=memory_bytes)
        return [_table(sheet, path, stated, placed)]
    content = intake.read(found, memory_bytes=memory_bytes)
    return [_parquet(content, found, placed, Form.of(form), memory_bytes)]


# --- tables ---------------------------------------------------------------------------------------


def _table(sheet: sheets.Sheet, path: str | Path, form: Form, placed: bool) -> Single:
    header, cells = rows.header(sheet), [row.cells for row in sheet.rows]
    columns = positions.find(header, cells, form)
    none = () if columns else (rows.no_position(sheet),)
    if none and placed:
        raise DataError(f"{path}: {none[0].problem}", faults=none)
    found = (
        positions.place(header, cells, columns, form, sheet.delimiter)
        if columns
        else positions.Placed([None] * len(cells), [()] * len(cells))
    )
    if found.whole:
        whole = [Fault(sheet.file, "every row", *one) for one in found.whole]
        raise DataError(f"{path}: {len(whole)} fault(s)", faults=whole)
    parts, shapes = _sorted(sheet, header, found)
    kept = [dict(zip(header, sheet.rows[n].cells, strict=True)) for n in parts.kept]
    frame = vectors.frame_of(kept, shapes)
    if not kept:
        frame = gpd.GeoDataFrame({name: [] for name in header}, geometry=[], crs="EPSG:4326")
    said = (*sheet.said, *found.said)
    by = tuple(header[n] for n in columns.at) if columns else ()
    made = Single(
        sheet.file, frame, parts.where, tuple(parts.lost), said=said, unplaced=none, by=by,
        comma=found.comma or sheet.delimiter == ";", texts=[sheet.rows[n].raw for n in parts.kept],
    )  # fmt: skip
    made = replace(made, said=(*said, *plausibility.marks(_judged(made))))
    return _lined(made, [sheet.rows[n].cells for n in parts.kept])


def _lined(found: Single, cells: Sequence[Sequence[str]]) -> Single:
    """The file with a line for the points that are its vertices, where it is such a file."""
    header = [name for name in found.frame.columns if name != "geometry"]
    at = gtfs.columns(header)
    if at is None or found.lost:
        return found
    made = gtfs.lines(cells, list(found.frame.geometry), at)
    used = {n for _, _, own in made for n in own}
    if len(used) < len(cells):
        return found
    rows_of = [{header[at[0]]: name, "points": len(own)} for name, _, own in made]
    said = f"{len(cells):,} points are drawn as {len(made):,} lines, by {header[at[0]]}."
    return replace(
        found, frame=vectors.frame_of(rows_of, [line for _, line, _ in made]), by=(),
        where=[found.where[own[0]] for _, _, own in made],
        texts=["".join(found.texts[n] for n in own) for _, _, own in made],
        said=(*found.said, said),
    )  # fmt: skip


def _sorted(
    sheet: sheets.Sheet, header: Sequence[str], found: positions.Placed
) -> tuple[Sorted, list[Any]]:
    """The rows told apart, and the geometry of each that is kept."""
    valueless: dict[str, list[Fault]] = {}
    for fault in sheet.faults:
        valueless.setdefault(fault.where, []).append(fault)
    parts, shapes = Sorted(), []
    for number, row in enumerate(sheet.rows):
        where, shape = f"row {row.number}", found.geometries[number]
        faults = [*rows.ragged(row, sheet), *valueless.get(where, [])]
        if not faults or len(row.cells) >= len(header):
            faults += [Fault(sheet.file, where, *one) for one in found.problems[number]]
            faults += vectors.misplaced(shape, sheet.file, where)
        parts.put(number, where, row.raw, faults)
        shapes += [] if faults else [shape]
    return parts, shapes


# --- Parquet --------------------------------------------------------------------------------------


def _parquet(content: bytes, path: Path, placed: bool, form: Form, memory_bytes: int) -> Single:
    with intake.whole(path, "GeoParquet"):
        columnar.allow(content, path, memory_bytes=memory_bytes)
        own = columnar.parquet().read_metadata(io.BytesIO(content)).metadata or {}
        described = b"geo" in own
        columnar.shallow(
            content, path, list(json.loads(own[b"geo"])["columns"]) if described else []
        )
        if not (placed or described):
            table = columnar.parquet().read_table(io.BytesIO(content))
            frame = vectors.frame_of(table.to_pylist(), [None] * len(table))
            return Single(path.name, frame, [f"row {n + 1}" for n in range(len(frame))])
        whole = {"integer_object_nulls": True}  # else they lose digits beside an unknown one
        frame = gpd.read_parquet(io.BytesIO(content), to_pandas_kwargs=whole)
    return vectors.framed(frame, path, crs=form.crs)


# --- judging --------------------------------------------------------------------------------------


def examine(
    path: str | Path,
    *,
    layer: str = "",
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> check.Report:
    """Every fault of a file, of structure and of meaning, and the rows read. Raises GeoError."""
    try:
        every = read_all(path, layer=layer, placed=False, form=form, memory_bytes=memory_bytes)
    except DataError as error:
        return check.Report(error.faults, (), {"file": 0})
    reports = [_report(found) for found in every]
    faults = dict.fromkeys(fault for one in reports for fault in one.faults)
    notes = dict.fromkeys(note for one in reports for note in one.notes)
    read = sum(one.read for one in every)
    said = tuple(words for one in reports for words in one.said)
    return check.Report(tuple(faults), tuple(notes), {"file": read}, said=said)


def _report(found: Single) -> check.Report:
    """What is to be said of one layer."""
    own = trusted(found)
    more = meant(found) if own is found else []
    faults = (*merged(own), *found.unplaced, *empty(found), *more)
    notes = (*found.notes, *plausibility.notes(_judged(found)))
    said = tuple(f"{found.layer}: {words}" if found.layer else words for words in found.said)
    return check.Report(faults, notes, {}, said=said)


def _judged(found: Single) -> Table:
    """The rows that are kept, as text, with their geometries."""
    frame = found.frame
    return Table(
        file=found.file,
        role="file",
        name=found.file,
        schema={"fields": []},
        raw=frame.drop(columns=[frame.geometry.name, *found.by]).map(text_of).astype("object"),
        where=found.where,
        geometry=list(frame.geometry),
    )


def empty(found: Single) -> list[Fault]:
    """That a table has no rows, or none with a position."""
    table = Path(found.file).suffix.lower() in reader.ENDINGS and not found.unplaced
    if not table or found.lost or not shapely.is_missing(found.frame.geometry.to_numpy()).all():
        return []
    said = wording("table.no-features" if found.read else "table.no-rows")
    return [Fault(found.file, "", "", "", *said)]


def trusted(found: Single) -> Single:
    """The file without rows of a table that cannot be meant: they are lost, with the reasons."""
    if Path(found.file).suffix.lower() not in reader.ENDINGS:
        return found
    doubts: dict[str, list[Fault]] = {}
    for fault in meant(found):
        doubts.setdefault(fault.where, []).append(fault)
    if not doubts:
        return found
    keep = [n for n, where in enumerate(found.where) if where not in doubts]
    lost = [Lost(where, found.texts[n], tuple(doubts[where]))
            for n, where in enumerate(found.where) if where in doubts]  # fmt: skip
    frame = found.frame.iloc[keep].reset_index(drop=True)
    return replace(found, frame=frame, where=[found.where[n] for n in keep],
                   texts=[found.texts[n] for n in keep], lost=(*found.lost, *lost))  # fmt: skip


def meant(found: Single) -> list[Fault]:
    """What the rows that are kept cannot mean: in doubt is where they lie, or what they say."""
    every = plausibility.judge(_judged(found))
    every += namesakes.faults(found.file, found.frame, found.where, found.by)
    return [fault for fault in every if not (found.comma and fault.code == plausibility.COMMA)]


def merged(found: Single) -> list[Fault]:
    """Every fault; one that all rows of a file have alike stands once, with the first value."""
    alike: dict[tuple[str, str, str], list[Fault]] = {}
    for one in found.lost:
        for fault in one.faults:
            alike.setdefault((fault.field, fault.problem, fault.remedy), []).append(fault)
    every = [*found.faults]
    for faults in alike.values():
        whole = found.read > 1 and len(faults) == found.read
        every += [rows.whole(faults[0])] if whole else faults
    order = {fault: n for n, fault in enumerate(found.every_fault)}
    return sorted(every, key=lambda fault: order.get(fault, -1))


def text_of(value: Any) -> str:
    """A value as a table would hold it: "" for unknown, JSON for what is nested."""
    if value is None or (not isinstance(value, list | dict | np.ndarray) and pd.isna(value)):
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value if isinstance(value, str) else str(value)


def rejects(lost: Iterable[tuple[str, Lost]]) -> str:
    """JSON Lines: file, place, every reason with its code, and the untouched text of what was lost.

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
                    "codes": [fault.code for fault in one.faults],
                    "reasons": [str(fault) for fault in one.faults],
                    "raw": one.raw,
                }
            ),
        )
        + "\n"
        for file, one in lost
    )
