"""The columns of a table of flows as text, by the fields that they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from geo.errors import wording
from geo.files.tables.rows import wrong_width
from geo.maps import userdata
from geo.maps.flowtables import flow_columns
from geo.maps.flowtables.flow_faults import Named

__all__ = ["columns_of", "need", "text_of"]


def columns_of(
    named: Named, cells: userdata.Cells, given: Mapping[str, str], fields: Sequence[str]
) -> flow_columns.Columns:
    """Which column is which field, by its heading or a name given; faults go to `named`."""
    header = cells.header
    for name in sorted({h for h in header if h and header.count(h) > 1}):
        said = wording("column.named-twice")
        named.say(None, name, "", *said, file=cells.file, where="header")
    for name, theirs in given.items():
        if name not in (*fields, *flow_columns.PARTS):
            said = wording("option.no-such-field", known=", ".join(fields))
            named.say(None, name, "", *said, where="--column")
        elif theirs not in header and theirs != flow_columns.NONE:
            said = wording("option.no-such-column", known=", ".join(header))
            named.say(None, name, theirs, *said, where="--column")
    return flow_columns.chosen(cells, given, fields)


def need(
    named: Named,
    cells: userdata.Cells,
    at: Mapping[str, int],
    needed: Sequence[str],
    said: Sequence[str] = (),
    *,
    case: str = "",
) -> None:
    """Say which of the columns that must be there are not."""
    hints = [sentence for sentence in said if "a year in the heading" in sentence]
    for name in needed:
        if name not in at:
            told = ". ".join([", ".join(cells.header), *(hints if name == "quantity" else [])])
            why = wording("column.not-found", case=case, field=name, known=told)
            named.say(None, name, "", *why, file=cells.file, where="header")


def text_of(
    named: Named, cells: userdata.Cells, at: Mapping[str, int], fields: Sequence[str]
) -> pd.DataFrame:
    """Every field as text, "" where the file has none, with `row`; ragged rows are faults."""
    width = len(cells.header)
    for row, values in cells.rows:
        if len(values) != width:
            said = wrong_width(width, cells.delimiter)
            named.say(row, "", f"{len(values)} cells", *said, file=cells.file)
    rows = [(row, [*values, *[""] * width]) for row, values in cells.rows]
    if not rows:
        named.say(None, "", "", *wording("table.no-rows"), file=cells.file)
    columns = {
        name: [values[at[name]] if name in at else "" for _, values in rows] for name in fields
    }
    return pd.DataFrame({"row": [row for row, _ in rows], **columns}).astype(
        dict.fromkeys(fields, "object")
    )
