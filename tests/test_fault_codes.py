"""Every fault has a code of the list, and every code of the list its words and a real example."""

import ast
import json
import re
import string

import pytest
import write_faults
from conftest import ROOT
from fault_examples import make, printed, run

from geo.errors import DataError, Fault, GeoError, faultlist, kinds, wording

KINDS = kinds()
CODE = re.compile(r"[a-z][a-z0-9]*\.[a-z0-9]+(?:-[a-z0-9]+)+")
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "geo").rglob("*.py"))}
SHOWN = [code for code, kind in KINDS.items() if "no-example" not in kind.example]


def calls(tree, *names):
    """Calls of a function or method by one of its names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in names:
                yield node


def constants(tree):
    """Texts of a module that have the form of a code."""
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}


def test_every_code_that_is_used_is_listed_and_every_code_that_is_listed_is_used():
    used = set().union(*map(constants, TREES.values()))
    assert used - set(KINDS) == set()
    assert set(KINDS) - used == set()


def test_no_fault_is_made_without_a_code():
    """Words of a fault come from the list, whole: as `*wording(…)`, or handed on as they came."""
    made = [(path, node) for path, tree in TREES.items() for node in calls(tree, "Fault")]
    assert len(made) > 60
    for path, node in made:
        starred = any(isinstance(one, ast.Starred) for one in node.args)
        handed = len(node.args) == 7 and ast.unparse(node.args[-1]) == "code"
        assert starred or handed, f"{path}: {ast.unparse(node)}"
        words = [one for one in node.args[4:] if not isinstance(one, ast.Starred)]
        assert not any(isinstance(one, ast.Constant | ast.JoinedStr) for one in words), (
            f"{path}: words outside the list: {ast.unparse(node)}"
        )


def test_words_are_asked_for_with_a_code_and_a_case_that_are_listed():
    for path, tree in TREES.items():
        for node in calls(tree, "wording"):
            code = getattr(node.args[0], "value", None)
            assert code in KINDS or not isinstance(code, str), f"{path}: {code}"
            case = next((one.value for one in node.keywords if one.arg == "case"), None)
            named = getattr(case, "value", None)
            if isinstance(code, str) and isinstance(named, str):
                assert named in KINDS[code].remedies, f"{path}: {code}, {named}"


def test_every_case_of_a_remedy_is_used():
    texts = {one.value for tree in TREES.values() for one in ast.walk(tree)
             if isinstance(one, ast.Constant) and isinstance(one.value, str)}  # fmt: skip
    assert {case for kind in KINDS.values() for case in kind.remedies} <= texts


@pytest.mark.parametrize("code", KINDS)
def test_a_code_has_its_form_its_words_and_an_example_or_why_it_has_none(code):
    kind = KINDS[code]
    assert CODE.fullmatch(code)
    assert kind.problem
    assert all(kind.remedies.values())
    assert kind.meaning.endswith(".")
    example = dict(kind.example)
    if "no-example" in example:
        assert set(example) == {"no-example"}
        return
    assert set(example) <= {"files", "changes", "command", "python", "found", "also"}
    assert example["found"]
    assert set(example.get("also", ())) <= set(KINDS) - {code}


@pytest.mark.parametrize("code", SHOWN)
def test_an_example_has_its_fault_and_no_other(code, tmp_path, tmp_path_factory):
    example = KINDS[code].example
    make(example, tmp_path, str(tmp_path_factory.getbasetemp()))
    found = run(example, tmp_path)
    assert {own for _, own in found} == {code, *example.get("also", ())}
    lines = [line for line, own in found if own == code]
    assert lines[0].startswith(f"{example['found']}: ")


def test_the_page_is_made_from_the_list():
    text = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert text == write_faults.page()


# --- what is printed ------------------------------------------------------------------------------


def test_a_fault_ends_with_its_code():
    fault = Fault("a.csv", "row 2", "unit", "", *wording("flow.unit-unknown"))
    assert str(fault).startswith("a.csv: row 2, unit: ")
    assert str(fault).endswith(" [flow.unit-unknown]")


def test_words_hold_the_values_as_they_are():
    """Braces of a value are no places of the list, and its braces are no values."""
    assert wording("json.not-json", reason="{0} {x}").problem == "not JSON: {0} {x}"
    assert "{...}" in wording("source.no-list").remedy


def test_json_has_the_code_of_every_fault_and_note(tmp_path):
    make(KINDS["line.step-over-180"].example, tmp_path, "")
    said = json.loads(printed(["check", "--json", "ways.geojson"], tmp_path))
    assert [note["code"] for note in said["notes"]] == ["line.step-over-180"]
    make(KINDS["json.not-json"].example, tmp_path, "")
    said = json.loads(printed(["check", "--json", "ports.geojson"], tmp_path))
    (fault,) = said["faults"]
    assert (fault["code"], fault["where"]) == ("json.not-json", "line 1, column 44")


@pytest.mark.parametrize("code", KINDS)
def test_a_code_is_explained(code, tmp_path):
    said = printed(["check", "--explain", code], tmp_path)
    assert said.startswith(code)
    for text in (KINDS[code].meaning, KINDS[code].problem, *KINDS[code].remedies.values()):
        assert text in said
    assert KINDS[code].example.get("found", "No example") in said


def test_a_code_is_explained_as_json(tmp_path):
    said = json.loads(printed(["check", "--explain", "flow.unit-unknown", "--json"], tmp_path))
    assert said["code"] == "flow.unit-unknown"
    assert set(said["example"]["files"]) == {"flows.csv", "places.csv"}


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("flow.unit-unkown", "flow.unit-unknown"),
        ("flow", "flow.unit-unknown"),
        ("unit", "flow.unit-unknown"),
        ("zzz", "flow."),
    ],
)
def test_an_unknown_code_names_those_near_it(asked, near):
    with pytest.raises(GeoError) as caught:
        faultlist.kind(asked)
    assert near in str(caught.value)


def test_explain_takes_no_files_and_check_needs_one(tmp_path):
    assert "--explain" in printed(["check"], tmp_path)
    assert "--explain" in printed(["check", "a.csv", "--explain", "flow.unit-unknown"], tmp_path)


def test_a_value_of_the_list_stands_in_the_words():
    """Every name in braces is a plain name: no value of a fault is looked into."""
    for kind in KINDS.values():
        for text in (kind.problem, *kind.remedies.values()):
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
            assert all(name.isidentifier() for name in names), kind.code


def test_an_error_of_many_faults_has_a_line_for_each():
    fault = Fault("a.csv", "row 2", "unit", "", *wording("flow.unit-unknown"))
    assert str(DataError("two", faults=[fault, fault])).splitlines() == ["two", *[str(fault)] * 2]
