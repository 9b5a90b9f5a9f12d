"""What flows are chosen by: each value of a column gives the sums of its rows alone."""

import random
from collections import defaultdict

import pytest
from od import places, write_places
from playwright.sync_api import expect
from test_flowtables import written

from geo.maps.flowtables import flow_lines, flow_scene, flow_table
from geo.maps.flowtables.flow_ways import Courses
from geo.maps.usermap import FlowMap

PLACES = [name for name, _, _ in places(5)]
HEADER = ("origin", "destination", "year", "tonnes", "goods", "wagon")


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    return write_places(tmp_path_factory.mktemp("choices"), places(5))


def made(seed, rows=30):
    own = random.Random(seed)
    return [
        (own.choice(PLACES), own.choice(PLACES), own.choice([2021, 2022]), own.randint(1, 90),
         own.choice(["coal", "grain"]), own.choice(["", "open", "tank"]))
        for _ in range(rows)
    ]  # fmt: skip


def read(folder, points, rows, header=HEADER, **options):
    return flow_table.read(written(folder, header, rows), places=points, **options)


@pytest.mark.parametrize("seed", range(12))
def test_every_value_has_the_sums_of_its_rows_alone(seed, points, tmp_path):
    rows = made(seed)
    scene = flow_scene.scene(read(tmp_path, points, rows))
    assert [(c.column, c.steps) for c in scene.choices] == [("cargo", False), ("wagon", False)]
    lines = {pipe.id: pipe for pipe in scene.pipes}
    for choice, n in zip(scene.choices, (4, 5), strict=True):
        assert [value.word for value in choice.values] == sorted({row[n] for row in rows} - {""})
        for value in choice.values:
            sums = defaultdict(float)
            own = [row for row in rows if row[n] == value.word]
            for start, end, year, tonnes, *_ in own:
                sums[start, end, str(year)] += tonnes
            found = {
                (*line.split(" → "), f.start[:4]): f.quantity
                for line, figures in value.figures.items()
                for f in figures
            }
            assert found == pytest.approx(dict(sums))
            assert len(value.rows) == len(own)
            assert set(value.figures) == set(value.shown) <= set(lines)
            ids = {f.id for figures in value.figures.values() for f in figures}
            assert {name for names in value.shown.values() for name in names} <= ids
            assert f"{len(own)} row" in value.deck or f"{len(own)} flow" in value.deck


def test_one_value_is_no_choice_and_too_many_are_none(points, tmp_path):
    rows = [(*row[:4], "coal", n) for n, row in enumerate(made(1, 70))]
    assert flow_scene.scene(read(tmp_path, points, rows)).choices == ()


@pytest.mark.parametrize("hours", [("08:00", "09:00", "10:00"), (8, 9, 10)])
def test_hours_of_a_day_are_played_in_their_order(hours, points, tmp_path):
    rows = [("P000", "P001", 42, hours[0]), ("P000", "P001", 10, hours[2]),
            ("P001", "P000", 51, hours[1])]  # fmt: skip
    header = ("origin", "destination", "trips", "hour")
    table = read(tmp_path, points, rows, header)
    (choice,) = flow_scene.scene(table).choices
    assert choice.steps
    assert [value.word for value in choice.values] == [str(hour) for hour in hours]
    assert any("added up" in said for said in table.said)


def test_periods_without_a_pace_are_played_and_ranges_have_no_rim(points, tmp_path):
    rows = [("P000", "P001", 42, "2020-01-01 08:00"), ("P001", "P000", 51, "2020-01-01 09:00")]
    table = read(tmp_path, points, rows, ("origin", "destination", "trips", "time"))
    scene = flow_scene.scene(table)
    assert scene.clock is None
    (choice,) = scene.choices
    assert [v.word for v in choice.values] == ["2020-01-01 08:00", "2020-01-01 09:00"]
    assert choice.steps
    for pipe in scene.pipes:
        for figure in pipe.figures:
            assert figure.rate == figure.quantity
            assert figure.years == 0  # else its width would be that of a year's pace


@pytest.mark.browser
def test_choosing_a_value_by_keyboard_leaves_its_lines_sums_chart_and_rows(
    points, tmp_path, open_page
):
    table = read(tmp_path, points, made(3))
    path = FlowMap(Courses(flow_lines.Lines(table)), "Chosen").save(tmp_path / "page.html")
    opened = open_page(path)
    page, scene = opened.page, flow_scene.scene(table)
    hits, first = page.locator("path.tumen-hit"), page.locator("h1").inner_text()
    expect(hits).to_have_count(len(scene.pipes))
    page.locator(".tumen-choices select").focus()
    page.keyboard.type("tank")
    tank = scene.choices[1].values[-1]
    expect(page.locator("h1")).to_have_text(f"wagon tank. {tank.headline}")
    expect(hits).to_have_count(len(tank.figures))
    expect(page.locator(".figures-tools .count")).to_contain_text(f"{len(tank.rows)} of ")
    page.keyboard.press("Home")
    expect(page.locator("h1")).to_have_text(first)
    expect(hits).to_have_count(len(scene.pipes))
    assert opened.complaints == []
