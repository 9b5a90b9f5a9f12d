"""Grounds of one's own on a still map: tiles as pictures, areas and lines in the page's styles."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from PIL import Image

from geo.geometry import ground, packing
from geo.geometry.ground import Ground, Tile
from geo.output.still.camera import Camera, Floats, mercator
from geo.output.still.labels import Label
from geo.output.still.text import PX_PT

LAND, TOWN, STREET = "#f3f1ec", "#5d666e", "#7d7768"
FINER = 1.5  # pixels of tiles to a pixel of the map, for paper
_SIDE = 256
_NEAR = (11.0, 6.0)  # as geo/web/ground.js widens lines
ORDER = 3.0  # over every pack of the base map, under every line


def draw(axes: Any, grounds: Sequence[Ground], camera: Camera, zoom: float) -> None:
    """Draw grounds from the lowest up; tiles only on the projection that they are made for."""
    for number, one in enumerate(grounds):
        order = ORDER + number
        if one.pack:
            _packed(axes, one, camera, zoom, order)
        if one.tiles and camera.plane is mercator:
            _tiled(axes, one, camera, zoom, order + 0.5)


def names(grounds: Sequence[Ground], camera: Camera) -> Iterator[Label]:
    """The names of places of grounds, the most people first."""
    for one in grounds:
        layers = packing.decode(one.pack) if one.pack else []
        for layer in (each for each in layers if each.labels and each.name != ground.STREETS):
            for text, at in zip(layer.labels or (), np.vstack(layer.parts), strict=True):
                px = camera.px(at[None, :])
                yield Label(text, px, 11.0, 3.0, "", TOWN, on=True, gid="base-name")


def street_names(grounds: Sequence[Ground], camera: Camera, zoom: float) -> Iterator[Label]:
    """Names over the longest stretch of each street that is seen, the longest first."""
    said = ground.street_names()
    if zoom < said["from"]:
        return
    found: dict[str, tuple[float, Floats]] = {}
    layers = (each for one in grounds if one.pack for each in packing.decode(one.pack))
    for layer in (each for each in layers if each.name == ground.STREETS):
        for text, part in zip(layer.labels or (), layer.parts, strict=True):
            length, middle = _longest(camera.px(part), camera)
            if length > found.get(text, (said["least_px"], None))[0]:
                found[text] = length, middle
    order = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    for text, (_, middle) in order[: said["most"]]:
        yield Label(text, middle, 9.5, 3.0, "", STREET, on=True, gid="street-name")


def _longest(part: Floats, camera: Camera) -> tuple[float, Floats]:
    """The length in pixels of the longest straight stretch in the picture, and its middle."""
    ends = np.stack([part[:-1], part[1:]], axis=1)
    seen = shapely.clip_by_rect(shapely.linestrings(ends), 0, 0, camera.width, camera.height)
    lengths = np.asarray(shapely.length(seen), dtype=float)
    best = int(np.argmax(lengths))
    longest = np.asarray(seen, dtype=object)[best]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(longest, lengths[best] / 2))
    return float(lengths[best]), middle


# --- areas and lines ------------------------------------------------------------------------------


def _packed(axes: Any, one: Ground, camera: Camera, zoom: float, order: float) -> None:
    frame = _frame(one, camera)
    if one.dry:
        axes.add_patch(Rectangle(*frame, facecolor=LAND, edgecolor="none", zorder=order))
    clip = Rectangle(*frame, transform=axes.transData)
    layers = {layer.name: layer for layer in packing.decode(one.pack)}
    own = [style for style in ground.styles() if style["name"] in layers]
    for step, style in enumerate(own):
        if zoom < style.get("from", 0):
            continue
        parts = [camera.px(part) for part in layers[style["name"]].parts]
        for artist in _artists(parts, style, zoom, order + (step + 1) / 100):
            artist.set_gid(f"ground:{style['name']}")
            axes.add_artist(artist)
            artist.set_clip_path(clip)


def _frame(one: Ground, camera: Camera) -> tuple[tuple[float, float], float, float]:
    west, south, east, north = one.extent
    (left, top), (right, bottom) = camera.px([[west, north], [east, south]])
    left, top = max(left, 0.0), max(top, 0.0)
    right, bottom = min(right, camera.width), min(bottom, camera.height)
    return (float(left), float(top)), float(right - left), float(bottom - top)


def _artists(
    parts: Sequence[Floats], style: Mapping[str, Any], zoom: float, order: float
) -> Iterator[Any]:
    if "fill" in style:
        yield PathPatch(_outline(parts), facecolor=style["fill"], edgecolor="none", zorder=order)
    if "line" in style:
        low, high = style["width"]
        near = (zoom - _NEAR[0]) / _NEAR[1]
        width = max(low, min(high, low + near * (high - low))) * PX_PT
        dash: Any = (0, [d * PX_PT / width for d in style["dash"]]) if "dash" in style else "-"
        yield LineCollection(
            parts, colors=style["line"], linewidths=width, linestyles=dash, zorder=order
        )


def _outline(parts: Sequence[Floats]) -> Path:
    """All rings as one path: holes turn the other way, so that they stay open."""
    codes = []
    for part in parts:
        own = np.full(len(part), Path.LINETO, np.uint8)
        own[0], own[-1] = Path.MOVETO, Path.CLOSEPOLY
        codes.append(own)
    return Path(np.vstack(parts), np.concatenate(codes))


# --- tiles ----------------------------------------------------------------------------------------


def _tiled(axes: Any, one: Ground, camera: Camera, zoom: float, order: float) -> None:
    """The tiles of the zoom that suits the picture, with the coarser under their gaps."""
    low, high = one.zooms
    best = max(low, min(high, round(zoom + math.log2(FINER))))
    for step, level in enumerate(sorted({max(low, best - 1), best})):
        own = {tile: data for tile, data in one.tiles.items() if tile[0] == level}
        if own:
            _level(axes, own, camera, order + step / 10)


def _level(axes: Any, tiles: Mapping[Tile, bytes], camera: Camera, order: float) -> None:
    """Tiles of one zoom as one picture, on whole pixels."""
    columns, rows = ([tile[n] for tile in tiles] for n in (1, 2))
    x0, x1, y0, y1 = min(columns), max(columns), min(rows), max(rows)
    size = (x1 - x0 + 1) * _SIDE, (y1 - y0 + 1) * _SIDE
    whole = Image.new("RGBA", size, (0, 0, 0, 0))
    for (_, x, y), data in sorted(tiles.items()):
        with Image.open(io.BytesIO(data)) as read:
            picture = read.convert("RGBA").resize((_SIDE, _SIDE))
        whole.paste(picture, ((x - x0) * _SIDE, (y - y0) * _SIDE))
    level = next(iter(tiles))[0]
    west, _, _, north = ground.box((level, x0, y0))
    _, south, east, _ = ground.box((level, x1, y1))
    for turn in (-360.0, 0.0, 360.0):
        (left, top), (right, bottom) = camera.px([[west + turn, north], [east + turn, south]])
        if right > 0 and left < camera.width:
            shown = AxesImage(
                axes, extent=(left, right, bottom, top), origin="upper", zorder=order,
                interpolation="antialiased",
            )  # fmt: skip
            shown.set_data(np.asarray(whole))
            shown.set_gid("ground:tiles")
            axes.add_image(shown)
