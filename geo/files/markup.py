"""XML of a user: parsed without definitions, entities or addresses, and within a depth."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from geo.errors import GeoError
from geo.files import codepages

DEEPEST = 200
_STATED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_CODES = ("unknown encoding", "multi-byte encodings are not supported")


class _Builder(ET.TreeBuilder):
    """A tree of elements that are named without their namespaces."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.depth = path, 0

    def start(self, tag: Any, attrs: Any) -> ET.Element:
        """Begin an element. GeoError where it is nested too deep."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise GeoError(f"{self.path}: nests deeper than {DEEPEST} levels; save it flatter")
        return super().start(local(tag), attrs)

    def end(self, tag: Any) -> ET.Element:
        """End an element."""
        self.depth -= 1
        return super().end(local(tag))

    def doctype(self, name: str, *_: Any) -> None:
        """Refuse a definition of the document: entities in it may grow without end."""
        raise GeoError(
            f"{self.path}: defines a document type ({name[:40]}), which no map file needs; "
            "save the file anew"
        )


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def parse(content: bytes, path: Path, kind: str) -> ET.Element:
    """The root of a document. GeoError with line and column where it is none, or is not `kind`."""
    parser = ET.XMLParser(target=_Builder(path))
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
        _refuse_doubt(content, path)
    except ET.ParseError as error:
        line, column = error.position
        where = f"line {line}, column {column + 1}"
        raise GeoError(f"{path}: {where}: not XML: {error}; mend it, or save it anew") from error
    except (ValueError, LookupError) as error:  # an encoding that is none
        raise GeoError(f"{path}: not XML: {error}; save it as UTF-8") from error
    if root.tag.lower() != kind:
        raise GeoError(f"{path}: not {kind.upper()}: the document is <{root.tag[:40]}>")
    return root


def _refuse_doubt(content: bytes, path: Path) -> None:
    """Refuse a document that is UTF-8 though its first line states another code page."""
    stated = _STATED.match(content)
    page = stated[1].decode("ascii") if stated else "utf-8"
    found = codepages.read_two_ways(codepages.words(content), page)
    if found:
        wrong, right = found
        raise GeoError(
            f"{path}: line 1 states {page}, by which a word reads {wrong!r}, and {right!r} by "
            'UTF-8; write encoding="UTF-8" there'
        )


def text(element: ET.Element | None) -> str:
    """All text inside an element, without space round it."""
    return "" if element is None else "".join(element.itertext()).strip()


def child(element: ET.Element, name: str) -> str:
    """The text of the first child of a name, '' where there is none."""
    return text(element.find(name))
