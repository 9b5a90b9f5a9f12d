"""What readers see, in words of theirs: no ids, no ranks, no names of columns.

Notes, names and titles reach pages and briefings as they stand in the data. What only the keeper of
a folder needs (why a row ranks second, what agrees with what) belongs to the column `working`,
which is never shown. Called by `package` once the structure of a folder holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geo.checking import descriptors
from geo.checking.check import Table
from geo.errors import Fault, wording

WORKING = "working"
SHOWN = ("note", "title", "text", "name", "aliases", "said_by", "document")
CITED = ("title", "container-title", "publisher", "note")  # of a source, as it is cited
_CODE_OF_FAULT = "text.not-for-readers"
_WORD = re.compile(r"\w[\w-]*")
_CODE = re.compile(r"[^\W\d_][^\W_]*(?:_[^\W_]+)+")  # port_a, both_ways
_RANK = re.compile(
    r"\brank(?:ed|s|ing)?\s+(?:[0-9]+|one|two|three|four|five|six|seven|eight|nine)\b", re.I
)


def judge(
    tables: Sequence[Table],
    *,
    sources: Sequence[Mapping[str, Any]] = (),
    descriptor: Mapping[str, Any] | None = None,
    file: str = "",
) -> list[Fault]:
    """Every id, rank and name of a column in what readers see of a folder.

    `sources` are CSL-JSON records, one for each row of the table with that role; `descriptor` is
    the folder's description of itself, read from `file`.
    """
    known, described = _words(tables), descriptor or {}
    found = [fault for rows in tables for fault in _cells(rows, known)]
    for rows in (rows for rows in tables if rows.role == "sources"):
        for record, where in zip(sources, rows.where, strict=False):
            found += _texts(record, CITED, known, rows.file, where)
    found += _texts(described, ("title", "description"), known, file, "")
    for number, resource in enumerate(described.get("resources", ())):
        where = f"resource {number + 1}"
        found += _texts(resource, ("title",), known, file, where)
    return found


def shown(column: str) -> bool:
    """Whether readers see what stands in a column of this name."""
    return column in SHOWN or column.startswith("name_")


def _cells(rows: Table, known: Mapping[str, str]) -> Iterator[Fault]:
    for column in filter(shown, map(str, rows.raw.columns)):
        for number, text in enumerate(rows.raw[column]):
            for word, what in _strange(text, known):
                said = wording(_CODE_OF_FAULT, case=_case(column, rows), word=word, what=what)
                yield rows.fault(number, column, *said)


def _case(column: str, rows: Table) -> str:
    if column != "note":
        return ""
    return "note" if WORKING in rows.fields else "note-without-working"


def _texts(
    item: Mapping[str, Any], keys: Sequence[str], known: Mapping[str, str], file: str, where: str
) -> Iterator[Fault]:
    for key in keys:
        text = str(item.get(key) or "")
        for word, what in _strange(text, known):
            yield Fault(file, where, key, text, *wording(_CODE_OF_FAULT, word=word, what=what))


def _strange(text: str, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Words of a text that only the keeper knows, each once, with what they are."""
    for found in dict.fromkeys(match.group() for match in _RANK.finditer(text)):
        yield found, "a rank"
    for word in dict.fromkeys(_WORD.findall(text)):
        for part in dict.fromkeys((word, *word.split("-"))):
            if part in known:
                yield part, known[part]


def _words(tables: Sequence[Table]) -> dict[str, str]:
    """Ids, codes and names of columns of a folder that are no words of any language."""
    columns = {name for rows in tables for name in rows.fields} | set(descriptors.TYPES)
    found = {name: "the name of a column" for name in columns if "_" in name}
    for rows in tables:
        found |= dict.fromkeys(_codes(rows), "a code of this folder")
    for rows in tables:
        found |= dict.fromkeys(_ids(rows), f"an id of {rows.file}")
    units = {u for rows in tables for c in ("unit", "per") for u in rows.raw.get(c, ())}
    return {word: what for word, what in found.items() if "_" in word or word not in units}


def _codes(rows: Table) -> Iterator[str]:
    """Values with an underscore in columns that hold codes."""
    for column in rows.raw.columns:
        if not shown(str(column)) and column not in {WORKING, "formula"}:
            yield from (v for v in set(rows.raw[column]) if _CODE.fullmatch(v))


def _ids(rows: Table) -> Iterator[str]:
    """Keys of rows that no reader takes for a word: with an underscore, or letters and digits.

    A key that is also the name of its row (`co2` of "CO2") is a word.
    """
    key = next(iter(rows.fields or rows.raw.columns), "")
    named = [rows.raw[c].str.casefold() for c in map(str, rows.raw.columns) if shown(c)]
    for number, value in enumerate(rows.raw.get(key, ())):
        own = any(value.casefold() == names.iloc[number] for names in named)
        if _marked(value) or (_mixed(value) and not own):
            yield value


def _marked(value: str) -> bool:
    return "_" in value and value.strip("_") != "" and " " not in value


def _mixed(value: str) -> bool:
    return bool(re.fullmatch(r"[\w-]+", value)) and _has(value, str.isalpha, str.isdigit)


def _has(value: str, *kinds: Any) -> bool:
    return all(any(map(kind, value)) for kind in kinds)
