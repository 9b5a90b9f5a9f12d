"""NMEA 0183 to positions: sentences, checksums, tag blocks and parts are ours, pyais decodes bits.

The checksum is reckoned here, because "absent", "wrong" and "right" are three things: a sentence
with a wrong one is rejected, one without is kept and counted. A receiver's own text may stand
before the sentence or after its checksum; a Unix time there, or in a tag block (`c:`), is the time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import pyais
import pyarrow as pa

from geo.tracks.columns import POSITIONS

__all__ = ["Log", "checksum", "read"]

SENTENCE = re.compile(r"[!$]([A-Z]{2}VD[MO],[^*\r\n]*)(?:\*([0-9A-Fa-f]{2}))?(.*)")
TAG = re.compile(r"\\([^\\*]*)(?:\*([0-9A-Fa-f]{2}))?\\")
SECONDS = re.compile(r"(?<![\w.])(\d{9,10}(?:\.\d+)?)(?![\d.])")
_FIELDS = 7
_NUMBER = re.compile("[0-9]{1,2}")  # of a group and of its parts
_TIME = re.compile(r"[0-9]{1,14}(?:\.[0-9]{0,9})?")  # seconds or milliseconds
_OPEN = 64  # groups of parts waited for at once
_BATCH = 100_000
_POSITIONS = {1, 2, 3, 9, 18, 19, 27}
_STATIC = {"name": "shipname", "callsign": "callsign", "imo": "imo", "ship_type": "ship_type",
           "draught_m": "draught", "destination": "destination"}  # fmt: skip


@dataclass
class Log:
    """What was read: lines, messages by type, checksums, and rejected lines with their reason."""

    lines: int = 0
    messages: Counter[int] = field(default_factory=Counter)
    checksums: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)

    def reject(self, line: int, text: str, reason: str) -> None:
        """Note a line that gave nothing, with its reason."""
        self.rejected.append((line, text.rstrip("\r\n"), reason))


@dataclass(frozen=True)
class _Sentence:
    """One sentence: its line, the parts of its group, and the time of reception if said."""

    line: int
    text: str
    total: int
    number: int
    key: tuple[str, str, str, str]
    time: float | None
    raw: str


def checksum(body: str) -> str:
    """Return two hexadecimal digits: all characters between `!` and `*`, exclusive or."""
    return f"{reduce(lambda total, char: total ^ ord(char), body, 0):02X}"


def messages(lines: Iterable[str], log: Log) -> Iterator[tuple[int, float | None, Any, str]]:
    """Yield line, time, message and text of every whole group of sentences."""
    waiting: dict[tuple[str, str, str, str], list[_Sentence]] = {}
    for number, line in enumerate(lines, 1):
        log.lines = number
        sentence = _sentence(number, line, log)
        if sentence is None:
            continue
        group = [sentence]
        if sentence.total > 1:
            group = _grouped(waiting, sentence, log)
            if len(group) < sentence.total:
                continue
        message = _decoded(group, log)
        if message is not None:
            times = [one.time for one in group if one.time is not None]
            raw = "\n".join(one.raw.rstrip("\r\n") for one in group)
            yield number, times[0] if times else None, message, raw
    for group in waiting.values():
        _orphaned(group, log)


def _sentence(number: int, line: str, log: Log) -> _Sentence | None:
    found = SENTENCE.search(line)
    if found is None:
        if line.strip() and not line.lstrip().startswith("#"):
            log.reject(number, line, "no AIS sentence")
        return None
    body, said, after = found.groups()
    kind = "absent" if said is None else "right" if checksum(body) == said.upper() else "wrong"
    log.checksums[kind] += 1
    parts = body.split(",")
    if kind == "wrong":
        log.reject(number, line, "wrong checksum")
        return None
    if len(parts) < _FIELDS or not (_NUMBER.fullmatch(parts[1]) and _NUMBER.fullmatch(parts[2])):
        log.reject(number, line, "not a whole sentence")
        return None
    tag = TAG.search(line[: found.start()])
    source = next((p[2:] for p in (tag[1].split(",") if tag else ()) if p.startswith("s:")), "")
    key = (source, parts[0], parts[3], parts[4])
    text = "!" + ",".join(parts[:_FIELDS])
    return _Sentence(
        number, f"{text}*{checksum(text[1:])}", int(parts[1]), int(parts[2]), key,
        _seconds(tag[1] if tag else "", line[: found.start()], ",".join([*parts[_FIELDS:], after])),
        line,
    )  # fmt: skip


def _seconds(tag: str, before: str, after: str) -> float | None:
    """Unix time from a tag block, or else from the receiver's text."""
    for part in tag.split(","):
        if part.startswith("c:") and _TIME.fullmatch(part[2:]):
            value = float(part[2:])
            return value / 1000 if value > 1e11 else value
    found = SECONDS.search(after) or SECONDS.search(TAG.sub("", before))
    return float(found[1]) if found else None


def _grouped(
    waiting: dict[tuple[str, str, str, str], list[_Sentence]], sentence: _Sentence, log: Log
) -> list[_Sentence]:
    """The parts so far of a sentence's group, in order; whole groups no longer wait."""
    group = waiting.pop(sentence.key, [])
    if group and (group[0].total != sentence.total or sentence.number in {o.number for o in group}):
        _orphaned(group, log)
        group = []
    group = sorted([*group, sentence], key=lambda one: one.number)
    if len(group) < sentence.total:
        waiting[sentence.key] = group
        if len(waiting) > _OPEN:
            _orphaned(waiting.pop(next(iter(waiting))), log)
    return group


def _orphaned(group: list[_Sentence], log: Log) -> None:
    for one in group:
        log.reject(one.line, one.raw, "a part without its others")


def _decoded(group: list[_Sentence], log: Log) -> Any:
    try:
        message = pyais.decode(*(one.text.encode("ascii") for one in group))
        said = "" if message.asdict(enum_as_int=True).get("mmsi") is not None else "no vessel"
    except Exception as error:  # no list of what a library raises on damaged bits is ever whole
        said = type(error).__name__
    if said:
        for one in group:
            log.reject(one.line, one.raw, f"not decoded: {said}")
        return None
    log.messages[int(message.msg_type)] += 1
    return message


def read(lines: Iterable[str], log: Log) -> Iterator[pa.Table]:
    """Yield tables of POSITIONS. Names and draughts of earlier static messages are carried on.

    What is not available (91, 181, 102.3, 360, 511) is left as sent, for the reader to judge.
    """
    known: dict[str, dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    for line, time, message, raw in messages(lines, log):
        values = message.asdict(enum_as_int=True)
        vessel = f"{int(values['mmsi']):09}"
        known.setdefault(vessel, {}).update(_static(values))
        if int(message.msg_type) not in _POSITIONS:
            continue
        if time is None:
            log.reject(line, raw, "no time: give a log with tag blocks or the receiver's Unix time")
            continue
        rows.append(_row(vessel, time, values) | known[vessel])
        if len(rows) == _BATCH:
            yield pa.Table.from_pylist(rows, schema=POSITIONS)
            rows = []
    yield pa.Table.from_pylist(rows, schema=POSITIONS)


def _static(values: dict[str, Any]) -> dict[str, Any]:
    found = {ours: values.get(theirs) for ours, theirs in _STATIC.items()}
    texts = {"imo", "ship_type"}
    return {
        name: str(value) if name in texts else value
        for name, value in found.items()
        if value not in (None, "", 0, 0.0)
    }


def _row(vessel: str, time: float, values: dict[str, Any]) -> dict[str, Any]:
    status = values.get("status")
    return {
        "vessel": vessel,
        "time_utc": round(time * 1_000_000),
        "lon": values.get("lon"),
        "lat": values.get("lat"),
        "speed_kn": values.get("speed"),
        "course_deg": values.get("course"),
        "heading_deg": values.get("heading"),
        "status": None if status is None else str(status),
    }
