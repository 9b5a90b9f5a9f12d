"""Curves for flows whose course is not known, laid out so that they can be told apart.

The rules are those of Jenny et al. (doi 10.1080/15230406.2016.1262280): longer flows are curved
more, no flow passes under a place it does not serve, acute crossings are few, sharp bends are none.
Every curve is a quadratic Bézier in Web Mercator that bows to the right of travel, so opposite
directions of a pair never lie on each other. Coordinates are (lon, lat) in degrees; lengths and
distances are in widths of the Mercator world (1 is once round the equator). The same input gives
the same curves: candidates are tried in a fixed order, nothing is random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

VERTICES = 21
BOW_SHORT, BOW_LONG = 0.05, 0.17  # height of a curve over its chord, of the shortest and longest
CLEARANCE = 0.01  # of the larger side of the box round all ends: 8 px of a map 800 px wide
ACUTE_DEG = 30.0
CAREFUL = 300
ROUNDS, GROUPS = 3, 6
COARSE = 9  # vertices of a curve while crossings are counted
MOST_LAT = 85.0
MARGIN = 1.02  # a curve is drawn as a chain of straight pieces, which lie a little off it
CHUNK = 1000  # curves whose distances to all places are held at a time
# How much of its own bow a curve takes (below zero: on the left), and how far along the chord its
# control point moves; the nearest to the plain curve first.
BENDS = (1.0, 0.7, 1.3, 0.45, 1.6, 0.2, 2.0, 2.4)
LEFT_BENDS = (-0.45, -0.7, -1.0, -1.3, -1.6, -2.0)
SKEWS = (0.0, 0.2, -0.2)


@dataclass(frozen=True)
class Curves:
    """Curves of n pairs, in the order given.

    `lines` is (n, 21, 2) in degrees with continuous longitudes, the first vertex at the origin's
    own longitude; `clear` says which curves keep their distance from every foreign place.
    """

    lines: Floats
    clear: Flags
    clearance: float


@dataclass(frozen=True)
class _Chords:
    """Straight ways between the ends of pairs: start, way, right of travel (a unit), base bow."""

    start: Floats
    way: Floats
    right: Floats
    bow: Floats

    def some(self, chosen: NDArray[np.intp]) -> _Chords:
        return _Chords(*(a[chosen] for a in (self.start, self.way, self.right, self.bow)))


def curves(
    origins: ArrayLike,
    destinations: ArrayLike,
    places: ArrayLike,
    *,
    clearance: float | None = None,
    careful: int = CAREFUL,
) -> Curves:
    """A curve for every pair of points, the short way round the globe.

    `origins` and `destinations` are (n, 2), `places` (m, 2): every place of the map, the ends
    among them. A curve keeps `clearance` (by default 1 % of the larger side of the box round the
    ends) from a place that is not its own, or half the way from that place to its nearer end where
    that is less; where no candidate does, the one that comes nearest to it is taken and `clear` is
    False. The first `careful` pairs, so give the largest first, are also bent so that few of them
    cross at an acute angle. A pair of one point gives that point 21 times.
    """
    start, end = _pair(origins, destinations)
    chords = _chords(start, end)
    clearance = _default_clearance(start, end) if clearance is None else clearance
    alone = ~_has_opposite(start, end)
    points = _copies(project(places))
    near = _near(chords, points, clearance)
    bends, short = _keep_clear(chords, near, alone)
    few = np.arange(min(careful, len(start)))
    if len(few) > 1:
        own = near.of(np.arange(len(start)) < len(few))
        bends[few] = _cross_less(chords.some(few), bends[few], short[few], own, alone[few])
    lines = _bent(chords, bends, VERTICES)
    return Curves(unproject(lines), _shortfall(lines, points, clearance) == 0, clearance)


def acute_crossings(lines: ArrayLike, *, angle_deg: float = ACUTE_DEG) -> int:
    """How often lines, (n, v, 2) in degrees, cross each other at less than an angle on the map."""
    shapes = project(lines)
    owners = np.arange(len(shapes))
    return int(_crossed(shapes, owners, shapes, owners, angle_deg).sum()) // 2


def project(lonlat: ArrayLike) -> Floats:
    """Degrees to Web Mercator: x east, y north, in world widths. Longitudes stay continuous."""
    points = np.asarray(lonlat, dtype=np.float64)
    lat = np.radians(np.clip(points[..., 1], -MOST_LAT, MOST_LAT))
    y = np.arctanh(np.sin(lat)) / (2 * np.pi)
    return np.stack([points[..., 0] / 360, y], axis=-1)


def unproject(xy: Floats) -> Floats:
    """Web Mercator in world widths back to degrees."""
    lat = np.degrees(np.arcsin(np.tanh(xy[..., 1] * 2 * np.pi)))
    return np.stack([xy[..., 0] * 360, lat], axis=-1)


# --- one curve -----------------------------------------------------------------------------------


def _pair(origins: ArrayLike, destinations: ArrayLike) -> tuple[Floats, Floats]:
    """Projected ends, (n, 2) each, the second the short way round from the first."""
    start = project(np.asarray(origins, dtype=np.float64).reshape(-1, 2))
    end = project(np.asarray(destinations, dtype=np.float64).reshape(-1, 2))
    end[:, 0] += np.round(start[:, 0] - end[:, 0])
    return start, end


def _chords(start: Floats, end: Floats) -> _Chords:
    way = end - start
    length = np.hypot(way[:, 0], way[:, 1])
    longest = length.max() if len(length) and length.max() > 0 else 1.0
    unit = way / np.where(length > 0, length, 1.0)[:, None]
    right = np.stack([unit[:, 1], -unit[:, 0]], axis=1)
    return _Chords(start, way, right, length * _bow(length / longest))


def _bow(share: Floats) -> Floats:
    """The height of a curve as a share of its chord, for a length as a share of the longest."""
    return BOW_SHORT + (BOW_LONG - BOW_SHORT) * share


def _bent(chords: _Chords, bends: Floats, vertices: int) -> Floats:
    """Bézier curves, (n, vertices, 2); `bends` (n, 2) are share of the bow and skew."""
    t = np.linspace(0.0, 1.0, vertices)[None, :, None]
    middle = chords.start + chords.way * (0.5 + bends[:, 1:])
    control = middle + chords.right * (2 * chords.bow * bends[:, 0])[:, None]
    end = chords.start + chords.way
    first, second, third = (p[:, None, :] for p in (chords.start, control, end))
    return np.asarray((1 - t) ** 2 * first + 2 * t * (1 - t) * second + t**2 * third)


def _default_clearance(start: Floats, end: Floats) -> float:
    ends = np.concatenate([start, end])
    return CLEARANCE * float(np.ptp(ends, axis=0).max()) if len(ends) else 0.0


def _has_opposite(start: Floats, end: Floats) -> Flags:
    """Pairs whose opposite direction is among them: these keep to the right, whatever happens."""
    there = {_key(a, b) for a, b in zip(start, end, strict=True)}
    return np.array([_key(b, a) in there for a, b in zip(start, end, strict=True)], dtype=bool)


def _key(start: Floats, end: Floats) -> tuple[float, ...]:
    """Two ends as a key, the same wherever round the globe they were counted from."""
    return tuple(round(float(v), 9) for p in (start, end) for v in (p[0] % 1.0, p[1]))


def _candidates(*, left: bool) -> Floats:
    """Bends to try, (k, 2), those on the right first."""
    bends = (*BENDS, *(LEFT_BENDS if left else ()))
    tried = [(bend, skew) for bend in bends for skew in SKEWS]
    return np.array(sorted(tried, key=_strangeness))


def _strangeness(bend: tuple[float, float]) -> tuple[bool, float]:
    """How far a bend is from the plain curve; the left side comes after all of the right."""
    return bend[0] < 0, abs(abs(bend[0]) - 1.0) + 2 * abs(bend[1])


# --- keeping clear of places ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Near:
    """Places a curve may come near, a row for each: the curve, where the place lies along its
    chord (0 to 1) and to the right of it, and the distance the curve must keep.
    """

    curve: NDArray[np.intp]
    along: Floats
    aside: Floats
    need: Floats

    def of(self, chosen: Flags) -> _Near:
        """The rows of chosen curves only."""
        own = chosen[self.curve]
        return _Near(self.curve[own], self.along[own], self.aside[own], self.need[own])


def _copies(places: Floats) -> Floats:
    """Every place once in each world a curve may reach, each spot once."""
    spots = np.unique(places.reshape(-1, 2), axis=0)
    return np.concatenate([spots + np.array((turn, 0.0)) for turn in (-1.0, 0.0, 1.0)])


def _near(chords: _Chords, points: Floats, clearance: float) -> _Near:
    """Every place within reach of a curve's widest bend."""
    parts = range(0, len(chords.start) if clearance > 0 else 0, CHUNK)
    made = [_near_some(chords, points, clearance, first) for first in parts]
    curve = np.concatenate([m.curve for m in made] or [np.zeros(0, np.intp)])
    along, aside, need = (
        np.concatenate([getattr(m, name) for m in made] or [np.zeros(0)])
        for name in ("along", "aside", "need")
    )
    return _Near(curve, along, aside, need)


def _near_some(chords: _Chords, points: Floats, clearance: float, first: int) -> _Near:
    part = chords.some(np.arange(first, min(first + CHUNK, len(chords.start))))
    length = np.hypot(part.way[:, 0], part.way[:, 1])[:, None]
    forward = np.stack([-part.right[:, 1], part.right[:, 0]], axis=1)
    off = points[None] - part.start[:, None]
    along = np.einsum("nmk,nk->nm", off, forward)
    aside = np.einsum("nmk,nk->nm", off, part.right)
    reach = part.bow[:, None] * max(*BENDS, *map(abs, LEFT_BENDS)) + clearance
    within = (along > -clearance) & (along < length + clearance) & (np.abs(aside) < reach)
    within &= length > 0
    curve, place = np.nonzero(within)
    along, aside, length = along[curve, place], aside[curve, place], length[curve, 0]
    own = np.minimum(np.hypot(along, aside), np.hypot(length - along, aside))
    return _Near(curve + first, along / length, aside, np.minimum(clearance, own / 2))


def _keep_clear(chords: _Chords, near: _Near, alone: Flags) -> tuple[Floats, Floats]:
    """The first bend of each curve that keeps clear, else the nearest to it, with what it lacks."""
    count = len(chords.start)
    best, lacking = np.tile([1.0, 0.0], (count, 1)), np.full(count, np.inf)
    for bend in _candidates(left=True):
        tried = (lacking > 0) & ((bend[0] > 0) | alone)
        short = _lacking(chords, near.of(tried), bend)
        better = tried & (short < lacking - 1e-12)
        lacking[better], best[better] = short[better], bend
    return best, lacking


def _lacking(chords: _Chords, near: _Near, bend: Floats) -> Floats:
    """By how much every curve with one bend comes too near to places, summed, (n,).

    The nearest point is looked for where the curve passes the place along the chord, then moved
    along the curve as Gauss and Newton do: for a place near the curve two steps find it.
    """
    length = np.hypot(chords.way[:, 0], chords.way[:, 1])[near.curve]
    height = 4 * bend[0] * chords.bow[near.curve]
    t = _where(np.clip(near.along, 0.0, 1.0), float(bend[1]))
    steep = np.hypot(1.0, height / length) + 1.0
    close = np.abs(near.aside - height * t * (1 - t)) < near.need * steep * 1.5
    close |= (near.along < 0) | (near.along > 1)
    t, length, height = t[close], length[close], height[close]
    for step in range(3):
        dx = (t + 2 * bend[1] * t * (1 - t) - near.along[close]) * length
        dy = height * t * (1 - t) - near.aside[close]
        vx, vy = (1 + 2 * bend[1] * (1 - 2 * t)) * length, height * (1 - 2 * t)
        if step < 2:
            t = np.clip(t - (dx * vx + dy * vy) / (vx**2 + vy**2), 0.0, 1.0)
    short = np.maximum(near.need[close] * MARGIN - np.hypot(dx, dy), 0.0)
    weights = np.bincount(near.curve[close], weights=short, minlength=len(chords.start))
    return weights.astype(np.float64)


def _where(along: Floats, skew: float) -> Floats:
    """The parameter at which a curve passes a share of its chord."""
    if skew == 0:
        return along
    return np.asarray((1 + 2 * skew - np.sqrt((1 + 2 * skew) ** 2 - 8 * skew * along)) / (4 * skew))


def _shortfall(lines: Floats, points: Floats, clearance: float) -> Floats:
    """By how much each line as drawn comes too near to places, in clearances, summed over them."""
    if not len(lines) or not len(points) or clearance <= 0:
        return np.zeros(len(lines))
    shapes, spots = np.asarray(shapely.linestrings(lines)), np.asarray(shapely.points(points))
    found = shapely.STRtree(spots).query(shapes, predicate="dwithin", distance=clearance)
    line, spot = found[0], found[1]
    near = shapely.distance(shapes[line], spots[spot])
    ends = lines[line][:, [0, -1]] - points[spot][:, None, :]
    own = np.hypot(ends[..., 0], ends[..., 1]).min(axis=1) if len(line) else near
    short = np.maximum(np.minimum(clearance, own / 2) - near, 0.0) / clearance
    short[short < 1e-9] = 0.0
    return np.bincount(line, weights=short, minlength=len(lines)).astype(np.float64)


# --- crossing less acutely -----------------------------------------------------------------------


def _cross_less(chords: _Chords, bends: Floats, short: Floats, near: _Near, alone: Flags) -> Floats:
    """Bends with fewer acute crossings that come no nearer to a place; the best round is kept."""
    options = _candidates(left=True)
    options = options[options[:, 1] == 0]
    lacks = np.stack([_lacking(chords, near, option) for option in options])
    allowed = (lacks <= short + 1e-12) & ((options[:, :1] > 0) | alone)
    best, now = bends, bends.copy()
    least = _acute_total(chords, bends)
    for turn in range(ROUNDS * GROUPS):
        _improve(chords, now, np.arange(turn % GROUPS, len(bends), GROUPS), options, allowed)
        if turn % GROUPS == GROUPS - 1:
            total = _acute_total(chords, now)
            if total >= least:
                break
            least, best = total, now.copy()
    return best


def _acute_total(chords: _Chords, bends: Floats) -> int:
    lines, owners = _bent(chords, bends, COARSE), np.arange(len(bends))
    return int(_crossed(lines, owners, lines, owners, ACUTE_DEG).sum())


def _improve(
    chords: _Chords,
    bends: Floats,
    group: NDArray[np.intp],
    options: Floats,
    allowed: Flags,
) -> None:
    """Give each curve of a group the allowed bend that crosses the others least, in place."""
    which, curve = np.nonzero(allowed[:, group])
    owner = np.concatenate([group[curve], group])
    tried = np.concatenate([options[which], bends[group]])
    others = _bent(chords, bends, COARSE)
    lines = _bent(chords.some(owner), tried, COARSE)
    cost = _crossed(lines, owner, others, np.arange(len(bends)), ACUTE_DEG).astype(np.float64)
    cost += [0.05 * _strangeness(bend)[1] + 0.1 * (bend[0] < 0) for bend in tried]
    order = np.lexsort((cost, owner))  # a stable sort: among equals the plainest, tried first
    _, first = np.unique(owner[order], return_index=True)
    chosen = order[first]
    bends[owner[chosen]] = tried[chosen]


def _crossed(
    lines: Floats,
    owner: NDArray[np.intp],
    others: Floats,
    theirs: NDArray[np.intp],
    angle_deg: float,
) -> NDArray[np.intp]:
    """For each line, how often it crosses lines of other owners at less than an angle."""
    one, other = _pieces(lines), _pieces(others)
    if not len(one) or not len(other):
        return np.zeros(len(lines), dtype=np.intp)
    boxes = shapely.box(*other.min(axis=1).T, *other.max(axis=1).T)
    mine, his = shapely.STRtree(boxes).query(shapely.box(*one.min(axis=1).T, *one.max(axis=1).T))
    line = mine // (lines.shape[1] - 1)
    foreign = owner[line] != theirs[his // (others.shape[1] - 1)]
    line, a, b = line[foreign], one[mine[foreign]], other[his[foreign]]
    counted = line[_acute(a, b, angle_deg) & _cross(a, b)]
    return np.bincount(counted, minlength=len(lines))


def _pieces(lines: Floats) -> Floats:
    """The straight pieces of lines of v vertices, (n * (v - 1), 2, 2)."""
    return np.stack([lines[:, :-1], lines[:, 1:]], axis=2).reshape(-1, 2, 2)


def _acute(a: Floats, b: Floats, angle_deg: float) -> Flags:
    ways = a[:, 1] - a[:, 0], b[:, 1] - b[:, 0]
    size = np.prod([np.hypot(w[:, 0], w[:, 1]) for w in ways], axis=0)
    return np.asarray(
        np.abs((ways[0] * ways[1]).sum(axis=1)) > size * np.cos(np.radians(angle_deg))
    )


def _cross(a: Floats, b: Floats) -> Flags:
    """Whether pieces cross between their ends; a shared end is no crossing."""
    apart = _side(a, b[:, 0]) * _side(a, b[:, 1]) < 0
    return np.asarray(apart & (_side(b, a[:, 0]) * _side(b, a[:, 1]) < 0))


def _side(piece: Floats, point: Floats) -> Floats:
    """Above zero left of a piece, below zero right of it, zero on it within rounding."""
    way, off = piece[:, 1] - piece[:, 0], point - piece[:, 0]
    side = way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0]
    side[np.abs(side) < 1e-15] = 0.0
    return np.asarray(side)
