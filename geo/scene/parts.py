"""What every page has, whatever it was made of: words on the ground its lines lie on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from geo.geometry import packing, relief
from geo.geometry.ground import Ground
from geo.scene.model import Scene

__all__ = ["ground_notes", "laid"]

BORDERS = "Borders on the base map are not authoritative."
SHORES = (
    "Base map: GSHHG shorelines and WDBII rivers and borders (LGPL-3.0-or-later); names from "
    "GeoNames (CC BY 4.0) and the Unicode CLDR (Unicode licence)."
)


def laid(scene: Scene, grounds: Sequence[Ground]) -> Scene:
    """The scene on grounds of one's own, with a note on whose each is."""
    unsaid = "whose it is, is not said"
    owed = (f"Ground {one.name}: {one.credit or unsaid}." for one in grounds)
    return replace(scene, grounds=tuple(grounds), notes=(*scene.notes, *owed))


def ground_notes(packs: Sequence[bytes]) -> tuple[str, ...]:
    """Notes on a ground: whose it is, under which licence, and what its borders are not."""
    owed = dict.fromkeys(note for data in packs for note in _shaded(data))
    return BORDERS, SHORES, *owed


@cache
def _shaded(data: bytes) -> tuple[str, ...]:
    shades = [x for x in packing.decode(data) if x.name in (relief.LAND, relief.SEA)]
    return tuple(f"{x.meta['source']} ({x.meta['licence']})." for x in shades)
