"""The letters of a page: one typeface, cut to what is shown, measured before it is placed."""

import base64
import io
import re
from pathlib import Path

import pytest
from cases import Parsed, csp_hash
from fontTools.ttLib import TTFont

import geo
from geo.output import letters

WEB = Path(geo.__file__).parent / "web"
PRINTED = re.compile(r"@media print[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
MOST = 45_000  # characters of a page
RUSSIAN, TURKISH = "Хасан–Раджин", "Iğdır"


def faces(style):
    """The fonts of a style sheet by their weight."""
    found = re.findall(r"font-weight:(\d+);.*?base64,([A-Za-z0-9+/=]+)\)", style)
    return {int(w): TTFont(io.BytesIO(base64.b64decode(data))) for w, data in found}


@pytest.mark.parametrize("text", ["Rajin", RUSSIAN, TURKISH, "라진", "→ ≥ ⁂", ""])
def test_a_page_carries_the_letters_it_shows_that_the_typeface_has(text):
    whole = TTFont(letters.file("Regular")).getBestCmap()
    style = letters.style([text])
    assert len(style) < MOST
    for font in faces(style).values():
        assert {ord(c) for c in text} & set(whole) <= set(font.getBestCmap())
        digits = {font["hmtx"][font.getBestCmap()[ord(c)]][0] for c in "0123456789"}
        assert len(digits) == 1  # figures under each other stand under each other
        assert letters.FAMILY not in {str(name) for name in font["name"].names}
    assert set(faces(style)) == {400, 700}


def test_pages_of_one_alphabet_carry_the_same():
    assert letters.style(["abc"]) == letters.style(["Zz", "09"]) != letters.style([RUSSIAN])


def test_the_page_of_a_frame_has_its_letters_and_admits_no_other_font():
    places = geo.draw.Map((0, 0, 1, 1))
    geo.draw.Features({"collection": {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"title": RUSSIAN},
         "geometry": {"type": "Point", "coordinates": [0.5, 0.5]}}]}}).add_to(places)  # fmt: skip
    page = Parsed(geo.page.render(places))
    assert page.policy["font-src"] == ["data:"]
    assert page.styles[0] == letters.style([RUSSIAN])
    assert page.policy["style-src"] == [csp_hash(text) for text in page.styles]


def sizes(text):
    """Pixels of letters that a style sheet or script names."""
    return {float(size) for size in re.findall(r"font(?:-size|Size)?: [^;]*?\b([\d.]+)px", text)}


def test_no_page_has_more_than_five_sizes_of_letters_on_screen_or_on_paper():
    screen, paper = set(), set()
    for path in WEB.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        printed = "".join(PRINTED.findall(text))
        screen |= sizes(PRINTED.sub("", text))
        paper |= sizes(printed) - {0.0}
        assert not re.search(r"font-size: [\d.]+(pt|em|rem|%)", text)
    for path in WEB.glob("*.js"):
        screen |= {float(one) for one in re.findall(r"'[^']*?\b(\d+)px '", path.read_text("utf-8"))}
    assert screen == {24, 17, 14, 13, 12}
    assert len(paper) <= 5


@pytest.mark.browser
def test_words_are_measured_with_the_letters_of_the_page(built, open_page):
    page = open_page(built["rail"]).page
    font = TTFont(letters.file("Bold"))
    cmap, advance = font.getBestCmap(), font["hmtx"]
    word = "Rajin port 370"
    wide = sum(advance[cmap[ord(c)]][0] for c in word) * 12 / font["head"].unitsPerEm
    measured = page.evaluate(
        """word => { const ruler = document.createElement('canvas').getContext('2d');
        ruler.font = '600 12px ' + Tumen.css('--font'); return ruler.measureText(word).width; }""",
        word,
    )
    assert abs(measured - wide) < 0.03 * wide
    assert page.evaluate("document.fonts.status") == "loaded"
