"""Claims of a document beside the rows that speak for and against them, as values.

The page `claims.html` and the briefing's part of that name are made from these; both stand on
`claims.csv` alone, so a verdict that changes there changes everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from geo.account import words
from geo.folder.package import Package
from geo.folder.verdicts import AGAINST, FOR, VERDICTS, ids
from geo.scene.facts import Record, event_date, records, source_of
from geo.scene.model import Source

TABLES = (
    "flows", "capacities", "limits", "events", "attributes", "vessels", "factors",
    "places", "legs", "commodities", "corridors",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What one row says, its remark and the number of its source."""

    id: str
    text: str
    note: str
    source: int


@dataclass(frozen=True)
class Claim:
    """One claim with its verdict and the rows on both sides."""

    id: str
    text: str
    said_by: str
    document: str
    corridor: str
    verdict: str
    supporting: tuple[Evidence, ...]
    contradicting: tuple[Evidence, ...]
    note: str
    source: int


@dataclass(frozen=True)
class Claims:
    """Every claim of a folder, and the sources that its page numbers."""

    title: str
    headline: str
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    version: str
    licence: str
    inputs: Mapping[str, str]


def claims(package: Package, *, numbers: dict[str, int] | None = None) -> Claims | None:
    """The claims of a folder in the order of their table; None where it holds none.

    `numbers` is the numbering of sources of a document that holds more than this.
    """
    if package.claims.empty:
        return None
    record = _Record(package, {} if numbers is None else numbers)
    found = tuple(record.claim(row) for row in records(package.claims))
    documents = [c.document for c in found if c.document]
    return Claims(
        title=f"{', '.join(dict.fromkeys(documents)) or package.title}: claims and the record",
        headline=_headline(found),
        claims=found,
        sources=record.sources(),
        version=package.version,
        licence=package.licence,
        inputs=package.hashes,
    )


def _headline(found: tuple[Claim, ...]) -> str:
    """'16 claims: 7 supported, 4 contradicted, 5 unclear'."""
    counts = [(sum(c.verdict == verdict for c in found), verdict) for verdict in VERDICTS]
    said = ", ".join(f"{count} {verdict}" for count, verdict in counts if count)
    return f"{len(found)} claim{'s' if len(found) > 1 else ''}: {said}"


class _Record:
    """The rows of a folder by id, and the numbers of their sources as they are cited."""

    def __init__(self, package: Package, numbers: dict[str, int]) -> None:
        self.package, self.numbers = package, numbers
        self.names = {
            str(row[key]): str(row["name_en"])
            for table, key in (
                (package.places, "place"),
                (package.corridors, "corridor"),
                (package.commodities, "commodity"),
            )
            for row in records(table)
        }
        self.rows = dict(self._all())

    def _all(self) -> Iterator[tuple[str, tuple[str, Record]]]:
        for name in reversed(TABLES):
            table = getattr(self.package, name)
            for row in records(table) if len(table) else ():
                yield str(next(iter(row.values()))), (name, row)

    def claim(self, row: Record) -> Claim:
        source = self.number(str(row["source"]))
        return Claim(
            id=str(row["claim"]),
            text=str(row["text"]),
            said_by=str(row.get("said_by") or ""),
            document=str(row.get("document") or ""),
            corridor=self.names.get(str(row.get("corridor") or ""), ""),
            verdict=str(row["verdict"]),
            supporting=tuple(self.evidence(name) for name in ids(str(row[FOR]))),
            contradicting=tuple(self.evidence(name) for name in ids(str(row[AGAINST]))),
            note=str(row.get("note") or ""),
            source=source,
        )

    def evidence(self, name: str) -> Evidence:
        """What a row says."""
        table, row = self.rows[name]
        said, note = self._said(table, row), str(row.get("note") or "")
        return Evidence(name, said[:1].upper() + said[1:], note, self.number(str(row["source"])))

    def _said(self, table: str, row: Record) -> str:
        if table == "events":
            return f"{row['title']}, {event_date(row)}"
        if table == "legs":
            return "–".join(self.names.get(str(row[c]), "") for c in ("origin", "destination"))
        if "quantity" not in row:
            return str(row.get("name_en") or row.get("name") or "")
        parts = [self._what(table, row), _amount(row), self._when(row)]
        basis = f" ({row['basis']})" if row.get("basis") else ""
        return ", ".join(part for part in parts if part) + basis

    def _what(self, table: str, row: Record) -> str:
        where = self.names.get(str(row.get("corridor") or ""), "")
        if table == "attributes":
            what = str(row["property"]).replace("_", " ")
            return f"{what}: {row['text']}" if row.get("text") else what
        cargo = self.names.get(str(row.get("commodity") or ""), "")
        cargo = "" if cargo == row["unit"] else cargo
        return ": ".join(part for part in (where, cargo) if part)

    def _when(self, row: Record) -> str:
        if "period_start" not in row or pd.isna(row["period_start"]):
            return ""
        return words.period(row["period_start"], row["period_end"])

    def number(self, source: str) -> int:
        """The number of a source, given at its first use."""
        return self.numbers.setdefault(source, len(self.numbers) + 1)

    def sources(self) -> tuple[Source, ...]:
        """Every source numbered so far, in order."""
        known = {record["id"]: record for record in self.package.sources}
        ordered = sorted(self.numbers.items(), key=lambda item: item[1])
        return tuple(source_of(number, name, known[name]) for name, number in ordered)


def _amount(row: Record) -> str:
    """'4 Mt a year', '2 Mt', '' where a row states no figure."""
    if all(pd.isna(row.get(c)) for c in ("quantity", "quantity_low", "quantity_high")):
        return "" if row.get("text") else words.UNKNOWN
    said = words.quantity(row).replace("_", " ")
    return f"{said} a {row['per']}" if row.get("per") else said
