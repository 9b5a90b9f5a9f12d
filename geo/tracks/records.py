"""Positions as records: JSON documents and lines, gpsd's objects, GPX, as frames of plain values.

Nested members are named by their path with points: `MetaData.MMSI`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from geo.errors import GeoError

__all__ = ["NOTE", "ROW", "documents", "features", "gpx", "lines"]

NOTE, ROW = "@note", "@row"  # columns beside those of the records: a fault, and the text
_GPSD = {"lon": 600_000.0, "lat": 600_000.0, "speed": 10.0, "course": 10.0}
_GPSD_LONG = {"lon": 600.0, "lat": 600.0}  # message 27, and its speed is in whole knots


def _frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame.from_records(list(rows))


def _flat(value: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, one in value.items():
        if isinstance(one, Mapping):
            found |= _flat(one, f"{before}{key}.")
        elif not isinstance(one, list):
            found[f"{before}{key}"] = one
    return found


def features(content: Mapping[str, Any]) -> pd.DataFrame:
    """Features of a FeatureCollection, points as `lon` and `lat`, others with a note."""
    return _frame(map(_feature, content["features"]))


def _feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    outside = {k: v for k, v in feature.items() if k not in {"type", "geometry", "properties"}}
    said = _flat(outside) | _flat(feature.get("properties") or {})
    shape = feature.get("geometry") or {}
    if shape.get("type") != "Point":
        return said | {NOTE: f"not a point: {shape.get('type')}", ROW: json.dumps(feature)}
    lon, lat = shape["coordinates"][:2]
    return said | {"lon": lon, "lat": lat, ROW: json.dumps(feature)}


def documents(content: Any) -> pd.DataFrame:
    """Records of a document: a list of objects, in lists or members, and not what is about them."""
    found = max(_lists(content), key=len, default=[])
    if not found:
        raise GeoError("holds no list of objects")
    return _frame(_flat(one) | {ROW: json.dumps(one, ensure_ascii=False)} for one in found)


def _lists(content: Any) -> Iterator[list[Mapping[str, Any]]]:
    inside = content.values() if isinstance(content, Mapping) else content
    if isinstance(content, list) and content and all(isinstance(o, Mapping) for o in content):
        yield content
    elif isinstance(content, Mapping | list):
        for one in inside:
            yield from _lists(one)


def lines(texts: Iterable[str]) -> pd.DataFrame:
    """Records of a file with an object on each line; a line that is none has a note."""
    rows, now = [], None
    for text in texts:
        if not text.strip():
            continue
        value = _object(text)
        if isinstance(value, str):
            rows.append({NOTE: value, ROW: text.rstrip("\r\n")})
            continue
        now = value.get("time", now) if value.get("class") != "AIS" else now
        if value.get("class", "AIS") == "AIS":
            own = _gpsd(value, now) if _is_gpsd(value) else value
            rows.append(_flat(own) | {ROW: text.rstrip("\r\n")})
    if rows and all("gpsd.time" in row and row["gpsd.time"] is None for row in rows):
        raise GeoError(
            "gpsd's AIS objects have no time, and no other object tells it; log all: gpspipe -w"
        )
    return _frame(rows)


def _object(text: str) -> Any:
    try:
        value = json.loads(text)
        text.encode("utf-8")
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"[:80]
    return value if isinstance(value, Mapping) else "not an object"


def _is_gpsd(value: Mapping[str, Any]) -> bool:
    return value.get("class") == "AIS" and "rxuxtime" not in value


def _gpsd(value: Mapping[str, Any], now: Any) -> dict[str, Any]:
    """An object of gpsd with the time of the last other object, in degrees and knots."""
    made = dict(value) | {"gpsd.time": value.get("time", now)}
    if value.get("scaled") is False:
        factors = _GPSD_LONG if value.get("type") == 27 else _GPSD
        for name, divisor in factors.items():
            if isinstance(made.get(name), int | float):
                made[name] = made[name] / divisor
    return made


def gpx(text: str, *, stem: str) -> pd.DataFrame:
    """Points of the tracks of a GPX document, with the name of their track. GeoError."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text):
        raise GeoError("defines entities; save the file anew")
    try:
        root = ElementTree.fromstring(text.lstrip("\ufeff"))
    except ElementTree.ParseError as error:
        raise GeoError(f"not GPX: {error}") from error
    rows = [row for track, number in _tracks(root) for row in _points(track, stem, number)]
    if not rows:
        raise GeoError("holds no point of a track with its time")
    return _frame(rows)


def _tracks(root: Any) -> Iterator[tuple[Any, int]]:
    found = [one for one in root.iter() if _own(one) == "trk"]
    yield from zip(found, range(1, len(found) + 1), strict=True)


def _own(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _points(track: Any, stem: str, number: int) -> Iterator[dict[str, Any]]:
    names = (one.text for one in track if _own(one) == "name")
    name = next(names, None) or (stem if number == 1 else f"{stem} {number}")
    for point in track.iter():
        if _own(point) == "trkpt":
            time = next((one.text for one in point if _own(one) == "time"), None)
            at = {"lon": point.get("lon"), "lat": point.get("lat")}
            yield {"trk": name, "time": time, **at, ROW: ElementTree.tostring(point, "unicode")}
