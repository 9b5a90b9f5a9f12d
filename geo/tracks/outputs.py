"""Events as files: GeoParquet for programs, GeoJSON for maps, each saying how it was made.

In GeoParquet (version 1.1) longitudes are continuous over the antimeridian; in GeoJSON (RFC 7946)
lines are cut there. Rows stand in a total order, so the same events give the same bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point, mapping

from geo.files import live, writing
from geo.geometry import measure
from geo.tracks import definitions as rules
from geo.tracks import facts as known
from geo.tracks.columns import EVENTS

__all__ = [
    "GAPS",
    "About",
    "files_of",
    "frame",
    "geojson",
    "geoparquet",
    "parquet",
    "shapes",
    "write",
]

Shapes: TypeAlias = NDArray[np.object_]

GAPS = (
    "An AIS gap is a time without a received position. It proves nothing: receivers and "
    "satellites miss positions, transmitters fail."
)
SYNTHETIC = "Synthetic positions: every ship, number and voyage is invented."
_GAP_STEP_KM = 50.0
_DIGITS = 6  # of degrees in GeoJSON, a decimetre: RFC 7946, section 11.2


@dataclass(frozen=True, kw_only=True)
class About:
    """What every file says of itself: definitions used, inputs with their SHA-256, synthetic.

    places: where they are from, in words, "" where that is not known.
    """

    definitions: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)
    synthetic: bool = False
    places: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values, with the sentence on gaps."""
        said = {"synthetic": True, "note": SYNTHETIC} if self.synthetic else {"synthetic": False}
        return {
            **said,
            "gaps": rules.said(GAPS, str(self.definitions.get("kind", "ship"))),
            "definitions": dict(self.definitions),
            "inputs": dict(sorted(self.inputs.items())),
            **({"places": self.places} if self.places else {}),
        }


def write(
    events: Mapping[str, pa.Table],
    folder: str | Path,
    *,
    about: About,
    facts: pa.Table | None = None,
    follow_links: bool = False,
) -> list[Path]:
    """Write every kind of event as `KIND.parquet`, `.geojson` and `.csv`; return the paths.

    facts: of vessels, by facts.FACTS, told in every row. events: tables by the schemas of
    `columns.EVENTS`; a kind that is absent is written empty. Raises GeoError where a file cannot be
    written; every file is the old or the new one, whole.
    `follow_links` as for `files.write`.
    """
    return [
        writing.write(Path(folder) / name, content, follow_links=follow_links)
        for kind, schema in EVENTS.items()
        for name, content in files_of(
            kind, events.get(kind, schema.empty_table()), about=about, facts=facts
        )
    ]


def files_of(
    kind: str, table: pa.Table, *, about: About, facts: pa.Table | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the three files of one kind of event."""
    rows = ordered(table.select(EVENTS[kind].names).cast(EVENTS[kind]))
    rows = known.told(rows, facts) if facts is not None else rows
    yield f"{kind}.parquet", geoparquet(kind, rows, about=about)
    yield f"{kind}.geojson", geojson(kind, rows, about=about)
    yield f"{kind}.csv", table_of(rows, about=about)


def ordered(table: pa.Table) -> pa.Table:
    """Return the rows by every column but the geometry, and by that last."""
    names = sorted(table.schema.names, key=lambda name: name == "geometry")
    return table.sort_by([(name, "ascending") for name in names])


def shapes(kind: str, table: pa.Table) -> Shapes:
    """Return the geometry of every row: a line of tracks, voyages and gaps, else a point.

    The line of a gap is the geodesic between its two positions: nothing was received on it.
    """
    if "geometry" in table.schema.names:
        return np.asarray(shapely.from_wkb(table["geometry"].to_numpy()), dtype=object)
    if kind == "gaps":
        ends = (table[name].to_numpy() for name in ("lon", "lat", "end_lon", "end_lat"))
        return _objects([_geodesic(*end) for end in zip(*ends, strict=True)])
    return np.asarray(shapely.points(table["lon"].to_numpy(), table["lat"].to_numpy()))


def _geodesic(lon: float, lat: float, end_lon: float, end_lat: float) -> LineString | Point:
    if not np.isfinite(end_lon):  # open: where the ship was heard last
        return Point(lon, lat)
    return measure.densify(LineString([(lon, lat), (end_lon, end_lat)]), max_km=_GAP_STEP_KM)


def _objects(values: list[Any]) -> Shapes:
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


def frame(kind: str, table: pa.Table) -> gpd.GeoDataFrame:
    """Return events of one kind with their geometry, in lon/lat."""
    plain = table.drop_columns(["geometry"]) if "geometry" in table.schema.names else table
    return gpd.GeoDataFrame(plain.to_pandas(), geometry=shapes(kind, table), crs="EPSG:4326")


# --- GeoParquet -----------------------------------------------------------------------------------


def geoparquet(kind: str, table: pa.Table, *, about: About) -> bytes:
    """Return the bytes of a GeoParquet file; metadata `tumen` says how the rows were made."""
    drawn = shapes(kind, table)
    plain = table.drop_columns(["geometry"]) if "geometry" in table.schema.names else table
    whole = plain.append_column("geometry", pa.array(shapely.to_wkb(drawn), pa.binary()))
    metadata = {"geo": _json(_geo(drawn)), "tumen": _json(about.as_json())}
    return parquet(whole.replace_schema_metadata(metadata))


def parquet(table: pa.Table) -> bytes:
    """Return the bytes of a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def table_of(rows: pa.Table, *, about: About) -> bytes:
    """Return the bytes of a CSV without geometry, times in UTC, unknown empty.

    The last columns say in every row by which definitions it was made, and whether it is synthetic.
    """
    plain = rows.drop_columns(["geometry"]) if "geometry" in rows.column_names else rows
    frame = plain.to_pandas()
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            frame[name] = frame[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif pd.api.types.is_object_dtype(frame[name]) or pd.api.types.is_string_dtype(frame[name]):
            frame[name] = frame[name].map(_safe, na_action="ignore")
    frame["definitions"] = str(about.definitions.get("name", "own"))
    frame["synthetic"] = about.synthetic
    return bytes(frame.to_csv(index=False, lineterminator="\n").encode())


def _safe(value: Any) -> Any:
    """A text that a spreadsheet shows and does not run, and that ends no row."""
    return live.guarded(value).replace("\r", "\n") if isinstance(value, str) else value


def _geo(drawn: Shapes) -> dict[str, Any]:
    """The metadata of GeoParquet 1.1; without a `crs` it is lon/lat on WGS84 (OGC:CRS84)."""
    kinds = sorted({str(one.geom_type) for one in drawn if one is not None})
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": kinds}
    bounds = shapely.total_bounds(drawn).tolist() if len(drawn) else []
    if bounds and np.isfinite(bounds).all():
        column["bbox"] = bounds
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)


# --- GeoJSON --------------------------------------------------------------------------------------


def geojson(kind: str, table: pa.Table, *, about: About) -> bytes:
    """Return the bytes of a FeatureCollection, a feature a line; `tumen` says how it was made."""
    lines = ",\n".join(_json(one) for one in features(kind, table, synthetic=about.synthetic))
    head = f'{{"type": "FeatureCollection", "name": "{kind}", "tumen": {_json(about.as_json())}'
    return f'{head}, "features": [\n{lines}\n]}}\n'.encode()


def features(
    kind: str,
    table: pa.Table,
    *,
    synthetic: bool = False,
    cut: Callable[[Any], Any] = measure.cut_antimeridian,
) -> Iterator[dict[str, Any]]:
    """Yield every row as a GeoJSON feature; times are ISO 8601 in UTC, unknown is null.

    `cut` is done to each geometry; a feature of synthetic positions says so.
    """
    drawn = shapes(kind, table)
    plain = table.drop_columns(["geometry"]) if "geometry" in table.schema.names else table
    marked = {"synthetic": True} if synthetic else {}
    for row, one in zip(plain.to_pylist(), drawn, strict=True):
        properties = {name: _value(value) for name, value in row.items()} | marked
        yield {"type": "Feature", "properties": properties, "geometry": _rounded(cut, one)}


def _rounded(cut: Callable[[Any], Any], shape: Any) -> dict[str, Any] | None:
    if shape is None or shape.is_empty:
        return None
    return dict(mapping(shapely.transform(cut(shape), lambda xy: np.round(xy, _DIGITS))))


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return None if isinstance(value, float) and not np.isfinite(value) else value
