"""The same input gives the same bytes on any machine, and no file tells whose machine it is."""

import io
import os
import subprocess
import sys
import zipfile
import zlib

import pypdfium2
import pytest
import worlds


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What three machines made of the same input."""
    return [
        (world, worlds.live(world, tmp_path_factory.mktemp("world"))) for world in worlds.WORLDS[:3]
    ]


def test_three_machines_make_the_same_bytes(made):
    one, *others = [files for _, files in made]
    assert {name.split("/")[0] for name in one} == set(worlds.MADE)
    assert {name.rsplit(".", 1)[1] for name in one} >= {
        "html", "md", "pptx", "docx", "pdf", "png", "svg", "json", "jsonl", "geojson", "parquet",
    }  # fmt: skip
    for other in others:
        assert one.keys() == other.keys()
        assert [name for name in one if one[name] != other[name]] == []


def test_a_machine_speaks_its_language(tmp_path):
    """The locales are there: an unknown one would leave every machine in that of C."""
    said = {}
    for world in worlds.WORLDS:
        (tmp_path / world.user).mkdir()
        more = worlds.speaks(world.language, tmp_path / world.user)
        code = "import locale; locale.setlocale(locale.LC_ALL, ''); print(f'{1.5:n}')"
        done = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | more, capture_output=True, check=True
        )
        said[world.language] = done.stdout.decode().strip()
    assert said == {"C.UTF-8": "1.5", "C": "1.5", "tr_TR.UTF-8": "1,5", "de_DE.UTF-8": "1,5"}


def test_no_file_tells_who_made_it_where_and_on_what_machine(made):
    told = {
        name: found
        for world, files in made
        for name, content in files.items()
        if (found := worlds.traces(world, content))
    }
    assert told == {}


def test_documents_name_no_author(made):
    _, files = made[0]
    for name in ("brief/briefing.pptx", "brief/briefing.docx"):
        with zipfile.ZipFile(io.BytesIO(files[name])) as packed:
            core = packed.read("docProps/core.xml").decode()
        assert "<dc:creator></dc:creator>" in core or "<dc:creator/>" in core
        assert "1980-01-01T00:00:00Z" in core
    said = pypdfium2.PdfDocument(files["brief/briefing.pdf"]).get_metadata_dict()
    assert said["Author"] == said["CreationDate"] == said["ModDate"] == ""


@pytest.mark.parametrize("wrap", [bytes, zlib.compress])
def test_a_trace_would_be_found_wherever_it_is_packed(wrap):
    """The look is no blind one: it finds a name in a zip, in a stream, and in base64."""
    world = worlds.WORLDS[0]
    secret = b"made by zquserann, 2020" + bytes(300)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a", secret)
    coded = worlds.base64.b64encode(wrap(secret + bytes(range(256)) * 2))
    stream = b"stream\n" + zlib.compress(secret) + b"endstream"
    for content in (packed.getvalue(), b"x '" + coded + b"'", stream, secret):
        assert worlds.traces(world, content) == {"zquserann"}
