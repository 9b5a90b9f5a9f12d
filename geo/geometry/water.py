"""Ways over water between two points, and guards that say how wet a line is.

Past the land of the world (`geo.basemap.land`) a way follows the prepared network of `ways`,
through canals and straits; past any other land a grid is made for the one way. Every way is proven
before it is given out: clear of the land it was made with, not under the geodesic, within its
latitudes. A way is modelled, not sailed: it knows no draught, lane, lock or closed area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.geometry import basemap, measure, passages
from geo.geometry.passages import Passage
from geo.geometry.ways import grid
from geo.geometry.ways.network import MAX_LAT, MIN_LAT
from geo.geometry.ways.obstacles import MAX_STEP_KM
from geo.geometry.ways.search import Planner

__all__ = ["MAX_STEP_KM", "Route", "land_km", "planner", "prove", "route", "water_km"]

LonLat: TypeAlias = tuple[float, float]

_ROUNDING = 1e-6  # share by which sums of geodesics may fall short of one
_planners: list[Planner] = []


@dataclass(frozen=True)
class Route:
    """A path over water.

    line: (lon, lat) vertices at most 50 km apart, from the snapped origin to the snapped
    destination; longitudes continuous, beyond ±180 where it crosses the antimeridian.
    geodesic_km: between the two ends of the line. snapped_km: how far origin and destination
    were moved to reach water. passages: ids of the canals, straits and capes it uses, in order.
    """

    line: LineString
    length_km: float
    length_nmi: float
    geodesic_km: float
    snapped_km: tuple[float, float]
    passages: tuple[str, ...] = ()


def route(
    origin: LonLat,
    destination: LonLat,
    *,
    land: BaseGeometry,
    max_snap_km: float = 5.0,
    cell_deg: float | None = None,
    clearance_km: float = 0.5,
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    allow: Sequence[str] = (),
) -> Route:
    """Return the shortest path over water between two points, (lon, lat) in degrees.

    land: polygons in lon/lat within [−180, 180]. For land as `geo.basemap.land` gives it, via and
    avoid name passages of `passages` to use, in that order, and not to use; allow those to open
    that ice closes. The way keeps 4.6 km off the shore where there is room.
    max_snap_km: how far a point on land may be moved to water, to the nearest grid point, 0.2 km
    apart. For any other land: cell_deg is the coarse grid, by default as fine as 60,000 points
    allow; clearance_km the distance kept from land, dropped within 15 km of both ends and where
    there is no other way.
    GeoError names both points and the remedy where no path is found, or none that can be proven.
    """
    start, end = _checked(origin), _checked(destination)
    end = (end[0] + 360 * round((start[0] - end[0]) / 360), end[1])
    if start == end:
        raise GeoError(f"origin and destination are one point, {origin}; there is no way to go")
    if basemap.of_world(land):
        return _over_the_world(start, end, land, max_snap_km, _Asked.of(via, avoid, allow))
    if via or avoid or allow:
        raise GeoError("passages can be named for the land of the world only: geo.basemap.land")
    found = grid.path(
        start, end, land=land, max_snap_km=max_snap_km, cell_deg=cell_deg, clearance_km=clearance_km
    )
    if found is None:
        raise GeoError(_no_way(start, end, max_snap_km))
    return _finished(found.line, found.snapped_km, land, ())


@dataclass(frozen=True)
class _Asked:
    """The passages a way must use, must not use, and may use although ice closes them."""

    via: tuple[Passage, ...]
    avoid: tuple[Passage, ...]
    allow: tuple[Passage, ...]

    @classmethod
    def of(cls, via: Sequence[str], avoid: Sequence[str], allow: Sequence[str]) -> _Asked:
        asked = cls(passages.named(via), passages.named(avoid), passages.named(allow))
        both = [one.id for one in asked.via if one in asked.avoid]
        if both:
            raise GeoError(f"{', '.join(both)}: both via and avoid; leave one out")
        return asked

    def words(self) -> str:
        said = [f"via {', '.join(one.id for one in self.via)}"] if self.via else []
        said += [f"without {', '.join(one.id for one in self.avoid)}"] if self.avoid else []
        return f" {' '.join(said)}" if said else ""


def planner(land: BaseGeometry, *, max_snap_km: float = 5.0) -> Planner:
    """Return the planner of ways past a land of the world; it keeps what it learns."""
    for one in _planners:
        if one.land is land and one.max_snap_km == max_snap_km:
            return one
    _planners[:] = [*_planners[-3:], Planner(land, max_snap_km)]
    return _planners[-1]


def _over_the_world(
    start: LonLat, end: LonLat, land: BaseGeometry, max_snap_km: float, asked: _Asked
) -> Route:
    plan = planner(land, max_snap_km=max_snap_km)
    found = plan.find((start, end), via=asked.via, avoid=asked.avoid, allow=asked.allow)
    if found is None:
        raise GeoError(_no_way(start, end, max_snap_km, asked.words()))
    return _finished(found.line, found.moved_km, land, (*asked.allow, *asked.via))


def prove(line: BaseGeometry, land: BaseGeometry, *, allow: Sequence[Passage] = ()) -> str:
    """Return what is wrong with a way over water, '' if nothing is.

    It may not meet land, be shorter than the geodesic between its ends, nor leave the latitudes of
    the network unless a passage that ice closes is allowed. Past a land of the world it may not go
    by a passage that ice closes, but those allowed and the waters that an end of it lies in.
    """
    dry = land_km(line, land)
    if dry > 0:
        return f"{dry:.2f} km of it lie on land"
    (lon1, lat1), (lon2, lat2) = (xy[:2] for xy in (line.coords[0], line.coords[-1]))
    least = measure.geodesic_km(lon1, lat1, lon2, lat2)
    if measure.line_km(line) < least * (1 - _ROUNDING) - 1e-6:
        return f"it is shorter than the geodesic between its ends, {least:.1f} km"
    _, south, _, north = line.bounds
    high = grid.MAX_LAT if any(one.closed for one in allow) else MAX_LAT
    if north > max(high, lat1, lat2) or south < min(MIN_LAT, lat1, lat2):
        return f"it reaches latitude {north if north > high else south:.1f}"
    if not basemap.of_world(land):
        return ""
    shut = passages.closed(((lon1, lat1), (lon2, lat2)), allow)
    ice = [one.name for one in passages.crossed(line, shut)]
    return f"it goes by {', '.join(ice)}, closed by ice unless named" if ice else ""


def land_km(line: BaseGeometry, land: BaseGeometry) -> float:
    """Return how many km of a line lie on land; the line may cross the antimeridian."""
    cut = measure.cut_antimeridian(line)
    if not shapely.intersects(land, cut):
        return 0.0
    # Land is prepared: whether a line lies on it is known long before where it leaves it.
    dry = cut if shapely.contains_properly(land, cut) else shapely.intersection(cut, land)
    lengths = [measure.line_km(part) for part in shapely.get_parts(dry)]
    return float(np.nansum(lengths)) if lengths else 0.0


def water_km(line: BaseGeometry, land: BaseGeometry) -> float:
    """Return how many km of a line lie on water; lakes count as land if `land` covers them."""
    return max(0.0, measure.line_km(line) - land_km(line, land))


def _checked(point: LonLat) -> LonLat:
    lon, lat = float(point[0]), float(point[1])
    most = grid.MAX_LAT
    if not (np.isfinite(lon) and -360 <= lon <= 360 and -most <= lat <= most):
        raise GeoError(
            f"point {point} is not (lon, lat) in degrees with a latitude within ±{most:g}; "
            "are the two swapped?"
        )
    return lon, lat


def _no_way(origin: LonLat, destination: LonLat, max_snap_km: float, asked: str = "") -> str:
    km = measure.geodesic_km(*origin, *destination)
    return (
        f"no way over water from {origin[0]:g}, {origin[1]:g} to {destination[0]:g}, "
        f"{destination[1]:g}{asked} (lon, lat; {km:.0f} km apart), moving each end up to "
        f"{max_snap_km:g} km to reach water. Check the two points, give points nearer the sea, "
        "or raise max_snap_km (--snap-km)"
    )


def _finished(
    line: LineString,
    snapped_km: tuple[float, float],
    land: BaseGeometry,
    allowed: Sequence[Passage],
) -> Route:
    wrong = prove(line, land, allow=allowed)
    (lon1, lat1), (lon2, lat2) = line.coords[0], line.coords[-1]
    if wrong:
        raise GeoError(
            f"the way found from {lon1:g}, {lat1:g} to {lon2:g}, {lat2:g} (lon, lat) does not "
            f"hold: {wrong}; give points nearer to each other"
        )
    length_km = measure.line_km(line)
    used = passages.crossed(line) if basemap.of_world(land) else ()
    return Route(
        line=line,
        length_km=length_km,
        length_nmi=length_km / measure.KM_PER_NMI,
        geodesic_km=measure.geodesic_km(lon1, lat1, lon2, lat2),
        snapped_km=snapped_km,
        passages=tuple(one.id for one in used),
    )
