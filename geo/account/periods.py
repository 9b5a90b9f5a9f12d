"""Which figures of a line are shown for a period. `geo/web/state.js` chooses the same.

A figure is never split: for a month of a year known as a whole, the year's figure is drawn at its
average rate and keeps its own period in its words. What cannot be added up is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from geo.account import units, words
from geo.account.values import Casing, Ends, Figure, Lane

EXACT, COVERS, INSIDE, PARTLY = range(4)
NAMED = 3  # periods of a sum that are named one by one


@dataclass(frozen=True)
class State:
    """What a line shows: cores, or a casing alone; `said` has no width, `listed` is not drawn."""

    cores: tuple[Figure, ...]
    casing: Casing | None
    said: tuple[Figure, ...]
    listed: tuple[Figure, ...] = ()


def kinds(figures: Iterable[Figure]) -> tuple[str, ...]:
    """The kinds of unit of a line, the most telling first: compared ones, then those of rank 1."""
    found = [f for f in figures if f.rate is not None]
    compared = {f.kind for f in found if f.full is not None}
    first = Counter(f.kind for f in found if f.rank == 1)
    return tuple(sorted({f.kind for f in found}, key=lambda k: (k not in compared, -first[k], k)))


def peak(figures: Sequence[Figure]) -> Figure | None:
    """The fullest figure among proven ones of rank 1, of the first kind that has one."""
    for kind in kinds(figures):
        own = [f for f in spoken(figures, kind) if f.basis != "claimed" and (f.quantity or 0) > 0]
        if own:
            return min(own, key=_fullest)
    return None


def spoken(figures: Sequence[Figure], kind: str) -> list[Figure]:
    """The figures of rank 1 of one kind that are shown for their own period."""
    like = [f for f in figures if f.kind == kind and f.rate is not None]
    return [f for f in like if f.rank == 1 and f in state(like, start=f.start, end=f.end).cores]


def _fullest(figure: Figure) -> tuple[object, ...]:
    full_year = units.is_full_year(days(figure.start, figure.end))
    compared = figure.full is not None
    share = (figure.quantity or 0.0) / figure.full if figure.full else 0.0
    rate = figure.rate or 0.0
    order = (full_year and compared, compared, full_year)
    return (*(not x for x in order), -share, -rate, -_ordinal(figure.end), figure.id)


def opening(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """What a line shows while no period is chosen: its peak, and the like the other way."""
    first = peak(figures)
    if first is None:
        return ()
    like = (first.start, first.end, first.kind, -first.direction)
    other = [
        f
        for f in figures
        if first.direction and f.rate is not None
        and (f.start, f.end, f.kind, f.direction) == like
    ]  # fmt: skip
    return (first, *sorted(other, key=lambda f: (f.rank, f.id))[:1])


def state(
    figures: Sequence[Figure],
    casings: Sequence[Casing] = (),
    shown: Sequence[str] = (),
    *,
    start: str = "",
    end: str = "",
) -> State:
    """The state of a line for the days from `start` to `end` (ISO, both included).

    Without a period: the figures it opens with, whose ids are `shown`.
    """
    counts = [f for f in figures if f.rate is None]
    if not start:
        known = {f.id: f for f in figures}
        cores = tuple(known[name] for name in shown)
        said = () if cores else tuple(counts[-1:])
        return State(cores, None if cores else in_force(casings, "", ""), said)
    near = [f for f in figures if f.start and f.start <= end and f.end >= start]
    cores = tuple(_cores(figures, [f for f in near if f.rate is not None], start, end))
    used = {name for f in cores for name in f.flows}
    listed = tuple(f for f in near if f.rate is not None and not used.intersection(f.flows))
    counts = sorted((f for f in near if f.rate is None), key=lambda f: _order(f, start, end))
    casing = None if cores else in_force(casings, start, end)
    return State(cores, casing, () if cores else tuple(counts[:1]), listed)


def in_force(casings: Iterable[Casing], start: str, end: str) -> Casing | None:
    """The first capacity that was in force at some time of the period."""
    for casing in casings:
        begins = not casing.start or not end or casing.start <= end
        if begins and (not casing.end or not start or casing.end >= start):
            return casing
    return None


def fit(figure: Figure, start: str, end: str) -> int:
    """How a figure's period lies to the one asked for."""
    if (figure.start, figure.end) == (start, end):
        return EXACT
    if figure.start <= start and figure.end >= end:
        return COVERS
    return INSIDE if start <= figure.start and figure.end <= end else PARTLY


def days(start: str, end: str) -> int:
    """Days from one ISO date to another, both counted."""
    return units.days(date.fromisoformat(start), date.fromisoformat(end))


def _ordinal(iso: str) -> int:
    return date.fromisoformat(iso).toordinal()


def _order(figure: Figure, start: str, end: str) -> tuple[object, ...]:
    how, span = fit(figure, start, end), days(figure.start, figure.end)
    return (
        figure.rank,
        how,
        figure.knowledge,
        not figure.aggregate,
        units.evidence_order(figure.basis),
        span if how == COVERS else -span,
        -(figure.rate or 0.0),
        -_ordinal(figure.end),
        figure.id,
    )


def _cores(
    every: Sequence[Figure], near: Sequence[Figure], start: str, end: str
) -> Iterator[Figure]:
    """The figures of a period: one for each way, with other cargo of the same question beside."""
    order = kinds(every)
    kind = min(near, key=lambda f: (f.rank, order.index(f.kind))).kind if near else ""
    own = [f for f in near if f.kind == kind]
    if not own:
        return
    first = _first(own, start, end)
    yield from _beside(first, own, start, end)
    other = [f for f in own if first.direction and f.direction == -first.direction]
    if other:
        yield from _beside(_first(other, start, end), other, start, end)


def _beside(first: Figure, found: Sequence[Figure], start: str, end: str) -> Iterator[Figure]:
    """A figure, and those of other cargo that answer the like of its question."""
    yield first
    if first.added > 1 or first.aggregate:
        return
    like = (first.rank, first.start, first.end, first.direction, first.knowledge)
    for f in sorted(found, key=lambda f: _order(f, start, end)):
        same = (f.rank, f.start, f.end, f.direction, f.knowledge) == like
        part = f.part_of in first.flows or first.part_of in f.flows
        if same and f.what != first.what and not f.aggregate and not part:
            yield f


def _first(found: Sequence[Figure], start: str, end: str) -> Figure:
    """The first figure by the order of the account, or a sum that covers more of the period."""
    first = min(found, key=lambda f: _order(f, start, end))
    if fit(first, start, end) != INSIDE:
        return first
    like = [
        f for f in found if f.rank == first.rank and _is_addable(f) and fit(f, start, end) == INSIDE
    ]
    runs = sorted(_runs(like), key=lambda run: (-_covered(run), run[0].start, run[0].id))
    longest = runs[0] if runs else [first]
    more = len(longest) > 1 and _covered(longest) > _covered([first])
    return added(longest) if more else first


def _is_addable(figure: Figure) -> bool:
    """Bounds and claims do not add up."""
    ends = (figure.quantity_low is None, figure.quantity_high is None)
    return ends[0] == ends[1] and figure.basis != "claimed"


def _covered(run: Sequence[Figure]) -> int:
    return sum(days(f.start, f.end) for f in run)


def _runs(like: Iterable[Figure]) -> Iterator[list[Figure]]:
    """Figures of one series and way that follow each other without gap or overlap."""

    def series(f: Figure) -> tuple[str, int]:
        return f.series, f.direction

    ordered = sorted(like, key=lambda f: (*series(f), f.start, f.end, f.id))
    for _, group in groupby(ordered, series):
        run: list[Figure] = []
        for figure in group:
            if run and _next_day(run[-1].end) != figure.start:
                yield run
                run = []
            run.append(figure)
        yield run


def _next_day(iso: str) -> str:
    return str(date.fromisoformat(iso) + timedelta(days=1))


def added(found: Sequence[Figure]) -> Figure:
    """Figures of one series and way that follow each other, as their sum over all their time."""
    first, last = found[0], found[-1]
    span = units.years(date.fromisoformat(first.start), date.fromisoformat(last.end))
    quantity = sum(f.quantity or 0.0 for f in found)
    least, most = _added_ends([amount_ends(f) for f in found])
    full, full_least, full_most = _added_full(found)
    weakest = max((f.basis for f in found), key=units.evidence_order)
    whole = replace(
        first,
        id="+".join(f.id for f in found),
        flows=tuple(name for f in found for name in f.flows),
        end=last.end,
        years=span,
        quantity=quantity,
        rate=quantity / span,
        capacity=_casing(found, span),
        basis=weakest,
        dash=max(found, key=lambda f: units.evidence_order(f.basis)).dash,
        lanes=(Lane(first.what, first.lanes[0].colour if first.lanes else "", quantity / span),),
        period=_periods(found),
        key="",
        added=len(found),
        quantity_low=least,
        quantity_high=most,
        full=full,
        full_low=full_least,
        full_high=full_most,
        at=first.at if len({f.at for f in found}) == 1 else "",
        cites=tuple(dict.fromkeys(n for f in found for n in f.cites)),
    )
    return worded(whole)


def _casing(found: Sequence[Figure], span: float) -> float | None:
    if any(f.capacity is None for f in found):
        return None
    return sum((f.capacity or 0.0) * f.years for f in found) / span


def _added_full(found: Sequence[Figure]) -> tuple[float | None, float | None, float | None]:
    """Size and ends of what could move in all; unknown where it is for one, or no end is left."""
    sizes, ends = [f.full for f in found if f.full is not None], [full_ends(f) for f in found]
    low, high = _added_ends(ends)
    open_ends = (low, high) == (None, None) and any(one != other for one, other in ends)
    return (None, None, None) if len(sizes) < len(found) or open_ends else (sum(sizes), low, high)


def _added_ends(found: Sequence[Ends]) -> Ends:
    """Both ends of a sum, open where one of its figures is; (None, None) if every one is exact."""
    if all(low == high for low, high in found):
        return None, None
    lows, highs = ([x for x in one if x is not None] for one in zip(*found, strict=True))
    return (
        sum(lows) if len(lows) == len(found) else None,
        sum(highs) if len(highs) == len(found) else None,
    )


def _periods(found: Sequence[Figure]) -> str:
    """Up to three periods by name, more as the span they lie in."""
    if len(found) <= NAMED:
        return words.joined([f.period for f in found])
    first, last = date.fromisoformat(found[0].start), date.fromisoformat(found[-1].end)
    return words.period(first, last)


def worded(figure: Figure) -> Figure:
    """A figure with what it says of itself, from its numbers."""
    moved = words.quantity(over(figure, figure.unit_size), unit=figure.unit)
    could = words.could(full_ends(figure, figure.unit_size), figure.unit, figure.years)
    share = words.share(*share_ends(figure))
    told = replace(figure, moved=moved, could=could, share=share)
    return replace(told, label=words.label(told))


def over(figure: Figure, by: float) -> dict[str, float | None]:
    """What moved in another unit, as `words.quantity` takes it."""
    ends = (figure.quantity_low, figure.quantity_high)
    exact = figure.quantity if ends == (None, None) else None
    names = ("quantity", "quantity_low", "quantity_high")
    numbers = zip(names, (exact, *ends), strict=True)
    return {name: None if x is None else x / by for name, x in numbers}


def amount_ends(figure: Figure) -> Ends:
    """Lower and upper end of what moved, in the base unit."""
    ends = (figure.quantity_low, figure.quantity_high)
    return (figure.quantity, figure.quantity) if ends == (None, None) else ends


def full_ends(figure: Figure, by: float = 1.0) -> Ends:
    """Lower and upper end of what could move in the figure's period."""
    ends = (figure.full_low, figure.full_high)
    low, high = (figure.full, figure.full) if ends == (None, None) else ends
    return None if low is None else low / by, None if high is None else high / by


def share_ends(figure: Figure) -> Ends:
    """What moved ÷ what could: lower end ÷ upper end to upper end ÷ lower end."""
    low, high = amount_ends(figure)
    least, most = full_ends(figure)
    return (
        low / most if low is not None and most else None,
        high / least if high is not None and least else None,
    )
