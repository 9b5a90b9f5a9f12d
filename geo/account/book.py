"""The account of one data folder: its answers, and the lines they run over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.account import ceilings, units, ways
from geo.account.answers import Answer, speakers
from geo.account.ceilings import Capacity, Ceiling, Comparison, Limit
from geo.account.rows import Flow, flow, text
from geo.account.ways import Leg, Step

if TYPE_CHECKING:
    from collections.abc import Hashable

FORM = ("status", "mode", "geometry_basis", "valid_from", "valid_to")


@dataclass(frozen=True)
class Carried:
    """An answer on a line: its direction there, and what could move on that line."""

    answer: Answer
    direction: int
    ceiling: Ceiling | None


@dataclass(frozen=True)
class Line:
    """A run of legs that look alike and carry the same answers. Its id is its first leg's."""

    id: str
    corridor: str
    legs: tuple[str, ...]
    carried: tuple[Carried, ...]


@dataclass(frozen=True)
class Account:
    """What the rows of a folder say. Frames are those of `geo.package`; none is changed.

    A table without an optional column is read as if the column were empty.
    """

    corridors: pd.DataFrame
    legs: pd.DataFrame
    flows: pd.DataFrame
    capacities: pd.DataFrame
    limits: pd.DataFrame
    commodities: pd.DataFrame

    @classmethod
    def of(cls, package: Any) -> Account:
        """The account of a checked data folder."""
        return cls(
            package.corridors,
            package.legs,
            package.flows,
            package.capacities,
            package.limits,
            package.commodities,
        )

    # --- tables as values -----------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[Flow, ...]:
        """Every row of flows, in the order of the table."""
        return tuple(flow(row, at) for at, row in enumerate(records(self.flows)))

    @cached_property
    def _legs(self) -> Mapping[str, list[Leg]]:
        found: dict[str, list[Leg]] = {}
        for row in records(self.legs):
            own = ways.leg(row)
            found.setdefault(own.corridor, []).append(own)
        return found

    @cached_property
    def _capacities(self) -> Mapping[str, list[Capacity]]:
        """Capacities per span of time, by corridor."""
        found: dict[str, list[Capacity]] = {}
        for at, row in enumerate(records(self.capacities)):
            one = ceilings.capacity(row, at)
            if one is not None:
                found.setdefault(one.corridor, []).append(one)
        return found

    @cached_property
    def _limits(self) -> list[Limit]:
        made = (ceilings.limit(row, at) for at, row in enumerate(records(self.limits)))
        return [one for one in made if one is not None]

    @cached_property
    def aggregates(self) -> frozenset[str]:
        """Commodities that stand for all cargo."""
        rows = records(self.commodities)
        return frozenset(text(r, "commodity") for r in rows if text(r, "aggregate") == "yes")

    @cached_property
    def _layouts(self) -> Mapping[str, str]:
        return {text(r, "corridor"): text(r, "layout") for r in records(self.corridors)}

    @cached_property
    def rows_of(self) -> Mapping[str, list[Flow]]:
        """Rows of flows by corridor, in the order of the table."""
        found: dict[str, list[Flow]] = {}
        for one in self.rows:
            found.setdefault(one.corridor, []).append(one)
        return found

    @cached_property
    def all_legs(self) -> Mapping[str, frozenset[str]]:
        """The legs of each corridor, planned ones too."""
        return {name: frozenset(own.id for own in legs) for name, legs in self._legs.items()}

    @cached_property
    def built(self) -> Mapping[str, frozenset[str]]:
        """The legs of each corridor that were ever built."""
        return {
            name: frozenset(own.id for own in legs if own.status != ways.PLANNED)
            for name, legs in self._legs.items()
        }

    @property
    def capacity_rows(self) -> list[Capacity]:
        """Capacities per span of time with a known amount, in the order of their table."""
        found = [one for own in self._capacities.values() for one in own]
        return sorted(found, key=lambda one: one.at)

    def reaches(self, one: Flow) -> bool:
        """Whether the legs of its corridor join both ends that a flow states."""
        legs = self._legs.get(one.corridor, [])
        return ways.reaches(one, legs, parallel=self.is_parallel(one.corridor))

    @cached_property
    def contexts(self) -> frozenset[str]:
        """Corridors that only give context: they carry no figures."""
        rows = records(self.corridors)
        return frozenset(text(r, "corridor") for r in rows if text(r, "role") == "context")

    def is_parallel(self, corridor: str) -> bool:
        """True when a corridor's legs are alternatives, not one after the other."""
        return self._layouts.get(corridor) == "parallel"

    # --- answers --------------------------------------------------------------------------------

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The answer to every question of a main corridor, in the order of its speaker's row."""
        own = [one for one in self.rows if one.corridor not in self.contexts]
        made = [self._answer(*told) for told in speakers(own)]
        return tuple(sorted(made, key=lambda a: a.flow.at))

    def answers_of(self, corridor: str) -> list[Answer]:
        """The answers of one corridor."""
        return self._by_corridor.get(corridor, [])

    @cached_property
    def _by_corridor(self) -> Mapping[str, list[Answer]]:
        found: dict[str, list[Answer]] = {}
        for answer in self.answers:
            found.setdefault(answer.flow.corridor, []).append(answer)
        return found

    @cached_property
    def by_row(self) -> Mapping[str, Answer]:
        """Every row of flows for itself, by id: its own amount, way and comparison."""
        return {one.id: self._answer(one) for one in self.rows}

    @cached_property
    def speaker_of(self) -> Mapping[str, Answer]:
        """The answer that a row belongs to, by the row's id: as its speaker or as a rival."""
        return {
            one.id: answer
            for answer in reversed(self.answers)
            for one in (*answer.others, *answer.rivals, answer.flow)
        }

    def _answer(
        self, one: Flow, rivals: tuple[Flow, ...] = (), others: tuple[Flow, ...] = ()
    ) -> Answer:
        steps = self.way(one)
        held = one.speaks and one.corridor not in self.contexts
        return Answer(
            flow=one,
            rivals=rivals,
            others=others,
            steps=steps,
            comparison=self._compared(one, steps) if held else None,
            limit=ceilings.limit_of(one, self._limits) if held else None,
            aggregate=one.commodity in self.aggregates,
            wholes=self._wholes(one),
        )

    def held(self, one: Flow) -> Answer:
        """A flow for itself, of a table or made up: what it would be held against."""
        return self._answer(one)

    def changes(self, one: Flow) -> set[date]:
        """The days from which a flow of another time may be held against something else."""
        own = [c for c in self._capacities.get(one.corridor, []) if c.kind == one.kind]
        like = (one.commodity, one.kind)
        held = [x for x in self._limits if (x.commodity, units.unit_kind(x.unit)) == like]
        spans = [(x.start, x.end) for x in own]
        spans += [(x.start, x.end) for x in held]
        spans += [(leg.start, leg.end) for leg in self._legs.get(one.corridor, [])]
        begun = {start for start, _ in spans if start}
        return begun | {end + timedelta(days=1) for _, end in spans if end}

    def _wholes(self, one: Flow) -> tuple[str, ...]:
        """The rows that a row is part of, by however many steps."""
        found: dict[str, None] = {}
        while one.part_of and one.part_of not in found:
            found[one.part_of] = None
            one = self._row_of.get(one.part_of, one)
        return tuple(found)

    @cached_property
    def _row_of(self) -> Mapping[str, Flow]:
        return {one.id: one for one in self.rows}

    def _compared(self, one: Flow, steps: Iterable[Step]) -> Comparison | None:
        legs, parallel = [step.leg for step in steps], self.is_parallel(one.corridor)
        return ceilings.compared(one, legs, self._fitting(one), parallel=parallel)

    def way(self, one: Flow) -> tuple[Step, ...]:
        """The legs a flow certainly used."""
        if one.corridor in self.contexts:
            return ()
        legs = self._legs.get(one.corridor, [])
        return ways.way(one, legs, parallel=self.is_parallel(one.corridor))

    def _fitting(self, one: Flow) -> list[Capacity]:
        table = self._capacities.get(one.corridor, [])
        return ceilings.fitting(one, table, {"", *self.aggregates})

    def ceiling(self, answer: Answer, leg: str) -> Ceiling | None:
        """What could move on one leg, as far as an answer may be compared with it."""
        parallel = self.is_parallel(answer.flow.corridor)
        return ceilings.ceiling(answer.flow, leg, self._fitting(answer.flow), parallel=parallel)

    def casings(self, corridor: str, leg: str, kinds: Sequence[str] = ()) -> tuple[Capacity, ...]:
        """Capacities of a leg with the time they were in force, the one to draw first.

        `kinds` are the base units its figures come in, the most wanted first.
        """
        parallel, general = self.is_parallel(corridor), {"", *self.aggregates}
        found = [
            one
            for one in self._capacities.get(corridor, [])
            if (one.leg == leg or (not parallel and not one.leg))
            and one.form != ceilings.PLANNED
            and one.unit not in units.COUNTS
        ]

        def order(one: Capacity) -> tuple[object, ...]:
            wanted = kinds.index(one.kind) if one.kind in kinds else len(kinds)
            return not one.leg, wanted, one.kind, one.commodity not in general, one.rank, one.at

        return tuple(_seen(sorted(found, key=order)))

    # --- lines ----------------------------------------------------------------------------------

    def lines(self, corridor: str, legs: Iterable[str] | None = None) -> tuple[Line, ...]:
        """The lines of a corridor on a page that shows some of its legs, or all."""
        wanted = None if legs is None else frozenset(legs)  # itself where it is one
        table = [r for r in self._leg_rows.get(corridor, []) if _in(text(r, "leg"), wanted)]
        runs: list[list[Mapping[str, Any]]] = []
        for row in table:
            if runs and self._follows(corridor, runs[-1][-1], row):
                runs[-1].append(row)
            else:
                runs.append([row])
        return tuple(self._line(corridor, [text(r, "leg") for r in run]) for run in runs)

    @cached_property
    def _leg_rows(self) -> Mapping[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {}
        for row in records(self.legs):
            found.setdefault(text(row, "corridor"), []).append(row)
        return found

    def _follows(self, corridor: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        """Whether two legs are one line."""
        joined = text(one, "destination") == text(other, "origin") != ""
        alike = all(_same(one.get(c), other.get(c)) for c in FORM)
        if self.is_parallel(corridor) or not (joined and alike):
            return False
        first, second = text(one, "leg"), text(other, "leg")
        return self._load(corridor, first) == self._load(corridor, second)

    def _load(self, corridor: str, leg: str) -> tuple[Hashable, ...]:
        """What runs over a leg and what could, to tell whether two legs are alike."""
        carried = tuple(
            (one.answer.flow.at, one.direction, one.ceiling and one.ceiling.rows)
            for one in self.carried(corridor, leg)
        )
        return carried, self._named.get((corridor, leg), ())

    @cached_property
    def _named(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        """The capacities that name a leg, by their place in the table."""
        found: dict[tuple[str, str], tuple[int, ...]] = {}
        for at, row in enumerate(records(self.capacities)):
            key = (text(row, "corridor"), text(row, "leg"))
            found[key] = (*found.get(key, ()), at)
        return found

    def carried(self, corridor: str, leg: str) -> list[Carried]:
        """The answers that run over a leg."""
        return self._carried.get((corridor, leg), [])

    @cached_property
    def _carried(self) -> Mapping[tuple[str, str], list[Carried]]:
        found: dict[tuple[str, str], list[Carried]] = {}
        for answer in self.answers:
            for step in answer.steps:
                key = (answer.flow.corridor, step.leg)
                one = Carried(answer, step.direction, self.ceiling(answer, step.leg))
                found.setdefault(key, []).append(one)
        return found

    def _line(self, corridor: str, legs: Sequence[str]) -> Line:
        return Line(legs[0], corridor, tuple(legs), tuple(self.carried(corridor, legs[0])))

    def total(self, corridor: str) -> Line:
        """The answers of a corridor that run over no leg, as a line without one."""
        own = [a for a in self.answers_of(corridor) if not a.steps]
        carried = tuple(Carried(a, 0, None) for a in own)
        return Line(corridor, corridor, (), carried)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as mappings, its geometry left out."""
    frame = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _seen(ordered: Iterable[Capacity]) -> Iterator[Capacity]:
    """Capacities without those whose whole time lies in that of one before them in its kind."""
    before: list[Capacity] = []
    for one in ordered:
        if not any(other.kind == one.kind and _within(one, other) for other in before):
            before.append(one)
            yield one


def _within(one: Capacity, other: Capacity) -> bool:
    start = other.start is None or (one.start is not None and other.start <= one.start)
    end = other.end is None or (one.end is not None and one.end <= other.end)
    return start and end


def _in(name: str, wanted: frozenset[str] | None) -> bool:
    return wanted is None or name in wanted


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (pd.isna(one) and pd.isna(other))
