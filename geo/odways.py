"""Flows along ways over water: which lines of a table take one, and its course."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from geo import basemap, passages, water
from geo.account import words
from geo.errors import GeoError
from geo.odlines import Line, Lines

__all__ = ["BY", "By", "Courses"]

By: TypeAlias = Literal["curve", "sea", "auto"]
BY: tuple[By, ...] = ("curve", "sea", "auto")
PORT = "port"
NAMED = 4  # lines that a note names before it only counts them
MOVED_KM = 1.0  # what a reader is told of
RULES = (
    "Modelled lines follow the shortest way over water, clear of land, through canals and straits "
    "that ice does not close; no ship was tracked."
)


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
        made = {line.id: self._way(line) for line in self.lines.ranked if self._at_sea(line)}
        return {name: way for name, way in made.items() if isinstance(way, water.Route)}

    @cached_property
    def refused(self) -> dict[str, str]:
        """Lines that should go by sea and cannot, with the reason."""
        wanted = (line for line in self.lines.ranked if self._at_sea(line))
        return {x.id: self._why[x.id] for x in wanted if x.id not in self.found}

    def notes(self) -> Iterator[str]:
        """What a reader must know of the ways."""
        if self.found:
            yield RULES
        if self.refused:
            yield f"No way over water, so curved: {_some([*self.refused.values()])}."
        moved = [self._moved(line) for line in self.lines.ranked if line.id in self.found]
        told = list(dict.fromkeys(text for own in moved for text in own))
        if told:
            yield f"Places moved to the water: {_some(told)}."

    def by_passages(self, line: Line) -> str:
        """', by the Suez Canal and …' for the passages that a line uses."""
        names = passages.titles(self.found[line.id].passages)
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
