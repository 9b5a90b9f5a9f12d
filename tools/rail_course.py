"""Write the course of the rail legs of a data folder from OpenStreetMap's railways.

Nodes and track lengths come from the package scgraph-data (`world_railways`, data from
OpenStreetMap, ODbL), which keeps few nodes and the length of the track between them. The legs of
the file form one line, in order; each is cut at the places it joins. Where the straight line
between two nodes crosses water, the shortest way over dry ground is taken instead.

Run by hand, with the extra `rail`, after a place or a leg has changed:

    python tools/rail_course.py data rail.geojson
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from model_sea_legs import text
from scgraph_data.world_railways import world_railways_geograph as network
from shapely.geometry import LineString, Point, box

import geo

NODES = [(lon, lat) for lat, lon in network.nodes]
TREE = shapely.STRtree(shapely.points(NODES))
EXACT_M = 500.0  # places known better are points of the line, which has few of its own
SHORE_KM = 0.2  # how far from the water a way over dry ground keeps
PAD_DEG = 0.3


@dataclass(frozen=True)
class Stop:
    """A place on the line: where, and how far along the track in km."""

    point: tuple[float, float]
    along_km: float
    off_km: float


def main(folder: Path, file: str) -> None:
    """Lay every leg of one file anew and print the length of its track."""
    land = geo.basemap.land([(folder / "basemap.pack").read_bytes()])
    places = json.loads((folder / "places.geojson").read_text(encoding="utf-8"))["features"]
    known = {p["properties"]["place"]: p for p in places}
    document = json.loads((folder / file).read_text(encoding="utf-8"))
    legs = document["features"]
    names = [legs[0]["properties"]["origin"], *(f["properties"]["destination"] for f in legs)]
    path = line_through([known[name] for name in names])
    stops = list(placed([known[name] for name in names], path))
    for feature, (start, end) in zip(legs, itertools.pairwise(stops), strict=True):
        course = [*dry(between(path, start, end), land)]
        feature["geometry"] = {"type": "LineString", "coordinates": [list(p) for p in course]}
        feature["properties"]["geometry_basis"] = "simplified"
        told = feature["properties"]["leg"], end.along_km - start.along_km, end.off_km
        print(f"{told[0]}: track {told[1]:.3f} km, ends {told[2]:.2f} km from its place")
    (folder / file).write_text(text(document), encoding="utf-8")


def line_through(places: Sequence[dict[str, Any]]) -> list[tuple[float, float, float]]:
    """(lon, lat, km along the track) of every node from the first place to the last.

    The line runs through the nodes nearest its junctions.
    """
    kept = [p for p in places[1:-1] if p["properties"]["kind"] == "junction"]
    ends = [nearest(p["geometry"]["coordinates"]) for p in (places[0], *kept, places[-1])]
    nodes = [ends[0]]
    for one, other in itertools.pairwise(ends):
        nodes += shortest(one, other)[1:]
    steps = itertools.accumulate(
        (network.graph[a][b] for a, b in itertools.pairwise(nodes)), initial=0.0
    )
    return [(*NODES[node], km) for node, km in zip(nodes, steps, strict=True)]


def nearest(point: Sequence[float]) -> int:
    """The node nearest a point."""
    return int(TREE.nearest(Point(point)))


def shortest(one: int, other: int) -> list[int]:
    """Nodes of the shortest way between two nodes."""
    (lon1, lat1), (lon2, lat2) = NODES[one], NODES[other]
    found = network.get_shortest_path(
        {"latitude": lat1, "longitude": lon1}, {"latitude": lat2, "longitude": lon2}
    )
    pairs = [(lon, lat) for lat, lon in found["coordinate_path"]]
    return [nearest(p) for p, _ in itertools.groupby(pairs)]


def placed(
    places: Sequence[dict[str, Any]], path: Sequence[tuple[float, float, float]]
) -> Iterator[Stop]:
    """Where each place lies on the line. Raises SystemExit for one that lies off it."""
    drawn = LineString([(x, y) for x, y, _ in path])
    for place in places:
        properties, point = place["properties"], Point(place["geometry"]["coordinates"])
        at = drawn.interpolate(drawn.project(point))
        off_km = float(geo.measure.geodesic_km(point.x, point.y, at.x, at.y))
        if off_km > max(properties["accuracy_m"], EXACT_M) / 1000:
            raise SystemExit(
                f"{properties['place']}: {off_km:.1f} km from the line, known to "
                f"{properties['accuracy_m']:g} m; correct the place, or take it off the line"
            )
        exact = properties["accuracy_m"] <= EXACT_M and properties["kind"] != "junction"
        where = (point.x, point.y) if exact else (round(at.x, 5), round(at.y, 5))
        yield Stop(where, along(path, at), 0.0 if exact else off_km)


def along(path: Sequence[tuple[float, float, float]], point: Point) -> float:
    """Kilometres of track from the line's start to a point on it."""
    pairs = list(itertools.pairwise(path))
    chords = [LineString([a[:2], b[:2]]) for a, b in pairs]
    number = min(range(len(chords)), key=lambda n: chords[n].distance(point))
    (_, _, start), (_, _, end) = pairs[number]
    return start + (end - start) * chords[number].project(point, normalized=True)


def between(
    path: Sequence[tuple[float, float, float]], start: Stop, end: Stop
) -> list[tuple[float, float]]:
    """Points of the line from one stop to the next."""
    inner = [(x, y) for x, y, km in path if start.along_km < km < end.along_km]
    points = [start.point, *inner, end.point]
    return [point for point, _ in itertools.groupby(points)]


def dry(points: Sequence[tuple[float, float]], land: Any) -> Iterator[tuple[float, float]]:
    """The points of a line, bent round the water it would cross."""
    yield points[0]
    for one, other in itertools.pairwise(points):
        step = LineString([one, other])
        if geo.water.water_km(step, land) > 0:
            around = box(*step.bounds).buffer(PAD_DEG)
            wet = around.difference(land.intersection(around))
            way = geo.water.route(one, other, land=wet, clearance_km=SHORE_KM)
            yield from ((round(x, 5), round(y, 5)) for x, y in way.line.coords[1:-1])
        yield other


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
