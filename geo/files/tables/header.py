"""Which row is the header: the first, or one below a title; one row, or two that are merged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from geo.errors import GeoError
from geo.files import headings
from geo.files.sheets import Row

__all__ = ["Header", "found"]

_LOOKED_AT = 200  # rows by which the width of a table is known
_DEEPEST = 20  # rows of title that are looked below
_NUMBER = re.compile(r"[+-]?[0-9][0-9., '\u00a0\u202f]*(?:[eE][+-]?[0-9]+)?%?")


@dataclass(frozen=True)
class Header:
    """The names of columns, which row is the first of the table, and what must be said."""

    names: list[str]
    below: int
    said: tuple[str, ...] = ()


def found(rows: Sequence[Row], file: str, *, stated: int = 0) -> Header:
    """The header of a table. Raises GeoError where the row that is stated is not there."""
    top = [_stripped(row) for row in rows[:_LOOKED_AT]]
    if stated:
        own = [n for n, row in enumerate(rows) if row.number == stated]
        if not own:
            raise GeoError(f"{file}: --header-row {stated}: that row is empty or not there")
        return Header(_named(_stripped(rows[own[0]]), top[own[0] + 1 :]), own[0] + 1)
    width = _width(top)
    at = _row(top, width)
    names, last, first = _merged(top, at, width)
    return Header(_named(names, top[last + 1 :]), last + 1, tuple(_said(rows, first, last, top)))


def _stripped(row: Row) -> list[str]:
    cells = [" ".join(cell.split()) for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _width(top: Sequence[Sequence[str]]) -> int:
    """How many columns most rows have; of two widths as common, the wider."""
    widths = Counter(len(row) for row in top if row)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _row(top: Sequence[Sequence[str]], width: int) -> int:
    """The row of the header: the first, unless it is a title over a table of several columns."""
    first = top[0] if top else []
    if width < 2 or _filled(first) > width / 2 or _known(first) > 1:
        return 0
    for at, row in enumerate(top[1 : _DEEPEST + 1], 1):
        if _numbers(row) or _filled(row) < 2:
            continue
        if _known(row) >= 2 or (len(row) == width and _filled(row) == width):
            return at
        if _filled(row) >= width / 2 and _known(row):
            return at
    return 0


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _numbers(row: Sequence[str]) -> int:
    """Cells that are numbers and no years, which may head columns."""
    own = [cell for cell in row if _NUMBER.fullmatch(cell)]
    return len([cell for cell in own if not re.fullmatch("(?:19|20)[0-9]{2}", cell)])


def _known(row: Sequence[str]) -> int:
    """How many cells are headings of a field."""
    return sum(headings.plain(cell) in headings.every() or bool(headings.axis(cell))
               for cell in row if cell)  # fmt: skip


def _merged(top: Sequence[list[str]], at: int, width: int) -> tuple[list[str], int, int]:
    """The names of columns, the last row and the first row that they stand in."""
    own = top[at] if top else []
    width = max(width, len(own))
    if at + 1 < len(top) and _continues(own, top[at + 1], width) and _known(top[at + 1]):
        return _joined(own, top[at + 1], width), at + 1, at
    if at and _filled(top[at - 1]) > 1 and _continues(top[at - 1], own, width):
        return _joined(top[at - 1], own, width), at, at - 1
    return own, at, at


def _continues(upper: Sequence[str], lower: Sequence[str], width: int) -> bool:
    """Whether two rows are one header: each column has a name in one, and no name is a number."""
    pairs = list(zip(_wide(upper, width), _wide(lower, width), strict=True))
    gaps = any(not above for above, below in pairs if below)
    whole = all(above or below for above, below in pairs)
    return gaps and whole and not _numbers(upper) and not _numbers(lower)


def _joined(upper: Sequence[str], lower: Sequence[str], width: int) -> list[str]:
    """Names of two rows as one; a name that stands twice has that of its group before it."""
    groups: list[str] = []
    names: list[str] = []
    for above, below in zip(_wide(upper, width), _wide(lower, width), strict=True):
        groups.append(above or (groups[-1] if groups else ""))
        names.append(below or above)
    twice = {name for name, count in Counter(names).items() if count > 1}
    return [
        f"{group} {name}" if name in twice and group and group != name else name
        for group, name in zip(groups, names, strict=True)
    ]


def _wide(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))][:width]


def _named(names: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    """The names of columns; a column without a name that holds anything is named by its place."""
    widest = max((len(row) for row in below), default=0)
    if len(names) > 1 and "" in names:
        return [name or (f"column {n}" if n <= widest else "") for n, name in enumerate(names, 1)]
    return list(names)


def _said(rows: Sequence[Row], first: int, last: int, top: Sequence[Sequence[str]]) -> list[str]:
    if not last:
        return []
    title = next((cell for row in top[:first] for cell in row if cell), "")
    own = f"row {rows[last].number}" if first == last else (
        f"rows {rows[first].number} and {rows[last].number}"
    )  # fmt: skip
    said = f"The header is read from {own}"
    return [f"{said}; above it stands “{title[:60]}”." if title else f"{said}."]
