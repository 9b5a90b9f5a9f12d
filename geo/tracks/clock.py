"""How times are written → one way to read them, the same in DuckDB and in pandas.

A form is a pattern whose groups are the parts of a time. Unix time is told by what it gives: of
seconds, milliseconds, microseconds and nanoseconds only one lies in the years that positions have.
Which of two numbers is the day is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geo.errors import GeoError

__all__ = [
    "EARLIEST", "Clock", "clock", "days", "hours", "latest", "readable", "written", "zone",
]  # fmt: skip

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # no AIS and no satellite receiver is older
YEARS = f"{EARLIEST.year} to tomorrow"
NUMBER = r"[0-9]+(?:\.[0-9]*)?"
SCALES = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HOUR, _SIXTY = r"(?:2[0-3]|[01]\d)", r"[0-5]\d"
_CLOCK = (
    rf"(?P<hour>{_HOUR}|\d):(?P<minute>{_SIXTY})(?::(?P<second>{_SIXTY})(?:[.,](?P<part>\d+))?)?"
    r"(?: *(?P<half>[AaPp]\.?[Mm])\.?)?"
)
_TIME = rf"(?:[T_ ]+{_CLOCK})?"
_SHORT = (
    rf"(?:[T_ ]?(?P<hour>{_HOUR})(?P<minute>{_SIXTY})(?P<second>{_SIXTY})?(?:\.(?P<part>\d+))?)?"
)
_ZONE = r" *(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?(?: (?:UTC|GMT))?"
_DAY = {
    "ymd": r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    "compact": r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    "dotted": r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    "dmy": r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})",
    "mdy": r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4})",
}
FORMS = {name: day + (_SHORT if name == "compact" else _TIME) + _ZONE for name, day in _DAY.items()}
WORDS = {
    "ymd": "year, month, day", "compact": "year, month, day without signs",
    "dotted": "day.month.year", "dmy": "day, month, year", "mdy": "month, day, year",
}  # fmt: skip
_DIRECTIVES = {
    "Y": r"(?P<year>\d{4})", "y": r"(?P<short>\d{2})", "m": r"(?P<month>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "b": r"(?P<word>[A-Za-z]{3})[A-Za-z]*", "B": r"(?P<word>[A-Za-z]{3})[A-Za-z]*",
    "H": rf"(?P<hour>{_HOUR}|\d)", "I": r"(?P<hour>\d{1,2})",
    "M": rf"(?P<minute>{_SIXTY}|\d)", "S": rf"(?P<second>{_SIXTY}|\d)",
    "f": r"(?P<part>\d{1,9})", "p": r"(?P<half>[AaPp]\.?[Mm])\.?",
    "z": r"(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})", "Z": r"(?P<zone>Z|UTC|GMT)", "a": "[A-Za-z]+",
    "A": "[A-Za-z]+", "%": "%",
}  # fmt: skip
_SHORT_YEAR = r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}"
_DAYS = re.compile("|".join(re.sub(r"\?P<\w+>", "?:", day) for day in _DAY.values()) + _SHORT_YEAR)
_HOURS = re.compile(rf"(?:{_CLOCK}|{_HOUR}{_SIXTY}{_SIXTY}(?:\.\d+)?) *(?:Z|UTC|GMT)?")
_ONE_OF_TWO = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/]\d{4}(?!\d)")


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One way to read times.

    pattern: of the whole text, with groups named after them; empty for Unix time.
    scale: units of Unix time to a second. zone: of times that name none. words: said of it.
    """

    words: str
    pattern: str = ""
    scale: int = 0
    zone: str = "UTC"

    @property
    def parts(self) -> list[str]:
        """The groups of the pattern, in order."""
        return list(re.compile(self.pattern).groupindex)

    @property
    def zoned(self) -> bool:
        """Whether the texts may name a zone."""
        return "zone" in self.parts

    def sql(self, text: str) -> str:
        """The expression of DuckDB that reads a column of text, null where it is not understood."""
        if self.scale:
            micro = f"try_cast({text} AS DOUBLE) * {1_000_000 / self.scale!r}"
            whole = f"regexp_full_match({text}, {_quoted(NUMBER)})"
            return (
                f"CASE WHEN {whole} THEN make_timestamptz(try_cast(round({micro}) AS BIGINT)) END"
            )
        names = ", ".join(map(_quoted, self.parts))
        taken = f"regexp_extract({text}, {_quoted(f'^(?:{self.pattern})$')}, [{names}])"
        return _instant(taken, self.parts, self.zone)

    def frame(self, texts: pd.Series[Any]) -> pd.Series[Any]:
        """Instants in UTC of texts, NaT where one is not understood."""
        if self.scale:
            good = texts.str.fullmatch(NUMBER).fillna(False)
            numbers = pd.to_numeric(texts.where(good), errors="coerce").astype(float)
            return _instants(numbers * (1_000_000 / self.scale))
        found = texts.str.extract(f"^(?:{self.pattern})$", expand=True)
        found.columns = pd.Index(self.parts)
        return _put_together(found, self.zone)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def latest() -> datetime:
    """Tomorrow: later positions have not been received."""
    return datetime.now(UTC) + timedelta(days=1)


def zone(name: str) -> str:
    """A zone by its name, or by its hours from UTC. GeoError for one that is not known."""
    found = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", name)
    if found:
        return f"{found[1]}{int(found[2]):02}:{found[3] or '00'}"
    try:
        ZoneInfo(name)
    except (OSError, ValueError) as error:
        raise GeoError(f"--timezone {name!r}: no such zone; write Europe/Oslo or +09:00") from error
    return name


# --- choosing -------------------------------------------------------------------------------------


def written(form: str, *, zone: str = "UTC") -> Clock:
    """The clock of a format as strptime has it; GeoError for a directive that is not known."""
    pattern, at = "", 0
    while at < len(form):
        sign = form[at : at + 2]
        if form[at] != "%":
            pattern += r"\s+" if form[at].isspace() else re.escape(form[at])
            at += 1
            continue
        for one in {"%T": "%H:%M:%S", "%F": "%Y-%m-%d", "%R": "%H:%M"}.get(sign, sign).split("%"):
            if one and one[0] not in _DIRECTIVES:
                known = " ".join(f"%{key}" for key in _DIRECTIVES)
                raise GeoError(f"--date-format {form!r}: {sign} is not known; known are {known} %s")
            pattern += _DIRECTIVES[one[0]] + re.escape(one[1:]) if one else ""
        at += 2
    try:
        groups = set(re.compile(pattern).groupindex)
    except re.error as error:
        raise GeoError(f"--date-format {form!r}: names a part of a time twice") from error
    if not ({"year", "short"} & groups and {"month", "word"} & groups and "day" in groups):
        raise GeoError(f"--date-format {form!r}: has no year, month and day")
    return Clock(words=f"times as {form}", pattern=pattern, zone=zone)


def clock(
    texts: Sequence[str],
    *,
    column: str,
    order: str = "",
    date_format: str = "",
    zone: str = "UTC",
    every: Callable[[], Iterable[str]] = tuple,
) -> Clock:
    """The clock that most of some texts are read by.

    order: "dmy" or "mdy", where it is known. date_format: as strptime has it, or "%s" for Unix
    time. every: all texts, asked where some do not tell the day from the month. GeoError names the
    column and a text that is no time, or that may be two.
    """
    told = [text for text in texts if text]
    if not told:
        raise GeoError(f"column {column}: holds no time")
    if date_format and date_format != "%s":
        own = written(date_format, zone=zone)
        if not any(map(re.compile(own.pattern).fullmatch, told)):
            raise GeoError(
                f"column {column}: {told[0]!r} is no time as --date-format {date_format}"
            )
        return own
    if _most(told, NUMBER) and not _most(told, FORMS["compact"]):
        return _unix(told, column, zone)
    if date_format:
        raise GeoError(f"column {column}: {told[0]!r} is no Unix time, as --date-format %s says")
    form = next((name for name in ("ymd", "compact", "dotted") if _most(told, FORMS[name])), "")
    if not form and _most(told, FORMS["dmy"]):
        form = order or _order(told, column, every)
    if not form:
        raise GeoError(
            f"column {column}: {told[0]!r} is not a time, nor are most; write yyyy-mm-ddThh:mm:ssZ,"
            " or say how times are written: --date-format '%d/%m/%Y %H:%M:%S'"
        )
    return Clock(words=f"times as {WORDS[form]}", pattern=FORMS[form], zone=zone)


def _unix(told: Sequence[str], column: str, zone: str) -> Clock:
    """Unix time in the unit that gives years of positions. GeoError where none does."""
    numbers = sorted(float(text) for text in told if re.fullmatch(NUMBER, text))
    middle = numbers[len(numbers) // 2]
    low, high = EARLIEST.timestamp(), latest().timestamp()
    for name, scale in SCALES.items():
        if low <= middle / scale <= high:
            return Clock(words=f"Unix time in {name}", scale=scale, zone=zone)
    raise GeoError(
        f"column {column}: {told[0]} is no Unix time of {YEARS}, in seconds, milliseconds,"
        " microseconds or nanoseconds; name the column of times: --column time_utc=…"
    )


def _most(texts: Sequence[str], pattern: str) -> bool:
    whole = re.compile(pattern)
    return 2 * sum(whole.fullmatch(text) is not None for text in texts) >= len(texts)


def _order(told: Sequence[str], column: str, every: Callable[[], Iterable[str]]) -> str:
    """Which comes first, day or month: said by a number over 12, in the whole column if needed."""
    for texts in (lambda: told, every):
        first, second, same = _over(texts())
        if first != second:
            return "dmy" if first else "mdy"
        if first:
            raise GeoError(f"column {column}: days and months change places: {told[0]!r}; mend it")
    if same:
        return "dmy"
    raise GeoError(
        f"column {column}: {told[0]!r} may have the day or the month first, and no other time "
        "tells; say which: --date-format '%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'"
    )


def _over(texts: Iterable[str]) -> tuple[bool, bool, bool]:
    """Whether any first number is over 12, any second, and whether the two are always alike."""
    pairs = {(int(m[1]), int(m[2])) for m in map(_ONE_OF_TWO.match, texts) if m}
    first, second = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    return first, second, bool(pairs) and all(a == b for a, b in pairs)


def days(texts: Sequence[str]) -> bool:
    """Whether texts are days without an hour."""
    return bool(texts) and all(map(_DAYS.fullmatch, texts))


def hours(texts: Sequence[str]) -> bool:
    """Whether texts, "" for unknown, are hours without a day, with signs between or without."""
    told = [text for text in texts if text]
    return bool(told) and all(map(_HOURS.fullmatch, told))


def readable(texts: Sequence[str], clock: Clock) -> int:
    """How many texts a clock reads."""
    return int(clock.frame(pd.Series(list(texts), dtype="string")).notna().sum())


# --- DuckDB ---------------------------------------------------------------------------------------


def _instant(taken: str, parts: Sequence[str], zone: str) -> str:
    """An instant of the struct of parts that a pattern took from a text."""

    def part(name: str, otherwise: str) -> str:
        return (
            f"coalesce(nullif(t.{name}, ''), '{otherwise}')" if name in parts else f"'{otherwise}'"
        )

    year = "t.year" if "year" in parts else "('20' || t.short)"
    months = "[" + ", ".join(map(_quoted, MONTHS)) + "]"
    month = f"list_position({months}, lower(t.word))::VARCHAR" if "word" in parts else "t.month"
    hour = part("hour", "0")
    if "half" in parts:
        late = "CASE WHEN lower(left(t.half, 1)) = 'p' THEN 12 ELSE 0 END"
        twelve = f"CASE WHEN try_cast({hour} AS INT) BETWEEN 1 AND 12 THEN "
        twelve += f"(try_cast({hour} AS INT) % 12 + {late})::VARCHAR END"
        hour = f"CASE WHEN t.half = '' THEN {hour} ELSE {twelve} END"
    micro = f"left({part('part', '0')} || '000000', 6)"
    text = (
        f"{year} || '-' || lpad({month}, 2, '0') || '-' || lpad(t.day, 2, '0') || ' ' || "
        f"lpad({hour}, 2, '0') || ':' || lpad({part('minute', '0')}, 2, '0') || ':' || "
        f"lpad({part('second', '0')}, 2, '0') || '.' || {micro}"
    )
    stamp = f"try_cast({text} AS TIMESTAMP)"
    own = _local("s", zone)
    if "zone" in parts:
        minutes = (
            "(try_cast(left(t.zone, 3) AS INT) * 60 + CASE WHEN length(t.zone) > 3 THEN "
            "try_cast(left(t.zone, 1) || right(t.zone, 2) AS INT) ELSE 0 END)"
        )
        away = f"timezone('UTC', s - to_minutes({minutes}))"
        zulu = "WHEN upper(t.zone) IN ('Z', 'UTC', 'GMT') THEN timezone('UTC', s)"
        own = f"CASE WHEN t.zone = '' THEN {own} {zulu} ELSE {away} END"
    reckoned = f"list_transform([{stamp.replace('t.', 'q.')}], lambda s: {own.replace('t.', 'q.')})"
    return f"list_transform([{taken}], lambda q: {reckoned}[1])[1]"


def _local(stamp: str, zone: str) -> str:
    """The instant of a time of a zone; null where a clock showed it twice or never."""
    if zone == "UTC":
        return f"timezone('UTC', {stamp})"
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        minutes = sign * (int(zone[1:3]) * 60 + int(zone[4:6]))
        return f"timezone('UTC', {stamp} - to_minutes({minutes}))"
    name = _quoted(zone)
    at = f"timezone({name}, {stamp})"
    again = " OR ".join(
        f"timezone({name}, {at} {sign} INTERVAL 1 HOUR) = {stamp}" for sign in ("+", "-")
    )
    return f"CASE WHEN timezone({name}, {at}) = {stamp} AND NOT ({again}) THEN {at} END"


# --- pandas ---------------------------------------------------------------------------------------


def _instants(microseconds: pd.Series[Any]) -> pd.Series[Any]:
    """Instants of whole microseconds; NaT beyond what can be counted."""
    plain = microseconds.to_numpy(dtype=float, na_value=np.nan)
    good = np.isfinite(plain) & (np.abs(plain) < 2.0**62)
    whole = np.full(len(plain), np.iinfo(np.int64).min)
    whole[good] = np.rint(plain[good]).astype(np.int64)
    index = pd.DatetimeIndex(whole.astype("datetime64[us]")).tz_localize("UTC")
    return pd.Series(index, index=microseconds.index)


def _put_together(found: pd.DataFrame, zone: str) -> pd.Series[Any]:
    """Instants of the parts of times."""

    def part(name: str, otherwise: str) -> pd.Series[Any]:
        if name not in found:
            return pd.Series(otherwise, index=found.index, dtype="string")
        return found[name].astype("string").fillna(otherwise).replace("", otherwise)

    year = found["year"] if "year" in found else "20" + found["short"]
    month = found["month"] if "month" in found else _months(found["word"])
    hour, half = part("hour", "0"), part("half", "").str.lower().str[:1]
    if "half" in found:
        number = pd.to_numeric(hour).to_numpy(dtype=float)
        late = np.where(_alike(half, "p"), 12, 0)
        twelve = np.where((number >= 1) & (number <= 12), number % 12 + late, 99)
        texts = pd.Series(twelve.astype(int), index=found.index).astype("string")
        hour = hour.where(_alike(half, ""), texts)
    day = year + "-" + month.str.zfill(2) + "-" + found["day"].str.zfill(2)
    clock = hour.str.zfill(2) + ":" + part("minute", "0").str.zfill(2)
    clock = clock + ":" + part("second", "0").str.zfill(2)
    micro = (part("part", "0") + "000000").str[:6]
    whole = day + " " + clock + "." + micro
    stamps = pd.to_datetime(whole, format="%Y-%m-%d %H:%M:%S.%f", errors="coerce")
    return _placed(stamps, part("zone", ""), zone)


def _alike(texts: pd.Series[Any], word: str) -> Any:
    return texts.eq(word).fillna(False).to_numpy(dtype=bool)


def _months(names: pd.Series[Any]) -> pd.Series[Any]:
    numbers = {name: f"{n:02}" for n, name in enumerate(MONTHS, 1)}
    return names.str.lower().map(numbers).astype("string")


def _placed(stamps: pd.Series[Any], said: pd.Series[Any], zone: str) -> pd.Series[Any]:
    """Times in UTC: by the zone each names, else by that of the clock."""
    bare = _alike(said, "")
    local = _in_zone(stamps.where(bare), zone)
    minutes = _minutes(said)
    away = (stamps - pd.to_timedelta(minutes, unit="min")).dt.tz_localize("UTC")
    return local.where(bare, away).astype("datetime64[us, UTC]")


def _in_zone(stamps: pd.Series[Any], zone: str) -> pd.Series[Any]:
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        minutes = sign * (int(zone[1:3]) * 60 + int(zone[4:6]))
        return (stamps - pd.Timedelta(minutes=minutes)).dt.tz_localize("UTC")
    local: Any = stamps.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    return pd.Series(local.dt.tz_convert("UTC"))


def _minutes(said: pd.Series[Any]) -> pd.Series[Any]:
    """Minutes east of UTC of zones such as +0900."""
    signed = said.str.extract(r"^([+-])(\d{2}):?(\d{2})?$")
    hours, rest = (pd.to_numeric(signed[n].fillna("0")) for n in (1, 2))
    minutes: pd.Series[Any] = (hours * 60 + rest) * np.where(_alike(signed[0], "-"), -1, 1)
    return minutes
