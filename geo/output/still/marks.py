"""A user's own points, lines and areas on the still map: points over lines over areas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from shapely.geometry import MultiLineString

from geo.output.still.camera import Camera, Floats
from geo.output.still.labels import Desk, Label
from geo.output.still.text import PX_PT

PAPER = "#ffffff"
LINE_PX, RIM_PX, POINT_PX, FILL = 3.0, 2.0, 10.0, 0.15
NAMED = 400  # names that are tried, at most: more would take minutes and find no room
_DASH = (4.0, 3.0)
_LEADS = (0.0, 6.0, 14.0)


@dataclass(frozen=True)
class Mark:
    """A shape in degrees beside the middle of the view, its look and its name.

    `fill` is the colour inside points and areas, None for what is usual, as `opacity` of areas,
    `width_px` of lines and `radius_px` of points are.
    """

    shape: Any
    colour: str
    name: str = ""
    fill: str | None = None
    opacity: float | None = None
    width_px: float | None = None
    radius_px: float | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Marks:
    """Everything of a map that is no line of a scene."""

    marks: Sequence[Mark]

    def draw(self, axes: Any, camera: Camera, desk: Desk) -> list[Label]:
        """Draw areas, lines, then points; returns the names to write, those of points first."""
        parts = [part for mark in self.marks for part in _parts(mark, camera)]
        _areas(axes, [one for one in parts if one[0] == "Polygon"])
        _lines(axes, [one for one in parts if one[0] in ("LineString", "LinearRing")])
        points = [one for one in parts if one[0] == "Point"]
        _points(axes, points)
        at = np.array([path[0] for _, path, _ in points]).reshape(-1, 2)
        desk.take(np.hstack([at - 6, at + 6]))
        desk.drawn += [_edges(path) for kind, path, _ in parts if kind != "Point"]
        return list(_names(self.marks, camera))


Part = tuple[str, Any, Mark]


def _parts(mark: Mark, camera: Camera) -> Iterator[Part]:
    """The single parts of a mark in pixels."""
    stack = [mark.shape]
    while stack:
        shape = stack.pop()
        if shape is None or shape.is_empty:
            continue
        if hasattr(shape, "geoms"):
            stack += reversed(shape.geoms)
        elif shape.geom_type == "Polygon":
            yield "Polygon", _path(shape, camera), mark
        else:
            yield shape.geom_type, camera.px(shapely.get_coordinates(shape)), mark


def _path(shape: Any, camera: Camera) -> Path:
    """An area with its holes as one path."""
    rings = [camera.px(shapely.get_coordinates(r)) for r in (shape.exterior, *shape.interiors)]
    codes = [
        np.array([Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY], dtype=np.uint8)
        for ring in rings
    ]
    return Path(np.vstack(rings), np.concatenate(codes))


def _edges(path: Any) -> Any:
    """The lines of a part in pixels, those round an area too."""
    rings: Sequence[Any] = path.to_polygons() if isinstance(path, Path) else [path]
    return MultiLineString([ring for ring in rings if len(ring) > 1])


def _areas(axes: Any, parts: Sequence[Part]) -> None:
    if parts:
        fills = [
            (*_rgb(mark.fill or mark.colour), FILL if mark.opacity is None else mark.opacity)
            for _, _, mark in parts
        ]
        edges = [mark.colour for _, _, mark in parts]
        own: dict[str, Any] = {"facecolors": fills, "edgecolors": edges, "gid": "areas"}
        paths = [path for _, path, _ in parts]
        axes.add_collection(PathCollection(paths, linewidths=RIM_PX * PX_PT, zorder=20, **own))


def _lines(axes: Any, parts: Sequence[Part]) -> None:
    for dashed in (True, False):
        own = [one for one in parts if one[2].dashed is dashed]
        wide = [(one.width_px or LINE_PX) * (0.5 if dashed else 1.0) * PX_PT for _, _, one in own]
        style: Any = (0, [d * PX_PT for d in _DASH]) if dashed else "-"
        axes.add_collection(
            LineCollection(
                [path for _, path, _ in own],
                colors=[mark.colour for _, _, mark in own] or None,
                linewidths=wide or None,
                linestyles=style,
                capstyle="butt" if dashed else "round",
                zorder=21,
                gid="lines",
            )
        )


def _points(axes: Any, parts: Sequence[Part]) -> None:
    if parts:
        at = np.array([path[0] for _, path, _ in parts])
        sizes = [(2 * (mark.radius_px or POINT_PX / 2) * PX_PT) ** 2 for _, _, mark in parts]
        edges = [mark.colour for _, _, mark in parts]
        fills = [mark.fill or PAPER for _, _, mark in parts]
        axes.scatter(
            at[:, 0], at[:, 1], s=sizes, facecolors=fills, edgecolors=edges,
            linewidths=1.5 * PX_PT, zorder=22, gid="points",
        )  # fmt: skip


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def _names(marks: Sequence[Mark], camera: Camera) -> Iterator[Label]:
    named = [mark for mark in marks if mark.name and mark.shape is not None]
    named = [mark for mark in named if not mark.shape.is_empty]
    named.sort(key=lambda mark: shapely.get_dimensions(mark.shape))
    for mark in named[:NAMED]:
        at: Floats = camera.px(shapely.get_coordinates(shapely.point_on_surface(mark.shape)))
        area = shapely.get_dimensions(mark.shape) > 1
        yield Label(mark.name, at, 12.0, 10.0, bold=True, on=bool(area), leads=_LEADS, gid="name")
