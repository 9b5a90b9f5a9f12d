"""Which zooms of a pyramid of tiles a page has room for, and the word on what has not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from geo.errors import GeoError
from geo.geometry import ground
from geo.geometry.ground import Bounds, Tile

DEEPER = 3  # zooms beyond the one at which the whole extent is seen
MOST_TILES = 1_000  # of one zoom: more are not asked for


@dataclass
class Cut:
    """The tiles that were taken, by zoom, and what was left out."""

    tiles: dict[Tile, bytes] = field(default_factory=dict)
    zooms: tuple[int, int] = (0, 0)
    said: list[str] = field(default_factory=list)


def wanted(
    name: str, extent: Bounds, have: tuple[int, int], asked: tuple[int, int] | None
) -> tuple[int, int]:
    """The zooms to take: those asked for, else from the whole map to three deeper.

    Raises GeoError where those asked for are not there.
    """
    low, high = have
    if asked:
        if asked[0] > high or asked[1] < low:
            raise GeoError(f"{name}: has zooms {low} to {high}, asked for {asked[0]} to {asked[1]}")
        return max(asked[0], low), min(asked[1], high)
    whole = ground.fitting(extent)
    return max(low, min(whole, high)), max(low, min(whole + DEEPER, high))


def within(name: str, extent: Bounds, have: Bounds | None) -> Bounds:
    """What an extent and that of a file have in common. GeoError where it is nothing."""
    if have is None:
        return extent
    (w, s, e, n), (west, south, east, north) = extent, have
    lons = [(max(w, west + turn), min(e, east + turn)) for turn in (-360.0, 0.0, 360.0)]
    shared = [own for own in lons if own[0] < own[1]]
    low, high = max(s, south), min(n, north)
    if not shared or low >= high:
        raise GeoError(
            f"{name}: lies between {west:.3f} and {east:.3f}° of longitude, {south:.3f} and "
            f"{north:.3f}° of latitude, and the map does not"
        )
    return min(own[0] for own in shared), low, max(own[1] for own in shared), high


def cut(
    name: str,
    extent: Bounds,
    zooms: tuple[int, int],
    take: Callable[[Tile], bytes | None],
    room: int,
) -> Cut:
    """Tiles zoom by zoom from the lowest, as far as there is room. GeoError where none fits."""
    found = Cut()
    used = 0
    for zoom in range(zooms[0], zooms[1] + 1):
        own = _taken(extent, zoom, take, room - used)
        if own is None and not found.tiles:
            raise GeoError(no_room(name, (zoom, zooms[1]), room))
        if own is None:
            found.said.append(left(name, zoom, zooms[1], room))
            break
        found.tiles |= own
        used += sum(map(text_bytes, own.values()))
    if not found.tiles:
        raise GeoError(nothing(name, extent, zooms))
    held = [zoom for zoom, _, _ in found.tiles]
    found.zooms = min(held), max(held)
    return found


def _taken(
    extent: Bounds, zoom: int, take: Callable[[Tile], bytes | None], room: int
) -> dict[Tile, bytes] | None:
    """The tiles of one zoom, None as soon as they are too many or too large."""
    if ground.count(extent, zoom) > MOST_TILES:
        return None
    found: dict[Tile, bytes] = {}
    for tile, data in _read(extent, zoom, take):
        room -= text_bytes(data)
        if room < 0:
            return None
        found[tile] = data
    return found


def _read(
    extent: Bounds, zoom: int, take: Callable[[Tile], bytes | None]
) -> Iterator[tuple[Tile, bytes]]:
    for tile in ground.cells(extent, zoom):
        data = take(tile)
        if data:
            yield tile, data


def text_bytes(data: bytes) -> int:
    """Bytes that a picture or a pack takes in a page."""
    return -(-len(data) // 3) * 4


def left(name: str, first: int, last: int, room: int) -> str:
    """A word on the zooms that are left out for want of room."""
    which = f"zoom {first} is" if first == last else f"zooms {first} to {last} are"
    return f"{name}: {which} left out, {_no_room(room)}"


def no_room(name: str, zooms: tuple[int, int], room: int) -> str:
    """The fault of a ground of which not even the lowest zoom has room."""
    return f"{name}: not even zoom {zooms[0]} can be drawn, {_no_room(room)}"


def _no_room(room: int) -> str:
    return (
        f"it takes more than the {size(room)} that are left for it; allow more with "
        "--ground-size, or less land with --ground-extent"
    )


def size(number: int) -> str:
    """An amount of bytes in words."""
    return f"{number / 1e6:.1f} MB" if number >= 100_000 else f"{number / 1e3:.0f} kB"


def nothing(name: str, extent: Bounds, zooms: tuple[int, int]) -> str:
    """The fault of a ground that has nothing where the map lies."""
    west, south, east, north = extent
    which = f"zoom {zooms[0]}" if zooms[0] == zooms[1] else f"zooms {zooms[0]} to {zooms[1]}"
    return (
        f"{name}: has nothing at {which} between {west:.3f} and {east:.3f}° of longitude, "
        f"{south:.3f} and {north:.3f}° of latitude; is it of this part of the world?"
    )
