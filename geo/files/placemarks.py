"""KML and KMZ: every placemark of every folder as a feature, with its values and its colours.

OGC 12-007r2 (KML 2.3) and Google's gx tracks. No link of a document is followed: what lies behind
one is counted and named.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import Fault, GeoError, wording
from geo.files import intake, markup
from geo.files.jsonforms import Features
from geo.files.numbers import number

_FOLDERS = frozenset({"Document", "Folder", "kml", "Create", "Change", "Update"})
_UNREAD = {
    "NetworkLink": "link to other files, which are not opened",
    "GroundOverlay": "picture laid on the ground, not drawn",
    "ScreenOverlay": "picture laid on the screen, not drawn",
    "PhotoOverlay": "photograph, not drawn",
    "Tour": "tour, not drawn",
}
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack")
_PLAIN = ("name", "description", "address", "phoneNumber")
_COLOUR = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_TUPLE = re.compile(r"\s*,\s*")
_WHOLE = frozenset({"int", "uint", "short", "ushort"})
_MANY = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_DIGITS = re.compile(r"[+-]?[0-9]{1,4000}")


def read(content: bytes, path: Path, *, memory_bytes: int = intake.CEILING) -> Features:
    """Every placemark of a document, or of all documents of a KMZ. Raises GeoError."""
    found = Features()
    unread: Counter[str] = Counter()
    for name, document in _documents(content, path, memory_bytes):
        root = markup.parse(document, Path(name), "kml")
        _Document(root, path.name, found, unread).read()
    found.said = [f"{_UNREAD[tag]}: {count:,} {tag}" for tag, count in sorted(unread.items())]
    return found


def _documents(content: bytes, path: Path, memory_bytes: int) -> Iterator[tuple[str, bytes]]:
    if path.suffix.lower() != ".kmz":
        yield str(path), content
        return
    intake.unpackable(content, path, memory_bytes=memory_bytes)
    with intake.whole(path), zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [n for n in packed.namelist() if n.lower().endswith(".kml")]
        if not names:
            raise GeoError(f"{path}: holds no .kml file; save it anew from the program it is from")
        if len(set(names)) < len(names):
            raise GeoError(f"{path}: holds two files of one name; save it anew")
        for name in names:
            document = packed.read(name)
            intake.weigh(document, path, memory_bytes)
            yield f"{path}/{name}", document


@dataclass
class _Document:
    """One document on its way to features."""

    root: ET.Element
    file: str
    found: Features
    unread: Counter[str]
    styles: dict[str, ET.Element] = field(default_factory=dict)
    types: dict[str, dict[str, str]] = field(default_factory=dict)

    def read(self) -> None:
        for one in self.root.iter():
            if one.tag in {"Style", "StyleMap"} and one.get("id"):
                self.styles.setdefault(str(one.get("id")), one)
            elif one.tag == "Schema":
                kinds = {str(f.get("name")): str(f.get("type")) for f in one.iter("SimpleField")}
                self.types.update({str(key): kinds for key in (one.get("id"), one.get("name"))})
        stack: list[tuple[ET.Element, tuple[str, ...]]] = [(self.root, ())]
        while stack:
            element, folders = stack.pop()
            if element.tag == "Placemark":
                self._placemark(element, folders)
            elif element.tag in _UNREAD:
                self.unread[element.tag] += 1
            elif element.tag in _FOLDERS:
                name = markup.child(element, "name") if element.tag == "Folder" else ""
                inner = (*folders, name) if name else folders
                stack += [(one, inner) for one in reversed(element)]

    def _placemark(self, element: ET.Element, folders: tuple[str, ...]) -> None:
        count = len(self.found.features)
        values: dict[str, Any] = {"folder": " / ".join(folders)} if folders else {}
        values |= {n: markup.child(element, n) for n in _PLAIN if element.find(n) is not None}
        values |= _times(element) | self._data(element) | self._look(element)
        where = f"placemark {count + 1}" + (
            f" ({values['name'][:60]})" if values.get("name") else ""
        )
        shape = None
        try:
            shape = _whole(element)
        except _Wrong as wrong:
            self.found.wrong[count] = Fault(self.file, where, *wrong.args)
        feature = {"type": "Feature", "properties": values, "geometry": shape}
        self.found.features.append(feature)

    # --- values ---

    def _data(self, element: ET.Element) -> dict[str, Any]:
        """What `ExtendedData` says, by the types that a schema of the document gives."""
        found: dict[str, Any] = {}
        extended = element.find("ExtendedData")
        for one in () if extended is None else extended:
            if one.tag == "Data":
                found[str(one.get("name"))] = markup.child(one, "value") or None
            elif one.tag == "SchemaData":
                kinds = self.types.get(str(one.get("schemaUrl")).rpartition("#")[2], {})
                for cell in one.findall("SimpleData"):
                    name = str(cell.get("name"))
                    found[name] = _value("".join(cell.itertext()), kinds.get(name, "string"))
        return found

    # --- colours ---

    def _look(self, element: ET.Element) -> dict[str, Any]:
        """The colours of a placemark by the names of simplestyle, as geojson.io writes them."""
        shared = self._style(markup.child(element, "styleUrl"))
        own = element.find("Style")
        found: dict[str, Any] = {}
        for style in (shared, own):
            if style is not None:
                found |= _colours(style)
        return found

    def _style(self, address: str) -> ET.Element | None:
        """The style that is named, in this document alone; of a pair the normal one."""
        name = address.rpartition("#")[2] if address.startswith("#") else ""
        for _ in range(4):
            style = self.styles.get(name, self.styles.get(f"{name}-normal"))
            if style is None or style.tag == "Style":
                return style
            pairs = style.findall("Pair")
            normal = [pair for pair in pairs if markup.child(pair, "key") == "normal"]
            inner = normal[0].find("Style") if normal else None
            if inner is not None:
                return inner
            name = markup.child(normal[0], "styleUrl").rpartition("#")[2] if normal else ""
        return None


def _times(element: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag, names in (("TimeStamp", ("when",)), ("TimeSpan", ("begin", "end"))):
        inner = element.find(tag)
        if inner is not None:
            found |= {n: markup.child(inner, n) for n in names if markup.child(inner, n)}
    return found


def _value(text: str, kind: str) -> Any:
    """A text by the type of its schema; a text that is not of that type stays as it is."""
    if kind in _WHOLE and _DIGITS.fullmatch(text.strip()):
        return int(text)
    if kind in {"float", "double"}:
        value = number(text)
        return text if value is None else value
    if kind == "bool" and text.strip().lower() in {"0", "1", "true", "false"}:
        return text.strip().lower() in {"1", "true"}
    return text


def _colours(style: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag, name in (
        ("LineStyle", "stroke"),
        ("PolyStyle", "fill"),
        ("IconStyle", "marker-color"),
    ):
        part = style.find(tag)
        said = _COLOUR.fullmatch(markup.child(part, "color")) if part is not None else None
        if said:  # KML has opacity, blue, green and red
            found[name] = f"#{said[4]}{said[3]}{said[2]}".lower()
            if name != "marker-color":
                found[f"{name}-opacity"] = round(int(said[1], 16) / 255, 3)
        if tag == "LineStyle" and part is not None:
            width = number(markup.child(part, "width"))
            found |= {"stroke-width": width} if width else {}
        if tag == "PolyStyle" and part is not None and markup.child(part, "fill") == "0":
            found["fill-opacity"] = 0.0
    return found


# --- geometry -------------------------------------------------------------------------------------


class _Wrong(Exception):
    """What is wrong with a geometry: field, value, problem, remedy, code."""


def _whole(element: ET.Element) -> dict[str, Any] | None:
    """The geometry of a placemark; None where it has none."""
    if element.find("Model") is not None:
        raise _Wrong("Model", "", *wording("kml.model-in-space"))
    parts = [part for one in element if one.tag in _SHAPES for part in _shapes(one)]
    return _together(parts)


def _together(parts: list[dict[str, Any]]) -> dict[str, Any] | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    kinds = {part["type"] for part in parts}
    if len(kinds) == 1:
        every = [part["coordinates"] for part in parts]
        return {"type": _MANY[kinds.pop()], "coordinates": every}
    return {"type": "GeometryCollection", "geometries": parts}


def _shapes(element: ET.Element) -> Iterator[dict[str, Any]]:
    """The single parts of a geometry, in their order; one without positions is none."""
    if element.tag in {"MultiGeometry", "MultiTrack"}:
        for one in element:
            if one.tag in _SHAPES:
                yield from _shapes(one)
    elif element.tag == "Polygon":
        yield from _area(element)
    elif element.tag == "Track":
        points = [_position(markup.text(c).split()) for c in element.findall("coord")]
        yield from _line(points)
    else:
        points = _coordinates(element)
        if element.tag == "Point" and len(points) > 1:
            raise _Wrong("coordinates", "", *wording("kml.point-of-several"))
        yield from _line(points)


def _line(points: list[list[float]]) -> Iterator[dict[str, Any]]:
    if len(points) == 1:
        yield {"type": "Point", "coordinates": points[0]}
    elif points:
        yield {"type": "LineString", "coordinates": points}


def _area(element: ET.Element) -> Iterator[dict[str, Any]]:
    rings = []
    for tag in ("outerBoundaryIs", "innerBoundaryIs"):
        for bound in element.findall(tag):
            for ring in bound.findall("LinearRing"):
                points = _coordinates(ring)
                closed = points if not points or points[0] == points[-1] else [*points, points[0]]
                rings += [closed] if closed else []
    if rings:
        yield {"type": "Polygon", "coordinates": rings}


def _coordinates(element: ET.Element) -> list[list[float]]:
    text = _TUPLE.sub(",", markup.child(element, "coordinates"))
    return [_position(item.split(",")) for item in text.split()]


def _position(texts: list[str]) -> list[float]:
    values = [number(text) for text in texts[:3] if text]
    if len(values) < 2 or None in values:
        raise _Wrong("coordinates", ",".join(texts)[:60], *wording("kml.not-a-position"))
    return [value for value in values if value is not None]
