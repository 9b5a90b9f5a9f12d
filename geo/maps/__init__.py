"""Files and frames of one's own → maps: features, flows between places, positions.

Takes what is no data folder, gives a map that saves as page, picture or data:

>>> import geo
>>> geo.maps.read("places.csv").save("places.html")  # doctest: +SKIP

widget       a map in a notebook that answers; bridged is what it is made of
frames       a frame of flows, features or positions as a map
usermap      `read` and `flows`: one way from file or frame to what is saved
shows        what every map does: shown in a cell, saved, added to a map of folium
mapkind      which of the three a file is, and why
mapcheck     what the map will do with it, with every fault
userdata     features: layers, popups, counts
looks        how features look: own colours, by column, by layer
drawable     what a browser can draw of very many features
ends         ends of a way as people name them
wayscene     ways between two places
given        a frame of a caller as features in degrees
unnamed      positions that name no vessel
flowtables/  tables of flows
tracks/      positions and events
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.maps.usermap import FlowMap, Map, flows, read

__all__ = ["FlowMap", "Map", "flows", "read"]


def __getattr__(name: str) -> Any:
    """What reads and draws, when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'geo.maps' has no attribute {name!r}")
    return getattr(import_module("geo.maps.usermap"), name)


def __dir__() -> list[str]:
    """The public names and nothing else."""
    return list(__all__)
