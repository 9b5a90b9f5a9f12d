"""The facts of one page: the answers of the account that it shows, in words, with sources.

Rows travel as plain mappings (a column's name → its value); sources are numbered at first use.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.account import Account, Amount, Answer, Flow, units, words
from geo.account.rows import text
from geo.folder.package import Package
from geo.scene import style
from geo.scene.model import Claim, Figure, Source

Record = Mapping[str, Any]
ORDINALS = ("first", "second", "third", "fourth", "fifth")
FIGURES = ["quantity", "quantity_low", "quantity_high"]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as mappings."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


@dataclass
class Facts:
    """What one page says: the legs it shows and every figure of their corridors."""

    package: Package
    legs: gpd.GeoDataFrame
    what_if: bool = True  # whether the page lets factors of a capacity be moved
    lang: str = "en"
    _numbers: dict[str, int] = field(default_factory=dict)
    book: Account | None = None
    attributes: bool = True  # whether the page tells what else is known
    told: dict[str, tuple[Figure, ...]] = field(default_factory=dict, repr=False)
    peaks: dict[str, Answer | None] = field(default_factory=dict, repr=False)
    figures: dict[Hashable, tuple[Answer, Figure]] = field(default_factory=dict, repr=False)

    def number(self, source: str) -> int:
        """The page's number of a source, given at its first use."""
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    @property
    def numbered(self) -> Mapping[str, int]:
        """Every source used so far with its number."""
        return self._numbers

    # --- tables ---------------------------------------------------------------------------------

    @cached_property
    def account(self) -> Account:
        """The account of the folder, shared by its pages."""
        return self.book or Account.of(self.package)

    @cached_property
    def corridors(self) -> dict[str, Record]:
        """The page's corridors by id, in the order of their table."""
        table = self.package.corridors
        own = table[table["corridor"].isin(self.legs["corridor"])]
        return {row["corridor"]: row for row in records(own)}

    @cached_property
    def meridian(self) -> float:
        """The longitude round which the page is drawn: of the extent, else of the first leg."""
        if self.package.extent is not None:
            return (self.package.extent[0] + self.package.extent[2]) / 2
        lines = self.legs.geometry.dropna()
        return float(lines.iloc[0].coords[0][0]) if len(lines) else 0.0

    @property
    def main(self) -> list[str]:
        """Ids of the corridors the page is about, context left out."""
        return [name for name, row in self.corridors.items() if row["role"] == "main"]

    def parallel(self, corridor: str) -> bool:
        """True when the corridor's legs are alternatives, not one after the other."""
        return self.account.is_parallel(corridor)

    @cached_property
    def flows(self) -> dict[str, Record]:
        """The page's rows of flows by id, as their table has them."""
        table = self.package.flows
        own = table[table["corridor"].isin(list(self.corridors))] if len(table) else table
        return {row["flow"]: row for row in records(own)}

    def rows(self, corridor: str = "") -> list[Flow]:
        """The page's rows of flows as the account has them, of one corridor or of all."""
        if corridor:
            return self.account.rows_of.get(corridor, [])
        return self._rows

    @cached_property
    def _rows(self) -> list[Flow]:
        return [one for one in self.account.rows if one.corridor in self.corridors]

    @cached_property
    def _ending(self) -> Mapping[str, list[Flow]]:
        """The page's rows of flows by the places that they begin or end at."""
        found: dict[str, list[Flow]] = {}
        for one in self._rows:
            for place in {one.origin, one.destination}:
                found.setdefault(place, []).append(one)
        return found

    def row(self, name: str) -> Answer:
        """A row of flows for itself: its own amount beside what could move."""
        return self.account.by_row[name]

    def answer(self, name: str) -> Answer:
        """The answer that a row is the speaker of, else the row for itself."""
        found = self.account.speaker_of.get(name)
        return found if found is not None and found.flow.id == name else self.row(name)

    @cached_property
    def shown(self) -> frozenset[str]:
        """Ids of the legs of the page."""
        return frozenset(self.legs["leg"])

    @cached_property
    def line_of(self) -> Mapping[str, str]:
        """The line of the page that each leg is part of, by their ids."""
        lines = (x for c in self.corridors for x in self.account.lines(c, self.shown))
        return {leg: line.id for line in lines for leg in line.legs}

    def note(self, one: Flow) -> str:
        """What a reader should know of a row."""
        return text(self.flows[one.id], "note")

    @cached_property
    def _capacities(self) -> dict[str, Record]:
        return {row["capacity"]: row for row in records(self.package.capacities)}

    def capacity(self, name: str) -> Record | None:
        """A row of capacities by id."""
        return self._capacities.get(name)

    @property
    def known(self) -> pd.DataFrame:
        """What else is known, as far as the page tells it."""
        table = self.package.attributes
        return table if self.attributes else table.head(0)

    # --- names ----------------------------------------------------------------------------------

    def name(self, corridor: str) -> str:
        """A corridor's name in the page's language, in English where it has none."""
        return self.named(self.corridors[corridor])

    def named(self, row: Record) -> str:
        """The name of a corridor or place in the page's language, else in English."""
        return str(row.get(f"name_{self.lang}") or row["name_en"])

    @cached_property
    def _place_names(self) -> Mapping[str, str]:
        return {row["place"]: self.named(row) for row in records(self.package.places)}

    def place(self, name: str) -> str:
        """A place's name by its id; an id that no place has is its own name."""
        return self._place_names.get(name, name)

    def route(self, row: Record) -> str:
        """'Origin → Destination', '?' for an end not stated, '' when neither is."""
        ends = [self.place(text(row, c)) for c in ("origin", "destination")]
        joined = " ↔ " if text(row, "direction") == "both_ways" else " → "
        return joined.join(end or "?" for end in ends) if any(ends) else ""

    @cached_property
    def _leg_ends(self) -> Mapping[str, tuple[str, str]]:
        table = self.package.legs
        ends = zip(table["leg"], table["origin"], table["destination"], strict=True)
        return {leg: (origin, destination) for leg, origin, destination in ends}

    def leg(self, name: str) -> str:
        """A leg by the names of its ends: 'A–B'."""
        ends = self._leg_ends.get(name)
        return "–".join(self.place(end) for end in ends) if ends else name

    def line(self, corridor: str, leg: str) -> str:
        """A corridor in words, with its leg if there is one; '' for a corridor of another page."""
        if corridor not in self.corridors:
            return ""
        return f"{self.name(corridor)}, {self.leg(leg)}" if leg else self.name(corridor)

    def where(self, one: Flow) -> str:
        """The line of a row in words: its corridor, and what it says of its way."""
        name, stretch = self.name(one.corridor), self.stretch(one)
        return f"{name}, {stretch}" if stretch else name

    def stretch(self, one: Flow) -> str:
        """What a row says of its way: 'A–B', 'from A', 'to B'; '' if it is the whole corridor."""
        if one.leg:
            return self.leg(one.leg)
        origin, destination = self.place(one.origin), self.place(one.destination)
        if origin and destination:
            return "" if self._whole(one) else f"{origin}–{destination}"
        return f"from {origin}" if origin else f"to {destination}" if destination else ""

    def _whole(self, one: Flow) -> bool:
        """Whether a row runs over every leg of its corridor that was ever built."""
        if self.parallel(one.corridor):
            return False
        row = self.account.by_row.get(one.id)
        steps = row.steps if row is not None and row.flow is one else self.account.way(one)
        used = {step.leg for step in steps}
        return self.account.built.get(one.corridor, frozenset()) <= used

    @cached_property
    def _cargo_names(self) -> Mapping[str, str]:
        table = self.package.commodities
        return dict(zip(table.get("commodity", ()), table.get("name_en", ()), strict=True))

    @cached_property
    def _groups(self) -> Mapping[str, str]:
        table = self.package.commodities
        return dict(zip(table.get("commodity", ()), table.get("group", ()), strict=True))

    @cached_property
    def colours(self) -> dict[str, str]:
        """A colour for each cargo group, in the order of the commodities' table."""
        return style.colours([*self.package.commodities.get("group", ())])

    def colour(self, corridor: str, commodity: str | None) -> str:
        """The colour of a cargo, else of what the corridor carries most often."""
        if self.corridors[corridor]["role"] == "context":
            return style.CONTEXT
        cargo = [one.commodity for one in self.rows(corridor)] if commodity is None else [commodity]
        known = [g for g in (self._groups.get(c, "") for c in cargo) if g in self.colours]
        most = max(set(known), key=lambda g: (known.count(g), g)) if known else ""
        return self.colours.get(most, style.CONTEXT)

    def cargo(self, commodity: str, missing: str = "cargo unknown") -> str:
        """The name of what was moved."""
        return self._cargo_names.get(commodity, commodity) or missing

    # --- words ----------------------------------------------------------------------------------

    def could(self, answer: Answer) -> str:
        """What could move in the row's own period and unit, else the limit; 'unknown' without."""
        if answer.comparison is not None:
            return words.could(self.full(answer), answer.flow.unit, answer.flow.years or 0.0)
        return f"limit {self.limit(answer)}/year" if answer.limit is not None else words.UNKNOWN

    def full(self, answer: Answer) -> tuple[float | None, float | None]:
        """The ends of what could move in the row's period, in its unit."""
        size = units.unit_size(answer.flow.unit)
        found = answer.comparison.full.ends if answer.comparison is not None else (None, None)
        return tuple(None if x is None else x / size for x in found)  # type: ignore[return-value]

    def limit(self, answer: Answer) -> str:
        """The yearly limit in the row's unit: '2,000 kt'."""
        if answer.limit is None:
            return ""
        yearly = answer.limit.yearly / units.unit_size(answer.flow.unit)
        return words.of_unit(words.number(yearly), answer.flow.unit)

    def share(self, answer: Answer) -> str:
        """The share of what could move, with the narrowest leg; else of a limit; '' if unknown."""
        said = words.share(*answer.share)
        if said:
            return said + self.at(answer)
        of_limit = words.share(*answer.limit_share) if answer.comparison is None else ""
        return f"{of_limit} of limit" if of_limit else ""

    def at(self, answer: Answer) -> str:
        """' at A–B': the narrowest leg, where it must be named."""
        named = answer.comparison.at if answer.comparison is not None else ""
        return f" at {self.leg(named)}" if named else ""

    def moved(self, answer: Answer) -> str:
        """What moved, in the speaker's unit."""
        return counted(answer.said, answer.flow.unit)

    @cached_property
    def disputed(self) -> Mapping[str, int]:
        """Ids of the speakers whose question rivals answer with another figure, numbered."""
        own = (a for c in self.corridors for a in self.account.answers_of(c) if a.rivals)
        ordered = sorted(own, key=lambda a: a.flow.at)
        return {a.flow.id: number for number, a in enumerate(ordered)}

    def key(self, name: str) -> str:
        """The superscript of a flow's conflict, '' if it has none."""
        return words.key(self.disputed[name]) if name in self.disputed else ""

    def cites(
        self, answer: Answer, *, capacity: bool = True, limit: bool | None = None
    ) -> tuple[int, ...]:
        """Numbers of the sources of an answer, and of the capacity and limit it is compared with.

        Where nothing is said of it, the limit's only if there is no capacity.
        """
        told: list[str] = []
        if answer.comparison is not None and capacity:
            told += answer.comparison.ceiling.sources
        if answer.limit is not None and (answer.comparison is None if limit is None else limit):
            told.append(answer.limit.source)
        numbers = (*self.told_by(answer), *map(self.number, told))
        return tuple(dict.fromkeys(numbers))

    def told_by(self, answer: Answer) -> tuple[int, ...]:
        """Numbers of the sources of the amount: the speaker's, then its rivals'."""
        told = [answer.flow.source, *(one.source for one in answer.rivals)]
        return tuple(dict.fromkeys(map(self.number, told)))

    def of_sources(self, answer: Answer) -> tuple[int, ...]:
        """Numbers of the sources of what a row is compared with: capacities, else the limit."""
        if answer.comparison is not None:
            return tuple(dict.fromkeys(map(self.number, answer.comparison.ceiling.sources)))
        return (self.number(answer.limit.source),) if answer.limit is not None else ()

    # --- conflicts ------------------------------------------------------------------------------

    def conflicts(self) -> tuple[str, ...]:
        """One sentence for each question that sources answer differently, flows first."""
        package = self.package
        return (
            *(self._conflict(self.answer(name)) for name in self.disputed),
            *self._disagreements(package.capacities, ["leg", "commodity", "kind", "per"], "kind"),
            *self._disagreements(self.known, ["leg", "vessel", "property"], "property"),
        )

    def _disagreements(self, table: pd.DataFrame, question: list[str], what: str) -> list[str]:
        """Rows of the page's corridors that are ranked against each other and do not agree."""
        said: list[str] = []
        own = table[table["corridor"].isin(list(self.corridors))] if len(table) else table
        own = own.assign(unit_kind=own["unit"].map(units.unit_kind)) if len(own) else own
        keys = ["corridor", "unit_kind", *question]
        many = own[own.duplicated(keys, keep=False)] if len(own) else own
        for _, group in many.groupby(keys, sort=False) if len(many) else ():
            told: dict[str, Record] = {}
            for row in records(group.sort_values("rank", kind="stable")):
                told.setdefault(_statement(row), row)
            if group["rank"].nunique() < 2 or len(told) < 2:
                continue
            first = next(iter(told.values()))
            cargo = self.cargo(text(first, "commodity"), "")
            about = [self.name(first["corridor"]), *_subject(first, what, cargo)]
            answers = (f"{t} ({r['basis']}) [{self.number(r['source'])}]" for t, r in told.items())
            said.append(f"{', '.join(about)}: {' against '.join(answers)}")
        return said

    def _conflict(self, answer: Answer) -> str:
        told = [
            f"{words.quantity(self.flows[one.id])} ({one.basis}) [{self.number(one.source)}]"
            for one in (answer.flow, *answer.rivals)
        ]
        one = answer.flow
        about = f"{self.where(one)}, {self.cargo(one.commodity)}, {period(one)}"
        return f"{self.key(one.id)} {about}: {' against '.join(told)}"

    # --- claims ---------------------------------------------------------------------------------

    def claim(self, one: Flow, *, drawn: bool = False) -> Claim:
        """A flow as a claim."""
        return Claim(
            figure=words.quantity(self.flows[one.id]),
            what=self.cargo(one.commodity),
            period=period(one),
            basis=one.basis,
            source=self.number(one.source),
            share=self.share(self.row(one.id)),
            note=self.note(one),
            drawn=drawn,
            id=one.id,
            standing=self._standing(one),
        )

    def _standing(self, one: Flow) -> str:
        """'first of 2 answers' where sources answer one question differently, else ''."""
        answer = self.account.speaker_of.get(one.id)
        if answer is None or not answer.rivals:
            return ""
        ranked = [answer.flow.id, *(other.id for other in answer.rivals)]
        at = ranked.index(one.id)
        place = ORDINALS[at] if at < len(ORDINALS) else f"{at + 1}th"
        return f"{place} of {len(ranked)} answers"

    def capacity_claim(self, row: Record) -> Claim:
        """A capacity as a claim."""
        return Claim(
            figure=words.quantity(row) + (f" per {row['per']}" if row["per"] else ""),
            what=self.cargo(text(row, "commodity"), "any cargo"),
            period=str(row["kind"]),
            basis=str(row.get("basis") or "reported"),
            source=self.number(row["source"]),
            note=text(row, "note"),
            group="capacity",
        )

    def attribute_claim(self, row: Record) -> Claim:
        """An attribute as a claim: its figure, or its text where it has none."""
        known = any(pd.notna(row[c]) for c in FIGURES)
        figure, about = (words.quantity(row) if known else str(row["text"])), str(row["text"])
        dated: bool = pd.notna(row["period_start"]) or pd.notna(row["period_end"])
        return Claim(
            figure=figure,
            what=str(row["property"]).replace("_", " "),
            period=words.period(row["period_start"], row["period_end"]) if dated else "",
            basis=str(row["basis"]),
            source=self.number(row["source"]),
            note="; ".join(t for t in (about if about != figure else "", text(row, "note")) if t),
            group="attribute",
        )

    def claims(self, corridor: str, legs: Sequence[str], drawn: str = "") -> tuple[Claim, ...]:
        """Every figure that runs over some legs: the drawn first, then by rank and time."""
        over = set(legs)
        own = [
            one
            for one in self.rows(corridor)
            if over & {step.leg for step in self.row(one.id).steps}
            or not (self.row(one.id).steps or self.parallel(corridor))
        ]
        own.sort(key=lambda one: (one.id != drawn, one.rank, str(one.start or ""), one.at))
        leg = None if not self.parallel(corridor) else legs[0] if legs else ""
        return (
            *(self.claim(one, drawn=one.id == drawn) for one in own),
            *map(self.capacity_claim, _of_leg(self._capacities_of.get(corridor, []), leg)),
            *map(self.attribute_claim, _of_leg(self._known_of.get(corridor, []), leg)),
        )

    @cached_property
    def _capacities_of(self) -> Mapping[str, list[Record]]:
        return _by_corridor(self.package.capacities)

    @cached_property
    def _known_of(self) -> Mapping[str, list[Record]]:
        return _by_corridor(self.known)

    @cached_property
    def _known_at(self) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for row in records(self.known) if "place" in self.known else ():
            found.setdefault(row["place"], []).append(row)
        return found

    def place_claims(self, place: str) -> tuple[Claim, ...]:
        """Every figure that begins, ends or stands at a place."""
        return (
            *map(self.claim, self._ending.get(place, [])),
            *map(self.attribute_claim, self._known_at.get(place, [])),
        )


def source_of(number: int, name: str, record: Record) -> Source:
    """A numbered source of a page; only an address of the web is kept as one."""
    url = str(record.get("URL", ""))
    safe = url if url.lower().startswith(("http://", "https://")) else ""
    return Source(number, name, words.source(record), safe, words.speaker(record))


def event_date(row: Record) -> str:
    """The date of an event in words, as precisely as it is known."""
    precision, date = row.get("date_precision", "day"), row["date"]
    if precision == "year":
        return str(date.year)
    return f"{words.MONTHS[date.month]} {date.year}" if precision == "month" else words.day(date)


def counted(amount: Amount, unit: str) -> str:
    """An amount in words, a single movement without the plural."""
    return words.quantity(dict(zip(FIGURES, amount.numbers, strict=True)), unit=unit)


def period(one: Flow) -> str:
    """The period of a row in words."""
    return words.period(one.start, one.end)


def _statement(row: Record) -> str:
    """What a row states: its figure, else its text."""
    return (
        words.quantity(row)
        if any(pd.notna(row[c]) for c in FIGURES)
        else str(row.get("text") or words.UNKNOWN)
    )


def _subject(row: Record, what: str, cargo: str) -> list[str]:
    if what == "property":
        return [str(row["property"]).replace("_", " ")]
    return [f"capacity a {row['per']}", *([cargo] if cargo and cargo != row["unit"] else [])]


def _by_corridor(table: pd.DataFrame) -> dict[str, list[Record]]:
    """Rows that are about no single place, by rank, under their corridor."""
    found: dict[str, list[Record]] = {}
    for row in records(table.sort_values("rank", kind="stable")) if len(table) else ():
        if not row.get("place"):
            found.setdefault(row["corridor"], []).append(row)
    return found


def _of_leg(rows: Iterable[Record], leg: str | None) -> Iterable[Record]:
    """Rows of a leg, or all where none is asked for."""
    return (row for row in rows if leg is None or row["leg"] == leg)
