"""A data folder → what is handed out: slides, a document, a paper, a web page, pictures.

The writers stand in modules of their own and are imported when asked for: their packages are the
extra `tumen[brief]`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from geo.errors import GeoError
from geo.errors.extras import missing
from geo.files import writing
from geo.folder import package
from geo.output import page, still
from geo.output.brief.model import Section, Story
from geo.output.brief.story import read_words, story
from geo.scene.model import Scene

__all__ = ["FORMATS", "Story", "make", "read_words", "story"]

FORMATS = ("pptx", "docx", "md", "html", "pdf", "png", "svg")
SHEETS = {True: "slide", False: "picture"}  # with headline and sources, and without
DPI = 200
MANIFEST = "briefing-manifest.json"
# Forms of pictures that formats hold: without a headline (False), and with (True).
_NEEDED: Mapping[bool, Mapping[str, tuple[str, ...]]] = {
    False: {"pptx": ("png", "webp"), "docx": ("png",), "html": ("webp",), "pdf": ("pdf",)},
    True: {"png": ("png",), "md": ("png",), "svg": ("svg",)},
}
_WRITERS = {"pptx": "slides", "docx": "document", "pdf": "paper", "md": "markdown", "html": "web"}


def make(
    folder: Path,
    output: Path,
    *,
    to: Sequence[str] = FORMATS,
    template: Path | None = None,
    start: str = "",
    end: str = "",
    corridors: Sequence[str] = (),
    lang: str = "en",
    follow_links: bool = False,
    step: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write a briefing of a data folder into `output`, with its manifest; returns the files.

    `to` are some of FORMATS; `template` is a .pptx or .docx of one's own; `follow_links` is as for
    `files.write`, the rest as for `story`. `step` is told each file before it is made. Same input,
    same bytes. Raises GeoError for a format there is not and AssetError where its package is
    missing, before anything is written.
    """
    unknown = [name for name in to if name not in FORMATS]
    if unknown:
        raise GeoError(f"no format {', '.join(unknown)}; there are {', '.join(FORMATS)}")
    chosen = [name for name in FORMATS if name in to]  # in the order that needs the least memory
    writers = {name: _writer(_WRITERS[name]) for name in chosen if name in _WRITERS}
    data = package.load(folder)
    told = story(
        data, start=start, end=end, corridors=corridors, lang=lang, words=read_words(folder)
    )
    made = _Kit(told, chosen, writers, template)
    found = {}
    for name in chosen:
        for file, content in made.files(name):
            step(file)
            target = writing.within(output, file)
            found[file] = writing.write(target, content(), follow_links=follow_links)
    manifest = _manifest(told, found)
    return [*found.values(), writing.write(output / MANIFEST, manifest, follow_links=follow_links)]


def _writer(name: str) -> Any:
    try:
        return import_module(f"geo.output.brief.{name}")
    except ImportError as error:
        raise missing(error.name or name, "brief") from error


class _Kit:
    """Each picture is laid out once for all formats that hold it."""

    def __init__(
        self, told: Story, formats: Sequence[str], writers: Mapping[str, Any],
        template: Path | None,
    ) -> None:  # fmt: skip
        self.story, self.writers, self.template = told, writers, template
        self.formats = set(formats)
        self.drawn: dict[tuple[str, str, bool], bytes] = {}

    def pictures(self, form: str, *, framed: bool = False) -> dict[str, bytes]:
        """A picture for every section with a map: png, pdf, svg or webp.

        framed: with headline, notes and sources, for a picture that stands alone.
        """
        return {
            section.id: self.picture(section, form, framed=framed)
            for section in self.story.sections
            if section.scene is not None
        }

    def picture(self, section: Section, form: str, *, framed: bool = False) -> bytes:
        """The map of one section, drawn once."""
        key = section.id, form, framed
        if key not in self.drawn:
            forms = sorted({form} | self._forms(section, framed=framed))
            made = self._draw(section.scene, forms, framed=framed)
            self.drawn |= {(section.id, name, framed): data for name, data in made.items()}
        return self.drawn[key]

    def _forms(self, section: Section, *, framed: bool) -> set[str]:
        """What the formats asked for need of a section; slides alone show the front."""
        formats = {"pptx"} & self.formats if section is self.story.front else self.formats
        return {form for name in formats for form in _NEEDED[framed].get(name, ())}

    def _draw(self, scene: Scene | None, forms: Sequence[str], *, framed: bool) -> dict[str, bytes]:
        if scene is None:
            raise GeoError("a section without a map has no picture")
        told = self.story
        period: dict[str, Any] = {"start": told.start, "end": told.end, "lang": told.lang}
        return still.pictures(scene, forms, dpi=DPI, sheet=SHEETS[framed], framed=framed, **period)

    def files(self, name: str) -> Iterator[tuple[str, Callable[[], str | bytes]]]:
        """The files of a format, each with what makes its content."""
        if name in ("png", "svg", "md"):
            form = "svg" if name == "svg" else "png"
            alone = self.pictures(form, framed=True)
            for key in alone:
                yield f"{key}.{form}", partial(alone.__getitem__, key)
        if name in self.writers:
            yield f"briefing.{name}", partial(self.written, name)
        if name == "pptx":  # its slides link to the pages
            for section in (self.story.front, *self.story.sections):
                if section.scene is not None:
                    yield f"{section.id}.html", partial(self.page, section)

    def page(self, section: Section) -> str:
        """The interactive page of a section, with its small picture."""
        return page.render(section.scene, picture=self.picture(section, "webp"))

    def written(self, name: str) -> str | bytes:
        """The one file of a format."""
        write = self.writers[name].write
        if name == "md":
            return str(write(self.story))
        if name == "html":
            return str(write(self.story, self.pictures("webp")))
        if name == "pdf":
            return bytes(write(self.story, self.pictures("pdf")))
        own = self.template if self.template and self.template.suffix == f".{name}" else None
        pictures = self.pictures("png")
        if name == "pptx":
            pictures = {**pictures, self.story.front.id: self.picture(self.story.front, "png")}
        return bytes(write(self.story, pictures, template=own))


def _manifest(told: Story, found: Mapping[str, Path]) -> str:
    outputs = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}
    value = {
        "title": told.title,
        "data": told.version,
        "tumen": metadata.version("tumen"),
        "period": [told.start, told.end],
        "language": told.lang,
        "inputs": dict(sorted(told.inputs.items())),
        "outputs": dict(sorted(outputs.items())),
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
