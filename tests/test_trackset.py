"""Tracks of positions and lines: broken at gaps, continuous, thinned aloud, packed exactly."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiLineString, Point

from geo import draw, pack, trackset
from geo.errors import GeoError

START = pd.Timestamp("2024-01-01", tz="UTC")
POINT = gpd.GeoDataFrame(geometry=[Point(1, 2)], crs=4326)


def positions(count=6, *, vessel="a", lon=130.0, step=0.1, hours=1.0, **more):
    time = START + pd.to_timedelta(hours * np.arange(count), "h")
    lons = (lon + step * np.arange(count) + 180) % 360 - 180
    return pd.DataFrame({"vessel": vessel, "time_utc": time, "lon": lons, "lat": 40.0, **more})


def test_tracks_are_vessels_in_order_of_time_whatever_the_order_of_rows():
    rows = pd.concat([positions(vessel="b"), positions(vessel="a", lon=10)]).sample(
        frac=1, random_state=1
    )
    before = rows.copy()
    tracks = trackset.of_positions(rows)
    assert tracks.table["vessel"].tolist() == ["a", "b"]
    assert (np.diff(tracks.time_s.reshape(2, 6)) > 0).all()
    pd.testing.assert_frame_equal(rows, before)


def test_a_gap_breaks_a_track_and_is_kept_by_every_tolerance():
    rows = pd.concat(
        [positions(), positions().assign(time_utc=positions()["time_utc"] + pd.Timedelta("40h"))]
    )
    tracks = trackset.of_positions(rows)
    assert tracks.starts.tolist() == [0, 6, 12]
    assert tracks.track.tolist() == [0, 0]
    assert "12 hours" in tracks.gap()
    thin = tracks.thinned(1e6)
    assert thin.starts.tolist() == [0, 2, 4]
    assert thin.simplified() == "simplified to 1e+06 m: 4 of 12 positions"


def test_a_track_over_the_antimeridian_is_continuous_and_packs_exactly():
    tracks = trackset.of_positions(positions(lon=179.75))
    assert np.ptp(tracks.lon) == pytest.approx(0.5)
    (layer,) = pack.decode(tracks.packed())
    assert np.abs(layer.parts[0][:, 0] - tracks.lon).max() <= 5e-6 + 1e-9
    time = next(c for c in layer.columns if c.name == "time")
    assert np.abs(time.values - tracks.time_s).max() <= 0.5


def test_speeds_are_as_sent_or_derived_and_unknown_where_a_part_begins():
    sent = trackset.of_positions(positions(speed_kn=[1, 2, 102.3, np.nan, 5, 6]))
    assert np.isnan(sent.speed_kn).tolist() == [False, False, True, True, False, False]
    assert sent.speed_basis == "as sent"
    derived = trackset.of_positions(positions())
    assert np.isnan(derived.speed_kn[0])
    assert derived.speed_kn[1] == pytest.approx(
        0.1 * 111.32 * np.cos(np.radians(40)) / 1.852, rel=0.01
    )


def test_lines_are_tracks_without_times_and_their_parts_are_joined_by_dashes():
    two = MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]])
    frame = gpd.GeoDataFrame(
        {"ship": ["x", "y"], "n": [1, 2]}, geometry=[LineString([(5, 5), (6, 6)]), two], crs=4326
    )
    tracks = trackset.of_lines(frame, vessel="ship")
    assert tracks.table.to_dict("list") == {"vessel": ["x", "y"], "n": [1, 2]}
    assert tracks.track.tolist() == [0, 1, 1]
    assert "parts of one line" in tracks.gap()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: trackset.of_positions(positions().drop(columns="vessel")), "no column vessel"),
        (lambda: trackset.of_positions(positions().assign(lat=91.0)), "position on the globe"),
        (lambda: trackset.of_positions(positions().assign(time_utc="x")), "not times"),
        (lambda: trackset.of_positions(positions(), gap_hours=0), "more than none"),
        (lambda: trackset.of_positions(positions()).thinned(0.1), "at least 1 m"),
        (lambda: trackset.of_positions(positions()).thinned(5).thinned(9), "thinned already"),
        (
            lambda: trackset.of_lines(gpd.GeoDataFrame(geometry=[Point(1, 2)], crs=4326)),
            "no row has a line",
        ),
        (
            lambda: draw.Tracks(trackset.of_positions(positions()), color="age"),
            "vessel, speed, time",
        ),
    ],
)
def test_what_cannot_be_done_is_explained(call, said):
    with pytest.raises(GeoError, match=said):
        call()


def test_synthetic_positions_are_known_by_key_name_or_column():
    assert trackset.of_positions(positions(vessel="synthetic_001")).synthetic
    assert trackset.of_positions(positions(name="Synthetic 01")).synthetic
    assert trackset.of_positions(positions(synthetic=True)).synthetic
    assert not trackset.of_positions(positions()).synthetic
