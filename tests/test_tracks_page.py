"""The page of tracks and the page of their quality, in a browser whose network is cut."""

import dataclasses
import json
import re

import geopandas as gpd
import pytest
import shapely
from conftest import DESKTOP, PHONE
from playwright.sync_api import expect
from shapely.geometry import LineString, Point
from test_many import INK, STATE
from tracks_cases import START, at, events, table

from geo import page, still
from geo.maps.tracks import trackfiles, trackreport, trackscene
from geo.tracks import definitions, synthetic
from geo.tracks.layout import Written
from geo.tracks.outputs import About

HOSTILE = "<img src=x onerror=document.title='run'>"
ABOUT = About(definitions=definitions.load("gfw").as_json(), inputs={"s.csv": "0a" * 32})
INVENTED = dataclasses.replace(ABOUT, synthetic=True)
NEAR = """() => Object.values(window).find(v => v instanceof L.Map)
  .setView([42.5, 131], 7, { animate: false })"""


def places(**more):
    names = ["synthetic_a", "synthetic_b"]
    return gpd.GeoDataFrame(
        {"place": names, **more}, geometry=[Point(130, 42), Point(132, 43)], crs=4326
    )


def saved(folder, made=None, about=ABOUT, **more):
    scene = trackscene.scene(made or events(), about=about, places=places(), **more)
    return page.save(scene, folder / "page.html")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("tracks"), about=INVENTED, positions=200)


def count(opened, selector):
    return opened.page.locator(selector).count()


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_every_track_voyage_gap_call_and_encounter_is_drawn(path, open_page, size):
    opened = open_page(path, size)
    dashed = opened.page.locator("path.tumen-plain").evaluate_all(
        "found => found.map(p => p.getAttribute('stroke-dasharray') || '')"
    )
    assert len(dashed) == 2 + 2 + 1  # tracks, voyages, gap
    assert [one for one in dashed if re.search(r"\d", one)] == ["3 5"]
    opened.page.evaluate(NEAR)  # from afar symbols would lie on each other
    expect(opened.page.locator(".leaflet-marker-icon")).to_have_count(3)
    assert opened.requests[1:] == []
    assert opened.complaints == []


@pytest.mark.browser
def test_synthetic_stands_in_title_legend_popup_and_sources(path, open_page):
    opened = open_page(path)
    assert "synthetic" in opened.page.title()
    expect(opened.page.locator("h1")).to_contain_text("2 ships; 2 voyages between 2 places")
    legend = opened.page.locator(".legend-box .legend li, .legend-box .legend .item")
    words = legend.all_inner_texts()
    assert len(words) == 5
    assert all("synthetic" in one for one in words)
    opened.page.locator("path.tumen-hit").first.dispatch_event("click")
    expect(opened.page.locator(".leaflet-popup-content")).to_contain_text("synthetic")
    expect(opened.page.locator("footer")).to_contain_text(
        "every ship, number and voyage is invented"
    )


@pytest.mark.browser
def test_a_gap_says_that_it_proves_nothing_and_definitions_are_words(path, open_page):
    text = open_page(path).page.inner_text("body")
    assert "proves nothing" in text
    for words in ("gap 12 h", "encounters 500 m for 2 h", "max speed 60 kn", "stop radius 500 m"):
        assert words in text


@pytest.mark.browser
def test_nothing_that_was_typed_on_board_runs(tmp_path, open_page):
    made = events()
    for kind in ("tracks", "voyages", "gaps", "calls", "encounters"):
        frame = made[kind].to_pylist()
        made[kind] = table(kind, [{**row, "vessel": HOSTILE} for row in frame])
    opened = open_page(saved(tmp_path, made))
    for selector in ("path.tumen-hit", ".leaflet-marker-icon"):
        opened.page.locator(selector).first.dispatch_event("click")
        opened.page.wait_for_timeout(100)
    assert opened.page.title() != "run"
    assert count(opened, "img[src=x]") == 0
    assert HOSTILE in opened.page.inner_text("body")


@pytest.mark.browser
def test_hundreds_of_plain_lines_are_all_drawn_and_more_are_named(tmp_path, open_page, monkeypatch):
    monkeypatch.setattr(trackscene, "MOST", 700)
    row = {"vessel": "790000001", "positions": 9, "start_utc": START, "end_utc": at(9)}
    lines = [LineString([(n / 100, 0), (n / 100 + 0.5, 1)]) for n in range(900)]
    tracks = [
        {**row, "track": f"790000001-{n}", "length_km": 100.0 + n, "geometry": line.wkb}
        for n, line in enumerate(lines)
    ]
    opened = open_page(saved(tmp_path, {"tracks": table("tracks", tracks)}))
    state = opened.page.evaluate(STATE)
    assert (state["drawn"], state["rest"]["count"], state["canvas"]) == (700, 0, 1)
    assert opened.page.evaluate(INK) > 3000
    expect(opened.page.locator("footer")).to_contain_text("200 more are in tracks.parquet")


def test_lines_over_the_antimeridian_lie_beside_each_other():
    made = {kind: one for kind, one in events().items() if kind in {"voyages", "gaps"}}
    made["voyages"] = made["voyages"].slice(1, 1)
    scene = trackscene.scene(made, about=ABOUT)
    west, _, east, _ = scene.view
    assert 170 < west < 180 < east < 190
    for pipe in scene.pipes:
        (x0, *_, x1) = (lon for part in pipe.parts for lon, _ in part)
        assert abs(x1 - x0) < 10


def test_a_line_has_a_part_for_each_side_of_a_gap_and_none_in_it():
    made = events()
    both = shapely.MultiLineString([[(130, 42), (130.5, 42.2)], [(131.5, 42.8), (132, 43)]])
    row = {**made["tracks"].to_pylist()[0], "geometry": both.wkb}
    scene = trackscene.scene({"tracks": table("tracks", [row])}, about=ABOUT)
    (pipe,) = scene.pipes
    assert [len(part) for part in pipe.parts] == [2, 2]


def test_the_picture_of_the_page_is_drawn_without_a_browser():
    scene = trackscene.scene(events(), about=ABOUT, places=places())
    assert still.png(scene).startswith(b"\x89PNG")
    (axes, *_) = still.figure(scene).axes
    told = [t.get_text() for t in axes.texts if (t.get_gid() or "").startswith("legend:")]
    assert told == [item.word for item in scene.legend]
    assert len(told) > 3


@pytest.mark.browser
def test_the_legend_on_the_map_is_the_whole_one(path, open_page):
    page = open_page(path).page
    words = page.locator(".tumen-legend .legend > li").all_inner_texts()
    assert words == page.locator(".legend-box .legend > li").all_inner_texts()[:8]
    assert len(words) > 3


def test_no_event_at_all_still_gives_a_page(tmp_path):
    scene = trackscene.scene({}, about=ABOUT)
    assert "No track" in scene.deck
    assert page.save(scene, tmp_path / "page.html").stat().st_size > 10_000


# --- quality --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fleet():
    """Two ships of each six on one number, and every kind of noise."""
    noise = synthetic.Noise(shared=0.4, sentinels=0.002, clocks=0.001, bad_first=0.5)
    known = synthetic.invented_places(12)
    return synthetic.fleet(known, vessels=12, start=START, days=20, seed=2, noise=noise)


@pytest.fixture(scope="module")
def tracks(fleet, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    fleet.write(folder / "synthetic.parquet")
    known = synthetic.invented_places(12)
    return trackfiles.find([folder / "synthetic.parquet"], known, folder / "work")


def labelled(fleet, label):
    return fleet.labels["noise"].to_pylist().count(label)


def test_the_report_adds_up_and_counts_what_was_laid_on(fleet, tracks):
    report = tracks.report
    (source,) = report["sources"]
    assert source["read"] == fleet.positions.num_rows
    assert source["read"] == source["kept"] + sum(source["rejected"].values())
    assert source["rejected"] == {"no position (sentinel)": labelled(fleet, "sentinel")}
    assert report["positions"] == source["kept"]
    assert sum(one["positions"] for one in report["vessels"]) == report["positions"]
    assert sum(report["hours"]) == report["positions"]
    assert sum(cell[2] for cell in report["reception"]["cells"]) == report["positions"]
    kept = sum(row["positions"] for row in tracks.events["tracks"].to_pylist())
    assert kept == report["positions"] - sum(report["dropped"].values())


def test_the_report_knows_numbers_that_two_ships_share(fleet, tracks):
    numbers, ships = fleet.positions["vessel"].to_pylist(), fleet.labels["ship"].to_pylist()
    two = {
        n
        for n in set(numbers)
        if len({s for m, s in zip(numbers, ships, strict=True) if m == n}) > 1
    }
    assert two
    said = {one["vessel"] for one in tracks.report["vessels"] if one["shared_number"]}
    assert said == two


def test_the_report_knows_clocks_that_are_years_off(fleet, tracks):
    years = [one for one in fleet.positions["time_utc"].to_pylist() if one.year < 2020]
    assert years
    assert sum(one["wrong_clock"] for one in tracks.report["vessels"]) == len(years)


def test_an_imo_number_with_a_wrong_check_digit_is_named(tmp_path):
    rows = ["mmsi,time,lat,lon,imo"]
    for n, imo in enumerate(("9074729", "9074728")):
        rows += [f"79000000{n},2025-01-0{d}T00:00:00Z,42.{d},130.0,{imo}" for d in range(1, 6)]
    (tmp_path / "own.csv").write_text("\n".join(rows), encoding="utf-8")
    columns = {"vessel": "mmsi", "time_utc": "time", "lat": "lat", "lon": "lon", "imo": "imo"}
    asked = trackfiles.Asked(reading=trackfiles.job.Reading(written=Written(columns=columns)))
    found = trackfiles.find([tmp_path / "own.csv"], places(), tmp_path / "work", asked=asked)
    invalid = {one["vessel"]: one["imo_invalid"] for one in found.report["vessels"]}
    assert invalid == {"790000000": [], "790000001": ["9074728"]}


@pytest.mark.browser
def test_the_page_of_the_report_shows_reception_and_every_vessel(tracks, tmp_path, open_page):
    made = trackreport.page(tracks.report)
    opened = open_page(page.save(made, tmp_path / "report.html"))
    cells = trackreport.coarser(tracks.report["reception"])["cells"]
    assert count(opened, "path.tumen-feature") == len(cells)
    text = opened.page.inner_text("body")
    for one in tracks.report["vessels"]:
        assert one["vessel"] in text
    assert "synthetic" in opened.page.title()
    assert opened.requests[1:] == []
    assert opened.complaints == []


def test_a_grid_is_made_coarser_without_losing_a_position(monkeypatch):
    monkeypatch.setattr(trackreport, "CELLS", 10)
    cells = [[x * 0.25, y * 0.25, 3, 1 + x] for x in range(10) for y in range(10)]
    found = trackreport.coarser({"cell_deg": 0.25, "cells": cells, "columns": []})
    assert found["cell_deg"] == 1.0
    assert sum(cell[2] for cell in found["cells"]) == 300
    assert max(cell[3] for cell in found["cells"]) == 10


def test_the_report_is_json(tracks):
    assert json.loads(json.dumps(tracks.report, allow_nan=False)) == tracks.report


def test_frames_have_the_geometry_of_their_kind(tracks):
    gaps, calls = tracks.frame("gaps"), tracks.frame("calls")
    assert set(gaps.geom_type) == {"LineString"}
    assert set(calls.geom_type) == {"Point"}
    assert gaps.crs == calls.crs == "EPSG:4326"
