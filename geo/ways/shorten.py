"""A found way made shorter: needless turns left out, the others drawn in as far as there is room.

Whatever changes stays clear of land, crosses the same gates, and comes no nearer to the shore than
each of `OFF_KM` where the way did not before.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo import measure
from geo.ways.network import lonlat, unit
from geo.ways.obstacles import MAX_STEP_KM
from geo.ways.open import Sea, masks

__all__ = ["OFF_KM", "shortened"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Lines: TypeAlias = NDArray[np.object_]

OFF_KM = (4.63, 1.0)  # the levels of the network
_ROUNDS = 4
_SHARES = (1.0, 0.6, 0.35, 0.2, 0.1)


def shortened(xy: Floats, sea: Sea) -> Floats:
    """Return the points (n, 2) of a way that is no longer, and as sound."""
    xy = _straightened(xy, sea)
    for number in range(_ROUNDS):
        for first in (0, 1):
            xy = _drawn_in(xy, sea, first=first, shares=_SHARES[: number + 2])
    return _straightened(xy, sea)


def _straightened(xy: Floats, sea: Sea) -> Floats:
    """Leave out needless turns."""
    for _ in range(_ROUNDS):
        if len(xy) < 3:
            break
        turns = np.arange(len(xy) - 2)
        good = _allowed(xy, turns, xy[:-2], xy[2:], sea)
        drop = [n for n in np.flatnonzero(good) if n == 0 or not good[n - 1] or n % 2]
        drop = [n for k, n in enumerate(drop) if k == 0 or n - drop[k - 1] > 1]
        if not drop:
            break
        xy = np.delete(xy, np.array(drop) + 1, axis=0)
    return xy


def _drawn_in(xy: Floats, sea: Sea, *, first: int, shares: tuple[float, ...]) -> Floats:
    """Move every second turn towards the arc between its neighbours, where the view allows."""
    xy = xy.copy()
    left = np.arange(first, len(xy) - 2, 2)
    for share in shares:
        if not len(left):
            break
        moved = _toward(xy[left], xy[left + 1], xy[left + 2], share)
        good = _allowed(xy, left, xy[left], moved, sea, xy[left + 2])
        xy[left[good] + 1] = moved[good]
        left = left[~good]
    return xy


def _allowed(
    xy: Floats, turns: Ints, a: Floats, b: Floats, sea: Sea, c: Floats | None = None
) -> Bools:
    """Which turns may give way to the legs a–b(–c): clear, off the shore, by the same gates."""
    old = [_legs(xy[turns + k], xy[turns + k + 1]) for k in (0, 1)]
    new = [_legs(a, b)] + ([] if c is None else [_legs(b, c)])
    good = np.asarray(_gates(old) == _gates(new))
    for legs in new:
        good[good] &= ~sea.blocked(legs[good])
    for km in OFF_KM:
        close = _near(old, sea, km) if c is not None else _all_near(old, sea, km)
        held = good & ~close
        good[held] &= ~_near([legs[held] for legs in new], sea, km)
    # In the narrowest water a turn is left out or stays where it is.
    return good & ~close if c is not None else good


def _gates(lines: list[Lines]) -> NDArray[np.uint64]:
    return np.asarray(np.bitwise_or.reduce([masks(legs) for legs in lines]))


def _near(lines: list[Lines], sea: Sea, km: float) -> Bools:
    return np.asarray(np.logical_or.reduce([sea.near_land(legs, km=km) for legs in lines]))


def _all_near(lines: list[Lines], sea: Sea, km: float) -> Bools:
    return np.asarray(np.logical_and.reduce([sea.near_land(legs, km=km) for legs in lines]))


def _legs(a: Floats, b: Floats) -> Lines:
    return measure.geodesics(a, b, max_km=MAX_STEP_KM)


def _toward(before: Floats, turn: Floats, after: Floats, share: float) -> Floats:
    """Points a share of the way from turns to the arcs between their neighbours."""
    a, b, c = unit(before), unit(turn), unit(after)
    to, on = (np.linalg.norm(x - b, axis=1)[:, None] for x in (a, c))
    abreast = (a * on + c * to) / (to + on)
    abreast /= np.linalg.norm(abreast, axis=1)[:, None]
    return lonlat(b + share * (abreast - b))
