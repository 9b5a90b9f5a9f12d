"""What a map has drawn, as data: rows with a shape each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.geometry import measure
from geo.output import exports
from geo.scene.model import Row, Scene
from geo.tracks.trackset import TrackSet

__all__ = ["of_scene", "of_tracks"]


def of_tracks(one: TrackSet) -> gpd.GeoDataFrame:
    """A row for each track: its table, and its parts as lines cut at the antimeridian."""
    parts = np.split(np.column_stack([one.lon, one.lat]), one.starts[1:-1])
    shapes: list[list[Any]] = [[] for _ in range(len(one.table))]
    for own, part in zip(one.track, parts, strict=True):
        shapes[int(own)].append(part)
    return gpd.GeoDataFrame(one.table.copy(), geometry=[*map(_joined, shapes)], crs="EPSG:4326")


def _joined(parts: Sequence[Any]) -> Any:
    """Parts as one line of several; a part of one position is a point, and has no length."""
    lines = [shapely.LineString(part) for part in parts if len(part) > 1]
    if lines:
        return measure.cut_antimeridian(shapely.MultiLineString(lines))
    x, y = parts[0][0]
    return shapely.Point((x + 180) % 360 - 180, y)


def of_scene(scene: Scene) -> exports.Drawn:
    """The figures that a scene draws, each with its line, and its places, as data."""
    sources = {one.number: one.text for one in scene.sources}
    layers = {"flows": _figures(scene, sources), "places": _places(scene, sources)}
    said = [one.text + (f" {one.url}" if one.url else "") for one in scene.sources]
    return exports.Drawn(
        {name: frame for name, frame in layers.items() if len(frame)}, scene.title, said
    )


def _figures(scene: Scene, sources: Mapping[int, str]) -> gpd.GeoDataFrame:
    """A row for each figure on the map; a line without a figure has a row of unknown amount."""
    rows: dict[str, list[Row | None]] = {}
    for row in scene.rows:
        if row.drawn:
            rows.setdefault(row.pipe, []).append(row)
    made, shapes = [], []
    for pipe in scene.pipes:
        for own in rows.get(pipe.id, [None]):
            made.append(
                {"line": pipe.id, "title": pipe.title}
                | _amount(own, sources)
                | {"course": pipe.geometry_basis, "length": pipe.length, "status": pipe.status}
            )
            shapes.append(_course(pipe.parts))
    return gpd.GeoDataFrame(pd.DataFrame(made, dtype=object), geometry=shapes, crs="EPSG:4326")


def _amount(row: Row | None, sources: Mapping[int, str]) -> dict[str, Any]:
    names = ("route", "cargo", "period", "start", "end", "quantity", "quantity_low",
             "quantity_high", "unit", "basis", "source", "note")  # fmt: skip
    if row is None:
        return dict.fromkeys(names)
    values = (row.route or row.corridor, row.what, row.period, row.start, row.end, row.quantity,
              row.quantity_low, row.quantity_high, row.unit, row.basis,
              sources.get(row.source, ""), row.note)  # fmt: skip
    return {name: None if value == "" else value for name, value in zip(names, values, strict=True)}


def _course(parts: Iterable[Any]) -> Any:
    """The parts of a line once each, cut at the antimeridian."""
    once: dict[tuple[float, ...], Any] = {}
    for part in parts:
        (x, y), (u, v) = part[0], part[-1]
        once.setdefault((round(x % 360, 3), y, round(u % 360, 3), v, len(part)), part)
    lines = [shapely.LineString(part) for part in once.values()]
    whole = lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
    return measure.cut_antimeridian(whole)


def _places(scene: Scene, sources: Mapping[int, str]) -> gpd.GeoDataFrame:
    rows = [
        {"place": one.id, "name": one.names.get(scene.lang) or one.names.get("en", one.id)}
        | {f"name_{lang}": name for lang, name in one.names.items() if lang != "en"}
        | {"kind": one.kind, "note": one.note, "source": sources.get(one.source, "")}
        for one in scene.places
    ]
    shapes = [shapely.Point((p.lon + 180) % 360 - 180, p.lat) for p in scene.places]
    return gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry=shapes, crs="EPSG:4326")
