"""What if: the capacities of a page that are products, with a slider for each factor.

The browser multiplies and words a product as this module does: `geo/web/whatif.js`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from geo.account import Answer, periods, units, words
from geo.account import flows as amounts
from geo.account.rows import text
from geo.errors import GeoError
from geo.folder.package import Package
from geo.scene import figures
from geo.scene.facts import Facts, Record, records
from geo.scene.model import FactorSlider, Figure, Held, Pipe, WhatIf

MIN_STEPS, MAX_STEPS = 50, 1000
ID = re.compile(r"\b[a-z][a-z0-9]*_[a-z0-9_]+\b")  # ids of one word might be words
TABLES = ("flows", "attributes", "limits")


def products(facts: Facts) -> tuple[WhatIf, ...]:
    """Every yearly capacity of the page's corridors that is a product with a factor to move."""
    if not facts.what_if or facts.package.capacities.empty:
        return ()
    table = facts.package.capacities
    own = table[table["corridor"].isin(facts.main) & table["per"].isin(list(units.PER_YEAR))]
    at = own["corridor"].map({name: n for n, name in enumerate(facts.main)})
    ordered = own.assign(at=at).sort_values(["at", "rank"], kind="stable")
    made = ((row, _product(facts.package, row)) for row in records(ordered) if row.get("formula"))
    return tuple(_what_if(facts, row, found) for row, found in made if found is not None)


def set_to(product: WhatIf, values: Mapping[str, float]) -> float:
    """The product in its own unit, with some factors set by id."""
    chosen = [values.get(factor.id, factor.value) for factor in product.factors]
    factors = [_plain(factor) for factor in product.factors]
    return amounts.multiply(product.constant, factors, chosen)


def sentence(product: WhatIf, values: Mapping[str, float], *, when: str = "") -> str:
    """The product in words with some factors set by id, and what moved as a share of it.

    `when` words the period asked about, for a product that nothing is held against.
    """
    result = set_to(product, values)
    said = "".join(
        _sign(factor, n) + _said(factor, values.get(factor.id, factor.value))
        for n, factor in enumerate(product.factors)
    )
    unknown = any(not f.known and f.id not in values for f in product.factors)
    could = f"{'at least ' if unknown else ''}{words.rounded(result)} {product.unit}"
    against = _against(product, result * product.per_year, when, at_least=unknown)
    return f"{said}{product.tail} = {could} a {product.per} could move; {against}."


def during(product: WhatIf, pipes: Iterable[Pipe], start: str, end: str) -> tuple[WhatIf, str]:
    """The product compared with what its line shows from `start` to `end`, and that in words.

    Of the figures of its corridor, or of its line, only those in the product's kind of unit count.
    `geo/web/whatif.js` does the same when the clock moves.
    """
    like = tuple(f for f in line_figures(product, pipes) if f.kind == product.kind)
    cores = periods.state(like, start=start, end=end).cores
    held = _held_now(cores[0], drawn=product.held is not None) if cores else None
    return replace(product, held=held), when(start, end)


def line_figures(product: WhatIf, pipes: Iterable[Pipe]) -> list[Figure]:
    """The figures of a product's line, each once: of its leg, else of its corridor."""
    near = [p for p in pipes if product.line in (p.id, p.corridor, *p.legs)]
    own = [p for p in near if product.line in (p.id, *p.legs)] or near
    return list({f.id: f for p in own for f in p.figures}.values())


def _held_now(figure: Figure, *, drawn: bool) -> Held:
    """A figure of the line as what the product is compared with."""
    low, high = (None if x is None else x / figure.years for x in periods.amount_ends(figure))
    exact = low if low == high else None
    return Held(
        said=_said_held(figure.moved, when(figure.start, figure.end, figure.period)),
        of=_of(figure.years),
        rate=exact,
        low=None if exact is not None else low,
        high=None if exact is not None else high,
        cites=" ".join(f"[{n}]" for n in figure.told_by or (figure.source,)),
        drawn=drawn,
    )


def _against(product: WhatIf, yearly: float, when: str, *, at_least: bool) -> str:
    held = product.held
    if held is None:
        return f"{f'what moved {when}'.strip()} is not known in {product.kind}"
    ends = (held.low, held.high) if held.rate is None else (held.rate, held.rate)
    low, high = (None if x is None or not yearly else x / yearly for x in ends)
    share = words.share(None if at_least else low, high)
    return f"{held.said}{share or words.UNKNOWN} of {held.of}"


def _sign(factor: FactorSlider, at: int) -> str:
    if not at:
        return "÷ " if factor.divides else ""
    return " ÷ " if factor.divides else " × "


def _said(factor: FactorSlider, value: float) -> str:
    return words.number(value) + (factor.one if value == 1 else factor.many)


def _plain(factor: FactorSlider) -> amounts.Factor:
    low, high = factor.low, factor.high
    return amounts.Factor(
        factor.id, factor.value, low, high, factor.unit, factor.known, factor.divides
    )


# --- from the tables -----------------------------------------------------------------------------


def _product(package: Package, row: Record) -> amounts.Product | None:
    """The capacity as a product; None where it is none, is unknown or has nothing to move."""
    try:
        found = amounts.what_if(
            row["capacity"],
            capacities=package.capacities,
            factors=package.factors,
            others=[getattr(package, name) for name in TABLES],
        )
    except GeoError:
        return None
    moves = any(f.low < f.high for f in found.factors)
    return found if moves and math.isfinite(found.value) else None


def _what_if(facts: Facts, row: Record, found: amounts.Product) -> WhatIf:
    factors = tuple(_slider(facts, factor) for factor in found.factors)
    kind, corridor = units.unit_kind(found.unit), str(row["corridor"])
    answer, drawn = _flow(facts, row, kind)
    cargo = facts.cargo(text(row, "commodity"), "any cargo")
    made = WhatIf(
        id=found.capacity,
        corridor=corridor,
        line=row["leg"] if facts.parallel(corridor) and row["leg"] else corridor,
        title=f"{facts.name(corridor)}: {cargo}",
        factors_title=" × ".join(factor.words for factor in factors),
        unit=found.unit,
        per=found.per,
        kind=kind,
        per_year=units.convert(1.0, found.unit, kind) * units.PER_YEAR[found.per],
        constant=found.constant,
        factors=factors,
        tail=_tail(str(row["formula"]), found.unit),
        allowed=_range(words.rounded, found.low, found.high, f"{found.unit} a {found.per}"),
        published=_published(facts, answer) if answer is not None and drawn else "",
        held=_held(facts, answer, drawn=drawn) if answer is not None else None,
        sentence="",
        cites=_cite(facts, [row["source"]]),
        note=_numbered(facts, str(row["note"])),
    )
    return replace(made, sentence=sentence(made, {}))


def _range(say: Callable[[float], str], low: float, high: float, unit: str) -> str:
    """'2–3 Mt a year', '2 Mt a year' where both are one, 'at least 2 Mt a year'."""
    if math.isnan(high):
        return f"at least {say(low)} {unit}".strip()
    ends = list(dict.fromkeys([say(low), say(high)]))
    return f"{'–'.join(ends)} {unit}".strip()


def _tail(formula: str, unit: str) -> str:
    """The numbers of a formula as ' × 365 ÷ 2', without the one that turns t into kt or Mt."""
    size = units.convert(1.0, unit, units.unit_kind(unit))
    numbers = [term for term in amounts.product_terms(formula) if not term.name]
    said = [term for term in numbers if size == 1 or not _scales(term, size)]
    return "".join(f" {'÷' if t.divides else '×'} {words.number(t.number)}" for t in said)


def _scales(term: amounts.Term, size: float) -> bool:
    return math.isclose(term.number, size if term.divides else 1 / size, rel_tol=1e-12)


# --- factors -------------------------------------------------------------------------------------


def _slider(facts: Facts, factor: amounts.Factor) -> FactorSlider:
    row, name, sources = _told(facts, factor.name)
    high = factor.value if math.isnan(factor.high) else factor.high
    one, many = _suffixes(name, factor.unit)
    return FactorSlider(
        id=factor.name,
        words=name,
        figure=_figure(factor.value, factor.unit),
        value=factor.value,
        low=factor.low,
        high=high,
        step=step(factor.low, factor.value, high),
        unit=factor.unit,
        unit_one=words.singular(factor.unit),
        allowed=_range(words.number, factor.low, factor.high, factor.unit),
        cites=_cite(facts, sources),
        one=one,
        many=many,
        note=_numbered(facts, str(row.get("note", ""))),
        known=factor.known,
        divides=factor.divides,
    )


def _told(facts: Facts, name: str) -> tuple[Record, str, list[str]]:
    """The row of a factor, what it is in words, and the sources that give its bounds."""
    package = facts.package
    tables = [package.factors, package.capacities, *(getattr(package, t) for t in TABLES)]
    for table in tables:
        own = table[table.iloc[:, 0] == name] if len(table) else table
        for row in records(own):
            rivals = amounts.answers(row, table) if table is package.capacities else own
            keeper = f"{row['note']} {row.get('working', '')}"  # names the sources of the bounds
            said = _ids(facts, keeper) if table is package.factors else []
            return row, _name(facts, row), [*rivals["source"], *said]
    raise GeoError(f"no table holds {name}")


def _name(facts: Facts, row: Record) -> str:
    if "name" in row:
        return str(row["name"])
    if "property" in row:
        return str(row["text"] or row["property"]).replace("_", " ")
    cargo = facts.cargo(text(row, "commodity"), "cargo")
    return f"{cargo} a {row['per']}" if row.get("per") else cargo


def _suffixes(name: str, unit: str) -> tuple[str, str]:
    """What follows the figure 1 and any other: ' train a day', ' trains a day'; ' t (load)'."""
    counted = unit.split("/")[0]
    if counted and re.search(rf"\b{re.escape(counted)}\b", name):
        return f" {name.replace(counted, words.singular(counted), 1)}", f" {name}"
    text = f" {counted} ({name})" if counted else f" ({name})"
    return text, text


def _figure(value: float, unit: str) -> str:
    return f"{words.number(value)} {words.singular(unit) if value == 1 else unit}".strip()


def step(low: float, value: float, high: float) -> float | None:
    """The step of a slider: the largest of 1, 2, 5 × 10^n that meets all three in 50 steps or more.

    Never finer than the figures are given; None, any value, where that takes over 1,000 steps.
    """
    ends = [Decimal(repr(x)) for x in (low, value, high)]
    power = min(int(end.normalize().as_tuple().exponent) for end in ends)
    finest, span = Decimal(1).scaleb(min(power, 0)), ends[2] - ends[0]
    coarser = [
        Decimal(n).scaleb(p)
        for p in range(min(power, 0), ends[2].adjusted() + 1)
        for n in (1, 2, 5)
    ]
    fits = [s for s in coarser if not any((end - ends[0]) % s for end in ends)]
    chosen = max([s for s in fits if span / s >= MIN_STEPS], default=finest)
    return None if span / chosen > MAX_STEPS else float(chosen)


# --- what moved ----------------------------------------------------------------------------------


def _flow(facts: Facts, row: Record, kind: str) -> tuple[Answer | None, bool]:
    """The answer a product is compared with, and whether the map draws it: in like units only."""
    corridor, leg = text(row, "corridor"), text(row, "leg")
    every = figures.corridor_figures(facts, corridor)
    own = [f for f in every if not leg or facts.answer(f.id).flow.leg == leg]
    peak = periods.peak(own)
    if peak is not None and peak.kind == kind:
        found = facts.answer(peak.id)
        return found, bool(found.steps)
    like = periods.peak([f for f in own if f.kind == kind])
    return (None, False) if like is None else (facts.answer(like.id), False)


def _held(facts: Facts, answer: Answer, *, drawn: bool) -> Held:
    one = answer.flow
    low, high = (None if x is None else x / (one.years or 1.0) for x in answer.amount.ends)
    exact = low if low == high else None
    sources = [one.source, *(rival.source for rival in answer.rivals)]
    return Held(
        said=_said_held(facts.moved(answer), when(str(one.start), str(one.end))),
        of=_of(one.years or 0.0),
        rate=exact,
        low=None if exact is not None else low,
        high=None if exact is not None else high,
        cites=_cite(facts, sources),
        drawn=drawn,
    )


def _said_held(moved: str, when: str) -> str:
    if moved.startswith(("at least ", "at most ")):
        return f"{moved} moved {when}, which would be "
    return f"the {moved} that moved {when} would be "


def _of(years: float) -> str:
    return "it" if years == 1 else "it for that time"


def when(start: str, end: str, told: str = "") -> str:
    """'in' a year, quarter or month, `told` if that has a name; 'between' two days (ISO dates)."""
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if first.day == 1 and (last + pd.Timedelta(days=1)).day == 1:
        return f"in {told or words.period(first, last)}"
    return f"between {words.day(first)} and {words.day(last)}"


def _published(facts: Facts, answer: Answer) -> str:
    return facts.could(answer) if answer.comparison is not None else ""


# --- sources -------------------------------------------------------------------------------------


def _cite(facts: Facts, sources: Iterable[str]) -> str:
    return " ".join(f"[{facts.number(source)}]" for source in dict.fromkeys(sources))


def _ids(facts: Facts, note: str) -> list[str]:
    """Ids of sources that a remark names."""
    known = {str(record["id"]) for record in facts.package.sources}
    return [found for found in ID.findall(note) if found in known]


def _numbered(facts: Facts, note: str) -> str:
    """A remark with the ids of sources as their numbers on the page."""
    for name in _ids(facts, note):
        note = re.sub(rf"\b{name}\b", _cite(facts, [name]), note)
    return note
