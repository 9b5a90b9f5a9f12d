"""The command `geo`. Exit codes: 0 done or sound, 1 faults in the data, 2 cannot be done.

One module a verb. It holds the verb's options and imports what does the work inside the verb, so
that nobody waits for what is not used.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from geo import __version__
from geo.cli import (
    audit,
    basemap,
    brief,
    build,
    check,
    console,
    embed,
    example,
    map,
    new,
    options,
    pack,
    route,
    tracks,
)
from geo.errors import DataError, GeoError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Route maps for briefings: one offline file with its sources.",
)
app.command()(build.build)
app.command("check")(options.verb(check.Check, check.run))
app.command("map")(options.verb(map.Map, map.run))
app.command()(pack.pack)
app.command()(embed.embed)
app.command()(brief.brief)
app.command()(new.new)
app.command()(example.example)
app.command()(audit.audit)
app.command("route", context_settings=route.SETTINGS)(options.verb(route.Route, route.run))
app.command()(basemap.basemap)
app.add_typer(tracks.app, name="tracks")


def _version(asked: bool) -> None:
    if asked:
        console.out.print(f"tumen {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Route maps for briefings: one offline file with its sources."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; a user's mistake is a message, never a traceback."""
    if arguments is None:
        _spare()
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="geo")
    except DataError as error:
        _end(1, str(error))
    except GeoError as error:
        _end(2, str(error))
    except OSError as error:  # of a disk or a machine, where no reader or writer told of it
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        _end(2, f"cannot be done: {said}")
    except MemoryError:
        _end(2, "more memory is needed than there is; split the file, or leave rows out")


def _spare() -> None:
    """Keep a grammar from being compiled for half a second, where Jupyter has brought it.

    The judge of JSON schemas imports it for addresses in other scripts, which no schema here holds.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # not to be imported


def _end(code: int, said: str) -> None:
    console.err.print(console.visible(said))
    raise SystemExit(code) from None
