"""Findings in words: of a corridor, of a page as it opens, and of a chosen period."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from geo.account import Answer, periods, units, words
from geo.scene import figures
from geo.scene.facts import Facts, period

LIMIT = " of the yearly limit"


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

    def headline(self) -> str:
        """The finding in a few words: how full at its peak, what is beyond a limit, the latest."""
        peak = self.peak()
        if peak is None:
            return ""
        beyond, latest = self.beyond(), self.latest(peak)
        first = _full(self.facts, peak, limit=beyond is peak)
        told = f"{first}{_when(peak)}"
        if beyond is not None and beyond is not peak:
            full = _full(self.facts, beyond, limit=True, again=LIMIT in first)
            told = f"{told}, {full}{_when(beyond)}"
        elif latest is not None and latest is not peak:
            told = f"{first} at its peak{_when(peak)}, {_full(self.facts, latest)}{_when(latest)}"
        return f"{self.facts.name(self.id)}: {told}"

    def deck(self) -> str:
        """The amounts behind it: what moved when, who says so, and what it stands against."""
        peak = self.peak()
        if peak is None:
            return ""
        latest = self.latest(peak)
        every = [peak, *(a for a in (self.beyond(), latest) if a is not None)]
        once = list({a.flow.id: a for a in every}.values())
        limits = {self.facts.limit(a) for a in once if a.limit and a.comparison is None}
        return "; ".join(
            [_amount(self.facts, a) for a in once] + [f"yearly limit {x}" for x in sorted(limits)]
        )

    def answers(self) -> list[Answer]:
        """The answers these may be."""
        return self.facts.account.answers_of(self.id)

    def peak(self) -> Answer | None:
        """The fullest proven answer of rank 1."""
        peaks = self.facts.peaks  # headline, findings, key figures and table ask for them
        if self.id not in peaks:
            found = periods.peak(figures.corridor_figures(self.facts, self.id))
            peaks[self.id] = None if found is None else self.facts.answer(found.id)
        return peaks[self.id]

    def beyond(self) -> Answer | None:
        """The answer of rank 1 furthest above a limit."""
        own = [(a, _over_limit(a)) for a in self.answers() if a.flow.rank == 1]
        above = [(a, share) for a, share in own if share > 1]
        return max(above, key=lambda x: (x[1], -x[0].flow.at), default=(None, 0.0))[0]

    def latest(self, peak: Answer) -> Answer | None:
        """The answer of rank 1 with the latest period, in the peak's kind of unit."""
        own = periods.spoken(figures.corridor_figures(self.facts, self.id), peak.flow.kind)
        return min((self.facts.answer(f.id) for f in own), key=_latest, default=None)

    def telling(self) -> Answer:
        """What tells most of a corridor with figures: what is beyond a limit, else its peak."""
        found = self.beyond() or self.peak()
        assert found is not None
        return found

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
    share = words.share(*answer.share) if capacity else ""
    of_limit = words.share(*answer.limit_share) if limit or not share else ""
    forbidden = limit and _is_forbidden(answer)
    told = [
        *([f"{share} of {facts.could(answer)}{facts.at(answer)}"] if share else []),
        *([f"{of_limit} of the yearly limit of {facts.limit(answer)}"] if of_limit else []),
        *([f"against a yearly limit of {facts.limit(answer)}"] if forbidden else []),
    ]
    said = f"{_moved(facts, answer)}{_when(answer, claimed=False)}"
    cites = facts.cites(answer, capacity=bool(share), limit=bool(of_limit or forbidden))
    against = f", {words.joined(told)}" if told else ""
    return Finding(f"{said}{against} ({_known(answer)})", cites)


def _full(facts: Facts, answer: Answer, *, limit: bool = False, again: bool = False) -> str:
    """'40–63 % full', 'at least 300 % of the yearly limit', '3 t against a limit of 0 t', '3 t'.

    What the share is of is left out where it was said before (`again`).
    """
    share = words.share(*answer.share)
    of_limit = words.share(*answer.limit_share) if limit or not share else ""
    if of_limit:
        return f"{of_limit}{'' if again else LIMIT}{_on(facts, answer)}"
    if limit and _is_forbidden(answer):
        return f"{_moved(facts, answer)} against a yearly limit of {facts.limit(answer)}"
    if share:
        return f"{share} full{facts.at(answer)}{_on(facts, answer)}"
    return _moved(facts, answer)


def _is_forbidden(answer: Answer) -> bool:
    return answer.limit is not None and not answer.limit.yearly


def _amount(facts: Facts, answer: Answer) -> str:
    """'2–2.5 Mt of coal in a year (sources differ), of 4–5 Mt/year'."""
    of = f", of {facts.could(answer)}{facts.at(answer)}" if answer.comparison is not None else ""
    when = _when(answer, claimed=False)
    return f"{_moved(facts, answer)}{when} ({_known(answer)}){of}"


def _known(answer: Answer) -> str:
    return "sources differ" if answer.rivals else answer.flow.basis


def _when(answer: Answer, *, claimed: bool = True) -> str:
    """' in' a year or month, ', 18 May–31 Aug' with its year, ' on 3 May'; a claim says so."""
    said = period(answer.flow)
    tail = " (claimed)" if claimed and answer.flow.basis == "claimed" else ""
    if not re.match(r"\d{1,2}\b", said):
        return f" in {said}{tail}"
    return f", {said}{tail}" if "–" in said else f" on {said}{tail}"


def _moved(facts: Facts, answer: Answer) -> str:
    """'2–2.5 Mt of coal', and where, if not all along."""
    cargo = facts.cargo(answer.flow.commodity, "")
    what = f" of {cargo}" if cargo and cargo != answer.flow.unit else ""
    return f"{facts.moved(answer)}{what}{_on(facts, answer)}"


def _on(facts: Facts, answer: Answer) -> str:
    stretch = facts.stretch(answer.flow)
    return f" ({stretch})" if stretch else ""


def page(facts: Facts) -> tuple[str, str]:
    """Headline and deck of a page about some corridors; both '' where no amount is known.

    Of more than a few the fullest are named and the rest counted.
    """
    told = [c for c in (Corridor(facts, name) for name in facts.main) if c.peak() is not None]
    if len(told) == 1:
        return told[0].headline(), told[0].deck()
    named = told if len(told) <= words.MOST_SAID else sorted(told, key=_fullness)
    return (
        ", ".join(words.few([_glance(c) for c in named], "corridor")),
        "; ".join(_amount(facts, c.telling()) for c in named[: words.MOST_SAID]),
    )


def _glance(corridor: Corridor) -> str:
    """'Line 40–63 % full', 'Line over 300 % of the yearly limit (claimed)'."""
    facts, answer = corridor.facts, corridor.telling()
    claimed = " (claimed)" if answer.flow.basis == "claimed" else ""
    full = _full(facts, answer, limit=answer is corridor.beyond())
    return f"{facts.name(corridor.id)} {full}{claimed}"


def _fullness(corridor: Corridor) -> tuple[object, ...]:
    """The fullest first; without a share the largest amount first."""
    answer = corridor.telling()
    shares = [x for x in (*answer.share, *answer.limit_share) if x is not None]
    return not shares, -max(shares, default=0.0), -answer.size, corridor.id


def corridors(facts: Facts) -> Iterator[tuple[str, list[Finding]]]:
    """The findings of each main corridor that has one, by its id."""
    for name in facts.main:
        told = Corridor(facts, name).said()
        if told:
            yield name, told


def findings(facts: Facts) -> tuple[str, ...]:
    """A sentence for each main corridor that has a finding, with the numbers of its sources."""
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
