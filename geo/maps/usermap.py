"""A file or a frame of one's own → a map → page, picture or data: one way for all three.

>>> import geo
>>> geo.maps.read("ports.geojson").save("ports.png")  # doctest: +SKIP
>>> geo.maps.read(frame, label="name").save("ports.html")  # doctest: +SKIP
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.account import words
from geo.errors import GeoError
from geo.geometry import basemap
from geo.geometry.ground import Ground
from geo.maps import given, grounds, looks, userdata
from geo.maps.flowtables import flow_scene, flow_table, flow_ways
from geo.maps.flowtables.flow_lines import Lines
from geo.maps.mapdata import of_scene, of_tracks
from geo.maps.shows import Shows
from geo.maps.tracks import trackdraw, trackkind, trackmap
from geo.output import draw, exports
from geo.scene import style
from geo.scene.model import Bounds, LegendItem, Scene
from geo.scene.parts import ground_notes, laid
from geo.tracks.trackset import TrackSet

if TYPE_CHECKING:
    from geo.output.still import Marks

__all__ = ["FlowMap", "Map", "flows", "read"]

Source = str | Path | pd.DataFrame
_KINDS = {0: ("point", "points"), 1: ("line", "lines"), 2: ("area", "areas")}
_TRACKS_NAMED = len(style.PALETTE)  # more would share colours


def read(
    *sources: Source,
    title: str = "",
    label: str = "",
    name: str = "features",
    color: str = "",
    scheme: str = "",
    size: str = "",
    **reading: Any,
) -> Map:
    """A map of files or frames: features, or positions of vessels.

    sources: paths of any format that `geo map` reads, GeoDataFrames in any stated reference system,
    or DataFrames with columns of longitude and latitude in degrees. label: the column that names
    features. name: of what comes from a frame. color, size: columns that features are coloured and
    sized by, scheme: one of mapclassify for the first. reading: options of `userdata.read_all`.
    Raises GeoError, and DataError with every fault of a file.
    """
    paths = [Path(one) for one in sources if not isinstance(one, pd.DataFrame)]
    frames = [one for one in sources if isinstance(one, pd.DataFrame)]
    if not sources:
        raise GeoError("nothing to draw: give a path or a frame")
    layers, tracks = trackmap.sorted_out(paths, trackkind.Asked(reading=reading))
    for number, frame in enumerate(frames):
        own = name if number == 0 else f"{name} ({number + 1})"
        layers.append(userdata.Layer(own, given.features(frame, own)))
    by = looks.By(color, scheme, size)
    return Map(tuple(layers), tracks, title=title, label=label, by=by)


def flows(table: str | Path, *, places: str | Path | None = None, by: flow_ways.By = "curve",
          title: str = "", **reading: Any) -> FlowMap:  # fmt: skip
    """A map of a table of flows between places. reading: options of `odtable.read`.

    places: a file of them, None for a table whose rows say where their ends lie.
    """
    found = flow_table.read(Path(table), places=Path(places) if places else None, **reading)
    return FlowMap(flow_ways.Courses(Lines(found), by), title)


def _told_of(view: Bounds, laid_on: Sequence[Ground]) -> list[str]:
    """What was left out of grounds, or that a map as near as this has need of one."""
    said = [words for one in laid_on for words in one.said]
    return [*said, *filter(None, [grounds.street(view, laid_on)])]


# --- features and tracks --------------------------------------------------------------------------


def _picture(kind: str, scene: Scene, marks: Marks | None = None, **options: Any) -> bytes:
    from geo.output import still  # with all that draws pictures: nobody else waits for it

    make = {".png": still.png, ".svg": still.svg, ".pdf": still.pdf}[kind]
    return make(scene, marks=marks, **options)


class Map(Shows):
    """Layers of features and tracks of vessels that are drawn together."""

    # No dataclass: some hosts print those as a list of their fields.
    def __init__(
        self,
        layers: tuple[userdata.Layer, ...],
        tracks: Mapping[str, TrackSet] | None = None,
        title: str = "",
        label: str = "",
        by: looks.By | None = None,
        grounds: tuple[Ground, ...] = (),
    ) -> None:
        """Take what is drawn and how."""
        self.layers, self.tracks = layers, tracks or {}
        self.title, self.label, self.grounds = title, label, grounds
        self.by = by or looks.By()

    def of(self, tracks: Mapping[str, TrackSet]) -> Map:
        """The same with other tracks."""
        return Map(self.layers, tracks, self.title, self.label, self.by, self.grounds)

    def on(self, *named: str | Path, **asked: Any) -> Map:
        """The same on grounds of one's own: files, or addresses of tiles that are fetched now.

        asked: options of `grounds.Asked.of`: extent, zooms, size, credit. Raises GeoError.
        """
        seen = self._seen(userdata.NEAR_DEG)
        own = grounds.lay(named, seen, grounds.Asked.of(**asked))
        return Map(self.layers, self.tracks, self.title, self.label, self.by, own)

    def page(self) -> draw.Map:
        """The map as an element of folium, to add to or to show."""
        made = self._drawn_map()
        draw.lay(made, self.grounds)
        return made

    def _drawn_map(self) -> draw.Map:
        if self.tracks:
            return trackdraw.draw_fitted(
                self.tracks, self._fitted, title=self.title, label=self.label,
                color=self._of_tracks,
            )  # fmt: skip
        return userdata.draw_fitted(
            self._fitted, label=self.label, title=self.title, least_deg=self._least_deg
        )

    @cached_property
    def scene(self) -> Scene:
        """The words, the view, the legend and the ground of the map as values."""
        notes = [*self._fitted.notes, *self._spared()]
        packs = (basemap.world(), *userdata.detail(self.view))
        told = (*(f"{note}." for note in notes), f"Sources: {self._sources()}.")
        bare = Scene(
            id="map",
            title=", ".join(self._files()),
            headline=self._title,
            deck=self.count() + "." + self._period(),
            view=self.view,
            extent=None,
            places=(),
            pipes=(),
            legend=tuple(self._legend()),
            samples={},
            rows=(),
            sources=(),
            notes=(*told, *ground_notes(packs)),
            licence="",
            version="",
            packs=packs,
        )
        return laid(bare, self.grounds)

    def picture(self, kind: str, **options: Any) -> bytes:
        """The still picture in one of the formats of `exports.PICTURES`."""
        from geo.output.still import Marks

        return _picture(kind, self.scene, Marks(tuple(self._marks())), **options)

    def elements(self) -> Iterator[Any]:
        """The layers, their legend and the tracks, as elements of folium."""
        yield from userdata.elements(self._fitted, self.view, label=self.label)
        for name, one in self.tracks.items():
            yield draw.Tracks(one, name=name, color=self._of_tracks)

    def drawn(self) -> exports.Drawn:
        """Every feature and track as data, whole: nothing is thinned."""
        layers = {layer.name: layer.features for layer in self.layers}
        layers |= {name: of_tracks(one) for name, one in self.tracks.items()}
        return exports.Drawn(layers, self._title, [self._sources()])

    def book(self) -> bytes:
        """No workbook: that is one of flows. Raises GeoError."""
        raise GeoError(
            "a workbook (.xlsx) is one of flows, for Flowmap.blue; features and tracks leave as "
            f"data: {', '.join(exports.DATA)}"
        )

    def rows(self, selected: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
        """The features, or the vessels of tracks, that are selected."""
        drawn = {one.name: one.features for one in self._fitted.layers}
        found = [drawn[name].iloc[[n]] for name, n in selected.get("features", ()) if name in drawn]
        wanted = {str(name) for name in selected.get("tracks", ())}
        tables = [one.table[one.table["vessel"].astype(str).isin(wanted)]
                  for one in self.tracks.values()]  # fmt: skip
        found += [table for table in tables if len(table)]
        return pd.concat(found) if found else pd.DataFrame()

    def count(self) -> str:
        """'3 points and 1 line', and tracks by their count."""
        kinds: Counter[int] = Counter()
        for layer in self.layers:
            shapes = userdata.placed(layer.features).geometry.to_numpy()
            kinds.update(shapely.get_dimensions(shapes).tolist())
        said = [f"{n:,} {_KINDS[kind][n != 1]}" for kind, n in sorted(kinds.items())]
        return words.joined([*said, *(one.count() for one in self.tracks.values())])

    @property
    def _title(self) -> str:
        names = ", ".join([*self.tracks, *(layer.name for layer in self.layers)])
        title = self.title or names
        made_up = any(one.synthetic for one in self.tracks.values())
        return f"{title} (synthetic)" if made_up and "synthetic" not in title.lower() else title

    @property
    def _of_tracks(self) -> str:
        """What colours tracks: a colour by what only they have, or any where they are alone."""
        return self.by.color if not self.layers or self.by.color in draw.TRACK_COLOURS else ""

    @property
    def _of_features(self) -> looks.By:
        """What colours and sizes features."""
        return replace(self.by, color="") if self.tracks and self._of_tracks else self.by

    @cached_property
    def view(self) -> Bounds:
        """West, south, east and north of what is drawn, with a margin."""
        return self._seen(self._least_deg)

    @property
    def _least_deg(self) -> float:
        """The least margin: the kit's own ground has nothing to show of less."""
        return userdata.NEAR_DEG if self.grounds else userdata.MARGIN_DEG

    def _seen(self, least_deg: float) -> Bounds:
        if self.tracks:
            return trackdraw.view(self.tracks, self.layers)
        every = pd.concat([layer.features.geometry for layer in self.layers])
        return userdata.view(gpd.GeoSeries(every, crs="EPSG:4326"), least_deg=least_deg)

    @cached_property
    def _fitted(self) -> userdata.Fitted:
        """The layers as they are drawn, thinned once for page, picture and words."""
        return userdata.fitted(self.layers, self._of_features)

    def notes(self, path: str | Path) -> list[str]:
        """What a reader must know of a file that is written: of data, nothing is thinned."""
        if exports.ending(path) in exports.DATA:
            return [f"{layer.name}: {text}" for layer in self.layers for text in layer.said]
        return [*self._fitted.notes, *_told_of(self.view, self.grounds)]

    def _spared(self) -> Iterator[str]:
        """What was left out of tracks, in words."""
        yield from (text for one in self.tracks.values() for text in (one.spared(),) if text)

    def _files(self) -> list[str]:
        names = [layer.file or layer.name for layer in self.layers]
        names += [file for own, one in self.tracks.items() for file in one.inputs or (own,)]
        return list(dict.fromkeys(names))

    def _sources(self) -> str:
        return "; ".join([", ".join(self._files()), *self._fitted.owed])

    def _period(self) -> str:
        """The first and the last moment of the tracks, where they have times."""
        times = [one.time_s for one in self.tracks.values() if one.time_s is not None]
        if not times:
            return ""
        ends = min(float(t.min()) for t in times), max(float(t.max()) for t in times)
        first, last = (pd.Timestamp(t, unit="s").strftime("%Y-%m-%d %H:%M") for t in ends)
        return f" {first} to {last} UTC." if first != last else f" {first} UTC."

    # --- the still picture ---

    def _legend(self) -> Iterator[LegendItem]:
        yield from self._fitted.seen.legend
        for name, one in self.tracks.items():
            if self._told(one):
                named = zip(one.table["vessel"], style.PALETTE, strict=False)
                yield from (LegendItem("line", str(v), colour=c) for v, c in named)
            else:
                yield LegendItem("line", f"{name}: {one.count()}", colour=style.PALETTE[0])
            if one.gap():
                yield LegendItem("line", one.gap(), dash=style.DASHED)

    @staticmethod
    def _told(one: TrackSet) -> bool:
        """Whether each track of a set has a colour of its own."""
        return len(one.table) <= _TRACKS_NAMED

    def _marks(self) -> Iterator[Any]:
        from geo.output.still import Mark

        middle = (self.view[0] + self.view[2]) / 2
        for layer, own in zip(self._fitted.layers, self._fitted.seen.looks, strict=True):
            frame, naming = layer.features, userdata.naming(layer, self.label)
            names = frame[naming] if naming in frame else [""] * len(frame)
            for shape, named, look in zip(frame.geometry, names, own, strict=True):
                text = "" if named is None or pd.isna(named) else str(named)
                yield Mark(
                    userdata.beside(shape, middle), look.colour, text, look.fill,
                    look.fill_opacity, look.width_px, look.radius_px,
                )  # fmt: skip
        for one in self.tracks.values():
            yield from self._track_marks(one)

    def _track_marks(self, one: TrackSet) -> Iterator[Any]:
        from geo.output.still import Mark

        colours = style.PALETTE if self._told(one) else style.PALETTE[:1]
        xy = np.column_stack([one.lon, one.lat])
        for number, (start, end) in enumerate(zip(one.starts[:-1], one.starts[1:], strict=True)):
            own = int(one.track[number])
            colour = colours[own % len(colours)]
            if number and one.track[number - 1] == own:
                yield Mark(shapely.LineString(xy[start - 1 : start + 1]), colour, dashed=True)
            part = xy[start:end]
            shape = shapely.LineString(part) if len(part) > 1 else shapely.Point(part[0])
            yield Mark(shape, colour)


# --- flows ----------------------------------------------------------------------------------------


class FlowMap(Shows):
    """A table of flows on its lines."""

    def __init__(
        self, ways: flow_ways.Courses, title: str = "", grounds: tuple[Ground, ...] = ()
    ) -> None:
        """Take the flows on their ways."""
        self.ways, self.title, self.grounds = ways, title, grounds

    def on(self, *named: str | Path, **asked: Any) -> FlowMap:
        """The same on grounds of one's own, as `Map.on` has them."""
        own = grounds.lay(named, self._bare.view, grounds.Asked.of(**asked))
        return FlowMap(self.ways, self.title, own)

    @cached_property
    def _bare(self) -> Scene:
        return flow_scene.scene(self.ways.lines.table, title=self.title, ways=self.ways)

    def notes(self, path: str | Path) -> list[str]:
        """What a reader must know of the ground of a file that is written."""
        if exports.ending(path) in (*exports.DATA, *exports.BOOKS):
            return []
        return _told_of(self._bare.view, self.grounds)

    @cached_property
    def scene(self) -> Scene:
        """The whole page as values."""
        return laid(self._bare, self.grounds)

    def page(self) -> Scene:
        """What `geo.page` makes a page of."""
        return self.scene

    def picture(self, kind: str, **options: Any) -> bytes:
        """The still picture in one of the formats of `exports.PICTURES`."""
        return _picture(kind, self.scene, **options)

    def elements(self) -> Iterator[Any]:
        """Places, lines and the panels that speak to them, as elements of folium."""
        yield from (*draw.lines(self.scene), *draw.parts(self.scene))

    def rows(self, selected: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
        """The rows of the table whose figures, or one of whose places, are selected."""
        lines, table = self.ways.lines, self.ways.lines.table.flows
        wanted = set(selected.get("flows", ()))
        own = [row["row"] for row in lines.records if row["id"] in wanted]
        at = {str(place) for place in selected.get("places", ())}
        touched = table["origin"].isin(at) | table["destination"].isin(at)
        return table[table["row"].isin(own) | touched]

    def drawn(self) -> exports.Drawn:
        """Every figure that is drawn, with its line, unit, period and source; and the places."""
        return of_scene(self.scene)

    def book(self) -> bytes:
        """The table as a workbook for Flowmap.blue, which `geo map` reads again as the same."""
        from geo.maps.flowtables import flow_book

        return flow_book.workbook(self.ways.lines.table, self._bare.title)
