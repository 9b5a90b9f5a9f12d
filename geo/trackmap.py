"""A file of positions or of many lines → one page of tracks, thinned as far as asked or needed."""

from __future__ import annotations

import io
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo import columnar, draw, intake, page, sheets, single, trackset, unnamed, userdata
from geo.errors import DataError, Fault, GeoError, Lost
from geo.tracks import dialects
from geo.tracks.columns import POSITIONS
from geo.trackset import TrackSet

__all__ = ["Asked", "bytes_of", "drawn", "fitted", "read", "recognised"]

VESSEL = (
    "vessel", "mmsi", "ship_id", "shipid", "vessel_id", "track_id", "trackid", "traj_id", "imo",
)  # fmt: skip
TIME = (
    "time_utc",
    "time",
    "timestamp",
    "datetime",
    "date_time",
    "date_time_utc",
    "basedatetime",
    "t",
)
# Columns of speed by name, and what makes knots of their numbers.
SPEEDS = {
    "speed_kn": 1.0, "sog": 1.0, "speed_over_ground": 1.0, "speed": 1.0, "speed_kmh": 1 / 1.852,
    "speed_km_h": 1 / 1.852, "speed_ms": 3.6 / 1.852, "speed_m_s": 3.6 / 1.852,
}  # fmt: skip
UNITS = {"kn": 1.0, "knots": 1.0, "km/h": 1 / 1.852, "m/s": 3.6 / 1.852}
MANY = 20_000  # vertices of lines without a vessel from which they are drawn as tracks
LADDER_M = tuple(
    round(digit * 10.0**power, 1) for power in range(5) for digit in np.arange(1.0, 10.0, 0.1)
)
_MOST = {"lon": 180.0, "lat": 90.0}  # ITU-R M.1371: one more is sent where none is known
_MEND = "mend it, or leave the row out: --on-error skip"
_TIMES = (
    "write yyyy-mm-ddThh:mm:ssZ, or say how times are written: --date-format '%d/%m/%Y %H:%M:%S'"
)
_LONGEST_HEADER = 1_000_000  # characters
_FIRST_LINE = re.compile(r"[^\r\n]*")
_SIZE = re.compile(r"\s*([0-9.]+)\s*(k|m|g)?b?\s*", re.IGNORECASE)
_SIZES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user says of positions: columns by our names, how times and speeds are written.

    date_format: as strptime has it, for times that are not ISO 8601. speed_unit: of UNITS.
    reading: options of `userdata.read`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    speed_unit: str = ""
    gap_hours: float = trackset.GAP_HOURS
    reading: Mapping[str, Any] = field(default_factory=dict)


def recognised(path: Path, asked: Asked) -> bool:
    """Whether a file holds tracks: a vessel, a time and a place in each row, or very many lines.

    A file that cannot be read holds none; reading it says why. Raises GeoError for columns that the
    kit does not know.
    """
    strange = [name for name in asked.columns if name not in POSITIONS.names]
    if strange:
        raise GeoError(f"columns {', '.join(strange)}; known are {', '.join(POSITIONS.names)}")
    if asked.columns:
        return True
    if not path.is_file() or path.suffix.lower() not in single.FORMATS:
        return False
    names = _names(path)
    return bool(names) and _known(names, asked).keys() >= {"vessel", "time_utc"}


def _names(path: Path) -> list[str]:
    """The columns of a table or of positions in Parquet; none for other files."""
    kind = path.suffix.lower()
    if kind == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            return _headings(lines.readline(_LONGEST_HEADER))
    if kind in {".parquet", ".geoparquet"}:
        try:
            return [str(name) for name in pq.read_schema(path).names]
        except (OSError, ValueError):
            return []
    return []


def _headings(line: str) -> list[str]:
    header = line.rstrip("\r\n")
    return [cell.strip().strip('"') for cell in header.split(_mark(header))]


def _mark(header: str) -> str:
    return max(sheets.DELIMITERS, key=header.count)


def _known(names: Sequence[str], asked: Asked) -> dict[str, str]:
    """The file's columns by the kit's names: those of a dialect, else by their usual names."""
    form = _dialect(names)
    found = {ours: own for ours, own in form.columns.items() if own in names} if form else {}
    lower = {name.strip().lower(): name for name in reversed(names)}
    usual = {
        "vessel": VESSEL, "time_utc": TIME, "lon": single.LONGITUDE, "lat": single.LATITUDE,
        "speed_kn": tuple(SPEEDS), **{name: (name,) for name in trackset.KEPT},
    }  # fmt: skip
    for ours, words in usual.items():
        own = next((lower[word] for word in words if word in lower), None)
        if own is not None:
            found.setdefault(ours, own)
    return found | dict(asked.columns)


def _dialect(names: Sequence[str]) -> dialects.Dialect | None:
    fitting = (dialects.by_name(name) for name in dialects.names())
    return next((form for form in fitting if form.fits(names)), None)


# --- reading --------------------------------------------------------------------------------------


def read(path: Path, asked: Asked) -> TrackSet:
    """Return the tracks of a file of positions or lines.

    CSV and Parquet hold positions; GeoJSON, GeoParquet and GeoPackage points with a vessel and a
    time, or lines. Raises GeoError with the file, the column and the row, and DataError.
    """
    kind = path.suffix.lower()
    if not path.is_file():
        raise GeoError(f"{path}: no such file")
    if kind == ".csv":
        return _positions(_table(path, asked), path, asked)
    if kind in {".parquet", ".geoparquet"} and "geometry" not in _names(path):
        try:
            return _positions(_parquet(path, asked), path, asked)
        except UnicodeDecodeError as error:
            raise GeoError(f"{path}: a column holds bytes that are no text: {error}") from error
    return of_features(userdata.read(path, **asked.reading).features, path, asked)


def of_features(features: gpd.GeoDataFrame, path: Path, asked: Asked) -> TrackSet:
    """Return the tracks of points with a vessel and a time, or of lines. Raises GeoError."""
    if (features.geom_type == "Point").all():
        table = pd.DataFrame(features.drop(columns=features.geometry.name))
        table["lon"], table["lat"] = features.geometry.x, features.geometry.y
        return _positions(table, path, asked)
    known = _known([str(c) for c in features.columns], asked)
    inputs = {path.name: userdata.digest(path)}
    return trackset.of_lines(features, vessel=known.get("vessel", ""), inputs=inputs)


def sorted_out(
    paths: Sequence[Path], asked: Asked
) -> tuple[list[userdata.Layer], dict[str, TrackSet]]:
    """Return what is drawn as features, and tracks by the name of their file. Raises GeoError."""
    layers: list[userdata.Layer] = []
    tracks: dict[str, TrackSet] = {}
    for path in paths:
        if recognised(path, asked):
            own, bare = _with_unnamed(path, asked)
            tracks |= {_own(path.stem, layers, tracks): one for one in own}
            layers += [replace(one, name=_own(one.name, layers, tracks)) for one in bare]
            continue
        layer = userdata.read(path, **asked.reading)
        name = _own(layer.name, layers, tracks)
        if holds_tracks(layer.features, asked):
            placed, points = (
                userdata.placed(layer.features),
                unnamed.of_features(layer.features, path),
            )
            made = of_features(placed, path, asked)
            bare = [points] if points and made.time_s is not None else []
            layers += [replace(one, name=_own(one.name, layers, tracks)) for one in bare]
            left = made.left_out + len(layer.features) - len(placed) - sum(map(_count, bare))
            tracks[name] = replace(made, lost=(*layer.lost, *made.lost), left_out=left)
        else:
            layers.append(replace(layer, name=name))
    return layers, tracks


def _count(layer: userdata.Layer) -> int:
    return len(layer.features)


def _with_unnamed(path: Path, asked: Asked) -> tuple[list[TrackSet], list[userdata.Layer]]:
    """The tracks of a file of positions, and its positions that name no vessel as points."""
    try:
        made = read(path, asked)
    except DataError:
        raise
    except GeoError:
        points = unnamed.layer(path, asked.columns, memory_bytes=_memory(asked))
        if points is None:
            raise
        return [], [points]
    points = (
        unnamed.layer(path, asked.columns, memory_bytes=_memory(asked)) if made.left_out else None
    )
    if points is None:
        return [made], []
    if _count(points) > made.left_out:  # every row is a point
        return [], [points]
    return [replace(made, left_out=max(made.left_out - _count(points), 0))], [points]


def _own(name: str, layers: Sequence[userdata.Layer], tracks: Mapping[str, TrackSet]) -> str:
    """A name that no other file has: 'ships', then 'ships (2)'."""
    taken = {*tracks, *(layer.name for layer in layers)}
    names = (f"{name} ({n})" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in names if one not in taken)


def holds_tracks(features: gpd.GeoDataFrame, asked: Asked) -> bool:
    """Whether features are drawn as tracks: positions, or lines of many vertices."""
    kinds = set(features.geom_type.dropna())
    if kinds == {"Point"}:
        known = _known([str(c) for c in features.columns], asked)
        return known.keys() >= {"vessel", "time_utc"}
    if not kinds or not kinds <= {"LineString", "MultiLineString"}:
        return False
    return int(shapely.get_num_coordinates(features.geometry.to_numpy()).sum()) >= MANY


def _memory(asked: Asked) -> int:
    return int(asked.reading.get("memory_bytes", intake.CEILING))


def _parquet(path: Path, asked: Asked) -> pd.DataFrame:
    content = intake.read(path, memory_bytes=_memory(asked))
    try:
        columnar.allow(content, path, table=True, memory_bytes=_memory(asked))
        return pd.read_parquet(io.BytesIO(content))
    except (ValueError, OSError, TypeError, KeyError, pa.ArrowException) as error:
        raise GeoError(f"{path}: not Parquet: {error}; save it anew") from error


def _table(path: Path, asked: Asked) -> pd.DataFrame:
    text = intake.text(path, memory_bytes=_memory(asked))
    first = _FIRST_LINE.match(text)[0]  # type: ignore[index]  # matches any text
    mark, names = _mark(first), Counter(_headings(first[:_LONGEST_HEADER]))
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise GeoError(f"{path}: header: two columns are named {', '.join(twice)}; rename one")
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            return pd.read_csv(
                io.StringIO(text), sep=mark, dtype="string", keep_default_na=False, index_col=False
            )
    except pd.errors.ParserWarning:
        raise GeoError(
            f"{path}: row 2 has more cells than the header has columns; quote texts that hold "
            f"{mark!r}"
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise GeoError(f"{path}: not CSV: {str(error).strip()}") from error


def _positions(table: pd.DataFrame, path: Path, asked: Asked) -> TrackSet:
    names = [str(c) for c in table.columns]
    known = _known(names, asked)
    absent = [
        f"{ours} ({known[ours]})" if ours in known else ours
        for ours in ("vessel", "time_utc", "lon", "lat")
        if known.get(ours) not in names
    ]
    if absent:
        raise GeoError(
            f"{path}: no column for {', '.join(absent)}; it has {', '.join(names)}. "
            "Name yours: --column vessel=… --time …"
        )
    own = {ours: table[there] for ours, there in known.items() if there in names}
    rows = pd.DataFrame(own)
    if "synthetic" in names:
        rows["synthetic"] = table["synthetic"]
    form = _dialect(names)
    rows, faults = _understood(rows, known, path, asked, form.time if form else ())
    if faults and asked.reading.get("on_error") != "skip":
        every = [fault for found in faults.values() for fault in found]
        raise DataError(f"{path}: {len(every)} fault(s)", faults=every)
    rows = rows.drop(index=list(faults))
    try:
        said = trackset.of_positions(
            rows, gap_hours=asked.gap_hours, inputs={path.name: userdata.digest(path)}
        )
    except GeoError as error:
        raise GeoError(f"{path}: {error}") from error
    marked = path.suffix.lower() == ".parquet" and _marked(path)
    left_out, lost = len(rows) - len(said), tuple(_lost(faults, table, path, asked))
    return replace(said, synthetic=said.synthetic or marked, left_out=left_out, lost=lost)


Faults = dict[int, list[Fault]]  # by the number of their row


def _understood(
    rows: pd.DataFrame, known: Mapping[str, str], path: Path, asked: Asked, formats: Sequence[str]
) -> tuple[pd.DataFrame, Faults]:
    """Numbers and times of text, and every value that is none; what is empty stays unknown."""
    rows = rows.reset_index(drop=True)
    faults: Faults = {}

    def note(wrong: pd.Series[Any], ours: str, problem: str, remedy: str) -> None:
        for number in np.flatnonzero(wrong.fillna(False).to_numpy(dtype=bool)):
            value = str(rows[ours].iloc[number])[:80]
            said = (f"row {number + 2}", known[ours], value, problem, remedy)
            faults.setdefault(int(number), []).append(Fault(path.name, *said))

    made = rows.copy()
    made["vessel"] = rows["vessel"].replace("", None)
    for ours in ("lon", "lat", "speed_kn"):
        if ours in rows:
            given = rows[ours].replace("", None)
            made[ours] = pd.to_numeric(given, errors="coerce")
            note(given.notna() & made[ours].isna(), ours, "without a number", _MEND)
    for ours, most in _MOST.items():
        off = (made[ours].abs() > most) & (made[ours] != most + 1)
        note(off, ours, "not on the globe", "write degrees, or leave the row out: --on-error skip")
    if "speed_kn" in rows:
        made["speed_kn"] *= _factor(known["speed_kn"], asked.speed_unit)
    own = rows["time_utc"].rename(known["time_utc"])
    times = _times(own, path, asked.date_format, formats)
    told = rows["time_utc"].astype("string").str.strip().replace("", None).notna()
    note(told & times.isna(), "time_utc", "not a time", _TIMES)
    made["time_utc"] = times
    return made, faults


def _lost(faults: Faults, table: pd.DataFrame, path: Path, asked: Asked) -> Iterator[Lost]:
    """The rows that were not understood, as they stand in the file."""
    lines: Sequence[sheets.Row] = ()
    if faults and path.suffix.lower() == ".csv":
        text = intake.text(path, memory_bytes=_memory(asked))
        lines = sheets.parse(text, path.name, delimiter="").rows
    for number, found in sorted(faults.items()):
        row = {str(name): value for name, value in table.iloc[number].items()}
        raw = lines[number].raw if lines else json.dumps(row, ensure_ascii=False, default=str)
        yield Lost(found[0].where, raw, tuple(found))


def _marked(path: Path) -> bool:
    said = (pq.read_schema(path).metadata or {}).get(b"synthetic", b"").lower()
    return said in {b"true", b"1"}


def _factor(column: str, unit: str) -> float:
    if unit and unit not in UNITS:
        raise GeoError(f"unit {unit!r} of speeds; known are {', '.join(UNITS)}")
    return UNITS[unit] if unit else SPEEDS.get(column.strip().lower(), 1.0)


def _times(
    column: pd.Series[Any], path: Path, date_format: str, formats: Sequence[str]
) -> pd.Series[Any]:
    """Times in UTC; what is not understood is unknown, never a guess. GeoError where all is."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.tz_localize("UTC") if column.dt.tz is None else column
    if pd.api.types.is_numeric_dtype(column):
        return _read_times(column, "epoch")
    text = column.astype("string").str.strip().replace("", None)
    forms = [date_format] if date_format else ["ISO8601", *formats]
    read = [_read_times(text, form) for form in forms]
    best = max(read, key=lambda times: times.notna().sum())
    if text.notna().any() and best.isna().all():
        bad = int(np.flatnonzero(text.notna().to_numpy())[0])
        raise GeoError(
            f"{path}: row {bad + 2}, column {column.name}: {text.iloc[bad]!r} is not a time, nor "
            f"is any other; {_TIMES}"
        )
    return best


def _read_times(column: pd.Series[Any], form: str) -> pd.Series[Any]:
    if form == "epoch":
        seconds = pd.to_numeric(column, errors="coerce")
        return pd.to_datetime(seconds, unit="s", utc=True, errors="coerce")
    return pd.to_datetime(column, format=form, utc=True, errors="coerce")


# --- drawing --------------------------------------------------------------------------------------


def drawn(
    tracks: Mapping[str, TrackSet],
    layers: Sequence[userdata.Layer] = (),
    *,
    title: str = "",
    label: str = "",
    color: str = "",
) -> draw.Map:
    """Return a map of tracks by name, with layers of features beside them.

    Where positions are synthetic the title says so.
    """
    view = _view(tracks, layers)
    result = draw.Map(view)
    result.title = title or ", ".join([*tracks, *(layer.name for layer in layers)])
    if any(one.synthetic for one in tracks.values()) and "synthetic" not in result.title.lower():
        result.title += " (synthetic)"
    userdata.add_layers(result, layers, view, label=label)
    for name, one in tracks.items():
        draw.Tracks(one, name=name, color=color).add_to(result)
    titles = {name: name for name in [*(layer.name for layer in layers), *tracks]}
    draw.Controls({"corridors": titles}).add_to(result)
    draw.Ready().add_to(result)
    return result


def _view(
    tracks: Mapping[str, TrackSet], layers: Sequence[userdata.Layer]
) -> tuple[float, float, float, float]:
    boxes = [shapely.box(*one.bounds).exterior for one in tracks.values()]
    shapes = [*boxes, *(shape for layer in layers for shape in layer.features.geometry)]
    if not layers:  # continuous already, over the antimeridian too
        west, south, east, north = shapely.total_bounds(shapes)
        dx, dy = max((east - west) * 0.05, 0.05), max((north - south) * 0.05, 0.05)
        return west - dx, max(south - dy, -85.0), east + dx, min(north + dy, 85.0)
    return userdata.view(gpd.GeoSeries(shapes, crs="EPSG:4326"))


# --- thinning to a size ---------------------------------------------------------------------------


def bytes_of(size: str) -> int:
    """'5MB' in bytes, thousands as the power of a prefix. Raises GeoError."""
    found = _SIZE.fullmatch(size)
    try:
        count = int(float(found[1]) * _SIZES[(found[2] or "").lower()]) if found else 0
    except ValueError:
        count = 0
    if count <= 0:
        raise GeoError(f"{size!r} is no size; write for example 5MB or 800kB")
    return count


def fitted(
    tracks: Mapping[str, TrackSet],
    most: int,
    *,
    make: Callable[[Mapping[str, TrackSet]], draw.Map],
    by_time: bool = False,
) -> dict[str, TrackSet]:
    """Return tracks thinned by the least tolerance whose page has at most so many bytes.

    make: draws tracks; what it makes besides them counts too. Raises GeoError where no tolerance
    makes the page small enough.
    """
    whole = dict(tracks)
    if _bytes(make(whole)) <= most:
        return whole
    steps = [step for step in LADDER_M if step >= 1.0]
    low, high = 0, len(steps)
    best: dict[str, TrackSet] | None = None
    while low < high:
        middle = (low + high) // 2
        thin = {name: one.thinned(steps[middle], by_time=by_time) for name, one in tracks.items()}
        if _bytes(make(thin)) <= most:
            best, high = thin, middle
        else:
            low = middle + 1
    if best is None:
        least = _bytes(make({n: one.thinned(steps[-1]) for n, one in tracks.items()}))
        raise GeoError(
            f"no page of {most:,} bytes: thinned to {steps[-1] / 1000:g} km it still has {least:,}"
        )
    return best


def _bytes(drawing: draw.Map) -> int:
    return len(page.render(drawing).encode("utf-8"))


def words(tracks: Mapping[str, TrackSet]) -> Iterator[str]:
    """What was drawn of each file, and how it was thinned."""
    for name, one in tracks.items():
        said = one.simplified()
        parts = [f"{name}: {one.count()}", said, one.spared()]
        yield ", ".join(part for part in parts if part)
