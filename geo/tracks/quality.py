"""How good the positions are: per source and per vessel, by hour, and where they were received.

Counts say what the data hold, not why: a hole in reception is no silence of a ship.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from geo.checking import check
from geo.tracks.outputs import About

__all__ = ["CELL_DEG", "CLOCK_DAYS", "KINDS", "grown", "merged", "report", "tally"]

Tally: TypeAlias = dict[str, pd.DataFrame]

CELL_DEG = 0.25
CLOCK_DAYS = 30  # so far beyond nearly all others a time is called wrong
_HOUR_US = 3_600_000_000
_EPOCH = "epoch_us(time_utc)"
_VESSELS = f"""
    vessel, count(*) AS positions, min({_EPOCH}) AS first_us, max({_EPOCH}) AS last_us,
    count(*) - count(DISTINCT ({_EPOCH}, lon, lat)) AS repeated,
    count(DISTINCT {_EPOCH} // {_HOUR_US}) AS hours,
    list_sort(list(DISTINCT imo) FILTER (imo IS NOT NULL)) AS imos,
    list_sort(list(DISTINCT name) FILTER (name IS NOT NULL)) AS names
"""
_DAYS = f"{_EPOCH} // {24 * _HOUR_US} AS day, vessel, count(*) AS positions"
_HOURS = f"({_EPOCH} // {_HOUR_US}) % 24 AS hour, vessel, count(*) AS positions"
_CELLS = f"""
    floor(lon / {CELL_DEG})::INT AS x, floor(lat / {CELL_DEG})::INT AS y, vessel,
    count(*) AS positions
"""

_SENT = ("name", "imo", "callsign", "ship_type", "length_m", "width_m", "draught_m", "mobile")
_FACTS = ", ".join(
    [
        "vessel",
        *(f"coalesce({one}::VARCHAR, '') AS {one}" for one in _SENT),
        "count(*) AS positions",
    ]
)

KINDS = {  # what is counted, and by what
    "vessels": (_VESSELS, "vessel"),
    "days": (_DAYS, "day, vessel"),
    "hours": (_HOURS, "hour, vessel"),
    "cells": (_CELLS, "x, y, vessel"),
    "facts": (_FACTS, ", ".join(("vessel", *_SENT))),
}


def tally(relation: Any) -> Tally:
    """Count the positions of a DuckDB relation with the columns of POSITIONS, whole vessels.

    Frames by vessel: `vessels` (a row each), `days`, `hours` (of the day, UTC), `cells` (of
    CELL_DEG degrees). Those of several relations without a common vessel are added by `merged`,
    those of the same vessels at later times by `grown`.
    """
    return {
        kind: relation.aggregate(counted, keys).to_arrow_table().to_pandas()
        for kind, (counted, keys) in KINDS.items()
    }


def merged(tallies: Iterable[Tally]) -> Tally:
    """Add tallies of different vessels, in a fixed order of rows."""
    every = list(tallies)
    whole = {kind: pd.concat([one[kind] for one in every], ignore_index=True) for kind in every[0]}
    hours = whole["hours"].groupby("hour")[["positions"]].sum().reset_index()
    by_cell = whole["cells"].groupby(["x", "y"], as_index=False)
    cells = by_cell.agg(positions=("positions", "sum"), vessels=("vessel", "nunique"))
    return {
        "vessels": whole["vessels"].sort_values("vessel", ignore_index=True),
        "days": whole["days"].sort_values(["day", "vessel"], ignore_index=True),
        "hours": hours,
        "cells": cells,
        "facts": whole["facts"].sort_values(["vessel", *_SENT], ignore_index=True),
    }


def last_us(counted: Tally) -> int:
    """Unix time in microseconds of the last position, but for those of wrong clocks."""
    _, high = _span(counted["days"])
    last = counted["vessels"]["last_us"]
    sound = last[last // (24 * _HOUR_US) <= high]
    return int((sound if len(sound) else last).max())


def grown(base: Tally, new: Tally, *, anew: Collection[str]) -> Tally:
    """Add a tally of later positions; vessels that were counted `anew` replace what was."""
    left = {kind: frame[~frame["vessel"].isin(list(anew))] for kind, frame in base.items()}
    both = {kind: pd.concat([left[kind], new[kind]], ignore_index=True) for kind in left}
    counts = {
        kind: frame.groupby(KINDS[kind][1].split(", "), as_index=False)[["positions"]].sum()
        for kind, frame in both.items()
        if kind != "vessels"
    }
    return counts | {"vessels": _later(left["vessels"], new["vessels"])}


def _later(base: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Vessels with later positions added; the hour in which the two meet is counted once."""
    known = base.set_index("vessel")
    rows = []
    for row in new.to_dict("records"):
        if row["vessel"] in known.index:
            old = known.loc[row["vessel"]]
            same = int(old["last_us"]) // _HOUR_US == int(row["first_us"]) // _HOUR_US
            row |= {k: int(old[k]) + int(row[k]) for k in ("positions", "repeated", "hours")}
            row["hours"] -= same
            row["first_us"] = int(old["first_us"])
            for key in ("imos", "names"):
                row[key] = sorted({*_listed(old[key]), *_listed(row[key])}) or None
        rows.append(row)
    kept = base[~base["vessel"].isin(new["vessel"])]
    return pd.concat([kept, pd.DataFrame(rows, columns=base.columns)], ignore_index=True)


def report(
    counted: Tally,
    *,
    sources: Sequence[Mapping[str, Any]],
    dropped: Mapping[str, int],
    vessels: pa.Table | None,
    tracks: pa.Table,
    about: About,
) -> dict[str, Any]:
    """Return the report as JSON values.

    sources: of each file `name` and what was read, kept, rejected. dropped: counts by reason of
    cleaning; vessels: the same per `vessel`. tracks: events, which show a number shared by ships.
    """
    wrong, span = _clock(counted["days"])
    shared = _shared(tracks)
    cleaned = {row["vessel"]: row for row in vessels.to_pylist()} if vessels is not None else {}
    rows = [
        _vessel(row, cleaned.get(row["vessel"], {}), shared, wrong)
        for row in counted["vessels"].to_dict("records")
    ]
    return {
        **about.as_json(),
        "span": span,
        "positions": int(counted["vessels"]["positions"].sum()),
        "sources": [dict(one) for one in sources],
        "dropped": {key: int(value) for key, value in sorted(dropped.items())},
        "vessels": rows,
        "hours": _by_hour(counted["hours"]),
        "reception": _grid(counted["cells"]),
    }


def _clock(days: pd.DataFrame) -> tuple[dict[str, int], Mapping[str, str | None]]:
    """Positions per vessel far outside the days of nearly all, and the span of the others."""
    if days.empty:
        return {}, {"first": None, "last": None}
    low, high = _span(days)
    outside = (days["day"] < low) | (days["day"] > high)
    counts = days[outside].groupby("vessel")["positions"].sum()
    kept = days.loc[~outside, "day"]
    span = {"first": _day(kept.min()), "last": _day(kept.max())}
    return {str(vessel): int(n) for vessel, n in counts.items()}, span


def _span(days: pd.DataFrame) -> tuple[int, int]:
    """First and last day beyond which a time is called wrong."""
    ordered = days.sort_values("day")
    share = ordered["positions"].cumsum() / ordered["positions"].sum()
    low, high = (ordered["day"].iloc[int(np.searchsorted(share, one))] for one in (0.01, 0.99))
    return int(low) - CLOCK_DAYS, int(high) + CLOCK_DAYS


def _day(number: int) -> str:
    return str(np.datetime64(int(number), "D"))


def _shared(tracks: pa.Table) -> set[str]:
    """Vessels of which two tracks overlap in time: one number, two ships."""
    frame: pd.DataFrame = tracks.select(["vessel", "start_utc", "end_utc"]).to_pandas()
    ordered = frame.sort_values(["vessel", "start_utc"])
    latest = ordered.groupby("vessel")["end_utc"].transform(lambda ends: ends.cummax().shift())
    return set(ordered.loc[ordered["start_utc"] < latest, "vessel"])


def _vessel(
    row: Mapping[Any, Any], cleaned: Mapping[str, Any], shared: set[str], wrong: Mapping[str, int]
) -> dict[str, Any]:
    imos, names = ([str(one) for one in _listed(row[k])] for k in ("imos", "names"))
    span_hours = max(1, int(row["last_us"]) // _HOUR_US - int(row["first_us"]) // _HOUR_US + 1)
    return {
        "vessel": row["vessel"],
        "names": names,
        "imo": imos,
        "imo_invalid": [one for one in imos if not check.imo_ok(one)],
        "positions": int(row["positions"]),
        "first_utc": _instant(row["first_us"]),
        "last_utc": _instant(row["last_us"]),
        "hours_with_positions": int(row["hours"]),
        "hours_covered": round(float(row["hours"]) / span_hours, 4),
        "duplicates": int(row["repeated"]),
        "wrong_clock": wrong.get(row["vessel"], 0),
        "shared_number": row["vessel"] in shared or len(imos) > 1,
        "dropped": {k: v for k, v in cleaned.items() if isinstance(v, int) and k != "positions"},
    }


def _listed(value: Any) -> list[Any]:
    return [] if value is None or isinstance(value, float) else list(value)


def _instant(microseconds: int) -> str:
    return str(np.datetime64(int(microseconds) // 1_000_000, "s")) + "Z"


def _by_hour(hours: pd.DataFrame) -> list[int]:
    """Positions in each hour of the day, UTC: 24 numbers."""
    counts = dict(zip(hours["hour"], hours["positions"], strict=True))
    return [int(counts.get(hour, 0)) for hour in range(24)]


def _grid(cells: pd.DataFrame) -> dict[str, Any]:
    """Cells by their south-western corner, with positions and vessels."""
    rows = cells[["x", "y", "positions", "vessels"]].to_numpy().tolist()
    listed = [[x * CELL_DEG, y * CELL_DEG, int(n), int(ships)] for x, y, n, ships in rows]
    return {
        "cell_deg": CELL_DEG,
        "columns": ["west", "south", "positions", "vessels"],
        "cells": listed,
    }
