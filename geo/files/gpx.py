"""GPX 1.0 and 1.1: waypoints, routes and tracks as features (Topografix schema)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geo.errors import Fault, wording
from geo.files import markup
from geo.files.jsonforms import Features
from geo.files.numbers import number

KINDS = {"wpt": "waypoint", "rte": "route", "trk": "track"}
_VALUES = ("name", "cmt", "desc", "src", "type", "sym", "time", "number")


def read(content: bytes, path: Path) -> Features:
    """Every waypoint, route and track in the order of the file. Raises GeoError."""
    root = markup.parse(content, path, "gpx")
    found = Features()
    for one in elements(root):
        _add(found, one, path.name)
    single = found.said.count("")
    found.said = [f"{single} part(s) of one point are drawn as no line"] if single else []
    return found


def elements(root: ET.Element) -> list[ET.Element]:
    """The waypoints, routes and tracks of a document."""
    return [one for one in root if one.tag in KINDS]


def _add(found: Features, one: ET.Element, file: str) -> None:
    values: dict[str, Any] = {"kind": KINDS[one.tag]}
    values |= {
        name: markup.child(one, name) or None for name in _VALUES if one.find(name) is not None
    }
    where = f"{KINDS[one.tag]} {len(found.features) + 1}"
    where += f" ({values['name'][:60]})" if values.get("name") else ""
    faults: list[Fault] = []
    if one.tag == "wpt":
        parts = [_points([one], file, where, faults)]
    elif one.tag == "rte":
        parts = [_points(one.findall("rtept"), file, where, faults)]
    else:
        parts = [_points(s.findall("trkpt"), file, where, faults) for s in one.findall("trkseg")]
    found.said += ["" for part in parts if len(part) == 1 and one.tag != "wpt"]
    if faults:
        found.wrong[len(found.features)] = faults[0]
    shape = None if faults else _shape(one.tag, [part for part in parts if part])
    found.features.append({"type": "Feature", "properties": values, "geometry": shape})


def _points(
    elements: Iterable[ET.Element], file: str, where: str, faults: list[Fault]
) -> list[list[float]]:
    made = []
    for one in elements:
        texts = [one.get(name, "") for name in ("lon", "lat")]
        values = [number(text) for text in texts]
        if None in values:
            said = wording("gpx.no-position")
            faults.append(Fault(file, where, "lon, lat", ", ".join(texts)[:60], *said))
            continue
        height = number(markup.child(one, "ele"))
        made.append([v for v in (*values, height) if v is not None])
    return made


def _shape(tag: str, parts: list[list[list[float]]]) -> dict[str, Any] | None:
    if not parts:
        return None
    if tag == "wpt":
        return {"type": "Point", "coordinates": parts[0][0]}
    lines = [part for part in parts if len(part) > 1]
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    if lines:
        return {"type": "MultiLineString", "coordinates": lines}
    return {"type": "MultiPoint", "coordinates": [part[0] for part in parts]}
