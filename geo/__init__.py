"""Route maps for briefings: what moved against what could move, in one offline file.

Data comes in through `package`, is checked once, flows one way, and leaves as a `page`:

>>> import geo
>>> data = geo.package.load("data")
>>> geo.page.save(geo.scene.overview(data), "maps/overview.html")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy import modules

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

__getattr__, __dir__ = modules(__name__, __all__)
