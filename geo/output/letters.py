"""The letters of pages, pictures and papers: one typeface, of which a page carries what it shows.

Source Sans Pro has Latin, Greek and Cyrillic; the package font-source-sans-pro carries its files.
What it has no letters for, such as Hangul, is drawn by the fonts of the machine.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from geo.errors import AssetError

__all__ = ["CREDIT", "FAMILY", "FOLDER_OF", "NAME", "file", "style"]

FAMILY = "Source Sans Pro"  # as its files name it
NAME = "Tumen Sans"  # in pages: letters taken out of a typeface may not bear its name (OFL, 3)
FOLDER_OF = "font_source_sans_pro"
CREDIT = "Letters: Source Sans Pro, © Adobe (OFL-1.1)"
_FACES = {400: "Regular", 700: "Bold"}
_LATIN = "".join(map(chr, range(0x20, 0x7F))) + "–—‘’“”…·×−≥≤≈→←↑↓°±§"
_RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё№"
_UNUSED = ("GSUB", "GDEF", "DSIG")  # ligatures and the like; figures are of one width without
_KEPT_NAMES = [0, 13, 14]  # copyright and licence


@cache
def file(face: str) -> Path:
    """The file of a face: Regular, Bold, It. AssetError if the package is missing."""
    found = find_spec(FOLDER_OF)
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "files" / f"SourceSansPro-{face}.ttf"
        if path.is_file():
            return path
    raise AssetError(f"SourceSansPro-{face}.ttf is missing; reinstall font-source-sans-pro")


def style(texts: Iterable[str]) -> str:
    """The style sheet with the letters that some texts have, regular and bold, inside it."""
    return _sheet(_asked(frozenset().union(*texts)))


def _asked(signs: frozenset[str]) -> str:
    """Letters by alphabet, so that most pages carry the same, and what else the typeface has."""
    own = frozenset(chr(code) for code in _known())
    alphabets = _LATIN + (_RUSSIAN if signs & set(_RUSSIAN) else "")
    return alphabets + "".join(sorted((signs & own) - set(alphabets)))


@cache
def _known() -> frozenset[int]:
    return frozenset(TTFont(file("Regular"), lazy=True).getBestCmap())


@lru_cache(maxsize=8)
def _sheet(signs: str) -> str:
    return "".join(
        f'@font-face{{font-family:"{NAME}";font-weight:{weight};font-display:block;'
        f"src:url(data:font/woff;base64,{base64.b64encode(_cut(face, signs)).decode('ascii')})}}"
        for weight, face in _FACES.items()
    )


def _cut(face: str, signs: str) -> bytes:
    """A face with some letters alone, as WOFF."""
    options = subset.Options(hinting=False, layout_features=["kern"], name_IDs=_KEPT_NAMES)
    font = TTFont(file(face), lazy=True, recalcTimestamp=False)
    for table in _UNUSED:
        if table in font:
            del font[table]
    cutter = subset.Subsetter(options)
    cutter.populate(text=signs)
    cutter.subset(font)
    font.flavor, out = "woff", io.BytesIO()
    font.save(out)
    return out.getvalue()
