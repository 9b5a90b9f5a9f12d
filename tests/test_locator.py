"""The small map that says where in the world a map is, against projections and land of others."""

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from conftest import DESKTOP, PHONE
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import geo
from geo.geometry import basemap, packing
from geo.output import still
from geo.output.still import locator as still_locator
from geo.output.still.placement import Desk
from geo.output.still.text import width
from geo.scene import locator

WORLD = basemap.world()
PACKS = (WORLD,)
SIZE = locator.SIZE
MIDDLE = SIZE / 2
NEAR_PX = 4.0  # of a shore, where the coarse outline may be off
FHD = (1920, 1080)

sides = st.floats(0.05, 9.9)
views = st.builds(
    lambda lon, lat, wide, high: (lon, max(lat - high, -90.0), lon + wide, max(lat, high - 90.0)),
    st.floats(-180, 180), st.floats(-80, 90), sides, sides,
)  # fmt: skip
FIJI = (177.0, -19.0, 181.0, -16.0)
ROUND_THE_WORLD = {
    "antimeridian": FIJI,
    "strait": (176.0, 62.0, 184.0, 66.0),
    "north pole": (0.0, 82.0, 9.0, 90.0),
    "south pole": (0.0, -90.0, 9.0, -82.0),
    "lakes": (-83.0, 41.0, -80.0, 43.0),
    "inland": (66.0, 47.0, 69.0, 50.0),
    "islands": (103.5, 1.0, 104.2, 1.6),
    "equator": (-1.0, -1.0, 1.0, 1.0),
}


def laea(view, wide_deg):
    """Positions in pixels of an inset, by PROJ: Lambert's equal-area map about the middle."""
    lon, lat = (view[0] + view[2]) / 2, (view[1] + view[3]) / 2
    plane = pyproj.Proj(proj="laea", lat_0=lat, lon_0=lon, R=1)
    scale = MIDDLE / half(wide_deg)
    return lambda lon, lat: np.column_stack(plane(lon, lat)) * (scale, -scale) + MIDDLE


def half(wide_deg):
    """How far from the middle a side is on that map."""
    return pyproj.Proj(proj="laea", R=1)(wide_deg / 2, 0)[0]


def outlines(path):
    """The lines of an SVG path of moves and relative lines, in pixels."""
    found = []
    for piece in filter(None, path.split("M")):
        numbers = [int(n) for n in re.findall(r"-?\d+", piece)]
        assert re.fullmatch(r"-?\d+[ -]?\d+l[-\d ]+z?", piece)
        found.append(np.cumsum(np.array(numbers).reshape(-1, 2), axis=0) / locator.PER_PX)
    return found


def drawn_land(found):
    """The land of an inset by the even–odd rule, as a browser fills it."""
    whole = shapely.MultiPolygon()
    for ring in outlines(found.value()["land"]):
        whole = whole.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    return whole


@pytest.fixture(scope="module")
def world():
    """Land of the world in degrees, lakes open, from the shipped pack."""
    parts = {layer.name: layer.parts for layer in packing.decode(WORLD)}
    land, lakes = (
        shapely.union_all(shapely.make_valid([shapely.Polygon(p) for p in parts[name]]))
        for name in ("land", "lake")
    )
    land = shapely.difference(land, lakes)
    shapely.prepare(land)
    return land


# --- when there is one ---------------------------------------------------------------------------


@given(views, st.floats(0.1, 170))
def test_a_map_of_ten_degrees_or_more_has_none(view, more):
    west, south, _, north = view
    assert locator.of((west, south, west + 10 + more, north), PACKS) is None
    assert locator.of((west, south, west + 1, south + 10 + more), PACKS) is None


@settings(max_examples=40)
@given(views)
@example(FIJI)
def test_a_map_of_less_has_one_unless_it_is_far_from_all_land(view):
    found = locator.of(view, PACKS)
    if found is None:
        assert emptied(view) < 0.03
    else:
        assert 30 <= found.wide_deg <= 80
        assert found.land


def emptied(view):
    """The part of the widest region that is land, counted at points."""
    lon, lat = (view[0] + view[2]) / 2, (view[1] + view[3]) / 2
    plane = pyproj.Proj(proj="laea", lat_0=lat, lon_0=lon, R=1)
    x, y = np.meshgrid(*[np.linspace(-half(80), half(80), 60)] * 2)
    at = plane(x.ravel(), y.ravel(), inverse=True)
    return shapely.contains_xy(shapely.union_all(list(basemap.land().geoms)), *at).mean()


def test_without_a_ground_there_is_none():
    assert locator.of(FIJI, ()) is None


# --- what it shows -------------------------------------------------------------------------------


@settings(max_examples=40)
@given(views)
@example(FIJI)
@example((0.0, 82.0, 9.0, 90.0))
def test_its_mark_stands_where_the_map_is(view):
    found = locator.of(view, PACKS)
    assume(found is not None)
    west, south, east, north = view
    x, y = np.meshgrid(np.linspace(west, east, 40), np.linspace(south, north, 40))
    px = laea(view, found.wide_deg)(x.ravel(), y.ravel())
    low, high = px.min(axis=0), px.max(axis=0)
    if len(found.mark) == 2:
        assert (high - low).max() <= locator.RULES["least_px"] + 0.3
        assert found.mark == pytest.approx((low + high) / 2, abs=0.3)
    else:
        assert found.mark == pytest.approx((*low, *(high - low)), abs=0.4)


@pytest.mark.parametrize("name", ROUND_THE_WORLD)
def test_its_land_is_where_land_is(world, name):
    view = ROUND_THE_WORLD[name]
    found = locator.of(view, PACKS)
    plane = laea(view, found.wide_deg)
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(-180, 180, 60_000), np.degrees(np.arcsin(rng.uniform(-1, 1, 60_000)))
    px = plane(lon, lat)
    inside = ((px > 0) & (px < SIZE)).all(axis=1)
    land = drawn_land(found)
    shores = shapely.distance(land.boundary, shapely.points(px[inside])) > NEAR_PX
    dry = shapely.contains_xy(world, lon[inside], lat[inside])[shores]
    shown = shapely.contains_xy(land, *px[inside].T)[shores]
    assert len(dry) > 200
    assert (dry != shown).mean() < 0.01  # islets and ponds are left out


@pytest.mark.parametrize("view", [FIJI, (150.0, 45.0, 151.0, 46.0), (-71.0, 41.0, -70.0, 42.0)])
def test_it_is_the_same_whatever_turn_of_the_globe_a_map_counts_by(view):
    west, south, east, north = view
    one, other = (locator.of((west + t, south, east + t, north), PACKS) for t in (0.0, -360.0))
    assert one.land == other.land
    assert one.mark == other.mark
    assert one.names == other.names


@settings(max_examples=40)
@given(views)
def test_it_takes_few_bytes_of_a_page(view):
    found = locator.of(view, PACKS)
    assume(found is not None)
    value = found.value()
    assert len(value["land"]) + len(value["borders"]) <= 3_000
    assert len(geo.draw.inert(value)) <= 3_500


@settings(max_examples=60)
@given(views)
def test_its_names_are_few_and_keep_off_each_other_and_the_mark(view):
    found = locator.of(view, PACKS)
    assume(found is not None)
    assert len(found.names) <= 2
    x, y, wide, high = (*found.mark, 0.0, 0.0)[:4]
    boxes = [shapely.box(x, y, x + wide, y + high)]
    for name in found.names:
        wide = max(width(text, 12.0, bold=True) for text in name.names.values())
        boxes.append(shapely.box(name.x - wide / 2, name.y - 6, name.x + wide / 2, name.y + 6))
        assert shapely.within(boxes[-1], shapely.box(-1, -1, SIZE + 1, SIZE + 1))
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[:n])


# --- on a still picture --------------------------------------------------------------------------


def drawn(scene, **options):
    """The box of the locator of a still picture, and those of its other words, in pixels."""
    figure = still.figure(scene, **options)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    axes = figure.axes[0]
    own = [p for p in axes.patches if p.get_gid() == "locator"]
    boxes = [p.get_window_extent(renderer) for p in own]
    words = [t for t in axes.texts if t.get_gid() != "locator:name"]
    return boxes, {t.get_text(): t.get_window_extent(renderer) for t in words}


@pytest.mark.parametrize("sheet", sorted(still.SHEETS))
def test_a_still_has_it_where_it_hides_no_word(scenes, sheet):
    for name in ("rail", "ferry", "overview"):
        boxes, words = drawn(scenes[name], sheet=sheet)
        (box,) = boxes
        assert [text for text, other in words.items() if box.overlaps(other)] == []


def test_a_still_of_a_wide_map_has_none(scenes):
    wide = replace(scenes["rail"], view=(120.0, 35.0, 140.0, 48.0))
    assert drawn(wide)[0] == []


CORNERS = {
    "bottomright": (900, 500), "topright": (900, 100), "bottomleft": (60, 440), "topleft": (60, 60),
}  # fmt: skip


@pytest.mark.parametrize("number", range(5))
def test_it_takes_the_first_corner_that_is_free_and_none_where_all_are_taken(number):
    desk = Desk(960.0, 560.0)
    order = locator.RULES["corners"]
    for name in order[:number]:
        x, y = CORNERS[name]
        desk.cover(name, [np.array([[x, y - 60.0], [x, y + 60.0]])], 2.0)
    axes = Figure().add_axes((0, 0, 1, 1))
    still_locator.draw(axes, locator.of(FIJI, PACKS), desk, "en")
    assert len(desk.taken) == (number < 4)
    if number < 4:
        left, top, right, bottom = desk.taken[0]
        x, y = CORNERS[order[number]]
        assert left - 12 <= x <= right + 12
        assert abs((top + bottom) / 2 - y) < 110


KINDS = ("point", "line", "area")


def of_user(kind):
    """A map whose feature lies in the corner that a locator would take first."""
    at = shapely.box(-79.4, 8.9, -79.0, 9.2)
    shape = {"point": shapely.MultiPoint(at.exterior.coords), "line": at.exterior, "area": at}[kind]
    shapes = [shape, shapely.Point(-83.0, 10.4)]
    return geo.feature_map(gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapes, crs="EPSG:4326"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_user_draws_is_not_covered_on_a_still(kind):
    made = of_user(kind)
    axes = still.figure(made.scene, marks=still.Marks(tuple(made._marks()))).axes[0]
    (box,) = [p for p in axes.patches if p.get_gid() == "locator"]
    assert box.get_y() < MIDDLE


# --- on a page -----------------------------------------------------------------------------------

MAP = "Object.values(window).find((v) => v instanceof L.Map)"
OTHERS = ".leaflet-control, .label-flow, .label-place, .label-edge, .tumen-place svg"
LOOK = f"""() => {{
  const map = {MAP}, node = document.querySelector('.tumen-locator');
  const frame = map.getContainer().getBoundingClientRect();
  const box = (n) => {{
    const b = n.getBoundingClientRect();
    return [b.left, b.top, b.right, b.bottom];
  }};
  const others = [...document.querySelectorAll('{OTHERS}')].filter((n) => n !== node);
  const px = (c) => {{
    const at = map.latLngToContainerPoint([c[1], c[0]]);
    return [at.x + frame.left, at.y + frame.top];
  }};
  return {{
    own: node && box(node), frame: box(map.getContainer()),
    others: others.map((n) => [n.textContent.slice(0, 30), box(n)]),
    lines: ((map._tumenPipes || {{}}).pipes || []).flatMap((p) => p.parts.map((l) => l.map(px))),
  }};
}}"""


@pytest.mark.parametrize("size", [DESKTOP, FHD])
@pytest.mark.parametrize("name", ["rail", "ferry", "overview", "tankers"])
def test_a_page_has_it_and_it_covers_nothing(open_page, built, name, size):
    opened = open_page(built[name], size=size)
    found = opened.page.evaluate(LOOK)
    own = shapely.box(*found["own"])
    assert own.within(shapely.box(*found["frame"]))
    assert own.area == pytest.approx((SIZE + 2) ** 2, rel=0.02)
    over = [words for words, box in found["others"] if own.intersects(shapely.box(*box))]
    assert over == []
    assert not any(own.dwithin(shapely.LineString(line), 2) for line in found["lines"])


def test_it_has_a_name_for_those_who_do_not_see_it(open_page, built):
    page = open_page(built["rail"], size=DESKTOP).page
    assert page.get_by_role("img", name="Locator: the map's place in its region").count() == 1


def test_its_names_follow_the_language_of_the_map(open_page, built):
    page = open_page(built["rail"], size=DESKTOP).page
    before = page.locator(".tumen-locator text").all_inner_texts()
    page.locator(".tumen-layers summary").click()
    page.locator(".tumen-layers select").select_option("ko")
    after = page.locator(".tumen-locator text").all_text_contents()
    assert len(before) == len(after) > 0
    assert set(before).isdisjoint(after)


def test_a_small_map_and_one_that_is_zoomed_far_out_or_away_have_none(open_page, built):
    page = open_page(built["rail"], size=PHONE).page
    assert page.locator(".tumen-locator").count() == 0
    page = open_page(built["rail"], size=DESKTOP).page
    for view, count in {"[42.3, 130.4], 3": 0, "[0, 0], 9": 0, "[42.3, 130.4], 10": 1}.items():
        page.evaluate(f"{MAP}.setView({view}, {{animate: false}})")
        page.wait_for_timeout(100)
        assert page.locator(".tumen-locator").count() == count


def pan_under(page, lon, lat):
    """Pan the map until a position lies in the middle of the locator; what a look then finds."""
    found = page.evaluate(LOOK)
    (left, top, right, bottom), (x, y, _, _) = found["own"], found["frame"]
    middle = f"[{(left + right) / 2 - x}, {(top + bottom) / 2 - y}]"
    page.evaluate(
        f"{MAP}.panBy({MAP}.latLngToContainerPoint([{lat}, {lon}]).subtract({middle}),"
        " {animate: false})"
    )
    page.wait_for_timeout(100)
    return page.evaluate(LOOK)["own"], (left, top, right, bottom)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_user_draws_is_not_covered_on_a_page(open_page, tmp_path, kind):
    page = open_page(of_user(kind).save(tmp_path / "page.html"), size=DESKTOP).page
    after, before = pan_under(page, -79.0, 8.9)
    assert not (after and shapely.box(*after).intersects(shapely.box(*before)))


def test_tracks_are_not_covered(open_page, tmp_path):
    at, times = np.linspace(0, 1, 200), pd.date_range("2024-01-01", periods=200, freq="10min")
    rows = {"mmsi": "211000001", "timestamp": times, "lon": 3 + at * 2, "lat": 53 - at}
    made = geo.track_map(pd.DataFrame(rows)).save(tmp_path / "page.html")
    after, before = pan_under(open_page(made, size=DESKTOP).page, 4.0, 52.5)
    assert not (after and shapely.box(*after).intersects(shapely.box(*before)))


def test_lines_are_not_covered_when_the_map_is_moved(open_page, built):
    page = open_page(built["rail"], size=DESKTOP).page
    after, before = pan_under(page, *page.evaluate(f"{MAP}._tumenPipes.pipes[0].parts[0][0]"))
    assert not (after and shapely.box(*after).intersects(shapely.box(*before)))


def test_paper_has_it_where_it_covers_nothing(open_page, built):
    page = open_page(built["rail"], size=DESKTOP).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(200)
    found = page.evaluate(LOOK)
    own = shapely.box(*found["own"])
    assert own.within(shapely.box(*found["frame"]))
    assert not any(own.dwithin(shapely.LineString(line), 2) for line in found["lines"])
