"""What was reported against a limit set from outside, year by year: one chart a cargo and unit.

Reported figures and estimates stand beside each other and are never added up. A reported zero is
a zero; a year without a report says so. A figure for part of a year is held against the limit of
the whole year, and the words say that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geo import flows as amounts
from geo.scene import words
from geo.scene.facts import FIGURES, Facts, Record, records
from geo.scene.model import LimitBar, LimitChart, LimitYear

OFFICIAL = ("reported", "derived")  # a derived figure stands where nothing better was reported
ESTIMATES = ("observed", "claimed")
ROOM = 1.12  # the scale ends beyond the largest figure, so that an open end can be drawn
NOT_REPORTED = "not reported: no figure for the corridors of this page"
NOT_STATED = "period not stated"


def charts(facts: Facts) -> tuple[LimitChart, ...]:
    """A chart for each cargo and kind of unit with figures held against a limit."""
    table = facts.flows
    held = table[(table["limit"] != "") & ~table["unit"].isin(amounts.COUNTS)]
    groups = held.groupby(["commodity", held["unit"].map(amounts.unit_kind)], sort=False)
    return tuple(_Chart(facts, own, str(kind)).chart() for (_, kind), own in groups)


@dataclass
class _Chart:
    """One chart in the making: the flows of one cargo in one kind of unit."""

    facts: Facts
    own: pd.DataFrame
    kind: str

    @property
    def commodity(self) -> str:
        return str(self.own["commodity"].iloc[0])

    @cached_property
    def unit(self) -> str:
        """The unit of the latest limit."""
        return str(self.limits[-1]["unit"])

    @cached_property
    def limits(self) -> Sequence[Record]:
        """Every limit on the cargo in this kind of unit, oldest first."""
        table = self.facts.package.limits
        like = table["unit"].map(amounts.unit_kind) == self.kind
        fits = like & (table["commodity"] == self.commodity) & (table["per"] == "year")
        return records(table[fits].sort_values("valid_from", kind="stable"))

    def chart(self) -> LimitChart:
        """The chart as values."""
        years = tuple(self.years())
        bars = [bar for year in years for bar in year.bars]
        ends = [x for bar in bars for x in (bar.high, bar.limit) if x]
        cargo = self.facts.cargo({"commodity": self.commodity})
        return LimitChart(
            id=f"{self.commodity}-{self.kind}",
            title=_finding(cargo, bars),
            cargo=cargo,
            unit=self.unit,
            colour=self.facts.colour(
                str(self.own["corridor"].iloc[0]), records(self.own.head(1))[0]
            ),
            most=max(ends, default=1.0) * ROOM,
            years=years,
            limits=tuple(map(self._limit, self.limits)),
            conversions=tuple(self.conversions()),
            other_units=self.other_units,
        )

    def years(self) -> Iterator[LimitYear]:
        """Every year from the first to the last with a figure, then figures without a period."""
        begun = self.own["period_start"].dt.year
        known = begun.dropna().astype("int64")
        span = range(known.min(), known.max() + 1) if len(known) else ()
        for year in span:
            yield self._year(str(year), self.own[begun == year])
        if begun.isna().any():
            yield self._year(NOT_STATED, self.own[begun.isna()])

    def _year(self, word: str, rows: pd.DataFrame) -> LimitYear:
        official = rows[rows["basis"].isin(OFFICIAL)]
        bars = [
            bar for _, one in official.groupby("corridor", sort=False) for bar in self._told(one)
        ]
        guessed = rows[rows["basis"].isin(ESTIMATES) & rows["best"].notna()]
        together = guessed.groupby(
            ["corridor", "period_start", "period_end"], sort=False, dropna=False
        )
        bars += [self._estimate(one) for _, one in together]
        return LimitYear(word, tuple(bars), "" if len(official) else NOT_REPORTED)

    # --- bars -------------------------------------------------------------------------------------

    def _told(self, rows: pd.DataFrame) -> Iterator[LimitBar]:
        """Reported figures of a corridor in a year: the first-ranked, then what stands beside."""
        first = rows[rows["rank"] == rows["rank"].min()]
        told = first[first["basis"] == "reported"] if "reported" in set(first["basis"]) else first
        for row in records(told.sort_values("period_start", kind="stable")):
            yield self._bar("reported", row)
        parts = rows.get("part_of", pd.Series("", index=rows.index)).isin(list(told["flow"]))
        left = rows[~rows["flow"].isin(list(told["flow"])) & ~parts]
        for row in records(left.sort_values("rank", kind="stable")):
            if not any(_same(row, own) and _agree(row, own) for own in records(told)):
                yield self._bar("beside", row)

    def _bar(self, kind: str, row: Record) -> LimitBar:
        return LimitBar(
            kind=kind,
            figure=words.quantity(row),
            period=words.period(row["period_start"], row["period_end"]),
            corridor=self.facts.name(row["corridor"]),
            basis=str(row["basis"]),
            share=self.facts.share(row),
            cites=f"[{self.facts.number(row['source'])}]",
            limit=self._cap(row),
            **self._ends([row]),
            part=_part(row),
            beside=self._beside(row),
            note=str(row["note"]),
        )

    def _estimate(self, rows: pd.DataFrame) -> LimitBar:
        """Estimates for one period as one range, from the lowest to the highest."""
        found = records(rows.sort_values("best", kind="stable"))
        first, last = found[0], found[-1]
        number = self.facts.number
        told = "; ".join(f"{r['note']} [{number(r['source'])}]" for r in found if r["note"])
        return LimitBar(
            kind="estimate",
            figure=_between(words.quantity(first), words.quantity(last), f" {last['unit']}"),
            period=words.period(first["period_start"], first["period_end"]),
            corridor=self.facts.name(first["corridor"]),
            basis=words.joined(list(dict.fromkeys(str(r["basis"]) for r in found))),
            share=_between(self.facts.share(first), self.facts.share(last), " of limit"),
            cites=" ".join(dict.fromkeys(f"[{number(r['source'])}]" for r in found)),
            limit=self._cap(first),
            **self._ends(found),
            part=_part(first),
            note=told if len(found) > 1 else str(first["note"]),
        )

    def _cap(self, row: Record) -> float | None:
        cap = amounts.convert(row["limit_quantity"], row["unit"], self.unit)
        return None if pd.isna(cap) else float(cap)

    def _ends(self, rows: Sequence[Record]) -> dict[str, Any]:
        """Lowest and highest known bound in the chart's unit, and whether the upper end is open."""
        ends = [tuple(amounts.convert(x, r["unit"], self.unit) for x in _bounds(r)) for r in rows]
        known = [x for end in ends for x in end if pd.notna(x)]
        return {
            "low": float(min(known)) if known and all(pd.notna(low) for low, _ in ends) else None,
            "high": float(max(known)) if known else None,
            "open": bool(known) and any(pd.isna(high) for _, high in ends),
        }

    # --- beside -----------------------------------------------------------------------------------

    @cached_property
    def other_units(self) -> tuple[str, ...]:
        """Units of another kind in which the same cargo was given, counts left out."""
        table = self.facts.flows
        units = table.loc[table["commodity"] == self.commodity, "unit"]
        kinds = dict.fromkeys(amounts.unit_kind(u) for u in units if u not in amounts.COUNTS)
        return tuple(unit for unit in kinds if unit and unit != self.kind)

    def _beside(self, row: Record) -> str:
        """The same amount in another unit, and what the two figures imply."""
        table = self.facts.flows
        others = table[table["unit"].map(amounts.unit_kind).isin(self.other_units)]
        told = [
            other
            for other in records(others[others["basis"].isin(OFFICIAL) & others["best"].notna()])
            if _same(row, other)
        ]
        return "; ".join(self._other(row, other) for other in told)

    def _other(self, row: Record, other: Record) -> str:
        said = f"{words.quantity(other)} ({other['basis']}) [{self.facts.number(other['source'])}]"
        if not (row["quantity"] and other["quantity"] and pd.notna(row["quantity"])):
            return said
        kind, per = amounts.unit_kind(row["unit"]), amounts.unit_kind(other["unit"])
        ratio = amounts.convert(row["quantity"], row["unit"], kind) / amounts.convert(
            other["quantity"], other["unit"], per
        )
        return said if pd.isna(ratio) else f"{said}; the two imply {ratio:.3g} {kind}/{per}"

    def conversions(self) -> Iterator[str]:
        """Every conversion between the units of the chart that a source gives."""
        for row in conversion_rows(self.facts, self.kind, self.other_units):
            about = f" ({row['note']})" if row["note"] else ""
            name = row["text"] or str(row["property"]).replace("_", " ")
            number = self.facts.number(row["source"])
            yield f"{name}: {words.quantity(row)}, {row['basis']} [{number}]{about}"

    def _limit(self, row: Record) -> str:
        when = words.period(row["valid_from"], row["valid_to"])
        note = f": {row['note']}" if row["note"] else ""
        said = f"{words.number(row['quantity'])} {row['unit']} per {row['per']}, {when}"
        return f"{said}{note} [{self.facts.number(row['source'])}]"


def conversion_rows(facts: Facts, kind: str, others: Iterable[str]) -> Sequence[Record]:
    """Attributes that give one kind of unit per another, or the other way round."""
    table = facts.package.attributes
    if table.empty:
        return []
    wanted = {f"{a}/{b}" for other in others for a, b in ((kind, other), (other, kind))}
    own = table[table["unit"].isin(wanted) & table[FIGURES].notna().any(axis=1)]
    return records(own[own["corridor"].isin(["", *facts.corridors])])


def _bounds(row: Record) -> tuple[float, float]:
    """Low and high of a figure: a stated one is both, a missing one is NaN."""
    if pd.notna(row["quantity"]) and pd.isna(row["quantity_low"]) and pd.isna(row["quantity_high"]):
        return row["quantity"], row["quantity"]
    if pd.notna(row["quantity"]):
        low, high = row["quantity_low"], row["quantity_high"]
        return (
            row["quantity"] if pd.isna(low) else low,
            row["quantity"] if pd.isna(high) else high,
        )
    return row["quantity_low"], row["quantity_high"]


def _same(row: Record, other: Record) -> bool:
    """Whether two flows answer one question, whatever their units."""
    asked = [column for column in amounts.QUESTION if column != "unit"]
    return row["flow"] != other["flow"] and all(
        row[c] == other[c] or (pd.isna(row[c]) and pd.isna(other[c])) for c in asked
    )


def _agree(row: Record, other: Record) -> bool:
    """Whether two figures in one unit are the same but for rounding."""
    first = amounts.convert(other["best"], other["unit"], row["unit"])
    return bool(abs(row["best"] - first) <= amounts.ROUNDING * abs(first))


def _part(row: Record) -> str:
    """What to say of a period that is no full year."""
    if pd.isna(row["years"]):
        return "period not stated, against the limit of a year"
    if amounts.FULL_YEAR_DAYS <= row["years"] * amounts.DAYS_PER_YEAR < 367:
        return ""
    length = "part of a year" if row["years"] < 1 else "more than a year"
    return f"{length}, against the limit of a whole year"


def _between(low: str, high: str, ending: str) -> str:
    """'125 to over 165 t' of '125 t' and 'over 165 t'."""
    return high if low == high or not low else f"{low.removesuffix(ending)} to {high}"


def _finding(cargo: str, bars: Sequence[LimitBar]) -> str:
    """The highest share reported for a whole year, and the highest estimated."""
    name = cargo[:1].upper() + cargo[1:]
    told = [b for b in bars if b.kind == "reported" and b.share]
    whole = _highest([b for b in told if not b.part] or told)
    guess = _highest([b for b in bars if b.kind == "estimate" and b.share])
    said = [
        *([f"{_bare(whole.share)} reported at most ({whole.period})"] if whole else []),
        *([f"{_bare(guess.share)} estimated ({guess.period})"] if guess else []),
    ]
    if not said:
        return f"{name} against the yearly limit"
    return f"{name} against the yearly limit: {', '.join(said)}"


def _bare(share: str) -> str:
    return share.removesuffix(" of limit")


def _highest(bars: Sequence[LimitBar]) -> LimitBar | None:
    return max(bars, key=lambda b: (b.high or 0.0) / (b.limit or 1.0), default=None)
