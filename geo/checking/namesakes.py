"""Points of a table that lie where their namesakes do once longitude and latitude are swapped.

Towns are those of GeoNames, of the extra `basemap`; without it nothing is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import geopandas as gpd

from geo.errors import AssetError, Fault, wording
from geo.files import headings
from geo.geometry import towns

__all__ = ["Named", "faults", "swapped"]

Named = tuple[str, float, float]
NEAR_DEG = 0.5  # a point within so much of a town of its name is taken for that town
MOST_ROWS = 2_000  # of a longer table the first are looked up
SHARE = 0.6  # of the names that are towns, so many lie swapped and none as it stands


def swapped(rows: Iterable[Named]) -> Named | None:
    """The first of some (name, lon, lat) that is a town with its coordinates swapped.

    None unless at least two are, most of those whose name is known, and none lies where a town of
    its name does.
    """
    own = [(name.casefold(), lon, lat) for name, lon, lat in rows][:MOST_ROWS]
    if len(own) < 2 or any(abs(lon) > 90 for _, lon, _ in own):
        return None
    try:
        places = towns.named({name for name, _, _ in own})
    except AssetError:
        return None
    known = [one for one in own if one[0] in places]
    right = [one for one in known if _near(places[one[0]], one[1], one[2])]
    wrong = [one for one in known if _near(places[one[0]], one[2], one[1])]
    if right or len(wrong) < 2 or len(wrong) < SHARE * len(known):
        return None
    return wrong[0]


def _near(towns: Iterable[tuple[float, float]], lon: float, lat: float) -> bool:
    return any(abs(x - lon) <= NEAR_DEG and abs(y - lat) <= NEAR_DEG for x, y in towns)


def faults(
    file: str, frame: gpd.GeoDataFrame, where: Sequence[str], by: Sequence[str]
) -> Iterator[Fault]:
    """A fault of every row of a table of towns whose coordinates, in columns `by`, are swapped."""
    heads = headings.ranked("name", list(map(str, frame.columns))) if by else []
    if not heads or not (frame.geom_type == "Point").all():
        return
    places = [*zip(where, frame.geometry.x, frame.geometry.y, strict=True)]
    names = map(str, frame.iloc[:, heads[0]])
    if swapped((name, x, y) for name, (_, x, y) in zip(names, places, strict=True)):
        said = wording("position.towns-if-swapped")
        for row, x, y in places:
            yield Fault(file, row, " and ".join(by), f"{x:g}, {y:g}", *said)
