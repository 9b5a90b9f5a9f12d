"""How much room text takes on a slide, in points, before it is written.

Measured by the letters of DejaVu Sans and the line height of Noto Sans, which are wider and higher
than our own and than what stands in for them elsewhere: what fits here fits there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geo.output.still.text import wrapped

__all__ = ["LINE", "fitting", "lines_of", "paged", "within"]

LINE = 1.36  # of a line, in its size


def lines_of(texts: Sequence[tuple[str, float, bool]], width: float) -> float:
    """How high paragraphs of (text, size, bold) are at a width."""
    return sum(
        max(1, len(wrapped(text, width, size, bold=bold, wide=True))) * size * LINE
        for text, size, bold in texts
    )


def fitting(text: str, width: float, sizes: Sequence[float], *, most: int) -> float:
    """The first of some sizes in which a bold text takes at most so many lines, else the last."""
    return next((s for s in sizes if _count(text, width, s) <= most), sizes[-1])


def _count(text: str, width: float, size: float) -> int:
    return len(wrapped(text, width, size, bold=True, wide=True))


def within(text: str, width: float, sizes: Sequence[float], room: float) -> tuple[str, float]:
    """A bold text that is no higher than some room, and its size; cut at a word if none is."""
    for size in sizes:
        if lines_of([(text, size, True)], width) <= room:
            return text, size
    words = text.split(" ")
    while len(words) > 1 and lines_of([(" ".join(words) + " …", sizes[-1], True)], width) > room:
        words.pop()
    return " ".join(words) + " …", sizes[-1]


def paged(heights: Sequence[float], room: float) -> Iterator[tuple[str, range]]:
    """Rows by page, none higher than the room unless one row is; with ' (2 of 3)' for its title."""
    starts, used = [0] if heights else [], 0.0
    for n, height in enumerate(heights):
        if used + height > room and n > starts[-1]:
            starts.append(n)
            used = 0.0
        used += height
    ends = [*starts[1:], len(heights)]
    for n, (a, b) in enumerate(zip(starts, ends, strict=False), 1):
        yield f" ({n} of {len(starts)})" if len(starts) > 1 else "", range(a, b)
