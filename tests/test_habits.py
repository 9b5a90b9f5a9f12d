"""What is run for every small change, before a commit, and on every Python."""

import re
import subprocess
import tomllib

import pytest
import yaml
from conftest import ROOT

QUICK = (ROOT / "tests" / "quick.txt").read_text(encoding="utf-8").split()
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def planned(target):
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", target],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()


def test_quick_is_style_types_and_tests_without_a_browser():
    commands = planned("quick")
    for part in ("-m ruff check", "-m ruff format --check", "-m mypy"):
        assert any(command.endswith(part) for command in commands), part
    assert '-m "not browser" ' in commands[-1]
    assert re.findall(r"tests/(\w+\.py)", commands[-1]) == QUICK
    assert not any("find_browser" in command or "npm" in command for command in commands)


def test_what_is_named_as_quick_is_there():
    assert len(set(QUICK)) == len(QUICK)
    assert all((ROOT / "tests" / name).is_file() for name in QUICK)


def test_a_test_that_opens_a_browser_is_marked_whether_it_says_so_or_not(request):
    for item in request.session.items:
        if "browser" in getattr(item, "fixturenames", ()):
            assert item.get_closest_marker("browser"), item.nodeid


def test_a_commit_is_held_to_the_tools_of_quick():
    entries = [hook["entry"] for repo in HOOKS for hook in repo["hooks"]]
    for tool in ("ruff check", "ruff format --check", "mypy"):
        assert any(f"-m {tool}" in entry for entry in entries), tool
    assert any(entry.startswith(".venv/bin/lint-imports") for entry in entries)
    assert all(repo["repo"] == "local" for repo in HOOKS)
    assert all(entry.startswith(".venv/bin/") for entry in entries)


def test_the_workflow_tries_every_python_and_both_ends_of_the_dependencies():
    matrix = WORKFLOW["jobs"]["quick"]["strategy"]["matrix"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = re.search(r">=([\d.]+)", project["requires-python"])[1]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert matrix["python"][0] == least
    tried = {*matrix["dependencies"], *(one["dependencies"] for one in matrix["include"])}
    assert tried == {"lowest", "newest"}


def test_the_workflow_installs_what_make_installs_and_leaves_out_what_quick_does():
    steps = WORKFLOW["jobs"]["quick"]["steps"]
    extras = next(step["env"]["EXTRAS"] for step in steps if "env" in step)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"'.[{extras}]'" in makefile
    assert '-m "not browser" ' in steps[-1]["run"]
    assert "tests/quick.txt" in steps[-1]["run"]
    whole = WORKFLOW["jobs"]["whole"]["steps"]
    assert "make test" in [step.get("run") for step in whole]
    assert whole[-2]["run"].split()[1:3] == ["tools/contact_sheet.py", "data"]
    assert whole[-1]["with"]["path"] == whole[-2]["run"].split()[-1]


@pytest.mark.parametrize("path", [p for p in FORMS if p.name != "config.yml"], ids=lambda p: p.stem)
def test_a_form_asks_for_the_version_and_the_smallest_file(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields = {one["id"]: one for one in form["body"]}
    assert "geo --version" in fields["version"]["attributes"]["description"]
    assert fields["version"]["validations"]["required"]
    assert "smallest file" in fields["file"]["attributes"]["label"].lower()


def test_the_code_of_conduct_says_where_to_turn():
    text = (ROOT / "CODE_OF_CONDUCT.md").read_text(encoding="utf-8")
    assert "(SECURITY.md)" in text
