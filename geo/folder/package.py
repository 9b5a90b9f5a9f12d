"""A data folder → checked frames. The only door to data files; raw files are never written.

`load` reads a folder once, judges it (see `check`) and raises with every fault, or returns a
`Package` of frames. Legs without a geometry are laid over water or along railways as they are
loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.checking import check, userfile, vectors
from geo.checking.check import Bounds, Report
from geo.errors import PATH, DataError, GeoError, check_type
from geo.files import intake
from geo.files.tables import Form
from geo.folder import ambiguity, courses, credits, prose, verdicts, wide
from geo.folder import dictionary as tables_of
from geo.folder.credits import Credit
from geo.folder.reading import (
    DESCRIPTOR,
    Reading,
    descriptor,
    is_file,
    linked_away,
    read_folder,
    read_text,
)
from geo.geometry import basemap, rail

__all__ = [
    "DESCRIPTOR",
    "Package",
    "contents",
    "descriptor",
    "dictionary",
    "examine",
    "examine_file",
    "extent",
    "load",
    "read_text",
    "update_hashes",
]

TABLES = (
    "corridors",
    "commodities",
    "flows",
    "capacities",
    "factors",
    "limits",
    "events",
    "vessels",
    "attributes",
    "claims",
)


@dataclass(frozen=True)
class Package:
    """One data folder, checked.

    `places` and `legs` are GeoDataFrames in EPSG:4326, the rest DataFrames; `sources` are CSL-JSON
    records in file order; `basemap` and `railways` are the folder's own cuts as packed bytes, or
    None.
    `pages` maps each leg file's name to its title, `credits` to what is owed for its lines.
    """

    folder: Path
    title: str
    description: str
    version: str
    licence: str
    extent: Bounds | None
    places: gpd.GeoDataFrame
    legs: gpd.GeoDataFrame
    corridors: pd.DataFrame
    commodities: pd.DataFrame
    flows: pd.DataFrame
    capacities: pd.DataFrame
    factors: pd.DataFrame
    limits: pd.DataFrame
    events: pd.DataFrame
    vessels: pd.DataFrame
    attributes: pd.DataFrame
    sources: list[dict[str, Any]]
    basemap: bytes | None
    pages: Mapping[str, str]
    view: Bounds | None = None
    claims: pd.DataFrame = field(default_factory=pd.DataFrame)
    railways: bytes | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    credits: Mapping[str, Credit] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return one line: which folder, and how much is in it."""
        many = f"{len(self.places)} places, {len(self.legs)} legs, {len(self.flows)} flows"
        return f"<Package {str(self.folder)!r}: {many}>"

    @property
    def land(self) -> BaseGeometry:
        """Land of the folder's base map within its extent, coarse world land outside."""
        return basemap.land([self.basemap] if self.basemap else [])


def load(folder: str | Path) -> Package:
    """Read and check a data folder.

    Raises DataError with every fault when it is not sound, GeoError when it cannot be read.
    """
    check_type(folder, PATH, "a data folder")
    reading = read_folder(Path(folder))
    report = _judge(reading)
    if not report.sound:
        raise DataError(f"{folder}: {len(report.faults)} fault(s)", faults=report.faults)
    return _assemble(reading)


def examine(folder: str | Path) -> Report:
    """Check a data folder and return every fault and note with the number of rows by role.

    Raises GeoError when the folder cannot be read at all.
    """
    check_type(folder, PATH, "a data folder")
    return _judge(read_folder(Path(folder)))


def examine_file(
    path: str | Path,
    *,
    layer: str = "",
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> Report:
    """Check a single file that belongs to no package: structure, positions, dates, numbers.

    `layer` names one of several sheets or layers, `form` is how the user says a table is written.
    Raises GeoError when the file cannot be read.
    """
    check_type(path, PATH, "a file")
    file = intake.named(vectors.split(path)[0])
    kind = file.suffix.lower()
    if kind not in userfile.FORMATS:
        raise GeoError(
            f"{path}: cannot check {kind or 'a file without an ending'}; "
            f"give a data folder, or a file of {', '.join(userfile.FORMATS)}"
        )
    return userfile.examine(path, layer=layer, form=form, memory_bytes=memory_bytes)


def _judge(reading: Reading) -> Report:
    land = basemap.land([reading.packs["basemap"]] if "basemap" in reading.packs else [])
    known = {name for rows in reading.tables for name in rows.raw.columns}
    if known:
        found = check.meaning(reading.tables, bounds=reading.bounds, land=land)
        reading.faults += wide.certain(found, reading.faults) if reading.wide else found
        reading.faults += verdicts.judge(reading.tables)
        reading.notes += check.remarks(reading.tables, land=land)
        reading.notes += check.beyond(reading.tables, _extent(reading.descriptor, "tumen:extent"))
        sources, own = reading.sources, reading.descriptor
        reading.faults += prose.judge(
            reading.tables, sources=sources, descriptor=own, file=DESCRIPTOR
        )
    if known and not reading.faults:
        ties, doubts = ambiguity.judge(reading.tables)
        reading.faults += ties
        reading.notes += doubts
    faults = tuple(dict.fromkeys(reading.faults))
    return Report(faults, tuple(reading.notes), check.counts(reading.tables))


# --- assembling --------------------------------------------------------------------------------


def _assemble(reading: Reading) -> Package:
    frames = {role: _frame(reading, role) for role in TABLES}
    places, legs = _geo(reading, "places"), _geo(reading, "legs")
    package = Package(
        folder=reading.folder,
        title=reading.descriptor.get("title", reading.folder.name),
        description=reading.descriptor.get("description", ""),
        version=str(reading.descriptor.get("version", "")),
        licence=credits.licence(reading.descriptor),
        extent=_extent(reading.descriptor, "tumen:extent"),
        view=_extent(reading.descriptor, "tumen:view"),
        places=places,
        legs=legs,
        sources=reading.sources,
        basemap=reading.packs.get("basemap"),
        railways=reading.packs.get("railways"),
        pages=_pages(reading.descriptor),
        credits=credits.stated(reading.descriptor),
        hashes=reading.hashes,
        **frames,
    )
    return _with_ways(package)


def _frame(reading: Reading, role: str) -> pd.DataFrame:
    found = [rows.frame for rows in reading.tables if rows.role == role]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _geo(reading: Reading, role: str) -> gpd.GeoDataFrame:
    found = [
        rows.frame.assign(file=Path(rows.file).stem) for rows in reading.tables if rows.role == role
    ]
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs="EPSG:4326")


def _extent(descriptor: Mapping[str, Any], key: str) -> Bounds | None:
    extent = descriptor.get(key)
    return (extent[0], extent[1], extent[2], extent[3]) if extent else None


def _pages(descriptor: Mapping[str, Any]) -> dict[str, str]:
    return {
        Path(r["path"]).stem: r.get("title", r["name"])
        for r in descriptor["resources"]
        if r.get("tumen:role") == "legs"
    }


def _with_ways(package: Package) -> Package:
    """Lay the legs that have ends but no geometry, and owe what they follow to whom it is owed."""
    legs = courses.filled(package.legs, package.places, lambda: package.land)
    railed = courses.by_rail(package.legs, legs)
    owed = {
        file: Credit(package.pages.get(file, file), rail.LICENCE, rail.ATTRIBUTION)
        for file in railed
    }
    return replace(package, legs=legs, credits={**package.credits, **owed})


# --- describing --------------------------------------------------------------------------------


def dictionary(folder: str | Path) -> str:
    """The data dictionary of a folder as Markdown tables, from its datapackage.json.

    Raises DataError with its faults when that is not sound.
    """
    return tables_of.tables(descriptor(folder)["resources"])


def contents(folder: str | Path) -> list[bytes]:
    """Every byte that a folder's pages are made from: its name, its descriptor, and its files.

    Raises GeoError where it has no sound descriptor. Only what it names is read, and nothing that
    lies, or that a link leads, outside of it.
    """
    folder = Path(folder)
    found = [folder.name.encode("utf-8", "surrogatepass"), intake.read(folder / DESCRIPTOR)]
    for resource in descriptor(folder)["resources"]:
        path = folder / resource["path"]
        own = not check.leaves_folder(resource["path"]) and is_file(path)
        found.append(intake.read(path) if own and not linked_away(folder, path) else b"")
    return found


def update_hashes(folder: str | Path) -> str:
    """The text of datapackage.json with the hash of every file brought up to date."""
    found = descriptor(folder)
    for resource in found["resources"]:
        path = Path(folder) / resource["path"]
        if path.is_file():
            resource["hash"] = "sha256:" + hashlib.sha256(intake.read(path)).hexdigest()
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def extent(folder: str | Path) -> Bounds:
    """The extent a folder declares for its base map; GeoError when it declares none."""
    found = _extent(descriptor(folder), "tumen:extent")
    if found is None:
        raise GeoError(
            f'{folder}/{DESCRIPTOR}: declares no extent; add "tumen:extent": [west, south, east, '
            "north]"
        )
    return found
