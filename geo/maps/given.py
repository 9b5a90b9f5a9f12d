"""A frame that a caller gives → features in degrees, or a word on what it lacks."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import GeoError
from geo.files import headings
from geo.maps import userdata

__all__ = ["features"]


def features(frame: pd.DataFrame, name: str) -> gpd.GeoDataFrame:
    """A frame of a caller in EPSG:4326, with a plain index."""
    if isinstance(frame, gpd.GeoDataFrame):
        if frame.crs is None:
            raise GeoError(f"{name}: the frame states no reference system; use set_crs")
        found = frame.to_crs("EPSG:4326").reset_index(drop=True)
    else:
        found = _points(frame, name)
    if userdata.placed(found).empty:
        raise GeoError(f"{name}: no feature has a geometry")
    box = userdata.placed(found).total_bounds
    if not np.isfinite(box).all() or np.abs(box[[0, 2]]).max() > 540 or np.abs(box).max() > 540:
        raise GeoError(f"{name}: not degrees (found {box.tolist()}); say its reference system")
    return found


def _points(frame: pd.DataFrame, name: str) -> gpd.GeoDataFrame:
    header = [str(column) for column in frame.columns]
    own = []
    for field_name in ("lon", "lat"):
        found = headings.ranked(field_name, header)
        if not found:
            said = ", ".join(headings.names(field_name))
            raise GeoError(f"{name}: no column named {said} (found {', '.join(header)})")
        own.append(pd.to_numeric(frame.iloc[:, found[0]], errors="coerce"))
    off = (own[0].abs() > 180) | (own[1].abs() > 90)
    if off.any():
        at = frame.index[off][0]
        raise GeoError(f"{name}: row {at}: not on the globe; write degrees")
    shapes = gpd.points_from_xy(*own)
    shapes = [None if point.is_empty or not np.isfinite(point.x) else point for point in shapes]
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=shapes, crs="EPSG:4326")
