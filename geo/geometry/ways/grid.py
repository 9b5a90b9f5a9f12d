"""The shortest way over water past any land: a search on a grid made for the one way.

Dijkstra on a grid of wet points, each with sixteen neighbours, fine near both ends (harbours) and
coarse between; then the path is pulled taut against the land. Edge lengths are geodesic, no edge
meets land.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.geometry import measure
from geo.geometry.ways.obstacles import (
    KM_PER_DEG,
    Bools,
    Floats,
    LonLat,
    Obstacles,
    obstacles,
    squeeze,
    strip,
)
from geo.geometry.ways.taut import taut

__all__ = ["Path", "path"]

Bounds: TypeAlias = tuple[float, float, float, float]
Ints: TypeAlias = NDArray[np.int64]
_Graph: TypeAlias = "csr_array[np.float64, tuple[int, int]]"

_GRID_NODES = 60_000  # coarse nodes a search may take
_FINE_DEG = 0.002  # 0.2 km: the width of a narrow harbour mouth
_MIDDLE_DEG = 0.01
_FINE_KM = 12.0
_MIDDLE_RADIUS_KM = 50.0
_FIRST_PAD_DEG = 1.0
MAX_LAT = 85.0
_LINK_KM = 1e-9  # joins the same point on two grids; a sparse graph drops a zero

# One of each opposite pair of the sixteen moves, (columns, rows).
_MOVES = ((1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (2, 1), (2, -1), (1, -2))


@dataclass(frozen=True)
class Path:
    """A found path, and how far its ends were moved."""

    line: LineString
    length_km: float
    snapped_km: tuple[float, float]


def path(
    start: LonLat,
    end: LonLat,
    *,
    land: BaseGeometry,
    max_snap_km: float,
    cell_deg: float | None,
    clearance_km: float,
) -> Path | None:
    """Return the shortest path over water between two points less than half a turn apart.

    GeoError where an end has no water in reach; None where no path is found.
    """
    found: Path | None = None
    for pad_deg, clearance in product(_pads(start, end), dict.fromkeys((clearance_km, 0.0))):
        search = _search(
            (start, end),
            land=land,
            pad_deg=pad_deg,
            max_snap_km=max_snap_km,
            cell_deg=cell_deg,
            clearance_km=clearance,
        )
        search.check_water(start, end)
        # A leg's geodesic may leave the frame, where no land was copied: then it does not count.
        made = search.path()
        if made is None or shapely.intersects(land, measure.cut_antimeridian(made.line)):
            continue
        found = _shorter(found, made)
        if found is not None and found.length_km <= search.way_round_km():
            break
    return found


def _pads(start: LonLat, end: LonLat) -> list[float]:
    """Return how far beyond both points to search, in degrees, growing."""
    span = max(abs(start[0] - end[0]), abs(start[1] - end[1]))
    first = max(_FIRST_PAD_DEG, 0.5 * span)
    return [first * factor for factor in (1.0, 2.5, 6.0, 15.0)]


def _shorter(one: Path | None, other: Path | None) -> Path | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda path: path.length_km)


# --- grids ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grid:
    """Points at whole multiples of `cell` degrees, numbered row by row from the south-west."""

    cell: float
    column: int
    row: int
    columns: int
    rows: int

    @classmethod
    def over(cls, bounds: Bounds, cell: float) -> _Grid:
        """Cover bounds (west, south, east, north)."""
        west, south = (int(np.ceil(value / cell)) for value in bounds[:2])
        east, north = (int(np.floor(value / cell)) for value in bounds[2:])
        return cls(cell, west, south, max(1, east - west + 1), max(1, north - south + 1))

    @cached_property
    def places(self) -> tuple[Ints, Ints]:
        """Column and row of every node, as multiples of the cell."""
        column = np.tile(self.column + np.arange(self.columns), self.rows)
        return column, np.repeat(self.row + np.arange(self.rows), self.columns)

    @cached_property
    def xy(self) -> Floats:
        """(nodes, 2) lon, lat, row by row."""
        return np.column_stack(self.places).astype(np.float64) * self.cell

    def index(self, column: Ints, row: Ints) -> Ints:
        """Return node numbers of grid columns and rows, −1 outside."""
        i, j = column - self.column, row - self.row
        inside = (i >= 0) & (i < self.columns) & (j >= 0) & (j < self.rows)
        return np.where(inside, j * self.columns + i, -1)

    def edges(self) -> Iterator[tuple[Ints, Ints]]:
        """Yield (from, to) node numbers, one pair of arrays a move."""
        number = np.arange(self.columns * self.rows).reshape(self.rows, self.columns)
        for dx, dy in _MOVES:
            if dx >= self.columns or abs(dy) >= self.rows:
                continue
            low, high = max(0, -dy), self.rows - max(0, dy)
            a = number[low:high, : self.columns - dx]
            b = number[low + dy : high + dy, dx:]
            yield a.ravel(), b.ravel()

    def near_shore(self, obstacles: Obstacles) -> Bools:
        """Return the nodes within three cells of a shore, where an edge may meet it."""
        mask: Bools = np.zeros((self.rows, self.columns), dtype=bool)
        for area in (obstacles.hard, obstacles.soft):
            shore = shapely.segmentize(area.boundary, self.cell)
            at = np.round(shapely.get_coordinates(shore) / self.cell).astype(np.int64)
            number = self.index(at[:, 0], at[:, 1])
            mask.ravel()[number[number >= 0]] = True
        for axis in (0, 1):
            padded = np.pad(mask, [(3, 3) if axis == own else (0, 0) for own in (0, 1)])
            window = np.lib.stride_tricks.sliding_window_view(padded, 7, axis=axis)
            mask = np.asarray(window.any(axis=-1))
        return mask.ravel()


def _wet_edges(grid: _Grid, obstacles: Obstacles) -> Ints:
    """Return (2, n) numbers of neighbours with open water between them."""
    wet = obstacles.wet(grid.xy)
    shore = grid.near_shore(obstacles)
    kept = [np.zeros((2, 0), dtype=np.int64)]
    for a, b in grid.edges():
        both = wet[a] & wet[b]
        a, b = a[both], b[both]
        doubtful = shore[a] | shore[b]
        ends = np.stack([grid.xy[a[doubtful]], grid.xy[b[doubtful]]], axis=1)
        ok = ~doubtful
        ok[doubtful] = obstacles.clear(ends)
        kept.append(np.stack([a[ok], b[ok]]))
    return np.concatenate(kept, axis=1)


def _edge_km(xy: Floats, a: Ints, b: Ints) -> Floats:
    """Return geodesic lengths; each distinct step at each latitude is measured once."""
    step = np.column_stack([xy[a, 1], xy[b] - xy[a]])
    _, first, which = np.unique(np.round(step, 7), axis=0, return_index=True, return_inverse=True)
    i, j = a[first], b[first]
    return _pairs_km(xy[i], xy[j])[which.ravel()]


# --- search --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Search:
    """One search in one frame: grids, graph, both ends snapped to water, path pulled taut."""

    ends: tuple[LonLat, LonLat]
    bounds: Bounds
    grids: tuple[_Grid, ...]
    obstacles: Obstacles
    max_snap_km: float

    def path(self) -> Path | None:
        """Return the shortest path inside the frame, or nothing."""
        xy, graph = self._graph()
        component = connected_components(graph, directed=False)[1].astype(np.int64)
        pair = self._snapped(xy, component)
        if pair is None:
            return None
        line = taut(xy[_walk(graph, *pair)], self.obstacles)
        moved = _pairs_km(np.array(self.ends), xy[list(pair)])
        return Path(line, measure.line_km(line), (float(moved[0]), float(moved[1])))

    def check_water(self, *given: LonLat) -> None:
        """Raise GeoError if an end has no water within reach: no larger frame would help."""
        for point, end in zip(given, self.ends, strict=True):
            reach = strip(Point(end), self.max_snap_km)
            if self.obstacles.hard.covers(reach):
                raise GeoError(
                    f"no water within {self.max_snap_km:g} km of {point[0]:g}, {point[1]:g} "
                    "(lon, lat); give a point nearer the sea, or raise max_snap_km (--snap-km)"
                )

    def way_round_km(self) -> float:
        """Return a length that no path leaving the frame can beat."""
        west, south, east, north = self.bounds
        if east - west >= 360 and south <= -MAX_LAT and north >= MAX_LAT:
            return np.inf
        rim = shapely.get_coordinates(shapely.segmentize(box(*self.bounds).boundary, 0.5))
        return float(np.min(_far_km(self.ends[0], rim) + _far_km(self.ends[1], rim)))

    def _graph(self) -> tuple[Floats, _Graph]:
        """Return all nodes and their edges in km; the two ends are the last two nodes."""
        xy = np.vstack([*(grid.xy for grid in self.grids), np.array(self.ends)])
        base = np.cumsum([0, *(len(grid.xy) for grid in self.grids)])
        pairs = [
            _wet_edges(grid, self.obstacles) + first
            for grid, first in zip(self.grids, base, strict=False)
        ]
        pairs += [_end_edges(xy, int(base[-1]) + i, self.obstacles) for i in (0, 1)]
        edges, joints = np.concatenate(pairs, axis=1), _joints(self.grids, base)
        km = np.concatenate([_edge_km(xy, *edges), np.full(joints.shape[1], _LINK_KM)])
        where = np.concatenate([edges, joints], axis=1)
        return xy, coo_array((km, (where[0], where[1])), shape=(len(xy), len(xy))).tocsr()

    def _snapped(self, xy: Floats, component: Ints) -> tuple[int, int] | None:
        """Return the nearest nodes to both ends that water joins."""
        sizes = np.bincount(component)
        nearest = [self._nearest(xy, i, component, sizes) for i in (0, 1)]
        shared = nearest[0].keys() & nearest[1].keys()
        if not shared:
            return None
        best = min(shared, key=lambda c: (nearest[0][c][0] + nearest[1][c][0], c))
        return nearest[0][best][1], nearest[1][best][1]

    def _nearest(
        self, xy: Floats, which: int, component: Ints, sizes: Ints
    ) -> dict[int, tuple[float, int]]:
        """Return, per body of water in reach of an end, distance and number of its nearest node."""
        end = self.ends[which]
        reach = (1.02 * self.max_snap_km / KM_PER_DEG + 1e-9) / np.array([squeeze(end[1]), 1])
        near = np.flatnonzero((np.abs(xy - end) <= reach).all(axis=1))
        other = len(xy) - 2 + (1 - which)
        near = near[(sizes[component[near]] > 1) & (near != other)]
        km = _far_km(end, xy[near])
        found: dict[int, tuple[float, int]] = {}
        for i in np.argsort(km, kind="stable"):
            if km[i] <= self.max_snap_km:
                found.setdefault(int(component[near[i]]), (float(km[i]), int(near[i])))
        return found


def _search(
    ends: tuple[LonLat, LonLat],
    *,
    land: BaseGeometry,
    pad_deg: float,
    max_snap_km: float,
    cell_deg: float | None,
    clearance_km: float,
) -> _Search:
    bounds = _frame(ends, pad_deg)
    return _Search(
        ends=ends,
        bounds=bounds,
        grids=_grids(ends, bounds, cell_deg),
        obstacles=obstacles(land, box(*bounds), ends, clearance_km),
        max_snap_km=max_snap_km,
    )


def _frame(ends: tuple[LonLat, LonLat], pad_deg: float) -> Bounds:
    (lon1, lat1), (lon2, lat2) = ends
    middle, half = (lon1 + lon2) / 2, abs(lon1 - lon2) / 2 + pad_deg / squeeze((lat1 + lat2) / 2)
    half = min(half, 180.0)
    south, north = min(lat1, lat2) - pad_deg, max(lat1, lat2) + pad_deg
    return middle - half, max(south, -MAX_LAT), middle + half, min(north, MAX_LAT)


def _grids(
    ends: tuple[LonLat, LonLat], bounds: Bounds, cell_deg: float | None
) -> tuple[_Grid, ...]:
    """Return the coarse grid and, at each end, a middle and a fine one; cells are multiples."""
    west, south, east, north = bounds
    wish = cell_deg or float(np.sqrt((east - west) * (north - south) / _GRID_NODES))
    middle = _MIDDLE_DEG * max(1, round(wish / (8 * _MIDDLE_DEG)))
    cell = middle * max(1, round(wish / middle))
    patches = [
        _Grid.over(_around(end, max(km, 3 * reach * KM_PER_DEG), bounds), size)
        for size, km, reach in ((middle, _MIDDLE_RADIUS_KM, cell), (_FINE_DEG, _FINE_KM, middle))
        for end in ends
    ]
    return (_Grid.over(bounds, cell), *patches)


def _around(point: LonLat, km: float, bounds: Bounds) -> Bounds:
    high = km / KM_PER_DEG
    wide = high / squeeze(point[1])
    west, south, east, north = bounds
    return (
        max(point[0] - wide, west),
        max(point[1] - high, south),
        min(point[0] + wide, east),
        min(point[1] + high, north),
    )


def _end_edges(xy: Floats, node: int, obstacles: Obstacles) -> Ints:
    """Join an end that lies on water to the nodes it sees close by."""
    near = np.flatnonzero(np.abs(xy[:-2] - xy[node]).max(axis=1) < 2.5 * _FINE_DEG)
    ends = np.stack([np.repeat(xy[[node]], len(near), axis=0), xy[near]], axis=1)
    apart = np.any(ends[:, 0] != ends[:, 1], axis=1)
    seen = near[apart][obstacles.clear(ends[apart])]
    return np.stack([np.full(len(seen), node), seen])


def _joints(grids: Sequence[_Grid], base: Ints) -> Ints:
    """Return (2, n) numbers of nodes that are one point on two grids."""
    found = [np.zeros((2, 0), dtype=np.int64)]
    for i, j in combinations(range(len(grids)), 2):
        ratio = round(grids[i].cell / grids[j].cell)
        column, row = grids[j].places
        shared = np.flatnonzero((column % ratio == 0) & (row % ratio == 0))
        coarse = grids[i].index(column[shared] // ratio, row[shared] // ratio)
        inside = coarse >= 0
        found.append(np.stack([coarse[inside] + base[i], shared[inside] + base[j]]))
    return np.concatenate(found, axis=1)


def _pairs_km(a: Floats, b: Floats) -> Floats:
    return measure.geodesic_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1])


def _far_km(point: LonLat, xy: Floats) -> Floats:
    return _pairs_km(np.broadcast_to(np.array(point), xy.shape), xy)


def _walk(graph: _Graph, start: int, end: int) -> Ints:
    from_start = dijkstra(graph, directed=False, indices=[start], return_predecessors=True)
    before = from_start[1][0]
    nodes = [end]
    while nodes[-1] != start:
        nodes.append(int(before[nodes[-1]]))
    return np.array(nodes[::-1])
