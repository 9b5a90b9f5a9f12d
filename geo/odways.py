"""Flows along ways over water: which lines of a table take one, and its course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from shapely.geometry import LineString

from geo import basemap, measure, passages, water
from geo.account import words
from geo.errors import GeoError
from geo.odlines import Line, Lines
from geo.ways import trunks
from geo.ways.open import Sea
from geo.ways.search import closed_unless, joined
from geo.ways.shorten import shortened

__all__ = ["BY", "By", "Courses", "Laid"]

By: TypeAlias = Literal["curve", "sea", "auto"]
BY: tuple[By, ...] = ("curve", "sea", "auto")
PORT = "port"
NAMED = 4  # lines that a note names before it only counts them
MOVED_KM = 1.0  # what a reader is told of
RULES = (
    "Modelled lines follow the shortest way over water, clear of land, through canals and straits "
    "that ice does not close; no ship was tracked."
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
    """Ways over water of the lines that go by sea.

    A row says so in its column `mode`; where it is silent, `by` holds: "sea" for every line, "auto"
    for those between places of the kind port, "curve" for none. Its column `via` names passages,
    parted by |. GeoError names the row where `via` names none that is known.
    """

    lines: Lines
    by: By = "curve"

    @cached_property
    def found(self) -> dict[str, water.Route]:
        """The way of each line that has one, by the line's id."""
        made = {line.id: self._way(line) for line in self.lines.measured if self._at_sea(line)}
        return {name: way for name, way in made.items() if isinstance(way, water.Route)}

    @cached_property
    def laid(self) -> tuple[Laid, ...]:
        """The stretches of the ways that share any with another; what each carries is added up.

        Over any cut the stretches carry what the rows do whose ways cross it.
        """
        own = {line.id: line for line in self.lines.measured if line.id in self.found}
        if len(own) < 2:
            return ()
        parts = trunks.stretches(self._over_network(list(own.values())))
        shared = {name for part in parts if len(part.users) > 1 for name, _ in part.users}
        parts = [part for part in parts if any(name in shared for name, _ in part.users)]
        sea = Sea.of(basemap.land(), closed_unless(self._named(list(own.values()))))
        shapes = [joined(xy) for xy in shortened([part.xy for part in parts], sea)]
        return tuple(
            self._lay(number, part, shape, own)
            for number, (part, shape) in enumerate(zip(parts, shapes, strict=True), 1)
        )

    @cached_property
    def home(self) -> dict[str, str]:
        """The line on the map that opens for each line of which stretches are drawn instead."""
        return {name: laid.line.id for laid in reversed(self.laid) for name in laid.names}

    def _lay(
        self, number: int, part: trunks.Stretch, shape: LineString, own: Mapping[str, Line]
    ) -> Laid:
        wrong = water.prove(shape, basemap.land(), allow=passages.gated())
        names = tuple(dict.fromkeys(name for name, _ in part.users))
        title = _some([self.lines.route(own[n].origin, own[n].destination) for n in names])
        if wrong:
            raise GeoError(f"the way shared by {title} does not hold: {wrong}")
        rows = [
            {**row, "direction": row["direction"] * way}
            for name, way in part.users
            for row in own[name].rows
        ]
        return Laid(self.lines.lay(title, number, rows), shape, names)

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
                shut=closed_unless(named),
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
        return f"{own} of {words.kilometres(self.found[name].length_km)}{self._by(name)}"

    @cached_property
    def refused(self) -> dict[str, str]:
        """Lines that should go by sea and cannot, with the reason."""
        wanted = (line for line in self.lines.ranked if self._at_sea(line))
        return {x.id: self._why[x.id] for x in wanted if x.id not in self.found}

    def notes(self) -> Iterator[str]:
        """What a reader must know of the ways."""
        if self.found:
            yield RULES
        if self.laid:
            yield SHARED
        if self.refused:
            yield f"No way over water, so curved: {_some([*self.refused.values()])}."
        moved = [self._moved(line) for line in self.lines.ranked if line.id in self.found]
        told = list(dict.fromkeys(text for own in moved for text in own))
        if told:
            yield f"Places moved to the water: {_some(told)}."

    def by_passages(self, line: Line) -> str:
        """', by the Suez Canal and …' for the passages that a line uses."""
        return self._by(line.id)

    def _by(self, name: str) -> str:
        names = passages.titles(self.found[name].passages)
        return f", by {words.joined(names)}" if names else ""

    @cached_property
    def _why(self) -> dict[str, str]:
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

    def _at_sea(self, line: Line) -> bool:
        if line.leg:
            return False
        if line.mode:
            return line.mode == "sea"
        ports = {self._kinds.get(end, "") for end in (line.origin, line.destination)} == {PORT}
        return self.by == "sea" or (self.by == "auto" and ports)

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
            said = self.lines.route(line.origin, line.destination)
            self._why[line.id] = f"{said} ({str(error).split(';')[0].split(':')[0]})"
            return None

    def _moved(self, line: Line) -> list[str]:
        ends = zip((line.origin, line.destination), self.found[line.id].snapped_km, strict=True)
        return [f"{self.lines.names[p]} {km:.1f} km" for p, km in ends if km >= MOVED_KM]


def _some(told: Sequence[str]) -> str:
    more = len(told) - NAMED
    return "; ".join(told[:NAMED]) + (f"; and {more:,} more" if more > 0 else "")
