"""A data folder of as many corridors as are asked for, the same every time.

    python benchmarks/corridors.py 100 FOLDER [--years 10]

Every corridor has three places, two legs, a capacity and a flow a year. Half of them run over open
sea, half over land; each lies in a cell of its own. Amounts, cargoes and courses are made from the
number of the corridor.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).resolve().parent.parent / "geo" / "folder" / "new"
FIRST_YEAR = 2010
YEARS = 10
CARGOES = ("containers", "coal", "grain", "timber", "ore")
# Where nothing but water lies, and where hardly anything but land does: west, south, east, north.
SEA, LAND = (-150.0, -54.0, -88.0, -29.0), (58.0, 50.0, 110.0, 62.0)


def write(folder: Path, *, corridors: int, years: int = YEARS) -> None:
    """Write a folder of that many corridors, each with a flow a year."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [_corridor(number, corridors) for number in range(corridors)]
    descriptor = json.loads((TEMPLATE / "datapackage.json").read_text(encoding="utf-8"))
    descriptor |= {"name": "corridors", "title": f"{corridors} corridors, made for measuring"}
    descriptor.pop("tumen:extent", None)
    _json(folder / "datapackage.json", descriptor)
    _json(folder / "sources.json", [{"id": "made", "type": "webpage", "title": "Made up"}])
    _json(folder / "places.geojson", _features(p for one in made for p in _places(one)))
    _json(folder / "legs.geojson", _features(leg for one in made for leg in _legs(one)))
    rows = {
        "corridors": [_row(one) for one in made],
        "commodities": [_commodity(name) for name in CARGOES],
        "capacities": [_capacity(one) for one in made],
        "flows": [row for one in made for row in _flows(one, years)],
    }
    for file in TEMPLATE.glob("*.csv"):
        _table(folder / file.name, file, rows.get(file.stem, []))


def _corridor(number: int, count: int) -> dict[str, Any]:
    """One corridor as values: its mode, its cargo, its three points, its amounts."""
    rng = random.Random(number)
    side = max(math.ceil(math.sqrt(math.ceil(count / 2))), 1)
    column, row = (number // 2) % side, (number // 2) // side
    mode, (west, south, east, north) = ("sea", SEA) if number % 2 == 0 else ("road", LAND)
    wide, high = (east - west) / side, (north - south) / side
    points = [
        (
            round(west + (column + (n + 0.2 + 0.6 * rng.random()) / 3) * wide, 4),
            round(south + (row + rng.random()) * high, 4),
        )
        for n in range(3)
    ]
    size = 10 ** rng.uniform(3.5, 6.5)
    cargo = CARGOES[rng.randrange(len(CARGOES))]
    name = f"way_{number + 1}"
    return {"corridor": name, "mode": mode, "points": points, "cargo": cargo, "size": size,
            "rng": rng, "ends": [f"{name}_{end}" for end in "abc"]}  # fmt: skip


def _row(one: dict[str, Any]) -> dict[str, Any]:
    number = one["corridor"].removeprefix("way_")
    return {"corridor": one["corridor"], "name_en": f"Corridor {number}", "mode": one["mode"],
            "layout": "series", "role": "main", "source": "made"}  # fmt: skip


def _commodity(name: str) -> dict[str, Any]:
    return {"commodity": name, "name_en": name, "group": name, "source": "made"}


def _capacity(one: dict[str, Any]) -> dict[str, Any]:
    return {"capacity": f"{one['corridor']}_could", "corridor": one["corridor"],
            "quantity": round(one["size"] * 1.4), "unit": "t", "per": "year",
            "kind": "nameplate", "basis": "reported", "rank": 1, "source": "made"}  # fmt: skip


def _flows(one: dict[str, Any], years: int) -> Iterator[dict[str, Any]]:
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        yield {"flow": f"{one['corridor']}_{year}", "corridor": one["corridor"],
               "origin": one["ends"][0], "destination": one["ends"][2],
               "period_start": f"{year}-01-01", "period_end": f"{year}-12-31",
               "commodity": one["cargo"],
               "quantity": round(one["size"] * one["rng"].uniform(0.3, 1.2)), "unit": "t",
               "basis": "reported", "rank": 1, "source": "made"}  # fmt: skip


def _places(one: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    kind = "port" if one["mode"] == "sea" else "town"
    for name, point in zip(one["ends"], one["points"], strict=True):
        told = {"place": name, "name_en": name.replace("way_", "Place ").replace("_", " "),
                "kind": kind, "source": "made"}  # fmt: skip
        yield name, told, {"type": "Point", "coordinates": point}


def _legs(one: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for n in range(2):
        name = f"{one['corridor']}_leg_{n + 1}"
        told = {"leg": name, "corridor": one["corridor"], "mode": one["mode"],
                "origin": one["ends"][n], "destination": one["ends"][n + 1],
                "status": "operating", "geometry_basis": "schematic", "source": "made"}  # fmt: skip
        yield name, told, {"type": "LineString", "coordinates": one["points"][n : n + 2]}


def _features(rows: Iterator[tuple[str, dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "id": name, "properties": told, "geometry": shape}
        for name, told, shape in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def _json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _table(path: Path, template: Path, rows: list[dict[str, Any]]) -> None:
    """Rows under the headings of the template of that name."""
    header = template.read_text(encoding="utf-8").splitlines()[0].split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Write one folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corridors", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--years", type=int, default=YEARS)
    options = parser.parse_args()
    write(options.folder, corridors=options.corridors, years=options.years)


if __name__ == "__main__":
    main()
