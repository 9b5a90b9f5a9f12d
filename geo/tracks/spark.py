"""The track engine on a Spark cluster that is there already: whole vessels by `mapInArrow`.

Workers need this package; nothing of Spark is imported here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from geo.errors import GeoError
from geo.tracks import payload
from geo.tracks.definitions import Definitions
from geo.tracks.engine import ALONE_ROWS, NEEDED, whole_vessels, with_encounters
from geo.tracks.fields import KEY
from geo.tracks.places import Places
from geo.tracks.process import Result, joined, process

__all__ = ["run"]


def run(
    frame: Any, *, places: Places, definitions: Definitions, partitions: int | None = None
) -> Result:
    """Return the events of a Spark DataFrame with the columns of POSITIONS, encounters included.

    partitions: of the vessels, as many as Spark shuffles into without a number. The events of all
    come back to the driver. GeoError if the frame lacks a column.
    """
    missing = [name for name in KEY if name not in frame.columns]
    if missing:
        raise GeoError(f"positions have no column {', '.join(missing)}; they have {frame.columns}")
    needed = [
        name if name in frame.columns else f"CAST(NULL AS FLOAT) AS {name}" for name in NEEDED
    ]
    known = frame.selectExpr("CAST(vessel AS STRING) AS vessel", *needed).where(
        "vessel IS NOT NULL AND time_utc IS NOT NULL"
    )
    by_vessel = (
        known.repartition(partitions, "vessel") if partitions else known.repartition("vessel")
    )

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        whole = whole_vessels(batches, ALONE_ROWS)
        found = joined([process(t, places=places, definitions=definitions) for t in whole])
        content = payload.packed(payload.tables(found), found.dropped)
        yield pa.RecordBatch.from_pydict({"found": pa.array([content], pa.binary())})

    ordered = by_vessel.sortWithinPartitions("vessel", "time_utc")
    rows = ordered.mapInArrow(work, "found binary").collect()
    results = [payload.result(*payload.opened(bytes(row["found"]))) for row in rows]
    return with_encounters(joined(results), places=places, definitions=definitions)
