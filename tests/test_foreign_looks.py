"""Maps keep looking as they did: folium's own page beside ours, the network stubbed."""

import inspect
import sys
import warnings

import folium
import folium_cases as cases
import geopandas
import originals
import pytest
from conftest import ROOT
from explore_cases import EXPLORED

sys.path.insert(0, str(ROOT / "tools"))

import list_folium

pytestmark = pytest.mark.browser
warnings.filterwarnings("ignore", message="CartoDB")
MARGIN = 1.0  # percent: fonts and their edges differ between machines


@pytest.fixture(scope="module")
def looks(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("looks")
    viewer = originals.Viewer(browser)
    yield lambda name, make: originals.compared(viewer, folder, name, make)
    viewer.context.close()


def test_every_class_that_is_drawn_is_compared_or_the_reason_said():
    assert {*list_folium.looks(), *cases.NOT_COMPARED} == {*cases.DRAWN}
    assert {*list_folium.looks()} & {*cases.NOT_COMPARED} == set()


@pytest.mark.parametrize("name", sorted({*cases.DRAWN} - {*cases.NOT_COMPARED}))
def test_a_page_looks_like_the_original(name, looks):
    whole, bare = looks(name, cases.CASES[name])
    told = list_folium.looks()[name]
    assert whole <= told[0] + MARGIN
    assert bare <= told[1] + MARGIN


@pytest.mark.parametrize("name", EXPLORED)
def test_a_map_of_explore_looks_like_the_original(name, looks):
    assert max(looks(name, EXPLORED[name])) <= MARGIN


def test_each_documented_option_of_explore_is_among_them():
    named = set(inspect.signature(geopandas.GeoDataFrame.explore).parameters)
    used = {key for made in EXPLORED.values() for key in getattr(made, "options", {})}
    assert named - used <= {"self", "args", "kwargs"}


@pytest.mark.parametrize("other", [{"color": "blue"}, {"weight": 9}, {"radius": 24_000}])
def test_a_page_that_looks_different_is_noticed(browser, tmp_path, other):
    viewer = originals.Viewer(browser)
    found = originals.compared(viewer, tmp_path, "circle", circle, lambda: circle(**other))
    viewer.context.close()
    assert min(found) > MARGIN


def circle(**other):
    look = {"radius": 20_000, "color": "red", "weight": 3} | other
    return cases.with_(lambda: folium.Circle(cases.HERE, **look))()
