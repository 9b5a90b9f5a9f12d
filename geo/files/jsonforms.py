"""Features that JSON holds in other forms than RFC 7946: TopoJSON, Esri JSON, sequences.

Each becomes features of GeoJSON, in the reference system of its file; nothing is judged here but
what the form itself asks. Forms: TopoJSON specification 1.0.0; ArcGIS REST API, feature sets and
geometry objects; RFC 8142, GeoJSON text sequences.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from geo.errors import DataError, Fault, Wording, wording

MOST_POSITIONS = 20_000_000  # of a topology once its arcs are joined: one arc may be named often
_WEB_MERCATOR = {102100, 102113, 900913}
_DEEPEST = 16


@dataclass
class Features:
    """Features of one layer as GeoJSON objects, their reference system, and what is said of them.

    `wrong` are the faults of features by number, where the form itself was not kept; `given` says
    that the system is what a user states, not the file.
    """

    name: str = ""
    features: list[Any] = field(default_factory=list)
    crs: str = ""
    given: bool = False
    wrong: dict[int, Fault] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def form(document: Any) -> str:
    """'topojson', 'esri', or '' for what is, or should be, GeoJSON."""
    if not isinstance(document, Mapping):
        return ""
    if document.get("type") == "Topology":
        return "topojson"
    marks = {"spatialReference", "geometryType", "displayFieldName", "fields"} & set(document)
    return "esri" if "type" not in document and marks and "features" in document else ""


# --- TopoJSON -------------------------------------------------------------------------------------


class _Wrong(Exception):
    """What is wrong with one object: value, problem, remedy, code."""


def topojson(document: Mapping[str, Any], file: str) -> list[Features]:
    """A layer for each object of a topology. Raises DataError where its parts are none."""
    objects, arcs = document.get("objects"), document.get("arcs")
    if not isinstance(objects, Mapping) or not isinstance(arcs, list) or not objects:
        wrong = "arcs" if isinstance(objects, Mapping) and objects else "objects"
        raise _refused(file, wrong, "", wording("topojson.part-missing"))
    topology = _Topology(_arcs(arcs, document.get("transform"), file), document.get("transform"))
    return [_object(topology, str(name), value, file) for name, value in objects.items()]


def _refused(file: str, name: str, value: str, why: Wording) -> DataError:
    fault = Fault(file, "", name, value, *why)
    return DataError(f"{file}: 1 fault(s)", faults=[fault])


def _arcs(arcs: Sequence[Any], transform: Any, file: str) -> list[list[list[float]]]:
    """Arcs as positions: whole steps are added up, scaled and moved."""
    if transform is not None and not _transforms(transform):
        why = wording("topojson.transform-not-usable")
        raise _refused(file, "transform", str(transform)[:60], why)
    found = []
    for number, arc in enumerate(arcs):
        if not isinstance(arc, list) or not arc or not all(map(_position, arc)):
            why = wording("topojson.arc-not-positions")
            raise _refused(file, f"arcs.{number}", str(arc)[:60], why)
        found.append([list(p[:2]) for p in arc] if transform is None else _moved(arc, transform))
    return found


def _transforms(transform: Any) -> bool:
    if not isinstance(transform, Mapping):
        return False
    parts: list[Any] = [transform.get(name) for name in ("scale", "translate")]
    return all(_position(part) and len(part) == 2 for part in parts)


def _position(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 2
        and all(type(n) in (int, float) and math.isfinite(n) for n in value)
    )


def _moved(arc: Sequence[Any], transform: Mapping[str, Any]) -> list[list[float]]:
    made, at = [], [0, 0]
    for step in arc:
        at = [at[0] + step[0], at[1] + step[1]]
        made.append(_placed(at, transform))
    return made


def _placed(at: Sequence[Any], transform: Any) -> list[float]:
    if transform is None:
        return list(at[:2])
    pairs = zip(at[:2], transform["scale"], transform["translate"], strict=True)
    return [value * scale + start for value, scale, start in pairs]


@dataclass
class _Topology:
    arcs: list[list[list[float]]]
    transform: Any
    joined: int = 0

    def line(self, numbers: Any) -> list[list[float]]:
        """Arcs one after another, each point once; ~n is arc n backwards."""
        if not isinstance(numbers, list) or not numbers or not all(type(n) is int for n in numbers):
            raise _Wrong(str(numbers)[:60], *wording("topojson.not-a-list-of-arcs"))
        made: list[list[float]] = []
        for n in numbers:
            at = n if n >= 0 else ~n
            if at >= len(self.arcs):
                raise _Wrong(str(n), *wording("topojson.no-such-arc", count=len(self.arcs)))
            arc = self.arcs[at] if n >= 0 else self.arcs[at][::-1]
            self.joined += len(arc)
            if self.joined > MOST_POSITIONS:
                raise _Wrong("", *wording("topojson.too-many-positions", most=MOST_POSITIONS))
            made += arc[1:] if made else arc
        return made

    def rings(self, value: Any) -> list[Any]:
        return [self.line(one) for one in self.each(value)]

    @staticmethod
    def each(value: Any) -> list[Any]:
        """A list of parts."""
        if not isinstance(value, list):
            raise _Wrong(str(value)[:60], *wording("topojson.not-a-list-of-arcs"))
        return value

    def point(self, value: Any) -> list[float]:
        if not _position(value):
            raise _Wrong(str(value)[:60], *wording("topojson.not-a-position"))
        return _placed(value, self.transform)

    def geometry(self, value: Any, depth: int = 0) -> dict[str, Any] | None:
        """A geometry object as GeoJSON; None where it has none."""
        if not isinstance(value, Mapping) or depth > _DEEPEST:
            raise _Wrong(str(value)[:60], *wording("topojson.not-a-geometry"))
        kind = value.get("type")
        if kind is None:
            return None
        if kind == "GeometryCollection":
            inner = self.each(value.get("geometries"))
            parts = [self.geometry(one, depth + 1) for one in inner]
            return {"type": kind, "geometries": [part for part in parts if part]}
        return {"type": kind, "coordinates": self._coordinates(str(kind), value)}

    def _coordinates(self, kind: str, value: Mapping[str, Any]) -> Any:
        arcs, own = value.get("arcs"), value.get("coordinates")
        if kind == "Point":
            return self.point(own)
        if kind == "MultiPoint":
            return [self.point(one) for one in self.each(own)]
        if kind == "LineString":
            return self.line(arcs)
        if kind in {"MultiLineString", "Polygon"}:
            return self.rings(arcs)
        if kind == "MultiPolygon":
            return [self.rings(one) for one in self.each(arcs)]
        raise _Wrong(kind[:60], *wording("topojson.kind-unknown"))


def _object(topology: _Topology, name: str, value: Any, file: str) -> Features:
    found = Features(name, said=["read as TopoJSON"])
    for number, one in enumerate(_members(value)):
        shape = None
        try:
            shape = topology.geometry(one)
        except _Wrong as wrong:
            where = f"object {name}, geometry {number + 1}"
            found.wrong[number] = Fault(file, where, "arcs", *map(str, wrong.args))
        own = one if isinstance(one, Mapping) else {}
        feature = {"type": "Feature", "properties": own.get("properties"), "geometry": shape}
        found.features.append(feature | ({"id": own["id"]} if "id" in own else {}))
    return found


def _members(value: Any) -> Sequence[Any]:
    """The features of an object: those of a collection, or the object itself."""
    collected = isinstance(value, Mapping) and value.get("type") == "GeometryCollection"
    if collected and "properties" not in value and isinstance(value.get("geometries"), list):
        return list(value["geometries"])
    return [value]


# --- Esri JSON ------------------------------------------------------------------------------------


def esri(document: Mapping[str, Any], file: str) -> Features:
    """A feature set as ArcGIS writes it."""
    found = Features(crs=_system(document.get("spatialReference")), said=["read as Esri JSON"])
    if document.get("exceededTransferLimit"):
        found.said.append("the server sent a part only: it says that its limit was exceeded")
    dates = {
        f.get("name")
        for f in document.get("fields") or ()
        if isinstance(f, Mapping) and f.get("type") == "esriFieldTypeDate"
    }
    listed = document["features"] if isinstance(document["features"], list) else []
    if listed is not document["features"]:
        raise _refused(file, "features", "", wording("esri.no-list-of-features"))
    for number, one in enumerate(listed):
        own = one if isinstance(one, Mapping) else {}
        values = own.get("attributes") if isinstance(own.get("attributes"), Mapping) else {}
        row = {name: _dated(v) if name in dates else v for name, v in (values or {}).items()}
        shape = None
        try:
            shape = _esri_shape(own.get("geometry"))
        except _Wrong as wrong:
            where = f"feature {number + 1}"
            found.wrong[number] = Fault(file, where, "geometry", *map(str, wrong.args))
        found.features.append({"type": "Feature", "properties": row, "geometry": shape})
    return found


def _system(said: Any) -> str:
    if not isinstance(said, Mapping):
        return ""
    number = said.get("latestWkid") or said.get("wkid")
    if isinstance(number, int):
        if number in _WEB_MERCATOR:
            return "EPSG:3857"
        return f"EPSG:{number}" if number < 37000 else f"ESRI:{number}"
    wkt = said.get("wkt")
    return wkt if isinstance(wkt, str) else ""


def _dated(value: Any) -> Any:
    """Milliseconds since the epoch as a moment of UTC; what is no such number as it is."""
    if type(value) is not int or abs(value) > 10**15:
        return value
    start = datetime.datetime.fromtimestamp(0, datetime.UTC)
    try:
        moment = start + datetime.timedelta(milliseconds=value)
    except OverflowError:
        return value
    return moment.isoformat().replace("+00:00", "Z")


def _esri_shape(value: Any) -> dict[str, Any] | None:
    """A geometry object as GeoJSON; None where there is none, or an empty one."""
    if value is None or value == {}:
        return None
    if not isinstance(value, Mapping):
        raise _Wrong(str(value)[:60], *wording("esri.not-a-geometry"))
    curved = next((name for name in ("curvePaths", "curveRings") if name in value), "")
    if curved:
        raise _Wrong(curved, *wording("esri.curves-not-drawn"))
    if "x" in value:
        if value["x"] in (None, "NaN"):
            return None
        return {"type": "Point", "coordinates": _pair([value["x"], value.get("y")])}
    for name, make in (("points", _points), ("paths", _paths), ("rings", _areas)):
        if name in value:
            return make(value[name]) if value[name] else None
    raise _Wrong(str(sorted(map(str, value)))[:60], *wording("esri.not-a-geometry"))


def _pair(value: Any) -> list[Any]:
    if not _position(value):
        raise _Wrong(str(value)[:60], *wording("esri.not-a-position"))
    return list(value[:2])


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(str(value)[:60], *wording("esri.not-a-list"))
    return value


def _points(value: Any) -> dict[str, Any]:
    return {"type": "MultiPoint", "coordinates": [_pair(p) for p in _list(value)]}


def _paths(value: Any) -> dict[str, Any]:
    lines = [[_pair(p) for p in _list(path)] for path in _list(value)]
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    return {"type": "MultiLineString", "coordinates": lines}


def _areas(value: Any) -> dict[str, Any]:
    """Rings as areas: clockwise ones bound an area, the others are holes in the one round them."""
    rings = [[_pair(p) for p in _list(ring)] for ring in _list(value)]
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise _Wrong("", *wording("esri.ring-open"))
    outer = [[ring] for ring in rings if _clockwise(ring)]
    for hole in (ring for ring in rings if not _clockwise(ring)):
        _home(outer, hole).append(hole)
    areas = [area for area in outer if area]
    if len(areas) == 1:
        return {"type": "Polygon", "coordinates": areas[0]}
    return {"type": "MultiPolygon", "coordinates": areas}


def _clockwise(ring: Sequence[Sequence[float]]) -> bool:
    return not shapely.is_ccw(shapely.LinearRing(ring))


def _home(outer: list[list[Any]], hole: Sequence[Any]) -> list[Any]:
    """The area that a hole lies in; a new one where it lies in none."""
    inside = shapely.Polygon(hole)
    for area in outer:
        if shapely.contains_properly(shapely.Polygon(area[0]), inside.representative_point()):
            return area
    outer.append([])
    return outer[-1]


# --- sequences ------------------------------------------------------------------------------------


def lines(text: str) -> Iterator[tuple[int, str]]:
    """(number, text) of every line that holds something; marks between records are left out."""
    for number, line in enumerate(text.split("\n"), start=1):
        record = line.strip(" \t\r\x1e")
        if record:
            yield number, record


def is_sequence(text: str) -> bool:
    """Whether a text is of one object a line, and of more than one."""
    found = lines(text)
    first = next(found, (0, ""))[1]
    return first[:1] == "{" and first[-1:] == "}" and next(found, (0, ""))[1][:1] == "{"
