"""What a scene says of a period: its ranking and its headline. `geo/web/now.js` says the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from geo.account import words
from geo.scene.model import Casing, Figure, Pipe, Scene
from geo.scene.strokes import is_active, shown

NOTHING = "no amount is known"


@dataclass(frozen=True)
class Entry:
    """A figure of the ranking, or a line without one, with the line that opens it."""

    pipe: Pipe
    figure: Figure | None
    casing: Casing | None

    @property
    def share(self) -> float:
        """How full, for ordering; -1 where that is not known."""
        f = self.figure
        return (f.quantity or 0.0) / f.full if f is not None and f.full else -1.0

    @property
    def title(self) -> str:
        """The line in words."""
        return (self.figure.where if self.figure else "") or self.pipe.title


def ranking(scene: Scene, start: str = "", end: str = "") -> list[Entry]:
    """What each corridor shows, the fullest first; a figure of several lines stands once."""
    entries = list(_once(_entries(scene, start, end)))
    return sorted(entries, key=_order)


def _order(entry: Entry) -> tuple[object, ...]:
    known = entry.figure is not None and entry.figure.rate is not None
    return -entry.share, not known, entry.figure is None


def _entries(scene: Scene, start: str, end: str) -> Iterator[Entry]:
    for pipe in (*scene.pipes, *scene.totals):
        nothing = pipe.context or not (pipe.figures or pipe.casings)
        if nothing or not is_active(pipe, start, end):
            continue
        state = shown(pipe, start, end)
        told = state.cores or state.said
        yield from (Entry(pipe, figure, None) for figure in told)
        if not told:
            yield Entry(pipe, None, state.casing)


def _once(entries: Iterator[Entry]) -> Iterator[Entry]:
    """A figure that runs over several lines of a corridor once, at the longest of them.

    A line without a figure is left out where another line of its corridor has one.
    """
    found: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        name = entry.figure.id if entry.figure else "" if entry.pipe.series else entry.pipe.id
        key = (entry.pipe.corridor, name)
        if key not in found or found[key].pipe.length_km < entry.pipe.length_km:
            found[key] = entry
    told = {key[0] for key, entry in found.items() if entry.figure}
    for key, entry in found.items():
        if entry.figure or not entry.pipe.series or key[0] not in told:
            yield entry


def amount(figure: Figure) -> str:
    """'1.2 of 4 Mt/year', '241,114 bbl, limit 500,000 bbl/year' or '43 voyages'."""
    if not figure.could:
        return figure.moved
    if figure.could.startswith("limit "):
        return f"{figure.moved}, {figure.could}"
    return f"{words.bare(figure.moved, figure.unit)} of {figure.could}"


def when(figure: Figure, start: str, end: str) -> str:
    """How a figure's period lies to the one chosen: a longer one is not split, and says so."""
    if not start or (figure.start, figure.end) == (start, end):
        return figure.period
    if figure.start <= start and figure.end >= end:
        return f"all of {figure.period}, not split"
    return figure.period + (f", sum of {figure.added} figures" if figure.added > 1 else "")


def headline(scene: Scene, start: str, end: str) -> str:
    """The finding of a period in one line: the fullest first, the rest counted."""
    said = words.period(date.fromisoformat(start), date.fromisoformat(end))
    told = [_said(e, start, end, said) for e in ranking(scene, start, end) if _is_known(e)]
    return f"{said}: {'; '.join(words.few(told, 'figure')) or NOTHING}"


def _is_known(entry: Entry) -> bool:
    return entry.figure is not None and entry.figure.rate is not None


def _said(entry: Entry, start: str, end: str, period: str) -> str:
    figure = entry.figure
    assert figure is not None
    full = f", {figure.share}" if figure.share else ""
    at = f" at {figure.at}" if figure.share and figure.at else ""
    own = when(figure, start, end)
    what = "" if figure.what in ("", figure.unit) else f"{figure.what}, "
    said = f"{entry.title}: {what}{amount(figure)}{full}{at}, {figure.basis}"
    return said if own == period else f"{said} ({own})"
