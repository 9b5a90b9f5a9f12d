"""What `geo map` will do with a file: as features, as flows, or as positions, with every fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo.checking.check import Report
from geo.errors import DataError, Fault, GeoError
from geo.files import intake
from geo.files.tables import Form
from geo.folder import package
from geo.maps import mapkind, userdata
from geo.maps.flowtables import flow_lines, flow_sources, flow_table, flow_words
from geo.maps.tracks import nmealog, trackkind, trackmap
from geo.tracks import layout, units
from geo.tracks.layout import Written
from geo.tracks.trackset import TrackSet

__all__ = ["examine"]

_JUDGED = frozenset({"position.in-metres", "position.off-globe", "position.lat-beyond-90"})
_OF_POSITIONS = frozenset({"--dialect", "--date-format", "--timezone", "--vessel"})


def examine(
    path: Path,
    *,
    layer: str = "",
    places: Path | None = None,
    unit: Sequence[str] = (),
    form: Form | None = None,
    written: Written | None = None,
    kind: str = "",
    memory_bytes: int = intake.CEILING,
) -> Report:
    """Every fault for which a file is not drawn. Raises GeoError where it cannot be read.

    written, kind: how the user says that positions are, and of what. unit: of positions or of
    quantities, as the file turns out to hold.
    """
    form = Form.of(form)
    if places or flow_sources.holds_places(path, form):
        how = {"unit": ", ".join(unit), "date_format": written.date_format if written else ""}
        return _flows(path, layer, places, how, form, memory_bytes)
    said = replace(written or Written(), columns=form.columns, delimiter=form.delimiter)
    reading: dict[str, Any] = {"memory_bytes": memory_bytes, "layer": layer, "form": form}
    asked = trackkind.Asked(written=said, kind=kind, reading=reading)
    if nmealog.holds(path):
        return _log(path, asked)
    known = trackkind.recognised(path, asked)
    report = None if known else package.examine_file(path, **reading)
    if report is None or (report.sound and _drawn_as_tracks(path, asked)):
        own = replace(said, units=units.given(unit))
        return _positions(path, replace(asked, written=own), form, report)
    _refuse_idle(said, unit, kind)
    return _features(path, report, form)


def _flows(
    path: Path,
    layer: str,
    places: Path | None,
    how: Mapping[str, Any],
    form: Form,
    memory_bytes: int,
) -> Report:
    try:
        table = flow_table.read(
            path, places=places, layer=layer, columns=form.columns, form=form,
            memory_bytes=memory_bytes, **how,
        )  # fmt: skip
    except DataError as error:
        return Report(error.faults, (), {"file": 0})
    counted = flow_words.counted(flow_lines.Lines(table))
    said = (*table.said, f"{counted[:1].upper()}{counted[1:]}.")
    return Report((), (), {"file": len(table.flows)}, said)


def _features(path: Path, report: Report, form: Form) -> Report:
    """Features, unless the file holds flows whose places are not given.

    Rows of flows are judged as flows, once their places are known, and never as features.
    """
    columns = () if report.sound else mapkind.flow_columns(path, form)
    if not columns:
        return report
    return Report((mapkind.unplaced(path, columns),), (), report.counts)


def _refuse_idle(written: Written, unit: Sequence[str], kind: str) -> None:
    """Raise GeoError for what is said of positions where there are none."""
    idle = [name for name in written.options() if name in _OF_POSITIONS]
    more = {"--unit": unit, "--also": written.also, "--kind": kind}
    idle += [name for name, value in more.items() if value]
    if idle:
        raise GeoError(f"{', '.join(idle)}: only for positions of what moves")


# --- positions ------------------------------------------------------------------------------------


def _log(path: Path, asked: trackkind.Asked) -> Report:
    """Sentences line by line; where none is lost, what the map will draw of them."""
    report = nmealog.examine(path, memory_bytes=asked.reading["memory_bytes"])
    if not report.sound or report.notes:
        return report
    return replace(report, said=_said(path, *trackmap.sorted_out([path], asked)))


def _positions(path: Path, asked: trackkind.Asked, form: Form, examined: Report | None) -> Report:
    """The faults of positions as tracks, and those of their values; how the map reads them."""
    faults: tuple[Fault, ...] = ()
    said: tuple[str, ...] = ()
    counts: Mapping[str, int] = {"file": 0}
    try:
        layers, tracks = trackmap.sorted_out([path], asked)
        said, counts = _said(path, layers, tracks), _counted(layers, tracks)
    except DataError as error:
        faults = error.faults
    report = examined or _examined(path, asked, form)
    rows = {fault.where for fault in faults}
    more = [one for one in report.faults if one.where not in rows and _counts(one)]
    counts = counts if said else report.counts
    return Report((*faults, *more), report.notes, counts, (*report.said, *said))


def _counts(fault: Fault) -> bool:
    """Whether a fault of a table is one of positions: of a row, not of a word for unknown.

    Whether places are on the globe is for the reading of positions: they may be in other units.
    """
    unknown = fault.value.strip().casefold() in layout.NULLS
    return fault.where.startswith("row") and not unknown and fault.code not in _JUDGED


def _examined(path: Path, asked: trackkind.Asked, form: Form) -> Report:
    """What is wrong with the values of a table, besides those of positions; nothing of others."""
    if trackkind.decoded(path):
        return Report((), (), {"file": 0})
    try:
        return package.examine_file(
            path,
            layer=asked.reading["layer"],
            form=form,
            memory_bytes=asked.reading["memory_bytes"],
        )
    except GeoError:
        return Report((), (), {"file": 0})


def _said(
    path: Path, layers: Sequence[userdata.Layer], tracks: Mapping[str, TrackSet]
) -> tuple[str, ...]:
    """What the map draws a file of positions as, and how it reads them."""
    readings = dict.fromkeys(one.reading for one in tracks.values() if one.reading)
    return (
        *mapkind.words([path], layers, tracks),
        *(f"Reading: {reading}." for reading in readings),
        *trackmap.words(tracks),
    )


def _counted(layers: Sequence[userdata.Layer], tracks: Mapping[str, TrackSet]) -> dict[str, int]:
    """Rows of the file, and positions among them."""
    drawn = sum(map(len, tracks.values()))
    beside = sum(one.left_out + sum(one.apart.values()) for one in tracks.values())
    features = sum(len(one.features) for one in layers)
    return {"file": drawn + beside + features, "positions": drawn}


def _drawn_as_tracks(path: Path, asked: trackkind.Asked) -> bool:
    """Whether points that were found sound are drawn as tracks: a vessel and a time in each."""
    layers = userdata.read_all(path, **asked.reading)
    return any(trackkind.holds_positions(one.features) for one in layers)
