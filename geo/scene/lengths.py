"""The length of a line in words: as drawn, and as a source states it where the course is not exact.

A line drawn through few points of a known course is shorter than the way it stands for.
"""

from __future__ import annotations

import pandas as pd

from geo import measure
from geo.account import words
from geo.account.book import Line
from geo.scene.facts import Facts

_KM = {"km": 1.0, "m": 0.001, "nmi": measure.KM_PER_NMI}
_INEXACT = ("simplified", "modelled", "schematic")


def said(facts: Facts, line: Line, drawn_km: float, basis: str) -> str:
    """'54 km, surveyed line'; '47 km as drawn; 54.1 km stated, simplified line'."""
    stated_km = _stated(facts, line) if basis in _INEXACT else None
    drawn = words.kilometres(drawn_km)
    if stated_km is None:
        return f"{drawn}, {basis} line"
    return f"{drawn} as drawn; {words.kilometres(stated_km)} stated, {basis} line"


def _stated(facts: Facts, line: Line) -> float | None:
    """What sources state for the whole corridor, or else for each leg of the line, added up."""
    known = _rows(facts, line.corridor)
    legs = facts.package.legs
    whole = set(legs.loc[legs["corridor"] == line.corridor, "leg"]) <= set(line.legs)
    if whole and not facts.parallel(line.corridor) and "" in known:
        return known[""]
    if not set(line.legs) <= set(known):
        return None
    return sum(known[leg] for leg in line.legs)


def _rows(facts: Facts, corridor: str) -> dict[str, float]:
    """The first stated length of each leg of a corridor in km, and of the corridor under ''."""
    table = facts.package.attributes
    if not {"property", "unit", "leg", "corridor", "quantity", "rank"} <= set(table):
        return {}
    own = table[
        (table["property"] == "length")
        & table["unit"].isin(list(_KM))
        & table["quantity"].notna()
        & (table["corridor"] == corridor)
    ].sort_values("rank", ascending=False, kind="stable")
    rows = own[["leg", "quantity", "unit"]].itertuples(index=False)
    return {
        "" if pd.isna(leg) else str(leg): float(quantity) * _KM[unit]
        for leg, quantity, unit in rows
    }
