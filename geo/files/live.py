"""Texts that a spreadsheet would run where it opens them as a table, and how they are made safe.

An apostrophe before the text keeps it one, as spreadsheets themselves have it (OWASP, CSV
Injection); reading takes it off again, so that what was written comes back as it was.
"""

from __future__ import annotations

from geo.files.numbers import PLAIN

__all__ = ["guarded", "unguarded"]

_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"


def guarded(text: str) -> str:
    """The text as a cell that nothing runs."""
    return _GUARD + text if _live(text.lstrip(_GUARD)) else text


def unguarded(cell: str) -> str:
    """The text of a cell that `guarded` has made, and any other cell as it is."""
    safe = cell.startswith(_GUARD) and _live(cell.lstrip(_GUARD))
    return cell[1:] if safe else cell


def _live(text: str) -> bool:
    return text.startswith(_SIGNS) and not PLAIN.fullmatch(text)
