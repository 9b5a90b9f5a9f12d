"""How a harbour joins the network: the points that its exits see, each by its shortest course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.geometry import measure
from geo.geometry.passages import gated
from geo.geometry.ways import network
from geo.geometry.ways.harbour import Harbour
from geo.geometry.ways.open import Sea, bits, masks

__all__ = ["Joins"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

MAX_STEP_KM = 50.0
_CLOSE_KM = 150.0  # joins so short are proven at once, longer ones when a way takes them
_INNER = float(np.cos(250 / 6371))  # exits within the harbour look no further than 250 km
_CHANNEL_KM = 40.0  # a channel is narrower than what is looked at
_NEAREST = 10
_RIM = 6
_LOOKS = (3, 12, 60, 240)


@dataclass
class Joins:
    """Candidate edges from exits of a harbour to points of the network.

    exit, node: numbers, a pair a join. km: from the start, over the exit, to the point. gates: what
    is crossed on the way, a bit each; over: on the course to each exit. bad:
    joins that proved blocked; known: those proven clear.
    """

    harbour: Harbour
    exit: Ints
    node: Ints
    km: Floats
    gates: NDArray[np.uint64]
    bad: Bools
    known: Bools
    over: NDArray[np.uint64]
    all_gates: bool = False

    @classmethod
    def of(cls, harbour: Harbour, sea: Sea) -> Joins:
        """Find what each exit may see; what surely crosses land is left out."""
        net = network.shipped()
        exit_, node = _candidates(harbour, net)
        for looks in _LOOKS:
            a, b = harbour.units[exit_], net.units[node]
            clear = ~net.overland(a, b, looks=looks) | (network.arcs_km(a, b) < _CHANNEL_KM)
            exit_, node = exit_[clear], node[clear]
        km = _km(harbour.exits[exit_], net.xy[node])
        over = _gates(harbour)
        made = cls(
            harbour,
            exit_,
            node,
            km + harbour.km[exit_],
            over[exit_] | _limits(harbour.exits[exit_], net.xy[node]),
            np.zeros(len(km), dtype=bool),
            np.zeros(len(km), dtype=bool),
            over,
        )
        made.prove(np.flatnonzero(km < _CLOSE_KM), sea)
        return made

    def prove(self, which: Ints, sea: Sea) -> Bools:
        """Find out which of these joins are clear; gates that they cross are noted."""
        new = which[~self.known[which] & ~self.bad[which]]
        if len(new):
            there = network.shipped().xy[self.node[new]]
            lines = measure.geodesics(self.harbour.exits[self.exit[new]], there, max_km=MAX_STEP_KM)
            self.gates[new] |= masks(lines)
            dry = sea.blocked(lines)
            self.bad[new], self.known[new] = dry, ~dry
        return np.asarray(~self.bad[which])

    def find_gates(self) -> None:
        """Note the gates that each join crosses."""
        if not self.all_gates:
            there = network.shipped().xy[self.node]
            lines = measure.geodesics(self.harbour.exits[self.exit], there, max_km=MAX_STEP_KM)
            self.gates |= masks(lines)
            self.all_gates = True

    def usable(self, shut: int) -> Ints:
        """Return the joins that are not known to be blocked or to cross gates that are shut."""
        return np.flatnonzero(~self.bad & ((self.gates & np.uint64(shut)) == 0))

    def course(self, join: int) -> Floats:
        """The points from the start over the exit to the point of the network."""
        own = self.harbour.courses[int(self.exit[join])]
        return np.vstack([own, network.shipped().xy[int(self.node[join])]])


def _limits(a: Floats, b: Floats) -> NDArray[np.uint64]:
    """The gates of limits that arcs surely cross, a bit each; others may cross one, too."""
    found = np.zeros(len(a), dtype=np.uint64)
    for one in gated():
        if one.kind == "limit" and one.gate:
            at = one.gate.bounds[1]
            within = np.minimum(a[:, 1], b[:, 1]) > at
            found[within & (network.lowest(a, b) < at)] |= np.uint64(bits([one]))
    return found


def _candidates(harbour: Harbour, net: network.Network) -> tuple[Ints, Ints]:
    """Exit and point of each join worth a look: tangents, and the nearest points."""
    rim = set(np.argsort(-harbour.km)[:_RIM].tolist()) | {int(np.argmin(harbour.km))}
    exits, nodes = [], []
    for number, point in enumerate(harbour.exits):
        near = net.nearness(point)
        own = np.flatnonzero(near > (-1.1 if number in rim else _INNER))
        there = own[net.tangent(point, own)]
        there = np.union1d(there, np.argpartition(-near, _NEAREST)[:_NEAREST])
        exits.append(np.full(len(there), number))
        nodes.append(there)
    return np.concatenate(exits), np.concatenate(nodes)


def _km(a: Floats, b: Floats) -> Floats:
    return np.asarray(measure.geodesic_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1]))


def _gates(harbour: Harbour) -> NDArray[np.uint64]:
    """The gates that the course to each exit crosses."""
    lines = [shapely.LineString(xy if len(xy) > 1 else [xy[0], xy[0]]) for xy in harbour.courses]
    return masks(np.array(lines, dtype=object))
