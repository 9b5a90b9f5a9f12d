"""When a sentence was heard: by its tag block, the text beside it, or a sentence of a clock.

The time is that of the tag block (`c:`), else what the receiver wrote before or after the sentence,
else that of the last sentence of a clock (ZDA, RMC) between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache, reduce
from operator import xor
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from geo.tracks import clock as times

__all__ = ["GROUP", "Clock", "checksum", "damaged"]

TAG = re.compile(r"\\([^\\*]*)(?:\*([0-9A-Fa-f]{2}))?\\")
# Unix time in seconds, milliseconds or microseconds, of ten digits or more: nine are an MMSI.
NUMBER = re.compile(r"(?<![\w.-])(\d{10}(?:\.\d+)?|\d{13}(?:\.\d+)?|\d{16})(?![\w.])")
STAMP = re.compile(
    r"(?<!\d)(20\d{2}|19\d{2})-?(\d{2})-?(\d{2})[T _]?(\d{2}):?(\d{2}):?(\d{2})"
    r"(?:[.,](\d+))?(?!\d) *(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
    r"(?! *(?:[A-Z]{1,3}[SDE]T|MSK)\b)"  # a zone by letters, which several share
)
GROUP = re.compile(r"(?:^|,)g:(\d+)-(\d+)-(\w+)")
OWN = re.compile(
    r"\$[A-Z]{2}(?:ZDA,(?P<zt>\d{6}(?:\.\d+)?),(?P<zd>\d{2}),(?P<zm>\d{2}),(?P<zy>\d{4})"
    r"|RMC,(?P<rt>\d{6}(?:\.\d+)?),A,(?:[^,]*,){6}(?P<rd>\d{6}))"
    r"[^*\r\n]*(?:\*(?P<sum>[0-9A-Fa-f]{2}))?"
)
_TIMED = 1024  # groups of tag blocks whose time is kept
_FOLDED = 64
_HEX = [f"{n:02X}" for n in range(256)]
_UTC = (None, "Z", "UTC", "GMT")


def checksum(body: str) -> str:
    """Return two hexadecimal digits: all characters between `!` and `*`, exclusive or."""
    if body.isascii() and len(body) <= _FOLDED:  # its bytes as a number, folded on each other
        whole = int.from_bytes(body.encode("ascii"), "big")
        whole ^= whole >> 256
        whole ^= whole >> 128
        whole ^= whole >> 64
        whole ^= whole >> 32
        whole ^= whole >> 16
        return _HEX[(whole ^ whole >> 8) & 0xFF]
    return f"{reduce(xor, map(ord, body), 0):02X}"


def damaged(text: str) -> bool:
    """Whether a text has a tag block with a wrong checksum."""
    found = TAG.search(text)
    return found is not None and not _sound(found)


def _sound(found: re.Match[str]) -> bool:
    return not found[2] or checksum(found[1]) == found[2].upper()


@dataclass
class Clock:
    """Where times come from: what lines say, and what a receiver's own sentences said last.

    form: of times before or after a sentence, as the user gives it. now: Unix time of the last
    sentence of a clock. groups: times of tag blocks by their group. used: whether the user's word
    had an effect. summed: whether a tag block had its right checksum: before the first one that
    has, they may be those of a writer that does not reckon any.
    """

    form: times.Clock | None = None
    zone: str = "UTC"
    now: float | None = None
    groups: dict[str, float] = field(default_factory=dict)
    used: bool = False
    summed: bool = False

    @classmethod
    def of(cls, written: Any) -> Clock:
        """The clock of what a user says of how positions are written."""
        zone = times.zone(written.timezone or "UTC")
        plain = written.date_format and written.date_format != "%s"
        form = times.written(written.date_format, zone=zone) if plain else None
        return cls(form=form, zone=zone)

    def own(self, line: str) -> bool:
        """Take the time of a receiver's own sentence; whether the line is one with a time.

        None is taken of a receiver without a fix, nor of a sentence with a wrong checksum.
        """
        found = OWN.search(line)
        if found is None:
            return False
        own = found.groupdict()
        if own["sum"] and checksum(found[0][1:-3]) != own["sum"].upper():
            return False
        if own["zt"]:
            said = f"{own['zy']}{own['zm']}{own['zd']}{own['zt']}"
        else:
            said = f"20{own['rd'][4:]}{own['rd'][2:4]}{own['rd'][:2]}{own['rt']}"
        self.now = _stamped(STAMP.match(said), "UTC")
        return True

    def tag(self, text: str) -> str:
        """What a tag block in a text says; "" without one, and where it was damaged on the way."""
        found = TAG.search(text)
        if found is None:
            return ""
        sound = _sound(found)
        self.summed |= sound and bool(found[2])
        return found[1] if sound or not self.summed else ""

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

    def of_line(self, tag: str, before: str, after: str) -> float | None:
        """Unix time of a line: of its tag block, else in the text after or before its sentence."""
        time = self.tagged(tag) if tag else None
        if time is None and after:
            time = self.written(after)
        if time is None and before:
            rest = TAG.sub("", before)
            time = self.written(rest) if rest.strip() else None
        return time

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
    fraction = int(micro[:6].ljust(6, "0")) if micro else 0
    if zone == "UTC" and own in _UTC:
        minute_s, second = _minute(*parts[:5]), int(parts[5])
        if minute_s is None or second > 59:
            return None
        return ((minute_s + second) * 1_000_000 + fraction) / 1_000_000
    try:
        year, month, day, hour, minute, second = map(int, parts)
        plain = datetime(year, month, day, hour, minute, second, fraction)
    except ValueError:
        return None
    if own or zone == "UTC":
        return (plain - _east(own or "Z")).replace(tzinfo=UTC).timestamp()
    if zone[0] in "+-":
        return (plain - _east(zone)).replace(tzinfo=UTC).timestamp()
    early, late = (plain.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    return early.timestamp() if early.utcoffset() == late.utcoffset() else None


@lru_cache(maxsize=4096)
def _minute(year: str, month: str, day: str, hour: str, minute: str) -> int | None:
    """Unix time of a minute in UTC; None for one that no calendar or clock has."""
    try:
        when = datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=UTC)
    except ValueError:
        return None
    return int(when.timestamp())


def _east(zone: str) -> timedelta:
    """How far a zone such as +09:00 is ahead of UTC."""
    if zone[0] not in "+-":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return timedelta(minutes=sign * (int(zone[1:3]) * 60 + int(zone[-2:])))
