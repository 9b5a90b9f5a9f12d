"""Units, kinds of unit and lengths of time. Constants are those of rules.json."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

RULES: Mapping[str, Any] = json.loads(
    files("geo.account").joinpath("rules.json").read_text(encoding="utf-8")
)
# Multiples within one kind of unit; units of different kinds never meet.
MULTIPLES: Mapping[str, tuple[str, float]] = {
    unit: (kind, float(factor)) for unit, (kind, factor) in RULES["multiples"].items()
}
PER_YEAR: Mapping[str, float] = {per: float(n) for per, n in RULES["per_year"].items()}
# Counts of movements: they say how often, not how much, and have no width on a map.
COUNTS = frozenset(RULES["counts"])
EVIDENCE: tuple[str, ...] = tuple(RULES["evidence"])  # the strongest first
LEAST_SHARE_DAYS: int = RULES["least_share_days"]  # one shipment does not say how full a line was
FULL_YEAR_DAYS: tuple[int, int] = tuple(RULES["full_year_days"])
ROUNDING: float = RULES["rounding"]  # figures this close are one figure, rounded


def unit_kind(unit: str) -> str:
    """The unit that like units share: Mt and kt are both t."""
    return MULTIPLES.get(unit, (unit, 1.0))[0]


def unit_size(unit: str) -> float:
    """How many of the base unit one of a unit is: 1e6 for Mt."""
    return MULTIPLES.get(unit, (unit, 1.0))[1]


def convert(quantity: float, unit: str, to: str) -> float:
    """A quantity in a like unit; NaN when the units are not alike."""
    if unit_kind(unit) != unit_kind(to):
        return float("nan")
    return quantity * unit_size(unit) / unit_size(to)


def evidence_order(basis: str) -> int:
    """0 for the strongest evidence; a word that is not known is the weakest."""
    return EVIDENCE.index(basis) if basis in EVIDENCE else len(EVIDENCE)


def days(start: date, end: date) -> int:
    """Days from one date to another, both counted."""
    return (end - start).days + 1


def years(start: date, end: date) -> float:
    """Length of a period in years: a calendar year is exactly 1, a month 1/12."""
    after = end + timedelta(days=1)
    if start.day == 1 and after.day == 1:
        return ((after.year - start.year) * 12 + after.month - start.month) / 12
    return days(start, end) / (366 if calendar.isleap(start.year) else 365)


def is_full_year(length_days: int) -> bool:
    """Whether a period is one year, give or take a few days."""
    return FULL_YEAR_DAYS[0] <= length_days <= FULL_YEAR_DAYS[1]
