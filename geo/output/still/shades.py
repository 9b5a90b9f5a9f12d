"""Relief and depth on a still map: the tints of the page, over land and water as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.image import AxesImage
from PIL import Image, ImageDraw
from scipy.ndimage import map_coordinates

from geo.geometry import packing, relief
from geo.output.still.camera import Camera, Floats, mercator

COVERS = 64  # steps of a tint: finer ones are not seen, and not small as a picture
FINER = 2  # pixels drawn to a pixel of the coast, each way


def draw(
    axes: Any, layers: Sequence[packing.Layer], camera: Camera, sea: str, order: float
) -> None:
    """Draw what a pack has of relief and depth; none on a projection that pages do not use.

    sea: the colour of the water, of which depth takes its share.
    """
    own = {layer.name: layer for layer in layers if layer.meta.get("image")}
    strength = relief.strength(camera.width * camera.per_px)
    if camera.plane is not mercator or not strength or not own:
        return
    frame = next(iter(own.values())).meta["extent"]
    box = _box(frame, camera)
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    land = [camera.px(part) for layer in layers if layer.name == "land" for part in layer.parts]
    dry = _dry(land, box)[..., None]
    over = _shade(own.get(relief.LAND), box, camera, strength, "")
    over *= dry
    water = _shade(own.get(relief.SEA), box, camera, strength, sea)
    water *= 1 - dry
    over += water
    left, top, right, bottom = box
    picture = _Tints(axes, extent=(left, right, bottom, top), origin="upper", zorder=order)
    over[..., 3] = np.round(over[..., 3] * COVERS) / COVERS
    over[over[..., 3] == 0] = 0
    over *= 255
    picture.set_data(np.round(over, out=over).astype(np.uint8))
    picture.set_gid("relief")
    axes.add_image(picture)


class _Tints(AxesImage):
    """A picture of tints, brought to the pixels of the canvas as bytes.

    matplotlib does so in floats, which takes sixteen times the memory of the picture.
    """

    def make_image(
        self, renderer: Any, magnification: float = 1.0, unsampled: bool = False
    ) -> tuple[Any, float, float, Any]:
        """Rows of RGBA, the lowest first, and the left and bottom they are drawn at."""
        pixels = self.get_array()
        if unsampled or pixels is None:
            return super().make_image(renderer, magnification, unsampled)
        left, right, bottom, top = self.get_extent()
        corners = self.axes.transData.transform([(left, bottom), (right, top)])
        (x0, y0), (x1, y1) = np.rint(corners * magnification).astype(int)
        tints = Image.fromarray(pixels).convert("RGBa")  # colours by their cover
        size = max(x1 - x0, 1), max(y1 - y0, 1)
        grown = np.array(tints.resize(size, Image.Resampling.BILINEAR).convert("RGBA"))
        return grown[::-1].copy(), x0 / magnification, y0 / magnification, None


def _box(extent: Sequence[float], camera: Camera) -> tuple[int, int, int, int]:
    """The part of the map that an extent takes, in whole pixels."""
    west, south, east, north = extent
    (left, top), (right, bottom) = camera.px([[west, north], [east, south]])
    return (
        int(max(np.ceil(left), 0)),
        int(max(np.ceil(top), 0)),
        int(min(np.floor(right), camera.width)),
        int(min(np.floor(bottom), camera.height)),
    )


def _dry(land: Sequence[Floats], box: tuple[int, int, int, int]) -> relief.Tints:
    """How much of each pixel of a box is land, 0 to 1."""
    left, top, right, bottom = box
    size = (right - left) * FINER, (bottom - top) * FINER
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    for ring in land:
        at = (ring - [left, top]) * FINER
        if (at.max(axis=0) >= 0).all() and (at.min(axis=0) <= size).all() and len(at) > 2:
            pen.polygon([(float(x), float(y)) for x, y in at], fill=255)
    return np.asarray(mask.reduce(FINER), dtype=np.float32) / np.float32(255)


def _shade(
    layer: packing.Layer | None, box: tuple[int, int, int, int], camera: Camera, strength: float,
    sea: str,
) -> relief.Tints:  # fmt: skip
    """Red, green, blue and cover of each pixel of a box, that of the land or of a sea."""
    left, top, right, bottom = box
    if layer is None:
        return np.zeros((bottom - top, right - left, 4), np.float32)
    west, south, east, north = layer.meta["extent"]
    (x0, y0), (x1, y1) = camera.px([[west, north], [east, south]])
    grey = relief.shade(layer)
    rows = (np.arange(top, bottom) + 0.5 - y0) / (y1 - y0) * grey.shape[0] - 0.5
    columns = (np.arange(left, right) + 0.5 - x0) / (x1 - x0) * grey.shape[1] - 0.5
    at = np.meshgrid(rows, columns, indexing="ij")
    tone = map_coordinates(grey, at, output=np.float32, order=1, mode="nearest")
    return relief.depth(tone, strength, to_rgb(sea)) if sea else relief.hills(tone, strength)
