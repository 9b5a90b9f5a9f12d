"""Legs that leave their course to the kit: over water, or along the railways of the world."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.checking import check
from geo.errors import AssetError, GeoError
from geo.geometry import rail, water

__all__ = ["MODES", "RAIL_NOTE", "by_rail", "filled"]

MODES = ("sea", "rail")  # whose legs may have no geometry
RAIL_NOTE = (
    "Modelled: the shortest way along OpenStreetMap's railways, through few of their points and "
    f"so shorter than its {{track_km:,.1f}} km of track; {rail.ATTRIBUTION}"
)


def filled(
    legs: gpd.GeoDataFrame, places: gpd.GeoDataFrame, land: Callable[[], BaseGeometry]
) -> gpd.GeoDataFrame:
    """The legs, those without a geometry laid between their ends; a new frame if there are any.

    Raises GeoError that names the file and the leg where there is no way, AssetError where the
    extra for railways is missing.
    """
    missing = legs.geometry.isna() & legs["mode"].isin(MODES)
    if not missing.any():
        return legs
    points = places.drop_duplicates("place").set_index("place").geometry
    found, ground = legs.copy(), land()
    for number in legs.index[missing]:
        ends = points[legs.at[number, "origin"]], points[legs.at[number, "destination"]]
        where = f"{legs.at[number, 'file']}, leg {legs.at[number, 'leg']}"
        try:
            _lay(found, number, ends, ground)
        except AssetError:
            raise
        except GeoError as error:
            raise GeoError(f"{where}: {error}") from error
    return found


def _lay(
    legs: gpd.GeoDataFrame, number: int, ends: tuple[Point, Point], land: BaseGeometry
) -> None:
    """Write the course of one leg, and for a railway how it is known."""
    (x1, y1), (x2, y2) = ((p.x, p.y) for p in ends)
    if legs.at[number, "mode"] == "sea":
        legs.at[number, "geometry"] = water.route(
            (x1, y1),
            (x2, y2),
            land=land,
            via=check.passages_of(legs.loc[number], "via"),
            avoid=check.passages_of(legs.loc[number], "avoid"),
        ).line
        return
    track = rail.route((x1, y1), (x2, y2), land=land)
    course = [(x1, y1), *track.line.coords, (x2, y2)]
    legs.at[number, "geometry"] = LineString(course)
    legs.at[number, "geometry_basis"] = "modelled"
    own, said = legs.at[number, "note"], RAIL_NOTE.format(track_km=track.track_km)
    legs.at[number, "note"] = f"{own}; {said}" if isinstance(own, str) and own else said


def by_rail(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> list[str]:
    """The files of legs that were laid along railways."""
    laid = before.geometry.isna() & (before["mode"] == "rail")
    return [str(file) for file in after.loc[laid, "file"].unique()]
