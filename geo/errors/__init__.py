"""What users may catch.

GeoError
├── DataError    a file or table is not sound; carries every fault found
└── AssetError   something a page needs is not at hand
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

PATH = (str, os.PathLike)  # what a file may be given as
__all__ = ["PATH", "AssetError", "DataError", "Fault", "GeoError", "Lost", "check_type"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the data, with its place and its remedy."""

    file: str
    where: str
    field: str
    value: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Return the fault as one line: place, field, value, problem, remedy."""
        place = ", ".join(part for part in (self.where, self.field) if part)
        head = f"{self.file}: {place}" if place else self.file
        found = f" (found {self.value})" if self.value else ""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{head}: {self.problem}{found}{remedy}"


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
