"""Tiles of an address, asked for once, when a page is made, as its server wants them asked for.

Nothing is fetched that the user has not named. A tile is kept on this machine as long as its server
allows, asked for again no sooner, at most `PER_SECOND` of them, under the kit's own name; and whose
the tiles are must be said, as they stand in the page from then on.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from geo.errors import AssetError, GeoError
from geo.geometry import ground as grounds
from geo.geometry.ground import Bounds, Ground, Tile
from geo.maps.grounds import fitting

PER_SECOND = 4
MOST_ASKED = 400  # tiles for one map: who needs more has a file of them
MOST_BYTES = 2_000_000  # of one tile
TIMEOUT_S = 20
KEPT_S = 7 * 24 * 3600  # where a server does not say
# What an address may hold of a reader's own: it is kept neither in the cache nor in a page.
_SECRETS = ("key", "api_key", "apikey", "access_token", "token")
_SIGNS = re.compile(r"\{([^}]*)\}")
_KNOWN = {"z", "x", "y", "-y", "r", "s"}


def ground(
    address: str, extent: Bounds, zooms: tuple[int, int] | None, credit: str, room: int
) -> Ground:
    """The ground of an address of tiles with {z}, {x} and {y}. Raises GeoError."""
    name = _judged(address)
    if not credit:
        raise GeoError(
            f"{name}: say whose these tiles are, as their terms ask: --credit '© …'; "
            "the words stand on the map"
        )
    asked = fitting.wanted(name, extent, (0, grounds.MOST_ZOOM), zooms)
    with _session() as session:
        taker = _Taker(session, address, name)
        found = fitting.cut(name, extent, _few(name, extent, asked), taker.take, room)
    return Ground(name, extent, found.zooms, found.tiles, credit=credit, said=tuple(found.said))


def _judged(address: str) -> str:
    """The host of an address that is one of tiles."""
    signs = set(_SIGNS.findall(address))
    if not {"z", "x"} <= signs or not signs & {"y", "-y"} or signs - _KNOWN:
        raise GeoError(
            f"{urlsplit(address).hostname}: write the address of its tiles with {{z}}, {{x}} and "
            "{y}, such as https://tiles.example/{z}/{x}/{y}.png"
        )
    host = urlsplit(address).hostname
    if not host:
        raise GeoError("the address of the tiles names no server")
    return host.replace("{s}", "a")


def _few(name: str, extent: Bounds, zooms: tuple[int, int]) -> tuple[int, int]:
    """The zooms of which a server may be asked for every tile."""
    high, total = zooms[0] - 1, 0
    for zoom in range(zooms[0], zooms[1] + 1):
        total += grounds.count(extent, zoom)
        if total > MOST_ASKED:
            break
        high = zoom
    if high < zooms[0]:
        raise GeoError(
            f"{name}: zoom {zooms[0]} alone has {total:,} tiles here, at most {MOST_ASKED} are "
            "asked of a server; ask for lower zooms or less land, or use a file of tiles"
        )
    return zooms[0], high


def _agent() -> str:
    try:
        return f"tumen/{version('tumen')} (offline map pages)"
    except PackageNotFoundError:  # not installed: run from its folder
        return "tumen (offline map pages)"


def _session() -> Any:
    """A session that keeps what servers allow to keep, and waits between what it asks for."""
    try:
        from requests import Session
        from requests_cache import CacheMixin
        from requests_ratelimiter import LimiterMixin
    except ModuleNotFoundError as error:
        raise AssetError(
            "tiles of an address need the extra: pip install 'tumen[ground]'"
        ) from error

    # The cache is looked into before a turn is waited for.
    polite: Any = type("Polite", (CacheMixin, LimiterMixin, Session), {})
    made = polite(
        cache_name="tumen-tiles",
        backend="sqlite",
        use_cache_dir=True,
        cache_control=True,
        expire_after=KEPT_S,
        allowable_codes=(200, 204, 404),
        ignored_parameters=_SECRETS,
        per_second=PER_SECOND,
    )
    made.headers["User-Agent"] = _agent()
    made.max_redirects = 3
    return made


class _Taker:
    """Takes tiles one by one; the first answer that is no tile ends it."""

    def __init__(self, session: Any, address: str, name: str) -> None:
        self.session, self.address, self.name = session, address, name

    def take(self, tile: Tile) -> bytes | None:
        """A picture; None where the server has none."""
        import requests

        try:
            answer = self.session.get(_filled(self.address, tile), timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise GeoError(
                f"{self.name}: no answer ({type(error).__name__}); is the address right, and is "
                "this machine on a network? A file of tiles needs none"
            ) from error
        return self._judged(answer, tile)

    def _judged(self, answer: Any, tile: Tile) -> bytes | None:
        code, data = answer.status_code, bytes(answer.content)
        if code in (204, 404) or (code == 200 and not data):
            return None
        if code != 200:
            later = answer.headers.get("Retry-After", "")
            wait = f", and asks to wait {later} s" if later.isdigit() else ""
            raise GeoError(f"{self.name}: answers {code} for a tile{wait}; see its terms of use")
        if len(data) > MOST_BYTES or not grounds.picture_type(data):
            kind = answer.headers.get("Content-Type", "nothing known").split(";")[0]
            raise GeoError(
                f"{self.name}: tile {'/'.join(map(str, tile))} is {kind}, of {len(data):,} bytes; "
                "PNG, JPEG and WebP are drawn"
            )
        return data


def _filled(address: str, tile: Tile) -> str:
    zoom, x, y = tile
    values = {"z": zoom, "x": x, "y": y, "-y": (1 << zoom) - 1 - y, "r": "", "s": "a"}
    return _SIGNS.sub(lambda found: str(values[found[1]]), address)
