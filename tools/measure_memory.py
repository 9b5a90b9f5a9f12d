"""Measure the memory that files of each format need at the peak, for each byte of the file.

What `geo.files.intake.NEEDS` allows for is set from this table: run it again when a reader changes.
"""

import json
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import geopandas as gpd  # noqa: E402 - the line above says where the rest is
import numpy as np  # noqa: E402
import openpyxl  # noqa: E402
import pandas as pd  # noqa: E402
from big import run  # noqa: E402
from shapely.geometry import LineString  # noqa: E402

MB = 1_000_000
SHARE = 0.5  # of the size, for a second point that takes the fixed part away
Maker = Callable[[Path, int], None]


def points(path: Path, count: int) -> None:
    """GeoJSON points with two short values."""
    features = (
        f'{{"type":"Feature","properties":{{"n":{n},"name":"place {n}"}},'
        f'"geometry":{{"type":"Point","coordinates":[{10 + n % 1000 / 100},{n // 1000 / 100}]}}}}'
        for n in range(count)
    )
    path.write_text('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}")


def bare(path: Path, count: int) -> None:
    """GeoJSON features as short as they get: the most objects for each byte."""
    one = '{"type":"Feature","properties":{"a":1,"b":2,"c":3,"d":4},"geometry":null}'
    first = one.replace("null", '{"type":"Point","coordinates":[1,2]}')
    features = ",".join([first, *[one] * count])
    path.write_text('{"type":"FeatureCollection","features":[' + features + "]}")


def line(path: Path, count: int) -> None:
    """GeoJSON: one line of many vertices."""
    vertices = ",".join(f"[{10 + n / 1e6:.6f},{10 + n % 7 / 1e3:.3f}]" for n in range(count))
    geometry = f'{{"type":"LineString","coordinates":[{vertices}]}}'
    path.write_text(f'{{"type":"Feature","properties":{{}},"geometry":{geometry}}}')


def short_line(path: Path, count: int) -> None:
    """GeoJSON: one line whose numbers have one digit, the most numbers for each byte."""
    vertices = ",".join(f"[{1 + n % 9},{n % 7}]" for n in range(count))
    geometry = f'{{"type":"LineString","coordinates":[{vertices}]}}'
    path.write_text(f'{{"type":"Feature","properties":{{}},"geometry":{geometry}}}')


def heavy(path: Path, count: int) -> None:
    """GeoJSON: one text of many letters."""
    feature = {"type": "Feature", "properties": {"text": "x" * count},
               "geometry": {"type": "Point", "coordinates": [10, 10]}}  # fmt: skip
    path.write_text(json.dumps(feature))


def table(path: Path, count: int) -> None:
    """CSV of points with short cells."""
    rows = (f"{1 + n % 100},{n % 80},{n % 9},x,y" for n in range(count))
    path.write_text("lon,lat,n,a,b\n" + "\n".join(rows) + "\n")


def sheet(path: Path, count: int) -> None:
    """The same as a workbook."""
    book = openpyxl.Workbook(write_only=True)
    made = book.create_sheet("a")
    made.append(["lon", "lat", "n", "a", "b"])
    for n in range(count):
        made.append([1 + n % 100, n % 80, n % 9, f"x{n}", "y"])
    book.save(path)


def frame(count: int) -> gpd.GeoDataFrame:
    """Points with three columns."""
    n = np.arange(count)
    table = pd.DataFrame({"n": n, "name": [f"place {one}" for one in n], "kind": "x"})
    shapes = gpd.points_from_xy(10 + n % 1000 / 100, n // 1000 / 100)
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def parquet(path: Path, count: int) -> None:
    """GeoParquet of points."""
    frame(count).to_parquet(path)


def alike(path: Path, count: int) -> None:
    """GeoParquet whose rows are all alike: packed best."""
    made = frame(1)
    made.loc[made.index.repeat(count)].reset_index(drop=True).to_parquet(path)


def lines(path: Path, count: int) -> None:
    """GeoParquet of one line."""
    n = np.arange(count)
    one = LineString(np.column_stack([10 + n / 1e6, 10 + n % 7 / 1e3]))
    gpd.GeoDataFrame({"n": [1]}, geometry=[one], crs="EPSG:4326").to_parquet(path)


def database(path: Path, count: int) -> None:
    """GeoPackage of points."""
    frame(count).to_file(path, driver="GPKG")


CASES: tuple[tuple[str, Maker, int], ...] = (
    (".geojson", points, 120_000),
    (".geojson", bare, 120_000),
    (".geojson", line, 1_000_000),
    (".geojson", short_line, 2_000_000),
    (".geojson", heavy, 50_000_000),
    (".csv", table, 300_000),
    (".xlsx", sheet, 40_000),
    (".parquet", parquet, 200_000),
    (".parquet", alike, 200_000),
    (".parquet", lines, 4_000_000),
    (".gpkg", database, 120_000),
)


def peak(*words: str) -> int:
    """Bytes that a command used at its peak, in a process of its own."""
    done = run(*words, "--memory", "999GB")
    if done.code:
        raise RuntimeError(f"geo {' '.join(words)}: {done.said}")
    return done.peak_bytes


def size(path: Path) -> int:
    """Bytes that a reader is asked to allow for: those of a workbook unpacked."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            return sum(item.file_size for item in packed.infolist())
    return path.stat().st_size


def factors(folder: Path, ending: str, make: Maker, count: int) -> tuple[int, dict[str, float]]:
    """Size of the file, and bytes of memory for each byte of it, by command."""
    small, large = folder / f"small{ending}", folder / f"large{ending}"
    make(small, int(count * SHARE))
    make(large, count)
    more = size(large) - size(small)
    found = {}
    for name, words in (("check", []), ("map", ["-o", str(folder / "page.html")])):
        used = [peak(name, str(path), *words) for path in (small, large)]
        found[name] = (used[1] - used[0]) / more
    return size(large), found


def tell() -> None:
    """Print the table."""
    print("| format | what | MB | check | map |\n|---|---|---|---|---|")
    for ending, make, count in CASES:
        with tempfile.TemporaryDirectory() as folder:
            large, found = factors(Path(folder), ending, make, count)
        words = " ".join((make.__doc__ or "").rstrip(".").split())
        said = " | ".join(f"{found[name]:.1f}" for name in ("check", "map"))
        print(f"| {ending} | {words} | {large / MB:,.0f} | {said} |", flush=True)


if __name__ == "__main__":
    tell()
