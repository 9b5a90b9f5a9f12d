"""What a user asks of a ground, and the way from its name to the ground."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geo.errors import GeoError
from geo.files import intake, tilestore
from geo.geometry import ground
from geo.geometry.ground import Bounds, Ground

MOST_BYTES = 2_000_000
SCREEN, BESIDE = 2.0, 0.05  # the width of a screen in heights; of a view, round it
STREET_DEG = 0.3  # about 30 km: a coast alone says little of it
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_TIFF = (".tif", ".tiff")
_ZOOMS = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What grounds are cut to: None and "" where the map or the file decides.

    max_bytes: of all grounds together, as they stand in a page.
    """

    extent: Bounds | None = None
    zooms: tuple[int, int] | None = None
    max_bytes: int = MOST_BYTES
    credit: str = ""
    memory_bytes: int = intake.CEILING

    @classmethod
    def of(cls, *, extent: str = "", zooms: str = "", size: str = "", credit: str = "",
           memory_bytes: int = intake.CEILING) -> Asked:  # fmt: skip
        """The same from texts: '24.6,59.3,24.9,59.5', '10-14', '2MB'. Raises GeoError."""
        return cls(
            extent=_extent(extent) if extent else None,
            zooms=_zooms(zooms) if zooms else None,
            max_bytes=intake.amount(size) if size else MOST_BYTES,
            credit=credit,
            memory_bytes=memory_bytes,
        )


def _extent(text: str) -> Bounds:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        if not (-180 <= west < east <= 540 and -90 <= south < north <= 90):
            raise ValueError
    except ValueError:
        raise GeoError(
            f"extent {text!r}: say west,south,east,north in degrees, such as 24.6,59.3,24.9,59.5"
        ) from None
    return west, south, east, north


def _zooms(text: str) -> tuple[int, int]:
    found = _ZOOMS.fullmatch(text.strip())
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not low <= high <= ground.MOST_ZOOM:
        raise GeoError(f"zooms {text!r}: say two numbers up to {ground.MOST_ZOOM}, such as 10-14")
    return low, high


def lay(
    named: Sequence[str | Path], view: Bounds, asked: Asked | None = None
) -> tuple[Ground, ...]:
    """The grounds of a map that shows a view, the lowest first.

    named: files of tiles, GeoTIFF or features, or addresses of tiles with {z}, {x} and {y}. Raises
    GeoError for what is none, has nothing in the extent, or no room.
    """
    own = asked or Asked()
    found: list[Ground] = []
    for name in named:
        room = own.max_bytes - sum(one.size_bytes for one in found)
        found.append(_one(name, own.extent or _screen(view), own, room))
    return tuple(found)


def _screen(view: Bounds) -> Bounds:
    """What a screen shows of a view: more at the sides, where it is wider than what is drawn."""
    west, south, east, north = view
    height = (north - south) / math.cos(math.radians((north + south) / 2))
    more = max(0.0, SCREEN * height - (east - west)) / 2 + BESIDE * (east - west)
    up = BESIDE * (north - south)
    return west - more, max(south - up, -85.0), east + more, min(north + up, 85.0)


def _one(name: str | Path, extent: Bounds, asked: Asked, room: int) -> Ground:
    if _ADDRESS.match(str(name)):
        from geo.maps.grounds import fetched

        return fetched.ground(str(name), extent, asked.zooms, asked.credit, room)
    ending = Path(name).suffix.lower()
    if ending in tilestore.ENDINGS:
        from geo.maps.grounds import archives

        return archives.ground(name, extent, asked.zooms, asked.credit, room)
    if ending in _TIFF:
        from geo.maps.grounds import terrain

        return terrain.ground(name, extent, asked.zooms, asked.credit, room)
    from geo.maps.grounds import beneath

    return beneath.ground(name, extent, asked.credit, room, asked.memory_bytes)


def street(view: Bounds, grounds: Sequence[Ground]) -> str:
    """A word on a map so near that the kit's coast says nothing of it, '' where that is not so."""
    west, south, east, north = view
    if grounds or max(east - west, north - south) > STREET_DEG:
        return ""
    return (
        "at street scale the map's own ground is an empty sheet, as it has a coast and no streets; "
        "--ground FILE lays PMTiles, MBTiles, a GeoTIFF or any features beneath"
    )
