"""Text on the still picture: fonts, how wide it is, where it breaks. Sizes in CSS pixels."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from geo.output import letters

PX_PT = 0.75  # one CSS pixel in points
# The typeface of pages, then DejaVu, which comes with matplotlib; for what neither has letters the
# first of these that is there.
FAMILY, WIDE = letters.FAMILY, "DejaVu Sans"
OTHERS = ("Noto Sans KR", "Noto Sans CJK KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")
CARRIERS = ("pylopdf_fonts_ko",)  # packages that carry a font


@cache
def families() -> list[str]:
    """The fonts to draw with, the first first."""
    for path in (letters.file("Regular"), letters.file("Bold"), *_carried()):
        font_manager.fontManager.addfont(path)
    known = {font.name for font in font_manager.fontManager.ttflist}
    return [FAMILY, WIDE, *[name for name in OTHERS if name in known][:1]]


def _carried() -> Iterator[Path]:
    for name in CARRIERS:
        found = importlib.util.find_spec(name)
        for folder in (found.submodule_search_locations or []) if found else []:
            yield from sorted(p for p in Path(folder).rglob("*.[to]tf") if "Sans" in p.name)


@lru_cache(maxsize=4)
def _renderer() -> Any:
    return RendererAgg(10, 10, 72)


def face(text: str, *, bold: bool = False) -> dict[str, Any]:
    """Families and weight to draw a text with: wide letters come in one weight."""
    plain = not bold or any(unicodedata.east_asian_width(c) in "WF" for c in text)
    own = families() if plain else families()[:2]
    return {"family": own, "weight": "normal" if plain else "bold"}


_TIED = re.compile(r"\S+ BY \d\S*|\S+")  # a licence stands with its version on one line


@lru_cache(maxsize=20_000)
def width(text: str, size: float, *, bold: bool = False, wide: bool = False) -> float:
    """How wide a text is, in the unit of its size; `wide` where its font may not be there."""
    if not text:
        return 0.0
    own = face(text, bold=bold)
    font = FontProperties(size=size, **(own | {"family": own["family"][wide:]}))
    return float(_renderer().get_text_width_height_descent(text, font, False)[0])


def wrapped(
    text: str, room: float, size: float, *, bold: bool = False, wide: bool = False
) -> list[str]:
    """The lines of a text, none wider than the room unless one word is; `wide` as for `width`."""
    lines: list[str] = []
    for word in _TIED.findall(text):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold, wide=wide) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
