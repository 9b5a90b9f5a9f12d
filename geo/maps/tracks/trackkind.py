"""Whether a file holds positions or tracks, by its name, its first bytes and its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geo.checking import userfile
from geo.errors import GeoError
from geo.files import columnar, intake
from geo.files.tables import positions
from geo.tracks import dialects, grids, layout
from geo.tracks.layout import Written

__all__ = [
    "HEAD",
    "MANY",
    "TEXTS",
    "Asked",
    "columns",
    "decoded",
    "ending",
    "header",
    "holds_positions",
    "holds_tracks",
    "packed",
    "recognised",
]

MANY = 20_000  # vertices of lines without a vessel from which they are drawn as tracks
TEXTS = (".csv", ".tsv", ".txt", ".plt", ".log", ".nmea", ".nm4", ".ais", ".vdr", ".gpx",
          ".jsonl", ".ndjson", ".mfjson", ".json")  # fmt: skip
_PACKED = (".gz", ".zst")
_ELSEWHERE = (".tsv", ".txt", ".tab")  # texts that loggers of one track write, too
HEAD = 1 << 18  # bytes of a text by which its form is known
_SENTENCE = re.compile(rb"[!$][A-Z]{2}VD[MO],")
_OBJECTS = re.compile(rb"\s*(?:\{[^\n]*\}\s*\n\s*\{|\[\s*\{)")  # of JSON, but no collection
_FEATURE = re.compile(rb'\s*\x1e?\s*\{[^\n]*"type"\s*:\s*"Feature')


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user says of positions.

    columns, date_format, written: how they are written, the first two as `Written` has them too.
    speed_unit: of speeds alone. kind: of what moves. gap_hours: None for what the kind has.
    reading: options of `userdata.read`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    speed_unit: str = ""
    written: Written = field(default_factory=Written)
    kind: str = ""
    gap_hours: float | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)

    @property
    def whole(self) -> Written:
        """Everything that is said of how positions are written."""
        of_speed = {"speed_kn": self.speed_unit} if self.speed_unit else {}
        return replace(
            self.written,
            columns={**self.written.columns, **self.columns},
            date_format=self.date_format or self.written.date_format,
            units={**self.written.units, **of_speed},
        )


def recognised(path: Path, asked: Asked) -> bool:
    """Whether a file holds tracks: a vessel, a time and a place in each row, or sentences.

    Where the user says what kind of thing moves, a time and a place are enough: reading it asks
    for the column that names the thing.

    A packed text is taken for positions. A file that cannot be read holds none; reading it says
    why. Raises GeoError for columns that the kit does not know.
    """
    said = asked.whole
    if packed(path):
        return True
    if set(said.columns) - {*positions.FIELDS} or said.dialect or said.vessel:
        return True
    if said.columns:
        names = columns(path, said.delimiter)
        return all(layout.usual(names, name) for name in ("vessel", "time_utc"))
    if not path.is_file():
        return False
    if path.suffix.lower() in TEXTS:
        names = header(path, said.delimiter)
        moves = _positioned(names, named=not asked.kind)
        return decoded(path) or moves or _only_tracks(path, names)
    return path.suffix.lower() in userfile.PARQUET and _positioned(
        header(path), named=not asked.kind
    )


def packed(path: Path) -> bool:
    """Whether a file is a packed text, as `geo.tracks` reads them."""
    return path.suffix.lower() in _PACKED and ending(path) in (*TEXTS, ".geojson")


def ending(path: Path) -> str:
    """The ending of a file, without that of its packing."""
    whole = path.suffix.lower() not in _PACKED
    return (path if whole else path.with_suffix("")).suffix.lower()


def _start(path: Path) -> bytes:
    return intake.start(path, HEAD)


def decoded(path: Path) -> bool:
    """Whether `geo.tracks` decodes a text: sentences, objects, GPX, a table without a header."""
    start, kind = _start(path), path.suffix.lower()
    if _SENTENCE.search(start) or (kind == ".gpx" and b"<trkpt" in start and b"<time" in start):
        return True
    if kind in {".jsonl", ".ndjson"}:
        return not _FEATURE.match(start)
    if kind == ".mfjson" or (kind != ".csv" and _OBJECTS.match(start)):
        return True
    return dialects.headless(start.decode("utf-8", "replace").splitlines()[:1]) is not None


def columns(path: Path, delimiter: str = "") -> list[str]:
    """Return the columns of a table of texts or of a Parquet file; none for other files."""
    text = path.suffix.lower() in (*TEXTS, *userfile.PARQUET)
    return header(path, delimiter) if text and path.is_file() else []


def header(path: Path, delimiter: str = "") -> list[str]:
    """The columns of a table or of positions in Parquet; none for other files."""
    if path.suffix.lower() in userfile.PARQUET:
        try:
            return [str(name) for name in columnar.parquet().read_schema(path).names]
        except (OSError, ValueError):
            return []
    start = _start(path)
    if start.lstrip()[:1] in {b"{", b"[", b"<"}:
        return []
    try:
        head = start.decode(grids.encoding(start), "replace").lstrip("\ufeff")
        return grids.grid(head, Written(delimiter=delimiter), str(path)).header
    except GeoError:
        return []


def _only_tracks(path: Path, names: Sequence[str]) -> bool:
    """Whether a table of places and times can be nothing but tracks, for want of another reader."""
    timed = all(layout.usual(names, name) for name in ("time_utc", "lon", "lat"))
    return path.suffix.lower() not in {*userfile.FORMATS} - {*_ELSEWHERE} and timed


def _positioned(names: Sequence[str], *, named: bool = True) -> bool:
    """Whether columns are a dialect's, or hold a time, a place and, if `named`, a vessel."""
    if dialects.fitting(names):
        return True
    needed = ("time_utc", "lon", "lat", *(["vessel"] if named else []))
    return bool(names) and all(layout.usual(names, name) for name in needed)


def holds_tracks(features: gpd.GeoDataFrame) -> bool:
    """Whether features are drawn as tracks: positions, or lines of many vertices."""
    kinds = set(features.geom_type.dropna())
    if holds_positions(features):
        return True
    if not kinds or not kinds <= {"LineString", "MultiLineString"}:
        return False
    return int(shapely.get_num_coordinates(features.geometry.to_numpy()).sum()) >= MANY


def holds_positions(features: gpd.GeoDataFrame) -> bool:
    """Whether features are points that say a vessel and a time."""
    if set(features.geom_type.dropna()) != {"Point"}:
        return False
    return _positioned([*(str(c) for c in features.columns), "lon", "lat"])
