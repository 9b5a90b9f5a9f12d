"""How a table of positions is written, as the user says it and as it was found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from geo.errors import GeoError
from geo.tracks import clock, units
from geo.tracks.clock import Clock
from geo.tracks.dialects import Column
from geo.tracks.fields import FIELDS

__all__ = ["NUMBER", "Layout", "Written"]

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the user says of how positions are written.

    columns: the kit's names to the file's. units: by field. vessel: the one vessel of a file
    without a column of vessels. also: of what is no ship, what is read all the same.
    """

    dialect: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    timezone: str = ""
    delimiter: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    vessel: str = ""
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise GeoError for what is not known."""
        strange = [name for name in self.columns if name not in FIELDS]
        if strange:
            raise GeoError(f"columns {', '.join(strange)}; known are {', '.join(FIELDS)}")
        for name, unit in self.units.items():
            units.factor(name, unit)
        if self.timezone:
            clock.zone(self.timezone)
        if self.date_format and self.date_format != "%s":
            clock.written(self.date_format)

    def options(self) -> dict[str, str]:
        """The options that change how a table is read, by their name on the command line."""
        said = {
            "--dialect": self.dialect, "--date-format": self.date_format,
            "--timezone": self.timezone, "--delimiter": self.delimiter, "--vessel": self.vessel,
            "--column": ", ".join(f"{a}={b}" for a, b in self.columns.items()),
            "--unit": ", ".join(f"{a}={b}" for a, b in self.units.items()),
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a table is read.

    columns: by the kit's names, only of those that are there. vessel: the vessel of every row,
    where there is no column of it. clock: None where times are instants already. decimal: the sign
    of fractions. factors: amounts of the kit's unit. mobile, only: as dialects have them.
    """

    dialect: str
    kind: str
    columns: Mapping[str, Column]
    vessel: str = ""
    clock: Clock | None = None
    decimal: str = "."
    factors: Mapping[str, Fraction] = field(default_factory=dict)
    mobile: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The pattern of a number."""
        return NUMBER.replace(r"\.", re.escape(self.decimal))

    def named(self, field: str) -> str:
        """The column or columns of a field, as the file calls them."""
        column = self.columns.get(field)
        return " and ".join(column.names) if column else field

    def __str__(self) -> str:
        """Say how the table is read."""
        said = [f"{self.named(name)} as {name}" for name in ("vessel", "lon", "lat", "speed_kn")
                if name in self.columns]  # fmt: skip
        by = f" ({self.clock.words}, {self.clock.zone})" if self.clock else ""
        form = f"dialect {self.dialect}: " if self.dialect else ""
        return f"{form}{self.named('time_utc')} as time{by}, {', '.join(said)}"
