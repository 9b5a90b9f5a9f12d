"""Rows of the tables as values: an amount with its bounds, a flow with its question."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from geo.account import units

Record = Mapping[str, Any]
BOTH_WAYS = "both_ways"
SAME = units.ROUNDING * (1 + 1e-9)  # what is exactly so far apart still agrees
OUTSIDE = ("others", "context")  # scopes of rows that never speak for their corridor


def known(value: Any) -> float | None:
    """A number, or None where it is unknown."""
    return None if value is None or pd.isna(value) else float(value)


def text(row: Record, column: str) -> str:
    """A cell as text, '' where the table has no such column or the cell is empty."""
    value = row.get(column)
    return value if isinstance(value, str) else ""


def day(value: Any) -> date | None:
    """A date, or None where it is not stated."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


@dataclass(frozen=True)
class Amount:
    """Up to three numbers as a row states them; None is unknown."""

    quantity: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, row: Record) -> Amount:
        """The amount of a row with the columns quantity, quantity_low and quantity_high."""
        return cls(*(known(row.get(c)) for c in ("quantity", "quantity_low", "quantity_high")))

    @property
    def stated(self) -> tuple[float, ...]:
        """The numbers that count: a single bound beside a quantity does not."""
        return tuple(x for x in self.counted if x is not None)

    @property
    def counted(self) -> tuple[float | None, float | None, float | None]:
        """Quantity, low and high, a single bound beside a quantity left out."""
        if self.quantity is not None and (self.low is None or self.high is None):
            return self.quantity, None, None
        return self.numbers

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Lower and upper end: equal if exact, one None for a bound, both None if unknown."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        return (self.low, self.high) if self.quantity is None else (self.quantity, self.quantity)

    @property
    def size(self) -> float | None:
        """One figure, for drawing and ordering: the quantity, the middle of a range, a bound."""
        if self.quantity is not None:
            return self.quantity
        return math.fsum(self.stated) / len(self.stated) if self.stated else None

    @property
    def is_bound(self) -> bool:
        """True where only one end is known."""
        low, high = self.ends
        return (low is None) != (high is None)

    def times(self, factor: float) -> Amount:
        """Every number multiplied, to twelve digits: 1.005 Mt and 1,005 kt are one amount."""
        made = (None if x is None else float(f"{x * factor:.12g}") for x in self.numbers)
        return Amount(*made)

    def over(self, divisor: float) -> Amount:
        """Every number divided."""
        return Amount(*(None if x is None else x / divisor for x in self.numbers))

    @property
    def numbers(self) -> tuple[float | None, float | None, float | None]:
        """Quantity, low and high."""
        return self.quantity, self.low, self.high

    def differs(self, other: Amount) -> bool:
        """Whether two amounts in one unit are not the same but for rounding."""
        pairs = zip(self.counted, other.counted, strict=True)
        return any(
            (a is None) != (b is None)
            or (a is not None and b is not None and abs(b - a) > SAME * abs(a))
            for a, b in pairs
        )


@dataclass(frozen=True)
class Flow:
    """A row of flows. `amount` is in `unit`; `start` and `end` are both included, None if open."""

    id: str
    corridor: str
    leg: str
    origin: str
    destination: str
    both_ways: bool
    start: date | None
    end: date | None
    commodity: str
    unit: str
    amount: Amount
    basis: str
    rank: int
    scope: str
    part_of: str
    source: str
    at: int  # its place in the table

    @cached_property
    def kind(self) -> str:
        """The base unit of its kind."""
        return units.unit_kind(self.unit)

    @cached_property
    def base(self) -> Amount:
        """Its amount in the base unit."""
        return self.amount.times(units.unit_size(self.unit))

    @cached_property
    def series(self) -> tuple[str, ...]:
        """What it asks, its period left out."""
        way = (self.corridor, self.leg, self.origin, self.destination)
        return (*way, str(self.both_ways), self.commodity, self.kind)

    @cached_property
    def question(self) -> tuple[str, ...]:
        """What it asks: rows of one question answer each other."""
        return (*self.series, str(self.start), str(self.end))

    @property
    def speaks(self) -> bool:
        """False for a figure of other countries or corridors, or for context."""
        return self.scope not in OUTSIDE

    @cached_property
    def days(self) -> int:
        """Length of its period in days; 0 where it is not stated."""
        return units.days(self.start, self.end) if self.start and self.end else 0

    @cached_property
    def years(self) -> float | None:
        """Length of its period in years; None where it is not stated."""
        return units.years(self.start, self.end) if self.start and self.end else None

    @property
    def is_count(self) -> bool:
        """Whether it says how often, not how much."""
        return self.unit in units.COUNTS

    @property
    def is_drawable(self) -> bool:
        """Whether it can be a width: a known amount over a stated period of a month or so."""
        long = self.days >= units.LEAST_SHARE_DAYS
        return bool(self.amount.stated) and not self.is_count and long


def flow(row: Record, at: int) -> Flow:
    """A row of the table of flows as a value."""
    return Flow(
        id=str(row["flow"]),
        corridor=text(row, "corridor"),
        leg=text(row, "leg"),
        origin=text(row, "origin"),
        destination=text(row, "destination"),
        both_ways=text(row, "direction") == BOTH_WAYS,
        start=day(row.get("period_start")),
        end=day(row.get("period_end")),
        commodity=text(row, "commodity"),
        unit=text(row, "unit"),
        amount=Amount.of(row),
        basis=text(row, "basis"),
        rank=int(known(row.get("rank")) or 1),
        scope=text(row, "scope"),
        part_of=text(row, "part_of"),
        source=text(row, "source"),
        at=at,
    )
