"""What a flow is compared with: the capacity of each leg, and the limit set from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from geo.account import units
from geo.account.rows import Amount, Flow, Record, day, text
from geo.account.values import Ends

PLANNED = "planned"


@dataclass(frozen=True)
class Capacity:
    """A row of capacities per year: `yearly` is in the base unit of `kind`."""

    id: str
    corridor: str
    leg: str
    commodity: str
    unit: str
    per: str
    form: str  # nameplate, planned, derived
    rank: int
    yearly: Amount
    start: date | None
    end: date | None
    source: str
    at: int

    @property
    def kind(self) -> str:
        """The base unit of its kind."""
        return units.unit_kind(self.unit)

    @property
    def question(self) -> tuple[str, ...]:
        """What it answers, time left out."""
        return self.corridor, self.leg, self.commodity, self.kind, self.form


@dataclass(frozen=True)
class Ceiling:
    """What could move on a leg in a year, in the base unit, with the rows and sources that say so.

    `amount` has the ends that its sources span; `size` is that of the first-ranked.
    """

    id: str
    amount: Amount
    size: float
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    form: str

    @property
    def most(self) -> float:
        """The upper end, for ordering and for the room a casing needs."""
        return max(self.size, *self.amount.stated)


@dataclass(frozen=True)
class Comparison:
    """A flow's amount beside what could move in its period, both in the base unit.

    `leg` is the narrowest leg, named (`at`) only where its ceiling is not that of every leg.
    """

    ceiling: Ceiling
    leg: str
    at: str
    full: Amount
    full_size: float


@dataclass(frozen=True)
class Limit:
    """A limit of a whole year, in the base unit."""

    id: str
    commodity: str
    unit: str
    yearly: float
    start: date | None
    end: date | None
    source: str
    at: int


def capacity(row: Record, at: int) -> Capacity | None:
    """A row of capacities as a value; None where it is not per a span of time, or unknown."""
    per, amount = text(row, "per"), Amount.of(row)
    if per not in units.PER_YEAR or not amount.size or amount.size <= 0:
        return None
    unit = text(row, "unit")
    return Capacity(
        id=text(row, "capacity"),
        corridor=text(row, "corridor"),
        leg=text(row, "leg"),
        commodity=text(row, "commodity"),
        unit=unit,
        per=per,
        form=text(row, "kind"),
        rank=int(row.get("rank") or 1),
        yearly=amount.times(units.unit_size(unit) * units.PER_YEAR[per]),
        start=day(row.get("valid_from")),
        end=day(row.get("valid_to")),
        source=text(row, "source"),
        at=at,
    )


def limit(row: Record, at: int) -> Limit | None:
    """A row of limits as a value; None where it is not of a year, or unknown. 0 forbids all."""
    amount = Amount.of(row)
    if text(row, "per") != "year" or amount.size is None or amount.size < 0:
        return None
    unit = text(row, "unit")
    return Limit(
        id=text(row, "limit"),
        commodity=text(row, "commodity"),
        unit=unit,
        yearly=amount.size * units.unit_size(unit),
        start=day(row.get("valid_from")),
        end=day(row.get("valid_to")),
        source=text(row, "source"),
        at=at,
    )


def in_force(one: Capacity | Limit, start: date | None, end: date | None) -> bool:
    """Whether it held over a whole period; an open end of its own holds for ever."""
    if start is None or end is None:
        return False
    return (one.start is None or one.start <= start) and (one.end is None or end <= one.end)


def fitting(flow: Flow, table: Iterable[Capacity], general: Collection[str]) -> list[Capacity]:
    """Capacities of a flow's corridor that it may be compared with, on whichever leg.

    `general` are commodities that stand for all cargo, '' among them.
    """
    if flow.days < units.LEAST_SHARE_DAYS:
        return []
    return [
        one
        for one in table
        if one.corridor == flow.corridor
        and one.kind == flow.kind
        and one.form != PLANNED
        and (one.commodity == flow.commodity or one.commodity in general)
        and in_force(one, flow.start, flow.end)
    ]


def ceiling(flow: Flow, leg: str, found: Sequence[Capacity], *, parallel: bool) -> Ceiling | None:
    """What could move on a leg, of the capacities that fit a flow; None where none is known."""
    own = [one for one in found if one.leg == leg]
    if not own and not parallel:
        own = [one for one in found if not one.leg]
    ordered = sorted(own, key=lambda c: (c.rank, c.commodity != flow.commodity, c.at))
    return _ranged(ordered[0], ordered) if ordered else None


def _ranged(first: Capacity, found: Sequence[Capacity]) -> Ceiling:
    """The first capacity, with the range it makes with its rivals if one of them differs."""
    rivals = [one for one in found if one is not first and one.question == first.question]
    told, amount = [first], first.yearly
    if any(first.yearly.differs(one.yearly) for one in rivals):
        told = [first, *sorted(rivals, key=lambda c: (c.rank, c.at))]
        numbers = [x for one in told for x in one.yearly.stated]
        amount = Amount(None, min(numbers), max(numbers))
    return Ceiling(
        id=first.id,
        amount=amount,
        size=first.yearly.size or 0.0,
        rows=tuple(one.id for one in told),
        sources=tuple(dict.fromkeys(one.source for one in told)),
        form=first.form,
    )


def compared(
    flow: Flow, legs: Sequence[str], found: Sequence[Capacity], *, parallel: bool
) -> Comparison | None:
    """A flow that runs over some legs beside the narrowest of them; None where none has a ceiling.

    A flow of a parallel corridor that runs over no leg is compared with the corridor as a whole.
    """
    whole = [""] if parallel and not flow.leg else []
    at = {leg: ceiling(flow, leg, found, parallel=parallel) for leg in legs or whole}
    known = {leg: one for leg, one in at.items() if one is not None}
    if not known or flow.years is None:
        return None
    order = list(known)
    narrow = min(order, key=lambda leg: (known[leg].size, known[leg].most, order.index(leg)))
    alike = len({one.id for one in known.values()}) == 1 and len(known) == len(at)
    return Comparison(
        ceiling=known[narrow],
        leg=narrow,
        at="" if alike else narrow,
        full=known[narrow].amount.times(flow.years),
        full_size=known[narrow].size * flow.years,
    )


def limit_of(flow: Flow, table: Iterable[Limit]) -> Limit | None:
    """The limit in force over a flow's whole period, which is no longer than a year, or None."""
    if flow.years is None or flow.years > 1:
        return None
    fits = [
        one
        for one in table
        if one.commodity == flow.commodity
        and units.unit_kind(one.unit) == flow.kind
        and in_force(one, flow.start, flow.end)
    ]
    return max(fits, key=lambda one: (one.start or date.min, one.at), default=None)


def share(amount: Ends, full: Ends) -> Ends:
    """Lower end ÷ upper end to upper end ÷ lower end; None where an end is not known."""
    return _ratio(amount[0], full[1]), _ratio(amount[1], full[0])


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None or not other else one / other
