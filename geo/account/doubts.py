"""What makes an answer ambiguous: rows that only their place in a table puts in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TypeVar

from geo.account.book import Account
from geo.account.ceilings import PLANNED, Capacity
from geo.account.rows import Flow

CAPACITIES, RIVALS, OVERLAP, UNREACHABLE = "capacity-tie", "flow-tie", "overlap", "unreachable"
Row = TypeVar("Row", Capacity, Flow)


@dataclass(frozen=True)
class Doubt:
    """One ambiguity: its kind, the row it is found at, and the row before it, "" if it is alone."""

    kind: str
    id: str
    other: str = ""


def doubts(account: Account) -> list[Doubt]:
    """Every ambiguity of a folder, in the order of its tables; of a pair the later row."""
    flows = [one for one in account.rows if one.corridor not in account.contexts and one.speaks]
    first = [one for one in flows if one.rank == 1]
    return [
        *_ties(account.capacity_rows),
        *_rivals(one for one in first if one.amount.stated),
        *_overlaps(a.flow for a in account.answers if a.rate is not None and a.flow.rank == 1),
        *(Doubt(UNREACHABLE, one.id) for one in flows if not account.reaches(one)),
    ]


def _ties(capacities: Iterable[Capacity]) -> Iterator[Doubt]:
    """Two capacities of rank 1 for one leg and cargo, in force at the same time, not the same."""
    own = [one for one in capacities if one.rank == 1 and one.form != PLANNED]
    for one, other in _pairs(own, lambda c: (c.corridor, c.leg, c.commodity, c.kind)):
        meet = _meet(one.start, one.end, other.start, other.end)
        if meet and one.yearly.differs(other.yearly):
            yield Doubt(CAPACITIES, other.id, one.id)


def _rivals(flows: Iterable[Flow]) -> Iterator[Doubt]:
    """Two rows of rank 1 that answer one question, in like units, and differ."""
    for one, other in _pairs(flows, lambda f: f.question):
        if one.base.differs(other.base):
            yield Doubt(RIVALS, other.id, one.id)


def _overlaps(flows: Iterable[Flow]) -> Iterator[Doubt]:
    """Two rows of rank 1 of one series whose periods overlap."""
    for one, other in _pairs(flows, lambda f: f.series):
        if _meet(one.start, one.end, other.start, other.end):
            yield Doubt(OVERLAP, other.id, one.id)


def _pairs(rows: Iterable[Row], alike: Callable[[Row], object]) -> Iterator[tuple[Row, Row]]:
    groups: dict[object, list[Row]] = {}
    for row in sorted(rows, key=lambda r: r.at):
        groups.setdefault(alike(row), []).append(row)
    return (pair for group in groups.values() for pair in combinations(group, 2))


def _meet(start: date | None, end: date | None, other: date | None, last: date | None) -> bool:
    before = end is not None and other is not None and end < other
    after = last is not None and start is not None and last < start
    return not (before or after)


def of_kind(found: Sequence[Doubt], kind: str) -> list[Doubt]:
    """The doubts of one kind, each row once: with the first row it is in doubt with."""
    once = {one.id: one for one in reversed(found) if one.kind == kind}
    return [once[name] for name in dict.fromkeys(one.id for one in found) if name in once]
