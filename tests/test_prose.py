"""What readers see holds no id, no rank and no name of a column: those belong to the keeper."""

import json
import re

import pandas as pd
import pytest
from cases import DATA, Folder
from hypothesis import given
from hypothesis import strategies as st

from geo import check, package
from geo.folder import prose

# Cells that readers see, of the example folder: file, key, column.
SEEN = [
    ("flows.csv", "example_flow", "note"),
    ("capacities.csv", "example_capacity", "note"),
    ("commodities.csv", "containers", "note"),
    ("commodities.csv", "containers", "name_en"),
    ("corridors.csv", "example", "name_ru"),
    ("events.csv", "example_event", "title"),
    ("attributes.csv", "example_passage", "text"),
    ("attributes.csv", "example_passage", "note"),
]
STRANGE = [
    ("see example_flow_first", "example_flow_first", "an id of flows.csv"),
    ("less than at port_a, they say", "port_a", "an id of places.geojson"),
    ("as in (example_other)", "example_other", "an id of sources.json"),
    ("about: hence Rank 2", "Rank 2", "a rank"),
    ("the sum is ranked three", "ranked three", "a rank"),
    ("the formula gives quantity_low", "quantity_low", "the name of a column"),
    ("its passage_time was longer", "passage_time", "a code of this folder"),
]


@pytest.fixture
def folder(tmp_path):
    return Folder.drawn(tmp_path / "a")


def said(folder):
    """Faults of this kind, of a folder that has no others."""
    found = package.examine(folder.path).faults
    assert all(f.problem.startswith("“") for f in found), found
    return found


def test_the_example_and_the_shipped_folder_speak_to_readers(folder):
    assert said(folder) == ()
    assert package.examine(DATA).faults == ()


@pytest.mark.parametrize(("file", "key", "column"), SEEN)
@pytest.mark.parametrize(("text", "word", "what"), STRANGE)
def test_a_keepers_word_is_named_with_its_cell(folder, file, key, column, text, word, what):
    row = folder.cell(file, key, **{column: text})
    (fault,) = said(folder)
    assert (fault.file, fault.where, fault.field) == (file, f"row {row}", column)
    assert (fault.value, fault.problem) == (text, f"“{word}” is {what}")
    assert ("move it to working" in fault.remedy) == (column == "note")


@pytest.mark.parametrize(("text", "word", "what"), STRANGE)
def test_places_and_legs_are_read_as_tables_are(folder, text, word, what):
    where = folder.feature("places.geojson", "port_a", lambda f: f["properties"].update(note=text))
    (fault,) = said(folder)
    assert (fault.file, fault.where, fault.field) == ("places.geojson", where, "note")
    assert fault.problem == f"“{word}” is {what}"


@pytest.mark.parametrize("key", ["title", "note", "publisher", "container-title"])
def test_what_is_cited_of_a_source_is_for_readers(folder, key):
    folder.change("sources.json", lambda d: d[1].update({key: "as in example_flow"}))
    (fault,) = said(folder)
    assert (fault.file, fault.field) == ("sources.json", key)
    assert fault.where == "record 2 (example_other)"


def test_titles_of_folder_and_pages_are_for_readers(folder):
    folder.descriptor(lambda d: d.update(title="All of port_a", description="see valid_from"))
    folder.resource("legs", lambda r: r.update(title="Legs of port_b"))
    fields = [(f.where, f.field) for f in said(folder)]
    number = [r["name"] for r in json.loads(folder.text("datapackage.json"))["resources"]]
    place = f"resource {number.index('legs') + 1}"
    assert fields == [("", "title"), ("", "description"), (place, "title")]


@pytest.mark.parametrize("text", [text for text, _, _ in STRANGE])
def test_the_keeper_may_say_all_of_it_in_working(folder, text):
    folder.cell("flows.csv", "example_flow", working=text)
    assert said(folder) == ()


def test_a_folder_without_the_column_is_told_to_define_it(folder):
    table = folder.table("flows.csv")
    at = table[0].index("working")
    folder.put("flows.csv", [[c for n, c in enumerate(row) if n != at] for row in table])

    def without(resource):
        fields = resource["schema"]["fields"]
        resource["schema"]["fields"] = [f for f in fields if f["name"] != "working"]

    folder.resource("flows", without)
    assert said(folder) == ()
    folder.cell("flows.csv", "example_flow", note="rank 2 for that")
    (fault,) = said(folder)
    assert "define the column working" in fault.remedy


@pytest.mark.parametrize(
    "text",
    [
        "invented example of the corridor",  # ids without a mark are words: example
        "the port ranked 3rd in the list",
        "a lower rank of ships",
        "Containers, port by port",
        "see https://example.org/a_page",
        "Port_A and PORT_A are written so elsewhere",
    ],
)
def test_plain_words_pass(folder, text):
    folder.cell("flows.csv", "example_flow", note=text)
    assert said(folder) == ()


# --- generated tables -----------------------------------------------------------------------------

PLAIN = st.text("abcdefgh", min_size=3, max_size=8)
MARKED = st.tuples(PLAIN, PLAIN).map("_".join) | st.from_regex(
    "[a-h]{3,8}[0-9]{1,2}", fullmatch=True
)
MARKS = [" ", ", ", " (", ") ", "; ", " “", "” ", ": ", ". "]


@st.composite
def tables(draw):
    """Ids, some of them words, and notes into some of which ids were put."""
    ids = draw(st.lists(MARKED | PLAIN, min_size=2, max_size=6, unique=True))
    rows, expected = [], []
    for number, key in enumerate(ids):
        words = draw(st.lists(PLAIN.filter(lambda w: w not in ids), max_size=5))
        put = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
        for word in put:
            words.insert(draw(st.integers(0, len(words))), word)
        note = "".join(w + draw(st.sampled_from(MARKS)) for w in words)
        rows.append({"flow": key, "note": note, "working": " ".join(ids)})
        expected += [(f"row {number + 2}", w) for w in put if re.search(r"[_0-9]", w)]
    return rows, expected


@given(tables())
def test_exactly_the_ids_that_are_no_words_are_found(made):
    rows, expected = made
    fields = [{"name": name, "type": "string"} for name in rows[0]]
    where = [f"row {n + 2}" for n in range(len(rows))]
    raw = pd.DataFrame(rows, dtype="object")
    table = check.Table("flows.csv", "flows", "flows", {"fields": fields}, raw, where)
    found = prose.judge([table])
    assert sorted((f.where, f.problem.split("”")[0][1:]) for f in found) == sorted(expected)


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ({"commodity": "co2", "name_en": "CO2", "unit": ""}, "captured co2"),
        ({"commodity": "m3", "name_en": "volume", "unit": "m3"}, "about 5 m3"),
    ],
    ids=["its own name", "a unit"],
)
def test_an_id_that_is_a_word_of_readers_passes(row, note):
    cells = {**row, "note": note}
    fields = [{"name": name, "type": "string"} for name in cells]
    raw = pd.DataFrame([cells], dtype="object")
    table = check.Table("c.csv", "commodities", "c", {"fields": fields}, raw, ["row 2"])
    assert prose.judge([table]) == []
