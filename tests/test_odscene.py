"""A table of flows as a page: lines, figures, clock, and the command that makes it."""

import json
import random
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from od import amounts, pairs, places, write_flows, write_places

from geo.geometry import curves
from geo.maps.flowtables import flow_lines, flow_rings, flow_scene, flow_table
from geo.scene import now, strokes

YEARS = (2021, 2022, 2023)
DATED = "origin,destination,period,quantity,unit"


@pytest.fixture
def table(tmp_path):
    found = places(12)
    chosen = pairs(found, 20)
    rows = [(*pair, year, amount, "t")
            for year in YEARS
            for pair, amount in zip(chosen, amounts(20, seed=year), strict=True)]  # fmt: skip
    path = write_flows(tmp_path, rows, header=DATED)
    return flow_table.read(path, places=write_places(tmp_path, found))


def test_every_pair_is_one_line_and_every_row_one_of_its_figures(table):
    made = flow_scene.scene(table)
    assert len(made.pipes) == 20
    ids = {name for pipe in made.pipes for f in pipe.figures for name in f.flows}
    assert ids == {f"row-{n}" for n in table.flows["row"]}
    assert sum(len(pipe.figures) for pipe in made.pipes) == 60


def test_places_rank_by_what_passes_through_them(table):
    made = flow_scene.scene(table)
    wide = dict.fromkeys((p.id for p in made.places), 0.0)
    for pipe in made.pipes:
        for place in pipe.id.split(" → "):
            wide[place] += max(f.rate for f in pipe.figures if set(f.flows) <= set(pipe.shown))
    ranks = {p.id: p.rank for p in made.places}
    assert max(ranks.values()) == 1
    assert sorted(ranks, key=lambda p: (-ranks[p], p)) == sorted(wide, key=lambda p: (-wide[p], p))


def test_widths_are_on_one_scale(table):
    made = flow_scene.scene(table)
    for pipe in made.pipes:
        for figure in pipe.figures:
            assert figure.rate == pytest.approx(figure.quantity)  # whole years
            assert figure.rate * made.scale["t"] <= 18 + 1e-9
    widest = max(f.rate for p in made.pipes for f in p.figures)
    assert widest * made.scale["t"] == pytest.approx(18, abs=0.5)


def test_the_clock_spans_the_periods_of_the_table(table):
    clock = flow_scene.scene(table).clock
    assert (clock.start, clock.end) == ("2021-01-01", "2023-12-31")
    assert clock.units == ("year",)


def test_a_curved_line_is_called_schematic_and_a_leg_keeps_its_course(tmp_path):
    found = places(4)
    course = [list(found[0][1:]), [111.0, 22.0], list(found[1][1:])]
    leg = {
        "type": "Feature",
        "properties": {"leg": "l1", "origin": "P000", "destination": "P001"},
        "geometry": {"type": "LineString", "coordinates": course},
    }
    legs = tmp_path / "legs.geojson"
    legs.write_text(json.dumps({"type": "FeatureCollection", "features": [leg]}))
    rows = [("P000", "P001", "l1", 5, "t"), ("P001", "P002", "", 3, "t")]
    path = write_flows(tmp_path, rows, header="origin,destination,leg,quantity,unit")
    table = flow_table.read(path, places=write_places(tmp_path, found), legs=legs)
    made = flow_scene.scene(table)
    known = next(p for p in made.pipes if p.geometry_basis != "schematic")
    curved = next(p for p in made.pipes if p.geometry_basis == "schematic")
    assert all(tuple(point) in known.parts[0] for point in course)
    assert len(curved.parts[0]) > 3
    assert any("schematic" in item.word for item in made.legend)
    assert any("doi" in note for note in made.notes)


def test_rows_of_one_place_to_itself_are_a_ring_beside_it(tmp_path):
    found = places(3)
    path = write_flows(tmp_path, [("P000", "P000", 5, "t"), ("P001", "P002", 3, "t")])
    table = flow_table.read(path, places=write_places(tmp_path, found))
    assert len(flow_lines.Lines(table).inner) == 1
    made = flow_scene.scene(table)
    assert [pipe.geometry_basis for pipe in made.pipes] == ["ring", "schematic"]
    assert any(row.id == "row-2" and row.pipe == made.pipes[0].id for row in made.rows)


def test_no_two_sample_widths_of_the_legend_are_the_same(tmp_path):
    found = places(3)
    path = write_flows(tmp_path, [("P000", "P001", 20000, "t"), ("P001", "P002", 19000, "t")])
    made = flow_scene.scene(flow_table.read(path, places=write_places(tmp_path, found)))
    for samples in made.samples.values():
        words = [sample.word for sample in samples]
        assert len(set(words)) == len(words)


# --- the command ---------------------------------------------------------------------------------


def run(*options):
    code = "from geo.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "map", *map(str, options)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip


def test_the_command_draws_a_table_and_counts_its_rows(tmp_path):
    found = places(8)
    rows = [(*pair, "2015", 4, "t") for pair in pairs(found, 10)] * 2
    path, out = write_flows(tmp_path, rows, header=DATED), tmp_path / "page.html"
    done = run(path, "--places", write_places(tmp_path, found), "-o", out)
    assert done.returncode == 0, done.stdout
    assert "20 flows on 10 lines" in done.stdout
    assert out.stat().st_size > 100_000


def test_the_command_maps_columns_and_takes_one_unit(tmp_path):
    found = places(3)
    path = write_flows(tmp_path, [("P000", "P001", 4)], header="from,to,tons")
    columns = [
        x for c in ("origin=from", "destination=to", "quantity=tons") for x in ("--column", c)
    ]
    done = run(path, "--places", write_places(tmp_path, found), *columns, "--unit", "t",
               "-o", tmp_path / "page.html")  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_a_faulty_table_writes_no_page_and_names_row_and_remedy(tmp_path):
    found = places(3)
    path, out = write_flows(tmp_path, [("P000", "P007", 4, "t")]), tmp_path / "page.html"
    done = run(path, "--places", write_places(tmp_path, found), "-o", out)
    assert done.returncode == 1
    assert "P007" in done.stdout
    assert "Traceback" not in done.stdout
    assert not out.exists()


def test_a_figure_says_what_its_share_is_of(tmp_path):
    found = places(13)
    spans = [("2021", 1), ("2021-Q1", 0.25), ("2021-05", 1 / 12)]
    cases = [(moved, *span) for moved in (1, 3, 5, 9) for span in spans]
    features = [
        {
            "type": "Feature",
            "properties": {"leg": f"l{n}", "origin": a[0], "destination": b[0]},
            "geometry": {"type": "LineString", "coordinates": [list(a[1:]), list(b[1:])]},
        }
        for n, (a, b) in enumerate(pairwise(found))
    ]
    legs, could = tmp_path / "legs.geojson", tmp_path / "could.csv"
    legs.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    could.write_text(
        "leg,quantity,unit,per\n" + "".join(f"l{n},4,t,year\n" for n in range(len(cases)))
    )
    rows = [
        (found[n][0], found[n + 1][0], f"l{n}", period, moved, "t")
        for n, (moved, period, _) in enumerate(cases)
    ]
    path = write_flows(tmp_path, rows, header="origin,destination,leg,period,quantity,unit")
    table = flow_table.read(path, places=write_places(tmp_path, found), legs=legs, capacities=could)
    made = flow_scene.scene(table)
    shares = {entry.pipe.id: entry.share for entry in now.ranking(made)}
    looks = strokes.strokes(made)
    figures = {pipe.id: pipe.figures for pipe in made.pipes}
    for n, (moved, _, years) in enumerate(cases):
        [figure], [stroke] = figures[f"l{n}"], looks[f"l{n}"]
        assert figure.full == pytest.approx(4 * years)
        assert shares[f"l{n}"] == pytest.approx(moved / (4 * years))
        assert stroke.over == (moved > 4 * years)


@pytest.mark.parametrize("seed", range(30))
def test_rings_touch_their_places_and_leave_where_no_line_does(seed):
    own = random.Random(seed)
    places = {
        f"P{n}": (own.uniform(150, 210), own.uniform(-60, 70)) for n in range(own.randint(1, 9))
    }
    names = [*places]
    pairs = [(a, b) for a in names for b in names if a != b and own.random() < 0.4]
    at = {name: curves.project(np.array([xy]))[0] for name, xy in places.items()}
    side = max(np.ptp([*at.values()], axis=0)) or flow_rings.ALONE
    for name, ring in flow_rings.rings(names, places, pairs).items():
        shape = curves.project(ring)
        assert np.allclose(shape[[0, -1]], at[name])
        across = max(np.ptp(shape, axis=0))
        assert 0.039 * side < across < 0.101 * side
        middle = shape[:-1].mean(axis=0) - at[name]
        ways = [at[b if a == name else a] - at[name] for a, b in pairs if name in (a, b)]
        away = [np.degrees(abs(np.angle(complex(*way) / complex(*middle)))) for way in ways]
        assert min(away, default=180) >= 180 / max(len(away), 1) - 1e-6
