"""What a release is held to: the recipe, the licences, the commands of the README, every Python."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest
import release_check
import yaml
from test_setup import CONDA_NAMES, split

from geo import cli
from geo.output import bundle


@pytest.fixture
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_recipe_has_the_version_licence_and_dependencies_of_the_project(root, project):
    text = (root / "recipe" / "recipe.yaml").read_text(encoding="utf-8")
    recipe = yaml.safe_load(text)
    assert recipe["context"]["version"] == project["version"]
    assert recipe["about"]["license"] == project["license"]
    assert recipe["build"]["python"]["entry_points"] == [
        f"{name} = {target}" for name, target in project["scripts"].items()
    ]
    run = dict(split(one.replace(" ", "")) for one in recipe["requirements"]["run"])
    assert run.pop("python") == project["requires-python"]
    wanted = dict(map(split, project["dependencies"]))
    assert run == {CONDA_NAMES.get(name, name): bounds for name, bounds in wanted.items()}


def test_the_kit_says_the_version_of_the_project(project):
    assert cli.__version__ == project["version"]


def test_what_a_page_carries_is_listed_with_its_licence():
    listed = json.loads(release_check.CARRIED.read_text(encoding="utf-8"))
    parts = {one["name"]: one for one in listed["components"]}
    assert all(one["licenses"] and one["version"] for one in parts.values())
    assert f"{parts['Leaflet']['name']} {parts['Leaflet']['version']}" in bundle.LEAFLET
    for name, package in {
        "Leaflet": "XStatic-Leaflet",
        "Font Awesome Free": "XStatic-Font-Awesome",
        "Glyphicons of Bootstrap": "XStatic-Bootstrap-SCSS",
    }.items():
        assert version(package).startswith(parts[name]["version"])


def test_the_readme_gives_commands_that_begin_with_an_example():
    found = release_check.commands()
    assert found[0] == "geo example corridors"
    assert len(found) >= 5
    assert not [one for one in found if "#" in one]


def test_a_python_that_cannot_be_had_is_a_failure_in_words(monkeypatch):
    def refused(*arguments):
        raise release_check.FailedError(f"uv {' '.join(arguments)}: no route")

    monkeypatch.setattr(release_check, "uv", refused)
    with pytest.raises(release_check.FailedError) as failed:
        release_check.interpreter("3.14")
    said = str(failed.value)
    assert "no Python 3.14; name one with TUMEN_PYTHON_3_14=PATH" in said
    assert said.count("no route") == 2


def test_a_named_python_of_another_version_is_a_failure_too(monkeypatch):
    monkeypatch.setenv("TUMEN_PYTHON_9_9", sys.executable)
    monkeypatch.setattr(release_check, "uv", lambda *_: sys.executable)
    with pytest.raises(release_check.FailedError, match=r"is Python 3\.\d+"):
        release_check.interpreter("9.9")


def test_one_python_that_fails_fails_the_whole_check_and_the_others_go_on(
    monkeypatch, tmp_path, capsys
):
    wheel = tmp_path / "w.whl"
    wheel.write_bytes(b"")
    seen = []

    def one(_wheel, python, level, _work):
        seen.append((python, level))
        if python == "3.14":
            raise release_check.FailedError("no Python 3.14")
        return tmp_path

    monkeypatch.setattr(release_check, "built", lambda _: wheel)
    monkeypatch.setattr(release_check, "one", one)
    monkeypatch.setattr(release_check, "listed", lambda *_: wheel)
    assert release_check.main(["--out", str(tmp_path)]) == 1
    assert len(seen) == 4
    assert capsys.readouterr().err.count("failed: Python 3.14") == 2


def test_a_part_without_a_licence_fails_the_list(monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("", encoding="utf-8")
    bill = {"components": [{"name": "XStatic-Leaflet"}, {"name": "unknown"}]}
    monkeypatch.setattr(release_check, "run", lambda *_, **__: json.dumps(bill))
    with pytest.raises(release_check.FailedError, match="no licence is stated by unknown"):
        release_check.listed(tmp_path, tmp_path / "w.whl")
    bill["components"].pop()
    made = json.loads(release_check.listed(tmp_path, tmp_path / "w.whl").read_text("utf-8"))
    names = {one["name"] for one in made["components"]}
    assert {"XStatic-Leaflet", "Leaflet", "GSHHG"} <= names


def test_the_examples_are_listed_written_and_sound(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            cli.main(list(arguments))
        return stopped.value.code, capsys.readouterr()

    names = run("example")[1].out.split()
    assert names == ["corridors", "iron-ore"]
    for name in names:
        assert run("example", name)[0] == 0
        assert run("check", name)[0] == 0
    code, said = run("example", "corridors")
    assert code == 2
    assert "not empty" in said.err
    code, said = run("example", "elsewhere", "there")
    assert code == 2
    assert "corridors, iron-ore" in said.err


def test_the_workflow_publishes_what_was_checked_and_keeps_no_password(root):
    text = (root / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert jobs["publish"]["needs"] == "check"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "make release-check" in [step.get("run") for step in jobs["check"]["steps"]]
    assert not re.search(r"secrets\.|password|token:", text.replace("id-token:", "").replace(
        "no password", ""))  # fmt: skip


def test_make_has_both_targets(root):
    for target, tool in (("docs", "make_docs"), ("release-check", "release_check")):
        done = subprocess.run(
            ["make", "--dry-run", target], cwd=root, capture_output=True, encoding="utf-8"
        )
        assert f"tools/{tool}.py" in done.stdout
