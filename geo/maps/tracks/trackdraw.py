"""Tracks → a map, thinned by the least tolerance whose page is as small as asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import GeoError
from geo.maps import looks, userdata
from geo.output import draw, page
from geo.tracks.trackset import TrackSet

__all__ = ["LADDER_M", "bytes_of", "draw_fitted", "drawn", "fitted", "view"]

LADDER_M = tuple(
    round(digit * 10.0**power, 1) for power in range(5) for digit in np.arange(1.0, 10.0, 0.1)
)
_SIZE = re.compile(r"\s*([0-9.]+)\s*(k|m|g)?b?\s*", re.IGNORECASE)
_SIZES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def drawn(
    tracks: Mapping[str, TrackSet],
    layers: Sequence[userdata.Layer] = (),
    *,
    title: str = "",
    label: str = "",
    color: str = "",
    by: looks.By | None = None,
) -> draw.Map:
    """Return a map of tracks by name, with layers of features beside them.

    Where positions are synthetic the title says so.
    """
    beside = userdata.fitted(layers, by)
    return draw_fitted(tracks, beside, title=title, label=label, color=color)


def draw_fitted(
    tracks: Mapping[str, TrackSet],
    beside: userdata.Fitted,
    *,
    title: str = "",
    label: str = "",
    color: str = "",
) -> draw.Map:
    """Return a map of tracks, with layers that fit a browser beside them."""
    layers = beside.layers
    box = view(tracks, layers)
    result = draw.Map(box)
    result.title = title or ", ".join([*tracks, *(layer.name for layer in layers)])
    if any(one.synthetic for one in tracks.values()) and "synthetic" not in result.title.lower():
        result.title += " (synthetic)"
    userdata.add_layers(result, beside, box, label=label)
    for name, one in tracks.items():
        draw.Tracks(one, name=name, color=color).add_to(result)
    titles = {name: name for name in [*(layer.name for layer in layers), *tracks]}
    said = " · ".join([*beside.owed, *beside.notes])
    draw.Controls({"corridors": titles, "attribution": said}).add_to(result)
    draw.Ready().add_to(result)
    return result


def view(
    tracks: Mapping[str, TrackSet], layers: Sequence[userdata.Layer]
) -> tuple[float, float, float, float]:
    """West, south, east and north of tracks and layers, with a margin."""
    boxes = [shapely.box(*one.bounds).exterior for one in tracks.values()]
    shapes = [*boxes, *(shape for layer in layers for shape in layer.features.geometry)]
    if not layers:  # continuous already, over the antimeridian too
        west, south, east, north = shapely.total_bounds(shapes)
        dx, dy = max((east - west) * 0.05, 0.05), max((north - south) * 0.05, 0.05)
        return west - dx, max(south - dy, -85.0), east + dx, min(north + dy, 85.0)
    return userdata.view(gpd.GeoSeries(shapes, crs="EPSG:4326"))


def bytes_of(size: str) -> int:
    """'5MB' in bytes, thousands as the power of a prefix. Raises GeoError."""
    found = _SIZE.fullmatch(size)
    try:
        count = int(float(found[1]) * _SIZES[(found[2] or "").lower()]) if found else 0
    except ValueError:
        count = 0
    if count <= 0:
        raise GeoError(f"{size!r} is no size; write for example 5MB or 800kB")
    return count


def fitted(
    tracks: Mapping[str, TrackSet],
    most: int,
    *,
    make: Callable[[Mapping[str, TrackSet]], draw.Map],
    by_time: bool = False,
) -> dict[str, TrackSet]:
    """Return tracks thinned by the least tolerance whose page has at most so many bytes.

    make: draws tracks; what it makes besides them counts too. Raises GeoError where no tolerance
    makes the page small enough.
    """
    whole = dict(tracks)
    if _bytes(make(whole)) <= most:
        return whole
    steps = [step for step in LADDER_M if step >= 1.0]
    low, high = 0, len(steps)
    best: dict[str, TrackSet] | None = None
    while low < high:
        middle = (low + high) // 2
        thin = {name: one.thinned(steps[middle], by_time=by_time) for name, one in tracks.items()}
        if _bytes(make(thin)) <= most:
            best, high = thin, middle
        else:
            low = middle + 1
    if best is None:
        least = _bytes(make({n: one.thinned(steps[-1]) for n, one in tracks.items()}))
        raise GeoError(
            f"no page of {most:,} bytes: thinned to {steps[-1] / 1000:g} km it still has {least:,}"
        )
    return best


def _bytes(drawing: draw.Map) -> int:
    return len(page.render(drawing).encode("utf-8"))
