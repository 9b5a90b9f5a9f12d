"""Memory that a process keeps between allocations: the C library's, on Linux."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["roomy"]

_SET = "MALLOC_TRIM_THRESHOLD_"
_TRIM_THRESHOLD = -1  # M_TRIM_THRESHOLD of mallopt(3)
_ROOMY = 1 << 28


@contextlib.contextmanager
def roomy() -> Iterator[None]:
    """Let freed memory stay with the process while columns come and go, then give it back.

    Dask starts its workers with a trim threshold of 64 kB: every array that is freed is given to
    the system and its pages are fetched anew, which doubles the time. Where the threshold has not
    been set from outside, and elsewhere than on Linux, nothing is done.
    """
    own = os.environ.get(_SET, "")
    library: Any = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if not own.isdigit() or not hasattr(library, "mallopt"):
        yield
        return
    library.mallopt(_TRIM_THRESHOLD, _ROOMY)
    try:
        yield
    finally:
        library.mallopt(_TRIM_THRESHOLD, min(int(own), 2**31 - 1))
        library.malloc_trim(0)
