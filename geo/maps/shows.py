"""A map that shows itself: in a cell, as a picture, as layers of another map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import GeoError
from geo.files import writing
from geo.output import exports, page, shown

if TYPE_CHECKING:
    import pandas as pd

    from geo.scene.model import Scene

__all__ = ["Shows"]


class Shows:
    """What every map of a user does; how it is drawn is its own."""

    height_px = 720  # of the frame in a cell

    def __repr__(self) -> str:
        """One line: what is drawn, and what to do where no frame shows it."""
        kind, title = type(self).__name__, self.scene.title
        return f"<{kind} {title!r}: .save('map.html') writes it, .still() gives a picture>"

    @property
    def scene(self) -> Scene:
        """The words, the view, the legend and the ground of the map as values."""
        raise NotImplementedError

    def page(self) -> Any:
        """What `geo.page` makes a page of."""
        raise NotImplementedError

    def picture(self, kind: str, **options: Any) -> bytes:
        """The still picture in one of the formats of `exports.PICTURES`."""
        raise NotImplementedError

    def drawn(self) -> exports.Drawn:
        """What is drawn, as data."""
        raise NotImplementedError

    def book(self) -> bytes:
        """The workbook of a map of flows; GeoError for another."""
        raise NotImplementedError

    def elements(self) -> Iterator[Any]:
        """The layers and panels of the map, as elements of folium."""
        raise NotImplementedError

    def save(self, path: str | Path, *, follow_links: bool = False) -> Path:
        """Write a page, a picture or data, by the ending of the file. GeoError for another."""
        kind = exports.ending(path)
        if kind in exports.BOOKS:
            return writing.write(path, self.book(), follow_links=follow_links)
        if kind in exports.PAGES:
            return page.save(self.page(), path, follow_links=follow_links)
        if kind in exports.PICTURES:
            return writing.write(path, self.picture(kind), follow_links=follow_links)
        return exports.write(self.drawn(), path, follow_links=follow_links)

    def still(self, kind: str = "png", **options: Any) -> bytes:
        """The still picture as the bytes of a PNG, an SVG or a PDF.

        options: those of `geo.still.figure`, and of a PNG its `dpi`. Raises GeoError.
        """
        known = [name[1:] for name in exports.PICTURES]
        if kind not in known:
            raise GeoError(f"still {kind!r}: there are {', '.join(known)}")
        return self.picture(f".{kind}", **options)

    def rows(self, selected: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
        """The rows behind what is selected, as a widget tells it; none where nothing is."""
        raise NotImplementedError

    def add_to(self, parent: Any) -> Shows:
        """Add the layers and panels to a folium map, and nothing of its ground."""
        for element in self.elements():
            element.add_to(parent)
        return self

    @cached_property
    def _cell(self) -> shown.Shown:
        still = self.picture(".png", dpi=shown.DPI)
        return page.show(self.page(), height_px=self.height_px, picture=still)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self._cell._repr_mimebundle_()

    def _repr_html_(self) -> str:
        return self._cell._repr_html_()
