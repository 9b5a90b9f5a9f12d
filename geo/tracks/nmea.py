"""NMEA 0183 to positions: sentences, checksums, tag blocks and parts are ours, pyais decodes bits.

The checksum is reckoned here, because "absent", "wrong" and "right" are three things: a sentence
with a wrong one is rejected, one without is kept and counted. A message with fewer bits than its
type needs is rejected, for what is not there would be read as zero.

A line may be an object of JSON with sentences in `nmea`. Position reports in one sentence, of which
there are most, are decoded in batches (`reports`); pyais decodes the others.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyais
import pyarrow as pa

from geo.tracks import dialects, mobiles, reports
from geo.tracks.columns import POSITIONS
from geo.tracks.reception import GROUP, Clock, checksum, damaged

__all__ = ["SENTENCE", "Clock", "Log", "checksum", "read"]

SENTENCE = re.compile(r"[!$]([A-Z]{2}VD[MO],[^*\r\n]*)(?:\*([0-9A-Fa-f]{2}))?(.*)")
_FIELDS = 7
_NUMBER = re.compile("[0-9]{1,2}")  # of a group, of its parts, of its fill bits
_OPEN = 64  # groups of parts waited for at once
_BATCH = 100_000
_POSITIONS = {1, 2, 3, 4, 9, 18, 19, 21, 27}
_STATIC = {"name": "shipname", "callsign": "callsign", "imo": "imo", "ship_type": "ship_type",
           "draught_m": "draught", "destination": "destination"}  # fmt: skip
_SIZES = {"length_m": ("to_bow", "to_stern"), "width_m": ("to_port", "to_starboard")}
_DAMAGED = "wrong checksum of its tag block"
_NO_TIME = "no time: give a log with tag blocks or the receiver's Unix time"


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
    key: tuple[str, str, str]  # a group of a tag block, or talker, number and channel
    source: str  # of the tag block, "" where it names none
    time: float | None
    raw: str
    bits: int


class _Waiting(dict[tuple[str, str, str], list[list[_Sentence]]]):
    """Groups of parts that are not whole, by their key."""


def messages(
    lines: Iterable[str], log: Log, clock: Clock | None = None
) -> Iterator[tuple[int, float | None, Any, str]]:
    """Yield line, time, message and text of every whole group of sentences."""
    clock, waiting = clock or Clock(), _Waiting()
    for number, line in enumerate(lines, 1):
        log.lines = number
        yield from _of_line(number, line, waiting, log, clock)
    _end(waiting, log)


def _of_line(
    number: int, line: str, waiting: _Waiting, log: Log, clock: Clock
) -> Iterator[tuple[int, float | None, Any, str]]:
    """What a line completes, after those before it."""
    for text in _objects(line):
        sentence = _sentence(number, text, log, clock)
        if sentence is None:
            continue
        group = [sentence] if sentence.total == 1 else _grouped(waiting, sentence, log)
        message = _decoded(group, log) if len(group) == sentence.total else None
        if message is not None:
            times = [one.time for one in group if one.time is not None]
            raw = "\n".join(one.raw.rstrip("\r\n") for one in group)
            yield number, times[0] if times else clock.now, message, raw


def _end(waiting: _Waiting, log: Log) -> None:
    for groups in waiting.values():
        for group in groups:
            _orphaned(group, log)


def _objects(line: str) -> list[str]:
    """The sentences of an object of JSON, each with its time; another line as it is."""
    if not line.lstrip().startswith("{"):
        return [line]
    try:
        value = json.loads(line)
        sentences = [str(one) for one in value["nmea"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [line]
    time = value.get("rxuxtime", value.get("rxtime", ""))
    return [f"{time} {one}" for one in sentences]


def _sentence(number: int, line: str, log: Log, clock: Clock) -> _Sentence | None:
    found = SENTENCE.search(line)
    if found is None:
        own = clock.own(line)
        if line.strip() and not own and not line.lstrip().startswith("#"):
            log.reject(number, line, "no AIS sentence")
        if tag := clock.tag(line):
            clock.tagged(tag)  # the time of a group may stand with another sentence of it
        return None
    body, said, after = found.groups()
    kind = "absent" if said is None else "right" if checksum(body) == said.upper() else "wrong"
    log.checksums[kind] += 1
    parts = body.split(",")
    if kind == "wrong":
        log.reject(number, line, "wrong checksum")
        return None
    several = SENTENCE.search(after) is not None  # a line end is lost, and whose the times are
    if (
        several
        or len(parts) < _FIELDS
        or not (_NUMBER.fullmatch(parts[1]) and _NUMBER.fullmatch(parts[2]))
    ):
        log.reject(number, line, "not a whole sentence")
        return None
    return _whole(number, line, parts, line[: found.start()], after, clock)


def _whole(
    number: int, line: str, parts: list[str], before: str, after: str, clock: Clock
) -> _Sentence:
    tagged = clock.tag(before)
    time = clock.of_line(tagged, before, ",".join([*parts[_FIELDS:], after]))
    source = next((p[2:] for p in tagged.split(",") if p.startswith("s:")), "")
    group = GROUP.search(tagged)
    key = ("g", group[3], parts[3]) if group else (parts[0], parts[3], parts[4])
    text = "!" + ",".join(parts[:_FIELDS])
    fill = int(parts[6]) if _NUMBER.fullmatch(parts[6]) else 0
    return _Sentence(
        number, f"{text}*{checksum(text[1:])}", int(parts[1]), int(parts[2]), key, source,
        time, line, 6 * len(parts[5]) - fill,
    )  # fmt: skip


def _grouped(waiting: _Waiting, sentence: _Sentence, log: Log) -> list[_Sentence]:
    """The parts so far of a sentence's group, in order; whole groups no longer wait.

    Parts of one source go together; one that names no source goes with any.
    """
    groups = waiting.setdefault(sentence.key, [])
    group = next((one for one in groups if _joins(one, sentence)), None)
    if group is None:
        group = next((one for one in groups if one[0].source == sentence.source), None)
        if group is not None:  # another message under the same number
            groups.remove(group)
            _orphaned(group, log)
        group = []
        groups.append(group)
    group.append(sentence)
    group.sort(key=lambda one: one.number)
    if len(group) == sentence.total:
        groups[:] = [one for one in groups if one is not group]
    if not groups:
        del waiting[sentence.key]
    if len(waiting) > _OPEN:
        for old in waiting.pop(next(iter(waiting))):
            _orphaned(old, log)
    return group


def _joins(group: list[_Sentence], sentence: _Sentence) -> bool:
    first = group[0]
    sources = {one.source for one in (*group, sentence)} - {""}
    numbers = {one.number for one in group}
    return first.total == sentence.total and sentence.number not in numbers and len(sources) <= 1


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
    kind = int(message.msg_type)
    if sum(one.bits for one in group) < _least(kind):
        for one in group:
            log.reject(one.line, one.raw, f"too short for type {kind}")
        return None
    log.messages[kind] += 1
    return message


@cache
def _least(kind: int) -> int:
    """The bits that a type of message has at least."""
    return int(dialects.data("messages")["bits"].get(str(kind), 0))


def read(lines: Iterable[str], log: Log, *, clock: Clock | None = None) -> Iterator[pa.Table]:
    """Yield tables of POSITIONS. What static messages tell of a ship is carried on from them.

    What is not available (91, 181, 102.3, 360, 511) is left as sent, for the reader to judge.
    """
    batch, waiting = _Batch(log, clock or Clock()), _Waiting()
    for number, line in enumerate(lines, 1):
        log.lines = number
        if not batch.plain(line):
            for at, time, message, raw in _of_line(number, line, waiting, log, batch.clock):
                batch.take(at, time, message, raw)
        if batch.count >= _BATCH:
            yield batch.table()
    _end(waiting, log)
    yield batch.table()


class _Batch:
    """Positions on their way to a table: reports as letters, other messages as rows, in order."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self.log, self.clock = log, clock
        self.known: dict[str, Mapping[str, Any]] = {}  # never changed in place: reports hold them
        self.clear()

    def clear(self) -> None:
        """Begin anew; what is known of ships stays."""
        self.count = 0
        self.at: list[int] = []
        self.payloads: list[str] = []
        self.times: list[int] = []
        self.vessels: list[str] = []
        self.told: list[Mapping[str, Any]] = []
        self.rows: dict[int, dict[str, Any]] = {}

    def plain(self, line: str) -> bool:
        """Take a line with one whole position report; whether it is one, with a time."""
        found = reports.PLAIN.fullmatch(line)
        if found is None or line[0] == "{":
            return False
        before, body, payload, said, after = found.groups()
        tagged = self.clock.tag(before) if before else ""
        time = self.clock.of_line(tagged, before, after)
        time = self.clock.now if time is None else time
        if time is None or checksum(body) != said.upper():
            return False
        self.log.checksums["right"] += 1
        self.log.messages[reports.KINDS[payload[0]]] += 1
        vessel = reports.vessel(payload[1:7])
        self.at.append(self.count)
        self.payloads.append(payload)
        self.times.append(round(time * 1_000_000))
        self.vessels.append(vessel)
        self.told.append(self.known.get(vessel, _NOTHING))
        self.count += 1
        return True

    def take(self, line: int, time: float | None, message: Any, raw: str) -> None:
        """Take any message: what it tells of its ship, and where it is a position, that."""
        values = message.asdict(enum_as_int=True)
        vessel, kind = f"{int(values['mmsi']):09}", int(message.msg_type)
        if static := _static(values):
            self.known[vessel] = {**self.known.get(vessel, _NOTHING), **static}
        if kind not in _POSITIONS:
            return
        if time is None:
            self.log.reject(line, raw, _DAMAGED if damaged(raw) else _NO_TIME)
            return
        told = self.known.get(vessel, _NOTHING)
        self.rows[self.count] = {**_row(vessel, time, kind, values), **told}
        self.count += 1

    def table(self) -> pa.Table:
        """Return the positions in order, and begin anew."""
        made = reports.table(self.payloads, self.times, self.vessels, self.told)
        if self.rows:
            slow = pa.Table.from_pylist(list(self.rows.values()), schema=POSITIONS)
            order = np.argsort([*self.at, *self.rows], kind="stable")
            made = pa.concat_tables([made, slow]).take(pa.array(order, pa.int64()))
        self.clear()
        return made


_NOTHING: Mapping[str, Any] = {}


def _static(values: dict[str, Any]) -> dict[str, Any]:
    found = {ours: values.get(theirs) for ours, theirs in _STATIC.items()}
    found |= {ours: sum(values.get(one) or 0 for one in both) for ours, both in _SIZES.items()}
    texts = {"imo", "ship_type"}
    return {
        name: str(value) if name in texts else value
        for name, value in found.items()
        if value not in (None, "", 0, 0.0)
    }


def _row(vessel: str, time: float, kind: int, values: dict[str, Any]) -> dict[str, Any]:
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
        "mobile": mobiles.of_message(kind) or mobiles.of_vessel(vessel),
    }
