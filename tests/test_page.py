"""Pages as text: reproducible, inert, and refused by name where they cannot be carried."""

import base64
import gzip
import hashlib
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from urllib.parse import quote, urljoin

import folium
import pandas as pd
import pytest
from branca.element import Figure
from cases import Folder, Parsed, csp_hash
from folium.plugins import LocateControl
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo import brief, draw, trackset
from geo.errors import AssetError, GeoError
from geo.output import bundle
from geo.scene import claims


@pytest.fixture(scope="module")
def texts(scenes):
    """Every page of the shipped data as text."""
    return {name: geo.page.render(scene) for name, scene in scenes.items()}


@pytest.fixture(scope="module")
def parsed(texts):
    """Every page of the shipped data as a browser reads it."""
    return {name: Parsed(text) for name, text in texts.items()}


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


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_claims_are_text_on_a_page_that_runs_nothing(package, text):
    found = claims.claims(package)
    plain = Parsed(geo.page.claims(found)).shape
    own = replace(found.claims[0], text=text, said_by=text, document=text, note=text)
    page = Parsed(geo.page.claims(replace(found, title=text, claims=(own, *found.claims[1:]))))
    assert (
        page.shape == Parsed(geo.page.claims(replace(found, claims=(own, *found.claims[1:])))).shape
    )
    assert len(page.shape) == len(plain)
    assert any(text in words for words in page.words)
    assert page.policy["default-src"] == ["'none'"]
    assert page.policy["script-src"] == ["'none'"]
    assert page.scripts == []


def test_the_policy_admits_this_pages_scripts_and_styles_and_nothing_else(parsed):
    for page in parsed.values():
        assert page.policy["default-src"] == ["'none'"]
        assert page.policy["script-src"] == [csp_hash(text) for text in page.scripts]
        assert page.policy["style-src"] == [csp_hash(text) for text in page.styles]
        assert page.policy["img-src"] == ["data:"]


def test_no_attribute_runs_or_styles(parsed):
    for page in parsed.values():
        for _, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_the_runtime_is_the_same_in_every_page(parsed):
    runtimes = {tuple(page.scripts[:4]) for page in parsed.values()}
    own = (bundle.unfold_script(), bundle.leaflet_script(), bundle.script(), bundle.scene_script())
    assert runtimes == {tuple(text.strip() for text in own)}


def test_a_page_without_a_scene_brings_no_script_of_scenes():
    drawing = draw.Map((130, 42, 132, 44))
    nothing = {"type": "FeatureCollection", "features": []}
    draw.Features({"id": "n", "colour": "#000", "collection": nothing}).add_to(drawing)
    page = Parsed(geo.page.render(drawing))
    assert bundle.script().strip() in page.scripts
    assert bundle.scene_script().strip() not in page.scripts


def test_the_same_input_gives_the_same_bytes_in_another_process(tmp_path, root):
    code = (
        "import geo, hashlib, sys; p = geo.package.load(sys.argv[1]);"
        "t = ''.join(map(geo.page.render, geo.scene.pages(p).values()));"
        "print(hashlib.sha256(t.encode()).hexdigest())"
    )
    demo = Folder.drawn(tmp_path / "demo").path
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Seoul"}
    command = [sys.executable, "-c", code, str(demo)]
    run = subprocess.run(command, env=environment, cwd=root, capture_output=True, check=True)
    pages = geo.scene.pages(geo.package.load(demo)).values()
    here = hashlib.sha256("".join(map(geo.page.render, pages)).encode()).hexdigest()
    assert run.stdout.decode().strip() == here


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
    LocateControl().add_to(mine)
    with pytest.raises(AssetError, match=r"LocateControl.*leaflet\.locatecontrol"):
        geo.page.render(mine)


def test_online_tiles_give_way_to_the_embedded_base_map_with_a_word():
    page = geo.page.render(folium.Map())
    assert "openstreetmap.org" not in page
    assert "in the place of online tiles" in page


def steps_of(page):
    """What a page of a foreign map makes, step by step."""
    blocks = (text for kind, text in page.blocks.items() if kind.startswith("application/json"))
    return json.loads(next(blocks))["steps"]


def test_a_template_in_a_plain_map_stays_text():
    mine = folium.Map(tiles=None)
    folium.PolyLine([(1, 2), (3, 4)], tooltip="{{ 6*7 }}").add_to(mine)
    steps = steps_of(Parsed(geo.page.render(mine)))
    assert ["{{ 6*7 }}"] in [step["args"][1] for step in steps if step.get("call") == "tooltip"]


def test_the_embedding_frame_is_sandboxed_lazy_and_titled(scenes, tmp_path):
    path = geo.page.save(scenes["ferry"], tmp_path / "ferry.html")
    for inline in (False, True):
        tags = Parsed(geo.page.embed(path, inline=inline)).tags
        assert [tag for tag, _ in tags] == ["div", "img", "iframe"]
        attributes = tags[-1][1]
        assert attributes["sandbox"] == "allow-scripts"
        assert attributes["loading"] == "lazy"
        assert scenes["ferry"].title in attributes["title"]
    assert attributes["srcdoc"] == path.read_text(encoding="utf-8")
    assert Parsed(geo.page.embed(path)).tags[-1][1]["src"] == "ferry.html"
    there = Parsed(geo.page.embed(path, at="https://example.org/maps/")).tags[-1][1]["src"]
    assert there == "https://example.org/maps/ferry.html"


def test_a_map_is_embedded_alone(scenes, tmp_path):
    path = geo.page.save(scenes["ferry"], tmp_path / "ferry.html")
    tags = Parsed(geo.page.embed(path, map_only=True)).tags
    assert tags[-1][1]["src"] == "ferry.html#map"
    inside = Parsed(geo.page.embed(path, map_only=True, inline=True)).tags[-1][1]["srcdoc"]
    assert '<html class="map-only"' in inside
    assert '<html class="map-only"' not in path.read_text(encoding="utf-8")


def test_only_pages_of_the_kit_are_embedded(tmp_path):
    other = tmp_path / "other.html"
    other.write_text("<p>hello")
    with pytest.raises(GeoError, match="not a page made by this kit"):
        geo.page.embed(other)
    other.write_bytes(b"<!doctype html>\xff\xfe")
    with pytest.raises(GeoError, match="cannot be read as a page"):
        geo.page.embed(other)


def test_a_notebook_shows_the_page_over_its_still_picture(scenes):
    shown = geo.page.show(scenes["ferry"])._repr_mimebundle_()
    tags = Parsed(shown["text/html"]).tags
    frame = next(attributes for tag, attributes in tags if tag == "iframe")
    assert frame["sandbox"] == "allow-scripts"
    assert unpacked(frame["srcdoc"]) == geo.page.show(scenes["ferry"]).text
    picture = next(attributes for tag, attributes in tags if tag == "img")
    assert picture["src"].startswith("data:image/webp;base64,")
    assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")


def unpacked(frame):
    """The page that stands packed in a frame."""
    (packed,) = re.findall(r'id="packed">([^<]+)<', frame)
    return gzip.decompress(base64.b64decode(packed)).decode("utf-8")


def test_a_shown_page_differs_from_the_saved_one_by_its_ground_and_letters_alone(scenes):
    texts = geo.page.show(scenes["ferry"]).text, geo.page.render(scenes["ferry"])
    shown, saved = map(Parsed, texts)
    assert "".join(shown.words).split() == "".join(saved.words).split()
    assert shown.styles == [one for one in saved.styles if "@font-face" not in one]
    assert shown.scripts == [one for one in saved.scripts if one != bundle.unfold_script()]
    assert shown.blocks.keys() == saved.blocks.keys()
    other = [key for key, text in shown.blocks.items() if text != saved.blocks[key]]
    assert other
    for key in other:
        assert "basemap" in key
        assert len(shown.blocks[key]) <= len(saved.blocks[key]) + len(geo.draw.SIMPLIFIED) + 3


def test_a_picture_made_before_is_shown_as_it_is(scenes):
    picture = geo.still.png(scenes["rail"], dpi=40)
    assert geo.page.show(scenes["rail"], picture=picture).picture == picture


def test_the_pieces_of_a_page_are_the_page_with_a_bridge(scenes):
    shared, own = geo.page.pieces(scenes["ferry"])
    text = "".join(shared[one] if isinstance(one, int) else one for one in own)
    page = Parsed(text)
    assert bundle.bridge_script() in page.scripts
    assert page.policy["script-src"] == [csp_hash(script) for script in page.scripts]
    assert all(len(piece) >= geo.page.SHARED for piece in shared)


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


# What the kit itself makes and the page's markup is built from; all else is a user's text.
MADE_BY_THE_KIT = {"colour", "tint", "symbol", "packs", "lang", "id", "pipe", "url"}


def poisoned(value, text, count=None):
    """A scene with `text` in every field of text, each with a number of its own."""
    count = count if count is not None else iter(range(10**6))
    if is_dataclass(value):
        changed = {
            f.name: poisoned(getattr(value, f.name), text, count)
            for f in fields(value)
            if f.name not in MADE_BY_THE_KIT
        }
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(poisoned(v, text, count) for v in value)
    if isinstance(value, Mapping):
        return {k: poisoned(v, text, count) for k, v in value.items()}
    return f"{text}{next(count)}" if isinstance(value, str) else value


def shown(page):
    """Every text a reader or a script gets: words, attributes and the values of inert blocks."""
    values = [text for key, text in page.blocks.items() if "json" in key]
    attributes = [str(v) for _, at in page.tags for v in at.values()]
    return "\n".join([*page.words, *attributes, *(json.dumps(json.loads(v)) for v in values)])


@pytest.mark.parametrize("name", ["rail", "tankers"])
def test_no_text_of_a_scene_becomes_markup_wherever_it_stands(scenes, name):
    hostile = (
        "\"'><img src=x onerror=alert(1)></script></style></title><!--{{ 6*7 }}{% raw %}{#&lt;"
    )
    tame = Parsed(geo.page.render(poisoned(scenes[name], "x")))
    text = geo.page.render(poisoned(scenes[name], hostile))
    page = Parsed(text)
    assert page.shape == tame.shape
    assert len(page.scripts) == len(tame.scripts)
    assert hostile not in text
    for key, value in page.blocks.items():
        if key.startswith("application/json"):
            assert "{{" not in value
            assert "<" not in value
    assert hostile in "".join(page.words)
    assert json.dumps(hostile)[1:-1] in shown(page)


def test_hostile_ids_of_rows_and_sources_stay_in_their_attributes(scenes):
    scene = scenes["rail"]
    bad = '"><script>alert(1)</script>'
    rows = tuple(replace(r, id=bad, pipe=bad if r.pipe else "") for r in scene.rows)
    sources = tuple(replace(source, url=f"https://x/{bad}") for source in scene.sources)
    plain = replace(
        scene, sources=tuple(replace(source, url="https://x/") for source in scene.sources)
    )
    changed = Parsed(geo.page.render(replace(scene, rows=rows, sources=sources)))
    assert changed.shape == Parsed(geo.page.render(plain)).shape


def test_a_page_names_its_language_title_and_character_set(scenes, parsed):
    for name, scene in scenes.items():
        page = parsed[name]
        tags = dict(page.tags)
        assert tags["html"]["lang"] == "en"
        assert any(at.get("charset") == "utf-8" for tag, at in page.tags if tag == "meta")
        assert page.count("title") == page.count("h1") == page.count("main") == 1
        assert any(scene.headline in text for text in page.words)


def test_a_page_asks_for_nothing_from_the_network(parsed):
    for page in parsed.values():
        for tag, attributes in page.tags:
            assert tag not in {"link", "iframe", "object", "embed", "base", "form"}
            assert not str(attributes.get("src", "data:")).startswith(("http", "//"))
            if "href" in attributes and not attributes["href"].startswith("#"):
                assert tag == "a"
                assert attributes["rel"] == "noopener noreferrer"


def test_every_link_inside_the_page_has_its_target_once(scenes, parsed):
    for name, scene in scenes.items():
        tags = parsed[name].tags
        targets = [at["id"] for _, at in tags if "id" in at]
        targets += [f"figure-{row.id}" for row in scene.rows]  # the table is built by its script
        assert len(targets) == len(set(targets))
        links = {at["href"][1:] for tag, at in tags if tag == "a" and at["href"].startswith("#")}
        assert links <= set(targets)
        assert f"source-{len(scene.sources)}" in targets


def test_the_page_carries_the_hashes_of_what_it_was_made_from(parsed, package):
    blocks = parsed["rail"].blocks
    record = json.loads(blocks["application/ld+json"])
    assert {i["name"]: i["sha256"] for i in record["isBasedOn"]} == dict(package.hashes)
    assert record["license"] == package.licence


def test_two_renders_of_one_scene_are_the_same(scenes, texts):
    for name, scene in scenes.items():
        assert geo.page.render(scene) == texts[name]


def test_a_plain_map_of_lines_and_areas_is_carried():
    mine = folium.Map([1, 2], tiles=None)
    folium.PolyLine([(1, 2), (3, 4)], tooltip="line").add_to(mine)
    folium.CircleMarker((1, 2), tooltip="circle").add_to(mine)
    folium.GeoJson({"type": "FeatureCollection", "features": []}).add_to(mine)
    page = Parsed(geo.page.render(mine))
    assert page.policy["script-src"] == [csp_hash(text) for text in page.scripts]
    assert page.policy["style-src"] == [csp_hash(text) for text in page.styles]
    kinds = {step.get("make") for step in steps_of(page)}
    assert {"polyline", "circleMarker", "geoJson"} <= kinds


def test_a_refused_map_leaves_the_last_good_page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("good")
    mine = folium.Map(tiles=None)
    LocateControl().add_to(mine)
    with pytest.raises(AssetError):
        geo.page.save(mine, path)
    assert path.read_text() == "good"


def test_what_stands_alone_is_no_map():
    with pytest.raises(GeoError, match="only a folium map"):
        geo.page.render(folium.Marker((1, 2)))


def test_a_figure_without_a_map_is_refused_and_one_with_a_map_deep_inside_is_not():
    with pytest.raises(GeoError, match="the figure holds no map, and its page would be blank"):
        geo.page.render(Figure())
    figure = Figure()
    figure.add_subplot(1, 2, 1).add_child(folium.Map((1, 2), tiles=None))
    assert "folium-map" in geo.page.render(figure)


def test_the_height_of_a_frame_is_the_one_asked_for(scenes, tmp_path):
    path = geo.page.save(scenes["ferry"], tmp_path / "a & b.html")
    (_, box), *_, (_, frame) = Parsed(geo.page.embed(path, height_px=321)).tags
    assert "height:321px" in box["style"]
    assert "width:100%" in box["style"]
    assert frame["src"] == "a%20%26%20b.html"


@pytest.mark.parametrize("name", ["a#b.html", "a?b.html", "100%25.html", "a:b.html"])
def test_a_frame_finds_a_file_of_any_name(scenes, tmp_path, name):
    """A name is an address here: what has a meaning in one is written as its code."""
    path = geo.page.save(scenes["ferry"], tmp_path / name)
    *_, (_, attributes) = Parsed(geo.page.embed(path)).tags
    assert urljoin("file:///folder/page.html", attributes["src"]) == f"file:///folder/{quote(name)}"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"<title>x</title>", b"Content-Security-Policy"]
)
def test_what_is_no_page_is_refused(tmp_path, content):
    path = tmp_path / "x.html"
    path.write_bytes(content)
    with pytest.raises(GeoError, match=r"x\.html: (not a page made by this kit|cannot be read)"):
        geo.page.embed(path)


def test_a_shown_page_has_text_markup_and_picture(scenes):
    bundle_of = geo.page.show(scenes["rail"], height_px=333)._repr_mimebundle_()
    assert set(bundle_of) == {"text/plain", "text/html", "image/png"}
    frame = next(at for tag, at in Parsed(bundle_of["text/html"]).tags if tag == "iframe")
    assert "allow-same-origin" not in frame["sandbox"]
    assert html.unescape(bundle_of["text/html"]).count("333px")
    assert bundle_of["image/png"].startswith("iVBORw0KGgo")


def test_a_plain_map_is_shown_without_a_picture():
    bundle_of = geo.page.show(folium.Map(tiles=None))._repr_mimebundle_()
    assert set(bundle_of) == {"text/plain", "text/html"}
    assert [tag for tag, _ in Parsed(bundle_of["text/html"]).tags if tag == "img"] == []


def test_a_title_cannot_leave_the_frame_it_names(scenes):
    scene = replace(scenes["ferry"], title=HOSTILE[0], headline=HOSTILE[1])
    tags = Parsed(geo.page.show(scene)._repr_mimebundle_()["text/html"]).tags
    assert [tag for tag, _ in tags] == ["div", "img", "iframe"]
    assert dict(tags)["iframe"]["title"] == HOSTILE[0]


# --- maps of others -------------------------------------------------------------------------------


def test_a_saved_map_becomes_a_page_of_the_same_steps(tmp_path):
    mine = folium.Map([1, 2], tiles=None)
    folium.PolyLine([(1, 2), (3, 4)], tooltip="line").add_to(mine)
    mine.save(tmp_path / "saved.html")
    path = geo.page.pack(tmp_path / "saved.html", tmp_path / "page.html")
    assert path == tmp_path / "page.html"
    packed, drawn = Parsed(path.read_text(encoding="utf-8")), Parsed(geo.page.render(mine))
    assert steps_of(packed) == steps_of(drawn)
    assert packed.policy == drawn.policy
    assert packed.policy["script-src"] == [csp_hash(text) for text in packed.scripts]


@pytest.mark.parametrize("tag", ["</script>", "</SCRIPT", "<!--"])
def test_a_script_that_would_end_its_element_is_refused_whoever_wrote_it(scenes, monkeypatch, tag):
    monkeypatch.setitem(geo.page.ASSETS, "tumen", lambda: f"say('{tag}')")
    with pytest.raises(GeoError, match="holds a tag that would end it"):
        geo.page.render(scenes["ferry"])


# --- what a page says of its making ---------------------------------------------------------------

HOURS = pd.date_range("2024-01-01", periods=4, freq="h", tz="UTC")
SAILED = pd.DataFrame({"vessel": "a", "time_utc": HOURS, "lon": [1, 1.1, 1.2, 1.3], "lat": 2.0})


def record_of(drawing):
    return json.loads(Parsed(geo.page.render(drawing)).blocks["application/ld+json"])


def test_the_record_of_tracks_says_what_was_done_to_them():
    mine = folium.Map(tiles=None)
    group = folium.FeatureGroup(name="two").add_to(mine)
    for name, file in (("B </script>", "b.csv"), ("A", "a.csv")):
        tracks = replace(trackset.of_positions(SAILED), inputs={file: "f" * 64})
        draw.Tracks(tracks, name=name).add_to(group if name == "A" else mine)
    record = record_of(mine)
    assert record["@type"] == "Map"
    assert record["isBasedOn"] == [
        {"@type": "DataDownload", "name": file, "sha256": "f" * 64} for file in ("a.csv", "b.csv")
    ]
    said = {one["name"]: one["value"] for one in record["additionalProperty"]}
    assert set(said) == {"A", "B </script>"}
    assert {part["@type"] for part in said["A"]} == {"PropertyValue"}
    given_by = trackset.of_positions(SAILED).provenance()
    assert {part["name"]: part["value"] for part in said["A"]} == given_by
    assert "license" not in record


def test_a_scene_with_tracks_has_one_record_of_both(scenes):
    scene = scenes["ferry"]
    drawn = draw.scene(scene)
    tracks = replace(trackset.of_positions(SAILED), inputs={"zzz.csv": "e" * 64})
    draw.Tracks(tracks, name="sailed").add_to(drawn)
    record = record_of(drawn)
    assert record["name"] == scene.title
    assert record["license"] == scene.licence
    assert record["version"] == scene.version
    inputs = {one["name"]: one["sha256"] for one in record["isBasedOn"]}
    assert inputs == {**scene.inputs, "zzz.csv": "e" * 64}
    assert list(inputs) == sorted(inputs)
    assert [one["name"] for one in record["additionalProperty"]] == ["sailed"]


def test_a_map_of_which_nothing_is_known_has_no_record():
    assert "application/ld+json" not in Parsed(geo.page.render(folium.Map(tiles=None))).blocks


# --- a story --------------------------------------------------------------------------------------


def test_a_story_holds_its_maps_once_and_admits_their_scripts_and_no_other(tmp_path):
    told = brief.story(geo.package.load(Folder.drawn(tmp_path / "demo").path))
    drawn = {section.id: section.scene for section in told.sections if section.scene}
    text = geo.page.story(told, dict.fromkeys(drawn, b"picture"))
    page = Parsed(text)
    held = json.loads(next(v for k, v in page.blocks.items() if k.startswith("application/json")))
    assert list(held["maps"]) == list(drawn)
    assert len(set(held["pieces"])) == len(held["pieces"])
    maps = {
        key: Parsed("".join(held["pieces"][number] for number in numbers))
        for key, numbers in held["maps"].items()
    }
    scripts = [text for page in (page, *maps.values()) for text in page.scripts]
    styles = [text for page in (page, *maps.values()) for text in page.styles]
    assert page.policy["script-src"] == list(dict.fromkeys(map(csp_hash, scripts)))
    assert page.policy["style-src"] == list(dict.fromkeys(map(csp_hash, styles)))
    for key, scene in drawn.items():
        assert any(scene.headline in words for words in maps[key].words)
    record = json.loads(page.blocks["application/ld+json"])
    assert (record["name"], record["license"]) == (told.title, told.licence)
    assert {one["name"]: one["sha256"] for one in record["isBasedOn"]} == dict(told.inputs)
    assert geo.page.story(told, dict.fromkeys(drawn, b"picture")) == text


def test_comments_of_ours_do_not_reach_a_page_and_what_looks_like_them_does():
    text = "  const a = 'https://x.y/'; // why\n  // alone\n  /** of\n   * types */\n  f('// b');\n"
    assert bundle.bare(text) == "const a = 'https://x.y/';\nf('// b');\n"


@pytest.mark.parametrize("block", ["Ж no pack", "VFVNTg==", "AAAA"])
def test_a_block_that_is_no_pack_of_ours_is_read_as_text(block):
    for kind in ("text/plain", "application/gzip"):
        assert list(geo.page._read(f'<script type="{kind}">{block}</script>'))[-1] == block
