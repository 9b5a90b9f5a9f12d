"""What a position has, by name: what dialects and layouts may speak of.

`columns` makes a schema of it; this stands apart since reading a table needs no columnar library.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["FIELDS", "KEY", "NUMBERS"]

FIELDS: dict[str, Literal["text", "time", "double", "float"]] = {
    "vessel": "text",  # MMSI as text, or the user's own key of a vessel
    "time_utc": "time",
    "lon": "double",
    "lat": "double",
    "speed_kn": "float",  # speed over ground as sent
    "course_deg": "float",
    "heading_deg": "float",
    "status": "text",  # navigational status in the words of the source
    "imo": "text",
    "name": "text",
    "callsign": "text",
    "ship_type": "text",
    "draught_m": "float",
    "destination": "text",  # as typed on board: a claim, not a place
    "length_m": "float",
    "width_m": "float",
    "mobile": "text",  # what it is where it is no ship: of tracks.mobiles
}
KEY = ("vessel", "time_utc", "lon", "lat")  # the least a position has
NUMBERS = [name for name, kind in FIELDS.items() if kind in ("double", "float")]
