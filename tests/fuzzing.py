"""Readers and what may be given to them: for `make fuzz`, and for the short replay in the tests.

A reader may read a file or refuse it with a GeoError that names it. Anything else is a find; the
file that brought it about belongs into `tests/corpus/`.
"""

from __future__ import annotations

import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

import folium
import folium_cases
import geopandas as gpd
import tiles
from files_corpus import NMEA_SOUND, invalid, repacked, valid
from pmtiles.tile import TileType
from shapely.geometry import LineString, Point, Polygon

from geo import maps, package, page, userdata
from geo.errors import GeoError
from geo.geometry import basemap

CORPUS = Path(__file__).resolve().parent / "corpus"
MEMORY = 400_000_000


@dataclass(frozen=True)
class Reader:
    """A format by its ending, what reads it, and files to begin with."""

    ending: str
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]

    def take(self, content: bytes, folder: Path) -> str:
        """Read a content as a file: what was said of it. Raises what no reader may raise."""
        path = folder / f"a{self.ending}"
        path.write_bytes(content)
        try:
            self.read(path)
        except GeoError as error:
            said = str(error)
            assert path.name in said, f"the file is not named: {said[:200]}"
            assert "Traceback" not in said
            said.encode("utf-8")
            return said
        return ""


def _drawn(path: Path) -> None:
    package.examine_file(path, memory_bytes=MEMORY)
    found = userdata.read(path, on_error="skip", memory_bytes=MEMORY)
    with mock.patch.object(userdata, "detail", return_value=[]):  # a cut of the coast takes long
        page.render(userdata.draw_layers([found]))


def _examined(path: Path) -> None:
    from geo.maps.tracks import nmealog

    nmealog.examine(path, memory_bytes=MEMORY)


def _mapped(path: Path) -> None:
    maps.read(path, memory_bytes=MEMORY)


def _flowing(path: Path) -> None:
    places = path.with_name("places.geojson")
    places.write_text(json.dumps(PLACES), encoding="utf-8")
    maps.flows(path, places=places, memory_bytes=MEMORY)


def _beneath(path: Path) -> None:
    from geo.maps import grounds

    with mock.patch.object(basemap, "cut", return_value={}):
        grounds.lay((path,), GROUND, grounds.Asked.of())


def _packed(path: Path) -> None:
    page.pack(path, path.with_suffix(".page"))


def _corpus(*endings: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        files = [*valid(), *invalid(), *NMEA_SOUND]
        return [f.content for f in files if f.name.endswith(endings) and len(f.content) < 200_000]

    return seeds


def _geopackages() -> list[bytes]:
    import test_geopackage

    return [test_geopackage.made(), *_corpus(".gpkg")()]


@cache
def _saved() -> list[bytes]:
    names = ("GeoJsonTooltip", "GeoJsonPopup", "MarkerCluster", "Choropleth", "BeautifyIcon")
    made = [folium_cases.saved(folium_cases.CASES[name]()) for name in names]
    box = folium.Map(folium_cases.HERE)
    folium.Marker(folium_cases.HERE, popup="<b>x</b><img src=y>").add_to(box)
    return [text.encode() for text in (*made, folium_cases.saved(box))]


# --- forms of features ----------------------------------------------------------------------------

GROUND = (24.72, 59.43, 24.78, 59.45)
KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Style id="s"><LineStyle><color>ff0000ff</color></LineStyle></Style><Folder><name>a</name>
<Placemark><name>p</name><styleUrl>#s</styleUrl><TimeStamp><when>2020-01-01</when></TimeStamp>
<ExtendedData><Data name="k"><value>v</value></Data></ExtendedData><MultiGeometry>
<Point><coordinates>1,2,3</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates>
</LineString></MultiGeometry></Placemark><Placemark><Polygon><outerBoundaryIs><LinearRing>
<coordinates>0,0 4,0 4,4 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
</Folder></Document></kml>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="1" lon="2"><name>w</name></wpt><rte><rtept lat="1" lon="2"/><rtept lat="2" lon="3"/></rte>
<trk><name>t</name><trkseg><trkpt lat="1" lon="2"><ele>5</ele><time>2020-01-01T00:00:00Z</time>
</trkpt><trkpt lat="1.1" lon="2.1"><time>2020-01-01T00:01:00Z</time></trkpt></trkseg></trk></gpx>"""
TOPOLOGY = {
    "type": "Topology", "transform": {"scale": [0.1, 0.1], "translate": [10, 20]},
    "arcs": [[[0, 0], [4, 0], [0, 4]], [[4, 4], [-4, 0], [0, -4]]],
    "objects": {"a": {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"n": 1}},
        {"type": "LineString", "arcs": [-1]}, {"type": "Point", "coordinates": [3, 3]}]}},
}  # fmt: skip
ESRI = {
    "geometryType": "esriGeometryPolyline", "spatialReference": {"wkid": 4326},
    "fields": [{"name": "n", "type": "esriFieldTypeInteger"}],
    "features": [{"attributes": {"n": 1}, "geometry": {"paths": [[[1, 2], [3, 4]]]}}],
}  # fmt: skip
LINES = (
    '{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":[1,2]}}\n'
    '\x1e{"type":"Feature","properties":{},"geometry":{"type":"LineString",'
    '"coordinates":[[1,2],[3,4]]}}\n'
)
PLACES = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"place": name, "name_en": name},
         "geometry": {"type": "Point", "coordinates": [lon, 5]}}
        for name, lon in (("aa", 100), ("bb", 102))
    ],
}  # fmt: skip
FLOWS = "origin,destination,quantity,unit,period\naa,bb,5,t,2020\nbb,aa,7,t,2021\n"
MATRIX = ";aa;bb\naa;;5,5\nbb;1.000;\n"
POSITIONS = [
    {"mmsi": 412345678 + ship, "time": f"2020-01-01T0{hour}:00:00Z", "lat": hour, "lon": 2 + ship}
    for ship in range(2)
    for hour in range(5)
]


def _texts(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode("utf-8") for text in texts]


def _zipped(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def _written(*, driver: str, ending: str) -> dict[str, bytes]:
    """Files that GDAL writes of a few features of one kind."""
    shapes = [Polygon([(0, 0), (4, 0), (4, 4)]), Polygon([(9, 9), (9, 12), (12, 9)])]
    frame = gpd.GeoDataFrame({"n": [1, 2], "t": ["a", "é"]}, geometry=shapes, crs="EPSG:4326")
    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / f"a{ending}", driver=driver)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@cache
def _shapefiles() -> list[bytes]:
    return [_zipped(_written(driver="ESRI Shapefile", ending=".shp"))]


@cache
def _flat() -> list[bytes]:
    mixed = gpd.GeoDataFrame(
        {"n": [1, 2]}, geometry=[Point(1, 2), LineString([(1, 2), (3, 4)])], crs="EPSG:3857"
    )
    made = io.BytesIO()
    mixed.to_file(made, driver="FlatGeobuf", engine="pyogrio")
    return [*_written(driver="FlatGeobuf", ending=".fgb").values(), made.getvalue()]


def _tiled(ending: str) -> Callable[[], list[bytes]]:
    make = {".pmtiles": tiles.pmtiles, ".mbtiles": tiles.mbtiles}

    @cache
    def seeds() -> list[bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{ending}"
            if ending == ".tif":
                return [tiles.geotiff(path, (24.6, 59.3, 24.9, 59.5)).read_bytes()]
            own = tiles.vector_tiles(zooms=(12, 13))
            kind = TileType.MVT if ending == ".pmtiles" else "pbf"
            vector = make[ending](path, own, kind=kind, layers=tiles.described()).read_bytes()
            path.unlink()
            pictures = make[ending](path, tiles.raster_tiles(zooms=(12, 12))).read_bytes()
            return [vector, pictures] if ending == ".mbtiles" else [vector]

    return seeds


READERS = {
    "geojson": Reader(".geojson", _drawn, _corpus(".geojson")),
    "csv": Reader(".csv", _drawn, _corpus(".csv")),
    "xlsx": Reader(".xlsx", _drawn, _corpus(".xlsx")),
    "parquet": Reader(".parquet", _drawn, _corpus(".parquet", ".geoparquet")),
    "gpkg": Reader(".gpkg", _drawn, _geopackages),
    "nmea": Reader(".nmea", _examined, _corpus(".nmea", ".nm4", ".log", ".ais")),
    "folium": Reader(".html", _packed, _saved),
    "kml": Reader(".kml", _drawn, _texts(KML)),
    "kmz": Reader(".kmz", _drawn, lambda: [_zipped({"doc.kml": KML.encode()})]),
    "gpx": Reader(".gpx", _drawn, _texts(GPX)),
    "shapefile": Reader(".zip", _drawn, _shapefiles),
    "flatgeobuf": Reader(".fgb", _drawn, _flat),
    "topojson": Reader(".topojson", _drawn, _texts(json.dumps(TOPOLOGY))),
    "esri": Reader(".json", _drawn, _texts(json.dumps(ESRI))),
    "sequence": Reader(".geojsonl", _drawn, _texts(LINES)),
    "positions": Reader(".json", _mapped, _texts(json.dumps(POSITIONS))),
    "flows": Reader(".csv", _flowing, _texts(FLOWS, MATRIX)),
    "pmtiles": Reader(".pmtiles", _beneath, _tiled(".pmtiles")),
    "mbtiles": Reader(".mbtiles", _beneath, _tiled(".mbtiles")),
    "geotiff": Reader(".tif", _beneath, _tiled(".tif")),
}
PACKED = {"xlsx", "kmz", "shapefile"}  # changed inside, so that checksums stay right

# --- changes --------------------------------------------------------------------------------------

# Signs that formats give a meaning to.
TOKENS = [
    *(b"<![ <!-- --> ]]> <b> </b> <script> </script> <svg> &#xD800; { } [ ] [[ \" ' ` ${".split()),
    *(b"\\ud800 \\udfff \\u0000 NaN 1e999 -0 null true , ; | type coordinates *00 \\c:".split()),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\n", b"\r\n", b"\t", b"9" * 40),
    *(b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"!AIVDM,2,1,,A,"),
]


def changed(content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A content with a few changes of the kinds that break readers."""
    made = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        at, size = chance.randrange(len(made) + 1), chance.choice([1, 1, 2, 4, 16, 200])
        kind = chance.randrange(7)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            made[at : at + size] = b""
        elif kind == 2:
            made[at:at] = chance.choice(TOKENS)
        elif kind == 3:
            made[at : at + size] = chance.choice(TOKENS)
        elif kind == 4:
            made[at:at] = made[at : at + size] * chance.choice([1, 2, 50])
        elif kind == 5:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            made[at : at + size] = other[start : start + size]
        else:
            made[at : at + size] = bytes(chance.randrange(256) for _ in range(min(size, 8)))
    return bytes(made)


def inside(
    content: bytes,
    chance: random.Random,
    others: list[bytes],
    change: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A zip container with a change in one of its parts, so that its checksums stay right."""
    change = change or (lambda part: changed(part, chance, others))
    try:
        chosen = chance.choice(zipfile.ZipFile(io.BytesIO(content)).namelist())
        return repacked(content, lambda name, part: change(part) if name == chosen else part)
    except Exception:  # no container any more
        return changed(content, chance, others)


def mutated(name: str, content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A changed content of a format."""
    if name in PACKED and chance.random() < 0.8:
        return inside(content, chance, others)
    return changed(content, chance, others)


# --- the corpus -----------------------------------------------------------------------------------


def kept(name: str) -> list[Path]:
    """Files that were finds, by reader."""
    return sorted((CORPUS / name).glob("*")) if (CORPUS / name).is_dir() else []


def replay(name: str, seed: int, times: int) -> dict[str, int]:
    """Seeds, finds and some changed files, the same each time: how many were read and refused."""
    chance, reader = random.Random(seed), READERS[name]
    seeds = reader.seeds()
    found = {"read": 0, "refused": 0}
    with tempfile.TemporaryDirectory() as folder:
        made = (mutated(name, chance.choice(seeds), chance, seeds) for _ in range(times))
        for content in (*(path.read_bytes() for path in kept(name)), *made):
            found["refused" if reader.take(content, Path(folder)) else "read"] += 1
    return found
