"""Claims of a document against the record: checked, set beside their rows, one page, one part."""

import csv
import json
import re

import pandas as pd
import pytest
from cases import DATA, Folder, Parsed
from hypothesis import given
from hypothesis import strategies as st

from geo import brief, check, cli, package, page
from geo.folder import verdicts
from geo.scene import claims

COUNTED = re.compile(r"(\d+) (supported|contradicted|unclear)")
ROW = {
    "claim": "claim_a", "text": "More went than could", "said_by": "a writer",
    "document": "A paper", "verdict": "unclear", "source": "example",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return Folder.drawn(tmp_path / "a")


def faults(folder, **cells):
    folder.rows("claims.csv", {**ROW, **cells})
    return [(f.field, f.code, f.problem) for f in package.examine(folder.path).faults]


# --- check ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"verdict": "supported", "rows_for": "example_flow"},
        {"verdict": "contradicted", "rows_against": "example_flow_first | port_a"},
        {"verdict": "supported", "rows_for": "port_a_port_b|all_goods", "rows_against": "example"},
        {"corridor": "example"},
    ],
)
def test_a_claim_stands_on_rows_of_any_table(folder, cells):
    assert faults(folder, **cells) == []


@pytest.mark.parametrize(
    ("cells", "field", "code", "word"),
    [
        ({"rows_for": "example_flow|no_row"}, "rows_for", "claim.no-such-row", "“no_row”"),
        ({"rows_against": "claim_a"}, "rows_against", "claim.no-such-row", "“claim_a”"),
        (
            {"rows_for": "port_a", "rows_against": "port_a"},
            "rows_against", "claim.row-on-both-sides", "“port_a”",
        ),
        ({"verdict": "supported"}, "rows_for", "claim.verdict-without-rows", "rows_for"),
        ({"verdict": "contradicted"}, "rows_against", "claim.verdict-without-rows", "rows_against"),
        ({"verdict": "true"}, "verdict", "claim.no-such-verdict", ""),
        ({"corridor": "elsewhere"}, "corridor", "key.no-such-row", "corridor"),
        ({"source": "nobody"}, "source", "key.no-such-row", "sources"),
        ({"text": ""}, "text", "cell.not-allowed", "required"),
        ({"note": "see example_flow"}, "note", "text.not-for-readers", "id of flows.csv"),
    ],
)  # fmt: skip
def test_what_a_claim_cannot_stand_on_is_named(folder, cells, field, code, word):
    found = faults(folder, **cells)
    assert any((f, own) == (field, code) and word in said for f, own, said in found), found


@given(
    st.sampled_from([*verdicts.VERDICTS, "maybe"]),
    st.lists(st.sampled_from("abcxy"), max_size=3, unique=True),
    st.lists(st.sampled_from("abcxy"), max_size=3, unique=True),
)
def test_faults_are_exactly_those_of_the_rules(verdict, pro, contra):
    """Of rows a, b and c only; x and y are none."""

    def table(role, rows):
        fields = [{"name": name, "type": "string"} for name in rows[0]]
        where = [f"row {n + 2}" for n in range(len(rows))]
        raw = pd.DataFrame(rows, dtype="object")
        return check.Table(f"{role}.csv", role, role, {"fields": fields}, raw, where)

    sides = {"rows_for": "|".join(pro), "rows_against": "|".join(contra)}
    row = {"claim": "x", "verdict": verdict, **sides}
    found = verdicts.judge([table("claims", [row]), table("flows", [{"flow": k} for k in "abc"])])
    expected = sum(name in "xy" for name in (*pro, *contra)) + len({*pro} & {*contra})
    expected += verdict == "maybe"
    expected += (verdict == "supported" and not pro) + (verdict == "contradicted" and not contra)
    assert len(found) == expected


# --- the shipped claims --------------------------------------------------------------------------


def test_every_claim_of_the_article_is_there_with_its_sources():
    data = package.load(DATA)
    said = claims.claims(data)
    assert len(said.claims) == 16
    assert said.headline == "16 claims: 7 supported, 4 contradicted, 5 unclear"
    numbered = {source.number for source in said.sources}
    assert numbered == set(range(1, len(numbered) + 1))
    for claim in said.claims:
        rows = (*claim.supporting, *claim.contradicting)
        assert {claim.source, *(row.source for row in rows)} <= numbered
        assert all(row.text for row in rows), claim.id
        assert rows or claim.id == "claim_lankov"  # of which nothing was found


def test_no_id_of_a_row_stands_in_what_the_page_shows():
    text = " ".join(Parsed(page.claims(claims.claims(package.load(DATA)))).words)
    rows = sorted(DATA.glob("*.csv"))
    keys = {next(iter(r.values())) for p in rows for r in csv.DictReader(p.open(encoding="utf-8"))}
    assert [key for key in keys if "_" in key and re.search(rf"\b{key}\b", text)] == []


# --- page and briefing ---------------------------------------------------------------------------


def test_a_folder_without_claims_has_no_page_and_no_part(folder):
    assert claims.claims(package.load(folder.path)) is None
    assert "claims" not in [s.id for s in brief.story(package.load(folder.path)).sections]


@pytest.mark.parametrize("verdict", verdicts.VERDICTS)
def test_a_verdict_that_changes_changes_page_briefing_and_count(folder, tmp_path, verdict):
    rows = {"rows_for": "example_flow", "rows_against": "example_flow_first"}
    folder.rows("claims.csv", {**ROW, **rows, "verdict": verdict})
    with pytest.raises(SystemExit) as done:
        cli.main(["build", str(folder.path), "-o", str(tmp_path / "maps")])
    assert not done.value.code
    text = (tmp_path / "maps" / "claims.html").read_text(encoding="utf-8")
    assert re.findall(r'data-verdict="(\w+)"', text) == [verdict]
    assert COUNTED.findall(text) == [("1", verdict)]
    told = brief.story(package.load(folder.path))
    (part,) = (s for s in told.sections if s.id == "claims")
    assert part.headline == f"1 claim: 1 {verdict}"
    assert part.tables[0].rows[0][2] == verdict
    cited = {int(n) for n in re.findall(r"\[(\d+)\]", " ".join(part.tables[0].rows[0]))}
    assert cited <= {source.number for source in told.sources}


def test_the_page_runs_nothing_and_keeps_what_looks_like_markup_as_text(folder):
    trick = "<script>alert(1)</script> {{ 7*7 }} & <b>"
    folder.rows("claims.csv", {**ROW, "text": trick, "said_by": trick, "note": trick})
    text = page.claims(claims.claims(package.load(folder.path)))
    parsed = Parsed(text)
    assert parsed.scripts == []
    assert parsed.policy["script-src"] == ["'none'"]
    assert parsed.policy["default-src"] == ["'none'"]
    assert "".join(parsed.words).count(trick) == 4  # contents, heading, speaker, note
    assert text == page.claims(claims.claims(package.load(folder.path)))


def test_an_address_that_is_none_of_the_web_is_no_link(folder):
    folder.rows("claims.csv", ROW)
    folder.change("sources.json", lambda d: d[0].update(URL="javascript:alert(1)"))
    text = page.claims(claims.claims(package.load(folder.path)))
    assert "javascript:" not in text


def test_rows_are_said_as_their_tables_have_them(folder):
    cells = {"rows_for": "example_flow|example_capacity|example_event|example_passage"
             "|port_a|port_a_port_b|example|all_goods"}  # fmt: skip
    folder.rows("claims.csv", {**ROW, **cells})
    (claim,) = claims.claims(package.load(folder.path)).claims
    assert [row.text for row in claim.supporting] == [
        "Example corridor: all goods, 1.2 Mt, 2020 (claimed)",
        "Example corridor: all goods, 4 Mt a year (reported)",
        "Example event: the line opened, Jun 2020",
        "Passage time, 48 h (reported)",
        "Port A",
        "Port A–Port B",
        "Example corridor",
        "All goods",
    ]


def test_the_list_of_claims_is_that_of_the_article():
    """Ids of the shipped claims, in the order in which the article makes them."""
    rows = list(csv.DictReader((DATA / "claims.csv").open(encoding="utf-8")))
    document = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))
    (article,) = (s for s in document if s["id"] == "founding_article_2017")
    assert {row["document"] for row in rows} == {article["title"]}
    assert {row["source"] for row in rows} == {article["id"]}
    assert package.load(DATA).claims["claim"].tolist() == [row["claim"] for row in rows]
