"""The door of a single file: what was named and nothing else, as it is, within limits.

The format of a file is that of its ending, never guessed from its content. No address is opened,
no pipe or device is read, an archive is judged before it is unpacked, and a file that would need
more memory than is allowed is refused before it is read.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from geo.errors import GeoError

P = ParamSpec("P")
R = TypeVar("R")
# What the kit may use for one file unless it is told otherwise.
CEILING = 4_000_000_000
# Bytes of memory that are allowed for at the peak, for each byte of a file, and of text for each
# sign that ends a number or a cell or begins an object as well: these take most. Set from what
# `tools/measure_memory.py` measured, with at least a tenth more.
NEEDS = {
    ".geojson": 4,
    ".json": 4,
    ".csv": 4,
    ".xlsx": 10,
    ".parquet": 1,  # and what `columnar` finds inside
    ".geoparquet": 1,
    ".gpkg": 16,
}
NEEDS_ELSE = 4
_FORMS = {b",": 240, b"{": 650}  # what is no GeoJSON is made it first
_MARKUP = {b"<": 750, b",": 380}
_JSON, _CELLS = {b",": 170, b"{": 350}, dict.fromkeys((b",", b";", b"\t", b"|", b"\n"), 250)
SIGNS = {".geojson": _JSON} | dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), _CELLS)
SIGNS |= dict.fromkeys(
    (".json", ".topojson", ".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl"), _FORMS
)
SIGNS |= dict.fromkeys((".kml", ".kmz", ".gpx"), _MARKUP)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/|/vsi|\\\\")
_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)B\s*", re.IGNORECASE)
_PRIVATE = re.compile(r"'?/vsimem/[^\s']*'?:? ?")  # names that libraries give to what they read
_GZIP = 16 + zlib.MAX_WBITS  # of zlib: a head and a tail of gzip
MOST_UNPACKED = 64_000_000  # bytes of text from a block of a page
_ENTITY = tuple("<!ENTITY".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True)
class Limits:
    """What a zip container may hold: parts, bytes unpacked, and bytes for each packed byte."""

    entries: int = 10_000
    unpacked_bytes: int = 1_000_000_000
    ratio: float = 200.0
    ratio_from_bytes: int = 1_000_000  # small parts may be packed better than any attack


LIMITS = Limits()


def named(path: str | Path) -> Path:
    """The path of a plain file on this machine. GeoError for an address, folder, pipe or device."""
    text = str(path)
    if _ADDRESS.match(text):
        raise GeoError(f"{text}: an address, and none is opened; save the file and name it")
    found = Path(text)
    try:
        if found.is_file():
            return found
        there = found.exists()
    except (OSError, ValueError) as error:
        raise GeoError(f"{text!r}: cannot be read: {error}") from error
    raise GeoError(f"{found}: {'not a file' if there else 'no such file'}")


def amount(text: str) -> int:
    """Bytes of an amount such as '2GB' or '800 MB', by 1000. Raises GeoError."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise GeoError(f"memory {text!r} is not an amount; say it like 2GB or 800MB")
    return int(float(found[1]) * 1000 ** " KMGT".index(found[2].upper() or " "))


def allow(path: Path, size_bytes: int, memory_bytes: int = CEILING) -> None:
    """Refuse a file that needs more memory than is allowed, with the option that allows more."""
    need = size_bytes * NEEDS.get(path.suffix.lower(), NEEDS_ELSE)
    judge(path, size_bytes, need, memory_bytes)


def judge(path: Path, size_bytes: int, need: int, memory_bytes: int) -> None:
    """Refuse a file of so many bytes that needs more memory than is allowed."""
    if need > memory_bytes:
        raise GeoError(
            f"{path}: {_said(size_bytes)}, which may take {_said(need)} of memory; "
            f"{_said(memory_bytes)} are allowed. Split the file, leave out what is not needed, "
            f"or allow more: --memory {-(-need // 10**9)}GB"
        )


def _said(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 10**8 else f"{number / 1e6:,.1f} MB"


def read(path: str | Path, *, memory_bytes: int = CEILING) -> bytes:
    """The bytes of a file. GeoError where there is none, or where it is too big for the ceiling."""
    found = named(path)
    try:
        allow(found, found.stat().st_size, memory_bytes)
        content = found.read_bytes()
    except OSError as error:
        raise GeoError(f"{found}: cannot be read: {error.strerror}") from error
    weigh(content, found, memory_bytes)
    return content


def start(path: str | Path, size_bytes: int) -> bytes:
    """The first bytes of a file, by which it is told what it holds. Raises GeoError."""
    found = named(path)
    try:
        with found.open("rb") as content:
            return content.read(size_bytes)
    except OSError as error:
        raise GeoError(f"{found}: cannot be read: {error.strerror}") from error


def weigh(content: bytes, path: Path, memory_bytes: int = CEILING) -> None:
    """Refuse a text that takes more memory than is allowed, by the signs of its kind."""
    kind, size = path.suffix.lower(), len(content)
    signs = sum(content.count(sign) * cost for sign, cost in SIGNS.get(kind, {}).items())
    judge(path, size, size * NEEDS.get(kind, NEEDS_ELSE) + signs, memory_bytes)


def text(path: str | Path, *, memory_bytes: int = CEILING) -> str:
    """A file as UTF-8, a byte order mark left out. Raises GeoError."""
    return decoded(read(path, memory_bytes=memory_bytes), path)


def decoded(content: bytes, path: str | Path) -> str:
    """The bytes of a file as UTF-8, a byte order mark left out. Raises GeoError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GeoError(
            f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from error


@contextlib.contextmanager
def whole(path: str | Path, kind: str = "") -> Iterator[None]:
    """The boundary of every reader: whatever a library raises on a bad file names the file.

    `kind` is what the file should be, else that of its ending. GeoErrors pass as they are.
    """
    try:
        yield
    except GeoError:
        raise
    except Exception as error:  # no list of what libraries raise on damaged files is ever whole
        said = _PRIVATE.sub("", " ".join(str(error).split()))[:300] or type(error).__name__
        kind = kind or f"a whole {Path(path).suffix[1:]} file"
        raise GeoError(f"{path}: not {kind}: {said}; save it anew") from error


def guarded(read: Callable[P, R]) -> Callable[P, R]:
    """Put a reader behind that boundary; its first argument is the path."""

    @functools.wraps(read)
    def behind(*args: P.args, **more: P.kwargs) -> R:
        with whole(str(args[0])):
            return read(*args, **more)

    return behind


def unpackable(
    content: bytes, path: Path, *, limits: Limits = LIMITS, memory_bytes: int = CEILING
) -> None:
    """Judge a zip container before it is unpacked. GeoError with what is beyond its limit."""
    with whole(path), zipfile.ZipFile(io.BytesIO(content)) as packed:
        found = packed.infolist()
        _judge(found, path, limits)
        allow(path, sum(item.file_size for item in found), memory_bytes)
        _plain(packed, found, path)


def _judge(found: list[zipfile.ZipInfo], path: Path, limits: Limits) -> None:
    if len(found) > limits.entries:
        raise GeoError(f"{path}: {len(found):,} parts, at most {limits.entries:,} are read")
    size = sum(item.file_size for item in found)
    if size > limits.unpacked_bytes:
        raise GeoError(
            f"{path}: unpacks to {_said(size)}, at most {_said(limits.unpacked_bytes)} are read; "
            "save it as CSV"
        )
    for item in found:
        ratio = item.file_size / max(item.compress_size, 1)
        if item.flag_bits & 1:
            raise GeoError(f"{path}: {item.filename!r} is locked by a password; save it without")
        if item.file_size > limits.ratio_from_bytes and ratio > limits.ratio:
            raise GeoError(
                f"{path}: {item.filename!r} unpacks to {ratio:,.0f} times its size, "
                f"at most {limits.ratio:,.0f} times are read; save it as CSV"
            )


def _plain(packed: zipfile.ZipFile, found: list[zipfile.ZipInfo], path: Path) -> None:
    """Refuse definitions of entities, which can grow without end: no spreadsheet writes them."""
    for item in found:
        if item.filename.lower().endswith((".xml", ".rels")) and _defines(packed, item):
            raise GeoError(f"{path}: {item.filename!r} defines entities; save the file anew")


def _defines(packed: zipfile.ZipFile, item: zipfile.ZipInfo) -> bool:
    """Whether a part defines an entity, read a piece at a time."""
    tail = b""
    with packed.open(item) as part:
        while piece := part.read(1 << 20):
            if any(sign in tail + piece for sign in _ENTITY):
                return True
            tail = piece[-32:]
    return False


def unpacked(text: str) -> str:
    """The text that a page holds as gzip in base64; ValueError where it is damaged or too much."""
    reading = zlib.decompressobj(wbits=_GZIP)
    try:
        made = reading.decompress(base64.b64decode(text, validate=True), MOST_UNPACKED)
    except zlib.error as error:
        raise ValueError("cannot be unpacked") from error
    if not reading.eof:
        raise ValueError(f"is cut short, or unpacks to over {MOST_UNPACKED} bytes")
    return made.decode("utf-8")
