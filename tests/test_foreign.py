"""Maps made without this kit: every class of folium, saved files, hostile texts, real uses."""

import inspect
import json
import sys
import warnings

import folium
import folium_cases as cases
import pytest
from cases import Parsed, csp_hash
from conftest import DESKTOP, ROOT, _offline
from explore_cases import EXPLORED
from folium import plugins

import geo
from geo.errors import AssetError, GeoError
from geo.output.foreign import decode, markup

sys.path.insert(0, str(ROOT / "tools"))

import list_folium
import list_forms

warnings.filterwarnings("ignore", message="CartoDB")

SELECTORS = {
    "path": ".leaflet-overlay-pane path",
    "marker": ".leaflet-marker-icon",
    "tooltip": ".leaflet-tooltip",
    "popup": ".leaflet-popup",
    "control": ".leaflet-control",
    "canvas": "canvas",
}
HOSTILE = [
    "<img src=x onerror=\"document.title='RAN'\">",
    "</script><script>document.title='RAN'</script>",
    "{{ 6*7 }}{% raw %}{# note #}",
    "`${document.title='RAN'}`",
    "'\"); document.title='RAN'; //",
    '<a href="javascript:document.title=1">x</a>',
    '<b onclick="document.title=1">x</b>',
    '<svg><use href="https://example.org/x"/></svg>',
    '<div style="background:url(https://example.org/x)">x</div>',
    "zq0z0z and zq0z1z",
    "\\u003cscript\\u003e \u2028 \u202e &lt;b&gt;",
]


# --- what is known of folium ---------------------------------------------------------------------


def test_every_class_of_folium_has_its_row():
    classes = {
        name
        for module in (folium, plugins)
        for name, kind in vars(module).items()
        if inspect.isclass(kind)
    }
    rows = {*cases.DRAWN, *cases.REFUSED, *cases.PLUMBING}
    assert classes - rows == set()
    assert set(cases.CASES) == {*cases.DRAWN, *cases.REFUSED}


def test_the_table_of_classes_is_the_one_that_is_walked():
    assert (ROOT / "docs" / "folium.md").read_text(encoding="utf-8") == list_folium.text(
        list_folium.looks()
    )


def test_the_shapes_and_files_are_those_of_the_installed_folium():
    for name, text in list_forms.texts().items():
        assert (list_forms.OUT / name).read_text(encoding="utf-8") == text, (
            "python tools/list_forms.py"
        )


# --- every class in a browser --------------------------------------------------------------------


@pytest.fixture(scope="module")
def walked(browser, tmp_path_factory):
    """Every class, from its tree and from the file folium saved: what the browser saw."""
    folder, contexts, seen = tmp_path_factory.mktemp("foreign"), [], {}
    opened = _offline(browser, DESKTOP, contexts)
    for name in cases.DRAWN:
        made = cases.CASES[name]()
        saved = folder / "saved.html"
        saved.write_text(cases.saved(cases.CASES[name]()), encoding="utf-8")
        pages = {
            "tree": geo.page.save(made, folder / f"{name}.html"),
            "file": geo.page.pack(saved, folder / f"{name}-packed.html"),
        }
        for how, path in pages.items():
            seen[name, how] = look(opened, path)
    contexts[0].close()
    return seen


def look(opened, path):
    opened.requests.clear()
    opened.complaints.clear()
    opened.page.goto(path.as_uri())
    opened.page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
    counts = {k: opened.page.locator(s).count() for k, s in SELECTORS.items()}
    fault = opened.page.evaluate("document.documentElement.dataset.fault")
    asked = [r for r in opened.requests if not r.startswith(("data:", path.as_uri()))]
    return {k: n for k, n in counts.items() if n}, [
        *opened.complaints,
        *asked,
        *filter(None, [fault]),
    ]


@pytest.mark.browser
def test_every_carried_class_draws_what_it_should_and_asks_for_nothing(walked):
    wrong = {
        key: (counts, complaints)
        for key, (counts, complaints) in walked.items()
        if counts != cases.DRAWN[key[0]] or complaints
    }
    assert wrong == {}


@pytest.mark.parametrize("name", cases.REFUSED)
def test_what_is_not_carried_is_refused_by_name(name, tmp_path):
    with pytest.raises(AssetError) as caught:
        geo.page.render(cases.CASES[name]())
    assert str(caught.value)
    (tmp_path / "m.html").write_text(cases.saved(cases.CASES[name]()), encoding="utf-8")
    with pytest.raises(AssetError):
        geo.page.pack(tmp_path / "m.html", tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_page_is_the_same_twice_and_holds_no_random_name():
    first, second = (geo.page.render(cases.CASES["Choropleth"]()) for _ in range(2))
    assert first == second


def test_the_policy_admits_this_pages_scripts_and_styles_and_nothing_else():
    page = Parsed(geo.page.render(cases.markup()))
    assert page.policy["script-src"] == [csp_hash(text) for text in page.scripts]
    assert page.policy["style-src"] == [csp_hash(text) for text in page.styles]
    assert not [n for _, at in page.tags for n in at if n == "style" or n.startswith("on")]


# --- hostile texts -------------------------------------------------------------------------------


def hostile_map(text):
    made = folium.Map(cases.HERE, zoom_start=8)
    data = {"type": "FeatureCollection", "features": [cases.square("A", 130, 42, note=text)]}
    folium.GeoJson(
        data,
        name=text,
        style_function=lambda f: {"color": "red" if f["properties"]["note"] == text else "blue"},
        tooltip=folium.GeoJsonTooltip(["note"]),
        popup=folium.GeoJsonPopup(["note"]),
    ).add_to(made)
    folium.Marker(
        cases.HERE,
        popup=folium.Popup(text, show=True),
        tooltip=folium.Tooltip(text, permanent=True),
        icon=folium.DivIcon(text),
        title=text,
    ).add_to(made)
    folium.FeatureGroup(text + "!").add_to(made)
    folium.LayerControl(collapsed=False).add_to(made)
    return made


@pytest.mark.browser
def test_hostile_texts_do_not_run_and_show_as_typed(browser, tmp_path):
    contexts = []
    opened = _offline(browser, DESKTOP, contexts)
    for number, text in enumerate(HOSTILE):
        path = geo.page.save(hostile_map(text), tmp_path / f"{number}.html")
        _, complaints = look(opened, path)
        assert complaints == []
        assert opened.page.title() == "Map"
        assert opened.page.locator('path[stroke="red"]').count() == 1
        shown = opened.page.locator(".leaflet-popup-content").text_content()
        typed = "\\u003cscript\\u003e \u2028 \u202e <b>" if "&lt;b" in text else text
        assert shown.strip() == typed.strip()
    contexts[0].close()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_saved_file_is_refused_or_inert(text, tmp_path):
    (tmp_path / "m.html").write_text(cases.saved(cases.base()), encoding="utf-8")
    plain = cases.saved(cases.base())
    tampered = plain.replace("</body>", f"{text}</body>")
    (tmp_path / "m.html").write_text(tampered, encoding="utf-8")
    try:
        path = geo.page.pack(tmp_path / "m.html", tmp_path / "page.html")
    except GeoError:
        return
    (tmp_path / "n.html").write_text(plain, encoding="utf-8")
    other = geo.page.pack(tmp_path / "n.html", tmp_path / "other.html")
    assert Parsed(path.read_text()).scripts == Parsed(other.read_text()).scripts


@pytest.mark.parametrize(
    "code", ["alert(1);", "fetch('x');", "map.on('click', function() {});", "var x = 1 + y();", "("]
)
def test_a_script_that_is_not_known_is_refused(code, tmp_path):
    text = cases.saved(cases.base()).replace("</html>", f"<script>{code}</script></html>")
    (tmp_path / "m.html").write_text(text, encoding="utf-8")
    with pytest.raises(AssetError):
        geo.page.pack(tmp_path / "m.html", tmp_path / "page.html")


def test_a_file_that_holds_no_folium_map_is_refused(tmp_path):
    (tmp_path / "m.html").write_text("<p>hello", encoding="utf-8")
    with pytest.raises(GeoError, match="holds no map made by folium"):
        geo.page.pack(tmp_path / "m.html", tmp_path / "page.html")


def test_markup_is_carried_whole_or_shown_as_typed():
    assert markup.tree("a <b>b</b>") == ["a ", ["b", {}, [], ["b"]]]
    for text in ("<script>x</script>", '<b onclick="x">', "<img src=http://x/y.png>", "<x>"):
        assert markup.tree(f"a {text}") == [f"a {text}"]
        assert markup.refused(text)


# --- files from elsewhere ------------------------------------------------------------------------


def test_an_added_file_comes_from_the_folder_the_user_names(tmp_path):
    made = cases.base()
    made.add_js_link("mine", "https://example.org/dist/mine.js")
    try:
        with pytest.raises(AssetError, match=r"mine\.js.*--assets|--assets.*mine\.js"):
            geo.page.render(made)
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "mine.js").write_text("window.mine = 1;", encoding="utf-8")
        assert "window.mine = 1;" in Parsed(geo.page.render(made, assets=tmp_path)).scripts
    finally:
        folium.Map.default_js.pop()


def test_a_control_comes_from_an_npm_package_the_user_has(tmp_path):
    package = tmp_path / "leaflet.locatecontrol"
    package.mkdir()
    (package / "package.json").write_text(json.dumps({"main": "index.js"}), encoding="utf-8")
    (package / "index.js").write_text("L.control.locate = () => new L.Control();", encoding="utf-8")
    made = cases.CASES["LocateControl"]()
    with pytest.raises(AssetError, match=r"npm install leaflet\.locatecontrol"):
        geo.page.render(made)
    assert "L.control.locate" in geo.page.render(made, assets=tmp_path)


def test_a_topology_gives_its_areas():
    found = decode.topology(cases.TOPOLOGY, cases.TOPOLOGY["objects"]["areas"])
    assert [f["geometry"]["type"] for f in found["features"]] == ["Polygon", "MultiPolygon"]
    ring = found["features"][0]["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] == [130.0, 42.0]


# --- explore() -----------------------------------------------------------------------------------


@pytest.mark.browser
def test_maps_of_explore_are_carried_with_each_option(browser, tmp_path):
    contexts = []
    opened = _offline(browser, DESKTOP, contexts)
    for name, make in EXPLORED.items():
        counts, complaints = look(opened, geo.page.save(make(), tmp_path / "page.html"))
        shown = counts.get("path", 0) + counts.get("marker", 0)
        assert (shown, complaints) == (6 if name == "m" else 3, []), name
    contexts[0].close()
