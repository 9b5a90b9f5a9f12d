"""The coast and the network of ways that are shipped are those that the script made."""

import json
from pathlib import Path

import make_ways
import numpy as np

from geo import measure
from geo.geometry import coast
from geo.geometry.ways import network
from geo.geometry.ways.open import Sea, masks

ROOT = Path(__file__).resolve().parent.parent
SOME = 3000


def test_what_is_shipped_is_what_was_made_with_these_passages():
    # `python tools/make_ways.py geo/geometry/assets --check` makes all of it anew, in some twenty
    # minutes.
    held = json.loads(make_ways.RECORD.read_text())
    now = make_ways.record(ROOT / "geo" / "geometry" / "assets")
    assert held["sha256"] == now["sha256"]
    assert held["passages"] == now["passages"], "make the ways anew: an axis or a gate has changed"


def test_edges_of_the_network_are_clear_of_the_coast_and_know_the_gates_they_cross():
    net, rng = network.shipped(), np.random.default_rng(21)
    crossing = np.flatnonzero(net.gates)
    own = np.union1d(rng.choice(len(net.edges), SOME), rng.choice(crossing, SOME // 10))
    a, b = (net.xy[net.edges[own, end]] for end in (0, 1))
    lines = measure.geodesics(a, b, max_km=50.0)
    assert not Sea.of(coast.land(), ()).blocked(lines).any()
    assert (masks(lines) == net.gates[own]).all()


def test_cells_far_inland_are_those_of_the_coast():
    net, whole_coast = (
        network.shipped(),
        coast.read(ROOT / "geo" / "geometry" / "assets" / "coast.pack"),
    )
    lon = np.arange(3600) / 10 + 0.05 - 180
    for row in (250, 900, 1370):  # and one to either side, as a cell counts with its neighbours
        lat = (np.arange(row - 1, row + 2)) / 10 + 0.05 - 90
        dry = make_ways._dry_row((whole_coast, lon, lat)).reshape(3, 3600)
        framed = np.pad(dry, ((0, 0), (1, 1)), mode="wrap")
        whole = np.logical_and.reduce([framed[i, j : j + 3600] for i in range(3) for j in range(3)])
        assert (whole == net.inland[row]).all()
