"""JSON as the standard has it, and every place where a text is not (RFC 8259, I-JSON RFC 7493).

Beyond syntax these are faults: NaN and infinities, numbers too big for a number, a name given twice
in one object, text that is no Unicode, nesting without end. All are found at once.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from geo.errors import Fault, wording

DEEPEST = 64  # levels of objects and lists
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},]')
Path = tuple[str | int, ...]


class _Twice(dict[str, Any]):
    """An object in which names stood twice; the last value is kept, as everywhere."""

    names: tuple[str, ...] = ()


@dataclass
class _Met:
    """What parsing met that needs a closer look for its place."""

    constants: list[str] = field(default_factory=list)
    twice: int = 0

    def constant(self, name: str) -> float:
        self.constants.append(name)
        return math.nan if name == "NaN" else math.copysign(math.inf, -1 if name[0] == "-" else 1)

    def pairs(self, items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) == len(items):
            return made
        self.twice += 1
        names = [name for name, _ in items]
        found = _Twice(made)
        found.names = tuple(sorted({name for name in names if names.count(name) > 1}))
        return found


def parse(text: str, file: str) -> tuple[Any, list[Fault]]:
    """Parse JSON strictly. Returns (value, []) or (None, every fault with its path or line)."""
    met = _Met()
    try:
        value = json.loads(text, parse_constant=met.constant, object_pairs_hook=met.pairs)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return None, [Fault(file, where, "", "", *wording("json.not-json", reason=error.msg))]
    except RecursionError:
        return None, [_deep(file, "")]
    except ValueError as error:  # an integer of thousands of digits
        return None, [Fault(file, "", "", "", *wording("json.number-too-long", reason=error))]
    halves = bool(_ESCAPED_HALF.search(text))
    if not (met.constants or met.twice or halves or _odd(value)):
        return value, []
    faults = list(_faults(value, file))
    return (None, faults) if faults else (value, [])


def _odd(value: Any) -> bool:
    """Whether a value nests too deep or holds an infinity, without the names of places.

    Coordinates are passed over: their depth and numbers are judged as geometry.
    """
    stack: list[tuple[Any, int]] = [([value], 0)]
    while stack:
        node, depth = stack.pop()
        if depth > DEEPEST:
            return True
        for name, item in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(item, float):
                if not math.isfinite(item):
                    return True
            elif isinstance(item, list | dict) and name != "coordinates":
                stack.append((item, depth + 1))
    return False


def _faults(value: Any, file: str) -> Iterator[Fault]:
    """Every fault beyond syntax with its path, in the order of the text."""
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, node = stack.pop()
        if len(path) > DEEPEST:
            yield _deep(file, *placed(path[:6], value))
            continue
        yield from _own(path, node, file, value)
        if isinstance(node, dict):
            stack += [((*path, name), item) for name, item in reversed(node.items())]
        elif isinstance(node, list):
            stack += [((*path, n), node[n]) for n in reversed(range(len(node)))]


def _own(path: Path, node: Any, file: str, whole: Any) -> Iterator[Fault]:
    """What is wrong with one value by itself, and with the names of an object."""
    where, name = placed(path, whole)
    if isinstance(node, float) and not math.isfinite(node):
        said = "NaN" if node != node else "-Infinity" if node < 0 else "Infinity"
        yield Fault(file, where, name, said, *wording("json.number-not-finite", value=said))
    if isinstance(node, str) and _HALF.search(node):
        shown = _HALF.sub("\ufffd", node)[:60]
        yield Fault(file, where, name, shown, *wording("json.half-character"))
    if isinstance(node, dict):
        if any(_HALF.search(key) for key in node):
            yield Fault(file, where, name, "", *wording("json.half-character-in-name"))
        for twice in getattr(node, "names", ()):
            _, inner = placed((*path, twice), whole)
            yield Fault(file, where, inner, "", *wording("json.name-twice"))


def placed(path: Path, document: Any) -> tuple[str, str]:
    """A path as ('feature 3 (its id)', 'properties.name'), or ('', 'a.0.b') outside features."""
    if len(path) > 1 and path[0] == "features" and isinstance(path[1], int):
        feature = document["features"][path[1]]
        return feature_name(feature, path[1]), _short(".".join(map(str, path[2:])), 200)
    return "", _short(".".join(map(str, path)), 200)


def feature_name(feature: Any, number: int) -> str:
    """'feature 3 (its id)': how faults name a feature, counted from 1."""
    name = feature.get("id") if isinstance(feature, dict) else None
    return f"feature {number + 1} ({_short(name)})" if name else f"feature {number + 1}"


def _short(name: Any, most: int = 60) -> str:
    return _HALF.sub("\ufffd", str(name)[:most])


def _deep(file: str, where: str, name: str = "") -> Fault:
    return Fault(file, where, name, "", *wording("json.nests-too-deep", levels=DEEPEST))


def shown(value: Any, most: int = 60) -> str:
    """The start of a value as JSON, whatever its size or depth."""
    return _HALF.sub("\ufffd", _start(value, 3))[:most]


def _start(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return json.dumps(value[:60], ensure_ascii=False)
    if not isinstance(value, list | tuple | dict):
        return json.dumps(value, default=str)[:60]
    named = isinstance(value, dict)
    if depth == 0:
        return "{…}" if named else "[…]"
    items = [item if named else _start(item, depth - 1) for item in itertools.islice(value, 4)]
    if isinstance(value, dict):
        items = [f"{_start(str(key), 0)}: {_start(value[key], depth - 1)}" for key in items]
    inner = ", ".join([*items, "…"] if len(value) > 4 else items)
    return f"{{{inner}}}" if named else f"[{inner}]"


def raw_features(text: str) -> list[str]:
    """The text of every feature of a FeatureCollection, to the last character as it stands.

    `text` is sound JSON; a text without a list of features gives an empty list.
    """
    found: list[str] = []
    depth, name, start = 0, "", -1
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign[0] == '"':
            name = sign if depth == 1 else name
            continue
        ends = depth == 2 and start >= 0 and sign in ",]"
        if ends and text[start : token.start()].strip():
            found.append(text[start : token.start()].strip())
        depth += (sign in "[{") - (sign in "]}")
        if depth == 2 and sign == "[" and name == '"features"':
            start = token.end()
        elif ends:
            start = token.end() if sign == "," else -1
    return found
