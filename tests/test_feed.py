"""Timetables in GTFS: trips from each stop to the next, counted as a plain loop counts them."""

import contextlib
import io
import random
import zipfile
from collections import Counter
from itertools import pairwise

import pytest

from geo.errors import GeoError
from geo.files import feed
from geo.files.tables import Form
from geo.maps import mapcheck
from geo.maps.flowtables import flow_lines, flow_scene, flow_sources, flow_table

STOPS = [(f"S{n}", f"Stop {n}", 46 + n / 50, 7 + n / 40, "") for n in range(6)]
STOPS += [("S0a", "Platform a", 46.0001, 7.0001, "S0"), ("S0b", "", 46.0002, 7.0002, "S0")]


def text(header, rows):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def made(seed):
    own = random.Random(seed)
    trips = [(f"R{own.randint(0, 2)}", f"T{n}") for n in range(12)]
    times = []
    for _, trip in trips:
        order = sorted(own.sample(range(1, 200), own.randint(1, 6)))
        times += [(trip, own.choice(STOPS)[0], n) for n in order]
    often = [(trip, "06:00:00", f"{own.randint(6, 26):02}:30:00", own.choice([300, 700]))
             for _, trip in trips[:3]]  # fmt: skip
    own.shuffle(times)
    return trips, times, often


def packed(path, trips, times, often=(), **other):
    tables = {
        "agency.txt": "agency_id,agency_name\nA,B\n",
        "stops.txt": "\ufeff" + text("stop_id,stop_name,stop_lat,stop_lon,parent_station", STOPS),
        "routes.txt": text("route_id,route_short_name,route_long_name",
                           [("R0", "10", ""), ("R1", "", "Ferry")]),
        "trips.txt": text("route_id,trip_id", trips),
        "stop_times.txt": text("trip_id,stop_id,stop_sequence", times),
        **({"frequencies.txt": text("trip_id,start_time,end_time,headway_secs", often)}
           if often else {}),
        **other,
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in tables.items():
            zipped.writestr(name, content)
    return path


def reckoned(trips, times, often):
    """Trips by pair of stations and route, by hand."""
    names = {"R0": "10", "R1": "Ferry", "R2": "R2"}
    found = Counter()
    for route, trip in trips:
        own = [
            stop[:2]
            for _, stop, _ in sorted((t for t in times if t[0] == trip), key=lambda t: t[2])
        ]
        departs = 0
        for name, _, end, headway in often:
            hour, minute, _ = map(int, end.split(":"))
            at = 6 * 3600
            while name == trip and at < hour * 3600 + minute * 60:
                departs, at = departs + 1, at + headway
        often_or_once = departs if any(name == trip for name, *_ in often) else 1
        for start, stop in pairwise(own):
            if start != stop:
                found[start, stop, names[route]] += often_or_once
    return +found


@pytest.mark.parametrize("seed", range(20))
def test_trips_are_counted_from_each_station_to_the_next(seed, tmp_path):
    trips, times, often = made(seed)
    path = packed(tmp_path / "feed.zip", trips, times, often)
    assert flow_sources.holds_places(path, Form())
    hops = feed.read(path).hops
    found = {tuple(row[:3]): row[3] for row in hops.itertuples(index=False)}
    assert found == reckoned(trips, times, often)
    table = flow_table.read(path)
    lines = flow_lines.Lines(table)
    assert table.flows["quantity"].sum() == sum(found.values())
    assert set(table.flows["unit"]) == {"trips"}
    assert len(lines.ranked) == len({key[:2] for key in found})
    (choice,) = flow_scene.scene(table).choices
    assert {value.word for value in choice.values} == {key[2] for key in found}
    assert mapcheck.examine(path).sound


def test_many_routes_are_counted_together_and_a_folder_in_the_zip_is_read(tmp_path):
    trips = [(f"X{n}", f"T{n}") for n in range(80)]
    times = [(trip, stop, n) for _, trip in trips for n, stop in enumerate(("S1", "S2"))]
    plain = packed(tmp_path / "plain.zip", trips, times)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(tmp_path / "in.zip", "w") as new:
        for name in old.namelist():
            new.writestr(f"gtfs/{name}", old.read(name))
    table = flow_table.read(tmp_path / "in.zip")
    assert list(table.flows["quantity"]) == [80]
    assert any("80 trips" in said for said in table.said)


WRONG = {
    "stop": ([("T0", "S1", 1), ("T0", "none", 2)], (), "flow.no-such-place"),
    "order": ([("T0", "S1", 1), ("T0", "S2", "x")], (), "number.not-plain"),
    "trip": ([("T0", "S1", 1), ("none", "S2", 2)], (), "no trip of trips.txt"),
    "headway": ([("T0", "S1", 1)], [("T0", "06:00:00", "07:00:00", 0)], "number.not-plain"),
    "time": ([("T0", "S1", 1)], [("T0", "6 o'clock", "07:00:00", 60)], "no time hh:mm:ss"),
    "none": ([("T0", "S1", 1)], (), "no rows"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_a_feed_is_named(case, tmp_path):
    times, often, said = WRONG[case]
    path = packed(tmp_path / "feed.zip", [("R0", "T0")], times, often)
    with pytest.raises(GeoError) as caught:
        flow_table.read(path)
    faults = getattr(caught.value, "faults", ())
    assert any(said == one.code for one in faults) or said in f"{caught.value} {faults}"


def test_a_stop_without_a_position_is_named(tmp_path):
    stops = "stop_id,stop_lat,stop_lon\nS1,46,7\nS2,,\nS3,146,7\n"
    times = [("T0", "S1", 1), ("T0", "S2", 2), ("T0", "S3", 3)]
    path = packed(tmp_path / "feed.zip", [("R0", "T0")], times, **{"stops.txt": stops})
    with pytest.raises(GeoError):
        flow_table.read(path)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_feed_is_refused_or_read_and_never_breaks(seed, tmp_path):
    own, path = random.Random(seed), packed(tmp_path / "feed.zip", *made(seed))
    content = bytearray(path.read_bytes())
    for _ in range(own.randint(1, 6)):
        content[own.randrange(len(content))] ^= 1 << own.randrange(8)
    path.write_bytes(content[: own.randrange(len(content))] if seed % 4 == 0 else content)
    with contextlib.suppress(GeoError):
        assert len(flow_table.read(path).flows)


def test_a_zip_without_its_tables_is_no_feed(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("stops.txt", "stop_id\n")
    (tmp_path / "no.zip").write_bytes(buffer.getvalue())
    assert not feed.holds(tmp_path / "no.zip")
    (tmp_path / "bad.zip").write_bytes(b"PK")
    assert not feed.holds(tmp_path / "bad.zip")
