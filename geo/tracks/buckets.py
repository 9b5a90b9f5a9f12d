"""Events of one bucket of vessels, by itself, on any executor, kept as soon as it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa

from geo.tracks import engine, growth, payload, quality
from geo.tracks import places as where
from geo.tracks.duck import connect, sized
from geo.tracks.process import Result, joined
from geo.tracks.store import Store, value

__all__ = [
    "Settings",
    "Task",
    "computed",
    "hexed",
    "keep",
    "latest",
    "shared",
]

_FORMAT = 3  # of the results that are kept; others are not taken


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
        return hexed([_FORMAT, self.definitions.as_json(), self.radius_m, named])[:16]

    def where(self) -> Any:
        """The places as the engine takes them."""
        more = {} if self.radius_m is None else {"radius_m": self.radius_m}
        return where.from_frame(self.places, **more)


def shared(memory: str | None) -> str | None:
    """What DuckDB may hold of the memory allowed; the rest is for arrays and results."""
    return sized(memory, engine.SHARE) if memory else None


def hexed(value: Any) -> str:
    """The key of a value: SHA-256 of its JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class _Latest:
    """The result of a bucket that was kept last: its name, and the parts it is of."""

    name: str
    parts: Sequence[str]


@dataclass(frozen=True)
class Task:
    """A bucket to be worked on; base is a result of some of its parts, if there is one."""

    store: Store
    settings: Settings
    parts: Sequence[str]
    base: _Latest | None

    @property
    def bucket(self) -> str:
        """Its number, as text."""
        return value(self.parts[0], "bucket")


def latest(store: Store, settings: Settings, bucket: str, parts: Sequence[str]) -> _Latest | None:
    """The last result of a bucket, if it is of no other parts than those given."""
    text = store.get(_record_name(settings, bucket))
    latest = _Latest(**json.loads(text)) if text else None
    return latest if latest and set(latest.parts) < set(parts) else None


def _record_name(settings: Settings, bucket: str) -> str:
    """Where the store has the record of a bucket."""
    return f"results/{settings.key}/{bucket}.json"


def keep(task: Task, name: str, content: bytes) -> None:
    """Put a result into the store, then its record, then remove what it grew from."""
    task.store.put(name, content)
    record = json.dumps(vars(_Latest(name, task.parts)))
    task.store.put(_record_name(task.settings, task.bucket), record)
    if task.base:
        task.store.remove(task.base.name)


def computed(
    todo: Sequence[Task], executor: Executor | None
) -> Iterator[tuple[Task, tuple[bytes, int]]]:
    """Each task with its result and its number of positions, as soon as it is done."""
    if executor is None:
        for task in todo:
            yield task, _events_of(task)
        return
    futures = {executor.submit(_events_of, task): task for task in todo}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def _events_of(task: Task) -> tuple[bytes, int]:
    """Events and counts of one bucket, packed, and the positions they were found from."""
    settings = task.settings
    with connect(memory=shared(settings.memory), threads=settings.threads) as con:
        content = task.store.get(task.base.name) if task.base else None
        found, tally, worked = _more(con, task, content) if content else _all(con, task)
    counted = {f"tally/{k}": pa.Table.from_pandas(v) for k, v in tally.items()}
    return payload.packed(payload.tables(found) | counted, found.dropped), worked


def _all(con: Any, task: Task) -> tuple[Result, quality.Tally, int]:
    """Events and counts of all positions of a task, and how many those are."""
    relation = task.store.relation(con, task.parts)
    tally = quality.tally(relation)
    return _found_in(relation, task.settings), tally, _positions(tally)


def _found_in(relation: Any, settings: Settings) -> Result:
    """Events of a relation by some settings."""
    return engine.alone(
        relation,
        places=settings.where(),
        definitions=settings.definitions,
        threads=settings.threads,
    )


def _positions(tally: quality.Tally) -> int:
    return int(tally["vessels"]["positions"].sum())


def _more(con: Any, task: Task, content: bytes) -> tuple[Result, quality.Tally, int]:
    """What a result becomes with the parts that are new."""
    named, dropped = payload.opened(content)
    base, definitions = payload.result(named, dropped), task.settings.definitions
    known = set(task.base.parts if task.base else [])
    new = task.store.relation(con, [part for part in task.parts if part not in known])
    came = new.aggregate("vessel, min(epoch_us(time_utc)) AS first_us", "vessel").to_arrow_table()
    asked = growth.plan(base.marks, came)
    found = _found_in(_since(con, task, asked), task.settings)
    worked = _count(found)
    if wrong := growth.consistent(asked, base.marks, found, definitions):
        again = growth.Plan({}, wrong, frozenset())
        whole = _found_in(_since(con, task, again), task.settings)
        found = joined([growth.without(found, wrong), whole])
        asked = asked.without(wrong)
        worked += _count(whole)
    tally = _tallied(con, task, new, named, asked.late)
    return growth.grown(asked, base, found, definitions), tally, worked


def _count(found: Result) -> int:
    return sum(found.vessels["positions"].to_pylist())


def _since(con: Any, task: Task, asked: growth.Plan) -> Any:
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
    con: Any, task: Task, new: Any, named: Mapping[str, pa.Table], late: frozenset[str]
) -> quality.Tally:
    """Counts with those of new positions; of vessels whose positions came late, all anew."""
    base = {kind: named[f"tally/{kind}"].to_pandas() for kind in quality.KINDS}
    if not late:
        return quality.grown(base, quality.tally(new), anew=late)
    every = _of(con, task.store.relation(con, task.parts), dict.fromkeys(late, np.iinfo(int).min))
    listed = con.from_arrow(pa.table({"vessel": pa.array(sorted(late))})).set_alias("l")
    others = new.set_alias("n").join(listed, "n.vessel = l.vessel", how="anti")
    return quality.grown(base, quality.tally(others.union(every)), anew=late)
