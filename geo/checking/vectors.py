"""Files of features of a user, layer by layer → what is sound of each, and what is not.

The format is that of the ending; a `.json` is what it says it is, and that is said. read = kept +
lost for every layer. What is lost keeps its text, untouched, and every reason.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.checking import check, plausibility, rfc7946
from geo.errors import DataError, Fault, GeoError, Lost, wording
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
_OWED = ("copyright", "attribution", "licence", "license")
_SPREAD = 512  # of a name of a reference system


@dataclass(frozen=True)
class Single:
    """What a layer held: a frame of what is sound in EPSG:4326, and what is lost.

    `where` names the place of each row of the frame; `faults` are those of the file as a whole;
    `notes` do not make it unsound. `layer` is its name where a file has several, `said` how it was
    read, `owed` what a map of it must say of where it is from. Of a table, `unplaced` says why it
    cannot be drawn, `by` are the columns that hold its positions, `comma` says that its decimal
    sign is a comma, `texts` are its rows as they stand.
    """

    file: str
    frame: gpd.GeoDataFrame
    where: Sequence[str]
    lost: tuple[Lost, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    layer: str = ""
    said: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    unplaced: tuple[Fault, ...] = ()
    by: tuple[str, ...] = ()
    comma: bool = False
    texts: Sequence[str] = ()

    @property
    def read(self) -> int:
        """Rows or features read, kept and lost together."""
        return len(self.frame) + len(self.lost)

    @property
    def every_fault(self) -> list[Fault]:
        """Faults of the file, then of its rows, in their order."""
        return [*self.faults, *(fault for one in self.lost for fault in one.faults)]


class Layered(Protocol):
    """What is of a layer of a file."""

    @property
    def layer(self) -> str:
        """Its name, "" in a file of one."""


@dataclass
class Sorted:
    """Rows told apart as they are read."""

    kept: list[int] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    def put(self, number: int, where: str, raw: str, faults: Iterable[Fault]) -> None:
        """Keep a row, or lose it with its text where it has faults."""
        found = tuple(faults)
        if found:
            self.lost.append(Lost(where, raw, found))
        else:
            self.kept.append(number)
            self.where.append(where)


T = TypeVar("T", bound=Layered)


def only(found: Sequence[T], path: str | Path) -> T:
    """The one layer that was read. Raises GeoError where a file has several and none is named."""
    if len(found) > 1:
        names = ", ".join(one.layer for one in found)
        raise GeoError(f"{path}: name one of its layers: --layer {names}")
    return found[0]


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
        return [_formed(one, path, layer=one.name if several else "") for one in found]
    if kind == "esri":
        own = jsonforms.esri(document, path.name)
        return [replace(_formed(own, path, text), owed=_owed(document))]
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
    made = _formed(own, path, text)
    return replace(
        made, faults=(*faults, *made.faults), notes=(*notes, *made.notes), owed=_owed(document)
    )


def _without_system(document: Any) -> tuple[Any, str]:
    """A collection without the reference system it states, and that; WGS84 needs no word."""
    stated = document.get("crs") if isinstance(document, Mapping) else None
    name = stated.get("properties", {}).get("name") if isinstance(stated, Mapping) and isinstance(
        stated.get("properties", {}), Mapping) else None  # fmt: skip
    if not isinstance(name, str) or not list(check.reference_system(document, "")):
        return document, ""
    return {key: value for key, value in document.items() if key != "crs"}, name


def _owed(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What the file says of its origin, as a map of it must."""
    words = [document[name] for name in _OWED if isinstance(document.get(name), str)]
    return tuple(dict.fromkeys(word.strip()[:300] for word in words if word.strip()))


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
    return _formed(own, path, where=where, raw=raw.__getitem__)


def _no_feature(file: str) -> Fault:
    return Fault(file, "", "type", "", *wording("geojson.not-a-feature"))


def _formed(
    own: Features,
    path: Path,
    text: str = "",
    *,
    layer: str = "",
    where: Sequence[str] = (),
    raw: Callable[[int], str] | None = None,
) -> Single:
    """Features as a frame: those whose structure or place is at fault are lost, with their text."""
    trimmed = [_three(one) for one in own.features]
    features = [feature for feature, _ in trimmed]
    names = where or [strictjson.feature_name(one, n) for n, one in enumerate(features)]
    judged = [_faults(own, features[n], n, path.name, names[n]) for n in range(len(features))]
    raw = raw or _raw(own.features, text if any(judged) else "")
    parts = Sorted()
    for number, found in enumerate(judged):
        parts.put(number, names[number], raw(number) if found else "", found)
    rows = [features[number] for number in parts.kept]
    frame = frame_of([one.get("properties") or {} for one in rows], map(rfc7946.shape, rows))
    said = list(own.said)
    if any(more for _, more in trimmed):
        said.append("positions of more than three numbers are read to the third (RFC 7946, 3.1.1)")
    made = Single(path.name, frame, parts.where, tuple(parts.lost), layer=layer)
    made = _in_degrees(made, own, raw, parts.kept)
    return replace(made, said=(*said, *made.said))


def _faults(own: Features, feature: Any, number: int, file: str, where: str) -> list[Fault]:
    if number in own.wrong:
        return [own.wrong[number]]
    found = check.feature(feature, number, file)
    found = found or ([] if own.crs else misplaced(rfc7946.shape(feature), file, where))
    return [replace(fault, where=where) for fault in found]


def misplaced(shape: Any, file: str, where: str) -> list[Fault]:
    """The fault of a shape that lies nowhere on the globe."""
    said = plausibility.misplaced(shape)
    return [Fault(file, where, "geometry.coordinates", *said)] if said else []


def _raw(features: Sequence[Any], text: str) -> Callable[[int], str]:
    """The text of a feature as it stands in the file, else as JSON."""
    found = strictjson.raw_features(text) if text else []
    if len(found) == len(features):
        return found.__getitem__
    return lambda number: text or json.dumps(features[number], ensure_ascii=False)[:100_000]


def _three(feature: Any) -> tuple[Any, bool]:
    """A feature with no more than three numbers in a position, and whether it had more."""
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    if not isinstance(geometry, dict) or not rfc7946.longer(geometry):
        return feature, False
    return {**feature, "geometry": rfc7946.shortened(geometry)}, True


def _in_degrees(
    made: Single, own: Features, raw: Callable[[int], str], kept: Sequence[int]
) -> Single:
    """A layer in a stated system as degrees, and what is said of that; positions judged anew."""
    if not own.crs:
        return made
    try:
        stated = made.frame.set_crs(own.crs, allow_override=True)
        degrees = stated.to_crs("EPSG:4326")
        name = stated.crs.name
    except Exception as error:  # whatever a name of a system makes its library say
        why = wording("crs.not-known", reason=" ".join(str(error).split())[:120])
        fault = Fault(made.file, "", "crs", own.crs[:_SPREAD], *why)
        raise DataError(f"{made.file}: 1 fault(s)", faults=[fault]) from error
    lies = _lies(stated, made.file)
    if lies:
        return replace(made, faults=(*made.faults, *lies))
    parts = Sorted()
    for number, shape in enumerate(degrees.geometry):
        found = misplaced(shape, made.file, made.where[number])
        text = raw(kept[number]) if found else ""
        parts.put(number, made.where[number], text, found)
    frame = degrees.iloc[np.array(parts.kept, dtype=int)].reset_index(drop=True)
    said = f"{_system(own.given)} {_short(own.crs)} ({name}): converted to longitude and latitude"
    lost = (*made.lost, *parts.lost)
    return replace(made, frame=frame, where=parts.where, lost=lost, said=(*made.said, said))


def _system(given: bool) -> str:
    return "taken as" if given else "states"


def _lies(frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
    """A system in metres over positions in degrees: they would all lie within metres of a point."""
    box = frame.total_bounds
    near = (
        np.isfinite(box).all() and np.abs(box[::2]).max() <= 180 and np.abs(box[1::2]).max() <= 90
    )
    if not near or not frame.crs.is_projected:
        return []
    value = ", ".join(f"{number:.10g}" for number in box[:2])
    said = wording("crs.metres-over-degrees", system=_short(frame.crs.to_string()))
    return [Fault(file, "", "crs", value, *said)]


def _short(name: str) -> str:
    """'EPSG:3857' of a longer name."""
    if not name.lower().startswith("urn:"):
        return name[:60]
    parts = [part for part in name.split(":") if part]
    return f"{parts[-2]}:{parts[-1]}" if len(parts) > 5 else name


def frame_of(rows: Sequence[Mapping[str, Any]], shapes: Iterable[Any]) -> gpd.GeoDataFrame:
    """Values as they are: an integer beside an unknown stays an integer."""
    columns = dict.fromkeys(name for row in rows for name in row)
    values = {
        name if name != "geometry" else "properties.geometry": pd.Series(
            [row.get(name) for row in rows], dtype=object
        )
        for name in columns
    }
    table = pd.DataFrame(values, index=range(len(rows)))
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326")


# --- XML ------------------------------------------------------------------------------------------


def _xml(own: Features, content: bytes, path: Path) -> Single:
    names = [_element_name(one, n, path) for n, one in enumerate(own.features)]
    for number, fault in own.wrong.items():
        names[number] = fault.where
    raw = _elements(content, set(own.wrong)) if content and own.wrong else {}
    made = _formed(own, path, where=names, raw=lambda n: raw.get(n, json.dumps(
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


def framed(
    frame: gpd.GeoDataFrame,
    path: Path,
    wrong: Mapping[int, tuple[str, str, str, str]] | None = None,
    *,
    crs: str = "",
) -> Single:
    """Rows of a frame told apart by their position, judged in degrees.

    `wrong` says of rows by number what their geometry is where it is none; `crs` is the system of
    a frame that states none.
    """
    given = bool(crs)
    frame = _stated(frame, path, crs) if given else frame
    degrees = frame if frame.crs is None else frame.to_crs("EPSG:4326")
    parts = Sorted()
    for number, shape in enumerate(degrees.geometry):
        where = f"row {number + 1}"
        found = misplaced(shape, path.name, where)
        if wrong and number in wrong:
            found = [Fault(path.name, where, str(frame.geometry.name), *wrong[number])]
        parts.put(number, where, _record(frame, number) if found else "", found)
    kept = degrees.iloc[np.array(parts.kept, dtype=int)].reset_index(drop=True)
    faults, notes = _unstated(frame, path, astray=len(parts.lost) > len(wrong or ()))
    faults = faults if frame.crs is None else tuple(_lies(frame, path.name))
    return Single(
        path.name, kept, parts.where, tuple(parts.lost), faults, notes, said=_moved(frame, given)
    )


def _unstated(
    frame: gpd.GeoDataFrame, path: Path, *, astray: bool
) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """(faults, notes) of a missing reference system: a note where all positions may be degrees."""
    if frame.crs is not None:
        return (), ()
    said = (Fault(path.name, "", "crs", "", *wording("crs.not-stated")),)
    return (said, ()) if astray else ((), said)


def _stated(frame: gpd.GeoDataFrame, path: Path, crs: str) -> gpd.GeoDataFrame:
    """The frame in the system that a user states for it."""
    if frame.crs is not None:
        name = ":".join(frame.crs.to_authority() or ()) or "its reference system"
        raise GeoError(f"{path}: states {name}; leave out --crs {crs}")
    try:
        return frame.set_crs(crs)
    except Exception as error:  # whatever a name of a system makes its library say
        raise GeoError(f"--crs {crs[:_SPREAD]}: no reference system that is known") from error


def _moved(frame: gpd.GeoDataFrame, given: bool) -> tuple[str, ...]:
    """What is said of a system that is not longitude and latitude on WGS84."""
    if frame.crs is None or frame.crs == "EPSG:4326" or frame.crs == "OGC:CRS84":
        return ()
    name = ":".join(frame.crs.to_authority() or ()) or "a reference system"
    return (f"{_system(given)} {name} ({frame.crs.name}): converted to longitude and latitude",)


def _record(frame: gpd.GeoDataFrame, number: int) -> str:
    """A row as JSON, its geometry as WKT: it has no text of its own."""
    row = {str(name): value for name, value in frame.iloc[number].items()}
    return json.dumps(row, ensure_ascii=False, default=str)
