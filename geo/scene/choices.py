"""What is left of the lines of a page where one value of a column is chosen, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.account.values import Figure

__all__ = ["Choice", "Chosen"]


@dataclass(frozen=True)
class Chosen:
    """A value: its words, the rows that have it, and for each of their lines its figures.

    shown: ids of the figures drawn while no period is chosen, by line.
    """

    word: str
    headline: str
    deck: str
    rows: tuple[str, ...]
    figures: Mapping[str, tuple[Figure, ...]]
    shown: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Choice:
    """A column to choose by; steps: its values are times, which a reader may play."""

    column: str
    values: tuple[Chosen, ...]
    steps: bool = False
