"""Small functions that only work out a value → formulas that the page's own code reads.

A formula is a list: what to do, then its parts. It knows sums, rounding, fields of its argument
and the icon of a cluster. Anything more is no formula, and refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tree_sitter import Node

from geo.output.foreign import code, markup
from geo.output.foreign.code import NoValueError, Values

_SUMS = frozenset({"+", "-", "*", "/"})
# What may be called, by the name it is called with, and how many arguments it takes at most.
_CALLS = {"getChildCount": 0, "toFixed": 1, "toLocaleString": 0, "toString": 0}
_MADE = {"L.divIcon": "divIcon", "L.DivIcon": "divIcon", "L.Point": "point", "L.point": "point"}
_MADE |= {"L.Util.formatNum": "formatNum"}


def of(node: Node, values: Values) -> dict[str, Any]:
    """A function with one return as {"names": […], "value": formula}. Raises NoValueError."""
    if node.type == "identifier" and code.text_of(node) in values.reveal:
        return of(_parsed(values.reveal[code.text_of(node)]), values)
    if node.type not in {"function_expression", "arrow_function", "function_declaration"}:
        raise NoValueError(code.text_of(node)[:80])
    names = [code.text_of(n) for n in code.inside(_parameters(node))]
    body = code.field(node, "body")
    if body.type != "statement_block":
        return {"names": names, "value": expression(body, values, names)}
    parts = code.inside(body)
    if len(parts) != 1 or parts[0].type != "return_statement":
        raise NoValueError(code.text_of(node)[:80])
    return {"names": names, "value": expression(code.inside(parts[0])[0], values, names)}


def _parameters(node: Node) -> Node:
    found = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    if found is None:
        raise NoValueError("no parameters")
    return found


def _parsed(text: str) -> Node:
    """The one expression of a text."""
    found = code.statements(f"({text.strip().rstrip(';')})")
    if len(found) != 1 or found[0].has_error:
        raise NoValueError(text[:80])
    return code.inside(code.inside(found[0])[0])[0]


def expression(node: Node, values: Values, names: Sequence[str]) -> list[Any]:
    """One expression as a formula; `names` are what it may use. Raises NoValueError."""
    text = code.text_of(node)
    if node.type == "identifier" and text in values.reveal:
        return expression(_parsed(values.reveal[text]), values, names)
    if node.type == "identifier" and text in names:
        return ["name", text]
    if node.type == "parenthesized_expression":
        return expression(code.inside(node)[0], values, names)
    if node.type == "binary_expression":
        return _sum(node, values, names)
    if node.type in {"member_expression", "subscript_expression"}:
        return _member(node, values, names)
    if node.type in {"call_expression", "new_expression"}:
        return _call(node, values, names)
    if node.type == "object":
        pairs = code.inside(node)
        keys = [values._key(code.field(p, "key")) for p in pairs]
        made = [expression(code.field(p, "value"), values, names) for p in pairs]
        return ["object", [list(pair) for pair in zip(keys, made, strict=True)]]
    if node.type == "template_string":
        return _template(node, values, names)
    return ["value", values.of(node)]


def _sum(node: Node, values: Values, names: Sequence[str]) -> list[Any]:
    sign = code.text_of(code.field(node, "operator"))
    if sign not in _SUMS:
        raise NoValueError(code.text_of(node)[:80])
    sides = [expression(code.field(node, s), values, names) for s in ("left", "right")]
    return [sign, *sides]


def _member(node: Node, values: Values, names: Sequence[str]) -> list[Any]:
    of = expression(code.field(node, "object"), values, names)
    if node.type == "member_expression":
        return ["field", of, code.text_of(code.field(node, "property"))]
    return ["field", of, values.of(code.field(node, "index"))]


def _call(node: Node, values: Values, names: Sequence[str]) -> list[Any]:
    target = code.field(node, "constructor" if node.type == "new_expression" else "function")
    given = node.child_by_field_name("arguments")
    args = [expression(n, values, names) for n in code.inside(given)] if given else []
    made = _MADE.get(code.text_of(target))
    if made:
        return [made, *map(_with_markup, args)] if made == "divIcon" else [made, *args]
    if target.type == "member_expression":
        name = code.text_of(code.field(target, "property"))
        if name in _CALLS and len(args) <= _CALLS[name]:
            return [name, expression(code.field(target, "object"), values, names), *args]
    raise NoValueError(code.text_of(node)[:80])


def _with_markup(options: list[Any]) -> list[Any]:
    """The options of an icon whose `html` is markup round values: a tree with marks for them."""
    if options[0] != "object":
        return options
    return ["object", [[k, _marked(v) if k == "html" else v] for k, v in options[1]]]


def _marked(said: list[Any]) -> list[Any]:
    pieces = _pieces(said)
    if pieces[0][0] != "value" or not isinstance(pieces[0][1], str):  # numbers are added up first
        return said
    values: list[list[Any]] = []
    text = ""
    for piece in pieces:
        if piece[0] == "value":
            text += _MARKS.sub("", str(piece[1]))
        else:
            text += f"\ue000{len(values)}\ue001"
            values.append(piece)
    return ["markup", markup.tree(text), values]


_MARKS = re.compile("[\ue000\ue001]")


def _pieces(said: list[Any]) -> list[list[Any]]:
    """The parts of a sum, from left to right."""
    if said[0] != "+":
        return [said]
    return (
        [*_pieces(said[1]), said[2]]
        if said[2][0] != "+"
        else [*_pieces(said[1]), *_pieces(said[2])]
    )


def _template(node: Node, values: Values, names: Sequence[str]) -> list[Any]:
    made: list[Any] = ["value", ""]
    for part in node.named_children:
        if part.type == "template_substitution":
            more = expression(code.inside(part)[0], values, names)
        else:
            more = ["value", values.shown(code.unescaped(code.text_of(part)))]
        made = ["+", made, more]
    return made
