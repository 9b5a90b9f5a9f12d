"""The files a map asks for: which our own code stands in for, and which a user must supply.

Our own files of geo/web/foreign are put into a page by what it makes: a map without clusters
brings no code for clusters. A file of an element we have no code for comes from a folder of npm
packages that the user names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from geo.errors import AssetError
from geo.output import bundle

ALWAYS = ("text.js", "run.js", "shapes.js")
ORDER = (
    *ALWAYS,
    "controls.js",
    "geojson.js",
    "icons.js",
    "layerlists.js",
    "lines.js",
    "cluster.js",
    "heat.js",
    "views.js",
    "measure.js",
    "time.js",
    "extras.js",
    "supplied.js",
)
# What a file of ours uses of others.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "cluster.js": ("icons.js",),
    "layerlists.js": ("controls.js",),
    "views.js": ("controls.js",),
    "measure.js": ("controls.js",),
    "time.js": ("controls.js", "heat.js"),
    "extras.js": ("controls.js",),
}
# The base map and what it stands on; with elements of this kit comes the whole runtime instead.
RUNTIME = (
    "core.js",
    "rules.js",
    "sizing.js",
    "decode.js",
    "relief.js",
    "basemap.js",
    "placement.js",
    "labels.js",
    "base.js",
)
_KIND = re.compile(r"^\s*(?:make|calls|F\.make|F\.calls)(?:\.(\w+)|\['([\w:]+)'\]) =", re.MULTILINE)


@dataclass(frozen=True)
class Wanted:
    """Files that an element needs and no Python package carries, by npm package."""

    element: str
    packages: tuple[str, ...]


# By what a script calls. Our page makes the thing from the file the user supplies.
SUPPLIED: Mapping[str, Wanted] = {
    "L.control.locate": Wanted("LocateControl", ("leaflet.locatecontrol",)),
    "L.control.tagFilterButton": Wanted(
        "TagFilterButton", ("leaflet-easybutton", "leaflet-tag-filter-button")
    ),
}


@cache
def known() -> Mapping[str, str]:
    """The files folium's elements ask for: end of the address → name."""
    text = (files("geo.output.foreign") / "assets.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


@cache
def _texts() -> Mapping[str, str]:
    folder = files("geo") / "web" / "foreign"
    return {name: (folder / name).read_text(encoding="utf-8") for name in ORDER}


@cache
def file_of() -> Mapping[str, str]:
    """The file of ours in which each kind of thing and each call stands."""
    return {
        found[1] or found[2]: name
        for name, text in _texts().items()
        for found in _KIND.finditer(text)
    }


def own(kinds: Iterable[str], *, whole: bool, more: Iterable[str] = ()) -> list[str]:
    """The scripts a page needs: the runtime, then our files for what it makes, then the start."""
    names = {file_of()[kind] for kind in kinds} | {*ALWAYS, *more}
    for _ in ORDER:  # until nothing is added: chains are short
        names |= {other for name in names for other in NEEDS.get(name, ())}
    runtime = bundle.runtime() if whole else bundle.joined(RUNTIME)
    foreign = [bundle.bare(_texts()[name]) for name in ORDER if name in names]
    return [runtime, "\n".join(foreign)]


@cache
def start() -> str:
    """The last script, which runs the steps."""
    return (files("geo") / "web" / "foreign" / "start.js").read_text(encoding="utf-8")


@cache
def style() -> str:
    """The style sheet of foreign maps."""
    return (files("geo") / "web" / "foreign" / "foreign.css").read_text(encoding="utf-8")


# --- what a user supplies ------------------------------------------------------------------------


def unknown(links: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The files a map asks for that none of folium's elements does."""
    names = set(known().values())
    return [
        (kind, name, address)
        for kind, name, address in links
        if name not in names
        and _end(address) not in known()
        and not _ours(name, address)
        and not _is_idle(kind, address)
    ]


def idle(links: Sequence[tuple[str, str, str]]) -> list[str]:
    """What a map asks for and nothing of it uses, or what our own code stands in for, in words.

    A script of a map is read statement by statement, so none that is carried calls a library.
    """
    found = [
        _said(address)
        for kind, name, address in links
        if _end(address) not in known() and not _ours(name, address) and _is_idle(kind, address)
    ]
    return list(dict.fromkeys(found))


# Libraries that maps are saved with, of any version and in any of their files; online letters.
_LIBRARIES = re.compile(
    r"(?:jquery|bootstrap|popper|leaflet|font-?awesome|fontawesome|fa-|all|regular|solid|brands|"
    r"v4-shims|glyphicons|tether|modernizr|d3|topojson|moment|underscore|lodash|Control\.|MarkerCluster)"
    r"[\w.@~-]*\.(?:js|css)",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"(?:https?:)?//(?:fonts\.[\w.]+|use\.typekit\.net|kit\.fontawesome\.com)/", re.I
)


def _is_idle(kind: str, address: str) -> bool:
    letters = kind == "style" and _LETTERS.match(address)
    return bool(letters or _LIBRARIES.fullmatch(_end(address)))


def _said(address: str) -> str:
    """A library by its file, letters by who sends them."""
    letters = _LETTERS.match(address)
    return letters[0].split("/")[2] if letters else _end(address) or "a style sheet"


def _ours(name: str, address: str) -> bool:
    return name in bundle.ASSETS or address in map(bundle.address, bundle.ASSETS)


def _end(address: str) -> str:
    return address.split("?")[0].rsplit("/", 1)[-1]


def asked(kind: str, name: str, address: str, folder: Path | None, element: str) -> str:
    """The text of a file the map's author added; AssetError says how to supply it."""
    end = _end(address)
    found = sorted(folder.rglob(end)) if folder and re.fullmatch(r"[\w.@-]+", end) else []
    if not found:
        where = (
            f"--assets {folder} holds no {end}" if folder else f"give --assets FOLDER with {end}"
        )
        raise AssetError(
            f"{element}: the map asks for the {kind} {name!r} ({address[:100]}), which no "
            f"installed package carries; {where}, of the npm package it is in, or "
            "remove the element"
        )
    return _read(found[0])


def supplied(path: str, folder: Path | None) -> tuple[list[str], list[str]]:
    """(scripts, styles) of the npm packages that a call needs. Raises AssetError."""
    wanted = SUPPLIED[path]
    texts: tuple[list[str], list[str]] = ([], [])
    for package in wanted.packages:
        root = next(iter(_package(package, folder)), None)
        if root is None:
            raise AssetError(
                f"{wanted.element}: the map needs {package}, which no Python package carries; "
                f"run npm install {package} and give --assets FOLDER, the node_modules it made"
                + (f" ({folder} does not hold it)" if folder else "")
            )
        script, style = _main(root)
        texts[0].append(_read(script))
        texts[1].extend([_read(style)] if style else [])
    return texts


def _package(name: str, folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    places = [folder / name, folder / "node_modules" / name]
    return [place for place in places if (place / "package.json").is_file()]


def _main(root: Path) -> tuple[Path, Path | None]:
    """The script a package names as its own, minified or not, and the style beside it."""
    said = json.loads(_read(root / "package.json"))
    named = said.get("unpkg") or said.get("jsdelivr") or said.get("main") or "index.js"
    script = (root / str(named)).resolve()
    if not script.is_relative_to(root.resolve()) or not script.is_file():
        raise AssetError(f"{root}: its package.json names no script that is there")
    sheets = sorted(
        p for p in root.rglob("*.css") if "node_modules" not in p.relative_to(root).parts
    )
    short = [p for p in sheets if p.name.endswith(".min.css")] or sheets
    return script, (short[0] if short else None)


def _read(path: Path) -> str:
    try:
        return re.sub(r"\n?//# sourceMappingURL=.*", "", path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise AssetError(f"{path}: cannot be read: {error}") from error
