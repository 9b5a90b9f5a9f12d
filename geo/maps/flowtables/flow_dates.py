"""Days such as 01/02 of a year: both readings of the first in doubt, and what settles it.

Nothing is guessed: even where a column shows which comes first, the reader says so once.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.errors import wording
from geo.files import headings

_DAY = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})((?:[ T][0-9]{1,2}:[0-9]{2})?)")
_ORDERS = {"day": "%d{0}%m{0}%Y", "month": "%m{0}%d{0}%Y"}


@dataclass(frozen=True)
class Doubt:
    """The first value that shows how a column of days reads, and the words of the fault."""

    value: str
    wording: tuple[str, str, str]


def doubt(values: Iterable[str]) -> Doubt | None:
    """What is to be said of a column of days with the year last; None where it is none."""
    own = [value for value in dict.fromkeys(values) if value]
    found = [_DAY.fullmatch(value) for value in own]
    if not own or not all(found) or len({one[2] + one[5][:1] for one in found if one}) > 1:
        return None
    sign, clock = next((one[2], one[5]) for one in found if one)
    tail = clock[:1] + "%H:%M" if clock else ""
    forms = {order: form.format(sign) + tail for order, form in _ORDERS.items()}
    read = {order: [_read(value, form) for value in own] for order, form in forms.items()}
    fit = [order for order, days in read.items() if all(days)]
    if len(fit) == 2:
        return _open(own, read, forms)
    return _settled(own, read, forms, fit[0]) if fit else None


def _read(value: str, form: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(value, form)
    except ValueError:
        return None


def _open(
    own: Sequence[str],
    read: dict[str, list[datetime.datetime | None]],
    forms: dict[str, str],
) -> Doubt:
    """Both orders fit every row: the first that they read differently, with both readings."""
    pairs = zip(own, read["day"], read["month"], strict=True)
    value, day, month = next((one for one in pairs if one[1] != one[2]), (own[0], None, None))
    texts = {"day": _said(day or read["day"][0]), "month": _said(month or read["month"][0])}
    formats = {f"{order}_format": form for order, form in forms.items()}
    return Doubt(value, wording("date.two-readings", **texts, **formats))


def _settled(
    own: Sequence[str],
    read: dict[str, list[datetime.datetime | None]],
    forms: dict[str, str],
    order: str,
) -> Doubt:
    """One order alone fits every row: a row that shows it, and how to say so."""
    other = "month" if order == "day" else "day"
    value, day = next(
        (value, day)
        for value, day, no in zip(own, read[order], read[other], strict=True)
        if no is None
    )
    said = wording("date.one-reading", first=order, day=_said(day), format=forms[order])
    return Doubt(value, said)


def _said(day: datetime.datetime | None) -> str:
    return f"{day.day} {headings.months()[day.month - 1].title()} {day.year}" if day else ""
