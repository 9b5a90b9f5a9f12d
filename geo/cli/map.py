"""`geo map`: any files on one offline page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli import console, options
from geo.errors import GeoError, Lost

if TYPE_CHECKING:
    from geo.maps import userdata, usermap
    from geo.maps.flowtables import flow_ways
    from geo.maps.tracks import trackkind
    from geo.tracks.trackset import TrackSet

OF_FLOWS = "only for a table of flows; give its --places too"
NOT_OF_FLOWS = "no effect on a table of flows (--places is given); leave it out"
NO_FLOWS = ("label", "time", "color", "scheme", "size", "tolerance_m", "by_time", "max_size",
            "gap_hours")  # fmt: skip
TEXTS = (".plt", ".log", ".nmea", ".vdr")
OF_POSITIONS = "only for positions of what moves, and for flows with --places"


@dataclass(frozen=True, kw_only=True)
class Map(options.Ground, options.Written, options.Table):
    """The options of `geo map`."""

    ctx: typer.Context
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Features (GeoJSON, KML, shapefile, GPKG …; file:layer for one of several), "
            "positions of vessels, or a table of flows.",
        ),
    ]
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="Page (.html), picture (.png .svg .pdf), data (.geojson .gpkg .kml .csv), or a "
            "workbook of flows for Flowmap.blue (.xlsx).",
        ),
    ] = Path("page.html")
    label: Annotated[str, typer.Option(help="Column whose value names each feature.")] = ""
    title: options.Title = ""
    places: Annotated[
        Path | None, typer.Option(help="Points a table of flows names: FILE is then that table.")
    ] = None
    legs: Annotated[Path | None, typer.Option(help="Lines that flows follow.")] = None
    capacities: Annotated[Path | None, typer.Option(help="What could move on legs.")] = None
    by: Annotated[
        str, typer.Option(help="How flows go: curve; sea; rail; auto, by the kind of their places.")
    ] = "curve"
    on_error: options.OnError = "stop"
    layer: options.OneLayer = ""
    memory: options.Memory = "4GB"
    time: Annotated[str, typer.Option(help="Your column of times, for positions.")] = ""
    color: Annotated[
        str, typer.Option(help="A column of features; of tracks: vessel, speed or time.")
    ] = ""
    scheme: Annotated[
        str, typer.Option(help="Classes of --color, of mapclassify: quantiles, equalinterval …")
    ] = ""
    size: Annotated[str, typer.Option(help="A column of numbers that sizes features.")] = ""
    gap_hours: options.GapHours = None
    tolerance_m: Annotated[float, typer.Option(help="Thin tracks to so many metres.")] = 0.0
    by_time: Annotated[bool, typer.Option("--by-time", help="Thin in place and time.")] = False
    max_size: Annotated[str, typer.Option(help="Thin tracks until the page fits: 5MB.")] = ""
    follow_links: options.Follow = False

    def given(self, *names: str) -> dict[str, bool]:
        """Which options stand on the command line."""
        return {name: console.is_given(self.ctx, name) for name in names}

    def reading(self) -> dict[str, Any]:
        """How any file is read. Raises GeoError."""
        from geo.files import intake

        return {
            "on_error": options.stop_or_skip(self.on_error),
            "layer": self.layer,
            "memory_bytes": intake.amount(self.memory),
            "form": options.form(self, self.column, self.delimiter),
        }


@dataclass(frozen=True)
class _Made:
    """A map, what is said of it, and what was left out."""

    drawing: usermap.Map | usermap.FlowMap
    counted: str
    notes: Sequence[str] = ()
    lost: Sequence[tuple[str, Lost]] = ()


def run(given: Map) -> None:
    """Draw any files on one offline page: features, tracks of vessels, or a table of flows.

    With --on-error skip, rows that have a fault go into a file beside the page, with the reason.
    """
    from geo.output import exports

    exports.fit(given.output, given.inputs)
    if given.ground and exports.ending(given.output) in (*exports.DATA, *exports.BOOKS):
        raise GeoError(f"--ground lies on a page or a picture, and {given.output} is neither")
    made = _flows(given) if _are_flows(given) else _files(given)
    laid = given.laid(made.drawing, given.memory)
    made = replace(made, drawing=laid, notes=[*made.notes, *laid.notes(given.output)])
    _write(made, given.output, given.follow_links)


def _write(made: _Made, output: Path, follow_links: bool) -> None:
    """Write the map, say what is on it, and write what was left out beside it."""
    from geo.output import exports

    lost: list[str] = []
    if exports.ending(output) in exports.DATA:
        drawn = made.drawing.drawn()
        exports.write(drawn, output, follow_links=follow_links)
        lost = exports.losses(drawn, output)
    else:
        made.drawing.save(output, follow_links=follow_links)
    for note in [*made.notes, *(f"{output.name}: {words}" for words in lost)]:
        console.out.print(console.visible(note))
    console.wrote(output, made.counted)
    _write_rejects(output.with_name(f"{output.stem}-rejected.jsonl"), made.lost, follow_links)


def _write_rejects(path: Path, lost: Sequence[tuple[str, Lost]], follow_links: bool) -> None:
    """Name what was left out and write it beside the page; a list of an earlier run goes."""
    if not lost:
        path.unlink(missing_ok=True)
        return
    from geo.checking import userfile
    from geo.files import writing

    writing.write(path, userfile.rejects(lost), follow_links=follow_links)
    console.out.print(f"{console.plain(path)}  {len(lost)} left out, each with its reason")


# --- a table of flows -----------------------------------------------------------------------------


def _are_flows(given: Map) -> bool:
    """Whether a table of flows is asked for, or says itself where its places lie."""
    from geo.files.tables import Form
    from geo.maps.flowtables import flow_sources

    if given.places is not None or len(given.inputs) != 1:
        return given.places is not None
    form = Form.of(given.reading()["form"], given.layer)
    return flow_sources.holds_places(given.inputs[0], form)


def _flows(given: Map) -> _Made:
    from geo.maps import mapkind, usermap
    from geo.maps.flowtables import flow_lines, flow_table, flow_ways, flow_words

    console.refuse(given.given(*NO_FLOWS), NOT_OF_FLOWS)
    path = _one(given.inputs)
    if given.places and not given.column:
        mapkind.refuse_positions(path)
    why = "as --places is given" if given.places else "as it says where their places lie"
    table = flow_table.read(
        path,
        places=given.places,
        legs=given.legs,
        capacities=given.capacities,
        columns=options.columns(given.column),
        unit=", ".join(given.unit or []),
        date_format=given.date_format,
        **given.reading(),
    )
    lines = flow_lines.Lines(table)
    ways = flow_ways.Courses(lines, _way_of_flows(given.by))
    return _Made(
        usermap.FlowMap(ways, given.title),
        flow_words.counted(lines),
        (
            f"{path.name}: flows, {why}",
            *table.said,
            *flow_words.added_up(lines),
            *ways.notes(),
        ),
        [(table.file, one) for one in table.lost],
    )


def _one(inputs: Sequence[Path]) -> Path:
    if len(inputs) != 1:
        raise GeoError(f"--places goes with one table of flows, {len(inputs)} files are given")
    return inputs[0]


def _way_of_flows(by: str) -> flow_ways.By:
    from geo.maps.flowtables import flow_ways

    found = next((one for one in flow_ways.BY if one == by), None)
    if found is None:
        raise GeoError(f"--by {by}: say {', '.join(flow_ways.BY)}")
    return found


# --- features and positions -----------------------------------------------------------------------


def _files(given: Map) -> _Made:
    """The page of files of features and positions."""
    from geo.checking import vectors
    from geo.files.tables import Form
    from geo.maps import looks, mapkind, usermap
    from geo.maps.tracks import trackmap

    console.refuse(given.given("legs", "capacities", "by"), OF_FLOWS)
    layered = any(p.suffix.lower() in (*vectors.SEVERAL, ".xlsx") for p in given.inputs)
    console.refuse({"layer": given.layer and not layered}, "these files have no layers")
    mapkind.refuse_flows(given.inputs, Form.of(given.reading()["form"], given.layer))
    layers, tracks = trackmap.sorted_out(given.inputs, _asked(given))
    if not tracks:
        console.refuse(given.given("unit", "date_format", "gap_hours"), OF_POSITIONS)
        console.refuse(given.given("timezone", "kind", "also"), "only for positions of what moves")
    _refuse_of_tables(given, bare=not layers)
    _known_label(given.label, layers)
    if not layers:
        console.refuse(given.given("scheme", "size"), "only for features")
    by = looks.By(given.color, given.scheme, given.size)
    whole = usermap.Map(tuple(layers), tracks, title=given.title, label=given.label, by=by)
    thin = _thinned(given, tracks, lambda some: whole.of(some).page())
    drawing = whole.of(thin)
    counted = [_counted(layers)] if layers else []
    lost = [(layer.file, one) for layer in layers for one in layer.lost]
    lost += [(one.faults[0].file, one) for own in tracks.values() for one in own.lost]
    notes = mapkind.words(given.inputs, layers, tracks)
    return _Made(drawing, "; ".join([*counted, *trackmap.words(thin)]), notes, lost)


def _refuse_of_tables(given: Map, *, bare: bool) -> None:
    """Raise GeoError for options of tables that change the reading of no file.

    bare: every file holds positions; of those a text's encoding, decimals and header are found.
    """
    from geo.files.tables import reader
    from geo.maps.tracks import trackkind

    table = any(trackkind.ending(path) in (*reader.TEXTS, *TEXTS) for path in given.inputs)
    console.refuse({"delimiter": given.delimiter and not table}, "only for tables of text")
    if bare and not any(path.suffix.lower() == ".xlsx" for path in given.inputs):
        idle = given.given("encoding", "decimal", "header_row", "crs")
        console.refuse(idle, "no effect on positions of vessels: leave it out")


def _asked(given: Map) -> trackkind.Asked:
    from geo.maps.tracks import trackkind

    times = {"time_utc": given.time} if given.time else {}
    return trackkind.Asked(
        written=given.written(**times),
        kind=options.kind_of(given.kind),
        gap_hours=given.gap_hours,
        reading=given.reading(),
    )


def _thinned(
    given: Map,
    tracks: dict[str, TrackSet],
    make: Callable[[Mapping[str, TrackSet]], Any],
) -> dict[str, TrackSet]:
    """The tracks as they are drawn: thinned by a tolerance, or until a page is small enough."""
    from geo.maps.tracks import trackdraw

    if given.tolerance_m and given.max_size:
        raise GeoError("--tolerance-m and --max-size: give one; the other follows from it")
    if (given.tolerance_m or given.max_size or given.by_time) and not tracks:
        raise GeoError("--tolerance-m, --by-time and --max-size thin tracks; there are none")
    if given.max_size:
        most = trackdraw.bytes_of(given.max_size)
        return trackdraw.fitted(tracks, most, make=make, by_time=given.by_time)
    if not given.tolerance_m:
        return tracks
    return {
        name: one.thinned(given.tolerance_m, by_time=given.by_time) for name, one in tracks.items()
    }


def _known_label(label: str, layers: Sequence[userdata.Layer]) -> None:
    """A label must be a column of some file that is drawn as features."""
    frames = [one.features for one in layers]
    columns = [str(name) for one in frames for name in one.columns.drop(one.geometry.name)]
    if label and label not in columns:
        have = ", ".join(dict.fromkeys(columns)) or "no features"
        raise GeoError(f"--label {label}: no such column; there are {have}")


def _counted(layers: Sequence[userdata.Layer]) -> str:
    """'4 features', and what of all that was read is not drawn."""
    from geo.maps import userdata

    read = sum(len(layer.features) for layer in layers)
    bare = sum(userdata.unplaced(layers).values())
    lost = sum(len(layer.lost) for layer in layers)
    rest = {"without a geometry": bare, "left out": lost}
    drawn = read - bare
    said = [
        f"{drawn} feature{'s' if drawn != 1 else ''}",
        *(f"{n} {word}" for word, n in rest.items() if n),
    ]
    return ", ".join(said) + (f"; {read + lost} read" if bare or lost else "")
