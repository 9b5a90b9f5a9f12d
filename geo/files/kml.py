"""KML: features out as folders of placemarks, with typed values; no network, no library."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import shapely

NAMESPACE = "http://www.opengis.net/kml/2.2"
TITLES = ("name", "Name", "name_en", "title", "label")
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_INT = 2**31 - 1  # `int` of KML has 32 bits
Rows = Iterable[tuple[Mapping[str, Any], Any]]


def write(layers: Mapping[str, Rows], *, title: str = "", sources: Sequence[str] = ()) -> bytes:
    """A document with a folder for each layer; every value stands with its type.

    layers: by name, rows of JSON values with a shapely geometry in degrees, or None.
    """
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    _text(document, "name", title)
    _text(document, "description", "\n".join(sources))
    for number, (name, rows) in enumerate(layers.items()):
        every = list(rows)
        kinds = _kinds(every)
        schema = ET.SubElement(document, "Schema", name=f"layer{number}", id=f"layer{number}")
        for column, kind in kinds.items():
            ET.SubElement(schema, "SimpleField", name=_clean(column), type=kind)
        folder = ET.SubElement(document, "Folder")
        _text(folder, "name", name)
        for row, shape in every:
            texts = {n: _written(v, kinds[n]) for n, v in row.items() if v is not None}
            _placemark(folder, row, texts, shape, f"#layer{number}")
    ET.indent(root, " ")
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _kinds(rows: Sequence[tuple[Mapping[str, Any], Any]]) -> dict[str, str]:
    """The type of every column: that of all its known values, else text."""
    found: dict[str, set[str]] = {}
    for row, _ in rows:
        for name, value in row.items():
            found.setdefault(name, set()).update({_kind(value)} - {""})
    return {name: _one(kinds) for name, kinds in found.items()}


def _kind(value: Any) -> str:
    if type(value) is int and abs(value) > _MOST_INT:
        return "string"  # longer ones lose digits in other programs
    names = {bool: "bool", int: "int", float: "double", type(None): ""}
    return names.get(type(value), "string")


def _one(kinds: set[str]) -> str:
    if len(kinds) == 1:
        return kinds.copy().pop()
    return "double" if kinds == {"int", "double"} else "string"


def _placemark(
    folder: ET.Element, row: Mapping[str, Any], texts: Mapping[str, str], shape: Any, schema: str
) -> None:
    placemark = ET.SubElement(folder, "Placemark")
    title = next((str(row[name]) for name in TITLES if row.get(name) not in (None, "")), "")
    _text(placemark, "name", title)
    data = ET.SubElement(ET.SubElement(placemark, "ExtendedData"), "SchemaData", schemaUrl=schema)
    for name, text in texts.items():
        ET.SubElement(data, "SimpleData", name=_clean(name)).text = _clean(text)
    if shape is not None and not shape.is_empty:
        _geometry(placemark, shape)


def _written(value: Any, kind: str) -> str:
    """A value as the type of its column has it: among texts a truth is a word, not a number."""
    if isinstance(value, bool):
        return str(value) if kind == "string" else str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _geometry(parent: ET.Element, shape: Any) -> None:
    kind = shape.geom_type
    if hasattr(shape, "geoms"):
        whole = ET.SubElement(parent, "MultiGeometry")
        for part in shape.geoms:
            _geometry(whole, part)
    elif kind == "Polygon":
        area = ET.SubElement(parent, "Polygon")
        for tag, ring in _rings(shape):
            _coordinates(ET.SubElement(ET.SubElement(area, tag), "LinearRing"), ring)
    else:
        _coordinates(ET.SubElement(parent, kind), shape)


def _rings(shape: Any) -> Iterator[tuple[str, Any]]:
    yield "outerBoundaryIs", shape.exterior
    for ring in shape.interiors:
        yield "innerBoundaryIs", ring


def _coordinates(parent: ET.Element, shape: Any) -> None:
    points = shapely.get_coordinates(shape, include_z=bool(shape.has_z))
    text = " ".join(",".join(repr(float(number)) for number in point) for point in points)
    ET.SubElement(parent, "coordinates").text = text


def _text(parent: ET.Element, tag: str, text: str) -> None:
    if text:
        ET.SubElement(parent, tag).text = _clean(text)


def _clean(text: str) -> str:
    """A text as XML may hold it: control characters become the sign for what is unknown."""
    return _CONTROL.sub("\ufffd", text)
