"""Reported figures against a limit: year by year, never added up, unknown never zero."""

import re

import pytest
from cases import Folder
from conftest import DESKTOP, PHONE

import geo
from geo.scene import limits
from geo.scene.facts import Facts

YEAR = ("2020-01-01", "2020-12-31")
LIMIT = {
    "limit": "cap",
    "commodity": "all_goods",
    "quantity": "1000",
    "unit": "TEU",
    "per": "year",
    "valid_from": "2019-01-01",
    "note": "all states together",
    "source": "example",
}


@pytest.fixture
def folder(tmp_path):
    """The example folder with a limit of 1,000 TEU a year and no flows."""
    made = Folder.drawn(tmp_path / "folder")
    made.rows("limits.csv", LIMIT)
    made.rows("flows.csv")
    made.rows("attributes.csv")
    return made


def flow(name, quantity="", *, period=YEAR, basis="reported", unit="TEU", rank="1", **more):
    return {
        "flow": name,
        "corridor": "example",
        "period_start": period[0],
        "period_end": period[1],
        "commodity": "all_goods",
        "quantity": quantity,
        "unit": unit,
        "basis": basis,
        "rank": rank,
        "source": "example",
    } | more


def charts(folder, *flows):
    folder.rows("flows.csv", *flows)
    package = geo.package.load(folder.path)
    return limits.charts(Facts(package, package.legs))


def only(folder, *flows):
    """The one chart of these flows, and its bars by year and kind."""
    [chart] = charts(folder, *flows)
    return chart, {
        (year.word, kind): [bar for bar in year.bars if bar.kind == kind]
        for year in chart.years
        for kind in ("reported", "estimate", "beside")
    }


def test_without_a_figure_against_a_limit_there_is_no_chart(folder):
    assert charts(folder) == ()
    assert charts(folder, flow("a", "5", unit="t")) == ()
    assert charts(folder, flow("a", "5", period=("2018-01-01", "2018-12-31"))) == ()


def test_a_reported_figure_is_held_against_the_limit_in_force(folder):
    folder.rows(
        "limits.csv",
        LIMIT | {"valid_to": "2020-12-31"},
        LIMIT | {"limit": "later", "quantity": "500", "valid_from": "2021-01-01"},
    )
    later = ("2021-01-01", "2021-12-31")
    chart, bars = only(folder, flow("a", "400"), flow("b", "400", period=later))
    [first], [second] = bars["2020", "reported"], bars["2021", "reported"]
    assert (first.limit, first.share) == (1000, "40 %")
    assert (second.limit, second.share) == (500, "80 %")
    assert first.low == first.high == 400
    assert not first.part
    assert len(chart.limits) == 2
    assert all("all states together" in said for said in chart.limits)
    assert "80 % reported at most (2021)" in chart.title


def test_a_figure_beyond_the_limit_stays_on_the_scale(folder):
    chart, _ = only(folder, flow("a", "9000"))
    assert chart.most > 9000


def test_a_part_of_a_year_says_that_the_limit_is_of_a_whole_one(folder):
    month = ("2020-03-01", "2020-03-31")
    chart, bars = only(folder, flow("a", "100", period=month))
    [bar] = bars["2020", "reported"]
    assert bar.period == "Mar 2020"
    assert "whole year" in bar.part
    assert bar.limit == 1000
    assert "(Mar 2020)" in chart.title


def test_the_finding_prefers_whole_years(folder):
    month = ("2021-03-01", "2021-03-31")
    chart, _ = only(folder, flow("a", "100"), flow("b", "900", period=month))
    assert "10 % reported at most (2020)" in chart.title


def test_a_reported_zero_is_zero_an_unknown_amount_unknown_and_a_silent_year_not_reported(folder):
    chart, bars = only(
        folder,
        flow("a", "0"),
        flow("b", period=("2022-01-01", "2022-12-31")),
    )
    [zero], [unknown] = bars["2020", "reported"], bars["2022", "reported"]
    assert (zero.figure, zero.low, zero.high, zero.share) == ("0 TEU", 0, 0, "0 %")
    assert (unknown.figure, unknown.low, unknown.high) == ("unknown", None, None)
    assert [(year.word, bool(year.gap)) for year in chart.years] == [
        ("2020", False),
        ("2021", True),
        ("2022", False),
    ]
    assert chart.years[1].bars == ()


def test_bounds_stay_open(folder):
    _, bars = only(
        folder,
        flow("a", quantity_low="50"),
        flow("b", quantity_high="60", period=("2021-01-01", "2021-12-31")),
        flow("c", quantity_low="1", quantity_high="2", period=("2022-01-01", "2022-12-31")),
    )
    [least], [most] = bars["2020", "reported"], bars["2021", "reported"]
    assert (least.low, least.high, least.open) == (50, 50, True)
    assert (most.low, most.high, most.open) == (None, 60, False)
    [both] = bars["2022", "reported"]
    assert (both.low, both.high, both.open) == (1, 2, False)


def test_estimates_of_one_period_are_a_range_beside_and_nothing_is_added(folder):
    chart, bars = only(
        folder,
        flow("a", "100"),
        flow("b", "700", basis="claimed", rank="2"),
        flow("c", quantity_low="2000", basis="observed", rank="3"),
    )
    [told], [guess] = bars["2020", "reported"], bars["2020", "estimate"]
    assert told.high == 100
    assert (guess.low, guess.high, guess.open) == (700, 2000, True)
    assert guess.figure == "700 to at least 2,000 TEU"
    assert guess.basis == "claimed and observed"
    assert "10 % reported at most (2020), 70 % to at least 200 % estimated (2020)" in chart.title


def test_estimates_of_different_periods_stay_apart(folder):
    month = ("2020-03-01", "2020-03-31")
    _, bars = only(
        folder,
        flow("a", "700", basis="claimed"),
        flow("b", "90", basis="claimed", rank="2", period=month),
    )
    assert [bar.figure for bar in bars["2020", "estimate"]] == ["700 TEU", "90 TEU"]
    assert not bars["2020", "reported"]


def test_a_year_of_estimates_alone_says_that_nothing_was_reported(folder):
    [chart] = charts(folder, flow("a", "700", basis="claimed"))
    assert chart.years[0].gap
    assert chart.title.endswith("70 % estimated (2020)")


def test_parts_of_a_shown_whole_are_left_out_and_lower_ranks_stand_beside(folder):
    month = ("2020-03-01", "2020-03-31")
    _, bars = only(
        folder,
        flow("whole", "100"),
        flow("part", "10", rank="2", period=month, part_of="whole"),
        flow("other", "400", rank="3"),
        flow("again", "100.2", rank="2", basis="derived", formula="100.2 * 1"),
    )
    assert [bar.high for bar in bars["2020", "reported"]] == [100]
    assert [bar.high for bar in bars["2020", "beside"]] == [400]


def test_tonnes_stand_beside_with_the_ratio_the_pair_implies(folder):
    _, bars = only(
        folder,
        flow("a", "200"),
        flow("a_t", "1600", unit="t", rank="2"),
        flow("guess", "9", unit="t", rank="3", basis="claimed"),
    )
    [bar] = bars["2020", "reported"]
    assert bar.beside == "1,600 t (reported) [1]; the two imply 0.125 TEU/t"


def test_what_a_pair_implies_is_written_out_in_its_own_units(folder):
    _, bars = only(folder, flow("a", "200000"), flow("a_t", "0.12", unit="kt", rank="2"))
    [bar] = bars["2020", "reported"]
    assert bar.beside == "0.12 kt (reported) [1]; the two imply 1,670,000 TEU/kt"


def test_a_pair_with_an_unknown_or_a_zero_implies_nothing(folder):
    _, bars = only(folder, flow("a", "0"), flow("a_t", "0", unit="t", rank="2"))
    assert bars["2020", "reported"][0].beside == "0 t (reported) [1]"


def test_conversions_are_said_as_their_sources_gave_them(folder):
    folder.rows(
        "attributes.csv",
        {
            "attribute": "teu_per_t",
            "property": "conversion",
            "text": "mixed cargo",
            "quantity": "0.1",
            "unit": "TEU/t",
            "basis": "reported",
            "rank": "1",
            "note": "rounded",
            "source": "example",
        },
    )
    chart, _ = only(folder, flow("a", "200"), flow("a_t", "1600", unit="t", rank="2"))
    assert chart.conversions == ("mixed cargo: 0.1 TEU/t, reported [1] (rounded)",)


def test_a_limit_of_nothing_divides_nothing(folder):
    folder.rows("limits.csv", LIMIT | {"quantity": "0"})
    chart, bars = only(folder, flow("a", "5"))
    [bar] = bars["2020", "reported"]
    assert (bar.limit, bar.share) == (0, "")
    assert chart.title.endswith("against the yearly limit")


def test_a_figure_of_no_stated_period_has_its_own_place(folder):
    chart, bars = only(folder, flow("a", "5", period=("", "")), flow("b", "7"))
    assert [year.word for year in chart.years] == ["2020", "period not stated"]
    [bar] = bars["period not stated", "reported"]
    assert (bar.figure, bar.limit, bar.share) == ("5 TEU", None, "")


# --- the shipped data ----------------------------------------------------------------------------


def test_the_shipped_chart_has_every_year_between_the_first_and_the_last(scenes):
    [chart] = scenes["tankers"].limits
    years = [int(year.word) for year in chart.years]
    assert years == list(range(years[0], years[-1] + 1))
    assert all(year.bars for year in chart.years)


def test_every_reported_bar_is_a_figure_of_the_data(package, scenes):
    [chart] = scenes["tankers"].limits
    known = package.flows[package.flows["unit"] == chart.unit]
    figures = set(known["quantity"]) | set(known["quantity_low"])
    bars = [bar for year in chart.years for bar in year.bars]
    assert len(bars) >= 10
    assert all({bar.low, bar.high} <= figures for bar in bars)


def test_pages_without_figures_against_a_limit_have_no_chart(scenes):
    assert scenes["ferry"].limits == ()
    assert 'class="limits"' not in geo.page.render(scenes["ferry"])


# --- in the browser ------------------------------------------------------------------------------

MEASURE = """rows => rows.map(row => {
  const bar = row.querySelector('.limit-bar').getBoundingClientRect();
  const part = name => {
    const node = row.querySelector('.limit-bar ' + name);
    return node ? node.getBoundingClientRect() : null;
  };
  const whole = part('.whole'), cap = part('.cap');
  return { figure: row.querySelector('strong').textContent, wide: bar.width,
    whole: whole && whole.width, cap: cap && cap.x + cap.width / 2 - bar.x };
})"""


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_bars_and_limits_are_drawn_to_one_linear_scale(scenes, built, open_page, size):
    [chart] = scenes["tankers"].limits
    page = open_page(built["tankers"], size).page
    bars = [bar for year in chart.years for bar in year.bars]
    drawn = page.eval_on_selector_all("tr:has(.limit-bar)", MEASURE)
    assert [one["figure"] for one in drawn] == [bar.figure for bar in bars]
    for one, bar in zip(drawn, bars, strict=True):
        assert one["cap"] == pytest.approx(bar.limit / chart.most * one["wide"], abs=1.5)
        if bar.kind == "reported":
            assert one["whole"] == pytest.approx(bar.high / chart.most * one["wide"], abs=1.5)


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_every_bar_says_its_figure_share_and_sources(scenes, built, open_page, size):
    [chart] = scenes["tankers"].limits
    page = open_page(built["tankers"], size).page
    assert page.text_content(".limits h2") == chart.title
    said = re.sub(r"\s+", " ", page.locator(".limits").inner_text())
    for bar in (bar for year in chart.years for bar in year.bars):
        assert bar.figure in said
        assert bar.share.removesuffix(" of limit") in said
    for number in re.findall(r"\[(\d+)\]", " ".join((*chart.limits, *chart.conversions))):
        assert page.locator(f'.limits a[href="#source-{number}"]').count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.browser
def test_the_chart_is_a_table_to_a_reader(built, open_page):
    page = open_page(built["tankers"], PHONE).page
    chart = page.get_by_role("table", name=re.compile("linear scale"))
    assert chart.get_by_role("columnheader").count() == 4
    assert chart.get_by_role("rowheader").count() >= 7
