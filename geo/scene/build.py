"""A checked package → scenes: which lines, how wide, in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo import basemap, flows as figures, measure
from geo.package import Package
from geo.scene import style, words
from geo.scene.model import (
    Bounds,
    Claim,
    Coordinates,
    Event,
    LegendItem,
    Pipe,
    Place,
    Row,
    Sample,
    Scene,
    Source,
)

LANGUAGES = ("en", "ko", "ru")
VIEW_MARGIN = 0.08
SEGMENT_KM = 40.0


def overview(package: Package) -> Scene:
    """All corridors: where they run, their state and how well their course is known."""
    builder = _Builder(package, package.legs, widths=False)
    found = [builder.headline(c) for c in builder.main]
    headline = next((h for h in found if h), package.title)
    rest = [h for h in found if h and h != headline]
    return builder.scene("overview", package.title, headline, " · ".join(rest))


def legs_page(package: Package, file: str) -> Scene:
    """The page of one leg file: its corridors with capacity, flow and every figure."""
    legs = package.legs[package.legs["file"] == file]
    builder = _Builder(package, legs)
    found = [h for h in map(builder.headline, builder.main) if h]
    title = package.pages.get(file, file)
    return builder.scene(file, title, found[0] if found else title, builder.deck())


def flows(package: Package) -> Scene:
    """Flows against capacities of every main corridor."""
    main = package.corridors.loc[package.corridors["role"] == "main", "corridor"]
    legs = package.legs[package.legs["corridor"].isin(main)]
    builder = _Builder(package, legs)
    shares = [words.joined([h for h in map(builder.headline, builder.main) if h][:1])]
    headline = shares[0] or package.title
    return builder.scene("flows", "Flows against capacities", headline, builder.deck())


def pages(package: Package) -> dict[str, Scene]:
    """Every page of a package by name: overview, one per leg file, flows."""
    made = {"overview": overview(package)}
    made |= {file: legs_page(package, file) for file in package.pages}
    return made | {"flows": flows(package)}


@dataclass
class _Builder:
    """One page in the making; sources are numbered as they are first used."""

    package: Package
    legs: gpd.GeoDataFrame
    widths: bool = True

    def __post_init__(self) -> None:
        self._numbers: dict[str, int] = {}

    # --- what the page is about ---------------------------------------------------------------

    @cached_property
    def corridors(self) -> pd.DataFrame:
        table = self.package.corridors
        return table[table["corridor"].isin(self.legs["corridor"])]

    @property
    def main(self) -> list[str]:
        return list(self.corridors.loc[self.corridors["role"] == "main", "corridor"])

    @cached_property
    def flows(self) -> pd.DataFrame:
        """The page's flows with utilisation, limits, best figure and conflicts beside them."""
        table = self.package.flows
        table = table[table["corridor"].isin(self.corridors["corridor"])]
        shares = figures.utilisation(table, self.package.capacities)
        limits = figures.against_limits(table, self.package.limits)
        extra = [
            shares,
            limits,
            figures.best(table),
            figures.conflicts(table),
            figures.years(table),
        ]
        return pd.concat([table, *extra], axis=1)

    @cached_property
    def groups(self) -> Mapping[str, str]:
        table = self.package.commodities
        return dict(zip(table.get("commodity", ()), table.get("group", ()), strict=True))

    @cached_property
    def colours(self) -> dict[str, str]:
        return style.colours([*self.package.commodities.get("group", ())])

    @cached_property
    def drawn(self) -> dict[str, pd.Series]:
        """The flow drawn for each corridor in series (its fullest year) and for each leg."""
        found: dict[str, pd.Series] = {}
        for _, corridor in self.corridors.iterrows():
            own = self.flows[self.flows["corridor"] == corridor["corridor"]]
            pools = {corridor["corridor"]: own[own["leg"] == ""]}
            if corridor["layout"] == "parallel":
                pools = {leg: own[own["leg"] == leg] for leg in set(own["leg"]) - {""}}
            for key, pool in pools.items():
                peak = figures.peak(pool, self.package.capacities, corridor["corridor"])
                if peak is not None:
                    found[key] = self.flows.loc[peak.name]
        return found

    def number(self, source: str) -> int:
        """The page's number of a source, given at its first use."""
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    # --- words --------------------------------------------------------------------------------

    @cached_property
    def cargo_names(self) -> Mapping[str, str]:
        table = self.package.commodities
        return dict(zip(table.get("commodity", ()), table.get("name_en", ()), strict=True))

    def cargo(self, row: pd.Series, missing: str = "cargo unknown") -> str:
        name = str(row.get("commodity", ""))
        return self.cargo_names.get(name, name) or missing

    def name(self, corridor: str) -> str:
        row = self.corridors[self.corridors["corridor"] == corridor]
        return str(row["name_en"].iloc[0])

    def headline(self, corridor: str) -> str:
        """The finding of a corridor: its fullest year, and what it is held against."""
        own = self.flows[self.flows["corridor"] == corridor]
        peak = figures.peak(own[own["leg"] == ""], self.package.capacities, corridor)
        if peak is None:
            return ""
        row = self.flows.loc[peak.name]
        limit = _beyond_limit(own)
        return f"{self.name(corridor)}: {self._finding(row)}{limit}"

    def _finding(self, row: pd.Series) -> str:
        rivals = self.rivals(row)
        spread = {**row, **_spread(rivals)} if len(rivals) > 1 else dict(row)
        when = words.period(row["period_start"], row["period_end"])
        said = f"{words.quantity(spread)}{_of_cargo(self.cargo(row, ''), row)} in {when}"
        share = words.share(spread)
        if share:
            said += f", {share} of {self._capacity_words(row)}"
        elif row["limit"]:
            said += f", {words.percent(row['share'])} of the yearly limit"
        return said + (" (sources differ)" if len(rivals) > 1 else f" ({row['basis']})")

    def _capacity_words(self, row: pd.Series) -> str:
        capacity = self._capacity(row)
        return f"{capacity['kind']} capacity" if capacity is not None else "capacity"

    def rivals(self, row: pd.Series) -> pd.DataFrame:
        """Rows that answer the same question as this one, itself included."""
        same = self.flows[figures.QUESTION].eq(row[figures.QUESTION]) | (
            self.flows[figures.QUESTION].isna() & row[figures.QUESTION].isna()
        )
        return self.flows[same.all(axis=1) & self.flows["best"].notna()]

    def deck(self) -> str:
        if not self.widths:
            return "Lines show course and state, not volume."
        drawn = [
            f"{self.name(row['corridor'])} {words.period(row['period_start'], row['period_end'])}"
            f" ({row['basis']})"
            for key, row in self.drawn.items()
        ]
        what = f"Widths show {words.joined(drawn)}. " if drawn else ""
        return what + "Pale casing: what could move in the period; solid core: what moved."

    # --- figures ------------------------------------------------------------------------------

    def _capacity(self, row: pd.Series) -> pd.Series | None:
        if not row["capacity"]:
            return None
        table = self.package.capacities
        return table[table["capacity"] == row["capacity"]].iloc[0]

    def could(self, row: pd.Series) -> str:
        """What a flow is held against, in its source's own unit and period."""
        capacity = self._capacity(row)
        if capacity is not None:
            return f"{words.quantity(capacity)}/{capacity['per']}"
        if row["limit"]:
            return f"limit {words.number(row['limit_quantity'])} {row['unit']}/year"
        return words.UNKNOWN

    def share(self, row: pd.Series) -> str:
        if words.share(row):
            return words.share(row)
        return f"{words.percent(row['share'])} of limit" if pd.notna(row["share"]) else ""

    def claim(self, row: pd.Series, *, drawn: bool = False) -> Claim:
        return Claim(
            figure=words.quantity(row),
            what=self.cargo(row),
            period=words.period(row["period_start"], row["period_end"]),
            basis=str(row["basis"]),
            source=self.number(row["source"]),
            share=self.share(row),
            note=str(row["note"]),
            drawn=drawn,
        )

    def capacity_claim(self, row: pd.Series) -> Claim:
        per = f" per {row['per']}" if row["per"] else ""
        return Claim(
            figure=words.quantity(row) + per,
            what=self.cargo(row, "any cargo"),
            period=str(row["kind"]),
            basis=str(row.get("basis", "reported")) or "reported",
            source=self.number(row["source"]),
            note=str(row["note"]),
            group="capacity",
        )

    def attribute_claim(self, row: pd.Series) -> Claim:
        text = str(row["text"])
        figure = (
            words.quantity(row)
            if pd.notna(row[["quantity", "quantity_low", "quantity_high"]].astype("float64")).any()
            else text
        )
        what = str(row["property"]).replace("_", " ")
        note = "; ".join(t for t in (text if figure != text else "", str(row["note"])) if t)
        return Claim(
            figure=figure,
            what=what,
            basis=str(row["basis"]),
            note=note,
            group="attribute",
            period=_period_if_known(row),
            source=self.number(row["source"]),
        )

    def claims(self, corridor: str, leg: str = "") -> tuple[Claim, ...]:
        """Every figure of a corridor, or of one leg: the drawn first, then by rank and time."""
        own = self.flows[
            (self.flows["corridor"] == corridor) & (self.flows["leg"].eq(leg) if leg else True)
        ]
        chosen = self.drawn.get(leg or corridor)
        first = chosen.name if chosen is not None else None
        own = own.sort_values(["rank", "period_start"], kind="stable", na_position="last")
        order = sorted(own.index, key=lambda i: i != first)
        said = [self.claim(own.loc[i], drawn=i == first) for i in order]
        capacities = _of(self.package.capacities, corridor, leg)
        attributes = _of(self.package.attributes, corridor, leg)
        return (
            *said,
            *map(self.capacity_claim, _rows(capacities)),
            *map(self.attribute_claim, _rows(attributes)),
        )

    # --- lines --------------------------------------------------------------------------------

    @cached_property
    def scale(self) -> dict[str, float]:
        """Pixels per unit and year, by kind of unit; the widest line of each kind is 18 px."""
        most: dict[str, float] = {}
        for row in self.drawn.values() if self.widths else ():
            kind = figures.unit_kind(row["unit"])
            most[kind] = max(most.get(kind, 0.0), *(x for x in _rates(row) if pd.notna(x)))
        return {kind: style.MAX_PX / value for kind, value in most.items() if value > 0}

    def pipes(self) -> tuple[Pipe, ...]:
        made: list[Pipe] = []
        for _, corridor in self.corridors.iterrows():
            legs = self.legs[self.legs["corridor"] == corridor["corridor"]]
            if corridor["layout"] == "series":
                kinds = ["status", "geometry_basis"]
                for n, (_, part) in enumerate(legs.groupby(kinds, sort=False)):
                    made.append(self._pipe(corridor, part, first=n == 0))
            else:
                made += [self._pipe(corridor, legs.loc[[i]], first=True) for i in legs.index]
        return tuple(sorted(made, key=lambda p: (not p.context, -(p.casing_px or p.width_px))))

    def _pipe(self, corridor: pd.Series, legs: gpd.GeoDataFrame, *, first: bool) -> Pipe:
        parallel = corridor["layout"] == "parallel"
        leg = str(legs["leg"].iloc[0]) if parallel or len(legs) == 1 else ""
        key = leg if parallel else str(corridor["corridor"])
        row = self.drawn.get(key) if first else None
        colour = style.CONTEXT if corridor["role"] == "context" else self._colour(corridor, row)
        casing, core = self._widths(row)
        status, basis = str(legs["status"].iloc[0]), str(legs["geometry_basis"].iloc[0])
        evidence = str(row["basis"]) if row is not None else ""
        length = measure.length_km(legs).sum(min_count=1)
        return Pipe(
            id=leg or f"{corridor['corridor']}-{status}",
            corridor=str(corridor["corridor"]),
            corridor_title=str(corridor["name_en"]),
            title=self._pipe_title(corridor, legs, parallel or not first),
            parts=_parts(legs),
            colour=colour,
            tint=style.tint(colour),
            casing_px=casing,
            core_px=core,
            dash=style.dash("claimed" if status in {"claimed", "planned"} else basis),
            core_dash=style.dash(evidence) if evidence else (),
            label=self._label(row, corridor, leg if parallel else ""),
            status=status,
            geometry_basis=basis,
            basis=evidence,
            length=f"{words.kilometres(length)}, {basis} line",
            arrow=core is not None,
            over=bool(row is not None and row["utilisation"] > 1),
            context=corridor["role"] == "context",
            width_px=_plain_px(corridor),
            note="; ".join(dict.fromkeys(n for n in legs["note"] if n)),
            claims=self.claims(str(corridor["corridor"]), leg if parallel else ""),
            sources=tuple(self.number(s) for s in dict.fromkeys(legs["source"])),
        )

    def _pipe_title(self, corridor: pd.Series, legs: gpd.GeoDataFrame, single: bool) -> str:
        if not single or len(legs) != 1:
            return str(corridor["name_en"])
        names = self.package.places.drop_duplicates("place").set_index("place")["name_en"]
        row = legs.iloc[0]
        ends = [names.get(row[c], row[c]) for c in ("origin", "destination")]
        return f"{ends[0]} → {ends[1]}"

    def _colour(self, corridor: pd.Series, row: pd.Series | None) -> str:
        own = self.package.flows[self.package.flows["corridor"] == corridor["corridor"]]
        commodities = [row["commodity"]] if row is not None else list(own["commodity"])
        groups = [self.groups.get(c, "") for c in commodities]
        known = [g for g in groups if g in self.colours]
        most = max(set(known), key=lambda g: (known.count(g), g)) if known else ""
        return self.colours.get(most, style.CONTEXT)

    def _widths(self, row: pd.Series | None) -> tuple[float | None, float | None]:
        if row is None or not self.widths:
            return None, None
        scale = self.scale.get(figures.unit_kind(row["unit"]))
        core, casing = _rates(row)
        if scale is None:
            return None, None
        return (
            round(casing * scale, 2) if pd.notna(casing) else None,
            max(style.MIN_CORE_PX, round(core * scale, 2)) if pd.notna(core) else None,
        )

    def _label(self, row: pd.Series | None, corridor: pd.Series, leg: str) -> str:
        if corridor["role"] == "context" or not self.widths:
            return ""
        if row is None:
            return self._count(leg)
        when = words.period(row["period_start"], row["period_end"])
        rivals = self.rivals(row)
        spread = {**row, **_spread(rivals)} if len(rivals) > 1 else dict(row)
        if pd.isna(row["capacity_quantity"]):
            return f"{words.quantity(spread)} ({when}){self.key(row)}"
        full = words.number(float(f"{row['capacity_quantity']:.3g}"))
        year = "/year" if row["years"] == 1 else ""
        said = f"{words.quantity(spread, unit='')} of {full} {row['unit']}{year}"
        return f"{said} · {words.share(spread)} ({when}){self.key(row)}"

    def _count(self, leg: str) -> str:
        """How often a leg was sailed, where no amount is known: '1 voyage (Jul–Aug 2017)'."""
        own = self.flows[
            (self.flows["leg"] == leg)
            & (self.flows["rank"] == 1)
            & self.flows["unit"].isin(figures.COUNTS)
            & self.flows["best"].notna()
        ]
        if not leg or own.empty:
            return "?"
        row = own.sort_values("period_start", kind="stable").iloc[-1]
        said = words.quantity(row)
        said = said.removesuffix("s") if row["quantity"] == 1 else said
        return f"{said} ({words.period(row['period_start'], row['period_end'])}), amount unknown"

    # --- places -------------------------------------------------------------------------------

    def places(self) -> tuple[Place, ...]:
        wanted = set(self.legs["origin"]) | set(self.legs["destination"])
        wanted |= set(self.flows["origin"]) | set(self.flows["destination"])
        own = self.package.attributes
        if "place" in own:
            wanted |= set(own.loc[own["corridor"].isin(self.main), "place"])
        table = self.package.places
        return tuple(self._place(row) for row in _rows(table[table["place"].isin(wanted)]))

    def _place(self, row: pd.Series) -> Place:
        names = {lang: row[f"name_{lang}"] for lang in LANGUAGES if row.get(f"name_{lang}")}
        own = self.flows[
            (self.flows["origin"] == row["place"]) | (self.flows["destination"] == row["place"])
        ]
        table = self.package.attributes
        facts = table[table["place"] == row["place"]] if "place" in table else table
        accuracy = row["accuracy_m"]
        note = "; ".join(t for t in (_aliases(row), str(row["note"])) if t)
        return Place(
            id=row["place"],
            names=names,
            kind=row["kind"],
            lon=round(row.geometry.x, 6),
            lat=round(row.geometry.y, 6),
            note=note,
            source=self.number(row["source"]),
            accuracy_m=None if pd.isna(accuracy) else float(accuracy),
            claims=(*map(self.claim, _rows(own)), *map(self.attribute_claim, _rows(facts))),
        )

    # --- the page -----------------------------------------------------------------------------

    def rows(self) -> tuple[Row, ...]:
        """Every flow of the page: by corridor, the fullest first, then by size and time."""
        rank = {c: n for n, c in enumerate(self.corridors["corridor"])}
        table = self.flows.assign(
            at=self.flows["corridor"].map(rank),
            held=self.flows["utilisation"].fillna(self.flows["share"]),
        )
        table = table.sort_values(
            ["at", "held", "period_start"],
            kind="stable",
            ascending=[True, False, False],
            na_position="last",
        )
        drawn = {row.name for row in self.drawn.values()}
        return tuple(self._row(row, drawn=row.name in drawn) for row in _rows(table))

    def _row(self, row: pd.Series, *, drawn: bool) -> Row:
        layout = self.corridors.set_index("corridor")["layout"][row["corridor"]]
        names = self.package.places.drop_duplicates("place").set_index("place")["name_en"]
        ends = [str(names.get(row[c], row[c])) for c in ("origin", "destination")]
        route = " → ".join(e or "?" for e in ends) if any(ends) else ""
        return Row(
            id=row["flow"],
            pipe=row["leg"] if layout == "parallel" else row["corridor"],
            corridor=self.name(row["corridor"]),
            moved=words.quantity(row),
            could=self.could(row),
            period=words.period(row["period_start"], row["period_end"]),
            what=self.cargo(row),
            share=self.share(row),
            key=self.key(row),
            basis=row["basis"],
            source=self.number(row["source"]),
            route=route,
            note=row["note"],
            drawn=drawn,
            conflict=bool(row["conflicts"] > 0),
        )

    def legend(self, pipes: Sequence[Pipe], places: Sequence[Place]) -> tuple[LegendItem, ...]:
        items: list[LegendItem] = []
        used = {p.colour for p in pipes}
        items += [
            LegendItem("swatch", f"cargo: {group}", colour=c)
            for group, c in self.colours.items()
            if c in used
        ]
        if style.CONTEXT in used:
            items.append(LegendItem("swatch", "context, no figures", colour=style.CONTEXT))
        items += _evidence(pipes)
        symbols: dict[str, list[str]] = {}
        for kind in sorted({p.kind for p in places}):
            symbols.setdefault(_symbol(kind), []).append(kind)
        items += [LegendItem(f"place-{s}", ", ".join(kinds)) for s, kinds in symbols.items()]
        if any(p.accuracy_m for p in places):
            items.append(LegendItem("ring", "position known to this radius"))
        return tuple(items)

    def samples(self) -> dict[str, tuple[Sample, ...]]:
        made: dict[str, tuple[Sample, ...]] = {}
        for kind, scale in self.scale.items():
            unit = next(
                str(r["unit"]) for r in self.drawn.values() if figures.unit_kind(r["unit"]) == kind
            )
            most = figures.convert(style.MAX_PX / scale, kind, unit)
            steps = [v for v in style.samples(most) if v > 0]
            made[unit] = tuple(
                Sample(
                    round(figures.convert(v, unit, kind) * scale, 2),
                    f"{words.number(v)} {unit}/year",
                )
                for v in steps
            )
        return made

    @cached_property
    def disputed(self) -> pd.DataFrame:
        """First-ranked flows whose question another row answers with another figure."""
        return self.flows[(self.flows["conflicts"] > 0) & (self.flows["rank"] == 1)]

    def key(self, row: pd.Series) -> str:
        """The conflict key of a flow, '' if it has none."""
        found = self.disputed.index.get_indexer([row.name])[0]
        return words.key(int(found)) if found >= 0 else ""

    def conflicts(self) -> tuple[str, ...]:
        """One sentence for each question that sources answer with different figures."""
        said: list[str] = []
        for row in _rows(self.disputed):
            rivals = self.rivals(row).sort_values("rank", kind="stable")
            told = [
                f"{words.quantity(r)} ({r['basis']}) [{self.number(r['source'])}]"
                for r in _rows(rivals)
            ]
            when = words.period(row["period_start"], row["period_end"])
            said.append(
                f"{self.key(row)} {self.name(row['corridor'])}, {self.cargo(row)}, {when}: "
                + " against ".join(told)
            )
        return tuple(said)

    def events(self) -> tuple[Event, ...]:
        """Dated events of the page's corridors and those that bear on all, oldest first."""
        table = self.package.events
        if table.empty:
            return ()
        own = table[table["corridor"].isin(["", *self.corridors["corridor"]])]
        own = own.sort_values("date", kind="stable")
        return tuple(
            Event(_event_date(row), row["title"], row["kind"], self.number(row["source"]))
            for row in _rows(own)
        )

    def notes(self, pipes: Sequence[Pipe]) -> tuple[str, ...]:
        said = [
            "Borders on the base map are not authoritative.",
            "Base map: GSHHG shorelines and WDBII rivers and borders (LGPL); "
            "names from GeoNames (CC BY 4.0).",
        ]
        if any(p.geometry_basis == "modelled" for p in pipes):
            said.insert(
                0,
                "Sea lines are modelled: the shortest way over water between two "
                "ports, not an observed track.",
            )
        if any(p.geometry_basis == "schematic" for p in pipes):
            said.insert(
                0,
                "Schematic lines are straight between known points and so shorter "
                "than the railway or road itself.",
            )
        if self.scale:
            said.append(
                "Widths are per year on one linear scale for each unit; a shorter period is "
                f"drawn at its yearly rate; cores are at least {style.MIN_CORE_PX:g} px."
            )
        return tuple(said)

    def view(self, pipes: Sequence[Pipe]) -> Bounds:
        wide = [p for p in pipes if p.casing_px or p.core_px]
        main = [p for p in pipes if not p.context and p.status != "planned"]
        shown = wide or main or list(pipes)
        lines = [shapely.LineString(part) for p in shown for part in p.parts if len(part) > 1]
        west, south, east, north = shapely.total_bounds(lines) if lines else (-180, -60, 180, 70)
        west, south, east, north = _within((west, south, east, north), self.package.view)
        dx = max((east - west) * VIEW_MARGIN, 0.02)
        dy = max((north - south) * VIEW_MARGIN, 0.02)
        return (
            round(west - dx, 4),
            round(south - dy, 4),
            round(east + dx, 4),
            round(north + dy, 4),
        )

    def scene(self, name: str, title: str, headline: str, deck: str) -> Scene:
        rows = self.rows()
        pipes, places = self.pipes(), self.places()
        disputed, events = self.conflicts(), self.events()
        package = self.package
        packs = (basemap.world(), *([package.basemap] if package.basemap else []))
        return Scene(
            id=name,
            title=title,
            headline=headline,
            deck=deck,
            view=self.view(pipes),
            extent=package.extent,
            places=places,
            pipes=pipes,
            legend=self.legend(pipes, places),
            samples=self.samples(),
            rows=rows,
            conflicts=disputed,
            events=events,
            sources=tuple(self._sources()),
            notes=self.notes(pipes),
            licence=package.licence,
            version=package.version,
            packs=packs,
            inputs=package.hashes,
        )

    def _sources(self) -> Iterable[Source]:
        records = {record["id"]: record for record in self.package.sources}
        for name, number in self._numbers.items():
            record = records.get(name, {"title": name})
            url = str(record.get("URL", ""))
            safe = url if url.lower().startswith(("http://", "https://")) else ""
            yield Source(number, name, words.source(record), safe)


# --- small pieces --------------------------------------------------------------------------------


def _within(bounds: Bounds, view: Bounds | None) -> Bounds:
    """Bounds cut to the declared view, where there is one and they meet."""
    if view is None:
        return bounds
    west, south = max(bounds[0], view[0]), max(bounds[1], view[1])
    east, north = min(bounds[2], view[2]), min(bounds[3], view[3])
    return (west, south, east, north) if west < east and south < north else bounds


def _rows(table: pd.DataFrame) -> Iterable[pd.Series]:
    return (row for _, row in table.iterrows())


def _of(table: pd.DataFrame, corridor: str, leg: str) -> pd.DataFrame:
    """Rows of a corridor; with a leg, only those of the leg itself."""
    if table.empty:
        return table
    own = table["corridor"] == corridor
    if "place" in table:
        own &= table["place"] == ""
    if leg:
        own &= table["leg"] == leg
    return table[own].sort_values("rank", kind="stable") if "rank" in table else table[own]


def _rates(row: pd.Series) -> tuple[float, float]:
    """(flow, capacity) per year in the base unit of the flow's kind; NaN when unknown."""
    kind, unit = figures.unit_kind(row["unit"]), row["unit"]
    span = row["years"] if row["years"] > 0 else float("nan")
    flow = figures.convert(row["best"], unit, kind) / span
    return flow, figures.convert(row["capacity_quantity"], unit, kind) / span


def _spread(rivals: pd.DataFrame) -> dict[str, Any]:
    low = rivals[["quantity", "quantity_low"]].min(axis=1).min()
    high = rivals[["quantity", "quantity_high"]].max(axis=1).max()
    shares = rivals[["utilisation", "utilisation_low", "utilisation_high"]]
    return {
        "quantity_low": low,
        "quantity_high": high,
        "utilisation_low": shares.min().min(),
        "utilisation_high": shares.max().max(),
    }


def _of_cargo(cargo: str, row: pd.Series) -> str:
    return f" of {cargo}" if cargo and cargo != row["unit"] else ""


def _beyond_limit(own: pd.DataFrame) -> str:
    """'; over 1.5 million ... , 3 times the limit': the figure furthest beyond a limit, if any."""
    held = own.assign(size=own["best"] / own["limit_quantity"])
    beyond = held[(held["size"] > 1) & (held["basis"] != "claimed")]
    if beyond.empty:
        return ""
    row = beyond.sort_values("size", ascending=False, kind="stable").iloc[0]
    when = words.period(row["period_start"], row["period_end"])
    return (
        f"; {words.quantity(row)} {row['basis']} for {when} against a yearly limit of "
        f"{words.number(row['limit_quantity'])} {row['unit']}"
    )


def _period_if_known(row: pd.Series) -> str:
    if pd.isna(row["period_start"]) and pd.isna(row["period_end"]):
        return ""
    return words.period(row["period_start"], row["period_end"])


def _event_date(row: pd.Series) -> str:
    precision = row.get("date_precision", "day")
    if precision == "year":
        return str(row["date"].year)
    return row["date"].strftime("%b %Y") if precision == "month" else words.day(row["date"])


def _aliases(row: pd.Series) -> str:
    return f"also written {row['aliases']}" if row.get("aliases") else ""


def _plain_px(corridor: pd.Series) -> float:
    return 2.0 if corridor["role"] == "context" else style.PLAIN_PX


def _parts(legs: gpd.GeoDataFrame) -> tuple[Coordinates, ...]:
    """Lines of a pipe, end to end where they meet, dense enough that the map shows geodesics."""
    chains: list[list[tuple[float, float]]] = []
    for line in legs.geometry:
        if line is None or line.is_empty:
            continue
        for piece in getattr(measure.unwrap(line), "geoms", [measure.unwrap(line)]):
            dense = measure.densify(piece, max_km=SEGMENT_KM)
            points = [(round(x, 5), round(y, 5)) for x, y in dense.coords]
            if chains and chains[-1][-1] == points[0]:
                chains[-1].extend(points[1:])
            else:
                chains.append(points)
    return tuple(tuple(chain) for chain in chains)


def _evidence(pipes: Sequence[Pipe]) -> list[LegendItem]:
    items: list[LegendItem] = []
    for word in dict.fromkeys(
        p.geometry_basis for p in pipes if p.status not in {"claimed", "planned"}
    ):
        items.append(LegendItem("line", f"{word} course", dash=style.dash(word)))
    for word in dict.fromkeys(p.status for p in pipes if p.status in {"claimed", "planned"}):
        items.append(LegendItem("line", f"{word} connection", dash=style.dash("claimed")))
    for word in dict.fromkeys(p.basis for p in pipes if p.core_px is not None and p.basis):
        items.append(LegendItem("core", f"{word} flow", dash=style.dash(word)))
    if any(p.casing_px is not None for p in pipes):
        items.append(LegendItem("casing", "capacity"))
    if any(p.label == "?" for p in pipes):
        items.append(LegendItem("unknown", "flow unknown"))
    return items


def _symbol(kind: str) -> str:
    return {
        "port": "square",
        "crossing": "bar",
        "anchorage": "square",
        "town": "dot",
        "junction": "dot",
    }.get(kind, "circle")
