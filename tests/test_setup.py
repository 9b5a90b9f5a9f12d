"""The files that set the project up: dependencies in two lists, the browser, make, citation."""

import os
import re
import stat
import subprocess
import sys
import tomllib
from itertools import chain

import find_browser
import make_maps
import nbformat
import pytest
import yaml
from conftest import ROOT

CONDA_NAMES = {  # PyPI's name → conda-forge's, where they differ
    "build": "python-build",
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "playwright": "playwright-python",
}
REQUIREMENT = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[a-z]+\])?(.*)$"
)  # without extras: conda has none


def split(requirement):
    name, bounds = REQUIREMENT.match(requirement).groups()
    return name.lower().replace("_", "-"), bounds.replace(" ", "")


@pytest.fixture
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def environment(root):
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


def lists(environment):
    """(conda's packages, pip's packages) of the environment: each name with its bounds."""
    entries = environment["dependencies"]
    conda = dict(split(e) for e in entries if isinstance(e, str))
    pip = next(e["pip"] for e in entries if isinstance(e, dict))
    return conda, dict(split(e) for e in pip if not e.startswith("-e "))


def test_conda_environment_has_every_dependency_with_its_bounds_and_nothing_else(
    project, environment
):
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *chain.from_iterable(extras)]
    conda, pip = lists(environment)
    assert conda.pop("python") == project["requires-python"]
    assert conda.pop("pip") == ""
    assert not conda.keys() & pip.keys()
    by_pypi_name = {theirs: ours for ours, theirs in CONDA_NAMES.items()}
    conda = {by_pypi_name.get(name, name): bounds for name, bounds in conda.items()}
    assert conda | pip == dict(map(split, wanted))


def test_conda_environment_is_named_tumen_and_uses_conda_forge_only(environment):
    assert environment["name"] == "tumen"
    assert environment["channels"] == ["conda-forge"]


def test_conda_environment_installs_the_project_itself(environment):
    assert "-e ." in next(e["pip"] for e in environment["dependencies"] if isinstance(e, dict))


def test_every_dependency_states_its_reason(root):
    lines = (root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    listed = [x for x in lines if re.match(r'^    "[A-Za-z0-9._-]+[<>=].*",', x)]
    assert len(listed) > 20
    assert [x for x in listed if not re.search(r'",\s+# \S', x)] == []


def test_citation_is_complete_and_names_the_version_of_the_project(root, project):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "license"} <= citation.keys()
    assert citation["authors"] == [{"name": "The Tumen authors"}]
    assert str(citation["version"]) == project["version"]
    assert citation["license"] == project["license"]


def test_changelog_has_an_entry_for_the_version_of_the_project(root, project):
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{project['version']}]" in text


def test_ci_runs_make_test_and_pytest_comes_last(root):
    script = root / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make --no-print-directory test"
    planned = dry_run(root, "test")
    covered, rest = planned[-2:]
    assert " -m pytest -n auto " in covered
    assert " --cov " in covered
    assert "--cov-fail-under=100" in covered
    assert " -m pytest -n auto " in rest
    files = r"tests/\w+\.py"
    assert re.findall(files, covered) == re.findall(f"--ignore=({files})", rest)
    assert all((root / name).is_file() for name in re.findall(files, covered))
    assert [x for x in planned if "ruff check" in x]
    assert [x for x in planned if "ruff format --check" in x]
    assert [x for x in planned if x.endswith("-m mypy")]


def dry_run(folder, target):
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", target],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")},
    )
    return done.stdout.splitlines()


@pytest.fixture
def clone(root, tmp_path):
    """The files make looks at, without an environment."""
    for name in ("Makefile", "pyproject.toml", "tests/web/package-lock.json",
                 "examples/flights/package-lock.json"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((root / name).read_bytes())
    return tmp_path


def installs(folder, target):
    return [x for x in dry_run(folder, target) if "pip install" in x]


@pytest.mark.parametrize(
    ("target", "extras"),
    [
        ("maps", "[notebook,brief,tracks,rail,examples]"),
        ("test", "[test,notebook,basemap,brief,docs,ground,tracks,ports,rail,release,ways]"),
    ],
)
def test_make_installs_what_the_target_needs_in_a_fresh_clone(clone, target, extras):
    (command,) = installs(clone, target)
    assert extras in command
    assert [x for x in dry_run(clone, target) if "-m venv" in x]


def test_make_installs_again_only_when_pyproject_has_changed(clone):
    made = [clone / ".venv" / name for name in ("bin/python", "test.stamp", "maps.stamp")]
    made[0].parent.mkdir(parents=True)
    for age, path in zip((300, 200, 200), made, strict=True):
        path.touch()
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
    old = made[0].stat().st_mtime
    os.utime(clone / "pyproject.toml", (old, old))
    assert installs(clone, "test") == installs(clone, "maps") == []
    os.utime(clone / "pyproject.toml")
    assert len(installs(clone, "test")) == len(installs(clone, "maps")) == 1


def test_make_starts_anew_when_the_python_of_the_environment_is_gone(clone):
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "test.stamp").touch()
    (clone / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    assert [x for x in dry_run(clone, "test") if "-m venv --clear" in x]
    assert len(installs(clone, "test")) == 1


def test_make_help_lists_every_target(root):
    done = subprocess.run(
        [sys.executable, "tools/list_targets.py", "Makefile"],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    named = re.findall(r"^make ([\w-]+)", done.stdout, re.MULTILINE)
    (phony,) = re.findall(
        r"^\.PHONY: (.+)$", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert named == phony.split()


# --- the maps ------------------------------------------------------------------------------------


def notebook(folder, *lines):
    """A notebook of one cell, as a file."""
    path = folder / "one.ipynb"
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(lines))]), path
    )
    return path


def test_a_notebook_runs_where_it_lies_and_is_left_as_it_was(tmp_path):
    path = notebook(tmp_path, "from pathlib import Path", "Path('made').write_text('here')")
    before = path.read_bytes()
    assert make_maps.run(path)
    assert (tmp_path / "made").read_text(encoding="utf-8") == "here"
    assert path.read_bytes() == before
    assert {p.name for p in tmp_path.iterdir()} == {"one.ipynb", "made"}


def test_a_notebook_that_fails_is_named_with_its_error(tmp_path, capfd):
    assert not make_maps.run(notebook(tmp_path, "1 / 0"))
    said = capfd.readouterr().err
    assert "one.ipynb" in said
    assert "ZeroDivisionError" in said


def test_make_maps_fails_when_a_notebook_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_maps, "ROOT", tmp_path)
    monkeypatch.setattr(make_maps, "MAPS", tmp_path / "maps")
    monkeypatch.setattr(make_maps, "notebooks", lambda: [tmp_path / "one.ipynb"])
    monkeypatch.setattr(make_maps, "run", lambda path: path.name != "one.ipynb")
    (tmp_path / "data").symlink_to(ROOT / "data")
    assert make_maps.main() == 1
    printed = capsys.readouterr()
    assert "failed: one.ipynb" in printed.err
    assert re.search(r"\d+ kB  maps/overview.html", printed.out)


# --- the browser ---------------------------------------------------------------------------------

RUNS = "#!/bin/sh\necho Chromium 1\n"
STUB = "#!/bin/sh\necho needs a snap >&2\nexit 10\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with only the commands a test gives it, and no download of Playwright."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.delenv(find_browser.VARIABLE, raising=False)
    return tmp_path / "bin"


def command(machine, name, text):
    path = machine / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def brings(machine, name, log):
    """A script that notes how it was called and puts a Chromium into the machine."""
    source = machine.parent / "chromium.source"
    source.write_text(RUNS, encoding="utf-8")
    source.chmod(0o755)
    text = f'#!/bin/sh\necho "{name} $@" >> {log}\n/bin/cp -p {source} {machine}/chromium\n'
    return command(machine, name, text)


@pytest.mark.parametrize("name", find_browser.COMMANDS)
def test_a_browser_on_the_path_is_found_under_any_usual_name(machine, name):
    path = command(machine, name, RUNS)
    assert find_browser.find() == path


def test_a_stub_that_does_not_run_is_passed_over(machine):
    command(machine, "chromium", STUB)
    chrome = command(machine, "google-chrome", RUNS)
    assert find_browser.find() == chrome


def test_the_named_browser_comes_before_all_others(machine, monkeypatch):
    command(machine, "chromium", RUNS)
    own = command(machine.parent, "own", RUNS)
    monkeypatch.setenv(find_browser.VARIABLE, own)
    assert find_browser.find() == own


def test_a_named_browser_that_does_not_run_is_an_error_even_with_others_at_hand(
    machine, monkeypatch
):
    command(machine, "chromium", RUNS)
    brings(machine, "apt-get", machine.parent / "log")
    monkeypatch.setenv(find_browser.VARIABLE, "/nowhere/chromium")
    with pytest.raises(find_browser.NoBrowserError, match="/nowhere/chromium does not run"):
        find_browser.find_or_install()
    assert not (machine.parent / "log").exists()


def test_the_download_of_playwright_is_found(machine, monkeypatch):
    own = command(machine.parent, "downloaded", RUNS)
    monkeypatch.setattr(find_browser, "ASK_PLAYWRIGHT", f"print({own!r})")
    assert find_browser.find() == own


def test_playwright_says_where_its_download_would_be(machine):
    with pytest.raises(find_browser.NoBrowserError, match=re.escape(str(machine.parent))):
        find_browser.find()


def test_apt_brings_browser_and_fonts_as_root(machine, monkeypatch):
    log = machine.parent / "log"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    brings(machine, "apt-get", log)
    assert find_browser.find_or_install() == str(machine / "chromium")
    update, install = log.read_text(encoding="utf-8").splitlines()
    assert update == "apt-get update"
    assert install.startswith("apt-get install --yes")
    assert {"chromium", "fonts-noto-core", "fonts-noto-cjk"} <= set(install.split())


def test_apt_is_run_with_sudo_where_sudo_asks_for_no_password(machine, monkeypatch):
    log = machine.parent / "log"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    brings(machine, "apt-get", log)
    command(machine, "true", "#!/bin/sh\n")
    command(machine, "sudo", f'#!/bin/sh\necho "sudo $@" >> {log}\nshift\nexec "$@"\n')
    assert find_browser.find_or_install() == str(machine / "chromium")
    assert "sudo -n apt-get update" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("manager", ["dnf", "pacman", "apk"])
def test_other_package_managers_bring_a_browser_too(machine, monkeypatch, manager):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    brings(machine, manager, machine.parent / "log")
    assert find_browser.find_or_install() == str(machine / "chromium")


def test_homebrew_is_run_without_root(machine, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 501)
    brings(machine, "brew", machine.parent / "log")
    assert find_browser.find_or_install() == str(machine / "chromium")


def test_playwright_is_asked_where_no_package_manager_may_install(machine, monkeypatch):
    own = command(machine.parent, "downloaded", STUB)
    monkeypatch.setattr(find_browser, "ASK_PLAYWRIGHT", f"print({own!r})")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    brings(machine, "apt-get", machine.parent / "log")
    asked = []

    def carry_out(commands):
        asked.extend(commands)
        command(machine.parent, "downloaded", RUNS if commands else STUB)
        return ""

    monkeypatch.setattr(find_browser, "_carry_out", carry_out)
    assert find_browser.find_or_install() == own
    assert asked == [[sys.executable, "-m", "playwright", "install", "chromium"]]


def test_when_nothing_works_every_attempt_is_named_and_the_exit_code_is_1(
    machine, monkeypatch, capsys
):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    command(machine, "chromium", STUB)
    command(machine, "apt-get", "#!/bin/sh\necho no route to the archive >&2\nexit 100\n")
    command(machine, "apk", "#!/bin/sh\nexit 0\n")
    command(machine, "playwright", STUB)
    monkeypatch.setattr(sys, "executable", str(machine / "playwright"))
    assert find_browser.main(["--install"]) == 1
    said = capsys.readouterr().err
    assert "chromium does not run: needs a snap" in said
    assert "apt-get: apt-get update failed: no route to the archive" in said
    assert "apk: done, but" in said
    assert re.search(r"Playwright: .*playwright install --with-deps chromium failed", said)
    assert find_browser.VARIABLE in said


def test_without_root_or_sudo_the_package_manager_is_named_as_not_permitted(machine, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    command(machine, "apt-get", RUNS)
    monkeypatch.setattr(sys, "executable", command(machine, "python", STUB))
    with pytest.raises(find_browser.NoBrowserError, match="apt-get: may not install: neither root"):
        find_browser.find_or_install()


def test_without_install_nothing_is_installed(machine, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    brings(machine, "apt-get", machine.parent / "log")
    assert find_browser.main([]) == 1
    assert "No Chromium that runs" in capsys.readouterr().err
    assert not (machine.parent / "log").exists()


@pytest.mark.parametrize("name", ["tests/web", "examples/flights"])
def test_a_lock_file_holds_names_versions_and_hashes_and_no_address(name):
    text = (ROOT / name / "package-lock.json").read_text(encoding="utf-8")
    assert "sha512-" in text
    assert "://" not in text
