"""A user's own table of flows between places, read with every fault and its row.

One row is one figure of what was moved from one place to another. Unknown is an empty cell; a
quantity of 0 is a zero somebody reported. Columns are those of a data folder's flows, or others
that are named for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.account import flows as amounts
from geo.errors import DataError, Fault, Lost, wording
from geo.files import days, headings, intake
from geo.files.tables import Form, flags, numbers
from geo.files.tables.rows import wrong_width
from geo.maps import userdata
from geo.maps.flowtables import (
    flow_columns,
    flow_dates,
    flow_frames,
    flow_shapes,
    flow_sources,
)
from geo.scene import style

# What a table of flows may hold, and what it must.
FIELDS = (
    "flow", "corridor", "leg", "origin", "destination", "period", "period_start", "period_end",
    "commodity", "quantity", "quantity_low", "quantity_high", "unit", "basis", "rank", "note",
    "source", "mode", "via",
)  # fmt: skip
CAPACITY_FIELDS = (
    "capacity", "corridor", "leg", "commodity", "quantity", "unit", "per", "kind", "basis",
    "valid_from", "valid_to", "rank", "note", "source",
)  # fmt: skip
PLACE_KEYS = headings.names("place")
LEG_KEYS = ("leg", "id", "code", "name", "name_en")
ENDS = ("origin", "destination")
AMOUNTS = ("quantity", "quantity_low", "quantity_high")
# Rows alike in these are one question; what differs beyond them is not read.
ALIKE = ("origin", "destination", "leg", "period_start", "period_end", "commodity", "kind")
OTHER = "column "  # before the heading of a column that is kept to choose by
MOST_OTHER, LONG = 60, 60  # values of such a column, and letters of one
NAMED_ROWS = 8  # rows a fault names before it only counts them


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
    places: gpd.GeoDataFrame,
    name: str = "flows",
    columns: Mapping[str, str] | None = None,
    unit: str = "",
    date_format: str = "",
    on_error: str = "stop",
) -> FlowTable:
    """The same of frames; `row` counts from 0, as `iloc` does, and no file is named as a source.

    places: points or areas in EPSG:4326. Raises DataError with every fault.
    """
    found = flow_frames.source(flows, places, name)
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
) -> tuple[_Named, tuple[pd.DataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]]:
    """The faults of the rows that are not yet lost, and what they give."""
    named = _Named(whole.file, unit=held.unit, date_format=held.date_format, form=held.form)
    kept = [(row, cells) for row, cells in whole.rows if row not in lost]
    flows = _flows(named, replace(whole, rows=kept), held)
    points = _places(named, held.source.places, flows, held.source.file)
    lines = _legs(named, held.legs)
    stored = _capacities(named, held.capacities)
    told = {(fault.file, fault.field) for fault in named.faults}
    if not any(file == held.source.file or field in ENDS for file, field in told):
        named.check_places(flows, points)
    if not named.faults:
        flows = named.match_legs(flows, lines)
    return named, (flows, points, lines, stored)


def _lost(row: int, faults: Sequence[Fault], whole: userdata.Cells) -> Lost:
    return Lost(f"row {row}", whole.raw.get(row, ""), tuple(faults))


# --- faults --------------------------------------------------------------------------------------


@dataclass
class _Named:
    """What is being read; faults gather with their rows until all files were seen."""

    file: str
    unit: str = ""
    date_format: str = ""
    form: Form = field(default_factory=Form)
    evidence: str = ""
    semicolons: bool = False
    eurostat: bool = False
    said: list[str] = field(default_factory=list)
    faults: dict[Fault, list[int]] = field(default_factory=dict)

    def say(
        self,
        row: int | None,
        name: str,
        value: str,
        problem: str,
        remedy: str,
        code: str,
        *,
        file: str = "",
        where: str = "",
    ) -> None:
        """Note a fault of a row, or of the place that `where` names, worded by `errors.wording`."""
        rows = self.faults.setdefault(
            Fault(file or self.file, where, name, value, problem, remedy, code), []
        )
        rows += [row] if row is not None else []

    def bad_rows(self) -> dict[int, list[Fault]]:
        """Faults of the table by their row."""
        found: dict[int, list[Fault]] = {}
        for fault, rows in self.faults.items():
            for row in rows if fault.file == self.file else ():
                found.setdefault(row, []).append(replace(fault, where=f"row {row}"))
        return found

    def merged(self) -> list[Fault]:
        """Every fault once, with the rows it stands in."""
        return [replace(f, where=rows_said(rows) or f.where) for f, rows in self.faults.items()]

    def check_places(self, flows: pd.DataFrame, places: gpd.GeoDataFrame) -> None:
        """Every end of a flow must be a known place; an end may be empty where a leg is named."""
        known = set(places["place"])
        for end in ENDS:
            for row, value, leg in zip(flows["row"], flows[end], flows["leg"], strict=True):
                if value and value not in known:
                    said = wording("flow.no-such-place", file=places.attrs["file"])
                    self.say(row, end, value, *said)
                if not value and not leg:
                    self.say(row, end, "", *wording("flow.no-end-and-no-leg"))

    def match_legs(self, flows: pd.DataFrame, legs: gpd.GeoDataFrame) -> pd.DataFrame:
        """The flows with `leg` (known legs only) and `direction` along it; 1 where it has none."""
        ends = {row.leg: (row.origin, row.destination) for row in legs.itertuples()}
        joining: dict[frozenset[str], list[str]] = {}
        for leg, pair in ends.items():
            if all(pair):
                joining.setdefault(frozenset(pair), []).append(leg)
        found = [self._leg(row, ends, joining) for row in flows.itertuples()]
        names, ways = zip(*found, strict=True) if found else ((), ())
        made = flows.assign(leg=list(names), direction=list(ways))
        starts = [ends[leg][0] if leg in ends else "" for leg in names]
        stops = [ends[leg][1] if leg in ends else "" for leg in names]
        unsaid = (made["origin"] == "") & (made["destination"] == "")
        return made.assign(
            origin=made["origin"].where(~unsaid, starts),
            destination=made["destination"].where(~unsaid, stops),
        )

    def _leg(
        self,
        row: Any,
        ends: Mapping[str, tuple[str, str]],
        joining: Mapping[frozenset[str], Sequence[str]],
    ) -> tuple[str, int]:
        if row.leg and ends and row.leg not in ends:
            self.say(row.row, "leg", row.leg, *wording("flow.no-such-leg"))
        if row.leg in ends:
            return row.leg, _direction(row.origin, row.destination, *ends[row.leg])
        pair = frozenset((row.origin, row.destination))
        fits = joining.get(pair, ()) if row.origin and row.destination else ()
        if len(fits) > 1:
            said = wording("flow.several-legs", legs=", ".join(fits))
            self.say(row.row, "leg", f"{row.origin} – {row.destination}", *said)
        if len(fits) != 1:
            if not (row.origin and row.destination):
                self.say(row.row, "leg", row.leg, *wording("flow.one-end-empty"))
            return "", int(row.origin != row.destination)
        return fits[0], _direction(row.origin, row.destination, *ends[fits[0]])


def _direction(origin: str, destination: str, start: str, end: str) -> int:
    """1 along a leg from start to end, -1 against it, 0 where the ends do not say."""
    if origin == destination:
        return 0
    if (origin and origin == start) or (destination and destination == end):
        return 1
    if (origin and origin == end) or (destination and destination == start):
        return -1
    return 0


def rows_said(rows: Sequence[int]) -> str:
    """'row 3', 'rows 3, 4 and 7', 'rows 3, 4, … and 40 more'."""
    rows = list(dict.fromkeys(rows))  # a row of several figures is one
    shown, more = [str(n) for n in rows[:NAMED_ROWS]], len(rows) - NAMED_ROWS
    if len(shown) < 2:
        return f"row {shown[0]}" if shown else ""
    if more > 0:
        return f"rows {', '.join(shown)} and {more} more"
    return f"rows {', '.join(shown[:-1])} and {shown[-1]}"


# --- the table -----------------------------------------------------------------------------------


def _flows(named: _Named, cells: userdata.Cells, held: _Held) -> pd.DataFrame:
    """The typed table of flows; faults go to `named`."""
    columns = held.columns
    for row, problem in held.source.problems:
        named.say(row, *problem)
    shape = flow_shapes.shaped(cells, columns, held.source.names)
    for doubt in shape.doubts:
        named.say(None, doubt.heading, doubt.value, *doubt.wording, where="header")
    named.semicolons = cells.delimiter == ";"
    columns_of = [list(one) for one in zip(*_whole(cells), strict=True)]
    named.eurostat = flags.of_eurostat(cells.header, columns_of)
    bare = (flags.marked(own, eurostat=named.eurostat).values for own in columns_of)
    named.evidence = numbers.evidence(bare)
    cells = shape.cells
    found = _columns(named, cells, columns, FIELDS)
    either: tuple[str, ...] = () if "leg" in found.at else ("origin", "destination")
    _need(named, cells, found.at, (*either, "quantity"), found.said)
    text = _with_period(_text(named, cells, found.at, (*FIELDS, *flow_columns.PARTS)), found.at)
    stated = [name for name in FIELDS if text[name].ne("").any()]
    table = _typed(named, text).assign(unit=_units(named, text, found))
    _check_order(named, table)
    made = _derived(table)
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


def _typed(named: _Named, text: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers, days, ranks and bases; `timed` rows have a time of day."""
    starts, ends, timed = _periods(named, text)
    text = _unflagged(named, text)
    return text.drop(columns=["period", *flow_columns.PARTS]).assign(
        **{name: _numbers(named, text, name) for name in AMOUNTS},
        period_start=pd.to_datetime(pd.Series(starts, index=text.index, dtype="datetime64[s]")),
        period_end=pd.to_datetime(pd.Series(ends, index=text.index, dtype="datetime64[s]")),
        timed=timed,
        rank=_ranks(named, text),
        basis=_bases(named, text),
    )


def _unflagged(named: _Named, text: pd.DataFrame) -> pd.DataFrame:
    """The table without the marks beside its numbers, which are said."""
    found = {name: flags.marked(list(text[name]), eurostat=named.eurostat) for name in AMOUNTS}
    for name, own in found.items():
        named.said += flags.said(name, own)
    return text.assign(**{name: own.values for name, own in found.items()})


def _with_period(text: pd.DataFrame, at: Mapping[str, int]) -> pd.DataFrame:
    """The table with one text for the period of a row, whose parts stand in several columns."""
    made: list[str] = list(text["period"])
    if "year" in at:
        parts = (text[name] for name in ("year", "quarter", "month", "day"))
        made = [days.composed(*row) for row in zip(*parts, strict=True)]
    if "hour" in at:
        made = [days.with_clock(*row) for row in zip(made, text["hour"], strict=True)]
    return text.assign(period=made)


def _check_sums(
    named: _Named, table: pd.DataFrame, cells: userdata.Cells, open_: Mapping[int, str]
) -> None:
    """Nothing is added up over what looks like a period or a cargo and is not read."""
    values = dict(cells.rows)
    first = table[table["rank"] == 1]
    for n, kind in open_.items():
        heading = cells.header[n]
        own = first.assign(own=[values[r][n] if n < len(values[r]) else "" for r in first["row"]])
        keys = [] if kind == "direction" else list(ALIKE)
        mixed = _mixed(own.assign(own=own["own"].str.casefold()), keys)
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


def _derived(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the best figure in its base unit, and the length of each period."""
    best = amounts.best(table)
    kinds = [amounts.unit_kind(unit) for unit in table["unit"]]
    base = [amounts.convert(q, u, k) for q, u, k in zip(best, table["unit"], kinds, strict=True)]
    return table.assign(kind=kinds, base=base, years=amounts.years(table))


def _columns(
    named: _Named, cells: userdata.Cells, given: Mapping[str, str], fields: Sequence[str]
) -> flow_columns.Columns:
    """Which column is which field, by its heading or a name given; faults go to `named`."""
    header = cells.header
    for name in sorted({h for h in header if h and header.count(h) > 1}):
        said = wording("column.named-twice")
        named.say(None, name, "", *said, file=cells.file, where="header")
    for name, theirs in given.items():
        if name not in (*fields, *flow_columns.PARTS):
            said = wording("option.no-such-field", known=", ".join(fields))
            named.say(None, name, "", *said, where="--column")
        elif theirs not in header and theirs != flow_columns.NONE:
            said = wording("option.no-such-column", known=", ".join(header))
            named.say(None, name, theirs, *said, where="--column")
    return flow_columns.chosen(cells, given, fields)


def _need(
    named: _Named,
    cells: userdata.Cells,
    at: Mapping[str, int],
    needed: Sequence[str],
    said: Sequence[str] = (),
    *,
    case: str = "",
) -> None:
    """Say which of the columns that must be there are not."""
    hints = [sentence for sentence in said if "a year in the heading" in sentence]
    for name in needed:
        if name not in at:
            told = ". ".join([", ".join(cells.header), *(hints if name == "quantity" else [])])
            why = wording("column.not-found", case=case, field=name, known=told)
            named.say(None, name, "", *why, file=cells.file, where="header")


def _text(
    named: _Named, cells: userdata.Cells, at: Mapping[str, int], fields: Sequence[str]
) -> pd.DataFrame:
    """Every field as text, "" where the file has none, with `row`; ragged rows are faults."""
    width = len(cells.header)
    for row, values in cells.rows:
        if len(values) != width:
            said = wrong_width(width, cells.delimiter)
            named.say(row, "", f"{len(values)} cells", *said, file=cells.file)
    rows = [(row, [*values, *[""] * width]) for row, values in cells.rows]
    if not rows:
        named.say(None, "", "", *wording("table.no-rows"), file=cells.file)
    columns = {
        name: [values[at[name]] if name in at else "" for _, values in rows] for name in fields
    }
    return pd.DataFrame({"row": [row for row, _ in rows], **columns}).astype(
        dict.fromkeys(fields, "object")
    )


def _numbers(named: _Named, text: pd.DataFrame, name: str, *, file: str = "") -> list[float]:
    """A column of numbers at or above zero, under one decimal sign; NaN where unknown."""
    own = numbers.column(
        text[name], stated=named.form.sign, elsewhere=named.evidence, semicolons=named.semicolons
    )
    if own.example and (not own.decimal or own.split):
        named.say(None, name, *numbers.doubt(own), where="every row", file=file)
        return [float("nan")] * len(text)
    named.said += numbers.said(name, own)
    made, blanks = [], []
    for row, value in zip(text["row"], text[name], strict=True):
        number = float("nan")
        if numbers.unknown(value):
            blanks += [value] if value else []
        else:
            number = _number(named, row, name, value, own.decimal or ".", file)
        made.append(number)
    if blanks:
        said = ", ".join(dict.fromkeys(blanks))
        count = f"{len(blanks):,} cells" if len(blanks) > 1 else "one cell"
        named.said.append(f"{name}: {said} is read as unknown, in {count}.")
    return made


def _number(named: _Named, row: int, name: str, value: str, decimal: str, file: str) -> float:
    plain = numbers.read(value, decimal)
    if not plain:
        named.say(row, name, value, *wording("number.not-plain"), file=file)
        return float("nan")
    number = float(plain)
    if number < 0 or number == float("inf"):
        code = "flow.below-zero" if number < 0 else "number.not-finite"
        named.say(row, name, value, *wording(code), file=file)
    return number


def _ranks(named: _Named, text: pd.DataFrame, *, file: str = "") -> list[int]:
    for row, value in zip(text["row"], text["rank"], strict=True):
        if value and not (value.isascii() and value.isdigit() and int(value) > 0):
            named.say(row, "rank", value, *wording("figure.rank-unknown"), file=file)
    return [int(v) if v.isascii() and v.isdigit() else 1 for v in text["rank"]]


def _bases(named: _Named, text: pd.DataFrame, *, file: str = "") -> list[str]:
    """How each figure is known; a table that does not say reports what it holds."""
    for row, value in zip(text["row"], text["basis"], strict=True):
        if value and value not in style.WEAKNESS:
            said = wording("figure.basis-unknown", known=", ".join(style.WEAKNESS))
            named.say(row, "basis", value, *said, file=file)
    return [value or "reported" for value in text["basis"]]


def _units(named: _Named, text: pd.DataFrame, found: flow_columns.Columns) -> list[str]:
    """The unit of each row: its own, the one given for all, or that of the heading."""
    stated = (text[list(AMOUNTS)] != "").any(axis=1)
    made = [value or named.unit or found.unit for value in text["unit"]]
    for row, unit, own, known in zip(text["row"], made, text["unit"], stated, strict=True):
        if known and not unit:
            named.say(row, "unit", "", *wording("flow.unit-unknown"))
        if own and found.unit and own != found.unit:
            said = wording("flow.unit-unlike-heading", unit=found.unit)
            named.say(row, "unit", own, *said)
    if named.unit and len(text) and text["unit"].ne("").all():
        said = wording("option.unit-without-effect")
        named.say(None, "unit", named.unit, *said, where="--unit")
    return made


def _check_order(named: _Named, table: pd.DataFrame) -> None:
    """Bounds and periods in order."""
    pairs = [("quantity_low", "quantity"), ("quantity", "quantity_high")]
    pairs += [("quantity_low", "quantity_high"), ("period_start", "period_end")]
    for low, high in pairs:
        wrong = table[table[high] < table[low]]
        for row, first, second in zip(wrong["row"], wrong[low], wrong[high], strict=True):
            said = [v.date() if isinstance(v, pd.Timestamp) else v for v in (first, second)]
            why = wording("flow.order-reversed", first=low, value=said[0])
            named.say(row, high, f"{said[1]}", *why)


# --- periods -------------------------------------------------------------------------------------


def _periods(named: _Named, text: pd.DataFrame) -> tuple[list[object], list[object], list[bool]]:
    """First and last day of each row, NaT where not stated, and whether they are times of day."""
    spans: dict[tuple[str, str], days.Days | None] = {}
    starts: list[object] = []
    ends: list[object] = []
    timed: list[bool] = []
    clear = _without_doubt(named, text)
    columns = [clear[name] for name in ("row", "period", "period_start", "period_end")]
    for row, *cells in zip(*columns, strict=True):
        given = dict(zip(("period", "period_start", "period_end"), cells, strict=True))
        span = {n: _span(named, row, n, v, spans) for n, v in given.items()}
        either = span["period"] or (pd.NaT, pd.NaT)
        starts.append(span["period_start"][0] if span["period_start"] else either[0])
        ends.append(span["period_end"][1] if span["period_end"] else either[1])
        timed.append(any(days.has_clock(v, named.date_format) for v in cells if v))
    _check_format(named, text)
    by_hour = any(
        moment != _midnight(moment) for moment in (*starts, *ends) if moment is not pd.NaT
    )
    return starts, ends, [by_hour and one for one in timed]


def _without_doubt(named: _Named, text: pd.DataFrame) -> pd.DataFrame:
    """The table without columns of days that read two ways: they are named, with both readings."""
    for name in ("period", "period_start", "period_end") if not named.date_format else ():
        read = days.with_century([*text[name]])
        if read:
            first = next(iter(read))
            named.said.append(f"{name}: {first} is read as {read[first]}.")
            text = text.assign(**{name: text[name].replace(read)})
        found = flow_dates.doubt(text[name])
        if found:
            for row in text.loc[text[name] != "", "row"]:
                named.say(row, name, found.value, *found.wording)
            text = text.assign(**{name: ""})
    return text


def _midnight(moment: Any) -> Any:
    return moment.normalize()


def _check_format(named: _Named, text: pd.DataFrame) -> None:
    """A format of dates where no cell holds one is an option without effect."""
    dates = text[["period", "period_start", "period_end"]]
    if named.date_format and len(text) and not (dates != "").to_numpy().any():
        said = wording("option.date-format-without-effect")
        named.say(None, "date-format", named.date_format, *said, where="--date-format")


def _span(
    named: _Named,
    row: int,
    name: str,
    value: str,
    known: dict[tuple[str, str], days.Days | None],
) -> days.Days | None:
    """The days a date or period covers; None where empty or, with a fault, not readable."""
    if not value:
        return None
    key = (name, value)
    if key not in known:
        known[key] = days.days_of(value, named.date_format)
    if known[key] is None:
        how = named.date_format or days.FORMS
        named.say(row, name, value, *wording("date.not-readable", how=how, field=name))
    return known[key]


# --- places, legs, capacities --------------------------------------------------------------------


def _places(
    named: _Named, frame: gpd.GeoDataFrame, flows: pd.DataFrame, file: str
) -> gpd.GeoDataFrame:
    """The places by the name the table gives them, of an area a point inside; faults for lines."""
    wanted = set(flows["origin"]) | set(flows["destination"])
    made = _keyed(frame, PLACE_KEYS, wanted, "place")
    areas = frame.geometry.geom_type.isin(("Polygon", "MultiPolygon")).to_numpy()
    for number, shape in enumerate(frame.geometry, 1):
        if not areas[number - 1] and (
            shape is None or shape.is_empty or shape.geom_type != "Point"
        ):
            kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
            named.say(
                None, "geometry", kind, *wording("place.not-a-point"),
                file=file, where=f"feature {number}",
            )  # fmt: skip
    used = made["place"].isin(wanted)
    for name in made.loc[used & made["place"].duplicated(), "place"]:
        named.say(None, "place", name, *wording("place.named-twice"), file=file)
    inside = made.geometry.where(~areas, made.geometry.representative_point())
    made = made.set_geometry(inside)
    made = made[made["place"].ne("") & ~made["place"].duplicated()].reset_index(drop=True)
    said = f"Places of {file} are areas: each is drawn as a point inside it."
    made.attrs |= {"file": file, "said": (said,) if areas.any() else ()}
    return made


def _keyed(
    frame: gpd.GeoDataFrame, keys: Sequence[str], wanted: Iterable[str], name: str
) -> gpd.GeoDataFrame:
    """The frame as text with `name` from the column that holds most of what is wanted."""
    texts = frame.drop(columns=frame.geometry.name).map(_plain)
    lower = {str(column).lower(): column for column in texts.columns}
    first = [lower[key] for key in keys if key in lower]
    rest = [column for column in texts.columns if column not in first]
    known = set(wanted) - {""}
    best = max([*first, *rest], key=lambda c: len(known & set(texts[c])), default=None)
    found = texts[best] if best is not None else ""
    return gpd.GeoDataFrame(texts.assign(**{name: found}), geometry=frame.geometry, crs=frame.crs)


def _plain(value: Any) -> str:
    """A property as text: "" where there is none, 5 for 5.0."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is pd.NA or value is pd.NaT else str(value).strip()


def _legs(named: _Named, path: Path | None) -> gpd.GeoDataFrame:
    """Legs by their id, with the ends they join; faults for shapes that are no lines."""
    if path is None:
        return gpd.GeoDataFrame({"leg": [], "origin": [], "destination": []}, geometry=[])
    frame = userdata.read(path).features
    made = _keyed(frame, LEG_KEYS, (), "leg")
    made = made.assign(**{c: made.get(c, "") for c in ("origin", "destination")})
    for number, (shape, name) in enumerate(zip(frame.geometry, made["leg"], strict=True), 1):
        where = f"feature {number}"
        if shape is None or shape.is_empty or "LineString" not in shape.geom_type:
            kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
            said = wording("leg.not-a-line")
            named.say(None, "geometry", kind, *said, file=path.name, where=where)
        if not name:
            said = wording("leg.without-id")
            named.say(None, "leg", "", *said, file=path.name, where=where)
    for name in made.loc[made["leg"].ne("") & made["leg"].duplicated(), "leg"]:
        named.say(None, "leg", name, *wording("leg.id-twice"), file=path.name)
    return made


def _capacities(named: _Named, path: Path | None) -> pd.DataFrame:
    """What could move on legs, typed; faults go to `named`."""
    if path is None:
        return pd.DataFrame(columns=list(CAPACITY_FIELDS))
    cells = userdata.cells(path)
    at = _columns(named, cells, {}, CAPACITY_FIELDS).at
    _need(named, cells, at, ("leg", "quantity", "unit", "per"), case="capacities")
    text = _text(named, cells, at, CAPACITY_FIELDS)
    for row, per in zip(text["row"], text["per"], strict=True):
        if per and not per.isalpha():
            named.say(row, "per", per, *wording("capacity.per-unknown"), file=path.name)
    return text.assign(
        quantity=_numbers(named, text, "quantity", file=path.name),
        rank=_ranks(named, text, file=path.name),
        basis=_bases(named, text, file=path.name),
        valid_from=_dates(named, text, "valid_from", first=True, file=path.name),
        valid_to=_dates(named, text, "valid_to", first=False, file=path.name),
        capacity=[
            name or f"row-{row}" for name, row in zip(text["capacity"], text["row"], strict=True)
        ],
    )


def _dates(named: _Named, text: pd.DataFrame, name: str, *, first: bool, file: str) -> pd.Series:
    made: list[object] = []
    for row, value in zip(text["row"], text[name], strict=True):
        span = days.days_of(value) if value else None
        if value and span is None:
            said = wording("date.not-readable", case="capacities")
            named.say(row, name, value, *said, file=file)
        made.append(pd.NaT if span is None else span[0 if first else 1])
    return pd.to_datetime(pd.Series(made, index=text.index, dtype="datetime64[s]"))
