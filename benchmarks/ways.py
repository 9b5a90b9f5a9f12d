"""Ways over water against published distances: ours, searoute and scgraph in one run.

    python benchmarks/ways.py [--json]

The pairs stand in port_distances.csv, each with its source (see README.md); all three are asked
for the way between the same two points. searoute and scgraph join the points to their networks by a
straight line of their own, which counts as theirs. Where a row names a passage to use or not to
use, a contender that cannot be told so is left out. Land is that of the kit, for all alike. Canals
that are not water there for a peer's own course count as land for it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import searoute
from scgraph.geographs.marnet import marnet_geograph
from shapely.geometry import LineString

from geo import basemap, measure, water
from geo.errors import GeoError

LonLat: TypeAlias = tuple[float, float]
Way: TypeAlias = tuple[float, LineString]

TABLE = Path(__file__).with_name("port_distances.csv")
PEERS_AVOID = {"suez": "suez", "panama": "panama", "corinth": ""}  # '': its network has none
LIMITS = {"median": 2.0, "p90": 5.0}  # percent


def ours(start: LonLat, end: LonLat, via: str, avoid: str) -> Way | None:
    """The kit's way."""
    asked = {"via": [via] if via else [], "avoid": [avoid] if avoid else []}
    found = water.route(start, end, land=basemap.land(), **asked)
    return found.length_nmi, found.line


def by_searoute(start: LonLat, end: LonLat, via: str, avoid: str) -> Way | None:
    """The way of searoute, which can be told what to avoid."""
    if via not in ("", "suez", "panama") or avoid not in ("", *PEERS_AVOID):
        return None
    shut = ["northwest"] + ([PEERS_AVOID[avoid]] if avoid and PEERS_AVOID[avoid] else [])
    found = searoute.searoute(
        start, end, units="naut", append_orig_dest=True, restrictions=shut, return_passages=True
    )
    if via and via not in found.properties["traversed_passages"]:
        return None
    line = _line(found.geometry["coordinates"])
    return measure.line_km(line) / measure.KM_PER_NMI, line


def by_scgraph(start: LonLat, end: LonLat, via: str, avoid: str) -> Way | None:
    """The way of scgraph over its marnet."""
    if via not in ("", "suez", "panama") or avoid not in ("", "corinth"):
        return None
    ends = [{"latitude": lat, "longitude": lon} for lon, lat in (start, end)]
    found = marnet_geograph.get_shortest_path(*ends, output_units="km")
    line = _line([(lon, lat) for lat, lon in found["coordinate_path"]])
    return measure.line_km(line) / measure.KM_PER_NMI, line


CONTENDERS: dict[str, Callable[[LonLat, LonLat, str, str], Way | None]] = {
    "ours": ours,
    "searoute": by_searoute,
    "scgraph": by_scgraph,
}


def _line(points: Sequence[Sequence[float]]) -> LineString:
    """Points as a line whose longitudes run on."""
    lon, made = float(points[0][0]), []
    for x, y in points:
        lon += (float(x) - lon + 180) % 360 - 180
        made.append((lon, float(y)))
    return LineString(made)


def measured(row: Any, name: str) -> dict[str, Any] | None:
    """Length, error, km on land and seconds of processor time of one contender on one pair."""
    ends = ((row.origin_lon, row.origin_lat), (row.destination_lon, row.destination_lat))
    began = time.process_time()
    try:
        found = CONTENDERS[name](*ends, row.via, row.avoid)
    except GeoError as error:
        return {"contender": name, "failed": str(error)}
    took = time.process_time() - began
    if found is None:
        return None
    nmi, line = found
    dense = measure.densify(line, max_km=50.0)
    return {
        "contender": name,
        "nmi": round(nmi, 1),
        "error": 100 * (nmi / row.length_nmi - 1),
        "land_km": water.land_km(dense, basemap.land()),
        "seconds": took,
    }


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures of one contender over all pairs."""
    held = [row for row in rows if "failed" not in row]
    errors = sorted(abs(row["error"]) for row in held)
    whole = sum(row["nmi"] for row in held) * measure.KM_PER_NMI
    return {
        "pairs": len(held),
        "failed": len(rows) - len(held),
        "median_error": statistics.median(errors),
        "p90_error": errors[min(len(errors) - 1, int(0.9 * len(errors)))],
        "on_land": 100 * sum(row["land_km"] for row in held) / whole,
        "ways_on_land": sum(row["land_km"] > 0 for row in held),
        "median_seconds": statistics.median(row["seconds"] for row in held),
    }


def main() -> None:
    """Print each pair, then the figures of each contender and what held."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--json", action="store_true", help="print JSON for a program to read")
    as_json = options.parse_args().json
    table = pd.read_csv(TABLE, keep_default_na=False)
    basemap.land()
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTENDERS}
    for row in table.itertuples(index=False):
        said = []
        for name, rows in found.items():
            made = measured(row, name)
            if made is not None:
                rows.append(made)
            said.append("" if made is None else made.get("failed") or _cell(made))
        if not as_json:
            print(f"{_title(row):58} {row.length_nmi:>6,}", *(f"{cell:>22}" for cell in said))
    figures = {name: summary(rows) for name, rows in found.items()}
    print(json.dumps(figures)) if as_json else _report(figures)


def _title(row: Any) -> str:
    asked = f", by {row.via}" if row.via else f", not by {row.avoid}" if row.avoid else ""
    return f"{row.origin} – {row.destination}{asked}"


def _cell(made: dict[str, Any]) -> str:
    return f"{made['nmi']:,.0f} {made['error']:+.1f}% {made['land_km']:.0f} km"


def _report(figures: dict[str, dict[str, Any]]) -> None:
    for name, own in figures.items():
        print(
            f"{name}: {own['pairs']} pairs, error median {own['median_error']:.2f} %, "
            f"90th percentile {own['p90_error']:.2f} %; {own['on_land']:.3f} % on land in "
            f"{own['ways_on_land']} ways; {own['median_seconds']:.2f} s a way; "
            f"{own['failed']} without an answer"
        )
    mine, peers = figures["ours"], [own for name, own in figures.items() if name != "ours"]
    held = {
        "median at most 2 %": mine["median_error"] <= LIMITS["median"],
        "90th percentile at most 5 %": mine["p90_error"] <= LIMITS["p90"],
        "better than both on both": all(
            mine[key] < own[key] for own in peers for key in ("median_error", "p90_error")
        ),
        "nothing on land": mine["on_land"] == 0,
    }
    for what, good in held.items():
        print(f"{'holds' if good else 'FAILS'}: {what}")


if __name__ == "__main__":
    main()
