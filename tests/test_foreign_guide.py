"""The maps that the guides of folium and geopandas make: carried unchanged, or refused in words."""

import guide_cases
import pytest
from conftest import DESKTOP, _offline
from folium_cases import saved
from test_foreign import look

import geo
from geo.errors import AssetError

pytestmark = pytest.mark.browser

# What no page can have, and what the refusal says of it.
REFUSED = {
    "cluster_with_a_callback": "FastMarkerCluster: a function of its own in JavaScript",
    "geojson_with_a_function": "GeoJson: a function of its own in JavaScript",
    "events_in_javascript": "GeoJson: a function of its own in JavaScript",
    "a_video": "VideoOverlay: a film does not fit",
    "an_online_image": "ImageOverlay: the picture 'https://example.org/x.jpg' is an address",
}
CARRIED = sorted({*guide_cases.MADE} - {*REFUSED})


@pytest.fixture(scope="module")
def opened(browser):
    contexts = []
    yield _offline(browser, DESKTOP, contexts)
    contexts[0].close()


def as_file(make, folder):
    made = folder / "saved.html"
    made.write_text(saved(make()), encoding="utf-8")
    return made


@pytest.mark.parametrize("name", CARRIED)
def test_a_map_of_the_guides_is_carried_from_its_tree_and_from_its_file(name, opened, tmp_path):
    make = guide_cases.MADE[name]
    tree = look(opened, geo.page.save(make(), tmp_path / "tree.html"))
    file = look(opened, geo.page.pack(as_file(make, tmp_path), tmp_path / "file.html"))
    assert tree[1] == file[1] == []
    assert tree[0] == file[0]
    assert tree[0]["canvas"] >= 1


@pytest.mark.parametrize("name", CARRIED)
def test_a_map_that_a_notebook_has_shown_is_the_same_page(name):
    made = guide_cases.MADE[name]()
    before = geo.page.render(made)
    for _ in range(2):
        made.get_root().render()
    assert geo.page.render(made) == before


def test_a_map_that_was_shown_and_then_saved_is_carried_from_its_file(opened, tmp_path):
    def shown():
        made = guide_cases.MADE["controls"]()
        made._repr_html_()
        return made

    assert look(opened, geo.page.pack(as_file(shown, tmp_path), tmp_path / "file.html"))[1] == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_page_cannot_have_is_refused_with_what_to_do(name, tmp_path):
    make = guide_cases.MADE[name]
    with pytest.raises(AssetError) as caught:
        geo.page.render(make())
    assert str(caught.value).startswith(REFUSED[name])
    file = as_file(make, tmp_path)
    with pytest.raises(AssetError) as caught:
        geo.page.pack(file, tmp_path / "file.html")
    assert str(caught.value).startswith(f"{file}: {REFUSED[name]}")


def test_a_map_inside_a_part_of_a_figure_is_given_as_the_figure():
    figure = guide_cases.MADE["maps_side_by_side"]()
    part = next(iter(figure._children.values()))
    with pytest.raises(geo.errors.GeoError, match="give the figure that holds it"):
        geo.page.render(next(iter(part._children.values())))


def test_a_page_with_icons_says_whose_they_are(opened, tmp_path):
    path = geo.page.save(guide_cases.MADE["icons"](), tmp_path / "icons.html")
    look(opened, path)
    said = opened.page.locator(".leaflet-control-attribution").text_content()
    assert "Font Awesome Free 6.2.1, Fonticons, Inc. (CC BY 4.0)" in said
    assert "Glyphicons Halflings" in said
    plain = geo.page.render(guide_cases.MADE["vectors"]())
    assert "Font Awesome" not in plain
