import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon

from geo import measure
from geo.errors import GeoError

lons = st.floats(-180, 180)
lats = st.floats(-80, 80)
points = st.tuples(lons, lats)
lines = st.lists(points, min_size=2, max_size=8, unique=True).map(LineString)

WEST_EAST = LineString([(170, 10), (-170, 20)])


def longitudes(geometry):
    return np.concatenate(
        [np.asarray(p.coords)[:, 0] for p in getattr(geometry, "geoms", [geometry])]
    )


@pytest.mark.parametrize(
    ("ends", "low", "high"),
    [
        ((131.88333, 43.11667, 130.3, 42.2333), 161, 163),
        ((0, 0, 1, 0), 111.319, 111.320),  # a degree of the equator, 6378.137 km · π / 180
        ((0, 0, 0, 90), 10001.965, 10001.966),  # the quarter meridian of WGS84
        ((179.5, 0, -179.5, 0), 111.319, 111.320),
    ],
)
def test_known_distances(ends, low, high):
    assert low <= measure.geodesic_km(*ends) <= high


def test_scalars_give_a_float_and_arrays_an_array():
    assert isinstance(measure.geodesic_km(0, 0, 1, 1), float)
    many = measure.geodesic_km([0, 0], [0, 0], [1, np.nan], [0, 0])
    assert many.shape == (2,)
    assert np.isnan(many[1])


@pytest.mark.parametrize(
    ("end", "bearing"), [((0, 1), 0), ((1, 0), 90), ((0, -1), 180), ((-1, 0), 270)]
)
def test_bearings_run_clockwise_from_north(end, bearing):
    assert measure.bearing_deg(0, 0, *end) == pytest.approx(bearing)


def test_a_point_has_no_bearing_to_itself():
    assert np.isnan(measure.bearing_deg(1, 2, 1, 2))


@given(points, points)
def test_distance_is_symmetric_and_bearing_in_range(a, b):
    assert measure.geodesic_km(*a, *b) == pytest.approx(measure.geodesic_km(*b, *a), abs=1e-6)
    bearing = measure.bearing_deg(*a, *b)
    assert np.isnan(bearing) or 0 <= bearing < 360


def test_length_keeps_the_index_and_unknown_is_not_zero():
    line = LineString([(0, 0), (1, 0)])
    shapes = [line, None, LineString(), Point(0, 0), MultiLineString([line, line])]
    series = gpd.GeoSeries(shapes, index=list("abcde"), crs=4326)
    km = measure.length_km(series)
    assert km.name == "length_km"
    assert list(km.index) == list("abcde")
    assert km["a"] == pytest.approx(111.3195, abs=1e-4)
    assert km[["b", "c", "d"]].isna().all()
    assert km["e"] == pytest.approx(2 * km["a"])
    nmi = measure.length_nmi(series)
    assert nmi.name == "length_nmi"
    pd.testing.assert_series_equal(nmi * 1.852, km, check_names=False)


def test_length_reads_a_frame_in_any_crs_and_leaves_it_alone():
    frame = gpd.GeoDataFrame(geometry=[LineString([(10, 60), (11, 60)])], crs=4326)
    projected = frame.to_crs(3857)
    before = projected.copy()
    assert measure.length_km(projected)[0] == pytest.approx(measure.length_km(frame)[0])
    assert projected.equals(before)
    assert list(projected.columns) == ["geometry"]


@given(lines, st.floats(50, 5000))
def test_densified_lines_keep_length_ends_and_steps(line, max_km):
    dense = measure.densify(line, max_km=max_km)
    assert measure.line_km(dense) == pytest.approx(measure.line_km(line), rel=1e-9, abs=1e-6)
    xy = np.asarray(dense.coords)
    assert measure.geodesic_km(*xy[:-1].T, *xy[1:].T).max() <= max_km + 1e-6
    assert np.abs(np.diff(xy[:, 0])).max() <= 180
    assert dense.coords[0] == line.coords[0]


def test_densify_needs_a_distance():
    with pytest.raises(GeoError, match="above zero"):
        measure.densify(WEST_EAST, max_km=0)


@given(lines)
def test_unwrapped_lines_are_continuous_and_as_long(line):
    whole = measure.unwrap(line)
    assert np.abs(np.diff(longitudes(whole))).max() <= 180
    assert measure.line_km(whole) == pytest.approx(measure.line_km(line), abs=1e-6)


@given(lines)
def test_cut_lines_stay_in_range_and_as_long(line):
    cut = measure.cut_antimeridian(line)
    assert np.abs(longitudes(cut)).max() <= 180
    assert measure.line_km(cut) == pytest.approx(measure.line_km(line), rel=1e-6, abs=1e-3)


def test_a_line_is_cut_where_its_geodesic_crosses():
    east, west = measure.cut_antimeridian(WEST_EAST).geoms
    assert east.coords[-1][0] == 180
    assert west.coords[0][0] == -180
    assert east.coords[-1][1] == west.coords[0][1]
    assert east.coords[-1][1] > 15.3  # the straight edge would cross at 15


def test_a_cut_line_is_joined_again_by_unwrapping():
    joined = measure.unwrap(measure.cut_antimeridian(WEST_EAST))
    assert longitudes(joined).max() == 190


def test_what_does_not_cross_stays_as_it_is():
    line = LineString([(0, 0), (10, 10), (0, 10), (10, 0)])
    assert measure.cut_antimeridian(line).equals_exact(line, 0)
    square = Polygon([(0, 0), (10, 0), (10, 10)])
    assert measure.cut_antimeridian(square).equals(square)


def test_a_polygon_is_cut_into_two_valid_halves_with_its_hole():
    shell = [(170, 0), (-170, 0), (-170, 10), (170, 10)]
    hole = [(178, 4), (-178, 4), (-178, 6), (178, 6)]
    cut = measure.cut_antimeridian(Polygon(shell, [hole]))
    assert isinstance(cut, MultiPolygon)
    assert cut.is_valid
    assert cut.bounds == (-180, 0, 180, 10)
    assert cut.area == pytest.approx(200 - 8)


def test_a_ring_round_the_pole_is_closed_over_it():
    cap = Polygon([(lon, -70) for lon in (0, 90, 180, -90)])
    cut = measure.cut_antimeridian(cap)
    assert cut.is_valid
    assert cut.bounds == (-180, -90, 180, -70)
    assert cut.area == pytest.approx(360 * 20)


def test_a_mixed_geometry_cannot_be_cut():
    from shapely.geometry import GeometryCollection

    with pytest.raises(GeoError, match="GeometryCollection"):
        measure.cut_antimeridian(GeometryCollection([Point(0, 0), WEST_EAST]))


@given(lines, st.floats(0, 1))
def test_a_point_along_a_line_lies_at_its_distance(line, share):
    at = measure.interpolate(line, share, normalized=True)
    total = measure.line_km(line)
    again = measure.interpolate(line, share * total)
    assert measure.geodesic_km(at.x, at.y, again.x, again.y) < 1e-3
    first = line.coords[0]
    assert measure.geodesic_km(*first, at.x, at.y) <= share * total + 1e-3


def test_beyond_the_ends_the_end_is_given():
    assert measure.interpolate(WEST_EAST, -5).coords[0] == (170, 10)
    assert measure.interpolate(WEST_EAST, 1e6).coords[0] == (190, 20)
    with pytest.raises(GeoError, match="empty"):
        measure.interpolate(LineString(), 1)
