"""One definition per column, for positions that come in and for every event that goes out.

Identifiers are text (an MMSI may begin with a zero), times are UTC to the microsecond, coordinates
degrees on WGS84, unknown is null and never zero.
"""

from __future__ import annotations

import pyarrow as pa

from geo.tracks.fields import FIELDS

__all__ = ["EVENTS", "POSITIONS", "UTC"]

UTC = pa.timestamp("us", tz="UTC")

_TYPES = {"text": pa.string(), "time": UTC, "double": pa.float64(), "float": pa.float32()}

POSITIONS = pa.schema([pa.field(name, _TYPES[kind]) for name, kind in FIELDS.items()])

_VESSEL = pa.field("vessel", pa.string())
_TRACK = pa.field("track", pa.string())  # vessel and a number: one MMSI may be two ships
# WKB, lon/lat, unwrapped over the antimeridian; a line, or several where there are AIS gaps
_GEOMETRY = pa.field("geometry", pa.binary())

EVENTS: dict[str, pa.Schema] = {
    "tracks": pa.schema(
        [
            _VESSEL,
            _TRACK,
            pa.field("start_utc", UTC),
            pa.field("end_utc", UTC),
            pa.field("positions", pa.int64()),
            pa.field("length_km", pa.float64()),
            _GEOMETRY,
        ]
    ),
    "gaps": pa.schema(
        [
            _VESSEL,
            _TRACK,
            pa.field("start_utc", UTC),
            pa.field("end_utc", UTC),
            pa.field("duration_hours", pa.float64()),
            pa.field("length_km", pa.float64()),  # geodesic between the two positions
            pa.field("lon", pa.float64()),
            pa.field("lat", pa.float64()),
            pa.field("end_lon", pa.float64()),
            pa.field("end_lat", pa.float64()),
            pa.field("open", pa.bool_()),  # not heard again: the end is that of the data
        ]
    ),
    "stops": pa.schema(
        [
            _VESSEL,
            _TRACK,
            pa.field("start_utc", UTC),
            pa.field("end_utc", UTC),
            pa.field("duration_hours", pa.float64()),
            pa.field("positions", pa.int64()),
            pa.field("lon", pa.float64()),
            pa.field("lat", pa.float64()),
        ]
    ),
    "calls": pa.schema(
        [
            _VESSEL,
            _TRACK,
            pa.field("place", pa.string()),
            pa.field("arrival_utc", UTC),
            pa.field("departure_utc", UTC),
            pa.field("duration_hours", pa.float64()),
            pa.field("positions", pa.int64()),
            pa.field("lon", pa.float64()),
            pa.field("lat", pa.float64()),
            pa.field("draught_arrival_m", pa.float64()),
            pa.field("draught_departure_m", pa.float64()),
        ]
    ),
    "voyages": pa.schema(
        [
            _VESSEL,
            _TRACK,
            pa.field("voyage", pa.string()),
            pa.field("origin", pa.string()),
            pa.field("destination", pa.string()),
            pa.field("departure_utc", UTC),
            pa.field("arrival_utc", UTC),
            pa.field("duration_hours", pa.float64()),
            pa.field("positions", pa.int64()),
            pa.field("length_km", pa.float64()),
            pa.field("speed_kn", pa.float64()),  # average: length over duration
            pa.field("gap_hours", pa.float64()),  # hours of the voyage inside AIS gaps
            _GEOMETRY,
        ]
    ),
    "encounters": pa.schema(
        [
            _VESSEL,
            pa.field("other", pa.string()),
            pa.field("start_utc", UTC),
            pa.field("end_utc", UTC),
            pa.field("duration_hours", pa.float64()),
            pa.field("lon", pa.float64()),
            pa.field("lat", pa.float64()),
            pa.field("distance_m", pa.float64()),  # median distance
            pa.field("speed_kn", pa.float64()),  # median of both
        ]
    ),
    "loitering": pa.schema(
        [
            _VESSEL,
            _TRACK,
            pa.field("start_utc", UTC),
            pa.field("end_utc", UTC),
            pa.field("duration_hours", pa.float64()),
            pa.field("length_km", pa.float64()),
            pa.field("speed_kn", pa.float64()),
            pa.field("lon", pa.float64()),
            pa.field("lat", pa.float64()),
        ]
    ),
}
