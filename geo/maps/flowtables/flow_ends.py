"""What a table of flows is drawn on: its places, known legs and their capacities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import wording
from geo.files import headings
from geo.maps import userdata
from geo.maps.flowtables.flow_cells import bases_of, dates_of, numbers_of, ranks_of
from geo.maps.flowtables.flow_faults import Named
from geo.maps.flowtables.flow_texts import columns_of, need, text_of

__all__ = ["CAPACITY_FIELDS", "LEG_KEYS", "PLACE_KEYS", "capacities_of", "legs_of", "places_of"]

CAPACITY_FIELDS = (
    "capacity", "corridor", "leg", "commodity", "quantity", "unit", "per", "kind", "basis",
    "valid_from", "valid_to", "rank", "note", "source",
)  # fmt: skip
PLACE_KEYS = headings.names("place")
LEG_KEYS = ("leg", "id", "code", "name", "name_en")


def places_of(
    named: Named, frame: gpd.GeoDataFrame, flows: pd.DataFrame, file: str
) -> gpd.GeoDataFrame:
    """The places by the name the table gives them, of an area a point inside; faults for lines."""
    wanted = set(flows["origin"]) | set(flows["destination"])
    made = _keyed(frame, PLACE_KEYS, wanted, "place")
    areas = frame.geometry.geom_type.isin(("Polygon", "MultiPolygon")).to_numpy()
    for number, shape in enumerate(frame.geometry, 1):
        if not areas[number - 1] and (
            shape is None or shape.is_empty or shape.geom_type != "Point"
        ):
            kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
            named.say(
                None, "geometry", kind, *wording("place.not-a-point"),
                file=file, where=f"feature {number}",
            )  # fmt: skip
    used = made["place"].isin(wanted)
    for name in made.loc[used & made["place"].duplicated(), "place"]:
        named.say(None, "place", name, *wording("place.named-twice"), file=file)
    inside = made.geometry.where(~areas, made.geometry.representative_point())
    made = made.set_geometry(inside)
    made = made[made["place"].ne("") & ~made["place"].duplicated()].reset_index(drop=True)
    said = f"Places of {file} are areas: each is drawn as a point inside it."
    made.attrs |= {"file": file, "said": (said,) if areas.any() else ()}
    return made


def _keyed(
    frame: gpd.GeoDataFrame, keys: Sequence[str], wanted: Iterable[str], name: str
) -> gpd.GeoDataFrame:
    """The frame as text with `name` from the column that holds most of what is wanted."""
    texts = frame.drop(columns=frame.geometry.name).map(_plain)
    lower = {str(column).lower(): column for column in texts.columns}
    first = [lower[key] for key in keys if key in lower]
    rest = [column for column in texts.columns if column not in first]
    known = set(wanted) - {""}
    best = max([*first, *rest], key=lambda c: len(known & set(texts[c])), default=None)
    found = texts[best] if best is not None else ""
    return gpd.GeoDataFrame(texts.assign(**{name: found}), geometry=frame.geometry, crs=frame.crs)


def _plain(value: Any) -> str:
    """A property as text: "" where there is none, 5 for 5.0."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is pd.NA or value is pd.NaT else str(value).strip()


def legs_of(named: Named, path: Path | None) -> gpd.GeoDataFrame:
    """Legs by their id, with the ends they join; faults for shapes that are no lines."""
    if path is None:
        return gpd.GeoDataFrame({"leg": [], "origin": [], "destination": []}, geometry=[])
    frame = userdata.read(path).features
    made = _keyed(frame, LEG_KEYS, (), "leg")
    made = made.assign(**{c: made.get(c, "") for c in ("origin", "destination")})
    for number, (shape, name) in enumerate(zip(frame.geometry, made["leg"], strict=True), 1):
        where = f"feature {number}"
        if shape is None or shape.is_empty or "LineString" not in shape.geom_type:
            kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
            said = wording("leg.not-a-line")
            named.say(None, "geometry", kind, *said, file=path.name, where=where)
        if not name:
            said = wording("leg.without-id")
            named.say(None, "leg", "", *said, file=path.name, where=where)
    for name in made.loc[made["leg"].ne("") & made["leg"].duplicated(), "leg"]:
        named.say(None, "leg", name, *wording("leg.id-twice"), file=path.name)
    return made


def capacities_of(named: Named, path: Path | None) -> pd.DataFrame:
    """What could move on legs, typed; faults go to `named`."""
    if path is None:
        return pd.DataFrame(columns=list(CAPACITY_FIELDS))
    cells = userdata.cells(path)
    at = columns_of(named, cells, {}, CAPACITY_FIELDS).at
    need(named, cells, at, ("leg", "quantity", "unit", "per"), case="capacities")
    text = text_of(named, cells, at, CAPACITY_FIELDS)
    for row, per in zip(text["row"], text["per"], strict=True):
        if per and not per.isalpha():
            named.say(row, "per", per, *wording("capacity.per-unknown"), file=path.name)
    return text.assign(
        quantity=numbers_of(named, text, "quantity", file=path.name),
        rank=ranks_of(named, text, file=path.name),
        basis=bases_of(named, text, file=path.name),
        valid_from=dates_of(named, text, "valid_from", first=True, file=path.name),
        valid_to=dates_of(named, text, "valid_to", first=False, file=path.name),
        capacity=[
            name or f"row-{row}" for name, row in zip(text["capacity"], text["row"], strict=True)
        ],
    )
