"""The shortest way over water between two points, and guards that say how wet a line is.

Dijkstra on a grid of wet points, each with sixteen neighbours, fine near both ends (harbours) and
coarse between; then the path is pulled taut against the land. Edge lengths are geodesic, no edge
meets land. A path is modelled, not sailed: it knows no draught, lane, lock or closed area.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, pairwise, product
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.affinity import translate
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo import measure
from geo.errors import GeoError

__all__ = ["Route", "land_km", "route", "water_km"]

LonLat: TypeAlias = tuple[float, float]
Bounds: TypeAlias = tuple[float, float, float, float]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
_Graph: TypeAlias = "csr_array[np.float64, tuple[int, int]]"

# Between vertices; a straight lon/lat step this long stays within 60 m of its geodesic at 50°.
MAX_STEP_KM = 50.0

_KM_PER_DEG = 111.2  # of latitude, mean; only to size grids, never to measure
_GRID_NODES = 60_000  # coarse nodes a search may take
_FINE_DEG = 0.002  # 0.2 km: the width of a narrow harbour mouth
_MIDDLE_DEG = 0.01
_FINE_KM = 12.0
_MIDDLE_RADIUS_KM = 50.0
_HARBOUR_KM = 15.0  # no clearance is asked this near an end
_FIRST_PAD_DEG = 1.0
_MAX_LAT = 85.0
_STEP_DEG = 0.25
_SAMPLES = 150  # points of a found path that the pulling looks at
_FILL = 60
_ROUNDS = 3
_HALVINGS = 7
_LINK_KM = 1e-9  # joins the same point on two grids; a sparse graph drops a zero

# One of each opposite pair of the sixteen moves, (columns, rows).
_MOVES = ((1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (2, 1), (2, -1), (1, -2))


@dataclass(frozen=True)
class Route:
    """A path over water.

    line: (lon, lat) vertices at most 50 km apart, from the snapped origin to the snapped
    destination; longitudes continuous, beyond ±180 where it crosses the antimeridian.
    geodesic_km: between the two ends of the line. snapped_km: how far origin and destination
    were moved to reach water.
    """

    line: LineString
    length_km: float
    length_nmi: float
    geodesic_km: float
    snapped_km: tuple[float, float]


def route(
    origin: LonLat,
    destination: LonLat,
    *,
    land: BaseGeometry,
    max_snap_km: float = 5.0,
    cell_deg: float | None = None,
    clearance_km: float = 0.5,
) -> Route:
    """Return the shortest path over water between two points, (lon, lat) in degrees.

    land: polygons in lon/lat within [−180, 180], as `geo.basemap.land` gives them.
    max_snap_km: how far a point on land may be moved to water; the nearest grid point is taken,
    0.2 km apart. cell_deg: the coarse grid; by default as fine as 60,000 points allow.
    clearance_km: distance kept from land, dropped within 15 km of both ends and where there is no
    other way. GeoError names both points and the remedy where no path is found.
    """
    start, end = _checked(origin), _checked(destination)
    end = (end[0] + 360 * round((start[0] - end[0]) / 360), end[1])
    if start == end:
        raise GeoError(f"origin and destination are one point, {origin}; there is no way to go")
    found: _Path | None = None
    for pad_deg, clearance in product(_pads(start, end), dict.fromkeys((clearance_km, 0.0))):
        search = _search(
            (start, end),
            land=land,
            pad_deg=pad_deg,
            max_snap_km=max_snap_km,
            cell_deg=cell_deg,
            clearance_km=clearance,
        )
        search.check_water(origin, destination)
        found = _shorter(found, search.path())
        if found is not None and found.length_km <= search.way_round_km():
            break
    if found is None:
        raise GeoError(_no_way(origin, destination, max_snap_km))
    return _finished(found)


def land_km(line: BaseGeometry, land: BaseGeometry) -> float:
    """Return how many km of a line lie on land; the line may cross the antimeridian."""
    cut = measure.cut_antimeridian(line)
    dry = shapely.intersection(cut, land) if shapely.intersects(land, cut) else LineString()
    lengths = [measure.line_km(part) for part in shapely.get_parts(dry)]
    return float(np.nansum(lengths)) if lengths else 0.0


def water_km(line: BaseGeometry, land: BaseGeometry) -> float:
    """Return how many km of a line lie on water; lakes count as land if `land` covers them."""
    return max(0.0, measure.line_km(line) - land_km(line, land))


def _checked(point: LonLat) -> LonLat:
    lon, lat = float(point[0]), float(point[1])
    if not (np.isfinite(lon) and -360 <= lon <= 360 and -_MAX_LAT <= lat <= _MAX_LAT):
        raise GeoError(
            f"point {point} is not (lon, lat) in degrees with a latitude within ±{_MAX_LAT:g}; "
            "are the two swapped?"
        )
    return lon, lat


def _pads(start: LonLat, end: LonLat) -> list[float]:
    """Return how far beyond both points to search, in degrees, growing."""
    span = max(abs(start[0] - end[0]), abs(start[1] - end[1]))
    first = max(_FIRST_PAD_DEG, 0.5 * span)
    return [first * factor for factor in (1.0, 2.5, 6.0, 15.0)]


def _no_way(origin: LonLat, destination: LonLat, max_snap_km: float) -> str:
    km = measure.geodesic_km(*origin, *destination)
    return (
        f"no way over water from {origin[0]:g}, {origin[1]:g} to {destination[0]:g}, "
        f"{destination[1]:g} (lon, lat; {km:.0f} km apart), moving each end up to "
        f"{max_snap_km:g} km to reach water. Check the two points, give points nearer the sea, "
        "or raise max_snap_km"
    )


@dataclass(frozen=True)
class _Path:
    """A found path, and how far its ends were moved."""

    line: LineString
    length_km: float
    snapped_km: tuple[float, float]


def _shorter(one: _Path | None, other: _Path | None) -> _Path | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda path: path.length_km)


def _finished(path: _Path) -> Route:
    first, last = path.line.coords[0], path.line.coords[-1]
    return Route(
        line=path.line,
        length_km=path.length_km,
        length_nmi=path.length_km / measure.KM_PER_NMI,
        geodesic_km=measure.geodesic_km(*first, *last),
        snapped_km=path.snapped_km,
    )


def _leg(xy: Floats | Sequence[Floats]) -> LineString:
    return measure.densify(LineString(xy), max_km=MAX_STEP_KM)


# --- obstacles -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Obstacles:
    """Land in a frame (`hard`), and the strip beside it that is kept clear (`soft`)."""

    hard: MultiPolygon
    soft: BaseGeometry

    def clear(self, ends: Floats) -> Bools:
        """Return which straight segments, (n, 2, 2), meet neither."""
        lines = np.asarray(shapely.linestrings(ends), dtype=object).reshape(-1)
        ok = ~shapely.intersects(self.hard, lines)
        ok[ok] = ~shapely.intersects(self.soft, lines[ok])
        return np.asarray(ok)

    def wet(self, xy: Floats) -> Bools:
        dry = shapely.intersects_xy(self.hard, xy[:, 0], xy[:, 1])
        return np.asarray(~(dry | shapely.intersects_xy(self.soft, xy[:, 0], xy[:, 1])))

    def sees(self, a: Floats, b: Floats) -> bool:
        """Return whether the geodesic between two points meets neither."""
        leg = _leg([a, b])
        return not (self.hard.intersects(leg) or self.soft.intersects(leg))


def _obstacles(
    land: BaseGeometry, frame: Polygon, ends: Sequence[LonLat], clearance_km: float
) -> _Obstacles:
    hard = _within(land, frame)
    soft: BaseGeometry = Polygon()
    if clearance_km > 0 and not hard.is_empty:
        soft = shapely.difference(_strip(hard, clearance_km), _discs(ends, _HARBOUR_KM))
    shapely.prepare(hard)
    shapely.prepare(soft)
    return _Obstacles(hard, soft)


def _within(land: BaseGeometry, frame: Polygon) -> MultiPolygon:
    """Return the land inside the frame, also where the frame reaches beyond ±180."""
    west, south, east, north = frame.bounds
    parts = np.array(shapely.get_parts(land), dtype=object)
    low, bottom, high, top = shapely.bounds(parts).reshape(-1, 4).T
    pieces: list[BaseGeometry] = []
    for turn in (-360.0, 0.0, 360.0):
        near = (low + turn < east) & (high + turn > west) & (bottom < north) & (top > south)
        pieces += [translate(part, turn).intersection(frame) for part in parts[near]]
    areas = [p for piece in pieces for p in shapely.get_parts(piece) if isinstance(p, Polygon)]
    return MultiPolygon(areas)


def _squeeze(lat: float) -> float:
    return max(0.05, float(np.cos(np.radians(lat))))


def _strip(areas: BaseGeometry, km: float) -> BaseGeometry:
    """Return areas grown by about `km`, within a fifth; round in km at their middle latitude."""
    squeeze = _squeeze((areas.bounds[1] + areas.bounds[3]) / 2)
    width = km / _KM_PER_DEG
    narrow = shapely.transform(areas, lambda xy: xy * [squeeze, 1])
    grown = shapely.buffer(shapely.simplify(narrow, width / 5), width, quad_segs=4)
    return shapely.transform(grown, lambda xy: xy / [squeeze, 1])


def _discs(points: Sequence[LonLat], km: float) -> BaseGeometry:
    return shapely.union_all([_strip(Point(point), km) for point in points])


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

    def near_shore(self, obstacles: _Obstacles) -> Bools:
        """Return the nodes within three cells of a shore, where an edge may meet it."""
        mask = np.zeros((self.rows, self.columns), dtype=bool)
        for area in (obstacles.hard, obstacles.soft):
            shore = shapely.segmentize(area.boundary, self.cell)
            at = np.round(shapely.get_coordinates(shore) / self.cell).astype(np.int64)
            number = self.index(at[:, 0], at[:, 1])
            mask.ravel()[number[number >= 0]] = True
        return np.asarray(binary_dilation(mask, np.ones((3, 3), dtype=bool), iterations=3).ravel())


def _wet_edges(grid: _Grid, obstacles: _Obstacles) -> Ints:
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
    obstacles: _Obstacles
    max_snap_km: float

    def path(self) -> _Path | None:
        """Return the shortest path inside the frame, or nothing."""
        xy, graph = self._graph()
        component = connected_components(graph, directed=False)[1].astype(np.int64)
        pair = self._snapped(xy, component)
        if pair is None:
            return None
        taut = _taut(xy[_walk(graph, *pair)], self.obstacles)
        moved = _pairs_km(np.array(self.ends), xy[list(pair)])
        return _Path(taut, measure.line_km(taut), (float(moved[0]), float(moved[1])))

    def check_water(self, *given: LonLat) -> None:
        """Raise GeoError if an end has no water within reach: no larger frame would help."""
        for point, end in zip(given, self.ends, strict=True):
            reach = _strip(Point(end), self.max_snap_km)
            if self.obstacles.hard.covers(reach):
                raise GeoError(
                    f"no water within {self.max_snap_km:g} km of {point[0]:g}, {point[1]:g} "
                    "(lon, lat); give a point nearer the sea, or raise max_snap_km"
                )

    def way_round_km(self) -> float:
        """Return a length that no path leaving the frame can beat."""
        west, south, east, north = self.bounds
        if east - west >= 360 and south <= -_MAX_LAT and north >= _MAX_LAT:
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
        reach = (1.02 * self.max_snap_km / _KM_PER_DEG + 1e-9) / np.array([_squeeze(end[1]), 1])
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
        obstacles=_obstacles(land, box(*bounds), ends, clearance_km),
        max_snap_km=max_snap_km,
    )


def _frame(ends: tuple[LonLat, LonLat], pad_deg: float) -> Bounds:
    (lon1, lat1), (lon2, lat2) = ends
    middle, half = (lon1 + lon2) / 2, abs(lon1 - lon2) / 2 + pad_deg / _squeeze((lat1 + lat2) / 2)
    half = min(half, 180.0)
    south, north = min(lat1, lat2) - pad_deg, max(lat1, lat2) + pad_deg
    return middle - half, max(south, -_MAX_LAT), middle + half, min(north, _MAX_LAT)


def _grids(
    ends: tuple[LonLat, LonLat], bounds: Bounds, cell_deg: float | None
) -> tuple[_Grid, ...]:
    """Return the coarse grid and, at each end, a middle and a fine one; cells are multiples."""
    west, south, east, north = bounds
    wish = cell_deg or float(np.sqrt((east - west) * (north - south) / _GRID_NODES))
    middle = _MIDDLE_DEG * max(1, round(wish / (8 * _MIDDLE_DEG)))
    cell = middle * max(1, round(wish / middle))
    patches = [
        _Grid.over(_around(end, max(km, 3 * reach * _KM_PER_DEG), bounds), size)
        for size, km, reach in ((middle, _MIDDLE_RADIUS_KM, cell), (_FINE_DEG, _FINE_KM, middle))
        for end in ends
    ]
    return (_Grid.over(bounds, cell), *patches)


def _around(point: LonLat, km: float, bounds: Bounds) -> Bounds:
    high = km / _KM_PER_DEG
    wide = high / _squeeze(point[1])
    west, south, east, north = bounds
    return (
        max(point[0] - wide, west),
        max(point[1] - high, south),
        min(point[0] + wide, east),
        min(point[1] + high, north),
    )


def _end_edges(xy: Floats, node: int, obstacles: _Obstacles) -> Ints:
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


# --- pulling taut --------------------------------------------------------------------------------


def _taut(path: Floats, obstacles: _Obstacles) -> LineString:
    """Return the path as short as it gets between the same obstacles, on geodesic legs."""
    steps = shapely.get_coordinates(shapely.segmentize(LineString(_distinct(path)), _STEP_DEG))
    xy = _skipped(_resampled(steps), obstacles)
    if obstacles.hard.intersects(_leg(xy)):
        # A long grid step can be clear where its geodesic is not; then keep to the steps.
        return LineString(steps)
    for pull in (_from_the_end, _from_the_start, _corners_cut, _tightened) * _ROUNDS:
        xy = _better(pull(xy, obstacles), xy, obstacles)
    return _leg(xy)


def _better(pulled: Floats, xy: Floats, obstacles: _Obstacles) -> Floats:
    shorter = measure.line_km(LineString(pulled)) < measure.line_km(LineString(xy))
    return pulled if shorter and not obstacles.hard.intersects(_leg(pulled)) else xy


def _distinct(xy: Floats) -> Floats:
    """Drop repeats: one point on two grids."""
    moved: Bools = np.append(True, np.abs(np.diff(xy, axis=0)).max(axis=1) > 1e-9)
    return np.asarray(xy[moved])


def _resampled(xy: Floats) -> Floats:
    """Return the path with at most about `_SAMPLES` points, every turn among them."""
    step = np.diff(xy, axis=0)
    turn = np.abs(step[1:, 0] * step[:-1, 1] - step[1:, 1] * step[:-1, 0]) > 1e-12
    every = max(1, len(xy) // _SAMPLES)
    keep = np.concatenate([[True], turn, [True]]) | (np.arange(len(xy)) % every == 0)
    return np.asarray(xy[keep])


def _filled(xy: Floats) -> Floats:
    """Add points on the geodesic legs, about `_FILL` in all."""
    line = LineString(xy)
    each_km = max(measure.line_km(line) / _FILL, 0.1)
    return np.asarray(measure.densify(line, max_km=each_km).coords, dtype=np.float64)


def _skipped(xy: Floats, obstacles: _Obstacles) -> Floats:
    """Go from each point straight to the farthest later one in sight."""
    kept = [0]
    while kept[-1] < len(xy) - 1:
        here = kept[-1]
        legs = (there for there in range(len(xy) - 1, here + 1, -1))
        kept.append(next((t for t in legs if obstacles.sees(xy[here], xy[t])), here + 1))
    return xy[kept]


def _from_the_start(xy: Floats, obstacles: _Obstacles) -> Floats:
    return _skipped(_filled(xy), obstacles)


def _from_the_end(xy: Floats, obstacles: _Obstacles) -> Floats:
    return _from_the_start(xy[::-1], obstacles)[::-1]


def _tightened(xy: Floats, obstacles: _Obstacles) -> Floats:
    """Move each corner towards the line between its neighbours, as far as the view allows."""
    out = [xy[0]]
    for corner, after in pairwise(xy[1:]):
        toward = _abreast(corner, out[-1], after) - corner
        share = _most(partial(_corner_sees, obstacles, out[-1], corner, toward, after))
        out.append(corner + share * toward)
    return np.array([*out, xy[-1]])


def _corner_sees(
    obstacles: _Obstacles,
    before: Floats,
    corner: Floats,
    toward: Floats,
    after: Floats,
    share: float,
) -> bool:
    moved = corner + share * toward
    return obstacles.sees(before, moved) and obstacles.sees(moved, after)


def _corners_cut(xy: Floats, obstacles: _Obstacles) -> Floats:
    """Replace each corner by two points, one on either leg, as far apart as the view allows."""
    out = [xy[0]]
    for corner, after in pairwise(xy[1:]):
        share = _most(partial(_cut_sees, obstacles, out[-1], corner, after))
        out += _cut(out[-1], corner, after, share)
    return _distinct(np.array([*out, xy[-1]]))


def _cut(before: Floats, corner: Floats, after: Floats, share: float) -> list[Floats]:
    return [corner + share / 2 * (before - corner), corner + share / 2 * (after - corner)]


def _cut_sees(
    obstacles: _Obstacles, before: Floats, corner: Floats, after: Floats, share: float
) -> bool:
    points = [before, *_cut(before, corner, after, share), after]
    return all(obstacles.sees(a, b) for a, b in pairwise(points))


def _abreast(corner: Floats, before: Floats, after: Floats) -> Floats:
    """Return the point on the geodesic between the neighbours that lies abreast of the corner."""
    to, on = measure.geodesic_km(*before, *corner), measure.geodesic_km(*corner, *after)
    at = measure.interpolate(LineString([before, after]), to / (to + on), normalized=True)
    return np.array([at.x, at.y])


def _most(clear: Callable[[float], bool]) -> float:
    """Return the largest share found clear, by bisection; 0 is clear."""
    low, high = 0.0, 1.0
    if clear(high):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if clear(middle) else (low, middle)
    return low
