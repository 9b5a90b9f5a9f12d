"""What a file is drawn as, features, flows or positions, and why.

Takes files and what was read of them; gives one line for each, in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo.checking import userfile, vectors
from geo.errors import DataError, Fault, GeoError, wording
from geo.files import headings
from geo.files.tables import Form, reader
from geo.maps import userdata
from geo.maps.flowtables import flow_shapes
from geo.maps.tracks import trackkind
from geo.tracks import definitions, dialects
from geo.tracks.trackset import TrackSet

__all__ = ["flow_columns", "refuse_flows", "refuse_positions", "unplaced", "words"]

_ROWS = "its rows hold vessel, time and place"
_PLACE = ("lon", "lat")
_SHAPES = ("geometry", "wkt", "geojson", "mgrs")  # one column that is a place or a line by itself


def flow_columns(path: Path, form: Form | None = None) -> tuple[str, ...]:
    """The columns that make a table one of flows; none where it is another, or cannot be read."""
    cells = _top(path, form)
    if cells is None:
        return ()
    names = cells.header
    shapes = [one for field in _SHAPES for one in headings.ranked(field, names)]
    if all(headings.ranked(field, names) for field in _PLACE) or shapes:
        return ()
    return flow_shapes.columns(cells)


def _top(path: Path, form: Form | None) -> userdata.Cells | None:
    """The first rows of a table of texts, a sheet or, its columns alone, a Parquet file."""
    if not path.is_file():
        return None
    if path.suffix.lower() in userfile.PARQUET:
        return userdata.Cells(path.name, trackkind.columns(path), [])
    try:
        known = path.suffix.lower() in reader.ENDINGS
        return userdata.Cells.of(reader.top(path, form)) if known else None
    except GeoError:
        return None


def refuse_flows(paths: Sequence[Path], form: Form | None = None) -> None:
    """Raise DataError for a table of flows without the points that it names."""
    for path in paths:
        columns = flow_columns(path, form)
        if columns:
            raise DataError(f"{path}: 1 fault(s)", faults=[unplaced(path, columns)])


def unplaced(path: Path, columns: Sequence[str]) -> Fault:
    """The fault of flows without the points that they name."""
    said = wording("flow.places-not-held")
    return Fault(path.name, "header", ", ".join(columns), "", *said)


def refuse_positions(path: Path) -> None:
    """Raise GeoError for a file of positions where a table of flows is asked for."""
    if not flow_columns(path) and trackkind.recognised(path, trackkind.Asked()):
        raise GeoError(
            f"{path}: positions, as {_reason(path)}; "
            "--places goes with a table of flows: leave it out"
        )


def words(
    paths: Sequence[Path], layers: Sequence[userdata.Layer], tracks: Mapping[str, TrackSet]
) -> list[str]:
    """A line for each file: what it is drawn as, and why.

    layers, tracks: what `trackmap.sorted_out` made of the files.
    """
    return [_line(path, layers, tracks) for path in paths]


def _line(path: Path, layers: Sequence[userdata.Layer], tracks: Mapping[str, TrackSet]) -> str:
    file = vectors.split(path)[0].name
    own = [one for one in tracks.values() if file in one.inputs]
    points = [one for one in layers if one.file == file]
    if not own:
        return f"{path.name}: features, as {_no_tracks(points)}"
    if own[0].time_s is None:
        return (
            f"{path.name}: lines drawn as tracks, as they have {trackkind.MANY:,} vertices or more"
        )
    rest = "; rows that name no vessel are features" if points else ""
    why = definitions.said(_why(own[0].reading), own[0].kind)
    return f"{path.name}: positions, as {why}{rest}"


def _why(reading: str) -> str:
    """Why rows were read as positions, by what their reader said."""
    dialect = re.match(r"dialect (\S+): ", reading)
    if dialect:
        return f"its columns are those of the dialect {dialect[1]}"
    return "it holds sentences of AIS" if reading.startswith("NMEA") else _ROWS


def _reason(path: Path) -> str:
    """Why a file holds positions."""
    fitting = dialects.fitting(trackkind.columns(path))
    if fitting:
        return f"its columns are those of the dialect {fitting[0].name}"
    if trackkind.recognised(path, trackkind.Asked()):
        return _ROWS
    return "the options say which columns they stand in"


def _no_tracks(layers: Sequence[userdata.Layer]) -> str:
    """Why features are not tracks: by their geometry, or for want of a column."""
    kinds = {str(kind) for one in layers for kind in one.features.geom_type.dropna()}
    if kinds - {"Point"}:
        return f"it holds geometries of the kind {', '.join(sorted(kinds))}"
    return "no columns hold a vessel with times"
