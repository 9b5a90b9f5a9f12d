"""What every page has, whatever it was made of: words on the ground its lines lie on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from geo.geometry import packing, relief
from geo.geometry.ground import Ground
from geo.scene.model import Scene

__all__ = ["ground_notes", "laid", "languages", "names"]

NAME = "name_"  # of a column; what follows is a language, as BCP 47 writes it
BORDERS = "Borders on the base map are not authoritative."
SHORES = (
    "Base map: GSHHG shorelines and WDBII rivers and borders (LGPL-3.0-or-later); names from "
    "GeoNames (CC BY 4.0) and the Unicode CLDR (Unicode licence)."
)


def languages(columns: Iterable[Any]) -> tuple[str, ...]:
    """The languages that a table has names in, English first."""
    own = [str(c).removeprefix(NAME) for c in columns if str(c).startswith(NAME)]
    return ("en", *(lang for lang in own if lang != "en"))


def names(row: Mapping[Any, Any]) -> dict[str, str]:
    """The names of a row by language, those that it has."""
    found = {lang: row.get(f"{NAME}{lang}") for lang in languages(row)}
    return {lang: name for lang, name in found.items() if isinstance(name, str) and name}


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
