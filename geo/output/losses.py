"""What a format of data cannot carry of the values that are written into it, in words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["WHOLE", "said"]

# Whole numbers beyond these stand as texts.
WHOLE = {".kml": (1 - 2**31, 2**31 - 1), ".gpkg": (-(2**63), 2**63 - 1)}
_TYPED = (".gpkg", ".kml")
_BARRED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def said(kind: str, columns: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """A sentence for each column of which something is lost.

    kind: the ending of the file. columns: values as JSON has them. Nothing is said of a CSV's
    types: it has none.
    """
    for name, values in columns.items():
        known = [value for value in values if value is not None]
        if kind == ".csv" and "" in known and len(known) < len(values):
            yield f"{name}: an empty text and an unknown value are both an empty cell"
        low, high = WHOLE.get(kind, (-math.inf, math.inf))
        if any(type(value) is int and not low <= value <= high for value in known):
            yield f"{name}: whole numbers so long are no numbers of this format; they stand as text"
        elif kind in _TYPED and len({_type(value) for value in known}) > 1:
            yield f"{name}: values of several types; they stand as text"
        if kind == ".kml" and any(type(value) is str and _BARRED.search(value) for value in known):
            yield f"{name}: control characters, which XML has not, stand as \ufffd"
        if kind == ".gpkg" and any(type(v) is float and v == 0 and _minus(v) for v in known):
            yield f"{name}: a zero with a minus is a plain zero"


def _type(value: Any) -> str:
    """Whole and other numbers are of one type."""
    return "number" if type(value) in (int, float) else type(value).__name__


def _minus(value: float) -> bool:
    return math.copysign(1.0, value) < 0
