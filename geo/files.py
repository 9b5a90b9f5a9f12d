"""Writing a file so that the old one or the new one is there, whole, whatever happens."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from geo.errors import GeoError

LONGEST = 200  # bytes of a name that comes from data; every file system in use takes 255
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))]
)
_SIGNS = frozenset('/\\:<>"|?*')


def write(path: str | Path, content: str | bytes, *, follow_links: bool = False) -> Path:
    """Write beside the target, flush to disk, then take its place. Raises GeoError.

    A symbolic link at `path` is refused; with `follow_links` the file it leads to is written, and
    the link stays. A device, a pipe or a folder is never replaced.
    """
    target = _target(Path(path), follow_links)
    data = content.encode("utf-8") if isinstance(content, str) else content
    beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _fill(beside, data)
        beside.replace(target)
        _settle(target.parent)
    except (OSError, ValueError) as error:  # a name with a null byte is no OSError
        said = getattr(error, "strerror", None) or error
        raise GeoError(f"{path}: cannot be written: {said}") from error
    finally:
        with contextlib.suppress(OSError, ValueError):  # gone when it took the target's place
            beside.unlink(missing_ok=True)
    return Path(path)


def within(folder: str | Path, name: str) -> Path:
    """The path of a file in a folder, for a name that comes from data.

    Raises GeoError for a name that leads out of the folder or is no name of a file.
    """
    problem = unfit(name)
    if problem:
        raise GeoError(f"{name!r}: no name of a file inside {folder}: {problem}; {PLAIN}")
    return Path(folder) / name


PLAIN = "use letters, digits, - and _"


def unfit(name: str) -> str:
    """Why a name is none of a file inside a folder, on any system; '' for one that is."""
    if name in {"", ".", ".."} or _SIGNS & set(name):
        return "it leads elsewhere or holds a sign that names of files may not hold"
    if not name.isprintable():
        return "it holds a control character or a mark that hides"
    if name.startswith(("~", "-", " ", ".")) or name.endswith((" ", ".")):
        return "its first or last character hides it, or is misread by some systems"
    if name.split(".")[0].rstrip().lower() in _DEVICES:
        return "some systems keep this name for a device"
    return f"it is longer than {LONGEST} bytes" if len(name.encode("utf-8")) > LONGEST else ""


def _target(path: Path, follow_links: bool) -> Path:
    """The file that is to be written: what is there is a plain file, or nothing."""
    try:
        if path.is_symlink():
            if not follow_links:
                raise GeoError(
                    f"{path}: cannot be written: a link is there, to {path.readlink()}; name that "
                    "file, remove the link, or say --follow-links (follow_links=True)"
                )
            path = Path(os.path.realpath(path))
        if path.is_symlink():
            raise GeoError(f"{path}: cannot be written: the link leads to itself; remove it")
        taken = path.exists() and not path.is_file()
    except OSError as error:
        raise GeoError(f"{path}: cannot be written: {error.strerror}") from error
    if taken:
        raise GeoError(f"{path}: cannot be written: a folder, device or pipe is there; name a file")
    return path


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
