"""Names of countries for the ground of a map: which a view shows, and spots that have room.

`assets/countries.json` is made by tools/name_countries.py; it says nothing of borders.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from geo.geometry import sights
from geo.geometry.seas import AROUND, TURNS, View

__all__ = ["Country", "languages", "named"]


@dataclass(frozen=True)
class Country:
    """A name by language, spots (lon, lat) it may stand on, the roomiest first, and its zoom."""

    names: Mapping[str, str]
    spots: tuple[tuple[float, float], ...]
    zoom: int


def named(view: View, packs: Sequence[bytes] = ()) -> tuple[Country, ...]:
    """The countries with a spot in a view (west, south, east, north, degrees) or round it.

    On the land of detailed base maps, `packs`, each country that a view shows a fair part of has
    spots there.
    """
    near = sights.seen(view, packs, _every()) if packs else {}
    west, south, east, north = view
    wide, high = AROUND * (east - west), AROUND * (north - south)
    around = (west - wide, south - high, east + wide, north + high)
    spots = ((*near.get(row["names"]["en"], ()), *_spots(row["spots"], around)) for row in _known())
    return tuple(
        Country(row["names"], tuple(dict.fromkeys(own)), row["zoom"])
        for row, own in zip(_known(), spots, strict=True)
        if own
    )


def languages() -> tuple[str, ...]:
    """The languages that every country has a name in."""
    return tuple(_known()[0]["names"])


def _spots(spots: list[tuple[float, float]], around: View) -> Iterator[tuple[float, float]]:
    west, south, east, north = around
    for lon, lat in spots:
        for turn in TURNS:
            if west <= lon + turn <= east and south <= lat <= north:
                yield round(lon + turn, 3), lat


@cache
def _every() -> sights.Spots:
    """The spots of every country by its English name, as packs name countries too."""
    return tuple((row["names"]["en"], tuple(map(tuple, row["spots"]))) for row in _known())


@cache
def _known() -> list[dict[str, Any]]:
    text = (files("geo.geometry") / "assets" / "countries.json").read_text(encoding="utf-8")
    known: list[dict[str, Any]] = json.loads(text)["countries"]
    return known
