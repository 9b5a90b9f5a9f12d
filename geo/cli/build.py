"""`geo build`: every page of a data folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli import console, options
from geo.errors import GeoError

if TYPE_CHECKING:
    from geo.scene import Scene


def build(
    folder: options.Folder = Path("data"),
    output: Annotated[Path, typer.Option("-o", "--output", help="Where pages go.")] = Path("maps"),
    pages: options.Pages = None,
    follow_links: options.Follow = False,
) -> None:
    """Make every page of a data folder, or those that are named."""
    from geo import scene
    from geo.files import writing
    from geo.folder import package
    from geo.output import page
    from geo.scene import claims

    data = package.load(folder)
    with console.progress() as bars:
        scenes = _pages_named(scene.pages(data), console.names(pages))
        for name in bars.track(scenes, description="pages"):
            target = writing.within(output, f"{name}.html")
            console.wrote(page.save(scenes[name], target, follow_links=follow_links))
    said = claims.claims(data)
    if said is not None:
        target = output / "claims.html"
        console.wrote(writing.write(target, page.claims(said), follow_links=follow_links))


def _pages_named(scenes: Mapping[str, Scene], names: Sequence[str]) -> dict[str, Scene]:
    """The pages that are named, all where none is; GeoError for a name there is not."""
    unknown = [name for name in names if name not in scenes]
    if unknown:
        raise GeoError(f"--page {', '.join(unknown)}: no such page; there are {', '.join(scenes)}")
    return {name: one for name, one in scenes.items() if name in names or not names}
