"""Ports of the world by UN/LOCODE, for positions that come without places of their own.

The table is that of the package searoute (Apache-2.0): a point for each code, some of them to the
minute of arc only. A code that stands for points far from each other names no port.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import GeoError
from geo.tracks.arrays import apart_m

__all__ = ["SAID", "ports"]

PACKAGE = "searoute"
SAID = "ports by UN/LOCODE of the package searoute {version}"
ONE_PORT_KM = 50.0  # points of one code that lie no further apart are parts of one port
_CODE = re.compile("[A-Z]{2}[A-Z2-9]{3}")  # UN/LOCODE: country and place
_ABSENT = (
    "no places are given, and the ports of the world are not installed; give --places, or "
    "pip install 'tumen[ports]'"
)


def ports() -> tuple[gpd.GeoDataFrame, str]:
    """Return `place` (UN/LOCODE), `name_en` and points in lon/lat; and where they are from.

    GeoError where the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise GeoError(_ABSENT)
    file = Path(found.submodule_search_locations[0]) / "data" / "ports.geojson"
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError) as error:
        raise GeoError(f"{file}: the ports cannot be read; install {PACKAGE} anew") from error
    said = SAID.format(version=importlib.metadata.version(PACKAGE))
    return _known(pd.DataFrame(list(map(_row, features)))), said


def _row(feature: dict[str, Any]) -> dict[str, Any]:
    lon, lat = feature["geometry"]["coordinates"][:2]
    named = feature["properties"]
    return {"place": str(named["port"]), "name_en": str(named["name"]), "lon": lon, "lat": lat}


def _known(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Ports whose code is one, on the globe, and in one place."""
    whole = rows["place"].map(lambda code: _CODE.fullmatch(code) is not None)
    on_globe = (rows["lon"].abs() <= 180) & (rows["lat"].abs() <= 90)
    good = rows[whole & on_globe].sort_values(["place", "lon", "lat"], ignore_index=True)
    first = good.groupby("place")[["lon", "lat"]].transform("first")
    km = apart_m(*(one.to_numpy(float) for one in (first["lon"], first["lat"], good["lon"],
                                                   good["lat"]))) / 1000.0  # fmt: skip
    far = good.assign(km=km).groupby("place")["km"].transform("max") > ONE_PORT_KM
    kept = good[~far].reset_index(drop=True)
    points = gpd.points_from_xy(kept["lon"], kept["lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(kept[["place", "name_en"]].astype("string"), geometry=points)
