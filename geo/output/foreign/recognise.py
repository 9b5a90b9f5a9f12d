"""A folium map's script → a list of steps, each one thing that the page's own code can make.

Strict: a statement is a call of the table below with plain values, or has the shape of one of
folium's own templates (`forms.json`). Anything else is refused with the name of the element. What
a page gets are names of our own functions and values; no text of a script reaches it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tree_sitter import Node

from geo.errors import AssetError
from geo.output.foreign import code, decode, formula, markup
from geo.output.foreign.code import NoValueError, Ref

# What a script may call, and the kind of thing our code makes of it. Kinds are functions of
# geo/web/foreign; assets.py says in which file each stands.
MAKERS: Mapping[str, str] = {
    "L.map": "map",
    "L.tileLayer": "tiles",
    "L.tileLayer.wms": "tiles",
    "L.marker": "marker",
    "L.polyline": "polyline",
    "L.polygon": "polygon",
    "L.rectangle": "rectangle",
    "L.circle": "circle",
    "L.circleMarker": "circleMarker",
    "L.featureGroup": "featureGroup",
    "L.layerGroup": "layerGroup",
    "L.popup": "popup",
    "L.icon": "pictureIcon",
    "L.divIcon": "divIcon",
    "L.AwesomeMarkers.icon": "awesomeIcon",
    "L.BeautifyIcon.icon": "beautifyIcon",
    "L.imageOverlay": "imageOverlay",
    "L.control.layers": "layerControl",
    "L.control.scale": "scale",
    "L.control.zoom": "zoom",
    "L.geoJson": "geoJson",
    "L.markerClusterGroup": "cluster",
    "L.featureGroup.subGroup": "subGroup",
    "L.heatLayer": "heat",
    "L.polyline.antPath": "antPath",
    "L.control.fullscreen": "fullscreen",
    "L.Control.Fullscreen": "fullscreen",
    "L.Control.MiniMap": "miniMap",
    "L.Control.Zoom": "zoom",
    "L.Control.Scale": "scale",
    "L.Control.MousePosition": "mousePosition",
    "L.Control.Measure": "measure",
    "L.timeline": "timeline",
    "L.timelineSliderControl": "timelineSlider",
    "L.Control.TimeDimensionCustom": "timeControl",
    "L.timeDimension.layer.geoJson": "timeLayer",
    "L.control.groupedLayers": "groupedLayers",
    "L.control.layers.tree": "treeLayers",
    "L.Polyline.fromEncoded": "polyline",
    "L.Polygon.fromEncoded": "polygon",
    "L.PolyLine.fromEncoded": "polyline",
    "L.terminator": "terminator",
    "L.semiCircle": "semiCircle",
    "L.RegularPolygonMarker": "regularPolygon",
    "L.boatMarker": "boat",
    "L.StripePattern": "stripes",
    "L.PatternCircle": "patternCircle",
    "L.Pattern": "pattern",
    "L.control.sideBySide": "sideBySide",
}
# What may be done to a thing.
METHODS = frozenset(
    [
        "addTo",
        "addControl",
        "addLayer",
        "addTimelines",
        "bindPopup",
        "bindTooltip",
        "bringToFront",
        "fitBounds",
        "openPopup",
        "remove",
        "setDirection",
        "setHeading",
        "setHeadingWind",
        "setIcon",
        "setText",
        "sync",
        "addShape",
        "bringToBack",
        "openTooltip",
        "setZIndex",
        "setView",
        "setStyle",
    ]
)
_SWITCHES = ("L_NO_TOUCH", "L_DISABLE_3D")
# What no page can have, by what a script calls.
_NEVER: Mapping[str, str] = {
    "L.videoOverlay": "a film does not fit into the page; leave it out, or lay a picture in its "
    "place with ImageOverlay",
    "L.Control.geocoder": "it asks a server for each search; search what is on the map with Search",
    "L.vectorGrid": "its tiles come from a server; give the features as GeoJson",
    "L.realtime": "it asks a server again and again; give the features of one moment as GeoJson",
}
# Shapes that say nothing a page needs: what they prepare is built in.
_TOLD_ALREADY = frozenset({"measure-icon", "heat-time-layer", "heat-time-control"})


class Refused(AssetError):
    """A part of a map that no page can carry."""


@cache
def forms() -> Mapping[str, dict[str, Any]]:
    """The shapes of folium's own templates by digest, as tools/list_forms.py finds them."""
    text = (files("geo.output.foreign") / "forms.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def element_of(text: str) -> str:
    """The name of the element that a piece of script belongs to."""
    found = code.NAME.search(text)
    return "".join(p.title() for p in found[1].split("_")) if found else "a script"


@dataclass
class Reading:
    """What has been read of a script so far."""

    reveal: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)  # calls that a user's assets bring
    steps: list[dict[str, Any]] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    unknown: list[code.Shape] = field(default_factory=list)
    switches: dict[str, Any] = field(default_factory=dict)
    collecting: bool = False  # note every shape that is no plain call, and go on

    def __post_init__(self) -> None:
        """Values see what is known as it grows."""
        self.values = code.Values(self.known, self.reveal)

    def read(self, text: str) -> None:
        """Take in a script, statement by statement. Raises Refused."""
        text = re.sub(r"\{\{'(\w+)'\}\}", r"\1", text)  # a pattern's name inside a style
        for node in code.statements(text):
            self.statement(node)

    def statement(self, node: Node) -> None:
        """Take in one statement. Raises Refused."""
        if node.has_error:
            raise self.refusal(node, "is no script that can be read")
        try:
            done = self._by_kind(node)
        except NoValueError:
            done = False
        if not done and not self._by_shape(node):
            self._not_known(node)

    def _not_known(self, node: Node) -> None:
        if not self.collecting:
            raise self.refusal(node, self._why(node))
        said = self._said(node) if node.type == "function_declaration" else None
        self.unknown.append(code.shape(node, self.values, skip=said))

    def refusal(self, node: Node, why: str) -> Refused:
        """The error for a statement, with the element it belongs to."""
        text = " ".join(code.text_of(node).split())
        said = " ".join(self.values.shown(text).split())
        return Refused(f"{element_of(text)}: {why}: {said[:100]}")

    def _why(self, node: Node) -> str:
        text = code.text_of(node)
        if re.search(r"\bfunction\b", text):
            return (
                "a function of its own in JavaScript (JsCode, a callback) cannot run under the "
                "page's policy; leave it out, or say it in Python with style_function, "
                "highlight_function, GeoJsonTooltip, GeoJsonPopup or the element's options"
            )
        for call, why in _NEVER.items():
            if call in text:
                return why
        return "the script does something that is not known, so it is not carried; leave it out"

    # --- statements ------------------------------------------------------------------------------

    def _by_kind(self, node: Node) -> bool:
        kind = node.type
        if kind in {"variable_declaration", "lexical_declaration"}:
            return False not in [self._variable(one) for one in code.inside(node)]
        if kind == "function_declaration":
            return self._function(node)
        if kind == "expression_statement":
            return self._expression(code.inside(node)[0])
        return False

    def _variable(self, node: Node) -> bool:
        name = code.text_of(code.field(node, "name"))
        value = node.child_by_field_name("value")
        return value is not None and self._assign(name, value)

    def _assign(self, name: str, value: Node) -> bool:
        if value.type in {"call_expression", "new_expression"}:
            return self._make(name, value)
        found = self.values.of(value)
        if isinstance(found, Ref):
            return False
        self.known[name] = found
        return True

    def _make(self, name: str, node: Node) -> bool:
        first, *rest = code.chain(node)
        on, _, method = first.path.rpartition(".")
        if on in self.made and method == "createPane":
            self._step("pane", name, [Ref(on), *self._args(first)])
            return True
        kind = MAKERS.get(first.path) or self.more.get(first.path)
        if kind is None:
            return False
        self._step(kind, name, self._maker_args(first, kind), path=first.path)
        return self._follow(name, rest)

    def _maker_args(self, call: code.Call, kind: str) -> list[Any]:
        if kind == "geoJson":
            return self._geojson_args(call)
        if call.path.endswith("fromEncoded"):
            encoded, *rest = self._args(call)
            return [decode.polyline(encoded), *rest]
        args = self._args(call)
        if kind == "tiles":
            args = [{"wms": call.path.endswith("wms")}, *args]
        if kind in {"timeControl", "timeLayer"}:
            told = {k: self.known.get(f"\0time {k}") for k in ("format", "period")}
            args = [told, *args]
        return args

    def _args(self, call: code.Call) -> list[Any]:
        return [self._arg(node) for node in call.args]

    def _arg(self, node: Node) -> Any:
        """A value, or an object whose functions are formulas."""
        try:
            return self.values.of(node)
        except NoValueError:
            if node.type != "object":
                raise
        return {
            self.values._key(code.field(p, "key")): self._or_formula(code.field(p, "value"))
            for p in code.inside(node)
            if p.type == "pair" or self._no_pair(p)
        }

    def _no_pair(self, node: Node) -> bool:
        raise NoValueError(code.text_of(node)[:80])

    def _or_formula(self, node: Node) -> Any:
        try:
            return self.values.of(node)
        except NoValueError:
            return self.formula(node)

    def formula(self, node: Node) -> dict[str, Any]:
        """A function that only works out a value, as a formula of ours."""
        shape = forms().get(code.shape(node, self.values).digest)
        if shape is not None and shape["form"] == "format-date":
            return {"$date": code.shape(node, self.values).holes[-1]}
        return {"$formula": formula.of(node, self.values)}

    def _step(self, kind: str, name: str, args: list[Any], **more: Any) -> None:
        self.made[name] = kind
        path = more.pop("path", "")
        if path in self.more:
            more["path"] = path
        self.steps.append({"make": kind, "id": name, "args": args, **more})

    def _follow(self, name: str, calls: list[code.Call]) -> bool:
        for call in calls:
            if call.path not in METHODS:
                raise NoValueError(call.path)
            self._do(name, call.path, self._args(call))
        return True

    def _do(self, name: str, method: str, args: list[Any]) -> None:
        self.steps.append({"call": method, "on": name, "args": args})

    # --- expressions -----------------------------------------------------------------------------

    def _expression(self, node: Node) -> bool:
        if node.type == "assignment_expression":
            return self._assignment(node)
        if node.type not in {"call_expression", "new_expression"}:
            return False
        first, *rest = code.chain(node)
        if first.path == "$" and [c.path for c in rest] == ["ready"]:
            return self._run(rest[0].args)
        if first.path == "Tumen.add":
            return self._own(first)
        if first.path == "Tumen.ready":
            return True
        if first.path in self.functions and not rest:
            return self._called(first)
        on, _, method = first.path.rpartition(".")
        if on in self.made:
            return self._method(on, method, first, rest)
        if first.path in MAKERS or first.path in self.more:
            return self._make(f"unnamed_{len(self.steps)}", node)
        return False

    def _method(self, on: str, method: str, first: code.Call, rest: list[code.Call]) -> bool:
        if method == "on":
            return self._on(on, first)
        if method == "setContent":
            self._do(on, "setContent", [markup.tree(self._markup(first.args[0]))])
            return self._follow(on, rest)
        if method == "bindTooltip" and first.args[0].type in {"template_string", "string"}:
            return self._tooltip(on, first)
        if method not in METHODS:
            return False
        self._do(on, method, self._args(first))
        return self._follow(on, rest)

    def _markup(self, node: Node) -> str:
        found = self.values.of(node)
        if not isinstance(found, str):
            raise NoValueError("no markup")
        return _unwrapped(found)

    def _tooltip(self, on: str, call: code.Call) -> bool:
        style, inner = _tooltip_parts(code.unescaped(code.text_of(call.args[0])[1:-1]))
        options = self._arg(call.args[1]) if len(call.args) > 1 else {}
        shown = self.values.shown
        args = [markup.safe_styles(shown(style)), markup.tree(shown(inner)), options]
        self._do(on, "tooltip", args)
        return True

    def _on(self, on: str, call: code.Call) -> bool:
        event, handler = self.values.of(call.args[0]), self.values.of(call.args[1])
        found = self.functions.get(getattr(handler, "name", ""))
        if found is None:
            return False
        self._do(on, f"on:{found['form']}", [event, *found.get("args", [])])
        return True

    def _run(self, args: tuple[Node, ...]) -> bool:
        return self._called(code.Call(code.text_of(args[0]), ()))

    def _called(self, call: code.Call) -> bool:
        found = self.functions[call.path]
        if found["form"] == "add":
            data = self.values.of(call.args[0])
            self._do(found["on"], "addData", [data])
        else:
            self._do(found["on"], f"do:{found['form']}", found.get("args", []))
        return True

    def _own(self, call: code.Call) -> bool:
        """An element of this kit: its values stand in a block of the page."""
        kind, on, block, *layer = self._args(call)
        args = [kind, on, {"$block": block}, *layer]
        self.steps.append({"call": "own", "on": on.name, "args": args})
        return True

    def _assignment(self, node: Node) -> bool:
        left, right = code.field(node, "left"), code.field(node, "right")
        if left.type == "identifier":
            name = code.text_of(left)
            if name in _SWITCHES:
                self.switches[name] = self.values.of(right)
                return True
            return self._assign(name, right)
        if left.type == "subscript_expression":
            return self._option(left, right)
        target = code.text_of(left)
        found = re.fullmatch(r"(\w+)\.options\.(\w+)", target)
        if found and found[1] in self.made:
            self._do(found[1], "setOption", [found[2], self._or_formula(right)])
            return True
        return False

    def _option(self, left: Node, right: Node) -> bool:
        """A value that is added to options by name, or set on a thing that was made."""
        on = code.text_of(code.field(left, "object"))
        key = self.values.of(code.field(left, "index"))
        if on.endswith(".options") and on.removesuffix(".options") in self.made:
            self._do(on.removesuffix(".options"), "setOption", [key, self._or_formula(right)])
            return True
        if not isinstance(self.known.get(on), dict) or not isinstance(key, str):
            return False
        self.known[on] = {**self.known[on], key: self._or_formula(right)}
        return True

    # --- functions -------------------------------------------------------------------------------

    def _function(self, node: Node) -> bool:
        name, body = code.text_of(code.field(node, "name")), code.field(node, "body")
        found = code.NAME.match(name)
        tail = name[found.end() :] if found else name
        if tail in {"_styler", "_highlighter"}:
            self.functions[name] = {"form": "styles", **self._switch(body)}
            return True
        if tail == "objects_in_front":
            things = [code.chain(code.inside(n)[0])[0].path for n in code.inside(body)]
            if not all(t.endswith(".bringToFront") for t in things):
                return False
            front = [Ref(t.rpartition(".")[0]) for t in things]
            self.functions[name] = {"form": "front", "on": front[0].name, "args": [front]}
            return True
        if tail in {"newMarker", "getLatLng"}:
            return self._clicked(name, node)
        return False

    def _switch(self, body: Node) -> dict[str, Any]:
        """A styler: what tells features apart, and the style of each."""
        (switch,) = code.inside(body)
        if switch.type != "switch_statement":
            raise NoValueError("no switch")
        by = self._feature_key(code.inside(code.field(switch, "value"))[0])
        cases: list[list[Any]] = []
        ids: list[Any] = []
        default: Any = {}
        for case in code.inside(code.field(switch, "body")):
            parts = code.inside(case)
            if case.type == "switch_case":
                ids.append(self.values.of(parts.pop(0)))
            returned = self._returned(parts)
            if returned is not None and case.type == "switch_case":
                cases.append([ids, returned])
                ids = []
            elif returned is not None:
                default = returned
        return {"by": by, "cases": cases, "default": default}

    def _returned(self, parts: list[Node]) -> Any:
        if not parts:
            return None
        if len(parts) != 1 or parts[0].type != "return_statement":
            raise NoValueError("no return")
        return self.values.of(code.inside(parts[0])[0])

    def _feature_key(self, node: Node) -> list[str]:
        """`feature.properties.name` as ["properties", "name"]."""
        value = Ref(self.values.shown(code.text_of(node)))
        if value.name.startswith("feature.properties."):
            return ["properties", value.name.removeprefix("feature.properties.")]
        if value.name == "feature.id":
            return ["id"]
        raise NoValueError(value.name)

    def _geojson_args(self, call: code.Call) -> list[Any]:
        data = self._geojson_data(call.args[0])
        options = dict(self._arg(call.args[1])) if len(call.args) > 1 else {}
        for name in ("style", "onEachFeature", "pointToLayer"):
            given = options.pop(name, None)
            if given is None:
                continue
            if not isinstance(given, Ref) or given.name not in self.functions:
                raise NoValueError(name)
            options[f"${name}"] = self.functions[given.name]
        highlighter = next(
            (f for n, f in self.functions.items() if n == f"{self._naming(call)}_highlighter"), None
        )
        if highlighter:
            options["$highlight"] = highlighter
        return [data, options]

    def _naming(self, call: code.Call) -> str:
        """The name a call's function arguments are built from."""
        text = " ".join(code.text_of(a) for a in call.args[1:])
        found = code.NAME.search(text)
        return found[0] if found else ""

    def _geojson_data(self, node: Node) -> Any:
        if node.type == "call_expression":
            (first,) = code.chain(node)
            if first.path == "topojson.feature":
                topology, thing = (self.values.of(n) for n in first.args)
                return decode.topology(topology, thing)
        return self.values.of(node)

    # --- shapes ----------------------------------------------------------------------------------

    def _by_shape(self, node: Node) -> bool:
        try:
            shape = code.shape(node, self.values)
        except NoValueError:
            return False
        form = None if self.collecting else forms().get(shape.digest)
        if form is None:
            return False
        if form["form"] in _TOLD_ALREADY:
            return True
        handler: Callable[..., None] = getattr(self, f"_shape_{form['form'].replace('-', '_')}")
        handler(form, shape.holes, node)
        return True

    def _shape_each(self, form: dict[str, Any], _: Any, node: Node) -> None:
        self.functions[code.text_of(code.field(node, "name"))] = form

    def _shape_point(self, form: dict[str, Any], holes: Any, node: Node) -> None:
        options = [h for h in holes if isinstance(h, dict)]
        made = {**form, "options": options[0] if options else {}}
        if form["icon"]:
            made["iconOptions"] = options[1] if len(options) > 1 else {}
        self.functions[code.text_of(code.field(node, "name"))] = made

    def _shape_add(self, _: Any, holes: Any, node: Node) -> None:
        name = code.text_of(code.field(node, "name"))
        self.functions[name] = {"form": "add", "on": holes[-1].name}

    def _shape_own_style(self, _: Any, holes: Any, __: Node) -> None:
        self._do(holes[0].name, "ownStyle", [])

    def _shape_detail(self, form: dict[str, Any], holes: Any, _: Node) -> None:
        lists = [h for h in holes if isinstance(h, list)]
        options = holes[-1] if isinstance(holes[-1], dict) else {}
        fields, aliases = (lists[0], lists[1]) if len(lists) > 1 else ([], [])
        shown = {"fields": fields, "aliases": aliases}
        shown |= {k: form[k] for k in ("labels", "localize")}
        self._do(holes[0].name, form["method"], [shown, options])

    def _shape_markup(self, _: Any, holes: Any, __: Node) -> None:
        self.known[holes[0].name] = holes[1]

    def _shape_lazy(self, _: Any, holes: Any, __: Node) -> None:
        popup, text = [h for h in holes if isinstance(h, Ref)][-1], holes[-2]
        self._do(popup.name, "setContent", [markup.tree(_unwrapped(text))])

    def _shape_drag(self, _: Any, holes: Any, __: Node) -> None:
        self._do(holes[0].name, "drag", [])

    def _shape_pane_order(self, _: Any, holes: Any, __: Node) -> None:
        self._do(holes[0].name, "paneStyle", ["zIndex", holes[-1]])

    def _shape_pane_pointer(self, _: Any, holes: Any, __: Node) -> None:
        self._do(holes[0].name, "paneStyle", ["pointerEvents", "none"])

    def _shape_fit(self, form: dict[str, Any], holes: Any, _: Node) -> None:
        on = next(h.name for h in holes if isinstance(h, Ref))
        options = [h for h in holes if isinstance(h, dict)]
        self.functions["customFlyToBounds"] = {
            "form": "fit",
            "on": on,
            "args": [form["method"], options[-1] if options else {}],
        }

    def _shape_click_text(self, _: Any, holes: Any, __: Node) -> None:
        refs = [h for h in holes if isinstance(h, Ref)]
        self.functions["latLngPop"] = {"form": "latLng", "args": [Ref(refs[0].name)]}

    def _clicked(self, name: str, node: Node) -> bool:
        """A click that leaves a marker or copies a text: the text is a formula."""
        said = self._said(node)
        form = forms().get(code.shape(node, self.values, skip=said).digest)
        if form is None or self.collecting:
            return False
        text = self._words_of(said) if said is not None else ""
        self.functions[name] = {"form": form["form"], "args": [text, form.get("alert", False)]}
        return True

    def _said(self, node: Node) -> Node | None:
        for part in code.inside(code.field(node, "body")):
            if part.type == "variable_declaration":
                one = code.inside(part)[0]
                if code.text_of(code.field(one, "name")) == "txt":
                    return code.field(one, "value")
            if part.type == "expression_statement":
                call = code.inside(part)[0]
                if code.text_of(call).startswith("new_mark.bindPopup("):
                    return code.inside(code.field(call, "arguments"))[0]
        return None

    def _words_of(self, node: Node) -> Any:
        return formula.expression(node, self.values, ("lat", "lng"))

    def _shape_fast_cluster(self, _: Any, holes: Any, node: Node) -> None:
        name = code.text_of(code.field(code.inside(node)[0], "name"))
        data = next(h for h in holes if isinstance(h, list))
        options = next((h for h in holes if isinstance(h, dict)), {})
        self._step("fastCluster", name, [data, options])
        parent = [h for h in holes if isinstance(h, Ref)][-1]
        self._do(name, "addTo", [parent])

    # --- colour scales ---------------------------------------------------------------------------

    def _scale(self, ref: Ref) -> dict[str, Any]:
        found: dict[str, Any] = self.known.setdefault(f"{ref.name.split('.')[0]}\0scale", {})
        return found

    def _shape_legend_drag(self, *_: Any) -> None:
        self._step("legendDrag", f"unnamed_{len(self.steps)}", [])

    def _shape_scale_colours(self, _: Any, holes: Any, __: Node) -> None:
        lists = [h for h in holes if isinstance(h, list)]
        self._scale(holes[0]).update(domain=lists[0], range=lists[1])

    def _shape_scale_x(self, _: Any, holes: Any, __: Node) -> None:
        lists = [h for h in holes if isinstance(h, list)]
        self._scale(holes[0]).update(extent=lists[0])

    def _shape_scale_skip(self, *_: Any) -> None:
        """What sets up the drawing; the drawing is our own."""

    def _shape_scale_on(self, _: Any, holes: Any, __: Node) -> None:
        refs = [h for h in holes if isinstance(h, Ref)]
        self._scale(refs[0]).update(on=refs[-1].name)

    def _shape_scale_ticks(self, _: Any, holes: Any, __: Node) -> None:
        self._scale(holes[0]).update(ticks=[h for h in holes if isinstance(h, list)][-1])

    def _shape_scale_size(self, _: Any, holes: Any, __: Node) -> None:
        numbers = [h for h in holes if isinstance(h, int | float) and not isinstance(h, bool)]
        self._scale(holes[0]).update(width=numbers[0], height=numbers[1])

    def _shape_scale_words(self, _: Any, holes: Any, __: Node) -> None:
        scale = self._scale(holes[0])
        name = holes[0].name.split(".")[0]
        words = {"caption": holes[-1], "colour": holes[-2]}
        on = Ref(str(scale.pop("on")))
        self._step("colourScale", name, [on, {**scale, **words}])

    # --- maps in time ----------------------------------------------------------------------------

    def _shape_time_format(self, _: Any, holes: Any, __: Node) -> None:
        self.known["\0time format"] = next(h for h in reversed(holes) if isinstance(h, str))

    def _shape_time_period(self, _: Any, holes: Any, __: Node) -> None:
        found = [h for h in holes if isinstance(h, str | dict)][-1]
        self.known["\0time period"] = found["period"] if isinstance(found, dict) else found

    def _shape_time_control(self, _: Any, holes: Any, __: Node) -> None:
        self._do(holes[0].name, "addControl", [Ref("timeDimensionControl")])

    def _shape_time_data(self, _: Any, holes: Any, __: Node) -> None:
        data = next(h for h in holes if isinstance(h, dict | str))
        self.known["geoJsonLayer"] = json.loads(data) if isinstance(data, str) else data

    def _shape_heat_time(self, _: Any, holes: Any, node: Node) -> None:
        name = code.text_of(code.field(code.inside(node)[0], "name"))
        self._step("heatTime", name, [holes[1], holes[2]])

    def _shape_search(self, form: dict[str, Any], holes: Any, node: Node) -> None:
        name = code.text_of(code.field(code.inside(node)[0], "name"))
        options = dict(zip(form["keys"], holes[1:], strict=False))
        self._step("search", name, [options])

    def _shape_search_found(self, _: Any, holes: Any, __: Node) -> None:
        styles = [h for h in holes if isinstance(h, dict)]
        self._do(holes[0].name, "setOption", ["found", styles[-1] if styles else {}])

    def _shape_slider(self, form: dict[str, Any], holes: Any, _: Node) -> None:
        stamps = next(h for h in holes if isinstance(h, list))
        styles, data = [h for h in holes if isinstance(h, dict) and h][:2]
        refs = [h for h in holes if isinstance(h, Ref) and code.NAME.fullmatch(h.name)]
        own = next(r for r in refs if not r.name.startswith("map_"))
        at = next(h for h in holes if isinstance(h, int))
        date = form.get("date") or next(h for h in holes if isinstance(h, str))
        stroke = {k: _after(holes, f"stroke{s}") for k, s in _STROKE.items()}
        options = {"stamps": stamps, "styles": styles, "at": at, "date": date, "stroke": stroke}
        self._step("slider", own.name, [data, {**options, "highlight": form["highlight"]}])
        if form["show"]:
            self._do(own.name, "addTo", [refs[-1]])

    def _shape_zoom_toggle(self, _: Any, holes: Any, __: Node) -> None:
        self._do(holes[0].name, "wheelToggle", [])


_STROKE = {"color": "", "weight": "-width", "opacity": "-opacity"}


def _after(holes: Any, word: str) -> Any:
    """The value that follows a word."""
    return next((holes[n + 1] for n, h in enumerate(holes[:-1]) if h == word), None)


_BOX = re.compile(r"\s*<div id=\"html_[0-9a-f]{32}\"\s+style=\"[^\"]*\">(.*)</div>\s*", re.DOTALL)
_TIP = re.compile(r"\s*<div(?: style=\"((?:[^\"\\]|\\.)*)\")?>\s*(.*?)\s*</div>\s*", re.DOTALL)


def _unwrapped(text: str) -> str:
    """What the box that folium puts round a text holds."""
    found = _BOX.fullmatch(text)
    return found[1] if found else text


def _tooltip_parts(text: str) -> tuple[str, str]:
    """The style and the inside of a tooltip's box."""
    found = _TIP.fullmatch(text)
    return (code.unescaped(found[1] or ""), found[2]) if found else ("", text)
