"""Events of ships → a scene: tracks, gaps dashed, voyages, calls and encounters, with their words.

The page draws observed lines thin and plain, AIS gaps as dashed geodesics with their hours. Where
there are more events of a kind than a page can carry, the longest are drawn and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.account import words
from geo.geometry import basemap
from geo.maps import userdata
from geo.maps.tracks import tracktables
from geo.maps.tracks.trackshapes import (
    DIGITS,
    KINDS,
    LAYERS,
    LEGEND,
    POINTS,
    claims_of,
    coordinates,
    counted,
    defined,
    ident_of,
    middle_of,
    named,
    noted,
    simpler,
)
from geo.maps.tracks.tracktables import hours as _hours
from geo.maps.tracks.tracktables import time as _time
from geo.scene import style
from geo.scene.model import (
    Bounds,
    LegendItem,
    Pipe,
    Place,
    Scene,
    Source,
    TextTable,
)
from geo.scene.parts import ground_notes
from geo.tracks import definitions, outputs
from geo.tracks import facts as facts_
from geo.tracks.columns import EVENTS
from geo.tracks.outputs import About

__all__ = ["MOST", "scene"]

MOST = 1500  # lines of a kind on one page
MARKS = 500  # points of a kind
MARGIN = 0.08
UNDER_PX = 7.0  # of voyages, where tracks lie over them


def scene(
    events: Mapping[str, pa.Table],
    *,
    about: About,
    places: gpd.GeoDataFrame | None = None,
    title: str = "",
    positions: int | None = None,
    facts: pa.Table | None = None,
    coast: bytes | None = None,
    apart: bool = False,
) -> Scene:
    """Return the page of events by the schemas of `columns.EVENTS`.

    places: `place`, a geometry and, where known, `name_en`; a place without a row is drawn in the
    middle of its calls. positions: how many were read. facts: of vessels, by `facts.FACTS`. coast:
    a packed base map of the region, else a detailed one where one can be cut. apart: tracks are
    drawn by themselves, over the lines of the scene.
    """
    whole = {kind: events.get(kind, schema.empty_table()) for kind, schema in EVENTS.items()}
    known = facts_.FACTS.empty_table() if facts is None else facts
    return _Page(whole, about, places, title, positions, known, coast, apart).scene()


@dataclass
class _Page:
    """Events on their way to a scene."""

    events: Mapping[str, pa.Table]
    about: About
    given: gpd.GeoDataFrame | None
    title: str
    positions: int | None
    facts: pa.Table
    coast: bytes | None
    apart: bool

    def scene(self) -> Scene:
        pipes = tuple(p for kind in self.layers for p in self.pipes(kind))
        places = (*self.places(), *self.met())
        packs = (basemap.world(), *([self.coast] if self.coast else userdata.detail(self.view)))
        return Scene(
            id="tracks",
            title=self.marked(self.title or self.said("Ship tracks")),
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
            notes=(*self.notes(), *ground_notes(packs)),
            licence="",
            version="",
            tables=tuple(self.tables()),
            packs=packs,
            inputs=self.about.inputs,
        )

    @property
    def layers(self) -> Mapping[str, tuple[str, str, float, tuple[float, ...]]]:
        """How each kind of line is drawn; voyages under tracks that are drawn apart."""
        if not self.apart:
            return LAYERS
        name, colour, _, dash = LAYERS["voyages"]
        voyages = (name, style.tint(colour), UNDER_PX, dash)
        return {"voyages": voyages, "gaps": LAYERS["gaps"]}

    def said(self, text: str) -> str:
        """The kit's words about ships, in those of what moves."""
        return definitions.said(text, str(self.about.definitions.get("kind", "ship")))

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
        parts = [counted(ships, self.said("ship")), counted(count["voyages"], "voyage")]
        parts[1] += f" between {counted(calls, 'place')}" if count["voyages"] else ""
        gaps = self.events["gaps"]["duration_hours"]
        longest = f", the longest {_hours(pc.max(gaps).as_py())}" if len(gaps) else ""
        parts += [counted(count["gaps"], self.said("AIS gap")) + longest]
        parts += [counted(count["encounters"], "encounter")]
        return self.marked("; ".join(parts))

    def seen(self) -> str:
        """What else was seen, and which silence has no end in the data."""
        many = {kind: self.events[kind].num_rows for kind in ("calls", "loitering")}
        parts = [counted(many["calls"], self.said("port call"))]
        parts += [f"{counted(many['loitering'], 'time')} loitering"] if many["loitering"] else []
        still = len(self.points["silence"])
        last = f" {still:,} of the gaps end with the data: not heard again." if still else ""
        return f"Also seen: {' and '.join(parts)}.{last}"

    def deck(self) -> str:
        """When, and by which definitions."""
        tracks = self.events["tracks"]
        first, last = pc.min(tracks["start_utc"]).as_py(), pc.max(tracks["end_utc"]).as_py()
        name = self.about.definitions.get("name", "own")
        said = [f"{_time(first)} to {_time(last)} UTC" if tracks.num_rows else "No track"]
        said += (
            [counted(self.positions, "position") + " read"] if self.positions is not None else []
        )
        whole = f"{', '.join(said)}. {self.seen()} Definitions of {name}."
        return f"{whole} {self.said(outputs.GAPS)}"

    def notes(self) -> Iterator[str]:
        """Definitions in full, what is not drawn, and that all is invented where it is."""
        if self.about.synthetic:
            yield outputs.SYNTHETIC
        for kind, (name, *_) in LAYERS.items():
            more = self.events[kind].num_rows - MOST
            if more > 0:
                rest = f"{more:,} more are in {kind}.parquet"
                yield f"{name}: the {MOST:,} longest are drawn, {rest}."
        yield from defined(self.about)

    def legend(self) -> Iterator[LegendItem]:
        for kind, (_, colour, _, dash) in self.layers.items():
            yield LegendItem("line", self.marked(self.said(LEGEND[kind])), colour, dash=dash)
        yield LegendItem("place-square", self.marked(self.said("place with port calls")))
        for kind, (symbol, word) in POINTS.items():
            if self.points[kind]:
                yield LegendItem(symbol, self.marked(self.said(word)))

    def sources(self) -> Iterator[Source]:
        inputs = sorted(self.about.inputs.items()) or [("positions", "")]
        for number, (name, sha256) in enumerate(inputs, 1):
            hashed = f", SHA-256 {sha256}" if sha256 else ""
            yield Source(
                number,
                f"input_{number}",
                self.marked(self.said("AIS positions") + f": {name}{hashed}"),
            )

    # --- lines ---

    @cached_property
    def shapes(self) -> dict[str, list[Any]]:
        """Lines by kind as drawn, the longest first, longitudes beside each other."""
        longest = [("length_km", "descending"), ("track", "ascending")]
        self.rows = {kind: self.drawn(kind).sort_by(longest)[:MOST] for kind in LAYERS}
        drawn = {kind: outputs.shapes(kind, rows) for kind, rows in self.rows.items()}
        points = np.concatenate([shapely.get_coordinates(list(v)) for v in drawn.values()])
        middle = middle_of(points[:, 0]) if len(points) else 0.0
        return {kind: [simpler(shape, middle) for shape in v] for kind, v in drawn.items()}

    def drawn(self, kind: str) -> pa.Table:
        """Events of a kind that are lines: of gaps those that end."""
        table = self.events[kind]
        return table.filter(pc.is_valid(table["end_utc"])) if kind == "gaps" else table

    @cached_property
    def lines(self) -> dict[tuple[str, ...], str]:
        """The line on the map of each event that is drawn as one."""
        return {
            ident_of(kind, row): f"{kind}-{number}"
            for kind in self.shapes
            for number, row in enumerate(self.rows[kind].to_pylist())
        }

    def pipes(self, kind: str) -> Iterator[Pipe]:
        """One plain line for each event of a kind."""
        name, colour, width, dash = self.layers[kind]
        shapes = self.shapes[kind]
        for number, (row, shape) in enumerate(
            zip(self.rows[kind].to_pylist(), shapes, strict=True)
        ):
            title, label, note = self.told(kind, row)
            yield Pipe(
                id=f"{kind}-{number}",
                corridor=kind,
                corridor_title=self.said(name),
                title=self.marked(title),
                parts=tuple(coordinates(part) for part in shapely.get_parts(shape)),
                colour=colour,
                tint=style.tint(colour),
                casing_px=None,
                core_px=None,
                dash=dash,
                hollow=False,
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
        return {} if self.given is None else named(self.given)

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
                note=self.marked(self.calls(own)),
                claims=tuple(claims_of(own)),
            )

    @cached_property
    def points(self) -> dict[str, list[dict[str, Any]]]:
        """Events that are points by kind, the longest first."""
        gaps = self.events["gaps"]
        tables = {
            "encounter": self.events["encounters"],
            "loitering": self.events["loitering"],
            "silence": gaps.filter(pc.is_null(gaps["end_utc"])),
        }
        order = [("duration_hours", "descending"), ("vessel", "ascending")]
        return {kind: one.sort_by(order)[:MARKS].to_pylist() for kind, one in tables.items()}

    @cached_property
    def marks(self) -> dict[tuple[str, ...], str]:
        """The place on the map of each event that is a point."""
        return {
            ident_of(kind, row): f"{kind}_{number}"
            for kind, rows in self.points.items()
            for number, row in enumerate(rows)
        }

    def met(self) -> Iterator[Place]:
        """A symbol for each encounter, loitering and open gap."""
        for kind, rows in self.points.items():
            for row in rows:
                name, note = noted(kind, row)
                yield Place(
                    id=self.marks[ident_of(kind, row)],
                    names={"en": self.marked(name)},
                    kind=kind,
                    lon=self.at(row["lon"]),
                    lat=round(row["lat"], DIGITS),
                    accuracy_m=None,
                    source=1,
                    note=note,
                )

    def told(self, kind: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
        """Title, label on the map and note of one line."""
        silent = self.said("AIS gap")
        if kind == "voyages":
            gaps = f", {_hours(row['gap_hours'])} of it in {silent}s" if row["gap_hours"] else ""
            span = f"{_time(row['departure_utc'])} to {_time(row['arrival_utc'])} UTC"
            pace = f"{_hours(row['duration_hours'])}, {row['speed_kn']:.1f} kn on average{gaps}"
            ends = f"{self.place(row['origin'])} → {self.place(row['destination'])}"
            return f"{row['vessel']}: {ends}", "", f"{span}, {pace}"
        span = f"{_time(row['start_utc'])} to {_time(row['end_utc'])} UTC"
        if kind == "gaps":
            hours = _hours(row["duration_hours"])
            return f"{row['vessel']}: {silent} of {hours}", hours, span
        return f"Track {row['track']}", "", f"{span}, {counted(row['positions'], 'position')}"

    def calls(self, own: pd.DataFrame) -> str:
        """How many calls at a place, by how many ships, and how long."""
        ships = counted(own["vessel"].nunique(), self.said("ship"))
        stays = own["duration_hours"].median()
        median = "" if pd.isna(stays) else f", median stay {_hours(stays)}"
        return f"{counted(len(own), self.said('call'))} by {ships}{median}"

    # --- tables ---

    def tables(self) -> Iterator[TextTable]:
        """Events of every kind in words, each row with its line or place on the map."""
        yield from tracktables.tables(
            self.events,
            self.facts,
            said=lambda text: self.marked(self.said(text)),
            named=self.place,
            mapped=self.mapped,
        )

    def place(self, ident: str) -> str:
        """A place by its name, and its code where that is another."""
        name, _ = self.known.get(ident, (ident, None))
        return name if name == ident else f"{name} ({ident})"

    def mapped(self, kind: str, row: Mapping[str, Any]) -> tuple[str, str]:
        """The line and the place on the map of a row of a table."""
        if kind == "calls":
            return "", str(row["place"])
        if kind in LAYERS and not row.get("open"):
            return self.lines.get(ident_of(kind, row), ""), ""
        name = "silence" if kind == "gaps" else KINDS[kind]
        return "", self.marks.get(ident_of(name, row), "")


_STATUS = {
    "tracks": "positions received",
    "voyages": "derived from positions and places",
    "gaps": "no position received; this proves nothing",
}
