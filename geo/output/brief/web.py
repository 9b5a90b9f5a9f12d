"""A briefing as one web page: findings, maps that open as they are scrolled to, tables, sources."""

from __future__ import annotations

from collections.abc import Mapping

from geo.output import page
from geo.output.brief.model import Story


def write(story: Story, pictures: Mapping[str, bytes]) -> str:
    """The page; `pictures` are WebP by section id. The same story gives the same text."""
    return page.story(story, pictures)
