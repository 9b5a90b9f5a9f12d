"""Forms of tables of positions. What each publisher writes is data, a TOML file a dialect.

A user's own dialect is such a file too: its path is given in place of a name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from geo.errors import GeoError
from geo.tracks.fields import FIELDS, KEY

__all__ = ["FILE", "Column", "Dialect", "by_name", "data", "fitting", "names"]

FILE = "@file"  # the name of the file stands for a column: one file, one vessel
_KINDS = ("first", "sum", "join")
_FIELDS = {
    "title", "source", "columns", "units", "require", "order", "kind", "first", "skip", "header",
    "delimiter", "date_format", "timezone", "mobile", "only",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """What a field is made of: the first known of some columns, their sum, or both joined."""

    names: tuple[str, ...]
    how: str = "first"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a table is written.

    columns: by the kit's names. units: of fields that are not in the kit's own. require: columns
    besides the key that must be there. order: "dmy" or "mdy". kind: of what moves. first: pattern
    of the first line of a table without a header, which `header` then names after `skip` lines.
    mobile: `column`, and what its values stand for. only: `column` and the `values` of rows that
    are positions.
    """

    name: str
    title: str
    source: str = ""
    columns: Mapping[str, Column]
    units: Mapping[str, str] = field(default_factory=dict)
    require: tuple[str, ...] = ()
    order: str = ""
    kind: str = "ship"
    first: str = ""
    skip: int = 0
    header: tuple[str, ...] = ()
    delimiter: str = ""
    date_format: str = ""
    timezone: str = ""
    mobile: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header has the columns every position needs, under this dialect's names."""
        there = {*header, FILE}
        keys = all(there & set(self.columns[name].names) for name in KEY)
        return keys and set(self.require) <= there

    def known(self, header: Sequence[str]) -> int:
        """How many columns of a header the dialect knows."""
        own = {name for column in self.columns.values() for name in column.names}
        return len({*own, *self.require} & set(header))


@cache
def data(name: str) -> dict[str, Any]:
    """A table of the kit's own data: `names`, `units`, `mobiles` or `messages`."""
    text = (files("geo.tracks") / "assets" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _all() -> tuple[Dialect, ...]:
    folder = files("geo.tracks") / "assets" / "dialects"
    found = sorted(one.name for one in folder.iterdir() if one.name.endswith(".toml"))
    return tuple(
        _made(name.removesuffix(".toml"), tomllib.loads((folder / name).read_text("utf-8")), name)
        for name in found
    )


def _made(name: str, values: Mapping[str, Any], file: str) -> Dialect:
    faults = list(_faults(values))
    if faults:
        raise GeoError(f"{file}: not a dialect: {'; '.join(faults)}")
    columns = {ours: _column(theirs) for ours, theirs in values["columns"].items()}
    plain = {key: values[key] for key in values if key != "columns"}
    for key in ("require", "header"):
        plain[key] = tuple(plain.get(key, ()))
    return Dialect(name=name, columns=columns, **{"title": name, **plain})


def _column(theirs: Any) -> Column:
    if isinstance(theirs, str):
        return Column((theirs,))
    if isinstance(theirs, list):
        return Column(tuple(theirs))
    ((how, names),) = theirs.items()
    return Column(tuple(names), how)


def _faults(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the values of a dialect."""
    columns = values.get("columns", {})
    unknown = [key for key in values if key not in _FIELDS]
    strange = [name for name in columns if name not in FIELDS]
    absent = [name for name in KEY if name not in columns]
    if unknown:
        yield f"unknown keys {', '.join(unknown)}; known are {', '.join(sorted(_FIELDS))}"
    if strange:
        yield f"unknown columns {', '.join(strange)}; known are {', '.join(FIELDS)}"
    if absent:
        yield f"no column for {', '.join(absent)}"
    for name, theirs in columns.items():
        if isinstance(theirs, dict) and (len(theirs) != 1 or not set(theirs) <= {*_KINDS}):
            yield f"column {name}: write a name, a list of names, or {{ sum = [...] }}"
    try:
        re.compile(values.get("first", ""))
    except (re.error, TypeError) as error:
        yield f"first: not a pattern: {error}"


def names() -> list[str]:
    """Return the names of all dialects."""
    return [one.name for one in _all()]


def by_name(name: str) -> Dialect:
    """Return a dialect by its name, or by the path of a TOML file. GeoError if there is none."""
    for one in _all():
        if one.name == name:
            return one
    if not name.endswith(".toml"):
        raise GeoError(
            f"no dialect {name!r}; known are {', '.join(names())}, or give the path of a .toml file"
        )
    try:
        values = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GeoError(f"{name}: cannot be read: {error}") from error
    return _made(Path(name).stem, values, name)


def fitting(header: Sequence[str]) -> list[Dialect]:
    """Return the dialects that fit a header, the one that knows most of it first."""
    found = [one for one in _all() if not one.first and one.fits(header)]
    return sorted(found, key=lambda one: (-one.known(header), one.name))


def headless(lines: Sequence[str]) -> Dialect | None:
    """Return the dialect of a table that has no header, None where none is known."""
    some = (one for one in _all() if one.first and lines)
    return next((one for one in some if re.match(one.first, lines[0])), None)
