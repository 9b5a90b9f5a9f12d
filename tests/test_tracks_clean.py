"""Cleaning, held against labelled noise: what was wrong goes, what was right stays."""

import numpy as np
import pyarrow as pa
import pytest

from geo.tracks import clean, definitions, synthetic

GFW = definitions.load("gfw")
PLACES = synthetic.invented_places(60)


def columns(rows):
    """Positions from (vessel, seconds, lon, lat) rows."""
    vessel, seconds, lon, lat = map(np.array, zip(*rows, strict=True))
    empty = np.full(len(rows), np.nan, np.float32)
    time = (seconds * 1_000_000).astype(np.int64)
    return clean.Positions(
        vessel.astype(np.int64), time, lon.astype(float), lat.astype(float), empty, empty
    )


def of_fleet(fleet):
    table = fleet.positions
    codes = np.unique(np.array(table["vessel"].to_pylist()), return_inverse=True)[1]
    time = table["time_utc"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    numbers = [
        table[name].to_numpy(zero_copy_only=False).astype(kind)
        for name, kind in (("lon", "f8"), ("lat", "f8"), ("speed_kn", "f4"), ("draught_m", "f4"))
    ]
    rows = clean.Positions(codes.astype(np.int64), time, *numbers)
    order = np.lexsort((rows.draught, rows.speed, rows.lat, rows.lon, rows.time, rows.vessel))
    usable = order[np.abs(rows.lat[order]) <= 90]
    labels = np.array(fleet.labels["noise"].to_pylist())[usable]
    return rows.rows(usable), labels, fleet.labels["ship"].to_numpy()[usable]


@pytest.fixture(scope="module")
def scored():
    """Vessel by vessel noise, and what was taken."""
    noise = synthetic.Noise(bad_first=0.5)
    fleet = synthetic.fleet(PLACES, vessels=40, start=synthetic.START, days=45, seed=3, noise=noise)
    rows, labels, _ = of_fleet(fleet)
    return labels, clean.cleaned(rows, GFW).reason >= 0


@pytest.mark.parametrize("kind", ["spike", "run", "bad_first"])
def test_noise_is_removed(kind, scored):
    labels, gone = scored
    assert (labels == kind).sum() > 15
    assert gone[labels == kind].mean() >= 0.97


def test_good_positions_are_kept(scored):
    labels, gone = scored
    assert 1 - gone[labels == "good"].mean() >= 0.995


def test_two_ships_under_one_number_keep_their_points_apart():
    noise = synthetic.Noise(**{**vars(synthetic.Noise.none()), "shared": 0.5})
    fleet = synthetic.fleet(PLACES, vessels=24, start=synthetic.START, days=30, seed=9, noise=noise)
    rows, _, ship = of_fleet(fleet)
    assert len(np.unique(rows.vessel)) < len(np.unique(ship)) == 24
    found = clean.cleaned(rows, GFW)
    assert (found.reason < 0).mean() >= 0.995
    left = found.reason < 0
    keys = (rows.vessel, rows.time, rows.lon, rows.lat)
    true = dict(zip(zip(*(k[left] for k in keys), strict=True), ship[left], strict=True))
    p = found.positions
    own = np.array([true[key] for key in zip(p.vessel, p.time, p.lon, p.lat, strict=True)])
    most = [np.unique(own[found.ship == n], return_counts=True)[1].max() for n in set(found.ship)]
    assert sum(most) / len(own) >= 0.87


def test_every_position_is_kept_or_has_its_reason(scored):
    labels, gone = scored
    rows = columns([(0, 0, 10.0, 50.0), (0, 300, 10.01, 50.0)] * 2)
    found = clean.cleaned(rows, GFW)
    assert [clean.REASONS[r] if r >= 0 else "" for r in found.reason] == [
        "", "duplicates", "", "duplicates",
    ]  # fmt: skip
    assert len(found.positions) == 2
    assert len(labels) == len(gone)


def test_a_sparse_vessel_keeps_its_few_positions():
    rows = columns([(0, hour * 3600, 10.0 + hour / 10, 50.0) for hour in (0, 7, 20, 50)])
    found = clean.cleaned(rows, GFW)
    assert (found.reason == -1).all()
    assert set(found.ship) == {0}


def test_positions_years_before_all_others_are_isolated_or_first():
    sailed = [(0, 7e8 + n * 300, 10.0 + n / 100, 50.0) for n in range(40)]
    found = clean.cleaned(columns([(0, 0, 10.2, 50.0), *sailed]), GFW)
    assert clean.REASONS[found.reason[0]] == "bad_first"
    assert len(found.positions) == 40


def test_the_caller_s_arrays_stay_as_they_were():
    rows = columns([(1, 300, 10.01, 50.0), (0, 0, 10.0, 50.0)])
    before = [column.copy() for column in vars(rows).values()]
    clean.cleaned(rows, GFW)
    assert all(np.array_equal(a, b, True) for a, b in zip(before, vars(rows).values(), strict=True))
