"""Every fact that was found about the corridors stands in a row of the shipped data."""

import csv
import itertools
import json
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
FACTS = list(csv.DictReader((HERE / "facts.csv").read_text(encoding="utf-8").splitlines()))
DONE = list(csv.DictReader((HERE / "corrections.csv").read_text(encoding="utf-8").splitlines()))
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


def test_every_fact_that_replaces_another_is_put_to_the_test():
    assert {one["fact"] for one in DONE} == {fact["fact"] for fact in FACTS if fact["replaces"]}


@pytest.mark.parametrize("one", DONE, ids=lambda one: f"{one['fact']}-{one['row']}-{one['column']}")
def test_a_correction_is_done(one):
    """What a fact puts right, as the rows now have it: the whole cell, or words of a remark."""
    cell, said = ROWS[one["row"]][one["column"]], one["said"]
    assert said in cell if one["column"] in ("note", "text") else said == cell


def test_words_of_the_article_are_put_right():
    assert "United States" in ROWS["founding_article"]["title"]
    for cargo in ("coal", "metals", "petroleum_products"):
        assert "had already carried" in ROWS[f"rail_claim_{cargo}"]["note"]


def test_two_sources_of_one_capacity_are_a_range():
    pair = [ROWS["rail_line_4mt"], ROWS["rail_line_5mt"]]
    assert [float(row["quantity"]) for row in pair] == [4.0, 5.0]
    assert [row["rank"] for row in pair] == ["1", "2"]
    alike = ("corridor", "leg", "commodity", "unit", "per", "kind", "valid_from", "valid_to")
    assert [row[c] for c in alike for row in pair[:1]] == [
        row[c] for c in alike for row in pair[1:]
    ]
    assert pair[0]["kind"] == "nameplate"


def test_capacities_of_first_rank_in_force_at_once_answer_different_questions():
    table = list(csv.DictReader((DATA / "capacities.csv").read_text(encoding="utf-8").splitlines()))
    first = [row for row in table if row["rank"] == "1"]
    same = ("corridor", "leg", "commodity", "unit")
    for one, other in itertools.combinations(first, 2):
        meet = (one["valid_from"] or "0") <= (other["valid_to"] or "9") and (
            other["valid_from"] or "0"
        ) <= (one["valid_to"] or "9")
        apart = [one[c] for c in same] != [other[c] for c in same]
        assert apart or one["per"] != other["per"] or not meet, (one["capacity"], other["capacity"])


def test_what_was_planned_is_a_plan_and_a_total_of_years_never_leads():
    assert ROWS["ferry_pass_year_plan"]["kind"] == "planned"
    assert ROWS["ferry_pass_year"]["kind"] == "derived"
    assert ROWS["rail_2013_2017"]["rank"] == "2"
    assert "unanimously" in ROWS["unscr_2375"]["note"]
