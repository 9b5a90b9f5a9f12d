"""Which place a position lies in, and short geodesic steps, held against pyproj."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from geo import measure
from geo.errors import GeoError
from geo.tracks import arrays, places


def frame(**shapes):
    return gpd.GeoDataFrame({"place": list(shapes)}, geometry=list(shapes.values()), crs=4326)


def named(where, *points):
    x, y = np.array(points, dtype=float).T
    return [where.ids[n] if n >= 0 else "" for n in where.within(x, y)]


def test_a_circle_reaches_as_far_as_its_radius():
    where = places.from_frame(frame(a=Point(130, 60)), radius_m=5000)
    bearings = np.arange(0, 360, 15.0)
    inside = zip(*measure.offset(130, 60, bearings, 4990.0), strict=True)
    outside = zip(*measure.offset(130, 60, bearings, 5010.0), strict=True)
    assert named(where, *inside) == ["a"] * len(bearings)
    assert named(where, *outside) == [""] * len(bearings)


def test_polygons_come_before_circles_and_the_nearest_circle_before_others():
    area = box(130.0, 42.0, 130.1, 42.1)
    where = places.from_frame(
        frame(near=Point(130.05, 42.05), far=Point(130.2, 42.05), area=area), radius_m=20_000
    )
    assert named(where, (130.05, 42.05), (130.12, 42.05), (130.15, 42.05)) == [
        "area",
        "near",
        "far",
    ]


@pytest.mark.parametrize(
    "shape", [Point(180, 10), Point(-180, 10), box(179.98, 9.98, 180.02, 10.02)]
)
def test_a_place_on_the_antimeridian_is_on_both_sides(shape):
    where = places.from_frame(frame(a=shape), radius_m=3000)
    assert named(where, (179.99, 10), (-179.99, 10), (179.9, 10), (0, 10)) == ["a", "a", "", ""]


def test_a_radius_of_its_own_and_how_far_off():
    own = frame(a=Point(0, 0), b=Point(10, 0)).assign(radius_m=[500.0, np.nan])
    where = places.from_frame(own, radius_m=3000)
    assert named(where, (0.01, 0), (10.01, 0)) == ["", "b"]
    x, y = np.array([0.1, 5.0, 10.0]), np.zeros(3)
    off = where.off_km(x, y, at_most_km=50)
    assert off[0] == pytest.approx(measure.geodesic_km(0, 0, 0.1, 0), rel=1e-4)
    assert off[1] == np.inf
    assert off[2] == 0


def test_no_places_are_nowhere():
    where = places.from_frame(frame())
    assert named(where, (1, 2)) == [""]
    assert where.off_km(np.array([1.0]), np.array([2.0]), at_most_km=10).tolist() == [np.inf]


def test_what_is_no_place_is_named():
    with pytest.raises(GeoError, match=r"a \(LineString\)"):
        places.from_frame(frame(a=LineString([(0, 0), (1, 1)])))
    with pytest.raises(GeoError, match="column `place`"):
        places.from_frame(frame(a=Point(0, 0)).drop(columns="place"))


@given(st.floats(-180, 180), st.floats(-89, 89), st.floats(-1.5, 1.5), st.floats(-1.0, 1.0))
def test_steps_are_geodesic_to_a_ten_thousandth(lon, lat, east, north):
    end = ((lon + east + 540) % 360 - 180, max(-90.0, min(90.0, lat + north)))
    ours = arrays.apart_m(*(np.array([v]) for v in (lon, lat, *end)))[0]
    true = 1000 * measure.geodesic_km(lon, lat, *end)
    assert ours == pytest.approx(true, rel=1e-4, abs=0.01)
