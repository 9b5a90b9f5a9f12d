"""What RFC 7946 asks and a model of it lets pass: heights, boxes, members out of place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import Fault, wording
from geo.files import strictjson

# Section 7.1: members that give an object another meaning, by what the object is.
_ELSEWHERE = {
    "FeatureCollection": ("coordinates", "geometries", "geometry", "properties"),
    "Feature": ("coordinates", "geometries", "features"),
    "geometry": ("geometry", "properties", "features"),
}
_NUMBERS = frozenset({int, float})


def levelled(geometry: Any) -> Any:
    """A geometry without heights where only some of its positions have one; else as it is.

    Section 3.1.1 allows two or three numbers in each position. Nothing is drawn of a height.
    """
    if not isinstance(geometry, dict) or _sizes(geometry) != {2, 3}:
        return geometry
    return _flat(geometry)


def longer(geometry: Any) -> bool:
    """Whether a position of a geometry has more than three numbers."""
    return max(_sizes(geometry), default=0) > 3


def shortened(geometry: Any) -> Any:
    """A geometry with three numbers a position at most: what more mean is open (3.1.1)."""
    if _is_position(geometry):
        return geometry[:3]
    if isinstance(geometry, list):
        return [shortened(part) for part in geometry]
    if not isinstance(geometry, dict):
        return geometry
    keys = {"coordinates", "geometries"}
    return {k: shortened(v) if k in keys else v for k, v in geometry.items()}


def _inner(geometry: Mapping[str, Any]) -> list[Any]:
    found = geometry.get("geometries")
    return found if isinstance(found, list) else []


def _sizes(geometry: Any) -> set[int]:
    """How many numbers the positions of a geometry have."""
    found: set[int] = set()
    stack = [geometry]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack += [*_inner(node), node.get("coordinates")]
        elif _is_position(node):
            found.add(len(node))
        elif isinstance(node, list) and node and all(map(_is_position, node)):
            found |= set(map(len, node))
        elif isinstance(node, list):
            stack += node
    return found


def _is_position(node: Any) -> bool:
    return isinstance(node, list) and bool(node) and _NUMBERS.issuperset(map(type, node))


def _flat(geometry: Any) -> Any:
    if not isinstance(geometry, dict):
        return geometry
    made = dict(geometry)
    if "coordinates" in made:
        made["coordinates"] = _without_heights(made["coordinates"])
    if _inner(made):
        made["geometries"] = [_flat(part) for part in _inner(made)]
    return made


def _without_heights(node: Any) -> Any:
    if _is_position(node):
        return node[:2]
    return [_without_heights(part) for part in node] if isinstance(node, list) else node


def shape(feature: Mapping[str, Any]) -> BaseGeometry | None:
    """The geometry of a sound feature; None where it has none."""
    found = feature.get("geometry")
    return shapely.geometry.shape(levelled(found)) if found else None


def boxes(node: Any, file: str, where: str, path: str = "") -> Iterator[Fault]:
    """Bounding boxes of a feature or a collection that hold anything but numbers (section 5)."""
    for at, item in _objects(node, path):
        box = item.get("bbox")
        odd = [one for one in box if type(one) not in _NUMBERS] if isinstance(box, list) else []
        if odd:
            value = strictjson.shown(odd[0])
            said = wording("geojson.bbox-not-numbers")
            yield Fault(file, where, f"{at}.bbox".lstrip("."), value, *said)


def members(document: Any, file: str) -> Iterator[Fault]:
    """Members that section 7.1 forbids, as notes: other readers may take them for something else.

    They are not read, so what is drawn does not change.
    """
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        return
    yield from _misplaced(document, "FeatureCollection", file, "", "")
    for number, one in enumerate(features):
        where = strictjson.feature_name(one, number)
        for at, item in _objects(one, ""):
            kind = "Feature" if item is one else "geometry"
            yield from _misplaced(item, kind, file, where, at)


def _misplaced(
    item: Mapping[str, Any], kind: str, file: str, where: str, at: str
) -> Iterator[Fault]:
    for name in _ELSEWHERE[kind]:
        if name in item:
            said = wording("geojson.member-out-of-place", member=name)
            yield Fault(file, where, f"{at}.{name}".lstrip("."), "", *said)


def _objects(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A feature, its geometry and the geometries in that, each with its path."""
    stack: list[tuple[str, Any]] = [(path, node)]
    while stack:
        at, item = stack.pop()
        if not isinstance(item, dict):
            continue
        yield at, item
        if "geometry" in item and item.get("type") == "Feature":
            stack.append((f"{at}.geometry".lstrip("."), item["geometry"]))
        if item.get("type") == "GeometryCollection":
            parts: Sequence[Any] = _inner(item)
            stack += [(f"{at}.geometries.{n}", part) for n, part in enumerate(parts)]
