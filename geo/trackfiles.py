"""From files of positions to files of events, the report and one page, in one folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd

from geo import files, page, trackreport, trackscene, userdata
from geo.errors import GeoError
from geo.tracks import definitions, job, outputs
from geo.tracks.duck import sized
from geo.tracks.store import Store

__all__ = ["Asked", "make"]

PAGE, REPORT, REPORT_PAGE = "page.html", "report.json", "report.html"
WORK = ".tracks"  # the store of a run, beside its results: what a killed run has done is kept


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How tracks are to be made. radius_m of None is that of the definitions."""

    reading: job.Reading = field(default_factory=job.Reading)
    definitions: str = "gfw"
    radius_m: float | None = None
    engine: str = "threads"
    memory: str | None = None
    title: str = ""


def make(
    paths: Sequence[str | Path],
    places: Path,
    folder: Path,
    *,
    asked: Asked | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Path]:
    """Write events, `report.json`, `report.html` and `page.html` to a folder; return the paths.

    paths: files, folders and globs of positions. places: a file of points or polygons with a
    column `place`. Positions and finished vessels are kept in the folder, so a run that was ended
    goes on where it was. GeoError and DataError as their readers give them.
    """
    asked = asked or Asked()
    settings = _settings(asked, _places(places))
    store = Store.at(folder / WORK)
    inputs, _ = job.ingest(
        paths, store, reading=asked.reading, memory=asked.memory, progress=progress
    )
    with job.pool(asked.engine) as executor:
        found = job.run(store, inputs, settings=settings, executor=executor, progress=progress)
    about, report = found.about(settings.definitions), found.report(settings.definitions)
    drawn = trackscene.scene(
        found.events,
        about=about,
        places=settings.places,
        title=asked.title,
        positions=report["positions"],
    )
    written = outputs.write(found.events, folder, about=about)
    text = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)
    written.append(files.write(folder / REPORT, text))
    written.append(page.save(trackreport.page(report), folder / REPORT_PAGE))
    written.append(page.save(drawn, folder / PAGE))
    return written


def _settings(asked: Asked, places: gpd.GeoDataFrame) -> job.Settings:
    chosen = definitions.load(asked.definitions)
    if asked.radius_m is not None:
        chosen = replace(chosen, call_radius_m=asked.radius_m)
    return job.Settings(
        definitions=chosen, places=places, radius_m=chosen.call_radius_m, memory=_each(asked)
    )


def _each(asked: Asked) -> str | None:
    """The memory of each process on this machine."""
    workers = (os.cpu_count() or 1) if asked.engine == "processes" else 1
    return sized(asked.memory, 1 / workers) if asked.memory else None


def _places(path: Path) -> gpd.GeoDataFrame:
    """Places of a user's file, by the column `place`, or `id` or `name` where there is none."""
    frame = userdata.read(path).features
    for name in ("place", "id", "name"):
        if name in frame.columns:
            return frame.assign(place=frame[name].astype("string"))
    raise GeoError(f"{path}: no column place, id or name; name every place")
