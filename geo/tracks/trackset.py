"""Tracks of many vessels as plain columns: what a page draws by the million.

A track is the positions of one vessel in order; it comes in parts, broken where nothing was
received for `gap_hours`. Longitudes are continuous along a track and may exceed ±180.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import GeoError, Lost, check_type
from geo.geometry import packing, simplify
from geo.tracks import arrays
from geo.tracks.vessels import KEPT as KEPT
from geo.tracks.vessels import are_invented, table_of
from geo.tracks.vessels import heads as heads

__all__ = ["GAP_HOURS", "QUANTUM_DEG", "TrackSet", "of_lines", "of_positions"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

GAP_HOURS = 12.0  # Global Fishing Watch: an AIS gap
QUANTUM_DEG = 1e-5  # 1.1 m, about what a receiver tells
QUANTUM_S = 1.0
QUANTUM_KN = 0.1  # as AIS sends it
SENT, DERIVED = "as sent", "between positions"
_S_PER_HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class TrackSet:
    """Tracks as columns, one value a position, in order of track and time.

    lon, lat: degrees, continuous along a track. starts: where parts begin, and the number of
    positions as the last. track: the track of each part, counted from 0 and ascending. table: one
    row a track, `vessel` first, words and numbers to show. time_s: Unix time in seconds. speed_kn:
    knots, NaN where unknown; speed_basis says where they are from. gap_hours: what broke the parts,
    None for lines without times. received: positions before thinning. tolerance_m: of thinning, 0
    for none; by_time: whether the ship's place in time was held within it too. left_out: rows
    without vessel, time or position. lost: rows whose values were not understood, with the reason.
    apart: positions of what is no ship, by class. kind: of what moves. reading: how rows were read.
    """

    lon: Floats
    lat: Floats
    starts: Ints
    track: Ints
    table: pd.DataFrame
    time_s: Floats | None = None
    speed_kn: Floats | None = None
    speed_basis: str = SENT
    gap_hours: float | None = None
    synthetic: bool = False
    received: int = 0
    tolerance_m: float = 0.0
    by_time: bool = False
    left_out: int = 0
    lost: tuple[Lost, ...] = ()
    apart: Mapping[str, int] = field(default_factory=dict)
    kind: str = "ship"
    reading: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """The number of positions."""
        return len(self.lon)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees; east may exceed 180."""
        lon, lat = self.lon, self.lat
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @property
    def noun(self) -> str:
        """What the vertices are: positions where they have a time."""
        return "vertices" if self.time_s is None else "positions"

    # --- thinning ---

    @cached_property
    def _weights(self) -> tuple[Floats, Floats | None]:
        here = (self.lon, self.lat, self.starts)
        timed = self.time_s is not None
        return simplify.weights_m(*here), simplify.weights_m(
            *here, time_s=self.time_s
        ) if timed else None

    def thinned(self, tolerance_m: float, *, by_time: bool = False) -> TrackSet:
        """Return the tracks without the positions that a tolerance in metres can spare.

        No position left out is farther than that from the line drawn (`simplify`); with `by_time`,
        farther than that from where the line places the ship at its moment. Both ends of every part
        stay, so no AIS gap is lost or made. Raises GeoError for a tolerance below a metre, for a
        second thinning, and for `by_time` without times.
        """
        if not tolerance_m >= simplify.FINEST_M or not np.isfinite(tolerance_m):
            raise GeoError(f"tolerance {tolerance_m} m: give at least {simplify.FINEST_M:g} m")
        if self.tolerance_m:
            raise GeoError("these tracks are thinned already; thin the whole ones")
        plain, timed = self._weights
        if by_time and timed is None:
            raise GeoError("these lines have no times, so they cannot be thinned by time")
        keep = (timed if by_time and timed is not None else plain) > tolerance_m
        return self._kept(keep, tolerance_m, by_time)

    def _kept(self, keep: NDArray[np.bool_], tolerance_m: float, by_time: bool) -> TrackSet:
        before = np.concatenate([[0], np.cumsum(keep)])
        return replace(
            self,
            lon=self.lon[keep],
            lat=self.lat[keep],
            starts=before[self.starts],
            time_s=None if self.time_s is None else self.time_s[keep],
            speed_kn=None if self.speed_kn is None else self.speed_kn[keep],
            tolerance_m=tolerance_m,
            by_time=by_time,
        )

    # --- words ---

    def simplified(self) -> str:
        """'simplified to 11 m: 110,000 of 1,000,000 positions'; '' for whole tracks."""
        if not self.tolerance_m:
            return ""
        how = " in place and time" if self.by_time else ""
        count = f"{len(self):,} of {self.received:,} {self.noun}"
        return f"simplified to {self.tolerance_m:g} m{how}: {count}"

    def count(self) -> str:
        """'1,000,000 positions of 120 vessels', or what was kept of them."""
        tracks = f"{len(self.table):,} {'track' if len(self.table) == 1 else 'tracks'}"
        one = {"vertices": "vertex", "positions": "position"}[self.noun]
        many = one if self.received == 1 else self.noun
        return f"{self.received:,} {many} of {tracks}"

    def spared(self) -> str:
        """How many rows had no vessel, time or position; '' for none."""
        if self.left_out == 1:
            return "one row without a position is left out"
        return f"{self.left_out:,} rows without a position are left out" if self.left_out else ""

    def gap(self) -> str:
        """What a dashed line says; '' where no gap is known."""
        broken = len(self.track) > len(np.unique(self.track))
        if not broken:
            return ""
        if self.gap_hours is None:
            return "between parts of one line: the course is not known"
        return (
            f"AIS gap: nothing received for {self.gap_hours:g} hours or more; "
            "the course is not known"
        )

    def provenance(self) -> dict[str, Any]:
        """What was done, as schema.org properties for the page's record."""
        found: dict[str, Any] = {"positions": self.received, "positions_drawn": len(self)}
        if self.tolerance_m:
            found |= {"tolerance_m": self.tolerance_m, "simplified": self.simplified()}
        if self.gap_hours is not None:
            found |= {"gap_hours": self.gap_hours}
        if self.left_out:
            found |= {"rows_left_out": self.left_out}
        if self.synthetic:
            found |= {"synthetic": True}
        return found

    # --- packing ---

    def packed(self, *, quantum_deg: float = QUANTUM_DEG) -> bytes:
        """Return the tracks as a packed file of one layer; exact to half the quantum.

        Columns: `time` in seconds, `speed` in tenths of a knot, where known, and `track` of each
        part. Raises DataError.
        """
        xy = np.column_stack([self.lon, self.lat])
        parts = np.split(xy, self.starts[1:-1]) if len(self.track) else []
        columns = [packing.Column("track", self.track.astype(float), per="part")]
        if self.time_s is not None and len(self):
            first = float(np.floor(self.time_s.min()))
            columns.append(packing.Column("time", self.time_s, QUANTUM_S, first, 2))
        if self.speed_kn is not None:
            columns.append(packing.Column("speed", self.speed_kn, QUANTUM_KN))
        return packing.encode(
            [packing.Layer("tracks", "line", quantum_deg, parts, 2, columns=columns)]
        )


def of_positions(
    positions: pd.DataFrame,
    *,
    vessel: str = "vessel",
    time: str = "time_utc",
    lon: str = "lon",
    lat: str = "lat",
    speed: str = "speed_kn",
    gap_hours: float = GAP_HOURS,
    synthetic: bool | None = None,
    inputs: Mapping[str, str] | None = None,
    kind: str = "ship",
) -> TrackSet:
    """Return the tracks of a table of positions, one row a position, in any order.

    vessel, time, lon, lat: columns by name; times are UTC, with or without a zone. speed: a column
    in knots; without it speeds are derived from distance and time between positions.
    gap_hours: without a position for so long a track is broken. synthetic: whether the positions
    are invented; None asks the keys of vessels, which then say so. kind: of what moves; a ship
    sends 102.3 kn for a speed that it does not know. Of `name`, `imo`, `callsign`,
    `ship_type` and `flag` the first known value of a vessel is shown. The table is not changed.

    Raises GeoError for a missing column, and where no row has vessel, time and position.
    """
    check_type(positions, pd.DataFrame, "a frame of positions")
    _needed(positions, (vessel, time, lon, lat))
    if not gap_hours > 0:
        raise GeoError(f"gap of {gap_hours} hours; give more than none")
    found = _sorted(_sound(positions, vessel, time, lon, lat), vessel, time)
    invented = are_invented(found.rows, found.names) if synthetic is None else synthetic
    made = _joined(found, (lon, lat, speed), gap_hours, kind)
    return replace(made, synthetic=invented, inputs=inputs or {})


@dataclass(frozen=True)
class _Sorted:
    """Rows in order of vessel and time: the number and names of vessels, and Unix times."""

    rows: pd.DataFrame
    code: Ints
    names: list[str]
    seconds: Floats


def _needed(positions: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise GeoError where columns are missing."""
    absent = [name for name in columns if name not in positions.columns]
    if absent:
        raise GeoError(
            f"positions: no column {', '.join(absent)}; it has "
            f"{', '.join(map(str, positions.columns))}"
        )


def _sorted(rows: pd.DataFrame, vessel: str, time: str) -> _Sorted:
    code, keys = pd.factorize(rows[vessel].astype(str), sort=True)
    seconds = _seconds(rows[time])
    order = np.lexsort((seconds, code))
    return _Sorted(rows.iloc[order], code[order], [str(key) for key in keys], seconds[order])


def _joined(found: _Sorted, columns: tuple[str, str, str], gap_hours: float, kind: str) -> TrackSet:
    """Tracks of sorted rows, broken at gaps; columns are longitude, latitude and speed."""
    rows, code, seconds = found.rows, found.code, found.seconds
    xs, ys = (rows[c].to_numpy(dtype=float) for c in columns[:2])
    first = arrays.runs(code)
    broken = np.diff(seconds, prepend=seconds[0]) >= gap_hours * _S_PER_HOUR
    broken[first] = True
    begins = np.flatnonzero(broken)
    knots, basis = _speeds(rows, columns[2], xs, ys, seconds, begins, kind)
    return TrackSet(
        lon=_beside(arrays.continuous(xs, first), np.append(first, len(xs))),
        lat=ys,
        starts=np.append(begins, len(xs)),
        track=code[begins].astype(np.int64),
        table=table_of(rows, found.names, code, first, seconds),
        time_s=seconds,
        speed_kn=knots,
        speed_basis=basis,
        gap_hours=gap_hours,
        received=len(xs),
        kind=kind,
    )


def of_lines(
    lines: gpd.GeoDataFrame,
    *,
    vessel: str = "",
    synthetic: bool | None = None,
    inputs: Mapping[str, str] | None = None,
) -> TrackSet:
    """Return lines of a frame as tracks without times: one a row, its parts joined by dashes.

    lines: LineString and MultiLineString in any reference system; rows without one are left out.
    vessel: the column that names a row; without it rows are numbered. The other columns are shown.
    """
    check_type(lines, gpd.GeoDataFrame, "a frame of lines")
    shapes = lines.geometry if lines.crs is None else lines.geometry.to_crs(4326)
    good = shapes.geom_type.isin(["LineString", "MultiLineString"]) & ~shapes.is_empty
    if not good.any():
        raise GeoError("no row has a line to draw")
    if vessel and vessel not in lines.columns:
        raise GeoError(f"lines: no column {vessel}; there are {', '.join(map(str, lines.columns))}")
    parts, row = shapely.get_parts(shapes[good].to_numpy(), return_index=True)
    xy = shapely.get_coordinates(parts)
    starts = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(parts))])
    first = starts[arrays.runs(row)]
    table = pd.DataFrame(lines[good].drop(columns=lines.geometry.name)).reset_index(drop=True)
    name = table.pop(vessel).astype(str) if vessel else [f"line {n + 1}" for n in range(len(table))]
    table.insert(0, "vessel", name)
    return TrackSet(
        lon=_beside(arrays.continuous(xy[:, 0], first), np.append(first, len(xy))),
        lat=np.ascontiguousarray(xy[:, 1]),
        starts=starts,
        track=row.astype(np.int64),
        table=table,
        synthetic=are_invented(table, table["vessel"]) if synthetic is None else synthetic,
        received=len(xy),
        inputs=inputs or {},
    )


def _sound(rows: pd.DataFrame, vessel: str, time: str, lon: str, lat: str) -> pd.DataFrame:
    """Rows with vessel, time and a position on the globe."""
    x, y = (pd.to_numeric(rows[c], errors="coerce") for c in (lon, lat))
    good = rows[vessel].notna() & rows[time].notna() & (x.abs() <= 180) & (y.abs() <= 90)
    if not good.any():
        raise GeoError(f"no row has {vessel}, {time} and a position on the globe")
    return rows if good.all() else rows[good]


def _seconds(times: pd.Series[Any]) -> Floats:
    if not pd.api.types.is_datetime64_any_dtype(times):
        raise GeoError(f"column {times.name}: not times; convert it with pandas.to_datetime first")
    plain = times if times.dt.tz is None else times.dt.tz_convert("UTC").dt.tz_localize(None)
    seconds: Floats = plain.to_numpy(dtype="datetime64[us]").astype(np.int64) / 1e6
    return seconds


def _beside(lon: Floats, begins: Ints) -> Floats:
    """Every track moved by whole turns to lie nearest the middle of all."""
    first = begins[:-1]
    west, east = np.minimum.reduceat(lon, first), np.maximum.reduceat(lon, first)
    middle = (west + east) / 2
    turned = middle % 360
    narrow = turned if np.ptp(turned) < np.ptp(middle) else middle
    goal = (narrow.min() + narrow.max()) / 2
    turns = np.rint((goal - middle) / 360.0)
    moved: Floats = lon + np.repeat(360.0 * turns, np.diff(begins)) if turns.any() else lon
    return moved


def _speeds(
    rows: pd.DataFrame,
    speed: str,
    lon: Floats,
    lat: Floats,
    seconds: Floats,
    begins: Ints,
    kind: str,
) -> tuple[Floats, str]:
    """Knots as sent, or else over the step before each position, unknown where a part begins."""
    if speed in rows.columns:
        knots = pd.to_numeric(rows[speed], errors="coerce").to_numpy(dtype=float)
        most = 102.25 if kind == "ship" else np.inf  # ITU-R M.1371: not available
        return np.where((knots >= 0) & (knots < most), knots, np.nan), SENT
    metres = arrays.apart_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    with np.errstate(divide="ignore", invalid="ignore"):
        knots = np.append(np.nan, metres / np.diff(seconds) / arrays.KN)
    knots[begins] = np.nan
    return np.where(np.isfinite(knots) & (knots < 1e4), knots, np.nan), DERIVED
