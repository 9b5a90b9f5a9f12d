"""A ground of one's own: tiles, pictures and features beneath a map, cut, counted and owed for."""

import contextlib
import io
import itertools
import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import geopandas as gpd
import numpy as np
import pytest
import shapely
import tiles
from PIL import Image
from pmtiles.tile import TileType

from geo import basemap, maps
from geo.errors import AssetError, GeoError
from geo.files import tilestore
from geo.geometry import ground, packing
from geo.maps import grounds
from geo.maps.grounds import fetched, fitting

CITY = tiles.CITY
VIEW = (24.72, 59.43, 24.78, 59.45)
STORES = {"pmtiles": tiles.pmtiles, "mbtiles": tiles.mbtiles}


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    def none(*_, **__):
        raise AssetError("not installed")

    monkeypatch.setattr(basemap, "cut", none)


def vector(path, scheme="openmaptiles", **given):
    pm = path.suffix == ".pmtiles"
    make, kind = (tiles.pmtiles, TileType.MVT) if pm else (tiles.mbtiles, "pbf")
    own = tiles.vector_tiles(scheme, zooms=given.pop("zooms", (11, 14)))
    return make(path, own, kind=kind, layers=tiles.described(scheme), **given)


def raster(path, kind="PNG", **given):
    own = tiles.raster_tiles(kind=kind, zooms=given.pop("zooms", (11, 14)))
    named = TileType[kind] if path.suffix == ".pmtiles" else kind.lower()
    return STORES[path.suffix[1:]](path, own, kind=named, **given)


def laid(*named, view=VIEW, **asked):
    return grounds.lay(named, view, grounds.Asked.of(**asked))


def layers(one):
    return {layer.name: layer for layer in packing.decode(one.pack)}


def points(folder, *, east=24.78, north=59.45):
    path = folder / "stops.csv"
    path.write_text(f"name,lon,lat\nDepot,24.72,59.43\nQuay,{east},{north}\n", encoding="utf-8")
    return path


# --- tiles: which, and where ----------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [0, 3, 9, 14])
def test_tiles_are_those_of_the_formula_of_web_maps(zoom):
    draw = random.Random(zoom)
    for _ in range(50):
        west, south = draw.uniform(-170, 160), draw.uniform(-80, 75)
        extent = (west, south, west + draw.uniform(0.01, 3), south + draw.uniform(0.01, 3))
        own = {t for t in tiles.over(extent, zoom) if max(t[1:]) < 2**zoom}
        assert set(ground.cells(extent, zoom)) == own
        assert ground.count(extent, zoom) == len(own)
        for tile in own:
            w, s, e, n = ground.box(tile)
            assert tiles.spot(w, n, zoom) == pytest.approx(tile[1:], abs=1e-6)
            assert tiles.spot(e, s, zoom) == pytest.approx((tile[1] + 1, tile[2] + 1), abs=1e-6)


def test_an_extent_over_the_antimeridian_has_tiles_of_both_ends_once():
    found = list(ground.cells((179.0, -1.0, 181.0, 1.0), 4))
    assert {x for _, x, _ in found} == {0, 15}
    assert len(found) == len(set(found))


# --- vector tiles ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["openmaptiles", "protomaps", "shortbread"])
@pytest.mark.parametrize("ending", sorted(STORES))
def test_vector_tiles_of_every_known_scheme_are_put_into_the_same_styles(tmp_path, ending, scheme):
    (one,) = laid(vector(tmp_path / f"city.{ending}", scheme), view=CITY)
    assert list(layers(one)) == [
        "green", "water", "building", "street", "road", "streets", "place",
    ]  # fmt: skip
    assert one.names() == ["Kesklinn"]
    assert one.credit == "© Made up"
    assert one.dry
    assert one.said == ()


@pytest.mark.parametrize("scheme", ["openmaptiles", "protomaps", "shortbread"])
def test_streets_of_every_scheme_have_their_names_once_whole_and_rails_none(tmp_path, scheme):
    column = "class" if scheme == "openmaptiles" else "kind"
    layer = {"openmaptiles": "transportation_name", "protomaps": "roads"}.get(
        scheme, "street_labels"
    )
    kind = tiles.NAMES[scheme]["street"][-1]
    lines = {"긴 거리": ((0.1, 0.4), (0.9, 0.4)), "Rail 1": ((0.1, 0.6), (0.9, 0.6)),
             "Corner": ((0.5, 0.5), (0.501, 0.5))}  # fmt: skip
    (west, south, east, north), made = CITY, {}
    for tile in tiles.over(CITY, 14):
        own = []
        for name, line in lines.items():
            at = [tiles.spot(west + x * (east - west), south + y * (north - south), 14)
                  for x, y in line]  # fmt: skip
            inside = [(round((x - tile[1]) * tiles.SIZE), round((y - tile[2]) * tiles.SIZE))
                      for x, y in at]  # fmt: skip
            own.append((2, inside, {"name": name, column: "rail" if "Rail" in name else kind}))
        drawn = {"class": kind, "kind": kind}
        made[tile] = tiles.encoded({layer: own, "roads": [(2, own[0][1], drawn), *own]})
    told = [{"id": one, "fields": {}} for one in dict.fromkeys((layer, "roads"))]
    path = tiles.mbtiles(tmp_path / "a.mbtiles", made.items(), kind="pbf", layers=told)
    (one,) = laid(path, view=CITY, zooms="14-14")
    streets = layers(one)[ground.STREETS]
    assert streets.labels == ["긴 거리"]
    assert streets.parts[0][[0, -1], 0] == pytest.approx([24.71, 24.79], abs=1e-3)
    assert "긴 거리" not in one.names()


def test_both_files_of_tiles_give_one_ground(tmp_path):
    both = [laid(vector(tmp_path / f"city.{ending}"))[0] for ending in STORES]
    assert both[0].pack == both[1].pack
    assert both[0].extent == pytest.approx(both[1].extent)


def test_what_is_drawn_lies_where_it_was_and_is_cut_to_the_extent(tmp_path):
    (one,) = laid(vector(tmp_path / "city.pmtiles"), extent="24.72,59.43,24.77,59.44")
    west, south, east, north = one.extent
    assert one.extent == (24.72, 59.43, 24.77, 59.44)
    made = layers(one)
    for layer in made.values():
        xy = np.vstack(layer.parts)
        slack = max(1e-5, layer.quantum)  # courses of names lie on a coarser grid of their own
        assert (xy >= [west - slack, south - slack]).all()
        assert (xy <= [east + slack, north + slack]).all()
    roads = {
        round(float(part[:, 0].mean()), 3)
        for part in made["road"].parts
        if np.ptp(part[:, 0]) < 1e-4
    }
    grid = {round(CITY[0] + n * (CITY[2] - CITY[0]) / 32, 3) for n in range(0, 33, 8)}
    assert roads == {x for x in grid if west < x < east}


def test_areas_of_one_style_that_overlap_are_filled_and_holes_stay_open(tmp_path):
    park = shapely.box(24.73, 59.43, 24.75, 59.44) - shapely.box(24.735, 59.432, 24.74, 59.434)
    frame = gpd.GeoDataFrame(geometry=[park, shapely.box(24.74, 59.435, 24.76, 59.445)], crs=4326)
    frame.to_file(tmp_path / "parks.geojson")
    (one,) = laid(tmp_path / "parks.geojson")
    turns = [shapely.LinearRing(part).is_ccw for part in layers(one)["area"].parts]
    assert sorted(turns) in ([False, False, True], [False, True, True])


def test_layers_of_no_known_scheme_are_drawn_plainly_and_named(tmp_path):
    (one,) = laid(vector(tmp_path / "city.pmtiles", "own"))
    assert set(layers(one)) == {"area", "line"}
    assert not one.dry
    assert one.said == (
        "city.pmtiles: of no known scheme, drawn plainly: pipes, basins, zones, plants",
    )


def test_zooms_that_have_no_room_are_left_out_and_named(tmp_path):
    path = vector(tmp_path / "city.pmtiles")
    (whole,), (small,) = laid(path), laid(path, size="1500B", zooms="11-14")
    assert whole.zooms[1] == 14
    assert small.zooms[1] < 14
    assert small.size_bytes <= 1500
    said, *more = small.said
    assert all("names of streets are left out" in words for words in more)
    assert f"zooms {small.zooms[1] + 1} to 14 are left out" in said or "zoom 14 is left out" in said
    with pytest.raises(GeoError, match="not even zoom"):
        laid(path, size="100B")


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("ending", sorted(STORES))
def test_pictures_go_into_the_ground_as_they_are(tmp_path, ending, kind):
    (one,) = laid(
        raster(tmp_path / f"city.{ending}", kind), zooms="12-13", extent="24.72,59.43,24.78,59.45"
    )
    own = {t for z in (12, 13) for t in tiles.over((24.72, 59.43, 24.78, 59.45), z)}
    assert one.tiles == {tile: tiles.picture(*tile, kind=kind) for tile in own}
    assert one.zooms == (12, 13)


def test_the_deepest_pictures_are_left_out_first(tmp_path):
    path = raster(tmp_path / "city.mbtiles")
    sizes = {
        z: sum(-(-len(tiles.picture(*t)) // 3) * 4 for t in tiles.over(CITY, z))
        for z in range(11, 15)
    }
    (one,) = laid(
        path, extent=",".join(map(str, CITY)), zooms="11-14", size=f"{sizes[11] + sizes[12] + 10}B"
    )
    assert one.zooms == (11, 12)
    assert one.said[0].startswith("city.mbtiles: zooms 13 to 14 are left out")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"zooms": "2-5"}, "has zooms 11 to 14, asked for 2 to 5"),
        ({"extent": "10,50,11,51"}, "lies between 24.700 and 24.800° of longitude"),
        ({"zooms": "five"}, "say two numbers"),
        ({"extent": "24,59"}, "say west,south,east,north"),
    ],
)
def test_what_is_not_there_is_said(tmp_path, asked, said):
    with pytest.raises(GeoError, match=said):
        laid(raster(tmp_path / "city.mbtiles"), **asked)


def test_a_ground_that_does_not_say_whose_it_is_is_asked_about(tmp_path):
    path = raster(tmp_path / "city.mbtiles", credit="")
    assert laid(path)[0].said == ("city.mbtiles: does not say whose it is; add --credit",)
    assert laid(path, credit="© Somebody")[0].credit == "© Somebody"


def test_a_credit_written_as_markup_stands_as_words(tmp_path):
    path = raster(
        tmp_path / "a.pmtiles", credit='<a href="https://x.example">&copy; X</a> <b>Y</b>'
    )
    assert laid(path)[0].credit == "© X Y"


# --- GeoTIFF --------------------------------------------------------------------------------------


def pixel(one, lon, lat):
    """The colour of a ground at a position, from its deepest tiles."""
    zoom = one.zooms[1]
    x, y = tiles.spot(lon, lat, zoom)
    with Image.open(io.BytesIO(one.tiles[zoom, int(x), int(y)])) as read:
        return read.convert("RGBA").getpixel((int(x % 1 * 256), int(y % 1 * 256)))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32635", "EPSG:3301"])
def test_a_geotiff_of_any_reference_system_lies_where_it_should(tmp_path, crs):
    box = gpd.GeoSeries([shapely.box(24.6, 59.3, 24.9, 59.5)], crs=4326).to_crs(crs)
    path = tiles.geotiff(tmp_path / "a.tif", tuple(box.total_bounds), crs=crs, credit="© Flight")
    (one,) = laid(path)
    assert one.credit == "© Flight"
    edges = box.total_bounds
    for lon, lat in ((24.73, 59.435), (24.75, 59.44), (24.77, 59.445)):
        at = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(crs).iloc[0]
        across = (at.x - edges[0]) / (edges[2] - edges[0])
        down = (edges[3] - at.y) / (edges[3] - edges[1])
        assert pixel(one, lon, lat)[0] == pytest.approx(255 * (across + down) / 2, abs=4)


def test_one_band_is_grey_from_its_lowest_to_its_highest_and_says_so(tmp_path):
    path = tiles.geotiff(
        tmp_path / "h.tif", (24.6, 59.3, 24.9, 59.5), bands=1, dtype="float32", nodata=-9
    )
    (one,) = laid(path, extent="24.6,59.3,24.9,59.5")
    assert "drawn in grey, dark at" in one.said[0]
    assert pixel(one, 24.75, 59.48)[3] == 0  # no data: the map shows through
    dark, light = pixel(one, 24.62, 59.38), pixel(one, 24.89, 59.31)
    assert dark[3] == light[3] == 255
    assert dark[0] < light[0]


def test_a_geotiff_without_a_reference_system_is_refused(tmp_path):
    with pytest.raises(GeoError, match="states no reference system"):
        laid(tiles.geotiff(tmp_path / "a.tif", (0, 0, 9, 9), crs=None))


# --- features beneath -----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "kml", "shp", "fgb"])
def test_any_file_of_features_lies_beneath(tmp_path, ending):
    frame = gpd.GeoDataFrame(
        {"name": ["zone"]}, geometry=[shapely.box(24.73, 59.432, 24.75, 59.44)], crs="EPSG:4326"
    )
    path = tmp_path / f"own.{ending}"
    if ending == "kml":
        maps.read(frame).save(path)
    else:
        frame.to_file(path)
    (one,) = laid(path)
    (part,) = layers(one)["area"].parts
    assert shapely.Polygon(part).symmetric_difference(frame.geometry[0]).area < 1e-9


def test_names_of_points_beneath_are_names_of_the_ground(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("name,lon,lat\n중구,24.75,59.44\n,24.74,59.44\nfar,1,2\n", encoding="utf-8")
    (one,) = laid(path)
    assert one.names() == ["중구"]


def test_features_with_little_room_are_drawn_coarser_and_the_word_says_how_coarse(tmp_path):
    draw = random.Random(5)
    turns = [(24.7 + n / 40_000, 59.44 + draw.uniform(-0.002, 0.002)) for n in range(4000)]
    gpd.GeoDataFrame(geometry=[shapely.LineString(turns)], crs=4326).to_file(tmp_path / "l.geojson")
    (one,) = laid(tmp_path / "l.geojson", size="8KB")
    assert one.size_bytes <= 8000
    assert "drawn to" in one.said[0]


@pytest.mark.parametrize("name", ["a.docx", "a"])
def test_what_is_no_ground_is_refused_with_what_is_one(tmp_path, name):
    (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(GeoError, match="PMTiles, MBTiles, GeoTIFF"):
        laid(tmp_path / name)


# --- an address, on this machine ------------------------------------------------------------------


class Server:
    """Tiles by address, on loopback: what was asked, by whom, and when."""

    def __init__(self):
        self.asked, self.answer, self.headers = [], None, {"Cache-Control": "max-age=3600"}
        own = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                own.asked.append((self.path, self.headers["User-Agent"], time.monotonic()))
                z, x, y = (
                    int(p) for p in self.path.split("?")[0].rsplit(".", 1)[0].split("/")[-3:]
                )
                code, kind, data = own.answer or (200, "image/png", tiles.picture(z, x, y))
                self.send_response(code)
                for name, value in {"Content-Type": kind, **own.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/{{z}}/{{x}}/{{y}}.png"


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(fetched, "PER_SECOND", 200)
    made = Server()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_tiles_of_an_address_are_asked_for_once_under_the_kits_name(server):
    asked = {"credit": "© Loopback", "zooms": "12-13", "extent": "24.72,59.43,24.78,59.45"}
    (one,) = laid(server.address, **asked)
    own = {t for z in (12, 13) for t in tiles.over((24.72, 59.43, 24.78, 59.45), z)}
    assert one.tiles == {tile: tiles.picture(*tile) for tile in own}
    assert one.credit == "© Loopback"
    assert {path for path, _, _ in server.asked} == {f"/{z}/{x}/{y}.png" for z, x, y in own}
    assert all(agent.startswith("tumen") for _, agent, _ in server.asked)
    count = len(server.asked)
    assert laid(server.address, **asked)[0].tiles == one.tiles
    assert len(server.asked) == count, "what the server allows to keep is not asked for again"


def test_a_server_is_asked_no_faster_than_the_rate(server, monkeypatch):
    monkeypatch.setattr(fetched, "PER_SECOND", 3)
    laid(server.address, credit="© L", zooms="14", extent="24.72,59.43,24.76,59.445")
    times = [moment for _, _, moment in server.asked]
    assert len(times) == 4
    assert all(later - first >= 0.9 for first, later in zip(times, times[3:], strict=False))


def test_an_address_needs_a_credit_before_anything_is_asked(server):
    with pytest.raises(GeoError, match="say whose these tiles are"):
        laid(server.address)
    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((429, "text/plain", b"slow down"), "answers 429 for a tile"),
        ((200, "text/html", b"<html>no</html>"), "is text/html, of 15 bytes"),
        ((200, "application/x-protobuf", b"\x1a\x00"), "PNG, JPEG and WebP are drawn"),
        ((404, "text/plain", b""), "has nothing at zooms"),
    ],
)
def test_what_is_no_tile_is_refused_with_what_the_server_said(server, answer, said):
    server.answer = answer
    with pytest.raises(GeoError, match=said):
        laid(server.address, credit="© L", zooms="12-13")


def test_no_server_is_a_word_and_no_traceback(server):
    server.server.shutdown()
    server.server.server_close()
    with pytest.raises(GeoError, match="no answer"):
        laid(server.address, credit="© L", zooms="12")


@pytest.mark.parametrize(
    "address",
    ["https://x.example/{z}/{x}.png", "https://x.example/{z}/{x}/{y}/{q}", "http:///{z}/{x}/{y}"],
)
def test_an_address_that_names_no_tile_is_refused_before_it_is_asked(address):
    with pytest.raises(GeoError, match=r"write the address of its tiles|names no server"):
        laid(address, credit="© L")


def test_a_server_is_not_asked_for_a_country(server):
    with pytest.raises(GeoError, match="are asked of a server"):
        laid(server.address, credit="© L", zooms="14", extent="20,57,28,60")
    (one,) = laid(server.address, credit="© L", zooms="7-14", extent="20,57,28,60", size="9MB")
    assert one.zooms[1] < 14
    assert len(server.asked) <= fetched.MOST_ASKED


def test_a_key_in_an_address_reaches_neither_page_nor_cache(server, tmp_path):
    path = points(tmp_path)
    made = maps.read(path).on(server.address + "?key=hunter2", credit="© L", zooms="12-13")
    assert "hunter2" in server.asked[0][0]
    assert "hunter2" not in made.save(tmp_path / "a.html").read_text(encoding="utf-8")
    kept = b"".join(one.read_bytes() for one in (tmp_path / "cache").rglob("*") if one.is_file())
    assert kept
    assert b"hunter2" not in kept


# --- on page and still ----------------------------------------------------------------------------


def test_a_page_on_a_city_is_small_asks_for_nothing_and_shows_the_city(tmp_path, open_page):
    path = vector(tmp_path / "city.pmtiles", zooms=(10, 15))
    made = maps.read(points(tmp_path)).on(path).save(tmp_path / "city.html")
    assert made.stat().st_size <= 3_000_000
    opened = open_page(made)
    assert (opened.requests, opened.complaints) == ([made.as_uri()], [])
    drawn = opened.page.evaluate(
        "() => [...document.querySelectorAll('.leaflet-tumen-ground-pane canvas')].map((c) => {"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " const seen = new Set(); for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255)"
        " seen.add([d[i], d[i + 1], d[i + 2]].join()); return [...seen]; })"
    )
    (colours,) = drawn
    wanted = {style["name"]: style.get("fill", style.get("line")) for style in ground.styles()}
    for name in ("green", "building", "street", "road"):
        code = wanted[name]
        assert ",".join(str(int(code[n : n + 2], 16)) for n in (1, 3, 5)) in colours, name
    assert "© Made up" in opened.page.locator(".leaflet-control-attribution").inner_text()
    assert "Kesklinn" in opened.page.locator(".tumen-map, .folium-map").first.inner_text()
    names = opened.page.locator(".label-street").all_inner_texts()
    assert names
    assert len(names) == len(set(names))
    boxes = [one.bounding_box() for one in opened.page.locator(".tumen-label").all()]
    ends = [(b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]) for b in boxes]
    assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
                   for a, b in itertools.combinations(ends, 2))  # fmt: skip
    for _ in range(2):
        opened.page.locator(".leaflet-control-zoom-out").click()
        opened.page.wait_for_timeout(500)
    assert not opened.page.locator(".label-street").count()


def test_pictures_stand_on_the_page_at_their_place(tmp_path, open_page):
    path = raster(tmp_path / "city.mbtiles")
    made = maps.read(points(tmp_path)).on(path).save(tmp_path / "city.html")
    opened = open_page(made)
    assert (opened.requests, opened.complaints) == ([made.as_uri()], [])
    share = opened.page.evaluate(
        "() => { const c = document.querySelector('.leaflet-tumen-ground-pane canvas');"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] === 255 ? 1 : 0;"
        " return n / (d.length / 4); }"
    )
    assert share > 0.4


@pytest.mark.parametrize("make", [vector, raster])
def test_a_still_shows_the_ground_and_names_whose_it_is(tmp_path, make):
    drawing = maps.read(points(tmp_path)).on(make(tmp_path / "city.mbtiles"))
    text = drawing.save(tmp_path / "a.svg").read_text(encoding="utf-8")
    assert ('id="ground:road"' if make is vector else "<image") in text
    assert "Ground city.mbtiles: ©" in text
    assert "street-name" not in text
    close = points(tmp_path, east=24.745, north=59.44)
    near = maps.read(close).on(make(tmp_path / "near.mbtiles")).save(tmp_path / "near.svg")
    assert ("street-name" in near.read_text(encoding="utf-8")) == (make is vector)
    with Image.open(drawing.save(tmp_path / "a.png")) as read:
        bare = Image.open(maps.read(points(tmp_path)).save(tmp_path / "b.png"))
        assert (
            len(read.convert("RGB").getcolors(1 << 24))
            > len(bare.convert("RGB").getcolors(1 << 24)) / 2
        )
        assert read.size == bare.size


def test_the_same_ground_gives_the_same_bytes(tmp_path):
    path = vector(tmp_path / "city.pmtiles")
    one, two = (maps.read(points(tmp_path)).on(path).save(tmp_path / f"{n}.html") for n in (1, 2))
    assert one.read_bytes() == two.read_bytes()


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", "from geo.cli import main; main()", "map", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.returncode, done.stdout


def test_the_command_lays_grounds_and_says_what_was_left_out(tmp_path):
    path = raster(tmp_path / "city.mbtiles", credit="")
    code, said = run(
        points(tmp_path), "--ground", path, "--ground-size", "12KB", "-o", tmp_path / "a.html"
    )
    assert code == 0
    assert "left out" in said
    assert "does not say whose it is" in said
    assert '"kind"' not in said


def test_at_street_scale_without_a_ground_the_command_says_what_is_missing(tmp_path):
    _, said = run(points(tmp_path), "-o", tmp_path / "a.html")
    assert "an empty sheet" in said
    _, said = run(
        points(tmp_path), "--ground", raster(tmp_path / "c.mbtiles"), "-o", tmp_path / "a.html"
    )
    assert "an empty sheet" not in said
    wide = tmp_path / "wide.csv"
    wide.write_text("name,lon,lat\nA,10,50\nB,20,55\n", encoding="utf-8")
    assert "an empty sheet" not in run(wide, "-o", tmp_path / "w.html")[1]


def test_options_of_a_ground_need_one(tmp_path):
    code, said = run(points(tmp_path), "--ground-zooms", "9", "-o", tmp_path / "a.html")
    assert (code, "are of a --ground" in said) == (2, True)
    assert not (tmp_path / "a.html").exists()


@pytest.mark.parametrize("ending", ["geojson", "xlsx"])
def test_data_have_no_ground_and_no_server_is_asked_for_one(tmp_path, server, ending):
    out = tmp_path / f"a.{ending}"
    code, said = run(points(tmp_path), "--ground", server.address, "--credit", "© L", "-o", out)
    assert (code, "lies on a page or a picture" in said) == (2, True)
    assert server.asked == []


def test_flows_lie_on_a_ground_too(tmp_path):
    (tmp_path / "f.csv").write_text("from,to,tonnes\nDepot,Quay,9\n", encoding="utf-8")
    city = vector(tmp_path / "city.pmtiles")
    given = (tmp_path / "f.csv", "--places", points(tmp_path), "--unit", "t", "--ground", city)
    code, said = run(*given, "-o", tmp_path / "a.html")
    assert code == 0, said
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Ground city.pmtiles: © Made up." in text


# --- damaged and hostile files --------------------------------------------------------------------


def damaged(data, seed):
    draw = random.Random(seed)
    if seed % 3 == 0:
        return data[: draw.randrange(len(data))]
    made = data
    for _ in range(1 + seed % 7):
        made = tiles.flipped(made, draw.randrange(min(len(made), 600 if seed % 2 else len(made))))
    return made


def refusal(path):
    """What a ground is refused with, "" where it is drawn."""
    try:
        laid(path)
    except GeoError as error:
        return str(error)
    return ""


MAKERS = {
    "v.pmtiles": vector, "r.pmtiles": raster, "v.mbtiles": vector, "r.mbtiles": raster,
    "g.tif": lambda path: tiles.geotiff(path, (24.6, 59.3, 24.9, 59.5)),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_damaged_ground_is_drawn_or_refused_by_name_and_never_a_traceback(tmp_path, name):
    whole = MAKERS[name](tmp_path / name).read_bytes()
    refused = 0
    for seed in range(40):
        (tmp_path / name).write_bytes(damaged(whole, seed))
        said = refusal(tmp_path / name)
        refused += bool(said)
        assert not said or name in said
        assert "/vsimem" not in said
    assert refused >= 5


def test_a_pmtiles_that_states_huge_parts_is_refused_without_taking_memory(tmp_path):
    path = vector(tmp_path / "a.pmtiles")
    data = bytearray(path.read_bytes())
    data[16:24] = (2**62).to_bytes(8, "little")
    path.write_bytes(data)
    with pytest.raises(GeoError, match="do not lie in"):
        laid(path)


def test_a_part_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tilestore, "MOST_BYTES", 1000)
    with pytest.raises(GeoError, match="unpacks to over 1,000 bytes"):
        laid(vector(tmp_path / "a.mbtiles"))


def test_an_mbtiles_whose_tiles_are_a_view_without_end_is_refused(tmp_path):
    path = tmp_path / "a.mbtiles"
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE metadata (name text, value text)")
        base.execute(
            "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT 12 zoom_level, i tile_column, i tile_row, x'00' tile_data FROM n"
        )
    with pytest.raises(GeoError, match="not a whole mbtiles file"):
        laid(path)


def test_a_name_in_a_tile_that_tries_to_run_stays_text(tmp_path, open_page, monkeypatch):
    name = "</script><script>document.title='run'</script>{{ 7*7 }}"
    things = [
        thing if thing[0] != "place" else (*thing[:3], {"name": name}) for thing in tiles.city()
    ]
    monkeypatch.setattr(tiles, "city", lambda *_: iter(things))
    path = vector(tmp_path / "a.pmtiles", credit=name)
    opened = open_page(maps.read(points(tmp_path)).on(path).save(tmp_path / "a.html"))
    assert opened.complaints == []
    assert opened.page.title() != "run"
    assert "{{ 7*7 }}" in opened.page.locator(".folium-map").first.inner_text()


def test_the_styles_are_sound():
    styles = ground.styles()
    assert len({style["name"] for style in styles}) == len(styles)
    rules = json.loads((ground.files("geo.geometry") / "assets/ground.json").read_text("utf-8"))
    roles = {rule["role"] for rule in rules["rules"]} - {"", "place"}
    assert roles <= {style["name"] for style in styles}
    for style in styles:
        assert ("fill" in style) or ("line" in style and "width" in style)
        assert set(style["dark"]) <= set(style)


# --- over the antimeridian ------------------------------------------------------------------------


def test_features_on_both_sides_of_the_antimeridian_lie_beside_each_other(tmp_path):
    path = tmp_path / "own.geojson"
    lines = [[(179.95, -16.8), (179.99, -16.7)], [(-179.99, -16.7), (-179.95, -16.8)]]
    frame = gpd.GeoDataFrame(geometry=[shapely.LineString(xy) for xy in lines], crs="EPSG:4326")
    frame.to_file(path)
    for view, shift in (((179.9, -16.9, 180.1, -16.6), 360), ((-180.1, -16.9, -179.9, -16.6), 0)):
        (one,) = laid(path, view=view)
        wests = sorted(float(part[:, 0].min()) for part in layers(one)["line"].parts)
        assert wests == pytest.approx([179.95 - 360 + shift, -179.99 + shift], abs=1e-4)


def test_names_beyond_the_antimeridian_stand_on_the_ground(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("name,lon,lat\nEast,-179.97,-16.75\nWest,179.97,-16.75\n", encoding="utf-8")
    (one,) = laid(path, view=(179.9, -16.9, 180.1, -16.6))
    assert sorted(one.names()) == ["East", "West"]


@pytest.mark.parametrize(
    ("extent", "found"),
    [
        ((179.9, 0, 180.1, 1), (179.9, 0, 180.1, 1)),
        ((-180.5, 0, -179, 1), (-180.5, 0, -179, 1)),
        ((10, 0, 20, 1), (10, 0, 20, 1)),
    ],
)
def test_tiles_of_the_whole_world_reach_beyond_its_edge(extent, found):
    assert fitting.within("a", extent, (-180.0, -85.0, 180.0, 85.0)) == pytest.approx(found)


def test_tiles_of_one_side_alone_are_cut_there():
    assert fitting.within("a", (179, 0, 181, 1), (170, -5, 179.5, 5)) == (179, 0, 179.5, 1)
    with pytest.raises(GeoError):
        fitting.within("a", (179, 0, 181, 1), (10, -5, 20, 5))


@pytest.mark.parametrize("ending", sorted(STORES))
@pytest.mark.parametrize("kind", ["vector", "raster"])
@pytest.mark.parametrize("turn", [0, -360])
def test_tiles_on_both_sides_of_the_antimeridian_lie_beside_each_other(
    tmp_path, ending, kind, turn
):
    west, east, zooms = (179.9, -17.0, 180.0, -16.9), (-180.0, -17.0, -179.9, -16.9), (11, 12)
    whole = (179.9 + turn, -17.0, 180.1 + turn, -16.9)
    make = tiles.vector_tiles if kind == "vector" else tiles.raster_tiles
    made = [dict(make(extent=box, zooms=zooms)) for box in (west, east)]
    # A tile of the edge holds what lies on its own side alone.
    size = {zoom: 2**zoom for zoom in range(zooms[0], zooms[1] + 1)}
    own = {t: data for n, side in enumerate(made) for t, data in side.items()
           if 0 <= t[1] < size[t[0]] and (t[1] < size[t[0]] / 2) == bool(n)}  # fmt: skip
    named = {"pmtiles": (TileType.MVT, TileType.PNG), "mbtiles": ("pbf", "png")}[ending]
    path = STORES[ending](
        tmp_path / f"a.{ending}", own.items(), kind=named[kind == "raster"],
        layers=tiles.described() if kind == "vector" else None, extent=(-180, -85, 180, 85),
    )  # fmt: skip
    (one,) = laid(path, view=whole)
    if kind == "raster":
        assert {0, size[12] - 1} <= {x for z, x, _ in one.tiles if z == 12}
        return
    streets = np.vstack(layers(one)["street"].parts)[:, 0]
    assert streets.min() == pytest.approx(whole[0], abs=2e-3)
    assert streets.max() == pytest.approx(whole[2], abs=2e-3)
    assert np.histogram(streets, bins=4, range=(whole[0], whole[2]))[0].min() > 0
