"""Files that are not sound, each with the place its message must name, and files that are.

Made here, written by whoever tests them: GeoJSON, CSV, spreadsheets, Parquet, GeoPackage, NMEA.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from shapely.geometry import LineString, Point


@dataclass(frozen=True)
class Bad:
    """A file with one kind of fault: where it lies, in which field, and what must be said.

    An empty place is the file itself.
    """

    name: str
    content: bytes
    where: str = ""
    field: str = ""
    said: str = ""
    code: int = 1


@dataclass(frozen=True)
class Good:
    """A sound file and how many rows or features it holds."""

    name: str
    content: bytes
    rows: int


def feature(coordinates, kind="Point", /, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features, **more):
    return {"type": "FeatureCollection", **more, "features": list(features)}


FINE = feature([129.7, 42.3], name="fine")
AREA = [[10, 10], [20, 10], [20, 20], [10, 10]]


def text(document):
    return json.dumps(document).encode()


def around(broken):
    """One broken feature, the second of three."""
    return text(collection(FINE, broken, FINE))


def raw_around(broken):
    return b'{"type":"FeatureCollection","features":[%s,%s,%s]}' % (
        text(FINE),
        broken.encode("utf-8", "surrogatepass"),
        text(FINE),
    )


# --- GeoJSON --------------------------------------------------------------------------------------

SYNTAX = {
    "empty": b"",
    "blank": b"  \n ",
    "open_object": b'{"type": "FeatureCollection"',
    "open_text": b'{"type": "Feature',
    "single_quotes": b"{'type': 'FeatureCollection'}",
    "comma_last": b'{"type": "FeatureCollection", "features": [],}',
    "comma_missing": b'{"type": "FeatureCollection" "features": []}',
    "colon_missing": b'{"type" "FeatureCollection"}',
    "comment": b'{"type": "FeatureCollection", /* none */ "features": []}',
    "two_documents": b'{"type": "FeatureCollection", "features": []} {}',
    "name_unquoted": b'{type: "FeatureCollection"}',
    "tab_in_text": b'{"type": "Feature\tCollection"}',
    "leading_zero": b'{"type": "FeatureCollection", "features": [], "n": 01}',
    "plus_sign": b'{"type": "FeatureCollection", "features": [], "n": +1}',
    "bare_point": b'{"type": "FeatureCollection", "features": [], "n": .5}',
    "hexadecimal": b'{"type": "FeatureCollection", "features": [], "n": 0x10}',
    "bad_escape": b'{"type": "Feature\\x41"}',
    "true_in_capitals": b'{"type": "FeatureCollection", "features": [], "n": TRUE}',
    "shell_output": b"$ cat file\n{}",
    "csv_inside": b"lon,lat\n1,2\n",
    "markup_inside": b"<kml><Placemark/></kml>",
}
ENCODING = {
    "utf16": text(collection(FINE)).decode().encode("utf-16"),
    "latin1": '{"type": "FeatureCollection", "features": [], "n": "é"}'.encode("latin-1"),
    "png": b"\x89PNG\r\n\x1a\n\x00\x00",
    "gzip": b"\x1f\x8b\x08\x00\x00",
    "zip": b"PK\x03\x04\xff\xfe",
}
STRICT = {
    "nan": ('{"type":"Feature","properties":{"a":NaN},"geometry":null}', "properties.a", "NaN"),
    "infinity": (
        '{"type":"Feature","properties":{"a":Infinity},"geometry":null}',
        "properties.a",
        "Infinity",
    ),
    "minus_infinity": (
        '{"type":"Feature","properties":{"a":-Infinity},"geometry":null}',
        "properties.a",
        "-Inf",
    ),
    "overflow": ('{"type":"Feature","properties":{"a":1e999},"geometry":null}', "properties.a", ""),
    "overflow_nested": (
        '{"type":"Feature","properties":{"a":[{"b":-1e999}]},"geometry":null}',
        "properties.a.0.b",
        "",
    ),
    "nan_position": (
        '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[NaN,1]}}',
        "geometry.coordinates.0",
        "NaN",
    ),
    "twice_property": (
        '{"type":"Feature","properties":{"a":1,"a":2},"geometry":null}',
        "properties.a",
        "twice",
    ),
    "twice_geometry": (
        '{"type":"Feature","properties":{},"geometry":null,"geometry":null}',
        "geometry",
        "twice",
    ),
    "twice_nested": (
        '{"type":"Feature","properties":{"x":{"a":1,"a":1}},"geometry":null}',
        "properties.x.a",
        "twice",
    ),
    "half_character": (
        '{"type":"Feature","properties":{"a":"\\ud800"},"geometry":null}',
        "properties.a",
        "half",
    ),
    "half_in_name": (
        '{"type":"Feature","properties":{"\\udc00\\ud800":1},"geometry":null}',
        "properties",
        "half",
    ),
    "deep": (
        '{"type":"Feature","properties":{"a":' + "[" * 90 + "]" * 90 + '},"geometry":null}',
        "properties.a.0.0",
        "deeper",
    ),
}
STRUCTURE = {
    "no_coordinates": (
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point"}},
        "geometry.coordinates",
    ),
    "unknown_kind": (feature([1, 2], "Pt"), "geometry"),
    "lower_kind": (feature([1, 2], "point"), "geometry"),
    "no_kind": (
        {"type": "Feature", "properties": {}, "geometry": {"coordinates": [1, 2]}},
        "geometry",
    ),
    "no_geometry": ({"type": "Feature", "properties": {}}, "geometry"),
    "no_properties": ({"type": "Feature", "geometry": None}, "properties"),
    "no_type": ({"properties": {}, "geometry": None}, "type"),
    "wrong_type": ({"type": "feature", "properties": {}, "geometry": None}, "type"),
    "list_of_properties": ({"type": "Feature", "properties": [], "geometry": None}, "properties"),
    "text_of_properties": ({"type": "Feature", "properties": "a", "geometry": None}, "properties"),
    "geometry_text": ({"type": "Feature", "properties": {}, "geometry": "POINT (1 2)"}, "geometry"),
    "geometry_list": ({"type": "Feature", "properties": {}, "geometry": [1, 2]}, "geometry"),
    "bare_geometry": ({"type": "Point", "coordinates": [1, 2]}, "type"),
    "number": (5, ""),
    "text": ("feature", ""),
    "nothing": (None, ""),
    "list": ([], ""),
    "one_number": (feature([1]), "geometry.coordinates.1"),
    "no_number": (feature([]), "geometry.coordinates.0"),
    "texts": (feature(["a", "b"]), "geometry.coordinates.0"),
    "texts_of_numbers": (feature(["1.5", "2.5"]), "geometry.coordinates.0"),
    "truths": (feature([True, 2]), "geometry.coordinates.0"),
    "text_in_a_ring": (
        feature([[[1, 2], [3, 4], [5, "6"], [1, 2]]], "Polygon"),
        "geometry.coordinates.0.2.1",
    ),
    "text_in_a_collection": (
        {
            "type": "Feature",
            "properties": {},
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": ["1", 2]}],
            },
        },
        "geometry.geometries.0.coordinates.0",
    ),
    "nulls": (feature([None, None]), "geometry.coordinates.0"),
    "objects": (feature([{}, {}]), "geometry.coordinates.0"),
    "flat_line": (feature([1, 2, 3, 4], "LineString"), "geometry.coordinates.0"),
    "one_point_line": (feature([[1, 2]], "LineString"), "geometry.coordinates"),
    "empty_line": (feature([], "LineString"), "geometry.coordinates"),
    "deep_point": (feature([[1, 2]]), "geometry.coordinates.0"),
    "flat_area": (feature(AREA, "Polygon"), "geometry.coordinates.0.0"),
    "open_ring": (feature([[[0, 1], [1, 1], [1, 2], [5, 5]]], "Polygon"), "geometry.coordinates"),
    "short_ring": (feature([[[0, 1], [1, 1], [0, 1]]], "Polygon"), "geometry.coordinates.0"),
    "open_hole": (
        feature([AREA, [[12, 11], [13, 11], [13, 12], [12, 12]]], "Polygon"),
        "geometry.coordinates",
    ),
    "flat_points": (feature([1, 2], "MultiPoint"), "geometry.coordinates.0"),
    "flat_lines": (feature([[1, 2], [3, 4]], "MultiLineString"), "geometry.coordinates.0.0"),
    "flat_areas": (feature([AREA], "MultiPolygon"), "geometry.coordinates.0.0.0"),
    "bad_in_collection": (
        {
            "type": "Feature",
            "properties": {},
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": [1, 2]}, {"type": "Point"}],
            },
        },
        "geometry.geometries.1.coordinates",
    ),
    "no_geometries": (
        {"type": "Feature", "properties": {}, "geometry": {"type": "GeometryCollection"}},
        "geometry.geometries",
    ),
    "list_id": ({"type": "Feature", "id": [1], "properties": {}, "geometry": None}, "id"),
}
MEANING = {
    "swapped": (feature([42.3, 129.7]), "swapped"),
    "swapped_line": (feature([[42.3, 129.7], [42.4, 129.8]], "LineString"), "swapped"),
    "metres": (feature([14438000, 5200000]), "metres"),
    "metres_utm": (feature([[500000, 4600000], [500100, 4600000]], "LineString"), "metres"),
    "metres_area": (
        feature([[[5e5, 46e5], [6e5, 46e5], [6e5, 47e5], [5e5, 46e5]]], "Polygon"),
        "metres",
    ),
    "ais_unknown": (feature([181, 91]), "AIS"),
    "ais_latitude": (feature([129.7, 91]), "AIS"),
    "ais_longitude": (feature([181, 42.0]), "AIS"),
    "off_globe": (feature([129.7, -95.0]), "globe"),
    "one_end_off": (feature([[129.7, 42.3], [129.7, 99.0]], "LineString"), "globe"),
    "null_island": (feature([0, 0]), "0, 0"),
    "null_island_line": (feature([[129.7, 42.3], [0, 0], [129.8, 42.3]], "LineString"), "0, 0"),
    "jump_east": (feature([[179.5, 10], [-179.5, 11]], "LineString"), "jumps"),
    "jump_west": (feature([[-170, 10], [170, 11], [169, 11]], "LineString"), "jumps"),
    "jump_part": (feature([[[1, 2], [3, 4]], [[179, 0.5], [-179, 1]]], "MultiLineString"), "jumps"),
    "jump_area": (feature([[[179, 1], [-179, 2], [-179, 3], [179, 1]]], "Polygon"), "jumps"),
}
VALUES = {
    "february_30": ({"day": "2020-02-30"}, "day"),
    "february_29": ({"day": "2021-02-29"}, "day"),
    "april_31": ({"day": "2020-04-31"}, "day"),
    "month_13": ({"day": "2020-13-01"}, "day"),
    "month_0": ({"day": "2020-00-10"}, "day"),
    "day_0": ({"day": "2020-01-00"}, "day"),
    "hour_25": ({"time": "2020-01-01T25:00:00Z"}, "time"),
    "minute_60": ({"time": "2020-01-01T10:60:00Z"}, "time"),
    "zone_99": ({"time": "2020-01-01T10:00:00+99:00"}, "time"),
    "speed": ({"speed_kn": 140}, "speed_kn"),
    "speed_below": ({"sog": -3}, "sog"),
    "course": ({"course_deg": 3599}, "course_deg"),
    "heading": ({"heading_deg": 512}, "heading_deg"),
    "draught": ({"draught_m": 85}, "draught_m"),
}
WHOLE = {
    "no_features": ({"type": "FeatureCollection"}, "features"),
    "features_object": ({"type": "FeatureCollection", "features": {}}, "features"),
    "features_null": ({"type": "FeatureCollection", "features": None}, "features"),
    "list": ([FINE], ""),
    "number": (5, ""),
    "text": ("GeoJSON", ""),
    "null": (None, ""),
    "topology": ({"type": "Topology", "objects": {}, "arcs": []}, "objects"),
    "esri": ({"displayFieldName": "", "features": {}}, "features"),
    "wrong_type": ({"type": "Features", "features": []}, "type"),
    "crs_3857": (
        collection(FINE, crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
        "crs",
    ),
    "crs_urn": (
        collection(
            FINE, crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32652"}}
        ),
        "crs",
    ),
    "crs_link": (
        collection(FINE, crs={"type": "link", "properties": {"href": "http://example.com/crs"}}),
        "crs",
    ),
    "crs_text": (collection(FINE, crs="EPSG:5186"), "crs"),
}


def bad_geojson():
    for name, content in SYNTAX.items():
        yield Bad(f"syntax_{name}.geojson", content, said="not JSON")
    for name, content in ENCODING.items():
        yield Bad(f"encoding_{name}.geojson", content, said="UTF-8", code=2)
    for name, (broken, field, said) in STRICT.items():
        yield Bad(f"strict_{name}.geojson", raw_around(broken), "feature 2", field, said)
    for name, (broken, field) in STRUCTURE.items():
        yield Bad(f"structure_{name}.geojson", around(broken), "feature 2", field)
    for name, (broken, said) in MEANING.items():
        yield Bad(
            f"meaning_{name}.geojson", around(broken), "feature 2", "geometry.coordinates", said
        )
    for name, (values, field) in VALUES.items():
        yield Bad(f"value_{name}.geojson", around(feature([1, 2], **values)), "feature 2", field)
    for name, (document, field) in WHOLE.items():
        yield Bad(f"whole_{name}.geojson", text(document), "", field)
    lines = text(FINE).replace(b"\n", b" ") + b'\n{"type": "Feature"}'
    yield Bad("lines_of_json.geojson", lines, "line 2", "geometry")
    yield Bad("deep.geojson", b"[" * 100_000, said="deeper")
    yield Bad("digits.geojson", b'{"n": ' + b"9" * 5000 + b"}", said="digits")
    among = [feature([45 + n / 10, 12.0]) for n in range(8)]
    odd = text(collection(*among, feature([12.1, 45.2])))
    yield Bad("crowd.geojson", odd, "feature 9", "geometry.coordinates", "among them")


# --- tables ---------------------------------------------------------------------------------------

TABLES = {
    "text_for_lon": ("name,lon,lat\na,1,2\nb,x,2\n", "row 3", "lon", "number"),
    "text_for_lat": ("name,lon,lat\na,1,2\nb,1,north\n", "row 3", "lat", "number"),
    "two_signs": ('name,lon,lat\na,1.5,2\nb,"129,7",42\n', "every row", "lon", "two decimal signs"),
    "degrees_sign": ("name,lon,lat\na,1,2\nb,129.7°,42\n", "row 3", "lon", "number"),
    "minutes": ("name,lon,lat\na,1,2\nb,129 42 E,42\n", "row 3", "lon", "number"),
    "underscore": ("name,lon,lat\na,1,2\nb,1_2,42\n", "row 3", "lon", "number"),
    "hex": ("name,lon,lat\na,1,2\nb,0x10,42\n", "row 3", "lon", "number"),
    "not_a_number": ("name,lon,lat\na,1,2\nb,nan,42\n", "row 3", "lon", "number"),
    "infinite": ("name,lon,lat\na,1,2\nb,inf,42\n", "row 3", "lon", "number"),
    "one_missing": ("name,lon,lat\na,1,2\nb,,42\n", "row 3", "lon", "number"),
    "swapped": ("name,lon,lat\na,129,42\nb,42,129\n", "row 3", "geometry.coordinates", "swapped"),
    "metres": (
        "name,lon,lat\na,1,2\nb,500000,4600000\n",
        "row 3",
        "geometry.coordinates",
        "metres",
    ),
    "ais": ("name,lon,lat\na,1,2\nb,181,91\n", "row 3", "geometry.coordinates", "AIS"),
    "off": ("name,lon,lat\na,1,2\nb,120,-99\n", "row 3", "geometry.coordinates", "globe"),
    "zero": ("name,lon,lat\na,1,2\nb,0,0\n", "row 3", "geometry.coordinates", "0, 0"),
    "short": ("name,lon,lat\na,1,2\nb,1\n", "row 3", "", "3 columns"),
    "long": ("name,lon,lat\na,1,2\nb,1,2,3\n", "row 3", "", "3 columns"),
    "day": ("name,day,lon,lat\na,2020-01-01,1,2\nb,2020-02-30,2,2\n", "row 3", "day", "day"),
    "time": (
        "name,at,lon,lat\na,2020-01-01 10:00,1,2\nb,2020-01-01 24:61,2,2\n",
        "row 3",
        "at",
        "day",
    ),
    "unit": (
        "name,length,lon,lat\na,12,1,2\nb,13 km,2,2\nc,14,3,2\nd,15,4,2\n",
        "row 3",
        "length",
        "unit",
    ),
    "unit_joined": (
        "name,mass,lon,lat\na,12,1,2\nb,13t,2,2\nc,14,3,2\nd,15,4,2\n",
        "row 3",
        "mass",
        "unit",
    ),
    "grouped": (
        'name,mass,lon,lat\na,12,1,2\nb,"1,234",2,2\nc,14,3,2\nd,15,4,2\n',
        "row 3",
        "mass",
        "grouped",
    ),
    "grouped_space": (
        "name,mass,lon,lat\na,12,1,2\nb,1 234,2,2\nc,14,3,2\nd,15,4,2\n",
        "row 3",
        "mass",
        "grouped",
    ),
    "decimal_comma": (
        'name,mass,lon,lat\na,1.2,1,2\nb,"1,3",2,2\nc,1.4,3,2\nd,2,4,2\n',
        "row 3",
        "mass",
        "comma",
    ),
    "speed": ("name,speed_kn,lon,lat\na,12,1,2\nb,125,2,2\n", "row 3", "speed_kn", "102.2"),
    "course": ("name,cog,lon,lat\na,12,1,2\nb,725,2,2\n", "row 3", "cog", "360"),
}
BROKEN_TABLES = {
    "quote_open": (b'a,b\n1,"2\n', "line 2", 1),
    "quote_middle": (b'a,b\n1,"2"3\n', "line 2", 1),
    "two_names": (b"a,a\n1,2\n", "header", 1),
    "empty": (b"", "", 2),
    "latin1": b"a,b\n1,\xe9\n",
}


def bad_tables():
    for name, (rows, where, field, said) in TABLES.items():
        yield Bad(f"table_{name}.csv", rows.encode(), where, field, said)
        cells = pd.read_csv(io.StringIO(rows), header=None, names=range(4), dtype=str)
        book = openpyxl.Workbook()
        for row in cells.fillna("").to_numpy().tolist():
            while row and not row[-1]:
                row.pop()
            book.active.append(row)
        if name != "short":  # a sheet has no short rows
            yield Bad(f"sheet_{name}.xlsx", saved(book), where, field, said)
    for name, found in BROKEN_TABLES.items():
        content, where, code = found if isinstance(found, tuple) else (found, "", 2)
        yield Bad(f"broken_{name}.csv", content, where, code=code)


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(rows, **more):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title in more.get("also", ()):
        book.create_sheet(title)
    return saved(book)


def repacked(content, change):
    """The same container with its parts changed by (name, bytes) -> bytes."""
    target = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
    return target.getvalue()


def bad_books():
    whole = workbook([["name", "lon", "lat"], ["a", 1, 2]])
    first = "xl/worksheets/sheet1.xml"
    yield Bad(
        "formula.xlsx", workbook([["a", "lon", "lat"], ["=1+1", 1, 2]]), "row 2", "a", "formula"
    )
    yield Bad("sheets.xlsx", workbook([["a"], [1]], also=["more"]), said="--layer", code=2)
    yield Bad("empty.xlsx", workbook([]), said="empty", code=2)
    yield Bad("cut.xlsx", whole[: len(whole) // 2], said="whole", code=2)
    yield Bad("csv.xlsx", b"a,b\n1,2\n", said="whole", code=2)
    yield Bad("old.xlsx", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, said="whole", code=2)
    big = repacked(whole, lambda name, part: b" " * 9_000_000 if name == first else part)
    yield Bad("bomb.xlsx", big, said="times its size", code=2)
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    yield Bad(
        "entity.xlsx", repacked(whole, lambda n, p: entity if n == first else p), said="entities",
        code=2,
    )  # fmt: skip
    torn = repacked(whole, lambda n, p: p[:100] if n == first else p)
    yield Bad("torn.xlsx", torn, said="whole", code=2)
    bare = repacked(whole, lambda n, p: b"<x/>" if n == "xl/workbook.xml" else p)
    yield Bad("bare.xlsx", bare, code=2)


# --- Parquet, GeoPackage, NMEA --------------------------------------------------------------------


def _table(table):
    target = io.BytesIO()
    pq.write_table(table, target)
    return target.getvalue()


def _geo(column, encoding):
    own = {"geometry": {"encoding": encoding, "geometry_types": []}}
    return text({"version": "1.0.0", "primary_column": column, "columns": own})


def parquet(*shapes, crs="EPSG:4326", **columns):
    target = io.BytesIO()
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_parquet(target)
    return target.getvalue()


def bad_binaries():
    at = "geometry.coordinates"
    fine = Point(129.7, 42.3)
    yield Bad("swapped.parquet", parquet(fine, Point(42.3, 129.7)), "row 2", at, "swapped")
    yield Bad("metres.parquet", parquet(fine, Point(5e5, 46e5)), "row 2", at, "metres")
    yield Bad("zero.parquet", parquet(fine, Point(0, 0)), "row 2", at, "0, 0")
    yield Bad("ais.parquet", parquet(fine, Point(181, 91)), "row 2", at, "AIS")
    astray = parquet(fine, Point(5e5, 46e5), crs=None)
    yield Bad("no_crs.parquet", astray, "", "crs", "reference")
    yield Bad("degrees.parquet", parquet(fine, crs="EPSG:3857"), "", "crs", "degrees")
    jump = LineString([(179, 1), (-179, 1)])
    yield Bad("jump.parquet", parquet(fine, jump), "row 2", at, "jumps")
    yield Bad("day.parquet", parquet(fine, fine, day=["2020-01-01", "2020-02-30"]), "row 2", "day")
    yield Bad("fast.parquet", parquet(fine, fine, speed_kn=[1.0, 300.0]), "row 2", "speed_kn")
    whole = parquet(fine)
    yield Bad("cut.parquet", whole[:-9], said="not GeoParquet", code=2)
    for name, said in (("list", b"[1]"), ("bytes", b"\xff\xfe"), ("column", _geo("nope", "WKB")),
                       ("coding", _geo("geometry", "XYZ"))):  # fmt: skip
        described = pq.read_table(io.BytesIO(whole)).replace_schema_metadata({b"geo": said})
        yield Bad(f"described_{name}.parquet", _table(described), said="not GeoParquet", code=2)
    broken = pa.table({"geometry": pa.array([b"\x01\x01", None], pa.binary())})
    broken = broken.replace_schema_metadata({b"geo": _geo("geometry", "WKB")})
    yield Bad("wkb.parquet", _table(broken), said="not GeoParquet", code=2)
    yield Bad("junk.parquet", b"PAR1junkPAR1", said="not GeoParquet", code=2)
    yield Bad("empty.parquet", b"", said="not GeoParquet", code=2)
    yield Bad("json.parquet", text(collection(FINE)), said="not GeoParquet", code=2)
    yield Bad("csv.gpkg", b"a,b\n1,2\n", said="not a GeoPackage", code=2)
    yield Bad("sqlite.gpkg", b"SQLite format 3\x00" + b"\x00" * 200, said="not a Geo", code=2)
    yield Bad("json.gpkg", text(collection(FINE)), said="not a GeoPackage", code=2)


SENTENCE = "!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C"
TAGGED = "\\c:1577836800*5E\\!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C"
BAD_NMEA = {
    "words": ("hello", "no AIS sentence"),
    "other_sentence": ("$GPGGA,1,2,3*00", "no AIS sentence"),
    "wrong_checksum": (SENTENCE.replace("*5C", "*00"), "wrong checksum"),
    "short": ("!AIVDM,1,1,,A", "not a whole sentence"),
    "letters": ("!AIVDM,a,b,,A,x,0", "not a whole sentence"),
    "no_time": ("!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C", "no time"),
    "part_alone": (
        "!AIVDM,2,1,3,B,55P5TL01VIaAL@7WKO@mBplU@<PDhh000000001S;AJ::4A80?4i@E53,0*3E",
        "without its others",
    ),
    "binary": ("\x00\x01\x02\x03", "no AIS sentence"),
    "json": ('{"type": "FeatureCollection"}', "no AIS sentence"),
}


def bad_nmea():
    for name, (line, said) in BAD_NMEA.items():
        content = f"{TAGGED}\n{line}\n{TAGGED}\n".encode()
        yield Bad(f"nmea_{name}.nmea", content, "line 2", "", said)
    yield Bad("empty.nmea", b"", said="no sentence", code=2)


@cache
def invalid():
    """Every file that is not sound."""
    return [*bad_geojson(), *bad_tables(), *bad_books(), *bad_binaries(), *bad_nmea()]


# --- sound files ----------------------------------------------------------------------------------

GEOMETRIES = {
    "point": feature([129.7, 42.3]),
    "point_height": feature([129.7, 42.3, 12.5]),
    "point_whole": feature([129, 42]),
    "point_small": feature([1e-7, -1e-7]),
    "edge_east": feature([180, 42.3]),
    "edge_west": feature([-180, 42.3]),
    "north_pole": feature([10, 90]),
    "south_pole": feature([10, -90]),
    "beyond_180": feature([[178, -18], [185, -21]], "LineString"),
    "line": feature([[129.7, 42.3], [130, 42]], "LineString"),
    "line_heights": feature([[129.7, 42.3, 1], [130, 42, 2]], "LineString"),
    "line_repeated": feature([[1, 2], [1, 2]], "LineString"),
    "area": feature([AREA], "Polygon"),
    "area_hole": feature([AREA, [[16, 12], [17, 12], [17, 13], [16, 12]]], "Polygon"),
    "area_world": feature(
        [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]], "Polygon"
    ),
    "points": feature([[1, 2], [3, 4]], "MultiPoint"),
    "lines": feature([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "MultiLineString"),
    "lines_cut": feature([[[179, 1], [180, 1]], [[-180, 1], [-179, 1]]], "MultiLineString"),
    "areas": feature([[AREA], [[[30, 1], [31, 1], [31, 2], [30, 1]]]], "MultiPolygon"),
    "several": {
        "type": "Feature",
        "properties": {},
        "geometry": {
            "type": "GeometryCollection",
            "geometries": [FINE["geometry"], {"type": "MultiPoint", "coordinates": [[1, 2]]}],
        },
    },
    "none": {"type": "Feature", "properties": {}, "geometry": None},
    "properties_null": {"type": "Feature", "properties": None, "geometry": FINE["geometry"]},
    "id_text": {**FINE, "id": "a"},
    "id_number": {**FINE, "id": 7},
    "bbox": {**FINE, "bbox": [129, 42, 130, 43]},
    "foreign": {**FINE, "title": "a member of its own"},
}
PROPERTIES = {
    "big": 9007199254740993,
    "bigger": 2**70,
    "zeros": "00412345678",
    "empty": "",
    "null": None,
    "true": True,
    "nested": {"a": [1, {"b": None}]},
    "list": [1, 2],
    "float": 1.1,
    "minus": -0.0,
    "exponent": 1e-300,
    "day": "2020-02-29",
    "time": "2020-02-29T23:59:59Z",
    "year": "2020",
    "zone": "2020-01-01T10:00:00+09:00",
    "almost_day": "2020-02-30x",
    "part": "2020-02",
    "hangul": "나진항",
    "cyrillic": "Хасан",
    "rtl": "\u202eabc",
    "emoji": "\U0001f6a2",
    "zero_width": "a\u200bb",
    "markup": "<b>x</b>",
    "braces": "{{ 6*7 }}",
    "formula": "=1+1",
    "control": "a\u0001b",
    "nul": "a\u0000b",
    "quote": '"',
    "slash": "\\",
    "line": "a\nb",
    "long": "x" * 100_000,
    "number_text": "12 km",
    "speed_kn": 12,
    "heading_deg": 511,
    "speed_unknown": 102.3,
    "course_deg": 359.9,
    "draught_m": 8.5,
    "sog": "",
    "crs": "EPSG:3857",
    "coordinates": [[1]],
    "type": "Feature",
    "geometry": "mine",
    "__proto__": 1,
    "features": [],
}
SOUND_TABLES = {
    "semicolons_and_commas": ("name;lon;lat\na;1;2\nb;129,7;42,3\n", 2),
    "comma_number": ('name,lon,lat\na,1,2\nb,"129,7",42\n', 2),
    "tabs": ("name\tlon\tlat\na\t1\t2\n", 1),
    "stated_mark": ("sep=;\nname;lon;lat\na;1,5;2\n", 1),
    "no_place": ("name,lon,lat\na,1,2\nb,,\n", 2),
    "utf16": ("name,lon,lat\na,1,2\n".encode("utf-16"), 1),
    "points": ("name,lon,lat\na,1,2\nb,3,4\n", 2),
    "crlf": ("name,lon,lat\r\na,1,2\r\n", 1),
    "mark": ("\ufeffname,lon,lat\na,1,2\n", 1),
    "capitals": ("Name,LON,Lat\na,1,2\n", 1),
    "quoted": ('name,lon,lat\n"a, b",1,2\n', 1),
    "lines": ('name,lon,lat\n"a\nb",1,2\n', 1),
    "quotes": ('name,lon,lat\n"a ""b""",1,2\n', 1),
    "zeros": ("mmsi,lon,lat\n000123456,1,2\n", 1),
    "blank_line": ("name,lon,lat\na,1,2\n\nb,3,4\n", 2),
    "no_end": ("name,lon,lat\na,1,2", 1),
    "exponent": ("name,lon,lat\na,1.5e1,2E0\n", 1),
    "signs": ("name,lon,lat\na,+1,-2\n", 1),
    "points_only": ("x,y\n1,2\n", 1),
    "spaces": ("name, lon , lat \na, 1 , 2 \n", 1),
    "mixed": ("name,size,lon,lat\na,12,1,2\nb,large,1,2\nc,small,1,2\n", 3),
    "separator": ("name,lon,lat\na\u2028b,1,2\n", 1),
    "form_feed": ("name,lon,lat\na\x0cb,1,2\n", 1),
    "formula": ("name,lon,lat\n=1+1,1,2\n", 1),
}


def sound_geojson():
    for name, one in GEOMETRIES.items():
        yield Good(f"geometry_{name}.geojson", text(collection(FINE, one)), 2)
    for name, value in PROPERTIES.items():
        document = collection(FINE, feature([1, 2], **{name: value}))
        yield Good(f"property_{name}.geojson", text(document), 2)
    yield Good("feature.geojson", text(FINE), 1)
    yield Good("geometry.geojson", text(FINE["geometry"]), 1)
    yield Good("ending.json", text(collection(FINE)), 1)
    yield Good("mark.geojson", b"\xef\xbb\xbf" + text(collection(FINE)), 1)
    yield Good("indented.geojson", json.dumps(collection(FINE), indent=2).encode(), 1)
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"):
        stated = {"type": "name", "properties": {"name": name}}
        yield Good(f"crs_{name[-5:]}_{len(name)}.geojson", text(collection(FINE, crs=stated)), 1)
    yield Good("foreign.geojson", text(collection(FINE, name="x", bbox=[1, 2, 3, 4])), 1)


def sound_tables():
    for name, (rows, count) in SOUND_TABLES.items():
        content = rows if isinstance(rows, bytes) else rows.encode()
        yield Good(f"table_{name}.csv", content, count)
    rows = [["mmsi", "lon", "lat", "at"], [412345678, 1.5, 2, pd.Timestamp(2020, 2, 29)]]
    yield Good("book.xlsx", workbook(rows), 1)
    yield Good("book_text.xlsx", workbook([["n", "lon", "lat"], ["007", "1", "2"]]), 1)
    yield Good("book_blank.xlsx", workbook([["n", "lon", "lat"], [], ["a", 1, 2]]), 1)
    yield Good("book_bool.xlsx", workbook([["n", "lon", "lat"], [True, 1, 2]]), 1)


def sound_binaries():
    point, line = Point(129.7, 42.3), LineString([(1, 2), (3, 4)])
    yield Good("points.parquet", parquet(point, point), 2)
    yield Good("mixed.geoparquet", parquet(point, line, name=["a", "b"]), 2)
    yield Good("metres.parquet", parquet(Point(14438000, 5200000), crs="EPSG:3857"), 1)
    yield Good("no_system.parquet", parquet(point, crs=None), 1)
    yield Good("none.parquet", parquet(point, None), 2)
    yield Good("unknown.parquet", parquet(point, point, n=[1, None]), 2)


@cache
def valid():
    """Every sound file, one that can be drawn."""
    return [*sound_geojson(), *sound_tables(), *sound_binaries()]


NMEA_SOUND = [
    Good("one.nmea", f"{TAGGED}\n".encode(), 1),
    Good("three.nm4", f"{TAGGED}\r\n{TAGGED}\r\n{TAGGED}\r\n".encode(), 3),
    Good("remark.log", f"# a remark\n{TAGGED}\n\n".encode(), 1),
    Good("after.ais", f"{SENTENCE},1577836800\n".encode(), 1),
]
