"""`geo new`: a data folder of a user's own that already builds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from geo import basemap, files, water
from geo.errors import GeoError

PAD_DEG = 1.0


def new(folder: str | Path, *, origin: str = "", destination: str = "") -> None:
    """Write the example folder; `origin` and `destination` are 'Name,lat,lon' of its two ports.

    Raises GeoError when the folder holds anything, an end cannot be read, or no way over water
    leads from one to the other: nothing is written then.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GeoError(f"{folder}: exists and is not empty; name a new folder")
    ends = [_end(text) for text in (origin, destination)]
    contents = dict(_examples())
    places = json.loads(contents["places.geojson"])
    for feature, end in zip(places["features"], ends, strict=True):
        if end is not None:
            feature["properties"]["name_en"], feature["geometry"]["coordinates"] = end
    descriptor = json.loads(contents["datapackage.json"])
    points = [feature["geometry"]["coordinates"] for feature in places["features"]]
    _try(places["features"], points)
    descriptor["tumen:extent"] = _extent(points)
    contents["places.geojson"] = _lines(places)
    contents["datapackage.json"] = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    for name, text in contents.items():
        files.write(folder / name, text)


def _try(places: list[dict[str, Any]], points: list[list[float]]) -> None:
    """Find the way that the folder's sea leg will take."""
    names = " – ".join(feature["properties"]["name_en"] for feature in places)
    ends = [(point[0], point[1]) for point in points]
    try:
        water.route(ends[0], ends[1], land=basemap.land())
    except GeoError as error:
        raise GeoError(f"{names}: {error}") from error


def _examples() -> Iterator[tuple[str, str]]:
    for entry in sorted((resources("geo") / "assets" / "new").iterdir(), key=lambda e: e.name):
        yield entry.name, entry.read_text(encoding="utf-8")


def _end(text: str) -> tuple[str, list[float]] | None:
    if not text:
        return None
    try:
        name, lat, lon = text.rsplit(",", 2)
        point = [float(lon), float(lat)]
    except ValueError:
        raise GeoError(
            f"{text!r} is not 'Name,lat,lon'; write for example 'Port,1.5,103.2'"
        ) from None
    if not name.strip():
        raise GeoError(f"{text!r} names no place; write for example 'Port,1.5,103.2'")
    if not (abs(point[0]) <= 180 and abs(point[1]) <= 85):
        raise GeoError(f"{text!r}: latitude comes first and lies within ±85, longitude within ±180")
    return name.strip(), point


def _extent(points: list[list[float]]) -> list[float]:
    """[west, south, east, north] round two points, the short way: east may exceed 180."""
    (lon1, lat1), (lon2, lat2) = points
    lon2 = lon2 + 360 * round((lon1 - lon2) / 360)
    west, east = min(lon1, lon2), max(lon1, lon2)
    if west < -180:
        west, east = west + 360, east + 360
    south, north = max(min(lat1, lat2) - PAD_DEG, -85.0), min(max(lat1, lat2) + PAD_DEG, 85.0)
    return [round(v, 3) for v in (max(west - PAD_DEG, -180.0), south, east + PAD_DEG, north)]


def _lines(collection: dict[str, Any]) -> str:
    """GeoJSON with one feature a line."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in collection["features"])
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
