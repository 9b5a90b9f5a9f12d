"""How columns are headed: the names of each field, units in headings, what looks like one.

The lists are data, `headings.json` beside this module; every reader of tables asks here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from geo.errors import GeoError

__all__ = [
    "angle",
    "axis",
    "beside_years",
    "columns_given",
    "ends",
    "every",
    "is_sum",
    "is_total",
    "languages",
    "looks_like",
    "months",
    "names",
    "nulls",
    "our_time",
    "plain",
    "ranked",
    "trade_way",
    "trade_words",
    "unit_in_brackets",
    "unit_of",
    "within",
]  # fmt: skip

_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
_BETWEEN = re.compile(r"[^\w³]+|_+")
_LINKS = {"in", "of"}


@cache
def _lists() -> dict[str, Any]:
    path = files("geo.files") / "headings.json"
    made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return made


def names(field: str) -> tuple[str, ...]:
    """The headings of a field, the plainest first; its own name where none are listed."""
    return tuple(_lists()["fields"].get(field, (field,)))


@cache
def every() -> frozenset[str]:
    """Every heading of any field, as `plain` writes it."""
    return frozenset(plain(name) for own in _lists()["fields"].values() for name in own)


def axis(heading: str) -> tuple[str, str] | None:
    """("lon" or "lat", what the rest of the heading says): stop_lat is ("lat", "stop").

    None for a heading that speaks of no coordinate, or of both.
    """
    parts = plain(heading).split("_")
    for name in ("lon", "lat"):
        words = _lists()["axes"][name]
        at = [n for n, part in enumerate(parts) if part in words]
        if len(at) == 1:
            rest = [p for n, p in enumerate(parts) if n != at[0]]
            return name, "_".join(p for p in rest if p not in _lists()["axes"]["beside"])
    return None


def ends() -> dict[str, tuple[str, ...]]:
    """What says in the heading of a coordinate which end of a flow it is of."""
    own = _lists()["ends"]
    return {field: (*names(field), *own[field]) for field in ("origin", "destination")}


def angle(text: str) -> str:
    """An angle with the signs ° ' " and the letters N S E W in place of words and their like."""
    for kind in ("hemispheres", "angles"):
        for own, plain_sign in _lists()[kind].items():
            text = text.replace(own, plain_sign)
    return text


def nulls() -> frozenset[str]:
    """What stands in a cell of numbers for unknown, case folded."""
    return frozenset(_lists()["nulls"])


def within(field: str, heading: str) -> bool:
    """Whether a heading is a name of a field."""
    return plain(heading) in {plain(name) for name in names(field)}


def months() -> tuple[str, ...]:
    """The months by name, January first."""
    return tuple(_lists()["months"])


def languages() -> tuple[str, ...]:
    """The languages that names of months are known in."""
    return tuple(_lists()["languages"])


def beside_years() -> frozenset[str]:
    """What stands between a year and a month, or behind a year, and means nothing more."""
    return frozenset(_lists()["beside_years"])


def our_time() -> tuple[int, int]:
    """The first and last year that a column of years is believed to hold."""
    first, last = _lists()["our_time"]
    return int(first), int(last)


def plain(heading: str) -> str:
    """A heading without case, signs and spaces: 'Net weight (kg)' is net_weight_kg."""
    text = unicodedata.normalize("NFC", heading).casefold()
    return "_".join(part for part in _BETWEEN.split(text) if part)


def ranked(field: str, header: Sequence[str]) -> list[int]:
    """The columns that are headed as a field, the plainest heading first."""
    order = names(field)
    found = [(order.index(word), n) for n, word in enumerate(map(plain, header)) if word in order]
    if field == "quantity":
        vague = _lists()["vague_quantities"]
        found += [(len(order), n) for n, own in enumerate(header) if _is_amount(own)]
        words = enumerate(map(plain, header))
        found += [(len(order) + 1 + vague.index(w), n) for n, w in words if w in vague]
    return list(dict.fromkeys(n for _, n in sorted(found)))


def _is_amount(heading: str) -> bool:
    return plain(heading) not in names("quantity") and bool(unit_of(heading))


def unit_of(heading: str) -> str:
    """The unit that the heading of an amount states: t of 'tonnes' and 'Weight (t)', else ''."""
    parts = [part for part in _BETWEEN.split(unicodedata.normalize("NFC", heading)) if part]
    lists = _lists()
    if plain(heading) in lists["stated_units"]:
        return str(lists["stated_units"][plain(heading)])
    amounts = {"", *names("quantity"), *lists["vague_quantities"]}
    for n in range(len(parts)):
        before = [p.casefold() for p in parts[:n]]
        before = before[:-1] if before and before[-1] in _LINKS else before
        own = "_".join(parts[n:])
        unit = lists["exact_units"].get(own) or lists["units"].get(own.casefold(), "")
        if unit and "_".join(before) in amounts:
            return str(unit)
    return ""


def unit_in_brackets(heading: str) -> str:
    """The unit at the end of any heading, kg of 'Netweight (kg)' and 'Net [kg]', else ''.

    For a column that the user names as the amount: what stands before the bracket is any word.
    """
    found = _BRACKETS.search(unicodedata.normalize("NFC", heading))
    return unit_of(f"({found[1]})") if found else ""


def looks_like(heading: str) -> str:
    """The field that a heading speaks of without being a name of it, '' for none."""
    parts = set(plain(heading).split("_"))
    kinds = _lists()["looks"].items()
    return next((str(kind) for kind, words in kinds if parts & set(words)), "")


def trade_words(heading: str) -> frozenset[str]:
    """What the cells of a column hold that says import or export; none for another heading."""
    trade = _lists()["trade"]
    return frozenset(trade["words"] if plain(heading) in trade["headings"] else ())


def trade_way(text: str) -> str:
    """ "import", "export" or "back" of a cell that says which way goods went, "" of another."""
    trade, own = _lists()["trade"], text.strip().casefold()
    return next((way for way in ("import", "export", "back") if own in trade[way]), "")


def is_total(text: str) -> bool:
    """Whether a cell names no partner and no cargo but all of them."""
    return text.strip().casefold() in _lists()["trade"]["totals"]


def is_sum(text: str) -> bool:
    """Whether a cell names no place but the sum over all of them."""
    return text.strip().casefold() in _lists()["trade"]["sums"]


def columns_given(texts: Sequence[str]) -> dict[str, str]:
    """'quantity=tonnes' as {field: column}. Raises GeoError for a text without both."""
    pairs = [text.partition("=") for text in texts]
    bad = [
        text for text, (name, _, theirs) in zip(texts, pairs, strict=True) if not (name and theirs)
    ]
    if bad:
        raise GeoError(
            f"--column {bad[0]!r}: write it as field=column, for example quantity=tonnes"
        )
    return {name.strip(): theirs.strip() for name, _, theirs in pairs}
