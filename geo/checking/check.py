"""Is this data sound? Every fault at once, each with its place and its remedy.

Structure is judged by kept libraries (frictionless for tables, geojson-pydantic for GeoJSON);
only meaning is judged here. Nothing in this module opens a file: `package` reads, this judges.
"""

from __future__ import annotations

import ast
import itertools
import json
import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import simpleeval
from geojson_pydantic import Feature, FeatureCollection
from numpy.typing import NDArray
from pydantic import ValidationError
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.checking import descriptors, rfc7946
from geo.errors import Fault, GeoError, wording
from geo.files import strictjson
from geo.geometry import measure, passages

__all__ = [
    "Report",
    "Table",
    "as_collection",
    "beyond",
    "characters",
    "collection",
    "coordinates",
    "counts",
    "descriptor",
    "evaluate",
    "feature",
    "features_table",
    "foreign_keys",
    "formulas",
    "geojson",
    "ground",
    "imo_numbers",
    "imo_ok",
    "kinds",
    "leaves_folder",
    "leg_ends",
    "lengths",
    "listed",
    "loose_ends",
    "meaning",
    "needed",
    "order",
    "passages_of",
    "ranks",
    "reference_system",
    "remarks",
    "sources",
    "table",
    "ways",
    "words",
]

Bounds = tuple[float, float, float, float]

# A modelled sea leg starts at the water nearest its port, which may lie this far off.
SNAP_KM = 5.0
# Two drawings of one coast differ by about this much.
SHORE_KM = 1.0
LEAVES = "resource.path-leaves-folder"
FORMULA_TOLERANCE = 0.005
ARITHMETIC: dict[type[ast.operator] | type[ast.unaryop], Callable[..., Any]] = {
    ast.Add: simpleeval.DEFAULT_OPERATORS[ast.Add],
    ast.Sub: simpleeval.DEFAULT_OPERATORS[ast.Sub],
    ast.Mult: simpleeval.DEFAULT_OPERATORS[ast.Mult],
    ast.Div: simpleeval.DEFAULT_OPERATORS[ast.Div],
    ast.USub: simpleeval.DEFAULT_OPERATORS[ast.USub],
}


@dataclass(frozen=True)
class Table:
    """The rows of one file as text, with the schema that defines them.

    `raw` has one column per schema field (and any the file has besides), all text, "" for missing.
    `where` names each row's place in the file; `geometry` holds a shape, or None, per row.
    """

    file: str
    role: str
    name: str
    schema: Mapping[str, Any]
    raw: pd.DataFrame
    where: Sequence[str]
    geometry: Sequence[BaseGeometry | None] | None = None

    @property
    def fields(self) -> list[str]:
        """Names of the schema's fields, in order."""
        return [f["name"] for f in self.schema.get("fields", [])]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows with their types: numbers float64 (unknown NaN), dates UTC-naive, text str."""
        columns = {
            f["name"]: _typed(self.raw[f["name"]], f.get("type", "string"))
            for f in self.schema.get("fields", [])
            if f["name"] in self.raw
        }
        frame = pd.DataFrame(columns, index=self.raw.index)
        if self.geometry is None:
            return frame
        located: pd.DataFrame = gpd.GeoDataFrame(
            frame, geometry=list(self.geometry), crs="EPSG:4326"
        )
        return located

    def fault(self, row: int, column: str, problem: str, remedy: str, code: str) -> Fault:
        """A fault at one cell, worded as `errors.wording` does."""
        value = str(self.raw[column].iloc[row]) if column in self.raw else ""
        return Fault(self.file, self.where[row], column, value, problem, remedy, code)


@dataclass(frozen=True)
class Report:
    """What a check found: faults make the data unsound, notes do not; `said` is how it was read."""

    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """True when there is no fault."""
        return not self.faults


def _typed(text: pd.Series, kind: str) -> pd.Series:
    if kind in {"number", "integer", "year"}:
        return pd.to_numeric(text, errors="coerce").astype("float64")
    if kind == "date":
        return pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    return text.astype("object")


# --- structure ---------------------------------------------------------------------------------


strict_json = strictjson.parse
feature_name = strictjson.feature_name
MOST_FAULTS = 20  # named for one feature; more are counted


def as_collection(document: Any) -> Any:
    """A Feature or a geometry as a FeatureCollection of it; anything else as it is."""
    kind = document.get("type") if isinstance(document, dict) else None
    if not isinstance(kind, str) or kind not in {"Feature", *_GEOMETRIES}:
        return document
    if kind != "Feature":
        document = {"type": "Feature", "properties": {}, "geometry": document}
    return {"type": "FeatureCollection", "features": [document]}


_GEOMETRIES = {
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
}  # fmt: skip


def geojson(document: Any, file: str) -> list[Fault]:
    """Structure of a GeoJSON FeatureCollection after RFC 7946, every fault with its feature."""
    found = collection(document, file)
    if not listed(document):
        return found
    for number, one in enumerate(document["features"]):
        found += feature(one, number, file)
    return found


def listed(document: Any) -> bool:
    """Whether a document has a list of features, sound or not."""
    return isinstance(document, dict) and isinstance(document.get("features"), list)


def collection(document: Any, file: str) -> list[Fault]:
    """What is wrong with a FeatureCollection, its features left out."""
    if not listed(document):
        return _judged(FeatureCollection, document, file)
    found = _judged(FeatureCollection, {**document, "features": []}, file)
    found = found or list(rfc7946.boxes(document, file, ""))
    return [*found, *reference_system(document, file)]


def feature(value: Any, number: int, file: str) -> list[Fault]:
    """What is wrong with one feature of a collection, counted from 0.

    One is judged at a time: what that takes of memory is given back before the next.
    """
    where = feature_name(value, number)
    level = rfc7946.levelled(value.get("geometry")) if isinstance(value, dict) else None
    one = value if level is None else {**value, "geometry": level}
    return (
        _judged(Feature, one, file, where)
        or [
            Fault(
                file,
                where,
                path,
                strictjson.shown(found),
                *wording("geojson.coordinate-not-number"),
            )
            for path, found in itertools.islice(_no_numbers(value.get("geometry")), MOST_FAULTS)
        ]
        or list(rfc7946.boxes(value, file, where))
    )


def _no_numbers(geometry: Any, path: str = "geometry") -> Iterator[tuple[str, Any]]:
    """Coordinates that are texts or truths: a model takes "1.5" and true for numbers."""
    if geometry is None:
        return
    for number, part in enumerate(geometry.get("geometries", ())):
        yield from _no_numbers(part, f"{path}.geometries.{number}")
    stack = [(f"{path}.coordinates", geometry.get("coordinates", []))]
    while stack:
        at, found = stack.pop()
        kinds = set(map(type, found))
        if kinds <= {float, int}:
            continue
        for number, one in enumerate(found):
            if isinstance(one, list):
                stack.append((f"{at}.{number}", one))
            elif type(one) not in (float, int):
                yield f"{at}.{number}", one


def _judged(model: Any, value: Any, file: str, where: str = "") -> list[Fault]:
    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # advice on style
            model.model_validate(value)
    except ValidationError as error:
        every = error.errors(include_url=False, include_context=False)
        found = list(dict.fromkeys(_geojson_fault(file, where, item) for item in every))
        more = len(found) - MOST_FAULTS
        said = Fault(file, where, "", "", *wording("geojson.more-faults", count=more))
        return [*found[:MOST_FAULTS], said] if more > 0 else found
    return []


def _geojson_fault(file: str, where: str, error: Mapping[str, Any]) -> Fault:
    path = ".".join(str(p) for p in error["loc"] if not _PYTHON_NAME.match(str(p)))
    value = strictjson.shown(error["input"])
    return Fault(file, where, path, value, *wording("geojson.not-rfc7946", reason=_problem(error)))


_PYTHON_NAME = re.compile(r"[A-Z]|tuple\[")  # steps of the judge's own in a path


def _problem(error: Mapping[str, Any]) -> str:
    """What pydantic says, without its words for an object."""
    return "not an object" if error["type"] == "model_type" else str(error["msg"])


_DEGREES = re.compile(r"(?:urn:ogc:def:crs:)?(?:OGC:[0-9.]*:?CRS84|EPSG:[0-9.]*:?4326)", re.I)


def reference_system(document: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """A `crs` other than WGS84: RFC 7946 has none, and positions would lie elsewhere."""
    stated = document.get("crs")
    properties = stated.get("properties") if isinstance(stated, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if stated is None or (isinstance(name, str) and _DEGREES.fullmatch(name)):
        return
    value = strictjson.shown(name if name is not None else stated)
    yield Fault(file, "", "crs", value, *wording("geojson.crs-not-wgs84"))


def features_table(document: Mapping[str, Any], **names: Any) -> Table:
    """The features of a structurally sound FeatureCollection as a table with geometry."""
    schema = names["schema"]
    features = document["features"]
    rows = [f.get("properties") or {} for f in features]
    columns = list(
        dict.fromkeys(
            [*(f["name"] for f in schema.get("fields", [])), *(key for row in rows for key in row)]
        )
    )
    raw = pd.DataFrame([[_as_text(row.get(c)) for c in columns] for row in rows], columns=columns)
    where = [feature_name(f, n) for n, f in enumerate(features)]
    drawn = [rfc7946.shape(f) for f in features]
    return Table(raw=raw.astype("object"), where=where, geometry=drawn, **names)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_TEXT_CODE = "text.control-character"


def characters(rows: Table) -> Iterator[Fault]:
    """Cells with control characters: documents are XML, which has none (XML 1.0, section 2.2)."""
    for column in rows.raw.columns:
        for number, value in enumerate(rows.raw[column]):
            if _NO_TEXT.search(value):
                yield rows.fault(number, column, *wording(_NO_TEXT_CODE))


def words(document: Any, file: str) -> Iterator[Fault]:
    """Texts of a JSON document with control characters, by their path."""
    stack: list[tuple[str, Any]] = [("", document)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, str) and _NO_TEXT.search(node):
            yield Fault(file, "", path, strictjson.shown(node), *wording(_NO_TEXT_CODE))
        items = dict(enumerate(node)) if isinstance(node, list) else node
        items = items if isinstance(items, dict) else {}
        inner = [(f"{path}.{name}" if path else str(name), item) for name, item in items.items()]
        stack += reversed(inner)


def table(rows: Table) -> list[Fault]:
    """Types, constraints, labels and keys of one table, judged by frictionless."""
    from frictionless import Resource, Schema  # half a second, which single files do not wait for
    from frictionless.exception import FrictionlessException

    labels = list(_labels(rows))
    schema = {k: v for k, v in rows.schema.items() if k != "foreignKeys"}
    present = [name for name in rows.fields if name in rows.raw]
    if not present:
        return labels
    schema["fields"] = [f for f in rows.schema["fields"] if f["name"] in present]
    data = [present, *rows.raw[present].to_numpy().tolist()]
    try:
        report = Resource(data=data, schema=Schema.from_descriptor(schema)).validate()
    except FrictionlessException as error:
        reason = "; ".join(str(one.note) for one in error.reasons or [error.error])
        return [Fault(rows.file, "", "schema", "", *wording("schema.not-usable", reason=reason))]
    found = report.flatten(["rowNumber", "fieldName", "cell", "type", "note", "message"])
    named = {item[0] for item in found if item[3] == "constraint-error"}
    judged = [
        _table_fault(rows, *item)
        for item in found
        if not (_empty_key(item) and item[0] in named)  # the cell itself is reported
    ]
    said = {(f.where, f.field) for f in judged}
    return [*labels, *judged, *(f for f in _number_forms(rows) if (f.where, f.field) not in said)]


def _labels(rows: Table) -> Iterator[Fault]:
    """Columns the schema has and the file has not, and the other way round; order is free."""
    for name in rows.fields:
        if name not in rows.raw:
            yield Fault(rows.file, "header", name, "", *wording("column.not-in-file"))
    for name in rows.raw.columns:
        if name not in rows.fields:
            yield Fault(rows.file, "header", name, "", *wording("column.not-in-schema"))


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def _number_forms(rows: Table) -> Iterator[Fault]:
    """Numbers a library would read but no spreadsheet writes: other digits, 1_000, infinity."""
    for column in rows.schema["fields"]:
        name = column["name"]
        if column.get("type") not in {"number", "integer", "year"} or name not in rows.raw:
            continue
        whole = column["type"] != "number"
        for number, value in enumerate(rows.raw[name]):
            plain = value.isascii() and value.isdigit() if whole else _NUMBER.fullmatch(value)
            padded = whole and len(value) > 1 and value.startswith("0")
            if value and (not plain or padded or abs(float(value)) == math.inf):
                yield rows.fault(number, name, *wording("number.not-plain"))


def _empty_key(item: Sequence[Any]) -> bool:
    return item[3] == "primary-key" and "None" in str(item[4])


_CODES = {  # of what the judge of tables calls a fault
    "type-error": "cell.wrong-type",
    "constraint-error": "cell.not-allowed",
    "unique-error": "cell.not-unique",
    "primary-key": "row.key-not-unique",
    "blank-row": "row.is-empty",
}


def _table_fault(
    rows: Table, number: int | None, name: Any, cell: Any, kind: str, note: Any, message: Any
) -> Fault:
    where = "header" if number is None else rows.where[number - 2]  # the header is row 1
    code = _CODES.get(kind, "table.unlike-schema")
    return Fault(
        rows.file,
        where,
        str(name or ""),
        str(cell if cell is not None else ""),
        *wording(code, kind=kind.replace("-", " "), reason=note or message),
    )


def descriptor(document: Any, file: str) -> list[Fault]:
    """Shape of datapackage.json: resources with name, path inside the folder, readable schemas."""
    if not isinstance(document, dict) or not isinstance(document.get("resources"), list):
        return [Fault(file, "", "resources", "", *wording("resource.no-list"))]
    resources = document["resources"]
    missing = _without(resources, ("name", "path"), file, "resource")
    if missing:
        return missing
    try:
        descriptors.Descriptor.model_validate(document)
    except ValidationError as error:
        return [_shape_fault(file, item, "resource") for item in error.errors()]
    return [*_paths(resources, file), *_forms(resources, file)]


_WITHOUT = {"resource": "resource.key-missing", "record": "source.key-missing"}
_MISSHAPEN = {"resource": "resource.wrong-form", "record": "source.wrong-form"}


def _without(items: Sequence[Any], keys: Sequence[str], file: str, thing: str) -> list[Fault]:
    """Items that lack a key of text."""
    return [
        Fault(file, f"{thing} {number + 1}", key, "", *wording(_WITHOUT[thing], key=key))
        for number, item in enumerate(items)
        for key in keys
        if not isinstance(item, dict) or not isinstance(item.get(key), str) or not item[key]
    ]


def _shape_fault(file: str, error: Mapping[str, Any], thing: str) -> Fault:
    number = next((p for p in error["loc"][:2] if isinstance(p, int)), None)
    inside = error["loc"][0] in {"resources", number}  # and not in a list of another name
    where = f"{thing} {number + 1}" if number is not None and inside else ""
    name = next(p for p in reversed(error["loc"]) if isinstance(p, str))
    said = wording(_MISSHAPEN[thing], reason=_problem(error))
    return Fault(file, where, name, strictjson.shown(error["input"]), *said)


def _paths(resources: Sequence[Mapping[str, Any]], file: str) -> Iterator[Fault]:
    for number, resource in enumerate(resources):
        if leaves_folder(resource["path"]):
            yield Fault(
                file,
                f"resource {number + 1}",
                "path",
                resource["path"],
                *wording(LEAVES),
            )


def _forms(resources: Sequence[Mapping[str, Any]], file: str) -> Iterator[Fault]:
    """Columns that are calculated with and hold no numbers or days; geometry in a table."""
    for number, resource in enumerate(resources):
        role, where = resource.get("tumen:role", ""), f"resource {number + 1}"
        if role in descriptors.DRAWN and not resource["path"].lower().endswith(".geojson"):
            said = wording("resource.not-geojson", role=role)
            yield Fault(file, where, "path", resource["path"], *said)
        for column in (resource.get("schema") or {}).get("fields", []) if role else ():
            wanted = descriptors.TYPES.get(column["name"], "")
            kind = column.get("type", "string")
            if wanted and kind not in {wanted, "integer" if wanted == "number" else wanted}:
                said = wording("schema.wrong-type", wanted=wanted, column=column["name"])
                yield Fault(file, where, column["name"], kind, *said)


def needed(resources: Sequence[Mapping[str, Any]], file: str) -> Iterator[Fault]:
    """Roles without a file, and columns that the pages need and no schema defines."""
    roles = {resource.get("tumen:role") for resource in resources}
    for role in descriptors.ROLES:
        if role not in roles:
            yield Fault(
                file,
                "",
                "resources",
                "",
                *wording("resource.role-missing", role=role),
            )
    for number, resource in enumerate(resources):
        fields = {f["name"] for f in (resource.get("schema") or {}).get("fields", [])}
        for name in descriptors.NEEDED.get(resource.get("tumen:role", ""), ()):
            if name not in fields:
                yield Fault(
                    file,
                    f"resource {number + 1}",
                    "schema",
                    name,
                    *wording("schema.column-missing", column=name),
                )


def leaves_folder(path: str) -> bool:
    """True for a path that is not plainly inside the folder."""
    return path.startswith(("/", "\\")) or ":" in path or ".." in path.replace("\\", "/").split("/")


def sources(records: Any, file: str) -> list[Fault]:
    """CSL-JSON records: each with an id of its own, a type and a title."""
    if not isinstance(records, list):
        return [Fault(file, "", "", "", *wording("source.no-list"))]
    missing = _without(records, ("id", "type", "title"), file, "record")
    if missing:
        return missing
    try:
        descriptors.SOURCES.validate_python(records)
    except ValidationError as error:
        return [_shape_fault(file, item, "record") for item in error.errors()]
    found: list[Fault] = []
    seen: set[str] = set()
    for number, record in enumerate(records):
        if record["id"] in seen:
            found.append(
                Fault(
                    file,
                    f"record {number + 1}",
                    "id",
                    record["id"],
                    *wording("source.id-twice"),
                )
            )
        seen.add(record["id"])
    return found


# --- meaning -----------------------------------------------------------------------------------


def foreign_keys(tables: Sequence[Table]) -> Iterator[Fault]:
    """Every key that points nowhere. A reference names a resource or a role of resources."""
    for rows in tables:
        keys = [*rows.schema.get("foreignKeys", []), *rows.schema.get("tumen:foreignKeys", [])]
        for key in keys:
            yield from _dangling(rows, key, tables)


def _dangling(rows: Table, key: Mapping[str, Any], tables: Sequence[Table]) -> Iterator[Fault]:
    column, target = _one(key["fields"]), _one(key["reference"]["fields"])
    resource = key["reference"].get("resource") or rows.name  # "" is the table itself
    asked = [resource] if isinstance(resource, str) else list(resource)
    known: set[str] = set()
    for other in tables:
        if {other.name, other.role} & set(asked) and target in other.raw:
            known |= set(other.raw[target])
    if column not in rows.raw:
        return
    for number, value in enumerate(rows.raw[column]):
        if value and value not in known:
            yield _unknown(rows, number, column, target, asked)


def _unknown(rows: Table, number: int, column: str, target: str, asked: Sequence[str]) -> Fault:
    said = wording("key.no-such-row", target=target, tables=", ".join(asked))
    return rows.fault(number, column, *said)


def _one(fields: str | Sequence[str]) -> str:
    return fields if isinstance(fields, str) else fields[0]


def imo_ok(imo: str) -> bool:
    """Check digit of an IMO ship number: weights 7 to 2 on six digits (IMO Res. A.1117(30))."""
    if not re.fullmatch(r"[0-9]{7}", imo):
        return False
    total = sum(int(d) * w for d, w in zip(imo, range(7, 1, -1), strict=False))
    return total % 10 == int(imo[6])


def imo_numbers(rows: Table) -> Iterator[Fault]:
    """IMO numbers whose check digit is wrong."""
    for number, imo in enumerate(rows.raw.get("imo", ())):
        if imo and not imo_ok(imo):
            yield rows.fault(
                number,
                "imo",
                *wording("vessel.imo-check-digit"),
            )


_ORDERED = (
    ("period_start", "period_end"),
    ("valid_from", "valid_to"),
    ("quantity_low", "quantity"),
    ("quantity", "quantity_high"),
    ("quantity_low", "quantity_high"),
    ("low", "value"),
    ("value", "high"),
    ("low", "high"),
)


def order(rows: Table) -> Iterator[Fault]:
    """Pairs that must not run backwards: periods, validity, low and high."""
    for first, second in _ORDERED:
        if not {first, second} <= set(rows.frame) or not _alike(rows.frame, first, second):
            continue
        wrong = rows.frame[first] > rows.frame[second]
        for number in wrong.to_numpy().nonzero()[0]:
            value = rows.raw[first].iloc[number]
            yield rows.fault(
                int(number),
                second,
                *wording("range.order-reversed", first=first, second=second, value=value),
            )


def _alike(frame: pd.DataFrame, first: str, second: str) -> bool:
    """Whether two columns are both numbers or both days: a table without a role may hold texts."""
    kinds = {frame[first].dtype.kind, frame[second].dtype.kind}
    return kinds in ({"f"}, {"M"})


def coordinates(rows: Table, bounds: Bounds) -> Iterator[Fault]:
    """Positions outside the declared bounds, with a hint where (lat, lon) was written."""
    west, south, east, north = bounds
    inside = shapely.box(west, south, east, north)
    turned = shapely.box(south, west, north, east)
    for number, geometry in enumerate(rows.geometry or ()):
        outside = [] if geometry is None else _outside(geometry, inside).tolist()
        if not outside:
            continue
        case = "swapped" if turned.covers(geometry) and east - west < 360 else ""
        lon, lat = outside[0]
        yield Fault(
            rows.file,
            rows.where[number],
            "geometry.coordinates",
            f"{lon:g}, {lat:g}",
            *wording("position.outside-bounds", case=case),
        )


def beyond(tables: Sequence[Table], extent: Bounds | None) -> Iterator[Fault]:
    """Places outside the extent of the base map, where the ground is coarse; the extent may cross
    the antimeridian.
    """
    if extent is None:
        return
    west, south, east, north = extent
    for rows in tables:
        for number, point in enumerate(rows.geometry or ()) if rows.role == "places" else ():
            if not isinstance(point, Point) or point.is_empty:
                continue
            lon = west + (point.x - west) % 360
            if lon > east or not south <= point.y <= north:
                yield Fault(
                    rows.file,
                    rows.where[number],
                    "geometry.coordinates",
                    f"{point.x:g}, {point.y:g}",
                    *wording("place.outside-extent"),
                )


def _outside(geometry: BaseGeometry, box: BaseGeometry) -> NDArray[np.float64]:
    """The points of a geometry that lie in no turn of the globe within a box."""
    points = shapely.get_coordinates(geometry)
    west, south, east, north = box.bounds
    lon = (points[:, 0] - west) % 360  # counted from the west bound
    fits = (points[:, 1] >= south) & (points[:, 1] <= north)
    return points[~(fits & ((lon <= east - west) | (east - west >= 360)))]


_QUESTION = (
    "corridor", "leg", "place", "vessel", "property", "text", "origin", "destination",
    "period_start", "period_end", "commodity", "unit", "per", "kind",
)  # fmt: skip


def ranks(rows: Table) -> Iterator[Fault]:
    """Two figures that answer one question and are both ranked first."""
    columns = [c for c in _QUESTION if c in rows.raw]
    if "rank" not in rows.raw or not columns:
        return
    first = rows.raw[pd.to_numeric(rows.raw["rank"], errors="coerce") == 1]
    for number in first.index[first.duplicated(columns, keep="first")]:
        yield rows.fault(
            int(number),
            "rank",
            *wording("figure.rank-one-twice"),
        )


def formulas(tables: Sequence[Table]) -> Iterator[Fault]:
    """Derived figures whose formula is missing, unreadable or gives another value."""
    names = _quantities(tables)
    for rows in tables:
        if "formula" not in rows.raw:
            continue
        for number, formula in enumerate(rows.raw["formula"]):
            derived = rows.raw["basis"].iloc[number] == "derived" if "basis" in rows.raw else False
            if derived and not formula:
                yield rows.fault(
                    number,
                    "formula",
                    *wording("figure.formula-missing"),
                )
            elif formula:
                yield from _wrong_result(rows, number, formula, names)


def _quantities(tables: Sequence[Table]) -> dict[str, float]:
    """Figures by id; where only the low end is known, that: the formula then gives the low end."""
    names: dict[str, float] = {}
    for rows in tables:
        figures = _figures(rows.frame)
        if len(figures.columns) and rows.fields[0] in rows.raw:
            known = figures.bfill(axis=1).iloc[:, 0].set_axis(rows.raw[rows.fields[0]])
            names |= {str(key): float(value) for key, value in known.dropna().items()}
    return names


def _figures(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of a table's figure and of its low end, where it has them as numbers."""
    best, least = ("quantity", "quantity_low") if "quantity" in frame else ("value", "low")
    return frame[[c for c in (best, least) if c in frame and frame[c].dtype.kind == "f"]]


def evaluate(formula: str, names: Mapping[str, float]) -> float:
    """The value of an arithmetic formula over named figures; only + - * / and numbers.

    Raises ValueError with the reason when the formula is anything else.
    """
    _refuse_more_than_arithmetic(formula)
    try:
        engine = simpleeval.SimpleEval(operators=ARITHMETIC, functions={}, names=dict(names))
        return float(engine.eval(formula))
    except (
        simpleeval.InvalidExpression,
        SyntaxError,
        ArithmeticError,
        TypeError,
        KeyError,
        RecursionError,
    ) as error:
        raise ValueError(str(error)) from error


_ARITHMETIC_NODES = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.USub,
)
MAX_FORMULA = 1000


def _refuse_more_than_arithmetic(formula: str) -> None:
    """Raise ValueError unless a formula is names, numbers, + - * / and parentheses."""
    if len(formula) > MAX_FORMULA:
        raise ValueError(f"longer than {MAX_FORMULA} characters")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"not arithmetic: {getattr(error, 'msg', error)}") from error
    for node in ast.walk(tree):
        number = not isinstance(node, ast.Constant) or _is_number(node.value)
        if not isinstance(node, _ARITHMETIC_NODES) or not number:
            raise ValueError(f"{type(node).__name__} is not arithmetic")


def _is_number(value: Any) -> bool:
    """Whether a constant is a whole number of any size or a finite one, and not True or False."""
    return type(value) is int or (isinstance(value, float) and math.isfinite(value))


def _wrong_result(
    rows: Table, number: int, formula: str, names: Mapping[str, float]
) -> Iterator[Fault]:
    try:
        value = evaluate(formula, names)
    except ValueError as error:
        yield rows.fault(
            number,
            "formula",
            *wording("figure.formula-not-arithmetic", reason=error),
        )
        return
    for column, stated in _figures(rows.frame).iloc[number].dropna().head(1).items():
        if abs(value - stated) > FORMULA_TOLERANCE * max(abs(stated), 1e-12):
            yield rows.fault(
                number,
                str(column),
                *wording("figure.formula-disagrees", value=value, column=column),
            )


def kinds(rows: Table) -> Iterator[Fault]:
    """Places that are no point, and legs that are no line; a sea or rail leg may leave it to us."""
    wanted = {"places": "Point", "legs": "LineString"}.get(rows.role)
    if not wanted:
        return
    from geo.geometry import rail  # loads what finds ways, which single files do not wait for

    for number, geometry in enumerate(rows.geometry or ()):
        mode = rows.raw.get("mode", pd.Series()).get(number)
        routed = wanted == "LineString" and (mode == "sea" or (mode == "rail" and rail.installed()))
        kind = geometry.geom_type if geometry is not None and not geometry.is_empty else "nothing"
        if kind == wanted or (geometry is None and routed):
            continue
        case = "rail" if geometry is None and mode == "rail" else ""
        said = wording("geometry.wrong-kind", case=case, wanted=wanted, extra=rail.REMEDY)
        yield Fault(rows.file, rows.where[number], "geometry", kind, *said)


def loose_ends(legs: Table, places: Sequence[Table]) -> Iterator[Fault]:
    """Legs that leave their line to us, between places that nobody knows."""
    if not {"mode", "origin", "destination"} <= set(legs.raw):
        return
    known = {name for rows in places for name in rows.raw.get("place", ())}
    for number, line in enumerate(legs.geometry or ()):
        if line is None and legs.raw["mode"].iloc[number] in {"sea", "rail"}:
            for column in ("origin", "destination"):
                if legs.raw[column].iloc[number] not in known:
                    yield _unknown(legs, number, column, "place", ["places"])


def leg_ends(legs: Table, places: Table) -> Iterator[Fault]:
    """Leg ends that lie further from their place than its stated accuracy (sea legs: + 5 km)."""
    if not {"mode", "origin", "destination"} <= set(legs.raw) or "place" not in places.frame:
        return
    known = places.frame.drop_duplicates("place").set_index("place")
    for number, line in enumerate(legs.geometry or ()):
        if line is None or line.is_empty or line.geom_type != "LineString":
            continue
        slack = SNAP_KM if legs.raw["mode"].iloc[number] == "sea" else 0.0
        for column, end in (("origin", 0), ("destination", -1)):
            place = legs.raw[column].iloc[number]
            point = known.geometry.get(place)
            if point is not None and point.geom_type == "Point":
                yield from _far_end(legs, number, column, line.coords[end], known.loc[place], slack)


def _far_end(
    legs: Table, number: int, column: str, end: Sequence[float], place: pd.Series, slack_km: float
) -> Iterator[Fault]:
    away = float(measure.geodesic_km(end[0], end[1], place.geometry.x, place.geometry.y))
    accuracy = place.get("accuracy_m")
    allowed = (0.0 if pd.isna(accuracy) else accuracy) / 1000 + slack_km + 0.001
    if away > allowed:  # not for a place off the globe, which has a fault of its own
        yield legs.fault(
            number,
            column,
            *wording("leg.end-off-place", away=away, allowed=allowed),
        )


_KM = {"km": 1.0, "m": 0.001, "nmi": measure.KM_PER_NMI}


def lengths(attributes: Table, legs: Table) -> Iterator[Fault]:
    """Lengths stated for a leg that are under the geodesic between its ends (2 % for rounding)."""
    if not {"property", "unit", "leg", "quantity"} <= set(attributes.frame):
        return
    if "leg" not in legs.frame:
        return
    known = legs.frame.drop_duplicates("leg").set_index("leg")
    stated = attributes.frame[["property", "unit", "leg", "quantity"]].itertuples(index=False)
    for number, (what, unit, leg, quantity) in enumerate(stated):
        if what != "length" or unit not in _KM or leg not in known.index:
            continue
        line = known.geometry[leg]
        if line is None or line.geom_type != "LineString":
            continue
        (lon1, lat1), (lon2, lat2) = line.coords[0][:2], line.coords[-1][:2]
        least = float(measure.geodesic_km(lon1, lat1, lon2, lat2))
        if quantity * _KM[unit] < 0.98 * least:
            said = wording("leg.length-under-geodesic", least=least)
            yield attributes.fault(number, "quantity", *said)


def passages_of(leg: Mapping[str, Any] | pd.Series[Any], column: str) -> tuple[str, ...]:
    """The passages a leg names in its column `via` or `avoid`, parted by `|`; none without it."""
    value = leg.get(column)
    return () if value is None or pd.isna(value) else tuple(p for p in str(value).split("|") if p)


def ways(legs: Table, places: Table, land: BaseGeometry) -> Iterator[Fault]:
    """Sea legs without a geometry between whose ends no way over water can be found or proven."""
    if not {"mode", "origin", "destination"} <= set(legs.raw) or places.geometry is None:
        return
    from geo.geometry import water

    known = (
        zip(places.frame["place"], places.geometry, strict=True) if "place" in places.frame else ()
    )
    points = {str(name): point for name, point in known if point is not None}
    for number, line in enumerate(legs.geometry or ()):
        row = legs.raw.iloc[number]
        if row["mode"] != "sea" or (line is not None and not line.is_empty):
            continue
        ends = [points.get(str(row[end])) for end in ("origin", "destination")]
        at = [(end.x, end.y) for end in ends if isinstance(end, Point)]
        if len(at) < 2:
            continue  # an end that is no place has a fault of its own
        via, avoid = (passages_of(row, name) for name in ("via", "avoid"))
        try:
            water.route(at[0], at[1], land=land, via=via, avoid=avoid)
        except GeoError as error:
            yield legs.fault(number, "leg", *wording("leg.no-way-over-water", reason=error))


DRY_KM = 0.001  # a metre: by rounding


def _unproven(leg: Mapping[str, Any] | pd.Series[Any], line: Any, land: BaseGeometry) -> str:
    """What is wrong with a modelled leg's line, other than land; '' for any other leg."""
    if leg["geometry_basis"] != "modelled" or line.geom_type != "LineString":
        return ""
    if measure.line_km(line) < 1e-6:
        return ""
    from geo.geometry import water

    try:
        allowed = passages.named(passages_of(leg, "via"))
    except GeoError as error:
        return str(error)
    wrong = water.prove(line, land, allow=allowed)
    return "" if "on land" in wrong else wrong


def ground(legs: Table, land: BaseGeometry, *, straight: bool = False) -> Iterator[Fault]:
    """Sea legs that cross land and rail or road legs that cross more than 1 km of water.

    A schematic leg is straight between known points and may cross a bay: those are found with
    `straight`, and are a note, not a fault.
    """
    if not {"mode", "geometry_basis"} <= set(legs.raw):
        return
    from geo.geometry import water

    told = zip(legs.raw["mode"], legs.raw["geometry_basis"], strict=True)
    for number, (line, (mode, basis)) in enumerate(zip(legs.geometry or (), told, strict=False)):
        note = mode != "sea" and basis == "schematic"
        if line is None or line.is_empty or note != straight:
            continue
        if mode == "sea":
            dry = water.land_km(line, land)
            wrong = _unproven(legs.raw.iloc[number], line, land)
            if wrong and dry <= DRY_KM:
                yield legs.fault(number, "leg", *wording("leg.way-not-proven", reason=wrong))
            if dry > DRY_KM:
                yield legs.fault(number, "leg", *wording("leg.crosses-land", dry=dry))
        else:
            wet = water.water_km(line, land)
            if wet > SHORE_KM:
                yield legs.fault(number, "leg", *wording("leg.crosses-water", wet=wet))


def meaning(tables: Sequence[Table], *, bounds: Bounds, land: BaseGeometry | None) -> list[Fault]:
    """Every fault of meaning in tables whose structure holds."""
    found: list[Fault] = [*foreign_keys(tables), *formulas(tables)]
    places = [t for t in tables if t.role == "places"]
    for rows in tables:
        found += [*imo_numbers(rows), *order(rows), *ranks(rows), *coordinates(rows, bounds)]
        found += list(kinds(rows))
        if rows.role == "legs":
            found += loose_ends(rows, places)
            found += [fault for p in places for fault in leg_ends(rows, p)]
            found += list(ground(rows, land)) if land is not None else []
            if land is not None:
                found += [fault for p in places for fault in ways(rows, p, land)]
            stated = [t for t in tables if t.role == "attributes"]
            found += [fault for a in stated for fault in lengths(a, rows)]
    return found


def remarks(tables: Sequence[Table], *, land: BaseGeometry) -> list[Fault]:
    """What a reader should know and no fault: schematic land legs that cross water."""
    legs = [rows for rows in tables if rows.role == "legs"]
    return [note for rows in legs for note in ground(rows, land, straight=True)]


def counts(tables: Iterable[Table]) -> dict[str, int]:
    """Rows per role."""
    total: dict[str, int] = {}
    for rows in tables:
        total[rows.role] = total.get(rows.role, 0) + len(rows.raw)
    return total
