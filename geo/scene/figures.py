"""The figures of a line through time: flows of one question as values that can be drawn.

A figure keeps the period its source gave. Flows that name the same way and period but different
commodities become one figure with a lane for each; a flow that is part of another one is a lane of
it. Rows of one question that are ranked against each other give one figure, the first-ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import pandas as pd

from geo import flows as amounts
from geo.scene import style, words
from geo.scene.facts import Facts, Record, records
from geo.scene.model import Casing, Figure, Lane

DAY = "%Y-%m-%d"


def figures(facts: Facts, rows: pd.DataFrame, ends: Sequence[str]) -> tuple[Figure, ...]:
    """Figures of a line from its flows, oldest first; `ends` are its places in order."""
    leaders = _leaders(rows)
    parts = _parts(leaders)
    made = [
        _figure(facts, row, ends, parts.get(row["flow"], []))
        for row in records(leaders)
        if pd.notna(row["best"])
    ]
    wholes = {row["flow"]: row["part_of"] for row in records(leaders)}
    joined = _joined(made, {name for name, whole in wholes.items() if not whole})
    return tuple(sorted(joined, key=lambda f: (f.start, f.end, f.rank, f.id)))


def casings(facts: Facts, corridor: str, leg: str, kinds: Sequence[str]) -> tuple[Casing, ...]:
    """Yearly capacities of a line with the time they were in force, the one to draw first.

    `kinds` are the base units the line is drawn in, the most wanted first; plans are left out. The
    legs of a parallel corridor have only capacities of their own.
    """
    table = facts.package.capacities
    if table.empty:
        return ()
    known = table["per"].isin(list(amounts.PER_YEAR)) & (table["quantity"] > 0)
    legs = [leg] if facts.parallel(corridor) else ["", leg]
    own = table[(table["corridor"] == corridor) & table["leg"].isin(legs) & known]
    own = own[~own["unit"].isin(amounts.COUNTS) & (own["kind"] != "planned")]
    made = [_casing(facts, row) for row in records(own.sort_values("rank", kind="stable"))]
    order = {kind: n for n, kind in enumerate(kinds)}
    return tuple(sorted(made, key=lambda c: order.get(c.kind, len(order))))


def _casing(facts: Facts, row: Record) -> Casing:
    kind = amounts.unit_kind(row["unit"])
    yearly = amounts.convert(row["quantity"], row["unit"], kind) * amounts.PER_YEAR[row["per"]]
    return Casing(
        start=_day(row.get("valid_from")),
        end=_day(row.get("valid_to")),
        kind=kind,
        capacity=float(yearly),
        could=f"{words.quantity(row)}/{row['per']}",
        source=facts.number(row["source"]),
    )


def _day(date: object) -> str:
    return date.strftime(DAY) if isinstance(date, pd.Timestamp) and pd.notna(date) else ""


def _leaders(rows: pd.DataFrame) -> pd.DataFrame:
    """The first-ranked row of each question."""
    if rows.empty:
        return rows
    ordered = rows.sort_values("rank", kind="stable")
    keys = ordered[amounts.QUESTION].map(str).agg("|".join, axis=1)
    return ordered[~keys.duplicated()].assign(part_of=ordered.get("part_of", ""))


def _parts(rows: pd.DataFrame) -> Mapping[str, list[Record]]:
    """Rows that are part of another for the same period, in a like unit, by that other's id."""
    known = {row["flow"]: row for row in records(rows)}
    found: dict[str, list[Record]] = {}
    for row in known.values():
        whole = known.get(row["part_of"])
        if whole is not None and _same_period(row, whole) and pd.notna(row["best"]):
            found.setdefault(row["part_of"], []).append(row)
    return found


def _same_period(one: Record, other: Record) -> bool:
    like = amounts.unit_kind(one["unit"]) == amounts.unit_kind(other["unit"])
    return like and all(one[c] == other[c] for c in ("period_start", "period_end"))


def _figure(facts: Facts, row: Record, ends: Sequence[str], parts: Sequence[Record]) -> Figure:
    kind = amounts.unit_kind(row["unit"])
    wide = row["unit"] not in amounts.COUNTS and row["years"] >= amounts.MIN_DAYS / 366
    quantity = amounts.convert(row["best"], row["unit"], kind)
    full = amounts.convert(row["capacity_quantity"], row["unit"], kind)
    own = _lanes(facts, row, parts) if wide else ()
    low, high = _ends(facts.spread(row), kind) if wide else (None, None)
    return Figure(
        id=row["flow"],
        flows=(row["flow"],),
        start=_day(row["period_start"]),
        end=_day(row["period_end"]),
        kind=kind if wide else "",
        rate=float(quantity / row["years"]) if wide else None,
        quantity=float(quantity) if wide else None,
        capacity=float(full / row["years"]) if wide and pd.notna(full) else None,
        years=float(row["years"]) if pd.notna(row["years"]) else 0.0,
        rank=int(row["rank"]),
        basis=str(row["basis"]),
        direction=direction(row, ends),
        label=label(facts, row),
        what=facts.cargo(row),
        period=words.period(row["period_start"], row["period_end"]),
        moved=counted(facts.spread(row)),
        could=could(facts, row),
        share=facts.share(facts.spread(row)),
        source=facts.number(row["source"]),
        lanes=own,
        dash=style.dash(str(row["basis"])),
        key=facts.key(row),
        unit=str(row["unit"]),
        unit_size=amounts.convert(1.0, row["unit"], kind),
        quantity_low=low,
        quantity_high=high,
    )


def _ends(row: Record, kind: str) -> tuple[float | None, float | None]:
    """The ends a quantity is said with, in its base unit: both of a range, one of a bound."""
    low, high = (amounts.convert(row[f"quantity_{c}"], row["unit"], kind) for c in ("low", "high"))
    if pd.notna(row["quantity"]) and (pd.isna(low) or pd.isna(high)):
        return None, None
    return None if pd.isna(low) else float(low), None if pd.isna(high) else float(high)


def _lanes(facts: Facts, row: Record, parts: Sequence[Record]) -> tuple[Lane, ...]:
    """Parts of a whole by cargo, the largest first, and what is left of it."""
    colour = facts.colour(row["corridor"], row)
    kind, span = amounts.unit_kind(row["unit"]), row["years"]
    whole = amounts.convert(row["best"], row["unit"], kind) / span
    told = [
        Lane(
            facts.cargo(part),
            facts.colour(row["corridor"], part),
            float(amounts.convert(part["best"], part["unit"], kind) / span),
        )
        for part in parts
    ]
    left = whole - sum(lane.rate for lane in told)
    if told and left < 0:  # the parts say more than the whole: sources differ, no lanes
        return (Lane(facts.cargo(row), colour, float(whole)),)
    rest = [Lane(f"{facts.cargo(row)}, rest" if told else facts.cargo(row), colour, float(left))]
    return tuple(sorted([*told, *(rest if left > 0 or not told else [])], key=lambda x: -x.rate))


def direction(row: Record, ends: Sequence[str]) -> int:
    """1 when a flow runs along the line, -1 against it, 0 when its source does not say."""
    at = {place: n for n, place in enumerate(ends)}
    start, end = at.get(row["origin"]), at.get(row["destination"])
    if start is not None and end is not None and start != end:
        return 1 if start < end else -1
    if start is not None and start in (0, len(ends) - 1):
        return 1 if start == 0 else -1
    if end is not None and end in (0, len(ends) - 1):
        return -1 if end == 0 else 1
    return 0


def opposite(one: Figure, found: Sequence[Figure]) -> tuple[Figure, ...]:
    """The first-ranked figure of the same period and unit the other way, if there is one."""
    way = (one.start, one.end, one.kind, -one.direction)
    other = [f for f in found if one.direction and way == (f.start, f.end, f.kind, f.direction)]
    return tuple(sorted(other, key=lambda f: (f.rank, f.id))[:1])


def label(facts: Facts, row: Record) -> str:
    """'2–2.5 of 4 Mt/year · 50–63 %', with its period and the key of its conflict."""
    spread, key = facts.spread(row), facts.key(row)
    when = words.period(row["period_start"], row["period_end"])
    if pd.isna(row["capacity_quantity"]):
        return f"{counted(spread)} ({when}){key}"
    said = f"{words.quantity(spread, unit='')} of {could(facts, row)}"
    return f"{said} · {words.share(spread)} ({when}){key}"


def could(facts: Facts, row: Record) -> str:
    """What could move in the flow's own period, in its unit; else the limit in force; else ''."""
    if pd.isna(row["capacity_quantity"]):
        return facts.could(row) if row["limit"] else ""
    year = "/year" if row["years"] == 1 else ""
    return f"{words.rounded(row['capacity_quantity'])} {row['unit']}{year}"


def counted(row: Record) -> str:
    """A quantity in words, a single movement without the plural."""
    said = words.quantity(row)
    one = row["unit"] in amounts.COUNTS and row["quantity"] == 1
    return said.removesuffix("s") if one else said


def _joined(made: Sequence[Figure], wholes: set[str]) -> Iterable[Figure]:
    """Figures of one way and period with different commodities as one figure with lanes."""

    def together(figure: Figure) -> tuple[object, ...]:
        single = "" if figure.id in wholes and figure.rank == 1 and figure.kind else figure.id
        return figure.start, figure.end, figure.direction, figure.kind, single

    for _, group in groupby(sorted(made, key=lambda f: (*map(str, together(f)), f.id)), together):
        found = list(group)
        told_apart = len({figure.what for figure in found}) == len(found)
        if len(found) > 1 and told_apart:
            yield _sum(found)
        else:
            yield from found


def _sum(found: Sequence[Figure]) -> Figure:
    """One figure of several commodities: the amounts added, a lane for each, the largest first."""
    found = sorted(found, key=lambda f: (-(f.rate or 0.0), f.id))
    first, rate = found[0], sum(f.rate or 0.0 for f in found)
    quantity = sum(f.quantity or 0.0 for f in found)
    weakest = max((f.basis for f in found), key=style.WEAKNESS.index)
    whole = replace(
        first,
        id="+".join(f.id for f in found),
        flows=tuple(f.id for f in found),
        rate=rate,
        quantity=quantity,
        basis=weakest,
        dash=style.dash(weakest),
        lanes=tuple(lane for f in found for lane in f.lanes),
        what=words.joined([f.what for f in found]),
        quantity_low=summed(found, "quantity_low"),
        quantity_high=summed(found, "quantity_high"),
    )
    moved = said(whole)
    share = words.share(shares(whole, (first.capacity or 0.0) * first.years))
    amount = moved.removesuffix(f" {first.unit}")
    told = f"{amount} of {first.could} · {share}" if share else moved
    return replace(whole, moved=moved, share=share, label=f"{told} ({first.period})")


def summed(found: Sequence[Figure], end: str) -> float | None:
    """One end of a sum: an exact figure counts as it is; None where every figure is exact."""
    ends = [getattr(f, end) for f in found]
    if all(value is None for value in ends):
        return None
    pairs = zip(found, ends, strict=True)
    return float(sum((f.quantity or 0.0) if value is None else value for f, value in pairs))


def said(figure: Figure) -> str:
    """What moved, in the figure's own unit: '1.2 Mt', '2–2.5 Mt', 'over 0.05 Mt'."""
    return words.quantity(_over(figure, figure.unit_size, "quantity"), unit=figure.unit)


def shares(figure: Figure, full: float) -> Mapping[str, float | None]:
    """What moved as shares of what could in the figure's period, as `words.share` takes them."""
    return _over(figure, full, "utilisation")


def _over(figure: Figure, by: float, name: str) -> Mapping[str, float | None]:
    """What moved divided by something: the exact amount, or else its ends."""
    ends = (figure.quantity_low, figure.quantity_high)
    exact = figure.quantity if ends == (None, None) else None
    own = [None if x is None or not by else x / by for x in (exact, *ends)]
    return dict(zip((name, f"{name}_low", f"{name}_high"), own, strict=True))
