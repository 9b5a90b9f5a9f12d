"""What was made before, by what it was made from: kept on this machine, and never stale.

A key is the hash of everything that the made thing hangs on; what is kept under a key is not
changed again. It stands in the user's folder for caches, else in the one that `TUMEN_CACHE` names;
`TUMEN_CACHE=off` keeps nothing. A file that is damaged, or cannot be written, is as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from geo.errors import GeoError
from geo.files import writing

__all__ = ["get", "keep", "key"]

PLACE, OFF = "TUMEN_CACHE", "off"
MOST = 24  # things kept; the longest unused go first
_ENDING = ".kept"


def key(parts: Iterable[str | bytes]) -> str:
    """The hash of parts, of the kit's own files, and of what is installed beside it."""
    made = hashlib.sha256(_kit())
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        made.update(len(data).to_bytes(8, "big") + data)
    return made.hexdigest()


def get(name: str) -> dict[str, bytes] | None:
    """The files kept under a key, by their names; None where there are none, or damaged ones."""
    folder = _folder()
    if folder is None:
        return None
    path = folder / f"{name}{_ENDING}"
    try:
        head, _, content = path.read_bytes().partition(b"\n")
        sizes: dict[str, int] = json.loads(head)["sizes"]
        if json.loads(head)["sha256"] != hashlib.sha256(content).hexdigest():
            return None
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found, at = {}, 0
    for file, size in sizes.items():
        found[file] = content[at : at + size]
        at += size
    return found


def keep(name: str, files: Mapping[str, bytes]) -> None:
    """Keep files under a key; where that cannot be done nothing is kept."""
    folder = _folder()
    if folder is None:
        return
    content = b"".join(files.values())
    sizes = {file: len(data) for file, data in files.items()}
    head = json.dumps({"sha256": hashlib.sha256(content).hexdigest(), "sizes": sizes})
    with contextlib.suppress(GeoError, OSError):
        writing.write(folder / f"{name}{_ENDING}", head.encode() + b"\n" + content)
        every = sorted(folder.glob(f"*{_ENDING}"), key=lambda one: one.stat().st_mtime)
        for old in every[:-MOST]:
            old.unlink(missing_ok=True)


def _folder() -> Path | None:
    """Where things are kept, None where nothing is."""
    place = os.environ.get(PLACE, "")
    if place == OFF:
        return None
    from platformdirs import user_cache_path  # not needed to start

    return Path(place) if place else user_cache_path("tumen") / "pages"


@cache
def _kit() -> bytes:
    """The hash of every file of the kit, of Python, and of each package with its version."""
    home = Path(__file__).resolve().parent.parent
    made = hashlib.sha256(f"{sys.version}\0{platform.platform()}".encode())
    files = (one for one in home.rglob("*") if one.suffix != ".pyc" and one.is_file())
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).digest()
        made.update(str(file.relative_to(home)).encode() + b"\0" + content)
    packages = {(str(one.name), one.version) for one in metadata.distributions()}
    made.update(json.dumps(sorted(packages)).encode())
    return made.digest()
