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

from geo.tracks.arrays import Ints, runs
from geo.tracks.columns import POSITIONS

__all__ = ["MOST", "known", "tables"]

Codes: TypeAlias = NDArray[np.uint16]  # of vessels; NumPy sorts no other numbers by counting

MOST = 1 << 16  # vessels
_NEEDED = ("vessel", "time_utc", "lon", "lat")
_MORE = ("speed_kn", "draught_m")
_BATCH = 1 << 17  # rows whose columns a processor keeps at hand
_WORKERS = 2


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
        held = _held(paths, words, first, past)
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
    """Some rows by vessel, as they came: vessels, the other columns, where each vessel begins."""

    code: Codes
    columns: Sequence[NDArray[Any]]
    starts: Ints

    def of(self, first: int, past: int) -> slice:
        """The rows of some vessels."""
        return slice(int(self.starts[first]), int(self.starts[past]))


def _held(paths: Sequence[str | Path], words: pa.Array, first: int, past: int) -> list[_Held]:
    """The positions of the vessels first..past of all files."""
    held, waiting = [], deque[Future[_Held]]()
    with ThreadPoolExecutor(_WORKERS) as pool:
        for batch in _batches(paths):
            if len(waiting) > _WORKERS:
                held.append(waiting.popleft().result())
            waiting.append(pool.submit(_grouped, batch, words, first, past))
        held += [one.result() for one in waiting]
    return held


def _batches(paths: Sequence[str | Path]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pq.ParquetFile(path, read_dictionary=["vessel"], pre_buffer=False) as file:
            own = [name for name in (*_NEEDED, *_MORE) if name in file.schema_arrow.names]
            yield from file.iter_batches(_BATCH, columns=own, use_threads=False)


def _grouped(batch: pa.RecordBatch, words: pa.Array, first: int, past: int) -> _Held:
    """The positions of some vessels of a batch by vessel, in each as they came."""
    code, rows = _codes(batch, words, first, past)
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code, minlength=len(words))
    take = order if rows is None else rows[order]
    columns = [_column(batch, name)[take] for name in (*_NEEDED[1:], *_MORE)]
    return _Held(code[order], columns, np.r_[0, np.cumsum(counts)])


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


def _table(
    held: Sequence[_Held], first: int, past: int, words: pa.Array, numbers: Ints | None
) -> pa.Table:
    """The positions of the vessels first..past, in order of vessel and time."""
    own = [(one, one.of(first, past)) for one in held]
    code = np.concatenate([one.code[rows] for one, rows in own])
    order = np.argsort(code, kind="stable")
    code = code[order]
    time = np.concatenate([one.columns[0][rows] for one, rows in own])
    order = _by_time(code, time, order)
    plain = [np.concatenate([one.columns[n][rows] for one, rows in own])[order]
             for n in range(1, len(held[0].columns))]  # fmt: skip
    vessel = words.take(pa.array(code)) if numbers is None else pa.array(numbers[code])
    when = pa.array(time[order]).cast(POSITIONS.field("time_utc").type)
    names = ["vessel", "time_utc", *_NEEDED[2:], *_MORE]
    return pa.Table.from_arrays([vessel, when, *map(pa.array, plain)], names=names)


def _by_time(code: Codes, time: Ints, order: Ints) -> Ints:
    """Rows by vessel in order of time; only vessels whose positions are not are sorted."""
    when = time[order]
    late = np.flatnonzero((when[1:] < when[:-1]) & (code[1:] == code[:-1]))
    for one in np.unique(code[late]).tolist():
        rows = slice(*np.searchsorted(code, (one, one + 1)))
        order[rows] = order[rows][np.argsort(when[rows], kind="stable")]
    return order
