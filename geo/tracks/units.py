"""Units of what a position tells: exact amounts of the kit's own unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from geo.errors import GeoError
from geo.tracks import dialects

__all__ = ["factor", "given", "of_name"]

_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?(?:/\d+)?)?\s*([^\d\s].*?)\s*")
SHORT = {"speed": "speed_kn", "course": "course_deg", "heading": "heading_deg",
         "draught": "draught_m", "length": "length_m", "width": "width_m"}  # fmt: skip


def factor(field: str, unit: str) -> Fraction:
    """How much of the kit's unit one of another is: ("speed_kn", "0.1kn") is 1/10. GeoError."""
    known = dialects.data("units").get(field)
    if known is None or field == "ends":
        fields = sorted(set(dialects.data("units")) - {"ends"})
        raise GeoError(f"--unit {field}={unit}: no unit of {field}; fields are {', '.join(fields)}")
    found = _AMOUNT.fullmatch(unit)
    if not found or found[2] not in known or (found[1] and not Fraction(found[1])):
        raise GeoError(
            f"--unit {field}={unit}: unit {unit!r} is not known; known are {', '.join(known)}, "
            "also a part of one: 0.1kn"
        )
    above, _, below = known[found[2]].partition("/")
    return Fraction(above) / Fraction(below or 1) * Fraction(found[1] or 1)


def given(texts: Sequence[str]) -> dict[str, str]:
    """Units by field of texts such as `speed=0.1kn`; a unit alone is that of speeds. GeoError."""
    units = {}
    for text in texts:
        name, equals, unit = text.partition("=")
        field = SHORT.get(name.strip(), name.strip()) if equals else "speed_kn"
        units[field] = unit if equals else name
        factor(field, units[field])
    return units


def of_name(name: str, units: Mapping[str, str] | None = None) -> str:
    """The unit of speeds that a column's plain name ends in, "" for none."""
    ends = units or dialects.data("units")["ends"]
    found = (end for end in sorted(ends, key=len, reverse=True) if name.endswith(end))
    return str(ends.get(next(found, ""), ""))
