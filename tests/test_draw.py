"""Drawings: ordinary folium elements whose values travel inert."""

import base64
import json
from dataclasses import replace

import folium
import pytest
from cases import Parsed
from hypothesis import example, given
from hypothesis import strategies as st

from geo import draw, page
from geo.errors import GeoError

texts = st.text() | st.sampled_from(
    ["</script>", "<!--", "{{", "{%", "{#", "\u2028", "&lt;", "]]>"]
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
@example({"{{": "{%"})
@example(["{{{{", "{{%", "{", "{"])
@example({"a": {"b": {}}})
def test_inert_text_reads_back_and_nothing_else_can_read_it(value):
    text = draw.inert(value)
    assert json.loads(text) == value
    for sign in ("<", ">", "&", "\u2028", "\u2029", "{{", "{%", "{#"):
        assert sign not in text


@given(st.dictionaries(texts, texts, max_size=3))
def test_an_inert_block_is_one_element_to_a_browser(value):
    made = Parsed(draw.block("b", "application/json", draw.inert(value)))
    assert made.shape == [("script", ("id", "type"))]
    assert json.loads(made.blocks["application/json b"]) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_never_reach_a_page(value):
    with pytest.raises(ValueError, match="JSON"):
        draw.inert({"a": value})


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        (draw.Features, "features"),
        (draw.Controls, "controls"),
    ],
)
def test_every_drawing_is_an_ordinary_folium_element(element, kind):
    mine = folium.Map(tiles=None)
    element({"a": "{{ 6*7 }}</script>"}).add_to(mine)
    made = Parsed(page.render(mine))
    (text,) = [t for k, t in made.blocks.items() if kind in k]
    assert json.loads(text) == {"a": "{{ 6*7 }}</script>"}
    assert kind in own_kinds(made)


def steps_of(made):
    """What a page of a folium map makes, step by step."""
    found = [json.loads(t) for k, t in made.blocks.items() if k.startswith("application/json")]
    return next(value["steps"] for value in found if "steps" in value)


def own_kinds(made):
    """The kinds of this kit's own drawings on a page of a folium map."""
    return [step["args"][0] for step in steps_of(made) if step.get("call") == "own"]


def test_a_drawing_adds_nothing_to_maps_made_later():
    before = [name for name, _ in folium.Map.default_js]
    mine = folium.Map(tiles=None)
    draw.Features({"collection": {}}).add_to(mine)
    page.render(mine)
    assert [name for name, _ in folium.Map.default_js] == before
    assert own_kinds(Parsed(page.render(folium.Map(tiles=None)))) == []


def test_a_base_map_carries_its_packs_as_they_are():
    mine = folium.Map(tiles=None)
    packs = [b"world", bytes(range(256))]
    draw.Basemap(packs, own_names=["</script>"]).add_to(mine)
    blocks = Parsed(page.render(mine)).blocks
    values = [json.loads(t) for k, t in blocks.items() if k.startswith("application/json")]
    (value,) = [one for one in values if "packs" in one]
    assert [base64.b64decode(blocks[f"text/plain {n}"]) for n in value["packs"]] == packs
    assert value["own"] == ["</script>"]


def test_a_map_shows_its_bounds_and_asks_for_no_tiles():
    made = draw.Map((170, -30, 190, 10))
    assert json.loads(made.bounds_json) == [[-30, 170], [10, 190]]
    assert not [c for c in made._children.values() if isinstance(c, folium.TileLayer)]


def test_a_scene_becomes_a_fresh_map_each_time(scenes):
    one, other = draw.scene(scenes["ferry"]), draw.scene(scenes["ferry"])
    assert one is not other
    assert one.scene == scenes["ferry"]
    kinds = [child.kind for child in one._children.values() if hasattr(child, "kind")]
    assert kinds == [
        "basemap", "places", "pipes", "legend", "now", "clock", "whatif", "table", "controls"
    ]  # fmt: skip
    assert isinstance(list(one._children.values())[-1], draw.Ready)


PARTS = (draw.Pipes, draw.Places, draw.Legend, draw.Key, draw.Clock, draw.Table, draw.WhatIf)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_part_of_a_page_is_an_ordinary_folium_element(part, scenes):
    mine = folium.Map(tiles=None)
    part(scenes["rail"]).add_to(mine)
    made = Parsed(page.render(mine))
    assert part.kind in own_kinds(made)
    assert [k for k in made.blocks if part.kind in k]


def test_lines_and_places_stand_in_a_layer_control_by_their_names(scenes):
    mine = folium.Map(tiles=None)
    draw.Pipes(scenes["rail"], name="Cargo").add_to(mine)
    draw.Places(scenes["rail"], name="Stations", show=False).add_to(mine)
    control = folium.LayerControl().add_to(mine)
    page.render(mine)
    mine.get_root().render()
    assert list(control.overlays) == ["Cargo", "Stations"]


def test_a_clock_of_a_scene_without_periods_is_refused(scenes):
    with pytest.raises(GeoError, match="no figure has a period"):
        draw.Clock(scenes["overview"])


def test_parts_hold_no_brace_that_folium_would_evaluate(scenes):
    rows = tuple(replace(row, note="{{ 6*7 }}", what="{{ 6*7 }}") for row in scenes["rail"].rows)
    mine = folium.Map(tiles=None)
    draw.Table(replace(scenes["rail"], rows=rows)).add_to(mine)
    text = mine.get_root().render()
    assert "{{ 6*7 }}" not in text
    assert "6*7" in text


def test_a_drawn_map_can_be_added_to(scenes):
    mine = draw.scene(scenes["ferry"])
    folium.PolyLine([(1, 2), (3, 4)]).add_to(mine)
    made = Parsed(page.render(mine))
    assert "polyline" in [step.get("make") for step in steps_of(made)]
