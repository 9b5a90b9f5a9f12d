"""From files to results that outlive a kill: positions in a store, events bucket by bucket.

A bucket of vessels is worked on by itself, on any executor. Its results are kept in the store
under a key made of its parts and of the settings: a second run takes what is finished and does the
rest. After new files only the vessels they touch are worked on, each from its mark on: what lies
before is joined from the results so far, which give way to the new ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.errors import GeoError
from geo.errors.extras import missing
from geo.tracks import dialects, engine, facts, growth, outputs, payload, quality, read, silence
from geo.tracks import places as where
from geo.tracks.duck import Unreadable, connect, sized
from geo.tracks.layout import Written
from geo.tracks.process import Result, joined
from geo.tracks.store import Input, Store, digest, named, value

__all__ = ["Found", "Reading", "Settings", "ingest", "pool", "rejected", "run"]

Progress = Callable[[str, int, int], None]  # what is being done, how many of it are, of how many
_FORMAT = 3  # of the results that are kept; others are not taken
_WORD = b"synthetic"
_SYNTHETIC = {b"true", b"1"}


def _silent(_what: str, _done: int, _of: int) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How files are read: see `tracks.read.scan`."""

    written: Written = field(default_factory=Written)
    kind: str = ""
    on_error: Literal["stop", "skip"] = "stop"

    @property
    def key(self) -> str:
        """Eight hex digits of what changes the rows that are read, "" where nothing does.

        Of a dialect of the user's own the content counts.
        """
        own = replace(self.written, dialect="")
        form = str(dialects.by_name(self.written.dialect)) if self.written.dialect else ""
        said = [form, {k: str(v) for k, v in vars(own).items()}, self.kind, self.on_error]
        nothing = ["", {k: str(v) for k, v in vars(Written()).items()}, "", "stop"]
        return "" if said == nothing else _hex(said)[:8]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What events depend on, and the means to find them, which change no event.

    definitions: as `definitions.load` gives them. places: `place` and a geometry. memory: such as
    "2GB", of each process that works on a bucket.
    """

    definitions: Any
    places: gpd.GeoDataFrame
    radius_m: float | None = None
    memory: str | None = None
    threads: int | None = None

    @property
    def key(self) -> str:
        """Sixteen hex digits of all that changes an event."""
        shapes = [shape.wkb_hex for shape in self.places.geometry]
        named = list(zip(self.places["place"], shapes, strict=True))
        return _hex([_FORMAT, self.definitions.as_json(), self.radius_m, named])[:16]

    def where(self) -> Any:
        """The places as the engine takes them."""
        more = {} if self.radius_m is None else {"radius_m": self.radius_m}
        return where.from_frame(self.places, **more)


@dataclass(frozen=True)
class Found:
    """Events of a whole job, and the counts behind them.

    worked: positions from which events were found in this run; those of other events were found
    by runs before. facts: what is told of every vessel, facts.FACTS.
    """

    events: dict[str, pa.Table]
    dropped: dict[str, int]
    vessels: pa.Table
    tally: quality.Tally
    inputs: Sequence[Input]
    worked: int
    facts: pa.Table = field(default_factory=facts.FACTS.empty_table)

    def about(self, definitions: Any) -> outputs.About:
        """Return what the files of this job say of themselves."""
        return outputs.About(
            definitions=definitions.as_json(),
            inputs={one.name: one.sha256 for one in self.inputs},
            synthetic=any(one.synthetic for one in self.inputs),
        )

    def report(self, definitions: Any) -> dict[str, Any]:
        """Return the quality report as JSON values."""
        return quality.report(
            self.tally,
            sources=[{"name": one.name, **one.counts} for one in self.inputs],
            dropped=self.dropped,
            vessels=self.vessels,
            tracks=self.events["tracks"],
            about=self.about(definitions),
        )


# --- what comes in --------------------------------------------------------------------------------


def ingest(
    paths: Sequence[str | Path],
    store: Store,
    *,
    reading: Reading,
    memory: str | None = None,
    threads: int | None = None,
    progress: Progress = _silent,
    once: bool = False,
) -> tuple[list[Input], int]:
    """Add files, folders and globs to a store; return what they are, and how many were new.

    A file is known by the hash of its bytes and how it is read, and read once. once: GeoError for
    one that was read otherwise before. GeoError and DataError as `read.scan`.
    """
    known = {one.ident: one for one in store.inputs()}
    before = {one.sha256 for one in known.values() if one.reading != reading.key}
    files = read.expand(paths)
    found, new = [], 0
    for number, path in enumerate(files):
        progress("read", number, len(files))
        sha256 = digest(path)
        ident = named(sha256, reading.key)
        if once and sha256 in before:
            raise GeoError(f"{path}: was read with other options before; make a new store")
        if ident not in known:
            try:
                with connect(memory=_shared(memory), threads=threads) as con:
                    known[ident] = _add(con, path, sha256, store, reading)
            except Unreadable as error:  # what is wrong shows only as rows are read
                said = " ".join(" ".join(str(error).splitlines()[:2]).split())
                remedy = "mend the line; a text in quotes may hold no line end"
                raise GeoError(f"{path}: cannot be read: {said}; {remedy}") from error
            new += 1
        found.append(known[ident])
    progress("read", len(files), len(files))
    return list({one.ident: one for one in found}.values()), new


def _shared(memory: str | None) -> str | None:
    """What DuckDB may hold of the memory allowed; the rest is for arrays and results."""
    return sized(memory, engine.SHARE) if memory else None


def _add(con: Any, path: Path, sha256: str, store: Store, reading: Reading) -> Input:
    scan = read.scan(
        con, [path], written=reading.written, kind=reading.kind, on_error=reading.on_error
    )
    if reading.on_error == "skip":
        rejected = scan.rejected.to_arrow_table()
        if rejected.num_rows:
            ident = named(sha256, reading.key)
            store.put(f"rejected/{ident}.parquet", outputs.parquet(rejected))

    def counts() -> Mapping[str, Any]:
        (one,) = scan.counts().values()
        return dict(one)

    return store.add(
        scan.relation,
        name=path.name,
        sha256=sha256,
        counts=counts,
        synthetic=_synthetic(path),
        reading=reading.key,
    )


def _synthetic(path: Path) -> bool:
    """Whether a file says so in its name or in the metadata of its Parquet schema."""
    if _WORD.decode() in path.name.lower():
        return True
    if path.suffix.lower() not in {".parquet", ".geoparquet"}:
        return False
    return (pq.read_schema(path).metadata or {}).get(_WORD, b"").lower() in _SYNTHETIC


def rejected(store: Store, inputs: Iterable[Input]) -> pa.Table | None:
    """Return the rows that could not be read, with file and reason; None without any."""
    found = [store.get(f"rejected/{one.ident}.parquet") for one in inputs]
    tables = [pq.read_table(io.BytesIO(content)) for content in found if content]
    return pa.concat_tables(tables) if tables else None


# --- what is found --------------------------------------------------------------------------------


def run(
    store: Store,
    inputs: Sequence[Input],
    *,
    settings: Settings,
    executor: Executor | None = None,
    progress: Progress = _silent,
) -> Found:
    """Return the events of the inputs, buckets on the executor, each kept as soon as it is done."""
    parts = store.parts(inputs)
    names = {bucket: _name(settings, bucket, own) for bucket, own in parts.items()}
    done = {bucket: content for bucket, name in names.items() if (content := store.get(name))}
    progress("vessels", len(done), len(parts))
    todo = [
        _Task(store, settings, own, _latest(store, settings, bucket, own))
        for bucket, own in parts.items()
        if bucket not in done
    ]
    worked = 0
    for task, (content, positions) in _computed(todo, executor):
        bucket = task.bucket
        _keep(task, names[bucket], content)
        done[bucket] = content
        worked += positions
        progress("vessels", len(done), len(parts))
    return _whole([done[bucket] for bucket in sorted(done)], inputs, settings, worked)


def _name(settings: Settings, bucket: str, parts: Sequence[str]) -> str:
    return f"results/{settings.key}/{bucket}-{_hex(list(parts))[:16]}.zip"


def _hex(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class _Latest:
    """The result of a bucket that was kept last: its name, and the parts it is of."""

    name: str
    parts: Sequence[str]


@dataclass(frozen=True)
class _Task:
    """A bucket to be worked on; base is a result of some of its parts, if there is one."""

    store: Store
    settings: Settings
    parts: Sequence[str]
    base: _Latest | None

    @property
    def bucket(self) -> str:
        """Its number, as text."""
        return value(self.parts[0], "bucket")


def _latest(store: Store, settings: Settings, bucket: str, parts: Sequence[str]) -> _Latest | None:
    """The last result of a bucket, if it is of no other parts than those given."""
    text = store.get(_record(settings, bucket))
    latest = _Latest(**json.loads(text)) if text else None
    return latest if latest and set(latest.parts) < set(parts) else None


def _record(settings: Settings, bucket: str) -> str:
    return f"results/{settings.key}/{bucket}.json"


def _keep(task: _Task, name: str, content: bytes) -> None:
    """Put a result into the store, then its record, then remove what it grew from."""
    task.store.put(name, content)
    record = json.dumps(vars(_Latest(name, task.parts)))
    task.store.put(_record(task.settings, task.bucket), record)
    if task.base:
        task.store.remove(task.base.name)


def _computed(
    todo: Sequence[_Task], executor: Executor | None
) -> Iterator[tuple[_Task, tuple[bytes, int]]]:
    if executor is None:
        for task in todo:
            yield task, _bucket(task)
        return
    futures = {executor.submit(_bucket, task): task for task in todo}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def _bucket(task: _Task) -> tuple[bytes, int]:
    """Events and counts of one bucket, packed, and the positions they were found from."""
    settings = task.settings
    with connect(memory=_shared(settings.memory), threads=settings.threads) as con:
        content = task.store.get(task.base.name) if task.base else None
        found, tally, worked = _more(con, task, content) if content else _all(con, task)
    counted = {f"tally/{k}": pa.Table.from_pandas(v) for k, v in tally.items()}
    return payload.packed(payload.tables(found) | counted, found.dropped), worked


def _all(con: Any, task: _Task) -> tuple[Result, quality.Tally, int]:
    relation = task.store.relation(con, task.parts)
    tally = quality.tally(relation)
    return _found(relation, task.settings), tally, _positions(tally)


def _found(relation: Any, settings: Settings) -> Result:
    return engine.alone(
        relation,
        places=settings.where(),
        definitions=settings.definitions,
        threads=settings.threads,
    )


def _positions(tally: quality.Tally) -> int:
    return int(tally["vessels"]["positions"].sum())


def _more(con: Any, task: _Task, content: bytes) -> tuple[Result, quality.Tally, int]:
    """What a result becomes with the parts that are new."""
    named, dropped = payload.opened(content)
    base, definitions = payload.result(named, dropped), task.settings.definitions
    known = set(task.base.parts if task.base else [])
    new = task.store.relation(con, [part for part in task.parts if part not in known])
    came = new.aggregate("vessel, min(epoch_us(time_utc)) AS first_us", "vessel").to_arrow_table()
    asked = growth.plan(base.marks, came)
    found = _found(_since(con, task, asked), task.settings)
    worked = _count(found)
    if wrong := growth.consistent(asked, base.marks, found, definitions):
        again = growth.Plan({}, wrong, frozenset())
        whole = _found(_since(con, task, again), task.settings)
        found = joined([growth.without(found, wrong), whole])
        asked = asked.without(wrong)
        worked += _count(whole)
    tally = _tallied(con, task, new, named, asked.late)
    return growth.grown(asked, base, found, definitions), tally, worked


def _count(found: Result) -> int:
    return sum(found.vessels["positions"].to_pylist())


def _since(con: Any, task: _Task, asked: growth.Plan) -> Any:
    """Positions of some vessels: all of those read anew, of others those from an instant on."""
    rows = []
    if asked.since:
        first = str(np.datetime64(min(asked.since.values()), "us"))[:10]
        days = [part for part in task.parts if value(part, "day") >= first]
        rows.append(_of(con, task.store.relation(con, days), asked.since))
    if asked.anew or not rows:
        every = task.store.relation(con, task.parts)
        rows.append(_of(con, every, dict.fromkeys(asked.anew, np.iinfo(np.int64).min)))
    return rows[0] if len(rows) == 1 else rows[0].union(rows[1])


def _of(con: Any, relation: Any, since: Mapping[str, int]) -> Any:
    columns = {"vessel": pa.array(list(since), pa.string())}
    columns["since_us"] = pa.array([int(at) for at in since.values()], pa.int64())
    wanted = con.from_arrow(pa.table(columns)).set_alias("w")
    own = relation.set_alias("p").join(wanted, "p.vessel = w.vessel")
    return own.filter("epoch_us(p.time_utc) >= w.since_us").project("p.*")


def _tallied(
    con: Any, task: _Task, new: Any, named: Mapping[str, pa.Table], late: frozenset[str]
) -> quality.Tally:
    """Counts with those of new positions; of vessels whose positions came late, all anew."""
    base = {kind: named[f"tally/{kind}"].to_pandas() for kind in quality.KINDS}
    if not late:
        return quality.grown(base, quality.tally(new), anew=late)
    every = _of(con, task.store.relation(con, task.parts), dict.fromkeys(late, np.iinfo(int).min))
    listed = con.from_arrow(pa.table({"vessel": pa.array(sorted(late))})).set_alias("l")
    others = new.set_alias("n").join(listed, "n.vessel = l.vessel", how="anti")
    return quality.grown(base, quality.tally(others.union(every)), anew=late)


def _whole(
    contents: Sequence[bytes], inputs: Sequence[Input], settings: Settings, worked: int
) -> Found:
    """Put the buckets together; two ships that meet may be in two of them."""
    if not contents:
        raise GeoError("no position is left after reading; look at the counts of rejected rows")
    opened = [payload.opened(content) for content in contents]
    tallies = [{k: own[f"tally/{k}"].to_pandas() for k in quality.KINDS} for own, _ in opened]
    tally = quality.merged(tallies)
    known = facts.known(tally["facts"])
    own = facts.ships(known)
    every = joined([payload.result(*one) for one in opened])
    slow = every.slow.filter(pc.is_in(every.slow["vessel"], pa.array(sorted(own), pa.string())))
    found = engine.with_encounters(
        replace(every, slow=slow), places=settings.where(), definitions=settings.definitions
    )
    events = facts.apart(found.events, known)
    silent = silence.open_gaps(
        events["tracks"],
        last_us=quality.last_us(tally),
        gap_hours=settings.definitions.gap_hours,
    )
    events["gaps"] = pa.concat_tables([events["gaps"], silent])
    return Found(events, found.dropped, found.vessels, tally, inputs, worked, known)


# --- on what it runs ------------------------------------------------------------------------------


@contextlib.contextmanager
def pool(engine_: str, *, workers: int | None = None) -> Iterator[Executor | None]:
    """The executor by its name: `threads`, `processes`, or `dask://host:port` of a scheduler.

    With threads the buckets go one after another, each on all threads of DuckDB and the engine.
    A Dask worker must reach the store under the same path or address. GeoError if the name is
    unknown, the scheduler does not answer, or Dask is not installed.
    """
    if engine_ == "threads":
        yield None
    elif engine_ == "processes":
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context) as executor:
            yield executor
    elif engine_.startswith("dask://"):
        with _dask(engine_.removeprefix("dask://")) as client:
            yield client.get_executor(retries=3, pure=False)
    else:
        raise GeoError(f"no engine {engine_!r}; known are threads, processes and dask://host:port")


def _dask(address: str) -> Any:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise missing("distributed", "dask") from None
    try:
        return distributed.Client(f"tcp://{address}", timeout=10)
    except (OSError, ValueError) as error:
        raise GeoError(f"dask://{address}: no scheduler answers: {error}") from error
