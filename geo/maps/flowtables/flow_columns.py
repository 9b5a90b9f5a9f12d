"""Which column of a table of flows is read as what, and what is said of the rest.

A heading is known by the lists of `headings`, or named by the user. What is read under another
name is said; what looks like a period, a cargo, a unit or a source and is not read is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from geo.files import days, headings
from geo.files.tables import numbers
from geo.maps import userdata

__all__ = ["NONE", "PARTS", "Columns", "chosen"]

PARTS = ("year", "quarter", "month", "day", "hour")  # a period written in several columns
NONE = "-"  # `--column period=-`: no column is the period
_ASKED = ("period", "commodity", "unit", "source", "quantity", "origin", "destination")
_YEAR = re.compile(r"(?:^|[^0-9])((?:19|20)[0-9]{2})(?:$|[^0-9])")


@dataclass
class Columns:
    """The place in each row of every field that is read; `said` is what a reader must know.

    `unit` is what the heading of the quantity states. `open_` are columns that look like a period
    or a cargo and are not read though the user did not choose: nothing may be added up over them.
    """

    header: Sequence[str]
    at: dict[str, int] = field(default_factory=dict)
    unit: str = ""
    open_: dict[int, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    @property
    def unread(self) -> list[str]:
        """Columns that no field is read from."""
        used = set(self.at.values())
        return [name for n, name in enumerate(self.header) if name and n not in used]


def chosen(cells: userdata.Cells, given: Mapping[str, str], fields: Sequence[str]) -> Columns:
    """The columns of a table by the fields they are read as; `given` are those the user names."""
    table = _Table(cells, given)
    made = Columns(cells.header)
    for name in [*fields, *(PARTS if "period" in fields else ())]:
        found = table.column(name, made.at)
        if found is not None:
            made.at[name] = found
    table.settle(made.at)
    if "quantity" in fields and "quantity" not in made.at and table.amounts(made.at.get("flow")):
        made.at["quantity"] = made.at.pop("flow")
    made.unit = _unit(cells.header[made.at["quantity"]], given) if "quantity" in made.at else ""
    looks = table.looks(made)
    made.open_ = {n: kind for n, kind in looks.items() if table.asks(kind)}
    made.said = tuple(_said(made, looks))
    return made


def _unit(heading: str, given: Mapping[str, str]) -> str:
    """The unit that a heading states; that in its brackets, where the user chose the column."""
    return headings.unit_of(heading) or (
        headings.unit_in_brackets(heading) if "quantity" in given else ""
    )


@dataclass
class _Table:
    """A table whose columns are being told apart."""

    cells: userdata.Cells
    given: Mapping[str, str]

    def column(self, name: str, at: Mapping[str, int]) -> int | None:
        """The column of a field: the one that is given, else the plainest that no other has."""
        header, theirs = self.cells.header, self.given.get(name)
        if theirs is not None:
            return header.index(theirs) if theirs in header else None
        if name in PARTS and "period" in self.given:
            return None
        taken = {*at.values(), *self._named()}
        found = [n for n in self._ranked(name) if n not in taken]
        if name == "period":
            found = [n for n in found if not self._holds(n, days.is_clock)]
        return found[0] if found else None

    def amounts(self, n: int | None) -> bool:
        """Whether a column headed as the id of a flow holds amounts instead."""
        own = n is not None and "flow" not in self.given
        return own and self._holds(n or 0, lambda value: bool(numbers.read(str(value), ".")))

    def _named(self) -> set[int]:
        """Columns that the user gave to a field."""
        header = self.cells.header
        return {header.index(theirs) for theirs in self.given.values() if theirs in header}

    def _ranked(self, name: str) -> list[int]:
        """The columns headed as a field; `source` beside `target` is where a flow begins."""
        words = [headings.plain(own) for own in self.cells.header]
        paired = "source" in words and "target" in words and not headings.ranked("origin", words)
        if paired and name in ("origin", "source"):
            return [words.index("source")] if name == "origin" else []
        found = headings.ranked(name, self.cells.header)
        if name in ("period_start", "period_end") and not found:
            return self._from_to("from" if name == "period_start" else "to", words)
        return found

    def _from_to(self, word: str, words: Sequence[str]) -> list[int]:
        """`from` and `to` beside other ends of a flow, where they hold dates."""
        ends = [n for name in ("origin", "destination") for n in headings.ranked(name, words)[:1]]
        own = words.index(word) if word in words else -1
        return [own] if own >= 0 and own not in ends and self._holds(own, _is_period) else []

    def _holds(self, n: int, test: object) -> bool:
        """Whether a column has values, and all of them pass a test."""
        values = {row[n] for _, row in self.cells.rows if n < len(row) and row[n]}
        return bool(values) and all(test(value) for value in values)  # type: ignore[operator]

    def settle(self, at: dict[str, int]) -> None:
        """One way of writing the period: in one column, or in its parts; a time beside a date."""
        parts = [name for name in PARTS if name in at]
        if "period" in at or "period_start" in at:
            for name in parts:
                if name not in self.given and name != "hour":
                    del at[name]
        elif "year" not in at:
            self._alone(at, parts)
        elif "month" not in at:
            at.pop("day", None)
        self._hour(at)

    def _alone(self, at: dict[str, int], parts: Sequence[str]) -> None:
        """A month, quarter or day without a year is the period itself: yyyy-mm."""
        for name in ("month", "quarter", "day"):
            if name in parts and "period" not in at:
                at["period"] = at[name]
        for name in parts:
            if name != "hour":
                at.pop(name, None)

    def _hour(self, at: dict[str, int]) -> None:
        """The hour goes with a date; a column `time` of hours alone is one."""
        if "hour" not in at and ("period" in at or "day" in at):
            free = [
                n for n in headings.ranked("period", self.cells.header) if n != at.get("period")
            ]
            clocks = [n for n in free if self._holds(n, days.is_clock)]
            at |= {"hour": clocks[0]} if clocks else {}
        if "hour" in at and not ("period" in at or "day" in at):
            del at["hour"]

    def looks(self, made: Columns) -> dict[int, str]:
        """What each column that is not read looks like."""
        found: dict[int, str] = {}
        used = set(made.at.values())
        for n, heading in enumerate(self.cells.header):
            kind = "" if n in used or not heading else self._kind(n, heading)
            if kind:
                found[n] = kind
        return found

    def _kind(self, n: int, heading: str) -> str:
        if self._is_trade(n, heading):
            return "direction"
        if n in headings.ranked("hour", self.cells.header) and self._holds(n, days.is_hour):
            return "hour"
        own = [name for name in _ASKED if n in headings.ranked(name, self.cells.header)]
        parts = [name for name in PARTS if n in headings.ranked(name, self.cells.header)]
        if own or parts:
            return own[0] if own else "period"
        if _YEAR.search(heading):
            return "heading"
        return headings.looks_like(heading) or ("period" if self._holds(n, _is_period) else "")

    def _is_trade(self, n: int, heading: str) -> bool:
        """Whether a column says import or export, and so which way a row runs."""
        words = headings.trade_words(heading)
        return bool(words) and self._holds(n, lambda value: str(value).casefold() in words)

    def asks(self, kind: str) -> bool:
        """Whether rows may not be added up over a column of a kind: the user did not choose."""
        if kind == "direction":
            return True
        return kind in ("period", "commodity") and kind not in self.given


def _is_period(value: str) -> bool:
    """Whether a cell is a date, a month or a year of our time."""
    covered = days.days_of(value)
    first, last = headings.our_time()
    return covered is not None and first <= covered[0].year <= last


# --- words ---------------------------------------------------------------------------------------


def _said(made: Columns, looks: Mapping[int, str]) -> Iterator[str]:
    """What is read under another name, what looks like a field and is not, what else is left."""
    read = list(_read(made))
    if read:
        yield f"Columns: {'; '.join(read)}."
    for kind in dict.fromkeys(looks.values()):
        own = [made.header[n] for n, like in looks.items() if like == kind]
        yield _like(kind, own, made)
    rest = [name for name in made.unread if made.header.index(name) not in looks]
    if rest:
        yield f"Columns not read: {', '.join(rest)}."


def _read(made: Columns) -> Iterator[str]:
    """'from is read as origin': every field that is headed otherwise than by its name."""
    parts = [made.header[made.at[name]] for name in PARTS if name in made.at]
    if "year" in made.at:
        yield f"{_and(parts)} {'are' if len(parts) > 1 else 'is'} read as period"
    elif "hour" in made.at:
        yield f"{parts[-1]} is read as the time of day"
    for name, n in made.at.items():
        heading = made.header[n]
        unit = f" in {made.unit}" if name == "quantity" and made.unit else ""
        if name not in PARTS and (headings.plain(heading) != name or unit):
            yield f"{heading} is read as {name.replace('_', ' ')}{unit}"


def _like(kind: str, own: Sequence[str], made: Columns) -> str:
    """A sentence on columns that are not read, and what to do."""
    said, verb = _and(own), "look" if len(own) > 1 else "looks"
    if kind == "heading":
        verb = "hold" if len(own) > 1 else "holds"
        return (
            f"Not read: {said} {verb} a year in the heading; to draw it, write one row for each "
            "year, with the columns period and quantity."
        )
    if kind == "direction":
        return f"Not read: {said} {verb} like the direction of trade; rows run as their ends say."
    if kind == "hour":
        return (
            f"{said}: times of day without a date; they are added up, and the page lists each to "
            "choose."
        )
    word = "cargo" if kind == "commodity" else kind
    have = f", which is read from {made.header[made.at[kind]]}" if kind in made.at else ""
    return f"Not read: {said} {verb} like {word}{have}; to use it: --column {kind}={own[0]!r}."


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
