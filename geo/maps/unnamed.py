"""Positions that name no vessel, as radar detections do: points, not tracks."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.checking import userfile
from geo.files import columnar, headings, intake, sheets
from geo.maps import userdata

MOST = 0.5  # of the rows of a file of tracks may name no vessel
__all__ = ["layer", "of_features"]


def layer(
    path: Path,
    columns: Mapping[str, str],
    *,
    every: bool = False,
    memory_bytes: int = intake.CEILING,
) -> userdata.Layer | None:
    """The rows of a table of positions without a vessel as points; None where there are none.

    Where most rows name none, as of radar, every row is a point: no line joins detections.
    `columns` are the file's own by the names vessel, lon and lat, where the user gives them. With
    `every` also None where some rows would not be points. A file that cannot be read has none:
    reading its tracks says why.
    """
    try:
        table = _table(path, memory_bytes)
    except (OSError, ValueError):
        return None
    own = {name: _column(table, name, columns) for name in ("vessel", "lon", "lat")}
    if table.empty or "" in own.values():
        return None
    x, y = (pd.to_numeric(table[own[name]], errors="coerce") for name in ("lon", "lat"))
    on_globe, blank = (x.abs() <= 180) & (y.abs() <= 90), _blank(table[own["vessel"]])
    whole = blank.mean() > MOST
    if every and not whole:
        return None
    bare = on_globe if whole else on_globe & blank
    points = gpd.points_from_xy(x[bare], y[bare], crs="EPSG:4326")
    return _named(gpd.GeoDataFrame(table[bare].reset_index(drop=True), geometry=points), path)


def of_features(features: gpd.GeoDataFrame, path: Path) -> userdata.Layer | None:
    """The same of points that were read as features."""
    own = _column(features, "vessel", {})
    placed = (
        features[_blank(features[own]) & ~shapely.is_missing(features.geometry.to_numpy())]
        if own
        else features[:0]
    )
    return _named(placed.reset_index(drop=True), path)


def _named(points: gpd.GeoDataFrame, path: Path) -> userdata.Layer | None:
    name = f"{path.stem}: no vessel named"
    return userdata.Layer(name, points, path.name) if len(points) else None


def _table(path: Path, memory_bytes: int) -> pd.DataFrame:
    """Every cell as text of a CSV, values of a Parquet file; nothing of other files."""
    kind = path.suffix.lower()
    if kind in userfile.PARQUET:
        content = intake.read(path, memory_bytes=memory_bytes)
        columnar.allow(content, path, table=True, memory_bytes=memory_bytes)
        return pd.read_parquet(io.BytesIO(content))
    if kind not in sheets.ENDINGS[:1]:
        return pd.DataFrame()
    text = intake.text(path, memory_bytes=memory_bytes)
    mark = max(sheets.DELIMITERS, key=text.split("\n", 1)[0].count)
    return pd.read_csv(io.StringIO(text), sep=mark, dtype="string", index_col=False)


def _column(table: pd.DataFrame, name: str, columns: Mapping[str, str]) -> str:
    """The column of a field, '' where the table has none."""
    if name in columns:
        return columns[name] if columns[name] in table else ""
    header = [str(column) for column in table.columns]
    found = headings.ranked(name, header)
    return header[found[0]] if found else ""


def _blank(values: pd.Series) -> pd.Series:
    return values.isna() | values.astype("string").str.strip().eq("").fillna(True)
