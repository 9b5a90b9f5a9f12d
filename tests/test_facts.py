"""Every fact that was found about the corridors stands in a row of the shipped data."""

import csv
import json
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
FACTS = list(csv.DictReader((HERE / "facts.csv").read_text(encoding="utf-8").splitlines()))
SOURCES = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))


def rows():
    """Every row and feature of the folder by its id."""
    found = {}
    for path in sorted(DATA.glob("*.csv")):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            found[next(iter(row.values()))] = row
    for path in sorted(DATA.glob("*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            found[feature["id"]] = {k: str(v or "") for k, v in feature["properties"].items()}
    return found


ROWS = rows()


def test_the_list_is_whole():
    """Numbers of a topic run without a gap, but for two that were never given."""
    given = {fact["fact"] for fact in FACTS}
    assert len(given) == len(FACTS) == 168
    for topic in {name.rsplit("-", 1)[0] for name in given}:
        numbers = {int(name.rsplit("-", 1)[1]) for name in given if name.startswith(f"{topic}-")}
        gaps = set(range(min(numbers), max(numbers) + 1)) - numbers
        assert gaps == ({202, 203} if topic == "art" else set()), topic


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["fact"])
def test_a_fact_stands_in_rows_with_its_figures_and_its_source(fact):
    named = fact["rows"].split()
    assert named
    assert [name for name in named if name not in ROWS] == []
    cells = " ".join(" ".join(ROWS[name].values()) for name in named).replace(",", "")
    for figure in fact["figures"].split():
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?:\.0)?(?![\d.]*\d)", cells), figure
    if fact["url"]:
        (source,) = {s["id"] for s in SOURCES if s.get("URL") == fact["url"]}
        used = [ROWS[name].get("source") == source or source in cells for name in named]
        assert any(used), source


def test_every_correction_is_done():
    """What a fact puts right, as the rows now have it."""
    flows, limits = ROWS["rail_2017_ambassador"], ROWS["unscr2375_refined"]
    assert (flows["rank"], flows["basis"]) == ("2", "claimed")
    assert "example" in flows["note"]
    assert "500,000 barrels" in limits["note"]
    assert ROWS["tankers_2017_april"]["basis"] == "reported"
    assert "United States" in ROWS["founding_article"]["title"]
    for cargo in ("coal", "metals", "petroleum_products"):
        assert "had already carried" in ROWS[f"rail_claim_{cargo}"]["note"]
    assert "not known" in ROWS["tankers_calls_2017_07"]["note"]
    assert "unclear" in ROWS["tankers_calls_2017_08"]["note"]
    assert ROWS["rail_halt_range"]["period_start"] == "2017-10-01"
    assert ROWS["rail_halt_range"]["period_end"] == "2018-02-28"
    assert ROWS["ferry_suspended"]["title"] == "Ferry ends in late August 2017"


def test_two_sources_of_one_capacity_are_a_range():
    pair = [ROWS["rail_line_4mt"], ROWS["rail_line_5mt"]]
    assert [float(row["quantity"]) for row in pair] == [4.0, 5.0]
    assert [row["rank"] for row in pair] == ["1", "2"]
    alike = ("corridor", "leg", "commodity", "unit", "per", "kind", "valid_from", "valid_to")
    assert [row[c] for c in alike for row in pair[:1]] == [
        row[c] for c in alike for row in pair[1:]
    ]
    assert pair[0]["kind"] == "nameplate"
