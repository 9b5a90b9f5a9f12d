"""Tables of flows in other shapes → one row for each figure: wide years, a matrix, trade reports.

A trade report says who reports, who the partner is and which way the goods went; totals in it are
kept apart. What was turned into what is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from geo.account import words
from geo.errors import Wording, wording
from geo.files import days, headings
from geo.files.tables import flags
from geo.maps.userdata import Cells

__all__ = ["Doubt", "Shaped", "columns", "shaped"]

_ENDS = ("origin", "destination")
_LINKS = ("source", "target")  # the ends of a link
_YEAR = re.compile(r"(.*?)[ _.-]*((?:19|20)[0-9]{2}(?:[-_ ]?(?:Q[1-4]|M?[0-9]{2}))?)\s*")
_ANNUAL = re.compile(r"((?:19|20)[0-9]{2})52")  # of Comext: the year as a whole
_SUMS = "sums over all places"
_YEAR_UNIT = re.compile(r"((?:19|20)[0-9]{2})[ ,_]*[(\[]?([^()\[\]0-9]+)[)\]]?")
_FEW = 4  # headings of a matrix that are named
_NUMBER = re.compile(r"[+-]?[0-9][0-9., '\u00a0\u202f]*")


@dataclass(frozen=True)
class Doubt:
    """Why a shape cannot be told: the column, what stands there, and how it is worded."""

    heading: str
    value: str
    wording: Wording


@dataclass(frozen=True)
class Shaped:
    """A table with one row for each figure; rows that are totals are kept apart, with the reason.

    Row numbers stay those of the file, so that several rows may have one.
    """

    cells: Cells
    said: tuple[str, ...] = ()
    apart: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def shaped(cells: Cells, given: Mapping[str, str], names: frozenset[str]) -> Shaped:
    """The table in its plain shape. `given` are columns the user names, `names` of places."""
    found = Shaped(cells)
    if not all(end in given or headings.ranked(end, cells.header) for end in _ENDS):
        traded = _trade(cells, names) or _matrix(cells)
        found = traded or found
    if "quantity" not in given and not _stated(found.cells.header):
        found = _wide(found)
    return _without_sums(found, given, names)


def _without_sums(found: Shaped, given: Mapping[str, str], names: frozenset[str]) -> Shaped:
    """Rows that sum over all places kept apart, unless a place is called so."""
    cells = found.cells
    own = [given.get(end) for end in _ENDS]
    at = [cells.header.index(name) for name in own if name in cells.header]
    at += [n for end in _ENDS for n in headings.ranked(end, cells.header)[:1]]
    apart = tuple(number for number, row in cells.rows if _is_sum(row, at, names))
    if not apart:
        return found
    kept = [(number, row) for number, row in cells.rows if not _is_sum(row, at, names)]
    said = f"Kept apart, not drawn: {words.many(len(apart), 'row')}, {_SUMS}."
    return replace(found, cells=replace(cells, rows=kept), said=(*found.said, said),
                   apart={**found.apart, _SUMS: apart})  # fmt: skip


def _is_sum(row: Sequence[str], at: Sequence[int], names: frozenset[str]) -> bool:
    return any(n < len(row) and headings.is_sum(row[n]) and row[n] not in names for n in at)


def columns(cells: Cells) -> tuple[str, ...]:
    """The columns that make a table one of flows, in whichever shape; none of another table."""
    header = cells.header
    words = [headings.plain(own) for own in header]
    ends = [next(iter(headings.ranked(end, header)), None) for end in _ENDS]
    if {*_LINKS} <= {*words}:
        ends = [words.index(own) for own in _LINKS]
    amounts = headings.ranked("quantity", header) or [n for own in _wide_groups(header).values()
                                                       for n in own]  # fmt: skip
    if None not in ends:
        own = [*ends, *amounts[:1]] if amounts else []
    elif (trade := _trading(cells, frozenset())) is not None:
        own = [trade[0], trade[1], *trade[2][:1]]
    else:
        own = [*range(min(len(header), _FEW))] if _matrix(cells) else []
    return tuple(header[n] for n in own if n is not None)


def _stated(header: Sequence[str]) -> bool:
    """Whether a column is headed as a quantity and by no year."""
    return any(not _period(header[n])[1] for n in headings.ranked("quantity", header))


# --- years or months as columns -------------------------------------------------------------------


def _period(heading: str) -> tuple[str, str]:
    """(what stands before it, the period) of a heading such as tons_yyyy; no period in others."""
    if days.days_of(heading.strip()):  # first: of 'Jan yyyy' the month is no measure
        return "", heading.strip()
    whole = _YEAR.fullmatch(heading.strip())
    if whole and days.days_of(whole[2].replace("_", "-")):
        return whole[1], whole[2].replace("_", "-")
    year = _YEAR_UNIT.fullmatch(heading.strip())
    amount = f"quantity ({year[2].strip()})" if year else ""
    return (amount, year[1]) if year and headings.unit_of(amount) else ("", "")


def _wide(found: Shaped) -> Shaped:
    """A row for each period that heads a column."""
    groups = _wide_groups(found.cells.header)
    if not groups:
        return found
    measure = _measure(groups)
    if measure is None:
        names = " and ".join(f"{name}…" for name in groups)
        doubt = Doubt(names, "", wording("flow.several-measures"))
        return replace(found, doubts=(*found.doubts, doubt))
    return _long(found, measure, groups)


def _wide_groups(header: Sequence[str]) -> dict[str, dict[int, str]]:
    """Columns headed by periods, by what stands before the period; none of another table."""
    groups: dict[str, dict[int, str]] = {}
    for n, heading in enumerate(header):
        before, period = _period(heading)
        if period:
            groups.setdefault(before, {})[n] = period
    groups = groups or _short_years(header) or _months(header)
    return groups if groups and max(map(len, groups.values())) > 1 else {}


def _measure(groups: Mapping[str, Mapping[int, str]]) -> str | None:
    """The measure to draw where columns of several are there: the one that is an amount."""
    amounts = [n for n in groups if headings.within("quantity", n) or headings.unit_of(n)]
    return amounts[0] if len(amounts) == 1 else None if len(groups) > 1 else next(iter(groups))


def _short_years(header: Sequence[str]) -> dict[str, dict[int, str]]:
    """Columns headed by months with a year of two digits, where it can be no day."""
    own = {n: heading for n, heading in enumerate(header) if days.has_short_year(heading)}
    read = days.with_century([*own.values()])
    return {"": {n: read[heading] for n, heading in own.items()}} if read else {}


def _months(header: Sequence[str]) -> dict[str, dict[int, str]]:
    """Columns headed by the name of a month, beside a column of years."""
    if not headings.ranked("year", header):
        return {}
    own = {n: days.month_of(h) for n, h in enumerate(header) if not h.strip().isdigit()}
    named = {n: month for n, month in own.items() if month}
    return {"": named} if len(named) > 1 else {}


def _long(found: Shaped, before: str, groups: Mapping[str, Mapping[int, str]]) -> Shaped:
    cells, at = found.cells, groups[before]
    wide = {n for own in groups.values() for n in own}
    rest = [n for n in range(len(cells.header)) if n not in wide]
    monthly = all(len(text) < 3 for text in at.values())
    heading = before if headings.ranked("quantity", [before]) else "quantity"
    header = [*(cells.header[n] for n in rest), "month" if monthly else "period", heading]
    rows, width = [], len(cells.header)
    for number, row in cells.rows:
        if len(row) != width:
            rows.append((number, row))
            continue
        rows += [(number, [*(row[n] for n in rest), text, row[n]]) for n, text in at.items()]
    own = [cells.header[n] for n in at]
    as_ = f", {own[0]} as {at[next(iter(at))]}" if days.has_short_year(own[0]) else ""
    said = (
        f"Each of the {len(at)} columns {own[0]} to {own[-1]} is read as a period{as_}: "
        f"{words.many(len(cells.rows), 'row')} {'give' if len(cells.rows) != 1 else 'gives'} "
        f"{words.many(len(rows), 'figure')}."
    )
    left = [cells.header[n] for n in sorted(wide - set(at))]
    more = (f"Not read: {', '.join(left)}.",) if left else ()
    return replace(found, cells=replace(cells, header=header, rows=rows),
                   said=(*found.said, said, *more))  # fmt: skip


# --- a matrix -------------------------------------------------------------------------------------


def _matrix(cells: Cells) -> Shaped | None:
    """Origins down the side, destinations along the top; None for another table."""
    sides = [row[0] for _, row in cells.rows if row]
    tops = cells.header[1:]
    shared = set(sides) & set(tops)
    if len(tops) < 2 or len(shared) * 2 < min(len(set(sides)), len(tops)):
        return None
    body = [text for _, row in cells.rows for text in row[1:] if text]
    eurostat = flags.of_eurostat(cells.header, [body])
    bare = flags.marked(body, eurostat=eurostat).values
    if sum(bool(_NUMBER.fullmatch(text)) for text in bare) < len(body) / 2:
        return None
    rows: list[tuple[int, list[str]]] = []
    for number, row in cells.rows:
        if len(row) != len(cells.header):
            rows.append((number, row[:3]))
        else:
            rows += [(number, [row[0], top, own])
                     for top, own in zip(tops, row[1:], strict=True)]  # fmt: skip
    first = next((own for _, own in rows if len(own) == 3), ["", "", ""])
    said = (
        f"Read as a matrix of {len(sides):,} origins, in rows, and {len(tops):,} destinations, in "
        f"columns: {first[2] or 'an empty cell'} from {first[0]} to {first[1]}."
    )
    return Shaped(replace(cells, header=["origin", "destination", "quantity"], rows=rows), (said,))


# --- reports of trade -----------------------------------------------------------------------------


def _trade(cells: Cells, names: frozenset[str]) -> Shaped | None:
    """Rows of imports and exports as flows; None for a table without reporter and partner."""
    found = _trading(cells, names)
    if found is None:
        return None
    reporter, partner, ways = found
    return _Trade(cells, names, reporter, partner, ways[0]).shaped(ways)


def _trading(cells: Cells, names: frozenset[str]) -> tuple[int, int, list[int]] | None:
    """The columns of reporter, partner and direction; None for another table."""
    header = cells.header
    reporter, partner = (_fitting(cells, field, names) for field in ("reporter", "partner"))
    ways = [n for n, h in enumerate(header) if headings.trade_words(h) and _says_way(cells, n)]
    if reporter is None or partner is None or not ways:
        return None
    return reporter, partner, ways


def _fitting(cells: Cells, field_: str, names: frozenset[str]) -> int | None:
    """The column of a country whose values are most often names of places."""
    own = headings.ranked(field_, cells.header)
    return max(own, key=lambda n: len({row[n] for _, row in cells.rows if n < len(row)} & names),
               default=None)  # fmt: skip


def _says_way(cells: Cells, n: int) -> bool:
    values = {row[n].casefold() for _, row in cells.rows if n < len(row) and row[n]}
    return bool(values) and all(headings.trade_way(value) for value in values)


@dataclass
class _Trade:
    """A report of trade that is being read."""

    cells: Cells
    names: frozenset[str]
    reporter: int
    partner: int
    way: int
    apart: dict[str, list[int]] = field(default_factory=dict)

    def shaped(self, ways: Sequence[int]) -> Shaped:
        header = self.cells.header
        drop = {self.reporter, self.partner, *ways}
        drop |= {n for name in ("reporter", "partner") for n in headings.ranked(name, header)}
        keep = [n for n in range(len(header)) if n not in drop]
        period = next(iter(headings.ranked("period", header)), -1)
        goods = headings.ranked("commodity", header)
        rows: list[tuple[int, list[str]]] = []
        reports: list[tuple[str, ...]] = []
        for number, row in self.cells.rows:
            why = self._apart(row, period, goods) if len(row) == len(header) else ""
            if why:
                self.apart.setdefault(why, []).append(number)
                continue
            ends = self._ends(row) if len(row) == len(header) else ["", ""]
            rows.append((number, [*ends, *(row[n] for n in keep if n < len(row))]))
            reports.append((*ends, row[period] if period >= 0 else "",
                            *(row[n] for n in goods if n < len(row))))  # fmt: skip
        rows, twice = self._ranked(rows, reports)
        top = ["origin", "destination", *(header[n] for n in keep), *(["rank"] * bool(twice))]
        apart = {why: tuple(own) for why, own in self.apart.items()}
        return Shaped(replace(self.cells, header=top, rows=rows), tuple(self._said(twice)), apart)

    def _ends(self, row: Sequence[str]) -> list[str]:
        own, other = row[self.reporter], row[self.partner]
        return [other, own] if headings.trade_way(row[self.way]) == "import" else [own, other]

    def _apart(self, row: Sequence[str], period: int, goods: Sequence[int]) -> str:
        """Why a row is kept apart, "" where it is a flow."""
        if headings.trade_way(row[self.way]) not in ("import", "export"):
            return "goods sent back, which imports and exports count already"
        partner = headings.ranked("partner", self.cells.header)
        texts = {row[n] for n in partner}
        if any(headings.is_total(text) for text in texts) and not texts & self.names:
            return "totals over all partners"
        if any(headings.is_total(row[n]) for n in goods) and self._several(goods):
            return "totals over all goods"
        if period >= 0 and _ANNUAL.fullmatch(row[period]):
            return "totals of a year"
        return ""

    def _several(self, goods: Sequence[int]) -> bool:
        return any(not headings.is_total(row[n]) for _, row in self.cells.rows for n in goods)

    def _ranked(
        self, rows: list[tuple[int, list[str]]], reports: Sequence[tuple[str, ...]]
    ) -> tuple[list[tuple[int, list[str]]], int]:
        """Rows with a rank where both sides report one flow: the importer's is drawn."""
        way = {number: headings.trade_way(row[self.way]) for number, row in self.cells.rows
               if self.way < len(row)}  # fmt: skip
        sides: dict[tuple[str, ...], Counter[str]] = {}
        for (number, _), key in zip(rows, reports, strict=True):
            sides.setdefault(key, Counter())[way.get(number, "")] += 1
        both = {key for key, own in sides.items() if len(own) > 1}
        if not both:
            return rows, 0
        made = []
        for (number, row), key in zip(rows, reports, strict=True):
            second = key in both and way.get(number) == "export"
            made.append((number, [*row, "2" if second else "1"]))
        return made, len(both)

    def _said(self, twice: int) -> Iterator[str]:
        header = self.cells.header
        yield (
            f"{header[self.way]} tells the direction: imports run from {header[self.partner]} to "
            f"{header[self.reporter]}, exports the other way."
        )
        for why, own in self.apart.items():
            yield f"Kept apart, not drawn: {words.many(len(own), 'row')}, {why}."
        if twice:
            yield (
                f"Reported by both sides: {twice:,} flows; what the importer reports is drawn, the "
                "other figure stands beside it with rank 2."
            )
