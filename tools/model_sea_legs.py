"""Write the modelled geometry of the sea legs of a data folder: the shortest way over its water.

Run by hand after a place, a leg or the base map has changed:  python tools/model_sea_legs.py data
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import geo


def main(folder: Path) -> None:
    """Route every modelled sea leg of every leg file anew."""
    land = geo.basemap.land([(folder / "basemap.pack").read_bytes()])
    places = json.loads((folder / "places.geojson").read_text(encoding="utf-8"))["features"]
    points = {p["properties"]["place"]: p["geometry"]["coordinates"] for p in places}
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource.get("tumen:role") == "legs":
            model(folder / resource["path"], points, land)


def model(path: Path, points: dict[str, list[float]], land: object) -> None:
    """Route the modelled sea legs of one file and write it back, a feature a line."""
    document = json.loads(path.read_text(encoding="utf-8"))
    for feature in document["features"]:
        leg = feature["properties"]
        if leg["mode"] != "sea" or leg["geometry_basis"] != "modelled":
            continue
        ends = [tuple(points[leg[end]]) for end in ("origin", "destination")]
        found = geo.water.route(*ends, land=land)
        line = [[x, y] for x, y in found.line.coords]  # rounded, it might touch the shore
        feature["geometry"] = {"type": "LineString", "coordinates": line}
        print(
            f"{leg['leg']}: {found.length_km:.1f} km, {found.length_nmi:.1f} nmi, "
            f"geodesic {found.geodesic_km:.1f} km, moved {found.snapped_km} km to water"
        )
    path.write_text(text(document), encoding="utf-8")


def text(document: dict[str, object]) -> str:
    """GeoJSON with one feature a line, so that a change shows as a change of lines."""
    features = document.pop("features")
    head = json.dumps(document, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in features)
    return f'{head}, "features": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    main(Path(sys.argv[1]))
