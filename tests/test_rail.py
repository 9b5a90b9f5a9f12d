"""Ways along railways: as short as a plain reckoning finds them, dry, and refused by name."""

import heapq
import json
import random
import re
from importlib import import_module

import pytest

from geo import basemap, cli, measure, package, rail, scaffold, scene, water
from geo.errors import AssetError, DataError, GeoError

KHASAN, RAJIN = (130.644917, 42.430056), (130.28917, 42.24972)
FOLKESTONE, CALAIS = (1.13, 51.09), (1.81, 50.90)


@pytest.fixture(scope="module")
def read():
    return import_module("scgraph_data.world_railways").world_railways_geograph


def reckoned_km(read, start, end):
    """Length of the shortest way between two nodes, by a search written for this test."""
    best, waiting = {start: 0.0}, [(0.0, start)]
    while waiting:
        km, node = heapq.heappop(waiting)
        if node == end:
            return km
        if km > best[node]:
            continue
        for other, step in read.graph[node].items():
            if km + step < best.get(other, float("inf")):
                best[other] = km + step
                heapq.heappush(waiting, (km + step, other))
    return None


def test_ways_are_as_short_as_a_plain_reckoning(read):
    chance = random.Random(7)
    found = 0
    while found < 6:
        start = chance.randrange(len(read.nodes))
        lat, lon = read.nodes[start]
        near = [n for n, (y, x) in enumerate(read.nodes) if abs(y - lat) + abs(x - lon) < 1]
        end = chance.choice(near)
        km = reckoned_km(read, start, end)
        if start == end or km is None or km == 0:
            continue
        (y1, x1), (y2, x2) = read.nodes[start], read.nodes[end]
        track = rail.route((x1, y1), (x2, y2))
        assert track.track_km == pytest.approx(km, abs=0.01)
        assert track.off_km == pytest.approx((0, 0), abs=0.01)
        assert track.geodesic_km <= track.drawn_km + 1e-6
        assert track.drawn_km <= track.track_km + 0.01 * len(track.line.coords)
        found += 1


def test_the_whole_line_is_as_long_as_published_and_dry():
    land = package.load("data").land
    track = rail.route(KHASAN, RAJIN, land=land)
    assert track.track_km == pytest.approx(53.1, rel=0.03)
    assert water.water_km(track.line, land) == 0
    back = rail.route(RAJIN, KHASAN, land=land)
    assert back.track_km == pytest.approx(track.track_km, abs=1e-6)


def test_a_tunnel_under_a_strait_stays_a_tunnel():
    land = basemap.land()
    track = rail.route(FOLKESTONE, CALAIS, land=land)
    assert 55 < track.track_km < 65
    assert water.water_km(track.line, land) > 25


def test_ends_between_nodes_share_the_length_of_their_edge():
    """Two halves of a way are the whole."""
    whole = rail.route(KHASAN, RAJIN)
    middle = whole.line.interpolate(0.37, normalized=True)
    parts = [rail.route(KHASAN, (middle.x, middle.y)), rail.route((middle.x, middle.y), RAJIN)]
    assert sum(p.track_km for p in parts) == pytest.approx(whole.track_km, rel=0.002)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (((-140.0, 0.0), KHASAN), "(0, -140) has no railway within 5 km"),
        ((KHASAN, KHASAN), "lie at one point of the track"),
        ((KHASAN, (-0.1246, 51.531)), None),
        ((KHASAN, (151.206, -33.883)), "no track joins"),
    ],
)
def test_what_has_no_way_is_refused(ends, said):
    if said is None:
        assert rail.route(*ends).track_km > 9000
        return
    with pytest.raises(GeoError, match=re.escape(said)):
        rail.route(*ends)


@pytest.fixture
def without(monkeypatch):
    monkeypatch.setattr(rail, "_PACKAGE", "scgraph_data_that_is_not_here")
    rail._network.cache_clear()
    yield
    rail._network.cache_clear()


@pytest.mark.usefixtures("without")
def test_without_the_extra_the_error_names_it():
    with pytest.raises(AssetError, match=r"pip install 'tumen\[rail\]'"):
        rail.route(KHASAN, RAJIN)


# --- the command ---------------------------------------------------------------------------------


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        cli.main(["route", *arguments])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_command_says_track_and_line(capsys):
    said = run(capsys, "khasan", "rajin", "--folder", "data", "--by", "rail")
    assert "track" in said
    assert "as drawn" in said
    assert "OpenStreetMap" in said


def test_the_command_gives_geojson(capsys):
    feature = json.loads(
        run(capsys, "khasan", "rajin", "--folder", "data", "--by", "rail", "--json")
    )
    assert feature["geometry"]["type"] == "LineString"
    assert feature["properties"]["licence"] == "ODbL-1.0"
    assert feature["properties"]["track_km"] == pytest.approx(53.4, abs=0.5)


def test_the_command_knows_no_other_way(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["route", "khasan", "rajin", "--by", "balloon"])
    assert ended.value.code == 2
    assert "--by balloon: say sea or rail" in capsys.readouterr().err


# --- legs of a folder ----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A new folder whose one leg is a railway that nobody drew."""
    made = tmp_path / "f"
    ends = {"origin": "Khasan,42.430056,130.644917", "destination": "Rajin,42.24972,130.28917"}
    scaffold.new(made, **ends, modes=["rail"])
    legs = json.loads((made / "legs.geojson").read_text(encoding="utf-8"))
    legs["features"][0]["properties"] |= {"geometry_basis": "surveyed", "note": None}
    (made / "legs.geojson").write_text(json.dumps(legs), encoding="utf-8")
    text = package.update_hashes(made)
    (made / "datapackage.json").write_text(text, encoding="utf-8")
    return made


def test_a_rail_leg_without_a_geometry_follows_the_railways(folder):
    data = package.load(folder)
    (leg,) = data.legs.itertuples()
    assert leg.geometry_basis == "modelled"
    assert "few of their points" in leg.note
    assert "52.0 km of track" in leg.note
    assert measure.line_km(leg.geometry) == pytest.approx(46, abs=2)
    (credit,) = data.credits.values()
    assert credit.licence == "ODbL-1.0"
    made = scene.legs_page(data, next(iter(data.pages)))
    assert [one.attribution for one in made.credits] == [rail.ATTRIBUTION]
    assert made.pipes[0].length.endswith("modelled line")


def test_without_the_extra_the_leg_is_a_fault_that_names_it(folder, request):
    request.getfixturevalue("without")  # the folder is made with the extra
    with pytest.raises(DataError) as caught:
        package.load(folder)
    (fault,) = [f for f in caught.value.faults if f.field == "geometry"]
    assert "legs.geojson" in fault.file
    assert "tumen[rail]" in fault.remedy


def test_a_leg_without_a_railway_is_refused_by_name(folder):
    places = json.loads((folder / "places.geojson").read_text(encoding="utf-8"))
    places["features"][0]["geometry"]["coordinates"] = [-140.0, 0.0]
    (folder / "places.geojson").write_text(json.dumps(places), encoding="utf-8")
    (folder / "datapackage.json").write_text(package.update_hashes(folder), encoding="utf-8")
    with pytest.raises(GeoError, match=r"legs, leg \w+: \(0, -140\) has no railway within 5 km"):
        package.load(folder)


def test_a_line_with_a_note_keeps_it(folder):
    legs = json.loads((folder / "legs.geojson").read_text(encoding="utf-8"))
    legs["features"][0]["properties"]["note"] = "Single track"
    (folder / "legs.geojson").write_text(json.dumps(legs), encoding="utf-8")
    (folder / "datapackage.json").write_text(package.update_hashes(folder), encoding="utf-8")
    assert package.load(folder).legs["note"].iloc[0].startswith("Single track; Modelled:")


def test_bent_lines_pass_through_their_points():
    points = [(0.0, 0.0), (0.1, 0.0), (0.2, 0.1)]
    assert rail.dry(points, basemap.land()) == points  # open sea: nothing dry to go round on
