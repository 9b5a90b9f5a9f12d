"""What is known of the vessels of tracks: one row each, and whether they are invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo.tracks import arrays
from geo.tracks.arrays import Floats, Ints

__all__ = ["KEPT", "are_invented", "heads", "table_of"]

KEPT = ("name", "imo", "callsign", "ship_type", "flag")  # said of a vessel, not of a position


def table_of(
    rows: pd.DataFrame, names: Sequence[str], code: Ints, first: Ints, seconds: Floats
) -> pd.DataFrame:
    """One row a vessel: its key, the first known word of each kind, positions, first and last."""
    table: dict[str, Any] = {"vessel": [str(name) for name in names]}
    for column in [c for c in KEPT if c in rows.columns]:
        known = rows[column].astype("object").where(rows[column].notna() & (rows[column] != ""))
        values = known.groupby(code).first().reindex(range(len(names)))
        if values.notna().any():
            table[column] = [None if pd.isna(v) else str(v) for v in values]
    ends = arrays.ends(first, len(code))
    table["positions"] = (ends - first + 1).tolist()
    table["start_utc"], table["end_utc"] = _texts(seconds[first]), _texts(seconds[ends])
    return pd.DataFrame(table)


def _texts(seconds: Floats) -> list[str]:
    times = np.floor(seconds).astype("datetime64[s]").astype(str)
    return [text.replace("T", " ") for text in times]


def are_invented(rows: pd.DataFrame, names: Sequence[Any] | pd.Series[Any]) -> bool:
    """Whether a column `synthetic`, the keys or the names of vessels say that they are invented."""
    if "synthetic" in rows.columns and rows["synthetic"].astype(str).str.lower().eq("true").any():
        return True
    said = [*names, *(rows["name"].dropna().unique() if "name" in rows.columns else [])]
    return any("synthetic" in str(name).lower() for name in said)


def heads() -> Iterator[tuple[str, str]]:
    """What the columns of a table are called on a page."""
    yield from (
        ("vessel", "Vessel"),
        ("name", "Name"),
        ("imo", "IMO"),
        ("callsign", "Call sign"),
        ("ship_type", "Type"),
        ("flag", "Flag"),
        ("positions", "Positions"),
        ("start_utc", "First (UTC)"),
        ("end_utc", "Last (UTC)"),
    )
