"""From files of positions to files of events, the report and one page, in one folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from geo.errors import GeoError
from geo.files import writing
from geo.folder import package
from geo.maps import userdata
from geo.maps.tracks import trackpage, trackreport, trackscene
from geo.output import page
from geo.scene.model import Scene
from geo.tracks import definitions, facts, job, outputs, ports
from geo.tracks.duck import sized
from geo.tracks.store import Store
from geo.tracks.trackset import TrackSet

__all__ = ["WORK", "Asked", "Tracks", "find"]

PAGE, REPORT, REPORT_PAGE = "page.html", "report.json", "report.html"
PAGE_TRACKS = "Ship tracks"
REJECTED = "rejected.parquet"
WORK = ".tracks"  # the store of a run, beside its results: what a killed run has done is kept


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How tracks are to be made.

    changed: parameters of the definitions that are not as their name says. kind: of what moves, ""
    for what the dialect of the files says. folder: a data folder, whose vessels are named in the
    events and whose coast is drawn.
    """

    reading: job.Reading = field(default_factory=job.Reading)
    definitions: str = "gfw"
    changed: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    engine: str = "threads"
    memory: str | None = None
    title: str = ""
    folder: Path | None = None


@dataclass(frozen=True)
class Tracks:
    """What was found in files of positions.

    events: tables by the schemas of `tracks.columns.EVENTS`. places: as given, and where they are
    from. rejected: rows that could not be read and were left out, None without any. data: the data
    folder of the user's vessels and coast. store: of the positions.
    """

    found: job.Found
    settings: job.Settings
    rejected: pa.Table | None
    title: str = ""
    places_from: str = ""
    data: package.Package | None = None
    store: Store | None = None

    @property
    def events(self) -> Mapping[str, pa.Table]:
        """Every kind of event."""
        return self.found.events

    @property
    def about(self) -> outputs.About:
        """What every file says of itself."""
        about = self.found.about(self.settings.definitions)
        return replace(about, places=self.places_from)

    @cached_property
    def facts(self) -> pa.Table:
        """What is told of every vessel; with a data folder, its `vessel_id` there."""
        own = self.found.facts
        return own if self.data is None else facts.joined(own, self.data.vessels)

    @cached_property
    def report(self) -> dict[str, Any]:
        """The quality of the positions, as JSON values."""
        made = self.found.report(self.settings.definitions)
        return made | ({"places": self.places_from} if self.places_from else {})

    def frame(self, kind: str) -> gpd.GeoDataFrame:
        """Return one kind of event with its geometry, in lon/lat."""
        return outputs.frame(kind, self.events[kind])

    @cached_property
    def drawn(self) -> TrackSet | None:
        """Tracks from cleaned positions; None where they are more than a page carries."""
        if self.store is None or self.report["positions"] > trackpage.MOST:
            return None
        parts = [part for own in self.store.parts(self.found.inputs).values() for part in own]
        made = trackpage.tracks(
            self.store.positions(parts),
            self.facts,
            self.settings.definitions,
            inputs=self.about.inputs,
        )
        return None if made is None else replace(made, synthetic=self.about.synthetic)

    def scene(self, *, apart: bool = False) -> Scene:
        """Return the page of tracks, gaps, calls, voyages and encounters.

        apart: without the lines of tracks, which `drawn` lays over it.
        """
        return trackscene.scene(
            self.events,
            about=self.about,
            places=self.settings.places,
            title=self.title,
            positions=self.report["positions"],
            facts=self.facts,
            coast=self.data.basemap if self.data else None,
            apart=apart,
        )

    def write(self, folder: Path, *, follow_links: bool = False) -> list[Path]:
        """Write every event, the report and the page to a folder; return the paths.

        `follow_links` as for `files.write`.
        """
        put: Any = {"follow_links": follow_links}
        written = outputs.write(self.events, folder, about=self.about, facts=self.facts, **put)
        text = json.dumps(self.report, ensure_ascii=False, indent=1, allow_nan=False)
        written.append(writing.write(folder / REPORT, text, **put))
        if self.rejected is not None:
            written.append(writing.write(folder / REJECTED, outputs.parquet(self.rejected), **put))
        written.append(page.save(trackreport.page(self.report), folder / REPORT_PAGE, **put))
        drawn = self.drawn
        name = definitions.said(PAGE_TRACKS, self.settings.definitions.kind)
        made = self.scene(apart=drawn is not None)
        written.append(trackpage.save(made, drawn, folder / PAGE, name=name, **put))
        return written


Progress = Callable[[str, int, int], None]


def find(
    paths: Sequence[str | Path],
    places: str | Path | gpd.GeoDataFrame | None,
    work: Path,
    *,
    asked: Asked | None = None,
    progress: Progress = lambda *_: None,
) -> Tracks:
    """Return the events of positions in files, folders and globs, or of those in one store.

    places: points or polygons with a column `place`, or a file of them; without any, ports of the
    world by UN/LOCODE for ships, and none for what else moves. work: a folder of its own, where
    positions and finished vessels are kept, so that a run that was ended goes on and later
    positions are added to what is known; a store that is given keeps them itself. GeoError
    and DataError as their readers give them.
    """
    asked = asked or Asked()
    known = None if places is None else _places(places)
    data = package.load(asked.folder) if asked.folder else None
    store = _store(paths)
    if store:
        _no_reading(asked.reading)
        inputs = store.inputs()
    else:
        store = Store.at(work)
        inputs, _ = job.ingest(
            paths, store, reading=asked.reading, memory=asked.memory, progress=progress
        )
    kind = _kind(asked, inputs)
    where, places_from = known or _places_of(kind)
    settings = _settings(asked, where, kind)
    with job.pool(asked.engine) as executor:
        found = job.run(store, inputs, settings=settings, executor=executor, progress=progress)
    rejected = job.rejected(store, inputs)
    return Tracks(found, settings, rejected, asked.title, places_from, data, store)


def _store(paths: Sequence[str | Path]) -> Store | None:
    stores = [str(path) for path in paths if Store.is_at(path)]
    if stores and len(paths) > 1:
        raise GeoError(f"{stores[0]} is a store: give it alone, and add files to it by ingest")
    return Store.at(stores[0]) if stores else None


def _no_reading(reading: job.Reading) -> None:
    options = reading.written.options() | ({"--also": "…"} if reading.written.also else {})
    if options:
        raise GeoError(f"{', '.join(options)}: no effect on a store, its files are read; leave out")


def _kind(asked: Asked, inputs: Sequence[Any]) -> str:
    """Of what the positions are: as asked, or as the dialects of all files say."""
    said = {str(one.counts.get("kind", "ship")) for one in inputs}
    if not asked.kind and len(said) > 1:
        raise GeoError(f"positions of {' and '.join(sorted(said))}: say --kind, or take them apart")
    return asked.kind or next(iter(said), "ship")


def _settings(asked: Asked, places: gpd.GeoDataFrame, kind: str) -> job.Settings:
    chosen = definitions.load(asked.definitions, kind=kind).changed(**asked.changed)
    return job.Settings(
        definitions=chosen, places=places, radius_m=chosen.call_radius_m, memory=_each(asked)
    )


def _each(asked: Asked) -> str | None:
    """The memory of each process on this machine."""
    workers = (os.cpu_count() or 1) if asked.engine == "processes" else 1
    return sized(asked.memory, 1 / workers) if asked.memory else None


def _places_of(kind: str) -> tuple[gpd.GeoDataFrame, str]:
    """Ports of the world for ships, no places for what else moves; and where they are from."""
    if kind == "ship":
        return ports.ports()
    return gpd.GeoDataFrame({"place": pd.array([], "string")}, geometry=[], crs="EPSG:4326"), ""


def _places(given: str | Path | gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, str]:
    """Places, in a file by the column `place`, or `id` or `name`; and where they are from."""
    if isinstance(given, gpd.GeoDataFrame):
        return given, ""
    path = Path(given)
    frame = userdata.read(path).features
    for name in ("place", "id", "name"):
        if name in frame.columns:
            said = f"places of {path.name}, SHA-256 {userdata.digest(path)}"
            return frame.assign(place=frame[name].astype("string")), said
    raise GeoError(f"{path}: no column place, id or name; name every place")
