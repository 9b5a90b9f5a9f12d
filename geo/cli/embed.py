"""`geo embed`: the iframe that sets a page into another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from geo.cli import console


def embed(
    path: Annotated[Path, typer.Argument(metavar="PAGE.html", help="A page of this kit.")],
    inline: Annotated[
        bool, typer.Option("--inline", help="Put the page into the snippet.")
    ] = False,
    height_px: Annotated[int, typer.Option("--height", help="Height in pixels.")] = 640,
    at: Annotated[
        str, typer.Option("--at", help="Folder or address the page is published under.")
    ] = "",
    picture: Annotated[
        bool, typer.Option(help="Bring the still picture, for where frames are taken out.")
    ] = True,
    map_only: Annotated[
        bool, typer.Option("--map-only", help="The map alone, without headline, chart and table.")
    ] = False,
) -> None:
    """Print the sandboxed iframe that sets a page into another."""
    from geo.output import page

    console.refuse({"at": inline and at}, "the page is in the snippet (--inline); leave one out")
    snippet = page.embed(
        path, inline=inline, height_px=height_px, at=at, picture=picture, map_only=map_only
    )
    sys.stdout.write(snippet)
