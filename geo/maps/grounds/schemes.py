"""Vector tiles of the known schemes → packed areas, lines and names in the kit's quiet styles.

OpenMapTiles, Protomaps and Shortbread name their layers and kinds differently; which is which
stands in `geo/geometry/assets/ground.json`. A layer of none of them is drawn plainly, and named.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.errors import GeoError
from geo.files import gdal, intake, tilestore
from geo.geometry import ground
from geo.geometry.ground import Bounds
from geo.maps.grounds import fitting, shapes

_RANKS = ("population", "population_rank", "pmap:population_rank")
_WET = "water"


@dataclass(frozen=True)
class Packed:
    """A packed ground and its zoom; `dry` where its water is drawn, so that the rest is land."""

    pack: bytes
    zooms: tuple[int, int]
    dry: bool
    said: tuple[str, ...] = ()


@dataclass
class _Sorted:
    """Shapes by style, names, and layers that no scheme has."""

    parts: dict[str, list[Any]] = field(default_factory=dict)
    places: list[shapes.Place] = field(default_factory=list)
    streets: dict[str, list[Any]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def packed(archive: tilestore.Archive, extent: Bounds, zooms: tuple[int, int], room: int) -> Packed:
    """The deepest zoom of an archive that there is room for, packed. Raises GeoError."""
    name = archive.path.name
    if not archive.layers:
        raise GeoError(f"{archive.path}: does not say which layers its vector tiles have")
    for zoom in range(zooms[1], zooms[0] - 1, -1):
        found = _at(archive, extent, zoom)
        pack, nameless = _with_room(found, extent, zoom, room) if found else (b"", False)
        if found and pack:
            dry = any(ground.role(one["id"], 2, "") == _WET for one in archive.layers)
            left = fitting.left(name, zoom + 1, zooms[1], room) if zoom < zooms[1] else ""
            bare = f"{name}: names of streets are left out, for want of room" if nameless else ""
            words = tuple(filter(None, (left, bare, _plainly(name, found.unknown))))
            return Packed(pack, (zooms[0], zoom), dry, words)
    raise GeoError(fitting.no_room(name, zooms, room))


def _with_room(found: _Sorted, extent: Bounds, zoom: int, room: int) -> tuple[bytes, bool]:
    """One zoom packed, if need be without the names of streets; b"" where there is no room."""
    quantum = ground.quantum(zoom)
    for streets in (found.streets, {}) if found.streets else ({},):
        pack = shapes.pack(found.parts, found.places, extent, quantum, streets)
        if fitting.text_bytes(pack) <= room:
            return pack, streets is not found.streets and bool(found.streets)
    return b"", False


def _plainly(name: str, unknown: Sequence[str]) -> str:
    if not unknown:
        return ""
    return f"{name}: of no known scheme, drawn plainly: {', '.join(unknown)}"


def _at(archive: tilestore.Archive, extent: Bounds, zoom: int) -> _Sorted | None:
    """What one zoom holds, by style; None where there are too many tiles."""
    if ground.count(extent, zoom) > fitting.MOST_TILES:
        return None
    found = _Sorted()
    for layer, frame in _frames(archive, extent, zoom):
        _sort(found, layer, frame)
    if not found.parts and not found.places:
        raise GeoError(fitting.nothing(archive.path.name, extent, (zoom, zoom)))
    return found


# --- tiles by GDAL --------------------------------------------------------------------------------


def _frames(
    archive: tilestore.Archive, extent: Bounds, zoom: int
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each layer of the tiles of an extent, in degrees, cut at the edges of its tiles."""
    columns = [*ground.kinds(), *ground.naming(), *_RANKS]
    with tempfile.TemporaryDirectory() as folder, intake.whole(archive.path):
        path = Path(folder) / "cut.mbtiles"
        if not _copied(archive, extent, zoom, path):
            return
        for layer in archive.layers:
            frame = gdal.frame(path, str(layer["id"]), ZOOM_LEVEL=str(zoom))
            if len(frame) and hasattr(frame, "geometry"):
                own = [name for name in columns if name in frame]
                yield str(layer["id"]), frame[[*own, frame.geometry.name]].to_crs("EPSG:4326")


def _copied(archive: tilestore.Archive, extent: Bounds, zoom: int, path: Path) -> int:
    """Write the tiles of an extent into a database of the kit's own making; how many there are."""
    tiles = ((t, archive.tile(*t)) for t in ground.cells(extent, zoom))
    rows = [(z, x, (1 << z) - 1 - y, data) for (z, x, y), data in tiles if data]
    said = {"name": "cut", "format": "pbf", "minzoom": zoom, "maxzoom": zoom,
            "json": json.dumps({"vector_layers": [_described(one) for one in archive.layers]}),
            "bounds": "-180,-85.05,180,85.05"}  # fmt: skip
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE metadata (name text, value text)")
        base.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, "
            "tile_data blob)"
        )
        base.executemany("INSERT INTO metadata VALUES (?, ?)", said.items())
        base.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    return len(rows)


def _described(layer: Mapping[str, Any]) -> dict[str, Any]:
    """A layer with the columns that a style asks for, as text."""
    names = [*ground.kinds(), *ground.naming()]
    own = dict.fromkeys(names, "String") | dict.fromkeys(_RANKS, "Number")
    return {"id": layer["id"], "fields": own}


# --- styles ---------------------------------------------------------------------------------------


def _sort(found: _Sorted, layer: str, frame: Any) -> None:
    """Put each feature of a layer to its style, and streets to their names."""
    kinds = _first(frame, ground.kinds())
    dimensions = shapely.get_dimensions(frame.geometry.to_numpy())
    for kind, dimension in {*zip(kinds, dimensions.tolist(), strict=True)}:
        own = frame[(kinds == kind) & (dimensions == dimension)]
        if dimension == 1 and ground.names_streets(layer, kind):
            _name_streets(found, own)
        role = ground.role(layer, dimension, kind)
        if role is None and dimension > 0:
            role = "area" if dimension == 2 else "line"
            found.unknown += [layer] if layer not in found.unknown else []
        if role == "place":
            found.places += _places(own)
        elif role:
            found.parts.setdefault(role, []).extend(own.geometry)


def _name_streets(found: _Sorted, frame: Any) -> None:
    for name, line in zip(_first(frame, ground.naming()), frame.geometry, strict=True):
        if name and line is not None:
            found.streets.setdefault(str(name), []).append(line)


def _first(frame: Any, names: Sequence[str]) -> Any:
    """The first known text among some columns, '' where there is none."""
    texts = pd.Series("", index=frame.index, dtype=object)
    for name in (one for one in names if one in frame):
        own = frame[name].astype(object).where(frame[name].notna(), "").astype(str)
        texts = texts.where(texts != "", own)
    return texts.to_numpy()


def _places(frame: Any) -> Iterator[shapes.Place]:
    people = [name for name in _RANKS if name in frame]
    ranks = frame[people].max(axis=1) if people else pd.Series(np.nan, index=frame.index)
    for shape, text, rank in zip(
        frame.geometry, _first(frame, ground.naming()), ranks, strict=True
    ):
        if text and shape is not None and not shape.is_empty:
            at = shape.centroid
            yield shapes.Place(str(text), at.x, at.y, 0 if pd.isna(rank) else int(rank))
