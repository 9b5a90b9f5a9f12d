"""What moved against what could move: pure functions over the tables of a package.

Unknown is never zero: a missing figure stays NaN, and what is computed from it is NaN.
"""

from __future__ import annotations

import pandas as pd

from geo.account import Account, Answer, periods, units
from geo.account.answers import speakers
from geo.account.book import Carried, records
from geo.account.ceilings import capacity as as_capacity
from geo.account.ceilings import ceiling, fitting
from geo.account.figures import bare
from geo.account.products import (
    QUANTITY,
    Factor,
    Product,
    Term,
    answers,
    multiply,
    product_terms,
    what_if,
)
from geo.account.rows import flow as as_flow
from geo.account.units import (
    COUNTS,
    MULTIPLES,
    PER_YEAR,
    convert,
    unit_kind,
)

__all__ = [
    "COUNTS",
    "MULTIPLES",
    "PER_YEAR",
    "QUANTITY",
    "Factor",
    "Product",
    "Term",
    "against_limits",
    "answers",
    "applicable",
    "best",
    "conflicts",
    "convert",
    "covers_year",
    "days",
    "matrix",
    "multiply",
    "peak",
    "product_terms",
    "unit_kind",
    "utilisation",
    "what_if",
    "years",
]

MIN_DAYS = units.LEAST_SHARE_DAYS


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
    return units.years(start.date(), end.date())


def utilisation(
    flows: pd.DataFrame,
    capacities: pd.DataFrame,
    *,
    legs: pd.DataFrame | None = None,
    corridors: pd.DataFrame | None = None,
    commodities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Flow ÷ capacity for each flow, aligned with it, by the rules of docs/account.md.

    Returns columns `capacity` (id, "" if none applies), `capacity_quantity` (in the flow's unit,
    for the flow's own period), `utilisation`, `utilisation_low`, `utilisation_high` (shares of 1),
    and `narrowest` (the leg that the share is of, where it must be named). `utilisation` is of the
    row's own quantity and the capacity ranked first; the other two are set where either is a range
    or a bound. With `legs` and `corridors` a flow is compared with the narrowest leg it runs over;
    without them with the capacity of the leg it names, else of its corridor. `commodities` says
    which stand for all cargo.
    """
    account = _account(flows, capacities, legs, corridors, commodities)
    rows = [_compared(account.by_row[name]) for name in flows["flow"]]
    columns = ["capacity", "capacity_quantity", *SHARES, "narrowest"]
    return pd.DataFrame(rows, index=flows.index, columns=columns)


SHARES = ("utilisation", "utilisation_low", "utilisation_high")
_NONE = pd.DataFrame()


def _account(
    flows: pd.DataFrame,
    capacities: pd.DataFrame,
    legs: pd.DataFrame | None = None,
    corridors: pd.DataFrame | None = None,
    commodities: pd.DataFrame | None = None,
    limits: pd.DataFrame | None = None,
) -> Account:
    """The account of some tables; without legs each flow runs over the leg it names."""
    if legs is None:
        named = sorted({(c, leg) for c, leg in zip(flows["corridor"], flows["leg"], strict=True)})
        legs = pd.DataFrame([{"leg": leg, "corridor": c} for c, leg in named])
    tables = (_NONE if t is None else t for t in (corridors, limits, commodities))
    own, capped, cargo = tables
    return Account(own, legs, flows, capacities, capped, cargo)


def _compared(answer: Answer) -> list[object]:
    found = answer.comparison
    if found is None:
        return ["", *[float("nan")] * 4, ""]
    size = units.unit_size(answer.flow.unit)
    exact = answer.flow.base.quantity
    share = float("nan") if exact is None else exact / found.full_size
    low, high = (float("nan") if x is None else x for x in answer.share)
    bounds = [float("nan")] * 2 if low == high else [low, high]
    return [found.ceiling.id, found.full_size / size, share, *bounds, found.at]


def applicable(flow: pd.Series, capacities: pd.DataFrame) -> pd.Series | None:
    """The capacity a flow is compared with, or None. See `utilisation` for the rule."""
    row = {str(k): v for k, v in flow.items()}
    one = as_flow({"flow": "", **row}, 0)
    made = (as_capacity(r, at) for at, r in enumerate(records(capacities)))
    found = fitting(one, [c for c in made if c is not None], {"", one.commodity})
    best = ceiling(one, one.leg, found, parallel=False)
    if best is None:
        return None
    return capacities.iloc[list(capacities["capacity"]).index(best.id)]


def covers_year(flows: pd.DataFrame) -> pd.Series:
    """True for flows whose period is one year, give or take a few days."""
    return days(flows).between(*units.FULL_YEAR_DAYS).rename("covers_year")


def best(flows: pd.DataFrame) -> pd.Series:
    """One figure a flow for drawing: the stated one, the middle of its range, or its bound."""
    middle = flows[["quantity_low", "quantity_high"]].mean(axis=1)
    return flows["quantity"].fillna(middle).rename("best")


def conflicts(flows: pd.DataFrame) -> pd.Series:
    """For each flow, how many other rows answer the same question with another figure.

    Like units are converted first; figures within 1 % of each other are one figure, rounded. Rows
    of one rank below the first are separate figures, no rivals of each other.
    """
    rows = [as_flow(row, at) for at, row in enumerate(records(flows))]
    found = dict.fromkeys((one.id for one in rows), 0)
    for speaker, rivals, _ in speakers(rows):
        told = (speaker, *rivals)
        for one in told:
            found[one.id] = sum(one.base.differs(other.base) for other in told)
    counts = [found[name] for name in flows["flow"]]
    return pd.Series(counts, index=flows.index, dtype="int64", name="conflicts")


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


def peak(
    flows: pd.DataFrame,
    capacities: pd.DataFrame,
    *,
    legs: pd.DataFrame | None = None,
    corridors: pd.DataFrame | None = None,
    commodities: pd.DataFrame | None = None,
) -> str | None:
    """The id of the fullest figure of some flows, as a line shows it while no period is chosen.

    None when no proven amount of rank 1 is known. The tables are those of `utilisation`.
    """
    account = _account(flows, capacities, legs, corridors, commodities)
    found = periods.peak([bare(Carried(answer, 0, None)) for answer in account.answers])
    return None if found is None else found.id


def against_limits(flows: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """For each flow the limit in force over its period, aligned with it.

    Returns `limit` (id, "" if none), `limit_quantity` in the flow's unit per year and `share`
    (of the yearly limit, whatever the length of the period; of a bound where only that is known).
    The limit that came into force last is used; a period of over a year has none.
    """
    account = _account(flows, _NONE, limits=limits)
    rows = [_limited(account.by_row[name]) for name in flows["flow"]]
    return pd.DataFrame(rows, index=flows.index, columns=["limit", "limit_quantity", "share"])


def _limited(answer: Answer) -> list[object]:
    found = answer.limit
    if found is None:
        return ["", float("nan"), float("nan")]
    stated = answer.flow.base.stated
    share = stated[0] / found.yearly if stated and found.yearly else float("nan")
    return [found.id, found.yearly / units.unit_size(answer.flow.unit), share]
