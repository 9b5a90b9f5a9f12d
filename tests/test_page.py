"""Pages as text: reproducible, inert, and refused by name where they cannot be carried."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import folium
import pytest
from cases import Parsed, csp_hash
from folium.plugins import MarkerCluster
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo import bundle, draw
from geo.errors import AssetError, GeoError

HOSTILE = [
    "<img src=x onerror=\"document.title='RAN'\">",
    "</script><script>document.title='RAN'</script>",
    "{{ 6*7 }}{% raw %}{# note #}",
    "`${1}` \\u003c \u2028 &lt;",
    '" autofocus onfocus="x',
]


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_inert_text_reads_back_and_holds_nothing_a_parser_acts_on(value):
    text = draw.inert(value)
    assert json.loads(text) == value
    assert not any(sign in text for sign in ("<", ">", "&", "{{", "{%", "{#"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_are_text_everywhere(scenes, text):
    scene = scenes["ferry"]
    plain = Parsed(geo.page.render(replace(scene, title="T", headline="H", deck="D"))).shape
    place = replace(scene.places[0], names={"en": text}, note=text)
    rows = (replace(scene.rows[0], what=text, note=text, corridor=text), *scene.rows[1:])
    changed = replace(scene, title=text, headline=text, deck=text, rows=rows)
    changed = replace(changed, places=(place, *scene.places[1:]), conflicts=scene.conflicts)
    page = Parsed(geo.page.render(changed))
    assert page.shape == plain
    assert any(text in words for words in page.words)
    values = (json.loads(v) for k, v in page.blocks.items() if k.startswith("application/json"))
    assert any(p["names"] == {"en": text} for v in values for p in v.get("places", []))


def test_the_policy_admits_this_pages_scripts_and_styles_and_nothing_else(scenes):
    for scene in scenes.values():
        page = Parsed(geo.page.render(scene))
        assert page.policy["default-src"] == ["'none'"]
        assert page.policy["script-src"] == [csp_hash(text) for text in page.scripts]
        assert page.policy["style-src"] == [csp_hash(text) for text in page.styles]
        assert page.policy["img-src"] == ["data:"]


def test_no_attribute_runs_or_styles(scenes):
    for scene in scenes.values():
        for _, attributes in Parsed(geo.page.render(scene)).tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_the_runtime_is_the_same_in_every_page(scenes):
    runtimes = {tuple(Parsed(geo.page.render(s)).scripts[:2]) for s in scenes.values()}
    assert len(runtimes) == 1
    assert runtimes.pop() == (bundle.leaflet_script().strip(), bundle.script().strip())


def test_the_same_input_gives_the_same_bytes_in_another_process(tmp_path, root):
    code = (
        "import geo, hashlib, sys; p = geo.package.load(sys.argv[1]);"
        "t = ''.join(map(geo.page.render, geo.scene.pages(p).values()));"
        "print(hashlib.sha256(t.encode()).hexdigest())"
    )
    geo.scaffold.new(tmp_path / "demo")
    found = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Seoul")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", code, str(tmp_path / "demo")]
        run = subprocess.run(command, env=environment, cwd=root, capture_output=True, check=True)
        found.add(run.stdout)
    assert len(found) == 1


def test_rendering_leaves_the_callers_map_as_it_was():
    mine = folium.Map(tiles=None)
    folium.PolyLine([(1, 2), (3, 4)]).add_to(mine)
    figure = mine.get_root()
    parts = (figure.header, figure.html, figure.script, mine)
    before = [len(p._children) for p in parts]
    first, second = geo.page.render(mine), geo.page.render(mine)
    assert [len(p._children) for p in parts] == before
    assert first == second


def test_an_asset_nobody_carries_is_named():
    mine = folium.Map(tiles=None)
    MarkerCluster().add_to(mine)
    with pytest.raises(AssetError, match="markercluster"):
        geo.page.render(mine)


def test_online_tiles_are_refused_with_what_to_do():
    with pytest.raises(AssetError, match="tiles=None"):
        geo.page.render(folium.Map())


def test_a_template_in_a_plain_map_stays_text():
    mine = folium.Map(tiles=None)
    folium.PolyLine([(1, 2), (3, 4)], tooltip="{{ 6*7 }}").add_to(mine)
    page = geo.page.render(mine)
    assert "{{ 6*7 }}" in page
    assert "42" not in Parsed(page).scripts[-1]


def test_the_embedding_frame_is_sandboxed_lazy_and_titled(scenes, tmp_path):
    path = geo.page.save(scenes["ferry"], tmp_path / "ferry.html")
    for inline in (False, True):
        (tag, attributes), *rest = Parsed(geo.page.embed(path, inline=inline)).tags
        assert (tag, rest) == ("iframe", [])
        assert attributes["sandbox"] == "allow-scripts"
        assert attributes["loading"] == "lazy"
        assert scenes["ferry"].title in attributes["title"]
    assert attributes["srcdoc"] == path.read_text(encoding="utf-8")
    assert Parsed(geo.page.embed(path)).tags[0][1]["src"] == "ferry.html"


def test_only_pages_of_the_kit_are_embedded(tmp_path):
    other = tmp_path / "other.html"
    other.write_text("<p>hello")
    with pytest.raises(GeoError, match="not a page made by this kit"):
        geo.page.embed(other)
    with pytest.raises(GeoError, match="cannot be read"):
        geo.page.embed(tmp_path / "none.html")


def test_a_notebook_shows_the_page_over_its_still_picture(scenes):
    shown = geo.page.show(scenes["ferry"])._repr_mimebundle_()
    tags = Parsed(shown["text/html"]).tags
    frame = next(attributes for tag, attributes in tags if tag == "iframe")
    assert frame["sandbox"] == "allow-scripts"
    assert frame["srcdoc"] == geo.page.render(scenes["ferry"])
    picture = next(attributes for tag, attributes in tags if tag == "img")
    assert picture["src"] == "data:image/png;base64," + shown["image/png"]


def test_the_still_picture_is_reproducible_and_draws_every_line(scenes):
    scene = scenes["rail"]
    assert geo.still.png(scene, dpi=60) == geo.still.png(scene, dpi=60)
    assert geo.still.png(scene, dpi=60).startswith(b"\x89PNG")
    widths = [
        float(c.get_linewidths()[0])
        for c in geo.still.figure(scene).axes[0].collections
        if len(c.get_linewidths())
    ]
    for pipe in scene.pipes:
        for width_px in filter(None, (pipe.casing_px, pipe.core_px)):
            assert any(w == pytest.approx(width_px * geo.still.PX_PT) for w in widths)
