"""The facts of one page: its flows with what they are held against, in words, with sources.

Rows travel as plain mappings (a column's name → its value); sources are numbered at first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import flows as figures
from geo.package import Package
from geo.scene import style, words
from geo.scene.model import Claim

Record = Mapping[str, Any]
ORDINALS = ("first", "second", "third", "fourth", "fifth")
FIGURES = ["quantity", "quantity_low", "quantity_high"]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as mappings."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


@dataclass
class Facts:
    """What one page says: the legs it shows and every figure of their corridors."""

    package: Package
    legs: gpd.GeoDataFrame
    widths: bool = True
    lang: str = "en"
    _numbers: dict[str, int] = field(default_factory=dict)
    _peaks: dict[tuple[str, str], Record | None] = field(default_factory=dict, repr=False)
    _asked: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def number(self, source: str) -> int:
        """The page's number of a source, given at its first use."""
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    @property
    def numbered(self) -> Mapping[str, int]:
        """Every source used so far with its number."""
        return self._numbers

    # --- tables ---------------------------------------------------------------------------------

    @cached_property
    def corridors(self) -> dict[str, Record]:
        """The page's corridors by id, in the order of their table."""
        table = self.package.corridors
        own = table[table["corridor"].isin(self.legs["corridor"])]
        return {row["corridor"]: row for row in records(own)}

    @cached_property
    def meridian(self) -> float:
        """The longitude round which the page is drawn: of the extent, else of the first leg."""
        if self.package.extent is not None:
            return (self.package.extent[0] + self.package.extent[2]) / 2
        lines = self.legs.geometry.dropna()
        return float(lines.iloc[0].coords[0][0]) if len(lines) else 0.0

    @property
    def main(self) -> list[str]:
        """Ids of the corridors the page is about, context left out."""
        return [name for name, row in self.corridors.items() if row["role"] == "main"]

    def name(self, corridor: str) -> str:
        """A corridor's name in the page's language, in English where it has none."""
        return self.named(self.corridors[corridor])

    def named(self, row: Record) -> str:
        """The name of a corridor or place in the page's language, else in English."""
        return str(row.get(f"name_{self.lang}") or row["name_en"])

    def parallel(self, corridor: str) -> bool:
        """True when the corridor's legs are alternatives, not one after the other."""
        return bool(self.corridors[corridor]["layout"] == "parallel")

    @cached_property
    def flows(self) -> pd.DataFrame:
        """The page's flows by id with utilisation, limit, best figure, conflicts and years."""
        table = self.package.flows
        table = table[table["corridor"].isin(list(self.corridors))]
        extra = [
            figures.utilisation(table, self.package.capacities),
            figures.against_limits(table, self.package.limits),
            figures.best(table),
            figures.conflicts(table),
            figures.years(table),
        ]
        whole = pd.concat([table, *extra], axis=1)
        return whole.set_index("flow", drop=False)

    def flow(self, name: str) -> Record:
        """One flow by id."""
        return self._by_id[name]

    @cached_property
    def _by_id(self) -> Mapping[str, Record]:
        return {row["flow"]: row for row in records(self.flows)}

    def of(self, corridor: str, leg: str | None = None) -> pd.DataFrame:
        """A corridor's flows; with a leg, only that leg's, and with "" those of no one leg."""
        own = self.flows[self.flows["corridor"] == corridor]
        return own if leg is None else own[own["leg"] == leg]

    @cached_property
    def _capacities(self) -> dict[str, Record]:
        return {row["capacity"]: row for row in records(self.package.capacities)}

    def capacity(self, row: Record) -> Record | None:
        """The capacity a flow is held against, or None."""
        return self._capacities.get(row["capacity"]) if row["capacity"] else None

    # --- what is drawn ----------------------------------------------------------------------------

    def peak(self, corridor: str, leg: str = "") -> Record | None:
        """The fullest period of a corridor, or of one of its legs."""
        if (corridor, leg) not in self._peaks:
            found = figures.peak(self.of(corridor, leg), self.package.capacities)
            self._peaks[corridor, leg] = self.flow(found) if found else None
        return self._peaks[corridor, leg]

    @cached_property
    def drawn(self) -> dict[str, Record]:
        """The flow drawn for each corridor in series, and for each leg of the others."""
        found: dict[str, Record] = {}
        for corridor in self.corridors:
            legs = set(self.of(corridor)["leg"]) - {""} if self.parallel(corridor) else {""}
            for leg in sorted(legs):
                peak = self.peak(corridor, leg)
                if peak is not None:
                    found[leg or corridor] = peak
        return found

    def idle(self, corridor: str) -> Record | None:
        """The yearly capacity ranked first, for a corridor whose flow is unknown."""
        table = self.package.capacities
        if table.empty:
            return None
        known = table["per"].isin(list(figures.PER_YEAR)) & (table["quantity"] > 0)
        own = table[(table["corridor"] == corridor) & (table["leg"] == "") & known]
        own = own[~own["unit"].isin(figures.COUNTS)].sort_values("rank", kind="stable")
        return records(own.head(1))[0] if len(own) else None

    @cached_property
    def leads(self) -> set[str]:
        """Ids of the flows the headlines speak of."""
        found = [row for c in self.main for row in (self.peak(c), self.beyond_limit(c))]
        return {row["flow"] for row in found if row is not None}

    def beyond_limit(self, corridor: str) -> Record | None:
        """The first-ranked figure furthest beyond the limit in force, or None."""
        own = self.of(corridor)
        beyond = own[(own["share"] > 1) & (own["rank"] == 1)]
        ordered = beyond.sort_values("share", ascending=False, kind="stable")
        return records(ordered.head(1))[0] if len(ordered) else None

    def rivals(self, row: Record) -> pd.DataFrame:
        """Flows that answer the same question with a known figure, this one included."""
        if row["flow"] not in self._asked:
            self._asked[row["flow"]] = self._answers(row)
        return self._asked[row["flow"]]

    def _answers(self, row: Record) -> pd.DataFrame:
        same = pd.Series(True, index=self.flows.index)
        for column in figures.QUESTION:
            value = row[column]
            own = self.flows[column]
            same &= own.isna() if pd.isna(value) else own == value
        return self.flows[same & self.flows["best"].notna()].sort_values("rank", kind="stable")

    def spread(self, row: Record) -> Record:
        """The flow with the range its rivals span, where they differ."""
        rivals = self.rivals(row)
        if len(rivals) < 2 or not row["conflicts"]:
            return row
        shares = rivals[["utilisation", "utilisation_low", "utilisation_high"]]
        return {
            **row,
            "quantity_low": rivals[["quantity", "quantity_low"]].min(axis=1).min(),
            "quantity_high": rivals[["quantity", "quantity_high"]].max(axis=1).max(),
            "utilisation_low": shares.min().min(),
            "utilisation_high": shares.max().max(),
        }

    @cached_property
    def disputed(self) -> list[str]:
        """Ids of first-ranked flows whose question another row answers with another figure."""
        own = self.flows[(self.flows["conflicts"] > 0) & (self.flows["rank"] == 1)]
        return list(own["flow"])

    def key(self, row: Record) -> str:
        """The superscript of a flow's conflict, '' if it has none."""
        return words.key(self.disputed.index(row["flow"])) if row["flow"] in self.disputed else ""

    # --- words ------------------------------------------------------------------------------------

    @cached_property
    def _cargo_names(self) -> Mapping[str, str]:
        table = self.package.commodities
        return dict(zip(table.get("commodity", ()), table.get("name_en", ()), strict=True))

    @cached_property
    def _groups(self) -> Mapping[str, str]:
        table = self.package.commodities
        return dict(zip(table.get("commodity", ()), table.get("group", ()), strict=True))

    @cached_property
    def colours(self) -> dict[str, str]:
        """A colour for each cargo group, in the order of the commodities' table."""
        return style.colours([*self.package.commodities.get("group", ())])

    def colour(self, corridor: str, row: Record | None) -> str:
        """The colour of the drawn flow's cargo, else of what the corridor carries most often."""
        if self.corridors[corridor]["role"] == "context":
            return style.CONTEXT
        cargo = [row["commodity"]] if row is not None else list(self.of(corridor)["commodity"])
        known = [g for g in (self._groups.get(c, "") for c in cargo) if g in self.colours]
        most = max(set(known), key=lambda g: (known.count(g), g)) if known else ""
        return self.colours.get(most, style.CONTEXT)

    def cargo(self, row: Record, missing: str = "cargo unknown") -> str:
        """The name of what was moved."""
        name = str(row.get("commodity", ""))
        return self._cargo_names.get(name, name) or missing

    @cached_property
    def _place_names(self) -> Mapping[str, str]:
        return {row["place"]: self.named(row) for row in records(self.package.places)}

    def place(self, name: str) -> str:
        """A place's name by its id; an id that no place has is its own name."""
        return self._place_names.get(name, name)

    def route(self, row: Record) -> str:
        """'Origin → Destination', '?' for an end not stated, '' when neither is."""
        ends = [self.place(row[c]) for c in ("origin", "destination")]
        return " → ".join(end or "?" for end in ends) if any(ends) else ""

    def could(self, row: Record) -> str:
        """What a flow is held against, in its source's own unit and period."""
        capacity = self.capacity(row)
        if capacity is not None:
            return f"{words.quantity(capacity)}/{capacity['per']}"
        if _limit(row):
            return f"limit {words.number(row['limit_quantity'])} {row['unit']}/year"
        return words.UNKNOWN

    def share(self, row: Record) -> str:
        """Utilisation, or the share of a limit, in words; '' when unknown."""
        if words.share(row):
            return words.share(row)
        if pd.isna(row["share"]):
            return ""
        bound = (
            ""
            if pd.notna(row["quantity"])
            else "over "
            if pd.notna(row["quantity_low"])
            else ("under ")
        )
        return f"{bound}{words.percent(row['share'])} of limit"

    def headline(self, corridor: str) -> str:
        """The finding of a corridor: its fullest period, and what it is held against."""
        peak = self.peak(corridor)
        if peak is None:
            return ""
        beyond = self.beyond_limit(corridor)
        limit = f"; {_limit_words(beyond)}" if beyond is not None else ""
        return f"{self.name(corridor)}: {self._finding(peak)}{limit}"

    def finding(self, corridor: str) -> str:
        """The headline with the numbers of its sources, and the latest figure beside it."""
        peak = self.peak(corridor)
        if peak is None:
            return ""
        said = [f"{self.name(corridor)}: {self._finding(peak)}{self.cites(peak)}"]
        beyond, latest = self.beyond_limit(corridor), self.latest(corridor)
        if beyond is not None:
            said.append(f"{_limit_words(beyond)}{self.cites(beyond)}")
        if latest is not None and latest["flow"] not in self.leads:
            said.append(f"latest: {self._finding(latest)}{self.cites(latest)}")
        return "; ".join(said)

    def latest(self, corridor: str) -> Record | None:
        """The first-ranked figure of the latest period, held against the like of the fullest one.

        Against a capacity where that is, else against a limit; of one period the fuller.
        """
        own, peak = self.of(corridor), self.peak(corridor)
        of_capacity = peak is not None and self.capacity(peak) is not None
        held = own["utilisation" if of_capacity else "share"]
        known = own[held.notna() & (own["rank"] == 1) & own["best"].notna()].assign(held=held)
        ordered = known.sort_values(["period_end", "held"], ascending=False, kind="stable")
        return records(ordered.head(1))[0] if len(ordered) else None

    def cites(self, row: Record) -> str:
        """' [1][4]': sources of a flow, of those it is ranged with, of what it is held against."""
        told = records(self.rivals(row)) if self.spread(row) is not row else [row]
        numbers = [self.number(r["source"]) for r in told]
        numbers += [self.held_source(row)] if self.held_source(row) else []
        return " " + "".join(f"[{n}]" for n in dict.fromkeys(numbers))

    def held_source(self, row: Record) -> int:
        """The number of the source of the capacity or limit a flow is held against, 0 without."""
        capacity = self.capacity(row)
        if capacity is not None:
            return self.number(capacity["source"])
        name = _limit(row)
        table = self.package.limits
        named = table.loc[table["limit"] == name, "source"] if name else ()
        return self.number(next(iter(named))) if len(named) else 0

    def _finding(self, row: Record) -> str:
        spread, cargo = self.spread(row), self.cargo(row, "")
        when = words.period(row["period_start"], row["period_end"])
        what = f" of {cargo}" if cargo and cargo != row["unit"] else ""
        said = f"{words.quantity(spread)}{what} in {when}"
        share, capacity = words.share(spread), self.capacity(row)
        if share and capacity is not None:
            kind = "calculated" if capacity["kind"] == "derived" else capacity["kind"]
            said += f", {share} of {kind} capacity"
        elif _limit(row):
            said += f", {words.percent(row['share'])} of the yearly limit"
        return said + (" (sources differ)" if spread is not row else f" ({row['basis']})")

    def conflicts(self) -> tuple[str, ...]:
        """One sentence for each question that sources answer differently, flows first."""
        package = self.package
        return (
            *(self._conflict(self.flow(name)) for name in self.disputed),
            *self._disagreements(package.capacities, ["leg", "commodity", "unit", "per"], "kind"),
            *self._disagreements(
                package.attributes, ["leg", "vessel", "property", "unit"], "property"
            ),
        )

    def _disagreements(self, table: pd.DataFrame, question: list[str], what: str) -> list[str]:
        """Rows of the page's corridors that are ranked against each other and do not agree."""
        said: list[str] = []
        own = table[table["corridor"].isin(list(self.corridors))] if len(table) else table
        for _, group in own.groupby(["corridor", *question], sort=False) if len(own) else ():
            told: dict[str, Record] = {}
            for row in records(group.sort_values("rank", kind="stable")):
                told.setdefault(_statement(row), row)
            if group["rank"].nunique() < 2 or len(told) < 2:
                continue
            first = next(iter(told.values()))
            about = [self.name(first["corridor"]), *_subject(first, what, self.cargo(first, ""))]
            answers = (f"{t} ({r['basis']}) [{self.number(r['source'])}]" for t, r in told.items())
            said.append(f"{', '.join(about)}: {' against '.join(answers)}")
        return said

    def _conflict(self, row: Record) -> str:
        told = [
            f"{words.quantity(r)} ({r['basis']}) [{self.number(r['source'])}]"
            for r in records(self.rivals(row))
        ]
        when = words.period(row["period_start"], row["period_end"])
        about = f"{self.name(row['corridor'])}, {self.cargo(row)}, {when}"
        return f"{self.key(row)} {about}: {' against '.join(told)}"

    # --- claims -----------------------------------------------------------------------------------

    def claim(self, row: Record, *, drawn: bool = False) -> Claim:
        """A flow as a claim."""
        return Claim(
            figure=words.quantity(row),
            what=self.cargo(row),
            period=words.period(row["period_start"], row["period_end"]),
            basis=str(row["basis"]),
            source=self.number(row["source"]),
            share=self.share(row),
            note=str(row["note"]),
            drawn=drawn,
            id=str(row["flow"]),
            standing=self._standing(row),
        )

    def _standing(self, row: Record) -> str:
        """'first of 2 answers' where sources answer one question differently, else ''."""
        ranked = list(self.rivals(row)["flow"])
        if len(ranked) < 2 or row["flow"] not in ranked:
            return ""
        at = ranked.index(row["flow"])
        place = ORDINALS[at] if at < len(ORDINALS) else f"{at + 1}th"
        return f"{place} of {len(ranked)} answers"

    def capacity_claim(self, row: Record) -> Claim:
        """A capacity as a claim."""
        return Claim(
            figure=words.quantity(row) + (f" per {row['per']}" if row["per"] else ""),
            what=self.cargo(row, "any cargo"),
            period=str(row["kind"]),
            basis=str(row.get("basis") or "reported"),
            source=self.number(row["source"]),
            note=str(row["note"]),
            group="capacity",
        )

    def attribute_claim(self, row: Record) -> Claim:
        """An attribute as a claim: its figure, or its text where it has none."""
        known = any(pd.notna(row[c]) for c in FIGURES)
        figure, text = (words.quantity(row) if known else str(row["text"])), str(row["text"])
        dated: bool = pd.notna(row["period_start"]) or pd.notna(row["period_end"])
        return Claim(
            figure=figure,
            what=str(row["property"]).replace("_", " "),
            period=words.period(row["period_start"], row["period_end"]) if dated else "",
            basis=str(row["basis"]),
            source=self.number(row["source"]),
            note="; ".join(t for t in (text if text != figure else "", str(row["note"])) if t),
            group="attribute",
        )

    def claims(self, corridor: str, leg: str | None = None) -> tuple[Claim, ...]:
        """Every figure of a corridor, or of one leg: the drawn first, then by rank and time."""
        chosen = self.drawn.get(leg or corridor)
        first = chosen["flow"] if chosen is not None else ""
        own = self.of(corridor, leg).sort_values(["rank", "period_start"], kind="stable")
        rows = sorted(records(own), key=lambda row: row["flow"] != first)
        return (
            *(self.claim(row, drawn=row["flow"] == first) for row in rows),
            *map(self.capacity_claim, _about(self.package.capacities, corridor, leg)),
            *map(self.attribute_claim, _about(self.package.attributes, corridor, leg)),
        )

    def place_claims(self, place: str) -> tuple[Claim, ...]:
        """Every figure that begins, ends or stands at a place."""
        at = (self.flows["origin"] == place) | (self.flows["destination"] == place)
        table = self.package.attributes
        facts = table[table["place"] == place] if "place" in table else table
        return (
            *map(self.claim, records(self.flows[at])),
            *map(self.attribute_claim, records(facts)),
        )


def _statement(row: Record) -> str:
    """What a row states: its figure, else its text."""
    return (
        words.quantity(row)
        if any(pd.notna(row[c]) for c in FIGURES)
        else str(row.get("text") or words.UNKNOWN)
    )


def _subject(row: Record, what: str, cargo: str) -> list[str]:
    if what == "property":
        return [str(row["property"]).replace("_", " ")]
    return [f"capacity a {row['per']}", *([cargo] if cargo and cargo != row["unit"] else [])]


def _about(table: pd.DataFrame, corridor: str, leg: str | None) -> Iterable[Record]:
    """Rows of a corridor that are about no single place; with a leg, only those of the leg."""
    if table.empty:
        return []
    own = table["corridor"] == corridor
    if "place" in table:
        own &= table["place"] == ""
    if leg is not None:
        own &= table["leg"] == leg
    return records(table[own].sort_values("rank", kind="stable"))


def _limit(row: Record) -> str:
    """The limit a flow is held against, '' without one."""
    return row["limit"] if isinstance(row["limit"], str) else ""


def _limit_words(row: Record) -> str:
    """'over 3 t claimed for (a period) against a yearly limit of 1 t'."""
    when = words.period(row["period_start"], row["period_end"])
    limit = f"{words.number(row['limit_quantity'])} {row['unit']}"
    return f"{words.quantity(row)} {row['basis']} for {when} against a yearly limit of {limit}"
