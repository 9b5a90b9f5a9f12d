"""Points of a table that are the vertices of lines, as `shapes.txt` of GTFS has them."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from geo.files import headings
from geo.files.tables import numbers

__all__ = ["Line", "columns", "lines"]

_LINE, _ORDER = "shape_id", "shape_pt_sequence"
Line = tuple[str, BaseGeometry, list[int]]


def columns(header: Sequence[str]) -> tuple[int, int] | None:
    """The columns of the line and of the order along it; None of another table."""
    words = [headings.plain(name) for name in header]
    return (words.index(_LINE), words.index(_ORDER)) if {_LINE, _ORDER} <= {*words} else None


def lines(
    rows: Sequence[Sequence[str]], points: Sequence[BaseGeometry | None], at: tuple[int, int]
) -> list[Line]:
    """(name, line, rows it is made of) for each line of two points and more, in their order."""
    found: dict[str, list[tuple[float, int]]] = {}
    for n, (row, point) in enumerate(zip(rows, points, strict=True)):
        order = numbers.read(row[at[1]], ".")
        if point is not None and order:
            found.setdefault(row[at[0]], []).append((float(order), n))
    made: list[Line] = []
    for name, own in found.items():
        places = [n for _, n in sorted(own)]
        if len(places) > 1:
            line = shapely.LineString([shapely.get_coordinates(points[n])[0] for n in places])
            made.append((name, line, places))
    return made
