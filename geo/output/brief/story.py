"""A data folder → the values of its briefing.

Words come from the data by the rules of `geo.scene`; `briefing.toml` may replace a headline or a
deck, never a figure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo import scene
from geo.errors import DataError, Fault, GeoError, wording
from geo.folder import railways
from geo.folder.package import Package
from geo.output.brief.argument import argued, citations
from geo.output.brief.model import Bar, Number, Section, Story, Table
from geo.scene import claims
from geo.scene.model import Row, Scene

WORDS = "briefing.toml"
REPLACEABLE = ("title", "headline", "deck")
MOVED = ("Period", "What", "Moved", "Of", "Full", "Evidence", "Source")
OTHER = ("Period", "What", "Amount", "Evidence", "Source")
METHOD = (
    "Figures stand as their sources give them, with the word of the evidence beside each: "
    "observed, reported, claimed, derived. Where sources differ every figure stands beside the "
    "others, the one drawn first.",
    "Utilisation is what moved divided by what could move in the same period, in like units; it "
    "is unknown where either is.",
    "Lengths are geodesic. A modelled course is the shortest way over water, not a track observed.",
)


def story(
    data: Package,
    *,
    start: str = "",
    end: str = "",
    corridors: Sequence[str] = (),
    lang: str = "en",
    words: Mapping[str, Any] | None = None,
) -> Story:
    """The briefing of a data folder.

    `start` and `end` (ISO, both included) choose the period of pictures and tables, `corridors`
    the pages by name (default: all), `lang` the language of place names; `words` replaces texts,
    as `read_words` gives them. GeoError for what the folder does not have.
    """
    numbers: dict[str, int] = {}
    pages = {
        name: _opened(page, start, end)
        for name, page in scene.pages(data, numbers=numbers, lang=lang).items()
    }
    chosen = [pages[name] for name in _chosen(list(data.pages), corridors)]
    whole, said = pages["flows"], claims.claims(data, numbers=numbers)
    owed = railways.credit(data.railways)
    made = Story(
        title=data.title,
        headline=_findings(pages["overview"])[0],
        short=pages["overview"].headline,
        deck=" · ".join(_findings(pages["overview"])[1:]) or pages["overview"].deck,
        front=_corridor(pages["overview"], start, end),
        sections=tuple(_sections(chosen, whole, said, start, end)),
        sources=said.sources if said else whole.sources,
        method=(*METHOD, *whole.notes),
        licence="; ".join(map(str, (data.licence, *data.credits.values(), *owed))),
        version=data.version,
        lang=lang,
        start=start,
        end=end,
        inputs=data.hashes,
    )
    return _worded(made, words or {})


def _sections(
    pages: Sequence[Scene], whole: Scene, said: claims.Claims | None, start: str, end: str
) -> Iterator[Section]:
    """The parts of a briefing in their order; those without content are left out."""
    yield from (_corridor(page, start, end) for page in pages)
    rest = (
        _against(pages, whole, start, end),
        _timeline(whole, start, end),
        _conflicts(whole),
        _claims(said) if said else None,
    )
    yield from (section for section in rest if section is not None)


def read_words(folder: Path) -> dict[str, Any]:
    """The `briefing.toml` of a data folder: texts to replace, by section id; {} without one.

    DataError names every key that is no text of the briefing.
    """
    path = folder / WORDS
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GeoError(f"{path}: cannot be read: {error}; correct the line named") from error


def _opened(page: Scene, start: str, end: str) -> Scene:
    """The page with its axis of time at the period of the briefing."""
    if page.clock is None or not start:
        return page
    return replace(page, clock=replace(page.clock, open_start=start, open_end=end))


def _worded(made: Story, words: Mapping[str, Any]) -> Story:
    own = {key: value for key, value in words.items() if not isinstance(value, Mapping)}
    parts = {key: value for key, value in words.items() if isinstance(value, Mapping)}
    known = {section.id for section in made.sections}
    faults = [*_bad("", own), *[f for key in parts for f in _bad(key, parts[key])]]
    faults += [
        Fault(
            WORDS,
            key,
            "section",
            key,
            *wording("story.no-such-section", known=", ".join(sorted(known))),
        )
        for key in parts
        if key not in known
    ]
    if faults:
        raise DataError(f"{WORDS}: {len(faults)} fault(s)", faults=faults)
    sections = tuple(replace(s, **_briefly(parts.get(s.id, {}))) for s in made.sections)
    return replace(made, sections=sections, **_briefly(own))


def _briefly(words: Mapping[str, Any]) -> dict[str, Any]:
    """A headline of one's own is the short one, too."""
    return {**words, **({"short": words["headline"]} if "headline" in words else {})}


def _bad(place: str, words: Mapping[str, Any]) -> Iterator[Fault]:
    for key, value in words.items():
        if key not in REPLACEABLE or not isinstance(value, str):
            said = wording("story.text-not-replaceable", known=", ".join(REPLACEABLE))
            yield Fault(WORDS, place or "top", key, str(value), *said)


def _chosen(pages: list[str], wanted: Sequence[str]) -> list[str]:
    unknown = [name for name in wanted if name not in pages]
    if unknown:
        raise GeoError(f"no corridor page {', '.join(unknown)}; there are {', '.join(pages)}")
    return [name for name in pages if name in wanted] if wanted else pages


# --- sections ------------------------------------------------------------------------------------


def _corridor(page: Scene, start: str, end: str) -> Section:
    moved = _table("What moved", page, "moved", start, end)
    could = _table("What could move", page, "could move", start, end)
    limit = _table("Limits", page, "limit", start, end)
    return Section(
        id=page.id,
        title=page.title,
        headline="; ".join(_findings(page)),
        deck=page.deck,
        short=page.headline,
        numbers=_numbers(page, start, end),
        scene=page,
        alt=_alt(page),
        tables=tuple(t for t in (moved, could, limit) if t.rows),
        argument=argued(
            [r for r in page.rows if r.kind == "moved" and _in_period(r, start, end)],
            page.conflicts,
        ),
    )


def _findings(page: Scene) -> tuple[str, ...]:
    """What a page finds, with its sources; the bare headline where no figure is known."""
    return page.findings or (page.headline,)


def _alt(page: Scene) -> str:
    """What a picture says to someone who does not see it."""
    said = [f"{p.title}: {p.label}" for p in page.pipes if p.label and p.label != "?"]
    return f"Map. {page.headline}. {'. '.join(said)}".strip()


def _table(title: str, page: Scene, kind: str, start: str, end: str) -> Table:
    rows = [row for row in page.rows if row.kind == kind and _in_period(row, start, end)]
    return Table(
        title=f"{title}: {page.title}",
        columns=MOVED if kind == "moved" else OTHER,
        rows=tuple(_cells(row, kind) for row in rows),
        ids=tuple(row.id for row in rows),
    )


def _cells(row: Row, kind: str) -> tuple[str, ...]:
    cite = f"[{row.source}]"
    what = " · ".join(part for part in (row.what, row.route) if part)
    if kind == "moved":
        cite += f" of {citations(row.held_sources)}" if row.held_sources else ""
        return (row.period, what, row.moved + row.key, row.could, row.share, row.basis, cite)
    return (row.period, what, row.moved, row.basis, cite)


def _in_period(row: Row, start: str, end: str) -> bool:
    if not start:
        return True
    return not (row.end and row.end < start) and not (row.start and row.start > end)


def _against(pages: Sequence[Scene], whole: Scene, start: str, end: str) -> Section | None:
    """All flows against capacities: the share of each figure that has one."""
    rows = [r for p in pages for r in p.rows if r.kind == "moved" and _in_period(r, start, end)]
    bars = tuple(_bar(row) for row in rows if _full(row) is not None and "limit" not in row.share)
    if not bars:
        return None
    table = Table(
        "Flows against capacities",
        ("Line and period", "Full", "Source"),
        tuple((bar.word, bar.said, bar.cites) for bar in bars),
    )
    said = "; ".join(_findings(whole))
    return Section(
        id="flows",
        title=whole.title,
        headline=said,
        deck=whole.deck,
        short=whole.headline,
        numbers=_numbers(whole, start, end),
        scene=whole,
        alt=_alt(whole),
        tables=(table,),
        bars=bars,
    )


def _numbers(page: Scene, start: str, end: str) -> tuple[Number, ...]:
    """The figures that the headline speaks of; of a period without them, those with a share."""
    own = [row for row in page.rows if row.kind == "moved" and _in_period(row, start, end)]
    leads = [row for row in own if row.lead] or [row for row in own if row.share]
    return tuple(map(_number, leads))


def _number(row: Row) -> Number:
    moved, share = row.key_moved or row.moved, row.key_share or row.share
    told = moved if row.what in moved else f"{moved} of {row.what}"
    of = row.could if row.could.startswith("limit") else f"of {row.could}" if row.could else ""
    basis = "sources differ" if row.conflict else row.basis
    words = ", ".join(filter(None, (told, f"{row.period} ({basis})", of if share else "")))
    cites = citations((row.source, *(row.held_sources if share else ())))
    return Number(row.corridor, share or moved, f"{words} {cites}")


def _full(row: Row) -> tuple[float, float] | None:
    if row.full is not None:
        return row.full, row.full
    known = [x for x in (row.full_low, row.full_high) if x is not None]
    return (known[0], known[-1]) if known else None


def _bar(row: Row) -> Bar:
    low, high = _full(row) or (0.0, 0.0)
    word = f"{row.corridor}, {row.what}, {row.period} ({row.basis})"
    cites = citations((row.source, *row.held_sources))
    return Bar(word, low, high, f"{row.moved} of {row.could} · {row.share}", row.share, cites)


def _timeline(whole: Scene, start: str, end: str) -> Section | None:
    found = [
        event
        for event in whole.events
        if not start or (event.start <= end and not (event.end and event.end < start))
    ]
    if not found:
        return None
    rows = tuple((e.date, e.title, e.kind, e.corridor, f"[{e.source}]") for e in found)
    table = Table("Timeline", ("Date", "Event", "Kind", "Corridor", "Source"), rows)
    headline = f"{len(found)} dated events, {found[0].date} to {found[-1].date}"
    return Section("timeline", "Timeline", headline, tables=(table,))


def _conflicts(whole: Scene) -> Section | None:
    if not whole.conflicts:
        return None
    count = len(whole.conflicts)
    said = f"Sources answer {count} question{'s' if count > 1 else ''} differently"
    return Section("conflicts", "Where sources differ", said, points=whole.conflicts)


def _claims(said: claims.Claims) -> Section:
    """Each claim beside what the record says, with the sources on both sides."""
    columns = ("Claim", "Said by", "Verdict", "The record", "Source")
    table = Table(said.title, columns, tuple(map(_claim_cells, said.claims)))
    return Section("claims", "Claims and the record", said.headline, tables=(table,))


def _claim_cells(claim: claims.Claim) -> tuple[str, ...]:
    rows = (*claim.supporting, *claim.contradicting)
    record = claim.note or "; ".join(row.text for row in rows) or "nothing found"
    sides = [("for", claim.supporting), ("against", claim.contradicting)]
    cites = [f"{word} {citations([row.source for row in rows])}" for word, rows in sides if rows]
    return (
        claim.text,
        claim.said_by,
        claim.verdict,
        record,
        ", ".join(cites) or f"[{claim.source}]",
    )
