"""A synthetic fleet: AIS positions as archives hold them, and the truth they were made from.

Nothing here was sailed. Ships are named plainly ("Synthetic 01"), the word synthetic stands in
every name and in the metadata of every file, no IMO number is given. Numbers begin with 79:
Recommendation ITU-R M.585 gives ships the form MIDXXXXXX, and the ITU's Table of Maritime
Identification Digits allocates 201 to 775 only; forms of other stations begin with 0, 1, 8 or 9.

Two ways to move: great circles, anywhere in the world, and paths over water. Ships call at places,
wait off them, meet at sea and fall silent; then noise is laid on and labelled. The same arguments
give the same fleet: NumPy promises its streams within a release (NEP 19), and coordinates are
rounded to 1e-5 degrees, so other machines agree but for a last digit.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.files import writing
from geo.geometry import measure, water
from geo.tracks.columns import POSITIONS
from geo.tracks.fleet_signals import METADATA, Noise, Sampler, labels_of
from geo.tracks.fleet_trade import (
    DAY_S,
    Floats,
    LonLat,
    Mover,
    Sea,
    simulate,
)

__all__ = ["Fleet", "Noise", "fleet", "great_circle", "invented_places", "over_water", "positions"]

START = datetime.fromtimestamp(1_735_689_600, UTC)
INTERVAL_S = 300.0
_STEP_KM = 50.0
_BATCH_ROWS = 1_000_000


@dataclass(frozen=True)
class Fleet:
    """Positions and the truth behind them.

    positions: POSITIONS of geo.tracks.columns, in order of receipt. labels: row for row, `ship`
    (the number of the true ship) and `noise` (one of LABELS). calls: vessel, ship, place,
    arrival_utc, departure_utc (null where the time ends first). voyages: vessel, ship, origin,
    destination, departure_utc, arrival_utc. encounters: vessel, other, start_utc, end_utc, lon,
    lat. silences: vessel, ship, start_utc, end_utc, when nothing was sent.
    """

    positions: pa.Table
    labels: pa.Table
    calls: pa.Table
    voyages: pa.Table
    encounters: pa.Table
    silences: pa.Table

    def write(self, path: str | Path) -> Path:
        """Write the positions as one Parquet file, marked synthetic."""
        sink = io.BytesIO()
        pq.write_table(self.positions, sink, compression="zstd")
        return writing.write(path, sink.getvalue())


def fleet(
    places: gpd.GeoDataFrame,
    *,
    vessels: int,
    start: datetime,
    days: float,
    seed: int,
    mover: Mover | None = None,
    noise: Noise | None = None,
    interval_s: float = INTERVAL_S,
    berth_m: float = 1000.0,
    lane_m: float = 3000.0,
    neighbours: int = 6,
) -> Fleet:
    """Return the positions of some ships that trade between places, with the truth.

    places: points with a column `place`, at least two. start: with a time zone. mover: how to get
    from one point to another, `great_circle` by default. interval_s: mean time between the
    positions of a ship. berth_m, lane_m: how far berths lie from the place, and lanes from the
    path; keep both small over water. neighbours: how many of the nearest places a ship may choose
    next. GeoError if an argument cannot be used.
    """
    _check(places, vessels, days, start)
    sea = Sea(places, mover or great_circle, berth_m, lane_m, neighbours)
    trade = simulate(sea, vessels=vessels, days=days, seed=seed)
    sampler = Sampler(trade, noise or Noise(), start, interval_s, seed)
    rows = sampler.rows(0, sampler.slots)
    return Fleet(sampler.table(rows), labels_of(rows), **sampler.truth())


def positions(
    n: int,
    path: str | Path,
    seed: int,
    *,
    places: gpd.GeoDataFrame | None = None,
    start: datetime = START,
    days: float = 30.0,
    noise: Noise | None = None,
) -> int:
    """Write about `n` positions as Parquet in order of receipt; return how many.

    Ships sail great circles between `invented_places()`, 300 s between positions; one MMSI in
    a hundred is two ships. Row groups hold about a million rows, one at a time is in memory.
    """
    where = invented_places() if places is None else places
    wrong = noise or Noise(shared=0.01)
    vessels = max(1, round(n * INTERVAL_S / (days * DAY_S) / (1 - wrong.lost)))
    _check(where, vessels, days, start)
    sea = Sea(where, great_circle, 1000.0, 3000.0, 6)
    trade = simulate(sea, vessels=vessels, days=days, seed=seed)
    sampler = Sampler(trade, wrong, start, INTERVAL_S, seed)
    step = max(1, _BATCH_ROWS // vessels)
    stretches = ((a, min(a + step, sampler.slots)) for a in range(0, sampler.slots, step))
    return _stream(path, (sampler.table(sampler.rows(*stretch)) for stretch in stretches))


def invented_places(count: int = 200, *, seed: int = 7) -> gpd.GeoDataFrame:
    """Return points all round the world, land or sea, the antimeridian included: `place`."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-180, 180, count), rng.uniform(-50, 65, count)
    names = [f"synthetic_{n:03}" for n in range(count)]
    points = gpd.points_from_xy(np.round(lon, 5), np.round(lat, 5))
    return gpd.GeoDataFrame({"place": names}, geometry=points, crs="EPSG:4326")


def great_circle(origin: LonLat, destination: LonLat) -> Floats:
    """Return the geodesic between two points: (n, 2) lon, lat, a vertex every 50 km or less."""
    return _vertices(LineString([origin, destination]))


def over_water(land: BaseGeometry, *, max_snap_km: float = 5.0) -> Mover:
    """Return a mover that keeps to water, by `geo.water.route`; its ends are moved to water."""

    def move(origin: LonLat, destination: LonLat) -> Floats:
        found = water.route(origin, destination, land=land, max_snap_km=max_snap_km)
        return _vertices(found.line)

    return move


def _vertices(line: LineString) -> Floats:
    return np.asarray(measure.densify(line, max_km=_STEP_KM).coords, dtype=np.float64)


def _check(places: gpd.GeoDataFrame, vessels: int, days: float, start: datetime) -> None:
    faults = [
        text
        for wrong, text in (
            ("place" not in places.columns, "places has no column `place`; name the points"),
            (len(places) < 2, f"places has {len(places)} rows; give at least two points"),
            (not (places.geom_type == "Point").all(), "places holds more than points; give points"),
            (vessels < 1, f"vessels is {vessels}; give one or more"),
            (not days > 0, f"days is {days}; give a number above zero"),
            (start.tzinfo is None, f"start is {start}, without a time zone; add UTC"),
        )
        if wrong
    ]
    if faults:
        raise GeoError("no fleet can be made: " + "; ".join(faults))


# --- a file larger than memory -------------------------------------------------------------------


def _stream(path: str | Path, tables: Iterable[pa.Table]) -> int:
    """Write tables as row groups beside the target, then take its place; return the rows."""
    schema, count = POSITIONS.with_metadata(METADATA), 0
    with (
        writing.replacing(path) as file,
        pq.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        for table in tables:
            writer.write_table(table, row_group_size=max(1, len(table)))
            count += len(table)
    return count
