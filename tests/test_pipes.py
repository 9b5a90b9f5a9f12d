"""Every kind of line in a browser: how it is drawn, where, and what it keeps clear of."""

import io
from itertools import pairwise

import folium
import matplotlib.image
import numpy as np
import pytest
import shapely
import shapely.affinity
from cases import SPARE, Folder
from conftest import DESKTOP, PHONE

import geo
from geo.scene import style

pytestmark = pytest.mark.browser

PAGES = ("overview", "rail", "ferry", "tankers", "flows")
WEST, EAST = 178.0, 180.0
CAPACITY = 4.0
PALETTE = style.PALETTE

# One line each, from the north: its flows as (cargo, Mt, from west to east), its capacity in Mt.
LINES = {
    "lanes": ([("grain", 2.0, True), ("ore", 1.0, True), ("timber", 0.5, True)], 4.0),
    "both": ([("grain", 1.0, True), ("grain", 0.5, False)], 4.0),
    "over": ([("grain", 5.0, True)], 4.0),
    "empty": ([("grain", None, True)], 4.0),
    "alone": ([("grain", 2.0, True)], None),
    "differ": ([("grain", 1.0, True), ("grain", 3.0, True)], 4.0),
    "thin": ([("grain", 0.02, True)], 4.0),
}
CARGO = ("grain", "ore", "timber")


def feature(name, geometry, **properties):
    return {"type": "Feature", "id": name, "properties": properties, "geometry": geometry}


def place(name, lon, lat):
    point = {"type": "Point", "coordinates": [lon, lat]}
    own = {"place": name, "name_en": name.replace("_", " "), "kind": "port", "source": "example"}
    spare = dict.fromkeys(("name_ko", "name_ru", "aliases", "country", "locode", "note"))
    return feature(name, point, **spare, **own, accuracy_m=None)


def leg(name, lat):
    line = {"type": "LineString", "coordinates": [[WEST, lat], [EAST, lat]]}
    ends = {"origin": f"{name}_west", "destination": f"{name}_east"}
    spare = dict.fromkeys(("vessel", "valid_from", "valid_to", "note"))
    own = {"leg": name, "corridor": name, "mode": "sea", "status": "operating"}
    return feature(name, line, **spare, **ends, **own, geometry_basis="observed", source="example")


def flow(name, n, cargo, amount, *, eastward, rank):
    ends = [f"{name}_west", f"{name}_east"]
    first, last = ends if eastward else ends[::-1]
    return {
        "flow": f"{name}_{n}",
        "corridor": name,
        "origin": first,
        "destination": last,
        "period_start": "2021-01-01",
        "period_end": "2021-12-31",
        "commodity": cargo,
        "quantity": "" if amount is None else str(amount),
        "unit": "Mt",
        "basis": "observed",
        "rank": str(rank),
        "note": "first because it is the first",
        "source": "example",
    }


def capacity(name, amount):
    return {
        "capacity": f"{name}_capacity",
        "corridor": name,
        "quantity": str(amount),
        "unit": "Mt",
        "per": "year",
        "kind": "nameplate",
        "basis": "reported",
        "rank": "1",
        "source": "example",
    }


def write(folder):
    """A data folder with every kind of line, one below the other."""
    made = Folder.drawn(folder, without=SPARE)
    lats = {name: -30.0 - 0.25 * n for n, name in enumerate(LINES)}
    ends = dict(zip(("west", "east"), (WEST, EAST), strict=True))
    places = [place(f"{n}_{e}", lon, lat) for n, lat in lats.items() for e, lon in ends.items()]
    made.change("places.geojson", lambda d: d.update(features=places))
    made.change("legs.geojson", lambda d: d.update(features=[leg(*item) for item in lats.items()]))
    made.descriptor(lambda d: d.update({"tumen:extent": [177.5, -32, 180.5, -29.5]}))
    own = {"name_ko": "", "name_ru": "", "mode": "sea", "layout": "series", "role": "main"}
    own |= {"source": "example"}
    made.rows("corridors.csv", *({"corridor": n, "name_en": n, **own} for n in LINES))
    made.rows(
        "commodities.csv",
        *({"commodity": c, "name_en": c, "group": c, "source": "example"} for c in CARGO),
    )
    made.rows("flows.csv", *(row for name in LINES for row in flows_of(name)))
    made.rows("capacities.csv", *(capacity(n, c) for n, (_, c) in LINES.items() if c))
    return made.path


def flows_of(name):
    told, _ = LINES[name]
    for n, (cargo, amount, eastward) in enumerate(told):
        rank = n + 1 if name == "differ" else 1
        yield flow(name, n, cargo, amount, eastward=eastward, rank=rank)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("pipes") / "data")
    return geo.scene.flows(geo.package.load(folder))


@pytest.fixture(scope="module")
def file(scene, tmp_path_factory):
    return geo.page.save(scene, tmp_path_factory.mktemp("pipes-page") / "pipes.html")


@pytest.fixture
def page(file, open_page):
    opened = open_page(file)
    yield opened.page
    assert opened.requests == [file.as_uri()]
    assert opened.complaints == []


# Where a path is drawn on the screen: the middle of its line, its width and its colour.
DRAWN = """nodes => nodes.map(n => {
  const at = n.getPointAtLength(n.getTotalLength() / 2).matrixTransform(n.getScreenCTM());
  const style = getComputedStyle(n);
  return { pipe: n.dataset.pipe, kind: n.getAttribute('class').split(' ')[0].slice(6),
           x: at.x, y: at.y, px: parseFloat(style.strokeWidth), colour: n.getAttribute('stroke'),
           dash: style.strokeDasharray };
})"""


def drawn(page, name, kind=""):
    found = page.eval_on_selector_all("path[data-pipe]:not(.tumen-hit)", DRAWN)
    return [p for p in found if p["pipe"].startswith(name) and p["kind"].startswith(kind)]


def label(page, name):
    """What stands on a line."""
    return next(text for text in labels(page) if text[0].startswith(name))[1]


def labels(page):
    return page.evaluate("""() => {
      const map = Object.values(window).find(v => v instanceof L.Map), lines = map._tumenLines;
      return lines.pipes.map(p => [p.id, lines.label(p)]);
    }""")


def pixels(page):
    """The page as it is on the screen, one pixel a CSS pixel, up to 255."""
    image = matplotlib.image.imread(io.BytesIO(page.screenshot()))
    return (image[..., :3] * 255).round().astype(int)


def rgb(colour):
    return np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)])


def like(image, colour, within=40):
    return np.abs(image - rgb(colour)).max(axis=-1) <= within


PX_PER_MT = 18 / 5  # the widest is 18 px


# --- the grammar ---------------------------------------------------------------------------------


@pytest.fixture
def year(page):
    """The page at the year of its figures: as it opens, a line shows its peak alone."""
    page.get_by_label("Next period with a figure").click()
    assert page.text_content(".clock-now") == "2021"
    return page


def test_cargoes_of_one_leg_are_lanes_in_their_colours_the_largest_first(year):
    page = year
    lanes = drawn(page, "lanes", "core")
    assert [lane["colour"] for lane in lanes] == list(PALETTE[:3])
    amounts = [amount for _, amount, _ in LINES["lanes"][0]]
    assert [lane["px"] for lane in lanes] == pytest.approx(
        [a * PX_PER_MT for a in amounts], abs=0.1
    )
    (casing,) = drawn(page, "lanes", "casing")
    for above, below in pairwise(lanes):
        assert below["y"] - above["y"] == pytest.approx((above["px"] + below["px"]) / 2, abs=0.1)
    middle = (lanes[0]["y"] - lanes[0]["px"] / 2 + lanes[-1]["y"] + lanes[-1]["px"] / 2) / 2
    assert middle == pytest.approx(casing["y"], abs=0.1)
    assert sum(lane["px"] for lane in lanes) / casing["px"] == pytest.approx(3.5 / 4, abs=0.01)
    told = ("2 of 4 Mt/year · 50 %", "1 of 4 Mt/year · 25 %", "0.5 of 4 Mt/year · 13 %")
    assert label(page, "lanes") == "; ".join(f"{one} (2021)" for one in told)
    assert "lanes: grain, 2 of 4 Mt/year, 50 %, observed" in page.text_content("h1")


def test_the_lanes_are_seen_one_beside_the_other(year):
    page = year
    (casing,) = drawn(page, "lanes", "casing")
    image = pixels(page)
    column = image[int(casing["y"]) - 9 : int(casing["y"]) + 10, int(casing["x"])]
    counted = [int(like(column, colour).sum()) for colour in PALETTE[:3]]
    amounts = [amount for _, amount, _ in LINES["lanes"][0]]
    assert counted == pytest.approx([a * PX_PER_MT for a in amounts], abs=1.2)
    assert counted == sorted(counted, reverse=True)


def test_both_ways_lie_side_by_side_to_the_right_of_travel_at_every_zoom(page):
    apart = []
    for zoom in (None, 9, 10.5):
        if zoom:
            page.evaluate(ZOOM, zoom)
        east, west = sorted(drawn(page, "both", "core"), key=lambda p: -p["px"])
        casings = drawn(page, "both", "casing")
        assert len(casings) == 2
        assert east["y"] > west["y"]  # eastward traffic keeps to the south
        apart.append(east["y"] - west["y"])
        gap = abs(casings[0]["y"] - casings[1]["y"]) - casings[0]["px"]
        assert gap == pytest.approx(2, abs=0.1)
    assert max(apart) - min(apart) < 0.1
    assert label(page, "both").count("of 4 Mt/year") == 2
    assert [east["px"], west["px"]] == pytest.approx([PX_PER_MT, PX_PER_MT / 2], abs=0.1)


ZOOM = """zoom => {
  const map = Object.values(window).find(v => v instanceof L.Map);
  map.setView([-30.25, 179], zoom, { animate: false });
}"""


def test_over_capacity_the_core_is_wider_than_its_casing_and_hatched(page):
    (core,), (casing,) = drawn(page, "over", "core"), drawn(page, "over", "casing")
    assert core["px"] / casing["px"] == pytest.approx(5 / 4, abs=0.01)
    (hatch,) = drawn(page, "over", "over")
    assert hatch["px"] == core["px"]
    assert hatch["dash"] != "none"
    image = pixels(page)
    along = image[int(core["y"]), int(core["x"]) - 70 : int(core["x"]) + 70]
    plain = like(along, core["colour"], 12)
    changes = int(np.abs(np.diff(plain.astype(int))).sum())
    assert plain.mean() > 0.5
    assert changes >= 20  # a stripe every seven pixels
    assert "125 %" in label(page, "over")


def test_unknown_flow_leaves_the_casing_empty_and_says_nothing_on_the_map(page):
    (casing,) = drawn(page, "empty", "casing")
    assert drawn(page, "empty", "core") == []
    assert casing["px"] == pytest.approx(CAPACITY * PX_PER_MT, abs=0.1)
    said = page.eval_on_selector_all(".tumen-label", "nodes => nodes.map(n => n.textContent)")
    assert said
    assert "?" not in said


def test_unknown_capacity_leaves_the_core_alone(page):
    (core,) = drawn(page, "alone", "core")
    assert drawn(page, "alone", "casing") == drawn(page, "alone", "edge") == []
    assert core["px"] == pytest.approx(2 * PX_PER_MT, abs=0.1)
    assert "%" not in label(page, "alone")


def test_a_conflict_has_its_key_on_the_line_and_every_claim_in_its_popup(page, scene):
    (core,) = drawn(page, "differ", "core")
    assert core["px"] == pytest.approx(PX_PER_MT, abs=0.1)
    assert label(page, "differ").endswith("ᵃ")
    assert label(page, "differ").startswith("1–3 of 4 Mt/year")
    assert any(text.startswith("ᵃ") for text in scene.conflicts)
    assert any(item.symbol == "conflict" for item in scene.legend)
    page.focus('path.tumen-hit[data-pipe^="differ"]')
    page.keyboard.press("Enter")
    claims = page.locator(".tumen-popup li").all_text_contents()
    assert "drawn" in claims[0]
    assert "1 Mt" in claims[0]
    assert "first because" in claims[0]
    assert any("3 Mt" in claim for claim in claims[1:])


def test_small_lines_lie_on_top_of_large_ones_and_the_smallest_is_seen(page):
    order = [p["pipe"] for p in drawn(page, "")]
    width = {p["pipe"]: 0.0 for p in drawn(page, "")}
    for path in drawn(page, ""):
        width[path["pipe"]] = max(width[path["pipe"]], path["px"])
    tops = sorted(width, key=order.index)
    assert tops[-1].startswith("alone")
    assert tops.index("thin") > tops.index("over")
    (core,) = drawn(page, "thin", "core")
    assert core["px"] == 1


def test_the_legend_explains_what_these_lines_show(page):
    words = " | ".join(page.locator(".legend-box li").all_text_contents())
    for word in ("grain", "ore", "timber", "over capacity", "none where unknown"):
        assert word in words
    assert "sources differ" in words


# --- arrowheads ----------------------------------------------------------------------------------

TIPS = """() => [...document.querySelectorAll('path.tumen-arrow')].map(n => {
  const [, x, y] = n.getAttribute('d').match(/L([-\\d.]+) ([-\\d.]+)L/).map(Number);
  const tip = new DOMPoint(x, y).matrixTransform(n.getScreenCTM());
  const clear = [...document.querySelectorAll('.tumen-place svg')].map(s => {
    const b = s.getBoundingClientRect();
    return Math.hypot(Math.max(b.left - tip.x, 0, tip.x - b.right),
                      Math.max(b.top - tip.y, 0, tip.y - b.bottom));
  });
  return [n.dataset.pipe, Math.min(...clear)];
})"""


@pytest.mark.parametrize("zoom", [8, 10])
def test_arrowheads_stop_short_of_the_symbol_of_their_place(zoom, page):
    page.evaluate(ZOOM.replace("179]", "180]"), zoom)
    found = page.evaluate(TIPS)
    assert len(found) == 1 + sum(bool(told[0][1]) for told, _ in LINES.values())
    near = [clear for _, clear in found if clear < 60]
    assert len(near) >= len(LINES) - 2
    assert all(0 < clear < 12 for clear in near)


# --- labels --------------------------------------------------------------------------------------

BOXES = """nodes => nodes.map(n => {
  const at = new DOMMatrix(getComputedStyle(n).transform), b = n.getBoundingClientRect();
  const wide = n.offsetWidth || b.width, high = n.offsetHeight || b.height;
  return [n.textContent || 'place', (b.left + b.right) / 2, (b.top + b.bottom) / 2, wide, high,
          Math.atan2(at.b, at.a)];
})"""


def areas(page, selector):
    """What things cover on the screen, turned as they stand."""
    found = []
    for name, x, y, wide, high, angle in page.eval_on_selector_all(selector, BOXES):
        upright = shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        found.append((name, shapely.affinity.rotate(upright, angle, use_radians=True)))
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_labels_keep_off_each_other_the_places_and_the_controls(name, size, built, open_page):
    page = open_page(built[name], size).page
    words, symbols = areas(page, ".tumen-label"), areas(page, ".tumen-place svg")
    controls = areas(page, ".leaflet-control")
    assert words
    assert symbols
    taken = [*words, *symbols, *controls]
    over = [
        (word, other)
        for n, (word, own) in enumerate(words)
        for m, (other, area) in enumerate(taken)
        if m > n and own.intersection(area).area > 1
    ]
    assert over == []


def test_labels_keep_off_each_other_at_every_period_with_a_figure(built, open_page):
    page = open_page(built["flows"]).page
    seen = set()
    for _ in range(9):
        page.get_by_label("Next period with a figure").click()
        seen.add(page.text_content(".clock-now"))
        flows, places = areas(page, ".label-flow"), areas(page, ".tumen-place svg")
        taken = [*flows, *places]
        for n, (word, own) in enumerate(flows):
            for other, area in taken[n + 1 :]:
                assert own.intersection(area).area <= 1, (
                    page.text_content(".clock-now"),
                    word,
                    other,
                )
    assert len(seen) == 9


# --- on a map of one's own -----------------------------------------------------------------------

PARTS = (geo.draw.Legend, geo.draw.Key, geo.draw.Clock, geo.draw.Table)


def furnished(mine, scene):
    """A map with every part of a page, a list of layers last."""
    geo.draw.Basemap(scene.packs).add_to(mine)
    geo.draw.Pipes(scene, name="Cargo").add_to(mine)
    geo.draw.Places(scene, name="Ports").add_to(mine)
    for part in PARTS:
        part(scene).add_to(mine)
    folium.LayerControl(collapsed=False).add_to(mine)
    geo.draw.Ready().add_to(mine)
    return mine


def plain_map(_, bounds):
    west, south, east, north = bounds
    mine = folium.Map(tiles=None)
    mine.fit_bounds([[south, west], [north, east]])
    return mine


def explored(package, _):
    return package.places.explore(tiles=None, tooltip=False, popup=False, name="All places")


@pytest.mark.parametrize("make", [plain_map, explored])
def test_every_part_works_on_a_map_of_ones_own(make, package, scenes, tmp_path, open_page):
    scene = scenes["flows"]
    file = geo.page.save(furnished(make(package, scene.view), scene), tmp_path / "own.html")
    opened = open_page(file)
    page = opened.page
    ids = page.eval_on_selector_all("path.tumen-hit", "n => n.map(p => p.dataset.pipe)")
    assert sorted(ids) == sorted(pipe.id for pipe in scene.pipes)
    assert page.locator("path.tumen-core").count() >= 2
    assert page.locator(".tumen-place").count() >= 5
    assert page.locator(".tumen-panel").count() == len(PARTS)
    assert page.locator(".legend-box li").count() > len(scene.legend)
    assert page.locator("table.figures tbody tr").count() == len(scene.rows)
    assert page.locator("table.ranking tbody").count() >= 3
    assert opened.requests == [file.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("make", [plain_map, explored])
def test_the_list_of_layers_and_the_axis_of_time_rule_a_map_of_ones_own(
    make, package, scenes, tmp_path, open_page
):
    scene = scenes["flows"]
    file = geo.page.save(furnished(make(package, scene.view), scene), tmp_path / "own.html")
    page = open_page(file).page
    for name, selector in (("Cargo", "path.tumen-hit"), ("Ports", ".tumen-place")):
        before = page.locator(selector).count()
        box = page.locator(".leaflet-control-layers-overlays label", has_text=name).locator("input")
        box.uncheck()
        assert page.locator(selector).count() == 0
        box.check()
        assert page.locator(selector).count() == before > 0
    page.focus(".clock input[type=range]")
    page.keyboard.press("Home")
    assert page.text_content(".clock-now") == scene.clock.start[:4]
    cores = page.locator("path.tumen-core").evaluate_all("n => n.map(p => p.dataset.pipe)")
    corridor = {p.id: p.corridor for p in scene.pipes}
    assert {corridor[name] for name in cores} == {"rail"}
