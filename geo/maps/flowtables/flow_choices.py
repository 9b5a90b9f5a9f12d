"""What a reader may choose flows by: cargo, period where there is no clock, and other columns.

For each value of a column the figures are added up anew of its rows alone, as `flow_lines` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from geo.files import days
from geo.maps.flowtables import flow_sums
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.flowtables.flow_sums import Line, Record
from geo.maps.flowtables.flow_table import OTHER
from geo.scene.choices import Choice, Chosen

__all__ = ["choices"]

_PERIOD = "period"
MOST_VALUES = 60  # a longer list is no choice
MOST_FIGURES = 30_000  # of all choices of a page
FIELDS = ("mode", "via", "corridor", "source", "basis")
Told = Callable[[Lines], tuple[str, str]]


def choices(
    lines: Lines, drawn: Mapping[str, Line], tell: Told, *, clock: bool
) -> tuple[Choice, ...]:
    """The columns to choose by, cargo first, until they hold too much for a page.

    drawn: every line of the map by its id, stretches that several flows share among them.
    tell: headline and deck of a part of the lines.
    """
    made: list[Choice] = []
    left = MOST_FIGURES
    for column, words in _columns(lines, clock=clock):
        groups = _groups(lines.records, words)
        left -= len(lines.records)
        if left >= 0 and 1 < len(groups) <= MOST_VALUES:
            values = (_chosen(lines, drawn, tell, word, own) for word, own in groups.items())
            steps = column == _PERIOD or all(map(days.is_hour, groups))
            made.append(Choice(column, tuple(values), steps))
    return tuple(made)


def _columns(lines: Lines, *, clock: bool) -> Iterator[tuple[str, Iterable[str]]]:
    """Each column with its words, a word for each row."""
    if "commodity" in lines.table.stated:
        yield "cargo", map(lines.cargo, lines.records)
    if not clock:
        yield _PERIOD, map(_period, lines.records)
    for name in FIELDS:
        if name in lines.table.stated:
            yield name, [str(row[name]).replace("_", " ") for row in lines.records]
    for other in (str(own) for own in lines.table.flows if str(own).startswith(OTHER)):
        yield other.removeprefix(OTHER), [row[other] for row in lines.records]


def _period(row: Record) -> str:
    """First and last moment, so that words stand in the order of time."""
    ends = [flow_sums.moment(row, end) for end in ("period_start", "period_end")]
    return " to ".join(dict.fromkeys(one.replace("T", " ") for one in ends if one))


def _groups(records: Sequence[Record], words: Iterable[str]) -> dict[str, list[Record]]:
    """The rows of each word, in the order of words; rows without one are of no group."""
    found: dict[str, list[Record]] = {}
    for row, word in zip(records, words, strict=True):
        if word:
            found.setdefault(word, []).append(row)
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _order(word: str) -> list[tuple[int, str]]:
    """Numbers within words by their value: 9 before 10."""
    parts = re.findall(r"\d+|\D+", word)
    return [(int(one) if one.isdecimal() else 0, one) for one in parts]


def _chosen(
    lines: Lines, drawn: Mapping[str, Line], tell: Told, word: str, rows: Sequence[Record]
) -> Chosen:
    part, ids = lines.only(rows), {row["id"] for row in rows}
    own = {
        name: part.of(line, [row for row in line.rows if row["id"] in ids])
        for name, line in drawn.items()
    }
    own = {name: line for name, line in own.items() if line.rows}
    headline, deck = tell(part)
    return Chosen(
        word,
        headline,
        deck,
        tuple(str(row["id"]) for row in rows),
        {name: line.figures for name, line in own.items()},
        {name: tuple(f.id for f in line.shown) for name, line in own.items()},
    )
