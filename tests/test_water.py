from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from geo import basemap, measure, water
from geo.errors import GeoError

REGION = Path(__file__).parents[1] / "data" / "basemap.pack"

WALL = MultiPolygon([box(0.9, -0.5, 1.1, 0.5)])
SEA = MultiPolygon([box(60, 60, 61, 61)])


@cache
def shipped():
    return basemap.land([REGION.read_bytes()])


def check(found, land, *, longest=None):
    """Every route: dry nowhere, never under the geodesic, in short steps, its numbers agreeing."""
    assert measure.cut_antimeridian(found.line).intersection(land).is_empty
    assert water.land_km(found.line, land) == 0
    assert found.length_km >= found.geodesic_km - 1e-9
    assert found.length_km == pytest.approx(measure.line_km(found.line))
    assert found.length_nmi == pytest.approx(found.length_km / 1.852)
    xy = np.asarray(found.line.coords)
    assert measure.geodesic_km(*xy[:-1].T, *xy[1:].T).max() <= water.MAX_STEP_KM + 1e-6
    assert np.abs(np.diff(xy[:, 0])).max() < 180
    assert longest is None or found.length_km <= longest


def test_open_water_is_crossed_on_the_geodesic():
    found = water.route((0, 0), (2, 1), land=SEA)
    check(found, SEA)
    assert found.length_km == pytest.approx(found.geodesic_km)
    assert found.snapped_km == (0, 0)
    assert found.line.coords[0] == (0, 0)
    assert found.line.coords[-1] == pytest.approx((2, 1))


def test_a_wall_is_rounded_with_clearance():
    found = water.route((0, 0.1), (2, 0.1), land=WALL, clearance_km=2)
    corner = measure.geodesic_km(0, 0.1, 0.9, 0.5) * 2 + measure.geodesic_km(0.9, 0.5, 1.1, 0.5)
    check(found, WALL, longest=corner * 1.02)
    assert found.length_km > corner
    assert shapely.distance(found.line, WALL) * 111 > 1.5


def test_the_other_side_is_taken_when_shorter():
    north = water.route((0, 0.1), (2, 0.1), land=WALL)
    south = water.route((0, -0.1), (2, -0.1), land=WALL)
    assert north.line.bounds[3] > 0.5
    assert south.line.bounds[1] < -0.5


def test_a_point_on_land_is_moved_to_water_and_says_so():
    shore = MultiPolygon([box(-1, -1, 0, 1)])
    found = water.route((-0.02, 0), (1, 0), land=shore)
    check(found, shore)
    assert found.snapped_km[0] == pytest.approx(2.23, abs=0.35)
    assert found.snapped_km[1] == 0


def test_a_pond_is_no_way_to_the_sea():
    pond = box(-0.03, -0.005, -0.02, 0.005)
    shore = MultiPolygon([box(-1, -1, 0, 1).difference(pond)])
    found = water.route((-0.025, 0), (1, 0), land=shore)
    check(found, shore)
    assert found.line.coords[0][0] >= 0


def test_a_narrow_harbour_is_left_through_its_mouth():
    mouth = box(-0.1, -0.003, 0, 0.003)  # 0.7 km wide, 11 km long
    shore = MultiPolygon([box(-1, -1, 0, 1).difference(mouth)])
    found = water.route((-0.09, 0), (1, 0.5), land=shore)
    check(found, shore, longest=1.03 * measure.geodesic_km(-0.09, 0, 1, 0.5))
    assert found.snapped_km == (0, 0)


def test_a_strait_too_narrow_for_the_clearance_is_used_when_there_is_no_other():
    ring = box(-1.5, -1.5, 1.5, 1.5).difference(box(-1, -1, 1, 1))
    strait = box(1, -0.02, 1.5, 0.02)
    shore = MultiPolygon([ring.difference(strait)])
    check(water.route((0, 0), (3, 0), land=shore, clearance_km=5), shore)


def test_no_water_in_reach_names_the_point_and_the_remedy():
    shore = MultiPolygon([box(-1, -1, 1, 1)])
    with pytest.raises(GeoError, match=r"within 5 km of 0, 0 .*max_snap_km"):
        water.route((0, 0), (3, 0), land=shore)


def test_no_way_names_both_points():
    walled = box(-1.5, -1.5, 1.5, 1.5).difference(box(-1, -1, 1, 1))
    with pytest.raises(GeoError, match=r"from 0, 0 to 3, 0 .*334 km"):
        water.route((0, 0), (3, 0), land=MultiPolygon([walled]), cell_deg=0.5)


@pytest.mark.parametrize("bad", [(43.1, 131.9), (float("nan"), 0), (0, 91)])
def test_a_point_off_the_map_is_refused(bad):
    with pytest.raises(GeoError, match="swapped"):
        water.route(bad, (0, 0), land=SEA)


def test_one_point_is_no_route():
    with pytest.raises(GeoError, match="one point"):
        water.route((1, 1), (1, 1), land=SEA)


def test_guards_count_both_sides_of_the_antimeridian():
    land = MultiPolygon([box(179, -1, 180, 1), box(-180, -1, -179.5, 1)])
    line = LineString([(178, 0), (182, 0)])
    assert water.land_km(line, land) == pytest.approx(1.5 * 111.3195, abs=0.01)
    assert water.water_km(line, land) == pytest.approx(2.5 * 111.3195, abs=0.01)


islands = st.lists(
    st.tuples(
        st.floats(0.2, 1.8), st.floats(-0.8, 0.8), st.floats(0.02, 0.3), st.floats(0.02, 0.3)
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(islands)
def test_every_route_among_islands_stays_wet(sizes):
    areas = shapely.union_all([box(x, y, x + w, y + h) for x, y, w, h in sizes])
    land = MultiPolygon([p for p in shapely.get_parts(areas) if isinstance(p, Polygon)])
    found = water.route((0, 0), (2.3, 0.1), land=land)
    check(found, land)
    back = water.route((2.3, 0.1), (0, 0), land=land)
    assert back.length_km == pytest.approx(found.length_km, rel=0.01)


def test_the_same_question_gives_the_same_line():
    once, again = (water.route((0, 0.1), (2, 0.1), land=WALL).line for _ in range(2))
    assert once.equals_exact(again, 0)


NMI = 1.852


@pytest.mark.parametrize(
    ("origin", "destination", "low_km", "high_km"),
    [
        ((131.88333, 43.11667), (130.3, 42.2333), 162, 187),
        ((131.88333, 43.11667), (125.41667, 38.73333), 941 * NMI, 975 * NMI),
        ((132.88333, 42.8), (129.81667, 41.76667), 154 * NMI, 157 * NMI),
        ((133.05, 42.73333), (129.81667, 41.76667), 289, 300),
        ((179.2, -17.8), (-175.2, -21.1), 690, 700),
        ((-175.2, -21.1), (179.2, -17.8), 690, 700),
    ],
)
def test_known_ways(origin, destination, low_km, high_km):
    found = water.route(origin, destination, land=shipped())
    check(found, shipped(), longest=high_km)
    assert found.length_km >= low_km
    assert max(found.snapped_km) <= 2
