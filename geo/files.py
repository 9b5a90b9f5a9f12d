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
        _settle(target.parent)
    except OSError as error:
        raise GeoError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):  # gone when it took the target's place
            beside.unlink(missing_ok=True)
    return target


def within(folder: str | Path, name: str) -> Path:
    """The path of a file in a folder, for a name that comes from data.

    Raises GeoError for a name that leads out of the folder or is no name of a file.
    """
    plain = name not in {"", ".", ".."} and not set(name) & set('/\\:\0<>"|?*\r\n\t')
    if not plain or name.startswith(("~", "-")) or not name.isprintable():
        raise GeoError(f"{name!r}: no name of a file inside {folder}; use letters, digits, - and _")
    return Path(folder) / name


def _fill(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Flush the folder, so that the new name survives a loss of power; not all systems can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
