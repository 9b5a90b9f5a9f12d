"""A table of positions → arrays of numbers: vessels as codes, and their ships one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.tracks import clean
from geo.tracks.arrays import KN, Bools, Ints, ends, runs, since
from geo.tracks.columns import UTC as INSTANT
from geo.tracks.definitions import Definitions
from geo.tracks.places import Places
from geo.tracks.ships import HOUR, Ships

__all__ = ["coded", "sailed"]


def coded(table: pa.Table) -> tuple[clean.Positions, list[str]]:
    """Return the positions of a table that have vessel, time and place, and the vessels' names."""
    table = table.combine_chunks()
    usable = _usable(table)
    if not usable.all():
        table = table.filter(pa.array(usable))
    codes, words = _codes(_column(table, "vessel"))
    time = _column(table, "time_utc").cast(INSTANT).cast(pa.int64())
    plain = (_numbers(table, name) for name in ("lon", "lat", "speed_kn", "draught_m"))
    lon, lat, speed, draught = plain
    columns = clean.Positions(
        codes,
        time.to_numpy(zero_copy_only=False),
        lon.astype(np.float64, copy=False),
        lat.astype(np.float64, copy=False),
        speed.astype(np.float32, copy=False),
        draught.astype(np.float32, copy=False),
    )
    return columns, words


def _usable(table: pa.Table) -> Bools:
    lon, lat = _numbers(table, "lon"), _numbers(table, "lat")
    known = (np.abs(lat) <= 90.0) & (np.abs(lon) <= 180.0)
    for name in ("vessel", "time_utc"):
        column = _column(table, name)
        if column.null_count:
            known = known & column.is_valid().to_numpy(zero_copy_only=False)
    return np.asarray(known)


def _column(table: pa.Table, name: str) -> Any:
    column = table.column(name)
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _numbers(table: pa.Table, name: str) -> NDArray[Any]:
    if name not in table.schema.names:
        return np.full(len(table), np.nan)
    values = np.asarray(_column(table, name).to_numpy(zero_copy_only=False))
    return values if values.dtype.kind == "f" else values.astype(float)


def _codes(vessel: Any) -> tuple[Ints, list[str]]:
    if pa.types.is_integer(vessel.type):
        numbers = vessel.to_numpy(zero_copy_only=False)
        if (np.diff(numbers) >= 0).all():  # as the engine sorts them
            first = runs(numbers)
            codes = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(numbers)]))
            return codes, [str(one) for one in numbers[first].tolist()]
        known, codes = np.unique(numbers, return_inverse=True)
        return codes.astype(np.int64), [str(one) for one in known.tolist()]
    coded = vessel if pa.types.is_dictionary(vessel.type) else vessel.dictionary_encode()
    words = [str(one) for one in coded.dictionary.to_pylist()]
    order = np.argsort(np.array(words, dtype=object), kind="stable")
    rank = np.empty(len(words), np.int64)
    rank[order] = np.arange(len(words))
    codes = coded.indices.to_numpy(zero_copy_only=False)
    return rank[codes], [words[n] for n in order.tolist()]


def sailed(
    found: clean.Cleaned, words: list[str], places: Places, definitions: Definitions
) -> Ships:
    """Return cleaned positions, ship by ship, by the names of their vessels."""
    p, ship = found.positions, found.ship
    first = runs(ship)
    hours = since(p.time) / HOUR
    hours[first] = 0.0
    kn = p.speed.astype(np.float64)
    silent = np.flatnonzero(~np.isfinite(p.speed))
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = found.step_m[silent] / (hours[silent] * 3600.0 * KN)
    kn[silent] = np.where(hours[silent] > 0, implied, np.nan)
    vessel = p.vessel[first]
    began = runs(vessel)
    number = np.arange(len(first)) - np.repeat(began, np.diff(np.r_[began, len(first)])) + 1
    own = [words[code] for code in vessel.tolist()]
    return Ships(
        p,
        _compact(ship, first),
        found.step_m,
        hours,
        hours >= definitions.gap_hours,
        places.within(p.lon, p.lat),
        kn,
        first,
        ends(first, len(p)),
        [f"{name}-{n}" for name, n in zip(own, number.tolist(), strict=True)],
        own,
    )


def _compact(ship: Ints, first: Ints) -> Ints:
    """Ships by their number in order, without those that have no position."""
    return np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(ship)]))
