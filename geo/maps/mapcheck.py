"""What `geo map` will do with a file: as features, as flows, or as positions, with every fault."""

from __future__ import annotations

from pathlib import Path

from geo.checking.check import Report
from geo.errors import DataError, Fault, GeoError, wording
from geo.files import intake
from geo.files.tables import Form
from geo.files.tables.reader import TEXTS
from geo.folder import package
from geo.maps import mapkind
from geo.maps.flowtables import flow_lines, flow_scene, flow_sources, flow_table
from geo.maps.tracks import trackmap

__all__ = ["examine"]


def examine(
    path: Path,
    *,
    layer: str = "",
    places: Path | None = None,
    unit: str = "",
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> Report:
    """Every fault for which a file is not drawn. Raises GeoError where it cannot be read."""
    form = Form.of(form)
    if places or flow_sources.holds_places(path, form):
        return _flows(path, layer, places, unit, form, memory_bytes)
    asked = trackmap.Asked(reading={"memory_bytes": memory_bytes})
    if path.suffix.lower() in TEXTS and trackmap.recognised(path, asked):
        return _positions(path, asked, layer, form, memory_bytes)
    report = package.examine_file(path, layer=layer, form=form, memory_bytes=memory_bytes)
    columns = mapkind.flow_columns(path) if path.is_file() and not report.sound else ()
    if not columns:
        return report
    fault = Fault(path.name, "header", ", ".join(columns), "", *wording("flow.places-not-held"))
    kept = tuple(one for one in report.faults if one.where != "header" or one.field)
    return Report((*kept, fault), report.notes, report.counts, report.said)


def _flows(
    path: Path, layer: str, places: Path | None, unit: str, form: Form, memory_bytes: int
) -> Report:
    try:
        table = flow_table.read(
            path, places=places, layer=layer, unit=unit, columns=form.columns, form=form,
            memory_bytes=memory_bytes,
        )  # fmt: skip
    except DataError as error:
        return Report(error.faults, (), {"file": 0})
    counted = flow_scene.counted(flow_lines.Lines(table))
    said = (*table.said, f"{counted[:1].upper()}{counted[1:]}.")
    return Report((), (), {"file": len(table.flows)}, said)


def _positions(
    path: Path, asked: trackmap.Asked, layer: str, form: Form, memory_bytes: int
) -> Report:
    """The faults of positions as tracks, and those of their values."""
    try:
        trackmap.sorted_out([path], asked)
        faults: tuple[Fault, ...] = ()
    except DataError as error:
        faults = error.faults
    try:
        report = package.examine_file(path, layer=layer, form=form, memory_bytes=memory_bytes)
    except GeoError:
        return Report(faults, (), {"file": 0})
    rows = {fault.where for fault in faults}
    more = [one for one in report.faults if one.where not in rows and one.where.startswith("row")]
    return Report((*faults, *more), report.notes, report.counts, report.said)
