"""The shortest way between two ends over the prepared network, by the passages that are asked for.

Dijkstra over the network, once for each passage that must be used. Whatever the network does not
hold already proven (the joins to both ends; every edge, where the land is finer than the coast the
network was made with) is proven when a way takes it, and left out if it is blocked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count, groupby, pairwise, product
from math import fsum
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.geometry import coast, measure
from geo.geometry.passages import Passage, closed
from geo.geometry.ways import network
from geo.geometry.ways.harbour import Harbour
from geo.geometry.ways.joins import MAX_STEP_KM, Joins
from geo.geometry.ways.layers import Layers, Track, cheaper
from geo.geometry.ways.open import Sea, bits, masks
from geo.geometry.ways.shorten import shortened

__all__ = ["Course", "Found", "Planner"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
LonLat: TypeAlias = tuple[float, float]
Ends: TypeAlias = tuple[LonLat, LonLat]

_GATE_NEAR_DEG = 2.0
_BATCH = 200
_TOGETHER = (100, 1600)  # joins proven at once: few at first, more as more prove blocked
_MOST_DIRECT = 400


@dataclass(frozen=True)
class Found:
    """A way: its line with longitudes running on, and how far both ends were moved."""

    line: LineString
    length_km: float
    moved_km: tuple[float, float]


@dataclass(frozen=True)
class Course:
    """The points of a way, (n, 2), and how far both ends were moved."""

    xy: Floats
    moved_km: tuple[float, float]

    def reversed(self) -> Course:
        """The same way from its other end."""
        return Course(self.xy[::-1], self.moved_km[::-1])


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
        ends: Ends,
        *,
        via: Sequence[Passage] = (),
        avoid: Sequence[Passage] = (),
        allow: Sequence[Passage] = (),
    ) -> Found | None:
        """Return the shortest way through `via`, in that order, and through none of `avoid`.

        Nor through what ice closes, unless it is of `via` or `allow`, or an end lies there.
        """
        (course,) = self.courses([ends], via=via, avoid=avoid, allow=allow)
        if course is None:
            return None
        line = joined(_turned(course.xy, ends[0][0]))
        return Found(line, measure.line_km(line), course.moved_km)

    def joined(self, end: LonLat, shut: Sequence[Passage] = ()) -> Joins:
        """The water round an end and what it sees of the network; GeoError without water."""
        end = _within(end)
        near = [one for one in shut if one.gate and _apart_deg(one, end) < _GATE_NEAR_DEG]
        key = (end, tuple(one.id for one in near))
        if key not in self._joins:
            sea = Sea.of(self.land, near)
            harbour = Harbour.at(end, sea, max_snap_km=self.max_snap_km)
            self._joins[key] = Joins.of(harbour, sea)
        return self._joins[key]

    def courses(
        self,
        pairs: Sequence[Ends],
        *,
        via: Sequence[Passage] = (),
        avoid: Sequence[Passage] = (),
        allow: Sequence[Passage] = (),
        over_network: bool = False,
    ) -> list[Course | None]:
        """Return the shortest way of each pair of ends, as `find` does, None where there is none.

        The way back is the same way, so each is searched from the end that comes first in order.
        over_network: from point to point of the network, as ways share them; a little longer.
        """
        asked = [_Asked.of(pair, via, avoid, allow) for pair in pairs]
        apart = dict.fromkeys(one for one in asked if one.start != one.end)
        distinct = sorted(apart, key=_start)
        made: dict[_Asked, Course] = {}
        for shut in dict.fromkeys(one.shut for one in distinct):
            own = [one for one in distinct if one.shut == shut]
            made |= self._through(own, Sea.of(self.land, shut), over_network)
        found = [made.get(one) for one in asked]
        return [c.reversed() if c and one.back else c for c, one in zip(found, asked, strict=True)]

    def _through(self, asked: list[_Asked], sea: Sea, over_network: bool) -> dict[_Asked, Course]:
        """The ways through one sea, of ends in their order."""
        made: dict[_Asked, Course] = {}
        for _, own in groupby(asked, key=_start):
            made |= self._from(list(own), sea)
        if over_network:
            return made
        short = shortened([course.xy for course in made.values()], sea)
        pairs = zip(made.items(), short, strict=True)
        return {one: Course(xy, course.moved_km) for (one, course), xy in pairs}

    def matrix(
        self,
        points: Sequence[LonLat],
        *,
        via: Sequence[Passage] = (),
        avoid: Sequence[Passage] = (),
        allow: Sequence[Passage] = (),
    ) -> list[list[float | None]]:
        """Return lengths in nmi between points, a row from each; None where there is no way.

        GeoError where a way does not hold.
        """
        pairs = [(one, other) for one, other in product(points, points)]
        courses = self.courses(pairs, via=via, avoid=avoid, allow=allow)
        km = _lengths_km(pairs, courses, Sea.of(self.land, avoid))
        nmi = [k if k is None else k / measure.KM_PER_NMI for k in km]
        size = len(points)
        return [nmi[n : n + size] for n in range(0, size * size, size)]

    # --- searching ------------------------------------------------------------------------------

    def _from(self, asked: list[_Asked], sea: Sea) -> dict[_Asked, Course]:
        """The ways from one end, not yet made shorter; what does not hold is sought anew."""
        shut = asked[0].shut
        start, closed = self.joined(asked[0].start, shut), bits(shut)
        ends = {one: self.joined(one.end, shut) for one in asked}
        for own in (start, *ends.values()) if asked[0].via else ():
            own.find_gates()
        gates = {one: [bits([passage]) for passage in one.via] for one in asked}
        straight = {one: self._direct(start, ends[one], gates[one], closed, sea) for one in asked}
        layers = Layers(start, closed, self._dry)
        made: dict[_Asked, Course] = {}
        left = asked
        for most in _together():
            layers.learn()
            for one in left:
                track = cheaper(layers.track(ends[one], gates[one]), straight[one])
                if track is None:
                    left = [other for other in left if other != one]
                elif self._holds(track, [start, ends[one]], closed, most):
                    made[one] = _course(track, start, ends[one])
            left = [one for one in left if one not in made]
            if not left:
                break
        return made

    def _direct(
        self, start: Joins, end: Joins, via: Sequence[int], shut: int, sea: Sea
    ) -> Track | None:
        """The way from an exit of one end straight to an exit of the other, if one is clear."""
        a, b = start.harbour, end.harbour
        i, j = (v.ravel() for v in np.meshgrid(_few(a), _few(b), indexing="ij"))
        about = network.arcs_km(a.units[i], b.units[j]) + a.km[i] + b.km[j]
        order = np.argsort(about)[:_MOST_DIRECT]
        i, j = i[order], j[order]
        clear = np.abs(a.exits[i] - b.exits[j]).max(axis=1) > 1e-9
        for looks in (3, 12, 120):
            clear[clear] = ~network.shipped().overland(
                a.units[i[clear]], b.units[j[clear]], looks=looks
            )
        i, j = i[clear][:_BATCH], j[clear][:_BATCH]
        if not len(i):
            return None
        km = measure.geodesic_km(*a.exits[i].T, *b.exits[j].T) + a.km[i] + b.km[j]
        lines = measure.geodesics(a.exits[i], b.exits[j], max_km=MAX_STEP_KM)
        crossed = masks(lines) | start.over[i] | end.over[j]
        good = ~sea.blocked(lines) & ((crossed & np.uint64(shut)) == 0)
        for gate in via:
            good &= (crossed & np.uint64(gate)) != 0
        if not good.any():
            return None
        best = int(np.argmin(np.where(good, km, np.inf)))
        return Track(float(km[best]), -1, (), -1, (int(i[best]), int(j[best])))

    # --- proving --------------------------------------------------------------------------------

    def _holds(self, track: Track, joins: list[Joins], shut: int, most: int) -> bool:
        """Prove what is not yet; what is blocked is remembered, and the track does not hold."""
        # What is remembered is for any way, whatever that may not use: gates are asked for apart.
        sea = Sea.of(self.land, ())
        if track.direct is not None:
            return True
        good = True
        for own, which in ((joins[0], track.first), (joins[1], track.last)):
            if not own.known[which] and not own.bad[which]:
                other = joins[1] if own is joins[0] else joins[0]
                own.prove(_likely(own, which, other, most), sea)
            good &= bool(own.known[which]) and not int(own.gates[which]) & shut
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


@dataclass(frozen=True)
class _Asked:
    """Two ends in order, and the passages in the order from the first; back: the pair was not.

    shut: what the way may not use, as it is to be avoided or closed by ice.
    """

    start: LonLat
    end: LonLat
    via: tuple[Passage, ...]
    shut: tuple[Passage, ...]
    back: bool = field(compare=False)

    @classmethod
    def of(
        cls,
        ends: Ends,
        via: Sequence[Passage],
        avoid: Sequence[Passage],
        allow: Sequence[Passage],
    ) -> _Asked:
        one, other = (_within(end) for end in ends)
        shut = tuple(dict.fromkeys((*avoid, *closed(ends, (*allow, *via)))))
        if one <= other:
            return cls(one, other, tuple(via), shut, back=False)
        return cls(other, one, tuple(reversed(via)), shut, back=True)


def _together() -> Iterator[int]:
    """How many joins to prove at once, round by round; each round proves one at least."""
    least, most = _TOGETHER
    return (min(least << min(number // 2, 10), most) for number in count())


def _start(asked: _Asked) -> tuple[LonLat, tuple[str, ...]]:
    return asked.start, tuple(one.id for one in asked.via)


def _course(track: Track, a: Joins, b: Joins) -> Course:
    moved = (a.harbour.moved_km, b.harbour.moved_km)
    if track.direct is not None:
        x, y = track.direct
        return Course(
            _distinct(np.vstack([a.harbour.courses[x], b.harbour.courses[y][::-1]])), moved
        )
    last = b.course(track.last)[::-1]
    middle = network.shipped().xy[list(track.nodes)][1:-1]
    xy = np.vstack([a.course(track.first), middle, last[len(track.nodes) == 1 :]])
    return Course(_distinct(xy), moved)


@cache
def _edge_numbers() -> dict[tuple[int, int], int]:
    return {(int(a), int(b)): n for n, (a, b) in enumerate(network.shipped().edges)}


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _few(harbour: Harbour) -> Ints:
    """The exits that a straight way may start from: all of a few, else the nearest and farthest."""
    order = np.argsort(harbour.km)
    return order if len(order) <= 40 else np.concatenate([order[:8], order[-32:]])


def _likely(own: Joins, which: int, other: Joins, most: int) -> Ints:
    """The joins worth proving together: those least out of the way to the other end."""
    open_ = np.flatnonzero(~own.bad & ~own.known)
    at = network.unit(other.harbour.start.reshape(1, 2))
    there = network.arcs_km(at, network.shipped().units[own.node[open_]])
    order = np.argsort(own.km[open_] + there)[:most]
    return np.unique(np.append(open_[order], which))


def _apart_deg(passage: Passage, end: LonLat) -> float:
    """Degrees between an end and the gate of a passage, the short way round."""
    assert passage.gate is not None
    points = [shapely.Point(end[0] + turn, end[1]) for turn in (-360.0, 0.0, 360.0)]
    return min(passage.gate.distance(point) for point in points)


def _distinct(xy: Floats) -> Floats:
    moved = np.append(True, np.abs(np.diff(xy, axis=0)).max(axis=1) > 1e-9)
    return np.asarray(xy[moved])


def _within(end: LonLat) -> LonLat:
    lon, lat = end
    return (lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180), lat


def _turned(xy: Floats, lon: float) -> Floats:
    """Points turned by the globe so that the first lies near a longitude."""
    return np.add(xy, (360.0 * np.round((lon - xy[0, 0]) / 360), 0.0))


def _lengths_km(
    pairs: Sequence[Ends], courses: Sequence[Course | None], sea: Sea
) -> list[float | None]:
    """The geodesic length of each course, proven; 0 for a point and itself."""
    held = [_legs(course.xy) for course in courses if course]
    rows = np.concatenate([np.zeros((0, 4)), *held])
    legs, which = np.unique(rows, axis=0, return_inverse=True)
    bad = sea.blocked(measure.geodesics(legs[:, :2], legs[:, 2:], max_km=MAX_STEP_KM))
    km = np.where(bad, np.nan, measure.geodesic_km(*legs.T))[which.ravel()]
    parts = iter(np.split(km, np.cumsum([*map(len, held)])[:-1]))
    made: list[float | None] = []
    for (one, other), course in zip(pairs, courses, strict=True):
        found = fsum(next(parts)) if course else 0.0 if one == other else None
        if found is not None and np.isnan(found):
            raise GeoError(f"the way found from {one} to {other} (lon, lat) meets land")
        made.append(found)
    return made


def _legs(xy: Floats) -> Floats:
    """Both ends of each leg, (n, 4), in one order whichever way it is sailed."""
    a, b = xy[:-1], xy[1:]
    turned = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    return np.where(turned[:, None], np.hstack([b, a]), np.hstack([a, b]))


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
