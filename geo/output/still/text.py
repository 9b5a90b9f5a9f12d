"""Text on the still picture: fonts, how wide it is, where it breaks. Sizes in CSS pixels."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
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
    for path in (*map(letters.file, ("Regular", "Bold", "It")), *_carried()):
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


def face(text: str, *, bold: bool = False, italic: bool = False) -> dict[str, Any]:
    """Families, weight and slope to draw a text with: wide letters come in one face, upright."""
    wide = _wide(text)
    own = families()[:2] if bold and not wide else families()
    look = {"weight": "bold"} if bold and not wide else {"weight": "normal"}
    return {"family": own, **look, **({"style": "italic"} if italic and not wide else {})}


def _wide(text: str) -> bool:
    return any(unicodedata.east_asian_width(letter) in "WF" for letter in text)


_DOUBT = 0.1  # of a letter's size, for each space
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
    """The lines of a text, none wider than the room unless one word is; `wide` as for `width`.

    A line is measured only where the widths of its words leave it in doubt: pairs of letters across
    a space are drawn nearer together than alone, by far less than what is allowed for here. Letters
    that other fonts draw change the font of a whole line, so there every line is in doubt.
    """
    measured = partial(width, size=size, bold=bold, wide=wide)
    lines: list[str] = []
    allowed = np.inf if _wide(text) else _DOUBT * size
    rough, gap = 0.0, measured(" ")
    for word in _TIED.findall(text):
        own = measured(word)
        longer = f"{lines[-1]} {word}" if lines else word
        sure = room - (rough + gap + own)
        doubt = allowed * (1 + longer.count(" "))
        if lines and (sure > doubt or (sure >= -doubt and measured(longer) <= room)):
            lines[-1], rough = longer, rough + gap + own
        else:
            lines.append(word)
            rough = own
    return lines
