"""`geo basemap`: the base map of a data folder."""

from __future__ import annotations

from typing import Annotated

import typer

from geo.cli import console, options


def basemap(
    folder: options.Folder,
    borders: Annotated[bool, typer.Option(help="Include (non-authoritative) borders.")] = True,
    relief: Annotated[bool, typer.Option(help="Include relief and depth as tints.")] = True,
    follow_links: options.Follow = False,
) -> None:
    """Cut coast, rivers, borders, names and relief for the folder's extent (extra `basemap`)."""
    from geo.files import writing
    from geo.folder import package
    from geo.geometry import basemap

    extent = package.extent(folder)
    data = basemap.cut(extent, borders=borders, relief=relief)
    path = writing.write(folder / "basemap.pack", data, follow_links=follow_links)
    console.out.print(f"{console.plain(path)}  {len(data) / 1000:,.0f} kB for {extent}")
