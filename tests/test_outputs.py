"""What is written goes where it was named to go, whatever the data and the folder hold."""

import json
import re

import outputs
import pytest
from cases import SPARE, Folder
from conftest import ROOT
from faults import ended
from names import HOSTILE_NAMES

from geo import brief, package, page, scene
from geo.errors import GeoError
from geo.files import writing
from geo.tracks.store import Input, Store

# --- links ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("outputs")
    outputs.make(made)
    return made


@pytest.mark.parametrize("name", [name for name in outputs.COMMANDS if name != "new"])
def test_links_where_files_should_go_are_refused_unless_asked(folder, monkeypatch, capsys, name):
    """Every file of every command: what is behind the link stays, or is written on request."""
    monkeypatch.chdir(folder)
    words = outputs.COMMANDS[name][0].split()
    words += ["--to", "md,png,svg"] if name == "brief" else []
    assert ended(words) == 0
    made = outputs.written(folder, name)
    made = {"datapackage.json": made["datapackage.json"]} if name == "check" else made
    content = {key: path.read_bytes() for key, path in made.items()}
    behind = {}
    for key, path in made.items():
        behind[key] = folder / "elsewhere" / name / key
        behind[key].parent.mkdir(parents=True, exist_ok=True)
        behind[key].write_bytes(content[key] + b" ")
        path.unlink()
        path.symlink_to(behind[key])
    capsys.readouterr()
    assert ended(words) == 2
    said = capsys.readouterr().err
    assert "a link is there" in said
    assert "--follow-links" in said
    assert all(path.is_symlink() for path in made.values())
    assert all(path.read_bytes() == content[key] + b" " for key, path in behind.items())
    assert ended([*words, "--follow-links"]) == 0
    assert all(path.is_symlink() for path in made.values())
    assert {key: path.read_bytes() for key, path in behind.items()} == content


def test_nothing_but_the_one_writer_writes_a_file_that_stays():
    """A file that is written in another way could follow a link or be half of itself."""
    allowed = {"geo/files/writing.py", "geo/output/brief/paper.py", "geo/tracks/synthetic.py"}
    allowed |= {"geo/files/shapefile.py"}  # into a folder of its own, which goes when it was read
    writes = re.compile(
        r"\.(write_bytes|write_text|to_file|to_csv(?!\(index)|to_excel)\(|open\([^)]*[\"'][wax]b?[\"']"
    )
    found = {path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "geo").rglob("*.py"))
             if writes.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    assert found <= allowed


# --- names from data ------------------------------------------------------------------------------


# A lone half of a character is no text that a file could be written with.
PAGES = [name for name in HOSTILE_NAMES if name not in {"a/b", "\ud800", "x.", "x "}]
TAKEN = ("overview", "Flows", "briefing", "rail", "deep/rail", "deep/legs")


@pytest.mark.parametrize("name", [*PAGES, *TAKEN])
def test_a_page_named_by_the_data_stays_in_the_folder_and_takes_no_others_place(
    tmp_path, capsys, name
):
    """A page is named after its file of legs, and the folder says which those are."""
    demo = Folder.drawn(tmp_path / "in" / "demo", without=SPARE)
    legs = json.loads(demo.text("datapackage.json"))["resources"]
    legs = next(one for one in legs if one["name"] == "legs")
    more = [{**legs, "name": "more", "path": f"{name}.geojson"},
            {**legs, "name": "rails", "path": "deep/Rail.geojson"}]  # fmt: skip
    demo.descriptor(lambda d: d["resources"].extend(more))
    assert ended(["check", "--json", str(demo.path)]) == 1
    faults = json.loads(capsys.readouterr().out)["faults"]
    own = [fault for fault in faults if fault["file"] == "datapackage.json"]
    places = [fault for fault in own if fault["field"].split(".")[-1] == "path"]
    assert len(places) == 1, faults
    assert places[0]["remedy"]
    assert ended(["build", str(demo.path), "-o", str(tmp_path / "out")]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["demo"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_page_and_no_picture_is_written_under_a_name_that_leaves_its_folder(
    tmp_path, monkeypatch, name
):
    """The second wall, with the check of the folder taken away."""
    output = tmp_path / "out"
    monkeypatch.setattr(package, "load", lambda _: None)
    monkeypatch.setattr(scene, "pages", lambda _: {name: None})
    monkeypatch.setattr(page, "save", lambda _, path, **__: writing.write(path, "x"))
    monkeypatch.setattr(brief, "story", lambda *_, **__: None)
    monkeypatch.setattr(brief._Kit, "files", lambda *_: [(name, lambda: "x")])
    if name not in {"x.", "x "}:  # plain names once they have their ending
        assert ended(["build", "-o", str(output)]) == 2
    with pytest.raises(GeoError, match="no name of a file inside"):
        brief.make(tmp_path, output, to=["svg"])
    assert not output.exists()


OUT = ("../../x", "/etc/x", "positions/../../x", "..\\x", "results/../../../keep")


@pytest.mark.parametrize("path", OUT)
def test_a_store_of_a_stranger_leads_to_no_file_outside_it(tmp_path, path):
    store = Store.at(tmp_path / "store")
    record = Input("a.csv", "0" * 64, 1, {path: 1}, {})
    store.put(f"inputs/{record.sha256}.json", json.dumps(vars(record)))
    for use in (
        store.get,
        store.remove,
        lambda one: store.put(one, "x"),
        lambda one: store.positions([one]),
        lambda one: store.relation(None, [one]),
    ):
        with pytest.raises(GeoError, match=r"names .* which is not in the store"):
            use(path)
    assert [one.name for one in tmp_path.iterdir()] == ["store"]
