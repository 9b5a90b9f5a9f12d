"""`geo basemap`: the base map of a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from geo.cli import console, options

Bounds: TypeAlias = tuple[float, float, float, float]


def basemap(
    folder: options.Folder,
    borders: Annotated[bool, typer.Option(help="Include (non-authoritative) borders.")] = True,
    relief: Annotated[bool, typer.Option(help="Include relief and depth as tints.")] = True,
    rails: Annotated[
        bool, typer.Option("--railways/--no-railways", help="Include railways (extra `rail`).")
    ] = True,
    follow_links: options.Follow = False,
) -> None:
    """Cut coast, rivers, borders, names and relief for the folder's extent (extra `basemap`).

    Railways go into a file of their own, as their licence is another.
    """
    from geo.folder import package
    from geo.geometry import basemap

    extent = package.extent(folder)
    data = basemap.cut(extent, borders=borders, relief=relief)
    packs = {"basemap": data, "railways": _railways(extent, data) if rails else None}
    made = {role: content for role, content in packs.items() if content}
    for role, content in made.items():
        path = _write(folder, f"{role}.pack", content, follow_links)
        console.out.print(f"{console.plain(path)}  {len(content) / 1000:,.0f} kB for {extent}")
    _list(folder, tuple(made), follow_links)


def _railways(extent: Bounds, ground: bytes) -> bytes | None:
    from geo.folder import railways
    from geo.geometry import basemap, rail

    if not rail.installed():
        console.out.print(f"railways are left out: {rail.REMEDY}", markup=False)
        return None
    found = railways.cut(extent, basemap.land([ground]))
    if not found:
        console.out.print(f"no railway is known in {extent}")
    return found


def _list(folder: Path, roles: tuple[str, ...], follow_links: bool) -> None:
    """Add what was written to datapackage.json, where it does not name it: it is not read else."""
    from geo.folder import package, scaffold

    text, added = scaffold.listed(folder, roles)
    if added:
        path = _write(folder, package.DESCRIPTOR, text, follow_links)
        console.out.print(f"{console.plain(path)}  now names {', '.join(added)}")


def _write(folder: Path, name: str, content: str | bytes, follow_links: bool) -> Path:
    from geo.files import writing

    return writing.write(folder / name, content, follow_links=follow_links)
