"""Railways as a quiet layer of the ground, packed in a file of its own.

Stretches of track come from OpenStreetMap (ODbL) as `rail` reads them: straight between nodes.
The further the track may lie from that line, the sooner a map that is enlarged drops it. Left out
is what may lie very far, and what would cross water where no dry ground leads round: a gap is
better than a line where nothing runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry import LineString, MultiLineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.folder.credits import Credit
from geo.geometry import measure, packing, rail, water
from geo.geometry.packing import Layer

__all__ = ["FILE", "LAYER", "credit", "cut"]

Extent = tuple[float, float, float, float]
Floats = NDArray[np.float64]

FILE, LAYER = "railways.pack", "railway"
MAX_BYTES = 21_000  # 28 kB of text in a page
# How far a track may lie from the straight line that stands for it, and the zoom to which it shows.
GRADES = ((0.0, 1.5, 12), (1.5, 8.0, 9))
MAX_WATER_KM = 0.5  # of a stretch: a bridge, or the bank of a river as the coast is drawn

_FINEST_DEG = 2e-4  # 22 m of latitude, under a pixel at zoom 12
_COARSER = 1.5
_SHORT = 20.0  # tolerances: a line shorter than this is a siding of the map so simplified
_TURNS = (-360.0, 0.0, 360.0)


def cut(extent: Extent, land: BaseGeometry, *, max_bytes: int = MAX_BYTES) -> bytes | None:
    """Return the railways of an extent (west, south, east, north in degrees), None where none is.

    Layers `railway`, one for each grade of course; their meta says source, licence, what a map must
    say of it, the zoom to which it is drawn (`to_zoom`), and to how many degrees it is simplified
    (`tolerance_deg`): step by step until all fits into `max_bytes`.
    AssetError without the extra `tumen[rail]`.
    """
    grades = {zoom: _merged(lines) for zoom, lines in _graded(extent, land).items() if lines}
    tolerance = _FINEST_DEG
    while any(grades.values()):
        made = [_layer(lines, tolerance, zoom) for zoom, lines in grades.items() if lines]
        data = packing.encode(made)
        if len(data) <= max_bytes:
            return data
        tolerance *= _COARSER
        least = tolerance * _SHORT
        grades = {z: [line for line in own if line.length > least] for z, own in grades.items()}
    return None


def credit(data: bytes | None) -> tuple[Credit, ...]:
    """What is owed for railways that `cut` made, nothing where there are none."""
    layers = packing.decode(data) if data else []
    owed = ((str(x.meta["licence"]), str(x.meta["attribution"])) for x in layers)
    return tuple(Credit("Railways", *one) for one in dict.fromkeys(owed))


def _graded(extent: Extent, land: BaseGeometry) -> dict[int, list[LineString]]:
    """The lines of an extent, by the zoom to which they show."""
    found: dict[int, list[LineString]] = {zoom: [] for *_, zoom in GRADES}
    for turn, frame in _frames(extent):
        ends, track_km = rail.stretches(frame)
        off_km = _off_km(ends, track_km)
        for least, most, zoom in GRADES:
            own = (off_km >= least) & (off_km < most)
            inside = shapely.intersection(_dry(ends[own], track_km[own], land), frame)
            found[zoom] += _lines([translate(line, xoff=turn) for line in inside])
    return found


def _frames(extent: Extent) -> Iterator[tuple[float, Polygon]]:
    """The parts of an extent within [−180, 180], and by how much each was moved to lie there."""
    west, south, east, north = extent
    for turn in _TURNS:
        left, right = max(west - turn, -180.0), min(east - turn, 180.0)
        if left < right:
            yield turn, box(left, south, right, north)


def _dry(ends: Floats, track_km: Floats, land: BaseGeometry) -> list[LineString]:
    """The lines of stretches, led round water; without those that cross more than a bridge does."""
    lines = [LineString(pair) for pair in ends]
    shapely.prepare(land)
    on_land = shapely.covers(land, np.array(lines, dtype=object))
    wet = zip(ends[~on_land], track_km[~on_land], strict=True)
    bent = [_bent(pair, float(km), land) for pair, km in wet]
    kept = [line for line, dry in zip(lines, on_land, strict=True) if dry]
    return [*kept, *(line for line in bent if line is not None)]


def _off_km(ends: Floats, track_km: Floats) -> Floats:
    """The most that track of some length can lie off the straight line between its ends."""
    straight = measure.geodesic_km(*ends[:, 0].T, *ends[:, 1].T)
    return np.asarray(np.sqrt(np.maximum(track_km**2 - straight**2, 0.0)) / 2)


def _bent(pair: Floats, track_km: float, land: BaseGeometry) -> LineString | None:
    """A stretch led round the water, None where more of it is left than a bridge crosses."""
    one, other = ((float(x), float(y)) for x, y in pair)
    line = LineString(rail.dry([one, other], land, track_km=[track_km]))
    return line if water.water_km(line, land) <= MAX_WATER_KM else None


def _merged(lines: Sequence[LineString]) -> list[LineString]:
    joined = shapely.line_merge(MultiLineString(list(lines)))
    return sorted(_lines([joined]), key=lambda line: line.bounds)


def _lines(shapes: Sequence[BaseGeometry]) -> list[LineString]:
    parts = shapely.get_parts(np.array(shapes, dtype=object))
    return [part for part in parts if isinstance(part, LineString) and part.length > 0]


def _layer(lines: Sequence[LineString], tolerance: float, to_zoom: int) -> Layer:
    simple = lines if tolerance == _FINEST_DEG else list(shapely.simplify(lines, tolerance))
    parts = [np.round(shapely.get_coordinates(line) / tolerance) * tolerance for line in simple]
    moved = [part[np.append(True, np.any(np.diff(part, axis=0), axis=1))] for part in parts]
    return Layer(
        LAYER,
        "line",
        tolerance,
        [part for part in moved if len(part) > 1],
        meta={
            "attribution": rail.ATTRIBUTION,
            "licence": rail.LICENCE,
            "source": "OpenStreetMap, as scgraph-data carries it",
            "to_zoom": to_zoom,
            "tolerance_deg": round(tolerance, 6),
        },
    )
