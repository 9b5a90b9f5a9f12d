"""The shortest way between two ends over the prepared network, by the passages that are asked for.

Dijkstra over the network, once for each passage that must be used. Whatever the network does not
hold already proven (the joins to both ends; every edge, where the land is finer than the coast the
network was made with) is proven when a way takes it, and left out if it is blocked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo import coast, measure
from geo.passages import Passage, gated
from geo.ways import network
from geo.ways.harbour import Harbour
from geo.ways.joins import MAX_STEP_KM, Joins
from geo.ways.open import Sea, bits, masks
from geo.ways.shorten import shortened

__all__ = ["Found", "Planner"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
LonLat: TypeAlias = tuple[float, float]

_GATE_NEAR_DEG = 2.0
_ROUNDS = 40
_BATCH = 200
_MOST_DIRECT = 400


@dataclass(frozen=True)
class Found:
    """A way: its line with longitudes running on, and how far both ends were moved."""

    line: LineString
    length_km: float
    moved_km: tuple[float, float]


@dataclass(frozen=True)
class _Track:
    """A way in the making: joins at both ends, points between, cost; or exits joined straight."""

    cost: float
    first: int
    nodes: tuple[int, ...]
    last: int
    direct: Any = None


@dataclass
class Planner:
    """Ways over one land; what is learned of ends and edges is kept for the next way."""

    land: BaseGeometry
    max_snap_km: float = 5.0
    _joins: dict[Any, Joins] = field(default_factory=dict)
    _dry: set[int] = field(default_factory=set)
    _proven: set[int] = field(default_factory=set)

    def find(
        self,
        ends: tuple[LonLat, LonLat],
        *,
        via: Sequence[Passage] = (),
        shut: Sequence[Passage] = (),
    ) -> Found | None:
        """Return the shortest way through `via`, in that order, and through none of `shut`."""
        joins = [self.joined(end, shut) for end in ends]
        if _same(ends):
            return None
        sea, closed = Sea.of(self.land, shut), bits(shut)
        gates = [bits([one]) for one in via]
        direct = self._direct(joins[0], joins[1], gates, closed, sea)
        for _ in range(_ROUNDS):
            track = _cheaper(self._track(joins[0], joins[1], gates, closed), direct)
            if track is None:
                return None
            if self._holds(track, joins, sea, closed):
                return self._found(track, joins, sea)
        return None

    def joined(self, end: LonLat, shut: Sequence[Passage]) -> Joins:
        """The water round an end and what it sees of the network; GeoError without water."""
        near = [one for one in shut if one.gate and _apart_deg(one, end) < _GATE_NEAR_DEG]
        key = (end, tuple(one.id for one in near))
        if key not in self._joins:
            sea = Sea.of(self.land, near)
            harbour = Harbour.at(end, sea, max_snap_km=self.max_snap_km)
            self._joins[key] = Joins.of(harbour, sea)
        return self._joins[key]

    def matrix(
        self, points: Sequence[LonLat], *, via: Sequence[Passage] = (), shut: Sequence[Passage] = ()
    ) -> list[list[float | None]]:
        """Return lengths in nmi between points, both ways alike; None where there is no way."""
        size = len(points)
        made: list[list[float | None]] = [[0.0] * size for _ in range(size)]
        for i in range(size):
            for j in range(i + 1, size):
                same = points[i] == points[j]
                found = None if same else self.find((points[i], points[j]), via=via, shut=shut)
                made[i][j] = made[j][i] = found.length_km / measure.KM_PER_NMI if found else None
                if same:
                    made[i][j] = made[j][i] = 0.0
        return made

    # --- searching ------------------------------------------------------------------------------

    def _track(self, start: Joins, end: Joins, via: Sequence[int], shut: int) -> _Track | None:
        layers = [_Layer.from_joins(start, shut, self._dry)]
        for gate in via:
            layers.append(layers[-1].beyond(gate, start if len(layers) == 1 else None, self._dry))
        best = layers[-1].arrived(end, end.usable(shut))
        if via:
            last = end.usable(shut)
            crossing = last[(end.gates[last] & np.uint64(via[-1])) != 0]
            best = _cheaper(best, layers[-2].arrived(end, crossing))
        return best

    def _direct(
        self, start: Joins, end: Joins, via: Sequence[int], shut: int, sea: Sea
    ) -> _Track | None:
        """The way from an exit of one end straight to an exit of the other, if one is clear."""
        a, b = start.harbour, end.harbour
        i, j = (v.ravel() for v in np.meshgrid(_few(a), _few(b), indexing="ij"))
        km = measure.geodesic_km(*a.exits[i].T, *b.exits[j].T) + a.km[i] + b.km[j]
        order = np.argsort(km)[:_MOST_DIRECT]
        i, j, km = i[order], j[order], km[order]
        clear = np.abs(a.exits[i] - b.exits[j]).max(axis=1) > 1e-9
        for looks in (12, 120):
            clear[clear] = ~network.shipped().overland(
                a.exits[i[clear]], b.exits[j[clear]], looks=looks
            )
        i, j, km = i[clear][:_BATCH], j[clear][:_BATCH], km[clear][:_BATCH]
        if not len(i):
            return None
        lines = measure.geodesics(a.exits[i], b.exits[j], max_km=MAX_STEP_KM)
        crossed = masks(lines) | start.over[i] | end.over[j]
        good = ~sea.blocked(lines) & ((crossed & np.uint64(shut)) == 0)
        for gate in via:
            good &= (crossed & np.uint64(gate)) != 0
        if not good.any():
            return None
        best = int(np.argmax(good))
        return _Track(float(km[best]), -1, (), -1, (int(i[best]), int(j[best])))

    # --- proving --------------------------------------------------------------------------------

    def _holds(self, track: _Track, joins: list[Joins], sea: Sea, shut: int) -> bool:
        """Prove what is not yet; what is blocked is remembered, and the track does not hold."""
        if track.direct is not None:
            return True
        good = True
        for own, which in ((joins[0], track.first), (joins[1], track.last)):
            before = own.gates[which]
            if not own.known[which]:
                other = joins[1] if own is joins[0] else joins[0]
                own.prove(_likely(own, which, other), sea)
            clear = bool(own.known[which])
            good &= clear and (own.gates[which] == before or not int(own.gates[which]) & shut)
        return self._edges_hold(track.nodes) and good

    def _edges_hold(self, nodes: Sequence[int]) -> bool:
        """Whether edges between these points are clear of a land finer than the coast."""
        if self.land is coast.land():
            return True
        net, edges = network.shipped(), _edge_numbers()
        own = [edges[_pair(a, b)] for a, b in pairwise(nodes)]
        new = [e for e in own if e not in self._proven and e not in self._dry]
        if new:
            pairs = net.edges[new]
            lines = measure.geodesics(net.xy[pairs[:, 0]], net.xy[pairs[:, 1]], max_km=MAX_STEP_KM)
            bad = Sea.of(self.land, ()).blocked(lines)
            self._dry.update(e for e, b in zip(new, bad, strict=True) if b)
            self._proven.update(e for e, b in zip(new, bad, strict=True) if not b)
        return not any(e in self._dry for e in own)

    # --- the line -------------------------------------------------------------------------------

    def _found(self, track: _Track, joins: list[Joins], sea: Sea) -> Found:
        a, b = joins
        if track.direct is not None:
            x, y = track.direct
            xy = np.vstack([a.harbour.courses[x], b.harbour.courses[y][::-1]])
        else:
            middle = network.shipped().xy[list(track.nodes)]
            xy = np.vstack([a.course(track.first), middle[1:-1], b.course(track.last)[::-1]])
            if len(track.nodes) == 1:
                xy = np.vstack([a.course(track.first), b.course(track.last)[::-1][1:]])
        line = joined(shortened(_distinct(xy), sea))
        moved = (a.harbour.moved_km, b.harbour.moved_km)
        return Found(line, measure.line_km(line), moved)


@dataclass
class _Layer:
    """Distances over the network after some of the passages asked for have been used."""

    cost: Floats
    before: Ints
    entry: dict[int, Any]
    graph: csr_array
    start: Joins
    shut: int
    under: _Layer | None = None

    @classmethod
    def from_joins(cls, start: Joins, shut: int, dry: set[int]) -> _Layer:
        own = start.usable(shut)
        return cls._from(own, start.node[own], start.km[own], start, shut, None, dry)

    @classmethod
    def _from(
        cls,
        keys: Any,
        nodes: Ints,
        cost: Floats,
        start: Joins,
        shut: int,
        under: _Layer | None,
        dry: set[int],
    ) -> _Layer:
        """Dijkstra from a source that is joined to points at a cost each."""
        graph = _graph(shut, frozenset(dry))
        order = np.lexsort((cost, nodes))
        first = np.append(True, np.diff(nodes[order]) > 0) if len(order) else order.astype(bool)
        kept = order[first]
        size = graph.shape[0]
        whole = _with_source(graph, nodes[kept], cost[kept])
        far, before = dijkstra(whole, directed=True, indices=[size], return_predecessors=True)
        entry = {int(nodes[k]): keys[k] for k in kept}
        return cls(far[0, :size], before[0].astype(np.int64), entry, graph, start, shut, under)

    def beyond(self, gate: int, start: Joins | None, dry: set[int]) -> _Layer:
        """The layer that is entered by crossing a gate."""
        net = network.shipped()
        own = np.flatnonzero(
            ((net.gates & np.uint64(gate)) != 0) & ((net.gates & np.uint64(self.shut)) == 0)
        )
        own = own[~np.isin(own, list(dry))]
        tail = np.concatenate([net.edges[own, 0], net.edges[own, 1]])
        head = np.concatenate([net.edges[own, 1], net.edges[own, 0]])
        cost = self.cost[tail] + np.concatenate([net.cost[own], net.cost[own]])
        keys: list[Any] = [(int(t),) for t in tail]
        if start is not None:
            joins = start.usable(self.shut)
            joins = joins[(start.gates[joins] & np.uint64(gate)) != 0]
            head, cost = np.append(head, start.node[joins]), np.append(cost, start.km[joins])
            keys += [int(j) for j in joins]
        good = np.isfinite(cost)
        keys = [k for k, g in zip(keys, good, strict=True) if g]
        return self._from(keys, head[good], cost[good], self.start, self.shut, self, dry)

    def arrived(self, end: Joins, own: Ints) -> _Track | None:
        """The cheapest way from here over one of these joins of the other end."""
        if not len(own):
            return None
        cost = self.cost[end.node[own]] + end.km[own]
        best = int(np.argmin(cost))
        if not np.isfinite(cost[best]):
            return None
        first, nodes = self._walk(int(end.node[own[best]]))
        return _Track(float(cost[best]), first, tuple(nodes), int(own[best]))

    def _walk(self, node: int) -> tuple[int, list[int]]:
        source, nodes = len(self.cost), [node]
        while self.before[nodes[-1]] != source:
            nodes.append(int(self.before[nodes[-1]]))
        key = self.entry[nodes[-1]]
        nodes.reverse()
        if isinstance(key, tuple):
            assert self.under is not None
            first, earlier = self.under._walk(key[0])
            return first, [*earlier, *nodes]
        return int(key), nodes


def _with_source(graph: csr_array, nodes: Ints, cost: Floats) -> csr_array:
    """The graph with one more point, from which edges lead to these."""
    size = graph.shape[0]
    data = np.concatenate([graph.data, cost])
    indices = np.concatenate([graph.indices, nodes.astype(graph.indices.dtype)])
    ends = np.append(graph.indptr, graph.indptr[-1] + len(nodes)).astype(graph.indptr.dtype)
    return csr_array((data, indices, ends), shape=(size + 1, size + 1))


_graphs: dict[Any, csr_array] = {}


def _graph(shut: int, dry: frozenset[int]) -> csr_array:
    """Both ways of every edge that crosses no shut gate and is not known to be dry."""
    key = (shut, dry)
    if key not in _graphs:
        net = network.shipped()
        keep = (net.gates & np.uint64(shut)) == 0
        keep[list(dry)] = False
        (a, b), cost = net.edges[keep].T, net.cost[keep]
        size = len(net.xy)
        both = (np.append(cost, cost), (np.append(a, b), np.append(b, a)))
        if len(_graphs) > 8:
            _graphs.clear()
        _graphs[key] = csr_array(both, shape=(size, size))
    return _graphs[key]


@cache
def _edge_numbers() -> dict[tuple[int, int], int]:
    return {(int(a), int(b)): n for n, (a, b) in enumerate(network.shipped().edges)}


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _cheaper(one: _Track | None, other: _Track | None) -> _Track | None:
    if one is None or other is None:
        return one or other
    return one if one.cost <= other.cost else other


def _few(harbour: Harbour) -> Ints:
    """The exits that a straight way may start from: all of a few, else the nearest and farthest."""
    order = np.argsort(harbour.km)
    return order if len(order) <= 40 else np.concatenate([order[:8], order[-32:]])


def _likely(own: Joins, which: int, other: Joins) -> Ints:
    """The joins worth proving together: those least out of the way to the other end."""
    open_ = np.flatnonzero(~own.bad & ~own.known)
    there = network.arc_km(other.harbour.start, network.shipped().xy[own.node[open_]])
    order = np.argsort(own.km[open_] + there)[:_BATCH]
    return np.unique(np.append(open_[order], which))


def _same(ends: tuple[LonLat, LonLat]) -> bool:
    return ends[0] == ends[1]


def _apart_deg(passage: Passage, end: LonLat) -> float:
    """Degrees between an end and the gate of a passage, the short way round."""
    assert passage.gate is not None
    points = [shapely.Point(end[0] + turn, end[1]) for turn in (-360.0, 0.0, 360.0)]
    return min(passage.gate.distance(point) for point in points)


def _distinct(xy: Floats) -> Floats:
    moved = np.append(True, np.abs(np.diff(xy, axis=0)).max(axis=1) > 1e-9)
    return np.asarray(xy[moved])


def joined(xy: Floats) -> LineString:
    """The line of geodesics through points, longitudes running on."""
    lines = measure.geodesics(xy[:-1], xy[1:], max_km=MAX_STEP_KM)
    parts, east = [], 0.0
    for number, line in enumerate(lines):
        own = np.asarray(line.coords)
        turn = 360 * np.round((east - own[0, 0]) / 360) if number else 0.0
        parts.append(np.add(own[min(number, 1) :], (turn, 0.0)))
        east = float(own[-1, 0] + turn)
    return LineString(np.vstack(parts))


def closed_unless(allowed: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that ice closes, without those allowed."""
    return tuple(one for one in gated() if one.closed and one not in allowed)
