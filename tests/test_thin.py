"""Thinning keeps what it promises: nothing left out is farther than the tolerance."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geometry import simplify

M_PER_DEG = 111_195.0
spots = st.lists(st.tuples(st.floats(-2, 2), st.floats(30, 50)), min_size=2, max_size=40)


def off_line_m(lon, lat, kept, time=None):
    """The largest distance of a vertex from the line through the kept ones."""
    worst = 0.0
    for a, b in itertools.pairwise(kept):
        for i in range(a + 1, b):
            east = np.cos(np.radians(lat[i]))
            cx, cy = (lon[b] - lon[a]) * east, lat[b] - lat[a]
            dx, dy = (lon[i] - lon[a]) * east, lat[i] - lat[a]
            if time is None:
                length = cx * cx + cy * cy
                share = np.clip((dx * cx + dy * cy) / length, 0, 1) if length else 0.0
            else:
                share = (time[i] - time[a]) / (time[b] - time[a])
            worst = max(worst, np.hypot(dx - share * cx, dy - share * cy) * M_PER_DEG)
    return worst


@given(spots, st.sampled_from([1.5, 100.0, 20_000.0]), st.booleans())
def test_nothing_left_out_is_farther_than_the_tolerance(points, tolerance, by_time):
    lon, lat = np.array(points).T
    time = 60.0 * np.arange(len(lon)) if by_time else None
    weight = simplify.weights_m(lon, lat, np.array([0, len(lon)]), time_s=time)
    kept = np.flatnonzero(weight > tolerance)
    assert kept[0] == 0
    assert kept[-1] == len(lon) - 1
    assert off_line_m(lon, lat, kept, time) <= tolerance * (1 + 1e-9)


@given(st.lists(spots, min_size=1, max_size=4))
def test_parts_are_thinned_as_if_alone(tracks):
    lon, lat = np.concatenate([np.array(t) for t in tracks]).T
    starts = np.concatenate([[0], np.cumsum([len(t) for t in tracks])])
    together = simplify.weights_m(lon, lat, starts)
    alone = [simplify.weights_m(*np.array(t, dtype=float).T, np.array([0, len(t)])) for t in tracks]
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_a_stop_on_a_straight_way_is_seen_in_time_only():
    lon = np.array([0.0, 0.1, 0.1, 0.1, 0.2])
    time = np.array([0.0, 600, 7200, 14400, 15000])
    here = (lon, np.full(5, 40.0), np.array([0, 5]))
    assert (simplify.weights_m(*here) > 50).sum() == 2
    assert (simplify.weights_m(*here, time_s=time) > 50).sum() == 4


@pytest.mark.parametrize("count", [1, 2])
def test_the_shortest_parts_stay_whole(count):
    weight = simplify.weights_m(np.zeros(count), np.zeros(count), np.array([0, count]))
    assert np.isinf(weight).all()
