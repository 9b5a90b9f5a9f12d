"""`geo check`: every fault in data folders and single files."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli import console, options
from geo.errors import GeoError

if TYPE_CHECKING:
    from geo.checking.check import Report


@dataclass(frozen=True, kw_only=True)
class Check(options.Written, options.Table):
    """The options of `geo check`."""

    paths: Annotated[list[Path] | None, typer.Argument(help="Data folders, or single files.")] = (
        None
    )
    as_json: options.Json = False
    layer: options.OneLayer = ""
    memory: options.Memory = "4GB"
    places: Annotated[Path | None, typer.Option(help="Points that a table of flows names.")] = None
    update_hashes: Annotated[
        bool,
        typer.Option("--update-hashes", help="Write today's hashes into datapackage.json first."),
    ] = False
    follow_links: options.Follow = False
    explain: Annotated[
        str, typer.Option(metavar="CODE", help="Say what the code of a fault stands for.")
    ] = ""

    def reading(self) -> dict[str, Any]:
        """How a single file is read. Raises GeoError."""
        from geo.files import intake

        return {
            "layer": self.layer,
            "memory_bytes": intake.amount(self.memory),
            "places": self.places,
            "unit": self.unit or [],
            "form": options.form(self, self.column, self.delimiter),
            "written": replace(self, unit=None, column=None).written(),
            "kind": options.kind_of(self.kind),
        }


def run(given: Check) -> None:
    """Name every fault in the data with its place. Exit 0 sound, 1 faults, 2 cannot read."""
    if given.explain:
        console.refuse({"paths": given.paths}, "not with --explain")
        _explain(given.explain, as_json=given.as_json)
        return
    paths = given.paths
    if not paths:
        raise GeoError("name a data folder or a file, or the code of a fault: --explain CODE")
    files = [path for path in paths if not path.is_dir()]
    _refuse_idle(given, files=bool(files), folders=len(files) < len(paths))
    reading, sound = given.reading() if files else {}, True
    for path in paths:
        if given.update_hashes and path.is_dir():
            _update_hashes(path, given.follow_links)
        report = _examined(path, reading)
        sound = sound and report.sound
        _print_report(path, report, as_json=given.as_json)
    raise typer.Exit(0 if sound else 1)


def _refuse_idle(given: Check, *, files: bool, folders: bool) -> None:
    """Raise GeoError for options that would change nothing."""
    idle = {"update_hashes": given.update_hashes and not folders}
    console.refuse(idle, "only for a data folder")
    idle = {"follow_links": given.follow_links and not given.update_hashes}
    console.refuse(idle, "only with --update-hashes")
    console.refuse({"layer": given.layer and not files}, "only for a file of several layers")
    own = [*inspect.get_annotations(options.Written), *inspect.get_annotations(options.Table)]
    said = {name: getattr(given, name) for name in [*own, "places"] if not files}
    console.refuse(said, "only for a single file")


def _explain(code: str, *, as_json: bool) -> None:
    from geo.errors import faultlist

    if as_json:
        print(json.dumps(asdict(faultlist.kind(code)), ensure_ascii=False, indent=1))
    else:
        console.out.print(console.visible(faultlist.explained(code)), end="")


def _update_hashes(folder: Path, follow_links: bool) -> None:
    from geo.files import writing
    from geo.folder import package

    descriptor = package.update_hashes(folder)
    writing.write(folder / package.DESCRIPTOR, descriptor, follow_links=follow_links)


def _examined(path: Path, reading: dict[str, Any]) -> Report:
    from geo.folder import package
    from geo.maps import mapcheck

    if path.is_dir():
        return package.examine(path)
    return mapcheck.examine(path, **reading)


def _print_report(path: Path, report: Report, *, as_json: bool) -> None:
    if as_json:
        value = {
            "path": str(path),
            "sound": report.sound,
            "counts": dict(report.counts),
            "faults": [asdict(f) for f in report.faults],
            "notes": [asdict(f) for f in report.notes],
            "said": list(report.said),
        }
        print(json.dumps(value, ensure_ascii=False, indent=1))
        return
    for said in report.said:
        console.out.print(console.visible(said))
    for fault in report.faults:
        console.out.print(console.visible(fault))
    for note in report.notes:
        console.out.print(f"note: {console.visible(note)}")
    rows = ", ".join(_counted(n, role) for role, n in report.counts.items())
    verdict = "sound" if report.sound else f"{len(report.faults)} fault(s)"
    console.out.print(f"{console.plain(path)}: {verdict} ({rows})")


def _counted(number: int, things: str) -> str:
    """'1 corridor', '2 commodities'; of a single file, rows."""
    things = "rows" if things == "file" else things
    one = f"{things[:-3]}y" if things.endswith("ies") else things.removesuffix("s")
    return f"{number:,} {one if number == 1 else things}"
