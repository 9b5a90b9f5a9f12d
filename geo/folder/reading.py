"""The files of a data folder, each read once; faults gather until all were seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from geo.checking import check, rfc7946
from geo.checking.check import Bounds, Table
from geo.errors import DataError, Fault, GeoError, wording
from geo.files import intake, sheets, writing
from geo.folder import wide

__all__ = [
    "DESCRIPTOR",
    "OWN_PAGES",
    "PACKS",
    "WORLD",
    "Reading",
    "described",
    "descriptor",
    "is_file",
    "keep",
    "linked_away",
    "read_folder",
    "read_text",
]

DESCRIPTOR = "datapackage.json"
WORLD: Bounds = (-180.0, -90.0, 180.0, 90.0)
OWN_PAGES = ("overview", "flows", "claims", "briefing")  # of every folder, and of its briefing
PACKS = ("basemap", "railways")  # layers of the ground that a folder may have


@dataclass
class Reading:
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
        """West, south, east and north that positions must lie within."""
        west, south, east, north = self.descriptor.get("tumen:bounds") or WORLD
        return (west, south, east, north)


def read_text(path: Path) -> str:
    """A file as UTF-8, a byte order mark left out. Raises GeoError."""
    return intake.text(path)


def described(folder: Path) -> str:
    """What a folder says of itself; GeoError where it is no folder."""
    if not folder.is_dir():
        raise GeoError(f"{folder}: no such folder; `geo new {folder}` makes one")
    return read_text(folder / DESCRIPTOR)


def read_folder(folder: Path) -> Reading:
    """Every file that a folder names, as its descriptor says; faults of structure are noted."""
    reading = Reading(folder)
    descriptor, faults = check.strict_json(described(folder), DESCRIPTOR)
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


def _write_out(reading: Reading) -> None:
    """Flows in the short form as whole tables, with what they name besides."""
    first: dict[str, Mapping[str, Any]] = {}
    for resource in reading.descriptor["resources"]:
        first.setdefault(resource.get("tumen:role", ""), resource)
    made = wide.made(reading.wide, reading.tables, reading.sources, first)
    reading.faults += made.faults
    for rows in made.tables:
        keep(reading, rows)
    if made.records:
        _cite(reading, first.get("sources"), made.records)


def _cite(
    reading: Reading, resource: Mapping[str, Any] | None, records: Sequence[dict[str, Any]]
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


def is_file(path: Path) -> bool:
    """Whether there is a file; a name that no file can have is that of none."""
    try:
        return path.is_file()
    except OSError:
        return False


def linked_away(folder: Path, path: Path) -> bool:
    """Whether a link leads out of the folder: only what stands in it is read."""
    return not path.resolve().is_relative_to(folder.resolve())


def _read_resource(reading: Reading, resource: Mapping[str, Any]) -> None:
    file: str = resource["path"]
    path = reading.folder / file
    role = resource.get("tumen:role", "")
    if not is_file(path):
        if role not in PACKS:
            reading.faults.append(Fault(file, "", "", "", *wording("resource.file-missing")))
        return
    if linked_away(reading.folder, path):
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


def _compare_hash(reading: Reading, resource: Mapping[str, Any]) -> None:
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


def _read_csv(reading: Reading, resource: Mapping[str, Any], text: str) -> None:
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
        keep(reading, wide.completed(whole))


def _uneven(
    header: Sequence[str], rows: Sequence[Sequence[str]], where: Sequence[str], file: str
) -> Iterator[Fault]:
    """Rows with more or fewer cells than the header."""
    for row, place in zip(rows, where, strict=True):
        if len(row) != len(header):
            said = wording("row.wrong-width", columns=len(header), mark="a comma")
            yield Fault(file, place, "", f"{len(row)} cells", *said)


def _read_geojson(reading: Reading, resource: Mapping[str, Any], text: str) -> None:
    names = _names(resource)
    document, faults = check.strict_json(text, names["file"])
    faults = faults or check.geojson(document, names["file"])
    reading.faults += faults
    reading.notes += rfc7946.members(document, names["file"])
    if not faults:
        keep(reading, check.features_table(document, **names))


def _read_sources(reading: Reading, resource: Mapping[str, Any], text: str) -> None:
    names = _names(resource)
    records, faults = check.strict_json(text, names["file"])
    faults = faults or check.sources(records, names["file"])
    reading.faults += [*faults, *check.words(records, names["file"])]
    if faults:
        return
    _cite(reading, resource, records)


def keep(reading: Reading, rows: Table) -> None:
    """Keep a table with the faults of its cells."""
    reading.faults += check.characters(rows)
    if rows.fields:
        reading.faults += check.table(rows)
    reading.tables.append(rows)


def descriptor(folder: str | Path) -> dict[str, Any]:
    """A folder's datapackage.json; DataError with its faults when it is none."""
    document, faults = check.strict_json(described(Path(folder)), DESCRIPTOR)
    faults = faults or check.descriptor(document, DESCRIPTOR)
    if faults:
        raise DataError(f"{folder}: {len(faults)} fault(s)", faults=faults)
    return dict(document)
