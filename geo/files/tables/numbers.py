"""Numbers as people write them → numbers as 1234.5 is written; what is in doubt is named.

A column has one decimal sign, and so has a table as far as its columns tell. Digits may be grouped
by threes, by a space, an apostrophe or the other sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geo.errors import wording
from geo.files import headings
from geo.files.numbers import EXPONENT, PLAIN

__all__ = ["Column", "column", "evidence", "read"]

_GROUPS = " \u00a0\u202f\u2009'’"


def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    point = re.escape(decimal)
    whole = rf"(?:[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+|[0-9]+)"
    return re.compile(rf"[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+){EXPONENT}")


_OTHER = {".": ",", ",": "."}
_FORMS = {
    sign: tuple(_pattern(sign, group) for group in (f"[{_GROUPS}]", re.escape(_OTHER[sign])))
    for sign in ".,"
}
_WORDS = {".": "point", ",": "comma"}


def read(text: str, decimal: str) -> str:
    """A number as 1234.5 is written, "" where the text is none under a decimal sign."""
    text = text.strip().replace("−", "-")
    if not any(form.fullmatch(text) for form in _FORMS[decimal]):
        return ""
    kept = [c for c in text if c not in _GROUPS and c != _OTHER[decimal]]
    return "".join(kept).replace(decimal, ".")


def unknown(text: str) -> bool:
    """Whether a cell of numbers says that nothing is known: empty, n/a, a colon."""
    return text.strip().casefold() in headings.nulls()


@dataclass(frozen=True)
class Column:
    """The decimal sign of a column, "" in doubt, and a cell that shows why.

    `told`: the sign is not the point, or digits are grouped, so it must be said. `split`: some
    cells are numbers under one sign alone, some under the other.
    """

    decimal: str
    example: str = ""
    told: bool = False
    split: tuple[str, str] | None = None

    @property
    def readings(self) -> tuple[str, str]:
        """The example under a point and under a comma."""
        return read(self.example, "."), read(self.example, ",")


def column(values: Iterable[str], *, stated: str = "", elsewhere: str = "",
           most: float = float("inf"), semicolons: bool = False) -> Column:  # fmt: skip
    """How the numbers of a column are written.

    stated: the decimal sign that the user names. elsewhere: that of other columns, which settles a
    doubt. most: no value is larger, as of a coordinate.
    """
    own = [text for value in values if (text := value.strip()) and not unknown(text)]
    marked = [text for text in own if not _plain_whole(text)]
    if stated:
        return Column(stated, told=False)
    can = {sign: [_within(read(text, sign), most) for text in marked] for sign in ".,"}
    point, comma = (sum(can[sign]) for sign in ".,")
    if point != comma:
        best, other = (".", ",") if point > comma else (",", ".")
        only = next((t for t, a, b in zip(marked, can[best], can[other], strict=True)
                     if b and not a), "")  # fmt: skip
        example = next(t for t, a, b in zip(marked, can[best], can[other], strict=True)
                       if a and not b)  # fmt: skip
        return Column(best, example, best == "," or not PLAIN.fullmatch(example),
                      (example, only) if only else None)  # fmt: skip
    return _alike(marked, can, elsewhere, semicolons)


def _alike(
    marked: Sequence[str], can: Mapping[str, Sequence[bool]], elsewhere: str, semicolons: bool
) -> Column:
    """A column that reads under both signs: all the same, or in doubt."""
    pairs = [*zip(marked, can["."], can[","], strict=True)]
    apart = [next((t for t, *own in pairs if own[n] and not own[1 - n]), "") for n in (0, 1)]
    if all(apart):
        return Column("", apart[0], split=(apart[0], apart[1]))
    both = [text for text, point, comma in pairs if point and comma]
    differing = next((text for text in both if float(read(text, ".")) != float(read(text, ","))
                      ), "")  # fmt: skip
    if not differing:
        grouped = next((text for text in both if not PLAIN.fullmatch(text)), "")
        return Column(".", grouped, bool(grouped))
    if elsewhere:
        return Column(elsewhere, differing, told=True)
    if PLAIN.fullmatch(differing) and not semicolons:
        return Column(".", differing, told=True)
    return Column("", differing)


def _plain_whole(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[0-9]+", text))


def _within(text: str, most: float) -> bool:
    return bool(text) and abs(float(text)) <= most


def evidence(columns: Iterable[Sequence[str]]) -> str:
    """The decimal sign that the columns of a table tell, "" where none does or two do."""
    found = [column(own, semicolons=True) for own in columns if _is_numeric(own)]
    signs = {one.decimal for one in found if one.example and not one.split} - {""}
    return signs.pop() if len(signs) == 1 else ""


def _is_numeric(values: Sequence[str]) -> bool:
    """Whether most cells of a column are numbers, under any sign."""
    own = [value for value in values if value.strip()]
    return bool(own) and sum(bool(read(v, ".") or read(v, ",")) for v in own) > len(own) / 2


def said(heading: str, own: Column, most: float = float("inf")) -> Iterator[str]:
    """What must be said of how a column of numbers is read; no value is larger than `most`."""
    if own.told and own.example:
        other = _OTHER[own.decimal]
        open_ = _within(read(own.example, other), most)
        hint = f" (else: --decimal {_WORDS[other]})" if open_ else ""
        yield f"{heading}: {own.example} is read as {read(own.example, own.decimal)}{hint}."


def doubt(own: Column) -> tuple[str, str, str, str]:
    """(value, problem, remedy, code) of a column of two decimal signs, or of one in doubt."""
    if own.split:
        one, other = own.split
        return other, *wording("number.two-decimal-signs", one=one, other=other)
    point, comma = own.readings
    return own.example, *wording("number.decimal-sign-open", point=point, comma=comma)
