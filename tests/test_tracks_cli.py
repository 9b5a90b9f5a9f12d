"""`geo tracks` as users run it: from files of positions to events, report and page."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import geopandas as gpd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import s3fs
from dask.distributed import LocalCluster

from geo.tracks import synthetic

PLACES = synthetic.invented_places(40)
GEO = (sys.executable, "-c", "from geo.cli import main; main()", "tracks")
KINDS = ("tracks", "gaps", "stops", "calls", "voyages", "encounters", "loitering")


def geo(*arguments):
    command = [*GEO, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ais")
    synthetic.positions(200_000, folder / "synthetic.parquet", 4, days=10, places=PLACES)
    PLACES.to_file(folder / "places.geojson")
    return folder


def run(folder, output, *options):
    places = folder / "places.geojson"
    return geo(folder / "synthetic.parquet", "--places", places, "-o", output, *options)


@pytest.fixture(scope="module")
def made(folder):
    done = run(folder, folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


def contents(output):
    return {path.name: path.read_bytes() for path in sorted(output.glob("*.*")) if path.is_file()}


def test_every_kind_of_event_is_written_twice_with_report_and_page(made):
    names = {f"{kind}.{ending}" for kind in KINDS for ending in ("parquet", "geojson", "csv")}
    assert set(contents(made)) == names | {"report.json", "report.html", "page.html"}
    voyages = gpd.read_parquet(made / "voyages.parquet")
    assert len(voyages) > 50
    assert set(voyages["origin"]) <= set(PLACES["place"])
    report = json.loads((made / "report.json").read_text(encoding="utf-8"))
    assert report["synthetic"] is True
    assert report["definitions"]["name"] == "gfw"
    assert "synthetic" in (made / "page.html").read_text(encoding="utf-8").split("</title>")[0]


def test_the_same_run_gives_the_same_bytes(folder, made):
    assert run(folder, folder / "again").returncode == 0
    assert contents(folder / "again") == contents(made)


def test_a_killed_run_goes_on_where_it_was(folder, made):
    output, places = folder / "killed", folder / "places.geojson"
    command = [*GEO, folder / "synthetic.parquet"]
    job = subprocess.Popen([*map(str, command), "--places", str(places), "-o", str(output)])
    results = output / ".tracks" / "results"
    while job.poll() is None and len(list(results.glob("*/*.zip"))) < 5:
        time.sleep(0.01)
    os.kill(job.pid, signal.SIGKILL)
    assert job.wait() == -signal.SIGKILL
    kept = {path: path.stat().st_mtime_ns for path in results.glob("*/*.zip")}
    assert not (output / "page.html").exists()
    assert run(folder, output).returncode == 0
    assert len(kept) >= 5
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert contents(output) == contents(made)


def test_processes_give_the_same_bytes(folder, made):
    done = run(folder, folder / "processes", "--engine", "processes", "--memory", "2GB")
    assert done.returncode == 0, done.stderr
    assert contents(folder / "processes") == contents(made)


def test_a_dask_cluster_gives_the_same_bytes(folder, made):
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        done = run(folder, folder / "dask", "--engine", address)
    assert done.returncode == 0, done.stderr
    assert contents(folder / "dask") == contents(made)


def test_a_scheduler_that_is_not_there_is_named(folder):
    done = run(folder, folder / "nobody", "--engine", "dask://127.0.0.1:9")
    assert done.returncode == 2
    assert "dask://127.0.0.1:9: no scheduler answers" in " ".join(done.stderr.split())


def test_rows_that_are_not_understood_stop_the_run_or_are_kept_apart(folder):
    rows = [f"790000001,2025-01-01T0{n}:00:00,42.{n},130.0" for n in range(9)]
    text = "\n".join(["MMSI,BaseDateTime,LAT,LON", *rows, "790000001,yesterday,42.0,130.0"])
    (folder / "own.csv").write_text(text, encoding="utf-8")
    places = folder / "places.geojson"
    stopped = geo(folder / "own.csv", "--places", places, "-o", folder / "stopped")
    assert stopped.returncode == 1
    assert "not a time" in stopped.stderr
    skipped = geo(
        folder / "own.csv", "--places", places, "-o", folder / "skipped", "--on-error", "skip"
    )
    assert skipped.returncode == 0, skipped.stderr
    (row,) = pq.read_table(folder / "skipped" / "rejected.parquet").to_pylist()
    assert row["reason"] == "time not understood"
    assert "yesterday" in row["row"]
    report = json.loads((folder / "skipped" / "report.json").read_text(encoding="utf-8"))
    (source,) = report["sources"]
    assert (source["read"], source["kept"]) == (10, 9)


def test_new_positions_are_added_to_the_old_and_give_what_all_together_give(folder):
    whole = pq.read_table(folder / "synthetic.parquet")
    early = pc.less(whole["time_utc"], datetime(2025, 1, 6, tzinfo=UTC))
    for name, rows in (("early", early), ("late", pc.invert(early))):
        (folder / name).mkdir()
        part = folder / name / f"{name}-synthetic.parquet"
        pq.write_table(whole.filter(rows), part)
    places, out = folder / "places.geojson", folder / "grown"
    assert geo(folder / "early", "--places", places, "-o", out).returncode == 0
    both = (folder / "early", folder / "late", "--places", places)
    assert geo(*both, "-o", out).returncode == 0
    assert geo(*both, "-o", folder / "at-once").returncode == 0
    assert contents(out) == contents(folder / "at-once")


def test_other_definitions_give_other_results(folder, made):
    done = run(folder, folder / "starboard", "--definitions", "starboard", "--radius-m", "500")
    assert done.returncode == 0
    report = json.loads((folder / "starboard" / "report.json").read_text(encoding="utf-8"))
    assert report["definitions"]["call_radius_m"] == 500
    assert contents(folder / "starboard")["calls.parquet"] != contents(made)["calls.parquet"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--definitions", "own"), "known are gfw, starboard"),
        (("--engine", "ray"), "known are threads, processes and dask"),
        (("--memory", "much"), "say it like 2GB"),
        (("--column", "vessel"), "field=column"),
        (("--on-error", "hope"), "stop or skip"),
        (("--dialect", "venetian"), "no dialect 'venetian'"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(options, said, folder, tmp_path):
    done = run(folder, tmp_path / "out", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "page.html").exists()


def test_ingest_adds_a_file_once(folder, tmp_path):
    for said in ("1 of 1 file(s) new", "0 of 1 file(s) new"):
        done = geo("ingest", folder / "synthetic.parquet", "-o", tmp_path / "store")
        assert done.returncode == 0
        assert said in done.stdout


def test_a_store_is_worked_on_where_it_is(folder, made, tmp_path):
    store, places = tmp_path / "store", folder / "places.geojson"
    assert geo("ingest", folder / "synthetic.parquet", "-o", store).returncode == 0
    done = geo(store, "--places", places, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "out") == contents(made)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "store"]
    assert not (tmp_path / "out" / ".tracks").exists()
    both = geo(store, folder / "synthetic.parquet", "--places", places, "-o", tmp_path / "both")
    assert both.returncode == 2
    assert "is a store: give it alone" in " ".join(both.stderr.split())


def test_a_store_on_a_server_is_worked_on_by_its_address(folder, made, tmp_path, s3, monkeypatch):
    monkeypatch.setenv("FSSPEC_S3_ENDPOINT_URL", s3["endpoint_url"])
    s3fs.S3FileSystem(**s3).mkdir("fleet")
    address = "s3://fleet/store"
    assert geo("ingest", folder / "synthetic.parquet", "-o", address).returncode == 0
    for worked in ("from 202,", "from 0 of 202,666 positions, what the rest gives was known"):
        done = geo(address, "--places", folder / "places.geojson", "-o", tmp_path / "out")
        assert done.returncode == 0, done.stderr
        assert worked in " ".join(done.stdout.split())
        assert contents(tmp_path / "out") == contents(made)
