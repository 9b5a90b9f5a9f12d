"""Flows along ways over water: which lines take one, and what is said of those that cannot."""

from collections import Counter

import numpy as np
import pytest
from shapely.geometry import LineString

from geo import basemap, measure, rail, userdata, water
from geo.errors import AssetError, GeoError
from geo.maps.flowtables import flow_lines, flow_scene, flow_table, flow_ways
from geo.scene import style

PLACES = """place,kind,lat,lon
West,port,38.6,-9.4
East,port,36.0,14.6
North,port,51.95,4.0
Inland,city,47.0,8.0
Other,city,44.4,8.9
Far,port,1.22,103.8
South,port,-33.9,18.3
Black,port,46.49,30.76
"""


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """The ground under a page is not looked at here, and is slow to cut."""
    monkeypatch.setattr(userdata, "detail", lambda _view: [])


@pytest.fixture
def read(tmp_path):
    def made(rows, header="from,to,year,tonnes"):
        (tmp_path / "ports.csv").write_text(PLACES)
        (tmp_path / "flows.csv").write_text("\n".join([header, *rows]) + "\n")
        return flow_lines.Lines(
            flow_table.read(tmp_path / "flows.csv", places=tmp_path / "ports.csv")
        )

    return made


def basis(lines, by):
    drawn = flow_scene.scene(lines.table, ways=flow_ways.Courses(lines, by))
    return {pipe.id: pipe.geometry_basis for pipe in drawn.pipes}, drawn


ROWS = ["West,East,2023,10", "West,Other,2023,20", "West,Inland,2023,30"]


@pytest.mark.parametrize(
    ("by", "at_sea"),
    [("curve", set()), ("auto", {"row-2"}), ("sea", {"row-2", "row-3"})],
)
def test_lines_that_go_by_sea_follow_a_way_and_the_rest_is_curved(read, by, at_sea):
    _, drawn = basis(read(ROWS), by)
    found = {kind: flows(drawn, kind) for kind in ("modelled", "schematic")}
    assert found["modelled"] == at_sea
    assert found["schematic"] == {"row-2", "row-3", "row-4"} - at_sea
    said = [item.word for item in drawn.legend]
    assert ("modelled course" in said) == bool(at_sea)
    assert ("modelled: flows that share a way are added" in said) == (len(at_sea) > 1)
    assert any(text.startswith("curved") for text in said)
    assert f"{3 - len(at_sea)} of 3 schematic" in drawn.deck
    for pipe in drawn.pipes:
        if pipe.geometry_basis == "modelled":
            assert "km" in pipe.length
            assert "crow" not in pipe.length


def flows(drawn, kind):
    own = [p for p in drawn.pipes if p.geometry_basis == kind]
    return {name for p in own for f in p.figures for name in f.flows}


def test_a_way_is_drawn_as_it_was_proven(read):
    _, drawn = basis(read(["West,North,2023,10", "North,West,2023,4"]), "sea")
    for pipe in drawn.pipes:
        (part,) = pipe.parts
        assert water.land_km(LineString(part), basemap.land()) < 0.01
    # Both ways over one course: the same length.
    assert len({pipe.length for pipe in drawn.pipes}) == 1


def test_the_columns_mode_and_via_of_a_row_come_first(read):
    rows = ["West,East,2023,10,,", "West,East,2023,10,rail,", "East,North,2023,10,sea,good-hope"]
    lines = read(rows, "from,to,year,tonnes,mode,via")
    _, drawn = basis(lines, "auto")
    assert flows(drawn, "modelled") == {"row-2", "row-4"}
    assert flows(drawn, "schematic") == {"row-3"}
    far = [p for p in drawn.pipes if p.title.endswith("by sea, via good-hope")]
    whole = [flow_ways.Courses(lines, "auto").whole(line.id) for line in lines.measured if line.via]
    assert "Cape of Good Hope" in whole[0]
    assert all("Cape of Good Hope" in p.length for p in far)
    assert sum(row.base for row in drawn.rows if row.id.startswith("row")) == 30


def made_rows(count):
    """Flows between all kinds of ports, both ways, in no order."""
    rng = np.random.default_rng(count)
    names = ["West", "East", "North", "Far", "South", "Black"]
    for _ in range(count):
        one, other = rng.choice(names, 2, replace=False)
        yield f"{one},{other},2023,{rng.integers(1, 90)}"


@pytest.mark.parametrize("count", [2, 5, 12, 25])
def test_what_a_stretch_carries_is_the_sum_of_the_rows_whose_ways_take_it(read, count):
    rows = list(made_rows(count))
    lines = read(rows)
    ways = flow_ways.Courses(lines, "sea")
    drawn = flow_scene.scene(lines.table, ways=ways)
    amount = {f"row-{n}": float(row.split(",")[-1]) for n, row in enumerate(rows, 2)}
    chains = {name: Counter() for name in amount}
    for pipe in drawn.pipes:
        first, last = (tuple(np.round(pipe.parts[0][k], 4)) for k in (0, -1))
        for figure in pipe.figures:
            # What is drawn is what its rows add up to.
            assert figure.quantity == sum(amount[name] for name in figure.flows)
            for name in figure.flows:
                chains[name][first] += figure.direction
                chains[name][last] -= figure.direction
    for row in lines.records:
        # Each row's stretches lead from its one end to its other without a gap: whatever closed
        # line is drawn round places, what leaves it over stretches is what the rows take out of it.
        ends = {at: n for at, n in chains[row["id"]].items() if n}
        assert sorted(ends.values()) == [-1, 1]
        for at, n in ends.items():
            place = row["origin"] if n > 0 else row["destination"]
            lon, lat = ways._points[place]
            assert measure.geodesic_km(lon, lat, *at) < 6
    widest = max(p.core_px for p in drawn.pipes if p.core_px)
    assert widest <= style.MAX_PX + 0.01
    sums = {row.id for row in drawn.rows}
    assert len(sums) == len(drawn.rows)


def test_stretches_that_are_shared_are_proven_and_as_long_as_the_ways(read):
    lines = read(list(made_rows(12)))
    ways = flow_ways.Courses(lines, "sea")
    assert any(len(one.names) > 2 for one in ways.laid)
    for name, found in ways.found.items():
        own = [one for one in ways.laid if name in one.names]
        assert sum(measure.line_km(one.shape) for one in own) == pytest.approx(
            found.length_km, rel=0.02
        )
    for one in ways.laid:
        assert water.land_km(one.shape, basemap.land()) == 0


def stations(tmp_path, seed, count=9):
    """A table of flows between points of railways that lie within a few hundred km."""
    network, chance = rail._network(), np.random.default_rng(seed)
    middle = network.nodes[chance.integers(len(network.nodes))]
    near = np.flatnonzero(np.abs(network.nodes - middle).max(axis=1) < 3)
    own = network.nodes[chance.choice(near, min(count, len(near)), replace=False)]
    places = [f"s{n},station,{lat},{lon}" for n, (lon, lat) in enumerate(own)]
    (tmp_path / "stations.csv").write_text("\n".join(["place,kind,lat,lon", *places]) + "\n")
    pairs = [chance.choice(len(own), 2, replace=False) for _ in range(14)]
    pairs = list(dict.fromkeys((int(a), int(b)) for a, b in pairs))
    rows = [f"s{a},s{b},2023,{chance.integers(1, 500)}" for a, b in pairs]
    (tmp_path / "flows.csv").write_text("\n".join(["from,to,year,tonnes", *rows]) + "\n")
    table = flow_table.read(tmp_path / "flows.csv", places=tmp_path / "stations.csv")
    return flow_lines.Lines(table), rows


def test_flows_by_rail_follow_the_track_and_stretches_carry_what_their_rows_do(tmp_path):
    shared = routed = 0
    for seed in range(4):
        lines, rows = stations(tmp_path, seed)
        ways = flow_ways.Courses(lines, "auto")
        drawn = flow_scene.scene(lines.table, ways=ways)
        amount = {f"row-{n}": float(row.split(",")[-1]) for n, row in enumerate(rows, 2)}
        km = Counter()
        for pipe in drawn.pipes:
            for figure in pipe.figures:
                assert figure.quantity == sum(amount[name] for name in figure.flows)
                for name in figure.flows:
                    km[name] += sum(measure.line_km(LineString(part)) for part in pipe.parts)
        for line in lines.measured:
            (row,) = line.rows
            if line.id in ways.tracks:
                whole = measure.line_km(ways.railway(line))
                assert km[row["id"]] == pytest.approx(whole, rel=1e-3)
                points = [ways._points[place] for place in (line.origin, line.destination)]
                track = rail.route(*points, land=basemap.land())
                assert ways.tracks[line.id].track_km == track.track_km
                routed += 1
            else:
                assert line.id in ways.refused
        shared += sum(len(one.names) > 1 for one in ways.laid)
        assert bool(drawn.credits) == bool(ways.tracks)
    assert routed > 20
    assert shared > 10


def test_without_the_extra_lines_by_rail_are_curved_and_say_why_or_refused(tmp_path, monkeypatch):
    lines, _ = stations(tmp_path, 1)
    monkeypatch.setattr(rail, "_PACKAGE", "scgraph_data_that_is_not_here")
    rail._network.cache_clear()
    try:
        ways = flow_ways.Courses(lines, "auto")
        drawn = flow_scene.scene(lines.table, ways=ways)
        assert {pipe.geometry_basis for pipe in drawn.pipes} == {"schematic"}
        assert "tumen[rail]" in " ".join(drawn.notes)
        assert not drawn.credits
        with pytest.raises(AssetError, match=r"tumen\[rail\]"):
            flow_scene.scene(lines.table, ways=flow_ways.Courses(lines, "rail"))
    finally:
        rail._network.cache_clear()


def test_a_passage_that_is_not_known_names_its_row(read):
    rows = ["West,East,2023,10,,", "West,North,2023,10,sea,nowhere"]
    lines = read(rows, "from,to,year,tonnes,mode,via")
    with pytest.raises(GeoError, match=r"flows\.csv, row 3, via: no passage is named 'nowhere'"):
        flow_ways.Courses(lines).found  # noqa: B018


def test_what_has_no_way_is_named(read):
    ways = flow_ways.Courses(read(ROWS), "sea")
    said = " ".join(ways.notes())
    assert "No way over water, so curved: West → Inland (no water within 5 km" in said
    assert set(ways.refused) == {"West → Inland"}
