"""What makes an answer ambiguous, at its rows: two capacities in force, rivals in like units,
overlapping periods, ends that no leg joins, an id that two tables use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from geo.account import Account, doubts
from geo.account.doubts import Doubt
from geo.checking.check import Table
from geo.errors import Fault, wording

NEEDED = {
    "corridors": {"corridor", "layout", "role"},
    "legs": {"leg", "corridor", "origin", "destination", "status"},
    "flows": {"flow", "corridor", "period_start", "period_end", "commodity", "unit", "rank"},
    "capacities": {"capacity", "corridor", "leg", "commodity", "unit", "per", "rank"},
    "limits": {"limit", "commodity"},
    "commodities": {"commodity"},
}


def judge(tables: Sequence[Table]) -> tuple[list[Fault], list[Fault]]:
    """Faults and notes of tables whose rows hold; none where a table or column is missing."""
    own = {rows.role: rows for rows in tables if rows.role in NEEDED and rows.role != "legs"}
    frames = {role: rows.frame for role, rows in own.items()}
    legs = [rows.frame for rows in tables if rows.role == "legs"]
    frames["legs"] = pd.concat(legs, ignore_index=True) if legs else pd.DataFrame()
    if any(not columns <= set(frames.get(role, ())) for role, columns in NEEDED.items()):
        return [], list(_twice(tables))
    found = doubts.doubts(Account(**{role: frames[role] for role in NEEDED}))
    return list(_ties(own, found)), [*_flows(own["flows"], found), *_twice(tables)]


def _ties(own: Mapping[str, Table], found: Sequence[Doubt]) -> Iterator[Fault]:
    rows = own["capacities"]
    for one in doubts.of_kind(found, doubts.CAPACITIES):
        said = wording("capacity.rank-one-twice", other=one.other)
        yield rows.fault(_at(rows, one.id), "rank", *said)


def _flows(rows: Table, found: Sequence[Doubt]) -> Iterator[Fault]:
    """Notes on flows; what one unit answers twice is a fault of its own."""
    said = {
        doubts.RIVALS: ("rank", "flow.rival-in-other-unit"),
        doubts.OVERLAP: ("period_start", "flow.periods-overlap"),
        doubts.UNREACHABLE: ("destination", "flow.ends-not-joined"),
    }
    for kind, (column, code) in said.items():
        for one in doubts.of_kind(found, kind):
            if not _told(rows, one):
                yield rows.fault(_at(rows, one.id), column, *wording(code, other=one.other))


def _told(rows: Table, one: Doubt) -> bool:
    """Whether the table already says how two rows stand to each other."""
    if not one.other:
        return False
    mine, other = (rows.raw.iloc[_at(rows, name)] for name in (one.id, one.other))
    if one.kind == doubts.RIVALS:
        return bool(mine["unit"] == other["unit"])
    parts = {(mine["flow"], other.get("part_of")), (other["flow"], mine.get("part_of"))}
    return any(name == part for name, part in parts)


def _at(rows: Table, name: str) -> int:
    return int(list(rows.raw[rows.fields[0]]).index(name))


def _twice(tables: Sequence[Table]) -> Iterator[Fault]:
    """Ids of figures that two tables use: a formula or a claim that names one means either."""
    seen: dict[str, str] = {}
    for rows in tables:
        if rows.role not in ("flows", "capacities", "attributes", "factors", "limits"):
            continue
        for number, name in enumerate(rows.raw.get(rows.fields[0], ())):
            if seen.setdefault(str(name), rows.file) != rows.file:
                said = wording("figure.id-in-two-tables", other=seen[str(name)])
                yield rows.fault(number, rows.fields[0], *said)
