"""Months and quarters by name in many languages, from the Unicode CLDR that Babel brings.

A name that languages use for different months is none: it is named, not guessed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from geo.files import headings

__all__ = ["month_of", "quarter_of"]

_SHORT = 3  # letters that a month is cut to: the form of spreadsheets, if it is one month's alone


def month_of(word: str) -> int:
    """1 to 12 of a name or its short form: 'Mar', 'märz', 'января', 'févr.', '3월'; 0 for none."""
    return _named("month", word)


def quarter_of(word: str) -> int:
    """1 to 4 of a name or its short form: 'Q1', 'T1', '1-й кв.', '1분기'; 0 for none."""
    return _named("quarter", word)


def _named(kind: str, word: str) -> int:
    text = _plain(word)
    if not text or text.isdigit():
        return 0
    return _names(kind).get(text, 0)


def _plain(word: str) -> str:
    """A name without case, accents, the dot of a short form, and zeros before a digit."""
    apart = unicodedata.normalize("NFKD", word.strip().casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", bare).rstrip(".").lstrip("0")


@cache
def _names(kind: str) -> dict[str, int]:
    """Every name that means one month, or quarter, in all languages that have it."""
    found: dict[str, set[int]] = {}
    for language in headings.languages():
        for name, number in _of(kind, language):
            found.setdefault(name, set()).add(number)
    return {name: next(iter(own)) for name, own in found.items() if len(own) == 1}


def _of(kind: str, language: str) -> Iterator[tuple[str, int]]:
    """The names of one language, and what months are cut to where that is unlike all others."""
    from babel import dates  # a quarter of a second, and only where a name is met

    read = dates.get_month_names if kind == "month" else dates.get_quarter_names
    short: dict[str, set[int]] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in read(width, context, language).items():
                yield _plain(name), int(number)
                if kind == "month" and width == "wide":
                    short.setdefault(_plain(name)[:_SHORT], set()).add(int(number))
    for cut, own in short.items():
        if len(own) == 1 and cut.isalpha() and len(cut) == _SHORT:
            yield cut, next(iter(own))
