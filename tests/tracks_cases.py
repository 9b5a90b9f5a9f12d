"""Events made by hand, by the schemas of the kit: two ships, one of which crosses 180°."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from shapely import to_wkb
from shapely.geometry import LineString

from geo.tracks.columns import EVENTS

START = datetime(2025, 1, 1, tzinfo=UTC)
EAST = LineString([(130.0, 42.0), (131.0, 42.5), (132.0, 43.0)])
OVER = LineString([(178.0, -18.0), (180.0, -17.5), (182.0, -17.0)])


def at(hours):
    return START + timedelta(hours=hours)


def span(start, end):
    return {"start_utc": at(start), "end_utc": at(end), "duration_hours": float(end - start)}


def call(vessel, place, start, end, lon, lat, drafts=(None, None)):
    return {
        "vessel": vessel,
        "track": f"{vessel}-1",
        "place": place,
        "arrival_utc": at(start),
        "departure_utc": None if end is None else at(end),
        "duration_hours": None if end is None else float(end - start),
        "positions": 12,
        "lon": lon,
        "lat": lat,
        "draught_arrival_m": drafts[0],
        "draught_departure_m": drafts[1],
    }


def voyage(vessel, number, origin, destination, start, end, line, km=200.0):
    return {
        "vessel": vessel,
        "track": f"{vessel}-1",
        "voyage": f"{vessel}-1-{number}",
        "origin": origin,
        "destination": destination,
        "departure_utc": at(start),
        "arrival_utc": at(end),
        "duration_hours": float(end - start),
        "positions": 40,
        "length_km": km,
        "speed_kn": km / 1.852 / (end - start),
        "gap_hours": 0.0,
        "geometry": to_wkb(line),
    }


def table(kind, rows):
    return pa.Table.from_pylist(rows, schema=EVENTS[kind])


def events():
    """A table of every kind; loitering is empty."""
    ships = [{"vessel": v, "track": f"{v}-1"} for v in ("790000001", "790000002")]
    tracks = [
        {**ship, "start_utc": at(0), "end_utc": at(60), "positions": 100, "length_km": 400.0}
        | {"geometry": to_wkb(line)}
        for ship, line in zip(ships, (EAST, OVER), strict=True)
    ]
    gap = {"lon": 179.0, "lat": -17.8, "end_lon": -178.5, "end_lat": -17.1, "length_km": 270.0}
    stop = {**ships[0], **span(2, 9), "positions": 30, "lon": 130.1, "lat": 42.1}
    met = {"lon": 131.0, "lat": 42.5, "distance_m": 120.0, "speed_kn": 0.4}
    return {
        "tracks": table("tracks", tracks),
        "gaps": table("gaps", [{**ships[1], **span(10, 24), **gap}]),
        "stops": table("stops", [stop]),
        "calls": table(
            "calls",
            [
                call("790000001", "synthetic_a", 0, 8, 130.0, 42.0, (6.0, 10.5)),
                call("790000001", "synthetic_b", 20, None, 132.0, 43.0, (10.5, None)),
            ],
        ),
        "voyages": table(
            "voyages",
            [
                voyage("790000001", 1, "synthetic_a", "synthetic_b", 8, 20, EAST),
                voyage("790000002", 1, "synthetic_c", "synthetic_d", 1, 50, OVER, 440.0),
            ],
        ),
        "encounters": table(
            "encounters",
            [{"vessel": "790000001", "other": "790000002", **span(12, 15), **met}],
        ),
        "loitering": table("loitering", []),
    }
