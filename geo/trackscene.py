"""Events of ships → a scene: tracks, gaps dashed, voyages, calls and encounters, with their words.

The page draws observed lines thin and plain, AIS gaps as dashed geodesics with their hours. Where
there are more events of a kind than a page can carry, the longest are drawn and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo import basemap, measure, userdata
from geo.account import words
from geo.scene import style
from geo.scene.model import (
    Bounds,
    Claim,
    Coordinates,
    LegendItem,
    Pipe,
    Place,
    Scene,
    Source,
    TextTable,
)
from geo.tracks import outputs
from geo.tracks.columns import EVENTS
from geo.tracks.outputs import About

__all__ = ["MOST", "scene"]

MOST = 1500  # lines of a kind, and encounters, on one page
CALLS = 12  # told in the popup of a place
DIGITS = 5
SIMPLER_DEG = 0.0005  # some fifty metres, under a pixel of any view of a voyage
MARGIN = 0.08
GAP_DASH = (3.0, 5.0)
LAYERS = {
    # kind: what the layer is called, colour, width in pixels, dash
    "tracks": ("Tracks", style.CONTEXT, 3.2, ()),
    "voyages": ("Voyages between calls", style.PALETTE[0], 1.6, ()),
    "gaps": ("AIS gaps", style.PALETTE[1], 1.5, GAP_DASH),
}
LISTED = 100  # rows of a table
UNITS = {"hours": "h", "min": "min", "m": "m", "km": "km", "kn": "kn"}
_SPAN = {"start_utc": "From (UTC)", "end_utc": "To (UTC)", "duration_hours": "Hours"}
TABLES = {
    # kind: title, what the longest is by, columns and their heads
    "voyages": (
        "Voyages",
        "length_km",
        {
            "vessel": "Vessel",
            "origin": "From",
            "destination": "To",
            "departure_utc": "Left (UTC)",
            "arrival_utc": "Arrived (UTC)",
            "duration_hours": "Hours",
            "length_km": "km",
            "speed_kn": "Average kn",
            "gap_hours": "Hours in AIS gaps",
        },
    ),
    "gaps": ("AIS gaps", "duration_hours", {"vessel": "Vessel", **_SPAN, "length_km": "km apart"}),
    "encounters": (
        "Encounters",
        "duration_hours",
        {"vessel": "Vessel", "other": "Other", **_SPAN, "distance_m": "m apart", "speed_kn": "kn"},
    ),
}
LEGEND = {
    "tracks": "track: positions of one ship in order",
    "voyages": "voyage: from one port call to the next",
    "gaps": "AIS gap: nothing received for these hours; the course is not known",
}


def scene(
    events: Mapping[str, pa.Table],
    *,
    about: About,
    places: gpd.GeoDataFrame | None = None,
    title: str = "",
    positions: int | None = None,
) -> Scene:
    """Return the page of events by the schemas of `columns.EVENTS`.

    places: `place`, a geometry and, where known, `name_en`; a place without a row is drawn in the
    middle of its calls. positions: how many were read.
    """
    whole = {kind: events.get(kind, schema.empty_table()) for kind, schema in EVENTS.items()}
    return _Page(whole, about, places, title, positions).scene()


@dataclass
class _Page:
    """Events on their way to a scene."""

    events: Mapping[str, pa.Table]
    about: About
    given: gpd.GeoDataFrame | None
    title: str
    positions: int | None

    def scene(self) -> Scene:
        pipes = tuple(p for kind in LAYERS for p in self.pipes(kind))
        places = (*self.places(), *self.encounters())
        return Scene(
            id="tracks",
            title=self.marked(self.title or "Ship tracks"),
            headline=self.headline(),
            deck=self.deck(),
            view=self.view,
            extent=None,
            places=places,
            pipes=pipes,
            legend=tuple(self.legend()),
            samples={},
            rows=(),
            sources=tuple(self.sources()),
            notes=tuple(self.notes()),
            licence="",
            version="",
            tables=tuple(self.tables()),
            packs=(basemap.world(), *userdata.detail(self.view)),
            inputs=self.about.inputs,
        )

    def marked(self, text: str) -> str:
        """The words, with the word synthetic where the positions are."""
        done = not self.about.synthetic or "synthetic" in text.lower()
        return text if done else f"{text} (synthetic)"

    # --- words ---

    def headline(self) -> str:
        """What was found, in figures."""
        count = {kind: table.num_rows for kind, table in self.events.items()}
        ships = pc.count_distinct(self.events["tracks"]["vessel"]).as_py()
        calls = pc.count_distinct(self.events["calls"]["place"]).as_py()
        parts = [_many(ships, "ship"), _many(count["voyages"], "voyage")]
        parts[1] += f" between {_many(calls, 'place')}" if count["voyages"] else ""
        gaps = self.events["gaps"]["duration_hours"]
        longest = f", the longest {_hours(pc.max(gaps).as_py())}" if len(gaps) else ""
        parts += [_many(count["gaps"], "AIS gap") + longest]
        parts += [_many(count["encounters"], "encounter")]
        return self.marked("; ".join(parts))

    def deck(self) -> str:
        """When, and by which definitions."""
        tracks = self.events["tracks"]
        first, last = pc.min(tracks["start_utc"]).as_py(), pc.max(tracks["end_utc"]).as_py()
        name = self.about.definitions.get("name", "own")
        said = [f"{_time(first)} to {_time(last)} UTC" if tracks.num_rows else "No track"]
        said += [_many(self.positions, "position") + " read"] if self.positions is not None else []
        return f"{', '.join(said)}. Definitions of {name}. {outputs.GAPS}"

    def notes(self) -> Iterator[str]:
        """Definitions in full, what is not drawn, and that all is invented where it is."""
        if self.about.synthetic:
            yield outputs.SYNTHETIC
        for kind, (name, *_) in LAYERS.items():
            more = self.events[kind].num_rows - MOST
            if more > 0:
                rest = f"{more:,} more are in {kind}.parquet"
                yield f"{name}: the {MOST:,} longest are drawn, {rest}."
        stated = "; ".join(_stated(self.about.definitions))
        yield f"Definitions, {self.about.definitions.get('name', 'own')}: {stated}."
        yield "Times are UTC. Lengths are geodesic, between cleaned positions."

    def legend(self) -> Iterator[LegendItem]:
        for kind, (_, colour, _, dash) in LAYERS.items():
            yield LegendItem("line", self.marked(LEGEND[kind]), colour, dash=dash)
        yield LegendItem("place-square", self.marked("place with port calls"))
        yield LegendItem("place-diamond", self.marked("encounter of two ships"))

    def sources(self) -> Iterator[Source]:
        inputs = sorted(self.about.inputs.items()) or [("positions", "")]
        for number, (name, sha256) in enumerate(inputs, 1):
            hashed = f", SHA-256 {sha256}" if sha256 else ""
            yield Source(number, f"input_{number}", self.marked(f"AIS positions: {name}{hashed}"))

    # --- lines ---

    @cached_property
    def shapes(self) -> dict[str, list[Any]]:
        """Lines by kind as drawn, the longest first, longitudes beside each other."""
        longest = [("length_km", "descending"), ("track", "ascending")]
        self.rows = {kind: self.events[kind].sort_by(longest)[:MOST] for kind in LAYERS}
        drawn = {kind: outputs.shapes(kind, rows) for kind, rows in self.rows.items()}
        points = np.concatenate([shapely.get_coordinates(list(v)) for v in drawn.values()])
        middle = _middle(points[:, 0]) if len(points) else 0.0
        return {kind: [_beside(shape, middle) for shape in v] for kind, v in drawn.items()}

    def pipes(self, kind: str) -> Iterator[Pipe]:
        """One plain line for each event of a kind."""
        name, colour, width, dash = LAYERS[kind]
        shapes = self.shapes[kind]
        for number, (row, shape) in enumerate(
            zip(self.rows[kind].to_pylist(), shapes, strict=True)
        ):
            title, label, note = _told(kind, row)
            yield Pipe(
                id=f"{kind}-{number}",
                corridor=kind,
                corridor_title=name,
                title=self.marked(title),
                parts=tuple(_coordinates(part) for part in shapely.get_parts(shape)),
                colour=colour,
                tint=style.tint(colour),
                casing_px=None,
                core_px=None,
                dash=dash,
                core_dash=(),
                label=label,
                status=_STATUS[kind],
                geometry_basis="observed" if kind != "gaps" else "schematic",
                basis="",
                length=words.kilometres(row["length_km"]),
                context=True,
                width_px=width,
                note=note,
                sources=(1,),
            )

    @cached_property
    def view(self) -> Bounds:
        """Bounds of everything drawn, with a margin."""
        lines = [shape for kind in LAYERS for shape in self.shapes[kind]]
        if not lines:
            return (-180.0, -60.0, 180.0, 75.0)
        west, south, east, north = (float(v) for v in shapely.total_bounds(lines))
        dx, dy = max((east - west) * MARGIN, 0.05), max((north - south) * MARGIN, 0.05)
        low, high = max(south - dy, -85.0), min(north + dy, 85.0)
        return (round(west - dx, 4), round(low, 4), round(east + dx, 4), round(high, 4))

    # --- points ---

    def at(self, lon: float) -> float:
        """A longitude moved by whole turns into the view."""
        middle = (self.view[0] + self.view[2]) / 2
        return round(lon + 360.0 * round((middle - lon) / 360), DIGITS)

    @cached_property
    def known(self) -> dict[str, tuple[str, Any]]:
        """Name and middle of every place that was given."""
        if self.given is None:
            return {}
        frame = self.given
        names = frame["name_en"] if "name_en" in frame.columns else frame["place"]
        middles = frame.geometry.apply(shapely.centroid)
        shown = zip(frame["place"], names.fillna(frame["place"]), middles, strict=True)
        return {str(place): (str(name), middle) for place, name, middle in shown}

    def places(self) -> Iterator[Place]:
        """A square for each place that was called at, with its last calls."""
        calls: pd.DataFrame = self.events["calls"].to_pandas()
        for place, own in calls.groupby("place", sort=True):
            middle = shapely.Point(own["lon"].median(), own["lat"].median())
            name, point = self.known.get(str(place), (str(place), middle))
            yield Place(
                id=str(place),
                names={"en": name},
                kind="port",
                lon=self.at(float(point.x)),
                lat=round(float(point.y), DIGITS),
                accuracy_m=None,
                source=1,
                note=self.marked(_calls(own)),
                claims=tuple(_claims(own)),
            )

    def encounters(self) -> Iterator[Place]:
        """A diamond for each encounter, the longest first."""
        rows = self.events["encounters"].sort_by([("duration_hours", "descending")])[:MOST]
        for number, row in enumerate(rows.to_pylist()):
            met = f"{row['vessel']} and {row['other']}"
            near = f"median {row['distance_m']:,.0f} m apart at {row['speed_kn']:.1f} kn"
            yield Place(
                id=f"encounter_{number}",
                names={"en": self.marked(f"{_hours(row['duration_hours'])} together")},
                kind="encounter",
                lon=self.at(row["lon"]),
                lat=round(row["lat"], DIGITS),
                accuracy_m=None,
                source=1,
                note=f"{met}, {_time(row['start_utc'])} to {_time(row['end_utc'])} UTC, {near}",
            )

    # --- tables ---

    def tables(self) -> Iterator[TextTable]:
        """The longest of every kind in words."""
        for kind, (title, by, columns) in TABLES.items():
            rows = self.events[kind].sort_by([(by, "descending")])[:LISTED]
            more = self.events[kind].num_rows - len(rows)
            note = f"The {LISTED} longest; {more:,} more are in {kind}.parquet." if more else ""
            cells = tuple(tuple(_cell(row[k]) for k in columns) for row in rows.to_pylist())
            if cells:
                yield TextTable(self.marked(title), note, tuple(columns.values()), cells)


def _stated(definitions: Mapping[str, Any]) -> Iterator[str]:
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


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{_time(value)}"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


_STATUS = {
    "tracks": "positions received",
    "voyages": "derived from positions and places",
    "gaps": "no position received; this proves nothing",
}


def _told(kind: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Title, label on the map and note of one line."""
    if kind == "voyages":
        gaps = f", {_hours(row['gap_hours'])} of it in AIS gaps" if row["gap_hours"] else ""
        span = f"{_time(row['departure_utc'])} to {_time(row['arrival_utc'])} UTC"
        note = f"{span}, {_hours(row['duration_hours'])}, {row['speed_kn']:.1f} kn on average{gaps}"
        return f"{row['vessel']}: {row['origin']} → {row['destination']}", "", note
    span = f"{_time(row['start_utc'])} to {_time(row['end_utc'])} UTC"
    if kind == "gaps":
        hours = _hours(row["duration_hours"])
        return f"{row['vessel']}: AIS gap of {hours}", hours, span
    return f"Track {row['track']}", "", f"{span}, {_many(row['positions'], 'position')}"


def _calls(own: pd.DataFrame) -> str:
    ships = _many(own["vessel"].nunique(), "ship")
    stays = own["duration_hours"].median()
    median = "" if pd.isna(stays) else f", median stay {_hours(stays)}"
    return f"{_many(len(own), 'call')} by {ships}{median}"


def _claims(own: pd.DataFrame) -> Iterator[Claim]:
    """The last calls at a place, the newest first."""
    for row in own.sort_values("arrival_utc", ascending=False).head(CALLS).to_dict("records"):
        left = row["departure_utc"]
        until = "not left by the last position" if pd.isna(left) else f"to {_time(left)}"
        drafts = (row["draught_arrival_m"], row["draught_departure_m"])
        known = not any(pd.isna(d) for d in drafts)
        yield Claim(
            figure=str(row["vessel"]),
            what="call",
            period=f"{_time(row['arrival_utc'])} {until} UTC",
            basis="derived",
            source=1,
            note=f"draught {drafts[0]:.1f} to {drafts[1]:.1f} m, as typed on board"
            if known
            else "",
            group="attribute",
        )


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _hours(hours: float) -> str:
    return f"{hours:,.0f} h" if hours >= 10 else f"{hours:.1f} h"


def _time(when: Any) -> str:
    return f"{words.day(when)} {when:%H:%M}"


def _middle(lon: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The meridian in the middle of the points, on the side where they lie closest together."""
    turned = lon % 360
    turned = turned if np.ptp(turned) < np.ptp(lon) else lon
    return float((turned.min() + turned.max()) / 2)


def _beside(shape: Any, middle: float) -> Any:
    """A line made simpler, continuous, and moved by whole turns to lie nearest a meridian."""
    whole = measure.unwrap(shapely.simplify(shape, SIMPLER_DEG))
    west, _, east, _ = whole.bounds
    turn = 360.0 * round((middle - (west + east) / 2) / 360)
    return shapely.transform(whole, lambda xy: np.add(xy, (turn, 0.0)))


def _coordinates(shape: Any) -> Coordinates:
    points: Sequence[Iterable[float]] = np.round(shapely.get_coordinates(shape), DIGITS).tolist()
    return tuple((lon, lat) for lon, lat in points)
