"""A packed ground → the same ground in fewer bytes, for a map that is looked at in passing."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import count

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.geometry import packing
from geo.geometry.packing import Layer

__all__ = ["lighter"]

_FINEST_DEG = 4e-4  # of latitude: a pixel at zoom 11
_COARSER = 1.5
_COARSEST_DEG = 1.0
_LEAST = {"polygon": 3, "line": 2}  # points that a part needs
_REACH = {"west", "south", "east", "north"}  # columns that `packing.with_reach` adds


@lru_cache(maxsize=32)
def lighter(data: bytes, max_bytes: int) -> bytes:
    """The pack with lines and shores simplified until it fits, or as far as that goes.

    Points, pictures and layers with numbers of their own stay as they are. Raises DataError for
    what is no pack.
    """
    layers, made = packing.decode(data), data
    for step in count():
        tolerance = _FINEST_DEG * _COARSER**step
        if len(made) <= max_bytes or tolerance > _COARSEST_DEG:
            break
        made = packing.encode([_thinned(layer, tolerance) for layer in layers])
    return made


def _thinned(layer: Layer, tolerance: float) -> Layer:
    """A layer simplified (Douglas and Peucker) to a tolerance in degrees of latitude."""
    named = {column.name for column in layer.columns}
    plain = layer.labels is None and layer.ranks is None and named <= _REACH
    if layer.kind == "point" or "image" in layer.meta or not plain or not layer.parts:
        return layer
    squeeze = _squeeze(layer)
    parts = [_part(part, layer.kind, squeeze, tolerance) for part in layer.parts]
    kept = [part for part in parts if len(part) >= _LEAST[layer.kind]]
    meta = {key: value for key, value in layer.meta.items() if key != "reach_units"}
    meta |= {"tolerance_deg": round(tolerance, 6)} if "tolerance_deg" in meta else {}
    bare = replace(layer, parts=kept, columns=[], meta=meta)
    return packing.with_reach(bare) if named else bare


def _squeeze(layer: Layer) -> float:
    """Kilometres of a degree of longitude over those of latitude, in the middle of the layer."""
    lat = np.concatenate([part[:, 1] for part in layer.parts])
    return float(max(0.1, np.cos(np.radians((lat.min() + lat.max()) / 2))))


def _part(
    part: NDArray[np.float64], kind: str, squeeze: float, tolerance: float
) -> NDArray[np.float64]:
    """One ring or line; a ring narrower than the tolerance is left without points.

    Without its topology a ring may come apart and lose a piece, so that tells only whether any of
    it is left.
    """
    flat = part * (squeeze, 1.0)
    shape = shapely.Polygon(flat) if kind == "polygon" else shapely.LineString(flat)
    if kind == "polygon" and shapely.simplify(shape, tolerance, preserve_topology=False).is_empty:
        return np.zeros((0, 2))
    found = shapely.get_coordinates(shapely.simplify(shape, tolerance, preserve_topology=True))
    ring = found[:-1] if kind == "polygon" else found
    return np.asarray(ring / (squeeze, 1.0))
