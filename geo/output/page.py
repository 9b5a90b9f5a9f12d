"""Any folium map → one offline, safe, reproducible file. The only module that writes HTML.

No request leaves the page: its policy admits only its own scripts and styles, by hash. `apart` says
what a map is made of; what holds elements of folium or of a user goes through `foreign`, which
makes them anew.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from branca.element import Element

from geo.errors import PATH, DataError, GeoError, check_type
from geo.files import intake, writing
from geo.geometry import packing
from geo.output import apart, bundle, draw, foreign, letters, provenance, templates
from geo.output.foreign.build import Parts
from geo.output.shown import DPI, OVER, Shown, frame
from geo.scene.model import Scene

if TYPE_CHECKING:
    from geo.scene.claims import Claims  # what reads data is not loaded to draw a map

__all__ = ["Shown", "claims", "embed", "pack", "render", "save", "show", "story", "whole"]

CONTAINS = f"{bundle.LEAFLET}; {letters.CREDIT}"
POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# Scripts, styles and blocks of a page of ours: none of them holds the tag that would end it.
_PIECE = re.compile(r"(<(script|style)\b[^>]*>.*?</\2>)", re.DOTALL)
WEBP = "image/webp"
SHARED = 5_000  # characters of what maps of a widget share; less is not worth a number
_STILL = re.compile(r'<img class="still" alt="([^"]*)" src="([^"]*)">')
_HELD = re.compile(r'<script type="(application/gzip|text/plain)"[^>]*>([^<]*)</script>')

ASSETS = bundle.ASSETS


def render(
    drawing: Scene | Element,
    *,
    picture: bytes = b"",
    assets: str | Path | None = None,
    memory_bytes: int | None = None,
) -> str:
    """The whole page of a scene or of a folium map as text; the same input gives the same text.

    `picture` (WebP, as `geo.still.webp` makes it) is what readers without scripts see of a scene;
    `assets` a folder of npm packages for elements that no Python package carries. `memory_bytes` is
    what a folium map may take to be read, 4 GB where nothing is said. Raises AssetError, naming the
    element, when the map needs something that is not there.
    """
    return _page(drawing, picture=picture, assets=assets, memory_bytes=memory_bytes)[0]


def _page(
    drawing: Scene | Element,
    *,
    picture: bytes = b"",
    inset: bool = False,
    light: bool = False,
    bridge: bool = False,
    assets: str | Path | None = None,
    memory_bytes: int | None = None,
) -> tuple[str, Parts]:
    """The page, and the parts it is made of; `inset` for one that stands inside a story.

    light: on a ground of fewer bytes. bridge: with what speaks to a notebook.
    """
    check_type(drawing, (Scene, Element), "a scene of geo.scene, or a folium map")
    figure_map = draw.scene(drawing) if isinstance(drawing, Scene) else drawing
    scene: Scene | None = getattr(figure_map, "scene", None)
    with draw.lightened(figure_map) if light else nullcontext():
        parts = apart.take_apart(figure_map, assets, memory_bytes)
    if bundle.style() in parts.styles and not light:
        parts.styles.insert(0, letters.style([repr(scene), *parts.scripts, *_read(parts.body)]))
    if bridge:  # before the script that makes the map
        parts.scripts.insert(len(parts.scripts) - 1, bundle.bridge_script())
    title = f"{scene.title} – {scene.headline}" if scene else getattr(figure_map, "title", "Map")
    said = provenance.of_map(scene, title, list(provenance.elements(figure_map)))
    text = _whole(parts, scene, title, provenance=said, picture=picture, inset=inset, plain=light)
    return text, parts


def _read(body: str) -> Iterator[str]:
    """The texts that a page has in its body, those that stand in it packed among them."""
    yield body
    for kind, text in _HELD.findall(body):
        yield from _labels(kind, text)


@lru_cache(maxsize=16)
def _labels(kind: str, block: str) -> list[str]:
    try:
        if kind == "application/gzip":
            return [intake.unpacked(block)]
        return packing.labels(base64.b64decode(block))
    except (DataError, ValueError):  # a block of someone's own
        return [block]


def _whole(
    parts: Parts,
    scene: Scene | None,
    title: str,
    *,
    provenance: str = "",
    picture: bytes = b"",
    inset: bool = False,
    plain: bool = False,
) -> str:
    """The text of a page; plain: scripts as they are, for one that is packed as a whole."""
    first = bundle.unfold_script()
    return templates.whole(
        scene,
        inset=inset,
        picture=bundle.data_url(picture, WEBP) if picture else "",
        policy=_policy(parts.scripts if plain else [first, *parts.scripts], parts.styles),
        styles=parts.styles,
        packed=[] if plain else [bundle.packed_script(text) for text in parts.scripts],
        scripts=parts.scripts if plain else [first],
        body=parts.body,
        leaflet=CONTAINS,
        provenance=provenance,
        title=title,
    )


def _cut(text: str) -> Iterator[str]:
    """Scripts, styles and blocks one by one, and what lies between."""
    at = 0
    for found in _PIECE.finditer(text):
        yield from (piece for piece in (text[at : found.start()], found[0]) if piece)
        at = found.end()
    yield text[at:]


def _policy(scripts: list[str], styles: list[str]) -> str:
    return POLICY.format(scripts=_hashes(scripts), styles=_hashes(styles))


def story(told: Any, pictures: Mapping[str, bytes]) -> str:
    """One page that tells a `geo.brief.Story`, with its maps opened as they are scrolled to.

    `pictures` (WebP, by section) stand where a map is not open: on paper, and without scripts. What
    the maps share, code and base map, is in the page once. The policy is that of a map, with the
    hashes of all of them.
    """
    maps = {s.id: _page(s.scene, inset=True) for s in told.sections if s.scene is not None}
    scripts = [bundle.story_script().strip()]
    styles = [letters.style([repr(told)]), bundle.story_style().strip()]
    inner = [parts for _, parts in maps.values()]
    allowed = [*scripts, bundle.unfold_script()]
    allowed += [text for parts in inner for text in parts.scripts]
    dressed = [*styles, *(text for parts in inner for text in parts.styles)]
    value = draw.inert(_shared({key: text for key, (text, _) in maps.items()}))
    return templates.whole(
        None,
        story=told,
        cites={s.id: s.cites(told.start, told.end) for s in told.sections},
        pictures={key: bundle.data_url(data, WEBP) for key, data in pictures.items()},
        policy=_policy(list(dict.fromkeys(allowed)), list(dict.fromkeys(dressed))),
        styles=styles,
        packed=[],
        scripts=scripts,
        body=draw.block("maps", "application/json", value),
        leaflet=CONTAINS,
        provenance=provenance.record(
            told.title, told.inputs, {"version": told.version, "license": told.licence}
        ),
        title=told.title,
    )


def claims(found: Claims) -> str:
    """The page that sets claims beside the record: no map, no script, only text and its sources."""
    styles = [letters.style([repr(found)]), bundle.claims_style().strip()]
    return templates.whole(
        None,
        claims=found,
        policy=_policy([], styles),
        styles=styles,
        packed=[],
        scripts=[],
        title=found.title,
        provenance=provenance.record(
            found.title, found.inputs, {"version": found.version, "license": found.licence}
        ),
    )


def _shared(texts: Mapping[str, str]) -> dict[str, Any]:
    """Pages as numbers of pieces, a piece that several have held once."""
    pieces: dict[str, int] = {}
    maps = {
        key: [pieces.setdefault(piece, len(pieces)) for piece in _cut(text)]
        for key, text in texts.items()
    }
    return {"pieces": list(pieces), "maps": maps}


def save(
    drawing: Scene | Element,
    path: str | Path,
    *,
    assets: str | Path | None = None,
    memory_bytes: int | None = None,
    follow_links: bool = False,
) -> Path:
    """Write the page of a scene or of any folium map to one file; the last good file is safe.

    A scene of up to `draw.SVG_MOST` lines brings its still picture along, for readers without
    scripts; more of them would take minutes to label. `assets` and `memory_bytes` as for
    `render`, `follow_links` as for `files.write`.
    """
    check_type(path, PATH, "the file to write")
    text = whole(drawing, assets=assets, memory_bytes=memory_bytes)
    return writing.write(path, text, follow_links=follow_links)


def whole(
    drawing: Scene | Element,
    *,
    assets: str | Path | None = None,
    memory_bytes: int | None = None,
) -> str:
    """The text that `save` writes: the page, with the still picture of a scene of few lines."""
    picture = b""
    if isinstance(drawing, Scene) and len(drawing.pipes) <= draw.SVG_MOST:
        from geo.output import (
            still,  # with all that draws: twice the memory of a page without a picture
        )

        picture = still.webp(drawing)
    return render(drawing, picture=picture, assets=assets, memory_bytes=memory_bytes)


def pack(
    saved: str | Path,
    path: str | Path,
    *,
    assets: str | Path | None = None,
    memory_bytes: int | None = None,
    follow_links: bool = False,
) -> Path:
    """Write a map that folium saved as HTML anew as one offline, safe file.

    The saved file is read, never run: what it holds beyond what folium's elements write is
    refused by name (AssetError), and of its scripts only values reach the page. `memory_bytes` as
    for `save`.
    """
    parts = apart.settled(foreign.of_file(saved, assets, memory_bytes=memory_bytes))
    return writing.write(path, _whole(parts, None, "Map"), follow_links=follow_links)


def show(
    drawing: Scene | Element,
    *,
    height_px: int = 720,
    still_of: Scene | None = None,
    picture: bytes | None = None,
) -> Shown:
    """A page to look at in a notebook; a scene brings its still picture along.

    The page is packed, and its ground simplified to about a third of the bytes; `save` keeps all of
    it. `still_of` is the scene whose picture stands beside a map that was made without one,
    `picture` (PNG) one that was made before.
    """
    own = drawing if isinstance(drawing, Scene) else getattr(drawing, "scene", None)
    scene, title = own or still_of, getattr(drawing, "title", "Map")
    if scene is not None:
        title = scene.title
    if scene is not None and picture is None:
        from geo.output import still

        picture = still.png(scene, dpi=DPI)
    text, parts = _page(drawing, light=True)
    policy = _policy([*parts.scripts, bundle.unpack_script()], parts.styles)
    return Shown(text, policy, picture, title, height_px)


def pieces(drawing: Scene | Element) -> tuple[list[str], list[str | int]]:
    """The page of a widget in two parts: what maps share, and this map with numbers for that.

    Scripts, styles and grounds are shared: another map on the same ground needs only the second.
    """
    shared: dict[str, int] = {}
    own: list[str | int] = []
    for piece in _cut(_page(drawing, light=True, bridge=True)[0]):
        kind = piece.startswith(("<script>", "<style", '<script type="text/plain"'))
        often = kind and len(piece) >= SHARED
        own.append(shared.setdefault(piece, len(shared)) if often else piece)
    return list(shared), own


def embed(
    path: str | Path,
    *,
    inline: bool = False,
    height_px: int = 640,
    at: str = "",
    picture: bool = True,
    map_only: bool = False,
) -> str:
    """The snippet that sets a page into another: by its address, or with the page inside it.

    `at` is the folder or address the page is published under; without it the page lies beside the
    other one. The frame is sandboxed (scripts only), lazy, titled, as wide as its column and no
    higher than the window. It lies over the page's still picture, which is left where frames are
    taken out; a reader without scripts sees the picture inside the frame. `map_only` leaves
    headline, chart, table and sources to the other page.
    """
    check_type(path, PATH, "a page, as geo.page.save writes it")
    try:
        text = intake.named(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GeoError(f"{path}: cannot be read as a page: {error}") from error
    found = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
    if not found or "Content-Security-Policy" not in text:
        raise GeoError(f"{path}: not a page made by this kit; make one with geo build or geo map")
    name = urllib.parse.quote(Path(path).name, safe="") + "#map" * map_only
    name = f"{at.rstrip('/')}/{name}" if at else name
    shown = text.replace('<html lang="', '<html class="map-only" lang="', 1) if map_only else text
    source = f'srcdoc="{html.escape(shown)}"' if inline else f'src="{html.escape(name)}"'
    title, own = html.unescape(found[1]), _STILL.search(text) if picture else None
    under = (
        f'<img alt="{own[1]}" src="{own[2]}" style="{OVER};object-fit:contain">\n' if own else ""
    )
    room = f"position:relative;width:100%;height:{height_px}px;max-height:90vh;min-height:360px"
    return f'<div style="{room}">\n{under}{frame(title, source, OVER)}\n</div>\n'


def _hashes(texts: list[str]) -> str:
    digests = (hashlib.sha256(text.encode("utf-8")).digest() for text in texts)
    found = [f"'sha256-{base64.b64encode(d).decode('ascii')}'" for d in digests]
    return " ".join(found) or "'none'"
