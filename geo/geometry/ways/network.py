"""The prepared network of open water: points off every coast, and which of them see each other.

Made once from the coast by `tools/make_ways.py` and shipped. A point stands at each corner of the
land grown by 9.3 km (5 nmi), and of the land grown by 2 km where that leaves no room; canals and
narrow straits add the points of their axes. An edge is a geodesic clear of land; its level says by
how much: 4.6 km, 1 km, or just clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import AssetError

__all__ = ["Network", "lonlat", "shipped", "unit"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Masks: TypeAlias = NDArray[np.uint64]

_ASSET = Path(__file__).parents[1] / "assets" / "ways.npz"
_FINE = 1e4  # parts of a degree that points are rounded to
_SIDE = 1e3
_RASTER = (1800, 3600)  # tenths of a degree
_RADIUS_KM = 6371.0
MAX_LAT, MIN_LAT = 80.0, -79.0
COST = np.array([1.0, 1.06, 1.15])  # a km by level: near the shore only where it saves distance


@dataclass(frozen=True)
class Network:
    """Points (n, 2) lon, lat; edges (m, 2) with level and the gates they cross, a bit each.

    sides: (n, 4) the corners of the shore line before and after each point, a point's own where it
    is none. inland: whether a tenth of a degree and all its neighbours are land, from the south.
    """

    xy: Floats
    edges: Ints
    level: NDArray[np.uint8]
    gates: Masks
    inland: Bools
    sides: Floats

    @cached_property
    def units(self) -> Floats:
        """The points as unit vectors."""
        return unit(self.xy)

    @cached_property
    def cost(self) -> Floats:
        """Spherical length of each edge in km, dearer near the shore; only to search by."""
        a, b = self.units[self.edges[:, 0]], self.units[self.edges[:, 1]]
        return np.asarray(arcs_km(a, b) * COST[self.level])

    def km_from(self, point: Floats) -> Floats:
        """Return spherical distances in km from one lon, lat to every point."""
        return arcs_km(unit(np.asarray(point).reshape(1, 2)), self.units)

    def nearness(self, point: Floats) -> Floats:
        """Return the cosine of the arc from one lon, lat to every point."""
        return np.asarray(self.units @ unit(point.reshape(1, 2))[0])

    def tangent(self, point: Floats, which: Ints | None = None) -> Bools:
        """Return the points at which an arc from one lon, lat touches the shore line, not cuts it.

        No shortest way turns anywhere else. which: look at these points alone.
        """
        own, chosen = unit(point.reshape(1, 2))[0], slice(None) if which is None else which
        along = self.units[chosen] @ own
        off = np.sqrt(np.maximum((1 - along) * (1 + along), 0)) + 1e-12
        before, after = (normal[chosen] @ own / off for normal in self._side_normals)
        slack = 2.0 / _RADIUS_KM
        same = ((before > -slack) & (after > -slack)) | ((before < slack) & (after < slack))
        return np.asarray(same)

    @cached_property
    def _side_normals(self) -> tuple[Floats, Floats]:
        """Normals of the planes through each point and the corners beside it."""
        before, after = unit(self.sides[:, :2]), unit(self.sides[:, 2:])
        return np.cross(self.units, before), np.cross(self.units, after)

    def overland(self, a: Floats, b: Floats, *, looks: int) -> Bools:
        """Return which arcs surely meet land or leave the latitudes, looked at in some points.

        a, b: (n, 3) unit vectors. What is not named may still meet land.
        """
        share = np.arange(1, looks + 1, dtype=np.float32) / np.float32(looks + 1)
        bad = np.zeros(len(a), dtype=bool)
        for low in range(0, len(a), 8000):
            part = slice(low, low + 8000)
            start, end = (units[part].astype(np.float32) for units in (a, b))
            bad[part] = self._overland(start, end, share)
        return bad

    def _overland(self, a: Any, b: Any, share: Any) -> Bools:
        x, y, z = (a[:, i, None] * (1 - share) + b[:, i, None] * share for i in range(3))
        flat = np.sqrt(x * x + y * y)
        lat = np.degrees(np.arctan2(z, flat))
        row = ((lat + 90) * 10).astype(np.int32)
        column = ((np.degrees(np.arctan2(y, x)) + 180) * 10).astype(np.int32)
        np.minimum(row, _RASTER[0] - 1, out=row)
        np.minimum(column, _RASTER[1] - 1, out=column)
        off = self.inland[row, column] | (lat > MAX_LAT) | (lat < MIN_LAT)
        opposite = np.einsum("ij,ij->i", a, b) < -0.999
        return np.asarray(off.any(axis=1) | opposite)


@cache
def shipped() -> Network:
    """Return the shipped network; AssetError if it is missing."""
    try:
        return read(_ASSET)
    except OSError as error:
        raise AssetError(f"the network of ways is missing ({error.filename}); reinstall") from error


def read(path: Path) -> Network:
    """Return a network that `tools/make_ways.py` wrote; OSError without the file."""
    with np.load(path) as held:
        parts: dict[str, Any] = {name: held[name] for name in held.files}
    first = np.cumsum(parts["first"].astype(np.int64))
    gates = np.zeros(len(first), dtype=np.uint64)
    gates[parts["gated"]] = parts["gates"]
    cells = np.unpackbits(parts["inland"])[: _RASTER[0] * _RASTER[1]]
    return Network(
        xy=parts["nodes"] / _FINE,
        edges=np.column_stack([first, parts["second"].astype(np.int64)]),
        level=parts["level"],
        gates=gates,
        sides=np.hstack([parts["nodes"], parts["nodes"]]) / _FINE + parts["sides"] / _SIDE,
        inland=cells.reshape(_RASTER).astype(bool),
    )


def unit(xy: Floats) -> Floats:
    """Return lon, lat in degrees, (n, 2), as unit vectors, (n, 3)."""
    lon, lat = np.radians(xy).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def lonlat(vectors: Floats) -> Floats:
    """Return vectors (n, 3) of any length as lon, lat in degrees, (n, 2)."""
    x, y, z = vectors.T
    return np.column_stack(
        [np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))]
    )


def lowest(a: Floats, b: Floats, *, looks: int = 24) -> Floats:
    """Return the southernmost latitude at some points of arcs, pair by pair; (n, 2) lon, lat."""
    share = np.arange(1, looks + 1) / (looks + 1)
    x, y, z = (
        p[:, None] * (1 - share) + q[:, None] * share
        for p, q in zip(unit(a).T, unit(b).T, strict=True)
    )
    return np.asarray(np.degrees(np.arctan2(z, np.hypot(x, y))).min(axis=1))


def arcs_km(a: Floats, b: Floats) -> Floats:
    """Return spherical distances in km between unit vectors (n, 3), pair by pair."""
    chord = np.linalg.norm(a - b, axis=1)
    return np.asarray(2 * np.arcsin(np.clip(chord / 2, 0, 1)) * _RADIUS_KM)


def arc_km(point: Floats, xy: Floats) -> Floats:
    """Return spherical distances in km from one lon, lat to many."""
    return arcs_km(unit(point.reshape(1, 2)), unit(xy))
