"""Colours and sizes of features: their own, or those of a column, always with a legend."""

import itertools
import json
import random

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, Polygon

from geo import basemap, maps, page
from geo.errors import AssetError, GeoError
from geo.maps import looks
from geo.maps import values as own_values
from geo.scene import style


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    def none(*_, **__):
        raise AssetError("not installed")

    monkeypatch.setattr(basemap, "cut", none)


def frame(**columns):
    count = len(next(iter(columns.values())))
    kinds = (Point(1, 2), LineString([(0, 0), (5, 5)]), Polygon([(0, 0), (3, 0), (3, 3)]))
    return gpd.GeoDataFrame(columns, geometry=[kinds[n % 3] for n in range(count)], crs="EPSG:4326")


def drawn(by=None, **columns):
    return looks.drawn([("a", frame(**columns))], [style.PALETTE[0]], by)


def test_every_colour_becomes_one_that_is_told_from_the_ground():
    own = random.Random(2)
    for _ in range(300):
        colour = f"#{own.randrange(1 << 24):06x}"
        seen = looks.legible(colour)
        assert all(looks._contrast(seen, ground) >= looks.CONTRAST for ground in looks.GROUNDS)
        if all(looks._contrast(colour, ground) >= looks.CONTRAST for ground in looks.GROUNDS):
            assert seen == colour
    assert all(looks.legible(colour).lower() == colour.lower() for colour in style.PALETTE)


def test_own_colours_are_kept_and_pale_ones_darker():
    found = drawn(
        stroke=["#e41a1c", None, "#FFF", "red", 5, ""],
        fill=[None, "#ffff00", None, None, None, None],
        **{"stroke-width": [6, None, "2.5", 1e9, "x", True]},
    )
    first, second, third, *rest = found.looks[0]
    assert (first.colour, first.width_px) == ("#e41a1c", 6.0)
    assert second.fill == "#ffff00"
    assert second.colour != "#ffff00"
    assert third.colour != "#ffffff"
    assert third.width_px == 2.5
    assert [look.colour for look in rest] == [style.PALETTE[0]] * 3
    assert "2 colours" in found.notes[0]
    assert {item.colour for item in found.legend} == {look.colour for look in found.looks[0]}


@pytest.mark.parametrize("scheme", ["", "EqualInterval", "fisher_jenks", "natural breaks"])
@pytest.mark.parametrize("seed", range(3))
def test_classes_hold_every_value_and_the_darker_the_more(scheme, seed):
    own = random.Random(seed)
    values = [own.choice([None, round(own.paretovariate(1) * 100, 2)]) for _ in range(60)]
    found = drawn(looks.By("v", scheme), v=values)
    by_colour = {}
    for look, value in zip(found.looks[0], values, strict=True):
        by_colour.setdefault(look.colour, []).append(value)
    assert set(by_colour.pop(looks.UNKNOWN, [None])) == {None}
    ranges = sorted((min(v), max(v), colour) for colour, v in by_colour.items())
    assert all(a[1] < b[0] for a, b in itertools.pairwise(ranges))
    darkness = [looks._luminance(colour) for *_, colour in ranges]
    assert darkness == sorted(darkness, reverse=True)
    told = {item.colour: item.word for item in found.legend}
    for *_, colour in ranges:
        assert told[colour].endswith(f"({len(by_colour[colour])})")
    assert (looks.UNKNOWN in told) == (None in values)


def test_words_have_a_colour_each_and_the_rest_share_grey():
    values = [word for n in range(9) for word in [f"w{n}"] * (9 - n)]
    found = drawn(looks.By("v"), v=values)
    words = [item.word for item in found.legend[1:]]
    assert words == [*(f"w{n} ({9 - n})" for n in range(6)), "3 others (6)"]
    assert len({look.colour for look in found.looks[0]}) == 7


@pytest.mark.parametrize("values", [["1", "2"], ["1.5", "1e3"], [1, "2"]])
def test_texts_of_numbers_are_numbers(values):
    assert own_values.numbers(values) == [float(value) for value in values]


@pytest.mark.parametrize("values", [["007", "1"], [True, False], ["1,5"], ["a", 1], ["nan"]])
def test_codes_truths_and_words_are_none(values):
    assert own_values.numbers(values) is None


def test_areas_of_circles_and_widths_of_lines_are_in_proportion():
    found = drawn(looks.By(size="v"), v=[100, 100, 100, 25, 25, 25, None])
    point, line, area, less, thin, _, unknown = found.looks[0]
    assert (point.radius_px / less.radius_px) ** 2 == pytest.approx(4, rel=0.01)
    assert line.width_px / thin.width_px == pytest.approx(4, rel=0.01)
    assert area.width_px is None
    assert unknown.radius_px < less.radius_px
    assert "1 unknown" in found.notes[0]
    assert "v, the largest 100" in found.legend[-1].word


@pytest.mark.parametrize(("by", "said"), [
    (looks.By("x"), "no such column; there are v, w"), (looks.By(size="x"), "no such column"),
    (looks.By("v", "klingon"), "no such scheme; there are"), (looks.By("w", "quantiles"), "words"),
    (looks.By(scheme="quantiles"), "--color"), (looks.By(size="w"), "words"),
    (looks.By(size="u"), "above zero"), (looks.By("v", "UserDefined"), "no such scheme"),
])  # fmt: skip
def test_what_cannot_be_coloured_or_sized_is_named(by, said):
    with pytest.raises(GeoError, match=said):
        drawn(by, v=list(range(20)), w=["a"] * 20, u=[-1.0] * 20)


def test_page_and_picture_have_one_legend(tmp_path):
    map_ = maps.read(frame(v=[*range(12)], name=["n"] * 12), color="v", size="v")
    text = page.render(map_.page())
    picture = map_.save(tmp_path / "a.svg").read_text(encoding="utf-8")
    for word in ("Colour by v", "0 – 2 (3)", "size: v, the largest 11"):
        assert word in text
        assert word.split(",")[0] in picture


def test_own_colours_are_looks_and_no_rows_of_a_popup():
    text = json.dumps(looks.Look("#123456", fill="#ffffff", width_px=2.0).value())
    assert json.loads(text) == {"colour": "#123456", "fill": "#ffffff", "width": 2.0}
