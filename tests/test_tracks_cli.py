"""`geo tracks` as users run it: from files of positions to events, report and page."""

import json
import os
import signal
import subprocess
import sys
import time

import geopandas as gpd
import pytest

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
    names = {f"{kind}.{ending}" for kind in KINDS for ending in ("parquet", "geojson")}
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
        (("--column", "vessel"), "OURS=THEIRS"),
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
