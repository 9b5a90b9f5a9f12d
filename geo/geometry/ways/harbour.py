"""From an end of a way to open water: a fine grid round it, and the points that it can leave by.

Grid steps are checked only when a way takes them: those that prove dry are taken out and the
search is made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo.errors import GeoError
from geo.geometry import measure, passages
from geo.geometry.ways import network
from geo.geometry.ways.open import Sea, segments

__all__ = ["Harbour"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
LonLat: TypeAlias = tuple[float, float]

_KM_PER_DEG = 111.2
_SIZES = ((0.002, 7.0), (0.02, 55.0))  # cell in degrees, reach in km
_BESIDE = (0.3137, 0.5419)  # of a cell: no step of the grid, straight or across, meets a corner of
# the coast, which has round figures
_EVERY = 6  # of the coarse grid: a point to leave by each 12 km or so
_NEAR_KM = 20.0
_ROUNDS = 12
_SHORE_COST = 1.2
_FREE_KM = 5.0  # this near the end the shore may be as near as it is
_FINE_STEP_KM = 0.5
_AXIS_KM = 1.0  # between points of an axis
_AXIS_REACH_DEG = 0.03
_INLET_DEG = 0.1  # an end so near an inlet looks as far as it leads
_STEP_DEG = 0.35  # at most 39 km
_KEEP_KM = 0.4  # elsewhere shortcuts keep so far off


@dataclass(frozen=True)
class Harbour:
    """The water round one end.

    end: as given. start: where the way begins on water. moved_km: between the two. gates: points
    (n, 2) a way may leave by, with the km to each of them from the start and the course there.
    """

    end: LonLat
    start: Floats
    moved_km: float
    exits: Floats
    courses: tuple[Floats, ...]

    @cached_property
    def km(self) -> Floats:
        """Geodesic length of each course."""
        lines = [shapely.LineString(xy) if len(xy) > 1 else None for xy in self.courses]
        return np.array([measure.line_km(line) if line else 0.0 for line in lines])

    @cached_property
    def units(self) -> Floats:
        """The exits as unit vectors."""
        return network.unit(self.exits)

    @classmethod
    def at(cls, end: LonLat, sea: Sea, *, max_snap_km: float) -> Harbour:
        """Search round an end. GeoError names what to do where no water is in reach."""
        return _Search.round(end, sea, max_snap_km).harbour()


@dataclass
class _Search:
    """Both grids round an end, joined; steps are removed as they prove blocked."""

    end: LonLat
    sea: Sea
    max_snap_km: float
    xy: Floats
    a: Ints
    b: Ints
    cost: Floats
    coarse: Bools
    dear: Floats
    pocket: Bools
    reach_km: float

    @classmethod
    def round(cls, end: LonLat, sea: Sea, max_snap_km: float) -> _Search:
        points, steps, prices, coarse, base = [], [], [], [], 0
        far_km = _reach_km(end)
        for cell, reach_km in (_SIZES[0], (_SIZES[1][0], far_km)):
            xy, pairs, price = _grid(end, cell, max(reach_km, 1.3 * max_snap_km), sea)
            points.append(xy)
            steps.append(pairs + base)
            prices.append(price)
            coarse.append(np.full(len(xy), cell > _SIZES[0][0]))
            base += len(xy)
        axis, links = _axes(end, np.concatenate(points), base, far_km)
        coarse.append(np.zeros(len(axis), dtype=bool))
        xy = np.concatenate([*points, axis, [end]])
        own = _around(np.array(end), points, sea)
        own = np.append(own, base + _beside(np.array(end), axis, sea))
        joints = np.concatenate([_joined(points[0], points[1], len(points[0])), links])
        last = np.full(len(own), len(xy) - 1)
        pairs = np.concatenate([*steps, joints, np.column_stack([last, own])])
        cost = network.unit(xy)
        km = np.linalg.norm(cost[pairs[:, 0]] - cost[pairs[:, 1]], axis=1) * 6371.0
        factor = np.concatenate([*prices, np.full(len(joints), 1.01), np.ones(len(own))])
        return cls(
            end,
            sea,
            max_snap_km,
            xy,
            pairs[:, 0],
            pairs[:, 1],
            km * factor,
            np.concatenate([*coarse, [False]]),
            factor,
            np.zeros(len(xy), dtype=bool),
            far_km,
        )._proven()

    def _proven(self) -> _Search:
        """Without the coarse steps beside the shore, and those to an axis, that are blocked."""
        far = network.unit(self.xy)
        long = np.linalg.norm(far[self.a] - far[self.b], axis=1) * 6371.0 > _FINE_STEP_KM
        doubt = np.flatnonzero(long & (self.dear > 1.0))
        ends = np.stack([self.xy[self.a[doubt]], self.xy[self.b[doubt]]], axis=1)
        bad = doubt[self.sea.blocked(segments(ends))]
        keep = np.ones(len(self.a), dtype=bool)
        keep[bad] = False
        self.a, self.b, self.cost = self.a[keep], self.b[keep], self.cost[keep]
        return self

    def harbour(self) -> Harbour:
        """The first water in reach that leads out; each that proves a pocket is given up."""
        net = network.shipped()
        while True:
            start, reached = self._start(net)
            exits, courses = self._led(start, self._exits(net, reached))
            if len(exits):
                break
            part = self._parts()
            self.pocket |= part == part[start]
        moved = float(measure.geodesic_km(*self.end, *self.xy[start]))
        pulled = tuple(_pulled(self.xy[course], self.sea) for course in courses)
        return Harbour(self.end, self.xy[start], moved, self.xy[exits], pulled)

    def _led(self, start: int, exits: Ints) -> tuple[Ints, list[Ints]]:
        """The exits that clear courses lead to from the start, and these."""
        courses: list[Ints] = []
        for _ in range(_ROUNDS):
            far, before = self._tree(start)
            exits = exits[np.isfinite(far[exits])]
            courses = [_walk(before, start, int(there)) for there in exits]
            if not self._drop_blocked(courses):
                return exits, courses
        clear = [k for k, c in enumerate(courses) if not self._blocked(c)]
        return exits[clear], [courses[k] for k in clear]

    def _parts(self) -> Ints:
        """The number of the body of water that each point is of."""
        return connected_components(self._graph(), directed=False)[1].astype(np.int64)

    def _graph(self) -> Any:
        size = len(self.xy)
        return coo_array((self.cost, (self.a, self.b)), shape=(size, size))

    def _geodesic_km(self, xy: Floats) -> Floats:
        lon, lat = (np.full(len(xy), at) for at in self.end)
        return np.asarray(measure.geodesic_km(lon, lat, *xy.T), dtype=float)

    def _start(self, net: network.Network) -> tuple[int, Bools]:
        """The nearest point of water that leads out, and the points it leads to."""
        last = len(self.xy) - 1
        part = self._parts()
        leads = self._leads_out(net, part)
        if leads[part[last]] and bool(self.sea.wet(self.xy[[last]])[0]):
            return last, part == part[last]
        reach = network.arc_km(np.array(self.end), self.xy[:last]) <= self.max_snap_km
        reach &= self._geodesic_km(self.xy[:last]) <= self.max_snap_km
        near = np.flatnonzero(leads[part[:last]] & reach)
        km = network.arc_km(np.array(self.end), self.xy[near]) if len(near) else np.zeros(0)
        if not len(near) or km.min() > self.max_snap_km:
            raise GeoError(self._no_water(net))
        start = int(near[np.argmin(km)])
        return start, part == part[start]

    def _leads_out(self, net: network.Network, part: Ints) -> Bools:
        """Which bodies of water reach the rim of the grid, or a point of the network."""
        leads = np.zeros(part.max() + 1, dtype=bool)
        lon, lat = np.abs(self.xy - self.end).T
        rim = self.coarse & ((lat > 0.9 * lat.max()) | (lon > 0.9 * lon.max()))
        leads[part[rim]] = True
        near = self._network_near(net)
        if len(near):
            tree = cKDTree(network.unit(self.xy))
            apart, which = tree.query(network.unit(net.xy[near]), k=[1])
            leads[part[np.asarray(which)[np.asarray(apart) * 6371 < 2.0]]] = True
        leads[part[self.pocket]] = False
        return leads

    def _network_near(self, net: network.Network) -> Ints:
        return np.flatnonzero(net.km_from(np.array(self.end)) < self.reach_km)

    def _exits(self, net: network.Network, reached: Bools) -> Ints:
        """Points to leave by: a lattice over the coarse grid, and those beside the network."""
        cells = np.round(self.xy / _SIZES[1][0]).astype(np.int64)
        lattice = self.coarse & (cells % _EVERY == 0).all(axis=1)
        found = set(np.flatnonzero(lattice & reached).tolist())
        own = np.flatnonzero(reached)
        near = self._network_near(net)
        if len(near) and len(own):
            which = _nearest(network.unit(self.xy[own]), network.unit(net.xy[near]), 1)[1]
            found |= set(own[which.ravel()].tolist())
        return np.array(sorted(found), dtype=np.int64)

    def _tree(self, start: int) -> tuple[Floats, Ints]:
        graph = self._graph().tocsr()
        far, before = dijkstra(graph, directed=False, indices=[start], return_predecessors=True)
        return far[0], before[0].astype(np.int64)

    def _drop_blocked(self, courses: list[Ints]) -> bool:
        """Take out the steps of courses that prove blocked; whether there were any."""
        steps = {tuple(sorted(s)) for c in courses for s in pairwise(c.tolist())}
        if not steps:
            return False
        pairs = np.array(sorted(steps))
        bad = pairs[self.sea.blocked(segments(self.xy[pairs]))]
        size = len(self.xy)
        lost = np.isin(_key(self.a, self.b, size), _key(bad[:, 0], bad[:, 1], size))
        self.a, self.b, self.cost = self.a[~lost], self.b[~lost], self.cost[~lost]
        return len(bad) > 0

    def _blocked(self, course: Ints) -> bool:
        steps = self.xy[np.column_stack([course[:-1], course[1:]])]
        return bool(self.sea.blocked(segments(steps)).any())

    def _no_water(self, net: network.Network) -> str:
        lon, lat = self.end
        km = net.km_from(np.array(self.end))
        there = net.xy[int(np.argmin(km))]
        return (
            f"no water within {self.max_snap_km:g} km of {lon:g}, {lat:g} (lon, lat) that ships "
            f"reach; the nearest known lies {km.min():.0f} km away at {there[1]:.2f},"
            f"{there[0]:.2f} (lat,lon): give a point there, or raise max_snap_km (--snap-km)"
        )


def _reach_km(end: LonLat) -> float:
    """How far the coarse grid reaches: as far as any inlet that an end lies in leads."""
    own = [one for one in passages.inlets() if one.axis.distance(shapely.Point(end)) < _INLET_DEG]
    return max([_SIZES[1][1], *(measure.line_km(one.axis) for one in own)])


def _axes(end: LonLat, xy: Floats, base: int, reach_km: float) -> tuple[Floats, Ints]:
    """Points along the channels round an end, and their steps to one another and to the grid."""
    reach = reach_km / _KM_PER_DEG
    found, steps = [np.zeros((0, 2))], [np.zeros((0, 2), dtype=np.int64)]
    for one in (*passages.every(), *passages.inlets()):
        if one.kind in {"cape", "limit"} or one.axis.distance(shapely.Point(end)) > reach:
            continue
        dense = np.asarray(measure.densify(one.axis, max_km=_AXIS_KM).coords)
        inside = np.flatnonzero(np.abs(dense - end).max(axis=1) < 1.5 * reach)
        first = base + sum(map(len, found))
        run = np.flatnonzero(np.diff(inside) == 1) + first
        steps.append(np.column_stack([run, run + 1]))
        found.append(dense[inside])
    axis = np.concatenate(found)
    if len(axis) and len(xy):
        apart, which = _nearest(xy, axis, 6)
        close = apart < _AXIS_REACH_DEG
        here = np.broadcast_to(np.arange(len(axis))[:, None] + base, close.shape)
        steps.append(np.column_stack([which[close], here[close]]))
    return axis, np.concatenate(steps)


def _beside(end: Floats, axis: Floats, sea: Sea) -> Ints:
    """The points of channels that an end sees within a few kilometres."""
    near = np.flatnonzero(np.abs(axis - end).max(axis=1) < _AXIS_REACH_DEG)
    if not len(near) or not bool(sea.wet(end.reshape(1, 2))[0]):
        return np.zeros(0, dtype=np.int64)
    ends = np.stack([np.broadcast_to(end, (len(near), 2)), axis[near]], axis=1)
    apart = np.abs(axis[near] - end).max(axis=1) > 0
    return np.asarray(near[~sea.blocked(segments(ends)) & apart])


def _key(a: Ints, b: Ints, size: int) -> Ints:
    return np.minimum(a, b) * size + np.maximum(a, b)


def _grid(end: LonLat, cell: float, reach_km: float, sea: Sea) -> tuple[Floats, Ints, Floats]:
    """Wet points round an end, their steps to neighbours, and what a km of each costs."""
    high = reach_km / _KM_PER_DEG
    wide = high / max(0.15, float(np.cos(np.radians(end[1]))))
    i = np.arange(np.ceil((end[0] - wide) / cell), np.floor((end[0] + wide) / cell) + 1)
    j = np.arange(np.ceil((end[1] - high) / cell), np.floor((end[1] + high) / cell) + 1)
    xy = (np.column_stack([np.tile(i, len(j)), np.repeat(j, len(i))]) + _BESIDE) * cell
    wet = sea.wet(xy).reshape(len(j), len(i))
    number = np.where(wet, np.cumsum(wet).reshape(wet.shape) - 1, -1)
    pairs = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = number[: len(j) - down, max(0, -right) : len(i) - max(0, right)]
        b = number[down:, max(0, right) : len(i) + min(0, right)]
        both = (a >= 0) & (b >= 0)
        pairs.append(np.column_stack([a[both], b[both]]))
    steps = np.concatenate(pairs)
    open_ = np.ones_like(wet)
    for axis in (0, 1):
        for by in (-1, 1):
            open_ &= np.roll(wet, by, axis=axis)
    dear = np.where(open_[wet], 1.0, _SHORE_COST)
    return xy[wet.ravel()], steps, np.maximum(dear[steps[:, 0]], dear[steps[:, 1]])


def _joined(fine: Floats, coarse: Floats, base: int) -> Ints:
    """Steps between coarse points and the fine points closest to them."""
    if not len(fine) or not len(coarse):
        return np.zeros((0, 2), dtype=np.int64)
    apart, which = _nearest(fine, coarse, 4)
    close = apart < 1.5 * _SIZES[0][0]
    there = np.broadcast_to(np.arange(len(coarse))[:, None], close.shape)
    return np.column_stack([which[close], there[close] + base])


def _nearest(xy: Floats, points: Floats, most: int) -> tuple[Floats, Ints]:
    """Distance in degrees and number of the nearest of `xy`, a row for each point."""
    apart, which = cKDTree(xy).query(points, k=list(range(1, min(most, len(xy)) + 1)))
    return np.asarray(apart), np.asarray(which)


def _around(end: Floats, points: list[Floats], sea: Sea) -> Ints:
    """The points close to the end itself that it is joined to, if it lies on water."""
    if not bool(sea.wet(end.reshape(1, 2))[0]):
        return np.zeros(0, dtype=np.int64)
    found, base = [], 0
    for xy, (cell, _) in zip(points, _SIZES, strict=True):
        found.append(np.flatnonzero(np.abs(xy - end).max(axis=1) < 1.6 * cell) + base)
        base += len(xy)
    near = np.concatenate(found)
    if not len(near):
        return near
    xy = np.concatenate(points)[near]
    lines = segments(np.stack([np.broadcast_to(end, xy.shape), xy], axis=1))
    apart = np.abs(xy - end).max(axis=1) > 0
    return np.asarray(near[~sea.blocked(lines) & apart])


def _walk(before: Ints, start: int, there: int) -> Ints:
    nodes = [there]
    while nodes[-1] != start:
        nodes.append(int(before[nodes[-1]]))
    return np.array(nodes[::-1])


def _pulled(xy: Floats, sea: Sea) -> Floats:
    """The course with needless turns left out; each shortcut is clear, and keeps off the shore."""
    xy = _without_straights(xy)
    kept = [0]
    while kept[-1] < len(xy) - 1:
        here = kept[-1]
        later = np.arange(here + 2, len(xy))
        if not len(later):
            kept.append(here + 1)
            continue
        ends = np.stack([np.broadcast_to(xy[here], (len(later), 2)), xy[later]], axis=1)
        lines = segments(ends)
        clear = ~sea.blocked(lines)
        if network.arc_km(xy[0], xy[[here]])[0] > _FREE_KM:
            clear[clear] = ~sea.near_land(lines[clear], km=_KEEP_KM)
        kept.append(int(later[clear].max(initial=here + 1)))
    return _stepped(xy[kept])


def _stepped(xy: Floats) -> Floats:
    """Straight steps so short that none is drawn as more than one: what is proven is drawn."""
    if np.abs(np.diff(xy, axis=0)).max(initial=0.0) <= _STEP_DEG / 2:
        return xy  # short as it is; of a line without length GEOS makes nothing
    return shapely.get_coordinates(shapely.segmentize(shapely.LineString(xy), _STEP_DEG))


def _without_straights(xy: Floats) -> Floats:
    xy = xy[np.append(True, np.abs(np.diff(xy, axis=0)).max(axis=1) > 1e-9)]
    if len(xy) < 3:
        return xy
    step = np.diff(xy, axis=0)
    turn = np.abs(step[1:, 0] * step[:-1, 1] - step[1:, 1] * step[:-1, 0]) > 1e-12
    return np.asarray(xy[np.concatenate([[True], turn, [True]])])
