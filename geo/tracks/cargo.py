"""Voyages × deadweight × load factor: derived flows, with a range, for the table of flows.

What a ship carried is not in its positions. Its deadweight and the share of it that is cargo are
given, each with a source or as a stated assumption; its draught, typed on board, is evidence of
loading and no more.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from geo.errors import DataError, Fault, wording

__all__ = ["COLUMNS", "Cargo", "LoadFactor", "evidence", "flows"]

COLUMNS = (
    "flow", "corridor", "leg", "origin", "destination", "direction", "period_start", "period_end",
    "commodity", "hs", "quantity", "quantity_low", "quantity_high", "unit", "basis", "rank",
    "scope", "part_of", "formula", "note", "working", "source",
)  # fmt: skip
LEAST_M = 0.5  # a draught is sent in tenths of a metre and kept by hand
_TERMS = 60  # of a formula before it is summed up: a formula has at most 1,000 characters
_BALLAST, _UNCLEAR = "in ballast by draught", "without clear evidence of a load"


@dataclass(frozen=True, kw_only=True)
class LoadFactor:
    """The cargo of a laden ship as a share of its deadweight, 0 to 1, with its range.

    source: id of the source that says so. id: the row of factors or attributes that holds the
    value, for the formula; without one the number stands there. note: what is assumed, if it is
    an assumption.
    """

    value: float
    low: float
    high: float
    source: str
    id: str = ""
    note: str = ""


@dataclass(frozen=True)
class Cargo:
    """Flows by the columns of COLUMNS, and the voyages that could not be counted, with `reason`."""

    flows: pd.DataFrame
    left_out: pd.DataFrame


def evidence(voyages: pa.Table, calls: pa.Table, *, least_m: float = LEAST_M) -> pd.DataFrame:
    """Return what draughts say of each voyage: `origin_change_m`, `destination_change_m`, `load`.

    A row per voyage, in order. A ship that lies deeper by `least_m` when it leaves its origin, or
    higher when it leaves its destination, sailed laden; the other way round, in ballast; both at
    once is conflicting; no change, or no draught, is none.
    """
    frame: pd.DataFrame = voyages.drop_columns(["geometry"]).to_pandas()
    changes = _changes(calls)
    left: pd.DataFrame = frame.merge(
        changes.add_prefix("origin_"), how="left", **_at("origin", "departure_utc")
    )
    both: pd.DataFrame = left.merge(
        changes.add_prefix("destination_"), how="left", **_at("destination", "arrival_utc")
    )
    loaded, landed = both["origin_change_m"], -both["destination_change_m"]
    laden = (loaded >= least_m) | (landed >= least_m)
    ballast = (loaded <= -least_m) | (landed <= -least_m)
    said = np.select([laden & ballast, laden, ballast], ["conflicting", "laden", "ballast"], "none")
    return frame.assign(
        origin_change_m=loaded, destination_change_m=both["destination_change_m"], load=said
    )


def _changes(calls: pa.Table) -> pd.DataFrame:
    """Draught at departure less draught at arrival of every call; NaN where either is unknown."""
    frame: pd.DataFrame = calls.to_pandas()
    change = (frame["draught_departure_m"] - frame["draught_arrival_m"]).astype(float)
    kept: pd.DataFrame = frame[["track", "place", "arrival_utc", "departure_utc"]].assign(
        change_m=change
    )
    return kept.drop_duplicates(["track", "place", "arrival_utc"])


def _at(end: str, time: str) -> dict[str, Any]:
    """How a voyage finds its call: by track, place, and the instant of leaving or arriving."""
    return {
        "left_on": ["track", end, time],
        "right_on": [f"{end}_track", f"{end}_place", f"{end}_{time}"],
        "suffixes": ("", "_call"),
    }


# --- flows ----------------------------------------------------------------------------------------


def flows(
    voyages: pd.DataFrame,
    *,
    vessels: pd.DataFrame,
    load: LoadFactor,
    corridor: str,
    commodity: str,
    per: Literal["month", "year"] = "month",
    hs: str = "",
    assume_laden: bool = True,
) -> Cargo:
    """Return tonnes from place to place by the period of departure, `basis` derived.

    voyages: as `evidence` gives them. vessels: `vessel` (as in the positions), `dwt_t`, and
    `dwt_low_t`, `dwt_high_t` where known. A voyage in ballast carries nothing and is not counted.
    One without clear evidence counts in full if `assume_laden`, but never in `quantity_low`;
    otherwise it is left out. Where a voyage that may have carried cargo is left out,
    `quantity_high` is empty: unknown. DataError names every fault of vessels and load factor.
    """
    _judge(vessels, load)
    known = voyages.merge(_deadweight(vessels), on="vessel", how="left")
    known["start"], known["end"] = _periods(known["departure_utc"], per)
    unusable = _unusable(known, assume_laden=assume_laden)
    counted = known[unusable == ""]
    rule = _Rule(load, corridor, commodity, hs)
    groups = counted.groupby(["origin", "destination", "start", "end"], sort=True)
    rows = [rule.row(key, trips, _missing(known, unusable, key)) for key, trips in groups]
    left_out = voyages.assign(reason=unusable.to_numpy())
    frame = pd.DataFrame(rows, columns=pd.Index(COLUMNS), dtype="object")
    return Cargo(frame, left_out[left_out["reason"] != ""].reset_index(drop=True))


def _judge(vessels: pd.DataFrame, load: LoadFactor) -> None:
    faults = [*_load_faults(load), *_vessel_faults(vessels)]
    if faults:
        raise DataError(f"cargo cannot be reckoned: {len(faults)} fault(s)", faults=faults)


def _load_faults(load: LoadFactor) -> Iterable[Fault]:
    if not 0 <= load.low <= load.value <= load.high <= 1:
        found = f"{load.low}, {load.value}, {load.high}"
        said = wording("cargo.load-factor-not-a-share")
        yield Fault("load factor", "", "low, value, high", found, *said)
    if not load.source:
        yield Fault("load factor", "", "source", "", *wording("cargo.load-factor-without-source"))


def _vessel_faults(vessels: pd.DataFrame) -> Iterable[Fault]:
    absent = [name for name in ("vessel", "dwt_t") if name not in vessels.columns]
    for name in absent:
        found = ", ".join(map(str, vessels.columns))
        yield Fault("vessels", "", name, found, *wording("vessel.column-missing"))
    if absent:
        return
    twice = vessels["vessel"][vessels["vessel"].duplicated()]
    for vessel in twice.unique():
        yield Fault("vessels", "", "vessel", str(vessel), *wording("vessel.row-twice"))
    for row in vessels[vessels["dwt_t"] <= 0].to_dict("records"):
        where, value = str(row["vessel"]), str(row["dwt_t"])
        yield Fault("vessels", where, "dwt_t", value, *wording("vessel.dwt-not-positive"))


def _deadweight(vessels: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame({"vessel": vessels["vessel"].astype("object"), "dwt_t": vessels["dwt_t"]})
    for name in ("dwt_low_t", "dwt_high_t"):
        frame[name] = vessels[name] if name in vessels.columns else np.nan
        frame[name] = frame[name].astype(float).fillna(frame["dwt_t"].astype(float))
    return frame


def _periods(times: pd.Series[Any], per: str) -> tuple[list[date], list[date]]:
    starts = [date(t.year, t.month if per == "month" else 1, 1) for t in times]
    ends = []
    for start in starts:
        month = start.month if per == "month" else 12
        ends.append(date(start.year, month, calendar.monthrange(start.year, month)[1]))
    return starts, ends


def _unusable(voyages: pd.DataFrame, *, assume_laden: bool) -> pd.Series[Any]:
    ballast, laden = voyages["load"] == "ballast", voyages["load"] == "laden"
    unclear = ~laden & (not assume_laden)
    reasons = {_BALLAST: ballast, "deadweight unknown": voyages["dwt_t"].isna(), _UNCLEAR: unclear}
    return pd.Series(np.select(list(reasons.values()), list(reasons), ""), index=voyages.index)


def _missing(known: pd.DataFrame, unusable: pd.Series[Any], key: Sequence[Any]) -> pd.Series[Any]:
    """Why voyages of one group are not in its figure."""
    ends = (known["origin"] == key[0]) & (known["destination"] == key[1])
    found: pd.Series[Any] = unusable.loc[ends & (known["start"] == key[2]) & (unusable != "")]
    return found


@dataclass(frozen=True)
class _Rule:
    """What is the same for every row."""

    load: LoadFactor
    corridor: str
    commodity: str
    hs: str

    def row(self, key: Any, trips: pd.DataFrame, missing: pd.Series[Any]) -> dict[str, Any]:
        origin, destination, start, end = key
        laden = trips[trips["load"] == "laden"]
        bounded = missing.isin([_BALLAST]).all()
        return {
            "flow": _name(f"tracks_{origin}_{destination}_{start:%Y%m}_{self.commodity}"),
            "corridor": self.corridor,
            "leg": "",
            "origin": origin,
            "destination": destination,
            "period_start": start.isoformat(),
            "period_end": end.isoformat(),
            "commodity": self.commodity,
            "hs": self.hs,
            "quantity": _tonnes(trips["dwt_t"], self.load.value),
            "quantity_low": _tonnes(laden["dwt_low_t"], self.load.low),
            "quantity_high": _tonnes(trips["dwt_high_t"], self.load.high) if bounded else None,
            "unit": "t",
            "basis": "derived",
            "rank": 1,
            "part_of": "",
            "formula": self._formula(trips),
            "note": self._note(trips, missing),
            "source": self.load.source,
        }

    def _formula(self, trips: pd.DataFrame) -> str:
        counts = trips["dwt_t"].value_counts().sort_index()
        factor = self.load.id or f"{self.load.value:g}"
        if len(counts) > _TERMS:
            return f"{trips['dwt_t'].sum():g} * {factor}"
        return f"({' + '.join(f'{n} * {dwt:g}' for dwt, n in counts.items())}) * {factor}"

    def _note(self, trips: pd.DataFrame, missing: pd.Series[Any]) -> str:
        load, laden = self.load, int((trips["load"] == "laden").sum())
        unclear = len(trips) - laden
        left = [f"{n} {why}, left out" for why, n in missing.value_counts().sort_index().items()]
        parts = [
            f"{len(trips)} voyage(s) × dwt × load factor {load.value:g} "
            f"({load.low:g} to {load.high:g})",
            f"{laden} laden by draught",
            f"{unclear} {_UNCLEAR}, taken as laden, not in the low end" if unclear else "",
            *left,
            load.note,
        ]
        return "; ".join(part for part in parts if part)


def _tonnes(dwt: pd.Series[float], share: float) -> float:
    return round(float(dwt.sum()) * share, 1)


def _name(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
