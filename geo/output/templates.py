"""The frame round a map: headline, legend, table, sources. The only module that fills templates.

Values pass through autoescape; the text of a part holds no brace, so that folium's engine, which
compiles the text of an element a second time, finds nothing in it to evaluate.
"""

from __future__ import annotations

import html
import re
import urllib.parse
from collections.abc import Sequence
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from geo.scene.model import Scene
from geo.scene.style import SYMBOLS


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("geo", "web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_pictured,
    )


# HTML has no control characters: each is shown by its picture, U+2400 and on, but space and line.
_PICTURES = {n: 0x2400 + n for n in range(32) if chr(n) not in "\t\n"} | {0x7F: 0x2421}


def _pictured(value: object) -> object:
    plain = isinstance(value, str) and not isinstance(value, Markup)  # markup of ours stays
    return str(value).translate(_PICTURES) if plain else value


def whole(scene: Scene | None, *, story: object = None, **values: object) -> str:
    """A whole page of a scene or of a story; `values` are what is of neither."""
    template = _environment().get_template("page.html.j2")
    return template.render(scene=scene, story=story, **_helpers(), **values)


def watched(name: str, build: int) -> str:
    """The page round a page that `geo build --watch` serves."""
    return _environment().get_template("watch.html.j2").render(name=name, build=build)


def part(name: str, scene: Scene) -> str:
    """One part of the page by its name ("table", "legend", …), safe inside a folium element."""
    template = _environment().get_template(f"{name}.html.j2")
    text = template.render(scene=scene, **_helpers())
    return text.replace("{", "&#123;").replace("}", "&#125;")


def _helpers() -> dict[str, object]:
    return {"swatch": _swatch, "cited": _cited, "most": _most, "site": _site}


def _site(address: str) -> str:
    """The site of an address, as a reader knows it; paper shows the address whole."""
    return (urllib.parse.urlsplit(address).hostname or address).removeprefix("www.")


def _most(bars: Sequence[Any]) -> float:
    """The end of the scale of bars of shares: the whole, or what goes beyond it."""
    return float(max([1.0, *(bar.high for bar in bars)]))


def _cited(text: str) -> Markup:
    """A sentence whose [n] link to the numbered sources, as safe markup."""
    linked = re.sub(r"\[(\d+)\]", r'<a class="cite" href="#source-\1">[\1]</a>', html.escape(text))
    return Markup(linked.translate(_PICTURES))


def _swatch(symbol: str, colour: str, dash: tuple[float, ...]) -> Markup:
    """A legend symbol as inline SVG: presentation attributes only, as the policy asks."""
    pattern = " ".join(f"{d:g}" for d in dash) or "none"
    ink = html.escape(colour, quote=True) or "var(--ink)"
    own = f'stroke="{ink}" fill="none"' if colour else 'class="ink"'
    shapes = {
        "swatch": f'<rect x="2" y="3" width="36" height="10" fill="{ink}"/>',
        "line": f'<path d="M2 8H38" {own} stroke-width="3" stroke-dasharray="{pattern}"/>',
        "core": '<path d="M2 8H38" class="ink" stroke-width="8"/>',
        "hollow": '<rect x="3" y="5" width="34" height="6" class="hollow"/>',
        "rim": '<path d="M2 8H38" class="ink rim" stroke-width="10"/>'
        '<path d="M2 8H38" class="ink" stroke-width="5"/>',
        "over": '<path d="M2 8H38" class="ink" stroke-width="8" stroke-dasharray="1 6"/>',
        "casing": '<rect x="2" y="2" width="36" height="12" class="casing"/>',
        "conflict": '<text x="20" y="16" text-anchor="middle" class="mark">ᵃ</text>',
        "loop": '<circle cx="20" cy="8" r="5" class="ink" stroke-width="3"/>',
        "ring": '<circle cx="20" cy="8" r="7" class="ring"/>',
    } | {
        f"place-{name}": f'<path d="{d}" transform="translate(13.5 1.5)" class="symbol"/>'
        for name, d in SYMBOLS.items()
    }
    return Markup(
        f'<svg width="40" height="16" viewBox="0 0 40 16" aria-hidden="true">{shapes[symbol]}</svg>'
    )
