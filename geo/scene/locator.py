"""Where in the world a map of a small extent is: a small map of the region round it, as values.

Page and still picture draw the same: `RULES` say when, how large and where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.account import units
from geo.geometry import countries
from geo.geometry.region import Region, Square

__all__ = ["RULES", "Locator", "Name", "of"]

RULES: Mapping[str, Any] = units.RULES["locator"]
SIZE: float = RULES["size"]
View = tuple[float, float, float, float]
Box = tuple[float, float, float, float]
Line = tuple[tuple[int, int], ...]

WIDTHS_DEG = (32.0, 45.0, 60.0, 80.0)
TIMES = 8.0  # the region is at least so many times as wide as the map, where a width allows it
DRY = (0.08, 0.95)  # the parts of land that show a coast
SOME = 0.02  # less land says nothing
PER_PX = 2  # whole steps of outlines to a pixel
MOST_SIGNS = 2_600  # of the outlines in a page
_COARSE_PX = (0.6, 0.9, 1.4, 2.0, 3.0)  # what outlines are off by, the finest that is not too much
_ISLET_PX2, _LAKE_PX2 = 2.5, 8.0  # by that
_EDGE_STEPS = 12
_LARGE = 5  # a country that has its name from a nearer zoom on has no room for it
_LETTER_PX, _WIDE_PX, _LINE_PX, _EDGE_PX = 6.4, 12.0, 14.0, 3.0  # of names, 12 pixels high
_LEAST_LAND = 0.35  # the part of a name that stands on land
_HANGUL = 0x1100  # from here on letters are as wide as they are high


@dataclass(frozen=True)
class Name:
    """The name of a country by language, and its middle in pixels of the inset."""

    names: Mapping[str, str]
    x: float
    y: float


@dataclass(frozen=True)
class Locator:
    """A square of the region round a map, `RULES["size"]` pixels wide, y downward.

    `land` are rings (outer ones and holes, by the even–odd rule) and `borders` lines, in whole
    steps of which `PER_PX` are a pixel. `mark` is where the map is: left, top, width and height in
    pixels, or the x and y of a dot where that would be too small to see. `view` is what the map is
    of, `wide_deg` how wide the region is.
    """

    view: View
    wide_deg: float
    land: tuple[Line, ...]
    borders: tuple[Line, ...]
    mark: tuple[float, ...]
    names: tuple[Name, ...] = ()

    def value(self) -> dict[str, Any]:
        """What the browser needs to draw it."""
        return {
            "view": list(self.view),
            "land": "".join(_path(ring) + "z" for ring in self.land),
            "borders": "".join(map(_path, self.borders)),
            "steps": PER_PX,
            "mark": list(self.mark),
            "names": [{"names": dict(n.names), "x": n.x, "y": n.y} for n in self.names],
        }


def of(view: View, packs: Sequence[bytes]) -> Locator | None:
    """The locator of a map of a view (west, south, east, north), on the first of its packs.

    None for a wide view, where there is no pack, and where no land is far and wide.
    """
    west, south, east, north = map(float, view)
    if not packs or max(east - west, north - south) >= RULES["most_deg"]:
        return None
    return _of((west, south, east, north), packs[0])


@lru_cache(maxsize=64)
def _of(view: View, pack: bytes) -> Locator | None:
    found = _region(view, pack)
    if found is None:
        return None
    square, region = found
    mark = _mark(view, square)
    land, borders = _outlines(region)
    names = tuple(_names(square, region, mark))
    return Locator(view, square.wide_deg, land, borders, mark, names)


def _region(view: View, pack: bytes) -> tuple[Square, Region] | None:
    """The narrowest region with a coast to know it by; else the widest, if it has land at all."""
    west, south, east, north = view
    lat = (south + north) / 2
    extent = max((east - west) * float(np.cos(np.radians(lat))), north - south)
    enough = [wide for wide in WIDTHS_DEG if wide >= TIMES * extent] or [WIDTHS_DEG[-1]]
    for wide in enough:
        square = Square((west + east) / 2, lat, wide)
        region = Region.of(pack, square)
        if DRY[0] <= region.dry <= DRY[1]:
            return square, region
    return (square, region) if region.dry > SOME else None


def _px(square: Square, lonlat: Any) -> NDArray[np.float64]:
    """Positions in pixels of the inset, y downward."""
    return np.asarray((square.at(lonlat) * (1, -1) + 1) * SIZE / 2)


def _mark(view: View, square: Square) -> tuple[float, ...]:
    west, south, east, north = view
    x, y = np.linspace(west, east, _EDGE_STEPS), np.linspace(south, north, _EDGE_STEPS)
    ends = [(x, np.full_like(x, south)), (x, np.full_like(x, north))]
    ends += [(np.full_like(y, west), y), (np.full_like(y, east), y)]
    edge = _px(square, np.vstack([np.column_stack(side) for side in ends]))
    low, high = edge.min(axis=0), edge.max(axis=0)
    if float((high - low).max()) < RULES["least_px"]:
        low, high = (low + high) / 2, np.empty(0)
        return tuple(round(float(v), 1) for v in low)
    return tuple(round(float(v), 1) for v in (*low, *(high - low)))


# --- outlines -------------------------------------------------------------------------------------


def _outlines(region: Region) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Rings of land and lines of borders, as fine as a page has room for."""
    for coarse in _COARSE_PX:
        land, borders = tuple(_rings(region, coarse)), tuple(_lines(region, coarse))
        if sum(len(_path(line)) for line in (*land, *borders)) <= MOST_SIGNS:
            break
    return land, borders


def _rings(region: Region, coarse_px: float) -> Iterator[Line]:
    px = SIZE / 2
    for area in shapely.get_parts(shapely.simplify(region.land, coarse_px / px)):
        if area.area * px**2 < _ISLET_PX2 * coarse_px:
            continue
        holes = [h for h in area.interiors if _px2(h) > _LAKE_PX2 * coarse_px]
        for ring in (area.exterior, *holes):
            line = _whole(ring)[:-1]
            if len(line) > 2:
                yield line


def _px2(ring: Any) -> float:
    return float(shapely.Polygon(ring).area) * (SIZE / 2) ** 2


def _lines(region: Region, coarse_px: float) -> Iterator[Line]:
    joined = shapely.line_merge(region.borders)
    for line in shapely.get_parts(shapely.simplify(joined, coarse_px * 2 / SIZE)):
        if line.geom_type == "LineString" and len(found := _whole(line)) > 1:
            yield found


def _whole(line: Any) -> Line:
    """A line in whole steps, y downward, no point twice in a row."""
    flat = (shapely.get_coordinates(line) * (1, -1) + 1) * SIZE / 2 * PER_PX
    points = [(int(x), int(y)) for x, y in np.rint(flat)]
    return tuple(p for n, p in enumerate(points) if not n or p != points[n - 1])


def _path(line: Line) -> str:
    """A line as SVG writes it, each point from the one before."""
    steps = np.diff(np.array(line), axis=0)
    return f"M{_pair(*line[0])}l" + "".join(
        ("" if not n or x < 0 else " ") + _pair(x, y) for n, (x, y) in enumerate(steps.tolist())
    )


def _pair(x: int, y: int) -> str:
    return f"{x}{y}" if y < 0 else f"{x} {y}"


# --- names ----------------------------------------------------------------------------------------


def _names(square: Square, region: Region, mark: Sequence[float]) -> Iterator[Name]:
    """The names of a country or two that find room within their borders, the largest first."""
    taken = [_around(mark)]
    known = [one for one in countries.named(square.box()) if one.zoom <= _LARGE]
    for one in sorted(known, key=lambda one: one.zoom):
        boxes = list(_free(_px(square, one.spots), _width(one.names), taken))
        ground = _ground(boxes, region)
        if max(ground, default=0.0) >= _LEAST_LAND:
            spot = boxes[ground.index(max(ground))]
            taken.append(spot)
            x, y = (spot[0] + spot[2]) / 2, (spot[1] + spot[3]) / 2
            yield Name(one.names, round(x, 1), round(y, 1))
        if len(taken) > int(RULES["names"]):
            return


def _around(mark: Sequence[float]) -> Box:
    """The room of the mark."""
    x, y, wide, high = (*mark, 0.0, 0.0)[:4]
    room = float(RULES["least_px"])
    return x - room, y - room, x + wide + room, y + high + room


def _free(spots: NDArray[np.float64], wide: float, taken: Sequence[Box]) -> Iterator[Box]:
    """Boxes of a name over its spots that lie on the inset and on nothing else."""
    low, high = _EDGE_PX, SIZE - _EDGE_PX
    for x, y in spots.tolist():
        box = (x - wide / 2, y - _LINE_PX / 2, x + wide / 2, y + _LINE_PX / 2)
        on = box[0] >= low and box[1] >= low and box[2] <= high and box[3] <= high
        if on and not any(_meet(box, other) for other in taken):
            yield box


def _ground(boxes: Sequence[Box], region: Region) -> list[float]:
    """The part of each box that is land; 0 where a border runs through it, to the neighbour."""
    flat = (np.array(boxes).reshape(-1, 4) * 2 / SIZE - 1) * (1, -1, 1, -1)
    shapes = shapely.box(*flat.T)
    land = shapely.area(shapely.intersection(shapes, region.land)) / shapely.area(shapes)
    return [*map(float, np.where(shapely.intersects(shapes, region.borders), 0.0, land))]


def _meet(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
    )  # fmt: skip


def _width(names: Mapping[str, str]) -> float:
    """Pixels that a name takes in whatever language it has most of them."""
    return max(
        sum(_WIDE_PX if ord(letter) >= _HANGUL else _LETTER_PX for letter in name)
        for name in names.values()
    )
