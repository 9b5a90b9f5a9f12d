"""The one door to DuckDB: connections that stay on this machine, in UTC, within a memory limit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from geo.errors import GeoError

__all__ = ["Unreadable", "connect", "sized"]

Unreadable = duckdb.Error

_SMALLER = {"KB": "B", "MB": "KB", "GB": "MB", "TB": "GB"}


def connect(
    *, memory: str | None = None, threads: int | None = None, spill: str | Path | None = None
) -> Any:
    """Return a DuckDB connection of its own, in memory.

    memory: such as "2GB"; what does not fit is spilled to `spill`, a folder of DuckDB's choice
    without one. threads: all processors without a number. Rows have no order unless sorted, no
    extension is loaded from elsewhere. GeoError if an option is not understood.
    """
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    config |= {"memory_limit": sized(memory, 1.0)} if memory else {}
    config |= {"threads": threads} if threads else {}
    config |= {"temp_directory": str(spill)} if spill else {}
    try:
        connection = duckdb.connect(config=config)
    except duckdb.Error as error:
        raise GeoError(f"memory {memory!r}, threads {threads!r}: {error}") from error
    connection.execute("SET TimeZone = 'UTC'")
    ((bar,),) = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    if bar:  # in a notebook without ipywidgets it may not even be turned off
        connection.execute("SET enable_progress_bar = false")
    return connection


def sized(memory: str, share: float) -> str:
    """Return a share of an amount such as "2.5GB" (or KB, MB, TB, by 1000). GeoError otherwise."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]B)\s*", memory, re.IGNORECASE)
    if not found:
        raise GeoError(f"memory {memory!r} is not an amount; say it like 2GB or 800MB")
    return f"{float(found[1]) * 1000 * share:.0f}{_SMALLER[found[2].upper()]}"
