"""A log of NMEA sentences → every line that gives no position, with its reason."""

from __future__ import annotations

import importlib
import io
from pathlib import Path
from typing import Any

from geo.checking.check import Report
from geo.errors import Fault, GeoError, wording
from geo.files import intake
from geo.tracks import reasons

ENDINGS = (".nmea", ".nm4", ".ais", ".log")


def examine(path: Path, *, memory_bytes: int = intake.CEILING) -> Report:
    """Check a log of NMEA sentences: each line that is lost is a fault, each position is counted.

    Raises GeoError where it cannot be read, or where the extra `tracks` is not installed.
    """
    nmea = _decoder()
    text = intake.read(path, memory_bytes=memory_bytes).decode("utf-8", "replace")
    log = nmea.Log()
    tables = list(nmea.read(io.StringIO(text, newline=""), log))
    faults = [
        Fault(path.name, f"line {line}", "", raw[:80], *reasons.fault(reason)[1])
        for line, raw, reason in sorted(log.rejected)
    ]
    rows = sum(table.num_rows for table in tables)
    if not rows and not faults:
        raise GeoError(f"{path}: holds no sentence")
    unknown = sum(_unknown(table) for table in tables)
    note = Fault(path.name, "", "", f"{unknown} positions", *wording("position.ais-unknown"))
    notes = (note,) if unknown else ()
    return Report(tuple(faults), notes, {"positions": rows, "lines": log.lines})


def _decoder() -> Any:
    try:
        return importlib.import_module("geo.tracks.nmea")
    except ImportError as error:
        raise GeoError(f"{error.name} is not installed; pip install 'tumen[tracks]'") from None


def _unknown(table: Any) -> int:
    pairs = zip(table["lon"].to_pylist(), table["lat"].to_pylist(), strict=True)
    return sum(lon == 181 or lat == 91 for lon, lat in pairs)
