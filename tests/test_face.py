"""The public face: what `import geo` shows, and what it says to a wrong value."""

import importlib
import inspect
import operator
import random
import re
import subprocess
import sys
import types
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import geo
from geo.errors import GeoError, check_type

VERBS = ["feature_map", "flow_map", "track_map", "widget"]
MODULES = [f"geo.{name}" for name in geo.__all__ if name not in VERBS]
TRACKS = [f"geo.tracks.{name}" for name in geo.tracks.__all__]
WRONG = [None, 3, 2.5, ["x"], {"x": 1}, object(), shapely.Point(0, 0), pd.Series([1]), b"x"]


def fresh(code, *arguments):
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# --- what there is --------------------------------------------------------------------------------


def test_geo_shows_its_modules_and_few_verbs_whatever_was_imported_before():
    shown = fresh("import geo; print(*dir(geo))").split()
    assert shown == sorted(geo.__all__)
    assert fresh("import geo.files.intake, geo.cli, geo; print(*dir(geo))").split() == shown
    kinds = {name: isinstance(getattr(geo, name), types.ModuleType) for name in shown}
    assert sorted(name for name, is_module in kinds.items() if not is_module) == VERBS
    assert all(inspect.getdoc(getattr(geo, name)) for name in VERBS)


def test_star_brings_what_is_shown():
    names = fresh("from geo import *; print(*[n for n in dir() if n[0] != '_'])").split()
    assert names == sorted(geo.__all__)


# Each name with nothing of the kit imported before it; what others wrote stays, which takes long.
ALONE = """
import operator, sys
for name in sys.argv[1:]:
    for known in [known for known in sys.modules if known.partition(".")[0] == "geo"]:
        del sys.modules[known]
    import geo
    print(operator.attrgetter(name)(geo).__name__)
"""


def test_every_module_is_there_after_import_geo_alone():
    names = [*geo.__all__, *(f"tracks.{name}" for name in geo.tracks.__all__)]
    public = [operator.attrgetter(name)(geo).__name__ for name in names]
    assert fresh(ALONE, *names).split() == public


def test_spark_is_reached_as_the_readme_says():
    assert fresh("import geo; print(callable(geo.tracks.spark.run))") == "True"


@pytest.mark.parametrize("name", [*MODULES, *TRACKS])
def test_a_public_module_says_what_is_public(name):
    module = importlib.import_module(name)
    names = module.__all__
    assert len(set(names)) == len(names)
    assert all(not one.startswith("_") and getattr(module, one) is not None for one in names)
    assert module.__doc__


@pytest.mark.parametrize("name", [*MODULES, *TRACKS])
def test_what_is_public_says_what_it_does(name):
    module = importlib.import_module(name)
    for one in module.__all__:
        value = getattr(module, one)
        if inspect.isfunction(value) or inspect.isclass(value):
            assert inspect.getdoc(value), f"{name}.{one}"


def test_readme_and_documentation_name_only_what_there_is():
    root = Path(__file__).parents[1]
    pages = [root / "README.md", *(root / "docs" / f"{n}.md" for n in ("ais", "python", "ground"))]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    names = sorted(set(re.findall(r"(?<![\w./])geo\.([a-z_]+(?:\.\w+)+)", text)))
    assert "tracks.spark.run" in names
    for name in names:
        value = geo
        for part in name.split("."):
            value = getattr(value, part)


# --- in one line ----------------------------------------------------------------------------------


def test_a_scene_and_a_package_are_one_line(package, scenes):
    for value in [package, *scenes.values()]:
        assert "\n" not in repr(value)
        assert len(repr(value)) < 200
    assert len({repr(one) for one in scenes.values()}) == len(scenes)
    assert all(repr(name) in repr(one) for name, one in scenes.items())


# --- wrong values ---------------------------------------------------------------------------------

OF_SCENES = {
    "page.render": geo.page.render,
    "page.show": geo.page.show,
    "draw.scene": geo.draw.scene,
    "still.figure": geo.still.figure,
    "still.png": geo.still.png,
    "still.svg": geo.still.svg,
    "still.pdf": geo.still.pdf,
    "still.webp": geo.still.webp,
}
OF_PACKAGES = {
    "scene.overview": geo.scene.overview,
    "scene.flows": geo.scene.flows,
    "scene.pages": geo.scene.pages,
    "scene.legs_page": lambda value: geo.scene.legs_page(value, "x"),
}
OF_PATHS = {
    "package.load": geo.package.load,
    "package.examine": geo.package.examine,
    "package.examine_file": geo.package.examine_file,
    "page.embed": geo.page.embed,
    "userdata.read": geo.userdata.read,
}
OF_FRAMES = {"of_positions": geo.trackset.of_positions, "of_lines": geo.trackset.of_lines}
DOORS = OF_SCENES | OF_PACKAGES | OF_PATHS | OF_FRAMES | {"basemap.cut": geo.basemap.cut}


@pytest.mark.parametrize("value", WRONG, ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("door", DOORS)
def test_a_value_of_a_wrong_type_is_an_error_that_says_what_to_give(door, value):
    with pytest.raises(GeoError) as raised:
        DOORS[door](value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("door", [*OF_SCENES, *OF_PACKAGES, *OF_FRAMES])
def test_a_text_where_a_value_belongs_says_where_that_comes_from(door):
    wanted = {
        **dict.fromkeys(OF_SCENES, "geo.scene"),
        **dict.fromkeys(OF_PACKAGES, "geo.package"),
    }
    with pytest.raises(GeoError, match=wanted.get(door, "frame")) as raised:
        DOORS[door]("maps/rail.html")
    assert "maps/rail.html" in str(raised.value)


@pytest.mark.parametrize("path", WRONG[:6], ids=lambda v: type(v).__name__)
def test_a_page_is_written_to_a_path_only(scenes, path):
    with pytest.raises(GeoError, match="file to write"):
        geo.page.save(next(iter(scenes.values())), path)


@pytest.mark.parametrize("page", ["", "raill", "overview", None, 3, ["rail"]])
def test_a_page_there_is_not_names_those_there_are(package, page):
    with pytest.raises(GeoError) as raised:
        geo.scene.legs_page(package, page)
    assert all(name in str(raised.value) for name in package.pages)


@pytest.mark.parametrize("make", [geo.scene.overview, geo.scene.flows, geo.scene.pages])
def test_a_language_there_is_not_names_those_there_are(package, make):
    with pytest.raises(GeoError, match="en, ko, ru"):
        make(package, lang="xx")


def test_a_projection_or_a_sheet_there_is_not_names_those_there_are(scenes):
    one = next(iter(scenes.values()))
    for option, choices in (("projection", geo.still.PROJECTIONS), ("sheet", geo.still.SHEETS)):
        with pytest.raises(GeoError) as raised:
            geo.still.figure(one, **{option: "round"})
        assert all(choice in str(raised.value) for choice in choices)


def test_any_value_is_told_in_one_short_line():
    own = random.Random(7)
    for _ in range(200):
        value = [own.choice(["\n", "x", "[red]"]) * own.randint(0, 200) for _ in range(9)]
        with pytest.raises(GeoError) as raised:
            check_type(value, str, "a text")
        assert "\n" not in str(raised.value)
        assert len(str(raised.value)) < 100


def test_a_frame_is_taken_by_its_own_door():
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs="EPSG:4326")
    assert len(geo.trackset.of_lines(lines)) == 2
