"""What if in the page: the browser multiplies, words and draws as Python does."""

import math
import random
from dataclasses import asdict

import pytest

from geo import flows
from geo.account import words
from geo.scene import products
from geo.scene.model import FactorSlider, Held, WhatIf

pytestmark = pytest.mark.browser

TRAINS = "rail_trains_per_day"
RAIL = '[data-product="rail_from_train_pairs"]'
STATE = """() => {
  const map = Object.values(window).find(value => value instanceof L.Map), lines = map._tumenPipes;
  return Object.fromEntries(lines.pipes.map(pipe => [pipe.id,
    lines.state(pipe).cores.map(f => ({ kind: f.kind, capacity: f.capacity, share: f.share }))]));
}"""
MOVE = """(slider, value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""
EDGES = [
    0.0,
    -0.0,
    1.0,
    0.001,
    0.00099999,
    0.0005,
    1e-5,
    1.2345e-5,
    9.99996e-5,
    5e-324,
    0.9996,
    999.9995,
]
EDGES += [
    0.094999,
    0.095,
    0.0951,
    0.00125,
    0.125,
    0.155,
    0.245,
    0.0045,
    1.005,
    2.675,
    1e15,
    1e16,
    1e21,
]
EDGES += [
    123456789.0005,
    0.1 + 0.2,
    1 / 3,
    2 / 3,
    math.pi * 1e6,
    1.7e18,
    -1234.5678,
    -0.0004,
    -0.25,
]
TIES = [n / 16 for n in range(1, 64, 2)] + [1000 + n / 16 for n in range(1, 16, 2)]


def figures(seed, count=1500):
    """Doubles of every size, many of them with few digits, as figures are."""
    numbers = random.Random(seed)
    for _ in range(count):
        value = numbers.uniform(0, 10) * 10.0 ** numbers.randint(-7, 12)
        yield round(value, numbers.randint(0, 6)) if numbers.random() < 0.5 else value


def said(opened, name, values):
    """What a function of T.words says of each value."""
    return opened.page.evaluate(
        "([name, values]) => values.map(value => Tumen.words[name](value))", [name, list(values)]
    )


@pytest.fixture
def opened(built, open_page):
    return open_page(built["flows"])


@pytest.fixture(scope="module")
def by_id(scenes):
    return {product.id: product for product in scenes["flows"].products}


def panel(opened, name=RAIL):
    return opened.page.locator(name)


def slider(opened, factor=TRAINS, name=RAIL):
    return opened.page.locator(f'{name} [data-factor="{factor}"]')


def sentence(opened, name=RAIL):
    return panel(opened, name).locator(".said").text_content()


def frames(opened):
    """Wait until the map has drawn what was asked for."""
    opened.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def held(opened, corridor="rail"):
    frames(opened)
    cores = opened.page.evaluate(STATE)
    return next(own[0] for name, own in cores.items() if name.startswith(corridor) and own)


# --- one arithmetic, one language -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [("number", words.number), ("rounded", words.rounded), ("percent", words.percent)],
)
def test_figures_are_worded_alike(opened, name, says):
    values = [*EDGES, *TIES, *figures(1)]
    expected = [says(value) for value in values]
    assert len(set(expected)) > 500
    assert said(opened, name, values) == expected


def test_what_is_no_figure_is_worded_alike(opened):
    odd = [math.nan, math.inf, -math.inf, 1e22, 1.5e300]
    assert said(opened, "number", odd) == [words.number(value) for value in odd]
    assert said(opened, "percent", [None, math.nan]) == [words.percent(math.nan)] * 2


def rows(keys):
    numbers, found = random.Random(7), [None, 0.0, 0.25, 1.0, 2000.0, 0.0004, 0.063, 0.5]
    for _ in range(300):
        yield {key: numbers.choice(found) for key in keys}


def test_ranges_and_bounds_are_worded_alike(opened):
    names = ["Mt", "passengers", "train_pairs", "lorries", "boxes of fish", "TEU", "bus"]
    stated = rows(["quantity", "quantity_low", "quantity_high"])
    amounts = [{**row, "unit": names[n % len(names)]} for n, row in enumerate(stated)]
    assert said(opened, "quantity", amounts) == [words.quantity(row) for row in amounts]
    shares = [[row["low"], row["high"]] for row in rows(["low", "high"])]
    worded = opened.page.evaluate("ends => ends.map(e => Tumen.words.share(e[0], e[1]))", shares)
    assert worded == [words.share(*ends) for ends in shares]
    lists = [[], ["a"], ["a", "b"], ["a", "b", "c"]]
    assert said(opened, "joined", lists) == [words.joined(row) for row in lists]


def test_products_of_random_factors_are_equal_to_the_bit(opened):
    numbers, sets = random.Random(3), []
    for _ in range(600):
        values = [
            numbers.uniform(0, 10.0 ** numbers.randint(-2, 5)) for _ in range(numbers.randint(1, 6))
        ]
        divides = [value > 0 and numbers.random() < 0.2 for value in values]
        sets.append([numbers.uniform(0, 1e4), values, divides])
    factors = [
        [flows.Factor("", v, v, v, "", divides=d) for v, d in zip(vs, ds, strict=True)]
        for _, vs, ds in sets
    ]
    expected = [flows.multiply(c, f, vs) for (c, vs, _), f in zip(sets, factors, strict=True)]
    found = opened.page.evaluate("sets => sets.map(s => Tumen.product(s[0], s[1], s[2]))", sets)
    assert [float(value) for value in found] == expected
    assert len(set(expected)) == len(sets)


def test_sentences_of_random_factors_are_equal(opened, by_id):
    numbers, asked = random.Random(5), []
    for product in by_id.values():
        for _ in range(60):
            chosen = [f for f in product.factors if numbers.random() < 0.8]
            asked.append((product, {f.id: numbers.uniform(f.low, f.high) for f in chosen}))
    found = opened.page.evaluate(
        "asked => asked.map(a => Tumen.productSentence(a[0], a[1]))",
        [[asdict(product), values] for product, values in asked],
    )
    assert found == [products.sentence(product, values) for product, values in asked]


def made_up(**changes):
    """A product of nothing in the data: one factor that divides, one without a value."""
    words_only = {"words": "", "figure": "", "allowed": "", "cites": "", "step": 1.0}
    base = {**words_only, "unit": "b", "unit_one": "b", "one": " box a day", "many": " boxes a day"}
    one = FactorSlider("one", value=2.0, low=1.0, high=9.0, known=False, **base)
    two = FactorSlider("two", value=4.0, low=2.0, high=8.0, divides=True, **base)
    values = {
        **dict.fromkeys(
            ("title", "factors_title", "allowed", "published", "sentence", "cites"), ""
        ),
        **{"id": "p", "corridor": "c", "line": "c", "unit": "t", "per": "day", "kind": "t"},
        **{"per_year": 365.25, "constant": 0.1, "factors": (two, one), "tail": " × 0.1"},
        "held": Held("at least 1 t moved in May, which would be ", "it", None, 0.5, None, "", True),
    }
    return WhatIf(**(values | changes))


@pytest.mark.parametrize("values", [{}, {"one": 1.0}, {"two": 8.0}, {"one": 9.0, "two": 2.0}])
@pytest.mark.parametrize(
    "changes", [{}, {"constant": 0.0}, {"held": None}], ids=["held", "nothing", "unheld"]
)
def test_sentences_with_bounds_and_unknowns_are_equal(opened, values, changes):
    product = made_up(**changes)
    found = opened.page.evaluate(
        "a => Tumen.productSentence(a[0], a[1])", [asdict(product), values]
    )
    assert found == products.sentence(product, values)
    assert found.startswith("÷ ")
    could = found.partition(" could move")[0]
    assert ("at least" in could) == ("one" not in values)


# --- the page ------------------------------------------------------------------------------------


def test_a_slider_stands_at_its_source_and_cannot_leave_its_bounds(opened, by_id):
    for product in by_id.values():
        for factor in (f for f in product.factors if f.low < f.high):
            own = slider(opened, factor.id, f'[data-product="{product.id}"]')
            assert float(own.input_value()) == factor.value
            ends = [
                own.evaluate("(s, v) => { s.value = v; return s.value; }", v)
                for v in ("-1e9", "1e9")
            ]
            assert [float(end) for end in ends] == [factor.low, factor.high]
    assert opened.complaints == []


def test_keys_move_a_slider_and_the_sentence_is_the_one_of_python(opened, by_id):
    rail = by_id["rail_from_train_pairs"]
    slider(opened).focus()
    for key, value in (
        ("ArrowLeft", 11.9),
        ("ArrowLeft", 11.8),
        ("Home", 2.4),
        ("ArrowRight", 2.5),
    ):
        opened.page.keyboard.press(key)
        assert sentence(opened) == products.sentence(rail, {TRAINS: value})
    slider(opened, "rail_wagons_per_train").focus()
    opened.page.keyboard.press("End")
    values = {TRAINS: 2.5, "rail_wagons_per_train": 71.0}
    assert sentence(opened) == products.sentence(rail, values)
    assert panel(opened).locator("output").all_text_contents() == [
        "2.5 trains/day", "71 wagons/train", "69.2 t/wagon"
    ]  # fmt: skip
    assert slider(opened).get_attribute("aria-valuetext") == "2.5 trains/day"


def test_random_moves_of_the_sliders_give_what_python_gives(opened, package, by_id):
    numbers = random.Random(11)
    for product in by_id.values():
        place = f'[data-product="{product.id}"]'
        for _ in range(8):
            values = {}
            for factor in (f for f in product.factors if f.low < f.high):
                asked = numbers.uniform(factor.low, factor.high)
                slider(opened, factor.id, place).evaluate(MOVE, str(asked))
                values[factor.id] = float(slider(opened, factor.id, place).input_value())
            assert sentence(opened, place) == products.sentence(product, values)
            found = flows.what_if(
                product.id, capacities=package.capacities, factors=package.factors, values=values
            )
            if product.held is not None:
                assert held(opened, product.line)["capacity"] == found.value * product.per_year


def test_the_first_move_draws_the_product_and_as_published_takes_it_back(opened, by_id):
    before = held(opened)
    switch = panel(opened).get_by_role("switch", name="Draw this on the map")
    assert before["capacity"] == 4e6
    assert not switch.is_checked()
    slider(opened).focus()
    opened.page.keyboard.press("Home")
    rail = by_id["rail_from_train_pairs"]
    wanted = products.set_to(rail, {TRAINS: 2.4}) * rail.per_year
    assert switch.is_checked()
    assert held(opened)["capacity"] == wanted
    panel(opened).get_by_role("button", name="As published").click()
    assert held(opened) == before
    assert not switch.is_checked()
    assert sentence(opened) == rail.sentence
    assert slider(opened).input_value() == "12"


def test_the_casing_on_the_map_follows_the_slider(opened, scenes, by_id):
    rail, scale = by_id["rail_from_train_pairs"], scenes["flows"].scale["t"]
    slider(opened).focus()
    opened.page.keyboard.press("Home")
    frames(opened)
    widths = opened.page.locator('path.tumen-casing[data-pipe^="rail"]').evaluate_all(
        "paths => paths.map(path => Number(path.getAttribute('stroke-width')))"
    )
    wanted = products.set_to(rail, {TRAINS: 2.4}) * rail.per_year * scale
    assert widths == pytest.approx([wanted] * len(widths), abs=0.01)
    assert widths


def test_the_chart_stands_against_what_is_asked_for(opened, by_id):
    """Heights in the row of the railway: the line of what could move, in tallest columns."""
    measure = """() => {
      const head = [...document.querySelectorAll('.clock-row')].find(
        row => /what if/.test(row.textContent));
      if (!head) return null;
      const base = Number(head.querySelector('.axis').getAttribute('y1')) - 0.5;
      const line = [...head.querySelectorAll('.bound')].map(l => base - l.getAttribute('y1'));
      return {lines: line, words: head.querySelector('.clock-bound').textContent, high: Math.max(
        ...[...head.querySelectorAll('.column')].map(c => base - c.getAttribute('y')))};
    }"""
    assert opened.page.evaluate(measure) is None
    rail = by_id["rail_from_train_pairs"]
    heights = []
    for key in ("Home", "End"):
        slider(opened).focus()
        opened.page.keyboard.press(key)
        frames(opened)
        found = opened.page.evaluate(measure)
        trains = float(slider(opened).input_value())
        rate = products.set_to(rail, {TRAINS: trains}) * rail.per_year
        assert f"what if: {words.number(rate / 1e6)} Mt/year" in found["words"]
        (line,) = found["lines"]
        heights.append(line / found["high"] / rate)
    assert heights[0] == pytest.approx(heights[1], rel=0.02)
    panel(opened).get_by_role("button", name="As published").click()
    frames(opened)
    assert opened.page.evaluate(measure) is None


def test_a_switch_turned_off_stays_off_while_the_sliders_move(opened):
    switch = panel(opened).get_by_role("switch")
    slider(opened).focus()
    opened.page.keyboard.press("Home")
    switch.focus()
    opened.page.keyboard.press("Space")
    slider(opened).focus()
    opened.page.keyboard.press("ArrowRight")
    assert not switch.is_checked()
    assert held(opened)["capacity"] == 4e6


def test_one_product_at_a_time_is_drawn_on_a_line(opened, by_id):
    one, two = (f'[data-product="{name}"]' for name in ("ferry_pass_year", "ferry_pass_year_plan"))
    panel(opened, one).get_by_role("switch").check()
    panel(opened, two).get_by_role("switch").check()
    assert not panel(opened, one).get_by_role("switch").is_checked()
    plan = by_id["ferry_pass_year_plan"]
    assert held(opened, "ferry")["capacity"] == products.set_to(plan, {}) * plan.per_year
    panel(opened, one).get_by_role("button", name="As published").click()
    assert held(opened, "ferry")["capacity"] == products.set_to(plan, {}) * plan.per_year
    panel(opened, two).get_by_role("switch").uncheck()
    assert held(opened, "ferry")["capacity"] == 20072


def test_what_cannot_be_drawn_has_no_switch(opened, by_id):
    for product in by_id.values():
        drawn = product.held is not None and product.held.drawn
        switches = panel(opened, f'[data-product="{product.id}"]').get_by_role("switch")
        assert switches.count() == (1 if drawn else 0)


def test_every_control_has_a_name_and_room_for_a_finger(opened):
    for control in opened.page.locator(".what-if input, .what-if button, .what-if summary").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    names = opened.page.locator(".what-if input").evaluate_all(
        "inputs => inputs.map(input => input.labels[0].textContent.trim())"
    )
    assert all(names)
    groups = opened.page.locator(".what-if fieldset legend").all_text_contents()
    assert len(set(groups)) == len(groups) == 6


def test_a_phone_needs_no_sideways_scrolling(built, open_page):
    small = open_page(built["flows"], (390, 844))
    widths = small.page.locator(".what-if *").evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect().right)"
    )
    assert max(widths) <= 390


def test_without_scripts_the_section_says_the_same(by_id, browser, built):
    context = browser.new_context(java_script_enabled=False)
    try:
        opened = context.new_page()
        opened.goto(built["flows"].as_uri())
        said = opened.locator(".product .said").all_text_contents()
        assert said == [product.sentence for product in by_id.values()]
        assert opened.locator(".product input[type=range]:enabled").count() == 0
        assert not opened.locator(".product .actions").first.is_visible()
    finally:
        context.close()


def test_an_unknown_value_is_at_least_until_its_slider_moves(built, open_page):
    opened = open_page(built["rail"])
    place = '[data-product="rail_pier3"]'
    own_slider = slider(opened, "rail_pier3_ships_per_month", place)
    assert panel(opened, place).locator("output").text_content() == "at least 3 ships/month"
    assert "= at least 1.8 Mt" in sentence(opened, place)
    own_slider.focus()
    opened.page.keyboard.press("ArrowRight")
    assert panel(opened, place).locator("output").text_content() == "4 ships/month"
    assert "= 2.4 Mt" in sentence(opened, place)
    panel(opened, place).get_by_role("button", name="As published").click()
    assert "= at least 1.8 Mt" in sentence(opened, place)
