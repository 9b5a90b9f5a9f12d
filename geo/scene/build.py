"""A checked package → scenes: the pages of a data folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import shapely

from geo import basemap
from geo.account import Account, periods, units, words
from geo.package import Package
from geo.scene import headlines, limits, products, style, table
from geo.scene.facts import Facts, Record, event_date, records, source_of
from geo.scene.lines import DOUBTFUL, Lines
from geo.scene.model import Bounds, Clock, Event, Figure, LegendItem, Pipe, Place, Scene, Source

LANGUAGES = ("en", "ko", "ru")
UNITS = {"year": 366, "quarter": 92, "month": 31}  # the longest of each, in days
VIEW_MARGIN = 0.08
NO_WIDTHS = "Lines show course and state, not volume."
NO_AMOUNTS = "Lines show course only: no source says how much went which way."
SYMBOLS = {
    "port": "square",
    "anchorage": "square",
    "crossing": "bar",
    "town": "dot",
    "junction": "dot",
}


Numbers = dict[str, int] | None  # of sources, shared by pages that stand in one document
MOST_SAID: int = units.RULES["most_said"]  # in a headline or deck; the rest are counted


def overview(
    package: Package, *, numbers: Numbers = None, lang: str = "en", book: Account | None = None
) -> Scene:
    """All corridors: where they run, their state and how well their course is known.

    `book` is the account of the package, where it was opened before.
    """
    page = _Page(Facts(package, package.legs, False, lang, _own(numbers), book))
    made, found = page.scene("overview", package.title), page.headlines()
    deck = " · ".join(_few(found[1:], "corridor")) or NO_WIDTHS
    return replace(made, headline=found[0] if found else package.title, deck=deck)


def legs_page(
    package: Package,
    file: str,
    *,
    numbers: Numbers = None,
    lang: str = "en",
    book: Account | None = None,
) -> Scene:
    """The page of one leg file: its corridors with capacity, flow and every figure."""
    legs = package.legs[package.legs["file"] == file]
    page = _Page(Facts(package, legs, True, lang, _own(numbers), book))
    title = package.pages.get(file, file)
    made = page.scene(file, title)
    return replace(made, headline=(page.headlines() or [title])[0], deck=page.deck())


def flows(
    package: Package, *, numbers: Numbers = None, lang: str = "en", book: Account | None = None
) -> Scene:
    """Flows against capacities of every main corridor."""
    table = package.corridors
    main = table.loc[table["role"] == "main", "corridor"]
    legs = package.legs[package.legs["corridor"].isin(main)]
    page = _Page(Facts(package, legs, True, lang, _own(numbers), book, attributes=False))
    made = page.scene("flows", "Flows against capacities")
    shares = page.shares()
    headline = shares[0] or (page.headlines() or [package.title])[0]
    finding = shares[1] or "; ".join(made.findings[:1])
    told = (finding,) if finding else ()
    return replace(made, headline=headline, deck=page.deck(), findings=told)


def pages(package: Package, *, numbers: Numbers = None, lang: str = "en") -> dict[str, Scene]:
    """Every page of a package by name: overview, one per leg file, flows.

    Each page numbers its sources itself; an empty `numbers` makes one numbering for all of them.
    `lang` is the language of the names of places and corridors, one of LANGUAGES.
    """
    options: dict[str, Any] = {"numbers": numbers, "lang": lang, "book": Account.of(package)}
    made = {"overview": overview(package, **options)}
    made |= {file: legs_page(package, file, **options) for file in package.pages}
    return made | {"flows": flows(package, **options)}


def _own(numbers: Numbers) -> dict[str, int]:
    return {} if numbers is None else numbers


def _few(said: Sequence[str], what: str) -> list[str]:
    """The first findings, and how many more there are."""
    more = len(said) - MOST_SAID
    rest = [f"{more} more {what}{'s' if more > 1 else ''} below"] if more > 0 else []
    return [*said[:MOST_SAID], *rest]


@dataclass
class _Page:
    """One page in the making."""

    facts: Facts
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Lines(self.facts)

    def headlines(self) -> list[str]:
        """The finding of each main corridor that has one."""
        return headlines.headlines(self.facts)

    def shares(self) -> tuple[str, str]:
        """How full each corridor was at its fullest, in one line, and with its sources.

        Both are '' where none is known.
        """
        facts = self.facts
        peaks = [headlines.Corridor(facts, name).peak() for name in facts.main]
        held = [a for a in peaks if a is not None and a.comparison is not None]
        told = [headlines.fullness(facts, a) for a in held]
        return (
            "; ".join(_few([one.words for one in told], "corridor")),
            "; ".join(_few([one.cited for one in told], "corridor")),
        )

    def deck(self) -> str:
        """What the widths show, of when, and on whose word."""
        facts = self.facts
        shown = {name: f for p in self.lines.pipes() for f in p.figures for name in f.flows
                 if f.id in p.shown}  # fmt: skip
        drawn = [f"{f.where} {f.period} ({f.basis})" for f in shown.values()]
        drawn = _few(drawn, "line")
        if not drawn:
            return NO_AMOUNTS if facts.widths else NO_WIDTHS
        what = f"Widths show {words.joined(drawn)}. "
        return what + "Pale casing: what could move in the period; core: what moved."

    def scene(self, name: str, title: str) -> Scene:
        """The page as values, headline and deck left out; sources count from the table down."""
        package, facts = self.facts.package, self.facts
        rows, charts = tuple(table.flows(facts)), limits.charts(facts)
        rows += tuple(table.others(facts, charts))
        pipes, places = self.lines.pipes(), tuple(self.places())
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
            totals=self.lines.totals(),
            clock=self.clock(pipes),
            rows=rows,
            limits=charts,
            products=products.products(facts),
            conflicts=conflicts,
            findings=headlines.findings(facts),
            events=events,
            sources=tuple(self.sources()),
            notes=tuple(self.notes(pipes)),
            licence=package.licence,
            version=package.version,
            lang=facts.lang,
            packs=(basemap.world(), *([package.basemap] if package.basemap else [])),
            inputs=package.hashes,
        )

    # --- the parts of a page ----------------------------------------------------------------------

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
        aliases = f"also written {row['aliases']}" if row.get("aliases") else ""
        return Place(
            id=row["place"],
            names={lang: row[f"name_{lang}"] for lang in LANGUAGES if row.get(f"name_{lang}")},
            kind=row["kind"],
            lon=round(lon + 360.0 * round((self.facts.meridian - lon) / 360), 6),
            lat=round(row["geometry"].y, 6),
            accuracy_m=None if pd.isna(accuracy) else float(accuracy),
            source=self.facts.number(row["source"]),
            note="; ".join(t for t in (aliases, str(row["note"])) if t),
            claims=self.facts.place_claims(row["place"]),
        )

    def legend(self, pipes: Sequence[Pipe], places: Sequence[Place]) -> Iterator[LegendItem]:
        """An entry for everything that is drawn at any time, and for nothing else."""
        told = [f for p in (*pipes, *self.lines.totals()) for f in p.figures]
        used = {p.colour for p in pipes} | {lane.colour for f in told for lane in f.lanes}
        for group, colour in self.facts.colours.items():
            if colour in used:
                yield LegendItem("swatch", f"cargo: {group}", colour=colour)
        if any(p.context for p in pipes):
            yield LegendItem("swatch", "context, no figures", colour=style.CONTEXT)
        yield from _evidence(pipes)
        symbols: dict[str, list[str]] = {}
        for kind in sorted({p.kind for p in places}):
            symbols.setdefault(SYMBOLS.get(kind, "circle"), []).append(kind)
        for symbol, kinds in symbols.items():
            yield LegendItem(f"place-{symbol}", ", ".join(kinds))
        if any(p.accuracy_m for p in places):
            yield LegendItem("ring", "position known to this radius")

    def clock(self, pipes: Sequence[Pipe]) -> Clock | None:
        """The axis of time over the figures of the page; None where none has a period."""
        found = [f for p in (*pipes, *self.lines.totals()) for f in p.figures if f.start and f.end]
        if not found:
            return None
        ends = [f.end for f in found]
        last = max([*ends, *(e.end for e in self.events() if e.end)])
        shortest = min(periods.days(f.start, f.end) for f in found)
        units = [unit for unit, days in UNITS.items() if unit == "year" or shortest <= days]
        return Clock(f"{min(f.start for f in found)[:4]}-01-01", f"{last[:4]}-12-31", tuple(units))

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
        yield "Borders on the base map are not authoritative."
        yield (
            "Base map: GSHHG shorelines and WDBII rivers and borders (LGPL-3.0-or-later); names "
            "from GeoNames (CC BY 4.0)."
        )

    def view(self, pipes: Sequence[Pipe]) -> Bounds:
        """Bounds of the wide lines, else of the main ones, within the package's declared view."""
        wide = [p for p in pipes if p.casing_px or p.core_px]
        main = [p for p in pipes if not p.context and p.status != "planned"]
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
    """Dashes with their words: course, state, evidence of flows; casing; the unknown."""
    for word in dict.fromkeys(p.geometry_basis for p in pipes if p.status not in DOUBTFUL):
        yield LegendItem("line", f"{word} course", dash=style.dash(word))
    doubtful = list(dict.fromkeys(p.status for p in pipes if p.status in DOUBTFUL))
    if doubtful:
        courses = dict.fromkeys(p.geometry_basis for p in pipes if p.status in DOUBTFUL)
        said = f"{' or '.join(doubtful)} connection, {' or '.join(courses)} course"
        yield LegendItem("line", said, dash=style.dash("claimed"))
    wide = [f for p in pipes for f in p.figures if f.rate is not None]
    shown = [p.basis for p in pipes if p.core_px is not None and p.basis]
    for word in dict.fromkeys([*shown, *(f.basis for f in wide)]):
        yield LegendItem("core", f"{word} flow", dash=style.dash(word))
    if any(p.casing_px is not None for p in pipes):
        alone = ", none where unknown" if any(f.capacity is None for f in wide) else ""
        yield LegendItem("casing", f"capacity{alone}")
    if any(p.over for p in pipes) or any(_over(f) for f in wide):
        yield LegendItem("over", "over capacity")
    if any(p.label == "?" or p.figures for p in pipes):
        yield LegendItem("unknown", "flow unknown")
    if any(f.key for f in wide):
        yield LegendItem("conflict", "sources differ: the line tells every claim")


def _over(figure: Figure) -> bool:
    return bool(figure.full) and (figure.quantity or 0.0) > (figure.full or 0.0)
