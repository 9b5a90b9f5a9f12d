"""Forms of AIS tables, known by their header. What each publisher writes is data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from geo.errors import GeoError
from geo.tracks.columns import KEY, POSITIONS

__all__ = ["Dialect", "by_header", "by_name", "mapped", "names"]

ISO = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a table is written: its columns by the kit's names, and the formats of its times.

    time: formats of strptime, or "epoch" for Unix time in seconds; all in UTC.
    """

    name: str
    title: str
    delimiter: str
    time: tuple[str, ...]
    columns: Mapping[str, str]

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header has the columns every position needs, under this dialect's names."""
        return {self.columns[name] for name in KEY} <= set(header)


def _all() -> list[Dialect]:
    text = (files("geo") / "assets" / "tracks" / "dialects.json").read_text(encoding="utf-8")
    return [
        Dialect(name=name, **(values | {"time": tuple(values["time"])}))
        for name, values in json.loads(text).items()
    ]


def names() -> list[str]:
    """Return the names of all dialects."""
    return [one.name for one in _all()]


def by_name(name: str) -> Dialect:
    """Return a dialect by its name. GeoError if there is none."""
    for one in _all():
        if one.name == name:
            return one
    raise GeoError(f"no dialect {name!r}; known are {', '.join(names())}")


def by_header(line: str, *, file: str) -> Dialect:
    """Return the dialect of a header line, the one that knows most of it. GeoError if none does."""
    fitting = []
    for one in _all():
        header = [cell.strip().strip('"') for cell in line.lstrip("\ufeff").split(one.delimiter)]
        if one.fits(header):
            fitting.append((len(set(one.columns.values()) & set(header)), one))
    if not fitting:
        raise GeoError(
            f"{file}: no dialect has this header: {line[:200]!r}; known are {', '.join(names())}, "
            "or name the columns: --column vessel=… --column time_utc=… --column lon=… "
            "--column lat=…"
        )
    return max(fitting, key=lambda pair: pair[0])[1]


def mapped(
    columns: Mapping[str, str], *, time: Sequence[str] = ISO, delimiter: str = ","
) -> Dialect:
    """Return a dialect of one's own from `columns`, the kit's names to the file's.

    GeoError names columns that the kit does not know and those that every position needs.
    """
    strange = [name for name in columns if name not in POSITIONS.names]
    absent = [name for name in KEY if name not in columns]
    if strange or absent:
        said = [f"unknown: {', '.join(strange)}"] * bool(strange)
        said += [f"missing: {', '.join(absent)}"] * bool(absent)
        raise GeoError(f"columns {'; '.join(said)}; known are {', '.join(POSITIONS.names)}")
    return Dialect(
        name="own",
        title="named by the user",
        delimiter=delimiter,
        time=tuple(time),
        columns=columns,
    )
