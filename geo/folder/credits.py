"""To whom the lines of a page are owed, where that is stated apart from its folder's licence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Credit", "attributions", "licence", "owed", "stated"]


@dataclass(frozen=True)
class Credit:
    """What is owed for one file: its title, its licence, and what a map that shows it must say."""

    what: str
    licence: str = ""
    attribution: str = ""

    def __str__(self) -> str:
        """'Railway: ODbL-1.0, © OpenStreetMap contributors'."""
        return f"{self.what}: {', '.join(x for x in (self.licence, self.attribution) if x)}"


def licence(descriptor: Mapping[str, Any]) -> str:
    """The licences a package or a resource names, '' where it names none."""
    named = descriptor.get("licenses", [])
    return ", ".join(str(item.get("name", item.get("title", ""))) for item in named)


def stated(descriptor: Mapping[str, Any]) -> dict[str, Credit]:
    """The credit of every leg file that has a licence or `tumen:attribution` of its own."""
    found = {}
    for one in descriptor["resources"]:
        owed = licence(one), one.get("tumen:attribution", "")
        if one.get("tumen:role") == "legs" and any(owed):
            found[Path(one["path"]).stem] = Credit(one.get("title") or one["name"], *owed)
    return found


def owed(known: Mapping[str, Credit], files: Iterable[str]) -> tuple[Credit, ...]:
    """The credits of some leg files, in their order, each once."""
    return tuple(known[file] for file in dict.fromkeys(files) if file in known)


def attributions(found: Iterable[Credit]) -> str:
    """What the corner of a map says of them, each once."""
    return " · ".join(dict.fromkeys(one.attribution for one in found if one.attribution))
