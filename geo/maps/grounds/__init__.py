"""A file or an address of a user's own → a ground beneath a map, cut to what is asked for.

`asked` is what a user says, `archives` cuts files of tiles, `schemes` puts vector tiles into the
kit's quiet styles, `terrain` reads GeoTIFF, `beneath` any file of features, `fetched` an address.
Imports from `files`, `geometry` and `checking`, and nothing else of `maps`.
"""

from geo.maps.grounds.asked import Asked, lay, street

__all__ = ["Asked", "lay", "street"]
