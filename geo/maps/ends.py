"""Ends of a way as people name them: a position, a place of the folder, a UN/LOCODE or a port."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from geo.errors import GeoError
from geo.geometry.ways import ports

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["end", "is_position", "point"]

LonLat: TypeAlias = tuple[float, float]


def end(text: str, places: gpd.GeoDataFrame | None) -> tuple[str, LonLat]:
    """Return name and (lon, lat) of 'lat,lon', a place of the folder, a UN/LOCODE or a port.

    Raises GeoError that says what was tried.
    """
    try:
        return text, point(text, places)
    except GeoError as error:
        if is_position(text):
            raise
        try:
            port = ports.find(text)
        except GeoError as other:
            raise GeoError(f"{error}; nor is it a port: {other}") from None
        return port.name, (port.lon, port.lat)


def is_position(text: str) -> bool:
    """Whether a text has two parts with a digit in each: lat,lon, rightly written or not."""
    parts = text.split(",")
    return len(parts) == 2 and all(any(c.isdigit() for c in part) for part in parts)


def point(text: str, places: gpd.GeoDataFrame | None) -> LonLat:
    """(lon, lat) of 'lat,lon' or of a place named by id or English name. Raises GeoError."""
    parts = text.split(",")
    if len(parts) == 2:
        try:
            lat, lon = (float(part) for part in parts)
        except ValueError:
            raise GeoError(f"{text!r} is not lat,lon; write for example 42.2,130.3") from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise GeoError(
                f"{text!r}: latitude is first and lies within ±90, longitude within ±180"
            )
        return (lon, lat)
    if places is not None and len(places):
        known = places[(places["place"] == text) | (places["name_en"].str.lower() == text.lower())]
        if len(known):
            return (float(known.geometry.iloc[0].x), float(known.geometry.iloc[0].y))
    raise GeoError(
        f"no place named {text!r}; write its id or name as in places.geojson, or lat,lon"
    )
