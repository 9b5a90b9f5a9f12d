"""Positions in JSON: GeoJSON points, and the moving points of OGC Moving Features JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from geo.tracks.columns import POSITIONS

__all__ = ["geojson", "moving"]

_TEXTS = {one.name for one in POSITIONS if one.type == pa.string()}
_NAMES = {"mmsi": "vessel", "id": "vessel", "timestamp": "time_utc", "time": "time_utc"}


def geojson(content: Any) -> pa.Table:
    """Return the points of a FeatureCollection as POSITIONS, with a `note` where one is unusable.

    Properties bear the kit's names, or `mmsi`, `timestamp` and `time`.
    """
    return _rows([_point(feature) for feature in content["features"]])


def _point(feature: Any) -> dict[str, Any]:
    said = {_NAMES.get(key.lower(), key): value for key, value in feature["properties"].items()}
    shape = feature["geometry"] or {}
    if shape.get("type") != "Point":
        return said | {"note": f"not a point: {shape.get('type')}"}
    lon, lat = shape["coordinates"][:2]
    return said | {"lon": lon, "lat": lat}


def moving(content: Any) -> pa.Table:
    """Return the moving points of MF-JSON, trajectories or prisms, as POSITIONS with `note`."""
    return _rows([row for feature in _features(content) for row in _moments(feature)])


def _features(content: Any) -> list[Any]:
    return list(content["features"]) if "features" in content else [content]


def _moments(feature: Any) -> Iterator[dict[str, Any]]:
    said = {_NAMES.get(k.lower(), k): v for k, v in (feature.get("properties") or {}).items()}
    if "vessel" not in said and feature.get("id") is not None:
        said["vessel"] = feature["id"]
    if "temporalGeometry" in feature:
        path = feature["temporalGeometry"]
        times, places = path["datetimes"], path["coordinates"]
        kind = path["type"]
    else:
        times, places = said.pop("datetimes"), feature["geometry"]["coordinates"]
        kind = feature["geometry"]["type"]
    if kind not in {"MovingPoint", "LineString"}:
        yield said | {"note": f"not a moving point: {kind}"}
        return
    for time, place in zip(times, places, strict=True):
        yield said | {"time_utc": time, "lon": place[0], "lat": place[1]}


def _rows(rows: list[dict[str, Any]]) -> pa.Table:
    schema = POSITIONS.append(pa.field("note", pa.string()))
    return pa.Table.from_pylist([_row(row) for row in rows], schema=schema)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    note = row.get("note")
    try:
        time = _instant(row.get("time_utc"))
    except ValueError:
        time, note = None, note or "time not understood"
    known = {name: row.get(name) for name in POSITIONS.names}
    texts = {name: None if known[name] is None else str(known[name]) for name in _TEXTS}
    return known | texts | {"time_utc": time, "note": note}


def _instant(value: Any) -> datetime | None:
    """ISO 8601, UTC without a zone; or milliseconds of Unix time, as MF-JSON allows."""
    if value is None:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC)
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
