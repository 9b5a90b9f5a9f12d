"""The long loops of `make soak`: fifty kills, and files as big as promised."""

import json
import resource

import pytest
from faults import killed

from geo.cli import main


def test_fifty_kills_leave_a_whole_file(tmp_path):
    assert killed(tmp_path / "page.html", times=50) == 50


def done(*words):
    """The exit code of a command; 0 where it ends by itself."""
    try:
        main([str(word) for word in words])
    except SystemExit as ended:
        return ended.code or 0
    return 0


def point(number):
    at = [10 + number % 1000 / 100, 10 + number // 1000 / 100]
    geometry = {"type": "Point", "coordinates": at}
    return json.dumps({"type": "Feature", "properties": {"n": number}, "geometry": geometry})


@pytest.mark.parametrize("memory", ["4GB"])
def test_two_gigabytes_are_refused_with_the_reason(tmp_path, capsys, memory):
    path = tmp_path / "big.geojson"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    assert done("check", path, "--memory", memory) == 2
    assert "4.0 GB are allowed" in capsys.readouterr().err


def test_a_million_features_are_drawn_thinned_with_a_word(tmp_path, capsys):
    path = tmp_path / "many.geojson"
    features = ",\n".join(map(point, range(1_000_000)))
    path.write_text('{"type":"FeatureCollection","features":[' + features + "]}")
    assert done("map", path, "-o", tmp_path / "page.html") == 0
    assert "20,000 of 1,000,000 features are drawn" in capsys.readouterr().out
    assert (tmp_path / "page.html").stat().st_size < 10_000_000


def test_a_line_of_ten_million_vertices_is_drawn_thinned_with_a_word(tmp_path, capsys):
    path = tmp_path / "long.geojson"
    line = ",".join(f"[{10 + n / 1e6:.6f},{10 + n % 7 / 1e3:.3f}]" for n in range(10_000_000))
    geometry = f'{{"type":"LineString","coordinates":[{line}]}}'
    path.write_text(f'{{"type":"Feature","properties":{{}},"geometry":{geometry}}}')
    assert done("map", path, "-o", tmp_path / "page.html", "--memory", "8GB") == 0
    assert "of 10,000,000 points" in capsys.readouterr().out
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert peak < 8_000_000_000


def test_a_property_of_fifty_megabytes_is_cut_with_a_word(tmp_path):
    path = tmp_path / "heavy.geojson"
    feature = {"type": "Feature", "properties": {"text": "x" * 50_000_000},
               "geometry": {"type": "Point", "coordinates": [10, 10]}}  # fmt: skip
    path.write_text(json.dumps(feature))
    assert done("map", path, "-o", tmp_path / "page.html") == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "(50,000,000 characters in all)" in page
    assert len(page) < 2_000_000
