"""Ways of the world: dry nowhere, by the passages people use, and only by those that are open."""

import os
from functools import cache

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from geo import basemap, check, measure, userdata, water
from geo.errors import GeoError
from geo.geometry import coast, passages
from geo.geometry.ways import network, ports, shorten
from geo.geometry.ways.open import Sea
from geo.geometry.ways.search import Planner
from geo.maps import ends, wayscene
from geo.output.still import legend
from geo.scene import strokes

NORTH_SEA, MALACCA_END = (4.0, 52.0), (103.8, 1.22)
NMI = 1.852


@cache
def land():
    return basemap.land([])


@cache
def way(*ends, **asked):
    return water.route(*ends, land=land(), **asked)


def sound(found):
    assert water.land_km(found.line, land()) == 0
    assert found.length_km >= found.geodesic_km * (1 - 1e-6)
    xy = np.asarray(found.line.coords)
    assert np.abs(np.diff(xy[:, 0])).max() < 180
    assert measure.geodesic_km(*xy[:-1].T, *xy[1:].T).max() <= water.MAX_STEP_KM + 1e-6


# --- passages ------------------------------------------------------------------------------------


LIMITS = [one for one in passages.gated() if one.kind == "limit"]


@pytest.mark.parametrize(
    "one", [one for one in passages.gated() if one not in LIMITS], ids=lambda one: one.id
)
def test_a_gate_is_crossed_by_the_axis_and_reaches_from_shore_to_shore(one):
    assert one.axis.crosses(one.gate)
    assert one.source
    apart = min(one.gate.distance(Point(xy)) for xy in one.axis.coords)
    assert apart > 0.005  # a way over the axis turns at its points, never on the gate
    for end in one.gate.coords:
        on_land = land().distance(Point(end)) < 0.1
        assert on_land or abs(end[1]) > 65, f"{one.id} is open at {end}"


@pytest.mark.parametrize("one", LIMITS, ids=lambda one: one.id)
def test_a_limit_goes_round_the_globe_and_can_be_followed_outside_its_waters(one):
    west, south, east, north = one.gate.bounds
    assert (west, east) == (-180, 180)
    assert south == north
    assert one.source
    turned = [*one.axis.coords, (one.axis.coords[0][0] + 360, one.axis.coords[0][1])]
    round_ = measure.densify(LineString(turned), max_km=50)
    assert not any(one.holds(xy) for xy in round_.coords)
    assert water.land_km(round_, land()) == 0
    assert one.holds((12.0, (south + one.area[1]) / 2))


def test_what_is_said_of_a_passage_has_a_source_that_can_be_looked_up():
    for one in passages.every():
        told = one.length_km or one.largest_ship or one.ice
        assert not told or "http" in one.source, one.id
        if one.length_km and one.kind == "canal":
            # The axis goes on to open water, so it is no shorter than the canal.
            assert measure.line_km(one.axis) > 0.9 * one.length_km, one.id


def test_axes_are_water_where_ships_need_them():
    dry = [p.id for p in passages.every() if p.kind in passages.NAVIGABLE]
    assert [name for name in dry if land().intersects(_axis(name))] == []


def _axis(name):
    return next(p.axis for p in passages.every() if p.id == name)


def test_passages_are_named_by_id_or_name_and_others_are_listed():
    (one,) = passages.named(["Suez Canal"])
    assert one.id == "suez"
    with pytest.raises(GeoError, match=r"no passage is named 'nowhere'; known are: suez, panama"):
        passages.named(["nowhere"])


# --- ways ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "low_nmi", "high_nmi", "used"),
    [
        ({}, 8150, 8450, ("gibraltar", "suez", "bab-el-mandeb", "malacca")),
        ({"avoid": ("suez",)}, 11500, 11950, ("good-hope",)),
        ({"via": ("good-hope",)}, 11500, 11950, ("good-hope",)),
        ({"via": ("northeast-passage",)}, 9000, 10200, ("northeast-passage", "bering")),
        ({"via": ("panama",)}, 14000, 16500, ("panama",)),
    ],
)
def test_the_passages_asked_for_are_used_and_the_others_not(asked, low_nmi, high_nmi, used):
    found = way(NORTH_SEA, MALACCA_END, **asked)
    sound(found)
    assert low_nmi <= found.length_nmi <= high_nmi
    assert set(used) <= set(found.passages)
    assert not set(asked.get("avoid", ())) & set(found.passages)


def test_ice_is_closed_unless_allowed():
    ends = (-74.03, 40.5), (139.8, 35.4)
    assert not {"northwest-passage", "northeast-passage"} & set(way(*ends).passages)
    assert way(*ends).line.bounds[3] <= network.MAX_LAT
    shorter = way(*ends, allow=("northwest-passage",))
    assert "northwest-passage" in shorter.passages
    assert shorter.length_km < way(*ends).length_km


@pytest.mark.parametrize(
    ("ends", "nmi", "used", "most"),
    [
        (((-74.0167, 40.7), (-122.41, 37.8)), 5262, "panama", 0.03),  # Bishop 1913
        # NGA Pub. 151: Volos – Odessa, Rotterdam – canal's east entrance, Sydney – Wellington
        (((22.9436, 39.3569), (30.76, 46.49)), 677, "bosporus", 0.03),
        (((4.4667, 51.9), (10.15, 54.37)), 323, "kiel", 0.04),
        (((151.21, -33.85), (174.79, -41.28)), 1234, None, 0.03),
    ],
)
def test_lengths_are_those_of_port_tables_within_a_few_percent(ends, nmi, used, most):
    found = way(*ends)
    sound(found)
    assert used is None or used in found.passages
    assert found.length_nmi == pytest.approx(nmi, rel=most)


SOUTH = (
    ((-68.0, -56.3), (147.4, -43.3)),
    ((18.2, -34.5), (168.3, -47.2)),
    ((-36, -54.2), (170, -47)),
)


@pytest.mark.parametrize("ends", SOUTH)
def test_antarctic_waters_are_left_out_unless_allowed(ends):
    free, bound = way(*ends, allow=("antarctic",)), way(*ends)
    sound(bound)
    limit = passages.named(["antarctic"])[0].area[3]
    assert bound.line.bounds[1] >= limit > free.line.bounds[1]
    assert "antarctic" not in bound.passages
    assert "antarctic" in free.passages
    assert free.length_km < bound.length_km
    # A limit is followed, not fled from: a way along it is little longer.
    assert bound.length_km < 1.2 * free.length_km
    assert "Antarctic" in water.prove(free.line, land())
    assert water.prove(free.line, land(), allow=passages.named(["antarctic"])) == ""
    assert water.prove(bound.line, land()) == ""


@pytest.mark.parametrize("south", [(-64.1, -64.8), (166.5, -77.8), (76.4, -69.4)])
def test_an_end_within_antarctic_waters_is_served(south):
    found = way(south, (-67.5, -55.6))
    sound(found)
    assert "antarctic" in found.passages
    assert water.prove(found.line, land()) == ""
    with pytest.raises(GeoError, match="without antarctic"):
        way(south, (-67.5, -55.6), avoid=("antarctic",))


def test_each_pair_of_a_matrix_has_its_own_ice():
    points = [(-64.1, -64.8), *SOUTH[0]]
    made = Planner(land()).matrix(points)
    for one, row in zip(points, made, strict=True):
        for other, nmi in zip(points, row, strict=True):
            alone = way(one, other).length_nmi if one != other else 0.0
            assert nmi == pytest.approx(alone, abs=1e-6)


def test_an_inland_sea_is_sailed_within_itself():
    found = way((50.0, 40.3), (49.5, 37.5))
    sound(found)
    assert found.passages == ()
    assert found.length_km < 1.5 * found.geodesic_km


def test_what_is_inland_is_refused_with_the_nearest_water():
    with pytest.raises(GeoError, match=r"no water within 5 km of 8\.5, 47\.4 .*nearest known lies"):
        way((8.5, 47.4), MALACCA_END)


def test_one_passage_cannot_be_used_and_avoided():
    with pytest.raises(GeoError, match="both via and avoid"):
        way(NORTH_SEA, MALACCA_END, via=("suez",), avoid=("suez",))


def test_passages_are_for_the_land_of_the_world_alone():
    with pytest.raises(GeoError, match="land of the world"):
        water.route((0, 0), (1, 1), land=Point(5, 5).buffer(1), via=("suez",))


def coastal(seed, count):
    """Points about 3 km round shores, drawn by length of shore."""
    rng = np.random.default_rng(seed)
    shores = [part.exterior for part in land().geoms]
    lengths = np.array([shore.length for shore in shores])
    shares = np.cumsum(lengths / lengths.sum())
    while count:
        shore = shores[min(int(np.searchsorted(shares, rng.random())), len(shores) - 1)]
        at = shore.interpolate(rng.random() * shore.length)
        lon, lat = at.x + rng.normal(0, 0.03), at.y + rng.normal(0, 0.03)
        if -60 < lat < 72 and abs(lon) <= 180:
            count -= 1
            yield (lon, lat)


def test_random_coastal_pairs_have_a_sound_way_or_a_reason():
    """Thousands with WAYS_PAIRS=5000 in the environment."""
    pairs = int(os.environ.get("WAYS_PAIRS", "24"))
    points = list(coastal(2026, 2 * pairs))
    refused = 0
    for a, b in zip(points[::2], points[1::2], strict=True):
        try:
            found = water.route(a, b, land=land())
        except GeoError as error:
            said = str(error)
            assert "no water within" in said or "no way over water" in said, (a, b, said)
            refused += 1
        else:
            sound(found)
            assert found.line.bounds[3] <= max(network.MAX_LAT, a[1], b[1])
    assert refused < pairs / 2  # a shore of a lake, or of a closed bay, is refused


# --- proof ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LineString([(0, 45), (5, 45)]), "km of it lie on land"),
        (LineString([(0, 84), (10, 84), (0, 80), (0, 79)]), "latitude 84"),
        (LineString([(-30, 40), (-20, 40)]), ""),
    ],
)
def test_what_does_not_hold_is_said(line, said):
    assert said in water.prove(measure.densify(line, max_km=50), land())
    assert bool(said) == bool(water.prove(measure.densify(line, max_km=50), land()))


def test_a_way_made_shorter_keeps_off_the_shore_and_loses_length():
    sea = Sea.of(land(), ())
    xy = np.array([(-20.0, 40.0), (-20.5, 44.0), (-15.0, 46.0), (-12.0, 44.0)])
    (short,) = shorten.shortened([xy], sea)
    before, after = (measure.line_km(LineString(p)) for p in (xy, short))
    assert after == pytest.approx(measure.geodesic_km(*xy[0], *xy[-1]), rel=1e-6)
    assert after < before
    # Round a cape the turn stays as far off as it must.
    cape = np.array([(-9.6, 38.2), (-11.0, 36.8), (-8.3, 36.5)])
    (turned,) = shorten.shortened([cape], sea)
    legs = measure.geodesics(turned[:-1], turned[1:], max_km=50.0)
    assert not sea.blocked(legs).any()
    assert not sea.near_land(legs, km=4.0).any()
    assert len(turned) == 3


def test_water_that_leads_nowhere_is_left_for_water_that_does():
    # In the middle of a town, beside a basin of the river that no course leaves.
    found = way((4.4667, 51.9), (1.5, 51.9))
    sound(found)
    assert max(found.snapped_km) < 5


PORTS = ((-9.2, 38.6), (-5.3, 36.1), (1.5, 50.9), (30.76, 46.49), (139.8, 35.4), (8.5, 47.4))


def test_a_matrix_is_the_ways_between_its_points_each_found_alone():
    points = [*PORTS[:5], PORTS[1]]
    made = Planner(land()).matrix(points)
    for one, row in zip(points, made, strict=True):
        for other, nmi in zip(points, row, strict=True):
            alone = Planner(land()).find((one, other))
            assert nmi == pytest.approx(alone.length_km / NMI if alone else 0.0, abs=1e-6)


def test_a_matrix_with_passages_in_order_is_not_alike_both_ways():
    asked = passages.named(["suez", "gibraltar"])
    (_, there), (back, _) = Planner(land()).matrix([PORTS[0], PORTS[4]], via=asked)
    # From the west the canal comes first only after the strait was passed once.
    assert there > back + 1000


@pytest.mark.parametrize(
    ("ends", "name"),
    [(SOUTH[0], "antarctic"), (((-74.03, 40.5), (139.8, 35.4)), "northwest-passage")],
)
def test_what_was_shut_for_one_way_is_not_for_the_next(ends, name):
    allow, plan = passages.named([name]), Planner(land())
    shut = plan.find(ends)
    open_ = plan.find(ends, allow=allow)
    assert open_.length_km == pytest.approx(Planner(land()).find(ends, allow=allow).length_km)
    assert open_.length_km < shut.length_km


def test_the_way_back_is_the_same_way():
    there, back = way(PORTS[0], PORTS[3]), way(PORTS[3], PORTS[0])
    assert np.asarray(there.line.coords) == pytest.approx(np.asarray(back.line.coords)[::-1])
    assert there.snapped_km == back.snapped_km[::-1]
    assert there.passages == back.passages[::-1]


def test_a_way_over_the_antimeridian_starts_at_its_origin():
    for one, other in (((178.5, -18.3), (-157.9, 21.2)), ((-157.9, 21.2), (178.5, -18.3))):
        found = way(one, other)
        sound(found)
        assert found.line.coords[0][0] == pytest.approx(one[0], abs=0.1)


def test_a_passage_that_the_way_uses_anyway_makes_it_no_longer():
    free = way(PORTS[0], PORTS[3])
    for name in free.passages:
        assert way(PORTS[0], PORTS[3], via=(name,)).length_km == pytest.approx(free.length_km)


def test_a_long_straight_step_out_of_a_harbour_is_drawn_as_it_was_proven():
    sound(way((23.494632000007822, 58.890113944192315), (-58.47711620457253, 51.269491874878405)))


def test_a_step_through_a_corner_of_the_coast_is_no_reason_to_refuse():
    sound(way((-123.45591023423087, 49.40843111777243), (34.72270516789285, -19.710177270097287)))


def test_an_end_on_the_shore_line_itself_is_moved_to_the_water():
    # A corner of the coast, to the last digit.
    corner = max(land().geoms, key=lambda part: part.area).exterior.coords[1000]
    found = way(corner, MALACCA_END)
    sound(found)


@pytest.mark.parametrize("end", [(3.6, 51.4), (8.9, 44.38), (-0.3, 39.43), (55.0, 25.05)])
def test_an_end_from_which_the_open_water_is_no_way_off_is_joined(end):
    """Found among a hundred ports: the way out of the harbour has no length."""
    found = Planner(land()).joined(end)
    assert found.harbour.moved_km < 5
    assert len(found.usable(0)) > 0


def test_ends_on_whole_tenths_of_a_degree_are_joined_or_refused_in_words():
    """Where the grids round an end and of the network share points."""
    spots = np.random.default_rng(5).integers((-60, 300), (300, 600), (60, 2)) / 10
    planner, joined = Planner(land()), 0
    for lon, lat in spots:
        try:
            joined += len(planner.joined((float(lon), float(lat))).usable(0)) > 0
        except GeoError:
            continue
    assert joined > 15


def test_an_answer_has_the_length_without_each_passage(monkeypatch):
    monkeypatch.setattr(userdata, "detail", lambda _view: [])  # slow, and not looked at
    ends = ("a", "b")
    found = wayscene.answers(ends, ((30.76, 46.49), (25.0, 37.5)), land(), wayscene.Asked())
    assert set(found.without) == set(found.route.passages)
    assert found.without["bosporus"] is None
    assert found.days == pytest.approx(found.route.length_nmi / 14 / 24)
    assert wayscene.scene([found]).pipes[0].geometry_basis == "modelled"


def test_passages_of_a_leg_are_parted_by_bars():
    assert check.passages_of({"via": "suez|malacca"}, "via") == ("suez", "malacca")
    assert check.passages_of({"via": None}, "via") == ()
    assert check.passages_of({}, "avoid") == ()


def test_ways_by_each_of_some_passages_stand_on_one_page(monkeypatch):
    monkeypatch.setattr(userdata, "detail", lambda _view: [])
    ends, points = ("a", "b"), (NORTH_SEA, MALACCA_END)
    by = ("suez", "good-hope", "northeast-passage")
    found = wayscene.compared(ends, points, land(), wayscene.Asked(), by)
    drawn = wayscene.scene(found)
    assert [one.by for one in found] == [p.name for p in passages.named(by)]
    for one, name, item in zip(found, by, drawn.legend, strict=True):
        sound(one.route)
        assert name in one.route.passages
        said = f"{one.route.length_nmi:,.0f} nmi"
        assert said in item.word
        assert f"{one.by}: {said}" in drawn.headline
    assert len({pipe.colour for pipe in drawn.pipes}) == 3
    beside_the_map = [row.word for row in legend.rows(drawn, strokes.strokes(drawn))]
    assert beside_the_map == [item.word for item in drawn.legend]
    names = [p["properties"]["name"] for p in wayscene.geojson(found)["features"]]
    assert names == [f"a – b, by {one.by}" for one in found]


def test_passages_are_told_in_the_order_in_which_they_are_used():
    found = way(NORTH_SEA, MALACCA_END)
    assert passages.titles(found.passages)[:2] == ["Strait of Dover", "Strait of Gibraltar"]


def test_a_port_by_its_code_is_told_by_its_name():
    name, point = ends.end("NLRTM", None)
    assert name == "Rotterdam"
    assert point == pytest.approx((4.1, 51.9), abs=0.5)


@pytest.mark.parametrize(
    ("text", "name", "lon", "lat"),
    [  # names that the table of ports does not have, in English and in others
        ("Antwerp", "Antwerp", 4.4, 51.2),
        ("Anvers", "Antwerp", 4.4, 51.2),
        ("부산", "Busan", 129.1, 35.1),
        ("Генуя", "Genoa", 8.9, 44.4),
        ("Dover, United Kingdom", "Dover", 1.3, 51.1),
    ],
)
def test_a_port_by_a_name_of_its_city_is_found(text, name, lon, lat):
    found = ports.find(text)
    assert found.name == name
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=0.2)


def test_a_name_of_several_countries_is_refused_with_each():
    with pytest.raises(GeoError, match=r"Dover, United Kingdom; Dover, United States"):
        ports.find("Dover")


def test_a_port_by_name_may_lie_further_from_the_water_than_a_position():
    texts, point = ("Agadir", "30.435613,-9.556429"), (-9.556429, 30.435613)
    assert wayscene.snap_km(texts[1:], [point], land()) == wayscene.SNAP_KM
    assert wayscene.snap_km(texts[:1], [point], land()) > wayscene.SNAP_KM


INLETS = passages.inlets()


def test_the_land_without_inlets_is_sound():
    assert land().is_valid


@pytest.mark.parametrize("one", INLETS, ids=lambda one: one.id)
def test_an_inlet_is_water_that_leads_from_its_port_to_the_coast(one):
    assert one.source
    assert one.gate is None
    assert not land().intersects(one.axis)
    off = coast.read(coast._ASSET).distance(Point(one.axis.coords[0]))
    assert off > 0.01, "its axis does not reach the water of the coast"
    found = Planner(land()).joined(one.axis.coords[-1])
    assert found.harbour.moved_km < 1.5
    assert len(found.usable(0)) > 0
