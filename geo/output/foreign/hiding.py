"""Strings out of the way while folium renders a map, so that none can be read as code.

Every string of the tree that is more than a plain word is put by and a token of letters stands in
its place: through both template passes, inside quotes, backticks and style sheets. What was put
by comes back only after the script has been read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

from branca.element import Element

# Long numbers of small lists are the rule in map data: they are passed over at once.
_PLAIN = re.compile(r"[A-Za-z0-9_#%+-]*")
_OWN = frozenset(
    {"_name", "_id", "_template_str", "_template_name", "_template", "_parent", "_children"}
)
_WORKED_OUT = frozenset(
    {"feature_identifier", "object_path", "_safe_object_path", "callback", "icon_create_function"}
)
_SIZES = frozenset({"width", "height", "left", "top"})
_FUNCTIONS = ("style_function", "highlight_function")


class _Literal:
    """In the place of a template: the text it was made of, with its braces."""

    def __init__(self, text: str) -> None:
        self._text = text

    def render(self, **_: Any) -> str:
        return self._text


class Hidden:
    """The strings that are out of the way, by token."""

    def __init__(self) -> None:
        """Begin with none."""
        self.texts: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def token(self, text: str) -> str:
        """The token that stands for a text."""
        if text not in self._tokens:
            name = f"zq0z{len(self._tokens)}z"
            self._tokens[text] = name
            self.texts[name] = text
        return self._tokens[text]

    def hide(self, value: Any) -> Any:
        """A value with every string that is more than a plain word replaced."""
        if isinstance(value, str):
            return value if _PLAIN.fullmatch(value) and "zq" not in value else self.token(value)
        if isinstance(value, list | tuple):
            return (
                type(value)(self._item(v) for v in value) if type(value) in (list, tuple) else value
            )
        if type(value).__name__ in {"dict", "OrderedDict", "defaultdict"}:
            return {self.hide(k): self._item(v) for k, v in value.items()}
        return value

    def _item(self, value: Any) -> Any:
        return value if type(value) in (float, int) else self.hide(value)

    def show(self, value: Any) -> Any:
        """A value with its strings back."""
        if isinstance(value, str):
            return self.texts.get(value, value)
        if isinstance(value, list):
            return [v if type(v) in (float, int) else self.show(v) for v in value]
        if isinstance(value, dict):
            return {self.show(k): self.show(v) for k, v in value.items()}
        return value


def elements(root: Element) -> Iterator[Element]:
    """Every element of a tree once: children, and those that others keep as attributes."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        kept = [v for k, v in vars(one).items() if k != "_parent"]
        waiting += [v for v in kept if isinstance(v, Element)]
        waiting += [v for k in kept if isinstance(k, list) for v in k if isinstance(v, Element)]
        waiting += list(one._children.values())


def is_own(element: Element) -> bool:
    """Whether an element is of this kit, not of folium or a user."""
    return type(element).__module__.startswith("geo.")


def hide(root: Element, hidden: Hidden) -> None:
    """Put by every string of a tree. The tree is changed: give a copy."""
    for element in elements(root):
        if is_own(element):  # their values are inert; their names stand in lists of layers
            if isinstance(vars(element).get("layer_name"), str):
                element.layer_name = hidden.hide(element.layer_name)
            continue
        _prepare(element, hidden)
        for name, value in list(vars(element).items()):
            if name not in _OWN and not _worked_out(name, value):
                setattr(element, name, hidden.hide(value))
        text = element._template_str
        if text is not None and type(element) is Element:
            element._template_str = hidden.hide(text)


def _worked_out(name: str, value: object) -> bool:
    """Whether an attribute was made by folium itself: sizes, and what tells features apart."""
    return name in _WORKED_OUT or (name in _SIZES and isinstance(value, tuple))


def _prepare(element: Element, hidden: Hidden) -> None:
    """What folium works out from strings while it renders is worked out from the real ones."""
    for child in element._children.values():
        if type(child) is Element and child._template_str is not None:
            child._template = _Literal(child._template_str)
    if type(element).__name__ == "Html" and not element.script:
        element.data, element.script = html.escape(element.data), True
    for name in ("text", "data"):  # folium has put a backslash before each backtick
        value = vars(element).get(name)
        if type(element).__name__ in {"Tooltip", "Html"} and isinstance(value, str):
            setattr(element, name, value.replace("\\`", "`"))
    for name in _FUNCTIONS:
        function = vars(element).get(name)
        if callable(function):
            setattr(element, name, _seeing(function, hidden))
    key = vars(element).get("feature_identifier")
    if isinstance(key, str) and key.startswith("feature.properties."):
        start = len("feature.properties.")
        element.feature_identifier = key[:start] + hidden.hide(key[start:])
    path = vars(element).get("object_path")
    if isinstance(path, str):
        parts = [hidden.hide(part) for part in path.split(".")]
        element.object_path = ".".join(parts)
        element._safe_object_path = "".join(f'["{part}"]' for part in parts)


def _seeing(function: Callable[[Any], Any], hidden: Hidden) -> Callable[[Any], Any]:
    return lambda feature: hidden.hide(function(hidden.show(feature)))
