"""A single file of a user → what is sound of it, and what is not, row by row. Nothing is lost.

read = kept + lost for every file. What is lost keeps its text, untouched, and every reason.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely

from geo import check, columnar, geopackage, headings, intake, rfc7946, sense, sheets, strictjson
from geo.check import Table
from geo.errors import DataError, Fault, GeoError, Lost

LONGITUDE, LATITUDE = headings.names("lon"), headings.names("lat")
GEOJSON = (".geojson", ".json")
PARQUET = (".parquet", ".geoparquet")
FORMATS = (*GEOJSON, *PARQUET, ".gpkg", *sheets.ENDINGS)
# Signs that begin a formula, unless a letter, a digit or what belongs to a word stands before them.
_LIVE = re.compile(r"(?<![0-9A-Za-z_.])[=+@-]|(?<=\\[nrt])[=+@-]")
_MEND = "mend it, or leave it out: --on-error skip"


@dataclass(frozen=True)
class Single:
    """What a file held: a frame of what is sound (geometry in its own system), and what is lost.

    `where` names the place of each row of the frame; `faults` are those of the file as a whole;
    `notes` do not make it unsound.
    """

    file: str
    frame: gpd.GeoDataFrame
    where: Sequence[str]
    lost: tuple[Lost, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()

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
    path: str | Path, *, layer: str = "", placed: bool = True, memory_bytes: int = intake.CEILING
) -> Single:
    """Read a file by its ending. `layer` names one of several sheets or layers.

    `placed`: every row of a table must have a position. Raises GeoError where the file cannot be
    read, DataError with its faults where nothing in it can be told apart.
    """
    kind = Path(path).suffix.lower()
    if kind not in FORMATS:
        raise GeoError(
            f"{path}: cannot read {kind or 'a file without an ending'}; known are "
            f"{', '.join(FORMATS)}"
        )
    found = intake.named(path)
    if kind in sheets.ENDINGS:
        table = sheets.read(found, delimiter="", sheet=layer, memory_bytes=memory_bytes)
        return _table(table, str(path), placed=placed)
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


def _table(sheet: sheets.Sheet, path: str, *, placed: bool) -> Single:
    header = _header(sheet)
    at = _position(header, path, needed=placed)
    valueless: dict[str, list[Fault]] = {}
    for fault in sheet.faults:
        valueless.setdefault(fault.where, []).append(fault)
    parts, shapes = _Sorted(), []
    for number, row in enumerate(sheet.rows):
        where = f"row {row.number}"
        shape, faults = _point(row.cells, header, at, sheet.file, where, placed=placed)
        faults = [*_ragged(row, header, sheet.file), *valueless.get(where, []), *faults]
        parts.put(number, where, row.raw, faults)
        shapes += [] if faults else [shape]
    cells = [sheet.rows[number].cells for number in parts.kept]
    rows = [dict(zip(header, one, strict=True)) for one in cells]
    frame = _frame(rows, shapes)
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
    return point, _misplaced(point, file, where)


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
        whole = {"integer_object_nulls": True}  # else they lose digits beside an unknown one
        frame = gpd.read_parquet(io.BytesIO(content), to_pandas_kwargs=whole)
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
    path: str | Path, *, layer: str = "", memory_bytes: int = intake.CEILING
) -> check.Report:
    """Every fault of a file, of structure and of meaning, and the rows read. Raises GeoError."""
    try:
        found = read(path, layer=layer, placed=False, memory_bytes=memory_bytes)
    except DataError as error:
        return check.Report(error.faults, (), {"file": 0})
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
    faults = dict.fromkeys([*found.every_fault, *sense.judge(table)])
    notes = dict.fromkeys([*found.notes, *sense.notes(table)])
    return check.Report(tuple(faults), tuple(notes), {"file": found.read})


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
