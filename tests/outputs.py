"""Every command that writes, over small inputs in one folder."""

import json

import folium
from cases import SPARE, Folder

FEATURES = (
    {"name": "kept", "geometry": {"type": "Point", "coordinates": [100, 5]}},
    {"name": "line", "geometry": {"type": "LineString", "coordinates": [[100, 5], [101, 6]]}},
    {"name": "lost", "geometry": {"type": "Point", "coordinates": [181, 91]}},
)
# What each command is said, in the folder of its inputs, and where it writes.
COMMANDS = {
    "build": ("build demo -o pages", "pages"),
    "map": ("map any.geojson -o any/page.html --on-error skip", "any"),
    "flows": ("map flows.csv --places places.geojson -o od/page.html --on-error skip", "od"),
    "positions": ("map ships.csv -o ships/page.html", "ships"),
    "pack": ("pack saved.html -o packed/page.html", "packed"),
    "brief": ("brief demo -o briefing", "briefing"),
    "tracks": ("tracks ships.csv --places places.geojson -o tracks --on-error skip", "tracks"),
    "check": ("check demo --update-hashes", "demo"),
    "new": ("new another", "another"),
}


def make(folder):
    """Write the inputs into a folder; the data folder of `build`, `brief` and `check`."""
    demo = Folder.drawn(folder / "demo", without=SPARE)
    features = [
        {"type": "Feature", "properties": {"name": one["name"]}, "geometry": one["geometry"]}
        for one in FEATURES
    ]
    _write(folder / "any.geojson", json.dumps(collection(features)))
    points = [
        {"type": "Feature", "properties": {"place": name, "name_en": name},
         "geometry": {"type": "Point", "coordinates": [lon, 5.0]}}
        for name, lon in (("aa", 100.0), ("bb", 102.0))
    ]  # fmt: skip
    _write(folder / "places.geojson", json.dumps(collection(points)))
    _write(folder / "flows.csv", "origin,destination,quantity,unit\naa,bb,5,t\nbb,aa,much,t\n")
    _write(folder / "ships.csv", "\n".join(["vessel,time_utc,lon,lat,name", *positions()]) + "\n")
    saved = folium.Map([5, 100], zoom_start=6, tiles=None)
    folium.Marker([5, 100], tooltip="a place").add_to(saved)
    _write(folder / "saved.html", saved.get_root().render())
    return demo


def collection(features):
    return {"type": "FeatureCollection", "features": features}


def positions():
    """A ship that lies at one place, sails to the other and lies there; one row has no vessel."""
    yield ",2025-01-01T00:00:00Z,100,5,nobody"
    for minute in range(0, 60 * 60, 10):
        share = min(max((minute - 1200) / 1200, 0), 1)
        time = f"2025-01-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"
        yield f"412345678,{time},{100 + 2 * share:.5f},5.0,SHIP"


def _write(path, text):
    path.write_bytes(text.encode("utf-8"))


def written(folder, name):
    """The files a command wrote, by their path; what it keeps for a later run is left aside."""
    root = folder / COMMANDS[name][1]
    return {
        path.relative_to(root).as_posix(): path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }
