"""Text on the still picture: fonts, how wide it is, where it breaks. Sizes in CSS pixels."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

PX_PT = 0.75  # one CSS pixel in points
# DejaVu comes with matplotlib; for what it has no letters the first of these that is there.
FAMILY = "DejaVu Sans"
OTHERS = ("Noto Sans KR", "Noto Sans CJK KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")
CARRIERS = ("pylopdf_fonts_ko",)  # packages that carry a font


@cache
def families() -> list[str]:
    """The fonts to draw with, the first first."""
    for path in _carried():
        font_manager.fontManager.addfont(path)
    known = {font.name for font in font_manager.fontManager.ttflist}
    return [FAMILY, *[name for name in OTHERS if name in known][:1]]


def _carried() -> Iterator[Path]:
    for name in CARRIERS:
        found = importlib.util.find_spec(name)
        for folder in (found.submodule_search_locations or []) if found else []:
            yield from sorted(p for p in Path(folder).rglob("*.[to]tf") if "Sans" in p.name)


@lru_cache(maxsize=4)
def _renderer() -> Any:
    return RendererAgg(10, 10, 72)


def face(text: str, *, bold: bool = False) -> dict[str, Any]:
    """Family and weight to draw a text with: other letters than DejaVu's come in one weight."""
    plain = not bold or _wide(text)
    return {"family": families() if plain else FAMILY, "weight": "normal" if plain else "bold"}


def _wide(text: str) -> bool:
    return any(unicodedata.east_asian_width(letter) in "WF" for letter in text)


_DOUBT = 0.1  # of a letter's size, for each space
_TIED = re.compile(r"\S+ BY \d\S*|\S+")  # a licence stands with its version on one line


@lru_cache(maxsize=20_000)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in the unit of its size."""
    if not text:
        return 0.0
    font = FontProperties(size=size, **face(text, bold=bold))
    return float(_renderer().get_text_width_height_descent(text, font, False)[0])


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The lines of a text, none wider than the room unless one word is.

    A line is measured only where the widths of its words leave it in doubt: pairs of letters across
    a space are drawn nearer together than alone, by far less than what is allowed for here. Letters
    that other fonts draw change the font of a whole line, so there every line is in doubt.
    """
    lines: list[str] = []
    allowed = np.inf if _wide(text) else _DOUBT * size
    rough, gap = 0.0, width(" ", size, bold=bold)
    for word in _TIED.findall(text):
        own = width(word, size, bold=bold)
        longer = f"{lines[-1]} {word}" if lines else word
        sure = room - (rough + gap + own)
        doubt = allowed * (1 + longer.count(" "))
        fits = sure > doubt or (sure >= -doubt and width(longer, size, bold=bold) <= room)
        if lines and fits:
            lines[-1], rough = longer, rough + gap + own
        else:
            lines.append(word)
            rough = own
    return lines
