"""What stands between the cells of a text: the sign that cuts its lines into rows of one width."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

from geo.files import sheets

__all__ = ["delimiter", "stated"]

_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_LINES = 200


def stated(text: str) -> tuple[str, int]:
    """The delimiter that a first line `sep=;` states, and how many lines that takes."""
    first = text.split("\n", 1)[0].rstrip("\r")
    found = _SEP.fullmatch(first)
    return (found[1], 1) if found else ("", 0)


def delimiter(text: str) -> str:
    """The sign that cuts most lines into the same number of cells; a comma where none cuts."""
    lines = text.splitlines()[:_LINES]
    scores = {mark: _score(lines, mark) for mark in sheets.DELIMITERS}
    best = max(scores, key=lambda mark: scores[mark])
    return best if scores[best][0] else sheets.DELIMITERS[0]


def _score(lines: list[str], mark: str) -> tuple[int, float, int]:
    """(whether it cuts the header or most rows, share of rows of one width, that width)."""
    widths = list(_widths(lines, mark))
    several = Counter(width for width in widths if width > 1)
    if not several:
        return 0, 0.0, 0
    width, count = max(several.items(), key=lambda one: (one[1], one[0]))
    # A header of the same width weighs: in `a;b` over `1,5;2,5` commas cut rows, not the header.
    share = count / len(widths)
    heads = 2 if widths[0] == width else 1
    return heads, round(share, 3), width


def _widths(lines: list[str], mark: str) -> Iterator[int]:
    """How many cells each line has; the parts of a cell over several lines count as they come."""
    try:
        for cells in csv.reader(lines, delimiter=mark):
            if cells:
                yield len(cells)
    except csv.Error:
        return
