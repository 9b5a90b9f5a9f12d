"""Maps made without this kit: read, checked against what is known, and made anew by our own code.

A plain folium or `GeoDataFrame.explore()` map comes as an element tree, a saved one as HTML.
Either way its script is read, never run and never copied: a page gets the names of our own
functions and plain values. What is not understood is refused with the element's name.

    code       what a script says: values, calls, shapes
    hiding     strings out of the way while folium renders
    tree       an element tree as texts
    saved      a saved file as the same texts
    recognise  texts → steps
    formula    functions that only work out a value
    decode     topologies and encoded lines
    markup     markup of strangers as trees of allowed elements
    glyphs     icons as drawings, from packages
    assets     the files a map asks for
    build      steps → the parts of a page
"""

from __future__ import annotations

from pathlib import Path

from branca.element import Element, Figure

from geo.errors import GeoError
from geo.files import intake
from geo.output.foreign import build, hiding, saved, tree
from geo.output.foreign.build import Parts


def is_foreign(figure: Figure) -> bool:
    """Whether a map holds anything that is not of this kit."""
    waiting = list(figure._children.values())
    for one in waiting:
        if not hiding.is_own(one):
            return True
        waiting += one._children.values()
    return bool(figure.html._children or figure.script._children)


def holds_map(figure: Figure) -> bool:
    """Whether a figure holds a map: folium's, one of this kit, or a class made of either."""
    kinds = (kind for one in hiding.elements(figure) for kind in type(one).__mro__)
    return any(kind.__name__ == "Map" for kind in kinds)


def of_map(
    drawing: Element, assets: str | Path | None = None, *, memory_bytes: int | None = None
) -> Parts:
    """The parts of a page from a folium map. Raises AssetError for what cannot be carried."""
    source = tree.read(drawing.get_root())
    return build.parts(source, _folder(assets), memory_bytes=memory_bytes)


def of_file(
    path: str | Path, assets: str | Path | None = None, *, memory_bytes: int | None = None
) -> Parts:
    """The parts of a page from a map that folium saved. Raises GeoError or AssetError."""
    try:
        found = intake.named(path)
        build.bounded(found.stat().st_size, memory_bytes)
        text = found.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GeoError(f"{path}: cannot be read as a saved map: {error}") from error
    try:
        with intake.whole(path, "a map that folium saved"):
            source = saved.read(text, str(path))
            return build.parts(source, _folder(assets), memory_bytes=memory_bytes)
    except GeoError as error:
        if str(path) in str(error):
            raise
        raise type(error)(f"{path}: {error}") from error


def _folder(assets: str | Path | None) -> Path | None:
    if assets is None:
        return None
    folder = Path(assets)
    if not folder.is_dir():
        raise GeoError(f"{folder}: is no folder; --assets takes one with npm packages")
    return folder
