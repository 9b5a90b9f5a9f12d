"""What is known, what is disputed and what nobody says of a corridor, each in one paragraph.

Made of the rows of its table and of its conflicts alone; a briefing that is to convince shows where
it stands on nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from geo.account import words
from geo.scene.model import Row

__all__ = ["MOST", "MOST_DISPUTED", "argued", "citations"]

MOST, MOST_DISPUTED = 5, 3  # figures, and questions, that a paragraph names; the rest are counted


def argued(rows: Sequence[Row], conflicts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(word, paragraph) for each of 'Known', 'Disputed' and 'Not known' that there is.

    rows: figures of what moved, in any order. conflicts: what sources answer differently, as
    sentences with both sides.
    """
    own = sorted(rows, key=lambda row: (row.start, row.end, row.what, row.id))
    told = {"Known": _known(own), "Disputed": _disputed(conflicts), "Not known": _unknown(own)}
    return tuple((word, text) for word, text in told.items() if text)


def _is_known(row: Row) -> bool:
    return not (row.quantity is None and row.quantity_low is None and row.quantity_high is None)


def _known(rows: Sequence[Row]) -> str:
    """How many figures of how many sources, of when, by whose word, and how many with a share."""
    own = [row for row in rows if _is_known(row)]
    if not own:
        return ""
    by = Counter(row.basis for row in own)
    count = ", ".join(f"{words.many(n, 'figure')} {basis}" for basis, n in by.most_common())
    sources = len({row.source for row in own})
    say = f"{words.many(sources, 'source')} {'says' if sources == 1 else 'say'} how much moved"
    shared = [row for row in own if _full(row) is not None]
    return f"{say}{_span(own)}: {count}. {_compared(len(shared), len(own))}{_ends(shared)}."


def _span(rows: Sequence[Row]) -> str:
    """', ' and the first and last period of rows in order; '' where none is dated."""
    dated = [row.period for row in rows if row.start]
    if not dated:
        return ""
    return f", {dated[0]} to {dated[-1]}" if dated[0] != dated[-1] else f", {dated[0]}"


def _compared(count: int, every: int) -> str:
    part = "each" if count == every else f"{count:,} of {words.many(every, 'figure')}"
    if not count:
        return "How much could have moved is known for none"
    return f"The share of what could move, or of a limit, is known for {part}"


def _ends(shared: Sequence[Row]) -> str:
    """The largest and the latest share, with their sources; '' where there is none."""
    if not shared:
        return ""
    largest, latest = max(shared, key=lambda row: _full(row) or 0.0), shared[-1]
    if largest is latest:
        return f": the highest, and the latest, is {_share(largest)}"
    return f": the highest is {_share(largest)}, the latest {_share(latest)}"


def _share(row: Row) -> str:
    cited = citations((row.source, *row.held_sources))
    return f"{row.share} ({row.what}, {row.period}) {cited}"


def citations(numbers: Sequence[int]) -> str:
    """'[3][7]': sources by their numbers, each once."""
    return "".join(f"[{number}]" for number in dict.fromkeys(numbers))


def _full(row: Row) -> float | None:
    known = [x for x in (row.full, row.full_high, row.full_low) if x is not None]
    return max(known, default=None)


def _disputed(conflicts: Sequence[str]) -> str:
    """The conflicts, the first in words."""
    more = len(conflicts) - MOST_DISPUTED
    rest = [f"and {words.many(more, 'more question')}"] if more > 0 else []
    said = [*conflicts[:MOST_DISPUTED], *rest]
    return "; ".join(said) + "." * bool(said)


def _unknown(rows: Sequence[Row]) -> str:
    """What sources speak of without an amount."""
    own = [row for row in rows if not _is_known(row)]
    if not own:
        return ""
    named = [", ".join(filter(None, (r.what, r.period))) + f" [{r.source}]" for r in own[:MOST]]
    more = len(own) - MOST
    named += [f"and {words.many(more, 'more figure')}"] if more > 0 else []
    return f"No source here says how much moved: {'; '.join(named)}."
