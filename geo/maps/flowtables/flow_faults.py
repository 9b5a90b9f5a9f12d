"""Faults of a table of flows, gathered with their rows until every file was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import Fault, wording
from geo.files.tables import Form

__all__ = ["ENDS", "NAMED_ROWS", "Named", "rows_said"]

ENDS = ("origin", "destination")
NAMED_ROWS = 8  # rows a fault names before it only counts them


@dataclass
class Named:
    """What is being read; faults gather with their rows until all files were seen."""

    file: str
    unit: str = ""
    date_format: str = ""
    form: Form = field(default_factory=Form)
    evidence: str = ""
    semicolons: bool = False
    eurostat: bool = False
    said: list[str] = field(default_factory=list)
    faults: dict[Fault, list[int]] = field(default_factory=dict)

    def say(
        self,
        row: int | None,
        name: str,
        value: str,
        problem: str,
        remedy: str,
        code: str,
        *,
        file: str = "",
        where: str = "",
    ) -> None:
        """Note a fault of a row, or of the place that `where` names, worded by `errors.wording`."""
        rows = self.faults.setdefault(
            Fault(file or self.file, where, name, value, problem, remedy, code), []
        )
        rows += [row] if row is not None else []

    def bad_rows(self) -> dict[int, list[Fault]]:
        """Faults of the table by their row."""
        found: dict[int, list[Fault]] = {}
        for fault, rows in self.faults.items():
            for row in rows if fault.file == self.file else ():
                found.setdefault(row, []).append(replace(fault, where=f"row {row}"))
        return found

    def merged(self) -> list[Fault]:
        """Every fault once, with the rows it stands in."""
        return [replace(f, where=rows_said(rows) or f.where) for f, rows in self.faults.items()]

    def check_places(self, flows: pd.DataFrame, places: gpd.GeoDataFrame) -> None:
        """Every end of a flow must be a known place; an end may be empty where a leg is named."""
        known = set(places["place"])
        for end in ENDS:
            for row, value, leg in zip(flows["row"], flows[end], flows["leg"], strict=True):
                if value and value not in known:
                    said = wording("flow.no-such-place", file=places.attrs["file"])
                    self.say(row, end, value, *said)
                if not value and not leg:
                    self.say(row, end, "", *wording("flow.no-end-and-no-leg"))

    def match_legs(self, flows: pd.DataFrame, legs: gpd.GeoDataFrame) -> pd.DataFrame:
        """The flows with `leg` (known legs only) and `direction` along it; 1 where it has none."""
        ends = {row.leg: (row.origin, row.destination) for row in legs.itertuples()}
        joining: dict[frozenset[str], list[str]] = {}
        for leg, pair in ends.items():
            if all(pair):
                joining.setdefault(frozenset(pair), []).append(leg)
        found = [self._leg(row, ends, joining) for row in flows.itertuples()]
        names, ways = zip(*found, strict=True) if found else ((), ())
        made = flows.assign(leg=list(names), direction=list(ways))
        starts = [ends[leg][0] if leg in ends else "" for leg in names]
        stops = [ends[leg][1] if leg in ends else "" for leg in names]
        unsaid = (made["origin"] == "") & (made["destination"] == "")
        return made.assign(
            origin=made["origin"].where(~unsaid, starts),
            destination=made["destination"].where(~unsaid, stops),
        )

    def _leg(
        self,
        row: Any,
        ends: Mapping[str, tuple[str, str]],
        joining: Mapping[frozenset[str], Sequence[str]],
    ) -> tuple[str, int]:
        if row.leg and ends and row.leg not in ends:
            self.say(row.row, "leg", row.leg, *wording("flow.no-such-leg"))
        if row.leg in ends:
            return row.leg, _direction(row.origin, row.destination, *ends[row.leg])
        pair = frozenset((row.origin, row.destination))
        fits = joining.get(pair, ()) if row.origin and row.destination else ()
        if len(fits) > 1:
            said = wording("flow.several-legs", legs=", ".join(fits))
            self.say(row.row, "leg", f"{row.origin} – {row.destination}", *said)
        if len(fits) != 1:
            if not (row.origin and row.destination):
                self.say(row.row, "leg", row.leg, *wording("flow.one-end-empty"))
            return "", int(row.origin != row.destination)
        return fits[0], _direction(row.origin, row.destination, *ends[fits[0]])


def _direction(origin: str, destination: str, start: str, end: str) -> int:
    """1 along a leg from start to end, -1 against it, 0 where the ends do not say."""
    if origin == destination:
        return 0
    if (origin and origin == start) or (destination and destination == end):
        return 1
    if (origin and origin == end) or (destination and destination == start):
        return -1
    return 0


def rows_said(rows: Sequence[int]) -> str:
    """'row 3', 'rows 3, 4 and 7', 'rows 3, 4, … and 40 more'."""
    rows = list(dict.fromkeys(rows))  # a row of several figures is one
    shown, more = [str(n) for n in rows[:NAMED_ROWS]], len(rows) - NAMED_ROWS
    if len(shown) < 2:
        return f"row {shown[0]}" if shown else ""
    if more > 0:
        return f"rows {', '.join(shown)} and {more} more"
    return f"rows {', '.join(shown[:-1])} and {shown[-1]}"
