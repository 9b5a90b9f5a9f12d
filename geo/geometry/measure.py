"""Distances, bearings and continuous longitudes on the WGS84 ellipsoid.

The only importer of pyproj. Coordinates are (lon, lat) in degrees, lengths are geodesic
(Karney, doi 10.1007/s00190-012-0578-z, as pyproj computes them); an unknown length is NaN,
never zero. Longitudes may exceed ±180 where a line is kept continuous across the antimeridian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal, TypeAlias, overload

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod, Proj
from shapely.affinity import translate
from shapely.geometry import (
    LinearRing,
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError

__all__ = [
    "KM_PER_NMI",
    "bearing_deg",
    "cut_antimeridian",
    "densify",
    "geodesic_km",
    "interpolate",
    "length_km",
    "length_nmi",
    "line_km",
    "offset",
    "projector",
    "unwrap",
]

KM_PER_NMI = 1.852  # exact, by definition

Floats: TypeAlias = NDArray[np.float64]
Column: TypeAlias = "Floats | Sequence[float] | pd.Series[float]"

_GEOD = Geod(ellps="WGS84")
_MEAN_RADIUS_M = 6_371_008.8  # of the earth: IUGG
_LINES = ("LineString", "MultiLineString", "LinearRing")
_WORLD = box(-180, -90, 180, 90)


def length_km(lines: gpd.GeoSeries | gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the geodesic length of every line, in km.

    Lines: a GeoSeries or GeoDataFrame; without a CRS it is read as lon/lat degrees, with any
    other CRS it is converted. The result has the same index, is named `length_km` and is NaN
    where there is no line to measure (null, empty, a point, an area).
    """
    shapes = lines.geometry
    lonlat = shapes if shapes.crs is None else shapes.to_crs(4326)
    km = [line_km(shape) for shape in lonlat]
    return pd.Series(km, index=lines.index, name="length_km", dtype="float64")


def length_nmi(lines: gpd.GeoSeries | gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the geodesic length of every line in nautical miles, named `length_nmi`.

    As `length_km`, divided by 1.852.
    """
    return (length_km(lines) / KM_PER_NMI).rename("length_nmi")


def line_km(geometry: BaseGeometry | None) -> float:
    """Return the geodesic length of one line in km; NaN if it is null, empty or not a line."""
    if geometry is None or geometry.is_empty or geometry.geom_type not in _LINES:
        return float("nan")
    return float(_GEOD.geometry_length(geometry)) / 1000


@overload
def geodesic_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float: ...
@overload
def geodesic_km(lon1: Column, lat1: Column, lon2: Column, lat2: Column) -> Floats: ...
def geodesic_km(lon1: Any, lat1: Any, lon2: Any, lat2: Any) -> Any:
    """Return the length of the geodesic between two points in km.

    Degrees in; four scalars give a float, four arrays of one length an array. NaN gives NaN.
    """
    return _plain(_inverse(lon1, lat1, lon2, lat2, bearing=False))


@overload
def bearing_deg(lon1: float, lat1: float, lon2: float, lat2: float) -> float: ...
@overload
def bearing_deg(lon1: Column, lat1: Column, lon2: Column, lat2: Column) -> Floats: ...
def bearing_deg(lon1: Any, lat1: Any, lon2: Any, lat2: Any) -> Any:
    """Return the initial bearing from the first point to the second, 0 ≤ bearing < 360.

    Clockwise from true north, in degrees; shapes as for `geodesic_km`. Two equal points have
    no bearing: NaN.
    """
    bearing = _inverse(lon1, lat1, lon2, lat2, bearing=True) % 360.0
    apart = _inverse(lon1, lat1, lon2, lat2, bearing=False) > 0
    # −1e-17 % 360 is 360.0 in floating point.
    return _plain(np.where(apart, np.where(bearing >= 360.0, 0.0, bearing), np.nan))


def interpolate(
    line: LineString | MultiLineString, distance: float, *, normalized: bool = False
) -> Point:
    """Return the point at a geodesic distance along a line.

    Distance is in km, or a fraction 0–1 of the length if `normalized`; beyond either end the
    end is returned, as in shapely. The longitude is continuous with the line. GeoError on an
    empty line.
    """
    steps = _steps_km(line)
    if not steps:
        raise GeoError("an empty line has no point to interpolate; give a line with two points")
    left = distance * sum(km for _, _, km in steps) if normalized else distance
    left = max(left, 0.0)
    for start, end, km in steps:
        if left <= km:
            return Point(_along(start, end, left, km))
        left -= km
    return Point(steps[-1][1])


def densify(line: LineString, *, max_km: float) -> LineString:
    """Return the line with points added on the geodesic, no two more than `max_km` apart.

    The given vertices stay (their longitudes made continuous). GeoError if `max_km` is not
    above zero.
    """
    if not max_km > 0:
        raise GeoError(f"max_km is {max_km}; give a distance above zero")
    xy = _continuous(np.asarray(line.coords, dtype=float)[:, :2])
    pieces = [_fill(a, b, max_km) for a, b in pairwise(xy)]
    return LineString(_continuous(np.vstack([*pieces, xy[-1:]]))) if pieces else line


def geodesics(a: Floats, b: Floats, *, max_km: float) -> NDArray[np.object_]:
    """Return the geodesics between points (n, 2), with vertices at most `max_km` apart.

    Each starts at its `a`; longitudes run on from there, beyond ±180 where it crosses that.
    """
    azimuth, _, metres = _GEOD.inv(*a.T, *b.T)
    steps = np.maximum(1, np.ceil(metres / (1000 * max_km) - 1e-9)).astype(np.int64)
    first = np.cumsum(steps + 1) - (steps + 1)
    line = np.repeat(np.arange(len(a)), steps + 1)
    number = np.arange(len(line)) - first[line]
    last = number == steps[line]
    between = np.flatnonzero((number > 0) & ~last)
    along = line[between]
    metres_on = metres[along] * (number[between] / steps[along])
    lon, lat = a[line].T.copy()
    start_lon, start_lat = a[along].T
    lon[between], lat[between], _ = _GEOD.fwd(start_lon, start_lat, azimuth[along], metres_on)
    lon[last], lat[last] = b.T
    moved = np.diff(lon, prepend=lon[:1])
    moved[number == 0] = 0
    total = np.cumsum((moved + 180) % 360 - 180)
    whole = total - total[first][line] + a[line, 0]
    return np.asarray(shapely.linestrings(np.column_stack([whole, lat]), indices=line))


def unwrap(geometry: BaseGeometry) -> BaseGeometry:
    """Return the geometry with longitudes continuous across the antimeridian.

    A step of more than 180° is read as the short way round. The first vertex keeps its
    longitude, holes follow their shell, further parts lie next to the first; a ring round a
    pole is closed over the pole. Z is dropped. Points are returned as they are.
    """
    if geometry.is_empty:
        return geometry
    if isinstance(geometry, LinearRing | LineString):
        return LineString(_continuous(np.asarray(geometry.coords, dtype=float)[:, :2]))
    if isinstance(geometry, MultiLineString):
        return _unwrap_lines(geometry)
    if isinstance(geometry, Polygon):
        return _unwrap_polygon(geometry)
    if isinstance(geometry, MultiPolygon):
        first, *rest = (_unwrap_polygon(part) for part in geometry.geoms)
        return MultiPolygon([first, *(_beside(part, first) for part in rest)])
    return geometry


def cut_antimeridian(geometry: BaseGeometry) -> BaseGeometry:
    """Return the geometry cut at the antimeridian, every longitude within [−180, 180].

    RFC 7946 §3.1.9: what crosses becomes a multi-part geometry. A line is cut where its
    geodesic crosses, a polygon where its straight edge does. GeometryCollections and mixed
    input raise GeoError.
    """
    if geometry.is_empty:
        return geometry
    if isinstance(geometry, Point):
        return (
            Point((geometry.x + 180) % 360 - 180, geometry.y) if abs(geometry.x) > 180 else geometry
        )
    if isinstance(geometry, LinearRing | LineString | MultiLineString):
        cut = [piece for line in _parts(unwrap(geometry)) for piece in _cut_line(line)]
        return cut[0] if len(cut) == 1 else MultiLineString(cut)
    if isinstance(geometry, Polygon | MultiPolygon):
        return _cut_area(unwrap(geometry))
    raise GeoError(f"cannot cut a {geometry.geom_type} at the antimeridian; give lines or polygons")


def offset(lon: float, lat: float, bearing_deg: Column, distance_m: float) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of the points so far from a point, one for each bearing."""
    way = np.asarray(bearing_deg, dtype=float)
    here = np.full((2, len(way)), [[lon], [lat]])
    lons, lats, _ = _GEOD.fwd(here[0], here[1], way, np.full(len(way), distance_m))
    return np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)


def projector(
    kind: Literal["conic", "orthographic"], view: tuple[float, float, float, float]
) -> Callable[[ArrayLike], Floats]:
    """What takes (n, 2) longitudes and latitudes to metres on a plane made for a view.

    The view is west, south, east, north in degrees. "conic" is Albers' equal-area with standard
    parallels a sixth of the height inside the view (Snyder 1987, doi 10.3133/pp1395, page 99);
    "orthographic" is the globe from far above the middle. There a point behind the horizon goes to
    the limb, in its own direction, so that areas close along it.
    """
    west, south, east, north = view
    lon, lat, sixth = (west + east) / 2, (south + north) / 2, (north - south) / 6
    if kind == "orthographic":
        return _globe(lon, lat)
    if abs(lat) < sixth:  # parallels on both sides of the equator make no cone
        flat = Proj(proj="eqc", lon_0=lon, lat_ts=lat, ellps="WGS84")
    else:
        flat = Proj(
            proj="aea", lon_0=lon, lat_0=lat, lat_1=south + sixth, lat_2=north - sixth,
            ellps="WGS84",
        )  # fmt: skip
    return lambda lonlat: np.column_stack(flat(*_columns(lonlat)))


def _globe(lon: float, lat: float) -> Callable[[ArrayLike], Floats]:
    flat = Proj(proj="ortho", lon_0=lon, lat_0=lat, R=_MEAN_RADIUS_M)

    def plane(lonlat: ArrayLike) -> Floats:
        lons, lats = _columns(lonlat)
        found = np.column_stack(flat(lons, lats))
        hidden = ~np.isfinite(found).all(axis=1)
        way = np.radians(_inverse(lon, lat, lons[hidden], lats[hidden], bearing=True))
        found[hidden] = _MEAN_RADIUS_M * np.column_stack([np.sin(way), np.cos(way)])
        return found

    return plane


def _columns(lonlat: ArrayLike) -> tuple[Floats, Floats]:
    xy = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    return xy[:, 0].copy(), xy[:, 1].copy()


def _inverse(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike, *, bearing: bool
) -> Floats:
    """Return azimuths in degrees or lengths in km, of the shape of the input."""
    given = (np.asarray(value, dtype=float) for value in (lon1, lat1, lon2, lat2))
    a, b, c, d = (np.array(column) for column in np.broadcast_arrays(*given))
    azimuth, _, metres = _GEOD.inv(a, b, c, d)
    found = np.asarray(azimuth if bearing else metres, dtype=float)
    # The solver reads a NaN longitude as zero.
    return np.where(np.isnan(a + b + c + d), np.nan, found if bearing else found / 1000)


def _plain(values: Floats) -> float | Floats:
    return float(values) if values.ndim == 0 else values


def _steps_km(line: LineString | MultiLineString) -> list[tuple[Floats, Floats, float]]:
    steps = []
    for part in _parts(unwrap(line)):
        xy = np.asarray(part.coords, dtype=float)[:, :2]
        steps += [(a, b, geodesic_km(*a, *b)) for a, b in pairwise(xy)]
    return steps


def _along(start: Floats, end: Floats, km: float, step_km: float) -> tuple[float, float]:
    """Return the point `km` along the geodesic from start to end, longitude near the start's."""
    if km <= 0:
        return float(start[0]), float(start[1])
    if km >= step_km:
        return float(end[0]), float(end[1])
    azimuth = _GEOD.inv(start[0], start[1], end[0], end[1])[0]
    lon, lat, _ = _GEOD.fwd(start[0], start[1], azimuth, km * 1000)
    return float(lon + 360 * np.round((start[0] - lon) / 360)), float(lat)


def _fill(start: Floats, end: Floats, max_km: float) -> Floats:
    """Return start and the points between it and end; the end is left to the next step."""
    count = int(np.ceil(geodesic_km(*start, *end) / max_km)) - 1
    if count < 1:
        return start[None, :]
    between = np.array(_GEOD.npts(start[0], start[1], end[0], end[1], count))
    return np.vstack([start, between])


def _continuous(xy: Floats) -> Floats:
    """Return (n, 2) coordinates whose longitude never steps by more than 180°."""
    turns = np.round(np.diff(xy[:, 0]) / 360)
    if not turns.any():
        return xy
    shift = np.concatenate([[0.0], np.cumsum(-360 * turns)])
    return np.column_stack([xy[:, 0] + shift, xy[:, 1]])


def _unwrap_lines(lines: MultiLineString) -> MultiLineString:
    parts: list[Floats] = []
    for line in lines.geoms:
        xy = _continuous(np.asarray(line.coords, dtype=float)[:, :2])
        turns = np.round((parts[-1][-1, 0] - xy[0, 0]) / 360) if parts else 0.0
        parts.append(_turned(xy, turns))
    return MultiLineString(parts)


def _unwrap_polygon(polygon: Polygon) -> Polygon:
    shell = _unwrap_ring(polygon.exterior)
    centre = shell[:, 0].mean()
    holes = [_unwrap_ring(ring) for ring in polygon.interiors]
    turns = [np.round((centre - hole[:, 0].mean()) / 360) for hole in holes]
    return Polygon(shell, [_turned(h, turn) for h, turn in zip(holes, turns, strict=True)])


def _turned(xy: Floats, turns: float) -> Floats:
    return np.column_stack([xy[:, 0] + 360 * turns, xy[:, 1]])


def _unwrap_ring(ring: LinearRing) -> Floats:
    xy = _continuous(np.asarray(ring.coords, dtype=float)[:, :2])
    if abs(xy[-1, 0] - xy[0, 0]) < 180:
        return xy
    pole = np.copysign(90.0, xy[:, 1].mean())
    return np.vstack([xy, [xy[-1, 0], pole], [xy[0, 0], pole], xy[0]])


def _beside(polygon: Polygon, other: Polygon) -> Polygon:
    turns = np.round((other.centroid.x - polygon.centroid.x) / 360)
    return translate(polygon, 360 * turns) if turns else polygon


def _parts(geometry: BaseGeometry) -> list[Any]:
    return list(shapely.get_parts(geometry))


def _cut_line(line: LineString) -> Iterator[LineString]:
    """Yield the pieces of a continuous line, one per crossing of 180° + 360°·k."""
    xy = _with_crossings(np.asarray(line.coords, dtype=float))
    world = np.floor(((xy[:-1, 0] + xy[1:, 0]) / 2 + 180) / 360)
    starts = np.flatnonzero(np.diff(world, prepend=np.nan) != 0)
    for first, last in zip(starts, [*starts[1:], len(world)], strict=True):
        piece = xy[first : last + 1] - [360 * world[first], 0]
        yield LineString(np.column_stack([np.clip(piece[:, 0], -180, 180), piece[:, 1]]))


def _with_crossings(xy: Floats) -> Floats:
    rows = [xy[:1]]
    for a, b in pairwise(xy):
        low, high = sorted(((a[0] + 180) / 360, (b[0] + 180) / 360))
        meridian = 360 * np.floor(high) - 180
        if low < np.floor(high) < high:
            rows.append(np.array([[meridian, _crossing_lat(a, b, meridian)]]))
        rows.append(b[None, :])
    return np.vstack(rows)


def _crossing_lat(a: Floats, b: Floats, meridian: float) -> float:
    """Return the latitude where the geodesic a–b meets a meridian, by bisection to 1 µm."""
    full = geodesic_km(*a, *b)
    near, far = 0.0, full
    for _ in range(60):
        middle = (near + far) / 2
        lon, _ = _along(a, b, middle, full)
        near, far = (middle, far) if (lon < meridian) == (a[0] < meridian) else (near, middle)
    return _along(a, b, (near + far) / 2, full)[1]


def _cut_area(area: BaseGeometry) -> BaseGeometry:
    west, _, east, _ = area.bounds
    if west >= -180 and east <= 180:
        return area
    valid = shapely.make_valid(area)
    turns = range(int(np.floor((west + 180) / 360)), int(np.ceil((east - 180) / 360)) + 1)
    pieces = [translate(valid, -360.0 * k).intersection(_WORLD) for k in turns]
    areas = [p for piece in pieces for p in _parts(piece) if isinstance(p, Polygon) and p.area > 0]
    # Pieces of a ring round a pole meet again; side by side they would not be valid.
    return shapely.union_all(areas)
