"""Shapefiles, alone or in a zip: the main file with the sidecars its format defines, and no other.

Every record is walked before GDAL reads any: a file that was cut short is refused, not read as a
smaller one. ESRI Shapefile Technical Description; dBASE III tables.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from geo.errors import GeoError
from geo.files import codepages, gdal, intake

SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
_CODE = 9994
_HEAD = 100
_KINDS = frozenset({0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31})
_FIXED = {1: 20, 11: 36, 21: 28}  # bytes of a record, with its kind
# Language drivers of dBASE that stand for one code page (ESRI's list).
_DRIVERS = {
    1: "cp437", 2: "cp850", 3: "cp1252", 8: "cp865", 9: "cp437", 10: "cp850", 11: "cp437",
    13: "cp437", 14: "cp850", 15: "cp437", 16: "cp850", 17: "cp437", 18: "cp850", 19: "cp932",
    20: "cp850", 21: "cp437", 22: "cp850", 23: "cp865", 24: "cp437", 25: "cp437", 26: "cp850",
    27: "cp437", 28: "cp863", 29: "cp850", 31: "cp852", 34: "cp852", 35: "cp852", 36: "cp860",
    37: "cp850", 38: "cp866", 55: "cp850", 64: "cp852", 77: "cp936", 78: "cp949", 79: "cp950",
    80: "cp874", 87: "cp1252", 88: "cp1252", 89: "cp1252", 100: "cp852", 101: "cp866",
    102: "cp865", 103: "cp861", 106: "cp737", 107: "cp857", 120: "cp950", 121: "cp949",
    122: "cp936", 123: "cp932", 124: "cp874", 200: "cp1250", 201: "cp1251", 202: "cp1254",
    203: "cp1253", 204: "cp1257",
}  # fmt: skip
# What Python reads under a name as it reads code pages, and no table is written in.
_NO_PAGES = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})
_LIKELY = ("cp949", "cp1251", "cp936", "cp932", "cp1252")


@dataclass(frozen=True)
class Layer:
    """A layer as a frame by the number of its rows, and what is said of how it was read."""

    name: str
    frame: Any
    said: list[str] = field(default_factory=list)


def read(path: Path, *, layer: str = "", memory_bytes: int = intake.CEILING) -> list[Layer]:
    """Every shapefile of a .shp or .zip, or the one that is named. Raises GeoError."""
    if path.suffix.lower() == ".zip":
        found = _packed(intake.read(path, memory_bytes=memory_bytes), path, memory_bytes)
    else:
        found = {path.stem: _beside(path, memory_bytes)}
    if layer and layer not in found:
        raise GeoError(f"{path}: no layer {layer!r}; there are {', '.join(found)}")
    return [_layer(name, own, path) for name, own in found.items() if layer in ("", name)]


def _beside(path: Path, memory_bytes: int) -> dict[str, bytes]:
    """The main file and its sidecars, whatever the case of their endings."""
    parts = {".shp": intake.read(path, memory_bytes=memory_bytes)}
    for ending in SIDECARS:
        for written in (ending, ending.upper(), ending.title()):
            other = path.with_suffix(written)
            if other.is_file():
                parts[ending] = intake.read(other, memory_bytes=memory_bytes)
                break
    return parts


def _packed(content: bytes, path: Path, memory_bytes: int) -> dict[str, dict[str, bytes]]:
    """The shapefiles of a zip by their name, read in memory: no name of it becomes a path."""
    intake.unpackable(content, path, memory_bytes=memory_bytes)
    with intake.whole(path, "a whole zip"), zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [name for name in packed.namelist() if not name.startswith("__MACOSX/")]
        if len({name.lower() for name in names}) < len(names):
            raise GeoError(f"{path}: holds two files of one name; pack it anew")
        found: dict[str, dict[str, bytes]] = {}
        for name in [name for name in names if name.lower().endswith(".shp")]:
            stem = name[:-4]
            own = {n[len(stem) :].lower(): n for n in names if n[: len(stem)] == stem}
            parts = {e: packed.read(own[e]) for e in (".shp", *SIDECARS) if e in own}
            short = PurePosixPath(stem).name
            found[short if short not in found else stem] = parts
    if not found:
        held = ", ".join(sorted(names)[:8]) or "nothing"
        raise GeoError(f"{path}: holds no shapefile (found {held}); unpack it and name the file")
    return found


def _layer(name: str, parts: Mapping[str, bytes], path: Path) -> Layer:
    label = f"{path}" if path.suffix.lower() == ".shp" else f"{path}: {name}"
    count = _records(parts[".shp"], label)
    said, encoding = [], ""
    own = {".shp": parts[".shp"], ".shx": _index(parts[".shp"])}
    if ".prj" in parts:
        own[".prj"] = parts[".prj"]
    if ".dbf" in parts:
        table = _Table(parts[".dbf"], label)
        if table.count != count:
            raise GeoError(f"{label}: {count:,} shapes, but {table.count:,} rows in the .dbf")
        encoding, words = table.encoding(parts.get(".cpg", b""))
        said += [words] if words else []
        own[".dbf"] = parts[".dbf"]
    else:
        said.append("no .dbf stands beside it, so the features have no values")
    with tempfile.TemporaryDirectory() as folder, intake.whole(path, "a shapefile"):
        for ending, content in own.items():
            (Path(folder) / f"layer{ending}").write_bytes(content)
        options = {"encoding": encoding} if encoding else {}
        frame = gdal.frame(Path(folder) / "layer.shp", **options)
    return Layer(name, frame, said)


# --- the main file --------------------------------------------------------------------------------


def _records(content: bytes, label: str) -> int:
    """How many records the main file holds. GeoError for the first that is not whole."""
    return sum(1 for _ in _walk(content, label))


def _index(content: bytes) -> bytes:
    """The index of the records, made anew: what stands beside the file may be of another."""
    entries = b"".join(struct.pack(">2i", at // 2, size // 2) for at, size in _walk(content, ""))
    words = (_HEAD + len(entries)) // 2
    return content[:24] + struct.pack(">i", words) + content[28:_HEAD] + entries


def _walk(content: bytes, label: str) -> Iterator[tuple[int, int]]:
    """(where it begins, bytes of its content) of every record."""
    if len(content) < _HEAD or struct.unpack(">i", content[:4])[0] != _CODE:
        raise GeoError(f"{label}: not a shapefile; give the file the ending of what it is")
    (words,), (kind,) = struct.unpack(">i", content[24:28]), struct.unpack("<i", content[32:36])
    end = words * 2
    if end > len(content) or end < _HEAD:
        raise GeoError(f"{label}: cut short: {len(content):,} of {end:,} bytes; copy it anew")
    if kind not in _KINDS:
        raise GeoError(f"{label}: shapes of an unknown kind ({kind}); save it anew")
    at, number = _HEAD, 0
    while at < end:
        number += 1
        size = struct.unpack(">i", content[at + 4 : at + 8])[0] * 2 if at + 12 <= end else -1
        if size < 4 or at + 8 + size > end:
            raise GeoError(f"{label}: record {number} is not whole; save it anew")
        said = _unsound(content, at + 8, size, kind)
        if said:
            raise GeoError(f"{label}: record {number}: {said}; save it anew")
        yield at, size
        at += 8 + size


def _unsound(content: bytes, at: int, size: int, kind: int) -> str:
    """What is wrong with a record: its kind, or counts that do not fit in it."""
    (own,) = struct.unpack("<i", content[at : at + 4])
    if own not in (0, kind):
        return f"a shape of kind {own} in a file of kind {kind}"
    if own in (0, 31) or own in _FIXED:
        return "" if size >= _FIXED.get(own, 4) else "too short"
    if size < 40:
        return "too short"
    several = own % 10 != 8  # lines and areas have parts
    if size < 44 and several:
        return "too short"
    counts = struct.unpack("<2i", content[at + 36 : at + 44]) if several else ()
    (points,) = struct.unpack("<i", content[at + 36 : at + 40]) if not several else counts[1:]
    parts = counts[0] if several else 0
    need = (44 if several else 40) + 4 * parts + 16 * points
    if parts < 0 or points < 0 or need > size:
        return f"says {points:,} points, and has no room for them"
    starts = struct.unpack(f"<{parts}i", content[at + 44 : at + 44 + 4 * parts])
    fine = all(0 <= a <= points for a in starts) and list(starts) == sorted(starts)
    return "" if fine else "parts that do not lie in it"


# --- the table ------------------------------------------------------------------------------------


class _Table:
    """The .dbf: its rows, and the code page of its words."""

    def __init__(self, content: bytes, label: str) -> None:
        self.content, self.label = content, label
        if len(content) < 33:
            raise GeoError(f"{label}: the .dbf is cut short; copy it anew")
        self.count, self.head, self.width = struct.unpack("<IHH", content[4:12])
        if self.head < 33 or self.width < 1 or self.head > len(content):
            raise GeoError(f"{label}: the .dbf has no table; save it anew")
        if self.head + self.count * self.width > len(content):
            said = f"{self.count:,} rows, and has no room for them"
            raise GeoError(f"{label}: the .dbf says {said}; copy it anew")
        self.words = list(self._columns())

    def _columns(self) -> Iterator[tuple[str, int, int]]:
        """(name, where it begins in a row, width) of every column of words."""
        at, start = 32, 1
        while at + 32 <= self.head and self.content[at] != 0x0D:
            name = self.content[at : at + 11].split(b"\0")[0].decode("latin-1")
            kind, width = self.content[at + 11 : at + 12], self.content[at + 16]
            width += 256 * self.content[at + 17] if kind == b"C" else 0
            if kind == b"C":
                yield name, start, width
            start, at = start + width, at + 32
        if start > self.width:
            raise GeoError(f"{self.label}: the .dbf has columns wider than its rows; save it anew")

    def _cells(self) -> Iterator[tuple[int, str, bytes]]:
        for number in range(self.count):
            row = self.head + number * self.width
            for name, start, width in self.words:
                cell = self.content[row + start : row + start + width].strip(b" \0")
                if not cell.isascii():
                    yield number, name, cell

    def encoding(self, stated: bytes) -> tuple[str, str]:
        """The code page of the words, and what is said of it where it is not stated.

        Raises GeoError where the words are not of the page stated, and where none is stated and
        they are no UTF-8: the readings of the first word are then shown.
        """
        page, by = _page(stated.decode("latin-1").strip()), "the .cpg"
        if stated.strip() and not page:
            name = stated[:40].decode("latin-1").strip()
            raise GeoError(
                f"{self.label}: the .cpg states {name!r}, no code page; write CP949 or so"
            )
        if not page:
            page, by = _DRIVERS.get(self.content[29], ""), "the .dbf"
        wrong = self._wrong(page or "utf-8")
        if wrong is None:
            self._refuse_doubt(page, by)
            return (page or "utf-8"), ""
        row, name, cell = wrong
        where = f"row {row + 1}, {name}"
        if page:
            raise GeoError(
                f"{self.label}: {where}: not {page}, which {by} states (found {cell[:20]!r}); "
                "write the right code page into the .cpg"
            )
        raise GeoError(f"{self.label}: {where}: no code page is stated; {_readings(cell)}")

    def _refuse_doubt(self, page: str, by: str) -> None:
        """Refuse words that are UTF-8 though another page is stated."""
        cells = (cell for _, _, cell in self._cells())
        found = codepages.read_two_ways(cells, page) if page else None
        if found:
            wrong, right = found
            raise GeoError(
                f"{self.label}: {by} states {page}, by which a word reads {wrong!r}, and "
                f"{right!r} by UTF-8; write the right one into a file of the same name that "
                "ends in .cpg"
            )

    def _wrong(self, page: str) -> tuple[int, str, bytes] | None:
        for row, name, cell in self._cells():
            try:
                cell.decode(page)
            except UnicodeDecodeError:
                if not _cut(cell, page):
                    return row, name, cell
        return None


def _cut(cell: bytes, page: str) -> bool:
    """Whether only the last character of a cell is not whole: the column was too narrow for it."""
    decoder = codecs.getincrementaldecoder(page)()
    try:
        decoder.decode(cell)
    except UnicodeDecodeError:
        return False
    return True


def _page(name: str) -> str:
    """The code page of a .cpg as Python names it; '' for none."""
    digits = name.lower().removeprefix("ansi").removeprefix("oem").strip()
    numbers = {"65001": "utf-8", "88591": "iso8859-1", "1252": "cp1252", "51949": "cp949"}
    asked = (numbers.get(digits, ""), f"cp{digits}" if digits.isdigit() else "", name)
    for one in filter(None, asked):
        with contextlib.suppress(LookupError, ValueError):  # no such page, or none that names text
            found = codecs.lookup(one).name
            if found not in _NO_PAGES and b"a".decode(found):
                return found
    return ""


def _readings(cell: bytes) -> str:
    """How a word reads by each likely code page: the user knows which is right."""
    found: dict[str, str] = {}
    for page in _LIKELY:
        try:
            found.setdefault(cell.decode(page), page)
        except UnicodeDecodeError:
            continue
    said = ", ".join(f"{text!r} by {page.upper()}" for text, page in found.items())
    return f"it reads {said}. Write the right one into a file of the same name that ends in .cpg"
