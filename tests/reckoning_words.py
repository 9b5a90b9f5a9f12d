"""Amounts, lengths of time and words of the independent reckoning: sections 1, 4 and 8.

Plain Python, exact fractions, nothing of the kit. An amount is (low, size, high) in the base unit:
an open end is None, three None are unknown.
"""

import calendar
import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

# 1 amounts, and 4 lengths of time


def amount(q, low, high):
    if low is not None and high is not None:
        return low, (low + high) / 2 if q is None else q, high
    return (low, low if high is None else high, high) if q is None else (q, q, q)


def times(amount, factor):
    return tuple(None if x is None else x * factor for x in amount)


def total(amounts):
    return tuple(None if None in ends else sum(ends) for ends in zip(*amounts, strict=True))


def quotient(amount, could):
    """Lower end ÷ upper end, upper end ÷ lower end; None where one of the two is open."""
    (low, _, high), (least, _, most) = amount, could or (None, None, None)
    return (low / most if low is not None and most else None), (
        high / least if high is not None and least else None
    )


def meet(start, end, other, last):
    return (start or date.min) <= (last or date.max) and (other or date.min) <= (end or date.max)


def in_force(row, start, end):
    first, last = row.validity
    return (first or date.min) <= start and end <= (last or date.max)


def covers(row, other):
    """Does the time of a row hold all of another's?"""
    (start, end), (first, last) = row.validity, other.validity
    return (start or date.min) <= (first or date.min) and (last or date.max) <= (end or date.max)


def length_days(start, end):
    return (end - start).days + 1 if start and end else 0


def months(start, end):
    whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    return (end.year - start.year) * 12 + end.month - start.month + 1 if whole else 0


def years(start, end):
    days = Fraction(length_days(start, end), 366 if calendar.isleap(start.year) else 365)
    return Fraction(months(start, end), 12) or days


def floats(amount):
    return tuple(None if x is None else float(x) for x in amount)


def unique(values):
    return tuple(dict.fromkeys(values))


# 8 words


def rounded(x, places):
    """Halves up."""
    return Decimal(math.floor(x * Fraction(10) ** places + Fraction(1, 2))).scaleb(-places)


def significant(x):
    return rounded(x, 3 - (Decimal(x.numerator) / x.denominator).adjusted()) if x else Decimal(0)


def number(x):
    text = f"{significant(x) if 0 < x < Fraction(1, 1000) else rounded(x, 3):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(x):
    return number(Fraction(rounded(x * 100, 0 if x >= Fraction(95, 1000) else 1)))


def span(low, high, word=number):
    if low is None and high is None:
        return "unknown"
    if low is None or high is None:
        return f"at least {word(low)}" if high is None else f"at most {word(high)}"
    return word(low) if word(low) == word(high) else f"{word(low)}–{word(high)}"


def in_unit(amount, row, unit=True):
    low, _, high = times(amount, Fraction(1, row.factor))
    text = span(low, high)
    name = row.unit.removesuffix("s") if text == "1" else row.unit
    return f"{text} {name}" if unit and text != "unknown" else text


def could_words(could, length, row):
    if could is None or length == 1:
        return (could and in_unit(could, row) + "/year") or ""
    return in_unit(
        times([x and Fraction(significant(x / row.factor)) for x in could], row.factor), row
    )


def share_words(low, high):
    least = Fraction(1, 1000)
    if high is not None and high < least and (high if low is None else low <= high):
        return "under 0.1 %" if high else "0 %"
    low, high = (0 if low and low < least else low), (high and max(high, least))
    text = span(low, high, percent)
    return "" if text == "unknown" else f"{text} %"


def limit_words(answer):
    """What stands for capacity and share where only a limit is known."""
    if not answer.limit:
        return "", ""
    share = share_words(*quotient(answer.amount, answer.limit.amount))
    whole = in_unit(answer.limit.amount, answer.row)
    return f"limit {whole}/year", share and f"{share} of limit"


def period_words(start, end):
    if not start:
        return "period not stated"
    first, last, count = f"{start:%b}", f"{end:%b}", months(start, end)
    same = start.year == end.year
    if count and count % 12 == 0 and start.month == 1:
        return f"{start.year}" if same else f"{start.year}–{end.year}"
    if count == 3 and start.month % 3 == 1:
        return f"Q{end.month // 3} {end.year}"
    if count:
        begun = "" if count == 1 else f"{first}–" if same else f"{first} {start.year}–"
        return f"{begun}{last} {end.year}"
    begun = f"{start.day}–" if first == last else f"{start.day} {first}–"
    begun = "" if start == end else begun if same else f"{start.day} {first} {start.year}–"
    return f"{begun}{end.day} {last} {end.year}"


def when_words(period):
    """' in' a year, quarter or month; days stand after a comma, one day after 'on'."""
    first = "".join(takewhile(str.isdigit, period))
    if len(first) not in (1, 2):
        return f" in {period}"
    return f", {period}" if "–" in period else f" on {period}"
