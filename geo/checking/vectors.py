"""Files of features of a user, layer by layer → what is sound of each, and what is not.

The format is that of the ending; a `.json` is what it says it is, and that is said. read = kept +
lost for every layer. What is lost keeps its text, untouched, and every reason.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo.checking import check, rfc7946
from geo.checking.layers import (
    Single,
    Sorted,
    _short,
    formed,
    frame_of,
    framed,
    misplaced,
    only,
    owed,
)
from geo.errors import DataError, Fault, GeoError, wording
from geo.files import gdal, geopackage, gpx, intake, jsonforms, placemarks, shapefile, strictjson
from geo.files.jsonforms import Features

__all__ = [
    "FORMATS",
    "SEVERAL",
    "Single",
    "Sorted",
    "frame_of",
    "framed",
    "misplaced",
    "only",
    "read",
    "split",
]

SEQUENCES = (".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl")
JSON = (".geojson", ".json", ".topojson", *SEQUENCES)
SEVERAL = (".gpkg", ".zip", ".topojson", ".json")  # formats that may hold several layers
FORMATS = (*JSON, ".gpkg", ".kml", ".kmz", ".gpx", ".shp", ".zip", ".fgb")
DEGREES = (".kml", ".kmz", ".gpx", ".topojson")
_FGB = b"fgb\x03fgb"


def split(path: str | Path) -> tuple[Path, str]:
    """The file and the layer of `file:layer`; '' where none is named so."""
    whole = Path(path)
    head, colon, layer = str(path).rpartition(":")
    named = colon and layer and Path(head).suffix.lower() in SEVERAL
    if not named or _there(whole):
        return whole, ""
    return Path(head), layer


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read(
    path: Path, *, layer: str = "", crs: str = "", memory_bytes: int = intake.CEILING
) -> list[Single]:
    """Every layer of a file by its ending, or the one that is named.

    crs: the reference system of a file that states none. Raises GeoError where the file cannot be
    read, DataError with its faults where nothing in it can be told apart.
    """
    kind = path.suffix.lower()
    content = intake.read(path, memory_bytes=memory_bytes)
    if crs and kind in DEGREES:
        raise GeoError(f"{path}: is in degrees by its format; leave out --crs {crs}")
    if kind in JSON:
        return _named(_json(content, path, crs), layer, path)
    doors: dict[str, Callable[[], list[Single]]] = {
        ".gpkg": lambda: _gpkg(content, path, layer, crs, memory_bytes),
        ".kml": lambda: [_xml(placemarks.read(content, path), content, path)],
        ".kmz": lambda: [
            _xml(placemarks.read(content, path, memory_bytes=memory_bytes), b"", path)
        ],
        ".gpx": lambda: [_xml(gpx.read(content, path), content, path)],
        ".fgb": lambda: [_fgb(content, path, crs)],
    }
    door = doors.get(kind, lambda: _shapes(path, layer, crs, memory_bytes))
    return door()


def _named(found: list[Single], layer: str, path: Path) -> list[Single]:
    """The layer that is named, all where none is."""
    names = [one.layer for one in found if one.layer]
    if layer and layer not in names:
        raise GeoError(f"{path}: no layer {layer!r}; there are {', '.join(names) or 'none'}")
    return [one for one in found if layer in ("", one.layer)]


# --- JSON -----------------------------------------------------------------------------------------


def _json(content: bytes, path: Path, crs: str) -> list[Single]:
    text = intake.decoded(content, path)
    if path.suffix.lower() in SEQUENCES:
        return [_sequence(text, path, crs)]
    document, faults = strictjson.parse(text, path.name)
    if faults and jsonforms.is_sequence(text):
        return [_sequence(text, path, crs)]
    kind = jsonforms.form(document)
    if crs and kind in ("topojson", "esri"):
        raise GeoError(f"{path}: says itself where its positions lie; leave out --crs {crs}")
    if kind == "topojson":
        found = jsonforms.topojson(document, path.name)
        several = len(found) > 1
        return [formed(one, path, layer=one.name if several else "") for one in found]
    if kind == "esri":
        own = jsonforms.esri(document, path.name)
        return [replace(formed(own, path, text), owed=owed(document))]
    return [_geojson(document, faults, text, path, crs)]


def _geojson(document: Any, faults: list[Fault], text: str, path: Path, crs: str) -> Single:
    document = check.as_collection(document)
    plain, system = _without_system(document)
    faults = faults or check.collection(plain, path.name)
    if not check.listed(document):
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    if system and crs:
        raise GeoError(f"{path}: states {_short(system)}; leave out --crs {crs}")
    own = Features(features=document["features"], crs=system or crs, given=bool(crs))
    notes = tuple(rfc7946.members(document, path.name))
    made = formed(own, path, text)
    return replace(
        made, faults=(*faults, *made.faults), notes=(*notes, *made.notes), owed=owed(document)
    )


def _without_system(document: Any) -> tuple[Any, str]:
    """A collection without the reference system it states, and that; WGS84 needs no word."""
    stated = document.get("crs") if isinstance(document, Mapping) else None
    name = stated.get("properties", {}).get("name") if isinstance(stated, Mapping) and isinstance(
        stated.get("properties", {}), Mapping) else None  # fmt: skip
    if not isinstance(name, str) or not list(check.reference_system(document, "")):
        return document, ""
    return {key: value for key, value in document.items() if key != "crs"}, name


def _sequence(text: str, path: Path, crs: str) -> Single:
    """One JSON text a line (RFC 8142, and newline-delimited GeoJSON)."""
    own = Features(said=["read as a GeoJSON text sequence"], crs=crs, given=bool(crs))
    where, raw = [], []
    for number, line in jsonforms.lines(text):
        document, faults = strictjson.parse(line, path.name)
        every = check.as_collection(document)
        listed = every["features"] if not faults and check.listed(every) else [None]
        for feature in listed:
            if feature is None:
                fault = faults[0] if faults else _no_feature(path.name)
                own.wrong[len(own.features)] = replace(fault, where=f"line {number}")
            own.features.append(feature)
            where.append(f"line {number}")
            raw.append(line)
    if not own.features:
        raise GeoError(f"{path}: holds no features")
    return formed(own, path, where=where, raw=raw.__getitem__)


def _no_feature(file: str) -> Fault:
    return Fault(file, "", "type", "", *wording("geojson.not-a-feature"))


# --- XML ------------------------------------------------------------------------------------------


def _xml(own: Features, content: bytes, path: Path) -> Single:
    names = [_element_name(one, n, path) for n, one in enumerate(own.features)]
    for number, fault in own.wrong.items():
        names[number] = fault.where
    raw = _elements(content, set(own.wrong)) if content and own.wrong else {}
    made = formed(own, path, where=names, raw=lambda n: raw.get(n, json.dumps(
        own.features[n], ensure_ascii=False)))  # fmt: skip
    if not made.read:
        more = f" ({'; '.join(own.said)})" if own.said else ""
        raise GeoError(f"{path}: holds no features{more}")
    return made


def _element_name(feature: Mapping[str, Any], number: int, path: Path) -> str:
    values = feature["properties"]
    kind = values["kind"] if path.suffix.lower() == ".gpx" else "placemark"
    name = values.get("name")
    return f"{kind} {number + 1}" + (f" ({name[:60]})" if name else "")


def _elements(content: bytes, numbers: set[int]) -> dict[int, str]:
    """The text of some features, as XML has it."""
    tags = {"Placemark", "wpt", "rte", "trk"}
    root = ET.fromstring(content)
    found = [one for one in root.iter() if one.tag.rpartition("}")[2] in tags]
    return {n: ET.tostring(found[n], encoding="unicode") for n in numbers if n < len(found)}


# --- what GDAL reads ------------------------------------------------------------------------------


def _gpkg(content: bytes, path: Path, layer: str, crs: str, memory_bytes: int) -> list[Single]:
    names = [layer] if layer else geopackage.layers(content, path)
    made = []
    for name in names:
        found = geopackage.read(content, path, name, memory_bytes)
        own = framed(found.frame, path, found.wrong, crs=crs)
        made.append(replace(own, layer=name if len(names) > 1 else ""))
    return made


def _shapes(path: Path, layer: str, crs: str, memory_bytes: int) -> list[Single]:
    found = shapefile.read(path, layer=layer, memory_bytes=memory_bytes)
    made = []
    for one in found:
        if not isinstance(one.frame, gpd.GeoDataFrame):
            raise GeoError(f"{path}: {one.name} holds no geometry")
        own = framed(one.frame, path, crs=crs)
        own = replace(own, said=(*one.said, *own.said))
        made.append(replace(own, layer=one.name if len(found) > 1 else ""))
    return made


def _fgb(content: bytes, path: Path, crs: str) -> Single:
    if content[: len(_FGB)] != _FGB:
        raise GeoError(f"{path}: not FlatGeobuf; give the file the ending of what it is")
    size = int.from_bytes(content[8:12], "little")
    if not 0 < size <= len(content) - 12:
        raise GeoError(f"{path}: cut short within its head; copy it anew")
    with intake.whole(path, "FlatGeobuf"):
        stated = gdal.count(content)
        frame = gdal.frame(content)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise GeoError(f"{path}: holds no geometry")
    if stated > 0 and stated != len(frame):
        raise GeoError(f"{path}: says {stated:,} features and holds {len(frame):,}; copy it anew")
    return framed(frame, path, crs=crs)
