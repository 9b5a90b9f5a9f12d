"""The values of a column of features as numbers, where they are some."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.checking import plausibility
from geo.files.tables import flags
from geo.files.tables.numbers import unknown

__all__ = ["column", "numbered", "numbers"]

_CODE = re.compile(r"[+-]?0[0-9]")


def column(frame: gpd.GeoDataFrame, name: str) -> list[Any]:
    """The values of a column, None where they are unknown or the layer has no such column."""
    if name not in frame.columns:
        return [None] * len(frame)
    own = frame[name].astype(object)
    blank = [v is None or (not isinstance(v, list | dict) and pd.isna(v)) for v in own]
    return [None if b or v == "" else v for v, b in zip(own, blank, strict=True)]


def numbers(values: Sequence[Any]) -> list[float | None] | None:
    """Values as numbers, None where they are none: words, truths, or codes such as 007."""
    made: list[float | None] = []
    for value in values:
        if value is None:
            made.append(None)
        elif isinstance(value, bool | np.bool_) or _CODE.match(str(value)):
            return None
        elif plausibility.plain_number(str(value)) and math.isfinite(float(value)):
            made.append(float(value))
        else:
            return None
    return made


def numbered(
    layers: Sequence[tuple[str, gpd.GeoDataFrame]], name: str
) -> tuple[list[list[float | None]], list[str]] | None:
    """A column's numbers by layer, with what is said of them; None where it holds words.

    Marks of statistics beside numbers are left out; words for unknown are unknown.
    """
    made, notes = [], []
    for _, frame in layers:
        values = column(frame, name)
        own = numbers(values)
        if own is None:
            texts, said = _unmarked(frame, name, values)
            own = numbers(texts)
            notes += said
        if own is None:
            return None
        made.append(own)
    return made, notes


def _unmarked(
    frame: gpd.GeoDataFrame, name: str, values: Sequence[Any]
) -> tuple[list[Any], list[str]]:
    """Texts of a column without marks, None for unknown, and what is said of the marks."""
    if not all(value is None or isinstance(value, str) for value in values):
        return list(values), []
    table = frame.drop(columns=frame.geometry.name)
    columns = [[value for value in table[c] if isinstance(value, str)] for c in table.columns]
    eurostat = flags.of_eurostat(map(str, table.columns), columns)
    own = flags.marked([value or "" for value in values], eurostat=eurostat)
    return [None if unknown(text) else text for text in own.values], list(flags.said(name, own))
