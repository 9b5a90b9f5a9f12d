"""Why a line or a row gives no position, as a fault: its field, its words and its code."""

from __future__ import annotations

from geo.errors import Wording, wording

__all__ = ["fault"]

# By how a reason begins, the longer before the shorter.
_CODES = {
    "no AIS sentence": "sentence.not-ais",
    "wrong checksum": "sentence.wrong-checksum",
    "not a whole sentence": "sentence.not-whole",
    "a part without its others": "sentence.part-alone",
    "not decoded": "sentence.not-decoded",
    "too short for type": "sentence.too-short",
    "time outside": "position.time-outside",
    "no time: ": "sentence.without-time",
    "no time": "position.without-time",
    "a transponder without a number": "position.without-number",
    "no vessel": "position.without-vessel",
    "no position (sentinel)": "position.ais-unknown",
    "no position": "position.not-given",
    "not a position": "position.of-another-kind",
    "not a point": "position.not-a-point",
    "another width than the header: ": "row.wrong-width",
    "a rounded number: ": "vessel.number-rounded",
    "off the globe": "position.off-globe",
    "time not understood": "position.time-not-readable",
    "not a number: ": "number.not-readable",
}


def fault(reason: str) -> tuple[str, Wording]:
    """The field that a reason names, "" for none, and how the fault is worded."""
    found = (code for start, code in _CODES.items() if reason.startswith(start))
    code = next(found, "position.record-not-readable")
    about = reason.partition(": ")[2]
    if code == "row.wrong-width":
        return "", wording(code, columns=about, mark="the delimiter")
    field = about if code in {"number.not-readable", "vessel.number-rounded"} else ""
    return field, wording(code, reason=reason)
