"""What a layer of a file held: what is sound of it, and what is lost with its reasons."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.checking import check, plausibility, rfc7946
from geo.errors import DataError, Fault, GeoError, Lost, wording
from geo.files import strictjson
from geo.files.jsonforms import Features

__all__ = [
    "Layered",
    "Single",
    "Sorted",
    "T",
    "formed",
    "frame_of",
    "framed",
    "in_degrees",
    "misplaced",
    "only",
    "owed",
]

_OWED = ("copyright", "attribution", "licence", "license")
_SPREAD = 512  # of a name of a reference system


@dataclass(frozen=True)
class Single:
    """What a layer held: a frame of what is sound in EPSG:4326, and what is lost.

    `where` names the place of each row of the frame; `faults` are those of the file as a whole;
    `notes` do not make it unsound. `layer` is its name where a file has several, `said` how it was
    read, `owed` what a map of it must say of where it is from. Of a table, `unplaced` says why it
    cannot be drawn, `by` are the columns that hold its positions, `comma` says that its decimal
    sign is a comma, `texts` are its rows as they stand.
    """

    file: str
    frame: gpd.GeoDataFrame
    where: Sequence[str]
    lost: tuple[Lost, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    layer: str = ""
    said: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    unplaced: tuple[Fault, ...] = ()
    by: tuple[str, ...] = ()
    comma: bool = False
    texts: Sequence[str] = ()

    @property
    def read(self) -> int:
        """Rows or features read, kept and lost together."""
        return len(self.frame) + len(self.lost)

    @property
    def every_fault(self) -> list[Fault]:
        """Faults of the file, then of its rows, in their order."""
        return [*self.faults, *(fault for one in self.lost for fault in one.faults)]


class Layered(Protocol):
    """What is of a layer of a file."""

    @property
    def layer(self) -> str:
        """Its name, "" in a file of one."""


@dataclass
class Sorted:
    """Rows told apart as they are read."""

    kept: list[int] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    def put(self, number: int, where: str, raw: str, faults: Iterable[Fault]) -> None:
        """Keep a row, or lose it with its text where it has faults."""
        found = tuple(faults)
        if found:
            self.lost.append(Lost(where, raw, found))
        else:
            self.kept.append(number)
            self.where.append(where)


T = TypeVar("T", bound=Layered)


def only(found: Sequence[T], path: str | Path) -> T:
    """The one layer that was read. Raises GeoError where a file has several and none is named."""
    if len(found) > 1:
        names = ", ".join(one.layer for one in found)
        raise GeoError(f"{path}: name one of its layers: --layer {names}")
    return found[0]


def owed(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What the file says of its origin, as a map of it must."""
    words = [document[name] for name in _OWED if isinstance(document.get(name), str)]
    return tuple(dict.fromkeys(word.strip()[:300] for word in words if word.strip()))


def formed(
    own: Features,
    path: Path,
    text: str = "",
    *,
    layer: str = "",
    where: Sequence[str] = (),
    raw: Callable[[int], str] | None = None,
) -> Single:
    """Features as a frame: those whose structure or place is at fault are lost, with their text."""
    trimmed = [_three(one) for one in own.features]
    features = [feature for feature, _ in trimmed]
    names = where or [strictjson.feature_name(one, n) for n, one in enumerate(features)]
    judged = [_faults(own, features[n], n, path.name, names[n]) for n in range(len(features))]
    raw = raw or _raw(own.features, text if any(judged) else "")
    parts = Sorted()
    for number, found in enumerate(judged):
        parts.put(number, names[number], raw(number) if found else "", found)
    rows = [features[number] for number in parts.kept]
    frame = frame_of([one.get("properties") or {} for one in rows], map(rfc7946.shape, rows))
    said = list(own.said)
    if any(more for _, more in trimmed):
        said.append("positions of more than three numbers are read to the third (RFC 7946, 3.1.1)")
    made = Single(path.name, frame, parts.where, tuple(parts.lost), layer=layer)
    made = in_degrees(made, own, raw, parts.kept)
    return replace(made, said=(*said, *made.said))


def _faults(own: Features, feature: Any, number: int, file: str, where: str) -> list[Fault]:
    if number in own.wrong:
        return [own.wrong[number]]
    found = check.feature(feature, number, file)
    found = found or ([] if own.crs else misplaced(rfc7946.shape(feature), file, where))
    return [replace(fault, where=where) for fault in found]


def misplaced(shape: Any, file: str, where: str) -> list[Fault]:
    """The fault of a shape that lies nowhere on the globe."""
    said = plausibility.misplaced(shape)
    return [Fault(file, where, "geometry.coordinates", *said)] if said else []


def _raw(features: Sequence[Any], text: str) -> Callable[[int], str]:
    """The text of a feature as it stands in the file, else as JSON."""
    found = strictjson.raw_features(text) if text else []
    if len(found) == len(features):
        return found.__getitem__
    return lambda number: text or json.dumps(features[number], ensure_ascii=False)[:100_000]


def _three(feature: Any) -> tuple[Any, bool]:
    """A feature with no more than three numbers in a position, and whether it had more."""
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    if not isinstance(geometry, dict) or not rfc7946.longer(geometry):
        return feature, False
    return {**feature, "geometry": rfc7946.shortened(geometry)}, True


def in_degrees(
    made: Single, own: Features, raw: Callable[[int], str], kept: Sequence[int]
) -> Single:
    """A layer in a stated system as degrees, and what is said of that; positions judged anew."""
    if not own.crs:
        return made
    try:
        stated = made.frame.set_crs(own.crs, allow_override=True)
        degrees = stated.to_crs("EPSG:4326")
        name = stated.crs.name
    except Exception as error:  # whatever a name of a system makes its library say
        why = wording("crs.not-known", reason=" ".join(str(error).split())[:120])
        fault = Fault(made.file, "", "crs", own.crs[:_SPREAD], *why)
        raise DataError(f"{made.file}: 1 fault(s)", faults=[fault]) from error
    lies = _lies(stated, made.file)
    if lies:
        return replace(made, faults=(*made.faults, *lies))
    parts = Sorted()
    for number, shape in enumerate(degrees.geometry):
        found = misplaced(shape, made.file, made.where[number])
        text = raw(kept[number]) if found else ""
        parts.put(number, made.where[number], text, found)
    frame = degrees.iloc[np.array(parts.kept, dtype=int)].reset_index(drop=True)
    said = f"{_system(own.given)} {_short(own.crs)} ({name}): converted to longitude and latitude"
    lost = (*made.lost, *parts.lost)
    return replace(made, frame=frame, where=parts.where, lost=lost, said=(*made.said, said))


def _system(given: bool) -> str:
    return "taken as" if given else "states"


def _lies(frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
    """A system in metres over positions in degrees: they would all lie within metres of a point."""
    box = frame.total_bounds
    near = (
        np.isfinite(box).all() and np.abs(box[::2]).max() <= 180 and np.abs(box[1::2]).max() <= 90
    )
    if not near or not frame.crs.is_projected:
        return []
    value = ", ".join(f"{number:.10g}" for number in box[:2])
    said = wording("crs.metres-over-degrees", system=_short(frame.crs.to_string()))
    return [Fault(file, "", "crs", value, *said)]


def _short(name: str) -> str:
    """'EPSG:3857' of a longer name."""
    if not name.lower().startswith("urn:"):
        return name[:60]
    parts = [part for part in name.split(":") if part]
    return f"{parts[-2]}:{parts[-1]}" if len(parts) > 5 else name


def frame_of(rows: Sequence[Mapping[str, Any]], shapes: Iterable[Any]) -> gpd.GeoDataFrame:
    """Values as they are: an integer beside an unknown stays an integer."""
    columns = dict.fromkeys(name for row in rows for name in row)
    values = {
        name if name != "geometry" else "properties.geometry": pd.Series(
            [row.get(name) for row in rows], dtype=object
        )
        for name in columns
    }
    table = pd.DataFrame(values, index=range(len(rows)))
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326")


def framed(
    frame: gpd.GeoDataFrame,
    path: Path,
    wrong: Mapping[int, tuple[str, str, str, str]] | None = None,
    *,
    crs: str = "",
) -> Single:
    """Rows of a frame told apart by their position, judged in degrees.

    `wrong` says of rows by number what their geometry is where it is none; `crs` is the system of
    a frame that states none.
    """
    given = bool(crs)
    frame = _stated(frame, path, crs) if given else frame
    degrees = frame if frame.crs is None else frame.to_crs("EPSG:4326")
    parts = Sorted()
    for number, shape in enumerate(degrees.geometry):
        where = f"row {number + 1}"
        found = misplaced(shape, path.name, where)
        if wrong and number in wrong:
            found = [Fault(path.name, where, str(frame.geometry.name), *wrong[number])]
        parts.put(number, where, _record(frame, number) if found else "", found)
    kept = degrees.iloc[np.array(parts.kept, dtype=int)].reset_index(drop=True)
    faults, notes = _unstated(frame, path, astray=len(parts.lost) > len(wrong or ()))
    faults = faults if frame.crs is None else tuple(_lies(frame, path.name))
    return Single(
        path.name, kept, parts.where, tuple(parts.lost), faults, notes, said=_moved(frame, given)
    )


def _unstated(
    frame: gpd.GeoDataFrame, path: Path, *, astray: bool
) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """(faults, notes) of a missing reference system: a note where all positions may be degrees."""
    if frame.crs is not None:
        return (), ()
    said = (Fault(path.name, "", "crs", "", *wording("crs.not-stated")),)
    return (said, ()) if astray else ((), said)


def _stated(frame: gpd.GeoDataFrame, path: Path, crs: str) -> gpd.GeoDataFrame:
    """The frame in the system that a user states for it."""
    if frame.crs is not None:
        name = ":".join(frame.crs.to_authority() or ()) or "its reference system"
        raise GeoError(f"{path}: states {name}; leave out --crs {crs}")
    try:
        return frame.set_crs(crs)
    except Exception as error:  # whatever a name of a system makes its library say
        raise GeoError(f"--crs {crs[:_SPREAD]}: no reference system that is known") from error


def _moved(frame: gpd.GeoDataFrame, given: bool) -> tuple[str, ...]:
    """What is said of a system that is not longitude and latitude on WGS84."""
    if frame.crs is None or frame.crs == "EPSG:4326" or frame.crs == "OGC:CRS84":
        return ()
    name = ":".join(frame.crs.to_authority() or ()) or "a reference system"
    return (f"{_system(given)} {name} ({frame.crs.name}): converted to longitude and latitude",)


def _record(frame: gpd.GeoDataFrame, number: int) -> str:
    """A row as JSON, its geometry as WKT: it has no text of its own."""
    row = {str(name): value for name, value in frame.iloc[number].items()}
    return json.dumps(row, ensure_ascii=False, default=str)
