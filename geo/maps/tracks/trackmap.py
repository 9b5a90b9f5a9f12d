"""A file of positions or of many lines → one page of tracks, thinned as far as asked or needed."""

from __future__ import annotations

import importlib
import io
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.checking import userfile
from geo.errors import DataError, Fault, GeoError, Lost, Wording, wording
from geo.errors.extras import bring, missing
from geo.files import columnar, gpx, intake, markup, sheets
from geo.files.tables import positions
from geo.files.tables.rows import wrong_width
from geo.maps import looks, unnamed, userdata
from geo.output import draw, page
from geo.tracks import casting, dialects, grids, layout, mobiles, plausible, reasons, trackset
from geo.tracks.layout import Layout, Written
from geo.tracks.trackset import TrackSet

__all__ = [
    "MANY",
    "Asked",
    "bytes_of",
    "columns",
    "decoded",
    "draw_fitted",
    "drawn",
    "ending",
    "fitted",
    "holds_positions",
    "of_frame",
    "packed",
    "read",
    "recognised",
]

MANY = 20_000  # vertices of lines without a vessel from which they are drawn as tracks
LADDER_M = tuple(
    round(digit * 10.0**power, 1) for power in range(5) for digit in np.arange(1.0, 10.0, 0.1)
)
_MOST = {"lon": 180.0, "lat": 90.0}  # ITU-R M.1371: one more is sent where none is known
_TEXTS = (".csv", ".tsv", ".txt", ".plt", ".log", ".nmea", ".nm4", ".ais", ".vdr", ".gpx",
          ".jsonl", ".ndjson", ".mfjson", ".json")  # fmt: skip
_PACKED = (".gz", ".zst")
_UNPACKED = 10  # bytes of a text to a packed one, about
_ELSEWHERE = (".tsv", ".txt", ".tab")  # texts that loggers of one track write, too
_HEAD = 1 << 18  # bytes of a text by which its form is known
_SENTENCE = re.compile(rb"[!$][A-Z]{2}VD[MO],")
_OBJECTS = re.compile(rb"\s*(?:\{[^\n]*\}\s*\n\s*\{|\[\s*\{)")  # of JSON, but no collection
_FEATURE = re.compile(rb'\s*\x1e?\s*\{[^\n]*"type"\s*:\s*"Feature')
_SIZE = re.compile(r"\s*([0-9.]+)\s*(k|m|g)?b?\s*", re.IGNORECASE)
_LINE = re.compile(r"line [0-9]+: ")  # before the reason of a sentence
_SIZES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user says of positions.

    columns, date_format, written: how they are written, the first two as `Written` has them too.
    speed_unit: of speeds alone. kind: of what moves. gap_hours: None for what the kind has.
    reading: options of `userdata.read`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    speed_unit: str = ""
    written: Written = field(default_factory=Written)
    kind: str = ""
    gap_hours: float | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)

    @property
    def whole(self) -> Written:
        """Everything that is said of how positions are written."""
        of_speed = {"speed_kn": self.speed_unit} if self.speed_unit else {}
        return replace(
            self.written,
            columns={**self.written.columns, **self.columns},
            date_format=self.date_format or self.written.date_format,
            units={**self.written.units, **of_speed},
        )


def recognised(path: Path, asked: Asked) -> bool:
    """Whether a file holds tracks: a vessel, a time and a place in each row, or sentences.

    Where the user says what kind of thing moves, a time and a place are enough: reading it asks
    for the column that names the thing.

    A packed text is taken for positions. A file that cannot be read holds none; reading it says
    why. Raises GeoError for columns that the kit does not know.
    """
    said = asked.whole
    if packed(path):
        return True
    if set(said.columns) - {*positions.FIELDS} or said.dialect or said.vessel:
        return True
    if said.columns:
        names = columns(path, said.delimiter)
        return all(layout.usual(names, name) for name in ("vessel", "time_utc"))
    if not path.is_file():
        return False
    if path.suffix.lower() in _TEXTS:
        names = _names(path, said.delimiter)
        moves = _positioned(names, named=not asked.kind)
        return decoded(path) or moves or _only_tracks(path, names)
    return path.suffix.lower() in userfile.PARQUET and _positioned(
        _names(path), named=not asked.kind
    )


def packed(path: Path) -> bool:
    """Whether a file is a packed text, as `geo.tracks` reads them."""
    return path.suffix.lower() in _PACKED and ending(path) in (*_TEXTS, ".geojson")


def ending(path: Path) -> str:
    """The ending of a file, without that of its packing."""
    whole = path.suffix.lower() not in _PACKED
    return (path if whole else path.with_suffix("")).suffix.lower()


def _start(path: Path) -> bytes:
    return intake.start(path, _HEAD)


def decoded(path: Path) -> bool:
    """Whether `geo.tracks` decodes a text: sentences, objects, GPX, a table without a header."""
    start, kind = _start(path), path.suffix.lower()
    if _SENTENCE.search(start) or (kind == ".gpx" and b"<trkpt" in start and b"<time" in start):
        return True
    if kind in {".jsonl", ".ndjson"}:
        return not _FEATURE.match(start)
    if kind == ".mfjson" or (kind != ".csv" and _OBJECTS.match(start)):
        return True
    return dialects.headless(start.decode("utf-8", "replace").splitlines()[:1]) is not None


def columns(path: Path, delimiter: str = "") -> list[str]:
    """Return the columns of a table of texts or of a Parquet file; none for other files."""
    text = path.suffix.lower() in (*_TEXTS, *userfile.PARQUET)
    return _names(path, delimiter) if text and path.is_file() else []


def _names(path: Path, delimiter: str = "") -> list[str]:
    """The columns of a table or of positions in Parquet; none for other files."""
    if path.suffix.lower() in userfile.PARQUET:
        try:
            return [str(name) for name in columnar.parquet().read_schema(path).names]
        except (OSError, ValueError):
            return []
    start = _start(path)
    if start.lstrip()[:1] in {b"{", b"[", b"<"}:
        return []
    try:
        head = start.decode(grids.encoding(start), "replace").lstrip("\ufeff")
        return grids.grid(head, Written(delimiter=delimiter), str(path)).header
    except GeoError:
        return []


def _only_tracks(path: Path, names: Sequence[str]) -> bool:
    """Whether a table of places and times can be nothing but tracks, for want of another reader."""
    timed = all(layout.usual(names, name) for name in ("time_utc", "lon", "lat"))
    return path.suffix.lower() not in {*userfile.FORMATS} - {*_ELSEWHERE} and timed


def _positioned(names: Sequence[str], *, named: bool = True) -> bool:
    """Whether columns are a dialect's, or hold a time, a place and, if `named`, a vessel."""
    if dialects.fitting(names):
        return True
    needed = ("time_utc", "lon", "lat", *(["vessel"] if named else []))
    return bool(names) and all(layout.usual(names, name) for name in needed)


# --- reading --------------------------------------------------------------------------------------


def read(path: Path, asked: Asked) -> TrackSet:
    """Return the tracks of a file of positions or lines.

    Texts and Parquet hold positions; GeoJSON, GeoParquet and GeoPackage points with a vessel and a
    time, or lines. Raises GeoError with the file, the column and the row, and DataError.
    """
    kind = path.suffix.lower()
    if not path.is_file():
        raise GeoError(f"{path}: no such file")
    if packed(path) or (kind in _TEXTS and decoded(path)):
        return _scanned(path, asked)
    if kind in _TEXTS and kind != ".json":
        return _texts(path, asked)
    if kind in userfile.PARQUET and "geometry" not in _names(path):
        try:
            return _positions(_parquet(path, asked), path, asked)
        except UnicodeDecodeError as error:
            raise GeoError(f"{path}: a column holds bytes that are no text: {error}") from error
    return of_features(userdata.read(path, **asked.reading).features, path, asked)


def _scanned(path: Path, asked: Asked) -> TrackSet:
    """Positions that `geo.tracks` decodes."""
    try:
        read_, duck = (importlib.import_module(f"geo.tracks.{n}") for n in ("read", "duck"))
    except ImportError as error:
        raise missing(error.name or "duckdb", "tracks") from None
    stop = asked.reading.get("on_error", "stop")
    size = path.stat().st_size * (_UNPACKED if packed(path) else 1)
    intake.allow(path, size, _memory(asked))
    with duck.connect(threads=1) as con:
        found = read_.scan(con, [path], written=asked.whole, kind=asked.kind, on_error=stop)
        rows = found.relation.to_arrow_table().to_pandas()
        (counts,) = found.counts().values()
        rejected = found.rejected.to_arrow_table().to_pylist()
    said = [Lost(one["reason"], one["row"] or "", ()) for one in rejected]
    lost = tuple(replace(one, faults=(_rejected(path.name, one.where),)) for one in said)
    lost = lost if stop == "skip" else ()
    out = counts["read"] - counts["kept"] - sum(counts["apart"].values()) - len(lost)
    made = _set(rows, path, asked, counts["kind"], left_out=out, lost=lost, apart=counts["apart"])
    return replace(made, reading=counts["reading"])


def _rejected(file: str, reason: str) -> Fault:
    field, said = reasons.fault(reason.partition(": ")[2] if _LINE.match(reason) else reason)
    return Fault(file, reason, field, "", *said)


def of_features(features: gpd.GeoDataFrame, path: Path, asked: Asked) -> TrackSet:
    """Return the tracks of points with a vessel and a time, or of lines. Raises GeoError."""
    if (features.geom_type == "Point").all():
        table = pd.DataFrame(features.drop(columns=features.geometry.name))
        table["lon"], table["lat"] = features.geometry.x, features.geometry.y
        return _positions(table, path, asked)
    names = [str(c) for c in features.columns]
    known = asked.whole.columns.get("vessel") or next(iter(layout.usual(names, "vessel")), "")
    inputs = {path.name: userdata.digest(path)}
    return trackset.of_lines(features, vessel=known, inputs=inputs)


def of_frame(table: pd.DataFrame, name: str, asked: Asked) -> TrackSet:
    """Return the tracks of a frame of positions, or of lines; rows are counted from 0.

    Columns are known by their headings, as those of a file are. Raises GeoError and DataError.
    """
    if isinstance(table, gpd.GeoDataFrame):
        kinds = {str(kind) for kind in table.geom_type.dropna()}
        if kinds != {"Point"}:
            names = [str(column) for column in table.columns]
            known = asked.columns.get("vessel") or next(iter(layout.usual(names, "vessel")), "")
            return trackset.of_lines(table, vessel=known)
        points = table.geometry if table.crs is None else table.geometry.to_crs("EPSG:4326")
        table = pd.DataFrame(table.drop(columns=table.geometry.name))
        table = table.assign(lon=points.x.to_numpy(), lat=points.y.to_numpy())
    plain = table.reset_index(drop=True)
    return _positions(plain, Path(name), asked, numbers=range(len(plain)), inputs={})


def sorted_out(
    paths: Sequence[Path], asked: Asked
) -> tuple[list[userdata.Layer], dict[str, TrackSet]]:
    """Return what is drawn as features, and tracks by the name of their file. Raises GeoError."""
    layers: list[userdata.Layer] = []
    tracks: dict[str, TrackSet] = {}
    for path in paths:
        if recognised(path, asked):
            own, bare = _with_unnamed(path, asked)
            bare += _beside_tracks(path, asked)
            stem = Path(path.stem).stem if packed(path) else path.stem
            tracks |= {_own(stem, layers, tracks): one for one in own}
            layers += [replace(one, name=_own(one.name, layers, tracks)) for one in bare]
            continue
        for layer in userdata.read_all(path, **asked.reading):
            _sort(layer, path, asked, layers, tracks)
    return layers, tracks


def _beside_tracks(path: Path, asked: Asked) -> list[userdata.Layer]:
    """Waypoints and routes of a GPX file, and tracks of it without times: they are features."""
    if path.suffix.lower() != ".gpx":
        return []
    found = userdata.read(path, **asked.reading)
    root = markup.parse(intake.read(path, memory_bytes=_memory(asked)), path, "gpx")
    timed = [e.tag == "trk" and e.find("trkseg/trkpt/time") is not None for e in gpx.elements(root)]
    if len(timed) != len(found.features):  # some are lost, and then named
        timed = [kind == "track" for kind in found.features["kind"]]
    bare = found.features[~np.array(timed, dtype=bool)].reset_index(drop=True)
    return [replace(found, name=f"{found.name}: waypoints", features=bare)] if len(bare) else []


def _sort(
    layer: userdata.Layer,
    path: Path,
    asked: Asked,
    layers: list[userdata.Layer],
    tracks: dict[str, TrackSet],
) -> None:
    """Put a layer of features among those, or among tracks where it holds them."""
    name = _own(layer.name, layers, tracks)
    if holds_tracks(layer.features):
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


def _count(layer: userdata.Layer) -> int:
    return len(layer.features)


def _with_unnamed(path: Path, asked: Asked) -> tuple[list[TrackSet], list[userdata.Layer]]:
    """The tracks of a file of positions, and its positions that name no vessel as points."""
    try:
        made = read(path, asked)
    except DataError:
        raise
    except GeoError:
        points = _unnamed(path, asked, every=True)  # or rows would be lost without a word
        if points is None:
            raise
        return [], [points]
    points = _unnamed(path, asked) if made.left_out else None
    if points is None:
        return [made], []
    if _count(points) > made.left_out:  # every row is a point
        return [], [points]
    return [replace(made, left_out=max(made.left_out - _count(points), 0))], [points]


def _unnamed(path: Path, asked: Asked, *, every: bool = False) -> userdata.Layer | None:
    if packed(path) or (path.is_file() and path.suffix.lower() in _TEXTS and decoded(path)):
        return None  # sentences and objects, no table
    return unnamed.layer(path, asked.whole.columns, every=every, memory_bytes=_memory(asked))


def _own(name: str, layers: Sequence[userdata.Layer], tracks: Mapping[str, TrackSet]) -> str:
    """A name that no other file has: 'ships', then 'ships (2)'."""
    taken = {*tracks, *(layer.name for layer in layers)}
    names = (f"{name} ({n})" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in names if one not in taken)


def holds_tracks(features: gpd.GeoDataFrame) -> bool:
    """Whether features are drawn as tracks: positions, or lines of many vertices."""
    kinds = set(features.geom_type.dropna())
    if holds_positions(features):
        return True
    if not kinds or not kinds <= {"LineString", "MultiLineString"}:
        return False
    return int(shapely.get_num_coordinates(features.geometry.to_numpy()).sum()) >= MANY


def holds_positions(features: gpd.GeoDataFrame) -> bool:
    """Whether features are points that say a vessel and a time."""
    if set(features.geom_type.dropna()) != {"Point"}:
        return False
    return _positioned([*(str(c) for c in features.columns), "lon", "lat"])


def _memory(asked: Asked) -> int:
    return int(asked.reading.get("memory_bytes", intake.CEILING))


def _parquet(path: Path, asked: Asked) -> pd.DataFrame:
    arrow = bring("pyarrow", "formats")
    content = intake.read(path, memory_bytes=_memory(asked))
    try:
        columnar.allow(content, path, table=True, memory_bytes=_memory(asked))
        return pd.read_parquet(io.BytesIO(content))
    except (ValueError, OSError, TypeError, KeyError, arrow.ArrowException) as error:
        raise GeoError(f"{path}: not Parquet: {error}; save it anew") from error


def _text(path: Path, asked: Asked) -> str:
    content = intake.read(path, memory_bytes=_memory(asked))
    return content.decode(grids.encoding(content), "replace").lstrip("\ufeff")


def _texts(path: Path, asked: Asked) -> TrackSet:
    """Positions of a table of texts."""
    text, said = _text(path, asked), asked.whole
    grid = grids.grid(text[:_HEAD], said, str(path))
    body = "".join(io.StringIO(text, newline="").readlines()[grid.skip :])
    table = _even(body, grid)
    if table is not None:
        return _positions(table, path, asked, grid=grid)
    table, rows, ragged = _uneven(body, grid, path)
    return _positions(table, path, asked, grid=grid, numbers=rows, ragged=ragged)


def _even(body: str, grid: grids.Grid) -> pd.DataFrame | None:
    """The cells of a table whose every line is a row as wide as its header; None of another."""
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            table = pd.read_csv(
                io.StringIO(body), sep=grid.delimiter, dtype="string", keep_default_na=False,
                index_col=False, header=None, names=grid.header, skip_blank_lines=False,
            )  # fmt: skip
    except (pd.errors.ParserWarning, pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    cuts = len(table) * (len(grid.header) - 1)  # pandas fills short rows without a word
    return table if '"' not in body and body.count(grid.delimiter) == cuts else None


def _uneven(
    body: str, grid: grids.Grid, path: Path
) -> tuple[pd.DataFrame, list[int], dict[int, Fault]]:
    """The cells of a table row by row, the number of each row, and rows of another width."""
    rows = sheets.lines(body, path.name, delimiter=grid.delimiter)
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
    width, numbers = len(grid.header), [row.number + grid.skip for row in rows]
    said = wrong_width(width, grid.delimiter)
    ragged = {
        n: Fault(path.name, f"row {number}", "", f"{len(row.cells)} cells", *said)
        for n, (number, row) in enumerate(zip(numbers, rows, strict=True))
        if len(row.cells) != width and (len(row.cells) < width or any(row.cells[width:]))
    }
    cells = [(row.cells + [""] * width)[:width] for row in rows]
    return pd.DataFrame(cells, columns=grid.header, dtype="string"), numbers, ragged


def _positions(
    table: pd.DataFrame,
    path: Path,
    asked: Asked,
    *,
    grid: grids.Grid | None = None,
    numbers: Sequence[int] | None = None,
    ragged: Mapping[int, Fault] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> TrackSet:
    """Positions of a table of any types, row by row kept, named with their faults or counted.

    numbers: of the rows in the file, where lines are missing. ragged: rows of another width.
    inputs: files by their hashes, {} where there is none; None for that of `path`.
    """
    said = asked.whole if grid else replace(asked.whole, delimiter="")
    names = [str(c) for c in table.columns]
    form = layout.found(
        names, casting.sample(table), said, file=str(path),
        every=lambda name: casting.texts(table[name]).fillna("").tolist(),
        instants=[n for n in names if pd.api.types.is_datetime64_any_dtype(table[n])],
        headless=grid.headless if grid else None,
    )  # fmt: skip
    form = form if form.vessel else layout.named(form, path.stem)
    rows, problems, others = casting.frame(table, form)
    if "synthetic" in names:
        rows["synthetic"] = table["synthetic"].to_numpy()
    kind = asked.kind or form.kind
    plausible.check(rows.head(plausible.ROWS), file=str(path), said=str(form), kind=kind)
    first = grid.skip + 1 if grid else 2
    numbers = range(first, first + len(rows)) if numbers is None else numbers
    faults = _faults(rows, problems, form, path, numbers)
    faults |= {n: [fault] for n, fault in (ragged or {}).items()}
    faults = dict(sorted(faults.items()))
    if faults and asked.reading.get("on_error") != "skip":
        every = [fault for found in faults.values() for fault in found]
        raise DataError(f"{path}: {len(every)} fault(s)", faults=every)
    lost = tuple(_lost(faults, table, path, asked))
    apart = rows["mobile"].notna() & ~rows["mobile"].isin(said.also)
    counts = {str(k): int(n) for k, n in rows.loc[apart, "mobile"].value_counts().items()}
    good = rows.drop(index=[*faults, *rows.index[apart | others].difference([*faults])])
    left_out = int((others & ~apart.to_numpy(dtype=bool)).sum())
    made = _set(good, path, asked, kind, left_out=left_out, lost=lost, apart=counts, inputs=inputs)
    return replace(made, reading=str(form))


def _set(
    rows: pd.DataFrame,
    path: Path,
    asked: Asked,
    kind: str,
    *,
    left_out: int,
    lost: tuple[Lost, ...],
    apart: Mapping[str, int],
    inputs: Mapping[str, str] | None = None,
) -> TrackSet:
    """Tracks of rows by the kit's columns, with what was left out of them."""
    if rows.empty and apart:
        raise GeoError(f"{path}: no ship; {_apart(apart)}: read them too by --also")
    told = rows if rows["speed_kn"].notna().any() else rows.drop(columns="speed_kn")
    named = [c for c in told.columns if c not in trackset.KEPT or told[c].notna().any()]
    gap = asked.gap_hours or trackset.GAP_HOURS
    inputs = {path.name: userdata.digest(path)} if inputs is None else inputs
    try:
        said = trackset.of_positions(told[named], gap_hours=gap, inputs=inputs, kind=kind)
    except GeoError as error:
        raise GeoError(f"{path}: {error}") from error
    marked = path.suffix.lower() == ".parquet" and _marked(path)
    return replace(
        said, synthetic=said.synthetic or marked, left_out=left_out + len(rows) - len(said),
        lost=lost, apart=dict(apart),
    )  # fmt: skip


def _apart(apart: Mapping[str, int]) -> str:
    return ", ".join(
        f"{n:,} position{'s' * (n != 1)} of {mobiles.title(name)}" for name, n in apart.items()
    )


_CODES = {"time_utc": "position.time-not-readable", "vessel": "vessel.number-rounded"}
Faults = dict[int, list[Fault]]  # by the number of their row


def _faults(
    rows: pd.DataFrame,
    problems: Sequence[casting.Problem],
    form: Layout,
    path: Path,
    numbers: Sequence[int],
) -> Faults:
    """Every value that is not understood, and every place that is not on the globe."""
    faults: Faults = {}

    def note(row: int, ours: str, value: str, why: Wording) -> None:
        said = Fault(path.name, f"row {numbers[row]}", form.named(ours), value, *why)
        faults.setdefault(row, []).append(said)

    for row, name, value in problems:
        note(row, name, value, wording(_CODES.get(name, "number.not-readable")))
    for row in np.flatnonzero(plausible.outside(rows["time_utc"])).tolist():
        when = rows["time_utc"].iloc[row].isoformat()
        note(row, "time_utc", when, wording("position.time-outside", reason=plausible.OUTSIDE))
    for ours, most in _MOST.items():
        off = (rows[ours].abs() > most) & (rows[ours] != most + 1)
        for row in np.flatnonzero(off.to_numpy(dtype=bool)).tolist():
            note(row, ours, f"{rows[ours].iloc[row]:g}", wording("position.off-globe"))
    return faults


def _lost(faults: Faults, table: pd.DataFrame, path: Path, asked: Asked) -> Iterator[Lost]:
    """The rows that were not understood, as they stand in the file."""
    lines: Sequence[sheets.Row] = ()
    if faults and path.suffix.lower() == ".csv":
        text = _text(path, asked)
        lines = sheets.parse(text, path.name, delimiter="").rows
    for number, found in sorted(faults.items()):
        row = {str(name): value for name, value in table.iloc[number].items()}
        plain = len(lines) == len(table)
        raw = lines[number].raw if plain else json.dumps(row, ensure_ascii=False, default=str)
        yield Lost(found[0].where, raw, tuple(found))


def _marked(path: Path) -> bool:
    said = (columnar.parquet().read_schema(path).metadata or {}).get(b"synthetic", b"").lower()
    return said in {b"true", b"1"}


# --- drawing --------------------------------------------------------------------------------------


def drawn(
    tracks: Mapping[str, TrackSet],
    layers: Sequence[userdata.Layer] = (),
    *,
    title: str = "",
    label: str = "",
    color: str = "",
    by: looks.By | None = None,
) -> draw.Map:
    """Return a map of tracks by name, with layers of features beside them.

    Where positions are synthetic the title says so.
    """
    beside = userdata.fitted(layers, by)
    return draw_fitted(tracks, beside, title=title, label=label, color=color)


def draw_fitted(
    tracks: Mapping[str, TrackSet],
    beside: userdata.Fitted,
    *,
    title: str = "",
    label: str = "",
    color: str = "",
) -> draw.Map:
    """Return a map of tracks, with layers that fit a browser beside them."""
    layers = beside.layers
    box = view(tracks, layers)
    result = draw.Map(box)
    result.title = title or ", ".join([*tracks, *(layer.name for layer in layers)])
    if any(one.synthetic for one in tracks.values()) and "synthetic" not in result.title.lower():
        result.title += " (synthetic)"
    userdata.add_layers(result, beside, box, label=label)
    for name, one in tracks.items():
        draw.Tracks(one, name=name, color=color).add_to(result)
    titles = {name: name for name in [*(layer.name for layer in layers), *tracks]}
    said = " · ".join([*beside.owed, *beside.notes])
    draw.Controls({"corridors": titles, "attribution": said}).add_to(result)
    draw.Ready().add_to(result)
    return result


def view(
    tracks: Mapping[str, TrackSet], layers: Sequence[userdata.Layer]
) -> tuple[float, float, float, float]:
    """West, south, east and north of tracks and layers, with a margin."""
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
        apart = f"{_apart(one.apart)} kept apart" if one.apart else ""
        parts = [f"{name}: {one.count()}", one.simplified(), one.spared(), apart]
        yield ", ".join(part for part in parts if part)
