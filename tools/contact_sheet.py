"""One picture of many pages: each at several sizes, bright and dark, and as it is printed.

    .venv/bin/python tools/contact_sheet.py maps/ sheet.png

Every page of the folder is opened in Chromium with the network cut: a row for each page, a column
for each look.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import find_browser
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

CELL = (480, 320)
GAP = 12
LOOKS = (
    ("1280x800", 1280, 800, "light", "screen"),
    ("1920x1080", 1920, 1080, "light", "screen"),
    ("390x844", 390, 844, "light", "screen"),
    ("dark", 1280, 800, "dark", "screen"),
    ("print", 794, 1123, "light", "print"),
)


def shots(browser: Browser, page: Path) -> Iterator[Image.Image]:
    """A picture of one page in every look."""
    for _, width, height, scheme, media in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
        )
        opened = context.new_page()
        opened.goto(page.resolve().as_uri())
        if "Tumen" in page.read_text(encoding="utf-8"):
            opened.wait_for_timeout(1500)
        if media == "print":
            opened.emulate_media(media=media)
            opened.evaluate("dispatchEvent(new Event('beforeprint'))")
        yield Image.open(io.BytesIO(opened.screenshot()))
        context.close()


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Rows of pictures, each made to fit its cell."""
    width = len(LOOKS) * (CELL[0] + GAP) + GAP
    made = Image.new("RGB", (width, len(rows) * (CELL[1] + GAP) + GAP), "#808080")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            picture.thumbnail(CELL)
            made.paste(picture, (GAP + x * (CELL[0] + GAP), GAP + y * (CELL[1] + GAP)))
    return made


def main() -> None:
    """Read a folder of pages, write a picture."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("target", type=Path)
    options = asked.parse_args()
    pages = sorted(options.folder.glob("*.html"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(), args=list(find_browser.QUIET)
        )
        rows = [list(shots(browser, page)) for page in pages]
        browser.close()
    sheet(rows).save(options.target)
    print(f"{options.target}: {len(rows)} pages, {len(LOOKS)} looks")


if __name__ == "__main__":
    main()
