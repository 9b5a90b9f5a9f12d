"""What could move on the lines of a table of flows, and what a figure is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geo.account import flows as amounts
from geo.account import words
from geo.maps.flowtables.flow_sums import Line, Record, day, mappings
from geo.scene.model import Casing

__all__ = ["Capacities"]


@dataclass(frozen=True)
class Capacities:
    """Capacities of legs; `number` counts sources, `yearly` is whether rows have a yearly pace."""

    table: pd.DataFrame
    number: Callable[[str, str], int]
    _: KW_ONLY
    yearly: bool

    @cached_property
    def by_leg(self) -> dict[str, pd.DataFrame]:
        """Yearly capacities by leg, the first-ranked first."""
        table = self.table.assign(corridor="")
        known = table["per"].isin(list(amounts.PER_YEAR)) & table["quantity"].gt(0)
        ordered = table[known].sort_values("rank", kind="stable")
        return {str(leg): own for leg, own in ordered.groupby("leg")} if len(ordered) else {}

    def held(self, line: Line, row: Record, lanes: int) -> Casing | None:
        """The capacity a figure is held against; None where none applies."""
        own = self.by_leg.get(line.leg) if self.yearly else None
        if own is None:
            return None
        about = {**row, "corridor": "", "commodity": row["commodity"] if lanes == 1 else ""}
        found = amounts.applicable(pd.Series(about), own)
        return None if found is None else self._casing(dict(found))

    def _casing(self, row: Record) -> Casing:
        kind = amounts.unit_kind(row["unit"])
        yearly = amounts.convert(row["quantity"], row["unit"], kind) * amounts.PER_YEAR[row["per"]]
        return Casing(
            start=day(row["valid_from"]),
            end=day(row["valid_to"]),
            kind=kind,
            capacity=float(yearly),
            could=f"{words.quantity(row)}/{row['per']}",
            source=self.number(row["source"], "capacities"),
        )

    def rows(self, line: Line) -> list[dict[str, Any]]:
        """Yearly capacities of a line, the first-ranked first; none without a pace."""
        own = self.by_leg.get(line.leg) if self.yearly else None
        return [] if own is None else mappings(own)

    def casings(self, line: Line) -> tuple[Casing, ...]:
        """What could move on a line, the first-ranked first."""
        return tuple(map(self._casing, self.rows(line)))
