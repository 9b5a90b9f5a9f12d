"""`geo route`: the shortest way between two places, and tables of lengths."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli import console, options
from geo.errors import GeoError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.geometry.water import LonLat
    from geo.maps.wayscene import Asked, Way

SETTINGS = {"ignore_unknown_options": True}  # a latitude may be negative
# Options of ways over water.
SEA_ONLY = ("compare", "via", "avoid", "allow", "speed", "snap_km", "matrix", "output")


@dataclass(frozen=True, kw_only=True)
class Route:
    """The options of `geo route`."""

    ctx: typer.Context
    origin: Annotated[
        str, typer.Argument(metavar="FROM", help="A place, port, UN/LOCODE, or lat,lon.")
    ] = ""
    destination: Annotated[str, typer.Argument(metavar="TO", help="The other.")] = ""
    folder: Annotated[Path, typer.Option(help="Folder with places and base map.")] = Path("data")
    by: Annotated[str, typer.Option(help="sea, or rail (extra `rail`).")] = "sea"
    via: Annotated[list[str] | None, typer.Option(help="A passage to use, such as suez.")] = None
    avoid: Annotated[list[str] | None, typer.Option(help="A passage not to use.")] = None
    allow: Annotated[list[str] | None, typer.Option(help="A passage closed by ice.")] = None
    compare: Annotated[
        list[str] | None, typer.Option(help="Passages: the way by each, side by side.")
    ] = None
    speed: Annotated[float, typer.Option(help="In knots, for days at sea.")] = 14.0
    snap_km: Annotated[
        float, typer.Option(help="How far an end may be moved to water; a port by name up to 15.")
    ] = 5.0
    matrix: Annotated[
        Path | None, typer.Option(help="A table of ports (name, lat, lon): all lengths, as CSV.")
    ] = None
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A page, .geojson, .png or .csv.")
    ] = None
    as_json: options.Json = False
    follow_links: options.Follow = False


def run(given: Route) -> None:
    """The shortest way over water, the passages it uses, and its length without each of them."""
    from geo.maps import ends, wayscene

    _check_mode(given)
    land, places = _ground(given)
    via, avoid, allow = map(console.names, (given.via, given.avoid, given.allow))
    asked = wayscene.Asked(via, avoid, allow, given.speed)
    if given.matrix is not None:
        _matrix(given, given.matrix, land, asked)
        return
    if not given.origin or not given.destination:
        raise GeoError("name both ends: geo route FROM TO, or --matrix ports.csv")
    found = [ends.end(text, places) for text in (given.origin, given.destination)]
    (one, start), (other, stop) = found
    if given.by == "rail":
        _print_railway(start, stop, land, given.as_json)
        return
    names, points, weighed = (one, other), (start, stop), console.names(given.compare)
    snap = {"max_snap_km": _snap_km(given, points, land)}
    if weighed:
        ways = wayscene.compared(names, points, land, asked, weighed, **snap)
    else:
        ways = [wayscene.answers(names, points, land, asked, **snap)]
    if given.output is not None:
        _write_ways(given.output, ways, given.follow_links)
    _print_ways(ways, asked, by=bool(weighed), as_json=given.as_json)


def _ground(given: Route) -> tuple[Any, Any]:
    """The land, and the places of the data folder where there is one. Raises GeoError."""
    from geo.folder import package
    from geo.geometry import basemap

    if (given.folder / package.DESCRIPTOR).is_file():
        data = package.load(given.folder)
        return data.land, data.places
    if console.is_given(given.ctx, "folder"):
        package.descriptor(given.folder)  # says what is missing
    return basemap.land([]), None


def _snap_km(given: Route, points: Sequence[LonLat], land: BaseGeometry) -> float:
    from geo.maps import wayscene

    if console.is_given(given.ctx, "snap_km"):
        return given.snap_km
    return wayscene.snap_km((given.origin, given.destination), points, land)


def _check_mode(given: Route) -> None:
    """Raise GeoError for an unknown mode, and for options that it does not have."""
    from geo.folder import courses

    if given.by not in courses.MODES:
        raise GeoError(f"--by {given.by}: say {' or '.join(courses.MODES)}")
    of_sea = [name for name in SEA_ONLY if console.is_given(given.ctx, name)]
    if given.by == "rail" and of_sea:
        raise GeoError(
            f"--{of_sea[0].replace('_km', '-km')}: of ways over water; leave --by rail out"
        )


def _print_railway(one: LonLat, other: LonLat, land: BaseGeometry, as_json: bool) -> None:
    from geo.geometry import measure, rail

    found = rail.route(one, other, land=land)
    values = {
        "track_km": found.track_km,
        "drawn_km": found.drawn_km,
        "geodesic_km": found.geodesic_km,
        "off_km": list(found.off_km),
        "attribution": rail.ATTRIBUTION,
        "licence": rail.LICENCE,
    }
    if as_json:
        shape = measure.cut_antimeridian(found.line).__geo_interface__
        print(json.dumps({"type": "Feature", "properties": values, "geometry": shape}))
        return
    _print_rows(
        {
            "track": f"{found.track_km:,.1f} km",
            "as drawn": f"{found.drawn_km:,.1f} km, through few points of the course",
            "geodesic": f"{found.geodesic_km:,.1f} km",
            "from the track": " and ".join(f"{d:.1f} km" for d in found.off_km),
            "owed to": f"{rail.ATTRIBUTION}, {rail.LICENCE}",
        }
    )


def _print_rows(rows: Mapping[str, str]) -> None:
    from rich.table import Table

    table = Table(box=None, show_header=False)
    for name, value in rows.items():
        table.add_row(name, value)
    console.out.print(table)


def _print_ways(ways: Sequence[Way], asked: Asked, *, by: bool, as_json: bool) -> None:
    from geo.maps import wayscene

    if as_json:
        answer = wayscene.geojson(ways) if by else wayscene.feature(ways[0])
        print(json.dumps(answer, ensure_ascii=False))
    elif by:
        _print_compared(ways, asked)
    else:
        _print_way(ways[0], asked)


def _print_compared(ways: Sequence[Way], asked: Asked) -> None:
    from rich.table import Table

    table = Table("by", "nmi", f"days at {asked.speed_kn:g} kn", "passages", box=None)
    for way in ways:
        found = way.route
        table.add_row(
            way.by, f"{found.length_nmi:,.1f}", f"{way.days:.1f}", ", ".join(found.passages)
        )
    console.out.print(table)


def _print_way(way: Way, asked: Asked) -> None:
    found = way.route
    rows = {
        **{word: _at(way, n) for n, word in enumerate(("from", "to"))},
        "over water": f"{found.length_km:,.1f} km, {found.length_nmi:,.1f} nmi",
        "geodesic": f"{found.geodesic_km:,.1f} km",
        "moved to water": " and ".join(f"{d:.1f} km" for d in found.snapped_km),
        "at sea": f"{way.days:.1f} days at {asked.speed_kn:g} kn",
        "passages": ", ".join(found.passages) or "none",
    }
    for name, nmi in way.without.items():
        said = "no way" if nmi is None else f"{nmi:,.1f} nmi, {nmi - found.length_nmi:+,.1f}"
        rows[f"without {name}"] = said
    _print_rows(rows)


def _at(way: Way, number: int) -> str:
    """The name of an end and where the way begins or ends there, lat,lon."""
    lon, lat = way.route.line.coords[-number][:2]
    return f"{way.ends[number]}, {lat:.2f},{(lon + 180) % 360 - 180:.2f}"


def _write_ways(output: Path, ways: Sequence[Way], follow_links: bool) -> None:
    from geo.files import writing
    from geo.maps import wayscene
    from geo.output import page, still

    kind = output.suffix.lower()
    if kind not in {".html", ".geojson", ".png"}:
        raise GeoError(f"{output}: a way is written as .html, .geojson or .png")
    if kind == ".html":
        page.save(wayscene.scene(ways), output, follow_links=follow_links)
    elif kind == ".png":
        writing.write(output, still.png(wayscene.scene(ways)), follow_links=follow_links)
    else:
        text = json.dumps(wayscene.geojson(ways), ensure_ascii=False) + "\n"
        writing.write(output, text, follow_links=follow_links)
    console.wrote(output, console=console.err)


def _matrix(given: Route, path: Path, land: BaseGeometry, asked: Asked) -> None:
    from geo.files import writing
    from geo.maps import userdata, wayscene

    ports = userdata.read(path).features
    column = next((c for c in ("name", "port", "place", "name_en") if c in ports), "")
    if not column:
        raise GeoError(f"{path}: has no column name, port, place or name_en that names its points")
    names = [str(name) for name in ports[column]]
    points = [(float(p.x), float(p.y)) for p in ports.geometry]
    lengths = wayscene.matrix(names, points, land, asked, max_snap_km=given.snap_km)
    text, output = wayscene.table(names, lengths), given.output
    if output is None:
        sys.stdout.write(text)
    else:
        writing.write(output, text, follow_links=given.follow_links)
        console.err.print(f"{console.plain(output)}  {len(names)} ports")
