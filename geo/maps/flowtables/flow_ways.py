"""Flows along ways over water and railways: which lines of a table take one, and its course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from shapely.geometry import LineString

from geo.account import words
from geo.errors import AssetError, GeoError
from geo.geometry import basemap, measure, passages, rail, water
from geo.geometry.ways import trunks
from geo.geometry.ways.open import Sea
from geo.geometry.ways.search import joined
from geo.geometry.ways.shorten import shortened
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.flowtables.flow_sums import Line

__all__ = ["BY", "By", "Courses", "Laid"]

By: TypeAlias = Literal["curve", "sea", "rail", "auto"]
BY: tuple[By, ...] = ("curve", "sea", "rail", "auto")
MODE_OF = {"port": "sea", "station": "rail"}  # of lines between two places of a kind
NAMED = 4  # lines that a note names before it only counts them
MOVED_KM = 1.0  # what a reader is told of
RULES = (
    "Modelled lines follow the shortest way over water, clear of land, through canals and straits "
    "that ice does not close; no ship was tracked."
)
RAIL_RULES = (
    "Modelled lines by rail follow the shortest way along OpenStreetMap's railways, through few of "
    "their points; no train was tracked."
)

SHARED = (
    "Where modelled lines share a way, one line carries them all, as wide as they are together."
)


@dataclass(frozen=True)
class Laid:
    """A stretch of way that carries what several lines move, or one of them beside such."""

    line: Line
    shape: LineString
    names: tuple[str, ...]


@dataclass
class Courses:
    """Ways of the lines that go by sea or by rail.

    A row says so in its column `mode`; where it is silent, `by` holds: "sea" or "rail" for every
    line, "auto" for those between two places of the kind port or two of the kind station, "curve"
    for none. Its column `via` names passages, parted by |. GeoError names the row where `via` names
    none that is known; AssetError where every line should go by rail without the extra.
    """

    lines: Lines
    by: By = "curve"

    def __post_init__(self) -> None:
        """Refuse a way that is none, which would be drawn as a curve."""
        if self.by not in BY:
            raise GeoError(f"by {self.by!r}: there are {', '.join(BY)}")

    @cached_property
    def found(self) -> dict[str, water.Route]:
        """The way of each line that has one, by the line's id."""
        made = {line.id: self._way(line) for line in self.lines.measured if self._by_sea(line)}
        return {name: way for name, way in made.items() if isinstance(way, water.Route)}

    @cached_property
    def tracks(self) -> dict[str, rail.Track]:
        """The way along railways of each line that has one, by the line's id."""
        made = {line.id: self._track(line) for line in self.lines.measured if self._by_rail(line)}
        return {name: track for name, track in made.items() if track is not None}

    @property
    def routed(self) -> set[str]:
        """Lines that have a way, by id."""
        return {*self.found, *self.tracks}

    def railway(self, line: Line) -> LineString:
        """The course of a line by rail, from place to place."""
        ends = [self._points[place] for place in (line.origin, line.destination)]
        return LineString([ends[0], *self.tracks[line.id].line.coords, ends[1]])

    @cached_property
    def laid(self) -> tuple[Laid, ...]:
        """The stretches of the ways that share any with another; what each carries is added up.

        Over any cut the stretches carry what the rows do whose ways cross it.
        """
        sea, own = self._by_water(), {line.id: line for line in self.lines.measured}
        for part, shape in sea:
            wrong = water.prove(shape, basemap.land(), allow=self._open_to(part, own))
            if wrong:
                raise GeoError(f"the way shared by {self._users(part, own)} does not hold: {wrong}")
        return tuple(
            self._lay(number, part, shape, own)
            for number, (part, shape) in enumerate([*sea, *self._by_track()], 1)
        )

    def _by_water(self) -> list[tuple[trunks.Stretch, LineString]]:
        own = [line for line in self.lines.measured if line.id in self.found]
        parts = _shared(self._over_network(own)) if len(own) > 1 else []
        if not parts:
            return []
        # What is made shorter crosses the gates that it did: none has to be closed here.
        shapes = shortened([part.xy for part in parts], Sea.of(basemap.land(), ()))
        return list(zip(parts, map(joined, shapes), strict=True))

    def _open_to(
        self, part: trunks.Stretch, own: Mapping[str, Line]
    ) -> tuple[passages.Passage, ...]:
        """The passages that some user of a stretch may take."""
        lines = [own[name] for name, _ in part.users]
        ends = [self._points[place] for line in lines for place in (line.origin, line.destination)]
        shut = passages.closed(ends, self._named(lines))
        return tuple(one for one in passages.gated() if one not in shut)

    def _by_track(self) -> list[tuple[trunks.Stretch, LineString]]:
        own = [line for line in self.lines.measured if line.id in self.tracks]
        parts = _shared({line.id: np.asarray(self.railway(line).coords) for line in own})
        return [(part, LineString(part.xy)) for part in parts]

    def _users(self, part: trunks.Stretch, own: Mapping[str, Line]) -> str:
        lines = [own[name] for name in dict.fromkeys(name for name, _ in part.users)]
        return _some([self.lines.route(line.origin, line.destination) for line in lines])

    @cached_property
    def home(self) -> dict[str, str]:
        """The line on the map that opens for each line of which stretches are drawn instead."""
        return {name: laid.line.id for laid in reversed(self.laid) for name in laid.names}

    def _lay(
        self, number: int, part: trunks.Stretch, shape: LineString, own: Mapping[str, Line]
    ) -> Laid:
        names = tuple(dict.fromkeys(name for name, _ in part.users))
        rows = [
            {**row, "direction": row["direction"] * way}
            for name, way in part.users
            for row in own[name].rows
        ]
        return Laid(self.lines.lay(self._users(part, own), number, rows), shape, names)

    def _over_network(self, lines: Sequence[Line]) -> dict[str, trunks.Floats]:
        """The points of each way, as ways share them."""
        plan = water.planner(basemap.land())
        made: dict[str, trunks.Floats] = {}
        for via in dict.fromkeys(line.via for line in lines):
            own = [line for line in lines if line.via == via]
            named = self._named(own[:1])
            found = plan.courses(
                [(self._points[x.origin], self._points[x.destination]) for x in own],
                via=named,
                over_network=True,
            )
            made |= {x.id: np.asarray(c.xy) for x, c in zip(own, found, strict=True) if c}
        return made

    def _named(self, lines: Sequence[Line]) -> tuple[passages.Passage, ...]:
        return passages.named(word for line in lines for word in line.via.split("|"))

    def length(self, laid: Laid) -> str:
        """How long a stretch is, and the way of its one user."""
        own = words.kilometres(measure.line_km(laid.shape))
        if len(laid.names) > 1:
            return f"{own}, shared by {len(laid.names):,} lines"
        (name,) = laid.names
        return f"{own} of {self.whole(name)}"

    def whole(self, name: str) -> str:
        """How long the way of a line is, and by what passages."""
        if name in self.tracks:
            return f"{words.kilometres(self.tracks[name].track_km)} of track"
        return f"{words.kilometres(self.found[name].length_km)}{self._by(name)}"

    @cached_property
    def refused(self) -> dict[str, str]:
        """Lines that should go by sea or by rail and cannot, with the reason."""
        wanted = (line for line in self.lines.ranked if self._mode(line))
        return {x.id: self._why[x.id] for x in wanted if x.id not in self.routed}

    def notes(self) -> Iterator[str]:
        """What a reader must know of the ways."""
        if self.found:
            yield RULES
        if self.tracks:
            yield RAIL_RULES
        if self.laid:
            yield SHARED
        modes = {line.id: self._mode(line) for line in self.lines.ranked}
        for mode, what in (("sea", "way over water"), ("rail", "railway")):
            told = [why for name, why in self.refused.items() if modes[name] == mode]
            if told:
                yield f"No {what}, so curved: {_some(told)}."
        moved = [self._moved(line) for line in self.lines.ranked if line.id in self.found]
        told = list(dict.fromkeys(text for own in moved for text in own))
        if told:
            yield f"Places moved to the water: {_some(told)}."

    def _by(self, name: str) -> str:
        names = passages.titles(self.found[name].passages)
        return f", by {words.joined(names)}" if names else ""

    @cached_property
    def _why(self) -> dict[str, str]:
        return {}

    @cached_property
    def _bends(self) -> rail.Bends:
        return {}

    @cached_property
    def _kinds(self) -> dict[str, str]:
        table = self.lines.table.places
        kinds = table["kind"] if "kind" in table else [""] * len(table)
        return dict(zip(table["place"], map(str, kinds), strict=True))

    @cached_property
    def _points(self) -> dict[str, tuple[float, float]]:
        table = self.lines.table.places
        ends = zip(table.geometry.x, table.geometry.y, strict=True)
        return {p: (float(x), float(y)) for p, (x, y) in zip(table["place"], ends, strict=True)}

    def _mode(self, line: Line) -> str:
        """How a line goes: sea, rail, or '' where it is curved."""
        if line.leg:
            return ""
        if line.mode:
            return line.mode if line.mode in MODE_OF.values() else ""
        kinds = {self._kinds.get(end, "") for end in (line.origin, line.destination)}
        alike = MODE_OF.get(kinds.pop(), "") if len(kinds) == 1 else ""
        return {"sea": "sea", "rail": "rail", "auto": alike}.get(self.by, "")

    def _by_sea(self, line: Line) -> bool:
        return self._mode(line) == "sea"

    def _by_rail(self, line: Line) -> bool:
        return self._mode(line) == "rail"

    def _track(self, line: Line) -> rail.Track | None:
        ends = [self._points[place] for place in (line.origin, line.destination)]
        try:
            return rail.route(ends[0], ends[1], land=basemap.land(), bends=self._bends)
        except AssetError:
            if self.by == "rail":
                raise
            self._refuse(line, f"the world's railways are an extra: {rail.REMEDY}")
        except GeoError as error:
            self._refuse(line, str(error))
        return None

    def _way(self, line: Line) -> water.Route | None:
        via = tuple(word for word in line.via.split("|") if word)
        try:
            passages.named(via)
        except GeoError as error:
            where = f"{self.lines.table.file}, row {line.rows[0]['row']}, via"
            raise GeoError(f"{where}: {error}") from error
        ends = [self._points[place] for place in (line.origin, line.destination)]
        try:
            return water.route(ends[0], ends[1], land=basemap.land(), via=via)
        except GeoError as error:
            self._refuse(line, str(error).split(";")[0].split(":")[0])
            return None

    def _refuse(self, line: Line, why: str) -> None:
        self._why[line.id] = f"{self.lines.route(line.origin, line.destination)} ({why})"

    def _moved(self, line: Line) -> list[str]:
        ends = zip((line.origin, line.destination), self.found[line.id].snapped_km, strict=True)
        return [f"{self.lines.names[p]} {km:.1f} km" for p, km in ends if km >= MOVED_KM]


def _shared(ways: Mapping[str, trunks.Floats]) -> list[trunks.Stretch]:
    """The stretches of the ways that share any with another."""
    parts = trunks.stretches(ways)
    shared = {name for part in parts if len(part.users) > 1 for name, _ in part.users}
    return [part for part in parts if any(name in shared for name, _ in part.users)]


def _some(told: Sequence[str]) -> str:
    more = len(told) - NAMED
    return "; ".join(told[:NAMED]) + (f"; and {more:,} more" if more > 0 else "")
