"""NMEA 0183 to positions: sentences, checksums, tag blocks and parts are ours, pyais decodes bits.

The checksum is reckoned here, because "absent", "wrong" and "right" are three things: a sentence
with a wrong one is rejected, one without is kept and counted. A message with fewer bits than its
type needs is rejected, for what is not there would be read as zero.

The time is that of the tag block (`c:`), else what the receiver wrote before or after the sentence,
else that of the last sentence of a clock (ZDA, RMC) between them. A line may be an object of JSON
with sentences in `nmea`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, reduce
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pyais
import pyarrow as pa

from geo.tracks import clock as times
from geo.tracks import dialects, mobiles
from geo.tracks.columns import POSITIONS

__all__ = ["SENTENCE", "Clock", "Log", "checksum", "read"]

SENTENCE = re.compile(r"[!$]([A-Z]{2}VD[MO],[^*\r\n]*)(?:\*([0-9A-Fa-f]{2}))?(.*)")
TAG = re.compile(r"\\([^\\*]*)(?:\*([0-9A-Fa-f]{2}))?\\")
# Unix time in seconds, milliseconds or microseconds, of ten digits or more: nine are an MMSI.
NUMBER = re.compile(r"(?<![\w.-])(\d{10}(?:\.\d+)?|\d{13}(?:\.\d+)?|\d{16})(?![\w.])")
STAMP = re.compile(
    r"(?<!\d)(20\d{2}|19\d{2})-?(\d{2})-?(\d{2})[T _]?(\d{2}):?(\d{2}):?(\d{2})"
    r"(?:[.,](\d+))?(?!\d) *(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
GROUP = re.compile(r"(?:^|,)g:(\d+)-(\d+)-(\w+)")
OWN = re.compile(
    r"\$[A-Z]{2}(?:ZDA,(?P<zt>\d{6}(?:\.\d+)?),(?P<zd>\d{2}),(?P<zm>\d{2}),(?P<zy>\d{4})"
    r"|RMC,(?P<rt>\d{6}(?:\.\d+)?),(?:[^,]*,){7}(?P<rd>\d{6})),?"
)
_FIELDS = 7
_NUMBER = re.compile("[0-9]{1,2}")  # of a group, of its parts, of its fill bits
_OPEN = 64  # groups of parts waited for at once
_TIMED = 1024  # groups of tag blocks whose time is kept
_BATCH = 100_000
_POSITIONS = {1, 2, 3, 4, 9, 18, 19, 21, 27}
_STATIC = {"name": "shipname", "callsign": "callsign", "imo": "imo", "ship_type": "ship_type",
           "draught_m": "draught", "destination": "destination"}  # fmt: skip
_SIZES = {"length_m": ("to_bow", "to_stern"), "width_m": ("to_port", "to_starboard")}
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


@dataclass
class Clock:
    """Where times come from: what lines say, and what a receiver's own sentences said last.

    form: of times before or after a sentence, as the user gives it. now: Unix time of the last
    sentence of a clock. groups: times of tag blocks by their group. used: whether the user's word
    had an effect.
    """

    form: times.Clock | None = None
    zone: str = "UTC"
    now: float | None = None
    groups: dict[str, float] = field(default_factory=dict)
    used: bool = False

    @classmethod
    def of(cls, written: Any) -> Clock:
        """The clock of what a user says of how positions are written."""
        zone = times.zone(written.timezone or "UTC")
        plain = written.date_format and written.date_format != "%s"
        form = times.written(written.date_format, zone=zone) if plain else None
        return cls(form=form, zone=zone)

    def own(self, line: str) -> bool:
        """Take the time of a receiver's own sentence; whether the line is one with a time."""
        found = OWN.search(line)
        if found is None:
            return False
        own = found.groupdict()
        if own["zt"]:
            said = f"{own['zy']}{own['zm']}{own['zd']}{own['zt']}"
        else:
            said = f"20{own['rd'][4:]}{own['rd'][2:4]}{own['rd'][:2]}{own['rt']}"
        self.now = _stamped(STAMP.match(said), "UTC")
        return True

    def tagged(self, tag: str) -> float | None:
        """Unix time of a tag block, or of another sentence of its group."""
        group = GROUP.search(tag)
        for part in tag.split(","):
            if part.startswith("c:") and (found := NUMBER.fullmatch(part[2:])):
                seconds = _scaled(found[1])
                if group and seconds is not None:
                    self._keep(group[3], seconds)
                return seconds
        return self.groups.get(group[3]) if group else None

    def _keep(self, group: str, seconds: float) -> None:
        self.groups[group] = seconds
        if len(self.groups) > _TIMED:
            self.groups.pop(next(iter(self.groups)))

    def written(self, text: str) -> float | None:
        """Unix time in a receiver's text, by the user's form if there is one."""
        if self.form is not None:
            found = re.search(self.form.pattern, text)
            value = self.form.frame(pd.Series([found[0]], dtype="string"))[0] if found else None
            self.used |= found is not None
            return None if value is None or pd.isna(value) else float(value.timestamp())
        stamp = STAMP.search(text)
        if stamp is not None and (seconds := _stamped(stamp, self.zone)) is not None:
            self.used |= self.zone != "UTC" and not stamp[8]
            return seconds
        number = NUMBER.search(text)
        return _scaled(number[1]) if number else None


def _scaled(text: str) -> float | None:
    """Seconds of Unix time in seconds, milliseconds or microseconds."""
    value = float(text)
    scale = {10: 1, 13: 1000, 16: 1_000_000}[len(text.partition(".")[0])]
    return value / scale if value / scale <= times.latest().timestamp() else None


def _stamped(found: re.Match[str] | None, zone: str) -> float | None:
    """Unix time of a date and time; None for one that no calendar has, or no clock of the zone."""
    if found is None:
        return None
    *parts, micro, own = found.groups()
    try:
        year, month, day, hour, minute, second = map(int, parts)
        fraction = int((micro or "0").ljust(6, "0")[:6])
        plain = datetime(year, month, day, hour, minute, second, fraction)
    except ValueError:
        return None
    if own or zone == "UTC":
        return (plain - _east(own or "Z")).replace(tzinfo=UTC).timestamp()
    if zone[0] in "+-":
        return (plain - _east(zone)).replace(tzinfo=UTC).timestamp()
    early, late = (plain.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    return early.timestamp() if early.utcoffset() == late.utcoffset() else None


def _east(zone: str) -> timedelta:
    """How far a zone such as +09:00 is ahead of UTC."""
    if zone[0] not in "+-":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return timedelta(minutes=sign * (int(zone[1:3]) * 60 + int(zone[-2:])))


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


def checksum(body: str) -> str:
    """Return two hexadecimal digits: all characters between `!` and `*`, exclusive or."""
    return f"{reduce(lambda total, char: total ^ ord(char), body, 0):02X}"


def messages(
    lines: Iterable[str], log: Log, clock: Clock | None = None
) -> Iterator[tuple[int, float | None, Any, str]]:
    """Yield line, time, message and text of every whole group of sentences."""
    clock = clock or Clock()
    waiting: dict[tuple[str, str, str], list[list[_Sentence]]] = {}
    for number, line in enumerate(lines, 1):
        log.lines = number
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
        tag = TAG.search(line)
        if tag:
            clock.tagged(tag[1])  # the time of a group may stand with another sentence of it
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
    return _whole(number, line, parts, line[: found.start()], after, clock)


def _whole(
    number: int, line: str, parts: list[str], before: str, after: str, clock: Clock
) -> _Sentence:
    tag = TAG.search(before)
    tagged = tag[1] if tag else ""
    time = clock.tagged(tagged) if tagged else None
    if time is None:
        rest = TAG.sub("", before)
        time = clock.written(",".join([*parts[_FIELDS:], after])) if after or parts[7:] else None
        time = clock.written(rest) if time is None and rest.strip() else time
    source = next((p[2:] for p in tagged.split(",") if p.startswith("s:")), "")
    group = GROUP.search(tagged)
    key = ("g", group[3], parts[3]) if group else (parts[0], parts[3], parts[4])
    text = "!" + ",".join(parts[:_FIELDS])
    fill = int(parts[6]) if _NUMBER.fullmatch(parts[6]) else 0
    return _Sentence(
        number, f"{text}*{checksum(text[1:])}", int(parts[1]), int(parts[2]), key, source,
        time, line, 6 * len(parts[5]) - fill,
    )  # fmt: skip


def _grouped(
    waiting: dict[tuple[str, str, str], list[list[_Sentence]]], sentence: _Sentence, log: Log
) -> list[_Sentence]:
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
    known: dict[str, dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    for line, time, message, raw in messages(lines, log, clock):
        values = message.asdict(enum_as_int=True)
        vessel = f"{int(values['mmsi']):09}"
        known.setdefault(vessel, {}).update(_static(values))
        kind = int(message.msg_type)
        if kind not in _POSITIONS:
            continue
        if time is None:
            log.reject(line, raw, _NO_TIME)
            continue
        rows.append(_row(vessel, time, kind, values) | known[vessel])
        if len(rows) == _BATCH:
            yield pa.Table.from_pylist(rows, schema=POSITIONS)
            rows = []
    yield pa.Table.from_pylist(rows, schema=POSITIONS)


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
