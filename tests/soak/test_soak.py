"""The long loops of `make soak`: kills and faults of whole commands, and files as big as promised.

What is asked is what the tests ask of smaller ones.
"""

import os
import shutil
import subprocess
import sys

import bigcases
import outputs
import pytest
import worlds
from cases import SPARE, Folder
from faults import AT_WRITING, BUILDER, WRITER, ended, here, in_turn, killed, struck, whole

from geo.maps.tracks import trackfiles
from geo.tracks.store import Store


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


KILLS = int(os.environ.get("TUMEN_KILLS", "200"))
# What is killed, said of inputs that are made twice, with the old and with the new words.
WRITTEN = {
    "build": "build {made}/demo -o {out}",
    "brief": "brief {made}/demo -o {out}",
    "picture": "map {made}/any.geojson -o {out}/map.png --on-error skip",
    "paper": "map {made}/any.geojson -o {out}/map.pdf --on-error skip",
    "layers": "map {made}/any.geojson -o {out}/map.gpkg --on-error skip",
    "page": "map {made}/any.geojson -o {out}/map.html --on-error skip",
    "flows": "map {made}/flows.csv --places {made}/places.geojson -o {out}/od.html --on-error skip",
    "tracks": "tracks {made}/ships.csv --places {made}/places.geojson -o {out} --on-error skip",
}


THREADED = {"tracks", "layers"}  # a process with threads cannot go on as two


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """The inputs of every command, twice: names in the second are others."""
    folders = {}
    for name in ("old", "new"):
        folders[name] = tmp_path_factory.mktemp(name)
        demo = outputs.make(folders[name])
        demo.descriptor(lambda d, name=name: d.update(title=name))
    for path in folders["new"].glob("*.*"):
        text = path.read_text(encoding="utf-8")
        for old, new in (("kept", "changed"), ("SHIP", "BARGE"), ("bb,5,t", "bb,6,t")):
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return folders


@pytest.mark.parametrize("name", WRITTEN)
def test_kills_of_a_command_leave_every_file_the_old_or_the_new(name, inputs, tmp_path):
    out = tmp_path / "out"
    words = {age: WRITTEN[name].format(made=made, out=out).split() for age, made in inputs.items()}
    files = {}
    for age in ("new", "old"):
        shutil.rmtree(out, ignore_errors=True)
        assert ended(words[age]) == 0
        files[age] = every(out)
    assert any(files["old"][one] != files["new"].get(one) for one in files["old"])
    cut = 0
    code = BUILDER if name in THREADED else AT_WRITING
    for at_work in struck(code, *words["new"], times=KILLS):
        found = every(out)
        for path, content in found.items():
            if not path.endswith(".part"):
                assert content in (files["old"].get(path), files["new"].get(path)), path
        assert {*files["old"]} <= {*found} | {*files["new"]}
        cut += at_work
        for path, content in files["old"].items():
            (out / path).write_bytes(content)
    assert cut > KILLS / 3
    assert ended(words["new"]) == 0
    after = every(out)
    assert {path: after[path] for path in files["new"]} == files["new"]
    assert not [path for path in out.rglob("*") if path.name.endswith(".part")]


def every(folder):
    """Every file under a folder, without what is kept for a later run."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != trackfiles.WORK
    }


def test_kills_of_an_ingest_leave_a_store_that_is_whole(inputs, tmp_path):
    words = {age: ["tracks", "ingest", made / "ships.csv", "-o", tmp_path / "store", "--on-error",
                   "skip"] for age, made in inputs.items()}  # fmt: skip
    assert ended(words["old"]) == 0
    shutil.copytree(tmp_path / "store", tmp_path / "kept")
    before = positions(tmp_path / "store")
    assert ended(words["new"]) == 0
    after, whole_store = positions(tmp_path / "store"), {*every(tmp_path / "store")}
    cut = 0

    def anew():
        shutil.rmtree(tmp_path / "store")
        shutil.copytree(tmp_path / "kept", tmp_path / "store")

    anew()
    for at_work in struck(BUILDER, *words["new"], times=KILLS):
        assert positions(tmp_path / "store") in (before, after)
        assert ended(words["new"]) == 0
        assert positions(tmp_path / "store") == after
        assert {*every(tmp_path / "store")} == whole_store
        cut += at_work
        anew()
    assert cut > KILLS / 3


def positions(folder):
    """The rows of a store, as a reader finds them."""
    store = Store.at(folder)
    parts = [path for own in store.parts(store.inputs()).values() for path in own]
    return sorted(map(str, store.positions(parts).to_pylist()))


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
