"""How features look: by their own colours, else by a column, else by their layer.

Own colours are those of simplestyle 1.1, as geojson.io writes them and KML is read. Classes are
those of mapclassify, as `GeoDataFrame.explore` has them.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.account import words
from geo.checking import plausibility
from geo.errors import GeoError
from geo.errors.extras import missing
from geo.maps import values
from geo.scene import style
from geo.scene.model import LegendItem

__all__ = ["OWN", "By", "Drawn", "Look", "drawn"]

OWN = ("stroke", "stroke-width", "stroke-opacity", "fill", "fill-opacity", "marker-color",
       "marker-size", "marker-symbol")  # fmt: skip
GROUNDS = ("#f3f1ec", "#dbe4ea")  # land and sea, as the page and the still have them
CONTRAST = 1.6  # at least, of a line to the ground; the palest of the kit's own colours has 1.7
UNKNOWN = style.CONTEXT
CLASSES = 5
_RAMP = ("#7db4d8", "#08274a")  # the palest is told from the ground, the darkest from ink
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_WIDE_PX, _LEAST_PX, _LINE_PX = (4.0, 18.0), 1.0, 12.0


@dataclass(frozen=True)
class By:
    """The columns that colour and size features, and how values are put into classes."""

    color: str = ""
    scheme: str = ""
    size: str = ""


@dataclass(frozen=True)
class Look:
    """The look of a feature: None for what its layer has."""

    colour: str
    fill: str | None = None
    fill_opacity: float | None = None
    width_px: float | None = None
    radius_px: float | None = None

    def value(self) -> dict[str, Any]:
        """What the page needs of it."""
        own = {"colour": self.colour, "fill": self.fill, "opacity": self.fill_opacity,
               "width": self.width_px, "radius": self.radius_px}  # fmt: skip
        return {name: value for name, value in own.items() if value is not None}


@dataclass
class Drawn:
    """The looks of every layer's features, the legend, and what is said."""

    looks: list[list[Look]]
    legend: list[LegendItem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def drawn(
    layers: Sequence[tuple[str, gpd.GeoDataFrame]], colours: Sequence[str], by: By | None = None
) -> Drawn:
    """How every feature of layers by name looks; `colours` are those of the layers.

    Raises GeoError for a column that no layer has, values that cannot be sized, and a scheme that
    there is not.
    """
    by = by or By()
    _known(layers, by)
    found = Drawn([[Look(colour)] * len(f) for (_, f), colour in zip(layers, colours, strict=True)])
    if by.color:
        _coloured(found, layers, by)
    else:
        _own_colours(found, layers, colours)
    if by.size:
        _sized(found, layers, by.size)
    return found


def _known(layers: Sequence[tuple[str, gpd.GeoDataFrame]], by: By) -> None:
    have = dict.fromkeys(
        str(c) for _, frame in layers for c in frame.columns.drop(frame.geometry.name)
    )
    for option, column in (("--color", by.color), ("--size", by.size)):
        if column and column not in have:
            raise GeoError(f"{option} {column}: no such column; there are {', '.join(have)}")
    if by.scheme and not by.color:
        raise GeoError("--scheme: it puts the values of --color into classes; give that too")


# --- own colours ----------------------------------------------------------------------------------


def _own_colours(
    found: Drawn, layers: Sequence[tuple[str, gpd.GeoDataFrame]], colours: Sequence[str]
) -> None:
    darker: set[str] = set()
    for number, (name, frame) in enumerate(layers):
        if not {"stroke", "fill", "marker-color"} & set(map(str, frame.columns)):
            found.legend.append(LegendItem("swatch", name, colour=colours[number]))
            continue
        columns = [column for column in frame.columns if str(column) in OWN]
        rows = [dict(zip(map(str, columns), r, strict=True)) for r in _rows(frame, columns)]
        looks = [_own(row, colours[number], darker) for row in rows]
        found.looks[number] = looks
        found.legend += _told(name, looks, colours[number])
    if darker:
        said = "colours of the file are" if len(darker) > 1 else "colour of the file is"
        found.notes.append(f"{len(darker)} {said} too pale for this ground, and drawn darker")


def _rows(frame: gpd.GeoDataFrame, columns: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    return zip(*(frame[column] for column in columns), strict=True)


def _told(name: str, looks: Sequence[Look], colour: str) -> Iterator[LegendItem]:
    """A layer in the legend, by each of its colours where they are few."""
    every = list(dict.fromkeys(look.colour for look in looks))
    if len(every) > len(style.PALETTE):
        yield LegendItem("swatch", f"{name}: {len(every)} colours of its file", colour=colour)
        return
    for one in every:
        word = name if len(every) == 1 else f"{name}: {one}"
        yield LegendItem("swatch", word if one != colour else name, colour=one)


def _own(row: Mapping[str, Any], colour: str, darker: set[str]) -> Look:
    """The look that a feature asks for by the names of simplestyle."""
    said = {name: _hex(row.get(name)) for name in ("stroke", "fill", "marker-color")}
    line = said["stroke"] or said["marker-color"] or said["fill"]
    if not line:
        return Look(colour)
    seen = legible(line)
    darker |= {line} if seen != line else set()
    return Look(
        seen,
        fill=said["fill"] or (said["marker-color"] if not said["stroke"] else None),
        fill_opacity=_number(row.get("fill-opacity"), 0.0, 1.0),
        width_px=_number(row.get("stroke-width"), 0.5, 20.0),
    )


def named_colour(text: str) -> str:
    """A colour that matplotlib or simplestyle knows as six digits, '' for another text."""
    from matplotlib import colors  # only where somebody writes one

    return colors.to_hex(text) if text and colors.is_color_like(text) else ""


def _hex(value: Any) -> str:
    """A colour as six digits, '' for anything else."""
    if not isinstance(value, str) or not _COLOUR.fullmatch(value.strip()):
        return ""
    digits = value.strip()[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits))


def _number(value: Any, least: float, most: float) -> float | None:
    text = "" if value is None or isinstance(value, bool) else str(value)
    return min(max(float(text), least), most) if plausibility.plain_number(text) else None


def legible(colour: str) -> str:
    """A colour that is told from the ground: itself, or darker until it is."""
    for step in range(20):
        made = _mixed(colour, "#000000", step / 20)
        if all(_contrast(made, ground) >= CONTRAST for ground in GROUNDS):
            return made
    return "#000000"


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[n : n + 2], 16) for n in (1, 3, 5)]


def _contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    shares = [channel / 255 for channel in _channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


# --- by a column ----------------------------------------------------------------------------------


def _coloured(found: Drawn, layers: Sequence[tuple[str, gpd.GeoDataFrame]], by: By) -> None:
    columns = [values.column(frame, by.color) for _, frame in layers]
    flat = [value for column in columns for value in column]
    read = values.numbered(layers, by.color)
    counted = [value for own in read[0] for value in own] if read else None
    if read and any(value is not None for value in counted or ()):
        flat = list(counted or ())
        found.notes += read[1]
    if counted is None and by.scheme:
        raise GeoError(f"--scheme: the values of {by.color} are words; leave it out")
    known = [value for value in counted or [] if value is not None]
    made = _classes(counted or [], by) if known else _words(flat)
    colours, items = made
    found.legend.append(LegendItem("swatch", f"Colour by {by.color}", colour="none"))
    found.legend += items
    if None in flat:
        found.legend.append(LegendItem("swatch", f"{by.color} unknown", colour=UNKNOWN))
    start = 0
    for number, column in enumerate(columns):
        own = colours[start : start + len(column)]
        found.looks[number] = [Look(one, fill=one, fill_opacity=0.6) for one in own]
        start += len(column)


def _words(values: Sequence[Any]) -> tuple[list[str], list[LegendItem]]:
    """A colour for each word, the most frequent first; what is beyond the palette shares grey."""
    counts = pd.Series([str(v) for v in values if v is not None], dtype=object).value_counts()
    order = sorted(counts.index, key=lambda word: (-int(counts[word]), str(word)))
    by_word = style.colours(order)
    named = order[: len(style.PALETTE)]
    items = [LegendItem("swatch", f"{w} ({counts[w]:,})", colour=by_word[w]) for w in named]
    rest = order[len(named) :]
    if rest:
        said = f"{len(rest)} others ({sum(int(counts[w]) for w in rest):,})"
        items.append(LegendItem("swatch", said, colour=style.CONTEXT))
    return [UNKNOWN if v is None else by_word[str(v)] for v in values], items


def _classes(values: Sequence[float | None], by: By) -> tuple[list[str], list[LegendItem]]:
    """A colour for each class, the darker the more; bounds are those of the scheme."""
    known = np.array([value for value in values if value is not None])
    ends = _bounds(known, by.scheme)
    at = np.searchsorted(ends, known)
    shades = [_mixed(*_RAMP, n / max(len(ends) - 1, 1)) for n in range(len(ends))]
    items = []
    for n, shade in enumerate(shades):
        own = known[at == n]
        if len(own):
            low, high = _said(own.min()), _said(own.max())
            word = f"{low} – {high}" if low != high else low
            items.append(LegendItem("swatch", f"{word} ({len(own):,})", colour=shade))
    each = iter(at)
    return [UNKNOWN if v is None else shades[next(each)] for v in values], items


def _bounds(known: Any, scheme: str) -> Any:
    """The upper ends of classes; few values are a class each."""
    every = np.unique(known)
    if len(every) <= CLASSES:
        return every
    try:
        import mapclassify
    except ImportError:
        raise missing("mapclassify", "classes") from None
    names = {name.lower(): name for name in mapclassify.CLASSIFIERS}
    asked = (scheme or "quantiles").lower().replace("_", "").replace(" ", "")
    if asked not in names or names[asked] == "UserDefined":
        raise GeoError(f"--scheme {scheme}: no such scheme; there are {', '.join(names.values())}")
    options = {"k": CLASSES} if asked in _COUNTED else {}
    state = np.random.get_state()
    np.random.seed(0)  # natural breaks start from a random guess: the same map every time
    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # it would be faster
            ends = np.unique(mapclassify.classify(known, asked, **options).bins)
    finally:
        np.random.set_state(state)
    return np.append(ends[ends < every[-1]], every[-1])


_COUNTED = frozenset({"quantiles", "equalinterval", "naturalbreaks", "fisherjenks", "jenkscaspall",
                      "jenkscaspallforced", "maxp", "fisherjenkssampled", "prettybreaks",
                      "jenkscaspallsampled"})  # fmt: skip


def _said(value: float) -> str:
    """A number as the legend says it: to the digits it has, thousands apart."""
    return f"{int(value):,}" if float(value).is_integer() else f"{words.rounded(value)}"


# --- size -----------------------------------------------------------------------------------------


def _sized(found: Drawn, layers: Sequence[tuple[str, gpd.GeoDataFrame]], column: str) -> None:
    """Areas of circles and widths of lines in proportion to values."""
    read = values.numbered(layers, column)
    if read is None:
        raise GeoError(f"--size {column}: holds words; give a column of numbers")
    columns, said = read
    found.notes += [words for words in said if words not in found.notes]
    known = [value for own in columns for value in own if value is not None]
    if not known or min(known) < 0 or max(known) == 0:
        span = "no value" if not known else f"values from {min(known):g} to {max(known):g}"
        raise GeoError(f"--size {column}: {span}; a size needs numbers above zero")
    most = max(known)
    for number, own in enumerate(columns):
        kinds = shapely.get_dimensions(layers[number][1].geometry.to_numpy())
        rows = zip(found.looks[number], own, kinds, strict=True)
        found.looks[number] = [_of_size(*row, most) for row in rows]
    found.legend.append(
        LegendItem(
            "place-circle",
            f"size: {column}, the largest {_said(most)}; areas of circles "
            "and widths of lines in proportion",
        )
    )
    unknown = sum(value is None for own in columns for value in own)
    if unknown:
        found.notes.append(f"{column}: {unknown:,} unknown, drawn at the smallest size")


def _of_size(look: Look, value: float | None, dimension: int, most: float) -> Look:
    if dimension > 1:
        return look
    share = (value or 0.0) / most
    return Look(
        look.colour,
        fill=look.fill or look.colour,
        fill_opacity=look.fill_opacity,
        width_px=round(max(_LEAST_PX, _LINE_PX * share), 2),
        radius_px=round(max(_LEAST_PX + 1, _WIDE_PX[1] * math.sqrt(share)), 2),
    )
