"""Scenes: words that never say more than the data, widths to scale, sources that add up."""

import json
import math
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo.scene import style, words

NAN = math.nan
finite = st.floats(0, 1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"quantity": 1.2}, "1.2 Mt"),
        ({"quantity": 139000.0}, "139,000 Mt"),
        ({"quantity": 2.0, "quantity_low": 2.0, "quantity_high": 2.5}, "2–2.5 Mt"),
        ({"quantity_low": 0.05}, "over 0.05 Mt"),
        ({"quantity_high": 0.1}, "under 0.1 Mt"),
        ({"quantity": 0.0}, "0 Mt"),
        ({}, "unknown"),
    ],
)
def test_a_figure_is_said_as_the_source_gave_it(row, said):
    whole = {"quantity": NAN, "quantity_low": NAN, "quantity_high": NAN, "unit": "Mt"} | row
    assert words.quantity(whole) == said


@given(finite)
def test_numbers_read_back_to_what_they_were(value):
    shown = float(words.number(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=1e-3, abs=6e-4)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.3, "30 %"), (0.625, "63 %"), (0.063, "6.3 %"), (0.0004, "under 0.1 %"), (1.2, "120 %")],
)
def test_shares_are_rounded_half_up(share, said):
    assert words.percent(share) == said


def test_an_unknown_share_is_a_word_not_a_number():
    assert words.percent(NAN) == "unknown"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2015-01-01", "2015-12-31", "2015"),
        ("2008-01-01", "2011-12-31", "2008–2011"),
        ("2015-01-01", "2015-03-31", "Q1 2015"),
        ("2017-01-01", "2017-08-31", "Jan–Aug 2017"),
        ("2024-03-01", "2024-03-31", "Mar 2024"),
        ("2017-10-15", "2017-10-15", "15 Oct 2017"),
        ("2017-05-18", "2017-08-31", "18 May–31 Aug 2017"),
        (None, None, "period not stated"),
    ],
)
def test_periods_are_said_in_the_shortest_true_way(start, end, said):
    assert words.period(pd.Timestamp(start), pd.Timestamp(end)) == said


def test_colours_are_told_apart_up_to_six_and_shared_beyond():
    given_colours = style.colours([f"g{n}" for n in range(8)])
    assert len(set(given_colours.values())) == 7
    assert given_colours["g6"] == given_colours["g7"] == style.CONTEXT


@given(st.floats(1e-6, 1e12))
def test_sample_quantities_rise_to_the_largest_drawn(most):
    low, middle, high = style.samples(most)
    assert 0 < low <= middle <= high == most


def test_cores_and_casings_are_to_one_scale(package, scenes):
    pipe = next(p for p in scenes["rail"].pipes if p.core_px is not None)
    flow = package.flows[package.flows["flow"] == "rail_2017"].iloc[0]
    assert pipe.core_px / pipe.casing_px == pytest.approx(flow["quantity"] / 4.0, abs=0.002)
    assert pipe.casing_px == pytest.approx(style.MAX_PX)


def test_every_sample_width_stands_for_its_quantity(scenes):
    for scene in scenes.values():
        for samples in scene.samples.values():
            ratios = {
                round(s.width_px / float(s.word.split()[0].replace(",", "")), 4) for s in samples
            }
            assert max(ratios) == pytest.approx(min(ratios), rel=0.02)


def test_unknown_flow_has_no_core_and_says_so(scenes):
    unknown = [p for p in scenes["tankers"].pipes if p.label == "?"]
    assert unknown
    assert all(p.core_px is None for p in unknown)
    assert any(item.symbol == "unknown" for item in scenes["tankers"].legend)


def test_sources_are_numbered_without_gaps_and_every_citation_finds_its_source(scenes):
    for scene in scenes.values():
        numbers = [s.number for s in scene.sources]
        assert numbers == list(range(1, len(numbers) + 1))
        cited = {r.source for r in scene.rows} | {e.source for e in scene.events}
        for thing in (*scene.pipes, *scene.places):
            cited |= {c.source for c in thing.claims}
        assert cited <= set(numbers)
        assert len({s.id for s in scene.sources}) == len(numbers)


def test_the_drawn_claim_stands_first(scenes):
    for scene in scenes.values():
        for pipe in scene.pipes:
            drawn = [c.drawn for c in pipe.claims if c.group == "flow"]
            assert drawn == sorted(drawn, reverse=True)


def test_the_headline_gives_the_range_and_says_that_sources_differ(scenes):
    assert "2–2.5 Mt" in scenes["rail"].headline
    assert "sources differ" in scenes["rail"].headline


def test_the_legend_explains_every_colour_and_symbol_drawn(scenes):
    for scene in scenes.values():
        explained = {item.colour for item in scene.legend if item.symbol == "swatch"}
        assert {p.colour for p in scene.pipes} <= explained
        kinds = {
            k for i in scene.legend if i.symbol.startswith("place") for k in i.word.split(", ")
        }
        assert {p.kind for p in scene.places} == kinds
        dashes = {item.dash for item in scene.legend if item.symbol in {"line", "core"}}
        assert {p.dash for p in scene.pipes} <= dashes
        assert {p.core_dash for p in scene.pipes if p.core_px is not None} <= dashes


def test_synthetic_and_modelled_are_called_by_their_name(scenes):
    assert any("modelled" in item.word for item in scenes["tankers"].legend)
    assert any("not an observed track" in note for note in scenes["ferry"].notes)


def test_a_drawing_is_plain_json(scenes):
    for scene in scenes.values():
        assert json.loads(json.dumps(scene.drawing(), allow_nan=False))["id"] == scene.id


def test_across_the_antimeridian_lines_are_continuous_and_places_beside_them(tmp_path):
    geo.scaffold.new(tmp_path / "demo")
    scene = geo.scene.flows(geo.package.load(tmp_path / "demo"))
    west, _, east, _ = scene.view
    for pipe in scene.pipes:
        for part in pipe.parts:
            steps = [abs(b[0] - a[0]) for a, b in pairwise(part)]
            assert max(steps) < 5
    assert all(west < place.lon < east for place in scene.places)
    assert len(scene.places) == 2
