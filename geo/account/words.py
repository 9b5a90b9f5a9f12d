"""Figures, periods and sources in words. Ranges stay ranges, unknown stays a word."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import pandas as pd

from geo.account import units
from geo.account.values import Ends, Figure

UNKNOWN = "unknown"
MOST_SAID: int = units.RULES["most_said"]  # in a headline or deck; the rest are counted
THOUSANDTH, EVERY_DIGIT = Decimal("0.001"), Context(prec=400)
# A quotient of binary numbers misses its tie: it is read to twelve digits, as the browser reads it.
TWELVE_DIGITS = Context(prec=12, rounding=ROUND_HALF_UP)
# Not of the standard library: its names speak the language of the machine.
MONTHS = (
    "", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
)  # fmt: skip


def many(count: int, noun: str) -> str:
    """'1 row', '2,000 rows'."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def number(value: float) -> str:
    """A figure as the source gave it: thousands apart, no trailing zeros, halves up, 1,234.5."""
    if not math.isfinite(value) or 0 < abs(value) < 0.001:
        return f"{value:,.4g}"
    shown = Decimal(repr(float(value))).quantize(THOUSANDTH, ROUND_HALF_UP, EVERY_DIGIT)
    return f"{shown:,}".rstrip("0").rstrip(".")


def rounded(value: float, *, digits: int = 3) -> str:
    """A figure to so many digits that count, halves up: 5,833,333 → '5,830,000'."""
    if not value:
        return number(value)
    exact = Decimal(value) if digits == 3 else TWELVE_DIGITS.create_decimal(value)
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    found = (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    if digits > 3 and abs(found) >= THOUSANDTH:
        found = found.quantize(THOUSANDTH, ROUND_HALF_UP)
    return number(float(found))


def could(ends: Ends, unit: str, years: float) -> str:
    """What could move in a period: '4 Mt/year', '4–5 Mt/year', '1.333 Mt'; '' when unknown."""
    whole = years == 1
    said = [None if x is None else number(x) if whole else rounded(x, digits=4) for x in ends]
    if said == [None, None]:
        return ""
    low, high = said
    bound = f"at least {low}" if high is None else f"at most {high}"
    told = bound if low is None or high is None else f"{low}–{high}"
    return of_unit(str(low) if low == high else told, unit) + ("/year" if whole else "")


def plain(unit: str) -> str:
    """A unit as readers see it: 'train_pairs' → 'train pairs'."""
    return unit.replace("_", " ")


# Endings of English plurals and of what they are one of, the longest first.
PLURALS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("s", ""))
NO_PLURALS = ("ss", "us", "is")
SHORT = 3  # letters of what is a symbol or an abbreviation, not a plural


def singular(unit: str) -> str:
    """The unit of the figure 1: 'trains/day' → 'train/day'; what is no plural stays."""
    counted, sign, rest = unit.partition("/")
    counted, of, cargo = counted.partition(" of ")
    last = re.split(r"[ _]", counted)[-1]
    plural = last.isalpha() and last.islower() and len(last) > SHORT
    for ending, one in PLURALS if plural and not last.endswith(NO_PLURALS) else ():
        if last.endswith(ending):
            return counted[: -len(ending)] + one + of + cargo + sign + rest
    return unit


def of_unit(said: str, unit: str) -> str:
    """A number with its unit, a single one without the plural: '1 voyage', '2 train pairs'."""
    return f"{said} {plain(singular(unit) if said == '1' else unit)}".strip()


def quantity(row: Mapping[str, Any], *, unit: str | None = None) -> str:
    """'1.2 Mt', '2–2.5 Mt', 'at least 0.05 Mt', 'at most 0.1 Mt' or 'unknown'."""
    stated, low, high = (
        None if x is None or pd.isna(x) else number(float(x))
        for x in (row.get(k) for k in ("quantity", "quantity_low", "quantity_high"))
    )
    unit = str(row.get("unit", "")) if unit is None else unit
    if low is not None and high is not None:
        return of_unit(low if low == high else f"{low}–{high}", unit)
    if stated is not None:
        return of_unit(stated, unit)
    if low is not None:
        return of_unit(f"at least {low}", unit)
    return UNKNOWN if high is None else of_unit(f"at most {high}", unit)


TINY = 0.001  # a share that one decimal would show as nothing


def percent(share: float) -> str:
    """'30 %', '6.3 %', 'under 0.1 %'; unknown is a word."""
    if pd.isna(share):
        return UNKNOWN
    return "under 0.1 %" if 0 < share < TINY else f"{_percent(share)} %"


def _percent(share: float) -> str:
    digits = 0 if share >= 0.095 else 1
    exact = TWELVE_DIGITS.create_decimal(float(share)) * 100
    shown = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return number(float(shown) + 0.0)  # and never -0


def share(low: float | None, high: float | None) -> str:
    """A share between two ends: '30 %', '50–63 %', 'at least 1.3 %', or '' when unknown.

    As the lower end of a range or bound a share under 0.1 % is 0.
    """
    least = None if low is None else "0" if 0 < low < TINY else _percent(low)
    if high is None:
        return "" if least is None else f"at least {least} %"
    if low == high or 0 < high < TINY:
        return percent(high)
    if least is None:
        return f"at most {_percent(high)} %"
    most = _percent(high)
    return f"{most} %" if least == most else f"{least}–{most} %"


def bare(moved: str, unit: str) -> str:
    """What moved without its unit: '2–2.5 Mt' → '2–2.5'."""
    said = moved.removesuffix(f" {plain(unit)}")
    return "1" if moved == of_unit("1", unit) else said


def label(figure: Figure) -> str:
    """'2–2.5 of 4 Mt/year · 50–63 % (a year)', with the narrowest leg and the conflict's mark."""
    when = figure.period if figure.added == 1 else f"{figure.period}, sum of {figure.added} figures"
    if not figure.could:
        return f"{figure.moved} ({when}){figure.key}"
    at = f" at {figure.at}" if figure.at else ""
    amount = bare(figure.moved, figure.unit)
    share = f" · {figure.share}" if figure.share else ""
    return f"{amount} of {figure.could}{share}{at} ({when}){figure.key}"


def day(date: pd.Timestamp) -> str:
    """Day, short month and year."""
    return f"{date.day} {MONTHS[date.month]} {date.year}"


def period(start: Any, end: Any) -> str:
    """A year, years, a quarter (Q1), months (Jan–Aug), a month or a day, each with its year."""
    if pd.isna(start) and pd.isna(end):
        return "period not stated"
    if pd.isna(start) or pd.isna(end):
        return f"since {day(start)}" if pd.notna(start) else f"until {day(end)}"
    if start == end:
        return day(start)
    if start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]:
        return _months(start, end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    if start.year == end.year:
        return f"{start.day} {MONTHS[start.month]}–{day(end)}"
    return f"{day(start)}–{day(end)}"


def _months(start: pd.Timestamp, end: pd.Timestamp) -> str:
    if (start.month, end.month) == (1, 12):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    if start.year != end.year:
        return f"{MONTHS[start.month]} {start.year}–{MONTHS[end.month]} {end.year}"
    if start.month == end.month:
        return f"{MONTHS[start.month]} {start.year}"
    if end.month - start.month == 2 and start.month % 3 == 1:
        return f"Q{(start.month + 2) // 3} {start.year}"
    return f"{MONTHS[start.month]}–{MONTHS[end.month]} {start.year}"


def source(record: Mapping[str, Any]) -> str:
    """A CSL-JSON record as one line: publisher, title, year, note."""
    year = "".join(str(part) for part in _date(record, "issued")[:1])
    parts = [_publisher(record), f"“{record['title']}”", str(year), str(record.get("note") or "")]
    accessed = _date(record, "accessed")
    parts += ["read " + "-".join(f"{int(p):02d}" for p in accessed)] if accessed else []
    return ", ".join(part for part in parts if part)


def _publisher(record: Mapping[str, Any]) -> str:
    return str(record.get("container-title") or record.get("publisher") or "")


def speaker(record: Mapping[str, Any]) -> str:
    """Who says so: the publisher, and whom it cites, as the first clause of the note has it."""
    note = str(record.get("note") or "").split(";")[0]
    publisher = _publisher(record)
    parts = (note,) if publisher and publisher in note else (publisher, note)
    return ", ".join(part for part in parts if part) or str(record["title"])


def _date(record: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Year, month, day of a CSL date, as far as they are given."""
    parts = (record.get(name) or {}).get("date-parts") or [[]]
    return list(parts[0])


def kilometres(length_km: float) -> str:
    """'54 km (29 nmi)'; unknown is a word."""
    if pd.isna(length_km):
        return UNKNOWN
    digits = 1 if length_km < 100 else 0
    return f"{length_km:,.{digits}f} km ({length_km / 1.852:,.{digits}f} nmi)"


KEYS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ"


def key(position: int) -> str:
    """The superscript that marks a conflict on the map and in its list: ᵃ, ᵇ, …, then ᵃᵃ."""
    return KEYS[position % len(KEYS)] * (position // len(KEYS) + 1)


def joined(words: Sequence[str]) -> str:
    """'a, b and c'."""
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def few(said: Sequence[str], what: str) -> list[str]:
    """The first of what is said in one line, and how many more there are below."""
    more = len(said) - MOST_SAID
    rest = [f"{more} more {what}{'s' if more > 1 else ''} below"] if more > 0 else []
    return [*said[:MOST_SAID], *rest]
