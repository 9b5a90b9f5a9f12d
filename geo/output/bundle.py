"""The browser side as text: our files joined in a fixed order, and assets that packages carry."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from xstatic.pkg import leaflet

from geo.errors import AssetError

RULES = "rules.js"  # the constants that Python and browser share
ORDER = (
    "core.js",
    RULES,
    "sizing.js",
    "format.js",
    "decode.js",
    "relief.js",
    "basemap.js",
    "placement.js",
    "labels.js",
    "popup.js",
    "base.js",
    "features.js",
    "print.js",
    "locator.js",
    "controls.js",
    "inset.js",
)
SCENE = (  # only where there is a scene
    "state.js",
    "lines.js",
    "legend.js",
    "edges.js",
    "pipes.js",
    "many.js",
    "places.js",
    "now.js",
    "chart.js",
    "columns.js",
    "clock.js",
    "table.js",
    "whatif.js",
    "choices.js",
)
TRACKS = ("tracks.js", "trackpaint.js", "trackpanel.js")  # only where there are tracks
GROUND = ("ground.js",)  # only where there is a ground of one's own
LISTINGS = ("listings.js",)  # only where tables of words are sorted and chosen from
RUNTIME = (*ORDER, *GROUND, *SCENE, *TRACKS, *LISTINGS)
BEFORE = "before.js"  # stands before Leaflet
UNFOLD = "unfold.js"  # runs the scripts of a page, which stand in it packed
STORY = "story.js"
UNPACK = "unpack.js"  # of a page that stands packed in a frame
BRIDGE = "bridge.js"  # in the frame of a widget, and in no page that is saved
WATCH = "watch.js"
WIDGET = "widget.js"  # the notebook's side of it
STYLES = (
    "page.css",
    "clock.css",
    "table.css",
    "limits.css",
    "whatif.css",
    "print.css",
)
TRACKS_STYLE = "tracks.css"  # only where there are tracks
LISTINGS_STYLE = "listings.css"  # only where tables of words are sorted and chosen from
STORY_STYLE = "story.css"
CLAIMS_STYLE = "claims.css"
LEAFLET = "Leaflet 1.9.3, © 2010–2022 Volodymyr Agafonkin, © 2010–2011 CloudMade (BSD-2-Clause)"
# Comments that have their lines to themselves or end one, and indents: our code has no string over
# two lines, and none in which a comment seems to begin.
_SPARE = re.compile(r"^[ \t]*(?:(?:/\*.*?\*/|//[^\n]*)[ \t]*\n)?|^\n", re.DOTALL | re.MULTILINE)
_AFTER = re.compile(r"(?<=[;,{}()\[\]]) +// [^\n'\"`]*$", re.MULTILINE)
_LOOSE = re.compile(r"(\"[^\"]*\"|'[^']*'|url\([^)]*\))|\s*([{};,])\s*|(?<=:)\s+")
_URL = re.compile(r"url\((?!data:)['\"]?([^)'\"]+)['\"]?\)")


@cache
def script() -> str:
    """Our runtime, less comments and indents: the same in every page."""
    return joined(ORDER)


@cache
def scene_script() -> str:
    """What draws a scene: its lines and places, and the parts that speak to them."""
    return joined(SCENE)


@cache
def runtime() -> str:
    """Everything of ours that a page may need, in its order."""
    parts = (ORDER, GROUND, SCENE, TRACKS, LISTINGS)
    return "\n".join(map(joined, parts))


def _rules() -> str:
    """The constants of the account, as the browser reads them."""
    text = (files("geo") / "account" / "rules.json").read_text(encoding="utf-8")
    packed = json.dumps(json.loads(text), separators=(",", ":"))
    return _web(RULES).replace("RULES;", f"{packed};")


@cache
def tracks_script() -> str:
    """What draws tracks."""
    return joined(TRACKS)


@cache
def ground_script() -> str:
    """What draws a ground of one's own over the base map."""
    return joined(GROUND)


@cache
def listings_script() -> str:
    """What sorts and chooses from tables of words, after the script of a scene."""
    return joined(LISTINGS)


@cache
def unfold_script() -> str:
    """What unpacks the scripts of a page and runs them."""
    return joined((UNFOLD,)).strip()


@lru_cache(maxsize=16)
def packed_script(text: str) -> str:
    """A script as it stands packed in pages: most pages share most of theirs."""
    return gzipped(text)


def gzipped(text: str) -> str:
    """A text as gzip in base64: the same text gives the same bytes."""
    packed = gzip.compress(text.encode("utf-8"), mtime=0)
    return base64.b64encode(packed).decode("ascii")


@cache
def story_script() -> str:
    """What opens the maps of a story."""
    return joined((STORY,))


@cache
def unpack_script() -> str:
    """What unpacks a page inside its frame."""
    return joined((UNPACK,)).strip()


@cache
def watch_script() -> str:
    """What loads a page anew while `geo build --watch` runs; it stands in no page."""
    return joined((WATCH,)).strip()


@cache
def bridge_script() -> str:
    """What tells a notebook of the map in its frame, and does what the notebook asks."""
    return joined((BRIDGE,)).strip()


def widget_module() -> str:
    """The module that a notebook runs for a widget."""
    return _web(WIDGET)


@cache
def story_style() -> str:
    """The style sheets of a story."""
    return "\n".join((style(), joined((STORY_STYLE,))))


@cache
def claims_style() -> str:
    """The style sheets of the page of claims."""
    return "\n".join((style(), joined((STORY_STYLE, CLAIMS_STYLE))))


@cache
def joined(names: tuple[str, ...]) -> str:
    """Some files of `geo/web` in the order given, less comments and indents."""
    return bare("\n".join(_rules() if name == RULES else _web(name) for name in names))


def bare(text: str) -> str:
    """A script of ours without indents and comments, but for comments within a line."""
    return _AFTER.sub("", _SPARE.sub("", text))


def tight(text: str) -> str:
    """A style sheet of ours without the spaces and lines round its signs; strings stay."""
    return _LOOSE.sub(lambda found: found[1] or found[2] or "", text).replace(";}", "}")


def _web(name: str) -> str:
    return (files("geo") / "web" / name).read_text(encoding="utf-8")


@cache
def style() -> str:
    """Our style sheets, joined, less comments and whatever else says nothing."""
    return tight(joined(STYLES))


@cache
def tracks_style() -> str:
    """The style sheet of tracks, after the others."""
    return tight(joined((TRACKS_STYLE,)))


@cache
def listings_style() -> str:
    """The style sheet of tables of words that are sorted and chosen from, after the others."""
    return tight(joined((LISTINGS_STYLE,)))


def every_style() -> str:
    """The style sheets of whatever element of ours a map may hold."""
    return "\n".join((style(), tracks_style(), listings_style()))


@cache
def leaflet_script() -> str:
    """Leaflet's script with its licence notice, without the pointer to its source map; ours before.

    Ours spares the browser a second reading of Leaflet.
    """
    plain = re.sub(r"\n?//# sourceMappingURL=.*", "", _leaflet("leaflet.js"))
    return f"{joined((BEFORE,))}{plain}"


@cache
def leaflet_style() -> str:
    """Leaflet's style sheet with its few pictures inside."""
    plain = tight(bare(_leaflet("leaflet.css")))
    return _URL.sub(lambda found: f"url({picture(found[1])})", plain)


@cache
def drawn_leaflet_style() -> str:
    """Leaflet's style sheet for maps that use none of its pictures: symbols of ours are drawn."""
    return _URL.sub("none", tight(bare(_leaflet("leaflet.css"))))


def _leaflet(name: str) -> str:
    return _leaflet_bytes(name).decode("utf-8").replace("\r\n", "\n")


def _leaflet_bytes(name: str) -> bytes:
    path = Path(leaflet.BASE_DIR) / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise AssetError(f"{name} is missing from XStatic-Leaflet; reinstall it") from error


def picture(name: str) -> str:
    """A picture of Leaflet's as a data: URL; nothing for what is no picture."""
    if not name.endswith(".png"):
        return "data:,"
    return "data:image/png;base64," + base64.b64encode(_leaflet_bytes(name)).decode("ascii")


def data_url(content: str | bytes, kind: str) -> str:
    """A text or picture as a data: URL."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


# What the kit's own elements name, each taken from a package.
ASSETS: Mapping[str, Callable[[], str]] = {
    "leaflet": leaflet_script,
    "leaflet_css": drawn_leaflet_style,
    "tumen": script,
    "tumen_scene": scene_script,
    "tumen_tracks": tracks_script,
    "tumen_ground": ground_script,
    "tumen_listings": listings_script,
    "tumen_css": style,
    "tumen_tracks_css": tracks_style,
    "tumen_listings_css": listings_style,
}


@cache
def address(name: str) -> str:
    """An asset as the data: URL by which an element asks for it."""
    return data_url(ASSETS[name](), "text/css" if name.endswith("_css") else "text/javascript")
