"""Ships that fell silent and were not heard again: gaps that are open to the end of the data."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from geo.tracks.columns import EVENTS, UTC
from geo.tracks.ships import HOUR

__all__ = ["open_gaps"]


def open_gaps(tracks: pa.Table, *, last_us: int, gap_hours: float) -> pa.Table:
    """Return a gap, by the schema of gaps, for each track that ends so long before the data do.

    tracks: events. last_us: end of the data, Unix time in microseconds. The end of an open gap is
    unknown, and so is the way; its duration counts to the end of the data.
    """
    end = tracks["end_utc"].cast(pa.int64()).to_numpy()
    hours = (last_us - end) / HOUR
    rows = np.flatnonzero(hours >= gap_hours)
    if not len(rows):
        return EVENTS["gaps"].empty_table()
    silent = tracks.take(pa.array(rows))
    xy, own = shapely.get_coordinates(
        shapely.from_wkb(silent["geometry"].to_numpy(zero_copy_only=False)), return_index=True
    )
    last = np.searchsorted(own, np.arange(len(rows)), side="right") - 1
    unknown = pa.nulls(len(rows), pa.float64())
    columns = {
        "vessel": silent["vessel"],
        "track": silent["track"],
        "start_utc": silent["end_utc"],
        "end_utc": pa.nulls(len(rows), UTC),
        "duration_hours": pa.array(hours[rows]),
        "length_km": unknown,
        "lon": pa.array(xy[last, 0] - 360.0 * np.round(xy[last, 0] / 360.0)),
        "lat": pa.array(xy[last, 1]),
        "end_lon": unknown,
        "end_lat": unknown,
        "open": pa.array(np.ones(len(rows), bool)),
    }
    return pa.table({one.name: columns[one.name] for one in EVENTS["gaps"]}).cast(EVENTS["gaps"])
