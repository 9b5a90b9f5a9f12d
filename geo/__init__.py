"""Route maps for briefings: what moved against what could move, in one offline file.

Data comes in through `package`, is checked once, flows one way, and leaves as a `page`:

>>> import geo
>>> data = geo.package.load("data")
>>> geo.page.save(geo.scene.overview(data), "maps/overview.html")  # doctest: +SKIP
"""

from geo import (
    basemap,
    brief,
    check,
    draw,
    errors,
    flows,
    measure,
    pack,
    package,
    page,
    scaffold,
    scene,
    still,
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
    "measure",
    "pack",
    "package",
    "page",
    "scaffold",
    "scene",
    "still",
    "trackset",
    "userdata",
    "water",
]
