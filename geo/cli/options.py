"""Options that several verbs have: one name, one help text, one way to check them.

A verb of many options takes them as one value, a dataclass whose fields are the options.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, get_type_hints

import typer

from geo.errors import GeoError

if TYPE_CHECKING:
    from geo.files.tables import Form
    from geo.maps import usermap
    from geo.tracks import layout

    Laid = usermap.Map | usermap.FlowMap

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
OnError = Annotated[str, typer.Option(help="stop or skip, at rows that are not understood.")]
Memory = Annotated[str, typer.Option(help="Memory limit, e.g. 2GB.")]
OneLayer = Annotated[str, typer.Option("--layer", help="One of several sheets or layers.")]
Follow = Annotated[
    bool, typer.Option("--follow-links", help="Write the file that a link in its place leads to.")
]
Folder = Annotated[Path, typer.Argument(help="A data folder.")]
Pages = Annotated[
    list[str] | None,
    typer.Option("--page", help="A page by name, or several with commas; again for another."),
]
Title = Annotated[str, typer.Option(help="Title of the page.")]
Page = Annotated[Path, typer.Option("-o", "--output", help="The page.")]

Dialect = Annotated[
    str, typer.Option(help="How positions are written, or a .toml of your own; else by the header.")
]
Column = Annotated[
    list[str] | None, typer.Option(help="Your column for a field: quantity=tonnes, vessel=ShipID.")
]
DateFormat = Annotated[
    str, typer.Option(help="How dates and times are written: %d/%m/%Y, %d/%m/%Y %H:%M, or %s.")
]
Timezone = Annotated[str, typer.Option(help="Of times without one: Europe/Oslo, +09:00; else UTC.")]
Delimiter = Annotated[str, typer.Option(help="Between cells: one sign, or tab.")]
Unit = Annotated[
    list[str] | None, typer.Option(help="FIELD=UNIT, such as speed=0.1kn; of quantities: t.")
]
Vessel = Annotated[str, typer.Option(help="The one vessel of a file that names none.")]
Also = Annotated[str, typer.Option(help="What is no ship: aton,base,sar,sart,craft.")]
Kind = Annotated[str, typer.Option(help="What moves: ship, vehicle, aircraft or animal.")]
GapHours = Annotated[
    float | None, typer.Option(help="A track breaks after so many hours unheard: 12.")
]


def stop_or_skip(on_error: str) -> str:
    """The value of --on-error. Raises GeoError for any other word."""
    if on_error not in {"stop", "skip"}:
        raise GeoError(f"--on-error {on_error}: say stop or skip")
    return on_error


def kind_of(kind: str) -> str:
    """The value of --kind, "" where none is given. Raises GeoError for an unknown one."""
    from geo.tracks import definitions

    if kind:
        definitions.words(kind)
    return kind


def columns(column: Sequence[str] | None) -> dict[str, str]:
    """The values of --column, as {field: column of the file}. Raises GeoError."""
    from geo.files import headings

    return headings.columns_given(column or [])


@dataclass(frozen=True, kw_only=True)
class Written:
    """How positions are written: options of every verb that reads them."""

    dialect: Dialect = ""
    column: Column = None
    date_format: DateFormat = ""
    timezone: Timezone = ""
    delimiter: Delimiter = ""
    unit: Unit = None
    vessel: Vessel = ""
    also: Also = ""
    kind: Kind = ""

    def written(self, **more: str) -> layout.Written:
        """The same for who reads them; `more` are columns by field. Raises GeoError."""
        from geo.tracks import layout, mobiles, units

        return layout.Written(
            dialect=self.dialect,
            columns=columns(self.column) | more,
            date_format=self.date_format,
            timezone=self.timezone,
            delimiter=self.delimiter,
            units=units.given(self.unit or ()),
            vessel=self.vessel,
            also=mobiles.chosen(self.also),
        )


Encoding = Annotated[str, typer.Option(help="Of a table's text: cp1251, cp949, latin-1.")]
Decimal = Annotated[str, typer.Option(help="Decimal sign of a table: comma or point.")]
HeaderRow = Annotated[int, typer.Option(help="Row of a table's header, counted from 1.")]
Crs = Annotated[str, typer.Option(help="Of metres, where a file does not say: EPSG:32652.")]


@dataclass(frozen=True, kw_only=True)
class Table:
    """How a table is written: options of every verb that reads one."""

    encoding: Encoding = ""
    decimal: Decimal = ""
    header_row: HeaderRow = 0
    crs: Crs = ""


def form(table: Table, column: Sequence[str] | None, delimiter: str = "") -> Form:
    """How the user says that a table is written. Raises GeoError."""
    from geo.files.tables import Form

    return Form(
        encoding=table.encoding,
        delimiter=delimiter,
        decimal=table.decimal,
        header_row=table.header_row,
        crs=table.crs,
        columns=columns(column),
    )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What lies beneath a map of one's own."""

    ground: Annotated[
        list[str] | None,
        typer.Option(
            help="Beneath the map: PMTiles, MBTiles, GeoTIFF, any features, or an address of tiles "
            "({z}/{x}/{y}), fetched now. Again for another."
        ),
    ] = None
    ground_zooms: Annotated[str, typer.Option(help="Zooms of --ground to keep: 10-14.")] = ""
    ground_extent: Annotated[
        str, typer.Option(help="What --ground is cut to, if not the map: west,south,east,north.")
    ] = ""
    ground_size: Annotated[str, typer.Option(help="What --ground may take in the page.")] = "2MB"
    credit: Annotated[str, typer.Option(help="Whose --ground is, in words on the map.")] = ""

    def laid(self, drawing: Laid, memory: str) -> Laid:
        """A map on the grounds that were asked for. Raises GeoError."""
        from geo.files import intake

        if not self.ground:
            if self.ground_zooms or self.ground_extent or self.credit:
                raise GeoError("--ground-zooms, --ground-extent and --credit are of a --ground")
            return drawing
        return drawing.on(
            *self.ground,
            extent=self.ground_extent,
            zooms=self.ground_zooms,
            size=self.ground_size,
            credit=self.credit,
            memory_bytes=intake.amount(memory),
        )


T = TypeVar("T")


def verb(options: type[T], work: Callable[[T], None]) -> Callable[..., None]:
    """The function of a verb for typer: its parameters are the fields of a dataclass.

    A class's own fields stand before those it inherits.
    """

    def run(**values: object) -> None:
        work(options(**values))

    hints = get_type_hints(options, include_extras=True)
    order = dict.fromkeys(n for kind in options.__mro__ for n in inspect.get_annotations(kind))
    parameters = [_parameter(options, name, hints[name]) for name in order]
    run.__doc__, run.__annotations__ = work.__doc__, hints
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _parameter(options: type, name: str, hint: object) -> inspect.Parameter:
    default = next(one.default for one in fields(options) if one.name == name)
    bare = inspect.Parameter.empty if default is MISSING else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=bare, annotation=hint)
