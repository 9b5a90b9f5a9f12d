"""Small tables of flows between made-up places, written as a user's files."""

import json
import random


def places(count, *, seed=3, box=(100.0, 10.0, 140.0, 50.0)):
    """(id, lon, lat) of places in a box."""
    own = random.Random(seed)
    west, south, east, north = box
    return [
        (f"P{n:03d}", round(own.uniform(west, east), 4), round(own.uniform(south, north), 4))
        for n in range(count)
    ]


def write_places(folder, found):
    features = [
        {
            "type": "Feature",
            "properties": {"place": name, "name_en": f"Port {name}"},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for name, lon, lat in found
    ]
    path = folder / "places.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def pairs(found, count, *, seed=3):
    own = random.Random(seed)
    every = [(a[0], b[0]) for a in found for b in found if a != b]
    return own.sample(every, count)


def write_flows(folder, rows, *, header="origin,destination,quantity,unit", name="flows.csv"):
    path = folder / name
    lines = [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def amounts(count, *, seed=3):
    """Amounts as trade has them: a few large, most small."""
    own = random.Random(seed)
    return [round(own.paretovariate(1.1) * 100) for _ in range(count)]
