"""Found ways made shorter: needless turns left out, the others drawn in as far as there is room.

Whatever changes stays clear of land, crosses the same gates, and comes no nearer to the shore than
each of `OFF_KM` where the way did not before. Many ways are made shorter at once; a turn that they
share is judged once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.geometry import measure
from geo.geometry.ways.network import lonlat, unit
from geo.geometry.ways.obstacles import MAX_STEP_KM
from geo.geometry.ways.open import Sea, masks

__all__ = ["OFF_KM", "shortened"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Lines: TypeAlias = NDArray[np.object_]

OFF_KM = (4.63, 1.0)  # the levels of the network
_ROUNDS = 4
_SHARES = (1.0, 0.6, 0.35, 0.2, 0.1)


def shortened(ways: Sequence[Floats], sea: Sea) -> list[Floats]:
    """Return the points of each way, (n, 2), that is no longer, and as sound."""
    if not ways:
        return []
    judge = _Judge(sea)
    made = _straightened(list(ways), judge)
    for number in range(_ROUNDS):
        for first in (0, 1):
            made = _drawn_in(made, judge, first=first, shares=_SHARES[: number + 2])
    return _straightened(made, judge)


def _straightened(ways: list[Floats], judge: _Judge) -> list[Floats]:
    """Leave out needless turns."""
    for _ in range(_ROUNDS):
        long = [n for n, xy in enumerate(ways) if len(xy) > 2]
        rows = [np.hstack([ways[n][:-2], ways[n][1:-1], ways[n][2:]]) for n in long]
        if not rows:
            break
        good = np.split(judge.allows(np.concatenate(rows)), np.cumsum([*map(len, rows)])[:-1])
        drops = [_apart(own) for own in good]
        for n, drop in zip(long, drops, strict=True):
            ways[n] = np.delete(ways[n], drop, axis=0)
        if not any(map(len, drops)):
            break
    return ways


def _apart(good: Bools) -> Ints:
    """The turns to leave out of those that may be, no two of them neighbours."""
    drop = [n for n in np.flatnonzero(good) if n == 0 or not good[n - 1] or n % 2]
    drop = [n for k, n in enumerate(drop) if k == 0 or n - drop[k - 1] > 1]
    return np.array(drop, dtype=np.int64) + 1


def _drawn_in(
    ways: list[Floats], judge: _Judge, *, first: int, shares: tuple[float, ...]
) -> list[Floats]:
    """Move every second turn towards the arc between its neighbours, where the view allows."""
    starts = np.cumsum([0, *map(len, ways)])
    xy = np.concatenate(ways)
    own = [np.arange(first + 1, len(way) - 1, 2) for way in ways]
    left = np.concatenate([turns + at for turns, at in zip(own, starts[:-1], strict=True)])
    for share in shares:
        if not len(left):
            break
        before, after = xy[left - 1], xy[left + 1]
        moved = _toward(before, xy[left], after, share)
        good = judge.allows(np.hstack([before, xy[left], after, moved]))
        xy[left[good]] = moved[good]
        left = left[~good]
    return np.split(xy, starts[1:-1])


@dataclass
class _Judge:
    """Says which turns may give way to other legs: clear, off the shore, by the same gates."""

    sea: Sea
    _known: dict[bytes, bool] = field(default_factory=dict)

    def allows(self, rows: Floats) -> Bools:
        """Which turns, (n, 6) the points before, at and after, may be left out.

        With the point that each moves to, (n, 8): which may move. Rows that are alike are one.
        """
        whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows[0].nbytes))).ravel()
        keys, at, which = np.unique(whole, return_index=True, return_inverse=True)
        names = [key.tobytes() for key in keys]
        new = np.array([n for n, name in enumerate(names) if name not in self._known], dtype=int)
        if len(new):
            found = self._judged(rows[at[new]])
            self._known.update((names[n], bool(f)) for n, f in zip(new, found, strict=True))
        return np.array([self._known[name] for name in names])[which]

    def _judged(self, rows: Floats) -> Bools:
        """Cheap questions first, each of what the ones before left."""
        new = _new(rows)
        good = np.flatnonzero(~np.logical_or.reduce([self.sea.blocked(legs) for legs in new]))
        new, old = [legs[good] for legs in new], _old(rows[good])
        same = _gates(old) == _gates(new)
        good, new, old = good[same], [x[same] for x in new], [x[same] for x in old]
        allowed = np.zeros(len(rows), dtype=bool)
        allowed[good[self._off_shore(old, new)]] = True
        return allowed

    def _off_shore(self, old: list[Lines], new: list[Lines]) -> Bools:
        good = np.ones(len(old[0]), dtype=bool)
        for km in OFF_KM:
            near = [self.sea.near_land(legs, km=km) for legs in old]
            # A turn is left out where one leg was far enough off, moved where both were.
            close = np.logical_and.reduce(near) if len(new) == 1 else np.logical_or.reduce(near)
            held = np.flatnonzero(good & ~close)
            for legs in new:
                held = held[~self.sea.near_land(legs[held], km=km)]
            good &= close
            good[held] = True
        # In the narrowest water a turn is left out or stays where it is.
        return good if len(new) == 1 else good & ~close


def _old(rows: Floats) -> list[Lines]:
    return [_legs(rows[:, :2], rows[:, 2:4]), _legs(rows[:, 2:4], rows[:, 4:6])]


def _new(rows: Floats) -> list[Lines]:
    a, c, to = rows[:, :2], rows[:, 4:6], rows[:, 6:]
    return [_legs(a, to), _legs(to, c)] if to.shape[1] else [_legs(a, c)]


def _gates(lines: list[Lines]) -> NDArray[np.uint64]:
    return np.asarray(np.bitwise_or.reduce([masks(legs) for legs in lines]))


def _legs(a: Floats, b: Floats) -> Lines:
    return measure.geodesics(a, b, max_km=MAX_STEP_KM)


def _toward(before: Floats, turn: Floats, after: Floats, share: float) -> Floats:
    """Points a share of the way from turns to the arcs between their neighbours."""
    a, b, c = unit(before), unit(turn), unit(after)
    to, on = (np.linalg.norm(x - b, axis=1)[:, None] for x in (a, c))
    abreast = (a * on + c * to) / (to + on)
    abreast /= np.linalg.norm(abreast, axis=1)[:, None]
    return lonlat(b + share * (abreast - b))
