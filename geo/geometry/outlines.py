"""What was read of an extent → layers of a map, as fine as there is room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.geometry import packing
from geo.geometry.gshhg import (
    Extent,
    Floats,
    Shapes,
    Source,
    in_order,
    joined,
    polygons_of,
)
from geo.geometry.packing import Kind, Layer

__all__ = ["AROUND", "BORDER_META", "Detail", "around", "larger", "shapes", "simplified", "squeeze"]

AROUND = "around_"
_ISLET_TOLERANCES = 2.5  # an islet narrower than this many tolerances is dropped
_LINES_COARSER = 2.0  # rivers and borders: 44 m, a pixel at zoom 11
_AROUND_LAKE_MIN_DEG = 0.02
_AROUND_RIVER_MIN_DEG = 1.0
AROUND_QUANTUM_DEG = 1e-3
AROUND_COARSER = 40.0  # 0.9 km where the coast is kept to 22 m: a pixel at zoom 6
_AROUND_SHARE = 0.75  # width of the rim, in widths of the extent
_OVERLAP_DEG = 0.25  # the rim reaches a pixel in from zoom 3 on, so that no seam shows
_SHORE_META = {
    "source": "GSHHG 2.3.6 (Wessel and Smith, doi 10.1029/96JB00104)",
    "licence": "LGPL-3.0-or-later",
}
_WDBII_META = {
    "source": "WDBII, in GSHHG 2.3.6 (Wessel and Smith, doi 10.1029/96JB00104)",
    "licence": "LGPL-3.0-or-later",
}
BORDER_META = _WDBII_META | {"note": "for orientation only, not authoritative"}


@dataclass(frozen=True)
class Detail:
    """How finely to draw: tolerance in degrees of latitude, coordinates in quanta."""

    squeeze: float
    tolerance: float
    quantum: float


def shapes(
    source: Source, extent: Extent, tolerance: float, quantum: float, *, prefix: str = ""
) -> list[Layer]:
    """Layers of what was read, its names after `prefix`."""
    how = Detail(squeeze(extent), tolerance, quantum)
    shore = _SHORE_META | {"tolerance_deg": round(tolerance, 6)}
    parts: dict[str, tuple[Kind, list[Floats], dict[str, Any]]] = {
        "land": ("polygon", _rings(source.land, how), shore | {"extent": list(extent)}),
        "lake": ("polygon", _rings(source.lake, how), shore),
        "river": ("line", _lines(source.river, how), _WDBII_META),
        "border": ("line", _lines(source.border, how), BORDER_META),
    }
    layers = [
        Layer(prefix + name, kind, quantum, found, meta=meta)
        for name, (kind, found, meta) in parts.items()
        if found or name == "land"
    ]
    return [packing.with_reach(layer) if layer.kind == "polygon" else layer for layer in layers]


def around(extent: Extent) -> Extent:
    """An extent with its rim."""
    west, south, east, north = extent
    wide, high = _AROUND_SHARE * (east - west), _AROUND_SHARE * (north - south)
    wide = min(wide, (360 - (east - west)) / 2)
    return west - wide, max(south - high, -90.0), east + wide, min(north + high, 90.0)


def without(source: Source, extent: Extent) -> Source:
    """Return the source outside the extent, with what is too small for a rim left out."""
    inside = box(*extent).buffer(-_OVERLAP_DEG, join_style="mitre")
    lakes = [lake for lake in source.lake if lake.area / lake.length > _AROUND_LAKE_MIN_DEG]
    rivers = [line for line in source.river if line.length > _AROUND_RIVER_MIN_DEG]
    return Source(
        land=tuple(polygons_of(_cut_off(source.land, inside))),
        lake=tuple(polygons_of(_cut_off(lakes, inside))),
        river=joined(_cut_off(rivers, inside)),
        border=joined(_cut_off(source.border, inside)),
    )


def _cut_off(shapes: Sequence[BaseGeometry], inside: BaseGeometry) -> Shapes:
    """Shapes without what lies in a frame."""
    return np.asarray(shapely.difference(np.array(shapes, dtype=object), inside), dtype=object)


def squeeze(extent: Extent) -> float:
    """Return km per degree of longitude over km per degree of latitude, mid-extent."""
    return max(0.1, float(np.cos(np.radians((extent[1] + extent[3]) / 2))))


def _rings(areas: Iterable[Polygon], how: Detail) -> list[Floats]:
    large = larger(areas, (_ISLET_TOLERANCES * how.tolerance) ** 2 / how.squeeze)
    simple = shapely.union_all(simplified(list(large), how.squeeze, how.tolerance))
    # Snapping keeps areas valid on the grid the pack rounds to.
    snapped = shapely.set_precision(simple, how.quantum)
    polygons = in_order(polygons_of(snapped))
    rings = [ring for p in polygons for ring in (p.exterior, *p.interiors)]
    return [np.asarray(ring.coords)[:-1] for ring in rings]


def _lines(lines: Iterable[LineString], how: Detail) -> list[Floats]:
    simple = simplified(list(lines), how.squeeze, _LINES_COARSER * how.tolerance)
    points, line = shapely.get_coordinates(simple, return_index=True)
    points = np.round(points / how.quantum) * how.quantum
    new_line = np.diff(line, prepend=-1) > 0
    moved = new_line | np.any(np.diff(points, axis=0, prepend=np.nan) != 0, axis=1)
    points, line = points[moved], line[moved]
    parts = np.split(points, np.flatnonzero(np.diff(line)) + 1) if len(points) else []
    return [part for part in parts if len(part) > 1]


def simplified(shapes: list[Any], squeeze: float, tolerance: float) -> list[Any]:
    """Simplify (Douglas–Peucker) with one tolerance in km, whatever the direction."""
    narrow = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * [squeeze, 1])
    simple = shapely.simplify(narrow, tolerance, preserve_topology=True)
    return list(shapely.transform(simple, lambda xy: xy / [squeeze, 1]))


def larger(areas: Iterable[Polygon], min_deg2: float) -> tuple[Polygon, ...]:
    """Areas above so many square degrees."""
    return tuple(area for area in areas if area.area > min_deg2)
