"""Events of vessels as tables of words: what each row sorts by, is found by, and where it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from geo.account import words
from geo.scene.model import Listed, TextTable
from geo.tracks import facts as facts_

__all__ = ["LISTED", "TABLES", "hours", "tables", "time"]

LISTED = 1000  # rows of a table
_SPAN = {"start_utc": "From (UTC)", "end_utc": "To (UTC)", "duration_hours": "Hours"}
TABLES: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    # kind: title, what the first are by, columns and their heads
    "calls": (
        "Port calls",
        "arrival_utc",
        {
            "vessel": "Vessel",
            "place": "Place",
            "arrival_utc": "Arrived (UTC)",
            "departure_utc": "Left (UTC)",
            "duration_hours": "Hours",
            "draught_arrival_m": "Draught in, m",
            "draught_departure_m": "Draught out, m",
        },
    ),
    "voyages": (
        "Voyages",
        "length_km",
        {
            "vessel": "Vessel",
            "origin": "From",
            "destination": "To",
            "departure_utc": "Left (UTC)",
            "arrival_utc": "Arrived (UTC)",
            "duration_hours": "Hours",
            "length_km": "km",
            "speed_kn": "Average kn",
            "gap_hours": "Hours in AIS gaps",
        },
    ),
    "gaps": ("AIS gaps", "duration_hours", {"vessel": "Vessel", **_SPAN, "length_km": "km apart"}),
    "encounters": (
        "Encounters",
        "duration_hours",
        {"vessel": "Vessel", "other": "Other", **_SPAN, "distance_m": "m apart", "speed_kn": "kn"},
    ),
    "loitering": (
        "Loitering",
        "duration_hours",
        {"vessel": "Vessel", **_SPAN, "length_km": "km", "speed_kn": "kn"},
    ),
}
_VESSELS = {"vessel": "", "other": "other_"}
_PLACES = {"place", "origin", "destination"}
Row = Mapping[str, Any]


def tables(
    events: Mapping[str, pa.Table],
    facts: pa.Table,
    *,
    said: Callable[[str], str],
    named: Callable[[str], str],
    mapped: Callable[[str, Row], tuple[str, str]],
) -> Iterator[TextTable]:
    """Yield a table of each kind that has events, the longest or latest LISTED of it.

    facts: of vessels. said: words about ships in those of what moves. named: a place in words.
    mapped: the line and the place on the map of a row, by its kind.
    """
    renamed = _renamed(events["tracks"], facts)
    for kind, (title, by, columns) in TABLES.items():
        rows = first(events[kind], by)
        more = events[kind].num_rows - len(rows)
        which = "latest" if by == "arrival_utc" else "longest"
        note = f"The {LISTED:,} {which}; {more:,} more are in {kind}.csv." if more else ""
        told = facts_.told(rows, facts).to_pylist()
        if told:
            cells = tuple(tuple(_cell(row, key, renamed, named) for key in columns) for row in told)
            listed = tuple(
                Listed(_values(row, columns, named), _keys(row), *mapped(kind, row)) for row in told
            )
            heads = tuple(said(head) for head in columns.values())
            keyed = tuple(n for n, key in enumerate(columns) if key in _VESSELS)
            yield TextTable(said(title), note, heads, cells, listed, keyed)


def first(table: pa.Table, by: str) -> pa.Table:
    """Return the rows that a table of words lists, the longest or latest first."""
    order = [(by, "descending"), ("vessel", "ascending")]
    return table.sort_by(order)[:LISTED]


def _keys(row: Row) -> tuple[str, ...]:
    """IMO number of each vessel, else its own number, and then its own number too."""
    roles = [(role, before) for role, before in _VESSELS.items() if row.get(role)]
    main = [str(row.get(f"{before}imo") or row[role]) for role, before in roles]
    return tuple(dict.fromkeys([*main, *(str(row[role]) for role, _ in roles)]))


def _values(
    row: Row, columns: Mapping[str, str], named: Callable[[str], str]
) -> tuple[str | float | None, ...]:
    return tuple(_value(row, key, named) for key in columns)


def _value(row: Row, key: str, named: Callable[[str], str]) -> str | float | None:
    value = row[key]
    if key in _VESSELS:
        return _vessel(row, key)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float) or value is None:
        return value
    return named(str(value)) if key in _PLACES else str(value)


def _cell(row: Row, key: str, renamed: Mapping[str, Row], named: Callable[[str], str]) -> str:
    """A cell in words; a vessel with its name and IMO number where they were sent."""
    value = row[key]
    if key in _VESSELS:
        return _vessel(row, key)
    if key == "end_utc" and row.get("open"):
        return _unheard(row, renamed)
    if value is None:
        return "there at the end" if key == "departure_utc" else "not known"
    if isinstance(value, datetime):
        return time(value)
    if isinstance(value, float):
        return f"{value:,.1f}"
    return named(str(value)) if key in _PLACES else str(value)


def _vessel(row: Row, key: str) -> str:
    before = _VESSELS[key]
    imo = row.get(f"{before}imo")
    parts = [row.get(f"{before}name"), f"IMO {imo}" if imo else None, row.get(f"{before}flag")]
    told = ", ".join(one for one in parts if one)
    return f"{row[key]} ({told})" if told else str(row[key])


def _unheard(row: Row, renamed: Mapping[str, Row]) -> str:
    """Not heard again, at least not under this number."""
    later = renamed.get(str(row["vessel"]))
    if later is None or later["start_utc"] < row["start_utc"]:
        return "not heard again"
    since = time(later["start_utc"])
    return f"not heard again as {row['vessel']}; the same IMO number, {later['vessel']}, {since}"


def _renamed(tracks: pa.Table, facts: pa.Table) -> dict[str, Row]:
    """Of each vessel the last track of another that sent the same IMO number."""
    imo = dict(zip(facts["vessel"].to_pylist(), facts["imo"].to_pylist(), strict=True))
    rows = tracks.select(["vessel", "start_utc"]).sort_by("start_utc").to_pylist()
    shared: dict[str, list[Row]] = {}
    for row in rows:
        if own := imo.get(row["vessel"]):
            shared.setdefault(own, []).append(row)
    found: dict[str, Row] = {}
    for same in shared.values():
        for vessel in {row["vessel"] for row in same}:
            others = [row for row in same if row["vessel"] != vessel]
            found |= {vessel: others[-1]} if others else {}
    return found


def hours(value: float) -> str:
    """Hours in words."""
    return f"{value:,.0f} h" if value >= 10 else f"{value:.1f} h"


def time(when: Any) -> str:
    """A time in words, to the minute."""
    return f"{words.day(when)} {when:%H:%M}"
