"""What was drawn as data: GeoJSON, GeoPackage, KML or CSV, whole, with units and sources.

A file is named by its ending, and an ending that the kit does not write is refused before
anything is made.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.errors import GeoError
from geo.errors.extras import bring
from geo.files import kml, live, writing
from geo.output import losses as lost

__all__ = [
    "BOOKS",
    "DATA",
    "ENDINGS",
    "PAGES",
    "PICTURES",
    "Drawn",
    "ending",
    "fit",
    "losses",
    "page",
    "write",
]

PAGES = (".html", ".htm")
PICTURES = (".png", ".svg", ".pdf")
DATA = (".geojson", ".gpkg", ".kml", ".csv")
BOOKS = (".xlsx",)  # of flows, as Flowmap.blue reads them
ENDINGS = (*PAGES, *PICTURES, *DATA, *BOOKS)
_LONG = 2**63  # whole numbers of a GeoPackage lie below it
_EPOCH = datetime.datetime.fromtimestamp(0, datetime.UTC)  # the same content, the same bytes


@dataclass(frozen=True)
class Drawn:
    """Layers of features by name in EPSG:4326, the title of their map, and its sources in words."""

    layers: Mapping[str, gpd.GeoDataFrame]
    title: str = ""
    sources: Sequence[str] = ()


def ending(path: str | Path) -> str:
    """The ending of a file that is to be written, in small letters. GeoError for any other."""
    kind = Path(path).suffix.lower()
    if kind not in ENDINGS:
        said = f"{kind} is not written" if kind else "a file without an ending is not written"
        raise GeoError(
            f"{path}: {said}; give it one of {', '.join(PAGES[:1] + PICTURES + DATA + BOOKS)}: "
            "a page, a picture, data or a workbook of flows"
        )
    return kind


def page(path: str | Path) -> None:
    """Refuse a page under the ending of something else."""
    if Path(path).suffix.lower() not in PAGES:
        raise GeoError(f"{path}: a page is written; give it the ending .html")


def fit(path: str | Path, inputs: Sequence[str | Path]) -> None:
    """Refuse an output of an unknown ending, and one that would take the place of an input."""
    ending(path)
    target = Path(path).resolve()
    if any(Path(one).resolve() == target for one in inputs):
        raise GeoError(f"{path}: is read, so it is not written over; give the output another name")


def write(drawn: Drawn, path: str | Path, *, follow_links: bool = False) -> Path:
    """Write data by the ending of its file. Raises GeoError for an ending that is not of data."""
    makers: dict[str, Callable[[Drawn], bytes]] = {
        ".geojson": _geojson, ".gpkg": _gpkg, ".kml": _kml, ".csv": _csv
    }  # fmt: skip
    make = makers.get(ending(path))
    if make is None:
        raise GeoError(f"{path}: not an ending of data; there are {', '.join(DATA)}")
    return writing.write(path, make(drawn), follow_links=follow_links)


def losses(drawn: Drawn, path: str | Path) -> list[str]:
    """What the format of a file of data cannot carry of what is written into it, by column."""
    found: dict[str, None] = {}
    for frame in drawn.layers.values():
        rows = _rows(frame)
        columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
        found |= dict.fromkeys(lost.said(ending(path), columns))
    return list(found)


# --- values ---------------------------------------------------------------------------------------


def plain(given: Any) -> Any:
    """A value as JSON has it; unknown is null, a moment is a text by ISO 8601."""
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, Mapping):
        return {str(name): plain(value) for name, value in given.items()}
    if isinstance(given, list | tuple):
        return [plain(value) for value in given]
    if given is None or pd.isna(given):
        return None
    if isinstance(given, np.generic):
        given = given.item()
    if isinstance(given, float) and not np.isfinite(given):
        return None
    if isinstance(given, datetime.datetime):
        return _moment(given)
    return given if isinstance(given, bool | int | float | str) else str(given)


def _moment(given: datetime.datetime) -> str:
    """A day for a midnight without a zone, else day and time with the zone."""
    if given.tzinfo is None and given.time() == datetime.time():
        return given.date().isoformat()
    return given.isoformat().replace("+00:00", "Z")


def _rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    columns = [name for name in frame.columns if name != frame.geometry.name]
    values = [[plain(value) for value in frame[name]] for name in columns]
    names = [str(name) for name in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)] or [
        {} for _ in range(len(frame))
    ]


def _several(drawn: Drawn) -> bool:
    return len(drawn.layers) > 1


# --- formats --------------------------------------------------------------------------------------


def _geojson(drawn: Drawn) -> bytes:
    """One collection; of several layers each feature says which is its own."""
    features = []
    for name, frame in drawn.layers.items():
        own = {"layer": name} if _several(drawn) else {}
        for row, shape in zip(_rows(frame), frame.geometry, strict=True):
            geometry = None if _empty(shape) else shapely.geometry.mapping(shape)
            features.append({"type": "Feature", "properties": own | row, "geometry": geometry})
    head = {"type": "FeatureCollection", "title": drawn.title, "sources": list(drawn.sources)}
    head = {name: value for name, value in head.items() if value}
    lines = [json.dumps(one, ensure_ascii=False, allow_nan=False) for one in features]
    start = json.dumps(head, ensure_ascii=False)[:-1]
    return (start + ', "features": [\n' + ",\n".join(lines) + "\n]}\n").encode("utf-8")


def _empty(shape: Any) -> bool:
    return shape is None or shape.is_empty


def _kml(drawn: Drawn) -> bytes:
    layers = {
        name: list(zip(_rows(frame), frame.geometry, strict=True))
        for name, frame in drawn.layers.items()
    }
    return kml.write(layers, title=drawn.title, sources=drawn.sources)


def _csv(drawn: Drawn) -> bytes:
    """Points by lon and lat, anything else as WKT; a mark of UTF-8 first, for spreadsheets."""
    tables = [(name, _rows(frame), frame.geometry) for name, frame in drawn.layers.items()]
    shapes = [shape for _, _, own in tables for shape in own if not _empty(shape)]
    points = all(shape.geom_type == "Point" for shape in shapes)
    place = ("lon", "lat") if points else ("wkt",)
    layer = ("layer",) if _several(drawn) else ()
    names = list(dict.fromkeys(name for _, rows, _ in tables for row in rows for name in row))
    head = [*layer, *(name for name in names if name not in (*place, *layer)), *place]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([live.guarded(name) for name in head])
    for name, rows, own in tables:
        for row, shape in zip(rows, own, strict=True):
            cells = row | {"layer": name} if layer else row
            at = dict(zip(place, _place(shape, points), strict=True))
            table.writerow([_safe((cells | at).get(column)) for column in head])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _place(shape: Any, points: bool) -> tuple[Any, ...]:
    if _empty(shape):
        return (None, None) if points else (None,)
    if points:
        return shape.x, shape.y
    return (shapely.to_wkt(shape, rounding_precision=-1),)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _safe(value: Any) -> str:
    """A cell of a table that a spreadsheet shows and does not run."""
    return live.guarded(_cell(value)) if isinstance(value, str) else _cell(value)


def _gpkg(drawn: Drawn) -> bytes:
    """A layer for each; whole numbers stay whole beside unknown ones."""
    if not drawn.layers:
        raise GeoError("nothing was drawn, so there is nothing to write")
    bring("pyarrow", "formats")
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{_EPOCH:%Y-%m-%dT%H:%M:%SZ}"})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "drawn.gpkg"
            for number, (name, frame) in enumerate(drawn.layers.items()):
                _into(path, name, _stored(frame), append=number > 0)
            return path.read_bytes()
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        said = getattr(error, "strerror", None) or error
        raise GeoError(
            f"the GeoPackage cannot be made in {tempfile.gettempdir()}: {said}"
        ) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _into(path: Path, name: str, frame: gpd.GeoDataFrame, *, append: bool) -> None:
    with warnings.catch_warnings(action="ignore"):
        pyogrio.write_dataframe(
            frame, path, driver="GPKG", layer=name, append=append, use_arrow=True,
            geometry_type=_kind(frame), SPATIAL_INDEX="NO",
        )  # fmt: skip


def _kind(frame: gpd.GeoDataFrame) -> str:
    kinds = set(frame.geometry.geom_type.dropna())
    flat = not frame.geometry.has_z.any()
    return kinds.pop() if len(kinds) == 1 and flat else "Unknown"


def _stored(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Columns with the types that a GeoPackage has; names that it keeps for itself get a mark."""
    table: dict[str, Any] = {}
    for column in frame.columns.drop(frame.geometry.name):
        name = str(column)
        while name.lower() in {"fid", "geom", "geometry", *(one.lower() for one in table)}:
            name += "_"
        table[name] = _typed(frame[column])
    made = pd.DataFrame(table, index=range(len(frame)))
    shapes = [None if _empty(shape) else shape for shape in frame.geometry]
    return gpd.GeoDataFrame(made, geometry=shapes, crs="EPSG:4326")


def _typed(column: pd.Series[Any]) -> Any:
    values = [plain(value) for value in column]
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return pd.array(values, dtype="boolean")
    if known and all(type(value) is int and -_LONG <= value < _LONG for value in known):
        return pd.array(values, dtype="Int64")
    if known and all(type(value) in (int, float) for value in known) and _exact(known):
        return pd.array(values, dtype="Float64")
    if known and pd.api.types.is_datetime64_any_dtype(column):
        return column.to_numpy() if column.dt.tz is None else column.array
    texts = [None if value is None else _cell(value) for value in values]
    return pd.array(texts, dtype="string")


def _exact(values: Sequence[float]) -> bool:
    return all(float(value) == value for value in values)
