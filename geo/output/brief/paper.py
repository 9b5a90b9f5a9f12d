"""A briefing as a typeset paper in PDF, made by typst: no browser, no data in the markup."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from geo.errors import GeoError
from geo.files.writing import within
from geo.output import letters
from geo.output.brief.model import CITE, Story
from geo.output.still.text import CARRIERS

TEMPLATE = "paper.typ"


def write(story: Story, pictures: Mapping[str, bytes]) -> bytes:
    """The paper; `pictures` are PDF by section id. The same story gives the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, data in pictures.items():
            within(folder, f"{key}.pdf").write_bytes(data)
        (folder / "story.json").write_text(json.dumps(_value(story)), encoding="utf-8")
        template = (files("geo.output.brief") / TEMPLATE).read_text(encoding="utf-8")
        (folder / TEMPLATE).write_text(template, encoding="utf-8")
        return _typeset(folder)


def _typeset(folder: Path) -> bytes:
    """The template over the values beside it, with tags for screen readers where typst can.

    typst 0.15 ends with an internal error at some breaks of pages inside tagged lists; the same
    paper without tags has no such break. GeoError for what it cannot typeset at all.
    """
    options: dict[str, Any] = {"root": folder, "font_paths": _fonts(), "timestamp": 0}
    options |= {"ignore_system_fonts": True, "format": "pdf"}
    said = ""
    for tags in (True, False):
        try:
            return bytes(typst.compile(folder / TEMPLATE, pdf_tags=tags, **options))
        except typst.TypstError as error:
            said = str(error)
            if not said.startswith("internal error"):
                break
    raise GeoError(f"the paper cannot be typeset: {said}; leave pdf out of --to")


def _fonts() -> list[Path]:
    specs = [importlib.util.find_spec(name) for name in (letters.FOLDER_OF, *CARRIERS)]
    return [Path(p) for s in specs if s for p in s.submodule_search_locations or []]


def _value(story: Story) -> dict[str, Any]:
    """What the template reads: words as pieces, each a text or the number of a source."""
    return {
        "title": story.title,
        "headline": _pieces(story.headline),
        "deck": _pieces(story.deck),
        "edition": f"Data: {story.version}, {story.licence}",
        "method": [_pieces(line) for line in story.method],
        "sources": [{"number": s.number, "text": s.text, "url": s.url} for s in story.sources],
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "headline": _pieces(section.headline),
                "deck": _pieces(section.deck),
                "picture": section.scene is not None,
                "cites": _pieces(section.cites(story.start, story.end)),
                "alt": section.alt,
                "points": [_pieces(point) for point in section.points],
                "argument": [[word, _pieces(text)] for word, text in section.argument],
                "tables": [
                    {
                        "title": table.title,
                        "columns": list(table.columns),
                        "rows": [[_pieces(cell) for cell in row] for row in table.rows],
                    }
                    for table in section.tables
                ],
            }
            for section in story.sections
        ],
    }


def _pieces(text: str) -> list[str | int]:
    parts = CITE.split(text)
    return [int(part) if n % 2 else part for n, part in enumerate(parts) if part]
