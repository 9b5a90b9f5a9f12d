"""Rows of a table of flows, and rows added up, as amounts, days and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geo.account import flows as amounts
from geo.account import words
from geo.scene.model import Figure

__all__ = [
    "Line",
    "Record",
    "day",
    "hours",
    "known",
    "mappings",
    "moment",
    "rounded",
    "span_of",
    "summed",
]

Record = Mapping[str, Any]


@dataclass
class Line:
    """One line in the making: a known leg, or one way between two places.

    mode and via are those that its rows name, "" for none. laid: the title of a stretch of way
    that carries what several lines move.
    """

    id: str
    leg: str
    origin: str
    destination: str
    mode: str = ""
    via: str = ""
    laid: str = ""
    rows: list[Record] = field(default_factory=list)
    figures: tuple[Figure, ...] = ()
    shown: tuple[Figure, ...] = ()

    @property
    def drawn(self) -> set[str]:
        """Ids of the rows drawn while no period is chosen."""
        return {name for figure in self.shown for name in figure.flows}


def mappings(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as mappings."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def known(value: Any) -> float | None:
    """A number, None where it is unknown."""
    return None if value is None or pd.isna(value) else float(value)


def day(date: Any) -> str:
    """A date as ISO text, "" where it is not stated."""
    return "" if pd.isna(date) else str(date.date())


def moment(row: Record, end: str) -> str:
    """An end of a row's period as ISO text, with the hour where the table has hours."""
    if not row["timed"] or pd.isna(row[end]):
        return day(row[end])
    return str(row[end].isoformat(timespec="minutes"))


def hours(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """'1 Jan 2020, 08:00', or from one time to another."""
    first, last = (f"{words.day(t)}, {t:%H:%M}" for t in (start, end))
    if start == end:
        return first
    same = start.date() == end.date()
    return f"{first}–{end:%H:%M}" if same else f"{first} – {last}"


def summed(rows: Sequence[Record]) -> dict[str, Any]:
    """Rows of one kind of unit as one row with bounds, in the unit of the first that has one.

    What is not known of a part leaves the sum open: 3 t and unknown are over 3 t.
    """
    if len(rows) == 1:
        return dict(rows[0])
    unit = next(str(row["unit"]) for row in rows if row["unit"])
    low, high, open_ = 0.0, 0.0, False
    for row in rows:
        least, most = _bounds(row, unit)
        low += least or 0.0
        high += most or 0.0
        open_ = open_ or most is None
    if open_:
        return {"quantity_low": low if low else None, "unit": unit}
    key = {"quantity": low} if low == high else {"quantity_low": low or None, "quantity_high": high}
    return {**key, "unit": unit}


def rounded(row: Record) -> dict[str, float | None]:
    """The amounts of a row to three digits that count, for the map; the table has them whole."""
    found = {name: known(row.get(name)) for name in ("quantity", "quantity_low", "quantity_high")}
    return {n: None if v is None else float(f"{v:.3g}") for n, v in found.items()}


def _bounds(row: Record, unit: str) -> tuple[float | None, float | None]:
    """Least and most of a row in a like unit; None where not known."""
    at = {c: known(amounts.convert(row[c], row["unit"], unit)) for c in row if "quantity" in c}
    least = at["quantity"] if at["quantity_low"] is None else at["quantity_low"]
    most = at["quantity"] if at["quantity_high"] is None else at["quantity_high"]
    return least, most


def span_of(row: Record) -> tuple[Any, ...]:
    """What rows that are added up have in common: their period and their way."""
    return str(row["period_start"]), str(row["period_end"]), row["direction"]
