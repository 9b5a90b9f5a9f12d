"""The wheel, installed beside nothing of the repository, does what the repository does."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ASSETS = (
    "geo/geometry/assets/world.pack",
    "geo/web/page.css",
    "geo/web/page.html.j2",
    "geo/py.typed",
)


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(root)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The commands of a fresh environment that has the wheel, and its dependencies from here."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    command = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(command, check=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    here = sysconfig.get_path("purelib")
    (site / "dependencies.pth").write_text(f"{here}\n", encoding="utf-8")
    return folder / "bin"


def run(installed, folder, *command):
    """Run a command of the environment in a folder; return what it said."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(installed / command[0]), *command[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_kit(wheel, root):
    inside = set(zipfile.ZipFile(wheel).namelist())
    kit = (p for p in (root / "geo").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    assert {p.relative_to(root).as_posix() for p in kit} <= inside
    assert set(ASSETS) <= inside


def test_the_wheel_holds_the_kit_and_nothing_else(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"geo"}


def test_the_installed_kit_is_the_one_of_the_wheel(installed, tmp_path):
    said = run(installed, tmp_path, "python", "-c", "import geo; print(geo.__file__)")
    assert Path(said.strip()).is_relative_to(installed.parent)


def test_a_new_folder_checks_and_builds_outside_the_repository(installed, tmp_path):
    run(installed, tmp_path, "geo", "new", "demo")
    run(installed, tmp_path, "geo", "check", "demo")
    run(installed, tmp_path, "geo", "build", "demo", "-o", "demo/maps")
    pages = {p.name: p.stat().st_size for p in (tmp_path / "demo" / "maps").glob("*.html")}
    assert {"overview.html", "flows.html"} < set(pages)
    assert min(pages.values()) > 100_000


def test_the_examples_come_with_the_wheel(installed, tmp_path):
    run(installed, tmp_path, "geo", "example", "corridors")
    run(installed, tmp_path, "geo", "check", "corridors")
