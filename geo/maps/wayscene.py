"""Ways between two places: the answer in words and numbers, as GeoJSON, and as a scene to draw."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.account import words
from geo.errors import GeoError
from geo.files import live
from geo.geometry import basemap, measure, passages, water
from geo.maps import ends
from geo.scene import style
from geo.scene.model import LegendItem, Pipe, Place, Scene, Source
from geo.scene.parts import ground_notes

__all__ = [
    "Asked",
    "Way",
    "answers",
    "feature",
    "geojson",
    "matrix",
    "scene",
    "snap_km",
    "table",
]

LonLat: TypeAlias = tuple[float, float]
HOURS = 24.0
SNAP_KM, PORT_SNAP_KM = 5.0, 15.0


@dataclass(frozen=True)
class Asked:
    """What a way must use, must not use and may use, by id; speed_kn to say how long it takes."""

    via: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    speed_kn: float = 14.0


@dataclass(frozen=True)
class Way:
    """A way between two named places; without: its length in nmi without each passage it uses.

    A length is None where there is no way without the passage. by: the passage that makes it one
    of several ways between its places, by name.
    """

    title: str
    ends: tuple[str, str]
    route: water.Route
    days: float
    without: Mapping[str, float | None]
    by: str = ""


def snap_km(texts: Sequence[str], points: Sequence[LonLat], land: BaseGeometry) -> float:
    """Return how far ends may be moved to water: further where a port by name needs it.

    Positions of such ports are known to the minute of arc, and some lie up a small inlet.
    """
    plan = water.planner(land)
    named = [p for text, p in zip(texts, points, strict=True) if not ends.is_position(text)]
    try:
        for point in named:
            plan.joined(point)
    except GeoError:
        return PORT_SNAP_KM
    return SNAP_KM


def answers(
    ends: tuple[str, str],
    points: tuple[LonLat, LonLat],
    land: BaseGeometry,
    asked: Asked,
    *,
    max_snap_km: float = SNAP_KM,
) -> Way:
    """Return the way that is asked for, and how long it were without each passage it uses.

    Raises GeoError that names both places.
    """
    title = f"{ends[0]} – {ends[1]}"
    found = _found(title, points, land, asked, max_snap_km)
    without: dict[str, float | None] = {}
    for name in found.passages:
        if name in asked.via:
            continue
        other = replace(asked, avoid=(*asked.avoid, name))
        try:
            without[name] = _route(title, points, land, other, max_snap_km).length_nmi
        except GeoError:
            without[name] = None
    return Way(title, ends, found, _days(found, asked), without)


def compared(
    ends: tuple[str, str],
    points: tuple[LonLat, LonLat],
    land: BaseGeometry,
    asked: Asked,
    by: Sequence[str],
    *,
    max_snap_km: float = SNAP_KM,
) -> list[Way]:
    """Return a way by each of these passages, for one who weighs them against each other.

    Raises GeoError that names both places.
    """
    title, made = f"{ends[0]} – {ends[1]}", []
    for one in passages.named(by):
        own = replace(asked, via=(*asked.via, one.id))
        found = _found(title, points, land, own, max_snap_km)
        made.append(Way(title, ends, found, _days(found, asked), {}, one.name))
    return made


def _days(found: water.Route, asked: Asked) -> float:
    return found.length_nmi / asked.speed_kn / HOURS


def _found(
    title: str, points: tuple[LonLat, LonLat], land: BaseGeometry, asked: Asked, max_snap_km: float
) -> water.Route:
    if not 0 < asked.speed_kn < 100:
        raise GeoError(f"--speed {asked.speed_kn:g}: a speed in knots lies between 0 and 100")
    return _route(title, points, land, asked, max_snap_km)


def _route(
    title: str, points: tuple[LonLat, LonLat], land: BaseGeometry, asked: Asked, max_snap_km: float
) -> water.Route:
    try:
        return water.route(
            *points,
            land=land,
            max_snap_km=max_snap_km,
            via=asked.via,
            avoid=asked.avoid,
            allow=asked.allow,
        )
    except GeoError as error:
        raise GeoError(f"{title}: {error}") from error


def matrix(
    names: Sequence[str],
    points: Sequence[LonLat],
    land: BaseGeometry,
    asked: Asked,
    *,
    max_snap_km: float = SNAP_KM,
) -> list[list[float | None]]:
    """Return lengths in nmi between places, a row each; None where there is no way.

    Raises GeoError that names every place that has no water in reach.
    """
    plan = water.planner(land, max_snap_km=max_snap_km)
    via, avoid, allow = map(passages.named, (asked.via, asked.avoid, asked.allow))
    dry = []
    for name, point in zip(names, points, strict=True):
        try:
            plan.joined(point, (*avoid, *passages.closed([point], (*allow, *via))))
        except GeoError as error:
            dry.append(f"{name}: {error}")
    if dry:
        raise GeoError("\n".join(dry))
    return plan.matrix(points, via=via, avoid=avoid, allow=allow)


def table(names: Sequence[str], lengths_nmi: Sequence[Sequence[float | None]]) -> str:
    """Return lengths in nmi as CSV, a row and a column for each place; empty where unknown."""
    rows = [["nmi", *names]]
    for name, row in zip(names, lengths_nmi, strict=True):
        rows.append([name, *("" if nmi is None else f"{nmi:.1f}" for nmi in row)])
    text = io.StringIO()
    safe = [[live.guarded(c) if isinstance(c, str) else c for c in row] for row in rows]
    csv.writer(text, lineterminator="\n").writerows(safe)
    return text.getvalue()


def _name(way: Way) -> str:
    return f"{way.title}, by {way.by}" if way.by else way.title


def geojson(ways: Sequence[Way]) -> dict[str, Any]:
    """Return ways as a FeatureCollection, cut at the antimeridian."""
    return {"type": "FeatureCollection", "features": [feature(way) for way in ways]}


def feature(way: Way) -> dict[str, Any]:
    """Return a way as a GeoJSON feature."""
    found = way.route
    properties = {
        "name": _name(way),
        "length_km": found.length_km,
        "length_nmi": found.length_nmi,
        "geodesic_km": found.geodesic_km,
        "snapped_km": list(found.snapped_km),
        "days": round(way.days, 2),
        "passages": list(found.passages),
        "without_nmi": dict(way.without),
        "geometry_basis": "modelled",
    }
    line = measure.cut_antimeridian(found.line).__geo_interface__
    return {"type": "Feature", "properties": properties, "geometry": line}


# --- drawing --------------------------------------------------------------------------------------


def scene(ways: Sequence[Way]) -> Scene:
    """Return the page of some ways; each says its length, its days and the passages it uses."""
    import geopandas as gpd

    from geo.maps import userdata  # with all that draws: an answer in words does not wait for it

    pipes = tuple(_pipe(way, number) for number, way in enumerate(ways))
    shapes = gpd.GeoSeries([way.route.line for way in ways], crs="EPSG:4326")
    view = userdata.view(shapes)
    used = [one for one in passages.gated() if any(one.id in way.route.passages for way in ways)]
    packs = (basemap.world(), *userdata.detail(view))
    return Scene(
        id="ways",
        title="; ".join(dict.fromkeys(way.title for way in ways)),
        headline=_headline(ways),
        deck="Ways over water, modelled, not sailed: the shortest clear of land.",
        view=view,
        extent=None,
        places=tuple(_places(ways)),
        pipes=pipes,
        legend=tuple(LegendItem("line", p.title, colour=p.colour, dash=p.dash) for p in pipes),
        samples={},
        rows=(),
        sources=tuple(
            Source(n, one.id, f"{one.name}: {one.source}") for n, one in enumerate(used, 1)
        ),
        notes=("Modelled ways know no draught, lane, lock or closed area.", *ground_notes(packs)),
        licence="",
        version="",
        packs=packs,
    )


def _headline(ways: Sequence[Way]) -> str:
    if any(way.by for way in ways):
        return "; ".join(
            f"{way.by}: {way.route.length_nmi:,.0f} nmi, {way.days:.1f} days" for way in ways
        )
    return "; ".join(f"{way.title}: {_length(way)}" for way in ways)


def _length(way: Way) -> str:
    by = passages.titles(way.route.passages)
    said = f"{way.route.length_nmi:,.0f} nmi, {way.days:.1f} days"
    return f"{said}, by {words.joined(by)}" if by else said


def _pipe(way: Way, number: int) -> Pipe:
    colour = style.PALETTE[number % len(style.PALETTE)]
    xy = np.round(shapely.get_coordinates(way.route.line), 5)
    return Pipe(
        id=f"way-{number + 1}",
        corridor=f"way-{number + 1}",
        corridor_title=f"{way.by or way.title}, {way.route.length_nmi:,.0f} nmi",
        title=f"{_name(way)}, {way.route.length_nmi:,.0f} nmi",
        parts=(tuple((float(x), float(y)) for x, y in xy),),
        colour=colour,
        tint=style.tint(colour),
        casing_px=None,
        core_px=None,
        dash=(),
        hollow=False,
        label=f"{way.route.length_nmi:,.0f} nmi",
        status="modelled way",
        geometry_basis="modelled",
        basis="",
        length=_length(way),
    )


def _places(ways: Sequence[Way]) -> list[Place]:
    made: dict[str, Place] = {}
    for way in ways:
        for name, at in zip(way.ends, (0, -1), strict=True):
            lon, lat = way.route.line.coords[at]
            made.setdefault(name, Place(name, {"en": name}, "port", lon, lat, None, 0))
    return list(made.values())
