"""Names on a base map: towns that there is room for, and countries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry import Point, Polygon, box

from geo.geometry import towns
from geo.geometry.gshhg import Extent, Source, polygons_of
from geo.geometry.outlines import BORDER_META, simplified, squeeze
from geo.geometry.packing import Layer
from geo.geometry.towns import Town

__all__ = ["MAX_PLACES", "label_layers"]

MAX_PLACES = 300
_COUNTRY_MIN_SHARE = 0.01  # a sliver below this share of the extent gets no country label
_PLACE_META = {"source": "GeoNames (geonames.org)", "licence": "CC-BY-4.0"}


def label_layers(sources: Mapping[Extent, Source]) -> list[Layer]:
    """Name towns in the first extent, countries in all: the first that shows a country counts."""
    area, *_, widest = sources
    known, names = towns.within(widest), towns.countries()
    west, south, east, north = area
    inside = [town for town in known if west <= town.lon <= east and south <= town.lat <= north]
    points: dict[str, tuple[float, float]] = {}
    for extent, source in sources.items():
        points = _country_points(source, known, extent) | points
    named = towns.notable(inside, most=MAX_PLACES)
    layers = _place_layer(named), _country_layer(points, names)
    return [layer for layer in layers if layer.parts]


def _place_layer(known: Sequence[Town]) -> Layer:
    return Layer(
        "place",
        "point",
        1e-3,
        [np.array([[town.lon, town.lat] for town in known])] if known else [],
        labels=[town.name for town in known],
        ranks=[town.population for town in known],
        meta=_PLACE_META | {"rank": "population"},
    )


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
    source: Source, known: Sequence[Town], extent: Extent
) -> dict[str, tuple[float, float]]:
    """Return a point well inside each country's largest part within the extent, by its code."""
    areas = sorted(_countries(source, extent), key=lambda area: area.area)
    largest = dict(zip(towns.majority(areas, known), areas, strict=True))
    return {code: _middle(area, squeeze(extent)) for code, area in largest.items()}


def _countries(source: Source, extent: Extent) -> list[Polygon]:
    """Cut the land along the borders; a border may end some hundred metres short of the coast."""
    ground = shapely.union_all(simplified(list(source.land), 1.0, 0.01))
    fence = shapely.buffer(shapely.union_all(simplified(list(source.border), 1.0, 0.003)), 0.012)
    share = _COUNTRY_MIN_SHARE * box(*extent).area
    return [area for area in polygons_of(ground.difference(fence)) if area.area > share]


def _middle(area: Polygon, squeeze: float) -> tuple[float, float]:
    """Return the centre of the largest circle inside, as it looks on the map."""
    narrow = shapely.transform(area, lambda xy: xy * [squeeze, 1])
    spoke = shapely.maximum_inscribed_circle(narrow, tolerance=0.02)
    centre = Point(shapely.get_coordinates(spoke)[0])
    return centre.x / squeeze, centre.y
