"""From raw AIS positions to tracks, gaps, stops, port calls, voyages and encounters.

dialects, layout, read      files of positions → one table
clean, process, engine      the table → events, vessel by vessel
places, definitions         what events are judged by
store, job, outputs         what is kept between runs, and the files that leave
spark                       the same on a Spark cluster
synthetic                   invented positions, called so
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.tracks import (
        clean,
        columns,
        definitions,
        dialects,
        engine,
        job,
        layout,
        outputs,
        places,
        process,
        read,
        spark,
        store,
        synthetic,
    )

__all__ = [
    "clean",
    "columns",
    "definitions",
    "dialects",
    "engine",
    "job",
    "layout",
    "outputs",
    "places",
    "process",
    "read",
    "spark",
    "store",
    "synthetic",
]


def __getattr__(name: str) -> ModuleType:
    """A module, when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'geo.tracks' has no attribute {name!r}")
    return import_module(f"geo.tracks.{name}")


def __dir__() -> list[str]:
    """The public modules and nothing else."""
    return list(__all__)
