"""The examples are sound, and their pages say what a plain reading of their tables says."""

import csv
import json
import re

import make_maps
import pytest
from conftest import ROOT

from geo import cli, package, page, rail, scene

ORE = ROOT / "examples" / "iron-ore"
FLIGHTS = ROOT / make_maps.FLIGHTS


@pytest.fixture(scope="module")
def ore():
    return package.load(ORE)


def test_the_folder_is_sound_and_cites_every_source(ore):
    assert not package.examine(ORE).faults
    named = {s for table in (ore.flows, ore.capacities, ore.factors, ore.events, ore.attributes,
                             ore.claims, ore.legs, ore.places, ore.corridors, ore.commodities)
             for s in table["source"]}  # fmt: skip
    told = " ".join(w for t in (ore.factors, ore.flows) for w in t["working"].dropna())
    assert {s["id"] for s in ore.sources} - named <= set(re.findall(r"\w+", told))


def test_its_railway_is_the_kits_and_owed_to_openstreetmap(ore):
    legs = ore.legs.set_index("leg")
    assert legs.at["kiruna_riksgransen", "geometry_basis"] == "modelled"
    assert rail.ATTRIBUTION in legs.at["kiruna_riksgransen", "note"]
    assert legs.at["narvik_fjord_mouth", "geometry"] is not None
    text = page.render(scene.legs_page(ore, "legs"))
    assert f'"attribution":"{rail.ATTRIBUTION}"' in text


def test_its_headline_is_the_narrowest_leg(ore):
    """22 Mt of ten trains of 6,800 t a day, and not of the 30 Mt the quay could load."""
    could = 10 * 6800 * 365 / 1e6
    made = scene.legs_page(ore, "legs")
    assert f"{22 / could:.0%} full".replace("%", " %") in made.headline
    assert "22 Mt of iron ore in 2025" in made.deck
    assert f"{could:g} Mt/year" in made.deck


def test_the_pages_of_the_folder_are_built(tmp_path):
    with pytest.raises(SystemExit) as ended:
        cli.main(["build", str(ORE), "-o", str(tmp_path)])
    assert not ended.value.code
    assert {p.name for p in tmp_path.glob("*.html")} == {
        "overview.html", "legs.html", "flows.html", "claims.html"
    }  # fmt: skip


def read(name):
    return list(csv.DictReader((FLIGHTS / name).read_text(encoding="utf-8").splitlines()))


def test_flights_are_counted_as_a_plain_reading_counts_them(tmp_path):
    rows, listed = map(read, ("flights-airport.csv", "airports.csv"))
    airports = {row["iata"]: row for row in listed}
    largest = max(rows, key=lambda r: int(r["count"]))
    pairs = {frozenset((r["origin"], r["destination"])) for r in rows}
    total = sum(int(r["count"]) for r in rows)
    assert len(rows) == len({(r["origin"], r["destination"]) for r in rows}) == 5366
    made = tmp_path / "flights.html"
    words = [str(ROOT / w) if w.startswith("examples") else w for w in make_maps.COMMANDS[2]]
    with pytest.raises(SystemExit) as ended:
        cli.main([*words[:-1], str(made)])
    assert not ended.value.code
    text = made.read_text(encoding="utf-8")
    title = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)[1]
    ends = [airports[largest[c]]["name"] for c in ("origin", "destination")]
    assert ends[0] in title
    assert ends[1] in title
    assert f"{round(total, -4):,} flights between {len(pairs):,} pairs" in title


def test_what_npm_brings_is_what_the_lock_file_names():
    found = json.loads((FLIGHTS.parent / "package.json").read_text(encoding="utf-8"))
    asked = json.loads((ROOT / "examples/flights/package.json").read_text(encoding="utf-8"))
    assert found["version"] == asked["dependencies"]["vega-datasets"]
