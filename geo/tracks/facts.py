"""What is told of a vessel: name, numbers, flag, type and size, beside its events.

Of what a vessel sent at different times the value that it sent most often is taken. A flag is what
the number's maritime identification digits stand for (ITU), not a register's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyais.util import get_country

from geo.tracks import mobiles

__all__ = ["FACTS", "apart", "joined", "known", "ships", "told"]

FACTS = pa.schema(
    [
        pa.field("vessel", pa.string()),
        pa.field("name", pa.string()),
        pa.field("imo", pa.string()),
        pa.field("callsign", pa.string()),
        pa.field("flag", pa.string()),  # ISO 3166 code of the digits of the number
        pa.field("ship_type", pa.string()),
        pa.field("length_m", pa.float64()),
        pa.field("width_m", pa.float64()),
        pa.field("draught_m", pa.float64()),
        pa.field("mobile", pa.string()),
    ]
)
_SENT = ("name", "imo", "callsign", "ship_type", "length_m", "width_m", "draught_m", "mobile")
_MMSI, _ISO2 = 9, 2


def known(counted: pd.DataFrame) -> pa.Table:
    """Return FACTS of every vessel, a row each.

    counted: `vessel`, what was sent as texts, "" where it was not, and `positions` that sent it.
    """
    names = sorted(counted["vessel"].unique())
    table: dict[str, Any] = {"vessel": names, "flag": [_flag(one) for one in names]}
    for field in _SENT:
        own = _most(counted, field).reindex(names)
        table[field] = own.where(own.notna(), None).tolist()
    sizes = {k: [None if v is None else float(v) for v in table[k]] for k in _SENT[4:7]}
    columns = table | sizes
    return pa.table({one.name: pa.array(columns[one.name], one.type) for one in FACTS})


def _most(counted: pd.DataFrame, field: str) -> pd.Series[Any]:
    """The value of each vessel that most positions have; of several the first in order."""
    some = counted[counted[field] != ""]
    sums = some.groupby(["vessel", field], as_index=False)[["positions"]].sum()
    order = sums.sort_values(["vessel", "positions", field], ascending=[True, False, True])
    first = order.drop_duplicates("vessel").set_index("vessel")[field]
    return first.astype(object)


def _flag(vessel: str) -> str | None:
    if len(vessel) != _MMSI or not vessel.isdigit() or vessel[0] not in "234567":
        return None
    code, _ = get_country(int(vessel))
    return str(code) if code != "NA" and len(str(code)) == _ISO2 else None


def ships(facts: pa.Table) -> set[str]:
    """Vessels that are ships, and what is not known to be anything else."""
    rows = zip(facts["vessel"].to_pylist(), facts["mobile"].to_pylist(), strict=True)
    return {vessel for vessel, mobile in rows if mobile is None and not mobiles.of_vessel(vessel)}


def told(events: pa.Table, facts: pa.Table) -> pa.Table:
    """Return events with the facts of their vessels behind them, `other_…` for the other one."""
    for role in ("vessel", "other"):
        if role in events.column_names:
            events = _beside(events, facts, role, "" if role == "vessel" else "other_")
    return events


def _beside(events: pa.Table, facts: pa.Table, role: str, before: str) -> pa.Table:
    at = pc.index_in(events[role], value_set=facts["vessel"].combine_chunks())
    for one in facts.schema:
        name = f"{before}{one.name}"
        if one.name not in {"vessel", "mobile"} and name not in events.column_names:
            events = events.append_column(
                pa.field(name, one.type), facts[one.name].combine_chunks().take(at)
            )
    return events


def joined(facts: pa.Table, vessels: pd.DataFrame) -> pa.Table:
    """Return facts with `vessel_id`, the vessel of a data folder that has the same IMO or MMSI.

    vessels: the table of a data folder: `vessel`, and `imo` or `mmsi` where known.
    """
    ids: dict[str, str] = {}
    for name in ("imo", "mmsi"):
        if name in vessels.columns:
            some = vessels[vessels[name].notna()]
            ids |= {
                f"{name} {one}": str(v) for one, v in zip(some[name], some["vessel"], strict=True)
            }
    rows = zip(facts["imo"].to_pylist(), facts["vessel"].to_pylist(), strict=True)
    own = [ids.get(f"imo {imo}") or ids.get(f"mmsi {mmsi}") for imo, mmsi in rows]
    return facts.append_column("vessel_id", pa.array(own, pa.string()))


def apart(events: Mapping[str, pa.Table], facts: pa.Table) -> dict[str, pa.Table]:
    """Return events without calls, voyages, encounters and loitering of what is no ship."""
    own = ships(facts)
    kept = {}
    for kind, table in events.items():
        if kind in {"calls", "voyages", "encounters", "loitering"}:
            good = [vessel in own for vessel in table["vessel"].to_pylist()]
            table = table.filter(pa.array(good, pa.bool_()))
        kept[kind] = table
    return kept
