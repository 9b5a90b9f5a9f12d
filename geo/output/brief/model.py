"""A briefing as values: findings, pictures, tables, chart, timeline, conflicts, sources.

Every text may hold [n], the number of a source of the whole briefing; each writer turns it into
its own kind of footnote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo.output import still
from geo.output.brief.argument import citations
from geo.scene.model import Scene, Source

CITE = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Table:
    """Rows of words under a heading; `ids` names the figure of each row, `title` the whole."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...] = ()

    def shares(self) -> list[float]:
        """Room for each column by what stands in it, no word broken; sums to 1."""
        columns = zip(self.columns, *self.rows, strict=True)
        rooms = [_room(column) for column in columns]
        return [room / sum(rooms) for room in rooms]


def _room(cells: Sequence[str]) -> int:
    """Characters: the longest word whole, a longer cell on two lines; with a margin."""
    word = max((len(word) for cell in cells for word in cell.split()), default=1)
    longest = max(map(len, cells), default=1)
    return max(word, min(longest, max(12, longest // 2 + 4), 34)) + 3


@dataclass(frozen=True)
class Bar:
    """One figure of the chart: its share of what could move, as a range where it is one.

    `cites` are the sources of what moved and of what could.
    """

    word: str
    low: float
    high: float
    said: str
    share: str
    cites: str


@dataclass(frozen=True)
class Number:
    """A number to show large: its value in words, and a line that says of what it is."""

    corridor: str
    value: str
    label: str

    def named(self) -> Number:
        """The same with the corridor's name, for where several stand together."""
        return replace(self, label=f"{self.corridor}: {self.label}")


@dataclass(frozen=True)
class Section:
    """One part: the finding as its headline, a picture of a scene, tables, sentences.

    `short` is the finding in a few words, "" where there is none; `numbers` are those behind it.
    `argument` has what is known, disputed and not known, as a word and a paragraph each.
    """

    id: str
    title: str
    headline: str
    deck: str = ""
    short: str = ""
    numbers: tuple[Number, ...] = ()
    scene: Scene | None = None
    alt: str = ""
    tables: tuple[Table, ...] = ()
    bars: tuple[Bar, ...] = ()
    points: tuple[str, ...] = ()
    argument: tuple[tuple[str, str], ...] = ()

    def cites(self, start: str, end: str) -> str:
        """'[3][7]': the sources of the figures on the picture, in their order."""
        told = still.said(self.scene, start, end) if self.scene else ()
        return citations([n for figure in told for n in figure.cites])


@dataclass(frozen=True)
class Story:
    """A whole briefing; `front` is the overview, which only slides open with."""

    title: str
    headline: str
    short: str
    deck: str
    front: Section
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    method: tuple[str, ...]
    licence: str
    version: str
    lang: str
    start: str
    end: str
    inputs: Mapping[str, str]

    def noted(self, texts: Sequence[str]) -> list[str]:
        """A short note for each source that some texts cite: its number, and whose word it is."""
        return [f"[{s.number}] {s.by or s.text}" for s in self.cited(texts)]

    def cited(self, texts: Sequence[str]) -> list[Source]:
        """The sources some texts cite, by their numbers."""
        wanted = {int(n) for text in texts for n in CITE.findall(text)}
        return [source for source in self.sources if source.number in wanted]
