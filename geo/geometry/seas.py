"""Names of seas for the ground of a map: which a view shows, and where each has most room."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.geometry import basemap, packing

__all__ = ["Sea", "named"]

View: TypeAlias = tuple[float, float, float, float]
Box: TypeAlias = tuple[float, float, float, float]
CELLS = 48  # of a grid over the part of a sea that is in view, each way
LEAST = 0.05  # of the view, that water must be clear of land and edges round a name
AROUND = 1.5  # views on every side in which a sea still has its name, for who moves the map
TURNS = (0, -360, 360)


@dataclass(frozen=True)
class Sea:
    """A name by language, the point it stands on, and the zoom from which it is shown.

    more: other points (lon, lat) it may stand on, where that one has no room.
    """

    names: Mapping[str, str]
    lon: float
    lat: float
    zoom: int
    more: tuple[tuple[float, float], ...] = ()

    def value(self) -> dict[str, Any]:
        """What a page reads; without `more` where there is none."""
        return {name: value for name, value in asdict(self).items() if value != ()}


def named(view: View) -> tuple[Sea, ...]:
    """The seas of a view (west, south, east, north, degrees) and round it, each once.

    A sea that the view shows has its name where the water in view is widest, another where the
    water of its whole box is. Boxes are of assets/seas.json, the land is the world's, coarse.
    """
    return tuple(_named(tuple(round(float(x), 3) for x in view)))


@cache
def _named(view: View) -> list[Sea]:
    west, south, east, north = view
    wide, high = east - west, north - south
    around = (west - AROUND * wide, south - AROUND * high, east + AROUND * wide,
              north + AROUND * high)  # fmt: skip
    found = []
    for sea in _known():
        least = LEAST * min(wide, high)
        at = _widest(sea["boxes"], view, least) or _widest(sea["boxes"], around, 0.0)
        if at is not None:
            found.append(Sea(sea["names"], *at, sea["zoom"]))
    return found


def _widest(boxes: list[Box], view: View, least: float) -> tuple[float, float] | None:
    """The point of some boxes within a view that is furthest from land and edges, in degrees."""
    spots = [spot for part in _parts(boxes, view) for spot in _spots(part)]
    room, *at = max(spots, default=(0.0, 0.0, 0.0))
    return (round(at[0], 3), round(at[1], 3)) if room > least else None


def _parts(boxes: list[Box], view: View) -> Iterator[Box]:
    for west, south, east, north in boxes:
        for turn in TURNS:
            part = (max(west + turn, view[0]), max(south, view[1]), min(east + turn, view[2]),
                    min(north, view[3]))  # fmt: skip
            if part[0] < part[2] and part[1] < part[3]:
                yield part


def _spots(part: Box) -> Iterator[tuple[float, float, float]]:
    """The widest spot of water of a part: its room in degrees, longitude and latitude."""
    west, south, east, north = part
    step = (east - west) / CELLS, (north - south) / CELLS
    cells = np.arange(CELLS) + 0.5
    lons, lats = west + step[0] * cells, south + step[1] * cells
    lon, lat = np.meshgrid(lons, lats, indexing="ij")
    wet = ~shapely.contains_xy(_land(), (lon + 180) % 360 - 180, lat)
    room = _steps_in(wet)
    best = int(room.argmax())
    if room.flat[best] > 0:
        yield float(room.flat[best] * min(step)), float(lon.flat[best]), float(lat.flat[best])


def _steps_in(wet: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many cells each wet cell lies within the water, counted from shores and edges."""
    left, room = np.pad(wet, 1), np.zeros(wet.shape, dtype=np.int64)
    while left.any():
        room += left[1:-1, 1:-1]
        inner = (
            left[1:-1, 1:-1] & left[:-2, 1:-1] & left[2:, 1:-1] & left[1:-1, :-2] & left[1:-1, 2:]
        )
        left = np.pad(inner, 1)
    return room


@cache
def _known() -> list[dict[str, Any]]:
    text = (files("geo.geometry") / "assets" / "seas.json").read_text(encoding="utf-8")
    seas: list[dict[str, Any]] = json.loads(text)["seas"]
    return seas


@cache
def _land() -> BaseGeometry:
    """The land of the embedded world, as areas; rings within others are left out."""
    (layer,) = (one for one in packing.decode(basemap.world()) if one.name == "land")
    areas = [Polygon(part).buffer(0) for part in layer.parts if len(part) > 3]
    land = shapely.union_all(areas)
    shapely.prepare(land)
    return land
