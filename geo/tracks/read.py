"""Files of positions as one relation by the kit's columns; what is read is kept, apart or rejected.

Tables and Parquet are read in place by DuckDB; NMEA, JSON, GPX and workbooks are decoded into
memory. Parquet and workbooks are known by their names; what a text holds is seen in its first
lines: sentences, objects, GPX or a table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.errors import DataError, Fault, GeoError
from geo.files import sheets, strictjson
from geo.tracks import (
    casting,
    clock,
    grids,
    layout,
    mobiles,
    nmea,
    plausible,
    points,
    reasons,
    records,
)
from geo.tracks.columns import POSITIONS
from geo.tracks.duck import Unreadable
from geo.tracks.grids import Grid
from geo.tracks.layout import Layout, Written

__all__ = ["FORMATS", "SENTINEL", "Scan", "expand", "scan"]

FORMATS = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".plt": "text", ".gpx": "text",
    ".nmea": "text", ".nm4": "text", ".ais": "text", ".log": "text", ".vdr": "text",
    ".geojson": "text", ".json": "text", ".jsonl": "text", ".ndjson": "text", ".mfjson": "text",
    ".parquet": "parquet", ".geoparquet": "parquet", ".xlsx": "workbook",
}  # fmt: skip
PACKED = {".gz": "gzip", ".zst": "zstd"}
SENTINEL = "no position (sentinel)"
APART = "apart: "
_LINES = (".jsonl", ".ndjson")  # an object a line, if it is one alone
_OF_SENTENCES = frozenset({"--date-format", "--timezone"})
_MORE = "@more"  # the first cell of a row that its header has no column for
_ABSENT = "\x1f"  # no cell is it: a cell that a short row lacks is null, an empty one is not
_HEAD = 1 << 18  # characters of a text by which its form is known
_UNNUMBERED = "a transponder without a number"
# What receivers and publishers cannot help: counted, never a reason to stop.
_EXPECTED = {
    SENTINEL, "no position", casting.OTHER, "wrong checksum", "no AIS sentence",
    "a part without its others", _UNNUMBERED,
}  # fmt: skip
# ITU-R M.1371: what a transponder sends where it knows nothing. A draught of 0 is the default.
_NULLED = {"speed_kn": "speed_kn >= 102.25", "course_deg": "course_deg >= 360",
           "heading_deg": "heading_deg >= 511", "draught_m": "draught_m = 0"}  # fmt: skip
# What is shown of a row that has no text of its own: the values that were read from it.
_VALUES = "{" + ", ".join(f"{name}: {name}" for name in POSITIONS.names) + "}"
_JUDGED = f"""CASE WHEN note IS NOT NULL THEN note
  WHEN vessel IS NULL OR vessel = '' THEN 'no vessel'
  WHEN vessel = 'NOBODY' THEN 'UNNUMBERED'
  WHEN mobile IS NOT NULL AND mobile NOT IN (ALSO) THEN '{APART}' || mobile
  WHEN time_utc IS NULL THEN 'no time'
  WHEN time_utc < 'EARLIEST' OR time_utc > 'LATEST' THEN 'OUTSIDE'
  WHEN lon = 181 OR lat = 91 THEN '{SENTINEL}'
  WHEN lon IS NULL OR lat IS NULL THEN 'no position'
  WHEN abs(lon) <= 180 AND abs(lat) <= 90 THEN NULL ELSE 'off the globe' END"""


@dataclass(frozen=True)
class _File:
    """One file as it was opened: POSITIONS with `note` and `row`, how it was read, its log."""

    relation: Any
    said: str = ""
    kind: str = "ship"
    log: nmea.Log | None = None
    used: frozenset[str] = frozenset()  # options of the user that had an effect


@dataclass
class Scan:
    """Positions of files: a relation with the columns of POSITIONS, and what became of every row.

    rejected: a relation with the file's name, reason and the row as text; of formats without rows
    of text, its values as JSON.
    """

    relation: Any
    rejected: Any
    _judged: dict[str, Any] = field(repr=False)
    _files: dict[str, _File] = field(repr=False)

    def counts(self) -> dict[str, dict[str, Any]]:
        """Return for each file `read`, `kept`, `rejected` by reason, `apart` by class, sentinels,
        checksums, `kind` of what moves and `reading`.

        read = kept + rejected + apart; for NMEA a row is a message with a position, or a line that
        gave nothing.
        """
        return {file: self._count(file, judged) for file, judged in self._judged.items()}

    def _count(self, file: str, judged: Any) -> dict[str, Any]:
        nulled = ", ".join(f"count(*) FILTER ({rule}) AS {name}" for name, rule in _NULLED.items())
        rows = judged.aggregate(f"reason, count(*) AS n, {nulled}", "reason").fetchall()
        lost = {row[0]: int(row[1]) for row in rows if row[0] is not None}
        apart = {r.removeprefix(APART): n for r, n in lost.items() if r.startswith(APART)}
        rejected = {reason: n for reason, n in lost.items() if not reason.startswith(APART)}
        kept = sum(int(row[1]) for row in rows if row[0] is None)
        own = self._files[file]
        for _, _, reason in own.log.rejected if own.log else ():
            rejected[reason] = rejected.get(reason, 0) + 1
        sentinels = {
            name: sum(int(row[n]) for row in rows) for n, name in enumerate(_NULLED, start=2)
        }
        return {
            "read": kept + sum(rejected.values()) + sum(apart.values()),
            "kept": kept,
            "rejected": dict(sorted(rejected.items())),
            "apart": dict(sorted(apart.items())),
            "sentinels": {"position": rejected.get(SENTINEL, 0)} | sentinels,
            "checksums": dict(own.log.checksums) if own.log else {},
            "kind": own.kind,
            "reading": own.said,
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
    absent = [path for path in wrong if not (set("*?[") & set(path) or Path(path).exists())]
    if absent:
        raise GeoError("\n".join(f"{path}: no such file" for path in absent))
    if wrong:
        known = ", ".join(FORMATS)
        raise GeoError(
            f"no positions at {', '.join(wrong)}; known are {known}, also as .gz and .zst"
        )
    return list(found)


def _globbed(path: Path) -> Iterable[Path]:
    return (
        [path]
        if path.is_file()
        else Path(path.anchor or ".").glob(str(path.relative_to(path.anchor)))
    )


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
    written: Written | None = None,
    kind: str = "",
    on_error: Literal["stop", "skip"] = "stop",
) -> Scan:
    """Return the positions of files as a relation of a DuckDB connection.

    written: how the user says that they are; dialect, columns: the same of these two alone. kind:
    of what moves, in place of what a dialect says. on_error: "stop" raises DataError with every
    reason and how often it was met; what receivers cannot help (sentinels, broken sentences) is
    counted in either case. GeoError where a reading cannot be true, or an option has no effect.
    """
    asked = written or Written(dialect=dialect or "", columns=columns or {})
    judged, opened = {}, {}
    for path in expand(paths):
        own = _opened(con, path, asked, kind)
        whole = own.relation.project(f"*, {_judgement(asked)} AS reason")
        _checked(whole, own, path)
        judged[str(path)], opened[str(path)] = whole, own
    _effective(asked, opened)
    lost = _union(judged, _lost)
    for file, own in opened.items():
        if own.log is not None:
            lost = lost.union(con.from_arrow(_unread(file, own.log)))
    kept = _union(judged, lambda file, one: _kept(one, opened[file].kind))
    scanned = Scan(kept, lost, judged, opened)
    if on_error == "stop":
        _stop(scanned.counts())
    return scanned


def _judgement(asked: Written) -> str:
    """The expression of why a row gives no position, null where it does."""
    values = {
        "ALSO": ", ".join(map(_quoted, ("", *asked.also))),
        "EARLIEST": clock.EARLIEST.isoformat(),
        "LATEST": clock.latest().isoformat(),
        "OUTSIDE": plausible.OUTSIDE,
        "NOBODY": casting.NOBODY,
        "UNNUMBERED": _UNNUMBERED,
    }
    return re.sub("|".join(values), lambda found: values[found[0]], _JUDGED)


def _checked(judged: Any, own: _File, path: Path) -> None:
    """GeoError where the reading of a file cannot be true."""
    good = f"reason IS NULL OR reason = {_quoted(plausible.OUTSIDE)}"
    some = judged.filter(good).limit(plausible.ROWS)
    rows = some.project("vessel, time_utc, lon, lat, speed_kn").to_arrow_table().to_pandas()
    plausible.check(rows, file=str(path), said=own.said, kind=own.kind)


def _effective(asked: Written, opened: Mapping[str, _File]) -> None:
    """GeoError for an option that changed the reading of no file."""
    used = {name for own in opened.values() for name in own.used}
    idle = [name for name in asked.options() if name not in used]
    if idle and opened:
        files = ", ".join(Path(file).name for file in list(opened)[:3])
        raise GeoError(f"{', '.join(idle)}: no effect on {files}; leave it out")


def _union(judged: Mapping[str, Any], view: Any) -> Any:
    relations = [view(file, one) for file, one in judged.items()]
    whole = relations[0]
    for one in relations[1:]:
        whole = whole.union(one)
    return whole


def _kept(judged: Any, kind: str) -> Any:
    rules = _NULLED if kind == "ship" else {k: v for k, v in _NULLED.items() if k != "speed_kn"}
    names = [
        f"CASE WHEN {rules[name]} THEN NULL ELSE {name} END AS {name}" if name in rules else name
        for name in POSITIONS.names
    ]
    return judged.filter("reason IS NULL").project(", ".join(names))


def _lost(file: str, judged: Any) -> Any:
    return judged.filter(f"reason IS NOT NULL AND NOT starts_with(reason, '{APART}')").project(
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
        _rejected(file, reason, f"{n:,} row{'s' if n > 1 else ''}")
        for file, one in counts.items()
        for reason, n in one["rejected"].items()
        if reason not in _EXPECTED
    ]
    if faults:
        raise DataError(f"positions cannot be read: {len(faults)} kind(s) of fault", faults=faults)


def _rejected(file: str, reason: str, count: str) -> Fault:
    field, said = reasons.fault(reason)
    return Fault(file, "", field, count, *said)


# --- formats --------------------------------------------------------------------------------------


def _opened(con: Any, path: Path, written: Written, kind: str) -> _File:
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


def _by_form(con: Any, path: Path, written: Written, kind: str) -> _File:
    form = _format(path)
    if form == "parquet":
        return _parquet(con, path, written, kind)
    if form == "workbook":
        return _workbook(con, path, written, kind)
    head = _head(path)
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


def _head(path: Path) -> str:
    with _text(path, _encoding(path)) as lines:
        return str(lines.read(_HEAD)).lstrip("\ufeff")


def _only(path: Path) -> str:
    """The name of one file: what DuckDB would take for a pattern stands for itself."""
    return re.sub(r"([*?[])", r"[\1]", str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# --- tables ---------------------------------------------------------------------------------------


def _rows(path: Path, grid: Grid) -> Iterator[list[str]]:
    with _text(path, _encoding(path)) as lines:
        for _ in range(grid.skip):
            lines.readline()
        yield from csv.reader(lines, delimiter=grid.delimiter)


def _table(con: Any, path: Path, head: str, written: Written, kind: str) -> _File:
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
    return _File(raw.project(first).project(then), said, kind or form.kind, None, used)


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
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in [*grid.header, _MORE])
    return con.sql(
        f"SELECT * FROM read_csv({_quoted(_only(path))}, header = false, "
        f"columns = {{{columns}}}, skip = {grid.skip}, "
        f"delim = {_quoted(grid.delimiter)}, quote = '\"', escape = '\"', null_padding = true, "
        f"nullstr = {_quoted(_ABSENT)}, "
        "strict_mode = false, ignore_errors = false, auto_detect = false)"
    )


def _workbook(con: Any, path: Path, written: Written, kind: str) -> _File:
    sheet = sheets.read(path)
    rows = [dict(zip(sheet.header, row.cells, strict=False)) for row in sheet.rows]
    table = pd.DataFrame(rows, columns=sheet.header, dtype="string")
    table[records.ROW] = [row.raw for row in sheet.rows]
    return _framed(con, table, path, written, kind)


# --- records --------------------------------------------------------------------------------------


def _framed(con: Any, table: pd.DataFrame, path: Path, written: Written, kind: str) -> _File:
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
    return _File(relation, str(form), kind or form.kind, None, used)


def _json(con: Any, path: Path, written: Written, kind: str) -> _File:
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
        return _File(relation, "moving features in JSON", kind or "ship")
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


def _gpx(con: Any, path: Path, written: Written, kind: str) -> _File:
    with _text(path, _encoding(path)) as lines:
        text = lines.read()
    return _framed(con, records.gpx(text, stem=path.stem), path, written, kind)


def _sentences(con: Any, path: Path, written: Written) -> _File:
    log = nmea.Log()
    clock = nmea.Clock.of(written)
    with _text(path) as lines:
        table = pa.concat_tables(nmea.read(lines, log, clock=clock))
    used = frozenset(written.options()) & _OF_SENTENCES if clock.used else frozenset()
    return _File(_arrow(con, table), "NMEA 0183 sentences", "ship", log, used)


# --- Parquet --------------------------------------------------------------------------------------


def _parquet(con: Any, path: Path, written: Written, kind: str) -> _File:
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
    return _File(relation, "Parquet, the kit's own columns", kind or "ship")


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
