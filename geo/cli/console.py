"""What every verb says on a terminal, and how. Takes and gives words; knows no verb."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import typer
from rich.console import Console
from rich.markup import escape

from geo.errors import Fault, GeoError

Step: TypeAlias = Callable[[str, int, int], None]  # what is worked on, how far, of how much

# What is said may hold `file:layer`; a terminal would make pictures of `:two:`.
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def visible(text: Fault | str) -> str:
    """Text for a terminal: control characters are shown, not obeyed; nothing in it is markup."""
    shown = "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in str(text))
    return escape(shown)


def plain(name: Path | str) -> str:
    """A name for a terminal, on one line."""
    return visible(str(name)).replace("\n", "\\x0a")


def wrote(path: Path, said: str = "", *, console: Console = out) -> None:
    """Name a file that was written, what it holds, and its size."""
    size = f"{path.stat().st_size / 1000:,.0f} kB"
    console.print(f"{plain(path)}  {', '.join(filter(None, [said, size]))}")


@contextmanager
def progress() -> Iterator[Any]:
    """Bars of progress on a terminal, and nothing in a pipe."""
    from rich.progress import Progress

    with Progress(console=err, transient=True, disable=not err.is_terminal) as bars:
        yield bars


def steps(bars: Any) -> Step:
    """What work calls to move its bars, one for each kind of work."""
    tasks: dict[str, Any] = {}

    def step(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=of)
        bars.update(tasks[what], completed=done, total=of)

    return step


def is_given(ctx: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse(given: Mapping[str, object], why: str) -> None:
    """Raise GeoError, by their names, for options that are given and would change nothing."""
    idle = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if idle:
        raise GeoError(f"{', '.join(idle)}: {why}")


def names(given: Sequence[str] | None) -> tuple[str, ...]:
    """Names from an option that may be repeated and may hold several with commas between."""
    parts = [name.strip() for one in given or () for name in one.split(",")]
    return tuple(name for name in parts if name)
