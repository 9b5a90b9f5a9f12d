"""A folium map taken apart: the style sheets, scripts and body that its page is made of.

Elements are rendered once and their text is taken as it is, so that a template brace in the data
stays text.
"""

from __future__ import annotations

import copy
import itertools
import re
from pathlib import Path

from branca.element import Element, Figure, JavascriptLink, Link

from geo.errors import GeoError
from geo.output import bundle, draw, foreign
from geo.output.foreign.build import Parts

__all__ = ["settled", "take_apart"]

_HEX = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?![0-9a-f])")
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_BREAKS_OUT = re.compile(r"</script|<!--", re.IGNORECASE)


def take_apart(
    drawing: Element, assets: str | Path | None = None, memory_bytes: int | None = None
) -> Parts:
    """The styles, scripts and body of a map; elements that are not the kit's are made anew.

    Raises GeoError for what holds no map, and for what `foreign` cannot make into a page.
    """
    root = drawing.get_root()
    if not isinstance(root, Figure):
        raise GeoError("only a folium map can be made into a page")
    if not foreign.holds_map(root):
        raise GeoError("the figure holds no map, and its page would be blank; add one to it")
    if foreign.is_foreign(root):
        return settled(foreign.of_map(drawing, assets, memory_bytes=memory_bytes))
    held = {id(value): value for value in draw.kept(root)}
    figure = copy.deepcopy(root, held)  # rendering adds to the tree: the caller's is kept
    for child in figure._children.values():
        child.render()
    styles, scripts = _head(figure)
    body, code = _text(figure.html), _text(figure.script)
    body, *scripts = _numbered("\0".join([body, *scripts, code])).split("\0")
    return settled(Parts(styles, scripts, body))


def settled(parts: Parts) -> Parts:
    """The parts as a browser reads them; nothing in a script may end its element."""
    scripts = [_as_read(text) for text in parts.scripts if text.strip()]
    for text in scripts:
        if _BREAKS_OUT.search(text):
            raise GeoError("a script of the map holds a tag that would end it; remove the tag")
    styles = [_as_read(text) for text in parts.styles if text.strip()]
    return Parts(styles, scripts, parts.body)


def _as_read(text: str) -> str:
    """The text as a browser reads it, so that its hash is the browser's: one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _head(figure: Figure) -> tuple[list[str], list[str]]:
    """The style sheets and scripts that the kit's own elements name."""
    styles: list[str] = []
    scripts: list[str] = []
    for name, child in figure.header._children.items():
        if isinstance(child, Link):
            chosen = scripts if isinstance(child, JavascriptLink) else styles
            chosen.append(bundle.ASSETS[name]())
        else:
            styles += _STYLE.findall(child._template_str or "")
    return styles, scripts


def _text(element: Element) -> str:
    """The text of rendered children, as it is: never compiled a second time."""
    return "\n".join(child._template_str or "" for child in element._children.values())


def _numbered(text: str) -> str:
    """Element ids (32 random hex digits) become numbers in order of appearance."""
    numbers: dict[str, str] = {}
    count = itertools.count(1)

    def number(found: re.Match[str]) -> str:
        if found[1] not in numbers:
            numbers[found[1]] = f"{next(count):04d}"
        return numbers[found[1]]

    return _HEX.sub(number, text)
