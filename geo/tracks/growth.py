"""Results that grow: what was found before the marks of vessels stays, what follows is joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry import LineString, MultiLineString

from geo.tracks.arrays import US, Floats, Ints
from geo.tracks.clean import REASONS
from geo.tracks.columns import EVENTS
from geo.tracks.definitions import Definitions
from geo.tracks.marks import MARKS
from geo.tracks.process import VESSELS, Result

__all__ = ["Plan", "consistent", "grown", "plan", "without"]

Row: TypeAlias = Mapping[str, Any]
Own: TypeAlias = Mapping[str, Row]  # the marks of the vessels that are taken up at one

_NEVER, _ALWAYS = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_BEGIN = {  # the column by which an event lies before a mark or after it
    "gaps": "start_utc",
    "stops": "start_utc",
    "calls": "arrival_utc",
    "voyages": "departure_utc",
    "loitering": "start_utc",
}


@dataclass(frozen=True)
class Plan:
    """What is to be done for the vessels of new positions.

    since: instants from which positions are read again, in microseconds; `anew` are vessels of
    which all are read. late: those of them whose new positions are not all after the known ones.
    """

    since: Mapping[str, int]
    anew: frozenset[str]
    late: frozenset[str]

    def without(self, vessels: frozenset[str]) -> Plan:
        """Return the plan with some vessels read anew."""
        since = {vessel: at for vessel, at in self.since.items() if vessel not in vessels}
        return Plan(since, self.anew | vessels, self.late)


def plan(marks: pa.Table, came: pa.Table) -> Plan:
    """Return what new positions ask for.

    marks: of the result so far. came: `vessel`, and `first_us` of its new positions.
    """
    known = {row["vessel"]: row for row in _plain(marks).to_pylist()}
    since, anew, late = {}, set(), set()
    for row in came.to_pylist():
        vessel = row["vessel"]
        mark = known.get(vessel)
        if mark is not None and row["first_us"] <= mark["last_utc"]:
            late.add(vessel)
        if mark is None or vessel in late or mark["since_utc"] is None:
            anew.add(vessel)
        else:
            since[vessel] = mark["since_utc"]
    return Plan(since, frozenset(anew), frozenset(late))


def _plain(marks: pa.Table) -> pa.Table:
    """Instants as whole microseconds."""
    kinds = [
        pa.field(one.name, pa.int64() if pa.types.is_timestamp(one.type) else one.type)
        for one in MARKS
    ]
    return marks.cast(pa.schema(kinds))


def consistent(
    asked: Plan, marks: pa.Table, found: Result, definitions: Definitions
) -> frozenset[str]:
    """Return the vessels taken up at a mark that must be read whole after all.

    Whether a vessel is untangled is asked of its whole history, and that may change what is
    before the mark or after it if either has a silence that closes a track. A second ship under
    the number may be the one of noise just before the mark.
    """
    before = {row["vessel"]: row for row in _plain(marks).to_pylist()}
    after = {row["vessel"]: row for row in _plain(found.marks).to_pylist()}
    more = set(found.events["tracks"]["track"].to_pylist())
    wait = round(definitions.isolated_hours * 3600 * US)
    wrong = set()
    for vessel, since in asked.since.items():
        one, other = before[vessel], after.get(vessel)
        if other is None:
            wrong.add(vessel)
            continue
        torn = one["torn"] or other["torn"]
        changed = any(side["cut"] and side["torn"] != torn for side in (one, other))
        noise = one["noise_utc"]
        doubtful = f"{vessel}-2" in more and noise is not None and since - noise <= wait
        if changed or doubtful:
            wrong.add(vessel)
    return frozenset(wrong)


def without(found: Result, vessels: frozenset[str]) -> Result:
    """Return a result without some vessels; its counts of what was dropped are left as they are."""
    cut = dict.fromkeys(vessels, _NEVER)
    return Result(
        {kind: _others(table, cut) for kind, table in found.events.items()},
        _others(found.slow, cut),
        found.dropped,
        _others(found.vessels, cut),
        _others(found.marks, cut),
    )


def grown(asked: Plan, base: Result, found: Result, definitions: Definitions) -> Result:
    """Return the base with what was found joined to it: what all positions at once would give.

    Encounters are left out.
    """
    own = {row["vessel"]: row for row in base.marks.to_pylist() if row["vessel"] in asked.since}
    cut = dict(asked.since) | dict.fromkeys(asked.anew, _NEVER)
    events = {kind: schema.empty_table() for kind, schema in EVENTS.items()}
    for kind, begin in _BEGIN.items():
        kept = _before(base.events[kind], base.events[kind][begin].cast(pa.int64()), cut)
        more = found.events[kind]
        more = _numbered(more, own) if kind == "voyages" else more
        events[kind] = pa.concat_tables([kept, more])
    events["tracks"] = _tracks(base.events["tracks"], found.events["tracks"], cut, own)
    every = round(definitions.encounter_step_min * 60 * US)
    slow = _before(base.slow, pc.multiply(base.slow["step"], every), cut)
    vessels = _vessels(base.vessels, found.vessels, cut, own)
    dropped = {reason: int(pc.sum(vessels[reason]).as_py() or 0) for reason in REASONS}
    return Result(
        events,
        pa.concat_tables([slow, found.slow]),
        dropped,
        vessels,
        _marks(base.marks, found.marks, cut, own),
    )


def _before(table: pa.Table, begin: pa.ChunkedArray, cut: Mapping[str, int]) -> pa.Table:
    """Rows that begin before the instant at which their vessel is cut; those of others stay."""
    until = _until(table["vessel"], cut)
    return table.filter(pa.array(begin.to_numpy() < until))


def _until(vessel: pa.ChunkedArray, cut: Mapping[str, int]) -> Ints:
    at = pc.index_in(vessel, pa.array(list(cut), pa.string()))
    number = pc.fill_null(at, len(cut)).to_numpy()
    until: Ints = np.array([*cut.values(), _ALWAYS], np.int64)[number]
    return until


def _others(table: pa.Table, cut: Mapping[str, int]) -> pa.Table:
    return table.filter(pa.array(_until(table["vessel"], cut) == _ALWAYS))


def _numbered(voyages: pa.Table, own: Own) -> pa.Table:
    """Voyages of tracks that go on, numbered after those before."""
    rows = voyages.select(["vessel", "track", "voyage"]).to_pylist()
    names = [_number(**row, own=own) for row in rows]
    at = voyages.schema.get_field_index("voyage")
    return voyages.set_column(at, voyages.schema.field(at), pa.array(names, pa.string()))


def _number(vessel: str, track: str, voyage: str, own: Own) -> str:
    if vessel not in own or track != f"{vessel}-1":
        return voyage
    return f"{track}-{int(voyage.rpartition('-')[2]) + own[vessel]['calls']}"


def _tracks(base: pa.Table, found: pa.Table, cut: Mapping[str, int], own: Own) -> pa.Table:
    firsts = {f"{vessel}-1" for vessel in own}
    old = {r["track"]: r for r in base.filter(_within(base["track"], firsts)).to_pylist()}
    rows = [
        _longer(old[row["track"]], row, own[row["vessel"]]) if row["track"] in old else row
        for row in found.to_pylist()
    ]
    return pa.concat_tables([_others(base, cut), pa.Table.from_pylist(rows, EVENTS["tracks"])])


def _within(column: pa.ChunkedArray, words: set[str]) -> pa.Array:
    return pc.is_in(column, pa.array(sorted(words), pa.string()))


def _longer(old: Row, new: Row, mark: Mapping[str, int]) -> dict[str, Any]:
    """A track up to its mark, and on from it."""
    mm = mark["track_mm"] + round(new["length_km"] * 1e6)
    return dict(new) | {
        "start_utc": old["start_utc"],
        "positions": mark["track_positions"] + new["positions"],
        "length_km": mm / 1e6,
        "geometry": _line(old["geometry"], new["geometry"], mark["vertices"]),
    }


def _line(old: bytes, new: bytes, vertices: int) -> bytes:
    """The first vertices of a line, then another: one part goes on over the join."""
    parts, left = [], vertices
    for part in _parts(old):
        if left > 0:
            parts.append(part[:left])
            left -= len(part)
    head, *rest = _parts(new)
    parts[-1] = np.concatenate([parts[-1], head])
    whole = [LineString(part) for part in [*parts, *rest]]
    drawn = whole[0] if len(whole) == 1 else MultiLineString(whole)
    return bytes(shapely.to_wkb(drawn))


def _parts(line: bytes) -> list[Floats]:
    return [shapely.get_coordinates(part) for part in shapely.get_parts(shapely.from_wkb(line))]


def _vessels(base: pa.Table, found: pa.Table, cut: Mapping[str, int], own: Own) -> pa.Table:
    old = {row["vessel"]: row for row in base.filter(_within(base["vessel"], set(own))).to_pylist()}
    rows = []
    for row in found.to_pylist():
        mark = own.get(row["vessel"])
        if mark is not None:
            counts = {k: row[k] + mark[k] for k in ("positions", *REASONS)}
            longest = max(row["longest_gap_hours"], mark["longest_hours"])
            first = old[row["vessel"]]["first_utc"]
            row = row | counts | {"first_utc": first, "longest_gap_hours": longest}
        rows.append(row)
    return pa.concat_tables([_others(base, cut), pa.Table.from_pylist(rows, VESSELS)])


def _marks(base: pa.Table, found: pa.Table, cut: Mapping[str, int], own: Own) -> pa.Table:
    rows = [
        _later(own[row["vessel"]], row) if row["vessel"] in own else row
        for row in found.to_pylist()
    ]
    return pa.concat_tables([_others(base, cut), pa.Table.from_pylist(rows, MARKS)])


_COUNTS = ("positions", *REASONS, "track_positions", "track_mm", "calls", "vertices")


def _later(mark: Row, new: Row) -> dict[str, Any]:
    """The mark of a vessel after it was taken up at one: a new one, or the same where none is."""
    flags = {
        "last_utc": new["last_utc"],
        "torn": mark["torn"] or new["torn"],
        "cut": mark["cut"] or new["cut"],
    }
    if new["since_utc"] is None:
        return dict(mark) | flags
    counts = {name: mark[name] + new[name] for name in _COUNTS}
    longest = max(mark["longest_hours"], new["longest_hours"])
    noise = new["noise_utc"] or mark["noise_utc"]
    return dict(new) | flags | counts | {"longest_hours": longest, "noise_utc": noise}
