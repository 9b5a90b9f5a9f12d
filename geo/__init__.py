"""Route maps for briefings: what moved against what could move, in one offline file.

Data comes in through `package`, is checked once, flows one way, and leaves as a `page`:

>>> import geo
>>> data = geo.package.load("data")
>>> geo.page.save(geo.scene.overview(data), "maps/overview.html")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo import (
        basemap,
        brief,
        check,
        draw,
        errors,
        flows,
        maps,
        measure,
        pack,
        package,
        page,
        rail,
        scaffold,
        scene,
        still,
        tracks,
        trackset,
        userdata,
        water,
    )

__version__ = "0.1.0"

__all__ = [
    "basemap",
    "brief",
    "check",
    "draw",
    "errors",
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
    "tracks",
    "trackset",
    "userdata",
    "water",
]


def __getattr__(name: str) -> ModuleType:
    """A module of the kit, when it is first asked for: nobody waits for what is not used."""
    if name not in __all__:
        raise AttributeError(f"module 'geo' has no attribute {name!r}")
    return import_module(f"geo.{name}")


def __dir__() -> list[str]:
    """The modules that users may count on, and nothing that they import."""
    return list(__all__)
