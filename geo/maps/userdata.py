"""A user's own files → one page: any vector format geopandas reads, or a CSV with coordinates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.checking import userfile, vectors
from geo.errors import PATH, AssetError, DataError, GeoError, Lost, check_type
from geo.files import intake
from geo.files.sheets import Sheet
from geo.files.tables import Form, reader
from geo.geometry import basemap, measure
from geo.maps import drawable, looks
from geo.output import draw
from geo.scene import style
from geo.scene.model import LegendItem, Scene

__all__ = [
    "Cells",
    "Fitted",
    "Layer",
    "add_layers",
    "cells",
    "detail",
    "digest",
    "draw_fitted",
    "draw_layers",
    "elements",
    "fitted",
    "placed",
    "read",
    "read_all",
    "unplaced",
    "view",
]

NAMING = ("name", "name_en", "title", "label")
OPENSTREETMAP = "© OpenStreetMap contributors (ODbL)"
LABELLED = 1500  # features of a layer, at most, as `geo/web/features.js` does it
MARGIN_DEG, NEAR_DEG = (
    0.05,
    0.002,
)  # round what is drawn: on the kit's own ground, on one of streets
DETAIL_DEG = 30.0  # beyond this the coarse world is detail enough


@dataclass(frozen=True)
class Layer:
    """The features of one layer: a name and a frame in EPSG:4326, and what was left out of it.

    `layer` is its own name in a file of several; `said` is how it was read, `owed` what its file
    says of where it is from.
    """

    name: str
    features: gpd.GeoDataFrame
    file: str = ""
    lost: tuple[Lost, ...] = ()
    layer: str = ""
    said: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()


def read(
    path: str | Path,
    *,
    on_error: str = "stop",
    layer: str = "",
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> Layer:
    """Read the only layer of a file, or the one that is named, as `read_all` does."""
    found = read_all(path, on_error=on_error, layer=layer, form=form, memory_bytes=memory_bytes)
    return vectors.only(found, path)


def read_all(
    path: str | Path,
    *,
    on_error: str = "stop",
    layer: str = "",
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> list[Layer]:
    """Read every layer of a file by its ending, never by its content. Raises GeoError or DataError.

    on_error: "stop" raises with every fault, "skip" leaves the rows that have one in `lost`;
    `layer`, or `file:layer`, names one of several sheets or layers; `form` is how the user says a
    table is written.
    """
    check_type(path, PATH, "a file")
    path = Path(path)
    if path.is_dir():
        raise GeoError(f"{path}: a folder; name its files, or `geo build {path}` for a data folder")
    kind = intake.named(vectors.split(path)[0]).suffix.lower()
    if kind not in userfile.FORMATS:
        raise GeoError(
            f"{path}: cannot draw {kind or 'a file without an ending'}; "
            f"known are {', '.join(userfile.FORMATS)}; positions in NMEA: geo tracks"
        )
    read = userfile.read_all(path, layer=layer, form=form, memory_bytes=memory_bytes)
    every = [userfile.trusted(one) for one in read]
    told = (one.faults if on_error == "skip" else userfile.merged(one) for one in every)
    faults = [fault for own in told for fault in own]
    if faults:
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    if all(one.frame.empty for one in every):
        lost = any(one.lost for one in every)
        raise GeoError(f"{path}: holds no features" + (" without a fault" if lost else ""))
    found = [_layer(one, vectors.split(path)[0]) for one in every]
    if all(placed(one.features).empty for one in found):
        raise GeoError(f"{path}: no feature has a geometry")
    return found


def _layer(one: userfile.Single, path: Path) -> Layer:
    """A layer in EPSG:4326; where none is stated its positions were judged as degrees."""
    frame = one.frame
    degrees = frame.to_crs("EPSG:4326") if frame.crs is not None else frame.set_crs("EPSG:4326")
    name = f"{path.stem}: {one.layer}" if one.layer else path.stem
    taken = ("states no reference system; taken as degrees",) * (frame.crs is None)
    return Layer(name, degrees, path.name, one.lost, one.layer, (*one.said, *taken), one.owed)


def placed(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The features that have a geometry."""
    shapes = features.geometry.to_numpy()
    return features[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]


def told(layers: Sequence[Layer]) -> list[str]:
    """What a reader must know of layers: how they were read, what is not drawn, what is owed."""
    bare = unplaced(layers)
    said = [f"{layer.name}: {words}" for layer in layers for words in layer.said]
    said += [f"{name}: {count:,} without a geometry, not drawn" for name, count in bare.items()]
    left = [layer for layer in layers if layer.lost]
    return [*said, *(f"{layer.name}: {len(layer.lost):,} left out, at fault" for layer in left)]


def owed(layers: Sequence[Layer]) -> list[str]:
    """What files say of where they are from, and what OpenStreetMap asks of maps of its data."""
    said = [words for layer in layers for words in layer.owed]
    if any(_of_openstreetmap(layer) for layer in layers):
        said.append(OPENSTREETMAP)
    return list(dict.fromkeys(said))


def _of_openstreetmap(layer: Layer) -> bool:
    """Whether a file says that it is of OpenStreetMap, or its features have ids of it."""
    if any("openstreetmap" in words.lower() for words in layer.owed):
        return True
    own = {"@id", "osm_id", "osm_type", "osm_way_id", "osmid"}
    return bool(own & {str(column).lower() for column in layer.features.columns})


def unplaced(layers: Sequence[Layer]) -> dict[str, int]:
    """How many features of each layer have no geometry: they are counted and not drawn."""
    found = {one.name: len(one.features) - len(placed(one.features)) for one in layers}
    return {name: count for name, count in found.items() if count}


# --- tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cells:
    """A table as text: its header, and its rows with their number as a spreadsheet counts them.

    `said` tells how it was read, `delimiter` what stands between its cells, "" in a sheet.
    """

    file: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    raw: Mapping[int, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    delimiter: str = ""

    @classmethod
    def of(cls, sheet: Sheet) -> Cells:
        """The cells of a sheet, stripped."""
        rows = [(row.number, [c.strip() for c in row.cells]) for row in sheet.rows]
        raw = {row.number: row.raw for row in sheet.rows}
        header = [c.strip() for c in sheet.header]
        return cls(sheet.file, header, rows, raw, sheet.said, sheet.delimiter)


def cells(
    path: Path,
    *,
    layer: str = "",
    form: Form | None = None,
    memory_bytes: int = intake.CEILING,
) -> Cells:
    """Read a text of cells or a sheet, whatever stands between its cells.

    Cells are stripped; empty lines are left out but counted. Raises GeoError or DataError.
    """
    found = reader.read(path, Form.of(form, layer), memory_bytes=memory_bytes)
    if found.faults:
        raise DataError(f"{path}: {len(found.faults)} fault(s)", faults=found.faults)
    return Cells.of(found)


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises GeoError."""
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise GeoError(f"{path}: cannot be read: {error.strerror}") from error


# --- drawing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fitted:
    """Layers as a browser can draw them: thinned where they are too much, with their looks.

    `notes` are what a reader must know of them, `owed` what is owed for them.
    """

    layers: Sequence[Layer]
    seen: looks.Drawn
    notes: Sequence[str]
    owed: Sequence[str]


def fitted(layers: Sequence[Layer], by: looks.By | None = None) -> Fitted:
    """The layers as they are drawn; `by` are columns that colour and size features."""
    frames, notes = drawable.features([(layer.name, layer.features) for layer in layers])
    few = [replace(one, features=frame) for one, frame in zip(layers, frames, strict=True)]
    seen = looks.drawn([(one.name, one.features) for one in few], colours(few), by)
    said = told(layers)
    more = [words for words in seen.notes if not any(one.endswith(words) for one in said)]
    return Fitted(few, seen, [*notes, *said, *more], owed(layers))


def draw_layers(
    layers: Sequence[Layer], *, label: str = "", title: str = "", by: looks.By | None = None
) -> draw.Map:
    """A map of the layers over the world, or over a detailed cut where the extra is installed.

    What is too much for a browser is thinned; `notes` of the map say so, and so does the page.
    """
    return draw_fitted(fitted(layers, by), label=label, title=title)


def draw_fitted(
    own: Fitted, *, label: str = "", title: str = "", least_deg: float = MARGIN_DEG
) -> draw.Map:
    """A map of layers that fit a browser; `least_deg` as for `view`."""
    everything = pd.concat([layer.features.geometry for layer in own.layers])
    box = view(gpd.GeoSeries(everything, crs="EPSG:4326"), least_deg=least_deg)
    result = draw.Map(box)
    result.title = title or ", ".join(layer.name for layer in own.layers)
    add_layers(result, own, box, label=label)
    result.notes = list(own.notes)
    titles = {layer.name: layer.name for layer in own.layers}
    said = " · ".join([*own.owed, *own.notes])
    draw.Controls({"corridors": titles, "attribution": said}).add_to(result)
    draw.Ready().add_to(result)
    return result


def add_layers(
    result: draw.Map,
    fitted: Fitted,
    view: tuple[float, float, float, float],
    *,
    label: str = "",
) -> None:
    """Draw the base map of a view, and on it layers of features, each in its colour."""
    names = [name for layer in fitted.layers for name in _names(layer, label)]
    draw.Basemap([basemap.world(), *detail(view)], own_names=names, view=view).add_to(result)
    for element in elements(fitted, view, label=label):
        element.add_to(result)


def elements(
    fitted: Fitted, view: tuple[float, float, float, float], *, label: str = ""
) -> Iterator[draw.Features | draw.Legend]:
    """Layers of features as elements of a map, and their legend where it says more than names."""
    layers, seen = fitted.layers, fitted.seen
    for layer, colour, own in zip(layers, colours(layers), seen.looks, strict=True):
        yield draw.Features(
            {
                "id": layer.name,
                "label": naming(layer, label),
                "colour": colour,
                "collection": _collection(layer, view, own),
            }
        )
    if len(seen.legend) > len(layers):
        yield draw.Legend(legend(tuple(seen.legend)))


def colours(layers: Sequence[Layer]) -> list[str]:
    """The colour of each layer."""
    return [style.PALETTE[n % len(style.PALETTE)] for n in range(len(layers))]


def legend(items: tuple[LegendItem, ...]) -> Scene:
    """A scene of a legend alone."""
    none: tuple[Any, ...] = ()
    return Scene(
        id="map", title="", headline="", deck="", view=(0, 0, 0, 0), extent=None, places=none,
        pipes=none, legend=items, samples={}, rows=none, sources=none, notes=none, licence="",
        version="",
    )  # fmt: skip


def naming(layer: Layer, label: str) -> str:
    """The column given, or else the one that most likely names features, '' if none does."""
    if label:
        return label
    lower = {str(column).lower(): str(column) for column in layer.features.columns}
    return next((lower[name] for name in NAMING if name in lower), "")


def _names(layer: Layer, label: str) -> list[str]:
    """The labels of a layer's features, which the base map need not repeat."""
    column = naming(layer, label)
    known = layer.features[column].dropna() if column in layer.features else []
    return [str(value) for value in known[:LABELLED]]


def view(
    shapes: gpd.GeoSeries, *, least_deg: float = MARGIN_DEG
) -> tuple[float, float, float, float]:
    """Bounds with a margin, of so many degrees at least.

    East exceeds 180 where the short way crosses the antimeridian.
    """
    points = shapely.get_coordinates(shapes.array)
    lon = points[:, 0]
    turned = np.where(lon < 0, lon + 360, lon)
    lon = turned if np.ptp(turned) < np.ptp(lon) else lon
    dx, dy = (max(float(np.ptp(v)) * 0.08, least_deg) for v in (lon, points[:, 1]))
    west = float(lon.min()) - dx
    turn = 360.0 * np.floor((west + 180.0) / 360.0)  # longitudes may count on beyond 180
    return (
        float(west - turn),
        max(min(float(points[:, 1].min()), 84.0) - dy, -85.0),
        float(lon.max() + dx - turn),
        min(max(float(points[:, 1].max()), -84.0) + dy, 85.0),
    )


def detail(view: tuple[float, float, float, float]) -> list[bytes]:
    """A detailed cut for the view, if it is small enough and the extra is installed."""
    west, south, east, north = view
    if east - west > DETAIL_DEG or north - south > DETAIL_DEG:
        return []
    try:
        return [basemap.cut((west - 0.5, max(south - 0.5, -85), east + 0.5, min(north + 0.5, 85)))]
    except AssetError:  # without the extra the coarse world is drawn
        return []


def _collection(
    layer: Layer, view: tuple[float, float, float, float], own: Sequence[looks.Look]
) -> dict[str, Any]:
    """The layer as GeoJSON with continuous longitudes beside the view's middle, and its looks."""
    table = layer.features
    seen = {"stroke", "fill", "marker-color"} & set(map(str, table.columns))
    table = table.drop(columns=[c for c in table.columns if seen and str(c) in looks.OWN])
    frame = table.copy() if table.geometry.name == "geometry" else table.rename_geometry("geometry")
    shapes = [beside(shape, (view[0] + view[2]) / 2) for shape in frame.geometry]
    values = {
        column: pd.Series(map(drawable.value, frame[column]), index=frame.index, dtype=object)
        for column in frame.columns.drop("geometry")
    }
    plain = pd.DataFrame(values, index=frame.index)
    frame = gpd.GeoDataFrame(plain, geometry=shapes, crs=table.crs)
    result: dict[str, Any] = json.loads(frame.to_json(default=str, drop_id=True))
    for feature, look in zip(result["features"], own, strict=True):
        feature["look"] = look.value()
    return result


def beside(geometry: Any, middle: float) -> Any:
    """A geometry unwrapped and moved by whole turns to lie nearest a meridian."""
    if geometry is None or geometry.is_empty:
        return geometry
    whole = measure.unwrap(geometry)
    west, _, east, _ = whole.bounds
    turn = 360.0 * round((middle - (west + east) / 2) / 360)
    return shapely.transform(whole, lambda xy: np.add(xy, (turn, 0.0)))
