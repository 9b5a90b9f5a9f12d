"""Answers of the account → figures of a line: values that can be drawn, with their words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from geo.account import words
from geo.account.book import Carried
from geo.account.figures import bare
from geo.account.periods import worded
from geo.scene import style
from geo.scene.facts import Facts, period
from geo.scene.model import Casing, Figure, Lane

if TYPE_CHECKING:
    from geo.account import Answer
    from geo.account.ceilings import Capacity


def figures(facts: Facts, carried: Sequence[Carried]) -> tuple[Figure, ...]:
    """What answers with a known amount say of a line, oldest first."""
    made = [_kept(facts, one) for one in carried if one.answer.flow.amount.stated]
    return tuple(sorted(made, key=lambda f: (f.start, f.end, f.rank, f.id)))


def _kept(facts: Facts, one: Carried) -> Figure:
    """A figure as it was made before: map, table and key figures ask for the same."""
    key = (id(one.answer), one.direction, one.ceiling)
    if key not in facts.figures:  # the answer is held, so that its id stays its own
        facts.figures[key] = (one.answer, figure(facts, one))
    return facts.figures[key][1]


def corridor_figures(facts: Facts, corridor: str) -> tuple[Figure, ...]:
    """The figures of a whole corridor, whichever legs they run over; how well is left out."""
    if corridor not in facts.told:  # headline, findings, leads and what-ifs ask for them
        own = facts.account.answers_of(corridor)
        made = figures(facts, [Carried(a, 0, None) for a in own])
        facts.told[corridor] = tuple(replace(f, knowledge=0) for f in made)
    return facts.told[corridor]


def figure(facts: Facts, carried: Carried) -> Figure:
    """One answer on one line, in words."""
    answer, one = carried.answer, carried.answer.flow
    made = replace(
        bare(carried),
        what=facts.cargo(one.commodity),
        period=period(one),
        source=facts.number(one.source),
        lanes=_lanes(facts, answer) if answer.rate is not None else (),
        hollow=style.is_hollow(one.basis),
        key=facts.key(one.id),
        at=facts.at(answer).removeprefix(" at "),
        cites=facts.cites(answer),
        told_by=facts.told_by(answer),
        where=facts.where(one),
    )
    told = worded(made) if answer.rate is not None else made
    told = replace(told, moved=facts.moved(answer))
    if not told.share:
        told = replace(told, could=_could(facts, answer), share=facts.share(answer))
    if answer.rate is None:
        return replace(told, label=f"{told.moved} ({told.period}){told.key}", at="")
    return told


def _could(facts: Facts, answer: Answer) -> str:
    said = facts.could(answer)
    return "" if said == words.UNKNOWN else said


def _lanes(facts: Facts, answer: Answer) -> tuple[Lane, ...]:
    """Parts of a whole by cargo, the largest first, and what is left of it."""
    whole, parts = _lane(facts, answer), _parts(facts, answer)
    left = answer.size - math.fsum(part.size for part in parts)
    if not parts or left < 0:  # the parts say more than the whole: sources differ, no lanes
        return (whole,)
    told = [_lane(facts, part) for part in parts]
    rest = replace(whole, word=f"{whole.word}, rest", rate=left / (answer.flow.years or 1.0))
    told += [rest] if left > 0 else []
    return tuple(sorted(told, key=lambda lane: -lane.rate))


def _lane(facts: Facts, answer: Answer) -> Lane:
    """An answer as a lane of its cargo."""
    one = answer.flow
    colour = facts.colour(one.corridor, one.commodity)
    return Lane(facts.cargo(one.commodity), colour, answer.rate or 0.0)


def _parts(facts: Facts, answer: Answer) -> list[Answer]:
    """Answers of another cargo that are part of this one, for its period and over its legs."""
    one = answer.flow
    return [
        other
        for other in facts.account.answers_of(one.corridor)
        if other.flow.part_of == one.id
        and other.rate is not None
        and other.flow.commodity != one.commodity
        and (other.flow.kind, other.flow.start, other.flow.end) == (one.kind, one.start, one.end)
        and other.steps == answer.steps
    ]


def casings(facts: Facts, corridor: str, leg: str, kinds: Sequence[str]) -> tuple[Casing, ...]:
    """Yearly capacities of a line with the time they were in force, the one to draw first.

    `kinds` are the base units the line is drawn in, the most wanted first.
    """
    return tuple(_casing(facts, one) for one in facts.account.casings(corridor, leg, kinds))


def _casing(facts: Facts, one: Capacity) -> Casing:
    row = facts.capacity(one.id)
    return Casing(
        start=str(one.start or ""),
        end=str(one.end or ""),
        kind=one.kind,
        capacity=one.yearly.size or 0.0,
        could=f"{words.quantity(row or {})}/{one.per}",
        source=facts.number(one.source),
    )
