"""A data folder → checked frames. The only door to data files; raw files are never written.

`load` reads a folder once, judges it (see `check`) and raises with every fault, or returns a
`Package` of frames. Legs without a geometry are laid over water or along railways as they are
loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.checking import check, rfc7946, userfile, vectors
from geo.checking.check import Bounds, Report, Table
from geo.errors import PATH, DataError, Fault, GeoError, check_type, wording
from geo.files import intake, sheets, writing
from geo.files.tables import Form
from geo.folder import ambiguity, courses, credits, prose, verdicts, wide
from geo.folder import dictionary as tables_of
from geo.folder.credits import Credit
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

DESCRIPTOR = "datapackage.json"
WORLD: Bounds = (-180.0, -90.0, 180.0, 90.0)
OWN_PAGES = ("overview", "flows", "claims", "briefing")  # of every folder, and of its briefing
PACKS = ("basemap", "railways")  # layers of the ground that a folder may have
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


@dataclass
class _Reading:
    """What is being read; faults gather until all files were seen."""

    folder: Path
    descriptor: dict[str, Any] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    wide: list[Table] = field(default_factory=list)  # flows that are to be written out
    sources: list[dict[str, Any]] = field(default_factory=list)
    packs: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    @property
    def bounds(self) -> Bounds:
        west, south, east, north = self.descriptor.get("tumen:bounds") or WORLD
        return (west, south, east, north)


def load(folder: str | Path) -> Package:
    """Read and check a data folder.

    Raises DataError with every fault when it is not sound, GeoError when it cannot be read.
    """
    check_type(folder, PATH, "a data folder")
    reading = _read(Path(folder))
    report = _judge(reading)
    if not report.sound:
        raise DataError(f"{folder}: {len(report.faults)} fault(s)", faults=report.faults)
    return _assemble(reading)


def examine(folder: str | Path) -> Report:
    """Check a data folder and return every fault and note with the number of rows by role.

    Raises GeoError when the folder cannot be read at all.
    """
    check_type(folder, PATH, "a data folder")
    return _judge(_read(Path(folder)))


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


# --- reading -----------------------------------------------------------------------------------


def read_text(path: Path) -> str:
    """A file as UTF-8, a byte order mark left out. Raises GeoError."""
    return intake.text(path)


def _described(folder: Path) -> str:
    """What a folder says of itself; GeoError where it is no folder."""
    if not folder.is_dir():
        raise GeoError(f"{folder}: no such folder; `geo new {folder}` makes one")
    return read_text(folder / DESCRIPTOR)


def _read(folder: Path) -> _Reading:
    reading = _Reading(folder)
    descriptor, faults = check.strict_json(_described(folder), DESCRIPTOR)
    reading.faults += faults or check.descriptor(descriptor, DESCRIPTOR)
    reading.faults += check.words(descriptor, DESCRIPTOR)
    if any(fault.code != check.LEAVES for fault in reading.faults):
        return reading
    reading.descriptor = descriptor
    reading.faults += check.needed(descriptor["resources"], DESCRIPTOR)
    reading.faults += _page_names(descriptor["resources"])
    for resource in descriptor["resources"]:
        if not check.leaves_folder(resource["path"]):
            _read_resource(reading, resource)
    if reading.wide:
        _write_out(reading)
    return reading


def _write_out(reading: _Reading) -> None:
    """Flows in the short form as whole tables, with what they name besides."""
    first: dict[str, Mapping[str, Any]] = {}
    for resource in reading.descriptor["resources"]:
        first.setdefault(resource.get("tumen:role", ""), resource)
    made = wide.made(reading.wide, reading.tables, reading.sources, first)
    reading.faults += made.faults
    for rows in made.tables:
        _keep(reading, rows)
    if made.records:
        _cite(reading, first.get("sources"), made.records)


def _cite(
    reading: _Reading, resource: Mapping[str, Any] | None, records: Sequence[dict[str, Any]]
) -> None:
    """Records of sources, as a table that rows refer to."""
    if resource is None:
        return
    reading.sources = [*reading.sources, *records]
    raw = pd.DataFrame({"id": [r["id"] for r in records]}, dtype="object")
    where = [f"record {n + 1} ({r['id']})" for n, r in enumerate(records)]
    names = {**_names(resource), "schema": {"fields": []}}
    reading.tables.append(Table(raw=raw, where=where, **names))


def _page_names(resources: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Files of legs whose name gives no page of its own: a page is named after its file."""
    taken = set(OWN_PAGES)
    for number, resource in enumerate(resources):
        if resource.get("tumen:role") != "legs" or check.leaves_folder(resource["path"]):
            continue
        name = Path(resource["path"]).stem
        problem = writing.unfit(f"{name}.html")
        code = "resource.page-name-unfit" if problem else ""
        if name.casefold() in taken:
            code = "resource.page-name-taken"
        taken.add(name.casefold())
        if code:
            said = wording(code, reason=problem, page=name, plain=writing.PLAIN)
            yield Fault(DESCRIPTOR, f"resource {number + 1}", "path", resource["path"], *said)


def _is_file(path: Path) -> bool:
    """Whether there is a file; a name that no file can have is that of none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _linked_away(folder: Path, path: Path) -> bool:
    """Whether a link leads out of the folder: only what stands in it is read."""
    return not path.resolve().is_relative_to(folder.resolve())


def _read_resource(reading: _Reading, resource: Mapping[str, Any]) -> None:
    file: str = resource["path"]
    path = reading.folder / file
    role = resource.get("tumen:role", "")
    if not _is_file(path):
        if role not in PACKS:
            reading.faults.append(Fault(file, "", "", "", *wording("resource.file-missing")))
        return
    if _linked_away(reading.folder, path):
        reading.faults.append(Fault(file, "", "", "", *wording("resource.link-leaves-folder")))
        return
    content = intake.read(path)
    reading.hashes[file] = hashlib.sha256(content).hexdigest()
    _compare_hash(reading, resource)
    if role in PACKS:
        reading.packs[role] = content
        return
    text = intake.decoded(content, path)
    if role == "sources":
        _read_sources(reading, resource, text)
    elif path.suffix.lower() == ".geojson":
        _read_geojson(reading, resource, text)
    else:
        _read_csv(reading, resource, text)


def _compare_hash(reading: _Reading, resource: Mapping[str, Any]) -> None:
    file: str = resource["path"]
    stated = str(resource.get("hash", "")).removeprefix("sha256:")
    if stated and stated != reading.hashes[file]:
        reading.notes.append(Fault(file, "", "", "", *wording("resource.hash-differs")))


def _names(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "file": resource["path"],
        "role": resource.get("tumen:role", ""),
        "name": resource["name"],
        "schema": resource.get("schema") or {"fields": []},
    }


def _read_csv(reading: _Reading, resource: Mapping[str, Any], text: str) -> None:
    names = _names(resource)
    try:
        own = sheets.lines(text, names["file"], delimiter=",")
    except DataError as error:
        reading.faults += error.faults
        return
    header, *rows = [row.cells for row in own] or [[]]
    where = [f"row {row.number}" for row in own[1:]]
    uneven = list(_uneven(header, rows, where, names["file"]))
    reading.faults += uneven
    if len(set(header)) != len(header):
        said = wording("column.named-twice")
        reading.faults.append(Fault(names["file"], "header", "", ",".join(header), *said))
        return
    even = [(row + [""] * len(header))[: len(header)] for row in rows]
    whole = Table(raw=pd.DataFrame(even, columns=header, dtype="object"), where=where, **names)
    if uneven:  # kept for what other rows refer to; its cells are not judged
        reading.tables.append(whole)
    elif whole.role == "flows" and wide.is_wide(header, whole.schema):
        reading.faults += check.characters(whole)
        reading.wide.append(whole)
    else:
        _keep(reading, wide.completed(whole))


def _uneven(
    header: Sequence[str], rows: Sequence[Sequence[str]], where: Sequence[str], file: str
) -> Iterator[Fault]:
    """Rows with more or fewer cells than the header."""
    for row, place in zip(rows, where, strict=True):
        if len(row) != len(header):
            said = wording("row.wrong-width", columns=len(header), mark="a comma")
            yield Fault(file, place, "", f"{len(row)} cells", *said)


def _read_geojson(reading: _Reading, resource: Mapping[str, Any], text: str) -> None:
    names = _names(resource)
    document, faults = check.strict_json(text, names["file"])
    faults = faults or check.geojson(document, names["file"])
    reading.faults += faults
    reading.notes += rfc7946.members(document, names["file"])
    if not faults:
        _keep(reading, check.features_table(document, **names))


def _read_sources(reading: _Reading, resource: Mapping[str, Any], text: str) -> None:
    names = _names(resource)
    records, faults = check.strict_json(text, names["file"])
    faults = faults or check.sources(records, names["file"])
    reading.faults += [*faults, *check.words(records, names["file"])]
    if faults:
        return
    _cite(reading, resource, records)


def _keep(reading: _Reading, rows: Table) -> None:
    reading.faults += check.characters(rows)
    if rows.fields:
        reading.faults += check.table(rows)
    reading.tables.append(rows)


def _judge(reading: _Reading) -> Report:
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


def _assemble(reading: _Reading) -> Package:
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


def _frame(reading: _Reading, role: str) -> pd.DataFrame:
    found = [rows.frame for rows in reading.tables if rows.role == role]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _geo(reading: _Reading, role: str) -> gpd.GeoDataFrame:
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


def descriptor(folder: str | Path) -> dict[str, Any]:
    """A folder's datapackage.json; DataError with its faults when it is none."""
    document, faults = check.strict_json(_described(Path(folder)), DESCRIPTOR)
    faults = faults or check.descriptor(document, DESCRIPTOR)
    if faults:
        raise DataError(f"{folder}: {len(faults)} fault(s)", faults=faults)
    return dict(document)


def contents(folder: str | Path) -> list[bytes]:
    """Every byte that a folder's pages are made from: its name, its descriptor, and its files.

    Raises GeoError where it has no sound descriptor. Only what it names is read, and nothing that
    lies, or that a link leads, outside of it.
    """
    folder = Path(folder)
    found = [folder.name.encode("utf-8", "surrogatepass"), intake.read(folder / DESCRIPTOR)]
    for resource in descriptor(folder)["resources"]:
        path = folder / resource["path"]
        own = not check.leaves_folder(resource["path"]) and _is_file(path)
        found.append(intake.read(path) if own and not _linked_away(folder, path) else b"")
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
