"""The length of a line in words: as drawn, and as a source states it where the course is not exact.

A line drawn through few points of a known course is shorter than the way it stands for.
"""

from __future__ import annotations

import pandas as pd

from geo.account import words
from geo.account.book import Line
from geo.geometry import measure
from geo.scene.facts import Facts

KM = {"km": 1.0, "m": 0.001, "nmi": measure.KM_PER_NMI}
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
    own = stated(facts.package.attributes)
    own = own[own["corridor"] == corridor]
    return dict(zip(own["leg"].fillna("").astype(str), own["km"], strict=True))


def stated(attributes: pd.DataFrame) -> pd.DataFrame:
    """The first stated length of each leg and corridor, in km: attribute, corridor, leg, km."""
    named = ["attribute", "corridor", "leg", "km"]
    if not {"property", "unit", "leg", "corridor", "quantity", "rank"} <= set(attributes):
        return pd.DataFrame(columns=named)
    known = attributes["unit"].isin(list(KM)) & attributes["quantity"].notna()
    own = attributes[(attributes["property"] == "length") & known]
    own = own.assign(km=own["quantity"].astype(float) * own["unit"].map(KM))
    ranked = own.sort_values("rank", kind="stable")
    return ranked.drop_duplicates(["corridor", "leg"])[named]
