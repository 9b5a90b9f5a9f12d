"""What moved against what could move: pure functions over the tables of a package.

Unknown is never zero: a missing figure stays NaN, and what is computed from it is NaN.
"""

from __future__ import annotations

import ast
import calendar
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from geo.errors import GeoError

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
COUNTS = frozenset(
    {
        "calls",
        "containers",
        "flights",
        "round_trips",
        "train_pairs",
        "trains",
        "trucks",
        "vessels",
        "voyages",
        "wagons",
    }
)


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


QUANTITY = ("quantity", "quantity_low", "quantity_high")
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
class Term:
    """One term of a product as its formula writes it: the id of a figure, or a number."""

    name: str
    number: float
    divides: bool = False


@dataclass(frozen=True)
class Factor:
    """One factor of a capacity: the value it counts with, and the bounds its sources allow.

    NaN is unknown. `known` is False when no source gives a value between the bounds: the factor
    then counts with the bound that makes the product least.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    known: bool = True
    divides: bool = False


@dataclass(frozen=True)
class Product:
    """A capacity as a product: the value asked for, and the range the sources allow.

    All three are in `unit` per `per` and are `constant` times the factors in their order. Where
    `at_least` is True a factor's value is unknown and `value` is the least it can be.
    """

    capacity: str
    value: float
    low: float
    high: float
    unit: str
    per: str
    constant: float
    factors: tuple[Factor, ...]
    at_least: bool = False


def what_if(
    capacity: str,
    *,
    capacities: pd.DataFrame,
    factors: pd.DataFrame,
    others: Sequence[pd.DataFrame] = (),
    values: Mapping[str, float] | None = None,
) -> Product:
    """A capacity as the product its `formula` writes, with some of its factors set by id.

    `capacities` holds one row a capacity (`capacity`, `corridor`, `leg`, `commodity`, `quantity`,
    `quantity_low`, `quantity_high`, `unit`, `per`, `formula`), `factors` one row a factor
    (`factor`, `value`, `low`, `high`, `unit`); `others` are further tables whose ids, their first
    column, the formula may name. A capacity named in the formula is a factor too: it lies between
    the lowest and the highest row that answers its question. A factor without a range stays at
    its value; one without a value counts with the bound that makes the product least.

    Raises GeoError for an unknown capacity, a formula that is not a product, an id that no table
    holds, and values of no factor or outside the bounds of their sources, all of them at once.
    """
    row = _capacity(capacity, capacities)
    terms = _named_terms(capacity, str(row["formula"]))
    known = _known_factors(capacities, factors, others)
    own = _factors(capacity, [t for t in terms if t.name], known)
    chosen = _chosen(capacity, own, values or {})
    return Product(
        capacity=capacity,
        value=multiply(_constant(terms), own, [chosen[f.name] for f in own]),
        low=multiply(_constant(terms), own, [f.high if f.divides else f.low for f in own]),
        high=multiply(_constant(terms), own, [f.low if f.divides else f.high for f in own]),
        unit=str(row["unit"]),
        per=str(row["per"]),
        constant=_constant(terms),
        factors=own,
        at_least=any(not f.known and f.name not in (values or {}) for f in own),
    )


def multiply(constant: float, factors: Sequence[Factor], values: Sequence[float]) -> float:
    """`constant` times each value, or divided by it, in this order: `T.product` does the same."""
    result = constant
    for factor, value in zip(factors, values, strict=True):
        result = result / value if factor.divides else result * value
    return result


def product_terms(formula: str) -> tuple[Term, ...]:
    """The terms of a product in the order they are written.

    Raises GeoError when the formula holds more than * and / of names and numbers, names a factor
    twice or divides by zero.
    """
    try:
        found = tuple(_terms(ast.parse(formula.strip(), mode="eval").body, divides=False))
    except SyntaxError as error:
        raise GeoError("it cannot be read as arithmetic") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise GeoError(f"not a product of names and numbers: {error}") from error
    names = [term.name for term in found if term.name]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GeoError(f"{', '.join(twice)} stands in it twice")
    if not math.isfinite(_constant(found)):
        raise GeoError("its numbers make no finite figure")
    return found


def _terms(node: ast.expr, *, divides: bool) -> Iterator[Term]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
            yield from _terms(left, divides=divides)
            yield from _terms(right, divides=divides != isinstance(op, ast.Div))
        case ast.Name(id=name):
            yield Term(name, float("nan"), divides)
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield Term("", _finite(number, divides=divides), divides)
        case _:
            raise ValueError(f"found {ast.unparse(node)}")


def _finite(number: float, *, divides: bool) -> float:
    if divides and not number:
        raise ValueError("it divides by zero")
    try:
        return float(number)
    except OverflowError as error:
        raise ValueError(f"{str(number)[:12]}… is too large") from error


def _constant(terms: Sequence[Term]) -> float:
    """The numbers of a formula as one, multiplied in the order they are written."""
    result = 1.0
    for term in terms:
        if not term.name:
            result = result / term.number if term.divides else result * term.number
    return result


def _capacity(name: str, capacities: pd.DataFrame) -> pd.Series:
    known = list(capacities["capacity"]) if "capacity" in capacities else []
    if name not in known:
        raise GeoError(f"no capacity {name!r}; the table has {_listed(known)}")
    return capacities.iloc[known.index(name)]


def _listed(names: Iterable[str], most: int = 12) -> str:
    known = sorted(map(str, names))
    rest = f" and {len(known) - most} more" if len(known) > most else ""
    return (", ".join(known[:most]) or "none") + rest


def _named_terms(capacity: str, formula: str) -> tuple[Term, ...]:
    if not formula.strip():
        raise GeoError(f"capacity {capacity}: formula: empty, so it is no product; choose another")
    try:
        return product_terms(formula)
    except GeoError as error:
        raise GeoError(
            f"capacity {capacity}: formula (found {formula}): {error}; "
            "write it as names and numbers joined by * and /"
        ) from error


def _known_factors(
    capacities: pd.DataFrame, factors: pd.DataFrame, others: Sequence[pd.DataFrame]
) -> dict[str, tuple[float, float, float, str]]:
    """Every id a formula may name: (value, low, high, unit), NaN where unknown."""
    found: dict[str, tuple[float, float, float, str]] = {}
    for table in others:
        if "quantity" in table:
            found |= {row.iloc[0]: _bounds(row, QUANTITY) for _, row in table.iterrows()}
    for _, row in capacities.iterrows():
        found[row["capacity"]] = _spread(row, answers(row, capacities))
    for _, row in factors.iterrows():
        found[row["factor"]] = _bounds(row, ("value", "low", "high"))
    return found


def answers(row: Mapping[str, object] | pd.Series, capacities: pd.DataFrame) -> pd.DataFrame:
    """The capacities that answer the question a row answers, itself included."""
    same = pd.Series(True, index=capacities.index)
    for column in ("corridor", "leg", "commodity", "unit", "per"):
        if column in capacities:
            same &= capacities[column] == row[column]
    return capacities[same]


def _bounds(row: pd.Series, columns: Sequence[str]) -> tuple[float, float, float, str]:
    """Value, low and high of a row; a bound no source gives is the value, or unknown like it."""
    value, low, high = (float(row.get(c, float("nan"))) for c in columns)
    least = min([x for x in (value, low) if not math.isnan(x)], default=float("nan"))
    most = max([x for x in (value, high) if not math.isnan(x)], default=float("nan"))
    return value, least, most, str(row.get("unit", ""))


def _spread(row: pd.Series, rivals: pd.DataFrame) -> tuple[float, float, float, str]:
    """Value of a capacity with the lowest and highest figure of its rivals."""
    value, low, high, unit = _bounds(row, QUANTITY)
    found = [_bounds(rival, QUANTITY) for _, rival in rivals.iterrows()]
    low = min([x for _, x, _, _ in found if not math.isnan(x)], default=low)
    high = max([x for _, _, x, _ in found if not math.isnan(x)], default=high)
    return value, low, high, unit


def _factors(
    capacity: str, terms: Sequence[Term], known: Mapping[str, tuple[float, float, float, str]]
) -> tuple[Factor, ...]:
    missing = [term.name for term in terms if term.name not in known]
    if missing:
        raise GeoError(
            f"capacity {capacity}: formula names {', '.join(missing)}, which no table holds; "
            "correct the name or pass its table in others"
        )
    found = tuple(_factor(term, *known[term.name]) for term in terms)
    wrong = [_sign_fault(f) for f in found if f.low < 0 or (f.divides and f.low == 0)]
    if wrong:
        raise GeoError(f"capacity {capacity}: {'; '.join(wrong)}")
    return found


def _sign_fault(factor: Factor) -> str:
    rule = "a factor that divides lies above 0" if factor.divides else "no factor is negative"
    return f"{factor.name} (found {factor.low:g}): {rule}"


def _factor(term: Term, value: float, low: float, high: float, unit: str) -> Factor:
    stated = not math.isnan(value)
    least = high if term.divides else low
    return Factor(
        term.name, value if stated else least, low, high, unit, known=stated, divides=term.divides
    )


def _chosen(
    capacity: str, factors: Sequence[Factor], values: Mapping[str, float]
) -> dict[str, float]:
    """The value of each factor, those asked for set. Raises GeoError with every fault."""
    known = {factor.name: factor for factor in factors}
    faults = [
        f"{name} is none of its factors, which are {_listed(known)}"
        for name in values
        if name not in known
    ]
    asked = [(known[name], float(value)) for name, value in values.items() if name in known]
    faults += [_outside(f, value) for f, value in asked if not f.low <= value <= f.high]
    if faults:
        raise GeoError(f"capacity {capacity}: {'; '.join(faults)}")
    return {f.name: f.value for f in factors} | {f.name: value for f, value in asked}


def _outside(factor: Factor, value: float) -> str:
    if math.isnan(factor.low) or math.isnan(factor.high):
        return f"{factor.name} (found {value:g}): no source gives its bounds, so it cannot be set"
    bounds = f"{factor.low:.12g} to {factor.high:.12g} {factor.unit}".strip()
    return f"{factor.name} (found {value:.12g}): its sources allow {bounds}"


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
