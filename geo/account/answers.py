"""Which rows answer one question, which of them speaks, and what range its rivals make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from geo.account import units
from geo.account.ceilings import Comparison, Limit, share
from geo.account.rows import Amount, Flow
from geo.account.values import Ends
from geo.account.ways import Step


@dataclass(frozen=True)
class Answer:
    """The row that speaks for a question, with its rivals, its way and what it is compared with.

    `rivals` are those that make a range with it: () where no rival differs.
    """

    flow: Flow
    rivals: tuple[Flow, ...] = ()
    steps: tuple[Step, ...] = ()
    comparison: Comparison | None = None
    limit: Limit | None = None
    aggregate: bool = False
    others: tuple[Flow, ...] = field(default=(), repr=False)  # rivals that agree
    wholes: tuple[str, ...] = ()  # rows that its row is part of, by however many steps

    @cached_property
    def amount(self) -> Amount:
        """What moved in the base unit: the range that speaker and rivals make, else the row's."""
        if not self.rivals:
            return self.flow.base
        numbers = [x for one in (self.flow, *self.rivals) for x in one.base.stated]
        return Amount(None, min(numbers), max(numbers))

    @property
    def said(self) -> Amount:
        """The same in the speaker's own unit."""
        if not self.rivals:
            return self.flow.amount
        return self.amount.over(units.unit_size(self.flow.unit))

    @cached_property
    def size(self) -> float:
        """One figure in the base unit, for drawing and ordering; 0 where it is unknown."""
        return self.flow.base.size or 0.0

    @cached_property
    def rate(self) -> float | None:
        """The size a year; None where it cannot be drawn."""
        return self.size / self.flow.years if self.flow.is_drawable and self.flow.years else None

    @cached_property
    def share(self) -> Ends:
        """What moved ÷ what could move in the same period."""
        if self.comparison is None:
            return None, None
        return share(self.amount.ends, self.comparison.full.ends)

    @cached_property
    def limit_share(self) -> Ends:
        """What moved ÷ the limit of the whole year."""
        if self.limit is None:
            return None, None
        return share(self.amount.ends, (self.limit.yearly, self.limit.yearly))

    @property
    def knowledge(self) -> int:
        """How well its way is known: 0 a leg or both ends, 1 one end, 2 none."""
        if self.flow.leg:
            return 0
        return 2 - bool(self.flow.origin) - bool(self.flow.destination)


def speakers(flows: Iterable[Flow]) -> Iterator[tuple[Flow, tuple[Flow, ...], tuple[Flow, ...]]]:
    """(speaker, rivals that make a range with it, rivals that agree) of every question."""
    asked = sorted((one for one in flows if one.speaks), key=lambda f: (f.question, f.rank, f.at))
    for _, rows in groupby(asked, key=lambda f: f.question):
        yield from _spoken(list(rows))


def _spoken(
    rows: Sequence[Flow],
) -> Iterator[tuple[Flow, tuple[Flow, ...], tuple[Flow, ...]]]:
    """The speakers of one question: one of rank 1, else every row of the lowest rank."""
    first = [one for one in rows if one.rank == rows[0].rank]
    if rows[0].rank == 1:
        first = [min(first, key=lambda f: (units.evidence_order(f.basis), f.at))]
    for speaker in first:
        below = [one for one in rows if one not in first and one.amount.stated]
        differ = speaker.amount.stated and any(speaker.base.differs(one.base) for one in below)
        yield speaker, tuple(below) if differ else (), () if differ else tuple(below)
