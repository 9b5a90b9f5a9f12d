"""Which figures of a line are drawn for a period. `geo/web/state.js` chooses the same.

A figure is never split: for a month of a year known as a whole, the year's figure is drawn at its
average rate and keeps its own period in its words. Figures inside a longer period are added up
only when they are first-ranked, of one cargo and way, and do not overlap; the sum says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from geo.scene import figures, style, words
from geo.scene.model import Casing, Figure, Lane, Pipe

EXACT, COVERS, INSIDE, PARTLY = range(4)
NAMED = 3


@dataclass(frozen=True)
class State:
    """What a line shows: one core, or two in opposite directions, or a casing alone.

    `parts` of a core counts the figures added up in it; `said` are figures without width.
    """

    cores: tuple[Figure, ...]
    casing: Casing | None
    said: tuple[Figure, ...]


def state(pipe: Pipe, start: str = "", end: str = "") -> State:
    """The state of a line for the days from `start` to `end` (ISO, both included).

    Without a period: the figures the page opens with.
    """
    if not start:
        cores = tuple(f for f in pipe.figures if f.id in pipe.shown)
        said = () if cores else tuple(f for f in pipe.figures if f.rate is None)[-1:]
        return State(cores, None if cores else _in_force(pipe.casings, "", ""), said)
    near = [f for f in pipe.figures if f.start and f.start <= end and f.end >= start]
    cores = _cores([f for f in near if f.rate is not None], start, end)
    words_only = [f for f in near if f.rate is None]
    said = tuple(sorted(words_only, key=_order(start, end))[:1]) if not cores else ()
    return State(cores, None if cores else _in_force(pipe.casings, start, end), said)


def _in_force(casings: Iterable[Casing], start: str, end: str) -> Casing | None:
    """The first-ranked capacity that was in force at some time of the period."""
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


def _order(start: str, end: str) -> Callable[[Figure], tuple[object, ...]]:
    """Held against a capacity, for the whole period, proven, near in time, of high rank: in this
    order; then by id.
    """

    def key(figure: Figure) -> tuple[object, ...]:
        how = fit(figure, start, end)
        span = days(figure.start, figure.end)
        near = span if how == COVERS else -span
        claimed = figure.basis == "claimed"
        return figure.capacity is None, how > COVERS, claimed, how, near, figure.rank, figure.id

    return key


def _cores(found: Sequence[Figure], start: str, end: str) -> tuple[Figure, ...]:
    if not found:
        return ()
    first = _best(found, start, end)
    if first.direction == 0:
        return (first,)
    other = [f for f in found if f.direction == -first.direction and f.kind == first.kind]
    return (first, _best(other, start, end)) if other else (first,)


def _best(found: Sequence[Figure], start: str, end: str) -> Figure:
    first = min(found, key=_order(start, end))
    if fit(first, start, end) != INSIDE:
        return first
    like = [f for f in found if _addable(f, first) and fit(f, start, end) == INSIDE]
    kinds = sorted({(f.kind, f.what, f.direction) for f in like})
    rows = [_in_a_row([f for f in like if (f.kind, f.what, f.direction) == k]) for k in kinds]
    longest = max(rows, key=_covered, default=[])
    return added(longest) if len(longest) > 1 and _covered(longest) > _covered([first]) else first


def _addable(figure: Figure, first: Figure) -> bool:
    held = (figure.capacity is None) == (first.capacity is None)
    exact = not figure.moved.startswith(("over ", "under "))  # bounds do not add up
    return held and exact and figure.rank == 1 and figure.basis != "claimed"


def _covered(row: Sequence[Figure]) -> int:
    return sum(days(f.start, f.end) for f in row)


def _in_a_row(like: Sequence[Figure]) -> list[Figure]:
    """Figures that follow each other without overlap, the earliest end first."""
    chosen: list[Figure] = []
    for figure in sorted(like, key=lambda f: (f.end, f.start, f.id)):
        if not chosen or figure.start > chosen[-1].end:
            chosen.append(figure)
    return chosen


def added(found: Sequence[Figure]) -> Figure:
    """Figures of one cargo and way that follow each other, as their sum over all their years."""
    first, last, years = found[0], found[-1], sum(f.years for f in found)
    quantity = sum(f.quantity or 0.0 for f in found)
    held = first.capacity is not None
    full = sum((f.capacity or 0.0) * f.years for f in found) if held else None
    weakest = max((f.basis for f in found), key=style.WEAKNESS.index)
    whole = replace(
        first,
        id="+".join(f.id for f in found),
        flows=tuple(name for f in found for name in f.flows),
        end=last.end,
        years=years,
        quantity=quantity,
        rate=quantity / years,
        capacity=None if full is None else full / years,
        basis=weakest,
        dash=style.dash(weakest),
        lanes=(Lane(first.what, first.lanes[0].colour, quantity / years),),
        period=_periods(found),
        key="",
        added=len(found),
        quantity_low=figures.summed(found, "quantity_low"),
        quantity_high=figures.summed(found, "quantity_high"),
    )
    return _worded(whole, full)


def _periods(found: Sequence[Figure]) -> str:
    """Up to three periods by name, more as the span they lie in."""
    if len(found) <= NAMED:
        return words.joined([f.period for f in found])
    return words.period(pd.Timestamp(found[0].start), pd.Timestamp(found[-1].end))


def _worded(figure: Figure, full: float | None) -> Figure:
    """A sum with its words: what moved, of what could, and how many figures it holds."""
    moved = figures.said(figure)
    could = "" if full is None else f"{words.rounded(full / figure.unit_size)} {figure.unit}"
    share = words.share(figures.shares(figure, full)) if full else ""
    amount = f"{moved.removesuffix(f' {figure.unit}')} of {could} · {share}" if could else moved
    label = f"{amount} ({figure.period}, added up)"
    return replace(figure, moved=moved, could=could, share=share, label=label)


def days(start: str, end: str) -> int:
    """Days from one ISO date to another, both counted."""
    return (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
