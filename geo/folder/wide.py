"""Flows as one plain table: corridor, origin, destination, period, quantity, unit, source.

A table of flows that has `period` instead of first and last day may name places, corridors, goods
and sources by what they are called. What it names and the folder does not have is made of its
rows: a corridor, a leg for each pair of ends, a commodity, a source. A place is never made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from geo.checking.check import Table
from geo.errors import Fault, wording
from geo.files import days

__all__ = ["NEEDED", "Made", "Names", "certain", "completed", "is_wide", "made", "plain"]

PERIOD, DAYS = "period", ("period_start", "period_end")
NEEDED = ("corridor", "origin", "destination", PERIOD, "quantity", "unit", "source")
FULL = ("flow", "basis", "rank")  # what the full form requires besides
DEFAULTS = {"basis": "reported", "rank": "1"}  # of a figure that says no more
BETWEEN = {"port": "sea", "terminal": "sea", "anchorage": "sea", "station": "rail"}
UNSAID = "sea"  # stands for a mode that a fault asks for, so that rows have no second fault
TIE = "figure.rank-one-twice"
ADDRESS = re.compile(r"https?://\S+")

Resources = Mapping[str, Mapping[str, Any]]  # the first of each role, as datapackage.json has it


@dataclass
class Made:
    """What wide tables become: whole tables of flows, what they name besides, and their faults."""

    tables: list[Table] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def is_wide(header: Sequence[str], schema: Mapping[str, Any]) -> bool:
    """Whether a table of flows has one column for its period, or at least none of the full form."""
    known = {one["name"] for one in schema.get("fields", [])}
    if PERIOD in known or set(DAYS) & set(header):
        return False
    return PERIOD in header or ("quantity" in header and not set(FULL) & set(header))


def completed(rows: Table) -> Table:
    """The table with every column that its schema does not require, empty where it was left out."""
    required = {f["name"]: f.get("constraints", {}).get("required") for f in rows.schema["fields"]}
    missing = [n for n, must in required.items() if n not in rows.raw and not must]
    return replace(rows, raw=rows.raw.assign(**dict.fromkeys(missing, ""))) if missing else rows


def certain(found: Sequence[Fault], before: Sequence[Fault]) -> list[Fault]:
    """Faults without ties of rows whose question was not read: those are not yet comparable."""
    unread = {(fault.file, fault.where) for fault in before}
    return [f for f in found if f.code != TIE or (f.file, f.where) not in unread]


def made(
    wide: Sequence[Table],
    tables: Sequence[Table],
    records: Sequence[Mapping[str, Any]],
    resources: Resources,
) -> Made:
    """Whole tables of flows from wide ones, with what they name that is in no other table."""
    work = _Work(tables, records, resources)
    for rows in wide:
        work.flows(rows)
    work.corridors()
    return work.made


class Names:
    """What rows of one kind are called: an id by any of its names, however capitalised."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Begin with the ids that are in use."""
        self.ids: dict[str, list[str]] = {}
        self.taken = set(taken)

    def add(self, own: str, names: Iterable[str]) -> None:
        """Keep an id under its names."""
        self.taken.add(own)
        for name in (own, *names):
            known = self.ids.setdefault(plain(name), [])
            if name and own not in known:
                known.append(own)

    def find(self, text: str) -> list[str]:
        """The ids that a text may mean; an id itself means that one alone."""
        return [text] if text in self.taken else self.ids.get(plain(text), [])

    def new(self, text: str, kind: str) -> str:
        """A new id for a name."""
        letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        base = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:40].strip("_")
        base = base if base[:1].isalpha() else f"{kind}_{base}".strip("_")
        own, number = base, 1
        while own in self.taken:
            number += 1
            own = f"{base}_{number}"
        self.add(own, [text])
        return own


def plain(text: str) -> str:
    """A name as it is compared: letters and spaces, however they are written."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _called(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (value for name, value in row.items() if str(name).startswith("name_"))
    yield from str(row.get("aliases", "")).split("|")


@dataclass
class _Corridor:
    """A corridor as the rows speak of it: its ends in pairs, and how it goes."""

    id: str
    name: str
    source: str
    rows: Table
    first: int
    modes: dict[str, int] = field(default_factory=dict)  # with the row that first says it
    ends: dict[tuple[str, str], int] = field(default_factory=dict)
    unread: bool = False  # an end of it has a fault of its own


class _Work:
    """One folder's wide tables in the making."""

    def __init__(
        self,
        tables: Sequence[Table],
        records: Sequence[Mapping[str, Any]],
        resources: Resources,
    ) -> None:
        self.made, self.tables, self.resources = Made(), tables, resources
        self.keys = Names(_keys(tables))
        self.names = {role: self._names(role) for role in ("places", "corridors", "commodities")}
        self.sources = Names()
        for one in records:
            self.sources.add(one["id"], [str(one["title"]), str(one.get("URL", ""))])
        self.kinds = {
            r["place"]: r["kind"] for r in self._rows("places") if {"place", "kind"} <= r.keys()
        }
        self.modes = {r.get("corridor", ""): r.get("mode", "") for r in self._rows("corridors")}
        self.laid = {row.get("corridor") for row in self._rows("legs")}
        self.found: dict[str, _Corridor] = {}

    def _rows(self, role: str) -> Iterator[dict[str, str]]:
        for rows in self.tables:
            if rows.role == role:
                yield from _records(rows)

    def _names(self, role: str) -> Names:
        names, key = Names(), {"places": "place", "corridors": "corridor"}.get(role, "commodity")
        for row in self._rows(role):
            names.add(row.get(key, ""), _called(row))
        return names

    # --- flows -----------------------------------------------------------------------------------

    def flows(self, rows: Table) -> None:
        """Write one wide table out as a whole one."""
        faults = [
            Fault(rows.file, "header", name, "", *wording("column.not-in-file"))
            for name in NEEDED
            if name not in rows.raw and not (name == "quantity" and _bounded(rows))
        ]
        self.made.faults += faults
        if faults:
            return
        raw = [self._row(rows, at, row) for at, row in enumerate(_records(rows))]
        names = list(dict.fromkeys([*rows.fields, *(n for row in raw for n in row)]))
        frame = pd.DataFrame([[row.get(n, "") for n in names] for row in raw], columns=names)
        self.made.tables.append(replace(rows, raw=frame.astype("object")))

    def _row(self, rows: Table, at: int, row: dict[str, str]) -> dict[str, str]:
        mode = row.pop("mode", "") if "mode" not in rows.fields else row.get("mode", "")
        whole = {name: value for name, value in row.items() if name != PERIOD}
        whole |= {name: whole.get(name) or value for name, value in DEFAULTS.items()}
        whole |= self._days(rows, at, row[PERIOD])
        for end in ("origin", "destination"):
            whole[end] = self._place(rows, at, end, row[end])
        whole["source"] = self._source(rows, at, row["source"])
        whole["commodity"] = self._commodity(rows, at, row.get("commodity", ""), whole["source"])
        whole["corridor"] = self._corridor(rows, at, whole, mode)
        if not whole.get("flow"):
            number = rows.where[at].removeprefix("row ")
            whole["flow"] = self.keys.new(f"{whole['corridor'] or 'flow'}_{number}", "flow")
        return whole

    def _days(self, rows: Table, at: int, text: str) -> dict[str, str]:
        """First and last day of a period: of one date, or of two parted by a stroke."""
        parts = [days.days_of(part.strip()) for part in text.split("/")] if text else []
        if not text:
            return dict.fromkeys(DAYS, "")
        if None in parts or len(parts) > 2:
            said = wording("date.not-readable", case="folder")
            self.made.faults.append(rows.fault(at, PERIOD, *said))
            return dict.fromkeys(DAYS, "")
        first, last = parts[0], parts[-1]
        ends = (first[0], last[1]) if first and last else ()
        return dict(zip(DAYS, (f"{day:%Y-%m-%d}" for day in ends), strict=True))

    def _known(self, rows: Table, at: int, column: str, names: Names, text: str) -> str | None:
        """The id that a text means; None for none, '' with a fault where it means several."""
        found = names.find(text)
        if len(found) < 2:
            return found[0] if found else None
        said = wording("key.means-several", ids=", ".join(found))
        self.made.faults.append(rows.fault(at, column, *said))
        return ""

    def _place(self, rows: Table, at: int, column: str, text: str) -> str:
        own = self._known(rows, at, column, self.names["places"], text) if text else ""
        if own is None:
            said = wording("flow.no-such-place", file=self.resources["places"]["path"])
            self.made.faults.append(rows.fault(at, column, *said))
        return own or ""

    def _source(self, rows: Table, at: int, text: str) -> str:
        """The id of a source by id, title or address; a new record where there is none."""
        known = self._known(rows, at, "source", self.sources, text) if text else ""
        if known is not None:
            return known
        own = self.sources.new(re.sub(r"^https?://", "", text), "source")
        self.sources.add(own, [text])
        address = {"URL": text} if ADDRESS.fullmatch(text) else {}
        kind = "webpage" if address else "document"
        self.made.records.append({"id": own, "type": kind, "title": text, **address})
        return own

    def _commodity(self, rows: Table, at: int, text: str, source: str) -> str:
        names = self.names["commodities"]
        own = self._known(rows, at, "commodity", names, text) if text else ""
        if own is None:
            own = names.new(text, "commodity")
            row = {"commodity": own, "name_en": text, "group": own, "source": source}
            self._make("commodities", [row], [rows.where[at]])
        return own

    def _corridor(self, rows: Table, at: int, whole: Mapping[str, str], mode: str) -> str:
        text, names = whole["corridor"], self.names["corridors"]
        own = self._known(rows, at, "corridor", names, text) if text else ""
        own = names.new(text, "corridor") if own is None else own
        if not own:
            return ""
        found = self.found.setdefault(own, _Corridor(own, text, whole["source"], rows, at))
        if mode:
            found.modes.setdefault(mode, at)
        found.unread |= any(
            (f.file, f.where) == (rows.file, rows.where[at]) for f in self.made.faults
        )
        pair = (whole["origin"], whole["destination"])
        if all(pair) and pair[0] != pair[1] and pair[::-1] not in found.ends:
            found.ends.setdefault(pair, at)
        return own

    # --- what they name --------------------------------------------------------------------------

    def corridors(self) -> None:
        """Make the corridors that are in no table, and legs for those that have none."""
        for one in self.found.values():
            mode = self.modes.get(one.id) or self._mode(one)
            if one.id not in self.modes:
                layout = "parallel" if len(one.ends) > 1 else "series"
                row = {
                    "corridor": one.id,
                    "name_en": one.name,
                    "mode": mode or UNSAID,
                    "layout": layout,
                }
                row |= {"role": "main", "source": one.source}
                self._make("corridors", [row], [one.rows.where[one.first]])
            if one.id not in self.laid and mode:
                self._legs(one, mode)

    def _mode(self, one: _Corridor) -> str:
        """How a new corridor goes: as its rows say, else as its places show."""
        said = list(one.modes)
        kinds = {BETWEEN.get(self.kinds.get(p, ""), "") for pair in one.ends for p in pair}
        found = said or sorted(kinds)
        if len(found) == 1 and found[0]:
            return found[0]
        if one.unread and len(said) < 2:
            return ""
        at = one.modes[said[1]] if len(said) > 1 else one.first
        wrong = wording("corridor.mode-several" if len(said) > 1 else "corridor.mode-unknown")
        where, value = one.rows.where[at], said[1] if len(said) > 1 else one.name
        self.made.faults.append(Fault(one.rows.file, where, "mode", value, *wrong))
        return ""

    def _legs(self, one: _Corridor, mode: str) -> None:
        legs = [
            {"leg": self.keys.new(f"{one.id}_{start}_{end}", "leg"), "corridor": one.id,
             "mode": mode, "origin": start, "destination": end, "status": "operating",
             "geometry_basis": "modelled", "source": one.source}
            for start, end in one.ends
        ]  # fmt: skip
        self._make("legs", legs, [one.rows.where[at] for at in one.ends.values()])

    def _make(self, role: str, found: Sequence[Mapping[str, str]], where: Sequence[str]) -> None:
        """Keep rows for a role, in every column of its file."""
        resource = self.resources.get(role)
        if resource is None or not found:
            return
        schema = resource.get("schema") or {"fields": []}
        names = list(dict.fromkeys([*(f["name"] for f in schema["fields"]), *found[0]]))
        raw = pd.DataFrame([[row.get(n, "") for n in names] for row in found], columns=names)
        shapes = [None] * len(found) if role == "legs" else None
        self.made.tables.append(
            Table(resource["path"], role, resource["name"], schema, raw.astype("object"), where,
                  shapes)
        )  # fmt: skip


def _records(rows: Table) -> list[dict[str, str]]:
    return [{str(n): str(value) for n, value in row.items()} for row in rows.raw.to_dict("records")]


def _bounded(rows: Table) -> bool:
    return bool({"quantity_low", "quantity_high"} & set(rows.raw))


def _keys(tables: Sequence[Table]) -> Iterator[str]:
    """Every id in use, whatever it is of: a formula may name it."""
    for rows in tables:
        if rows.fields and rows.fields[0] in rows.raw:
            yield from rows.raw[rows.fields[0]]
