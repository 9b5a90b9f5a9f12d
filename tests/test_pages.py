"""Every page of data/ in a real browser whose network is cut: what is drawn, said and refused."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import folium
import pytest
import shapely.affinity
from cases import GIVEN, Folder
from conftest import DESKTOP, PHONE

import geo
from geo import scaffold

pytestmark = pytest.mark.browser

PAGES = ("overview", "rail", "ferry", "tankers", "flows")
SIZES = {"desktop": DESKTOP, "phone": PHONE}
MOST_BYTES = 700_000
ATTACKS = {
    "image": """<img src=x onerror="document.title='RAN'">""",
    "template": "{{ 6*7 }}",
    "script": "</script><script>document.title='RAN'</script>",
}


@pytest.fixture(params=PAGES)
def name(request):
    return request.param


@pytest.fixture(params=SIZES)
def size(request):
    return request.param


@pytest.fixture
def shown(name, size, built, open_page):
    """One page at one size, drawn."""
    opened = open_page(built[name], SIZES[size])
    keep_picture(opened.page, f"{name}-{size}")
    return opened


@pytest.fixture
def drawn(name, built, open_page):
    """One page at desktop size, drawn."""
    return open_page(built[name]).page


@pytest.fixture
def scene(name, scenes):
    return scenes[name]


def keep_picture(page, name):
    folder = os.environ.get("TUMEN_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


def texts(page, selector):
    return page.eval_on_selector_all(selector, "nodes => nodes.map(n => n.textContent)")


# --- the file ------------------------------------------------------------------------------------


def test_these_are_all_pages_of_the_data(scenes):
    assert tuple(scenes) == PAGES


def test_a_page_asks_for_itself_only_and_complains_of_nothing(shown, name, built):
    shown.page.wait_for_timeout(200)
    assert shown.requests == [built[name].as_uri()]
    assert shown.complaints == []
    assert shown.page.evaluate("document.documentElement.dataset.fault") is None


def test_the_policy_admits_nothing_from_outside_and_nothing_inline(name, built):
    text = built[name].read_text(encoding="utf-8")
    policies = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert len(policies) == 1
    assert "default-src &#39;none&#39;" in policies[0] or "default-src 'none'" in policies[0]
    assert not re.search(r"unsafe-(inline|eval|hashes)|https?:|\*", policies[0])


SLIP_IN = """() => new Promise(done => {
  const stopped = [];
  document.addEventListener('securitypolicyviolation', event => {
    stopped.push(event.effectiveDirective);
    if (stopped.length === 2) done(stopped.sort());
  });
  const script = document.createElement('script');
  script.textContent = "document.title = 'RAN'";
  const image = new Image();
  image.src = 'https://example.org/pixel.png';
  document.body.append(script, image);
})"""


def test_the_policy_stops_a_script_and_a_request_that_slipped_in(built, open_page):
    page = open_page(built["rail"]).page
    assert page.evaluate(SLIP_IN) == ["img-src", "script-src-elem"]
    assert page.title() != "RAN"


def test_a_page_is_small_enough_to_send(name, built):
    assert built[name].stat().st_size <= MOST_BYTES


def test_the_same_data_gives_the_same_bytes_in_another_process(built, root, tmp_path):
    code = (
        "import sys, geo\n"
        "for name, scene in geo.scene.pages(geo.package.load(sys.argv[1])).items():\n"
        "    geo.page.save(scene, sys.argv[2] + '/' + name + '.html')"
    )
    command = [sys.executable, "-c", code, str(root / "data"), str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "4711"})
    again = {path.stem: path.read_bytes() for path in tmp_path.glob("*.html")}
    assert again == {name: path.read_bytes() for name, path in built.items()}


# --- the map -------------------------------------------------------------------------------------


def widths(page, kind):
    """Stroke width in pixels of every path of a kind, by line."""
    found = page.eval_on_selector_all(
        f"path.tumen-{kind}",
        "nodes => nodes.map(n => [n.dataset.pipe, parseFloat(getComputedStyle(n).strokeWidth)])",
    )
    assert len(found) == len(dict(found)), "a line is drawn twice"
    return dict(found)


def expected_widths(scene):
    return {
        "casing": {p.id: p.casing_px for p in scene.pipes if p.casing_px is not None},
        "core": {p.id: p.core_px for p in scene.pipes if p.core_px is not None},
        "plain": {
            p.id: p.width_px for p in scene.pipes if p.casing_px is None and p.core_px is None
        },
    }


def test_every_line_of_the_scene_is_drawn_once_at_its_width(shown, scene):
    lines = shown.page.eval_on_selector_all("path[data-pipe]", "n => n.map(p => p.dataset.pipe)")
    assert set(lines) == {p.id for p in scene.pipes}
    assert len({p.id for p in scene.pipes}) == len(scene.pipes)
    for kind, expected in expected_widths(scene).items():
        assert widths(shown.page, kind) == pytest.approx(expected, abs=0.51)


def test_the_pages_with_figures_draw_casings_and_cores(scenes):
    for name in ("flows", "overview"):
        kinds = {kind: n for kind, n in expected_widths(scenes[name]).items() if n}
        assert {"casing", "core"} <= set(kinds)


COLOURS = """canvas => {
  const count = {}, all = canvas.getContext('2d')
    .getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < all.length; i += 40) {
    const key = [all[i], all[i + 1], all[i + 2], all[i + 3]].join();
    count[key] = (count[key] || 0) + 1;
  }
  return [count, all.length / 40];
}"""


def test_the_base_map_shows_land_and_sea(shown):
    counts, total = shown.page.eval_on_selector("canvas.tumen-basemap", COLOURS)
    kinds = {"land": 0, "sea": 0}  # relief and depth tint both, and keep their hue
    for colour, count in counts.items():
        red, _, blue, alpha = map(int, colour.split(","))
        kinds["sea"] += count if alpha == 255 and blue - red > 10 else 0
        kinds["land"] += count if alpha == 255 and 2 < red - blue < 25 else 0
    assert min(kinds.values()) > total / 100, kinds


BOXES = """nodes => nodes.map(n => {
  const at = new DOMMatrix(getComputedStyle(n).transform);
  const b = n.getBoundingClientRect();
  return [n.textContent, (b.left + b.right) / 2, (b.top + b.bottom) / 2,
          n.offsetWidth, n.offsetHeight, Math.atan2(at.b, at.a)];
})"""


def turned(box):
    """A label as the rectangle it covers, turned as it stands."""
    _, x, y, width, height, angle = box
    upright = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return shapely.affinity.rotate(upright, angle, use_radians=True)


def test_labels_do_not_overlap(shown):
    boxes = shown.page.eval_on_selector_all(".tumen-label", BOXES)
    assert len(boxes) >= 3
    shapes = [(box[0], turned(box)) for box in boxes]
    overlapping = [
        (one, other)
        for n, (one, area) in enumerate(shapes)
        for other, across in shapes[n + 1 :]
        if area.intersection(across).area > 1
    ]
    assert overlapping == []


def test_figures_stand_on_the_lines(drawn, scene):
    labels = {p.label for p in scene.pipes if p.label not in {"", "?"}}
    assert set(texts(drawn, ".label-flow")) <= labels
    assert bool(texts(drawn, ".label-flow")) == bool(labels)


def test_the_scale_tells_kilometres_and_nautical_miles(shown):
    bars = texts(shown.page, ".tumen-scale .scale-bar")
    assert [re.sub(r"^[\d.]+ ", "", bar) for bar in bars] == ["km", "nmi"]
    wide = shown.page.eval_on_selector_all(".scale-bar", "n => n.map(b => b.offsetWidth)")
    assert all(20 < w <= 120 for w in wide)


# --- popups and links ----------------------------------------------------------------------------


def open_by_keyboard(page, pipe_id):
    page.focus(f'path.tumen-hit[data-pipe="{pipe_id}"]')
    page.keyboard.press("Enter")
    popup = page.wait_for_selector(".leaflet-popup:last-child .tumen-popup")
    return {
        "title": popup.eval_on_selector("h2", "n => n.textContent"),
        "claims": popup.eval_on_selector_all("li", "n => n.length"),
        "cited": popup.eval_on_selector_all("a.cite", "n => n.map(a => a.getAttribute('href'))"),
    }


def test_the_popup_of_every_line_lists_every_claim_with_a_source_of_the_page(drawn, scene):
    known = {f"#source-{source.number}" for source in scene.sources}
    for pipe in scene.pipes:
        popup = open_by_keyboard(drawn, pipe.id)
        assert popup["title"] == pipe.title
        assert popup["claims"] == len(pipe.claims)
        wanted = [c.source for c in pipe.claims] + list(pipe.sources)
        assert sorted(popup["cited"]) == sorted(f"#source-{n}" for n in wanted)
        assert set(popup["cited"]) <= known


ON_THE_LINE = """path => {
  const length = path.getTotalLength(), to = path.getScreenCTM();
  for (let k = 1; k < 200; k++) {
    const at = path.getPointAtLength(length * k / 200).matrixTransform(to);
    if (document.elementFromPoint(at.x, at.y) === path) return [at.x, at.y];
  }
  return null;
}"""


SCREEN_LENGTHS = """nodes => Object.fromEntries(nodes.map(
  node => [node.dataset.pipe, node.getTotalLength()]
))"""


@pytest.mark.parametrize("name", ["rail", "flows"], indirect=True)
def test_a_click_on_a_line_opens_its_popup(drawn, scene):
    long = drawn.eval_on_selector_all("path.tumen-hit", SCREEN_LENGTHS)
    pipe = max((p for p in scene.pipes if p.claims), key=lambda p: long[p.id])
    point = drawn.eval_on_selector(f'path.tumen-hit[data-pipe="{pipe.id}"]', ON_THE_LINE)
    drawn.mouse.click(*point)
    assert drawn.wait_for_selector(".tumen-popup h2").text_content() == pipe.title


def test_every_citation_leads_to_a_source(drawn, scene):
    cited = drawn.eval_on_selector_all("a.cite", "n => n.map(a => [a.textContent, a.hash])")
    ids = drawn.eval_on_selector_all(".sources li", "n => n.map(li => li.id)")
    assert ids == [f"source-{source.number}" for source in scene.sources]
    assert {href for _, href in cited} <= {f"#{i}" for i in ids}
    assert all(text == f"[{href.removeprefix('#source-')}]" for text, href in cited)
    assert len(cited) >= len(scene.rows)


def test_sources_lead_back_to_figures_that_exist(drawn):
    broken = drawn.eval_on_selector_all(
        "a.back", "n => n.filter(a => !document.getElementById(a.hash.slice(1))).length"
    )
    assert broken == 0


# --- the page around the map ---------------------------------------------------------------------


def test_the_page_does_not_scroll_sideways_on_a_phone(name, built, open_page):
    page = open_page(built[name], PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_legend_has_one_entry_for_each_item(drawn, scene):
    entries = [
        text.strip() for text in texts(drawn, ".legend-box ul.legend:not(.samples) li > span")
    ]
    assert entries == [item.word for item in scene.legend]


def test_the_table_has_one_row_for_each_figure(drawn, scene):
    ids = drawn.eval_on_selector_all("table.figures tbody tr", "n => n.map(r => r.id)")
    assert ids == [f"figure-{row.id}" for row in scene.rows]


def lines_on_the_map(page):
    return set(page.eval_on_selector_all("path[data-pipe]", "n => n.map(p => p.dataset.pipe)"))


def test_the_list_of_layers_takes_a_corridor_away_and_brings_it_back(drawn, scene):
    drawn.click(".tumen-layers summary")
    titles = dict.fromkeys((p.corridor, p.corridor_title) for p in scene.pipes)
    for corridor, title in titles:
        own = {p.id for p in scene.pipes if p.corridor == corridor}
        box = drawn.get_by_label(title, exact=True)
        box.uncheck()
        assert lines_on_the_map(drawn) == {p.id for p in scene.pipes} - own
        box.check()
        assert lines_on_the_map(drawn) == {p.id for p in scene.pipes}


def test_place_names_switch_language(built, open_page):
    page = open_page(built["overview"]).page
    page.click(".tumen-layers summary")
    english, seas = set(texts(page, ".label-place")), texts(page, ".label-sea")
    page.select_option(".tumen-layers select", "ko")
    korean = set(texts(page, ".label-place"))
    assert "Sea of Japan / East Sea" in seas
    assert "동해" in texts(page, ".label-sea")
    keep_picture(page, "overview-korean")
    assert korean != english
    assert any("\uac00" <= letter <= "\ud7a3" for text in korean for letter in text)


def test_names_in_a_language_that_seas_have_none_in_say_so(open_page, tmp_path):
    scaffold.new(tmp_path / "mine", languages=["zh-Hans", "ko"])
    folder = Folder(tmp_path / "mine")
    folder.feature("legs.geojson", "port_a_port_b", lambda f: f.update(geometry=GIVEN))
    names = {"name_zh-Hans": "甲港", "name_ko": "가항"}
    folder.feature("places.geojson", "port_a", lambda f: f["properties"].update(names))
    overview = geo.scene.pages(geo.package.load(folder.path))["overview"]
    page = open_page(geo.page.save(overview, tmp_path / "page.html")).page
    page.click(".tumen-layers summary")
    assert texts(page, ".tumen-layers option") == ["English", "한국어", "简体中文"]
    said = page.locator(".tumen-layers p.language")
    page.select_option(".tumen-layers select", "ko")
    assert "가항" in texts(page, ".label-place")
    assert said.is_hidden()
    page.select_option(".tumen-layers select", "zh-Hans")
    assert "甲港" in texts(page, ".label-place")
    assert said.inner_text() == "Seas and countries have no name in it: English."


@pytest.fixture
def drawn_row(scenes):
    """The row of the railway's page whose figure is drawn."""
    return next(r for r in scenes["rail"].rows if r.drawn)


def test_a_row_lights_its_line(built, drawn_row, open_page):
    page = open_page(built["rail"]).page
    page.hover(f"#figure-{drawn_row.id} td")
    assert page.locator("path.lit[data-pipe]").count() > 0


def test_a_line_lights_its_row(built, scenes, drawn_row, open_page):
    page = open_page(built["rail"]).page
    pipe = next(p for p in scenes["rail"].pipes if p.corridor == drawn_row.pipe)
    page.focus(f'path.tumen-hit[data-pipe="{pipe.id}"]')
    assert "lit" in page.get_attribute(f"#figure-{drawn_row.id}", "class").split()


# --- changed and hostile data --------------------------------------------------------------------


@pytest.fixture
def copy(root, tmp_path):
    """A copy of data/ to change."""
    return Path(shutil.copytree(root / "data", tmp_path / "data"))


def pages_of(folder):
    """Every page of a folder as a file, and its scenes."""
    made = geo.scene.pages(geo.package.load(folder))
    return made, {n: geo.page.save(s, folder.parent / f"{n}.html") for n, s in made.items()}


def edit_rows(path, change):
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def edit_json(path, change):
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def attack(folder):
    """Put every attack where a user's text stands: title, names, notes, cargo."""
    all_of_them = " ".join(ATTACKS.values())

    def poison_places(document):
        for feature in document["features"]:
            row = feature["properties"]
            row["name_en"] = f"{ATTACKS['image']} {row['name_en']}"
            row["note"] = all_of_them

    edit_json(folder / "places.geojson", poison_places)
    edit_json(folder / "datapackage.json", lambda d: d.update(title=all_of_them))
    edit_rows(folder / "flows.csv", lambda row: row.update(note=all_of_them))
    edit_rows(folder / "commodities.csv", lambda row: row.update(name_en=all_of_them))
    edit_rows(
        folder / "corridors.csv", lambda row: row.update(name_en=row["corridor"] + all_of_them)
    )


@pytest.fixture
def attacked(copy):
    attack(copy)
    return pages_of(copy)


def test_hostile_text_is_shown_as_typed_and_runs_nothing(attacked, open_page):
    hostile_scenes, paths = attacked
    for name, path in paths.items():
        opened = open_page(path)
        for pipe in hostile_scenes[name].pipes[:4]:
            open_by_keyboard(opened.page, pipe.id)
        said = opened.page.evaluate("document.body.innerText")
        assert opened.page.title() != "RAN"
        assert opened.requests == [path.as_uri()]
        assert opened.complaints == []
        assert opened.page.locator("img[src=x]").count() == 0
        assert all(text in said for text in ATTACKS.values()), name


def test_hostile_names_are_shown_as_typed_in_popups_of_places(attacked, open_page):
    page = open_page(attacked[1]["rail"]).page
    page.locator(".tumen-place").first.focus()
    page.keyboard.press("Enter")
    popup = page.wait_for_selector(".tumen-popup")
    assert ATTACKS["image"] in popup.query_selector("h2").text_content()
    assert all(text in popup.text_content() for text in ATTACKS.values())
    assert page.title() != "RAN"


def test_a_changed_figure_changes_label_table_and_popup(copy, scenes, open_page):
    path = copy / "flows.csv"
    before = path.read_text(encoding="utf-8")
    after = re.sub(r"(?m)^(rail_2017,.*?,coal,,)2\.0,", r"\g<1>3.125,", before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    changed, paths = pages_of(copy)
    pipe = next(p for p in changed["rail"].pipes if "3.125" in p.label)
    assert not [p for p in scenes["rail"].pipes if "3.125" in p.label]
    page = open_page(paths["rail"]).page
    assert any("3.125" in text for text in texts(page, ".label-flow"))
    assert "3.125 Mt" in page.text_content("#figure-rail_2017")
    open_by_keyboard(page, pipe.id)
    assert any("3.125 Mt" in text for text in texts(page, ".tumen-popup li"))


# --- maps of others, and notebooks ---------------------------------------------------------------


def plain_map():
    """A map as a user of folium makes it, with nothing of ours."""
    drawing = folium.Map(location=[1, 2], zoom_start=6, tiles=None)
    folium.PolyLine([(0, 0), (1, 2), (2, 3)], tooltip="way").add_to(drawing)
    folium.CircleMarker((1, 2), tooltip=folium.Tooltip("a <b>point</b>")).add_to(drawing)
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    area = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "area"}, "geometry": area}
    folium.GeoJson({"type": "FeatureCollection", "features": [feature]}).add_to(drawing)
    return drawing


def test_a_plain_folium_map_opens_offline_and_draws_its_shapes(tmp_path, open_page):
    path = geo.page.save(plain_map(), tmp_path / "plain.html")
    opened = open_page(path, ready=False)
    opened.page.wait_for_selector("path.leaflet-interactive", state="attached")
    keep_picture(opened.page, "plain-folium")
    assert opened.page.locator("path.leaflet-interactive").count() == 3
    assert opened.requests == [path.as_uri()]
    assert opened.complaints == []
    assert opened.page.evaluate("document.querySelector('.leaflet-container').offsetHeight") > 300


def test_a_plain_folium_map_is_left_as_it_was(tmp_path):
    drawing = plain_map()
    first = geo.page.save(drawing, tmp_path / "one.html").read_bytes()
    assert geo.page.save(drawing, tmp_path / "two.html").read_bytes() == first


def test_a_scene_in_a_notebook_is_a_sandboxed_frame_over_a_picture(scenes):
    shown = geo.page.show(scenes["rail"])._repr_mimebundle_()
    assert 'sandbox="allow-scripts"' in shown["text/html"]
    assert "srcdoc=" in shown["text/html"]
    assert shown["image/png"].startswith("iVBORw0KGgo")


def test_the_frame_of_a_notebook_draws_the_page(scenes, tmp_path, open_page):
    shown = geo.page.show(scenes["rail"])._repr_mimebundle_()
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><title>host</title>{shown['text/html']}", encoding="utf-8")
    opened = open_page(path, ready=False)
    outer = opened.page.wait_for_selector("iframe").content_frame()  # unpacks the page
    frame = outer.wait_for_selector("iframe").content_frame()
    frame.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    assert frame.locator("path[data-pipe]").count() > 0
    assert opened.page.title() == "host"


def test_a_browser_too_old_to_unpack_the_scripts_shows_the_picture(built, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script("delete globalThis.DecompressionStream")
    page = context.new_page()
    page.goto(built["rail"].as_uri())
    picture = page.locator(".map-frame img.still")
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") >= 700
    assert "current browser" in picture.get_attribute("alt")
    context.close()
