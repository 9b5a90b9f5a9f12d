"""Names of great rivers: on a line that the map draws, each once, in three languages."""

import json
import random
from importlib.resources import files

import numpy as np
import pytest
import shapely

from geo.geometry import basemap, gshhg, packing, rivers

KNOWN = json.loads((files("geo.geometry") / "assets" / "rivers.json").read_text(encoding="utf-8"))[
    "rivers"
]


def test_every_river_is_named_in_three_languages_and_once():
    assert len({one["id"] for one in KNOWN}) == len(KNOWN) > 40
    assert all(set(one["names"]) == {"en", "ko", "ru"} for one in KNOWN)
    assert all(one["towns"] and 2 <= one["zoom"] <= 7 for one in KNOWN)


@pytest.mark.parametrize("name", ["tumen", "danube", "murray", "parana", "lena", "st_lawrence"])
def test_its_towns_stand_on_a_river_of_the_source(name):
    (one,) = (river for river in KNOWN if river["id"] == name)
    for lon, lat in one["towns"]:
        around = (lon - 0.3, lat - 0.3, lon + 0.3, lat + 0.3)
        water = gshhg.read(around, resolution="f", borders=False)
        lines = [*water.river, *(lake.exterior for lake in water.lake)]
        assert min(line.distance(shapely.Point(lon, lat)) for line in lines) < 0.15


# Extents and views in them, and the rivers an atlas has there.
VIEWS = {
    (4.0, 46.0, 19.0, 52.0): {
        (15.5, 47.8, 17.0, 48.5): {"Danube"},
        (6.5, 50.5, 8.0, 51.5): {"Rhine"},
        (13.0, 50.7, 14.5, 51.5): {"Elbe"},
        (10.0, 46.8, 10.6, 47.0): set(),
    },
    (120.0, 38.0, 136.0, 50.0): {
        (129.5, 42.7, 130.2, 43.1): {"Tumen"},
        (134.5, 48.2, 135.6, 48.8): {"Amur"},
        (132.0, 47.4, 133.2, 48.0): set(),  # one line goes on where one flows into the other
        (124.0, 39.8, 125.0, 40.4): {"Yalu"},
    },
}


@pytest.mark.parametrize("extent", VIEWS)
def test_a_view_has_the_rivers_of_the_atlas_on_their_own_lines(extent):
    pack = basemap.cut(extent, relief=False)
    drawn = [p for layer in packing.decode(pack) if "river" in layer.name for p in layer.parts]
    points = np.vstack(drawn)
    for view, wanted in VIEWS[extent].items():
        west, south, east, north = view
        found = rivers.named(view, [basemap.world(), pack])
        inside = {r.names["en"] for r in found
                  if west <= r.lon <= east and south <= r.lat <= north}  # fmt: skip
        assert inside == wanted, view
        for river in found:
            for spot in ((river.lon, river.lat), *river.more):
                assert np.hypot(*(points - spot).T).min() < 2e-3
        turned = rivers.named((west + 360, south, east + 360, north), [pack])
        assert {(r.names["en"], round(r.lon - 360, 3)) for r in turned} == {
            (r.names["en"], r.lon) for r in found
        }


def test_a_map_without_rivers_names_none():
    chance = random.Random(3)
    for _ in range(50):
        west, south = chance.uniform(-180, 170), chance.uniform(-80, 75)
        assert rivers.named((west, south, west + 8, south + 5), [basemap.world()]) == ()
