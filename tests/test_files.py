"""Writing: the old file or the new one is there, whole."""

import os
from pathlib import Path

import pytest

from geo import files
from geo.errors import GeoError


def left(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_written_with_its_folders(tmp_path):
    assert files.write(tmp_path / "a" / "b.txt", "né").read_bytes() == "né".encode()


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_the_old_file_survives_a_failing_step(tmp_path, monkeypatch, step):
    target = tmp_path / "page.html"
    files.write(target, "old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, step, fail)
    with pytest.raises(GeoError, match=r"page\.html: cannot be written: No space left"):
        files.write(target, "new")
    monkeypatch.undo()
    assert target.read_text() == "old"
    assert left(tmp_path) == ["page.html"]


def test_a_link_is_replaced_and_what_it_points_to_is_left_alone(tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("keep")
    link = tmp_path / "link.txt"
    link.symlink_to(other)
    files.write(link, "new")
    assert other.read_text() == "keep"
    assert not link.is_symlink()
    assert link.read_text() == "new"


def test_a_folder_in_the_way_is_an_error_not_a_traceback(tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(GeoError, match="cannot be written"):
        files.write(tmp_path / "page.html", "x")
    assert left(tmp_path) == ["page.html"]
