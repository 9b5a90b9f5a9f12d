"""Files of positions as one relation by the kit's columns; what is read is kept or rejected.

Tables and Parquet are read in place by DuckDB; NMEA, GeoJSON and MF-JSON are decoded into memory.
The format is said by the name of a file, never guessed from its content.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo import strictjson
from geo.errors import DataError, Fault, GeoError
from geo.tracks import dialects, nmea, points
from geo.tracks.columns import KEY, POSITIONS
from geo.tracks.duck import Unreadable

__all__ = ["FORMATS", "SENTINEL", "Scan", "expand", "scan"]

FORMATS = {
    ".csv": "table", ".txt": "table", ".parquet": "parquet", ".geoparquet": "parquet",
    ".nmea": "nmea", ".nm4": "nmea", ".ais": "nmea", ".log": "nmea",
    ".geojson": "geojson", ".json": "mfjson", ".mfjson": "mfjson",
}  # fmt: skip
PACKED = {".gz": "gzip", ".zst": "zstd"}
SENTINEL = "no position (sentinel)"
_EXPECTED = {SENTINEL, "wrong checksum", "no AIS sentence", "a part without its others"}
# ITU-R M.1371: what a transponder sends where it knows nothing. A draught of 0 is the default.
_NULLED = {"speed_kn": "speed_kn >= 102.25", "course_deg": "course_deg >= 360",
           "heading_deg": "heading_deg >= 511", "draught_m": "draught_m = 0"}  # fmt: skip
# What is shown of a row that has no text of its own: the values that were read from it.
_VALUES = "{" + ", ".join(f"{name}: {name}" for name in POSITIONS.names) + "}"
_JUDGED = f"""CASE WHEN note IS NOT NULL THEN note
  WHEN vessel IS NULL OR vessel = '' THEN 'no vessel'
  WHEN time_utc IS NULL THEN 'no time'
  WHEN lon = 181 OR lat = 91 THEN '{SENTINEL}'
  WHEN lon IS NULL OR lat IS NULL THEN 'no position'
  WHEN abs(lon) <= 180 AND abs(lat) <= 90 THEN NULL ELSE 'off the globe' END"""


@dataclass
class Scan:
    """Positions of files: a relation with the columns of POSITIONS, and what became of every row.

    rejected: a relation with the file's name, reason and the row as text; of formats without rows
    of text, its values as JSON.
    """

    relation: Any
    rejected: Any
    _judged: dict[str, Any] = field(repr=False)
    _logs: dict[str, nmea.Log] = field(repr=False)

    def counts(self) -> dict[str, dict[str, Any]]:
        """Return for each file `read`, `kept`, `rejected` by reason, sentinels and checksums.

        read = kept + rejected; for NMEA a row is a message with a position, or a line that gave
        nothing.
        """
        return {file: self._count(file, judged) for file, judged in self._judged.items()}

    def _count(self, file: str, judged: Any) -> dict[str, Any]:
        nulled = ", ".join(f"count(*) FILTER ({rule}) AS {name}" for name, rule in _NULLED.items())
        rows = judged.aggregate(f"reason, count(*) AS n, {nulled}", "reason").fetchall()
        rejected = {row[0]: int(row[1]) for row in rows if row[0] is not None}
        kept = sum(int(row[1]) for row in rows if row[0] is None)
        log = self._logs.get(file)
        for _, _, reason in log.rejected if log else ():
            rejected[reason] = rejected.get(reason, 0) + 1
        sentinels = {
            name: sum(int(row[n]) for row in rows) for n, name in enumerate(_NULLED, start=2)
        }
        return {
            "read": kept + sum(rejected.values()),
            "kept": kept,
            "rejected": dict(sorted(rejected.items())),
            "sentinels": {"position": rejected.get(SENTINEL, 0)} | sentinels,
            "checksums": dict(log.checksums) if log else {},
        }


def expand(paths: Sequence[str | Path]) -> list[Path]:
    """Return the files of paths, folders and globs, each once, in order of their names.

    GeoError names every path that leads to no file of a known format.
    """
    found: dict[Path, None] = {}
    wrong = []
    for path in map(str, paths):
        root = Path(path)
        here = root.rglob("*") if root.is_dir() else _globbed(root)
        files = [one for one in sorted(here) if one.is_file() and _format(one)]
        if not files:
            wrong.append(path)
        found |= dict.fromkeys(files)
    if wrong:
        known = ", ".join(FORMATS)
        raise GeoError(
            f"no positions at {', '.join(wrong)}; known are {known}, also as .gz and .zst"
        )
    return list(found)


def _globbed(path: Path) -> Iterable[Path]:
    return Path(path.anchor or ".").glob(str(path.relative_to(path.anchor)))


def _format(path: Path) -> str | None:
    suffixes = [one.lower() for one in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return FORMATS.get(suffixes[-1]) if suffixes else None


def scan(
    con: Any,
    paths: Sequence[str | Path],
    *,
    dialect: str | None = None,
    columns: Mapping[str, str] | None = None,
    on_error: Literal["stop", "skip"] = "stop",
) -> Scan:
    """Return the positions of files as a relation of a DuckDB connection.

    dialect: of tables, known by their header without one. columns: the kit's names to the file's
    own, for tables and Parquet. on_error: "stop" raises DataError with every reason and how often
    it was met; what receivers cannot help (sentinels, broken sentences) is counted in either case.
    """
    chosen = dialects.mapped(columns) if columns else dialects.by_name(dialect) if dialect else None
    judged, logs = {}, {}
    for path in expand(paths):
        typed, log = _opened(con, path, chosen)
        judged[str(path)] = typed.project(f"*, {_JUDGED} AS reason")
        if log is not None:
            logs[str(path)] = log
    lost = _union(judged, _lost)
    for file, log in logs.items():
        lost = lost.union(con.from_arrow(_unread(file, log)))
    scanned = Scan(_union(judged, _kept), lost, judged, logs)
    if on_error == "stop":
        _stop(scanned.counts())
    return scanned


def _union(judged: Mapping[str, Any], view: Any) -> Any:
    relations = [view(file, one) for file, one in judged.items()]
    whole = relations[0]
    for one in relations[1:]:
        whole = whole.union(one)
    return whole


def _kept(_file: str, judged: Any) -> Any:
    names = [
        f"CASE WHEN {_NULLED[name]} THEN NULL ELSE {name} END AS {name}"
        if name in _NULLED
        else name
        for name in POSITIONS.names
    ]
    return judged.filter("reason IS NULL").project(", ".join(names))


def _lost(file: str, judged: Any) -> Any:
    return judged.filter("reason IS NOT NULL").project(
        f"{_quoted(Path(file).name)} AS file, reason, "
        f"coalesce(row, to_json({_VALUES})::VARCHAR) AS row"
    )


def _unread(file: str, log: nmea.Log) -> pa.Table:
    """The lines that gave nothing, as they stand, with their reason and number."""
    rows = [(f"line {line}: {reason}", text) for line, text, reason in log.rejected]
    reasons, texts = zip(*rows, strict=True) if rows else ((), ())
    names = [Path(file).name] * len(rows)
    columns = {"file": names, "reason": list(reasons), "row": list(texts)}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _stop(counts: Mapping[str, Mapping[str, Any]]) -> None:
    faults = [
        Fault(file, "", "", f"{n:,} rows", reason, "mend them, or leave them out: --on-error skip")
        for file, one in counts.items()
        for reason, n in one["rejected"].items()
        if reason not in _EXPECTED
    ]
    if faults:
        raise DataError(f"positions cannot be read: {len(faults)} kind(s) of fault", faults=faults)


# --- formats --------------------------------------------------------------------------------------


def _opened(con: Any, path: Path, chosen: dialects.Dialect | None) -> tuple[Any, nmea.Log | None]:
    """A relation with POSITIONS, `note` and `row`, and the log of an NMEA file."""
    kind = _format(path)
    try:
        if kind == "table":
            return _table(con, path, chosen), None
        if kind == "parquet":
            return _parquet(con, path, chosen), None
        if kind == "nmea":
            log = nmea.Log()
            with _text(path) as lines:
                return _arrow(con, pa.concat_tables(nmea.read(lines, log))), log
        with _text(path) as lines:
            content, faults = strictjson.parse(lines.read(), str(path))
        if faults:
            raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
        return _arrow(
            con, points.geojson(content) if kind == "geojson" else points.moving(content)
        ), None
    except (OSError, ValueError, pa.ArrowException, Unreadable) as error:
        raise GeoError(f"{path}: cannot be read: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise GeoError(f"{path}: not positions as its format has them: {error!r}") from error


def _text(path: Path) -> Any:
    stream = pa.input_stream(path, compression=PACKED.get(path.suffix.lower()))
    return io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")


def _only(path: Path) -> str:
    """The name of one file: what DuckDB would take for a pattern stands for itself."""
    return re.sub(r"([*?[])", r"[\1]", str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(con: Any, path: Path, chosen: dialects.Dialect | None) -> Any:
    with _text(path) as lines:
        header = lines.readline().rstrip("\r\n")
    form = chosen or dialects.by_header(header, file=str(path))
    raw = con.sql(
        f"SELECT * FROM read_csv({_quoted(_only(path))}, header = true, all_varchar = true, "
        f"delim = {_quoted(form.delimiter)}, quote = '\"', escape = '\"', null_padding = true, "
        "strict_mode = false, ignore_errors = false)"
    )
    return _typed(raw, form, str(path))


def _typed(raw: Any, form: dialects.Dialect, file: str) -> Any:
    """Text columns to the kit's types; what is not understood is noted, never guessed."""
    there = {name: own for name, own in form.columns.items() if own in raw.columns}
    absent = [form.columns[name] for name in KEY if name not in there]
    if absent:
        raise GeoError(f"{file}: no column {', '.join(absent)}; it has {', '.join(raw.columns)}")
    text = {name: f"nullif(trim({_named(own)}), '')" for name, own in there.items()}
    time = _time(text["time_utc"], form.time)
    said = text["time_utc"]
    notes = [f"WHEN {said} IS NOT NULL AND {time} IS NULL THEN 'time not understood'"]
    columns = []
    for one in POSITIONS:
        own = text.get(one.name, "NULL")
        if one.name == "time_utc":
            columns.append(f"{time} AS time_utc")
        elif pa.types.is_floating(one.type):
            kind = "DOUBLE" if one.type == pa.float64() else "FLOAT"
            number = f"try_cast({own} AS {kind})"
            columns.append(f"{number} AS {one.name}")
            wrong = f"'not a number: {one.name}'"
            notes.append(f"WHEN {own} IS NOT NULL AND {number} IS NULL THEN {wrong}")
        else:
            columns.append(f"{_worded(one.name, own)} AS {one.name}")
    cells = ", ".join(f"coalesce({_named(name)}, '')" for name in raw.columns)
    row = f"concat_ws({_quoted(form.delimiter)}, {cells}) AS row"
    return raw.project(", ".join([*columns, f"CASE {' '.join(notes)} END AS note", row]))


def _worded(name: str, own: str) -> str:
    """Identifiers as text: an MMSI keeps its zeros, an IMO number loses its letters."""
    if name == "imo":
        return f"nullif(nullif(regexp_extract({own}::VARCHAR, '[0-9]+'), ''), '0')"
    return f"{own}::VARCHAR"


def _time(text: str, formats: Sequence[str]) -> str:
    if list(formats) == ["epoch"]:
        return f"to_timestamp(try_cast({text} AS DOUBLE))"
    listed = ", ".join(map(_quoted, formats))
    return f"timezone('UTC', try_strptime({text}, [{listed}]))"


def _parquet(con: Any, path: Path, chosen: dialects.Dialect | None) -> Any:
    raw = con.read_parquet(_only(path), hive_partitioning=False)
    types = dict(zip(raw.columns, map(str, raw.types), strict=True))
    own = dict(chosen.columns) if chosen else {name: name for name in POSITIONS.names}
    columns = {name: _named(there) for name, there in own.items() if there in types}
    if "geometry" in types and "lon" not in columns:
        return _arrow(con, _points(pq.read_table(path), own, str(path)))
    absent = [own.get(name, name) for name in KEY if name not in columns]
    if absent:
        raise GeoError(
            f"{path}: no column {', '.join(absent)}; it has {', '.join(types)}. "
            "Name them: --column vessel=…"
        )
    nothing = ["NULL::VARCHAR AS note", "NULL::VARCHAR AS row"]
    return raw.project(", ".join([*_casts(columns), *nothing]))


def _casts(columns: Mapping[str, str]) -> list[str]:
    kinds = {"string": "VARCHAR", "double": "DOUBLE", "float": "FLOAT"}
    found = []
    for one in POSITIONS:
        kind = kinds.get(str(one.type), "TIMESTAMPTZ")
        found.append(f"{columns.get(one.name, 'NULL')}::{kind} AS {one.name}")
    return found


def _points(table: pa.Table, own: Mapping[str, str], file: str) -> pa.Table:
    """GeoParquet: coordinates from points in well-known binary."""
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    if not (shapely.get_type_id(shapes) <= 0).all():
        raise GeoError(f"{file}: geometry holds more than points; positions are points")
    columns = {name: table[there] for name, there in own.items() if there in table.column_names}
    columns["lon"] = pa.array(shapely.get_x(shapes), from_pandas=True)
    columns["lat"] = pa.array(shapely.get_y(shapes), from_pandas=True)
    absent = [own.get(name, name) for name in KEY if name not in columns]
    if absent:
        raise GeoError(f"{file}: no column {', '.join(absent)}; it has {table.column_names}")
    empty = pa.nulls(len(table))
    return pa.table({one.name: columns.get(one.name, empty).cast(one.type) for one in POSITIONS})


def _arrow(con: Any, table: pa.Table) -> Any:
    note = "note" if "note" in table.column_names else "NULL::VARCHAR AS note"
    return con.from_arrow(table).project(
        ", ".join([*POSITIONS.names, note, "NULL::VARCHAR AS row"])
    )
