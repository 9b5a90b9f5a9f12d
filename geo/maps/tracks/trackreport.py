"""The quality report as a page: where positions were received, tables of sources and vessels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from geo.geometry import basemap
from geo.output import draw
from geo.scene.model import Bounds, LegendItem, Scene, Source, TextTable
from geo.scene.parts import ground_notes
from geo.tracks import definitions
from geo.tracks.quality import CELL_DEG

__all__ = ["CELLS", "CLASSES", "MOST", "coarser", "page", "scene"]

CELLS = 4000  # drawn
MOST = 500  # vessels in the table, those with most positions first
# From few positions in a cell to many; the largest class has no end. One hue, darker is more.
CLASSES = (
    (1, "#9ecae1"),
    (10, "#6baed6"),
    (100, "#3182bd"),
    (1000, "#08519c"),
    (10_000, "#08306b"),
)
HEAD = (
    "Vessel", "Names sent", "Positions", "First (UTC)", "Last (UTC)", "Hours covered",
    "Duplicates", "Wrong clock", "Number shared", "IMO", "Dropped in cleaning",
)  # fmt: skip


def page(report: Mapping[str, Any]) -> draw.Map:
    """Return the page of a report by `tracks.quality.report` as a map with its tables."""
    report = {**report, "reception": coarser(report["reception"])}
    made = scene(report)
    result = draw.Map(made.view, scene=made)
    draw.Basemap(made.packs, view=made.view).add_to(result)
    titles = {}
    for least, colour in CLASSES:
        cells = [_cell(c, report, made.view) for c in _of_class(report, least)]
        name = f"from_{least}"
        if cells:
            titles[name] = _class_words(least)
            collection = {"type": "FeatureCollection", "features": cells}
            value = {"id": name, "colour": colour, "weight": 0.5, "fill": 0.6}
            draw.Features({**value, "collection": collection}).add_to(result)
    draw.Legend(made).add_to(result)
    draw.Controls({"corridors": titles}).add_to(result)
    draw.Ready().add_to(result)
    return result


def scene(report: Mapping[str, Any]) -> Scene:
    """Return headline, legend, tables and sources of a report; the cells are drawn by `page`."""
    view = _view(report["reception"])
    made = " (synthetic)" if report["synthetic"] else ""
    said = partial(_said, report)
    packs = (basemap.world(),)
    told = (report.get("note", ""), *map(said, _NOTES), *ground_notes(packs))
    return Scene(
        id="quality",
        title=said("Quality of AIS positions") + made,
        headline=_headline(report) + made,
        deck=f"{report['span']['first']} to {report['span']['last']} UTC. {report['gaps']}",
        view=view,
        extent=None,
        places=(),
        pipes=(),
        legend=tuple(_legend(report, made)),
        samples={},
        rows=(),
        sources=tuple(
            Source(n, f"input_{n}", f"{said('AIS positions')}: {name}, SHA-256 {sha}{made}")
            for n, (name, sha) in enumerate(sorted(report["inputs"].items()), 1)
        ),
        notes=tuple(filter(None, told)),
        licence="",
        version="",
        tables=(_sources(report), _dropped(report), _vessels(report), _hours(report)),
        packs=packs,
        inputs=report["inputs"],
    )


def _said(report: Mapping[str, Any], text: str) -> str:
    """The kit's words about ships, in those of what moves."""
    return definitions.said(text, str(report["definitions"].get("kind", "ship")))


_NOTES = (
    "The map counts positions before cleaning.",
    "A cell without positions may have had no ship, no receiver, or no reception at that time.",
    "Wrong clock: more than 30 days outside the days of 98 % of all positions.",
    "Number shared: two tracks of one number overlap in time, or it sent more than one IMO number.",
)


def coarser(grid: Mapping[str, Any]) -> dict[str, Any]:
    """Return a grid with larger cells until there are CELLS or fewer; of ships the most in one."""
    size, cells = grid["cell_deg"], np.array(grid["cells"], dtype=float).reshape(-1, 4)
    while len(cells) > CELLS:
        size *= 2
        corners = np.floor(cells[:, :2] / size) * size
        known, group = np.unique(corners, axis=0, return_inverse=True)
        positions, ships = np.bincount(group, weights=cells[:, 2]), np.zeros(len(known))
        np.maximum.at(ships, group, cells[:, 3])
        cells = np.column_stack([known, positions, ships])
    listed = [[west, south, int(n), int(ships)] for west, south, n, ships in cells.tolist()]
    return {**grid, "cell_deg": size, "cells": listed}


def _headline(report: Mapping[str, Any]) -> str:
    vessels = report["vessels"]
    shared = sum(one["shared_number"] for one in vessels)
    invalid = sum(bool(one["imo_invalid"]) for one in vessels)
    dropped = sum(report["dropped"].values())
    share = f" ({dropped / report['positions']:.1%})" if report["positions"] else ""
    return (
        f"{report['positions']:,} positions of {len(vessels):,} {_said(report, 'vessels')}; "
        f"{dropped:,}{share} "
        f"dropped in cleaning; {shared:,} shared numbers; {invalid:,} with an invalid IMO number"
    )


def _legend(report: Mapping[str, Any], made: str) -> Iterator[LegendItem]:
    size = report["reception"]["cell_deg"]
    for least, colour in CLASSES:
        if _of_class(report, least):
            words = f"{_class_words(least)} positions in {size:g}° × {size:g}°{made}"
            yield LegendItem("swatch", words, colour)


def _class_words(least: int) -> str:
    return f"{least:,} to {least * 10 - 1:,}" if least < CLASSES[-1][0] else f"{least:,} or more"


def _of_class(report: Mapping[str, Any], least: int) -> list[Sequence[float]]:
    most = least * 10 if least < CLASSES[-1][0] else math.inf
    return [cell for cell in report["reception"]["cells"] if least <= cell[2] < most]


def _view(grid: Mapping[str, Any]) -> Bounds:
    """Bounds of the cells with a margin; east exceeds 180 where that is the short way."""
    if not grid["cells"]:
        return (-180.0, -60.0, 180.0, 75.0)
    cells, size = np.array(grid["cells"], dtype=float), grid["cell_deg"]
    west, south = cells[:, 0], cells[:, 1]
    turned = west % 360
    west = turned if np.ptp(turned) < np.ptp(west) else west
    pad = max(size, 0.05 * float(np.ptp(west)))
    low, high = max(float(south.min()) - pad, -85.0), min(float(south.max()) + size + pad, 85.0)
    return (float(west.min()) - pad, low, float(west.max()) + size + pad, high)


def _cell(cell: Sequence[float], report: Mapping[str, Any], view: Bounds) -> dict[str, Any]:
    west, south, positions, vessels = cell
    size, middle = report["reception"]["cell_deg"], (view[0] + view[2]) / 2
    west += 360.0 * round((middle - west) / 360)
    ring = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    corners = [[round(west + dx * size, 6), round(south + dy * size, 6)] for dx, dy in ring]
    marked = {"synthetic": "every position is invented"} if report["synthetic"] else {}
    said = "vessels" if size == CELL_DEG else "vessels in its fullest part"
    properties = {"positions": positions, _said(report, said): vessels, **marked}
    geometry = {"type": "Polygon", "coordinates": [corners]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


# --- tables ---------------------------------------------------------------------------------------


def _sources(report: Mapping[str, Any]) -> TextTable:
    keys = list(dict.fromkeys(k for one in report["sources"] for k, v in one.items() if v != {}))
    rows = tuple(tuple(_words(one.get(key)) for key in keys) for one in report["sources"])
    note = "read = kept + rejected; rejected by reason."
    return TextTable(
        "Sources", note, tuple(key.replace("_", " ").capitalize() for key in keys), rows
    )


def _dropped(report: Mapping[str, Any]) -> TextTable:
    rows = tuple((reason.replace("_", " "), f"{n:,}") for reason, n in report["dropped"].items())
    return TextTable("Dropped in cleaning", "", ("Reason", "Positions"), rows)


def _vessels(report: Mapping[str, Any]) -> TextTable:
    ranked = sorted(report["vessels"], key=lambda one: (-one["positions"], one["vessel"]))
    more = len(ranked) - MOST
    note = (
        f"The {MOST:,} with most positions; {more:,} more are in the JSON file." if more > 0 else ""
    )
    title, *head = (_said(report, words) for words in ("Vessels", *HEAD))
    return TextTable(title, note, tuple(head), tuple(_vessel(one) for one in ranked[:MOST]))


def _vessel(one: Mapping[str, Any]) -> tuple[str, ...]:
    invalid = set(one["imo_invalid"])
    imo = ", ".join(f"{n} (invalid)" if n in invalid else n for n in one["imo"]) or "not sent"
    times = (one[key].replace("T", " ").rstrip("Z") for key in ("first_utc", "last_utc"))
    return (
        one["vessel"],
        ", ".join(one["names"]) or "not sent",
        f"{one['positions']:,}",
        *times,
        f"{one['hours_covered']:.0%}",
        f"{one['duplicates']:,}",
        f"{one['wrong_clock']:,}",
        "yes" if one["shared_number"] else "no",
        imo,
        _words(one["dropped"]) or "0",
    )


def _hours(report: Mapping[str, Any]) -> TextTable:
    whole = sum(report["hours"]) or 1
    rows = tuple(
        (f"{h:02}:00", f"{n:,}", f"{n / whole:.1%}") for h, n in enumerate(report["hours"])
    )
    note = "Positions by hour of the day, UTC; an even spread is some 4.2 % an hour."
    return TextTable("Hours", note, ("Hour", "Positions", "Share"), rows)


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k.replace('_', ' ')} {_words(v)}" for k, v in value.items() if v)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)
