"""Every format of features: what is written in it is read, and what is damaged is refused."""

import json
import random
import struct
import warnings
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Point
from test_exports import made, same_places, values

from geo import package, userdata
from geo.checking import userfile, vectors
from geo.errors import DataError, GeoError
from geo.files import jsonforms, kml
from geo.files.tables import Form

# --- writers of each format, by hand where no library writes it ----------------------------------


def features(frame):
    for row, shape in zip(values(frame), frame.geometry, strict=True):
        geometry = None if shape is None or shape.is_empty else shapely.geometry.mapping(shape)
        yield {"type": "Feature", "properties": row, "geometry": geometry}


def as_sequence(frame, path):
    lines = [json.dumps(one, ensure_ascii=False) for one in features(frame)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_marked_sequence(frame, path):
    """RFC 8142: a mark before each record."""
    text = "".join("\x1e" + json.dumps(one) + "\n" for one in features(frame))
    path.write_text(text, encoding="utf-8")


def as_topojson(frame, path):
    """Every line and ring an arc of its own, backwards where its number is even."""
    arcs, geometries = [], []

    def arc(line):
        points = [list(p) for p in line.coords]
        backwards = len(arcs) % 2 == 0
        arcs.append(points[::-1] if backwards else points)
        return ~(len(arcs) - 1) if backwards else len(arcs) - 1

    for row, shape in zip(values(frame), frame.geometry, strict=True):
        own = {"type": None}
        if shape is not None:
            own = {"type": shape.geom_type}
            if shape.geom_type == "Point":
                own["coordinates"] = list(shape.coords[0])
            elif shape.geom_type == "MultiPoint":
                own["coordinates"] = [list(p.coords[0]) for p in shape.geoms]
            elif shape.geom_type == "LineString":
                own["arcs"] = [arc(shape)]
            else:
                own["arcs"] = [[arc(ring)] for ring in (shape.exterior, *shape.interiors)]
        geometries.append({**own, "properties": row})
    objects = {"all": {"type": "GeometryCollection", "geometries": geometries}}
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": arcs}))


def as_esri(frame, path):
    rows = []
    for row, shape in zip(values(frame), frame.geometry, strict=True):
        own = {"attributes": row}
        if shape is not None:
            own["geometry"] = esri_shape(shape)
        rows.append(own)
    system = {"wkid": 4326}
    path.write_text(json.dumps({"geometryType": "x", "spatialReference": system, "features": rows}))


def esri_shape(shape):
    if shape.geom_type == "Point":
        return {"x": shape.x, "y": shape.y}
    if shape.geom_type == "MultiPoint":
        return {"points": [list(p.coords[0]) for p in shape.geoms]}
    if shape.geom_type == "LineString":
        return {"paths": [[list(p) for p in shape.coords]]}
    rings = [[list(p) for p in ring.coords] for ring in (shape.exterior, *shape.interiors)]
    return {"rings": rings}


def as_kml(frame, path):
    rows = list(zip(values(frame), frame.geometry, strict=True))
    path.write_bytes(kml.write({"층": rows}))


def as_kmz(frame, path):
    rows = list(zip(values(frame), frame.geometry, strict=True))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("doc.kml", kml.write({"층": rows}))


def as_gdal(frame, path, **options):
    with warnings.catch_warnings(action="ignore"):
        frame.to_file(path, **options)


JSON_FORMS = {
    ".geojsonl": as_sequence,
    ".geojsons": as_marked_sequence,
    ".ndjson": as_sequence,
    ".jsonl": as_sequence,
    ".topojson": as_topojson,
    ".json": as_topojson,
}


def clockwise(frame):
    """Areas as Esri has them: outer rings clockwise, holes against it."""
    turned = [
        shape if shape is None or shape.geom_type != "Polygon" else shapely.orient_polygons(
            shape, exterior_cw=True)
        for shape in frame.geometry
    ]  # fmt: skip
    return frame.set_geometry(turned, crs=frame.crs)


# --- what is written is read ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", JSON_FORMS)
def test_forms_of_json_hold_the_same(tmp_path, kind, seed):
    frame = made(seed)
    path = tmp_path / f"층{kind}"
    JSON_FORMS[kind](frame, path)
    found = userdata.read(path)
    same_places(frame.geometry, found.features.geometry)
    assert values(found.features) == values(frame)
    assert "read as" in " ".join(found.said)
    assert package.examine_file(path).counts["file"] == len(frame)


@pytest.mark.parametrize("seed", range(3))
def test_esri_json_holds_the_same(tmp_path, seed):
    frame = clockwise(made(seed))
    as_esri(frame, tmp_path / "a.json")
    found = userdata.read(tmp_path / "a.json").features
    same_places(frame.geometry, found.geometry)
    assert values(found) == values(frame)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("write", [as_kml, as_kmz])
def test_kml_holds_the_same(tmp_path, write, seed):
    frame = made(seed)
    path = tmp_path / f"층.{write.__name__[3:]}"
    write(frame, path)
    found = userdata.read(path).features
    same_places(frame.geometry, found.geometry)
    assert set(found["folder"]) == {"층"}
    for own, told in zip(values(frame), values(found), strict=True):
        own["big"] = None if own["big"] is None else str(own["big"])  # KML has no longer number
        told = {name: told.get(name) for name in own}
        told["big"] = None if told["big"] is None else str(told["big"])
        own["name"] = own["name"] or None
        told["name"] = told["name"] or None
        assert told == own


@pytest.mark.parametrize("seed", range(3))
def test_flatgeobuf_holds_the_same(tmp_path, seed):
    frame = made(seed)
    typed = frame.assign(
        big=gpd.pd.array(frame["big"], dtype="Int64"),
        share=frame["share"].astype("Float64"),
        yes=frame["yes"].astype("boolean"),
    )
    as_gdal(typed, tmp_path / "a.fgb", use_arrow=True, SPATIAL_INDEX="NO", geometry_type="Unknown")
    found = userdata.read(tmp_path / "a.fgb").features
    same_places(frame.geometry, found.geometry)
    assert values(found) == values(frame)


PAGES = {
    "cp949": "부산항 라진", "cp1251": "Владивосток", "utf-8": "부산 Владивосток",
    "big5": "港口", "gbk": "上海港", "shift_jis": "東京港", "cp1252": "São Tomé",
    "cp1253": "Πειραιάς",
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", [".shp", ".zip"])
def test_shapefiles_keep_their_words_by_any_code_page(tmp_path, page, kind):
    frame = gpd.GeoDataFrame(
        {"name": [PAGES[page], None, "plain"], "n": [3, 4, 5], "t": [1.5, None, 2.0]},
        geometry=[Point(127, 37), Point(128.5, 38.25), None],
        crs="EPSG:4326",
    )
    as_gdal(frame.to_crs("EPSG:5186"), tmp_path / "항만.shp", encoding=page)
    path = tmp_path / f"항만{kind}"
    if kind == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            for part in sorted(tmp_path.glob("항만.[!z]*")):
                packed.write(part, f"sub/{part.name}")
    found = userdata.read(path)
    assert [v if isinstance(v, str) else None for v in found.features["name"]] == [
        PAGES[page], None, "plain"
    ]  # fmt: skip
    at = shapely.get_coordinates(found.features.geometry.to_numpy())
    assert np.allclose(at, [(127, 37), (128.5, 38.25)], atol=1e-7)
    assert "EPSG:5186" in " ".join(found.said)


def shp(tmp_path, words="부산항", page="cp949", **changed):
    frame = gpd.GeoDataFrame({"name": [words]}, geometry=[Point(127, 37)], crs="EPSG:4326")
    as_gdal(frame, tmp_path / "a.shp", encoding=page)
    (tmp_path / "a.cpg").unlink()
    for ending, content in changed.items():
        (tmp_path / f"a.{ending}").write_bytes(content)
    return tmp_path / "a.shp"


def test_a_code_page_that_is_not_stated_is_never_guessed(tmp_path):
    path = shp(tmp_path)
    with pytest.raises(GeoError) as said:
        userdata.read(path)
    for words in ("row 1, name", "'부산항' by CP949", "by CP1251", ".cpg"):
        assert words in str(said.value)
    (tmp_path / "a.cpg").write_text("949")
    assert userdata.read(path).features["name"].tolist() == ["부산항"]
    (tmp_path / "a.cpg").unlink()
    table = bytearray((tmp_path / "a.dbf").read_bytes())
    table[29] = 0x4E  # dBASE's mark of Korean
    (tmp_path / "a.dbf").write_bytes(table)
    assert userdata.read(path).features["name"].tolist() == ["부산항"]


@pytest.mark.parametrize(
    "stated",
    [
        b"UTF-8",
        b"65001",
        b"ascii",
        b"klingon",
        b"UTF\x00p",
        b"idna",
        b"undefined",
        b"rot13",
        b"punycode",
    ],
)
def test_a_code_page_that_lies_is_named(tmp_path, stated):
    with pytest.raises(GeoError, match=r"\.cpg states|no code page"):
        userdata.read(shp(tmp_path, cpg=stated))


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError(), MemoryError(), IndexError("y")])
def test_whatever_a_library_raises_is_told_of_the_file(tmp_path, monkeypatch, error):
    def broken(*_, **__):
        raise error

    monkeypatch.setattr(vectors, "read", broken)
    path = shp(tmp_path)
    for read in (userdata.read, package.examine_file):
        with pytest.raises(GeoError, match=r"a\.shp: not a whole shp file: "):
            read(path)


def test_sidecars_are_read_whatever_the_case_of_their_endings_and_no_other_file(tmp_path):
    path = shp(tmp_path, words="plain", page="utf-8")
    (tmp_path / "a.dbf").rename(tmp_path / "a.DBF")
    (tmp_path / "a.shx").write_bytes(b"of another file")
    (tmp_path / "a.qix").write_bytes(b"damaged")
    assert userdata.read(path).features["name"].tolist() == ["plain"]
    (tmp_path / "a.DBF").unlink()
    assert "no .dbf" in " ".join(userdata.read(path).said)


def test_layers_of_a_file_are_all_drawn_or_the_one_that_is_named(tmp_path):
    one, other = made(1, 6), made(2, 7, only="line")
    path = tmp_path / "two.gpkg"
    as_gdal(one, path, layer="항구", driver="GPKG")
    as_gdal(other, path, layer="rail lines", driver="GPKG")
    found = userdata.read_all(path)
    assert [(x.name, len(x.features)) for x in found] == [
        ("two: 항구", 6), ("two: rail lines", 7)
    ]  # fmt: skip
    (alone,) = userdata.read_all(tmp_path / "two.gpkg:rail lines")
    assert (len(alone.features), alone.file) == (7, "two.gpkg")
    assert package.examine_file(path).counts["file"] == 13
    with pytest.raises(GeoError, match="no layer 'none'"):
        userdata.read_all(tmp_path / "two.gpkg:none")
    with pytest.raises(GeoError, match="name one of its layers"):
        userfile.read(path)


def test_objects_of_a_topology_are_its_layers(tmp_path):
    arcs = [[[0, 0], [10, 10]], [[10, 10], [20, 5]]]
    objects = {
        "rail": {"type": "LineString", "arcs": [0, 1]},
        "back": {"type": "MultiLineString", "arcs": [[-2, -1], [0]]},
    }
    document = {"type": "Topology", "objects": objects, "arcs": arcs}
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps(document))
    rail, back = userdata.read_all(path)
    assert list(rail.features.geometry[0].coords) == [(0, 0), (10, 10), (20, 5)]
    assert list(back.features.geometry[0].geoms[0].coords) == [(20, 5), (10, 10), (0, 0)]
    (alone,) = userdata.read_all(tmp_path / "a.topojson:back")
    assert len(alone.features) == 1


def test_steps_of_arcs_are_added_up_scaled_and_moved(tmp_path):
    own = random.Random(5)
    steps = [[own.randrange(-50, 50), own.randrange(-50, 50)] for _ in range(30)]
    transform = {"scale": [0.001, 0.002], "translate": [130.2, 42.2]}
    objects = {"a": {"type": "LineString", "arcs": [0]}}
    document = {"type": "Topology", "transform": transform, "objects": objects, "arcs": [steps]}
    (tmp_path / "a.topojson").write_text(json.dumps(document))
    shape = userdata.read(tmp_path / "a.topojson").features.geometry[0]
    wanted = np.cumsum(steps, axis=0) * [0.001, 0.002] + [130.2, 42.2]
    assert np.allclose(shapely.get_coordinates(shape), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("system", ["EPSG:3857", "EPSG:5186", "EPSG:32652", "ESRI:54009"])
def test_geojson_in_a_stated_system_is_reprojected_and_that_is_said(tmp_path, system):
    points = gpd.GeoSeries([Point(127, 37), Point(129.5, 35.1)], crs="EPSG:4326")
    moved = points.to_crs(system)
    authority, number = system.split(":")
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority}::{number}"}}
    features_ = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(p)}
        for p in moved
    ]
    collection = {"type": "FeatureCollection", "crs": crs, "features": features_}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(collection))
    found = userdata.read(path)
    at = shapely.get_coordinates(found.features.geometry.to_numpy())
    assert np.allclose(at, shapely.get_coordinates(points.to_numpy()), atol=1e-6)
    assert system in " ".join(found.said)
    report = package.examine_file(path)
    assert report.sound
    assert system in " ".join(report.said)


@pytest.mark.parametrize("kind", [".geojson", ".geojsonl", ".gpkg", ".fgb", ".shp", ".parquet"])
@pytest.mark.parametrize("system", ["EPSG:5186", "EPSG:32652"])
def test_a_file_that_states_no_system_takes_the_one_that_is_said(tmp_path, kind, system):
    points = gpd.GeoSeries([Point(127, 37), Point(129.5, 35.1)], crs="EPSG:4326")
    frame = gpd.GeoDataFrame({"name": ["가", "나"]}, geometry=points.to_crs(system)).set_crs(
        None, allow_override=True
    )
    path = tmp_path / f"a{kind}"
    written = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shapely.geometry.mapping(p)}
        for name, p in zip(frame["name"], frame.geometry, strict=True)
    ]
    if kind == ".geojson":
        path.write_text(json.dumps({"type": "FeatureCollection", "features": written}))
    elif kind == ".geojsonl":
        path.write_text("\n".join(map(json.dumps, written)))
    elif kind == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    with pytest.raises(GeoError):
        userdata.read(path)
    found = userdata.read(path, form=Form(crs=system))
    features = found.features.sort_values("name")  # FlatGeobuf has an order of its own
    at = shapely.get_coordinates(features.geometry.to_numpy())
    assert np.allclose(at, shapely.get_coordinates(points.to_numpy()), atol=1e-6)
    assert list(features["name"]) == ["가", "나"]
    assert f"taken as {system}" in " ".join(found.said)
    with pytest.raises(GeoError, match=r"no reference system that is known|1 fault"):
        userdata.read(path, form=Form(crs="EPSG:1"))


@pytest.mark.parametrize("kind", [".geojson", ".gpkg", ".kml"])
def test_a_system_that_a_file_states_is_not_overridden(tmp_path, kind):
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(4e5, 4e6)], crs="EPSG:32652")
    path = tmp_path / f"a{kind}"
    if kind == ".kml":
        path.write_text(KML)
    else:
        frame.to_file(path)
    with pytest.raises(GeoError, match="leave out --crs"):
        userdata.read(path, form=Form(crs="EPSG:5186"))


def test_a_system_that_there_is_not_is_named(tmp_path):
    collection = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [5, 6]}}
    ]}  # fmt: skip
    for name in ("EPSG:1", "urn:ogc:def:crs:EPSG::999999", "nonsense", "x" * 5000):
        crs = {"type": "name", "properties": {"name": name}}
        (tmp_path / "a.geojson").write_text(json.dumps({"crs": crs, **collection}))
        with pytest.raises(DataError, match="no reference system that is known"):
            userdata.read(tmp_path / "a.geojson")


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<Style id="a-normal"><LineStyle><color>800000ff</color><width>4</width></LineStyle></Style>
<StyleMap id="pair"><Pair><key>highlight</key><styleUrl>#none</styleUrl></Pair>
<Pair><key>normal</key><styleUrl>#a-normal</styleUrl></Pair></StyleMap>
<Folder><name>North</name><Folder><name>Ports</name>
<Placemark><name>라진</name><description><![CDATA[<b>x</b> ]]></description>
<TimeSpan><begin>2024-05-01</begin><end>2024-06</end></TimeSpan>
<Point><coordinates> 130.3 , 42.2 , 0 </coordinates></Point></Placemark></Folder>
<Placemark><name>rail</name><styleUrl>#pair</styleUrl><LineString><coordinates>
130,42,0
131,43</coordinates></LineString></Placemark></Folder>
<Placemark><name>drive</name><gx:Track><when>2024-05-01T00:00:00Z</when><gx:coord>1 2 3</gx:coord>
<gx:coord>2 3 4</gx:coord></gx:Track></Placemark>
<Placemark><name>two</name><Style><PolyStyle><color>ff00ff00</color></PolyStyle></Style>
<MultiGeometry><Point><coordinates>1,2</coordinates></Point><Polygon><outerBoundaryIs><LinearRing>
<coordinates>0,0 3,0 3,3</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry>
</Placemark><Placemark><name>bare</name></Placemark>
<NetworkLink><Link><href>http://example.org/a.kml</href></Link></NetworkLink>
<GroundOverlay/></Document></kml>"""


def test_every_folder_time_and_colour_of_kml_is_read(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text(KML, encoding="utf-8")
    layer = userdata.read(path)
    rows = {row["name"]: row for row in values(layer.features)}
    assert rows["라진"]["folder"] == "North / Ports"
    assert rows["라진"]["begin"] == "2024-05-01"
    assert rows["라진"]["description"] == "<b>x</b>"
    assert (rows["rail"]["stroke"], rows["rail"]["stroke-width"]) == ("#ff0000", 4.0)
    assert rows["rail"]["stroke-opacity"] == pytest.approx(0.502)
    assert rows["two"]["fill"] == "#00ff00"
    kinds = layer.features.geometry.dropna().geom_type.tolist()
    assert kinds == ["Point", "LineString", "LineString", "GeometryCollection"]
    assert "1 NetworkLink" in " ".join(layer.said)
    assert "1 GroundOverlay" in " ".join(layer.said)


GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="42.2" lon="130.3"><ele>5</ele><name>라진</name><sym>Anchor</sym></wpt>
<rte><name>way</name><rtept lat="1" lon="2"/><rtept lat="3" lon="4"/></rte>
<trk><name>drive</name><trkseg><trkpt lat="1" lon="2"/><trkpt lat="2" lon="3"/></trkseg>
<trkseg><trkpt lat="5" lon="6"/><trkpt lat="6" lon="7"/></trkseg></trk></gpx>"""


def test_waypoints_routes_and_tracks_of_gpx_are_read(tmp_path):
    path = tmp_path / "a.gpx"
    path.write_text(GPX, encoding="utf-8")
    found = userdata.read(path).features
    assert found["kind"].tolist() == ["waypoint", "route", "track"]
    assert found["name"].tolist() == ["라진", "way", "drive"]
    assert found.geometry.geom_type.tolist() == ["Point", "LineString", "MultiLineString"]
    assert list(found.geometry[1].coords) == [(2, 1), (4, 3)]


def test_dates_of_esri_are_moments(tmp_path):
    document = {
        "fields": [{"name": "d", "type": "esriFieldTypeDate"}],
        "spatialReference": {"wkid": 102100, "latestWkid": 3857},
        "exceededTransferLimit": True,
        "features": [{"attributes": {"d": 1714550400000}, "geometry": {"x": 14504617, "y": 0}},
                     {"attributes": {"d": None}, "geometry": {"x": "NaN", "y": "NaN"}}],
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(document))
    layer = userdata.read(tmp_path / "a.json")
    assert layer.features["d"].tolist() == ["2024-05-01T08:00:00Z", None]
    assert "limit was exceeded" in " ".join(layer.said)


def test_holes_of_esri_lie_in_the_area_round_them():
    box = lambda x, y, s: [[x, y], [x, y + s], [x + s, y + s], [x + s, y], [x, y]]  # noqa: E731
    found = jsonforms._areas([box(0, 0, 9), box(20, 0, 9), box(21, 1, 2)[::-1], box(1, 1, 2)[::-1]])
    areas = shapely.geometry.shape(found)
    assert [len(area.interiors) for area in areas.geoms] == [1, 1]
    assert areas.area == 2 * 81 - 2 * 4


def test_what_a_file_says_of_its_origin_is_kept(tmp_path):
    collection = {"type": "FeatureCollection", "copyright": "data of www.openstreetmap.org",
                  "attribution": "© Survey", "features": [{"type": "Feature", "properties": {},
                  "geometry": {"type": "Point", "coordinates": [5, 6]}}]}  # fmt: skip
    (tmp_path / "a.geojson").write_text(json.dumps(collection))
    said = userdata.owed([userdata.read(tmp_path / "a.geojson")])
    assert said == ["data of www.openstreetmap.org", "© Survey", userdata.OPENSTREETMAP]


# --- counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [".geojsonl", ".kml", ".gpx", ".json"])
def test_read_is_drawn_and_without_geometry_and_left_out(tmp_path, kind):
    point = '{"type":"Feature","properties":{"n":%d},"geometry":%s}'
    good, bare = '{"type":"Point","coordinates":[1,2]}', "null"
    wrong = '{"type":"Point","coordinates":[1,200]}'
    placemark = "<Placemark><name>%d</name><Point><coordinates>%s</coordinates></Point></Placemark>"
    waypoint = '<wpt lon="%s" lat="%s"><name>a</name></wpt>'
    esri = '{"attributes":{"n":%d},"geometry":{"x":%s,"y":2}}'
    text = {
        ".geojsonl": "\n".join([point % (1, good), point % (2, bare), point % (3, wrong), "{oops"]),
        ".kml": "<kml>" + placemark % (1, "1,2") + placemark % (2, "") + placemark % (3, "1,200")
        + placemark % (4, "one,two") + "</kml>",
        ".gpx": "<gpx>" + waypoint % (1, 2) + "<trk/>" + waypoint % (1, 200) + waypoint % ("x", 2)
        + "</gpx>",
        ".json": '{"spatialReference":{"wkid":4326},"features":['
        + ",".join([esri % (1, 1), esri % (2, '"NaN"'), esri % (3, 999), esri % (4, '"x"')]) + "]}",
    }[kind]  # fmt: skip
    path = tmp_path / f"a{kind}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as said:
        userdata.read(path)
    assert len(said.value.faults) == 2
    layer = userdata.read(path, on_error="skip")
    drawn = len(userdata.placed(layer.features))
    bare = sum(userdata.unplaced([layer]).values())
    assert (drawn, bare, len(layer.lost)) == (1, 1, 2)
    assert all(one.raw and one.where for one in layer.lost)
    report = package.examine_file(path)
    assert report.counts["file"] == 4
    assert [str(f) for f in report.faults][:2] == [str(f) for f in said.value.faults]


# --- damaged and hostile --------------------------------------------------------------------------

SOUND = {
    ".kml": as_kml, ".kmz": as_kmz, ".topojson": as_topojson, ".json": as_esri,
    ".geojsonl": as_sequence, ".fgb": lambda f, p: as_gdal(f, p),
    ".gpx": lambda _, p: p.write_text(GPX, encoding="utf-8"),
    ".zip": lambda f, p: zipped(f, p), ".shp": lambda f, p: as_gdal(words(f), p),
    ".gpkg": lambda f, p: as_gdal(f, p, driver="GPKG"),
}  # fmt: skip


def words(frame):
    return frame[["name", "code", "geometry"]]


def zipped(frame, path):
    as_gdal(words(frame), path.with_name("in.shp"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for ending in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            part = path.with_name(f"in{ending}")
            packed.write(part, part.name)
            part.unlink()


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound file of each format, as bytes."""
    folder = tmp_path_factory.mktemp("sound")
    frame = clockwise(made(11, 12, only="line"))
    found = {}
    for kind, write in SOUND.items():
        write(frame, folder / f"a{kind}")
        found[kind] = (folder / f"a{kind}").read_bytes()
        found[f"{kind}.dbf"] = (folder / "a.dbf").read_bytes() if kind == ".shp" else b""
    return found


def refused(path):
    """What is said of a file; None where it is read."""
    said = None
    try:
        userdata.read_all(path)
    except GeoError as error:
        said = str(error)
    assert said is None or (path.name.split(".")[0] in said and "/vsimem" not in said)
    return said


def put(tmp_path, kind, content, sound):
    path = tmp_path / f"broken{kind}"
    path.write_bytes(content)
    if kind == ".shp":
        path.with_suffix(".dbf").write_bytes(sound[".shp.dbf"])
    return path


@pytest.mark.parametrize("kind", SOUND)
def test_a_file_that_is_cut_short_is_refused(tmp_path, kind, sound):
    content = sound[kind]
    own = random.Random(kind)
    ends = [0, 1, 7, len(content) // 2, len(content) * 9 // 10]
    ends += [own.randrange(len(content) * 9 // 10) for _ in range(15)]
    for end in ends:
        said = refused(put(tmp_path, kind, content[:end], sound))
        whole_lines = kind == ".geojsonl" and content[:end].endswith(b"}\n")
        assert said or whole_lines, f"{end} of {len(content)} bytes"


@pytest.mark.parametrize("kind", SOUND)
def test_a_file_with_flipped_bits_is_refused_or_read_without_a_traceback(tmp_path, kind, sound):
    own = random.Random(kind)
    for _ in range(30):
        content = bytearray(sound[kind])
        for _ in range(own.choice([1, 1, 4])):
            at = own.randrange(len(content))
            content[at] ^= 1 << own.randrange(8)
        refused(put(tmp_path, kind, bytes(content), sound))


@pytest.mark.parametrize("kind", SOUND)
def test_what_is_of_another_format_is_refused(tmp_path, kind, sound):
    others = [b"", b"\0" * 2000, b"name,lon\na,1\n", b"\xff\xfe<\0k\0", b"%PDF-1.4", b"{}", b"[]"]
    others += [content for other, content in sound.items() if other != kind and content]
    for content in others:
        if content == sound.get(".json") or content == sound.get(".topojson"):
            continue  # a .json is what it says it is
        if kind in (".json", ".topojson") and content == sound[".geojsonl"]:
            continue
        assert refused(put(tmp_path, kind, content, sound)), content[:20]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "%s"><!ENTITY b "&a;&a;&a;&a;">]>' % ("ha" * 50)
HOSTILE_XML = {
    "entities": '<?xml version="1.0"?>' + ENTITIES + "<%s>&b;</%s>",
    "an external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><%s>&a;</%s>',
    "an external definition": '<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><%s></%s>',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://example.org/">%p;]><{0}></{0}>',
    "depth": "<%s>" + "<Folder>" * 5000 + "</Folder>" * 5000 + "</%s>",
    "an unknown entity": "<%s>&nbsp;</%s>",
    "an unknown encoding": '<?xml version="1.0" encoding="x-klingon"?><%s></%s>',
    "a lying encoding": '<?xml version="1.0" encoding="UTF-16"?><%s></%s>',
    "no end": "<%s><Document>",
    "two roots": "<%s></%s><b/>",
    "another root": "<html><body/></html>",
    "a null": "<%s>\0</%s>",
    "nothing in it": "<%s></%s>",
}


@pytest.mark.parametrize("name", HOSTILE_XML)
@pytest.mark.parametrize("kind", [".kml", ".kmz", ".gpx"])
def test_xml_that_defines_nests_or_lies_is_refused(tmp_path, kind, name):
    tag = "gpx" if kind == ".gpx" else "kml"
    text = HOSTILE_XML[name].replace("%s", tag).replace("{0}", tag)
    path = tmp_path / f"broken{kind}"
    if kind == ".kmz":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("doc.kml", text)
    else:
        path.write_text(text, encoding="utf-8")
    assert refused(path)


def packed(path, parts):
    quiet = warnings.catch_warnings(action="ignore")
    with quiet, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made_:
        for name, content in parts:
            made_.writestr(name, content)
    return path


@pytest.mark.parametrize("kind", [".kmz", ".zip"])
def test_hostile_zips_are_refused(tmp_path, kind):
    inner = "doc.kml" if kind == ".kmz" else "a.shp"
    bomb = b"<kml>" + b" " * 300_000_000 + b"</kml>"
    refused_ = {
        "bomb": [(inner, bomb)],
        "many": [(f"{n}.txt", b"") for n in range(10_001)],
        "twice": [(inner, b"<kml/>"), (inner, b"<kml/>")],
        "empty": [],
        "other": [("a.txt", b"x"), ("b.csv", b"y")],
        "not": [(inner, b"\0" * 200)],
    }
    for name, parts in refused_.items():
        assert refused(packed(tmp_path / f"broken{kind}", parts)), name
    lying = bytearray((tmp_path / f"broken{kind}").read_bytes())
    at = lying.rfind(b"PK\x01\x02")
    for size in (0xFFFFFFFE, 2_000_000_000, 1):
        lying[at + 24 : at + 28] = struct.pack("<I", size)
        (tmp_path / f"broken{kind}").write_bytes(lying)
        assert refused(tmp_path / f"broken{kind}"), size


def test_names_in_a_zip_lead_nowhere(tmp_path):
    frame = made(3, 4, only="point")
    as_gdal(words(frame), tmp_path / "in.shp")
    parts = [(f"../../../out{e}", (tmp_path / f"in{e}").read_bytes())
             for e in (".shp", ".shx", ".dbf", ".prj", ".cpg")]  # fmt: skip
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    layer = userdata.read(packed(folder / "a.zip", parts))
    assert len(layer.features) == 4
    assert [p.name for p in folder.iterdir()] == ["a.zip"]
    assert not (tmp_path / "out.shp").exists()


def shp_of(*records, kind=3, words_=None):
    body = b"".join(struct.pack(">2i", n + 1, len(r) // 2) + r for n, r in enumerate(records))
    size = (100 + len(body)) // 2 if words_ is None else words_
    return (
        struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size)
        + struct.pack("<2i8d", 1000, kind, *[0] * 8)
        + body
    )


BOX = struct.pack("<4d", 0, 0, 1, 1)
HOSTILE_SHP = {
    "points without room": shp_of(struct.pack("<i", 3) + BOX + struct.pack("<2i", 1, 2**31 - 1)),
    "parts without room": shp_of(struct.pack("<i", 3) + BOX + struct.pack("<2i", 2**30, 1)),
    "fewer than none": shp_of(struct.pack("<i", 3) + BOX + struct.pack("<2i", -1, -5)),
    "a part outside": shp_of(
        struct.pack("<i", 3) + BOX + struct.pack("<3i", 1, 2, 999) + struct.pack("<4d", 0, 0, 1, 1)
    ),
    "another kind": shp_of(struct.pack("<i2d", 1, 0, 0)),
    "no kind": shp_of(struct.pack("<i2d", 77, 0, 0), kind=77),
    "a length beyond": shp_of(struct.pack("<i", 3) + BOX, words_=2**30),
    "a length below": shp_of(struct.pack("<i", 3) + BOX, words_=3),
    "a record of nothing": shp_of(b""),
    "too short": shp_of(struct.pack("<i", 3) + b"\0" * 10),
}


@pytest.mark.parametrize("name", HOSTILE_SHP)
def test_shapes_that_do_not_fit_in_their_file_are_refused(tmp_path, name):
    path = tmp_path / "broken.shp"
    path.write_bytes(HOSTILE_SHP[name])
    assert refused(path)


@pytest.mark.parametrize("count", [0, 2, 99, 2**31, 2**32 - 1])
def test_a_table_of_another_length_is_refused(tmp_path, count):
    path = shp(tmp_path, words="plain", page="utf-8")
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[4:8] = struct.pack("<I", count)
    path.with_suffix(".dbf").write_bytes(table)
    with pytest.raises(GeoError, match=r"\.dbf"):
        userdata.read(path)


def topology(**changed):
    good = {"type": "Topology", "arcs": [[[0, 0], [1, 1]]],
            "objects": {"a": {"type": "LineString", "arcs": [0]}}}  # fmt: skip
    return json.dumps(good | changed)


HOSTILE_TOPOLOGY = [
    topology(arcs=None), topology(arcs={}), topology(arcs=[[]]), topology(arcs=[[["0", 0]]]),
    topology(arcs=[[[0]]]), topology(arcs=[[[True, False]]]), topology(objects=[]),
    topology(objects={}), topology(transform=5), topology(transform={"scale": [1]}),
    topology(transform={"scale": ["a", 1], "translate": [0, 0]}),
    *[topology(objects={"a": value}) for value in (
        None, 5, {"type": "LineString", "arcs": [7]}, {"type": "LineString", "arcs": [-9]},
        {"type": "LineString", "arcs": ["0"]}, {"type": "LineString"}, {"type": "Oval"},
        {"type": "LineString", "arcs": []}, {"type": "Polygon", "arcs": [0]},
        {"type": "Point", "coordinates": "x"}, {"type": "Point", "coordinates": [1]},
        {"type": "MultiPolygon", "arcs": [[0]]}, {"type": "Polygon", "arcs": [[0]]},
        {"type": "GeometryCollection", "geometries": 5},
        {"type": "GeometryCollection", "properties": {}, "geometries": [[1]]},
    )],
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_TOPOLOGY)
def test_a_topology_whose_parts_are_none_is_refused(tmp_path, text):
    path = tmp_path / "broken.topojson"
    path.write_text(text)
    assert refused(path)


def test_a_topology_that_grows_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonforms, "MOST_POSITIONS", 1000)
    arc = [[n % 90, n % 50] for n in range(50)]
    path = tmp_path / "broken.topojson"
    path.write_text(topology(arcs=[arc], objects={"a": {"type": "LineString", "arcs": [0] * 50}}))
    assert "joins to more than" in refused(path)


@pytest.mark.parametrize("geometry", [
    5, [], "x", {"a": 1}, {"x": 1}, {"x": "1", "y": 2}, {"x": 1, "y": float("inf")}, {"points": 5},
    {"points": [[1]]}, {"paths": [[1, 2]]}, {"paths": [5]}, {"rings": [[[0, 0], [1, 1]]]},
    {"rings": [[[0, 0], [1, 1], [2, 0], [5, 5]]]}, {"rings": [None]}, {"rings": 7},
    {"curvePaths": [[[0, 0], {"a": []}]]}, {"curveRings": []}, {"x": True, "y": False},
    {"x": 1, "y": 200}, {"paths": [[[0, 0]]]}, {"x": 1e308, "y": 1e308},
])  # fmt: skip
def test_esri_shapes_that_are_none_are_refused(tmp_path, geometry):
    path = tmp_path / "broken.json"
    document = {"spatialReference": {"wkid": 4326}, "features": [{"geometry": geometry}]}
    path.write_text(json.dumps(document).replace("Infinity", "1e999"))
    assert refused(path)


@pytest.mark.parametrize("line", [
    "{", "[1,2", "nonsense", '{"type":"Feature"}', '{"type":"Oval"}', "5", "null", '"x"', "[]",
    '{"a":1,"a":2}', '{"type":"Feature","properties":{},"geometry":5}', "\ufffd", "{}{}",
    '{"type":"Point","coordinates":[1,"2"]}', '{"type":"Point","coordinates":[1,NaN]}',
    '{"type":"Point","coordinates":[1,200]}', "[" * 5000, '{"type":"FeatureCollection"}',
    '{"type":"Feature","properties":[],"geometry":null}', "1" * 9000,
])  # fmt: skip
def test_a_line_that_is_no_feature_is_named_by_its_number(tmp_path, line):
    good = '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}'
    path = tmp_path / "broken.geojsonl"
    path.write_text(f"{good}\n\n{line}\n{good}\n", encoding="utf-8")
    assert "line 3" in refused(path)
    assert len(userdata.read(path, on_error="skip").features) == 2


def test_a_name_that_looks_like_a_layer_is_a_file_where_there_is_one(tmp_path):
    frame = made(1, 3, only="point")
    as_gdal(frame, tmp_path / "a.gpkg", driver="GPKG", layer="b")
    (tmp_path / "a.gpkg:b").write_text("x")
    assert vectors.split(tmp_path / "a.gpkg:b") == (tmp_path / "a.gpkg:b", "")
    assert vectors.split("http://x/a.gpkg:b")[1] == "b"
    with pytest.raises(GeoError, match=r"no such file|an address"):
        userdata.read_all("http://x/a.gpkg:b")


@pytest.mark.parametrize("kind", [".kml", ".kmz"])
def test_small_elements_in_great_number_are_weighed_before_they_are_parsed(tmp_path, kind):
    text = b"<kml>" + b"<a/>" * 200_000 + b"</kml>"
    path = tmp_path / f"a{kind}"
    if kind == ".kmz":
        packed(path, [("doc.kml", text)])
    else:
        path.write_bytes(text)
    with pytest.raises(GeoError, match="--memory"):
        userdata.read_all(path, memory_bytes=100_000_000)


def test_sizes_beyond_the_memory_allowed_are_refused_before_they_are_read(tmp_path, sound):
    for kind in SOUND:
        path = put(tmp_path, kind, sound[kind], sound)
        with pytest.raises(GeoError, match="--memory"):
            userdata.read_all(path, memory_bytes=1000)
