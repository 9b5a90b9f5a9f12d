"""`geo tracks`: positions to events and a page, and positions into a store."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from geo.cli import console, options
from geo.errors.extras import missing

# Parameters of definitions that an option of the same name changes.
CHANGEABLE = (
    "gap_hours", "encounter_m", "encounter_hours", "encounter_off_km", "loiter_hours",
    "loiter_off_km",
)  # fmt: skip


class _Verbs(typer.core.TyperGroup):
    """`geo tracks FILES…` is `geo tracks run FILES…`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Say `run` where no command is said."""
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Verbs, no_args_is_help=True, help="AIS positions: tracks, gaps, calls, voyages."
)

Files = Annotated[list[str], typer.Argument(help="Files, folders, globs, or one store.")]


@dataclass(frozen=True, kw_only=True)
class Run(options.Written):
    """The options of `geo tracks run`."""

    paths: Files
    output: Annotated[Path, typer.Option("-o", "--output", help="Where results go.")]
    places: Annotated[
        Path | None,
        typer.Option(help="Points or polygons with a column place; else ports by UN/LOCODE."),
    ] = None
    folder: Annotated[
        Path | None, typer.Option(help="A data folder, for its vessels and its coast.")
    ] = None
    on_error: options.OnError = "stop"
    rules: Annotated[str, typer.Option("--definitions", help="Of events: gfw or starboard.")] = (
        "gfw"
    )
    radius_m: Annotated[float | None, typer.Option(help="Round places that are points.")] = None
    gap_hours: Annotated[float | None, typer.Option(help="Silence that is a gap.")] = None
    encounter_m: Annotated[float | None, typer.Option(help="So near two ships meet.")] = None
    encounter_hours: Annotated[float | None, typer.Option(help="For so long they do.")] = None
    encounter_off_km: Annotated[
        float | None, typer.Option(help="Encounters lie so far from places.")
    ] = None
    loiter_hours: Annotated[float | None, typer.Option(help="Slow for so long is loitering.")] = (
        None
    )
    loiter_off_km: Annotated[
        float | None, typer.Option(help="Loitering lies so far from places.")
    ] = None
    engine: Annotated[str, typer.Option(help="threads, processes, or dask://host:port.")] = (
        "threads"
    )
    memory: options.Memory = ""
    title: options.Title = ""
    follow_links: options.Follow = False

    @property
    def changed(self) -> dict[str, float]:
        """Parameters of the definitions that are given."""
        named = {name: getattr(self, name) for name in CHANGEABLE} | {
            "call_radius_m": self.radius_m
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Ingest(options.Written):
    """The options of `geo tracks ingest`."""

    paths: Files
    store: Annotated[str, typer.Option("-o", "--output", help="A folder, or s3://… and the like.")]
    on_error: options.OnError = "stop"
    memory: options.Memory = ""


def run(given: Run) -> None:
    """Positions to tracks, gaps, stops, calls, voyages, encounters, a report and a page."""
    trackfiles = _engine()
    asked = trackfiles.Asked(
        reading=_reading(trackfiles.job, given),
        definitions=given.rules,
        changed=given.changed,
        kind=given.kind,
        engine=given.engine,
        memory=given.memory or None,
        title=given.title,
        folder=given.folder,
    )
    with console.progress() as bars:
        found = trackfiles.find(
            given.paths,
            given.places,
            given.output / trackfiles.WORK,
            asked=asked,
            progress=console.steps(bars),
        )
    for path in found.write(given.output, follow_links=given.follow_links):
        console.wrote(path)
    worked, of = found.found.worked, found.report["positions"]
    rest = "" if worked == of else ", what the rest gives was known"
    console.out.print(f"events found from {worked:,} of {of:,} positions{rest}")


def ingest(given: Ingest) -> None:
    """Add positions to a Parquet store by bucket of vessels and day; nothing is added twice."""
    job = _engine().job
    with console.progress() as bars:
        inputs, new = job.ingest(
            given.paths,
            job.Store.at(given.store),
            reading=_reading(job, given),
            memory=given.memory or None,
            progress=console.steps(bars),
            once=True,
        )
    rows = sum(one.rows for one in inputs)
    said = f"{new} of {len(inputs)} file(s) new, {rows:,} positions"
    console.out.print(f"{console.plain(given.store)}: {said}")


app.command("run")(options.verb(Run, run))
app.command("ingest")(options.verb(Ingest, ingest))


def _reading(job: Any, given: Run | Ingest) -> Any:
    return job.Reading(
        written=given.written(),
        kind=options.kind_of(given.kind),
        on_error=options.stop_or_skip(given.on_error),
    )


def _engine() -> Any:
    """The track engine, with a word for those who have not installed it."""
    try:
        return importlib.import_module("geo.maps.tracks.trackfiles")
    except ImportError as error:
        raise missing(error.name or "duckdb", "tracks") from None
