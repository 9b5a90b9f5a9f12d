"""The values a scene is made of. No drawing library, no file, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from geo.account import units
from geo.account.values import Casing as Casing
from geo.account.values import Figure as Figure
from geo.account.values import Lane as Lane
from geo.folder.credits import Credit
from geo.geometry.ground import Ground
from geo.scene.choices import Choice
from geo.scene.plain import plain

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
    id: str = ""
    standing: str = ""  # 'first of 2 answers', where sources are ranked against each other


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
    rank: float = 0.0  # 0.5 where something ends, 1 where most does: names and symbols go by it


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
    hollow: bool
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
    since: str = ""  # first and last day the line was in being (ISO); '' is not stated
    until: str = ""
    beside: tuple[str, ...] = ()  # lines that share its way, which it keeps to the right of
    legs: tuple[str, ...] = ()  # the legs it is made of
    length_km: float = 0.0
    series: bool = False  # its corridor's lines follow each other: they may carry one flow
    mode: str = ""  # rail, sea, road, pipeline: an ornament where it has no figures
    ends: tuple[str, ...] = ()  # ids of the places that its course runs from and to, where known


@dataclass(frozen=True)
class LegendItem:
    """One entry of the legend: a symbol, drawn as on the map, and its word."""

    symbol: str
    word: str
    colour: str = ""
    tint: str = ""
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Listed:
    """What a row of a table of words stands for.

    `values` are its cells as numbers or texts to sort by, None where unknown; `keys` what it is
    found by, those of the keyed columns first, such as numbers of vessels; `pipe` and `place` are
    its line or place on the map.
    """

    values: tuple[str | float | None, ...]
    keys: tuple[str, ...] = ()
    pipe: str = ""
    place: str = ""


@dataclass(frozen=True)
class TextTable:
    """A table of words in the page: what it is, a note, the heads of its columns, and its rows.

    With `listed`, one for each row, it sorts, is chosen from and finds the map; `keyed` are the
    columns whose cells are keys.
    """

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    listed: tuple[Listed, ...] = ()
    keyed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sample:
    """A sample width of the legend: pixels, and the quantity they stand for.

    `value` is that quantity per year in the base unit `kind`.
    """

    width_px: float
    word: str
    value: float = 0.0
    kind: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the page's table: a figure, what it is held against, and who says so.

    `kind` is one of `geo.scene.table.KINDS`; `moved` is the figure in words, whatever its kind.
    `start` and `end` are ISO dates, both included, "" where open or not stated. `quantity` with its
    bounds is in `unit`; `base` is one figure in `base_unit`, so that like units sort together.
    `held` is what it is held against, in `held_unit`; `full` with its bounds is the share of it.
    `held_source` is the number of the source of what it is held against, 0 where there is none.
    `key_moved` and `key_share` are what key figures say of a lead: with the range its rivals make.
    `astray` rows are of several lines, and no source says of which: `pipe` is their corridor.
    `apart` rows are compared with no capacity: of other corridors, or of no leg of a series.
    """

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
    kind: str = "moved"
    start: str = ""
    end: str = ""
    quantity: float | None = None
    quantity_low: float | None = None
    quantity_high: float | None = None
    unit: str = ""
    base: float | None = None
    base_unit: str = ""
    held: float | None = None
    held_unit: str = ""
    full: float | None = None
    full_low: float | None = None
    full_high: float | None = None
    lines: tuple[str, ...] = ()
    astray: bool = False
    apart: bool = False
    held_source: int = 0
    held_sources: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    key_moved: str = ""
    key_share: str = ""


@dataclass(frozen=True)
class LimitBar:
    """One figure of a year against the limit in force when its period began.

    `kind` is "reported", "estimate" or "beside": the last is a figure that other rows outrank, or
    one that is not of the corridor alone. `low`, `high` and `limit` are in the chart's unit; a
    `low` of None is "at most", both None unknown; `open` says that no upper end is known.
    `beside`, `note` and `cites` hold [n] where they cite a source.
    """

    kind: str
    figure: str
    period: str
    corridor: str
    basis: str
    share: str
    cites: str
    low: float | None
    high: float | None
    limit: float | None
    open: bool = False
    part: str = ""
    beside: str = ""
    note: str = ""


@dataclass(frozen=True)
class LimitYear:
    """The figures of one year, never added up; `gap` says that nothing was reported for it."""

    word: str
    bars: tuple[LimitBar, ...]
    gap: str = ""


@dataclass(frozen=True)
class LimitChart:
    """What was reported of one cargo, year by year, against the limit set on it from outside.

    `most` is the end of the one linear scale, in `unit`. `limits` and `conversions` are sentences
    in which [n] cites a source; `other_units` are those of the figures beside.
    """

    id: str
    title: str
    cargo: str
    unit: str
    colour: str
    most: float
    years: tuple[LimitYear, ...]
    limits: tuple[str, ...]
    conversions: tuple[str, ...] = ()
    other_units: tuple[str, ...] = ()


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
class Bound:
    """What could or may move on a corridor a year from a day to another (ISO).

    In the base unit `kind`, None for an open end; a `limit` is of whole years, in words as well.
    """

    corridor: str
    kind: str
    low: float | None
    high: float | None
    start: str
    end: str
    word: str
    limit: bool


@dataclass(frozen=True)
class Clock:
    """The axis of time: first and last day (ISO), and the units its periods come in.

    `open_start` and `open_end` (ISO) are the period it opens with, "" for the fullest of each line.
    `corridors` is the order of the rows of its chart, `bounds` what their columns stand against.
    """

    start: str
    end: str
    units: tuple[str, ...]
    open_start: str = ""
    open_end: str = ""
    corridors: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True)
class Source:
    """A numbered source: its text, its address if it has one, and by whose word it speaks."""

    number: int
    id: str
    text: str
    url: str = ""
    by: str = ""


@dataclass(frozen=True)
class FactorSlider:
    """One factor of a product: where its slider stands and how far its sources let it go.

    `figure` is the value in words, `allowed` the range; `unit_one` is the unit of the figure 1.
    `one` and `many` follow the figure in a sentence (" train a day", " trains a day"). `low` equals
    `high` where only one value is known. `step` None: any value. `known` False: no source gives a
    value between the bounds, so the product is "at least".
    """

    id: str
    words: str
    figure: str
    value: float
    low: float
    high: float
    step: float | None
    unit: str
    unit_one: str
    allowed: str
    cites: str
    one: str
    many: str
    note: str = ""
    known: bool = True
    divides: bool = False


@dataclass(frozen=True)
class Held:
    """The flow a product is held against: its words, and its rates per year in the base unit.

    None is unknown; `low` alone is "at least", `high` alone "at most". `said` stands before the
    share, `of` after it. `drawn` is True when the map draws this flow, so that the product can be
    drawn as its casing.
    """

    said: str
    of: str
    rate: float | None
    low: float | None
    high: float | None
    cites: str
    drawn: bool


@dataclass(frozen=True)
class WhatIf:
    """A capacity as a product with sliders.

    The product is `constant` times the factors, in `unit` per `per`; times `per_year` it is in the
    base unit `kind` per year. `tail` words the numbers of the formula; `line` is the corridor or
    the leg whose casing it is; `sentence` says it all at the values of the sources.
    """

    id: str
    corridor: str
    line: str
    title: str
    factors_title: str
    unit: str
    per: str
    kind: str
    per_year: float
    constant: float
    factors: tuple[FactorSlider, ...]
    tail: str
    allowed: str
    published: str
    held: Held | None
    sentence: str
    cites: str
    note: str = ""


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
    findings: tuple[str, ...] = ()  # what the headline says and the latest, [n] being the sources
    events: tuple[Event, ...] = ()
    clock: Clock | None = None
    choices: tuple[Choice, ...] = ()  # columns by whose values lines are chosen
    totals: tuple[Pipe, ...] = ()  # corridors whose figures name no leg: in tables, not on the map
    scale: Mapping[str, float] = field(default_factory=dict)  # pixels per unit and year, by kind
    units: Mapping[str, str] = field(default_factory=dict)  # the unit each kind is worded in
    limits: tuple[LimitChart, ...] = ()
    products: tuple[WhatIf, ...] = ()
    tables: tuple[TextTable, ...] = ()
    lang: str = "en"
    packs: tuple[bytes, ...] = field(default=(), repr=False)
    grounds: tuple[Ground, ...] = field(default=(), repr=False)  # of one's own, over the packs
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)
    credits: tuple[Credit, ...] = ()  # what is owed for lines, beside the licence

    def __repr__(self) -> str:
        """Return one line: which page, and how much is on it."""
        many = f"{len(self.places)} places, {len(self.pipes)} lines, {len(self.rows)} rows"
        return f"<Scene {self.id!r} {self.title!r}: {many}>"

    @property
    def layout(self) -> str:
        """How map and chart share the first screen: one row of columns below, several beside."""
        if self.clock is None:
            return "bare"
        told = {p.corridor for p in (*self.pipes, *self.totals) if any(f.start for f in p.figures)}
        return "several" if len(told) > 1 else "one"

    @property
    def is_long(self) -> bool:
        """Whether the headline is set smaller."""
        return len(self.headline) > int(units.RULES["long_headline"])

    def drawing(self, *parts: str) -> dict[str, Any]:
        """What the browser needs to draw: JSON values only, no bytes, in a fixed order.

        `parts` are the names of some of it; all without.
        """
        known, clock = self._series, self.clock
        made: dict[str, Callable[[], Any]] = {
            "id": lambda: self.id,
            "view": lambda: list(self.view),
            "lang": lambda: self.lang,
            "places": lambda: list(map(plain, self.places)),
            "pipes": lambda: [_plain(p, known) for p in self.pipes],
            "totals": lambda: [_plain(p, known) for p in self.totals],
            "scale": lambda: dict(self.scale),
            "choices": lambda: [_numbered(plain(one), known) for one in self.choices],
            "clock": lambda: (
                {**plain(clock), "events": list(map(plain, self.events))} if clock else None
            ),
        }
        return {name: make() for name, make in made.items() if not parts or name in parts}

    @cached_property
    def _series(self) -> Mapping[str, str]:
        """The number of what figures ask, alike in every part of the drawing."""
        told = [one.figures for one in (*self.pipes, *self.totals)]
        told += [own for c in self.choices for v in c.values for own in v.figures.values()]
        once = dict.fromkeys(figure.series for own in told for figure in own)
        return {series: str(number) for number, series in enumerate(once)}


def _plain(pipe: Pipe, known: Mapping[str, str]) -> dict[str, Any]:
    """A pipe as JSON values; what its figures ask is told apart by a number."""
    made = plain(pipe)
    _number(made["figures"], known)
    return made


def _number(figures: Iterable[dict[str, Any]], known: Mapping[str, str]) -> None:
    for figure in figures:
        figure["series"] = known[figure["series"]]


def _numbered(choice: dict[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """A choice as JSON values, its figures as those of lines."""
    for value in choice["values"]:
        for figures in value["figures"].values():
            _number(figures, known)
    return choice
