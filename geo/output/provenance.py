"""Where a page comes from: its inputs with their hashes, as schema.org JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from branca.element import Element

from geo.scene.model import Scene

__all__ = ["elements", "of_map", "record"]


def elements(drawing: Element) -> Iterator[Element]:
    """The elements of a map that say what was done to their data, at any depth."""
    for child in drawing._children.values():
        if hasattr(child, "provenance"):
            yield child
        yield from elements(child)


def of_map(scene: Scene | None, title: str, drawn: Sequence[Element]) -> str:
    """Inputs with their hashes → this page, as schema.org JSON-LD in an inert block; '' if unknown.

    What was done to data that an element brings stands in its `provenance`.
    """
    if scene is None and not drawn:
        return ""
    inputs = dict(scene.inputs) if scene else {}
    for element in drawn:
        inputs |= element.inputs
    more: dict[str, Any] = {"version": scene.version, "license": scene.licence} if scene else {}
    if drawn:
        more["additionalProperty"] = [_property(e.provenance) for e in drawn]
    return record(scene.title if scene else title, inputs, more)


def record(title: str, inputs: Mapping[str, str], more: Mapping[str, Any]) -> str:
    """A schema.org record of a page as JSON-LD: its name, its inputs with their hashes."""
    value: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Map",
        "name": title,
        "isBasedOn": [
            {"@type": "DataDownload", "name": name, "sha256": digest}
            for name, digest in sorted(inputs.items())
        ],
        **more,
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def _property(said: Mapping[str, Any]) -> dict[str, Any]:
    """What an element says of itself, as one schema.org property with its parts."""
    parts = [
        {"@type": "PropertyValue", "name": name, "value": value}
        for name, value in said.items()
        if name != "name"
    ]
    return {"@type": "PropertyValue", "name": said.get("name", ""), "value": parts}
