"""How a table is written, where the user says so; what is left empty is found and then said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from geo.errors import GeoError

__all__ = ["DECIMALS", "Form"]

DECIMALS = {"comma": ",", "point": ".", ",": ",", ".": "."}


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the user says of a table.

    encoding: of the text, as Python names it. delimiter: between cells, one sign or "tab".
    decimal: "comma" or "point". header_row: the row of the header, counted from 1. sheet: one of
    several. crs: of columns in metres, such as EPSG:32652. columns: the file's own by our names.
    """

    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    header_row: int = 0
    sheet: str = ""
    crs: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form | None, sheet: str = "") -> Form:
        """What the user says, or nothing said; `sheet` before the sheet that it names."""
        own = form or cls()
        return replace(own, sheet=sheet) if sheet else own

    @property
    def mark(self) -> str:
        """The delimiter as one sign, "" where none is stated. Raises GeoError for a longer one."""
        mark = {"tab": "\t", "\\t": "\t"}.get(self.delimiter, self.delimiter)
        if len(mark) > 1:
            raise GeoError(f"--delimiter {self.delimiter!r}: give one sign, or tab")
        return mark

    @property
    def sign(self) -> str:
        """The decimal sign, "" where none is stated. Raises GeoError for a word unknown."""
        if self.decimal and self.decimal not in DECIMALS:
            raise GeoError(f"--decimal {self.decimal}: say comma or point")
        return DECIMALS.get(self.decimal, "")
