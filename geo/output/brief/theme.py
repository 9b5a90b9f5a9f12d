"""The typeface of a document or a deck that has no template of its own."""

from __future__ import annotations

import re
from typing import Any

from geo.output import letters

__all__ = ["lettered"]

_LATIN = re.compile(rb'(<a:latin typeface=")[^"]+')


def lettered(package: Any) -> None:
    """Set the Latin letters of an office file's theme; its styles and charts follow the theme."""
    for part in package.iter_parts():
        if "/theme/" in str(part.partname):
            part._blob = _LATIN.sub(rb"\g<1>" + letters.FAMILY.encode(), part.blob)
