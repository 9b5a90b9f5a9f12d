"""What was made of the positions of a table: a geometry or a problem for each row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from shapely.geometry.base import BaseGeometry

__all__ = ["Placed", "Problem"]


class Problem(NamedTuple):
    """What is wrong with the position of a row, or of every row."""

    heading: str
    value: str
    problem: str
    remedy: str
    code: str


@dataclass
class Placed:
    """A geometry or None for each row, with the problems of each.

    `whole` are problems of every row alike; `said` what is read as what;
    `comma`: the decimal sign is a comma.
    """

    geometries: list[BaseGeometry | None] = field(default_factory=list)
    problems: list[tuple[Problem, ...]] = field(default_factory=list)
    whole: list[Problem] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    comma: bool = False

    def put(self, geometry: BaseGeometry | None, *problems: Problem) -> None:
        """Add a row."""
        self.geometries.append(None if problems else geometry)
        self.problems.append(problems)
