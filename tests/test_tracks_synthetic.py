"""The synthetic fleet: plainly invented, the same every time, and true to its own log."""

import hashlib
import subprocess
import sys
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import Point, box

from geo import measure
from geo.errors import GeoError
from geo.tracks import fleet_signals, synthetic
from geo.tracks.columns import POSITIONS

START = datetime(2025, 3, 1, tzinfo=UTC)
MAKE = """
import hashlib, sys
from datetime import UTC, datetime
from geo.tracks import synthetic
places = synthetic.invented_places(30)
start = datetime(2025, 3, 1, tzinfo=UTC)
made = synthetic.fleet(places, vessels=4, start=start, days=8, seed=2).write(sys.argv[1])
print(hashlib.sha256(made.read_bytes()).hexdigest())
"""


def made(**options):
    wanted = {"vessels": 15, "start": START, "days": 30, "seed": 5} | options
    return synthetic.fleet(wanted.pop("places", synthetic.invented_places(60)), **wanted)


@pytest.fixture(scope="module")
def fleet():
    return made()


@pytest.fixture(scope="module")
def frame(fleet):
    """Positions and their labels side by side."""
    return fleet.positions.to_pandas().join(fleet.labels.to_pandas())


def of_ship(frame, ship):
    mine = frame[(frame["ship"] == ship) & (frame["noise"] == "good")]
    return mine.sort_values("time_utc")


# --- plainly invented ----------------------------------------------------------------------------


def test_positions_have_the_shared_columns_and_the_file_says_synthetic(fleet, tmp_path):
    assert fleet.positions.schema.equals(POSITIONS)
    read = pq.read_table(fleet.write(tmp_path / "fleet.parquet"))
    assert read.schema.metadata[b"synthetic"] == b"true"
    assert b"invented" in read.schema.metadata[b"note"]
    assert read.equals(fleet.positions)


def test_names_say_synthetic_and_no_ship_has_an_imo_number(fleet):
    names = pc.unique(fleet.positions["name"]).to_pylist()
    assert len(names) == 15
    assert all(name.startswith("Synthetic ") for name in names)
    assert fleet.positions["imo"].null_count == len(fleet.positions)


def test_numbers_lie_outside_every_allocation_of_the_itu(fleet):
    numbers = pc.unique(fleet.positions["vessel"]).to_pylist()
    assert all(len(n) == 9 and 775 < int(n[:3]) < 800 for n in numbers)


# --- the same every time -------------------------------------------------------------------------


def test_a_seed_gives_the_same_bytes_in_another_process(tmp_path):
    digests = set()
    for name in ("one", "two"):
        done = subprocess.run(
            [sys.executable, "-c", MAKE, str(tmp_path / name)],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_another_seed_gives_another_fleet(fleet):
    assert not made(seed=6).positions.equals(fleet.positions)


# --- true to the log -----------------------------------------------------------------------------


def test_a_ship_lies_at_the_place_of_its_call(fleet, frame):
    places = synthetic.invented_places(60).set_index("place").geometry
    calls = fleet.calls.to_pandas()
    assert len(calls) > 60
    for call in calls.itertuples():
        mine = of_ship(frame, call.ship)
        until = call.departure_utc if call.departure_utc == call.departure_utc else None
        there = mine.set_index("time_utc").loc[call.arrival_utc : until]
        spot = places[call.place]
        away_km = measure.geodesic_km(
            *np.broadcast_arrays(spot.x, spot.y, there["lon"], there["lat"])
        )
        assert away_km.max() < 1.2
        assert there["speed_kn"].max() < 1


def test_a_voyage_joins_two_calls_at_the_speed_the_ship_reports(fleet, frame):
    calls = fleet.calls.to_pandas()
    places = synthetic.invented_places(60).set_index("place").geometry
    for ship, voyages in fleet.voyages.to_pandas().groupby("ship"):
        mine = calls[calls["ship"] == ship]
        assert voyages["origin"].tolist() == mine["place"].tolist()[:-1]
        assert voyages["destination"].tolist() == mine["place"].tolist()[1:]
        assert voyages["departure_utc"].tolist() == mine["departure_utc"].tolist()[:-1]
        assert voyages["arrival_utc"].tolist() == mine["arrival_utc"].tolist()[1:]
        first = voyages.iloc[0]
        under_way = of_ship(frame, ship).set_index("time_utc")["speed_kn"]
        under_way = under_way.loc[first["departure_utc"] : first["arrival_utc"]]
        hours = (under_way > 2).mean() * (
            first["arrival_utc"] - first["departure_utc"]
        ).total_seconds()
        ends = places[first["origin"]], places[first["destination"]]
        km = measure.geodesic_km(ends[0].x, ends[0].y, ends[1].x, ends[1].y)
        if first["origin"] != first["destination"]:
            knots = km / measure.KM_PER_NMI / (hours / 3600)
            assert under_way[under_way > 2].median() == pytest.approx(knots, rel=0.1)


def test_draught_changes_in_port_and_not_at_sea(fleet, frame):
    for voyage in fleet.voyages.slice(0, 20).to_pandas().itertuples():
        mine = of_ship(frame, voyage.ship).set_index("time_utc")["draught_m"]
        assert mine.loc[voyage.departure_utc : voyage.arrival_utc].nunique() == 1


def test_two_ships_that_meet_lie_together_in_the_open_sea(fleet, frame):
    places = synthetic.invented_places(60).geometry
    meetings = fleet.encounters.to_pandas()
    assert len(meetings) >= 3
    for meeting in meetings.itertuples():
        for number in (meeting.vessel, meeting.other):
            mine = frame[(frame["vessel"] == number) & (frame["noise"] == "good")]
            mine = mine.set_index("time_utc").sort_index()
            mine = mine.loc[meeting.start_utc : meeting.end_utc]
            near = np.broadcast_arrays(meeting.lon, meeting.lat, mine["lon"], mine["lat"])
            assert measure.geodesic_km(*near).max() < 0.25
            assert mine["speed_kn"].max() < 1
        far = np.broadcast_arrays(meeting.lon, meeting.lat, places.x, places.y)
        assert measure.geodesic_km(*far).min() > 25


def test_nothing_is_sent_in_a_silence(fleet, frame):
    silences = fleet.silences.to_pandas()
    assert len(silences) >= 5
    for silence in silences.itertuples():
        mine = of_ship(frame, silence.ship)["time_utc"]
        assert not ((mine > silence.start_utc) & (mine < silence.end_utc)).any()


def test_ships_cross_the_antimeridian_the_short_way():
    places = gpd.GeoDataFrame(
        {"place": ["west", "east"]}, geometry=[Point(179, 10), Point(-177, 8)]
    )
    crossing = made(places=places, vessels=2, noise=synthetic.Noise.none(), neighbours=1)
    lon = crossing.positions["lon"].to_numpy()
    assert crossing.voyages.num_rows > 10
    assert np.abs(lon).min() > 176
    assert {-1.0, 1.0} == set(np.sign(lon))


def test_ships_keep_to_water_where_they_are_told_to():
    island = box(0.5, -0.5, 1.0, 0.5)
    shapely.prepare(island)
    places = gpd.GeoDataFrame({"place": ["here", "there"]}, geometry=[Point(0, 0), Point(1.5, 0)])
    fleet = made(
        places=places,
        vessels=2,
        days=5,
        mover=synthetic.over_water(island),
        noise=synthetic.Noise.none(),
        berth_m=100,
        lane_m=100,
        neighbours=1,
    )
    assert fleet.voyages.num_rows >= 4
    xy = [fleet.positions[name].to_numpy() for name in ("lon", "lat")]
    assert np.abs(xy[1]).max() > 0.5
    assert not shapely.contains_xy(island, *xy).any()


# --- noise, labelled -----------------------------------------------------------------------------


def test_every_kind_of_noise_occurs_as_often_as_asked():
    noise = synthetic.Noise(spikes=0.002, runs=0.002, clocks=0.001, bad_first=0.5, lost=0.1)
    labels = made(noise=noise).labels.to_pandas()["noise"]
    share = labels.value_counts(normalize=True)
    assert set(share.index) == set(fleet_signals.LABELS)
    assert share["duplicate"] == pytest.approx(0.013, rel=0.15)
    assert share["sentinel"] == pytest.approx(0.0005, rel=0.4)
    assert share["clock"] == pytest.approx(0.001, rel=0.4)
    assert share["spike"] == pytest.approx(0.002, rel=0.25)  # those too near another are left out
    assert share["run"] == pytest.approx(0.002 * 3.5, rel=0.35)
    assert 3 <= (labels == "bad_first").sum() <= 12
    assert len(labels) == pytest.approx(15 * 8640 * 0.9 * 1.013, rel=0.06)


def test_without_noise_every_position_is_good_and_none_is_lost():
    quiet = made(noise=synthetic.Noise.none(), days=5)
    assert pc.unique(quiet.labels["noise"]).to_pylist() == ["good"]
    sent = pc.value_counts(quiet.positions["vessel"]).field("counts")
    silent = set(quiet.silences["vessel"].to_pylist())
    assert pc.max(sent).as_py() == 5 * 288
    assert len(sent) - len(silent) <= pc.sum(pc.equal(sent, 5 * 288)).as_py()


def test_spikes_are_far_from_their_neighbours_and_runs_are_two_to_five_long(frame):
    kept = frame[~frame["noise"].isin(["duplicate", "clock", "sentinel", "bad_first"])]
    kept = kept.drop_duplicates(["ship", "time_utc"]).sort_values(["ship", "time_utc"])
    bad = kept["noise"].isin(["spike", "run"])
    part = (bad != bad.shift()).cumsum()
    stretches = kept[bad].groupby(part[bad])["noise"].agg(["size", "first", "nunique"])
    assert (stretches["nunique"] == 1).all()
    assert set(stretches.loc[stretches["first"] == "spike", "size"]) == {1}
    assert set(stretches.loc[stretches["first"] == "run", "size"]) == {2, 3, 4, 5}
    last_good = kept[["lon", "lat"]].where(~bad).ffill()
    away_km = measure.geodesic_km(
        *(values.to_numpy() for values in (kept["lon"], kept["lat"])),
        *(values.to_numpy() for values in (last_good["lon"], last_good["lat"])),
    )
    assert away_km[bad.to_numpy()].min() > 50
    assert away_km[~bad.to_numpy()].max() == 0


def test_values_not_available_are_those_of_the_standard(frame):
    blank = frame[frame["noise"] == "sentinel"]
    columns = ["lon", "lat", "speed_kn", "course_deg", "heading_deg"]
    assert len(blank) > 10
    assert np.allclose(blank[columns], [181, 91, 102.3, 360, 511])


def test_two_ships_sail_under_one_number_where_asked():
    labels = made(noise=synthetic.Noise(shared=0.6), days=3)
    pairs = labels.labels.append_column("vessel", labels.positions["vessel"])
    ships = pairs.group_by("vessel").aggregate([("ship", "count_distinct")])
    assert sorted(pc.unique(ships["ship_count_distinct"]).to_pylist()) == [1, 2]


def test_positions_lie_in_order_of_receipt(frame):
    right = frame[frame["noise"] != "clock"]["time_utc"]
    assert right.is_monotonic_increasing
    assert not frame["time_utc"].is_monotonic_increasing


# --- files for measuring -------------------------------------------------------------------------


def test_a_large_file_is_written_in_pieces_in_order_of_receipt(tmp_path, monkeypatch):
    monkeypatch.setattr(synthetic, "_BATCH_ROWS", 20_000)
    path = tmp_path / "positions.parquet"
    count = synthetic.positions(100_000, path, 1)
    file = pq.ParquetFile(path)
    assert file.metadata.num_rows == count == pytest.approx(100_000, rel=0.06)
    assert file.metadata.num_row_groups >= 4
    assert file.schema_arrow.equals(POSITIONS)
    assert file.schema_arrow.metadata[b"synthetic"] == b"true"
    times = file.read(["time_utc"])["time_utc"].cast(pa.int64()).to_numpy()
    assert (np.diff(times) >= 0).mean() > 0.99
    assert list(tmp_path.iterdir()) == [path]


def test_a_large_file_is_the_same_for_a_seed(tmp_path):
    digests = []
    for seed in (1, 1, 2):
        synthetic.positions(20_000, tmp_path / "p.parquet", seed, days=5)
        digests.append(hashlib.sha256((tmp_path / "p.parquet").read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_a_write_that_fails_midway_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "p.parquet"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(synthetic, "_BATCH_ROWS", 2_000)
    monkeypatch.setattr(fleet_signals, "_blank", breaks_at_the_third_call())
    with pytest.raises(ValueError, match="third"):
        synthetic.positions(20_000, path, 1, days=5)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def breaks_at_the_third_call():
    calls = []

    def fail(*_):
        calls.append(1)
        if len(calls) == 3:
            raise ValueError("third")

    return fail


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(GeoError, match=r"file/p\.parquet: cannot be written"):
        synthetic.positions(5_000, tmp_path / "file" / "p.parquet", 1, days=5)


def test_every_argument_that_cannot_be_used_is_named_at_once():
    nowhere = gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(0, 0)])
    with pytest.raises(GeoError) as error:
        synthetic.fleet(nowhere, vessels=0, start=START.replace(tzinfo=None), days=0, seed=1)
    for part in ("column `place`", "1 rows", "vessels is 0", "days is 0", "without a time zone"):
        assert part in str(error.value)
