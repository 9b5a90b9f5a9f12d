"""The table of figures: complete in Python, and in the browser sorted, chosen from and copied."""

import csv
import io
import re
from dataclasses import replace

import pytest
from conftest import PHONE

import geo
from geo.scene import table

SHOWN = "nodes => nodes.filter(n => !n.hidden).map(n => n.id.replace(/^figure-/, ''))"
WINDOW = """([start, end]) => {
  const map = Object.values(window).find(v => v instanceof L.Map);
  map.fire('tumen:window', { window: start ? { start, end } : null });
}"""
REFUSE = """() => Object.defineProperty(navigator, 'clipboard', {
  value: { writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) } })"""
KEEP = """() => Object.defineProperty(navigator, 'clipboard', {
  value: { writeText: text => { window.copied = text; return Promise.resolve(); } } })"""


def shown(page):
    """Ids of the rows that are shown, in their order."""
    return page.eval_on_selector_all("table.figures tbody tr", SHOWN)


def head(page, name):
    return page.locator(f'table.figures th[data-sort="{name}"]')


@pytest.fixture
def opened(built, open_page):
    return open_page(built["flows"])


@pytest.fixture
def page(opened):
    return opened.page


@pytest.fixture
def rows(scenes):
    return scenes["flows"].rows


@pytest.fixture
def by_id(rows):
    return {row.id: row for row in rows}


# --- every figure is in it -----------------------------------------------------------------------


def test_every_claim_of_every_line_and_place_has_its_row(scenes):
    for scene in scenes.values():
        told = {(row.moved, row.source) for row in scene.rows}
        things = (*scene.pipes, *scene.totals, *scene.places)
        claims = {(c.figure, c.source) for thing in things for c in thing.claims}
        assert claims
        assert claims <= told


def test_every_line_and_place_has_its_row(scenes):
    for scene in scenes.values():
        lengths = {row.pipe: row for row in scene.rows if row.kind == "line"}
        assert set(lengths) == {pipe.id for pipe in scene.pipes}
        for pipe in scene.pipes:
            row = lengths[pipe.id]
            assert pipe.length.startswith(row.moved)
            assert float(row.moved.split(" km")[0].replace(",", "")) == pytest.approx(
                row.quantity, rel=0.01, abs=0.05
            )
        assert sum(row.kind == "place" for row in scene.rows) == len(scene.places)


def test_every_capacity_factor_and_limit_of_the_page_has_its_row(package, scenes):
    ids = {row.id: row for row in scenes["flows"].rows}
    for name, kind in (("capacities", "could move"), ("factors", "factor"), ("limits", "limit")):
        own = getattr(package, name)
        assert {ids[key].kind for key in own.iloc[:, 0]} == {kind}


def test_rows_have_one_id_each_and_a_known_kind(scenes):
    for scene in scenes.values():
        assert len({row.id for row in scene.rows}) == len(scene.rows)
        assert {row.kind for row in scene.rows} <= set(table.KINDS)


def test_the_numbers_of_a_row_are_those_of_the_data(package, by_id):
    for name, key in (("flows", "flow"), ("capacities", "capacity")):
        for record in getattr(package, name).to_dict("records"):
            row = by_id[record[key]]
            for own, column in (
                (row.quantity, "quantity"),
                (row.quantity_low, "quantity_low"),
                (row.quantity_high, "quantity_high"),
            ):
                assert (own is None) == (record[column] != record[column])
                assert own is None or own == record[column]


def test_like_units_have_one_base(by_id):
    assert by_id["rail_2015_q1_coal"].base == pytest.approx(408_000)
    assert by_id["rail_2014_pilot"].base == pytest.approx(9_000)
    assert by_id["rail_2018"].base is None
    assert by_id["tankers_reported_2021"].base == 0
    assert by_id["rail_line_4mt"].base == pytest.approx(4e6)
    assert by_id["rail_line_4mt"].base_unit == "t/year"


def test_a_row_of_no_single_line_says_so(by_id):
    assert by_id["tankers_2024"].astray
    assert not by_id["tankers_2024_mar_chongjin"].astray
    assert not by_id["rail_2015"].astray


def test_a_factor_is_said_with_its_bounds(by_id):
    assert by_id["rail_wagons_per_train"].moved == "65 wagons/train (up to 71)"
    assert by_id["rail_trains_per_day"].moved == "12 trains/day (from 2.4)"
    assert by_id["rail_pier3_ships_per_month"].moved == "3–6 ships/month"


# --- in the browser ------------------------------------------------------------------------------

browser = pytest.mark.browser


@browser
def test_without_a_choice_the_rows_stand_as_the_page_came(page, rows):
    assert shown(page) == [row.id for row in rows]
    assert page.text_content(".figures-tools .count") == f"{len(rows)} of {len(rows)} rows"


@browser
def test_a_column_is_sorted_by_key_press_and_says_so(page, by_id, rows):
    button = head(page, "period").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    assert head(page, "period").get_attribute("aria-sort") == "descending"
    starts = [by_id[i].start or by_id[i].end for i in shown(page)]
    known = [start for start in starts if start]
    assert known == sorted(known, reverse=True)
    assert starts == known + [""] * (len(starts) - len(known))
    page.keyboard.press("Enter")
    assert head(page, "period").get_attribute("aria-sort") == "ascending"
    again = [by_id[i].start or by_id[i].end for i in shown(page)]
    assert again == sorted(known) + [""] * (len(starts) - len(known))
    page.keyboard.press("Enter")
    assert head(page, "period").get_attribute("aria-sort") is None
    assert shown(page) == [row.id for row in rows]


@browser
def test_figures_are_sorted_by_amount_within_one_unit_and_the_unknown_last(page, by_id):
    head(page, "figure").get_by_role("button").click()
    found = [(by_id[i].base_unit, by_id[i].base) for i in shown(page)]
    tonnes = [base for unit, base in found if unit == "t" and base is not None]
    assert tonnes == sorted(tonnes, reverse=True)
    units = [unit for unit, base in found if base is not None]
    assert len(list(dict.fromkeys(units))) == sum(
        a != b for a, b in zip(units, [None, *units], strict=False)
    )
    unknown = [base is None for _, base in found]
    assert unknown == sorted(unknown)
    assert any(unknown)


@browser
def test_only_one_column_says_that_it_is_sorted(page):
    for name in ("basis", "share", "what"):
        head(page, name).get_by_role("button").click()
        sorted_heads = page.locator("table.figures [aria-sort]")
        assert sorted_heads.count() == 1
        assert sorted_heads.first.get_attribute("data-sort") == name


@browser
def test_rows_are_chosen_by_kind_and_corridor_and_counted(page, rows):
    page.get_by_role("combobox", name="Kind").select_option("moved")
    corridor = next(row.corridor for row in rows if row.corridor)
    page.get_by_role("combobox", name="Corridor").select_option(corridor)
    expected = [r.id for r in rows if r.kind == "moved" and r.corridor == corridor]
    assert 0 < len(expected) < len(rows)
    assert shown(page) == expected
    assert page.text_content(".figures-tools .count") == f"{len(expected)} of {len(rows)} rows"


@browser
def test_only_the_chosen_period_hides_rows_that_do_not_overlap_it(page, rows):
    span = ("2015-01-01", "2015-12-31")
    page.evaluate(WINDOW, list(span))
    assert len(shown(page)) == len(rows)
    near = {
        r.id
        for r in rows
        if (not r.start or r.start <= span[1]) and (not r.end or r.end >= span[0])
    }
    marked = page.eval_on_selector_all("tr.now", SHOWN)
    assert set(marked) == {r.id for r in rows if r.id in near and (r.start or r.end)}
    page.get_by_label("only the chosen period").check()
    assert set(shown(page)) == near
    assert "rail_2015" in near
    assert "rail_2017" not in near
    page.evaluate(WINDOW, ["", ""])
    assert len(shown(page)) == len(rows)
    assert page.locator("tr.now").count() == 0


@browser
def test_the_rows_shown_are_copied_in_their_order_with_their_sources(page, scenes, by_id):
    page.evaluate(KEEP)
    page.get_by_role("combobox", name="Kind").select_option("moved")
    head(page, "share").get_by_role("button").click()
    wanted = shown(page)
    page.get_by_role("button", name="Copy as CSV").click()
    page.locator(".said-copied", has_text="copied").wait_for(state="attached")
    assert page.text_content(".said-copied") == f"{len(wanted)} rows copied."
    copied = list(csv.DictReader(io.StringIO(page.evaluate("window.copied"), newline="")))
    assert [line["id"] for line in copied] == wanted
    sources = {source.number: source for source in scenes["flows"].sources}
    for line in copied:
        row = by_id[line["id"]]
        numbers = (row.quantity, row.quantity_low, row.quantity_high, row.held)
        cells = ("quantity", "quantity_low", "quantity_high", "held_against")
        for number, cell in zip(numbers, (line[c] for c in cells), strict=True):
            assert (cell == "") == (number is None)
            assert number is None or float(cell) == number
        assert line["unit"] == row.unit
        assert (line["start_date"], line["end_date"]) == (row.start, row.end)
        assert line["note"] == row.note
        assert line["source"] == sources[row.source].text
        assert line["source_address"] == sources[row.source].url


@browser
def test_where_the_clipboard_is_kept_from_the_page_the_text_is_there_to_copy(page, rows):
    page.evaluate(REFUSE)
    page.get_by_role("button", name="Copy as CSV").click()
    dialog = page.get_by_role("dialog", name="Copy by hand")
    area = dialog.get_by_role("textbox")
    area.wait_for()
    assert f"{len(rows)} rows" in dialog.text_content()
    assert area.evaluate("n => n.selectionEnd - n.selectionStart === n.value.length")
    assert len(list(csv.reader(io.StringIO(area.input_value(), newline="")))) == len(rows) + 1
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "Copy as CSV"


@browser
def test_text_of_the_data_is_no_formula_and_no_markup_when_copied(scenes, tmp_path, open_page):
    scene = scenes["ferry"]
    first = replace(
        scene.rows[0], what="=1+1", note='@x, "quoted"\nline <b>b</b>', corridor="-2 {{ 6*7 }}"
    )
    changed = replace(scene, rows=(first, *scene.rows[1:]))
    page = open_page(geo.page.save(changed, tmp_path / "hostile.html")).page
    page.evaluate(KEEP)
    page.get_by_role("button", name="Copy as CSV").click()
    page.locator(".said-copied", has_text="copied").wait_for(state="attached")
    line = next(csv.DictReader(io.StringIO(page.evaluate("window.copied"), newline="")))
    assert line["what"] == "'=1+1"
    assert line["corridor"] == "'-2 {{ 6*7 }}"
    assert line["note"] == "'" + first.note


@browser
def test_a_row_opens_its_line_and_an_opened_line_marks_its_rows(page, scenes):
    pipe = next(p for p in scenes["flows"].pipes if p.casing_px and p.core_px)
    row = next(r for r in scenes["flows"].rows if r.pipe == pipe.corridor and r.kind == "moved")
    button = page.locator(f"#figure-{row.id}").get_by_role("button")
    assert row.what in button.get_attribute("aria-label")
    button.click()
    page.wait_for_selector(".tumen-popup h2")
    marked = page.eval_on_selector_all("tr.selected", SHOWN)
    own = {r.id for r in scenes["flows"].rows if r.pipe in {pipe.id, pipe.corridor}}
    assert set(marked) == own
    assert page.locator("tr[aria-current=true]").count() == len(own)


@browser
def test_an_opened_line_brings_its_row_into_view(page, scenes):
    line = [r for r in scenes["flows"].rows if r.kind == "line"][-1]
    page.focus(f'path.tumen-hit[data-pipe="{line.pipe}"]')
    page.keyboard.press("Enter")
    page.locator("tr.selected").first.wait_for(state="attached")
    drawn = page.locator("tr.selected.drawn")
    first = drawn.first if drawn.count() else page.locator("tr.selected").first
    inside = """n => { const r = n.getBoundingClientRect();
      const box = n.closest('.scroll').getBoundingClientRect();
      return r.top >= box.top - 1 && r.top < box.bottom; }"""
    assert first.evaluate(inside)


@browser
def test_a_way_back_from_a_source_shows_its_row_though_it_was_not_chosen(page, rows):
    page.get_by_role("combobox", name="Kind").select_option("place")
    link = page.locator("a.back").first
    target = link.get_attribute("href").removeprefix("#figure-")
    assert target not in shown(page)
    link.click()
    page.locator(f"[id='figure-{target}']").wait_for(state="visible")
    assert len(shown(page)) == len(rows)


@browser
def test_only_rows_of_one_line_have_a_button_to_the_map(page, rows):
    found = page.eval_on_selector_all("tbody tr:has(button.find)", SHOWN)
    assert set(found) == {r.id for r in rows if r.pipe and not r.astray}


@browser
def test_the_table_can_be_used_by_touch_and_by_names(page):
    for node in page.locator(
        ".figures-tools :is(button, select, input), table.figures button"
    ).all():
        box = node.bounding_box()
        assert box["height"] >= 24 or node.evaluate("n => n.closest('label').offsetHeight") >= 24
        assert box["width"] >= 24 or node.evaluate("n => n.closest('label').offsetWidth") >= 24
        name = node.evaluate("n => n.textContent || n.ariaLabel || n.closest('label').textContent")
        assert name.strip()


@browser
def test_on_a_phone_rows_are_cards_and_stay_a_table(built, open_page):
    page = open_page(built["flows"], PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    region = page.locator(".every-figure .scroll")
    assert region.evaluate("n => n.scrollWidth <= n.clientWidth")
    first = page.locator("table.figures tbody").get_by_role("row").first
    assert first.get_by_role("rowheader").count() == 1
    assert first.get_by_role("cell").count() >= 5


@browser
def test_the_page_says_nothing_against_the_table(opened):
    opened.page.get_by_role("combobox", name="Kind").select_option("factor")
    head(opened.page, "figure").get_by_role("button").click()
    opened.page.get_by_role("button", name="Copy as CSV").click()
    opened.page.wait_for_timeout(100)
    assert [c for c in opened.complaints if not re.search("clipboard", c, re.IGNORECASE)] == []
    assert len(opened.requests) == 1
