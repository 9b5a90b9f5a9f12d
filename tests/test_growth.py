"""Folders of many corridors: a page that stays legible, and holds every row all the same."""

import sys
from dataclasses import asdict

import pytest
from conftest import ROOT

import geo
from geo.geometry import basemap, water
from geo.scene.plain import plain

sys.path.insert(0, str(ROOT / "benchmarks"))
import corridors

COUNT, YEARS = 60, 18
KEEP = """() => Object.defineProperty(navigator, 'clipboard', {
  value: { writeText: text => { window.copied = text; return Promise.resolve(); } } })"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    corridors.write(folder, corridors=COUNT, years=YEARS)
    return geo.scene.overview(geo.package.load(folder))


@pytest.fixture(scope="module")
def file(scene, tmp_path_factory):
    return geo.page.save(scene, tmp_path_factory.mktemp("page") / "overview.html")


@pytest.fixture
def page(file, open_page):
    return open_page(file).page


def shown(page):
    return page.locator("table.figures tbody tr").count()


def test_every_flow_is_a_row_and_none_is_in_two(scene):
    flows = [row.id for row in scene.rows if row.kind == "moved"]
    assert len(flows) == len(set(flows)) == COUNT * YEARS
    assert len(scene.rows) > 1000


def test_the_same_folder_is_made_every_time(tmp_path):
    for name in ("one", "two"):
        corridors.write(tmp_path / name, corridors=4)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_a_large_table_draws_its_first_rows_and_more_on_demand(page, scene):
    assert shown(page) == 200
    every = f"{len(scene.rows):,}"
    assert page.inner_text(".figures-tools .count") == f"200 shown of {every} rows"
    page.click(".every-figure .more")
    assert shown(page) == 1200
    page.click(".every-figure .more")
    assert shown(page) == len(scene.rows)
    assert not page.is_visible(".every-figure .more")


def test_rows_are_found_by_their_words(page):
    page.fill(".figures-tools input[type=search]", "corridor 57")
    told = page.locator("table.figures tbody tr").all_inner_texts()
    assert len(told) == YEARS + 2  # its flows, its capacity and its line
    page.select_option(".figures-tools select >> nth=0", "moved")
    assert shown(page) == YEARS


def test_rows_that_are_not_drawn_are_sorted_and_copied_all_the_same(page, scene):
    page.evaluate(KEEP)
    page.click("table.figures th[data-sort=figure] button")
    page.select_option(".figures-tools select >> nth=0", "moved")
    largest = max((row for row in scene.rows if row.kind == "moved"), key=lambda r: r.base)
    assert largest.moved in page.locator("table.figures tbody tr").first.inner_text()
    page.click(".copy")
    page.wait_for_function("window.copied")
    assert len(page.evaluate("window.copied").strip().splitlines()) == COUNT * YEARS + 1


def test_a_row_that_is_not_drawn_is_found_by_its_address(file, open_page):
    opened = open_page(file)
    opened.page.evaluate("location.hash = '#figure-way_57_2015'")
    opened.page.wait_for_selector("#figure-way_57_2015")
    assert opened.page.locator("#figure-way_57_2015").is_visible()
    assert shown(opened.page) == 200
    assert opened.complaints == []


def test_rows_of_the_line_chosen_stand_first(page):
    page.fill(".ranking-more input", "corridor 57")
    page.click(".ranking .link")
    page.wait_for_selector("table.figures tr.selected")
    first = page.locator("table.figures tbody tr").first
    assert "Corridor 57" in first.inner_text()
    assert first.get_attribute("aria-current") == "true"


def test_key_figures_name_twenty_lines_add_up_the_rest_and_find_any(page):
    assert page.locator(".ranking tbody").count() == 20
    told = page.inner_text(".ranking-more")
    assert f"{COUNT - 20} more lines, yearly rates added up: " in told
    assert told.rstrip().endswith("Mt/year")
    page.fill(".ranking-more input", "corridor 57")
    assert page.locator(".ranking tbody").count() == 1
    assert "Corridor 57" in page.inner_text(".ranking")
    assert "more line" not in page.inner_text(".ranking-more")
    assert page.evaluate("document.activeElement.type") == "search"


def test_what_a_page_holds_of_a_value_is_what_the_standard_library_makes_of_it(scene):
    for one in (*scene.pipes[:3], *scene.places[:3], *scene.rows[:20], scene.clock):
        assert plain(one) == asdict(one)


@pytest.mark.parametrize(
    "line", [[(60, 55), (61, 56)], [(-140, -40), (-100, -30)], [(20, 50), (-40, 45)]]
)
def test_a_line_is_as_dry_as_what_of_it_lies_on_land(line):
    from shapely.geometry import LineString

    from geo.geometry import measure

    whole, land = LineString(line), basemap.land()
    dry = measure.cut_antimeridian(whole).intersection(land)
    parts = getattr(dry, "geoms", [dry])
    expected = sum(measure.line_km(part) for part in parts if not part.is_empty)
    assert water.land_km(whole, land) == pytest.approx(expected)
