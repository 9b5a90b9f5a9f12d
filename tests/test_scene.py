"""Scenes: words that never say more than the data, widths to scale, sources that add up."""

import json
import math
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from cases import SPARE, Folder
from hypothesis import example, given
from hypothesis import strategies as st

import geo
from geo.account import words
from geo.scene import compact, facts, parts, style

NAN = math.nan
finite = st.floats(0, 1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"quantity": 1.2}, "1.2 Mt"),
        ({"quantity": 139000.0}, "139,000 Mt"),
        ({"quantity": 2.0, "quantity_low": 2.0, "quantity_high": 2.5}, "2–2.5 Mt"),
        ({"quantity_low": 0.05}, "at least 0.05 Mt"),
        ({"quantity_high": 0.1}, "at most 0.1 Mt"),
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
    rates = [x for p in scenes["rail"].pipes for f in p.figures for x in (f.rate, f.capacity) if x]
    widest = max(rates) * scenes["rail"].scale["t"]
    assert widest == pytest.approx(style.MAX_PX)
    assert pipe.casing_px == pytest.approx(4e6 * scenes["rail"].scale["t"], abs=0.01)


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
    assert "40–63 % full at its peak in 2017" in scenes["rail"].headline
    assert "2–2.5 Mt of coal in 2017 (sources differ)" in scenes["rail"].deck


def test_the_legend_explains_every_colour_and_symbol_drawn(scenes):
    for scene in scenes.values():
        explained = {item.colour for item in scene.legend if item.symbol == "swatch"}
        assert {p.colour for p in scene.pipes} <= explained
        kinds = {
            k for i in scene.legend if i.symbol.startswith("place") for k in i.word.split(", ")
        }
        assert {p.kind for p in scene.places} == kinds
        assert {p.dash for p in scene.pipes} == {i.dash for i in scene.legend if i.symbol == "line"}
        wide = [f for p in scene.pipes for f in p.figures if f.rate is not None]
        cores = {i.symbol for i in scene.legend if i.symbol in {"core", "hollow"}}
        assert {"hollow" if f.hollow else "core" for f in wide} == cores


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


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"quantity": NAN, "quantity_low": 2.0, "quantity_high": 2.5}, "2–2.5 Mt"),
        ({"quantity": 2.0, "quantity_low": 2.0, "quantity_high": 2.0}, "2 Mt"),
        ({"quantity_low": 2.0, "quantity_high": 2.0}, "2 Mt"),
        ({"quantity": 2.0, "quantity_low": 1.0}, "2 Mt"),
        ({"quantity_low": None, "quantity_high": 3.0}, "at most 3 Mt"),
        ({"quantity": 0.0005}, "0.0005 Mt"),
        ({"quantity": 1234567.0}, "1,234,567 Mt"),
    ],
)
def test_ranges_and_bounds_are_told_apart(row, said):
    assert words.quantity({"unit": "Mt"} | row) == said


@pytest.mark.parametrize(("unit", "said"), [(None, "2 Mt"), ("", "2"), ("t", "2 t")])
def test_a_figure_takes_its_own_unit_or_the_one_given(unit, said):
    assert words.quantity({"quantity": 2.0, "unit": "Mt"}, unit=unit) == said


@given(finite, finite)
def test_both_ends_of_a_range_are_said_low_first(one, other):
    low, high = sorted((one, other))
    said = words.quantity({"quantity_low": low, "quantity_high": high, "unit": ""})
    if low == high:
        assert said == words.number(low)
    else:
        assert said == f"{words.number(low)}–{words.number(high)}"


@given(st.floats(0, 50))
def test_a_share_reads_back_to_what_it_was(share):
    said = words.percent(share)
    assert said.endswith(" %")
    if said.startswith("under"):
        assert share < 0.001
    else:
        shown = float(said.removesuffix(" %").replace(",", "")) / 100
        assert abs(shown - share) <= (0.005 if share >= 0.095 else 0.0005) + 1e-12


@given(st.floats(0.001, 50), st.floats(0.001, 50))
def test_a_greater_share_is_never_said_to_be_less(one, other):
    low, high = sorted((one, other))
    figures = [float(words.percent(v).removesuffix(" %").replace(",", "")) for v in (low, high)]
    assert figures == sorted(figures)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.3, 0.3), "30 %"),
        ((0.5, 0.625), "50–63 %"),
        ((0.013, None), "at least 1.3 %"),
        ((None, 0.013), "at most 1.3 %"),
        ((None, None), ""),
        ((0.5, 0.504), "50 %"),
        ((0.0, 0.0), "0 %"),
        ((0.0004, 0.0004), "under 0.1 %"),
        ((0.0004, 0.05), "0–5 %"),
        ((0.0004, None), "at least 0 %"),
        ((None, 0.0004), "under 0.1 %"),
    ],
)
def test_utilisation_is_said_as_a_share_a_range_or_a_bound(ends, said):
    assert words.share(*ends) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2015-10-01", "2015-12-31", "Q4 2015"),
        ("2015-02-01", "2015-04-30", "Feb–Apr 2015"),
        ("2024-02-01", "2024-02-29", "Feb 2024"),
        ("2023-02-01", "2023-02-28", "Feb 2023"),
        ("2017-11-01", "2018-02-28", "Nov 2017–Feb 2018"),
        ("2017-10-13", "2018-05-07", "13 Oct 2017–7 May 2018"),
        ("2015-01-01", "2016-03-31", "Jan 2015–Mar 2016"),
        ("2015-01-01", None, "since 1 Jan 2015"),
        (None, "2015-12-31", "until 31 Dec 2015"),
    ],
)
def test_every_kind_of_period_has_its_words(start, end, said):
    assert words.period(pd.Timestamp(start), pd.Timestamp(end)) == said


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"title": "T"}, "“T”"),
        (
            {
                "title": "T",
                "container-title": "Paper",
                "publisher": "House",
                "issued": {"date-parts": [[2017, 3]]},
                "note": "page 4",
                "accessed": {"date-parts": [[2026, 1, 5]]},
            },
            "Paper, “T”, 2017, page 4, read 2026-01-05",
        ),
        ({"title": "T", "publisher": "House", "issued": {}}, "House, “T”"),
        ({"title": "T", "issued": {"date-parts": [[]]}}, "“T”"),
        ({"title": "T", "issued": {"date-parts": []}}, "“T”"),
        ({"title": "T", "issued": None, "note": None}, "“T”"),
    ],
)
def test_a_source_is_one_line_of_what_is_known(record, said):
    assert words.source(record) == said


@pytest.mark.parametrize(
    ("length_km", "said"),
    [(54.0, "54.0 km (29.2 nmi)"), (1852.0, "1,852 km (1,000 nmi)"), (NAN, "unknown")],
)
def test_lengths_are_said_in_both_units(length_km, said):
    assert words.kilometres(length_km) == said


def test_every_conflict_has_its_own_key():
    keys = [words.key(n) for n in range(40)]
    assert len(set(keys)) == 40


@pytest.mark.parametrize(
    ("given_words", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")],
)
def test_words_are_joined_as_in_a_sentence(given_words, said):
    assert words.joined(given_words) == said


# --- style ----------------------------------------------------------------------------------------


@given(st.floats(1e-9, 1e15))
@example(9.9999999)
@example(1.0)
@example(0.1 + 0.2)
def test_a_nice_figure_is_one_two_or_five_and_not_above(value):
    found = style.nice(value)
    assert found <= value * (1 + 1e-6)
    assert found > value / 2.51
    assert f"{found:e}"[0] in "125"


@pytest.mark.parametrize("colour", [*style.PALETTE, style.CONTEXT])
def test_a_tint_is_paler_and_a_colour(colour):
    tint = style.tint(colour)
    assert re.fullmatch("#[0-9a-f]{6}", tint)
    pairs = [(int(colour[i : i + 2], 16), int(tint[i : i + 2], 16)) for i in (1, 3, 5)]
    assert all(full <= pale for full, pale in pairs)
    assert style.tint(colour, strength=0) == "#ffffff"
    assert style.tint(colour, strength=1) == colour.lower()


def test_a_word_nobody_knows_is_drawn_as_claimed():
    assert style.is_hollow("hearsay")
    assert style.is_hollow("claimed")
    assert not style.is_hollow("reported")


def test_only_what_is_not_in_operation_is_dashed(scenes):
    assert style.dash("planned") == style.dash("suspended") == style.DASHED
    assert style.dash("operating") == style.dash("claimed") == style.dash("") == ()
    for scene in scenes.values():
        for pipe in scene.pipes:
            assert bool(pipe.dash) == (pipe.status in {"planned", "suspended"})


# --- the pages of the shipped data ----------------------------------------------------------------


def test_every_core_is_its_flow_and_every_casing_its_capacity(package, scenes):
    """Worked out from the tables alone: quantity over capacity and the years of the period."""
    drawn = 0
    rows = {row["flow"]: row for row in facts.records(package.flows)}
    capacities = package.capacities.set_index("capacity")["quantity"]
    for scene in scenes.values():
        for pipe in (p for p in scene.pipes if p.casing_px and p.core_px):
            (name,) = pipe.shown
            flow = rows[name]
            full = capacities[{"rail": "rail_line_4mt", "ferry": "ferry_pass_year"}[pipe.corridor]]
            after = flow["period_end"] + pd.Timedelta(days=1)
            days = (after - flow["period_start"]).days
            share = flow["quantity"] / (full * days / 365)
            assert pipe.core_px / pipe.casing_px == pytest.approx(share, abs=0.01)
            drawn += 1
    assert drawn >= 3


def cited(scene):
    """Every number of a source that stands anywhere on a page."""
    for thing in (*scene.pipes, *scene.places):
        yield from (claim.source for claim in thing.claims)
    yield from (number for pipe in scene.pipes for number in pipe.sources)
    yield from (thing.source for thing in (*scene.places, *scene.rows, *scene.events))
    factors = [f for product in scene.products for f in product.factors]
    texts = [*scene.conflicts, *(text for f in factors for text in (f.cites, f.note))]
    yield from (int(n) for text in texts for n in re.findall(r"\[(\d+)\]", text))


def test_every_number_on_a_page_is_a_source_and_every_source_has_its_number(scenes):
    for scene in scenes.values():
        assert set(cited(scene)) == {source.number for source in scene.sources}
        assert len({source.text for source in scene.sources}) == len(scene.sources)


def test_what_is_drawn_is_the_first_claim_and_the_only_one(scenes):
    marked = 0
    for scene in scenes.values():
        for pipe in scene.pipes:
            drawn = [n for n, claim in enumerate(pipe.claims) if claim.drawn]
            assert drawn in ([], [0])
            marked += len(drawn)
    assert marked


def plain(value):
    if isinstance(value, dict):
        return all(type(k) is str and plain(v) for k, v in value.items())
    if isinstance(value, list | tuple):
        return all(map(plain, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int | bool)


def test_a_drawing_holds_nothing_but_json(scenes):
    for scene in scenes.values():
        assert plain(scene.drawing())
        assert not any(isinstance(value, bytes) for value in scene.drawing().values())


def unexplained(scene):
    """What is drawn on a page and not in its legend."""
    items = {(item.symbol, item.colour or item.dash or "") for item in scene.legend}
    symbols = {item.symbol for item in scene.legend}
    said = " | ".join(item.word for item in scene.legend)
    drawn = geo.scene.strokes.strokes(scene)
    for pipe in scene.pipes:
        if ("swatch", pipe.colour) not in items:
            yield f"colour {pipe.colour} of {pipe.id}"
        if pipe.casing_px is not None and "casing" not in symbols:
            yield f"casing of {pipe.id}"
        if pipe.core_px is not None and ("hollow" if pipe.hollow else "core") not in symbols:
            yield f"core of {pipe.id}"
        if any(one.rim_px for one in drawn[pipe.id]) and "rim" not in symbols:
            yield f"rim of {pipe.id}"
        if pipe.casing_px is None and pipe.core_px is None:
            yield from [] if ("line", pipe.dash or "") in items else [f"dash of {pipe.id}"]
        if pipe.over and "over capacity" not in said:
            yield f"hatching of {pipe.id}"
    for place in scene.places:
        if place.kind not in said:
            yield f"symbol of {place.id}"
        if place.accuracy_m and "ring" not in symbols:
            yield f"ring of {place.id}"


def test_the_legend_explains_everything_drawn(scenes):
    for scene in scenes.values():
        assert list(unexplained(scene)) == []


# --- a package of one's own -----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return Folder.drawn(tmp_path / "folder", without=SPARE - {"limits"})


def made(folder):
    return geo.scene.pages(geo.package.load(folder.path))


def test_every_page_lies_round_one_meridian(folder):
    for scene in made(folder).values():
        centre = (scene.view[0] + scene.view[2]) / 2
        assert scene.places
        assert all(abs(place.lon - centre) < 180 for place in scene.places)
        for pipe in scene.pipes:
            for part in pipe.parts:
                assert all(abs(lon - centre) < 180 for lon, _ in part)
                assert max(abs(b[0] - a[0]) for a, b in pairwise(part)) < 5


def test_the_page_says_its_finding_and_that_sources_differ(folder):
    scene = made(folder)["legs"]
    assert "30–38 % full in 2020" in scene.headline
    assert "1.2–1.5 Mt of all goods in 2020 (sources differ), of 4 Mt/year" in scene.deck
    (pipe,) = scene.pipes
    assert pipe.label.startswith("1.2–1.5 of 4 Mt/year · 30–38 % (2020)")
    assert pipe.core_px / pipe.casing_px == pytest.approx(1.5 / 4, abs=0.001)


FLOWS = ("example_flow", "example_flow_first")


def test_an_unknown_flow_leaves_the_casing_empty(folder):
    for key in FLOWS:
        folder.cell("flows.csv", key, quantity="")
    scene = made(folder)["legs"]
    (pipe,) = scene.pipes
    assert (pipe.core_px, pipe.label) == (None, "?")
    assert pipe.casing_px == style.MAX_PX  # what could move is known
    assert list(unexplained(scene)) == []


def test_an_unknown_capacity_leaves_the_core_alone(folder):
    folder.cell("capacities.csv", "example_capacity", quantity="")
    (pipe,) = made(folder)["legs"].pipes
    assert pipe.casing_px is None
    assert pipe.core_px == style.MAX_PX
    assert "%" not in pipe.label


def test_more_than_could_move_is_wider_than_its_casing(folder):
    folder.cell("flows.csv", "example_flow_first", quantity="6")
    scene = made(folder)["legs"]
    (pipe,) = scene.pipes
    assert pipe.over
    assert pipe.core_px == style.MAX_PX
    assert pipe.core_px / pipe.casing_px == pytest.approx(1.5, abs=0.001)
    assert list(unexplained(scene)) == []


@pytest.mark.parametrize("commodity", ["", "g6", "g7"])
def test_cargo_without_a_colour_of_its_own_is_explained_too(folder, commodity):
    for n in range(8):
        folder.add(
            "commodities.csv", commodity=f"g{n}", name_en=f"g{n}", group=f"g{n}", source="example"
        )
    for key in FLOWS:
        folder.cell("flows.csv", key, commodity=commodity)
    assert list(unexplained(geo.scene.flows(geo.package.load(folder.path)))) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc", "x"])
def test_an_address_that_is_no_web_address_is_no_link(folder, address):
    folder.change("sources.json", lambda records: records[0].update(URL=address))
    scene = geo.scene.flows(geo.package.load(folder.path))
    assert {source.url for source in scene.sources} == {""}


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.rows("flows.csv"),
        lambda f: f.rows("capacities.csv"),
        lambda f: (
            f.rows("commodities.csv")
            or [f.cell("flows.csv", k, commodity="") for k in FLOWS]
            + [f.cell("capacities.csv", "example_capacity", commodity="")]
        ),
        lambda f: f.cell("capacities.csv", "example_capacity", quantity="0"),
        lambda f: [f.cell("flows.csv", key, quantity="0") for key in FLOWS],
        lambda f: [f.cell("flows.csv", key, period_start="", period_end="") for key in FLOWS],
        lambda f: f.cell("corridors.csv", "example", layout="parallel"),
        lambda f: f.cell("corridors.csv", "example", role="context"),
        lambda f: f.descriptor(lambda d: d.pop("tumen:extent") and None),
        lambda f: f.change("legs.geojson", lambda d: d.update(features=[])),
    ],
    ids=[
        "no flows",
        "no capacities",
        "no commodities",
        "a capacity of nothing",
        "flows of nothing",
        "periods not stated",
        "parallel",
        "context only",
        "no extent",
        "no legs",
    ],
)
def test_a_folder_that_is_sound_makes_its_pages(folder, change):
    change(folder)
    pages = made(folder)
    assert next(iter(pages)) == "overview"
    assert geo.page.render(pages["flows"])


@pytest.mark.parametrize("name", sorted(SPARE | {"capacities"}))
def test_a_table_without_rows_is_no_hindrance(tmp_path, name):
    whole = Folder.drawn(tmp_path / "folder", without=(SPARE | {"capacities"}) - {name})
    whole.rows(f"{name}.csv")
    assert geo.page.render(geo.scene.flows(geo.package.load(whole.path)))


def test_a_limit_of_nothing_is_exceeded_by_anything(folder):
    folder.rows(
        "limits.csv",
        {
            "limit": "ban",
            "commodity": "all_goods",
            "quantity": "0",
            "unit": "t",
            "per": "year",
            "valid_from": "2019-01-01",
            "source": "example",
        },
    )
    for scene in made(folder).values():
        assert "inf" not in geo.page.render(scene).split("</header>")[0].split("<body")[1].lower()


@given(st.lists(st.tuples(st.integers(-18_000_000, 36_000_000), st.integers(-9_000_000, 9_000_000)),
                min_size=1, max_size=40))  # fmt: skip
def test_a_course_as_differences_is_the_line_it_was(points):
    """Added up as often as it says; how the browser does it stands in tests/web/lines.test.js."""
    line = [[x / 1e5, y / 1e5] for x, y in points]
    packed = compact.course(line)
    sums = [np.array(packed[axis]) for axis in "xy"]
    for _ in range(packed["times"]):
        sums = [np.cumsum(one) for one in sums]
    assert np.array_equal(np.column_stack(sums) / 1e5, line)


def test_a_line_known_more_finely_is_kept_as_it_is():
    line = [[130.1234567, 42.0], [130.2, 42.1]]
    assert compact.course(line) is line


def test_the_ends_of_a_corridor_go_before_what_lies_between(scenes):
    """Where two have no room beside each other, on the page and on a still."""
    places = {p.id: style.place_order(p.kind, p.rank) for p in scenes["rail"].places}
    assert scenes["rail"].places
    assert min(places["khasan"], places["rajin"]) > places["friendship_bridge"]
    assert places["friendship_bridge"] > places["tumangang"]


def test_a_page_says_whose_its_ground_is_and_its_relief_where_it_has_one(scenes):
    whole = " ".join(scenes["overview"].notes)
    for word in ("not authoritative", "GSHHG", "WDBII", "GeoNames", "shadedrelief.com"):
        assert whole.count(word) == 1
    assert "shadedrelief" not in " ".join(parts.ground_notes([geo.basemap.world()]))
