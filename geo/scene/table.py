"""The rows of a page's table: every figure that the map and its popups show, in words and numbers.

Flows come first, the fullest of each corridor on top; then what could move, its factors, limits,
what else is known, and the course of each line and place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo import flows as amounts
from geo import measure
from geo.scene import limits, words
from geo.scene.facts import Facts, Record, records
from geo.scene.model import Claim, LimitChart, Pipe, Place, Row

KINDS = ("moved", "could move", "factor", "limit", "also known", "line", "place")


def flows(facts: Facts) -> Iterator[Row]:
    """Every flow of the page: by corridor, the fullest first, then the latest."""
    table = facts.flows
    at = {c: n for n, c in enumerate(facts.corridors)}
    held = table["utilisation"].fillna(table["share"])
    table = table.assign(at=table["corridor"].map(at), held=held)
    ordered = table.sort_values(
        ["at", "held", "period_start"], ascending=[True, False, False], kind="stable"
    )
    drawn = {own["flow"] for own in facts.drawn.values()}
    return (_flow(facts, row, drawn) for row in records(ordered))


def others(facts: Facts, charts: Sequence[LimitChart]) -> Iterator[Row]:
    """Capacities, factors, limits and attributes of the page's corridors."""
    package = facts.package
    yield from (_capacity(facts, row) for row in _own(facts, package.capacities))
    yield from (_factor(facts, row) for row in _own(facts, package.factors))
    if charts:
        yield from (_limit(facts, row) for row in records(package.limits))
    yield from (_attribute(facts, row) for row in _own(facts, package.attributes))


def courses(
    facts: Facts, charts: Sequence[LimitChart], pipes: Sequence[Pipe], places: Sequence[Place]
) -> Iterator[Row]:
    """What stands at the page's places, conversions, then the course of each line and place."""
    yield from (_attribute(facts, row) for row in _at(facts, charts, places))
    yield from map(_line, sorted(pipes, key=lambda p: p.context))
    named = {place.id: facts.place(place.id) for place in places}
    yield from (_place(p, named[p.id]) for p in sorted(places, key=lambda p: named[p.id]))


def held(facts: Facts, row: Row) -> Row:
    """The row with the number of the source of what it is held against."""
    moved = row.kind == "moved" and row.id in facts.flows.index
    return replace(row, held_source=facts.held_source(facts.flow(row.id))) if moved else row


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
        for row in limits.conversion_rows(facts, amounts.unit_kind(chart.unit), chart.other_units)
    }
    wanted = table["attribute"].isin(used)
    if "place" in table:
        wanted |= table["place"].isin([p.id for p in places])
    return records(table[wanted & ~table["corridor"].isin(list(facts.corridors))])


# --- one row ------------------------------------------------------------------------------------


def _flow(facts: Facts, row: Record, drawn: set[str]) -> Row:
    return Row(
        id=row["flow"],
        **_where(facts, row),
        corridor=facts.name(row["corridor"]),
        period=words.period(row["period_start"], row["period_end"]),
        what=facts.cargo(row),
        moved=words.quantity(row),
        could=facts.could(row),
        share=facts.share(row),
        basis=row["basis"],
        source=facts.number(row["source"]),
        route=facts.route(row),
        note=row["note"],
        drawn=row["flow"] in drawn,
        lead=row["flow"] in drawn | facts.leads,
        conflict=bool(row["conflicts"] > 0),
        key=facts.key(row),
        base=_known(amounts.convert(row["best"], row["unit"], amounts.unit_kind(row["unit"]))),
        base_unit=amounts.unit_kind(row["unit"]),
        **_span(row, "period_start", "period_end"),
        **_amounts(row),
        **_held(facts, row),
    )


def _capacity(facts: Facts, row: Record) -> Row:
    made = _from_claim(facts, row, facts.capacity_claim(row), row["capacity"])
    dated = pd.notna(row.get("valid_from")) or pd.notna(row.get("valid_to"))
    when = words.period(row.get("valid_from"), row.get("valid_to")) if dated else ""
    per, kind = row["per"], amounts.unit_kind(row["unit"])
    yearly = amounts.PER_YEAR.get(per)
    base = amounts.convert(_best(row), row["unit"], kind) * (yearly or 1.0)
    return replace(
        made,
        kind="could move",
        period=when,
        route=f"{row['kind']} capacity",
        unit=f"{row['unit']}/{per}" if per else row["unit"],
        base=_known(base),
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
        base=_known(_best(row)),
        base_unit=row["unit"],
        **_span(row, "period_start", "period_end"),
        **_amounts(row),
    )


def _from_claim(facts: Facts, row: Record, claim: Claim, name: str) -> Row:
    return Row(
        id=name,
        **_where(facts, row),
        corridor=facts.name(row["corridor"]) if row["corridor"] in facts.corridors else "",
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
    value, low, high = (_known(row[c]) for c in ("value", "low", "high"))
    capacity = facts.capacity(row)
    return Row(
        id=row["factor"],
        **_where(facts, row),
        corridor=facts.name(row["corridor"]),
        period="",
        what=str(row["name"]),
        moved=_factor_words(value, low, high, str(row["unit"])),
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


def _factor_words(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """'65 wagons (up to 71)', '3–6 ships'."""
    stated = {"quantity": value, "quantity_low": low, "quantity_high": high, "unit": unit}
    if value is None or (low is None and high is None):
        return words.quantity(stated)
    if low is not None and high is not None:
        bounds = f"{words.number(low)}–{words.number(high)}"
    else:
        bounds = f"from {words.number(low)}" if low is not None else f"up to {words.number(high)}"  # type: ignore[arg-type]
    return f"{words.quantity({'quantity': value, 'unit': unit})} ({bounds})"


def _limit(facts: Facts, row: Record) -> Row:
    kind = amounts.unit_kind(row["unit"])
    base = amounts.convert(row["quantity"], row["unit"], kind) * amounts.PER_YEAR.get(
        row["per"], 1.0
    )
    return Row(
        id=row["limit"],
        pipe="",
        corridor="",
        period=words.period(row["valid_from"], row["valid_to"]),
        what=facts.cargo(row),
        moved=f"{words.quantity(row)} per {row['per']}",
        could="",
        share="",
        basis="",
        source=facts.number(row["source"]),
        note=str(row["note"]),
        kind="limit",
        quantity=_known(row["quantity"]),
        unit=f"{row['unit']}/{row['per']}",
        base=_known(base),
        base_unit=f"{kind}/year",
        **_span(row, "valid_from", "valid_to"),
    )


def _line(pipe: Pipe) -> Row:
    lines = gpd.GeoSeries([shapely.LineString(p) for p in pipe.parts if len(p) > 1], crs=4326)
    length_km = measure.length_km(gpd.GeoDataFrame(geometry=lines)).sum(min_count=1)
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
        quantity=_known(round(length_km, 3)),
        unit="km",
        base=_known(length_km),
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


def _where(facts: Facts, row: Record) -> dict[str, Any]:
    """The line of a row: its leg where legs are alternatives, else its corridor."""
    corridor, leg = str(row["corridor"]), str(row.get("leg") or "")
    if corridor not in facts.corridors:
        return {"pipe": ""}
    if not facts.parallel(corridor):
        return {"pipe": corridor}
    return {"pipe": leg or corridor, "astray": not leg}


def _known(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _best(row: Record) -> float:
    known = [row[c] for c in ("quantity", "quantity_low", "quantity_high") if pd.notna(row[c])]
    return float(known[0]) if known else float("nan")


def _span(row: Record, start: str, end: str) -> dict[str, Any]:
    """First and last day as ISO dates, '' where open or not stated."""
    found = {"start": row.get(start), "end": row.get(end)}
    return {k: "" if v is None or pd.isna(v) else str(v.date()) for k, v in found.items()}


def _amounts(row: Record, *, unit: bool = True) -> dict[str, Any]:
    """The figure with its bounds, and its unit unless that is told elsewhere."""
    found = {c: _known(row[c]) for c in ("quantity", "quantity_low", "quantity_high")}
    return found | ({"unit": row["unit"]} if unit else {})


def _held(facts: Facts, row: Record) -> dict[str, Any]:
    """What a flow is held against, in that one's own unit, and the share of it with its bounds."""
    capacity = facts.capacity(row)
    if capacity is not None:
        shares = (row[f"utilisation{end}"] for end in ("", "_low", "_high"))
        held = {
            "held": _known(capacity["quantity"]),
            "held_unit": f"{capacity['unit']}/{capacity['per']}",
        }
        return held | dict(zip(("full", "full_low", "full_high"), map(_known, shares), strict=True))
    if not row["limit"]:
        return {}
    of = ("quantity", "quantity_low", "quantity_high")
    first = next((c for c in of if pd.notna(row[c])), "quantity")
    at = {"quantity": "full", "quantity_low": "full_low", "quantity_high": "full_high"}[first]
    return {
        "held": _known(row["limit_quantity"]),
        "held_unit": f"{row['unit']}/year",
        at: _known(row["share"]),
    }
