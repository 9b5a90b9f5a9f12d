"""`geo pack`: a map that folium saved, as one offline file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli import console, options


def pack(
    saved: Annotated[Path, typer.Argument(metavar="MAP.html", help="A map saved by folium.")],
    output: options.Page = Path("page.html"),
    assets: Annotated[
        Path | None, typer.Option(help="Folder of npm packages, for what no package carries.")
    ] = None,
    memory: options.Memory = "4GB",
    follow_links: options.Follow = False,
) -> None:
    """Make a map that folium saved one offline, safe file; name what cannot be carried."""
    from geo.files import intake
    from geo.output import exports, page

    exports.page(output)
    most = intake.amount(memory)
    made = page.pack(saved, output, assets=assets, memory_bytes=most, follow_links=follow_links)
    console.wrote(made)
