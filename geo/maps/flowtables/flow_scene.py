"""A user's table of flows → a scene: known legs keep their course, ways over water and along
railways are modelled, the rest is curved.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.account import flows as amounts
from geo.account import words
from geo.folder.credits import Credit
from geo.geometry import basemap, curves, measure, rail
from geo.maps import userdata
from geo.maps.flowtables import flow_choices, flow_lines, flow_rings, flow_ways
from geo.maps.flowtables.flow_lines import Line, Lines, Record
from geo.maps.flowtables.flow_table import FlowTable, rows_said
from geo.output import draw
from geo.scene import axis, style
from geo.scene.build import evidence_legend
from geo.scene.choices import Choice
from geo.scene.model import (
    Bounds,
    Claim,
    Clock,
    Coordinates,
    Figure,
    LegendItem,
    Pipe,
    Place,
    Row,
    Sample,
    Scene,
)
from geo.scene.parts import ground_notes

LANGUAGES = ("en", "ko", "ru")
MOST_CORRIDORS = 12  # more would make the list of layers unreadable
KEY_FIGURES = 5
NAMED = 8  # places that a note names before it only counts them
LABELS = 25  # lines of a small map that have their figure beside them; a large one chooses by view
SEGMENT_KM = 40.0
VIEW_MARGIN = 0.08
FATES = {
    "within one place": "within one place, as rings",
    "unknown": "of unknown amount",
    "without a width": "without a width",
    "beside": "of rank 2 or more",
    "kept apart": "kept apart as totals",
    "left out": "left out",
}
DIGITS = 5  # of degrees: about a metre
COURSES = {
    "known": "known legs",
    "modelled": "modelled ways over water",
    "rail": "modelled ways along railways",
    "schematic": "schematic lines",
    "within": "within one place",
}
RAILWAYS = (Credit("Railways", rail.LICENCE, rail.ATTRIBUTION),)
RULES = (
    "Schematic lines are curved, as only their ends are known: longer ones more, to the right of "
    "travel, clear of places they do not serve where that can be had (after Jenny et al., doi "
    "10.1080/15230406.2016.1262280)."
)


def scene(table: FlowTable, *, title: str = "", ways: flow_ways.Courses | None = None) -> Scene:
    """The page of a table of flows; `title` is by default the name of its file.

    ways: which lines go by sea; by default those of rows that say so.
    """
    ways = ways or flow_ways.Courses(Lines(table))
    _ = ways.laid  # what stretches carry counts for the scale
    return _Page(ways.lines, title or table.file.rsplit(".", 1)[0], ways).scene()


@dataclass
class _Page:
    """A table on its way to a scene."""

    lines: Lines
    title: str
    ways: flow_ways.Courses

    def scene(self) -> Scene:
        """Every part of the page; rows come first, so that sources count from the table down."""
        rows, pipes = tuple(self.rows()), self.pipes
        places = tuple(self.places())
        view = self.view(places)
        packs = (basemap.world(), *userdata.detail(view))
        return Scene(
            id="flows",
            title=self.title,
            headline=self.headline(),
            deck=self.deck(),
            view=view,
            extent=None,
            places=places,
            pipes=pipes,
            legend=tuple(self.legend()),
            samples=self.samples(),
            scale=self.lines.scale,
            units=self.lines.units,
            clock=self.clock(),
            choices=self.choices(),
            rows=rows,
            sources=tuple(self.lines.sources()),
            notes=(*self.notes(), *ground_notes(packs)),
            licence="",
            version="",
            packs=packs,
            inputs=self.lines.table.inputs,
            credits=RAILWAYS if self.ways.tracks else (),
        )

    def samples(self) -> dict[str, tuple[Sample, ...]]:
        """Three sample widths for each unit drawn."""
        made: dict[str, tuple[Sample, ...]] = {}
        per = "/year" if self.lines.paced else ""
        for kind, scale in self.lines.scale.items():
            unit = self.lines.units.get(kind, kind)
            size = amounts.convert(1.0, unit, kind)
            values = style.samples(style.MAX_PX / scale / size)
            made[unit] = tuple(
                Sample(
                    round(v * size * scale, 2), f"{words.rounded(v)} {unit}{per}", v * size, kind
                )
                for v in values
            )
        return made

    @cached_property
    def positions(self) -> dict[str, tuple[float, float]]:
        """(lon, lat) of every place a row names; longitudes run on from the widest empty gap."""
        table = self.lines.table.places
        used = {row[end] for row in self.lines.records for end in ("origin", "destination")}
        own = table[table["place"].isin(used)]
        lons = np.sort(own.geometry.x.to_numpy() % 360)
        gaps = np.diff(np.append(lons, lons[:1] + 360))
        west = float(lons[(int(np.argmax(gaps)) + 1) % len(lons)]) if len(lons) else 0.0
        west -= 360.0 if west >= 180 else 0.0
        east = [west + round(x - west, 9) % 360 for x in own.geometry.x]  # -1e-15 % 360 is 360
        ends = zip(east, own.geometry.y, strict=True)
        return {p: (round(x, 6), round(y, 6)) for p, (x, y) in zip(own["place"], ends, strict=True)}

    @cached_property
    def schematic(self) -> dict[str, tuple[tuple[Coordinates, ...], bool]]:
        """The parts of every curved line, and whether it keeps clear of foreign places."""
        own = self.curved
        ends = [[self.positions[p] for p in (x.origin, x.destination)] for x in own]
        pairs = np.array(ends, dtype=float).reshape(-1, 2, 2)
        made = curves.curves(pairs[:, 0], pairs[:, 1], np.array([*self.positions.values()]))
        shapes = np.round(made.lines, DIGITS)
        turns = np.round((pairs[:, 1, 0] - shapes[:, -1, 0]) / 360)
        return {
            x.id: (_twice(shape, turn), bool(clear))
            for x, shape, turn, clear in zip(own, shapes, turns, made.clear, strict=True)
        }

    @cached_property
    def courses(self) -> dict[str, Record]:
        """The known legs by id, with their shape and whatever else their file says."""
        legs = self.lines.table.legs
        return {row["leg"]: row for row in flow_lines.mappings(legs)}

    @cached_property
    def pipes(self) -> tuple[Pipe, ...]:
        """Every line as it is drawn, the wide first, so that the narrow lie on top."""
        lengths = self._lengths()
        made = [(line, self._drawn(line, lengths)) for line in self.lines.ranked if self._own(line)]
        made += [(laid.line, self._stretch(laid)) for laid in self.ways.laid]
        made += [(line, self._ring(line)) for line in self.lines.within]
        made.sort(key=lambda pair: (-self.lines.size(pair[0]), pair[0].id))
        return tuple(pipe for _, pipe in made)

    @cached_property
    def rings(self) -> dict[str, np.ndarray[Any, Any]]:
        """The ring of every place within which something is moved."""
        inner = [line.origin for line in self.lines.within]
        pairs = [(x.origin, x.destination) for x in self.lines.ranked]
        known = [one for one in pairs if set(one) <= set(self.positions)]
        return flow_rings.rings(inner, self.positions, known)

    def _own(self, line: Line) -> bool:
        """Whether a line is drawn as one, not as stretches that it shares."""
        return line.id not in self.ways.home

    def _drawn(self, line: Line, lengths: Mapping[str, float]) -> Pipe:
        if line.leg:
            return self._leg(line)
        known = line.id in self.ways.routed
        return self._way(line) if known else self._curve(line, lengths[line.id])

    @cached_property
    def curved(self) -> list[Line]:
        """The lines whose course is not known."""
        return [x for x in self.lines.ranked if not x.leg and x.id not in self.ways.routed]

    def _lengths(self) -> dict[str, float]:
        """Geodesic lengths of the curved lines, in km."""
        own = self.curved
        ends = [(*self.positions[x.origin], *self.positions[x.destination]) for x in own]
        table = np.array(ends, dtype=float).reshape(-1, 4)
        found = measure.geodesic_km(*table.T)
        return dict(zip([x.id for x in own], found, strict=True))

    def _curve(self, line: Line, length_km: float) -> Pipe:
        parts, clear = self.schematic[line.id]
        near = (
            "" if clear else "no curve was found that keeps clear of every place it does not serve"
        )
        return replace(
            self._pipe(line, "schematic"),
            parts=parts,
            dash=(),
            status="course not known",
            geometry_basis="schematic",
            length=f"{words.kilometres(length_km)} as the crow flies",
            note=near,
        )

    def _way(self, line: Line) -> Pipe:
        sea = self.ways.found.get(line.id)
        shape = np.asarray((sea.line if sea else self.ways.railway(line)).coords)
        shape[:, 0] += 360 * round((self.positions[line.origin][0] - shape[0, 0]) / 360)
        turn = round((self.positions[line.destination][0] - shape[-1, 0]) / 360)
        return replace(
            self._pipe(line, "modelled" if sea else "rail"),
            parts=_twice(np.round(shape, DIGITS), turn),
            dash=(),
            status="modelled way",
            geometry_basis="modelled",
            length=self.ways.whole(line.id),
        )

    def _stretch(self, laid: flow_ways.Laid) -> Pipe:
        lons = [x for x, _ in self.positions.values()]
        course = "rail" if laid.names[0] in self.ways.tracks else "modelled"
        return replace(
            self._pipe(laid.line, course),
            parts=_within_reach(laid.shape, (min(lons) + max(lons)) / 2),
            dash=(),
            status="modelled way",
            geometry_basis="modelled",
            length=self.ways.length(laid),
        )

    def _leg(self, line: Line) -> Pipe:
        row = self.courses[line.leg]
        basis, lons = str(row.get("geometry_basis") or ""), [x for x, _ in self.positions.values()]
        middle = (min(lons) + max(lons)) / 2 if lons else 0.0
        said = f"{basis} line" if basis else "line as given"
        return replace(
            self._pipe(line, "known"),
            parts=_course(row["geometry"], middle),
            dash=style.dash(str(row.get("status") or "")),
            status=str(row.get("status") or "known leg"),
            geometry_basis=basis or "given",
            length=f"{words.kilometres(measure.line_km(row['geometry']))}, {said}",
            note=str(row.get("note") or ""),
            sources=(self.lines.number(str(row.get("source") or ""), "legs"),),
        )

    def _pipe(self, line: Line, course: str) -> Pipe:
        """A line without its course."""
        first = max(line.shown, key=lambda f: f.rate or 0.0, default=None)
        cargo = first.lanes[0].word if first else self.lines.cargo(line.rows[0])
        colour, title = self.lines.colours[cargo], self._title(line)
        corridor, name = self._corridor(line, course)
        held = self.lines.casings(line)
        full = [f.capacity * self.lines.scale[f.kind] for f in line.shown if f.capacity is not None]
        full += [c.capacity * self.lines.scale[c.kind] for c in held[:1] if not line.shown]
        core = first.rate * self.lines.scale.get(first.kind, 0.0) if first and first.rate else 0.0
        return Pipe(
            id=line.id,
            corridor=corridor,
            corridor_title=name,
            title=title,
            parts=(),
            colour=colour,
            tint=style.tint(colour),
            casing_px=round(max(full), 2) if full else None,
            core_px=max(style.MIN_CORE_PX, round(core, 2)) if first else None,
            dash=(),
            hollow=first.hollow if first else False,
            label=("; ".join(f.label for f in line.shown) or "?")
            if line.id in self.labelled
            else "",
            status="",
            geometry_basis="",
            basis=first.basis if first else "",
            length="",
            arrow=any(f.direction for f in line.shown),
            over=any(f.capacity and (f.rate or 0.0) > f.capacity for f in line.shown),
            claims=tuple(self.claims(line)),
            figures=line.figures,
            casings=held,
            shown=tuple(f.id for f in line.shown),
            ends=() if line.laid or line.leg else (line.origin, line.destination),
        )

    @cached_property
    def labelled(self) -> set[str]:
        """Lines with their figure on the map: all where the map chooses by view, or the widest."""
        lines = [x for x in self.lines.every if self._own(x)]
        # What several stretches carry alike is said on the longest of them.
        laid = sorted(self.ways.laid, key=lambda one: measure.line_km(one.shape))
        lines += {tuple(f.id for f in one.line.shown): one.line for one in laid}.values()
        lines.sort(key=lambda line: (-self.lines.size(line), line.id))
        return {x.id for x in lines[: len(lines) if len(lines) > draw.SVG_MOST else LABELS]}

    def _ring(self, line: Line) -> Pipe:
        """What moved within one place: a ring beside it."""
        shape = np.round(self.rings[line.origin], DIGITS)
        return replace(
            self._pipe(line, "within"),
            parts=_twice(shape, 0.0),
            arrow=False,
            status="within one place",
            geometry_basis="ring",
            length="a ring, no way",
            ends=(),
        )

    def _title(self, line: Line) -> str:
        if line.laid:
            return line.laid
        if not line.leg and line.origin == line.destination:
            return f"within {self.lines.names[line.origin]}"
        name = str(self.courses[line.leg].get("name_en") or "") if line.leg else ""
        if name or not line.leg:
            by = f", by {line.mode}" * bool(line.mode) + f", via {line.via}" * bool(line.via)
            return name or self.lines.route(line.origin, line.destination) + by
        ends = [self.lines.names.get(p, p) for p in (line.origin, line.destination) if p]
        return " – ".join(ends) if len(ends) == 2 else line.leg

    def _corridor(self, line: Line, course: str) -> tuple[str, str]:
        """What a line is listed under: its own corridor, else how its course is known."""
        corridors = {str(row["corridor"]) for row in line.rows}
        own = corridors.pop() if len(corridors) == 1 or not line.laid else ""
        if own and self.lines.table.flows["corridor"].nunique() <= MOST_CORRIDORS:
            return own, own.replace("_", " ")
        return course, COURSES[course]

    # --- the rest of the page -----------------------------------------------------------------

    def claims(self, line: Line) -> Iterator[Claim]:
        """Every figure of a line: what is drawn first, then by rank and time; then capacities."""
        ordered = sorted(
            line.rows, key=lambda r: (r["id"] not in line.drawn, r["rank"], str(r["period_start"]))
        )
        for row in ordered:
            told = bool(line.leg or line.laid)
            way = f", {self.lines.route(row['origin'], row['destination'])}" if told else ""
            yield Claim(
                figure=words.quantity(row),
                what=f"{self.lines.cargo(row)}{way}",
                period=self.lines.when(row),
                basis=row["basis"],
                source=self.lines.number(row["source"]),
                note=row["note"],
                drawn=row["id"] in line.drawn,
                id=row["id"],
            )
        for row in self.lines.capacity_rows(line):
            yield Claim(
                figure=f"{words.quantity(row)} per {row['per']}",
                what=row["commodity"] or "any cargo",
                period=row["kind"],
                basis=row["basis"],
                source=self.lines.number(row["source"], "capacities"),
                note=row["note"],
                group="capacity",
            )

    def rows(self) -> Iterator[Row]:
        """Every row of the table: those of the widest line first."""
        for record in self.lines.records:
            self.lines.number(record["source"])  # sources count as the table has them
        leading = {line.id for line in self.lines.every[:KEY_FIGURES]}
        for line in self.lines.every:
            for made in self._line_rows(line):
                yield replace(made, lead=made.drawn and line.id in leading)
        for laid in self.ways.laid:
            yield from self._sums(laid.line)

    def _line_rows(self, line: Line) -> Iterator[Row]:
        """The figures of a line that are sums of rows, those drawn first; then its rows."""
        alone = {f.flows[0]: f for f in line.figures if len(f.flows) == 1}
        yield from self._sums(line)

        def order(row: Record) -> tuple[bool, float, int]:
            base = flow_lines.known(row["base"])
            return row["id"] not in line.drawn, 1.0 if base is None else -base, row["row"]

        for row in sorted(line.rows, key=order):
            own = alone.get(row["id"])
            pipe = self.ways.home.get(line.id, line.id)
            yield replace(self._row(row, pipe, own), drawn=own in line.shown)

    def _sums(self, line: Line) -> Iterator[Row]:
        sums = [f for f in line.figures if len(f.flows) > 1]
        for figure in sorted(sums, key=lambda f: f not in line.shown):
            yield self._sum(line, figure)

    def _sum(self, line: Line, figure: Figure) -> Row:
        """A figure of several rows as a row of its own: what the map draws stands in the table."""
        rows = {row["id"]: row for row in line.rows}
        parts = [rows[name] for name in figure.flows]
        unknown = dict.fromkeys(("quantity", "quantity_low", "quantity_high"))
        whole = {**parts[0], **unknown, **flow_lines.summed(parts), "id": f"sum-{parts[0]['row']}"}
        made = self._row(whole, self.ways.home.get(line.id, line.id), figure)
        if line.laid:
            made = replace(made, id=f"{line.id}-{made.id}", corridor=line.laid)
        return replace(
            made,
            what=figure.what,
            moved=figure.moved,
            basis=figure.basis,
            base=figure.quantity,
            note=f"added up from {rows_said([r['row'] for r in parts])}",
            drawn=figure in line.shown,
        )

    def _row(self, row: Record, pipe: str, figure: Figure | None) -> Row:
        return Row(
            id=row["id"],
            pipe=pipe,
            corridor=self.lines.route(row["origin"], row["destination"]),
            period=self.lines.when(row),
            what=self.lines.cargo(row),
            moved=words.quantity(row),
            could=figure.could if figure and figure.could else words.UNKNOWN,
            share=figure.share if figure else "",
            basis=row["basis"],
            source=self.lines.number(row["source"]),
            note=row["note"],
            start=flow_lines.day(row["period_start"]),
            end=flow_lines.day(row["period_end"]),
            quantity=flow_lines.known(row.get("quantity")),
            quantity_low=flow_lines.known(row.get("quantity_low")),
            quantity_high=flow_lines.known(row.get("quantity_high")),
            unit=row["unit"],
            base=flow_lines.known(row["base"]),
            base_unit=row["kind"],
        )

    def places(self) -> Iterator[Place]:
        """Every place a row names, with how many lines begin and end there."""
        inside = {line.origin for line in self.lines.within}
        starts = Counter(line.origin for line in self.lines.ranked)
        stops = Counter(line.destination for line in self.lines.ranked)
        ranks = self.ranks()
        for row in flow_lines.mappings(self.lines.table.places):
            if row["place"] in self.positions:
                lon, lat = self.positions[row["place"]]
                count = f"lines from here: {starts[row['place']]}, to here: {stops[row['place']]}"
                count += ", and flows within it" if row["place"] in inside else ""
                yield Place(
                    id=row["place"],
                    names={"en": self.lines.names[row["place"]]} | _names(row),
                    kind=row.get("kind") or "place",
                    lon=lon,
                    lat=lat,
                    accuracy_m=_metres(row.get("accuracy_m")),
                    source=self.lines.number(row.get("source") or "", "places"),
                    note="; ".join(t for t in (row.get("note") or "", count) if t),
                    rank=ranks.get(row["place"], 0.0),
                )

    def ranks(self) -> dict[str, float]:
        """How wide the lines of each place are together, of the widest."""
        wide: dict[str, float] = defaultdict(float)
        for line in self.lines.ranked:
            for place in {line.origin, line.destination}:
                wide[place] += max(self.lines.size(line), 0.0)
        most = max(wide.values(), default=0.0)
        return {p: round(one / most, 3) for p, one in wide.items()} if most else {}

    def view(self, places: Sequence[Place]) -> Bounds:
        """Bounds of every place and line, with a margin."""
        points = [shapely.MultiPoint([(p.lon, p.lat) for p in places])]
        lines = [shapely.LineString(part) for p in self.pipes for part in p.parts[-1:]]
        west, south, east, north = (float(v) for v in shapely.total_bounds([*points, *lines]))
        dx, dy = max((east - west) * VIEW_MARGIN, 0.02), max((north - south) * VIEW_MARGIN, 0.02)
        low, high = max(south - dy, -curves.MOST_LAT), min(north + dy, curves.MOST_LAT)
        return (round(west - dx, 4), round(low, 4), round(east + dx, 4), round(high, 4))

    def clock(self) -> Clock | None:
        """The axis of time; None where the table has no two periods, or none has a yearly pace."""
        if not self.lines.paced:
            return None
        every = (f for line in self.lines.every for f in line.figures)
        spans = {(f.start, f.end) for f in every if f.start and f.end}
        return axis.over(spans) if len(spans) > 1 else None

    def choices(self) -> tuple[Choice, ...]:
        """The columns by which the lines may be chosen."""
        drawn = {line.id: line for line in self.lines.every if self._own(line)}
        drawn |= {laid.line.id: laid.line for laid in self.ways.laid}
        clock = self.clock() is not None
        return flow_choices.choices(self.lines, drawn, self._of_part, clock=clock)

    def _of_part(self, lines: Lines) -> tuple[str, str]:
        """Headline and deck of a part of the lines."""
        return replace(self, lines=lines).headline(), f"{counted(lines)}."

    # --- words --------------------------------------------------------------------------------

    @cached_property
    def told(self) -> list[tuple[Figure, Line]]:
        """The figures of the common period, else of each line's fullest, in the main kind of unit;
        the largest first.
        """
        own = [
            (f, line)
            for line in self.lines.every
            for f in (line.figures if self.lines.common else line.shown)
            if f.rate is not None and f.kind == self.lines.main
        ]
        common = self.lines.common
        own = [pair for pair in own if common in (None, (pair[0].start, pair[0].end))]
        return sorted(own, key=lambda pair: -(pair[0].quantity or 0.0))

    def headline(self) -> str:
        """The finding: the largest flow, and the total it is part of where that can be added up."""
        if not self.told:
            return f"No quantity is known {_between(self.lines.ranked, self.lines.within)}"
        first, line = self.told[0]
        row = next(r for r in line.rows if r["id"] in first.flows)
        cargo = f" of {first.what}" if first.what != "flow" and len(first.lanes) == 1 else ""
        way = self.lines.route(row["origin"], row["destination"])
        way = f"within {self.lines.names[row['origin']]}" if line in self.lines.within else way
        said = f"Largest flow{_when(first)}: {way}, {_short(first)}{cargo}"
        said += f" (sum of {first.added} rows)" if first.added > 1 else ""
        if not self.lines.common:
            return said
        held = [line for _, line in self.told]
        pairs = [one for one in held if one not in self.lines.within]
        inner = [one for one in held if one in self.lines.within]
        return f"{said}, {self._of_total(first)} {_between(pairs, inner)}"

    def _of_total(self, first: Figure) -> str:
        """'14 % of 8.4 Mt'; of at least so much where some of it is not known."""
        total = sum(f.quantity or 0.0 for f, _ in self.told)
        unit = self.lines.units[self.lines.main]
        amount = f"{words.rounded(amounts.convert(total, self.lines.main, unit))} {unit}"
        open_ = any(f.moved.startswith("over") for f, _ in self.told) or self._open
        share = words.percent((first.quantity or 0.0) / total) if total else ""
        if open_ or not share:
            return f"of at least {amount} in all"
        return f"{share} of {amount}"

    @property
    def _open(self) -> bool:
        """Whether a row of the common period has no known amount."""
        ends = ("period_start", "period_end")
        return any(
            r["rank"] == 1
            and pd.isna(r["base"])
            and tuple(flow_lines.moment(r, end) for end in ends) == self.lines.common
            for r in self.lines.records
        )

    @property
    def _unknown(self) -> int:
        """Lines of which no figure is drawn at first."""
        return sum(1 for line in self.lines.every if not line.shown)

    def deck(self) -> str:
        """What the widths show, of when, in which unit, and how many lines are schematic."""
        curved, count = len(self.curved), len(self.lines.ranked)
        known = self.lines.units
        units = words.joined([known[kind] for kind in self.lines.scale if kind in known])
        per = " a year" if self.lines.paced else ""
        when = self._when_shown()
        said = f"Widths show {units}{per}{when}. " if self.lines.scale else "No width is known. "
        said += f"{counted(self.lines)}"
        said += (
            f"; {curved:,} of {count:,} schematic: curved, as their course is not known."
            if curved
            else "."
        )
        none = f" Lines without a figure: {self._unknown:,}."
        return said + (none if self._unknown else "")

    def _when_shown(self) -> str:
        """The period of what is drawn at first, where it is one."""
        if not self.lines.dated:
            return ""
        shown = {f.period: _when(f) for line in self.lines.every for f in line.shown}
        return (
            next(iter(shown.values()))
            if len(shown) == 1
            else ", of each line in its fullest period"
        )

    def legend(self) -> Iterator[LegendItem]:
        """An entry for everything that is drawn, and for nothing else."""
        yield from self._cargoes()
        if self.curved:
            yield LegendItem("line", "curved: schematic, only its ends are known")
        courses = dict.fromkeys(p.geometry_basis for p in self.pipes)
        if given := [basis for basis in courses if basis not in ("schematic", "ring")]:
            yield LegendItem("line", f"{' or '.join(given)} course")
        if self.ways.laid:
            yield LegendItem("line", "modelled: flows that share a way are added")
        if self.lines.within:
            yield LegendItem("loop", "moved within one place")
        yield from evidence_legend(
            f.basis for x in self.lines.every for f in x.figures if f.rate is not None
        )
        if any(p.casing_px is not None for p in self.pipes):
            yield LegendItem("casing", "capacity")
        if any(p.over for p in self.pipes):
            yield LegendItem("over", "over capacity")
        yield LegendItem("place-circle", "place")

    def _cargoes(self) -> Iterator[LegendItem]:
        used = {lane.word for x in self.lines.every for f in x.figures for lane in f.lanes}
        coloured = [
            c for c, colour in self.lines.colours.items() if colour != style.CONTEXT and c in used
        ]
        for cargo in coloured if len(used) > 1 or "flow" not in used else []:
            yield LegendItem("swatch", f"cargo: {cargo}", colour=self.lines.colours[cargo])
        rest = len(used) - len(coloured)
        if rest:
            yield LegendItem("swatch", f"cargo: {rest} others", colour=style.CONTEXT)

    def notes(self) -> Iterator[str]:
        """What a reader must know of the drawing."""
        if self.curved:
            yield RULES
        yield from self.ways.notes()
        near = sum(1 for _, clear in self.schematic.values() if not clear)
        if near:
            yield f"Schematic lines that pass near a place they do not serve: {near:,}."
        if self.lines.scale:
            yearly = "per year, a shorter period at its yearly rate,"
            whole = "of each row's own period, not of a year," if self.lines.dated else "as stated,"
            per = yearly if self.lines.paced else whole
            least = f"cores are at least {style.MIN_CORE_PX:g} px."
            yield f"Widths are {per} on one linear scale for each kind of unit; {least}"
        yield from added_up(self.lines)
        yield from self._left_out()
        yield from self.lines.table.said

    def _left_out(self) -> Iterator[str]:
        """What stands in the table and has no line or width, with the reason."""
        if self.lines.within:
            names = [self.lines.names[line.origin] for line in self.lines.within]
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            count = f"{len(self.lines.inner):,} in {', '.join(names[:NAMED])}{more}"
            yield f"Rows that begin and end at one place are a ring beside it: {count}."
        without = self.lines.account["without a width"]
        if self.lines.dated and not self.lines.paced:
            yield (
                f"No period has {amounts.MIN_DAYS} days or more, so nothing is turned into a pace "
                "of a year; every period is in the table."
            )
        if without:
            yield (
                f"Rows without a width: {without:,}, as they have no yearly rate: no full period, "
                f"one shorter than {amounts.MIN_DAYS} days, or a count of movements."
            )
        if "basis" not in self.lines.table.stated:
            yield "The table does not say how its figures are known; they are taken as reported."
        idle = set(self.lines.capacities) - {line.leg for line in self.lines.ranked}
        if idle:
            yield f"Capacities of legs that carry no flow of the table: {len(idle):,}, not drawn."


# --- values --------------------------------------------------------------------------------------


def counted(lines: Lines) -> str:
    """What became of every row read: '40 flows on 10 lines, 3 within one place; 43 rows read'."""
    said = lines.account
    fates = [f"{count:,} {FATES[fate]}" for fate, count in said.items() if count and fate in FATES]
    number = sum(1 for x in lines.ranked if x.shown)
    on = f"{_many(said['drawn'], 'flow')} on {_many(number, 'line')}"
    read = f"; {sum(said.values()):,} rows read" if fates else ""
    return ", ".join([on, *fates]) + read


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' if count != 1 else ''}"


def added_up(lines: Lines) -> Iterator[str]:
    """How many rows are added up, as nothing that is read tells them apart; what differs."""
    sums = lines.sums
    if sums:
        rows = [row for own in sums for row in own]
        yield (
            f"Sums: {len(rows):,} rows are added up to {len(sums):,} figures, as they have one "
            f"line, period and cargo ({rows_said(sorted(rows))}). Where they report the same flow "
            "twice, give all but one of them rank 2."
        )
    every = [f for x in lines.every for f in x.figures]
    if any(len(f.flows) > 1 and len(f.lanes) > 1 for f in every):
        yield "A figure of several cargoes is their sum; each has its own lane or row."


def _when(figure: Figure) -> str:
    """' in' a year or month, ' on' a day; '' where no period is stated."""
    if not (figure.start and figure.end):
        return ""
    return f" {'on' if figure.start[:10] == figure.end[:10] else 'in'} {figure.period}"


def _among(pairs: Sequence[Line], inner: Sequence[Line]) -> str:
    """'3 pairs of places and within 2 places'."""
    count = len({frozenset((x.origin, x.destination)) for x in pairs})
    places = len({x.origin for x in inner})
    said = [f"{count:,} pairs of places" if count != 1 else "one pair of places"] * bool(count)
    said += [f"within {places:,} places" if places > 1 else "within one place"] * bool(places)
    return words.joined(said)


def _between(pairs: Sequence[Line], inner: Sequence[Line]) -> str:
    return f"between {_among(pairs, inner)}" if pairs else _among(pairs, inner)


def _metres(text: Any) -> float | None:
    """A radius of uncertainty; what is no number above zero is none."""
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def _names(row: Record) -> dict[str, str]:
    return {lang: row[f"name_{lang}"] for lang in LANGUAGES if row.get(f"name_{lang}")}


def _short(figure: Figure) -> str:
    """A figure to three digits that count; a range or a bound as it is."""
    if not figure.moved[0].isdigit() or "–" in figure.moved:
        return figure.moved
    return f"{words.rounded((figure.quantity or 0.0) / figure.unit_size)} {figure.unit}"


def _twice(shape: np.ndarray[Any, Any], turn: float) -> tuple[Coordinates, ...]:
    """A curve, and where it leaves the map at one side, once more where it enters at the other."""
    line = tuple(map(tuple, shape.tolist()))
    if not turn:
        return (line,)
    return line, tuple((round(x + 360 * turn, DIGITS), y) for x, y in line)


def _within_reach(shape: shapely.LineString, middle: float) -> tuple[Coordinates, ...]:
    """A line within half a turn of a meridian; twice where it goes on beyond the map's edge."""
    west, _, east, _ = shape.bounds
    turn = 360.0 * round((middle - (west + east) / 2) / 360)
    xy = np.round(np.add(shape.coords, (turn, 0.0)), DIGITS)
    beyond = (east + turn > middle + 180) - (west + turn < middle - 180)
    return _twice(xy, -float(beyond))


def _course(shape: Any, middle: float) -> tuple[Coordinates, ...]:
    """The lines of a leg within half a turn of a meridian, dense enough to show geodesics."""
    made: list[Coordinates] = []
    whole = measure.unwrap(shape)
    for piece in getattr(whole, "geoms", [whole]):
        dense = measure.densify(piece, max_km=SEGMENT_KM)
        west, _, east, _ = dense.bounds
        turn = 360.0 * round((middle - (west + east) / 2) / 360)
        made.append(tuple((round(x + turn, 6), round(y, 6)) for x, y in dense.coords))
    return tuple(made)
