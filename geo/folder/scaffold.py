"""`geo new`: a data folder of a user's own that already builds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files as resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from geo.errors import GeoError
from geo.files import writing
from geo.folder import begun, courses, dictionary, drafts, package, schemas
from geo.geometry import basemap, countries, rail, water
from geo.geometry.ways import ports

__all__ = ["listed", "new", "unspoken"]

PAD_DEG = 1.0


def new(
    folder: str | Path,
    *,
    origin: str = "",
    destination: str = "",
    via: Sequence[str] = (),
    modes: Sequence[str] = (),
    corridors: Sequence[str] = (),
    languages: Sequence[str] = (),
    flows: str | Path = "",
    places: Sequence[str] = (),
) -> None:
    """Write the example folder, its places two ends, and those between in order.

    A place is 'Name,lat,lon', or the name or UN/LOCODE of a port that is known.

    modes: "sea" or "rail" for each leg; by default every leg goes by sea. Legs of one mode that
    follow each other are one corridor; the example's flow goes over the first.
    corridors: in place of one route, each 'Name; mode; place; place; …'.
    flows: a table in the short form to begin with, in place of the examples; its places are
    `places`, each 'Name,lat,lon', and ports that are known.
    languages: BCP 47 codes of the names that places and corridors have besides the English one.
    Raises GeoError when the folder holds anything, a place cannot be read, or no way leads from one
    to the next: nothing is written then.
    """
    _empty(Path(folder))
    tongues, contents = drafts.spoken(languages), dict(_examples())
    route = bool(origin or destination or via or modes)
    _one_way(route, corridors, flows, places)
    if flows:
        table = package.read_text(Path(flows))
        towns, legs, tables = begun.begun(contents, table, str(flows), places, _end)
    elif corridors:
        towns, legs, tables = _beside(contents, [drafts.route(one) for one in corridors])
    else:
        towns, legs, tables = _along(contents, origin, via, destination, modes)
    writing.write_new(folder, _whole(contents | tables, towns, legs, tongues))


def _empty(folder: Path) -> None:
    """Raise GeoError where a folder holds anything, or is a file."""
    if not writing.vacant(folder):
        raise GeoError(f"{folder}: exists and is not empty; name a new folder")


def _one_way(
    route: bool, corridors: Sequence[str], flows: str | Path, places: Sequence[str]
) -> None:
    """Raise GeoError where a folder is to begin in two ways."""
    if corridors and route:
        raise GeoError("--corridor names its own places: leave out --from, --to, --via and --by")
    if flows and (corridors or route):
        raise GeoError("--flows names its own corridors: leave out --from, --to, --via, --corridor")
    if places and not flows:
        raise GeoError("--place: only with --flows")


Collection = dict[str, Any]


def _along(
    contents: dict[str, str], origin: str, via: Sequence[str], end: str, modes: Sequence[str]
) -> tuple[Collection, Collection, dict[str, str]]:
    """Places, legs and tables of one route."""
    places = _placed(json.loads(contents["places.geojson"]), origin, via, end)
    by = _modes(modes, len(places["features"]) - 1)
    legs = _legs(json.loads(contents["legs.geojson"]), places["features"], by)
    _try(places["features"], by)
    return places, legs, _of_corridors(contents, legs["features"])


def _beside(
    contents: dict[str, str], routes: Sequence[drafts.Route]
) -> tuple[Collection, Collection, dict[str, str]]:
    """Places, legs and tables of corridors beside each other; one place may be in several."""
    example = json.loads(contents["places.geojson"])
    known: dict[str, dict[str, Any]] = {}
    for text in (text for one in routes for text in one.places):
        if text not in known:
            feature = json.loads(json.dumps(example["features"][0]))
            feature["id"] = feature["properties"]["place"] = f"place_{len(known) + 1}"
            name, feature["geometry"]["coordinates"] = _end(text) or ("", [])
            feature["properties"]["name_en"] = name
            known[text] = feature
    for one in reversed(routes):
        kind = "port" if one.mode == "sea" else "station"
        for text in one.places:
            known[text]["properties"]["kind"] = kind
    found = [(one, [known[text] for text in one.places]) for one in routes]
    for one, own in found:
        _try(own, [one.mode] * (len(own) - 1))
    shape = json.loads(contents["legs.geojson"])
    legs = shape | {"features": list(drafts.legs(shape["features"][0], found))}
    return example | {"features": list(known.values())}, legs, drafts.tables(contents, found)


def _whole(
    contents: dict[str, str], towns: Collection, legs: Collection, tongues: Sequence[str]
) -> dict[str, str]:
    """Every file of the folder, with its names in some languages, by its name."""
    for feature in towns["features"]:
        feature["properties"] = drafts.properties(feature["properties"], tongues)
    named = drafts.in_languages(contents, tongues)
    descriptor = json.loads(named["datapackage.json"])
    points = [feature["geometry"]["coordinates"] for feature in towns["features"]]
    descriptor["tumen:extent"] = _extent(points)
    return named | _described(descriptor, towns, legs)


def _described(descriptor: dict[str, Any], places: Collection, legs: Collection) -> dict[str, str]:
    """What describes a folder, and the files that name their schema."""
    made = {"datapackage.json": json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"}
    made["dictionary.md"] = dictionary.whole(descriptor)
    drawn = {"places": places, "legs": legs}
    for resource in descriptor["resources"]:
        if resource.get("tumen:role") in drawn:
            collection = drawn[resource["tumen:role"]]
            made[resource["path"]] = _lines(collection, schemas.reference(resource))
    return made | schemas.files(descriptor)


def listed(folder: str | Path, roles: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The text of a folder's datapackage.json with a resource for each role; which are new.

    A role that it has keeps what it says. Raises DataError when there is no sound descriptor.
    """
    descriptor = package.descriptor(folder)
    known = {one.get("tumen:role") for one in descriptor["resources"]}
    example = json.loads(dict(_examples())["datapackage.json"])["resources"]
    new = [one for one in example if one.get("tumen:role") in set(roles) - known]
    descriptor["resources"] += new
    text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    return text, tuple(one["path"] for one in new)


def unspoken(languages: Sequence[str]) -> tuple[str, ...]:
    """Those of some languages that the kit has no names of seas and countries in."""
    known = countries.languages()
    return tuple(one for one in languages if not {one, one.partition("-")[0]} & {*known})


def _modes(given: Sequence[str], legs: int) -> list[str]:
    modes = list(given) or ["sea"] * legs
    wrong = [mode for mode in modes if mode not in courses.MODES]
    if wrong or len(modes) != legs:
        raise GeoError(
            f"--by {','.join(modes)}: say {' or '.join(courses.MODES)} for each leg, {legs} in all"
        )
    return modes


def _placed(
    example: dict[str, Any], origin: str, via: Sequence[str], destination: str
) -> dict[str, Any]:
    """The places of the folder in the order of the route."""
    first, last = example["features"]
    between = [json.loads(json.dumps(first)) for _ in via]
    for number, feature in enumerate(between, 1):
        feature["id"] = feature["properties"]["place"] = f"port_via_{number}"
    features = [first, *between, last]
    for feature, text in zip(features, (origin, *via, destination), strict=True):
        end = _end(text)
        if end is not None:
            feature["properties"]["name_en"], feature["geometry"]["coordinates"] = end
    return example | {"features": features}


def _legs(example: dict[str, Any], places: list[dict[str, Any]], by: list[str]) -> dict[str, Any]:
    """A leg from each place to the next; a corridor for each run of one mode."""
    made, corridor = [], 0
    for number, ((one, other), mode) in enumerate(zip(pairwise(places), by, strict=True)):
        leg = json.loads(json.dumps(example["features"][0]))
        corridor += number > 0 and mode != by[number - 1]
        name = f"{one['id']}_{other['id']}"
        leg["id"] = name
        leg["properties"] |= {
            "leg": name,
            "corridor": "example" if not corridor else f"example_{corridor + 1}",
            "mode": mode,
            "origin": one["id"],
            "destination": other["id"],
        }
        if mode == "rail":
            leg["properties"]["note"] = "no geometry given: a way along the world's railways"
        made.append(leg)
    return example | {"features": made}


def _of_corridors(contents: dict[str, str], legs: list[dict[str, Any]]) -> dict[str, str]:
    """Tables that name a corridor, its mode or its ends."""
    own = {leg["properties"]["corridor"]: leg["properties"] for leg in reversed(legs)}
    head, line = contents["corridors.csv"].splitlines()
    rows = [
        line.replace("example,Example corridor", f"{name},{_named(name)}", 1).replace(
            ",sea,", f",{leg['mode']},", 1
        )
        for name, leg in sorted(own.items())
    ]
    last = [leg["properties"] for leg in legs if leg["properties"]["corridor"] == "example"][-1]
    flows = contents["flows.csv"].replace(",port_b,", f",{last['destination']},")
    return {"corridors.csv": "\n".join([head, *rows]) + "\n", "flows.csv": flows}


def _named(corridor: str) -> str:
    return corridor.replace("_", " ").replace("example", "Example corridor")


def _try(places: list[dict[str, Any]], by: Sequence[str]) -> None:
    """Find the way that each leg will take."""
    for (one, other), mode in zip(pairwise(places), by, strict=True):
        names = " – ".join(feature["properties"]["name_en"] for feature in (one, other))
        start, end = (tuple(feature["geometry"]["coordinates"]) for feature in (one, other))
        try:
            if mode == "sea":
                water.route(start, end, land=basemap.land())
            else:
                rail.route(start, end, land=basemap.land())
        except GeoError as error:
            raise GeoError(f"{names}: {error}") from error


def _examples() -> Iterator[tuple[str, str]]:
    for entry in sorted((resources("geo.folder") / "new").iterdir(), key=lambda e: e.name):
        yield entry.name, entry.read_text(encoding="utf-8")


def _end(text: str) -> tuple[str, list[float]] | None:
    if not text:
        return None
    try:
        name, lat, lon = text.rsplit(",", 2)
        point = [float(lon), float(lat)]
    except ValueError:
        return _port(text)
    if not name.strip():
        raise GeoError(f"{text!r} names no place; write for example 'Port,1.5,103.2'")
    if not (abs(point[0]) <= 180 and abs(point[1]) <= 85):
        raise GeoError(f"{text!r}: latitude comes first and lies within ±85, longitude within ±180")
    return name.strip(), point


def _port(text: str) -> tuple[str, list[float]]:
    """A port, or the city of a name, by what is known of it. Raises GeoError."""
    try:
        port = ports.find(text)
    except GeoError as error:
        raise GeoError(
            f"{text!r} is not 'Name,lat,lon'; write for example 'Port,1.5,103.2'; "
            f"nor is it a port: {error}"
        ) from None
    return port.name, [port.lon, port.lat]


def _extent(points: list[list[float]]) -> list[float]:
    """[west, south, east, north] round points, the short way: east may exceed 180."""
    lons = [points[0][0]]
    for lon, _ in points[1:]:
        lons.append(lon + 360 * round((lons[-1] - lon) / 360))
    lats = [lat for _, lat in points]
    west, east = min(lons), max(lons)
    if west < -180:
        west, east = west + 360, east + 360
    south, north = max(min(lats) - PAD_DEG, -85.0), min(max(lats) + PAD_DEG, 85.0)
    return [round(v, 3) for v in (max(west - PAD_DEG, -180.0), south, east + PAD_DEG, north)]


def _lines(collection: Collection, schema: str) -> str:
    """GeoJSON with one feature a line, and where an editor finds its schema."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in collection["features"])
    head = f'"$schema": {json.dumps(schema)}, "type": "FeatureCollection"'
    return f'{{{head}, "features": [\n{lines}\n]}}\n'
