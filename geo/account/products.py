"""A capacity as the product its formula writes, and what it is with other factors."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.errors import GeoError

__all__ = [
    "QUANTITY",
    "Factor",
    "Product",
    "Term",
    "answers",
    "multiply",
    "product_terms",
    "what_if",
]

QUANTITY = ("quantity", "quantity_low", "quantity_high")


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
    named = [term for term in terms if term.name]
    known = _known_factors({term.name for term in named}, capacities, factors, others)
    own = _factors(capacity, named, known)
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
    names: Collection[str],
    capacities: pd.DataFrame,
    factors: pd.DataFrame,
    others: Sequence[pd.DataFrame],
) -> dict[str, tuple[float, float, float, str]]:
    """The ids that a formula names, as far as a table has them: (value, low, high, unit).

    NaN where unknown.
    """
    found: dict[str, tuple[float, float, float, str]] = {}
    for table in others:
        if "quantity" in table:
            rows = _named_rows(table, table.columns[0], names)
            found |= {name: _bounds(row, QUANTITY) for name, row in rows}
    for name, row in _named_rows(capacities, "capacity", names):
        found[name] = _spread(row, answers(row, capacities))
    for name, row in _named_rows(factors, "factor", names):
        found[name] = _bounds(row, ("value", "low", "high"))
    return found


def _named_rows(
    table: pd.DataFrame, column: str, names: Collection[str]
) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """The rows of a table whose id is one of some, with it."""
    if column in table:
        for row in table[table[column].isin(list(names))].to_dict("records"):
            yield row[column], row


def answers(row: Mapping[Any, Any] | pd.Series, capacities: pd.DataFrame) -> pd.DataFrame:
    """The capacities that answer the question a row answers, itself included."""
    same = pd.Series(True, index=capacities.index)
    for column in ("corridor", "leg", "commodity", "unit", "per"):
        if column in capacities:
            same &= capacities[column] == row[column]
    return capacities[same]


def _bounds(row: Mapping[Any, Any], columns: Sequence[str]) -> tuple[float, float, float, str]:
    """Value, low and high of a row; a bound no source gives is the value, or unknown like it."""
    value, low, high = (float(row.get(c, float("nan"))) for c in columns)
    least = min([x for x in (value, low) if not math.isnan(x)], default=float("nan"))
    most = max([x for x in (value, high) if not math.isnan(x)], default=float("nan"))
    return value, least, most, str(row.get("unit", ""))


def _spread(row: Mapping[Any, Any], rivals: pd.DataFrame) -> tuple[float, float, float, str]:
    """Value of a capacity with the lowest and highest figure of its rivals."""
    value, low, high, unit = _bounds(row, QUANTITY)
    found = [_bounds(rival, QUANTITY) for rival in rivals.to_dict("records")]
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
