"""Whether a reading can be true: times that positions have, speeds that their kind can make.

Asked of a sample of rows as they were read. A reading that cannot be true is refused with its name;
single positions that are wrong are for cleaning.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo.errors import GeoError
from geo.tracks import clock, dialects
from geo.tracks.arrays import KN, Floats, near_m

__all__ = ["OUTSIDE", "ROWS", "check", "outside"]

OUTSIDE = f"time outside {clock.YEARS}"
ROWS = 100_000  # of a file that are looked at
_ALIKE = 0.04  # the part by which a unit's speeds may differ from the true ones
_LEAST = 8  # steps that tell a unit
# What speeds sent would be of those between positions, were they written in another unit.
_UNITS = {"km/h": 1.852, "m/s": KN, "0.1kn": 10.0, "10kn": 0.1}
_SENTINEL = (102.25, 102.35)  # ITU-R M.1371: speed not available


def outside(times: pd.Series[Any]) -> Any:
    """A mask of the times that no position has."""
    early, late = clock.EARLIEST, clock.latest()
    return ((times < early) | (times > late)).fillna(False).to_numpy(dtype=bool)


def check(rows: pd.DataFrame, *, file: str, said: str, kind: str = "ship") -> None:
    """Raise GeoError where a reading puts most times outside `clock.YEARS`, or moves things
    faster than their kind for most of their positions.

    rows: vessel, time_utc, lon, lat and speed_kn as read, in any order. said: the reading.
    """
    good = rows.dropna(subset=["vessel", "time_utc"])
    if good.empty:
        return
    middle = good["time_utc"].sort_values().iloc[len(good) // 2]
    if not clock.EARLIEST <= middle <= clock.latest():
        raise GeoError(
            f"{file}: read so, positions are of {middle.year}-{middle.month:02}-{middle.day:02}, "
            f"outside {clock.YEARS}: {said}. Name the column of times, --column time_utc=…, or "
            "how they are written, --date-format"
        )
    good = good[~outside(good["time_utc"])]
    placed = good[(good["lon"].abs() <= 180) & (good["lat"].abs() <= 90)]
    if len(placed):
        _speeds(placed.sort_values(["vessel", "time_utc"], kind="stable"), file, said, kind)


def _speeds(rows: pd.DataFrame, file: str, said: str, kind: str) -> None:
    fastest = float(dialects.data("kinds")[kind]["fastest_kn"])
    code = pd.factorize(rows["vessel"])[0]
    sent = rows["speed_kn"].to_numpy(dtype=float, na_value=np.nan)
    sentinel = (sent >= _SENTINEL[0]) & (sent < _SENTINEL[1]) if kind == "ship" else sent != sent
    known = np.where(sentinel, np.nan, sent)
    for vessel in _over(code, known > fastest, np.isfinite(known), 1):
        name, middle = rows["vessel"].iloc[vessel], np.nanmedian(known[code == code[vessel]])
        raise GeoError(
            f"{file}: read so, {name} sends {middle:,.0f} kn: {said}. Say the unit of speeds: "
            f"--unit speed=0.1kn{_way_out(kind)}"
        )
    made, step = _between(rows, code)
    for vessel in _over(code, made > fastest, np.isfinite(made), 5):
        name, middle = rows["vessel"].iloc[vessel], np.nanmedian(made[code == code[vessel]])
        raise GeoError(
            f"{file}: read so, {name} moves at {middle:,.0f} kn for most of its positions: {said}. "
            f"Name the columns, --column, or how times are written, --date-format{_way_out(kind)}"
        )
    _unit(known, step, file, said)


def _way_out(kind: str) -> str:
    return "; what is no ship: --kind vehicle, aircraft or animal" if kind == "ship" else ""


def _over(code: Any, over: Any, known: Any, least: int) -> list[int]:
    """A row of each vessel that is over a limit in most of its known rows."""
    counts, total = np.bincount(code, weights=over), np.bincount(code, weights=known)
    wrong = np.flatnonzero((2 * counts > total) & (total >= least))
    return [int(np.argmax(code == one)) for one in wrong[:1]]


def _between(rows: pd.DataFrame, code: Any) -> tuple[Floats, Floats]:
    """Knots from one of the three positions before, the slowest; and from the one before.

    Two ships that share a number jump to and fro; each has its own last position among three.
    """
    seconds = rows["time_utc"].astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6
    lon, lat = (rows[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    every = [_steps(code, seconds, lon, lat, back) for back in (1, 2, 3)]
    with np.errstate(invalid="ignore"):
        slowest = np.fmin(np.fmin(every[0], every[1]), every[2])
    moved = np.where((np.diff(seconds, prepend=np.nan) <= 3600.0), every[0], np.nan)
    return np.where(np.isnan(every[0]), np.nan, slowest), moved


def _steps(code: Any, seconds: Floats, lon: Floats, lat: Floats, back: int) -> Floats:
    made = np.full(len(code), np.nan)
    if len(code) > back:
        metres = near_m(lon[:-back], lat[:-back], lon[back:], lat[back:])
        took = seconds[back:] - seconds[:-back]
        with np.errstate(divide="ignore", invalid="ignore"):
            knots = metres / took / KN
        same = (code[back:] == code[:-back]) & (took > 0)
        made[back:] = np.where(same, knots, np.nan)
    return made


def _unit(sent: Floats, made: Floats, file: str, said: str) -> None:
    """GeoError where speeds sent are those between positions in another unit, one after another."""
    before = np.append(np.nan, sent[:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        steady = (np.abs(sent - before) <= 0.05 * sent) & (made > 2.0) & (sent > 0)
        ratios = (sent / made)[steady & np.isfinite(made)]
    if len(ratios) < _LEAST:
        return
    for unit, ratio in _UNITS.items():
        if np.mean(np.abs(ratios / ratio - 1.0) < _ALIKE) > 0.6:
            raise GeoError(
                f"{file}: read so, speeds sent are {ratio:.2f} times those between positions, "
                f"as they are in {unit}: {said}. Say the unit: --unit speed={unit}"
            )
