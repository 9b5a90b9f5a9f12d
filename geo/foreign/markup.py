"""Markup of strangers → a tree of allowed elements, or the text as it was typed.

All or nothing: a string that holds one element, attribute or style that is not allowed is shown
as typed, so nothing runs, nothing is fetched and nothing is hidden. The page builds the tree with
the document's own methods, never as markup.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from geo.foreign import glyphs

# A node is a text, or [name, attributes, styles, children].
Tree = Any

VOID = frozenset({"br", "hr", "img", "wbr", "col", "input"})
NAMES = VOID | frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "caption",
        "center",
        "cite",
        "code",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "i",
        "ins",
        "kbd",
        "label",
        "li",
        "main",
        "mark",
        "nobr",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "button",
        "circle",
        "ellipse",
        "g",
        "line",
        "path",
        "polygon",
        "polyline",
        "rect",
        "text",
        "tspan",
        "title",
        "desc",
        "defs",
    ]
)
_TEXTUAL = frozenset(
    [
        "align",
        "alt",
        "aria-hidden",
        "aria-label",
        "bgcolor",
        "border",
        "cellpadding",
        "cellspacing",
        "class",
        "color",
        "colspan",
        "cx",
        "cy",
        "d",
        "datetime",
        "dir",
        "fill",
        "fill-opacity",
        "font-family",
        "font-size",
        "font-weight",
        "height",
        "id",
        "lang",
        "nowrap",
        "opacity",
        "points",
        "r",
        "role",
        "rowspan",
        "rx",
        "ry",
        "scope",
        "size",
        "span",
        "start",
        "stroke",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-opacity",
        "stroke-width",
        "text-anchor",
        "title",
        "transform",
        "type",
        "valign",
        "value",
        "viewbox",
        "width",
        "x",
        "x1",
        "x2",
        "xmlns",
        "y",
        "y1",
        "y2",
        "dx",
        "dy",
        "face",
        "open",
        "hspace",
        "vspace",
        "checked",
        "disabled",
        "name",
        "for",
        "charset",
        "data-toggle",
        "preserveaspectratio",
        "dominant-baseline",
        "target",
        "rel",
        "allowfullscreen",
        "webkitallowfullscreen",
        "mozallowfullscreen",
        "frameborder",
        "scrolling",
    ]
)
_DROPPED = frozenset({"id", "name", "for", "target", "rel", "xmlns"})
_LINK = re.compile(r"(?:https?://|mailto:|#)[^\s\"'<>]*", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|svg\+xml)[;,][^\s\"'<>]*", re.IGNORECASE)
_PROPERTY = re.compile(r"-?[a-z][a-z-]*|--[\w-]+")
_UNSAFE_STYLE = re.compile(r"url\s*\(|expression\s*\(|@|\\|<|image-set|javascript:", re.IGNORECASE)
_FRAME = re.compile(r"data:text/html;charset=utf-8;base64,([A-Za-z0-9+/=]*)")
_MEANT = re.compile(r"<[A-Za-z/!?]|&[#\w]")
_DEEPEST = 100


class _NotAllowedError(Exception):
    """Something in the markup is not carried; the argument says what."""


def tree(text: str, *, ids: bool = False) -> list[Tree]:
    """The nodes of a text: its allowed markup, else the whole text as it was typed.

    `ids` keeps the ids of elements, which style sheets of the map may name.
    """
    try:
        return parsed(text, ids=ids)
    except _NotAllowedError:
        return [text]


def refused(text: str) -> str:
    """What of a text is not allowed, in words; empty where all of it is."""
    try:
        parsed(text)
    except _NotAllowedError as error:
        return str(error)
    return ""


def parsed(text: str, *, ids: bool = False) -> list[Tree]:
    """The nodes of a text whose markup is allowed throughout."""
    if not _MEANT.search(text):
        return [text]
    reader = _Reader(ids=ids)
    reader.feed(text)
    reader.close()
    return reader.top


class _Reader(HTMLParser):
    def __init__(self, *, ids: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self._ids = ids
        self.top: list[Tree] = []
        self._open: list[tuple[str, list[Tree]]] = [("", self.top)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self._inner(dict(attrs))
            return
        if tag not in NAMES:
            raise _NotAllowedError(f"<{tag}>")
        node = _node(tag, attrs)
        named = dict(attrs).get("id")
        if self._ids and named:
            node[1]["id"] = named
        self._open[-1][1].append(node)
        if tag in VOID:
            return
        if len(self._open) > _DEEPEST:
            raise _NotAllowedError("elements nested too deep")
        self._open.append((tag, node[3]))

    def _inner(self, attributes: dict[str, str | None]) -> None:
        """A frame that holds its own page: what is in the page takes its place."""
        found = _FRAME.fullmatch(attributes.get("src") or "")
        if not found:
            raise _NotAllowedError("<iframe>")
        try:
            text = base64.b64decode(found[1], validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise _NotAllowedError("<iframe>") from error
        box = _node("div", [("class", "foreign-frame")])
        for side in ("width", "height"):
            size = attributes.get(side) or ""
            if re.fullmatch(r"\d+(?:px|%)?", size):
                box[2].append([side, size if size[-1] in "x%" else f"{size}px"])
        box[3].extend(tree(text))
        self._open[-1][1].append(box)
        self._open.append(("iframe", []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1][1].append(data)

    def handle_decl(self, decl: str) -> None:
        if not decl.lower().startswith("doctype html"):
            raise _NotAllowedError("<!…>")

    def handle_pi(self, data: str) -> None:
        raise _NotAllowedError(f"<?{data[:20]}")

    def unknown_decl(self, data: str) -> None:
        raise _NotAllowedError(f"<![{data[:20]}")


def _node(tag: str, attrs: list[tuple[str, str | None]]) -> list[Any]:
    attributes: dict[str, str] = {}
    styles: list[list[str]] = []
    for name, value in attrs:
        text = value or ""
        if name == "style":
            styles = declarations(text)
        elif name == "href" and tag == "a":
            attributes["href"] = _matching(_LINK, text, "a link to")
        elif name == "src" and tag == "img":
            attributes["src"] = _matching(_PICTURE, text, "a picture from")
        elif name not in _TEXTUAL:
            raise _NotAllowedError(f"the attribute {name}")
        elif name not in _DROPPED:
            attributes[name] = text
    icon = glyphs.of_classes(attributes.get("class", ""))
    if icon:
        attributes["icon"] = icon
    return [tag, attributes, styles, []]


def _matching(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.fullmatch(text.strip()):
        raise _NotAllowedError(f"{what} {text[:60]}")
    return text.strip()


def declarations(text: str) -> list[list[str]]:
    """The declarations of a style attribute as pairs; what asks for a file is not allowed."""
    if _UNSAFE_STYLE.search(unescape(text)):
        raise _NotAllowedError(f"the style {text[:60]}")
    found: list[list[str]] = []
    for part in re.split(r";(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)", text):
        name, colon, value = part.partition(":")
        if colon and _PROPERTY.fullmatch(name.strip().lower()):
            found.append([name.strip().lower(), value.strip()])
    return found


def safe_styles(text: str) -> list[list[str]]:
    """The declarations of a style, none where it asks for what no page may have."""
    try:
        return declarations(text)
    except _NotAllowedError:
        return []


def sheet(text: str) -> str:
    """A style sheet that asks for nothing: what would fetch a file is taken out of it."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"@import[^;]*;?", "", text, flags=re.IGNORECASE)
    kept = re.sub(r"url\s*\(\s*(?!['\"]?data:)[^)]*\)", "none", text, flags=re.IGNORECASE)
    return kept.replace("<", "").strip()
