"""DuckDB in front, the pure function behind: sorted positions streamed in whole vessels.

Embedded, DuckDB sorts everything, spilling to disk, and threads work on what is cut off at the
bounds of vessels. With an executor every task sorts one bucket of vessels. Both ways the same
function sees the same rows, and the results are the same by `digest`.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import GeoError
from geo.tracks import encounters
from geo.tracks.columns import EVENTS
from geo.tracks.definitions import Definitions
from geo.tracks.duck import connect, sized
from geo.tracks.places import Places
from geo.tracks.process import Result, joined, process

__all__ = ["digest", "run", "whole_vessels"]

_BATCH_ROWS = 250_000
_SHARE = 0.4  # of the memory allowed that DuckDB may hold; the rest is for arrays and results
BUCKETS = 8
_NEEDED = ("time_utc", "lon", "lat", "speed_kn", "draught_m")

Progress = Callable[[int], None]


def run(
    source: Any,
    *,
    places: Places,
    definitions: Definitions,
    executor: Executor | None = None,
    memory: str | None = None,
    threads: int | None = None,
    spill: str | Path | None = None,
    progress: Progress | None = None,
) -> Result:
    """Return the events of positions, encounters included.

    source: paths of Parquet files with the columns of POSITIONS (vessel, time_utc, lon, lat at
    least), or a DuckDB relation of that kind. memory: such as "2GB", for all of this process.
    spill: folder for what does not fit. progress: called with the positions done so far. GeoError
    if files lack a column or an executor is to work on a relation.
    """
    if executor is not None:
        results = _on(executor, source, places, definitions, memory)
    else:
        results = _embedded(source, places, definitions, memory, threads, spill, progress)
    return with_encounters(joined(results), places=places, definitions=definitions)


def with_encounters(result: Result, *, places: Places, definitions: Definitions) -> Result:
    """Return the result with the encounters of all its vessels."""
    found = encounters.find(result.slow, definitions=definitions, places=places)
    events = result.events | {"encounters": found}
    return Result(events, result.slow, result.dropped, result.vessels)


# --- embedded -------------------------------------------------------------------------------------


def _embedded(
    source: Any,
    places: Places,
    definitions: Definitions,
    memory: str | None,
    threads: int | None,
    spill: str | Path | None,
    progress: Progress | None,
) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="tumen-", dir=spill) as folder:
        if not isinstance(source, list | tuple):
            return _worked(source, places, definitions, threads, progress)
        limit = sized(memory, _SHARE) if memory else None
        with connect(memory=limit, threads=threads, spill=folder) as con:
            return _worked(_files(con, source), places, definitions, threads, progress)


def _worked(
    relation: Any,
    places: Places,
    definitions: Definitions,
    threads: int | None,
    progress: Progress | None,
) -> list[Result]:
    results, done, waiting = [], 0, deque[Future[Result]]()
    workers = threads or 2
    with ThreadPoolExecutor(workers) as pool:
        for table in whole_vessels(_sorted(relation)):
            if len(waiting) > workers:
                results.append(waiting.popleft().result())
            waiting.append(pool.submit(process, table, places=places, definitions=definitions))
            done += len(table)
            if progress is not None:
                progress(done)
        results += [one.result() for one in waiting]
    return results


def _files(con: Any, paths: Sequence[str | Path]) -> Any:
    return con.read_parquet([str(path) for path in paths], hive_partitioning=False)


def _sorted(relation: Any) -> Any:
    """Batches in order of vessel and time; MMSI as numbers, in a third of the time text takes."""
    known = set(relation.columns)
    missing = [name for name in ("vessel", "time_utc", "lon", "lat") if name not in known]
    if missing:
        raise GeoError(f"positions have no column {', '.join(missing)}; they have {sorted(known)}")
    usable = relation.filter(
        "vessel IS NOT NULL AND time_utc IS NOT NULL AND lat BETWEEN -90 AND 90 "
        "AND lon BETWEEN -180 AND 180"
    )
    plain = "coalesce(bool_and(regexp_full_match(vessel::VARCHAR, '[1-9][0-9]{0,17}')), false)"
    ((numbers,),) = usable.aggregate(plain).fetchall()
    vessel = f"vessel::{'BIGINT' if numbers else 'VARCHAR'} AS vessel"
    more = [name if name in known else f"NULL::FLOAT AS {name}" for name in _NEEDED]
    return usable.project(", ".join([vessel, *more])).order("1, 2").to_arrow_reader(_BATCH_ROWS)


def whole_vessels(batches: Any) -> Iterator[pa.Table]:
    """Yield sorted batches cut anew at the bounds of vessels."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        if not len(batch):
            continue
        cut = _last_vessel(batch)
        if held and held[-1].column(0)[-1] != batch.column(0)[0]:
            yield pa.Table.from_batches(held)
            held = []
        if cut:
            yield pa.Table.from_batches([*held, batch.slice(0, cut)])
            held = []
        held.append(batch.slice(cut))
    if held:
        yield pa.Table.from_batches(held)


def _last_vessel(batch: pa.RecordBatch) -> int:
    """The first row of the last vessel of a sorted batch."""
    column = batch.column(0)
    other = np.asarray(pc.not_equal(column, column[-1]))
    rows = np.flatnonzero(other)
    return int(rows[-1]) + 1 if len(rows) else 0


# --- on an executor -------------------------------------------------------------------------------


def _on(
    executor: Executor, source: Any, places: Places, definitions: Definitions, memory: str | None
) -> list[Result]:
    if not isinstance(source, list | tuple):
        raise GeoError("an executor needs paths of Parquet files that its workers can reach")
    paths = [str(path) for path in source]
    tasks = [
        executor.submit(bucket, paths, number, BUCKETS, places, definitions, memory)
        for number in range(BUCKETS)
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
    limit = sized(memory, _SHARE / 2) if memory else None
    with (
        tempfile.TemporaryDirectory(prefix="tumen-") as folder,
        connect(memory=limit, threads=1, spill=folder) as con,
    ):
        own = _files(con, paths).filter(f"hash(vessel::VARCHAR) % {buckets} = {number}")
        tables = whole_vessels(_sorted(own))
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
