"""Tiles of web maps in one file: PMTiles and MBTiles, a tile at a time.

What a file says of itself is judged before it is believed: offsets lie within the file, nothing
unpacks to more than `MOST_BYTES`, and a query of a database ends within bounds.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from geo.errors import AssetError, GeoError
from geo.files import intake

__all__ = ["ENDINGS", "Archive", "opened", "plain"]

ENDINGS = (".pmtiles", ".mbtiles")
MOST_BYTES = 64_000_000  # that one tile or one directory unpacks to
MOST_ZOOM = 22
_STEPS, _EVERY = 300_000_000, 100_000  # of SQLite's machine, for one tile
_ALLOWED = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA
}  # fmt: skip
_GZIP = b"\x1f\x8b"
_HEADER_BYTES, _DEPTH = 127, 4
_TAG = re.compile(r"<[^>]*>")

Kind: TypeAlias = Literal["raster", "vector"]
Find: TypeAlias = Callable[[int, int, int], bytes | None]


@dataclass(frozen=True)
class Archive:
    """Tiles by zoom, x and y, and what their file says of them.

    extent: west, south, east and north in degrees, None where it does not say. layers: of vector
    tiles, as TileJSON has them. credit: in plain words.
    """

    path: Path
    kind: Kind
    zooms: tuple[int, int]
    find: Find = field(repr=False)
    extent: tuple[float, float, float, float] | None = None
    layers: tuple[Mapping[str, Any], ...] = ()
    credit: str = ""

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """A tile unpacked, None where there is none. Raises GeoError for a damaged one."""
        with intake.whole(self.path):
            found = self.find(zoom, x, y)
            return None if not found else _unpacked(found)


@contextlib.contextmanager
def opened(path: str | Path) -> Iterator[Archive]:
    """The tiles of a file, by its ending. Raises GeoError for what holds none."""
    found = intake.named(path)
    make = {".pmtiles": _pmtiles, ".mbtiles": _mbtiles}.get(found.suffix.lower())
    if make is None:
        raise GeoError(f"{found}: no file of tiles; there are {', '.join(ENDINGS)}")
    with contextlib.ExitStack() as held:
        with intake.whole(found):
            made = _judged(make(found, held))
        yield made


def plain(text: object) -> str:
    """Words of a credit without the markup that web maps write them in."""
    words = html.unescape(_TAG.sub(" ", str(text or "")))
    return " ".join(words.split())[:500]


def _judged(made: Archive) -> Archive:
    low, high = made.zooms
    if not 0 <= low <= high <= MOST_ZOOM:
        raise GeoError(f"{made.path}: states zooms {low} to {high}, 0 to {MOST_ZOOM} are read")
    return made


def _unpacked(data: bytes) -> bytes:
    """What is packed as gzip unpacked, within bounds; anything else as it is."""
    if not data.startswith(_GZIP):
        return data
    reading = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    made = reading.decompress(data, MOST_BYTES)
    if not reading.eof:
        raise ValueError(f"a part is cut short, or unpacks to over {MOST_BYTES:,} bytes")
    return made


# --- PMTiles --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """A PMTiles file: its header, and its directories as they were read."""

    path: Path
    size: int
    source: Any
    head: Mapping[str, Any]
    read: dict[tuple[int, int], Any] = field(default_factory=dict)

    def bytes_at(self, offset: int, length: int) -> bytes:
        if not 0 <= offset <= offset + length <= self.size or length > MOST_BYTES:
            raise ValueError(f"{length:,} bytes at {offset:,} do not lie in its {self.size:,}")
        self.source.seek(offset)
        return bytes(self.source.read(length))

    def directory(self, offset: int, length: int) -> Any:
        from pmtiles import tile

        if (offset, length) not in self.read:
            packed = self.bytes_at(offset, length)
            _unpacked(packed)
            self.read[offset, length] = tile.deserialize_directory(packed)
        return self.read[offset, length]

    def find(self, zoom: int, x: int, y: int) -> bytes | None:
        from pmtiles import tile

        wanted, head = tile.zxy_to_tileid(zoom, x, y), self.head
        offset, length = head["root_offset"], head["root_length"]
        for _ in range(_DEPTH):
            entry = tile.find_tile(self.directory(offset, length), wanted)
            if entry is None:
                return None
            if entry.run_length:
                return self.bytes_at(head["tile_data_offset"] + entry.offset, entry.length)
            offset, length = head["leaf_directory_offset"] + entry.offset, entry.length
        raise ValueError("its directories lead into each other")


def _pmtiles(path: Path, held: contextlib.ExitStack) -> Archive:
    try:
        from pmtiles import tile
    except ModuleNotFoundError as error:
        raise AssetError(f"{path}: read with the extra: pip install 'tumen[ground]'") from error
    source = held.enter_context(path.open("rb"))
    head = tile.deserialize_header(source.read(_HEADER_BYTES))
    if head["internal_compression"] != tile.Compression.GZIP:
        raise GeoError(f"{path}: its directories are not packed as gzip; make it anew with gzip")
    if head["tile_compression"] not in (tile.Compression.GZIP, tile.Compression.NONE):
        raise GeoError(f"{path}: its tiles are not packed as gzip; make it anew with gzip")
    kinds = dict.fromkeys((tile.TileType.PNG, tile.TileType.JPEG, tile.TileType.WEBP), "raster")
    kind = (kinds | {tile.TileType.MVT: "vector"}).get(head["tile_type"])
    if kind is None:
        raise GeoError(f"{path}: its tiles are neither PNG, JPEG, WebP nor vector tiles (MVT)")
    parts = _Parts(path, path.stat().st_size, source, head)
    said = parts.bytes_at(head["metadata_offset"], head["metadata_length"])
    told = json.loads(_unpacked(said) or b"{}")
    edges = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    west, south, east, north = (head[name] / 1e7 for name in edges)
    return Archive(
        path,
        "raster" if kind == "raster" else "vector",
        (head["min_zoom"], head["max_zoom"]),
        parts.find,
        (west, south, east, north) if west < east and south < north else None,
        _layers(told.get("vector_layers")),
        plain(told.get("attribution")),
    )


def _layers(said: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(said, list):
        return ()
    return tuple(one for one in said if isinstance(one, dict) and isinstance(one.get("id"), str))


# --- MBTiles --------------------------------------------------------------------------------------


def _mbtiles(path: Path, held: contextlib.ExitStack) -> Archive:
    base = held.enter_context(contextlib.closing(_database(path)))
    told = {
        str(name): str(value) for name, value in base.execute("SELECT name, value FROM metadata")
    }
    zooms = base.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
    if not all(isinstance(zoom, int) for zoom in zooms):
        raise GeoError(f"{path}: holds no tile")
    layers = _layers(json.loads(told.get("json") or "{}").get("vector_layers"))
    vector = told.get("format") in ("pbf", "mvt") or bool(layers)

    def find(zoom: int, x: int, y: int) -> bytes | None:
        at = (zoom, x, (1 << zoom) - 1 - y)  # rows count from the south
        asked = "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?"
        row = base.execute(asked, at).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None

    return Archive(
        path,
        "vector" if vector else "raster",
        tuple(zooms),
        find,
        _edges(told.get("bounds", "")),
        layers,
        plain(told.get("attribution")),
    )


def _database(path: Path) -> sqlite3.Connection:
    """The file read only, no file beside it looked at, with bounds on what a query may do."""
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    base.execute("PRAGMA trusted_schema = OFF")
    base.set_authorizer(
        lambda deed, *_: sqlite3.SQLITE_OK if deed in _ALLOWED else sqlite3.SQLITE_DENY
    )
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    done = [0]

    def step() -> bool:
        done[0] += _EVERY
        return done[0] > _STEPS

    base.set_progress_handler(step, _EVERY)
    return base


def _edges(text: str) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (west, south, east, north) if west < east and south < north else None
