"""What an editor completes from: JSON Schemas of a folder's GeoJSON and of its sources.

Made from datapackage.json, which stays the one definition. Tables have their schema there: editors
of tables read it as Data Package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

__all__ = ["DRAFT", "FOLDER", "files", "of_features", "of_sources"]

DRAFT = "http://json-schema.org/draft-07/schema#"  # the name of the form, which nothing fetches
FOLDER = "schemas"
SETTINGS = ".vscode/settings.json"
SHAPES = {"places": "Point", "legs": "LineString"}
TYPES = {"number": "number", "integer": "integer", "year": "integer", "boolean": "boolean"}
CARRIED = ("enum", "pattern", "minimum", "maximum")


def files(descriptor: Mapping[str, Any]) -> dict[str, str]:
    """The schemas of a folder by their path in it, and the settings that join what names none."""
    made: dict[str, str] = {}
    joined: list[dict[str, Any]] = []
    for resource in descriptor["resources"]:
        role, path = resource.get("tumen:role", ""), f"{resource['name']}.schema.json"
        if role not in {*SHAPES, "sources"}:
            continue
        value = of_sources() if role == "sources" else of_features(resource)
        made[f"{FOLDER}/{path}"] = _text(value)
        joined.append({"fileMatch": [f"/{resource['path']}"], "url": f"./{FOLDER}/{path}"})
    return {**made, SETTINGS: _text({"json.schemas": joined})} if made else {}


def reference(resource: Mapping[str, Any]) -> str:
    """What a GeoJSON file says of its schema, seen from where it stands."""
    up = "../" * (len(PurePosixPath(resource["path"]).parts) - 1) or "./"
    return f"{up}{FOLDER}/{resource['name']}.schema.json"


def of_features(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a GeoJSON file: its columns with their rules, and its kind of geometry."""
    fields = (resource.get("schema") or {}).get("fields", [])
    required = [f["name"] for f in fields if f.get("constraints", {}).get("required")]
    properties = {
        "type": "object",
        "properties": {field["name"]: _column(field) for field in fields},
        "required": required,
        "additionalProperties": False,
    }
    feature = {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": ["string", "number"]},
            "properties": properties,
            "geometry": _geometry(SHAPES[resource["tumen:role"]]),
        },
        "required": ["type", "properties", "geometry"],
    }
    return {
        "$schema": DRAFT,
        "title": resource.get("title", resource["name"]),
        "description": resource.get("description", ""),
        "type": "object",
        "properties": {
            "$schema": {"type": "string"},
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": feature},
        },
        "required": ["type", "features"],
    }


def _column(field: Mapping[str, Any]) -> dict[str, Any]:
    rules = field.get("constraints", {})
    kind = TYPES.get(field.get("type", "string"), "string")
    made: dict[str, Any] = {"description": field.get("description", ""), "type": kind}
    made |= {name: rules[name] for name in CARRIED if name in rules}
    made |= {"format": "date"} if field.get("type") == "date" else {}
    if not rules.get("required"):
        made["type"] = [kind, "null"]
        made |= {"enum": [*rules["enum"], None]} if "enum" in rules else {}
    return made


def _geometry(shape: str) -> dict[str, Any]:
    """A point, or a line; a leg may leave its line to the kit."""
    position = {
        "type": "array",
        "description": "longitude, latitude",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 3,
    }
    line = shape == "LineString"
    coordinates = {"type": "array", "items": position, "minItems": 2} if line else position
    drawn = {
        "type": "object",
        "properties": {"type": {"const": shape}, "coordinates": coordinates},
        "required": ["type", "coordinates"],
    }
    said = "null: the kit finds the way over water, or along railways"
    return {"anyOf": [drawn, {"type": "null", "description": said}]} if line else drawn


def of_sources() -> dict[str, Any]:
    """The schema of sources.json: CSL-JSON records, as far as the kit reads them."""
    text = {"type": "string"}
    day = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3}
    date = {
        "type": "object",
        "description": "year, month, day, as far as known",
        "properties": {"date-parts": {"type": "array", "items": day}},
    }
    record = {
        "type": "object",
        "properties": {
            "id": {**text, "pattern": "^[a-z][a-z0-9_]*$", "description": "as rows name it"},
            "type": {**text, "description": "webpage, report, article-newspaper, dataset, book"},
            "title": text,
            "publisher": text,
            "container-title": {**text, "description": "the journal, newspaper or series it is in"},
            "URL": {**text, "format": "uri"},
            "issued": date,
            "accessed": date,
            "note": {**text, "description": "for readers"},
        },
        "required": ["id", "type", "title"],
    }
    return {"$schema": DRAFT, "title": "Sources", "type": "array", "items": record}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
