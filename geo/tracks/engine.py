"""DuckDB in front, the pure function behind: sorted positions streamed in whole vessels.

Embedded, Parquet files by the kit's own columns are grouped in memory (`grouped`); DuckDB sorts all
else, and everything where memory is told, spilling to disk. Threads work on what is cut off at the
bounds of vessels. With an executor every task sorts one bucket of vessels. Both ways the same
function sees the same rows, and the results are the same by `digest`.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.errors import GeoError
from geo.tracks import encounters, grouped
from geo.tracks.allocator import roomy
from geo.tracks.columns import EVENTS
from geo.tracks.definitions import Definitions
from geo.tracks.duck import connect, sized
from geo.tracks.places import Places
from geo.tracks.process import Result, joined, process

__all__ = [
    "ALONE_ROWS",
    "NEEDED",
    "SHARE",
    "alone",
    "digest",
    "run",
    "whole_vessels",
    "with_encounters",
]

Work: TypeAlias = Callable[[pa.Table], Result]

_TABLE_ROWS = 250_000  # of a table; in smaller ones threads wait for the interpreter
_SORT_ROWS = 55_000_000  # sorted at once: what is more is read again, in less time than spilled
_PASS_ROWS = 110_000_000  # grouped at once, 34 bytes each: what is more is read again
ALONE_ROWS = 30_000  # where no other thread works, columns that a processor keeps at hand
SHARE = 0.4  # of the memory allowed that DuckDB may hold; the rest is for arrays and results
_LEAST_BUCKETS, _BUCKET_ROWS = 4, 3_000_000  # every bucket reads all keys: no more than needed
NEEDED = ("time_utc", "lon", "lat", "speed_kn", "draught_m")


def run(
    source: Any,
    *,
    places: Places,
    definitions: Definitions,
    executor: Executor | None = None,
    memory: str | None = None,
    threads: int | None = None,
    spill: str | Path | None = None,
) -> Result:
    """Return the events of positions, encounters included.

    source: paths of Parquet files with the columns of POSITIONS (vessel, time_utc, lon, lat at
    least), or a DuckDB relation of that kind. memory: such as "2GB", for all of this process.
    spill: folder for what does not fit. GeoError if files lack a column or an executor is to work
    on a relation.
    """
    if executor is not None:
        results = _on(executor, source, places, definitions, memory)
    else:
        work = partial(process, places=places, definitions=definitions)
        results = _embedded(source, work, memory, threads, spill)
    return with_encounters(joined(results), places=places, definitions=definitions)


def alone(
    relation: Any, *, places: Places, definitions: Definitions, threads: int | None = None
) -> Result:
    """Return the events of a DuckDB relation, without encounters, and the marks of its vessels."""
    work = partial(process, places=places, definitions=definitions, marks=True)
    return joined(_worked(whole_vessels(_sorted(relation)), work, threads))


def with_encounters(result: Result, *, places: Places, definitions: Definitions) -> Result:
    """Return the result with the encounters of all its vessels."""
    found = encounters.find(result.slow, definitions=definitions, places=places)
    events = result.events | {"encounters": found}
    return replace(result, events=events)


# --- embedded -------------------------------------------------------------------------------------


def _embedded(
    source: Any,
    work: Work,
    memory: str | None,
    threads: int | None,
    spill: str | Path | None,
) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="tumen-", dir=spill) as folder:
        if not isinstance(source, list | tuple):
            return _worked(whole_vessels(_sorted(source)), work, threads)
        limit = sized(memory, SHARE) if memory else None
        with connect(memory=limit, threads=threads, spill=folder) as con:
            whole = _files(con, source)
            counts = None if memory else _countable(whole, source)
            if counts is None:
                passes = 1 if memory else -(-_rows(source) // _SORT_ROWS)
                parts = (_of(whole, number, passes) for number in range(passes))
                tables = (table for one in parts for table in whole_vessels(_sorted(one)))
                return _worked(tables, work, threads)
            own = grouped.tables(source, counts, rows=_TABLE_ROWS, most=_PASS_ROWS)
            return _worked(own, work, threads)


def _countable(relation: Any, paths: Sequence[str | Path]) -> pa.Table | None:
    """The positions of each vessel of files that can be grouped in memory; None of others."""
    if not grouped.known(paths):
        return None
    usable = relation.filter("vessel IS NOT NULL AND time_utc IS NOT NULL")
    counts = usable.aggregate("vessel, count(*) AS n", "vessel").order("length(vessel), vessel")
    found: pa.Table = counts.to_arrow_table()
    return found if 0 < len(found) <= grouped.MOST else None


def _worked(tables: Iterable[pa.Table], work: Work, threads: int | None) -> list[Result]:
    results, waiting = [], deque[Future[Result]]()
    workers = threads or 2
    with roomy(), ThreadPoolExecutor(workers) as pool:
        for table in tables:
            if len(waiting) > workers:
                results.append(waiting.popleft().result())
            waiting.append(pool.submit(work, table))
        results += [one.result() for one in waiting]
    return results


def _files(con: Any, paths: Sequence[str | Path]) -> Any:
    return con.read_parquet([str(path) for path in paths], hive_partitioning=False)


def _rows(paths: Sequence[str | Path]) -> int:
    return sum(pq.read_metadata(path).num_rows for path in paths)


def _of(relation: Any, number: int, parts: int) -> Any:
    """One of so many parts of a relation, in whole vessels."""
    rule = f"hash(vessel::VARCHAR) % {parts} = {number}"
    return relation.filter(rule) if parts > 1 else relation


def _sorted(relation: Any) -> Any:
    """Batches in order of vessel and time; MMSI as numbers, in a third of the time text takes."""
    known = set(relation.columns)
    missing = [name for name in ("vessel", "time_utc", "lon", "lat") if name not in known]
    if missing:
        raise GeoError(f"positions have no column {', '.join(missing)}; they have {sorted(known)}")
    plain = "coalesce(bool_and(regexp_full_match(vessel::VARCHAR, '[1-9][0-9]{0,8}')), false)"
    ((numbers,),) = relation.project("vessel").distinct().aggregate(plain).fetchall()
    vessel = f"vessel::{'INTEGER' if numbers else 'VARCHAR'} AS vessel"
    more = [name if name in known else f"NULL::FLOAT AS {name}" for name in NEEDED]
    usable = relation.filter("vessel IS NOT NULL AND time_utc IS NOT NULL")
    return usable.project(", ".join([vessel, *more])).order("1, 2").to_arrow_reader(ALONE_ROWS)


def whole_vessels(batches: Any, rows: int = _TABLE_ROWS) -> Iterator[pa.Table]:
    """Yield sorted batches cut anew at the bounds of vessels, some `rows` together.

    The first tables are smaller, so that work begins while more is read.
    """
    held: list[pa.RecordBatch] = []
    enough = rows // 4
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) < enough:
            continue
        enough = min(rows, enough * 6 // 5)
        table = pa.Table.from_batches(held).combine_chunks()
        cut = _last_vessel(table)
        if cut:
            yield table.slice(0, cut)
        held = table.slice(cut).to_batches()
    if held and (table := pa.Table.from_batches(held)).num_rows:
        yield table


def _last_vessel(table: pa.Table) -> int:
    """The first row of the last vessel of a sorted table."""
    column = table.column(0)
    rows = np.flatnonzero(pc.not_equal(column, column[-1]))
    return int(rows[-1]) + 1 if len(rows) else 0


# --- on an executor -------------------------------------------------------------------------------


def _on(
    executor: Executor, source: Any, places: Places, definitions: Definitions, memory: str | None
) -> list[Result]:
    if not isinstance(source, list | tuple):
        raise GeoError("an executor needs paths of Parquet files that its workers can reach")
    paths = [str(path) for path in source]
    buckets = max(_LEAST_BUCKETS, -(-_rows(paths) // _BUCKET_ROWS))
    tasks = [
        executor.submit(bucket, paths, number, buckets, places, definitions, memory)
        for number in range(buckets)
    ]
    return [task.result() for task in tasks]


def bucket(
    paths: Sequence[str],
    number: int,
    buckets: int,
    places: Places,
    definitions: Definitions,
    memory: str | None = None,
) -> Result:
    """Return the events of one bucket of vessels, all but encounters: a task for any executor."""
    limit = sized(memory, SHARE / 2) if memory else None
    with (
        roomy(),
        tempfile.TemporaryDirectory(prefix="tumen-") as folder,
        connect(memory=limit, threads=1, spill=folder) as con,
    ):
        own = _of(_files(con, paths), number, buckets)
        tables = whole_vessels(_sorted(own), ALONE_ROWS)
        return joined([process(t, places=places, definitions=definitions) for t in tables])


# --- the same or not ------------------------------------------------------------------------------


def digest(result: Result) -> str:
    """Return the SHA-256 of all events and counts of vessels, whatever their order."""
    whole = hashlib.sha256()
    for name, table in [*((kind, result.events[kind]) for kind in EVENTS), ("", result.vessels)]:
        keys = sorted(table.schema.names, key=lambda one: one == "geometry")
        ordered = table.sort_by([(key, "ascending") for key in keys]).combine_chunks()
        whole.update(name.encode())
        for row in ordered.to_pylist():
            whole.update(repr(sorted(row.items())).encode())
    return whole.hexdigest()
