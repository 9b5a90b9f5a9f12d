"""Writing a file so that the old one or the new one is there, whole, whatever happens."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from geo.errors import GeoError


def write(path: str | Path, content: str | bytes) -> Path:
    """Write beside the target, flush to disk, then take its place. Raises GeoError.

    A symbolic link at `path` is replaced, not followed.
    """
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _fill(beside, data)
        beside.replace(target)
    except OSError as error:
        raise GeoError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):  # gone when it took the target's place
            beside.unlink(missing_ok=True)
    return target


def _fill(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
