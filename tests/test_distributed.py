"""The page on clusters, run as it stands on a cluster of this machine."""

import re
import shlex
import subprocess
import sys

import geopandas as gpd
import pytest
from conftest import ROOT
from dask.distributed import LocalCluster

from geo.tracks import synthetic

TEXT = (ROOT / "docs" / "distributed.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SCHEDULER = "scheduler:8786"
PLACES = synthetic.invented_places(40)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with positions and ports, as the page has them."""
    (tmp_path / "positions").mkdir()
    file = tmp_path / "positions" / "synthetic.parquet"
    synthetic.positions(60_000, file, 4, days=10, places=PLACES)
    PLACES.to_file(tmp_path / "ports.geojson")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(line):
    command = [sys.executable, "-c", "from geo.cli import main; main()", *shlex.split(line)[1:]]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_has_its_commands_and_one_piece_of_code_for_each_cluster():
    assert [line.split()[1] for line in SHELL] == ["tracks", "tracks"]
    assert [SCHEDULER in code for code in PYTHON] == [True, False]
    assert "spark.run(" in PYTHON[1]


def test_the_dask_way_runs_as_it_is_written_and_both_forms_find_the_same(desk):
    ingest, events = SHELL
    shell(ingest)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address.removeprefix("tcp://")
        exec(PYTHON[0].replace(SCHEDULER, address), {})
        shell(events.replace(SCHEDULER, address))
    calls = gpd.read_parquet(desk / "calls.parquet")
    assert len(calls) > 10
    assert set(calls["place"]) <= set(PLACES["place"])
    written = gpd.read_parquet(desk / "year" / "calls.parquet")
    assert sorted(calls["arrival_utc"]) == sorted(written["arrival_utc"])
