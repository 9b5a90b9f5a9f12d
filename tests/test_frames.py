"""From a frame to a map: flows, features, positions; shown, saved, added to a map of folium."""

import base64
import datetime
import functools
import io
import json
import re

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import geo
from geo.errors import DataError, GeoError
from geo.geometry import packing
from geo.geometry.lighter import lighter
from geo.maps import frames
from geo.maps.flowtables import flow_frames
from geo.output import draw

CELL_BYTES, MAP_BYTES = 500_000, 600_000

PLACES = pd.DataFrame({
    "place": ["a", "b", "c"], "name": ["Ay", "Bee", "See"], "kind": "port",
    "lon": [129.0, 135.2, 121.5], "lat": [35.1, 34.6, 31.2],
})  # fmt: skip
FLOWS = pd.DataFrame({
    "origin": ["a", "a", "b"], "destination": ["b", "c", "c"], "year": [2020, 2021, 2021],
    "quantity": [1.234, np.nan, 7.0], "unit": "kt", "source": "Customs",
})  # fmt: skip
POSITIONS = pd.DataFrame({
    "MMSI": [111, 111, 111, 222, 222],
    "BaseDateTime": pd.date_range("2024-01-01", periods=5, freq="h"),
    "LAT": [35, 35.1, 35.2, 34, 34.2], "LON": [129, 129.2, 129.4, 130, 130.1], "SOG": 5.0,
})  # fmt: skip
BOXES = gpd.GeoDataFrame(
    {"name": ["x", "y"], "load": [3, 9]},
    geometry=[shapely.box(0, 0, 1, 1), shapely.Point(4, 2)],
    crs="EPSG:4326",
).to_crs("EPSG:3857")


@functools.cache
def flows(**options):
    return geo.flow_map(FLOWS, places=PLACES, **options)


MAPS = {
    "flows": flows,
    "features": functools.cache(lambda: geo.feature_map(BOXES, "load", label="name")),
    "tracks": functools.cache(lambda: geo.track_map(POSITIONS)),
    "read": functools.cache(lambda: geo.maps.read(BOXES)),
}
every_map = pytest.mark.parametrize("name", MAPS)


# --- the object ----------------------------------------------------------------------------------


@every_map
def test_a_map_shows_itself_as_frame_picture_and_words(name):
    shown = MAPS[name]()
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/png"}
    assert shown._repr_html_() == bundle["text/html"]
    assert bundle["text/html"].count("<iframe") == 1
    assert 'sandbox="allow-scripts"' in bundle["text/html"]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert isinstance(shown.scene, geo.scene.Scene)


@every_map
def test_a_map_is_saved_and_drawn_as_the_same_map_from_a_file_would_be(name, tmp_path):
    shown = MAPS[name]()
    assert "Content-Security-Policy" in shown.save(tmp_path / "a.html").read_text("utf-8")
    assert shown.save(tmp_path / "a.png").read_bytes() == shown.still()
    assert shown.still("svg").startswith(b"<?xml")
    assert shown.still("pdf").startswith(b"%PDF")
    with pytest.raises(GeoError, match="png, svg, pdf"):
        shown.still("gif")


@every_map
def test_its_layers_go_onto_a_map_of_folium(name, tmp_path):
    parent = folium.Map()
    shown = MAPS[name]()
    assert shown.add_to(parent) is shown
    text = geo.page.save(parent, tmp_path / "a.html").read_text("utf-8")
    kinds = set(re.findall(r'id="([a-z]+)_\d+"', text))
    wanted = {"flows": {"pipes", "places", "legend", "table"}, "tracks": {"tracks"}}
    assert wanted.get(name, {"features"}) <= kinds


# --- flows ---------------------------------------------------------------------------------------


def test_flows_of_a_frame_are_those_of_the_same_file(tmp_path):
    table, points = tmp_path / "flows.csv", tmp_path / "places.csv"
    FLOWS.to_csv(table, index=False)
    PLACES.to_csv(points, index=False)
    ours, theirs = flows().drawn().layers, geo.maps.flows(table, places=points).drawn().layers
    for name, frame in ours.items():
        same = [c for c in frame.columns if c not in ("line", "source")]
        pd.testing.assert_frame_equal(
            pd.DataFrame(frame[same]).astype(str), pd.DataFrame(theirs[name][same]).astype(str)
        )


def test_flows_run_by_sea_where_that_is_asked_for():
    basis = set(flows(by="sea").drawn().layers["flows"]["course"])
    assert basis == {"modelled"}
    assert {pipe.geometry_basis for pipe in flows().scene.pipes} == {"schematic"}


def test_places_may_be_a_file(tmp_path):
    PLACES.to_csv(tmp_path / "places.csv", index=False)
    shown = geo.flow_map(FLOWS, places=tmp_path / "places.csv")
    assert len(shown.scene.places) == 3


def test_rows_that_hold_both_ends_need_no_places(tmp_path):
    at = PLACES.set_index("place")
    ends = {
        f"{end}_{axis}": [at.loc[one, axis] for one in FLOWS[end]]
        for end in ("origin", "destination")
        for axis in ("lon", "lat")
    }
    paired = FLOWS.assign(**ends)
    paired.to_csv(tmp_path / "flows.csv", index=False)
    shown, of_file = geo.flow_map(paired), geo.maps.flows(tmp_path / "flows.csv")
    amounts = [row.quantity for row in shown.scene.rows]
    assert amounts == [row.quantity for row in of_file.scene.rows]
    assert {(p.lon, p.lat) for p in shown.scene.places} == {
        (p.lon, p.lat) for p in of_file.scene.places
    }
    with pytest.raises(GeoError, match="does not say where its places lie"):
        geo.flow_map(FLOWS)


def test_a_way_that_is_none_is_refused():
    with pytest.raises(GeoError, match="'boat': there are curve, sea"):
        flows(by="boat")


def test_rows_of_a_place_are_those_that_begin_or_end_there():
    place = FLOWS["origin"].iloc[0]
    touched = (FLOWS["origin"] == place) | (FLOWS["destination"] == place)
    found = flows().rows({"places": [place]})
    assert list(found["row"]) == list(np.flatnonzero(touched))


def test_every_fault_of_a_frame_is_named_with_its_row_from_0():
    wrong = FLOWS.assign(quantity=["1", "much", "-7"], destination=["b", "c", "z"])
    with pytest.raises(DataError) as raised:
        geo.flow_map(wrong, places=PLACES)
    assert {(f.where, f.code) for f in raised.value.faults} == {
        ("row 1", "number.not-plain"),
        ("row 2", "flow.below-zero"),
        ("row 2", "flow.no-such-place"),
    }


def test_rows_at_fault_are_left_out_where_that_is_asked_for():
    wrong = FLOWS.assign(destination=["b", "c", "z"])
    shown = geo.flow_map(wrong, places=PLACES, on_error="skip")
    assert [one.where for one in shown.ways.lines.table.lost] == ["row 2"]


@pytest.mark.parametrize(
    ("said", "told"),
    [("or one for all: --unit t", 'or one for all: unit="t"'),
     ("with --date-format '%d/%m/%Y' or --date-format '%m/%d/%Y'",
      'with date_format="%d/%m/%Y" or date_format="%m/%d/%Y"'),
     ("or give --date-format; no period: --column period=-",
      'or give date_format; no period: columns={"period": "-"}'),
     ("leave out with --on-error skip", 'leave out with on_error="skip"'),
     ("say it: --crs EPSG:…, or", 'say it: .set_crs("EPSG:…") on the frame, or'),
     ("--unit speed=0.1kn", "numbers of speed in its usual unit"),
     ("--unit is needed, --kind vehicle", 'unit is needed, kind="vehicle"'),
     ("say --decimal comma", "say numbers in place of texts")],
)  # fmt: skip
def test_a_remedy_names_what_is_typed_in_python(said, told):
    assert frames._keywords(said) == told


def test_no_remedy_of_a_frame_names_an_option():
    for broken in (FLOWS.drop(columns="unit"), FLOWS.assign(year="01/02/2020")):
        with pytest.raises(DataError) as caught:
            geo.flow_map(broken, places=PLACES)
        assert "--" not in str(caught.value)
    for broken in (POSITIONS.iloc[:, 1:], POSITIONS.drop(columns=POSITIONS.columns[1])):
        with pytest.raises(GeoError) as caught:
            geo.track_map(broken)
        assert "--" not in str(caught.value)


def test_a_column_is_named_as_a_keyword_not_as_an_option():
    with pytest.raises(DataError, match=r'columns=\{"quantity": "…"\}'):
        geo.flow_map(FLOWS.drop(columns="quantity"), places=PLACES)
    with pytest.raises(GeoError, match=r'columns=\{"vessel": "…"\}'):
        geo.track_map(PLACES)
    named = geo.flow_map(
        FLOWS.rename(columns={"quantity": "x7"}), places=PLACES, columns={"quantity": "x7"}
    )
    assert len(named.scene.pipes) == 3


@given(st.floats(0, 1e12, allow_nan=False) | st.integers(0, 10**12))
def test_a_number_of_a_frame_reads_as_itself_and_in_one_way_only(value):
    text = flow_frames.text(value)
    assert float(text) == value
    assert flow_frames.text(np.float64(value)) == flow_frames.text(float(value))
    whole, _, part = text.partition(".")
    assert len(part) != 3 or whole == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (pd.Period("2021Q2", "Q"), "2021-Q2"),
        (pd.Period("2021Q2", "Q-MAR"), "2020-Q3"),
        (pd.Period("2021", "Y"), "2021"),
        (pd.Period("2021-03", "M"), "2021-03"),
        (pd.Timestamp("2020-02-29"), "2020-02-29"),
        (pd.Timestamp("2020-01-01 03:00", tz="Asia/Seoul"), "2019-12-31 18:00:00"),
        (datetime.date(2020, 1, 2), "2020-01-02"),
        (2020.0, "2020"),
        (float("nan"), ""),
        (None, ""),
        (pd.NA, ""),
        (pd.NaT, ""),
    ],
)
def test_a_moment_or_a_period_of_a_frame_is_what_a_table_would_say(value, text):
    assert flow_frames.text(value) == text


def test_a_year_that_is_none_of_the_calendar_is_refused():
    with pytest.raises(GeoError, match="period_start and period_end"):
        flow_frames.text(pd.Period("2021", "Y-MAR"))


def test_an_empty_frame_is_refused():
    with pytest.raises(GeoError, match="no rows"):
        geo.flow_map(FLOWS.head(0), places=PLACES)


# --- features and tracks -------------------------------------------------------------------------


def test_features_are_coloured_by_a_column_or_by_one_colour(tmp_path):
    by_column = geo.feature_map(BOXES, "load")
    assert [item.word for item in by_column.scene.legend] == ["Colour by load", "3 (1)", "9 (1)"]
    red = geo.feature_map(BOXES, "red").save(tmp_path / "a.html").read_text("utf-8")
    assert '"colour":"#ff0000"' in red
    own = geo.feature_map(BOXES.assign(red=["u", "v"]), "red")  # a column is a column
    assert own.scene.legend[0].word == "Colour by red"


@pytest.mark.parametrize("option", ["color", "label", "size"])
def test_a_column_there_is_not_names_those_there_are(option):
    with pytest.raises(GeoError, match="no such column; there are name, load"):
        geo.feature_map(BOXES, **{option: "nowhere"})


def test_positions_become_tracks_by_the_headings_that_ais_files_have():
    tracks = geo.track_map(POSITIONS).tracks["tracks"]
    assert list(tracks.table["vessel"]) == ["111", "222"]
    assert len(tracks) == len(POSITIONS)
    points = gpd.GeoDataFrame(
        POSITIONS.drop(columns=["LAT", "LON"]),
        geometry=gpd.points_from_xy(POSITIONS["LON"], POSITIONS["LAT"]),
        crs="EPSG:4326",
    )
    other = geo.track_map(points.to_crs("EPSG:3857")).tracks["tracks"]
    np.testing.assert_allclose(other.lon, tracks.lon)


def test_lines_become_tracks_and_say_whose_they_are():
    lines = gpd.GeoDataFrame(
        {"vessel": ["v"]}, geometry=[shapely.LineString([(0, 0), (1, 1)])], crs="EPSG:4326"
    )
    assert list(geo.track_map(lines).tracks["tracks"].table["vessel"]) == ["v"]


def test_positions_at_fault_are_named_with_their_row():
    wrong = POSITIONS.assign(LAT=[35, 35.1, 135.2, 34, 34.2])
    with pytest.raises(DataError) as raised:
        geo.track_map(wrong)
    assert [(f.where, f.field) for f in raised.value.faults] == [("row 2", "LAT")]
    kept = geo.track_map(wrong, on_error="skip").tracks["tracks"]
    assert len(kept) == len(wrong) - 1
    assert [one.where for one in kept.lost] == ["row 2"]


def test_a_colour_that_tracks_do_not_have_names_those_they_have():
    with pytest.raises(GeoError, match="vessel, speed, time"):
        geo.track_map(POSITIONS, "flag")


# --- what a notebook keeps -----------------------------------------------------------------------


def test_a_shown_page_of_the_data_stays_small_and_is_kept_once(scenes):
    for scene in scenes.values():
        bundle = geo.page.show(scene)._repr_mimebundle_()
        assert len(bundle["text/html"].encode()) <= CELL_BYTES
        assert len(json.dumps(bundle, ensure_ascii=False).encode()) <= MAP_BYTES
        assert bundle["text/html"].count("id=&quot;packed&quot;") == 1
        assert bundle["image/png"] not in bundle["text/html"]


def test_a_small_picture_keeps_the_colours_of_the_lines(scenes):
    scene = scenes["flows"]
    data = base64.b64decode(geo.page.show(scene)._repr_mimebundle_()["image/png"])
    seen = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).reshape(-1, 3).astype(int)
    seen = np.unique(seen, axis=0)
    for pipe in scene.pipes:
        own = [int(pipe.colour[n : n + 2], 16) for n in (1, 3, 5)]
        assert np.abs(seen - own).max(axis=1).min() <= 16, pipe.colour


def test_a_ground_that_is_simplified_says_so_and_only_then(scenes):
    scene = scenes["rail"]
    assert draw.SIMPLIFIED in geo.page.show(scene).text
    assert draw.SIMPLIFIED not in geo.page.render(scene)


def test_a_lighter_ground_keeps_its_land_its_points_and_its_pictures(scenes):
    data = max(scenes["overview"].packs, key=len)
    made = lighter(data, 60_000)
    assert len(made) <= 60_000
    assert lighter(made, 60_000) == made
    whole, few = ({layer.name: layer for layer in packing.decode(d)} for d in (data, made))
    assert list(whole) == list(few)
    for name in ("place", "country", "relief", "depth"):
        assert packing.encode([few[name]]) == packing.encode([whole[name]])
    areas = [sum(shapely.Polygon(ring).area for ring in own["land"].parts) for own in (whole, few)]
    assert areas[1] == pytest.approx(areas[0], rel=0.01)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["flows", "features", "tracks"])
def test_the_frame_unpacks_itself_and_asks_for_nothing(name, browser, tmp_path):
    (tmp_path / "cell.html").write_text(
        f'<!doctype html><meta charset="utf-8">{MAPS[name]()._repr_html_()}', encoding="utf-8"
    )
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_offline(True)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto((tmp_path / "cell.html").as_uri())
    frame = page.frame_locator("iframe[sandbox]").frame_locator("iframe[sandbox]")
    frame.locator('html[data-ready="1"]').wait_for(state="attached", timeout=20_000)
    assert frame.locator(".leaflet-container canvas, .leaflet-container path").count() > 0
    context.close()
    assert asked == [(tmp_path / "cell.html").as_uri()]
    assert complaints == []


def test_the_examples_of_the_docs_run(root):
    text = (root / "docs" / "notebooks.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    names: dict = {}
    for block in blocks:
        exec(compile(block, "docs/notebooks.md", "exec"), names)
    assert names["shown"].selected == {"places": ["a"]}
    assert len(names["moved"].scene.pipes) == 2
