"""What the account of a folder gives words for: amounts, shares and texts, with their rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain, groupby
from typing import Any

import pandas as pd

from geo.account import Answer, periods, words
from geo.account.values import Figure
from geo.folder.package import Package
from geo.geometry import measure
from geo.scene import axis, figures, lengths, products
from geo.scene.facts import Facts, records
from geo.scene.model import WhatIf
from geo.scene.table import factor_words

WORDED = re.compile(r"(?=.*\d)(?=.*[^\W\d])", re.DOTALL)  # a bare number is no text
LONGEST_RUN = 60  # figures of one series that are tried as a sum
TEXTS = {"note", "working", "text", "title", "name", "description"}  # and every name_…


@dataclass(frozen=True)
class Length:
    """A length in km, of a leg or a line, with the rows it comes from and how."""

    km: float
    rows: tuple[str, ...]
    leg: str
    how: str


@dataclass(frozen=True)
class Entry:
    """One text of the account, the rows it is of, how it comes from them, and their sources."""

    text: str
    rows: tuple[str, ...]
    how: str
    sources: frozenset[str]


@dataclass
class Ledger:
    """Every text that a figure of the folder may bear, and every text its tables hold."""

    amounts: dict[str, list[Entry]] = field(default_factory=dict)
    shares: dict[str, list[Entry]] = field(default_factory=dict)
    texts: dict[str, Entry] = field(default_factory=dict)
    lengths_km: list[Length] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)  # text of a source → its id
    of_row: dict[str, frozenset[str]] = field(default_factory=dict)  # row → sources it may cite

    @classmethod
    def of(cls, package: Package) -> Ledger:
        """The ledger of a checked data folder."""
        made = cls()
        facts = Facts(package, package.legs)
        told = (_flows(facts), _sums(facts), _charted(facts), _rows(package), _what_ifs(facts))
        for entry in chain.from_iterable(told):
            made._add(entry)
        for text, entry in (*_sentences(facts), *_texts(package)):
            made.texts.setdefault(text, entry)
        own, stated = list(_lengths(package)), list(_stated_lengths(package))
        lines = (x for found in (own, stated) for x in _of_lines(facts, found))
        made.lengths_km = [*own, *stated, *lines]
        made.sources = {words.source(record): str(record["id"]) for record in package.sources}
        return made

    @cached_property
    def by_length(self) -> list[tuple[str, Entry]]:
        """Texts that hold a digit, the longest first: what lies inside another is part of it."""
        own = [(t, e) for t, e in self.texts.items() if WORDED.search(t)]
        return sorted(own, key=lambda pair: -len(pair[0]))

    @cached_property
    def units(self) -> list[str]:
        """Every unit that follows a number in the ledger, the longest first."""
        found = (re.sub(r"^(?:limit |at least |at most )?[\d.,–e-]+ ", "", t) for t in self.amounts)
        return sorted({u for u in found if u and not u[0].isdigit() and len(u) < 40}, key=len)[::-1]

    def _add(self, entry: Entry) -> None:
        table = self.shares if "%" in entry.text else self.amounts
        table.setdefault(entry.text, []).append(entry)
        for row in entry.rows:
            self.of_row[row] = self.of_row.get(row, frozenset()) | entry.sources


# --- flows and what they are compared with ------------------------------------------------------


def _flows(facts: Facts) -> Iterator[Entry]:
    account = facts.account
    for answer in (*account.by_row.values(), *account.answers):
        rows = (answer.flow.id, *(one.id for one in answer.rivals))
        told = frozenset((answer.flow.source, *(one.source for one in answer.rivals)))
        how = f"range of {len(rows)} rows whose sources differ" if answer.rivals else "as stated"
        yield Entry(facts.moved(answer), rows, how, told)
        yield Entry(
            words.quantity(facts.flows.get(answer.flow.id, {})), rows[:1], "as stated", told
        )
        yield from _compared(facts, answer, rows, told)


def _compared(
    facts: Facts, answer: Answer, rows: tuple[str, ...], told: frozenset[str]
) -> Iterator[Entry]:
    held = answer.comparison
    if held is not None:
        of = frozenset(held.ceiling.sources)
        years = words.number(answer.flow.years or 0.0)
        how = f"{' and '.join(held.ceiling.rows)} × {years} years of {answer.flow.id}"
        yield Entry(facts.could(answer), (*rows, *held.ceiling.rows), how, told | of)
        share = words.share(*answer.share)
        if share:
            yield Entry(share, rows, f"{facts.moved(answer)} ÷ {facts.could(answer)}", told | of)
    if answer.limit is not None:
        of = frozenset((answer.limit.source,))
        named = (*rows, answer.limit.id)
        yield Entry(facts.limit(answer), named, f"limit {answer.limit.id}", told | of)
        yield Entry(f"{facts.limit(answer)}/year", named, f"limit {answer.limit.id}", told | of)
        share = words.share(*answer.limit_share)
        if share:
            how = f"{facts.moved(answer)} ÷ the limit {facts.limit(answer)}"
            yield Entry(share, rows, how, told | of)


def _sums(facts: Facts) -> Iterator[Entry]:
    """Sums of figures of one series that follow each other, over each line and corridor."""
    for corridor in facts.corridors:
        account = facts.account
        for line in (*account.lines(corridor), account.total(corridor)):
            found = figures.figures(facts, line.carried)
            names = _numbers(facts)
            for made in _added(f for f in found if f.rate is not None):
                told = frozenset(names[n] for n in made.cites if n in names)
                how = f"sum of {made.added} figures that follow each other"
                for text in (made.moved, made.could, made.share):
                    if text:
                        yield Entry(text, made.flows, how, told)


def _charted(facts: Facts) -> Iterator[Entry]:
    """What the figures of a chart stand against, over any time."""
    for corridor in facts.corridors:
        for bound in axis.bounds(facts, corridor, date(1, 1, 1), date(9000, 1, 1)):
            for text in {bound.word, *re.split("could move: |limit ", bound.word)} - {""}:
                yield Entry(text, (), f"what {corridor} could move at that time", frozenset())


def _added(found: Iterable[Figure]) -> Iterator[Figure]:
    def series(f: Figure) -> tuple[object, ...]:
        return f.series, f.direction, f.rank, f.kind

    ordered = sorted(found, key=lambda f: (*map(str, series(f)), f.start, f.end, f.id))
    for _, group in groupby(ordered, series):
        for run in periods.runs([f for f in group if periods.is_addable(f)]):
            kept = run[:LONGEST_RUN]
            for first in range(len(kept)):
                for last in range(first + 2, len(kept) + 1):
                    yield periods.added(kept[first:last])


# --- other tables -------------------------------------------------------------------------------

TABLES = {
    "flows": "flow",
    "capacities": "capacity",
    "limits": "limit",
    "attributes": "attribute",
    "factors": "factor",
}


def _rows(package: Package) -> Iterator[Entry]:
    for table, key in TABLES.items():
        for row in records(getattr(package, table)):
            name, told = str(row[key]), frozenset((str(row.get("source", "")),))
            for text in _stated(row):
                yield Entry(text, (name,), f"as stated in {table}", told)


def _stated(row: Mapping[str, Any]) -> Iterator[str]:
    """The figure of a row in words, alone and per its time; each of its numbers."""
    columns = ("quantity", "quantity_low", "quantity_high", "value", "low", "high")
    unit, per = words.plain(str(row.get("unit", ""))), str(row.get("per") or "")
    for name in columns:
        value = row.get(name)
        if value is not None and pd.notna(value):
            yield f"{words.number(float(value))} {unit}".strip()
    low, high = row.get("low"), row.get("high")
    if low is not None and high is not None and pd.notna(low) and pd.notna(high):
        yield f"{words.number(float(low))}–{words.number(float(high))} {unit}"
    whole = words.quantity(row)
    yield whole
    if per:
        yield from (f"{whole}/{per}", f"{whole} per {per}", f"{whole} a {per}")


def _what_ifs(facts: Facts) -> Iterator[Entry]:
    for product in products.products(facts):
        rows = (product.id, *(factor.id for factor in product.factors))
        told = frozenset(_named(facts, product))
        yield Entry(product.allowed, rows, "product of the bounds of its factors", told)
        for factor in product.factors:
            for text in (factor.figure, factor.allowed):
                yield Entry(text, (factor.id,), "bounds of the slider", told)


def _sentences(facts: Facts) -> Iterator[tuple[str, Entry]]:
    """What products say of themselves, and factors with their bounds."""
    for product in products.products(facts):
        told = frozenset(_named(facts, product))
        said = products.sentence(product, {})
        yield said, Entry(said, (product.id,), "product of its factors", told)
    verdicts = [str(v) for v in facts.package.claims.get("verdict", ())]
    for verdict in dict.fromkeys(verdicts):
        said = f"{verdicts.count(verdict)} {verdict}"
        yield said, Entry(said, ("claims.csv",), "rows counted", frozenset())
    for row in records(facts.package.factors):
        said = factor_words(row)
        told = frozenset((str(row["source"]),))
        yield said, Entry(said, (str(row["factor"]),), "as stated in factors", told)


def _numbers(facts: Facts) -> dict[int, str]:
    """The sources of a page by their numbers."""
    return {number: source for source, number in facts.numbered.items()}


def _named(facts: Facts, product: WhatIf) -> Iterator[str]:
    numbers = _numbers(facts)
    for factor in product.factors:
        for word in factor.cites.replace("[", " ").replace("]", " ").split():
            if word.isdigit() and int(word) in numbers:
                yield numbers[int(word)]


def _texts(package: Package) -> Iterator[tuple[str, Entry]]:
    """Every text of the folder that holds a digit, as it stands in its table."""
    for name in ("title", "description", "version", "licence"):
        value = str(getattr(package, name) or "")
        yield value, Entry(value, ("datapackage.json",), f"its {name}", frozenset())
    for record in package.sources:
        told = frozenset((str(record["id"]),))
        every = (words.source(record), words.speaker(record), str(record["title"]))
        for value in (*every, str(record.get("URL", ""))):
            yield value, Entry(value, (str(record["id"]),), "as its source is cited", told)
    tables = ("corridors", "commodities", "places", "legs", "events", "vessels", "claims", *TABLES)
    for table in tables:
        frame = getattr(package, table, None)
        if frame is None or not len(frame):
            continue
        for row in records(pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))):
            yield from _of_row(table, row)


def _of_row(table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    name, told = str(next(iter(row.values()))), frozenset((str(row.get("source", "")),))
    for column, value in row.items():
        if not isinstance(value, str) or not any(c.isdigit() for c in value):
            continue
        if column in TEXTS or column.startswith(("name", "claim")) or " " in value:
            yield value, Entry(value, (name,), f"{column} of {table}", told)


def _lengths(package: Package) -> Iterator[Length]:
    known = package.legs[package.legs.geometry.notna()]
    for leg, length in zip(known["leg"], measure.length_km(known), strict=True):
        yield Length(float(length), (str(leg),), str(leg), "measured on the ellipsoid")


def _stated_lengths(package: Package) -> Iterator[Length]:
    """The first length that a source states of each leg."""
    known = lengths.stated(package.attributes).dropna(subset="leg").drop_duplicates("leg")
    for row in records(known):
        yield Length(row["km"], (str(row["attribute"]),), str(row["leg"]), "stated")


def _of_lines(facts: Facts, found: Iterable[Length]) -> Iterator[Length]:
    """Lengths of lines of several legs, where that of each leg is known."""
    known = {one.leg: one for one in found}
    for corridor in facts.corridors:
        for line in facts.account.lines(corridor):
            own = [known[leg] for leg in line.legs if leg in known]
            if len(own) == len(line.legs) > 1:
                rows = tuple(name for one in own for name in one.rows)
                how = f"{own[0].how}, of {len(own)} legs added"
                yield Length(sum(one.km for one in own), rows, line.id, how)
