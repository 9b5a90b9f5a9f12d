"""What was drawn leaves as picture or data, and comes back as it was."""

import csv
import datetime
import json
import random
import re

import geopandas as gpd
import numpy as np
import od
import pandas as pd
import pytest
import shapely
from cases import Parsed
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from typer.testing import CliRunner

from geo import basemap, maps, page, userdata
from geo.cli import app
from geo.errors import AssetError, GeoError
from geo.maps import frames
from geo.output import exports

NAMES = ("부산항", "Владивосток", "São Tomé", "a, \"b\"; 'c'", "=1+1", "x & <y>", "", None)
SIGNS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    def none(*_, **__):
        raise AssetError("not installed")

    monkeypatch.setattr(basemap, "cut", none)


def shapes(own, count, *, only=None):
    for _ in range(count):
        x, y = own.uniform(100, 140), own.uniform(10, 50)
        kind = only or own.choice(["point", "line", "area", "many", "none"])
        yield {
            "point": Point(x, y),
            "line": LineString([(x, y), (x + own.random(), y + 1), (x - 1, y + 2)]),
            "area": Polygon(
                [(x, y), (x + 2, y), (x + 2, y + 2), (x, y + 2)],
                [[(x + 0.5, y + 0.5), (x + 1, y + 0.5), (x + 1, y + 1)]],
            ),
            "many": MultiPoint([(x, y), (x + 1, y)]),
            "none": None,
        }[kind]


def made(seed, count=40, *, only=None):
    own = random.Random(seed)
    maybe = lambda value: None if own.random() < 0.3 else value  # noqa: E731
    rows = {
        "name": [own.choice(NAMES) for _ in range(count)],
        "big": [
            maybe(own.choice([2**53 + 1, 2**60 + own.randrange(99), -5])) for _ in range(count)
        ],
        "share": [maybe(own.random()) for _ in range(count)],
        "yes": [maybe(own.random() < 0.5) for _ in range(count)],
        "day": [maybe(f"20{own.randrange(10, 30)}-05-01") for _ in range(count)],
        "code": [maybe(f"0{own.randrange(99)}") for _ in range(count)],
    }
    table = pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in rows.items()})
    return gpd.GeoDataFrame(table, geometry=list(shapes(own, count, only=only)), crs="EPSG:4326")


def values(frame):
    """Rows as texts and numbers, to compare frames whatever their types."""
    return [
        {str(name): exports.plain(row[name]) for name in frame.columns.drop(frame.geometry.name)}
        for _, row in pd.DataFrame(frame).iterrows()
    ]


def same_places(one, other):
    for a, b in zip(one, other, strict=True):
        assert (a is None or a.is_empty) == (b is None or b.is_empty)
        if a is not None and not a.is_empty:
            assert a.geom_type == b.geom_type
            assert np.array_equal(shapely.get_coordinates(a), shapely.get_coordinates(b))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [".geojson", ".gpkg"])
def test_what_goes_out_comes_in_again(tmp_path, kind, seed):
    frame = made(seed)
    path = maps.read(frame, name="층").save(tmp_path / f"층{kind}")
    found = userdata.read(path).features
    same_places(frame.geometry, found.geometry)
    assert values(found) == values(frame)


UTC = datetime.UTC
MANY = {
    "name": ["나진항", "Владивосток", 'say "hi", ok;\nnext line', " lead", "=1+1"],
    "none": [None, "x", None, "", None],
    "day": [datetime.date(2021, 3, 4), None, datetime.date(1999, 12, 31), None, None],
    "when": [datetime.datetime(2021, 3, 4, 5, 6, 7, 123000, UTC), None,
             datetime.datetime(2020, 2, 29, tzinfo=UTC), None, None],
    "big": [2**53 + 1, -(2**53) - 1, 2**62 + 1, 0, None],
    "huge": [10**30, 1, 2, 3, None],
    "yes": [True, False, None, True, False],
    "real": [-0.0, 0.1 + 0.2, 1e-300, 1.7976931348623157e308, None],
    "mixed": ["a", 1, True, 2.5, None],
    "code": ["007", "1e5", "true", "null", "2021-01-01"],
}  # fmt: skip
AS_TEXT = {".gpkg": ("huge", "mixed"), ".kml": ("big", "huge", "mixed"), ".csv": tuple(MANY)}


@pytest.mark.parametrize("kind", exports.DATA)
def test_values_of_any_kind_come_in_again_or_the_word_says_what_does_not(tmp_path, kind):
    table = pd.DataFrame({name: pd.Series(own, dtype=object) for name, own in MANY.items()})
    xy = [(1.123456789012345, -0.0), (179.99999999, -45.1), (3, 4), (7, 8), (5, 6)]
    frame = gpd.GeoDataFrame(table, geometry=[Point(*at) for at in xy], crs="EPSG:4326")
    drawn, path = exports.Drawn({"a": frame}, "T", ["S"]), tmp_path / f"a{kind}"
    exports.write(drawn, path)
    found = userdata.read(path).features
    same_places(frame.geometry, found.geometry)
    for wanted, own in zip(values(frame), values(found), strict=True):
        for name, value in wanted.items():
            as_text = name in AS_TEXT.get(kind, ()) and value is not None
            unknown = "" if kind == ".csv" else None
            assert own[name] == (str(value) if as_text else unknown if value is None else value)
    said = {words.split(":")[0] for words in exports.losses(drawn, path)}
    zero = {"real"} if kind == ".gpkg" else set()
    assert said == ({"none"} if kind == ".csv" else {*AS_TEXT.get(kind, ()), *zero})


@pytest.mark.parametrize("kind", [*exports.DATA, *exports.BOOKS])
def test_control_characters_are_written_or_marked(tmp_path, kind):
    table = pd.DataFrame({"origin": ["a\x01"], "destination": ["b"], "quantity": [1], "unit": "t"})
    places = pd.DataFrame({"place": ["a\x01", "b"], "lat": [1.0, 2.0], "lon": [3.0, 4.0]})
    made = frames.flow_map(table, places=places)
    path = made.save(tmp_path / f"a{kind}")
    said = exports.losses(made.drawn(), path)
    assert any("control characters" in words for words in said) == (kind == ".kml")
    if kind in (".geojson", ".kml"):
        assert b"\x01" not in path.read_bytes()


def test_whole_numbers_of_parquet_keep_their_digits_beside_unknown_ones(tmp_path):
    frame = made(9)
    table = frame.assign(big=pd.array(frame["big"], dtype="Int64"), yes=None)
    table.to_parquet(tmp_path / "a.parquet")
    found = userdata.read(tmp_path / "a.parquet").features
    assert [exports.plain(v) for v in found["big"]] == frame["big"].tolist()


@pytest.mark.parametrize("seed", range(3))
def test_points_come_in_again_from_a_table(tmp_path, seed):
    frame = made(seed, only="point")
    path = maps.read(frame).save(tmp_path / "points.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    found = userdata.read(path).features
    same_places(frame.geometry, found.geometry)
    texts = [{k: "" if v is None else str(v) for k, v in row.items()} for row in values(frame)]
    assert [{k: row[k] for k in frame.columns[:-1]} for row in values(found)] == texts


LIVE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "'=1",
    "''@x",
    "-",
    "'",
    "'plain",
    "-5",
    "+1.5e3",
)


def test_no_cell_of_a_table_runs_where_it_is_opened_and_each_comes_back_as_it_was(tmp_path):
    frame = gpd.GeoDataFrame(
        {"name": list(LIVE), "=head": list(LIVE)},
        geometry=[Point(n, 5) for n in range(len(LIVE))],
        crs="EPSG:4326",
    )
    path = maps.read(frame).save(tmp_path / "live.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    running = [
        c for c in cells if c[:1] in "=+-@\t\r" and c and not re.fullmatch(r"[-+][\d.e]+", c)
    ]
    assert running == []
    found = userdata.read(path).features
    assert found["name"].tolist() == found["=head"].tolist() == list(LIVE)


def test_shapes_of_a_table_are_wkt_to_the_last_digit(tmp_path):
    frame = made(4)
    path = maps.read(frame).save(tmp_path / "a.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = [shapely.from_wkt(row["wkt"]) if row["wkt"] else None for row in rows]
    same_places(frame.geometry, found)


def test_layers_keep_their_names(tmp_path):
    one, other = made(1, 5), made(2, 6)
    map_ = maps.read(one, other, name="층")
    found = json.loads(map_.save(tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert [f["properties"]["layer"] for f in found["features"]] == ["층"] * 5 + ["층 (2)"] * 6
    gpkg = map_.save(tmp_path / "a.gpkg")
    assert [len(gpd.read_file(gpkg, layer=n)) for n in ("층", "층 (2)")] == [5, 6]


@pytest.mark.parametrize("kind", exports.DATA)
def test_the_same_content_gives_the_same_bytes(tmp_path, kind):
    map_ = maps.read(made(3))
    assert (
        map_.save(tmp_path / f"a{kind}").read_bytes()
        == map_.save(tmp_path / f"b{kind}").read_bytes()
    )


@pytest.mark.parametrize("kind", exports.PICTURES)
def test_every_kind_of_map_is_a_picture(tmp_path, kind):
    places = od.places(5)
    od.write_places(tmp_path, places)
    rows = [(a, b, n * 100 + 1, "t") for n, (a, b) in enumerate(od.pairs(places, 4))]
    table = od.write_flows(tmp_path, rows)
    when = pd.date_range("2024-05-01", periods=6, freq="9h", tz="UTC")
    lines = "\n".join(f"{v},{t:%Y-%m-%dT%H:%M:%SZ},{120 + n},{30 + n}"
                      for v in (1, 2) for n, t in enumerate(when))  # fmt: skip
    tracks = tmp_path / "tracks.csv"
    tracks.write_text("mmsi,timestamp,lon,lat\n" + lines, encoding="utf-8")
    every = {
        "features": maps.read(made(5), title="Ports of a sea"),
        "flows": maps.flows(table, places=tmp_path / "places.geojson"),
        "tracks": maps.read(tracks),
    }
    for name, map_ in every.items():
        content = map_.save(tmp_path / f"{name}{kind}").read_bytes()
        assert content.startswith(SIGNS[kind]), name


def test_a_picture_says_title_counts_sources_and_scale(tmp_path):
    path = tmp_path / "harbours.geojson"
    maps.read(made(6)).save(path)
    text = maps.read(path, title="Ports of a sea").save(tmp_path / "a.svg").read_text("utf-8")
    bare = made(6).geometry.isna().sum()
    for said in ("Ports of a sea", "harbours.geojson", " km", f"{bare} without a geometry"):
        assert said in text


def test_flows_leave_with_their_amounts_units_periods_and_sources(tmp_path):
    places = od.places(4)
    od.write_places(tmp_path, places)
    rows = [
        (a, b, n * 100 + 1, "t", 2024, f"Report {n}")
        for n, (a, b) in enumerate(od.pairs(places, 5))
    ]
    table = od.write_flows(tmp_path, rows, header="origin,destination,quantity,unit,period,source")
    path = maps.flows(table, places=tmp_path / "places.geojson").save(tmp_path / "out.geojson")
    found = json.loads(path.read_text(encoding="utf-8"))
    flows = [f["properties"] for f in found["features"] if f["properties"]["layer"] == "flows"]
    told = {(f["quantity"], f["unit"], f["start"], f["source"]) for f in flows}
    assert told == {(float(q), "t", "2024-01-01", source) for _, _, q, _, _, source in rows}
    ends = {name: (x, y) for name, x, y in places}
    for feature, row in zip(found["features"], flows, strict=False):
        a, b = next((a, b) for a, b, q, *_ in rows if q == row["quantity"])
        line = feature["geometry"]["coordinates"]
        assert line[0] == pytest.approx(ends[a], abs=1e-4)
        assert line[-1] == pytest.approx(ends[b], abs=1e-4)


def test_tracks_leave_as_lines_cut_at_the_antimeridian(tmp_path):
    lons = [170, 175, 179, -179, -175]
    lines = "\n".join(f"7,2024-05-01T{n:02}:00:00Z,{x},10" for n, x in enumerate(lons))
    path = tmp_path / "t.csv"
    path.write_text("mmsi,timestamp,lon,lat\n" + lines, encoding="utf-8")
    found = json.loads(maps.read(path).save(tmp_path / "t.geojson").read_text("utf-8"))
    (feature,) = found["features"]
    assert feature["geometry"]["type"] == "MultiLineString"
    every = [x for part in feature["geometry"]["coordinates"] for x, _ in part]
    assert max(map(abs, every)) <= 180
    assert feature["properties"]["positions"] == 5


def test_a_frame_of_a_caller_stays_as_it_is():
    frame = made(7).to_crs("EPSG:3857")
    before = frame.copy()
    maps.read(frame).drawn()
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


def test_a_frame_with_coordinates_is_points():
    frame = pd.DataFrame({"name": ["a", "b"], "lat": [1.5, 2.5], "lng": ["103.5", "104"]})
    found = maps.read(frame).drawn().layers["features"]
    assert [(p.x, p.y) for p in found.geometry] == [(103.5, 1.5), (104.0, 2.5)]
    for wrong, said in (
        (pd.DataFrame({"a": [1]}), "no column named"),
        (pd.DataFrame({"lon": [200], "lat": [1]}), "not on the globe"),
        (gpd.GeoDataFrame(geometry=[Point(1, 2)]), "no reference system"),
        (gpd.GeoDataFrame(geometry=[Point(1e6, 2)], crs="EPSG:4326"), "not degrees"),
    ):
        with pytest.raises(GeoError, match=said):
            maps.read(wrong)


def test_values_are_json():
    when = datetime.datetime(2024, 5, 1, 6, 30, tzinfo=datetime.UTC)
    given = [np.int64(3), np.float64("nan"), pd.NaT, when, datetime.date(2024, 5, 1), np.array([1]),
             {"a": (1, None)}, pd.Timestamp("2024-05-01"), True]  # fmt: skip
    told = [3, None, None, "2024-05-01T06:30:00Z", "2024-05-01", [1], {"a": [1, None]},
            "2024-05-01", True]  # fmt: skip
    assert exports.plain(given) == told


@pytest.mark.parametrize("name", ["map.xyz", "map", "map.", "map.jpg", "map.shp", ".png"])
def test_an_ending_that_is_not_written_is_refused(tmp_path, name):
    path = maps.read(made(8)).save(tmp_path / "in.geojson")
    done = CliRunner().invoke(app, ["map", str(path), "-o", str(tmp_path / name)])
    assert isinstance(done.exception, GeoError)
    assert ".html, .png, .svg, .pdf, .geojson, .gpkg, .kml, .csv" in str(done.exception)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.geojson"]


def test_an_input_is_not_written_over(tmp_path):
    path = maps.read(made(8)).save(tmp_path / "in.geojson")
    before = path.read_bytes()
    done = CliRunner().invoke(app, ["map", str(path), "-o", str(tmp_path / "." / "in.geojson")])
    assert "give the output another name" in str(done.exception)
    assert path.read_bytes() == before


def test_a_page_is_not_written_under_the_ending_of_a_picture(tmp_path):
    done = CliRunner().invoke(
        app, ["pack", str(tmp_path / "a.html"), "-o", str(tmp_path / "b.png")]
    )
    assert "ending .html" in str(done.exception)


def test_features_are_thinned_once_and_as_the_notes_say_beside_tracks_too(tmp_path, monkeypatch):
    monkeypatch.setattr(userdata, "detail", lambda _view: [])
    rows = ["MMSI,BaseDateTime,LAT,LON"]
    rows += [f"273000001,2025-06-01T0{n}:00:00,{42 + n / 10},131.{n}" for n in range(6)]
    (tmp_path / "ais.csv").write_text("\n".join(rows) + "\n")
    many = gpd.GeoDataFrame(
        {"n": range(25_000)}, geometry=gpd.points_from_xy([131.0] * 25_000, [42.0] * 25_000),
        crs="EPSG:4326",
    )  # fmt: skip
    thinned = userdata.drawable.features
    calls = []
    monkeypatch.setattr(userdata.drawable, "features", lambda own: calls.append(1) or thinned(own))
    for sources in ([many], [tmp_path / "ais.csv", many]):
        own = maps.read(*sources)
        calls.clear()
        drawn_page, notes = own.page(), own.notes("a.html")
        assert sum(calls) == 1
        assert "20,000 of 25,000 features are drawn" in " ".join(notes)
        blocks = Parsed(page.render(drawn_page)).blocks
        values = [json.loads(t) for k, t in blocks.items() if k.startswith("application/json")]
        features = [f for v in values if "collection" in v for f in v["collection"]["features"]]
        assert len(features) == 20_000
