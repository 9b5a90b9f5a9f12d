"""Make the picture of README.md: a page of data/ as a browser shows it.

Run by hand after the page has changed:  python docs/picture.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import geo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import find_browser  # noqa: E402 - a script of tools/, found by the line above

PICTURE = ROOT / "docs" / "picture.png"
SIZE_PX = {"width": 1280, "height": 800}


def main() -> None:
    """Write the picture of the railway's page."""
    data = geo.package.load(ROOT / "data")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = geo.page.save(geo.scene.legs_page(data, "rail"), Path(folder) / "rail.html")
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(), args=list(find_browser.QUIET)
        )
        page = browser.new_page(viewport=SIZE_PX, reduced_motion="reduce")
        page.goto(path.as_uri())
        page.wait_for_selector('html[data-ready="1"]')
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"{PICTURE.relative_to(ROOT)}  {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
