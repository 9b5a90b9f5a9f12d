"""Which lines are open to a ship: clear of land, of closed gates, within the latitudes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.geometry.passages import Passage, gated

__all__ = ["Sea", "bits", "masks", "segments"]

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Lines: TypeAlias = NDArray[np.object_]
TURNS = (-360.0, 0.0, 360.0)
KM_PER_DEG = 111.2
_LEAST_SQUEEZE = 0.15  # of a degree of longitude: that of 81° N, beyond which few ways lead


@dataclass(frozen=True)
class Sea:
    """Land that no way may meet, and gates that none may cross."""

    land: BaseGeometry
    shut: MultiLineString

    @classmethod
    def of(cls, land: BaseGeometry, closed: Sequence[Passage]) -> Sea:
        """The sea of a land (prepared here) with these passages closed."""
        shapely.prepare(land)
        gates = [translate(one.gate, turn) for one in closed if one.gate for turn in TURNS]
        return cls(land, MultiLineString(gates))

    def blocked(self, lines: Lines) -> Bools:
        """Return which lines meet land or a closed gate; longitudes may run beyond ±180."""
        bad = np.asarray(shapely.intersects(self.land, lines))
        west, _, east, _ = shapely.bounds(lines).T
        for turn, beyond in ((360.0, west < -180), (-360.0, east > 180)):
            who = np.flatnonzero(beyond & ~bad)
            if len(who):
                moved = [translate(line, turn) for line in lines[who]]
                bad[who] = shapely.intersects(self.land, moved)
        if not self.shut.is_empty:
            bad |= shapely.intersects(self.shut, lines)
        return bad

    def near_land(self, lines: Lines, *, km: float) -> Bools:
        """Return which lines may come nearer than so many km to land; of others none does."""
        _, south, _, north = np.radians(shapely.bounds(lines).T)
        squeeze = np.cos(np.maximum(np.abs(south), np.abs(north)))
        deg = km / KM_PER_DEG / np.maximum(squeeze, _LEAST_SQUEEZE)
        return np.asarray(shapely.dwithin(self.land, lines, deg))

    def wet(self, xy: Floats) -> Bools:
        """Return which points, (n, 2), lie on water."""
        lon = (xy[:, 0] + 180) % 360 - 180
        return np.asarray(~shapely.intersects_xy(self.land, lon, xy[:, 1]))


def segments(ends: Floats) -> Lines:
    """Return straight steps, (n, 2, 2), as lines."""
    return np.asarray(shapely.linestrings(ends), dtype=object).reshape(-1)


def bits(passages: Sequence[Passage]) -> int:
    """Return passages as a mask, a bit each, as the network has it."""
    return sum(1 << gated().index(one) for one in passages)


def masks(lines: Lines) -> NDArray[np.uint64]:
    """Return the gates that each line crosses, a bit each."""
    found = np.zeros(len(lines), dtype=np.uint64)
    gates, number = _gates()
    which, line = shapely.STRtree(lines).query(gates, predicate="intersects")
    np.bitwise_or.at(found, line, np.uint64(1) << number[which])
    return found


@cache
def _gates() -> tuple[Lines, NDArray[np.uint64]]:
    """The gates of every passage at each turn of the globe, and the number of each."""
    turned: list[Any] = [
        (translate(one.gate, turn), n)
        for n, one in enumerate(gated())
        for turn in TURNS
        if one.gate
    ]
    lines, numbers = zip(*turned, strict=True)
    return np.array(lines, dtype=object), np.array(numbers, dtype=np.uint64)
