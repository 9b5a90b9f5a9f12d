"""A folium map's element tree, rendered once with its strings out of the way."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field

from branca.element import CssLink, Element, Figure, Link

from geo.errors import GeoError
from geo.output.foreign.hiding import Hidden, elements, hide, is_own

_ADDRESS = re.compile(
    r"((?:<script|<link)\b[^>]*?\b(?:src|href)=[\"']([^\"'>]*)[^>]*>)", re.IGNORECASE
)
_MADE = re.compile(r"\w+_[0-9a-f]{32}\w*")  # what folium calls an element: its class and a number


@dataclass
class Source:
    """A map as texts: what stood in its head, its body and its script, and the files it asks for.

    `links` are (kind, name, address) in order; `reveal` are the strings that were put by.
    """

    head: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    reveal: dict[str, str] = field(default_factory=dict)
    title: str = ""
    lang: str = "en"


def read(figure: Figure) -> Source:
    """Render a copy of a figure; its own tree stays as it is."""
    if not hasattr(figure, "title"):
        raise GeoError("the map is a part of a figure; give the figure that holds it")
    figure = _copied(figure)
    _forget(figure)
    hidden = Hidden()
    hide(figure, hidden)
    for child in list(figure._children.values()):
        child.render()
    found = Source(reveal=hidden.texts, title=hidden.texts.get(figure.title, figure.title) or "")
    for name, child in figure.header._children.items():
        if isinstance(child, Link):
            kind = "style" if isinstance(child, CssLink) else "script"
            found.links.append((kind, name, hidden.texts.get(child.url, child.url)))
        else:
            text = _text(child)
            text = hidden.texts.get(text, text)  # what a user wrote, whole
            found.head.append(text)
            found.links += asked(text)
    own = {one.get_name() for one in elements(figure) if is_own(one)}
    found.body = [_marked(_text(c), name in own) for name, c in figure.html._children.items()]
    found.script = [_text(child) for child in figure.script._children.values()]
    return found


def _copied(figure: Figure) -> Figure:
    """A copy of a tree; a template that an element has of its own is not copied with it."""
    made: Figure = copy.deepcopy(figure)
    own = {one.get_name(): vars(one)["_template"] for one in elements(figure) if _templated(one)}
    for one in elements(made):
        if one.get_name() in own:
            one._template = own[one.get_name()]
    return made


def _forget(figure: Figure) -> None:
    """Take away what an earlier rendering left, as when a notebook has shown the map.

    It stands under the name of the element it was made of, which may be one that folium makes anew
    each time; what a user added stands under its own name, or one of the user's.
    """
    for one in list(elements(figure)):
        for name, child in list(one._children.items()):
            if _rendered(name, child):
                del one._children[name]


def _rendered(name: str, child: Element) -> bool:
    """Whether a child was added by rendering; a marker adds how its icon is set."""
    if type(child) is Element:
        return _MADE.fullmatch(name) is not None and name != child.get_name()
    return type(child).__name__ == "SetIcon"


def _templated(element: Element) -> bool:
    return "_template" in vars(element) and element._template_str is None


def asked(text: str) -> list[tuple[str, str, str]]:
    """The files that markup of a user's asks for, as (kind, name, address)."""
    found = []
    for tag, address in _ADDRESS.findall(text):
        kind = "script" if tag.lower().startswith("<script") else "style"
        if kind == "script" or "stylesheet" in tag.lower():
            found.append((kind, address.split("?")[0].rsplit("/", 1)[-1], address))
    return found


def _text(element: Element) -> str:
    """The text of a rendered child as it is; what never was text is rendered."""
    if element._template_str is not None:
        return str(element._template_str)
    return str(element.render())


def _marked(text: str, own: bool) -> str:
    """Markup of this kit's own elements between marks: it is safe as it is."""
    return f"<!--tumen-->{text}<!--/tumen-->" if own else text
