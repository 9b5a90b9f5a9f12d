"""From longitude and latitude to pixels: Web Mercator, a conic or an orthographic map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.geometry import measure
from geo.scene.model import Bounds

Floats: TypeAlias = NDArray[np.float64]
Projection: TypeAlias = Literal["mercator", "conic", "orthographic"]
PROJECTIONS: tuple[Projection, ...] = ("mercator", "conic", "orthographic")
EDGE_STEPS = 24
MOST_LAT = 85.05  # where Web Mercator ends


@dataclass(frozen=True)
class Camera:
    """A map of `width` × `height` pixels that shows the whole of a view.

    `plane` takes longitudes and latitudes (n, 2) to a plane whose y grows upward.
    """

    plane: Callable[[Any], Floats]
    centre: tuple[float, float]
    per_px: float
    width: float
    height: float

    def px(self, lonlat: Any) -> Floats:
        """Pixels (n, 2), y downward; what lies behind a horizon comes to lie on it."""
        flat = self.plane(lonlat)
        x = (flat[:, 0] - self.centre[0]) / self.per_px + self.width / 2
        y = self.height / 2 - (flat[:, 1] - self.centre[1]) / self.per_px
        return np.column_stack([x, y])


def fit(view: Bounds, width: float, height: float, projection: Projection) -> Camera:
    """The camera that fits a view (west, south, east, north) into so many pixels."""
    if projection not in PROJECTIONS:
        raise GeoError(f"projection {projection!r} is not one of {', '.join(PROJECTIONS)}")
    plane = mercator if projection == "mercator" else measure.projector(projection, view)
    edge = plane(_edge(view))
    low, high = edge.min(axis=0), edge.max(axis=0)
    per_px = max((high[0] - low[0]) / width, (high[1] - low[1]) / height)
    middle = (low + high) / 2
    return Camera(plane, (float(middle[0]), float(middle[1])), float(per_px), width, height)


def mercator(lonlat: Any) -> Floats:
    """Web Mercator in degrees of longitude: the projection of the page."""
    xy = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    lat = np.radians(np.clip(xy[:, 1], -MOST_LAT, MOST_LAT))
    return np.column_stack([xy[:, 0], np.degrees(np.arctanh(np.sin(lat)))])


def _edge(view: Sequence[float]) -> Floats:
    """Points along the four sides of a view: a conic bends them."""
    west, south, east, north = view
    x, y = np.linspace(west, east, EDGE_STEPS), np.linspace(south, north, EDGE_STEPS)
    rows = [np.column_stack([x, np.full_like(x, side)]) for side in (south, north)]
    columns = [np.column_stack([np.full_like(y, side), y]) for side in (west, east)]
    return np.vstack(rows + columns)


def km_per_px(found: Camera, view: Bounds) -> float:
    """Kilometres to a pixel, along the middle of the view."""
    west, south, east, north = view
    lat, third = (south + north) / 2, (east - west) / 3
    a, b = (west + third, lat), (east - third, lat)
    across = np.hypot(*np.diff(found.px([a, b]), axis=0)[0])
    return float(measure.geodesic_km(*a, *b) / across)
