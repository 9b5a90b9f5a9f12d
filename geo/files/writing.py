"""Writing a file so that the old one or the new one is there, whole, whatever happens."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from geo.errors import GeoError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LONGEST = 200  # bytes of a name that comes from data; every file system in use takes 255
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))]
)
_PART = re.compile(r"\..{1,40}\.[0-9a-f]{8}\.part", re.DOTALL)
_SIGNS = frozenset('/\\:<>"|?*')


def write(path: str | Path, content: str | bytes, *, follow_links: bool = False) -> Path:
    """Write beside the target, flush to disk, then take its place. Raises GeoError.

    A symbolic link at `path` is refused; with `follow_links` the file it leads to is written, and
    the link stays. A device, a pipe or a folder is never replaced.
    """
    try:
        data = content.encode("utf-8") if isinstance(content, str) else content
    except UnicodeEncodeError as error:
        said = "a text holds half of a character (a lone surrogate)"
        raise GeoError(f"{path}: cannot be written: {said}") from error
    with replacing(path, follow_links=follow_links) as file:
        file.write(data)
    return Path(path)


def vacant(folder: str | Path) -> bool:
    """Whether a new folder can be written: none is there, or one that holds nothing.

    What a killed writer of a new folder left in it is nothing.
    """
    path = Path(folder)
    if not path.exists():
        return True
    return path.is_dir() and all(_PART.fullmatch(one.name) for one in path.iterdir())


def write_new(folder: str | Path, contents: Mapping[str, str | bytes]) -> Path:
    """Write the files of a `vacant` folder: all of them, or none. Raises GeoError."""
    target = Path(folder)
    there, stage = target.exists(), target / f".new.{secrets.token_hex(4)}.part"
    try:
        stage.mkdir(parents=True)
        for name, content in contents.items():
            write(stage / name, content)
        for one in list(stage.iterdir()):
            one.replace(target / one.name)
    except GeoError as error:
        raise GeoError(str(error).replace(str(stage), str(target))) from error
    except OSError as error:
        raise _unwritten(folder, error) from error
    finally:
        _clear(target, remove=not there)
    return target


def _clear(folder: Path, *, remove: bool) -> None:
    """Leave no stage of a new folder, nor the folder itself where nothing came of it."""
    for stage in folder.glob(".new.*.part"):
        shutil.rmtree(stage, ignore_errors=True)
    if remove:
        with contextlib.suppress(OSError):  # it holds files, or was never made
            folder.rmdir()


@contextlib.contextmanager
def replacing(path: str | Path, *, follow_links: bool = False) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` when all is written; else it goes.

    What a writer that was killed left in the folder is removed. Raises GeoError as `write` does.
    """
    target = _target(Path(path), follow_links)
    beside, file = _prepared(path, target)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl is None:  # elsewhere an open file cannot be renamed
                file.close()
            beside.replace(target)
        _settle(target.parent)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # gone when it took the target's place
            beside.unlink(missing_ok=True)


def _unwritten(path: str | Path, error: Exception) -> GeoError:
    return GeoError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}")


def _prepared(path: str | Path, target: Path) -> tuple[Path, BinaryIO]:
    """The folder without what killed writers left, and in it a new file beside the target."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        return _held(target)
    except (OSError, ValueError) as error:  # a name with a null byte is no OSError
        raise _unwritten(path, error) from error


def _held(target: Path) -> tuple[Path, BinaryIO]:
    """A new file beside the target, locked, so that no other writer takes it for left behind."""
    while True:
        beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
        file = beside.open("xb")
        try:
            if fcntl is not None:
                _lock(file)
            if fcntl is None or os.fstat(file.fileno()).st_nlink:  # not swept away before the lock
                return beside, file
            file.close()
        except BaseException:
            file.close()
            beside.unlink(missing_ok=True)
            raise


def _lock(file: BinaryIO, *, wait: bool = True) -> None:
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:  # some disks have no locks: there nothing is swept, and nothing need be held
        if not wait:
            raise


def _sweep(folder: Path) -> None:
    """Remove what killed writers left in a folder: parts that nobody holds."""
    if fcntl is None:
        return
    for part in [one for one in folder.iterdir() if _PART.fullmatch(one.name)]:
        with contextlib.suppress(OSError):
            _remove(part)


def _remove(part: Path) -> None:
    """Remove a part; OSError where a writer holds it or where it has taken its place."""
    with part.open("rb") as file:
        _lock(file, wait=False)
        if os.path.samestat(os.fstat(file.fileno()), part.lstat()):
            part.unlink()


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


def _settle(folder: Path) -> None:
    """Flush the folder, so that the new name survives a loss of power; not all systems can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
