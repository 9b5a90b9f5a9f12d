"""What a script says, read and never run: values, chains of calls, and the shape of the rest.

Tree-sitter parses; this module turns what is a plain value into one. Everything else stays a node,
and whoever meets a node that is not known refuses it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

# folium's names: words of the class, then 32 random hexadecimal digits.
TOKEN = re.compile(r"zq\d+z\d+z")  # what stands in the place of a hidden string
NAME = re.compile(r"([A-Za-z_]+?)_([0-9a-f]{32})")
_PLAIN = frozenset({"true", "false", "null", "undefined", "NaN"})
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "True": True, "False": False}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_VALUES = frozenset({"object", "array", "string", "template_string", "number", "true", "false"})
_VALUES |= {"null", "undefined", "unary_expression"}


class NoValueError(Exception):
    """A part of a script is no plain value."""


@dataclass(frozen=True)
class Ref:
    """A name that stands for a thing made earlier, or for one of Leaflet's constants."""

    name: str


@dataclass(frozen=True)
class Call:
    """One call: `path` is what is called, `on` a thing made earlier, `args` are nodes."""

    path: str
    args: tuple[Node, ...]
    new: bool = False


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_javascript.language()))


def statements(text: str) -> list[Node]:
    """The statements of a script, comments left out."""
    tree = _parser().parse(text.encode("utf-8", "surrogatepass"))
    return inside(tree.root_node)


def inside(node: Node) -> list[Node]:
    """The named parts of a node, comments and bare semicolons left out."""
    return [n for n in node.named_children if n.type not in {"comment", "empty_statement"}]


def text_of(node: Node) -> str:
    """The text of a node as it stands."""
    return (node.text or b"").decode("utf-8", "surrogatepass")


def field(node: Node, name: str) -> Node:
    """A part of a node by its name in the grammar; NoValueError where there is none."""
    found = node.child_by_field_name(name)
    if found is None:
        raise NoValueError(text_of(node)[:80])
    return found


# --- values --------------------------------------------------------------------------------------


class Values:
    """Turns nodes into values. `known` are names whose value an earlier statement has said."""

    def __init__(self, known: Mapping[str, Any], reveal: Mapping[str, str]) -> None:
        """Keep what names stand for, and the strings that were hidden while a map was rendered."""
        self.known, self.reveal = known, reveal

    def shown(self, text: str) -> str:
        """A string with everything hidden in it put back."""
        return TOKEN.sub(lambda found: self.reveal.get(found[0], found[0]), text)

    def of(self, node: Node) -> Any:
        """The value of a node: JSON, with `Ref` for names. NoValueError for anything else."""
        if node.type in {"object", "array"}:
            ready = _as_json(node)
            if ready is not None:
                return self._revealed(ready)
        maker = getattr(self, f"_{node.type}", None)
        if maker is None:
            raise NoValueError(text_of(node)[:80])
        return maker(node)

    def _revealed(self, value: Any) -> Any:
        if not self.reveal:
            return value
        if isinstance(value, str):
            return self.shown(value)
        if isinstance(value, list):
            return [v if type(v) in (int, float) else self._revealed(v) for v in value]
        if isinstance(value, dict):
            return {self.shown(k): self._revealed(v) for k, v in value.items()}
        return value

    def _object(self, node: Node) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in inside(node):
            if part.type == "pair":
                made[self._key(field(part, "key"))] = self.of(field(part, "value"))
            elif part.type == "spread_element":
                more = self.of(inside(part)[0])
                made.update(more if isinstance(more, dict) else {})
            else:
                raise NoValueError(text_of(part)[:80])
        return made

    def _key(self, node: Node) -> str:
        if node.type == "string":
            return str(self.of(node))
        if node.type in {"property_identifier", "number"}:
            return self.shown(text_of(node))
        raise NoValueError(text_of(node)[:80])

    def _array(self, node: Node) -> list[Any]:
        return [self.of(part) for part in inside(node)]

    def _string(self, node: Node) -> str:
        return self.shown(unescaped(text_of(node)[1:-1]))

    def _template_string(self, node: Node) -> str:
        if any(part.type == "template_substitution" for part in node.named_children):
            raise NoValueError(text_of(node)[:80])
        return self.shown(unescaped(text_of(node)[1:-1]))

    def _number(self, node: Node) -> float | int:
        text = text_of(node)
        try:
            return int(text, 0) if re.fullmatch(r"\d+|0x[0-9a-fA-F]+", text) else float(text)
        except ValueError as error:
            raise NoValueError(text) from error

    def _true(self, _: Node) -> bool:
        return True

    def _false(self, _: Node) -> bool:
        return False

    def _null(self, _: Node) -> None:
        return None

    _undefined = _null

    def _unary_expression(self, node: Node) -> float | int:
        inner = self.of(field(node, "argument"))
        sign = text_of(field(node, "operator"))
        if sign not in {"-", "+"} or isinstance(inner, bool) or not isinstance(inner, int | float):
            raise NoValueError(text_of(node)[:80])
        return -inner if sign == "-" else inner

    def _parenthesized_expression(self, node: Node) -> Any:
        return self.of(inside(node)[0])

    def _identifier(self, node: Node) -> Any:
        name = text_of(node)
        if name in self.known:
            return self.known[name]
        if name in self.reveal:  # a text that stood in the place of code
            return self._text_as_value(self.reveal[name])
        if name in {"NaN", "None"}:
            return None
        return _WORDS[name] if name in _WORDS else Ref(name)

    def _text_as_value(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError as error:
            raise NoValueError(text[:80]) from error

    def _member_expression(self, node: Node) -> Any:
        of = self.of(field(node, "object"))
        name = self.shown(text_of(field(node, "property")))
        if isinstance(of, Ref):
            return Ref(f"{of.name}.{name}")
        if isinstance(of, dict) and name in of:
            return of[name]
        raise NoValueError(text_of(node)[:80])

    def _subscript_expression(self, node: Node) -> Any:
        of, key = self.of(field(node, "object")), self.of(field(node, "index"))
        try:
            return of[key]
        except (KeyError, IndexError, TypeError) as error:
            raise NoValueError(text_of(node)[:80]) from error


def _as_json(node: Node) -> Any:
    """The value of a node that is JSON already, read at once; None where it is not."""
    try:
        return json.loads(node.text or b"", parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def unescaped(text: str) -> str:
    """The inside of a string literal as the text it stands for."""

    def one(found: re.Match[str]) -> str:
        code = found[1]
        if len(code) > 1 and code[0] in "xu":
            return chr(int(code[1:].strip("{}"), 16))
        return _ESCAPES.get(code, code)

    pattern = r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)"
    plain = re.sub(pattern, one, text, flags=re.DOTALL)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# --- calls ---------------------------------------------------------------------------------------


def chain(node: Node) -> list[Call]:
    """`a.b(1).c(2)` as two calls, the first with its whole path; NoValueError for anything else."""
    if node.type == "new_expression":
        return [Call(_path(field(node, "constructor")), _args(node), new=True)]
    if node.type != "call_expression":
        raise NoValueError(text_of(node)[:80])
    target = field(node, "function")
    if target.type == "member_expression" and field(target, "object").type in {
        "call_expression",
        "new_expression",
    }:
        name = text_of(field(target, "property"))
        return [*chain(field(target, "object")), Call(name, _args(node))]
    return [Call(_path(target), _args(node))]


def _path(node: Node) -> str:
    if node.type in {"identifier", "property_identifier"}:
        return text_of(node)
    if node.type == "member_expression":
        return f"{_path(field(node, 'object'))}.{text_of(field(node, 'property'))}"
    raise NoValueError(text_of(node)[:80])


def _args(node: Node) -> tuple[Node, ...]:
    found = node.child_by_field_name("arguments")
    return tuple(inside(found)) if found is not None else ()


# --- the shape of what is neither ----------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """A statement with its values taken out: a digest of what is left, and the values in order."""

    digest: str
    holes: tuple[Any, ...]
    text: str


def shape(node: Node, values: Values, *, skip: Node | None = None) -> Shape:
    """The shape of a node. Two statements of one template have one digest, whatever their data.

    `skip` is a part that is read apart and counts as one value.
    """
    words: list[str] = []
    holes: list[Any] = []
    for word, hole in _words(node, values, skip):
        words.append(word)
        if word.startswith(("#", "@")):
            holes.append(hole)
    text = " ".join(words)
    return Shape(hashlib.sha256(text.encode("utf-8")).hexdigest()[:16], tuple(holes), text)


def _words(node: Node, values: Values, skip: Node | None) -> Iterator[tuple[str, Any]]:
    if skip is not None and node == skip:
        yield "#", None
        return
    if node.type == "comment" or node.type in {";", ","}:
        return
    if node.type in _VALUES:
        try:
            yield "#", values.of(node)
        except NoValueError:
            pass
        else:
            return
    if node.type in {"identifier", "property_identifier", "shorthand_property_identifier"}:
        yield _word(node, values)
    elif not node.children or node.type == "string":
        yield " ".join(text_of(node).split()), None
    else:
        for child in node.children:
            yield from _words(child, values, skip)


def _word(node: Node, values: Values) -> tuple[str, Any]:
    text = text_of(node)
    if text in values.reveal:
        return "#", values.reveal[text]
    found = NAME.search(text)
    if found is None:
        return text, None
    before, after = text[: found.start()], text[found.end() :]
    return f"@{before}{after}", Ref(text)
