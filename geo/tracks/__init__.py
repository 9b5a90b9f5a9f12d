"""From raw AIS positions to tracks, gaps, stops, port calls, voyages and encounters.

dialects, layout, read      files of positions → one table
clean, process, engine      the table → events, vessel by vessel
places, definitions         what events are judged by
store, job, outputs         what is kept between runs, and the files that leave
spark                       the same on a Spark cluster
synthetic                   invented positions, called so
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy import modules

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

__getattr__, __dir__ = modules(__name__, __all__)
