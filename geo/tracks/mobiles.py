"""What sends positions and is no ship: base stations, aids to navigation, search aircraft.

Told by the form of a number, by the type of a message, or by a publisher's own column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.errors import GeoError
from geo.tracks import dialects

__all__ = ["chosen", "names", "of", "of_message", "of_vessel", "sql", "title"]


def names() -> list[str]:
    """Return every class but ships."""
    return list(dialects.data("mobiles"))


def title(name: str) -> str:
    """What a class is called."""
    return str(dialects.data("mobiles")[name]["title"])


def chosen(text: str) -> tuple[str, ...]:
    """The classes of a list with commas. GeoError for one that is not known."""
    asked = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    wrong = [one for one in asked if one not in names()]
    if wrong:
        raise GeoError(f"--also {', '.join(wrong)}: known are {', '.join(names())}")
    return asked


def _numbers() -> dict[str, str]:
    return {name: str(one["numbers"]) for name, one in dialects.data("mobiles").items()}


def of_vessel(vessel: str) -> str | None:
    """The class that a number has by its form, None for ships and for what is no number."""
    found = (name for name, form in _numbers().items() if re.fullmatch(form, vessel))
    return next(found, None)


def of_message(kind: int) -> str | None:
    """The class that sends a type of message, None for ships."""
    found = (n for n, one in dialects.data("mobiles").items() if kind in one["messages"])
    return next(found, None)


def words(mapping: Mapping[str, str]) -> dict[str, str]:
    """What the values of a column stand for: those of a dialect, names and types of messages."""
    own = {key: value for key, value in mapping.items() if key != "column"}
    types = {str(m): n for n, one in dialects.data("mobiles").items() for m in one["messages"]}
    return {name: name for name in names()} | types | own


def sql(vessel: str, said: str, mapping: Mapping[str, str]) -> str:
    """The expression of DuckDB for the class of a row; null for ships."""
    listed = (f"WHEN {said} = {_q(value)} THEN {_q(name)}" for value, name in mapping.items())
    forms = (
        f"WHEN regexp_full_match({vessel}, {_q(form)}) THEN {_q(name)}"
        for name, form in _numbers().items()
    )
    return f"CASE {' '.join([*listed, *forms])} END"


def _q(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def of(vessels: pd.Series[Any], said: pd.Series[Any] | None, mapping: Mapping[str, str]) -> Any:
    """The class of each row of a frame; None for ships."""
    classes = {vessel: of_vessel(str(vessel)) for vessel in vessels.dropna().unique()}
    found = vessels.map(classes).astype(object)
    if said is not None:
        by_word = pd.Series(said.tolist(), index=vessels.index, dtype=object).map(mapping)
        found = by_word.where(by_word.notna(), found)
    return found.where(found.notna(), None)
