"""Railways of the ground: known courses, dry, small, owed to whom they are from; page and still."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from cases import Folder
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from geo import basemap, measure, pack, package, rail, scene, still, water
from geo.errors import AssetError
from geo.folder import railways

AREA = (10.0, 40.0, 20.0, 50.0)
LAND = box(9, 39, 21, 51)
MIDDLE = np.array([15.0, 45.0])
TRACK = [(12.0, 44.0), (12.1, 44.0)]


def network(monkeypatch, *stretches):
    """Let these be the world's stretches: two ends, and how much longer than straight."""
    ends = np.array([pair for pair, _ in stretches], dtype=float).reshape(-1, 2, 2)
    straight = measure.geodesic_km(*ends[:, 0].T, *ends[:, 1].T)
    km = straight * np.array([longer for _, longer in stretches])

    def met(frame):
        inside = [shapely.intersects(frame, LineString(pair)) for pair in ends]
        return ends[inside], km[inside]

    monkeypatch.setattr(rail, "stretches", met)


def cut(extent=AREA, land=LAND, **options):
    return pack.decode(railways.cut(extent, land, **options) or pack.encode([]))


@pytest.mark.parametrize(("longer", "to_zoom"), [(1.0, [12]), (1.2, [9]), (4.0, [])])
def test_the_less_a_course_is_known_the_sooner_it_goes(monkeypatch, longer, to_zoom):
    """A track of 8 km that is a fifth longer may lie 2.7 km off, one four times as long 15 km."""
    network(monkeypatch, (TRACK, longer))
    assert [layer.meta["to_zoom"] for layer in cut()] == to_zoom


def test_a_bridge_stays_a_bay_is_rounded_and_a_sea_is_not_crossed(monkeypatch):
    river, sea = box(14.0, 39, 14.004, 51), box(16, 39, 17, 51)
    bay = box(11.0, 39, 11.02, 44.002)
    land = LAND.difference(shapely.union_all([river, sea, bay]))
    over = [[(13.95, 45), (14.05, 45)], [(15.9, 45), (17.1, 45)], [(10.95, 44), (11.07, 44)]]
    network(monkeypatch, *[(pair, 1.04) for pair in over])
    lines = [LineString(part) for layer in cut(land=land) for part in layer.parts]
    assert len(lines) == 2
    assert not any(line.intersects(sea.buffer(-0.05)) for line in lines)
    assert max(water.water_km(line, land) for line in lines) < railways.MAX_WATER_KM
    (rounded,) = (line for line in lines if line.bounds[0] < 12)
    assert water.water_km(rounded, land) < 0.05


def test_lines_are_joined_and_end_at_the_extent(monkeypatch):
    network(monkeypatch, ([(19.8, 45), (19.95, 45)], 1.0), ([(19.95, 45), (20.2, 45)], 1.0))
    (layer,) = cut()
    (line,) = layer.parts
    assert line[:, 0].min() == pytest.approx(19.8)
    assert line[:, 0].max() == pytest.approx(20.0)


def test_an_extent_across_the_antimeridian_has_both_sides(monkeypatch):
    network(monkeypatch, ([(179.5, 45), (179.6, 45)], 1.0), ([(-179.6, 45), (-179.5, 45)], 1.0))
    (layer,) = cut((176.0, 40.0, 184.0, 50.0), box(-180, 30, 180, 60))
    assert sorted(round(float(part[0, 0]), 1) for part in layer.parts) == [179.5, 180.4]


@settings(max_examples=10)
@given(st.integers(200, 20_000), st.integers(0, 2**32))
def test_many_are_simplified_until_they_fit(most, seed):
    rng = np.random.default_rng(seed)
    lines = [np.clip(rng.normal(0, 0.05, (30, 2)).cumsum(axis=0), -4, 4) + MIDDLE for _ in "abcd"]
    pairs = [(pair, 1.0) for line in lines for pair in pairwise(line)]
    with pytest.MonkeyPatch.context() as patch:
        network(patch, *pairs)
        data = railways.cut(AREA, LAND, max_bytes=most)
    if data is not None:
        assert len(data) <= most
        (layer,) = pack.decode(data)
        whole = shapely.union_all([LineString(line) for line in lines])
        tolerance = layer.meta["tolerance_deg"]
        for part in layer.parts:
            assert whole.buffer(3 * tolerance).covers(LineString(part))


def test_none_is_none_and_the_missing_extra_is_named(monkeypatch):
    network(monkeypatch)
    assert railways.cut(AREA, LAND) is None
    assert railways.credit(None) == ()
    monkeypatch.undo()
    monkeypatch.setattr(rail, "find_spec", lambda _: None)
    rail._network.cache_clear()
    with pytest.raises(AssetError, match=r"tumen\[rail\]"):
        railways.cut(AREA, LAND)
    rail._network.cache_clear()


@pytest.mark.parametrize("folder", ["data", "examples/iron-ore"])
def test_those_shipped_are_small_dry_and_in_the_extent(folder):
    data = package.load(ROOT / folder)
    assert len(data.railways) <= railways.MAX_BYTES
    (west, south, east, north) = data.extent
    for layer in pack.decode(data.railways):
        assert layer.meta["licence"] == "ODbL-1.0"
        for part in layer.parts:
            assert (part >= [west - 1e-3, south - 1e-3]).all()
            assert (part <= [east + 1e-3, north + 1e-3]).all()
            for step in map(LineString, pairwise(part)):
                if not data.land.covers(step):
                    assert water.water_km(step, data.land) <= railways.MAX_WATER_KM + 0.03


def test_a_cut_gives_the_shipped_bytes():
    folder = ROOT / "examples" / "iron-ore"
    land = basemap.land([(folder / "basemap.pack").read_bytes()])
    assert railways.cut(package.extent(folder), land) == (folder / "railways.pack").read_bytes()


# --- page and still ------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A drawn folder with one railway beside its line."""
    made = Folder.drawn(tmp_path / "a")
    west, south, east, north = package.extent(made.path)
    lon, lat = west + 0.3, (south + north) / 2
    network(monkeypatch, ([(lon, lat), (lon + 0.1, lat)], 1.0))
    made.write("railways.pack", railways.cut((west, south, east, north), box(-180, -90, 180, 90)))
    return made


def test_who_is_owed_stands_on_page_and_still(folder):
    made = scene.pages(package.load(folder.path))["overview"]
    assert [str(c) for c in made.credits] == [f"Railways: ODbL-1.0, {rail.ATTRIBUTION}"]
    assert made.packs[-1] == package.load(folder.path).railways
    assert any("Railways of the base map" in note for note in made.notes)
    (folder.path / "railways.pack").unlink()
    without = scene.pages(package.load(folder.path))["overview"]
    assert without.credits == ()
    assert not any("Railways" in note for note in without.notes)


def test_a_still_has_them_at_the_zooms_of_the_page(folder):
    made = scene.pages(package.load(folder.path))["overview"]
    (x, y), _ = pack.decode(made.packs[-1])[0].parts[0]
    for half, count in ((3.0, 1), (0.005, 0), (60.0, 0)):
        figure = still.figure(replace(made, view=(x - half, y - half / 2, x + half, y + half / 2)))
        found = [c for c in figure.axes[0].collections if c.get_gid() == railways.LAYER]
        assert len(found) == count, half
