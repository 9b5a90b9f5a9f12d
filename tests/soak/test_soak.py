"""The long loops of `make soak`: kills and faults of whole commands, and files as big as promised.

What is asked is what the tests ask of smaller ones.
"""

import os
import subprocess
import sys

import bigcases
import outputs
import pytest
import worlds
from cases import SPARE, Folder
from faults import BUILDER, WRITER, ended, here, in_turn, killed, struck, whole


@pytest.fixture
def builds(tmp_path):
    """Two data folders that build the same pages with other words, and the bytes of each."""
    words, pages = {}, {}
    for name in ("old", "new"):
        demo = Folder.drawn(tmp_path / name, without=SPARE)
        demo.descriptor(lambda d, name=name: d.update(title=name))
        demo.change(
            "places.geojson",
            lambda d, name=name: d["features"][0]["properties"].update(name_en=name),
        )
        words[name] = ["build", str(demo.path), "-o", str(tmp_path / "maps")]
        assert ended(words[name]) == 0
        pages[name] = held(tmp_path / "maps")
    assert all(pages["old"][page] != pages["new"][page] for page in pages["old"])
    return words, pages


def held(folder):
    """Every file of a folder, those that a killed writer left aside."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith(".part")}


def test_five_hundred_kills_leave_a_whole_file(tmp_path):
    assert killed(tmp_path / "page.html", times=500) == 500


def test_fifty_kills_of_a_build_leave_every_page_the_old_or_the_new(builds, tmp_path):
    words, pages = builds
    maps = tmp_path / "maps"
    assert ended(words["old"]) == 0
    cut = 0
    for at_work in struck(BUILDER, *words["new"], times=50, longest=2.5):
        found = held(maps)
        assert found.keys() == pages["old"].keys()
        assert all(found[name] in (pages["old"][name], pages["new"][name]) for name in found)
        cut += at_work
        for name, content in pages["old"].items():
            (maps / name).write_bytes(content)
    assert cut > 10


def test_whichever_call_of_a_build_fails_every_page_is_the_old_or_the_new(
    builds, tmp_path, monkeypatch, capsys
):
    words, pages = builds
    assert ended(words["old"]) == 0
    rounds = 0
    for _ in in_turn(monkeypatch, capsys, lambda: ended(words["new"]), most=100):
        rounds += 1
        found = held(tmp_path / "maps")
        assert all(found[name] in (pages["old"][name], pages["new"][name]) for name in found)
        assert not list((tmp_path / "maps").glob(".*"))
    assert rounds == 8 * len(pages["old"]) + 1
    assert held(tmp_path / "maps") == pages["new"]


def test_two_writers_and_a_reader_of_their_own_processes_meet_whole_files_only(tmp_path):
    target, size = tmp_path / "page.html", 400_000
    target.write_text("0" * size)
    command = [sys.executable, "-c", WRITER, str(target), str(size)]
    writers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=here())
        for _ in range(2)
    ]
    children = []
    for writer in writers:
        writer.stdin.write(b"again\n")
        writer.stdin.flush()
        children.append(int(writer.stdout.readline()))
    assert all(whole(target, size) for _ in range(2000))
    for child, writer in zip(children, writers, strict=True):
        os.kill(child, 9)
        writer.communicate()
    assert whole(target, size)


def test_four_machines_make_the_same_bytes(tmp_path):
    made = [worlds.live(world, tmp_path / world.user) for world in worlds.WORLDS
            if not (tmp_path / world.user).mkdir()]  # fmt: skip
    for other in made[1:]:
        assert [name for name in other if other[name] != made[0][name]] == []
    assert {name.split("/")[0] for name in made[0]} == set(outputs.COMMANDS) - {"check", "new"}


# --- big input ------------------------------------------------------------------------------------


def test_two_gigabytes_are_refused_with_the_reason(tmp_path):
    bigcases.refused(tmp_path, 2_000_000_000)


def test_two_gigabytes_of_positions_are_read_within_two_gigabytes(tmp_path):
    bigcases.positions(tmp_path, 2_000_000_000, memory="2GB", ceiling=2_500_000_000)


def test_a_million_features_are_drawn_thinned_with_a_word(tmp_path, open_page):
    bigcases.features(tmp_path, open_page, 1_000_000)


def test_a_line_of_ten_million_vertices_is_drawn_as_a_track(tmp_path, open_page):
    bigcases.line(tmp_path, open_page, 10_000_000, memory="8GB", ceiling=8_000_000_000)


def test_a_property_of_fifty_megabytes_is_cut_with_a_word(tmp_path, open_page):
    bigcases.heavy(tmp_path, open_page, 50_000_000)
