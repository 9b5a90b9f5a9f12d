"""Route maps for briefings: what moved against what could move, in one offline file.

Data comes in through `package`, is checked once, flows one way, and leaves as a `page`:

>>> import geo
>>> data = geo.package.load("data")
>>> geo.page.save(geo.scene.overview(data), "maps/overview.html")  # doctest: +SKIP

The modules below are the public ones. Their names stay, whichever folder they stand in. Beside them
stand the verbs that make a map of a frame, and a map that answers:

>>> geo.feature_map(frame, color="kind", label="name")  # doctest: +SKIP
>>> answering = geo.widget(geo.track_map(positions))  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo import errors, maps, scene, tracks
    from geo.account import flows
    from geo.checking import check
    from geo.folder import package, scaffold
    from geo.geometry import basemap, measure, rail, water
    from geo.geometry import packing as pack
    from geo.maps import userdata
    from geo.maps.frames import feature_map, flow_map, track_map
    from geo.maps.widget import widget
    from geo.output import brief, draw, page, still
    from geo.tracks import trackset

__version__ = "0.2.0"

__all__ = [
    "basemap",
    "brief",
    "check",
    "draw",
    "errors",
    "feature_map",
    "flow_map",
    "flows",
    "maps",
    "measure",
    "pack",
    "package",
    "page",
    "rail",
    "scaffold",
    "scene",
    "still",
    "track_map",
    "tracks",
    "trackset",
    "userdata",
    "water",
    "widget",
]

_FOLDERS = {
    "basemap": "geo.geometry.basemap",
    "brief": "geo.output.brief",
    "check": "geo.checking.check",
    "draw": "geo.output.draw",
    "flows": "geo.account.flows",
    "measure": "geo.geometry.measure",
    "pack": "geo.geometry.packing",
    "package": "geo.folder.package",
    "page": "geo.output.page",
    "rail": "geo.geometry.rail",
    "scaffold": "geo.folder.scaffold",
    "still": "geo.output.still",
    "trackset": "geo.tracks.trackset",
    "userdata": "geo.maps.userdata",
    "water": "geo.geometry.water",
}

_VERBS = {
    "feature_map": "geo.maps.frames",
    "flow_map": "geo.maps.frames",
    "track_map": "geo.maps.frames",
    "widget": "geo.maps.widget",
}


def __getattr__(name: str) -> Any:
    """A public module or verb, when it is first asked for: nobody waits for what is not used."""
    if name not in __all__:
        raise AttributeError(f"module 'geo' has no attribute {name!r}")
    if name in _VERBS:
        return getattr(import_module(_VERBS[name]), name)
    return import_module(_FOLDERS.get(name, f"geo.{name}"))


def __dir__() -> list[str]:
    """The public modules and verbs, and nothing else."""
    return list(__all__)


class _PublicNames:
    """`import geo.page` and `from geo.page import save` find the module in its folder."""

    @classmethod
    def find_spec(
        cls,
        name: str,
        _path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """A spec for a public name and what stands below it; None for every other name."""
        public = name.removeprefix("geo.").split(".")
        if not name.startswith("geo.") or public[0] not in _FOLDERS:
            return None
        real = import_module(".".join([_FOLDERS[public[0]], *public[1:]]))
        return ModuleSpec(name, cls(real))  # type: ignore[arg-type]

    def __init__(self, real: ModuleType) -> None:
        self.real, self.spec = real, real.__spec__

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        """The module itself, not a second copy of it."""
        return self.real

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run twice; the module keeps its own place."""
        module.__spec__ = self.spec


if _PublicNames not in sys.meta_path:
    sys.meta_path.insert(0, _PublicNames)
