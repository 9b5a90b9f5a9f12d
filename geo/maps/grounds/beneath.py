"""Any file of features as a quiet layer beneath a map: areas, lines, and names of points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.checking import userfile, vectors
from geo.errors import DataError, GeoError
from geo.files import intake
from geo.geometry import ground as grounds
from geo.geometry import packing
from geo.geometry.ground import Bounds, Ground
from geo.maps.grounds import fitting, shapes

_ROLES = {1: "line", 2: "area"}
_COARSER = 8.0  # a step of simplifying, until there is room
_MOST_DEG = 0.02
_NAMES = ("name", "name_en", "name:en", "title", "label")


def ground(
    path: str | Path, extent: Bounds, credit: str, room: int, memory_bytes: int = intake.CEILING
) -> Ground:
    """The ground of a file of features. Raises GeoError, and DataError with its faults."""
    own, _ = vectors.split(Path(path))
    if own.suffix.lower() not in userfile.FORMATS:
        raise GeoError(
            f"{own}: no ground; there are PMTiles, MBTiles, GeoTIFF (.tif), addresses of tiles "
            f"with {{z}}, {{x}} and {{y}}, and files of features: {', '.join(userfile.FORMATS)}"
        )
    read = userfile.read_all(Path(path), memory_bytes=memory_bytes)
    faults = [fault for one in read for fault in userfile.merged(one)]
    if faults:
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    layers = [_degrees(one.frame) for one in read]
    owed = credit or "; ".join(dict.fromkeys(words for one in read for words in one.owed))
    return _fitted(own.name, layers, extent, owed, room)


def _degrees(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.to_crs("EPSG:4326") if frame.crs is not None else frame.set_crs("EPSG:4326")


def _fitted(
    name: str, layers: Sequence[gpd.GeoDataFrame], extent: Bounds, credit: str, room: int
) -> Ground:
    """The layers packed, coarser step by step until there is room."""
    parts, places = _sorted(layers)
    zoom = min(grounds.MOST_ZOOM, grounds.fitting(extent) + fitting.DEEPER)
    quantum, said = grounds.quantum(zoom), []
    pack = shapes.pack(parts, places, extent, quantum)
    if not packing.decode(pack):
        raise GeoError(fitting.nothing(name, extent, (zoom, zoom)))
    while fitting.text_bytes(pack) > room:
        quantum *= _COARSER
        if quantum > _MOST_DEG:
            raise GeoError(fitting.no_room(name, (zoom, zoom), room))
        pack = shapes.pack(parts, places, extent, quantum)
        said = [f"{name}: drawn to {quantum * 111_000:,.0f} m, for {fitting.size(room)} of room"]
    if not credit:
        said.append(f"{name}: does not say whose it is; add --credit")
    return Ground(name, extent, (0, zoom), pack=pack, credit=credit, said=tuple(said))


def _sorted(
    layers: Sequence[gpd.GeoDataFrame],
) -> tuple[dict[str, list[Any]], list[shapes.Place]]:
    """Areas and lines by their style, and the names of points."""
    parts: dict[str, list[Any]] = {}
    places: list[shapes.Place] = []
    for frame in layers:
        single = frame.explode(index_parts=False)
        dimension = shapely.get_dimensions(single.geometry.to_numpy())
        for own, role in _ROLES.items():
            found = single.geometry.to_numpy()[dimension == own]
            parts.setdefault(role, []).extend(shapely.force_2d(found))
        places += _named(single[np.asarray(dimension == 0)])
    return parts, places


def _named(points: gpd.GeoDataFrame) -> Iterator[shapes.Place]:
    lower = {str(column).lower(): column for column in points.columns}
    column = next((lower[name] for name in _NAMES if name in lower), None)
    if column is None:
        return
    for text, shape in zip(points[column], points.geometry, strict=True):
        if isinstance(text, str) and text and not shape.is_empty:
            yield shapes.Place(text, shape.x, shape.y)
