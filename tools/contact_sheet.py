"""One picture of all pages and outputs of a data folder, to look at.

    .venv/bin/python tools/contact_sheet.py data sheet.png

A row for each page: at several sizes, dark, as it is printed, at three dates, in the other
languages. Then the still pictures, the briefing as a page, and the pages of the paper. Pages are
opened in Chromium with the network cut.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import find_browser
import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import geo
from geo import brief, package, page, scene
from geo.output import still
from geo.scene.model import Scene

CELL = (480, 320)
GAP = 12
LOOKS = (
    ("1280x800", 1280, 800, "light", "screen"),
    ("1920x1080", 1920, 1080, "light", "screen"),
    ("390x844", 390, 844, "light", "screen"),
    ("dark", 1280, 800, "dark", "screen"),
    ("print", 794, 1123, "light", "print"),
)
PLAIN = LOOKS[0]
LANGUAGES = ("en", "ko", "ru")
DATES = 3
PAPER = 8  # pages of the paper in a row
Made: TypeAlias = Mapping[str, Mapping[str, Scene]]  # pages by language and name


def shot(browser: Browser, path: Path, look: tuple[str, int, int, str, str]) -> Image.Image:
    """A picture of one page in a look."""
    _, width, height, scheme, media = look
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
    )
    opened = context.new_page()
    opened.goto(path.resolve().as_uri())
    opened.wait_for_timeout(1500)
    if media == "print":
        opened.emulate_media(media=media)
        opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    made = Image.open(io.BytesIO(opened.screenshot()))
    context.close()
    return made


def dated(of: Scene) -> Iterator[Scene]:
    """The page opened at three years: of its first, its middle, its last figure."""
    years = sorted(row.start[:4] for row in of.rows if row.start and row.kind == "moved")
    if of.clock is None or not years:
        return
    for n in range(DATES):
        year = years[n * (len(years) - 1) // (DATES - 1)]
        clock = replace(of.clock, open_start=f"{year}-01-01", open_end=f"{year}-12-31")
        yield replace(of, clock=clock)


def pages(browser: Browser, made: Made, target: Path) -> Iterator[list[Image.Image]]:
    """A row of pictures for each page."""
    for name, own in made[LANGUAGES[0]].items():
        paths = {lang: target / f"{name}.{lang}.html" for lang in LANGUAGES}
        for lang, path in paths.items():
            page.save(made[lang][name], path)
        first = paths[LANGUAGES[0]]
        row = [shot(browser, first, look) for look in LOOKS]
        row += [
            shot(browser, page.save(then, target / f"{name}.{n}.html"), PLAIN)
            for n, then in enumerate(dated(own))
        ]
        row += [shot(browser, paths[lang], PLAIN) for lang in LANGUAGES[1:]]
        yield row


def outputs(
    browser: Browser, made: Made, folder: Path, target: Path
) -> Iterator[list[Image.Image]]:
    """Rows of still pictures, of the briefing as a page, of the paper."""
    own = made[LANGUAGES[0]].values()
    yield [Image.open(io.BytesIO(still.png(one, dpi=60))) for one in own]
    brief.make(folder, target, to=("html", "pdf"))
    yield [shot(browser, target / "briefing.html", look) for look in LOOKS]
    paper = pypdfium2.PdfDocument(target / "briefing.pdf")
    yield [paper[n].render(scale=0.6).to_pil() for n in range(min(PAPER, len(paper)))]


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Rows of pictures, each made to fit its cell."""
    width = max(map(len, rows)) * (CELL[0] + GAP) + GAP
    made = Image.new("RGB", (width, len(rows) * (CELL[1] + GAP) + GAP), "#808080")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            picture.thumbnail(CELL)
            made.paste(picture, (GAP + x * (CELL[0] + GAP), GAP + y * (CELL[1] + GAP)))
    return made


def main() -> None:
    """Read a data folder, write a picture."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("target", type=Path)
    options = asked.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(), args=list(find_browser.QUIET)
        )
        data = package.load(options.folder)
        made = {lang: scene.pages(data, lang=lang) for lang in LANGUAGES}
        rows = [*pages(browser, made, Path(name))]
        rows += outputs(browser, made, options.folder, Path(name))
        browser.close()
    sheet(rows).save(options.target)
    print(f"{options.target}: {len(rows)} rows, Tumen {geo.__version__}")


if __name__ == "__main__":
    main()
