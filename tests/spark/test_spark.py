"""The engine on Spark: the same events by digest, also when a worker dies on the way."""

import os
import re
import signal
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from pyspark.sql import SparkSession

from geo.errors import GeoError
from geo.tracks import definitions, engine, job, places, spark, synthetic

PLACES = synthetic.invented_places(40)
KNOWN = places.from_frame(PLACES)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("positions") / "synthetic.parquet"
    noise = synthetic.Noise(shared=0.1)
    synthetic.positions(120_000, path, 4, days=10, places=PLACES, noise=noise)
    return path


@pytest.fixture(scope="module")
def embedded(path):
    found = engine.run([path], places=KNOWN, definitions=definitions.load("gfw"))
    assert all(found.events[kind].num_rows for kind in ("tracks", "gaps", "calls", "encounters"))
    return engine.digest(found)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Two workers on this machine, a task tried four times, nothing listening for people."""
    builder = SparkSession.builder.master("local[2,4]").appName("tumen")
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "6",
        "spark.sql.session.timeZone": "Asia/Vladivostok",  # instants are the same in any
        "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)  # workers run what runs the tests
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


def test_spark_gives_the_same_as_one_machine(session, path, embedded):
    frame = session.read.parquet(str(path))
    found = spark.run(frame, places=KNOWN, definitions=definitions.load("gfw"), partitions=5)
    assert engine.digest(found) == embedded


def test_spark_gives_the_same_when_a_worker_is_killed_in_mid_job(session, path, embedded, tmp_path):
    died = tmp_path / "died"

    class Deadly(places.Places):
        """Places that kill the first worker that looks for one."""

        def within(self, x, y):
            if not died.exists():
                died.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super().within(x, y)

    deadly = Deadly(**KNOWN.__getstate__())
    frame = session.read.parquet(str(path))
    found = spark.run(frame, places=deadly, definitions=definitions.load("gfw"))
    assert died.exists()
    assert engine.digest(found) == embedded


def test_a_frame_without_a_column_is_refused_by_name(session):
    frame = session.createDataFrame([("790000001", 1.0)], "vessel string, lat double")
    with pytest.raises(GeoError, match="no column time_utc, lon"):
        spark.run(frame, places=KNOWN, definitions=definitions.load("gfw"))


def test_the_page_on_clusters_runs_as_it_is_written(session, path, tmp_path, monkeypatch):
    page = Path(__file__).resolve().parents[2] / "docs" / "distributed.md"
    code = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[1]
    monkeypatch.chdir(tmp_path)
    PLACES.to_file("ports.geojson")
    ais = job.Store.at("ais-store")
    job.ingest([path], ais, reading=job.Reading())
    assert session.version  # the page finds the session that runs
    exec(code.replace("partitions=400", "partitions=5"), {})
    found = engine.run([path], places=KNOWN, definitions=definitions.load("gfw"))
    assert len(gpd.read_parquet("calls.parquet")) == found.events["calls"].num_rows > 0
