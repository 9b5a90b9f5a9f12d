"""A ground of one's own beneath a map: pictures by tile, or packed areas and lines.

Tiles are those of web maps: Web Mercator, (zoom, x, y) from the north-west. What a ground may be
drawn of stands in `assets/ground.json`, once for page and still: the styles from the lowest up, and
by which names of layers and kinds the known schemes of vector tiles call them.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np

from geo.geometry import packing

__all__ = [
    "Bounds",
    "Ground",
    "Tile",
    "box",
    "cells",
    "named",
    "names_streets",
    "picture_type",
    "quantum",
    "role",
    "styles",
]

Bounds: TypeAlias = tuple[float, float, float, float]
Tile: TypeAlias = tuple[int, int, int]

MOST_ZOOM = 22
MOST_LAT = 85.0511
STREETS = "streets"  # the layer of a pack whose lines carry names
_TILE_UNITS = 4096  # of a vector tile, along each side
_FINEST_DEG = 1e-6
_SIGNS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
Colour: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What lies beneath a map.

    tiles: pictures by zoom, x and y. pack: packed layers, each named by its style. extent: what it
    was cut to, in degrees. zooms: the lowest and the highest it has. dry: whether land fills the
    extent under the layers, as of a map that draws all its water. credit: whose it is, in words.
    said: what was left out, and what was taken for what.
    """

    name: str
    extent: Bounds
    zooms: tuple[int, int]
    tiles: Mapping[Tile, bytes] = field(default_factory=dict, repr=False)
    pack: bytes = field(default=b"", repr=False)
    dry: bool = False
    credit: str = ""
    said: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Bytes that it takes in a page, where all bytes stand as text."""
        return sum(-(-len(data) // 3) * 4 for data in (*self.tiles.values(), self.pack))

    def names(self) -> list[str]:
        """The names of places it draws."""
        layers = packing.decode(self.pack) if self.pack else []
        points = [layer for layer in layers if layer.name != STREETS]
        return [text for layer in points for text in layer.labels or ()]

    def value(self) -> dict[str, Any]:
        """What the browser needs beside the pack."""
        held = {layer.name for layer in packing.decode(self.pack)} if self.pack else set()
        return {
            "name": self.name,
            "credit": self.credit,
            "extent": list(self.extent),
            "zooms": list(self.zooms),
            "dry": self.dry,
            "named": street_names(),
            "styles": [style for style in styles() if style["name"] in held],
            "tiles": dict(self._pictures()),
        }

    def _pictures(self) -> Iterator[tuple[str, str]]:
        for (z, x, y), data in sorted(self.tiles.items()):
            text = base64.b64encode(data).decode("ascii")
            yield f"{z}/{x}/{y}", f"{picture_type(data)};base64,{text}"


def named(grounds: Sequence[Ground], packs: Sequence[bytes]) -> list[str]:
    """Names that the base map leaves to grounds: theirs, and its own where they have some."""
    own = [(one.extent, name) for one in grounds for name in one.names()]
    under = {extent for extent, _ in own}
    layers = [layer for data in packs for layer in packing.decode(data)] if own else []
    hidden = [
        text
        for layer in layers
        if layer.labels and layer.kind == "point"
        for text, at in zip(layer.labels, np.vstack(layer.parts), strict=True)
        if any(w <= at[0] <= e and s <= at[1] <= n for w, s, e, n in under)
    ]
    return [*(name for _, name in own), *hidden]


def over(grounds: Sequence[Ground], lon: float, lat: float) -> bool:
    """Whether one of the grounds covers a position: the name of a sea would stand on streets."""
    boxes = (one.extent for one in grounds)
    return any(w <= lon <= e and s <= lat <= n for w, s, e, n in boxes)


@cache
def _rules() -> dict[str, Any]:
    text = (files("geo.geometry") / "assets" / "ground.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def styles() -> Sequence[Colour]:
    """How each kind of area and line is drawn, from the lowest up."""
    found: list[Colour] = _rules()["styles"]
    return found


def kinds() -> Sequence[str]:
    """The columns in which vector tiles say what kind a feature is, the best first."""
    return tuple(_rules()["kinds"])


def naming() -> Sequence[str]:
    """The columns of names, the best first."""
    return tuple(_rules()["names"])


def street_names() -> dict[str, Any]:
    """From which zoom names stand on streets, on how long a stretch, and how many at most."""
    own: dict[str, Any] = _rules()["streets"]
    return {name: own[name] for name in ("from", "least_px", "most")}


def names_streets(layer: str, kind: str) -> bool:
    """Whether lines of a kind in a layer of vector tiles are streets that carry their names."""
    if not re.fullmatch(_rules()["streets"]["layer"], layer):
        return False
    return role("roads", 1, kind) in ("road", "street")


def role(layer: str, dimension: int, kind: str) -> str | None:
    """The style of a feature of a vector tile; '' for none, None for an unknown layer."""
    for rule in _rules()["rules"]:
        fits = (
            re.fullmatch(rule["layer"], layer)
            and rule.get("dimension", dimension) == dimension
            and ("kind" not in rule or re.fullmatch(rule["kind"], kind))
        )
        if fits:
            return str(rule["role"])
    return None


def picture_type(data: bytes) -> str:
    """The media type of a picture that a browser shows, '' of anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS if data.startswith(sign)), "")


# --- tiles ----------------------------------------------------------------------------------------


def _at(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Where a position lies, in tiles from the north-west of the world."""
    angle = math.radians(max(-MOST_LAT, min(MOST_LAT, lat)))
    size = 1 << zoom
    return (lon + 180) / 360 * size, (1 - math.asinh(math.tan(angle)) / math.pi) / 2 * size


def span(extent: Bounds, zoom: int) -> tuple[int, int, int, int]:
    """The first and last column and row of tiles that an extent meets; columns may count on."""
    left, top = _at(extent[0], extent[3], zoom)
    right, bottom = _at(extent[2], extent[1], zoom)
    last = (1 << zoom) - 1
    return (
        math.floor(left),
        max(0, math.floor(top)),
        max(math.floor(left), math.ceil(right) - 1),
        min(last, max(math.floor(top), math.ceil(bottom) - 1)),
    )


def count(extent: Bounds, zoom: int) -> int:
    """How many tiles an extent meets at a zoom."""
    x0, y0, x1, y1 = span(extent, zoom)
    return min(x1 - x0 + 1, 1 << zoom) * (y1 - y0 + 1)


def cells(extent: Bounds, zoom: int) -> Iterator[Tile]:
    """The tiles that an extent meets at a zoom, each once."""
    x0, y0, x1, y1 = span(extent, zoom)
    size = 1 << zoom
    for y in range(y0, y1 + 1):
        for x in range(x0, min(x1, x0 + size - 1) + 1):
            yield zoom, x % size, y


def box(tile: Tile) -> Bounds:
    """West, south, east and north of a tile in degrees."""
    zoom, x, y = tile
    size = 1 << zoom

    def lat(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / size))))

    return x / size * 360 - 180, lat(y + 1), (x + 1) / size * 360 - 180, lat(y)


def fitting(extent: Bounds, width_px: float = 1000.0) -> int:
    """The zoom at which an extent is about so many pixels wide or high."""
    (left, top), (right, bottom) = _at(extent[0], extent[3], 0), _at(extent[2], extent[1], 0)
    share = max(right - left, bottom - top, 1e-9)
    return max(0, min(MOST_ZOOM, math.floor(math.log2(width_px / 256 / share))))


def quantum(zoom: int) -> float:
    """Degrees to which positions of a vector tile are known."""
    return float(max(_FINEST_DEG, 360 / (1 << zoom) / _TILE_UNITS))
