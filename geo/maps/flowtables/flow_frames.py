"""A frame of flows as the cells of a table, so that one reader judges files and frames alike."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import GeoError, check_type
from geo.files.tables import Form
from geo.maps.flowtables.flow_sources import Source, paired
from geo.maps.userdata import Cells

__all__ = ["source"]


def source(
    flows: pd.DataFrame, places: gpd.GeoDataFrame | None, name: str, columns: Mapping[str, str]
) -> Source:
    """The rows of a frame, counted from 0, and the places they name, in EPSG:4326.

    places: None of a frame whose rows hold the coordinates of both ends; GeoError for another.
    """
    check_type(flows, pd.DataFrame, "a frame of flows")
    if flows.empty:
        raise GeoError(f"{name}: the frame has no rows")
    header = [str(column).strip() for column in flows.columns]
    texts = [[text(value) for value in flows.iloc[:, n]] for n in range(len(header))]
    rows = [(n, list(row)) for n, row in enumerate(zip(*texts, strict=True))]
    cells = Cells(name, header, rows, {n: ", ".join(row) for n, row in rows})
    if places is not None:
        return Source(cells, places, "places")
    found = paired(cells, Form(), columns)
    if found is None:
        remedy = (
            "give places=…, or columns origin_lon, origin_lat, destination_lon, destination_lat"
        )
        raise GeoError(f"{name}: the frame does not say where its places lie; {remedy}")
    return found


def text(value: Any) -> str:
    """A value of a frame as a table would hold it, "" where it is unknown."""
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, pd.Period):
        return _period(value)
    if isinstance(value, datetime.datetime):
        return "" if pd.isna(value) else _moment(pd.Timestamp(value))
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else _number(float(value))
    return str(value).strip()


def _number(value: float) -> str:
    """A number that reads in one way only: 1.234 could be a thousand, 1.2340 cannot."""
    if not np.isfinite(value):
        return str(value)
    plain = np.format_float_positional(value, trim="-")
    return f"{plain}0" if len(plain.partition(".")[2]) == 3 else plain


def _moment(value: pd.Timestamp) -> str:
    plain = value if value.tz is None else value.tz_convert("UTC").tz_localize(None)
    is_day = plain == plain.normalize()
    return plain.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M:%S")


def _period(value: pd.Period) -> str:
    """A period as the year, the quarter or the month that it is, else as its day."""
    first, unit = value.start_time, value.freqstr.partition("-")[0]
    if unit in ("Y", "A", "Q") and first.month % (3 if unit == "Q" else 12) != 1:
        raise GeoError(f"period {value} ({value.freqstr}): no year or quarter of the calendar; "
                       "give its days in period_start and period_end")  # fmt: skip
    if unit == "Q":
        return f"{first.year}-Q{first.quarter}"
    return str(first.strftime({"Y": "%Y", "A": "%Y", "M": "%Y-%m"}.get(unit, "%Y-%m-%d")))
