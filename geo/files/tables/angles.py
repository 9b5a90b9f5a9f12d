"""Coordinates as text: degrees, minutes and seconds; two in one cell; grid references."""

from __future__ import annotations

import re
from typing import NamedTuple

import lat_lon_parser
import mgrs

from geo.files import headings
from geo.files.tables import numbers

__all__ = ["Angle", "angle", "grid_point", "pair"]

_PART = r"[0-9]+(?:[.,][0-9]+)?"
_ANGLE = re.compile(
    rf"([NSEWOnew])?[ :]*([+-]?{_PART})(?:[ ]*[°d:][ ]*|[ ]+|-)?"
    rf"(?:({_PART})(?:[ ]*['m:][ ]*|[ ]+|-)?(?:({_PART})[ ]*[\"s]?)?)?[ ]*([NSEWOnew])?",
)
_BESIDE = re.compile(r"\s*[;/|]\s*|\s*,\s+|\s+(?=[-+]?[0-9]+[.,]?[0-9]*$)")
_TWO = re.compile(r"(.*?[NSEW])[\s,;/]+(.*[NSEW])|([NSEW].*?)[\s,;/]+([NSEW].*)", re.IGNORECASE)
_WRAPPED = re.compile(r"^\s*(?:POINT\s*)?[(\[]\s*(.*?)\s*[)\]]\s*$", re.IGNORECASE)
_REFERENCE = re.compile(r"[0-9]{1,2}[C-HJ-NP-X][A-HJ-NP-Z]{2}(?:[0-9]{2}){1,5}", re.IGNORECASE)


class Angle(NamedTuple):
    """Degrees, and the hemisphere that the text names, "" for none."""

    degrees: float
    hemisphere: str


def angle(text: str) -> Angle | None:
    """Degrees of 42°14'21"N, N53:19.7657 or 084.42W; None of a plain number or other text.

    An O for Ost or Ouest is east or west: it is none.
    """
    plain = " ".join(headings.angle(text).split())
    found = _ANGLE.fullmatch(plain)
    if not found or (found[1] and found[5]):
        return None
    side = (found[1] or found[5] or "").upper()
    if plain.endswith("s") and "m" not in plain:  # seconds, or south
        return None
    if side == "O" or not (side or found[3] or "°" in plain):
        return None
    if side and found[2].startswith(("-", "+")):
        return None
    parts = [part for part in found.group(2, 3, 4) if part]
    if any(float(part.replace(",", ".")) >= 60 for part in parts[1:]):
        return None
    try:
        return Angle(float(lat_lon_parser.parse(_written(parts, side))), side)
    except ValueError:
        return None


def _written(parts: list[str], side: str) -> str:
    """The parts in the one form that is handed on."""
    signs = "°'\""
    text = "".join(f"{part.replace(',', '.')}{signs[n]}" for n, part in enumerate(parts))
    return f"{text} {side}".strip()


def pair(text: str) -> tuple[Angle, Angle] | None:
    """The two coordinates of one cell, in their order; None for another text."""
    wrapped = _WRAPPED.match(text)
    own = (wrapped[1] if wrapped else text).strip()
    halves = _halves(own)
    if halves is None:
        return None
    read = [_degrees(half) for half in halves]
    return (read[0], read[1]) if read[0] and read[1] else None


def _halves(text: str) -> tuple[str, str] | None:
    two = _TWO.fullmatch(headings.angle(text))
    if two:
        parts = [part for part in two.groups() if part]
        return parts[0], parts[1]
    for cut in (_BESIDE.split(text), text.split(",")):
        if len(cut) == 2:
            return cut[0], cut[1]
    return None


def _degrees(text: str) -> Angle | None:
    for sign in ".,":
        number = numbers.read(text, sign)
        if number and not re.search(r"[0-9]\s+[0-9]", text.strip()):
            return Angle(float(number), "")
    return angle(text)


def grid_point(text: str) -> tuple[float, float] | None:
    """(lon, lat) of an MGRS reference, the south-west corner of its square; None of other text."""
    plain = "".join(text.split()).upper()
    if not _REFERENCE.fullmatch(plain):
        return None
    try:
        lat, lon = mgrs.MGRS().toLatLon(plain)
    except mgrs.core.MGRSError:
        return None
    return float(lon), float(lat)
