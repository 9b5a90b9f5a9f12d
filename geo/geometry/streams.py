"""Whole numbers as streams of bytes and back: differences, zigzag, byte planes, deflated."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import DataError

__all__ = [
    "HEAD",
    "MAGIC",
    "VERSION",
    "Ints",
    "Reader",
    "Shorts",
    "deflated",
    "differences",
    "inflated",
    "integrated",
    "planes",
    "zigzag",
]

MAGIC = b"TUMN"
VERSION = 2
Ints: TypeAlias = NDArray[np.int64]
Shorts: TypeAlias = NDArray[np.int32]
HEAD = struct.Struct("<4sBII")
_MOST_PER_BYTE = 1032  # deflate expands no further (zlib technical notes)


def inflated(data: bytes) -> bytes:
    """The payload of a packed file. Raises DataError where it is none."""
    if len(data) < HEAD.size:
        raise DataError(f"packed file: truncated, {len(data)} bytes")
    magic, version, checksum, size = HEAD.unpack_from(data)
    if magic != MAGIC:
        raise DataError("packed file: bad magic; this is not a packed file")
    if not 1 <= version <= VERSION:
        raise DataError(
            f"packed file: version {version}, this release reads version 1 to {VERSION}"
        )
    body = data[HEAD.size :]
    if size > _MOST_PER_BYTE * len(body):
        raise DataError("packed file: truncated, less data than its length says")
    payload = deflated(body, size)
    if len(payload) != size:
        raise DataError(f"packed file: truncated, {len(payload)} of {size} bytes")
    if zlib.crc32(payload) != checksum:
        raise DataError("packed file: checksum differs, the file is damaged")
    return payload


def deflated(body: bytes, size: int) -> bytes:
    """The inflated bytes of a body, no more than stated."""
    try:
        return zlib.decompressobj(-15).decompress(body, size + 1)
    except zlib.error as error:
        raise DataError(f"packed file: damaged, cannot inflate ({error})") from error


def differences(values: Shorts, starts: Ints, order: int) -> Shorts:
    """Return differences within each part; zero at a start, first difference just after it."""
    for _ in range(order):
        values = np.diff(values, prepend=values[:1])
        values[starts] = 0
    return values


def zigzag(values: Shorts) -> NDArray[np.uint32]:
    """Small negatives as small numbers."""
    return ((values << 1) ^ (values >> 31)).view(np.uint32)


def planes(values: NDArray[Any], name: str) -> tuple[int, bytes]:
    """Return the bytes needed per value and the byte planes, low byte first."""
    top = int(values.max()) if len(values) else 0
    width = max(1, (top.bit_length() + 7) // 8)
    if width > 4:
        raise DataError(f"layer {name}: a difference does not fit in 32 bits")
    planes = values.astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)[:, :width]
    return width, planes.tobytes(order="F")


@dataclass
class Reader:
    """Walks the streams, never past their end."""

    payload: bytes
    at: int

    def planes(self, count: int, width: int) -> Ints:
        """The next numbers of so many bytes each."""
        size = count * width
        if not 1 <= width <= 4 or count < 0 or self.at + size > len(self.payload):
            raise ValueError("a stream is longer than the file")
        flat = np.frombuffer(self.payload, np.uint8, size, self.at).reshape(width, count)
        self.at += size
        shifts = 8 * np.arange(width, dtype=np.int64)[:, None]
        return np.asarray((flat.astype(np.int64) << shifts).sum(axis=0), dtype=np.int64)

    def signed(self, count: int, width: int) -> Ints:
        """The next numbers with their signs."""
        values = self.planes(count, width)
        return (values >> 1) ^ -(values & 1)

    def bits(self, count: int) -> NDArray[np.bool_]:
        """The next bits."""
        packed = self.planes((count + 7) // 8, 1).astype(np.uint8)
        return np.unpackbits(packed, count=count, bitorder="little").astype(bool)


def integrated(steps: Ints, starts: Ints, counts: Ints, order: int) -> Ints:
    """Undo `_difference`: running sums that begin again at zero with every part."""
    for _ in range(order):
        total = np.cumsum(steps)
        steps = total - np.repeat(total[starts], counts)
    return steps
