"""Where flows and their places come from: two files, one workbook, or rows of both ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.account import words
from geo.errors import DataError, Fault, GeoError, wording
from geo.files import feed, headings, intake
from geo.files.sheets import Sheet
from geo.files.tables import Form, positions, reader
from geo.maps import userdata
from geo.maps.userdata import Cells

__all__ = ["Source", "holds_places", "paired", "read"]

_FLOWS, _LOCATIONS, _ABOUT = "flows", "locations", "properties"
_COUNT, _QUANTITY = "count", "quantity"
_ROUTES = 60  # routes that rows are told apart by, for a reader to choose from
_APART_DEG = 0.01  # one name at two positions farther apart than this is two places
Problem = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Source:
    """The rows of a table of flows, and the places they name, from `file`.

    `problems` are rows whose own coordinates are none.
    """

    cells: Cells
    places: gpd.GeoDataFrame
    file: str
    said: tuple[str, ...] = ()
    problems: tuple[tuple[int, Problem], ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Everything that the places are called by."""
        table = self.places.drop(columns=self.places.geometry.name)
        return frozenset(str(value).strip() for column in table for value in table[column])


def holds_places(path: Path, form: Form) -> bool:
    """Whether a table of flows says itself where its places lie, and how much is moved.

    A file that cannot be read does not; reading it says why.
    """
    if path.suffix.lower() == ".zip":
        return path.is_file() and feed.holds(path)
    if path.suffix.lower() not in reader.ENDINGS or not path.is_file():
        return False
    try:
        if _is_book(path, form):
            return True
        header = reader.columns(path, form)
    except GeoError:
        return False
    amounts = "quantity" in form.columns or headings.ranked("quantity", header)
    return bool(positions.ends(header) and amounts)


def _is_book(path: Path, form: Form) -> bool:
    if path.suffix.lower() != ".xlsx" or form.sheet:
        return False
    names = {name.casefold() for name in reader.sheet_names(path)}
    return {_FLOWS, _LOCATIONS} <= names


def read(
    table: Path,
    places: Path | None,
    form: Form,
    columns: Mapping[str, str],
    *,
    memory_bytes: int = intake.CEILING,
) -> Source:
    """The rows and places of a table of flows. Raises GeoError, and DataError with every fault."""
    if table.suffix.lower() == ".zip" and feed.holds(table):
        return _feed(table, memory_bytes)
    if places is not None:
        cells = userdata.cells(table, form=form, memory_bytes=memory_bytes)
        found = userdata.read(places, memory_bytes=memory_bytes)
        return Source(cells, found.features, places.name, found.said)
    if _is_book(table, form):
        return _book(table, memory_bytes)
    cells = userdata.cells(table, form=form, memory_bytes=memory_bytes)
    made = paired(cells, form, columns)
    if made is None:
        problem = "a table of flows does not say where its places lie"
        raise GeoError(f"{table}: {problem}; give their file: --places FILE")
    return made


# --- a timetable -------------------------------------------------------------------------------


def _feed(path: Path, memory_bytes: int) -> Source:
    """Trips of a feed from each stop to the next, whatever days they run on."""
    found = feed.read(path, memory_bytes=memory_bytes)
    hops = found.hops
    if hops["route"].nunique() > _ROUTES:
        hops = hops.groupby(["from", "to"])[["trips"]].sum().reset_index()
    hops = hops.assign(trips=hops["trips"].astype(int).astype(str))
    rows = [(n, list(row)) for n, row in enumerate(hops.itertuples(index=False, name=None), 1)]
    cells = Cells(path.name, ["origin", "destination", *map(str, hops.columns[2:])], rows)
    used = found.stops[found.stops["stop_id"].isin({*hops["from"], *hops["to"]})]
    return Source(cells, _stops(used, path), f"{path.name}, stops.txt", tuple(_of_feed(found)))


def _stops(used: pd.DataFrame, path: Path) -> gpd.GeoDataFrame:
    """Stops as places. Raises DataError for those without a position."""
    header = ["stop_lat", "stop_lon"]
    texts = used[header].to_numpy().tolist()
    columns = positions.find(header, texts, Form())
    if columns is None:
        raise GeoError(f"{path}: stops.txt: no stop has a position")
    placed = positions.place(header, texts, columns, Form())
    faults = [Fault("stops.txt", "every row", *one) for one in placed.whole]
    faults += [Fault("stops.txt", f"stop {stop}", *one)
               for stop, own in zip(used["stop_id"], placed.problems, strict=True)
               for one in own]  # fmt: skip
    if faults:
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    ids = used["stop_id"]
    named = used.get("stop_name", ids)
    table = {"place": list(ids), "name": list(named.where(named != "", ids))}
    return gpd.GeoDataFrame(table, geometry=placed.geometries, crs="EPSG:4326")


def _of_feed(found: feed.Feed) -> Iterator[str]:
    yield (
        f"A timetable (GTFS), {words.many(found.trips, 'trip')}: counted from each stop to the "
        "next, each once, whatever days it runs on; a platform counts as its station."
    )
    if found.repeated:
        yield f"Given by their headway, and counted by it: {words.many(found.repeated, 'trip')}."


# --- a workbook -----------------------------------------------------------------------------------


def _book(path: Path, memory_bytes: int) -> Source:
    """The sheets flows, locations and properties of a workbook for Flowmap.blue."""
    sheets = reader.several(path, memory_bytes=memory_bytes)
    places = sheets[_LOCATIONS]
    rows = [row.cells for row in places.rows]
    columns = positions.find(places.header, rows, Form())
    if columns is None:
        raise GeoError(f"{path}: sheet {_LOCATIONS}: no columns lat and lon")
    found = positions.place(places.header, rows, columns, Form())
    faults = [Fault(path.name, f"sheet {_LOCATIONS}, row {row.number}", *one)
              for row, own in zip(places.rows, found.problems, strict=True)
              for one in own]  # fmt: skip
    if faults:
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    table = {name: [row[n] for row in rows] for n, name in enumerate(places.header)}
    frame = gpd.GeoDataFrame(table, geometry=found.geometries, crs="EPSG:4326")
    said = "Sheets flows and locations are read, as Flowmap.blue has them."
    about = _about(sheets.get(_ABOUT))
    flows = _in_its_unit(Cells.of(sheets[_FLOWS]))
    return Source(flows, frame, f"{path.name}, sheet {_LOCATIONS}", (said, *about))


def _in_its_unit(cells: Cells) -> Cells:
    """Flowmap.blue has one heading for amounts: beside units, `count` is no unit."""
    lower = [name.casefold() for name in cells.header]
    if not ({"unit", "units"} & set(lower)) or _QUANTITY in lower or _COUNT not in lower:
        return cells
    header = [
        _QUANTITY if name == _COUNT else own for name, own in zip(lower, cells.header, strict=True)
    ]
    return replace(cells, header=header)


def _about(sheet: Sheet | None) -> tuple[str, ...]:
    """What the workbook says of itself: title, description, source."""
    told = {row.cells[0]: row.cells[1] for row in (sheet.rows if sheet else ())
            if len(row.cells) > 1 and row.cells[1]}  # fmt: skip
    words = {"title": "Title", "description": "Description", "source.name": "Source"}
    return tuple(f"{word} in the workbook: {told[key]}." for key, word in words.items()
                 if key in told)  # fmt: skip


# --- both ends in a row ---------------------------------------------------------------------------


def paired(cells: Cells, form: Form, columns: Mapping[str, str]) -> Source | None:
    """Rows that hold the coordinates of both ends, and their places; None of a table without.

    Raises DataError with every fault of whole columns.
    """
    at = positions.ends(cells.header)
    return None if at is None else _paired(cells, at, form, columns)


def _paired(
    cells: Cells, at: tuple[int, int, int, int], form: Form, columns: Mapping[str, str]
) -> Source:
    """The rows with a name for either end, and the places of those names."""
    width = len(cells.header)
    fit = [(number, row) for number, row in cells.rows if len(row) == width]
    rows = [row for _, row in fit]
    found = positions.place(cells.header, rows, positions.Columns("ends", at), form,
                            cells.delimiter)  # fmt: skip
    if found.whole:
        whole = [Fault(cells.file, "every row", *one) for one in found.whole]
        raise DataError(f"{cells.file}: {len(whole)} fault(s)", faults=whole)
    names = [_column(cells, end, at, columns) for end in ("origin", "destination")]
    known: dict[str, tuple[float, float]] = {}
    problems: list[tuple[int, Problem]] = [
        (number, one) for (number, _), own in zip(fit, found.problems, strict=True) for one in own
    ]
    labels: dict[int, list[str]] = {}
    for (number, row), line in zip(fit, found.geometries, strict=True):
        labels[number] = []
        ends = shapely.get_coordinates(line) if line is not None else [None, None]
        for n, xy in zip(names, ends, strict=True):
            label = row[n] if n is not None else _label(xy)
            labels[number].append(label)
            if label and xy is not None:
                problem = _moved(known, label, xy)
                problems += [(number, problem)] if problem else []
    taken = {*at, *(n for n in names if n is not None)}
    rest = [n for n in range(width) if n not in taken]
    top = ["origin", "destination", *(cells.header[n] for n in rest)]
    made = [(number, [*labels[number], *(row[n] for n in rest)] if len(row) == width else row)
            for number, row in cells.rows]  # fmt: skip
    xy = np.array([*known.values()]).reshape(-1, 2)
    points = gpd.points_from_xy(xy[:, 0], xy[:, 1])
    frame = gpd.GeoDataFrame({"place": list(known)}, geometry=points, crs="EPSG:4326")
    said = (f"Places are those of the coordinates in each row: {len(known):,}.", *found.said[:-1])
    own = Cells(cells.file, top, made, cells.raw, cells.said, cells.delimiter)
    return Source(own, frame, f"{cells.file}, its coordinates", said, tuple(problems))


def _column(
    cells: Cells, end: str, at: tuple[int, int, int, int], columns: Mapping[str, str]
) -> int | None:
    """The column that names an end, None where only coordinates do."""
    if end in columns and columns[end] in cells.header:
        return cells.header.index(columns[end])
    return next((n for n in headings.ranked(end, cells.header) if n not in at), None)


def _label(xy: np.ndarray | None) -> str:
    return "" if xy is None else f"{xy[1]:.5g}, {_turned(xy[0]):.6g}"


def _turned(lon: float) -> float:
    return float((lon + 180.0) % 360.0 - 180.0)


def _moved(known: dict[str, tuple[float, float]], name: str, xy: np.ndarray) -> Problem | None:
    """Note the position of a name; a problem where it had another."""
    lon, lat = _turned(float(xy[0])), float(xy[1])
    first = known.setdefault(name, (lon, lat))
    if abs(first[1] - lat) <= _APART_DEG and abs(first[0] - lon) % 360 <= _APART_DEG:
        return None
    said = wording("place.two-positions", place=name, lat=first[1], lon=first[0])
    return "position", f"{lat:g}, {lon:g}", *said
