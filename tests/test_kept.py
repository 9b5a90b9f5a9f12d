"""Pages that were made before: the same bytes, never those of other data."""

import json
import shutil

import pytest
from conftest import ROOT
from typer.testing import CliRunner

from geo.cli import app
from geo.files import kept
from geo.output import page

FOLDER = ROOT / "geo" / "folder" / "new"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    place = tmp_path / "cache"
    monkeypatch.setenv("TUMEN_CACHE", str(place))
    return place


@pytest.fixture
def made(monkeypatch):
    """The scenes that were drawn anew."""
    drawn, whole = [], page.whole
    monkeypatch.setattr(page, "whole", lambda scene: drawn.append(scene.id) or whole(scene))
    return drawn


def built(folder, output, *options):
    done = CliRunner().invoke(app, ["build", str(folder), "-o", str(output), *options])
    assert done.exit_code == 0, done.output
    return {file.name: file.read_bytes() for file in sorted(output.iterdir())}


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "folder")


@pytest.mark.usefixtures("cache")
def test_an_unchanged_folder_gives_the_same_bytes_without_being_drawn_again(tmp_path, folder, made):
    first = built(folder, tmp_path / "one")
    count = len(made)
    assert count == len(first) == 3
    assert built(folder, tmp_path / "two") == first
    assert len(made) == count
    assert built(folder, tmp_path / "three", "--no-cache") == first
    assert len(made) == 2 * count


@pytest.mark.parametrize("file", sorted(p.name for p in FOLDER.iterdir() if p.suffix == ".csv"))
def test_a_byte_more_in_any_table_is_another_folder(folder, file):
    from geo.folder import package

    before = kept.key(package.contents(folder))
    with (folder / file).open("a", encoding="utf-8") as table:
        table.write("\n")
    assert kept.key(package.contents(folder)) != before


@pytest.mark.usefixtures("cache")
def test_changed_data_is_built_anew(tmp_path, folder, made):
    first = built(folder, tmp_path / "one")
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["title"] = "Another title"
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    second = built(folder, tmp_path / "two")
    assert len(made) == 6
    assert b"Another title" in second["overview.html"]
    assert second != first


@pytest.mark.usefixtures("cache")
def test_pages_that_were_asked_for_are_all_that_is_kept_for_them(tmp_path, folder):
    assert set(built(folder, tmp_path / "one", "--page", "flows")) == {"flows.html"}
    assert len(built(folder, tmp_path / "two")) == 3


def test_what_is_damaged_is_made_anew(tmp_path, folder, cache, made):
    first = built(folder, tmp_path / "one")
    (file,) = cache.iterdir()
    content = file.read_bytes()
    for damaged in (content[:-1], content[:10], b"", content.replace(b"Port A", b"Port B")):
        file.write_bytes(damaged)
        assert built(folder, tmp_path / "two") == first
    assert len(made) == 15


def test_a_folder_that_is_not_sound_is_kept_by_nobody(tmp_path, folder, cache):
    (folder / "flows.csv").write_text("flow\n1\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["build", str(folder), "-o", str(tmp_path / "maps")])
    assert done.exit_code != 0
    assert not cache.exists()
    (folder / "datapackage.json").write_text("{", encoding="utf-8")
    done = CliRunner().invoke(app, ["build", str(folder), "-o", str(tmp_path / "maps")])
    assert done.exit_code != 0
    assert "datapackage.json" in str(done.exception)


def test_nothing_is_kept_where_that_is_off_or_cannot_be(tmp_path, monkeypatch):
    monkeypatch.setenv("TUMEN_CACHE", "off")
    kept.keep("a", {"x": b"1"})
    assert kept.get("a") is None
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("TUMEN_CACHE", str(tmp_path / "file"))
    kept.keep("a", {"x": b"1"})
    assert kept.get("a") is None


def test_the_longest_unused_goes_first(cache):
    for number in range(kept.MOST + 3):
        kept.keep(f"{number:03d}", {"x": str(number).encode()})
    assert len(list(cache.iterdir())) == kept.MOST
    assert kept.get(f"{kept.MOST + 2:03d}") == {"x": str(kept.MOST + 2).encode()}


def test_parts_are_told_apart_wherever_they_end():
    assert kept.key(["ab", "c"]) != kept.key(["a", "bc"]) != kept.key(["abc"])
