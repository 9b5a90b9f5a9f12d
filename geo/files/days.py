"""Days, months, quarters, years and times of day as tables write them."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pandas as pd

from geo.files import headings, monthnames

__all__ = ["FORMS", "Days", "composed", "days_of", "has_clock", "has_short_year", "is_clock",
           "is_hour", "with_century"]  # fmt: skip

FORMS = "yyyy-mm-dd, yyyy-mm, yyyy-Q1, yyyy or yyyy-mm-dd hh:mm"
Days: TypeAlias = tuple[pd.Timestamp, pd.Timestamp]

_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_PARTIAL = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|([0-9]{2})(?:-([0-9]{2}))?))?")
_PACKED = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])(?:(0[1-9]|[12][0-9]|3[01]))?")
_EUROSTAT = re.compile(r"([0-9]{4})[- ]?(?:[Qq]([1-4])|M([0-9]{2}))")
_YEARED = (re.compile(r"(?P<rest>.*?)(?P<year>[0-9]{4})(?P<end>\D*)"),
           re.compile(r"(?P<year>[0-9]{4})(?P<rest>.*)(?P<end>)"))  # fmt: skip
_DATED = re.compile(r"([0-9]{1,2})(?:\.|er|º|°)?[ -]+(\D+)")
_SHORT_YEAR = re.compile(r"(\D{2,}?|[0-9]{1,2}\D)[ -]?['’]?([0-9]{2})")
_BETWEEN = " .,-_/\u00a0"
_WHOLE = re.compile(r"([0-9]{4})\.0+")  # what pandas makes of a year beside an empty cell
_CLOCK = re.compile(
    _DAY + r"[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?:Z|[+-]00:?00)?"
)
_TIME = re.compile(r"([01]?[0-9]|2[0-3])(?::([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?)?")


def days_of(value: str, date_format: str = "") -> Days | None:
    """First and last day of a date, month, quarter or year as text; None if it is none.

    A time of day is kept: both ends are then that time.
    """
    try:
        if date_format:
            moment = pd.Timestamp(datetime.datetime.strptime(value, date_format))
            return moment, moment
        return next((days for read in _READERS if (days := read(value)) is not None), None)
    except (ValueError, OverflowError, pd.errors.OutOfBoundsDatetime):
        return None


def _iso(value: str) -> Days | None:
    found = _PARTIAL.fullmatch(value)
    return _partial(*found.groups()) if found else None


def _packed(value: str) -> Days | None:
    found = _PACKED.fullmatch(value)
    return _partial(found[1], None, found[2], found[3]) if found else None


def _eurostat(value: str) -> Days | None:
    found = _EUROSTAT.fullmatch(value)
    return _partial(found[1], found[2], found[3], None) if found else None


def _whole(value: str) -> Days | None:
    found = _WHOLE.fullmatch(value)
    return _partial(found[1], None, None, None) if found else None


def _named(value: str) -> Days | None:
    """'Jan yyyy', 'yyyy January', 'Q1 yyyy', 'january yyyy г.', 'yyyy년 1월', '1 März yyyy'."""
    for form in _YEARED:
        found = form.fullmatch(value)
        if found and _beside(found["end"]):
            made = _of_year(found["year"], found["rest"])
            if made:
                return made
    return None


def _beside(text: str) -> bool:
    """Whether a text says nothing beside a year: empty, or 'г.', '년'."""
    return text.strip(_BETWEEN) in headings.beside_years() | {""}


def _of_year(year: str, rest: str) -> Days | None:
    """The days of what stands before or behind a year: nothing, a month, a quarter or a day."""
    words = [word for word in rest.strip(_BETWEEN).split() if not _beside(word)]
    text = " ".join(words)
    for mark in headings.beside_years():  # 년1월, without a space
        text = text.removeprefix(mark) if text[len(mark) :][:1].isdigit() else text
    if not text:
        return _partial(year, None, None, None) if rest.strip(_BETWEEN) else None
    quarter = monthnames.quarter_of(text)
    if quarter:
        return _partial(year, str(quarter), None, None)
    month = month_of(text) if not text.isdigit() else ""
    if month:
        return _partial(year, None, month, None)
    dated = _DATED.fullmatch(text)
    named = month_of(dated[2].strip(_BETWEEN)) if dated else ""
    return _partial(year, None, named, dated[1]) if dated and named else None


def has_short_year(value: str) -> bool:
    """Whether a text is a month with two digits, as 'Jan-22'."""
    found = _SHORT_YEAR.fullmatch(value.strip())
    return bool(found and month_of(found[1].strip(_BETWEEN)))


def with_century(values: Sequence[str]) -> dict[str, str]:
    """Each of 'Jan-22', 'Feb-22' as yyyy-mm; {} where another value is there, or 22 may be a day.

    It is a year where three months or more have it, or where no month has so many days.
    """
    own = list(dict.fromkeys(value for value in values if value))
    if not own or not _SHORT_YEAR.fullmatch(own[0].strip()):
        return {}
    found = [_SHORT_YEAR.fullmatch(value.strip()) for value in own]
    parts = [(month_of(one[1].strip(_BETWEEN)), int(one[2])) for one in found if one]
    if len(parts) < len(own) or not all(month for month, _ in parts):
        return {}
    by_year: dict[int, set[str]] = {}
    for month, year in parts:
        by_year.setdefault(year, set()).add(month)
    if not any(len(own) > 2 or not 1 <= year <= 31 for year, own in by_year.items()):
        return {}
    return {value: f"{datetime.datetime.strptime(f'{year:02}', '%y').year}-{int(month):02}"
            for value, (month, year) in zip(own, parts, strict=True)}  # fmt: skip


def _clock(value: str) -> Days | None:
    found = _CLOCK.fullmatch(value)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    moment = pd.Timestamp(year, month, day, hour, minute, second)
    return moment, moment


_READERS: tuple[Callable[[str], Days | None], ...] = (
    _iso, _packed, _eurostat, _whole, _clock, _named,
)  # fmt: skip


def _partial(year: str, quarter: str | None, month: str | None, day: str | None) -> Days:
    first = (int(quarter) - 1) * 3 + 1 if quarter else int(month or 1)
    last = first + 2 if quarter else int(month or 12)
    final = int(day) if day else calendar.monthrange(int(year), last)[1]
    start = pd.Timestamp(int(year), first, int(day or 1))
    return start, pd.Timestamp(int(year), last, final)


def month_of(word: str) -> str:
    """'3' of '3', 'Mar', 'March', 'марта' and '3월'; '' for what is no month."""
    if word.isascii() and word.isdigit():
        return word if 1 <= int(word) <= 12 else ""
    text = word.casefold().rstrip(".")
    fits = [n for n, name in enumerate(headings.months(), 1) if text in (name, name[:3])]
    number = fits[0] if fits else monthnames.month_of(word)
    return str(number) if number else ""


def is_clock(value: str) -> bool:
    """Whether a text is a time of day alone: 08:00."""
    return ":" in value and bool(_TIME.fullmatch(value))


def is_hour(value: str) -> bool:
    """Whether a text is a time of day, if only its hour: 8, 08:00."""
    return bool(_TIME.fullmatch(value))


def has_clock(value: str, date_format: str = "") -> bool:
    """Whether a text that is a date has a time of day with it."""
    if date_format:
        return any(sign in date_format for sign in ("%H", "%I", "%X", "%c"))
    return bool(_CLOCK.fullmatch(value))


def composed(year: str, quarter: str, month: str, day: str) -> str:
    """One text of a year with the quarter, or the month and day, that stand beside it.

    What cannot be put together stays as it is written, so that it is named as no date.
    """
    year = year[:4] if _WHOLE.fullmatch(year) else year
    if month:
        number = month_of(month)
        if not number:
            return f"{year} {month}"
        whole = f"{year}-{int(number):02}"
        return f"{whole}-{int(day):02}" if day.isdigit() else f"{whole} {day}".strip()
    if quarter:
        known = monthnames.quarter_of(quarter)
        return f"{year}-Q{known or quarter.upper().removeprefix('Q')}"
    return f"{year} {day}".strip()


def with_clock(date: str, time: str) -> str:
    """A date with the time of day that stands beside it; an hour is a full hour."""
    found = _TIME.fullmatch(time)
    if not (date and found):
        return f"{date} {time}".strip()
    return f"{date} {int(found[1]):02}:{found[2] or '00'}"
