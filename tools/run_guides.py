"""Run the notebooks of other projects and make a page of every map they show, their code unchanged.

    python tools/run_guides.py FOLDER [-o PAGES]

FOLDER holds guides, .ipynb or .md with code cells, such as those of folium's and geopandas' own
documentation; they are not part of this project. Every guide runs in a process of its own without
a network. A map is what a cell ends with, displays or saves, and what is left when all have run.
Each goes through `geo.page.save` and is opened in Chromium without a network. A line for each guide
says how many of its cells ran, what became of its maps, and why a cell failed; exit 1 when a map
was neither carried nor refused in words, or a page was not drawn.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import folium
import jupytext
from branca.element import Element, Figure
from folium.plugins import DualMap
from IPython.core.interactiveshell import InteractiveShell
from playwright.sync_api import Browser, TimeoutError, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import find_browser  # noqa: E402 - a script beside this one

import geo  # noqa: E402
from geo.errors import GeoError  # noqa: E402

KINDS = (".ipynb", ".md")
MAPS = (Figure, folium.Map, DualMap)
WIDTH = 160  # letters of a reason


@dataclass
class Guide:
    """What became of one guide."""

    name: str
    cells: int = 0
    ran: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def no_network(*_: object, **__: object) -> None:
    """Stands for every connection."""
    raise OSError("no network")


class Maps:
    """Takes the maps of a guide, whichever way they are shown, and makes a page of each."""

    def __init__(self, guide: Guide, pages: Path) -> None:
        """Maps of one guide, into a folder."""
        self.guide, self.pages = guide, pages
        self.seen: list[Any] = []

    def take(self, thing: object) -> None:
        """Make a page of a map; of a map that was shown before, too: it may have grown."""
        if not isinstance(thing, MAPS):
            return
        self.seen.append(thing)
        target = self.pages / f"{self.guide.name}-{len(self.seen)}.html"
        try:
            geo.page.save(thing, target)  # type: ignore[arg-type]
        except GeoError as error:
            self.guide.refused.append(str(error).splitlines()[0][:WIDTH])
        except Exception as error:  # the very thing that is looked for
            self.guide.broken.append(f"{type(error).__name__}: {error}"[:WIDTH])
        else:
            self.guide.pages.append(target.name)

    def display(self, *things: object, **_: object) -> None:
        """Stands for IPython's function of that name."""
        for thing in things:
            self.take(thing)


def run(path: Path, pages: Path) -> Guide:
    """Run one guide in this process; its cells one by one, one that fails does not end it."""
    guide = Guide(path.stem)
    maps = Maps(guide, pages)
    shell = InteractiveShell.instance()
    shell.user_ns["display"] = maps.display
    # A map that is saved is made into a page instead.
    Element.save = lambda thing, *_, **__: maps.take(thing)  # type: ignore[method-assign]
    socket.socket.connect = no_network  # type: ignore[assignment]
    socket.getaddrinfo = no_network  # type: ignore[assignment]
    os.chdir(path.parent)
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "code" and cell.source.strip():
            guide.cells += 1
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                done = shell.run_cell(cell.source)
            error = done.error_before_exec or done.error_in_exec
            if error is None:
                guide.ran += 1
                maps.take(done.result)
            else:
                reason = reason_of(error)
                guide.failed[reason] = guide.failed.get(reason, 0) + 1
    for thing in list(shell.user_ns.values()):
        if not any(thing is one for one in maps.seen):
            maps.take(thing)
    return guide


def reason_of(error: BaseException) -> str:
    """Why a cell failed: no network, a package that is not there, what an earlier cell left out."""
    chain: BaseException | None = error
    while chain is not None:
        if "no network" in str(chain) or "Max retries exceeded" in str(chain):
            return "no network"
        chain = chain.__cause__ or chain.__context__
    if isinstance(error, ModuleNotFoundError):
        return f"no package {error.name}"
    if isinstance(error, NameError):
        return "needs a cell that failed"
    return f"{type(error).__name__}: {error}"[:WIDTH]


def apart(path: Path, pages: Path) -> Guide:
    """Run one guide in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "guide.json"
        command = [sys.executable, __file__, str(path), "-o", str(pages), "--report", str(report)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not report.exists():
            return Guide(path.stem, broken=[(done.stderr.strip() or "ended").splitlines()[-1]])
        return Guide(**json.loads(report.read_text(encoding="utf-8")))


def not_drawn(browser: Browser, path: Path) -> str:
    """Why a page is not drawn without a network, '' if it is."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    try:
        page.goto(path.as_uri())
        page.wait_for_selector('html[data-ready="1"]', timeout=30_000)
        page.screenshot(path=path.with_suffix(".png"))
    except TimeoutError as error:
        said.append(error.message.splitlines()[0])
    finally:
        context.close()
    return f"{path.name}: {said[0]}"[:WIDTH] if said else ""


def lines(guide: Guide) -> Iterator[str]:
    """What is printed of a guide."""
    yield (
        f"{guide.name}: {guide.ran} of {guide.cells} cells, {len(guide.pages)} maps carried, "
        f"{len(guide.refused)} refused, {len(guide.broken)} broken"
    )
    yield from (f"    {count} x {reason}" for reason, count in guide.failed.items())
    yield from (f"    refused: {reason}" for reason in guide.refused)
    yield from (f"    BROKEN: {reason}" for reason in guide.broken)


def main(arguments: list[str]) -> int:
    """Run every guide of a folder, or the one of a path; say what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("guides"))
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    source, pages = options.folder.resolve(), options.output.resolve()
    if options.report:
        told = json.dumps(asdict(run(source, pages)))
        options.report.resolve().write_text(told, encoding="utf-8")
        return 0
    guides = [apart(p, pages) for p in sorted(source.rglob("*")) if p.suffix in KINDS]
    with sync_playwright() as playwright:
        quiet = list(find_browser.QUIET)
        browser = playwright.chromium.launch(executable_path=find_browser.find(), args=quiet)
        for guide in guides:
            guide.broken += filter(None, (not_drawn(browser, pages / p) for p in guide.pages))
            print("\n".join(lines(guide)))
        browser.close()
    carried, refused = (sum(len(getattr(g, k)) for g in guides) for k in ("pages", "refused"))
    print(f"{len(guides)} guides: {carried} maps carried, {refused} refused in words")
    return int(any(guide.broken for guide in guides))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
