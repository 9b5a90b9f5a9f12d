"""A GeoTIFF as tiles: in its own colours, or in grey from its lowest to its highest value."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import AssetError, GeoError
from geo.files import intake, tilestore
from geo.geometry import ground as grounds
from geo.geometry.ground import Bounds, Ground, Tile
from geo.maps.grounds import fitting

SIDE = 256
QUALITY = 80
_EQUATOR_M = 40_075_016.686
_HALF_M = _EQUATOR_M / 2
_SAMPLE = 512  # pixels along a side, by which values are stretched
_ENDS = (2, 98)  # percent of the values that lie outside of the greys
# Nothing beside the file is read: neither a list of the folder nor what lies there by its name.
_ALONE = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO",
          "GDAL_TIFF_INTERNAL_MASK": "YES"}  # fmt: skip
Bytes = NDArray[np.uint8]


def ground(
    path: str | Path, extent: Bounds, zooms: tuple[int, int] | None, credit: str, room: int
) -> Ground:
    """The ground of a GeoTIFF. Raises GeoError for one without a reference system."""
    found = intake.named(path)
    try:
        import rasterio
    except ModuleNotFoundError as error:
        raise AssetError(f"{found}: read with the extra: pip install 'tumen[ground]'") from error
    with (
        intake.whole(found, "a GeoTIFF"),
        rasterio.Env(**_ALONE),
        rasterio.open(found, driver="GTiff") as source,
    ):
        if source.crs is None:
            raise GeoError(f"{found}: states no reference system, so nobody knows where it lies")
        picture = _Picture(source, _look(source))
        asked = fitting.wanted(found.name, extent, (0, picture.finest), zooms)
        cut = fitting.cut(found.name, extent, asked, picture.tile, room)
        owed = credit or tilestore.plain(source.tags().get("TIFFTAG_COPYRIGHT"))
    said = [f"{found.name}: {picture.look.said}"] if picture.look.said else []
    said += [] if owed else [f"{found.name}: does not say whose it is; add --credit"]
    said += cut.said
    return Ground(found.name, extent, cut.zooms, cut.tiles, credit=owed, said=tuple(said))


@dataclass(frozen=True)
class _Look:
    """Which bands are drawn, from which value to which, and by which table of colours."""

    bands: tuple[int, ...]
    ends: tuple[float, float] | None = None
    table: Bytes | None = None
    said: str = ""


def _look(source: Any) -> _Look:
    """Colours as the file has them: a table, three bands of bytes, or one band in grey."""
    from rasterio.enums import ColorInterp

    if source.colorinterp[0] == ColorInterp.palette and source.dtypes[0] == "uint8":
        table = np.zeros((256, 4), np.uint8)
        for number, colour in source.colormap(1).items():
            table[number] = colour
        return _Look((1,), table=table)
    bands = (1, 2, 3) if source.count >= 3 else (1,)
    which = "" if source.count in (1, 2, 3, 4) else f"bands 1 to 3 of {source.count} are drawn"
    if len(bands) == 3 and source.dtypes[0] == "uint8":
        return _Look(bands, said=which)
    low, high = _ends(source, bands)
    grey = "" if len(bands) == 3 else "drawn in grey, "
    said = f"{grey}dark at {low:g} and light at {high:g}"
    return _Look(bands, (low, high), said="; ".join(filter(None, (which, said))))


def _ends(source: Any, bands: tuple[int, ...]) -> tuple[float, float]:
    shape = (len(bands), min(source.height, _SAMPLE), min(source.width, _SAMPLE))
    values = source.read(bands, out_shape=shape, masked=True).astype(float)
    known = values.compressed()
    known = known[np.isfinite(known)]
    if not len(known):
        raise GeoError(f"{Path(source.name).name}: holds no value")
    low, high = np.percentile(known, _ENDS)
    return float(low), float(high)


@dataclass(frozen=True)
class _Picture:
    """A raster, and how it is drawn."""

    source: Any
    look: _Look

    @property
    def finest(self) -> int:
        """The zoom at which a pixel of the file is a pixel of a tile."""
        from rasterio.warp import calculate_default_transform

        own = self.source
        flat, _, _ = calculate_default_transform(
            own.crs, "EPSG:3857", own.width, own.height, *own.bounds
        )
        return max(0, min(grounds.MOST_ZOOM, math.ceil(math.log2(_EQUATOR_M / SIDE / abs(flat.a)))))

    def tile(self, tile: Tile) -> bytes | None:
        """A tile as WebP, None where nothing of the raster lies."""
        from rasterio.enums import ColorInterp, Resampling
        from rasterio.transform import from_bounds
        from rasterio.vrt import WarpedVRT

        own = self.source
        how = Resampling.nearest if self.look.table is not None else Resampling.bilinear
        flat = WarpedVRT(
            own, crs="EPSG:3857", transform=from_bounds(*_metres(tile), SIDE, SIDE), width=SIDE,
            height=SIDE, resampling=how,
            add_alpha=own.nodata is None and ColorInterp.alpha not in own.colorinterp,
        )  # fmt: skip
        with flat:
            cover = np.where(flat.dataset_mask() > 0, 255, 0).astype(np.uint8)
            if not cover.any():
                return None
            return _webp(self._coloured(flat.read(self.look.bands), cover))

    def _coloured(self, values: NDArray[Any], cover: Bytes) -> Bytes:
        if self.look.table is not None:
            made: Bytes = self.look.table[values[0].astype(np.uint8)]
            made[..., 3] = np.minimum(made[..., 3], cover)
            return made
        if self.look.ends:
            low, high = self.look.ends
            values = (np.nan_to_num(values.astype(float)) - low) / max(high - low, 1e-12) * 255
        values = np.clip(values, 0, 255).astype(np.uint8)
        colours = values if len(values) == 3 else np.repeat(values, 3, axis=0)
        return np.moveaxis(np.concatenate([colours, cover[None]]), 0, -1)


def _metres(tile: Tile) -> tuple[float, float, float, float]:
    zoom, x, y = tile
    side = _EQUATOR_M / (1 << zoom)
    left, top = x * side - _HALF_M, _HALF_M - y * side
    return left, top - side, left + side, top


def _webp(pixels: Bytes) -> bytes:
    from PIL import Image

    image = Image.fromarray(pixels, "RGBA")
    if (pixels[..., 3] == 255).all():
        image = image.convert("RGB")
    made = io.BytesIO()
    image.save(made, "WEBP", quality=QUALITY, method=4)
    return made.getvalue()
