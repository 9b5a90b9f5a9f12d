"""`geo map` on tracks: recognised or named, thinned aloud, drawn, found by pointer and key."""

import json
import re

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from cases import Parsed
from conftest import DESKTOP, PHONE
from shapely.geometry import LineString
from typer.testing import CliRunner

from geo import draw, page, trackset
from geo.cli import app
from geo.errors import GeoError
from geo.maps.tracks import trackdraw, trackmap

HOSTILE = "<img src=x onerror=document.title='run'>{{ 6*7 }}"
MAP = "(Object.values(window).find(v => v instanceof L.Map) || Tumen.foreign.onlyMap())"
LAYER = f"{MAP}._tumenTracks[0]"
INK = """name => { const c = [...document.querySelectorAll('canvas.' + name)].find(c => !c.hidden);
  if (!c) return 0;
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n; }"""
IDLE = f"() => Promise.all([{LAYER}.base.working, {LAYER}.top.working])"


def frame(vessels=12, each=60, *, start="2024-01-01"):
    """Ships that sail east side by side, each a day later than the one before; one has a gap."""
    rows = []
    for n in range(vessels):
        time = pd.Timestamp(start, tz="UTC") + pd.to_timedelta(24 * n + np.arange(each) * 0.5, "h")
        wave = 0.02 * np.sin(np.arange(each) / 3)
        lon = (310 + 0.1 * np.arange(each)).round(6) % 360 - 180
        rows.append(pd.DataFrame({
            "mmsi": f"{200 + n}", "name": HOSTILE if n == 0 else f"Synthetic {n}", "time": time,
            "lon": lon, "lat": 30 + n + wave, "sog": 5.0 + n,
        }))  # fmt: skip
    rows[-1].loc[rows[-1].index >= each // 2, "time"] += pd.Timedelta("30h")
    return pd.concat(rows, ignore_index=True)


def run(*arguments):
    return CliRunner().invoke(app, ["map", *map(str, arguments)], catch_exceptions=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tracks")


@pytest.fixture(scope="module")
def table(folder):
    frame().to_csv(folder / "ships.csv", index=False)
    return folder / "ships.csv"


@pytest.fixture(scope="module")
def made(table, folder):
    done = run(table, "-o", folder / "ships.html")
    assert done.exit_code == 0, done.output
    return folder / "ships.html"


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "semicolon", "parquet", "geojson", "geoparquet"])
def test_positions_are_recognised_in_every_format(tmp_path, kind):
    rows = frame()
    points = gpd.GeoDataFrame(
        rows.drop(columns=["lon", "lat"]).assign(time=rows["time"].astype(str)),
        geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326,
    )  # fmt: skip
    ending = {"semicolon": "csv"}.get(kind, kind)
    path = tmp_path / f"a.{ending}"
    writers = {
        "csv": lambda: rows.to_csv(path, index=False),
        "semicolon": lambda: rows.to_csv(path, index=False, sep=";"),
        "parquet": lambda: rows.to_parquet(path),
        "geojson": lambda: path.write_text(points.to_json(drop_id=True)),
        "geoparquet": lambda: points.to_parquet(path),
    }
    writers[kind]()
    layers, tracks = trackmap.sorted_out([path], trackmap.Asked())
    assert layers == []
    assert (len(tracks["a"]), len(tracks["a"].table)) == (720, 12)
    assert tracks["a"].speed_kn.max() == 16
    assert tracks["a"].inputs.keys() == {path.name}


def test_columns_times_and_units_can_be_named(tmp_path):
    rows = frame().rename(columns={"mmsi": "Schiff", "time": "wann", "sog": "v"})
    rows["wann"] = rows["wann"].dt.strftime("%d/%m/%Y %H:%M")
    rows.to_csv(tmp_path / "a.csv", index=False)
    done = run(
        tmp_path / "a.csv", "-o", tmp_path / "a.html", "--column", "vessel=Schiff",
        "--time", "wann", "--column", "speed_kn=v", "--unit", "m/s",
        "--date-format", "%d/%m/%Y %H:%M",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    asked = trackmap.Asked(
        columns={"vessel": "Schiff", "time_utc": "wann", "speed_kn": "v"},
        date_format="%d/%m/%Y %H:%M", speed_unit="m/s",
    )  # fmt: skip
    tracks = trackmap.read(tmp_path / "a.csv", asked)
    assert tracks.speed_kn.max() == pytest.approx(16 * 3.6 / 1.852)


def test_a_time_that_is_not_understood_is_named_with_its_row(tmp_path):
    rows = frame(1, 4).assign(time=["2024-01-01", "2024-01-02", "02/01/2024", "2024-01-04"])
    rows.to_csv(tmp_path / "a.csv", index=False)
    done = run(tmp_path / "a.csv", "-o", tmp_path / "a.html")
    assert done.exit_code != 0
    said = r"a\.csv: row 4, time: not a time \(found 02/01/2024\) → write yyyy.*--date-format"
    assert re.search(said, str(done.exception))
    assert not (tmp_path / "a.html").exists()


def test_times_of_another_form_are_named_once(tmp_path):
    frame(1, 3).assign(time="2 January").to_csv(tmp_path / "a.csv", index=False)
    done = run(tmp_path / "a.csv", "-o", tmp_path / "a.html")
    assert "column time: '2 January' is not a time, nor are most; write" in str(done.exception)


def test_every_row_is_drawn_named_with_its_fault_or_counted(tmp_path):
    """Read = drawn + left out with a reason + without a position, as AIS sends it."""
    rows = frame(1, 9).astype("string")
    faults = {1: ("lon", "12,5"), 2: ("lat", "north"), 3: ("lon", "500"), 4: ("time", "noon"),
              5: ("lat", "inf"), 6: ("lat", "91"), 7: ("lon", "")}  # fmt: skip
    for row, (column, value) in faults.items():
        rows.loc[row, column] = value
    rows.to_csv(tmp_path / "a.csv", index=False)
    done = run(tmp_path / "a.csv", "-o", tmp_path / "a.html")
    assert len(done.exception.faults) == 5
    told = {(one.where, one.field, one.value) for one in done.exception.faults}
    assert told == {(f"row {n + 2}", *fault) for n, fault in faults.items() if n < 6}
    assert not (tmp_path / "a.html").exists()
    done = run(tmp_path / "a.csv", "-o", tmp_path / "a.html", "--on-error", "skip")
    assert done.exit_code == 0, done.output
    assert "2 positions of 1 track, 2 rows without a position are left out" in done.output
    lines = (tmp_path / "a-rejected.jsonl").read_text(encoding="utf-8").splitlines()
    raw = [json.loads(line)["raw"] for line in lines]
    assert raw == (tmp_path / "a.csv").read_text().splitlines(keepends=True)[2:7]


def test_positions_beyond_the_memory_are_refused_and_two_files_of_one_name_both_drawn(tmp_path):
    paths = [tmp_path / name / "a.csv" for name in "xy"]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        frame(1, 4 + number).to_csv(path, index=False)
    done = run(*paths, "-o", tmp_path / "a.html")
    assert "a: 4 positions of 1 track; a (2): 5 positions of 1 track" in done.output
    done = run(paths[0], "-o", tmp_path / "b.html", "--memory", "100B")
    assert "of memory; 0.0 MB are allowed" in str(done.exception)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no")
    done = run(tmp_path / "a.parquet", "-o", tmp_path / "b.html", "--column", "vessel=v")
    assert "a.parquet: not Parquet" in str(done.exception)


def test_few_lines_stay_features_and_many_vertices_become_tracks(tmp_path):
    way = LineString(np.column_stack([np.linspace(0, 9, 300), np.zeros(300)]))
    for name, count in (("few", 3), ("many", 80)):
        lines = gpd.GeoDataFrame({"n": range(count)}, geometry=[way] * count, crs=4326)
        lines.to_file(tmp_path / f"{name}.geojson")
    paths = [tmp_path / "few.geojson", tmp_path / "many.geojson"]
    layers, tracks = trackmap.sorted_out(paths, trackmap.Asked())
    assert [layer.name for layer in layers] == ["few"]
    assert len(tracks["many"]) == 24_000
    assert len(page.render(trackdraw.drawn(tracks, layers))) > 10_000


# --- thinning -------------------------------------------------------------------------------------


def record(path):
    blocks = Parsed(path.read_text(encoding="utf-8")).blocks
    (text,) = (t for k, t in blocks.items() if k.startswith("application/ld+json"))
    return json.loads(text)


def test_thinning_is_said_by_the_command_in_the_page_and_in_its_record(table, tmp_path):
    done = run(table, "-o", tmp_path / "a.html", "--tolerance-m", "500")
    said = re.search(r"simplified to 500 m: (\d+) of 720 positions", done.output)
    assert int(said[1]) < 500
    assert said[0][1:] in (tmp_path / "a.html").read_text(encoding="utf-8")
    found = record(tmp_path / "a.html")
    own = {p["name"]: p["value"] for p in found["additionalProperty"][0]["value"]}
    assert own["simplified"] == said[0]
    assert own["tolerance_m"] == 500
    assert [one["name"] for one in found["isBasedOn"]] == ["ships.csv"]


def test_a_size_picks_the_least_tolerance_that_fits_and_says_which(tmp_path):
    rng = np.random.default_rng(1)
    rows = frame(20, 1500)
    rows["lat"] += rng.normal(0, 2e-3, len(rows))
    rows.to_csv(tmp_path / "a.csv", index=False)
    whole = trackmap.read(tmp_path / "a.csv", trackmap.Asked())

    def size(tracks):
        return len(page.render(trackdraw.drawn({"a": tracks})).encode())

    most = (size(whole) + size(whole.thinned(50_000))) // 2
    done = run(tmp_path / "a.csv", "-o", tmp_path / "a.html", "--max-size", f"{most / 1000}kB")
    assert done.exit_code == 0, done.output
    tolerance = float(re.search(r"simplified to ([\d.]+) m", done.output)[1])
    assert (tmp_path / "a.html").stat().st_size <= most
    steps = [step for step in trackdraw.LADDER_M if step >= 1]
    below = steps[steps.index(tolerance) - 1]
    assert size(whole.thinned(below)) > most
    with pytest.raises(GeoError, match="still has"):
        trackdraw.fitted({"a": whole}, 1000, make=trackdraw.drawn)


@pytest.mark.parametrize(
    ("text", "count"), [("5MB", 5_000_000), ("800 kB", 800_000), ("1.5m", 1_500_000), ("9", 9)]
)
def test_a_size_is_read(text, count):
    assert trackdraw.bytes_of(text) == count


@pytest.mark.parametrize("text", ["", "MB", "-1", "0", "1.2.3MB", "5 miles"])
def test_what_is_no_size_is_explained(text):
    with pytest.raises(GeoError, match="no size"):
        trackdraw.bytes_of(text)


# --- in the browser -------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_page_of_tracks_is_drawn_moved_in_time_and_chosen_from(made, open_page):
    opened = open_page(made)
    view = opened.page
    assert view.evaluate(f"{LAYER}.base.drawn") >= 12
    assert view.evaluate(INK, "tumen-tracks-all") > 2000
    assert "synthetic" in view.title().lower()
    legend = view.locator(".tracks-legend").text_content()
    assert "Synthetic positions" in legend
    assert "AIS gap" in legend

    # the clock, by keyboard
    slider = view.get_by_label("Time shown", exact=True)
    slider.focus()
    view.keyboard.press("Home")
    for _ in range(4):
        view.keyboard.press("PageUp")
    view.wait_for_timeout(300)
    view.evaluate(IDLE)
    assert 0 < view.evaluate(f"{LAYER}.top.drawn") < view.evaluate(f"{LAYER}.base.drawn")
    assert "UTC" in view.locator(".tracks-when").text_content()
    view.get_by_label("Show all times").click()
    assert view.evaluate(f"{LAYER}.window") is None

    # the list: found, chosen, drawn on the map, marked on the clock
    view.locator(".tracks-box summary").click()
    view.get_by_label("Find a vessel").fill("synthetic 3")
    row = view.locator(".tracks-list button")
    assert row.count() == 1
    row.focus()
    view.keyboard.press("Enter")
    view.wait_for_timeout(100)
    view.evaluate(IDLE)
    assert row.get_attribute("aria-pressed") == "true"
    assert view.evaluate(f"{LAYER}.selected") == 3
    assert view.evaluate(INK, "tumen-tracks-now") > 200
    assert view.locator(".tracks-span").is_visible()
    popup = view.locator(".leaflet-popup")
    assert "203" in popup.text_content()
    view.keyboard.press("Escape")

    # colours
    view.get_by_label("Colour by").select_option("time")
    assert "to" in view.locator(".tracks-legend li").first.text_content()
    assert opened.complaints == []
    assert {url.split(":")[0] for url in opened.requests} <= {"file", "data", "blob"}


@pytest.mark.browser
def test_the_nearest_track_is_found_by_pointer_and_says_what_it_is_as_text(made, open_page):
    opened = open_page(made)
    view = opened.page
    at = view.evaluate(f"""() => {{ const t = {LAYER};
      const p = t.map.latLngToContainerPoint([30.0, 132.5]); return [p.x, p.y]; }}""")
    view.mouse.move(at[0] - 30, at[1] + 2)
    view.mouse.move(at[0], at[1] + 2)
    tip = view.locator(".tumen-tracks-tip")
    tip.wait_for()
    assert HOSTILE in tip.text_content()
    view.mouse.click(at[0], at[1] + 2)
    popup = view.locator(".leaflet-popup")
    popup.wait_for()
    assert HOSTILE in popup.text_content()
    assert re.search(r"Here at\s*\d+ \w+ 2024", popup.text_content())
    assert view.title() != "run"
    assert view.evaluate(f"{LAYER}.selected") == 0
    assert opened.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_nothing_runs_over_the_edge(made, open_page, size):
    opened = open_page(made, size)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    box = opened.page.locator(".tracks-clock").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]


@pytest.mark.browser
def test_a_plain_folium_map_takes_tracks_and_a_layer_control_switches_them(tmp_path, open_page):
    tracks = trackset.of_positions(frame(), vessel="mmsi", time="time", speed="sog")
    plain = folium.Map(tiles=None)
    draw.Tracks(tracks, name="Ships").add_to(plain)
    folium.LayerControl(collapsed=False).add_to(plain)
    draw.Ready().add_to(plain)
    plain.fit_bounds([[29, 129], [43, 137]])
    opened = open_page(page.save(plain, tmp_path / "plain.html"))
    opened.page.wait_for_timeout(200)
    opened.page.evaluate(IDLE)
    assert opened.page.evaluate(INK, "tumen-tracks-all") > 2000
    opened.page.get_by_text("Ships", exact=True).first.click()
    opened.page.wait_for_timeout(100)
    assert opened.page.evaluate(INK, "tumen-tracks-all") == 0
    assert record(tmp_path / "plain.html")["additionalProperty"][0]["name"] == "Ships"
    assert opened.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_damaged_tracks_are_refused_with_a_word_on_the_page(made, tmp_path, open_page, damage):
    text = made.read_text(encoding="utf-8")
    found = re.search(r'(id="tracks_[^"]*_0">)([^<]+)<', text)
    pack = found[2]
    hurt = (
        pack[:-400]
        if damage == "cut"
        else pack[:900] + ("BBBB" if pack[900:904] != "BBBB" else "CCCC") + pack[904:]
    )
    (tmp_path / "hurt.html").write_text(text.replace(pack, hurt), encoding="utf-8")
    opened = open_page(tmp_path / "hurt.html")
    said = opened.page.get_by_role("alert").text_content()
    assert "The map data in this page is damaged" in said
