"""Every option of what published maps use most, picture by picture beside folium's own page."""

import itertools
import warnings

import folium
import folium_cases as cases
import originals
import pytest
from folium import plugins

pytestmark = pytest.mark.browser
warnings.filterwarnings("ignore", message="CartoDB")
MARGIN = 1.5  # percent: fonts and their edges differ between machines
SPOT = cases.HERE


@pytest.fixture(scope="module")
def looks(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("options")
    viewer = originals.Viewer(browser)
    yield lambda name, make: originals.compared(viewer, folder, name, make)
    viewer.context.close()


def marked(*icons):
    """A map with a marker for each icon, side by side, with a dot on each of their places."""

    def make():
        made = folium.Map(SPOT, zoom_start=7)
        for number, icon in enumerate(icons):
            at = [SPOT[0], SPOT[1] - 2 + number * 0.9]
            folium.CircleMarker(at, radius=2, color="black", fill=True).add_to(made)
            folium.Marker(at, icon=icon()).add_to(made)
        return made

    return make


def beauty(**options):
    return lambda: plugins.BeautifyIcon(**options)


SHAPES = ("circle", "circle-dot", "doughnut", "rectangle-dot", "marker", "rectangle")
BEAUTIES = {
    "number": {"number": 7},
    "icon": {"icon": "plane"},
    "colours": {
        "number": 4,
        "border_color": "red",
        "text_color": "blue",
        "background_color": "yellow",
    },
    "border": {"icon": "plane", "border_width": 5},
    "style": {"number": 5, "inner_icon_style": "font-size: 20px; padding-top: 3px"},
    "size": {"number": 3, "icon_size": [40, 40]},
    "anchor": {"number": 3, "icon_anchor": [0, 0]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_option_of_beautify_icon_in_each_shape(shape, looks):
    icons = [beauty(icon_shape=shape, **options) for options in BEAUTIES.values()]
    whole, bare = looks(f"beauty-{shape}", marked(*icons))
    assert max(whole, bare) <= MARGIN


ICONS = {
    "colours": [
        lambda c=c: folium.Icon(color=c) for c in ("red", "darkblue", "beige", "black", "pink")
    ],
    "icons": [
        lambda p=p, i=i: folium.Icon(icon=i, prefix=p)
        for p, i in (
            ("fa", "anchor"),
            ("fa", "ship"),
            ("glyphicon", "cloud"),
            ("glyphicon", "home"),
        )
    ],
    "angle": [
        lambda a=a: folium.Icon(icon="plane", prefix="fa", angle=a) for a in (0, 90, 180, 270)
    ],
    "icon colour": [
        lambda: folium.Icon(icon_color="yellow"),
        lambda: folium.Icon(icon_color="#f0f"),
    ],
    "div": [
        lambda: folium.DivIcon("<b>bold</b>"),
        lambda: folium.DivIcon("x", icon_size=(60, 20)),
        lambda: folium.DivIcon("x", icon_size=(30, 30), icon_anchor=(30, 30)),
        lambda: folium.DivIcon("<i style='color:red'>red</i>", class_name="mine"),
    ],
}


@pytest.mark.parametrize("name", ICONS)
def test_each_option_of_icon_and_div_icon(name, looks):
    assert max(looks(f"icon-{name}", marked(*ICONS[name]))) <= MARGIN


def clustered(**options):
    def make():
        made = folium.Map(SPOT, zoom_start=7)
        spots = [[SPOT[0] + n / 500, SPOT[1] + n / 500] for n in range(12)]
        spots += [[SPOT[0] - 1, SPOT[1] + n / 500] for n in range(3)] + [[SPOT[0] + 1, SPOT[1] - 2]]
        group = plugins.MarkerCluster(options=options).add_to(made)
        for spot in spots:
            folium.Marker(spot).add_to(group)
        return made

    return make


CLUSTERS = {
    "plain": {},
    "small": {"maxClusterRadius": 20},
    "apart": {"disableClusteringAtZoom": 5},
    "single": {"singleMarkerMode": True},
    "still": {"animate": False, "showCoverageOnHover": False},
}


@pytest.mark.parametrize("name", CLUSTERS)
def test_each_option_of_marker_cluster(name, looks):
    assert max(looks(f"cluster-{name}", clustered(**CLUSTERS[name]))) <= MARGIN


def detailed(kind, **options):
    def make():
        made = folium.Map(SPOT, zoom_start=8)
        data = {
            "type": "FeatureCollection",
            "features": [cases.square("A", 130, 42, note="12 t", count=1234567, none=None)],
        }
        detail = kind(["note", "count", "none"], **options)
        shown = {"tooltip" if kind is folium.GeoJsonTooltip else "popup": detail}
        folium.GeoJson(data, **shown).add_to(made)
        return made

    return make


DETAILS = list(itertools.product((True, False), (True, False), (None, "background-color: yellow")))


@pytest.mark.parametrize("kind", [folium.GeoJsonTooltip, folium.GeoJsonPopup])
@pytest.mark.parametrize(("labels", "localize", "style"), DETAILS)
def test_each_option_of_details(kind, labels, localize, style, looks):
    more = {} if style is None else {"style": style}
    make = detailed(kind, labels=labels, localize=localize, aliases=["n", "c", "x"], **more)
    assert max(looks(kind.__name__, make)) <= MARGIN
