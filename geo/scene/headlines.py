"""Findings in words: of a corridor, of a page as it opens, and of a chosen period."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from geo.account import Answer, periods, units, words
from geo.scene import figures
from geo.scene.facts import Facts, period


@dataclass(frozen=True)
class Finding:
    """A finding in words and the numbers of its sources, in the order they are used."""

    words: str
    cites: tuple[int, ...] = ()

    @property
    def cited(self) -> str:
        """The words with the numbers of the sources: '… [1][4]'."""
        return self.words + (f" {''.join(f'[{n}]' for n in self.cites)}" if self.cites else "")


@dataclass(frozen=True)
class Corridor:
    """What is said of one corridor: its peak, what is beyond a limit, the latest; None if not."""

    facts: Facts
    id: str

    def said(self) -> list[Finding]:
        """The findings, the peak first; [] where no amount is known."""
        peak = self.peak()
        if peak is None:
            return []
        beyond = self.beyond()
        told = [_finding(self.facts, peak, limit=beyond is peak)]
        if beyond is not None and beyond is not peak:
            told.append(_finding(self.facts, beyond, capacity=False, limit=True))
        latest = self.latest(peak)
        if latest is not None and latest is not peak and latest is not beyond:
            found = _finding(self.facts, latest)
            told.append(Finding(f"latest: {found.words}", found.cites))
        return told

    def answers(self) -> list[Answer]:
        """The answers these may be."""
        return self.facts.account.answers_of(self.id)

    def peak(self) -> Answer | None:
        """The fullest proven answer of rank 1."""
        found = periods.peak(figures.corridor_figures(self.facts, self.id))
        return None if found is None else self.facts.answer(found.id)

    def beyond(self) -> Answer | None:
        """The answer of rank 1 furthest above a limit."""
        own = [(a, _over_limit(a)) for a in self.answers() if a.flow.rank == 1]
        above = [(a, share) for a, share in own if share > 1]
        return max(above, key=lambda x: (x[1], -x[0].flow.at), default=(None, 0.0))[0]

    def latest(self, peak: Answer) -> Answer | None:
        """The answer of rank 1 with the latest period, in the peak's kind of unit."""
        own = periods.spoken(figures.corridor_figures(self.facts, self.id), peak.flow.kind)
        return min((self.facts.answer(f.id) for f in own), key=_latest, default=None)

    def leads(self) -> set[str]:
        """Ids of the rows the headline speaks of: its peak, and what is beyond a limit."""
        found = (self.peak(), self.beyond())
        return {a.flow.id for a in found if a is not None}


def _over_limit(answer: Answer) -> float:
    """How many times the limit; infinite for anything at all where nothing is allowed."""
    if answer.limit is None:
        return 0.0
    nothing = math.inf if answer.size > 0 else 0.0
    return answer.size / answer.limit.yearly if answer.limit.yearly else nothing


def _latest(answer: Answer) -> tuple[object, ...]:
    one = answer.flow
    ordinals = [-(day.toordinal() if day else 0) for day in (one.end, one.start)]
    return *ordinals, units.evidence_order(one.basis), -(answer.rate or 0.0), one.id


def _finding(
    facts: Facts, answer: Answer, *, capacity: bool = True, limit: bool = False
) -> Finding:
    """'2–2.5 Mt of coal in a year, 50–63 % of 4 Mt/year (sources differ)'.

    The share of a limit is told with `limit`, or where there is no capacity to compare with.
    """
    one = answer.flow
    cargo = facts.cargo(one.commodity, "")
    what = f" of {cargo}" if cargo and cargo != one.unit else ""
    share = words.share(*answer.share) if capacity else ""
    of_limit = words.share(*answer.limit_share) if limit or not share else ""
    forbidden = bool(limit and answer.limit is not None and not answer.limit.yearly)
    told = [
        *([f"{share} of {facts.could(answer)}{facts.at(answer)}"] if share else []),
        *([f"{of_limit} of the yearly limit of {facts.limit(answer)}"] if of_limit else []),
        *([f"against a yearly limit of {facts.limit(answer)}"] if forbidden else []),
    ]
    stretch = facts.stretch(one)
    on = f" ({stretch})" if stretch else ""
    said = f"{facts.moved(answer)}{what}{on} in {period(one)}"
    known = "sources differ" if answer.rivals else one.basis
    cites = facts.cites(answer, capacity=bool(share), limit=bool(of_limit or forbidden))
    return Finding(f"{', '.join([said, *([words.joined(told)] if told else [])])} ({known})", cites)


def corridors(facts: Facts) -> Iterator[tuple[str, list[Finding]]]:
    """The findings of each main corridor that has one, by its id."""
    for name in facts.main:
        told = Corridor(facts, name).said()
        if told:
            yield name, told


def headlines(facts: Facts) -> list[str]:
    """One sentence for each main corridor that has a finding."""
    return [
        f"{facts.name(name)}: {'; '.join(one.words for one in told)}"
        for name, told in corridors(facts)
    ]


def findings(facts: Facts) -> tuple[str, ...]:
    """The same with the numbers of the sources, each after what it is of."""
    return tuple(
        f"{facts.name(name)}: {'; '.join(one.cited for one in told)}"
        for name, told in corridors(facts)
    )


def leads(facts: Facts) -> set[str]:
    """Ids of the rows that the headlines speak of."""
    return {name for corridor in facts.main for name in Corridor(facts, corridor).leads()}


def fullness(facts: Facts, answer: Answer) -> Finding:
    """'Line 50–63 % full (a year)': how full a corridor was, with its sources."""
    at, share = facts.at(answer), words.share(*answer.share)
    said = f"{facts.where(answer.flow)} {share} full{at} ({period(answer.flow)})"
    return Finding(said, facts.cites(answer, limit=False))
