"""PMTiles and MBTiles cut to an extent and zooms: pictures as they are, vector tiles in styles."""

from __future__ import annotations

from pathlib import Path

from geo.errors import GeoError
from geo.files import tilestore
from geo.geometry import ground as grounds
from geo.geometry.ground import Bounds, Ground, Tile
from geo.maps.grounds import fitting, schemes


def ground(
    path: str | Path, extent: Bounds, zooms: tuple[int, int] | None, credit: str, room: int
) -> Ground:
    """The ground of a file of tiles. Raises GeoError."""
    with tilestore.opened(path) as archive:
        name = archive.path.name
        extent = fitting.within(name, extent, archive.extent)
        asked = fitting.wanted(name, extent, archive.zooms, zooms)
        owed = credit or archive.credit
        said = () if owed else (f"{name}: does not say whose it is; add --credit",)
        if archive.kind == "vector":
            made = schemes.packed(archive, extent, asked, room)
            said = (*said, *made.said)
            return Ground(name, extent, made.zooms, {}, made.pack, made.dry, owed, said)
        found = fitting.cut(name, extent, asked, lambda tile: _picture(archive, tile), room)
    return Ground(name, extent, found.zooms, found.tiles, credit=owed, said=(*said, *found.said))


def _picture(archive: tilestore.Archive, tile: Tile) -> bytes | None:
    """A tile that a browser shows as a picture, None where there is none."""
    data = archive.tile(*tile)
    if data and not grounds.picture_type(data):
        z, x, y = tile
        raise GeoError(f"{archive.path}: tile {z}/{x}/{y} is neither PNG, JPEG nor WebP")
    return data
