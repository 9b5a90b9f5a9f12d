"""The base map of a still picture: each pack its coarser rim, then its detail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from geo.folder.railways import LAYER
from geo.geometry import countries, packing, rivers, seas
from geo.geometry.ground import Ground, over
from geo.output.still import shades
from geo.output.still.camera import Camera, Floats
from geo.output.still.labels import Label
from geo.output.still.text import PX_PT

COLOURS = {
    "sea": "#dbe4ea",
    "land": "#f3f1ec",
    "lake": "#dbe4ea",
    "river": "#b3c5d1",
    "border": "#8f89a0",
}
TOWN, COUNTRY, SEA = "#5d666e", "#5f5a74", "#37566f"
TOWNS = ((500_000, 4), (100_000, 6), (30_000, 8))  # people, and the zoom from which they show
NEAREST = 9
BORDER_DASH = (4.0, 3.0)
CORNER_STEPS = 40
RAILWAY, RAILWAY_MIN_ZOOM = "#b3ada2", 6
SLEEPER_PX, SLEEPER_DASH = 4.0, (1.0, 9.0)  # ticks across a railway, in pixels


def draw(axes: Any, packs: tuple[bytes, ...], camera: Camera, zoom: float) -> None:
    """Draw every pack, the world first; railways at the zooms at which the page has them."""
    for number, data in enumerate(packs):
        for step, prefix in enumerate(("around_", "")):
            for layer in _layers(data):
                if layer.name.removeprefix(prefix) in COLOURS:
                    _layer(axes, layer, layer.name.removeprefix(prefix), camera, number + step / 2)
        shades.draw(axes, _layers(data), camera, COLOURS["sea"], number + 0.65)
        for layer in _layers(data):
            if layer.name == LAYER and RAILWAY_MIN_ZOOM <= zoom < layer.meta["to_zoom"]:
                _railway(axes, layer, camera, number + 0.8)


def _railway(axes: Any, layer: packing.Layer, camera: Camera, order: float) -> None:
    """Quiet lines with ticks across."""
    parts = _parts(layer, camera)
    look: dict[str, Any] = {"colors": RAILWAY, "zorder": order}
    axes.add_collection(LineCollection(parts, linewidths=0.8 * PX_PT, gid=LAYER, **look))
    dashes: Any = (0, [d / SLEEPER_PX for d in SLEEPER_DASH])
    axes.add_collection(
        LineCollection(parts, linewidths=SLEEPER_PX * PX_PT, linestyles=dashes, **look)
    )


def names(packs: tuple[bytes, ...], camera: Camera, zoom: float, own: Sequence[str]) -> list[Label]:
    """Names of towns the page shows at a zoom, by their people.

    `own` are names the map draws itself; they are not said twice. The same choice as
    `geo/web/base.js` makes.
    """
    known = {name.lower() for name in own}
    found = [name for data in packs for layer in _layers(data) for name in _names(layer)]
    wanted = [n for n in found if n.text.lower() not in known and zoom >= n.min_zoom]
    ordered = sorted(wanted, key=lambda n: (-n.rank, n.text))
    return [Label(n.text, camera.px(n.at), 11.0, 3.0, "", TOWN, gid="base-name") for n in ordered]


def countries_of(
    view: tuple[float, float, float, float],
    camera: Camera,
    zoom: float,
    lang: str,
    packs: Sequence[bytes] = (),
) -> Iterator[Label]:
    """Names of the countries of a view (degrees) that the page shows at a zoom, in a language."""
    for one in countries.named(view, packs):
        at = camera.px(np.array(one.spots))
        at = at[np.isfinite(at).all(axis=1)]
        if zoom >= one.zoom and len(at):
            text = (one.names.get(lang) or one.names["en"]).upper()
            look: dict[str, Any] = {"bold": True, "on": True, "gid": "base-name", "keep": True}
            yield Label(text, at, 12.0, 3.0, "", COUNTRY, **look)


def seas_of(
    view: tuple[float, float, float, float],
    camera: Camera,
    zoom: float,
    lang: str,
    grounds: Sequence[Ground] = (),
    packs: Sequence[bytes] = (),
) -> list[Label]:
    """Names of the seas and rivers of a view (degrees) that the page shows, in a language.

    A ground of one's own covers them.
    """
    own = [
        sea
        for sea in (*seas.named(view), *rivers.named(view, packs))
        if zoom >= sea.zoom and not over(grounds, sea.lon, sea.lat)
    ]
    return [
        Label(
            sea.names.get(lang) or sea.names["en"],
            camera.px(np.array([(sea.lon, sea.lat), *sea.more])),
            12.0,
            3.0,
            "",
            SEA,
            italic=True,
            on=True,
            gid="base-name",
            keep=True,
        )
        for sea in own
    ]


@dataclass(frozen=True)
class _Name:
    text: str
    at: Floats
    rank: float

    @property
    def min_zoom(self) -> int:
        """From which zoom a name is shown, by the people who live there."""
        return next((zoom for people, zoom in TOWNS if self.rank > people), NEAREST)


def _names(layer: packing.Layer) -> Iterator[_Name]:
    if layer.name != "place" or not layer.labels:
        return
    points = np.vstack(layer.parts)
    ranks = layer.ranks if layer.ranks is not None else [0] * len(layer.labels)
    for text, at, rank in zip(layer.labels, points, ranks, strict=True):
        yield _Name(text, at[None, :], float(rank))


@cache
def _layers(data: bytes) -> list[packing.Layer]:
    return packing.decode(data)


def _layer(axes: Any, layer: packing.Layer, name: str, camera: Camera, order: float) -> None:
    parts = _parts(layer, camera)
    if name == "land" and layer.meta.get("extent"):
        sea = camera.px(_outline(layer.meta["extent"]))
        axes.add_collection(PolyCollection([sea], facecolors=COLOURS["sea"], zorder=order))
    style: dict[str, Any] = {"zorder": order + (0.1 if name == "land" else 0.2)}
    if layer.kind == "polygon":
        axes.add_collection(
            PolyCollection(parts, facecolors=COLOURS[name], edgecolors="none", **style)
        )
    elif layer.kind == "line":
        dashes: Any = (0, [d * PX_PT for d in BORDER_DASH]) if name == "border" else "-"
        axes.add_collection(
            LineCollection(parts, colors=COLOURS[name], linewidths=0.8, linestyles=dashes, **style)
        )


def _parts(layer: packing.Layer, camera: Camera) -> list[Floats]:
    """The parts of a layer in pixels whose box meets the map: the rest is not written out."""
    own = [part for part in layer.parts if len(part)]
    if not own:
        return []
    points = camera.px(np.concatenate(own))
    starts = np.cumsum([0, *map(len, own)])
    low, high = (least.reduceat(points, starts[:-1]) for least in (np.minimum, np.maximum))
    near = (high >= 0).all(axis=1) & (low <= (camera.width, camera.height)).all(axis=1)
    return [points[starts[n] : starts[n + 1]] for n in np.flatnonzero(near)]


def _outline(extent: list[float]) -> Floats:
    west, south, east, north = extent
    x, y = np.linspace(west, east, CORNER_STEPS), np.linspace(south, north, CORNER_STEPS)
    flat, upright = np.ones_like(x), np.ones_like(y)
    sides = [(x, south * flat), (east * upright, y), (x[::-1], north * flat)]
    sides.append((west * upright, y[::-1]))
    return np.vstack([np.column_stack(side) for side in sides])
