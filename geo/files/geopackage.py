"""The layer of a GeoPackage as a frame, judged by SQLite before GDAL opens it.

A GeoPackage is a database: a layer may be a view that never ends, a blob need not be a geometry. A
layer that is no plain table, or whose blobs are not all geometries, is copied into a database of
its own, within the memory that is allowed, and that is what GDAL reads.
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import GeoError, wording
from geo.files import gdal, intake

_SQLITE, _GPKG = b"SQLite format 3\x00", (b"GPKG", b"GP10", b"GP11")
STEPS, STEPS_PER_BYTE = 300_000_000, 200  # of SQLite's machine: some seconds
_EVERY = 100_000
_NEED = intake.NEEDS[".gpkg"]
_PAGE = 4096
_TABLES = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
_ALLOWED = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_ATTACH,
    sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE,
}  # fmt: skip
_ENVELOPES = (0, 32, 48, 48, 64)  # bytes, by the flag of OGC 12-128r18, clause 2.1.3
_SIMPLE = frozenset(range(1, 7))
_BY_GDAL = frozenset(range(7, 15))  # collections and curves, which GDAL takes apart
_SOLID = {15: "a polyhedral surface", 16: "a TIN", 17: "a triangle"}
_BATCH = 20_000
Said = tuple[str, str, str, str]


@dataclass(frozen=True)
class Layer:
    """The rows of a layer, and by their number in it what is wrong with their geometry."""

    frame: gpd.GeoDataFrame
    wrong: Mapping[int, Said] = field(default_factory=dict)


def read(content: bytes, path: Path, layer: str, memory_bytes: int) -> Layer:
    """Read one layer of features. GeoError where there is none, or none that ends within bounds."""
    _is_one(content, path)
    with intake.whole(path, "a GeoPackage"):
        with contextlib.closing(_opened(content)) as base:
            found = _Found(base, path, _chosen(base, path, layer))
            copied = b"" if found.plain else found.copied({}, memory_bytes)
        if copied:
            return read(copied, path, found.name, memory_bytes)
        with contextlib.closing(_opened(content)) as base:
            found = _Found(base, path, found.name)
            wrong = found.wrong(len(content))
            content = found.copied(wrong, memory_bytes) if wrong else content
        frame = gdal.frame(content, found.name)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise GeoError(f"{path}: holds no geometry")
    return Layer(frame.reset_index(drop=True), _numbered(frame, wrong, found))


def _numbered(frame: gpd.GeoDataFrame, wrong: Mapping[int, Said], found: _Found) -> dict[int, Said]:
    """What is wrong, by the number of the row; of what was left to GDAL, what it could not read."""
    unread = frame.index[shapely.is_missing(frame.geometry.to_numpy())].intersection(
        list(found.by_gdal)
    )
    every = {**dict.fromkeys(unread, ("", *wording(_NONE))), **wrong}
    return {n: every[fid] for n, fid in enumerate(frame.index) if fid in every}


_NONE = "geometry.blob-without-geometry"


def _is_one(content: bytes, path: Path) -> None:
    if content[:16] != _SQLITE or content[68:72] not in _GPKG:
        raise GeoError(f"{path}: not a GeoPackage; give the file the ending of what it is")


def layers(content: bytes, path: Path) -> list[str]:
    """The names of the layers of features. GeoError where there is none."""
    _is_one(content, path)
    with intake.whole(path, "a GeoPackage"), contextlib.closing(_opened(content)) as base:
        return _listed(base, path, "")


# --- the database ---------------------------------------------------------------------------------


def _opened(content: bytes) -> sqlite3.Connection:
    """The file in memory, read only, with bounds on what a query may do."""
    if content[18:20] == b"\x02\x02":  # a log that is not in the file: what is in it is whole
        content = content[:18] + b"\x01\x01" + content[20:]
    base = sqlite3.connect(":memory:", isolation_level=None)
    base.deserialize(content)
    base.execute("PRAGMA trusted_schema = OFF")
    base.text_factory = lambda text: text.decode("utf-8", "replace")
    base.set_authorizer(
        lambda deed, *_: sqlite3.SQLITE_OK if deed in _ALLOWED else sqlite3.SQLITE_DENY
    )
    most, done = STEPS + STEPS_PER_BYTE * len(content), [0]

    def step() -> bool:
        done[0] += _EVERY
        return done[0] > most

    base.set_progress_handler(step, _EVERY)
    return base


def _kinds(base: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Tables and views by their name in small letters: which of the two, and how it was made."""
    rows = base.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')")
    return {str(name).lower(): (str(kind), str(sql)) for name, kind, sql in rows}


def _chosen(base: sqlite3.Connection, path: Path, asked: str) -> str:
    """The layer that is read: the one that is asked for, or the only one of features."""
    layers = _listed(base, path, asked)
    if not asked and len(layers) > 1:
        raise GeoError(f"{path}: name one of its layers: --layer {', '.join(layers)}")
    return asked or layers[0]


def _listed(base: sqlite3.Connection, path: Path, asked: str) -> list[str]:
    """The layers of features, of which the one that is asked for is one."""
    kinds = _kinds(base)
    if any(kinds.get(name, ("none", ""))[0] != "table" for name in _TABLES[:1]):
        raise GeoError(f"{path}: not a GeoPackage: it lists no contents; save it anew")
    listed = base.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
    layers = [str(name) for name, kind in listed if kind == "features" and name.lower() in kinds]
    others = sorted({str(kind) for _, kind in listed} - {"features"})
    if asked and asked not in layers and asked not in {name for name, _ in listed}:
        raise GeoError(f"{path}: no layer {asked!r}; there are {', '.join(layers) or 'none'}")
    if not layers or (asked and asked not in layers):
        held = f" ({', '.join(others)} only)" if others and not layers else ""
        raise GeoError(f"{path}: holds no geometry{held}; give a file with a layer of features")
    return layers


class _Found:
    """One layer of an opened GeoPackage."""

    def __init__(self, base: sqlite3.Connection, path: Path, name: str) -> None:
        """Look at what the layer is and which column holds its geometry."""
        self.base, self.path, self.name = base, path, name
        self.by_gdal: set[int] = set()
        kinds = _kinds(base)
        known = base.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)",
            (name,),
        ).fetchone()
        if known is None or any(kinds[table][0] != "table" for table in _TABLES if table in kinds):
            raise GeoError(f"{path}: not a GeoPackage: layer {name!r} has no geometry column")
        self.geometry = str(known[0])
        info = base.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
        self.columns = {str(row[1]): str(row[2]) for row in info}
        self.table = kinds[name.lower()][0] == "table" and self._has_rowid()
        self.key = next((str(row[1]) for row in info if row[5] and row[2].upper() == "INTEGER"), "")
        self.plain = (
            self.table
            and not any(row[6] for row in info)
            and not any(kind == "view" or _virtual(sql) for kind, sql in kinds.values())
        )

    def _has_rowid(self) -> bool:
        try:
            self.base.execute(f"SELECT rowid FROM {_quoted(self.name)} LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            return False
        return True

    def wrong(self, size: int) -> dict[int, Said]:
        """What is wrong with geometries, by rowid; each blob is looked at once."""
        found: dict[int, Said] = {}
        query = f"SELECT rowid, {_quoted(self.geometry)} FROM {_quoted(self.name)}"
        for count, rows in enumerate(_batches(self.base.execute(query))):
            if count * _BATCH > size:  # a row takes more than a byte, unless pages name each other
                raise GeoError(f"{self.path}: not a whole GeoPackage: its rows do not end")
            found |= self._judged(rows)
        return found

    def _judged(self, rows: list[tuple[int, object]]) -> dict[int, Said]:
        found: dict[int, Said] = {}
        plain: dict[int, bytes] = {}
        for fid, blob in rows:
            inner, said = _inside(blob)
            if said:
                found[fid] = said
            elif inner and _kind(inner) in _SIMPLE:
                plain[fid] = inner
            elif inner:
                self.by_gdal.add(fid)
        read = shapely.from_wkb(np.array(list(plain.values()), dtype=object), on_invalid="ignore")
        broken = [fid for fid, shape in zip(plain, read, strict=True) if shape is None]
        return found | {fid: (plain[fid].hex()[:60], *wording(_NONE)) for fid in broken}

    def copied(self, wrong: Mapping[int, Said], memory_bytes: int) -> bytes:
        """The layer alone, as a plain table, without the geometries that are none."""
        base, own = self.base, _quoted(self.name)
        base.execute("ATTACH ':memory:' AS own")
        base.execute(f"PRAGMA own.max_page_count = {max(memory_bytes // _NEED // _PAGE, 64)}")
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(memory_bytes // _NEED, 1 << 20))
        base.execute("PRAGMA own.application_id = 1196444487")
        base.execute("PRAGMA own.user_version = 10300")
        for table in _TABLES:
            base.execute(f"CREATE TABLE own.{table} AS SELECT * FROM main.{table}")
        try:
            self._fill()
        except (sqlite3.Error, MemoryError) as error:
            raise GeoError(
                f"{self.path}: layer {self.name!r} does not end within the memory allowed "
                f"({error}); save it as a table, or allow more: --memory"
            ) from error
        update = f"UPDATE own.{own} SET {_quoted(self.geometry)} = NULL WHERE rowid = ?"
        for fid in wrong:
            base.execute(update, (fid,))
        return base.serialize(name="own")

    def _fill(self) -> None:
        own = _quoted(self.name)
        names = [name for name in self.columns if not (self.table and name == self.key)]
        key = self.key if self.table and self.key else _free("fid", names)
        said = ", ".join(f"{_quoted(name)} {self._type(name)}" for name in names)
        self.base.execute(f"CREATE TABLE own.{own} ({_quoted(key)} INTEGER PRIMARY KEY, {said})")
        chosen = ", ".join(map(_quoted, names))
        rowid = "rowid" if self.table else "NULL"
        self.base.execute(f"INSERT INTO own.{own} SELECT {rowid}, {chosen} FROM main.{own}")

    def _type(self, name: str) -> str:
        """The type a column was declared with; of what is worked out, that of its first value."""
        if self.columns[name]:
            return self.columns[name]
        column, table = _quoted(name), _quoted(self.name)
        query = f"SELECT typeof({column}) FROM {table} WHERE {column} IS NOT NULL LIMIT 1"
        found = self.base.execute(query).fetchone()
        return str(found[0]).upper() if found else "TEXT"


def _batches(rows: sqlite3.Cursor) -> Iterator[list[tuple[int, object]]]:
    while batch := rows.fetchmany(_BATCH):
        yield batch


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _free(name: str, taken: list[str]) -> str:
    while name.lower() in map(str.lower, taken):
        name += "_"
    return name


def _virtual(sql: str) -> bool:
    """Whether a table is made by a module; the index of positions is, and is not read."""
    words = sql.lower().split()
    return words[:3] == ["create", "virtual", "table"] and "using rtree" not in " ".join(words)


# --- blobs ----------------------------------------------------------------------------------------


def _inside(blob: object) -> tuple[bytes, Said | None]:
    """The WKB of a blob, b"" where it says there is none; and what is wrong with it."""
    if blob is None:
        return b"", None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        shown = blob.hex() if isinstance(blob, bytes) else str(blob)
        return b"", (shown[:60], *wording(_NONE))
    flags = blob[3]
    size = (flags >> 1) & 7
    inner = blob[8 + _ENVELOPES[size] :] if size < len(_ENVELOPES) else b""
    if len(inner) < 5 or inner[0] > 1:
        none = flags & 0x10 and not inner
        return b"", None if none else (blob.hex()[:60], *wording(_NONE))
    if _kind(inner) in _SOLID:
        said = wording("geometry.solid-not-drawn", kind=_SOLID[_kind(inner)])
        return b"", (inner.hex()[:60], *said)
    if _kind(inner) in _SIMPLE | _BY_GDAL:
        return inner, None
    return b"", (inner.hex()[:60], *wording(_NONE))


def _kind(inner: bytes) -> int:
    """The kind of a geometry without what says that it has heights or measures."""
    (code,) = struct.unpack("<I" if inner[0] else ">I", inner[1:5])
    return int((code & 0x1FFFFFFF) % 1000)
