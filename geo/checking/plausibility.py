"""Does a single file make sense? Positions, dates and numbers that cannot be meant.

Structure is judged before (`check`, `strictjson`, `sheets`); here every feature or row of a sound
table is asked whether what it says can be. Every finding names its place and its remedy.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.checking.check import Table
from geo.errors import Fault, wording
from geo.files.numbers import PLAIN
from geo.files.tables import flags
from geo.geometry import measure

FAR_DEG, NEAR_DEG, CROWD = 20.0, 5.0, 5  # what lies far from the others, and how many they are
HALF_TURN = 180.0
LONG_WAY = 270.0  # a wider step of a line goes over the antimeridian, most likely
SPIKE = 0.1  # neighbours of a position at 0, 0 that was unknown, as a share of their way there
WIDEST_DEG = 540.0  # continuous longitudes may count on for a turn and a half
MOST_STRANGE = 0.2  # of a column of numbers: more of other kinds make it a column of text
_POINT = "geometry.coordinates"
METRES = "position.in-metres"
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_WITH_UNIT = re.compile(r"[+-]?[0-9][0-9., ]*\s*[A-Za-z°%/]{1,8}[0-9]?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[ ,'\u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
# ITU-R M.1371-5, table 48 onwards: what a transponder can send, and what it sends for unknown.
RANGES = {
    "speed_kn": (0.0, 102.2, (102.3,)),
    "sog": (0.0, 102.2, (102.3,)),
    "course_deg": (0.0, 360.0, ()),
    "cog": (0.0, 360.0, ()),
    "heading_deg": (0.0, 360.0, (511.0,)),
    "draught_m": (0.0, 25.5, ()),
}
_UNITS = {"length_km": 1.0, "length_m": 0.001, "length_nmi": measure.KM_PER_NMI}
_FACTORS = {1000.0: "metres", 0.001: "kilometres", 1.852: "kilometres", 1 / 1.852: "miles"}


def judge(rows: Table) -> list[Fault]:
    """Every fault of meaning in a table of a single file."""
    found = [*positions(rows), *swapped(rows), *dates(rows), *numbers(rows), *ranges(rows)]
    return [*found, *lengths(rows)]


# --- positions ------------------------------------------------------------------------------------


def positions(rows: Table) -> Iterator[Fault]:
    """Positions that are none: off the globe, in metres, swapped, unknown, or a jump round it."""
    for number, shape in enumerate(rows.geometry or ()):
        said = misplaced(shape) or doubtful(shape)
        if said:
            yield Fault(rows.file, rows.where[number], _POINT, *said)


def misplaced(shape: BaseGeometry | None) -> tuple[str, str, str, str] | None:
    """(value, problem, remedy, code) of the first position that lies nowhere on the globe."""
    if shape is None or shape.is_empty:
        return None
    points = shapely.get_coordinates(shape)
    lon, lat = points[:, 0], points[:, 1]
    with np.errstate(invalid="ignore"):
        fine = (np.abs(lon) <= WIDEST_DEG) & (np.abs(lat) <= 90.0) & (lon != 181.0)
    if fine.all():
        return None
    x, y = points[int(np.argmin(fine))]
    return (f"{x:.10g}, {y:.10g}", *wording(_why(float(x), float(y))))


def _why(lon: float, lat: float) -> str:
    """The code of what is wrong with a position."""
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return "position.not-finite"
    if lon == 181 or lat == 91:
        return "position.ais-unknown"
    if max(abs(lon), abs(lat)) > WIDEST_DEG:
        return METRES
    return "position.lat-beyond-90" if abs(lon) <= 90 else "position.off-globe"


def doubtful(shape: BaseGeometry | None) -> tuple[str, str, str, str] | None:
    """(value, problem, remedy, code) of a position at 0, 0, or of a jump over the antimeridian."""
    if shape is None or shape.is_empty:
        return None
    if any(_unknown(part) for part in _parts(shape)):
        return "0, 0", *wording("position.null-island")
    for line, closed in _lines(shape):
        at, step = _widest(line, closed=closed)
        if step > (HALF_TURN if closed else LONG_WAY):
            value = f"{line[at, 0]:.6g} to {line[at + 1, 0]:.6g}"
            return value, *wording("line.jumps-round-globe", step=step)
    return None


def notes(rows: Table) -> list[Fault]:
    """What is sound and may be meant otherwise: lines with a step over more than half the globe."""
    return list(_long_steps(rows))


def _long_steps(rows: Table) -> Iterator[Fault]:
    for number, shape in enumerate(rows.geometry or ()):
        for line, closed in _lines(shape) if shape is not None else ():
            at, step = _widest(line, closed=closed)
            if not closed and HALF_TURN < step <= LONG_WAY:
                said = wording("line.step-over-180", step=step)
                value = f"{line[at, 0]:.6g} to {line[at + 1, 0]:.6g}"
                yield Fault(rows.file, rows.where[number], _POINT, value, *said)


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """Points, lines and areas of a geometry, collections inside collections taken apart."""
    found, stack = [], [shape]
    while stack:
        one = stack.pop()
        inner = list(getattr(one, "geoms", ()))
        stack += reversed(inner)
        found += [] if inner or one.is_empty else [one]
    return found


def _lines(shape: BaseGeometry) -> Iterator[tuple[NDArray[np.float64], bool]]:
    """Vertices of each line and of each outer ring, and whether it is a ring."""
    for part in _parts(shape):
        ring = shapely.get_exterior_ring(part)
        if ring is not None or part.geom_type in {"LineString", "LinearRing"}:
            yield shapely.get_coordinates(part if ring is None else ring), ring is not None


def _unknown(part: BaseGeometry) -> bool:
    """Whether a point lies at 0, 0, or a line or ring leaps there from far away.

    A line may well pass there and the corner of a grid's cell may lie there. A position that was
    unknown is far from the others, and those beside it in the order are near one another.
    """
    points = shapely.get_coordinates(part)
    at = np.flatnonzero((points == 0).all(axis=1))
    if not len(at) or len(points) == 1:
        return bool(len(at))
    others = points[(points != 0).any(axis=1)]
    if len(others) < 2:
        return False
    far = np.hypot(*others.T)
    width = float(np.hypot(*np.ptp(others, axis=0)))
    if far.min() > max(NEAR_DEG, width / SPIKE):
        return True
    inside = at[(at > 0) & (at < len(points) - 1)]
    before, after = points[inside - 1], points[inside + 1]
    reach = np.minimum(np.hypot(*before.T), np.hypot(*after.T))
    return bool((np.hypot(*(before - after).T) < SPIKE * reach)[reach > NEAR_DEG].any())


def _widest(points: NDArray[np.float64], *, closed: bool) -> tuple[int, float]:
    """Where the widest step of longitude begins, and its width in degrees.

    Of an area, edges along a parallel and those between 180 and −180 are none, and a ring round a
    pole may pass the antimeridian.
    """
    if len(points) < 2:
        return 0, 0.0
    steps = np.diff(points[:, 0])
    wide = np.abs(steps)
    if closed:
        seam = np.abs(wide - 360.0) < 1e-6
        wide = np.where((np.diff(points[:, 1]) == 0) | seam, 0.0, wide)
        around = float(np.sum((steps + 180.0) % 360.0 - 180.0))
        wide = wide * (abs(around) < HALF_TURN)
    at = int(np.argmax(wide))
    return at, float(wide[at])


def swapped(rows: Table) -> Iterator[Fault]:
    """Points far from all others that would lie among them with their coordinates swapped."""
    known = [
        (n, *shape.coords[0][:2])
        for n, shape in enumerate(rows.geometry or ())
        if shape is not None and shape.geom_type == "Point" and not shape.is_empty
        if not misplaced(shape)
    ]
    if len(known) <= CROWD:
        return
    points = np.array([(x, y) for _, x, y in known])
    middle = np.median(points, axis=0)
    far = np.abs(points - middle).max(axis=1) > FAR_DEG
    turned = np.abs(points[:, ::-1] - middle).max(axis=1) < NEAR_DEG
    for at in np.flatnonzero(far & turned):
        x, y = points[at]
        number = int(known[at][0])
        said = wording("position.among-others-if-swapped")
        yield Fault(rows.file, rows.where[number], _POINT, f"{x:g}, {y:g}", *said)


# --- values ---------------------------------------------------------------------------------------


def dates(rows: Table) -> Iterator[Fault]:
    """Days and times that do not exist, such as the 30th of February."""
    for column in rows.raw.columns:
        for number, value in enumerate(rows.raw[column]):
            if len(value) < 36 and _DATE.fullmatch(value) and not _exists(value):
                yield rows.fault(number, column, *wording("date.no-such-day"))


def _exists(value: str) -> bool:
    try:
        datetime.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def numbers(rows: Table) -> Iterator[Fault]:
    """Numbers with a unit, grouped digits or a decimal comma in a column of plain numbers."""
    for column, own in _marked(rows):
        kinds = Counter(_kind(value) for value in own.values)
        odd = sum(kinds[kind] for kind in _ODD)
        plain, other = kinds["plain"], kinds["other"]
        if not plain or other > MOST_STRANGE * (plain + odd) or odd > plain:
            continue
        for number, value in enumerate(own.values):
            if _kind(value) in _ODD:
                yield rows.fault(number, column, *wording(_ODD[_kind(value)]))


def _marked(rows: Table) -> Iterator[tuple[str, flags.Marked]]:
    """Every column with the marks of statistics apart from its numbers."""
    columns = {str(column): list(rows.raw[column]) for column in rows.raw.columns}
    eurostat = flags.of_eurostat(columns, columns.values())
    for column, values in columns.items():
        yield column, flags.marked(values, eurostat=eurostat)


def marks(rows: Table) -> Iterator[str]:
    """What must be said of the marks beside numbers of a table, by column."""
    for column, own in _marked(rows):
        kinds = Counter(_kind(value) for value in own.values)
        if kinds["plain"] + kinds["comma"] >= kinds["other"]:
            yield from flags.said(column, own)


COMMA = "number.decimal-comma"
_ODD = {"unit": "number.with-unit", "grouped": "number.digits-grouped", "comma": COMMA}


def _kind(value: str) -> str:
    if not value.strip():
        return "empty"
    value = value.strip() if len(value) < 60 else ""
    for pattern, kind in ((PLAIN, "plain"), (_GROUPED, "grouped"), (_COMMA, "comma")):
        if pattern.fullmatch(value):
            return kind
    return "unit" if _WITH_UNIT.fullmatch(value) else "other"


def ranges(rows: Table) -> Iterator[Fault]:
    """Speeds, courses and draughts that no transponder can send: most likely in another unit."""
    for column in rows.raw.columns:
        bounds = RANGES.get(str(column).strip().lower())
        if bounds is None:
            continue
        low, high, unknown = bounds
        for number, value in enumerate(rows.raw[column]):
            plain = PLAIN.fullmatch(value.strip())
            if plain and not low <= float(value) <= high and float(value) not in unknown:
                said = wording("number.out-of-range", low=low, high=high)
                yield rows.fault(number, column, *said)


def lengths(rows: Table) -> Iterator[Fault]:
    """Lengths stated beside a line that are off by the factor between two units."""
    for column in rows.raw.columns:
        unit_km = _UNITS.get(str(column))
        for number, shape in enumerate(rows.geometry or () if unit_km else ()):
            value = rows.raw[column].iloc[number]
            if shape is None or "LineString" not in shape.geom_type or not plain_number(value):
                continue
            drawn = measure.line_km(shape) / (unit_km or 1.0)
            factor = float(value) / drawn if drawn else 0.0
            for ratio, unit in _FACTORS.items():
                if abs(factor / ratio - 1) < 0.01:
                    said = wording("line.length-in-other-unit", drawn=drawn, unit=unit)
                    yield rows.fault(number, column, *said)


def plain_number(text: str) -> bool:
    """Whether a text is a number as 1234.5 is written."""
    return bool(PLAIN.fullmatch(text))
