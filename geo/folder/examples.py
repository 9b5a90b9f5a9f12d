"""`geo example`: a data folder that comes with the kit, written where the user wants it."""

from __future__ import annotations

from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path

from geo.errors import GeoError
from geo.files import writing

__all__ = ["names", "write"]

# Where a checkout keeps what a wheel carries under geo/cases/, as pyproject.toml says.
_CHECKOUT = {"corridors": "data", "iron-ore": "examples/iron-ore"}


def names() -> tuple[str, ...]:
    """Return the names of the folders that come with the kit."""
    return tuple(_CHECKOUT)


def write(name: str, folder: str | Path | None = None) -> Path:
    """Write a folder that comes with the kit.

    Parameters
    ----------
    name
        One of `names`.
    folder
        Where to; by default a new folder of that name.

    Returns
    -------
    Path
        The folder that was written.

    Raises
    ------
    GeoError
        Where there is no such example, or the folder is there and not empty.
    """
    if name not in _CHECKOUT:
        raise GeoError(f"no example {name!r}; there are {', '.join(names())}")
    folder = Path(folder or name)
    if not writing.vacant(folder):
        raise GeoError(f"{folder}: exists and is not empty; name a new folder")
    return writing.write_new(folder, {one.name: one.read_bytes() for one in _kept(name).iterdir()})


def _kept(name: str) -> Traversable:
    packed = resources("geo") / "cases" / name
    if packed.is_dir():
        return packed
    checkout = Path(__file__).parents[2] / _CHECKOUT[name]
    if checkout.is_dir():
        return checkout
    raise GeoError(f"the example {name} did not come with this copy of the kit; reinstall tumen")
