"""A log of NMEA sentences → every line that gives no position, with its reason."""

from __future__ import annotations

import importlib
import io
import re
from pathlib import Path
from typing import Any

from geo.checking.check import Report
from geo.errors import Fault, GeoError, wording
from geo.errors.extras import missing
from geo.files import intake
from geo.tracks import reasons

ENDINGS = (".nmea", ".nm4", ".ais", ".log")
_SENTENCE = re.compile(rb"[!$][A-Z]{2}VD[MO],")
_HEAD = 1 << 18  # bytes by which a text of another ending is known
_OTHER = (".csv", ".txt", ".json", ".jsonl", ".ndjson", ".vdr")


def holds(path: Path) -> bool:
    """Whether a file is a log of sentences, by its ending or its first lines."""
    kind = path.suffix.lower()
    if kind in _OTHER and path.is_file():
        return _SENTENCE.search(intake.start(path, _HEAD)) is not None
    return kind in ENDINGS


@intake.guarded
def examine(path: Path, *, memory_bytes: int = intake.CEILING) -> Report:
    """Check a log of NMEA sentences: each line that is lost is a fault, each position is counted.

    Raises GeoError where it cannot be read, or where the extra `tracks` is not installed.
    """
    nmea = _decoder()
    text = intake.read(path, memory_bytes=memory_bytes).decode("utf-8", "replace")
    headings = _headings(path, text)
    log = nmea.Log()
    tables = list(nmea.read(io.StringIO(text, newline=""), log))
    faults = [
        Fault(path.name, f"line {line}", "", raw[:80], *reasons.fault(reason)[1])
        for line, raw, reason in sorted(log.rejected)
        if line > headings
    ]
    rows = sum(table.num_rows for table in tables)
    if not rows and not faults:
        raise GeoError(f"{path}: holds no sentence")
    unknown = sum(_unknown(table) for table in tables)
    note = Fault(path.name, "", "", f"{unknown} positions", *wording("position.ais-unknown"))
    notes = (note,) if unknown else ()
    return Report(tuple(faults), notes, {"positions": rows, "lines": log.lines})


def _headings(path: Path, text: str) -> int:
    """Lines before the first sentence, of a table or the like: no log has any."""
    first = re.search(_SENTENCE.pattern.decode(), text)
    return (
        0 if first is None or path.suffix.lower() in ENDINGS else text.count("\n", 0, first.start())
    )


def _decoder() -> Any:
    try:
        return importlib.import_module("geo.tracks.nmea")
    except ImportError as error:
        raise missing(error.name or "pyais", "tracks") from None


def _unknown(table: Any) -> int:
    pairs = zip(table["lon"].to_pylist(), table["lat"].to_pylist(), strict=True)
    return sum(lon == 181 or lat == 91 for lon, lat in pairs)
