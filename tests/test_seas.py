"""Names of seas: on water, in the view where the view shows them, once, in three languages."""

import json
from importlib.resources import files

import numpy as np
import shapely
from shapely.geometry import Point

from geo import basemap
from geo.geometry import seas

LANGUAGES = {"en", "ko", "ru"}


def views(seed, count):
    chance = np.random.default_rng(seed)
    for _ in range(count):
        wide = float(np.exp(chance.uniform(np.log(0.5), np.log(200))))
        high = min(wide * float(chance.uniform(0.4, 1.2)), 120.0)
        west, south = chance.uniform(-180, 180 - wide / 2), chance.uniform(-70, 80 - high)
        yield float(west), float(south), float(west) + wide, float(south) + high


def known():
    text = (files("geo.geometry") / "assets" / "seas.json").read_text(encoding="utf-8")
    return json.loads(text)["seas"]


def test_every_sea_has_a_name_in_each_language_and_boxes():
    rows = known()
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row["names"]) == LANGUAGES
        assert all(row["names"].values())
        for west, south, east, north in row["boxes"]:
            assert -180 <= west < east <= 180
            assert -90 < south < north < 90


def test_names_stand_on_water_within_a_box_of_their_sea():
    boxes = {row["names"]["en"]: row["boxes"] for row in known()}
    inside = ashore = 0
    for view in views(1, 200):
        found = seas.named(view)
        assert len({sea.names["en"] for sea in found}) == len(found)
        for sea in found:
            lon = (sea.lon + 180) % 360 - 180
            assert any(
                west <= lon <= east and south <= sea.lat <= north
                for west, south, east, north in boxes[sea.names["en"]]
            )
            in_view = view[0] <= sea.lon <= view[2] and view[1] <= sea.lat <= view[3]
            inside += in_view
            # The land here is finer than that of the page, whose small islands are left out.
            ashore += in_view and shapely.intersects(basemap.land(), Point(lon, sea.lat))
    assert inside > 400
    assert ashore < inside / 50


def test_a_view_that_shows_a_sea_has_its_name_in_it():
    """Views of open water, wholly within a box: the name stands in the view."""
    chance = np.random.default_rng(3)
    for row in known():
        for west, south, east, north in row["boxes"]:
            for _ in range(4):
                lon, lat = chance.uniform(west, east), chance.uniform(south, north)
                half = float(chance.uniform(0.1, 0.6))
                view = (lon - half, lat - half, lon + half, lat + half)
                within = west <= view[0] and view[2] <= east
                if not (within and south <= view[1] and view[3] <= north):
                    continue
                if shapely.intersects(seas._land(), shapely.box(*view)):
                    continue
                at = {sea.names["en"]: sea for sea in seas.named(view)}[row["names"]["en"]]
                assert view[0] <= at.lon <= view[2]
                assert view[1] <= at.lat <= view[3]
