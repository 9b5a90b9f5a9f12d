"""The axis of time of a page: its years and periods, and what could move when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from geo.account import Answer, Flow, periods, units, words
from geo.scene import figures
from geo.scene.facts import Facts
from geo.scene.model import Bound, Clock, Figure

UNITS = {"year": 366, "quarter": 92, "month": 31}  # the longest of each, in days
DAY = timedelta(days=1)


def clock(facts: Facts, told: Sequence[Figure]) -> Clock | None:
    """The axis over the figures of a page; None where none has a period."""
    spans = [(f.start, f.end) for f in told if f.start and f.end]
    if not spans:
        return None
    made = over(spans)
    days = date.fromisoformat(made.start), date.fromisoformat(made.end)
    held = (bound for corridor in facts.main for bound in bounds(facts, corridor, *days))
    return replace(made, corridors=tuple(facts.main), bounds=tuple(held))


def over(spans: Collection[tuple[str, str]]) -> Clock:
    """An axis of whole years over periods (first and last day), in steps none is shorter than."""
    shortest = min(periods.days(*span) for span in spans)
    return Clock(
        start=f"{min(start for start, _ in spans)[:4]}-01-01",
        end=f"{max(end for _, end in spans)[:4]}-12-31",
        units=tuple(u for u, days in UNITS.items() if u == "year" or shortest <= days),
    )


def bounds(facts: Facts, corridor: str, first: date, last: date) -> Iterator[Bound]:
    """What a corridor's figures are held against, over the time it is in force.

    The figure that speaks for the corridor is asked as if it were of each time between two
    changes: of the kind of unit that is charted, and of its cargo.
    """
    own = figures.corridor_figures(facts, corridor)
    kind = next(iter(periods.kinds(own)), "")
    like = [f for f in own if f.kind == kind and f.rate is not None]
    speaker = periods.peak(like) or next(iter(like), None)
    if speaker is None:
        return
    flow = facts.answer(speaker.id).flow
    for start, end in _times(facts, flow, first, last):
        probe = replace(flow, start=start, end=min(end, start + 364 * DAY))
        yield from _bound(facts, facts.account.held(probe), start, end)


def _times(facts: Facts, flow: Flow, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The time between the first and the last day, cut where a capacity or limit changes."""
    begun = {first, *facts.account.changes(flow)}
    starts = sorted(day for day in begun if first <= day <= last)
    yield from zip(starts, [*(day - DAY for day in starts[1:]), last], strict=True)


def _bound(facts: Facts, answer: Answer, start: date, end: date) -> Iterator[Bound]:
    """The capacity, else the limit, in the base unit a year."""
    one = answer.flow
    size, days = units.unit_size(one.unit), (start.isoformat(), end.isoformat())
    if answer.comparison is not None:
        low, high = answer.comparison.ceiling.amount.ends
        word = words.could((_over(low, size), _over(high, size)), one.unit, 1.0)
        yield Bound(one.corridor, one.kind, low, high, *days, f"could move: {word}", limit=False)
    elif answer.limit is not None:
        yearly = answer.limit.yearly
        yield Bound(one.corridor, one.kind, yearly, yearly, *days, facts.could(answer), limit=True)


def _over(value: float | None, size: float) -> float | None:
    return None if value is None else value / size
