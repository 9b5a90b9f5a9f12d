"""Packed geometry: many small integers in one deflated block, about two bytes a vertex.

File, little-endian: magic `TUMN`, u8 version, u32 crc32 and u32 length of the inflated payload,
then raw deflate (zlib level 9). Payload: u32 header length, header (JSON, UTF-8, sorted keys: a
list, one object a layer), then per layer four streams:

1. first point of each part, as the difference to the first point of the part before (x, then y)
2. points per part
3. x of each point and 4. y of each point: first or second difference within the part

Version 2 is written where a layer has columns, and adds for each of them: a byte plane of bits that
say which values are known, if any is not (an unknown value repeats the one before), then

5. its first value in each part, as the difference to that of the part before
6. the other values: difference within the part, of the column's own order

of a column with one value a vertex; of a column with one value a part, the first alone.

A layer may say how far its parts reach from their first points (`with_reach`): columns `west`,
`south`, `east`, `north` of the parts of many points, unknown for the others, and in its meta
`reach_units`, how far any of those others reaches in any direction, in quanta. Whoever draws a view
need not sum the parts that cannot meet it.

Differences are zigzag-coded, so small negatives stay small, and written as byte planes: all low
bytes, then all next bytes. Second differences suit smooth lines (tracks), first differences jagged
ones (coasts). Different zlib builds may deflate to different bytes; the payload is always the same.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import DataError
from geo.geometry.streams import (
    HEAD,
    MAGIC,
    VERSION,
    Ints,
    Reader,
    Shorts,
    differences,
    inflated,
    integrated,
    planes,
    zigzag,
)

__all__ = ["MAGIC", "VERSION", "Column", "Layer", "decode", "encode", "labels", "with_reach"]


Kind: TypeAlias = Literal["polygon", "line", "point"]
Floats: TypeAlias = NDArray[np.float64]
Per: TypeAlias = Literal["vertex", "part"]

_LENGTH = struct.Struct("<I")
_KINDS = ("polygon", "line", "point")
_PER = ("vertex", "part")
# Second differences reach four times the largest number and zigzag doubles that: 32 bits in all.
_MOST = 2**28
_MANY = 128  # points of a part that says its own reach: half a hundredth more bytes of a base map


@dataclass(frozen=True, eq=False)
class Column:
    """Numbers beside the geometry: times, speeds, what a user has measured.

    values: one for each vertex of all parts in order, or one for each part; NaN is unknown.
    quantum: units per step; values are kept to half of it.
    origin: what is taken off before packing, so that times since an epoch fit.
    order: difference order of the coding, 1 or 2; times that go on evenly want 2.
    """

    name: str
    values: Floats
    quantum: float = 1.0
    origin: float = 0.0
    order: Literal[1, 2] = 1
    per: Per = "vertex"


@dataclass(frozen=True, eq=False)
class Layer:
    """Geometries of one kind, on one quantum.

    parts: (n, 2) arrays of lon, lat in degrees; rings for polygons (even–odd), lines, or points.
    quantum: degrees per unit; coordinates are kept to half of it.
    order: difference order of the coding, 1 or 2.
    labels, ranks: one per point for points, one per part otherwise.
    meta: plain JSON values: source, licence, extent.
    columns: numbers beside the geometry, each with its own quantum.
    """

    name: str
    kind: Kind
    quantum: float
    parts: list[Floats]
    order: Literal[1, 2] = 1
    labels: list[str] | None = None
    ranks: list[int] | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)


def encode(layers: Iterable[Layer]) -> bytes:
    """Return layers as one packed file.

    DataError if a layer cannot be kept: an empty part, a coordinate that is not finite or does
    not fit in 32 bits on its quantum, or as many labels as there are things to label.
    """
    headers: list[dict[str, Any]] = []
    streams: list[bytes] = []
    for layer in layers:
        header, own = _encode_layer(layer)
        headers.append(header)
        streams += own
    version = 2 if any("columns" in header for header in headers) else 1
    text = json.dumps(headers, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
    payload = b"".join([_LENGTH.pack(len(text)), text, *streams])
    # Second differences look like noise: few matches are worth their cost (zlib's manual).
    noisy = version > 1 and any(header["order"] == 2 for header in headers)
    strategy = zlib.Z_FILTERED if noisy else zlib.Z_DEFAULT_STRATEGY
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
    body = squeeze.compress(payload) + squeeze.flush()
    return HEAD.pack(MAGIC, version, zlib.crc32(payload), len(payload)) + body


def decode(data: bytes) -> list[Layer]:
    """Return the layers of a packed file; coordinates within half a quantum of the original.

    DataError if the file is damaged or foreign; the message says which (magic, version,
    truncated, checksum, header).
    """
    payload = inflated(data)
    try:
        (size,) = _LENGTH.unpack_from(payload)
        headers = json.loads(payload[_LENGTH.size : _LENGTH.size + size])
        reader = Reader(payload, _LENGTH.size + size)
        layers = [_decode_layer(header, reader) for header in headers]
        if reader.at != len(payload):
            raise ValueError("the streams do not fill the file")
        return layers
    except (struct.error, ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise DataError(f"packed file: bad header ({error})") from error


def labels(data: bytes) -> list[str]:
    """Return the labels of a packed file, of all its layers; DataError as of `decode`."""
    payload = inflated(data)
    try:
        (size,) = _LENGTH.unpack_from(payload)
        headers = json.loads(payload[_LENGTH.size : _LENGTH.size + size])
        return [label for header in headers for label in header.get("labels") or ()]
    except (struct.error, ValueError, AttributeError, TypeError) as error:
        raise DataError(f"packed file: bad header ({error})") from error


def with_reach(layer: Layer) -> Layer:
    """Return a layer that says how far its parts reach from their first points, if it has any.

    Parts of 128 points or more say it one by one, the others together. DataError as of `encode`.
    """
    _check(layer)
    if not layer.parts:
        return layer
    counts = np.array([len(part) for part in layer.parts])
    reach = _reach(layer, counts)
    columns = [
        Column(
            name, np.where(counts < _MANY, np.nan, units * layer.quantum), layer.quantum, per="part"
        )
        for name, units in reach.items()
    ]
    farthest = max(int(units[counts < _MANY].max(initial=0)) for units in reach.values())
    meta = layer.meta | {"reach_units": farthest}
    return replace(layer, columns=[*layer.columns, *columns], meta=meta)


def _reach(layer: Layer, counts: Ints) -> dict[str, Shorts]:
    """Quanta from the first point of each part to its edges, none of them negative."""
    starts = np.cumsum(counts) - counts
    found: dict[str, Shorts] = {}
    for axis, (least, most) in enumerate((("west", "east"), ("south", "north"))):
        units = _units(layer, axis)
        found[least] = units[starts] - np.minimum.reduceat(units, starts)
        found[most] = np.maximum.reduceat(units, starts) - units[starts]
    return {name: found[name] for name in ("west", "south", "east", "north")}


def _encode_layer(layer: Layer) -> tuple[dict[str, Any], list[bytes]]:
    _check(layer)
    counts = np.array([len(part) for part in layer.parts], dtype=np.int64)
    starts = np.cumsum(counts) - counts
    units = [_units(layer, axis) for axis in (0, 1)]
    firsts = np.concatenate([_steps(u[starts]) for u in units])
    coded = [
        planes(zigzag(firsts), layer.name),
        planes(counts, layer.name),
        *(planes(zigzag(differences(u, starts, layer.order)), layer.name) for u in units),
    ]
    points = len(units[0])
    header = _header(layer, len(counts), points, [k for k, _ in coded])
    streams = [b for _, b in coded]
    for column in layer.columns:
        said, own = _encode_column(layer, column, starts, points)
        header.setdefault("columns", []).append(said)
        streams += own
    return header, streams


def _encode_column(
    layer: Layer, column: Column, starts: Ints, points: int
) -> tuple[dict[str, Any], list[bytes]]:
    whole = column.per == "part"
    values, known = _column_units(layer, column, len(starts) if whole else points)
    heads = values if whole else values[starts]
    coded = [planes(zigzag(_steps(heads)), column.name)]
    if not whole:
        within = differences(values, starts, column.order)
        coded.append(planes(zigzag(within), column.name))
    header = {
        "name": column.name,
        "per": column.per,
        "quantum": column.quantum,
        "origin": column.origin,
        "order": column.order,
        "known": bool(known.all()),
        "widths": [k for k, _ in coded],
    }
    mask = [] if known.all() else [np.packbits(known, bitorder="little").tobytes()]
    return header, [*mask, *(b for _, b in coded)]


def _column_units(layer: Layer, column: Column, count: int) -> tuple[Shorts, NDArray[np.bool_]]:
    """Whole steps of a column, an unknown one as the one before it, and which are known."""
    where = f"layer {layer.name}, column {column.name}"
    values = np.asarray(column.values, dtype=float)
    if column.per not in _PER or column.order not in (1, 2) or not column.quantum > 0:
        raise DataError(f"{where}: per {column.per}, order {column.order}, {column.quantum}")
    if values.shape != (count,):
        raise DataError(f"{where}: shape {values.shape}; give ({count},), one a {column.per}")
    known = ~np.isnan(values)
    units = np.rint((values - column.origin) / column.quantum)
    if not known.all():
        last = np.maximum.accumulate(np.where(known, np.arange(count), 0))
        units = np.nan_to_num(units[last], nan=0.0, posinf=np.inf, neginf=-np.inf)
    if count and not np.abs(units).max() < _MOST:
        raise DataError(f"{where}: quantum {column.quantum} is too fine for 32 bits")
    return units.astype(np.int32), known


def _steps(values: Shorts) -> Shorts:
    """Differences from one to the next, the first from zero."""
    return np.diff(values, prepend=np.zeros(1, np.int32))


def _check(layer: Layer) -> None:
    if layer.kind not in _KINDS or layer.order not in (1, 2) or not layer.quantum > 0:
        raise DataError(
            f"layer {layer.name}: kind {layer.kind}, order {layer.order}, "
            f"quantum {layer.quantum}; give one of {', '.join(_KINDS)}, 1 or 2, above zero"
        )
    for part in layer.parts:
        shape = np.shape(part)
        if len(shape) != 2 or shape[1] != 2 or not shape[0]:
            raise DataError(f"layer {layer.name}: a part has shape {shape}; give (n, 2), n above 0")
    things = sum(map(len, layer.parts)) if layer.kind == "point" else len(layer.parts)
    for what, values in (("labels", layer.labels), ("ranks", layer.ranks)):
        if values is not None and len(values) != things:
            raise DataError(f"layer {layer.name}: {len(values)} {what} for {things} geometries")


def _units(layer: Layer, axis: int) -> Shorts:
    """Whole steps of one coordinate of all parts."""
    if not layer.parts:
        return np.zeros(0, np.int32)
    values = np.concatenate([part[:, axis] for part in layer.parts]).astype(float, copy=False)
    values /= layer.quantum  # its own array: concatenation has copied
    np.rint(values, out=values)
    most = max(abs(float(values.min())), abs(float(values.max())))
    if not np.isfinite(most):
        raise DataError(f"layer {layer.name}: a coordinate is not a finite number")
    if most >= _MOST:
        raise DataError(f"layer {layer.name}: quantum {layer.quantum} is too fine for 32 bits")
    return values.astype(np.int32)


def _header(layer: Layer, parts: int, points: int, widths: Sequence[int]) -> dict[str, Any]:
    header: dict[str, Any] = {
        "name": layer.name,
        "kind": layer.kind,
        "quantum": layer.quantum,
        "order": layer.order,
        "parts": parts,
        "points": points,
        "widths": list(widths),
        "meta": layer.meta,
    }
    optional = {"labels": layer.labels, "ranks": layer.ranks}
    return header | {key: value for key, value in optional.items() if value is not None}


def _decode_layer(header: dict[str, Any], reader: Reader) -> Layer:
    parts, points, widths = int(header["parts"]), int(header["points"]), header["widths"]
    firsts = np.cumsum(reader.signed(2 * parts, widths[0]).reshape(2, parts), axis=1)
    counts = reader.planes(parts, widths[1])
    if counts.sum() != points or (counts < 1).any():
        raise ValueError("the parts do not add up")
    starts = np.cumsum(counts) - counts
    steps = [reader.signed(points, width) for width in widths[2:4]]
    xy = [integrated(s, starts, counts, header["order"]) for s in steps]
    units = np.column_stack(xy) + np.repeat(firsts.T, counts, axis=0)
    degrees = units * float(header["quantum"])
    split = np.split(degrees, starts[1:]) if parts else []
    columns = [_decode_column(said, reader, counts) for said in header.get("columns", [])]
    return _layer(header, split, columns)


def _decode_column(said: dict[str, Any], reader: Reader, counts: Ints) -> Column:
    whole, order, widths = said["per"] == "part", said["order"], said["widths"]
    if said["per"] not in _PER or order not in (1, 2):
        raise ValueError("a column of no known kind")
    count = len(counts) if whole else int(counts.sum())
    known = np.ones(count, bool) if said["known"] else reader.bits(count)
    units = np.cumsum(reader.signed(len(counts), widths[0]))
    if not whole:
        starts = np.cumsum(counts) - counts
        steps = integrated(reader.signed(count, widths[1]), starts, counts, order)
        units = steps + np.repeat(units, counts)
    values = units * float(said["quantum"]) + float(said["origin"])
    return Column(
        name=str(said["name"]),
        values=np.where(known, values, np.nan),
        quantum=float(said["quantum"]),
        origin=float(said["origin"]),
        order=order,
        per=said["per"],
    )


def _layer(header: dict[str, Any], parts: list[Floats], columns: list[Column]) -> Layer:
    layer = Layer(
        name=str(header["name"]),
        kind=header["kind"],
        quantum=float(header["quantum"]),
        parts=parts,
        order=header["order"],
        labels=header.get("labels"),
        ranks=header.get("ranks"),
        meta=dict(header["meta"]),
        columns=columns,
    )
    _check(layer)
    return layer
