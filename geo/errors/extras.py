"""Packages that an extra brings: imported when first needed, and named where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from geo.errors import AssetError, wording

__all__ = ["bring", "missing"]


def bring(package: str, extra: str) -> Any:
    """Import a module of an extra.

    Parameters
    ----------
    package
        Its full name, such as `pyarrow.parquet`.
    extra
        The extra of the kit that brings it.

    Raises
    ------
    AssetError
        Where it is not installed; the message names the extra.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise missing(error.name or package, extra) from None


def missing(package: str, extra: str) -> AssetError:
    """The error that names a package which is not installed, and the extra that brings it."""
    said = wording("extra.not-installed", package=package.partition(".")[0], extra=extra)
    return AssetError(f"{said.problem}; {said.remedy} [{said.code}]")
