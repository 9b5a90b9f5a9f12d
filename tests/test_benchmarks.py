"""The benchmarks run. Their figures are not tested: machines differ."""

import json
import subprocess
import sys

import pytest
from cases import SPARE, Folder
from conftest import ROOT


def test_the_benchmark_of_the_start_measures_every_contender_and_judges_every_limit():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "start.py", "--rounds", "1", "--json"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)
    assert len(found["processor_s"]) == 8
    assert all(seconds > 0 for seconds in found["processor_s"].values())
    assert len(found["verdicts"]) == 5
    assert all(line.endswith(("held", "NOT HELD")) for line in found["verdicts"])


@pytest.mark.browser
def test_the_benchmark_of_folders_measures_every_size_and_judges_every_limit():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "folder.py", "--sizes", "1", "3", "--json"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)
    assert set(found["sizes"]) == {"1", "3"}
    for values in found["sizes"].values():
        assert len(values) == 5
        assert all(value > 0 for value in values.values())
    assert len(found["verdicts"]) == 4
    assert all(line.endswith(("held", "NOT HELD")) for line in found["verdicts"])


@pytest.mark.browser
def test_the_pan_benchmark_measures_every_contender():
    options = ["--lines", "50", "--rounds", "1", "--json"]
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "pan.py", *options],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)["50"]
    assert set(found) == {"ours", "ours, no sum", "folium, SVG", "folium, canvas", "empty map"}
    for times in found.values():
        assert 0 < times["mean_ms"] <= times["longest_ms"]


@pytest.mark.browser
def test_the_benchmark_of_stills_measures_every_contender(tmp_path):
    small = Folder.drawn(tmp_path / "small", without=SPARE)
    options = ["--folder", small.path, "--page", "legs", "--rounds", "1", "--json"]
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "still.py", *options],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
    )
    found = json.loads(done.stdout)
    assert set(found["stills"]) == {"picture", "screenshot", "screenshot, browser open"}
    assert all(seconds > 0 for seconds in found["stills"].values())
    assert found["brief"]["seconds"] > 0
    assert found["brief"]["megabytes"] > 100


@pytest.mark.browser
def test_the_page_benchmark_measures_every_contender_and_judges_every_limit():
    options = ["--vertices", "4000", "--rounds", "1", "--json"]
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "page.py", *options],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)
    sizes = found["sizes"]["4000"]
    wanted = {"ours", "ours, with times", "folium, GeoJson", "Leaflet, canvas", "sizes"}
    assert set(sizes) == wanted
    for name, values in sizes.items():
        assert all(value > 0 for value in values.values()), name
    assert sizes["ours, with times"]["drawn"] > 100
    assert sizes["sizes"]["entropy"] < sizes["sizes"]["packed"] < sizes["sizes"]["in_page"]
    assert set(found["small"]) == {"ours, small page", "folium, small page"}
    assert len(found["verdicts"]) == 5
    assert all(line.endswith(("held", "NOT HELD")) for line in found["verdicts"])
