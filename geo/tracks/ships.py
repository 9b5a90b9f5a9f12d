"""Cleaned positions, ship by ship, with what every kind of event needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from geo.tracks import clean
from geo.tracks.arrays import US, Bools, Floats, Ints, times

__all__ = ["HOUR", "Columns", "Ships"]

Columns: TypeAlias = dict[str, Any]

HOUR = 3600 * US


@dataclass(frozen=True)
class Ships:
    """Cleaned positions with what every kind of event needs."""

    p: clean.Positions
    ship: Ints
    step_m: Floats
    hours: Floats  # from the position before, 0 at the first of a ship
    gap: Bools
    place: Ints
    kn: Floats  # sent, or from the step before where it was not
    first: Ints  # first and last row of each ship
    last: Ints
    names: list[str]  # of each ship: its vessel, and its number among those of the vessel
    vessels: list[str]

    @cached_property
    def segments(self) -> Ints:
        """The same number for rows of one ship without a gap between them."""
        begins = self.gap.copy()
        begins[self.first] = True
        segments: Ints = np.cumsum(begins)
        return segments

    def step_mm(self) -> Ints:
        """Steps in whole millimetres: their sums are the same in any order."""
        steps: Ints = np.rint(self.step_m * 1000.0).astype(np.int64)
        return steps

    def base(self, rows: Ints) -> Columns:
        """Vessel and track of some rows."""
        ships = self.ship[rows].tolist()
        return {
            "vessel": [self.vessels[ship] for ship in ships],
            "track": [self.names[ship] for ship in ships],
        }

    def span(self, first: Ints, last: Ints) -> Columns:
        """Vessel, track, start, end and duration of rows first..last."""
        return self.base(first) | {
            "start_utc": times(self.p.time[first]),
            "end_utc": times(self.p.time[last]),
            "duration_hours": (self.p.time[last] - self.p.time[first]) / HOUR,
        }
