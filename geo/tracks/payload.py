"""Results as bytes: what workers hand back, and what is kept of a job that may be ended."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from geo.tracks.columns import EVENTS
from geo.tracks.outputs import parquet
from geo.tracks.process import Result

__all__ = ["opened", "packed", "result", "tables"]

_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: the same results, the same bytes
_COUNTS = "dropped.json"


def tables(found: Result) -> dict[str, pa.Table]:
    """Return the tables of a result by name, encounters left out: they are of many vessels."""
    events = {f"events/{kind}": found.events[kind] for kind in EVENTS if kind != "encounters"}
    return events | {"slow": found.slow, "vessels": found.vessels, "marks": found.marks}


def result(named: Mapping[str, pa.Table], dropped: Mapping[str, int]) -> Result:
    """Return the result of tables by name, with no encounters."""
    events = {
        kind: named.get(f"events/{kind}", schema.empty_table()) for kind, schema in EVENTS.items()
    }
    return Result(events, named["slow"], dict(dropped), named["vessels"], named["marks"])


def packed(named: Mapping[str, pa.Table], dropped: Mapping[str, int]) -> bytes:
    """Return tables and counts as one zip of Parquet files."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, table in named.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.parquet", _STAMP), parquet(table))
        archive.writestr(zipfile.ZipInfo(_COUNTS, _STAMP), json.dumps(dict(dropped)))
    return sink.getvalue()


def opened(content: bytes) -> tuple[dict[str, pa.Table], dict[str, int]]:
    """Return what `packed` was given."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".parquet")]
        named = {n[: -len(".parquet")]: pq.read_table(io.BytesIO(archive.read(n))) for n in names}
        return named, json.loads(archive.read(_COUNTS))
