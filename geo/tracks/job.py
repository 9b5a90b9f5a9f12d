"""From files to results that outlive a kill: positions in a store, events bucket by bucket.

A bucket of vessels is worked on by itself, on any executor. Its results are kept in the store
under a key made of its parts and of the settings: a second run takes what is finished and does the
rest. After new files only the vessels they touch are worked on, each from its mark on: what lies
before is joined from the results so far, which give way to the new ones.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geo.errors import GeoError
from geo.tracks import dialects, engine, facts, outputs, payload, quality, read, silence
from geo.tracks.buckets import Settings, Task, computed, hexed, keep, latest, shared
from geo.tracks.duck import Unreadable, connect
from geo.tracks.executors import pool
from geo.tracks.layout import Written
from geo.tracks.process import joined
from geo.tracks.store import Input, Store, digest, named

__all__ = ["Found", "Reading", "Settings", "ingest", "pool", "rejected", "run"]

Progress = Callable[[str, int, int], None]  # what is being done, how many of it are, of how many
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
        return "" if said == nothing else hexed(said)[:8]


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
                with connect(memory=shared(memory), threads=threads) as con:
                    known[ident] = _add(con, path, sha256, store, reading)
            except Unreadable as error:  # what is wrong shows only as rows are read
                said = " ".join(" ".join(str(error).splitlines()[:2]).split())
                remedy = "mend the line; a text in quotes may hold no line end"
                raise GeoError(f"{path}: cannot be read: {said}; {remedy}") from error
            new += 1
        found.append(known[ident])
    progress("read", len(files), len(files))
    return list({one.ident: one for one in found}.values()), new


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
        Task(store, settings, own, latest(store, settings, bucket, own))
        for bucket, own in parts.items()
        if bucket not in done
    ]
    worked = 0
    for task, (content, positions) in computed(todo, executor):
        bucket = task.bucket
        keep(task, names[bucket], content)
        done[bucket] = content
        worked += positions
        progress("vessels", len(done), len(parts))
    return _whole([done[bucket] for bucket in sorted(done)], inputs, settings, worked)


def _name(settings: Settings, bucket: str, parts: Sequence[str]) -> str:
    return f"results/{settings.key}/{bucket}-{hexed(list(parts))[:16]}.zip"


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
