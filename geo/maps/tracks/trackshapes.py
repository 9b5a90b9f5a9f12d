"""Positions and events of ships as shapes, and the words of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.geometry import measure
from geo.maps.tracks.tracktables import hours, time
from geo.scene import style
from geo.scene.model import Claim, Coordinates
from geo.tracks.outputs import About

__all__ = [
    "CALLS",
    "DIGITS",
    "KINDS",
    "LAYERS",
    "LEGEND",
    "POINTS",
    "SIMPLER_DEG",
    "UNITS",
    "claims_of",
    "coordinates",
    "counted",
    "defined",
    "ident_of",
    "in_words",
    "middle_of",
    "named",
    "noted",
    "simpler",
]

CALLS = 12  # told in the popup of a place
DIGITS = 5
SIMPLER_DEG = 0.0005  # some fifty metres, under a pixel of any view of a voyage
UNITS = {"hours": "h", "min": "min", "m": "m", "km": "km", "kn": "kn"}
GAP_DASH = (3.0, 5.0)
LAYERS: Mapping[str, tuple[str, str, float, tuple[float, ...]]] = {
    # kind: what the layer is called, colour, width in pixels, dash
    "tracks": ("Tracks", style.CONTEXT, 3.2, ()),
    "voyages": ("Voyages between calls", style.PALETTE[0], 1.6, ()),
    "gaps": ("AIS gaps", style.PALETTE[1], 1.5, GAP_DASH),
}
LEGEND = {
    "tracks": "track: positions of one ship in order",
    "voyages": "voyage: from one port call to the next",
    "gaps": "AIS gap: nothing received for these hours; the course is not known",
}
POINTS = {  # symbols of the legend
    "encounter": ("place-diamond", "encounter of two ships"),
    "loitering": ("place-triangle", "loitering: slow for hours, far from every place"),
    "silence": ("place-cross", "open AIS gap: where a ship was heard last"),
}
KINDS = {"encounters": "encounter", "loitering": "loitering"}


def ident_of(kind: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells an event from others of its kind."""
    names = ("vessel", "other", "track", "voyage", "start_utc", "departure_utc")
    return (kind, *(str(row.get(name, "")) for name in names))


def in_words(definitions: Mapping[str, Any]) -> Iterator[str]:
    """Definitions in words: `gap_hours` 12 is "gap 12 h"."""
    if definitions.get("source"):
        yield str(definitions["source"])
    for name, value in sorted(definitions.items()):
        if name == "encounters":
            met = (f"{one['distance_m']:g} m for {one['hours']:g} h" for one in value)
            yield f"encounters {' or '.join(met)}"
        elif isinstance(value, int | float):
            *words_, last = name.split("_")
            unit = UNITS.get(last)
            said = " ".join(words_) if unit else name.replace("_", " ")
            yield f"{said} {value:,g} {unit or ''}".rstrip()


def claims_of(own: pd.DataFrame) -> Iterator[Claim]:
    """The last calls at a place, the newest first."""
    for row in own.sort_values("arrival_utc", ascending=False).head(CALLS).to_dict("records"):
        left = row["departure_utc"]
        until = "not left by the last position" if pd.isna(left) else f"to {time(left)}"
        drafts = (row["draught_arrival_m"], row["draught_departure_m"])
        known = not any(pd.isna(d) for d in drafts)
        yield Claim(
            figure=str(row["vessel"]),
            what="call",
            period=f"{time(row['arrival_utc'])} {until} UTC",
            basis="derived",
            source=1,
            note=f"draught {drafts[0]:.1f} to {drafts[1]:.1f} m, as typed on board"
            if known
            else "",
            group="attribute",
        )


def counted(count: int, word: str) -> str:
    """'3 calls', '1 call'."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def middle_of(lon: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The meridian in the middle of the points, on the side where they lie closest together."""
    turned = lon % 360
    turned = turned if np.ptp(turned) < np.ptp(lon) else lon
    return float((turned.min() + turned.max()) / 2)


def simpler(shape: Any, middle: float) -> Any:
    """A line made simpler, continuous, and moved by whole turns to lie nearest a meridian."""
    whole = measure.unwrap(shapely.simplify(shape, SIMPLER_DEG))
    west, _, east, _ = whole.bounds
    turn = 360.0 * round((middle - (west + east) / 2) / 360)
    return shapely.transform(whole, lambda xy: np.add(xy, (turn, 0.0)))


def coordinates(shape: Any) -> Coordinates:
    """The coordinates of a line, to so many digits."""
    points: Sequence[Iterable[float]] = np.round(shapely.get_coordinates(shape), DIGITS).tolist()
    return tuple((lon, lat) for lon, lat in points)


def noted(kind: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """Name and note of an event that is a point."""
    spent = hours(row["duration_hours"])
    start = time(row["start_utc"])
    if kind == "silence":
        note = f"{row['vessel']}, last heard {start} UTC, not heard again before the data end"
        return f"silent for {spent}", note
    span = f"{start} to {time(row['end_utc'])} UTC"
    if kind == "loitering":
        return f"{spent} slow", f"{row['vessel']}, {span}, {row['speed_kn']:.1f} kn on average"
    near = f"median {row['distance_m']:,.0f} m apart at {row['speed_kn']:.1f} kn"
    return f"{spent} together", f"{row['vessel']} and {row['other']}, {span}, {near}"


def named(places: gpd.GeoDataFrame) -> dict[str, tuple[str, Any]]:
    """Name and middle of every place, by what it is called by."""
    names = places["name_en"] if "name_en" in places.columns else places["place"]
    middles = places.geometry.apply(shapely.centroid)
    shown = zip(places["place"], names.fillna(places["place"]), middles, strict=True)
    return {str(place): (str(name), middle) for place, name, middle in shown}


def defined(about: About) -> Iterator[str]:
    """The definitions of events in full, and where places are from."""
    stated = "; ".join(in_words(about.definitions))
    if about.places:
        yield f"Places: {about.places}."
    yield f"Definitions, {about.definitions.get('name', 'own')}: {stated}."
    yield "Times are UTC. Lengths are geodesic, between cleaned positions."
