"""Distances over the network from one end, by the passages that are asked for, one layer each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.geometry.ways import network
from geo.geometry.ways.joins import Joins

__all__ = ["Layer", "Layers", "Track", "cheaper"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Track:
    """A way in the making: joins at both ends, points between, cost; or exits joined straight."""

    cost: float
    first: int
    nodes: tuple[int, ...]
    last: int
    direct: tuple[int, int] | None = None


def cheaper(one: Track | None, other: Track | None) -> Track | None:
    """Return the track that costs less, the first where both cost the same."""
    if one is None or other is None:
        return one or other
    return one if one.cost <= other.cost else other


@dataclass
class Layer:
    """Distances over the network after some of the passages asked for have been used."""

    cost: Floats
    before: Ints
    entry: dict[int, Any]
    graph: csr_array
    start: Joins
    shut: int
    under: Layer | None = None

    @classmethod
    def from_joins(cls, start: Joins, shut: int, dry: set[int]) -> Layer:
        """The layer over the joins of the start: no passage has been asked for yet."""
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
        under: Layer | None,
        dry: set[int],
    ) -> Layer:
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

    def beyond(self, gate: int, start: Joins | None, dry: set[int]) -> Layer:
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

    def arrived(self, end: Joins, own: Ints) -> Track | None:
        """The cheapest way from here over one of these joins of the other end."""
        if not len(own):
            return None
        cost = self.cost[end.node[own]] + end.km[own]
        best = int(np.argmin(cost))
        if not np.isfinite(cost[best]):
            return None
        first, nodes = self._walk(int(end.node[own[best]]))
        return Track(float(cost[best]), first, tuple(nodes), int(own[best]))

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


@dataclass
class Layers:
    """The layers from one start.

    They may lead over what has proven blocked since they were made: none is too dear.
    """

    start: Joins
    shut: int
    dry: set[int]
    _made: dict[tuple[int, ...], Layer] = field(default_factory=dict)
    _known: Any = None

    def learn(self) -> None:
        """Leave out what is known by now of joins and edges."""
        known = (int(self.start.bad.sum()), self.start.gates.tobytes(), len(self.dry))
        if known != self._known:
            self._made.clear()
            self._known = known

    def track(self, end: Joins, via: Sequence[int]) -> Track | None:
        """The cheapest track to another end."""
        best = self._layer(tuple(via)).arrived(end, end.usable(self.shut))
        if via:
            last = end.usable(self.shut)
            crossing = last[(end.gates[last] & np.uint64(via[-1])) != 0]
            best = cheaper(best, self._layer(tuple(via[:-1])).arrived(end, crossing))
        return best

    def _layer(self, via: tuple[int, ...]) -> Layer:
        if via not in self._made:
            if via:
                under = self._layer(via[:-1])
                made = under.beyond(via[-1], self.start if len(via) == 1 else None, self.dry)
            else:
                made = Layer.from_joins(self.start, self.shut, self.dry)
            self._made[via] = made
        return self._made[via]


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
