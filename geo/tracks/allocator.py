"""Memory that a process keeps between allocations: that of the C library, where it is glibc."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["roomy"]

_SET = "MALLOC_TRIM_THRESHOLD_"
_TRIM, _MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of mallopt(3)
_ROOMY, _LARGE, _USUAL = 1 << 28, 1 << 25, 1 << 26  # the last two are where glibc itself ends


@contextlib.contextmanager
def roomy() -> Iterator[None]:
    """Let freed memory stay with the process while columns come and go, then give it back.

    Without it every array that is freed may be given to the system and its pages fetched anew.
    Dask even starts its workers with a trim threshold of 64 kB, which doubles the time; a
    threshold that was set from outside holds again afterwards. Without glibc nothing is done.
    """
    library: Any = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if not hasattr(library, "mallopt"):
        yield
        return
    own = os.environ.get(_SET, "")
    library.mallopt(_MMAP, _LARGE)
    library.mallopt(_TRIM, _ROOMY)
    try:
        yield
    finally:
        library.mallopt(_TRIM, min(int(own), 2**31 - 1) if own.isdigit() else _USUAL)
        library.malloc_trim(0)
