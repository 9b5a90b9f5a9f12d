"""Packed geometry: many small integers in one deflated block, about two bytes a vertex.

File, version 1, little-endian: magic `TUMN`, u8 version, u32 crc32 and u32 length of the inflated
payload, then raw deflate (zlib level 9). Payload: u32 header length, header (JSON, UTF-8, sorted
keys: a list, one object a layer), then per layer four streams:

1. first point of each part, as the difference to the first point of the part before (x, then y)
2. points per part
3. x of each point and 4. y of each point: first or second difference within the part

Differences are zigzag-coded, so small negatives stay small, and written as byte planes: all low
bytes, then all next bytes. Second differences suit smooth lines (tracks), first differences jagged
ones (coasts). Different zlib builds may deflate to different bytes; the payload is always the same.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import DataError

__all__ = ["MAGIC", "VERSION", "Layer", "decode", "encode"]

MAGIC = b"TUMN"
VERSION = 1

Kind: TypeAlias = Literal["polygon", "line", "point"]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

_HEAD = struct.Struct("<4sBII")
_LENGTH = struct.Struct("<I")
_KINDS = ("polygon", "line", "point")
_MOST_PER_BYTE = 1032  # deflate expands no further (zlib technical notes)


@dataclass(frozen=True, eq=False)
class Layer:
    """Geometries of one kind, on one quantum.

    parts: (n, 2) arrays of lon, lat in degrees; rings for polygons (even–odd), lines, or points.
    quantum: degrees per unit; coordinates are kept to half of it.
    order: difference order of the coding, 1 or 2.
    labels, ranks: one per point for points, one per part otherwise.
    meta: plain JSON values: source, licence, extent.
    """

    name: str
    kind: Kind
    quantum: float
    parts: list[Floats]
    order: Literal[1, 2] = 1
    labels: list[str] | None = None
    ranks: list[int] | None = None
    meta: dict[str, Any] = field(default_factory=dict)


def encode(layers: Iterable[Layer]) -> bytes:
    """Return layers as one packed file.

    DataError if a layer cannot be kept: an empty part, a coordinate that is not finite or does
    not fit in 32 bits on its quantum, or as many labels as there are things to label.
    """
    headers, streams = [], []
    for layer in layers:
        header, stream = _encode_layer(layer)
        headers.append(header)
        streams.append(stream)
    text = json.dumps(headers, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
    payload = b"".join([_LENGTH.pack(len(text)), text, *streams])
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    body = squeeze.compress(payload) + squeeze.flush()
    return _HEAD.pack(MAGIC, VERSION, zlib.crc32(payload), len(payload)) + body


def decode(data: bytes) -> list[Layer]:
    """Return the layers of a packed file; coordinates within half a quantum of the original.

    DataError if the file is damaged or foreign; the message says which (magic, version,
    truncated, checksum, header).
    """
    payload = _inflate(data)
    try:
        (size,) = _LENGTH.unpack_from(payload)
        headers = json.loads(payload[_LENGTH.size : _LENGTH.size + size])
        reader = _Reader(payload, _LENGTH.size + size)
        layers = [_decode_layer(header, reader) for header in headers]
        if reader.at != len(payload):
            raise ValueError("the streams do not fill the file")
        return layers
    except (struct.error, ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise DataError(f"packed file: bad header ({error})") from error


def _inflate(data: bytes) -> bytes:
    if len(data) < _HEAD.size:
        raise DataError(f"packed file: truncated, {len(data)} bytes")
    magic, version, checksum, size = _HEAD.unpack_from(data)
    if magic != MAGIC:
        raise DataError("packed file: bad magic; this is not a packed file")
    if version != VERSION:
        raise DataError(f"packed file: version {version}, this release reads version {VERSION}")
    body = data[_HEAD.size :]
    if size > _MOST_PER_BYTE * len(body):
        raise DataError("packed file: truncated, less data than its length says")
    payload = _deflated(body, size)
    if len(payload) != size:
        raise DataError(f"packed file: truncated, {len(payload)} of {size} bytes")
    if zlib.crc32(payload) != checksum:
        raise DataError("packed file: checksum differs, the file is damaged")
    return payload


def _deflated(body: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(body, size + 1)
    except zlib.error as error:
        raise DataError(f"packed file: damaged, cannot inflate ({error})") from error


def _encode_layer(layer: Layer) -> tuple[dict[str, Any], bytes]:
    _check(layer)
    parts = [_units(layer, part) for part in layer.parts]
    counts = np.array([len(part) for part in parts], dtype=np.int64)
    xy = np.concatenate(parts) if parts else np.zeros((0, 2), dtype=np.int64)
    starts = np.cumsum(counts) - counts
    firsts = np.diff(xy[starts], axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    coded = [
        _planes(_zigzag(firsts.T.ravel()), layer.name),
        _planes(counts, layer.name),
        *(_planes(_zigzag(_difference(xy[:, i], starts, layer.order)), layer.name) for i in (0, 1)),
    ]
    return _header(layer, len(parts), len(xy), [k for k, _ in coded]), b"".join(b for _, b in coded)


def _check(layer: Layer) -> None:
    if layer.kind not in _KINDS or layer.order not in (1, 2) or not layer.quantum > 0:
        raise DataError(
            f"layer {layer.name}: kind {layer.kind}, order {layer.order}, "
            f"quantum {layer.quantum}; give one of {', '.join(_KINDS)}, 1 or 2, above zero"
        )
    things = sum(map(len, layer.parts)) if layer.kind == "point" else len(layer.parts)
    for what, values in (("labels", layer.labels), ("ranks", layer.ranks)):
        if values is not None and len(values) != things:
            raise DataError(f"layer {layer.name}: {len(values)} {what} for {things} geometries")


def _units(layer: Layer, part: Floats) -> Ints:
    xy = np.asarray(part, dtype=float)
    if xy.ndim != 2 or xy.shape[1] != 2 or not len(xy):
        raise DataError(f"layer {layer.name}: a part has shape {xy.shape}; give (n, 2), n above 0")
    if not np.isfinite(xy).all():
        raise DataError(f"layer {layer.name}: a coordinate is not a finite number")
    units = np.round(xy / layer.quantum)
    # Second differences reach four times the largest coordinate and zigzag doubles that.
    if np.abs(units).max() >= 2**28:
        raise DataError(f"layer {layer.name}: quantum {layer.quantum} is too fine for 32 bits")
    return units.astype(np.int64)


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


def _difference(values: Ints, starts: Ints, order: int) -> Ints:
    """Return differences within each part; zero at a start, first difference just after it."""
    for _ in range(order):
        values = np.diff(values, prepend=values[:1])
        values[starts] = 0
    return values


def _zigzag(values: Ints) -> Ints:
    return (values << 1) ^ (values >> 63)


def _planes(values: Ints, name: str) -> tuple[int, bytes]:
    """Return the bytes needed per value and the byte planes, low byte first."""
    top = int(values.max()) if len(values) else 0
    width = max(1, (top.bit_length() + 7) // 8)
    if width > 4:
        raise DataError(f"layer {name}: a difference does not fit in 32 bits")
    planes = values.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :width]
    return width, np.ascontiguousarray(planes.T).tobytes()


@dataclass
class _Reader:
    """Walks the streams, never past their end."""

    payload: bytes
    at: int

    def planes(self, count: int, width: int) -> Ints:
        size = count * width
        if not 1 <= width <= 4 or count < 0 or self.at + size > len(self.payload):
            raise ValueError("a stream is longer than the file")
        flat = np.frombuffer(self.payload, np.uint8, size, self.at).reshape(width, count)
        self.at += size
        shifts = 8 * np.arange(width, dtype=np.int64)[:, None]
        return np.asarray((flat.astype(np.int64) << shifts).sum(axis=0), dtype=np.int64)

    def signed(self, count: int, width: int) -> Ints:
        values = self.planes(count, width)
        return (values >> 1) ^ -(values & 1)


def _decode_layer(header: dict[str, Any], reader: _Reader) -> Layer:
    parts, points, widths = int(header["parts"]), int(header["points"]), header["widths"]
    firsts = np.cumsum(reader.signed(2 * parts, widths[0]).reshape(2, parts), axis=1)
    counts = reader.planes(parts, widths[1])
    if counts.sum() != points or (counts < 1).any():
        raise ValueError("the parts do not add up")
    starts = np.cumsum(counts) - counts
    steps = [reader.signed(points, width) for width in widths[2:4]]
    xy = [_integrate(s, starts, counts, header["order"]) for s in steps]
    units = np.column_stack(xy) + np.repeat(firsts.T, counts, axis=0)
    degrees = units * float(header["quantum"])
    split = np.split(degrees, starts[1:]) if parts else []
    return _layer(header, split)


def _integrate(steps: Ints, starts: Ints, counts: Ints, order: int) -> Ints:
    """Undo `_difference`: running sums that begin again at zero with every part."""
    for _ in range(order):
        total = np.cumsum(steps)
        steps = total - np.repeat(total[starts], counts)
    return steps


def _layer(header: dict[str, Any], parts: list[Floats]) -> Layer:
    layer = Layer(
        name=str(header["name"]),
        kind=header["kind"],
        quantum=float(header["quantum"]),
        parts=parts,
        order=header["order"],
        labels=header.get("labels"),
        ranks=header.get("ranks"),
        meta=dict(header["meta"]),
    )
    _check(layer)
    return layer
