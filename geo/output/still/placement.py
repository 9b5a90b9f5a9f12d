"""Where words stand: by their own point or line, nearer to it than to any other, on nothing else.

Where that finds no room, further off with a leader. `geo/web/placement.js` finds the same places;
the constants of both are `labels` in `geo/account/rules.json`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.account.units import RULES

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the map

_R = RULES["labels"]
LEADS: tuple[float, ...] = tuple(_R["leads"])
NAME_LEADS: tuple[float, ...] = tuple(_R["name_leads"])  # of the name of a place
_GAP, _EDGE, _CLOSE, _WIDE = _R["gap"], _R["edge"], _R["close"], _R["wide"]
_SYMBOL, _NEAR = 500.0, 8.0  # pixels of line that a symbol under a box counts for; half of one
_SIDES = _R["sides"]
_SLANT = _R["slant"]


@dataclass(frozen=True)
class Words:
    """Words to place: `stops` are points (n, 2) in pixels, tried in their order.

    `on`: over a stop, not beside it. `line`: the course they are of. `keep`: rather on a thin line
    than nowhere. `leads` are how far off they may stand.
    """

    width: float
    height: float
    reach: float
    stops: Floats
    on: bool = False
    line: str = ""
    leads: Sequence[float] = LEADS[:2]
    keep: bool = False


@dataclass(frozen=True)
class Spot:
    """Where words stand, and the leader from them to their line where they stand off it."""

    box: Box
    leader: Floats | None = None


@dataclass
class Desk:
    """What is taken of a map of so many pixels: boxes, and lines with half their width."""

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)
    symbols: list[Floats] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    halves: list[float] = field(default_factory=list)
    courses: list[Any] = field(default_factory=list)
    drawn: list[Any] = field(default_factory=list)  # what words may lie on, and nothing else

    def take(self, boxes: Any) -> None:
        """Keep boxes free of words."""
        rows = np.asarray(boxes, dtype=float).reshape(-1, 4)
        self.taken.extend((float(a), float(b), float(c), float(d)) for a, b, c, d in rows)

    def hidden_by(self, box: Box) -> float:
        """Pixels of line that a box would lie on; a symbol counts as a long line."""
        own = shapely.box(*box)
        lines = float(shapely.length(shapely.intersection(own, self.courses)).sum())
        return lines + _SYMBOL * sum(own.dwithin(shapely.Point(at), _NEAR) for at in self.symbols)

    def cover(self, name: str, parts: Iterable[Floats], half: float) -> None:
        """Keep the lines of a name free of words; none may be added once words were placed."""
        for part in parts:
            if len(part) > 1:
                self.names.append(name)
                self.halves.append(half)
                self.courses.append(shapely.linestrings(part))

    @cached_property
    def _tree(self) -> Any:
        return shapely.STRtree(self.courses)

    def within(self, shape: Any, px: float) -> list[int]:
        """The courses that come within so many pixels of a shape."""
        return [int(n) for n in self._tree.query(shape, predicate="dwithin", distance=px)]

    def mine(self, name: str) -> list[int]:
        """The courses of a name."""
        return [n for n, other in enumerate(self.names) if other == name]

    def half(self, name: str) -> float:
        """Half the width of the lines of a name, 0 where there are none."""
        return max((self.halves[n] for n in self.mine(name)), default=0.0)


def spot(words: Words, desk: Desk) -> Spot | None:
    """The first place that holds, the strict ones first; None where there is none."""
    close = [lead for lead in words.leads if lead <= _CLOSE]
    here = _free(_tried(words, close if words.line else words.leads), desk)
    if not (words.line or words.on):
        here = _near_symbol(here, words, desk)
    fits = (b for b in here if _clear(b, desk) and (not words.line or _beside(b, desk, words.line)))
    by = next(fits, None)
    if by is not None:
        return Spot(by)
    if not words.line:
        over = (b for b in here if _clear(b, desk, wide=True)) if words.keep else iter(())
        box = next(over, None)
        return None if box is None else Spot(box)
    far = [lead for lead in words.leads if lead > _CLOSE]
    return _led(words, desk, [*here, *_free(_tried(words, far), desk)])


def covered(spot: Spot) -> list[Box]:
    """The boxes that placed words take: their own, and small ones along their leader."""
    if spot.leader is None:
        return [spot.box]
    start, end = spot.leader
    count = math.ceil(float(np.hypot(*(end - start))) / _R["pace"])
    points = start + (end - start) * ((np.arange(count) + 0.5) / max(count, 1))[:, None]
    return [spot.box, *((float(x), float(y), float(x), float(y)) for x, y in points)]


def in_view(parts: Iterable[Floats], width: float, height: float) -> Floats:
    """The longest stretch of a line within the map, (n, 2) in pixels; empty for none."""
    runs = [run for part in parts for run, _, _ in _runs(part, width, height)]
    return max(runs, key=_length, default=np.empty((0, 2)))


def gates(parts: Iterable[Floats], width: float, height: float) -> list[tuple[Floats, bool]]:
    """Where a line leaves the map (True) and comes back into it (False): points in pixels."""
    found = []
    for part in parts:
        for run, enters, leaves in _runs(part, width, height):
            found += [(run[0], False)] if enters else []
            found += [(run[-1], True)] if leaves else []
    return found


def _runs(part: Floats, width: float, height: float) -> Iterator[tuple[Floats, bool, bool]]:
    """Stretches of a line within the map: whether each comes in from outside, and goes out."""
    run: list[Floats] = []
    enters = False
    for a, b in itertools.pairwise(part):
        shares = _within(a, b, width, height)
        if shares is None:
            continue
        first, last = shares
        if not run:
            run, enters = [a + (b - a) * first], first > 0
        run.append(a + (b - a) * last)
        if last < 1:
            yield np.array(run), enters, True
            run = []
    if run:
        yield np.array(run), enters, False


def _within(a: Floats, b: Floats, width: float, height: float) -> tuple[float, float] | None:
    """The shares of a segment at which it is first and last on the map (Liang and Barsky)."""
    step = b - a
    first, last = 0.0, 1.0
    for by, room in (
        (-step[0], a[0]),
        (step[0], width - a[0]),
        (-step[1], a[1]),
        (step[1], height - a[1]),
    ):
        if by == 0 and room < 0:
            return None
        first = max(first, room / by) if by < 0 else first
        last = min(last, room / by) if by > 0 else last
    return (float(first), float(last)) if first < last else None


def _length(line: Floats) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def stops(line: Floats) -> Floats:
    """Where words may be tried along a line, (n, 2): the middle first."""
    if len(line) < 2:
        return line
    along = shapely.linestrings(line)
    return shapely.get_coordinates(
        shapely.line_interpolate_point(along, _R["stops"], normalized=True)
    )


def _around(x: float, y: float, w: float, h: float, r: float) -> list[Box]:
    """Boxes round a point, the best first, and last the one over it."""
    found = []
    for right, down in _SIDES:
        a, b = _SLANT if right and down else (1.0, 1.0)
        left = x + right * (r * a + w / 2) - w / 2
        top = y + down * (r * b + h / 2) - h / 2
        found.append((left, top, left + w, top + h))
    return found


def _tried(words: Words, leads: Sequence[float]) -> Iterator[Box]:
    size = words.width, words.height
    if words.on:
        yield from (_around(x, y, *size, 0.0)[-1] for x, y in words.stops)
        return
    for lead in leads:
        for x, y in words.stops:
            yield from _around(x, y, *size, words.reach + lead)[:-1]


def _free(boxes: Iterable[Box], desk: Desk) -> list[Box]:
    """Those boxes that lie on the map and on no other."""
    e = _EDGE
    right, bottom = desk.width - e, desk.height - e
    on = [b for b in boxes if not (b[0] < e or b[1] < e or b[2] > right or b[3] > bottom)]
    if not on:
        return []
    own, other = np.array(on)[:, None], np.array(desk.taken).reshape(1, -1, 4)
    over = (own[..., :2] < other[..., 2:] + _GAP) & (own[..., 2:] > other[..., :2] - _GAP)
    return list(itertools.compress(on, ~over.all(axis=2).any(axis=1)))


def _near_symbol(boxes: Sequence[Box], words: Words, desk: Desk) -> list[Box]:
    """Those boxes of a name that are nearer to its own symbol than to any other."""
    if not (boxes and len(words.stops) and desk.symbols):
        return list(boxes)
    symbols = np.array(desk.symbols)
    mine = np.hypot(*(words.stops[:, None] - symbols).transpose(2, 0, 1)).min(axis=0) < 1
    own = _off(boxes, words.stops).min(axis=1, keepdims=True)
    return list(itertools.compress(boxes, ((_off(boxes, symbols) >= own) | mine).all(axis=1)))


def _off(boxes: Sequence[Box], points: Floats) -> Floats:
    """The squared distance of each point from each box."""
    own = np.array(boxes)[:, None]
    gaps = np.maximum(0.0, np.maximum(own[..., :2] - points, points - own[..., 2:]))
    squared: Floats = (gaps**2).sum(axis=2)
    return squared


def _clear(box: Box, desk: Desk, *, wide: bool = False) -> bool:
    """Whether a box keeps off every line, or off the wide ones."""
    shape, most = shapely.box(*box), max(desk.halves, default=0.0) + _GAP
    for n in desk.within(shape, most):
        half = desk.halves[n]
        if not (wide and half * 2 <= _WIDE) and _px(shape, desk.courses[n]) < half + _GAP:
            return False
    return True


def _px(a: Any, b: Any) -> float:
    return float(shapely.distance(a, b))


def _own(box: Box, desk: Desk, name: str) -> tuple[float, Any]:
    """How far a box is from its own line, and that part of the line."""
    shape = shapely.box(*box)
    return min(((_px(shape, desk.courses[n]), n) for n in desk.mine(name)), default=(np.inf, -1))


def _beside(box: Box, desk: Desk, name: str) -> bool:
    """Whether a box is close to its own line, and every other line is further off."""
    away, _ = _own(box, desk, name)
    close = away <= desk.half(name) + _CLOSE + _GAP
    return close and _nearest(shapely.box(*box), desk, name, away)


def _nearest(shape: Any, desk: Desk, name: str, away: float) -> bool:
    """Whether every line but its own is further from a shape, and not by a hair."""
    return not any(
        desk.names[n] != name and _px(shape, desk.courses[n]) < away + _GAP
        for n in desk.within(shape, away + _GAP)
    )


def _led(words: Words, desk: Desk, boxes: Sequence[Box]) -> Spot | None:
    """Words that stand off their line: a leader says to which they belong."""
    clear = [box for box in boxes if _clear(box, desk)]
    leads: Callable[[Box], Floats] = lambda box: _leader(box, desk, words.line)  # noqa: E731
    best = next((b for b in clear if _clean(leads(b), desk, words.line)), None) or next(
        iter(clear), None
    )
    if best is None and words.keep:
        best = next((b for b in boxes if _clear(b, desk, wide=True)), next(iter(boxes), None))
    return None if best is None else Spot(best, leads(best))


def _leader(box: Box, desk: Desk, name: str) -> Floats:
    """From the edge of a box to the point of its line that is nearest, (2, 2)."""
    _, n = _own(box, desk, name)
    shape = shapely.box(*box)
    at = shapely.get_coordinates(shapely.shortest_line(shape, desk.courses[n]))[1]
    return np.array([np.clip(at, box[:2], box[2:]), at])


def _clean(leader: Floats, desk: Desk, name: str) -> bool:
    """Whether a leader crosses no words and no line but its own, and ends on that alone."""
    line = shapely.linestrings(leader)
    if not _nearest(shapely.points(leader[1]), desk, name, 0.0):
        return False
    if any(shapely.intersects(line, shapely.box(*box)) for box in desk.taken):
        return False
    return all(desk.names[n] == name for n in desk.within(line, 0.0))
