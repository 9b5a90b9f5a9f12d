"""A new folder that begins with a table of flows in the short form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from geo.errors import GeoError
from geo.files import sheets
from geo.folder import wide

__all__ = ["begun"]

End = Callable[[str], tuple[str, list[float]] | None]
EMPTIED = ("corridors.csv", "commodities.csv", "capacities.csv", "attributes.csv", "events.csv")
DESCRIPTOR = "datapackage.json"
MOST = 3  # corridors that a title names
POSITIONS = {
    "id": "positions",
    "type": "document",
    "title": "Positions of the places, as they were known when this folder was made",
}
MODE = "mode"


def begun(
    contents: Mapping[str, str], text: str, file: str, said: Sequence[str], end: End
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Places, legs and tables of a folder whose flows are a table in the short form.

    said: places as 'Name,lat,lon'. end: the name and position of a place from such a text, or from
    the name of a port. Raises GeoError with every place that is not known.
    """
    rows = list(_rows(text, file))
    known = {wide.plain(name): (name, at) for name, at in filter(None, map(end, said))}
    names, features, unknown = wide.Names(), [], []
    for name, kind in _places(rows).items():
        try:
            found = known.get(wide.plain(name)) or end(name)
        except GeoError:
            found = None
        if found is None:
            unknown.append(name)
            continue
        features.append(_feature(contents, names.new(found[0], "place"), name, found, kind))
    if unknown:
        example = f"--place '{unknown[0]},1.5,103.2'"
        raise GeoError(
            f"{file}: no position is known of {', '.join(unknown)}; say each as {example}, "
            "latitude first"
        )
    if not features:
        raise GeoError(f"{file}: no row names a place")
    places = json.loads(contents["places.geojson"]) | {"features": features}
    legs = json.loads(contents["legs.geojson"]) | {"features": []}
    tables = {name: contents[name].splitlines()[0] + "\n" for name in EMPTIED}
    record = json.dumps([POSITIONS], ensure_ascii=False, indent=2) + "\n"
    tables |= {"flows.csv": text, "sources.json": record, DESCRIPTOR: _titled(contents, rows)}
    return places, legs, tables


def _titled(contents: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> str:
    """What the folder says of itself, titled by its first corridors."""
    named = list(dict.fromkeys(row.get("corridor", "") for row in rows))
    title = ", ".join(named[:MOST]) + (" and others" if len(named) > MOST else "")
    own = {**json.loads(contents[DESCRIPTOR]), "title": title, "description": ""}
    return json.dumps(own, ensure_ascii=False, indent=2) + "\n"


def _rows(text: str, file: str) -> Iterator[dict[str, str]]:
    head, *rows = [row.cells for row in sheets.lines(text, file, delimiter=",")] or [[]]
    missing = [name for name in wide.NEEDED if name not in head and name != "quantity"]
    if missing:
        raise GeoError(
            f"{file}: has no column {', '.join(missing)}; the short form of flows has "
            f"{','.join(wide.NEEDED)}"
        )
    yield from (dict(zip(head, row, strict=False)) for row in rows)


def _places(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The places that rows name, each once, with their kind: by sea where a row says no mode."""
    found: dict[str, tuple[str, set[str]]] = {}
    for row in rows:
        for end in ("origin", "destination"):
            name = row.get(end, "")
            if name:
                found.setdefault(wide.plain(name), (name, set()))[1].add(row.get(MODE) or "sea")
    return {name: _kind(modes) for name, modes in found.values()}


def _kind(modes: set[str]) -> str:
    return "port" if "sea" in modes else "station" if "rail" in modes else "town"


def _feature(
    contents: Mapping[str, str], own: str, name: str, found: tuple[str, list[float]], kind: str
) -> dict[str, Any]:
    feature: dict[str, Any] = json.loads(contents["places.geojson"])["features"][0]
    feature["id"] = own
    feature["properties"] |= {
        "place": own,
        "name_en": found[0],
        "aliases": None if wide.plain(name) == wide.plain(found[0]) else name,
        "kind": kind,
        "note": None,
        "source": POSITIONS["id"],
    }
    feature["geometry"]["coordinates"] = found[1]
    return feature
