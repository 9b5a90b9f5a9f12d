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
    """A dated event beside the map."""

    date: str
    title: str
    kind: str
    source: int


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
