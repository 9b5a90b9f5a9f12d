"""What users may catch.

GeoError
├── DataError    a file or table is not sound; carries every fault found
└── AssetError   something a page needs is not at hand
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

PATH = (str, os.PathLike)  # what a file may be given as
FAULTS = Path(__file__).parent / "faults.toml"
__all__ = [
    "PATH",
    "AssetError",
    "DataError",
    "Fault",
    "GeoError",
    "Kind",
    "Lost",
    "Wording",
    "check_type",
    "kinds",
    "wording",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the data, with its place, its remedy and the code of its kind."""

    file: str
    where: str
    field: str
    value: str
    problem: str
    remedy: str
    code: str

    def __str__(self) -> str:
        """Return the fault as one line: place, field, value, problem, remedy, code."""
        place = ", ".join(part for part in (self.where, self.field) if part)
        head = f"{self.file}: {place}" if place else self.file
        found = f" (found {self.value})" if self.value else ""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{head}: {self.problem}{found}{remedy} [{self.code}]"


class Wording(NamedTuple):
    """How a fault is worded: what is wrong, what to do about it, and the code of its kind."""

    problem: str
    remedy: str
    code: str


@dataclass(frozen=True)
class Kind:
    """A kind of fault as `faults.toml` has it; texts hold their values in braces.

    `remedies` are by case, "" the usual one; `example` says which files have the fault, which
    command finds it, and where, or why no small file has it.
    """

    code: str
    problem: str
    remedies: Mapping[str, str]
    meaning: str
    example: Mapping[str, Any]


@functools.cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of fault by its code, in the order of the list."""
    import tomllib  # what finds no fault does not wait for it

    listed = tomllib.loads(FAULTS.read_text(encoding="utf-8"))
    return {kind.code: kind for kind in _kinds(listed)}


def _kinds(listed: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Kind]:
    for thing, own in listed.items():
        for what, item in own.items():
            more = dict(item)
            problem, remedy, meaning = (more.pop(name) for name in ("problem", "remedy", "meaning"))
            remedies = {"": remedy, **more.pop("remedies", {})}
            yield Kind(f"{thing}.{what}", problem, remedies, meaning, more)


def wording(code: str, /, *, case: str = "", **values: object) -> Wording:
    """The words of a kind of fault with the values of one; `case` names one of its remedies."""
    kind = kinds()[code]
    remedy = kind.remedies[case]
    return Wording(kind.problem.format_map(values), remedy.format_map(values), code)


@dataclass(frozen=True)
class Lost:
    """One row or feature that was left out: its place, its text untouched, and why."""

    where: str
    raw: str
    faults: tuple[Fault, ...]


class GeoError(Exception):
    """Base of every error the kit raises on purpose."""


class DataError(GeoError):
    """A file or table is not sound; `faults` holds every fault found."""

    def __init__(self, message: str, *, faults: Sequence[Fault] = ()) -> None:
        """Keep the faults beside the message."""
        super().__init__(message)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return the message and every fault, a line each."""
        return "\n".join([super().__str__(), *map(str, self.faults)])


class AssetError(GeoError):
    """Something a page needs is not at hand; the message says how to supply it."""


def check_type(value: object, kinds: type | tuple[type, ...], give: str) -> None:
    """Raise GeoError for a value of another type; `give` says what to give instead."""
    if not isinstance(value, kinds):
        text = " ".join(repr(value).split())
        said = text if len(text) <= 60 else f"{text[:57]}…"
        raise GeoError(f"{type(value).__name__} {said}: give {give}")
