import random
import re
from dataclasses import replace

import pytest

from geo import flows
from geo.scene import products
from geo.scene.facts import Facts


@pytest.fixture(scope="module")
def by_id(scenes):
    return {product.id: product for product in scenes["flows"].products}


def changed(package, capacity, **cells):
    """The package with cells of one capacity changed."""
    table = package.capacities.copy()
    for column, value in cells.items():
        table.loc[table["capacity"] == capacity, column] = value
    return replace(package, capacities=table)


def made(package, capacity, **cells):
    """A product, with cells of its capacity changed."""
    facts = Facts(changed(package, capacity, **cells), package.legs)
    return {product.id: product for product in products.products(facts)}.get(capacity)


def drawn_values(product, seed):
    """A value within its bounds for every factor."""
    numbers = random.Random(seed)
    return {f.id: numbers.uniform(f.low, f.high) for f in product.factors}


# --- which ---------------------------------------------------------------------------------------


def test_every_yearly_product_with_something_to_move_is_on_the_page(by_id):
    assert list(by_id) == [
        "rail_from_train_pairs",
        "rail_pier3",
        "ferry_pass_year",
        "ferry_cargo_year",
        "ferry_pass_year_plan",
        "tankers_2017_march",
    ]
    for product in by_id.values():
        assert any(factor.low < factor.high for factor in product.factors)


def test_a_page_has_the_products_of_its_own_corridors_and_the_overview_none(scenes):
    assert [p.id for p in scenes["rail"].products] == ["rail_from_train_pairs", "rail_pier3"]
    assert {p.corridor for p in scenes["ferry"].products} == {"ferry"}
    assert scenes["overview"].products == ()


@pytest.mark.parametrize(
    "cells",
    [
        {"formula": "rail_trains_per_day + 1"},
        {"formula": "4 * 5"},
        {"formula": ""},
        {"per": "train"},
        {"formula": "rail_trains_needed * 3"},
        {"formula": "rail_trains_per_day * 1e300 * 1e300"},
    ],
    ids=["sum", "numbers", "none", "not a year", "nothing to move", "endless"],
)
def test_what_is_no_product_to_move_is_left_out(package, cells):
    assert made(package, "rail_from_train_pairs", **cells) is None


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_page_computes_what_python_computes_to_the_bit(package, by_id, seed):
    for product in by_id.values():
        values = drawn_values(product, seed)
        asked = flows.what_if(
            product.id,
            capacities=package.capacities,
            factors=package.factors,
            others=[package.flows, package.attributes],
            values=values,
        )
        assert products.set_to(product, values) == asked.value


def test_at_the_values_of_the_sources_a_product_is_its_published_figure(package, by_id):
    table = package.capacities.set_index("capacity")
    published = table["quantity"].fillna(table["quantity_low"])
    for product in by_id.values():
        assert products.set_to(product, {}) == pytest.approx(published[product.id], rel=5e-3)


def test_a_product_a_month_counts_twelve_times_a_year_in_the_base_unit(by_id):
    assert (by_id["tankers_2017_march"].per_year, by_id["tankers_2017_march"].kind) == (12, "dwt")
    assert (by_id["rail_from_train_pairs"].per_year, by_id["rail_from_train_pairs"].kind) == (
        1e6,
        "t",
    )


def test_conflicting_sources_are_the_bounds_of_a_load(by_id):
    places = by_id["ferry_pass_year"].factors[0]
    assert (places.value, places.low, places.high, places.step) == (193, 193, 200, 1)
    assert places.allowed == "193–200 passengers"
    assert len(set(places.cites.split())) == 3


@pytest.mark.parametrize(
    ("low", "value", "high", "step"),
    [
        (65, 65, 71, 1),
        (193, 193, 200, 1),
        (1000, 1500, 1500, 10),
        (1000, 3000, 9000, 100),
        (2.4, 12, 12, 0.1),
        (69.2, 69.2, 75, 0.1),
        (0.69, 1, 1.38, 0.01),
        (0, 1.5, 100, 0.5),
        (0, 3e6, 1e7, 200000.0),
        (0.5, 0.5, 0.5, 0.1),
        (1 / 3, 0.5, 1, None),
        (0, 0.001, 1000, None),
    ],
)
def test_steps_are_round_meet_every_value_and_are_no_finer_than_the_figures(low, value, high, step):
    assert products.step(low, value, high) == step


# --- words ---------------------------------------------------------------------------------------


def test_the_sentence_names_every_factor_the_product_and_what_moved(by_id):
    assert by_id["rail_from_train_pairs"].sentence == (
        "12 trains a day in one direction × 65 wagons in a train × 69.2 t (net load of a wagon) "
        "× 365 = 19.7 Mt a year could move; "
        "the 2–2.5 Mt that moved in 2017 would be 10–13 % of it."
    )


def test_a_part_of_a_year_is_held_against_that_part(by_id):
    product = by_id["ferry_pass_year"]
    assert product.sentence.endswith(
        "20,100 passengers a year could move; the 370 passengers that moved between 18 May 2017 "
        "and 31 Aug 2017 would be 6.3 % of it for that time."
    )
    assert "× 1 round trip a week × 52" in product.sentence
    twice = products.sentence(product, {"ferry_round_trips_per_week": 1.2})
    assert "× 1.2 round trips a week × 52" in twice


def test_the_sentence_follows_the_factors_set(by_id):
    said = products.sentence(by_id["rail_from_train_pairs"], {"rail_trains_per_day": 2.4})
    assert said.startswith("2.4 trains a day in one direction × 65 wagons")
    assert said.endswith("= 3.94 Mt a year could move; the 2–2.5 Mt that moved in 2017 would be "
                         "51–63 % of it.")  # fmt: skip


@pytest.mark.parametrize("name", ["tankers_2017_march", "ferry_cargo_year"])
def test_where_no_figure_is_comparable_the_product_says_so(by_id, name):
    product = by_id[name]
    assert product.held is None
    assert product.sentence.endswith(f"could move; what moved is not known in {product.kind}.")


def test_that_no_source_gives_a_load_factor_is_said(by_id):
    assert "gives a load factor" in by_id["tankers_2017_march"].note


def test_an_unknown_value_makes_the_product_at_least_until_it_is_set(package):
    pier = made(package, "rail_pier3")
    ships = pier.factors[1]
    assert (ships.value, ships.low, ships.high, ships.known) == (3, 3, 6, False)
    assert "= at least 1.8 Mt a year could move" in pier.sentence
    assert pier.sentence.endswith("would be at most 139 % of it.")
    assert pier.allowed == "1.8–3.6 Mt a year"
    assert "= 1.8 Mt a year could move" in products.sentence(pier, {ships.id: 3.0})


def test_a_factor_that_divides_says_so(package):
    made_of = made(
        package, "rail_from_train_pairs", formula="rail_trains_per_day / rail_wagons_per_train / 2"
    )
    assert made_of.sentence.startswith(
        "12 trains a day in one direction ÷ 65 wagons in a train ÷ 2"
    )
    assert products.set_to(made_of, {}) == 0.5 * 12 / 65


def test_a_bound_of_what_moved_stays_a_bound(package):
    table = package.flows.copy()
    own = table["corridor"] == "rail"
    table = table[~own | (table["flow"] == "rail_2019")]
    found = products.products(Facts(replace(package, flows=table), package.legs))[0]
    assert found.held.rate is None
    assert found.held.low == 50_000
    assert found.sentence.endswith(
        "at least 0.05 Mt moved in 2019, which would be at least 0.3 % of it."
    )


def test_only_what_the_map_draws_can_be_drawn_on_it(package, by_id):
    assert by_id["rail_from_train_pairs"].held.drawn
    assert by_id["rail_from_train_pairs"].published == "4–5 Mt/year"
    assert (by_id["rail_from_train_pairs"].line, by_id["ferry_pass_year"].line) == ("rail", "ferry")
    oil = made(package, "tankers_2017_march", unit="t")
    assert oil.held is not None
    assert not oil.held.drawn
    assert oil.published == ""


# --- sources -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["flows", "rail", "ferry", "tankers"])
def test_every_number_cited_is_a_source_of_the_page(scenes, page):
    scene = scenes[page]
    known = {source.number for source in scene.sources}
    for product in scene.products:
        texts = [
            product.cites,
            product.note,
            *(t for f in product.factors for t in (f.cites, f.note)),
        ]
        texts += [product.held.cites] if product.held else []
        cited = {int(n) for text in texts for n in re.findall(r"\[(\d+)\]", text)}
        assert cited
        assert cited <= known
        assert all(f.cites for f in product.factors)


def test_a_source_named_in_a_remark_is_a_number_beside_the_bound(scenes, by_id):
    numbers = {source.id: source.number for source in scenes["flows"].sources}
    wagons = by_id["rail_from_train_pairs"].factors[1]
    there = f"[{numbers['interfax_2023_vanino']}]"
    assert wagons.cites == f"[{numbers['itar_tass_2014']}] {there}"
    assert "interfax_2023_vanino" not in wagons.note
