"""A log of NMEA sentences → every line that gives no position, with its reason."""

from __future__ import annotations

import importlib
import io
from pathlib import Path
from typing import Any

from geo.checking.check import Report
from geo.errors import Fault, GeoError
from geo.files import intake

ENDINGS = (".nmea", ".nm4", ".ais", ".log")
_SENTINEL = "no position: 181 and 91 are what AIS sends for unknown"


def examine(path: Path, *, memory_bytes: int = intake.CEILING) -> Report:
    """Check a log of NMEA sentences: each line that is lost is a fault, each position is counted.

    Raises GeoError where it cannot be read, or where the extra `tracks` is not installed.
    """
    nmea = _decoder()
    text = intake.read(path, memory_bytes=memory_bytes).decode("utf-8", "replace")
    log = nmea.Log()
    tables = list(nmea.read(io.StringIO(text, newline=""), log))
    remedy = "mend the line, or leave it out"
    faults = [
        Fault(path.name, f"line {line}", "", raw[:80], reason, remedy)
        for line, raw, reason in sorted(log.rejected)
    ]
    rows = sum(table.num_rows for table in tables)
    if not rows and not faults:
        raise GeoError(f"{path}: holds no sentence")
    unknown = sum(_unknown(table) for table in tables)
    notes = [Fault(path.name, "", "", f"{unknown} positions", _SENTINEL, "")] if unknown else []
    return Report(tuple(faults), tuple(notes), {"positions": rows, "lines": log.lines})


def _decoder() -> Any:
    try:
        return importlib.import_module("geo.tracks.nmea")
    except ImportError as error:
        raise GeoError(f"{error.name} is not installed; pip install 'tumen[tracks]'") from None


def _unknown(table: Any) -> int:
    pairs = zip(table["lon"].to_pylist(), table["lat"].to_pylist(), strict=True)
    return sum(lon == 181 or lat == 91 for lon, lat in pairs)
