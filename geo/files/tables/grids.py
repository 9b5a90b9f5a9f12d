"""Reference systems in metres that a table or its user names → degrees."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError, wording

__all__ = ["Zones", "degrees", "geographic", "title", "zones"]

_ZONE = re.compile(r"(?:utm)?\s*(?:zone)?\s*([0-9]{1,2})\s*([a-z]*)", re.IGNORECASE)
_BANDS = "CDEFGHJKLMNPQRSTUVWX"  # from south to north, the first of the north is N


@cache
def _system(name: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError as error:
        raise GeoError(
            f"--crs {name}: no such reference system; write for example EPSG:32652"
        ) from error


def geographic(name: str) -> bool:
    """Whether a system is of degrees. Raises GeoError for a name unknown."""
    return bool(_system(name).is_geographic)


def title(name: str) -> str:
    """The name of a reference system. Raises GeoError."""
    return str(_system(name).name)


@cache
def _transformer(name: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_system(name), "EPSG:4326", always_xy=True)


def degrees(shapes: Sequence[BaseGeometry | None], name: str) -> list[BaseGeometry | None]:
    """Geometries of a system, x before y, in longitude and latitude (WGS 84)."""

    def turned(xy: Any) -> Any:
        return np.column_stack(_transformer(name).transform(xy[:, 0], xy[:, 1]))

    return [None if one is None else shapely.transform(one, turned) for one in shapes]


@dataclass(frozen=True)
class Zones:
    """The system of each row by its zone of UTM, "" for none; or why none can be told."""

    codes: list[str]
    doubt: tuple[str, str, str, str] | None = None


def zones(texts: Sequence[str]) -> Zones:
    """EPSG codes of zones such as 52N, 52T or 52; a hemisphere that cannot be told is in doubt.

    S is the band of 32° to 40° north and the south; a number alone names no hemisphere.
    """
    read = [_ZONE.fullmatch(text.strip()) for text in texts]
    letters = {found[2].upper() for found in read if found}
    if letters & {"S", ""} and not letters <= {"N", "NORTH", "SOUTH"} - {""}:
        text = next(t for t, found in zip(texts, read, strict=True)
                    if found and found[2].upper() in ("S", ""))  # fmt: skip
        number = int(_ZONE.fullmatch(text.strip())[1])  # type: ignore[index]
        said = wording(
            "position.utm-zone-open", zone=text, north=32600 + number, south=32700 + number
        )
        return Zones(["" for _ in texts], (text, *said))
    return Zones([_code(found) if found else "" for found in read])


def _code(found: re.Match[str]) -> str:
    number, letter = int(found[1]), found[2].upper()
    if not 1 <= number <= 60:
        return ""
    if letter in ("N", "NORTH"):
        return f"EPSG:{32600 + number}"
    if letter == "SOUTH":
        return f"EPSG:{32700 + number}"
    if len(letter) != 1 or letter not in _BANDS:
        return ""
    return f"EPSG:{(32600 if letter >= 'N' else 32700) + number}"
