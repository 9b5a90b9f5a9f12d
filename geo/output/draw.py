"""Scene → a fresh folium map. The only importer of folium.

Every drawing is an ordinary folium element. Its values travel as JSON in an inert block and reach
the page as text: nothing of the data passes through a template (branca would compile the text of
an element a second time and evaluate a `{{` in an attribute; ours is taken as it is).
"""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, ClassVar

import folium
from branca.element import Element, MacroElement, Template
from folium.elements import JSCSSMixin
from folium.map import Layer

from geo.errors import GeoError, check_type
from geo.folder import credits
from geo.geometry import countries, lighter, rivers, seas
from geo.geometry import ground as grounds
from geo.output import bundle, templates
from geo.scene import compact, locator, style
from geo.scene.model import Scene
from geo.tracks import definitions, trackset
from geo.tracks.trackset import TrackSet

__all__ = [
    "ATTRIBUTION",
    "SVG_MOST",
    "Basemap",
    "Choices",
    "Clock",
    "Controls",
    "Features",
    "Ground",
    "Key",
    "Legend",
    "Listings",
    "Many",
    "Map",
    "Pipes",
    "Places",
    "Ready",
    "Table",
    "Tracks",
    "WhatIf",
    "block",
    "data_block",
    "inert",
    "lay",
    "lightened",
    "lines",
    "parts",
    "scene",
]

PACKED_LENGTH = 4_000  # characters; the browser unpacks them in a few milliseconds
SVG_MOST = 300  # lines; beyond it a canvas is faster
MAX_ZOOM = 14  # beyond it the coast is a few straight lines
CLOSER, NEAREST_ZOOM = 3, 20  # of a ground of one's own, as geo/web/ground.js has them
ATTRIBUTION = "GSHHG · WDBII · GeoNames · borders not authoritative"
LIGHT_BYTES = 52_000  # of a detailed ground in a notebook, which keeps every map it has shown
SIMPLIFIED = "shores simplified for the notebook"


def inert(value: Any) -> str:
    """JSON that neither an HTML parser nor a template engine can read as anything else."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    for opening in ("{{", "{%", "{#"):  # only ever inside a string: JSON has {" or {}
        text = text.replace(opening, f"\\u007b{opening[1]}")
    return text


class Map(folium.Map):
    """A folium map that brings Leaflet and our runtime, and no online tiles or other libraries.

    `scene` is the scene it draws, which `page.save` sets in its frame.
    """

    _template = Template("""
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name() }}" role="application"
                 aria-label="Map"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {{ this.leaflet }});
            {{ this.get_name() }}.fitBounds({{ this.bounds_json }});
        {% endmacro %}
    """)
    default_js: ClassVar = [
        ("leaflet", bundle.address("leaflet")),
        ("tumen", bundle.address("tumen")),
    ]
    default_css: ClassVar = [
        ("leaflet_css", bundle.address("leaflet_css")),
        ("tumen_css", bundle.address("tumen_css")),
    ]

    def __init__(self, bounds: Sequence[float], *, scene: Scene | None = None) -> None:
        """Make an empty map that shows `bounds` (west, south, east, north in degrees)."""
        west, south, east, north = bounds
        super().__init__(location=[(south + north) / 2, (west + east) / 2], tiles=None)
        self._name = "map"
        self.scene = scene
        self.title = scene.title if scene else "Map"
        self.bounds_json = json.dumps([[south, west], [north, east]])
        self.leaflet = json.dumps(
            {
                "zoomSnap": 0.25,
                "minZoom": 2,
                "maxZoom": MAX_ZOOM,
                "zoomControl": True,
                "worldCopyJump": False,
                "wheelPxPerZoomLevel": 120,
            }
        )


class _Text(Element):
    """Text that is rendered as it is: no engine compiles it, whatever it holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._template_str = text

    def render(self, **_: Any) -> str:
        return str(self._template_str)


class _Block(JSCSSMixin, MacroElement):
    """An element whose value stands in an inert block and is drawn by our runtime."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            Tumen.add("{{ this.kind }}", {{ this._parent.get_name() }}, "{{ this.get_name() }}");
        {% endmacro %}
    """)
    default_js: ClassVar = [("tumen", Map.default_js[1][1])]
    default_css: ClassVar = [("tumen_css", Map.default_css[1][1])]
    kind = ""

    def __init__(self, value: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = self.kind
        self.value = value

    def render(self, **kwargs: Any) -> None:
        """Add the script to the page, and the blocks as text."""
        super().render(**kwargs)
        self.get_root().html.add_child(_Text(self.markup()), name=self.get_name())

    def markup(self) -> str:
        """The inert blocks of this element."""
        return data_block(self.get_name(), self.value)


def kept(element: Element) -> Iterator[Any]:
    """Values of an element and of those in it that rendering only reads, however large."""
    own = vars(element)
    yield from (own[name] for name in ("value", "scene", "packs", "pack") if name in own)
    for child in element._children.values():
        yield from kept(child)


def data_block(name: str, value: Any) -> str:
    """A value as an inert block: JSON, or where it is long the same as gzip in base64."""
    text = inert(value)
    if len(text) < PACKED_LENGTH:
        return block(name, "application/json", text)
    return block(name, "application/gzip", bundle.gzipped(text))


def block(name: str, kind: str, text: str) -> str:
    """A script element that no browser runs."""
    return f'<script type="{kind}" id="{name}">{text}</script>'


class Basemap(_Block):
    """The embedded base map: packed world and region, drawn on one canvas below everything."""

    kind = "basemap"

    def __init__(
        self,
        packs: Sequence[bytes],
        *,
        own_names: Sequence[str] = (),
        view: tuple[float, float, float, float] | None = None,
        lang: str = "en",
    ) -> None:
        """Take packed layers, the world first; `own_names` are labels the map draws itself.

        With a view (west, south, east, north) its seas and rivers bear their names, in `lang` until
        a reader chooses another; a small one has a locator.
        """
        super().__init__({})
        water = (*seas.named(view), *rivers.named(view, packs)) if view else ()
        self.seas = [one.value() for one in water]
        self.countries = [asdict(one) for one in countries.named(view, packs)] if view else []
        near = locator.of(view, packs) if view else None
        self.lang, self.locator = lang, near.value() if near else None
        self.packs = [base64.b64encode(data).decode("ascii") for data in packs]
        self.own_names = list(own_names)
        self.attribution = ATTRIBUTION

    def lighten(self) -> None:
        """Simplify every pack but the first, the world, to fewer bytes, and say so on the map."""
        whole = [base64.b64decode(text) for text in self.packs]
        few = [*whole[:1], *(lighter.lighter(data, LIGHT_BYTES) for data in whole[1:])]
        if few != whole:
            self.packs = [base64.b64encode(data).decode("ascii") for data in few]
            self.attribution = f"{ATTRIBUTION} · {SIMPLIFIED}"

    def markup(self) -> str:
        """The value block, one block for each pack, and one of what the view alone has."""
        names = [f"{self.get_name()}_{n}" for n in range(len(self.packs))]
        value: dict[str, Any] = {"packs": names, "own": self.own_names}
        value["attribution"] = self.attribution
        more = [block(n, "text/plain", p) for n, p in zip(names, self.packs, strict=True)]
        if self.seas or self.countries or self.locator:
            value["seen"] = f"{self.get_name()}_seen"
            seen: dict[str, Any] = {
                "seas": self.seas,
                "countries": self.countries,
                "lang": self.lang,
            }
            seen |= {"locator": self.locator} if self.locator else {}
            more.append(block(value["seen"], "application/gzip", bundle.gzipped(inert(seen))))
        return "\n".join([block(self.get_name(), "application/json", inert(value)), *more])


@contextmanager
def lightened(element: Element) -> Iterator[None]:
    """Every base map around an element on fewer bytes, as long as this lasts."""
    found = [*_base_maps(element.get_root())]
    before = [(ground.packs, ground.attribution) for ground in found]
    for ground in found:
        ground.lighten()
    try:
        yield
    finally:
        for ground, (packs, attribution) in zip(found, before, strict=True):
            ground.packs, ground.attribution = packs, attribution


def _base_maps(element: Element) -> Iterator[Basemap]:
    """The base maps within an element, at any depth."""
    if isinstance(element, Basemap):
        yield element
    for child in element._children.values():
        yield from _base_maps(child)


class _Overlay(_Block, Layer):
    """A block that is a layer: folium's LayerControl switches it by its name."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.layerGroup();
            Tumen.add("{{ this.kind }}", {{ this._parent.get_name() }}, "{{ this.get_name() }}",
                      {{ this.get_name() }});
        {% endmacro %}
    """)

    def __init__(self, value: Mapping[str, Any], *, name: str, show: bool = True) -> None:
        super().__init__(value)
        self.layer_name, self.show = name, show
        self.overlay, self.control = True, True


def _and(name: str) -> list[tuple[str, str]]:
    """The scripts of an element that needs more than our runtime."""
    return [*_Block.default_js, (name, bundle.address(name))]


TRACK_COLOURS = ("vessel", "speed", "time")
MOVES = ("vessel", "vessels", "ship")  # words of the page for what moves
SCENE_JS = _and("tumen_scene")


def _dressed(name: str) -> list[tuple[str, str]]:
    """The style sheets of an element that needs one more than all have."""
    return [*_Block.default_css, (name, bundle.address(name))]


class Pipes(_Overlay):
    """The lines of a scene in SVG: casing, core, arrowhead, figure, popup with every claim.

    Add it to any folium map, before the elements that follow it (`Key`, `Clock`, `WhatIf`):

        m = folium.Map(tiles=None)
        geo.draw.Pipes(scene).add_to(m)
        folium.LayerControl().add_to(m)
        geo.page.save(m, "mine.html")

    `name` is what a LayerControl calls it; `show` False leaves it off at first.
    """

    kind = "pipes"
    default_js: ClassVar = SCENE_JS

    def __init__(self, scene: Scene, *, name: str = "Flows", show: bool = True) -> None:
        """Take the lines of a scene."""
        value = compact.lines(scene.drawing("pipes", "totals", "scale"))
        super().__init__(value, name=name, show=show)


class Many(Pipes):
    """The lines of a scene on one canvas: for hundreds to tens of thousands of them.

    Of the lines in view the largest are drawn in full; the rest stand as a sum, with their number,
    and come back on zoom.
    """

    kind = "many"


class Tracks(_Overlay):
    """Tracks by the million on one canvas: legend, clock, list of vessels, hover and click.

    Add it to any folium map:

        tracks = geo.trackset.of_positions(frame)
        m = folium.Map(tiles=None)
        geo.draw.Tracks(tracks).add_to(m)
        geo.page.save(m, "mine.html")

    What was thinned is said in the legend and in the page's record of provenance.
    """

    kind = "tracks"
    default_js: ClassVar = _and("tumen_tracks")
    default_css: ClassVar = _dressed("tumen_tracks_css")

    def __init__(
        self,
        tracks: TrackSet,
        *,
        name: str = "Tracks",
        color: str = "",
        show: bool = True,
        quantum_deg: float = trackset.QUANTUM_DEG,
        gaps: bool = True,
    ) -> None:
        """Take tracks; `color` is by vessel, speed or time, '' for what tells most.

        `quantum_deg` is what positions are rounded to; without `gaps` nothing is drawn across them,
        as where they are lines of their own. Raises GeoError for a colour by what the
        tracks do not have.
        """
        value = _track_value(tracks, name, color)
        super().__init__(value if gaps else {**value, "gap": ""}, name=name, show=show)
        self.provenance = {"name": name, **tracks.provenance()}
        self.inputs = dict(tracks.inputs)
        self.pack = base64.b64encode(tracks.packed(quantum_deg=quantum_deg)).decode("ascii")
        west, south, east, north = tracks.bounds
        self.bounds = [[south, west], [north, east]]

    def markup(self) -> str:
        """The value block and the block of packed tracks."""
        pack = f"{self.get_name()}_0"
        value = {**self.value, "pack": pack}
        own = block(self.get_name(), "application/json", inert(value))
        return own + "\n" + block(pack, "text/plain", self.pack)


def _track_value(tracks: TrackSet, name: str, color: str) -> dict[str, Any]:
    """What the browser needs beside the packed tracks."""
    have = {"vessel": True, "speed": tracks.speed_kn is not None, "time": tracks.time_s is not None}
    if color and not have.get(color):
        there = ", ".join(mode for mode, known in have.items() if known)
        raise GeoError(f"color {color!r}: these tracks can be coloured by {there}")
    few = len(tracks.table) <= len(style.PALETTE)
    best = "vessel" if few or not have["speed"] else "speed"
    said = [tracks.count(), tracks.simplified(), tracks.spared()]
    table = tracks.table.astype("object").where(tracks.table.notna(), None)
    return {
        "name": name,
        "color": color or best,
        "colours": style.PALETTE,
        "table": json.loads(json.dumps(table.to_dict("list"), default=str)),
        "heads": {key: definitions.said(head, tracks.kind) for key, head in trackset.heads()},
        "moves": {word: definitions.said(word, tracks.kind) for word in MOVES},
        "gap": tracks.gap(),
        "speed": tracks.speed_basis,
        "synthetic": tracks.synthetic,
        "notes": [text[:1].upper() + text[1:] + "." for text in said if text],
    }


class Places(_Overlay):
    """The places of a scene: symbol, name in the chosen language, ring of uncertainty, popup."""

    kind = "places"
    default_js: ClassVar = SCENE_JS

    def __init__(self, scene: Scene, *, name: str = "Places", show: bool = True) -> None:
        """Take the places of a scene."""
        value = {**scene.drawing("places"), "lang": scene.lang}
        super().__init__(value, name=name, show=show)


class _Part(_Block):
    """A part of the page that stands as a panel on a map without our frame."""

    default_js: ClassVar = SCENE_JS

    def __init__(self, scene: Scene, value: Mapping[str, Any] | None = None) -> None:
        super().__init__(value or {})
        self.scene = scene

    def markup(self) -> str:
        """The value, and the part's own markup where the map has no frame to hold it."""
        own = getattr(self._parent, "scene", None)
        text = "" if own is not None or not self.parts else self._hidden()
        return super().markup() + text

    def _hidden(self) -> str:
        texts = "\n".join(templates.part(name, self.scene) for name in self.parts)
        return f'<div hidden data-part="{self.kind}">{texts}</div>'

    parts: ClassVar[tuple[str, ...]] = ()


class Legend(_Part):
    """The legend of a scene: colours, evidence, sample widths, which follow the scale."""

    kind = "legend"
    parts = ("legend",)


class Table(_Part):
    """The table of every figure with its sources: sorted, chosen from, copied as CSV."""

    kind = "table"
    parts = ("table", "sources")

    def __init__(self, scene: Scene) -> None:
        """Take the rows of a scene."""
        super().__init__(scene, compact.rows(scene.rows))


class Key(_Part):
    """The figures of the period shown, the fullest first; headline and deck follow them."""

    kind = "now"


class Clock(_Part):
    """The axis of time: a period to choose, its range, play, and events that open their source.

    Add it after the lines it moves. Raises GeoError for a scene whose figures have no period.
    """

    kind = "clock"

    def __init__(self, scene: Scene) -> None:
        """Take the axis and the events of a scene."""
        if scene.clock is None:
            raise GeoError(f"{scene.title}: no figure has a period, so there is no axis of time")
        super().__init__(scene, scene.drawing("clock")["clock"])


class Choices(_Part):
    """The columns of a scene by whose values its lines are chosen, as a list on the map."""

    kind = "choices"

    def __init__(self, scene: Scene) -> None:
        """Take the choices of a scene."""
        super().__init__(scene, compact.choices(scene.drawing("choices")["choices"]))


class Listings(_Part):
    """The tables of words of a scene: sorted, chosen from by vessel or word, found on the map."""

    kind = "listings"
    default_js: ClassVar = [*SCENE_JS, ("tumen_listings", bundle.address("tumen_listings"))]
    default_css: ClassVar = _dressed("tumen_listings_css")


class WhatIf(_Part):
    """Capacities as products of factors with sliders between the sourced bounds."""

    kind = "whatif"
    parts = ("whatif",)

    def __init__(self, scene: Scene) -> None:
        """Take the products of a scene."""
        super().__init__(scene, {"products": [asdict(p) for p in scene.products]})


class Ground(_Block):
    """A ground of one's own over the base map: tiles, or packed areas, lines and names.

    Add it to any folium map after the base map, with a ground of `geo.maps.grounds.lay`.
    """

    kind = "ground"
    default_js: ClassVar = _and("tumen_ground")

    def __init__(self, value: grounds.Ground) -> None:
        """Take a ground that was cut to what the map shows."""
        super().__init__(value.value())
        self.packs = [base64.b64encode(value.pack).decode("ascii")] if value.pack else []

    def markup(self) -> str:
        """The value block, with its pictures, and one block for the pack."""
        names = [f"{self.get_name()}_{n}" for n in range(len(self.packs))]
        value = inert({**self.value, "packs": names})
        packs = [block(n, "text/plain", p) for n, p in zip(names, self.packs, strict=True)]
        return "\n".join([block(self.get_name(), "application/json", value), *packs])


class Features(_Block):
    """Any points, lines and areas with their properties in a popup."""

    kind = "features"


class Controls(_Block):
    """Scale in km and nmi, full screen, list of layers, language of names."""

    kind = "controls"


class Ready(MacroElement):
    """Marks the page ready when everything before it is drawn."""

    _template = Template("{% macro script(this, kwargs) %}Tumen.ready();{% endmacro %}")


def lay(result: Map, laid: Sequence[grounds.Ground]) -> None:
    """Lay grounds on the base map of a map that is drawn; what they name is not named twice."""
    if not laid:
        return
    base = next(one for one in result._children.values() if isinstance(one, Basemap))
    base.own_names += grounds.named(laid, [base64.b64decode(data) for data in base.packs])
    base.seas = [sea for sea in base.seas if not grounds.over(laid, sea["lon"], sea["lat"])]
    deepest = max((one.zooms[1] for one in laid), default=0)
    nearest = min(max(MAX_ZOOM, deepest + CLOSER), NEAREST_ZOOM)
    result.leaflet = json.dumps({**json.loads(result.leaflet), "maxZoom": nearest})
    every = list(result._children.items())
    at = next(n for n, (_, one) in enumerate(every) if one is base) + 1
    result._children = OrderedDict(every[:at])
    for number, one in enumerate(laid):
        own = Ground(one)
        own._name = f"ground_{number}"
        own.add_to(result)
    result._children.update(every[at:])


def scene(value: Scene, *, tracks: Sequence[Tracks] = ()) -> Map:
    """Draw a scene on a new map, with tracks over its lines."""
    check_type(value, Scene, "a scene of geo.scene")
    result = Map(value.view, scene=value)
    own = [name for place in value.places for name in place.names.values()]
    titles = {p.corridor: p.corridor_title for p in value.pipes}
    Basemap(value.packs, own_names=own, view=value.view, lang=value.lang).add_to(result)
    lay(result, value.grounds)
    for one in (*lines(value), *tracks, *parts(value)):
        one.add_to(result)
    owed = credits.attributions(value.credits)
    Controls({"corridors": titles, "attribution": owed}).add_to(result)
    Ready().add_to(result)
    return result


def lines(value: Scene) -> list[_Overlay]:
    """The places and lines of a scene, as elements of any map; what follows them is `parts`."""
    return [Places(value), (Many if len(value.pipes) > SVG_MOST else Pipes)(value)]


def parts(value: Scene) -> list[_Part]:
    """Legend, key figures, clock, sliders and tables of a scene, as far as it has them."""
    found: list[_Part] = [Legend(value), *([Key(value), Clock(value)] if value.clock else [])]
    found += [Choices(value)] if value.choices else []
    found += [WhatIf(value)] if value.products else []
    found += [Table(value)] if value.rows else []
    return found + ([Listings(value)] if any(one.listed for one in value.tables) else [])
