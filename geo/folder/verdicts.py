"""Claims of a document against the record: does each verdict stand on rows that exist?

A folder may hold a table with the role `claims`: what a document says, who says it, the verdict,
and the ids of the rows that speak for and against it, in any table of the folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geo.checking.check import Table
from geo.errors import Fault, wording

VERDICTS = ("supported", "contradicted", "unclear")
FOR, AGAINST = "rows_for", "rows_against"
NEEDS = {"supported": FOR, "contradicted": AGAINST}  # what a verdict cannot be without
SEPARATOR = "|"


def ids(cell: str) -> list[str]:
    """The row ids of a cell, in their order."""
    return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]


def judge(tables: Sequence[Table]) -> list[Fault]:
    """Every claim whose rows do not exist or do not bear its verdict."""
    known = {str(key) for rows in tables for key in _keys(rows)}
    return [fault for rows in tables if rows.role == "claims" for fault in _claims(rows, known)]


def _keys(rows: Table) -> Sequence[str]:
    """Ids of the rows of a table; a claim is no evidence of another."""
    if rows.role == "claims" or not rows.fields:
        return ()
    return list(rows.raw.get(rows.fields[0], ()))


def _claims(rows: Table, known: set[str]) -> Iterator[Fault]:
    if not {"verdict", FOR, AGAINST} <= set(rows.raw.columns):
        return  # the missing column has a fault of its own
    for number, verdict in enumerate(rows.raw["verdict"]):
        yield from _named(rows, number, known)
        yield from _borne(rows, number, verdict)


def _named(rows: Table, number: int, known: set[str]) -> Iterator[Fault]:
    """Ids that are those of no row, and rows that speak on both sides."""
    sides = {column: ids(rows.raw[column].iloc[number]) for column in (FOR, AGAINST)}
    for column, named in sides.items():
        for name in dict.fromkeys(named):
            if name not in known:
                yield rows.fault(number, column, *wording("claim.no-such-row", id=name))
    for name in dict.fromkeys(sides[FOR]):
        if name in sides[AGAINST]:
            yield rows.fault(number, AGAINST, *wording("claim.row-on-both-sides", id=name))


def _borne(rows: Table, number: int, verdict: str) -> Iterator[Fault]:
    if verdict not in VERDICTS:
        known = f"{', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}"
        yield rows.fault(number, "verdict", *wording("claim.no-such-verdict", known=known))
    column = NEEDS.get(verdict, "")
    if column and not ids(rows.raw[column].iloc[number]):
        said = wording("claim.verdict-without-rows", verdict=verdict, column=column)
        yield rows.fault(number, column, *said)
