"""Fewer vertices within a stated tolerance in metres: Douglas–Peucker, in space or in time too.

Every vertex gets its weight: the largest tolerance at which it is still kept. One pass over the
tracks so serves every tolerance. All tracks are split together, level by level, in whole columns.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FINEST_M", "weights_m"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

FINEST_M = 1.0  # what is told apart below this is the noise of a receiver
_M_PER_DEG = 111_195.0  # of latitude on the mean sphere; within 0.6 % of the ellipsoid


def weights_m(
    lon: Floats,
    lat: Floats,
    starts: Ints,
    *,
    time_s: Floats | None = None,
    finest_m: float = FINEST_M,
) -> Floats:
    """Return for every vertex the tolerance in metres up to which thinning keeps it.

    Kept at a tolerance are the vertices whose weight is above it: no dropped one is then farther
    than that from the line through the kept ones (Douglas and Peucker 1973, doi
    10.3138/FM57-6770-U75U-7727). With `time_s`, farther than that from where the thinned track
    places the ship at that moment (Meratnia and de By 2004, doi 10.1007/978-3-540-24741-8_44).

    lon, lat: degrees, continuous within a part; distances are taken in the local metres of each
    vertex. starts: where parts begin, and the number of vertices as the last. Ends of parts weigh
    infinity; weights below `finest_m` are not told apart and are 0.
    """
    weight = np.zeros(len(lon))
    first, last = starts[:-1], starts[1:] - 1
    weight[first] = weight[last] = np.inf
    most = np.full(len(first), np.inf)
    long = last - first > 1
    first, last, most = first[long], last[long], most[long]
    while len(first):
        peak, far = _farthest(lon, lat, time_s, first, last)
        most = np.minimum(most, far)
        split = most >= finest_m
        first, last, peak, most = first[split], last[split], peak[split], most[split]
        weight[peak] = most
        first, last = np.concatenate([first, peak]), np.concatenate([peak, last])
        most = np.concatenate([most, most])
        long = last - first > 1
        first, last, most = first[long], last[long], most[long]
    return weight


def _farthest(
    lon: Floats, lat: Floats, time_s: Floats | None, first: Ints, last: Ints
) -> tuple[Ints, Floats]:
    """The vertex strictly inside each stretch farthest from its chord, and how far in metres."""
    inside = last - first - 1
    begin = np.cumsum(inside) - inside
    own = np.repeat(np.arange(len(first)), inside)
    row = np.arange(len(own)) + np.repeat(first + 1 - begin, inside)
    metres = _apart_m(lon, lat, time_s, row, first[own], last[own])
    far = np.maximum.reduceat(metres, begin)
    at = np.flatnonzero(metres == far[own])
    _, once = np.unique(own[at], return_index=True)
    return row[at[once]], far


def _apart_m(
    lon: Floats, lat: Floats, time_s: Floats | None, row: Ints, first: Ints, last: Ints
) -> Floats:
    """Metres from vertices to chords, in the plane that touches the globe at each vertex."""
    x0, y0 = lon[first], lat[first]
    east = np.cos(np.radians(lat[row]))
    cx, cy = (lon[last] - x0) * east, lat[last] - y0
    dx, dy = (lon[row] - x0) * east, lat[row] - y0
    if time_s is None:
        along, whole = dx * cx + dy * cy, cx * cx + cy * cy
    else:
        along, whole = time_s[row] - time_s[first], time_s[last] - time_s[first]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(whole > 0, along / whole, 0.0).clip(0.0, 1.0)
    dx -= share * cx
    dy -= share * cy
    metres: Floats = np.hypot(dx, dy) * _M_PER_DEG
    return metres
