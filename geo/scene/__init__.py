"""What to draw, as plain values: the same scene makes the page and the still picture."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from geo.scene.model import (
    Claim,
    Event,
    LegendItem,
    Pipe,
    Place,
    Row,
    Sample,
    Scene,
    Source,
)

if TYPE_CHECKING:
    from geo.scene.build import flows, legs_page, overview, pages

__all__ = [
    "Claim",
    "Event",
    "LegendItem",
    "Pipe",
    "Place",
    "Row",
    "Sample",
    "Scene",
    "Source",
    "flows",
    "legs_page",
    "overview",
    "pages",
]


def __getattr__(name: str) -> Any:
    """What makes scenes, when it is first asked for: what draws one does without."""
    if name not in __all__:
        raise AttributeError(f"module 'geo.scene' has no attribute {name!r}")
    return getattr(import_module("geo.scene.build"), name)
