"""Relief and depth of a base map: small, in place, without an edge, only in wide views."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from PIL import Image
from scipy import ndimage

from geo import basemap, draw, pack, page
from geo.errors import AssetError
from geo.geometry import relief
from geo.output.still import camera, shades

ROOT = Path(__file__).resolve().parents[1]
AREA = (10.0, 40.0, 20.0, 50.0)
LAND = shapely.box(10, 40, 15, 50)  # the western half


def worlds(monkeypatch, light):
    """Let the source be as light at each lon and lat as a function says."""
    monkeypatch.setattr(relief, "_light", lambda grid: light(grid.lon, grid.lat))


def made(extent=AREA, land=LAND):
    return {layer.name: layer for layer in relief.layers(extent, land)}


def test_pictures_lie_as_pages_draw_them_north_up(monkeypatch):
    """A bright ridge along 47.5 N stands where Mercator has it, on land alone."""
    worlds(monkeypatch, lambda lon, lat: 120.0 + 80 * (abs(lat - 47.5) < 0.3) + 0 * lon)
    hills = relief.shade(made()["relief"])
    tall, wide = hills.shape
    column = hills[:, wide // 4]
    low, high = (np.arcsinh(np.tan(np.radians(lat))) for lat in (40, 50))
    at = (high - np.arcsinh(np.tan(np.radians(47.5)))) / (high - low)
    assert np.median(np.flatnonzero(column > 200)) / tall == pytest.approx(at, abs=0.02)
    assert hills[:, -wide // 4].std() < 3  # the sea has no hills


def test_depth_goes_from_the_lightest_to_the_darkest_water(monkeypatch):
    worlds(monkeypatch, lambda lon, lat: 200 - 12 * (lon - 10) + 0 * lat)
    depths = relief.shade(made()["depth"])
    middle = depths[depths.shape[0] // 2]
    wide = len(middle)
    assert middle[int(wide * 0.52)] > middle[int(wide * 0.6)] > middle[int(wide * 0.72)]
    assert depths[:, : wide // 4].min() > 250  # land has no depth


def test_plain_ground_is_plain_and_every_edge_fades(monkeypatch):
    worlds(monkeypatch, lambda lon, lat: np.full_like(lon + lat, 90.0))
    found = made()
    assert np.abs(relief.shade(found["relief"]) - 128).max() <= 3
    assert relief.shade(found["depth"]).min() >= 250
    rng = np.random.default_rng(3)
    worlds(monkeypatch, lambda lon, lat: rng.uniform(0, 255, (lon + lat).shape))
    for name, plain in (("relief", 128), ("depth", 255)):
        grey = relief.shade(made()[name])
        rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        assert np.abs(rim - plain).max() <= 25


def test_the_wildest_ground_fits(monkeypatch):
    rng = np.random.default_rng(4)
    worlds(monkeypatch, lambda lon, lat: rng.uniform(0, 255, (lon + lat).shape))
    found = made((0, 0, 40, 40), shapely.box(0, 0, 20, 40))
    sizes = [len(base64.b64decode(layer.meta["image"])) for layer in found.values()]
    assert sum(sizes) <= relief.MAX_BYTES


@pytest.mark.parametrize("extent", [(10, 40, 11.9, 50), (10, 40, 20, 41.9)])
def test_a_narrow_extent_has_none(extent):
    assert relief.layers(extent, LAND) == []


@pytest.mark.parametrize(
    "extent", [(170.0, -20.0, 190.0, -10.0), (-180.0, -60.0, 180.0, 75.0), (0.0, 0.0, 3.0, 3.0)]
)
def test_real_ground_of_any_extent(extent):
    found = made(extent, basemap.land())
    assert list(found) == ["relief", "depth"]
    for layer in pack.decode(pack.encode(found.values())):
        assert layer.meta["extent"] == list(extent)
        assert layer.meta["licence"]
        assert Image.open(io.BytesIO(base64.b64decode(layer.meta["image"]))).format == "WEBP"


def test_the_same_extent_gives_the_same_bytes():
    assert pack.encode(made().values()) == pack.encode(made().values())


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setattr(relief, "find_spec", lambda _: None)
    with pytest.raises(AssetError, match=r"tumen\[basemap\]"):
        relief.layers(AREA, LAND)


def test_a_cut_may_do_without():
    extent = (130, 42, 132.5, 44.5)
    with_it, without = (pack.decode(basemap.cut(extent, relief=on)) for on in (True, False))
    assert [one.name for one in with_it[len(without) :]] == ["relief", "depth"]
    assert pack.encode(with_it[: len(without)]) == pack.encode(without)


# --- on a still ----------------------------------------------------------------------------------


def test_a_still_tints_as_the_page_does():
    """The numbers of the two are the same ones."""
    text = (ROOT / "geo" / "web" / "relief.js").read_text(encoding="utf-8")
    pale = re.search(r"PALE = \{ lit: ([\d.]+), shaded: ([\d.]+) \}", text)
    deep = re.search(r"DEEP = \[([\d., ]+)\]", text)[1]
    none, full = re.search(r"NONE_DEG = (\d+), FULL_DEG = (\d+)", text).groups()
    assert (float(pale[1]), float(pale[2])) == (relief.LIT, relief.SHADED)
    assert tuple(map(float, deep.split(","))) == relief.DEEP
    assert (float(none), float(full)) == (relief.LEAST_DEG, relief.FULL_DEG)


@pytest.mark.parametrize("strength", [0.25, 1.0])
def test_tints_laid_over_a_colour_give_that_of_the_page(strength):
    grey, base = np.arange(256.0).reshape(1, -1), np.array([0.9, 0.8, 0.7])

    def over(rgba):
        return base * (1 - rgba[..., 3:]) + rgba[..., :3] * rgba[..., 3:]

    lit = np.where(grey > 128, (grey - 128) / 127, (grey - 128) / 128)[..., None] * strength
    hills = np.where(lit > 0, base + (1 - base) * lit * 0.55, base * (1 + lit * 0.12))
    assert np.allclose(over(relief.hills(grey, strength)), hills)
    deep = base * (1 - (1 - grey / 255)[..., None] * np.array(relief.DEEP) * strength)
    assert np.allclose(over(relief.depth(grey, strength, tuple(base))), deep)


@pytest.mark.parametrize(("wide_deg", "projection", "shown"), [
    (8, "mercator", True), (1.2, "mercator", False), (8, "conic", False),
])  # fmt: skip
def test_a_still_has_relief_where_its_coast_is_land(monkeypatch, wide_deg, projection, shown):
    half = wide_deg / 2
    view = (15 - half, 45 - half / 2, 15 + half, 45 + half / 2)
    seen = camera.fit(view, 400, 240, projection)
    axes = Figure(figsize=(4, 2.4)).add_axes((0, 0, 1, 1))
    shades.draw(axes, pack.decode(ground(monkeypatch)), seen, "#dbe4ea", 1.0)
    assert len(axes.images) == shown
    if shown:
        found = np.asarray(axes.images[0].get_array())
        assert len(found) == 240
        west, east = found[:, : found.shape[1] // 2 - 4], found[:, found.shape[1] // 2 + 4 :]
        assert len(np.unique(west[..., 3])) > 3  # hills
        assert set(np.unique(east[east[..., 3] > 0][:, :3].mean(axis=1) > 0)) <= {True}  # no black


@pytest.mark.parametrize("seed", range(12))
def test_tints_are_drawn_as_matplotlib_draws_a_picture(seed):
    """Its own artist is the reference: it resamples in floats what is resampled in bytes here."""
    rng = np.random.default_rng(seed)
    width, height = (int(n) for n in rng.integers(60, 300, 2))
    left, top = (float(n) for n in rng.integers(0, 40, 2))
    field = ndimage.gaussian_filter(rng.uniform(0, 255, (height - 50, width - 50, 4)), (3, 3, 0))
    tints = np.uint8(field / field.max() * [255, 255, 255, 120])
    seen = []
    for kind in (shades._Tints, AxesImage):
        drawn = Figure(figsize=(width / 50, height / 50), dpi=[96, 150, 200, 77][seed % 4])
        axes = drawn.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[])
        box = (left, left + width - 50, top + height - 50, top)
        picture = kind(axes, extent=box, origin="upper")
        picture.set_data(tints)
        axes.add_image(picture)
        canvas = FigureCanvasAgg(drawn)
        canvas.draw()
        seen.append(np.asarray(canvas.buffer_rgba())[..., :3].astype(int))
    apart = np.abs(seen[0] - seen[1]).max(axis=2)
    assert np.mean(apart > 4) < 0.05, apart.max()
    assert np.mean(apart) < 1.5
    assert np.ptp(seen[0]) > 20


# --- in the browser ------------------------------------------------------------------------------

PIXELS = """(points) => {
  const map = window.tumenMap, canvas = document.querySelector('canvas.tumen-basemap');
  const base = map._tumenBase, ratio = canvas.width / base._bounds.getSize().x;
  return points.map(([lat, lng]) => {
    const at = map.latLngToLayerPoint([lat, lng]).subtract(base._bounds.min);
    return [...canvas.getContext('2d').getImageData(at.x * ratio, at.y * ratio, 1, 1).data];
  });
}"""


def ground(monkeypatch):
    """A pack of half land: its hills go from shade in the south to light in the north."""
    worlds(monkeypatch, lambda lon, lat: np.where(lat % 2 < 1, 40.0, 220.0) + 0 * lon)
    lines = [
        pack.Layer("land", "polygon", 1e-4, [np.array(LAND.exterior.coords)[:-1]],
                   meta={"extent": list(AREA), "tolerance_deg": 1e-3}),
    ]  # fmt: skip
    return pack.encode([*lines, *relief.layers(AREA, LAND)])


@pytest.mark.browser
@pytest.mark.parametrize(("wide_deg", "shown"), [(8, True), (1.2, False)])
def test_a_wide_view_has_relief_on_land_and_a_narrow_one_none(
    browser, tmp_path, monkeypatch, wide_deg, shown
):
    half = wide_deg / 2
    view = (13 - half, 45 - half / 2, 13 + half, 45 + half / 2)
    made_map = draw.Map(view)
    draw.Basemap([basemap.world(), ground(monkeypatch)]).add_to(made_map)
    draw.Ready().add_to(made_map)
    text = page.render(made_map)
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    tab = browser.new_page(viewport={"width": 1000, "height": 700}, offline=True)
    tab.goto(path.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    name = tab.evaluate("Object.keys(window).find((k) => k.startsWith('map_'))")
    tab.evaluate(f"window.tumenMap = window['{name}']")
    step = wide_deg / 40
    land = tab.evaluate(PIXELS, [[45 + n * step, 13 + half * 0.2] for n in range(-8, 9)])
    tab.close()
    lightness = [sum(pixel[:3]) for pixel in land]
    assert (max(lightness) - min(lightness) > 20) == shown
