"""Curved flow lines: the layout rules of Jenny et al. (2018), measured."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.geometry import curves

RNG = np.random.default_rng(5)
PLACES = np.column_stack([RNG.uniform(100, 140, 40), RNG.uniform(10, 50, 40)])


def some(count, seed=1):
    own = np.random.default_rng(seed)
    chosen = np.array([own.choice(len(PLACES), 2, replace=False) for _ in range(count)])
    return PLACES[chosen[:, 0]], PLACES[chosen[:, 1]]


def bow(line):
    """Height of a curve over its chord, as a share of the chord."""
    flat = curves.project(line)
    chord = shapely.linestrings(flat[[0, -1]])
    return shapely.distance(chord, shapely.points(flat)).max() / shapely.length(chord)


def test_a_curve_runs_from_its_origin_to_its_destination_without_sharp_bends():
    origins, destinations = some(60)
    found = curves.curves(origins, destinations, PLACES).lines
    assert found.shape == (60, curves.VERTICES, 2)
    assert found[:, 0] == pytest.approx(origins)
    assert found[:, -1] == pytest.approx(destinations)
    flat = np.array([curves.project(line) for line in found])
    steps = np.diff(flat, axis=1)
    way = np.arctan2(steps[..., 1], steps[..., 0])
    turns = np.abs((np.diff(way, axis=1) + np.pi) % (2 * np.pi) - np.pi)
    assert np.degrees(turns.max()) < 30


def test_longer_flows_are_curved_more_and_all_bow_to_the_right():
    origins = np.array([[0.0, 0.0], [0.0, 20.0], [0.0, 40.0]])
    destinations = origins + np.array([[2.0, 0.0], [15.0, 0.0], [60.0, 0.0]])
    alone = [
        curves.curves(o[None], d[None], np.vstack([o, d]))
        for o, d in zip(origins, destinations, strict=True)
    ]
    assert all(c.clear.all() for c in alone)
    together = curves.curves(origins, destinations, np.vstack([origins, destinations]))
    bows = [bow(line) for line in together.lines]
    assert bows[0] < bows[1] < bows[2]
    for line in together.lines:  # eastward: right of travel is south
        assert line[10, 1] < line[0, 1]


def test_opposite_directions_never_lie_on_each_other():
    origins, destinations = some(12)
    there = curves.curves(origins, destinations, PLACES)
    back = curves.curves(
        np.vstack([origins, destinations]), np.vstack([destinations, origins]), PLACES
    )
    assert len(there.lines) == 12
    for n in range(12):
        one, other = (shapely.linestrings(curves.project(back.lines[k])) for k in (n, n + 12))
        middle = shapely.line_interpolate_point(one, 0.5, normalized=True)
        assert shapely.distance(middle, other) > 0


def test_no_line_passes_under_a_place_it_does_not_serve():
    origins, destinations = some(40)
    found = curves.curves(origins, destinations, PLACES)
    points = shapely.points(curves.project(PLACES))
    for line, clear, o, d in zip(found.lines, found.clear, origins, destinations, strict=True):
        drawn = shapely.linestrings(curves.project(line))
        foreign = (o != PLACES).any(axis=1) & (d != PLACES).any(axis=1)
        near = shapely.distance(drawn, points[foreign]).min()
        assert (near >= found.clearance * 0.99) == clear
    assert found.clear.mean() > 0.9


def test_acute_crossings_are_fewer_than_of_plain_curves():
    fewer = 0
    for seed in range(4):
        origins, destinations = some(40, seed)
        laid = curves.curves(origins, destinations, PLACES)
        plain = curves.curves(origins, destinations, PLACES, careful=0)
        fewer += curves.acute_crossings(plain.lines) - curves.acute_crossings(laid.lines)
        assert curves.acute_crossings(laid.lines) <= curves.acute_crossings(plain.lines)
    assert fewer > 0


def test_a_crossing_is_acute_under_its_angle_only():
    flat = np.array(
        [[[0.0, 0.0], [10.0, 0.0]], [[0.0, -1.0], [10.0, 1.0]], [[5.0, -5.0], [5.0, 5.0]]]
    )
    assert curves.acute_crossings(flat) == 1
    assert curves.acute_crossings(flat, angle_deg=5) == 0
    assert curves.acute_crossings(flat, angle_deg=89) == 2  # the third pair is at right angles


def test_the_short_way_round_the_globe_is_taken():
    found = curves.curves([[170.0, 50.0]], [[-170.0, 50.0]], [[170.0, 50.0], [-170.0, 50.0]])
    lons = found.lines[0, :, 0]
    assert lons[0] == pytest.approx(170)
    assert lons[-1] == pytest.approx(190)
    assert np.abs(np.diff(lons)).max() < 5


def test_the_same_input_gives_the_same_curves():
    origins, destinations = some(30)
    one = curves.curves(origins, destinations, PLACES)
    assert (curves.curves(origins, destinations, PLACES).lines == one.lines).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-80, 80)), min_size=2, max_size=8, unique=True
    )
)
def test_any_places_give_finite_curves_with_continuous_longitudes(points):
    found = curves.curves(points[:-1], points[1:], points)
    assert np.isfinite(found.lines).all()
    assert np.abs(np.diff(found.lines[..., 0], axis=1)).max() < 180
