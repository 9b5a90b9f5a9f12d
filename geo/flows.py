"""What moved against what could move: pure functions over the tables of a package.

Unknown is never zero: a missing figure stays NaN, and what is computed from it is NaN.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

DAYS_PER_YEAR = 365.25
# Multiples within one kind of unit; units of different kinds never meet.
MULTIPLES: Mapping[str, tuple[str, float]] = {"t": ("t", 1.0), "kt": ("t", 1e3), "Mt": ("t", 1e6)}
PER_YEAR: Mapping[str, float] = {
    "year": 1.0,
    "month": 12.0,
    "week": DAYS_PER_YEAR / 7,
    "day": DAYS_PER_YEAR,
}
FULL_YEAR_DAYS = 360
ROUNDING = 0.01  # figures this close are one figure, rounded
MIN_DAYS = 28  # a single shipment says nothing of how full a line was
# Counts of movements: they say how often, not how much, and have no width on a map.
COUNTS = frozenset({"voyages", "vessels", "calls", "wagons", "trains", "flights", "trucks"})


def unit_kind(unit: str) -> str:
    """The unit that like units share: Mt and kt are both t."""
    return MULTIPLES.get(unit, (unit, 1.0))[0]


def convert(quantity: float, unit: str, to: str) -> float:
    """A quantity in a like unit; NaN when the units are not alike."""
    if unit_kind(unit) != unit_kind(to):
        return float("nan")
    return quantity * MULTIPLES.get(unit, ("", 1.0))[1] / MULTIPLES.get(to, ("", 1.0))[1]


def days(flows: pd.DataFrame) -> pd.Series:
    """Length of each flow's period in days, both ends counted; NaN when an end is unknown."""
    length = (flows["period_end"] - flows["period_start"]).dt.days + 1
    return length.astype("float64").rename("days")


def years(flows: pd.DataFrame) -> pd.Series:
    """Length of each flow's period in years; a calendar year is exactly 1, a month 1/12."""
    spans = [_years(a, b) for a, b in zip(flows["period_start"], flows["period_end"], strict=True)]
    return pd.Series(spans, index=flows.index, dtype="float64", name="years")


def _years(start: pd.Timestamp, end: pd.Timestamp) -> float:
    if pd.isna(start) or pd.isna(end):
        return float("nan")
    after = end + timedelta(days=1)
    if start.day == 1 and after.day == 1:
        return float((after.year - start.year) * 12 + after.month - start.month) / 12
    length = 366 if calendar.isleap(start.year) else 365
    return float((after - start).days) / length


def utilisation(flows: pd.DataFrame, capacities: pd.DataFrame) -> pd.DataFrame:
    """Flow ÷ capacity for each flow, aligned with it.

    Returns columns `capacity` (id, "" if none applies), `capacity_quantity` (in the flow's unit,
    for the flow's own period), `utilisation`, `utilisation_low`, `utilisation_high` (shares of 1).
    A capacity applies when corridor and unit are alike, its leg and commodity are the flow's or
    empty, it was in force when the period began, and it is given per day, week, month or year; the
    one ranked first is used. It is counted for the length of the flow's period, so a quarter is
    held against a quarter; a period shorter than 28 days is held against none.
    """
    periods = zip(flows.iterrows(), years(flows), strict=True)
    rows = [_against(flow, span, capacities) for (_, flow), span in periods]
    columns = [
        "capacity",
        "capacity_quantity",
        "utilisation",
        "utilisation_low",
        "utilisation_high",
    ]
    return pd.DataFrame(rows, index=flows.index, columns=columns)


def _against(flow: pd.Series, period: float, capacities: pd.DataFrame) -> list[object]:
    found = applicable(flow, capacities)
    if found is None or period < MIN_DAYS / 366:
        return ["", *[float("nan")] * 4]
    full = convert(found["quantity"], found["unit"], flow["unit"]) * PER_YEAR[found["per"]] * period
    full = full if full else float("nan")  # nothing can be a share of nothing
    shares = [flow[c] / full for c in ("quantity", "quantity_low", "quantity_high")]
    return [found["capacity"], full, *shares]


def applicable(flow: pd.Series, capacities: pd.DataFrame) -> pd.Series | None:
    """The capacity a flow is held against, or None. See `utilisation` for the rule."""
    if capacities.empty:
        return None
    fits = (
        (capacities["corridor"] == flow["corridor"])
        & capacities["leg"].isin(["", flow["leg"]])
        & capacities["per"].isin(list(PER_YEAR))
        & capacities["unit"].map(unit_kind).eq(unit_kind(flow["unit"]))
    )
    fits &= _in_force(capacities, flow["period_start"])
    if "commodity" in capacities:
        fits &= capacities["commodity"].isin(["", flow["commodity"]]) | _general(capacities)
    ranked = capacities[fits & capacities["quantity"].notna()].sort_values("rank", kind="stable")
    return None if ranked.empty else ranked.iloc[0]


def _in_force(table: pd.DataFrame, date: pd.Timestamp) -> pd.Series:
    """Rows valid on a date; a missing end, column or date does not exclude."""
    fits = pd.Series(True, index=table.index)
    if pd.isna(date):
        return fits
    if "valid_from" in table:
        fits &= table["valid_from"].isna() | (table["valid_from"] <= date)
    if "valid_to" in table:
        fits &= table["valid_to"].isna() | (date <= table["valid_to"])
    return fits


def _general(capacities: pd.DataFrame) -> pd.Series:
    """Capacities of a line as such; what they were quoted for does not bind other bulk cargo."""
    return capacities.get("kind", pd.Series("", index=capacities.index)) == "nameplate"


def covers_year(flows: pd.DataFrame) -> pd.Series:
    """True for flows whose period is one year, give or take a few days."""
    return days(flows).between(FULL_YEAR_DAYS, 366).rename("covers_year")


def best(flows: pd.DataFrame) -> pd.Series:
    """One figure a flow for drawing: the stated one, the middle of its range, or its bound."""
    middle = flows[["quantity_low", "quantity_high"]].mean(axis=1)
    return flows["quantity"].fillna(middle).rename("best")


QUESTION = [
    "corridor",
    "leg",
    "origin",
    "destination",
    "period_start",
    "period_end",
    "commodity",
    "unit",
]


def conflicts(flows: pd.DataFrame) -> pd.Series:
    """For each flow, how many other rows answer the same question with another figure.

    Rows of one question are ranked against each other, so rows of one rank are no rivals; figures
    within 1 % of each other are one figure, rounded.
    """
    found = pd.Series(0, index=flows.index, dtype="int64", name="conflicts")
    keys = flows[QUESTION].map(str).agg("|".join, axis=1) if len(flows) else found
    for _, group in flows.groupby(keys):
        if group["rank"].nunique() > 1:
            found.loc[group.index] = np.array(_rivals(group))
    return found


def _rivals(group: pd.DataFrame) -> list[int]:
    known = group[["quantity", "quantity_low", "quantity_high"]].to_numpy(dtype="float64")
    return [sum(_differ(own, other) for other in known) for own in known]


def _differ(one: np.ndarray, other: np.ndarray) -> bool:
    """Two known figures with their bounds that are not the same within 1 %."""
    if np.isnan(one).all() or np.isnan(other).all():
        return False
    return not np.allclose(one, other, rtol=ROUNDING, atol=0, equal_nan=True)


def matrix(flows: pd.DataFrame, *, unit: str) -> pd.DataFrame:
    """Origin–destination matrix in `unit`: first-ranked flows of like unit, unknown pairs NaN."""
    known = flows[
        (flows["rank"] == 1)
        & flows["unit"].map(unit_kind).eq(unit_kind(unit))
        & flows["origin"].ne("")
        & flows["destination"].ne("")
    ]
    figures = [convert(q, u, unit) for q, u in zip(best(known), known["unit"], strict=True)]
    table = known.assign(figure=figures)
    return table.pivot_table(
        index="origin",
        columns="destination",
        values="figure",
        aggfunc=lambda column: column.sum(min_count=1),
    )


@dataclass(frozen=True)
class Product:
    """A product of factors: the value asked for, and the range the sources allow."""

    value: float
    low: float
    high: float


def what_if(factors: pd.DataFrame, **values: float) -> Product:
    """Capacity as the product of its factors, with some of them set by name.

    `factors` holds one row a factor with `factor`, `value`, `low`, `high`. A factor without a
    range counts with its value. Raises KeyError for a name that is not among the factors.
    """
    unknown = set(values) - set(factors["factor"])
    if unknown:
        raise KeyError(f"no such factor: {', '.join(sorted(unknown))}")
    chosen = factors["factor"].map(values).astype("float64").fillna(factors["value"])
    low, high = factors["low"].fillna(chosen), factors["high"].fillna(chosen)
    return Product(*(float(np.prod(column.to_numpy())) for column in (chosen, low, high)))


def peak(flows: pd.DataFrame, capacities: pd.DataFrame) -> str | None:
    """The id of the fullest year among first-ranked amounts with a capacity to hold them against.

    Falls back to the largest first-ranked amount of one full year, then of any period; None when
    no amount is known. Claims, reported zeros and counts of movements are left out.
    """
    chosen = flows[
        (flows["rank"] == 1)
        & best(flows).notna()
        & (flows["basis"] != "claimed")
        & (flows["quantity"] != 0)
        & ~flows["unit"].isin(COUNTS)
    ]
    share = utilisation(chosen, capacities)["utilisation"]
    table = chosen.assign(full=covers_year(chosen), held=share.notna(), share=share)
    table = table.assign(size=best(chosen), both=table["full"] & table["held"])
    order = ["both", "held", "full", "share", "size"]
    ranked = table.sort_values(order, ascending=False, kind="stable")
    return str(ranked["flow"].iloc[0]) if len(ranked) else None


def against_limits(flows: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """For each flow the limit in force over its period, aligned with it.

    Returns `limit` (id, "" if none), `limit_quantity` in the flow's unit per year and `share`
    (of the yearly limit, whatever the length of the period; of a bound where only that is known).
    The latest limit that was in force when the period began is used.
    """
    rows = [_limit(flow, limits) for _, flow in flows.iterrows()]
    return pd.DataFrame(rows, index=flows.index, columns=["limit", "limit_quantity", "share"])


def _limit(flow: pd.Series, limits: pd.DataFrame) -> list[object]:
    if limits.empty:
        return ["", float("nan"), float("nan")]
    fits = (
        (limits["commodity"] == flow["commodity"])
        & _in_force(limits, flow["period_start"])
        & limits["unit"].map(unit_kind).eq(unit_kind(flow["unit"]))
        & (limits["per"] == "year")
    )
    found = limits[fits].sort_values("valid_from", kind="stable")
    if found.empty:
        return ["", float("nan"), float("nan")]
    last = found.iloc[-1]
    quantity = convert(last["quantity"], last["unit"], flow["unit"])
    known = [flow[c] for c in ("quantity", "quantity_low", "quantity_high") if pd.notna(flow[c])]
    return [last["limit"], quantity, known[0] / quantity if known and quantity else float("nan")]
