"""The command `geo`. Exit codes: 0 done or sound, 1 faults in the data, 2 cannot be done."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table
from shapely.geometry.base import BaseGeometry

from geo import (
    __version__,
    audit,
    basemap,
    brief,
    courses,
    exports,
    files,
    intake,
    looks,
    maps,
    measure,
    nmeafile,
    odlines,
    odscene,
    odtable,
    odways,
    package,
    page,
    rail,
    scaffold,
    scene,
    single,
    still,
    trackmap,
    userdata,
    vectors,
    water,
    wayscene,
)
from geo.check import Report
from geo.errors import DataError, Fault, GeoError, Lost
from geo.scene import claims
from geo.tracks import definitions, mobiles, units
from geo.tracks.layout import Written
from geo.trackset import TrackSet

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Route maps for briefings: one offline file with its sources.",
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
OnError = Annotated[str, typer.Option(help="stop or skip, at rows that are not understood.")]
Memory = Annotated[str, typer.Option(help="What may be used, such as 2GB.")]
OneLayer = Annotated[str, typer.Option("--layer", help="One of several sheets or layers.")]
Follow = Annotated[
    bool, typer.Option("--follow-links", help="Write the file that a link in its place leads to.")
]


Dialect = Annotated[
    str, typer.Option(help="How positions are written, or a .toml of your own; else by the header.")
]
Column = Annotated[list[str] | None, typer.Option(help="OURS=THEIRS, such as vessel=ShipID.")]
DateFormat = Annotated[str, typer.Option(help="How times are written: %d/%m/%Y %H:%M, or %s.")]
Timezone = Annotated[str, typer.Option(help="Of times without one: Europe/Oslo, +09:00; else UTC.")]
Delimiter = Annotated[str, typer.Option(help="Between cells: one sign, or tab.")]
Unit = Annotated[list[str] | None, typer.Option(help="FIELD=UNIT, such as speed=0.1kn.")]
Vessel = Annotated[str, typer.Option(help="The one vessel of a file that names none.")]
Also = Annotated[str, typer.Option(help="What is no ship: aton,base,sar,sart,craft.")]
Kind = Annotated[str, typer.Option(help="What moves: ship, vehicle, aircraft or animal.")]

LAYERED = (*vectors.SEVERAL, ".xlsx")


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="A data folder.")] = Path("data"),
    output: Annotated[Path, typer.Option("-o", "--output", help="Where pages go.")] = Path("maps"),
    pages: Annotated[
        list[str] | None, typer.Option("--page", help="One page by name; again for another.")
    ] = None,
    follow_links: Follow = False,
) -> None:
    """Make every page of a data folder, or those that are named."""
    data = package.load(folder)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        scenes = _pages_named(scene.pages(data), pages or [])
        for name in progress.track(scenes, description="pages"):
            target = files.within(output, f"{name}.html")
            path = page.save(scenes[name], target, follow_links=follow_links)
            out.print(f"{_plain(path)}  {path.stat().st_size / 1000:,.0f} kB")
    said = claims.claims(data)
    if said is not None:
        path = files.write(output / "claims.html", page.claims(said), follow_links=follow_links)
        out.print(f"{_plain(path)}  {path.stat().st_size / 1000:,.0f} kB")


def _pages_named(scenes: Mapping[str, scene.Scene], names: Sequence[str]) -> dict[str, scene.Scene]:
    """The pages that are named, all where none is; GeoError for a name there is not."""
    unknown = [name for name in names if name not in scenes]
    if unknown:
        raise GeoError(f"--page {', '.join(unknown)}: no such page; there are {', '.join(scenes)}")
    return {name: one for name, one in scenes.items() if name in names or not names}


def _idle(given: Mapping[str, object], why: str) -> None:
    """Refuse options that are given and would change nothing, by name."""
    said = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if said:
        raise GeoError(f"{', '.join(said)}: {why}")


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Data folders, or single files.")],
    as_json: Json = False,
    layer: OneLayer = "",
    memory: Memory = "4GB",
    update_hashes: Annotated[
        bool,
        typer.Option("--update-hashes", help="Write today's hashes into datapackage.json first."),
    ] = False,
    follow_links: Follow = False,
) -> None:
    """Name every fault in the data with its place. Exit 0 sound, 1 faults, 2 cannot read."""
    folders = [path for path in paths if path.is_dir()]
    _idle({"update_hashes": update_hashes and not folders}, "only for a data folder")
    _idle({"follow_links": follow_links and not update_hashes}, "only with --update-hashes")
    _idle({"layer": layer and len(folders) == len(paths)}, "only for a file of several layers")
    sound = True
    for path in paths:
        if update_hashes and path.is_dir():
            descriptor = package.update_hashes(path)
            files.write(path / package.DESCRIPTOR, descriptor, follow_links=follow_links)
        report = _examined(path, layer, intake.amount(memory))
        sound = sound and report.sound
        _print_report(path, report, as_json=as_json)
    raise typer.Exit(0 if sound else 1)


def _examined(path: Path, layer: str, memory_bytes: int) -> Report:
    if path.is_dir():
        return package.examine(path)
    if path.suffix.lower() in nmeafile.ENDINGS:
        return nmeafile.examine(path, memory_bytes=memory_bytes)
    return package.examine_file(path, layer=layer, memory_bytes=memory_bytes)


def _print_report(path: Path, report: Report, *, as_json: bool) -> None:
    if as_json:
        value = {
            "path": str(path),
            "sound": report.sound,
            "counts": dict(report.counts),
            "faults": [asdict(f) for f in report.faults],
            "notes": [asdict(f) for f in report.notes],
        }
        print(json.dumps(value, ensure_ascii=False, indent=1))
        return
    for fault in report.faults:
        out.print(escape(_visible(fault)))
    for note in report.notes:
        out.print(f"note: {escape(_visible(note))}")
    rows = ", ".join(f"{n} {role}" for role, n in report.counts.items())
    verdict = "sound" if report.sound else f"{len(report.faults)} fault(s)"
    out.print(f"{_plain(path)}: {verdict} ({rows})")


def _plain(path: Path | str) -> str:
    """A name for a terminal: nothing in it is markup, a line end or an order."""
    return escape(_visible(str(path)).replace("\n", "\\x0a"))


def _visible(fault: Fault | str) -> str:
    """Text for a terminal: control characters are shown, not obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in str(fault))


@app.command("map")
def map_(
    ctx: typer.Context,
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="GeoJSON, (Geo)Parquet, GPKG, or CSV; positions of vessels; or a table of flows.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="Page (.html), picture (.png .svg .pdf) or data (.geojson .gpkg .kml .csv).",
        ),
    ] = Path("page.html"),
    label: Annotated[str, typer.Option(help="Column whose value names each feature.")] = "",
    title: Annotated[str, typer.Option(help="Title of the page.")] = "",
    places: Annotated[
        Path | None, typer.Option(help="Points a table of flows names: FILE is then that table.")
    ] = None,
    legs: Annotated[Path | None, typer.Option(help="Lines that flows follow.")] = None,
    capacities: Annotated[Path | None, typer.Option(help="What could move on legs.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="Your column for a field: quantity=tonnes.")
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(help="Of quantities: t; of positions: speed=0.1kn.")
    ] = None,
    by: Annotated[
        str, typer.Option(help="How flows go: curve; sea; auto, by sea between ports.")
    ] = "curve",
    date_format: Annotated[str, typer.Option(help="How dates are written: %d/%m/%Y.")] = "",
    on_error: OnError = "stop",
    layer: OneLayer = "",
    memory: Memory = "4GB",
    time: Annotated[str, typer.Option(help="Your column of times, for positions.")] = "",
    color: Annotated[
        str, typer.Option(help="A column of features; of tracks: vessel, speed or time.")
    ] = "",
    scheme: Annotated[
        str, typer.Option(help="Classes of --color, of mapclassify: quantiles, equalinterval …")
    ] = "",
    size: Annotated[str, typer.Option(help="A column of numbers that sizes features.")] = "",
    dialect: Dialect = "",
    timezone: Timezone = "",
    delimiter: Delimiter = "",
    vessel: Vessel = "",
    also: Also = "",
    kind: Kind = "",
    gap_hours: Annotated[
        float | None, typer.Option(help="A track breaks after so long unheard: 12.")
    ] = None,
    tolerance_m: Annotated[float, typer.Option(help="Thin tracks to so many metres.")] = 0.0,
    by_time: Annotated[bool, typer.Option("--by-time", help="Thin in place and time.")] = False,
    max_size: Annotated[str, typer.Option(help="Thin tracks until the page fits: 5MB.")] = "",
    follow_links: Follow = False,
) -> None:
    """Draw any files on one offline page: features, tracks of vessels, or a table of flows.

    With --on-error skip, rows that have a fault go into a file beside the page, with the reason.
    """
    exports.fit(output, inputs)
    reading: dict[str, Any] = {"on_error": _stop_or_skip(on_error), "layer": layer}
    reading |= {"memory_bytes": intake.amount(memory)}
    if places is None:
        _no_flows({"legs": legs, "capacities": capacities, "by": _is_given(ctx, "by")})
        columns = odtable.columns_given(column or []) | ({"time_utc": time} if time else {})
        written = _written(
            dialect, columns, date_format, timezone, delimiter, unit, vessel=vessel, also=also
        )
        asked = trackmap.Asked(
            written=written, kind=_kind(kind), gap_hours=gap_hours, reading=reading
        )
        thinning = _Thinning(tolerance_m, by_time, max_size)
        of_tracks = {"unit": unit, "date_format": date_format}
        of_tracks |= {"gap_hours": "given" if _is_given(ctx, "gap_hours") else ""}
        said, lost = _any_files(
            inputs,
            output,
            asked,
            thinning,
            follow_links,
            title=title,
            label=label,
            by=looks.By(color, scheme, size),
            of_tracks=of_tracks,
        )
    else:
        others = {"label": label, "time": time, "color": color, "tolerance_m": tolerance_m}
        others |= {"scheme": scheme, "size": size}
        others |= {"by_time": by_time, "max_size": max_size}
        others |= {"gap_hours": _is_given(ctx, "gap_hours")}
        _idle(others, "no effect on a table of flows (--places is given); leave it out")
        table = odtable.read(
            _one(inputs),
            places=places,
            legs=legs,
            capacities=capacities,
            columns=odtable.columns_given(column or []),
            unit=", ".join(unit or []),
            date_format=date_format,
            **reading,
        )
        lost = [(table.file, one) for one in table.lost]
        lines = odlines.Lines(table)
        ways = odways.Courses(lines, _way_of_flows(by))
        maps.FlowMap(ways, title).save(output, follow_links=follow_links)
        for note in (*table.said, *odscene.added_up(lines), *ways.notes()):
            out.print(escape(_visible(note)))
        said = odscene.counted(lines)
    out.print(f"{_plain(output)}  {said}, {output.stat().st_size / 1000:,.0f} kB")
    _write_rejects(output.with_name(f"{output.stem}-rejected.jsonl"), lost, follow_links)


def _way_of_flows(by: str) -> odways.By:
    found = next((one for one in odways.BY if one == by), None)
    if found is None:
        raise GeoError(f"--by {by}: say {', '.join(odways.BY)}")
    return found


def _is_given(ctx: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@dataclass(frozen=True)
class _Thinning:
    """How far tracks are thinned: by a tolerance, or until a page is small enough."""

    tolerance_m: float
    by_time: bool
    max_size: str

    def of(
        self, tracks: dict[str, TrackSet], make: Callable[[Mapping[str, TrackSet]], Any]
    ) -> dict[str, TrackSet]:
        """The tracks as they are drawn."""
        if self.tolerance_m and self.max_size:
            raise GeoError("--tolerance-m and --max-size: give one; the other follows from it")
        if (self.tolerance_m or self.max_size or self.by_time) and not tracks:
            raise GeoError("--tolerance-m, --by-time and --max-size thin tracks; there are none")
        if self.max_size:
            most = trackmap.bytes_of(self.max_size)
            return trackmap.fitted(tracks, most, make=make, by_time=self.by_time)
        if not self.tolerance_m:
            return tracks
        return {
            name: one.thinned(self.tolerance_m, by_time=self.by_time)
            for name, one in tracks.items()
        }


def _any_files(
    inputs: Sequence[Path],
    output: Path,
    asked: trackmap.Asked,
    thinning: _Thinning,
    follow_links: bool,
    *,
    title: str,
    label: str,
    by: looks.By,
    of_tracks: Mapping[str, object],
) -> tuple[str, list[tuple[str, Lost]]]:
    """Write the page of files of any kind; what is said of it, and what was left out."""
    layered = any(path.suffix.lower() in LAYERED for path in inputs)
    _idle({"layer": asked.reading["layer"] and not layered}, "these files have no layers")
    layers, tracks = trackmap.sorted_out(inputs, asked)
    if not tracks:
        _idle(of_tracks, "only for positions of vessels, and for flows with --places")
    _known_label(label, layers)
    if not layers:
        _idle({"scheme": by.scheme, "size": by.size}, "only for features")
    whole = maps.Map(tuple(layers), tracks, title=title, label=label, by=by)
    thin = thinning.of(tracks, lambda some: replace(whole, tracks=some).page())
    made = replace(whole, tracks=thin)
    made.save(output, follow_links=follow_links)
    for note in made.notes(output):
        out.print(escape(_visible(note)))
    said = [_counted(layers)] if layers else []
    lost = [(layer.file, one) for layer in layers for one in layer.lost]
    lost += [(one.faults[0].file, one) for own in tracks.values() for one in own.lost]
    return "; ".join([*said, *trackmap.words(thin)]), lost


def _known_label(label: str, layers: Sequence[userdata.Layer]) -> None:
    """A label must be a column of some file that is drawn as features."""
    frames = [one.features for one in layers]
    columns = [str(name) for one in frames for name in one.columns.drop(one.geometry.name)]
    if label and label not in columns:
        have = ", ".join(dict.fromkeys(columns)) or "no features"
        raise GeoError(f"--label {label}: no such column; there are {have}")


def _counted(layers: Sequence[userdata.Layer]) -> str:
    """'4 features', and what of all that was read is not drawn."""
    read = sum(len(layer.features) for layer in layers)
    bare = sum(userdata.unplaced(layers).values())
    lost = sum(len(layer.lost) for layer in layers)
    rest = {"without a geometry": bare, "left out": lost}
    said = [f"{read - bare} features", *(f"{n} {word}" for word, n in rest.items() if n)]
    return ", ".join(said) + (f"; {read + lost} read" if bare or lost else "")


def _write_rejects(path: Path, lost: Sequence[tuple[str, Lost]], follow_links: bool) -> None:
    """Name what was left out and write it beside the page; a list of an earlier run goes."""
    if not lost:
        path.unlink(missing_ok=True)
        return
    files.write(path, single.rejects(lost), follow_links=follow_links)
    out.print(f"{_plain(path)}  {len(lost)} left out, each with its reason")


def _stop_or_skip(on_error: str) -> str:
    if on_error not in {"stop", "skip"}:
        raise GeoError(f"--on-error {on_error}: say stop or skip")
    return on_error


def _one(inputs: Sequence[Path]) -> Path:
    if len(inputs) != 1:
        raise GeoError(f"--places goes with one table of flows, {len(inputs)} files are given")
    return inputs[0]


def _no_flows(options: Mapping[str, object]) -> None:
    given = [f"--{name}" for name, value in options.items() if value]
    if given:
        raise GeoError(f"{', '.join(given)}: only for a table of flows; give its --places too")


@app.command()
def pack(
    saved: Annotated[Path, typer.Argument(metavar="MAP.html", help="A map saved by folium.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The page.")] = Path("page.html"),
    assets: Annotated[
        Path | None, typer.Option(help="Folder of npm packages, for what no package carries.")
    ] = None,
    follow_links: Follow = False,
) -> None:
    """Make a map that folium saved one offline, safe file; name what cannot be carried."""
    exports.page(output)
    path = page.pack(saved, output, assets=assets, follow_links=follow_links)
    out.print(f"{_plain(path)}  {path.stat().st_size / 1000:,.0f} kB")


@app.command()
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
) -> None:
    """Print the sandboxed iframe that sets a page into another."""
    _idle({"at": inline and at}, "the page is in the snippet (--inline); leave one out")
    sys.stdout.write(page.embed(path, inline=inline, height_px=height_px, at=at, picture=picture))


@app.command("brief")
def brief_(
    folder: Annotated[Path, typer.Argument(help="A data folder.")] = Path("data"),
    to: Annotated[str, typer.Option(help="Formats, with commas between.")] = ",".join(
        brief.FORMATS
    ),
    output: Annotated[Path, typer.Option("-o", "--output", help="Where it goes.")] = Path(
        "briefing"
    ),
    template: Annotated[Path | None, typer.Option(help="A .pptx or .docx of your own.")] = None,
    start: Annotated[str, typer.Option("--from", help="First day, yyyy-mm-dd.")] = "",
    end: Annotated[str, typer.Option("--until", help="Last day, yyyy-mm-dd.")] = "",
    corridors: Annotated[str, typer.Option(help="Pages by name, with commas between.")] = "",
    lang: Annotated[str, typer.Option(help="Language of place names: en, ko or ru.")] = "en",
    follow_links: Follow = False,
) -> None:
    """Make the briefing of a data folder: slides, document, paper, Markdown, pictures."""
    if lang not in odscene.LANGUAGES:
        raise GeoError(f"--lang {lang}: say {', '.join(odscene.LANGUAGES)}")
    office = {name.strip() for name in to.split(",")} & {"pptx", "docx"}
    _idle({"template": template and not office}, "only for slides or a document: --to pptx,docx")
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("briefing", total=None)
        made = brief.make(
            folder,
            output,
            to=[name.strip() for name in to.split(",") if name.strip()],
            template=template,
            start=start,
            end=end,
            corridors=[name.strip() for name in corridors.split(",") if name.strip()],
            lang=lang,
            follow_links=follow_links,
            step=lambda name: progress.update(task, description=name),
        )
    for path in made:
        out.print(f"{_plain(path)}  {path.stat().st_size / 1000:,.0f} kB")


class _Tracks(typer.core.TyperGroup):
    """`geo tracks FILES…` is `geo tracks run FILES…`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Say `run` where no command is said."""
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


tracks = typer.Typer(
    cls=_Tracks, no_args_is_help=True, help="AIS positions: tracks, gaps, calls, voyages."
)
app.add_typer(tracks, name="tracks")

Files = Annotated[list[str], typer.Argument(help="Files, folders, globs, or one store.")]


@tracks.command("run")
def tracks_run(
    paths: Files,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where results go.")],
    places: Annotated[
        Path | None,
        typer.Option(help="Points or polygons with a column place; else ports by UN/LOCODE."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="A data folder, for its vessels and its coast.")
    ] = None,
    dialect: Dialect = "",
    column: Column = None,
    date_format: DateFormat = "",
    timezone: Timezone = "",
    delimiter: Delimiter = "",
    unit: Unit = None,
    vessel: Vessel = "",
    also: Also = "",
    kind: Kind = "",
    on_error: OnError = "stop",
    rules: Annotated[
        str, typer.Option("--definitions", help="Of events: gfw or starboard.")
    ] = "gfw",
    radius_m: Annotated[float | None, typer.Option(help="Round places that are points.")] = None,
    gap_hours: Annotated[float | None, typer.Option(help="Silence that is a gap.")] = None,
    encounter_m: Annotated[float | None, typer.Option(help="So near two ships meet.")] = None,
    encounter_hours: Annotated[float | None, typer.Option(help="For so long they do.")] = None,
    encounter_off_km: Annotated[
        float | None, typer.Option(help="Encounters lie so far from places.")
    ] = None,
    loiter_hours: Annotated[
        float | None, typer.Option(help="Slow for so long is loitering.")
    ] = None,
    loiter_off_km: Annotated[
        float | None, typer.Option(help="Loitering lies so far from places.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="threads, processes, or dask://host:port.")
    ] = "threads",
    memory: Memory = "",
    title: Annotated[str, typer.Option(help="Of the page.")] = "",
    follow_links: Follow = False,
) -> None:
    """Positions to tracks, gaps, stops, calls, voyages, encounters, a report and a page."""
    trackfiles = _tracking()
    columns = odtable.columns_given(column or [])
    written = _written(
        dialect, columns, date_format, timezone, delimiter, unit, vessel=vessel, also=also
    )
    changed = {
        "call_radius_m": radius_m, "gap_hours": gap_hours, "encounter_m": encounter_m,
        "encounter_hours": encounter_hours, "encounter_off_km": encounter_off_km,
        "loiter_hours": loiter_hours, "loiter_off_km": loiter_off_km,
    }  # fmt: skip
    asked = trackfiles.Asked(
        reading=trackfiles.job.Reading(
            written=written, kind=_kind(kind), on_error=_stop_or_skip(on_error)
        ),
        definitions=rules,
        changed={name: value for name, value in changed.items() if value is not None},
        kind=kind,
        engine=engine,
        memory=memory or None,
        title=title,
        folder=folder,
    )
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        work = output / trackfiles.WORK
        found = trackfiles.find(paths, places, work, asked=asked, progress=_shown(progress))
    for path in found.write(output, follow_links=follow_links):
        out.print(f"{_plain(path)}  {path.stat().st_size / 1000:,.0f} kB")
    worked, of = found.found.worked, found.report["positions"]
    rest = "" if worked == of else ", what the rest gives was known"
    out.print(f"events found from {worked:,} of {of:,} positions{rest}")


@tracks.command("ingest")
def tracks_ingest(
    paths: Files,
    store: Annotated[str, typer.Option("-o", "--output", help="A folder, or s3://… and the like.")],
    dialect: Dialect = "",
    column: Column = None,
    date_format: DateFormat = "",
    timezone: Timezone = "",
    delimiter: Delimiter = "",
    unit: Unit = None,
    vessel: Vessel = "",
    also: Also = "",
    kind: Kind = "",
    on_error: OnError = "stop",
    memory: Memory = "",
) -> None:
    """Add positions to a Parquet store by bucket of vessels and day; nothing is added twice."""
    job = _tracking().job
    columns = odtable.columns_given(column or [])
    written = _written(
        dialect, columns, date_format, timezone, delimiter, unit, vessel=vessel, also=also
    )
    reading = job.Reading(written=written, kind=_kind(kind), on_error=_stop_or_skip(on_error))
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        inputs, new = job.ingest(
            paths,
            job.Store.at(store),
            reading=reading,
            memory=memory or None,
            progress=_shown(progress),
            once=True,
        )
    rows = sum(one.rows for one in inputs)
    out.print(f"{_plain(store)}: {new} of {len(inputs)} file(s) new, {rows:,} positions")


def _tracking() -> Any:
    """The track engine, with a word for those who have not installed it."""
    try:
        return importlib.import_module("geo.trackfiles")
    except ImportError as error:
        raise GeoError(f"{error.name} is not installed; pip install 'tumen[tracks]'") from None


def _written(
    dialect: str,
    columns: Mapping[str, str],
    date_format: str,
    timezone: str,
    delimiter: str,
    unit: Sequence[str] | None,
    *,
    vessel: str,
    also: str,
) -> Written:
    """What the user says of how positions are written."""
    return Written(
        dialect=dialect,
        columns=columns,
        date_format=date_format,
        timezone=timezone,
        delimiter=delimiter,
        units=units.given(unit or ()),
        vessel=vessel,
        also=mobiles.chosen(also),
    )


def _kind(kind: str) -> str:
    if kind:
        definitions.words(kind)
    return kind


def _shown(progress: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, Any] = {}

    def step(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(what, total=of)
        progress.update(tasks[what], completed=done, total=of)

    return step


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    origin: Annotated[str, typer.Option("--from", help="'Name,lat,lon' of one end.")] = "",
    destination: Annotated[str, typer.Option("--to", help="'Name,lat,lon' of the other.")] = "",
    via: Annotated[
        list[str] | None, typer.Option(help="'Name,lat,lon' of a place between, in order.")
    ] = None,
    by: Annotated[str, typer.Option(help="sea or rail for each leg: sea,rail.")] = "",
) -> None:
    """Make a data folder of your own that already builds."""
    scaffold.new(folder, origin=origin, destination=destination, via=via or (), modes=_names([by]))
    out.print(
        f"{_plain(folder)}: edit the files, then\n  geo check {_plain(folder)}\n"
        f"  geo build {_plain(folder)} -o {_plain(folder)}/maps"
    )


@app.command("audit")
def audit_(
    output: Annotated[list[Path], typer.Argument(help="Pages, decks, documents, pictures.")],
    folder: Annotated[Path, typer.Option("--data", help="The data folder.")] = Path("data"),
    as_json: Json = False,
) -> None:
    """List every number a reader sees, with the rows and the arithmetic it comes from."""
    ledger = audit.Ledger.of(package.load(folder))
    found = {path: audit.audit(path, ledger) for path in output}
    if as_json:
        print(json.dumps({str(path): [asdict(n) for n in own] for path, own in found.items()}))
    else:
        _print_audit(found)
    if any(audit.faults(own) for own in found.values()):
        raise SystemExit(1)


def _print_audit(found: Mapping[Path, Sequence[audit.Number]]) -> None:
    for path, own in found.items():
        wrong = audit.faults(own)
        kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(n.kind for n in own).items())
        out.print(f"{_plain(path)}  {len(own)} numbers, {len(wrong)} open ({kinds})")
        for n in wrong:
            how = f" ({n.how})" if n.how else ""
            out.print(f"  {_plain(n.place)}: {_plain(n.text)}: {_plain(n.fault)}{_plain(how)}")


def _print_railway(
    one: water.LonLat, other: water.LonLat, land: BaseGeometry, as_json: bool
) -> None:
    found = rail.route(one, other, land=land)
    values = {
        "track_km": found.track_km,
        "drawn_km": found.drawn_km,
        "geodesic_km": found.geodesic_km,
        "off_km": list(found.off_km),
        "attribution": rail.ATTRIBUTION,
        "licence": rail.LICENCE,
    }
    words = {
        "track": f"{found.track_km:,.1f} km",
        "as drawn": f"{found.drawn_km:,.1f} km, through few points of the course",
        "geodesic": f"{found.geodesic_km:,.1f} km",
        "from the track": " and ".join(f"{d:.1f} km" for d in found.off_km),
        "owed to": f"{rail.ATTRIBUTION}, {rail.LICENCE}",
    }
    if as_json:
        shape = measure.cut_antimeridian(found.line).__geo_interface__
        print(json.dumps({"type": "Feature", "properties": values, "geometry": shape}))
        return
    table = Table(box=None, show_header=False)
    for name, value in words.items():
        table.add_row(name, value)
    out.print(table)


SEA_ONLY = (
    "compare",
    "via",
    "avoid",
    "allow",
    "speed",
    "snap_km",
    "matrix",
    "output",
)  # of geo route


@app.command(context_settings={"ignore_unknown_options": True})  # a latitude may be negative
def route(
    ctx: typer.Context,
    origin: Annotated[
        str, typer.Argument(metavar="FROM", help="A place, port, UN/LOCODE, or lat,lon.")
    ] = "",
    destination: Annotated[str, typer.Argument(metavar="TO", help="The other.")] = "",
    folder: Annotated[Path, typer.Option(help="Folder with places and base map.")] = Path("data"),
    by: Annotated[str, typer.Option(help="sea, or rail (extra `rail`).")] = "sea",
    via: Annotated[list[str] | None, typer.Option(help="A passage to use, such as suez.")] = None,
    avoid: Annotated[list[str] | None, typer.Option(help="A passage not to use.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="A passage closed by ice.")] = None,
    compare: Annotated[
        list[str] | None, typer.Option(help="Passages: the way by each, side by side.")
    ] = None,
    speed: Annotated[float, typer.Option(help="In knots, for days at sea.")] = 14.0,
    snap_km: Annotated[float, typer.Option(help="How far an end may be moved to water.")] = 5.0,
    matrix: Annotated[
        Path | None, typer.Option(help="A table of ports (name, lat, lon): all lengths, as CSV.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A page, .geojson, .png or .csv.")
    ] = None,
    as_json: Json = False,
    follow_links: Follow = False,
) -> None:
    """The shortest way over water, the passages it uses, and its length without each of them."""
    if by not in courses.MODES:
        raise GeoError(f"--by {by}: say {' or '.join(courses.MODES)}")
    given = [name for name in SEA_ONLY if _is_given(ctx, name)]
    if by == "rail" and given:
        raise GeoError(
            f"--{given[0].replace('_km', '-km')}: of ways over water; leave --by rail out"
        )
    if _is_given(ctx, "folder") and not (folder / package.DESCRIPTOR).is_file():
        raise GeoError(f"--folder {folder}: no {package.DESCRIPTOR} in it; give a data folder")
    data = package.load(folder) if (folder / package.DESCRIPTOR).is_file() else None
    land, places = data.land if data else basemap.land([]), data.places if data else None
    asked = wayscene.Asked(_names(via), _names(avoid), _names(allow), speed)
    if matrix is not None:
        _matrix(matrix, land, asked, output, follow_links)
        return
    if not origin or not destination:
        raise GeoError("name both ends: geo route FROM TO, or --matrix ports.csv")
    (one, start), (other, stop) = (wayscene.end(text, places) for text in (origin, destination))
    ends, points = (one, other), (start, stop)
    if by == "rail":
        _print_railway(*points, land, as_json)
        return
    weighed = _names(compare)
    if weighed:
        ways = wayscene.compared(ends, points, land, asked, weighed, max_snap_km=snap_km)
    else:
        ways = [wayscene.answers(ends, points, land, asked, max_snap_km=snap_km)]
    if output is not None:
        _write_ways(output, ways, follow_links)
    _print_ways(ways, asked, by=bool(weighed), as_json=as_json)


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    parts = [name.strip() for one in given or () for name in one.split(",")]
    return tuple(name for name in parts if name)


def _print_ways(
    ways: Sequence[wayscene.Way], asked: wayscene.Asked, *, by: bool, as_json: bool
) -> None:
    if as_json:
        answer = wayscene.geojson(ways) if by else wayscene.feature(ways[0])
        print(json.dumps(answer, ensure_ascii=False))
    elif by:
        _print_compared(ways, asked)
    else:
        _print_way(ways[0], asked)


def _print_compared(ways: Sequence[wayscene.Way], asked: wayscene.Asked) -> None:
    table = Table("by", "nmi", f"days at {asked.speed_kn:g} kn", "passages", box=None)
    for way in ways:
        found = way.route
        table.add_row(
            way.by, f"{found.length_nmi:,.1f}", f"{way.days:.1f}", ", ".join(found.passages)
        )
    out.print(table)


def _print_way(way: wayscene.Way, asked: wayscene.Asked) -> None:
    table, found = Table(box=None, show_header=False), way.route
    rows = [
        ("over water", f"{found.length_km:,.1f} km, {found.length_nmi:,.1f} nmi"),
        ("geodesic", f"{found.geodesic_km:,.1f} km"),
        ("moved to water", " and ".join(f"{d:.1f} km" for d in found.snapped_km)),
        ("at sea", f"{way.days:.1f} days at {asked.speed_kn:g} kn"),
        ("passages", ", ".join(found.passages) or "none"),
    ]
    for name, nmi in way.without.items():
        said = "no way" if nmi is None else f"{nmi:,.1f} nmi, {nmi - found.length_nmi:+,.1f}"
        rows.append((f"without {name}", said))
    for name, value in rows:
        table.add_row(name, value)
    out.print(table)


def _write_ways(output: Path, ways: Sequence[wayscene.Way], follow_links: bool) -> None:
    kind = output.suffix.lower()
    if kind not in {".html", ".geojson", ".png"}:
        raise GeoError(f"{output}: a way is written as .html, .geojson or .png")
    if kind == ".html":
        page.save(wayscene.scene(ways), output, follow_links=follow_links)
    elif kind == ".png":
        files.write(output, still.png(wayscene.scene(ways)), follow_links=follow_links)
    else:
        text = json.dumps(wayscene.geojson(ways), ensure_ascii=False) + "\n"
        files.write(output, text, follow_links=follow_links)
    err.print(f"{_plain(output)}  {output.stat().st_size / 1000:,.0f} kB")


def _matrix(
    path: Path, land: Any, asked: wayscene.Asked, output: Path | None, follow_links: bool
) -> None:
    ports = userdata.read(path).features
    column = next((c for c in ("name", "port", "place", "name_en") if c in ports), "")
    if not column:
        raise GeoError(f"{path}: has no column name, port, place or name_en that names its points")
    names = [str(name) for name in ports[column]]
    points = [(float(p.x), float(p.y)) for p in ports.geometry]
    text = wayscene.table(names, wayscene.matrix(names, points, land, asked))
    if output is None:
        sys.stdout.write(text)
    else:
        files.write(output, text, follow_links=follow_links)
        err.print(f"{_plain(output)}  {len(names)} ports")


@app.command("basemap")
def basemap_(
    folder: Annotated[Path, typer.Argument(help="A data folder.")],
    borders: Annotated[bool, typer.Option(help="Include (non-authoritative) borders.")] = True,
    relief: Annotated[bool, typer.Option(help="Include relief and depth as tints.")] = True,
    follow_links: Follow = False,
) -> None:
    """Cut coast, rivers, borders, names and relief for the folder's extent (extra `basemap`)."""
    extent = package.extent(folder)
    data = basemap.cut(extent, borders=borders, relief=relief)
    path = files.write(folder / "basemap.pack", data, follow_links=follow_links)
    out.print(f"{_plain(path)}  {len(data) / 1000:,.0f} kB for {extent}")


def _version(asked: bool) -> None:
    if asked:
        out.print(f"tumen {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Route maps for briefings: one offline file with its sources."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; a user's mistake is a message, never a traceback."""
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="geo")
    except DataError as error:
        err.print(escape(_visible(str(error))))
        raise SystemExit(1) from None
    except GeoError as error:
        err.print(escape(_visible(str(error))))
        raise SystemExit(2) from None
    except OSError as error:  # of a disk or a machine, where no reader or writer told of it
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        err.print(escape(_visible(f"cannot be done: {said}")))
        raise SystemExit(2) from None
    except MemoryError:
        err.print("more memory is needed than there is; split the file, or leave rows out")
        raise SystemExit(2) from None
