"""The page of a run: the scene of its events under tracks with clock, colours and direction.

Tracks are drawn from cleaned positions, so no line leads over one that was dropped. Beyond MOST
positions, which a browser would draw slowly, the lines of the events stand in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from geo.files import writing
from geo.output import draw, page, still
from geo.scene.model import Scene
from geo.tracks import clean, coding, places, trackset
from geo.tracks.definitions import Definitions
from geo.tracks.trackset import TrackSet

__all__ = ["MOST", "save", "tracks"]

MOST = 1_000_000  # positions
WHOLE = 200_000  # up to so many positions are drawn, more are thinned
TOLERANCE_M = 50.0
_TOLD = ("name", "imo", "callsign", "ship_type", "flag")


def tracks(
    positions: pa.Table, facts: pa.Table, definitions: Definitions, *, inputs: Mapping[str, str]
) -> TrackSet | None:
    """Return the tracks of positions by tracks.columns.POSITIONS; None without any.

    facts: of vessels. A number that several ships used has a track for each.
    """
    coded, names = coding.coded(positions)
    nowhere = places.from_frame(gpd.GeoDataFrame({"place": []}, geometry=[], crs=4326))
    ships = coding.sailed(clean.cleaned(coded, definitions), names, nowhere, definitions)
    if not len(ships.p):
        return None
    rows = _rows(ships, facts)
    made = trackset.of_positions(
        rows, gap_hours=definitions.gap_hours, inputs=inputs, kind=definitions.kind, synthetic=False
    )
    return made.thinned(TOLERANCE_M, by_time=True) if len(made) > WHOLE else made


def _rows(ships: Any, facts: pa.Table) -> pd.DataFrame:
    """Positions as a frame, each under its vessel, or its track where the vessel has several."""
    shared = pd.Series(ships.vessels).duplicated(keep=False)
    keys = np.where(shared, ships.names, ships.vessels)
    told = facts.select(["vessel", *_TOLD]).to_pandas().set_index("vessel")
    whose = pd.Series(ships.vessels).iloc[ships.ship].to_numpy()
    rows = {
        "vessel": keys[ships.ship],
        "time_utc": pd.to_datetime(ships.p.time, unit="us", utc=True),
        "lon": ships.p.lon,
        "lat": ships.p.lat,
        "speed_kn": ships.kn,
    }
    known = {name: told[name].reindex(whose).to_numpy() for name in _TOLD}
    return pd.DataFrame(rows | known)


def save(
    scene: Scene, drawn: TrackSet | None, path: Path, *, name: str, follow_links: bool = False
) -> Path:
    """Write the page of a scene, with tracks over it where there are some, and its still picture.

    `follow_links` as for `files.write`.
    """
    if drawn is None:
        return page.save(scene, path, follow_links=follow_links)
    over = draw.Tracks(drawn, name=name, color="vessel", gaps=False)
    few = len(scene.pipes) <= draw.SVG_MOST
    picture = still.webp(scene) if few else b""
    text = page.render(draw.scene(scene, tracks=[over]), picture=picture)
    return writing.write(path, text, follow_links=follow_links)
