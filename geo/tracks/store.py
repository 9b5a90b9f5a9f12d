"""Positions that grow: a Parquet store by bucket of vessels and day, on disk or any fsspec address.

    positions/bucket=07/day=YYYY-MM-DD/DIGEST-0.parquet    read in place: hive partitions
    inputs/DIGEST.json                                     what came in, by the hash of its bytes
    results/SETTINGS/07-PARTS.zip                          events of a bucket, while they hold

A vessel is in one bucket, so a bucket is worked on by itself. A part is staged and then moved, and
an input counts once its record stands: work that was cut off is done again, to the same names.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
from fsspec.core import url_to_fs

from geo.errors import GeoError
from geo.tracks.columns import POSITIONS

__all__ = ["BUCKETS", "Input", "Store", "digest", "named", "value"]

_ABOUT, _STAGING = "store.json", "staging"
BUCKETS = 16  # an own number for a store is kept in its `store.json`
_HEX = 16  # digits of a digest in a name
_MOST_FILES = 512
# Rows that wait for each open file: else every batch leaves a group of a few rows in each of them,
# and what is noted of the groups outgrows the positions.
_LEAST_ROWS = 1 << 12
# A number is mixed by multiplication (Knuth's, 2^32 over the golden ratio), other text by MD5,
# which takes ten times as long. Both are the same everywhere and in every version.
_MIXED = """CASE WHEN regexp_full_match(vessel, '[0-9]{1,9}')
  THEN (vessel::BIGINT * 2654435761 // 65536) % 65536 ELSE md5_number_lower(vessel) END"""
_PARTITIONS = pa.schema([("bucket", pa.string()), ("day", pa.string())])


@dataclass(frozen=True)
class Input:
    """A file whose positions are in the store: its hash, rows, parts by path, and what was read.

    reading: key of how it was read, "" for a plain reading; the same file read otherwise is another
    input.
    """

    name: str
    sha256: str
    rows: int
    parts: Mapping[str, int]
    counts: Mapping[str, Any]
    synthetic: bool = False
    reading: str = ""

    @property
    def ident(self) -> str:
        """What the input is known by in a store."""
        return named(self.sha256, self.reading)


def named(sha256: str, reading: str) -> str:
    """What a file read in some way is known by in a store."""
    return f"{reading}{sha256}"[: len(sha256)]


def digest(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal. Raises GeoError."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GeoError(f"{path}: cannot be read: {error.strerror}") from error


class Store:
    """A store at a path or an fsspec address such as `s3://bucket/ais`."""

    def __init__(self, fs: fsspec.AbstractFileSystem, root: str, buckets: int) -> None:
        """Take what `at` found."""
        self.fs, self.root, self.buckets = fs, root.rstrip("/"), buckets

    @classmethod
    def at(cls, address: str | Path, *, buckets: int = BUCKETS, **options: Any) -> Store:
        """Open the store at an address, or begin one; `options` go to its file system.

        `buckets` is used for a new store only. GeoError if the place cannot be used.
        """
        try:
            fs, root = url_to_fs(str(address), **options)
            store = cls(fs, root, buckets)
            store.buckets = store._settled(buckets)
        except (ImportError, ValueError, OSError) as error:
            said = getattr(error, "strerror", None) or error
            raise GeoError(f"{address}: not a store that can be used: {said}") from error
        return store

    @staticmethod
    def is_at(address: str | Path, **options: Any) -> bool:
        """Whether there is a store at an address."""
        try:
            fs, root = url_to_fs(str(address), **options)
            return bool(fs.exists(posixpath.join(root, _ABOUT)))
        except (ImportError, ValueError, OSError):  # `at` or a reader of files says what is wrong
            return False

    def _settled(self, buckets: int) -> int:
        if not self.fs.exists(self._path(_ABOUT)):
            found = self.fs.ls(self.root, detail=False) if self.fs.exists(self.root) else []
            if {posixpath.basename(path.rstrip("/")) for path in found} - {_STAGING}:
                raise ValueError("the folder holds other things; name a new one")
            self.put(_ABOUT, json.dumps({"buckets": buckets, "of": " ".join(_MIXED.split())}))
        return int(json.loads(self.fs.cat_file(self._path(_ABOUT)))["buckets"])

    def _path(self, *parts: str) -> str:
        """A path in the store; GeoError for one that leads out: a store may be a stranger's."""
        path = posixpath.join(*parts)
        if posixpath.isabs(path) or ".." in path.replace("\\", "/").split("/"):
            raise GeoError(f"{self.root}: names {path!r}, which is not in the store; make it anew")
        return posixpath.join(self.root, path)

    def put(self, path: str, content: str | bytes) -> None:
        """Write a small file whole: beside its place, then into it."""
        data = content.encode() if isinstance(content, str) else content
        target, beside = self._path(path), self._path(_STAGING, path.replace("/", "_"))
        with self._writing():
            for place in (target, beside):
                self.fs.makedirs(posixpath.dirname(place), exist_ok=True)
            self.fs.pipe_file(beside, data)
            self.fs.mv(beside, target)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """GeoError that names the store where its place cannot be written, as on a full disk."""
        try:
            yield
        except OSError as error:
            said = error.strerror or str(error)
            raise GeoError(f"{self.root}: cannot be written: {said}") from error

    def get(self, path: str) -> bytes | None:
        """Return the content of a small file, None where there is none."""
        target = self._path(path)
        return bytes(self.fs.cat_file(target)) if self.fs.exists(target) else None

    def remove(self, path: str) -> None:
        """Remove a small file, if it is there."""
        if self.fs.exists(self._path(path)):
            self.fs.rm(self._path(path))

    # --- what came in ---

    def inputs(self) -> list[Input]:
        """Return what is in the store, in order of name and hash."""
        found = self.fs.glob(self._path("inputs", "*.json"))
        read = [Input(**json.loads(self.fs.cat_file(path))) for path in found]
        return sorted(read, key=lambda one: (one.name, one.sha256))

    def has(self, sha256: str) -> bool:
        """Whether a file of this content is in the store."""
        return bool(self.fs.exists(self._path("inputs", f"{sha256}.json")))

    def add(
        self,
        relation: Any,
        *,
        name: str,
        sha256: str,
        counts: Any = dict,
        synthetic: bool = False,
        reading: str = "",
    ) -> Input:
        """Add the positions of one file: a DuckDB relation with the columns of POSITIONS.

        counts: called when all is read, for what was read and rejected. What is there already
        under the same hash is replaced by the same.
        """
        ident = named(sha256, reading)
        short = ident[:_HEX]
        self.clean(short)
        staging = self._path(_STAGING, short)
        reader = relation.project(self._columns()).to_arrow_reader(100_000)
        with self._writing():
            rows = _write(reader, staging, self.fs, f"{short}-{{i}}.parquet")
            parts = {self._moved(staging, path): n for path, n in sorted(rows.items())}
        record = Input(name, sha256, sum(parts.values()), parts, counts(), synthetic, reading)
        text = json.dumps(vars(record), sort_keys=True, indent=1)
        self.put(f"inputs/{ident}.json", text)
        self.clean(short)
        return Input(**json.loads(text))  # as a later run finds it

    def _columns(self) -> str:
        names = ", ".join(POSITIONS.names)
        bucket = f"lpad(({_MIXED} % {self.buckets})::VARCHAR, 2, '0')"
        day = "strftime(make_timestamp(epoch_us(time_utc)), '%Y-%m-%d')"
        return f"{names}, {bucket} AS bucket, {day} AS day"

    def _moved(self, staging: str, path: str) -> str:
        """Move a part from where it was staged into its place; return its path in the store."""
        inside = posixpath.join("positions", posixpath.relpath(path, staging))
        self.fs.makedirs(posixpath.dirname(self._path(inside)), exist_ok=True)
        self.fs.mv(path, self._path(inside))
        return inside

    # --- what can be worked on ---

    def parts(self, inputs: Iterable[Input]) -> dict[str, list[str]]:
        """Return the paths of each bucket's parts, in order, from the inputs given."""
        found: dict[str, list[str]] = {}
        for path in sorted(path for one in inputs for path in one.parts):
            found.setdefault(value(path, "bucket"), []).append(path)
        return dict(sorted(found.items()))

    def days(self, inputs: Iterable[Input]) -> list[str]:
        """Return the days that the inputs have positions of, in order."""
        return sorted({value(path, "day") for one in inputs for path in one.parts})

    def positions(self, parts: Sequence[str]) -> pa.Table:
        """Read parts as one table of POSITIONS."""
        paths = [self._path(part) for part in parts]
        read = ds.dataset(paths, schema=POSITIONS, format="parquet", filesystem=self.fs)
        return read.to_table()

    def relation(self, con: Any, parts: Sequence[str]) -> Any:
        """Return parts as a relation of a DuckDB connection; on a local disk they are streamed."""
        paths = [self._path(part) for part in parts]
        if "file" in self.fs.protocol:
            return con.read_parquet(paths, hive_partitioning=False, union_by_name=True)
        return con.from_arrow(self.positions(parts))

    def clean(self, name: str = "") -> None:
        """Remove what is staged under a name, or all that a killed process left."""
        staging = self._path(_STAGING, name)
        if self.fs.exists(staging):
            self.fs.rm(staging, recursive=True)


def value(path: str, key: str) -> str:
    """Return what a part's path says of its `bucket` or `day`."""
    found = re.search(rf"(?:^|/){key}=([^/]+)", path)
    return found[1] if found else ""


def _write(reader: Any, folder: str, fs: fsspec.AbstractFileSystem, name: str) -> dict[str, int]:
    """Write batches as hive partitions; return the rows of every file."""
    rows: dict[str, int] = {}

    def note(written: Any) -> None:
        rows[str(written.path)] = int(written.metadata.num_rows)

    fs.makedirs(folder, exist_ok=True)
    ds.write_dataset(
        reader,
        folder,
        filesystem=fs,
        format="parquet",
        partitioning=ds.partitioning(_PARTITIONS, flavor="hive"),
        basename_template=name,
        max_open_files=_MOST_FILES,
        min_rows_per_group=_LEAST_ROWS,
        use_threads=False,
        existing_data_behavior="overwrite_or_ignore",
        file_visitor=note,
        file_options=ds.ParquetFileFormat().make_write_options(compression="zstd"),
    )
    return rows
