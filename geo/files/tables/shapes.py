"""Geometries in one column of a table: WKT, the same with its SRID, WKB as hexadecimal, GeoJSON."""

from __future__ import annotations

import re
from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import wording
from geo.files.tables import grids
from geo.files.tables.placed import Placed, Problem

__all__ = ["read"]

_SRID = re.compile(r"SRID=([0-9]+);\s*", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){9,}")


def read(name: str, cells: Sequence[str], kind: str, made: Placed) -> None:
    """Add the geometry of each cell to what is placed, or why it is none."""
    for text in cells:
        shape, reason = _shape(text) if text else (None, "")
        made.put(shape, *([_problem(name, text, kind, reason)] if reason else []))
    made.said.append(f"{name}: read as geometry.")


def _problem(name: str, text: str, kind: str, reason: str) -> Problem:
    form = "GeoJSON" if kind == "geojson" else "WKT"
    return Problem(name, text[:60], *wording("geometry.not-readable", form=form, reason=reason))


def _shape(text: str) -> tuple[BaseGeometry | None, str]:
    """The geometry of a cell, and what is wrong with it."""
    try:
        if text.lstrip().startswith("{"):
            return shapely.from_geojson(text), ""
        if _HEX.fullmatch(text):
            shape = shapely.from_wkb(text)
            return _in_degrees(shape, int(shapely.get_srid(shape)))
        stated = _SRID.match(text)
        shape = shapely.from_wkt(text[stated.end() :] if stated else text)
        return _in_degrees(shape, int(stated[1]) if stated else 0)
    except (shapely.errors.GEOSException, ValueError) as error:
        return None, " ".join(str(error).split())[:80] or type(error).__name__


def _in_degrees(shape: BaseGeometry, srid: int) -> tuple[BaseGeometry | None, str]:
    if srid in (0, 4326):
        return shape, ""
    return grids.degrees([shape], f"EPSG:{srid}")[0], ""
