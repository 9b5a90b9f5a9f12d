"""Parquet whose rows take thousands of times its size is refused before it is unpacked."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo.checking import userfile
from geo.errors import GeoError
from geo.files import columnar


def written(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


BOMBS = {
    "long text, again and again": lambda n: {"note": ["x" * 100_000] * n},
    "long lists of one number": lambda n: {"many": pa.array([[1.0] * 20_000] * n)},
    "long texts in lists": lambda n: {"many": pa.array([["y" * 50_000] * 3] * n)},
    "one row, again and again": lambda n: {"a": np.ones(300 * n)},
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_small_file_of_very_much_is_refused_with_what_it_would_take(tmp_path, what):
    path = written(tmp_path / "bomb.parquet", **BOMBS[what](2000))
    assert path.stat().st_size < 5_000_000
    with pytest.raises(GeoError, match=r"bomb\.parquet: .* may take .* of memory; 0\.1 GB"):
        userfile.read(path, placed=False, memory_bytes=100_000_000)


def test_as_much_as_is_said_may_be_used(tmp_path):
    path = written(tmp_path / "fits.parquet", **BOMBS["long text, again and again"](20))
    columnar.allow(path.read_bytes(), path, memory_bytes=100_000_000)
    with pytest.raises(GeoError, match="--memory 1GB"):
        columnar.allow(path.read_bytes(), path, memory_bytes=1_000_000)


def test_points_that_are_all_alike_are_counted_one_by_one(tmp_path):
    path = tmp_path / "alike.parquet"
    rows = gpd.GeoDataFrame(
        {"n": [1] * 50_000}, geometry=[shapely.Point(130, 42)] * 50_000, crs=4326
    )
    rows.to_parquet(path)
    with pytest.raises(GeoError, match="may take"):
        userfile.read(path, memory_bytes=20_000_000)
    assert len(userfile.read(path, memory_bytes=200_000_000).frame) == 50_000


def test_a_table_of_positions_takes_less_than_features(tmp_path):
    path = tmp_path / "positions.parquet"
    count = 50_000
    times = pd.date_range("2024-01-01", periods=count, freq="min", tz="UTC")
    pd.DataFrame({"mmsi": "1", "time": times, "lon": 130.0, "lat": 42.0}).to_parquet(path)
    content = path.read_bytes()
    columnar.allow(content, path, table=True, memory_bytes=20_000_000)
    with pytest.raises(GeoError, match="may take"):
        columnar.allow(content, path, memory_bytes=20_000_000)
