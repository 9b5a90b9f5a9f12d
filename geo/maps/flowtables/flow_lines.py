"""The lines of a user's table of flows: what is known of each, by period and way, on one scale.

One line is one leg, or one way from a place to another: the opposite way is a line of its own.
What is known of one line, period and way is added up, a lane for each commodity; rows of rank 2
and more stand beside it in the table and are not added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo.account import flows as amounts
from geo.account import words
from geo.maps.flowtables.flow_table import FlowTable
from geo.scene import style
from geo.scene.model import Casing, Figure, Lane, Source

Record = Mapping[str, Any]


@dataclass
class Line:
    """One line in the making: a known leg, or one way between two places.

    mode and via are those that its rows name, "" for none. laid: the title of a stretch of way
    that carries what several lines move.
    """

    id: str
    leg: str
    origin: str
    destination: str
    mode: str = ""
    via: str = ""
    laid: str = ""
    rows: list[Record] = field(default_factory=list)
    figures: tuple[Figure, ...] = ()
    shown: tuple[Figure, ...] = ()

    @property
    def drawn(self) -> set[str]:
        """Ids of the rows drawn while no period is chosen."""
        return {name for figure in self.shown for name in figure.flows}


@dataclass
class Lines:
    """The lines of a table with their figures; sources are numbered at first use."""

    table: FlowTable
    stretches: list[Line] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    # --- rows ---------------------------------------------------------------------------------

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The rows of the table, each with its id on the page."""
        table = self.table.flows
        nth = table.groupby("row").cumcount()
        ids = [
            f"row-{n}" + (f"-{m + 1}" if m else "") for n, m in zip(table["row"], nth, strict=True)
        ]
        made = table.assign(id=ids).to_dict("records")
        return [{str(k): v for k, v in row.items()} for row in made]

    @cached_property
    def inner(self) -> list[dict[str, Any]]:
        """Rows that begin and end at one place: a ring beside it."""
        return [row for row in self.records if _inner(row)]

    @cached_property
    def dated(self) -> bool:
        """Whether any row has a period of known length."""
        return bool(self.table.flows["years"].notna().any())

    @cached_property
    def paced(self) -> bool:
        """Whether widths are per year: nothing shorter than 28 days is turned into a year's pace.

        Where no row is longer, widths are amounts as they are stated.
        """
        return self.dated and not self.only_short

    @cached_property
    def periods(self) -> int:
        """How many different periods the table has."""
        return len(self.table.flows[["period_start", "period_end"]].drop_duplicates())

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit each kind is worded in: the one the table has most often."""
        found = Counter(zip(self.table.flows["kind"], self.table.flows["unit"], strict=True))
        units: dict[str, str] = {}
        for (kind, unit), _ in found.most_common():
            if kind:
                units.setdefault(kind, unit)
        return units

    @cached_property
    def main(self) -> str:
        """The kind of unit of most rows: what the headline counts in, '' if none is known."""
        known = self.table.flows[self.table.flows["base"].notna()]
        return str(known["kind"].mode().iloc[0]) if len(known) else ""

    @cached_property
    def only_counts(self) -> bool:
        """Whether the table holds counts of movements alone: then these have widths."""
        return set(self.table.flows["unit"]) - {""} <= amounts.COUNTS

    @cached_property
    def only_short(self) -> bool:
        """Whether every period is shorter than a shipment's: then these are comparable."""
        return bool((self.table.flows["years"].dropna() < amounts.MIN_DAYS / 366).all())

    def rate(self, row: Record) -> float:
        """The row's amount per year, or as it is where no row has a pace; NaN: no width."""
        if row["unit"] in amounts.COUNTS and not self.only_counts:
            return float("nan")
        if not self.paced:
            return float(row["base"])
        short = row["years"] < amounts.MIN_DAYS / 366
        span = row["years"] if row["years"] > 0 and not short else float("nan")
        return float(row["base"] / span)

    def cargo(self, row: Record) -> str:
        """What was moved; a table without commodities speaks of flows."""
        named = "commodity" in self.table.stated
        return str(row["commodity"]).replace("_", " ") or ("cargo not stated" if named else "flow")

    @cached_property
    def names(self) -> dict[str, str]:
        """The English or only name of every place by its id."""
        table = self.table.places
        columns = [c for c in ("name_en", "name", "title", "label", "place") if c in table]
        filled = table[columns].replace("", np.nan).bfill(axis=1)
        return dict(zip(table["place"], filled.iloc[:, 0].astype(str), strict=True))

    def route(self, origin: str, destination: str) -> str:
        """'A → B', '?' for an end not stated."""
        ends = (self.names.get(name, name) or "?" for name in (origin, destination))
        return " → ".join(ends)

    def when(self, row: Record) -> str:
        """The period in words; '' where the table has none at all."""
        stated = {"period", "period_start", "period_end"} & self.table.stated
        start, end = row["period_start"], row["period_end"]
        if row["timed"] and pd.notna(start) and pd.notna(end):
            return _hours(start, end)
        return words.period(start, end) if stated else ""

    # --- sources ------------------------------------------------------------------------------

    def number(self, source: str, role: str = "table") -> int:
        """The page's number of a source; what names none is of its file."""
        name = source or self.table.files[role]
        return self._numbers.setdefault(name, len(self._numbers) + 1)

    def sources(self) -> Iterator[Source]:
        """Every source used, in the order of first use."""
        roles = {name: role for role, name in self.table.files.items()}
        for name, number in self._numbers.items():
            address = name if name.lower().startswith(("http://", "https://")) else ""
            text = f"{name} ({roles[name]} given for this map)" if name in roles else name
            yield Source(number, name, "" if address else text, address)

    # --- lines --------------------------------------------------------------------------------

    def lay(self, title: str, number: int, rows: Sequence[Record]) -> Line:
        """A stretch of way with what all of these rows move over it; widths take note of it."""
        first = rows[0]
        line = Line(f"stretch-{number}", "", first["origin"], first["destination"], laid=title)
        line.rows.extend(rows)
        line.figures = tuple(self._figures(line))
        line.shown = tuple(self._shown(line))
        self.stretches.append(line)
        return line

    def only(self, rows: Sequence[Record]) -> Lines:
        """The same with some of the rows alone: words, colours and numbers of sources stay."""
        ids = {row["id"] for row in rows}
        kept = [row["id"] in ids for row in self.records]
        part = replace(self.table, flows=self.table.flows[kept], lost=(), apart={})
        made = Lines(part, _numbers=self._numbers)
        same = ("colours", "units", "names", "dated", "paced", "only_counts", "periods")
        vars(made).update({name: getattr(self, name) for name in same}, records=list(rows))
        return made

    def of(self, line: Line, rows: Sequence[Record]) -> Line:
        """A line with some of its rows alone, and their figures."""
        made = replace(line, rows=list(rows), figures=(), shown=())
        made.figures = tuple(self._figures(made))
        made.shown = tuple(self._shown(made))
        return made

    @cached_property
    def ranked(self) -> list[Line]:
        """Every line with its figures and those shown at first, the widest first."""
        for line in self.measured:
            line.shown = tuple(self._shown(line))
        return sorted(self.measured, key=lambda line: (-self.size(line), line.id))

    @cached_property
    def measured(self) -> list[Line]:
        """Every line with its figures, in the order of the table."""
        return self._gathered([row for row in self.records if not _inner(row)])

    @cached_property
    def within(self) -> list[Line]:
        """What is moved within one place, the widest first."""
        for line in self.rounds:
            line.shown = tuple(self._shown(line))
        return sorted(self.rounds, key=lambda line: (-self.size(line), line.id))

    @cached_property
    def rounds(self) -> list[Line]:
        """What is moved within one place with its figures, in the order of the table."""
        return self._gathered(self.inner)

    @cached_property
    def every(self) -> list[Line]:
        """Every line between places and within one, the widest first."""
        return sorted((*self.ranked, *self.within), key=lambda line: (-self.size(line), line.id))

    def _gathered(self, rows: Sequence[Record]) -> list[Line]:
        """Rows by their line, with the figures of each."""
        made: dict[str, Line] = {}
        for row in rows:
            line = self._line(row)
            made.setdefault(line.id, line).rows.append(row)
        for line in made.values():
            line.figures = tuple(self._figures(line))
        return list(made.values())

    @cached_property
    def account(self) -> dict[str, int]:
        """What became of each row that was read; the counts add up to the rows read."""
        found = Counter(self._fate(row) for row in self.records)
        fates = ("drawn", "within one place", "unknown", "without a width", "beside")
        return {fate: found[fate] for fate in fates} | {
            "kept apart": sum(map(len, self.table.apart.values())),
            "left out": len(self.table.lost),
        }

    def _fate(self, row: Record) -> str:
        if row["rank"] > 1:
            return "beside"
        if pd.isna(row["base"]):
            return "unknown"
        if pd.isna(self.rate(row)):
            return "without a width"
        return "within one place" if _inner(row) else "drawn"

    @cached_property
    def sums(self) -> list[tuple[int, ...]]:
        """Rows of the table that are added up as nothing that is read tells them apart."""
        found: dict[tuple[Any, ...], list[int]] = {}
        for row in self.records:
            if row["rank"] == 1 and pd.notna(row["base"]):
                key = (self._line(row).id, *_span(row), row["kind"], row["commodity"])
                found.setdefault(key, []).append(row["row"])
        return [tuple(rows) for rows in found.values() if len(rows) > 1]

    def _line(self, row: Record) -> Line:
        if row["leg"]:
            start, end = self._ends[row["leg"]]
            return Line(row["leg"], row["leg"], start, end)
        mode, via = (str(row[column]).strip().lower() for column in ("mode", "via"))
        by = f" by {mode}" * bool(mode) + f" via {via}" * bool(via)
        name = f"{row['origin']} → {row['destination']}{by}"
        return Line(name, "", row["origin"], row["destination"], mode, via)

    @cached_property
    def _ends(self) -> dict[str, tuple[str, str]]:
        legs = self.table.legs
        pairs = zip(legs["origin"], legs["destination"], strict=True)
        return dict(zip(legs["leg"], pairs, strict=True))

    def size(self, line: Line) -> float:
        """The width of a line in pixels; unknown comes last."""
        sizes = [f.rate * self.scale.get(f.kind, 0.0) for f in line.shown if f.rate is not None]
        return max(sizes, default=-1.0)

    def _figures(self, line: Line) -> Iterator[Figure]:
        """What is known of a line: first-ranked amounts by period, kind and way, added up."""
        groups: dict[tuple[Any, ...], list[Record]] = {}
        first = [row for row in line.rows if row["rank"] == 1]
        for row in first:
            if pd.notna(row["base"]):
                groups.setdefault((*_span(row), row["kind"]), []).append(row)
        for key in sorted(groups, key=str):
            open_ = [
                r for r in first if pd.isna(r["base"]) and (*_span(r), r["kind"] or key[-1]) == key
            ]
            yield self._figure(line, [*groups[key], *open_])

    def _figure(self, line: Line, rows: Sequence[Record]) -> Figure:
        first = max(rows, key=lambda row: row["base"] if pd.notna(row["base"]) else -1.0)
        lanes, told = self._lanes(rows), summed(rows)
        rate, wide = sum(lane.rate for lane in lanes), bool(lanes)
        weakest = max((row["basis"] for row in rows), key=style.WEAKNESS.index)
        held = self._held(line, first, len(lanes)) if wide else None
        share = words.percent(rate / held.capacity) if held and held.capacity else ""
        when, moved = self.when(first), words.quantity(told)
        of = f" of {held.could} · {share}" if held else ""
        short = words.quantity({**told, **_rounded(told)})
        return Figure(
            id="+".join(row["id"] for row in rows),
            flows=tuple(row["id"] for row in rows),
            start=moment(first, "period_start"),
            end=moment(first, "period_end"),
            kind=first["kind"] if wide else "",
            rate=float(rate) if wide else None,
            quantity=float(sum(row["base"] for row in rows if pd.notna(row["base"])))
            if wide
            else None,
            capacity=held.capacity if held else None,
            full=held.capacity * float(first["years"]) if held else None,
            years=float(first["years"]) if self.paced and pd.notna(first["years"]) else 0.0,
            rank=1,
            basis=weakest,
            direction=int(first["direction"]),
            label=f"{short}{of}" + (f" ({when})" if self.periods > 1 else ""),
            what=words.joined([lane.word for lane in lanes]) or self.cargo(first),
            period=when or words.period(None, None),
            moved=moved,
            could=held.could if held else "",
            share=share,
            source=self.number(first["source"]),
            lanes=lanes,
            hollow=style.is_hollow(weakest),
            unit=told["unit"],
            unit_size=amounts.convert(1.0, told["unit"], first["kind"]),
            added=len(rows),
        )

    def _lanes(self, rows: Sequence[Record]) -> tuple[Lane, ...]:
        """The rate of each commodity, the largest first; none where no rate is known."""
        rates: dict[str, float] = {}
        for row in rows:
            rate = self.rate(row)
            if pd.notna(rate):
                rates[self.cargo(row)] = rates.get(self.cargo(row), 0.0) + rate
        made = [Lane(cargo, self.colours[cargo], rate) for cargo, rate in rates.items()]
        return tuple(sorted(made, key=lambda lane: (-lane.rate, lane.word)))

    @cached_property
    def colours(self) -> dict[str, str]:
        """A colour for each commodity, those of most rows first."""
        found = Counter(self.cargo(row) for row in self.records)
        return style.colours([cargo for cargo, _ in sorted(found.items(), key=_often)])

    @cached_property
    def common(self) -> tuple[str, str] | None:
        """The period most lines have, the latest of equals; None if under half of them have it."""
        spans = [
            {(f.start, f.end) for f in x.figures if f.rate is not None}
            for x in (*self.measured, *self.rounds)
        ]
        found = Counter(span for own in spans for span in own)
        most = max(found.items(), key=lambda item: (item[1], item[0]), default=None)
        enough = most is not None and 2 * most[1] >= sum(1 for own in spans if own)
        return most[0] if most is not None and enough else None

    def _shown(self, line: Line) -> Iterator[Figure]:
        """The figure drawn for each way while no period is chosen: of its fullest period, in the
        kind of unit that most rows have.
        """
        known = [f for f in line.figures if f.rate is not None]
        known.sort(key=self._fullness(known), reverse=True)
        kind = known[0].kind if known else ""
        for way in (1, -1, 0):
            yield from [f for f in known if f.direction == way and f.kind == kind][:1]

    def _fullness(self, known: Sequence[Figure]) -> Callable[[Figure], tuple[Any, ...]]:
        """By share of what could move, where that is known of each figure, else by what moved."""
        held = all(f.capacity for f in known)

        def key(f: Figure) -> tuple[Any, ...]:
            full = (f.rate or 0.0) / (f.capacity or 1.0) if held else f.rate
            return f.kind == self.main, full, f.end, f.start

        return key

    # --- capacities ---------------------------------------------------------------------------

    @cached_property
    def capacities(self) -> dict[str, pd.DataFrame]:
        """Yearly capacities by leg, the first-ranked first."""
        table = self.table.capacities.assign(corridor="")
        known = table["per"].isin(list(amounts.PER_YEAR)) & table["quantity"].gt(0)
        ordered = table[known].sort_values("rank", kind="stable")
        return {str(leg): own for leg, own in ordered.groupby("leg")} if len(ordered) else {}

    def _held(self, line: Line, row: Record, lanes: int) -> Casing | None:
        """The capacity a figure is held against; None where none applies."""
        own = self.capacities.get(line.leg) if self.paced else None
        if own is None:
            return None
        about = {**row, "corridor": "", "commodity": row["commodity"] if lanes == 1 else ""}
        found = amounts.applicable(pd.Series(about), own)
        return None if found is None else self._casing(dict(found))

    def _casing(self, row: Record) -> Casing:
        kind = amounts.unit_kind(row["unit"])
        yearly = amounts.convert(row["quantity"], row["unit"], kind) * amounts.PER_YEAR[row["per"]]
        return Casing(
            start=day(row["valid_from"]),
            end=day(row["valid_to"]),
            kind=kind,
            capacity=float(yearly),
            could=f"{words.quantity(row)}/{row['per']}",
            source=self.number(row["source"], "capacities"),
        )

    def capacity_rows(self, line: Line) -> list[dict[str, Any]]:
        """Yearly capacities of a line, the first-ranked first; none without a yearly pace."""
        own = self.capacities.get(line.leg) if self.paced else None
        return [] if own is None else mappings(own)

    def casings(self, line: Line) -> tuple[Casing, ...]:
        """What could move on a line, the first-ranked first."""
        return tuple(map(self._casing, self.capacity_rows(line)))

    @cached_property
    def scale(self) -> dict[str, float]:
        """Pixels per unit and year (per unit where no row has a yearly pace), by kind."""
        most: dict[str, float] = {}
        for line in (*self.measured, *self.rounds, *self.stretches):
            told = [(f.kind, max(f.rate or 0.0, f.capacity or 0.0)) for f in line.figures]
            told += [(c.kind, c.capacity) for c in self.casings(line)]
            for kind, value in told:
                most[kind] = max(most.get(kind, 0.0), value)
        return {kind: style.MAX_PX / value for kind, value in most.items() if kind and value > 0}


# --- values --------------------------------------------------------------------------------------


def mappings(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as mappings."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _inner(row: Record) -> bool:
    return not row["leg"] and row["origin"] == row["destination"]


def _span(row: Record) -> tuple[Any, ...]:
    """What rows that are added up have in common: their period and their way."""
    return str(row["period_start"]), str(row["period_end"]), row["direction"]


def _often(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def known(value: Any) -> float | None:
    """A number, None where it is unknown."""
    return None if value is None or pd.isna(value) else float(value)


def day(date: Any) -> str:
    """A date as ISO text, "" where it is not stated."""
    return "" if pd.isna(date) else str(date.date())


def moment(row: Record, end: str) -> str:
    """An end of a row's period as ISO text, with the hour where the table has hours."""
    if not row["timed"] or pd.isna(row[end]):
        return day(row[end])
    return str(row[end].isoformat(timespec="minutes"))


def _hours(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """'1 Jan 2020, 08:00', or from one time to another."""
    first, last = (f"{words.day(t)}, {t:%H:%M}" for t in (start, end))
    if start == end:
        return first
    same = start.date() == end.date()
    return f"{first}–{end:%H:%M}" if same else f"{first} – {last}"


def summed(rows: Sequence[Record]) -> dict[str, Any]:
    """Rows of one kind of unit as one row with bounds, in the unit of the first that has one.

    What is not known of a part leaves the sum open: 3 t and unknown are over 3 t.
    """
    if len(rows) == 1:
        return dict(rows[0])
    unit = next(str(row["unit"]) for row in rows if row["unit"])
    low, high, open_ = 0.0, 0.0, False
    for row in rows:
        least, most = _bounds(row, unit)
        low += least or 0.0
        high += most or 0.0
        open_ = open_ or most is None
    if open_:
        return {"quantity_low": low if low else None, "unit": unit}
    key = {"quantity": low} if low == high else {"quantity_low": low or None, "quantity_high": high}
    return {**key, "unit": unit}


def _rounded(row: Record) -> dict[str, float | None]:
    """The amounts of a row to three digits that count, for the map; the table has them whole."""
    found = {name: known(row.get(name)) for name in ("quantity", "quantity_low", "quantity_high")}
    return {n: None if v is None else float(f"{v:.3g}") for n, v in found.items()}


def _bounds(row: Record, unit: str) -> tuple[float | None, float | None]:
    """Least and most of a row in a like unit; None where not known."""
    at = {c: known(amounts.convert(row[c], row["unit"], unit)) for c in row if "quantity" in c}
    least = at["quantity"] if at["quantity_low"] is None else at["quantity_low"]
    most = at["quantity"] if at["quantity_high"] is None else at["quantity_high"]
    return least, most
