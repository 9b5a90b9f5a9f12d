"""What was reported against a limit set from outside, year by year: one chart a cargo and unit.

Reported figures and estimates stand beside each other and are never added up. A reported zero is
a zero; a year without a report says so. A figure for part of a year is held against the limit of
the whole year, and the words say that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo.account import Answer, Flow, units, words
from geo.account.rows import text
from geo.scene.facts import FIGURES, Facts, Record, period, records
from geo.scene.model import LimitBar, LimitChart, LimitYear

OFFICIAL = ("reported", "derived")  # a derived figure stands where nothing better was reported
ESTIMATES = ("observed", "claimed")
ROOM = 1.12  # the scale ends beyond the largest figure, so that an open end can be drawn
NOT_REPORTED = "not reported: no figure for the corridors of this page"
NOT_STATED = "period not stated"


def charts(facts: Facts) -> tuple[LimitChart, ...]:
    """A chart for each cargo and kind of unit with figures compared with a limit."""
    groups: dict[tuple[str, str], list[Answer]] = {}
    for one in facts.rows():
        answer = facts.row(one.id)
        if answer.limit is not None and not one.is_count:
            groups.setdefault((one.commodity, one.kind), []).append(answer)
    for one in facts.rows():  # of no stated period: beside the years, where there is a chart
        if not one.days and not one.is_count and (one.commodity, one.kind) in groups:
            groups[one.commodity, one.kind].append(facts.row(one.id))
    return tuple(_Chart(facts, own, *key).chart() for key, own in groups.items())


@dataclass
class _Chart:
    """One chart in the making: the flows of one cargo in one kind of unit."""

    facts: Facts
    own: list[Answer]
    commodity: str
    kind: str

    @cached_property
    def unit(self) -> str:
        """The unit of the latest limit."""
        return str(self.limits[-1]["unit"])

    @cached_property
    def limits(self) -> Sequence[Record]:
        """Every limit on the cargo in this kind of unit, oldest first."""
        table = self.facts.package.limits
        like = table["unit"].map(units.unit_kind) == self.kind
        fits = like & (table["commodity"] == self.commodity) & (table["per"] == "year")
        return records(table[fits].sort_values("valid_from", kind="stable"))

    def chart(self) -> LimitChart:
        """The chart as values."""
        years = tuple(self.years())
        bars = [bar for year in years for bar in year.bars]
        ends = [x for bar in bars for x in (bar.high, bar.limit) if x]
        cargo = self.facts.cargo(self.commodity)
        return LimitChart(
            id=f"{self.commodity}-{self.kind}",
            title=_finding(cargo, bars),
            cargo=cargo,
            unit=self.unit,
            colour=self.facts.colour(self.own[0].flow.corridor, self.commodity),
            most=max(ends, default=1.0) * ROOM,
            years=years,
            limits=tuple(map(self._limit, self.limits)),
            conversions=tuple(self.conversions()),
            other_units=self.other_units,
        )

    def years(self) -> Iterator[LimitYear]:
        """Every year from the first to the last with a figure."""
        begun = [_year_of(a.flow) for a in self.own if a.flow.days]
        for year in range(min(begun), max(begun) + 1) if begun else ():
            yield self._year(
                str(year), [a for a in self.own if a.flow.days and _year_of(a.flow) == year]
            )
        undated = [a for a in self.own if not a.flow.days]
        if undated:
            yield self._year(NOT_STATED, undated)

    def _year(self, word: str, rows: Sequence[Answer]) -> LimitYear:
        official = [a for a in rows if a.flow.basis in OFFICIAL]
        bars = [bar for own in _by_corridor(official) for bar in self._told(own)]
        guessed = [a for a in rows if a.flow.basis in ESTIMATES and a.flow.amount.stated]
        bars += [self._estimate(own) for own in _by_period(guessed)]
        return LimitYear(word, tuple(bars), "" if official else NOT_REPORTED)

    # --- bars -------------------------------------------------------------------------------------

    def _told(self, rows: Sequence[Answer]) -> Iterator[LimitBar]:
        """Reported figures of a corridor in a year: those that speak, then what stands beside."""
        speaking = [a for a in rows if a.flow.speaks]
        best = min((a.flow.rank for a in speaking), default=0)
        first = [a for a in speaking if a.flow.rank == best]
        told = [a for a in first if a.flow.basis == "reported"] or first
        for answer in sorted(told, key=lambda a: (str(a.flow.start), a.flow.at)):
            yield self._bar("reported", answer)
        names = {a.flow.id for a in told}
        left = [a for a in rows if a.flow.id not in names and a.flow.part_of not in names]
        for answer in sorted(left, key=lambda a: (a.flow.rank, a.flow.at)):
            if not any(_same(answer.flow, a.flow) and _agree(answer, a) for a in told):
                yield self._bar("beside", answer)

    def _bar(self, kind: str, answer: Answer) -> LimitBar:
        one = answer.flow
        return LimitBar(
            kind=kind,
            figure=words.quantity(self.facts.flows[one.id]),
            period=period(one),
            corridor=self.facts.where(one),
            basis=one.basis,
            share=words.share(*answer.limit_share),
            cites=self._cites([answer]),
            limit=self._cap(answer),
            **self._ends([answer]),
            part=_part(one),
            beside=self._beside(one),
            note=self.facts.note(one),
        )

    def _estimate(self, rows: Sequence[Answer]) -> LimitBar:
        """Estimates for one period as one range, from the lowest to the highest."""
        found = sorted(rows, key=lambda a: (a.size, a.flow.at))
        first, last = found[0], found[-1]
        notes = [(self.facts.note(a.flow), self.facts.number(a.flow.source)) for a in found]
        told = "; ".join(f"{note} [{number}]" for note, number in notes if note)
        said = [words.quantity(self.facts.flows[a.flow.id]) for a in (first, last)]
        shares = [words.share(*a.limit_share) for a in (first, last)]
        return LimitBar(
            kind="estimate",
            figure=_between(said[0], said[1], f" {last.flow.unit}"),
            period=period(first.flow),
            corridor=self.facts.where(first.flow),
            basis=words.joined(list(dict.fromkeys(a.flow.basis for a in found))),
            share=_between(shares[0], shares[1], ""),
            cites=self._cites(found),
            limit=self._cap(first),
            **self._ends(found),
            part=_part(first.flow),
            note=told if len(found) > 1 else notes[0][0],
        )

    def _cites(self, answers: Iterable[Answer]) -> str:
        """Sources of the figures, then of the limit that their shares are of."""
        told = [a.flow.source for a in answers]
        told += [a.limit.source for a in answers if a.limit is not None]
        return " ".join(f"[{self.facts.number(s)}]" for s in dict.fromkeys(told))

    def _cap(self, answer: Answer) -> float | None:
        return None if answer.limit is None else answer.limit.yearly / units.unit_size(self.unit)

    def _ends(self, answers: Sequence[Answer]) -> dict[str, Any]:
        """Lowest and highest known bound in the chart's unit, and whether the upper end is open."""
        ends = [a.flow.base.over(units.unit_size(self.unit)).ends for a in answers]
        found = [x for end in ends for x in end if x is not None]
        return {
            "low": min(found) if found and all(low is not None for low, _ in ends) else None,
            "high": max(found) if found else None,
            "open": bool(found) and any(high is None for _, high in ends),
        }

    # --- beside -----------------------------------------------------------------------------------

    @cached_property
    def other_units(self) -> tuple[str, ...]:
        """Units of another kind in which the same cargo was given, counts left out."""
        own = [one for one in self.facts.rows() if one.commodity == self.commodity]
        kinds = dict.fromkeys(one.kind for one in own if not one.is_count)
        return tuple(unit for unit in kinds if unit and unit != self.kind)

    def _beside(self, one: Flow) -> str:
        """The same amount in another unit, and what the two figures imply."""
        others = [
            other
            for other in self.facts.rows()
            if other.kind in self.other_units
            and other.basis in OFFICIAL
            and other.amount.stated
            and _same(one, other)
        ]
        return "; ".join(self._other(one, other) for other in others)

    def _other(self, one: Flow, other: Flow) -> str:
        amount = words.quantity(self.facts.flows[other.id])
        said = f"{amount} ({other.basis}) [{self.facts.number(other.source)}]"
        first, second = ((x.base.quantity or 0.0) / units.unit_size(x.unit) for x in (one, other))
        if not first or not second:
            return said
        return f"{said}; the two imply {words.rounded(first / second)} {one.unit}/{other.unit}"

    def conversions(self) -> Iterator[str]:
        """Every conversion between the units of the chart that a source gives."""
        for row in conversion_rows(self.facts, self.kind, self.other_units):
            note = text(row, "note")
            about = f" ({note})" if note else ""
            name = row["text"] or str(row["property"]).replace("_", " ")
            number = self.facts.number(row["source"])
            yield f"{name}: {words.quantity(row)}, {row['basis']} [{number}]{about}"

    def _limit(self, row: Record) -> str:
        when = words.period(row["valid_from"], row["valid_to"])
        note = f": {text(row, 'note')}" if text(row, "note") else ""
        said = f"{words.number(row['quantity'])} {row['unit']} per {row['per']}, {when}"
        return f"{said}{note} [{self.facts.number(row['source'])}]"


def _year_of(one: Flow) -> int:
    return one.start.year if one.start else 0


def _by_corridor(answers: Iterable[Answer]) -> Iterable[list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.flow.corridor, []).append(answer)
    return found.values()


def _by_period(answers: Iterable[Answer]) -> Iterable[list[Answer]]:
    found: dict[tuple[str, str, str], list[Answer]] = {}
    for answer in answers:
        one = answer.flow
        found.setdefault((one.corridor, str(one.start), str(one.end)), []).append(answer)
    return found.values()


def conversion_rows(facts: Facts, kind: str, others: Iterable[str]) -> Sequence[Record]:
    """Attributes that give one kind of unit per another, or the other way round."""
    table = facts.package.attributes
    if table.empty:
        return []
    wanted = {f"{a}/{b}" for other in others for a, b in ((kind, other), (other, kind))}
    own = table[table["unit"].isin(wanted) & table[FIGURES].notna().any(axis=1)]
    return records(own[own["corridor"].isin(["", *facts.corridors])])


def _same(one: Flow, other: Flow) -> bool:
    """Whether two flows answer one question, whatever their units."""
    return (
        one.id != other.id
        and one.series[:-1] == other.series[:-1]
        and ((one.start, one.end) == (other.start, other.end))
    )


def _agree(one: Answer, other: Answer) -> bool:
    """Whether two figures in like units are the same but for rounding."""
    return abs(one.size - other.size) <= units.ROUNDING * abs(other.size)


def _part(one: Flow) -> str:
    """What to say of a period that is no full year."""
    if not one.days:
        return "period not stated: compared with no limit"
    if units.is_full_year(one.days):
        return ""
    return "part of a year, against the limit of a whole year"


def _between(low: str, high: str, ending: str) -> str:
    """'125 to at least 165 t' of '125 t' and 'at least 165 t'."""
    return high if low == high or not low else f"{low.removesuffix(ending)} to {high}"


def _finding(cargo: str, bars: Sequence[LimitBar]) -> str:
    """The highest share reported for a whole year, and the highest estimated."""
    name = cargo[:1].upper() + cargo[1:]
    told = [b for b in bars if b.kind == "reported" and b.share]
    whole = _highest([b for b in told if not b.part] or told)
    guess = _highest([b for b in bars if b.kind == "estimate" and b.share])
    said = [
        *([f"{whole.share} reported at most ({whole.period})"] if whole else []),
        *([f"{guess.share} estimated ({guess.period})"] if guess else []),
    ]
    if not said:
        return f"{name} against the yearly limit"
    return f"{name} against the yearly limit: {', '.join(said)}"


def _highest(bars: Sequence[LimitBar]) -> LimitBar | None:
    return max(bars, key=lambda b: (b.high or 0.0) / (b.limit or 1.0), default=None)
