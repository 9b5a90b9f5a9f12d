"""Names of countries on the ground: on their own land, in three languages, where the view is."""

import json
import random
from importlib.resources import files

import numpy as np
import pytest
import shapely

import geo
from geo.geometry import basemap, countries, packing, towns
from geo.output.still import ground
from geo.output.still.camera import fit

KNOWN = json.loads(
    (files("geo.geometry") / "assets" / "countries.json").read_text(encoding="utf-8")
)["countries"]
# West, south, east and north of whole countries and their islands, read from an atlas.
WITHIN = {
    "is": (-25, 63, -13, 67), "qa": (50.5, 24.3, 51.8, 26.3), "ch": (5.8, 45.7, 10.6, 47.9),
    "jp": (122, 24, 146, 46), "kp": (124, 37.5, 131, 43.1), "cl": (-76, -56, -66, -17),
    "nz": (166, -47.5, 179, -34), "eg": (24.6, 21.9, 37, 31.8), "ua": (22, 44, 40.3, 52.5),
    "vn": (102, 8, 110, 23.5), "om": (51.9, 16.6, 60, 26.6), "sg": (103.5, 1.1, 104.2, 1.6),
}  # fmt: skip


def test_every_country_is_named_in_three_languages_and_once():
    assert len(KNOWN) > 180
    assert len({one["id"] for one in KNOWN}) == len(KNOWN)
    assert all(set(one["names"]) == {"en", "ko", "ru"} for one in KNOWN)
    assert all(name.strip() for one in KNOWN for name in one["names"].values())
    assert all(2 <= one["zoom"] <= 7 and one["spots"] for one in KNOWN)


def test_a_name_stands_on_land():
    (layer,) = (one for one in packing.decode(basemap.world()) if one.name == "land")
    areas = [shapely.Polygon(part).buffer(0) for part in layer.parts if len(part) > 3]
    land = shapely.union_all(areas)
    spots = [spot for one in KNOWN for spot in one["spots"]]
    dry = shapely.contains_xy(land, [x for x, _ in spots], [y for _, y in spots])
    assert dry.all()


@pytest.mark.parametrize("code", WITHIN)
def test_a_name_stands_within_its_country(code):
    west, south, east, north = WITHIN[code]
    (one,) = (row for row in KNOWN if row["id"] == code)
    assert all(west <= x <= east and south <= y <= north for x, y in one["spots"])


def test_a_view_has_the_countries_in_and_round_it_whatever_the_turn():
    view = (5.0, 45.0, 11.0, 48.0)
    near = {one.names["en"] for one in countries.named(view)}
    assert {"Switzerland", "France", "Italy", "Austria"} <= near
    assert "Japan" not in near
    turned = {one.names["en"] for one in countries.named((365.0, 45.0, 371.0, 48.0))}
    assert turned == near


def test_a_still_names_them_in_the_language_that_is_asked_for():
    view = (5.0, 45.0, 11.0, 48.0)
    camera = fit(view, 800, 600, "mercator")
    told = {label.text for label in ground.countries_of(view, camera, 6.0, "ko")}
    assert "스위스" in told
    assert {"SWITZERLAND"} <= {x.text for x in ground.countries_of(view, camera, 6.0, "en")}
    assert not list(ground.countries_of(view, camera, 1.0, "en"))


def test_a_page_carries_the_names_of_its_own_part_of_the_world_alone():
    value = geo.draw.Basemap([geo.basemap.world()], view=(5.0, 45.0, 11.0, 48.0)).countries
    assert 5 < len(value) < 40


EXTENTS = [(5.0, 45.0, 12.0, 49.0), (24.0, -32.0, 33.0, -24.0), (176.0, -20.0, 184.0, -15.0)]


@pytest.mark.parametrize("extent", EXTENTS)
def test_whatever_part_a_view_shows_a_country_is_named_on_its_own_land(extent):
    """The town that is nearest to the name is of the country."""
    west, south, east, north = extent
    pack = basemap.cut(extent, relief=False)
    (land,) = (one for one in packing.decode(pack) if one.name == "land")
    ground = [shapely.Polygon(part).buffer(0) for part in land.parts if len(part) > 3]
    known, names = towns.within(extent), towns.countries()
    at = np.array([[town.lon, town.lat] for town in known])
    chance, right, told = random.Random(str(extent)), 0, 0
    for _ in range(40):
        wide = chance.uniform(0.2, 3)
        x, y = chance.uniform(west, east - wide), chance.uniform(south, north - wide / 2)
        view = (x, y, x + wide, y + wide / 2)
        found = countries.named(view, [basemap.world(), pack])
        world = {one.names["en"]: one.spots for one in countries.named(view)}
        for one in found:
            for lon, lat in set(one.spots) - set(world.get(one.names["en"], ())):
                assert view[0] <= lon <= view[2]
                assert view[1] <= lat <= view[3]
                assert any(shapely.contains_xy(area, lon, lat) for area in ground)
                near = np.hypot((at[:, 0] - lon) * np.cos(np.radians(lat)), at[:, 1] - lat)
                told += 1
                right += names[known[int(near.argmin())].country] == one.names["en"]
    assert told > 8
    assert right / told > 0.93  # along a border the nearest town may be across it


def test_a_view_inside_one_country_names_it_where_the_world_has_no_spot():
    view = (8.30, 48.10, 8.42, 48.16)
    pack = basemap.cut((8.0, 48.0, 8.8, 48.4), relief=False)
    inside = {
        one.names["en"]
        for one in countries.named(view, [pack])
        if any(view[0] <= x <= view[2] and view[1] <= y <= view[3] for x, y in one.spots)
    }
    assert inside == {"Germany"}
