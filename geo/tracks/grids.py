"""How a text of cells stands: encoding, delimiter, header, and the lines before its first row."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from geo.errors import GeoError
from geo.files import sheets
from geo.tracks import dialects, layout
from geo.tracks.layout import Written

__all__ = ["Grid", "encoding", "grid", "sample"]

_SAMPLE = 1 << 11  # rows of a table by which its columns are known
_SIGN = 4  # bytes of a sign in UTF-8, at most


@dataclass(frozen=True)
class Grid:
    """How the cells of a text stand.

    header: names of columns. skip: lines before the first row. headless: the dialect by which a
    table without a header is known.
    """

    delimiter: str
    header: list[str]
    skip: int
    headless: dialects.Dialect | None


def grid(head: str, written: Written, file: str) -> Grid:
    """How a table stands, by the beginning of its text. GeoError where that cannot be told."""
    lines = head.splitlines()
    named = dialects.by_name(written.dialect) if written.dialect else None
    own = named if named and named.first else None if named else dialects.headless(lines)
    if own:
        return Grid(_delimiter(written) or own.delimiter or ",", list(own.header), own.skip, own)
    skip = 0
    said = _delimiter(written) or (named.delimiter if named else "")
    while skip < len(lines) and re.fullmatch(r"\s*(sep=.)?\s*", lines[skip], re.IGNORECASE):
        said = said or lines[skip].strip()[4:5]
        skip += 1
    if skip >= len(lines):
        raise GeoError(f"{file}: an empty file")
    mark = said or max(sheets.DELIMITERS, key=lines[skip].count)
    header = [cell.strip() for cell in next(csv.reader([lines[skip]], delimiter=mark))]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise GeoError(f"{file}: header: two columns are named {', '.join(twice)}; rename one")
    names = [name or f"column {n}" for n, name in enumerate(header, 1)]
    return Grid(mark, names, skip + 1, None)


def _delimiter(written: Written) -> str:
    mark = {"tab": "\t", "\\t": "\t"}.get(written.delimiter, written.delimiter)
    if len(mark) > 1:
        raise GeoError(f"--delimiter {written.delimiter!r}: give one sign, or tab")
    return mark


def sample(head: str, own: Grid) -> dict[str, list[str]]:
    """Texts of every column in the first rows, "" for unknown."""
    found: dict[str, list[str]] = {name: [] for name in own.header}
    lines = head.splitlines()[own.skip :][:_SAMPLE]
    for cells in csv.reader(lines, delimiter=own.delimiter):
        for name, cell in zip(own.header, cells + [""] * len(own.header), strict=False):
            found[name].append("" if cell.strip().lower() in layout.NULLS else cell.strip())
    return found


def encoding(start: bytes) -> str:
    """The encoding of a text by its first bytes: UTF-8, what a byte order mark says, or Windows."""
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start > len(start) - _SIGN else "cp1252"
    return "utf-8"
