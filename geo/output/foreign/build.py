"""The steps of a map → the styles, scripts and body of a page."""

from __future__ import annotations

import base64
import html
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import AssetError, GeoError
from geo.files import intake
from geo.geometry import basemap
from geo.output import bundle, draw
from geo.output.foreign import assets, code, glyphs, markup, saved
from geo.output.foreign.code import Ref
from geo.output.foreign.recognise import Reading, Refused, element_of
from geo.output.foreign.tree import Source, asked

REPLACED = "base map inside this file, in the place of online tiles"
_PICTURE = re.compile(r"data:image/[\w.+-]+[;,]")
_BLOCK = re.compile(
    r'<script type="(application/json|application/gzip|text/plain)" id="([\w]+)">(.*?)</script>',
    re.DOTALL,
)
_SHEETS = re.compile(r"<link\b[^>]*\bstylesheet\b[^>]*>", re.IGNORECASE)
# A map's box, inside the part of a figure that it stands in.
_MAP = re.compile(
    r'(?:<div id="(?P<part>div_\w+)">\s*)?'
    r'<div class="folium-map" id="(?P<map>\w+)"[^>]*>\s*</div>(?(part)\s*</div>)'
)


@dataclass
class Parts:
    """A map as the parts of a page: style sheets and scripts in order, and the body."""

    styles: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    body: str = ""


def parts(source: Source, folder: Path | None = None, *, memory_bytes: int | None = None) -> Parts:
    """What a page of a map consists of. Raises AssetError for what cannot be carried.

    `folder` holds npm packages of the user, for what no Python package carries; `memory_bytes` is
    what may be used, None for what the kit may use for one file.
    """
    texts = itertools.chain(source.head, source.body, source.script, source.reveal.values())
    bounded(sum(map(len, texts)), memory_bytes)
    reading = _read(source)
    links = [*source.links, *(one for text in _loose(source, reading) for one in asked(text))]
    added = _added(links, folder)
    page = _Page(reading)
    page.left |= dict.fromkeys(assets.idle(links))
    page.lay_body(source)
    steps = page.encoded()
    for path in sorted({s["path"] for s in steps if "path" in s}):
        scripts, styles = assets.supplied(path, folder)
        added.scripts += scripts
        added.styles += styles
    kinds = [s.get("make") or s["call"] for s in steps]
    kinds += ["awesomeIcon"] if any(_pinned(s) for s in steps) else []
    whole = any(kind == "own" for kind in kinds)
    offset = any(_offset(s) for s in steps)
    scripts = assets.own(kinds, whole=whole, more=["lines.js"] if offset else [])
    sheets = [bundle.leaflet_style(), bundle.every_style() if whole else "", assets.style()]
    own = [_sheet(text, reading, page) for text in (*_styles(source), *page.styles)]
    return Parts(
        [*sheets, *added.styles, *own],
        [bundle.leaflet_script(), *scripts, *added.scripts, assets.start()],
        "\n".join([*page.divs, *page.own, *page.blocks.values(), *page.closing(steps)]),
    )


def bounded(size: int, memory_bytes: int | None = None) -> None:
    """Refuse a map whose texts, of so many signs, would take more memory than is allowed."""
    most = memory_bytes or intake.CEILING
    if size * NEED > most:
        raise GeoError(
            f"the map holds {size / 1e6:,.0f} MB of features and texts, at most "
            f"{most // NEED / 1e6:,.0f} MB are read; simplify them, draw their file with geo map, "
            f"or allow more: --memory {-(-size * NEED // 10**9)}GB (memory_bytes)"
        )


def _offset(step: Mapping[str, Any]) -> bool:
    args = step["args"]
    return step.get("make") == "polyline" and len(args) > 1 and bool((args[1] or {}).get("offset"))


def _pinned(step: Mapping[str, Any]) -> bool:
    """Whether a step makes pins of its own: points of GeoJson, markers of a fast cluster."""
    if step.get("make") == "geoJson" and len(step["args"]) > 1:
        return (step["args"][1].get("$pointToLayer") or {}).get("icon") == "Icon"
    return step.get("make") == "fastCluster"


def _read(source: Source) -> Reading:
    reading = Reading(reveal=source.reveal, more=dict.fromkeys(assets.SUPPLIED, "supplied"))
    loose = _loose(source, reading)
    inside = [s for t in (*source.head, *loose) for s in saved.SCRIPT.findall(t)]
    for text in [*inside, *source.script]:
        reading.read(text)
    return reading


def _loose(source: Source, reading: Reading) -> list[str]:
    """What the author put beside the map, without this kit's elements and inert blocks."""
    own = [_OWN.sub("", text) for text in source.body]
    return [_BLOCK.sub("", reading.values.shown(text)) for text in own]


def _added(links: Sequence[tuple[str, str, str]], folder: Path | None) -> Parts:
    """Files that the map's author asked for beyond folium's own."""
    found = Parts()
    for kind, name, address in assets.unknown(links):
        text = assets.asked(kind, name, address, folder, "an element of the map")
        (found.styles if kind == "style" else found.scripts).append(text)
    return found


def _styles(source: Source) -> list[str]:
    return [s for text in (*source.head, *source.body) for s in saved.STYLE.findall(text)]


def _sheet(text: str, reading: Reading, page: _Page) -> str:
    kept, left = markup.sheet(reading.values.shown(text))
    page.left |= dict.fromkeys(left)
    return page.renamed(kept)


class _Page:
    """Numbers instead of random names, trees instead of markup, and the body in order."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.numbers: dict[str, str] = {}
        self.divs: list[str] = []
        self.own: list[str] = []
        self.blocks: dict[str, str] = {}
        self.glyphs: dict[str, glyphs.Glyph] = {}
        self.before: list[dict[str, Any]] = []
        self.styles: list[str] = []
        self.left: dict[str, None] = {}  # in words, in order

    # --- the body --------------------------------------------------------------------------------

    def lay_body(self, source: Source) -> None:
        """Map boxes and inert blocks stand in the page; other markup becomes trees."""
        text = _OWN.sub(self._own_part, "\n".join(source.body))
        text = _BLOCK.sub(self._block, saved.STYLE.sub("", text))
        last = 0
        for found in _MAP.finditer(text):
            self._loose(text[last : found.start()], "before" if not self.divs else "after")
            last = found.end()
            box = (
                f'<div class="folium-map" id="{self.renamed(found["map"])}" role="application" '
                'aria-label="Map"></div>'
            )
            part = found["part"]
            self.divs.append(f'<div id="{self.renamed(part)}">{box}</div>' if part else box)
        self._loose(text[last:], "after")
        if not self.divs:
            raise GeoError("the map has no box on its page; give a whole folium map")

    def _loose(self, text: str, where: str) -> None:
        shown = self.reading.values.shown(text).strip()
        shown = re.sub(r"<img id=\"scroll_zoom_toggler_\w+\".*?</img>", "", shown, flags=re.DOTALL)
        if not shown.strip():
            return
        self.styles += saved.STYLE.findall(shown)
        for read in (saved.SCRIPT, saved.STYLE, _SHEETS):
            shown = read.sub("", shown)
        trees = markup.tree(self.renamed(shown), ids=True)
        self.before.append(
            {"make": "markup", "id": f"markup_{len(self.before)}", "args": [where, trees]}
        )

    def _block(self, found: re.Match[str]) -> str:
        kind, name, text = found.groups()
        if kind == "application/gzip":
            try:
                kind, text = "application/json", intake.unpacked(text)
            except ValueError as error:
                raise Refused(f"the block {name} cannot be unpacked: {error}") from error
        if kind == "text/plain" and not re.fullmatch(r"[A-Za-z0-9+/=\s]*", text):
            raise Refused(f"the block {name} holds what is no packed data")
        try:
            value = draw.inert(json.loads(text)) if kind == "application/json" else text.strip()
        except ValueError as error:
            raise Refused(f"the block {name} is no JSON") from error
        packs = json.loads(text).get("packs") if kind == "application/json" else None
        if packs:
            value = draw.inert({**json.loads(text), "packs": [self.renamed(p) for p in packs]})
        self.blocks[name] = draw.block(self.renamed(name), kind, value)
        return ""

    def _own_part(self, found: re.Match[str]) -> str:
        inner = self.renamed(found[1])
        boxes = _MAP.search(inner)
        (self.divs if boxes else self.own).append(inner.strip())
        return ""

    # --- names -----------------------------------------------------------------------------------

    def renamed(self, text: str) -> str:
        """A text with folium's random digits as numbers, in order of appearance."""
        return code.NAME.sub(lambda found: f"{found[1]}_{self._number(found[2])}", text)

    def _number(self, digits: str) -> str:
        return self.numbers.setdefault(digits, str(len(self.numbers) + 1))

    # --- steps -----------------------------------------------------------------------------------

    def encoded(self) -> list[dict[str, Any]]:
        """The steps as JSON, names numbered, pictures and texts made safe."""
        return [self._step(step) for step in (*self.reading.steps, *self.before)]

    def _step(self, step: Mapping[str, Any]) -> dict[str, Any]:
        kind = step.get("make") or step["call"]
        change = getattr(self, f"_args_{kind}", None)
        args = change(step["args"]) if change else step["args"]
        coded = [self._value(arg) for arg in args]
        made: dict[str, Any] = {k: v for k, v in step.items() if k not in {"args", "id", "on"}}
        made |= {k: self._name(step[k]) for k in ("id", "on") if k in step}
        made["args"] = coded
        if not _holds_names(coded):
            made["plain"] = 1
        return made

    def _name(self, name: str) -> str:
        return self.renamed(name)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return {"$": self._named(value)}
        if isinstance(value, list):
            if len(value) == 4 and value[0] == markup.LEFT and set(value[1]) == {"what"}:
                self.left.setdefault(value[1]["what"])
                return ""
            return [v if type(v) in (float, int) else self._value(v) for v in value]
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
            return None
        if isinstance(value, str) and value in self.reading.made:
            return self.renamed(value)
        return value

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        if set(value) == {"$block"}:
            return {"$$": [["id", self.renamed(value["$block"])]]}
        if isinstance(value.get("icon"), str) and "class" in value:
            self._glyph(value["icon"])
        pairs = [[self._text(k), self._value(v)] for k, v in value.items()]
        if any(k in {"$", "$$"} for k, _ in pairs):
            return {"$$": pairs}
        return dict(pairs)

    def _text(self, key: str) -> str:
        return self.renamed(key) if key in self.reading.made else key

    def _named(self, ref: Ref) -> str:
        if ref.name in self.reading.made or re.fullmatch(r"L\.CRS\.\w+", ref.name):
            return self._name(ref.name)
        raise Refused(f"{element_of(ref.name)}: the script uses {ref.name!r}, which nothing makes")

    def _glyph(self, name: str) -> str:
        found = glyphs.drawing(name) if name else None
        if found:
            self.glyphs[name] = found
        return name if found else ""

    # --- what single kinds need ------------------------------------------------------------------

    def _args_map(self, args: list[Any]) -> list[Any]:
        return [self.renamed(str(args[0])), *args[1:]]

    def _args_tiles(self, args: list[Any]) -> list[Any]:
        said = f"{draw.ATTRIBUTION} · {REPLACED}"
        options = dict(args[-1]) if isinstance(args[-1], dict) else {}
        if args[0]["wms"]:
            said = f"online layer {options.get('layers', '')} not carried".replace("  ", " ")
        kept = {k: options[k] for k in ("maxZoom", "minZoom") if k in options}
        return [args[0], {**kept, "$said": said}]

    def _args_awesomeIcon(self, args: list[Any]) -> list[Any]:
        return [self._iconed(dict(args[0]) if args else {})]

    def _iconed(self, options: dict[str, Any]) -> dict[str, Any]:
        prefix, icon = str(options.get("prefix", "glyphicon")), str(options.get("icon", "home"))
        return {**options, "$glyph": self._glyph(glyphs.key(prefix, icon))}

    def _args_beautifyIcon(self, args: list[Any]) -> list[Any]:
        options = dict(args[0])
        glyph = self._glyph(glyphs.key("fa", str(options.get("icon", "leaf"))))
        own = {"$style": "iconStyle", "$inner": "innerIconStyle"}
        styles = {k: markup.safe_styles(str(options.pop(v, ""))) for k, v in own.items()}
        return [{**options, "$glyph": glyph, **styles}]

    def _args_divIcon(self, args: list[Any]) -> list[Any]:
        return [_treed(dict(args[0]) if args else {}, "html")]

    def _args_pictureIcon(self, args: list[Any]) -> list[Any]:
        options = dict(args[0])
        for name in ("iconUrl", "shadowUrl", "iconRetinaUrl"):
            if options.get(name):
                _picture(options[name], "CustomIcon")
        return [options]

    def _args_imageOverlay(self, args: list[Any]) -> list[Any]:
        _picture(args[0], "ImageOverlay")
        return args

    def _args_layerControl(self, args: list[Any]) -> list[Any]:
        base, over, *rest = args
        return [self._pairs(base), self._pairs(over), *rest]

    def _pairs(self, layers: Mapping[str, Any] | None) -> list[Any]:
        return [[markup.tree(self._text(name)), layer] for name, layer in (layers or {}).items()]

    def _args_groupedLayers(self, args: list[Any]) -> list[Any]:
        groups = [[markup.tree(k), self._pairs(v), k] for k, v in (args[1] or {}).items()]
        return [None, groups, *args[2:]]

    def _args_treeLayers(self, args: list[Any]) -> list[Any]:
        return [_labelled(args[0]), _labelled(args[1]), *args[2:]]

    def _args_geoJson(self, args: list[Any]) -> list[Any]:
        options = dict(args[1]) if len(args) > 1 else {}
        point = options.get("$pointToLayer")
        if point and point.get("icon") == "DivIcon":
            options["$pointToLayer"] = {
                **point,
                "iconOptions": _treed(dict(point["iconOptions"]), "html"),
            }
        if point and point.get("icon") == "Icon":
            options["$pointToLayer"] = {
                **point,
                "iconOptions": self._iconed(dict(point["iconOptions"])),
            }
        return [args[0], options]

    def _args_timeLayer(self, args: list[Any]) -> list[Any]:
        told, data, *rest = args
        features = data["features"] if data.get("type") == "FeatureCollection" else [data]
        shown = [_said_in(feature) for feature in features]
        return [told, {"type": "FeatureCollection", "features": shown}, *rest]

    def _said(self) -> list[str]:
        """What was left out of the map's markup and of the files it asks for, in one sentence."""
        named = list(self.left)
        more = [f"and {len(named) - MOST_LEFT} more"] if len(named) > MOST_LEFT else []
        words = ", ".join([*named[:MOST_LEFT], *more])
        return [f"Left out, as an offline page has no such thing: {words}"] if named else []

    # --- what closes the body --------------------------------------------------------------------

    def closing(self, steps: Sequence[Mapping[str, Any]]) -> list[str]:
        """The steps and the base map, as blocks that nothing runs."""
        value: dict[str, Any] = {"steps": list(steps), "glyphs": dict(sorted(self.glyphs.items()))}
        notices = glyphs.notices(self.glyphs) if self.glyphs else []
        notices += [html.escape(text) for text in self._said()]
        if notices:
            value["notices"] = notices
        kinds = {s.get("make") for s in steps}
        if kinds & _PINNED or "on:clickMarker" in {s.get("call") for s in steps}:
            value["pictures"] = {n: bundle.picture(f"images/{f}.png") for n, f in _PINS.items()}
        blocks = [draw.block("foreign", "application/json", draw.inert(value))]
        if "tiles" in kinds:
            pack = base64.b64encode(basemap.world()).decode("ascii")
            blocks.append(draw.block("foreign-world", "text/plain", pack))
        return blocks


NEED = 57  # bytes of memory for each sign of a map: 62 MB of GeoJSON take 3.5 GB
MOST_LEFT = 8  # named one by one; more are counted
_OWN = re.compile(r"<!--tumen-->(.*?)<!--/tumen-->", re.DOTALL)
_PINNED = frozenset({"marker", "geoJson", "timeLayer", "timeline"})
_PINS = {"iconUrl": "marker-icon", "iconRetinaUrl": "marker-icon-2x", "shadowUrl": "marker-shadow"}


def _holds_names(value: Any) -> bool:
    if isinstance(value, list):
        return any(type(v) not in (float, int, str) and _holds_names(v) for v in value)
    if isinstance(value, dict):
        return "$" in value or "$$" in value or any(_holds_names(v) for v in value.values())
    return False


def _treed(options: dict[str, Any], name: str) -> dict[str, Any]:
    if isinstance(options.get(name), str):
        options[name] = markup.tree(options[name])
    return options


def _picture(address: Any, element: str) -> None:
    if not isinstance(address, str) or not _PICTURE.match(address):
        raise AssetError(
            f"{element}: the picture {str(address)[:100]!r} is an address, which an offline page "
            "cannot ask for; give folium the file on your disk, which it puts into the map"
        )


def _labelled(node: Any) -> Any:
    if isinstance(node, list):
        return [_labelled(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {k: _labelled(v) if k == "children" else v for k, v in node.items()}
    if isinstance(made.get("label"), str):
        made["label"] = markup.tree(made["label"])
    return made


def _said_in(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A feature whose popup and tooltip are trees."""
    properties = dict(feature.get("properties") or {})
    for name in ("popup", "tooltip"):
        if properties.get(name):
            properties[name] = markup.tree(str(properties[name]))
    return {**feature, "properties": properties}
