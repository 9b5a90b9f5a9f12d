"""A checked package → scenes: the pages of a data folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd
import shapely

from geo.account import Account, words
from geo.errors import GeoError, check_type
from geo.folder import credits, railways
from geo.folder.credits import Credit
from geo.folder.package import Package
from geo.geometry import basemap
from geo.scene import axis, headlines, limits, products, style, table
from geo.scene.facts import Facts, Record, event_date, records, source_of
from geo.scene.lines import DOUBTFUL, Lines
from geo.scene.model import (
    Bounds,
    Event,
    Figure,
    LegendItem,
    Pipe,
    Place,
    Scene,
    Source,
)
from geo.scene.parts import ground_notes, languages, names

VIEW_MARGIN = 0.08
_PASSED = 0.3  # the most of one that is only passed
NO_AMOUNTS = "Lines show course only: no source says how much went which way."
Numbers = dict[str, int] | None  # of sources, shared by pages that stand in one document


def overview(
    package: Package, *, numbers: Numbers = None, lang: str = "en", book: Account | None = None
) -> Scene:
    """All corridors: where they run, their state and how well their course is known.

    `book` is the account of the package, where it was opened before.
    """
    _check(package, lang)
    page = _Page(Facts(package, package.legs, False, lang, _own(numbers), book))
    made = page.scene("overview", package.title)
    headline, deck = page.told()
    view = page.view(made.pipes, whole=True)
    return replace(made, view=view, headline=headline or package.title, deck=deck)


def legs_page(
    package: Package,
    file: str,
    *,
    numbers: Numbers = None,
    lang: str = "en",
    book: Account | None = None,
) -> Scene:
    """The page of one leg file: its corridors with capacity, flow and every figure."""
    _check(package, lang)
    if file not in list(package.pages):
        raise GeoError(f"no page {file!r}; there are {', '.join(package.pages)}")
    legs = package.legs[package.legs["file"] == file]
    page = _Page(Facts(package, legs, True, lang, _own(numbers), book))
    title = package.pages.get(file, file)
    made = page.scene(file, title)
    headline, deck = page.told()
    return replace(made, headline=headline or title, deck=deck)


def flows(
    package: Package, *, numbers: Numbers = None, lang: str = "en", book: Account | None = None
) -> Scene:
    """Flows against capacities of every main corridor."""
    _check(package, lang)
    table = package.corridors
    main = table.loc[table["role"] == "main", "corridor"]
    legs = package.legs[package.legs["corridor"].isin(main)]
    page = _Page(Facts(package, legs, True, lang, _own(numbers), book, attributes=False))
    made = page.scene("flows", "Flows against capacities")
    headline, deck = page.told()
    finding = page.shares() or "; ".join(made.findings[:1])
    told = (finding,) if finding else ()
    return replace(made, headline=headline or package.title, deck=deck, findings=told)


def pages(package: Package, *, numbers: Numbers = None, lang: str = "en") -> dict[str, Scene]:
    """Every page of a package by name: overview, one per leg file, flows.

    Each page numbers its sources itself; an empty `numbers` makes one numbering for all of them.
    `lang` is the language of the names of places and corridors, one that places have names in.
    """
    _check(package, lang)
    options: dict[str, Any] = {"numbers": numbers, "lang": lang, "book": Account.of(package)}
    made = {"overview": overview(package, **options)}
    made |= {file: legs_page(package, file, **options) for file in package.pages}
    return made | {"flows": flows(package, **options)}


def _check(package: Package, lang: str) -> None:
    """Raise GeoError for what is no package, and for a language that there is not."""
    check_type(package, Package, "a package, as geo.package.load(folder) returns it")
    known = languages(package.places)
    if lang not in known:
        raise GeoError(f"lang {lang!r}: the places have names in {', '.join(known)}")


def _own(numbers: Numbers) -> dict[str, int]:
    return {} if numbers is None else numbers


@dataclass
class _Page:
    """One page in the making."""

    facts: Facts
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Lines(self.facts)

    def told(self) -> tuple[str, str]:
        """The finding of the page in a sentence, and the amounts behind it; '' where none is known.

        The deck says as well where no line shows an amount.
        """
        headline, deck = headlines.page(self.facts)
        wide = any(f.rate is not None for p in self.lines.pipes for f in p.figures)
        return headline, deck if wide else ". ".join(x for x in (deck, NO_AMOUNTS) if x)

    def shares(self) -> str:
        """How full each corridor was at its fullest, with its sources; '' where unknown."""
        facts = self.facts
        peaks = [headlines.Corridor(facts, name).peak() for name in facts.main]
        told = [
            headlines.fullness(facts, a).cited
            for a in peaks
            if a is not None and words.share(*a.share)
        ]
        return "; ".join(words.few(told, "corridor"))

    def scene(self, name: str, title: str) -> Scene:
        """The page as values, headline and deck left out; sources count from the table down."""
        package, facts = self.facts.package, self.facts
        rows, charts = tuple(table.flows(facts)), limits.charts(facts)
        rows += tuple(table.others(facts, charts))
        pipes, totals = self.lines.pipes, self.lines.totals
        places = tuple(self.places())
        rows += tuple(table.courses(facts, charts, pipes, places))
        conflicts, events = self.facts.conflicts(), tuple(self.events())
        return Scene(
            id=name,
            title=title,
            headline="",
            deck="",
            view=self.view(pipes),
            extent=package.extent,
            places=places,
            pipes=pipes,
            legend=tuple(self.legend(pipes, places)),
            samples=self.lines.samples(),
            scale=self.lines.scale,
            units=self.lines.units,
            totals=totals,
            clock=axis.clock(facts, [f for p in (*pipes, *totals) for f in p.figures]),
            rows=rows,
            limits=charts,
            products=products.products(facts),
            conflicts=conflicts,
            findings=headlines.findings(facts),
            events=events,
            sources=tuple(self.sources()),
            notes=tuple(self.notes(pipes)),
            licence=package.licence,
            credits=self.owed(),
            version=package.version,
            lang=facts.lang,
            packs=self.packs,
            inputs=package.hashes,
        )

    @property
    def packs(self) -> tuple[bytes, ...]:
        """The ground, the world first."""
        own = self.facts.package.basemap, self.facts.package.railways
        return (basemap.world(), *filter(None, own))

    # --- the parts of a page ----------------------------------------------------------------------

    def owed(self) -> tuple[Credit, ...]:
        """What is owed for the lines of the page and for the railways under them."""
        package = self.facts.package
        own = credits.owed(package.credits, self.facts.legs["file"])
        return (*own, *railways.credit(package.railways))

    def places(self) -> Iterator[Place]:
        """The ends of legs and flows, and places an attribute of a main corridor speaks of."""
        facts, table = self.facts, self.facts.package.places
        wanted = {p for c in ("origin", "destination") for p in facts.legs[c]}
        wanted |= {p for one in facts.rows() for p in (one.origin, one.destination)}
        own = facts.package.attributes
        if "place" in own:
            wanted |= set(own.loc[own["corridor"].isin(facts.main), "place"])
        return map(self._place, records(table[table["place"].isin(wanted)]))

    def _place(self, row: Record) -> Place:
        accuracy, lon = row["accuracy_m"], float(row["geometry"].x)
        aliases = f"also written {row['aliases'].replace('|', ', ')}" if row.get("aliases") else ""
        return Place(
            id=row["place"],
            names=names(row),
            kind=row["kind"],
            lon=round(lon + 360.0 * round((self.facts.meridian - lon) / 360), 6),
            lat=round(row["geometry"].y, 6),
            accuracy_m=None if pd.isna(accuracy) else float(accuracy),
            source=self.facts.number(row["source"]),
            note="; ".join(t for t in (aliases, str(row["note"])) if t),
            claims=self.facts.place_claims(row["place"]),
            rank=self.ranks.get(row["place"], 0.0),
        )

    @cached_property
    def ranks(self) -> dict[str, float]:
        """0 to 1: half and more where something ends, less where it is only passed.

        Within either, how many figures begin or end there, of the most.
        """
        told = Counter(p for one in self.facts.rows() for p in (one.origin, one.destination) if p)
        most, ends = max(told.values(), default=1), self._ends()
        passed = {*self.facts.legs["origin"], *self.facts.legs["destination"]} - ends
        first = {p: 0.0 if p in passed else style.END for p in {*told, *ends}}
        return {
            p: round(least + (1 - style.END if least else _PASSED) * told[p] / most, 3)
            for p, least in first.items()
        }

    def _ends(self) -> set[str]:
        """Places where a corridor ends: legs only begin or only end there, or one leg does."""
        found: set[str] = set()
        for _, own in self.facts.legs.groupby("corridor"):
            met = Counter([*own["origin"], *own["destination"]])
            found |= set(own["origin"]) ^ set(own["destination"])
            found |= {place for place, count in met.items() if count == 1}
        return found

    def legend(self, pipes: Sequence[Pipe], places: Sequence[Place]) -> Iterator[LegendItem]:
        """An entry for everything that is drawn at any time, and for nothing else."""
        told = [f for p in (*pipes, *self.lines.totals) for f in p.figures]
        used = {p.colour for p in pipes} | {lane.colour for f in told for lane in f.lanes}
        for group, colour in self.facts.colours.items():
            if colour in used:
                yield LegendItem("swatch", f"cargo: {group}", colour=colour)
        if any(p.context for p in pipes):
            yield LegendItem("swatch", "context, no figures", colour=style.CONTEXT)
        yield from _evidence(pipes)
        symbols: dict[str, list[str]] = {}
        for kind in sorted({p.kind for p in places}):
            symbols.setdefault(style.place_symbol(kind), []).append(kind)
        for symbol, kinds in symbols.items():
            yield LegendItem(f"place-{symbol}", ", ".join(kinds))
        if any(p.accuracy_m for p in places):
            yield LegendItem("ring", "position known to this radius")

    def events(self) -> Iterator[Event]:
        """Dated events of the page's corridors and those that bear on all, oldest first."""
        facts, table = self.facts, self.facts.package.events
        if table.empty:
            return
        own = table[table["corridor"].isin(["", *facts.corridors])]
        for row in records(own.sort_values("date", kind="stable")):
            number = facts.number(row["source"])
            start, end = _event_span(row)
            name = facts.name(row["corridor"]) if row["corridor"] else ""
            yield Event(event_date(row), row["title"], row["kind"], number, start, end, name)

    def notes(self, pipes: Sequence[Pipe]) -> Iterator[str]:
        """What a reader must know of the drawing."""
        bases = {p.geometry_basis for p in pipes}
        if "schematic" in bases:
            yield (
                "Schematic lines are straight between known points and so shorter than the "
                "railway or road itself."
            )
        if "modelled" in bases:
            yield (
                "Modelled sea lines are the shortest way over water between two ports, not an "
                "observed track."
            )
        if self.lines.scale:
            yield (
                "Widths are per year on one linear scale for each unit; a shorter period is drawn "
                f"at its yearly rate; cores are at least {style.MIN_CORE_PX:g} px."
            )
        yield from ground_notes(self.packs)
        if self.facts.package.railways:
            yield (
                "Railways of the base map are straight between the points that are known, and "
                "gone where an enlarged map would show them wrong."
            )

    def view(self, pipes: Sequence[Pipe], *, whole: bool = False) -> Bounds:
        """Bounds of the wide lines, else of the main ones, within the package's declared view.

        The `whole` page is all its main lines, those with a width or not.
        """
        wide = [] if whole else [p for p in pipes if p.casing_px or p.core_px]
        main = [p for p in pipes if not p.context and (whole or p.status != "planned")]
        shown = wide or main or list(pipes)
        lines = [shapely.LineString(part) for p in shown for part in p.parts if len(part) > 1]
        found = tuple(shapely.total_bounds(lines)) if lines else (-180.0, -60.0, 180.0, 70.0)
        west, south, east, north = _within(found, self.facts.package.view)
        dx, dy = max((east - west) * VIEW_MARGIN, 0.02), max((north - south) * VIEW_MARGIN, 0.02)
        bounds = (west - dx, south - dy, east + dx, north + dy)
        return tuple(round(float(v), 4) for v in bounds)  # type: ignore[return-value]

    def sources(self) -> Iterator[Source]:
        """The sources used so far, in the order of their numbers."""
        known = {record["id"]: record for record in self.facts.package.sources}
        for name, number in self.facts.numbered.items():
            yield source_of(number, name, known.get(name, {"title": name}))


def _within(bounds: Sequence[float], view: Bounds | None) -> Sequence[float]:
    """Bounds cut to the declared view, where there is one and they meet."""
    if view is None:
        return bounds
    west, south = max(bounds[0], view[0]), max(bounds[1], view[1])
    east, north = min(bounds[2], view[2]), min(bounds[3], view[3])
    return (west, south, east, north) if west < east and south < north else bounds


def _event_span(row: Record) -> tuple[str, str]:
    """First and last day an event may have happened, by the precision of its date."""
    date, precision = row["date"], row.get("date_precision", "day")
    period = date.to_period({"year": "Y", "month": "M"}.get(precision, "D"))
    return str(period.start_time.date()), str(period.end_time.date())


def _evidence(pipes: Sequence[Pipe]) -> Iterator[LegendItem]:
    """Lines and cores with their words: course, state, evidence of flows; rim and casing."""
    for pattern in sorted({p.dash for p in pipes}):
        alike = [p for p in pipes if p.dash == pattern]
        yield LegendItem("line", "; ".join(_connections(alike)), dash=pattern)
    wide = [f for p in pipes for f in p.figures if f.rate is not None]
    shown = [p.basis for p in pipes if p.core_px is not None and p.basis]
    yield from evidence_legend([*shown, *(f.basis for f in wide)])
    if any(f.quantity_low is not None and f.quantity_high is not None for f in wide):
        yield LegendItem("rim", "between the lower and the upper figure")
    if any(p.casing_px is not None for p in pipes):
        alone = ", none where unknown" if any(f.capacity is None for f in wide) else ""
        yield LegendItem("casing", f"capacity{alone}")
    if any(p.over for p in pipes) or any(_over(f) for f in wide):
        yield LegendItem("over", "over capacity")
    if any(f.key for f in wide):
        yield LegendItem("conflict", "sources differ: the line tells every claim")


def _connections(pipes: Sequence[Pipe]) -> Iterator[str]:
    """What lines of one look are: their courses, with their state where that is in doubt."""
    for doubt in dict.fromkeys(p.status if p.status in DOUBTFUL else "" for p in pipes):
        own = [p for p in pipes if doubt == (p.status if p.status in DOUBTFUL else "")]
        course = f"{' or '.join(dict.fromkeys(p.geometry_basis for p in own))} course"
        yield f"{doubt} connection, {course}" if doubt else course


def evidence_legend(bases: Iterable[str]) -> Iterator[LegendItem]:
    """The evidence of what is drawn in words, one entry for what looks alike."""
    told = list(dict.fromkeys(bases))
    for hollow in dict.fromkeys(map(style.is_hollow, told)):
        alike = [word for word in told if style.is_hollow(word) is hollow]
        yield LegendItem("hollow" if hollow else "core", f"{' or '.join(alike)} flow")


def _over(figure: Figure) -> bool:
    return bool(figure.full) and (figure.quantity or 0.0) > (figure.full or 0.0)
