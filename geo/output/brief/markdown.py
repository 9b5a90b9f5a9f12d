"""A briefing as Markdown for Quarto, MyST or a wiki: pictures beside it, footnotes as footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo.output.brief.model import CITE, Section, Story, Table

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$^!&@])")


def write(story: Story) -> str:
    """The text; pictures are named `ID.png` and stand beside it."""
    return "\n\n".join(_parts(story)) + "\n"


def _parts(story: Story) -> Iterator[str]:
    yield f"# {inert(story.title)}"
    yield f"**{inert(story.headline)}**"
    yield inert(story.deck)
    for section in story.sections:
        yield from _section(section, (story.start, story.end))
    yield "## Method and limits"
    yield "\n".join(f"- {inert(line)}" for line in story.method)
    yield "## Sources"
    yield "\n".join(f"{s.number}. {inert(s.text)} {_link(s.url)}".rstrip() for s in story.sources)
    yield f"Data: {inert(story.version)}, {inert(story.licence)}."
    yield "\n".join(
        f"[^{s.number}]: {inert(s.text)} {_link(s.url)}".rstrip() for s in story.sources
    )


def _section(section: Section, period: tuple[str, str]) -> Iterator[str]:
    yield f"## {inert(section.title)}"
    yield f"**{inert(section.headline)}**"
    if section.deck:
        yield inert(section.deck)
    if section.scene is not None:
        yield f"![{inert(section.alt)}]({section.id}.png)"
        yield f"Figures on the map: {inert(section.cites(*period)) or 'none'}"
    yield from (f"**{word}.** {inert(text)}" for word, text in section.argument)
    yield from (_table(table) for table in section.tables)
    if section.points:
        yield "\n".join(f"- {inert(point)}" for point in section.points)


def _table(table: Table) -> str:
    lines = [" | ".join(inert(cell) for cell in row) for row in (table.columns, *table.rows)]
    rule = " | ".join("---" for _ in table.columns)
    rows = "\n".join(f"| {line} |" for line in [lines[0], rule, *lines[1:]])
    return f"{rows}\n\n: {inert(table.title)}"


def inert(text: str) -> str:
    """Words as they stand: nothing in them is markup, [n] is a footnote."""
    parts = CITE.split(" ".join(text.split()))
    return "".join(
        f"[^{part}]" if n % 2 else _MARKUP.sub(r"\\\1", part) for n, part in enumerate(parts)
    )


def _link(url: str) -> str:
    return f"<{url}>" if url and not re.search(r"[\s<>]", url) else ""
