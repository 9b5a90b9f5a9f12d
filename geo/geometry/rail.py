"""The shortest way along the world's railways between two points.

Nodes and lengths of track come from OpenStreetMap (ODbL) as the package scgraph-data carries them:
few nodes, and the length of the track between them. So a way knows how long its track is, and its
line, straight from node to node, is shorter. Where such a straight line would cross water and dry
ground leads round no longer than the track, the line is bent; else it is a bridge or a tunnel.
The package is the extra `tumen[rail]`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from geo.errors import AssetError, GeoError
from geo.geometry import measure, water

__all__ = [
    "ATTRIBUTION",
    "LICENCE",
    "REMEDY",
    "Bends",
    "Track",
    "dry",
    "installed",
    "route",
    "stretches",
]

LonLat: TypeAlias = tuple[float, float]
Bends: TypeAlias = dict[tuple[LonLat, LonLat], list[LonLat]]
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

ATTRIBUTION = "© OpenStreetMap contributors"
LICENCE = "ODbL-1.0"
REMEDY = "install the extra: pip install 'tumen[rail]'"
MAX_OFF_KM = 5.0  # a place further from every track is no place on a railway

_PACKAGE = "scgraph_data"
_SHORE_KM = 0.2  # how far from the water a way over dry ground keeps
_PAD_DEG = 0.3
_LONGER = 1.05  # dry ground may lead round by this much more than the track: coasts are drawn too
_KM_PER_DEG = 111.2  # only to size a search


@dataclass(frozen=True)
class Track:
    """A way along railways.

    line: (lon, lat) of its nodes, from the point of the track nearest the origin to that nearest
    the destination; drawn_km is its length, track_km that of the track it stands for. off_km: how
    far the two ends lie from the places asked for.
    """

    line: LineString
    track_km: float
    drawn_km: float
    geodesic_km: float
    off_km: tuple[float, float]


@dataclass(frozen=True)
class _Network:
    nodes: Floats  # lon, lat
    ends: Ints  # of every edge, once: two nodes
    km: Floats
    tree: shapely.STRtree
    graph: Any
    part: Ints  # of every node: which of the networks that nothing joins


@dataclass(frozen=True)
class _Foot:
    """The point of an edge nearest a place: where, its share of the edge, how far off."""

    edge: int
    point: LonLat
    share: float
    off_km: float


def installed() -> bool:
    """Whether the extra `tumen[rail]` is at hand."""
    return find_spec(_PACKAGE) is not None


def route(
    origin: LonLat,
    destination: LonLat,
    *,
    land: BaseGeometry | None = None,
    max_off_km: float = MAX_OFF_KM,
    bends: Bends | None = None,
) -> Track:
    """Return the shortest way along railways; `land` bends its line round water.

    bends: remembers the bends of one land from call to call, for many ways that share track.

    Raises AssetError without the extra, GeoError where a point is more than `max_off_km` from
    every track, both are at one point of it, or no track joins them.
    """
    network = _network()
    feet = _together(*(_feet(network, point, max_off_km) for point in (origin, destination)))
    if feet is None:
        raise GeoError(f"no track joins {_said(origin)} and {_said(destination)}")
    points, steps = _way(network, *feet)
    if len(points) < 2:
        raise GeoError(f"{_said(origin)} and {_said(destination)} lie at one point of the track")
    line = LineString(points if land is None else dry(points, land, track_km=steps, bends=bends))
    return Track(
        line=line,
        track_km=float(sum(steps)),
        drawn_km=float(measure.line_km(line)),
        geodesic_km=float(measure.geodesic_km(*points[0], *points[-1])),
        off_km=(feet[0].off_km, feet[1].off_km),
    )


def stretches(frame: BaseGeometry) -> tuple[Floats, Floats]:
    """The track that meets a frame in lon/lat: ends of each stretch (n, 2, 2), km of track (n,).

    A stretch lies between two neighbouring nodes; what runs between them is not known.
    AssetError without the extra.
    """
    network = _network()
    met = np.sort(network.tree.query(frame, predicate="intersects"))
    return network.nodes[network.ends[met]], network.km[met]


def dry(
    points: Sequence[LonLat],
    land: BaseGeometry,
    *,
    track_km: Sequence[float] | None = None,
    bends: Bends | None = None,
) -> list[LonLat]:
    """The points of a line, bent round the water it would cross.

    `track_km` is the length of track of each step: what dry ground does not reach within it is
    left straight, being a bridge or a tunnel.
    """
    found, steps = [points[0]], list(itertools.pairwise(points))
    bends = {} if bends is None else bends
    shapely.prepare(land)
    on_land = shapely.covers(land, [LineString(step) for step in steps])
    for number, (one, other) in enumerate(steps):
        most = float("inf") if track_km is None else track_km[number] * _LONGER
        found += [*([] if on_land[number] else _bend(one, other, land, most, bends)), other]
    return found


def _bend(
    one: LonLat, other: LonLat, land: BaseGeometry, most_km: float, bends: Bends
) -> list[LonLat]:
    """The points of dry ground between two; the other way takes those of the way asked first."""
    if (other, one) in bends:
        return bends[other, one][::-1]
    if (one, other) not in bends:
        bends[one, other] = _round(one, other, land, most_km)
    return bends[one, other]


def _round(one: LonLat, other: LonLat, land: BaseGeometry, most_km: float) -> list[LonLat]:
    step = LineString([one, other])
    if not water.water_km(step, land) > 0:
        return []
    around = box(*step.bounds).buffer(_PAD_DEG)
    wet = around.difference(land.intersection(around))
    try:
        way = water.route(one, other, land=wet, clearance_km=_SHORE_KM)
    except (GeoError, shapely.errors.ShapelyError):  # no way, or both ends at one dry point
        return []
    if way.length_km > most_km or max(way.snapped_km) > _SHORE_KM:
        return []
    return [(round(x, 5), round(y, 5)) for x, y in way.line.coords[1:-1]]


# --- the network ---------------------------------------------------------------------------------


@cache
def _network() -> _Network:
    if not installed():
        raise AssetError(f"ways along railways need scgraph-data; {REMEDY}")
    read = import_module(f"{_PACKAGE}.world_railways").world_railways_geograph
    nodes = np.array(read.nodes, dtype=float)[:, ::-1]
    rows = [(a, b, km) for a, to in enumerate(read.graph) for b, km in to.items() if a < b]
    ends = np.array([row[:2] for row in rows], dtype=np.int64)
    km = np.array([row[2] for row in rows], dtype=float)
    graph = coo_array((km, (ends[:, 0], ends[:, 1])), shape=(len(nodes),) * 2).tocsr()
    part = connected_components(graph, directed=False)[1].astype(np.int64)
    edges = np.asarray(shapely.linestrings(nodes[ends]))
    return _Network(nodes, ends, km, shapely.STRtree(list(edges)), graph, part)


def _feet(network: _Network, point: LonLat, max_off_km: float) -> dict[int, _Foot]:
    """Where a place meets the track, the nearest point of each network within reach."""
    lon, lat = point
    wide = 1 / max(float(np.cos(np.radians(lat))), 0.01)
    reach = max_off_km / _KM_PER_DEG * 1.1
    around = box(lon - reach * wide, lat - reach, lon + reach * wide, lat + reach)
    best: dict[int, _Foot] = {}
    for edge in network.tree.query(around):
        foot = _foot(network, int(edge), point, 1 / wide)
        part = int(network.part[network.ends[edge][0]])
        if foot.off_km <= max_off_km and (part not in best or foot.off_km < best[part].off_km):
            best[part] = foot
    if not best:
        raise GeoError(
            f"{_said(point)} has no railway within {max_off_km:g} km; "
            "give a place on the line, or draw the course yourself"
        )
    return best


def _foot(network: _Network, edge: int, point: LonLat, squeeze: float) -> _Foot:
    """The point of an edge nearest a place; `squeeze` makes degrees of both ways alike."""
    (x1, y1), (x2, y2) = network.nodes[network.ends[edge]].tolist()
    flat = LineString([(x1 * squeeze, y1), (x2 * squeeze, y2)])
    share = float(flat.project(Point(point[0] * squeeze, point[1]), normalized=True))
    at = (round(x1 + share * (x2 - x1), 5), round(y1 + share * (y2 - y1), 5))
    return _Foot(edge, at, share, float(measure.geodesic_km(*point, *at)))


def _together(one: dict[int, _Foot], other: dict[int, _Foot]) -> tuple[_Foot, _Foot] | None:
    """The nearest feet of two places on one network, None where none has both."""
    pairs = [(one[part], other[part]) for part in one.keys() & other.keys()]
    return min(pairs, key=lambda pair: pair[0].off_km + pair[1].off_km, default=None)


def _way(network: _Network, start: _Foot, end: _Foot) -> tuple[list[LonLat], list[float]]:
    """Points of the shortest way between two feet, and the km of track of each step."""
    if start.edge == end.edge:
        km = abs(end.share - start.share) * float(network.km[start.edge])
        return _stepped([start.point, end.point], [km])
    nodes, steps = min(_joined(network, start, end), key=lambda way: sum(way[1]))
    between = [(float(x), float(y)) for x, y in network.nodes[nodes]]
    return _stepped([start.point, *between, end.point], steps)


def _joined(network: _Network, start: _Foot, end: _Foot) -> Iterator[tuple[list[int], list[float]]]:
    """The way from each end of one foot's edge to each end of the other's."""
    sources = network.ends[start.edge]
    far, before = dijkstra(network.graph, directed=False, indices=sources, return_predecessors=True)
    first, last = _shares(network, start), _shares(network, end)
    for row, column in itertools.product(range(2), range(2)):
        target = int(network.ends[end.edge][column])
        nodes = [target]
        while nodes[-1] != sources[row]:
            nodes.append(int(before[row, nodes[-1]]))
        nodes.reverse()
        km = [float(far[row, b] - far[row, a]) for a, b in itertools.pairwise(nodes)]
        yield nodes, [first[row], *km, last[column]]


def _shares(network: _Network, foot: _Foot) -> tuple[float, float]:
    """Kilometres of track from a foot to both ends of its edge."""
    km = float(network.km[foot.edge])
    return foot.share * km, (1 - foot.share) * km


def _stepped(points: Sequence[LonLat], steps: Sequence[float]) -> tuple[list[LonLat], list[float]]:
    """Points and steps without those that stand on the one before."""
    kept, km = [points[0]], list[float]()
    for point, step in zip(points[1:], steps, strict=True):
        if point == kept[-1]:
            continue
        kept.append(point)
        km.append(step)
    return kept, km


def _said(point: LonLat) -> str:
    return f"({point[1]:g}, {point[0]:g})"
