"""A user's own files → one page: any vector format geopandas reads, or a CSV with coordinates."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import basemap, check, draw, measure, package
from geo.errors import AssetError, DataError, GeoError
from geo.scene import style

LONGITUDE = ("lon", "lng", "long", "longitude", "x")
LATITUDE = ("lat", "latitude", "y")
NAMING = ("name", "name_en", "title", "label")
FORMATS = (".geojson", ".json", ".parquet", ".geoparquet", ".gpkg", ".csv")
DELIMITERS = (",", ";", "\t", "|")
DETAIL_DEG = 30.0  # beyond this the coarse world is detail enough
LonLat = tuple[float, float]


@dataclass(frozen=True)
class Layer:
    """The features of one file: a name and a frame in EPSG:4326."""

    name: str
    features: gpd.GeoDataFrame


def read(path: Path) -> Layer:
    """Read a file by its ending, never by its content. Raises GeoError or DataError."""
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise GeoError(
            f"{path}: cannot draw {kind or 'a file without an ending'}; "
            f"known are {', '.join(FORMATS)}"
        )
    if not path.is_file():
        raise GeoError(f"{path}: no such file")
    readers = {".csv": _csv, ".parquet": _parquet, ".geoparquet": _parquet, ".gpkg": _gpkg}
    frame = readers.get(kind, _geojson)(path)
    if frame.empty:
        raise GeoError(f"{path}: holds no features")
    return Layer(path.stem, _in_degrees(frame, path))


def _geojson(path: Path) -> gpd.GeoDataFrame:
    document, faults = check.strict_json(package.read_text(path), path.name)
    faults = faults or check.geojson(document, path.name)
    if faults:
        raise DataError(f"{path}: {len(faults)} fault(s)", faults=faults)
    return gpd.GeoDataFrame.from_features(document["features"], crs="EPSG:4326")


def _csv(path: Path) -> gpd.GeoDataFrame:
    try:
        table = pd.read_csv(path, dtype="string", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise GeoError(f"{path}: not CSV: {str(error).strip()}") from error
    columns = [_column(table, names, path) for names in (LONGITUDE, LATITUDE)]
    lon, lat = (pd.to_numeric(table[c].where(table[c] != ""), errors="coerce") for c in columns)
    bad = np.flatnonzero((lon.isna() | lat.isna()).to_numpy())
    if len(bad):
        rows = ", ".join(str(n + 2) for n in bad[:10])
        raise GeoError(
            f"{path}: {len(bad)} row(s) without a number in {columns[0]} or "
            f"{columns[1]} (row {rows}); mend or remove them"
        )
    points = gpd.points_from_xy(lon.astype(float), lat.astype(float))
    return gpd.GeoDataFrame(table.astype("object"), geometry=points, crs="EPSG:4326")


def _column(table: pd.DataFrame, names: Sequence[str], path: Path) -> str:
    found = [c for c in table.columns if str(c).strip().lower() in names]
    if not found:
        raise GeoError(
            f"{path}: no column named {', '.join(names)} (found "
            f"{', '.join(map(str, table.columns))}); rename one, or give --places for flows "
            "between places"
        )
    return str(found[0])


def _parquet(path: Path) -> gpd.GeoDataFrame:
    try:
        return gpd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise GeoError(f"{path}: not GeoParquet: {error}") from error


def _gpkg(path: Path) -> gpd.GeoDataFrame:
    try:
        return gpd.read_file(path, engine="pyogrio")
    except (ValueError, OSError, RuntimeError) as error:
        raise GeoError(f"{path}: not a GeoPackage: {error}") from error


def _in_degrees(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """The frame in EPSG:4326; a missing reference system is an error where metres are likely."""
    degrees = frame.to_crs("EPSG:4326") if frame.crs is not None else frame.set_crs("EPSG:4326")
    bounds = degrees.total_bounds
    if np.isnan(bounds).any():
        raise GeoError(f"{path}: no feature has a geometry")
    if abs(bounds[[0, 2]]).max() > 540 or abs(bounds[[1, 3]]).max() > 90:
        raise GeoError(
            f"{path}: coordinates reach {bounds.round(1).tolist()}, which are not "
            "degrees; give the file its reference system, or swap latitude and longitude"
        )
    return degrees


# --- tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cells:
    """A table as text: its header, and its rows with their number as a spreadsheet counts them."""

    file: str
    header: list[str]
    rows: list[tuple[int, list[str]]]


def cells(path: Path) -> Cells:
    """Read a CSV by comma, semicolon, tab or bar, whichever its header has most. Raises GeoError.

    Cells are stripped; empty lines are left out but counted.
    """
    text = package.read_text(path)
    first = text.split("\n", 1)[0]
    mark = max(DELIMITERS, key=first.count)
    try:
        read_rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise GeoError(
            f'{path}: not CSV: {error}; quote cells with " and close every quote'
        ) from error
    rows = [(n, [c.strip() for c in row]) for n, row in enumerate(read_rows, 1) if any(row)]
    if not rows:
        raise GeoError(f"{path}: an empty file; give a table with a header")
    return Cells(path.name, rows[0][1], rows[1:])


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises GeoError."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise GeoError(f"{path}: cannot be read: {error.strerror}") from error


# --- drawing --------------------------------------------------------------------------------------


def draw_layers(layers: Sequence[Layer], *, label: str = "", title: str = "") -> draw.Map:
    """A map of the layers over the world, or over a detailed cut where the extra is installed."""
    everything = pd.concat([layer.features.geometry for layer in layers])
    own = view(gpd.GeoSeries(everything, crs="EPSG:4326"))
    result = draw.Map(own)
    result.title = title or ", ".join(layer.name for layer in layers)
    draw.Basemap([basemap.world(), *detail(own)]).add_to(result)
    add_layers(result, layers, own, label=label)
    titles = {layer.name: layer.name for layer in layers}
    draw.Controls({"corridors": titles, "attribution": draw.ATTRIBUTION}).add_to(result)
    draw.Ready().add_to(result)
    return result


def add_layers(
    result: draw.Map,
    layers: Sequence[Layer],
    view: tuple[float, float, float, float],
    *,
    label: str = "",
) -> None:
    """Draw layers of features on a map that shows a view, each in its colour."""
    for number, layer in enumerate(layers):
        colour = style.PALETTE[number % len(style.PALETTE)]
        draw.Features(
            {
                "id": layer.name,
                "label": label or _naming(layer),
                "colour": colour,
                "collection": _collection(layer, view),
            }
        ).add_to(result)


def _naming(layer: Layer) -> str:
    """The column that most likely names a layer's features, '' if none does."""
    lower = {str(column).lower(): str(column) for column in layer.features.columns}
    return next((lower[name] for name in NAMING if name in lower), "")


def view(shapes: gpd.GeoSeries) -> tuple[float, float, float, float]:
    """Bounds with a margin; east exceeds 180 where the short way crosses the antimeridian."""
    points = shapely.get_coordinates(shapes.array)
    lon = points[:, 0]
    turned = np.where(lon < 0, lon + 360, lon)
    lon = turned if np.ptp(turned) < np.ptp(lon) else lon
    dx, dy = (max(float(np.ptp(v)) * 0.08, 0.05) for v in (lon, points[:, 1]))
    return (
        float(lon.min()) - dx,
        max(min(float(points[:, 1].min()), 84.0) - dy, -85.0),
        float(lon.max()) + dx,
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


def _collection(layer: Layer, view: tuple[float, float, float, float]) -> dict[str, Any]:
    """The layer as GeoJSON with continuous longitudes beside the view's middle."""
    frame = layer.features.copy()
    middle = (view[0] + view[2]) / 2
    frame["geometry"] = [_beside(g, middle) for g in frame.geometry]
    for column in frame.select_dtypes("number"):
        frame[column] = frame[column].astype("object").where(np.isfinite(frame[column]), None)
    result: dict[str, Any] = json.loads(frame.to_json(default=str, drop_id=True))
    return result


def _beside(geometry: Any, middle: float) -> Any:
    """A geometry unwrapped and moved by whole turns to lie nearest a meridian."""
    if geometry is None or geometry.is_empty:
        return geometry
    whole = measure.unwrap(geometry)
    west, _, east, _ = whole.bounds
    turn = 360.0 * round((middle - (west + east) / 2) / 360)
    return shapely.transform(whole, lambda xy: np.add(xy, (turn, 0.0)))


def point(text: str, places: gpd.GeoDataFrame | None) -> LonLat:
    """(lon, lat) of 'lat,lon' or of a place named by id or English name. Raises GeoError."""
    parts = text.split(",")
    if len(parts) == 2:
        try:
            lat, lon = (float(part) for part in parts)
        except ValueError:
            raise GeoError(f"{text!r} is not lat,lon; write for example 42.2,130.3") from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise GeoError(
                f"{text!r}: latitude is first and lies within ±90, longitude within ±180"
            )
        return (lon, lat)
    if places is not None and len(places):
        known = places[(places["place"] == text) | (places["name_en"].str.lower() == text.lower())]
        if len(known):
            return (float(known.geometry.iloc[0].x), float(known.geometry.iloc[0].y))
    raise GeoError(
        f"no place named {text!r}; write its id or name as in places.geojson, or lat,lon"
    )
