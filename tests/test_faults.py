"""The last good file is safe; big input is thinned or refused with a word; outputs stay inside."""

import json
import os
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import outputs
import pytest
from faults import Failing, cut_short, ended, here, in_turn, killed, whole
from names import HOSTILE_NAMES
from shapely.geometry import LineString, Point

from geo import userdata
from geo.errors import GeoError
from geo.files import intake, writing
from geo.maps import drawable


def test_whichever_call_fails_the_old_file_or_the_new_one_is_whole(tmp_path, monkeypatch):
    """Fail the first call, the second, and so on until the writing succeeds."""
    target, failed = tmp_path / "page.html", 0
    for nth in range(1, 30):
        target.write_text("old")
        with monkeypatch.context() as patch:
            failing = Failing(patch, nth)
            try:
                writing.write(target, "new")
            except GeoError as error:
                failed += 1
                said = str(error)
                assert "page.html: cannot be written: No space" in said
        assert target.read_text() in {"old", "new"}
        assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
        if failing.count < nth:
            break
    assert failed == 8  # folder, file, write, flush, sync, replace; the folder's handle and sync
    assert target.read_text() == "new"


def test_a_kill_at_any_of_fifty_random_moments_leaves_a_whole_file(tmp_path):
    assert killed(tmp_path / "page.html", times=50) == 50


@pytest.mark.parametrize("name", ["page.html", "x" * 180, ".hidden"])
def test_what_a_killed_writer_left_is_gone_after_the_next_write(tmp_path, name):
    cut_short(tmp_path / name)
    assert len(list(tmp_path.glob(".*.part"))) == 1
    writing.write(tmp_path / "other.html", "new")
    assert list(tmp_path.glob(".*.part")) == []


def test_what_another_writer_holds_and_what_is_not_ours_stays(tmp_path):
    mine = [
        ".page.html.0123abcd",
        ".page.html.0123abcg.part",
        "page.0123abcd.part",
        ".0123abcd.part",
    ]
    for name in mine:
        (tmp_path / name).write_text("mine")
    with writing.replacing(tmp_path / "slow.html") as file:
        file.write(b"half, ")
        writing.write(tmp_path / "quick.html", "done")
        file.write(b"and half")
    assert (tmp_path / "slow.html").read_text() == "half, and half"
    assert {p.name for p in tmp_path.iterdir()} == {*mine, "slow.html", "quick.html"}


def test_a_part_is_taken_anew_where_another_swept_it_before_it_was_held(tmp_path, monkeypatch):
    lock, swept = writing._lock, []

    def late(file, *, wait=True):
        if not swept:
            swept.extend(tmp_path.glob(".*.part"))
            swept[0].unlink()
        lock(file, wait=wait)

    monkeypatch.setattr(writing, "_lock", late)
    writing.write(tmp_path / "page.html", "new")
    assert len(swept) == 1
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("page.html", "new")]


def test_half_of_a_character_is_written_nowhere(tmp_path):
    (tmp_path / "page.html").write_text("old")
    with pytest.raises(GeoError, match="cannot be written: a text holds half"):
        writing.write(tmp_path / "page.html", "a\udfaa")
    assert (tmp_path / "page.html").read_text() == "old"


def test_whichever_call_of_a_command_fails_its_files_are_the_old_or_the_new(
    tmp_path, monkeypatch, capsys
):
    """A page and its list of what was left out: fail call after call until the command succeeds."""
    shifted = {"lost": {"type": "Point", "coordinates": [181, 91]}, "kept": None}
    made = {}
    for name in ("old", "new"):
        features = [
            {"type": "Feature", "properties": {"name": name + key}, "geometry": shape or
             {"type": "Point", "coordinates": [100, 50]}}
            for key, shape in shifted.items()
        ] + [{"type": "Feature", "properties": {},
              "geometry": {"type": "Point", "coordinates": [0, 5]}}]  # fmt: skip
        source = tmp_path / f"{name}.geojson"
        source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        made[name] = ["map", str(source), "-o", str(tmp_path / "a.html"), "--on-error", "skip"]
        made[name] += ["--title", name]
    outputs = [tmp_path / "a.html", tmp_path / "a-rejected.jsonl"]

    def held():
        return [path.read_bytes() for path in outputs]

    assert ended(made["new"]) == 0
    new = held()
    assert ended(made["old"]) == 0
    old = held()
    assert all(one != other for one, other in zip(old, new, strict=True))
    failed = 0
    for code in in_turn(monkeypatch, capsys, lambda: ended(made["new"]), most=60):
        assert all(found in pair for found, pair in zip(held(), zip(old, new, strict=True),
                                                        strict=True))  # fmt: skip
        assert not list(tmp_path.glob(".*"))
        failed += bool(code)
    assert failed >= 12
    assert held() == new


READ_ONLY = (
    "import os, sys; from geo.files import writing; from geo.errors import GeoError\n"
    "os.chdir(sys.argv[1])\n"
    "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    "assert not os.access('.', os.W_OK)\n"
    "try: writing.write('page.html', 'new')\n"
    "except GeoError as error: print(error)\n"
)


def test_a_folder_that_may_not_be_written_is_named_and_keeps_its_file(tmp_path):
    """The superuser may write anywhere, so that the work is done as a user with no rights."""
    folder = tmp_path / "fixed"
    folder.mkdir()
    (folder / "page.html").write_text("old")
    folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-B", "-c", READ_ONLY, str(folder)], capture_output=True, text=True,
        env=here(), check=False,
    )  # fmt: skip
    folder.chmod(0o755)
    assert done.stderr == ""
    assert done.stdout == "page.html: cannot be written: Permission denied\n"
    assert [path.name for path in folder.iterdir()] == ["page.html"]
    assert (folder / "page.html").read_text() == "old"


def test_a_full_disk_leaves_the_old_file(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("old")
    code = (
        "import resource, signal, sys\n"
        "from geo.errors import GeoError; from geo.files import writing\n"
        "sys.dont_write_bytecode = True; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: writing.write(sys.argv[1], 'x' * 100_000)\n"
        "except GeoError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(target)], capture_output=True, check=True, text=True,
        env=here(),
    )  # fmt: skip
    assert "cannot be written: File too large" in done.stdout
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_new_folder_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "new"
    with pytest.raises(GeoError, match="new/bad: cannot be written"):
        writing.write_new(target, {"good": "1", "bad": "\udfaa"})
    assert not target.exists()
    (target / ".new.0123abcd.part").mkdir(parents=True)  # as a writer leaves it that was killed
    assert writing.vacant(target)
    writing.write_new(target, {"a/b": "1", "c": b"2"})
    assert sorted(p.name for p in target.rglob("*") if p.is_file()) == ["b", "c"]
    assert not writing.vacant(target)


FULL = """
import contextlib, io, json, os, resource, signal, sys; from pathlib import Path
import outputs; from geo.cli import main
sys.dont_write_bytecode = True
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
os.chdir(sys.argv[1])
outputs.make(Path.cwd())

def run(words, most):
    said = io.StringIO()
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            main(words.split())
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    kept = {p.relative_to(".").as_posix() for p in Path().rglob("*") if p.is_file()}
    return [code, said.getvalue(), sorted(kept - before)]

found = {}
for name, words in json.loads(sys.argv[2]).items():
    before = {p.as_posix() for p in Path().rglob("*") if p.is_file()}
    found[name] = [run(words, most) for most in (0, 700, resource.RLIM_INFINITY)]
print(json.dumps(found))
"""
WRITES = {
    "brief": "brief demo -o briefing --to md,pdf",
    "example": "example corridors",
    "ingest": "tracks ingest ships.csv -o store --on-error skip",
    "layers": "map any.geojson -o layers/map.gpkg --on-error skip",
    "new": outputs.COMMANDS["new"][0],
    "page": outputs.COMMANDS["map"][0],
    "tracks": outputs.COMMANDS["tracks"][0],
}


STORES = ("store/", "tracks/.tracks/")  # what is in a store is taken up by the next run


def test_a_disk_that_is_full_stops_a_command_with_a_word_and_not_the_next_run(tmp_path):
    """Every way of writing, on a disk that takes no byte, or no file of any size."""
    environment = here()
    environment["PYTHONPATH"] += f"{os.pathsep}{Path(__file__).parent}"
    words = [sys.executable, "-c", FULL, str(tmp_path), json.dumps(WRITES)]
    done = subprocess.run(words, capture_output=True, check=True, text=True, env=environment)
    for name, (*full, after) in json.loads(done.stdout.splitlines()[-1]).items():
        for code, said, left in full:
            assert code == 2, (name, said)
            assert "cannot be" in said or "can be used" in said, (name, said)
            assert "Traceback" not in said
            assert "Errno" not in said, (name, said)
            assert not [path for path in left if not path.startswith(STORES)], name
        assert after[0] == 0, (name, after[1])
        assert not [path for path in after[2] if path.endswith(".part") or "staging" in path], name


def test_two_writers_and_a_reader_meet_whole_files_only(tmp_path):
    target, size = tmp_path / "page.html", 200_000
    writing.write(target, "0" * size)

    def write(digit):
        for _ in range(15):
            writing.write(target, digit * size)

    with ThreadPoolExecutor() as pool:
        writers = [pool.submit(write, digit) for digit in "12"]
        read = [whole(target, size) for _ in range(60)]
        for writer in writers:
            writer.result()
    assert all(read)
    assert whole(target, size)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_from_data_cannot_leave_the_folder(tmp_path, name):
    with pytest.raises(GeoError, match="no name of a file inside"):
        writing.within(tmp_path, name)


def test_a_plain_name_from_data_is_a_file_of_the_folder(tmp_path):
    assert writing.within(tmp_path, "rail-2.html") == tmp_path / "rail-2.html"


# --- big input ------------------------------------------------------------------------------------


def points(count):
    xy = np.arange(count)
    shapes = gpd.points_from_xy(10 + xy % 100 / 100, 10 + xy // 100 / 100)
    return gpd.GeoDataFrame({"n": xy}, geometry=shapes, crs="EPSG:4326")


def test_too_many_features_are_thinned_evenly_with_a_word():
    (frame,), said = drawable.features([("many", points(1000))], most=100)
    assert said == ["many: 100 of 1,000 features are drawn, evenly"]
    assert (frame["n"].iloc[0], frame["n"].iloc[-1]) == (0, 999)
    assert np.diff(frame["n"]).max() <= 11


def test_too_many_vertices_are_thinned_with_a_word_and_keep_their_ends():
    line = LineString([(10 + n / 1e4, 10 + n % 3 / 1e5) for n in range(10_000)])
    frame = gpd.GeoDataFrame(geometry=[line, Point(1, 2)], crs="EPSG:4326")
    (made,), said = drawable.features([("long", frame)], vertices=500)
    assert len(said) == 1
    assert "of 10,001 points" in said[0]
    assert made.geometry.iloc[0].coords[0] == line.coords[0]
    assert made.geometry.iloc[0].coords[-1] == line.coords[-1]
    assert made.geometry.iloc[1] == Point(1, 2)


def test_what_a_browser_can_draw_stays_as_it_is():
    frame = points(50)
    (made,), said = drawable.features([("few", frame)])
    assert said == []
    assert made is frame


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53 + 1, "9007199254740993"),
        (-(2**70), str(-(2**70))),
        (np.int64(7), 7),
        (float("nan"), None),
        (float("inf"), None),
        (None, None),
        (True, True),
        ("", ""),
        ("000412345", "000412345"),
        ("x" * 2001, "x" * 2000 + "… (2,001 characters in all)"),
        ([1, 2], [1, 2]),
    ],
)
def test_a_value_reaches_the_page_whole_or_with_a_word(given, expected):
    assert drawable.value(given) == expected


def test_the_word_stands_on_the_page(monkeypatch):
    monkeypatch.setattr(drawable, "MOST_FEATURES", 10)
    monkeypatch.setattr(drawable.features, "__kwdefaults__", {"most": 10, "vertices": 1000})
    drawn = userdata.draw_layers([userdata.Layer("many", points(100))])
    assert drawn.notes == ["many: 10 of 100 features are drawn, evenly"]


@pytest.mark.parametrize("path", ["http://x.invalid/a.geojson", "https:/x/a.csv", "s3://b/a.csv",
                                  "/vsicurl/http://x/a.geojson", "/vsizip/a.zip/a.csv",
                                  "\\\\host\\a.csv", "file:///etc/passwd"])  # fmt: skip
def test_no_address_is_opened(path):
    with pytest.raises(GeoError, match="an address, and none is opened"):
        intake.named(path)


def test_a_pipe_and_a_folder_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.geojson")
    for name in ("pipe.geojson", "."):
        with pytest.raises(GeoError, match="not a file"):
            intake.read(tmp_path / name)


def test_a_file_over_the_ceiling_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.geojson"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    tracemalloc.start()
    with pytest.raises(GeoError, match=r"2\.0 GB, which may take 8\.0 GB .*--memory 8GB"):
        userdata.read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("name", "dense", "plain"),
    [
        ("a.geojson", "[1,2],", "abcdef"),
        ("a.json", '{"a":1}', "abcdefg"),
        ("a.csv", "1,2\n", "abcd"),
    ],
)
def test_what_takes_memory_is_counted_and_not_the_size_alone(tmp_path, name, dense, plain):
    """Numbers, cells and objects take a hundred times what letters take."""
    path = tmp_path / name
    path.write_text(plain * 100_000)
    assert intake.read(path, memory_bytes=20_000_000) == path.read_bytes()
    path.write_text(dense * 100_000)
    with pytest.raises(GeoError, match=rf"{name}: 0\.[0-9] MB, which may take .* --memory 1GB"):
        intake.read(path, memory_bytes=20_000_000)


@pytest.mark.parametrize(("text", "size"), [("2GB", 2 * 10**9), ("800 MB", 8 * 10**8), ("5B", 5)])
def test_an_amount_is_read(text, size):
    assert intake.amount(text) == size


@pytest.mark.parametrize("text", ["", "2", "GB", "-1GB", "2 GiB"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(GeoError, match="is not an amount"):
        intake.amount(text)
