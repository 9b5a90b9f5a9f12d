"""The length of a line in words: as drawn, and as a source states it where the course is not exact.

A line drawn through few points of a known course is shorter than the way it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geo.account import words
from geo.account.book import Line
from geo.geometry import measure
from geo.scene.facts import Facts

Known = Mapping[str, Mapping[str, float]]
KM = {"km": 1.0, "m": 0.001, "nmi": measure.KM_PER_NMI}
_INEXACT = ("simplified", "modelled", "schematic")


def said(facts: Facts, line: Line, drawn_km: float, basis: str, known: Known) -> str:
    """'54 km, surveyed line'; '47 km as drawn; 54.1 km stated, simplified line'."""
    stated_km = _stated(facts, line, known.get(line.corridor, {})) if basis in _INEXACT else None
    drawn = words.kilometres(drawn_km)
    if stated_km is None:
        return f"{drawn}, {basis} line"
    return f"{drawn} as drawn; {words.kilometres(stated_km)} stated, {basis} line"


def _stated(facts: Facts, line: Line, known: Mapping[str, float]) -> float | None:
    """What sources state for the whole corridor, or else for each leg of the line, added up."""
    whole = facts.account.all_legs[line.corridor] <= set(line.legs)
    if whole and not facts.parallel(line.corridor) and "" in known:
        return known[""]
    if not set(line.legs) <= set(known):
        return None
    return sum(known[leg] for leg in line.legs)


def known(attributes: pd.DataFrame) -> Known:
    """The first stated length of each leg in km by corridor, and of the corridor under ''."""
    found: dict[str, dict[str, float]] = {}
    own = stated(attributes)
    rows = zip(own["corridor"], own["leg"].fillna("").astype(str), own["km"], strict=True)
    for corridor, leg, km in rows:
        found.setdefault(corridor, {})[leg] = km
    return found


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
