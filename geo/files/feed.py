"""Timetables as GTFS packs them: the stops of a feed, and how many trips go from each to the next.

A feed is a zip of tables. Read are stops, stop_times and trips and, where they are there, routes
and frequencies; other tables are left alone. A platform counts as its station.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from geo.errors import DataError, Fault, GeoError, wording
from geo.files import intake

__all__ = ["Feed", "holds", "read"]

_NEEDED = {
    "stops": ("stop_id", "stop_lat", "stop_lon"),
    "stop_times": ("trip_id", "stop_id", "stop_sequence"),
    "trips": ("trip_id",),
}
_MORE = {
    "routes": ("route_id",),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
}
_MOST = 20  # faults of a column that are named one by one
_TIME = r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])"


@dataclass(frozen=True)
class Feed:
    """The stops of a feed as text, and hops: from, to, route, trips.

    trips: how many the feed has; repeated: those of them that it gives by their headway.
    """

    stops: pd.DataFrame
    hops: pd.DataFrame
    trips: int
    repeated: int


def holds(path: Path) -> bool:
    """Whether a zip is a feed; a file that cannot be read is none."""
    try:
        with zipfile.ZipFile(path) as packed:
            return {*_NEEDED} <= {*_members(packed)}
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False


def read(path: Path, *, memory_bytes: int = intake.CEILING) -> Feed:
    """Read a feed. Raises GeoError, and DataError with every fault."""
    tables = _tables(path, memory_bytes)
    times, stops, trips = (tables[name] for name in ("stop_times", "stops", "trips"))
    order = pd.to_numeric(times["stop_sequence"], errors="coerce")
    _refuse(
        times["trip_id"], ~times["trip_id"].isin(trips["trip_id"]), path, "no trip of trips.txt"
    )
    faults = [
        *_unknown(times["stop_id"], stops["stop_id"]),
        *_named(times["stop_sequence"], order.isna(), "stop_times", "number.not-plain"),
    ]
    repeats, wrong = _repeats(tables.get("frequencies"), path)
    if faults or wrong:
        every = [*faults, *wrong]
        raise DataError(f"{path}: {len(every)} fault(s)", faults=every)
    hops = _hops(times.assign(order=order), _stations(stops), repeats)
    routes = _routes(trips, tables.get("routes"))
    hops = hops.assign(route=hops["trip"].map(routes).fillna(""))
    summed = hops.groupby(["from", "to", "route"])[["trips"]].sum().reset_index()
    return Feed(stops, summed, len(trips), int(trips["trip_id"].isin(repeats.index).sum()))


# --- tables ---------------------------------------------------------------------------------------


def _members(packed: zipfile.ZipFile) -> dict[str, str]:
    """The tables of a feed by their names, in the zip or in one folder of it."""
    known = {f"{name}.txt": name for name in (*_NEEDED, *_MORE)}
    names = [name for name in packed.namelist() if not name.startswith("__MACOSX/")]
    own = {name: known.get(PurePosixPath(name).name.lower()) for name in names}
    return {table: name for name, table in own.items() if table}


def _tables(path: Path, memory_bytes: int) -> dict[str, pd.DataFrame]:
    content = intake.read(path, memory_bytes=memory_bytes)
    intake.unpackable(content, path, memory_bytes=memory_bytes)
    with intake.whole(path, "a whole zip"), zipfile.ZipFile(io.BytesIO(content)) as packed:
        texts = {table: packed.read(name) for table, name in _members(packed).items()}
    return {table: _table(text, table, path) for table, text in texts.items()}


def _table(content: bytes, name: str, path: Path) -> pd.DataFrame:
    """A table as text, every cell stripped. Raises GeoError."""
    with intake.whole(f"{path}: {name}.txt", "a table"):
        found = pd.read_csv(
            io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig",
            skipinitialspace=True, index_col=False,
        )  # fmt: skip
    found.columns = [str(column).strip() for column in found.columns]
    lacking = [one for one in (_NEEDED | _MORE)[name] if one not in found]
    if lacking:
        have = ", ".join(found.columns)
        raise GeoError(f"{path}: {name}.txt: no column {', '.join(lacking)} (found {have})")
    return pd.DataFrame({column: found[column].str.strip() for column in found})


# --- faults ---------------------------------------------------------------------------------------


def _unknown(stops: pd.Series, known: pd.Series) -> Iterator[Fault]:
    code = "flow.no-such-place"
    return _named(stops, ~stops.isin(known), "stop_times", code, file="stops.txt")


def _refuse(values: pd.Series, wrong: pd.Series, path: Path, said: str, table: str = "") -> None:
    """Raise GeoError at the first value that is wrong."""
    rows = np.flatnonzero(wrong.to_numpy())
    if len(rows):
        where = f"{table or 'stop_times'}.txt: row {rows[0] + 2}, {values.name}"
        raise GeoError(f"{path}: {where}: {values.iloc[rows[0]]!r} is {said}; mend it there")


def _named(
    values: pd.Series, wrong: pd.Series, table: str, code: str, **said: str
) -> Iterator[Fault]:
    """The first faults of a column, each with its row."""
    for n in np.flatnonzero(wrong.to_numpy())[:_MOST]:
        row, value = f"row {n + 2}", str(values.iloc[n])
        yield Fault(f"{table}.txt", row, str(values.name), value, *wording(code, **said))


# --- trips ----------------------------------------------------------------------------------------


def _stations(stops: pd.DataFrame) -> Mapping[str, str]:
    """The station of each stop, itself where it belongs to none."""
    if "parent_station" not in stops:
        return dict(zip(stops["stop_id"], stops["stop_id"], strict=True))
    parents, known = stops["parent_station"], set(stops["stop_id"])
    return {
        stop: parent if parent in known else stop
        for stop, parent in zip(stops["stop_id"], parents, strict=True)
    }


def _routes(trips: pd.DataFrame, routes: pd.DataFrame | None) -> dict[str, str]:
    """The name of the route of each trip, its id where it has none."""
    if "route_id" not in trips:
        return {}
    names: dict[str, str] = {}
    if routes is not None:
        short = routes.get("route_short_name", routes["route_id"])
        long = routes.get("route_long_name", routes["route_id"])
        called = short.where(short != "", long).where(lambda own: own != "", routes["route_id"])
        names = dict(zip(routes["route_id"], called, strict=True))
    return {
        trip: names.get(route, route)
        for trip, route in zip(trips["trip_id"], trips["route_id"], strict=True)
    }


def _repeats(table: pd.DataFrame | None, path: Path) -> tuple[pd.Series, list[Fault]]:
    """How often each trip with a headway departs: from the first time until before the last."""
    if table is None or table.empty:
        return pd.Series(dtype=float), []
    start, end = (_seconds(table[name]) for name in ("start_time", "end_time"))
    every = pd.to_numeric(table["headway_secs"], errors="coerce")
    for name, own in (("start_time", start), ("end_time", end)):
        _refuse(table[name], own.isna(), path, "no time hh:mm:ss", "frequencies")
    wrong = [*_named(table["headway_secs"], ~(every > 0), "frequencies", "number.not-plain")]
    if wrong:
        return pd.Series(dtype=float), wrong
    departs = -((start - end).clip(upper=0) // every)  # rounded up
    return departs.groupby(table["trip_id"]).sum(), []


def _seconds(texts: pd.Series) -> pd.Series:
    parts = texts.str.extract(f"^{_TIME}$").astype(float)
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def _hops(times: pd.DataFrame, stations: Mapping[str, str], repeats: pd.Series) -> pd.DataFrame:
    """Every way of a trip from a station to the next: trip, from, to, trips."""
    own = times.sort_values(["trip_id", "order"], kind="stable")
    places = own["stop_id"].map(stations)
    on = own["trip_id"].eq(own["trip_id"].shift(-1)) & places.ne(places.shift(-1))
    hops = pd.DataFrame({"trip": own["trip_id"], "from": places, "to": places.shift(-1)})[on]
    return hops.assign(trips=hops["trip"].map(repeats).fillna(1.0))
