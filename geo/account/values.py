"""What a line shows, as values that Python draws and the browser reads."""

from __future__ import annotations

from dataclasses import dataclass

Ends = tuple[float | None, float | None]  # lower and upper, None where open or unknown


@dataclass(frozen=True)
class Lane:
    """One commodity's share of a core: its word, its colour, its rate in the core's own unit."""

    word: str
    colour: str
    rate: float


@dataclass(frozen=True)
class Figure:
    """One answer on one line, or a sum of answers, with its words.

    `flows` are the rows it is made of: the speaker's, and those added to it. `start` and `end` are
    ISO dates, both included. `kind` is the base unit (kt and Mt are both t), "" for a count of
    movements, which has words but no width. `quantity` is the size for the whole period, `low` and
    `high` (`quantity_low`, `quantity_high`) the ends of a range or bound, both None where it is
    exact; `rate` is the size a year. `capacity` is what could move on this line in a year: its
    casing. `full` with its ends is what could move in the period on the narrowest leg: what the
    share is of. None is unknown; all are in the base unit. `direction` is 1 along the line, -1
    against it, 0 where the source does not state it. `cites` are numbers of sources.
    """

    id: str
    start: str
    end: str
    kind: str
    rate: float | None
    quantity: float | None
    capacity: float | None
    years: float
    rank: int
    basis: str
    direction: int
    label: str
    what: str
    period: str
    moved: str
    could: str
    share: str
    source: int
    lanes: tuple[Lane, ...] = ()
    dash: tuple[float, ...] = ()
    key: str = ""
    flows: tuple[str, ...] = ()
    unit: str = ""
    unit_size: float = 1.0  # of its unit in the base unit: 1e6 for Mt
    added: int = 1  # how many figures were added up in it
    quantity_low: float | None = None
    quantity_high: float | None = None
    full: float | None = None
    full_low: float | None = None
    full_high: float | None = None
    at: str = ""  # the narrowest leg, where it must be named
    knowledge: int = 0  # 0: a leg or both ends are stated, 1: one end, 2: none
    aggregate: bool = False  # of all cargo
    part_of: str = ""
    series: str = ""  # what it asks, its period left out: only figures of one series are added
    cites: tuple[int, ...] = ()
    told_by: tuple[int, ...] = ()  # the sources of the amount alone
    where: str = ""  # its corridor, with its leg or ends where it names them


@dataclass(frozen=True)
class Casing:
    """What could move on a line while a capacity was in force: drawn where no flow is known."""

    start: str
    end: str
    kind: str
    capacity: float
    could: str
    source: int
