"""Markup of strangers → a tree of allowed elements, or the text as it was typed.

What no page can have (a script, a picture or style that is online, a form) is left out piece by
piece and named; the rest stays. A text without one sound element of its own is no markup: it is
shown as typed, whatever signs it holds. The page builds the tree with the document's own methods,
never as markup.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from geo.output.foreign import glyphs

# A node is a text, or [name, attributes, styles, children].
Tree = Any

VOID = frozenset({"br", "hr", "img", "wbr", "col"})
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


# What is in these is no text of the map's; what is in other elements that are left out stays.
_WHOLE = frozenset(
    {"script", "style", "template", "noscript", "object", "iframe", "select", "title"}
)
_EMPTY = frozenset({"input", "link", "meta", "embed", "source", "track", "area", "base", "param"})
LEFT = "$left"


def tree(text: str, *, ids: bool = False) -> list[Tree]:
    """The nodes of a text: its allowed markup, else the whole text as it was typed.

    What was left out stands in its place as [LEFT, {"what": words}, [], []]. `ids` keeps the ids of
    elements, which style sheets of the map may name.
    """
    if not _MEANT.search(text):
        return [text]
    reader = _Reader(ids=ids)
    reader.feed(text)
    reader.close()
    return [text] if reader.odd and not reader.sound else reader.top


def refused(text: str) -> str:
    """What of a text is left out, in words; empty where all of it is carried."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return ", ".join(reader.left)


class _Reader(HTMLParser):
    def __init__(self, *, ids: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self._ids = ids
        self.top: list[Tree] = []
        self.left: list[str] = []
        self.odd = self.sound = False
        self._open: list[tuple[str, list[Tree]]] = [("", self.top)]
        self._away = ""  # the element that is left out with all that is in it

    def _leave(self, what: str) -> None:
        self.odd = True
        self.left.append(what)
        self._open[-1][1].append([LEFT, {"what": what}, [], []])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._away:
            return
        if tag == "iframe" and _FRAME.fullmatch(dict(attrs).get("src") or ""):
            self._inner(dict(attrs))
        elif tag not in NAMES or (tag == "title" and not self._drawn()):
            self._leave(_named(tag, dict(attrs)))
            self._away = tag if tag in _WHOLE else ""
        else:
            self._element(tag, attrs)

    def _drawn(self) -> bool:
        return any(name == "svg" for name, _ in self._open)

    def _element(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node, left = _node(tag, attrs)
        named = dict(attrs).get("id")
        if self._ids and named:
            node[1]["id"] = named
        for what in left:
            self._leave(what)
        if tag == "a" and "href" in node[1]:
            self.odd = True
        self.sound = self.sound or not (left or tag in _NO_SIGN)
        if tag == "img" and "src" not in node[1]:
            self._open[-1][1].append(node[1].get("alt", ""))
            return
        self._open[-1][1].append(node)
        if tag in VOID:
            return
        if len(self._open) > _DEEPEST:
            self._leave("elements nested too deep")
        else:
            self._open.append((tag, node[3]))

    def _inner(self, attributes: dict[str, str | None]) -> None:
        """A frame that holds its own page: what is in the page takes its place."""
        found = _FRAME.fullmatch(attributes.get("src") or "")
        try:
            packed = base64.b64decode(found[1] if found else "", validate=True)
            text = packed.decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            self._leave("a frame")
            return
        box, _ = _node("div", [("class", "foreign-frame")])
        for side in ("width", "height"):
            size = attributes.get(side) or ""
            if re.fullmatch(r"\d+(?:px|%)?", size):
                box[2].append([side, size if size[-1] in "x%" else f"{size}px"])
        box[3].extend(tree(text))
        self.sound = True
        self._open[-1][1].append(box)
        self._open.append(("iframe", []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._away:
            self._away = "" if tag == self._away else self._away
            return
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                return
        self.odd = True

    def handle_data(self, data: str) -> None:
        nodes = self._open[-1][1]
        if nodes and isinstance(nodes[-1], str) and not self._away:
            nodes[-1] += data  # the parser gives a sign that begins nothing by itself
        elif not self._away:
            nodes.append(data)

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - as the parser calls it
        self.odd = True

    def handle_decl(self, decl: str) -> None:
        self.odd = self.odd or not decl.lower().startswith("doctype html")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002 - as the parser calls it
        self.odd = True

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002 - as the parser calls it
        self.odd = True

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Read `<![…` as a browser does, as a comment; the parser stops at what is none of its."""
        return bogus(self, i, report)


def bogus(reader: HTMLParser, i: int, report: int) -> int:
    """Where a comment that is none ends; -1 where the text ends before it does."""
    end = reader.rawdata.find(">", i)
    if end >= 0 and report:
        reader.unknown_decl(reader.rawdata[i + 3 : end])
    return end + 1 if end >= 0 else -1


# These alone do not make a text markup: a name from the data may hold them.
_NO_SIGN = frozenset({"a", "svg", "g", "defs"})


def _named(tag: str, attributes: dict[str, str | None]) -> str:
    """What an element that is left out is called."""
    address = attributes.get("src") or attributes.get("href") or ""
    return f"<{tag}> {address[:60]}".strip() if not address.startswith("data:") else f"<{tag}>"


def _node(tag: str, attrs: list[tuple[str, str | None]]) -> tuple[list[Any], list[str]]:
    """An element with what is allowed of its attributes and styles; and what is left out."""
    attributes: dict[str, str] = {}
    styles: list[list[str]] = []
    left: list[str] = []
    for name, value in attrs:
        text = value or ""
        if name == "style":
            styles, wrong = split_styles(text)
            left += wrong
        elif (tag, name) in _ADDRESSES:
            pattern, what = _ADDRESSES[tag, name]
            if pattern.fullmatch(text.strip()):
                attributes[name] = text.strip()
            else:
                left.append(f"{what} {text[:60]}")
        elif name not in _TEXTUAL:
            left.append(f"the attribute {name}")
        elif name not in _DROPPED:
            attributes[name] = text
    icon = glyphs.of_classes(attributes.get("class", ""))
    if icon:
        attributes["icon"] = icon
    return [tag, attributes, styles, []], left


_ADDRESSES = {
    ("a", "href"): (_LINK, "a link to"),
    ("img", "src"): (_PICTURE, "a picture from"),
}


def split_styles(text: str) -> tuple[list[list[str]], list[str]]:
    """The declarations of a style as pairs; and those that ask for a file, in words."""
    found: list[list[str]] = []
    left: list[str] = []
    for part in re.split(r";(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)", text):
        name, colon, value = part.partition(":")
        name = name.strip().lower()
        if _UNSAFE_STYLE.search(unescape(part)):
            left.append(f"the style {part.strip()[:60]}")
        elif colon and _PROPERTY.fullmatch(name):
            found.append([name, value.strip()])
    return found, left


def safe_styles(text: str) -> list[list[str]]:
    """The declarations of a style without those that ask for what no page may have."""
    return split_styles(text)[0]


def sheet(text: str) -> tuple[str, list[str]]:
    """A style sheet that asks for nothing; and what would fetch a file, in words."""
    left: list[str] = []

    def named(found: re.Match[str]) -> str:
        left.append(f"the style {' '.join(found[0].split())[:60]}")
        return "" if found[0].startswith("@") else "none"

    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return _FETCHES.sub(named, text).replace("<", "").strip(), left


_FETCHES = re.compile(
    r"@import[^;]*;?|url\s*\(\s*(?!['\"]?data:)[^)]*\)|image-set\s*\([^)]*\)", re.IGNORECASE
)
