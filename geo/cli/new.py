"""`geo new`: a data folder of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli import console


def new(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    origin: Annotated[str, typer.Option("--from", help="A port, or 'Name,lat,lon'.")] = "",
    destination: Annotated[str, typer.Option("--to", help="The other end.")] = "",
    via: Annotated[list[str] | None, typer.Option(help="A place between, in order.")] = None,
    by: Annotated[str, typer.Option(help="sea or rail for each leg: sea,rail.")] = "",
    corridor: Annotated[
        list[str] | None,
        typer.Option(help="'Name; sea or rail; place; place'; again for another, for no --from."),
    ] = None,
    flows: Annotated[
        Path | None, typer.Option(help="A table in the short form to begin with.")
    ] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="'Name,lat,lon' of a place of --flows.")
    ] = None,
    languages: Annotated[
        str, typer.Option(help="Languages of names besides English, as BCP 47 has them: ko,pt-BR.")
    ] = "",
) -> None:
    """Make a data folder of your own that already builds."""
    from geo.folder import scaffold

    modes = console.names([by])
    tongues = console.names([languages])
    scaffold.new(
        folder,
        origin=origin,
        destination=destination,
        via=via or (),
        modes=modes,
        corridors=corridor or (),
        languages=tongues,
        flows=flows or "",
        places=place or (),
    )
    for one in scaffold.unspoken(tongues):
        console.out.print(f"{one}: names of places are yours; seas and countries stand in English")
    console.out.print(_what_next(console.plain(folder)))


def _what_next(name: str) -> str:
    return f"{name}: edit the files, then\n  geo check {name}\n  geo build {name} -o {name}/maps"
