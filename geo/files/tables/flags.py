"""Flags and footnotes beside a number, as statistics print them → the number, and the mark.

`12.3 p` and `: c` of Eurostat, `12.3 (e)` as the OECD has it, `12.3*`, `12.3¹` and `12.3 [1]`. A
letter alone is a flag only in a table of Eurostat: elsewhere it may be a unit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["MEANINGS", "Marked", "marked", "of_eurostat", "said"]

MEANINGS = {
    "b": "break in the series", "c": "confidential", "d": "definition differs", "e": "estimated",
    "f": "forecast", "i": "see metadata", "n": "not significant", "p": "provisional",
    "r": "revised", "s": "estimated by Eurostat", "u": "of low reliability", "z": "not applicable",
}  # fmt: skip
_DIGITS = "0123456789"
_RAISED = "¹²³⁰⁴⁵⁶⁷⁸⁹"
_VALUE = r":|\.{2,3}|…|[-+−]?[0-9](?:[0-9., '\u00a0\u202f]*[0-9])?"
_FLAGGED = re.compile(rf"({_VALUE})[ \u00a0]*([{''.join(MEANINGS)}]{{1,3}})")
_LETTERS = rf"\([{''.join(MEANINGS)}{''.join(MEANINGS).upper()}]{{1,2}}\)"  # no (t), a unit
_NOTED = re.compile(
    rf"({_VALUE})([ \u00a0]*)([*†‡§]+|[{_RAISED}]+⁾?|{_LETTERS}|[(\[][0-9]{{1,2}}[)\]])"
)
_BEFORE = re.compile(rf"({_LETTERS})[ \u00a0]*({_VALUE})")
_HEADED = re.compile(r".*\\ *(?:time|time_period)", re.IGNORECASE)  # geo\TIME_PERIOD


@dataclass(frozen=True)
class Marked:
    """The cells of a column without marks, and the mark of each, "" for none."""

    values: list[str]
    marks: list[str]


def of_eurostat(header: Iterable[str], columns: Iterable[Sequence[str]]) -> bool:
    """Whether a table is as Eurostat writes it, by a heading or the colon of an unknown number."""
    if any(_HEADED.fullmatch(own.strip()) for own in header):
        return True
    return any(text.lstrip().startswith(":") for own in columns for text in own)


def marked(values: Sequence[str], *, eurostat: bool) -> Marked:
    """The numbers of a column apart from the marks beside them.

    A small figure that is raised behind a plain whole number may be a power: it is left there,
    unless another cell of the column shows that such figures are notes.
    """
    found = [_split(text.strip(), eurostat) for text in values]
    notes = any(one and not _may_be_power(*one) and one[2][0] in _RAISED for one in found)
    kept = [one if one and (notes or not _may_be_power(*one)) else None for one in found]
    bare = [one[0] if one else text for one, text in zip(kept, values, strict=True)]
    return Marked(bare, [one[2] if one else "" for one in kept])


def _split(text: str, eurostat: bool) -> tuple[str, str, str] | None:
    """(number, what stands between, mark) of a cell; None without a mark."""
    if text[-1:] in _DIGITS and not text.startswith("("):  # most cells: no mark at either end
        return None
    flagged = _FLAGGED.fullmatch(text) if eurostat else None
    if flagged:
        return flagged[1], " ", flagged[2]
    noted = _NOTED.fullmatch(text)
    if noted:
        return noted[1], noted[2], noted[3]
    before = _BEFORE.fullmatch(text)
    return (before[2], " ", before[1]) if before else None


def _may_be_power(number: str, between: str, mark: str) -> bool:
    return mark[0] in _RAISED and not between and number.lstrip("+-−").isdigit()


def said(heading: str, own: Marked) -> Iterator[str]:
    """What must be said of marks that were left out of a column."""
    counts = Counter(mark for mark in own.marks if mark)
    letters = sorted({letter for mark in counts if mark.isalpha() for letter in mark
                      if letter in MEANINGS})  # fmt: skip
    if letters:
        means = ", ".join(f"{letter} {MEANINGS[letter]}" for letter in letters)
        yield f"{heading}: letters beside numbers are flags, as Eurostat has them: {means}."
    rest = {mark: count for mark, count in counts.items() if not mark.isalpha()}
    if rest:
        cells = sum(rest.values())
        where = f"in {cells:,} cells" if cells > 1 else "in one cell"
        which = ", ".join(rest)
        yield f"{heading}: marks beside numbers are notes, no part of them, {where}: {which}."
