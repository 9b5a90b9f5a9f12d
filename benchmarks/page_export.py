"""Pages of many track vertices, each made in a process that imports what its maker needs alone.

    python benchmarks/page_export.py CONTENDER COURSE.npy PAGE.html

The course holds longitudes and latitudes of synthetic tracks of 2,000 positions each. The lines are
in a frame before the clock is started. Prints seconds and the peak memory of the process as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import folium
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geo.tracks.trackset import TrackSet

EACH = 2000  # positions of a track
OURS, FOLIUM, CANVAS = "ours", "folium, GeoJson", "Leaflet, canvas"


def as_lines(xy: NDArray[np.float64]) -> gpd.GeoDataFrame:
    """Positions of tracks that follow each other as lines in a frame."""
    own = np.arange(len(xy)) // min(EACH, len(xy))
    names = [f"synthetic {n}" for n in range(own[-1] + 1)]
    courses = shapely.linestrings(xy, indices=own)
    return gpd.GeoDataFrame({"vessel": names}, geometry=courses, crs="EPSG:4326")


def bounds_of(frame: gpd.GeoDataFrame) -> list[list[float]]:
    """South-west and north-east of a frame, as Leaflet takes them."""
    west, south, east, north = frame.total_bounds
    return [[south, west], [north, east]]


def write_ours(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Our page of lines."""
    from geo import trackset

    save(trackset.of_lines(frame, vessel="vessel"), path)


def save(tracks: TrackSet, path: Path) -> None:
    """A page of ours that draws tracks and nothing else."""
    from geo import draw, page

    drawing = draw.Map(tracks.bounds)
    draw.Tracks(tracks).add_to(drawing)
    draw.Ready().add_to(drawing)
    page.save(drawing, path)


def write_folium(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Folium's page, as its own documentation makes it."""
    drawing = folium.Map(tiles=None)
    drawing.fit_bounds(bounds_of(frame))
    folium.GeoJson(frame).add_to(drawing)
    drawing.save(path)


def write_canvas(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Leaflet's polylines on a canvas, one a track."""
    drawing = folium.Map(tiles=None, prefer_canvas=True)
    drawing.fit_bounds(bounds_of(frame))
    for line in frame.geometry:
        folium.PolyLine(shapely.get_coordinates(line)[:, ::-1].tolist()).add_to(drawing)
    drawing.save(path)


WRITERS: Mapping[str, Callable[[gpd.GeoDataFrame, Path], None]] = {
    OURS: write_ours,
    FOLIUM: write_folium,
    CANVAS: write_canvas,
}


def peak_gb() -> float:
    """Peak memory of this process; `ru_maxrss` would count the one that started it, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found, "no peak memory in /proc: this benchmark needs Linux"
    return int(found[1]) / 1e6


def main() -> None:
    """Export once and say what it took."""
    name, course, path = sys.argv[1:]
    if name == OURS:
        from geo import draw, page, trackset  # noqa: F401 - the peers do without; not timed
    frame = as_lines(np.load(course))
    began = time.perf_counter()
    WRITERS[name](frame, Path(path))
    seconds = time.perf_counter() - began
    print(json.dumps({"export_s": seconds, "export_gb": peak_gb()}))


if __name__ == "__main__":
    main()
