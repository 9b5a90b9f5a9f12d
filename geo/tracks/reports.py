"""Position reports of one sentence, decoded a batch at a time: most of what a receiver hears.

Types 1, 2, 3 and 18 of ITU-R M.1371 have 168 bits, 28 letters of one sentence; their fields are cut
out of whole columns. What pyais makes of a message is what is made here, to the digit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.tracks import mobiles
from geo.tracks.columns import POSITIONS

__all__ = ["KINDS", "PLAIN", "table", "vessel"]

# Text before, the sentence up to its checksum, its payload, the checksum, text after.
PLAIN = re.compile(
    r"([^!$]*)!([A-Z]{2}VD[MO],1,1,[0-9]?,[^,*]*,([123B][0-W`-w]{27}),0)\*([0-9A-Fa-f]{2})([^!\r\n]*)"
    r"[\r\n]*"
)
KINDS = {"1": 1, "2": 2, "3": 3, "B": 18}  # by the first letter of a payload
_LETTERS = 28
_CLASS_B = 18
_EARLIER = 4  # bits: fields of class B stand so much before those of class A
_STATUS = [str(n) for n in range(16)]
Ints: TypeAlias = NDArray[np.int64]
Told: TypeAlias = Mapping[str, Any]


@cache
def vessel(letters: str) -> str:
    """The number of a vessel: 30 bits of a payload from its ninth, in the letters 2 to 7."""
    (six,) = _sixes([letters], len(letters))
    return f"{int(_field(six[None, :], 2, 30)[0]):09}"


@cache
def _class(number: str) -> str | None:
    return mobiles.of_vessel(number)


def _sixes(payloads: Sequence[str], length: int) -> Ints:
    """The six bits of each letter."""
    text = "".join(payloads).encode("ascii")
    value = np.frombuffer(text, np.uint8).reshape(-1, length).astype(np.int64) - 48
    return np.where(value > 40, value - 8, value)


def _field(sixes: Ints, start: int, bits: int) -> Ints:
    """An unsigned number of so many bits from a bit."""
    first, last = start // 6, (start + bits - 1) // 6
    whole = sixes[:, first]
    for n in range(first + 1, last + 1):
        whole = (whole << 6) | sixes[:, n]
    return (whole >> (6 * (last + 1) - start - bits)) & ((1 << bits) - 1)


def table(
    payloads: Sequence[str],
    times_us: Sequence[int],
    vessels: Sequence[str],
    told: Sequence[Told],
) -> pa.Table:
    """Return the positions of payloads by POSITIONS.

    times_us: Unix time. vessels: numbers. told: what static messages told of each ship before.
    """
    sixes = _sixes(payloads, _LETTERS)
    coded = pa.array(vessels, pa.string()).dictionary_encode()
    classes = [_class(number) for number in coded.dictionary.to_pylist()]
    columns = {
        "vessel": coded.cast(pa.string()),
        "time_utc": pa.array(np.asarray(times_us, np.int64)),
        "mobile": pa.array(classes, pa.string()).take(coded.indices),
        **_sent(sixes),
        **_known(told, [one.name for one in POSITIONS]),
    }
    return pa.table({f.name: columns[f.name].cast(f.type) for f in POSITIONS}, schema=POSITIONS)


def _sent(sixes: Ints) -> dict[str, Any]:
    """What a report tells itself; what is not available is left as sent."""
    class_b = _field(sixes, 0, 6) == _CLASS_B

    def number(start: int, bits: int) -> Ints:
        return np.where(class_b, _field(sixes, start - _EARLIER, bits), _field(sixes, start, bits))

    status = pa.array(_STATUS).take(pa.array(_field(sixes, 38, 4), mask=class_b))
    return {
        "lon": pa.array(_degrees(number(61, 28), 28)),
        "lat": pa.array(_degrees(number(89, 27), 27)),
        "speed_kn": pa.array(number(50, 10) / 10.0),
        "course_deg": pa.array(number(116, 12) / 10.0),
        "heading_deg": pa.array(number(128, 9).astype(np.float64)),
        "status": status,
    }


def _degrees(value: Ints, bits: int) -> NDArray[np.float64]:
    """Ten-thousandths of minutes, signed, as degrees to six digits."""
    signed = value - ((value >> (bits - 1)) << bits)
    return ((10 * signed + 3) // 6) / 1e6


def _known(told: Sequence[Told], names: Sequence[str]) -> dict[str, Any]:
    """Columns of what was told before, each telling held once."""
    keys = list(map(id, told))
    once = dict(zip(keys, told, strict=True))
    rows = pa.array(keys, pa.int64()).dictionary_encode().indices
    static = [name for name in names if name not in _SENT]
    return {
        name: pa.array([one.get(name) for one in once.values()], POSITIONS.field(name).type).take(
            rows
        )
        for name in static
    }


_SENT = {
    "vessel", "time_utc", "lon", "lat", "speed_kn", "course_deg", "heading_deg", "status", "mobile",
}  # fmt: skip
