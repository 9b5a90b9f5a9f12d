"""Files and frames of positions or of many lines → tracks, and the features beside them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.checking import userfile
from geo.errors import DataError, Fault, GeoError, Lost
from geo.errors.extras import missing
from geo.files import gpx, intake, markup
from geo.maps import unnamed, userdata
from geo.maps.tracks.trackkind import (
    TEXTS,
    Asked,
    decoded,
    header,
    holds_tracks,
    packed,
    recognised,
)
from geo.maps.tracks.trackrows import joined, memory, of_table, of_text, parquet, said_apart
from geo.tracks import layout, reasons, trackset
from geo.tracks.trackset import TrackSet

__all__ = ["of_features", "of_frame", "read", "sorted_out", "words"]

_UNPACKED = 10  # bytes of a text to a packed one, about
_LINE = re.compile(r"line [0-9]+: ")  # before the reason of a sentence


def read(path: Path, asked: Asked) -> TrackSet:
    """Return the tracks of a file of positions or lines.

    Texts and Parquet hold positions; GeoJSON, GeoParquet and GeoPackage points with a vessel and a
    time, or lines. Raises GeoError with the file, the column and the row, and DataError.
    """
    kind = path.suffix.lower()
    if not path.is_file():
        raise GeoError(f"{path}: no such file")
    if packed(path) or (kind in TEXTS and decoded(path)):
        return _scanned(path, asked)
    if kind in TEXTS and kind != ".json":
        return of_text(path, asked)
    if kind in userfile.PARQUET and "geometry" not in header(path):
        try:
            return of_table(parquet(path, asked), path, asked)
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
    intake.allow(path, size, memory(asked))
    with duck.connect(threads=1) as con:
        found = read_.scan(con, [path], written=asked.whole, kind=asked.kind, on_error=stop)
        rows = found.relation.to_arrow_table().to_pandas()
        (counts,) = found.counts().values()
        rejected = found.rejected.to_arrow_table().to_pylist()
    said = [Lost(one["reason"], one["row"] or "", ()) for one in rejected]
    lost = tuple(replace(one, faults=(_rejected(path.name, one.where),)) for one in said)
    lost = lost if stop == "skip" else ()
    out = counts["read"] - counts["kept"] - sum(counts["apart"].values()) - len(lost)
    made = joined(rows, path, asked, counts["kind"], left_out=out, lost=lost, apart=counts["apart"])
    return replace(made, reading=counts["reading"])


def _rejected(file: str, reason: str) -> Fault:
    field, said = reasons.fault(reason.partition(": ")[2] if _LINE.match(reason) else reason)
    return Fault(file, reason, field, "", *said)


def of_features(features: gpd.GeoDataFrame, path: Path, asked: Asked) -> TrackSet:
    """Return the tracks of points with a vessel and a time, or of lines. Raises GeoError."""
    if (features.geom_type == "Point").all():
        table = pd.DataFrame(features.drop(columns=features.geometry.name))
        table["lon"], table["lat"] = features.geometry.x, features.geometry.y
        return of_table(table, path, asked)
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
    return of_table(plain, Path(name), asked, numbers=range(len(plain)), inputs={})


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
    root = markup.parse(intake.read(path, memory_bytes=memory(asked)), path, "gpx")
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
    if packed(path) or (path.is_file() and path.suffix.lower() in TEXTS and decoded(path)):
        return None  # sentences and objects, no table
    return unnamed.layer(path, asked.whole.columns, every=every, memory_bytes=memory(asked))


def _own(name: str, layers: Sequence[userdata.Layer], tracks: Mapping[str, TrackSet]) -> str:
    """A name that no other file has: 'ships', then 'ships (2)'."""
    taken = {*tracks, *(layer.name for layer in layers)}
    names = (f"{name} ({n})" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in names if one not in taken)


def words(tracks: Mapping[str, TrackSet]) -> Iterator[str]:
    """What was drawn of each file, and how it was thinned."""
    for name, one in tracks.items():
        apart = f"{said_apart(one.apart)} kept apart" if one.apart else ""
        parts = [f"{name}: {one.count()}", one.simplified(), one.spared(), apart]
        yield ", ".join(part for part in parts if part)
