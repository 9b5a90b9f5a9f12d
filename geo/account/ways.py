"""Over which legs of its corridor a flow runs, and which way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from geo.account.rows import Flow, Record, day, text

PLANNED = "planned"


@dataclass(frozen=True)
class Leg:
    """A leg as the account needs it: its ends, its state, and when it was in being."""

    id: str
    corridor: str
    origin: str
    destination: str
    status: str
    start: date | None
    end: date | None

    def joins(self, one: str, other: str) -> bool:
        """Whether its ends are these two places."""
        return {self.origin, self.destination} == {one, other}

    def other_end(self, place: str) -> str:
        """The end that is not this place."""
        return self.destination if place == self.origin else self.origin

    def exists(self, flow: Flow) -> bool:
        """Whether it was in being at some time of a flow's period; a plan never was."""
        late = self.start and flow.end and self.start > flow.end
        early = self.end and flow.start and self.end < flow.start
        return self.status != PLANNED and not late and not early


@dataclass(frozen=True)
class Step:
    """A leg that a flow uses: 1 from the leg's origin to its destination, -1 against, 0 unknown."""

    leg: str
    direction: int


def leg(row: Record) -> Leg:
    """A row of the table of legs as a value."""
    return Leg(
        id=text(row, "leg"),
        corridor=text(row, "corridor"),
        origin=text(row, "origin"),
        destination=text(row, "destination"),
        status=text(row, "status"),
        start=day(row.get("valid_from")),
        end=day(row.get("valid_to")),
    )


def way(flow: Flow, legs: Sequence[Leg], *, parallel: bool) -> tuple[Step, ...]:
    """The legs a flow certainly used, in the order of the table; () where none is certain."""
    if flow.leg:
        named = [own for own in legs if own.id == flow.leg]
        return tuple(Step(own.id, _stated(flow, own)) for own in named[:1])
    here = [own for own in legs if own.exists(flow)]
    steps = _alternative(flow, here) if parallel else _series(flow, here)
    return tuple(Step(s.leg, 0) if flow.both_ways else s for s in steps)


def _stated(flow: Flow, own: Leg) -> int:
    """The direction on a leg that a flow names, by the ends it states."""
    if flow.both_ways:
        return 0
    along = own.origin == flow.origin or own.destination == flow.destination
    against = own.origin == flow.destination or own.destination == flow.origin
    return int(along) - int(against)


def _alternative(flow: Flow, legs: Sequence[Leg]) -> Iterator[Step]:
    """The one leg that joins both ends, if there is exactly one."""
    found = [own for own in legs if own.joins(flow.origin, flow.destination)]
    if flow.origin and flow.destination and flow.origin != flow.destination and len(found) == 1:
        yield Step(found[0].id, 1 if found[0].origin == flow.origin else -1)


def _series(flow: Flow, legs: Sequence[Leg]) -> Iterable[Step]:
    if flow.origin and flow.destination:
        return _between(legs, flow.origin, flow.destination)
    if not (flow.origin or flow.destination):
        return [Step(own.id, 0) for own in legs]
    place = flow.origin or flow.destination
    near = [own for own in legs if place in (own.origin, own.destination)]
    outward = 1 if near and near[0].origin == place else -1
    return [Step(near[0].id, outward if flow.origin else -outward)] if len(near) == 1 else []


def _between(legs: Sequence[Leg], start: str, end: str) -> Iterator[Step]:
    """The legs of a way from start to end without which there is none."""
    path = _path(legs, start, end) or {}
    for own in legs:
        if own.id in path and _path([x for x in legs if x is not own], start, end) is None:
            yield Step(own.id, path[own.id])


def _path(legs: Sequence[Leg], start: str, end: str) -> dict[str, int] | None:
    """A way of fewest legs with its directions; None where there is none, {} to the same place."""
    seen: dict[str, dict[str, int]] = {start: {}}
    reached = [start]
    while reached and end not in seen:
        place = reached.pop(0)
        for own in legs:
            if place not in (own.origin, own.destination):
                continue
            following = own.other_end(place)
            if following not in seen:
                seen[following] = {**seen[place], own.id: 1 if own.origin == place else -1}
                reached.append(following)
    return seen.get(end)
