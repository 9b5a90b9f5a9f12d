"""The values a scene is made of. No drawing library, no file, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Coordinates = tuple[tuple[float, float], ...]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Claim:
    """One figure one source gave, in words, with the number of its source on the page."""

    figure: str
    what: str
    period: str
    basis: str
    source: int
    share: str = ""
    note: str = ""
    drawn: bool = False
    group: str = "flow"


@dataclass(frozen=True)
class Place:
    """A port, station, crossing or other point, with its names by language."""

    id: str
    names: Mapping[str, str]
    kind: str
    lon: float
    lat: float
    accuracy_m: float | None
    source: int
    note: str = ""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One commodity's share of a core: its word, its colour, its rate in the core's own unit."""

    word: str
    colour: str
    rate: float


@dataclass(frozen=True)
class Figure:
    """One figure of a line with the capacity it is held against, and its words.

    `start` and `end` are ISO dates, both included. `kind` is the base unit (kt and Mt are both t);
    `quantity` is in it for the whole period, `rate` and `capacity` per year; None is unknown.
    `direction` is 1 along the line, -1 against it, 0 where the source does not state it.
    A figure of kind "" is a count of movements: it has words but no width.
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


@dataclass(frozen=True)
class Casing:
    """What could move on a line while a capacity was in force: drawn where no flow is known."""

    start: str
    end: str
    kind: str
    capacity: float
    could: str
    source: int


@dataclass(frozen=True)
class Pipe:
    """A line on the map: casing for capacity, core for flow, both in pixels of one scale.

    `casing_px` None: capacity unknown; `core_px` None: flow unknown; both None: a plain line.
    `parts` are (lon, lat) lines with continuous longitudes; `dash` is in pixels, () is solid.
    """

    id: str
    corridor: str
    corridor_title: str
    title: str
    parts: tuple[Coordinates, ...]
    colour: str
    tint: str
    casing_px: float | None
    core_px: float | None
    dash: tuple[float, ...]
    core_dash: tuple[float, ...]
    label: str
    status: str
    geometry_basis: str
    basis: str
    length: str
    arrow: bool = False
    over: bool = False
    context: bool = False
    width_px: float = 3.0
    note: str = ""
    claims: tuple[Claim, ...] = ()
    sources: tuple[int, ...] = ()
    figures: tuple[Figure, ...] = ()
    casings: tuple[Casing, ...] = ()
    shown: tuple[str, ...] = ()  # ids of the figures drawn while no period is chosen
    aside: int = 0  # lines that share a way: how many widths to the right of travel


@dataclass(frozen=True)
class LegendItem:
    """One entry of the legend: a symbol, drawn as on the map, and its word."""

    symbol: str
    word: str
    colour: str = ""
    tint: str = ""
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Sample:
    """A sample width of the legend: pixels, and the quantity they stand for."""

    width_px: float
    word: str


@dataclass(frozen=True)
class Row:
    """One row of the page's table: a figure, what it is held against, and who says so."""

    id: str
    pipe: str
    corridor: str
    period: str
    what: str
    moved: str
    could: str
    share: str
    basis: str
    source: int
    route: str = ""
    note: str = ""
    drawn: bool = False
    lead: bool = False
    conflict: bool = False
    key: str = ""


@dataclass(frozen=True)
class Event:
    """A dated event: its date in words, and the first and last day it may mean."""

    date: str
    title: str
    kind: str
    source: int
    start: str = ""
    end: str = ""
    corridor: str = ""


@dataclass(frozen=True)
class Clock:
    """The axis of time: first and last day (ISO), and the units its periods come in."""

    start: str
    end: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A numbered source: its text, and its address if it has one."""

    number: int
    id: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Scene:
    """A whole page as values."""

    id: str
    title: str
    headline: str
    deck: str
    view: Bounds
    extent: Bounds | None
    places: tuple[Place, ...]
    pipes: tuple[Pipe, ...]
    legend: tuple[LegendItem, ...]
    samples: Mapping[str, tuple[Sample, ...]]
    rows: tuple[Row, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    licence: str
    version: str
    conflicts: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    clock: Clock | None = None
    scale: Mapping[str, float] = field(default_factory=dict)  # pixels per unit and year, by kind
    units: Mapping[str, str] = field(default_factory=dict)  # the unit each kind is worded in
    lang: str = "en"
    packs: tuple[bytes, ...] = field(default=(), repr=False)
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)

    def drawing(self) -> dict[str, Any]:
        """What the browser needs to draw: JSON values only, no bytes, in a fixed order."""
        return {
            "id": self.id,
            "view": list(self.view),
            "lang": self.lang,
            "places": [asdict(p) for p in self.places],
            "pipes": [asdict(p) for p in self.pipes],
        }
