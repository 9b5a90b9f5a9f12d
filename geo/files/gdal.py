"""Layers of bytes in memory, read by GDAL: every digit of a value and every kind of curve stays.

What is read has been judged before: GDAL sees bytes, or a path of the kit's own making.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio

from geo.errors.extras import bring

__all__ = ["count", "frame"]


def count(content: bytes) -> int:
    """How many features the head of a file states, -1 where it does not say."""
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        return int(pyogrio.read_info(io.BytesIO(content))["features"])


def frame(content: bytes | Path, layer: str | None = None, **options: Any) -> Any:
    """A layer as a GeoDataFrame, by the number of its rows in the file; a DataFrame without shapes.

    Values come by Arrow, as otherwise a whole number beside an unknown one is rounded; geometry
    does not, as by Arrow curves are not straightened. Raises what pyogrio raises, and AssetError
    without the extra `tumen[formats]`.
    """
    bring("pyarrow", "formats")
    own = {"layer": layer, "fid_as_index": True, **options}
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # it has no name
        shapes = pyogrio.read_dataframe(_source(content), columns=[], **own)
        if not isinstance(shapes, gpd.GeoDataFrame):
            return shapes
        table = pyogrio.read_dataframe(
            _source(content), read_geometry=False, use_arrow=True,
            arrow_to_pandas_kwargs={"integer_object_nulls": True}, **own,
        )  # fmt: skip
    name = _free("geometry", [str(column) for column in table.columns])
    made = table.reindex(shapes.index).assign(**{name: shapes.geometry})
    return gpd.GeoDataFrame(made, geometry=name, crs=shapes.crs)


def _source(content: bytes | Path) -> Any:
    return content if isinstance(content, Path) else io.BytesIO(content)


def _free(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "_"
    return name
