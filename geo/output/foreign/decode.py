"""Encoded geometries as plain ones: topologies, and lines packed into text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from geo.errors import GeoError

Position = list[float]


def topology(data: Mapping[str, Any], thing: Mapping[str, Any]) -> dict[str, Any]:
    """One object of a topology as GeoJSON (TopoJSON 1.0: delta-coded arcs, quantised or not)."""
    try:
        arcs = _arcs(data)
        place = _placer(data.get("transform"))
        if thing.get("type") == "GeometryCollection":
            features = [_feature(part, arcs, place) for part in thing["geometries"]]
            return {"type": "FeatureCollection", "features": features}
        return _feature(thing, arcs, place)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise GeoError(f"TopoJson: the topology is not sound: {error!r}") from error


def _placer(transform: Mapping[str, Any] | None) -> Callable[[Position], Position]:
    if not transform:
        return lambda at: list(at)
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    return lambda at: [at[0] * kx + dx, at[1] * ky + dy, *at[2:]]


def _arcs(data: Mapping[str, Any]) -> list[list[Position]]:
    """Every arc in degrees; with a transform positions are differences to the one before."""
    place = _placer(data.get("transform"))
    if not data.get("transform"):
        return [[place(at) for at in arc] for arc in data["arcs"]]
    found = []
    for arc in data["arcs"]:
        x = y = 0
        line = []
        for at in arc:
            x, y = x + at[0], y + at[1]
            line.append(place([x, y]))
        found.append(line)
    return found


def _line(numbers: list[int], arcs: list[list[Position]]) -> list[Position]:
    """Arcs joined end to start; ~n is arc n backwards."""
    joined: list[Position] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        joined += arc[1:] if joined else arc
    return joined


def _ring(numbers: list[int], arcs: list[list[Position]]) -> list[Position]:
    line = _line(numbers, arcs)
    return line + [line[0]] * max(0, 4 - len(line))


def _coordinates(thing: Mapping[str, Any], arcs: Any, place: Any) -> Any:
    kind = thing["type"]
    if kind == "Point":
        return place(thing["coordinates"])
    if kind == "MultiPoint":
        return [place(at) for at in thing["coordinates"]]
    if kind == "LineString":
        return _line(thing["arcs"], arcs)
    if kind == "MultiLineString":
        return [_line(part, arcs) for part in thing["arcs"]]
    if kind == "Polygon":
        return [_ring(part, arcs) for part in thing["arcs"]]
    if kind == "MultiPolygon":
        return [[_ring(part, arcs) for part in one] for one in thing["arcs"]]
    raise ValueError(kind)


def _geometry(thing: Mapping[str, Any], arcs: Any, place: Any) -> dict[str, Any] | None:
    if thing.get("type") is None:
        return None
    if thing["type"] == "GeometryCollection":
        parts = [_geometry(part, arcs, place) for part in thing["geometries"]]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": thing["type"], "coordinates": _coordinates(thing, arcs, place)}


def _feature(thing: Mapping[str, Any], arcs: Any, place: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "Feature"}
    if "id" in thing:
        made["id"] = thing["id"]
    made["properties"] = dict(thing.get("properties") or {})
    made["geometry"] = _geometry(thing, arcs, place)
    return made


def polyline(text: str) -> list[Position]:
    """Google's encoded polyline, precision 5, as [lat, lon] pairs."""
    numbers, value, shift = [], 0, 0
    for letter in text:
        chunk = ord(letter) - 63
        if not 0 <= chunk < 64:
            raise GeoError(f"an encoded line holds {letter!r}, which stands for nothing")
        value |= (chunk & 31) << shift
        shift += 5
        if chunk < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    found, lat, lon = [], 0, 0
    for north, east in zip(numbers[::2], numbers[1::2], strict=True):
        lat, lon = lat + north, lon + east
        found.append([lat / 1e5, lon / 1e5])
    return found
