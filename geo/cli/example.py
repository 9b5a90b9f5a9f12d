"""`geo example`: a data folder that comes with the kit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli import console


def example(
    name: Annotated[str, typer.Argument(help="Which; without it, the names there are.")] = "",
    folder: Annotated[Path | None, typer.Argument(help="The folder to make.")] = None,
) -> None:
    """Write a data folder that comes with the kit, to look at and to build."""
    from geo.folder import examples

    if not name:
        for one in examples.names():
            console.out.print(one)
        return
    made = console.plain(examples.write(name, folder))
    console.out.print(f"{made}: next\n  geo check {made}\n  geo build {made} -o maps")
