"""Positions of Parquet files, whole vessels after one another: grouped in memory, not sorted.

Positions come in about the order of time. Put together by vessel as they come, in the time that
counting takes, each vessel's are in order but for few; a sort would compare all with all others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.tracks.arrays import Ints, ranges, runs
from geo.tracks.columns import POSITIONS

__all__ = ["MOST", "known", "tables"]

Codes: TypeAlias = NDArray[np.uint16]  # of vessels; NumPy sorts no other numbers by counting

MOST = 1 << 16  # vessels
_NEEDED = ("vessel", "time_utc", "lon", "lat")
_MORE = ("speed_kn", "draught_m")
_PLAIN = ("lon", "lat", *_MORE)
_BATCH = 1 << 17  # rows whose columns a processor keeps at hand
_WORKERS = 2
_CHANGED = "files of positions changed while they were read; start again once they are at rest"


def known(paths: Sequence[str | Path]) -> bool:
    """Whether files can be grouped: columns as the kit writes them."""
    for path in paths:
        try:
            schema = pq.read_schema(path)
        except (OSError, ValueError):
            return False
        there = [name for name in (*_NEEDED, *_MORE) if name in schema.names]
        plain = all(schema.field(name).type == POSITIONS.field(name).type for name in there)
        if not plain or not set(_NEEDED) <= set(there):
            return False
    return True


def tables(
    paths: Sequence[str | Path], counts: pa.Table, *, rows: int, most: int
) -> Iterator[pa.Table]:
    """Yield tables of whole vessels in order, of about so many rows.

    counts: `vessel` and `n`, its positions. most: positions held in memory at once; for more the
    files are read again.
    """
    words, numbers = _ordered(counts)
    n = counts["n"].to_numpy()
    passes = max(1, -(-int(n.sum()) // most))
    bounds = _cuts(n, int(n.sum()) / passes)
    for first, past in pairwise(bounds):
        held = _held(paths, words, n, first, past)
        for a, b in pairwise(first + _cuts(n[first:past], rows)):
            yield _table(held, a, b, words, numbers)
        del held  # before those of the next pass are read


def _ordered(counts: pa.Table) -> tuple[pa.Array, Ints | None]:
    """Vessels as they stand in the files, and as numbers where all are."""
    words = counts["vessel"].combine_chunks()
    whole = pc.all(pc.match_substring_regex(words, "^[1-9][0-9]{0,8}$")).as_py()
    return words, words.cast(pa.int32()).to_numpy() if whole else None


def _cuts(n: Ints, rows: float) -> Ints:
    """Where vessels are cut into groups of about so many rows: the first of each, and the end."""
    group = (np.cumsum(n) - n) // rows
    cuts: Ints = np.r_[runs(group), len(n)]
    return cuts


# --- in -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Held:
    """The rows of the vessels from `first` on, vessel by vessel as they came.

    starts: where each vessel begins, and the end. columns: time in microseconds and the others.
    """

    first: int
    starts: Ints
    columns: Sequence[NDArray[Any]]

    @classmethod
    def room(cls, n: Ints, first: int, past: int) -> _Held:
        """Room for the rows of the vessels first..past, of which there are `n` each."""
        starts = np.r_[0, np.cumsum(n[first:past])]
        kinds = [np.int64, *(POSITIONS.field(name).type.to_pandas_dtype() for name in _PLAIN)]
        return cls(first, starts, [np.empty(starts[-1], kind) for kind in kinds])


@dataclass(frozen=True)
class _Batch:
    """Some rows: which vessels, how many rows of each, the rows by vessel, and the columns."""

    vessel: Ints
    count: Ints
    order: Ints
    columns: Sequence[NDArray[Any]]


def _held(paths: Sequence[str | Path], words: pa.Array, n: Ints, first: int, past: int) -> _Held:
    """The positions of the vessels first..past of all files."""
    held, waiting = _Held.room(n, first, past), deque[Future[_Batch]]()
    at = held.starts[:-1].copy()
    with ThreadPoolExecutor(_WORKERS) as pool:
        for batch in _batches(paths):
            if len(waiting) > _WORKERS:
                _put(held, at, waiting.popleft().result())
            waiting.append(pool.submit(_grouped, batch, words, first, past))
        while waiting:
            _put(held, at, waiting.popleft().result())
    if (at != held.starts[1:]).any():
        raise GeoError(_CHANGED)
    return held


def _put(held: _Held, at: Ints, batch: _Batch) -> None:
    """Put a batch where the next rows of its vessels go, and move those places on."""
    vessel, count = batch.vessel - held.first, batch.count
    begin = at[vessel]
    if (begin + count > held.starts[vessel + 1]).any():
        raise GeoError(_CHANGED)
    own, _ = ranges(begin, begin + count - 1)
    rows = np.empty_like(own)
    rows[batch.order] = own
    for column, values in zip(held.columns, batch.columns, strict=True):
        column[rows] = values
    at[vessel] += count


def _batches(paths: Sequence[str | Path]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pq.ParquetFile(path, read_dictionary=["vessel"], pre_buffer=False) as file:
            own = [name for name in (*_NEEDED, *_MORE) if name in file.schema_arrow.names]
            yield from file.iter_batches(_BATCH, columns=own, use_threads=False)


def _grouped(batch: pa.RecordBatch, words: pa.Array, first: int, past: int) -> _Batch:
    """The positions of some vessels of a batch, and in which order they are by vessel."""
    code, rows = _codes(batch, words, first, past)
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code, minlength=len(words))
    vessel = np.flatnonzero(counts)
    columns = [_column(batch, name) for name in ("time_utc", *_PLAIN)]
    if rows is not None:
        columns = [column.take(rows) for column in columns]
    return _Batch(vessel, counts[vessel], order, columns)


def _codes(
    batch: pa.RecordBatch, words: pa.Array, first: int, past: int
) -> tuple[Codes, Ints | None]:
    """The vessel of each row that is taken, and which rows are, None for all of them."""
    vessel = batch.column("vessel")
    number = pc.fill_null(pc.index_in(vessel.dictionary, words), 0).to_numpy()
    every = vessel.indices.fill_null(0).to_numpy()
    code = number.astype(np.uint16)[every]
    if not vessel.null_count and not batch.column("time_utc").null_count:
        if first == 0 and past == len(words):
            return code, None
        taken = np.ones(len(code), bool)
    else:
        usable = pc.and_(pc.is_valid(vessel), pc.is_valid(batch.column("time_utc")))
        taken = usable.to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(taken & (code >= first) & (code < past))
    return code[rows], rows


def _column(batch: pa.RecordBatch, name: str) -> NDArray[Any]:
    if name not in batch.schema.names:
        return np.full(len(batch), np.nan, np.float32)
    column = batch.column(name)
    if name == "time_utc":
        column = column.cast(pa.int64()).fill_null(0)  # rows without are not taken
    return np.asarray(column.to_numpy(zero_copy_only=False))


# --- out ------------------------------------------------------------------------------------------


def _table(held: _Held, first: int, past: int, words: pa.Array, numbers: Ints | None) -> pa.Table:
    """The positions of the vessels first..past, in order of vessel and time."""
    starts = held.starts[first - held.first : past - held.first + 1]
    columns = [column[starts[0] : starts[-1]] for column in held.columns]
    _by_time(starts - starts[0], columns)
    code = np.repeat(np.arange(first, past), np.diff(starts))
    vessel = words.take(pa.array(code)) if numbers is None else pa.array(numbers[code])
    when = pa.array(columns[0]).cast(POSITIONS.field("time_utc").type)
    names = ["vessel", "time_utc", *_PLAIN]
    return pa.Table.from_arrays([vessel, when, *map(pa.array, columns[1:])], names=names)


def _by_time(starts: Ints, columns: Sequence[NDArray[Any]]) -> None:
    """Sort the vessels whose positions are not in order of time, in place."""
    late = np.flatnonzero(columns[0][1:] < columns[0][:-1]) + 1
    whose = np.searchsorted(starts, late, side="right") - 1
    for one in np.unique(whose[late > starts[whose]]).tolist():
        rows = slice(int(starts[one]), int(starts[one + 1]))
        order = np.argsort(columns[0][rows], kind="stable")
        for column in columns:
            column[rows] = column[rows][order]
