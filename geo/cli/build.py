"""`geo build`: every page of a data folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli import console, options
from geo.errors import GeoError

if TYPE_CHECKING:
    from geo.scene import Scene

CLAIMS = "claims"


def build(
    folder: options.Folder = Path("data"),
    output: Annotated[Path, typer.Option("-o", "--output", help="Where pages go.")] = Path("maps"),
    pages: options.Pages = None,
    follow_links: options.Follow = False,
    cache: Annotated[
        bool, typer.Option(help="Take pages that were made before from the same data.")
    ] = True,
    watch: Annotated[
        bool, typer.Option("--watch", help="Build again as the data changes; shows it live.")
    ] = False,
    port: Annotated[int, typer.Option(help="Of --watch, on this machine alone; else any.")] = 0,
) -> None:
    """Make every page of a data folder, or those that are named."""
    from geo.files import writing

    names = console.names(pages)
    console.refuse({"port": port and not watch}, "goes with --watch")

    def make() -> None:
        for name, page in _made(folder, names, cache=cache).items():
            target = writing.within(output, f"{name}.html")
            console.wrote(writing.write(target, page, follow_links=follow_links))

    make()
    if watch:
        from geo.cli import watching

        watching.watch(folder, output, make, lambda: _key(folder, names), port=port)


def _made(folder: Path, names: Sequence[str], *, cache: bool) -> dict[str, bytes]:
    """Pages by name: those that were made from the same bytes before, else new ones."""
    from geo.files import kept

    key = _key(folder, names) if cache else ""
    found = kept.get(key) if key else None
    if found is None:
        found = _new(folder, names)
        if key:
            kept.keep(key, found)
    return found


def _key(folder: Path, names: Sequence[str]) -> str:
    """What pages hang on; '' for a folder that cannot be read: what is wrong is said in full."""
    from geo.files import kept
    from geo.folder import package

    try:
        contents = package.contents(folder)
    except GeoError:
        return ""
    return kept.key([*contents, *_fonts(), "pages", *sorted(set(names))])


def _fonts() -> list[str]:
    """Fonts of this machine that pictures may be drawn with, where no package carries one."""
    if find_spec("pylopdf_fonts_ko"):
        return []
    from geo.output.still import text

    return text.families()


def _new(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    from geo import scene
    from geo.folder import package
    from geo.output import page
    from geo.scene import claims

    data = package.load(folder)
    made = {}
    with console.progress() as bars:
        scenes = _pages_named(scene.pages(data), names)
        for name in bars.track(scenes, description="pages"):
            made[name] = page.whole(scenes[name]).encode("utf-8")
    said = claims.claims(data)
    return made if said is None else made | {CLAIMS: page.claims(said).encode("utf-8")}


def _pages_named(scenes: Mapping[str, Scene], names: Sequence[str]) -> dict[str, Scene]:
    """The pages that are named, all where none is; GeoError for a name there is not."""
    unknown = [name for name in names if name not in scenes]
    if unknown:
        raise GeoError(f"--page {', '.join(unknown)}: no such page; there are {', '.join(scenes)}")
    return {name: one for name, one in scenes.items() if name in names or not names}
