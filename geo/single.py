"""A single file of a user → what is sound of it, and what is not, row by row. Nothing is lost.

read = kept + lost for every file. What is lost keeps its text, untouched, and every reason.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from geo import (
    check,
    columnar,
    geopackage,
    intake,
    namesakes,
    rfc7946,
    sense,
    sheets,
    strictjson,
)
from geo.check import Table
from geo.errors import DataError, Fault, GeoError, Lost
from geo.tables import Form, gtfs, positions, reader, rows

GEOJSON = (".geojson", ".json")
PARQUET = (".parquet", ".geoparquet")
FORMATS = (*GEOJSON, *PARQUET, ".gpkg", *reader.ENDINGS)
# Signs that begin a formula, unless a letter, a digit or what belongs to a word stands before them.
_LIVE = re.compile(r"(?<![0-9A-Za-z_.])[=+@-]|(?<=\\[nrt])[=+@-]")


@dataclass(frozen=True)
class Single:
    """What a file held: a frame of what is sound (geometry in its own system), and what is lost.

    `where` names the place of each row of the frame; `faults` are those of the file as a whole;
    `notes` do not make it unsound; `said` tells how a table is read. `unplaced` says why a table
    cannot be drawn; `by` are the columns of a table that hold its positions,
    `comma` says that its decimal sign is a comma, `texts` are its rows as they stand.
    """

    file: str
    frame: gpd.GeoDataFrame
    where: Sequence[str]
    lost: tuple[Lost, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    said: tuple[str, ...] = ()
    unplaced: tuple[Fault, ...] = ()
    by: tuple[str, ...] = ()
    comma: bool = False
    texts: Sequence[str] = ()

    @property
    def read(self) -> int:
        """Rows or features read, kept and lost together."""
        return len(self.frame) + len(self.lost)

    @property
    def every_fault(self) -> list[Fault]:
        """Faults of the file, then of its rows, in their order."""
        return [*self.faults, *(fault for one in self.lost for fault in one.faults)]


@dataclass
class _Sorted:
    """Rows told apart as they are read."""

    kept: list[int] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    def put(self, number: int, where: str, raw: str, faults: Iterable[Fault]) -> None:
        found = tuple(faults)
        if found:
            self.lost.append(Lost(where, raw, found))
        else:
            self.kept.append(number)
            self.where.append(where)


def read(
    path: str | Path,
    *,
    layer: str = "",
    placed: bool = True,
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> Single:
    """Read a file by its ending. `layer` names one of several sheets or layers.

    `placed`: a table must have columns of a position. `form` is how the user says it is written.
    Raises GeoError where the file cannot be read, DataError with its faults where nothing in it
    can be told apart.
    """
    kind = Path(path).suffix.lower()
    if kind not in FORMATS:
        raise GeoError(
            f"{path}: cannot read {kind or 'a file without an ending'}; known are "
            f"{', '.join(FORMATS)}"
        )
    found = intake.named(path)
    if kind in reader.ENDINGS:
        own = replace(form or Form(), sheet=layer or (form or Form()).sheet)
        return _table(reader.read(found, own, memory_bytes=memory_bytes), path, own, placed)
    content = intake.read(found, memory_bytes=memory_bytes)
    if kind == ".gpkg":
        return _gpkg(content, found, layer, memory_bytes)
    if kind in PARQUET:
        return _parquet(content, found, placed, memory_bytes)
    return _geojson(content, found)


# --- GeoJSON --------------------------------------------------------------------------------------


def _geojson(content: bytes, path: Path) -> Single:
    text = intake.decoded(content, path)
    document, faults = strictjson.parse(text, path.name)
    document = check.as_collection(document)
    faults = faults or check.collection(document, path.name)
    if not check.listed(document):
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    features = document["features"]
    judged = [_feature(one, number, path.name) for number, one in enumerate(features)]
    whole = {"features": strictjson.raw_features(text)} if any(judged) else {"features": []}
    raw = whole["features"] if len(whole["features"]) == len(features) else [text]
    parts = _Sorted()
    for number, found in enumerate(judged):
        own = raw[number] if found and number < len(raw) else ""
        parts.put(number, strictjson.feature_name(features[number], number), own, found)
    rows = [features[number] for number in parts.kept]
    frame = _frame([one.get("properties") or {} for one in rows], map(rfc7946.shape, rows))
    notes = tuple(rfc7946.members(document, path.name))
    return Single(path.name, frame, parts.where, tuple(parts.lost), tuple(faults), notes)


def _feature(feature: Any, number: int, file: str) -> list[Fault]:
    return check.feature(feature, number, file) or _misplaced(
        rfc7946.shape(feature), file, strictjson.feature_name(feature, number)
    )


def _misplaced(shape: Any, file: str, where: str) -> list[Fault]:
    said = sense.misplaced(shape)
    return [Fault(file, where, "geometry.coordinates", *said)] if said else []


def _frame(rows: Sequence[Mapping[str, Any]], shapes: Iterable[Any]) -> gpd.GeoDataFrame:
    """Values as they are: an integer beside an unknown stays an integer."""
    columns = dict.fromkeys(name for row in rows for name in row)
    values = {
        name if name != "geometry" else "properties.geometry": pd.Series(
            [row.get(name) for row in rows], dtype=object
        )
        for name in columns
    }
    table = pd.DataFrame(values, index=range(len(rows)))
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326")


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
    frame = _frame(kept, shapes)
    if not kept:
        frame = gpd.GeoDataFrame({name: [] for name in header}, geometry=[], crs="EPSG:4326")
    said = (*sheet.said, *found.said)
    by = tuple(header[n] for n in columns.at) if columns else ()
    made = Single(
        sheet.file, frame, parts.where, tuple(parts.lost), said=said, unplaced=none, by=by,
        comma=found.comma or sheet.delimiter == ";", texts=[sheet.rows[n].raw for n in parts.kept],
    )  # fmt: skip
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
        found, frame=_frame(rows_of, [line for _, line, _ in made]), by=(),
        where=[found.where[own[0]] for _, _, own in made],
        texts=["".join(found.texts[n] for n in own) for _, _, own in made],
        said=(*found.said, said),
    )  # fmt: skip


def _sorted(
    sheet: sheets.Sheet, header: Sequence[str], found: positions.Placed
) -> tuple[_Sorted, list[Any]]:
    """The rows told apart, and the geometry of each that is kept."""
    valueless: dict[str, list[Fault]] = {}
    for fault in sheet.faults:
        valueless.setdefault(fault.where, []).append(fault)
    parts, shapes = _Sorted(), []
    for number, row in enumerate(sheet.rows):
        where, shape = f"row {row.number}", found.geometries[number]
        faults = [*rows.ragged(row, sheet), *valueless.get(where, [])]
        if not faults or len(row.cells) >= len(header):
            faults += [Fault(sheet.file, where, *one) for one in found.problems[number]]
            faults += _misplaced(shape, sheet.file, where)
        parts.put(number, where, row.raw, faults)
        shapes += [] if faults else [shape]
    return parts, shapes


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
            rows = _frame(table.to_pylist(), [None] * len(table))
            return Single(path.name, rows, [f"row {n + 1}" for n in range(len(rows))])
        frame = gpd.read_parquet(io.BytesIO(content))
    return _framed(frame, path)


def _gpkg(content: bytes, path: Path, layer: str, memory_bytes: int) -> Single:
    found = geopackage.read(content, path, layer, memory_bytes)
    return _framed(found.frame, path, found.wrong)


def _framed(
    frame: gpd.GeoDataFrame, path: Path, wrong: Mapping[int, tuple[str, str, str]] | None = None
) -> Single:
    """Rows of a frame told apart by their position, judged in degrees.

    `wrong` says of rows by number what their geometry is where it is none.
    """
    faults = []
    if frame.crs is None:
        remedy = "give the file its reference system"
        faults = [Fault(path.name, "", "crs", "", "states no reference system", remedy)]
    degrees = frame if frame.crs is None else frame.to_crs("EPSG:4326")
    parts = _Sorted()
    for number, shape in enumerate(degrees.geometry):
        where = f"row {number + 1}"
        found = _misplaced(shape, path.name, where)
        if wrong and number in wrong:
            found = [Fault(path.name, where, str(frame.geometry.name), *wrong[number])]
        parts.put(number, where, _record(frame, number) if found else "", found)
    kept = degrees.iloc[np.array(parts.kept, dtype=int)].reset_index(drop=True)
    return Single(path.name, kept, parts.where, tuple(parts.lost), tuple(faults))


def _record(frame: gpd.GeoDataFrame, number: int) -> str:
    """A row as JSON, its geometry as WKT: Parquet has no text of its own."""
    row = {str(name): value for name, value in frame.iloc[number].items()}
    return json.dumps(row, ensure_ascii=False, default=str)


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
        found = read(path, layer=layer, placed=False, form=form, memory_bytes=memory_bytes)
    except DataError as error:
        return check.Report(error.faults, (), {"file": 0})
    own = trusted(found)
    more = meant(found) if own is found else []
    faults = dict.fromkeys([*merged(own), *found.unplaced, *empty(found), *more])
    notes = dict.fromkeys([*found.notes, *sense.notes(_judged(found))])
    return check.Report(tuple(faults), tuple(notes), {"file": found.read}, said=found.said)


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
    if not table or found.lost or found.frame.geometry.notna().any():
        return []
    problem = "holds no features: " + ("no row has a position" if found.read else "it has no rows")
    return [Fault(found.file, "", "", "", problem, "give at least one row with a position")]


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
    every = sense.judge(_judged(found))
    every += namesakes.faults(found.file, found.frame, found.where, found.by)
    return [fault for fault in every if not (found.comma and fault.problem == sense.COMMA)]


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
