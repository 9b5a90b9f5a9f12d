"""Symbols of places as markers: the outlines that the page draws, from the rules both read."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from matplotlib.path import Path

from geo.scene import style

MIDDLE = 6.5  # of the box of 13 pixels that an outline is drawn in
_CODES = {
    "moveTo": [Path.MOVETO],
    "lineTo": [Path.LINETO],
    "curveTo": [Path.CURVE4] * 3,
    "qCurveTo": [Path.CURVE3] * 2,
}


@cache
def marker(symbol: str) -> tuple[Path, float]:
    """The outline of a symbol round (0, 0), y upward, and its size in pixels as matplotlib's."""
    points, codes = _points(style.SYMBOLS[symbol])
    around = (np.array(points) - MIDDLE) * [1, -1]
    return Path(around, codes), 2 * float(np.abs(around).max())


def _points(outline: str) -> tuple[list[Any], list[Any]]:
    pen = RecordingPen()
    parse_path(outline, pen)
    points: list[Any] = []
    codes: list[Any] = []
    for verb, own in pen.value:
        if verb == "closePath":
            points.append(points[-1])
            codes.append(Path.CLOSEPOLY)
        elif verb in _CODES:
            points += own
            codes += _CODES[verb]
    return points, codes
