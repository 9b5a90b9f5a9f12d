"""What a browser can draw of many features: fewer of them, or fewer points, and a word on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

MOST_FEATURES = 20_000  # of one page: Leaflet keeps an object for each
MOST_VERTICES = 300_000
MOST_CHARACTERS = 2_000  # of one value in a popup
LARGEST = 2**53 - 1  # the largest whole number that a browser keeps to the last digit
_SMALLEST_DEG = 1e-6
Frames = Sequence[tuple[str, gpd.GeoDataFrame]]


def features(
    frames: Frames, *, most: int = MOST_FEATURES, vertices: int = MOST_VERTICES
) -> tuple[list[gpd.GeoDataFrame], list[str]]:
    """The frames with no more than `most` features and about `vertices` points, and what was done.

    Features are left out evenly by their place in the file; lines and areas lose the points that
    are nearest to a straight line (Douglas and Peucker). Frames that are small stay as they are.
    """
    made, said = [], []
    room = most / max(sum(len(frame) for _, frame in frames), 1)
    for name, frame in frames:
        fewer = _every(frame, room)
        if len(fewer) < len(frame):
            said.append(f"{name}: {len(fewer):,} of {len(frame):,} features are drawn, evenly")
        made.append(fewer)
    total = sum(_count(frame) for frame in made)
    if total > vertices:
        made = [_plainer(frame, vertices * _count(frame) / total) for frame in made]
        left = sum(_count(frame) for frame in made)
        said.append(f"lines and areas are drawn with {left:,} of {total:,} points")
    return made, said


def _every(frame: gpd.GeoDataFrame, room: float) -> gpd.GeoDataFrame:
    """A share of the rows, spread evenly; the first and the last stay."""
    if room >= 1:
        return frame
    count = max(int(len(frame) * room), 1)
    return frame.iloc[np.unique(np.linspace(0, len(frame) - 1, count).astype(int))]


def _count(frame: gpd.GeoDataFrame) -> int:
    return int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())


def _plainer(frame: gpd.GeoDataFrame, most: float) -> gpd.GeoDataFrame:
    """The frame with a tolerance doubled until few enough points are left."""
    shapes = frame.geometry.to_numpy()
    tolerance = _SMALLEST_DEG
    fewest = 4 * len(frame)  # a line keeps its ends, an area its corners
    while shapely.get_num_coordinates(shapes).sum() > max(most, fewest) and tolerance < 1:
        shapes = shapely.simplify(shapes, tolerance, preserve_topology=False)
        tolerance *= 2
    whole = np.where(shapely.is_empty(shapes), frame.geometry.to_numpy(), shapes)
    return frame.set_geometry(gpd.GeoSeries(whole, index=frame.index, crs=frame.crs))


def value(given: Any, most: int = MOST_CHARACTERS) -> Any:
    """A value as JSON in a page: unknown is null, long texts are cut with a word about it.

    Whole numbers that a browser would round are texts.
    """
    if isinstance(given, list | dict | np.ndarray):
        return given if len(str(given)) <= most else _cut(str(given), most)
    if given is None or pd.isna(given):
        return None
    if isinstance(given, np.generic):
        given = given.item()
    if isinstance(given, bool):
        return given
    if isinstance(given, int):
        return given if abs(given) <= LARGEST else str(given)
    if isinstance(given, float):
        return given if np.isfinite(given) else None
    return _cut(given if isinstance(given, str) else str(given), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters in all)"
