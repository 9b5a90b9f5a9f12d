"""A user's own files: read by their ending, refused with a reason, drawn the short way round."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from cases import Parsed
from shapely.geometry import GeometryCollection, LineString, Point, Polygon

from geo import basemap, draw, page, userdata
from geo.errors import AssetError, DataError, GeoError
from geo.maps import ends

SHAPES = gpd.GeoDataFrame(
    {"name": ["a", "b", "c"], "n": [1, 2, 3]},
    geometry=[
        Point(103.8, 1.2),
        LineString([(103.8, 1.2), (106.9, -6.0)]),
        Polygon([(100, 0), (101, 0), (101, 1)]),
    ],
    crs="EPSG:4326",
)


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    """Pages are drawn as without the extra: the coarse world is enough here."""

    def none(*_, **__):
        raise AssetError("not installed")

    monkeypatch.setattr(basemap, "cut", none)


def write(path, frame):
    if path.suffix in {".parquet", ".geoparquet"}:
        frame.to_parquet(path)
    elif path.suffix == ".gpkg":
        frame.to_file(path, driver="GPKG")
    else:
        frame.to_file(path, driver="GeoJSON")
    return path


ENDINGS = [".geojson", ".json", ".parquet", ".geoparquet", ".gpkg", ".GeoJSON"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_gives_the_same_features(tmp_path, ending):
    layer = userdata.read(write(tmp_path / f"shapes{ending}", SHAPES))
    assert layer.name == "shapes"
    assert layer.features["name"].tolist() == ["a", "b", "c"]
    assert layer.features.geometry.geom_equals_exact(SHAPES.geometry, 1e-9).all()


@pytest.mark.parametrize("ending", [".parquet", ".gpkg"])
def test_metres_with_a_reference_system_become_degrees(tmp_path, ending):
    layer = userdata.read(write(tmp_path / f"m{ending}", SHAPES.to_crs("EPSG:3857")))
    assert layer.features.crs == "EPSG:4326"
    assert layer.features.total_bounds == pytest.approx(SHAPES.total_bounds, abs=1e-6)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("lon", "lat"),
        ("LON", "Lat"),
        ("lng", "lat"),
        ("long", "latitude"),
        ("Longitude", "Latitude"),
        ("x", "y"),
        (" lon ", " lat "),
    ],
)
def test_columns_of_coordinates_are_found_by_name(tmp_path, lon, lat):
    path = tmp_path / "a.csv"
    path.write_text(f"name,{lat},{lon}\na,1.2,103.8\n")
    point = userdata.read(path).features.geometry.iloc[0]
    assert (point.x, point.y) == (103.8, 1.2)


def test_cells_of_a_table_stay_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufefflon,lat,code,empty\n1,2,007,\n", encoding="utf-8")
    row = userdata.read(path).features.iloc[0]
    assert (row["code"], row["empty"]) == ("007", "")


def test_a_table_with_semicolons_is_placed_by_them(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("lon;lat;said\n1.5;2;a, b\n")
    features = userdata.read(path).features
    assert [(p.x, p.y) for p in features.geometry] == [(1.5, 2)]
    assert features["said"].tolist() == ["a, b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not CSV"),
        ("a,b\n1,2\n", "no column named lon"),
        ("lon,b\n1,2\n", "no column named lat"),
        ("lon,lat\n", "holds no features"),
        ("lon,lat\n1,2\nx,3\n,4\n", "row 4, lon: without a number"),
        ("lon,lat\n1,2\n1,2,3\n", "row 3: the header has 2 columns"),
        ('lon,lat\n1,"2\n', "not CSV"),
        ("lon,lat\n500000,4600000\n", "not degrees"),
        ("lon,lat\n42,131\n", "most likely swapped"),
        ("lon,lat\n181,91\n", "what AIS sends for no position"),
        ("lon,lat\n1,inf\n", "without a number"),
        ("lon,lat\nnan,2\n", "without a number"),
    ],
)
def test_a_table_that_cannot_be_placed_is_explained(tmp_path, text, said):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(GeoError) as caught:
        userdata.read(path)
    assert said in str(caught.value)
    assert "a.csv" in str(caught.value)


def test_a_table_whose_code_page_cannot_be_told_is_explained(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"lon,lat,n\n1,2,\xe9\n")
    with pytest.raises(GeoError, match=r"is not UTF-8"):
        userdata.read(path)


@pytest.mark.parametrize("name", ["a.geojson", "a.parquet", "a.gpkg"])
def test_a_file_that_is_not_what_its_ending_says_is_explained(tmp_path, name):
    (tmp_path / name).write_bytes(b"junk")
    with pytest.raises(GeoError, match=r"a\.[a-z]+: "):
        userdata.read(tmp_path / name)


def test_a_table_in_parquet_without_geometry_is_explained(tmp_path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(GeoError, match="not GeoParquet"):
        userdata.read(tmp_path / "a.parquet")


@pytest.mark.parametrize("name", ["a.dat", "a.pkl", "a", "a.html"])
def test_an_unknown_ending_is_refused_whatever_the_file_holds(tmp_path, name):
    (tmp_path / name).write_bytes(b"junk")
    with pytest.raises(GeoError, match=r"cannot draw .*known are .*geojson"):
        userdata.read(tmp_path / name)


@pytest.mark.parametrize("ending", [".geojson", ".csv", ".gpkg", ".parquet"])
def test_a_file_that_is_not_there_is_named(tmp_path, ending):
    with pytest.raises(GeoError, match=f"nowhere{ending}: no such file"):
        userdata.read(tmp_path / f"nowhere{ending}")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"type": "FeatureCollection", "features": []}, "holds no features"),
        ({"type": "Pint", "coordinates": [1, 2]}, "FeatureCollection"),
        (
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {}, "geometry": None}],
            },
            "no feature has a geometry",
        ),
    ],
)
def test_geojson_without_anything_to_draw_is_explained(tmp_path, document, said):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(document))
    with pytest.raises(GeoError) as caught:
        userdata.read(path)
    assert said in str(caught.value)


def test_a_broken_geojson_comes_with_every_fault(tmp_path):
    broken = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point"}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Line"}},
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": broken}))
    with pytest.raises(DataError) as caught:
        userdata.read(path)
    assert {f.where for f in caught.value.faults} == {"feature 1", "feature 2"}


# --- drawing --------------------------------------------------------------------------------------


def layer(*shapes, **columns):
    table = pd.DataFrame(columns, index=range(len(shapes)))
    frame = gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326")
    return userdata.Layer("mine", frame)


def drawn(*layers, **options):
    """The features as the browser gets them, layer by layer."""
    blocks = Parsed(page.render(userdata.draw_layers(layers, **options))).blocks
    values = (json.loads(t) for k, t in blocks.items() if k.startswith("application/json"))
    return [value for value in values if "collection" in value]


def view(*shapes):
    (south, west), (north, east) = json.loads(userdata.draw_layers([layer(*shapes)]).bounds_json)
    return west, south, east, north


@pytest.mark.parametrize(
    "shapes",
    [
        [Point(179, 1), Point(-179, 2)],
        [LineString([(178, -18), (-175, -21)])],
        [LineString([(178, -18), (185, -21)])],
        [Polygon([(179, 0), (-179, 0), (-179, 2), (179, 2)])],
    ],
)
def test_a_view_takes_the_short_way_across_the_antimeridian(shapes):
    west, _, east, _ = view(*shapes)
    assert 170 < west < 180 < east < 190


@pytest.mark.parametrize(
    "shapes",
    [
        [Point(179, 1), Point(-179, 2)],
        [LineString([(178, -18), (-175, -21)])],
        [Point(179, 1), LineString([(-179, 1), (-178, 1)])],
        [LineString([(-175, -18), (178, -21)]), Point(-176, -19)],
    ],
)
def test_features_lie_in_the_view_and_run_round_no_globe(shapes):
    west, _, east, _ = view(*shapes)
    (value,) = drawn(layer(*shapes))
    features = gpd.GeoDataFrame.from_features(value["collection"]["features"])
    x0, _, x1, _ = features.total_bounds
    assert west <= x0
    assert x1 <= east


def test_layers_on_either_side_of_the_antimeridian_lie_in_one_view():
    layers = [layer(Point(178, 1)), layer(Point(-175, 2))]
    (_, west), (_, east) = json.loads(userdata.draw_layers(layers).bounds_json)
    for value in drawn(*layers):
        lon, _ = value["collection"]["features"][0]["geometry"]["coordinates"]
        assert west <= lon <= east


def test_a_view_of_one_point_has_a_size():
    west, south, east, north = view(Point(10, 20))
    assert west < 10 < east
    assert south < 20 < north


def test_points_at_a_pole_are_drawn():
    west, south, east, north = view(Point(0, 89.9), Point(50, 60))
    assert west < east
    assert south < north <= 90


def test_near_a_pole_the_view_has_a_size():
    _, south, _, north = view(Point(0, 89.9), Point(50, 89))
    assert south < north


def test_properties_reach_the_page_as_they_are():
    text = "</script>{{ 6*7 }}"
    (value,) = drawn(layer(Point(1, 2), name=text, n=3, none=None))
    assert value["collection"]["features"][0]["properties"] == {"name": text, "n": 3, "none": None}


@pytest.mark.parametrize(
    "odd",
    [
        np.nan,
        np.inf,
        -np.inf,
        pd.Timestamp(2020, 1, 1),
        pd.NaT,
        b"bytes",
        [1, 2],
        {"a": 1},
        np.int64(3),
        True,
    ],
    ids=str,
)
def test_a_property_of_any_kind_can_be_drawn(odd):
    frame = gpd.GeoDataFrame({"odd": pd.Series([odd])}, geometry=[Point(1, 2)], crs="EPSG:4326")
    (value,) = drawn(userdata.Layer("mine", frame))
    assert "odd" in value["collection"]["features"][0]["properties"]


def test_a_feature_without_geometry_is_kept_and_breaks_nothing():
    (value,) = drawn(layer(Point(1, 2), None, name=["a", "b"]))
    assert [f["geometry"] is None for f in value["collection"]["features"]] == [False, True]


def test_a_collection_of_geometries_can_be_drawn():
    (value,) = drawn(layer(GeometryCollection([Point(1, 2), LineString([(1, 2), (3, 4)])])))
    assert value["collection"]["features"][0]["geometry"]["type"] == "GeometryCollection"


@pytest.mark.parametrize("label", ["", "name"])
def test_what_a_layer_names_is_not_named_by_the_base_map_again(label):
    mine = layer(Point(129.8, 41.8), Point(130.3, 42.2), name=["Chongjin", None])
    drawing = userdata.draw_layers([mine], label=label)
    base = next(c for c in drawing._children.values() if isinstance(c, draw.Basemap))
    assert base.own_names == ["Chongjin"]


def test_drawing_changes_no_layer():
    mine = layer(LineString([(178, -18), (-175, -21)]), name="a")
    before = mine.features.copy()
    page.render(userdata.draw_layers([mine]))
    pd.testing.assert_frame_equal(mine.features, before)


def test_layers_have_their_own_colour_and_title():
    values = drawn(layer(Point(1, 2)), layer(Point(1, 3)), label="name")
    assert len({value["colour"] for value in values}) == 2
    assert {value["label"] for value in values} == {"name"}
    assert "<title>Mine</title>" in page.render(
        userdata.draw_layers([layer(Point(1, 2))], title="Mine")
    )


def test_more_layers_than_colours_can_be_drawn():
    assert len(drawn(*(layer(Point(n, n)) for n in range(9)))) == 9


# --- points ---------------------------------------------------------------------------------------

PLACES = gpd.GeoDataFrame(
    {"place": ["port_a", "port_b"], "name_en": ["Port A", "Port B"]},
    geometry=[Point(103.8, 1.2), Point(-175.2, -21.1)],
    crs="EPSG:4326",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2,103.8", (103.8, 1.2)),
        (" 1.2 , 103.8 ", (103.8, 1.2)),
        ("-90,180", (180, -90)),
        ("port_a", (103.8, 1.2)),
        ("Port B", (-175.2, -21.1)),
        ("port b", (-175.2, -21.1)),
    ],
)
def test_a_point_is_latitude_and_longitude_or_the_name_of_a_place(text, expected):
    assert ends.point(text, PLACES) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("131.9,43.1", "latitude is first"),
        ("nan,nan", "latitude is first"),
        ("0,181", "latitude is first"),
        ("one,two", "not lat,lon"),
        ("nowhere", "no place named 'nowhere'"),
        ("", "no place named ''"),
        ("1,2,3", "no place named"),
    ],
)
def test_a_point_that_cannot_be_read_is_explained(text, said):
    with pytest.raises(GeoError) as caught:
        ends.point(text, PLACES)
    assert said in str(caught.value)


def test_without_places_only_coordinates_are_known():
    assert ends.point("1,2", None) == (2, 1)
    with pytest.raises(GeoError, match="no place named"):
        ends.point("port_a", None)
