"""A frame of one's own → a map: flows between places, features, positions of vessels.

>>> import geo
>>> geo.feature_map(frame, color="kind", label="name")  # doctest: +SKIP
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
import pandas as pd

from geo.errors import AssetError, DataError, GeoError, check_type
from geo.maps import given, looks, userdata
from geo.maps.flowtables import flow_table, flow_ways
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.tracks import trackkind, trackmap
from geo.maps.usermap import FlowMap, Map
from geo.output import draw
from geo.tracks.trackset import TrackSet

__all__ = ["feature_map", "flow_map", "track_map"]

# Options of the command as remedies name them, and what is typed here in their place.
_KEYWORDS = tuple(
    (re.compile(option), keyword)
    for option, keyword in (
        (r"--column (\w+)='?([^\s',;.)]+)'?", r'columns={"\1": "\2"}'),
        (r"--date-format (?:'([^']*)'|(%\S*[^\s,;.]))", r'date_format="\1\2"'),
        (r"--unit (?!is\b|of\b)(\w+)(?!=)\b", r'unit="\1"'),
        (r"--unit (\w+)=([^\s,;]+)", r"numbers of \1 in its usual unit"),
        (r"--(on-error|kind) (\w+)", r'\1="\2"'),
        (r"--places \S+", "places=…"),
        (r"--crs EPSG:([^\s,;]+)", r'.set_crs("EPSG:\1") on the frame'),
        (r"--decimal (point|comma)", "numbers in place of texts"),
        (r"--timezone \S+", "times with their zone"),
        (r", or a dialect of your own: --dialect \S+", ""),
        (r"--vessel NAME", "add a column vessel"),
        (r"--column\b", "columns"),
        (r"--(date-format|unit|kind|on-error|places)\b", r"\1"),
    )
)
_MARKS = ("stroke", "fill", "marker-color")  # what simplestyle calls a colour
_RETURNS = """Returns
    -------
    {}
        With `save`, `still`, `scene`, `add_to`; as the last line of a cell it shows itself."""
_RAISES = """Raises
    ------
    GeoError
        For columns that are not there, and an option that is not known.
    DataError
        With every fault, its row counted from 0 as `iloc` does."""
# What the docstrings below share, by the name that they have it under.
_SHARED = {
    "name": "name : str\n        Of the layer, in the legend.",
    "title": "title : str\n        Of the page.",
    "columns": """columns : mapping
        The frame's own column for a field that its heading does not tell, as {"lon": "x"}.""",
    "date_format": """date_format : str
        How dates and times are written, as strptime has it.""",
    "on_error": """on_error : {"stop", "skip"}
        "skip" leaves out rows with a fault; they are in `.ways.lines.table.lost` of flows, in the
        `lost` of each of `.tracks` of positions.""",
    "map": _RETURNS.format("Map"),
    "flow_map": f"{_RETURNS.format('FlowMap')}\n\n    {_RAISES}",
    "track_map": f"{_RETURNS.format('Map')}\n\n    {_RAISES}",
}
_Verb = TypeVar("_Verb", bound=Callable[..., Any])


def _with_shared_parts(verb: _Verb) -> _Verb:
    """The function with the parts of its docstring that others have too."""
    if verb.__doc__:  # none where Python leaves them out
        verb.__doc__ = verb.__doc__.format_map(_SHARED)
    return verb


@_with_shared_parts
def flow_map(
    flows: pd.DataFrame,
    *,
    places: pd.DataFrame | str | Path | None = None,
    by: flow_ways.By = "curve",
    title: str = "",
    columns: Mapping[str, str] | None = None,
    unit: str = "",
    date_format: str = "",
    on_error: str = "stop",
) -> FlowMap:
    """Draw a frame of flows between places, one row a figure.

    Parameters
    ----------
    flows : DataFrame
        Columns origin, destination and quantity, and of period, unit, commodity, source and the
        others of `geo map --places` what is there. Other headings that say the same are known.
    places : DataFrame, GeoDataFrame or path
        Points, or areas, that origins and destinations are called by; columns of longitude and
        latitude in degrees will do. None of a frame whose rows hold the coordinates of both
        ends, as origin_lon, origin_lat, destination_lon and destination_lat.
    by : {{"curve", "sea", "rail", "auto"}}
        How lines run whose rows do not say so in a column `mode`.
    {title}
    {columns}
    unit : str
        Of quantities that have none, as "t" or "kt".
    {date_format}
    {on_error}

    {flow_map}
    """
    check_type(flows, pd.DataFrame, "a frame of flows; for a file: geo.maps.flows")
    with _in_python():
        found = flow_table.of_frames(
            flows, places=_places(places), columns=columns, unit=unit, date_format=date_format,
            on_error=on_error,
        )  # fmt: skip
    return FlowMap(flow_ways.Courses(Lines(found), by), title or "Flows")


def _places(places: pd.DataFrame | str | Path | None) -> gpd.GeoDataFrame | None:
    if places is None:
        return None
    if isinstance(places, pd.DataFrame):
        return given.features(places, "places")
    check_type(places, (str, Path), "a frame of places, or the path of a file of them")
    return userdata.read(places).features


@_with_shared_parts
def feature_map(
    features: pd.DataFrame,
    color: str = "",
    *,
    label: str = "",
    scheme: str = "",
    size: str = "",
    name: str = "features",
    title: str = "",
) -> Map:
    """Draw points, lines and areas of a frame, every property in a popup.

    Parameters
    ----------
    features : GeoDataFrame or DataFrame
        In any stated reference system; a plain frame needs columns of longitude and latitude in
        degrees.
    color : str
        The column that colours features, by word or by class; or one colour for all, as "#1f77b4".
    label : str
        The column that names features on the map; without it a column called name, if there is one.
    scheme : str
        How numbers are put into classes, by the names of mapclassify.
    size : str
        The column of numbers that circles and lines are sized by.
    {name}
    {title}

    {map}

    Raises
    ------
    GeoError
        For a frame without positions, and for a column that it does not have.
    """
    check_type(features, pd.DataFrame, "a frame of features; for a file: geo.maps.read")
    found, by = _coloured(given.features(features, name), looks.By(color, scheme, size))
    _there(found, color=by.color, label=label, size=size)
    return Map((userdata.Layer(name, found),), title=title, label=label, by=by)


def _columns(features: gpd.GeoDataFrame) -> list[str]:
    return [str(column) for column in features.columns.drop(features.geometry.name)]


def _there(features: gpd.GeoDataFrame, **asked: str) -> None:
    """Raise GeoError where a column that is asked for is not there."""
    known = _columns(features)
    for option, column in asked.items():
        if column and column not in known:
            raise GeoError(f"{option} {column!r}: no such column; there are {', '.join(known)}")


def _coloured(features: gpd.GeoDataFrame, by: looks.By) -> tuple[gpd.GeoDataFrame, looks.By]:
    """Features with their colour, where all have one and no column is named."""
    one = "" if by.color in _columns(features) else looks.named_colour(by.color)
    if not one:
        return features, by
    return features.assign(**dict.fromkeys(_MARKS, one)), replace(by, color="")


@_with_shared_parts
def track_map(
    positions: pd.DataFrame,
    color: str = "",
    *,
    name: str = "tracks",
    title: str = "",
    columns: Mapping[str, str] | None = None,
    date_format: str = "",
    gap_hours: float | None = None,
    kind: str = "",
    on_error: str = "stop",
) -> Map:
    """Draw positions of vessels as tracks, or lines as they are.

    Parameters
    ----------
    positions : DataFrame or GeoDataFrame
        Positions in any order, under the headings that AIS files have; or lines, a row a track.
    color : {{"", "vessel", "speed", "time"}}
        What tracks are coloured by; "" for what tells most.
    {name}
    {title}
    {columns}
    {date_format}
    gap_hours : float
        Hours without a position after which a track is broken; None for what the kind has.
    kind : str
        Of what moves; "" for what the columns tell, which is a ship.
    {on_error}

    {track_map}
    """
    check_type(positions, pd.DataFrame, "a frame of positions; for a file: geo.maps.read")
    by = _by_track(color)
    asked = trackkind.Asked(
        columns=columns or {}, date_format=date_format, kind=kind, gap_hours=gap_hours,
        reading={"on_error": on_error},
    )  # fmt: skip
    return Map((), {name: _tracks(positions, name, asked)}, title=title, by=by)


def _tracks(positions: pd.DataFrame, name: str, asked: trackkind.Asked) -> TrackSet:
    with _in_python():
        return trackmap.of_frame(positions, name, asked)


def _by_track(color: str) -> looks.By:
    if color and color not in draw.TRACK_COLOURS:
        raise GeoError(f"color {color!r}: tracks are coloured by {', '.join(draw.TRACK_COLOURS)}")
    return looks.By(color)


@contextmanager
def _in_python() -> Iterator[None]:
    """Name keywords of Python where an error names options of the command."""
    try:
        yield
    except DataError as error:
        own = [replace(one, remedy=_keywords(one.remedy)) for one in error.faults]
        raise DataError(_keywords(str(error.args[0])), faults=own) from None
    except AssetError:
        raise
    except GeoError as error:
        raise GeoError(_keywords(str(error))) from None


def _keywords(text: str) -> str:
    for option, keyword in _KEYWORDS:
        text = option.sub(keyword, text)
    return text.replace("date-format", "date_format").replace("on-error", "on_error")
