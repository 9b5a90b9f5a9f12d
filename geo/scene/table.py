"""The rows of a page's table: every figure that the map and its popups show, in words and numbers.

Flows come first, the fullest of each corridor on top; then what could move, its factors, limits,
what else is known, and the course of each line and place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import shapely

from geo.account import Answer, periods, units, words
from geo.account.rows import known, text
from geo.geometry import measure
from geo.scene import figures, headlines, limits
from geo.scene.facts import Facts, Record, period, records
from geo.scene.model import Claim, LimitChart, Pipe, Place, Row

KINDS = ("moved", "could move", "factor", "limit", "also known", "line", "place")


def flows(facts: Facts) -> Iterator[Row]:
    """Every flow of the page: by corridor, the fullest first, then the latest."""
    at = {c: n for n, c in enumerate(facts.corridors)}
    answers = [facts.row(one.id) for one in facts.rows()]
    ordered = sorted(answers, key=lambda a: (at[a.flow.corridor], *_fullest(a)))
    for answer in ordered:  # sources count from the table down
        facts.number(answer.flow.source)
    drawn, leads = _drawn(facts), headlines.leads(facts)
    return (_flow(facts, answer, drawn, leads) for answer in ordered)


def _fullest(answer: Answer) -> tuple[float, int, int]:
    """Its share, of a capacity or else of a limit, then the later period; unknown comes last."""
    ends = answer.share if answer.comparison is not None else answer.limit_share
    share = next((x for x in reversed(ends) if x is not None), -1.0)
    start = answer.flow.start
    return -share, -(start.toordinal() if start else 0), answer.flow.at


def _drawn(facts: Facts) -> set[str]:
    """Ids of the flows that lines show as the page opens."""
    account = facts.account
    carried = [line.carried for c in facts.main for line in (*account.lines(c), account.total(c))]
    shown = (periods.opening(figures.figures(facts, one)) for one in carried)
    return {name for own in shown for f in own for name in f.flows}


def others(facts: Facts, charts: Sequence[LimitChart]) -> Iterator[Row]:
    """Capacities, factors, limits and attributes of the page's corridors."""
    package = facts.package
    yield from (_capacity(facts, row) for row in _own(facts, package.capacities))
    yield from (_factor(facts, row) for row in _own(facts, package.factors))
    if charts:
        yield from (_limit(facts, row) for row in records(package.limits))
    yield from (_attribute(facts, row) for row in _own(facts, facts.known))


def courses(
    facts: Facts, charts: Sequence[LimitChart], pipes: Sequence[Pipe], places: Sequence[Place]
) -> Iterator[Row]:
    """What stands at the page's places, conversions, then the course of each line and place."""
    yield from (_attribute(facts, row) for row in _at(facts, charts, places))
    yield from map(_line, sorted(pipes, key=lambda p: p.context))
    named = {place.id: facts.place(place.id) for place in places}
    yield from (_place(p, named[p.id]) for p in sorted(places, key=lambda p: named[p.id]))


def _own(facts: Facts, table: pd.DataFrame) -> Iterable[Record]:
    """Rows of the page's corridors, in the order of these, then by rank."""
    if table.empty:
        return []
    at = {c: n for n, c in enumerate(facts.corridors)}
    own = table[table["corridor"].isin(list(at))].assign(at=lambda t: t["corridor"].map(at))
    keys = [c for c in ("at", "rank") if c in own]
    return records(own.sort_values(keys, kind="stable"))


def _at(facts: Facts, charts: Sequence[LimitChart], places: Sequence[Place]) -> Iterable[Record]:
    """Attributes that no corridor of the page has: those of its places, and conversions."""
    table = facts.package.attributes
    if table.empty:
        return []
    used = {
        row["attribute"]
        for chart in charts
        for row in limits.conversion_rows(facts, units.unit_kind(chart.unit), chart.other_units)
    }
    wanted = table["attribute"].isin(used)
    if "place" in table and facts.attributes:
        wanted |= table["place"].isin([p.id for p in places])
    return records(table[wanted & ~table["corridor"].isin(list(facts.corridors))])


# --- one row ------------------------------------------------------------------------------------


def _flow(facts: Facts, answer: Answer, drawn: set[str], leads: set[str]) -> Row:
    one, row = answer.flow, facts.flows[answer.flow.id]
    size = one.base.size
    return Row(
        id=one.id,
        **_where(facts, answer),
        corridor=facts.where(one),
        period=period(one),
        what=facts.cargo(one.commodity),
        moved=words.quantity(row),
        could=facts.could(answer),
        share=facts.share(answer),
        basis=one.basis,
        source=facts.number(one.source),
        route=facts.route(row),
        note=facts.note(one),
        drawn=one.id in drawn,
        lead=one.id in leads,
        apart=not _comparable(facts, answer),
        conflict=one.id in facts.disputed,
        key=facts.key(one.id),
        start=str(one.start or ""),
        end=str(one.end or ""),
        base=size,
        base_unit=one.kind,
        **_amounts(row),
        **_compared(facts, answer),
        **(_key(facts, one.id) if one.id in leads else {}),
    )


def _comparable(facts: Facts, answer: Answer) -> bool:
    """Whether any capacity could be held against a row."""
    one = answer.flow
    whole = facts.parallel(one.corridor) and not one.leg
    return one.speaks and bool(answer.steps or whole)


def _capacity(facts: Facts, row: Record) -> Row:
    made = _from_claim(facts, row, facts.capacity_claim(row), row["capacity"])
    dated = pd.notna(row.get("valid_from")) or pd.notna(row.get("valid_to"))
    when = words.period(row.get("valid_from"), row.get("valid_to")) if dated else ""
    per, kind = row["per"], units.unit_kind(row["unit"])
    yearly = units.PER_YEAR.get(per)
    base = units.convert(_best(row), row["unit"], kind) * (yearly or 1.0)
    return replace(
        made,
        kind="could move",
        period=when,
        route=f"{row['kind']} capacity",
        unit=f"{row['unit']}/{per}" if per else row["unit"],
        base=known(base),
        base_unit=f"{kind}/year" if yearly else f"{kind}/{per}",
        **_span(row, "valid_from", "valid_to"),
        **_amounts(row, unit=False),
    )


def _attribute(facts: Facts, row: Record) -> Row:
    claim = facts.attribute_claim(row)
    made = _from_claim(facts, row, claim, row["attribute"])
    place = facts.place(row["place"]) if row.get("place") else ""
    text = str(row["text"])
    return replace(
        made,
        kind="also known",
        period=claim.period,
        what=claim.what,
        route="; ".join(t for t in (place, text if text != claim.figure else "") if t),
        note=str(row["note"]),
        base=known(_best(row)),
        base_unit=row["unit"],
        **_span(row, "period_start", "period_end"),
        **_amounts(row),
    )


def _from_claim(facts: Facts, row: Record, claim: Claim, name: str) -> Row:
    return Row(
        id=name,
        **_line_of(facts, row),
        corridor=facts.line(text(row, "corridor"), text(row, "leg")),
        period=claim.period,
        what=claim.what,
        moved=claim.figure,
        could="",
        share="",
        basis=claim.basis,
        source=claim.source,
        note=claim.note,
    )


def _factor(facts: Facts, row: Record) -> Row:
    value, low, high = _bounds(row)
    capacity = facts.capacity(text(row, "capacity"))
    return Row(
        id=row["factor"],
        **_line_of(facts, row),
        corridor=facts.name(row["corridor"]),
        period="",
        what=str(row["name"]),
        moved=factor_words(row),
        could="",
        share="",
        basis="",
        source=facts.number(row["source"]),
        route=f"factor of {words.quantity(capacity)}/{capacity['per']}" if capacity else "",
        note=str(row["note"]),
        kind="factor",
        quantity=value,
        quantity_low=low,
        quantity_high=high,
        unit=str(row["unit"]),
        base=value if value is not None else low,
        base_unit=str(row["unit"]),
    )


def _bounds(row: Record) -> tuple[float | None, float | None, float | None]:
    return known(row["value"]), known(row["low"]), known(row["high"])


def factor_words(row: Record) -> str:
    """'65 wagons (up to 71)', '3–6 ships'."""
    (value, low, high), unit = _bounds(row), str(row["unit"])
    stated = {"quantity": value, "quantity_low": low, "quantity_high": high, "unit": unit}
    if value is None or (low is None and high is None):
        return words.quantity(stated)
    if low is not None and high is not None:
        bounds = f"{words.number(low)}–{words.number(high)}"
    else:
        bounds = f"from {words.number(low)}" if low is not None else f"up to {words.number(high)}"  # type: ignore[arg-type]
    return f"{words.quantity({'quantity': value, 'unit': unit})} ({bounds})"


def _limit(facts: Facts, row: Record) -> Row:
    kind = units.unit_kind(row["unit"])
    base = units.convert(row["quantity"], row["unit"], kind) * units.PER_YEAR.get(row["per"], 1.0)
    return Row(
        id=row["limit"],
        pipe="",
        corridor="",
        period=words.period(row["valid_from"], row["valid_to"]),
        what=facts.cargo(text(row, "commodity")),
        moved=f"{words.quantity(row)} per {row['per']}",
        could="",
        share="",
        basis="",
        source=facts.number(row["source"]),
        note=str(row["note"]),
        kind="limit",
        quantity=known(row["quantity"]),
        unit=f"{row['unit']}/{row['per']}",
        base=known(base),
        base_unit=f"{kind}/year",
        **_span(row, "valid_from", "valid_to"),
    )


def _line(pipe: Pipe) -> Row:
    each = [measure.line_km(shapely.LineString(p)) for p in pipe.parts if len(p) > 1]
    length_km = math.fsum(each) if each else math.nan
    return Row(
        id=f"line-{pipe.id}",
        pipe=pipe.id,
        corridor=pipe.corridor_title,
        period="",
        what=pipe.title,
        moved=pipe.length.rsplit(", ", 1)[0],
        could="",
        share="",
        basis=pipe.geometry_basis,
        source=pipe.sources[0] if pipe.sources else 0,
        route=f"course, {pipe.status}",
        note=pipe.note,
        kind="line",
        quantity=known(round(length_km, 3)),
        unit="km",
        base=known(length_km),
        base_unit="km",
    )


def _place(place: Place, name: str) -> Row:
    within = f" (± {words.number(place.accuracy_m)} m)" if place.accuracy_m else ""
    return Row(
        id=f"place-{place.id}",
        pipe="",
        corridor="",
        period="",
        what=name,
        moved=f"{place.lat:.4f}°, {place.lon:.4f}°{within}",
        could="",
        share="",
        basis="",
        source=place.source,
        route=place.kind,
        note=place.note,
        kind="place",
    )


# --- parts of a row -----------------------------------------------------------------------------


def _where(facts: Facts, answer: Answer) -> dict[str, Any]:
    """The lines a flow runs over; astray, of its corridor alone, if it has none."""
    lines = {facts.line_of[s.leg]: None for s in answer.steps if s.leg in facts.line_of}
    if not lines:
        return {"pipe": answer.flow.corridor, "astray": True}
    alone = len(lines) == 1 and facts.parallel(answer.flow.corridor)
    return {"pipe": next(iter(lines)) if alone else answer.flow.corridor, "lines": tuple(lines)}


def _line_of(facts: Facts, row: Record) -> dict[str, Any]:
    """The line of another row: its leg where legs are alternatives, else its corridor."""
    corridor, leg = text(row, "corridor"), text(row, "leg")
    if corridor not in facts.corridors:
        return {"pipe": ""}
    if not facts.parallel(corridor):
        return {"pipe": corridor}
    return {"pipe": leg or corridor, "astray": not leg}


def _best(row: Record) -> float:
    known = [row[c] for c in ("quantity", "quantity_low", "quantity_high") if pd.notna(row[c])]
    return float(known[0]) if known else float("nan")


def _span(row: Record, start: str, end: str) -> dict[str, Any]:
    """First and last day as ISO dates, '' where open or not stated."""
    found = {"start": row.get(start), "end": row.get(end)}
    return {k: "" if v is None or pd.isna(v) else str(v.date()) for k, v in found.items()}


def _amounts(row: Record, *, unit: bool = True) -> dict[str, Any]:
    """The figure with its bounds, and its unit unless that is told elsewhere."""
    found = {c: known(row[c]) for c in ("quantity", "quantity_low", "quantity_high")}
    return found | ({"unit": row["unit"]} if unit else {})


def _key(facts: Facts, name: str) -> dict[str, Any]:
    """What key figures say of a row that speaks: its answer, not the row alone."""
    answer = facts.answer(name)
    return {
        "key_moved": facts.moved(answer),
        "key_share": facts.share(answer),
        "sources": facts.cites(answer),
    }


def _compared(facts: Facts, answer: Answer) -> dict[str, Any]:
    """What a flow is compared with, in its own unit, the share of it with its bounds, its sources.

    Without a capacity that is the limit of the year.
    """
    one, compared = answer.flow, answer.comparison
    size = units.unit_size(one.unit)
    told = facts.of_sources(answer)
    found: dict[str, Any] = {
        "held_sources": told,
        "held_source": told[0] if told else 0,
    }
    if compared is not None:
        ends, per = answer.share, "/year" if one.years == 1 else ""
        found |= {"held": compared.full_size / size, "held_unit": f"{one.unit}{per}"}
    elif answer.limit is not None:
        ends = answer.limit_share
        found |= {"held": answer.limit.yearly / size, "held_unit": f"{one.unit}/year"}
    else:
        return found
    exact = ends[0] if ends[0] == ends[1] else None
    low, high = (None, None) if exact is not None else ends
    return found | {"full": exact, "full_low": low, "full_high": high}
