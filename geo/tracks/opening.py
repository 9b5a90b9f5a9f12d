"""One file of positions, by what it is, as a relation or a table of the columns of the kit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.errors import DataError, GeoError
from geo.files import sheets, strictjson
from geo.tracks import casting, grids, layout, mobiles, nmea, points, records
from geo.tracks.columns import POSITIONS
from geo.tracks.duck import Unreadable
from geo.tracks.grids import Grid
from geo.tracks.layout import Layout, Written

__all__ = [
    "FORMATS",
    "PACKED",
    "File",
    "ending",
    "parsed",
    "quoted",
]

FORMATS = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".plt": "text", ".gpx": "text",
    ".nmea": "text", ".nm4": "text", ".ais": "text", ".log": "text", ".vdr": "text",
    ".geojson": "text", ".json": "text", ".jsonl": "text", ".ndjson": "text", ".mfjson": "text",
    ".parquet": "parquet", ".geoparquet": "parquet", ".xlsx": "workbook",
}  # fmt: skip
PACKED = {".gz": "gzip", ".zst": "zstd"}
_LINES = (".jsonl", ".ndjson")  # an object a line, if it is one alone
_OF_SENTENCES = frozenset({"--date-format", "--timezone"})
_MORE = "@more"  # the first cell of a row that its header has no column for
_ABSENT = "\x1f"  # no cell is it: a cell that a short row lacks is null, an empty one is not
_HEAD = 1 << 18  # characters of a text by which its form is known


@dataclass(frozen=True)
class File:
    """One file as it was opened: POSITIONS with `note` and `row`, how it was read, its log."""

    relation: Any
    said: str = ""
    kind: str = "ship"
    log: nmea.Log | None = None
    used: frozenset[str] = frozenset()  # options of the user that had an effect


def ending(path: Path) -> str | None:
    """The kind of a file by its name, None where it is none that is read."""
    suffixes = [one.lower() for one in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return FORMATS.get(suffixes[-1]) if suffixes else None


def parsed(con: Any, path: Path, written: Written, kind: str) -> File:
    """A file by what it is. GeoError where it cannot be read."""
    try:
        return _by_form(con, path, written, kind)
    except DataError:
        raise
    except GeoError as error:
        said = str(error)
        raise GeoError(said if said.startswith(str(path)) else f"{path}: {said}") from error
    except (OSError, ValueError, pa.ArrowException, Unreadable) as error:
        raise GeoError(f"{path}: cannot be read: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise GeoError(f"{path}: not positions as its format has them: {error!r}") from error


def _by_form(con: Any, path: Path, written: Written, kind: str) -> File:
    form = ending(path)
    if form == "parquet":
        return _parquet(con, path, written, kind)
    if form == "workbook":
        return _workbook(con, path, written, kind)
    head = _first_lines(path)
    if nmea.SENTENCE.search(head):
        return _sentences(con, path, written)
    start = head.lstrip()[:1]
    if start and start in "{[" and not re.match(r"\s*\[\d", head):
        return _json(con, path, written, kind)
    if start == "<":
        return _gpx(con, path, written, kind)
    if re.search(r"^\s*\$[A-Z]{5},", head, re.MULTILINE):
        raise GeoError("holds no AIS sentence, only those of its own receiver")
    return _table(con, path, head, written, kind)


def _encoding(path: Path) -> str:
    with pa.input_stream(path, compression=PACKED.get(path.suffix.lower())) as stream:
        return grids.encoding(stream.read(_HEAD))


def _text(path: Path, encoding: str = "utf-8") -> Any:
    stream = pa.input_stream(path, compression=PACKED.get(path.suffix.lower()))
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")


def _first_lines(path: Path) -> str:
    """The first lines of a text."""
    with _text(path, _encoding(path)) as lines:
        return str(lines.read(_HEAD)).lstrip("\ufeff")


def _only(path: Path) -> str:
    """The name of one file: what DuckDB would take for a pattern stands for itself."""
    return re.sub(r"([*?[])", r"[\1]", str(path))


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(path: Path, grid: Grid) -> Iterator[list[str]]:
    with _text(path, _encoding(path)) as lines:
        for _ in range(grid.skip):
            lines.readline()
        yield from csv.reader(lines, delimiter=grid.delimiter)


def _table(con: Any, path: Path, head: str, written: Written, kind: str) -> File:
    grid = grids.grid(head, written, str(path))
    sample = grids.sample(head, grid)

    def every(name: str) -> Iterator[str]:
        at = grid.header.index(name)
        return (cells[at].strip() for cells in _rows(path, grid) if len(cells) > at)

    form = layout.found(
        grid.header, sample, written, file=str(path), every=every, headless=grid.headless
    )
    form = _of_file(form, path)
    first, then = casting.projection(form, grid.header, more=_MORE)
    raw = _raw(con, path, grid)
    said, used = str(form), frozenset(written.options())
    return File(raw.project(first).project(then), said, kind or form.kind, None, used)


def _of_file(form: Layout, path: Path) -> Layout:
    """The layout, with the file's own name for its vessel where no other is known."""
    stem = path.name.removesuffix(path.suffix) if path.suffix.lower() in PACKED else path.name
    return form if form.vessel else layout.named(form, Path(stem).stem)


def _raw(con: Any, path: Path, grid: Grid) -> Any:
    encoding = _encoding(path)
    if encoding != "utf-8":
        names, wide = [*grid.header, _MORE], [None] * (len(grid.header) + 1)
        rows = [[*cells, *wide][: len(wide)] for cells in _rows(path, grid) if cells]
        whole = [pa.array([row[n] for row in rows], pa.string()) for n in range(len(wide))]
        return con.from_arrow(pa.table(dict(zip(names, whole, strict=True))))
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in [*grid.header, _MORE])
    return con.sql(
        f"SELECT * FROM read_csv({quoted(_only(path))}, header = false, "
        f"columns = {{{columns}}}, skip = {grid.skip}, "
        f"delim = {quoted(grid.delimiter)}, quote = '\"', escape = '\"', null_padding = true, "
        f"nullstr = {quoted(_ABSENT)}, "
        "strict_mode = false, ignore_errors = false, auto_detect = false)"
    )


def _workbook(con: Any, path: Path, written: Written, kind: str) -> File:
    sheet = sheets.read(path)
    rows = [dict(zip(sheet.header, row.cells, strict=False)) for row in sheet.rows]
    table = pd.DataFrame(rows, columns=sheet.header, dtype="string")
    table[records.ROW] = [row.raw for row in sheet.rows]
    return _framed(con, table, path, written, kind)


def _framed(con: Any, table: pd.DataFrame, path: Path, written: Written, kind: str) -> File:
    """A frame of plain values as POSITIONS, by a layout."""
    beside = [name for name in (records.NOTE, records.ROW) if name in table.columns]
    plain = table.drop(columns=beside)
    names = [str(name) for name in plain.columns]
    form = layout.found(
        names, casting.sample(plain), written, file=str(path),
        every=lambda name: casting.texts(plain[name]).fillna("").tolist(),
        instants=[n for n in names if pd.api.types.is_datetime64_any_dtype(plain[n])],
    )  # fmt: skip
    form = _of_file(form, path)
    found, problems, others = casting.frame(plain, form)
    notes = table[beside[0]].astype("string") if records.NOTE in beside else None
    note = pd.Series(None, index=found.index, dtype="string") if notes is None else notes
    note = note.reset_index(drop=True)
    note[others] = casting.OTHER
    for row, name, _ in reversed(problems):
        note[row] = casting.problem(name)
    made = pa.Table.from_pandas(found, schema=POSITIONS, preserve_index=False)
    raw = table[records.ROW].tolist() if records.ROW in beside else [None] * len(table)
    made = made.append_column("note", pa.array(note.astype(object).where(note.notna(), None)))
    made = made.append_column("row", pa.array(raw, pa.string()))
    relation = con.from_arrow(made).project(
        ", ".join([*POSITIONS.names, "note::VARCHAR AS note", "row"])
    )
    used = frozenset(written.options()) - {"--delimiter"}
    return File(relation, str(form), kind or form.kind, None, used)


def _json(con: Any, path: Path, written: Written, kind: str) -> File:
    encoding = _encoding(path)
    with _text(path, encoding) as lines:
        text = lines.read().lstrip("\ufeff")
    first = text.lstrip().split("\n", 1)[0].strip()
    several = path.suffix.lower() in _LINES or "\n{" in text.lstrip().replace("\r", "")
    if several and re.fullmatch(r"\{.*\}", first):
        return _framed(con, records.lines(io.StringIO(text)), path, written, kind)
    content, faults = strictjson.parse(text, str(path))
    if faults:
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    if _moving(content):
        relation = _arrow(con, points.moving(content), mobile=_CLASS)
        return File(relation, "moving features in JSON", kind or "ship")
    if isinstance(content, dict) and "features" in content:
        table = records.features(content)
    elif isinstance(content, dict) and content.get("class") == "AIS":
        table = records.lines([text.replace("\n", " ")])
    else:
        table = records.documents(content)
    return _framed(con, table, path, written, kind)


def _moving(content: Any) -> bool:
    """Whether a document is of OGC Moving Features."""
    listed = content.get("features") if isinstance(content, dict) else None
    first = listed[0] if isinstance(listed, list) and listed else content
    if not isinstance(first, dict):
        return False
    properties = first.get("properties")
    return "temporalGeometry" in first or "datetimes" in (properties or {})


def _gpx(con: Any, path: Path, written: Written, kind: str) -> File:
    with _text(path, _encoding(path)) as lines:
        text = lines.read()
    return _framed(con, records.gpx(text, stem=path.stem), path, written, kind)


def _sentences(con: Any, path: Path, written: Written) -> File:
    log = nmea.Log()
    clock = nmea.Clock.of(written)
    with _text(path) as lines:
        table = pa.concat_tables(nmea.read(lines, log, clock=clock))
    used = frozenset(written.options()) & _OF_SENTENCES if clock.used else frozenset()
    return File(_arrow(con, table), "NMEA 0183 sentences", "ship", log, used)


def _parquet(con: Any, path: Path, written: Written, kind: str) -> File:
    """Parquet by the kit's own names in place; by others through a layout."""
    schema = pq.read_schema(path)
    if written.options() or not {"vessel", "time_utc"} <= set(schema.names):
        return _framed(con, _unpacked(path), path, written, kind)
    raw = con.read_parquet(_only(path), hive_partitioning=False)
    types = dict(zip(raw.columns, map(str, raw.types), strict=True))
    if "geometry" in types and "lon" not in types:
        return _framed(con, _unpacked(path), path, written, kind)
    columns = {name: _named(name) for name in POSITIONS.names if name in types}
    absent = [name for name in ("lon", "lat") if name not in columns]
    if absent:
        raise GeoError(
            f"{path}: no column for {', '.join(absent)}; it has {', '.join(types)}. "
            "Name them: --column lon=…"
        )
    if "TIMESTAMP" not in types["time_utc"]:
        return _framed(con, _unpacked(path), path, written, kind)
    said = mobiles.sql("vessel::VARCHAR", columns.get("mobile", "NULL::VARCHAR"), _CLASSES)
    nothing = ["NULL::VARCHAR AS note", "NULL::VARCHAR AS row"]
    relation = raw.project(", ".join([*_casts(columns, said), *nothing]))
    return File(relation, "Parquet, the kit's own columns", kind or "ship")


_CLASSES = {name: name for name in mobiles.names()}
_CLASS = mobiles.sql("vessel", "mobile", _CLASSES)


def _casts(columns: Mapping[str, str], mobile: str) -> list[str]:
    kinds = {"string": "VARCHAR", "double": "DOUBLE", "float": "FLOAT"}
    found = []
    for one in POSITIONS:
        kind = kinds.get(str(one.type), "TIMESTAMPTZ")
        own = mobile if one.name == "mobile" else columns.get(one.name, "NULL")
        found.append(f"({own})::{kind} AS {one.name}")
    return found


def _unpacked(path: Path) -> pd.DataFrame:
    """Parquet and GeoParquet as a frame, coordinates of points in well-known binary as columns."""
    table = pq.read_table(path)
    plain = table.drop_columns(["geometry"]) if "geometry" in table.column_names else table
    frame: pd.DataFrame = plain.to_pandas()
    if "geometry" not in table.column_names:
        return frame
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    if not (shapely.get_type_id(shapes) <= 0).all():
        raise GeoError(f"{path}: geometry holds more than points; positions are points")
    frame["lon"], frame["lat"] = shapely.get_x(shapes), shapely.get_y(shapes)
    return frame


def _arrow(con: Any, table: pa.Table, *, mobile: str = "mobile") -> Any:
    """A relation of positions. mobile: the expression of what they are of."""
    note = "note" if "note" in table.column_names else "NULL::VARCHAR AS note"
    return con.from_arrow(table).project(
        ", ".join([*POSITIONS.names[:-1], f"{mobile} AS mobile", note, "NULL::VARCHAR AS row"])
    )
