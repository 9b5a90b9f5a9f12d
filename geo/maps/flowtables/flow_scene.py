"""A user's table of flows → a scene: known legs keep their course, ways over water and along
railways are modelled, the rest is curved.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely

from geo.account import flows as amounts
from geo.account import words
from geo.folder.credits import Credit
from geo.geometry import basemap, curves, rail
from geo.maps import userdata
from geo.maps.flowtables import flow_choices, flow_sums, flow_ways
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.flowtables.flow_pipes import Drawing
from geo.maps.flowtables.flow_rows import Rows
from geo.maps.flowtables.flow_sums import Record
from geo.maps.flowtables.flow_table import FlowTable
from geo.maps.flowtables.flow_words import Words, counted
from geo.scene import axis, style
from geo.scene.choices import Choice
from geo.scene.model import (
    Bounds,
    Clock,
    Place,
    Sample,
    Scene,
)
from geo.scene.parts import ground_notes

__all__ = ["scene"]

LANGUAGES = ("en", "ko", "ru")
VIEW_MARGIN = 0.08
RAILWAYS = (Credit("Railways", rail.LICENCE, rail.ATTRIBUTION),)


def scene(table: FlowTable, *, title: str = "", ways: flow_ways.Courses | None = None) -> Scene:
    """The page of a table of flows; `title` is by default the name of its file.

    ways: which lines go by sea; by default those of rows that say so.
    """
    ways = ways or flow_ways.Courses(Lines(table))
    _ = ways.laid  # what stretches carry counts for the scale
    return _Page(ways.lines, title or table.file.rsplit(".", 1)[0], ways).scene()


@dataclass
class _Page:
    """A table on its way to a scene."""

    lines: Lines
    title: str
    ways: flow_ways.Courses

    @cached_property
    def drawing(self) -> Drawing:
        """The lines on their courses."""
        return Drawing(self.lines, self.ways)

    @cached_property
    def words(self) -> Words:
        """What is said of them."""
        return Words(self.drawing)

    def scene(self) -> Scene:
        """Every part of the page; rows come first, so that sources count from the table down."""
        rows, pipes = tuple(Rows(self.lines, self.ways).every()), self.drawing.pipes
        places = tuple(self.places())
        view = self.view(places)
        packs = (basemap.world(), *userdata.detail(view))
        return Scene(
            id="flows",
            title=self.title,
            headline=self.words.headline(),
            deck=self.words.deck(),
            view=view,
            extent=None,
            places=places,
            pipes=pipes,
            legend=tuple(self.words.legend()),
            samples=self.samples(),
            scale=self.lines.scale,
            units=self.lines.units,
            clock=self.clock(),
            choices=self.choices(),
            rows=rows,
            sources=tuple(self.lines.sources()),
            notes=(*self.words.notes(), *ground_notes(packs)),
            licence="",
            version="",
            packs=packs,
            inputs=self.lines.table.inputs,
            credits=RAILWAYS if self.ways.tracks else (),
        )

    def samples(self) -> dict[str, tuple[Sample, ...]]:
        """Three sample widths for each unit drawn."""
        made: dict[str, tuple[Sample, ...]] = {}
        per = "/year" if self.lines.paced else ""
        for kind, scale in self.lines.scale.items():
            unit = self.lines.units.get(kind, kind)
            size = amounts.convert(1.0, unit, kind)
            values = style.samples(style.MAX_PX / scale / size)
            made[unit] = tuple(
                Sample(
                    round(v * size * scale, 2), f"{words.rounded(v)} {unit}{per}", v * size, kind
                )
                for v in values
            )
        return made

    def places(self) -> Iterator[Place]:
        """Every place a row names, with how many lines begin and end there."""
        inside = {line.origin for line in self.lines.within}
        starts = Counter(line.origin for line in self.lines.ranked)
        stops = Counter(line.destination for line in self.lines.ranked)
        ranks = self.ranks()
        for row in flow_sums.mappings(self.lines.table.places):
            if row["place"] in self.drawing.positions:
                lon, lat = self.drawing.positions[row["place"]]
                count = f"lines from here: {starts[row['place']]}, to here: {stops[row['place']]}"
                count += ", and flows within it" if row["place"] in inside else ""
                yield Place(
                    id=row["place"],
                    names={"en": self.lines.names[row["place"]]} | _names(row),
                    kind=row.get("kind") or "place",
                    lon=lon,
                    lat=lat,
                    accuracy_m=_metres(row.get("accuracy_m")),
                    source=self.lines.number(row.get("source") or "", "places"),
                    note="; ".join(t for t in (row.get("note") or "", count) if t),
                    rank=ranks.get(row["place"], 0.0),
                )

    def ranks(self) -> dict[str, float]:
        """How wide the lines of each place are together, of the widest."""
        wide: dict[str, float] = defaultdict(float)
        for line in self.lines.ranked:
            for place in {line.origin, line.destination}:
                wide[place] += max(self.lines.size(line), 0.0)
        most = max(wide.values(), default=0.0)
        return {p: round(one / most, 3) for p, one in wide.items()} if most else {}

    def view(self, places: Sequence[Place]) -> Bounds:
        """Bounds of every place and line, with a margin."""
        points = [shapely.MultiPoint([(p.lon, p.lat) for p in places])]
        lines = [shapely.LineString(part) for p in self.drawing.pipes for part in p.parts[-1:]]
        west, south, east, north = (float(v) for v in shapely.total_bounds([*points, *lines]))
        dx, dy = max((east - west) * VIEW_MARGIN, 0.02), max((north - south) * VIEW_MARGIN, 0.02)
        low, high = max(south - dy, -curves.MOST_LAT), min(north + dy, curves.MOST_LAT)
        return (round(west - dx, 4), round(low, 4), round(east + dx, 4), round(high, 4))

    def clock(self) -> Clock | None:
        """The axis of time; None where the table has no two periods, or none has a yearly pace."""
        if not self.lines.paced:
            return None
        every = (f for line in self.lines.every for f in line.figures)
        spans = {(f.start, f.end) for f in every if f.start and f.end}
        return axis.over(spans) if len(spans) > 1 else None

    def choices(self) -> tuple[Choice, ...]:
        """The columns by which the lines may be chosen."""
        drawn = {line.id: line for line in self.lines.every if self.drawing.is_whole(line)}
        drawn |= {laid.line.id: laid.line for laid in self.ways.laid}
        clock = self.clock() is not None
        return flow_choices.choices(self.lines, drawn, self._of_part, clock=clock)

    def _of_part(self, lines: Lines) -> tuple[str, str]:
        """Headline and deck of a part of the lines."""
        return Words(Drawing(lines, self.ways)).headline(), f"{counted(lines)}."


def _metres(text: Any) -> float | None:
    """A radius of uncertainty; what is no number above zero is none."""
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def _names(row: Record) -> dict[str, str]:
    return {lang: row[f"name_{lang}"] for lang in LANGUAGES if row.get(f"name_{lang}")}
