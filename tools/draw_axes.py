"""Draw axes of approaches: the course of rivers and inlets from ports to water that ships reach.

    python tools/draw_axes.py 'murmansk|Kola Inlet to Murmansk|33.03,68.98' >> approaches

Each word is id, name, and lon,lat of the port. The course is the cheapest over a grid of the full
GSHHG shores, lakes and WDBII rivers (extra `basemap`), in the middle of wide water; it ends off the
coast of the kit. Prints a feature of geo/geometry/assets/passages.geojson for each, and
on standard error its length and how much of it no shore line, lake or river holds: look at these
before they are added.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import numpy as np
import shapely
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString

from geo import measure
from geo.geometry import coast, gshhg
from geo.geometry.ways import network

SPANS = ((0.9, 0.002), (1.6, 0.003), (3.2, 0.006), (7.0, 0.012))  # half a frame, cell; degrees
RIVER, DRY = 2.5, 40.0  # a cell's cost on a river that is a line, and on no water at all
TOLERANCE_DEG = 0.003
OFF_DEG = 0.03  # an axis begins where the coast of the kit is so far away
DRY_SHARE = 0.12  # of a course: more, and a wider frame is tried


class Frame:
    """A grid round a port: what each cell costs, and which cells are reached by ships."""

    def __init__(self, port: tuple[float, float], half: float, cell: float) -> None:
        """Read what lies in a frame of half a height round a port."""
        wide = half / max(0.25, np.cos(np.radians(port[1])))
        self.cell = np.array([cell * wide / half, cell])
        self.west, self.south = port[0] - wide, port[1] - half
        self.shape = (int(2 * half / cell), int(2 * half / cell))
        bounds = (self.west, self.south, port[0] + wide, port[1] + half)
        source = gshhg.read(bounds, resolution="f", borders=False)
        dry = shapely.difference(
            shapely.union_all(list(source.land)), shapely.union_all(list(source.lake))
        )
        wet = ~self._inside(dry)
        room = distance_transform_edt(wet)
        self.cost = np.where(wet, 1 + 3 / np.maximum(room, 1), DRY)
        rivers = self._touched([*source.river, *(lake.exterior for lake in source.lake)])
        self.cost[rivers & ~wet] = RIVER
        net = network.shipped().xy
        row, column = self.at(net)
        near = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        self.goals = row[near] * self.shape[1] + column[near]

    def at(self, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of points."""
        column, row = ((xy - [self.west, self.south]) / self.cell).astype(int).T
        return row, column

    def xy(self, number: np.ndarray) -> np.ndarray:
        """Middles of cells."""
        row, column = np.divmod(number, self.shape[1])
        return np.column_stack([column + 0.5, row + 0.5]) * self.cell + [self.west, self.south]

    def course(self, port: tuple[float, float]) -> tuple[np.ndarray, float] | None:
        """Points from the network to the port, and the share of them that lies on no water."""
        if not len(self.goals):
            return None
        (row,), (column,) = self.at(np.array([port]))
        start = int(row * self.shape[1] + column)
        far, before = dijkstra(self._graph(), indices=start, return_predecessors=True)
        cells = [int(self.goals[np.argmin(far[self.goals])])]
        while cells[-1] != start:
            cells.append(int(before[cells[-1]]))
        dry = float(np.mean(self.cost.ravel()[cells] == DRY))
        return self.xy(np.array(cells)), dry

    def _graph(self) -> coo_array:
        number = np.arange(self.cost.size).reshape(self.shape)
        parts = []
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            a = number[: self.shape[0] - down, max(0, -right) : self.shape[1] - max(0, right)]
            b = number[down:, max(0, right) : self.shape[1] + min(0, right)]
            km = np.hypot(down, right)
            price = (self.cost.ravel()[a] + self.cost.ravel()[b]).ravel() / 2 * km
            parts += [(price, a.ravel(), b.ravel()), (price, b.ravel(), a.ravel())]
        price, a, b = (np.concatenate(own) for own in zip(*parts, strict=True))
        return coo_array((price, (a, b)), shape=(number.size, number.size)).tocsr()

    def _inside(self, area: shapely.Geometry) -> np.ndarray:
        shapely.prepare(area)
        rows = np.arange(self.shape[0]) * self.shape[1]
        found = [
            shapely.contains_xy(area, *self.xy(first + np.arange(self.shape[1])).T)
            for first in rows
        ]
        return np.array(found)

    def _touched(self, lines: list[LineString]) -> np.ndarray:
        found = np.zeros(self.shape, dtype=bool)
        for line in lines:
            row, column = self.at(
                shapely.get_coordinates(shapely.segmentize(line, self.cell[1] / 2))
            )
            inside = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
            found[row[inside], column[inside]] = True
        return found


def trimmed(line: LineString) -> LineString:
    """A line from the water to a port, without what lies off the coast of the kit."""
    dense = shapely.segmentize(line, 0.005)
    off = shapely.distance(shapely.points(np.asarray(dense.coords)), coast.land()) > OFF_DEG
    first = np.flatnonzero(off).max(initial=0)
    return shapely.simplify(LineString(dense.coords[first:]), TOLERANCE_DEG)


def drawn(words: list[str]) -> Iterator[str]:
    """A feature of each approach, as text."""
    for word in words:
        name, title, at = word.split("|")
        lon, lat = map(float, at.split(","))
        best: tuple[float, np.ndarray] | None = None
        for half, cell in SPANS:
            found = Frame((lon, lat), half, cell).course((lon, lat))
            if found is not None and (best is None or found[1] < 0.7 * best[0]):
                best = found[1], found[0]
            if best is not None and best[0] <= DRY_SHARE:
                break
        assert best is not None, word
        line = trimmed(LineString(np.vstack([best[1], [(lon, lat)]])))
        xy = np.round(np.asarray(line.coords), 3)
        print(
            f"{name}: {measure.line_km(line):.0f} km, {len(xy)} points, {best[0]:.0%} on no water",
            file=sys.stderr, flush=True,
        )  # fmt: skip
        row = {"passage": name, "name_en": title, "kind": "approach",
               "source": "Axis drawn over GSHHG 2.3.6 and WDBII"}  # fmt: skip
        shape = {"type": "LineString", "coordinates": xy.tolist()}
        yield json.dumps(
            {"type": "Feature", "properties": row, "geometry": shape}, ensure_ascii=False
        )


if __name__ == "__main__":
    for text in drawn(sys.argv[1:]):
        print(text + ",", flush=True)
