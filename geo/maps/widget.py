"""A map in a notebook that answers: what is selected, the period, the view.

>>> import geo
>>> shown = geo.widget(geo.flow_map(flows, places=places))  # doctest: +SKIP
>>> shown.selected  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from branca.element import Element

from geo.errors import check_type
from geo.errors.extras import missing
from geo.maps.shows import Shows
from geo.scene.model import Scene

if TYPE_CHECKING:
    from geo.maps.bridged import MapWidget

__all__ = ["widget"]


def widget(drawing: Scene | Shows | Element, *, height_px: int = 640) -> MapWidget:
    """Show a map whose selection, period and view Python reads and sets.

    Parameters
    ----------
    drawing : Scene, map of `geo.maps` or folium map
        As `geo.page.show` takes it; what `geo.flow_map` and the like return.
    height_px : int
        Of the map in the cell.

    Returns
    -------
    MapWidget
        `selected`, `period`, `view`, `on_select(function)`, `rows`, and `show(drawing)` for new
        data in the same place. Where no widget can run, the frame stands in its place, and where
        no frame can, the still picture.

    Raises
    ------
    AssetError
        Where anywidget is not installed.
    """
    check_type(drawing, (Scene, Shows, Element), "a scene, a map of geo.maps or a folium map")
    try:
        from geo.maps.bridged import MapWidget
    except ImportError as error:
        raise missing(error.name or "anywidget", "widget") from None
    return MapWidget(drawing, height_px=height_px)
