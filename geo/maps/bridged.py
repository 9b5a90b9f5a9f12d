"""The widget: a page with a bridge in its frame, and the values that go to and fro."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import pandas as pd
import traitlets
from branca.element import Element

from geo.errors import GeoError
from geo.maps.shows import Shows
from geo.output import bundle, page, shown
from geo.scene.model import Scene

__all__ = ["KINDS", "MapWidget"]

KINDS = ("legs", "flows", "places", "tracks", "features")
_CORNERS = 4


class MapWidget(anywidget.AnyWidget):
    """A map that answers; made by `geo.widget`.

    Attributes
    ----------
    selected : dict
        Ids of what is open on the map, by kind: "legs" and the "flows" drawn on them, "places",
        "tracks" (the key of a vessel), "features" ([layer, number from 0]). Empty for nothing.
    period : list or None
        First and last day shown ("yyyy-mm-dd"); of tracks, moments in UTC. None for all times.
    view : list
        West, south, east and north in degrees; empty before the map is seen.
    """

    _esm = bundle.widget_module()
    _shared = traitlets.Bytes(b"").tag(sync=True)
    _own = traitlets.Bytes(b"").tag(sync=True)
    title = traitlets.Unicode("Map").tag(sync=True)
    height_px = traitlets.Int(640).tag(sync=True)
    selected = traitlets.Dict().tag(sync=True)
    period = traitlets.List(traitlets.Unicode(), allow_none=True, default_value=None).tag(sync=True)
    view = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, drawing: Scene | Shows | Element, *, height_px: int = 640) -> None:
        """Take a map, without showing it."""
        self._pieces: dict[str, int] = {}
        super().__init__(height_px=height_px)
        self.show(drawing)

    def show(self, drawing: Scene | Shows | Element, *, keep: bool = True) -> None:
        """Put another map, or new data, in the place of this one.

        Code and ground that the browser has are not sent again. keep: whether view, period and
        selection stay; without it they are those the new map opens with.
        """
        self._drawing = drawing
        made = drawing.page() if isinstance(drawing, Shows) else drawing
        shared, own = page.pieces(made)
        known = len(self._pieces)
        numbers = [self._pieces.setdefault(piece, len(self._pieces)) for piece in shared]
        told = [numbers[one] if isinstance(one, int) else one for one in own]
        with self.hold_sync():
            if not keep:
                self.selected, self.view = {}, []
                self.set_trait("period", None)
            if len(self._pieces) > known:
                self._shared = _packed(list(self._pieces))
            self.title = str(getattr(made, "title", "Map"))
            self._own = _packed(told)

    def on_select(self, function: Callable[[dict[str, Any]], object]) -> None:
        """Call a function with `selected` whenever it changes."""
        self.observe(lambda change: function(change["new"]), "selected")

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the frame behind what is selected; of a scene, the rows of its table."""
        if isinstance(self._drawing, Shows):
            return self._drawing.rows(self.selected)
        legs = set(self.selected.get("legs", ()))
        table = self._drawing.rows if isinstance(self._drawing, Scene) else ()
        return pd.DataFrame([vars(row) for row in table if row.pipe in legs])

    @traitlets.validate("selected")
    def _is_selection(self, proposal: Mapping[str, Any]) -> dict[str, Any]:
        value = dict(proposal["value"])
        if set(value) - {*KINDS}:
            raise GeoError(f"selected: kinds are {', '.join(KINDS)} (found {', '.join(value)})")
        return {kind: list(ids) for kind, ids in value.items() if ids}

    @traitlets.validate("period")
    def _is_period(self, proposal: Mapping[str, Any]) -> Sequence[str] | None:
        value: Sequence[str] | None = proposal["value"]
        if value is None:
            return None
        try:
            first, last = (pd.Timestamp(text) for text in value)
            ordered = bool(first <= last)
        except (ValueError, TypeError):
            ordered = False
        if not ordered:
            raise GeoError(f"period: give the first and the last day, or None (found {value})")
        return value

    @traitlets.validate("view")
    def _is_view(self, proposal: Mapping[str, Any]) -> Sequence[float]:
        box: Sequence[float] = proposal["value"]
        if box and (len(box) != _CORNERS or box[0] > box[2] or box[1] > box[3]):
            raise GeoError(f"view: give west, south, east, north in degrees (found {box})")
        return box

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget; where none can run the frame, and where no frame can the picture."""
        found = super()._repr_mimebundle_(**options)
        data, metadata = found if isinstance(found, tuple) else (found or {}, {})
        return self._still_and_frame() | dict(data), dict(metadata)

    def _still_and_frame(self) -> dict[str, Any]:
        if isinstance(self._drawing, Shows):
            return self._drawing._repr_mimebundle_()
        made: shown.Shown = page.show(self._drawing, height_px=self.height_px)
        return made._repr_mimebundle_()


def _packed(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8"), 6, mtime=0)
