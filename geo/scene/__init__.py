"""What to draw, as plain values: the same scene makes the page and the still picture."""

from geo.scene.build import flows, legs_page, overview, pages
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
