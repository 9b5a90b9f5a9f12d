"""A plain install does most work; what needs an extra names it, and the fault has a code."""

import subprocess
import sys
import tomllib

import geopandas as gpd
import pytest
from shapely import Point

from geo.errors import AssetError, kinds
from geo.errors.extras import bring

# Modules of the extras that a plain install has not, made absent for one run.
WITHOUT = """
import sys
for name in {absent!r}:
    sys.modules[name] = None
from geo.cli import main
main(sys.argv[1:])
"""
ABSENT = ["pyarrow", "duckdb", "pyais", "pptx", "typst", "mapclassify", "rasterio", "anywidget"]


def geo(folder, *arguments):
    """A command as a plain install runs it: (exit code, what it said)."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(absent=ABSENT), *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_a_plain_install_checks_builds_and_draws(tmp_path):
    (tmp_path / "points.csv").write_text("name,lat,lon,tons\na,1,2,3\nb,3,4,5\n", encoding="utf-8")
    (tmp_path / "positions.csv").write_text(
        "mmsi,timestamp,lat,lon\n1,2024-01-01 00:00,1,2\n1,2024-01-01 01:00,1.1,2\n",
        encoding="utf-8",
    )
    for command in (
        ["new", "own"],
        ["check", "own"],
        ["build", "own", "-o", "maps"],
        ["map", "points.csv", "-o", "points.html"],
        ["map", "points.csv", "-o", "points.kml"],
        ["map", "positions.csv", "-o", "positions.html"],
    ):
        code, said = geo(tmp_path, *command)
        assert code == 0, said


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (["map", "own.parquet", "-o", "x.html"], "formats"),
        (["map", "own.gpkg", "-o", "x.html"], "formats"),
        (["map", "points.csv", "-o", "x.gpkg"], "formats"),
        (["check", "own.parquet"], "formats"),
        (["tracks", "points.csv", "-o", "out"], "tracks"),
        (["map", "points.csv", "--color", "tons", "-o", "x.html"], "classes"),
        (["brief", "own", "-o", "briefing", "--to", "pptx"], "brief"),
    ],
)
def test_what_needs_an_extra_names_it_and_writes_nothing(tmp_path, command, extra):
    rows = "".join(f"p{n},{n},{n},{n}\n" for n in range(1, 21))
    (tmp_path / "points.csv").write_text(f"name,lat,lon,tons\n{rows}", encoding="utf-8")
    (tmp_path / "own.parquet").write_bytes(b"PAR1")
    point = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(1, 2)], crs="EPSG:4326")
    point.to_file(tmp_path / "own.gpkg")
    before = set(tmp_path.iterdir())
    code, said = geo(tmp_path, *command)
    assert code == 2, said
    assert f"pip install 'tumen[{extra}]' [extra.not-installed]" in said
    assert "Traceback" not in said
    assert set(tmp_path.iterdir()) == before


def test_every_extra_that_the_kit_names_is_there(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = "".join(p.read_text(encoding="utf-8") for p in (root / "geo").rglob("*.py"))
    named = {name for name in project["optional-dependencies"] if f'"{name}")' in text}
    assert {"formats", "tracks", "classes", "brief", "widget", "dask"} <= named
    assert "extra.not-installed" in kinds()


def test_a_package_that_is_not_there_is_named_with_its_extra():
    with pytest.raises(AssetError, match=r"nowhere is not .*tumen\[ground\].*\[extra\.not-inst"):
        bring("nowhere.at_all", "ground")
    assert bring("json", "ground").dumps(1) == "1"
