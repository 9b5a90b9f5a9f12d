"""Writing: the old file or the new one is there, whole."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo.errors import GeoError
from geo.files import writing


def left(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_written_with_its_folders(tmp_path):
    assert writing.write(tmp_path / "a" / "b.txt", "né").read_bytes() == "né".encode()


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_the_old_file_survives_a_failing_step(tmp_path, monkeypatch, step):
    target = tmp_path / "page.html"
    writing.write(target, "old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, step, fail)
    with pytest.raises(GeoError, match=r"page\.html: cannot be written: No space left"):
        writing.write(target, "new")
    monkeypatch.undo()
    assert target.read_text() == "old"
    assert left(tmp_path) == ["page.html"]


@pytest.fixture
def link(tmp_path):
    other = tmp_path / "a" / "other.txt"
    other.parent.mkdir()
    other.write_text("keep")
    made = tmp_path / "link.txt"
    made.symlink_to(other)
    return made


def test_a_link_is_refused_and_what_it_leads_to_is_left_alone(link):
    with pytest.raises(
        GeoError, match=r"link\.txt: cannot be written: a link is there, to .*other"
    ):
        writing.write(link, "new")
    assert link.is_symlink()
    assert link.read_text() == "keep"
    assert left(link.parent) == ["a", "link.txt"]


def test_a_link_is_followed_where_that_is_asked(link):
    assert writing.write(link, "new", follow_links=True) == link
    assert link.is_symlink()
    assert (link.parent / "a" / "other.txt").read_text() == "new"
    assert left(link.parent / "a") == ["other.txt"]


def test_a_link_that_leads_to_itself_is_an_error_and_stays(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.symlink_to(two)
    two.symlink_to(one)
    with pytest.raises(GeoError, match="the link leads to itself"):
        writing.write(one, "new", follow_links=True)
    assert one.is_symlink()


def test_a_link_that_comes_while_writing_is_replaced_not_followed(tmp_path, monkeypatch):
    other, target = tmp_path / "other.txt", tmp_path / "page.html"
    other.write_text("keep")
    fsync = os.fsync

    def put(handle):
        if not target.is_symlink() and not target.exists():
            target.symlink_to(other)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", put)
    writing.write(target, "new")
    assert not target.is_symlink()
    assert (target.read_text(), other.read_text()) == ("new", "keep")


def test_a_folder_that_is_a_link_is_written_into(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    writing.write(tmp_path / "link" / "page.html", "new")
    assert (tmp_path / "real" / "page.html").read_text() == "new"


def test_a_pipe_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(GeoError, match="a folder, device or pipe is there"):
        writing.write(tmp_path / "pipe", "new")
    assert (tmp_path / "pipe").is_fifo()


def test_a_name_with_a_null_byte_is_an_error_not_a_traceback(tmp_path):
    with pytest.raises(GeoError, match="cannot be written: embedded null byte"):
        writing.write(tmp_path / "a\0b", "x")


def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path):
    assert writing.write(tmp_path / ("a" * 255), "x").read_text() == "x"


def test_a_folder_in_the_way_is_an_error_not_a_traceback(tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(GeoError, match="cannot be written"):
        writing.write(tmp_path / "page.html", "x")
    assert left(tmp_path) == ["page.html"]


@pytest.mark.parametrize("content", ["", "text\r\nof two lines\n", b"\x00\xff", "\u2028é한"])
def test_what_is_written_is_what_is_there(tmp_path, content):
    path = writing.write(tmp_path / "a", content)
    assert path == tmp_path / "a"
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)


def test_a_path_may_be_text(tmp_path):
    assert writing.write(str(tmp_path / "a.txt"), "x").read_text() == "x"


def test_nothing_is_left_beside_a_new_file(tmp_path):
    for text in ("one", "two"):
        writing.write(tmp_path / "page.html", text)
    assert left(tmp_path) == ["page.html"]
    assert (tmp_path / "page.html").read_text() == "two"


def test_a_failing_first_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(GeoError, match="Input/output error"):
        writing.write(tmp_path / "page.html", "new")
    assert left(tmp_path) == []


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    writing.write(tmp_path / "page.html", "old")

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        writing.write(tmp_path / "page.html", "new")
    assert (tmp_path / "page.html").read_text() == "old"
    assert left(tmp_path) == ["page.html"]


def test_the_new_file_is_flushed_before_it_takes_its_place(tmp_path, monkeypatch):
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda n: steps.append("fsync") or fsync(n))
    monkeypatch.setattr(Path, "replace", lambda a, b: steps.append("replace") or replace(a, b))
    writing.write(tmp_path / "page.html", "new")
    assert steps == ["fsync", "replace", "fsync"]  # the file, its name, its folder


def test_a_link_to_nowhere_is_refused_or_leads_to_a_new_file(tmp_path):
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(GeoError, match="a link is there"):
        writing.write(link, "new")
    assert left(tmp_path) == ["link.txt"]
    writing.write(link, "new", follow_links=True)
    assert (tmp_path / "nowhere").read_text() == "new"


def test_a_file_where_a_folder_is_needed_is_named(tmp_path):
    (tmp_path / "file").write_text("keep")
    with pytest.raises(GeoError, match=r"page\.html: cannot be written: "):
        writing.write(tmp_path / "file" / "page.html", "x")
    assert (tmp_path / "file").read_text() == "keep"


def test_a_name_too_long_is_an_error_not_a_traceback(tmp_path):
    with pytest.raises(GeoError, match="cannot be written: File name too long"):
        writing.write(tmp_path / ("a" * 300), "x")
    assert left(tmp_path) == []


def test_many_writers_leave_one_whole_file(tmp_path):
    texts = [str(n) * 50_000 for n in range(8)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda text: writing.write(tmp_path / "page.html", text), texts))
    assert (tmp_path / "page.html").read_text() in texts
    assert left(tmp_path) == ["page.html"]
