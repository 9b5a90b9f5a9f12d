"""Make the coast and the network of ways anew from GSHHG (extra `basemap`): some twenty minutes.

Run by hand after the passages or the way they are made has changed, with the folder they go to:

    python tools/make_ways.py geo/geometry/assets

ways.json beside this script then holds the hashes of what was made, and with which versions. With
--check nothing is written: exit code 1 where what is there is not what would be made.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.ndimage import binary_erosion
from scipy.spatial import cKDTree
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, box

from geo import basemap, measure
from geo.geometry import coast, passages
from geo.geometry.ways import network
from geo.geometry.ways.network import MAX_LAT, Network
from geo.geometry.ways.open import Sea, bits, masks

OFF_KM, NARROW_KM = 9.26, 2.0  # off the shore, and where that leaves no room
CORNER_DEG = {OFF_KM: 0.05, NARROW_KM: 0.03}  # in Mercator degrees
ROOM_KM = 8.0  # corners so far from open water count as narrow
NEAR_KM, AXIS_KM, LINKS = 160.0, 2500.0, 24
SOUTHMOST, DEEPEST = -70.0, -75.0  # of points, and of edges between them
LIMIT_KM = 6000.0  # most that a point of a limit sees
BAND_DEG = 6
RADIUS_KM = 6371.0
CHUNK = 20_000
CELLS = (1800, 3600)
MADE = ("coast.pack", "ways.npz")
RECORD = Path(__file__).with_name("ways.json")
grown: list[Sea] = []  # half of either, and the land itself: what edges of each level are clear of
net: list[Network] = []  # these two are seen by the processes that share the work


def make(folder: Path) -> None:
    """Write coast.pack, then ways.npz. The coast is that of the folder, not the shipped one."""
    (folder / "coast.pack").write_bytes(basemap.build_coast())
    land = coast.read(folder / "coast.pack")
    said("coast")
    wide, narrow = _beside(land, OFF_KM), _beside(land, NARROW_KM)
    grown[:] = [Sea.of(_beside(land, km / 2), ()) for km in (OFF_KM, NARROW_KM)]
    grown.append(Sea.of(land, ()))
    said("land grown")
    nodes, sides, first_axis = _nodes(wide, narrow)
    cells = _inland(land)
    said(f"{len(nodes)} points")
    empty = np.zeros((0, 2), dtype=np.int64)
    net[:] = [Network(nodes, empty, np.zeros(0, np.uint8), np.zeros(0, np.uint64), cells, sides)]
    edges, level = _edges(net[0], first_axis)
    _write(folder / "ways.npz", net[0], edges, level)
    said(f"{len(edges)} edges")
    add_limits(folder / "ways.npz")


def add_limits(path: Path) -> None:
    """Write the network anew with the axes of limits, such as that of ice, and what they see."""
    made = network.read(path)
    axes = np.concatenate([np.asarray(one.axis.coords) for one in _limits()])
    first, xy = len(made.xy), np.concatenate([made.xy, np.round(axes, 4)])
    sides = np.concatenate([made.sides, np.hstack([axes, axes])])
    net[:] = [replace(made, xy=xy, sides=sides)]
    seen = _seen(_tangents(np.arange(first, len(xy)), LIMIT_KM, both=False))
    seen = seen[~_beyond(net[0], seen)]
    level = _levels(net[0], seen, 0, 1)
    edges = np.concatenate([made.edges, seen[level < 9]])
    level = np.concatenate([made.level, level[level < 9]])
    order = np.lexsort((level, edges[:, 1], edges[:, 0]))
    _write(path, net[0], edges[order], level[order])
    said(f"{len(edges)} edges with {len(axes)} points of limits")


def _limits() -> list[passages.Passage]:
    return [one for one in passages.every() if one.kind == "limit"]


def _beyond(net: Network, pairs: np.ndarray) -> np.ndarray:
    """Which pairs are seen through the gate of a limit."""
    lines = measure.geodesics(net.xy[pairs[:, 0]], net.xy[pairs[:, 1]], max_km=50.0)
    return (masks(lines) & np.uint64(bits(_limits()))) > 0


def record(folder: Path) -> dict[str, Any]:
    """Hashes of what was made and of the passages it was made with, and the versions."""
    named = ("basemap-data", "basemap-data-hires", "numpy", "pyproj", "scipy", "shapely")
    return {
        "sha256": {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in MADE},
        "passages": digest(),
        "versions": {n: version(n) for n in named} | {"geos": shapely.geos_version_string},
    }


def digest() -> str:
    """A hash of what the network takes of the passages: axes and gates in their order."""
    shapes = [(one.id, one.kind, one.axis.wkt, str(one.gate)) for one in passages.every()]
    seas = [point.wkt for point in passages.inland_seas()]
    return hashlib.sha256(json.dumps([shapes, seas]).encode()).hexdigest()


def check(folder: Path) -> int:
    """Make everything anew elsewhere; 1 where a byte is another."""
    with tempfile.TemporaryDirectory() as made:
        make(Path(made))
        wrong = [n for n in MADE if (folder / n).read_bytes() != (Path(made) / n).read_bytes()]
    for name in wrong:
        print(f"{folder / name} is not what is made from packages; make it again")
    return 1 if wrong else 0


def said(stage: str) -> None:
    """Report progress."""
    print(f"{time.process_time():6.0f} s  {stage}", flush=True)


def shared(task: Callable[[Any], np.ndarray], work: Iterable[Any]) -> list[Any]:
    """Run a task over pieces of work in two processes, results in their order."""
    with get_context("fork").Pool(2) as pool:
        return pool.map(task, list(work), chunksize=1)


# --- points -------------------------------------------------------------------------------------


def _mercator(lat: float) -> float:
    return float(np.degrees(np.arcsinh(np.tan(np.radians(lat)))))


def _beside(land: MultiPolygon, km: float) -> MultiPolygon:
    """The land grown by some km, in bands of latitude on Mercator's map; a little beyond ±180."""
    west, east = box(168, -90, 180, 90), box(-180, -90, -168, 90)
    turned = [translate(land & west, -360), translate(land & east, 360)]
    round_ = shapely.union_all([land, *turned])
    made = shared(_band, [(round_, km, south) for south in range(-84, 84, BAND_DEG)])
    return shapely.set_precision(shapely.union_all(made), 1e-4)


def _band(work: tuple[MultiPolygon, float, int]) -> MultiPolygon:
    round_, km, south = work
    width = km / 111.2 / np.cos(np.radians(south + BAND_DEG / 2))
    frame = box(-190, max(south - 1.5, -88), 190, min(south + BAND_DEG + 1.5, 88))
    flat = shapely.transform(round_ & frame, coast.mercator)
    area = shapely.buffer(shapely.simplify(flat, width / 8), width, quad_segs=3)
    band = box(-190, _mercator(south), 190, _mercator(south + BAND_DEG))
    inside = shapely.simplify(area, width / 10) & band
    return shapely.make_valid(shapely.transform(inside, coast.degrees))


def _corners(area: MultiPolygon, tolerance_deg: float) -> np.ndarray:
    """(n, 6) the corners that a way can turn at, with those before and after on the same ring."""
    found = []
    flat = shapely.simplify(shapely.transform(area, coast.mercator), tolerance_deg)
    for part in shapely.get_parts(flat):
        turned = shapely.geometry.polygon.orient(part)
        for ring in (turned.exterior, *turned.interiors):
            xy = np.asarray(ring.coords)[:-1]
            before, after = np.roll(xy, 1, 0), np.roll(xy, -1, 0)
            (ax, ay), (bx, by) = (xy - before).T, (after - xy).T
            found.append(np.hstack([xy, before, after])[ax * by - ay * bx > 0])
    rows = np.concatenate(found)
    degrees = np.hstack([coast.degrees(rows[:, k : k + 2]) for k in (0, 2, 4)])
    lon, lat = degrees[:, :2].T
    inside = (np.abs(lon) <= 180) & (lat < MAX_LAT) & (lat > SOUTHMOST)
    return degrees[inside]


def _nodes(wide: MultiPolygon, narrow: MultiPolygon) -> tuple[np.ndarray, np.ndarray, int]:
    """Points, their sides, and the number of the first point of an axis."""
    far, close = _corners(wide, CORNER_DEG[OFF_KM]), _corners(narrow, CORNER_DEG[NARROW_KM])
    flat = shapely.transform(wide, coast.mercator)
    shapely.prepare(flat)
    at = coast.mercator(close[:, :2])
    shores = shapely.STRtree(shapely.get_parts(shapely.boundary(flat)))
    (who, _), apart = shores.query_nearest(
        shapely.points(at), return_distance=True, all_matches=False
    )
    room = np.zeros(len(at))
    room[who] = apart * 111.2 * np.cos(np.radians(close[who, 1]))
    close = close[shapely.contains_xy(flat, *at.T) & (room > ROOM_KM)]
    axes = np.concatenate([np.asarray(one.axis.coords) for one in _shores()])
    rows = np.concatenate([far, close, np.hstack([axes, axes, axes])])
    return np.round(rows[:, :2], 4), rows[:, 2:], len(far) + len(close)


def _shores() -> list[passages.Passage]:
    return [one for one in passages.every() if one.kind != "limit"]


def _inland(land: MultiPolygon) -> np.ndarray:
    """Cells of a tenth of a degree that are land with all their neighbours."""
    lon, lat = (
        np.arange(n) / 10 + 0.05 - half for n, half in zip(CELLS[::-1], (180, 90), strict=True)
    )
    rows = shared(_dry_row, [(land, lon, own) for own in np.array_split(lat, 12)])
    dry = np.concatenate(rows).reshape(CELLS)
    framed = np.pad(dry, 1, mode="wrap")
    return binary_erosion(framed, np.ones((3, 3)))[1:-1, 1:-1]


def _dry_row(work: tuple[MultiPolygon, np.ndarray, np.ndarray]) -> np.ndarray:
    land, lon, lat = work
    shapely.prepare(land)
    x, y = np.meshgrid(lon, lat)
    return shapely.contains_xy(land, x.ravel(), y.ravel())


# --- edges --------------------------------------------------------------------------------------


def _edges(net: Network, first_axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of points that see each other, and the level of each."""
    open_ = np.arange(first_axis)
    far = _seen(_tangents(open_, 1e9, both=True))
    said(f"{len(far)} far pairs")
    near = cKDTree(net.units[:first_axis]).query(net.units[:first_axis], k=LINKS)
    links = _ordered(np.repeat(open_, LINKS), near[1].ravel())
    links = links[_km(net, links) < NEAR_KM]
    close = _tangents(open_, NEAR_KM, both=True)
    axis = _seen(_tangents(np.arange(first_axis, len(net.xy)), AXIS_KM, both=False))
    said(f"{len(links) + len(close)} near pairs, {len(axis)} of axes")
    sets = ((far, 0, 0), (np.vstack([links, close]), 0, 1), (axis, 0, 2))
    made, levels = [_chains(first_axis)], [np.zeros(len(_chains(first_axis)), dtype=np.int64)]
    for pairs, low, high in sets:
        level = _levels(net, pairs, low, high)
        level[(level > 0) & (_km(net, pairs) > 200)] = 9
        made.append(pairs[level < 9])
        levels.append(level[level < 9])
        said("proven")
    pairs, level = np.concatenate(made), np.concatenate(levels)
    order = np.lexsort((level, pairs[:, 1], pairs[:, 0]))
    pairs, level = pairs[order], level[order]
    first = np.append(True, (np.diff(pairs, axis=0) != 0).any(axis=1))
    return pairs[first], level[first]


def _ordered(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)


def _km(net: Network, pairs: np.ndarray) -> np.ndarray:
    return measure.geodesic_km(*net.xy[pairs[:, 0]].T, *net.xy[pairs[:, 1]].T)


def _chains(first_axis: int) -> np.ndarray:
    """Edges along the axes of canals, straits and approaches."""
    made, start = [np.zeros((0, 2), dtype=np.int64)], first_axis
    for one in _shores():
        numbers = np.arange(start, start + len(one.axis.coords))
        start += len(numbers)
        if one.kind in passages.NAVIGABLE:
            made.append(np.column_stack([numbers[:-1], numbers[1:]]))
    return np.concatenate(made)


def _tangents(who: np.ndarray, most_km: float, *, both: bool) -> np.ndarray:
    """Pairs whose arc touches the shore line at either point, or at the second alone."""
    pieces = [(own, most_km) for own in np.array_split(who, max(1, len(who) // 500))]
    pairs = np.concatenate(shared(_touched, pieces))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if not both:
        return _ordered(*pairs.T)
    pairs = pairs[pairs[:, 1] <= who.max()]
    keys, times = np.unique(np.sort(pairs, axis=1) @ [1 << 20, 1], return_counts=True)
    return np.column_stack([keys[times == 2] >> 20, keys[times == 2] & ((1 << 20) - 1)])


def _touched(work: tuple[np.ndarray, float]) -> np.ndarray:
    who, most_km = work
    found = [np.zeros((0, 2), dtype=np.int64)]
    for number in who:
        point = net[0].xy[number]
        there = np.flatnonzero(net[0].tangent(point) & (net[0].km_from(point) < most_km))
        found.append(np.column_stack([np.full(len(there), number), there]))
    return np.concatenate(found)


def _seen(pairs: np.ndarray) -> np.ndarray:
    """Pairs that no look finds over land."""
    parts = np.array_split(pairs, max(1, len(pairs) // (4 * CHUNK)))
    return np.concatenate(shared(_clear, parts))


def _clear(pairs: np.ndarray) -> np.ndarray:
    for looks in (12, 60, 400):
        dry = net[0].overland(*net[0].units[pairs].swapaxes(0, 1), looks=looks)
        pairs = pairs[~dry | (_km(net[0], pairs) < 40)]
    return pairs


def _levels(net: Network, pairs: np.ndarray, low: int, high: int) -> np.ndarray:
    """The lowest level that each edge is clear of land by, 9 for none."""
    chunks = [pairs[n : n + CHUNK] for n in range(0, len(pairs), CHUNK)]
    work = [(net.xy[own[:, 0]], net.xy[own[:, 1]], low, high) for own in chunks]
    return np.concatenate([np.zeros(0, np.int64), *shared(_level, work)])


def _level(work: tuple[np.ndarray, np.ndarray, int, int]) -> np.ndarray:
    a, b, low, high = work
    lines = measure.geodesics(a, b, max_km=50.0)
    _, south, _, north = shapely.bounds(lines).T
    level = np.full(len(lines), 9)
    for number in range(low, high + 1):
        left = np.flatnonzero((level == 9) & (north < MAX_LAT) & (south > DEEPEST))
        level[left[~grown[number].blocked(lines[left])]] = number
    return level


def _write(path: Path, net: Network, edges: np.ndarray, level: np.ndarray) -> None:
    used, edges = np.unique(edges, return_inverse=True)
    edges = edges.reshape(-1, 2)
    xy, sides = net.xy[used], net.sides[used]
    gates = np.concatenate(
        [
            masks(measure.geodesics(xy[own[:, 0]], xy[own[:, 1]], max_km=50.0))
            for own in np.array_split(edges, max(1, len(edges) // CHUNK))
        ]
    )
    held = {
        "nodes": np.round(xy * 1e4).astype(np.int32),
        "sides": np.round((sides - np.hstack([xy, xy])) * 1e3).astype(np.int32),
        "first": np.diff(edges[:, 0], prepend=0).astype(np.uint16),
        "second": edges[:, 1].astype(np.uint16),
        "level": level.astype(np.uint8),
        "gated": np.flatnonzero(gates).astype(np.uint32),
        "gates": gates[gates > 0],
        "inland": np.packbits(net.inland),
    }
    # A fixed date, that of no clock, gives the same bytes each time.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, values in held.items():
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            data = io.BytesIO()
            np.save(data, values)
            archive.writestr(entry, data.getvalue())


if __name__ == "__main__":
    folder = Path(next(word for word in sys.argv[1:] if word != "--check"))
    if "--check" in sys.argv:
        sys.exit(check(folder))
    make(folder)
    RECORD.write_text(json.dumps(record(folder), indent=1) + "\n")
