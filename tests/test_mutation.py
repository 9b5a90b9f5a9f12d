"""docs/mutation.md is of the code as it is, and every change in it has its reason."""

import ast
import re

import mutation
import pytest
from conftest import ROOT

TEXT = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
REASONS = mutation.argued(mutation.REASONS)
MADE = re.search(r"\| made, in (\d+) functions \| (\d+) \|", TEXT)


def functions():
    """Names of the functions and methods that are changed, with their lines."""
    text = (ROOT / mutation.MODULE).read_text(encoding="utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    named = [("", node) for node in tree.body]
    named += [(f"{c.name}.", n) for c in tree.body if isinstance(c, ast.ClassDef) for n in c.body]
    return {
        f"{owner}{node.name}": [line.strip() for line in lines[node.lineno - 1 : node.end_lineno]]
        for owner, node in named
        if isinstance(node, ast.FunctionDef) and not node.decorator_list
    }


@pytest.mark.parametrize("change", sorted(REASONS), ids=lambda c: f"{c.function}: {c.now}"[:60])
def test_every_change_that_is_left_is_of_a_line_that_is_there(change):
    code = " ".join(functions()[change.function])
    assert change.was in code
    assert change.now not in code


def test_the_page_has_every_change_with_its_reason():
    for change, reason in REASONS.items():
        section = TEXT.split(f"\n## {reason}\n")[1].split("\n## ")[0]
        row = f"| `{change.function}` | {mutation._code(change.was)} | "
        assert row + f"{mutation._code(change.now)} |" in section


def test_the_figures_add_up():
    counts = [int(n) for n in re.findall(r"(?m)^\| (?!made)[^|`]+ \| (\d+) \|$", TEXT)]
    assert sum(counts) == int(MADE[2])
    assert counts[-1] == len(REASONS)
    later = re.search(r"(?m)^Written after the run: (.*)\.$", TEXT)
    younger = set(re.findall(r"`(\w+)`", later[1])) if later else set()
    assert younger <= set(functions())
    assert int(MADE[1]) == len(functions()) - len(younger)


def test_a_change_is_found_by_its_lines():
    code = {
        "x_f__mutmut_orig": ["if a:", "return 1"],
        "x_f__mutmut_2": ["if a:", "return 2"],
        "xǁTǁg__mutmut_orig": ["pass"],
        "xǁTǁg__mutmut_1": ["return"],
    }
    found = mutation.change("geo.check.x_f__mutmut_2", code)
    assert found == mutation.Change("f", "return 1", "return 2")
    assert mutation.change("geo.check.xǁTǁg__mutmut_1", code).function == "T.g"


def test_what_was_not_tried_or_not_argued_fails(monkeypatch, tmp_path, capsys):
    folder = tmp_path / "mutants" / mutation.MODULE.parent
    folder.mkdir(parents=True)
    source = "def x_f__mutmut_orig():\n    return 1\ndef x_f__mutmut_1():\n    return 2\n"
    (tmp_path / "mutants" / mutation.MODULE).write_text(source)
    monkeypatch.setattr(mutation, "argued", lambda _: {})
    meta = tmp_path / "mutants" / f"{mutation.MODULE}.meta"
    with pytest.raises(SystemExit, match="run make mutation"):
        mutation.main(tmp_path)
    monkeypatch.setattr(mutation, "PAGE", tmp_path / "mutation.md")
    for code, said in (("null", "1 were not tried"), ("0", "not argued: f: return 1")):
        meta.write_text(f'{{"exit_code_by_key": {{"geo.check.x_f__mutmut_1": {code}}}}}')
        assert mutation.main(tmp_path) == 1
        assert said in capsys.readouterr().out
    assert "Not tried, the run was cut short: `f` 1." in mutation.PAGE.read_text(encoding="utf-8")
    assert mutation.main(tmp_path, "--draft") == 0
    assert '["f", "return 1", "return 2"],' in capsys.readouterr().out
