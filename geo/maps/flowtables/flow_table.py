"""A user's own table of flows between places, read with every fault and its row.

One row is one figure of what was moved from one place to another. Unknown is an empty cell; a
quantity of 0 is a zero somebody reported. Columns are those of a data folder's flows, or others
that are named for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import DataError, Fault, Lost, wording
from geo.files import days, intake
from geo.files.tables import Form, flags, numbers
from geo.maps import userdata
from geo.maps.flowtables import (
    flow_columns,
    flow_frames,
    flow_shapes,
    flow_sources,
)
from geo.maps.flowtables.flow_cells import (
    check_order,
    derived,
    typed,
    units_of,
    with_period,
)
from geo.maps.flowtables.flow_ends import capacities_of, legs_of, places_of
from geo.maps.flowtables.flow_faults import ENDS, Named, rows_said
from geo.maps.flowtables.flow_texts import columns_of, need, text_of

# What a table of flows may hold, and what it must.
FIELDS = (
    "flow", "corridor", "leg", "origin", "destination", "period", "period_start", "period_end",
    "commodity", "quantity", "quantity_low", "quantity_high", "unit", "basis", "rank", "note",
    "source", "mode", "via",
)  # fmt: skip
# Rows alike in these are one question; what differs beyond them is not read.
ALIKE = ("origin", "destination", "leg", "period_start", "period_end", "commodity", "kind")
OTHER = "column "  # before the heading of a column that is kept to choose by
MOST_OTHER, LONG = 60, 60  # values of such a column, and letters of one


@dataclass(frozen=True)
class FlowTable:
    """A table that was read and found sound, with what it is drawn on.

    `flows` has every column of FIELDS but `period`, with `row` (as a spreadsheet counts), `kind`
    (the base unit, "" unknown), `base` (the best figure in it) and `years`. `places` has `place`,
    `name_en`, … and points; `legs` has `leg`, `origin`, `destination` and lines; `capacities` the
    columns of CAPACITY_FIELDS. `stated` are the columns the file itself has; `inputs` hashes;
    `said` tells which columns are read as what, and which are not read; `apart` numbers the rows
    that are totals of others, by the reason.
    """

    file: str
    flows: pd.DataFrame
    places: gpd.GeoDataFrame
    legs: gpd.GeoDataFrame
    capacities: pd.DataFrame
    stated: frozenset[str]
    files: Mapping[str, str]
    inputs: Mapping[str, str]
    lost: tuple[Lost, ...] = ()
    said: tuple[str, ...] = ()
    apart: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def read(
    table: Path,
    *,
    places: Path | None = None,
    legs: Path | None = None,
    capacities: Path | None = None,
    columns: Mapping[str, str] | None = None,
    unit: str = "",
    date_format: str = "",
    on_error: str = "stop",
    layer: str = "",
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> FlowTable:
    """Read a table of flows with its places and, where given, the legs and capacities it runs on.

    Without `places` the file itself says where they lie: by coordinates of both ends in each row,
    or in a sheet `locations` beside the sheet `flows`. `form` is how the user says it is written.

    `columns` names the file's own column for a field of FIELDS; `unit` holds where the table gives
    none; `date_format` is how dates are written, as strptime has it ("" for yyyy-mm-dd, yyyy-mm,
    yyyy-Q1 or yyyy). on_error: "skip" leaves rows that have a fault in `lost`; `layer` names one of
    several sheets. Raises DataError with every fault of all files, GeoError when one cannot be
    read.
    """
    given = {"table": table, "places": places or table, "legs": legs, "capacities": capacities}
    own = Form.of(form, layer)
    found = flow_sources.read(table, places, own, columns or {}, memory_bytes=memory_bytes)
    made = _table(
        _Held(found, legs, capacities, columns or {}, unit, date_format, own), table, on_error
    )
    return replace(
        made,
        files={role: path.name for role, path in given.items() if path},
        inputs={path.name: userdata.digest(path) for path in given.values() if path},
    )


def of_frames(
    flows: pd.DataFrame,
    *,
    places: gpd.GeoDataFrame | None,
    name: str = "flows",
    columns: Mapping[str, str] | None = None,
    unit: str = "",
    date_format: str = "",
    on_error: str = "stop",
) -> FlowTable:
    """The same of frames; `row` counts from 0, as `iloc` does, and no file is named as a source.

    places: points or areas in EPSG:4326, None where the rows hold the coordinates of both ends.
    Raises DataError with every fault.
    """
    found = flow_frames.source(flows, places, name, columns or {})
    held = _Held(found, None, None, columns or {}, unit, date_format, Form())
    return replace(_table(held, name, on_error), files={"table": name, "places": found.file})


def _table(held: _Held, named_as: str | Path, on_error: str) -> FlowTable:
    """The table of what is held, without the files that it came from."""
    whole = held.source.cells
    lost: dict[int, Lost] = {}
    named, parts = _judge(whole, lost, held)
    while on_error == "skip" and (bad := named.bad_rows()):
        lost |= {row: _lost(row, faults, whole) for row, faults in bad.items()}
        named, parts = _judge(whole, lost, held)
    if named.faults:
        faults = named.merged()
        raise DataError(f"{named_as}: {len(faults)} fault(s)", faults=faults)
    flows, points, lines, stored = parts
    said = (*whole.said, *held.source.said, *flows.attrs.get("said", ()), *points.attrs["said"])
    return FlowTable(
        whole.file,
        flows,
        points,
        lines,
        stored,
        frozenset(flows.attrs.get("stated", ())),
        {},
        {},
        tuple(lost[row] for row in sorted(lost)),
        tuple(dict.fromkeys(said)),
        flows.attrs.get("apart", {}),
    )


@dataclass(frozen=True)
class _Held:
    """What a table is read against, and how."""

    source: flow_sources.Source
    legs: Path | None
    capacities: Path | None
    columns: Mapping[str, str]
    unit: str
    date_format: str
    form: Form


def _judge(
    whole: userdata.Cells, lost: Mapping[int, Lost], held: _Held
) -> tuple[Named, tuple[pd.DataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]]:
    """The faults of the rows that are not yet lost, and what they give."""
    named = Named(whole.file, unit=held.unit, date_format=held.date_format, form=held.form)
    kept = [(row, cells) for row, cells in whole.rows if row not in lost]
    flows = _flows(named, replace(whole, rows=kept), held)
    points = places_of(named, held.source.places, flows, held.source.file)
    lines = legs_of(named, held.legs)
    stored = capacities_of(named, held.capacities)
    told = {(fault.file, fault.field) for fault in named.faults}
    if not any(file == held.source.file or field in ENDS for file, field in told):
        named.check_places(flows, points)
    if not named.faults:
        flows = named.match_legs(flows, lines)
    return named, (flows, points, lines, stored)


def _lost(row: int, faults: Sequence[Fault], whole: userdata.Cells) -> Lost:
    return Lost(f"row {row}", whole.raw.get(row, ""), tuple(faults))


# --- faults --------------------------------------------------------------------------------------


# --- the table -----------------------------------------------------------------------------------


def _flows(named: Named, cells: userdata.Cells, held: _Held) -> pd.DataFrame:
    """The typed table of flows; faults go to `named`."""
    columns = held.columns
    for row, problem in held.source.problems:
        named.say(row, *problem)
    shape = flow_shapes.shaped(cells, columns, held.source.names)
    for doubt in shape.doubts:
        named.say(None, doubt.heading, doubt.value, *doubt.wording, where="header")
    named.semicolons = cells.delimiter == ";"
    texts = [list(one) for one in zip(*_whole(cells), strict=True)]
    named.eurostat = flags.of_eurostat(cells.header, texts)
    bare = (flags.marked(own, eurostat=named.eurostat).values for own in texts)
    named.evidence = numbers.evidence(bare)
    cells = shape.cells
    found = columns_of(named, cells, columns, FIELDS)
    either: tuple[str, ...] = () if "leg" in found.at else ("origin", "destination")
    need(named, cells, found.at, (*either, "quantity"), found.said)
    text = with_period(text_of(named, cells, found.at, (*FIELDS, *flow_columns.PARTS)), found.at)
    stated = [name for name in FIELDS if text[name].ne("").any()]
    table = typed(named, text).assign(unit=units_of(named, text, found))
    check_order(named, table)
    made = derived(table)
    _check_sums(named, made, cells, found.open_)
    made = made.assign(**_others(cells, found.unread, made["row"]))
    said = (*shape.said, *found.said, *named.said)
    made.attrs |= {"stated": stated, "said": said, "apart": shape.apart}
    return made


def _whole(cells: userdata.Cells) -> list[list[str]]:
    """The rows that are as wide as the header."""
    return [row for _, row in cells.rows if len(row) == len(cells.header)]


def _others(
    cells: userdata.Cells, unread: Sequence[str], rows: Iterable[int]
) -> dict[str, list[str]]:
    """What stands in columns of few short words that no field is read from, by row."""
    found: dict[str, list[str]] = {}
    values = dict(cells.rows)
    order = list(rows)
    for heading in unread:
        n = cells.header.index(heading)
        own = [values[row][n] if n < len(values[row]) else "" for row in order]
        once = set(own) - {""}
        again = len(once) < len(own) or all(map(days.is_hour, once))
        if again and 1 < len(once) <= MOST_OTHER and max(map(len, once)) <= LONG:
            found[f"{OTHER}{heading}"] = own
    return found


def _check_sums(
    named: Named, table: pd.DataFrame, cells: userdata.Cells, open_: Mapping[int, str]
) -> None:
    """Nothing is added up over what looks like a period or a cargo and is not read."""
    values = dict(cells.rows)
    first = table[table["rank"] == 1]
    for n, kind in open_.items():
        heading = cells.header[n]
        cased = [values[r][n] if n < len(values[r]) else "" for r in first["row"]]
        keys = [] if kind == "direction" else list(ALIKE)
        mixed = _mixed(first.assign(own=[text.casefold() for text in cased]), keys)
        if mixed and kind == "direction":
            named.say(None, heading, "", *wording("flow.both-directions"), where="header")
        elif mixed:
            word = "cargo" if kind == "commodity" else kind
            why = wording("flow.column-not-read", word=word, field=kind, heading=repr(heading))
            named.say(None, heading, "", *why, where=rows_said(mixed))


def _mixed(table: pd.DataFrame, keys: Sequence[str]) -> list[int]:
    """Rows alike in the keys whose column `own` has several values."""
    if not keys:
        return list(table["row"]) if table["own"].nunique() > 1 else []
    several = table.groupby(list(keys), dropna=False)["own"].transform("nunique") > 1
    return [int(row) for row in table.loc[several, "row"]]


# --- periods -------------------------------------------------------------------------------------


# --- places, legs, capacities --------------------------------------------------------------------
