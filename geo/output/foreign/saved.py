"""An HTML file that folium saved → the same texts that its element tree gives. Nothing is run."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html.parser import HTMLParser

from geo.errors import GeoError
from geo.output.foreign import markup
from geo.output.foreign.tree import Source

_ROLES = {"title", "script", "style"}
DATA = {"application/json", "application/gzip", "text/plain"}
_OUTSIDE = {"html", "head", "body", "meta", "link"}


def read(text: str, name: str) -> Source:
    """Take a saved map apart. Raises GeoError for what no folium has saved."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    source = reader.source
    source.body = ["".join(source.body)]
    if not any(re.search(r"\bL\.map\(", script) for script in source.script):
        raise GeoError(f"{name}: holds no map made by folium; give a file that Map.save wrote")
    return source


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.source = Source()
        self._role = ""
        self._kept = ""  # the type of an inert block, else ""
        self._text: list[str] = []
        self._in_body = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "body":
            self._in_body = True
        elif tag == "link":
            self._link(given)
        elif tag == "script" and given.get("src"):
            self._asset("script", given["src"])
            self._role, self._text = "nothing", []
        elif tag in _ROLES and not (tag == "title" and self._in_body):
            self._role, self._text = tag, []
            kind = given.get("type", "").strip().lower()
            inert = tag == "script" and kind in {
                "application/json",
                "application/gzip",
                "text/plain",
            }
            self._kept = self.get_starttag_text() or "" if inert else ""
        elif tag not in _OUTSIDE:
            self.source.body.append(self.get_starttag_text() or "")

    handle_startendtag = handle_starttag

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Read `<![…` as a browser does, as a comment; the parser stops at what is none of its."""
        return markup.bogus(self, i, report)

    def _link(self, given: dict[str, str]) -> None:
        if given.get("rel", "").lower() == "stylesheet":
            self._asset("style", given.get("href", ""))

    def _asset(self, kind: str, address: str) -> None:
        self.source.links.append((kind, address.split("?")[0].rsplit("/", 1)[-1], address))

    def handle_endtag(self, tag: str) -> None:
        if self._role and tag in {"script", "style", "title"}:
            self._closed()
        elif tag not in _OUTSIDE and tag not in {"script", "style"}:
            self.source.body.append(f"</{tag}>")

    def _closed(self) -> None:
        text = "".join(self._text)
        if self._kept:
            self.source.body.append(f"{self._kept}{text}</script>")
        elif self._role == "style":
            self.source.head.append(f"<style>{text}</style>")
        elif self._role == "script":
            self.source.script.append(text)
        elif self._role == "title":
            self.source.title = html.unescape(text).strip()
        elif text.strip():
            raise GeoError("a script that names a file holds a script of its own as well")
        self._role, self._kept = "", ""

    def _some(self, text: str) -> None:
        (self._text if self._role else self.source.body).append(text)

    def handle_data(self, data: str) -> None:
        self._some(data)

    def handle_entityref(self, name: str) -> None:
        self._some(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._some(f"&#{name};")


SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
