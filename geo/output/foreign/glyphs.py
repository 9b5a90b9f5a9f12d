"""Icons of Font Awesome and Glyphicons by name, as drawings: only those a map uses go into a page.

The drawings come from the packages XStatic-Font-Awesome (CC BY 4.0) and XStatic-Bootstrap-SCSS
(MIT).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from xstatic.pkg import bootstrap_scss, font_awesome

from geo.errors import AssetError

NOTICES: Mapping[str, str] = {
    "fa": "icons: Font Awesome Free 6.2.1, Fonticons, Inc. (CC BY 4.0)",
    "glyphicon": "icons: Glyphicons Halflings, Jan Kovařík, as in Bootstrap 3 (MIT)",
}
_NAME = re.compile(r"[a-z0-9-]+")
_FAMILIES = ("solid", "regular", "brands")
_EM = 1200  # Glyphicons: units of a square, baseline 240 above its foot
_ASCENT = 960
Glyph = list[Any]


def key(prefix: str, icon: str) -> str:
    """The name of a glyph by the words that folium and style classes use; empty for none."""
    found = re.sub(r"^(?:fa[srb]?|glyphicon)-", "", icon.strip())
    family = "glyphicon" if prefix == "glyphicon" else "fa" if prefix.startswith("fa") else ""
    return f"{family} {found}" if family and _NAME.fullmatch(found) else ""


def of_classes(classes: str) -> str:
    """The name of the glyph that a class attribute asks for; empty for none."""
    words = classes.split()
    for family in ("fa", "glyphicon"):
        named = [w for w in words if w.startswith(f"{family}-") and not _modifier(w)]
        if named and any(
            w in {family, "fas", "far", "fab", "fa-solid", "fa-regular"} for w in words
        ):
            return key(family, named[-1])
    return ""


def _modifier(word: str) -> bool:
    return (
        re.fullmatch(r"fa-(?:\d*x|lg|sm|xs|fw|spin|solid|regular|brands|rotate-\d+)", word)
        is not None
    )


def notices(names: Iterable[str]) -> list[str]:
    """What a page must say of the icons it holds."""
    return [NOTICES[family] for family in sorted({name.partition(" ")[0] for name in names})]


def drawing(name: str) -> Glyph | None:
    """A glyph as [width, height, path] or [width, height, path, ascent]; None if there is none."""
    family, _, icon = name.partition(" ")
    return _halfling(icon) if family == "glyphicon" else _awesome(icon)


def _awesome(icon: str) -> Glyph | None:
    for name, families in ((icon, _FAMILIES), *_renamed(icon)):
        for family in families:
            text = _svg(family, name)
            if text:
                box = re.search(r'viewBox="0 0 (\d+) (\d+)"', text)
                path = re.search(r'<path[^>]*\bd="([^"]+)"', text)
                if box and path:
                    return [int(box[1]), int(box[2]), path[1]]
    return None


def _svg(family: str, name: str) -> str:
    path = Path(font_awesome.BASE_DIR) / "svgs" / family / f"{name}.svg"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""  # no icon of this family and name


def _renamed(icon: str) -> list[tuple[str, tuple[str, ...]]]:
    """What an icon of an older release is called now."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if icon in _shims():
        family, name = _shims()[icon]
        found.append((name, (family,) if family else _FAMILIES))
    if icon in _aliases():
        found.append((_aliases()[icon], _FAMILIES))
    return found


@cache
def _shims() -> Mapping[str, tuple[str, str]]:
    families = {"fas": "solid", "far": "regular", "fab": "brands"}
    rows = _metadata("shims.json")
    return {old: (families.get(family or "", ""), new or old) for old, family, new in rows}


@cache
def _aliases() -> Mapping[str, str]:
    icons = _metadata("icons.json")
    rows = ((name, icon.get("aliases", {}).get("names", [])) for name, icon in icons.items())
    return {alias: name for name, aliases in rows for alias in aliases}


def _metadata(name: str) -> Any:
    path = Path(font_awesome.BASE_DIR) / "metadata" / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AssetError(f"{name} is missing from XStatic-Font-Awesome; reinstall it") from error


def _halfling(icon: str) -> Glyph | None:
    code = _codes().get(icon)
    found = _halflings().get(code) if code else None
    return [found[0], _EM, found[1], _ASCENT] if found else None


def _bootstrap(*parts: str) -> str:
    path = Path(bootstrap_scss.BASE_DIR).joinpath(*parts)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise AssetError(f"{parts[-1]} is missing from XStatic-Bootstrap-SCSS") from error


@cache
def _codes() -> Mapping[str, str]:
    """Character by name, from the style sheet."""
    text = _bootstrap("scss", "bootstrap", "_glyphicons.scss")
    rows = re.findall(r'\.glyphicon-([\w-]+)\s*\{[^}]*content:\s*"\\([0-9a-fA-F]+)"', text)
    return {name: chr(int(code, 16)) for name, code in rows}


@cache
def _halflings() -> Mapping[str, tuple[int, str]]:
    """Width and path by character, from the font as a drawing."""
    text = _bootstrap("fonts", "bootstrap", "glyphicons-halflings-regular.svg")
    found = {}
    for attributes in re.findall(r"<glyph ([^>]*?)/?>", text):
        code = re.search(r'unicode="(?:&#x([0-9a-fA-F]+);|(.))"', attributes)
        path = re.search(r'\bd="([^"]+)"', attributes)
        width = re.search(r'horiz-adv-x="(\d+)"', attributes)
        if code and path:
            char = chr(int(code[1], 16)) if code[1] else code[2]
            found[char] = (int(width[1]) if width else _EM, path[1])
    return found
